"""Where items stand by their facts, once more in plain integers: slow, literal, on its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from portfolio.model.facts import Execution, Facts
from portfolio.model.items import Item
from portfolio.model.portfolio import Portfolio


def parts(amount: int, weights: list[int]) -> list[int]:
    """Cumulative floors; nothing where every weight is 0."""
    whole, running, before, shares = sum(weights), 0, 0, []
    if whole == 0:
        return [0] * len(weights)
    for weight in weights:
        running += weight
        now = running * amount // whole
        shares.append(now - before)
        before = now
    return shares


def on_line(line: list[int], at: int) -> int:
    """A cumulated line at a position of 10,000 a row."""
    row, rest = divmod(at, 10_000)
    if row >= len(line) - 1:
        return line[-1]
    return line[row] + (line[row + 1] - line[row]) * rest // 10_000


@dataclass
class Standing:
    """One item at the as-of: money by quarter and channel, its line and where it is on it."""

    facts: list[list[int]]  # quarter, channel
    line: list[list[int]] = field(default_factory=list)  # channel, row counted from its first
    reached: int = 0  # P
    position: int = 0
    approved: int = 0  # A
    start: int | None = None
    finish: int | None = None
    behind: int = 0
    open_from: dict[int, int] = field(default_factory=dict)  # threshold reached by the facts

    @property
    def drawn(self) -> list[int]:
        return [sum(quarter[c] for quarter in self.facts) for c in range(len(self.facts[0]))]


class Plan:
    """An item's approved plan from its first quarter on."""

    def __init__(self, channels: list[list[int]], first: int, last: int) -> None:
        self.first, self.last = first, last
        self.by_channel = [line[first : last + 2] for line in channels]
        self.total = [sum(column) for column in zip(*self.by_channel, strict=True)]
        self.end: int = self.total[-1]
        self.length = (last + 1 - first) * 10_000
        self.roundings = 2 * sum(line[-1] > 0 for line in self.by_channel)

    def due(self, quarter: int, months: int) -> int:
        """Where the plan would be after so many quarters and months."""
        at = (quarter - self.first) * 10_000 + 10_000 * months // 3
        return min(self.length, max(0, at))

    def place(self, reached: int) -> tuple[int, int]:
        """First and last place where the plan has so much money: two on a flat piece."""
        if reached >= self.end:
            return self.length, self.length
        row = max(k for k in range(len(self.total)) if self.total[k] <= reached)
        if self.total[row] == reached:
            return 10_000 * self.total.index(reached), 10_000 * row
        step = self.total[row + 1] - self.total[row]
        between = 10_000 * row + (reached - self.total[row]) * 10_000 // step
        return between, between

    def position(self, reached: int, due: int) -> int:
        """Where the plan has so much money: the plan's own place where that is near or as good."""
        low, high = self.place(reached)
        at = min(max(due, low), high)
        if low < self.length and (
            abs(at - due) <= 500 or abs(reached - on_line(self.total, due)) <= self.roundings
        ):
            return due
        return at


