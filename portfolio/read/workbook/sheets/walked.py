"""A sheet's part walked once, as it is written: values, formulas, merged cells, what is hidden.

What a cell's type and text mean is as openpyxl reads the format, stated again: its own reader
fills gaps without end, takes one of two cells in a place, and needs several times as long. A test
holds the two against each other.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from portfolio.read.door.parts import MOST_ELEMENTS, Guard

if TYPE_CHECKING:
    from openpyxl.formula.translate import Translator

#: Excel's last row and last column.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PLACE = re.compile(r"([A-Z]{1,4})([0-9]{1,10})")
_MERGED = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})")
_WHOLE = re.compile(r"\s*[+-]?[0-9]+\s*")
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
#: Longest number that is read: a float has 17 digits, Excel writes no more.
_DIGITS = 400
_TRUE = ("1", "true")
#: What a formula becomes that was moved until it points beside the sheet.
OUT_OF_SHEET = "=#REF!"


class Disorder(Exception):  # noqa: N818  # not an error of ours: its reader tells it
    """A sheet that no program writes so; `place` is a cell, or a row, or empty."""

    def __init__(self, place: str, found: str) -> None:
        self.place, self.found = place, found
        super().__init__(f"{place} {found}")


class TooFar(Exception):  # noqa: N818  # not an error of ours: its reader tells it
    """Cells below Excel's last row (`row`) or right of its last column."""

    def __init__(self, *, row: bool) -> None:
        self.row = row
        super().__init__()


class TooMany(Exception):  # noqa: N818  # not an error of ours: its reader tells it
    """More cells than are allowed."""


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A formula told by another cell's; its text is made when it is asked for."""

    of: Translator
    cell: str

    @property
    def text(self) -> str:
        """The formula as this cell has it; one that would point above the sheet, as Excel has it."""
        from openpyxl.formula.translate import TranslatorError

        try:
            return str(self.of.translate_formula(self.cell))
        except (TranslatorError, ValueError):
            return OUT_OF_SHEET


@dataclass(frozen=True, kw_only=True)
class Common:
    """What the sheets of a workbook share.

    dates, spans : styles that show a number as a date, or as a span of time
    """

    texts: Sequence[str]
    epoch: dt.datetime
    dates: Container[int]
    spans: Container[int]


@dataclass(frozen=True, kw_only=True)
class Walked:
    """A sheet's cells by row, each row as wide as its last cell; `formulas` by row and column."""

    values: list[tuple[object, ...]]
    formulas: dict[tuple[int, int], object]
    merged: list[str]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]


def walked(part: bytes, common: Common, most: int) -> Walked:
    """Walk a sheet's part; `most` cells are allowed, gaps in rows counted.

    Raises
    ------
    Disorder
        Cells that stand twice or out of order, or hold what no program writes.
    TooFar, TooMany
        Cells beyond Excel's edges, or more than are allowed.
    ExpatError
        It is not well-formed.
    """
    walk = _Walk(common, most)
    parse(part, walk.start, walk.end, walk.text, walk.guard)
    walk.close_row()
    hidden = bytearray(LAST_COLUMN)
    for first, last in walk.hidden_columns:
        hidden[first - 1 : last] = b"\1" * max(0, last - first + 1)
    return Walked(
        values=walk.values,
        formulas=walk.formulas,
        merged=walk.merged,
        hidden_rows=frozenset(walk.hidden_rows),
        hidden_columns=frozenset(place for place, flag in enumerate(hidden) if flag),
    )


