"""The answer that comes first: what a scenario takes, or what the running year comes to.

Figures only, in whole 万元, told in words by `report.words.answers.answer`; screen, page, brief and the
comparison of scenarios have them from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from portfolio.model.items import Item
from portfolio.model.measures.outlook import delayed_items
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import (
    YearMeasure,
    drawn_by_item_wan,
    funding_gap_wan,
    judged_from,
    late_positions,
    plan_by_year_wan,
    tail_positions,
    year_measures,
)
from portfolio.model.money import BPS, SEEN_WAN, Wan
from portfolio.model.quarters import or_end

#: The year of a shock and the two after it are told together.
TOLD_YEARS = 3


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An item that a scenario takes money or time from.

    base_wan, drawn_wan : of the shock's year, in the baseline's play and under the scenario
    less_wan, less_years_wan : missing in that year, and over the years told together
    first_quarter : in which it is first behind the baseline's play; None: only its finish is later
    later : quarters by which it finishes later; None where one of the plays has no finish
    """

    item: Item
    base_wan: int
    drawn_wan: int
    less_years_wan: int
    first_quarter: int | None
    later: int | None

    @property
    def less_wan(self) -> int:
        """Missing in the shock's year; negative where it has more."""
        return self.base_wan - self.drawn_wan


@dataclass(frozen=True, kw_only=True)
class ShockAnswer:
    """What a scenario takes, against the baseline's play.

    years : the first year that differs to be seen, and those told with it
    base_wan, drawn_wan : money drawn in each of these years, without and with the scenario
    hits : the items that lose, those of most money in the first year first
    dearer : whether the scenario changes what the work costs, which money alone can't tell apart
    """

    years: range
    base_wan: tuple[int, ...]
    drawn_wan: tuple[int, ...]
    hits: tuple[Hit, ...]
    dearer: bool

    @property
    def year(self) -> int:
        """The first year that differs."""
        return self.years[0]

    @property
    def less_wan(self) -> int:
        """Missing in the first year; negative where there is more."""
        return self.base_wan[0] - self.drawn_wan[0]

    @property
    def less_years_wan(self) -> int:
        """Missing over the years told together."""
        return sum(self.base_wan) - sum(self.drawn_wan)

    @cached_property
    def earliest(self) -> Hit | None:
        """The item that is hit first, of those hit in one quarter the one that loses most."""
        hit = [each for each in self.hits if each.first_quarter is not None]
        return min(hit, key=_hit_order, default=None)


def _hit_order(hit: Hit) -> tuple[int, int, int]:
    assert hit.first_quarter is not None
    return hit.first_quarter, -hit.less_wan, hit.item.no


@dataclass(frozen=True, kw_only=True)
class ItemYear:
    """An item in the running year: its plan and what comes about."""

    item: Item
    plan_wan: int
    drawn_wan: int

    @property
    def short_wan(self) -> int:
        """Missing to the plan; negative where more comes about."""
        return self.plan_wan - self.drawn_wan


@dataclass(frozen=True, kw_only=True)
class RunningAnswer:
    """What the running year comes to.

    months, done_wan : of the year known by facts (0: none)
    gap_wan : need that no channel can serve in the year
    short : the items below their plan, those that lack most first
    late : how many items finish late, tails (尾款) apart; foremost : the one of most money
    foremost_quarters : by which it is late; None: it is not finished at the play's end
    """

    this: YearMeasure
    months: int
    done_wan: int
    gap_wan: int
    short: tuple[ItemYear, ...]
    late: int
    foremost: Item | None
    foremost_quarters: int | None

    @property
    def year(self) -> int:
        """The running year."""
        return self.this.year

    @property
    def against_plan_wan(self) -> int | None:
        """与年度计划差额: drawn less the year's plan; None in a year without plan."""
        return self.this.drawn_wan - self.this.plan_wan if self.this.plan_wan else None

    @property
    def against_target_wan(self) -> int | None:
        """与目标差额: converted less the target; None where either is missing."""
        if self.this.converted_wan is None or self.this.target_wan is None:
            return None
        return self.this.converted_wan - self.this.target_wan


Answer = ShockAnswer | RunningAnswer


def answer(run: RunResult) -> Answer:
    """What is told first of a run: of a scenario that moves anything what it takes, else the year."""
    shock = shock_answer(run) if run.changes else None
    return running_answer(run) if shock is None else shock


# --- What a scenario takes


