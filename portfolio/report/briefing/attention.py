"""The items a meeting should look at first, each with its money and its cause down to the root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.model.explain import explain
from portfolio.model.explanation import Explanation, Trace
from portfolio.model.limits import derive
from portfolio.model.measures import late_positions, outstanding_wan, tail_positions
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_YEARS
from portfolio.model.result import RunResult
from portfolio.model.year_to_date import lacking_wan
from portfolio.report.briefing.phrases import delay_sentence, money_sentence, names_text
from portfolio.report.explain_text import headline
from portfolio.report.reallocation_views import AS_SPENT, held_by
from portfolio.report.reallocation_wording import SEEN_WAN
from portfolio.report.wording import cause_name

WATCHED = 3
#: A chain of waiting items longer than this is told by its root alone.
LONGEST_CHAIN = 3


@dataclass(frozen=True, kw_only=True)
class Watched:
    """An item to look at.

    open_wan : not yet come about at its planned finish (late items only, else 0)
    short_wan : by year, this one and the next: what the year stays below the item's plan
    """

    item_no: int
    open_wan: int
    short_wan: tuple[tuple[int, int], ...]

    @property
    def at_stake_wan(self) -> int:
        """The larger of both: the open money at the finish holds what is short before it."""
        return max(self.open_wan, sum(wan for _, wan in self.short_wan))


def items_to_watch(run: RunResult, quarter: int, most: int = WATCHED) -> tuple[Watched, ...]:
    """The items that matter most at a quarter's end, by the money at stake.

    Looked at are items that finish late, and items that stay below their plan in this year or
    the next. Items finished by then are past help and left out. Each is ranked by the larger of
    the money open at its planned finish and the money short in the two years; late items of
    little money (a tail) come last, items not late with less than 0.05 亿元 not at all.
    """
    portfolio, outcome = run.portfolio, run.outcome
    this = quarter // 4
    years = range(this, min(this + 2, PLAY_YEARS))
    short, outstanding = lacking_wan(portfolio, outcome), outstanding_wan(portfolio, outcome)
    tails = {portfolio.items[index].no for index in tail_positions(portfolio, outcome)}
    rows = []
    for index, item in enumerate(portfolio.items):
        finish = outcome.finish[index]
        if finish is not None and finish <= quarter:
            continue
        late = outcome.is_late(index)
        row = Watched(
            item_no=item.no,
            open_wan=int(outstanding[index]) if late else 0,
            short_wan=tuple((run.calendar.first_year + y, int(short[y, index])) for y in years),
        )
        if late or row.at_stake_wan >= SEEN_WAN:
            rows.append(row)
    rows.sort(key=lambda row: (row.item_no in tails, -row.at_stake_wan, row.item_no))
    return tuple(rows[:most])


def watched_sentence(run: RunResult, row: Watched) -> str:
    """Plan against play, the money, and why: all of one item in one sentence."""
    portfolio, outcome = run.portfolio, run.outcome
    index = portfolio.position[row.item_no]
    told = explain(row.item_no, portfolio, outcome)
    parts = [
        delay_sentence(
            run.calendar, planned=outcome.planned_finish[index], finish=outcome.finish[index]
        ),
        money_sentence(open_wan=row.open_wan, years=row.short_wan),
        _late_why(told, portfolio) if told.late else _short_why(run, row, told),
    ]
    return "；".join(part for part in parts if part) + "。"


def other_late_sentence(run: RunResult, quarter: int, told: Sequence[int]) -> str | None:
    """The other items still late, by name with their quarters; None where all have been told."""
    portfolio, outcome = run.portfolio, run.outcome
    tails = set(tail_positions(portfolio, outcome))
    names = []
    for index in late_positions(portfolio, outcome):
        item, finish = portfolio.items[index], outcome.finish[index]
        if item.no in told or index in tails or (finish is not None and finish <= quarter):
            continue
        delay = outcome.delay_quarters(index)
        names.append(f"{item.label}（{'未竣工' if delay is None else f'{delay} 季'}）")
    return f"另有滞后的大项：{names_text(names)}。" if names else None


def _late_why(told: Explanation, portfolio: Portfolio) -> str | None:
    """The causes of the delay with their quarters, and the root of the largest."""
    if not told.causes:
        return None
    causes = headline(portfolio.calendar, told).removeprefix(told.item.label).partition("：")[2]
    main = max(told.causes, key=lambda trace: trace.quarters)
    root, chain = _behind(main, portfolio, told.item.no)
    # A root that is one of the delay's own causes stands there already.
    listed = any((root.kind, root.ref) == (trace.kind, trace.ref) for trace in told.causes)
    return f"原因：{causes}{'' if listed else _root_text(chain)}"


def _short_why(run: RunResult, row: Watched, told: Explanation) -> str:
    """What held the item in the short years, and the root of what held it longest."""
    portfolio = run.portfolio
    limits, index = derive(portfolio), portfolio.position[row.item_no]
    names = [
        held_by(portfolio, limits, run.outcome, index, year - run.calendar.first_year)
        for year, wan in row.short_wan
        if wan >= SEEN_WAN
    ]
    causes = "、".join(dict.fromkeys(names))
    if not told.short_causes:
        return f"原因：{causes}"
    main = max(told.short_causes, key=lambda trace: trace.quarters)
    root = _root_text(_behind(main, portfolio, told.item.no)[1])
    # Nothing held the item in these years: what had held it before is all there is to tell.
    if not root and set(names) == {AS_SPENT}:
        root = f"；此前：{cause_name(portfolio, main.kind, main.ref, index)}"
    return f"原因：{causes}{root}"


def _root_text(chain: list[str]) -> str:
    """`；根源：22 国铁干线“专项债券”资金不足`; nothing where the cause is its own root."""
    if not chain:
        return ""
    told = chain if len(chain) <= LONGEST_CHAIN else chain[-1:]
    return f"；根源：{'，又因'.join(told)}"


def _behind(trace: Trace, portfolio: Portfolio, item_no: int) -> tuple[Trace, list[str]]:
    """The root of a cause, and the steps to it in words, along the largest cause at each."""
    chain: list[str] = []
    while below := _below(trace):
        if trace.gate is not None:
            item_no = trace.gate.pred.no
        trace = max(below, key=lambda one: one.quarters)
        index = portfolio.position[item_no]
        name = cause_name(portfolio, trace.kind, trace.ref, index)
        chain.append(f"{portfolio.items[index].label} {name}")
    if chain and trace.gate is not None and trace.gate.conflict is not None:
        chain[-1] += "（计划本身与前置条件冲突）"
    return trace, chain


def _below(trace: Trace) -> tuple[Trace, ...]:
    """The causes behind a cause; none for a root, and for what has been told."""
    if trace.gate is not None:
        return trace.gate.causes
    if trace.capacity is not None:
        return trace.capacity.before
    return trace.money.before if trace.money is not None else ()
