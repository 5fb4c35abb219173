"""The delay ledger over the paths, by kind, by cause and by item; every view sums to the whole."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from portfolio.model.gates import Gate
from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import Portfolio
from portfolio.model.study.finding import CauseShare, CauseTable, ItemCauses
from portfolio.model.study.paths import Paths, cause_slots

Slot = tuple[CauseKind, str | None]


def cause_table(portfolio: Portfolio, paths: Paths) -> CauseTable:
    """Quarters lost by cause, summed over the paths; largest first, causes without any left out.

    A shorter duration counts negative, so that an item's causes sum to its signed delay. Kinds
    keep the order of the ledger, items the portfolio's.

    Raises
    ------
    ValueError
        The ledger's slots are not the portfolio's.
    """
    slots = cause_slots(
        [channel.id for channel in portfolio.channels], [gate.id for gate in portfolio.gates]
    )
    lost, count = paths.lost_quarters, len(paths)
    if lost.shape != (len(portfolio.items), len(slots)):
        raise ValueError("the delay ledger is of another portfolio")
    names = _labels(portfolio)
    whole = int(lost.sum())
    by_slot = lost.sum(axis=0)
    by_kind = {
        kind: sum(int(q) for (k, _), q in zip(slots, by_slot, strict=True) if k is kind)
        for kind in CauseKind
    }
    return CauseTable(
        paths=count,
        quarters=whole,
        by_kind=tuple(
            _share((kind, None), quarters, whole, count, names)
            for kind, quarters in by_kind.items()
            if quarters
        ),
        by_cause=_shares(zip(slots, by_slot.tolist(), strict=True), whole, count, names),
        by_item=tuple(
            ItemCauses(
                item_no=item.no,
                quarters=int(row.sum()),
                per_path=float(row.sum()) / count,
                causes=_shares(zip(slots, row.tolist(), strict=True), int(row.sum()), count, names),
            )
            for item, row in zip(portfolio.items, lost, strict=True)
            if np.any(row)
        ),
    )


def _labels(portfolio: Portfolio) -> dict[Slot, str]:
    """What people read for a channel's and a gate's slot."""
    labels: dict[Slot, str] = {
        (CauseKind.CHANNEL, channel.id): channel.name for channel in portfolio.channels
    }
    labels |= {(CauseKind.GATE, gate.id): _gate_label(gate) for gate in portfolio.gates}
    return labels


def _gate_label(gate: Gate) -> str:
    return f"{gate.id}（{gate.pred_no} → {gate.succ_no}）"


def _shares(
    entries: Iterable[tuple[Slot, int]], whole: int, paths: int, names: dict[Slot, str]
) -> tuple[CauseShare, ...]:
    rows = [_share(slot, quarters, whole, paths, names) for slot, quarters in entries if quarters]
    return tuple(sorted(rows, key=lambda row: -row.quarters))


def _share(slot: Slot, quarters: int, whole: int, paths: int, names: dict[Slot, str]) -> CauseShare:
    kind, ref = slot
    return CauseShare(
        kind=kind,
        ref=ref,
        label=names.get(slot),
        quarters=quarters,
        per_path=quarters / paths,
        share=quarters / whole if whole else None,
    )
