"""Rows of a form under their 领域 and items: each sum holds the rows that it is the sum of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from portfolio.model.forms.lines import Line, Rank, above, chinese_number
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
    """领域 by 领域 its items; with `projects` what an item is laid out among.

    An item has its number of the list, the same on every form, and its projects one below it.
    """
    items: dict[str, dict[int, list[Row]]] = {}
    for row in rows:
        item = line_of(row).item
        items.setdefault(item.work, {}).setdefault(item.no, []).append(row)
    for k, (work, members) in enumerate(items.items(), start=1):
        below: list[Line[Group[Row]]] = []
        for no, mine in members.items():
            below += _of_item(mine, line_of, str(no), projects=projects)
        whole = [row for mine in members.values() for row in mine]
        yield from above(
            Rank.GROUP, Group(name=work, rows=tuple(whole), no=chinese_number(k)), below
        )


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
