"""Scripts, styles and templates of the pages, and the libraries they carry with them."""

from __future__ import annotations

from importlib.resources import files


def asset(name: str) -> str:
    """The text of a file of this folder (`page.js`, `vendor/echarts.min.js`)."""
    return files(__name__).joinpath(*name.split("/")).read_text(encoding="utf-8")


def asset_bytes(name: str) -> bytes:
    """The bytes of a file of this folder (`engine.wasm`)."""
    return files(__name__).joinpath(*name.split("/")).read_bytes()
