"""A named risk added, as a setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from portfolio.model.problems import Problem
from portfolio.model.risk import RegisteredRisk, contradiction, contradiction_text, share_flaw
from portfolio.model.scenarios.draft import (
    GENERAL_CORRELATIONS,
    Cell,
    Draft,
    Setting,
    items_text,
    laid_pairs,
    number_text,
    ratio_text,
    selected,
)
from portfolio.model.scenarios.settings import out_of_bounds
from portfolio.model.scenarios.verbs import AddRisk
from portfolio.model.schema.risk import REGISTER


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


# --- Whether the assumptions of the stress test fit together after a scenario is laid on them


def risk_problems(draft: Draft, places: Mapping[Cell, str]) -> list[Problem]:
    """What does not fit together after all is written; `places` of the cells that were changed."""
    problems = [
        *_range_problems(draft, places, "channel_risk", _channel_names(draft)),
        *_range_problems(draft, places, "realisation", {}),
    ]
    general = [place for cell, place in places.items() if cell[0] == "correlation"]
    everywhere, in_group, _ = (draft.values["correlation", name] for name in GENERAL_CORRELATIONS)
    flaw = share_flaw(everywhere, in_group)
    if general and flaw:
        problems.append(Problem(place=general[-1], found=flaw[0], fix=flaw[1]))
    return problems + _pair_problems(draft, places)


def _channel_names(draft: Draft) -> dict[str, str]:
    return {channel.id: channel.name for channel in draft.portfolio.channels}


def _range_problems(
    draft: Draft, places: Mapping[Cell, str], table: str, names: Mapping[str, str]
) -> list[Problem]:
    """Means outside their bounds, of the owners touched."""
    touched = {cell[1]: place for cell, place in places.items() if cell[0] == table}
    problems = []
    for owner, place in touched.items():
        low, mean, high = (draft.values[table, owner, name] for name in ("low", "mean", "high"))
        if not low <= mean <= high:
            found = (
                f"“{names.get(owner, owner)}”的均值 {ratio_text(mean)} 不在下限 {ratio_text(low)} "
                f"与上限 {ratio_text(high)} 之间"
            )
            problems.append(Problem(place=place, found=found, fix="请一并改下限或上限，或改均值"))
    return problems


def _pair_problems(draft: Draft, places: Mapping[Cell, str]) -> list[Problem]:
    """Correlations of channels that no luck can have, where they or a persistence were touched."""
    touched = [
        place
        for cell, place in places.items()
        if cell[0] == "channel_correlation" or cell[-1] == "persistence"
    ]
    if not touched:
        return []
    persistence = {
        cell[1]: value for cell, value in draft.values.items() if cell[-1] == "persistence"
    }
    names = _channel_names(draft)
    found = contradiction(list(names), laid_pairs(draft.portfolio.risk, draft.values), persistence)
    if found is None:
        return []
    said, fix = contradiction_text(found, names)
    return [Problem(place=touched[-1], found=said, fix=f"{fix}；也可把此处的改动改小")]
