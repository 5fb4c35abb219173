"""Sheet 校核: every total computed once more by formula; all differences are zero."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from portfolio.model.money import BPS, Wan
from portfolio.model.reconcile import TotalCheck, reconcile
from portfolio.report.excel import causes, changes, overview
from portfolio.report.excel.book import (
    Book,
    cell,
    head_row,
    on_sheet,
    put,
    put_formula,
    span,
    title,
    yi,
)
from portfolio.report.excel.channels import FIRST_YEAR_COLUMN, total_row
from portfolio.report.excel.facts import (
    CAUSES,
    CHANGES,
    CHECKS,
    LEDGER,
    OVERVIEW,
    PLAN,
    PLAYED,
    SOURCES,
    Facts,
)
from portfolio.report.run_tables import channel_table

HEAD = 4
FIRST = HEAD + 1
TITLES = ("序号", "类别", "校核内容", "表内数", "复算数", "差额", "结论")
FOUND, AGAIN, DIFFERENCE, VERDICT = 3, 4, 5, 6


@dataclass(frozen=True, kw_only=True)
class Check:
    """One total: what the sheets show, what a second way gives, and the two stored values."""

    kind: str
    what: str
    found: str
    again: str
    found_value: float
    again_value: float

    @property
    def is_zero(self) -> bool:
        """Whether the two agree to the 万元."""
        return round(self.found_value - self.again_value, 4) == 0


def all_checks(facts: Facts) -> tuple[Check, ...]:
    """Every check of a schedule."""
    return (
        *_published(facts),
        *_item_sheet(facts, PLAN, facts.plan),
        *_item_sheet(facts, PLAYED, facts.drawn),
        *_whole_items(facts),
        *_channels(facts),
        *_ledger(facts),
        *_overview(facts),
        *_causes(facts),
    )


def write_checks(book: Book, facts: Facts) -> None:
    """The sheet with its one summary cell."""
    sheet = book.sheet(CHECKS, tab="#548235")
    checks = all_checks(facts)
    last = HEAD + len(checks)
    title(book, sheet, "校核：各表合计用公式复算")
    differences = span(FIRST, DIFFERENCE, last, DIFFERENCE)
    wrong = sum(not check.is_zero for check in checks)
    verdict = "全部为零" if not wrong else f"有 {wrong} 处不为零"
    count = f"SUMPRODUCT(--(ABS({differences})>=0.00005))"
    sheet.write_string(
        2, 2, f"校核结论（{len(checks)} 项差额）：", book.made({"bold": True, "align": "right"})
    )
    style = book.style("centre", "good" if not wrong else "bad")
    put_formula(sheet, 2, 3, f'=IF({count}=0,"全部为零","有 "&{count}&" 处不为零")', verdict, style)
    head_row(book, sheet, HEAD, TITLES)
    for row, check in enumerate(checks, start=FIRST):
        put(sheet, row, 0, row - HEAD, book.style("centre"))
        put(sheet, row, 1, check.kind, book.style("text"))
        put(sheet, row, 2, check.what, book.style("text"))
        put_formula(sheet, row, FOUND, f"={check.found}", check.found_value, book.style("exact"))
        put_formula(sheet, row, AGAIN, f"={check.again}", check.again_value, book.style("exact"))
        difference = round(check.found_value - check.again_value, 4)
        formula = f"=ROUND({cell(row, FOUND)}-{cell(row, AGAIN)},4)"
        put_formula(sheet, row, DIFFERENCE, formula, difference, book.style("exact"))
        formula = f'=IF(ABS({cell(row, DIFFERENCE)})<0.00005,"√","×")'
        tone = "good" if check.is_zero else "bad"
        put_formula(
            sheet, row, VERDICT, formula, "√" if check.is_zero else "×", book.style("centre", tone)
        )
    for column, width in enumerate((6, 14, 58, 16, 16, 14, 10)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(FIRST, 0)
    sheet.repeat_rows(HEAD)


def _published(facts: Facts) -> Iterator[Check]:
    """Published totals against the baseline's items on 变更对比."""
    first = changes.item_head(facts) + 1
    last = first + len(changes.all_items(facts)) - 1

    def column(k: int) -> str:
        return on_sheet(CHANGES, span(first, k, last, k))

    for row in reconcile(facts.result.baseline.items, facts.result.published):
        for name, k, ours, theirs in (
            ("总投资", changes.TOTAL, row.total_wan, row.published.total_wan),
            (
                f"“{facts.result.calendar.period_name}”投资",
                changes.PERIOD,
                row.plan_wan,
                row.published.plan_wan,
            ),
        ):
            yield Check(
                kind="公布总数",
                what=f"{row.published.level} {row.published.name}：{name}（左为清单之和，右为公布数）",
                found=_sum_of(row, column, k),
                again=str(yi(theirs)),
                found_value=yi(ours),
                again_value=yi(theirs),
            )


