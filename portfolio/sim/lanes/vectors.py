"""Lane values: one number a path for a few paths side by side, and what can be done with them.

The rules in `kernel` are written with the functions of this module. As they stand here a lane value
is a NumPy row of any length, of float64 or of int64. `machine_vectors` makes of the same names
machine vectors of float64, held in registers; so there is one source of the rules.

Arenas are arrays [row, lane]. Amounts are whole numbers; what floors them, and up to where float64
is exact in it, is proved in docs/decisions/11-exact-floors.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Arena = npt.NDArray[Any]  # [row, lane]: float64, or int64 where that loses amounts
Ints32 = npt.NDArray[np.int32]
Ints16 = npt.NDArray[np.int16]
Lanes = Any  # a NumPy row here, a machine vector when compiled
Places = Any  # a column of a table a lane
Flags = Any  # one yes or no a lane
#: Where it is said how many lanes what is compiled for another machine is to have.
LANES_ASKED = "PORTFOLIO_LANES"


def ld(arena: Arena, row: int) -> Lanes:
    """A row."""
    return arena[row].copy()


def st(arena: Arena, row: int, value: Lanes) -> None:
    """Put a value, or the same number in every lane, in a row."""
    arena[row] = value


def drawn(arena: Arena, draws: Any, row: int, first: int) -> Lanes:
    """Numbers of the draws [row, path] for the paths of the lanes, in the arena's type."""
    return draws[row, first : first + arena.shape[1]].astype(arena.dtype)


def happens(draws: Any, row: int, first: int, arena: Arena) -> Flags:
    """Yes or no of the draws [row, path] for the paths of the lanes."""
    return draws[row, first : first + arena.shape[1]]


def put(results: Any, column: int, first: int, paths: int, value: Lanes) -> None:
    """Put the first `paths` lanes in a column of the results [path, column], from path `first`."""
    results[first : first + paths, column] = value[:paths]


def at(table: Any, row: int, column: int = -1) -> Any:
    """A number that all lanes share; compiled without a look for indices from the end."""
    return table[row] if column < 0 else table[row, column]


def places(column: Lanes) -> Places:
    """Columns of a table to look in."""
    return column.astype(np.int64)


def neighbours(table: Any, row: int, column: Places) -> tuple[Lanes, Lanes]:
    """By lane the numbers in a column of its own and in the next one."""
    return table[row, column], table[row, column + 1]


def every(arena: Arena, number: float) -> Lanes:
    """A number in every lane."""
    return np.full(arena.shape[1], number, arena.dtype)


def where(flags: Flags, yes: Lanes, no: Lanes) -> Lanes:
    """By lane one of two."""
    return np.where(flags, yes, no)


def vmin(one: Lanes, other: Lanes) -> Lanes:
    """The smaller by lane."""
    return np.minimum(one, other)


def vmax(one: Lanes, other: Lanes) -> Lanes:
    """The larger by lane."""
    return np.maximum(one, other)


def both(one: Flags, other: Flags) -> Flags:
    """One and other."""
    return one & other


def either(one: Flags, other: Flags) -> Flags:
    """One or other."""
    return one | other


def but(one: Flags, other: Flags) -> Flags:
    """One and not other."""
    return one & ~other


def no(flags: Flags) -> Flags:
    """The opposite."""
    return ~flags


def some(flags: Flags) -> bool:
    """Whether it is so in any lane."""
    return bool(flags.any())


def everywhere(flags: Flags) -> bool:
    """Whether it is so in all lanes."""
    return bool(flags.all())


def inverse(whole: Lanes) -> Lanes:
    """1 ÷ whole for `part_by`; of no use to integers."""
    return 1.0 / whole


def part(amount: Lanes, whole: Lanes) -> Lanes:
    """floor(amount ÷ whole), amount < 2**53, whole > 0."""
    return amount // whole if amount.dtype.kind == "i" else np.floor(amount / whole)


def part_by(amount: Lanes, whole: Lanes, inverted: Lanes) -> Lanes:
    """floor(amount ÷ whole), amount < 2**51, given 1 ÷ whole: quicker than a division."""
    if amount.dtype.kind == "i":
        return amount // whole
    return np.floor((amount + 0.5) * inverted)


def part_of_full(amount: Lanes) -> Lanes:
    """floor(amount ÷ 10,000), amount < 2**51."""
    if amount.dtype.kind == "i":
        return amount // 10_000
    return np.floor((amount + 0.5) * 1e-4)
