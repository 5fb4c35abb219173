"""Form 1: sums without a rest, lights by 序时, figures equal to those of the play."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.approved import PlanVersion
from portfolio.model.facts import MONTHS
from portfolio.model.forms.entered import Category, Effect, State, Trouble
from portfolio.model.forms.finance.paid import purse_report
from portfolio.model.forms.lines import Rank, told_sum
from portfolio.model.forms.monthly import (
    NO_UNIT,
    UNALLOCATED,
    Amounts,
    Light,
    Monthly,
    _closed,
    monthly_report,
)
from portfolio.model.forms.source import Source
from portfolio.model.items import ProjectKind
from tests.forms_made import example_source, listed_source

NAMES = tuple(Amounts.__dataclass_fields__)


def row(done: int | None, plan: int | None, *, months: int = 10, **more: object) -> Monthly:
    amounts = Amounts(year_wan=done, plan_wan=plan)
    return Monthly(name="", amounts=amounts, months=months, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("done", "light"),
    [
        (7834, Light.GREEN),  # 78.34 % is 4.99 points behind 83.33 %
        (7833, Light.YELLOW),  # 5.003 points
        (7334, Light.YELLOW),
        (7333, Light.RED),  # 10.003 points
        (0, Light.RED),
        (12_000, Light.GREEN),
    ],
)
def test_lights_go_by_the_part_of_the_year_gone_by(done: int, light: Light):
    assert row(done, 10_000).light is light


def test_exactly_five_points_behind_is_green_and_ten_is_yellow():
    assert row(45, 100, months=6).light is Light.GREEN
    assert row(40, 100, months=6).light is Light.YELLOW


def test_no_light_where_nothing_is_told_or_nothing_has_begun():
    assert row(None, 100).light is None
    assert row(5, 0).light is None
    assert row(0, 100, begun=False).light is None


def test_works_that_stand_still_are_red_whatever_was_done():
    assert row(12_000, 10_000, stopped=True).light is Light.RED


def test_growth_is_against_last_years_same_months():
    def growth(now: int | None, then: int | None) -> Fraction | None:
        amounts = Amounts(year_wan=now, last_year_wan=then)
        return Monthly(name="", amounts=amounts, months=10).growth

    assert growth(110, 100) == Fraction(1, 10)
    assert growth(110, 0) is None
    assert growth(None, 100) is None
    assert growth(110, None) is None


AMOUNTS = st.builds(Amounts, **dict.fromkeys(NAMES, st.none() | st.integers(-(10**9), 10**9)))


@given(AMOUNTS, st.lists(AMOUNTS, min_size=1, max_size=5))
def test_projects_and_what_is_not_broken_down_are_their_item(whole: Amounts, parts: list[Amounts]):
    item = Monthly(name="大项", amounts=whole, months=10)
    rows = _closed(item, [Monthly(name="项目", amounts=part, months=10) for part in parts])
    assert [each.name for each in rows[: len(parts)]] == ["项目"] * len(parts)
    assert all(each.name == UNALLOCATED for each in rows[len(parts) :])
    for name in NAMES:
        told = told_sum(getattr(each.amounts, name) for each in rows)
        own = getattr(whole, name)
        if told is not None and own is not None:
            assert told == own, name


@pytest.mark.parametrize("source", [example_source, listed_source])
def test_all_is_the_sum_of_works_and_of_units_and_of_items(source):
    report = monthly_report(source())
    for lines in (report.works, report.projects, report.units):
        total, groups = lines[0].row.amounts, [x for x in lines if x.rank is Rank.GROUP]
        for name in NAMES:
            assert getattr(total, name) == told_sum(getattr(g.row.amounts, name) for g in groups)
        assert lines[0].row.count == sum(g.row.count for g in groups)
    assert report.works[0].row.amounts == report.units[0].row.amounts
    assert report.works[0].row.amounts == report.projects[0].row.amounts
    for lines in (report.works, report.projects):
        for k, line in enumerate(lines):
            if line.rank is not Rank.GROUP:
                continue
            items = [x for x in lines[k + 1 : k + 1 + line.parts] if x.rank is Rank.ITEM]
            for name in NAMES:
                of_items = told_sum(getattr(x.row.amounts, name) for x in items)
                assert getattr(line.row.amounts, name) == of_items


@pytest.mark.parametrize("source", [example_source, listed_source])
def test_the_year_is_the_one_that_the_play_tells_of(source):
    of = source()
    report, outlook = monthly_report(of), of.run.outlook
    assert outlook is not None
    total = report.works[0].row
    listed_before = {label.split()[0] for label in report.over}
    assert not listed_before  # nothing of the example is over: the list is whole
    assert total.amounts.year_wan == outlook.done_wan
    assert total.amounts.plan_wan == outlook.this.plan_wan
    assert total.amounts.forecast_wan == outlook.year_wan
    assert total.completion == outlook.completion
    assert total.ahead == outlook.ahead
    assert total.ahead_of_season == outlook.ahead_of_season


def test_projects_stand_under_their_item_and_units_answer_for_all():
    report = monthly_report(listed_source())
    projects = [line for line in report.projects if line.rank is Rank.PART]
    assert len([line for line in projects if line.row.name != UNALLOCATED]) == 200
    assert report.projects[0].row.count == 200
    units = [line.row.name for line in report.units[1:]]
    assert len(units) == 15  # 14 units, and what is told of items alone
    assert units[-1] == NO_UNIT
    alone = report.units[-1].row.amounts
    assert alone.year_wan is None  # every figure of facts has its project
    assert alone.forecast_wan is not None  # the play is of items


def test_problems_of_the_register_come_under_their_numbers():
    plain = example_source()
    trouble = Trouble(
        no="2026-009", item_no=4, project_code=None, category=Category.LAND, problem="用地未批",
        state=State.MOVED, effect=Effect.STOPPED, measure="补报", person="甲", due="2026-09-30",
        moved_to="2027-01-31",
    )  # fmt: skip
    closed = Trouble(
        no="2026-010", item_no=4, project_code=None, category=Category.WORKS, problem="塌方",
        state=State.CLOSED, closed_on="2026-10-09", evidence="照片",
    )  # fmt: skip
    from dataclasses import replace

    source = Source(run=plain.run, entered=replace(plain.entered, troubles=(trouble, closed)))
    report = monthly_report(source)
    found = next(line.row for line in report.works if line.row.no == "4")
    assert found.problem == "2026-009 用地未批"
    assert found.category == "用地"
    assert found.due == "2027-01-31"
    assert found.dealt_with == "2026-009 延期；2026-010 已销"
    assert found.light is Light.RED


def test_months_behind_are_counted_back_from_the_asof():
    def behind(*by_month: int | None, plan: int = 120) -> int | None:
        amounts = Amounts(plan_wan=plan, year_wan=by_month[-1])
        return Monthly(
            name="", amounts=amounts, months=len(by_month), by_month=by_month
        ).months_behind

    assert behind(9, 20, 29) == 1  # 10, 20, 30 were due: in the second month it was level
    assert behind(9, 19, 29) == 3
    assert behind(9, 25, 29, 39) == 2
    assert behind(9, None, 29) == 1
    assert behind(30, 30, 30) == 0
    assert behind(1, plan=0) is None


@pytest.mark.parametrize("source", [example_source, listed_source])
def test_units_had_done_by_every_month_what_all_had(source):
    report = monthly_report(source())
    total, units = report.units[0].row, [line.row for line in report.units[1:]]
    for month, done in enumerate(total.by_month):
        told = [unit.by_month[month] for unit in units if unit.by_month]
        assert told_sum(told) == done
    assert total.by_month[-1] == total.amounts.year_wan


def test_this_years_plan_is_the_approved_one_and_fills_channels_without_a_budget():
    """Item 26 is to bring 100 亿元 by 年初计划, 90 by 调整计划; item 49 has lottery money in both."""
    source = example_source()
    portfolio, year = source.portfolio, source.portfolio.calendar.first_year + source.year
    told = {budget.channel_id for budget in source.facts.budgets if budget.year == year}
    lottery = next(c.id for c in portfolio.channels if c.id not in told and "彩票" in c.name)
    bonds = next(c.id for c in portfolio.channels if "专项债券" in c.name)
    first = PlanVersion(
        title="年初计划", adjusts=False, year=year, approved_on="", document="某号", authority=None,
        effective=MONTHS * source.year, spans={},
        cells_wan={(26, bonds): 1_000_000, (49, lottery): 4_000},
    )  # fmt: skip
    second = replace(
        first, adjusts=True, effective=first.effective + 5,
        cells_wan={(26, bonds): 900_000, (49, lottery): 5_000},
    )  # fmt: skip
    versions = replace(portfolio, versions=(first, second))
    held = replace(source, run=replace(source.run, portfolio=versions))
    (item,) = (line.row for line in monthly_report(held).works if line.row.no == "26")
    assert item.amounts.plan_wan == 900_000
    assert item.completion == Fraction(item.amounts.year_wan, 900_000)
    name = portfolio.channels[portfolio.channel_position[lottery]].name
    (row,) = (
        line.row for line in purse_report(held).items if line.row.channel == name and line.row.no
    )
    assert (row.money.initial_wan, row.money.adjusted_wan) == (4_000, 5_000)
    bond_name = portfolio.channels[portfolio.channel_position[bonds]].name
    plain, now = (
        next(line.row for line in purse_report(each).channels if line.row.channel == bond_name)
        for each in (source, held)
    )
    assert now.money == plain.money  # a budget that is told goes before a plan


def test_works_begun_in_an_earlier_year_are_not_new():
    """The example writes 新开工 of projects without money before the first year; most began since."""
    source = listed_source()
    year = source.portfolio.calendar.first_year + source.year
    written = {each.code: each.project_kind for each in source.portfolio.projects}
    rows = [line.row for line in monthly_report(source).projects if line.row.code in written]
    new = [each for each in rows if written[each.code] is ProjectKind.NEW and each.started]
    assert new
    for each in new:
        begun_before = int(str(each.started)[:4]) < year
        assert each.kind is (ProjectKind.GOING_ON if begun_before else ProjectKind.NEW)
