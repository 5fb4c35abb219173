"""A plan that a page plays on: the bytes its kernel works on, and what a reader's settings change.

Quarters and years are counted from the first of play, amounts are whole 万元.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: The least that an item's cost can be set to, and the longest delay of its start.
CHEAPEST_BPS, MOST_DELAY = 5_000, 20


@dataclass(frozen=True)
class Place:
    """Where something lies in a memory: the address, the kind of its numbers, and its shape.

    A single number has the shape ().
    """

    address: int
    kind: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """In bytes."""
        return int(np.dtype(self.kind).itemsize * np.prod(self.shape, dtype=np.int64))


@dataclass(frozen=True, kw_only=True)
class Image:
    """A play as bytes.

    base : where in a memory they begin
    entry : where the list of the play itself lies
    places : of every array and number, by its way from the play: `x.pooled_wan`, `out.finish`, `s`
    """

    memory: bytes
    base: int
    entry: int
    places: dict[str, Place]


@dataclass(frozen=True, kw_only=True)
class LiveChannel:
    """A channel of the city: parts of its envelopes by year, as the workbook has them and as played.

    A factor acts on the workbook's, as in a scenario. `floor_wan` is the least that both parts come
    to under luck. `spent_wan` is what facts have paid of the begun year's budget.
    """

    id: str
    name: str
    short: str
    position: int
    asked_wan: tuple[int, ...]
    reserved_wan: tuple[int, ...]
    asked_now_wan: tuple[int, ...]
    reserved_now_wan: tuple[int, ...]
    floor_wan: tuple[int, ...]
    floor_now_wan: tuple[int, ...]
    spent_wan: int


@dataclass(frozen=True, kw_only=True)
class LiveItem:
    """An item: what a setting changes, as played, and what its first quarter of work follows from.

    first : planned first quarter; started : by facts; carried : has money carried into the begun
    year; ended : its clock has; finished : by facts. planned_finish is None without money.
    """

    no: int
    name: str
    first: int
    started: bool
    carried: bool
    ended: bool
    finished: bool
    delay_quarters: int
    cost_bps: int
    priority: int
    planned_finish: int | None


@dataclass(frozen=True, kw_only=True)
class LiveGate:
    """A gate between two items by their positions; `hard` as played."""

    id: str
    pred: int
    succ: int
    hard: bool


@dataclass(frozen=True, kw_only=True)
class LiveYear:
    """A year: what its played money is held against (see `measures.years.YearMeasure`)."""

    year: int
    plan_wan: int
    inclusion_bps: int | None
    target_wan: int | None
    floor: bool
    ceiling: bool
    past: bool
    list_runs_down: bool


@dataclass(frozen=True, kw_only=True)
class LivePast:
    """What facts have of each year: money by channel, progress at approved cost of all items."""

    channel_wan: tuple[tuple[int, ...], ...]
    progress_wan: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LivePlayed:
    """What the program's own play made of it: by year, by year and channel, and by item.

    A start or finish that does not come about is the end of play.
    """

    drawn_wan: tuple[int, ...]
    progress_wan: tuple[int, ...]
    channel_wan: tuple[tuple[int, ...], ...]
    start: tuple[int, ...]
    finish: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LiveLuck:
    """The first paths of a scenario's stress test as a page plays them on, on the same luck.

    image : of a play of so many paths; the draws lie in it from the address `drawn_at` on, in
        `drawn_size` bytes
    study_paths, seed : of the stress test
    most_bps : furthest settings of envelopes and costs that stay whole on these draws
    checksum : CRC-32 of what the stress test has of these paths (see `sim.live.checksum_of`)
    """

    image: Image
    drawn_at: int
    drawn_size: int
    paths: int
    study_paths: int
    seed: int
    most_bps: int
    checksum: int


@dataclass(frozen=True, kw_only=True)
class Live:
    """A scenario as a page plays it on.

    from_year, until_year : the years whose envelopes and targets can be set, the last one included
    begun, past_bps : the first quarter played, and what of it is past
    priorities : the classes there may be
    quarters : of play
    luck : None where there are no lucky paths; no_luck says why not
    most_bps, cheapest_bps, most_delay : furthest settings; envelopes, targets and costs alike come
        to `most_bps` at the most, up to where amounts stay whole in float64
    """

    image: Image
    most_bps: int
    cheapest_bps: int = CHEAPEST_BPS
    most_delay: int = MOST_DELAY
    first_year: int
    from_year: int
    until_year: int
    quarters: int
    begun: int
    past_bps: int
    substitution: bool
    soft_gates_bind: bool
    priorities: tuple[int, ...]
    channels: tuple[LiveChannel, ...]
    items: tuple[LiveItem, ...]
    gates: tuple[LiveGate, ...]
    years: tuple[LiveYear, ...]
    past: LivePast
    played: LivePlayed
    luck: LiveLuck | None = None
    no_luck: str = "本次未准备运气路径"
