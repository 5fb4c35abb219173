"""Where the plan breaks its own gates if every item simply follows its plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.gates import Gate
from portfolio.model.items import Item
from portfolio.model.measures import progress_wan
from portfolio.model.money import Wan
from portfolio.model.outcome import Outcome
from portfolio.model.planned import planned_opening, planned_progress_wan, planned_starts
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS


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
    closed = progress_wan[: PLAY_QUARTERS if opens is None else opens, index]
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
