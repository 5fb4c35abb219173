"""A month as it is closed: who sent what, what stops it, what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.month.further import FurtherRow
from portfolio.model.month.owed import Owed
from portfolio.model.month.registered import Values
from portfolio.model.month.returned import Asked, Returned, Weight
from portfolio.model.month.rows import MonthRow
from portfolio.model.month.seal import Closing
from portfolio.model.problems import Problem


class State(StrEnum):
    """How far a unit is."""

    CAME = "已收"
    WRONG = "退回"
    MISSING = "未收"
    AS_ZERO = "暂列 0"


@dataclass(frozen=True, kw_only=True)
class OfUnit:
    """A unit's part of the month; money of the month in 万元."""

    owed: Owed
    state: State
    files: tuple[str, ...]
    must_mend: int
    to_check: int
    done_wan: int


@dataclass(frozen=True, kw_only=True)
class Sheets:
    """All that came back for a month.

    asked : what disagrees, in the order of the units
    problems : rows of 问题台账 for the problems that are told for the first time
    further : what goes into 资金台账, 专项债券 and 月报补充
    """

    month: int
    label: str
    units: tuple[OfUnit, ...]
    returned: tuple[Returned, ...]
    asked: tuple[Asked, ...]
    rows: tuple[MonthRow, ...]
    problems: tuple[Values, ...] = ()
    further: tuple[FurtherRow, ...] = ()
    unread: tuple[Problem, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Units of which nothing came."""
        return tuple(one.owed.unit for one in self.units if one.state is State.MISSING)

    @property
    def must_mend(self) -> tuple[Asked, ...]:
        """What stops the month from being closed."""
        return tuple(one for one in self.asked if one.weight is Weight.MUST)

    @property
    def to_check(self) -> tuple[Asked, ...]:
        """What is asked about and stops nothing."""
        return tuple(one for one in self.asked if one.weight is not Weight.MUST)

    @property
    def may_close(self) -> bool:
        """Whether nothing stops it."""
        return not self.must_mend and not self.missing and not self.unread

    @property
    def done_wan(self) -> int:
        """完成投资 of the month."""
        return sum(_done(row) for row in self.rows)


def _done(row: MonthRow) -> int:
    told = row.values.get("done_wan")
    return told if isinstance(told, int) else 0


def of_units(
    owed: Sequence[Owed], returned: Sequence[Returned], asked: Sequence[Asked],
    rows: Sequence[MonthRow], without: Sequence[str],
) -> tuple[OfUnit, ...]:  # fmt: skip
    """Each unit's part, in the order of the list."""
    told = []
    for one in owed:
        files = tuple(each.file for each in returned if each.owed.unit == one.unit)
        mine = [each for each in asked if each.unit == one.unit]
        wrong = sum(each.weight is Weight.MUST for each in mine)
        sent = files or any(each.file for each in mine)
        state = State.WRONG if wrong else State.CAME if sent else State.MISSING
        if state is State.MISSING and one.unit in without:
            state = State.AS_ZERO
        told.append(
            OfUnit(
                owed=one, state=state, files=files or tuple({each.file for each in mine}),
                must_mend=wrong, to_check=len(mine) - wrong,
                done_wan=sum(_done(row) for row in rows if row.unit == one.unit),
            )
        )  # fmt: skip
    return tuple(told)


@dataclass(frozen=True, kw_only=True)
class ClosedMonth:
    """A month that was closed, or what stops it (`closing` None)."""

    sheets: Sheets
    closing: Closing | None
    version: str
    example: bool = False