def quarters_of(row: Execution, facts: Facts) -> list[tuple[int, int]]:
    """Quarter and money of a row: of a year by the season's curve, or evenly."""
    assert row.done_wan is not None
    if row.months < 12:
        return [(row.first_month // 3, row.done_wan)]
    curve = [1, 1, 1, 1]
    seasons = {season.channel_id: season for season in facts.seasons}
    for channel in (None, row.channel_id):
        if channel in seasons:
            curve = list(seasons[channel].quarter_bps)
    quarters = range(row.first_month // 3, row.first_month // 3 + 4)
    return list(zip(quarters, parts(row.done_wan, curve), strict=True))


def money_by_quarter(
    portfolio: Portfolio, item: Item, plan: Plan, facts: Facts, approved: int
) -> list[list[int]]:
    """What an item drew by quarter and channel; money without a channel by the plan's mix."""
    channels, rows = [channel.id for channel in portfolio.channels], rows_of(facts, item)
    money = [[0] * len(channels) for _ in range(100)]
    unsplit = [0] * 100
    for row in rows:
        if row.done_wan is None:
            continue
        for quarter, part in quarters_of(row, facts):
            if row.channel_id is None:
                unsplit[quarter] += part
            else:
                money[quarter][channels.index(row.channel_id)] += part
    told, total, before = 0, 0, [0] * len(channels)
    for quarter in range(100):
        told += sum(money[quarter])
        total += unsplit[quarter]
        if quarter > facts.quarter:
            break
        reached = reached_by([], item, plan, told + total, approved, 0)  # as money tells
        at, _ = plan.place(reached)
        mix = [on_line(line, at) for line in plan.by_channel]
        now = parts(total, mix if any(mix) else [line[-1] for line in plan.by_channel])
        for c, part in enumerate(now):
            money[quarter][c] += part - before[c]
        before = now
    return money


def rows_of(facts: Facts, item: Item) -> list[Execution]:
    """An item's rows up to the as-of, in time."""
    rows = [r for r in facts.rows if r.item_no == item.no and r.end_month <= facts.asof_months]
    return sorted(rows, key=lambda row: row.end_month)


def standing(portfolio: Portfolio, item: Item, lines: list[list[int]], first: int, last: int
             ) -> Standing:  # fmt: skip
    """Where an item with a plan stands."""
    facts = portfolio.facts
    assert facts is not None
    plan, rows = Plan(lines, first, last), rows_of(facts, item)
    approved = item.total_wan
    for row in rows:
        approved = approved if row.approved_wan is None else row.approved_wan
    approved -= item.earlier_wan
    money = money_by_quarter(portfolio, item, plan, facts, approved)
    at = Standing(facts=money, approved=approved)
    drawn = sum(at.drawn)
    completed = next((r.completed_month for r in rows[::-1] if r.completed_month is not None), None)
    at.reached = reached_by(rows, item, plan, drawn, approved, facts.asof_months)
    at.position = plan.position(at.reached, plan.due(facts.quarter, facts.months_past))
    history(portfolio, item, plan, at, rows, completed)
    if at.start is None:
        at.position = 0
    rest = max(0, approved - drawn)
    if completed is not None:
        at.position, at.reached = plan.length, plan.end
        if drawn * 10_000 < approved * (10_000 - portfolio.tail_bps):
            rest = 0
    owed = rest_by_channel(plan, at, rest, facts.keep_mix)
    at.line = [rest_of_line(plan, at, c, at.drawn[c], owed[c]) for c in range(len(lines))]
    at.behind = behind(plan, at, facts)
    return at


def reached_by(
    rows: list[Execution], item: Item, plan: Plan, drawn: int, approved: int, months: int
) -> int:
    """P: by money, or by the progress told last."""
    told = [r.progress_bps for r in rows if r.progress_bps is not None and r.end_month <= months]
    if told:
        whole: int = item.earlier_wan + plan.end
        done: int = told[-1] * whole // 10_000 - item.earlier_wan
        return max(0, done)
    by_money: int = max(0, drawn) * plan.end // approved
    return min(plan.end, by_money)


def rest_by_channel(plan: Plan, at: Standing, rest: int, keep_mix: bool) -> list[int]:
    """What is left, by channel: the plan's mix is restored, or the one reached is kept."""
    drawn = at.drawn
    if keep_mix and any(wan > 0 for wan in drawn):
        return parts(rest, [max(0, wan) for wan in drawn])
    owed = [max(0, line[-1] * at.approved // plan.end - drawn[c])
            for c, line in enumerate(plan.by_channel)]  # fmt: skip
    if not any(owed):
        owed = [line[-1] - on_line(line, at.position) for line in plan.by_channel]
    if not any(owed):
        owed = [line[-1] for line in plan.by_channel]
    return parts(rest, owed)


def rest_of_line(plan: Plan, at: Standing, c: int, drawn: int, rest: int) -> list[int]:
    """The rest of a channel's line: the plan's shape from the position on; before it the facts."""
    shape = plan.by_channel[c]
    if shape[-1] - on_line(shape, at.position) == 0:
        shape = plan.total
    here = on_line(shape, at.position)
    row, r = divmod(at.position, 10_000)
    line = []
    for k in range(len(shape)):
        if k <= row and k < len(shape) - 1:
            line.append(drawn)
        elif shape[-1] == here:
            line.append(drawn + rest)
        else:
            line.append(drawn + rest * (shape[k] - here) // (shape[-1] - here))
    if row < len(shape) - 1:
        line[row] = line[row + 1] - (line[row + 1] - drawn) * 10_000 // (10_000 - r)
    return line


def history(portfolio: Portfolio, item: Item, plan: Plan, at: Standing, rows: list[Execution],
            completed: int | None) -> None:  # fmt: skip
    """When it started and finished; in which quarter it reached each amount of progress."""
    facts = portfolio.facts
    assert facts is not None
    there = due = False
    running, told_start = 0, [r.started_month for r in rows if r.started_month is not None]
    for quarter in range(facts.quarter + (facts.months_past > 0)):
        running += sum(at.facts[quarter])
        months = min(3 * quarter + 3, facts.asof_months)
        reached = reached_by(rows, item, plan, running, at.approved, months)
        if at.start is None and (any(at.facts[quarter]) or reached):
            at.start = quarter
        past = months - 3 * quarter
        there = plan.position(reached, plan.due(quarter + past // 3, past % 3)) == plan.length
        due = running * 10_000 >= at.approved * (10_000 - portfolio.tail_bps)
        if at.finish is None and there and due:
            at.finish = quarter
        at.open_from.setdefault(reached, quarter)
    if at.finish is not None and not (there and due):
        at.finish = None  # less was told later on
    if told_start:
        at.start = told_start[0] // 3
    if completed is not None:
        at.finish = completed // 3
        at.start = at.finish if at.start is None else at.start


def behind(plan: Plan, at: Standing, facts: Facts) -> int:
    """Quarters lost before the as-of."""
    if at.finish is not None:
        return at.finish - plan.last
    known = at.start is not None or plan.first <= facts.quarter
    if not known:
        return 0
    left = plan.length - at.position
    begun = 10_000 * facts.months_past // 3 if left else 0
    return facts.quarter + max(1, -(-(left + begun) // 10_000)) - 1 - plan.last
