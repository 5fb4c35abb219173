"""Items that changes select, and their cancelling as settings."""

from __future__ import annotations

from portfolio.model.items import Item
from portfolio.model.problems import InputError
from portfolio.model.scenarios.draft import Draft, Setting, collect, money_text
from portfolio.model.scenarios.select import select_items
from portfolio.model.scenarios.verbs import CancelItem, Change, Selector


def selected(change: Change, selector: Selector | None, draft: Draft) -> tuple[Item, ...]:
    """Items selected; () after a problem."""
    portfolio = draft.portfolio
    assert selector is not None
    try:
        return select_items(selector, portfolio.items, portfolio.risk_classes, change.place)
    except InputError as error:
        collect(draft, error)
        return ()


def cancel_settings(change: CancelItem, draft: Draft) -> list[Setting]:
    """取消大项: one setting an item, as each takes its own money out."""
    portfolio = draft.portfolio
    settings = []
    for item in selected(change, change.selector, draft):
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
