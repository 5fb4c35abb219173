"""Facts and returned sheets, changed at random, and what must come of those that are accepted.

What is right is worked out from the file by another reader, in decimals.
"""

from __future__ import annotations

import io
import random
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import openpyxl

from bench.fuzz import damage
from bench.fuzz.judging import unbounded
from bench.fuzz.workbooks import packed, parts_of
from portfolio import workflows
from portfolio.model.facts import parse_period
from portfolio.model.month.asked import asked_of
from portfolio.model.month.further import ToldFurther, with_further
from portfolio.model.month.owed import Owed, owed
from portfolio.model.month.returned import Asked, Weight
from portfolio.model.month.rows import month_rows
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError, Problem
from portfolio.model.rules.opening import opening
from portfolio.read.returned import Expected, read_returned
from portfolio.read.workbook import read_workbook
from portfolio.workflows.run import play_plan
from tests.returned_sheets import filled

#: 万元 of a 亿元.
WAN = 10_000
EXECUTION, FILLED = "月度执行", ("填报", "资金", "资金台账", "专项债券", "月报补充")
LEDGER = {"完成投资": "done_wan", "到位": "received_wan", "支付": "paid_wan"}
#: One of these stands in the header of each sheet that is read.
HEADS = {"完成投资", "本年累计完成投资", "完成", "累计支付", "已支出"}
_COMMAS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
Row = dict[str, object]


def with_facts(folder: Path, projects: int | None = None) -> Path:
    """The example workbook, with so many projects under its items."""
    (path,) = workflows.example(out=folder, projects=projects)
    return path


def decimal_of(value: object) -> Decimal:
    """A cell's number as people read it: blank is nothing."""
    if isinstance(value, bool):
        raise TypeError(value)
    if isinstance(value, (int, float)):
        return Decimal(repr(value))
    text = unicodedata.normalize("NFKC", str(value or "")).strip()
    if _COMMAS.fullmatch(text):
        text = text.replace(",", "")
    return Decimal(text) if text and text not in ("-", "—", "–", "/", "无") else Decimal(0)


