"""What disagrees in 资金台账, 专项债券 and 月报补充 as they came back: with cell, and what to ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portfolio.model.facts import Level
from portfolio.model.month.further import ToldFurther
from portfolio.model.month.owed import FundsLine, Line
from portfolio.model.month.returned import (
    MONTH_SIGNS,
    SHORTEST_REASON,
    Asked,
    Returned,
    Rule,
    ToldFunds,
    Weight,
    paired,
)
from portfolio.model.schema.returns import OF_BONDS, OF_PURSES, OF_WORDS, before

#: Pairs of a bond's figures where the first above the second may be right.
_MAY_BE_MORE = (("service_due_wan", "service_paid_wan"),)
#: Years have so many months.
MONTHS = 12


def further_asked(returned: Returned, today: str, idle_months: int) -> Iterator[Asked]:
    """All that disagrees in the further sheets of a file.

    today : as 2026-12-03
    idle_months : after so many months a bond's money is idle
    """
    funds = _funds_of(returned)
    lines = {line.project_code or line.item_no: line for line in returned.owed.lines}
    for told in returned.further:
        asking = _Asking(returned=returned, told=told)
        yield from asking.not_more()
        yield from asking.rising()
        yield from asking.left_blank()
        if told.asked.kind is OF_PURSES:
            yield from asking.paid(funds)
            yield from asking.carried()
            yield from asking.payable(lines.get(told.asked.whose))
        elif told.asked.kind is OF_WORDS:
            yield from asking.last_year(lines.get(told.asked.whose))
        elif told.asked.kind is OF_BONDS:
            yield from asking.service()
            yield from asking.arrived()
            yield from asking.idle(today, idle_months)


_Funds = Mapping[tuple[int | str, str, Level | None], tuple[FundsLine, ToldFunds, Line]]


def _funds_of(returned: Returned) -> _Funds:
    """Rows of 资金 by whose they are, channel and level."""
    lines = {line.key: line for line in returned.owed.lines}
    return {
        (line.project_code or line.item_no, each.channel, each.level): (each, back, line)
        for told in returned.lines
        for line in (lines[told.key],)
        for each, back in paired(line.funds, told.funds)
        if back is not None
    }


@dataclass(frozen=True, kw_only=True)
class _Asking:
    """What is asked of a row."""

    returned: Returned
    told: ToldFurther

    def one(
        self, rule: Rule, key: str, found: str, ask: str, weight: Weight | None = None
    ) -> Asked:
        """A question at a cell; a reason that is given settles what may be right."""
        said = self.told.reason
        reason = said if len(said.strip()) >= SHORTEST_REASON else ""
        given = weight or (Weight.TOLD if reason else Weight.MUST)
        if weight is Weight.ASK and reason:
            given = Weight.TOLD
        return Asked(
            unit=self.returned.owed.unit, file=self.returned.file,
            place=self.told.places.get(key, ""), subject=self.told.asked.label, rule=rule,
            weight=given, found=found, ask=ask, reason=reason,
        )  # fmt: skip

    def title(self, key: str) -> str:
        """What a column is called."""
        return self.told.asked.kind.sheet.column(key).title

    def wan(self, key: str) -> int | None:
        """A figure after this month."""
        now = self.told.now(key)
        return now if isinstance(now, int) else None

    def was(self, key: str) -> int | None:
        """A figure as it was told last."""
        then = self.told.asked.shown.get(before(key))
        return then if isinstance(then, int) else None

    def not_more(self) -> Iterator[Asked]:
        """Figures that can't be more than others of their row; asked where one of them was told."""
        for more, less in self.told.asked.kind.not_more:
            a, b = self.wan(more), self.wan(less)
            told = [key for key in (more, less) if self.told.values.get(key) is not None]
            named = [key for key in told if key in self.told.asked.kind.told]
            if a is None or b is None or a <= b or not named:
                continue
            yield self.one(
                Rule.LEDGER, named[0],
                f"{self.title(more)} {a:,} 万元，多于{self.title(less)} {b:,} 万元",
                "哪一个数不对？单位是万元，都填累计数；锁定的数错了请来函更正", Weight.MUST,
            )  # fmt: skip

    def rising(self) -> Iterator[Asked]:
        """What is counted up doesn't become less without a reason."""
        if not self.told.asked.known:
            return
        for key in self.told.asked.kind.rising:
            now, then = self.told.values.get(key), self.was(key)
            if isinstance(now, int) and then is not None and now < then:
                yield self.one(
                    Rule.BELOW, key,
                    f"{self.title(key)} {now:,} 万元，低于上月的 {then:,} 万元",
                    "是核减、收回吗？是的请在“说明”写明原因和文号；填了当月数或按亿元填的请改正",
                )  # fmt: skip

    def left_blank(self) -> Iterator[Asked]:
        """Figures that were told are told again, or the forms go on with last month's."""
        kind, told = self.told.asked.kind, self.told
        rising = [key for key in kind.rising if self.was(key) is not None]
        if rising and all(told.values.get(key) is None for key in rising):
            yield self.one(
                Rule.UNTOLD, rising[0], f"“{told.asked.label}”一个数也没有填",
                f"没有变化的填上月的数；空着的，{kind.into.name}仍是上月的数", Weight.ASK,
            )  # fmt: skip

    def last_year(self, line: Line | None) -> Iterator[Asked]:
        """去年同期 is told each month, no less than to the month before, no more than was ever done."""
        key, told = "last_year_wan", self.told
        now, last = told.values.get(key), told.asked.last.get(key)
        last = last if told.asked.known else None
        if key in told.asked.locked:
            return
        if now is None and last is not None:
            yield self.one(
                Rule.UNTOLD, key, "没有填去年同期累计，上月填了",
                "去年 1 月至同月完成多少？空着的，表1 的去年同期和同比印“未报”", Weight.ASK,
            )  # fmt: skip
        if not isinstance(now, int):
            return
        first = (
            self.returned.owed.month % MONTHS == 0
        )  # January: the month before is of another year
        if isinstance(last, int) and now < last and not first:
            yield self.one(
                Rule.BELOW, key,
                f"去年同期累计 {now:,} 万元，低于上月填的 {last:,} 万元（少一个月的）",
                "去年同期是去年 1 月至同月的累计数；填了当月数或按亿元填的请改正，上月填错的请在“说明”写明",
            )  # fmt: skip
        earlier = None if line is None else line.earlier_wan
        if earlier is not None and now > earlier:
            yield self.one(
                Rule.LEDGER, key,
                f"去年同期累计 {now:,} 万元，多于截至上年底累计完成 {earlier:,} 万元",
                "去年几个月的不会多于开工到去年底的，哪一个数不对？单位是万元", Weight.ASK,
            )  # fmt: skip

    def carried(self) -> Iterator[Asked]:
        """上年结转 is what came over at the year's beginning: it stays."""
        key = "carried_wan"
        now, then = self.told.values.get(key), self.was(key)
        if isinstance(now, int) and then is not None and now != then:
            yield self.one(
                Rule.LEDGER, key, f"上年结转到位 {now:,} 万元，上月是 {then:,} 万元",
                "上年结转是年初的数，年内不变：更正的请在“说明”写明，没有用完的余额不填在这里",
                Weight.ASK,
            )  # fmt: skip

    def payable(self, line: Line | None) -> Iterator[Asked]:
        """累计应付 is no more than the whole costs, and doesn't double beyond a year's plan."""
        key = "payable_wan"
        now, then = self.told.values.get(key), self.was(key)
        if line is None or not isinstance(now, int):
            return
        told = next((each for each in self.returned.lines if each.key == line.key), None)
        total = (None if told is None else told.approved_wan) or line.total_wan
        if total is not None and now > total:
            yield self.one(
                Rule.OVER_TOTAL, key, f"累计应付 {now:,} 万元，多于项目总投资 {total:,} 万元",
                "多填了零，还是总投资没有更新？属实的请在“说明”写明",
            )  # fmt: skip
        elif then is not None and now > 2 * then and now - then > (line.plan_wan or 0):
            yield self.one(
                Rule.LEDGER, key,
                f"累计应付一个月从 {then:,} 增加到 {now:,} 万元，增加的多于全年计划 {line.plan_wan or 0:,} 万元",
                "多填了零吗？属实的请在“说明”写明", Weight.ASK,
            )  # fmt: skip

    def arrived(self) -> Iterator[Asked]:
        """到位日期 lies not ahead, and doesn't change: money is idle from it on."""
        key = "arrived_on"
        now, then = self.told.values.get(key), self.told.asked.shown.get(before(key))
        if now is None:
            return
        if str(now)[:MONTH_SIGNS] > self.returned.label:
            yield self.one(
                Rule.LEDGER, key, f"到位日期 {now}，在本月（{self.returned.label}）以后",
                "请填钱实际到账的日期；还没有到位的留空", Weight.MUST,
            )  # fmt: skip
        elif then is not None and str(then) != str(now):
            yield self.one(
                Rule.LEDGER, key, f"到位日期 {now}，上月是 {then}",
                "闲置从到位日期算起：分批到位的填第一次，更正的请在“说明”写明", Weight.ASK,
            )  # fmt: skip

    def paid(self, funds: _Funds) -> Iterator[Asked]:
        """累计支付 goes with what 资金 says of the year: no less, and grown by as much."""
        row = self.told.asked.shown
        found = funds.get((self.told.asked.whose, str(row["channel"]), _level(row["level"])))
        now = self.told.values.get("settled_wan")
        if found is None or not isinstance(now, int) or found[1].paid_wan is None:
            return
        each, back, _ = found
        year = back.paid_wan or 0
        then, month = self.was("settled_wan"), year - each.before_paid_wan
        if now < year:
            yield self.one(
                Rule.LEDGER, "settled_wan",
                f"累计支付 {now:,} 万元，少于“资金”表本年累计支付 {year:,} 万元",
                "累计支付是开工以来付出的全部，填了当年数的请改；其他情形请在“说明”写明",
            )  # fmt: skip
        elif then is not None and now >= then and now - then != month:
            yield self.one(
                Rule.LEDGER, "settled_wan",
                f"累计支付比上月多 {now - then:,} 万元，“资金”表本月支付 {month:,} 万元",
                "两处应是同一笔钱，哪一个对？", Weight.ASK,
            )  # fmt: skip

    def service(self) -> Iterator[Asked]:
        """Principal and interest that fell due and were not paid."""
        for more, less in _MAY_BE_MORE:
            due, paid = self.wan(more), self.wan(less)
            told = self.told.values.get(more) is not None or self.told.values.get(less) is not None
            if told and due is not None and paid is not None and due > paid:
                yield self.one(
                    Rule.LEDGER, less if self.told.values.get(less) is not None else more,
                    f"{self.title(more)} {due:,} 万元，{self.title(less)} {paid:,} 万元",
                    "差额何时、用什么钱付？是否由财政垫付？请在“说明”写明", Weight.ASK,
                )  # fmt: skip

    def idle(self, today: str, idle_months: int) -> Iterator[Asked]:
        """Money that arrived long ago and isn't spent has a reason, and a plan for it."""
        arrived, spent = self.told.now("arrived_on"), self.wan("spent_wan")
        allotted, amount = self.wan("allotted_wan"), self.wan("amount_wan") or 0
        there = amount if allotted is None else allotted
        if not arrived or spent is None or spent >= there or self.told.now("idle_reason"):
            return
        months = _months_between(str(arrived), today)
        if months >= idle_months and self.told.is_told:
            yield self.one(
                Rule.LEDGER, "spent_wan",
                f"到位 {months} 个月，已支出 {spent:,} 万元，还有 {there - spent:,} 万元没有支出",
                "为什么没有用？请填“闲置原因”；拟改作他用的填“拟调整至”", Weight.ASK,
            )  # fmt: skip


def _level(said: object) -> Level | None:
    return None if said is None else Level(str(said))


def _months_between(first: str, last: str) -> int:
    """Whole months between two days, or months, as written."""
    (y, m), (z, n) = ((int(part) for part in day.split("-")[:2]) for day in (first, last))
    return MONTHS * (z - y) + n - m
