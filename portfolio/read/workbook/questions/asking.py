"""How a figure is asked about: what it stands far from, what may be meant, how to silence it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from portfolio.model.items import LOOKED_AT
from portfolio.model.money import yi_text
from portfolio.model.problems import Problem
from portfolio.read.workbook.sheets.rows import Row

#: Amounts this many times apart are asked about.
FAR = 5
#: Amounts this many times apart from the plan are asked about whatever their neighbours say:
#: 万 and 亿 mixed up make 10,000, a point in the wrong place makes up to 1,000.
ANOTHER_UNIT = 300
SILENCE = f"属实的请在该行“依据”中加“{LOOKED_AT}”，不再提示"
#: What a slip of the pen makes of an amount.
_SLIPS = (10, 100, 1_000, 10_000)


def looked_at(row: Row) -> bool:
    """Whether the row says that its figures were looked at."""
    return LOOKED_AT in (row.text_or_none("provenance") or "")


def far(value: int, others: Iterable[int], times: int = FAR) -> bool:
    """Whether an amount is far from every one of some others; none of them: it isn't."""
    known = [other for other in others if other > 0]
    return bool(known) and all(value * times <= other or value >= other * times for other in known)


def doubtful(value: int, neighbours: Sequence[int], plan: Sequence[int]) -> bool:
    """Whether an amount looks like a slip beside its neighbours in time and the plan.

    Two neighbours settle it. One neighbour, or none, leaves it to the plan: of two amounts that
    contradict each other the plan says which. Another unit is one however many cells have it.
    """
    if far(value, plan, ANOTHER_UNIT):
        return True
    near = [each for each in neighbours if each > 0]
    if len(near) >= 2 or not any(each > 0 for each in plan):
        return far(value, near)
    return far(value, plan)


def meant(value: int, other: int) -> str:
    """What was probably meant, where a slip explains how far an amount is from another."""
    larger = other > value
    for times in _SLIPS:
        guess = value * times if larger else value // times
        if other <= 2 * guess <= 4 * other:
            unit = "（万元、亿元混了？）" if times == 10_000 else ""
            return f"是否为 {amount_text(guess)}{unit}？"
    return "请核对金额与单位；"


def asked(row: Row, key: str, what: str, other: int, which: str) -> Problem:
    """A question about a cell, beside an amount that it should be near."""
    value = row.whole(key)
    large, small = max(value, other), min(value, other)
    times = f"{_rounded(large, small):,}"
    said = f"{times} 倍" if value >= other else f"1/{times}"
    return Problem(
        place=row.place(key),
        found=f"{what} {amount_text(value)}，约为{which} {amount_text(other)}的 {said}",
        fix=meant(value, other) + SILENCE,
    )


def _rounded(large: int, small: int) -> int:
    """The quotient to two digits, as people speak of it."""
    times = (2 * large + small) // (2 * small)
    scale = int("1" + "0" * max(len(str(times)) - 2, 0))
    return (times + scale // 2) // scale * scale


def amount_text(wan: int) -> str:
    """亿元 as entered, to the last 万元."""
    text = yi_text(wan, 4)
    return f"{text.rstrip('0').rstrip('.')} 亿元"


def nearby(series: dict[int, int], year: int, reach: int = 2) -> list[int]:
    """The nearest amounts of a series before and after a year, at most `reach` on either side."""
    before = sorted((each for each in series if each < year), reverse=True)[:reach]
    after = sorted(each for each in series if each > year)[:reach]
    return [series[each] for each in (*before, *after) if series[each] > 0]
