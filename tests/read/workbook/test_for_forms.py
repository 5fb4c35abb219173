"""Sheets that only forms show: read as they stand, and every slip is told with its cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from portfolio.model.calendar import SHIPPED as CALENDAR
from portfolio.model.forms.entered import Category, Entered, State, Thresholds
from portfolio.model.problems import InputError, Problem
from portfolio.model.schema import sheet_named
from portfolio.model.schema.for_forms import FOR_FORMS
from portfolio.read.workbook import read_workbook
from portfolio.read.workbook.for_forms import form_questions, read_for_forms
from portfolio.read.workbook.sheets.rows import Findings
from portfolio.read.workbook.tables import read_table
from tests.listed_projects import made_tables, made_workbook
from tests.read.sheets_in_memory import Page
from tests.read.workbook.facts_in_memory import known

Given = dict[str, Any]
BOND: Given = {
    "bond_name": "甲债", "bond_code": "X1", "item_no": 4, "amount_wan": 2, "issue_wan": 2,
}  # fmt: skip
TROUBLE: Given = {
    "no": "2026-001", "item_no": 4, "category": "用地", "problem": "未批", "state": "在办",
}  # fmt: skip


def read(**sheets: Sequence[Given]) -> tuple[Entered, list[Problem], tuple[Problem, ...]]:
    """What the reader makes of rows by sheet, what is wrong and what is asked."""
    findings, tables = Findings(), {}
    for each in FOR_FORMS:
        sheet = sheet_named(each.name, CALENDAR)
        page = Page(title=sheet.name, rows=[[column.header for column in sheet.columns]])
        keys = [column.key for column in sheet.columns]
        page.rows += [[row.get(key) for key in keys] for row in sheets.get(sheet.name, ())]
        tables[sheet.name] = read_table(sheet, page.grid(formulas=False), findings)
    told = read_for_forms(tables, None, known(), findings)
    return told.as_of(70), findings.problems, form_questions(told.entered, tables)


def problem_of(**sheets: Sequence[Given]) -> Problem:
    _, problems, _ = read(**sheets)
    assert len(problems) == 1, problems
    return problems[0]


def test_a_bond_is_read_with_its_money_in_wan():
    entered, problems, asked = read(专项债券=[{**BOND, "rate": 0.0215, "allotted_wan": 1.5}])
    assert not problems and not asked
    (bond,) = entered.bonds
    assert (bond.bond_code, bond.amount_wan, bond.allotted_wan) == ("X1", 20_000, 15_000)
    assert bond.rate == pytest.approx(0.0215)
    assert bond.spent_wan is None  # not told is not 0


@pytest.mark.parametrize(
    ("more", "cell"),
    [
        ({"allotted_wan": 2.5}, "已拨付 2.5 亿元，多于本期债券金额 2 亿元"),
        ({"allotted_wan": 1, "spent_wan": 1.2}, "已支出 1.2 亿元，多于已拨付 1 亿元"),
        ({"capital_wan": 3}, "用作资本金 3 亿元，多于本期债券金额 2 亿元"),
        ({"issue_wan": 1}, "本期债券金额 2 亿元，多于发行额 1 亿元"),
        ({"item_no": 999}, "项目清单中没有序号 999"),
        ({"project_code": "没有的"}, "项目表中没有代码“没有的”"),
    ],
)
def test_a_bond_that_cannot_be_is_told(more: Given, cell: str):
    problem = problem_of(专项债券=[{**BOND, **more}])
    assert problem.found == cell
    assert problem.place.startswith("专项债券!")
    assert problem.fix


def test_a_bond_whose_parts_are_not_its_issue_is_asked_about():
    entered, problems, asked = read(专项债券=[{**BOND, "issue_wan": 5}])
    assert not problems and len(entered.bonds) == 1
    assert [each.found for each in asked] == ["债券 X1 各项目金额合计 2 亿元，发行额 5 亿元"]


def test_of_a_purse_no_more_is_handed_down_than_the_budget_in_force():
    purse = {"item_no": 4, "channel": "一般公共预算", "period": "2026-10", "initial_wan": 3}
    entered, problems, _ = read(资金台账=[{**purse, "issued_wan": 3}])
    assert not problems and entered.purses[0].issued_wan == 30_000
    problem = problem_of(资金台账=[{**purse, "adjusted_wan": 2, "issued_wan": 3}])
    assert problem.found == "指标已下达 3 亿元，多于预算 2 亿元"


def test_purses_and_last_years_figures_belong_to_the_asof():
    purse = {"item_no": 4, "channel": "一般公共预算", "initial_wan": 3}
    words = {"item_no": 4, "last_year_wan": 1}
    entered, problems, _ = read(
        资金台账=[{**purse, "period": "2026-09"}, {**purse, "period": "2026-12"}],
        月报补充=[
            {**words, "period": "2026-10", "works": "封顶"},
            {**words, "period": "2026-09", "last_year_wan": 9, "works": "出地面"},
        ],
    )
    assert not problems
    assert [each.until for each in entered.purses] == [69]
    assert entered.last_year_wan == {4: 10_000}
    assert entered.works == {4: "封顶"}  # the last in time, whatever row it stands in


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"state": "已销", "evidence": "照片"}, "状态是“已销”，没有销号日期"),
        ({"state": "已销", "closed_on": "2026-10-09"}, "状态是“已销”，没有佐证"),
        ({"state": "延期"}, "状态是“延期”，没有写新时限"),
        ({"closed_on": "2026-10-09"}, "填了销号日期，状态是“在办”"),
        ({"moved_to": "2026-12-31"}, "填了“延期至”，状态是“在办”"),
    ],
)
def test_a_problem_is_closed_with_date_and_evidence_and_moved_with_a_new_date(
    more: Given, found: str
):
    assert problem_of(问题台账=[{**TROUBLE, **more}]).found == found


def test_a_problem_is_read():
    entered, problems, _ = read(问题台账=[TROUBLE])
    assert not problems
    (trouble,) = entered.troubles
    assert (trouble.category, trouble.state, trouble.is_open) == (
        Category.LAND, State.BEING_DONE, True,
    )  # fmt: skip


def _settings(**more: Any) -> Any:
    tables = dict(made_tables(1, 0))
    row = {
        "first_year": 2021, "period_last": 2025, "period_name": CALENDAR.period_name,
        "list_name": CALENDAR.list_name, "place": CALENDAR.place, **more,
    }  # fmt: skip
    return {**tables, "设置": [row]}


def test_from_where_lights_are_red_is_a_setting(tmp_path):
    assert Thresholds() == Thresholds(yellow_bps=500, red_bps=1000, idle_months=12)
    path = made_workbook(tmp_path / "a.xlsx", _settings(yellow_bps=300, idle_months=6))
    found = read_workbook(path).for_forms.thresholds
    assert found == Thresholds(yellow_bps=300, red_bps=1000, idle_months=6)
    path = made_workbook(tmp_path / "b.xlsx", _settings(yellow_bps=1200))
    with pytest.raises(InputError) as told:
        read_workbook(path)
    (problem,) = told.value.problems
    assert problem.found == "红灯界限 10 小于黄灯界限 12"
