"""The shipped engine of the page is the kernel as it stands today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.build_wasm import SHIPPED, made_of, sources, tools

AGAIN = "它与内核不再是一回事：请运行 python -m tools.build_wasm"


def test_the_shipped_engine_is_of_the_kernel_as_it_stands() -> None:
    source, _ = made_of(SHIPPED.read_bytes())
    assert source == sources(), AGAIN


def test_building_it_again_changes_no_byte(tmp_path: Path) -> None:
    """Whatever its seal says: where the same tools are there, it is built and compared."""
    _, of = made_of(SHIPPED.read_bytes())
    if tools() != of:
        pytest.skip(f"built with {of}, here are {tools()}")
    built = tmp_path / "engine.wasm"
    subprocess.run([sys.executable, "-m", "tools.build_wasm", str(built)], check=True)
    assert built.read_bytes() == SHIPPED.read_bytes(), AGAIN
