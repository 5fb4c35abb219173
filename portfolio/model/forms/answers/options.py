"""表7 情景对比一页纸: the answers to a shock side by side, from doing nothing to a full repair.

What an option leaves undone is the baseline's play less its own, at approved cost: what things cost
more is no progress.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from portfolio.model.items import Item
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import ROLLING_YEARS, drawn_by_item_wan
from portfolio.model.money import SEEN_WAN, Wan
from portfolio.model.quarters import or_end

if TYPE_CHECKING:
    from portfolio.model.calendar import Calendar
    from portfolio.model.reallocation.result import Move
    from portfolio.model.study.paths import Paths

#: So many items are named.
FOREMOST = 5


class Name(StrEnum):
    """What an option is called."""

    NOTHING = "现状"
    FEW = "少动"
    KNEE = "折中"
    FULL = "完全修复"


@dataclass(frozen=True, kw_only=True)
class Affected:
    """An item that falls behind in the years looked at, or has a later finish.

    less_wan : how far it is behind at the end of the worst of those years; later_quarters : None where it never finishes in one of the plays
    """

    item: Item
    less_wan: int
    later_quarters: int | None


@dataclass(frozen=True, kw_only=True)
class Approval:
    """What a body decides: how many moves, and from which quarter they can hold (None: too late)."""

    body: str
    moves: int
    earliest: int | None


@dataclass(frozen=True, kw_only=True)
class Option:
    """An answer to the shock, in 万元.

    less_by_year_wan : less done than without the shock, by year; below 0 where more is done
    affected : those hurt, the most money first
    proven : whether the solver proved it the best of its kind; None for doing nothing
    sure : part of the paths of a stress test on which the first year loses less than by doing
        nothing; of doing nothing that on which it loses anything; None where none was played
    """

    name: Name
    less_by_year_wan: tuple[int, ...]
    affected: tuple[Affected, ...]
    up_wan: int
    down_wan: int
    moves: int
    approvals: tuple[Approval, ...]
    proven: bool | None
    sure: Fraction | None = None

    @property
    def less_wan(self) -> int:
        """Of all the years looked at."""
        return sum(self.less_by_year_wan)


@dataclass(frozen=True, kw_only=True)
class Options:
    """All options of a scenario, doing nothing first; `paths` of the stress test, 0 without one."""

    years: tuple[int, ...]
    options: tuple[Option, ...]
    paths: int = 0

    def named(self, name: Name) -> Option | None:
        """An option by its name; None where it isn't there."""
        return next((option for option in self.options if option.name is name), None)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A plan moved in answer to the shock, and its play."""

    name: Name
    run: RunResult
    moves: tuple[Move, ...]
    proven: bool


def options(run: RunResult, year: int, answers: Sequence[Answer]) -> Options:
    """Options over the year and the two after it; `run` is the scenario played without a repair."""
    years = tuple(y for y in range(year, year + ROLLING_YEARS) if y in run.calendar.play_years)
    nothing = _option(Name.NOTHING, run, run, (), years, None)
    rest = [_option(a.name, run, a.run, a.moves, years, a.proven) for a in answers]
    return Options(years=years, options=(nothing, *rest))


def _option(
    name: Name,
    shocked: RunResult,
    run: RunResult,
    moves: Sequence[Move],
    years: Sequence[int],
    proven: bool | None,
) -> Option:
    less = less_done_wan(shocked, run)
    ids = [year - run.calendar.first_year for year in years]
    by_year = less[ids].sum(axis=1)
    return Option(
        name=name,
        less_by_year_wan=tuple(int(wan) for wan in by_year),
        affected=_affected(shocked, run, less[ids]),
        up_wan=sum(max(0, move.change_wan) for move in moves),
        down_wan=sum(max(0, -move.change_wan) for move in moves),
        moves=len(moves),
        approvals=_approvals(moves),
        proven=proven,
    )


def less_done_wan(shocked: RunResult, run: RunResult) -> Wan:
    """What each item of the baseline's play has less in a year: int64[25, item of the baseline].

    An item that the scenario drops has all of it less.
    """
    before, now = drawn_by_item_wan(shocked.baseline_outcome), drawn_by_item_wan(run.outcome)
    less = before.copy()
    for index, item in enumerate(shocked.baseline.items):
        place = run.portfolio.position.get(item.no)
        if place is not None:
            less[:, index] -= now[:, place]
    return less


def _affected(shocked: RunResult, run: RunResult, less: Wan) -> tuple[Affected, ...]:
    """Items that lose money to be seen in a year, or finish later; `less` by year and item.

    What is told of each is the most it is behind at the end of a year.
    """
    most, rows = less.cumsum(axis=0).max(axis=0), []
    for index, item in enumerate(shocked.baseline.items):
        before = shocked.baseline_outcome.finish[index]
        place = run.portfolio.position.get(item.no)
        now = None if place is None else run.outcome.finish[place]
        later = or_end(now) > or_end(before)
        if int(less[:, index].max()) < SEEN_WAN and not later:
            continue
        rows.append(
            Affected(
                item=item,
                less_wan=int(most[index]),
                later_quarters=None if now is None or before is None else max(0, now - before),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.less_wan, row.item.no)))


def _approvals(moves: Sequence[Move]) -> tuple[Approval, ...]:
    """By body, the one with most moves first."""
    count = Counter(move.approval.body for move in moves)
    rows = []
    for body, number in count.most_common():
        quarters = [
            move.approval.effective_quarter
            for move in moves
            if move.approval.body == body and move.approval.effective_quarter is not None
        ]
        rows.append(Approval(body=body, moves=number, earliest=min(quarters, default=None)))
    return tuple(rows)


def with_confidence(found: Options, calendar: Calendar, paths: Sequence[Paths]) -> Options:
    """Each option with how sure its effect is in the first of the years looked at.

    paths : on the same luck, of the baseline first, then of each option in its order
    """
    year = found.years[0] - calendar.first_year
    before, nothing, *answers = (path.drawn_wan[:, year].astype(np.int64) for path in paths)
    better = [before - nothing >= SEEN_WAN, *(each - nothing >= SEEN_WAN for each in answers)]
    rows = [
        replace(option, sure=Fraction(int(on.sum()), len(before)))
        for option, on in zip(found.options, better, strict=True)
    ]
    return replace(found, options=tuple(rows), paths=len(before))
