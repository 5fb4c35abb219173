"""Items a scenario adds: their plan by the baseline rule, their own envelopes by the base rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from portfolio.model.items import STAGES, Item, Share
from portfolio.model.money import BPS, LARGEST_WAN
from portfolio.model.plan import baseline_plan
from portfolio.model.portfolio import Conditions, Envelopes, Portfolio, base_envelopes
from portfolio.model.problems import InputError, Problem
from portfolio.model.scenarios.changes import AddItem
from portfolio.model.scenarios.draft import money_text, percent_text
from portfolio.model.scenarios.item_changes import PRIORITIES
from portfolio.model.scenarios.lookup import find_channel, find_risk_class
from portfolio.model.scenarios.plan_changes import plan_span

NOTE = "计划按基准规则编排，其上级指定和专属渠道额度按基准规则新增；统筹渠道额度不变"


def add_item(change: AddItem, portfolio: Portfolio) -> Portfolio:
    """The portfolio with the item at its end.

    Raises
    ------
    InputError
        Number or name is taken, a channel or risk class is unknown, sums don't fit.
    """
    problems = _check(change, portfolio)
    risk_class = _risk_class(change, portfolio, problems)
    shares = _shares(change, portfolio, problems)
    if problems:
        raise InputError(problems)
    item = _item(change, risk_class)
    weights = {target.year: target.programme_weight_bps or 0 for target in portfolio.targets}
    try:
        plan = baseline_plan(
            items=(item,),
            channels=portfolio.channels,
            shares=shares,
            known_years={(item.no, year): wan for year, wan in change.known_years_wan},
            programme_weights_bps=tuple(weights.get(year, 0) for year in portfolio.calendar.period),
            risk_classes={risk.key: risk for risk in portfolio.risk_classes},
            calendar=portfolio.calendar,
        )
    except ValueError:
        raise InputError(
            [
                Problem(
                    place=change.place,
                    found=f"新增大项 {change.no} 的投资排不进年度计划",
                    fix=f"请核对“年度计划”与“{portfolio.calendar.period_name}”投资、总投资是否相符，"
                    "以及各年是否有已可用的资金渠道",
                )
            ]
        ) from None
    return _appended(portfolio, item, shares, plan)


def _check(change: AddItem, portfolio: Portfolio) -> list[Problem]:
    """What is wrong with an added item whatever its channels are."""
    free = max(portfolio.position, default=0) + 1
    taken = any(item.name == change.name for item in portfolio.items)
    judged = (
        (change.no in portfolio.position, "的编号已有大项使用", f"请换一个编号，如 {free}"),
        (taken, f"的名称“{change.name}”已有大项使用", "请换一个名称"),
        (change.priority not in PRIORITIES, "的优先级超出 1–4", "请写 1（最先）至 4（最后）"),
        *_judged_stage(change, portfolio),
        *_judged_money(change, portfolio),
    )
    return [
        Problem(place=change.place, found=f"新增大项 {change.no} {found}", fix=fix)
        for bad, found, fix in judged
        if bad
    ]


def _judged_stage(change: AddItem, portfolio: Portfolio) -> Iterator[tuple[bool, str, str]]:
    """The stress test needs to know what a stage means, where it knows any."""
    factors = {factor.stage for factor in portfolio.risk.stage_factors}
    realised = {realisation.stage for realisation in portfolio.realisations}
    fix = "请换一个阶段，或在表中补上这一行"
    lacking = bool(factors) and change.stage not in factors
    yield lacking, f"的阶段“{change.stage}”不在阶段系数表中", fix
    lacking = bool(factors) and change.stage == STAGES[-1] and change.stage not in realised
    yield lacking, f"的阶段“{change.stage}”不在落地率表中", fix


def _risk_class(change: AddItem, portfolio: Portfolio, problems: list[Problem]) -> str:
    """The key of the risk class meant; as written after a problem."""
    try:
        return find_risk_class(change.risk_class, portfolio.risk_classes, change.place).key
    except InputError as error:
        problems += [
            replace(problem, found=f"新增大项 {change.no} 的风险类别：{problem.found}")
            for problem in error.problems
        ]
        return change.risk_class


def _judged_money(change: AddItem, portfolio: Portfolio) -> Iterator[tuple[bool, str, str]]:
    later = change.total_wan - change.plan_wan - change.earlier_wan
    everything = sum(item.total_wan for item in portfolio.items) + change.total_wan
    years, calendar = [year for year, _ in change.known_years_wan], portfolio.calendar
    outside = "、".join(str(y) for y in years if y not in calendar.plan_years)
    shared = sum(share.share_bps for share in change.shares)
    capped = [s.channel for s in change.shares if not s.share_bps <= s.max_share_bps <= BPS]
    total = money_text(change.total_wan)
    yield change.total_wan <= 0, "的总投资不大于 0", "请写以亿元计的总投资"
    yield (
        later < 0,
        f"的总投资 {total} 小于“{calendar.period_name}”与以前年度投资之和",
        "请核对三个金额",
    )
    yield everything > LARGEST_WAN, "使总投资过大", "请核对金额单位（亿元）"
    yield bool(outside), f"的年度计划有 {outside} 年", f"请写 {plan_span(calendar)} 年"
    yield shared != BPS, f"的资金结构合计 {percent_text(shared)}", "各渠道份额之和须为 100%"
    yield bool(capped), f"的份额上限不妥：{'、'.join(capped)}", "上限须不小于份额、不超过 100%"


def _shares(change: AddItem, portfolio: Portfolio, problems: list[Problem]) -> tuple[Share, ...]:
    shares: list[Share] = []
    for part in change.shares:
        try:
            channel = find_channel(part.channel, portfolio.channels, change.place)
        except InputError as error:
            problems += error.problems
            continue
        if any(share.channel_id == channel.id for share in shares):
            problems.append(
                Problem(
                    place=change.place,
                    found=f"新增大项 {change.no} 的资金结构两次写到“{channel.name}”",
                    fix="请合并成一个份额",
                )
            )
        shares.append(
            Share(
                item_no=change.no,
                channel_id=channel.id,
                share_bps=part.share_bps,
                max_share_bps=part.max_share_bps,
                provenance=f"情景假设（{change.place}）",
            )
        )
    return tuple(shares)


def _item(change: AddItem, risk_class: str) -> Item:
    return Item(
        no=change.no,
        name=change.name,
        work=change.work,
        category=change.category,
        group=None,
        total_wan=change.total_wan,
        plan_wan=change.plan_wan,
        earlier_wan=change.earlier_wan,
        priority=change.priority,
        tags=change.tags,
        risk_class=risk_class,
        stage=change.stage,
        profile=change.profile,
        yearly_cap_wan=change.yearly_cap_wan,
        min_duration_years=change.min_duration_years,
        contract_share_bps=change.contract_share_bps,
        min_capital_share_bps=change.min_capital_share_bps,
        provenance=change.provenance or f"情景假设（{change.place}）",
    )


def _appended(
    portfolio: Portfolio, item: Item, shares: tuple[Share, ...], plan: np.ndarray
) -> Portfolio:
    own = base_envelopes(plan, (item,), portfolio.channels, portfolio.calendar)
    neutral = Conditions.neutral(1, portfolio.channels)
    base, conditions = portfolio.envelopes, portfolio.conditions

    def beside(old: np.ndarray, new: np.ndarray) -> np.ndarray:
        return np.concatenate([old, new], axis=-1)

    return replace(
        portfolio,
        items=(*portfolio.items, item),
        shares=(*portfolio.shares, *shares),
        plan_wan=beside(portfolio.plan_wan, plan),
        envelopes=Envelopes(
            pooled_ask_wan=base.pooled_ask_wan,
            pooled_reserve_wan=base.pooled_reserve_wan,
            own_ask_wan=beside(base.own_ask_wan, own.own_ask_wan),
            own_reserve_wan=beside(base.own_reserve_wan, own.own_reserve_wan),
        ),
        conditions=replace(
            conditions,
            cost_bps=beside(conditions.cost_bps, neutral.cost_bps),
            volume_bps=beside(conditions.volume_bps, neutral.volume_bps),
            duration_bps=beside(conditions.duration_bps, neutral.duration_bps),
            start_delay_quarters=beside(
                conditions.start_delay_quarters, neutral.start_delay_quarters
            ),
            stopped=beside(conditions.stopped, neutral.stopped),
            pace_bps=beside(conditions.pace_bps, neutral.pace_bps),
        ),
    )
