"""A played year up to a quarter's end, and what is expected of the whole of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np

from portfolio.model.calendar import Calendar
from portfolio.model.measures.years import (
    MONTHS,
    ahead,
    completion,
    plan_by_year_wan,
    progress_wan,
    reported_years,
)
from portfolio.model.money import Wan
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive


@dataclass(frozen=True, kw_only=True)
class YearToDate:
    """A year to the end of one of its quarters; arrays are int64[item], money drawn in 万元.

    quarter : the last quarter counted, as an index from the first quarter
    begun_months : months of the next quarter that facts are known of and are counted too
    plan_wan : the year's plan; plan_to_date_wan : its part to the quarter's end (`x*k//4`)
    done_wan : drawn from the year's beginning to the quarter's end
    forecast_wan : drawn in the whole year as played
    progress_wan : progress of the whole year at approved cost: what overruns cost is no progress
    short_wan : what the item lacks of the year's plan, see `lacking_wan`
    """

    quarter: int
    year: int
    plan_wan: Wan
    plan_to_date_wan: Wan
    done_wan: Wan
    forecast_wan: Wan
    progress_wan: Wan
    short_wan: Wan
    begun_months: int = 0

    @property
    def months(self) -> int:
        """Months gone by at the quarter's end, or at the as-of in the quarter after it."""
        return 3 * (self.quarter % 4 + 1) + self.begun_months

    @property
    def plan(self) -> int:
        """The year's plan of all items."""
        return int(self.plan_wan.sum())

    @property
    def done(self) -> int:
        """Drawn to date by all items."""
        return int(self.done_wan.sum())

    @property
    def forecast(self) -> int:
        """Drawn in the whole year by all items."""
        return int(self.forecast_wan.sum())

    @property
    def progress(self) -> int:
        """Progress of the whole year of all items, at approved cost."""
        return int(self.progress_wan.sum())

    @property
    def gap(self) -> int:
        """What the year's progress at approved cost stays below its plan; 0 where it does not."""
        return max(0, self.plan - self.progress)

    @property
    def completion(self) -> Fraction | None:
        """完成率 to date."""
        return completion(self.done, self.plan)

    @property
    def ahead(self) -> Fraction | None:
        """超（欠）序时进度."""
        return ahead(self.done, self.plan, self.months)


