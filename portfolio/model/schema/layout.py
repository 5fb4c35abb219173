"""What an input is declared with: kinds of cells, columns, sheets.

A column says once what its values are (kind, bounds, choices), what must hold of them (`unique`,
`refers_to`, `only_when`) and how a scenario speaks of it (`set_as`, `added_as`). The reader, the
empty workbook, the verbs that only set cells, what 新增大项 takes and checks, the JSON schema and
the page of verbs all follow this.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
    PERIOD = "期间"  # a month, quarter or year: `2026-10`, `2026Q3`, `2026` inside
    DATE = "日期"  # a day or a month: `2026-10-15`, `2026-10` inside
    DATE_OR_TEXT = "日期或文字"  # a day as above, or words
    # In scenarios only:
    FACTOR = "系数"  # 0–10 or a percentage, whole basis points inside
    CHANGE = "变动"  # a change in percent, the factor in basis points inside


#: How a value is told: a format with {} in it, or a function. None: as its kind of cell is.
Told = str | Callable[[Any], str] | None


@dataclass(frozen=True, kw_only=True)
class Said:
    """How scenarios speak of a column: the word it is set under, and what is said of it there.

    With `each` it may be one value, or one a year. `beyond` says what to do where more than the
    most is meant. `refusal` is what is wrong with a value out of bounds ({} stands for it) and the
    fix, where the bounds alone don't say enough. With `percent` a plain number may be written as a
    percentage, with `truth` a choice as true or false. `flaw` is what is wrong with a value of
    several numbers, and the fix. Where a row is added a word must be given unless it
    is `optional` or has a `default`. `was` are words it had before, which are still taken; `also`
    are words for a choice that are taken beside its own. `cell` is the kind of value where a
    scenario writes it otherwise than the sheet.
    """

    word: str
    about: str
    was: tuple[str, ...] = ()
    also: tuple[tuple[str, Any], ...] = ()
    cell: Cell | None = None
    told: Told = None
    each: bool = False
    percent: bool = False
    truth: bool = False
    beyond: str = ""
    refusal: tuple[str, str] | None = None
    flaw: Callable[[Any], tuple[str, str] | None] | None = None
    optional: bool = False
    default: Any = None

    @property
    def needed(self) -> bool:
        """Whether a verb that adds a row can't do without it."""
        return not self.optional and self.default is None


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A column's values are names (or ids) of another sheet's rows; `what` says of what kind."""

    sheet: str
    name: str
    id: str
    what: str = ""


@dataclass(frozen=True, kw_only=True)
class OnlyWhen:
    """A cell that belongs to some values of another cell of its row.

    values : of the other cell; () means any, so that an empty one is none of them
    lacking : what is wrong with an empty one where it belongs, and the fix; None: may be empty
    surplus : the same of a filled one where it doesn't; None: may be filled

    The texts may speak of its `{value}` and of the other cell's value `{when}`.
    """

    key: str
    values: tuple[object, ...] = ()
    lacking: tuple[str, str] | None = None
    surplus: tuple[str, str] | None = None

    def met_by(self, value: object) -> bool:
        """Whether the cell belongs to this value of the other one."""
        return value in self.values if self.values else value is not None


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: `least` and `most` are inclusive, in the units used inside.

    means : what each choice stands for inside, where not for itself
    unique : what a value is called that must stand only once, and `fix` where it stands twice
    refers_to : the sheet its values are names of; a drop-down list offers them
    only_when : the values of another cell it belongs to
    many : a text of several, parted by “；”
    name : what it is called beside its value, where the header says more
    numbers : the sheet whose row it numbers: the number is that row's key
    beside : the column that decides; this one only says its value in words
    may_be_missing : a workbook without the column is as one in which its cells are empty
    was : headers it had before, which are still read
    also : what offices call it; taken where no column has its own header, and told
    may_span : a cell merged over rows speaks for all of them
    set_as : how a verb that only sets cells sets it; None: no scenario sets it
    added_as : how 新增大项 or 前置条件 gives it; None: not given there

    Declared are templates: in header, note and words a `Calendar` fills `<first>` and the like, and
    the bounds of years are counted from its first year.
    """

    key: str
    header: str
    cell: Cell = Cell.TEXT
    required: bool = True
    choices: tuple[str, ...] = ()
    means: tuple[Any, ...] = ()
    least: float | None = None
    most: float | None = None
    unique: str = ""
    fix: str = "请改为不同的，或删去一行"
    refers_to: Reference | None = None
    only_when: OnlyWhen | None = None
    many: bool = False
    editable: bool = True
    may_be_missing: bool = False
    was: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    may_span: bool = False
    width: float = 12
    note: str = ""
    name: str = ""
    numbers: str = ""
    beside: str = ""
    set_as: Said | None = None
    added_as: Said | None = None

    @property
    def title(self) -> str:
        """What it is called beside its value: the header without the unit the value has."""
        return self.name or self.header.removesuffix("（%）").removesuffix("（亿元）")

    def within(self, value: float) -> bool:
        """Whether a value keeps to the bounds."""
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )


@dataclass(frozen=True, kw_only=True)
class Sum:
    """Columns whose parts make 100 % in every row: what they are called, and the fix."""

    keys: tuple[str, ...]
    of: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet with one table: headers in row 1, data below.

    `may_be_empty` sheets may hold no row, `may_be_missing` ones may be left out of a workbook;
    `spare_rows` are laid out for new entries; `frozen` columns stay in view.

    key : columns by which a row of one workbook is found in another, whatever row it stands in;
        where none is given the first unique column (`row_key`), and a sheet without has one row
    alike : columns by which a row is known again though its key is another
    sealed : only the program writes it: it is protected against typing
    """

    name: str
    purpose: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    sums: tuple[Sum, ...] = ()
    may_be_empty: bool = False
    may_be_missing: bool = False
    spare_rows: int = 0
    frozen: int = 1
    sealed: bool = False

    def column(self, key: str) -> Column:
        """The column of that key."""
        return next(column for column in self.columns if column.key == key)

    @property
    def row_key(self) -> tuple[str, ...]:
        """Columns by which a row is found in another workbook; () where there is one row only."""
        return self.key or next(((column.key,) for column in self.columns if column.unique), ())

    @property
    def settable(self) -> tuple[Column, ...]:
        """Columns that a verb sets."""
        return tuple(column for column in self.columns if column.set_as)


def plain(name: str) -> str:
    """A header or sheet name without what people type differently: width, blanks, quotes."""
    text = unicodedata.normalize("NFKC", name)
    return "".join(letter for letter in text if not letter.isspace() and letter not in "“”\"'‘’")


def money(key: str, header: str, *, least: int = 1, width: float = 13, **more: Any) -> Column:
    """A column of money, to the 万元."""
    return Column(
        key=key,
        header=f"{header}（亿元）",
        cell=Cell.MONEY,
        least=least,
        most=LARGEST_WAN,
        width=width,
        **more,
    )


def share(key: str, header: str, *, least: int = 0, width: float = 13, **more: Any) -> Column:
    """A column of parts of a whole, 0–100 %, to the basis point."""
    return Column(
        key=key,
        header=f"{header}（%）",
        cell=Cell.SHARE,
        least=least,
        most=BPS,
        width=width,
        **more,
    )


def provenance(**more: Any) -> Column:
    """The column that says where a row's numbers come from."""
    return Column(
        key="provenance",
        header="依据",
        width=60,
        note="填资料依据中的编号，多个用“；”隔开；没有资料的写“假设：理由”。两者可以并用，"
        "假设写在最后。",
        **more,
    )
