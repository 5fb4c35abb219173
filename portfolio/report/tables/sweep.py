"""The tables of a sweep, a frontier and a reverse stress test: every column said once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from portfolio.model.money import WAN_PER_YI
from portfolio.model.reallocation.sweep import (
    AimsReached,
    FrontierResult,
    Kink,
    ReverseAnswer,
    SweepAxis,
    SweepOrigin,
    SweepResult,
)
from portfolio.report.screen.console import shortened
from portfolio.report.tables.fields import Field, Fields, Table, money, number, text
from portfolio.report.words.answers.sweep import answer_text, swing_text, years_text

#: Keys of the axes; no sweep has more.
AXES = tuple(f"axis{k}" for k in range(9))
PROVEN, UNPROVEN, NONE, UNKNOWN = "已证最优", "可行未证", "无可行方案", "没有算出结论"


@dataclass(frozen=True, kw_only=True)
class Point:
    """What the aims reach where the axes are.

    at : changes in bps by axis, or the 万元 that may be moved
    shortfalls_wan : by year; empty where there is no plan
    """

    at: tuple[int, ...]
    reached: AimsReached
    shortfalls_wan: dict[int, int]


def year_key(year: int) -> str:
    """The key of a year's shortfall."""
    return f"y{year}"


def _verdict(point: Point) -> str:
    """What was found of a point."""
    if point.reached.feasible is None:
        return UNKNOWN
    if not point.reached.feasible:
        return NONE
    return PROVEN if point.reached.proven else UNPROVEN


def _change(k: int, point: Point) -> float:
    return point.at[k] / 10_000


def _shortfall(year: int, point: Point) -> int | None:
    return point.shortfalls_wan.get(year)


def _axis(k: int, axis: SweepAxis) -> Field[Point]:
    """The change along an axis."""
    return number(
        AXES[k],
        f"{axis.channel} {years_text(axis.years)}年 变动",
        partial(_change, k),
        short=shortened(axis.channel, 10),
        look="percent",
    )


def _table(
    origin: SweepOrigin,
    axes: Sequence[Field[Point]],
    points: Sequence[tuple[tuple[int, ...], AimsReached]],
) -> Table[Point]:
    fields = Fields[Point](
        name="缺口与滞后",
        fields=(
            *axes,
            money("shortfall_wan", "缺口合计", lambda point: point.reached.shortfall_wan),
            money(
                "delay_wan",
                "滞后",
                lambda point: point.reached.delay_wan,
                full="滞后（加权亿元·年）",
            ),
            text("verdict", "结论", _verdict, look="centre"),
            *(
                money(year_key(year), f"{year}年缺口", partial(_shortfall, year), short=f"{year}年")
                for year in origin.years
            ),
        ),
    )
    return fields.of(
        Point(
            at=at,
            reached=reached,
            shortfalls_wan=dict(zip(origin.years, reached.shortfall_by_year_wan, strict=False)),
        )
        for at, reached in points
    )


def sweep_table(result: SweepResult) -> Table[Point]:
    """The grid."""
    axes = [_axis(k, axis) for k, axis in enumerate(result.axes)]
    points = [(point.changes_bps, point.reached) for point in result.points]
    return _table(result.origin, axes, points)


def frontier_table(result: FrontierResult) -> Table[Point]:
    """Shortfall and delay by money moved."""
    points = [((point.moved_wan,), point.reached) for point in result.points]
    return _table(result.origin, [money("moved_wan", "至多调整", lambda p: p.at[0])], points)


REVERSE = Fields[ReverseAnswer](
    name="反推",
    fields=(
        text("channel", "渠道", width=28),
        number("year", "目标年", width=14, look="centre"),
        money("wanted_wan", "目标", width=14),
        money("envelope_wan", "额度", width=14),
        number("cut_bps", "最小减幅"),
        number(
            "cut",
            "最小减幅",
            lambda answer: None if answer.cut_bps is None else answer.cut_bps / 10_000,
            14,
            look="percent",
        ),
        money("cut_wan", "减额", width=14),
        text("failing", "先破的", lambda answer: answer.failing and str(answer.failing)),
        money("shortfall_wan", "该年缺口", width=14),
        number("proven", "已证"),
        text("result", "结果", answer_text, 32),
    ),
)
REVERSE_SHEET = REVERSE.view(
    "channel", "year", "wanted_wan", "envelope_wan", "cut", "cut_wan", "shortfall_wan", "result"
)
REVERSE_SCREEN = REVERSE.view("channel", "year", "cut", "cut_wan", "result")
REVERSE_DATA = REVERSE.view(
    "channel", "year", "wanted_wan", "envelope_wan", "cut_bps", "cut_wan", "failing",
    "shortfall_wan", "proven",
)  # fmt: skip


def kink_fields(at: Field[Kink], before: str) -> Fields[Kink]:
    """Where the slope of the shortfall changes, `at`; `before` says what by."""
    return Fields(
        name="转折点：缺口的斜率在此改变",
        fields=(
            at,
            number("before", before, lambda kink: kink.before / WAN_PER_YI, look="exact"),
            number("after", "之后（亿元）", lambda kink: kink.after / WAN_PER_YI, look="exact"),
            text("swings", "资金在此转向的大项", swing_text),
        ),
    )


SWEEP_KINKS = kink_fields(
    number("at", "额度变动", lambda kink: kink.at / 10_000, look="percent"),
    "之前：每提高 1 个百分点缺口变动（亿元）",
)
FRONTIER_KINKS = kink_fields(
    number("at", "已调整（亿元）", lambda kink: kink.at / WAN_PER_YI, look="money"),
    "之前：每多调整 1 亿元缺口变动（亿元）",
)
