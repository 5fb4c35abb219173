"""Sheet 校核: every total computed once more by formula; all differences are zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from portfolio.model.items import TotalCheck, reconcile
from portfolio.model.measures.years import beyond_envelope_wan
from portfolio.model.money import BPS, Wan
from portfolio.model.portfolio import asof_year_of
from portfolio.report.excel.blocks import Block
from portfolio.report.excel.book import Book, yi
from portfolio.report.excel.check_list import Check, money_check, write_check_sheet
from portfolio.report.excel.schedule import changes, funding, layout, overview
from portfolio.report.tables.render import data


def all_checks(facts: layout.Facts) -> tuple[Check, ...]:
    """Every check of a schedule."""
    return (
        *_published(facts),
        *_item_sheet(facts.plan_sheet[1], facts.plan_years, facts.plan),
        *_item_sheet(facts.played_sheet[1], facts.years, facts.drawn),
        *_whole_items(facts),
        *_channels(facts),
        *_ledger(facts),
        *_overview(facts),
        *_causes(facts),
    )


def write_checks(book: Book, facts: layout.Facts) -> None:
    """The sheet with its one summary cell."""
    heading = "校核：各表合计用公式复算"
    write_check_sheet(book, layout.CHECKS, heading, all_checks(facts), exact="0.00005")


def _published(facts: layout.Facts) -> Iterator[Check]:
    """Published totals against the baseline's items on 变更对比."""
    _, block = changes.changed_items(facts)
    period = f"“{facts.result.calendar.period_name}”投资"
    for row in reconcile(facts.result.baseline.items, facts.result.published):
        for name, key, ours, theirs in (
            ("总投资", "total_wan", row.total_wan, row.published.total_wan),
            (period, "plan_wan", row.plan_wan, row.published.plan_wan),
        ):
            yield money_check(
                "公布总数",
                f"{row.published.level} {row.published.name}：{name}（左为清单之和，右为公布数）",
                _sum_of(row, block, key),
                str(yi(theirs)),
                ours,
                theirs,
            )


#: Where the name of a published total of a level stands, and that of its parent.
NAMES = {"工程": "work", "类别": "category", "组": "group"}
PARENTS = {"类别": "work", "组": "category"}
#: Excel takes no longer text in quotes.
LONGEST_LITERAL = 250


def _sum_of(row: TotalCheck, block: Block, key: str) -> str:
    """The sum over the items that belong to a published total, by name and, if given, parent.

    EXACT and not SUMIFS, whose criteria take `>…` for an operator and `*` for a wildcard.
    """
    total, amounts = row.published, block.seen(key)
    if total.level == "合计":
        return f"SUM({amounts})"
    names = [(NAMES[total.level], total.name)]
    if total.parent is not None and total.level in PARENTS:
        names.append((PARENTS[total.level], total.parent))
    tests = "*".join(f"EXACT({block.seen(of)},{_literal(name)})" for of, name in names)
    return f"SUMPRODUCT({tests}*{amounts})"


def _literal(name: str) -> str:
    """A text in a formula's quotes."""
    parts = [name[k : k + LONGEST_LITERAL] for k in range(0, len(name), LONGEST_LITERAL)]
    return "&".join('"' + part.replace('"', '""') + '"' for part in parts)


def _item_sheet(block: Block, years: Sequence[int], by_year: Wan) -> Iterator[Check]:
    """Each year's grand total against the sum of the item rows."""
    for k, year in enumerate(years):
        wan, key = int(by_year[k].sum()), layout.year_key(year)
        yield money_check(
            block.sheet,
            f"{year} 年合计＝各大项之和",
            block.seen_cell(block.first, key),
            f'SUMIF({block.seen("level")},"大项",{block.seen(key)})',
            wan,
        )


def _whole_items(facts: layout.Facts) -> Iterator[Check]:
    """总投资 = 首年前 + 各年, item by item, as the sum of absolute differences."""
    items, first = facts.result.portfolio.items, facts.result.calendar.first_year
    left = sum(
        abs(item.total_wan - item.earlier_wan - int(facts.plan[:, k].sum()))
        for k, item in enumerate(items)
    )
    open_cost = int((facts.cost - facts.drawn.sum(axis=0)).sum())
    departs = int(np.abs((facts.plan - facts.played_plan).sum(axis=0)).sum())
    of_version = "，右为现行版本与工作簿的计划之差" if departs else ""
    for (_, block), what, value, again in (
        (
            facts.plan_sheet,
            f"各大项：总投资＝{first}年前＋各年计划（绝对差之和{of_version}）",
            left,
            departs or None,
        ),
        (
            facts.played_sheet,
            f"各大项：推演造价＝{first}年前＋各年完成＋未完成（绝对差之和，右为未竣工大项未完成额）",
            open_cost,
            open_cost,
        ),
    ):
        level, total, before, since = map(
            block.seen, ("level", "total_wan", "before_wan", "since_wan")
        )
        yield Check(
            kind=block.sheet,
            what=what,
            found=f'SUMPRODUCT(({level}="大项")*ROUND(ABS({total}-{before}-{since}),4))',
            again="0" if again is None else str(yi(again)),
            found_value=yi(value),
            again_value=0 if again is None else yi(again),
        )


