"""The chain that decides when the last item of a play finishes: who it waited for, and on."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.outcome import CauseKind, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS


@dataclass(frozen=True, kw_only=True)
class ChainLink:
    """An item of the chain; `gate_id` is the gate that held it last, None where none did.

    held_quarters : quarters of its delay that are owed to that gate
    """

    item_no: int
    gate_id: str | None
    held_quarters: int


def deciding_chain(portfolio: Portfolio, outcome: Outcome) -> tuple[ChainLink, ...]:
    """From the item that finishes last back through the gates that held each, the last item first.

    Of items that finish in the same quarter (or not at all) the first of the sheet is taken. An
    item is held by the gate of its delay ledger that opened last; one whose delay no gate caused
    ends the chain. () for a portfolio without money.
    """
    ends = [
        -1 if planned is None else PLAY_QUARTERS if finish is None else finish
        for planned, finish in zip(outcome.planned_finish, outcome.finish, strict=True)
    ]
    if not ends or max(ends) < 0:
        return ()
    gates = {gate.id: k for k, gate in enumerate(portfolio.gates)}
    index, links = ends.index(max(ends)), list[ChainLink]()
    while True:
        gate_id, quarters = _held_last(outcome, gates, index)
        links.append(
            ChainLink(item_no=portfolio.items[index].no, gate_id=gate_id, held_quarters=quarters)
        )
        if gate_id is None:
            return tuple(links)
        index = portfolio.position[portfolio.gates[gates[gate_id]].pred_no]


def _held_last(outcome: Outcome, gates: dict[str, int], index: int) -> tuple[str | None, int]:
    """The gate that cost an item quarters last, and how many; None where no gate did."""
    noted = {c.ref: c.quarters for c in outcome.causes[index] if c.kind is CauseKind.GATE}
    if not noted:
        return None, 0
    opened = {
        ref: PLAY_QUARTERS if (at := outcome.gate_opened[gates[ref]]) is None else at
        for ref in noted
        if ref is not None
    }
    last = max(opened, key=lambda ref: (opened[ref], -gates[ref]))
    return last, noted[last]
