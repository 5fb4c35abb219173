"""One check for each rule of the rulebook; a check yields the breaches it finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.audit.play_facts import Facts
from portfolio.model.items import Carry, Kind
from portfolio.model.quarters import PLAY_QUARTERS, PLAY_YEARS
from portfolio.model.rules.rulebook import RULE_BY_CODE


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A rule broken: its code, where (item, channel, quarter or year) and by how much."""

    code: str
    where: str
    amount: int

    def __str__(self) -> str:
        rule = RULE_BY_CODE[self.code]
        return f"{rule.title}：{self.where}，相差 {self.amount:,} {rule.unit}"


def breaches(facts: Facts, code: str, excess: Ints, axes: str) -> Iterator[Breach]:
    """One breach for each positive cell of an array whose axes are named q, y, c, i."""
    for cell in np.argwhere(excess > 0):
        words = []
        for axis, value in zip(axes, map(int, cell), strict=True):
            if axis == "q":
                words.append(facts.portfolio.calendar.quarter_label(value))
            elif axis == "y":
                words.append(f"{facts.portfolio.calendar.first_year + value} 年")
            elif axis == "c":
                words.append(facts.portfolio.channels[value].name)
            else:
                words.append(facts.label(value))
        yield Breach(code=code, where=" ".join(words), amount=int(excess[tuple(cell)]))


def clock(facts: Facts) -> Iterator[Breach]:
    """The clock moves at its pace in every quarter in which nothing holds it, and in no other."""
    conditions, outcome = facts.portfolio.conditions, facts.outcome
    steps = np.diff(outcome.moved_bps, axis=0, prepend=0)
    pace = np.where(conditions.stopped, 0, conditions.pace_bps)
    left = np.zeros_like(pace)
    for i, first in enumerate(facts.first):
        last = facts.last[i]
        start = PLAY_QUARTERS
        if first is not None and last is not None:
            start = first + int(conditions.start_delay_quarters[i])
            before = outcome.moved_bps[:, i] - steps[:, i]
            left[:, i] = (last + 1 - first) * int(conditions.duration_bps[i]) - before
        pace[:start, i] = 0
    for gate, opened in zip(facts.portfolio.gates, facts.opened, strict=True):
        if gate.holds_bps == 0 and gate in facts.portfolio.binding_gates:
            pace[:opened, facts.portfolio.position[gate.succ_no]] = 0
    finished = np.array([PLAY_QUARTERS if f is None else f for f in outcome.finish])
    idle = (np.arange(PLAY_QUARTERS)[:, None] > finished) & (steps == 0)
    off = np.abs(steps - np.minimum(pace, left))
    yield from breaches(facts, "clock", np.where(idle, 0, off), "qi")


def start_gates(facts: Facts) -> Iterator[Breach]:
    """A gate opens when its predecessor came there, and holds its successor until then."""
    told = facts.outcome.gate_opened
    for gate, opened, said in zip(facts.portfolio.gates, facts.opened, told, strict=True):
        if opened != said:
            yield Breach(
                code="ceiling_gate" if gate.holds_bps else "start_gate",
                where=f"前置条件 {gate.id} 达到时间",
                amount=abs((PLAY_QUARTERS if opened is None else opened) - (said or 0)),
            )
        if gate.holds_bps or gate not in facts.portfolio.binding_gates:
            continue
        index = facts.portfolio.position[gate.succ_no]
        moved = np.flatnonzero(facts.outcome.moved_bps[:, index] > 0)
        limit = PLAY_QUARTERS if opened is None else opened
        if len(moved) and int(moved[0]) < limit:
            yield Breach(
                code="start_gate",
                where=f"{facts.label(index)} 前置条件 {gate.id}",
                amount=limit - int(moved[0]),
            )


