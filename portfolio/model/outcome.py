"""What came of a play: money drawn, starts and finishes, the ledgers, the log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from portfolio.model.arrays import Ints
from portfolio.model.money import Wan


class CauseKind(StrEnum):
    """Why an item lost a quarter; every quarter of delay has exactly one."""

    LATE_START = "推迟开工"
    GATE = "前置条件"
    STOPPAGE = "停工"
    DURATION = "工期变化"
    PACE = "进度放缓"
    CAPACITY = "年度实施能力"
    CHANNEL = "资金"


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A cause of delay and its quarters (negative only for a shorter duration).

    `ref` is the gate's id for GATE, the channel's id for CHANNEL, else None.
    """

    kind: CauseKind
    ref: str | None
    quarters: int


class EventKind(StrEnum):
    """What the log tells."""

    ALLOTMENT = "年初下达"
    SUBSTITUTION = "资金替代"
    START = "开工"
    GATE_OPEN = "前置条件达到"
    HELD = "前置条件受阻"
    SHORT = "资金不足"
    STOP = "停工"
    RESUME = "复工"
    CARRIED = "年末结转"
    TAKEN_BACK = "收回"
    LAPSED = "额度失效"
    FINISH = "竣工"


class Event(NamedTuple):
    """One line of the log: quarter index, kind, and what it concerns (None where nothing does).

    A plain tuple: a play makes hundreds of them.
    """

    quarter: int
    kind: EventKind
    item_no: int | None = None
    channel_id: str | None = None
    gate_id: str | None = None
    amount_wan: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One played path; 100 quarters and 25 years from the first, amounts in 万元.

    drawn_wan : [quarter, channel, item] by the channel that paid
    credited_wan : the same by the channel whose part of the plan was met (differs only where
        a substitute paid)
    moved_bps : [quarter, item] the item's clock at the quarter's end, 10,000 = one quarter
    need_wan : [year, channel, item] by the channel planned, before any substitution
    allotted_wan, carried_in_wan, taken_back_wan, carried_out_wan : [year, channel, item] by the
        channel that pays. These and the need are 0 for 随资本金 unless its credit is rationed in
        that year
    envelope_wan, lapsed_wan : [year, channel]; 0 for 随资本金
    served_wan, replaced_wan : [year, channel, item] the part of the need that was allotted, by
        the channel planned, whoever pays, and what substitutes pay of it; need − served is what
        no channel could serve
    loan_gap_wan : [year, channel] 随资本金 asked for in the year's last quarter and not drawn,
        for want of capital or of credit (gates, capacity and stoppages cut what is asked)
    start, finish, planned_start, planned_finish : by item, None where there is none
    gate_opened : by gate of the portfolio, None for one that never opened or does not bind
    lost, lost_to : [quarter, item] what held the item back (`ledger.Lost`), and the position of
        the gate or channel that did
    causes : the delay ledger by item, the quarters lost summed
    """

    drawn_wan: Wan
    credited_wan: Wan
    moved_bps: Ints
    need_wan: Wan
    allotted_wan: Wan
    carried_in_wan: Wan
    taken_back_wan: Wan
    carried_out_wan: Wan
    envelope_wan: Wan
    lapsed_wan: Wan
    served_wan: Wan
    replaced_wan: Wan
    loan_gap_wan: Wan
    start: tuple[int | None, ...]
    finish: tuple[int | None, ...]
    planned_start: tuple[int | None, ...]
    planned_finish: tuple[int | None, ...]
    gate_opened: tuple[int | None, ...]
    lost: Ints
    lost_to: Ints
    causes: tuple[tuple[Cause, ...], ...]
    events: tuple[Event, ...]

    def delay_quarters(self, index: int) -> int | None:
        """Actual less planned finish in quarters; None for an item without one of them."""
        finish, planned = self.finish[index], self.planned_finish[index]
        return None if finish is None or planned is None else finish - planned

    def is_late(self, index: int) -> bool:
        """Late (滞后): finished after the planned finish, or not at all though planned to."""
        planned = self.planned_finish[index]
        delay = self.delay_quarters(index)
        return planned is not None and (delay is None or delay > 0)
