"""Conditions on a back-test (`--fail-if`): 覆盖80<0.5, CRPS>0.08, Brier>0.1, KS<0.05, 次数<20."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portfolio.model.money import exact_decimal
from portfolio.model.problems import Collected, InputError, did_you_mean
from portfolio.model.record.backtest import Backtest

HOW = "可写作 覆盖80<0.5、CRPS>0.08、Brier>0.1、KS<0.05 或 次数<20"
QUANTITIES: Mapping[str, Callable[[Backtest], float]] = {
    "覆盖80": lambda test: test.band.part,
    "CRPS": lambda test: test.crps,
    "Brier": lambda test: test.brier,
    "KS": lambda test: test.evenness.p_value,
    "次数": lambda test: float(test.n),
}
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "≤": operator.le,
    "≥": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "＜": operator.lt,
    "＞": operator.gt,
}
_CONDITION = re.compile(r"\s*([^<>≤≥＜＞]+?)\s*(<=|>=|≤|≥|<|>|＜|＞)\s*([^<>≤≥＜＞]+?)\s*")
_BY_WORD = {name.casefold(): name for name in QUANTITIES}
#: A chance is told as a range only: no condition may ask for one of its ends.
_CHANCE = re.compile(r"\s*[PpＰ]\s*[(（]")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition as written, and what it compares."""

    text: str
    quantity: str
    operator: str
    bound: float

    def value(self, test: Backtest) -> float:
        """What the quantity comes to."""
        return QUANTITIES[self.quantity](test)

    def met(self, test: Backtest) -> bool:
        """Whether it holds."""
        return _OPERATORS[self.operator](self.value(test), self.bound)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A condition and what became of it."""

    condition: Condition
    value: float
    met: bool


def parse_conditions(texts: tuple[str, ...], place: str = "--fail-if") -> tuple[Condition, ...]:
    """Read conditions.

    Raises
    ------
    InputError
        Every one that can't be read.
    """
    problems, found = Collected(), []
    for text in texts:
        with problems.part():
            found.append(_parsed(text, place))
    problems.raise_any()
    return tuple(found)


def _parsed(text: str, place: str) -> Condition:
    match = _CONDITION.fullmatch(text)
    if match is None or _CHANCE.match(text):
        found = f"“{text}”不是回测的条件"
        if _CHANCE.match(text):
            found = f"“{text}”：把握只以范围给出，回测不对单个概率下判断"
        raise InputError.of(place, found, HOW)
    name = _BY_WORD.get(match[1].casefold())
    if name is None:
        fix = f"{did_you_mean(match[1], list(QUANTITIES))}；{HOW}"
        raise InputError.of(place, f"“{text}”：没有“{match[1]}”这个量", fix)
    bound = match[3].replace("％", "%")
    number = exact_decimal(bound.removesuffix("%"))
    if number is None:
        raise InputError.of(place, f"“{text}”：“{match[3]}”不是数", HOW)
    scale = 100 if bound.endswith("%") else 1
    return Condition(
        text=text.strip(), quantity=name, operator=match[2], bound=float(number) / scale
    )


def judge(conditions: tuple[Condition, ...], test: Backtest) -> tuple[Judged, ...]:
    """What becomes of conditions."""
    return tuple(
        Judged(condition=each, value=each.value(test), met=each.met(test)) for each in conditions
    )