def parse(part: bytes, start: Any, end: Any, text: Any, guard: Guard | None = None) -> None:
    """Walk an XML part in one piece; elements are named `namespace}name`."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    if guard is not None:
        guard.set_on(parser)
    parser.Parse(part, True)


def texts_of(part: bytes) -> list[str]:
    """The texts of the shared table, without their formats and readings (phonetic runs)."""
    walk = _Texts()
    parse(part, walk.start, walk.end, walk.text)
    return walk.found


class _Texts:
    """A walk through texts: `t` straight in its owner, or in a run of it."""

    OWNERS = (f"{MAIN}}}si", f"{MAIN}}}is")
    T, READING = f"{MAIN}}}t", f"{MAIN}}}rPh"

    def __init__(self) -> None:
        self.found: list[str] = []
        self.parts: list[str] = []
        self.taken = self.reading = False

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == self.T:
            self.taken = not self.reading
        elif tag in self.OWNERS:
            self.parts = []
        elif tag == self.READING:
            self.reading = True

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == self.T:
            self.taken = False
        elif tag == self.OWNERS[0]:
            # An underscore before what looks like a letter's code is itself written as a code.
            self.found.append("".join(self.parts).replace("x005F_", ""))
        elif tag == self.READING:
            self.reading = False

    def text(self, said: str) -> None:
        """Letters."""
        if self.taken:
            self.parts.append(said)


class _Walk:
    """A walk through a sheet: handlers of the parser, and where it stands."""

    ROW, CELL = f"{MAIN}}}row", f"{MAIN}}}c"
    VALUE, FORMULA, INLINE = f"{MAIN}}}v", f"{MAIN}}}f", f"{MAIN}}}is"
    COLUMN, MERGED = f"{MAIN}}}col", f"{MAIN}}}mergeCell"

    def __init__(self, common: Common, left: int) -> None:
        self.common, self.left = common, left
        self.values: list[tuple[object, ...]] = []
        self.formulas: dict[tuple[int, int], object] = {}
        self.merged: list[str] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[tuple[int, int]] = set()
        self.row, self.column = 0, 0
        self.cells: list[object] | None = None
        self.cell: dict[str, str] | None = None
        self.inline: _Texts | None = None
        self.value: list[str] | None = None
        self.formula: list[str] | None = None
        self.formula_of: dict[str, str] = {}
        self.taken: list[str] | None = None
        self.shared: dict[str, Translator] = {}
        self.columns: dict[str, int] = {}
        self.count_of_columns = self.elements = 0
        self.guard = Guard("")

    # --- What the parser says

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            raise TooMany
        if tag == self.VALUE:
            if self.cell is not None:
                if self.value is not None:
                    raise Disorder(self.place, "有两个值")
                self.value = self.taken = []
        elif tag == self.CELL:
            if self.cells is not None:
                self.open_cell(attributes)
        elif tag == self.ROW:
            self.open_row(attributes)
        elif tag == self.FORMULA:
            if self.cell is not None:
                self.formula, self.formula_of = [], attributes
                self.taken = self.formula
        elif tag == self.INLINE:
            if self.cell is not None:
                self.inline = _Texts()
        elif self.inline is not None:
            self.inline.start(tag, attributes)
        elif tag == self.MERGED:
            self.note_merged(attributes.get("ref", ""))
        else:
            if tag == self.COLUMN:
                self.note_column(attributes)
            self.guard.start(attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in (self.VALUE, self.FORMULA):
            self.taken = None
        elif tag == self.CELL:
            if self.cell is not None:
                self.close_cell()
        elif tag == self.ROW:
            self.close_row()
        elif tag in (self.INLINE, self.MERGED):
            pass
        elif self.inline is not None:
            self.inline.end(tag)
        else:
            self.guard.end()

    def text(self, said: str) -> None:
        """Letters."""
        if self.taken is not None:
            self.taken.append(said)
        elif self.inline is not None:
            self.inline.text(said)

    # --- Rows

    @property
    def place(self) -> str:
        """The cell at hand."""
        return f"{_letters(self.column)}{self.row}"

    def open_row(self, attributes: dict[str, str]) -> None:
        """A row: by its number, or the next one."""
        self.close_row()
        number = self.row + 1
        if (said := attributes.get("r")) is not None:
            number = _row_number(said)
        if number <= self.row:
            raise Disorder(f"第 {number} 行", "写了两次，或次序颠倒")
        if number > LAST_ROW:
            raise TooFar(row=True)
        self.spend(number - self.row)
        self.values += [()] * (number - self.row - 1)
        self.row, self.column, self.cells = number, 0, []
        if attributes.get("hidden") in _TRUE:
            self.hidden_rows.add(number - 1)

    def close_row(self) -> None:
        """The row has ended."""
        if self.cells is not None:
            self.values.append(tuple(self.cells))
            self.cells = None

    def spend(self, cells: int) -> None:
        """Count cells."""
        self.left -= cells
        if self.left < 0:
            raise TooMany

    # --- Cells

    def open_cell(self, attributes: dict[str, str]) -> None:
        """A cell: by its place, or the next one."""
        column = self.column + 1
        if (said := attributes.get("r")) is not None:
            match = _PLACE.fullmatch(said)
            if match is None:
                raise Disorder(said[:20], "不是单元格的位置")
            column = self.columns.get(match[1]) or self.new_column(match[1])
            if int(match[2]) != self.row:
                raise Disorder(said, f"写在了第 {self.row} 行里")
        if column <= self.column:
            raise Disorder(f"{_letters(column)}{self.row}", "写了两次，或次序颠倒")
        if column > LAST_COLUMN:
            raise TooFar(row=False)
        assert self.cells is not None
        if column > self.column + 1:
            self.cells += [None] * (column - self.column - 1)
        self.spend(column - self.column)
        self.column, self.cell = column, attributes
        self.inline = self.value = self.formula = None

    def new_column(self, letters: str) -> int:
        """A column's number by its letters, kept."""
        number = 0
        for letter in letters:
            number = 26 * number + ord(letter) - 64
        self.columns[letters] = number
        return number

    def close_cell(self) -> None:
        """The cell has ended: what it holds."""
        assert self.cells is not None
        assert self.cell is not None
        self.cells.append(self.held(self.cell.get("t", "n"), self.cell.get("s")))
        if self.formula is not None:
            self.formulas[self.row - 1, self.column - 1] = self.formula_text("".join(self.formula))
        self.cell = self.inline = self.value = self.formula = self.taken = None

    def held(self, kind: str, style: str | None) -> object:
        """The value of the cell at hand."""
        if style is not None and not (style.isascii() and style.isdigit()):
            raise Disorder(self.place, f"格式号“{style[:20]}”不是数")
        if kind == "inlineStr":
            return None if self.inline is None else "".join(self.inline.parts)
        text = "".join(self.value) if self.value else ""
        if not text:
            return None
        if kind == "s":
            if not _WHOLE.fullmatch(text) or not 0 <= int(text) < len(self.common.texts):
                raise Disorder(self.place, "指向没有的文字")
            return self.common.texts[int(text)]
        if kind == "n":
            return self.number(text, style)
        if kind == "b":
            if not _WHOLE.fullmatch(text):
                raise Disorder(self.place, "不是真假值")
            return bool(int(text))
        if kind == "d":
            from openpyxl.utils.datetime import from_ISO8601

            return from_ISO8601(text)  # type: ignore[no-untyped-call]
        return text

    def number(self, text: str, style: str | None) -> object:
        """A number, or the date it is shown as."""
        if len(text) > _DIGITS or not _NUMBER.fullmatch(text):
            raise Disorder(self.place, f"“{text[:20]}”不是数")
        number = int(text) if _WHOLE.fullmatch(text) else float(text)
        if style is None or int(style) not in self.common.dates:
            return number
        from openpyxl.utils.datetime import from_excel

        try:
            return from_excel(number, self.common.epoch, timedelta=int(style) in self.common.spans)
        except (OverflowError, ValueError):
            return "#VALUE!"  # as Excel shows it

    def formula_text(self, said: str) -> object:
        """The formula of the cell at hand; one that another cell tells is made when asked for."""
        text, index = f"={said}", self.formula_of.get("si", "")
        if self.formula_of.get("t") != "shared":
            return text
        if index in self.shared:
            return Shared(of=self.shared[index], cell=self.place)
        if said:
            from openpyxl.formula.translate import Translator

            self.shared[index] = Translator(text, self.place)
        return text

    # --- What stands around the cells

    def note_merged(self, ref: str) -> None:
        """A merged range."""
        match = _MERGED.fullmatch(ref)
        if match is None:
            if ":" in ref or not _PLACE.fullmatch(ref):
                raise Disorder(ref[:20], "不是合并单元格的范围")
            return
        self.merged.append(ref)

    def note_column(self, attributes: dict[str, str]) -> None:
        """Columns' looks: whether they are hidden."""
        self.count_of_columns += 1
        if self.count_of_columns > LAST_COLUMN:
            raise Disorder("", f"列的格式超过 {LAST_COLUMN:,} 条")
        ends = attributes.get("min", ""), attributes.get("max", "")
        if attributes.get("hidden") in _TRUE and all(_WHOLE.fullmatch(end) for end in ends):
            self.hidden_columns.add((max(1, int(ends[0])), min(LAST_COLUMN, int(ends[1]))))


def _row_number(said: str) -> int:
    """A row's number as some writers have it."""
    try:
        number = float(said)
    except ValueError:
        raise Disorder(said[:20], "不是行号") from None
    if not 1 <= number < 1e15 or number != int(number):
        raise Disorder(said[:20], "不是行号")
    return int(number)


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