def ceiling_gates(facts: Facts) -> Iterator[Breach]:
    """Before a gate opens its successor stays under the ceiling."""
    for gate, opened in zip(facts.portfolio.gates, facts.opened, strict=True):
        if gate.holds_bps == 0 or gate not in facts.portfolio.binding_gates:
            continue
        index = facts.portfolio.position[gate.succ_no]
        holds = gate.holds_wan(facts.portfolio.items[index])
        last = min(PLAY_QUARTERS, PLAY_QUARTERS if opened is None else opened) - 1
        if holds is None or last < 0 or not facts.plan[index]:
            continue
        # Finished counts as all the money in `progress`, so look at the money itself here.
        cost = max(int(facts.total_cost[index]), 1)
        pre = facts.portfolio.items[index].earlier_wan
        done = pre + int(facts.cum_item[last, index]) * int(facts.plan[index]) // cost
        if done > holds:
            yield Breach(
                code="ceiling_gate",
                where=f"{facts.label(index)} 前置条件 {gate.id} {facts.portfolio.calendar.quarter_label(last)}",
                amount=done - holds,
            )


def planned_at_clock(facts: Facts) -> Iterator[Breach]:
    """Nothing is drawn that the clock has not come to, and nothing negative."""
    yield from breaches(facts, "planned_at_clock", facts.cum_credited - facts.planned, "qci")
    yield from breaches(facts, "planned_at_clock", -facts.outcome.credited_wan, "qci")
    yield from breaches(facts, "planned_at_clock", -facts.outcome.drawn_wan, "qci")


def item_total(facts: Facts) -> Iterator[Breach]:
    """No item draws beyond its cost."""
    drawn = facts.outcome.drawn_wan.sum(axis=(0, 1))
    yield from breaches(facts, "item_total", drawn - facts.total_cost, "i")


def capacity(facts: Facts) -> Iterator[Breach]:
    """No item draws more in a quarter than a quarter of its yearly cap."""
    adjusted = facts.portfolio.adjusted
    plan = facts.portfolio.plan_wan if adjusted is None else adjusted.baseline_wan
    used = (facts.cum[-1] > 0).sum(axis=0)
    roundings = 2 if adjusted is None else 3
    factor = facts.portfolio.conditions.cost_bps
    for i, item in enumerate(facts.portfolio.items):
        cap = max(item.yearly_cap_wan or 0, int(plan[:, :, i].sum(axis=1).max()))
        # A quarter of the yearly cap, and the roundings of the channels: at most 2 × cost + 2 each,
        # once more × cost where an adjusted plan was laid on the clock.
        slack = roundings * int(factor[i]) / 10_000 + 2
        room = cap * int(factor[i]) / 40_000 + int(used[i]) * slack
        over = facts.outcome.drawn_wan[:, :, i].sum(axis=1) - room
        for q in np.flatnonzero(over > 0):
            yield Breach(
                code="capacity",
                where=f"{facts.label(i)} {facts.portfolio.calendar.quarter_label(int(q))}",
                amount=int(np.ceil(over[q])),
            )


def by_year(money: Ints) -> Ints:
    """Quarters summed to years: int64[year, …]."""
    by_year = money.reshape(PLAY_YEARS, 4, *money.shape[1:])
    return np.asarray(by_year.sum(axis=1), dtype=np.int64)


def account(facts: Facts) -> Iterator[Breach]:
    """Every account balances; 随资本金 has one in the years in which its credit is rationed."""
    o = facts.outcome
    off = o.allotted_wan + o.carried_in_wan - by_year(o.drawn_wan) - o.carried_out_wan
    off = np.abs(off - o.taken_back_wan)
    yield from breaches(facts, "account", np.where(facts.accounted[:, :, None], off, 0), "yci")


