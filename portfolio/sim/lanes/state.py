"""The state of a lane block in play, and what all compiled functions stand on.

Functions loop over rows and then over neighbouring paths (lanes) in short bodies that write to
one array, so that the machine does several lanes at once. They bind the arrays they use at their
top: every view or hand-over of an array costs more than a short body does.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import config, njit, types
from numba.extending import overload

from portfolio.sim.lanes.inputs import NOT_OPEN, LaneInputs, LaneLuck

Array = Any  # Numba resolves element types itself

QUARTERS = 100
YEARS = 25
FULL = 10_000
_config: Any = config
F = TypeVar("F", bound=Callable[..., Any])
#: `_nrt`: nothing is allocated in compiled code, so arrays need no counting of references, which
#: would cost more than the arithmetic.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}


def _folder() -> Path | None:
    """Where compiled code is kept: a folder of its own for every state of the sources.

    Numba looks at the file of the function it keeps alone, not at those of the functions inlined
    into it: a kept function would go on with another file's old rules. The folder is beside the
    sources or, where that can't be written, the user's own; None where neither can.
    """
    here = Path(__file__).parent
    sources = sorted(here.glob("*.py"))
    state = blake2b(b"".join(source.read_bytes() for source in sources), digest_size=8)
    user = Path(os.environ.get("LOCALAPPDATA") or Path("~/.cache").expanduser())
    given = [Path(_config.CACHE_DIR)] if _config.CACHE_DIR else []
    for base in (*given, here / "__pycache__", user / "portfolio"):
        folder = base / f"lanes-{state.hexdigest()}"
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
    return None


_FOLDER = _folder()


def _compile(function: F, **options: Any) -> F:
    before = _config.CACHE_DIR
    _config.CACHE_DIR = str(_FOLDER or before)
    try:
        result: F = njit(**_OPTIONS, **options, cache=_FOLDER is not None)(function)
    finally:
        _config.CACHE_DIR = before
    return result


def compiled(function: F) -> F:
    """Compile a function."""
    return _compile(function)


def inlined(function: F) -> F:
    """Compile a function into those that call it: handing a state over costs more than it does."""
    return _compile(function, forceinline=True)


class State(NamedTuple):
    """A lane block in play: amounts [row, lane] with the rows of `LaneInputs`.

    carried, allotted, drawn, credited, cost, need : [cell] the accounts of the running year
    planned, wanted, met : [cell of the item at hand] the plan at the clock, the quarter's demand
        and what was met of it
    sub_* : [substitute account]; substituted : [slot]; limited : [cell] credit is rationed
    left : [channel] of an envelope
    moved, total, item_cost, roundings, started, finished, start, finish : [item]
    moving, lost_start, lost_stop, lost_capacity : [item] quarters for the delay ledger, with
        lost_channel : [cell] and lost_ceiling : [gate]
    opens : [gate] quarter from which it is open
    n_started, n_finished : [item] lanes that are; sums : [channel]
    closed : [gate] some lane still waits for its predecessor's money
    active : [item] takes part in this quarter
    flags : [4] of the item at hand: asking, cut by a ceiling, cut by the capacity, held up
    row0 … row10, ahead, position : [lane] room for one row's work
    """

    carried: Array
    allotted: Array
    drawn: Array
    credited: Array
    cost: Array
    need: Array
    planned: Array
    wanted: Array
    met: Array
    sub_carried: Array
    sub_allotted: Array
    sub_drawn: Array
    sub_wanted: Array
    substituted: Array
    limited: Array
    left: Array
    moved: Array
    total: Array
    item_cost: Array
    roundings: Array
    started: Array
    finished: Array
    start: Array
    finish: Array
    moving: Array
    lost_start: Array
    lost_stop: Array
    lost_capacity: Array
    lost_channel: Array
    lost_ceiling: Array
    opens: Array
    n_started: Array
    n_finished: Array
    sums: Array
    closed: Array
    active: Array
    flags: Array
    row0: Array
    row1: Array
    row2: Array
    row3: Array
    row4: Array
    row5: Array
    row6: Array
    row7: Array
    row8: Array
    row9: Array
    row10: Array
    ahead: Array
    position: Array


def part(amount: Array, whole: Array) -> Array:
    """floor(amount ÷ whole) of exact integers, whole > 0."""
    return amount // whole


@overload(part, inline="always")
def _part(amount, whole):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    if isinstance(amount, types.Float):
        return lambda amount, whole: np.floor(amount / whole)
    return lambda amount, whole: amount // whole


def part_of_full(amount: Array) -> Array:
    """floor(amount ÷ 10,000), amount < 2**51."""
    return amount // FULL


@overload(part_of_full, inline="always")
def _part_of_full(amount):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    # (amount + ½) ÷ whole is never nearer to an integer than ½ ÷ whole; a product with the
    # inverse is wrong by less than that while the amount is below 2**51.
    if isinstance(amount, types.Float):
        return lambda amount: np.floor((amount + 0.5) * 1e-4)
    return lambda amount: amount // FULL


def part_by(amount: Array, whole: Array, inverse: Array) -> Array:
    """floor(amount ÷ whole), amount < 2**51, given 1 ÷ whole: quicker than a division."""
    return amount // whole


@overload(part_by, inline="always")
def _part_by(amount, whole, inverse):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    if isinstance(amount, types.Float):
        return lambda amount, whole, inverse: np.floor((amount + 0.5) * inverse)
    return lambda amount, whole, inverse: amount // whole


def inverse_of(whole: Array) -> Array:
    """1 ÷ whole for `part_by`; of no use to integers."""
    return 1.0 / whole


@overload(inverse_of, inline="always")
def _inverse_of(whole):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    if isinstance(whole, types.Float):
        return lambda whole: 1.0 / whole
    return lambda whole: whole


@inlined
def planned_row(
    cum: Array, c: int, s: State, duration: Array, scale: Array, i: int, out: Array, row: int
) -> None:  # fmt: skip
    """Plan of cell c at the clocks of item i, interpolated, then × volume and cost: `out[row]`.

    `clock_rows` has said where the clocks stand.
    """
    row0, row1, row6, row7 = s.row0, s.row1, s.row6, s.row7
    position, lanes = s.position, s.position.size
    for k in range(lanes):
        row6[k] = cum[c, position[k]]
        row7[k] = cum[c, position[k] + np.uint64(1)]
    for k in range(lanes):
        low = row6[k]
        grown = part_by((row7[k] - low) * row1[k], duration[i, k], row0[k])
        out[row, k] = part_of_full((low + grown) * scale[i, k])


@inlined
def clock_rows(
    moved: Array, row: int, duration: Array, i: int, first: int, length: int, s: State
) -> None:  # fmt: skip
    """Where clocks stand on the plan: whole quarters from the start; the rest in row 1.

    Row 0 gets 1 ÷ duration.
    """
    row0, row1, row6 = s.row0, s.row1, s.row6
    position = s.position
    zero, most = moved.dtype.type(0), moved.dtype.type(length)
    for k in range(position.size):
        whole = part(moved[row, k], duration[i, k])
        over = moved[row, k] - whole * duration[i, k]
        row1[k] = zero if whole >= most else over
        row6[k] = min(whole, most)
    for k in range(position.size):
        row0[k] = inverse_of(duration[i, k])
    for k in range(position.size):
        position[k] = np.uint64(first + np.int64(row6[k]))


def new_state(x: LaneInputs, u: LaneLuck) -> State:
    """The state at the start."""
    cells, items, gates, subs = (len(a) for a in (x.cell_item, x.first, x.gate_pred, x.sub_cell))
    lanes, widest = u.scale.shape[1], int(np.diff(x.first_cell).max(initial=0))
    cost = x.cum[:, -1:] * u.scale[x.cell_item] // FULL
    item_cost, roundings = np.zeros((2, items, lanes), x.cum.dtype)
    np.add.at(item_cost, x.cell_item, cost)
    np.add.at(roundings, x.cell_item, np.where(cost > 0, 2, 0).astype(x.cum.dtype))
    opens = np.full((gates, lanes), NOT_OPEN, np.int64)
    opens[x.gate_from_start] = 0

    def money(rows: int) -> Array:
        return np.zeros((rows, lanes), x.cum.dtype)

    def counts(rows: int, value: int = 0) -> Array:
        return np.full((rows, lanes), value, np.int64)

    def flags(rows: int) -> Array:
        return np.zeros((rows, lanes), np.bool_)

    finished = flags(items)
    finished[x.length == 0] = True
    return State(
        **{name: money(cells) for name in ("carried", "allotted", "drawn", "credited", "need")},
        **{name: money(widest) for name in ("planned", "wanted", "met")},
        cost=cost,
        **{name: money(subs) for name in ("sub_carried", "sub_allotted", "sub_drawn", "sub_wanted")},
        substituted=money(len(x.slot_item)),
        limited=flags(cells),
        left=money(len(x.capital_bps)),
        moved=money(items),
        total=money(items),
        item_cost=item_cost,
        roundings=roundings,
        started=flags(items),
        finished=finished,
        start=counts(items, QUARTERS),
        finish=counts(items, QUARTERS),
        **{name: counts(items) for name in ("moving", "lost_start", "lost_stop", "lost_capacity")},
        lost_channel=counts(cells),
        lost_ceiling=counts(gates),
        opens=opens,
        n_started=np.zeros(items, np.int64),
        n_finished=finished.sum(axis=1),
        sums=money(len(x.capital_bps)),
        closed=x.gate_binds & ~x.gate_clock & ~x.gate_from_start,
        active=np.zeros(items, np.bool_),
        flags=flags(4),
        **{f"row{n}": np.zeros(lanes, x.cum.dtype) for n in range(11)},
        ahead=money(1),
        position=np.zeros(lanes, np.uint64),  # unsigned: no look for negative indices
    )  # fmt: skip
