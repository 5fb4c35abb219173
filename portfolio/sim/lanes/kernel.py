"""The rules on lanes: what `one_path` and `model.rules.allotment` do, for paths side by side.

Plain Python on lane values (see `vectors`), run as it stands on NumPy rows and, by `compiled`, on
machine vectors. A block of lanes is played year by year: every item asks, the envelopes are
shared out, every item lives through its four quarters, in graph order, and clears its accounts.
An item may do its whole year before the next one, since a gate looks only at what its predecessor
did in earlier quarters, or started in this one. Items finished and paid in all lanes are left out.

Everything is in arenas of rows: the luck `u`, the state `s` (all that a year hands on to the next,
so that a play goes on from a copy of it), the sums `t` over all blocks. Items are `i`, cells `c`,
gates `g`, substitute accounts `a`.
"""

from __future__ import annotations

from portfolio.sim.lanes.arenas import (
    AT_CAPACITY,
    BEHIND,
    LATE,
    PLAIN,
    SLOWED,
    STOPPED,
    STRETCHED,
    Play,
)
from portfolio.sim.lanes.inputs import CREDIT, NEVER, OWN, POOLED
from portfolio.sim.lanes.vectors import (
    Arena,
    Flags,
    Lanes,
    Places,
    at,
    both,
    but,
    drawn,
    either,
    every,
    everywhere,
    happens,
    inverse,
    ld,
    neighbours,
    no,
    part,
    part_by,
    part_of_full,
    places,
    put,
    some,
    st,
    vmax,
    vmin,
    where,
)

FULL = 10_000
#: Stands for “no ceiling”: above any amount, and exact in float64.
UNBOUNDED = 2**52


# --- The luck of the lanes, laid on the rules as `model.rules.parameters.derive` lays it


def lay_luck(k: Play, first: int) -> None:
    """Factors multiply and are floored to whole basis points; money follows them."""
    x, r, u, luck = k.x, k.r, k.u, k.luck
    for i in range(x.items):
        lay_clock(k, first, i)
        cost = part_of_full(drawn(u, luck.cost_bps, i, first) * at(x.cost_bps, i))
        volume = part_of_full(drawn(u, luck.volume_bps, i, first) * at(x.volume_bps, i))
        scale = part_of_full(cost * volume)
        money, approved, roundings = every(u, at(x.before, i)), every(u, 0), every(u, 0)
        if x.from_facts:  # luck falls on what is still to be done
            rest = part_of_full(volume * (at(x.planned, i) - at(x.reached, i)))
            approved = rest + at(x.reached, i)
        for c in range(at(x.first_cell, i), at(x.first_cell, i + 1)):
            planned = at(x.cum, c, x.last_column)
            costs = part_of_full(scale * planned)
            st(u, r.cost + c, costs)
            money = money + costs
            if not x.from_facts:
                approved = approved + part_of_full(volume * planned)
            roundings = roundings + where(costs > 0, 2, 0)
        st(u, r.scale + i, scale)
        st(u, r.approved + i, approved)
        capacity = part(cost * at(x.cap, i) + (4 * FULL - 1), 4 * FULL)  # rounded up
        st(u, r.capacity + i, capacity + at(x.used, i))
        st(u, r.item_cost + i, money)
        st(u, r.roundings + i, roundings)
    for g in range(x.gates):
        pred, succ = at(x.gate_pred, g), at(x.gate_succ, g)
        threshold, ceiling = every(u, at(x.pre, pred)), every(u, 0)
        if at(x.planned, pred) > 0:
            beyond = ld(u, r.approved + pred) * at(x.gate_beyond, g)
            threshold = threshold + part(beyond, at(x.planned, pred))
        if at(x.planned, succ) > 0:
            ceiling = part(ld(u, r.item_cost + succ) * at(x.gate_room, g), at(x.planned, succ))
        st(u, r.at + g, threshold)
        st(u, r.ceiling + g, ceiling)
    channels = x.channels
    for year in range(x.years):
        for channel in range(channels):
            row = year * channels + channel
            receipt = drawn(u, luck.receipt_bps, row, first)
            st(u, r.receipt + row, receipt)
            if at(x.is_pooled, channel):
                st(u, r.pooled + row, part_of_full(receipt * at(x.pooled_wan, year, channel)))
            if at(x.is_credit, channel):
                credit = part_of_full(receipt * at(x.credit_bps, year, channel))
                st(u, r.credit + row, vmin(credit, FULL))
                rationed = where(credit < FULL, 1, 0)
                st(u, r.limited + row, every(u, 1) if at(x.delayed, year, channel) else rationed)
    lay_rooms(k)


def lay_clock(k: Play, first: int, i: int) -> None:
    """How an item's clock runs; of a bundle the factor of luck and scenario is its projects'."""
    x, r, u, luck = k.x, k.r, k.u, k.luck
    duration = part_of_full(drawn(u, luck.duration_bps, i, first) * at(x.duration_bps, i))
    duration = vmax(duration, 1)
    position, length = at(x.position, i), at(x.length, i)
    if at(x.bundle, i):
        lag = part(vmax(duration - FULL, 0) * x.life_quarters, 2)
        duration = part_of_full(duration * x.stretch_bps + FULL * (FULL - x.stretch_bps))
        begun_at = part_of_full(duration * position + (FULL - 1))  # rounded up
        begun_at, moves = (
            vmin(begun_at, lag + position),
            vmin(duration * length, lag + FULL * length),
        )
        st(u, r.lag + i, lag)
    else:
        begun_at = part_of_full(duration * position + (FULL - 1))
        moves = duration * length
    st(u, r.duration + i, duration)
    st(u, r.inverted + i, inverse(duration))
    st(u, r.begun_at + i, begun_at)
    st(u, r.moves + i, moves)


