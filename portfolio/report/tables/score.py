"""The tables of a score of kept forecasts: every column said once."""

from __future__ import annotations

from collections.abc import Callable

from portfolio.model.calendar import Calendar
from portfolio.model.record.archive import Way, asof_label
from portfolio.model.record.score import Held, HeldFinish, Line
from portfolio.report.tables.fields import (
    Cell,
    Field,
    Fields,
    decimal,
    money,
    number,
    ratio,
    text,
    year,
)

#: Naive forecasts by their names in `Naive`, and how they are called.
NAIVE_NAMES = (("plan", "照全年计划"), ("straight", "按序时外推"), ("rest", "余月照计划"))
_SHORT = {"plan": "照计划", "straight": "按序时", "rest": "余月照计划"}


def _mean(key: str, title: str, short: str = "") -> Field[Line]:
    """A mean error in 万元; None where nothing was scored."""

    def value(row: Line) -> Cell:
        found = row.crps if key == "crps" else getattr(row.naive, key, None)
        return None if found is None else round(found)

    return money(key, title, value, 14, short=short)


def _named(first: str) -> tuple[Field[Line], ...]:
    return (
        text("name", first, width=16),
        number("n", "个数"),
        number(
            "inside",
            "在八成区间内",
            lambda row: None if row.band is None else row.band.inside,
            12,
            short="装住",
        ),
        ratio("part", "占比", lambda row: None if row.band is None else row.band.part),
        ratio("low", "95% 置信下限", lambda row: None if row.band is None else row.band.low, 13, short="下限"),
        ratio("high", "95% 置信上限", lambda row: None if row.band is None else row.band.high, 13, short="上限"),
    )  # fmt: skip


_ERRORS = (
    _mean("crps", "误差"),
    *(_mean(key, f"“{name}”", _SHORT[key]) for key, name in NAIVE_NAMES),
)

HORIZONS = Fields[Line](name="按离年末的月数", fields=(*_named("离年末"), *_ERRORS))
KINDS = Fields[Line](name="按工程", fields=(*_named("工程"), *_ERRORS))
FINISHES = Fields[Line](name="竣工", fields=_named("工程"))
#: On the screen: the part is seen from the two numbers.
SHOWN = ("name", "n", "inside", "low", "high", "crps", *(key for key, _ in NAIVE_NAMES))
#: Of plays without luck: they have no band.
NO_BAND = ("name", "n", "crps", *(key for key, _ in NAIVE_NAMES))


def held_fields(calendar: Calendar) -> Fields[Held]:
    """Money foretold and what came, a row a forecast."""
    return Fields(
        name="逐条",
        fields=(
            text("asof", "截至月", lambda row: asof_label(row.asof_months, calendar)),
            text("way", "来自", lambda row: str(row.way)),
            year("year", "年份"),
            number("months", "离年末月数", width=12),
            number("item_no", "序号"),
            text("name", "大项", width=30),
            text("kind", "工程", lambda row: row.kind, 14),
            money("p10_wan", "预测 P10", lambda row: _end(row, 0)),
            money("p50_wan", "预测中位", lambda row: row.band[1]),
            money("p90_wan", "预测 P90", lambda row: _end(row, 2)),
            money("came_wan", "实际"),
            text("inside", "在八成区间内", _held_said, 14, look="centre"),
            decimal("crps_wan", "误差 CRPS（万元）", lambda row: round(row.crps, 1), 16, look="parameter"),
            *(
                decimal(f"{key}_wan", f"“{name}”误差（万元）", _error(key), 20, look="parameter")
                for key, name in NAIVE_NAMES
            ),
        ),
    )  # fmt: skip


def _error(key: str) -> Callable[[Held], float]:
    return lambda row: round(float(getattr(row.naive, key)), 1)


def _end(row: Held, place: int) -> int | None:
    """An end of the band; a play without luck has none."""
    return row.band[place] if row.way is Way.PATHS else None


def _held_said(row: Held) -> str | None:
    return _said(row) if row.way is Way.PATHS else None


def _said(row: Held | HeldFinish) -> str:
    said = "是" if row.inside else "否"
    return f"{said}（没有悬念）" if row.certain else said


def finish_fields(calendar: Calendar) -> Fields[HeldFinish]:
    """Finishes foretold and what came, a row a forecast."""
    return Fields(
        name="逐条竣工",
        fields=(
            text("asof", "截至月", lambda row: asof_label(row.asof_months, calendar)),
            number("item_no", "序号"),
            text("name", "大项", width=30),
            text("kind", "工程", width=14),
            text("p10", "预测 P10", lambda row: calendar.quarter_label(row.band[0])),
            text("p50", "预测中位", lambda row: calendar.quarter_label(row.band[1])),
            text("p90", "预测 P90", lambda row: calendar.quarter_label(row.band[2])),
            text(
                "came",
                "实际竣工",
                lambda row: "尚未竣工" if row.came is None else calendar.quarter_label(row.came),
            ),
            text("inside", "在八成区间内", _said, 14, look="centre"),
        ),
    )
