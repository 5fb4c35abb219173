"""What the audit of a repaired plan works out anew from the case and the plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.gates import Gate, GateType
from portfolio.model.items import Kind
from portfolio.model.money import BPS, Wan
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.case import RepairCase


@dataclass(frozen=True, kw_only=True)
class GateFacts:
    """A binding gate that earlier money does not open.

    beyond_wan : what the predecessor must have reached since the first year
    room_wan : most the successor may have reached while the gate is closed
    closed, closed_in_baseline : bool[year] under the plan and under the workbook's plan
    """

    id: str
    pred: int
    succ: int
    beyond_wan: int
    room_wan: int
    closed: Mask
    closed_in_baseline: Mask


@dataclass(frozen=True, kw_only=True)
class RepairFacts:
    """What the checks need; arrays are int64[15 years, channel, item] or [year, item].

    plan_wan : the repaired plan, by the year of the allotment
    done_wan : the same by the year in which the money is there
    work_wan, reference_work_wan, baseline_work_wan : all channels of an item
    reference_wan : the case's reference, moved in time as the plan moves its items
    pledged_wan : the workbook's plan moved alike, whose loans and capital keep step
    held : a gate of the item is closed in the year, so that its floors give way
    """

    case: RepairCase
    plan_wan: Wan
    done_wan: Wan
    work_wan: Wan
    reference_wan: Wan
    pledged_wan: Wan
    gates: tuple[GateFacts, ...]
    held: Mask

    @property
    def portfolio(self) -> Portfolio:
        """The portfolio under the shock."""
        return self.case.portfolio

    @property
    def baseline_wan(self) -> Wan:
        """The workbook's plan."""
        return self.portfolio.plan_wan

    @property
    def before_wan(self) -> Wan:
        """What facts had drawn: loans keep step with capital after it; nothing without facts."""
        after = self.case.after
        return np.zeros_like(self.plan_wan) if after is None else after.drawn_wan

    @property
    def baseline_work_wan(self) -> Wan:
        """The workbook's plan by item: int64[year, item]."""
        return np.asarray(self.baseline_wan.sum(axis=1), dtype=np.int64)

    @property
    def reference_work_wan(self) -> Wan:
        """The reference by item: int64[year, item]."""
        return np.asarray(self.reference_wan.sum(axis=1), dtype=np.int64)

    def of_kind(self, *kinds: Kind) -> Mask:
        """Mask of the channels of the given kinds: bool[channel]."""
        return np.array([channel.kind in kinds for channel in self.portfolio.channels])

    def capital_wan_bps(self, money_wan: Wan) -> Wan:
        """Money × the channel's capital share, 0 for 随资本金: int64[year, item]."""
        share = [
            0 if channel.kind is Kind.CREDIT else channel.capital_bps
            for channel in self.portfolio.channels
        ]
        weighted = money_wan * np.array(share, dtype=np.int64)[:, None]
        return np.asarray(weighted.sum(axis=1), dtype=np.int64)


def repair_facts(case: RepairCase, plan_wan: Wan) -> RepairFacts:
    """Work out the facts of a plan; under `reschedule` the reference is still unmoved.

    Raises
    ------
    ValueError
        The plan has another shape than the workbook's or is not in whole 万元.
    """
    if plan_wan.shape != case.portfolio.plan_wan.shape:
        raise ValueError("the repaired plan has another shape than the workbook's")
    if not np.issubdtype(plan_wan.dtype, np.integer):
        raise ValueError("the repaired plan is not in whole 万元")
    plan = plan_wan.astype(np.int64)
    done = _done(case, plan)
    work = np.asarray(done.sum(axis=1), dtype=np.int64)
    gates = tuple(
        found for gate in case.portfolio.gates if (found := _gate(case, gate, work)) is not None
    )
    held = np.zeros(work.shape, dtype=np.bool_)
    for gate in gates:
        held[:, gate.succ] |= gate.closed
    return RepairFacts(
        case=case,
        plan_wan=plan,
        done_wan=done,
        work_wan=work,
        reference_wan=case.reference_wan,
        pledged_wan=case.portfolio.plan_wan,
        gates=gates,
        held=held,
    )


def may_shift(case: RepairCase) -> Mask:
    """Items that may start later: no money so far, and not of 民生: bool[item]."""
    return np.array(
        [
            not _begun(case, i) and "民生" not in item.tags
            for i, item in enumerate(case.portfolio.items)
        ],
        dtype=np.bool_,
    )


def may_stretch(case: RepairCase) -> Mask:
    """Items that may go on slower: under way, not of 民生, not both first in rank and past half."""
    return np.array(
        [
            _begun(case, i)
            and "民生" not in item.tags
            and not (item.priority == 1 and item.stage == "过半")
            for i, item in enumerate(case.portfolio.items)
        ],
        dtype=np.bool_,
    )


