"""Sheet 首页: what this is, what it says, how to read it, and where to find what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portfolio.model.study.result import StressResult
from portfolio.report.excel.book import LINE, ROW, Book, Worksheet, put
from portfolio.report.excel.stress_blocks import put_heading, put_lines
from portfolio.report.excel.stress_checks import origin_pairs
from portfolio.report.plain_text import lines_needed
from portfolio.report.stress_headline import headlines
from portfolio.report.stress_wording import (
    ASSUMED,
    judged_text,
    limit_lines,
    precision_text,
    reading_lines,
)
from portfolio.report.wording import reconciliation_lines, scenario_name, summary_text

WIDTHS = (24, 66, 30, 36)
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
    page.write_string(0, 0, f"十大工程压力测试（{ASSUMED}）", book.style("title"))
    page.set_row(0, 34)
    row = 1
    for result in results:
        row = _scenario(book, page, row, result)
    for label, value in origin_pairs(results):
        put(page, row, 0, label, book.made({"bold": True, "valign": "top"}))
        page.merge_range(row, 1, row, LAST, "", book.style("line"))
        page.write_string(row, 1, value, book.style("line"))
        page.set_row(row, 2 + LINE * lines_needed(value, sum(WIDTHS[1:])))
        row += 1
    for heading, lines in (
        ("口径对照", reconciliation_lines(results[0].run.portfolio)),
        ("怎样读", reading_lines()),
        ("这个推演说不了什么", limit_lines(results[0])),
    ):
        row = put_heading(book, page, row + 1, heading)
        row = put_lines(book, page, row, [f"· {line}" for line in lines], LAST, WIDTH, style="line")
    _contents(book, page, row + 1, contents)
    page.fit_to_pages(1, 0)


def _scenario(book: Book, page: Worksheet, row: int, result: StressResult) -> int:
    """A scenario's sentences: what it is, how sure, which year first, who decides."""
    row = put_heading(book, page, row, f"情景：{scenario_name(result.run)}")
    if result.run.summary:
        row = put_lines(book, page, row, [summary_text(result.run)], LAST, WIDTH, style="line")
    for line in headlines(result):
        page.merge_range(row, 0, row, LAST, "", book.style("lead"))
        page.write_string(row, 0, line, book.style("lead"))
        page.set_row(row, 10 + (LINE + 3) * lines_needed(line, LEAD_WIDTH))
        row += 1
    said = [judged_text(judged) for judged in result.judged]
    said += [precision_text(result.precision)] if result.precision is not None else []
    row = put_lines(book, page, row, said, LAST, WIDTH, style="line")
    return row + 1


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
