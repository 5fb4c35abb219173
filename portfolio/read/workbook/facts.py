"""Facts: rows of 月度执行 made into values, each row judged by itself.

What must hold between rows is judged in `facts_in_time`, up to when they are complete in
`facts_asof`, what is only odd in `facts_questions`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from portfolio.model.calendar import Calendar
from portfolio.model.facts import (
    Budget,
    CarriedIn,
    Execution,
    Level,
    Season,
    date_month,
    parse_period,
)
from portfolio.model.items import Channel, Item, Kind, Share
from portfolio.model.money import DEFAULT_TAIL_BPS, yi_text
from portfolio.model.problems import did_you_mean
from portfolio.model.projects import Project
from portfolio.model.schema.facts import ALL_CHANNELS, EXECUTION, SEASON
from portfolio.model.schema.funding import OF_CHANNELS
from portfolio.model.schema.settings import REACHED_MIX, YES
from portfolio.read.workbook.funding import check_channel_name
from portfolio.read.workbook.items import ItemIndex, check_item_number
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import referred

#: The three ledgers, and what they are called.
LEDGERS = {"done_wan": "完成投资", "received_wan": "到位", "paid_wan": "支付"}
MONEY = {**LEDGERS, "statistics_wan": "入统投资"}
#: Cells of a row that say something, besides what it is about.
TOLD = (
    *MONEY,
    "progress_bps",
    "approved_wan",
    "started",
    "completed",
    "problem",
    "measure",
)
_ITEM_NOTE = EXECUTION.column("item_no").note
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{3,39}")
#: A date lies no more than so many years before the first one.
EARLIEST_DATE = 60


@dataclass(frozen=True, kw_only=True)
class Known:
    """What rows of facts are judged by; `channel_ids` from name to id.

    `tail_bps` : part of an item that may still be paid after 竣工 without a word
    """

    calendar: Calendar
    index: ItemIndex
    items: Sequence[Item]
    channels: Sequence[Channel]
    shares: Sequence[Share]
    channel_ids: Mapping[str, str]
    tail_bps: int = DEFAULT_TAIL_BPS
    projects: Mapping[str, Project] = field(default_factory=dict)
    codes_lost: frozenset[str] = frozenset()

    @cached_property
    def item(self) -> dict[int, Item]:
        """Items by number."""
        return {item.no: item for item in self.items}

    @cached_property
    def channel(self) -> dict[str, Channel]:
        """Channels by id."""
        return {channel.id: channel for channel in self.channels}

    @cached_property
    def used(self) -> dict[int, tuple[str, ...]]:
        """Ids of the channels each item may use."""
        used: dict[int, tuple[str, ...]] = {}
        for share in self.shares:
            used[share.item_no] = (*used.get(share.item_no, ()), share.channel_id)
        return used


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A row and what it says; `parts` are the rows of projects it sums."""

    row: Row
    value: Execution
    parts: tuple[Fact, ...] = ()

    @property
    def period(self) -> str:
        """Its period as written."""
        return self.row.text("period")


def read_executions(rows: Sequence[Row], known: Known, findings: Findings) -> tuple[Fact, ...]:
    """Rows that say of which item, when and from which channel; each is judged by itself."""
    facts: list[Fact] = []
    for row in rows:
        no, code = told_of(row, known, findings)
        channel = check_channel_name(row, known.channel_ids, findings)
        first = _first_month(row, known.calendar, findings)
        _check_dates(row, known.calendar, findings)
        _check_words(row, findings)
        _check_statistics(row, findings)
        if no is None or first is None or (row.sound("channel") and channel is None):
            continue
        if "channel" in row.refused:
            continue
        value = _execution(row, no, first, channel, known.calendar)
        fact = Fact(row=row, value=replace(value, project_code=code))
        if no in known.item:
            _check_channel(fact, known, findings)
            if code is None:
                check_size(fact, known.item[no], findings)
        facts.append(fact)
    return tuple(facts)


def told_of(row: Row, known: Known, findings: Findings) -> tuple[int | None, str | None]:
    """The item a row is about, and the code of its project where it is about one."""
    no = check_item_number(row, "item_no", "item_name", known.index, findings)
    code = row.text_or_none("project_code")
    named = row.sound("item_no") or "item_no" in row.refused
    if code is None or "project_code" in row.refused:
        if not named and "project_code" not in row.refused:
            findings.add(row.place("item_no"), "“大项序号”是空的", f"请填写：{_ITEM_NOTE}")
        return no, None
    of_item = [item for item in known.items if item.code == code]
    project = known.projects.get(code)
    if project is None and not of_item:
        if code not in known.codes_lost:
            found = f"项目表中没有代码“{code}”"
            fix = did_you_mean(code, known.projects) if known.projects else ""
            fix = fix or "请先在“项目”表中列出这个项目，或清空项目代码"
            findings.add(row.place("project_code"), found, fix)
        return None, None
    whose = of_item[0].no if project is None else project.item_no
    if no is not None and no != whose:
        findings.add(
            row.place("item_no"),
            f"项目代码“{code}”属于大项 {whose}，这里写的是 {no}",
            f"请改为 {whose}，或留空",
        )
    name, own = row.text_or_none("item_name"), known.index.names.get(whose)
    if not named and name is not None and own and name != own:
        found = f"项目代码“{code}”属于大项“{own}”，这里写的是“{name}”"
        findings.add(row.place("item_name"), found, f"请改为“{own}”，或留空")
    return (None if "item_no" in row.refused else whose), None if project is None else code


