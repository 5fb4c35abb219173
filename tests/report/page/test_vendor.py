"""The libraries the page carries are what their licences and versions say."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from portfolio.report import assets
from portfolio.report.page import ECHARTS, TABULATOR

VENDOR = Path(assets.__file__).parent / "vendor"
SUMS = {
    "echarts.min.js": "b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0",
    "tabulator.min.js": "d55b66c4343599507915c64a6a16255b02229ca1eef1efcae2278938194c209b",
    "tabulator_simple.min.css": "20626e3feea130a004cdb8c1b98e715e3536cdf724023a037b435981f54da1da",
}


@pytest.mark.parametrize("name", SUMS)
def test_a_library_is_the_file_that_was_taken(name) -> None:
    """LF line ends, as git keeps them on every system."""
    content = (VENDOR / name).read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(content).hexdigest() == SUMS[name]


def test_each_library_has_its_licence_and_the_version_told() -> None:
    assert f'"{ECHARTS}"' in (VENDOR / "echarts.min.js").read_text(encoding="utf-8")
    assert f"Tabulator v{TABULATOR}" in (VENDOR / "tabulator.min.js").read_text(encoding="utf-8")
    assert "Apache License" in (VENDOR / "echarts.LICENSE.txt").read_text(encoding="utf-8")
    assert "MIT License" in (VENDOR / "tabulator.LICENSE.txt").read_text(encoding="utf-8")
    assert {path.name.split(".")[0] for path in VENDOR.iterdir()} == {
        "echarts",
        "tabulator",
        "tabulator_simple",
    }
