"""投产、建设、开工、储备: in which batch an item is in a year, by its years as played.

A closed list has no other items: what comes after it is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.calendar import Calendar
from portfolio.model.measures import reported_years
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio


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
