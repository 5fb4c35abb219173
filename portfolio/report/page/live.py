"""What of a scenario the page plays on, as data: the image compressed, the rest as it is."""

from __future__ import annotations

import base64
import zlib
from dataclasses import asdict
from typing import Any

from portfolio.model.measures.live import Live
from portfolio.model.measures.results import RunResult
from portfolio.report.assets import asset_bytes

ENGINE = "engine.wasm"
#: What a layer of the command line's own settings is called: no file holds it.
SETS = "临时设定"


def packed(content: bytes) -> str:
    """Bytes as the page unpacks them (`inflated` of live_engine.js)."""
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def engine_data() -> str:
    """The kernel in WebAssembly."""
    return packed(asset_bytes(ENGINE))


def live_data(live: Live) -> dict[str, Any]:
    """A scenario that is played on."""
    data = asdict(live)
    data["image"]["memory"] = packed(live.image.memory)
    return data


def live_extends(run: RunResult) -> list[str] | None:
    """The scenarios that a file saved by the page stands on; None where no file holds them."""
    if not run.changes:
        return []
    if run.scenario_sheet:
        return None
    names = run.scenario.split("+")
    return None if any(name.startswith(SETS) for name in names) else names
