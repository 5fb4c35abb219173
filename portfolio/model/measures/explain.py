"""Why an item is late or short, as values: the chain of causes back to its root."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from portfolio.model.gates import Gate, GateType
from portfolio.model.items import Channel, Item, Kind
from portfolio.model.measures.delays import (
    CauseKey,
    HeldBack,
    Reach,
    arrears_since,
    count_causes,
    gather_held_back,
    reach,
)
from portfolio.model.measures.graph import Conflict, plan_conflicts
from portfolio.model.measures.outlook import last_told
from portfolio.model.measures.planned import plan_quarters
from portfolio.model.measures.projects import Standing, standings
from portfolio.model.measures.years import by_year, own_room_wan, room_wan
from portfolio.model.money import BPS, Wan
from portfolio.model.outcome import CauseKind, Lost, Outcome
from portfolio.model.portfolio import NO_CUT, NO_LAG, Portfolio
from portfolio.model.quarters import PLAY_QUARTERS, or_end
from portfolio.model.rules.opening import along
from portfolio.model.rules.parameters import derive

#: So many who got most of a channel are named.
LARGEST_TAKERS = 3


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

    envelope_wan : the channel's envelope; for 上级指定 and 专属 the item's own one, with what
        followed it from earlier years (follows_wan)
    room_wan : the part of the envelope that is 再安排空间, an assumption
    planned_wan : what the plan wants of that envelope in the year, at actual cost
    asked_wan : what all items needed of the channel
    higher_wan, same_wan : allotted to more urgent classes, and to the others of the item's class
    served_wan, replaced_wan : the need served by whichever channel pays, and what substitutes pay of it
    taken_back_wan : what was taken back from the item at the year's end
    takers : after facts, who got most of the channel in the year: number and money of up to three
    delay_quarters, credit_bps : release delay and credit factor of the year
    cut_quarter, never_released_wan : the quarter of a shock inside the year (None: there was none)
        and what of the money served it kept from being released
    """

    year: int
    need_wan: int
    served_wan: int
    envelope_wan: int
    room_wan: int
    follows_wan: int
    planned_wan: int
    asked_wan: int
    higher_wan: int
    same_wan: int
    replaced_wan: int
    taken_back_wan: int
    delay_quarters: int
    credit_bps: int
    cut_quarter: int | None = None
    never_released_wan: int = 0
    takers: tuple[tuple[int, int], ...] = ()

    @property
    def short_wan(self) -> int:
        """Need not allotted, or allotted and never released."""
        return max(0, self.need_wan - self.served_wan) + self.never_released_wan

    @property
    def knock_on(self) -> bool:
        """Short although the envelope holds the plan's money: the need has moved to this year."""
        return self.need_wan > self.served_wan and self.envelope_wan >= self.planned_wan


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
class BehindStory:
    """Where facts have left an item at the as-of month, and what was said of it.

    due_wan, reached_wan : planned by then, and come about, both at approved cost, from the first
        year on; drawn_wan : the money itself
    problem, measure, due : 问题, 下一步措施, 完成时限 as last entered
    """

    asof_months: int
    due_wan: int
    reached_wan: int
    drawn_wan: int
    problem: str | None
    measure: str | None
    due: str | None


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

    `lag_bps` is the most a bundle's clock lags, None for others.
    `spans` are the quarters concerned for late start, stoppage and pace; `factor_bps` is the
    duration factor.
    """

    kind: CauseKind
    ref: str | None
    quarters: int
    gate: GateStory | None = None
    money: MoneyStory | None = None
    capacity: CapacityStory | None = None
    behind: BehindStory | None = None
    spans: tuple[Span, ...] = ()
    factor_bps: int | None = None
    lag_bps: int | None = None


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
    quarters are those in which it bound. `projects` are those of the item, `asked_project` the code
    of the one that was named.
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
    projects: tuple[Standing, ...] = ()
    asked_project: str | None = None


# --- Why an item is late or short: each cause traced back to its root


@dataclass(frozen=True, kw_only=True)
class _Case:
    """What a trace looks things up in; what has been told is noted and not told again.

    told_money : item and channel → first and last year told; told_capacity : items
    """

    portfolio: Portfolio
    outcome: Outcome
    record: HeldBack
    gates: dict[str, Gate]
    conflicts: dict[str, Conflict]
    told_gates: set[str] = field(default_factory=set)
    told_thresholds: set[tuple[int, int | None]] = field(default_factory=set)
    told_money: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    told_capacity: set[int] = field(default_factory=set)


def explain(
    item_no: int, portfolio: Portfolio, outcome: Outcome, project: str | None = None
) -> Explanation:
    """Explain why an item is late or short in an outcome of the (changed) portfolio.

    The causes are those of the play's ledger, so they sum to the delay; each is traced to its
    root along the gates. `project` is the code of the project that was asked for.
    """
    case = _Case(
        portfolio=portfolio,
        outcome=outcome,
        record=gather_held_back(
            derive(portfolio), outcome, plan_quarters(portfolio)[1:].sum(axis=1)
        ),
        gates={gate.id: gate for gate in portfolio.gates},
        conflicts={conflict.gate.id: conflict for conflict in plan_conflicts(portfolio)},
    )
    index = portfolio.position[item_no]
    finish = outcome.finish[index]
    until = PLAY_QUARTERS - 1 if finish is None else finish
    causes = tuple(
        _trace(case, index, (cause.kind, cause.ref), cause.quarters, until)
        for cause in outcome.causes[index]
    )
    short_years = _short_years(case, index)
    return Explanation(
        item=portfolio.items[index],
        planned_start=outcome.planned_start[index],
        start=outcome.start[index],
        planned_finish=outcome.planned_finish[index],
        finish=finish,
        delay_quarters=outcome.delay_quarters(index),
        late=outcome.is_late(index),
        causes=causes,
        short_years=short_years,
        short_causes=_short_causes(case, index, causes, short_years),
        projects=tuple(each for each in standings(portfolio) if each.project.item_no == item_no),
        asked_project=project,
    )


def _short_causes(
    case: _Case, item: int, causes: tuple[Trace, ...], short_years: tuple[ShortYear, ...]
) -> tuple[Trace, ...]:
    """The stories of what bound in short years, unless the delay's causes tell them."""
    told = {(trace.kind, trace.ref) for trace in causes}
    keys: dict[CauseKey, int] = {}
    for year in short_years:
        for bind in year.binds:
            keys[bind.kind, bind.ref] = year.year
    held = count_causes(case.record, item, range(4 * len(case.portfolio.plan_wan)))
    return tuple(
        _trace(case, item, key, held[key], 4 * (year - case.portfolio.calendar.first_year) + 3)
        for key, year in keys.items()
        if key not in told
    )


