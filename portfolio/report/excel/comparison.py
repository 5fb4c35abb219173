"""对比.xlsx: several runs side by side, differences as live formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from portfolio.model.result import RunResult
from portfolio.report.comparison import (
    Side,
    compared_channels,
    compared_items,
    compared_years,
    finish_change,
    summary_table,
)
from portfolio.report.excel.book import (
    Book,
    Worksheet,
    cell,
    head_row,
    made_bytes,
    put,
    put_formula,
    put_money,
    put_table,
    title,
    yi,
)
from portfolio.report.headline import headline
from portfolio.report.wording import scenario_name, summary_text

HEAD = 3
Value = Callable[[Side], int | None]


def comparison_bytes(results: Sequence[RunResult]) -> bytes:
    """The comparison as the bytes of an .xlsx file; the first run is the reference."""
    sides = [Side(result) for result in results]

    def fill(book: Book) -> None:
        _write_summary(book, sides)
        _write_years(book, sides)
        _write_channels(book, sides)
        _write_items(book, sides)
        _write_item_years(book, sides)

    return made_bytes(fill, sides[0].result.calendar)


def _write_summary(book: Book, sides: Sequence[Side]) -> None:
    sheet, calendar = book.sheet("概览", tab="#1F3864"), sides[0].result.calendar
    title(
        book,
        sheet,
        f"情景对比：以“{sides[0].name}”为准",
        calendar.fill("<length>年＝<first>—<last>；差＝各情景－首个情景；")
        + "滞后＝滞后大项个数，季数＝其滞后季数之和。",
    )
    put_table(book, sheet, summary_table([side.result for side in sides]), HEAD)
    row = HEAD + len(sides) + 3
    for side in sides:
        sheet.write_string(row, 0, scenario_name(side.result), book.made({"bold": True}))
        sheet.write_string(row + 1, 0, headline(side.result), book.made({}))
        if side.result.summary:
            sheet.write_string(
                row + 2, 0, summary_text(side.result), book.made({"font_color": "#595959"})
            )
        row += 4


def _headings(sides: Sequence[Side], lead: Sequence[str], word: str) -> list[str]:
    first, *others = sides
    return [
        *lead,
        *(f"{word}：{side.name}" for side in sides),
        *(f"差：{side.name}－{first.name}" for side in others),
    ]


def _money_row(
    book: Book, sheet: Worksheet, row: int, column: int, sides: Sequence[Side], value: Value
) -> None:
    """One quantity of every run, then the differences from the first."""
    money = book.style("money")
    amounts = [value(side) for side in sides]
    for k, wan in enumerate(amounts):
        put_money(sheet, row, column + k, wan, money)
    first = amounts[0]
    for k, wan in enumerate(amounts[1:], start=1):
        place = column + len(sides) + k - 1
        if wan is None or first is None:
            put(sheet, row, place, None, money)
            continue
        tone = "bad" if wan < first else "good" if wan > first else ""
        formula = f"={cell(row, column + k)}-{cell(row, column)}"
        put_formula(sheet, row, place, formula, yi(wan - first), book.style("money", tone))


def _drawn(year: int, side: Side) -> int:
    return side.drawn(year)


def _converted(year: int, side: Side) -> int | None:
    return side.converted(year)


def _period(no: int, side: Side) -> int | None:
    return side.item_period(no)


def _item_year(no: int, year: int, side: Side) -> int:
    return side.item_year(no, year)


def _channel_year(channel_id: str, year: int, side: Side) -> int:
    by_year = side.channels.get(channel_id)
    return 0 if by_year is None else by_year[year - side.result.calendar.first_year]


def _write_years(book: Book, sides: Sequence[Side]) -> None:
    sheet = book.sheet("按年", tab="#2F75B5")
    title(book, sheet, "按年：完成投资与折市重点口径（亿元）")
    drawn = _headings(sides, ["年份"], "完成投资")
    converted = _headings(sides, [], "折市重点")
    head_row(book, sheet, HEAD, [*drawn, *converted])
    for row, year in enumerate(compared_years(sides), start=HEAD + 1):
        put(sheet, row, 0, f"{year}年", book.style("centre"))
        _money_row(book, sheet, row, 1, sides, partial(_drawn, year))
        _money_row(book, sheet, row, len(drawn), sides, partial(_converted, year))
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, len(drawn) + len(converted), 16)
    sheet.freeze_panes(HEAD + 1, 1)
    sheet.repeat_rows(HEAD)


def _write_channels(book: Book, sides: Sequence[Side]) -> None:
    """Channel by year, only the years in which a run draws anything there."""
    sheet = book.sheet("按渠道", tab="#548235")
    title(book, sheet, "按渠道、按年：完成投资（亿元）", "可筛选“差”列查看有差别的渠道与年份。")
    headings = _headings(sides, ["渠道", "年份"], "完成投资")
    head_row(book, sheet, HEAD, headings)
    row = HEAD
    for channel in compared_channels(sides):
        for year in compared_years(sides):
            value = partial(_channel_year, channel.id, year)
            if not any(value(side) for side in sides):
                continue
            row += 1
            put(sheet, row, 0, channel.name, book.style("text"))
            put(sheet, row, 1, f"{year}年", book.style("centre"))
            _money_row(book, sheet, row, 2, sides, value)
    _list_setup(sheet, row, len(headings), 34)


def _write_items(book: Book, sides: Sequence[Side]) -> None:
    sheet = book.sheet("按大项", tab="#BF8F00")
    span = sides[0].result.calendar.fill("<first>—<last>")
    title(book, sheet, f"按大项：{span} 年完成投资（亿元）与竣工")
    money = _headings(sides, ["序号", "大项"], f"{span}完成")
    headings = [
        *money,
        *(f"竣工：{side.name}" for side in sides),
        *(f"竣工变化（季）：{side.name}" for side in sides[1:]),
    ]
    head_row(book, sheet, HEAD, headings)
    row = HEAD
    for row, item in enumerate(compared_items(sides), start=HEAD + 1):
        put(sheet, row, 0, item.no, book.style("centre"))
        put(sheet, row, 1, item.name, book.style("text"))
        _money_row(book, sheet, row, 2, sides, partial(_period, item.no))
        column = len(money)
        for side in sides:
            put(sheet, row, column, side.finish(item.no), book.style("centre"))
            column += 1
        for side in sides[1:]:
            moved = finish_change(sides[0], side, item.no)
            tone = "bad" if moved and moved > 0 else "good" if moved else ""
            put(sheet, row, column, moved, book.style("whole", tone))
            column += 1
    _list_setup(sheet, row, len(headings), 36)
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 36)


def _write_item_years(book: Book, sides: Sequence[Side]) -> None:
    """Item by year, only the years in which the runs differ."""
    sheet = book.sheet("按大项按年", tab="#BF8F00")
    title(book, sheet, "按大项、按年：各情景完成投资不同的年份（亿元）")
    headings = _headings(sides, ["大项", "年份"], "完成投资")
    head_row(book, sheet, HEAD, headings)
    row = HEAD
    for item in compared_items(sides):
        for year in compared_years(sides):
            value = partial(_item_year, item.no, year)
            if len({value(side) for side in sides}) == 1:
                continue
            row += 1
            put(sheet, row, 0, item.label, book.style("text"))
            put(sheet, row, 1, f"{year}年", book.style("centre"))
            _money_row(book, sheet, row, 2, sides, value)
    _list_setup(sheet, row, len(headings), 34)


def _list_setup(sheet: Worksheet, last: int, columns: int, width: int) -> None:
    sheet.set_column(0, 0, width)
    sheet.set_column(1, columns - 1, 16)
    sheet.autofilter(HEAD, 0, max(last, HEAD + 1), columns - 1)
    sheet.freeze_panes(HEAD + 1, 2)
    sheet.repeat_rows(HEAD)
