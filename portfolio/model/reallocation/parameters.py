"""The rules of a repair as numbers, derived once from a case; all at approved cost in 万元.

A bound is never tighter than what the baseline itself does, so that a plan nothing happened to
needs no repair; where the baseline goes beyond a rule it is listed in `Grandfathered`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from portfolio.model.arrays import Ints, Mask
from portfolio.model.items import LIVELIHOOD
from portfolio.model.money import BPS, Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import released_in_year_bps, withheld_bps
from portfolio.model.reallocation.case import RepairCase, raised_most_wan
from portfolio.model.reallocation.result import Grandfathered
from portfolio.model.reallocation.shares import ShareBounds, bonds_as_planned, share_bounds
from portfolio.model.rules.parameters import Limits, derive


@dataclass(frozen=True, kw_only=True)
class YearGate:
    """A binding gate by year.

    pred, succ : positions; lag_years whole years of its lag
    threshold_wan : cumulated money of the predecessor that opens it
    ceiling_wan : int64[15] most the successor may have while it is closed
    """

    index: int
    id: str
    pred: int
    succ: int
    lag_years: int
    threshold_wan: int
    ceiling_wan: Wan


@dataclass(frozen=True, kw_only=True)
class RepairLimits:
    """Shapes are [15 years, channel, item] and cut-downs of it.

    pooled, owned, credit : kinds of channels
    baseline_wan, reference_wan, past_wan : B, R and what is past
    before_wan : of it, what loans and capital do not look back to
    baseline_total_wan, reference_total_wan : [year, item]
    budget_wan : [item] planned money of the item
    loan_plan_wan : the plan whose loans and capital the loans keep step with: B, or B as moved
    open : [year, channel, item] 统筹 cells that may hold money
    share_wan : [channel, item] most a 统筹 channel may bring over all years
    envelope_wan : [year, channel] at actual cost; scale_bps : [item] actual per approved
    raised_most_wan : [channel] most that items can in time be given more of it in a running year
    released_bps : [year, channel] part of a year's allotment that can be drawn in it
    withheld_bps : [year, channel] part of it that is taken back, and paid by the next year's envelope
    contract_wan, continuity_wan, livelihood_wan : [year, item] floors
    cap_wan : [year, item] most in a year
    slowed : [item] never ahead of the reference
    own_fixed : [channel, item] own money that comes just as the shock leaves it
    credit_bps : [year, channel] part of the credit asked for that is granted in the year
    capital_bps : [channel]; ratio_bps : [item] least capital share
    shares : how far what pays an item in a year may change
    gates : binding gates that are not open from the start
    spare_wan : 万元 kept free at every bound, for rounding to whole 万元 (0: the rules themselves)
    """

    first_year: int
    pooled: Mask
    owned: Mask
    credit: Mask
    baseline_wan: Wan
    reference_wan: Wan
    past_wan: Wan
    before_wan: Wan
    baseline_total_wan: Wan
    reference_total_wan: Wan
    budget_wan: Wan
    loan_plan_wan: Wan
    open: Mask
    share_wan: Wan
    envelope_wan: Wan
    raised_most_wan: Wan
    scale_bps: Ints
    released_bps: Ints
    withheld_bps: Ints
    contract_wan: Wan
    continuity_wan: Wan
    livelihood_wan: Wan
    cap_wan: Wan
    slowed: Mask
    own_fixed: Mask
    credit_bps: Ints
    capital_bps: Ints
    ratio_bps: Ints
    shares: ShareBounds
    gates: tuple[YearGate, ...]
    grandfathered: tuple[Grandfathered, ...]
    spare_wan: int = 0


def with_spare(limits: RepairLimits, wan: int) -> RepairLimits:
    """The same rules a few 万元 tighter, so that a plan under them can be rounded to whole 万元."""
    envelope = np.maximum(limits.envelope_wan - 3 * wan, 0)
    tighter = replace(limits, envelope_wan=envelope, spare_wan=wan)
    kinds = "contract_wan", "continuity_wan", "livelihood_wan"
    most = limits.reference_total_wan
    floored: Any = {k: raised(tighter, getattr(limits, k), most) for k in kinds}
    return replace(tighter, **floored)


def raised(limits: RepairLimits, floor: Wan, reference: Wan) -> Wan:
    """Floors of a reference higher by what the limits keep free, but never above it or the cap."""
    most = np.maximum(np.minimum(reference, limits.cap_wan), floor)
    return np.where(floor > 0, np.minimum(floor + limits.spare_wan, most), 0)


def derive_repair(case: RepairCase) -> RepairLimits:
    """Derive the rules' numbers from a case."""
    portfolio, limits = case.portfolio, derive(case.portfolio)
    baseline = portfolio.plan_wan[:PLAN_YEARS]
    totals, reference = baseline.sum(axis=1), case.reference_wan.sum(axis=1)
    budget = totals.sum(axis=0)
    cap, beyond_cap = _caps(case, limits, reference)
    gates, beyond_gates = _gates(case, limits, totals)
    ratio, beyond_ratio = _ratios(case, limits)
    contract, continuity, livelihood = floors(case, reference, cap)
    open_ = _open_cells(case, limits)
    return RepairLimits(
        first_year=case.first_year,
        pooled=limits.pooled,
        owned=limits.owned,
        credit=limits.credit,
        baseline_wan=baseline,
        reference_wan=case.reference_wan,
        past_wan=case.past_wan,
        before_wan=case.before_wan,
        baseline_total_wan=totals,
        reference_total_wan=reference,
        budget_wan=budget,
        loan_plan_wan=baseline,
        open=open_,
        share_wan=np.maximum(limits.substitute_most_bps * budget // BPS, baseline.sum(axis=0)),
        envelope_wan=limits.pooled_wan[:PLAN_YEARS],
        raised_most_wan=raised_most_wan(case),
        scale_bps=limits.scale_bps,
        released_bps=released_in_year_bps(case),
        withheld_bps=withheld_bps(case),
        contract_wan=contract,
        continuity_wan=continuity,
        livelihood_wan=livelihood,
        cap_wan=cap,
        slowed=case.slowed,
        own_fixed=_own_fixed(case, limits, gates),
        credit_bps=_credit(limits),
        capital_bps=limits.capital_bps,
        ratio_bps=ratio,
        shares=share_bounds(case, limits, open_),
        gates=gates,
        grandfathered=(*beyond_cap, *beyond_gates, *beyond_ratio, *bonds_as_planned(case)),
    )


def floors(case: RepairCase, reference: Wan, cap: Wan) -> tuple[Wan, Wan, Wan]:
    """已签约, 不得停停建建 and 民生 floors of a reference by year and item, never above the cap."""
    most = np.minimum(reference, cap)
    most[: case.first_year] = 0
    tagged = np.array([LIVELIHOOD in item.tags for item in case.portfolio.items])
    settings = case.settings
    return (
        np.minimum(_contract_floors(case, reference), most),
        np.minimum(reference * settings.continuity_bps // BPS, most),
        np.minimum(reference * settings.livelihood_bps // BPS, most) * tagged,
    )


def _open_cells(case: RepairCase, limits: Limits) -> Mask:
    """统筹 cells that may hold money: eligible, the channel exists, the item may have begun."""
    portfolio = case.portfolio
    years = np.arange(PLAN_YEARS)
    baseline = portfolio.plan_wan[:PLAN_YEARS]
    eligible = (limits.substitute_most_bps > 0) | (baseline.sum(axis=0) > 0)
    exists = (
        np.array([c.first_year - portfolio.calendar.first_year for c in portfolio.channels])[None]
        <= years[:, None]
    )
    begun = np.cumsum(case.reference_wan.sum(axis=1), axis=0) > 0
    adjustable = (years >= case.first_year)[:, None, None]
    return np.asarray(
        limits.pooled[None, :, None]
        & eligible[None]
        & exists[:, :, None]
        & begun[:, None, :]
        & adjustable
    )


def _contract_floors(case: RepairCase, reference: Wan) -> Wan:
    """已签约: the signed share of the first year that can be adjusted, less in each further one."""
    share = np.array([i.contract_share_bps for i in case.portfolio.items], dtype=np.int64)
    floors = np.zeros_like(reference)
    for year in range(case.first_year, PLAN_YEARS):
        floors[year] = reference[year] * share // BPS
        share = share * case.settings.contract_decay_bps // BPS
    return floors


def _caps(
    case: RepairCase, limits: Limits, reference: Wan
) -> tuple[Wan, tuple[Grandfathered, ...]]:
    cap = limits.yearly_cap_wan * case.work_bps // BPS
    beyond = reference - cap
    items = case.portfolio.items
    listed = tuple(
        Grandfathered(
            rule="yearly_cap",
            where=items[i].label,
            year=case.calendar.first_year + int(y),
            beyond_wan=int(beyond[y, i]),
        )
        for y, i in np.argwhere(beyond > limits.channels_used)
        if y >= case.first_year
    )
    return np.maximum(cap, reference), listed


def _gates(
    case: RepairCase, limits: Limits, totals: Wan
) -> tuple[tuple[YearGate, ...], tuple[Grandfathered, ...]]:
    """Binding gates by year; where the baseline itself passes one, its own money is the ceiling."""
    arrays, cumulated = limits.gates, np.cumsum(totals, axis=0)
    found, listed = [], []
    for g, gate in enumerate(case.portfolio.gates):
        if not arrays.binds[g] or arrays.open_from_start[g]:
            continue
        pred, succ = int(arrays.pred[g]), int(arrays.succ[g])
        lag = int(arrays.lag_quarters[g]) // 4
        threshold = 1 if arrays.follows_clock[g] else int(arrays.beyond_wan[g])
        reached = np.zeros(PLAN_YEARS, dtype=np.int64)
        reached[lag:] = cumulated[: PLAN_YEARS - lag, pred]
        closed, room = reached < threshold, int(arrays.room_wan[g])
        ceiling = np.where(closed, np.maximum(room, cumulated[:, succ]), room)
        found.append(
            YearGate(
                index=g,
                id=gate.id,
                pred=pred,
                succ=succ,
                lag_years=lag,
                threshold_wan=threshold,
                ceiling_wan=ceiling,
            )
        )
        listed += [
            Grandfathered(
                rule="gate_by_year",
                where=f"{gate.id}（{case.portfolio.items[succ].label}）",
                year=case.calendar.first_year + int(y),
                beyond_wan=int(cumulated[y, succ]) - room,
            )
            for y in np.flatnonzero(closed & (cumulated[:, succ] > room))
            if y >= case.first_year
        ]
    return tuple(found), tuple(listed)


def _ratios(case: RepairCase, limits: Limits) -> tuple[Ints, tuple[Grandfathered, ...]]:
    """Least capital share by item: the sheet's, but no more than the baseline or the shock leave."""
    asked = np.array([i.min_capital_share_bps for i in case.portfolio.items], dtype=np.int64)

    def reached(plan: Wan) -> Ints:
        by_channel = plan.sum(axis=0)
        capital = (by_channel * limits.capital_bps[:, None]).sum(axis=0)
        whole = by_channel.sum(axis=0)
        return np.where(whole > 0, capital // np.maximum(whole, 1), BPS)

    baseline = reached(case.portfolio.plan_wan[:PLAN_YEARS])
    listed = tuple(
        Grandfathered(
            rule="capital_ratio",
            where=f"{case.portfolio.items[i].label}（{baseline[i] / 100:.1f}%，"
            f"应不低于 {asked[i] / 100:.0f}%）",
            year=None,
            beyond_wan=int(
                (asked[i] - baseline[i]) * case.portfolio.plan_wan[:, :, i].sum() // BPS
            ),
        )
        for i in np.flatnonzero(baseline < asked)
    )
    return np.minimum(np.minimum(asked, baseline), reached(case.reference_wan)), listed


def _own_fixed(case: RepairCase, limits: Limits, gates: tuple[YearGate, ...]) -> Mask:
    """Own money that comes just as the shock leaves it: no gate holds the item, nothing in arrears."""
    held = np.zeros(len(case.portfolio.items), dtype=np.bool_)
    for gate in gates:
        held[gate.succ] = True
    before = slice(0, case.first_year)
    arrears = (case.reference_wan[before].sum(axis=0) != case.past_wan[before].sum(axis=0)) & (
        limits.owned[:, None]
    )
    return np.asarray(limits.owned[:, None] & ~held[None] & ~arrears)


def _credit(limits: Limits) -> Ints:
    """Part of the credit asked for that comes within the year: int64[15, channel]."""
    released = limits.released_bps[:PLAN_YEARS, :, 3]
    granted = limits.credit_bps[:PLAN_YEARS] * released // BPS
    return np.where(limits.credit_limited[:PLAN_YEARS], granted, BPS)
