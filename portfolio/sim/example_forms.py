"""Made-up rows of the sheets that only forms show, to go with made-up facts; nothing is real."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portfolio.model.facts import MONTHS, Level, period_label
from portfolio.model.forms.entered import Category, Effect, State
from portfolio.model.items import STAGES, BondUse, Kind
from portfolio.model.rules.approval import BOND_CHANNEL
from portfolio.model.schema import Table, Tables
from portfolio.model.schema.for_forms import BONDS, FILINGS, OF_THE_MONTH, PURSES, TROUBLES
from portfolio.sim.example import MADE_UP, STEP_WAN, Told

#: Of last year's money so much was done by the as-of month (%), by item number.
LAST_YEAR = (76, 81, 84, 79)
#: Per cent of a bond that is allotted, and of that spent; of an idle one.
ALLOTTED, SPENT, IDLE_SPENT = 95, 88, 22
#: One issue serves so many items.
OF_ONE_BOND = 3
TERMS = (10, 15, 20, 30)
WORKS = ("主体结构封顶", "地基与基础施工", "设备安装调试", "征地拆迁收尾", "装饰装修")
PEOPLE = tuple(f"{MADE_UP}{letter}" for letter in "甲乙丙丁")
CATEGORIES = (Category.MONEY, Category.CLEARING, Category.LAND, Category.WORKS, Category.PIPES)


def form_rows(told: Told, written: Table) -> Tables:
    """Rows of 月报补充, 资金台账, 专项债券, 问题台账 and 申报补充 for the items told of."""
    return {
        OF_THE_MONTH.name: list(_months(told)),
        PURSES.name: list(_purses(told)),
        BONDS.name: list(_bonds(told)),
        TROUBLES.name: list(_troubles(told, written)),
        FILINGS.name: list(_filings(told)),
    }


def _about(told: Told, index: int) -> dict[str, Any]:
    item = told.portfolio.items[index]
    return {"item_no": item.no, "item_name": item.name}


def _to_step(wan: int) -> int:
    return wan // STEP_WAN * STEP_WAN


def _asof(told: Told) -> str:
    return period_label(told.asof - 1, 1, told.portfolio.calendar)


def _months(told: Told) -> Iterator[dict[str, Any]]:
    """What every item under way is, and what it had come to a year before."""
    first = told.first_of_year
    for index, item in enumerate(told.portfolio.items):
        if not told.cum_wan[-1, :, index].any():
            continue
        before = told.cum_wan[first, :, index] - told.cum_wan[first - MONTHS, :, index]
        part = LAST_YEAR[item.no % len(LAST_YEAR)]
        yield {
            **_about(told, index),
            "period": _asof(told),
            "scope": f"{MADE_UP}：{item.name}的建设内容与规模",
            "works": WORKS[item.no % len(WORKS)],
            "last_year_wan": _to_step(int(before.sum()) * part // 100),
        }


def _purses(told: Told) -> Iterator[dict[str, Any]]:
    """Items told by channel, a row for each channel they drew from this year."""
    year, first = told.first_of_year // MONTHS, told.first_of_year
    for index in sorted(told.split):
        for c, channel in enumerate(told.portfolio.channels):
            done = int(told.cum_wan[-1, c, index] - told.cum_wan[first, c, index])
            if done <= 0:
                continue
            planned = _to_step(int(told.portfolio.plan_wan[year, c, index])) or _to_step(done)
            allotted = _to_step(int(told.outcome.allotted_wan[year, c, index]))
            now = planned if channel.kind is Kind.CREDIT else allotted
            whole = int(told.cum_wan[-1, c, index])
            payable = _to_step(whole * 96 // 100)
            level = {Kind.EARMARKED: Level.ABOVE, Kind.POOLED: Level.CITY}.get(
                channel.kind, Level.OTHER
            )
            yield {
                **_about(told, index),
                "channel": channel.name,
                "level": level,
                "period": _asof(told),
                "initial_wan": planned,
                "adjusted_wan": None if now == planned else now,
                "issued_wan": _to_step(now * 85 // 100),
                "carried_wan": _to_step(planned // 40),
                "payable_wan": payable,
                "settled_wan": _to_step(whole * 93 // 100),
                "retained_wan": _to_step(whole * 3 // 100),
                "idle_wan": _to_step(planned // 100) if index % 2 else 0,
            }


def _bonds(told: Told) -> Iterator[dict[str, Any]]:
    """A bond for every few items that bonds may pay for; the last of each lies idle."""
    portfolio = told.portfolio
    if BOND_CHANNEL not in portfolio.channel_position:
        return
    c, year = portfolio.channel_position[BOND_CHANNEL], told.first_of_year // MONTHS
    paying = [
        index
        for index, item in enumerate(portfolio.items)
        if portfolio.plan_wan[year, c, index] > 10 * STEP_WAN and item.bond_use is not BondUse.NOT
    ]
    first = portfolio.calendar.first_year + year
    for number, start in enumerate(range(0, len(paying), OF_ONE_BOND), start=1):
        members = paying[start : start + OF_ONE_BOND]
        amounts = [_to_step(int(portfolio.plan_wan[year, c, index])) for index in members]
        issued = first - number % 3
        for k, (index, amount) in enumerate(zip(members, amounts, strict=True)):
            idle = issued < first and k == len(members) - 1
            allotted = _to_step(amount * ALLOTTED // 100)
            spent = _to_step(allotted * (IDLE_SPENT if idle else SPENT) // 100)
            owed = _to_step(amount * 5 // 100)
            yield {
                "bond_name": f"{MADE_UP}{issued}年专项债券（{number}期）",
                "bond_code": f"SL{issued % 100:02d}{number:04d}",
                "issued_on": f"{issued}-03-{10 + number % 18:02d}",
                "term_years": TERMS[number % len(TERMS)],
                "rate": (200 + 7 * (number % 9)) / 10_000,
                "batch": f"{issued}年第{'一二三'[number % 3]}批",
                "issue_wan": sum(amounts),
                **_about(told, index),
                "supervisor": f"{MADE_UP}主管部门{number % 4 + 1}",
                "planned_wan": 3 * amount,
                "amount_wan": amount,
                "capital_wan": _to_step(amount // 5) if k == 0 else 0,
                "allotted_wan": allotted,
                "spent_wan": spent,
                "built_wan": 2 * spent,
                "built_bond_wan": spent,
                "condition": "在建",
                "arrived_on": f"{issued}-05-{1 + number % 28:02d}",
                "idle_reason": f"{MADE_UP}：前期手续未完成" if idle else None,
                "move_to": f"{MADE_UP}：同主管部门其他项目" if idle else None,
                "income_due_wan": owed * 12 // 10,
                "income_wan": owed if idle else owed * 11 // 10,
                "service_due_wan": owed,
                "service_paid_wan": owed,
            }


def _filings(told: Told) -> Iterator[dict[str, Any]]:
    """What was filed of every item whose estimate is approved, and what pays for its bonds."""
    portfolio = told.portfolio
    for index, item in enumerate(portfolio.items):
        if item.stage in STAGES[:2]:
            continue
        pays = item.bond_use in (BondUse.LAWFUL, BondUse.PART)
        yield {
            **_about(told, index),
            "estimate": f"{MADE_UP}发改投批〔{portfolio.calendar.first_year}〕{item.no}号",
            "aims": f"{MADE_UP}：按期完成年度建设任务",
            "subject": f"{MADE_UP}科目",
            "repayment": f"{MADE_UP}：项目运营收入" if pays else None,
        }


def _troubles(told: Told, written: Table) -> Iterator[dict[str, Any]]:
    """What 月度执行 calls a problem, as a register has it: some done, one late, one put off."""
    year = told.portfolio.calendar.first_year + told.first_of_year // MONTHS
    said = [row for row in written if row.get("problem")]
    for k, row in enumerate(said, start=1):
        state = (State.OPEN, State.BEING_DONE, State.CLOSED, State.MOVED)[k % 4]
        category = CATEGORIES[k % len(CATEGORIES)]
        money = category is Category.MONEY
        yield {
            "no": f"{year}-{k:03d}",
            "item_no": row["item_no"],
            "item_name": row["item_name"],
            "category": category,
            "problem": row["problem"],
            "effect": (Effect.UNPAID if money else Effect.STOPPED) if k % 6 == 0 else Effect.SLOW,
            "gap_wan": 100 * STEP_WAN * k if money else None,
            "from_period": f"{year}-06" if money else None,
            "to_period": f"{year}-12" if money else None,
            "measure": row["measure"],
            "owner": f"{MADE_UP}责任单位{k % 3 + 1}",
            "person": PEOPLE[k % len(PEOPLE)],
            "due": f"{year}-09-30" if k % 3 == 0 else f"{year}-12-31",
            "moved_to": f"{year + 1}-03-31" if state is State.MOVED else None,
            "state": state,
            "closed_on": f"{year}-10-20" if state is State.CLOSED else None,
            "evidence": f"{MADE_UP}：验收记录" if state is State.CLOSED else None,
        }
