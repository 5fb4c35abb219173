"""The delay ledger over the paths, by kind, by cause and by item; every view sums to the whole."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from portfolio.model.arrays import Floats, Integers, Ints, Mask, first_where
from portfolio.model.gates import Gate, item_order
from portfolio.model.measures.planned import planned_progress_wan, planned_starts
from portfolio.model.outcome import CauseKind, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.study.confidence import (
    PERCENTS,
    last_finish,
    last_of,
    mean_delay,
    planned_finishes,
    with_money,
)
from portfolio.model.study.drivers import rank_correlation
from portfolio.model.study.findings import (
    CauseShare,
    CauseTable,
    EndBias,
    GateInTime,
    ItemCauses,
    ItemChain,
    Merge,
)
from portfolio.model.study.intervals import chance, fan
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


# --- Which items decide the end: criticality, cruciality, and what merging gates do to chances


#: From this share of paths on whose end lies past the play, the end tells nothing apart.
MOST = 0.5


def ends_last(portfolio: Portfolio, paths: Paths) -> Mask:
    """Items that finish last in a path, ties all: bool[path, item]; only items with money."""
    chosen = with_money(portfolio)

    def of(some: Paths) -> Mask:
        last = np.where(chosen, some.finish, -1).max(axis=1)
        return np.asarray(chosen & (some.finish == last[:, None]))

    return paths.by_block(of)


def on_chain(portfolio: Portfolio, paths: Paths) -> Mask:
    """Items on the chain that decides the end of a path: bool[path, item].

    It begins at the items that finish last; from each it goes back through the gate that held the
    item (`Paths.held_by`) to that gate's predecessor, and on. An item no gate held begins a chain.
    """
    chain = ends_last(portfolio, paths)
    position = portfolio.position
    gates_of: dict[int, list[int]] = {}
    for g, gate in enumerate(portfolio.gates):
        gates_of.setdefault(position[gate.succ_no], []).append(g)
    # Successors first: when an item is looked at, every way to it has been walked.
    for succ in reversed(item_order(portfolio.items, portfolio.gates)):
        for g in gates_of.get(succ, ()):
            pred = position[portfolio.gates[g].pred_no]
            chain[:, pred] |= chain[:, succ] & (paths.held_by[:, succ] == g)
    return chain


def item_chains(portfolio: Portfolio, paths: Paths) -> tuple[ItemChain, ...]:
    """How much each item with money decides the end; the most critical first.

    Criticality is the share of paths, cruciality |Spearman| with the end (Williams 1992, “Criticality
    in stochastic networks”, J. Opl Res. Soc. 43): an item can be often critical and seldom matter.
    """
    if not with_money(portfolio).any():
        return ()
    last, chain = ends_last(portfolio, paths), on_chain(portfolio, paths)
    end = last_finish(portfolio, paths).astype(np.float64)
    late = mean_delay(portfolio, paths)

    def factor(item: int) -> Floats:
        return paths.duration_bps[:, item].astype(np.float64)

    # An item that only holds others back may be on a chain without money of its own.
    shown = with_money(portfolio) | chain.any(axis=0)
    rows = [
        ItemChain(
            item_no=portfolio.items[i].no,
            criticality=chance(chain[:, i]),
            ends_last=chance(last[:, i]),
            cruciality=abs(rank_correlation(factor(i), end)),
            delay_cruciality=abs(rank_correlation(factor(i), late)),
        )
        for i in np.flatnonzero(shown).tolist()
    ]
    # Past the end of play all ends are one: only the mean delay tells items apart there.
    cut = float((end >= PLAY_QUARTERS).mean()) > MOST
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                -row.criticality.value,
                -(row.delay_cruciality if cut else row.cruciality),
            ),
        )
    )


def end_bias(portfolio: Portfolio, paths: Paths, prior: Outcome) -> EndBias | None:
    """The portfolio's end planned, played without luck, and over the paths; None without money."""
    chosen = np.flatnonzero(with_money(portfolio)).tolist()
    if not chosen:
        return None
    end = last_finish(portfolio, paths)
    played = last_of(prior, chosen)
    return EndBias(
        planned=int(planned_finishes(portfolio)[chosen].max()),
        prior=played,
        end=fan(end, PERCENTS),
        chance_by_prior=None if played is None else chance(end <= played),
    )


def needed_by(gate: Gate, portfolio: Portfolio, progress_wan: Ints) -> int | None:
    """The quarter in which the plan needs a gate open; None if it never does.

    The successor's planned start, or the first quarter in which its planned money passes the
    gate's ceiling.

    progress_wan : int64[quarter, item] as `planned.planned_progress_wan`
    """
    succ = portfolio.position[gate.succ_no]
    holds = gate.holds_wan(portfolio.items[succ])
    if holds is None:
        return planned_starts(portfolio)[succ]
    return first_where(progress_wan[:, succ] > holds)


def merges(portfolio: Portfolio, paths: Paths, prior: Outcome) -> tuple[Merge, ...]:
    """Items with two or more binding gates the plan needs: chances gate by gate and of all.

    A gate is in time when it opened no later than the plan needs it. () where the engine did not
    keep when gates opened (`Paths.gate_opened`).
    """
    opened = paths.gate_opened
    if opened is None:
        return ()
    progress = planned_progress_wan(portfolio)
    by_item: dict[int, list[tuple[int, int]]] = {}
    binding = {gate.id for gate in portfolio.binding_gates}
    for g, gate in enumerate(portfolio.gates):
        needed = needed_by(gate, portfolio, progress) if gate.id in binding else None
        if needed is not None:
            by_item.setdefault(portfolio.position[gate.succ_no], []).append((g, needed))
    starts = planned_starts(portfolio)
    return tuple(
        _merge(portfolio, paths, prior, item, by_item[item], opened, starts[item])
        for item in sorted(by_item)
        if len(by_item[item]) > 1
    )


def _merge(
    portfolio: Portfolio,
    paths: Paths,
    prior: Outcome,
    item: int,
    needs: list[tuple[int, int]],
    opened: Integers,
    planned_start: int | None,
) -> Merge:
    in_time = np.stack([opened[:, g] <= needed for g, needed in needs], axis=1)
    gates = tuple(
        GateInTime(
            gate_id=portfolio.gates[g].id,
            pred_no=portfolio.gates[g].pred_no,
            needed=needed,
            prior_opened=prior.gate_opened[g],
            in_time=chance(in_time[:, k]),
        )
        for k, (g, needed) in enumerate(needs)
    )
    chances = [gate.in_time.value for gate in gates]
    return Merge(
        item_no=portfolio.items[item].no,
        gates=gates,
        all_in_time=chance(np.asarray(in_time.all(axis=1))),
        product=math.prod(chances),
        smallest=min(chances),
        planned_start=planned_start,
        prior_start=prior.start[item],
        start=fan(np.minimum(paths.start[:, item], PLAY_QUARTERS), PERCENTS),
    )
