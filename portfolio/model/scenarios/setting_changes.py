"""Changes to targets and policies as settings."""

from __future__ import annotations

from typing import Any

from portfolio.model.items import TargetKind
from portfolio.model.money import BPS
from portfolio.model.problems import did_you_mean
from portfolio.model.scenarios.changes import (
    AllotmentPolicy,
    Change,
    InclusionFactor,
    SoftGates,
    SubstitutionPolicy,
    TargetChange,
)
from portfolio.model.scenarios.channel_changes import per_year
from portfolio.model.scenarios.draft import Draft, Setting, factor_text, money_text


def _known_years(change: Change, draft: Draft, years: tuple[int, ...]) -> list[int]:
    known = [target.year for target in draft.portfolio.targets]
    missing = [year for year in years if year not in known]
    if missing:
        span = f"{min(known)}–{max(known)}" if known else ""
        fix = f"该表有 {span} 年" if span else did_you_mean("", [])
        draft.refuse(
            change.place,
            f"年度目标表没有 {'、'.join(map(str, missing))} 年",
            f"{fix}；请改年份，或先在表中补行",
        )
    return [year for year in years if year in known]


def target_settings(change: TargetChange, draft: Draft) -> list[Setting]:
    """年度目标."""
    given: dict[str, tuple[str, Any]] = {
        "target_wan": ("年度目标", change.target_wan),
        "kind": ("年度目标类型", change.kind),
        "upper_wan": ("年度目标上限", change.upper_wan),
    }
    if all(value is None for _, value in given.values()):
        draft.refuse(change.place, "没有写目标要改什么", "请写“金额”“类型”“上限金额”中的至少一项")
    for title, amount in (("年度目标", change.target_wan), ("年度目标上限", change.upper_wan)):
        if amount is not None and amount <= 0:
            draft.refuse(
                change.place, f"{title} {money_text(amount)} 不大于 0", "请写大于 0 的金额"
            )
    years = _known_years(change, draft, change.years)
    for year in years:
        values = {
            name: draft.old(("target", year, name)) if value is None else value
            for name, (_, value) in given.items()
        }
        _check_band(change, draft, year, values)
    return [
        Setting(
            quantity=f"{{years}} {title}",
            writes=tuple((("target", year, name), value) for year in years),
            place=change.place,
            text=str if name == "kind" else money_text,
        )
        for name, (title, value) in given.items()
        if value is not None and years
    ]


def _check_band(change: Change, draft: Draft, year: int, values: dict[str, Any]) -> None:
    target, upper = values["target_wan"], values["upper_wan"]
    if values["kind"] is not TargetKind.BAND:
        return
    if upper is None or target is None or upper <= target:
        found = f"{year}年目标为区间，下端 {money_text(target)}、上端 {money_text(upper)}"
        draft.refuse(change.place, found, "区间须同时有“金额”和大于它的“上限金额”")


def inclusion_settings(change: InclusionFactor, draft: Draft) -> list[Setting]:
    """入列系数."""
    if any(not 0 < factor <= BPS for factor in change.factors_bps):
        draft.refuse(change.place, "入列系数超出范围", "入列系数请写大于 0、不超过 1 的数，如 0.7")
    years = list(change.years)
    factors = dict(zip(years, per_year(draft, change, years, change.factors_bps), strict=False))
    known = _known_years(change, draft, change.years)
    writes = tuple((("target", y, "inclusion_bps"), factors[y]) for y in known if y in factors)
    return [
        Setting(quantity="{years} 入列系数", writes=writes, place=change.place, text=factor_text)
    ]


def soft_gate_settings(change: SoftGates, draft: Draft) -> list[Setting]:
    """软前置条件."""
    return [_policy(change, "soft_gates_bind", "软前置条件", change.bind, "生效", "不生效")]


def allotment_settings(change: AllotmentPolicy, draft: Draft) -> list[Setting]:
    """分配方式."""
    return [_policy(change, "in_order", "同级分配方式", change.in_order, "按顺序", "按比例")]


def substitution_settings(change: SubstitutionPolicy, draft: Draft) -> list[Setting]:
    """资金替代."""
    return [_policy(change, "substitution", "资金替代", change.allowed, "可替代", "不替代")]


def _policy(change: Change, name: str, title: str, value: bool, yes: str, no: str) -> Setting:
    return Setting(
        quantity=title,
        writes=((("policy", name), value),),
        place=change.place,
        text=lambda on: yes if on else no,
    )