def release(facts: Facts) -> Iterator[Breach]:
    """Within a year no more is drawn than was carried in and released so far."""
    o, conditions = facts.outcome, facts.portfolio.conditions
    by_quarter = o.drawn_wan.reshape(PLAY_YEARS, 4, *o.drawn_wan.shape[1:]).cumsum(axis=1)
    for year in range(PLAY_YEARS):
        for c, channel in enumerate(facts.portfolio.channels):
            if not facts.accounted[year, c]:
                continue
            delay = int(conditions.delay_quarters[year, c])
            for k in range(4):
                part = int(conditions.release_bps[year, c, : max(0, k + 1 - delay)].sum())
                there = o.carried_in_wan[year, c] + o.allotted_wan[year, c] * part // 10_000
                over = by_quarter[year, k, c] - there
                for i in np.flatnonzero(over > 0):
                    yield Breach(
                        code="release",
                        where=f"{facts.label(int(i))} {channel.name} {facts.portfolio.calendar.quarter_label(4 * year + k)}",
                        amount=int(over[i]),
                    )


def carry_over(facts: Facts) -> Iterator[Breach]:
    """What goes over comes in; 两年 takes the rest back, 至竣工 keeps it until the finish."""
    o = facts.outcome
    moved = np.abs(o.carried_in_wan[1:] - o.carried_out_wan[:-1])
    # A ration that ends with its year leaves nothing to account for in the free year after it.
    ends = facts.rationed[:-1] & ~facts.rationed[1:]
    yield from breaches(facts, "carry_over", np.where(ends[:, :, None], 0, moved), "yci")
    yield from breaches(facts, "carry_over", o.carried_in_wan[:1], "yci")
    two_years = np.array([c.carry is Carry.TWO_YEARS for c in facts.portfolio.channels])
    # What goes over under the two-year rule is this year's money only.
    older = np.where(two_years[:, None], o.carried_out_wan - o.allotted_wan, 0)
    yield from breaches(facts, "carry_over", older, "yci")
    finished = np.array([PLAY_QUARTERS if f is None else f for f in o.finish])
    last = 4 * np.arange(PLAY_YEARS)[:, None] + 3
    kept = np.where((finished[None] > last)[:, None, :], 0, o.carried_out_wan)
    yield from breaches(facts, "carry_over", kept, "yci")
    early = np.where((finished[None] > last)[:, None, :] & ~two_years[:, None], o.taken_back_wan, 0)
    yield from breaches(facts, "carry_over", early, "yci")


