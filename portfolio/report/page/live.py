"""What of a scenario the page plays on, as data: the image compressed, the rest as it is."""

from __future__ import annotations

import base64
import zlib
from dataclasses import asdict
from typing import Any

from portfolio.model.measures.live import Live
from portfolio.report.assets import asset_bytes

ENGINE = "engine.wasm"


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