def lay_rooms(k: Play) -> None:
    """What payers may still bring of the items' cost in another channel's place."""
    x, r, u = k.x, k.r, k.u
    for n in range(x.slots):
        i = at(x.slot_item, n)
        most = part_of_full(ld(u, r.item_cost + i) * at(x.slot_share_bps, n))
        own_plan = part_of_full(ld(u, r.scale + i) * at(x.slot_own_wan, n))
        st(u, r.room + n, vmax(most - own_plan - at(x.slot_before, n), 0))


# --- A year: needs, envelopes, clearing


def ask(k: Play, year: int, i: int) -> None:
    """Need of an item's cells: planned at the year's end, less drawn, less carried over.

    What an item has for itself (上级指定, 专属, rationed credit) is allotted at once: of own money the
    envelope and what follows from earlier years.
    """
    x, r, u, s, t = k.x, k.r, k.u, k.s, k.t
    channels = x.channels
    moved = ld(s, r.moved + i)
    st(s, r.opened_at + i, moved)
    clock = moved + unhindered(k, year, 4, i)
    ended = everywhere(clock >= ld(u, r.moves + i))
    position, rest = standing(k, i, clock)
    for c in range(at(x.first_cell, i), at(x.first_cell, i + 1)):
        planned = ld(u, r.cost + c) if ended else plan_at(k, i, c, position, rest)
        there = ld(s, r.credited + c) + ld(s, r.carried + c)
        for n in range(at(x.cell_subs_start, c), at(x.cell_subs_start, c + 1)):
            account = at(x.cell_subs, n)
            there = there + ld(s, r.sub_carried + account)
            st(s, r.sub_drawn + account, 0)
        need = vmax(planned - there, 0)
        st(s, r.drawn + c, 0)
        st(s, r.opening + c, ld(s, r.credited + c))
        kind, row = at(x.cell_kind, c), year * channels + at(x.cell_channel, c)
        if kind == POOLED:
            st(s, r.need + c, need)
            continue
        if kind == OWN:
            own = part_of_full(ld(u, r.receipt + row) * at(x.own, year, c))
            given = vmin(need, own + ld(s, r.follows + c))
            follow(k, year, i, c, given)
        else:
            limited = ld(u, r.limited + row) > 0
            need = where(limited, need, 0)
            spent = spent_of(k, year, c)
            given = vmax(part_of_full((need + spent) * ld(u, r.credit + row)) - spent, 0)
            given = where(limited, given, 0)
        st(s, r.allotted + c, given)
        st(t, r.unserved + row, ld(t, r.unserved + row) + (need - given))


def unhindered(k: Play, year: int, quarters: int, i: int) -> int:
    """How far a clock comes in so many quarters of a year if nothing holds it once it may start."""
    x = k.x
    since = max(at(x.earliest, i), 4 * year, x.begun)
    moving: int = min(max(4 * year + quarters - since, 0), 4)
    if moving > 0 and year == x.begun // 4 and at(x.earliest, i) <= x.begun:
        return moving * FULL - x.past_bps
    return moving * FULL


def spent_of(k: Play, year: int, c: int) -> int:
    """What facts have drawn of a year's budget."""
    x = k.x
    spent: int = at(x.spent, c) if year == x.begun // 4 else 0
    return spent


def follow(k: Play, year: int, i: int, c: int, given: Lanes) -> None:
    """What of an own cell's ask is not given follows the item into the next year until it is paid."""
    x, r, u, s = k.x, k.r, k.u, k.s
    row = year * x.channels + at(x.cell_channel, c)
    asked = part_of_full(ld(u, r.receipt + row) * at(x.own_ask, year, c))
    follows = vmax(ld(s, r.follows + c) + asked - given, 0)
    st(s, r.follows + c, where(ld(s, r.paid + i) > 0, 0, follows))


def wait(k: Play, year: int, i: int) -> None:
    """A year before an item may start: it needs nothing, its own money follows it."""
    x, s = k.x, k.s
    for c in range(at(x.first_cell, i), at(x.first_cell, i + 1)):
        if at(x.cell_kind, c) == OWN:
            follow(k, year, i, c, every(s, 0))


def standing(k: Play, i: int, clock: Lanes) -> tuple[Places, Lanes]:
    """Where clocks stand on the plan: the column of `cum`, and bps × duration past it.

    Of a bundle, which lags by so much at the most, bps of a quarter past it.
    """
    x, r, u = k.x, k.r, k.u
    duration, length = ld(u, r.duration + i), at(x.length, i)
    if at(x.bundle, i):
        reached = part_by(clock * FULL, duration, ld(u, r.inverted + i))
        reached = vmax(reached, clock - ld(u, r.lag + i))
        whole = part_of_full(reached)
        rest = reached - whole * FULL
    else:
        whole = part_by(clock, duration, ld(u, r.inverted + i))
        rest = clock - whole * duration
    past = whole >= length
    rest = where(past, 0, rest)
    return places(where(past, length, whole) + at(x.first, i)), rest


def plan_at(k: Play, i: int, c: int, position: Places, rest: Lanes) -> Lanes:
    """Plan of a cell at the clocks: interpolated between quarters, then × volume and cost."""
    x, r, u = k.x, k.r, k.u
    low, high = neighbours(x.cum, c, position)
    if at(x.bundle, i):
        grown = part_of_full((high - low) * rest)
    else:
        grown = part_by((high - low) * rest, ld(u, r.duration + i), ld(u, r.inverted + i))
    return part_of_full(vmax(low + grown, 0) * ld(u, r.scale + i))


