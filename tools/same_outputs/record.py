"""Record a tree: run its cases, keep what they wrote and said."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.same_outputs.case import Case
from tools.same_outputs.given import GivenFiles
from tools.same_outputs.trees import (
    Tree,
    compiled_folder,
    digest_of,
    share_compiled,
    slot,
    store,
    write,
)

RUNNER = Path(__file__).with_name("runner.py")
INDEX = "record.json"
#: A record is saved after so many cases, lest they be lost with the process.
SAVED_EACH = 20
#: Before the cases with the engine, and not kept: it compiles, which it says only once.
WARM_UP = Case(
    words=("stress", "-n", "8", "--no-leverage", "-o", "out"), group="warm-up", seconds=1_800
)
#: What the program imports where it needs it: imported before the forks.
LIBRARIES = ("openpyxl", "numpy", "scipy.stats", "pandas", "pulp", "highspy", "networkx", "jinja2",
             "xlsxwriter", "rich.console", "docx", "simpy", "ruamel.yaml", "matplotlib.figure")  # fmt: skip
GIVEN_FOLDERS = ("inputs", "scenarios")


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the cases of a tree ended with; contents are kept in files named by their sums."""

    folder: Path
    source: str
    digest: str
    workbook_sha256: str
    sheets: tuple[str, ...]
    cases: dict[str, dict[str, Any]]

    def content(self, digest: str) -> bytes:
        """What was written or said, by its sum."""
        return zlib.decompress(self._path(digest).read_bytes())

    def keep(self, content: bytes) -> str:
        """Keep a content; return its sum."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(zlib.compress(content, 1))
        return digest

    def save(self) -> None:
        """Write the index."""
        index = {
            "tree": self.source,
            "digest": self.digest,
            "workbook_sha256": self.workbook_sha256,
            "sheets": list(self.sheets),
            "cases": self.cases,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(index, ensure_ascii=False, indent=1)
        whole = self.folder / f"{INDEX}.new"
        whole.write_text(text, encoding="utf-8")
        whole.replace(self.folder / INDEX)

    def _path(self, digest: str) -> Path:
        return self.folder / "blobs" / digest[:2] / digest[2:]


def read_record(folder: Path) -> Record:
    """A record kept before.

    Raises
    ------
    ValueError
        If there is none.
    """
    path = folder / INDEX
    if not path.is_file():
        raise ValueError(f"{folder}: no record in it")
    index = json.loads(path.read_text(encoding="utf-8"))
    return Record(
        folder=folder,
        source=index["tree"],
        digest=index["digest"],
        workbook_sha256=index["workbook_sha256"],
        sheets=tuple(index["sheets"]),
        cases=index["cases"],
    )


def record(
    tree: Tree,
    given: GivenFiles,
    cases: Sequence[Case],
    folder: Path,
    *,
    python: str = sys.executable,
    at_once: int = 1,
    fresh: bool = False,
    missing: bool = False,
    known: Iterable[str] = (),
) -> Record:
    """Run cases of a tree and keep what they end with, beside what the record holds already.

    A record of another state of the tree is begun anew. `missing` leaves out the cases it holds
    with the same given files. Where names are `known`, others it holds are dropped.

    Raises
    ------
    ValueError
        If the runner itself failed; the cases done till then are kept.
    """
    made = _begun(tree, given, folder, fresh=fresh)
    for name in set(made.cases) - set(known) if known else ():
        del made.cases[name]
    if missing:
        cases = [case for case in cases if not _is_held(case, given, made)]
    with slot() as place:
        write(tree.files, place / "tree")
        share_compiled(tree.files, place)
        folders = {
            case.name: _prepared(case, number, place, given) for number, case in enumerate(cases)
        }
        parts = [[case for case in cases if case.engine is engine] for engine in (False, True)]
        if parts[1]:
            folders[WARM_UP.name] = _prepared(WARM_UP, len(cases), place, given)
            parts.insert(1, [WARM_UP])
        by_name = {case.name: case for case in cases}
        try:
            for part in filter(None, parts):
                for name, ended in _run(part, folders, place, python=python, at_once=at_once):
                    if (case := by_name.get(name)) is not None:
                        brought = _brought(case, given)
                        made.cases[name] = _result(ended, folders[name], place, brought, made)
                        if len(made.cases) % SAVED_EACH == 0:
                            made.save()
        finally:  # what was done before an interruption is kept
            made.save()
    return made


def _begun(tree: Tree, given: GivenFiles, folder: Path, *, fresh: bool) -> Record:
    """A record with the cases it holds of this very tree."""
    held: dict[str, dict[str, Any]] = {}
    if not fresh and (folder / INDEX).is_file():
        before = read_record(folder)
        held = before.cases if before.digest == tree.digest else {}
    return Record(
        folder=folder,
        source=tree.source,
        digest=tree.digest,
        workbook_sha256=given.workbook_sha256,
        sheets=given.sheets,
        cases=held,
    )


def _is_held(case: Case, given: GivenFiles, made: Record) -> bool:
    held = made.cases.get(case.name)
    return held is not None and held["given"] == digest_of(_brought(case, given))


def _prepared(case: Case, number: int, place: Path, given: GivenFiles) -> Path:
    folder = place / "cases" / f"{number:05d}"
    cwd = folder / "cwd"
    cwd.mkdir(parents=True)
    (folder / "tmp").mkdir()
    write(_brought(case, given), cwd)
    return folder


def _brought(case: Case, given: GivenFiles) -> dict[str, bytes]:
    """The files put into a case's folder."""
    return given.brought((*(GIVEN_FOLDERS if case.given else ()), *case.brings))


