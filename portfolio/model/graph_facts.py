"""What the graph of gates tells: the longest chains, and the items most others wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portfolio.model.gates import Gate, item_order
from portfolio.model.items import Item
from portfolio.model.planned import plan_quarters, planned_span
from portfolio.model.portfolio import Portfolio


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
