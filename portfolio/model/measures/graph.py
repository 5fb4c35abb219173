"""What the graph of gates tells: the longest chains, and the items most others wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from portfolio.model.gates import Gate, item_order
from portfolio.model.items import Item
from portfolio.model.measures.planned import (
    plan_quarters,
    planned_opening,
    planned_progress_wan,
    planned_span,
    planned_starts,
)
from portfolio.model.measures.years import progress_wan
from portfolio.model.money import Wan
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import or_end


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Items each of which waits for the one before it, and the gates between them.

    `quarters` and `total_wan` are the sums of the items' planned quarters and of their money.
    """

    items: tuple[Item, ...]
    gates: tuple[Gate, ...]
    quarters: int
    total_wan: int


@dataclass(frozen=True, kw_only=True)
class WaitedFor:
    """How many items wait for an item, directly and through others.

    An item counts as hard when a hard gate (a path of hard gates only) leads to it, otherwise as
    soft; the two together are all that wait.
    """

    item: Item
    direct_hard: int
    direct_soft: int
    through_hard: int
    through_soft: int

    @property
    def direct(self) -> int:
        """Items that wait directly."""
        return self.direct_hard + self.direct_soft

    @property
    def through(self) -> int:
        """Items that wait directly or through others."""
        return self.through_hard + self.through_soft


@dataclass(frozen=True, kw_only=True)
class LongestChains:
    """The longest chain by number of gates, by planned quarters, by money; None without gates."""

    by_gates: Chain | None
    by_quarters: Chain | None
    by_money: Chain | None


def planned_lengths(portfolio: Portfolio) -> dict[int, int]:
    """Planned quarters from an item's first money to its last, by item number."""
    _, length = planned_span(plan_quarters(portfolio))
    return {item.no: int(n) for item, n in zip(portfolio.items, length, strict=True)}


def longest_chains(portfolio: Portfolio, *, hard_only: bool = False) -> LongestChains:
    """The longest chains over all gates, or over the hard ones; ties go to the sheet's order."""
    gates = tuple(gate for gate in portfolio.gates if gate.hard or not hard_only)
    if not gates:
        return LongestChains(by_gates=None, by_quarters=None, by_money=None)
    lengths = planned_lengths(portfolio)
    return LongestChains(
        by_gates=_longest(portfolio, gates, lengths, lambda item: 1),
        by_quarters=_longest(portfolio, gates, lengths, lambda item: lengths[item.no]),
        by_money=_longest(portfolio, gates, lengths, lambda item: item.total_wan),
    )


def _longest(
    portfolio: Portfolio,
    gates: tuple[Gate, ...],
    lengths: dict[int, int],
    weight: Callable[[Item], int],
) -> Chain:
    """The chain of at least one gate with the largest sum of `weight`: best path to each item."""
    incoming: dict[int, list[Gate]] = {item.no: [] for item in portfolio.items}
    for gate in gates:
        incoming[gate.succ_no].append(gate)
    by_no = {item.no: item for item in portfolio.items}
    best: dict[int, tuple[int, Gate | None]] = {}
    for index in item_order(portfolio.items, gates):
        item = portfolio.items[index]
        # `max` keeps the first of equals: the sheet's order decides.
        last = max(incoming[item.no], key=lambda gate: best[gate.pred_no][0], default=None)
        before = 0 if last is None else best[last.pred_no][0]
        best[item.no] = (before + weight(item), last)
    ends = [item.no for item in portfolio.items if best[item.no][1] is not None]
    end = max(ends, key=lambda no: best[no][0])
    walked: list[Gate] = []
    step = best[end][1]
    while step is not None:
        walked.insert(0, step)
        step = best[step.pred_no][1]
    items = (*(by_no[gate.pred_no] for gate in walked), by_no[end])
    return Chain(
        items=items,
        gates=tuple(walked),
        quarters=sum(lengths[item.no] for item in items),
        total_wan=sum(item.total_wan for item in items),
    )


