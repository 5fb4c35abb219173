"""A finished repair seen from several sides: who gives and takes, who must approve, what was kept."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from portfolio.model.ledger import Lost, last_start_gate
from portfolio.model.limits import Limits, derive
from portfolio.model.measures import progress_wan
from portfolio.model.money import BPS, Wan
from portfolio.model.outcome import CauseKind, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation import Move, Reallocation, Stage, YearPromise
from portfolio.model.repair import RepairCase
from portfolio.model.repair_aims import wanted_wan, worked_wan
from portfolio.model.result import RunResult
from portfolio.report.wording import cause_name

Key = TypeVar("Key", bound=Hashable)

#: Less reads 0.0 亿元: no difference worth a line.
SHOWN_WAN = 500
AS_SPENT = "当年没有受阻，承接以前年度的进度"
CATCHES_UP = "补上以前年度少完成的"
_KINDS = {
    Lost.LATE_START: CauseKind.LATE_START,
    Lost.START_GATE: CauseKind.GATE,
    Lost.STOPPAGE: CauseKind.STOPPAGE,
    Lost.CEILING: CauseKind.GATE,
    Lost.CAPACITY: CauseKind.CAPACITY,
    Lost.CHANNEL: CauseKind.CHANNEL,
}


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Money given up and taken by somebody: sums of the moves, each in 万元 and not negative."""

    cells: int
    gives_wan: int
    takes_wan: int

    @property
    def net_wan(self) -> int:
        """Taken less given."""
        return self.takes_wan - self.gives_wan


@dataclass(frozen=True, kw_only=True)
class Approver:
    """What one authority has to approve, and between which quarters it can take effect.

    first_quarter, last_quarter : of what can take effect in its own year; None if nothing can
    late_cells : moves that can't
    """

    authority: str
    kinds: tuple[str, ...]
    flow: Flow
    first_quarter: int | None
    last_quarter: int | None
    late_cells: int


@dataclass(frozen=True, kw_only=True)
class ItemPromise:
    """What the repaired plan promises of an item in the plan years, and what its play made of it.

    promised_wan, played_wan : int64[15], money worked with and progress, at approved cost
    worst_year : the year in which the play lacks most (where it lacks nothing: differs most)
    worst_wan : played less promised in that year
    """

    item_no: int
    promised_wan: Wan
    played_wan: Wan
    worst_year: int
    worst_wan: int
    why: str


def known_bound(stage: Stage) -> float | None:
    """An aim's bound; one without end says as much as none."""
    bound = stage.bound_wan
    return bound if bound is not None and math.isfinite(bound) else None


def played_run(result: Reallocation) -> RunResult:
    """The run of the repaired plan; the scenario's own where there is no repair."""
    if result.repaired is None or result.outcome is None:
        return result.run
    return replace(result.run, portfolio=result.repaired, outcome=result.outcome)


def planned(result: Reallocation) -> Wan:
    """The repaired plan: int64[15, channel, item].

    Raises
    ------
    ValueError
        There is none: the case is infeasible.
    """
    if result.plan_wan is None:
        raise ValueError("an infeasible case has no plan")
    return result.plan_wan


def first_year(case: RepairCase) -> int:
    """The first year that can be adjusted."""
    return case.calendar.first_year + case.first_year


def largest_moves(result: Reallocation, most: int | None = None) -> tuple[Move, ...]:
    """Moves by size, the earliest first among equals."""
    ordered = sorted(result.moves, key=lambda m: (-abs(m.change_wan), m.year, m.item_no))
    return tuple(ordered[:most])


def flow(moves: Iterable[Move]) -> Flow:
    """The sums of some moves."""
    changes = [move.change_wan for move in moves]
    return Flow(
        cells=len(changes),
        gives_wan=-sum(change for change in changes if change < 0),
        takes_wan=sum(change for change in changes if change > 0),
    )


def flows(result: Reallocation, key: Callable[[Move], Key]) -> dict[Key, Flow]:
    """The moves summed by a key, in order of first appearance."""
    groups: defaultdict[Key, list[Move]] = defaultdict(list)
    for move in result.moves:
        groups[key(move)].append(move)
    return {name: flow(moves) for name, moves in groups.items()}


def approvers(result: Reallocation) -> tuple[Approver, ...]:
    """What each authority has to approve, the most money first."""
    groups: defaultdict[str, list[Move]] = defaultdict(list)
    for move in result.moves:
        groups[str(move.approval.authority)].append(move)
    rows = []
    for authority, moves in groups.items():
        known = [m.approval.effective_quarter for m in moves]
        quarters = [quarter for quarter in known if quarter is not None]
        rows.append(
            Approver(
                authority=authority,
                kinds=tuple(dict.fromkeys(str(m.approval.kind) for m in moves)),
                flow=flow(moves),
                first_quarter=min(quarters, default=None),
                last_quarter=max(quarters, default=None),
                late_cells=len(known) - len(quarters),
            )
        )
    return tuple(sorted(rows, key=lambda row: -(row.flow.gives_wan + row.flow.takes_wan)))


