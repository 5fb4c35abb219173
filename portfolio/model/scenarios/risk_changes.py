"""A named risk added, as a setting."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.risk import RegisteredRisk
from portfolio.model.scenarios.draft import (
    Draft,
    Setting,
    items_text,
    number_text,
    ratio_text,
)
from portfolio.model.scenarios.item_changes import selected
from portfolio.model.scenarios.risk_verbs import AddRisk
from portfolio.model.scenarios.setting_changes import out_of_bounds
from portfolio.model.sheets.risk_sheets import REGISTER


def add_risk_settings(change: AddRisk, draft: Draft) -> list[Setting]:
    """新增风险."""
    items = selected(change, change.selector, draft)
    if not items or _risk_flaws(change, draft):
        return []
    low, likely, high = change.cost
    soon, most_likely, late = change.quarters
    risk = RegisteredRisk(
        id=change.id, name=change.name, probability=change.probability,
        item_nos=tuple(item.no for item in items), cost_low=low, cost_likely=likely,
        cost_high=high, quarters_low=soon, quarters_likely=most_likely, quarters_high=late,
        provenance=change.provenance or f"情景假设（{change.place}）",
    )  # fmt: skip
    whose = items_text(items, len(draft.portfolio.items))
    new = (
        f"新增，概率 {ratio_text(risk.probability)}，影响 {whose}，"
        f"造价 {'、'.join(map(ratio_text, change.cost))}，"
        f"工期 {'、'.join(map(number_text, change.quarters))} 个季度"
    )
    return [
        Setting(
            quantity=f"风险 {risk.id} {risk.name}",
            writes=((("added_risk", risk.id), risk),),
            place=change.place,
            fixed=("无", new),
        )
    ]


def _risk_flaws(change: AddRisk, draft: Draft) -> bool:
    """Note what is wrong with an added risk; whether anything is."""
    before = len(draft.problems)
    if any(risk.id == change.id for risk in draft.portfolio.risk.register):
        found = f"风险编号“{change.id}”在风险清单表中已有"
        draft.refuse(change.place, found, "请换一个没有用过的编号")
    for word, values, key in (
        ("概率", (change.probability,), "probability"),
        ("造价影响", change.cost, "cost_low"),
        ("工期影响", change.quarters, "quarters_low"),
    ):
        column = replace(REGISTER.column(key), name=word)
        for value in dict.fromkeys(values):
            if not column.within(value):
                draft.refuse(change.place, *out_of_bounds(column, value))
        if list(values) != sorted(values):
            draft.refuse(change.place, f"{word}没有由小到大", "请依次写最低、最可能、最高三个数")
    if not any((*change.cost, *change.quarters)):
        draft.refuse(change.place, "造价与工期的影响都是 0", "请写其中一种影响")
    return len(draft.problems) > before
