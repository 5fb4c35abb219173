"""What a finished repair comes to: who gives and takes, who must approve, what was kept and why."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from portfolio.model.measures.held_in_year import HeldBy, held_by
from portfolio.model.measures.results import RunResult
from portfolio.model.money import BPS, SEEN_WAN, Wan
from portfolio.model.reallocation.aims import played_by_year, wanted_wan, worked_wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.result import Move, Reallocation, Stage
from portfolio.model.rules.parameters import derive

Key = TypeVar("Key", bound=Hashable)


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
    """What one body has to approve, and between which quarters it can take effect.

    known : whether it can be said whose body it is (级次 told)
    first_quarter, last_quarter : of what can take effect in its own year; None if nothing can
    late_cells : moves that can't
    """

    authority: str
    known: bool
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
    why : what held the item in that year; None where it lacks nothing and catches up
    """

    item_no: int
    promised_wan: Wan
    played_wan: Wan
    worst_year: int
    worst_wan: int
    why: HeldBy | None


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
    """What each body has to approve, the most money first."""
    groups: defaultdict[str, list[Move]] = defaultdict(list)
    for move in result.moves:
        groups[move.approval.body].append(move)
    rows = []
    for authority, moves in groups.items():
        known = [m.approval.effective_quarter for m in moves]
        quarters = [quarter for quarter in known if quarter is not None]
        rows.append(
            Approver(
                authority=authority,
                known=moves[0].approval.body_known,
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
    case = result.case
    promised = worked_wan(case, planned(result)).sum(axis=1)
    limits = derive(result.repaired)
    played = played_by_year(case, result.repaired, result.outcome)
    rows = []
    for index, item in enumerate(result.repaired.items):
        gap = played[:, index] - promised[:, index]
        gap[: case.first_year] = 0
        if np.abs(gap).max(initial=0) < SEEN_WAN:
            continue
        lacks = int(gap.min()) <= -SEEN_WAN
        y = int(gap.argmin() if lacks else np.abs(gap).argmax())
        rows.append(
            ItemPromise(
                item_no=item.no,
                promised_wan=promised[:, index],
                played_wan=played[:, index],
                worst_year=result.calendar.first_year + y,
                worst_wan=int(gap[y]),
                why=held_by(result.repaired, limits, result.outcome, index, y) if lacks else None,
            )
        )
    return tuple(sorted(rows, key=lambda row: row.worst_wan))


def year_causes(result: Reallocation) -> dict[int, tuple[HeldBy, ...]]:
    """Why the play lacks of the promise by year, what holds most money first."""
    repaired, outcome = result.repaired, result.outcome
    if repaired is None or outcome is None:
        return {}
    limits = derive(repaired)
    owed: defaultdict[int, Counter[HeldBy]] = defaultdict(Counter)
    for row in item_promises(result):
        gap = row.promised_wan - row.played_wan
        for y in np.flatnonzero(gap >= SEEN_WAN):
            index = repaired.position[row.item_no]
            why = held_by(repaired, limits, outcome, index, int(y))
            owed[result.calendar.first_year + int(y)][why] += int(gap[y])
    return {year: tuple(why for why, _ in found.most_common()) for year, found in owed.items()}
