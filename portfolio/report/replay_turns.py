"""What happened in a path year by year: stoppages, gates, shortages, starts and finishes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.money import BPS, WAN_PER_YI, yi_text
from portfolio.model.outcome import CauseKind, Event, EventKind
from portfolio.model.path_story import ChannelLuck, PathStory, StoppedSpan, YearStory
from portfolio.model.planned import plan_quarters, planned_span
from portfolio.model.portfolio import Portfolio
from portfolio.report.wording import cause_name

Line = tuple[int, str]

#: So many of a kind are named in a year, the largest first; the rest is counted.
NAMED = 3
#: A channel is named in a year from this much less money on: 1 亿元.
NAMED_WAN = 10_000
#: The kinds, in the order in which a year is told.
ORDER = (EventKind.STOP, EventKind.HELD, EventKind.SHORT, EventKind.START, EventKind.FINISH)


def turn_lines(year: YearStory, story: PathStory, portfolio: Portfolio) -> Iterator[Line]:
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
    kind: EventKind, events: Sequence[Event], story: PathStory, portfolio: Portfolio
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


def _stop_text(event: Event, story: PathStory, portfolio: Portfolio) -> str:
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


def span_text(calendar: Calendar, span: StoppedSpan) -> str:
    """`2023Q2` or `2023Q2–2023Q4`."""
    first = calendar.quarter_label(span.first)
    return first if span.first == span.last else f"{first}–{calendar.quarter_label(span.last)}"


def channel_text(luck: ChannelLuck, portfolio: Portfolio) -> str:
    """`土地出让 62%（额度少 71.2 亿元）`."""
    name = portfolio.channels[portfolio.channel_position[luck.channel_id]].name
    if luck.change_wan is None:
        return f"{name} {percent(luck.receipt_bps)}（按应投放额）"
    sign = "少" if luck.change_wan < 0 else "多"
    return f"{name} {percent(luck.receipt_bps)}（额度{sign} {yi_text(abs(luck.change_wan))} 亿元）"


def percent(bps: int) -> str:
    """A factor as a whole per cent."""
    return f"{bps * 100 / BPS:.0f}%"
