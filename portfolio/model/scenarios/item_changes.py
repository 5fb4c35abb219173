"""Changes to items as settings: cost, duration, start, stoppages, pace, priority, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.items import Item
from portfolio.model.money import BPS
from portfolio.model.problems import InputError
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.scenarios.changes import (
    CancelItem,
    Change,
    CostFactor,
    DurationFactor,
    PaceFactor,
    PriorityChange,
    Selector,
    StartDelay,
    Stoppage,
)
from portfolio.model.scenarios.draft import (
    Cell,
    Draft,
    Setting,
    collect,
    money_text,
    percent_text,
    quarters_text,
)
from portfolio.model.scenarios.lookup import select_items

#: Factors outside are taken for slips of the pen (30 for 30 %).
SMALLEST_FACTOR_BPS, LARGEST_FACTOR_BPS = BPS // 10, 10 * BPS
FASTEST_PACE_BPS = 2 * BPS
PRIORITIES = (1, 2, 3, 4)


def selected(change: Change, selector: Selector, draft: Draft) -> tuple[Item, ...]:
    """Items selected; () after a problem."""
    portfolio = draft.portfolio
    try:
        return select_items(selector, portfolio.items, portfolio.risk_classes, change.place)
    except InputError as error:
        collect(draft, error)
        return ()


def by_item(
    change: Change,
    items: tuple[Item, ...],
    quantity: str,
    cell: Callable[[int], Cell],
    value: Any,
    text: Callable[[Any], str],
    note: str = "",
) -> list[Setting]:
    """One setting that gives a cell of each item the same value; none without items."""
    writes = tuple((cell(item.no), value) for item in items)
    if not writes:
        return []
    return [Setting(quantity=quantity, writes=writes, place=change.place, text=text, note=note)]


def _check_factor(draft: Draft, change: Change, what: str, bps: int) -> None:
    if not SMALLEST_FACTOR_BPS <= bps <= LARGEST_FACTOR_BPS:
        draft.refuse(
            change.place,
            f"{what}系数 {percent_text(bps)} 超出 10%–1000%",
            "系数 1 表示不变，上涨 7% 请写 1.07 或 +7%",
        )


def cost_settings(change: CostFactor, draft: Draft) -> list[Setting]:
    """造价."""
    _check_factor(draft, change, "造价", change.factor_bps)
    items = selected(change, change.selector, draft)
    return by_item(
        change, items, "造价系数", lambda no: ("cost_bps", no), change.factor_bps, percent_text
    )


def duration_settings(change: DurationFactor, draft: Draft) -> list[Setting]:
    """工期."""
    _check_factor(draft, change, "工期", change.factor_bps)
    items = selected(change, change.selector, draft)
    return by_item(
        change, items, "工期系数", lambda no: ("duration_bps", no), change.factor_bps, percent_text
    )


def start_delay_settings(change: StartDelay, draft: Draft) -> list[Setting]:
    """推迟开工."""
    if not 0 <= change.quarters <= PLAY_QUARTERS:
        draft.refuse(
            change.place,
            f"推迟 {change.quarters} 个季度超出范围",
            f"季度数请写 0–{PLAY_QUARTERS} 的整数",
        )
    items = selected(change, change.selector, draft)
    return by_item(
        change,
        items,
        "推迟开工",
        lambda no: ("start_delay_quarters", no),
        change.quarters,
        quarters_text,
    )


def _quarters(draft: Draft, change: Change, first: int, count: int) -> range:
    """Play quarters meant; what reaches past the play's end is dropped with it."""
    if not 0 <= first < PLAY_QUARTERS or count < 1:
        draft.refuse(
            change.place,
            f"自第 {first} 季起 {count} 个季度，不在推演期内",
            draft.portfolio.calendar.fill(
                "“自”请写 <first>Q1–<play_end>Q4，“季度数”请写 1 以上的整数"
            ),
        )
        return range(0)
    return range(first, min(first + count, PLAY_QUARTERS))


def _span_text(quarters: range, calendar: Calendar) -> str:
    first, last = calendar.quarter_label(quarters[0]), calendar.quarter_label(quarters[-1])
    return first if first == last else f"{first} 至 {last}"


def stoppage_settings(change: Stoppage, draft: Draft) -> list[Setting]:
    """停工."""
    quarters = _quarters(draft, change, change.first_quarter, change.quarters)
    items = selected(change, change.selector, draft)
    if not quarters or not items:
        return []
    return [
        Setting(
            quantity=f"停工（{_span_text(quarters, draft.portfolio.calendar)}）",
            writes=tuple((("stopped", q, item.no), True) for item in items for q in quarters),
            place=change.place,
            text=lambda stopped: "停工" if stopped else "施工",
        )
    ]


def pace_settings(change: PaceFactor, draft: Draft) -> list[Setting]:
    """施工进度."""
    if not 0 < change.factor_bps <= FASTEST_PACE_BPS:
        draft.refuse(
            change.place,
            f"施工进度系数 {percent_text(change.factor_bps)} 不在 0–200% 之间（不含 0）",
            "完全停下请用“停工”；1 为计划进度；整个工期的变化请用“工期”",
        )
        return []
    quarters = _quarters(draft, change, change.first_quarter, change.quarters)
    items = selected(change, change.selector, draft)
    if not quarters or not items:
        return []
    return [
        Setting(
            quantity=f"施工进度系数（{_span_text(quarters, draft.portfolio.calendar)}）",
            writes=tuple(
                (("pace_bps", q, item.no), change.factor_bps) for item in items for q in quarters
            ),
            place=change.place,
            text=percent_text,
        )
    ]


def priority_settings(change: PriorityChange, draft: Draft) -> list[Setting]:
    """优先级."""
    if change.priority not in PRIORITIES:
        draft.refuse(
            change.place, f"优先级 {change.priority} 不存在", "优先级请写 1（最先）至 4（最后）"
        )
    items = selected(change, change.selector, draft)
    return by_item(
        change, items, "优先级", lambda no: ("priority", no), change.priority, "第 {} 级".format
    )


def cancel_settings(change: CancelItem, draft: Draft) -> list[Setting]:
    """取消大项: one setting an item, as each takes its own money out."""
    portfolio = draft.portfolio
    settings = []
    for item in selected(change, change.selector, draft):
        gates = sum(item.no in (gate.pred_no, gate.succ_no) for gate in portfolio.gates)
        settings.append(
            Setting(
                quantity=f"大项 {item.label}",
                writes=((("cancelled", item.no), True),),
                place=change.place,
                fixed=(f"总投资 {money_text(item.total_wan)}", "取消"),
                note=f"连同 {gates} 条前置条件、资金结构、计划及其上级指定和专属额度一并取消；"
                "统筹渠道额度不变",
            )
        )
    return settings
