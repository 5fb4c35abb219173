"""Kept forecasts held against what came: only what is known, chosen by the forecast alone.

Whether something is scored never depends on how it came out: money is scored once its year is
over, a finish once the band that was foretold for it is over, whether the item has finished or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from portfolio.model.facts import MONTHS
from portfolio.model.record.archive import PERCENTS, Archived, KeptItem, KeptYear, Way
from portfolio.model.record.forecast import sample_crps
from portfolio.model.record.scores import Coverage, Gain, coverage, gain

#: Months between as-of and the year's end, as they are told together.
HORIZONS = ((1, 3), (4, 6), (7, 12), (13, 24))
_BAND = tuple(PERCENTS.index(percent) for percent in (10, 50, 90))
_QUARTER = 3


@dataclass(frozen=True, kw_only=True)
class CameItem:
    """What came of an item: its money by year that is over, and its finish if it has finished."""

    name: str
    money_wan: Mapping[int, int]
    finish: int | None


@dataclass(frozen=True, kw_only=True)
class Came:
    """What is known at an as-of, by the items' numbers."""

    asof_months: int
    items: Mapping[int, CameItem]

    def is_over(self, first_year: int, year: int) -> bool:
        """Whether a year's money is known whole."""
        return MONTHS * (year - first_year + 1) <= self.asof_months


@dataclass(frozen=True, kw_only=True)
class Naive:
    """How far naive forecasts were off, 万元.

    plan : the year's plan
    straight : what was done ÷ the part of the year that was past
    rest : what was done, and the plan of the months left
    """

    plan: float
    straight: float
    rest: float


@dataclass(frozen=True, kw_only=True)
class Held:
    """A year's money as it was foretold, beside what came.

    item_no, kind : None for all items together
    months : between the as-of and the year's end
    band : P10, P50, P90; of a play without luck thrice its one value
    certain : all paths had the same
    crps : its error, 万元; of one value it is its distance
    """

    way: Way
    asof_months: int
    year: int
    item_no: int | None
    name: str
    kind: str | None
    months: int
    band: tuple[int, int, int]
    certain: bool
    came_wan: int
    crps: float
    naive: Naive

    @property
    def inside(self) -> bool:
        """Whether what came lay within the band."""
        return self.band[0] <= self.came_wan <= self.band[2]


@dataclass(frozen=True, kw_only=True)
class HeldFinish:
    """A finish as it was foretold, beside what came; None: not finished, though the band is over."""

    asof_months: int
    item_no: int
    name: str
    kind: str
    band: tuple[int, int, int]
    certain: bool
    came: int | None

    @property
    def inside(self) -> bool:
        """Whether it finished within the band."""
        return self.came is not None and self.band[0] <= self.came <= self.band[2]


@dataclass(frozen=True, kw_only=True)
class Line:
    """Forecasts told together.

    n : those with any doubt in them; `certain` others had none, `certain_wrong` of these were wrong
    band : how many of the n lay within theirs; None for plays without luck, and of none
    crps, naive : mean errors of the n, 万元; None for finishes, and of none
    """

    name: str
    way: Way
    n: int
    certain: int
    certain_wrong: int
    band: Coverage | None
    crps: float | None
    naive: Naive | None


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Kept forecasts of one scenario and what came of them.

    kept : how many were read; other_scenarios : those not scored, by name
    years, items, finishes : what is known: of all items together, by item
    open_years : years foretold and not over yet; open_finishes : finishes whose band isn't
    gone : items foretold that the workbook no longer has by that number and name
    """

    scenario: str
    asof_months: int
    kept: int
    other_scenarios: tuple[str, ...]
    years: tuple[Held, ...]
    items: tuple[Held, ...]
    finishes: tuple[HeldFinish, ...]
    open_years: tuple[int, ...]
    open_finishes: int
    gone: tuple[str, ...]

    def by_horizon(self, of: Sequence[Held], way: Way) -> tuple[Line, ...]:
        """Money by months between as-of and the year's end."""
        told = [held for held in of if held.way is way]
        lines = (
            line(f"{low}—{high} 个月", way, [h for h in told if low <= h.months <= high])
            for low, high in HORIZONS
        )
        return tuple(each for each in lines if each.n + each.certain)

    def by_kind(self, way: Way) -> tuple[Line, ...]:
        """Items' money by work."""
        told = [held for held in self.items if held.way is way]
        kinds = dict.fromkeys(str(held.kind) for held in told)
        return tuple(line(kind, way, [h for h in told if h.kind == kind]) for kind in kinds)

    def finishes_by_kind(self) -> tuple[Line, ...]:
        """Finishes by work."""
        kinds = dict.fromkeys(held.kind for held in self.finishes)
        return tuple(
            finish_line(kind, [held for held in self.finishes if held.kind == kind])
            for kind in kinds
        )


