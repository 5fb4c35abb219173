"""Changes to how a plan is repaired as settings: aims, rules' figures, items' shares and caps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portfolio.model.items import Item
from portfolio.model.money import BPS, LARGEST_WAN
from portfolio.model.repair import Aim
from portfolio.model.scenarios.changes import Change
from portfolio.model.scenarios.draft import (
    Draft,
    Setting,
    items_text,
    money_text,
    percent_text,
)
from portfolio.model.scenarios.item_changes import PRIORITIES, by_item, selected
from portfolio.model.scenarios.repair_verbs import (
    ContractShare,
    MinCapitalShare,
    RepairAims,
    RepairRules,
    YearlyCap,
)

#: Heavier weights say nothing more, and make sums of weighted money too large.
LARGEST_WEIGHT = 1_000
RULE_TITLES = {
    "livelihood_bps": "民生下限",
    "contract_decay_bps": "合同递减",
    "continuity_bps": "连续下限",
}
AIM_ORDER = "、".join(Aim)


def aims_settings(change: RepairAims, draft: Draft) -> list[Setting]:
    """目标顺序."""
    if change.aims is None and change.class_weights is None:
        draft.refuse(change.place, "没有写要改什么", "请写“顺序”“权重”中的至少一项")
    settings = []
    if change.aims is not None:
        if sorted(change.aims) != sorted(Aim):
            found = f"顺序“{'、'.join(change.aims)}”没有把每个目标各写一次"
            draft.refuse(change.place, found, f"请把 {AIM_ORDER} 各写一次，先写的先满足")
        settings.append(_of_repair(change, "aims", "目标顺序", change.aims, "、".join))
    weights = change.class_weights
    if weights is not None:
        if len(weights) != len(PRIORITIES) or not all(1 <= w <= LARGEST_WEIGHT for w in weights):
            draft.refuse(
                change.place,
                f"权重“{_weights_text(weights)}”不是四个 1–{LARGEST_WEIGHT} 的整数",
                "请依次写优先级 1、2、3、4 的权重，如 [8, 4, 2, 1]",
            )
        settings.append(_of_repair(change, "class_weights", "优先级权重", weights, _weights_text))
    return settings


def _weights_text(weights: tuple[int, ...]) -> str:
    return " / ".join(map(str, weights))


def _of_repair(
    change: Change, name: str, title: str, value: Any, text: Callable[[Any], str]
) -> Setting:
    writes = ((("repair", name), value),)
    return Setting(quantity=title, writes=writes, place=change.place, text=text)


def rules_settings(change: RepairRules, draft: Draft) -> list[Setting]:
    """调整规则."""
    given = {name: value for name in RULE_TITLES if (value := getattr(change, name)) is not None}
    if not given:
        words = "”“".join(RULE_TITLES.values())
        draft.refuse(change.place, "没有写要改什么", f"请写“{words}”中的至少一项")
    return [
        _of_repair(change, name, f"调整规则 {RULE_TITLES[name]}", value, percent_text)
        for name, value in given.items()
        if _is_part(change, draft, RULE_TITLES[name], value)
    ]


def _is_part(change: Change, draft: Draft, title: str, bps: int) -> bool:
    if 0 <= bps <= BPS:
        return True
    draft.refuse(change.place, f"{title} {percent_text(bps)} 超出 0–100%", "请写 0–100%，如 60%")
    return False


def contract_settings(change: ContractShare, draft: Draft) -> list[Setting]:
    """已签约比例."""
    return _share(change, draft, "已签约比例", "contract_share_bps", change.share_bps)


def min_capital_settings(change: MinCapitalShare, draft: Draft) -> list[Setting]:
    """最低资本金比例."""
    return _share(change, draft, "最低资本金比例", "min_capital_share_bps", change.share_bps)


def _share(
    change: ContractShare | MinCapitalShare, draft: Draft, title: str, name: str, bps: int
) -> list[Setting]:
    items = selected(change, change.selector, draft)
    if not _is_part(change, draft, title, bps):
        return []
    return by_item(change, items, title, lambda no: (name, no), bps, percent_text)


def yearly_cap_settings(change: YearlyCap, draft: Draft) -> list[Setting]:
    """年度上限."""
    items = selected(change, change.selector, draft)
    if not 0 < change.cap_wan <= LARGEST_WAN:
        found = f"年度上限 {money_text(change.cap_wan)} 超出范围"
        draft.refuse(change.place, found, "请写大于 0 的金额；要一段时间不做请用“停工”")
        return []
    return by_item(
        change,
        items,
        "年度上限",
        lambda no: ("yearly_cap_wan", no),
        change.cap_wan,
        money_text,
        note=_of_no_effect(items, change.cap_wan, draft),
    )


def _of_no_effect(items: tuple[Item, ...], cap: int, draft: Draft) -> str:
    """Say so where the plan's largest year stays the cap: else its want of effect would puzzle."""
    portfolio = draft.portfolio
    largest = portfolio.plan_wan.sum(axis=1).max(axis=0)
    more = tuple(item for item in items if largest[portfolio.position[item.no]] > cap)
    whose = items_text(more, len(portfolio.items))
    return f"{whose} 计划最大的一年更多，仍以那一年为上限" if more else ""
