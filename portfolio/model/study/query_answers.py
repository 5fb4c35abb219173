"""Answering what a user asks of the paths: quantities, conditions, and how sure they are."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Integers, Mask
from portfolio.model.measures.years import planned_wan
from portfolio.model.money import WAN_PER_YI, exact_decimal
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.record.chance import Stage, YearChance
from portfolio.model.record.words import has_reached
from portfolio.model.study.confidence import (
    last_finish,
    late_quarters,
    planned_finishes,
    total_cost_wan,
    with_money,
)
from portfolio.model.study.findings import Estimate
from portfolio.model.study.intervals import chance, mean, percentile_estimate, student
from portfolio.model.study.list_chance import ListPaths, speaks_of_list
from portfolio.model.study.paths import Paths
from portfolio.model.study.queries import parse_quantity
from portfolio.model.study.result import (
    Answer,
    Condition,
    Form,
    Judged,
    Precision,
    Quantity,
    SamplingError,
    Subject,
    Unit,
)
from portfolio.model.study.years import converted_wan, distance_wan

_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def answer(
    quantity: Quantity, portfolio: Portfolio, paths: Paths, listed: ListPaths | None = None
) -> Answer:
    """The asked quantity over the paths, with its interval.

    listed : what the chance of a year's list is made of; of such a chance the value is the lower
        end of the range and the interval the range
    """
    year = quantity.year
    if (
        listed is not None
        and quantity.form is Form.CHANCE
        and quantity.subject is Subject.YEAR
        and year is not None
        and speaks_of_list(portfolio, year)
    ):
        bound = None if quantity.bound is None else int(quantity.bound)
        found = listed.of(year, bound).range or _decided(listed.of(year, bound).told)
        estimate = Estimate(value=found[0], low=found[0], high=found[1])
        return Answer(text=quantity.text, unit=quantity.unit, estimate=estimate, of_list=True)
    estimate = _estimate(quantity, portfolio, paths)
    return Answer(text=quantity.text, unit=quantity.unit, estimate=estimate)


def _decided(told: YearChance) -> tuple[float, float]:
    """The chance of a year whose figures have decided it."""
    reached = 1.0 if told.stage is Stage.REACHED or has_reached(told) else 0.0
    return reached, reached


def judge(
    condition: Condition, portfolio: Portfolio, paths: Paths, listed: ListPaths | None = None
) -> Judged:
    """Whether a condition is met, and whether the whole interval says the same."""
    found = answer(condition.quantity, portfolio, paths, listed)
    compare = _COMPARE[condition.operator]
    met = bool(compare(found.estimate.value, condition.bound))
    ends = (found.estimate.low, found.estimate.high)
    return Judged(
        text=condition.text,
        answer=found,
        bound=condition.bound,
        met=met,
        sure=all(end is not None and bool(compare(end, condition.bound)) is met for end in ends),
    )


def _estimate(quantity: Quantity, portfolio: Portfolio, paths: Paths) -> Estimate:
    if quantity.form is Form.JOINT:
        return chance(_in_plan(quantity, portfolio, paths))
    if quantity.form is Form.CHANCE and quantity.bound is None:
        return chance(_by_plan(quantity, portfolio, paths))
    values = _values(quantity, portfolio, paths)
    if quantity.form is Form.MEAN:
        return mean(values)
    if quantity.form is Form.PERCENTILE and quantity.percent is not None:
        return percentile_estimate(values, quantity.percent)
    assert quantity.operator is not None and quantity.bound is not None  # a chance by comparison
    return chance(np.asarray(_COMPARE[quantity.operator](values, quantity.bound)))


def _position(quantity: Quantity, portfolio: Portfolio) -> int:
    assert quantity.item_no is not None  # the parser gives every such subject its item
    return portfolio.position[quantity.item_no]


def _values(quantity: Quantity, portfolio: Portfolio, paths: Paths) -> Integers:
    """The subject's size in every path: 万元 or quarters, int[path]."""
    if quantity.subject is Subject.END:
        return last_finish(portfolio, paths)
    if quantity.subject is Subject.TOTAL_COST:
        return total_cost_wan(paths)
    if quantity.subject is Subject.YEAR and quantity.year is not None:
        converted = converted_wan(portfolio, paths, quantity.year)
        assert converted is not None  # the parser refuses years that can't be converted
        return converted
    item = _position(quantity, portfolio)
    if quantity.subject is Subject.ITEM_COST:
        return np.asarray(paths.cost_wan[:, item])
    return np.asarray(paths.finish[:, item])


def _by_plan(quantity: Quantity, portfolio: Portfolio, paths: Paths) -> Mask:
    """Paths in which the plan's own bound is kept: 达标, 按期, 不超支."""
    if quantity.subject is Subject.EVERY_ITEM:
        return np.asarray((late_quarters(portfolio, paths) == 0).all(axis=1))
    values = _values(quantity, portfolio, paths)
    if quantity.subject is Subject.YEAR:
        target = next(t for t in portfolio.targets if t.year == quantity.year)
        return np.asarray(distance_wan(target, values.astype(np.int64)) == 0)
    chosen, finishes = with_money(portfolio), planned_finishes(portfolio)
    if quantity.subject is Subject.END:
        return np.asarray(values <= finishes[chosen].max())
    if quantity.subject is Subject.TOTAL_COST:
        return np.asarray(values <= planned_wan(portfolio).sum())
    item = _position(quantity, portfolio)
    bound = planned_wan(portfolio) if quantity.subject is Subject.ITEM_COST else finishes
    return np.asarray(values <= bound[item])


