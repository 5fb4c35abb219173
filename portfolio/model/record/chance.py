"""How sure a year's target is: the list's plan × the rate of such lists, over honest choices.

The chance belongs to the year's list, which is planned anew every January; the play is of a closed
list and has no say in it. A year without a plan of its list has no chance, and says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

import numpy as np

from portfolio.model.facts import MONTHS as MONTHS_A_YEAR
from portfolio.model.items import ListPlanKind, Target, TargetKind
from portfolio.model.money import BPS
from portfolio.model.portfolio import Portfolio
from portfolio.model.record.rows import (
    FEWEST_FULL_YEARS,
    FIRST_MONTH_TOLD,
    FIRST_MONTH_USED,
    MONTHS,
    RateRow,
    Record,
    month_of,
)
from portfolio.model.record.variants import TOLD, Variant, VariantForecast, forecasts

#: The level that is told: eight of ten years lie within it.
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9


class Refusal(StrEnum):
    """Why there is no chance of a year."""

    NO_PLAN = "没有名单计划"
    INTERPOLATED = "名单计划是内插的"
    NO_TARGET = "没有年度目标"
    NOT_A_FLOOR = "目标不是下限"
    NO_RECORD = "年度完成率的行数太少"
    ONE_CHOICE = "各种取舍只剩一种算得出"


class Stage(StrEnum):
    """What the figures within the year say by now."""

    AHEAD = "年初"
    TOO_EARLY = "年内数不到六月"
    UNCLEAR = "还看不准"
    RUNNING = "照年内数"
    REACHED = "已达到"
    ENDED = "已有全年数"


@dataclass(frozen=True, kw_only=True)
class ListPlan:
    """The plan of January of a year's list, and where it is from."""

    plan_wan: int
    kind: ListPlanKind


@dataclass(frozen=True, kw_only=True)
class VariantChance:
    """P(year ≥ target) by one choice of rows."""

    variant: Variant
    chance: float
    rows: int


