"""The items a meeting should look at first, each with its money and its cause down to the root."""

from __future__ import annotations

from collections.abc import Collection

from portfolio.model.items import Kind
from portfolio.model.measures.explain import Explanation, explain
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.watched import (
    Behind,
    Watched,
    behind,
    held_in_short_years,
    largest,
    other_late,
)
from portfolio.model.money import SEEN_WAN, yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.report.briefing.phrases import delay_sentence, money_sentence, names_text
from portfolio.report.screen.explain import headline
from portfolio.report.words.outlook import short_name
from portfolio.report.words.run import cause_name, held_name

#: A chain of waiting items longer than this is told by its root alone.
LONGEST_CHAIN = 3


def watched_sentence(run: RunResult, row: Watched, *, brief: bool = False) -> str:
    """Plan against play, the money, and why: all of one item in one sentence.

    brief : without the channel's envelope and who got most of it
    """
    portfolio, outcome = run.portfolio, run.outcome
    index = portfolio.position[row.item_no]
    told = explain(row.item_no, portfolio, outcome)
    parts = [
        delay_sentence(
            run.calendar, planned=outcome.planned_finish[index], finish=outcome.finish[index]
        ),
        money_sentence(open_wan=row.open_wan, years=row.short_wan),
        _late_why(told, portfolio) if told.late else _short_why(run, row, told),
        None if brief else _channel_text(portfolio, row, told),
    ]
    return "；".join(part for part in parts if part) + "。"


def other_late_sentence(run: RunResult, quarter: int, told: Collection[int]) -> str | None:
    """The other items still late, by name with their quarters; None where all have been told."""
    portfolio, outcome = run.portfolio, run.outcome
    names = []
    for index in other_late(run, quarter, told):
        delay = outcome.delay_quarters(index)
        how_late = "未竣工" if delay is None else f"{delay} 季"
        names.append(f"{portfolio.items[index].label}（{how_late}）")
    return f"另有滞后的大项：{names_text(names)}。" if names else None


def _late_why(told: Explanation, portfolio: Portfolio) -> str | None:
    """The causes of the delay with their quarters, and the root of the largest."""
    if not told.causes:
        return None
    causes = headline(portfolio.calendar, told).removeprefix(told.item.label).partition("：")[2]
    found = behind(largest(told.causes), told, portfolio)
    # A root that is one of the delay's own causes stands there already.
    return f"原因：{causes}{'' if found.own_cause else _root_text(found, portfolio)}"


def _short_why(run: RunResult, row: Watched, told: Explanation) -> str:
    """What held the item in the short years, and the root of what held it longest."""
    portfolio, held = run.portfolio, held_in_short_years(run, row)
    causes = "、".join(held_name(portfolio, why) for why in held)
    if not told.short_causes:
        return f"原因：{causes}"
    main = largest(told.short_causes)
    root = _root_text(behind(main, told, portfolio), portfolio)
    # Nothing held the item in these years: what had held it before is all there is to tell.
    if not root and [why.kind for why in held] == [None]:
        index = portfolio.position[row.item_no]
        root = f"；此前：{cause_name(portfolio, main.kind, main.ref, index)}"
    return f"原因：{causes}{root}"


def _channel_text(portfolio: Portfolio, row: Watched, told: Explanation) -> str | None:
    """How far the channel that held the item was cut, and who got most of it, in its worst year.

    That of this year and the next, as the sentence speaks of them; None where no channel held it.
    """
    traces = told.causes if told.late else told.short_causes
    roots = list(told.short_causes)
    if traces:
        roots.insert(0, behind(largest(traces), told, portfolio).root)
    spoken = {year for year, _ in row.short_wan}
    found = [
        (root.money.channel, year)
        for root in roots
        if root.money is not None and not root.money.told
        for year in root.money.years
        if year.year in spoken and year.short_wan >= SEEN_WAN
    ]
    if not found:
        return None
    channel, year = max(found, key=lambda pair: pair[1].short_wan)
    whose = "" if channel.kind is Kind.POOLED else "本大项"
    parts = [f"{year.year} 年{whose}{short_name(channel)}额度 {yi_text(year.envelope_wan)} 亿元"]
    if year.envelope_wan < year.planned_wan:
        parts.append(f"低于计划所需的 {yi_text(year.planned_wan)} 亿元")
    if year.takers:
        most = "、".join(f"{portfolio.item(no).label} {yi_text(wan)}" for no, wan in year.takers)
        parts.append(f"得到最多的是 {most}")
    return "，".join(parts)


def _root_text(found: Behind, portfolio: Portfolio) -> str:
    """`；根源：22 国铁干线“专项债券”资金不足`; nothing where the cause is its own root."""
    if not found.steps:
        return ""
    chain = [
        f"{portfolio.item(step.item_no).label} {held_name(portfolio, step.why)}"
        for step in found.steps
    ]
    if found.plan_conflict:
        chain[-1] += "（计划本身与前置条件冲突）"
    told = chain if len(chain) <= LONGEST_CHAIN else chain[-1:]
    return f"；根源：{'，又因'.join(told)}"