def place(k: Play, channel: int) -> None:
    """Place what was carried in without an item with those that need it."""
    x, r, s = k.x, k.r, k.s
    there, want = ld(s, r.unplaced + channel), every(s, 0)
    if not some(there > 0):
        return
    first, after = at(x.placed_start, channel), at(x.placed_start, channel + 1)
    for n in range(first, after):
        c = at(x.placed, n)
        if alive(k, at(x.cell_item, c)):
            want = want + ld(s, r.need + c)
    get, whole = vmin(there, want), vmax(want, 1)
    inverted, asked, told = inverse(whole), every(s, 0), every(s, 0)
    for n in range(first, after):
        c = at(x.placed, n)
        if not alive(k, at(x.cell_item, c)):
            continue
        need = ld(s, r.need + c)
        asked = asked + need
        now = part_by(asked * get, whole, inverted)
        given, told = now - told, now
        st(s, r.carried + c, ld(s, r.carried + c) + given)
        st(s, r.need + c, need - given)
    st(s, r.unplaced + channel, there - get)


def allot(k: Play, year: int) -> None:
    """Share out the envelopes of 统筹 (年初下达), class by class; then let others substitute."""
    x, r, u, s, t = k.x, k.r, k.u, k.s, k.t
    channels = x.channels
    if x.from_facts:
        for channel in range(channels):
            place(k, channel)
    for g in range(x.groups):
        channel = at(x.group_channel, g)
        row = year * channels + channel
        if g == 0 or at(x.group_channel, g - 1) != channel:
            st(s, r.left + channel, ld(u, r.pooled + row))
        first, after = at(x.served_start, g), at(x.served_start, g + 1)
        want = every(s, 0)
        for n in range(first, after):
            c = at(x.served, n)
            if alive(k, at(x.cell_item, c)):
                want = want + ld(s, r.need + c)
        get = vmin(ld(s, r.left + channel), want)
        enough, whole = everywhere(want <= get), vmax(want, 1)
        inverted, asked, told = inverse(whole), every(s, 0), every(s, 0)
        for n in range(first, after):
            c = at(x.served, n)
            if not alive(k, at(x.cell_item, c)):
                continue
            need = ld(s, r.need + c)
            given = need
            if not enough:
                given, asked, told = share(k, need, get, whole, inverted, asked, told)
            st(s, r.allotted + c, given)
            st(s, r.need + c, need - given)
        st(s, r.left + channel, ld(s, r.left + channel) - get)
        st(t, r.unserved + row, ld(t, r.unserved + row) + (want - get))
    if x.accounts > 0:
        substitute(k, year)


def share(
    k: Play, need: Lanes, get: Lanes, whole: Lanes, inverted: Lanes, asked: Lanes, told: Lanes
) -> tuple[Lanes, Lanes, Lanes]:
    """An item's part of what its class gets: pro rata by cumulative floors, or in sheet order.

    Returns it, and what has been asked and told so far with it.
    """
    x = k.x
    if x.in_order:
        given = vmin(vmax(get - asked, 0), need)
        return given, asked + need, told + given
    asked = asked + need
    now = part_by(asked * get, whole, inverted)
    return now - told, asked, now


def substitute(k: Play, year: int) -> None:
    """Let other pooled channels serve what one could not, up to their room."""
    x, r, u, s, t = k.x, k.r, k.u, k.s, k.t
    channels = x.channels
    for g in range(x.sub_groups):
        payer = at(x.sub_group_payer, g)
        first, after = at(x.sub_group_start, g), at(x.sub_group_start, g + 1)
        want = every(s, 0)
        for n in range(first, after):
            a = at(x.subs, n)
            c, slot = at(x.sub_cell, a), at(x.sub_slot, a)
            if alive(k, at(x.cell_item, c)):
                slack = ld(u, r.room + slot) - ld(s, r.substituted + slot)
                wanted = vmin(ld(s, r.need + c), slack)
                st(s, r.sub_wanted + a, wanted)
                want = want + wanted
        get = vmin(ld(s, r.left + payer), want)
        whole = vmax(want, 1)
        inverted, asked, told = inverse(whole), every(s, 0), every(s, 0)
        for n in range(first, after):
            a = at(x.subs, n)
            c, slot = at(x.sub_cell, a), at(x.sub_slot, a)
            if not alive(k, at(x.cell_item, c)):
                continue
            wanted = ld(s, r.sub_wanted + a)
            given, asked, told = share(k, wanted, get, whole, inverted, asked, told)
            st(s, r.sub_allotted + a, given)
            st(s, r.need + c, ld(s, r.need + c) - given)
            st(s, r.substituted + slot, ld(s, r.substituted + slot) + given)
            row = r.unserved + year * channels + at(x.cell_channel, c)
            st(t, row, ld(t, row) - given)
        st(s, r.left + payer, ld(s, r.left + payer) - get)


