"""One path of a stress test in Chinese: lines for the screen, the same for a text file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from portfolio.model.calendar import Calendar
from portfolio.model.measures import path_story
from portfolio.model.measures.explain import explain
from portfolio.model.measures.planned import plan_quarters, planned_span
from portfolio.model.money import BPS, WAN_PER_YI, yi_text
from portfolio.model.outcome import CauseKind, Event, EventKind, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.report.screen.console import SCREEN_COLUMNS, padded, wrapped
from portfolio.report.screen.explain import headline as explained
from portfolio.report.words.run import (
    cause_name,
    causes_text,
    target_text,
    year_notes,
    year_verdict,
)

# --- What happened in a path year by year: stoppages, gates, shortages, starts and finishes


Line = tuple[int, str]

#: So many of a kind are named in a year, the largest first; the rest is counted.
NAMED = 3
#: A channel is named in a year from this much less money on: 1 亿元.
NAMED_WAN = 10_000
#: The kinds, in the order in which a year is told.
ORDER = (EventKind.STOP, EventKind.HELD, EventKind.SHORT, EventKind.START, EventKind.FINISH)


def turn_lines(
    year: path_story.YearStory, story: path_story.PathStory, portfolio: Portfolio
) -> Iterator[Line]:
    """What happened in a year; nothing for a year in which nothing did."""
    short = sorted(
        (luck for luck in year.channels if (luck.change_wan or 0) <= -NAMED_WAN),
        key=lambda luck: luck.change_wan or 0,
    )
    if not short and not year.turns:
        return
    names = "、".join(channel_text(luck, portfolio) for luck in short[:NAMED])
    more = f" 等 {len(short)} 个渠道" if len(short) > NAMED else ""
    yield 1, f"{year.year} 年" + (f"　到位率：{names}{more}" if short else "")
    for kind in ORDER:
        events = [event for event in year.turns if event.kind is kind]
        if events:
            yield 2, _kind_text(kind, events, story, portfolio)


def _kind_text(
    kind: EventKind, events: Sequence[Event], story: path_story.PathStory, portfolio: Portfolio
) -> str:
    """All events of a kind in a year, the largest named."""
    if kind is EventKind.SHORT:
        return f"资金不足 {len(events)} 次{_largest(events, '缺得最多的', '次')}：{_short_text(events, portfolio)}"
    ordered = sorted(events, key=lambda event: -portfolio.item(_no(event)).total_wan)
    tell: dict[EventKind, Callable[[Event], str]] = {
        EventKind.STOP: lambda event: _stop_text(event, story, portfolio),
        EventKind.HELD: lambda event: _held_text(event, portfolio),
        EventKind.START: lambda event: _start_text(event, portfolio),
        EventKind.FINISH: lambda event: _finish_text(event, portfolio),
    }
    title = {
        EventKind.STOP: "停工",
        EventKind.HELD: "受阻",
        EventKind.START: "开工（早晚与不计风险不同）",
        EventKind.FINISH: "竣工（早晚与不计风险不同）",
    }[kind]
    texts = "、".join(tell[kind](event) for event in ordered[:NAMED])
    return f"{title} {len(events)} 个{_largest(events, '投资最大的', '个')}：{texts}"


def _largest(all_of: Sequence[object], what: str, unit: str) -> str:
    """Which of them are named, where not all are; how many there are has been said."""
    return f"，{what} {NAMED} {unit}" if len(all_of) > NAMED else ""


def _no(event: Event) -> int:
    assert event.item_no is not None  # all turning points concern an item
    return event.item_no


def _stop_text(event: Event, story: path_story.PathStory, portfolio: Portfolio) -> str:
    luck = next(row for row in story.items if row.item_no == event.item_no)
    spans = [span for span in luck.stopped if span.first == event.quarter]
    when = (
        span_text(portfolio.calendar, spans[0])
        if spans
        else f"{portfolio.calendar.quarter_label(event.quarter)} 起"
    )
    return f"{portfolio.item(_no(event)).label}（{when}）"


def _held_text(event: Event, portfolio: Portfolio) -> str:
    waits = cause_name(portfolio, CauseKind.GATE, event.gate_id)
    return f"{portfolio.item(_no(event)).label} {waits}（{portfolio.calendar.quarter_label(event.quarter)}）"


def _short_text(events: Sequence[Event], portfolio: Portfolio) -> str:
    """By channel, the largest first: how much was missing when the shortage began."""
    ordered = sorted(events, key=lambda event: -(event.amount_wan or 0))
    told = []
    for event in ordered[:NAMED]:
        channel = portfolio.channels[portfolio.channel_position[event.channel_id or ""]].name
        told.append(
            f"{portfolio.item(_no(event)).label}（{portfolio.calendar.quarter_label(event.quarter)} 起，"
            f"当季缺 {_missing(event.amount_wan or 0)} 亿元，主要是{channel}）"
        )
    return "、".join(told)


def _missing(wan: int) -> str:
    """One decimal as everywhere; less than that is said to be so."""
    return "不足 0.1" if 0 < wan < WAN_PER_YI // 10 else yi_text(wan)


def _start_text(event: Event, portfolio: Portfolio) -> str:
    first, _ = planned_span(plan_quarters(portfolio))
    return _against(event, int(first[portfolio.position[_no(event)]]), portfolio)


def _finish_text(event: Event, portfolio: Portfolio) -> str:
    first, length = planned_span(plan_quarters(portfolio))
    index = portfolio.position[_no(event)]
    return _against(event, int(first[index] + length[index]) - 1, portfolio)


def _against(event: Event, planned: int, portfolio: Portfolio) -> str:
    """An item and a quarter, beside the plan."""
    change = event.quarter - planned
    text = "按计划" if not change else f"比计划{'晚' if change > 0 else '早'} {abs(change)} 季"
    return f"{portfolio.item(_no(event)).label}（{portfolio.calendar.quarter_label(event.quarter)}，{text}）"


def span_text(calendar: Calendar, span: path_story.StoppedSpan) -> str:
    """`2023Q2` or `2023Q2–2023Q4`."""
    first = calendar.quarter_label(span.first)
    return first if span.first == span.last else f"{first}–{calendar.quarter_label(span.last)}"


def channel_text(luck: path_story.ChannelLuck, portfolio: Portfolio) -> str:
    """`土地出让 62%（额度少 71.2 亿元）`."""
    name = portfolio.channels[portfolio.channel_position[luck.channel_id]].name
    if luck.change_wan is None:
        return f"{name} {percent(luck.receipt_bps)}（按应投放额）"
    sign = "少" if luck.change_wan < 0 else "多"
    return f"{name} {percent(luck.receipt_bps)}（额度{sign} {yi_text(abs(luck.change_wan))} 亿元）"


def percent(bps: int) -> str:
    """A factor as a whole per cent."""
    return f"{bps * 100 / BPS:.0f}%"


# --- One path of a stress test in Chinese: lines for the screen, the same for a text file


#: How deep a line stands, and its text; depth None: set as it is.
StoryLine = tuple[int | None, str]

#: So many items, channels and late items are told one by one; the rest is counted or named.
TOLD_ITEMS, TOLD_CHANNELS, TOLD_LATE, TRACED = 6, 8, 12, 5
#: Lines of turning points on a screen.
TURN_LINES = 25
WISHES = {"最差": 5, "中位": 50, "最好": 95}
#: Engines agreed in these figures.
AGREED = (
    "核对：逐季重演与批量推演在逐年完成投资、形象进度、各大项开工与竣工、造价、"
    "各渠道付款和滞后原因上逐个整数相同。"
)


def replay_lines(
    story: path_story.PathStory,
    scenario: str,
    lucky: Portfolio,
    outcome: Outcome,
    columns: int = SCREEN_COLUMNS,
    *,
    whole: bool = True,
    since: int | None = None,
) -> list[str]:
    """The story as lines of at most `columns` columns (a Chinese character takes two).

    Of the turning points only the first, `TURN_LINES` lines of them, unless `whole`. Years before
    `since` are left out of the years and the turning points.
    """
    lines: list[str] = []
    years = [year for year in story.years if since is None or year.year >= since]
    for depth, text in _lines(story, years, scenario, lucky, outcome):
        lines += _set(depth, text, columns)
    lines += ["", "五、逐年经过"]
    turns = [
        _set(depth, text, columns)
        for year in years
        for depth, text in turn_lines(year, story, lucky)
    ]
    told = turns if whole else _first_lines(turns, TURN_LINES)
    lines += [line for turn in told for line in turn]
    if len(turns) > len(told):
        rest = f"其余 {len(turns) - len(told)} 条经过未列；加 -o 文件夹 写出的文本里有全部。"
        lines += wrapped(rest, 1, columns)
    return [*lines, "", *wrapped(AGREED, 0, columns)]


def _set(depth: int | None, text: str, columns: int) -> list[str]:
    return [text] if depth is None else wrapped(text, depth, columns)


def _first_lines(turns: Sequence[list[str]], most: int) -> Sequence[list[str]]:
    """The first turns that together take at most so many lines."""
    taken = 0
    for count, turn in enumerate(turns):
        taken += len(turn)
        if taken > most:
            return turns[:count]
    return turns


def _lines(
    story: path_story.PathStory,
    years: Sequence[path_story.YearStory],
    scenario: str,
    lucky: Portfolio,
    outcome: Outcome,
) -> Iterator[StoryLine]:
    """All but the turning points: what came of it first, then why, then the luck behind it."""
    standing = story.standing
    yield 0, headline(lucky.calendar, story, scenario)
    yield 0, _chosen(standing)
    yield (
        0,
        "以假设参数为前提：超支、延误、停工与到位率按参数抽取，这是许多种可能中的一种，不是预测。",
    )
    yield 0, ""
    yield 0, f"一、在 {standing.among:,} 条路径中的位置"
    for rank in standing.ranks:
        yield 1, rank_text(lucky.calendar, rank)
    yield 0, ""
    yield from _late_lines(story, lucky, outcome)
    yield 0, ""
    yield 0, "三、逐年结果（折市重点口径，亿元）"
    yield from _year_table(lucky.calendar, years)
    if len(years) < len(story.years):
        yield 1, f"{years[0].year} 年以前未列；加 -o 文件夹 写出的文本里有全部。"
    yield 0, ""
    yield 0, "四、这条路径的运气"
    yield from _luck_lines(story, lucky)


def headline(calendar: Calendar, story: path_story.PathStory, scenario: str) -> str:
    """The path in a sentence: the year that counts, and how many are late."""
    standing = story.standing
    start = (
        f"第 {standing.path:,} 条路径（情景 {scenario}，种子 {standing.seed}，{standing.tails}）"
    )
    year = next((row for row in story.years if row.year == standing.year), None)
    parts = []
    if year is not None and year.now.converted_wan is not None:
        change = year.now.converted_wan - (year.prior.converted_wan or 0)
        parts.append(
            f"{year.year} 年折市重点 {yi_text(year.now.converted_wan)} 亿元（{year_verdict(year.now)}），"
            f"比不计风险{_more(change)}"
        )
    unfinished = sum(late.finish is None for late in story.late)
    open_end = (
        f"，其中 {unfinished} 个到 {calendar.last_play_year}Q4 仍未竣工" if unfinished else ""
    )
    parts.append(f"{len(story.late)} 个大项滞后（不计风险 {story.prior_late} 个）{open_end}")
    return f"{start}：{'；'.join(parts)}。"


def _chosen(standing: path_story.Standing) -> str:
    """By what rule the path was chosen, and what 最差 means."""
    if standing.wish is None:
        return f"选取：按路径号指定。排位以第 1 至 {standing.among:,} 条路径为准。"
    percent = WISHES[standing.wish]
    if standing.year is None:
        by, order = "总造价", "由高到低"
    else:
        why = "按 --year 指定" if standing.year_asked else "最该先担心的年份"
        by, order = f"{standing.year} 年（{why}）折市重点投资", "由低到高"
    extreme = {"最差": "，不是最坏的一条", "最好": "，不是最好的一条"}.get(standing.wish, "")
    return (
        f"选取：“{standing.wish}”是 {standing.among:,} 条路径按 {by}{order}排在 {percent}% 处的"
        f"一条{extreme}（同值取路径号最小者）。"
    )


def rank_text(calendar: Calendar, rank: path_story.Rank) -> str:
    """A figure of the path and how many paths are lower and higher."""
    value = {
        "亿元": lambda: f"{yi_text(rank.value)} 亿元",
        "季度": lambda: calendar.finish_label(rank.value if rank.value < PLAY_QUARTERS else None),
        "个": lambda: f"{rank.value} 个",
    }[rank.unit]()
    less, more = ("更早", "更晚") if rank.unit == "季度" else ("更低", "更高")
    return f"{rank.label} {value}：{less}的 {rank.lower:,} 条，{more}的 {rank.higher:,} 条"


# --- luck --------------------------------------------------------------------------------------


def _luck_lines(story: path_story.PathStory, portfolio: Portfolio) -> Iterator[StoryLine]:
    dearer = [luck for luck in story.items if luck.money_wan > 0]
    total = sum(luck.money_wan for luck in story.items)
    yield 1, f"造价与落地：合计比不计风险{_more(total)}，{len(dearer)} 个大项高出"
    yield from _told(dearer, portfolio, _money_text)
    fewer = [luck for luck in reversed(story.items) if luck.volume_bps < BPS and luck.money_wan < 0]
    if fewer:
        yield 1, f"投资未全部落地或造价低于批准的备案项目：{len(fewer)} 个"
        yield from _told(fewer, portfolio, _money_text)
    slower = sorted(
        (luck for luck in story.items if luck.quarters > 0), key=lambda luck: -luck.quarters
    )
    yield 1, f"工期：{len(slower)} 个大项拉长" + ("" if slower else "，没有大项拉长")
    yield from _told(slower, portfolio, _length_text)
    stopped = sorted(
        (luck for luck in story.items if luck.stopped),
        key=lambda luck: -sum(span.last - span.first + 1 for span in luck.stopped),
    )
    yield 1, f"停工：{len(stopped)} 个大项" if stopped else "停工：没有"
    yield from _told(stopped, portfolio, partial(_stopped_text, portfolio.calendar))
    yield from _channel_lines(story.channels, portfolio)
    yield 1, _register_text(story, portfolio)


def _told(
    lucks: Sequence[path_story.ItemLuck],
    portfolio: Portfolio,
    text: Callable[[path_story.ItemLuck], str],
) -> Iterator[StoryLine]:
    for luck in lucks[:TOLD_ITEMS]:
        yield 2, f"· {portfolio.item(luck.item_no).label}：{text(luck)}"
    if len(lucks) > TOLD_ITEMS:
        rest = "、".join(str(luck.item_no) for luck in lucks[TOLD_ITEMS:])
        yield 2, f"· 其余 {len(lucks) - TOLD_ITEMS} 个（序号）：{rest}"


def _more(wan: int) -> str:
    return f"{'多' if wan >= 0 else '少'} {yi_text(abs(wan))} 亿元"


def _money_text(luck: path_story.ItemLuck) -> str:
    factors = [f"造价为 {percent(luck.cost_bps)}"] if luck.cost_bps != BPS else []
    factors += [f"落地 {percent(luck.volume_bps)}"] if luck.volume_bps != BPS else []
    return f"{_more(luck.money_wan)}（{'，'.join(factors)}）"


def _length_text(luck: path_story.ItemLuck) -> str:
    if luck.stretch_bps is None or luck.lag_bps is None:
        return f"工期为 {percent(luck.duration_bps)}，长 {luck.quarters} 季"
    return (
        f"批内项目工期为 {percent(luck.duration_bps)}，批次拉长为 {percent(luck.stretch_bps)}，"
        f"最多滞后 {luck.lag_bps / BPS:.1f} 季；长 {luck.quarters} 季"
    )


def _stopped_text(calendar: Calendar, luck: path_story.ItemLuck) -> str:
    quarters = sum(span.last - span.first + 1 for span in luck.stopped)
    return f"共 {quarters} 季（{'、'.join(span_text(calendar, span) for span in luck.stopped)}）"


def _channel_lines(
    lucks: Sequence[path_story.ChannelLuck], portfolio: Portfolio
) -> Iterator[StoryLine]:
    """The years in which a channel lacked most, and the loans granted in part."""
    short = sorted(
        (luck for luck in lucks if (luck.change_wan or 0) < 0),
        key=lambda luck: luck.change_wan or 0,
    )
    yield (
        1,
        f"到位率：{len(short)} 个渠道年份低于 100%，少到最多的是" if short else "到位率：没有不足",
    )
    for luck in short[:TOLD_CHANNELS]:
        yield 2, f"· {luck.year} 年 {channel_text(luck, portfolio)}"
    loans = [luck for luck in lucks if luck.change_wan is None and luck.receipt_bps < BPS]
    if loans:
        worst = min(loans, key=lambda luck: luck.receipt_bps)
        yield 2, f"· 随资本金渠道最低：{worst.year} 年 {channel_text(worst, portfolio)}"


def _register_text(story: path_story.PathStory, portfolio: Portfolio) -> str:
    register = portfolio.risk.register
    if not register:
        return "风险清单：工作簿未登记风险"
    names = [risk.name for risk in register if risk.id in story.happened]
    return f"风险清单：登记 {len(register)} 项，发生 {len(names)} 项" + (
        f"（{'、'.join(names)}）" if names else ""
    )


# --- years and late items ----------------------------------------------------------------------

COLUMNS = (("年份", 6), ("目标", 11), ("不计风险", 12), ("本路径", 12), ("增减", 11), ("结果", 18))


def _year_table(calendar: Calendar, years: Sequence[path_story.YearStory]) -> Iterator[StoryLine]:
    yield None, _row(title for title, _ in COLUMNS)
    for year in years:
        now, before = year.now.converted_wan, year.prior.converted_wan
        yield (
            None,
            _row(
                (
                    str(year.year),
                    target_text(year.now),
                    "—" if before is None else yi_text(before),
                    "—" if now is None else yi_text(now),
                    "—" if now is None or before is None else _signed(now - before),
                    year_verdict(year.now),
                )
            ),
        )
    for note in year_notes(calendar, [year.now for year in years]):
        yield 1, f"注：{note}"


def _row(cells: Iterable[str]) -> str:
    return " " + "".join(
        padded(cell, columns, right=True) for cell, (_, columns) in zip(cells, COLUMNS, strict=True)
    )


def _signed(wan: int) -> str:
    return f"+{yi_text(wan)}" if wan > 0 else yi_text(wan)


def _late_lines(
    story: path_story.PathStory, lucky: Portfolio, outcome: Outcome
) -> Iterator[StoryLine]:
    """The late items and their causes, those that matter most traced to the root."""
    if not story.late:
        yield 0, "二、为什么：没有滞后的大项"
        return
    yield (
        0,
        f"二、为什么：{len(story.late)} 个滞后的大项和原因（按计划竣工时未完成投资排列；"
        "原因的季数合计等于滞后，未竣工的计到推演期末）",
    )
    for late in story.late[:TOLD_LATE]:
        causes = causes_text(lucky, late.causes, lucky.position[late.item_no])
        yield (
            1,
            f"· {lucky.item(late.item_no).label}：{_story_finish(lucky.calendar, late)}；{causes}",
        )
    rest = story.late[TOLD_LATE:]
    if rest:
        names = "、".join(f"{lucky.item(late.item_no).label} {_delay(late)}" for late in rest)
        yield 1, f"· 其余 {len(rest)} 个：{names}"
    yield 1, f"最要紧的 {len(story.late[:TRACED])} 个，钱和前置条件各差在哪里："
    for late in story.late[:TRACED]:
        yield 2, f"· {explained(lucky.calendar, explain(late.item_no, lucky, outcome))}"


def _story_finish(calendar: Calendar, late: path_story.LateItem) -> str:
    return (
        f"计划 {calendar.quarter_label(late.planned_finish)}，不计风险 {calendar.finish_label(late.prior_finish)}，"
        f"本路径 {calendar.finish_label(late.finish)}（{_delay(late)}）"
    )


def _delay(late: path_story.LateItem) -> str:
    return "未竣工" if late.delay_quarters is None else f"晚 {late.delay_quarters} 季"
