"""The made-up workbook: marked as such, whole, read back without a problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from portfolio import workflows
from portfolio.model.facts import Facts
from portfolio.model.portfolio import Portfolio
from portfolio.read.workbook import read_input_tables
from portfolio.report.input_workbook import write_input_workbook
from tests.cli.command import contents, portfolio, too_wide

NAME = "示例-执行数.xlsx"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    done = portfolio("example", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "示例数据" in done.stdout
    assert not too_wide(done.stdout)
    return folder


@pytest.fixture(scope="module")
def made(folder: Path) -> Portfolio:
    return workflows.load_workbook(folder / "out" / "示例" / NAME).portfolio


@pytest.fixture(scope="module")
def facts(made: Portfolio) -> Facts:
    assert made.facts is not None
    return made.facts


def test_it_is_read_to_october_without_a_problem(folder: Path):
    checked = portfolio("check", f"out/示例/{NAME}", cwd=folder)
    assert checked.returncode == 0, checked.stderr
    assert "月度执行（示例数据）：截至 2026-10，采用 58 个大项的" in checked.stdout
    assert not too_wide(checked.stdout)


def test_the_same_program_makes_the_same_bytes_and_nothing_else(folder: Path, tmp_path: Path):
    assert portfolio("example", "-o", "elsewhere", cwd=tmp_path).returncode == 0
    first, again = contents(folder / "out" / "示例"), contents(tmp_path / "elsewhere")
    assert list(again) == [NAME]
    assert again == first


def test_written_once_more_it_holds_the_same(folder: Path, tmp_path: Path):
    tables = read_input_tables(folder / "out" / "示例" / NAME)
    write_input_workbook(tmp_path / "again.xlsx", tables)
    assert read_input_tables(tmp_path / "again.xlsx") == tables


def test_it_is_marked_as_made_up(facts: Facts):
    assert facts.example
    assert facts.asof_months == 70


def test_every_item_is_told_by_year_and_then_by_month_twelve_of_them_by_channel(
    made: Portfolio, facts: Facts
):
    assert {row.item_no for row in facts.rows} == {item.no for item in made.items}
    assert {row.months for row in facts.rows if row.first_month < 60} == {12}
    assert {row.months for row in facts.rows if row.first_month >= 60} == {1}
    assert len({row.item_no for row in facts.rows if row.channel_id}) == 12


def test_what_an_office_has_to_tell_is_in_it(made: Portfolio, facts: Facts):
    overspent = [row for row in facts.rows if row.approved_wan is not None]
    assert all(row.approved_wan > made.item(row.item_no).total_wan for row in overspent)
    drawn = {item.no: item.earlier_wan for item in made.items}
    for row in facts.rows:
        drawn[row.item_no] += row.done_wan or 0
    beyond = {row.item_no for row in overspent} & {
        item.no for item in made.items if drawn[item.no] > item.total_wan
    }
    assert len(overspent) >= 3
    assert beyond, "somebody drew more than was approved at first"
    finished = [row.completed_month for row in facts.rows if row.completed_month is not None]
    assert finished
    assert min(finished) < 69
    assert any((row.done_wan or 0) < 0 and row.provenance for row in facts.rows)
    assert any(row.problem and row.measure and row.due for row in facts.rows)
    assert {row.in_statistics for row in facts.rows} == {None, True, False}


def test_a_channel_stands_in_for_another(made: Portfolio, facts: Facts):
    """In the as-of's year some item drew of a pooled channel well beyond its planned part of it."""
    year = {}
    for row in facts.rows:
        if row.channel_id and row.first_month >= 60:
            cells = year.setdefault(row.item_no, {})
            cells[row.channel_id] = cells.get(row.channel_id, 0) + row.done_wan
    lacking, more = set(), set()
    for no, cells in year.items():
        plan, whole = made.plan_wan[5, :, made.position[no]], sum(cells.values())
        for channel in ("GPB", "SPB", "LAND"):
            part = int(plan[made.channel_position[channel]]) * whole // max(int(plan.sum()), 1)
            if part and cells.get(channel, 0) * 100 < part * 90:
                lacking.add(no)
            if part and cells.get(channel, 0) * 100 > part * 110:
                more.add(no)
    assert lacking & more


def test_budgets_and_what_was_carried_over_are_those_of_the_year(made: Portfolio, facts: Facts):
    pooled = {b.channel_id: b for b in facts.budgets if b.item_no is None}
    assert set(pooled) == {"GPB", "SPB", "LAND"}
    assert pooled["LAND"].adjusted_wan < pooled["LAND"].initial_wan
    for channel, budget in pooled.items():
        at = made.channel_position[channel]
        assert made.envelopes.pooled_ask_wan[5, at] == budget.budget_wan
        assert made.envelopes.pooled_reserve_wan[5, at] == 0
    assert {carried.year for carried in facts.carried_in} == {2026}
    assert all(carried.carried_wan > 0 for carried in facts.carried_in)