@dataclass(frozen=True, kw_only=True)
class YearChance:
    """How sure a year's target is; `refusal` says why nothing is told, then there is no figure.

    by_variant : the choices the range is over; `hidden` is with misses nobody published, None
        where every own year is known
    level_bps : 10 %, 50 % and 90 % quantile of what the list comes to ÷ its plan, of all rows; of
        a year that ended three times its rate
    facts : the last figure within the year (or of it) that the record holds
    unfilled_months : months of the year that are past by the portfolio's facts and would count,
        while the record holds no figure of it; 0 else
    """

    year: int
    plan: ListPlan | None
    target_wan: int | None
    stage: Stage = Stage.AHEAD
    refusal: Refusal | None = None
    by_variant: tuple[VariantChance, ...] = ()
    hidden: float | None = None
    level_bps: tuple[int, int, int] | None = None
    facts: RateRow | None = None
    unfilled_months: int = 0

    @property
    def range(self) -> tuple[float, float] | None:
        """Least and most over the choices; None where nothing is told."""
        found = [each.chance for each in self.by_variant]
        return (min(found), max(found)) if found else None

    @property
    def level_wan(self) -> tuple[int, int, int] | None:
        """The level in 万元."""
        if self.level_bps is None or self.plan is None:
            return None
        low, middle, high = (self.plan.plan_wan * bps // BPS for bps in self.level_bps)
        return low, middle, high


def list_plan_of(targets: Iterable[Target], year: int) -> ListPlan | None:
    """The plan of a year's list, as the sheet of targets has it."""
    for target in targets:
        if target.year == year and target.list_plan_wan is not None:
            kind = target.list_plan_kind or ListPlanKind.ASSUMED
            return ListPlan(plan_wan=target.list_plan_wan, kind=kind)
    return None


def chance_of(portfolio: Portfolio, year: int, target_wan: int | None = None) -> YearChance:
    """How sure a year of a portfolio is: of the target given, else of the year's own floor."""
    own = next((target for target in portfolio.targets if target.year == year), None)
    plan = list_plan_of(portfolio.targets, year)
    asked = target_wan is not None or own is None
    wanted = target_wan if asked or own is None else own.target_wan
    told = year_chance(portfolio.record, year, plan, wanted)
    if told.facts is None:
        told = replace(told, unfilled_months=_months_unfilled(portfolio, year))
    if asked or own is None:
        return told
    if told.refusal is None and own.kind is not TargetKind.FLOOR:
        return replace(told, refusal=Refusal.NOT_A_FLOOR, by_variant=(), hidden=None)
    return told


def _months_unfilled(portfolio: Portfolio, year: int) -> int:
    """Months of a year that facts have seen, from the first on that would count; else 0."""
    if portfolio.facts is None:
        return 0
    before = MONTHS_A_YEAR * (year - portfolio.calendar.first_year)
    months = portfolio.facts.asof_months - before
    return min(months, MONTHS_A_YEAR) if months >= FIRST_MONTH_USED else 0


def year_chance(
    record: Record,
    year: int,
    plan: ListPlan | None,
    target_wan: int | None,
    facts: RateRow | None = None,
    *,
    interpolated: bool = False,
) -> YearChance:
    """How sure a year's list reaches a target.

    facts : the last figure of the list within the year; left out, the one the record holds
    interpolated : tell of a plan that is only interpolated too
    """
    known = facts or own_figure(record, year)
    told = YearChance(year=year, plan=plan, target_wan=target_wan, facts=known)
    refusal = _refusal(record, plan, target_wan, interpolated=interpolated)
    if refusal is not None or plan is None or target_wan is None:
        return replace(told, refusal=refusal)
    wanted = target_wan / plan.plan_wan
    stage = _stage(known, wanted)
    if stage is Stage.ENDED and known is not None:
        return replace(told, stage=stage, level_bps=(known.rate_bps,) * 3)
    late = known is not None and month_of(known) >= FIRST_MONTH_TOLD
    found = _forecasts(record, year, known if late else None)
    if len([each for each in found if each.variant in TOLD]) < 2:
        return replace(told, stage=stage, refusal=Refusal.ONE_CHOICE)
    least = 0 if known is None else known.rate_bps
    chances = {
        each.variant: VariantChance(
            variant=each.variant,
            chance=1.0 if stage is Stage.REACHED else each.forecast.at_least(wanted),
            rows=each.rows,
        )
        for each in found
    }
    hidden = chances.get(Variant.HIDDEN)
    level = found[0].forecast.quantiles(np.array([LOW, MIDDLE, HIGH]))
    low, middle, high = (max(least, int(rate * BPS + 0.5)) for rate in level.tolist())
    return replace(
        told,
        stage=stage,
        by_variant=tuple(each for name, each in chances.items() if name in TOLD),
        hidden=None if hidden is None else hidden.chance,
        level_bps=(low, middle, high),
    )


def own_figure(record: Record, year: int) -> RateRow | None:
    """The last figure of the own place's year that the record holds for use."""
    key = (record.place, year)
    if key in record.full_years:
        return record.full_years[key]
    return record.latest_part(key, 0.0)


def _refusal(
    record: Record, plan: ListPlan | None, target_wan: int | None, *, interpolated: bool
) -> Refusal | None:
    if plan is None:
        return Refusal.NO_PLAN
    if plan.kind is ListPlanKind.INTERPOLATED and not interpolated:
        return Refusal.INTERPOLATED
    if target_wan is None:
        return Refusal.NO_TARGET
    if len(record.full_years) < FEWEST_FULL_YEARS:
        return Refusal.NO_RECORD
    return None


def _stage(facts: RateRow | None, wanted: float) -> Stage:
    if facts is None:
        return Stage.AHEAD
    month = month_of(facts)
    if month >= MONTHS:
        return Stage.ENDED
    if facts.rate >= wanted:
        return Stage.REACHED
    if month < FIRST_MONTH_USED:
        return Stage.TOO_EARLY
    return Stage.UNCLEAR if month < FIRST_MONTH_TOLD else Stage.RUNNING


@lru_cache(maxsize=32)
def _forecasts(record: Record, year: int, running: RateRow | None) -> tuple[VariantForecast, ...]:
    """Fitted once a record, year and figure: the target only reads them."""
    return forecasts(record, year, (*TOLD, Variant.HIDDEN), running)
