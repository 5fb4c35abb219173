"""What is mended in a workbook: cells and names of sheets that can be read in one way only.

Nothing here knows a file: the reader says what to change, a writer puts it into the file's copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from portfolio.model.problems import Problem

#: What a cell holds afterwards: a text, an exact number, or nothing.
Content = str | int | Decimal | None
EMPTIED = "（清空）"


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """A cell that holds something else: `before` as it stands there, `why` in a few words.

    sheet : its name as it stands in the file
    number, letter : of row and column
    amount : an amount of money in another unit than before: its format must show all of it
    """

    sheet: str
    number: int
    letter: str
    before: str
    after: Content
    why: str
    amount: bool = False

    @property
    def cell(self) -> str:
        """The cell as users name it: F17."""
        return f"{self.letter}{self.number}"


@dataclass(frozen=True, kw_only=True)
class SheetRename:
    """A sheet that gets the name it is read by."""

    before: str
    after: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """A change as it is told: where (the sheet by its name in the copy), what was, what is, why."""

    sheet: str
    cell: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Mending:
    """Everything mended in a workbook; `left` is what could be mended and may not, and why."""

    sheets: tuple[SheetRename, ...] = ()
    cells: tuple[CellChange, ...] = ()
    left: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is mended."""
        return bool(self.sheets or self.cells)

    @property
    def changes(self) -> tuple[Told, ...]:
        """Every change, sheets first, then cell by cell."""
        names = {each.before: each.after for each in self.sheets}
        renamed = [
            Told(sheet=each.after, cell="", before=each.before, after=each.after, why=each.why)
            for each in self.sheets
        ]
        cells = [
            Told(
                sheet=names.get(each.sheet, each.sheet),
                cell=each.cell,
                before=each.before,
                after=content_text(each.after),
                why=each.why,
            )
            for each in self.cells
        ]
        return (*renamed, *cells)


def content_text(content: Content) -> str:
    """What a cell holds afterwards, as told."""
    if content is None:
        return EMPTIED
    return number_text(content) if isinstance(content, Decimal) else str(content)


def number_text(number: Decimal) -> str:
    """An exact number without an exponent and without zeros at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