def _in_plan(quantity: Quantity, portfolio: Portfolio, paths: Paths) -> Mask:
    """Paths with cost ≤ approved and finish ≤ planned, of an item or of all together."""
    finishes, approved = planned_finishes(portfolio), planned_wan(portfolio)
    if quantity.subject is Subject.EVERY_ITEM:
        by = finishes[with_money(portfolio)].max()
        within = total_cost_wan(paths) <= approved.sum()
        return np.asarray(within & (last_finish(portfolio, paths) <= by))
    item = _position(quantity, portfolio)
    within = paths.cost_wan[:, item] <= approved[item]
    return np.asarray(within & (paths.finish[:, item] <= finishes[item]))


@dataclass(frozen=True, kw_only=True)
class AskedPrecision:
    """How sure a quantity is to be, as half its interval.

    half_width : in the quantity's unit, None where `part` says it
    part : of the estimated value, for money (1% of 60,000 亿); None for an absolute width
    """

    half_width: float | None
    part: float | None


def parse_precision(text: str, unit: Unit, place: str = "--precision") -> AskedPrecision:
    """Read `1%` (chances: percentage points; money: part of the value), `50亿` or `2季`.

    Raises
    ------
    InputError
        It is no precision of that unit, or not above 0.
    """
    word = text.strip()
    number, suffix = word, ""
    for known in ("亿元", "亿", "季度", "季", "%", "％"):
        if word.endswith(known):
            number, suffix = word.removesuffix(known).strip(), known
            break
    value = exact_decimal(number)
    good = {
        Unit.CHANCE: ("", "%", "％"),
        Unit.WAN: ("亿", "亿元", "%", "％"),
        Unit.QUARTER: ("季", "季度"),
    }[unit]
    # A chance can't be off by a whole: `2` was meant as 2 %.
    widest = 100 if suffix else 1
    too_wide = unit is Unit.CHANCE and value is not None and value >= widest
    if value is None or value <= 0 or suffix not in good or too_wide:
        how = {
            Unit.CHANCE: "所问为把握，写作 1%（百分点）",
            Unit.WAN: "所问为金额，写作 1% 或 50亿",
            Unit.QUARTER: "所问为竣工，写作 1季",
        }[unit]
        raise InputError.of(place, f"“{text}”不是可用的精度", how)
    if suffix in ("%", "％"):
        part = float(value) / 100
        return (
            AskedPrecision(half_width=part, part=None)
            if unit is Unit.CHANCE
            else AskedPrecision(half_width=None, part=part)
        )
    scale = WAN_PER_YI if unit is Unit.WAN else 1
    return AskedPrecision(half_width=float(value) * scale, part=None)


def precision(
    quantity: Quantity, asked: AskedPrecision, portfolio: Portfolio, paths: Paths
) -> Precision:
    """Whether the quantity is as sure as asked, and about how many paths it would take.

    Half widths shrink with the square root of the paths. A finish that may lie after the play
    has none: how much later is not known.
    """
    found = answer(quantity, portfolio, paths)
    estimate = found.estimate
    wanted = asked.half_width
    if wanted is None:
        wanted = abs(estimate.value) * (asked.part or 0.0)
    open_ended = _after_play(found, estimate.value, estimate.low, estimate.high)
    half = None if open_ended else estimate.half_width
    reached = half is not None and half <= wanted
    needed = None
    if half is not None and wanted > 0:
        needed = max(1, math.ceil(len(paths) * (half / wanted) ** 2))
    return Precision(
        answer=found,
        asked_half_width=wanted,
        half_width=half,
        reached=reached,
        paths_needed=needed,
        open_ended=open_ended,
    )


def never_sure(found: Precision) -> bool:
    """Whether more paths can't help: the whole interval of a finish lies after the play."""
    return _after_play(found.answer, found.answer.estimate.low)


def _after_play(found: Answer, *quarters: float | None) -> bool:
    return found.unit is Unit.QUARTER and any(
        quarter is not None and quarter >= PLAY_QUARTERS for quarter in quarters
    )


def sampling_errors(
    portfolio: Portfolio, randomised: Sequence[Paths], questions: Sequence[str]
) -> tuple[SamplingError, ...]:
    """Error of quasi-random sampling from independent randomisations of equal size.

    The estimates' mean, and their scatter ÷ √R as its standard error, beside what as many
    independent paths would have. Never the √N formula: it knows nothing of how even the points are.

    () for fewer than two randomisations, of which nothing can be told.

    Raises
    ------
    ValueError
        The randomisations differ in size.
    """
    if len({len(part) for part in randomised}) > 1:
        raise ValueError("randomisations differ in size")
    if len(randomised) < 2:
        return ()
    joined = Paths.joined(randomised)
    rows = []
    for text in questions:
        quantity = parse_quantity(text, portfolio)
        found = np.array([answer(quantity, portfolio, part).estimate.value for part in randomised])
        half = answer(quantity, portfolio, joined).estimate.half_width or 0.0
        rows.append(
            SamplingError(
                label=text,
                unit=quantity.unit.value,
                randomisations=len(randomised),
                paths=len(joined),
                mean=float(found.mean()),
                standard_error=float(found.std(ddof=1)) / math.sqrt(len(found)),
                plain_standard_error=half / student(10**9),
            )
        )
    return tuple(rows)
