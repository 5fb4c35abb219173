"""Rows of one workbook found in another: by their keys, never by where they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from portfolio.model.calendar import Calendar
from portfolio.model.schema.layout import CellValue, Column, Sheet

Key = tuple[CellValue, ...]
Pair = tuple["Located | None", "Located | None"]


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A cell that is filled and can't be read: what stands in it, as told to people."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True)
class Located:
    """A row: its values by column key in the units used inside, and their cells (`项目清单!F17`).

    A column that the workbook hasn't has an empty value and no cell.
    """

    values: Mapping[str, CellValue | Unread]
    cells: Mapping[str, str] = field(default_factory=dict)

    def value(self, key: str) -> CellValue | Unread:
        """A cell's value; None where it is empty or there is no such column."""
        return self.values.get(key)


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two workbooks, as far as it can be read.

    through : the month up to which its facts are complete, 12 × year + month; None without facts
    guessed : the last month entered, because what facts are complete until can't be found out
    example : its facts are made up
    """

    name: str
    sha256: str
    calendar: Calendar
    tables: Mapping[str, Sequence[Located]]
    through: int | None = None
    guessed: bool = False
    example: bool = False

    def names(self, sheet: str, key: str, name: str) -> dict[CellValue, CellValue]:
        """Keys of a sheet's rows and how they are called."""
        asked = (sheet, key, name)
        if asked not in self._known:
            rows = self.tables.get(sheet, ())
            found = {_plain(row.value(key)): _plain(row.value(name)) for row in rows}
            self._known[asked] = found
        return self._known[asked]

    @cached_property
    def _known(self) -> dict[tuple[str, str, str], dict[CellValue, CellValue]]:
        return {}


def _plain(value: CellValue | Unread) -> CellValue:
    return str(value) if isinstance(value, Unread) else value


Meaning = Callable[[Column, "CellValue | Unread"], "CellValue | Unread"]


def meaning_in(side: Side) -> Meaning:
    """What a cell of a workbook means, however it is written: a name of a row is the row's id."""

    def meaning(column: Column, value: CellValue | Unread) -> CellValue | Unread:
        to = column.refers_to
        if to is None or value is None:
            return value
        return side.names(to.sheet, to.name, to.id).get(_plain(value), value)

    return meaning


def key_of(sheet: Sheet, row: Located, meaning: Meaning) -> Key:
    """The values of the columns by which a row is found."""
    columns = (sheet.column(key) for key in sheet.row_key)
    return tuple(_plain(meaning(column, row.value(column.key))) for column in columns)


def paired(
    sheet: Sheet,
    old: Sequence[Located],
    new: Sequence[Located],
    old_key: Callable[[Located], Key],
    new_key: Callable[[Located], Key],
) -> list[Pair]:
    """Every row of either side with the row it is on the other, None where there is none.

    Rows that are called alike are one even under another key: an item whose number changed, also
    where its old number is another's now. What is left is found by its key; of rows that share one
    those are taken together that have most in common.
    """
    pairs: list[Pair] = []
    rest_old, rest_new = list(old), list(new)
    for column in sheet.alike:
        for one, other in _alike(rest_old, rest_new, column):
            pairs.append((one, other))
            rest_old = [row for row in rest_old if row is not one]
            rest_new = [row for row in rest_new if row is not other]
    groups: dict[Key, tuple[list[Located], list[Located]]] = defaultdict(lambda: ([], []))
    for row in rest_old:
        groups[old_key(row)][0].append(row)
    for row in rest_new:
        groups[new_key(row)][1].append(row)
    for olds, news in groups.values():
        pairs += _of_one_key(olds, news)
    return pairs


def _alike(
    old: Iterable[Located], new: Iterable[Located], column: str
) -> list[tuple[Located, Located]]:
    """Rows of which one on either side, and no other, has a value of a column."""
    olds, news = _single(old, column), _single(new, column)
    return [(olds[value], news[value]) for value in olds if value in news]


def _single(rows: Iterable[Located], column: str) -> dict[CellValue, Located]:
    found: dict[CellValue, list[Located]] = defaultdict(list)
    for row in rows:
        value = row.value(column)
        if value is not None and not isinstance(value, Unread):
            found[value].append(row)
    return {value: same[0] for value, same in found.items() if len(same) == 1}


def _of_one_key(old: list[Located], new: list[Located]) -> list[Pair]:
    """Rows of one key, those with most cells in common together."""
    if len(old) == 1 and len(new) == 1:
        return [(old[0], new[0])]
    # By what they hold, not by where they stand: sorting a sheet changes nothing.
    old, new = sorted(old, key=_content), sorted(new, key=_content)
    ranked = sorted(
        (
            (-_in_common(one, other), i, j)
            for i, one in enumerate(old)
            for j, other in enumerate(new)
        ),
    )
    taken: dict[int, int] = {}
    for _, i, j in ranked:
        if i not in taken and j not in taken.values():
            taken[i] = j
    pairs: list[Pair] = [(one, new[taken[i]] if i in taken else None) for i, one in enumerate(old)]
    left = [other for j, other in enumerate(new) if j not in taken.values()]
    return [*pairs, *((None, other) for other in left)]


def _content(row: Located) -> str:
    return repr([(key, str(row.values[key])) for key in sorted(row.values)])


def _in_common(one: Located, other: Located) -> int:
    return sum(one.value(key) == other.value(key) for key in {*one.values, *other.values})