#: Where the name of a published total of a level stands, and that of its parent.
NAMES = {"工程": changes.WORK, "类别": changes.CATEGORY, "组": changes.GROUP}
PARENTS = {"类别": changes.WORK, "组": changes.CATEGORY}
#: Excel takes no longer text in quotes.
LONGEST_LITERAL = 250


def _sum_of(row: TotalCheck, column: Callable[[int], str], k: int) -> str:
    """The sum over the items that belong to a published total, by name and, if given, parent.

    EXACT and not SUMIFS, whose criteria take `>…` for an operator and `*` for a wildcard.
    """
    total = row.published
    if total.level == "合计":
        return f"SUM({column(k)})"
    names = [(NAMES[total.level], total.name)]
    if total.parent is not None and total.level in PARENTS:
        names.append((PARENTS[total.level], total.parent))
    tests = "*".join(f"EXACT({column(c)},{_literal(name)})" for c, name in names)
    return f"SUMPRODUCT({tests}*{column(k)})"


def _literal(name: str) -> str:
    """A text in a formula's quotes."""
    parts = [name[k : k + LONGEST_LITERAL] for k in range(0, len(name), LONGEST_LITERAL)]
    return "&".join('"' + part.replace('"', '""') + '"' for part in parts)


def _item_sheet(facts: Facts, name: str, by_year: Wan) -> Iterator[Check]:
    """Each year's grand total against the sum of the item rows."""
    layout = facts.layout_of(name)
    levels = on_sheet(name, layout.column(layout.level))
    for k, year in enumerate(layout.years):
        column = layout.first_year + k
        wan = int(by_year[k].sum())
        yield Check(
            kind=name,
            what=f"{year} 年合计＝各大项之和",
            found=on_sheet(name, cell(layout.first_row, column)),
            again=f'SUMIF({levels},"大项",{on_sheet(name, layout.column(column))})',
            found_value=yi(wan),
            again_value=yi(wan),
        )


def _whole_items(facts: Facts) -> Iterator[Check]:
    """总投资 = 2021年前 + 各年, item by item, as the sum of absolute differences."""
    items, first = facts.result.portfolio.items, facts.result.calendar.first_year
    left = sum(
        abs(item.total_wan - item.earlier_wan - int(facts.plan[:, k].sum()))
        for k, item in enumerate(items)
    )
    open_cost = int((facts.cost - facts.drawn.sum(axis=0)).sum())
    for name, what, value in (
        (PLAN, f"各大项：总投资＝{first}年前＋各年计划（绝对差之和）", left),
        (
            PLAYED,
            f"各大项：推演造价＝{first}年前＋各年完成＋未完成（绝对差之和，右为未竣工大项未完成额）",
            open_cost,
        ),
    ):
        layout = facts.layout_of(name)
        level, total, before, since = (
            on_sheet(name, layout.column(k))
            for k in (layout.level, layout.total, layout.before, layout.since)
        )
        yield Check(
            kind=name,
            what=what,
            found=f'SUMPRODUCT(({level}="大项")*ROUND(ABS({total}-{before}-{since}),4))',
            again="0" if name == PLAN else str(yi(open_cost)),
            found_value=yi(value),
            again_value=0 if name == PLAN else yi(open_cost),
        )


def _channels(facts: Facts) -> Iterator[Check]:
    """The channels' totals against the items' totals, year by year."""
    for block, (name, by_channel, by_item) in enumerate(
        ((PLAN, facts.plan_by_channel, facts.plan), (PLAYED, facts.drawn_by_channel, facts.drawn))
    ):
        layout = facts.layout_of(name)
        for k, year in enumerate(layout.years):
            yield Check(
                kind=SOURCES,
                what=f"{year} 年各渠道{'计划' if name == PLAN else '完成'}之和＝{name}合计",
                found=on_sheet(SOURCES, cell(total_row(facts, block), FIRST_YEAR_COLUMN + k)),
                again=on_sheet(name, cell(layout.first_row, layout.first_year + k)),
                found_value=yi(int(by_channel[k].sum())),
                again_value=yi(int(by_item[k].sum())),
            )