def _channels(facts: layout.Facts) -> Iterator[Check]:
    """The channels' totals against the items' totals, year by year."""
    for top, (_, items), word, years, by_channel, by_item in (
        (0, facts.plan_sheet, "计划", facts.plan_years, facts.plan_by_channel, facts.plan),
        (1, facts.played_sheet, "完成", facts.years, facts.drawn_by_channel, facts.drawn),
    ):
        _, block = funding.by_channel(facts, by_channel, top)
        for k, year in enumerate(years):
            yield money_check(
                layout.SOURCES,
                f"{year} 年各渠道{word}之和＝{items.sheet}合计",
                block.seen_cell(block.last + 1, layout.year_key(year)),
                items.seen_cell(items.first, layout.year_key(year)),
                int(by_channel[k].sum()),
                int(by_item[k].sum()),
            )


BEYOND = "，右为截至月前完成已超过额度的部分"
#: The two identities of the ledger: signs by key.
IDENTITIES = (
    (
        "额度＋上年顺延＝下达＋失效＋顺延下年",
        {
            "envelope_wan": 1,
            "follows_in_wan": 1,
            "allotted_wan": -1,
            "lapsed_wan": -1,
            "follows_out_wan": -1,
        },
    ),
    (
        "下达＋上年结转＝完成＋结转下年＋收回",
        {
            "allotted_wan": 1,
            "carried_in_wan": 1,
            "drawn_wan": -1,
            "carried_out_wan": -1,
            "taken_back_wan": -1,
        },
    ),
)


def _ledger(facts: layout.Facts) -> Iterator[Check]:
    """The two identities of the ledger, as sums of absolute differences over its played rows.

    What was drawn beyond an envelope before play is in the allotment and in no envelope.
    """
    table, block = funding.ledger(facts)
    run = facts.result
    first = run.calendar.first_year + asof_year_of(run.portfolio.facts)
    played = f'({block.seen("kind")}<>"随资本金")*(VALUE({block.seen("year")})>={first})'
    rows = [data(table.fields, row) for row in table.rows if row.allotted_wan is not None]
    beyond = int(beyond_envelope_wan(run.portfolio, run.outcome).sum())
    for (what, signs), again in zip(IDENTITIES, (beyond, 0), strict=True):
        terms = (f"{'+' if sign > 0 else '-'}{block.seen(key)}" for key, sign in signs.items())
        off = sum(abs(sum(sign * row[key] for key, sign in signs.items())) for row in rows)
        yield Check(
            kind=layout.LEDGER,
            what=f"各渠道各年：{what}（绝对差之和{BEYOND if again else ''}）",
            found=f"SUMPRODUCT({played}*ROUND(ABS({''.join(terms).lstrip('+')}),4))",
            again=str(yi(again)),
            found_value=yi(off),
            again_value=yi(again),
        )


def _overview(facts: layout.Facts) -> Iterator[Check]:
    """总览: its sums against the sheets, converted investment computed once more."""
    _, block = overview.years(facts)
    for (_, items), key, by_year in (
        (facts.plan_sheet, "plan_wan", facts.plan),
        (facts.played_sheet, "drawn_wan", facts.drawn),
    ):
        wan = int(by_year.sum())
        yield money_check(
            layout.OVERVIEW,
            f"各年之和＝{items.sheet}的{facts.result.calendar.first_year}年起合计",
            block.seen_cell(block.last + 1, key),
            items.seen_cell(items.first, "since_wan"),
            wan,
        )
    progress, factor = block.seen("progress_wan"), block.seen("inclusion")
    converted = sum(m.converted_wan or 0 for m in facts.measures)
    again = sum(m.progress_wan * (m.inclusion_bps or 0) // BPS for m in facts.measures)
    yield money_check(
        layout.OVERVIEW,
        "折市重点口径之和＝形象进度×入列系数（逐年截至万元）",
        block.seen_cell(block.last + 1, "converted_wan"),
        f"SUMPRODUCT(INT(ROUND({progress}*10000,0)*ROUND({factor}*10000,0)/10000)/10000)",
        converted,
        again,
    )


def _causes(facts: layout.Facts) -> Iterator[Check]:
    """The quarters of delay against their causes."""
    table, block = funding.late_items(facts)
    if not table.rows:
        return
    finished = [row for row in table.rows if row.delay is not None]
    yield Check(
        kind=layout.CAUSES,
        what="已竣工滞后大项：各原因季数之和＝滞后季数",
        found=f"SUM({block.seen('delay')})",
        again=f'SUMIF({block.seen("delay")},">0",{block.seen("quarters")})',
        found_value=sum(row.delay or 0 for row in finished),
        again_value=sum(cause.quarters for row in finished for cause in row.causes),
    )
