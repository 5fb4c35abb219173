"""Dossiers for the tests of the briefing: the shipped workbook with stress tests and repairs."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.calendar import SHIPPED
from portfolio.model.dossier import Dossier
from portfolio.model.reallocation.result import Reallocation
from tests.report.dossiers import NO_STRESS, played_dossier
from tests.report.reallocation_results import infeasible_of, shipped_repair
from tests.report.stress_results import shipped_stress

NOW = SHIPPED.quarter_of(2023, 3)


def plain(scenario: str | None = None, quarter: int = NOW) -> Dossier:
    """A scenario without stress test and repair."""
    return played_dossier(scenario, quarter)


def stressed(scenario: str | None = None) -> Dossier:
    """A scenario with its stress test."""
    return replace(plain(scenario), stress=shipped_stress(scenario), no_stress=None)


def repaired(repair: Reallocation, quarter: int) -> Dossier:
    """A repaired scenario."""
    return Dossier(run=repair.run, quarter=quarter, repair=repair, no_stress=NO_STRESS)


def whole_repair() -> Dossier:
    """专项债大幅收紧 with stress test and repair."""
    return replace(stressed("专项债大幅收紧"), repair=shipped_repair(), no_repair=None)


def no_way_out() -> Dossier:
    """三碰头 with stress test, and no feasible repair."""
    whole = stressed("三碰头")
    return replace(whole, repair=infeasible_of(whole.run, 3), no_repair=None)
