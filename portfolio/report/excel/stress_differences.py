"""Sheet 情景差异: scenarios less the first on the same luck, and where nothing differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from portfolio.model.study.estimates import Estimate
from portfolio.model.study.result import ScenarioComparison, StressResult
from portfolio.report.excel.book import ROW, Book, Worksheet, title, yi
from portfolio.report.excel.stress_blocks import (
    fit_rows,
    no_minus_zero,
    placed,
    put_block,
    put_heading,
    put_rows,
    put_titles,
)
from portfolio.report.fields import Cell, Fields, chance, money, number, text
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


def _chance(year: int, result: StressResult) -> float | None:
    found = chance_of_year(result, year)
    return None if found is None else found.value


def _cost(percent: int, result: StressResult) -> int | None:
    whole = result.findings.whole
    return None if whole is None else whole.cost.at(percent).value


def _finish(percent: int, result: StressResult) -> str | None:
    whole = result.findings.whole
    if whole is None:
        return None
    return quarter_or_later(result.calendar, whole.finish.at(percent).value)


def _side_by_side(book: Book, page: Worksheet, results: Sequence[StressResult], row: int) -> int:
    """A scenario a row: its chances by year, then cost and finish of all together."""
    years = [year.year for year in results[0].findings.years if year.chance is not None]
    table = Fields[StressResult](
        name="并列",
        fields=(
            text("name", "情景", lambda result: result.run.scenario, WIDTHS[0], look="wrap"),
            *(chance(f"y{y}", f"{y} 年\n达标把握", partial(_chance, y)) for y in years),
            *(money(f"cost{p}", f"总造价 P{p}\n（亿元）", partial(_cost, p)) for p in PERCENTS),
            *(
                text(f"finish{p}", f"末项竣工 P{p}", partial(_finish, p), look="centre")
                for p in PERCENTS
            ),
        ),
    ).of(results)
    block = placed(table, row)
    put_titles(book, page, table, block)
    put_rows(book, page, table, block)
    fit_rows(page, table, block, [field.width for field in table.columns], least=ROW)
    return block.below


@dataclass(frozen=True, kw_only=True)
class Total:
    """A difference that belongs to no year; `kind` is how its numbers look."""

    label: str
    change: Estimate
    kind: str
    said: str

    def end(self, name: str) -> Cell:
        """The value, or an end of its interval, as its cell holds it."""
        if self.said == UNCOMPARABLE:
            return "—"
        value: float | None = getattr(self.change, name)
        if value is None or self.kind == "decimal":
            return no_minus_zero(value)
        return yi(round(value))

    @property
    def look(self) -> str:
        """The style of its numbers."""
        return "centre" if self.said == UNCOMPARABLE else self.kind


def _end(name: str, total: Total) -> Cell:
    return total.end(name)


def _look(total: Total) -> str:
    return total.look


TOTALS = Fields[Total](
    name="全期",
    fields=(
        text("label", ""),
        *(
            number(name, title, partial(_end, name), look=_look)
            for name, title in (("value", "差"), ("low", "低"), ("high", "高"))
        ),
        text("said", "判断"),
    ),
)


def _totals(
    book: Book,
    page: Worksheet,
    base: StressResult,
    other: StressResult,
    comparison: ScenarioComparison,
    row: int,
) -> int:
    """The differences that belong to no year."""
    end = end_verdict(base, other, comparison.end)
    rows = (
        ("总造价（亿元）", comparison.cost, "money", verdict(comparison.cost)),
        ("平均滞后（季）", comparison.delay, "decimal", verdict(comparison.delay)),
        ("滞后大项（个）", comparison.late_items, "decimal", verdict(comparison.late_items)),
        ("末项竣工（季）", comparison.end, "decimal", end),
    )
    table = TOTALS.of(
        Total(label=label, change=change, kind=kind, said=said)
        for label, change, kind, said in rows
    )
    block = placed(table, row)
    put_titles(book, page, table, block)
    put_rows(book, page, table, block)
    return block.below
