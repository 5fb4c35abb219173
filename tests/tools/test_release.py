"""What is looked at before a release: the bill of materials, and advisories that are at hand."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tools import advisories, bill_of_materials, mutants


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return bill_of_materials.bill("pytest")


def test_the_bill_names_what_is_needed_and_what_that_needs(found: dict[str, Any]):
    names = [each["name"] for each in found["components"]]
    assert found["metadata"]["component"]["name"] == "pytest"
    assert names == sorted(names)
    assert {"pluggy", "iniconfig", "packaging"} <= set(names)
    assert all(each["licenses"][0]["license"]["name"] for each in found["components"])
    assert {len(each["hashes"][0]["content"]) for each in found["components"]} == {64}


def test_a_changed_library_is_noticed(found: dict[str, Any]):
    assert bill_of_materials.differences(found, found) == []
    other = json.loads(json.dumps(found))
    other["components"][0]["hashes"][0]["content"] = "0" * 64
    gone = other["components"].pop()["name"]
    first = found["components"][0]["name"]
    told = bill_of_materials.differences(other, found)
    assert any(line.startswith(f"{first}: ") and "other files" in line for line in told)
    assert any(line.startswith(f"{gone}: missing") for line in told)


def record(*events: dict[str, str], versions: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "id": "PYSEC-0000-1",
        "summary": "read too far",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "Some_Library"},
                "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
                "versions": list(versions),
            }
        ],
    }


@pytest.mark.parametrize(
    ("events", "version", "touched"),
    [
        (({"introduced": "0"}, {"fixed": "1.10"}), "1.9", True),
        (({"introduced": "0"}, {"fixed": "1.10"}), "1.10", False),
        (({"introduced": "1.5"}, {"fixed": "2"}), "1.4", False),
        (({"introduced": "1"}, {"last_affected": "1.3"}), "1.3", True),
        (({"introduced": "1"}, {"last_affected": "1.3"}), "1.3.1", False),
        (({"fixed": "1.2"}, {"introduced": "0"}, {"introduced": "2"}), "2.1", True),
        (({"introduced": "x!"},), "1", True),
    ],
)
def test_a_range_of_versions_is_judged(events, version: str, touched: bool):
    told = advisories.touches(record(*events), {"some-library": version})
    assert told == (["some-library"] if touched else [])
    assert advisories.touches(record(*events), {"another": version}) == []


def test_a_zip_of_records_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pins = tmp_path / "pins.txt"
    pins.write_text("some.library==1.4  # why\nother==2\n", encoding="utf-8")
    place = tmp_path / "all.zip"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("a.json", json.dumps(record(versions=("1.4",))))
        archive.writestr("b.json", json.dumps({**record(versions=("1.4",)), "withdrawn": "2026"}))
    assert advisories.main([str(place), "--pinned", str(pins)]) == 1
    assert "PYSEC-0000-1: some-library 1.4: read too far" in capsys.readouterr().out
    (tmp_path / "empty").mkdir()
    assert advisories.main([str(tmp_path / "empty"), "--pinned", str(pins)]) == 2


def test_every_pin_of_ours_is_read():
    text = advisories.PINNED.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "==" in line]
    assert len(advisories.pinned(text)) == len(lines) > 40


SOURCE = """
def cut(a, b):
    if not a < b and b != 0:
        return min(a + 1, b) if a else f"{a}" + "x"
"""


def test_mutants_differ_from_the_program_in_one_expression_each():
    found = list(mutants.mutants(SOURCE))
    changes = {(each.was, each.now) for each in found}
    assert {
        ("a < b", "a <= b"),
        ("b != 0", "b == 0"),
        ("not a < b", "a < b"),
        ("not a < b and b != 0", "not a < b or b != 0"),
        ("a + 1", "a - 1"),
        ("0", "1"),
        ("1", "2"),
        ("min", "max"),
    } <= changes
    assert not any("x" in now and "-" in now for _, now in changes)  # texts are not taken apart
    sources = [each.source for each in found]
    assert len(set(sources)) == len(sources)
    for source in sources:
        compile(source, "mutant", "exec")
