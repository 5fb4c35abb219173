"""A portfolio of four items and five channels in round figures, for scenarios to be laid on.

Yearly plan 2021–2025 in 亿元 (nothing before or after):

=====================  ====  ====  ====  ====  =====
item                   GPB   SPB   CBI   CORP  LOAN
=====================  ====  ====  ====  ====  =====
22 国铁干线             50          50
24 城市轨道交通               60                  40
31 旧村庄改造                  8          20      12
44 基础教育             10
=====================  ====  ====  ====  ====  =====

So GPB asks for 60 a year and keeps 10 % = 6 in reserve from 2023 on; SPB 68 and 6.8; CBI 50 and 5
(item 22) and CORP 20 and 2 (item 31) from the first year on. From 2026 only the reserve floor is
left: 30 % of the mean ask.
"""

from __future__ import annotations

from portfolio.model.calendar import SHIPPED
from portfolio.model.gates import Gate, GateType
from portfolio.model.items import (
    Carry,
    Channel,
    Item,
    Kind,
    Profile,
    RiskClass,
    Share,
    Target,
    TargetKind,
)
from portfolio.model.portfolio import Portfolio, build_portfolio

YI = 10_000


def item(no: int, name: str, work: str, category: str, yi: int, risk: str, *tags: str) -> Item:
    return Item(
        no=no, name=name, work=work, category=category, group=None, total_wan=yi * YI,
        plan_wan=yi * YI, earlier_wan=0, priority=1, tags=tags, risk_class=risk, stage="可研",
        profile=Profile.PROGRAMME, yearly_cap_wan=None, min_duration_years=1,
        contract_share_bps=0, min_capital_share_bps=2000, provenance="假设：测试",
    )  # fmt: skip


def channel(id: str, name: str, kind: Kind, first_year: int = 2021) -> Channel:
    carry = {Kind.POOLED: Carry.TWO_YEARS, Kind.CREDIT: None}.get(kind, Carry.TO_FINISH)
    return Channel(
        id=id, name=name, group="组", kind=kind, capital_bps=0 if kind is Kind.CREDIT else 10_000,
        first_year=first_year, release_bps=(2500, 2500, 2500, 2500), carry=carry,
        reserve_bps=1000 if carry else 0, reserve_floor_bps=3000 if carry else 0,
        provenance="假设：测试",
    )  # fmt: skip


def share(no: int, channel_id: str, percent: int) -> Share:
    return Share(
        item_no=no, channel_id=channel_id, share_bps=percent * 100, max_share_bps=10_000,
        provenance="假设：测试",
    )  # fmt: skip


def gate(id: str, pred: int, succ: int, type: GateType, **changes: object) -> Gate:
    plain: dict[str, object] = {"fraction_bps": None, "holds_bps": 0, "hard": True}
    return Gate(
        id=id, pred_no=pred, succ_no=succ, type=type, lag_quarters=0, reason="测试",
        provenance="假设：测试", **(plain | changes),  # type: ignore[arg-type]
    )  # fmt: skip


def risk(key: str, title: str, group: str) -> RiskClass:
    return RiskClass(
        key=key, title=title, corr_group=group, p_tail=0.1, tail_pareto_alpha=3.0, body_mu=0.0,
        body_sd=0.1, cost_cap=4.0, sched_ln_mu=0.0, sched_ln_sigma=0.1, beta_a=2.0, beta_b=2.0,
        stoppages_per_year=0.0, stoppage_mean_quarters=1.0, provenance="假设：测试",
    )  # fmt: skip


def target(year: int) -> Target:
    return Target(
        year=year, target_wan=200 * YI, kind=TargetKind.FLOOR, upper_wan=None,
        inclusion_bps=7000, programme_weight_bps=2000 if year <= 2025 else None,
        list_plan_wan=None, list_plan_kind=None, list_done_wan=None, published_projects=None,
        provenance="假设：测试",
    )  # fmt: skip


def four_items() -> Portfolio:
    return build_portfolio(
        calendar=SHIPPED,
        items=(
            item(22, "国铁干线", "交通枢纽工程", "轨道交通", 500, "rail_national", "交通", "续建"),
            item(24, "城市轨道交通", "交通枢纽工程", "轨道交通", 500, "rail_urban", "交通"),
            item(31, "旧村庄改造", "城市更新工程", "旧改", 200, "renewal_village", "续建"),
            item(44, "基础教育", "民生福祉工程", "教育", 50, "school", "民生", "续建"),
        ),
        gates=(
            gate("E001", 22, 24, GateType.PROGRESS, fraction_bps=2500, holds_bps=5000),
            gate("E002", 24, 31, GateType.SS),
            gate("E003", 31, 44, GateType.PROGRESS, fraction_bps=1000, holds_bps=6000, hard=False),
        ),
        channels=(
            channel("GPB", "一般公共预算", Kind.POOLED),
            channel("SPB", "地方政府专项债券", Kind.POOLED),
            channel("CBI", "中央预算内投资", Kind.EARMARKED),
            channel("CORP", "企业自筹", Kind.OWN),
            channel("LOAN", "银行贷款", Kind.CREDIT),
            channel("BOND", "企业债", Kind.CREDIT),
        ),
        shares=(
            share(22, "GPB", 50),
            share(22, "CBI", 50),
            share(24, "SPB", 60),
            share(24, "LOAN", 40),
            share(31, "CORP", 50),
            share(31, "SPB", 20),
            share(31, "LOAN", 30),
            share(44, "GPB", 100),
        ),
        targets=tuple(target(year) for year in range(2021, 2036)),
        risk_classes=(
            risk("rail_national", "国铁干线", "RAIL"),
            risk("rail_urban", "城市轨道", "RAIL"),
            risk("renewal_village", "城中村改造", "REN"),
            risk("school", "中小学", "BLD"),
        ),
    )