def _execution(row: Row, no: int, first: int, channel: str | None, calendar: Calendar) -> Execution:
    period = parse_period(row.text("period"))
    assert period is not None  # the cell was read as one
    dates = {
        f"{key}_month": date_month(row.text(key), calendar) if row.sound(key) else None
        for key in ("started", "completed")
    }
    said = row.text_or_none("in_statistics")
    return row.made(
        Execution,
        item_no=no,
        parts=0,
        first_month=first,
        months=period.months,
        channel_id=channel,
        level=Level(row.text("level")) if row.sound("level") else None,
        in_statistics=None if said is None else said == YES,
        **dates,
    )


def _first_month(row: Row, calendar: Calendar, findings: Findings) -> int | None:
    """The first month of a row's period; None when it lies outside the years that are played."""
    if not row.sound("period"):
        return None
    period = parse_period(row.text("period"))
    assert period is not None
    if period.year < calendar.first_year:
        findings.add(
            row.place("period"),
            f"期间 {period.label} 早于首年 {calendar.first_year}",
            f"{calendar.first_year} 年以前的请并入项目清单的"
            f"“{calendar.first_year}年前已完成”，并删去该行",
        )
        return None
    if period.year > calendar.last_play_year:
        findings.add(
            row.place("period"),
            f"期间 {period.label} 晚于推演的最后一年 {calendar.last_play_year}",
            "请改正年份；这里只填已经发生的",
        )
        return None
    return period.first_month(calendar)


def _check_dates(row: Row, calendar: Calendar, findings: Findings) -> None:
    """Dates are of the past: not after the row's period, 竣工 not before 开工."""
    period = parse_period(row.text("period")) if row.sound("period") else None
    for key, title in (("started", "开工日期"), ("completed", "竣工日期")):
        if not row.sound(key):
            continue
        year = int(row.text(key)[:4])
        if not calendar.first_year - EARLIEST_DATE <= year <= calendar.last_play_year:
            findings.add(
                row.place(key),
                f"{title} {row.text(key)} 的年份不对",
                f"应在 {calendar.first_year - EARLIEST_DATE} 至 {calendar.last_play_year} 年之间",
            )
        elif period and date_month(row.text(key), calendar) >= period.end_month(calendar):
            findings.add(
                row.place(key),
                f"{title} {row.text(key)} 晚于本行的期间 {row.text('period')}",
                "这里只填已经发生的日期，不填计划日期；请改正日期，或填到它发生的那一期",
            )
    if row.sound("started", "completed"):
        started, completed = row.text("started"), row.text("completed")
        shorter = min(len(started), len(completed))
        if completed[:shorter] < started[:shorter]:
            findings.add(
                row.place("completed"),
                f"竣工日期 {completed} 早于开工日期 {started}",
                "请核对这两个日期",
            )


def _check_words(row: Row, findings: Findings) -> None:
    """A row says something; money taken back has its reason; a measure's date has a measure."""
    if not row.refused and not row.sound_any(*TOLD):
        findings.add(
            row.place("done_wan"),
            "这一行没有填任何执行数",
            "未动工的请把完成投资填 0；不要这一行请整行删去",
        )
    reason = row.sound_any("problem", "provenance") or {"problem", "provenance"} & row.refused
    for key, title in MONEY.items():
        if row.sound(key) and row.whole(key) < 0 and not reason:
            findings.add(
                row.place(key),
                f"{title} {exact_yi(row.whole(key))} 亿元是负数，没有写明原因",
                "核减的请在“问题”或“依据”中写明原因；填错的请改正",
            )
    if row.sound("due") and not row.sound("measure") and "measure" not in row.refused:
        findings.add(
            row.place("measure"),
            f"填了完成时限 {row.text('due')}，没有下一步措施",
            "请填下一步措施，或清空完成时限",
        )


