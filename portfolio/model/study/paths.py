"""What came of many played paths, as arrays by path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from portfolio.model.arrays import Integers, Mask
from portfolio.model.outcome import CauseKind

#: Causes with one slot an item, in the order of `Paths.lost_quarters`; the channels' slots follow
#: them in the portfolio's order, then the gates'.
PLAIN_CAUSES = (
    CauseKind.LATE_START,
    CauseKind.STOPPAGE,
    CauseKind.DURATION,
    CauseKind.PACE,
    CauseKind.CAPACITY,
    CauseKind.BEHIND,
)
A = TypeVar("A", bound="np.ndarray[Any, Any]")
#: Paths whose arrays are worked on at a time.
BLOCK = 32_768
#: Fields that are sums over the paths; all others have one row a path.
SUMMED = ("lost_quarters", "channel_drawn_wan", "channel_unserved_wan", "item_drawn_wan")


@dataclass(frozen=True, kw_only=True)
class Paths:
    """The results of paths 1, 2, … in order; amounts in 万元, 25 years from the first.

    drawn_wan : int64[path, year] money of all items and channels
    progress_wan : int64[path, year] progress at approved cost of all items, of that year
    start, finish : int16[path, item] quarter; PLAY_QUARTERS (100) where play ends first or the
        item has no money
    cost_wan : int64[path, item] what the item costs from the first year on
    held_by : int16[path, item] position of the gate that cost the item quarters (the one that
        opened last), the number of gates where none did
    cost_bps, volume_bps, duration_bps : int32[path, item] the luck's factors
    stopped_quarters : int16[path, item] quarters of stoppage drawn
    receipt_bps : int32[path, year, channel] 到位率 drawn
    happened : bool[path, risk] risks of the register that came about
    lost_quarters : int64[item, slot] delay ledger summed over the paths; slots as `cause_slots`
    channel_drawn_wan, channel_unserved_wan : int64[year, channel] money drawn by the channel that
        paid, and need that no channel served (0 for unrationed 随资本金), summed over the paths
    item_drawn_wan : int64[year, item] money summed over the paths
    gate_opened : int16[path, gate] quarter in which a gate opened, PLAY_QUARTERS where it never
        did or does not bind; None where the engine did not keep it (merges are not judged then)
    """

    drawn_wan: Integers
    progress_wan: Integers
    start: Integers
    finish: Integers
    cost_wan: Integers
    held_by: Integers
    cost_bps: Integers
    volume_bps: Integers
    duration_bps: Integers
    stopped_quarters: Integers
    receipt_bps: Integers
    happened: Mask
    lost_quarters: Integers
    channel_drawn_wan: Integers
    channel_unserved_wan: Integers
    item_drawn_wan: Integers
    gate_opened: Integers | None = None

    def __len__(self) -> int:
        """How many paths there are."""
        return len(self.drawn_wan)

    def by_block(self, of: Callable[[Paths], A]) -> A:
        """An array by path, worked out some paths at a time: what lies between fits in memory.

        `of` must not look at sums over the paths.
        """
        if len(self) <= BLOCK:
            return of(self)
        cuts = [*range(0, len(self), BLOCK), len(self)]
        found: Any = np.concatenate([of(self._rows(*ends)) for ends in pairwise(cuts)])
        return found  # type: ignore[no-any-return]

    def _rows(self, start: int, stop: int) -> Paths:
        given = {f.name: getattr(self, f.name) for f in fields(Paths)}
        rows = {
            name: array[start:stop]
            for name, array in given.items()
            if name not in SUMMED and array is not None
        }
        return replace(self, **rows)

    @staticmethod
    def joined(parts: Iterable[Paths]) -> Paths:
        """Consecutive parts as one: rows in order, sums added.

        Raises
        ------
        ValueError
            There is no part.
        """
        given: Sequence[Paths] = tuple(parts)
        if not given:
            raise ValueError("no paths to join")
        whole = {
            field.name: sum(getattr(part, field.name) for part in given[1:])
            + getattr(given[0], field.name)
            if field.name in SUMMED
            else np.concatenate([getattr(part, field.name) for part in given])
            for field in fields(Paths)
            if all(getattr(part, field.name) is not None for part in given)
        }
        return Paths(**whole)


def cause_slots(
    channel_ids: Sequence[str], gate_ids: Sequence[str]
) -> tuple[tuple[CauseKind, str | None], ...]:
    """Kind and reference of each slot of `Paths.lost_quarters`."""
    return (
        *((kind, None) for kind in PLAIN_CAUSES),
        *((CauseKind.CHANNEL, channel) for channel in channel_ids),
        *((CauseKind.GATE, gate) for gate in gate_ids),
    )
