"""What of a scenario the page plays on, as data: the image compressed, the rest as it is."""

from __future__ import annotations

import base64
import zlib
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from portfolio.model.measures.live import Live, LiveLuck
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


class Drawn:
    """The draws of lucky paths, kept once for all scenarios that have the same."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def place(self, draws: bytes) -> int:
        """The place of some draws."""
        if draws not in self.kept:
            self.kept.append(draws)
        return self.kept.index(draws)

    @property
    def packed(self) -> list[str]:
        """All that are kept, as the page unpacks them (`withDraws`): first all lowest bytes, and so on.

        Draws are int32 between 0 and some 50,000: so they take a fifth less.
        """
        planes = (np.frombuffer(draws, np.uint8).reshape(-1, 4).T for draws in self.kept)
        return [packed(each.tobytes()) for each in planes]


def live_data(live: Live, drawn: Drawn) -> dict[str, Any]:
    """A scenario that is played on; the draws of its lucky paths lie apart."""
    data = asdict(live)
    data["image"]["memory"] = packed(live.image.memory)
    if live.luck is not None:
        data["luck"] |= _luck_data(live, live.luck, drawn)
    return data


def _luck_data(live: Live, luck: LiveLuck, drawn: Drawn) -> dict[str, Any]:
    """The image of the lucky paths as what it differs in from that without luck, and its draws."""
    image, start = luck.image, luck.drawn_at - luck.image.base
    end = start + luck.drawn_size
    memory = np.frombuffer(image.memory, np.uint8).copy()
    memory[start:end] = 0
    common = min(len(live.image.memory), start)
    memory[:common] ^= np.frombuffer(live.image.memory, np.uint8)[:common]
    return {
        "image": asdict(replace(image, memory=b"")) | {"memory": packed(memory.tobytes())},
        "common": common,
        "drawn": drawn.place(image.memory[start:end]),
    }


def live_extends(run: RunResult) -> list[str] | None:
    """The scenarios that a file saved by the page stands on; None where no file holds them."""
    if not run.changes:
        return []
    if run.scenario_sheet:
        return None
    names = run.scenario.split("+")
    return None if any(name.startswith(SETS) for name in names) else names
