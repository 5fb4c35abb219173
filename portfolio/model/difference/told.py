"""What follows from a difference in the play, and all that is told of two workbooks together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portfolio.model.calendar import Calendar
from portfolio.model.difference.changes import RowChange
from portfolio.model.difference.difference import Difference
from portfolio.model.measures.years import drawn_by_item_wan, judged_from
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Money:
    """An amount of both plays; None where a play doesn't reach."""

    what: str
    old_wan: int | None
    new_wan: int | None

    @property
    def difference_wan(self) -> int | None:
        """New less old."""
        if self.old_wan is None or self.new_wan is None:
            return None
        return self.new_wan - self.old_wan


@dataclass(frozen=True, kw_only=True)
class FinishMove:
    """An item that finishes in another quarter; `quarters` later, None where it never does once."""

    item_no: int
    name: str
    old: str
    new: str
    quarters: int | None


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """What both workbooks played say: the running year, the planned period, finishes that move."""

    year: Money
    period: Money
    moves: tuple[FinishMove, ...]


@dataclass(frozen=True, kw_only=True)
class Told:
    """All that is told of two workbooks.

    consequence : None where one of them has problems and was not played
    problems : of either, each told with the workbook's name
    """

    difference: Difference
    consequence: Consequence | None
    problems: tuple[Problem, ...]
    version: str

    @property
    def example(self) -> bool:
        """Whether facts of either are made up."""
        return self.difference.old.example or self.difference.new.example


Played = tuple[Portfolio, Outcome]


def consequence(difference: Difference, old: Played, new: Played) -> Consequence:
    """What the changes do to the play of the plan."""
    calendar = new[0].calendar
    facts = new[0].facts
    year = judged_from(new[0]) if facts is None else calendar.first_year + facts.year
    first, last = calendar.first_year, calendar.period_last
    return Consequence(
        year=_money(f"{year} 年预计全年", range(year, year + 1), old, new),
        period=_money(f"{first}—{last} 年合计", calendar.period, old, new),
        moves=_moves(_numbers_now(difference.changes), old, new),
    )


def _money(what: str, years: range, old: Played, new: Played) -> Money:
    return Money(what=what, old_wan=_drawn(old, years), new_wan=_drawn(new, years))


def _drawn(played: Played, years: range) -> int | None:
    """Money drawn in some years; None where the play doesn't hold them all."""
    portfolio, outcome = played
    known = portfolio.calendar.play_years
    if years[0] not in known or years[-1] not in known:
        return None
    drawn = drawn_by_item_wan(outcome).sum(axis=1)
    return int(sum(drawn[year - portfolio.calendar.first_year] for year in years))


def _numbers_now(changes: tuple[RowChange, ...]) -> dict[int, int]:
    """Numbers of items that were numbered anew: old → new."""
    anew = [c for c in changes if c.sheet == "项目清单" and c.renumbered]
    return {int(str(c.old_key[0])): int(str(c.new_key[0])) for c in anew if c.old_key and c.new_key}


def _moves(numbers: Mapping[int, int], old: Played, new: Played) -> tuple[FinishMove, ...]:
    was = {
        numbers.get(item.no, item.no): old[1].finish[index]
        for index, item in enumerate(old[0].items)
    }
    moves = []
    for index, item in enumerate(new[0].items):
        if item.no not in was:
            continue
        before, now = was[item.no], new[1].finish[index]
        if _since(old[0].calendar, before) == _since(new[0].calendar, now):
            continue
        moves.append(
            FinishMove(
                item_no=item.no,
                name=item.name,
                old=old[0].calendar.finish_label(before),
                new=new[0].calendar.finish_label(now),
                quarters=_later(_since(old[0].calendar, before), _since(new[0].calendar, now)),
            )
        )
    return tuple(sorted(moves, key=lambda move: -abs(move.quarters or 0)))


def _since(calendar: Calendar, quarter: int | None) -> int | None:
    """A quarter counted from year 0: calendars may begin in other years."""
    return None if quarter is None else 4 * calendar.first_year + quarter


def _later(old: int | None, new: int | None) -> int | None:
    return None if old is None or new is None else new - old
