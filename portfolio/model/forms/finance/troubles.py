"""表6 缺口销号清单: problems of the register, and gaps that the play shows and nobody lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portfolio.model.facts import date_month
from portfolio.model.forms.entered import Category, State, Trouble, Whose
from portfolio.model.forms.lines import Line, Rank, above, told_sum
from portfolio.model.forms.source import Source
from portfolio.model.measures.held_in_year import HeldBy, held_by
from portfolio.model.measures.year_to_date import lacking_wan
from portfolio.model.money import SEEN_WAN
from portfolio.model.rules.parameters import derive

_ORDER = {state: k for k, state in enumerate((State.OPEN, State.BEING_DONE, State.MOVED))}


@dataclass(frozen=True, kw_only=True)
class TroubleRow:
    """A row of form 6.

    why : what held the item back in the year, as played; None where nothing did
    overdue : still open though its date is past
    listed : of a gap of the play, whether the register has an open problem of its item
    """

    name: str
    gap_wan: int | None
    trouble: Trouble | None = None
    why: HeldBy | None = None
    owner: str | None = None
    overdue: bool = False
    count: int = 1
    no: str | None = None
    listed: bool = False
    year: int | None = None


@dataclass(frozen=True, kw_only=True)
class TroubleReport:
    """Form 6.

    rows : by category; shown : gaps of the play, the largest first
    small : problems left out for their gap is below 0.05 亿元; past : closed in earlier years
    """

    rows: tuple[Line[TroubleRow], ...]
    shown: tuple[Line[TroubleRow], ...]
    small: int
    past: int


def trouble_report(source: Source) -> TroubleReport:
    """Form 6 of a play with facts."""
    why = _causes(source)
    listed, small, past = [], 0, 0
    for trouble in source.entered.troubles:
        if trouble.item_no not in source.portfolio.position:
            continue
        if trouble.gap_wan is not None and trouble.gap_wan < SEEN_WAN:
            small += 1
        elif trouble.closed_on and int(trouble.closed_on[:4]) < _year(source):
            past += 1
        else:
            listed.append(_row(source, trouble, why.get(trouble.item_no)))
    return TroubleReport(
        rows=tuple(by_category(listed)),
        shown=tuple(_shown(source, why)),
        small=small,
        past=past,
    )


def _year(source: Source) -> int:
    return source.portfolio.calendar.first_year + source.year


def _causes(source: Source) -> dict[int, HeldBy]:
    """What held each item back in the as-of's year, as played."""
    limits = derive(source.portfolio)
    return {
        item.no: found
        for index, item in enumerate(source.portfolio.items)
        if (found := held_by(source.portfolio, limits, source.run.outcome, index, source.year)).kind
    }


def _row(source: Source, trouble: Trouble, why: HeldBy | None) -> TroubleRow:
    item = source.portfolio.item(trouble.item_no)
    project = next(
        (each for each in source.portfolio.projects if each.code == trouble.project_code), None
    )
    owner = trouble.owner or (None if project is None else project.owner) or item.owner
    return TroubleRow(
        name=item.name if project is None else project.name,
        gap_wan=trouble.gap_wan,
        trouble=trouble,
        why=why,
        owner=owner,
        overdue=is_overdue(source, trouble),
        no=trouble.no,
    )


def is_overdue(source: Source, trouble: Trouble) -> bool:
    """Whether a problem is open though its date, the moved one if it was, lies before the as-of."""
    until = trouble.moved_to or trouble.due
    if not trouble.is_open or until is None:
        return False
    return date_month(until, source.portfolio.calendar) < source.facts.asof_months


def of_whom(source: Source) -> dict[Whose, tuple[Trouble, ...]]:
    """Problems of the register by the item or project they are of."""
    found: dict[Whose, list[Trouble]] = {}
    for trouble in source.entered.troubles:
        found.setdefault(trouble.whose, []).append(trouble)
    return {whose: tuple(troubles) for whose, troubles in found.items()}


def by_category(rows: Sequence[TroubleRow]) -> Iterator[Line[TroubleRow]]:
    """合计, each category with its problems: those that are open first."""
    if not rows:
        return
    lines: list[Line[TroubleRow]] = []
    for category in Category:
        members = [row for row in rows if row.trouble and row.trouble.category is category]
        if not members:
            continue
        members.sort(key=lambda row: _ORDER.get(row.trouble.state, 9) if row.trouble else 9)
        lines += above(
            Rank.GROUP, _sum(category, members), [Line(rank=Rank.PART, row=row) for row in members]
        )
    yield from above(Rank.TOTAL, _sum("合计", rows), lines)


def _sum(name: str, rows: Sequence[TroubleRow]) -> TroubleRow:
    gap = told_sum(row.gap_wan for row in rows)
    return TroubleRow(name=name, gap_wan=gap, count=len(rows))


def _shown(source: Source, why: dict[int, HeldBy]) -> Iterator[Line[TroubleRow]]:
    """Items that the play has below their plan of the year, and whether the register has them."""
    short = lacking_wan(source.portfolio, source.run.outcome)[source.year]
    listed = {trouble.item_no for trouble in source.entered.troubles if trouble.is_open}
    rows = [
        TroubleRow(
            name=item.name,
            gap_wan=int(short[index]),
            why=why.get(item.no),
            owner=item.owner,
            listed=item.no in listed,
            year=_year(source),
            no=str(item.no),
        )
        for index, item in enumerate(source.portfolio.items)
        if short[index] >= SEEN_WAN
    ]
    rows.sort(key=lambda row: -(row.gap_wan or 0))
    if rows:
        parts = [Line(rank=Rank.PART, row=row) for row in rows]
        yield from above(Rank.TOTAL, _sum("合计", rows), parts)
