"""Sheet 首页: what this is, what it says, how to read it, and where to find what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portfolio.model.study.result import StressResult
from portfolio.report.excel.book import LINE, ROW, Book, Worksheet, head_row, put
from portfolio.report.excel.stress_blocks import put_heading, put_lines
from portfolio.report.excel.stress_checks import origin_pairs
from portfolio.report.plain_text import lines_needed
from portfolio.report.stress_change import compared_pairs, total_changes, year_changes
from portfolio.report.stress_headline import headlines
from portfolio.report.stress_limits import limit_lines, reading_lines
from portfolio.report.stress_wording import ASSUMED, judged_text, precision_text
from portfolio.report.wording import reconciliation_lines, scenario_name, summary_text

WIDTHS = (24, 62, 42, 40)
LAST = len(WIDTHS) - 1
WIDTH = sum(WIDTHS)
#: The lead is set larger than the text.
LEAD_WIDTH = WIDTH * 11 // 13 - 4


def write_home(
    book: Book,
    page: Worksheet,
    results: Sequence[StressResult],
    contents: Mapping[str, tuple[str, Sequence[str]]],
) -> None:
    """The first sheet; `contents` are meaning and sheets by kind of sheet."""
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    page.write_string(
        0, 0, f"{results[0].calendar.list_name}压力测试（{ASSUMED}）", book.style("title")
    )
    page.set_row(0, 34)
    row = 1
    row = _reference(book, page, row, results[0])
    if len(results) > 1:
        row = _differences(book, page, row, results)
    for label, value in origin_pairs(results):
        put(page, row, 0, label, book.made({"bold": True, "valign": "top"}))
        page.merge_range(row, 1, row, LAST, "", book.style("line"))
        page.write_string(row, 1, value, book.style("line"))
        page.set_row(row, 2 + LINE * lines_needed(value, sum(WIDTHS[1:])))
        row += 1
    for heading, lines in (
        ("怎样读", reading_lines(results[0].calendar)),
        ("口径对照", reconciliation_lines(results[0].run.portfolio)),
        ("这个推演说不了什么", limit_lines(results)),
    ):
        row = put_heading(book, page, row + 1, heading)
        row = put_lines(book, page, row, [f"· {line}" for line in lines], LAST, WIDTH, style="line")
    _contents(book, page, row + 1, contents)
    page.fit_to_pages(1, 0)


def _reference(book: Book, page: Worksheet, row: int, result: StressResult) -> int:
    """The first scenario's sentences: what it is, how sure, which year first, who decides."""
    row = put_heading(book, page, row, f"情景：{scenario_name(result.run)}")
    if result.run.summary:
        row = put_lines(book, page, row, [summary_text(result.run)], LAST, WIDTH, style="line")
    for line in headlines(result):
        page.merge_range(row, 0, row, LAST, "", book.style("lead"))
        page.write_string(row, 0, line, book.style("lead"))
        page.set_row(row, 10 + (LINE + 3) * lines_needed(line, LEAD_WIDTH))
        row += 1
    return put_lines(book, page, row, _asked(result), LAST, WIDTH, style="line") + 1


def _asked(result: StressResult) -> list[str]:
    """What was asked of a scenario, answered."""
    said = [judged_text(result.calendar, judged) for judged in result.judged]
    return [
        *said,
        *(
            [precision_text(result.calendar, result.precision)]
            if result.precision is not None
            else []
        ),
    ]


def _differences(book: Book, page: Worksheet, row: int, results: Sequence[StressResult]) -> int:
    """Every other scenario in a row: what it is, and what it changes."""
    base = results[0]
    heading = f"各情景与“{base.run.scenario}”之差（{ASSUMED}；同一运气逐条相减，括号内为 95% 区间）"
    row = put_heading(book, page, row, heading)
    head_row(
        book, page, row, ["情景", "逐年：达标把握（百分点）、折市重点均值（亿元）", "全期", "说明"]
    )
    for other, comparison in compared_pairs(results):
        row += 1
        cells = (
            scenario_name(other.run),
            "\n".join(
                f"{year}：达标把握 {chance}；折市重点 {money}"
                for year, chance, money in year_changes(base, other, comparison)
            ),
            "\n".join(f"{label}：{text}" for label, text in total_changes(base, other, comparison)),
            "\n".join([*([summary_text(other.run)] if other.run.summary else []), *_asked(other)]),
        )
        deepest = 1
        for column, (text, width) in enumerate(zip(cells, WIDTHS, strict=True)):
            put(page, row, column, text or None, book.style("wrap"))
            lines = sum(lines_needed(line, width - 3) for line in text.split("\n"))
            deepest = max(deepest, lines)
        page.set_row(row, 4 + LINE * deepest)
    return row + 2


def _contents(
    book: Book, page: Worksheet, row: int, contents: Mapping[str, tuple[str, Sequence[str]]]
) -> None:
    """The sheets with links, one a row."""
    row = put_heading(book, page, row, "各表内容")
    link = book.made({"font_color": "#0563C1", "underline": 1})
    for meaning, sheets in contents.values():
        for name in sheets:
            page.write_url(row, 0, f"internal:'{name}'!A1", link, name)
            page.write_string(row, 1, meaning, book.made({}))
            page.set_row(row, ROW)
            row += 1
