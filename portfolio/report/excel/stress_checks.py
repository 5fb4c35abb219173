"""Sheet 校核 of a stress test: where it comes from, and its sums computed once more."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.study.result import StressResult
from portfolio.report.excel.book import Book, put, title
from portfolio.report.excel.check_list import Check, put_checks
from portfolio.report.excel.stress_blocks import put_heading
from portfolio.report.stress_wording import luck_text, paths_text

WIDTHS = (6, 26, 58, 18, 18, 14, 10)


def origin_pairs(results: Sequence[StressResult]) -> tuple[tuple[str, str], ...]:
    """Where the figures come from; the same of these give the same figures."""
    first = results[0]
    sampling = first.sampling
    return (
        ("情景", "、".join(result.run.scenario for result in results)),
        ("路径数", "、".join(paths_text(result) for result in results)),
        ("随机种子", str(sampling.seed)),
        (
            "相依与抽样",
            luck_text(sampling),
        ),
        ("推演引擎", sampling.engine),
        ("输入工作簿", first.run.workbook),
        ("输入文件 SHA-256", first.run.workbook_sha256),
        ("程序版本", first.run.version),
    )


def write_stress_checks(
    book: Book, name: str, results: Sequence[StressResult], checks: Sequence[Check]
) -> None:
    """Origin first, then every check with its difference by formula."""
    page = book.sheet(name, tab="#548235")
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    title(book, page, "校核：来源与合计复算")
    row = put_heading(book, page, 2, "来源（相同则各数相同）")
    for label, value in origin_pairs(results):
        put(page, row, 1, label, book.style("text"))
        page.merge_range(row, 2, row, len(WIDTHS) - 1, value, book.style("text"))
        row += 1
    row = put_heading(book, page, row + 1, "合计复算（差额应为零）")
    put_checks(book, page, checks, row + 1, row)
    page.freeze_panes(1, 0)
    page.fit_to_pages(1, 0)
