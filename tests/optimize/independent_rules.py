"""The rules 1–17 of a repair as matrices, built straight from their wording.

Nothing but the portfolio, the case and the wording is shared with the product's model. Money is
continuous, in 亿元; gates are binaries; whole 万元 and their roundings are left out.
"""

from __future__ import annotations

import numpy as np

from portfolio.model.calendar import SHIPPED
from portfolio.model.gates import GateType
from portfolio.model.items import Kind
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.rules.approval import approval_path, in_time
from tests.optimize.independent_program import Linear, Program, number, plus
from tests.optimize.independent_shares import lay_shares

YI = 10_000.0
ONE_WAN = 1 / YI
#: What fractions of a 万元 sum up to may miss a threshold by this hair.
NEAR = ONE_WAN / 1000
YEARS = 15
FIRST = 2021


class Repair:
    """All rules of a case as rows of one program."""

    def __init__(self, case: RepairCase) -> None:
        self.case, self.portfolio, self.program = case, case.portfolio, Program()
        self.y1 = case.first_year
        self.base = self.portfolio.plan_wan / YI
        self.ref = case.reference_wan / YI
        self.past = case.past_wan / YI
        # What facts had drawn: loans keep step with capital after it.
        self.facts = np.zeros_like(self.base)
        if case.after is not None:
            self.facts = case.after.drawn_wan / YI
        self.channels, self.items = self.portfolio.channels, self.portfolio.items
        self.n_c, self.n_i = len(self.channels), len(self.items)
        self.kind = [channel.kind for channel in self.channels]
        self.capital = [
            0.0 if c.kind is Kind.CREDIT else c.capital_bps / 10_000 for c in self.channels
        ]
        conditions = self.portfolio.conditions
        self.scale = conditions.cost_bps * conditions.volume_bps // 10_000 / 10_000
        self.adjustable = range(self.y1, YEARS)
        self.money = [
            [[self._cell(y, c, i) for i in range(self.n_i)] for c in range(self.n_c)]
            for y in range(YEARS)
        ]
        self._work()
        self.open = self._gates()
        self._envelopes()
        self._shares()
        lay_shares(self)
        self._own()
        self._loans()
        self._caps_and_floors()
        self._capital_ratio()

    # -- what may have money at all -------------------------------------------------------------
    def _cell(self, y: int, c: int, i: int) -> Linear:
        """P[y,c,i]: a number where it is past or forbidden (2, 12, 13), else a column."""
        past = float(self.past[y, c, i])
        if y < self.y1:
            return number(past)
        running = y == self.y1 and self.case.year_is_running
        low, high = (past if running else 0.0), np.inf
        if self.kind[c] is Kind.POOLED:
            if not self._eligible(y, c, i):
                return number(past)
            if running and not self._approved_in_time(c, from_reserve=True):
                high = max(float(self.base[y, c, i]), past)
        elif self.kind[c] is Kind.CREDIT:
            if not self.base[:, c, i].any():
                return number(past)
        elif not self.ref[: y + 1, c, i].any():
            return number(past)
        return self.program.column(low, high)

    def _eligible(self, y: int, c: int, i: int) -> bool:
        used = self.base[:, c, i].any() or self._most(c, i) > 0
        there = FIRST + y >= self.channels[c].first_year
        return bool(used and there and self.ref[: y + 1, :, i].any())

    def _most(self, c: int, i: int) -> int:
        key = self.channels[c].id, self.items[i].no
        shares = self.portfolio.shares
        return next((s.max_share_bps for s in shares if (s.channel_id, s.item_no) == key), 0)

    def _approved_in_time(self, c: int, *, from_reserve: bool) -> bool:
        year = FIRST + self.y1
        path = approval_path(
SHIPPED,
channel_id=self.channels[c].id, channel_group=self.channels[c].group, year=year,
            asof_quarter=self.case.asof_quarter, increase=True, from_reserve=from_reserve,
            livelihood=False,
        )  # fmt: skip
        return in_time(path, SHIPPED, year)

    # -- work done, cumulated --------------------------------------------------------------------
    def _released(self, y: int, c: int, *, shock: bool = True) -> float:
        """Part of a year's allotment there by the fourth quarter; of the rest of a begun year.

        A shock inside the year lets a part come of what its quarter has not released.
        """
        conditions = self.portfolio.conditions

        def by(quarters: int) -> float:
            there = max(0, quarters - int(conditions.delay_quarters[y, c]))
            return float(conditions.release_bps[y, c, :there].sum()) / 10_000

        begun = self.case.after is not None and self.case.year_is_running and y == self.y1
        known = by(self.case.asof_quarter + 1 - 4 * y) if begun else 0.0
        all_of_it, when = by(4), int(conditions.cut_from[y, c])
        if shock and when < 3:
            before = max(by(when + 1), known)
            all_of_it = before + (all_of_it - before) * int(conditions.cut_bps[y, c]) / 10_000
        return (all_of_it - known) / (1 - known) if known < 1 else 1.0

    def _asked(self, y: int, c: int, i: int) -> Linear:
        """P[y,c,i] beyond what facts have drawn of it."""
        return plus((1, self.money[y][c][i]), (-1, number(float(self.facts[y, c, i]))))

    def _done(self, y: int, c: int, i: int) -> Linear:
        """D[y,c,i]."""
        if y < self.y1 or self.kind[c] is not Kind.POOLED:
            return self.money[y][c][i]
        done = plus(
            (self._released(y, c), self._asked(y, c, i)),
            (1, number(float(self.facts[y, c, i]))),
        )
        if y > self.y1:
            late = 1.0 - self._released(y - 1, c)
            done = plus((1, done), (late, self._asked(y - 1, c, i)))
        return done

    def _work(self) -> None:
        """T[y,i], and T and its capital cumulated."""
        named = self.program.named
        shape = (YEARS, self.n_i)
        self.work = np.empty(shape, dtype=object)
        self.cum_work, self.cum_capital = np.empty_like(self.work), np.empty_like(self.work)
        for y, i in np.ndindex(*shape):
            done = [self._done(y, c, i) for c in range(self.n_c)]
            self.work[y, i] = named(plus(*((1.0, d) for d in done)))
            capital = plus(*zip(self.capital, done, strict=True))
            before = (number(0), number(0))
            if y:
                before = self.cum_work[y - 1, i], self.cum_capital[y - 1, i]
            self.cum_work[y, i] = named(plus((1, before[0]), (1, self.work[y, i])))
            self.cum_capital[y, i] = named(plus((1, before[1]), (1, capital)))
        for i in range(self.n_i):  # 11
            self.program.at_most(self.cum_work[-1, i], number(self.base[:, :, i].sum()))

    def _cum(self, c: int, i: int, y: int) -> Linear:
        return plus(*((1.0, self.money[v][c][i]) for v in range(y + 1)))

    # -- 8 ---------------------------------------------------------------------------------------
    def _gates(self) -> list[tuple[int, int, Linear]]:
        """Rows of the gates; (successor, year, 1 where open) for the floors."""
        found = []
        base = self.base.sum(axis=1).cumsum(axis=0)
        for gate in self._waiting_gates():
            pred, succ = (self.portfolio.position[no] for no in (gate.pred_no, gate.succ_no))
            item = self.items[pred]
            at = gate.at_wan(item)
            beyond = 1 if at is None else at - item.earlier_wan
            holds = gate.holds_wan(self.items[succ])
            room = 0.0 if holds is None else (holds - self.items[succ].earlier_wan) / YI
            for y in self.adjustable:
                seen = y - gate.lag_quarters // 4
                was_open = seen >= 0 and round(base[seen, pred] * YI) >= beyond
                limit = room if was_open else max(room, float(base[y, succ]))
                opened = self._opened(seen, pred, beyond, float(base[-1, pred]))
                more = max(0.0, float(base[-1, succ]) - limit)
                most = plus((1, number(limit)), (more, opened))
                self.program.at_most(self.cum_work[y, succ], most)
                found.append((succ, y, opened))
        return found

    def _waiting_gates(self):
        for gate in self.portfolio.gates:
            pred = self.portfolio.item(gate.pred_no)
            at = gate.at_wan(pred)
            reached = pred.earlier_wan > 0 if gate.type is GateType.SS else pred.earlier_wan >= at
            binds = gate.hard or self.portfolio.conditions.soft_gates_bind
            if binds and not reached and self.base[:, :, self.portfolio.position[pred.no]].any():
                yield gate

    def _opened(self, seen: int, pred: int, beyond_wan: int, most: float) -> Linear:
        """1 where the predecessor's money by the year `seen` has come to the threshold, else 0."""
        if seen < 0 or beyond_wan / YI > most + ONE_WAN / 2:
            return number(0)
        if seen < self.y1:
            there = round(self.past[: seen + 1, :, pred].sum() * YI)
            return number(1 if there >= beyond_wan else 0)
        opened = self.program.column(0, 1, whole=1)
        money, beyond = self.cum_work[seen, pred], beyond_wan / YI
        near = number(NEAR)
        self.program.at_most(plus((beyond, opened), (-1, near)), money)
        below = beyond - ONE_WAN
        self.program.at_most(money, plus((1, number(below)), (most - below, opened), (1, near)))
        return opened

    def plan(self) -> np.ndarray:
        """P of the last solve, in 亿元."""
        found = [*self.program.found, 1.0]  # the constant stands under key -1
        plan = np.zeros((YEARS, self.n_c, self.n_i))
        for y, c, i in np.ndindex(*plan.shape):
            plan[y, c, i] = sum(value * found[k] for k, value in self.money[y][c][i].items())
        return plan

    # -- 1, 2, 3 ---------------------------------------------------------------------------------
    def _envelopes(self) -> None:
        voted = (
            self.portfolio.envelopes.pooled_ask_wan + self.portfolio.envelopes.pooled_reserve_wan
        )
        for y in self.adjustable:
            for c in self.of_kind(Kind.POOLED):
                cost = plus(*((self.scale[i], self.money[y][c][i]) for i in range(self.n_i)))
                if y > self.y1:  # what a shock inside the year before kept is paid again
                    kept = self._released(y - 1, c, shock=False) - self._released(y - 1, c)
                    again = (
                        (self.scale[i] * kept, self._asked(y - 1, c, i)) for i in range(self.n_i)
                    )
                    cost = plus((1, cost), *again)
                self.program.at_most(cost, number(voted[y, c] / YI))
        if self.case.year_is_running and self.y1 < YEARS:
            for c in self.of_kind(Kind.POOLED):
                self._late_in_the_year(c, int(voted[self.y1, c]))

    def _late_in_the_year(self, c: int, voted: int) -> None:
        """What items give up comes too late: of the year's reserve alone items get more."""
        if self._approved_in_time(c, from_reserve=False):
            return
        y, asked = self.y1, 0
        more: list[Linear] = []
        for i in range(self.n_i):
            planned = int(self.portfolio.plan_wan[y, c, i])
            scale = int(self.portfolio.conditions.scale_bps[i])
            asked += planned * scale // 10_000
            before = max(float(self.base[y, c, i]), float(self.past[y, c, i]))
            given = self.program.column()
            self.program.at_most(plus((1, self.money[y][c][i]), (-1, given)), number(before))
            more.append(given)
        left = max(0, voted - asked) if self._approved_in_time(c, from_reserve=True) else 0
        self.program.at_most(plus(*((1, given) for given in more)), number(left / YI))

    def of_kind(self, *kinds: Kind) -> list[int]:
        return [c for c, kind in enumerate(self.kind) if kind in kinds]

    def _shares(self) -> None:
        for c in self.of_kind(Kind.POOLED):
            for i in range(self.n_i):
                whole = int(self.portfolio.plan_wan[:, :, i].sum())
                most = max(self._most(c, i) * whole // 10_000 / YI, self.base[:, c, i].sum())
                self.program.at_most(self._cum(c, i, YEARS - 1), number(most))

    def _own(self) -> None:
        waits = {self.portfolio.position[gate.succ_no] for gate in self._waiting_gates()}
        for c in self.of_kind(Kind.EARMARKED, Kind.OWN):
            for i in range(self.n_i):
                before = slice(0, self.y1)
                no_arrears = (
                    self.case.past_wan[before, c, i].sum()
                    == self.case.reference_wan[before, c, i].sum()
                )
                for y in self.adjustable:
                    comes = float(self.ref[: y + 1, c, i].sum())
                    least = comes if no_arrears and i not in waits else -np.inf
                    self.program.between(least, self._cum(c, i, y), comes)
                    if i in waits:
                        self._waits_for_gates(c, i, y, comes)

    def _waits_for_gates(self, c: int, i: int, y: int, comes: float) -> None:
        """All of an item's own money is there unless a gate is closed, or was the year before."""
        before = slice(0, self.y1)
        arrears = self.ref[before, c, i].sum() - self.case.past_wan[before, c, i].sum() / YI
        mine = [opened for succ, year, opened in self.open if succ == i and year in (y - 1, y)]
        lifted = [part for opened in mine for part in ((comes, number(1.0)), (-comes, opened))]
        there = plus((1.0, self._cum(c, i, y)), *lifted)
        self.program.at_most(number(comes - max(0.0, float(arrears))), there)

    # -- 4 ---------------------------------------------------------------------------------------
    def _loans(self) -> None:
        weight = np.array(self.capital)[None, :, None]
        base, ref, facts = self.base - self.facts, self.ref - self.facts, self.facts
        planned = (base * weight).sum(axis=1).cumsum(axis=0)
        comes = (ref * weight).sum(axis=1).cumsum(axis=0)
        capital_before = (facts * weight).sum(axis=1).cumsum(axis=0)
        for c in self.of_kind(Kind.CREDIT):
            loans, shocked = base[:, c].cumsum(axis=0), ref[:, c].cumsum(axis=0)
            earlier = facts[:, c].cumsum(axis=0)
            for i in range(self.n_i):
                if not self.base[:, c, i].any():
                    continue
                most = number(loans[-1, i] + earlier[-1, i])
                self.program.at_most(self._cum(c, i, YEARS - 1), most)
                for y in self.adjustable:
                    carries = _carries(loans[y, i], shocked[y, i], planned[y, i], comes[y, i])
                    before, there = (
                        number(0),
                        plus(
                            (1, self.cum_capital[y, i]), (-1, number(float(capital_before[y, i])))
                        ),
                    )
                    if y:
                        before = plus(
                            (1, self._cum(c, i, y - 1)), (-1, number(float(earlier[y - 1, i])))
                        )
                    came = float(shocked[y - 1, i]) if y else 0.0
                    part = self._ration(y, c)
                    most = carries(there)
                    asked = plus((1, most), (-1, before))
                    free = carries(number(comes[y, i])).get(-1, 0.0) - came
                    lacking = max(0.0, ref[y, c, i] - part * free) if part < 1 else 0.0
                    more = number(lacking)
                    if comes[y, i] > 0:
                        more = plus((lacking / comes[y, i], there))
                    limit = plus((part, asked), (1, more))
                    self.program.at_most(self._asked(y, c, i), limit)

    def _ration(self, y: int, c: int) -> float:
        conditions = self.portfolio.conditions
        credit, delay = int(conditions.credit_bps[y, c]), int(conditions.delay_quarters[y, c])
        if credit >= 10_000 and delay == 0:
            return 1.0
        return min(credit, 10_000) / 10_000 * self._released(y, c)

    # -- 5, 6, 7, 10, 14 -------------------------------------------------------------------------
    def _caps_and_floors(self) -> None:
        settings, floors = self.case.settings, np.zeros((YEARS, self.n_i), dtype=np.int64)
        ref = self.case.reference_wan.sum(axis=1)
        base = self.portfolio.plan_wan.sum(axis=1)
        for i, item in enumerate(self.items):
            cap, signed = max(item.yearly_cap_wan or 0, base[:, i].max()), item.contract_share_bps
            for y in self.adjustable:
                most = max(cap * int(self.case.work_bps[y, i]) // 10_000, ref[y, i])
                self.program.at_most(self.work[y, i], number(most / YI))
                parts = [signed, settings.continuity_bps]
                parts += [settings.livelihood_bps] if "民生" in item.tags else []
                floors[y, i] = min(most, max(parts) * ref[y, i] // 10_000)
                signed = signed * settings.contract_decay_bps // 10_000
                if self.case.slowed[i]:
                    self.program.at_most(self.cum_work[y, i], number(ref[: y + 1, i].sum() / YI))
        for y, i in zip(*np.nonzero(floors), strict=True):
            # Any closed gate takes the whole floor away.
            closed = [plus((1, number(1)), (-1, o)) for s, v, o in self.open if (s, v) == (i, y)]
            floor = floors[y, i] / YI
            held = plus((floor, number(1)), *((-floor, form) for form in closed))
            self.program.at_most(held, self.work[y, i])

    # -- 9 ---------------------------------------------------------------------------------------
    def _capital_ratio(self) -> None:
        weight = np.array([round(10_000 * part) for part in self.capital])[:, None]
        for i, item in enumerate(self.items):
            least = item.min_capital_share_bps
            for money in (self.portfolio.plan_wan, self.case.reference_wan):
                by_channel = money[:, :, i].sum(axis=0)
                if by_channel.sum():
                    share = int((by_channel * weight[:, 0]).sum()) // int(by_channel.sum())
                    least = min(least, share)
            whole = plus((least / 10_000, self.cum_work[-1, i]))
            self.program.at_most(whole, self.cum_capital[-1, i])


def _carries(loans: float, shocked: float, planned: float, comes: float):
    """Loans as a form of the capital there: in step with the plan, never below the shock's own."""
    slope = loans / planned if planned > 0 else 0.0
    fixed = 0.0 if planned > 0 else loans  # nothing to be in step with
    if comes > 0:
        slope = max(slope, max(0.0, shocked - fixed) / comes)
    else:
        fixed = max(fixed, shocked)
    return lambda capital: plus((slope, capital), (1, number(fixed)))
