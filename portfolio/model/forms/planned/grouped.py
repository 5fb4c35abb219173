"""Rows of a form under their 领域 and items: each sum holds the rows that it is the sum of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from portfolio.model.forms.lines import Line, Rank, above
from portfolio.model.forms.planned.ahead import Planned
from portfolio.model.items import Item

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Group(Generic[Row]):
    """A row alone, or some of them summed.

    no : its number as it is printed; None for a sum
    item : the item of all of them, None where there are several
    """

    name: str
    rows: tuple[Row, ...]
    no: str | None = None
    item: Item | None = None

    @property
    def one(self) -> Row | None:
        """The row where it stands alone."""
        return self.rows[0] if len(self.rows) == 1 and self.item is not None else None

    def sum(self, of: Callable[[Row], int]) -> int:
        """The sum of something over the rows."""
        return sum(map(of, self.rows))


def total_of(
    name: str, rows: Sequence[Row], below: Iterable[Line[Group[Row]]]
) -> Iterator[Line[Group[Row]]]:
    """合计 over all that stands below it."""
    yield from above(Rank.TOTAL, Group(name=name, rows=tuple(rows)), below)


def by_work(
    rows: Sequence[Row], line_of: Callable[[Row], Planned], *, projects: bool
) -> Iterator[Line[Group[Row]]]:
    """领域 by 领域 its items, numbered through; with `projects` what an item is laid out among."""
    items: dict[str, dict[int, list[Row]]] = {}
    for row in rows:
        item = line_of(row).item
        items.setdefault(item.work, {}).setdefault(item.no, []).append(row)
    number = 0
    for k, (work, members) in enumerate(items.items(), start=1):
        below: list[Line[Group[Row]]] = []
        for mine in members.values():
            number += 1
            below += _of_item(mine, line_of, str(number), projects=projects)
        whole = [row for mine in members.values() for row in mine]
        yield from above(Rank.GROUP, Group(name=work, rows=tuple(whole), no=chinese(k)), below)


def _of_item(
    rows: Sequence[Row], line_of: Callable[[Row], Planned], no: str, *, projects: bool
) -> Iterator[Line[Group[Row]]]:
    """An item, and its projects where it is laid out among them."""
    item = line_of(rows[0]).item
    whole = Group(name=item.name, rows=tuple(rows), no=no, item=item)
    parts = [row for row in rows if line_of(row).project is not None] if projects else []
    below = [
        Line(rank=Rank.PART, row=replace(whole, name=project.name, rows=(row,), no=f"{no}.{k}"))
        for k, row in enumerate(parts, start=1)
        if (project := line_of(row).project) is not None
    ]
    yield from above(Rank.ITEM, whole, below)


_DIGITS = "〇一二三四五六七八九十"


def chinese(number: int) -> str:
    """1 to 19 as a table numbers its parts; larger ones in digits."""
    if number <= 10:
        return _DIGITS[number]
    return f"十{_DIGITS[number - 10]}" if number < 20 else str(number)
