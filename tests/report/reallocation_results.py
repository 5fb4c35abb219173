"""Repairs for the tests of their reports: made by a plain rule, no solver behind them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from portfolio.model.calendar import SHIPPED
from portfolio.model.items import Kind
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import progress_wan
from portfolio.model.money import BPS, Wan
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import aim_values, moved_wan, worked_wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.plan import lay_out
from portfolio.model.reallocation.result import (
    ConflictMember,
    FewestCells,
    Grandfathered,
    Infeasibility,
    Move,
    Price,
    Reallocation,
    Reason,
    RepairNeed,
    Stage,
    Verdict,
    Weighed,
    YearPromise,
)
from portfolio.model.reallocation.settings import Aim
from portfolio.model.rules.approval import approval_path
from portfolio.model.rules.parameters import derive
from portfolio.sim.one_path import play
from tests.model.four_items import four_items
from tests.report.results import result_of, shipped_run


def case_of(portfolio: Portfolio, first: int) -> RepairCase:
    """A case that knows no shock but the envelopes': the reference is the plan itself."""
    plan = portfolio.plan_wan
    past = plan.copy()
    past[first:] = 0
    return RepairCase(
        portfolio=portfolio,
        asof_quarter=4 * first - 1,
        reference_wan=plan.copy(),
        past_wan=past,
        work_bps=np.full((PLAN_YEARS, len(portfolio.items)), BPS, dtype=np.int64),
        slowed=np.zeros(len(portfolio.items), dtype=np.bool_),
    )


def within_envelopes(case: RepairCase) -> Wan:
    """The plan cut to the envelopes item by item, each cut moved to a channel that has room.

    What no channel has room for is given up: it follows after the plan's years.
    """
    portfolio = case.portfolio
    plan, pooled = portfolio.plan_wan.copy(), np.flatnonzero(derive(portfolio).pooled)
    dearest = int(portfolio.conditions.scale_bps.max())
    # At the dearest item's cost, and a 万元 an item for rounding up.
    spare = len(portfolio.items) if dearest > BPS else 0
    for y in range(case.first_year, PLAN_YEARS):
        room = portfolio.envelopes.pooled_wan[y] * BPS // dearest - spare - plan[y].sum(axis=1)
        for short in pooled:
            for index in range(len(portfolio.items)):
                for payer in pooled:
                    moved = min(-room[short], room[payer], plan[y, short, index])
                    if payer != short and moved > 0:
                        plan[y, short, index] -= moved
                        plan[y, payer, index] += moved
                        room[short] += moved
                        room[payer] -= moved
            for index in range(len(portfolio.items)):
                lost = max(0, min(-room[short], plan[y, short, index]))
                plan[y, short, index] -= lost
                room[short] += lost
    return plan


def moves_of(case: RepairCase, plan: Wan) -> tuple[Move, ...]:
    """Every changed cell as a move."""
    portfolio, moves = case.portfolio, []
    for y, c, i in np.argwhere(moved_wan(case, plan)):
        channel, item = portfolio.channels[c], portfolio.items[i]
        before, after = int(portfolio.plan_wan[y, c, i]), int(plan[y, c, i])
        more = after > before
        moves.append(
            Move(
                item_no=item.no,
                channel_id=channel.id,
                year=SHIPPED.first_year + int(y),
                before_wan=before,
                after_wan=after,
                reasons=(Reason.REPLACES, Reason.FROM_RESERVE) if more else (Reason.ENVELOPE_CUT,),
                approval=approval_path(
                    SHIPPED,
                    channel_id=channel.id,
                    channel_group=channel.group,
                    year=SHIPPED.first_year + int(y),
                    asof_quarter=case.asof_quarter,
                    increase=more,
                    from_reserve=more,
                    livelihood="民生" in item.tags,
                ),
            )
        )
    return tuple(moves)


def converted(portfolio: Portfolio, by_year: Wan, factor: int | None, year: int) -> int:
    y = year - SHIPPED.first_year
    return 0 if factor is None or y >= len(by_year) else int(by_year[y].sum()) * factor // BPS


