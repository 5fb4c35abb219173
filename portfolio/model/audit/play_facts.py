"""What the audit works out anew from a Portfolio and an Outcome."""

from __future__ import annotations

import numpy as np

from portfolio.model.arrays import Ints, Mask
from portfolio.model.gates import GateType
from portfolio.model.items import Kind
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS


class Facts:
    """What the checks need, worked out anew."""

    def __init__(self, portfolio: Portfolio, outcome: Outcome) -> None:
        self.portfolio, self.outcome = portfolio, outcome
        items = len(portfolio.items)
        self.cum = _along_the_clock(portfolio)
        conditions = portfolio.conditions
        self.plan = self.cum[-1].sum(axis=0)
        self.approved = (self.cum[-1] * conditions.volume_bps // 10_000).sum(axis=0)
        self.scale = conditions.cost_bps * conditions.volume_bps // 10_000
        self.cost = self.cum[-1] * self.scale // 10_000
        self.total_cost = self.cost.sum(axis=0)
        money = self.cum.sum(axis=1)
        some = [np.flatnonzero(money[:, i]) for i in range(items)]
        self.first = [int(s[0]) - 1 if len(s) else None for s in some]
        full = [np.flatnonzero(money[:, i] == self.plan[i]) for i in range(items)]
        self.last = [int(f[0]) - 1 if len(s) else None for f, s in zip(full, some, strict=True)]
        self.planned = np.stack([self.planned_at(moved) for moved in outcome.moved_bps])
        self.cum_credited = outcome.credited_wan.cumsum(axis=0)
        self.cum_item = self.cum_credited.sum(axis=1)
        self.opened = self._gates_opened()
        credit = portfolio.of_kind(Kind.CREDIT)
        rationed = (conditions.credit_bps < 10_000) | (conditions.delay_quarters > 0)
        self.rationed = credit & rationed
        self.accounted = ~credit | self.rationed

    def planned_at(self, moved: Ints) -> Ints:
        """Cost-scaled plan at a clock [item], item by item: int64[channel, item]."""
        duration = self.portfolio.conditions.duration_bps
        result = np.zeros_like(self.cum[0])
        for i, first in enumerate(self.first):
            if first is None:
                continue
            last = self.last[i]
            assert last is not None
            whole, rest = divmod(int(moved[i]), int(duration[i]))
            low = min(first + whole, last + 1)
            high = min(low + 1, last + 1)
            column = self.cum[low, :, i]
            column = column + (self.cum[high, :, i] - column) * rest // int(duration[i])
            result[:, i] = column
        return np.asarray(result * self.scale // 10_000, dtype=np.int64)

    def unaccounted(self, year: int) -> Mask:
        """Channels without an account in a year: 随资本金 whose credit is free."""
        return np.asarray(~self.accounted[year], dtype=np.bool_)

    def progress(self, index: int, quarter: int) -> int:
        """Progress at approved cost at a quarter's end, earlier money included."""
        item = self.portfolio.items[index]
        if quarter < 0:
            return item.earlier_wan
        finish = self.outcome.finish[index]
        if finish is not None and finish <= quarter:
            return item.earlier_wan + int(self.approved[index])
        cost = max(int(self.total_cost[index]), 1)
        done = int(self.cum_item[quarter, index]) * int(self.approved[index]) // cost
        return item.earlier_wan + done

    def _gates_opened(self) -> list[int | None]:
        """Quarter from which each gate is open, by the outcome's own money and clocks."""
        opened = [self._gate_opened(g) for g in range(len(self.portfolio.gates))]
        return [q if q is None or q < PLAY_QUARTERS else None for q in opened]

    def _gate_opened(self, g: int) -> int | None:
        gate = self.portfolio.gates[g]
        index = self.portfolio.position[gate.pred_no]
        pred = self.portfolio.items[index]
        if self.plan[index] == 0:
            return 0
        if gate.type is GateType.SS:
            if pred.earlier_wan > 0:
                return 0
            moves = np.flatnonzero(self.outcome.moved_bps[:, index] > 0)
            return int(moves[0]) + gate.lag_quarters if len(moves) else None
        at = gate.at_wan(pred)
        assert at is not None
        if pred.earlier_wan >= at:
            return 0
        beyond = (at - pred.earlier_wan) * int(self.approved[index]) // int(self.plan[index])
        at = pred.earlier_wan + beyond
        low, high = 0, PLAY_QUARTERS
        while low < high:  # progress never falls: find the first quarter that reached `at`
            middle = (low + high) // 2
            if self.progress(index, middle) >= at:
                high = middle
            else:
                low = middle + 1
        return low + 1 + gate.lag_quarters if low < PLAY_QUARTERS else None

    def label(self, index: int) -> str:
        """Number and name of the item at a position."""
        return self.portfolio.items[index].label


def _along_the_clock(portfolio: Portfolio) -> Ints:
    """Planned money once an item's clock stands at quarter k: int64[k, channel, item]."""
    if portfolio.adjusted is not None:
        return portfolio.adjusted.cum_wan
    years, channels, items = portfolio.plan_wan.shape
    quarters = np.zeros((4 * years, channels, items), dtype=np.int64)
    for k in range(4):
        quarters[k::4] = (portfolio.plan_wan * (k + 1)) // 4 - (portfolio.plan_wan * k) // 4
    return np.concatenate([np.zeros((1, channels, items), np.int64), quarters.cumsum(axis=0)])