def loans_in_step(facts: Facts) -> Iterator[Breach]:
    """In a quarter that draws a loan: loan ÷ planned loan is not ahead of capital ÷ planned."""
    kinds = facts.portfolio.of_kind(Kind.CREDIT)
    share = np.array(
        [0 if c.kind is Kind.CREDIT else c.capital_bps for c in facts.portfolio.channels]
    )
    weight = share[:, None]
    for q in range(PLAY_QUARTERS):
        capital = (facts.cum_credited[q] * weight // 10_000).sum(axis=0)
        wanted = (facts.planned[q] * weight // 10_000).sum(axis=0)
        ahead = facts.cum_credited[q] * wanted - facts.planned[q] * capital
        drew = facts.outcome.credited_wan[q] > 0
        bad = (ahead > 0) & drew & kinds[:, None] & (wanted > 0)
        for c, i in np.argwhere(bad):
            yield Breach(
                code="loans_in_step",
                where=f"{facts.label(int(i))} {facts.portfolio.channels[c].name} {facts.portfolio.calendar.quarter_label(q)}",
                amount=-(-int(ahead[c, i]) // int(wanted[i])),
            )


def substitution(facts: Facts) -> Iterator[Breach]:
    """A channel pays at most its own plan or its max_share of the cost, whichever is more."""
    portfolio = facts.portfolio
    most = np.zeros_like(facts.cost)
    for share in portfolio.shares:
        cell = portfolio.channel_position[share.channel_id], portfolio.position[share.item_no]
        most[cell] = share.max_share_bps
    ceiling = np.maximum(most * facts.total_cost // 10_000, facts.cost)
    paid = facts.outcome.drawn_wan.sum(axis=0)
    yield from breaches(facts, "substitution", paid - ceiling, "ci")
    if not portfolio.conditions.substitution:
        off = np.abs(facts.outcome.drawn_wan - facts.outcome.credited_wan)
        yield from breaches(facts, "substitution", off, "qci")
    pooled = portfolio.of_kind(Kind.POOLED)[:, None]
    off = np.where(pooled, 0, np.abs(facts.outcome.drawn_wan - facts.outcome.credited_wan))
    yield from breaches(facts, "substitution", off, "qci")


def sums(facts: Facts) -> Iterator[Breach]:
    """By the channel that pays or by the channel planned, an item draws the same."""
    off = facts.outcome.drawn_wan.sum(axis=1) - facts.outcome.credited_wan.sum(axis=1)
    yield from breaches(facts, "sums", np.abs(off), "qi")


def finish(facts: Facts) -> Iterator[Breach]:
    """An item is finished in the first quarter its clock has ended and all is drawn."""
    duration = facts.portfolio.conditions.duration_bps
    for i, first in enumerate(facts.first):
        last = facts.last[i]
        got = facts.outcome.finish[i]
        expected: int | None = None
        if first is not None and last is not None:
            end = (last + 1 - first) * int(duration[i])
            done = (facts.outcome.moved_bps[:, i] >= end) & (
                facts.cum_item[:, i] == facts.total_cost[i]
            )
            quarters = np.flatnonzero(done)
            expected = int(quarters[0]) if len(quarters) else None
        if got != expected:
            yield Breach(
                code="finish",
                where=facts.label(i),
                amount=abs((got if got is not None else PLAY_QUARTERS)
                           - (expected if expected is not None else PLAY_QUARTERS)),
            )  # fmt: skip


def delay_ledger(facts: Facts) -> Iterator[Breach]:
    """Causes sum to the delay; for unfinished items to every quarter lost until play's end."""
    moving = (np.diff(facts.outcome.moved_bps, axis=0, prepend=0) > 0).sum(axis=0)
    for i, first in enumerate(facts.first):
        last = facts.last[i]
        if first is None or last is None:
            continue
        finish = facts.outcome.finish[i]
        length = last + 1 - first
        clock_end = length * int(facts.portfolio.conditions.duration_bps[i])
        if finish is not None:
            expected = finish - last
        elif int(facts.outcome.moved_bps[-1, i]) >= clock_end:
            expected = PLAY_QUARTERS - last
        else:
            expected = PLAY_QUARTERS - first - min(int(moving[i]), length)
        got = sum(cause.quarters for cause in facts.outcome.causes[i])
        if got != expected:
            yield Breach(code="delay_ledger", where=facts.label(i), amount=abs(got - expected))


# --- Checks of the year's allotment: need, envelope, who is served first, rationed credit


def need(facts: Facts) -> Iterator[Breach]:
    """Need = planned at the year's end if the clock moves on, less drawn, less carried over."""
    conditions, outcome = facts.portfolio.conditions, facts.outcome
    starts = np.array([100 if q is None else q for q in facts.first])
    starts = starts + conditions.start_delay_quarters
    for year in range(_last_year(facts) + 1):
        moved = outcome.moved_bps[4 * year - 1] if year else np.zeros_like(starts)
        left = np.array([max(0, min(4, 4 * year + 4 - int(q))) for q in starts])
        drawn = facts.cum_credited[4 * year - 1] if year else np.zeros_like(facts.cost)
        wanted = facts.planned_at(moved + 10_000 * left) - drawn
        carried = outcome.carried_in_wan[year]
        if conditions.substitution:  # carried by purpose is not told: only its sum over 统筹 is
            pooled = facts.portfolio.of_kind(Kind.POOLED)
            own = np.where(pooled[:, None], 0, carried)
            off = np.abs(outcome.need_wan[year] - np.maximum(wanted - own, 0))
            off = np.where((pooled | facts.unaccounted(year))[:, None], 0, off)
            most = np.where(pooled[:, None], outcome.need_wan[year] - np.maximum(wanted, 0), 0)
            yield from breaches(facts, "need", np.maximum(off, most), "ci")
            continue
        off = np.abs(outcome.need_wan[year] - np.maximum(wanted - carried, 0))
        off = np.where(facts.unaccounted(year)[:, None], 0, off)
        yield from breaches(facts, "need", off, "ci")


def envelope(facts: Facts) -> Iterator[Breach]:
    """Envelope = allotted + lapsed; nobody gets more of an own envelope than it holds."""
    outcome, portfolio = facts.outcome, facts.portfolio
    pooled = portfolio.of_kind(Kind.POOLED)
    owned = portfolio.of_kind(Kind.EARMARKED, Kind.OWN)
    money = np.where(
        pooled, portfolio.envelopes.pooled_wan, portfolio.envelopes.own_wan.sum(axis=2)
    )
    off = np.abs(money - outcome.allotted_wan.sum(axis=2) - outcome.lapsed_wan)
    off += np.abs(money - outcome.envelope_wan)
    yield from breaches(facts, "envelope", np.where(pooled | owned, off, 0), "yc")
    yield from breaches(facts, "envelope", -outcome.lapsed_wan, "yc")
    over = outcome.allotted_wan - portfolio.envelopes.own_wan
    yield from breaches(facts, "envelope", np.where(owned[:, None], over, 0), "yci")


def allotment(facts: Facts) -> Iterator[Breach]:
    """统筹: class by class, pro rata or in order, nothing lapses that is needed.

    上级指定 and 专属: the smaller of need and own envelope. A channel's own part is what it served
    less what substitutes paid of it.
    """
    portfolio, outcome = facts.portfolio, facts.outcome
    own = outcome.served_wan - outcome.replaced_wan
    for year in range(_last_year(facts) + 1):
        for c, channel in enumerate(portfolio.channels):
            wants = outcome.need_wan[year, c]
            if channel.kind is Kind.POOLED:
                money = int(portfolio.envelopes.pooled_wan[year, c])
                due = _served(facts, money, [int(want) for want in wants])
            elif channel.kind is Kind.CREDIT:
                continue
            else:
                due = np.minimum(wants, portfolio.envelopes.own_wan[year, c])
            off = np.zeros_like(own[:1])
            off[0, c] = np.abs(own[year, c] - due)
            yield from breaches(facts, "allotment", off, "yci")


def _served(facts: Facts, money: int, wants: list[int]) -> Ints:
    due = [0] * len(wants)
    for level in sorted({item.priority for item in facts.portfolio.items}):
        group = [i for i, item in enumerate(facts.portfolio.items) if item.priority == level]
        asked, running, paid = sum(wants[i] for i in group), 0, 0
        there = min(money, asked)
        for i in group:
            running += wants[i]
            in_order = facts.portfolio.conditions.in_order
            until = min(running, there) if in_order else running * there // max(asked, 1)
            due[i], paid = until - paid, until
        money -= there
    return np.array(due, dtype=np.int64)


def credit(facts: Facts) -> Iterator[Breach]:
    """Rationed 随资本金: allotted = need × credit factor."""
    outcome = facts.outcome
    factor = np.minimum(facts.portfolio.conditions.credit_bps, 10_000)[:, :, None]
    off = np.abs(outcome.allotted_wan - outcome.need_wan * factor // 10_000)
    used = np.arange(PLAY_YEARS) <= _last_year(facts)
    rationed = facts.rationed & used[:, None]
    yield from breaches(facts, "credit", np.where(rationed[:, :, None], off, 0), "yci")


def _last_year(facts: Facts) -> int:
    """Last year in which something is left to do: after it engines need not play on."""
    finishes = [
        finish
        for first, finish in zip(facts.first, facts.outcome.finish, strict=True)
        if first is not None
    ]
    if any(finish is None for finish in finishes):
        return PLAY_YEARS - 1
    return max((finish // 4 for finish in finishes if finish is not None), default=0)