def _ledger(facts: Facts) -> Iterator[Check]:
    """The two identities of the ledger, as sums of absolute differences over its rows."""
    table = channel_table(facts.result)
    titles = [column.title for column in table.columns]
    first, last = 4, 3 + len(table.rows)

    def column(name: str) -> str:
        k = titles.index(name)
        return on_sheet(LEDGER, span(first, k, last, k))

    has_ledger = f'({column("性质")}<>"随资本金")'
    signs = (
        ("额度＝下达＋失效", {"额度": 1, "年初下达": -1, "失效": -1}),
        (
            "下达＋上年结转＝完成＋结转下年＋收回",
            {"年初下达": 1, "上年结转": 1, "完成投资": -1, "结转下年": -1, "收回": -1},
        ),
    )
    for what, terms in signs:
        inner = "".join(f"{'+' if sign > 0 else '-'}{column(name)}" for name, sign in terms.items())
        off = sum(
            abs(sum(sign * int(row[titles.index(name)] or 0) for name, sign in terms.items()))
            for row in table.rows
            if row[titles.index("额度")] is not None
        )
        yield Check(
            kind=LEDGER,
            what=f"各渠道各年：{what}（绝对差之和）",
            found=f"SUMPRODUCT({has_ledger}*ROUND(ABS({inner.lstrip('+')}),4))",
            again="0",
            found_value=yi(off),
            again_value=0,
        )


def _overview(facts: Facts) -> Iterator[Check]:
    """总览: its sums against the sheets, converted investment computed once more."""
    sum_row = overview.FIRST + len(facts.measures)
    for name, column, by_year in (
        (PLAN, overview.PLANNED, facts.plan),
        (PLAYED, overview.DRAWN, facts.drawn),
    ):
        wan = int(by_year.sum())
        layout = facts.layout_of(name)
        yield Check(
            kind=OVERVIEW,
            what=f"各年之和＝{name}的{facts.result.calendar.first_year}年起合计",
            found=on_sheet(OVERVIEW, cell(sum_row, column)),
            again=on_sheet(name, cell(layout.first_row, layout.since)),
            found_value=yi(wan),
            again_value=yi(wan),
        )
    rows = (overview.FIRST, sum_row - 1)
    progress, factor = (
        on_sheet(OVERVIEW, span(rows[0], k, rows[1], k))
        for k in (overview.PROGRESS, overview.FACTOR)
    )
    converted = sum(m.converted_wan or 0 for m in facts.measures)
    again = sum(m.progress_wan * (m.inclusion_bps or 0) // BPS for m in facts.measures)
    yield Check(
        kind=OVERVIEW,
        what="折市重点口径之和＝形象进度×入列系数（逐年截至万元）",
        found=on_sheet(OVERVIEW, cell(sum_row, overview.CONVERTED)),
        again=f"SUMPRODUCT(INT(ROUND({progress}*10000,0)*ROUND({factor}*10000,0)/10000)/10000)",
        found_value=yi(converted),
        again_value=yi(again),
    )


def _causes(facts: Facts) -> Iterator[Check]:
    """The quarters of delay against their causes."""
    if not facts.late:
        return
    outcome = facts.result.outcome
    delays = [(outcome.delay_quarters(index), index) for index in facts.late]
    total = sum(delay for delay, _ in delays if delay is not None)
    by_cause = sum(
        cause.quarters
        for delay, index in delays
        if delay is not None
        for cause in outcome.causes[index]
    )
    last = causes.last_row(facts)
    delay = on_sheet(CAUSES, span(causes.FIRST, causes.DELAY, last, causes.DELAY))
    summed = on_sheet(CAUSES, span(causes.FIRST, causes.TOTAL, last, causes.TOTAL))
    yield Check(
        kind=CAUSES,
        what="已竣工滞后大项：各原因季数之和＝滞后季数",
        found=f"SUM({delay})",
        again=f'SUMIF({delay},">0",{summed})',
        found_value=total,
        again_value=by_cause,
    )