def year_to_date(portfolio: Portfolio, outcome: Outcome, quarter: int) -> YearToDate:
    """The year of `quarter` to that quarter's end.

    After facts the last ended quarter is followed by the months of the begun one, in its year.

    Raises
    ------
    ValueError
        The quarter is not played.
    """
    if not 0 <= quarter < len(outcome.drawn_wan):
        raise ValueError(f"quarter {quarter} is not played")
    year, begun = quarter // 4, begun_months(portfolio, quarter)
    passed = 3 * (quarter % 4 + 1) + begun
    plan = plan_by_year_wan(portfolio)[year]
    drawn = outcome.drawn_wan.sum(axis=1)
    done = drawn[4 * year : quarter + 1].sum(axis=0)
    if begun:
        done = done + derive(portfolio).opening.facts_wan[quarter + 1].sum(axis=0)
    return YearToDate(
        quarter=quarter,
        year=portfolio.calendar.year_of_quarter(quarter),
        plan_wan=np.asarray(plan.sum(axis=0), dtype=np.int64),
        plan_to_date_wan=np.asarray((plan * passed // MONTHS).sum(axis=0), dtype=np.int64),
        done_wan=np.asarray(done, dtype=np.int64),
        forecast_wan=np.asarray(drawn[4 * year : 4 * year + 4].sum(axis=0), dtype=np.int64),
        progress_wan=_yearly_progress(portfolio, outcome)[1][year],
        short_wan=lacking_wan(portfolio, outcome)[year],
        begun_months=begun,
    )


def begun_months(portfolio: Portfolio, quarter: int) -> int:
    """Months known of the quarter after `quarter`, in the same year: where facts end in it."""
    facts = portfolio.facts
    if facts is None or facts.quarter != quarter + 1 or facts.quarter // 4 != quarter // 4:
        return 0
    return facts.months_past


def is_past(portfolio: Portfolio, quarter: int) -> bool:
    """Whether facts tell what happened to a quarter's end; otherwise it was played."""
    return portfolio.facts is not None and quarter < portfolio.facts.quarter


def _yearly_progress(portfolio: Portfolio, outcome: Outcome) -> tuple[Wan, Wan]:
    """Progress at approved cost at each year's end and in each year: int64[year, item]."""
    reached = progress_wan(portfolio, outcome)[3::4]
    return reached, np.diff(reached, axis=0, prepend=0)


def lacking_wan(portfolio: Portfolio, outcome: Outcome) -> Wan:
    """What each item lacks of its plan in a year, at approved cost: int64[year, item].

    The year's plan less its progress, but no more than the item is behind its plan at the year's
    end: an item that is ahead (a shorter duration) lacks nothing, and overruns are no progress.
    """
    plan = plan_by_year_wan(portfolio).sum(axis=1)
    reached, progress = _yearly_progress(portfolio, outcome)
    behind = np.cumsum(plan, axis=0) - reached
    lacking = np.maximum(0, np.minimum(plan - progress, behind))
    return np.asarray(lacking, dtype=np.int64)


# --- 投产、建设、开工、储备: in which batch an item is in a year, by its years as played


class Batch(StrEnum):
    """The batches of a year, the most advanced first: an item is in the first that fits."""

    COMPLETED = "投产"  # finishes in the year
    UNDER_WAY = "建设"  # started before the year and does not finish in it
    STARTED = "开工"  # starts in the year and does not finish in it
    RESERVE = "储备"  # not started by the year's end


@dataclass(frozen=True, kw_only=True)
class Life:
    """An item's years, of its plan or its play.

    begun_before : it has earlier money, and so counts as started before
    start, finish : the years, None for one that does not come about
    """

    begun_before: bool
    start: int | None
    finish: int | None


def played_lives(portfolio: Portfolio, outcome: Outcome) -> tuple[Life | None, ...]:
    """The items' years as played; None for an item without money from the first year on."""
    return _lives(portfolio, outcome, outcome.start, outcome.finish)


def planned_lives(portfolio: Portfolio, outcome: Outcome) -> tuple[Life | None, ...]:
    """The items' years as planned; None for an item without money from the first year on."""
    return _lives(portfolio, outcome, outcome.planned_start, outcome.planned_finish)


def _lives(
    portfolio: Portfolio,
    outcome: Outcome,
    starts: tuple[int | None, ...],
    finishes: tuple[int | None, ...],
) -> tuple[Life | None, ...]:
    return tuple(
        None
        if outcome.planned_start[index] is None
        else Life(
            begun_before=item.earlier_wan > 0,
            start=_year(starts[index], portfolio.calendar),
            finish=_year(finishes[index], portfolio.calendar),
        )
        for index, item in enumerate(portfolio.items)
    )


def _year(quarter: int | None, calendar: Calendar) -> int | None:
    return None if quarter is None else calendar.first_year + quarter // 4


def batch_in(life: Life, year: int) -> Batch | None:
    """The batch of an item in a year; None once it was finished in an earlier one."""
    if life.finish is not None and life.finish <= year:
        return Batch.COMPLETED if life.finish == year else None
    if life.begun_before or (life.start is not None and life.start < year):
        return Batch.UNDER_WAY
    return Batch.STARTED if life.start == year else Batch.RESERVE


def batch_years(portfolio: Portfolio, outcome: Outcome) -> tuple[int, ...]:
    """The years to list batches of: the reported ones, and on to the last finish.

    An item can finish after its last money, where its clock is held up to the end.
    """
    lives = played_lives(portfolio, outcome)
    finishes = [life.finish for life in lives if life is not None and life.finish is not None]
    last = max([*reported_years(portfolio.calendar, outcome), *finishes])
    return tuple(
        range(portfolio.calendar.first_year, min(last, portfolio.calendar.last_play_year) + 1)
    )
