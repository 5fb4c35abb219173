"""Code and unit of items (项目代码, 责任单位) in every table of items, where a list tells them.

Declared once: a table that names items passes its columns through `with_office`, which adds what
the list has behind the item's name, and nothing to a list that tells neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portfolio.model.items import Item
from portfolio.report.tables.fields import Cell, Field, Fields, Row, text
from portfolio.report.words.sources import LISTED

CODE, OWNER = "code", "owner"
NARROWEST, WIDEST = 12, 34


@dataclass(frozen=True, kw_only=True)
class _Of:
    """An attribute of the item that a row is about; None where it is about none."""

    key: str
    item: Callable[..., Item | None]

    def __call__(self, row: object) -> Cell:
        item = self.item(row)
        return None if item is None else getattr(item, self.key)


def told_by(items: Iterable[Item]) -> tuple[str, ...]:
    """Which of code and unit any of the items has."""
    known = tuple(items)
    return tuple(
        key for key in (CODE, OWNER) if any(getattr(item, key) is not None for item in known)
    )


def office_fields(
    items: Iterable[Item], of: Callable[[Row], Item | None], keys: Iterable[str] = (CODE, OWNER)
) -> tuple[Field[Row], ...]:
    """The columns that the items have of an office, of a row's item."""
    known = tuple(items)
    made: dict[str, Field[Row]] = {
        key: text(key, title, _Of(key=key, item=of), _width(known, key), look="wrap", source=LISTED)
        for key, title in ((CODE, "项目代码"), (OWNER, "责任单位"))
    }
    told = told_by(known)
    return tuple(made[key] for key in keys if key in told)


def _width(items: Iterable[Item], key: str) -> float:
    """So wide that nothing wraps, within reason: not every sheet gives its rows their heights."""
    longest = max((len(_bytes(getattr(item, key) or "")) for item in items), default=0)
    return float(min(WIDEST, max(NARROWEST, longest + 3)))


def _bytes(told: str) -> bytes:
    """A text in an encoding in which a Chinese character is as long as it is wide."""
    return told.encode("gb18030", errors="replace")


def with_office(
    fields: Fields[Row],
    items: Iterable[Item],
    of: Callable[[Row], Item | None],
    keys: Iterable[str] = (CODE, OWNER),
    *,
    last: bool = False,
) -> Fields[Row]:
    """A table with an item's code and unit behind its name, where any item has them.

    of : the item that a row is about
    last : behind all other columns, where a sheet's columns are shared by several tables
    """
    more = office_fields(items, of, keys)
    if not more:
        return fields
    named = [at for at, each in enumerate(fields) if each.key in ("name", "label", "item")]
    after = len(fields.fields) if last or not named else named[0] + 1
    together = (*fields.fields[:after], *more, *fields.fields[after:])
    return Fields(name=fields.name, fields=together)


def owner_suffix(item: Item) -> str:
    """The unit behind a name on a narrow screen."""
    return "" if item.owner is None else f"（{item.owner}）"


def labelled(item: Item) -> str:
    """Number, name and unit, on a narrow screen."""
    return item.label + owner_suffix(item)
