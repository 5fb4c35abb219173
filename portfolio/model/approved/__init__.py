"""Versions of the plan that were approved, and which of them is in force.

A version fixes a year: what is planned in it by item and channel, and when each item is planned to
begin and to end. Nothing of it is played. What an item has done is held against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

#: An item's number and a channel's id.
Cell = tuple[int, str]
#: Planned start and finish of an item, quarter indexes; None where there is none.
Span = tuple[int | None, int | None]


@dataclass(frozen=True, kw_only=True)
class PlanVersion:
    """An approved version.

    title : 年初计划, 调整计划（第1次）; adjusts : it is 调整计划
    approved_on, document, authority : 批准日期, 文号, 机关
    effective : the month it is in force from, counted from January of the first year
    cells_wan : what is planned in the year by item and channel; what isn't there is 0
    spans : planned start and finish by item; an item that isn't there is none of the version's
    mark : 版本号
    """

    title: str
    adjusts: bool
    year: int
    approved_on: str
    document: str
    authority: str | None
    effective: int
    cells_wan: Mapping[Cell, int] = field(repr=False)
    spans: Mapping[int, Span] = field(repr=False)
    mark: str = ""

    @property
    def plan_wan(self) -> int:
        """The year's plan of all items."""
        return sum(self.cells_wan.values())

    @property
    def label(self) -> str:
        """As heads name it: which, its number, its date and who approved it."""
        return (
            f"{self.year}年{self.title}（{self.document}，{self.approved_on} "
            f"{self.authority or ''}批准）"
        )


def in_force(versions: Sequence[PlanVersion], month: int) -> PlanVersion | None:
    """The last version that is in force from a month, or from one before; None where none is."""
    return next((each for each in reversed(versions) if each.effective <= month), None)


def in_force_of_year(versions: Sequence[PlanVersion], year: int, month: int) -> PlanVersion | None:
    """The same of the versions of a year."""
    return in_force(of_year(versions, year), month)


def of_year(versions: Iterable[PlanVersion], year: int) -> tuple[PlanVersion, ...]:
    """The versions of a year, in their order."""
    return tuple(each for each in versions if each.year == year)