def years_of(
    run: RunResult, case: RepairCase, plan: Wan | None, repaired: tuple[Portfolio, Outcome] | None
) -> tuple[YearPromise, ...]:
    """The plan years, converted four ways."""
    shocked = np.diff(progress_wan(run.portfolio, run.outcome)[3::4], axis=0, prepend=0)
    played, promised = shocked, case.portfolio.plan_wan.sum(axis=1)
    if repaired is not None and plan is not None:
        played = np.diff(progress_wan(*repaired)[3::4], axis=0, prepend=0)
        promised = worked_wan(case, plan).sum(axis=1)
    ways = (case.portfolio.plan_wan.sum(axis=1), shocked, promised, played)
    rows = []
    for target in case.portfolio.targets:
        if not SHIPPED.first_year <= target.year < SHIPPED.first_year + PLAN_YEARS:
            continue
        base, before, said, came = (
            converted(case.portfolio, way, target.inclusion_bps, target.year) for way in ways
        )
        rows.append(
            YearPromise(
                year=target.year,
                target_wan=target.target_wan,
                inclusion_bps=target.inclusion_bps,
                baseline_wan=base,
                shocked_wan=before,
                promised_wan=said,
                played_wan=came,
            )
        )
    return tuple(rows)


def prices_of(portfolio: Portfolio, year: int) -> tuple[Price, ...]:
    """A channel's price that holds both ways, one without end, and one of an item's cap."""
    pooled = [channel for channel in portfolio.channels if channel.kind is Kind.POOLED]
    channel, item = (pooled or portfolio.channels)[-1], portfolio.items[0]
    plain = {"year": year, "step_wan": 10_000, "limit_wan": 374_000, "used_wan": 374_000}
    return (
        Price(
            rule="voted_envelope", where=f"{year} 年{channel.name}额度", channel_id=channel.id,
            item_no=None, shortfall_wan=7_000, delay_wan=52_500, loans_wan=6_667,
            holds_down_wan=21_000, holds_up_wan=21_000, **plain,
        ),
        Price(
            rule="voted_envelope", where=f"{year} 年{channel.name}额度", channel_id=channel.id,
            item_no=None, shortfall_wan=0, delay_wan=0, loans_wan=0,
            holds_down_wan=None, holds_up_wan=None, **plain,
        ),
        Price(
            rule="yearly_cap", where=f"{item.label}的年度投资上限", channel_id=None,
            item_no=item.no, shortfall_wan=120, delay_wan=0, loans_wan=0,
            holds_down_wan=500, holds_up_wan=None, **plain,
        ),
    )  # fmt: skip


def repair_of(run: RunResult, first: int, *, verdict: Verdict = Verdict.PROVEN) -> Reallocation:
    """A feasible repair of a run, by `within_envelopes`."""
    case = case_of(run.portfolio, first)
    plan = within_envelopes(case)
    moves = moves_of(case, plan)
    repaired = lay_out(run.portfolio, plan, asof_quarter=case.asof_quarter)
    outcome = play(derive(repaired))
    values, proven = aim_values(case, plan), verdict is Verdict.PROVEN
    stages = tuple(
        Stage(
            aim=aim,
            value_wan=values[aim],
            bound_wan=float(values[aim]) if proven or not values[aim] else values[aim] * 0.968,
            proven=proven or not values[aim],
            seconds=1.25,
        )
        for aim in case.settings.aims
    )
    return Reallocation(
        run=run,
        case=case,
        verdict=verdict,
        stages=stages,
        weighed=weighed_of(case, values, proven=proven),
        fewest=FewestCells(
            cells=len(moves), bound=max(0, len(moves) - 2), proven=False, seconds=20.0
        ),
        plan_wan=plan,
        moves=moves,
        years=years_of(run, case, plan, (repaired, outcome)),
        prices=prices_of(run.portfolio, SHIPPED.first_year + first),
        infeasibility=None,
        grandfathered=(
            Grandfathered(rule="yearly_cap", where=run.portfolio.items[0].label, year=2024, beyond_wan=37),
        ),
        repaired=repaired,
        outcome=outcome,
        time_limit_seconds=120.0,
        solver="HiGHS 1.11.0",
    )  # fmt: skip