def clear(k: Play, year: int, i: int) -> Lanes:
    """Clear an item's year (年末清算): over to the next year, or taken back; the money it drew."""
    x, r, u, s, t, trace = k.x, k.r, k.u, k.s, k.t, k.trace
    channels, items = x.channels, x.items
    settled, money = ld(s, r.paid + i) > 0, every(s, 0)
    for c in range(at(x.first_cell, i), at(x.first_cell, i + 1)):
        channel = at(x.cell_channel, c)
        row = year * channels + channel
        paid, carried = ld(s, r.drawn + c), ld(s, r.carried + c)
        st(t, r.by_channel + row, ld(t, r.by_channel + row) + paid)
        money = money + paid
        allotted = ld(s, r.allotted + c)
        there = carried + allotted - paid
        never = never_arrives(k, year, i, c, allotted)
        over = carried_over(carried, paid, there - never, settled, at(x.two_years, channel))
        if at(x.cell_kind, c) == CREDIT:
            limited = ld(u, r.limited + row) > 0
            over, there = where(limited, over, 0), where(limited, there, 0)
        st(s, r.carried + c, over)
        if trace.asked:
            note(trace.carried_out, row * items + i, over)
            note(trace.taken_back, row * items + i, there - over)
        for n in range(at(x.cell_subs_start, c), at(x.cell_subs_start, c + 1)):
            a = at(x.cell_subs, n)
            channel, slot = at(x.sub_payer, a), at(x.sub_slot, a)
            payer = r.by_channel + year * channels + channel
            paid, carried = ld(s, r.sub_drawn + a), ld(s, r.sub_carried + a)
            st(t, payer, ld(t, payer) + paid)
            money = money + paid
            allotted = ld(s, r.sub_allotted + a)
            there = carried + allotted - paid
            cut = never_released(k, year, channel, allotted)
            never = never + cut
            over = carried_over(carried, paid, there - cut, settled, at(x.two_years, channel))
            st(s, r.sub_carried + a, over)
            st(s, r.substituted + slot, ld(s, r.substituted + slot) - (there - over))
            if trace.asked:
                row_of = (payer - r.by_channel) * items + i
                note(trace.carried_out, row_of, over)
                note(trace.taken_back, row_of, there - over)
        st(t, r.unserved + row, ld(t, r.unserved + row) + never)
    st(t, r.by_item + year * items + i, ld(t, r.by_item + year * items + i) + money)
    return money


def carried_over(
    carried: Lanes, paid: Lanes, there: Lanes, settled: Flags, two_years: bool
) -> Lanes:
    """What of an account goes over; carried money is drawn first.

    两年: this year's rest alone. 至竣工: all, until the item is finished and paid.
    """
    over = there - vmax(carried - paid, 0) if two_years else there
    return where(settled, 0, over)


def released(k: Play, quarter: int, channel: int, allotted: Lanes) -> Lanes:
    """What of a year's allotment is released by a quarter; a shock inside the year cuts the rest."""
    x, year = k.x, quarter // 4
    whole, cut_from = allotted, at(x.cut_from, year, channel)
    if at(x.release, quarter, channel) != FULL:
        whole = part_of_full(allotted * at(x.release, quarter, channel))
    if cut_from >= quarter - 4 * year:
        return whole
    there = part_of_full(allotted * at(x.release, 4 * year + cut_from, channel))
    return there + part_of_full((whole - there) * at(x.cut_bps, year, channel))


def never_released(k: Play, year: int, channel: int, allotted: Lanes) -> Lanes:
    """What a shock inside the year keeps from a year's allotment for good."""
    x, last = k.x, 4 * year + 3
    if at(x.cut_from, year, channel) >= 3:
        return every(k.s, 0)
    whole = part_of_full(allotted * at(x.release, last, channel))
    return whole - released(k, last, channel, allotted)


def arrives(k: Play, quarter: int, i: int, c: int, allotted: Lanes) -> Lanes:
    """What of a cell's allotment has arrived by a quarter.

    After facts at least what the plan needs at the unhindered clock, unless the channel is delayed.
    """
    x = k.x
    year, channel = quarter // 4, at(x.cell_channel, c)
    if not x.from_facts:
        return released(k, quarter, channel, allotted)
    cut_from = at(x.cut_from, year, channel)
    there = in_time(k, quarter, i, c, allotted)
    if cut_from >= quarter - 4 * year:
        return there
    by_shock = in_time(k, 4 * year + cut_from, i, c, allotted)
    return by_shock + part_of_full((there - by_shock) * at(x.cut_bps, year, channel))


def in_time(k: Play, quarter: int, i: int, c: int, allotted: Lanes) -> Lanes:
    """What has arrived by a quarter without a shock inside the year."""
    x, r, s = k.x, k.r, k.s
    year, channel, spent = quarter // 4, at(x.cell_channel, c), spent_of(k, quarter // 4, c)
    pattern = part_of_full((allotted + spent) * at(x.release, quarter, channel)) - spent
    pattern = vmax(pattern, 0)
    if at(x.delayed, year, channel):
        return pattern
    clock = ld(s, r.opened_at + i) + unhindered(k, year, quarter - 4 * year + 1, i)
    position, rest = standing(k, i, clock)
    due = plan_at(k, i, c, position, rest) - ld(s, r.opening + c) - ld(s, r.carried + c)
    for n in range(at(x.cell_subs_start, c), at(x.cell_subs_start, c + 1)):
        due = due - ld(s, r.sub_carried + at(x.cell_subs, n))
    return vmax(pattern, vmin(allotted, due))


def never_arrives(k: Play, year: int, i: int, c: int, allotted: Lanes) -> Lanes:
    """What a shock inside the year keeps from a cell's allotment for good."""
    x, last = k.x, 4 * year + 3
    channel = at(x.cell_channel, c)
    if not x.from_facts:
        return never_released(k, year, channel, allotted)
    if at(x.cut_from, year, channel) >= 3:
        return every(k.s, 0)
    return in_time(k, last, i, c, allotted) - arrives(k, last, i, c, allotted)


# --- A quarter of one item: start, clock, demand, payment, loans, finish


