"""How sure a year's list is under a scenario: the record's range, moved by what the plays differ.

The chance is the record's (`model.record.chance`); a scenario shifts it by the paired change over
the paths, on the same rates and the same luck. What is played supplies nothing but the difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Integers
from portfolio.model.measures.years import judged_from
from portfolio.model.portfolio import Portfolio
from portfolio.model.record.amounts import baseline_amounts, scenario_amounts
from portfolio.model.record.chance import YearChance, chance_of, list_plan_of
from portfolio.model.study.paths import Paths

#: The running year and the next are told.
TOLD_YEARS = 2


@dataclass(frozen=True, kw_only=True)
class ListChance:
    """A year's chance: what the record says, and by how much the scenario moves it.

    told : of the list as planned; it says itself why there is no chance, where there is none
    shift : paired change of the share of paths that reach the target, in parts of 1; 0 for the
        first scenario, None where the record says nothing
    median_change_wan : paired change of the list's outturn, the median over the paths
    """

    told: YearChance
    shift: float | None
    median_change_wan: int | None = None

    @property
    def year(self) -> int:
        """The year."""
        return self.told.year

    @property
    def range(self) -> tuple[float, float] | None:
        """Least and most over the choices of rows, moved by the scenario, within 0 and 1."""
        found = self.told.range
        if found is None or self.shift is None:
            return None
        low, high = (min(1.0, max(0.0, end + self.shift)) for end in found)
        return low, high


@dataclass(frozen=True, kw_only=True)
class ListPaths:
    """What the chances of a scenario's years are made of.

    rates_bps : int32[path, year of play], 0 in a year without a table; shared by all scenarios
    base_paths, paths : of the first scenario and of this one, on the same luck
    """

    base: Portfolio
    base_paths: Paths
    portfolio: Portfolio
    paths: Paths
    rates_bps: Integers

    def of(self, year: int, target_wan: int | None = None) -> ListChance:
        """How sure a year is: of the target given, else of its own in this scenario."""
        told = chance_of(self.portfolio, year, target_wan)
        plan = list_plan_of(self.portfolio.targets, year)
        if told.range is None or plan is None or told.target_wan is None:
            return ListChance(told=told, shift=None)
        index, count = (
            year - self.base.calendar.first_year,
            min(len(self.base_paths), len(self.paths)),
        )
        before, after = (paths.drawn_wan[:count, index] for paths in (self.base_paths, self.paths))
        rates = self.rates_bps[:count, index]
        listed = baseline_amounts(np.full(count, plan.plan_wan, dtype=np.int64), rates)
        moved = scenario_amounts(listed, after, before)
        wanted = told.target_wan
        shift = float((moved >= wanted).mean() - (listed >= wanted).mean())
        change = int(np.median(moved - listed))
        return ListChance(told=told, shift=shift, median_change_wan=change)

    def told_years(self) -> tuple[ListChance, ...]:
        """The running year and the next, as far as they are planned."""
        first = judged_from(self.portfolio)
        last = self.portfolio.calendar.last_plan_year
        return tuple(self.of(year) for year in range(first, min(first + TOLD_YEARS, last + 1)))


def speaks_of_list(portfolio: Portfolio, year: int) -> bool:
    """Whether a chance of a year is the record's to tell: it is to come, and its list is planned.

    So it is, too, where the closed list runs down: the play could say nothing there. Else a chance
    is the share of the closed list's paths.
    """
    if year < judged_from(portfolio):
        return False
    planned = list_plan_of(portfolio.targets, year) is not None
    return planned or year > portfolio.calendar.last_full_list_year
