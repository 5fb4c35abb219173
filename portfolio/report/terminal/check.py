"""A good workbook on the screen: reconciliation, the two universes, conflicts with its own gates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.console import Console

from portfolio.model.calendar import Calendar
from portfolio.model.conflicts import Conflict
from portfolio.model.items import Item
from portfolio.model.money import yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.reconcile import TotalCheck
from portfolio.report.gate_wording import conflict_sentence
from portfolio.report.plain_text import padded
from portfolio.report.terminal.page import say, screen
from portfolio.report.wording import reconciliation_lines

LEVELS = ("合计", "工程", "类别", "组")
NAME_COLUMNS = 40


class Checked(Protocol):
    """What a check looked at: anything that holds a portfolio."""

    @property
    def portfolio(self) -> Portfolio:
        """The portfolio read."""


def show_check(
    checked: Checked,
    totals: Sequence[TotalCheck],
    conflicts: Sequence[Conflict],
    console: Console | None = None,
) -> None:
    """What `check` says of a workbook without problems."""
    out = console or screen()
    say(out, _verdict(checked.portfolio.items, totals), "bold")
    _show_tree(out, checked.portfolio.calendar, totals)
    out.print()
    say(out, "两个口径", "bold")
    for line in reconciliation_lines(checked.portfolio):
        say(out, line)
    out.print()
    _show_conflicts(out, checked.portfolio.calendar, conflicts)


def _show_conflicts(out: Console, calendar: Calendar, conflicts: Sequence[Conflict]) -> None:
    """The plan's conflicts with its own gates: the hard ones bind in play, the soft ones don't."""
    hard = [conflict for conflict in conflicts if conflict.gate.hard]
    soft = [conflict for conflict in conflicts if not conflict.gate.hard]
    for group, name, meaning in (
        (hard, "硬约束", "推演时以前置条件为准"),
        (soft, "软约束", "推演时不约束，除非情景要求"),
    ):
        if not group:
            say(out, f"计划与{name}的前置条件没有冲突。", "bold")
            continue
        say(out, f"计划与{name}的前置条件有 {len(group)} 处冲突（{meaning}）", "bold")
        for k, conflict in enumerate(group, start=1):
            say(out, f"{k}. {conflict_sentence(calendar, conflict)}")


def _verdict(items: tuple[Item, ...], checks: Sequence[TotalCheck]) -> str:
    if not checks:
        return f"汇总校核：{len(items)} 个大项；没有填公布合计，未核对。"
    counted = [check for check in checks if check.published.item_count is not None]
    agreeing = sum(not (check.total_diff_wan or check.plan_diff_wan) for check in checks)
    counts = sum(not check.count_diff for check in counted)
    whole = agreeing == len(checks) and counts == len(counted)
    return (
        f"汇总校核：{len(items)} 个大项，{len(checks)} 个公布合计中 {agreeing} 个相符，"
        f"{len(counted)} 个公布项数中 {counts} 个相符{'，全部对上' if whole else ''}。"
    )


def _show_tree(out: Console, calendar: Calendar, checks: Sequence[TotalCheck]) -> None:
    """The published totals, indented by level, each with √ or its difference."""
    if not checks:
        return
    heads = ("项数", "总投资", f"“{calendar.period_name}”投资")
    say(
        out,
        padded("", NAME_COLUMNS)
        + padded(heads[0], 6, right=True)
        + padded(heads[1], 12, right=True)
        + padded(heads[2], 16, right=True),
    )
    for check in checks:
        depth = LEVELS.index(check.published.level) if check.published.level in LEVELS else 0
        name = padded("  " * depth + check.published.name, NAME_COLUMNS)
        line = (
            name
            + padded(str(check.item_count), 6, right=True)
            + padded(yi_text(check.total_wan), 12, right=True)
            + padded(yi_text(check.plan_wan), 16, right=True)
        )
        out.print(f"{line}  {'√' if check.agrees else '×'}", style="" if check.agrees else "red")
        if not check.agrees:
            say(out, _difference(check, calendar), "red", depth=depth + 2)


def _difference(check: TotalCheck, calendar: Calendar) -> str:
    parts = []
    if check.total_diff_wan:
        parts.append(f"总投资与公布数差 {yi_text(check.total_diff_wan, 4)} 亿元")
    if check.plan_diff_wan:
        parts.append(
            f"“{calendar.period_name}”投资与公布数差 {yi_text(check.plan_diff_wan, 4)} 亿元"
        )
    if check.count_diff:
        parts.append(f"项数与公布数差 {check.count_diff}")
    return "，".join(parts)
