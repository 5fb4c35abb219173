"""Write the bill of materials of an installation: what runs with the program, as CycloneDX 1.5.

`python -m tools.bill_of_materials SBOM.json`. Nothing is fetched: names, versions, licences and the
sums of files are those of the installed distributions. `--verify` holds an installation against one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

PROGRAM = "major-project-portfolio"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def needed(name: str) -> dict[str, Distribution]:
    """The distribution and all that it needs to run, by normalised name; extras are left out."""
    found: dict[str, Distribution] = {}
    left = [name]
    while left:
        each = _normal(left.pop())
        if each in found:
            continue
        try:
            found[each] = distribution(each)
        except PackageNotFoundError:  # needed on another system only
            continue
        for line in found[each].requires or ():
            if "extra ==" not in line and (match := _NAME.match(line)):
                left.append(match[0])
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _files(found: Distribution) -> Iterator[tuple[str, bytes]]:
    """Files with their contents, but for what an installation makes itself."""
    for file in sorted(found.files or (), key=str):
        path = Path(str(found.locate_file(file)))
        own = file.suffix == ".pyc" or file.name in ("RECORD", "direct_url.json", "INSTALLER")
        if not own and path.is_file():
            yield file.as_posix(), path.read_bytes()


def sum_of(found: Distribution) -> str:
    """SHA-256 over the names and contents of a distribution's files."""
    whole = hashlib.sha256()
    for name, content in _files(found):
        whole.update(f"{name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def _licence(found: Distribution) -> str:
    metadata = found.metadata
    told = next((metadata[key] for key in ("License-Expression", "License") if key in metadata), "")
    classes = [
        line.rpartition("::")[2].strip()
        for line in metadata.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    short = told.strip().splitlines()[0] if told.strip() else ""
    return short if 0 < len(short) < 60 else "; ".join(classes) or "not stated"


def bill(name: str = PROGRAM) -> dict[str, Any]:
    """The bill: the program as its component, the libraries sorted by name."""
    parts = needed(name)
    whole = parts.pop(_normal(name))

    def component(each: str, found: Distribution, kind: str) -> dict[str, Any]:
        return {
            "type": kind,
            "bom-ref": f"pkg:pypi/{each}@{found.version}",
            "name": each,
            "version": found.version,
            "purl": f"pkg:pypi/{each}@{found.version}",
            "licenses": [{"license": {"name": _licence(found)}}],
            "hashes": [{"alg": "SHA-256", "content": sum_of(found)}],
        }

    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(_normal(name), whole, "application")},
        "components": [component(each, parts[each], "library") for each in sorted(parts)],
    }


def differences(told: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What of an installation is otherwise than its bill says."""

    def by_name(of: dict[str, Any]) -> dict[str, tuple[str, str]]:
        return {
            each["name"]: (each["version"], each["hashes"][0]["content"])
            for each in of["components"]
        }

    theirs, ours = by_name(told), by_name(found)
    return [
        f"{name}: {theirs.get(name, ('missing', ''))[0]} → {ours.get(name, ('missing', ''))[0]}"
        + (
            ", other files"
            if name in theirs and name in ours and theirs[name][0] == ours[name][0]
            else ""
        )
        for name in sorted({*theirs, *ours})
        if theirs.get(name) != ours.get(name)
    ]


def main(words: list[str]) -> int:
    """Write the bill, or verify one: 0 where all is as it says."""
    asked = argparse.ArgumentParser(prog="python -m tools.bill_of_materials", description=__doc__)
    asked.add_argument("file", type=Path)
    asked.add_argument("--verify", action="store_true", help="compare, write nothing")
    given = asked.parse_args(words)
    found = bill()
    if not given.verify:
        given.file.write_text(
            json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        print(f"{len(found['components'])} libraries → {given.file}")
        return 0
    wrong = differences(json.loads(given.file.read_text(encoding="utf-8")), found)
    print("\n".join(wrong) or "all as the bill says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
