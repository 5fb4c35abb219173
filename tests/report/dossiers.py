"""Dossiers for the tests of reports: cheap stress tests and repairs, no solver behind them."""

from __future__ import annotations

import functools
from dataclasses import replace

from portfolio.model.calendar import SHIPPED
from portfolio.model.dossier import Dossier
from portfolio.model.measures.results import RunResult
from tests.report.reallocation_results import infeasible_of, repair_of
from tests.report.results import shipped_run
from tests.report.stress_results import shipped_pair

#: The end of September 2024.
QUARTER = SHIPPED.quarter_of(2024, 3)
#: The first year a repair of these tests may change (2022).
FIRST = 1


NO_STRESS, NO_REPAIR = "未做压力测试", "未求调整方案"


def dossier_of(run: RunResult, quarter: int = QUARTER) -> Dossier:
    """Any run, played only."""
    return Dossier(run=run, quarter=quarter, no_stress=NO_STRESS, no_repair=NO_REPAIR)


@functools.cache
def played_dossier(scenario: str | None = None, quarter: int = QUARTER) -> Dossier:
    """The shipped workbook under a scenario, played only."""
    return dossier_of(shipped_run(scenario), quarter)


@functools.cache
def full_pair() -> tuple[Dossier, ...]:
    """The baseline and 三碰头, both stress-tested, the second repaired."""
    base, other = shipped_pair()
    return (
        Dossier(run=base.run, quarter=QUARTER, stress=base, no_repair="没有冲击，无须调整"),
        Dossier(run=other.run, quarter=QUARTER, stress=other, repair=repair_of(other.run, FIRST)),
    )


def infeasible_dossier() -> Dossier:
    """三碰头 without any plan that satisfies the rules."""
    dossier = full_pair()[1]
    return replace(dossier, repair=infeasible_of(dossier.run, FIRST))