def _environment(place: Path) -> dict[str, str]:
    kept = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "HOME": str(place / "home"),
        "PYTHONPATH": str(place / "tree"),
        "PYTHONPYCACHEPREFIX": str(store() / "compiled"),
        "PYTHONNOUSERSITE": "1",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "NUMBA_CACHE_DIR": str(compiled_folder()),
        "MPLCONFIGDIR": str(store() / "matplotlib"),
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "SOURCE_DATE_EPOCH": "1767225600",
        "NO_COLOR": "1",
    }


def _run(
    cases: Sequence[Case], folders: dict[str, Path], place: Path, *, python: str, at_once: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run cases; tell of each as it ends."""
    job = {
        "at_once": at_once,
        "libraries": list(LIBRARIES),
        "cases": [
            {
                "name": case.name,
                "words": list(case.words),
                "folder": str(folders[case.name]),
                "cold": case.cold,
                "seconds": case.seconds,
                "environment": case.environment,
            }
            for case in cases
        ],
    }
    path = place / "job.json"
    path.write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
    with subprocess.Popen(
        [python, str(RUNNER), str(path)],
        cwd=place,
        env=_environment(place),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        for number, line in enumerate(process.stdout, start=1):
            ended = json.loads(line)
            told = f"{number}/{len(cases)} {ended['name']} (code {ended['code']}, {ended['cpu']} s)"
            print(told, file=sys.stderr, flush=True)
            yield ended["name"], ended
    if process.returncode:
        raise ValueError(
            f"the runner ended with code {process.returncode}: what is done is kept, "
            "--missing goes on with the rest"
        )


def _result(
    ended: dict[str, Any], folder: Path, place: Path, brought: dict[str, bytes], made: Record
) -> dict[str, Any]:
    files = {
        name: made.keep(_named(content, folder, place))
        for name, content in _written(folder / "cwd", brought)
    }
    return {
        "given": digest_of(brought),
        "code": ended["code"],
        "seconds": ended["seconds"],
        "cpu": ended["cpu"],
        "stdout": made.keep(_named((folder / "stdout").read_bytes(), folder, place)),
        "stderr": made.keep(_named((folder / "stderr").read_bytes(), folder, place)),
        "files": files,
    }


def _written(cwd: Path, brought: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """What stands in the case's folder, but for what was put there and is unchanged."""
    for name in sorted(brought):
        if not (cwd / name).exists():
            yield f"{name} (gone)", b""
    for path in sorted(cwd.rglob("*")):
        name = path.relative_to(cwd).as_posix()
        if path.is_dir():
            if not any(each.startswith(f"{name}/") for each in brought):
                yield f"{name}/", b""
        elif (content := path.read_bytes()) != brought.get(name):
            yield name, content


def _named(content: bytes, folder: Path, place: Path) -> bytes:
    """Texts without this machine's paths; packed files are left as they are."""
    if content.startswith(b"PK"):
        return content
    for path, name in ((folder / "cwd", b"<CWD>"), (folder, b"<CASE>"), (place, b"<SLOT>")):
        content = content.replace(str(path).encode(), name)
    return content