def most_waited_for(portfolio: Portfolio) -> tuple[WaitedFor, ...]:
    """All items that something waits for, those with most waiting (through others) first."""
    all_next = _successors(portfolio.gates)
    hard_next = _successors(gate for gate in portfolio.gates if gate.hard)
    rows = []
    for item in portfolio.items:
        direct, direct_hard = all_next.get(item.no, set()), hard_next.get(item.no, set())
        through, through_hard = _reachable(item.no, all_next), _reachable(item.no, hard_next)
        if direct:
            rows.append(
                WaitedFor(
                    item=item,
                    direct_hard=len(direct_hard),
                    direct_soft=len(direct - direct_hard),
                    through_hard=len(through_hard),
                    through_soft=len(through - through_hard),
                )
            )
    return tuple(sorted(rows, key=lambda row: (-row.through, -row.direct, row.item.no)))


def _successors(gates: Iterable[Gate]) -> dict[int, set[int]]:
    following: dict[int, set[int]] = {}
    for gate in gates:
        following.setdefault(gate.pred_no, set()).add(gate.succ_no)
    return following


def _reachable(start: int, following: dict[int, set[int]]) -> set[int]:
    found: set[int] = set()
    waiting = [start]
    while waiting:
        new = following.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found


# --- Where the plan breaks its own gates if every item simply follows its plan


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A gate that the plan itself breaks from `first_quarter` to `last_quarter`.

    `opens` is the quarter in which the predecessor's own plan opens the gate (None: never);
    `excess_wan` the most by which the successor's plan is ahead of what the gate allows.
    """

    gate: Gate
    pred: Item
    succ: Item
    first_quarter: int
    last_quarter: int
    opens: int | None
    excess_wan: int

    @property
    def quarters(self) -> int:
        """How many quarters are concerned."""
        return self.last_quarter - self.first_quarter + 1


def plan_conflicts(portfolio: Portfolio) -> tuple[Conflict, ...]:
    """The plan's conflicts with its own gates, hard and soft, in the order of the gates."""
    progress = planned_progress_wan(portfolio)
    starts = planned_starts(portfolio)
    found = (_conflict(gate, portfolio, progress, starts) for gate in portfolio.gates)
    return tuple(conflict for conflict in found if conflict is not None)


def broken_soft_gates(portfolio: Portfolio, outcome: Outcome) -> tuple[Conflict, ...]:
    """Gates that did not bind and that the play went past before they would have opened."""
    before = np.array([item.earlier_wan for item in portfolio.items], dtype=np.int64)
    progress = progress_wan(portfolio, outcome) + before
    binding = {gate.id for gate in portfolio.binding_gates}
    loose = (gate for gate in portfolio.gates if gate.id not in binding)
    found = (_conflict(gate, portfolio, progress, list(outcome.start)) for gate in loose)
    return tuple(conflict for conflict in found if conflict is not None)


def _conflict(
    gate: Gate, portfolio: Portfolio, progress_wan: Wan, starts: list[int | None]
) -> Conflict | None:
    """The conflict of one gate: the quarters before it opens in which the plan is past it."""
    index = portfolio.position[gate.succ_no]
    succ = portfolio.items[index]
    start = starts[index]
    if start is None:
        return None
    opens = planned_opening(gate, portfolio, progress_wan, starts)
    closed = progress_wan[: or_end(opens), index]
    holds_wan = gate.holds_wan(succ)
    # A successor that may not start holds no more than the money it had before its planned start.
    allowed = succ.earlier_wan if holds_wan is None else holds_wan
    excess = closed - allowed
    if not (excess > 0).any():
        return None
    return Conflict(
        gate=gate,
        pred=portfolio.items[portfolio.position[gate.pred_no]],
        succ=succ,
        first_quarter=int((excess > 0).argmax()),
        last_quarter=len(closed) - 1,
        opens=opens,
        excess_wan=int(excess.max()),
    )
