"""Where play begins: what facts say of each item, channel and gate at the as-of month.

Without facts play begins with the first quarter, and everything here is zero.

Arrays are [channel, item] or [item] unless said otherwise; amounts are whole 万元. C is the
approved plan cumulated by quarter, F what was drawn, A what the item is approved to cost, each
from the first year on; L the plan's length; m the months of the begun quarter that are past.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Ints, Mask, first_where
from portfolio.model.facts import MONTHS, Execution, Facts
from portfolio.model.items import STAGES, Kind
from portfolio.model.measures.planned import (
    agreed_span,
    plan_quarters,
    planned_quarters,
    planned_span,
)
from portfolio.model.money import BPS, Wan, cut, differences
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.kept import kept

#: An item that is so near to where the plan would be today (bps of a quarter) stands there.
ON_TIME_BPS = 500
_, _, ESTIMATED, PAST_HALF, _ = STAGES
_RESTS_ON = (
    "facts",
    "plan_wan",
    "adjusted",
    "items",
    "channels",
    "calendar",
    "tail_bps",
    "versions",
)
_EVENLY = (2500, 2500, 2500, 2500)


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What an engine begins with.

    quarter : the first quarter that is played
    past_bps : the part of it that is past, m of 3 months
    from_facts : whether there are facts
    facts_wan : [quarter + 1, channel, item] money drawn by quarter, the begun one last
    drawn_wan : [channel, item] its sum, F
    spent_wan, used_wan : [channel, item] this year's part of it, paid from this year's budget, and
        from what was carried in
    carried_wan : [channel, item] carried in and not used, where known by item
    unplaced_wan : [channel] carried in and not used, where known by channel alone
    position_bps : [item] where it stands on its plan, 10,000 = one quarter
    done_wan : [quarter, item] progress at approved cost at the end of each quarter past
    reached_wan : [item] progress at approved cost at the as-of
    rest_wan : [quarters + 1, channel, item] what is planned beyond F once the plan's clock has
        come to a quarter; below zero in the row an item stands in, so that the line passes 0 there
    started, finished, paid : bool[item]; a finished item may still owe its tail (尾款)
    start, finish : by item, None where there is none
    behind_quarters : [item] quarters lost before the as-of (negative: gained), held against the
        version of the plan in force
    moved_quarters : [item] the part of it that the plan as it stands ends later than that version
    """

    quarter: int
    past_bps: int
    from_facts: bool
    facts_wan: Wan
    drawn_wan: Wan
    spent_wan: Wan
    used_wan: Wan
    carried_wan: Wan
    unplaced_wan: Wan
    position_bps: Ints
    done_wan: Wan
    reached_wan: Wan
    rest_wan: Wan
    started: Mask
    finished: Mask
    paid: Mask
    start: tuple[int | None, ...]
    finish: tuple[int | None, ...]
    behind_quarters: Ints
    moved_quarters: Ints


@kept(8, rests_on=_RESTS_ON)
def opening(portfolio: Portfolio) -> Opening:
    """Where play begins."""
    cum = plan_quarters(portfolio)
    if portfolio.facts is None:
        return _from_the_first_quarter(cum)
    return _from_facts(portfolio, portfolio.facts, cum)


def _from_the_first_quarter(cum: Wan) -> Opening:
    cells, items = np.zeros(cum.shape[1:], np.int64), np.zeros(cum.shape[2], np.int64)
    nobody = (None,) * len(items)
    return Opening(
        quarter=0,
        past_bps=0,
        from_facts=False,
        facts_wan=cells[None],
        drawn_wan=cells,
        spent_wan=cells,
        used_wan=cells,
        carried_wan=cells,
        unplaced_wan=np.zeros(len(cells), np.int64),
        position_bps=items,
        done_wan=np.zeros((0, len(items)), np.int64),
        reached_wan=items,
        rest_wan=cum,
        started=items > 0,
        finished=items > 0,
        paid=items > 0,
        start=nobody,
        finish=nobody,
        behind_quarters=items,
        moved_quarters=items,
    )