def quarter_of(k: Play, first: int, quarter: int, i: int) -> None:
    """What an item does in a quarter."""
    x, r, u, s, luck = k.x, k.r, k.u, k.s, k.luck
    stopped = happens(luck.stopped, i * x.quarters + quarter, first, s)
    if at(x.stopped, quarter, i):
        stopped = either(stopped, no(stopped))  # in every lane
    started = ld(s, r.started + i) > 0
    if not everywhere(started):
        started = either(started, start(k, quarter, i, stopped, started))
        if not some(started):
            return
    finished, settled = ld(s, r.finished + i) > 0, ld(s, r.paid + i) > 0
    if everywhere(settled):
        return
    before, moves = ld(s, r.moved + i), ld(u, r.moves + i)
    if some(stopped):
        count(k, r.lost_stop + i, both(both(started, stopped), before < moves))
    going = but(started, stopped)
    moved = where(going, vmin(before + at(x.pace, quarter, i), moves), before)
    count(k, r.moving + i, moved > before)
    st(s, r.moved + i, moved)
    ended = moved >= moves
    asked = demand(k, i, moved, but(going, settled), everywhere(ended))
    over_ceiling, over_capacity = cut_to_room(k, quarter, i, asked)
    pay(k, quarter, i)
    if at(x.has_credit, i):
        draw_loans(k, i)
    total = ld(s, r.total + i)
    for j in range(at(x.first_cell, i + 1) - at(x.first_cell, i)):
        total = total + ld(s, r.met + j)
    st(s, r.total + i, total)
    cost, late = ld(u, r.item_cost + i), both(but(started, finished), ended)
    if some(late):
        done = both(late, total * FULL >= cost * (FULL - x.tail_bps))
        finished = either(finished, done)
        st(s, r.finished + i, where(finished, 1, 0))
        st(s, r.finish + i, where(done, quarter, ld(s, r.finish + i)))
        late = but(late, done)
        if some(late):
            blame(k, quarter, i, late, stopped, over_ceiling, over_capacity)
    st(s, r.paid + i, where(both(finished, total == cost), 1, 0))


def count(k: Play, row: int, flags: Flags) -> None:
    """Count one more where it is so."""
    s = k.s
    st(s, row, ld(s, row) + where(flags, 1, 0))


def start(k: Play, quarter: int, i: int, stopped: Flags, started: Flags) -> Flags:
    """The lanes in which the item starts now; notes what holds the others."""
    x, r, s = k.x, k.r, k.s
    opens = every(s, 0)
    for n in range(at(x.item_gates_start, i), at(x.item_gates_start, i + 1)):
        g = at(x.item_gates, n)
        if at(x.gate_starts, g):
            opens = vmax(opens, ld(s, r.opens + g))
    held = opens > quarter
    free = no(either(held, started))
    now = but(free, stopped)
    count(k, r.lost_start + i, but(held, started))
    count(k, r.lost_stop + i, both(free, stopped))
    st(s, r.started + i, where(either(started, now), 1, 0))
    st(s, r.start + i, where(now, quarter, ld(s, r.start + i)))
    for n in range(at(x.pred_gates_start, i), at(x.pred_gates_start, i + 1)):
        g = at(x.pred_gates, n)
        if at(x.gate_clock, g):
            opens = ld(s, r.opens + g)
            opening = both(now, opens == NEVER)
            st(s, r.opens + g, where(opening, quarter + at(x.gate_lag, g), opens))
    return now


def demand(k: Play, i: int, clock: Lanes, asking: Flags, ended: bool) -> Lanes:
    """Plan of the item's cells at the clock, and what they ask: what of it is not drawn yet."""
    x, r, u, s = k.x, k.r, k.u, k.s
    asked, base = every(s, 0), at(x.first_cell, i)
    position, rest = standing(k, i, clock)
    for c in range(base, at(x.first_cell, i + 1)):
        planned = ld(u, r.cost + c) if ended else plan_at(k, i, c, position, rest)
        wanted = where(asking, planned - ld(s, r.credited + c), 0)
        asked = asked + wanted
        st(s, r.planned + c - base, planned)
        st(s, r.wanted + c - base, wanted)
    return asked


def cut_to_room(k: Play, quarter: int, i: int, asked: Lanes) -> tuple[Flags, Flags]:
    """Cut demand to the room under gate ceilings and to the capacity, by cumulative floors.

    Returns where the ceilings and where the capacity are too low.
    """
    x, r, u, s = k.x, k.r, k.u, k.s
    room, total, capacity = every(s, UNBOUNDED), ld(s, r.total + i), ld(u, r.capacity + i)
    if quarter == x.begun:
        capacity = vmax(capacity - at(x.begun_drawn, i), 0)
    for n in range(at(x.item_gates_start, i), at(x.item_gates_start, i + 1)):
        g = at(x.item_gates, n)
        if not at(x.gate_starts, g):
            below = vmin(room, vmax(ld(u, r.ceiling + g) - total, 0))
            room = where(ld(s, r.opens + g) > quarter, below, room)
    over_ceiling, over_capacity = asked > room, asked > capacity
    if some(either(over_ceiling, over_capacity)):
        most, whole = vmin(asked, vmin(room, capacity)), vmax(asked, 1)
        inverted, sum_asked, told = inverse(whole), every(s, 0), every(s, 0)
        for j in range(at(x.first_cell, i + 1) - at(x.first_cell, i)):
            sum_asked = sum_asked + ld(s, r.wanted + j)
            now = part_by(sum_asked * most, whole, inverted)
            st(s, r.wanted + j, now - told)
            told = now
    return over_ceiling, over_capacity


