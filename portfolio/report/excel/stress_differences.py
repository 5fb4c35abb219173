"""Sheet 情景差异: scenarios less the first on the same luck, and where nothing differs."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.study.result import Estimate, ScenarioComparison, StressResult
from portfolio.report.excel.book import Book, head_row, put, put_money, title
from portfolio.report.excel.stress_blocks import (
    chance_format,
    decimal_format,
    put_block,
    put_heading,
    set_widths,
)
from portfolio.report.stress_tables import difference_table, verdict
from portfolio.report.stress_wording import ASSUMED, NO_DIFFERENCE, quarter_or_later

HEAD = 3


def write_differences(book: Book, name: str, results: Sequence[StressResult]) -> None:
    """Side by side first, then each scenario's differences by year."""
    page = book.sheet(name, tab="#BF8F00")
    comparisons = [result.comparison for result in results if result.comparison is not None]
    title(
        book,
        page,
        f"情景差异：以“{results[0].run.scenario}”为准（{ASSUMED}）",
        "各情景用同一组运气，逐条路径相减，差别只来自情景本身；"
        f"95% 区间含 0 的写“{NO_DIFFERENCE}”。达标把握之差以百分点计。",
    )
    if comparisons:
        set_widths(page, difference_table(comparisons[0]))
        # The table side by side has finishes in these columns.
        page.set_column(0, 0, 10)
        page.set_column(1, max(4, len(results)), 13)
    row = put_heading(book, page, HEAD, "并列")
    row = _side_by_side(book, page, results, row)
    for comparison in comparisons:
        heading = (
            f"{comparison.scenario} － {comparison.reference}（{comparison.paths:,} 条路径；亿元）"
        )
        row = put_heading(book, page, row, heading)
        row = put_block(book, page, difference_table(comparison), row).below
        row = _totals(book, page, comparison, row)
    page.freeze_panes(HEAD, 1)
    page.fit_to_pages(1, 0)


def _side_by_side(book: Book, page: object, results: Sequence[StressResult], row: int) -> int:
    """A quantity a row, a scenario a column."""
    head_row(book, page, row, ["", *(result.run.scenario for result in results)])
    years = [year.year for year in results[0].findings.years if year.chance is not None]
    for year in years:
        row += 1
        put(page, row, 0, f"{year}", book.style("text"))
        for k, result in enumerate(results, start=1):
            found = next((y for y in result.findings.years if y.year == year), None)
            value = None if found is None or found.chance is None else found.chance.value
            put(page, row, k, value, chance_format(book, value))
    for label, percent in (("造价P50", 50), ("造价P80", 80)):
        row += 1
        put(page, row, 0, label, book.style("text"))
        for k, result in enumerate(results, start=1):
            whole = result.findings.whole
            put_money(
                page, row, k, None if whole is None else whole.cost.at(percent).value,
                book.style("money"),
            )  # fmt: skip
    for label, percent in (("竣工P50", 50), ("竣工P80", 80)):
        row += 1
        put(page, row, 0, label, book.style("text"))
        for k, result in enumerate(results, start=1):
            whole = result.findings.whole
            finish = None if whole is None else quarter_or_later(whole.finish.at(percent).value)
            put(page, row, k, finish, book.style("centre"))
    return row + 2


def _totals(book: Book, page: object, comparison: ScenarioComparison, row: int) -> int:
    """The differences that belong to no year."""
    head_row(book, page, row, ["", "差", "低", "高", "判断"])
    rows: tuple[tuple[str, Estimate, bool], ...] = (
        ("总造价", comparison.cost, True),
        ("平均滞后", comparison.delay, False),
        ("滞后项数", comparison.late_items, False),
        ("末项竣工", comparison.end, False),
    )
    for label, change, is_money in rows:
        row += 1
        put(page, row, 0, label, book.style("text"))
        for k, end in enumerate((change.value, change.low, change.high), start=1):
            if is_money:
                put_money(page, row, k, None if end is None else round(end), book.style("money"))
            else:
                put(page, row, k, end, decimal_format(book))
        put(page, row, 4, verdict(change), book.style("text"))
    return row + 2
