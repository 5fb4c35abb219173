"""What the kernel works on: where everything lies in its arenas, and what it is given and writes down.

An arena is an array [row, lane]; the kernel's state, its luck and its sums are one each.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from portfolio.model.arrays import Ints, Mask
from portfolio.sim.lanes.inputs import LaneInputs
from portfolio.sim.lanes.vectors import Arena, Ints16, Ints32

#: Slots of the delay ledger before the cells' and the gates', as `paths.PLAIN_CAUSES`.
LATE, STOPPED, STRETCHED, SLOWED, AT_CAPACITY, BEHIND, PLAIN = 0, 1, 2, 3, 4, 5, 6


#: What begins where in the arenas: name by name a row for each of …, in this order.
LUCK = {
    "scale duration lag inverted begun_at moves approved capacity item_cost roundings": "items",
    "cost": "cells",
    "at ceiling": "gates",
    "pooled receipt credit limited": "yearly",  # [year, channel]
    "room": "slots",
}
STATE = {
    "carried allotted drawn credited opening need follows lost_channel": "cells",
    "sub_carried sub_allotted sub_drawn sub_wanted": "accounts",
    "substituted": "slots",
    "left unplaced": "channels",
    "alive moved opened_at total progress started finished paid start finish": "items",
    "moving lost_start lost_stop lost_capacity": "items",
    "opens lost_ceiling": "gates",
    "planned wanted met": "widest",  # [cell of the item at hand]
}
SUMS = {
    "by_channel unserved": "yearly",
    "by_item": "items_yearly",  # [year, item]
    "by_cause": "plain",  # [item, plain cause] of the delay ledger; then its cells and gates
    "by_cell": "cells",
    "by_gate": "gates",
}
ARENAS = {"luck_rows": LUCK, "state_rows": STATE, "sum_rows": SUMS}
_NAMES = " ".join((*LUCK, *STATE, *SUMS, *ARENAS)).split()


class Rows(namedtuple("_Rows", _NAMES)):  # type: ignore[misc]
    """Row of each name in its arena, and under the arenas' names how many rows they have."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> int:
            """Any of the names."""


def rows_of(x: LaneInputs) -> Rows:
    """Where in the arenas everything begins."""
    many = {
        **x._asdict(),
        "cells": len(x.cell_item),
        "yearly": x.years * x.channels,
        "items_yearly": x.years * x.items,
        "plain": PLAIN * x.items,
    }
    begins = {}
    for arena, layout in ARENAS.items():
        row = 0
        for names, each in layout.items():
            for name in names.split():
                begins[name] = row
                row += many[each]
        begins[arena] = row
    return Rows(**begins)


class Luck(NamedTuple):
    """Draws with the path last: [item, path], [item × quarter, path], [year × channel, path]."""

    cost_bps: Ints32
    volume_bps: Ints32
    duration_bps: Ints32
    stopped: Mask
    receipt_bps: Ints32


class Results(NamedTuple):
    """What is written down of each path: [path, year], [path, item], [path, gate]."""

    drawn: Ints
    progress: Ints
    start: Ints16
    finish: Ints16
    cost: Ints
    held_by: Ints16
    gate_opened: Ints16


class Kept(NamedTuple):
    """States of all blocks at the start of a year, and which years are played.

    states : read where `from_year` is not the first, written where `until_year` is not the end
    """

    states: Arena
    from_year: int
    until_year: int


class TraceRows(NamedTuple):
    """All a path did, where it is asked for: arenas of one block of lanes.

    drawn : [quarter × channel × item] since the year began, by the channel that pays; allotted,
    carried_in, carried_out, taken_back : [year × channel × item]; lost : [item × slot] the delay
    ledger, slots as `paths.cause_slots`
    """

    asked: bool
    drawn: Arena
    allotted: Arena
    carried_in: Arena
    carried_out: Arena
    taken_back: Arena
    lost: Arena


class Play(NamedTuple):
    """All that a play works on: rules, where rows begin, arenas of luck, state and sums, and so on."""

    x: LaneInputs
    r: Rows
    u: Arena
    s: Arena
    t: Arena
    luck: Luck
    kept: Kept
    out: Results
    trace: TraceRows


def listed(values: Any, place_of: Callable[[str, Any], int]) -> Ints:
    """A NamedTuple as compiled code takes it: two numbers for everything in it, in its order.

    Of an array where it lies and its columns, of a NamedTuple in it where its own list lies, of a
    number the number. `place_of(name, value)` says where.
    """
    found = np.zeros(2 * len(values), dtype=np.int64)
    for number, (name, value) in enumerate(zip(values._fields, values, strict=True)):
        if isinstance(value, np.ndarray):
            found[2 * number :][:2] = place_of(name, value), value.shape[-1]
        else:
            found[2 * number] = place_of(name, value) if hasattr(value, "_fields") else value
    return found