def score(kept: Iterable[Archived], came: Came, scenario: str) -> Scored:
    """Hold forecasts of a scenario against what came."""
    all_kept = tuple(kept)
    own = [each for each in all_kept if each.origin.scenario == scenario]
    items = [(each, item) for each in own for item in each.items]
    here = [(each, item) for each, item in items if _is_here(item, came)]
    pending = [held for each, item in here for held in [_finish(each, item, came)] if held]
    return Scored(
        scenario=scenario,
        asof_months=came.asof_months,
        kept=len(own),
        other_scenarios=tuple(sorted({each.origin.scenario for each in all_kept} - {scenario})),
        years=tuple(_years(own, came)),
        items=tuple(
            _held(each, year, came.items[item.no].money_wan[year.year], item)
            for each, item in here
            for year in item.years
            if came.is_over(each.first_year, year.year)
        ),
        finishes=tuple(held for held in pending if isinstance(held, HeldFinish)),
        open_years=tuple(
            sorted(
                {
                    year.year
                    for each in own
                    for year in each.years
                    if not came.is_over(each.first_year, year.year)
                }
            )
        ),
        open_finishes=sum(held is _OPEN for held in pending),
        gone=tuple(
            dict.fromkeys(f"{item.no} {item.name}" for _, item in items if not _is_here(item, came))
        ),
    )


def _is_here(item: KeptItem, came: Came) -> bool:
    return item.no in came.items and came.items[item.no].name == item.name


def _years(own: Sequence[Archived], came: Came) -> Iterable[Held]:
    """All items together, where the workbook still has each of them."""
    for each in own:
        if not all(_is_here(item, came) for item in each.items):
            continue
        for year in each.years:
            if came.is_over(each.first_year, year.year):
                money = (came.items[item.no].money_wan[year.year] for item in each.items)
                yield _held(each, year, sum(money))


def _held(kept: Archived, year: KeptYear, came_wan: int, item: KeptItem | None = None) -> Held:
    values, months = year.values_wan, kept.months_to_end(year.year)
    return Held(
        way=kept.way,
        asof_months=kept.asof_months,
        year=year.year,
        item_no=None if item is None else item.no,
        name="全部大项" if item is None else item.name,
        kind=None if item is None else item.kind,
        months=months,
        band=_band(values),
        certain=kept.way is Way.PATHS and values[0] == values[-1],
        came_wan=came_wan,
        crps=sample_crps(np.asarray(values, dtype=np.float64), came_wan),
        naive=naive_errors(year, months, came_wan),
    )


def _band(values: Sequence[int]) -> tuple[int, int, int]:
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = (values[place] for place in _BAND)
    return low, middle, high


def naive_errors(year: KeptYear, months: int, came_wan: int) -> Naive:
    """How far naive forecasts made at the same as-of were off.

    months : between as-of and the year's end; of a year not begun all three are its plan
    """
    past = max(0, MONTHS - months)
    straight = year.done_wan * MONTHS / past if past else year.plan_wan
    rest = year.done_wan + year.plan_wan * (MONTHS - past) / MONTHS
    return Naive(
        plan=abs(year.plan_wan - came_wan),
        straight=abs(straight - came_wan),
        rest=abs(rest - came_wan),
    )


class _Open:
    """A finish whose band isn't over: nobody knows yet."""


_OPEN = _Open()


def _finish(kept: Archived, item: KeptItem, came: Came) -> HeldFinish | _Open | None:
    """A finish beside what came; None where nothing was foretold of it."""
    if kept.way is not Way.PATHS or item.finished or item.planned is None:
        return None
    band = _band(item.finishes)
    if band[2] >= came.asof_months // _QUARTER:
        return _OPEN
    return HeldFinish(
        asof_months=kept.asof_months,
        item_no=item.no,
        name=item.name,
        kind=item.kind,
        band=band,
        certain=item.finishes[0] == item.finishes[-1],
        came=came.items[item.no].finish,
    )


# --- Told together


def line(name: str, way: Way, held: Sequence[Held]) -> Line:
    """Some forecasts of money told together."""
    doubtful = [each for each in held if not each.certain]
    sure = [each for each in held if each.certain]

    def mean(of: Callable[[Held], float]) -> float:
        return float(np.mean([of(each) for each in doubtful]))

    return Line(
        name=name,
        way=way,
        n=len(doubtful),
        certain=len(sure),
        certain_wrong=sum(not each.inside for each in sure),
        band=_coverage([each.inside for each in doubtful]) if way is Way.PATHS else None,
        crps=mean(lambda each: each.crps) if doubtful else None,
        naive=Naive(
            plan=mean(lambda each: each.naive.plan),
            straight=mean(lambda each: each.naive.straight),
            rest=mean(lambda each: each.naive.rest),
        )
        if doubtful
        else None,
    )


def finish_line(name: str, held: Sequence[HeldFinish]) -> Line:
    """Some forecasts of finishes told together."""
    sure = [each for each in held if each.certain]
    doubtful = [each for each in held if not each.certain]
    return Line(
        name=name,
        way=Way.PATHS,
        n=len(doubtful),
        certain=len(sure),
        certain_wrong=sum(not each.inside for each in sure),
        band=_coverage([each.inside for each in doubtful]),
        crps=None,
        naive=None,
    )


def _coverage(inside: Sequence[bool]) -> Coverage | None:
    return coverage(sum(inside), len(inside)) if inside else None


def gain_over(held: Sequence[Held], name: str) -> Gain:
    """How much smaller the errors are than a naive forecast's, by its name in `Naive`."""
    doubtful = [each for each in held if not each.certain]
    return gain(
        [each.crps for each in doubtful],
        [getattr(each.naive, name) for each in doubtful],
        [each.year for each in doubtful],
    )
