"""The array types, each named once; the last axis is the item unless a docstring says otherwise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

#: Whole numbers: money in 万元, quarters, basis points.
Ints = npt.NDArray[np.int64]
#: Whole numbers of any width, where indices and counts come in too.
Integers = npt.NDArray[np.integer]
Floats = npt.NDArray[np.float64]
#: Yes or no by cell.
Mask = npt.NDArray[np.bool_]


def first_where(mask: Mask) -> int | None:
    """The first place of a line at which something holds; None where it nowhere does."""
    return int(mask.argmax()) if mask.any() else None
