"""What came back of a unit, and what disagrees: each with its cell, and what to ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from portfolio.model.facts import Level
from portfolio.model.money import BPS
from portfolio.model.month.condition import holds
from portfolio.model.month.further import ToldFurther
from portfolio.model.month.line_rules import LINE_RULES
from portfolio.model.month.owed import FundsLine, Line, Owed

#: At a quarter's end: so many times the months before it, and at least this part of the plan.
SPIKE_TIMES, SPIKE_OF_PLAN_BPS = 3, 1_000
#: A month as it is written, four digits, a dash and two.
MONTH_SIGNS = 7
#: So many months with nothing done.
IDLE_MONTHS = 3
#: A reason of fewer letters explains nothing (无, -, 已核).
SHORTEST_REASON = 4
#: What was typed in 亿元 is so many times too small.
YI_FOR_WAN = 1_000
QUARTER = 3


class Weight(StrEnum):
    """What a disagreement does: it must be mended, or it is asked about."""

    MUST = "须改"
    ASK = "请核对"
    TOLD = "已说明"  # asked about, and the unit has said why


class Rule(StrEnum):
    """What disagrees."""

    UNREADABLE = "格式"
    LOCKED = "改了锁定的数"
    UNFILLED = "未报"
    TOTAL = "合计不符"
    CHANNELS = "分渠道合计不符"
    BELOW = "低于上月累计"
    OVER_TOTAL = "超过总投资"
    PAID = "支付多于到位"
    PROGRESS = "进度倒退"
    FINISHED = "竣工与进度不符"
    MONTH = "单月过大"
    SPIKE = "季末突增"
    YEAR = "超过年度计划一半"
    IDLE = "连续无进展"
    APART = "进度与投资不符"
    PROBLEM = "问题逾期"
    STATISTICS = "入统不符"
    UNTOLD = "到位支付未报"
    LEDGER = "台账不符"
    EARLY = "预备项目有投资"
    ADDED = "新增的行"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A disagreement: whose, in which file and cell, what was found and what to ask the unit."""

    unit: str
    file: str
    place: str
    subject: str
    rule: Rule
    weight: Weight
    found: str
    ask: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ToldFunds:
    """A channel's figures of the year as they came back; None: not filled."""

    channel_id: str | None
    level: Level | None
    done_wan: int | None
    received_wan: int | None
    paid_wan: int | None
    reason: str = ""
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def filled(self) -> bool:
        """Whether anything was told."""
        return any(v is not None for v in (self.done_wan, self.received_wan, self.paid_wan))