def _from_facts(portfolio: Portfolio, facts: Facts, plan: Wan) -> Opening:
    """Where facts have come to on the approved plan, and what of it, or of an adjusted one, is left."""
    adjusted = None if portfolio.adjusted is None else portfolio.adjusted.rest_wan
    cum = plan if adjusted is None else planned_quarters(portfolio.baseline_wan)
    first, length = planned_span(cum)
    rows = rows_by_item(portfolio, facts)
    by_quarter = facts_by_quarter(portfolio, facts, cum)
    drawn = by_quarter.sum(axis=0)
    items = len(portfolio.items)
    stands = [
        _stand(portfolio, facts, rows[i], cum[:, :, i], int(first[i]), int(length[i]),
               by_quarter[:, :, i])
        for i in range(items)
    ]  # fmt: skip
    begun = np.array([s.start is not None for s in stands], dtype=np.bool_)
    done = np.array([s.finish is not None for s in stands], dtype=np.bool_)
    position = np.array([s.position_bps for s in stands], dtype=np.int64)
    past = BPS * facts.months_past // 3
    year = facts.quarter // 4
    spent, used, carried, unplaced = paid_from(
        portfolio, facts, by_quarter[4 * year :].sum(axis=0), year
    )
    rest = np.stack([s.rest_wan for s in stands], axis=2) if adjusted is None else adjusted
    asked_first, asked_length = planned_span(plan)
    _, agreed_last = agreed_span(portfolio, asked_first, asked_length)
    later = np.where(asked_length > 0, asked_first + asked_length - 1 - agreed_last, 0)
    return Opening(
        quarter=facts.quarter,
        past_bps=past,
        from_facts=True,
        facts_wan=by_quarter,
        drawn_wan=drawn,
        spent_wan=spent,
        used_wan=used,
        carried_wan=carried,
        unplaced_wan=unplaced,
        position_bps=position,
        done_wan=np.stack([s.done_wan for s in stands], axis=1),
        reached_wan=np.array([s.reached_wan for s in stands], dtype=np.int64),
        rest_wan=rest,
        started=begun,
        finished=done,
        paid=np.array([s.paid for s in stands], dtype=np.bool_),
        start=tuple(s.start for s in stands),
        finish=tuple(s.finish for s in stands),
        behind_quarters=later
        + _behind(facts.quarter, past, asked_first, asked_length, position, begun, stands),
        moved_quarters=later,
    )


def moves_on(
    past_bps: int, position: Ints, first: Ints, length: Ints, begun: Mask, quarter: int
) -> Ints:
    """What of the begun quarter is past for each item that moves in it, else 0: [item]."""
    due = begun | (first <= quarter)
    return np.where(due & (position < length * BPS), past_bps, 0)


