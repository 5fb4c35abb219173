"""A printed form is declared once: its sheets, their columns and lines, what stands above and below.

Money of a sheet has one unit: 万元 as whole numbers where projects are listed, 亿元 with one decimal
in summaries. A column's value is None where it is not told (未报) and `—` where there can be none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portfolio.model.forms.lines import Line, Rank
from portfolio.model.paper import Paper
from portfolio.report.tables.fields import Field, Fields, Unit

UNTOLD, NOT_APPLICABLE = "未报", "—"
#: Of a column that only an office's own form has: to be filled in by hand.
BLANK = " "
#: What every page says that shows what was played.
PLAYED_MARK = "推演，非统计"


class MoneyUnit(StrEnum):
    """The only unit of a sheet's money."""

    WAN = "万元"
    YI = "亿元"


class Size(StrEnum):
    """Of the paper; every form lies on its side."""

    A3 = "A3"
    A4 = "A4"


@dataclass(frozen=True, kw_only=True)
class FormSheet:
    """A sheet of a form: lines under headings.

    name : the tab's; title : what stands above the table
    summed : keys of the columns whose sums are live formulas
    groups : headings over columns side by side, which they replace by their own
    across : it may be several pages wide, on each of which the first `repeated` columns are printed
        again; a new page begins where letters would be too small, and at the columns `breaks`
    pages : so many pages it may be long; None: as many as it takes, its headings on each
    lead : what it comes to in a sentence, above the table; "" for none
    notes : how it is to be read, below it
    cautions : what is old or doesn't agree in it, below the notes: the page that is signed has it too
    played : it shows what was played, and says so on every page
    empty : what stands there where it has no lines
    """

    name: str
    title: str
    unit: MoneyUnit
    fields: Fields[Any]
    lines: tuple[Line[Any], ...]
    summed: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] | None = None
    across: bool = False
    breaks: tuple[str, ...] = ()
    repeated: int = 2
    pages: int | None = None
    size: Size = Size.A3
    lead: str = ""
    notes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    played: bool = False
    empty: str = "本期无"

    @property
    def is_across(self) -> bool:
        """Whether it may be several pages wide."""
        return self.across or bool(self.breaks)

    @property
    def untold(self) -> int:
        """How many cells of plain lines are not told."""
        return sum(
            shown(self, each, line) == UNTOLD
            for line in self.lines
            if line.rank > Rank.GROUP
            for each in self.fields
        )


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form.

    number : 1, 2A …; title : without the period
    period : the year and month it is of, as it is written in the title
    asof : 统计截至; "" where it shows no facts
    mark : what is said of a made-up workbook
    workbook_sha256 : its fingerprint
    version : the approved version of the plan that it is held against; "" for none
    sealed : 结账号 of the as-of month; "" where it wasn't closed
    """

    number: str
    title: str
    period: str
    asof: str
    sheets: tuple[FormSheet, ...]
    paper: Paper
    workbook: str = ""
    workbook_sha256: str = ""
    mark: str = ""
    version: str = ""
    sealed: str = ""

    @property
    def label(self) -> str:
        """What it is called beside its title: 表 with its number, or what it is where it has none."""
        return f"表{self.number}" if self.number[:1].isdigit() else self.number

    @property
    def stem(self) -> str:
        """The name of its file."""
        return f"{self.label} {self.title} {self.period}"

    @property
    def played(self) -> bool:
        """Whether any of it was played."""
        return any(sheet.played for sheet in self.sheets)


def shown(sheet: FormSheet, field: Field[Any], line: Line[Any]) -> Any:
    """What a cell holds: money in 万元; 未报 where it isn't told, — where there can be nothing.

    Sums have no words of their own: there can be nothing.
    """
    value = field.value(line.row)
    if value is not None and value != "":
        return value
    is_sum = line.rank <= Rank.GROUP or line.parts > 0
    no_words = is_sum and field.unit is Unit.TEXT
    return NOT_APPLICABLE if no_words else UNTOLD