def weighed_of(case: RepairCase, values: Mapping[Aim, int], *, proven: bool) -> Weighed:
    """调整量 and 滞后 together, at the settings' rate."""
    value = values[Aim.MOVEMENT] + values[Aim.DELAY] * case.settings.delay_rate_bps // 10_000
    return Weighed(value_wan=value, least_wan=value * 0.968, proven=proven)


def infeasible_of(run: RunResult, first: int) -> Reallocation:
    """No plan satisfies the rules of a run."""
    case = case_of(run.portfolio, first)
    return Reallocation(
        run=run,
        case=case,
        verdict=Verdict.INFEASIBLE,
        stages=(),
        weighed=None,
        fewest=None,
        plan_wan=None,
        moves=(),
        years=years_of(run, case, None, None),
        prices=(),
        infeasibility=Infeasibility(
            needs=(
                RepairNeed(
                    rule="voted_envelope",
                    where="专项债券",
                    year=2023,
                    lacking_wan=372_000,
                    alternative="把 24 城市轨道交通的合同下限从 60% 降到 52%",
                ),
            ),
            conflict=(
                ConflictMember(rule="voted_envelope", where="地方政府专项债券", year=2023),
                ConflictMember(rule="signed_contracts", where="24 城市轨道交通", year=2023),
            ),
            conflict_is_minimal=True,
        ),
        grandfathered=(),
        repaired=None,
        outcome=None,
        time_limit_seconds=120.0,
        solver="HiGHS 1.11.0",
    )


def less_bonds(percent: int = 50, year: int = 2023) -> RunResult:
    """Four items whose special bonds of a year shrink, played as planned."""
    whole = four_items()
    ask, reserve = (
        part.copy() for part in (whole.envelopes.pooled_ask_wan, whole.envelopes.pooled_reserve_wan)
    )
    c = whole.channel_position["SPB"]
    ask[year - SHIPPED.first_year, c] = ask[year - SHIPPED.first_year, c] * (100 - percent) // 100
    shocked = replace(
        whole,
        envelopes=replace(whole.envelopes, pooled_ask_wan=ask, pooled_reserve_wan=reserve),
    )
    return result_of(shocked, baseline=whole)


def late_bonds() -> RunResult:
    """The same with bonds that come two quarters late in 2023 and items that cost a third more."""
    run = less_bonds()
    conditions = run.portfolio.conditions
    delay, cost = conditions.delay_quarters.copy(), conditions.cost_bps.copy()
    delay[2, run.portfolio.channel_position["SPB"]] = 2
    cost[:] = 10_333
    later = replace(
        run.portfolio, conditions=replace(conditions, delay_quarters=delay, cost_bps=cost)
    )
    return result_of(later, baseline=run.baseline)


@functools.cache
def small_repair() -> Reallocation:
    """The four items repaired, proven."""
    return repair_of(less_bonds(), 2)


@functools.cache
def put_off_repair() -> Reallocation:
    """The same with a quarter of an item's money of a year named for the last one."""
    base = small_repair()
    assert base.plan_wan is not None
    plan = base.plan_wan.copy()
    late = plan[3, :, 0] // 4
    plan[3, :, 0] -= late
    plan[PLAN_YEARS - 1, :, 0] += late
    repaired = lay_out(base.run.portfolio, plan, asof_quarter=base.case.asof_quarter)
    return replace(base, plan_wan=plan, repaired=repaired, outcome=play(derive(repaired)))


@functools.cache
def late_repair() -> Reallocation:
    """Bonds that come late, items that cost more."""
    return repair_of(late_bonds(), 2)


@functools.cache
def early_repair() -> Reallocation:
    """Every year can be adjusted."""
    return repair_of(less_bonds(), 0)


@functools.cache
def unmoved_repair() -> Reallocation:
    """Nothing is lacking: no move."""
    return repair_of(less_bonds(0), 2)


@functools.cache
def shipped_repair(verdict: Verdict = Verdict.UNPROVEN) -> Reallocation:
    """The shipped workbook under 专项债大幅收紧, repaired by the plain rule."""
    run = shipped_run("专项债大幅收紧")
    return repair_of(run, 3, verdict=verdict)


@functools.cache
def small_infeasible() -> Reallocation:
    """The four items without a repair."""
    return infeasible_of(less_bonds(90), 2)
