"""Projects are read as listed and held against their item; their years may become the plan's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED as CALENDAR
from portfolio.model.problems import InputError, Problem
from portfolio.model.schema import sheet_named
from portfolio.model.schema.projects import YEAR_KEYS
from portfolio.read.workbook import read_workbook
from portfolio.read.workbook.plan import read_known_years
from portfolio.read.workbook.projects import read_projects
from portfolio.read.workbook.projects.sums import Listed, check_sums, whole_years
from portfolio.read.workbook.sheets.rows import Findings
from portfolio.read.workbook.tables import read_table
from tests.listed_projects import cut, made_tables, made_workbook
from tests.read.sheets_in_memory import Page, in_memory, judged
from tests.read.shipped import place, put, put_row
from tests.read.workbook.facts_in_memory import known, shipped

SHEET = sheet_named("项目", CALENDAR)
KNOWN_YEARS = sheet_named("年度计划", CALENDAR)
#: 城市轨道交通, in 万元.
METRO = next(item for item in shipped().portfolio.items if item.no == 24)
PLAN = shipped().portfolio.plan_wan.sum(axis=1)[:, shipped().portfolio.position[24]].tolist()
Given = dict[str, Any]


def yi(wan: int) -> float:
    return wan / 10_000


def grid_of(sheet: Any, rows: Sequence[Given]) -> Any:
    keys = [column.key for column in sheet.columns]
    page = Page(title=sheet.name, rows=[[column.header for column in sheet.columns]])
    page.rows += [[row.get(key) for key in keys] for row in rows]
    return page.grid(formulas=False)


def listed(
    rows: Sequence[Given], years: Sequence[Given] = ()
) -> tuple[tuple[Listed, ...], list[Problem]]:
    """What the reader makes of the sheet, beside rows of 年度计划."""
    findings, background = Findings(), known()
    table = read_table(SHEET, grid_of(SHEET, rows), findings)
    found = read_projects(table, background.index, background.items, CALENDAR, findings)
    told = read_table(KNOWN_YEARS, grid_of(KNOWN_YEARS, years), findings)
    given_years = read_known_years(told, background.index, findings)
    check_sums(found, background.items, given_years, CALENDAR, findings)
    return found, findings.problems


def metro(weights: Sequence[int], **more: Any) -> list[Given]:
    """城市轨道交通 cut among projects, all years told."""
    earlier = cut(METRO.earlier_wan, weights)
    by_year = [cut(wan, weights) for wan in PLAN]
    return [
        {
            "code": f"A-{k + 1}", "name": f"{k + 1}号线", "item_no": 24,
            "earlier_wan": yi(earlier[k]), "total_wan": yi(earlier[k] + sum(y[k] for y in by_year)),
            **{key: yi(money[k]) for key, money in zip(YEAR_KEYS, by_year, strict=True)}, **more,
        }
        for k in range(len(weights))
    ]  # fmt: skip


def test_projects_are_read_as_listed():
    found, problems = listed(metro([1, 3], owner="市交通局", tier="市本级", finish="2027年底"))
    assert not problems
    project = found[1].value
    assert (project.code, project.name, project.item_no) == ("A-2", "2号线", 24)
    assert (project.owner, project.tier, project.finish) == ("市交通局", "市本级", "2027年底")
    assert project.is_whole
    assert sum(each.value.total_wan or 0 for each in found) == METRO.total_wan


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_a_cut_to_the_wan_agrees_with_its_item_and_gives_its_years(weights):
    found, problems = listed(metro(weights))
    assert not problems
    years = whole_years(found, known().items, CALENDAR)
    assert [years[24, year] for year in CALENDAR.plan_years] == PLAN


@given(
    st.lists(st.integers(1, 50), min_size=2, max_size=5),
    st.integers(0, 4),
    st.sampled_from(["total_wan", "earlier_wan", *YEAR_KEYS]),
    st.integers(1, 10**6),
)
@settings(max_examples=40, deadline=None)
def test_one_wan_more_anywhere_is_a_problem(weights, which, key, more):
    rows = metro(weights)
    row = rows[which % len(rows)]
    row[key] = yi(round(row[key] * 10_000) + more)
    assert listed(rows)[1]


def test_totals_that_differ_name_the_cell_and_both_sums():
    rows = metro([1, 1])
    rows[1]["total_wan"] += 2
    (problem,) = [p for p in listed(rows)[1] if "总投资" in p.found]
    assert problem.place == place("项目", "total_wan", 3)
    total = METRO.total_wan // 10_000
    assert f"合计 {total + 2:,} 亿元" in problem.found
    assert f"项目清单的 {total:,} 亿元多 2 亿元" in problem.found


def test_too_little_in_all_asks_for_a_row_of_the_rest():
    rows = [{"code": "A", "name": "一号线", "item_no": 24, "total_wan": 100}]
    (problem,) = listed(rows)[1]
    assert "少" in problem.found
    assert "未分解" in problem.fix


def test_where_some_tell_nothing_a_smaller_sum_is_fine():
    rows = [
        {"code": "A", "name": "一号线", "item_no": 24, "total_wan": 100, "year5_wan": 20},
        {"code": "B", "name": "二号线", "item_no": 24},
    ]
    assert not listed(rows)[1]
    rows[0]["total_wan"] = yi(METRO.total_wan) + 1
    (problem,) = listed(rows)[1]
    assert "多" in problem.found


def test_years_of_which_some_are_told_are_fine_and_make_no_plan():
    rows = metro([2, 3])
    for row in rows:
        for key in YEAR_KEYS[6:]:
            row[key] = None
    found, problems = listed(rows)
    assert not problems
    assert not whole_years(found, known().items, CALENDAR)


def test_a_year_of_the_plan_sheet_must_agree():
    year = CALENDAR.first_year + 5
    same = [{"item_no": 24, "year": year, "money_wan": yi(PLAN[5]), "provenance": "D001"}]
    assert not listed(metro([1, 2]), same)[1]
    other = [{**same[0], "money_wan": yi(PLAN[5]) + 3}]
    (problem,) = listed(metro([1, 2]), other)[1]
    assert problem.place == place("项目", "year5_wan", 3)
    assert place("年度计划", "money_wan", 2) in problem.found


def test_money_of_the_period_must_agree():
    rows = metro([1, 2])
    moved = 5
    rows[0]["year2_wan"] -= moved
    rows[0]["year7_wan"] += moved
    said = [problem.found for problem in listed(rows)[1]]
    assert len(said) == 2
    assert "“十四五”投资" in said[0]
    assert "2025 年后投资" in said[1]


def test_empty_years_of_a_project_whose_money_is_all_told_are_nothing():
    rows = metro([1])
    zeros = [key for key in YEAR_KEYS if not rows[0][key]]
    rows[0].update(dict.fromkeys(zeros))
    found, problems = listed(rows)
    assert not problems
    assert whole_years(found, known().items, CALENDAR)[24, 2035] == PLAN[14]


def test_years_beyond_the_project_are_a_problem_of_its_row():
    rows = metro([1, 1])
    rows[0]["year3_wan"] += 1000
    places = [problem.place for problem in listed(rows)[1]]
    assert place("项目", "year14_wan", 2) in places


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        ({"code": "A-1"}, "code", "“A-1”重复"),
        ({"code": None}, "code", "是空的"),
        ({"item_no": 999}, "item_no", "没有序号 999"),
        ({"item_name": "机场"}, "item_name", "城市轨道交通"),
        ({"tier": "省"}, "tier", "不在可选范围内"),
        ({"start": "2027-05", "finish": "2026-01"}, "finish", "早于开工"),
    ],
)
def test_what_is_wrong_with_a_row_names_its_cell(changes, key, said):
    rows = metro([1, 1])
    rows[1].update(changes)
    found = {problem.place: problem.found for problem in listed(rows)[1]}
    assert said in found[place("项目", key, 3)]


def test_a_code_of_an_item_is_no_projects():
    book = in_memory()
    put(book, "项目清单", "code", 2, "X-1")
    put_row(book, "项目", 2, code="X-1", name="甲", item_no=24)
    with pytest.raises(InputError, match="项目代码“X-1”是大项"):
        judged(book)


def test_a_year_outside_the_plan_is_not_left_out_unsaid():
    book = in_memory()
    page = book["项目"]
    page.rows[0].append("2019年投资（亿元）")
    put_row(book, "项目", 2, code="X-1", name="甲", item_no=24)
    with pytest.raises(InputError, match="2019年投资（亿元）”不在计划年份"):
        judged(book)


def test_columns_of_few_years_are_enough_and_a_year_of_another_number_is_no_misspelling():
    book = in_memory()
    page = book["项目"]
    kept = [c for c in SHEET.columns if c.key not in YEAR_KEYS or c.key == "year5_wan"]
    page.rows = [[column.header for column in kept], ["X-1", "甲", 24]]
    page.rows[1] += [None] * 8 + [yi(METRO.total_wan), None, 2.25]
    (project,) = judged(book).portfolio.projects
    assert (project.total_wan, project.year_wan(5), project.year_wan(6)) == (
        METRO.total_wan,
        22_500,
        None,
    )


@pytest.mark.parametrize(
    ("alias", "said"),
    [
        ("国铁干线", "大项名称"),
        ("机场", "别名相同"),
        ("24", "会被当作序号"),
        ("20-24", "会被当作序号"),
        ("全部", "会被当作序号"),
    ],
)
def test_an_alias_means_one_item(alias, said):
    book = in_memory()
    row = next(k for k, cells in enumerate(book["项目清单"].rows, start=1) if cells[0] == 44)
    put(book, "项目清单", "aliases", row, f"中小学；{alias}")
    with pytest.raises(InputError) as raised:
        judged(book)
    found = {problem.place: problem.found for problem in raised.value.problems}
    assert said in found[place("项目清单", "aliases", row)]


def test_an_alias_may_be_a_part_of_another_name():
    book = in_memory()
    row = next(k for k, cells in enumerate(book["项目清单"].rows, start=1) if cells[0] == 44)
    put(book, "项目清单", "aliases", row, "轨道")
    assert judged(book).portfolio.item(44).aliases == ("轨道",)


def test_no_sheet_and_an_empty_one_are_no_projects():
    book = in_memory()
    assert judged(book).portfolio.projects == ()
    del book["项目"]
    assert judged(book).portfolio.projects == ()


def test_200_projects_whose_years_are_all_told_make_the_plan(tmp_path):
    path = made_workbook(tmp_path / "项目.xlsx", made_tables(3))
    read = read_workbook(path)
    assert len(read.portfolio.projects) == 200
    assert len({project.owner for project in read.portfolio.projects}) == 14
    assert np.array_equal(read.portfolio.plan_wan, shipped().portfolio.plan_wan)
    assert len(read.known_years) == 15 * len(read.portfolio.items)


def test_moved_between_years_of_one_item_the_plan_moves_with_its_projects(tmp_path):
    tables = made_tables(3)
    row = next(row for row in tables["项目"] if row["item_no"] == 24)
    row[YEAR_KEYS[1]] = int(row[YEAR_KEYS[1]] or 0) + 1_000
    row[YEAR_KEYS[2]] = int(row[YEAR_KEYS[2]] or 0) - 1_000
    moved = read_workbook(made_workbook(tmp_path / "项目.xlsx", tables)).portfolio
    change = moved.plan_wan.sum(axis=1) - shipped().portfolio.plan_wan.sum(axis=1)
    at = moved.position[24]
    assert change[:3, at].tolist() == [0, 1_000, -1_000]
    assert not np.delete(change, at, axis=1).any()
