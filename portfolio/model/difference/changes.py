"""What changed between two workbooks, row by row and cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from portfolio.model.difference.rows import (
    Key,
    Located,
    Meaning,
    Side,
    Unread,
    key_of,
    meaning_in,
    paired,
)
from portfolio.model.schema.layout import Cell, CellValue, Column, Sheet

#: Kinds of cells that are figures: of two values the difference is told.
FIGURES = (Cell.MONEY, Cell.SHARE, Cell.RATIO, Cell.NUMBER, Cell.INTEGER, Cell.YEAR)
#: Kinds of cells that are words: changed in a closed month they rewrite no fact.
WORDS = (Cell.TEXT, Cell.DATE_OR_TEXT)


class Kind(StrEnum):
    """What became of a row."""

    ADDED = "新增"
    REMOVED = "删去"
    CHANGED = "改动"


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """A cell: its value and place in both workbooks; no place where a workbook has no such cell.

    of_key : it is one of those a row is found by, and no figure
    """

    key: str
    title: str
    cell: Cell
    old: CellValue | Unread
    new: CellValue | Unread
    old_place: str = ""
    new_place: str = ""
    of_key: bool = False

    @property
    def difference(self) -> int | float | None:
        """New less old, of figures of which both are there."""
        if self.of_key or self.cell not in FIGURES:
            return None
        if isinstance(self.old, int | float) and isinstance(self.new, int | float):
            return self.new - self.old
        return None

    @property
    def is_words(self) -> bool:
        """Whether only words changed."""
        return self.cell in WORDS

    @property
    def mirrored(self) -> CellChange:
        """The change back."""
        return replace(
            self, old=self.new, new=self.old, old_place=self.new_place, new_place=self.old_place
        )


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """A row that is there on one side only, or of which cells differ.

    old_key, new_key : by what it is found on either side, None where it isn't there; they differ
        where it was numbered anew
    label : what it is called in words
    cells : of an added or removed row all that are filled
    """

    sheet: str
    kind: Kind
    label: str
    old_key: Key | None
    new_key: Key | None
    cells: tuple[CellChange, ...]
    old: Located | None = None
    new: Located | None = None

    @property
    def renumbered(self) -> bool:
        """Whether it is the same row under another key."""
        return self.kind is Kind.CHANGED and self.old_key != self.new_key

    @property
    def row(self) -> Located:
        """The row as it is now, or was."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def count(self) -> int:
        """Changes it counts for: its cells where it is changed, one where it came or went."""
        return len(self.cells) if self.kind is Kind.CHANGED else 1

    @property
    def mirrored(self) -> RowChange:
        """The change back."""
        turned = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED}
        return replace(
            self,
            kind=turned.get(self.kind, self.kind),
            old_key=self.new_key,
            new_key=self.old_key,
            cells=tuple(cell.mirrored for cell in self.cells),
            old=self.new,
            new=self.old,
        )


def changes_between(old: Side, new: Side, sheets: Sequence[Sheet]) -> tuple[RowChange, ...]:
    """Every row that differs, in the order of the sheets and of the rows in the new workbook.

    A number that other sheets point to a row by is followed where that row was numbered anew: it
    is told once, where it was done.
    """
    moved = _moved_numbers(old, new, sheets)
    found: list[RowChange] = []
    for sheet in sheets:
        found += _of_sheet(sheet, _Compared(old=old, new=new, moved=moved))
    return tuple(found)


Moved = Mapping[str, Mapping[CellValue, CellValue]]


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """The two sides, and numbers of rows that changed by sheet."""

    old: Side
    new: Side
    moved: Moved

    def meanings(self) -> tuple[Meaning, Meaning]:
        """What cells mean on either side, numbers of before told as those of now."""
        old, moved = meaning_in(self.old), self.moved

        def followed(column: Column, value: CellValue | Unread) -> CellValue | Unread:
            numbers = moved.get(column.numbers, {})
            if value is None or isinstance(value, Unread):
                return value
            meant = old(column, numbers.get(value, value))
            if column.refers_to is None or isinstance(meant, Unread):
                return meant
            return moved.get(column.refers_to.sheet, {}).get(meant, meant)

        return followed, meaning_in(self.new)