def _begun(case: RepairCase, item: int) -> bool:
    """Earlier money, in the past, or due in a year past."""
    if case.portfolio.items[item].earlier_wan > 0 or case.past_wan[:, :, item].any():
        return True
    return bool(case.reference_wan[: case.first_year, :, item].any())


def released_late_bps(case: RepairCase) -> Wan:
    """Part of a year's allotment that its fourth quarter has not released: int64[year, channel]."""
    conditions = case.portfolio.conditions
    late = np.zeros(conditions.delay_quarters[:PLAN_YEARS].shape, dtype=np.int64)
    for year, channel in np.ndindex(*late.shape):
        delay = int(conditions.delay_quarters[year, channel])
        release = conditions.release_bps[year, channel]
        there = int(release[: max(0, 4 - delay)].sum())
        shock = int(conditions.cut_from[year, channel])
        if shock < 3:  # of what comes after a shock inside the year only a part
            before = int(release[: max(0, shock + 1 - delay)].sum())
            there = before + (there - before) * int(conditions.cut_bps[year, channel]) // BPS
        late[year, channel] = BPS - there
    return late


def of_the_rest_bps(case: RepairCase, *, shock: bool = True) -> Wan:
    """Part of a begun year's rest that its fourth quarter has not released, after facts: [channel]."""
    conditions, year = case.portfolio.conditions, case.first_year
    past = case.asof_quarter + 1 - 4 * year
    late = np.zeros(len(case.portfolio.channels), dtype=np.int64)
    for channel in range(len(late)):
        delay = int(conditions.delay_quarters[year, channel])
        release = conditions.release_bps[year, channel]
        known, whole = (int(release[: max(0, k - delay)].sum()) for k in (past, 4))
        when = int(conditions.cut_from[year, channel])
        if shock and when < 3:
            before = max(int(release[: max(0, when + 1 - delay)].sum()), known)
            whole = before + (whole - before) * int(conditions.cut_bps[year, channel]) // BPS
        if known < BPS:
            late[channel] = BPS - (whole - known) * BPS // (BPS - known)
    return late


def _done(case: RepairCase, plan: Wan) -> Wan:
    """The plan by the year in which its money is there: late 统筹 money is there a year later."""
    first = case.first_year
    pooled = np.array([c.kind is Kind.POOLED for c in case.portfolio.channels])
    late = released_late_bps(case)
    if case.after is not None and case.year_is_running:
        late[first] = of_the_rest_bps(case)
    there = BPS - np.where(pooled[None], late, 0)
    asked = plan if case.after is None else plan - case.after.drawn_wan
    left = asked - asked * there[:, :, None] // BPS
    # What was released late in years past is in the past's own figures already.
    left[:first] = 0
    done = plan - left
    done[1:] += left[:-1]
    done[:first] = case.past_wan[:first]
    return np.asarray(done, dtype=np.int64)


def _gate(case: RepairCase, gate: Gate, work: Wan) -> GateFacts | None:
    """The gate's facts, or None for one that does not bind or is open from the start."""
    portfolio = case.portfolio
    if not portfolio.binds(gate):
        return None
    pred, succ = portfolio.item(gate.pred_no), portfolio.item(gate.succ_no)
    p, s = portfolio.position[gate.pred_no], portfolio.position[gate.succ_no]
    # An SS gate looks at the clock; by the year, the first 万元 tells that it moves.
    beyond = 1
    if gate.type is not GateType.SS:
        at = gate.at_wan(pred)
        assert at is not None
        beyond = at - pred.earlier_wan
    started = gate.type is GateType.SS and pred.earlier_wan > 0
    if started or beyond <= 0 or not portfolio.plan_wan[:, :, p].any():
        return None
    holds = gate.holds_wan(succ)
    lag_years = gate.lag_quarters // 4
    baseline = portfolio.plan_wan.sum(axis=1)
    return GateFacts(
        id=gate.id,
        pred=p,
        succ=s,
        beyond_wan=beyond,
        room_wan=0 if holds is None else holds - succ.earlier_wan,
        closed=_closed(work[:, p], beyond, lag_years),
        closed_in_baseline=_closed(baseline[:, p], beyond, lag_years),
    )


def _closed(work: Wan, beyond: int, lag_years: int) -> Mask:
    """Years in which the predecessor's money had not come to the threshold `lag_years` before."""
    reached = np.cumsum(work) >= beyond
    years = np.arange(len(work)) - lag_years
    return np.array([year < 0 or not reached[year] for year in years], dtype=np.bool_)
