"""The tables of the year in which facts end: the items that matter, the channels, the figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from portfolio.model.items import Item
from portfolio.model.measures.outlook import ChannelOutlook, Delayed, Outlook
from portfolio.model.measures.results import RunResult
from portfolio.model.money import SEEN_WAN
from portfolio.model.portfolio import Portfolio
from portfolio.report.tables.fields import Cell, Fields, Table, Unit, money, quarters, text
from portfolio.report.tables.office import labelled, with_office
from portfolio.report.words.outlook import delay_story


@dataclass(frozen=True, kw_only=True)
class DelayedRow:
    """A late item with the portfolio it is of."""

    portfolio: Portfolio
    late: Delayed


def _said(row: DelayedRow) -> str | None:
    late = row.late
    due = f"（{late.due}）" if late.due else ""
    return f"{late.measure}{due}" if late.measure else late.due


DELAYED = Fields[DelayedRow](
    name="最要紧的滞后大项",
    fields=(
        text("label", "大项", lambda row: row.portfolio.item(row.late.item_no).label, 30),
        money("open_wan", "未完成", lambda row: row.late.open_wan),
        quarters("quarters", "滞后", lambda row: row.late.quarters),
        text(
            "finish",
            "预计竣工",
            lambda row: row.portfolio.calendar.finish_label(row.late.finish),
            14,
        ),
        text("story", "主因", lambda row: delay_story(row.portfolio, row.late), 44, look="wrap"),
        text("problem", "填报的问题", lambda row: row.late.problem, 36, look="wrap"),
        text("measure", "下一步措施（时限）", _said, 36, look="wrap"),
    ),
)
#: On a narrow screen the unit stands behind the name.
DELAYED_SCREEN = Fields[DelayedRow](
    name=DELAYED.name,
    fields=(
        replace(DELAYED["label"], value=lambda row: labelled(_item(row))),
        *DELAYED.view("open_wan", "quarters", "finish", "story"),
    ),
)


def delayed_table(
    result: RunResult, late: tuple[Delayed, ...], fields: Fields[DelayedRow] = DELAYED
) -> Table[DelayedRow]:
    """Late items, those of most money × quarters first."""
    portfolio = result.portfolio
    if fields is DELAYED:
        fields = with_office(fields, portfolio.items, _item)
    return fields.of(DelayedRow(portfolio=portfolio, late=row) for row in late)


def _item(row: DelayedRow) -> Item:
    return row.portfolio.item(row.late.item_no)


CHANNELS = Fields[ChannelOutlook](
    name="分渠道",
    fields=(
        text("channel", "渠道", lambda row: row.channel.name, 34),
        text("kind", "性质", lambda row: str(row.channel.kind), 10),
        money("plan_wan", "计划", full="年度计划"),
        money("done_wan", "已执行"),
        money("rest_wan", "推演", lambda row: row.year_wan - row.done_wan, full="其后推演"),
        money("year_wan", "预计全年", formula="{done_wan}+{rest_wan}"),
        money("short_wan", "缺口", full="当年缺口"),
        money("over_wan", "超额度", full="超额度执行"),
        money("next_plan_wan", "下年计划"),
        money("next_wan", "下年推演"),
        money("next_short_wan", "下年缺口"),
    ),
)
CHANNELS_SCREEN = CHANNELS.view(
    "channel", "plan_wan", "done_wan", "year_wan", "short_wan", "next_wan", "next_short_wan"
)


def channel_outlook(
    seen: Outlook, fields: Fields[ChannelOutlook] = CHANNELS
) -> Table[ChannelOutlook]:
    """Every channel with money in this year or the next."""
    return fields.of(
        row
        for row in seen.channels
        if max(row.plan_wan, row.done_wan, row.year_wan, row.next_plan_wan, row.next_wan)
        >= SEEN_WAN
        or row.short_wan + row.next_short_wan + row.over_wan > 0
    )


#: What the year's plan is called where a scenario has adjusted it.
ADJUSTED = "调整后年度计划"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the year by its name: money in 万元, a ratio in parts of 1, a count or a year."""

    name: str
    unit: Unit
    value: Cell
    about: str


def figures(seen: Outlook) -> tuple[Figure, ...]:
    """The figures of the year, of the next, and when the closed list no longer feeds the target."""
    year, following, unfed = seen.this, seen.following, seen.unfed
    plan = "年度计划" if seen.first_plan_wan is None else ADJUSTED
    rows = [
        (plan, Unit.MONEY, year.plan_wan, "清单各大项当年计划之和"),
        ("已执行", Unit.MONEY, seen.done_wan, f"{seen.year} 年 1 月至截至月，月度执行表所填"),
        ("完成率", Unit.RATIO, _float(seen.completion), f"已执行÷{plan}"),
        ("序时", Unit.RATIO, _float(seen.elapsed), "已过月数÷12"),
        ("超（欠）序时", Unit.RATIO, _float(seen.ahead), "完成率－序时，负为欠"),
        *_of_first_plan(seen),
        ("较同期曲线", Unit.RATIO, _float(seen.ahead_of_season), "完成率－季节曲线到截至月的累计"),
        ("其后推演", Unit.MONEY, seen.rest_wan, "截至月之后到年末"),
        ("预计全年", Unit.MONEY, seen.year_wan, "已执行＋推演"),
        ("折市重点口径", Unit.MONEY, year.converted_wan, "全年形象进度折算×入列系数"),
        ("名单计划", Unit.MONEY, seen.list_plan_wan, "公布的当年重点项目计划"),
        ("年度目标", Unit.MONEY, year.target_wan, "年度目标表"),
        ("下年推演", Unit.MONEY, None if following is None else following.drawn_wan, "全部渠道"),
        ("清单不够目标的首年", Unit.YEAR, None if unfed is None else unfed.year, "自截至年起"),
        ("该年待入库", Unit.MONEY, None if unfed is None else unfed.to_be_listed_wan, "折市重点"),
    ]
    return tuple(
        Figure(name=name, unit=unit, value=value, about=about) for name, unit, value, about in rows
    )


def _of_first_plan(seen: Outlook) -> tuple[tuple[str, Unit, Cell, str], ...]:
    """The year against its plan before it was adjusted: an adjusted plan begins with what was drawn."""
    if seen.first_plan_wan is None or seen.first_completion is None:
        return ()
    ahead = seen.first_completion - seen.elapsed
    return (
        ("原年度计划", Unit.MONEY, seen.first_plan_wan, "调整以前的当年计划"),
        ("占原计划的完成率", Unit.RATIO, _float(seen.first_completion), "已执行÷原年度计划"),
        ("超（欠）序时，按原计划", Unit.RATIO, _float(ahead), "完成率－序时，负为欠"),
    )


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