@dataclass(frozen=True, kw_only=True)
class ToldLine:
    """A line as it came back: money of the year in 万元; None: not filled.

    places : the cell of each figure, by its name
    """

    item_no: int
    project_code: str | None
    done_wan: int | None = None
    progress_bps: int | None = None
    started: str | None = None
    completed: str | None = None
    approved_wan: int | None = None
    in_statistics: str | None = None
    statistics_code: str | None = None
    statistics_wan: int | None = None
    problem: str | None = None
    category: str | None = None
    measure: str | None = None
    due: str | None = None
    reason: str = ""
    funds: tuple[ToldFunds, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[int, str | None]:
        """What tells a line from the others."""
        return self.item_no, self.project_code

    @property
    def done_by_channel_wan(self) -> int | None:
        """Sum of 完成投资 told by channel; None: none was."""
        told = [each.done_wan for each in self.funds if each.done_wan is not None]
        return sum(told) if told else None


@dataclass(frozen=True, kw_only=True)
class Returned:
    """A file that came back; `label` is the month as 2026-11."""

    file: str
    sha256: str
    label: str
    owed: Owed
    lines: tuple[ToldLine, ...]
    asked: tuple[Asked, ...] = ()
    further: tuple[ToldFurther, ...] = ()


def questions_of_lines(returned: Returned) -> Iterator[Asked]:
    """What disagrees in 填报 and 资金."""
    told = {line.key: line for line in returned.lines}
    for line in returned.owed.lines:
        back = told.get(line.key)
        if back is not None:  # one that is lost was noted where the file was read
            yield from _Asking(returned=returned, line=line, told=back).all()


def months_of_year(month: int) -> int:
    """Months of its year up to a month's end: 11 at the end of November."""
    return month % 12 + 1


@dataclass(frozen=True, kw_only=True)
class _Asking:
    """What is asked of a line."""

    returned: Returned
    line: Line
    told: ToldLine

    def all(self) -> list[Asked]:
        """All questions of the line."""
        parts = (
            self.unfilled(), self.channels(), self.below(), self.over_total(), self.paid(),
            self.progress(), self.month(), self.year(), self.idle(), self.apart(),
            self.problem(), self.statistics(), self.early(), self.untold_funds(),
        )  # fmt: skip
        return [one for part in parts for one in part]

    def one(
        self, rule: Rule, key: str, found: str, ask: str, *, weight: Weight | None = None,
        at: ToldFunds | None = None,
    ) -> Asked:  # fmt: skip
        """A question at a cell; a reason that is given settles what may be right."""
        said = self.told.reason if at is None else at.reason
        reason = said if len(said.strip()) >= SHORTEST_REASON else ""
        places = self.told.places if at is None else at.places
        given = weight or (Weight.TOLD if reason else Weight.MUST)
        if weight is Weight.ASK and reason:
            given = Weight.TOLD
        return Asked(
            unit=self.returned.owed.unit,
            file=self.returned.file,
            place=places.get(key, next(iter(places.values()), "")),
            subject=self.line.label,
            rule=rule,
            weight=given,
            found=found,
            ask=ask,
            reason=reason,
        )

    def breaks(self, rule: str) -> bool:
        """Whether the line breaks a rule that is declared."""
        return holds(LINE_RULES[rule].when, self.values)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The figures that rules speak of; None: not told, or not known."""
        line, told, done = self.line, self.told, self.done_wan
        whole = None if line.earlier_wan is None or done is None else line.earlier_wan + done
        limit, progress = told.approved_wan or line.total_wan, told.progress_bps
        apart = None
        if progress is not None and progress != line.progress_bps and limit and whole is not None:
            apart = abs(BPS * whole // limit - progress)
        completed = told.completed if line.completed_month is None else None
        return {
            "month": self.returned.label, "total_wan": line.total_wan, "plan_wan": line.plan_wan,
            "done_wan": done, "before_done_wan": line.before_done_wan, "month_wan": self.month_wan,
            "whole_wan": whole, "approved_wan": told.approved_wan, "limit_wan": limit,
            "progress_bps": progress, "before_progress_bps": line.progress_bps,
            "reached_bps": line.progress_bps if progress is None else progress,
            "apart_bps": apart, "statistics_wan": told.statistics_wan,
            "before_statistics_wan": line.before_statistics_wan,
            "done_least_wan": None if done is None else max(done, 1),
            "completed_month": None if not completed else completed[:MONTH_SIGNS],
        }  # fmt: skip

    @property
    def done_wan(self) -> int | None:
        """完成投资 of the year."""
        return self.told.done_by_channel_wan if self.line.split else self.told.done_wan

    @property
    def month_wan(self) -> int | None:
        """完成投资 of the month."""
        return None if self.done_wan is None else self.done_wan - self.line.before_done_wan

    # --- must be mended, or explained

    def unfilled(self) -> Iterator[Asked]:
        """A line that has begun must be told."""
        if not self.line.must:
            return
        if self.line.split:
            for each, told in paired(self.line.funds, self.told.funds):
                if told is None or told.done_wan is None:
                    yield self.one(
                        Rule.UNFILLED, "done_wan", f"“{each.channel}”没有填本年累计完成投资",
                        "请报到本月底的本年累计数；没有进展的填上月的数，未动工的填 0",
                        weight=Weight.MUST, at=told,
                    )  # fmt: skip
        elif self.told.done_wan is None:
            yield self.one(
                Rule.UNFILLED, "done_wan", "没有填本年累计完成投资",
                "请报到本月底的本年累计数；没有进展的填上月的数，未动工的填 0", weight=Weight.MUST,
            )  # fmt: skip

    def channels(self) -> Iterator[Asked]:
        """By channel and as a whole 完成投资 is one figure."""
        by_channel, whole = self.told.done_by_channel_wan, self.told.done_wan
        if self.line.split and whole is not None and by_channel is None:
            yield self.one(
                Rule.CHANNELS, "done_wan", f"填了本年累计完成投资 {whole:,} 万元，没有分渠道",
                "这一行以前分渠道报，请在“资金”表分渠道填", weight=Weight.MUST,
            )  # fmt: skip
        elif self.line.split and whole is not None and by_channel != whole:
            yield self.one(
                Rule.CHANNELS, "done_wan",
                f"本年累计完成投资 {whole:,} 万元，“资金”表分渠道合计 {by_channel:,} 万元",
                "哪一个对？请改成一致", weight=Weight.MUST,
            )  # fmt: skip
        elif not self.line.split and by_channel is not None:
            yield self.one(
                Rule.CHANNELS, "done_wan", "“资金”表填了分渠道的完成投资，以前没有分渠道报",
                "请把完成投资填在“填报”表，“资金”表只填到位与支付", weight=Weight.MUST,
            )  # fmt: skip

    def below(self) -> Iterator[Asked]:
        """What was done this year doesn't become less, unless something was taken back."""
        if self.line.split:
            for each, told in paired(self.line.funds, self.told.funds):
                if told is not None:
                    yield from self._below(
                        told.done_wan, each.before_done_wan, "完成投资", "done_wan", told
                    )
        else:
            yield from self._below(
                self.told.done_wan, self.line.before_done_wan, "完成投资", "done_wan"
            )
        for each, told in paired(self.line.funds, self.told.funds):
            if told is not None:
                yield from self._below(
                    told.received_wan, each.before_received_wan, "到位", "received_wan", told
                )
                yield from self._below(
                    told.paid_wan, each.before_paid_wan, "支付", "paid_wan", told
                )

    def _below(
        self, now: int | None, before: int, title: str, key: str, at: ToldFunds | None = None
    ) -> Iterator[Asked]:
        if now is None or now >= before:
            return
        ask = "是核减吗？是的请在“说明”写明原因和文号；填了当月数的请改为本年累计数"
        if now * YI_FOR_WAN < before:
            ask = "是否按亿元填了？这里的单位是万元；" + ask
        yield self.one(
            Rule.BELOW,
            key,
            f"本年累计{title} {now:,} 万元，低于上月累计 {before:,} 万元",
            ask,
            at=at,
        )

    def over_total(self) -> Iterator[Asked]:
        """No more than 总投资 is done, unless an adjusted one was approved."""
        line, approved, whole = self.line, self.told.approved_wan, self.values["whole_wan"]
        if self.breaks("approved_below_done"):
            yield self.one(
                Rule.OVER_TOTAL, "approved_wan",
                f"调整概算 {approved:,} 万元，少于累计完成 {whole:,} 万元",
                "调整概算填调整后的全部总投资；数对吗？", weight=Weight.MUST,
            )  # fmt: skip
        elif self.breaks("approved_below_total"):
            yield self.one(
                Rule.OVER_TOTAL, "approved_wan",
                f"调整概算 {approved:,} 万元，少于总投资 {line.total_wan:,} 万元",
                "概算调减了吗？填的是调整后的全部总投资，还是增减数？调减的请在“说明”写明文号",
            )  # fmt: skip
        elif self.breaks("over_total"):
            limit, done = self.values["limit_wan"], self.values["done_wan"]
            unit = "是否按元填了？这里的单位是万元；" if done > 100 * max(limit, 1) else ""
            yield self.one(
                Rule.OVER_TOTAL, "done_wan",
                f"累计完成 {whole:,} 万元，超过总投资 {limit:,} 万元，没有填调整概算",
                unit + "调概批了吗？批了的填调整概算并报文号；没有批的，超出部分不能报完成",
                weight=Weight.MUST,
            )  # fmt: skip

    def paid(self) -> Iterator[Asked]:
        """No more is paid than has arrived, unless the unit says from what."""
        told = [
            each
            for each in self.told.funds
            if each.received_wan is not None or each.paid_wan is not None
        ]
        if not told:
            return
        before = {(each.channel_id, each.level): each for each in self.line.funds}
        received = self.line.received_wan + sum(
            before[each.channel_id, each.level].before_received_wan
            if each.received_wan is None else each.received_wan
            for each in self.told.funds if (each.channel_id, each.level) in before
        )  # fmt: skip
        paid = self.line.paid_wan + sum(
            before[each.channel_id, each.level].before_paid_wan
            if each.paid_wan is None else each.paid_wan
            for each in self.told.funds if (each.channel_id, each.level) in before
        )  # fmt: skip
        if paid > received:
            where = max(told, key=lambda each: (each.paid_wan or 0) - (each.received_wan or 0))
            yield self.one(
                Rule.PAID, "paid_wan", f"累计支付 {paid:,} 万元，多于累计到位 {received:,} 万元",
                "垫付的是哪笔钱？把支付当到位、漏报到位的请改；确有上年结转或垫付的请在“说明”写明",
                at=where,
            )  # fmt: skip

    def progress(self) -> Iterator[Asked]:
        """形象进度 doesn't fall; what is finished is all there."""
        line, now = self.line, self.told.progress_bps
        if self.breaks("progress"):
            yield self.one(
                Rule.PROGRESS, "progress_bps",
                f"形象进度 {(now or 0) / 100:g}%，上月是 {(line.progress_bps or 0) / 100:g}%",
                "哪一个对？进度是累计数，不得倒退；上月报错的请来函更正", weight=Weight.MUST,
            )  # fmt: skip
        reached = line.progress_bps if now is None else now
        if self.breaks("unfinished"):
            yield self.one(
                Rule.FINISHED, "completed",
                f"填了竣工日期 {self.told.completed}，形象进度却是 {(reached or 0) / 100:g}%",
                "竣工了吗？竣工的形象进度填 100%，没有竣工的清空日期", weight=Weight.MUST,
            )  # fmt: skip
        elif self.breaks("finished_late"):
            yield self.one(
                Rule.FINISHED, "completed",
                f"竣工日期 {self.told.completed} 早于本月，上月却报形象进度 "
                f"{(line.progress_bps or 0) / 100:g}%",
                f"补报竣工的，日期请填 {self.returned.label} 的一天，实际日期写在“说明”；"
                "以前各月已经结账，不能再改", weight=Weight.MUST,
            )  # fmt: skip
        elif now == BPS and not self.told.completed and line.completed_month is None and (
            line.progress_bps != BPS
        ):  # fmt: skip
            yield self.one(
                Rule.FINISHED, "progress_bps", "形象进度 100%，没有填竣工日期",
                "竣工验收了吗？验收了的填竣工日期", weight=Weight.ASK,
            )  # fmt: skip

    # --- asked about

    def month(self) -> Iterator[Asked]:
        """A month is no more than a quarter of the year's plan; a quarter's end no spike."""
        line, month = self.line, self.month_wan
        if month is None or month <= 0:
            return
        plan = line.plan_wan or 0
        if self.breaks("month"):
            yield self.one(
                Rule.MONTH, "done_wan",
                f"本月完成 {month:,} 万元，是本年计划 {plan:,} 万元的 {100 * month / plan:.1f}%",
                "一个月完成这么多的依据是什么？是否把征拆款或以前少报的一次补报？请在“说明”写明",
                weight=Weight.ASK,
            )  # fmt: skip
            return
        lately = [wan for wan in line.lately_wan if wan is not None]
        at_end = months_of_year(self.returned.owed.month) % QUARTER == 0
        if at_end and len(lately) == QUARTER - 1 and BPS * month > SPIKE_OF_PLAN_BPS * plan:
            mean = sum(lately) / len(lately)
            if month > SPIKE_TIMES * mean:
                yield self.one(
                    Rule.SPIKE, "done_wan",
                    f"季末本月完成 {month:,} 万元，前两个月平均 {mean:,.0f} 万元",
                    "为什么集中在季末？前两个月少报的请说明", weight=Weight.ASK,
                )  # fmt: skip

    def year(self) -> Iterator[Asked]:
        """More than the plan is no error; half as much again is asked about once."""
        plan, done = self.line.plan_wan, self.done_wan
        if self.breaks("year") and plan and done is not None:
            yield self.one(
                Rule.YEAR, "done_wan",
                f"本年累计完成 {done:,} 万元，是本年计划 {plan:,} 万元的 {100 * done / plan:.0f}%",
                "超计划的原因是什么？计划要不要调整？", weight=Weight.ASK,
            )  # fmt: skip

    def idle(self) -> Iterator[Asked]:
        """Nothing done for some months running, though the year has a plan."""
        if self.month_wan == 0 and self.line.plan_wan and self.line.must:
            months = self.line.idle_months + 1
            if months >= IDLE_MONTHS and self.done_wan != self.line.plan_wan:
                yield self.one(
                    Rule.IDLE, "done_wan", f"连续 {months} 个月没有完成投资",
                    "停工了吗？原因、措施和复工时间请写在“问题”“下一步措施”“完成时限”",
                    weight=Weight.TOLD if self.told.problem else Weight.ASK,
                )  # fmt: skip

    def apart(self) -> Iterator[Asked]:
        """Progress and money go together, roughly."""
        if self.breaks("apart"):
            progress, limit = self.values["progress_bps"], self.values["limit_wan"]
            part = BPS * self.values["whole_wan"] // limit
            yield self.one(
                Rule.APART, "progress_bps",
                f"形象进度 {progress / 100:g}%，累计完成投资占总投资 {part / 100:.1f}%",
                "两个数相差 30 个百分点以上，哪一个不对？", weight=Weight.ASK,
            )  # fmt: skip

    def problem(self) -> Iterator[Asked]:
        """What was to be settled by the month's end is told as settled, or anew (as in form 6)."""
        line = self.line
        if not line.problem or not line.due or line.due[:MONTH_SIGNS] > self.returned.label:
            return
        if not line.due[:4].isdigit() or len(line.due) < MONTH_SIGNS:
            return
        if self.told.problem == line.problem and self.told.due == line.due:
            yield self.one(
                Rule.PROBLEM, "problem", f"问题“{line.problem}”完成时限 {line.due}，已到期，原样未改",
                "办结了吗？办结的清空，没有办结的写新的措施和时限", weight=Weight.ASK,
            )  # fmt: skip

    def untold_funds(self) -> Iterator[Asked]:
        """Arrivals and payments are told too, or the forms go on with last month's."""
        if not self.line.must:
            return
        for each, told in paired(self.line.funds, self.told.funds):
            if told is not None and told.received_wan is None and told.paid_wan is None:
                yield self.one(
                    Rule.UNTOLD, "received_wan", f"“{each.channel}”没有填到位与支付",
                    "没有变化的填上月的数，没有的填 0；空着的，表2A 仍是上月的数",
                    weight=Weight.ASK, at=told,
                )  # fmt: skip

    def statistics(self) -> Iterator[Asked]:
        """入统投资 of the year doesn't become less without a word, nor far more than was done."""
        now, before = self.told.statistics_wan, self.line.before_statistics_wan
        code, was = self.told.statistics_code, self.line.statistics_code
        if code and was and code != was:
            yield self.one(
                Rule.STATISTICS, "statistics_code", f"入统代码 {code}，上月是 {was}",
                "换了代码吗？原因请写在“说明”", weight=Weight.ASK,
            )  # fmt: skip
        done = self.done_wan
        if self.breaks("statistics_far"):
            yield self.one(
                Rule.STATISTICS, "statistics_wan",
                f"本年累计入统投资 {now:,} 万元，是完成投资 {done:,} 万元的 1.5 倍以上",
                "两个口径可以不同，差这么多的原因是什么？单位填错了吗？", weight=Weight.ASK,
            )  # fmt: skip
        if self.breaks("statistics_below"):
            yield self.one(
                Rule.STATISTICS, "statistics_wan",
                f"本年累计入统投资 {now:,} 万元，低于上月累计 {before:,} 万元",
                "统计核减了吗？请在“说明”写明；填了当月数的请改为累计数",
            )  # fmt: skip

    def early(self) -> Iterator[Asked]:
        """What has not begun by plan has money: it may have begun, or be of another project."""
        done = self.done_wan
        if not self.line.must and self.line.completed_month is None and done:
            if self.line.before_done_wan or self.told.started:
                return
            yield self.one(
                Rule.EARLY, "done_wan", f"没有年度计划，也没有开工日期，却报完成投资 {done:,} 万元",
                "开工了吗？开工的填开工日期；开工前的前期费用不计入正式项目", weight=Weight.ASK,
            )  # fmt: skip


def paired(
    lines: Iterable[FundsLine], told: Iterable[ToldFunds]
) -> Iterator[tuple[FundsLine, ToldFunds | None]]:
    """The channels of a line, each with what came back of it."""
    by_key = {(each.channel_id, each.level): each for each in told}
    for line in lines:
        yield line, by_key.get((line.channel_id, line.level))


def by_weight(asked: Sequence[Asked]) -> dict[Weight, list[Asked]]:
    """Questions by what they do, those that stop first."""
    return {weight: [one for one in asked if one.weight is weight] for weight in Weight}
