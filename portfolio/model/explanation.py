"""Why an item is late or short, as values: the chain of causes back to its root."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.conflicts import Conflict
from portfolio.model.gates import Gate
from portfolio.model.items import Channel, Item
from portfolio.model.outcome import CauseKind


@dataclass(frozen=True, kw_only=True)
class Span:
    """Quarters from `first` to `last`, both included; `factor_bps` is the pace, if one is set."""

    first: int
    last: int
    factor_bps: int | None = None

    @property
    def quarters(self) -> int:
        """How many quarters."""
        return self.last - self.first + 1


@dataclass(frozen=True, kw_only=True)
class MoneyYear:
    """A year in which a channel gave an item less than it needed, and who took the rest.

    envelope_wan : the channel's envelope, the item's own one for 上级指定 and 专属
    planned_wan : what the plan wants of that envelope in the year, at actual cost
    asked_wan : what all items needed of the channel
    higher_wan, same_wan : allotted to more urgent classes, and to the others of the item's class
    served_wan, replaced_wan : the need served by whichever channel pays, and what substitutes pay of it
    taken_back_wan : what was taken back from the item at the year's end
    delay_quarters, credit_bps : release delay and credit factor of the year
    """

    year: int
    need_wan: int
    served_wan: int
    envelope_wan: int
    planned_wan: int
    asked_wan: int
    higher_wan: int
    same_wan: int
    replaced_wan: int
    taken_back_wan: int
    delay_quarters: int
    credit_bps: int

    @property
    def short_wan(self) -> int:
        """Need not allotted."""
        return max(0, self.need_wan - self.served_wan)

    @property
    def knock_on(self) -> bool:
        """Short although the envelope holds the plan's money: the need has moved to this year."""
        return self.short_wan > 0 and self.envelope_wan >= self.planned_wan


@dataclass(frozen=True, kw_only=True)
class MoneyStory:
    """What a channel did to an item, year by year.

    `before` is what had pushed the item's need into later years, where the first short year is a
    knock-on; its quarters are those of the item's own clock and not part of this cause.
    `told` says that the years stand further up in the same explanation.
    """

    channel: Channel
    years: tuple[MoneyYear, ...]
    before: tuple[Trace, ...]
    told: bool


@dataclass(frozen=True, kw_only=True)
class CapacityStory:
    """The yearly cap, how far behind the item was when its clock ended, and what had held it.

    `before` counts the quarters since the item last had all it could draw; `told` says that they
    stand further up in the same explanation.
    """

    yearly_cap_wan: int
    behind_wan: int
    before: tuple[Trace, ...]
    told: bool


@dataclass(frozen=True, kw_only=True)
class GateStory:
    """A gate, when it opened, and why its predecessor reached the threshold when it did.

    at_wan, holds_wan : threshold and ceiling at approved cost; None for SS, and for may-not-start
    planned_reached, reached : the quarter in which the predecessor was to reach the threshold
        (to start, for SS) and in which it did; None for never
    opened : first quarter in which the gate was open, None for never
    conflict : how the plan alone breaks this gate, None where it does not
    told : this gate's story stands further up in the same explanation
    causes_told : the predecessor's own causes stand further up, at another gate
    causes : what kept the predecessor, up to `reached`; sums with `rounding_quarters` to its delay
    """

    gate: Gate
    pred: Item
    succ: Item
    at_wan: int | None
    holds_wan: int | None
    planned_reached: int | None
    reached: int | None
    opened: int | None
    conflict: Conflict | None
    told: bool
    causes_told: bool
    rounding_quarters: int
    causes: tuple[Trace, ...]

    @property
    def late_quarters(self) -> int | None:
        """How much later than planned the predecessor reached it; None where it never did."""
        if self.reached is None or self.planned_reached is None:
            return None
        return self.reached - self.planned_reached

    @property
    def pred_on_plan(self) -> bool:
        """Whether the predecessor was no later than its own plan."""
        late = self.late_quarters
        return late is not None and late <= 0


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A cause, its quarters, and its story; the story fits the kind, the others are empty.

    `spans` are the quarters concerned for late start, stoppage and pace; `factor_bps` is the
    duration factor.
    """

    kind: CauseKind
    ref: str | None
    quarters: int
    gate: GateStory | None = None
    money: MoneyStory | None = None
    capacity: CapacityStory | None = None
    spans: tuple[Span, ...] = ()
    factor_bps: int | None = None


@dataclass(frozen=True, kw_only=True)
class Bind:
    """What held an item back in a number of quarters."""

    kind: CauseKind
    ref: str | None
    quarters: int


@dataclass(frozen=True, kw_only=True)
class ShortYear:
    """A year in which an item drew less than its plan (at its actual cost), and what bound.

    `carried_over` says that nothing bound in the year itself: the binds are those of earlier
    quarters, from which the item's clock was still behind.
    """

    year: int
    plan_wan: int
    drawn_wan: int
    binds: tuple[Bind, ...]
    carried_over: bool

    @property
    def short_wan(self) -> int:
        """Planned less drawn."""
        return self.plan_wan - self.drawn_wan


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why an item is late or short. `causes` sum to `delay_quarters` where there is one.

    `short_causes` tell what bound in the short years and is no cause of the delay; their
    quarters are those in which it bound.
    """

    item: Item
    planned_start: int | None
    start: int | None
    planned_finish: int | None
    finish: int | None
    delay_quarters: int | None
    late: bool
    causes: tuple[Trace, ...]
    short_years: tuple[ShortYear, ...]
    short_causes: tuple[Trace, ...]