def _trace(
    case: _Case, item: int, key: CauseKey, quarters: int, until: int, since: int = 0
) -> Trace:
    """Tell a cause's story from the quarter `since` to the quarter `until`."""
    kind, ref = key
    limits = case.record.limits
    if kind is CauseKind.BEHIND:
        return Trace(kind=kind, ref=ref, quarters=quarters, behind=_behind_story(case, item))
    if kind is CauseKind.GATE and ref is not None:
        story = _gate_story(case, case.gates[ref])
        return Trace(kind=kind, ref=ref, quarters=quarters, gate=story)
    if kind is CauseKind.CHANNEL and ref is not None:
        channel = case.portfolio.channel_position[ref]
        money = _money_story(case, item, channel, range(since // 4, until // 4 + 1), until)
        return Trace(kind=kind, ref=ref, quarters=quarters, money=money)
    if kind is CauseKind.CAPACITY:
        capacity = _capacity_story(case, item)
        return Trace(kind=kind, ref=ref, quarters=quarters, capacity=capacity)
    if kind is CauseKind.DURATION:
        factor = int(limits.duration_bps[item])
        lag = int(limits.lag_bps[item])
        most = None if lag == NO_LAG else lag
        return Trace(kind=kind, ref=ref, quarters=quarters, factor_bps=factor, lag_bps=most)
    return Trace(kind=kind, ref=ref, quarters=quarters, spans=_spans(case, item, kind, until))


def _behind_story(case: _Case, item: int) -> BehindStory | None:
    """Where facts have left an item; None without facts."""
    facts, begun = case.portfolio.facts, case.record.limits.opening
    if facts is None:
        return None
    today = BPS * facts.quarter + begun.past_bps
    told = last_told(facts, case.portfolio.items[item].no)
    return BehindStory(
        asof_months=facts.asof_months,
        due_wan=int(along(plan_quarters(case.portfolio)[:, :, item], today).sum()),
        reached_wan=int(begun.reached_wan[item]),
        drawn_wan=int(begun.drawn_wan[:, item].sum()),
        problem=told.get("problem"),
        measure=told.get("measure"),
        due=told.get("due"),
    )


def _spans(case: _Case, item: int, kind: CauseKind, until: int) -> tuple[Span, ...]:
    """The quarters of a late start, of stoppages or of a slackened pace."""
    record, limits = case.record, case.record.limits
    factors: list[int | None] = [None] * PLAY_QUARTERS
    if kind is CauseKind.PACE:
        ended = record.outcome.moved_bps[:, item] >= limits.moves_bps[item]
        first = or_end(case.outcome.start[item])
        clock_end = int(ended.argmax()) if ended.any() else until
        pace = limits.pace_bps[:, item]
        marked = [first <= q <= min(until, clock_end) and pace[q] != BPS for q in range(len(pace))]
        factors = [int(value) for value in pace]
    else:
        code = Lost.LATE_START if kind is CauseKind.LATE_START else Lost.STOPPAGE
        marked = [q <= until and case.outcome.lost[q, item] == code for q in range(PLAY_QUARTERS)]
    spans: list[Span] = []
    for quarter in (q for q, mark in enumerate(marked) if mark):
        factor = factors[quarter]
        if spans and spans[-1].last == quarter - 1 and spans[-1].factor_bps == factor:
            spans[-1] = Span(first=spans[-1].first, last=quarter, factor_bps=factor)
        else:
            spans.append(Span(first=quarter, last=quarter, factor_bps=factor))
    return tuple(spans)


def _gate_story(case: _Case, gate: Gate) -> GateStory:
    """When a gate opened, and why its predecessor was no sooner there."""
    portfolio, outcome = case.portfolio, case.outcome
    pred_index = portfolio.position[gate.pred_no]
    pred = portfolio.items[pred_index]
    succ = portfolio.items[portfolio.position[gate.succ_no]]
    g = portfolio.gates.index(gate)
    at_wan = None if gate.type is GateType.SS else int(case.record.limits.gates.at_wan[g])
    came = reach(case.record, pred_index, at_wan)
    late = _is_late(came)
    told = gate.id in case.told_gates
    causes_told = not told and late and (pred.no, at_wan) in case.told_thresholds
    case.told_gates.add(gate.id)
    case.told_thresholds.add((pred.no, at_wan))
    until = PLAY_QUARTERS - 1 if came.reached is None else came.reached
    return GateStory(
        gate=gate,
        pred=pred,
        succ=succ,
        at_wan=at_wan,
        holds_wan=gate.holds_wan(succ),
        planned_reached=came.planned,
        reached=came.reached,
        opened=outcome.gate_opened[g],
        conflict=case.conflicts.get(gate.id),
        told=told,
        causes_told=causes_told,
        rounding_quarters=came.rounding_quarters if late else 0,
        causes=tuple(
            _trace(case, pred_index, key, quarters, until) for key, quarters in came.causes
        )
        if late and not told and not causes_told
        else (),
    )


def _is_late(came: Reach) -> bool:
    return came.reached is None or came.planned is None or came.reached > came.planned


def _money_story(case: _Case, item: int, channel: int, told_years: range, until: int) -> MoneyStory:
    """The years (to `until`) in which a channel gave less than needed, or gave it too late."""
    source = case.portfolio.channels[channel]
    first, last = case.told_money.get((item, channel), (PLAY_QUARTERS, -1))
    if first <= told_years.start and told_years.stop - 1 <= last:
        return MoneyStory(channel=source, years=(), before=(), told=True)
    case.told_money[item, channel] = told_years.start, told_years.stop - 1
    outcome, years = case.outcome, []
    for year in told_years:
        quarters = range(4 * year, min(4 * year + 4, until + 1))
        short = outcome.need_wan[year, channel, item] > outcome.served_wan[year, channel, item]
        short |= outcome.never_released_wan[year, channel, item] > 0
        bound = any(
            outcome.lost[q, item] == Lost.CHANNEL and outcome.lost_to[q, item] == channel
            for q in quarters
        )
        if short or bound:
            years.append(_money_year(case, item, channel, year))
    first_short = next((year for year in years if year.short_wan), None)
    before: tuple[Trace, ...] = ()
    if first_short is not None and first_short.knock_on:
        before = _pushed_by(case, item, 4 * (first_short.year - case.portfolio.calendar.first_year))
    return MoneyStory(channel=source, years=tuple(years), before=before, told=False)


def _pushed_by(case: _Case, item: int, until: int) -> tuple[Trace, ...]:
    """What had pushed an item's need of every channel into later years, before `until`."""
    held = count_causes(case.record, item, range(until))
    return tuple(
        _trace(case, item, key, quarters, until)
        for key, quarters in held.items()
        if key[0] not in (CauseKind.CHANNEL, CauseKind.CAPACITY)
    )


def _money_year(case: _Case, item: int, channel: int, year: int) -> MoneyYear:
    portfolio, outcome = case.portfolio, case.outcome
    conditions = portfolio.conditions
    need, allotted = outcome.need_wan[year, channel], outcome.allotted_wan[year, channel]
    pooled = portfolio.channels[channel].kind is Kind.POOLED
    priority = np.array([other.priority for other in portfolio.items])
    others = np.arange(len(portfolio.items)) != item
    higher = allotted[priority < priority[item]].sum() if pooled else 0
    same = allotted[(priority == priority[item]) & others].sum() if pooled else 0
    follows = 0 if pooled else int(outcome.follows_in_wan[year, channel, item])
    own_wan = portfolio.envelopes.own_wan[year, channel, item] + follows
    return MoneyYear(
        year=portfolio.calendar.first_year + year,
        need_wan=int(need[item]),
        served_wan=int(outcome.served_wan[year, channel, item]),
        envelope_wan=int(outcome.envelope_wan[year, channel] if pooled else own_wan),
        room_wan=int(
            room_wan(portfolio)[year, channel]
            if pooled
            else own_room_wan(portfolio)[year, channel, item]
        ),
        follows_wan=follows,
        planned_wan=_planned_of_envelope(case, item if not pooled else None, channel, year),
        asked_wan=int(need.sum() if pooled else need[item]),
        higher_wan=int(higher),
        same_wan=int(same),
        replaced_wan=int(outcome.replaced_wan[year, channel, item]),
        taken_back_wan=int(outcome.taken_back_wan[year, channel, item]),
        delay_quarters=int(conditions.delay_quarters[year, channel]),
        credit_bps=int(conditions.credit_bps[year, channel]),
        cut_quarter=4 * year + int(conditions.cut_from[year, channel])
        if conditions.cut_from[year, channel] < NO_CUT
        else None,
        never_released_wan=int(outcome.never_released_wan[year, channel, item]),
        takers=_takers(portfolio, allotted) if pooled and portfolio.facts is not None else (),
    )


def _takers(portfolio: Portfolio, allotted: Wan) -> tuple[tuple[int, int], ...]:
    """The items that got most of a channel in a year, in order of their money."""
    most = np.argsort(-allotted, kind="stable")[:LARGEST_TAKERS]
    return tuple((portfolio.items[k].no, int(allotted[k])) for k in most if allotted[k] > 0)


def _planned_of_envelope(case: _Case, item: int | None, channel: int, year: int) -> int:
    """What the plan wants of an item's own envelope, or of the city's (None), at actual cost."""
    if year >= len(case.portfolio.plan_wan):
        return 0
    wanted = case.portfolio.plan_wan[year, channel] * case.record.limits.scale_bps // BPS
    return int(wanted.sum() if item is None else wanted[item])


def _capacity_story(case: _Case, item: int) -> CapacityStory:
    """Why an item had more left at its clock's end than it can do in a quarter."""
    record, limits = case.record, case.record.limits
    ended = case.outcome.moved_bps[:, item] >= limits.moves_bps[item]
    clock_end = int(ended.argmax()) if ended.any() else PLAY_QUARTERS - 1
    told = item in case.told_capacity
    case.told_capacity.add(item)
    since = arrears_since(record, item, clock_end)
    held = count_causes(record, item, range(since, clock_end + 1)) if not told else {}
    capacity = (CauseKind.CAPACITY, None)
    source = case.portfolio.items[item]
    largest = int(case.portfolio.baseline_wan[:, :, item].sum(axis=1).max())
    cap = (
        max(source.yearly_cap_wan or 0, largest)
        * int(case.portfolio.conditions.cost_bps[item])
        // BPS
    )
    return CapacityStory(
        yearly_cap_wan=cap,
        behind_wan=int(record.behind_wan[clock_end, item]),
        before=tuple(
            _trace(case, item, key, quarters, clock_end, since)
            for key, quarters in held.items()
            if key != capacity
        ),
        told=told,
    )


def _short_years(case: _Case, item: int) -> tuple[ShortYear, ...]:
    """Years in which an item drew less than its plan at actual cost, with what bound."""
    years = case.portfolio.plan_wan[:, :, item].cumsum(axis=0)
    marks = (years * case.record.limits.scale_bps[item] // BPS).sum(axis=1)
    plan = np.diff(marks, prepend=0)
    drawn = by_year(case.outcome.credited_wan[:, :, item].sum(axis=1))
    facts = case.portfolio.facts
    return tuple(
        _short_year(case, item, year, int(plan[year]), int(drawn[year]))
        for year in range(0 if facts is None else facts.year, len(plan))
        if drawn[year] < plan[year]
    )


def _short_year(case: _Case, item: int, year: int, plan_wan: int, drawn_wan: int) -> ShortYear:
    held = count_causes(case.record, item, range(4 * year, 4 * year + 4))
    earlier = not held
    if earlier:
        held = count_causes(case.record, item, range(4 * year))
    binds = [Bind(kind=key[0], ref=key[1], quarters=n) for key, n in held.items()]
    if case.record.limits.duration_bps[item] != BPS:
        binds.append(Bind(kind=CauseKind.DURATION, ref=None, quarters=0))
    if (case.portfolio.conditions.pace_bps[: 4 * year + 4, item] != BPS).any():
        binds.append(Bind(kind=CauseKind.PACE, ref=None, quarters=0))
    behind = int(case.record.limits.opening.behind_quarters[item])
    if earlier and behind > 0:
        binds.insert(0, Bind(kind=CauseKind.BEHIND, ref=None, quarters=behind))
    return ShortYear(
        year=case.portfolio.calendar.first_year + year,
        plan_wan=plan_wan,
        drawn_wan=drawn_wan,
        binds=tuple(binds),
        carried_over=earlier and behind <= 0,
    )