def pay(k: Play, quarter: int, i: int) -> None:
    """Pay each cell's demand from what is released of its account, then from substitutes'."""
    x, r, u, s = k.x, k.r, k.u, k.s
    channels, base = x.channels, at(x.first_cell, i)
    for c in range(base, at(x.first_cell, i + 1)):
        j, channel = c - base, at(x.cell_channel, c)
        wanted, paid, allotted = ld(s, r.wanted + j), ld(s, r.drawn + c), ld(s, r.allotted + c)
        if at(x.cell_kind, c) == CREDIT:  # drawn once the capital is known
            limited = ld(u, r.limited + quarter // 4 * channels + channel) > 0
            if some(limited):
                there = ld(s, r.carried + c) + arrives(k, quarter, i, c, allotted) - paid
                wanted = where(limited, vmin(wanted, there), wanted)
            st(s, r.met + j, wanted)
            continue
        there = ld(s, r.carried + c) + arrives(k, quarter, i, c, allotted) - paid
        met = vmin(wanted, there)
        st(s, r.drawn + c, paid + met)
        for n in range(at(x.cell_subs_start, c), at(x.cell_subs_start, c + 1)):
            a = at(x.cell_subs, n)
            there = released(k, quarter, at(x.sub_payer, a), ld(s, r.sub_allotted + a))
            paid = ld(s, r.sub_drawn + a)
            now = vmin(wanted - met, ld(s, r.sub_carried + a) + there - paid)
            now = vmax(now, 0)
            met = met + now
            st(s, r.sub_drawn + a, paid + now)
        st(s, r.met + j, met)
        st(s, r.credited + c, ld(s, r.credited + c) + met)


def draw_loans(k: Play, i: int) -> None:
    """Draw 随资本金, at most its plan at the clock × capital drawn ÷ capital planned."""
    x, r, s = k.x, k.r, k.s
    base, after = at(x.first_cell, i), at(x.first_cell, i + 1)
    capital, due = every(s, 0), every(s, 0)
    for c in range(base, after):
        weight = at(x.capital_bps, at(x.cell_channel, c))
        if weight == FULL:
            capital = capital + ld(s, r.credited + c)
            due = due + ld(s, r.planned + c - base)
        elif weight > 0:
            capital = capital + part_of_full(ld(s, r.credited + c) * weight)
            due = due + part_of_full(ld(s, r.planned + c - base) * weight)
    behind = capital < due
    short = some(behind)
    for c in range(base, after):
        if at(x.cell_kind, c) == CREDIT:
            j = c - base
            met, credited = ld(s, r.met + j), ld(s, r.credited + c)
            if short:
                room = part(ld(s, r.planned + j) * capital, vmax(due, 1)) - credited
                met = where(behind, vmin(met, vmax(room, 0)), met)
                st(s, r.met + j, met)
            st(s, r.drawn + c, ld(s, r.drawn + c) + met)
            st(s, r.credited + c, credited + met)


def blame(
    k: Play,
    quarter: int,
    i: int,
    late: Flags,
    stopped: Flags,
    over_ceiling: Flags,
    over_capacity: Flags,
) -> None:
    """Give a quarter lost after the clock's end to what held the item: the first that binds.

    A stoppage; the lowest gate ceiling or the capacity, where all they leave is met but roundings;
    else the channel with the largest unmet demand, and for 随资本金 the capital most behind its
    plan at the clock, if any is (see `model.outcome.binding_reasons`).
    """
    x, r, u, s = k.x, k.r, k.u, k.s
    base, cells = at(x.first_cell, i), at(x.first_cell, i + 1) - at(x.first_cell, i)
    unmet, most, which, credit = every(s, 0), every(s, 0), every(s, 0), every(s, 0)
    for j in range(cells):
        short = ld(s, r.wanted + j) - ld(s, r.met + j)
        unmet = unmet + short
        more = short > most
        most, which = where(more, short, most), where(more, j, which)
        credit = where(more, 1 if at(x.cell_kind, base + j) == CREDIT else 0, credit)
    by_loan = both(late, credit > 0)
    if some(by_loan):
        most = every(s, 0)
        for j in range(cells):
            if at(x.capital_bps, at(x.cell_channel, base + j)) > 0:
                behind = ld(s, r.planned + j) - ld(s, r.credited + base + j)
                more = both(by_loan, behind > most)
                most, which = where(more, behind, most), where(more, j, which)
    count(k, r.lost_stop + i, both(late, stopped))
    late = but(late, stopped)
    small = unmet <= ld(u, r.roundings + i)
    held = both(both(late, over_ceiling), small)
    if some(held):
        lowest, lowest_gate = every(s, UNBOUNDED), every(s, 0)
        for n in range(at(x.item_gates_start, i), at(x.item_gates_start, i + 1)):
            g = at(x.item_gates, n)
            if not at(x.gate_starts, g):
                ceiling = ld(u, r.ceiling + g)
                lower = both(ld(s, r.opens + g) > quarter, ceiling < lowest)
                lowest, lowest_gate = where(lower, ceiling, lowest), where(lower, g, lowest_gate)
        for n in range(at(x.item_gates_start, i), at(x.item_gates_start, i + 1)):
            g = at(x.item_gates, n)
            count(k, r.lost_ceiling + g, both(held, lowest_gate == g))
    late = but(late, held)
    held = both(both(late, over_capacity), small)
    count(k, r.lost_capacity + i, held)
    late = but(late, held)
    for j in range(cells):
        count(k, r.lost_channel + base + j, both(late, which == j))


def look_at_gates(k: Play, quarter: int, i: int) -> None:
    """At a quarter's end: gates behind an item that has reached their threshold open next."""
    x, r, u, s = k.x, k.r, k.u, k.s
    for n in range(at(x.pred_gates_start, i), at(x.pred_gates_start, i + 1)):
        g = at(x.pred_gates, n)
        if at(x.gate_clock, g) or at(x.gate_from_start, g) or not at(x.gate_binds, g):
            continue
        opens = ld(s, r.opens + g)
        shut = opens == NEVER
        if some(shut):
            reached = ld(u, r.at + g) <= progress_of(k, i, r.finished) + at(x.pre, i)
            opening = quarter + 1 + at(x.gate_lag, g)
            st(s, r.opens + g, where(both(shut, reached), opening, opens))


def progress_of(k: Play, i: int, complete: int) -> Lanes:
    """Progress of an item at approved cost: all of it where it is so by the rows from `complete` on."""
    r, u, s = k.r, k.u, k.s
    approved = ld(u, r.approved + i)
    before, reached = at(k.x.before, i), at(k.x.reached, i)
    rest, cost = ld(s, r.total + i) - before, ld(u, r.item_cost + i) - before
    done = part(rest * (approved - reached), vmax(cost, 1)) + reached
    return where(ld(s, complete + i) > 0, approved, done)


# --- A block of lanes from its first year, or from a later one, to the end


def alive(k: Play, i: int) -> bool:
    """Whether the item takes part in the year in any lane."""
    r, s = k.r, k.s
    return some(ld(s, r.alive + i) > 0)


def begin(k: Play) -> None:
    """The state before the first year that is played."""
    x, r, u, s = k.x, k.r, k.u, k.s
    for row in range(r.state_rows):
        st(s, row, 0)
    for i in range(x.items):
        st(s, r.moved + i, ld(u, r.begun_at + i))
        st(s, r.total + i, at(x.before, i))
        st(s, r.progress + i, at(x.reached, i))
        st(s, r.started + i, 1 if at(x.was_started, i) else 0)
        st(s, r.start + i, at(x.was_start, i))
        st(s, r.finish + i, at(x.was_finish, i))
        none = at(x.length, i) == 0
        st(s, r.finished + i, 1 if none or at(x.was_finished, i) else 0)
        st(s, r.paid + i, 1 if none or at(x.was_paid, i) else 0)
    for c in range(at(x.first_cell, x.items)):
        st(s, r.carried + c, at(x.offered, c))
    for channel in range(x.channels):
        st(s, r.unplaced + channel, at(x.unplaced, channel))
    for g in range(x.gates):
        st(s, r.opens + g, 0 if at(x.gate_from_start, g) else at(x.gate_opens, g))


def play_years(k: Play, first: int, paths: int, from_year: int, until_year: int) -> None:
    """Play the years from one until before another, or until all items are finished and paid."""
    x, r, s, out, trace = k.x, k.r, k.s, k.out, k.trace
    items = x.items
    for year in range(max(from_year, x.begun // 4), until_year):
        going = False
        for i in range(items):
            unpaid = at(x.length, i) > 0 and not everywhere(ld(s, r.paid + i) > 0)
            going = going or unpaid
            now = unpaid and at(x.wakes, i) < 4 * year + 4
            st(s, r.alive + i, 1 if now else 0)
            if now:
                ask(k, year, i)
            elif unpaid:
                wait(k, year, i)
        if not going:
            return
        allot(k, year)
        money, progress = every(s, 0), every(s, 0)
        for n in range(items):
            i = at(x.order, n)
            if year == x.begun // 4 and (at(x.earliest, i) > x.begun or not alive(k, i)):
                look_at_gates(k, x.begun, i)  # what was done before may be enough
            if not alive(k, i):
                continue
            if trace.asked:
                note_opening(k, year, i)
            for quarter in range(max(4 * year, x.begun), 4 * year + 4):
                if quarter >= at(x.earliest, i):
                    quarter_of(k, first, quarter, i)
                    look_at_gates(k, quarter, i)
                if trace.asked:
                    note_drawn(k, quarter, i)
            money = money + clear(k, year, i)
            done = progress_of(k, i, r.paid)
            progress = progress + (done - ld(s, r.progress + i))
            st(s, r.progress + i, done)
        for channel in range(x.channels if x.from_facts else 0):
            if at(x.two_years, channel):  # what nobody needed is taken back
                st(s, r.unplaced + channel, 0)
        put(out.drawn, year, first, paths, money)
        put(out.progress, year, first, paths, progress)


def settle(k: Play, first: int, paths: int) -> None:
    """Write down starts, finishes and gates, and add lost quarters to the delay ledger."""
    x, r, u, s, out = k.x, k.r, k.u, k.s, k.out
    last = x.quarters
    for g in range(x.gates):
        opened = vmin(ld(s, r.opens + g), last) if at(x.gate_binds, g) else every(s, last)
        put(out.gate_opened, g, first, paths, opened)
    for i in range(x.items):
        put(out.start, i, first, paths, vmin(ld(s, r.start + i), last))
        put(out.finish, i, first, paths, vmin(ld(s, r.finish + i), last))
        put(out.cost, i, first, paths, ld(u, r.item_cost + i))
        held_by = every(s, x.gates)
        if at(x.length, i) > 0:
            lose_to_plain_causes(k, i)
            held_by = lose_to_gates(k, i)
        put(out.held_by, i, first, paths, held_by)


def lose(k: Play, row: int, i: int, slot: int, quarters: Lanes) -> None:
    """Add lost quarters to a row of the ledger."""
    x, t, trace = k.x, k.t, k.trace
    st(t, row, ld(t, row) + quarters)
    if trace.asked:
        slots = PLAIN + x.channels + x.gates
        note(trace.lost, i * slots + slot, quarters)


def lose_to_plain_causes(k: Play, i: int) -> None:
    """Lost quarters that no gate is to blame for. While a clock runs, those past the planned length."""
    x, r, u, s = k.x, k.r, k.u, k.s
    row, length, last = r.by_cause + PLAIN * i, at(x.left, i), x.quarters
    since = max(at(x.first, i), x.begun)
    late_start = every(s, max(min(at(x.earliest, i), last) - since, 0))
    lose(k, row + BEHIND, i, BEHIND, every(s, at(x.behind, i)))
    lose(k, row + LATE, i, LATE, late_start)
    lose(k, row + STOPPED, i, STOPPED, ld(s, r.lost_stop + i))
    lose(k, row + AT_CAPACITY, i, AT_CAPACITY, ld(s, r.lost_capacity + i))
    for c in range(at(x.first_cell, i), at(x.first_cell, i + 1)):
        slot = PLAIN + at(x.cell_channel, c)
        lose(k, r.by_cell + c, i, slot, ld(s, r.lost_channel + c))
    moves, moving = ld(u, r.moves + i), ld(s, r.moving + i)
    stretched = part_of_full(moves - ld(u, r.begun_at + i) + (at(x.lead, i) + FULL - 1))
    running = ld(s, r.moved + i) < moves
    moving = where(running, vmax(moving, length), moving)
    stretched = where(running, vmin(vmax(stretched, length), moving), stretched)
    lose(k, row + STRETCHED, i, STRETCHED, stretched - length)
    lose(k, row + SLOWED, i, SLOWED, moving - stretched)


def lose_to_gates(k: Play, i: int) -> Lanes:
    """Lost quarters of gates; returns the gate that cost some and opened last, ties in sheet order.

    Quarters an item did not start count for the gate that let it start.
    """
    x, r, s = k.x, k.r, k.s
    none, waited = x.gates, ld(s, r.lost_start + i)
    last_gate, latest = every(s, none), every(s, -1)
    held_by, held_until = every(s, none), every(s, -1)
    first, after = at(x.item_gates_start, i), at(x.item_gates_start, i + 1)
    end = x.quarters
    for n in range(first, after):
        g = at(x.item_gates, n)
        opened = vmin(ld(s, r.opens + g), end)
        if at(x.gate_starts, g):
            later = opened > latest
            last_gate, latest = where(later, g, last_gate), where(later, opened, latest)
        later = both(ld(s, r.lost_ceiling + g) > 0, opened > held_until)
        held_by, held_until = where(later, g, held_by), where(later, opened, held_until)
    for n in range(first, after):
        g = at(x.item_gates, n)
        quarters = ld(s, r.lost_ceiling + g) + where(last_gate == g, waited, 0)
        slot = PLAIN + x.channels + g
        lose(k, r.by_gate + g, i, slot, quarters)
    first_of_equals = both(latest == held_until, last_gate < held_by)
    by_start = both(waited > 0, either(latest > held_until, first_of_equals))
    return where(by_start, last_gate, held_by)


def play_blocks(k: Play, start_path: int, stop_path: int, lanes: int) -> None:
    """Play paths of the luck, a block of lanes after another, from one year to another."""
    x, r, s, kept = k.x, k.r, k.s, k.kept
    for first in range(start_path, stop_path, lanes):
        paths, block = min(stop_path - first, lanes), (first - start_path) // lanes * r.state_rows
        lay_luck(k, first)
        if kept.from_year <= x.begun // 4:
            begin(k)
        else:
            for row in range(r.state_rows):
                st(s, row, ld(kept.states, block + row))
        play_years(k, first, paths, kept.from_year, kept.until_year)
        if kept.until_year < x.years:
            for row in range(r.state_rows):
                st(kept.states, block + row, ld(s, row))
        else:
            settle(k, first, paths)


# --- Everything a path did, for comparing engines


def note(notes: Arena, row: int, value: Lanes) -> None:
    """Add to what is written down."""
    st(notes, row, ld(notes, row) + value)


def note_opening(k: Play, year: int, i: int) -> None:
    """Write down what was allotted and carried in, by the channel that pays."""
    x, r, u, s, trace = k.x, k.r, k.u, k.s, k.trace
    channels, items = x.channels, x.items
    for c in range(at(x.first_cell, i), at(x.first_cell, i + 1)):
        row = year * channels + at(x.cell_channel, c)
        carried = ld(s, r.carried + c)
        if at(x.cell_kind, c) == CREDIT:
            carried = where(ld(u, r.limited + row) > 0, carried, 0)
        note(trace.allotted, row * items + i, ld(s, r.allotted + c))
        note(trace.carried_in, row * items + i, carried)
        for n in range(at(x.cell_subs_start, c), at(x.cell_subs_start, c + 1)):
            a = at(x.cell_subs, n)
            row = (year * channels + at(x.sub_payer, a)) * items + i
            note(trace.allotted, row, ld(s, r.sub_allotted + a))
            note(trace.carried_in, row, ld(s, r.sub_carried + a))


def note_drawn(k: Play, quarter: int, i: int) -> None:
    """Write down what was drawn since the year began, by the channel that pays."""
    x, r, s, trace = k.x, k.r, k.s, k.trace
    channels, items = x.channels, x.items
    for c in range(at(x.first_cell, i), at(x.first_cell, i + 1)):
        row = (quarter * channels + at(x.cell_channel, c)) * items + i
        note(trace.drawn, row, ld(s, r.drawn + c))
        for n in range(at(x.cell_subs_start, c), at(x.cell_subs_start, c + 1)):
            a = at(x.cell_subs, n)
            row = (quarter * channels + at(x.sub_payer, a)) * items + i
            note(trace.drawn, row, ld(s, r.sub_drawn + a))
