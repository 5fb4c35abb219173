"""Items a scenario adds: their plan by the baseline rule, their own envelopes by the base rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from portfolio.model.calendar import Calendar
from portfolio.model.facts import MONTHS, month_label
from portfolio.model.items import STAGES, Item, Share
from portfolio.model.money import BPS, LARGEST_WAN
from portfolio.model.plan import baseline_plan, first_year_flaw
from portfolio.model.portfolio import (
    Conditions,
    Portfolio,
    asof_year_of,
    base_envelopes,
)
from portfolio.model.problems import InputError, Problem
from portfolio.model.scenarios.draft import money_text, percent_text
from portfolio.model.scenarios.plan import plan_span
from portfolio.model.scenarios.select import find_channel, find_risk_class
from portfolio.model.scenarios.settings import out_of_bounds
from portfolio.model.scenarios.verbs import AddItem
from portfolio.model.schema import Cell, sheet_named
from portfolio.model.schema.plan import ITEMS

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
    provenance = change.item.provenance or f"情景假设（{change.place}）"
    item = replace(change.item, risk_class=risk_class, provenance=provenance)
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
        raise InputError.of(
            change.place,
            f"新增大项 {change.item.no} 的投资排不进年度计划",
            f"请核对“年度计划”与“{portfolio.calendar.period_name}”投资、总投资是否相符，"
            "以及各年是否有已可用的资金渠道",
        ) from None
    _refuse_past(change, portfolio, plan)
    return appended(portfolio, (item,), shares, plan)


def _refuse_past(change: AddItem, portfolio: Portfolio, plan: np.ndarray) -> None:
    """Facts say what was done so far: what is added now can't have been planned before.

    Raises
    ------
    InputError
        Its plan asks for money in a year that is over or has begun.
    """
    if portfolio.facts is None:
        return
    calendar, open_from = portfolio.calendar, -(-portfolio.facts.asof_months // MONTHS)
    if not plan[:open_from].any():
        return
    begins, free = int(plan.any(axis=(1, 2)).argmax()), calendar.first_year + open_from
    raise InputError.of(
        change.place,
        f"新增大项 {change.item.no} 的计划从 {calendar.first_year + begins} 年起，"
        f"执行数已到 {month_label(portfolio.facts.asof_months - 1, calendar)}",
        f"请写“首年: {free}”或更晚"
        + (
            f"，“{calendar.period_name}”投资写 0"
            if free > calendar.period_last and change.item.plan_wan
            else ""
        )
        + "；已经动工的请写进工作簿的项目清单和月度执行",
    )


def _check(change: AddItem, portfolio: Portfolio) -> list[Problem]:
    """What is wrong with an added item whatever its channels are."""
    item, free = change.item, max(portfolio.position, default=0) + 1
    taken = any(other.name == item.name for other in portfolio.items)
    judged = (
        (item.no in portfolio.position, "的编号已有大项使用", f"请换一个编号，如 {free}"),
        (taken, f"的名称“{item.name}”已有大项使用", "请换一个名称"),
        *_judged_stage(item, portfolio),
        *_judged_bounds(item, portfolio.calendar),
        *_judged_first_year(item, portfolio.calendar),
        *_judged_money(change, portfolio),
    )
    return [
        Problem(place=change.place, found=f"新增大项 {item.no} {found}", fix=fix)
        for bad, found, fix in judged
        if bad
    ]


def _judged_bounds(item: Item, calendar: Calendar) -> Iterator[tuple[bool, str, str]]:
    """What 项目清单 asks of its columns is asked of an added item too."""
    for column in sheet_named(ITEMS.name, calendar).columns:
        value, said = getattr(item, column.key), column.added_as
        if not isinstance(value, int) or column.within(value):
            continue
        found, fix = f"{column.title}不大于 0", f"请写以亿元计的{column.title}"
        if said and said.refusal:
            found, fix = said.refusal
        elif column.cell is not Cell.MONEY or value > 0:
            found, fix = out_of_bounds(column, value)
        yield True, f"的{found}", fix


def _judged_first_year(item: Item, calendar: Calendar) -> Iterator[tuple[bool, str, str]]:
    """A first year fits the money, and there is some left to plan."""
    flaw = None
    if item.first_year is not None and item.first_year in calendar.plan_years:
        flaw = first_year_flaw(item.first_year, item.plan_wan, item.earlier_wan, calendar)
    yield flaw is not None, f"的{flaw[0]}" if flaw else "", flaw[1] if flaw else ""
    nothing = item.earlier_wan >= item.total_wan > 0 and not item.plan_wan
    yield nothing, "没有可推演的投资", "请核对总投资与此前已完成"


def _judged_stage(item: Item, portfolio: Portfolio) -> Iterator[tuple[bool, str, str]]:
    """The stress test needs to know what a stage means, where it knows any."""
    factors = {factor.stage for factor in portfolio.risk.stage_factors}
    realised = {realisation.stage for realisation in portfolio.realisations}
    fix = "请换一个阶段，或在表中补上这一行"
    lacking = bool(factors) and item.stage not in factors
    yield lacking, f"的阶段“{item.stage}”不在阶段系数表中", fix
    lacking = bool(factors) and item.stage == STAGES[-1] and item.stage not in realised
    yield lacking, f"的阶段“{item.stage}”不在落地率表中", fix


def _risk_class(change: AddItem, portfolio: Portfolio, problems: list[Problem]) -> str:
    """The key of the risk class meant; as written after a problem."""
    try:
        return find_risk_class(change.item.risk_class, portfolio.risk_classes, change.place).key
    except InputError as error:
        problems += [
            replace(problem, found=f"新增大项 {change.item.no} 的风险类别：{problem.found}")
            for problem in error.problems
        ]
        return change.item.risk_class


def _judged_money(change: AddItem, portfolio: Portfolio) -> Iterator[tuple[bool, str, str]]:
    everything = sum(item.total_wan for item in portfolio.items) + change.item.total_wan
    years, calendar = [year for year, _ in change.known_years_wan], portfolio.calendar
    outside = "、".join(str(y) for y in years if y not in calendar.plan_years)
    shared = sum(share.share_bps for share in change.shares)
    capped = [s.channel for s in change.shares if not s.share_bps <= s.max_share_bps <= BPS]
    total, later = money_text(change.item.total_wan), change.item.after_period_wan
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
                    found=f"新增大项 {change.item.no} 的资金结构两次写到“{channel.name}”",
                    fix="请合并成一个份额",
                )
            )
        shares.append(
            Share(
                item_no=change.item.no,
                channel_id=channel.id,
                share_bps=part.share_bps,
                max_share_bps=part.max_share_bps,
                provenance=f"情景假设（{change.place}）",
            )
        )
    return tuple(shares)


def appended(
    portfolio: Portfolio, items: tuple[Item, ...], shares: tuple[Share, ...], plan: np.ndarray
) -> Portfolio:
    """The portfolio with items at its end, their plan, and envelopes of their own money."""
    own = base_envelopes(
        plan,
        items,
        portfolio.channels,
        portfolio.calendar,
        asof_year=asof_year_of(portfolio.facts),
        floor_bps=portfolio.risk.floor_bps,
    )
    neutral = Conditions.neutral(len(items), portfolio.channels)
    base, conditions = portfolio.envelopes, portfolio.conditions

    def beside(old: np.ndarray, new: np.ndarray) -> np.ndarray:
        return np.concatenate([old, new], axis=-1)

    return replace(
        portfolio,
        items=(*portfolio.items, *items),
        shares=(*portfolio.shares, *shares),
        plan_wan=beside(portfolio.plan_wan, plan),
        envelopes=replace(
            base,
            own_ask_wan=beside(base.own_ask_wan, own.own_ask_wan),
            own_reserve_wan=beside(base.own_reserve_wan, own.own_reserve_wan),
            own_floor_wan=beside(base.own_floor_wan, own.own_floor_wan),
        ),
        conditions=replace(
            conditions,
            cost_bps=beside(conditions.cost_bps, neutral.cost_bps),
            volume_bps=beside(conditions.volume_bps, neutral.volume_bps),
            duration_bps=beside(conditions.duration_bps, neutral.duration_bps),
            lag_bps=beside(conditions.lag_bps, neutral.lag_bps),
            start_delay_quarters=beside(
                conditions.start_delay_quarters, neutral.start_delay_quarters
            ),
            stopped=beside(conditions.stopped, neutral.stopped),
            pace_bps=beside(conditions.pace_bps, neutral.pace_bps),
        ),
    )
