"""The chain that decides when the last item of a play finishes: who it waited for, and on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.ledger import Lost, last_start_gate
from portfolio.model.limits import Limits, derive
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS


@dataclass(frozen=True, kw_only=True)
class ChainLink:
    """An item of the chain; `gate_id` is the gate that held it last, None where none did.

    held_quarters : quarters that gate held it
    """

    item_no: int
    gate_id: str | None
    held_quarters: int


def deciding_chain(portfolio: Portfolio, outcome: Outcome) -> tuple[ChainLink, ...]:
    """From the item that finishes last back through the gates that held each, the last item first.

    Of items that finish in the same quarter (or not at all) the first of the sheet is taken. An
    item is held by the gate that held it in its latest held quarter; one that no gate held ends
    the chain. () for a portfolio without money.
    """
    ends = [
        -1 if planned is None else PLAY_QUARTERS if finish is None else finish
        for planned, finish in zip(outcome.planned_finish, outcome.finish, strict=True)
    ]
    if not ends or max(ends) < 0:
        return ()
    limits, index = derive(portfolio), ends.index(max(ends))
    links: list[ChainLink] = []
    while True:
        gate, quarters = _held_last(limits, outcome, index)
        gate_id = None if gate is None else limits.gate_ids[gate]
        links.append(
            ChainLink(item_no=portfolio.items[index].no, gate_id=gate_id, held_quarters=quarters)
        )
        if gate_id is None:
            return tuple(links)
        pred = next(each.pred_no for each in portfolio.gates if each.id == gate_id)
        index = portfolio.position[pred]


def _held_last(limits: Limits, outcome: Outcome, index: int) -> tuple[int | None, int]:
    """The gate (its position in the limits) that held an item last, and for how many quarters."""
    lost = outcome.lost[:, index]
    ceiling, start = lost == Lost.CEILING, lost == Lost.START_GATE
    held = np.flatnonzero(ceiling | start)
    if not len(held):
        return None, 0
    last = int(held[-1])
    if lost[last] == Lost.START_GATE:
        return last_start_gate(limits, index, outcome.gate_opened), int(start.sum())
    gate = int(outcome.lost_to[last, index])
    return gate, int((ceiling & (outcome.lost_to[:, index] == gate)).sum())
