"""Who has to decide what by when, in sentences of an office."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.forms.answers.budget_change import BudgetChange
from portfolio.model.measures.answers.decisions import Decision
from portfolio.model.money import SEEN_WAN, yi_text
from portfolio.model.rules.approval import MoveKind

_NUMERALS = "一二三四"
#: What is decided, of a year's kind of move; the channels stand in it where they are told.
_WHAT = {
    MoveKind.DRAFT_BUDGET: "{year}年预算草案和政府投资年度计划草案{named}",
    MoveKind.DRAFT_BONDS: "{year}年预算草案，并落实专项债券限额",
    MoveKind.RESERVE: "{year}年年初预留下达到项目{named}",
    MoveKind.RESERVE_BONDS: "{year}年限额内未发行的专项债券落到项目",
    MoveKind.TOTAL_FALLS: "{year}年预算调整方案，即调减预算总支出{named}",
    MoveKind.FROM_FUND: "{year}年预算调整方案，即动用预算稳定调节基金{named}",
    MoveKind.BETWEEN_ITEMS: "{year}年政府投资年度计划调整，即项目间调剂{named}",
    MoveKind.KEY_SPENDING_CUT: "{year}年预算调整方案，即调减重点支出",
    MoveKind.BOND_USE: "{year}年专项债券用途调整",
    MoveKind.MORE_THAN_VOTED: "{year}年预算调整方案，即在年中下达的限额内举借",
    MoveKind.PAST_YEAR: "{year}年的安排",
}
#: What is done by the last quarter in which it can be asked.
_BY = {
    MoveKind.DRAFT_BUDGET: "赶在{when}大会之前提出",
    MoveKind.DRAFT_BONDS: "赶在{when}大会之前提出",
}


def decision_line(row: Decision, calendar: Calendar) -> str:
    """`本级人民代表大会：2027年预算草案…（地方政府专项债券），赶在2027年一季度大会之前提出`."""
    named = f"（{'、'.join(row.channels)}）" if row.channels and row.moved is None else ""
    what = _WHAT[row.kind].format(year=row.year, named=named)
    parts = [f"{what}{_moved(row)}"]
    if row.ask_by is None:
        parts.append("期限已过，改列下年预算")
    else:
        by = _BY.get(row.kind, "{when}结束前提出")
        parts.append(by.format(when=quarter_words(calendar, row.ask_by)))
    return f"{row.body}：{'，'.join(parts)}"


def decisions_text(rows: Sequence[Decision], calendar: Calendar) -> str:
    """All of them in a line; for a form that has one."""
    return "；".join(decision_line(row, calendar) for row in rows)


def quarter_words(calendar: Calendar, quarter: int) -> str:
    """`2027年一季度`."""
    return f"{calendar.year_of_quarter(quarter)}年{_NUMERALS[quarter % 4]}季度"


def forbidden_line(made: BudgetChange) -> str:
    """That a repair has new special bonds where none may be; nothing where it has none."""
    red = made.forbidden
    if not red:
        return ""
    amount = yi_text(sum(change.up_wan for change in red))
    return (
        f"{len(red)}笔共{amount}亿元在无收益、负面清单或打包项目上新增专项债券，"
        "不得照此申报，须改用其他渠道"
    )


def _moved(row: Decision) -> str:
    """`12笔，调增80.1亿元、调减75.3亿元`; nothing without a repair."""
    if row.moved is None:
        return ""
    sums = (("调增", row.moved.takes_wan), ("调减", row.moved.gives_wan))
    told = [f"{word}{yi_text(wan)}亿元" for word, wan in sums if wan >= SEEN_WAN]
    return f"（{'，'.join([f'{row.moved.cells}笔', *told])}）"
