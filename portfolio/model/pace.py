"""How far a year has come: 完成率, 序时进度 and their difference, as exact fractions.

Checked on published figures (tests/model/test_pace.py).
"""

from __future__ import annotations

from fractions import Fraction

MONTHS = 12


def completion(done_wan: int, plan_wan: int) -> Fraction | None:
    """完成率: done ÷ the year's plan; None in a year without plan."""
    return Fraction(done_wan, plan_wan) if plan_wan else None


def elapsed(months: int) -> Fraction:
    """序时: the part of the year that has gone by at the end of a month (1–12).

    Raises
    ------
    ValueError
        There is no such month.
    """
    if not 1 <= months <= MONTHS:
        raise ValueError(f"a year has no month {months}")
    return Fraction(months, MONTHS)


def ahead(done_wan: int, plan_wan: int, months: int) -> Fraction | None:
    """超（欠）序时进度: 完成率 less the part of the year gone by; negative for 欠.

    None in a year without plan. From unrounded values: 97.16 % at the end of October is 13.8
    points ahead, though 97.2 less 83.3 would read 13.9.
    """
    rate = completion(done_wan, plan_wan)
    return None if rate is None else rate - elapsed(months)


def percent_number(value: Fraction, digits: int = 1) -> str:
    """A ratio in per cent without its sign %, rounded half up (away from 0) to `digits` decimals."""
    unit = 10**digits
    scaled = abs(value) * 100 * unit
    rounded = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    whole, part = divmod(rounded, unit)
    sign = "-" if value < 0 and rounded else ""
    return f"{sign}{whole}" + (f".{part:0{digits}d}" if digits else "")