def shock_answer(run: RunResult) -> ShockAnswer | None:
    """What a scenario takes from the baseline's play; None where nothing differs to be seen."""
    now, then = drawn_by_item_wan(run.outcome), drawn_by_item_wan(run.baseline_outcome)
    apart = _by_item(run, now, then)
    seen = (abs(now.sum(axis=1) - then.sum(axis=1)) >= SEEN_WAN) | (abs(apart) >= SEEN_WAN).any(1)
    if not seen.any():
        return None
    first = int(seen.argmax())
    years = range(first, min(first + TOLD_YEARS, len(now)))
    hits = _hits(run, now, then, years)
    start = run.calendar.first_year
    return ShockAnswer(
        years=range(start + years[0], start + years[-1] + 1),
        base_wan=tuple(int(then[year].sum()) for year in years),
        drawn_wan=tuple(int(now[year].sum()) for year in years),
        hits=hits,
        dearer=bool((run.portfolio.conditions.scale_bps != BPS).any()),
    )


def _by_item(run: RunResult, now: Wan, then: Wan) -> Wan:
    """Money missing by the baseline's items: int64[year, item]; all of an item that is cancelled."""
    missing = then.copy()
    for index, item in enumerate(run.baseline.items):
        place = run.portfolio.position.get(item.no)
        if place is not None:
            missing[:, index] -= now[:, place]
    return missing


def _hits(run: RunResult, now: Wan, then: Wan, years: range) -> tuple[Hit, ...]:
    """Items that lose money to be seen in one of the years, or finish later."""
    missing, year = _by_item(run, now, then), years[0]
    told, hits = missing[years[0] : years[-1] + 1], []
    behind = np.cumsum(_quarterly_missing(run), axis=0)
    for index, item in enumerate(run.baseline.items):
        later = _later(run, index)
        if told[:, index].max() < SEEN_WAN and not (later or 0) > 0:
            continue
        lost = behind[4 * year :, index] - behind[4 * year - 1, index] if year else behind[:, index]
        seen = lost >= SEEN_WAN
        base = int(then[year, index])
        hits.append(
            Hit(
                item=item,
                base_wan=base,
                drawn_wan=base - int(missing[year, index]),
                less_years_wan=int(told[:, index].sum()),
                first_quarter=4 * year + int(seen.argmax()) if seen.any() else None,
                later=later,
            )
        )
    return tuple(sorted(hits, key=lambda hit: (-hit.less_wan, -hit.less_years_wan, hit.item.no)))


def _quarterly_missing(run: RunResult) -> Wan:
    """Money missing by quarter and the baseline's items."""
    return _by_item(run, run.outcome.drawn_wan.sum(axis=1), run.baseline_outcome.drawn_wan.sum(axis=1))  # fmt: skip


def _later(run: RunResult, index: int) -> int | None:
    """Quarters by which an item finishes later than in the baseline's play."""
    place = run.portfolio.position.get(run.baseline.items[index].no)
    if place is None:
        return None
    now, then = run.outcome.finish[place], run.baseline_outcome.finish[index]
    if now is None and then is not None:
        return or_end(now) - then
    return None if now is None or then is None else now - then


# --- What the running year comes to


def running_answer(run: RunResult) -> RunningAnswer:
    """The year in which facts end; without facts the last one that a list in print is of."""
    portfolio, outcome = run.portfolio, run.outcome
    year = judged_from(portfolio)
    index = year - run.calendar.first_year
    plan = plan_by_year_wan(portfolio)[index].sum(axis=0)
    drawn = drawn_by_item_wan(outcome)[index]
    rows = [
        ItemYear(item=item, plan_wan=int(plan[k]), drawn_wan=int(drawn[k]))
        for k, item in enumerate(portfolio.items)
    ]
    short = [row for row in rows if row.short_wan >= SEEN_WAN]
    seen, late = run.outlook, _late(run)
    return RunningAnswer(
        this=year_measures(portfolio, outcome, [year])[0],
        months=0 if seen is None else seen.months,
        done_wan=0 if seen is None else seen.done_wan,
        gap_wan=int(funding_gap_wan(portfolio, outcome)[index].sum()),
        short=tuple(sorted(short, key=lambda row: (-row.short_wan, row.item.no))),
        late=len(late),
        foremost=late[0][0] if late else None,
        foremost_quarters=late[0][1] if late else None,
    )


def _late(run: RunResult) -> list[tuple[Item, int | None]]:
    """Late items, tails apart, with their quarters: as facts rank them, else by money."""
    portfolio, outcome = run.portfolio, run.outcome
    if portfolio.facts is not None:
        rows = delayed_items(portfolio, outcome, portfolio.facts)
        return [
            (portfolio.item(row.item_no), None if row.finish is None else row.quarters)
            for row in rows
        ]
    tails = set(tail_positions(portfolio, outcome))
    return [
        (portfolio.items[index], outcome.delay_quarters(index))
        for index in late_positions(portfolio, outcome)
        if index not in tails
    ]
