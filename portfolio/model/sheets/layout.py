"""What a sheet of the input workbook is made of: kinds of cells, columns, sheets."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.money import BPS, LARGEST_WAN

CellValue = int | float | str | None
#: Said of columns and sheets that are read and checked, yet change nothing so far.
NOT_PLAYED = "本版只读入并检查，不参与推演和预算调整"
#: Said of what only a repair of the plan uses.
REPAIR_ONLY = "只用于预算调整（portfolio reallocate），推演不受它影响"
#: Said of what only the stress test uses.
STRESS_ONLY = "只用于压力测试（portfolio stress），推演不受它影响"
#: A sheet's rows, each by column key, in the units used inside (万元, basis points).
Table = list[dict[str, CellValue]]
Tables = dict[str, Table]


class Cell(StrEnum):
    """Kind of a cell: how it is written, read and held inside."""

    TEXT = "文字"
    CHOICE = "选项"  # text of a closed set
    VALUE = "数字或文字"  # as found: a figure, or the words a report uses instead
    INTEGER = "整数"
    YEAR = "年份"
    MONEY = "金额"  # 亿元 in the sheet, whole 万元 inside
    SHARE = "比例"  # a percentage in the sheet, whole basis points inside
    RATIO = "比率"  # a percentage in the sheet, a float inside (statistics, may pass 100 %)
    NUMBER = "数值"  # a float


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: `least` and `most` are inclusive, in the units used inside.

    Declared are templates: in header and note a `Calendar` fills `<first>` and the like, and the
    bounds of years are counted from its first year.

    `listed` names the (sheet, column key) whose values a drop-down list offers.
    """

    key: str
    header: str
    cell: Cell = Cell.TEXT
    required: bool = True
    choices: tuple[str, ...] = ()
    listed: tuple[str, str] | None = None
    least: float | None = None
    most: float | None = None
    editable: bool = True
    width: float = 12
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet with one table: headers in row 1, data below.

    `may_be_empty` sheets may hold no row, `may_be_missing` ones may be left out of a workbook;
    `spare_rows` are laid out for new entries; `frozen` columns stay in view.
    """

    name: str
    purpose: str
    columns: tuple[Column, ...]
    may_be_empty: bool = False
    may_be_missing: bool = False
    spare_rows: int = 0
    frozen: int = 1

    def column(self, key: str) -> Column:
        """The column of that key."""
        return next(column for column in self.columns if column.key == key)


def plain(name: str) -> str:
    """A header or sheet name without what people type differently: width, blanks, quotes."""
    text = unicodedata.normalize("NFKC", name)
    return "".join(letter for letter in text if not letter.isspace() and letter not in "“”\"'‘’")


def money(
    key: str,
    header: str,
    *,
    least: int = 1,
    required: bool = True,
    note: str = "",
    editable: bool = True,
    width: float = 13,
) -> Column:
    """A column of money, to the 万元."""
    return Column(
        key=key,
        header=f"{header}（亿元）",
        cell=Cell.MONEY,
        least=least,
        most=LARGEST_WAN,
        required=required,
        note=note,
        editable=editable,
        width=width,
    )


def share(
    key: str,
    header: str,
    *,
    least: int = 0,
    required: bool = True,
    note: str = "",
    editable: bool = True,
    width: float = 13,
) -> Column:
    """A column of parts of a whole, 0–100 %, to the basis point."""
    return Column(
        key=key,
        header=f"{header}（%）",
        cell=Cell.SHARE,
        least=least,
        most=BPS,
        required=required,
        note=note,
        editable=editable,
        width=width,
    )


def provenance(*, required: bool = True) -> Column:
    """The column that says where a row's numbers come from."""
    return Column(
        key="provenance",
        header="依据",
        required=required,
        width=60,
        note="填资料依据中的编号，多个用“；”隔开；没有资料的写“假设：理由”。两者可以并用，"
        "假设写在最后。",
    )
