"""Sheet 校核 of a stress test: where it comes from, and its sums computed once more."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.study.result import StressResult
from portfolio.report.excel.book import (
    Book,
    cell,
    head_row,
    put,
    put_formula,
    span,
    title,
)
from portfolio.report.excel.checks import AGAIN, DIFFERENCE, FOUND, TITLES, VERDICT, Check
from portfolio.report.excel.stress_blocks import put_heading
from portfolio.report.stress_wording import luck_text, paths_text

WIDTHS = (6, 26, 58, 18, 18, 14, 10)
EXACT = 0.00005


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
        page.merge_range(row, 2, row, VERDICT, value, book.style("text"))
        row += 1
    row = put_heading(book, page, row + 1, "合计复算（差额应为零）")
    _verdict(book, page, row, checks)
    head_row(book, page, row + 1, TITLES)
    for k, check in enumerate(checks, start=1):
        _check_row(book, page, row + 1 + k, k, check)
    page.freeze_panes(1, 0)
    page.fit_to_pages(1, 0)


def _verdict(book: Book, page: object, row: int, checks: Sequence[Check]) -> None:
    """One cell that says whether all is well."""
    if not checks:
        return
    differences = span(row + 2, DIFFERENCE, row + 1 + len(checks), DIFFERENCE)
    wrong = sum(not check.is_zero for check in checks)
    count = f"SUMPRODUCT(--(ABS({differences})>={EXACT}))"
    text = "全部为零" if not wrong else f"有 {wrong} 处不为零"
    put(
        page,
        row,
        2,
        f"校核结论（{len(checks)} 项差额）：",
        book.made({"bold": True, "align": "right"}),
    )
    style = book.style("centre", "good" if not wrong else "bad")
    put_formula(
        page, row, FOUND, f'=IF({count}=0,"全部为零","有 "&{count}&" 处不为零")', text, style
    )


def _check_row(book: Book, page: object, row: int, number: int, check: Check) -> None:
    put(page, row, 0, number, book.style("centre"))
    put(page, row, 1, check.kind, book.style("text"))
    put(page, row, 2, check.what, book.style("text"))
    exact = book.style("exact")
    put_formula(page, row, FOUND, f"={check.found}", check.found_value, exact)
    put_formula(page, row, AGAIN, f"={check.again}", check.again_value, exact)
    difference = round(check.found_value - check.again_value, 4)
    formula = f"=ROUND({cell(row, FOUND)}-{cell(row, AGAIN)},4)"
    put_formula(page, row, DIFFERENCE, formula, difference, exact)
    mark = "√" if check.is_zero else "×"
    formula = f'=IF(ABS({cell(row, DIFFERENCE)})<{EXACT},"√","×")'
    style = book.style("centre", "good" if check.is_zero else "bad")
    put_formula(page, row, VERDICT, formula, mark, style)
