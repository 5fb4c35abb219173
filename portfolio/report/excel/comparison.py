"""对比.xlsx: several runs side by side, differences as live formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic

from portfolio.model.items import Channel, Item
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import judged_years
from portfolio.report.excel.blocks import placed
from portfolio.report.excel.book import Book, Sheet, made_bytes
from portfolio.report.tables.compare import (
    Side,
    compared_channels,
    compared_items,
    compared_years,
    finish_change,
    less,
    span_text,
    summary_table,
)
from portfolio.report.tables.fields import Field, Fields, Row, Table, money, number, text
from portfolio.report.tables.office import with_office
from portfolio.report.words.outlook import example_mark
from portfolio.report.words.paper import paper_pairs
from portfolio.report.words.run import headline, scenario_name, summary_text

HEAD = 3
#: Columns of who made it, when, and the scenarios' numbers.
PAPER_WIDTHS = (16, 100)


def comparison_bytes(results: Sequence[RunResult]) -> bytes:
    """The comparison as the bytes of an .xlsx file; the first run is the reference."""
    sides = [Side(result) for result in results]

    def fill(book: Book) -> None:
        _write_summary(book, sides)
        _write_years(book, sides)
        _write_channels(book, sides)
        _write_items(book, sides)
        _write_item_years(book, sides)

    first = sides[0].result
    papers = [side.result.paper for side in sides]
    return made_bytes(fill, first.calendar, mark=example_mark(first.portfolio), papers=papers)


def _write_summary(book: Book, sides: Sequence[Side]) -> None:
    sheet, first = book.sheet("概览", tab="#1F3864"), sides[0].result
    years = judged_years(first.portfolio)
    sheet.title(
        f"情景对比：以“{sides[0].name}”为准",
        f"{span_text(first)}＝{years[0]}—{years[-1]}；差＝各情景－首个情景；"
        "滞后＝滞后大项个数，季数＝其滞后季数之和。",
    )
    sheet.put_table(summary_table([side.result for side in sides]), HEAD)
    row = HEAD + len(sides) + 3
    for side in sides:
        sheet.put(row, 0, scenario_name(side.result), "bold")
        sheet.put(row + 1, 0, headline(side.result))
        if side.result.summary:
            sheet.put(row + 2, 0, summary_text(side.result), "grey")
        row += 4
    sheet.put_pairs(row, paper_pairs(*((s.name, s.result.paper) for s in sides)), PAPER_WIDTHS)


def _compared(
    sides: Sequence[Side], key: str, word: str, value: Callable[[Row, Side], int | None]
) -> Iterator[Field[Row]]:
    """One quantity of every run, then the differences from the first."""
    values = [partial(_of, value, side) for side in sides]
    for k, side in enumerate(sides):
        yield money(f"{key}{k}", f"{word}：{side.name}", values[k], 16)
    for k, side in enumerate(sides[1:], start=1):
        title = f"差：{side.name}－{sides[0].name}"
        yield less(f"{key}_less{k}", title, (f"{key}{k}", values[k]), (f"{key}0", values[0]), 16)


def _of(value: Callable[[Row, Side], int | None], side: Side, row: Row) -> int | None:
    return value(row, side)


def _finishes(sides: Sequence[Side]) -> Iterator[Field[Item]]:
    """The finish of an item in every run, then by how much later than in the first."""

    def moved(side: Side, item: Item) -> int | None:
        return finish_change(sides[0], side, item.no)

    def tone(side: Side, item: Item) -> str:
        quarters = moved(side, item)
        return "bad" if quarters and quarters > 0 else "good" if quarters else ""

    for k, side in enumerate(sides):
        finish = partial(lambda side, item: side.finish(item.no), side)
        yield text(f"finish{k}", f"竣工：{side.name}", finish, 16, look="centre")
    for k, side in enumerate(sides[1:], start=1):
        heading = f"竣工变化（季）：{side.name}"
        yield number(f"moved{k}", heading, partial(moved, side), 16, tone=partial(tone, side))


@dataclass(frozen=True, kw_only=True)
class OfYear(Generic[Row]):
    """A channel or item in a year."""

    one: Row
    year: int


def _year_label(row: OfYear[Any]) -> str:
    return f"{row.year}年"


def _write_years(book: Book, sides: Sequence[Side]) -> None:
    sheet = book.sheet("按年", tab="#2F75B5")
    sheet.title("按年：完成投资与折市重点口径（亿元）")
    table = Fields[int](
        name="按年",
        fields=(
            text("year", "年份", lambda year: f"{year}年", 10, look="centre"),
            *_compared(sides, "drawn", "完成投资", lambda year, side: side.drawn(year)),
            *_compared(sides, "converted", "折市重点", lambda year, side: side.converted(year)),
        ),
    ).of(compared_years(sides))
    _write(sheet, table, kept=1)
    sheet.set_column(len(table.columns), len(table.columns), 16)


def _write_channels(book: Book, sides: Sequence[Side]) -> None:
    """Channel by year, only the years in which a run draws anything there."""
    sheet = book.sheet("按渠道", tab="#548235")
    sheet.title("按渠道、按年：完成投资（亿元）", "可筛选“差”列查看有差别的渠道与年份。")
    fields = Fields[OfYear[Channel]](
        name="按渠道",
        fields=(
            text("channel", "渠道", lambda row: row.one.name, 34),
            text("year", "年份", _year_label, 16, look="centre"),
            *_compared(sides, "drawn", "完成投资", _channel_year),
        ),
    )
    rows = _by_year(sides, compared_channels(sides))
    _write(sheet, fields.of(r for r in rows if any(_channel_year(r, s) for s in sides)))


def _channel_year(row: OfYear[Channel], side: Side) -> int:
    by_year = side.channels.get(row.one.id)
    return 0 if by_year is None else by_year[row.year - side.result.calendar.first_year]


def _write_items(book: Book, sides: Sequence[Side]) -> None:
    sheet = book.sheet("按大项", tab="#BF8F00")
    years = judged_years(sides[0].result.portfolio)
    span = f"{years[0]}—{years[-1]}"
    sheet.title(f"按大项：{span} 年完成投资（亿元）与竣工")
    fields = Fields[Item](
        name="按大项",
        fields=(
            number("no", "序号", look="centre"),
            text("name", "大项", width=36),
            *_compared(
                sides, "period", f"{span}完成", lambda item, side: side.item_period(item.no)
            ),
            *_finishes(sides),
        ),
    )
    items = compared_items(sides)
    _write(sheet, with_office(fields, items, lambda item: item).of(items))


def _write_item_years(book: Book, sides: Sequence[Side]) -> None:
    """Item by year, only the years in which the runs differ."""
    sheet = book.sheet("按大项按年", tab="#BF8F00")
    sheet.title("按大项、按年：各情景完成投资不同的年份（亿元）")
    fields = Fields[OfYear[Item]](
        name="按大项按年",
        fields=(
            text("item", "大项", lambda row: row.one.label, 34),
            text("year", "年份", _year_label, 16, look="centre"),
            *_compared(sides, "drawn", "完成投资", _item_year),
        ),
    )
    items = compared_items(sides)
    fields, rows = with_office(fields, items, lambda row: row.one), _by_year(sides, items)
    _write(sheet, fields.of(r for r in rows if len({_item_year(r, s) for s in sides}) > 1))


def _item_year(row: OfYear[Item], side: Side) -> int:
    return side.item_year(row.one.no, row.year)


def _by_year(sides: Sequence[Side], ones: Iterable[Row]) -> Iterator[OfYear[Row]]:
    return (OfYear(one=one, year=year) for one in ones for year in compared_years(sides))


def _write(sheet: Sheet, table: Table[Any], kept: int = 2) -> None:
    """A table with the `kept` first columns in view; a list can be filtered."""
    block = placed(table, HEAD)
    sheet.put_at(table, block)
    sheet.set_widths(table.widths)
    if kept > 1:
        sheet.autofilter(HEAD, 0, max(block.last, HEAD + 1), len(table.columns) - 1)
    sheet.freeze_panes(HEAD + 1, kept)
    sheet.repeat_rows(HEAD)
