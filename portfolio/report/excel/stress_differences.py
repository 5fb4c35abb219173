"""Sheet 情景差异: scenarios less the first on the same luck, and where nothing differs."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.study.result import Estimate, ScenarioComparison, StressResult
from portfolio.report.excel.book import LINE, ROW, Book, Worksheet, head_row, put, put_money, title
from portfolio.report.excel.stress_blocks import (
    chance_format,
    decimal_format,
    no_minus_zero,
    put_block,
    put_heading,
)
from portfolio.report.plain_text import lines_needed
from portfolio.report.stress_change import UNCOMPARABLE, chance_of_year, compared_pairs, end_verdict
from portfolio.report.stress_tables import difference_table, verdict
from portfolio.report.stress_wording import ASSUMED, NO_DIFFERENCE, quarter_or_later

HEAD = 3
#: Names of scenarios stand in the first column, verdicts of a chance in the fifth.
WIDTHS = (26, 13, 13, 13, 26, *[13] * 11)
PERCENTS = (50, 80)


def write_differences(book: Book, name: str, results: Sequence[StressResult]) -> None:
    """Side by side first, then each scenario's differences by year."""
    page = book.sheet(name, tab="#BF8F00")
    base = results[0]
    title(
        book,
        page,
        f"情景差异：以“{base.run.scenario}”为准（{ASSUMED}）",
        "各情景用同一组运气，逐条路径相减，差别只来自情景本身；"
        f"95% 区间含 0 的写“{NO_DIFFERENCE}”。达标把握之差以百分点计。",
    )
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    row = put_heading(book, page, HEAD, "并列")
    row = _side_by_side(book, page, results, row)
    for other, comparison in compared_pairs(results):
        heading = (
            f"{comparison.scenario} － {comparison.reference}（{comparison.paths:,} 条路径；亿元）"
        )
        row = put_heading(book, page, row, heading)
        table = difference_table(base, other, comparison)
        row = put_block(book, page, table, row, widths=dict(enumerate(WIDTHS))).below
        row = _totals(book, page, base, other, comparison, row)
    page.freeze_panes(HEAD, 1)
    page.fit_to_pages(1, 0)


def _side_by_side(book: Book, page: Worksheet, results: Sequence[StressResult], row: int) -> int:
    """A scenario a row: its chances by year, then cost and finish of all together."""
    years = [year.year for year in results[0].findings.years if year.chance is not None]
    heads = [
        *(f"{year} 年\n达标把握" for year in years),
        *(f"总造价 P{percent}\n（亿元）" for percent in PERCENTS),
        *(f"末项竣工 P{percent}" for percent in PERCENTS),
    ]
    head_row(book, page, row, ["情景", *heads])
    for result in results:
        row += 1
        name, whole = result.run.scenario, result.findings.whole
        put(page, row, 0, name, book.style("wrap"))
        page.set_row(row, max(ROW, 2 + LINE * lines_needed(name, WIDTHS[0] - 2)))
        for k, year in enumerate(years, start=1):
            chance = chance_of_year(result, year)
            value = None if chance is None else chance.value
            put(page, row, k, value, chance_format(book, value))
        for k, percent in enumerate(PERCENTS, start=1 + len(years)):
            cost = None if whole is None else whole.cost.at(percent).value
            put_money(page, row, k, cost, book.style("money"))
            finish = (
                None
                if whole is None
                else quarter_or_later(results[0].calendar, whole.finish.at(percent).value)
            )
            put(page, row, k + len(PERCENTS), finish, book.style("centre"))
    return row + 2


def _totals(
    book: Book,
    page: Worksheet,
    base: StressResult,
    other: StressResult,
    comparison: ScenarioComparison,
    row: int,
) -> int:
    """The differences that belong to no year."""
    head_row(book, page, row, ["", "差", "低", "高", "判断"])
    end = end_verdict(base, other, comparison.end)
    rows: tuple[tuple[str, Estimate, bool, str], ...] = (
        ("总造价（亿元）", comparison.cost, True, verdict(comparison.cost)),
        ("平均滞后（季）", comparison.delay, False, verdict(comparison.delay)),
        ("滞后大项（个）", comparison.late_items, False, verdict(comparison.late_items)),
        ("末项竣工（季）", comparison.end, False, end),
    )
    for label, change, is_money, said in rows:
        row += 1
        put(page, row, 0, label, book.style("text"))
        for k, value in enumerate((change.value, change.low, change.high), start=1):
            if said == UNCOMPARABLE:
                put(page, row, k, "—", book.style("centre"))
            elif is_money:
                wan = None if value is None else round(value)
                put_money(page, row, k, wan, book.style("money"))
            else:
                put(page, row, k, no_minus_zero(value), decimal_format(book))
        put(page, row, 4, said, book.style("text"))
    return row + 2
