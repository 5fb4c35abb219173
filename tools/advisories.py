"""Hold the pinned versions against published advisories that are at hand; nothing is fetched.

`python -m tools.advisories FOLDER_OR_ZIP`: OSV records (https://ossf.github.io/osv-schema/), one
JSON a record, in a folder or in the zip that databases publish for an ecosystem. Carry it in by
whatever way files are carried in. Exit 1 where an advisory touches a pinned version, 2 where no
record was found: silence would look like safety.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

PINNED = Path(__file__).parents[1] / "constraints.txt"
_PIN = re.compile(r"([A-Za-z0-9._-]+)==([^\s;#]+)")
ECOSYSTEM = "PyPI"


def pinned(text: str) -> dict[str, str]:
    """Versions by normalised name."""
    return {_normal(match[1]): match[2] for match in map(_PIN.match, text.splitlines()) if match}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def records(place: Path) -> Iterator[dict[str, Any]]:
    """The records of a folder or a zip; those withdrawn are left out."""
    if place.is_dir():
        texts: Iterator[bytes] = (path.read_bytes() for path in sorted(place.rglob("*.json")))
        yield from _read(texts)
        return
    with zipfile.ZipFile(place) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".json"))
        yield from _read(archive.read(name) for name in names)


def _read(texts: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    for text in texts:
        record = json.loads(text)
        if isinstance(record, dict) and "affected" in record and "withdrawn" not in record:
            yield record


def touches(record: dict[str, Any], versions: dict[str, str]) -> list[str]:
    """The pinned packages a record speaks of in their pinned version."""
    found = []
    for affected in record["affected"]:
        package = affected.get("package", {})
        name = _normal(str(package.get("name", "")))
        if package.get("ecosystem") == ECOSYSTEM and name in versions:
            version = versions[name]
            listed = version in affected.get("versions", ())
            if listed or any(_inside(each, version) for each in affected.get("ranges", ())):
                found.append(name)
    return found


def _inside(told: dict[str, Any], version: str) -> bool:
    """Whether a version lies in a range: after the last `introduced`, before what ends it."""
    if told.get("type") != "ECOSYSTEM":
        return False
    ours, inside = Version(version), False
    try:
        events = sorted(
            ((Version("0") if bound == "0" else Version(bound)), kind == "last_affected", kind)
            for event in told.get("events", ())
            for kind, bound in event.items()
        )
    except InvalidVersion:
        return True  # can't be judged: told rather than passed over
    for bound, _, kind in events:
        if kind == "introduced" and ours >= bound:
            inside = True
        elif (kind == "fixed" and ours >= bound) or (kind == "last_affected" and ours > bound):
            inside = False
    return inside


def main(words: list[str]) -> int:
    """Tell what touches a pinned version."""
    asked = argparse.ArgumentParser(prog="python -m tools.advisories", description=__doc__)
    asked.add_argument("place", type=Path)
    asked.add_argument("--pinned", type=Path, default=PINNED)
    given = asked.parse_args(words)
    versions = pinned(given.pinned.read_text(encoding="utf-8"))
    count, told = 0, []
    for record in records(given.place):
        count += 1
        for name in touches(record, versions):
            summary = record.get("summary") or str(record.get("details", ""))[:100]
            told.append(f"{record.get('id')}: {name} {versions[name]}: {summary}")
    if not count:
        print("no advisory was found in there", file=sys.stderr)
        return 2
    print("\n".join(told) or "no advisory touches a pinned version")
    print(f"{count:,} advisories, {len(versions)} pinned versions", file=sys.stderr)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
