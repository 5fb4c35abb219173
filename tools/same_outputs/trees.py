"""A tree of the program as it is now, copied to where every tree is run.

All trees run at the same path, one after the other: what a file says of the program's place is the
same, and the engine compiled once serves every tree that left its sources alone. Runs at the same
time take different slots, whose paths are equally long; what one compiled is copied for the other.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

PARTS = ("portfolio", "inputs", "scenarios")
SLOTS = 9
_MOMENT = 1_500_000_000


@dataclass(frozen=True, kw_only=True)
class Tree:
    """The program's files, and what they were read from."""

    source: str
    files: dict[str, bytes]

    @property
    def digest(self) -> str:
        """One sum over names and contents."""
        return digest_of(self.files)

    def part(self, name: str) -> dict[str, bytes]:
        """The files of one folder of the tree, by their names in it."""
        head = f"{name}/"
        return {
            path.removeprefix(head): content
            for path, content in self.files.items()
            if path.startswith(head)
        }


def store() -> Path:
    """Where slots, compiled code and given files are kept between runs."""
    given = os.environ.get("SAME_OUTPUTS_STORE")
    folder = Path(given) if given else Path(tempfile.gettempdir()) / f"same_outputs.{os.getuid()}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def tree_of(source: str, repository: Path) -> Tree:
    """The tree in a folder, or at a git revision of the repository.

    Raises
    ------
    ValueError
        If it is neither.
    """
    files = folder_files(Path(source)) if Path(source).is_dir() else _revision(source, repository)
    if not any(name.startswith("portfolio/") for name in files):
        raise ValueError(f"{source}: there is no package portfolio in it")
    return Tree(source=source, files=files)


def digest_of(files: dict[str, bytes]) -> str:
    """One sum over names and contents."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return whole.hexdigest()


def write(files: dict[str, bytes], folder: Path) -> None:
    """Write files; the date of each is made of its contents.

    Python and Numba hold what they compiled valid as long as the date and the size are the same.
    """
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        moment = _MOMENT + int.from_bytes(hashlib.sha256(content).digest()[:3], "big")
        os.utime(path, (moment, moment))


@contextmanager
def slot() -> Iterator[Path]:
    """A folder nobody else uses meanwhile, empty but for what was compiled in it.

    Raises
    ------
    ValueError
        If all are in use.
    """
    for number in range(1, SLOTS + 1):
        folder = store() / f"slot{number}"
        folder.mkdir(exist_ok=True)
        with (folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            for name in ("tree", "cases"):
                shutil.rmtree(folder / name, ignore_errors=True)
            yield folder
            return
    raise ValueError(f"{store()}: all {SLOTS} slots are in use")


def share_compiled(files: Iterable[str], place: Path) -> None:
    """Give a slot what Numba compiled in the others of equal sources; it keeps that by the path.

    The engine names its folder after all its sources, and Numba takes a function only where date
    and size of its file are the same, which `write` makes of the contents.
    """
    folders = {PurePosixPath(name).parent for name in files if name.endswith(".py")}
    for other in store().glob("slot*"):
        for folder in folders if other != place else ():
            source, target = (_numba_name(slot / "tree" / folder) for slot in (other, place))
            for kept in compiled_folder().glob(f"*/{source}"):
                _copy_missing(kept, kept.with_name(target))


def compiled_folder() -> Path:
    """Where Numba keeps what it compiled."""
    return store() / "numba"


def _numba_name(folder: Path) -> str:
    """As Numba names the folder for what it compiled of sources in a folder."""
    return f"{folder.name}_{hashlib.sha1(str(folder).encode()).hexdigest()}"


def _copy_missing(source: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for path in sorted(source.glob("*.nb[ci]")):  # the index of a function comes after its code
        if not (target / path.name).exists():
            shutil.copy2(path, target / path.name)


def folder_files(root: Path, parts: tuple[str, ...] = PARTS) -> dict[str, bytes]:
    """The program's files in a folder, without what is made by running it."""
    found: dict[str, bytes] = {}
    for part in parts:
        for path in sorted((root / part).rglob("*")):
            name = path.relative_to(root)
            made = "__pycache__" in name.parts or path.name.startswith((".", "~$"))
            if path.is_file() and not made:
                found[name.as_posix()] = path.read_bytes()
    return found


def _revision(source: str, repository: Path) -> dict[str, bytes]:
    made = subprocess.run(
        ["git", "-C", str(repository), "archive", "--format=tar", source, *PARTS],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        said = made.stderr.decode(errors="replace").strip()
        raise ValueError(f"{source}: neither a folder nor a revision ({said})")
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(made.stdout)) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            if content is not None:
                found[member.name] = content.read()
    return found