def _behind(
    quarter: int, past: int, first: Ints, length: Ints, position: Ints, begun: Mask,
    stands: list[_Stand],
) -> Ints:  # fmt: skip
    """Quarters lost before the as-of: the finish of an unhindered play from here, less the plan's own."""
    left = moves_on(past, position, first, length, begun, quarter)
    quarters = np.maximum(-(-(length * BPS - position + left) // BPS), 1)
    finish = np.array([-1 if s.finish is None else s.finish for s in stands])
    finish = np.where(finish < 0, quarter + quarters - 1, finish)
    counts = (length > 0) & (begun | (first <= quarter))
    return np.asarray(np.where(counts, finish - (first + length - 1), 0), dtype=np.int64)


def stages(portfolio: Portfolio) -> tuple[str, ...]:
    """The stage of each item as luck sees it: what facts have begun is past its estimate (概算).

    What they have brought half way is past half (过半), whatever the sheet says.
    """
    if portfolio.facts is None:
        return tuple(item.stage for item in portfolio.items)
    begun, planned = opening(portfolio), plan_quarters(portfolio)[-1].sum(axis=0)
    return tuple(
        item.stage if not started else PAST_HALF if 2 * reached >= whole else ESTIMATED
        for item, started, reached, whole in zip(
            portfolio.items, begun.started, begun.reached_wan, planned, strict=True
        )
    )


# --- Money by quarter, channel and item


def rows_by_item(portfolio: Portfolio, facts: Facts) -> list[list[Execution]]:
    """The rows of each item that end by the as-of, by the month in which they end."""
    rows: list[list[Execution]] = [[] for _ in portfolio.items]
    for row in facts.rows:
        if row.item_no in portfolio.position and row.end_month <= facts.asof_months:
            rows[portfolio.position[row.item_no]].append(row)
    return [sorted(found, key=lambda row: row.end_month) for found in rows]


def facts_by_quarter(portfolio: Portfolio, facts: Facts, cum: Wan) -> Wan:
    """Money drawn by quarter up to the begun one: int64[quarter + 1, channel, item].

    A year falls into its quarters by the season of its channel, else by that of all, else evenly;
    what is not told by channel is cut by what the plan had of each at the item's position.
    """
    channels, items = len(portfolio.channels), len(portfolio.items)
    seasons = {season.channel_id: season.quarter_bps for season in facts.seasons}
    told = np.zeros((facts.quarter + 1, channels, items), dtype=np.int64)
    untold = np.zeros((facts.quarter + 1, items), dtype=np.int64)
    by_item = rows_by_item(portfolio, facts)
    for i, rows in enumerate(by_item):
        for row in rows:
            if row.done_wan is None:
                continue
            season = seasons.get(row.channel_id, seasons.get(None, _EVENLY))
            for quarter, money in _in_quarters(row, season):
                if row.channel_id is None:
                    untold[quarter, i] += money
                else:
                    told[quarter, portfolio.channel_position[row.channel_id], i] += money
    for i in np.flatnonzero(untold.any(axis=0)).tolist():
        total = (told[:, :, i].sum(axis=1) + untold[:, i]).cumsum()
        before, planned = portfolio.items[i].earlier_wan, int(cum[-1, :, i].sum())
        approved = _approved(by_item[i], before, planned)
        reached = [_by_money(int(money), planned, approved) for money in total]
        told[:, :, i] += _by_channel(untold[:, i], reached, cum[:, :, i])
    return told


def _in_quarters(row: Execution, season: tuple[int, ...]) -> list[tuple[int, int]]:
    first, money = row.first_month // 3, row.done_wan or 0
    if row.months < MONTHS:
        return [(first, money)]
    parts = cut(money, np.array(season, dtype=np.int64)).tolist()
    return [(first + k, part) for k, part in enumerate(parts)]


def _by_channel(untold: Wan, reached: list[int], cum: Wan) -> Wan:
    """What is not told by channel, running totals cut by the plan: [quarter, channel].

    reached : at each quarter's end the progress that money tells: where it stood on its plan
    """
    line = cum.sum(axis=1)
    weights = [along(cum, place_of(progress, line)) for progress in reached]
    parts = [
        cut(int(money), weight if weight.any() else cum[-1])
        for money, weight in zip(untold.cumsum(), weights, strict=True)
    ]
    return differences(np.stack(parts), axis=0)


def along(cum: Wan, position_bps: int) -> Wan:
    """A cumulated line between two of its rows."""
    row, part = divmod(position_bps, BPS)
    row = min(row, len(cum) - 1)
    after = min(row + 1, len(cum) - 1)
    return np.asarray(cum[row] + (cum[after] - cum[row]) * part // BPS)


def place_of(money: int, line: Wan) -> int:
    """The first place on a cumulated line, in bps of a row, that has come to an amount."""
    row = max(int((line >= money).argmax()), 1) - 1
    step = int(line[row + 1] - line[row])
    if money <= int(line[row]) or not step:
        return row * BPS
    return row * BPS + min((money - int(line[row])) * BPS // step, BPS)


# --- Where an item stands


@dataclass(frozen=True, kw_only=True)
class _Stand:
    position_bps: int
    reached_wan: int
    done_wan: Wan
    rest_wan: Wan
    start: int | None
    finish: int | None
    paid: bool


def _stand(
    portfolio: Portfolio, facts: Facts, rows: list[Execution], cum: Wan, first: int, length: int,
    by_quarter: Wan,
) -> _Stand:  # fmt: skip
    """Where one item stands; cum is [quarters + 1, channel], by_quarter [quarter + 1, channel]."""
    quarter, line = facts.quarter, cum.sum(axis=1)
    item = portfolio.item(rows[0].item_no) if rows else None
    before = item.earlier_wan if item else 0
    planned, drawn = int(line[-1]), by_quarter.sum(axis=0)
    money = by_quarter.sum(axis=1)
    so_far = int(drawn.sum())
    approved = _approved(rows, before, planned)
    ended = [row.completed_month for row in rows if row.completed_month is not None]
    completed = ended[-1] if ended else None
    reached = _reached(rows, before, planned, so_far, approved, facts.asof_months)
    done = [
        _reached(rows, before, planned, int(total), approved, 3 * q + 3)
        for q, total in enumerate(np.cumsum(money))
    ]
    start = _start(rows, by_quarter, before, reached)
    if completed is not None:
        reached, position = planned, length * BPS
    else:
        position = 0 if start is None else _position(reached, cum, first, length, facts.asof_months)
    rest = max(approved - so_far, 0)
    owes_tail = so_far * BPS >= approved * (BPS - portfolio.tail_bps)
    if completed is not None and not owes_tail:
        rest = 0  # a settlement below the estimate
    finish = None
    if completed is not None:
        finish = completed // 3
    elif length and position == length * BPS and owes_tail:
        finish = next(
            q
            for q, (total, progress) in enumerate(zip(np.cumsum(money).tolist(), done, strict=True))
            if total * BPS >= approved * (BPS - portfolio.tail_bps)
            and _position(progress, cum, first, length, min(3 * q + 3, facts.asof_months))
            == length * BPS
        )  # a tail paid later does not move it
    return _Stand(
        position_bps=position,
        reached_wan=reached,
        done_wan=np.minimum(np.maximum.accumulate(np.array(done))[:quarter], reached),
        rest_wan=_rest(facts, cum, first, length, position, drawn, rest, approved),
        start=start,
        finish=finish,
        paid=finish is not None and rest == 0,
    )


def _approved(rows: list[Execution], before: int, planned: int) -> int:
    """What an item is approved to cost from the first year on: the last estimate, else the plan."""
    told = [row.approved_wan - before for row in rows if row.approved_wan is not None]
    return told[-1] if told else planned


def _reached(
    rows: list[Execution], before: int, planned: int, drawn: int, approved: int, month: int
) -> int:
    """Progress at approved cost at a month's beginning: as reported, else by money."""
    told = [r.progress_bps for r in rows if r.progress_bps is not None and r.end_month <= month]
    if told:
        return min(max(told[-1] * (before + planned) // BPS - before, 0), planned)
    return _by_money(drawn, planned, approved)


def _by_money(drawn: int, planned: int, approved: int) -> int:
    """Progress at approved cost that money tells."""
    return min(max(drawn, 0) * planned // approved, planned) if approved > 0 else 0


def _start(rows: list[Execution], by_quarter: Wan, before: int, reached: int) -> int | None:
    """The quarter an item began in: as dated, else that of its first money or progress."""
    dated = [row.started_month for row in rows if row.started_month is not None]
    if dated:
        return dated[0] // 3
    paid = first_where(np.asarray(by_quarter.any(axis=1)))
    if paid is not None:
        return paid
    told = [row.first_month // 3 for row in rows if row.progress_bps]
    if reached > 0 and told:
        return told[0]
    ended = [row.completed_month // 3 for row in rows if row.completed_month is not None]
    return ended[0] if ended else None


def _position(reached: int, cum: Wan, first: int, length: int, months: int) -> int:
    """Where on its plan an item stands after so many months, in bps from its start.

    On a flat piece as far as it is due.
    """
    line, roundings = cum.sum(axis=1), 2 * int((cum[-1] > 0).sum())
    due = min(max(BPS * months // 3 - first * BPS, 0), length * BPS)
    end = length * BPS
    if not length:
        return 0
    at_due = int(along(line[:, None], first * BPS + due)[0])
    low = place_of(reached, line) - first * BPS
    low, high = max(low, 0), max(low, 0)
    if reached >= int(line[-1]):
        return end
    row = first + -(-low // BPS)
    while row < first + length and int(line[row]) <= reached:
        high, row = (row - first) * BPS, row + 1
    position = min(max(due, low), max(high, low), end)
    if abs(position - due) <= ON_TIME_BPS or abs(reached - at_due) <= roundings:
        return due
    return position


def _rest(
    facts: Facts, cum: Wan, first: int, length: int, position: int, drawn: Wan, rest: int,
    approved: int,
) -> Wan:  # fmt: skip
    """What is planned beyond F along the clock: [quarters + 1, channel].

    The plan's mix of channels is restored, or the one reached is kept.
    """
    table = np.zeros_like(cum)
    if not rest:
        return table
    planned, here = int(cum[-1].sum()), along(cum, first * BPS + position)
    ahead = cum[-1] - here
    parts = _mix(facts, cum, ahead, drawn, rest, approved, planned)
    total = cum.sum(axis=1)
    total_ahead = int(ahead.sum())
    row, past = divmod(position, BPS)
    row += first
    for c in np.flatnonzero(parts).tolist():
        line, start, whole = cum[:, c], int(here[c]), int(ahead[c])
        if not whole:
            line, start, whole = total, int(here.sum()), total_ahead
        later = slice(min(row + 1, len(cum) - 1), None)
        if whole:
            table[later, c] = int(parts[c]) * (line[later] - start) // whole
        else:
            table[later, c] = int(parts[c])
        if position < length * BPS:
            step = int(table[row + 1, c])
            table[: row + 1, c] = step - step * BPS // (BPS - past)
        else:
            table[:, c] = int(parts[c])
    return table


def _mix(
    facts: Facts, cum: Wan, ahead: Wan, drawn: Wan, rest: int, approved: int, planned: int
) -> Wan:
    """The rest by channel."""
    if facts.keep_mix and (drawn > 0).any():
        return cut(rest, np.maximum(drawn, 0))
    owed = np.maximum(cum[-1] * approved // planned - drawn, 0)
    if owed.any():
        return cut(rest, owed)
    return cut(rest, ahead if ahead.any() else cum[-1])


# --- The running year


def paid_from(
    portfolio: Portfolio, facts: Facts, this_year: Wan, index: int
) -> tuple[Wan, Wan, Wan, Wan]:
    """What of a year's money was paid from its budget and from what was carried in, and its rest."""
    channels, items = this_year.shape
    by_item, by_channel = np.zeros((channels, items), np.int64), np.zeros(channels, np.int64)
    year = portfolio.calendar.first_year + index
    for entry in facts.carried_in:
        if entry.year != year:
            continue
        c = portfolio.channel_position[entry.channel_id]
        if entry.item_no is None:
            by_channel[c] += entry.carried_wan
        elif entry.item_no in portfolio.position:
            by_item[c, portfolio.position[entry.item_no]] += entry.carried_wan
    paid = np.maximum(this_year, 0)
    own = np.minimum(by_item, paid)
    pool = np.minimum(by_channel, (paid - own).sum(axis=1))
    used = own + np.stack([cut(int(pool[c]), paid[c] - own[c]) for c in range(channels)])
    credit = portfolio.of_kind(Kind.CREDIT)[:, None]
    used = np.where(credit, 0, used)
    return (
        np.asarray(this_year - used),
        used,
        np.where(credit, 0, by_item - own),
        np.where(credit[:, 0], 0, by_channel - pool),
    )