def _check_statistics(row: Row, findings: Findings) -> None:
    """What is told of statistics goes with 是否入统; a code looks like one."""
    if row.sound("statistics_code") and not _CODE.fullmatch(row.text("statistics_code")):
        findings.add(
            row.place("statistics_code"),
            f"“{row.text('statistics_code')}”不是入统代码",
            "代码为 4 至 40 个字母、数字和短横；没有代码的留空",
        )
    if row.sound("in_statistics") or "in_statistics" in row.refused:
        return  # judged by the declaration
    for key, title in (("statistics_code", "入统代码"), ("statistics_wan", "入统投资")):
        if row.sound(key):
            findings.add(
                row.place("in_statistics"),
                f"填了{title}，没有填“是否入统”",
                f"请填“是”，或清空{title}",
            )
            return


def _check_channel(fact: Fact, known: Known, findings: Findings) -> None:
    """The channel is one the item may use, and there is one already."""
    row, value = fact.row, fact.value
    channel = known.channel.get(value.channel_id or "")
    used = known.used.get(value.item_no, ())
    if channel is None or not used:
        return  # noted already
    if channel.id not in used:
        names = [known.channel[each].name for each in used if each in known.channel]
        findings.add(
            row.place("channel"),
            f"大项 {known.item[value.item_no].label} 的资金结构中没有“{channel.name}”",
            f"请改为它的渠道（{'、'.join(names)}），或先在资金结构表中加上",
        )
        return
    period = parse_period(fact.period)
    assert period is not None
    if period.year < channel.first_year and any(row.values[key] for key in LEDGERS):
        findings.add(
            row.place("channel"),
            f"“{channel.name}”{channel.first_year} 年才有，这里的期间是 {fact.period}",
            "请改正期间或渠道；确已提前使用的，请改资金渠道表中的起始年份",
        )


def check_size(fact: Fact, item: Item, findings: Findings) -> None:
    """No period holds more than the whole item: 万元 were taken for 亿元."""
    most = max(item.total_wan, fact.value.approved_wan or 0)
    for key, title in MONEY.items():
        if fact.row.sound(key) and abs(fact.row.whole(key)) > most > 0:
            money = fact.row.whole(key)
            findings.add(
                fact.row.place(key),
                f"{title} {exact_yi(money)} 亿元，比大项 {item.label} 的总投资 {exact_yi(most)} 亿元还多",
                "请核对单位：应为亿元，不是万元；确已超概算的，请同时填调整概算",
            )


def exact_yi(wan: int) -> str:
    """亿元 to the last 万元, without zeros that say nothing."""
    text = yi_text(wan, 4)
    return text.rstrip("0").rstrip(".")


# --- Seasons


def read_seasons(rows: Sequence[Row], known: Known, findings: Findings) -> tuple[Season, ...]:
    """Seasons of the rows that are whole."""
    seasons: list[Season] = []
    names = {**known.channel_ids, ALL_CHANNELS: ALL_CHANNELS} if known.channel_ids else {}
    for row in rows:
        channel_id = referred(row, "channel", OF_CHANNELS, names, findings)
        channel = known.channel.get(channel_id or "")
        if channel is not None and channel.kind is Kind.CREDIT:
            findings.add(
                row.place("channel"),
                f"“{channel.name}”是随资本金的渠道，没有自己的季节曲线",
                "贷款跟着资本金走，请删去该行",
            )
        elif channel_id is not None and row.is_whole:
            seasons.append(
                Season(
                    channel_id=None if channel_id == ALL_CHANNELS else channel_id,
                    quarter_bps=_quarters(row),
                    provenance=row.text_or_none("provenance") or "",
                )
            )
    return tuple(seasons)


def _quarters(row: Row) -> tuple[int, int, int, int]:
    first, second, third, fourth = (row.whole(key) for key in SEASON)
    return first, second, third, fourth


def settings_of(row: Row | None) -> dict[str, bool]:
    """What the sheet 设置 says of facts."""
    return {
        "keep_mix": row is not None and row.values["mix"] == REACHED_MIX,
        "example": row is not None and row.values["example"] == YES,
    }


# --- What the finance office knows of a year


def budgets_of(rows: Sequence[Row], known: Known) -> tuple[Budget, ...]:
    """Rows of 年度额度 with a budget, or with what was issued or has come of it."""
    keys = ("initial_wan", "adjusted_wan", "issued_wan", "arrived_wan")
    return tuple(
        row.made(Budget, channel_id=channel, item_no=row.whole_or_none("item_no"))
        for row in rows
        if row.sound_any(*keys) and (channel := _channel_of(row, known)) and row.sound("year")
    )


def carried_in_of(rows: Sequence[Row], known: Known) -> tuple[CarriedIn, ...]:
    """What was carried into years, from 年度额度."""
    return tuple(
        row.made(CarriedIn, channel_id=channel, item_no=row.whole_or_none("item_no"))
        for row in rows
        if row.sound("carried_wan", "year") and (channel := _channel_of(row, known))
    )


def _channel_of(row: Row, known: Known) -> str | None:
    name = row.text_or_none("channel")
    return None if name is None else known.channel_ids.get(name, name)
