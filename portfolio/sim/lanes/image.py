"""A play laid out as bytes: what a kernel needs that has a memory of its own, as in a browser.

The layout is that of `arenas.Play`, as `arenas.listed` tells it to compiled code: a list for every
NamedTuple, then every array, one after another.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from portfolio.model.measures.live import Image, Place
from portfolio.sim.lanes.arenas import Play, listed

#: Everything begins where a widest register may be loaded from.
STEP = 64
#: Where an image begins in the memory of `engine.wasm`: its stack and its own numbers lie below.
BASE = 2 * 65_536


def image_of(play: Play) -> Image:
    """Lay out a play."""
    writer = _Writer()
    entry = writer.put_values(play, "")
    return Image(memory=bytes(writer.memory), base=BASE, entry=entry, places=writer.places)


def array_in(image: Image, name: str, memory: bytes | None = None) -> Any:
    """An array or number as it is in the image, or in a memory in which the image was played."""
    place = image.places[name]
    start = place.address - (image.base if memory is None else 0)
    content = (image.memory if memory is None else memory)[start : start + place.size]
    return np.frombuffer(content, place.kind).reshape(place.shape)


class _Writer:
    def __init__(self) -> None:
        self.memory = bytearray()
        self.places: dict[str, Place] = {}

    def put_values(self, values: Any, way: str) -> int:
        """Put a NamedTuple with all that is in it; returns where its list lies."""

        def place_of(name: str, value: Any) -> int:
            if not isinstance(value, np.ndarray):
                return self.put_values(value, f"{way}{name}.")
            address = self._put(np.ascontiguousarray(value).tobytes())
            self.places[way + name] = Place(address, value.dtype.name, value.shape)
            return address

        address = self._put(listed(values, place_of).tobytes())
        for number, (name, value) in enumerate(zip(values._fields, values, strict=True)):
            if not isinstance(value, np.ndarray) and not hasattr(value, "_fields"):
                self.places[way + name] = Place(address + 16 * number, "int64", ())
        return address

    def _put(self, content: bytes) -> int:
        self.memory += bytes(-len(self.memory) % STEP)
        address = BASE + len(self.memory)
        self.memory += content
        return address
