"""The key figures on the shipped workbook: facts as printed, and the play's counted anew."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED
from portfolio.model.dossier import Dossier
from portfolio.report.words.meeting import KeyFigure, key_figures
from portfolio.report.words.sources import target_source
from tests.examples import examples
from tests.report.dossiers import dossier_of
from tests.report.results import result_of, shipped_run
from tests.strategies import portfolios

SCENARIOS = (None, "专项债大幅收紧", "三碰头")


def shipped(scenario: str | None = None, quarter: int = SHIPPED.quarter_of(2023, 3)) -> Dossier:
    return dossier_of(shipped_run(scenario), quarter)


def read(dossier: Dossier, name: str) -> str:
    """A figure by the end of its name."""
    return next(f.reads for f in key_figures(dossier) if f.name.endswith(name))


def test_the_published_totals_read_as_published():
    """规划纲要附件 1：58 个大项，总投资 50,394 亿元，“十四五” 26,788 亿元."""
    dossier = shipped()
    assert read(dossier, "总投资") == "50,394.0"
    assert read(dossier, "2021—2025 年投资（规划）") == "26,788.0"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_money_and_rates_are_those_of_the_play_counted_anew(scenario):
    dossier = shipped(scenario)
    run = dossier.run
    tenth = Decimal("0.1")
    done = Decimal(int(run.outcome.drawn_wan[8:11].sum()))
    plan = Decimal(int(run.portfolio.plan_wan[2].sum()))
    whole = Decimal(int(run.outcome.drawn_wan[8:12].sum()))

    def reads(value: Decimal) -> str:
        return f"{value.quantize(tenth, rounding=ROUND_HALF_UP):,}"

    assert read(dossier, "1—9 月完成投资（推演数）") == reads(done / 10_000)
    assert read(dossier, "2023 年计划投资") == reads(plan / 10_000)
    assert read(dossier, "预计完成投资") == reads(whole / 10_000)
    assert read(dossier, "比年度计划少完成（按形象进度）") == reads(
        max(Decimal(0), plan - whole) / 10_000
    )
    assert read(dossier, "占年度计划") == reads(done / plan * 100)
    assert read(dossier, "超（欠）序时进度") == reads(done / plan * 100 - 75)


def test_a_figure_that_is_none_reads_as_a_dash():
    none = KeyFigure(name="目标", value=None, unit="亿元", source="")
    rate = KeyFigure(name="率", value=Fraction(-1, 8), unit="个百分点", source="")
    count = KeyFigure(name="数", value=1234, unit="个", source="")
    assert [none.reads, rate.reads, count.reads] == ["—", "-12.5", "1,234"]


@examples(20)
@given(portfolios(), st.integers(0, 59))
def test_any_portfolio_has_its_figures(portfolio, quarter):
    dossier = dossier_of(result_of(portfolio), quarter)
    figures = key_figures(dossier)
    assert len({f.name for f in figures}) == len(figures) == 13
    assert all(f.reads and f.source for f in figures)
    assert target_source(dossier.run, 2021 + quarter // 4) == "该年没有目标"