def _moved_numbers(old: Side, new: Side, sheets: Iterable[Sheet]) -> Moved:
    """Rows under another number than before, of sheets that know rows again by other columns."""
    plain = _Compared(old=old, new=new, moved={})
    moved: dict[str, dict[CellValue, CellValue]] = {}
    for sheet in sheets:
        if not sheet.alike:
            continue
        keys = [(a, b) for _, _, a, b in _matched(sheet, plain) if a and b and a != b]
        moved[sheet.name] = {a[0]: b[0] for a, b in keys}
    return moved


def _matched(
    sheet: Sheet, sides: _Compared
) -> Iterator[tuple[Located | None, Located | None, Key | None, Key | None]]:
    """Pairs of rows with their keys, in the order of the new workbook, those gone after it."""
    before, now = sides.meanings()
    olds, news = sides.old.tables.get(sheet.name, ()), sides.new.tables.get(sheet.name, ())

    def old_key(row: Located) -> Key:
        return key_of(sheet, row, before)

    def new_key(row: Located) -> Key:
        return key_of(sheet, row, now)

    places = {id(row): place for place, row in enumerate(news)}
    gone = {id(row): place for place, row in enumerate(olds)}
    pairs = paired(sheet, olds, news, old_key, new_key)
    pairs.sort(key=lambda p: (p[1] is None, places.get(id(p[1]), 0), gone.get(id(p[0]), 0)))
    for one, other in pairs:
        before_key = None if one is None else old_key(one)
        yield one, other, before_key, None if other is None else new_key(other)


def _of_sheet(sheet: Sheet, sides: _Compared) -> Iterator[RowChange]:
    for old, new, old_key, new_key in _matched(sheet, sides):
        cells = tuple(_cells(sheet, old, new, sides))
        kind = Kind.ADDED if old is None else Kind.REMOVED if new is None else Kind.CHANGED
        if kind is Kind.CHANGED and not cells:
            continue
        side, row = (sides.new, new) if new is not None else (sides.old, old)
        assert row is not None
        yield RowChange(
            sheet=sheet.name,
            kind=kind,
            label=label(sheet, row, side),
            old_key=old_key,
            new_key=new_key,
            cells=cells,
            old=old,
            new=new,
        )


def _cells(
    sheet: Sheet, old: Located | None, new: Located | None, sides: _Compared
) -> Iterator[CellChange]:
    """Cells that differ in meaning; names that stand beside a number for reading are left out."""
    before, now = sides.meanings()
    nothing = Located(values={})
    one, other = old or nothing, new or nothing
    for column in sheet.columns:
        key = column.key
        if column.beside:
            continue
        if before(column, one.value(key)) == now(column, other.value(key)):
            continue
        yield CellChange(
            key=key,
            title=column.title,
            cell=column.cell,
            old=one.value(key),
            new=other.value(key),
            old_place=one.cells.get(key, ""),
            new_place=other.cells.get(key, ""),
            of_key=key in sheet.row_key,
        )


# --- What a row is called


def label(sheet: Sheet, row: Located, side: Side) -> str:
    """A row in words: what its key says, an item by number and name."""
    if not sheet.row_key:
        return sheet.name
    told = [_key_text(sheet, sheet.column(key), row, side) for key in sheet.row_key]
    return " ".join(text for text in told if text)


def _key_text(sheet: Sheet, column: Column, row: Located, side: Side) -> str:
    value = row.value(column.key)
    if value is None:
        return ""
    if column.numbers:
        return _numbered(column.numbers, value, _called(column.numbers, value, side))
    if sheet.alike and column.key == sheet.row_key[0]:
        return _numbered(sheet.name, value, row.value(sheet.alike[-1]))
    return f"{value} 年" if column.cell is Cell.YEAR else f"{value}"


def _numbered(sheet: str, value: object, name: object) -> str:
    what = "大项 " if sheet == "项目清单" else ""
    return f"{what}{value} {name}" if name else f"{what}{value}"


def _called(sheet: str, value: CellValue | Unread, side: Side) -> CellValue:
    key = value if not isinstance(value, Unread) else value.text
    return side.names(sheet, "no", "name").get(key)