def need_wan(case: RepairCase, plan_wan: Wan) -> Wan:
    """What a plan takes of the envelopes at the scenario's cost, each cell rounded up: [15, channel]."""
    scaled = -(-plan_wan * case.portfolio.conditions.scale_bps // BPS)
    return np.asarray(scaled.sum(axis=2), dtype=np.int64)


def shown_years(result: Reallocation) -> tuple[YearPromise, ...]:
    """Converted years in which the four ways differ, or that stay below target while the list is full."""
    feasible = result.plan_wan is not None
    rows = []
    for year in result.years:
        if year.inclusion_bps is None:
            continue
        ways = [year.baseline_wan, year.shocked_wan]
        ways += [year.promised_wan, year.played_wan] if feasible else []
        below = year.target_wan is not None and min(ways) < year.target_wan
        if max(ways) - min(ways) >= SHOWN_WAN or (
            below and year.year <= result.calendar.last_full_list_year
        ):
            rows.append(year)
    return tuple(rows)


def wanted_by_year(result: Reallocation) -> dict[int, int]:
    """What each year is to reach (target, but no more than the baseline); only where it is asked."""
    wanted = wanted_wan(result.case)
    return {result.calendar.first_year + y: int(wan) for y, wan in enumerate(wanted) if wan > 0}


def shortfall_wan(wanted: int | None, reached_wan: int) -> int:
    """What a year lacks of what is wanted."""
    return 0 if wanted is None else max(0, wanted - reached_wan)


def item_promises(result: Reallocation) -> tuple[ItemPromise, ...]:
    """Items whose play differs from the repaired plan in some year, those that lack most first."""
    if result.repaired is None or result.outcome is None:
        return ()
    promised = worked_wan(result.case, planned(result)).sum(axis=1)
    limits = derive(result.repaired)
    progress = progress_wan(result.repaired, result.outcome)[3::4]
    played = np.diff(progress, axis=0, prepend=0)[:PLAN_YEARS]
    rows = []
    for index, item in enumerate(result.repaired.items):
        gap = played[:, index] - promised[:, index]
        if np.abs(gap).max(initial=0) < SHOWN_WAN:
            continue
        lacks = int(gap.min()) <= -SHOWN_WAN
        y = int(gap.argmin() if lacks else np.abs(gap).argmax())
        rows.append(
            ItemPromise(
                item_no=item.no,
                promised_wan=promised[:, index],
                played_wan=played[:, index],
                worst_year=result.calendar.first_year + y,
                worst_wan=int(played[y, index] - promised[y, index]),
                why=held_by(result.repaired, limits, result.outcome, index, y)
                if lacks
                else CATCHES_UP,
            )
        )
    return tuple(sorted(rows, key=lambda row: row.worst_wan))


def held_by(portfolio: Portfolio, limits: Limits, outcome: Outcome, index: int, y: int) -> str:
    """What held an item back in most quarters of a year, the earliest first among equals."""
    quarters = range(4 * y, 4 * y + 4)
    found = Counter(
        (int(outcome.lost[q, index]), int(outcome.lost_to[q, index]))
        for q in quarters
        if outcome.lost[q, index] != Lost.NOT
    )
    if not found:
        clock = portfolio.conditions
        slow = clock.duration_bps[index] > BPS or (clock.pace_bps[quarters, index] < BPS).any()
        return str(CauseKind.PACE) if slow else AS_SPENT
    (code, to), _ = found.most_common(1)[0]
    kind = _KINDS[Lost(code)]
    ref = None
    if kind is CauseKind.GATE:
        start = code == Lost.START_GATE
        ref = limits.gate_ids[last_start_gate(limits, index, outcome.gate_opened) if start else to]
    elif kind is CauseKind.CHANNEL:
        ref = limits.channel_ids[to]
    return cause_name(portfolio, kind, ref, index)


def year_causes(result: Reallocation) -> dict[int, tuple[str, ...]]:
    """Why the play lacks of the promise by year, what holds most money first."""
    repaired, outcome = result.repaired, result.outcome
    if repaired is None or outcome is None:
        return {}
    limits = derive(repaired)
    owed: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in item_promises(result):
        gap = row.promised_wan - row.played_wan
        for y in np.flatnonzero(gap >= SHOWN_WAN):
            index = repaired.position[row.item_no]
            why = held_by(repaired, limits, outcome, index, int(y))
            owed[result.calendar.first_year + int(y)][why] += int(gap[y])
    return {year: tuple(why for why, _ in found.most_common()) for year, found in owed.items()}