def rows_of(path: Path, sheet: str) -> Iterator[Row]:
    """A sheet's rows by the words of its header, as another reader has them."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    page = next(page for page in book.worksheets if page.title.strip() == sheet)
    page.reset_dimensions()
    heads: list[str] = []
    for row in page.iter_rows(values_only=True):
        words = [re.split(r"[（(]", str(cell or "").replace("\n", ""))[0] for cell in row]
        if not heads:
            heads = words if HEADS & set(words) else []
        elif any(str(cell).strip() for cell in row if cell is not None):
            yield dict(zip(heads, row, strict=False))


# --- Facts


def changed_sheets(content: bytes, names: Sequence[str]) -> Callable[[random.Random], bytes]:
    """What changes a workbook in the sheets named."""
    whole = parts_of(content)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    there = [name for name in names if name in book.sheetnames]
    meant = [f"xl/worksheets/sheet{book.sheetnames.index(name) + 1}.xml" for name in there]
    if not set(meant) <= set(whole):
        raise ValueError(f"{meant} are not all there")

    def change(luck: random.Random) -> bytes:
        kind = luck.random()
        if kind < 0.1:
            return damage.of_bytes(content, luck)
        made = dict(whole)
        for _ in range(luck.choice((1, 1, 2, 3))):
            if kind < 0.2:
                damage.of_a_part(made, luck, meant)
            else:
                kinds = (damage.of_a_cell, damage.of_a_cell, damage.of_values, damage.of_a_row)
                luck.choice(kinds)(made, luck, meant)
        return packed(made, method=zipfile.ZIP_STORED)

    return change


def facts_are_right(path: Path, *, played: bool = False) -> bool:
    """Whether the money of a workbook's facts is that of its sheet; one played is audited too.

    Raises
    ------
    InputError
        The workbook was refused.
    """
    portfolio = read_workbook(path).portfolio
    if played:
        play_plan(portfolio)
    unbounded()
    facts = portfolio.facts
    if facts is None:
        return not any(decimal_of(row.get("完成投资")) for row in rows_of(path, EXECUTION))
    told = dict.fromkeys(LEDGER, Decimal(0))
    for row in rows_of(path, EXECUTION):
        period = parse_period(str(row["期间"]).strip())
        if period is None:
            return False
        if period.first_month(portfolio.calendar) + period.months <= facts.asof_months:
            for word in LEDGER:
                told[word] += decimal_of(row.get(word)) * WAN
    for word, key in LEDGER.items():
        if told[word] != sum(getattr(row, key) or 0 for row in facts.rows):
            return False
    return told["完成投资"] == int(opening(portfolio).drawn_wan.sum())


# --- Returned sheets


@dataclass(frozen=True, kw_only=True)
class Round:
    """A month's round of a workbook: the sheets as its units would send them back."""

    base: Path
    month: str
    sheets: tuple[Path, ...]

    @staticmethod
    def of(folder: Path, projects: int) -> Round:
        """A round of made-up projects."""
        base = with_facts(folder / "示例", projects)
        collected = workflows.collect(workbook=base)
        workflows.write_collected(collected, folder / "发")
        sheets = filled(folder / "发", folder / "收")
        return Round(base=base, month=collected.label, sheets=tuple(sheets))

    @cached_property
    def portfolio(self) -> Portfolio:
        """Of the workbook it began with."""
        return read_workbook(self.base).portfolio

    @cached_property
    def owed(self) -> Mapping[str, Owed]:
        """What each unit owes."""
        period = parse_period(self.month)
        assert period is not None
        month = period.first_month(self.portfolio.calendar)
        loaded = read_workbook(self.base)
        due = with_further(owed(loaded.portfolio, month), loaded.portfolio, loaded.for_forms)
        return {one.unit: one for one in due}

    def sheet_is_right(self, path: Path) -> bool:
        """Whether what a returned sheet says of the month is what stands in it.

        Raises
        ------
        InputError
            Something in it must be mended first.
        """
        back = read_returned(path, Expected(owed=self.owed, month=self.month))
        asked = list(back.asked)
        if back.returned is not None:
            asked += asked_of(back.returned, "2026-12-01")
        _refuse(asked)
        assert back.returned is not None
        rows = month_rows(back.returned, self.portfolio.calendar)
        unbounded()
        if Decimal(sum(_whole(row.values["done_wan"]) for row in rows)) != _of_the_month(path):
            return False
        return _told_of_further(back.returned.further) == _written_of_further(path)

    def month_is_right(self, returned: Sequence[Path]) -> bool:
        """Whether a closed month adds what the sheets say to the workbook's facts, and no more.

        Raises
        ------
        InputError
            It was not closed: something must be mended first.
        """
        result = workflows.close(workbook=self.base, month=self.month, returned=returned)
        if result.content is None:
            _refuse([*result.month.sheets.asked])
            raise InputError(result.month.sheets.unread)
        unbounded()
        path = self.base.with_name("结.xlsx")
        path.write_bytes(result.content)
        before, after = (
            sum(decimal_of(row.get("完成投资")) * WAN for row in rows_of(one, EXECUTION))
            for one in (self.base, path)
        )
        return after - before == sum(map(_of_the_month, returned))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _refuse(asked: Sequence[Asked]) -> None:
    """Raise what must be mended as problems, each with its file and cell."""
    must = [one for one in asked if one.weight is Weight.MUST]
    if must:
        raise InputError(
            Problem(place=f"{one.file} {one.place}".strip(), found=one.found, fix=one.ask)
            for one in must
        )


#: Figures of further sheets that are added up, by the words of their header.
_FURTHER = {"资金台账": ("指标已下达", "累计支付"), "专项债券": ("已拨付", "已支出")}
_KEYS = {"指标已下达": "issued_wan", "累计支付": "settled_wan", "已拨付": "allotted_wan",
         "已支出": "spent_wan"}  # fmt: skip


def _told_of_further(told: Sequence[ToldFurther]) -> Decimal:
    """All figures that were taken from the further sheets."""
    return Decimal(
        sum(
            _whole(row.values[_KEYS[word]])
            for row in told
            for word in _FURTHER.get(row.asked.kind.sheet.name, ())
        )
    )


def _written_of_further(path: Path) -> Decimal:
    """The same as they stand in the file."""
    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    return sum(
        (
            decimal_of(row.get(word))
            for sheet, words in _FURTHER.items()
            if sheet in [name.strip() for name in names]
            for row in rows_of(path, sheet)
            if row.get("项目代码") or row.get("大项序号")
            for word in words
        ),
        Decimal(0),
    )


def _of_the_month(path: Path) -> Decimal:
    """完成投资 of the month in a returned sheet: by channel where it is told so."""
    of_channels: dict[tuple[str, str], Decimal] = {}
    for row in rows_of(path, "资金"):
        if row.get("本年累计完成投资") is not None:
            of_channels.setdefault(_key(row), Decimal(0))
            of_channels[_key(row)] += _added(row)
    told = Decimal(0)
    for row in rows_of(path, "填报"):
        if row.get("名称") not in (None, "合计"):
            told += of_channels.get(_key(row), _added(row))
    return told


def _key(row: Row) -> tuple[str, str]:
    code = str(row.get("项目代码") or "")
    return ("" if code else str(row.get("大项序号")), code)


def _added(row: Row) -> Decimal:
    """A line's month: blank was not told."""
    if row.get("本年累计完成投资") is None:
        return Decimal(0)
    return decimal_of(row["本年累计完成投资"]) - decimal_of(row.get("上月止本年累计完成"))
