"""The rules once more, in plain integers and loops: slow, literal, sharing no arithmetic.

Item after item in graph order, quarter after quarter, as docs/规则说明.md reads. The engine must
give the same integers. With facts play begins after them, from where each item stands
(`reference_standing`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from portfolio.model.gates import GateType, item_order
from portfolio.model.items import Carry, Kind
from portfolio.model.portfolio import Portfolio
from tests.sim.reference_standing import Standing, parts, standing

YEARS, QUARTERS, PLANNED = 25, 100, 60


@dataclass
class Account:
    """Money one channel pays for one channel's part of one item.

    spent : what facts drew of the year's allotment before the as-of
    called : with facts, what the unhindered clock calls for by quarter of the year; released
        ahead of the pattern
    """

    carried: int = 0
    allotted: int = 0
    drawn: int = 0
    spent: int = 0
    called: tuple[int, ...] = ()


@dataclass
class Play:
    drawn: dict[tuple[int, int, int], int] = field(default_factory=dict)  # quarter, payer, item
    start: list[int | None] = field(default_factory=list)
    finish: list[int | None] = field(default_factory=list)
    lapsed: dict[tuple[int, int], int] = field(default_factory=dict)
    taken_back: dict[tuple[int, int, int], int] = field(default_factory=dict)
    unplaced_back: dict[tuple[int, int], int] = field(default_factory=dict)


class Reference:
    def __init__(self, portfolio: Portfolio) -> None:
        self.p, self.c = portfolio, portfolio.conditions
        self.n, self.m = len(portfolio.items), len(portfolio.channels)
        self.kind = [channel.kind for channel in portfolio.channels]
        self.cum = [[self.cumulated(c, i) for c in range(self.m)] for i in range(self.n)]
        money = [[sum(col[k] for col in self.cum[i]) for k in range(PLANNED + 1)]
                 for i in range(self.n)]  # fmt: skip
        self.plan = [row[-1] for row in money]
        self.first = [next((k for k in range(PLANNED) if row[k + 1]), 0) for row in money]
        self.last = [next((k for k in range(PLANNED) if row[k + 1] == row[-1]), 0) for row in money]
        self.facts = portfolio.facts
        self.q0 = 0 if self.facts is None else self.facts.quarter
        self.past = 0 if self.facts is None else 10_000 * self.facts.months_past // 3
        self.at: list[Standing | None] = [
            standing(portfolio, item, self.cum[i], self.first[i], self.last[i])
            if self.facts is not None and self.plan[i] else None
            for i, item in enumerate(portfolio.items)
        ]  # fmt: skip
        self.before = [[0] * self.m if at is None else at.drawn for at in self.at]
        # What the clock goes along, by channel: rows from the item's first quarter on.
        self.lines = [[line[self.first[i] :] for line in self.cum[i]] if at is None else at.line
                      for i, at in enumerate(self.at)]  # fmt: skip
        self.cost = [[self.planned_at_end(i, c) for c in range(self.m)] for i in range(self.n)]
        self.total = [sum(row) for row in self.cost]
        self.volume = [sum(col[-1] * int(self.c.volume_bps[i]) // 10_000 for col in self.cum[i])
                       for i in range(self.n)]  # fmt: skip
        self.moved = [0] * self.n
        self.credited = [[0] * self.m for _ in range(self.n)]
        self.accounts: dict[tuple[int, int, int], Account] = {}  # payer, purpose, item
        self.substituted = [[0] * self.m for _ in range(self.n)]
        self.follows = [[0] * self.m for _ in range(self.n)]
        self.reached: dict[str, int] = {}  # gate id -> quarter from which it is open, before lag
        self.unplaced = [0] * self.m  # carried in by a channel, of no item
        self.owes = [at is not None and sum(line[-1] for line in at.line) > sum(at.drawn)
                     for at in self.at]  # fmt: skip
        self.out = Play(start=[None] * self.n, finish=[None] * self.n)

    def cumulated(self, c: int, i: int) -> list[int]:
        line, before = [0], 0
        for year in range(15):
            money = int(self.p.plan_wan[year, c, i])
            line += [before + money * k // 4 for k in (1, 2, 3, 4)]
            before += money
        return line

    def planned_at_end(self, i: int, c: int) -> int:
        return self.of_line(i, c, self.lines[i][c][-1])

    def of_line(self, i: int, c: int, value: int) -> int:
        """Facts stay as they are; what is after them comes at its cost."""
        before = self.before[i][c]
        return before + max(0, value - before) * self.scale(i) // 10_000

    def scale(self, i: int) -> int:
        return int(self.c.cost_bps[i]) * int(self.c.volume_bps[i]) // 10_000

    def planned(self, i: int, c: int, moved: int) -> int:
        whole, rest, of = self.quarters_of_plan(i, moved)
        line, end = self.lines[i][c], self.last[i] + 1 - self.first[i]
        if whole >= end:
            value = line[end]
        else:
            value = line[whole] + (line[whole + 1] - line[whole]) * rest // of
        return self.of_line(i, c, value)

    def quarters_of_plan(self, i: int, moved: int) -> tuple[int, int, int]:
        """How far on its plan: whole quarters, and so many parts of so many of the next."""
        stretch, lag = int(self.c.duration_bps[i]), int(self.c.lag_bps[i])
        if lag < 0:  # one project: stretched from end to end
            return moved // stretch, moved % stretch, stretch
        slow = moved * 10_000 // stretch
        behind = moved - lag
        place = behind if behind > slow else slow
        return place // 10_000, place % 10_000, 10_000

    def end(self, i: int) -> int:
        """When the clock has run out."""
        quarters = self.last[i] + 1 - self.first[i]
        stretch, lag = int(self.c.duration_bps[i]), int(self.c.lag_bps[i])
        if 0 <= lag < quarters * (stretch - 10_000):
            return 10_000 * quarters + lag
        return quarters * stretch

    # -- a year ------------------------------------------------------------------------------

    def serve(self, envelope: int, wants: list[int]) -> list[int]:
        given = [0] * self.n
        for level in sorted({item.priority for item in self.p.items}):
            group = [i for i, item in enumerate(self.p.items) if item.priority == level]
            asked = [wants[i] for i in group]
            if sum(asked) <= envelope:
                shares = asked
            elif self.c.in_order:
                shares, left = [], envelope
                for want in asked:
                    shares.append(min(want, left))
                    left -= shares[-1]
            else:
                shares = parts(envelope, asked)
            for i, share in zip(group, shares, strict=True):
                given[i] = share
            envelope -= sum(shares)
        return given

    def account(self, payer: int, purpose: int, i: int) -> Account:
        return self.accounts.setdefault((payer, purpose, i), Account())

    def allot(self, year: int) -> None:
        need = [[0] * self.n for _ in range(self.m)]
        for i in range(self.n):
            for c in range(self.m):
                carried = sum(a.carried for (_, use, j), a in self.accounts.items()
                              if use == c and j == i)  # fmt: skip
                need[c][i] = max(0, self.calls(i, c, 4 * year + 3) - self.credited[i][c] - carried)
                if self.facts is not None:
                    self.account(c, c, i).called = tuple(
                        max(0, self.calls(i, c, 4 * year + k) - self.credited[i][c] - carried)
                        for k in range(4)
                    )
        self.place(year, need)
        unmet = [row[:] for row in need]
        left_over = [0] * self.m
        for c in range(self.m):
            if self.kind[c] is Kind.CREDIT:
                if self.rationed(year, c):
                    for i in range(self.n):
                        spent = self.account(c, c, i).spent
                        share = (spent + need[c][i]) * min(int(self.c.credit_bps[year, c]), 10_000)
                        self.account(c, c, i).allotted = max(0, share // 10_000 - spent)
                continue
            if self.kind[c] is Kind.POOLED:
                spent = sum(self.account(c, c, i).spent for i in range(self.n))
                envelope = max(0, int(self.p.envelopes.pooled_wan[year, c]) - spent)
                given = self.serve(envelope, need[c])
                left_over[c] = envelope - sum(given)
            else:
                given = self.allot_own(year, c, need[c])
            for i, share in enumerate(given):
                self.account(c, c, i).allotted = share
                unmet[c][i] -= share
        if self.c.substitution:
            self.substitute(unmet, left_over)
        for c in range(self.m):
            if self.kind[c] is Kind.POOLED:
                self.out.lapsed[year, c] = left_over[c]

    def allot_own(self, year: int, c: int, need: list[int]) -> list[int]:
        """Item by item the smaller of need and what is there; the ask not used follows the item."""
        given, self.out.lapsed[year, c] = [], 0
        for i, want in enumerate(need):
            ask = int(self.p.envelopes.own_ask_wan[year, c, i])
            reserve = int(self.p.envelopes.own_reserve_wan[year, c, i])
            spent = self.account(c, c, i).spent
            there = max(0, ask + reserve - spent) + self.follows[i][c]
            given.append(min(want, there))
            goes_on = max(0, self.follows[i][c] + ask - spent - given[i])
            if self.is_paid(i) or not self.plan[i]:
                goes_on = 0
            self.out.lapsed[year, c] += there - given[i] - goes_on
            self.follows[i][c] = goes_on
        return given

    def calls(self, i: int, c: int, quarter: int) -> int:
        """What is planned at a quarter's end if the clock moves in every quarter up to it."""
        if not self.plan[i]:
            return 0
        return self.planned(i, c, self.moved[i] + self.moves(i, quarter))

    def moves(self, i: int, quarter: int) -> int:
        """How far a clock that nothing hinders moves from the year's beginning on."""
        earliest = self.first[i] + int(self.c.start_delay_quarters[i])
        if self.out.start[i] is not None and self.facts is not None:
            earliest = self.q0
        begin = max(earliest, quarter // 4 * 4, self.q0)
        moves = max(0, quarter + 1 - begin) * 10_000
        return moves - self.past if moves and begin == self.q0 else moves

    def asked(self) -> dict[tuple[int, int, int], int]:
        """Year, channel, item: what is asked for after the as-of, once more what a year can't pay."""
        assert self.facts is not None
        self.begin()
        ask: dict[tuple[int, int, int], int] = {}
        year = self.q0 // 4
        if self.facts.asof_months % 12:
            self.allot(year)
            for c in range(self.m):
                for i in range(self.n):
                    need = self.calls(i, c, 4 * year + 3) - self.credited[i][c]
                    account = self.account(c, c, i)
                    if self.kind[c] is not Kind.CREDIT:
                        ask[year + 1, c, i] = max(0, need - account.carried) - account.allotted
        before = {(c, i): self.credited[i][c] for c in range(self.m) for i in range(self.n)}
        for later in range(year, YEARS):
            for c in range(self.m):
                for i in range(self.n):
                    now = self.calls(i, c, 4 * later + 3)
                    if later >= year + (self.facts.asof_months % 12 > 0):
                        cell = later, c, i
                        ask[cell] = ask.get(cell, 0) + max(0, now - before[c, i])
                    before[c, i] = max(now, before[c, i])
            for i in range(self.n):
                self.moved[i] += self.moves(i, 4 * later + 3)
        return {cell: money for cell, money in ask.items() if money}

    def place(self, year: int, need: list[list[int]]) -> None:
        """What a channel brings along that no item has: cut by need, each part an item's."""
        for c in range(self.m):
            money = self.unplaced[c]
            if not money:
                continue
            shares = parts(min(money, sum(need[c])), need[c])
            for i, share in enumerate(shares):
                account = self.account(c, c, i)
                account.carried += share
                account.called = tuple(max(0, called - share) for called in account.called)
                need[c][i] -= share
            self.unplaced[c] = money - sum(shares)

    def substitute(self, unmet: list[list[int]], left_over: list[int]) -> None:
        pooled = [c for c in range(self.m) if self.kind[c] is Kind.POOLED]
        most = {(s.item_no, s.channel_id): s.max_share_bps for s in self.p.shares}
        for short in pooled:
            for payer in pooled:
                if payer == short:
                    continue
                wants = []
                for i, item in enumerate(self.p.items):
                    bps = most.get((item.no, self.p.channels[payer].id), 0)
                    room = max(0, bps * self.total[i] // 10_000 - self.cost[i][payer])
                    wants.append(min(unmet[short][i], room - self.substituted[i][payer]))
                for i, share in enumerate(self.serve(left_over[payer], wants)):
                    if share:
                        self.account(payer, short, i).allotted = share
                        self.substituted[i][payer] += share
                        unmet[short][i] -= share
                        left_over[payer] -= share

    def rationed(self, year: int, c: int) -> bool:
        return bool(self.c.credit_bps[year, c] < 10_000 or self.c.delay_quarters[year, c] > 0)

    def close(self, year: int) -> None:
        for (payer, purpose, i), account in self.accounts.items():
            if self.kind[payer] is Kind.CREDIT and not self.rationed(year, payer):
                account.carried = account.allotted = account.drawn = 0
                continue
            old = max(0, account.carried - account.drawn)
            new = account.carried + account.allotted - account.drawn - old
            two_years = self.p.channels[payer].carry is Carry.TWO_YEARS
            done = self.is_paid(i) or not self.plan[i]
            never = self.by_pattern(account, year, payer, 3)
            never -= self.released(account, year, payer, 3)
            back = (old if two_years or done else 0) + (new if done else never)
            if payer != purpose:
                self.substituted[i][payer] -= back
            if back:
                cell = (year, payer, i)
                self.out.taken_back[cell] = self.out.taken_back.get(cell, 0) + back
            account.carried, account.allotted, account.drawn = old + new - back, 0, 0
            account.spent = 0
        for c in range(self.m):
            all_paid = all(self.is_paid(i) or not self.plan[i] for i in range(self.n))
            two_years = self.p.channels[c].carry is Carry.TWO_YEARS
            if self.unplaced[c] and (two_years or all_paid):
                self.out.unplaced_back[year, c] = self.unplaced[c]
                self.unplaced[c] = 0

    # -- a quarter ---------------------------------------------------------------------------

    def is_paid(self, i: int) -> bool:
        """Finished, and the tail paid: one that facts leave open not before a quarter is played."""
        if self.owes[i]:
            return False
        return self.out.finish[i] is not None and sum(self.credited[i]) == self.total[i]

    def progress(self, i: int) -> int:
        """As gates see it: a finished item has all of it."""
        item = self.p.items[i]
        at = self.at[i]
        if at is not None:
            done, pre = sum(at.drawn), item.earlier_wan + at.reached
            if self.out.finish[i] is not None:
                return pre + self.rest_of_progress(i, at)
            played, left = sum(self.credited[i]) - done, max(1, self.total[i] - done)
            return pre + played * self.rest_of_progress(i, at) // left
        if self.out.finish[i] is not None:
            return item.earlier_wan + self.volume[i]
        return item.earlier_wan + sum(self.credited[i]) * self.volume[i] // max(1, self.total[i])

    def rest_of_progress(self, i: int, at: Standing) -> int:
        """A0 - P: the progress that is left, with the volume that comes about."""
        return (self.plan[i] - at.reached) * int(self.c.volume_bps[i]) // 10_000

    def threshold(self, i: int, at_wan: int) -> int:
        """What of its progress an item must reach: less where less comes about in all."""
        at, pre = self.at[i], self.p.items[i].earlier_wan
        whole = self.volume[i] if at is None else at.reached + self.rest_of_progress(i, at)
        return pre + (at_wan - pre) * whole // self.plan[i]

    def is_open(self, gate_id: str, lag: int, quarter: int) -> bool:
        since = self.reached.get(gate_id)
        return since is not None and (since < 0 or quarter >= since + lag)

    def look_at_gates(self, quarter: int) -> None:
        """Note gates reached: -1 for reached before play, else the quarter they open, less lag."""
        for gate in self.p.gates:
            pred = self.p.position[gate.pred_no]
            if gate.id in self.reached:
                continue
            if quarter < 0:
                started = gate.type is GateType.SS and self.p.items[pred].earlier_wan > 0
                at = gate.at_wan(self.p.items[pred])
                if (
                    started
                    or not self.plan[pred]
                    or (at is not None and self.p.items[pred].earlier_wan >= at)
                ):
                    self.reached[gate.id] = -1
            elif gate.type is not GateType.SS:
                at = gate.at_wan(self.p.items[pred])
                assert at is not None
                if self.progress(pred) >= self.threshold(pred, at):
                    self.reached[gate.id] = quarter + 1

    def read_gates(self) -> None:
        """Gates as the facts have them; one they have broken is open."""
        for gate in self.p.gates:
            pred, succ = self.p.position[gate.pred_no], self.p.position[gate.succ_no]
            before, after = self.at[pred], self.at[succ]
            if gate.id not in self.reached and before is not None:
                at, since = gate.at_wan(self.p.items[pred]), []
                if at is None:
                    since = [before.start] if before.start is not None else []
                else:
                    pre = self.p.items[pred].earlier_wan
                    since = [q + 1 for reached, q in before.open_from.items()
                             if reached >= at - pre <= before.reached and q < self.q0
                             ]  # fmt: skip
                    if before.finish is not None and before.finish < self.q0:
                        since.append(before.finish + 1)
                if since:
                    self.reached[gate.id] = min(since)
            if after is None or self.is_open(gate.id, gate.lag_quarters, self.q0):
                continue
            holds = gate.holds_wan(self.p.items[succ])
            if holds is None:
                broken = after.start is not None
            else:
                most = (holds - self.p.items[succ].earlier_wan) * after.approved
                broken = most // self.plan[succ] < sum(after.drawn)
            if broken:
                self.reached[gate.id] = -1

    def step(self, i: int, quarter: int) -> None:
        gates = [g for g in self.p.gates
                 if g.succ_no == self.p.items[i].no and g in self.p.binding_gates]  # fmt: skip
        shut = [g for g in gates if not self.is_open(g.id, g.lag_quarters, quarter)]
        stopped = bool(self.c.stopped[quarter, i])
        waits = quarter < self.first[i] + int(self.c.start_delay_quarters[i])
        waits = waits and (self.facts is None or self.out.start[i] is None)
        held = any(g.holds_bps == 0 for g in shut)
        if not (waits or held or stopped):
            if self.out.start[i] is None:
                self.out.start[i] = quarter
                for gate in self.p.gates:
                    if gate.type is GateType.SS and gate.pred_no == self.p.items[i].no:
                        self.reached.setdefault(gate.id, quarter)
            end = self.end(i)
            moves = int(self.c.pace_bps[quarter, i])
            if quarter == self.q0:
                moves = max(1, moves * (10_000 - self.past) // 10_000)
            self.moved[i] = min(end, self.moved[i] + moves)
        if self.out.start[i] is None:
            return
        if not stopped:
            self.pay(i, quarter, [g.holds_wan(self.p.items[i]) for g in shut if g.holds_bps])
        end = self.end(i)
        due = self.total[i] * (10_000 - self.p.tail_bps)
        there = self.moved[i] >= end and sum(self.credited[i]) * 10_000 >= due
        if there and self.out.finish[i] is None:
            self.out.finish[i] = quarter

    def pay(self, i: int, quarter: int, holds: list[int | None]) -> None:
        item, cost_bps = self.p.items[i], int(self.c.cost_bps[i])
        planned = [self.planned(i, c, self.moved[i]) for c in range(self.m)]
        demand = [planned[c] - self.credited[i][c] for c in range(self.m)]
        years = [int(self.p.plan_wan[y, :, i].sum()) for y in range(15)]
        used = sum(bool(self.p.plan_wan[:, c, i].any()) for c in range(self.m))
        cap, at = max(item.yearly_cap_wan or 0, *years), self.at[i]
        if at is not None:
            rows = [sum(row) for row in zip(*at.line, strict=True)]
            row = at.position // 10_000
            cap = max([cap, *(4 * (rows[k + 1] - rows[k]) for k in range(row, len(rows) - 1))])
        room = -(-(cap + 8 * used) * cost_bps // 40_000) + used
        if at is not None and quarter == self.q0:
            room = max(0, room - sum(at.facts[quarter]))
        for hold in holds:
            assert hold is not None
            below = (hold - item.earlier_wan) * self.total[i] // self.plan[i]
            below -= sum(self.credited[i])
            room = min(room, below if at is None else max(0, below))
        if sum(demand) > room:
            demand = parts(room, demand)
        capital = [0 if channel.kind is Kind.CREDIT else channel.capital_bps
                   for channel in self.p.channels]  # fmt: skip
        for c in range(self.m):
            if self.kind[c] is not Kind.CREDIT:
                self.credited[i][c] += self.take(i, c, quarter, demand[c])
        done = self.before[i]
        there = sum((self.credited[i][c] - done[c]) * capital[c] // 10_000 for c in range(self.m))
        wanted = sum((planned[c] - done[c]) * capital[c] // 10_000 for c in range(self.m))
        for c in range(self.m):
            if self.kind[c] is Kind.CREDIT:
                loan = planned[c] - done[c]
                most = done[c] + (loan if there >= wanted else loan * there // wanted)
                ask = max(0, min(demand[c], most - self.credited[i][c]))
                self.credited[i][c] += self.take(i, c, quarter, ask)

    def take(self, i: int, c: int, quarter: int, ask: int) -> int:
        """Draw up to `ask` for channel c's part: its own account first, then substitutes'."""
        year, k = divmod(quarter, 4)
        unbounded = self.kind[c] is Kind.CREDIT and not self.rationed(year, c)
        taken = 0
        for payer in [c, *(p for p in range(self.m) if p != c)]:
            if payer != c and (payer, c, i) not in self.accounts:
                continue
            account = self.account(payer, c, i)
            there = account.carried + self.released(account, year, payer, k) - account.drawn
            money = ask - taken if unbounded else min(ask - taken, there)
            account.drawn += money
            taken += money
            if money:
                cell = (quarter, payer, i)
                self.out.drawn[cell] = self.out.drawn.get(cell, 0) + money
        return taken

    def pattern(self, year: int, payer: int, k: int) -> int:
        """Parts of an allotment released by a quarter, were there no shock inside the year."""
        delay = int(self.c.delay_quarters[year, payer])
        return int(self.c.release_bps[year, payer, : max(0, k + 1 - delay)].sum())

    def by_pattern(self, account: Account, year: int, payer: int, k: int) -> int:
        """Released by a quarter, were there no shock; with facts as soon as a clock calls for it."""
        whole = account.spent + account.allotted
        money = max(0, whole * self.pattern(year, payer, k) // 10_000 - account.spent)
        if account.called and not self.c.delay_quarters[year, payer]:
            money = max(money, min(account.allotted, account.called[k]))
        return money

    def released(self, account: Account, year: int, payer: int, k: int) -> int:
        """Released of this year's allotment by a quarter: after a shock only a part of the rest."""
        whole = self.by_pattern(account, year, payer, k)
        shock = int(self.c.cut_from[year, payer])
        if k <= shock:
            return whole
        before = self.by_pattern(account, year, payer, shock)
        return before + (whole - before) * int(self.c.cut_bps[year, payer]) // 10_000

    def begin(self) -> None:
        """Stand where the facts end, in the middle of a year that they have opened."""
        assert self.facts is not None
        for i, at in enumerate(self.at):
            if at is None:
                continue
            self.moved[i] = -(-at.position * int(self.c.duration_bps[i]) // 10_000)
            if int(self.c.lag_bps[i]) >= 0:  # what it lost before is not lost again
                self.moved[i] = min(self.moved[i], at.position + int(self.c.lag_bps[i]))
            self.credited[i] = at.drawn
            self.out.start[i], self.out.finish[i] = at.start, at.finish
            for quarter, money in enumerate(at.facts):
                for c, part in enumerate(money):
                    if part:
                        self.out.drawn[quarter, c, i] = part
        self.read_gates()
        year = self.q0 // 4
        for c, channel in enumerate(self.p.channels):
            if channel.kind is Kind.CREDIT and not self.rationed(year, c):
                continue
            brought = [row for row in self.facts.carried_in
                       if row.channel_id == channel.id
                       and row.year == self.p.calendar.first_year + year]  # fmt: skip
            for i, at in enumerate(self.at):
                own = sum(row.carried_wan for row in brought if row.item_no == self.p.items[i].no)
                drawn = (
                    0 if at is None else sum(at.facts[q][c] for q in range(4 * year, 4 * year + 4))
                )
                account = self.account(c, c, i)
                account.carried = own - min(own, max(0, drawn))
                account.spent = drawn - min(own, max(0, drawn))
            whole = sum(row.carried_wan for row in brought if row.item_no is None)
            spent = [max(0, self.account(c, c, i).spent) for i in range(self.n)]
            used = parts(min(whole, sum(spent)), spent)
            for i, part in enumerate(used):
                self.account(c, c, i).spent -= part
            self.unplaced[c] = whole - sum(used)

    def play(self) -> Play:
        order = item_order(self.p.items, self.p.gates)
        self.look_at_gates(-1)
        if self.facts is not None:
            self.begin()
        for quarter in range(self.q0, QUARTERS):
            if quarter % 4 == 0 or quarter == self.q0:
                self.allot(quarter // 4)
            for i in order:
                if self.plan[i] and not self.is_paid(i):
                    self.step(i, quarter)
            self.owes = [False] * self.n
            self.look_at_gates(quarter)
            if quarter % 4 == 3:
                self.close(quarter // 4)
        return self.out
