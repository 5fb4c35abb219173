"""Lay a scenario on a portfolio: pure, every problem at once, every change told as old → new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portfolio.model.money import BPS, LARGEST_WAN
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError, Problem
from portfolio.model.scenarios import verbs
from portfolio.model.scenarios.added_items import NOTE, add_item
from portfolio.model.scenarios.channels import envelope_settings
from portfolio.model.scenarios.draft import Cell, Draft, Setting, money_text, selected
from portfolio.model.scenarios.gates import cycle_problems, gate_drop_settings, gate_set_settings
from portfolio.model.scenarios.layers import (
    ChangeLogEntry,
    Laid,
    cancelled_but_named,
    conflicts,
    last_writers,
    told,
    twice,
    write,
)
from portfolio.model.scenarios.plan import (
    left_for_later,
    plan_problems,
    plan_sheet_settings,
    planned_money_settings,
)
from portfolio.model.scenarios.risk import add_risk_settings, risk_problems
from portfolio.model.scenarios.scenario import Scenario
from portfolio.model.scenarios.settings import put_settings
from portfolio.model.scenarios.verbs import AddItem, Change


def cancel_settings(change: verbs.CancelItem, draft: Draft) -> list[Setting]:
    """取消大项: one setting an item, as each takes its own money out."""
    portfolio = draft.portfolio
    settings = []
    paid = set()
    if portfolio.facts is not None:
        paid = {row.item_no for row in portfolio.facts.rows if row.done_wan}
    for item in selected(change, change.selector, draft):
        if item.no in paid:
            draft.refuse(
                change.place,
                f"大项 {item.label} 已有执行数，不能从清单中取消：已完成的投资不能抹去",
                "要停止以后的投资，请用“停工”，或把它的渠道额度改为 0",
            )
            continue
        gates = sum(item.no in (gate.pred_no, gate.succ_no) for gate in portfolio.gates)
        settings.append(
            Setting(
                quantity=f"大项 {item.label}",
                writes=((("cancelled", item.no), True),),
                place=change.place,
                fixed=(f"总投资 {money_text(item.total_wan)}", "取消"),
                note=f"连同 {gates} 条前置条件、资金结构、计划及其上级指定和专属额度一并取消；"
                "统筹渠道额度不变",
            )
        )
    return settings


#: How each change becomes settings.
SETTINGS: dict[type[Change], Callable[[Any, Draft], list[Setting]]] = {
    verbs.Put: put_settings,
    verbs.EnvelopeChange: envelope_settings,
    verbs.CancelItem: cancel_settings,
    verbs.GateSet: gate_set_settings,
    verbs.GateDrop: gate_drop_settings,
    verbs.PlannedMoney: planned_money_settings,
    verbs.PlanSheet: plan_sheet_settings,
    verbs.AddRisk: add_risk_settings,
}


def apply(scenario: Scenario, portfolio: Portfolio) -> tuple[Portfolio, tuple[ChangeLogEntry, ...]]:
    """Lay a scenario on a portfolio; the given portfolio stays as it is.

    Every quantity is changed from what the given portfolio holds, never from what another
    layer made of it: where two layers touch one quantity only the later counts.

    Raises
    ------
    InputError
        All problems: unknown names, two changes to one quantity in one file, a cycle, …
    ValueError
        The portfolio's plan is adjusted already: scenarios are laid on the workbook's.
    """
    if portfolio.adjusted is not None:
        raise ValueError("scenarios are laid on a plan not yet adjusted")
    grown, log = _with_added_items(scenario, portfolio)
    draft = Draft.of(grown)
    laid: list[Laid] = []
    for number, layer in enumerate(scenario.layers):
        draft.open_layer()
        laid += (
            Laid(number, change, setting)
            for change in layer.changes
            if not isinstance(change, AddItem)
            for setting in SETTINGS[type(change)](change, draft)
        )
    draft.problems += conflicts(laid, draft.portfolio.calendar)
    draft.problems += cancelled_but_named(laid, draft)
    _raise(draft.problems)
    winner_of = last_writers(laid)
    for number, entry in enumerate(laid):
        log += told(entry, number, winner_of, laid, draft)
    write(laid, winner_of, draft)
    _raise(_misfits(draft, laid))
    log += left_for_later(draft, laid)
    return draft.to_portfolio(), tuple(log)


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise InputError(dict.fromkeys(problems))


def _with_added_items(
    scenario: Scenario, portfolio: Portfolio
) -> tuple[Portfolio, list[ChangeLogEntry]]:
    """Added items come first, so that other changes may speak of them."""
    problems: list[Problem] = []
    log: list[ChangeLogEntry] = []
    last: dict[int, tuple[int, AddItem]] = {}
    additions = [
        (number, change)
        for number, layer in enumerate(scenario.layers)
        for change in layer.changes
        if isinstance(change, AddItem)
    ]
    for number, change in additions:
        no = change.item.no
        earlier = last.get(no)
        if earlier and earlier[0] == number:
            problems.append(twice(earlier[1].place, change.place, f"大项 {no}"))
        last[no] = (number, change)
    for _, change in additions:
        item, winner = change.item, last[change.item.no][1]
        if winner is change:
            try:
                portfolio = add_item(change, portfolio)
            except InputError as error:
                problems += error.problems
        log.append(
            ChangeLogEntry(
                quantity=f"大项 {item.label}",
                old="无",
                new=f"新增，总投资 {money_text(item.total_wan)}，"
                f"其中“{portfolio.calendar.period_name}”投资 {money_text(item.plan_wan)}"
                + (f"，首年 {item.first_year}" if item.first_year else ""),
                place=change.place,
                note=NOTE,
                overridden_by=None if winner is change else winner.place,
            )
        )
    _raise(problems)
    return portfolio, log


def _misfits(draft: Draft, laid: list[Laid]) -> list[Problem]:
    """What does not fit together once all is written."""
    places = _places(laid)
    gates = {cell[1]: place for cell, place in places.items() if cell[0] == "gate"}
    return [
        *cycle_problems(draft, gates),
        *_excess(draft),
        *plan_problems(draft, laid),
        *risk_problems(draft, places),
    ]


def _places(laid: list[Laid]) -> dict[Cell, str]:
    """Where each cell was changed last."""
    return {cell: entry.change.place for entry in laid for cell, _ in entry.setting.writes}


def _excess(draft: Draft) -> list[Problem]:
    """What no portfolio may be: without items, or costing more than integers here can carry."""
    kept = [item for item in draft.portfolio.items if not draft.values["cancelled", item.no]]
    if not kept:
        return [Problem(place="情景", found="所有大项都被取消", fix="请至少保留一个大项")]
    factors = [int(draft.old(("cost_bps", item.no))) for item in kept]
    cost = sum(  # as a portfolio judges itself: an item made cheaper leaves no more room
        item.total_wan * max(factor, BPS) // BPS for item, factor in zip(kept, factors, strict=True)
    )
    if cost <= LARGEST_WAN:
        return []
    return [
        Problem(
            place="情景",
            found=f"造价变动后总投资达 {money_text(cost)}，超出可推演的 {money_text(LARGEST_WAN)}",
            fix="请核对造价系数：上涨 7% 应写 1.07 或 +7%",
        )
    ]
