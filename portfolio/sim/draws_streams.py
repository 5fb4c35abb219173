"""Keyed streams of random numbers: what a stream gives depends on its key and nothing else.

A stream is keyed by (seed, purpose, name, chunk): Philox under a 128-bit key hashed from the first
three, with the chunk in the highest word of its counter. No stream knows how many others there
are, so that one more item, channel or risk leaves all others as they were.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.random import Generator, Philox
from numpy.random.bit_generator import ISeedSequence

#: Paths of a chunk. Every stream of a chunk is drawn whole, however few of its paths are asked for.
CHUNK = 512


class _Key(ISeedSequence):
    """A key given as it is: numpy's own seeding asks the system for entropy first."""

    def __init__(self, words: npt.NDArray[np.uint64]) -> None:
        self.words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint64) -> npt.NDArray[Any]:
        """The key's words; Philox asks for two of 64 bits."""
        assert (n_words, np.dtype(dtype)) == (2, np.dtype(np.uint64))
        return self.words


@lru_cache(maxsize=65_536)
def _key(seed: int, purpose: str, name: str) -> Any:
    text = "\x1f".join((str(seed), purpose, name))
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return _Key(np.frombuffer(digest, dtype="<u8").astype(np.uint64))


def stream(seed: int, purpose: str, name: str, chunk: int) -> Generator:
    """The stream of that key, at its beginning."""
    counter = np.array([0, 0, 0, chunk], dtype=np.uint64)
    return Generator(Philox(_key(seed, purpose, name), counter=counter))
