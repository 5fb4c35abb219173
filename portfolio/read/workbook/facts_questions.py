"""Facts that may be right and should be looked at: told by `check`, they stop nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from portfolio.model.facts import MONTHS, month_label
from portfolio.model.items import Item
from portfolio.model.money import yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import Problem
from portfolio.model.quarters import PLAN_YEARS
from portfolio.read.workbook.facts import Fact
from portfolio.read.workbook.facts_asof import covered_items, lacking_next
from portfolio.read.workbook.sheets.rows import Row

#: A month above this part of its year's plan, or a year above this part of its plan, is asked about.
MONTH_PERCENT, YEAR_PERCENT = 25, 150


def questions_of(
    facts: Sequence[Fact], envelopes: Sequence[Row], portfolio: Portfolio
) -> tuple[Problem, ...]:
    """Everything to be looked at, in the sheet's order."""
    if portfolio.facts is None:
        return tuple(_not_played(envelopes))
    found = [
        *_left_out(facts, portfolio),
        *_much(facts, portfolio),
        *_paid_ahead(facts),
        *_before_start(facts),
    ]
    return tuple(found)


def _not_played(envelopes: Sequence[Row]) -> Iterator[Problem]:
    """What was carried over is used only by a play that begins after facts."""
    for row in envelopes:
        if row.sound("carried_wan") and row.whole("carried_wan"):
            yield Problem(
                place=row.place("carried_wan"),
                found=f"上年结转 {yi_text(row.whole('carried_wan'))} 亿元没有参与推演",
                fix="没有月度执行，推演从首年开始；要从现在推演，请先填“月度执行”表",
            )
            return


def _left_out(facts: Sequence[Fact], portfolio: Portfolio) -> Iterator[Problem]:
    """Rows behind the as-of, and who has not told the month after it."""
    assert portfolio.facts is not None
    asof = portfolio.facts.asof_months
    later = [fact for fact in facts if fact.value.end_month > asof]
    if not later:
        return
    label = month_label(asof - 1, portfolio.calendar)
    lacking = lacking_next(covered_items(facts, portfolio), asof)
    why = ""
    if lacking:
        names = "、".join(item.label for item in list(lacking.values())[:5])
        more = f" 等 {len(lacking)} 个大项" if len(lacking) > 5 else ""
        why = f"；{month_label(asof, portfolio.calendar)} 还缺 {names}{more}"
    yield Problem(
        place=later[0].row.place("period"),
        found=f"执行数截至 {label}，之后的 {len(later)} 行没有采用{why}",
        fix="补齐后自动采用；确实只算到这一月的不必处理",
    )


def _much(facts: Sequence[Fact], portfolio: Portfolio) -> Iterator[Problem]:
    """Months and years that did far more than their year's plan."""
    planned = portfolio.baseline_wan.sum(axis=1).tolist()
    by_period = sorted(facts, key=lambda fact: (fact.value.item_no, fact.value.first_month))
    sums: dict[tuple[int, int], int] = {}
    for (no, first, months), group in groupby(
        by_period, key=lambda f: (f.value.item_no, f.value.first_month, f.value.months)
    ):
        rows, year = list(group), first // MONTHS
        if year >= PLAN_YEARS or no not in portfolio.position:
            continue
        item, plan = portfolio.item(no), planned[year][portfolio.position[no]]
        done = sum(fact.value.done_wan or 0 for fact in rows)
        before = sums.get((no, year), 0)
        sums[no, year] = before + done
        if months == 1 and plan and done * 100 > plan * MONTH_PERCENT:
            yield _asked(rows[0], item, f"{rows[0].period} ", done, plan, MONTH_PERCENT)
        if plan and before * 100 <= plan * YEAR_PERCENT < (before + done) * 100:
            when = f"{portfolio.calendar.first_year + year} 年全年"
            yield _asked(rows[0], item, when, before + done, plan, YEAR_PERCENT)


def _asked(fact: Fact, item: Item, when: str, done: int, plan: int, percent: int) -> Problem:
    return Problem(
        place=fact.row.place("done_wan"),
        found=f"大项 {item.label} 在 {when}完成 {yi_text(done)} 亿元，"
        f"超过该年计划 {yi_text(plan)} 亿元的 {percent}%",
        fix="请核对；属实的不必处理",
    )


def _paid_ahead(facts: Sequence[Fact]) -> Iterator[Problem]:
    """More was paid than has come, so far."""
    by_end = sorted(facts, key=lambda fact: (fact.value.item_no, fact.value.end_month))
    for no, group in groupby(by_end, key=lambda fact: fact.value.item_no):
        received = paid = 0
        for fact in group:
            received += fact.value.received_wan or 0
            paid += fact.value.paid_wan or 0
            if received and paid > received and fact.value.paid_wan:
                yield Problem(
                    place=fact.row.place("paid_wan"),
                    found=f"大项 {no} 到 {fact.period} 累计支付 {yi_text(paid)} 亿元，"
                    f"多于累计到位 {yi_text(received)} 亿元",
                    fix="请核对到位与支付；属实的不必处理",
                )
                break


def _before_start(facts: Sequence[Fact]) -> Iterator[Problem]:
    """Investment told of periods before 开工."""
    started = {
        fact.value.item_no: fact for fact in reversed(facts) if fact.value.started_month is not None
    }
    done = dict.fromkeys(started, 0)
    for fact in facts:
        said = started.get(fact.value.item_no)
        if said is not None and fact.value.end_month <= (said.value.started_month or 0):
            done[fact.value.item_no] += fact.value.done_wan or 0
    for no, early in done.items():
        said = started[no]
        if early > 0:
            yield Problem(
                place=said.row.place("started"),
                found=f"大项 {no} 开工日期 {said.row.text('started')} 之前已完成 "
                f"{yi_text(early)} 亿元",
                fix="请核对；属前期费用的不必处理",
            )
