"""Facts by project are judged by project, summed to their item, and never counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.model.problems import InputError, Problem
from portfolio.model.projects import Project
from portfolio.read.workbook import read_workbook
from portfolio.read.workbook.facts import Fact, Known, read_executions
from portfolio.read.workbook.facts_in_time import check_in_time
from portfolio.read.workbook.projects.facts import summed, told_of_sums
from portfolio.read.workbook.sheets.rows import Findings
from portfolio.read.workbook.tables import read_table
from tests.listed_projects import cut, example_tables, facts_by_project, made_workbook, project_rows
from tests.read.sheets_in_memory import in_memory, judged
from tests.read.shipped import put_row
from tests.read.workbook.facts_in_memory import (
    SHEET,
    cell,
    fill,
    known,
    page_of,
    shipped,
    whole_years,
)

YI = 10_000
METRO = next(item for item in shipped().portfolio.items if item.no == 24)
Given = dict[str, Any]


def project(code: str, total: int | None, item_no: int = 24) -> Project:
    return Project(code=code, name=f"{code}号线", item_no=item_no, total_wan=total)


HALF = METRO.total_wan // 4
#: A quarter of 城市轨道交通, and the rest of it.
TWO = (project("A", HALF), project("B", METRO.total_wan - HALF))


def told(
    rows: Sequence[Given], projects: Sequence[Project] = TWO
) -> tuple[tuple[Fact, ...], list[Problem]]:
    """The items' facts that the reader makes of rows, and what is wrong with them."""
    background: Known = replace(known(), projects={each.code: each for each in projects})
    findings, later = Findings(), Findings()
    table = read_table(SHEET, page_of(rows).grid(formulas=False), findings)
    facts = summed(read_executions(table, background, findings), background, findings)
    check_in_time(facts, background, later)
    return facts, findings.problems + told_of_sums(later.problems, facts)


def row(code: str | None, period: str, done: float | None = None, **more: Any) -> Given:
    no = {"item_no": 24} if code is None else {"project_code": code}
    return {**no, "period": period, "done_wan": done, **more}


def test_projects_are_summed_by_period_channel_and_level():
    facts, problems = told(
        [
            row("A", "2026-01", 1, channel="地方政府专项债券", received_wan=2),
            row("C", "2026-01", 3, channel="地方政府专项债券"),
            row("B", "2026-01", 4, channel="地方政府专项债券", level="区"),
            row("A", "2026-02", 5),
            row(None, "2026-03", 6),
        ],
        (*TWO, project("C", None)),
    )
    assert problems == []
    sums = [
        (fact.value.first_month, fact.value.level, fact.value.done_wan, fact.value.received_wan)
        for fact in facts
    ]
    assert sums == [
        (60, None, 4 * YI, 2 * YI), (60, "区", 4 * YI, None), (61, None, 5 * YI, None),
        (62, None, 6 * YI, None),
    ]  # fmt: skip
    assert [fact.value.parts for fact in facts] == [2, 1, 1, 0]
    assert all(fact.value.item_no == 24 for fact in facts)


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=5),
    # None a thousand times another: that would be asked about.
    st.lists(st.just(0) | st.integers(5_000, 10**5), min_size=1, max_size=6),
)
@settings(max_examples=30, deadline=None)
def test_money_cut_among_projects_sums_to_the_wan(weights, months):
    projects = [project(str(k), wan) for k, wan in enumerate(cut(METRO.total_wan, weights))]
    rows = [
        row(each.code, f"2026-{month:02d}", part / YI)
        for month, money in enumerate(months, start=1)
        for each, part in zip(projects, cut(money, weights), strict=True)
    ]
    facts, problems = told(rows, projects)
    assert problems == []
    assert [fact.value.done_wan for fact in facts] == months


def test_the_item_may_be_named_and_must_agree():
    assert not told([row("A", "2026-01", 1, item_no=24, item_name="城市轨道交通")])[1]
    (problem,) = told([row("A", "2026-01", 1, item_no=22)])[1]
    assert problem.place == cell("item_no", 2)
    assert "属于大项 24" in problem.found
    (problem,) = told([row("A", "2026-01", 1, item_name="国铁干线")])[1]
    assert problem.place == cell("item_name", 2)


def test_a_row_of_nothing_and_an_unknown_code_are_problems():
    (problem,) = told([{"period": "2026-01", "done_wan": 1}])[1]
    assert (problem.place, problem.found) == (cell("item_no", 2), "“大项序号”是空的")
    (problem,) = told([row("AB", "2026-01", 1)], ())[1]
    assert problem.place == cell("project_code", 2)
    assert "请先在“项目”表中列出" in problem.fix


def test_the_code_of_an_item_means_the_item():
    book = in_memory()
    at = next(k for k, cells in enumerate(book["项目清单"].rows, start=1) if cells[0] == 24)
    put_row(book, "项目清单", at, code="I-24")
    rows = [r for r in whole_years(2021) if r["item_no"] != 24]
    fill(book, [*rows, row("I-24", "2021", 7)])
    facts = judged(book).portfolio.facts
    assert facts is not None
    assert [r.done_wan for r in facts.rows if r.item_no == 24] == [7 * YI]
    assert facts.by_project == ()


@pytest.mark.parametrize(
    "periods", [("2026-01", "2026-01"), ("2026Q1", "2026-02"), ("2026", "2026Q3")]
)
def test_an_item_and_its_project_in_one_time_are_counted_twice(periods):
    own, part = periods
    (problem,) = told([row("A", part, 1), row(None, own, 2)])[1]
    assert problem.place == cell("period", 3)
    assert "会算两次" in problem.found
    assert "第 2 行" in problem.found


def test_words_of_the_item_beside_money_of_its_projects_are_fine():
    _, problems = told([row("A", "2026-01", 1), row(None, "2026-01", problem="征地")])
    assert problems == []


def test_another_time_may_be_told_of_the_item():
    assert not told([row(None, "2025", 9), row("A", "2026-01", 1)])[1]


def test_projects_of_one_item_tell_a_time_alike():
    (problem,) = told([row("A", "2026Q1", 3), row("B", "2026-02", 1)])[1]
    assert problem.place == cell("period", 3)
    assert "都按月、都按季或都按年" in problem.fix


def test_one_project_split_by_channel_and_another_not_is_no_double_telling():
    rows = [row("A", "2026-01", 1, channel="地方政府专项债券"), row("B", "2026-01", 2)]
    assert not told(rows)[1]


@pytest.mark.parametrize(
    ("rows", "key", "at", "said"),
    [
        ([row("A", "2026-01", 1), row("A", "2026-01", 2)], "period", 3, "项目 A A号线"),
        ([row("A", "2026Q1", 1), row("A", "2026-02", 2)], "period", 3, "填了两次"),
        ([row("A", "2026-01", HALF / YI + 1)], "done_wan", 2, "比项目 A A号线 的总投资"),
        (
            [row("A", "2026-01", progress_bps=0.4), row("A", "2026-02", progress_bps=0.3)],
            "progress_bps", 3, "退到",
        ),
        ([row("A", "2026-01", 1), row("A", "2026-02", -2, problem="核减")], "done_wan", 3, "小于 0"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_project_is_told_of_it(rows, key, at, said):
    problems = told(rows)[1]
    assert problems[0].place == cell(key, at)
    assert said in problems[0].found
    assert "大项" not in problems[0].found


def test_what_is_wrong_with_a_sum_names_its_rows():
    whole = (project("A", None), project("B", None))
    much = METRO.total_wan / YI * 0.6
    problems = told([row("A", "2026-01", much), row("B", "2026-01", much)], whole)[1]
    assert problems[-1].place == cell("done_wan", 2)
    assert "（第 2、3 行 2 个项目的合计）" in problems[-1].found


# --- Progress, dates, 调整概算


def progress(rows: Sequence[Given], projects: Sequence[Project] = TWO) -> int | None:
    facts, problems = told(rows, projects)
    assert problems == []
    return facts[-1].value.progress_bps


def test_progress_is_the_mean_by_total_where_all_tell_it():
    rows = [row("A", "2026-01", progress_bps=0.8), row("B", "2026-01", progress_bps=0.4)]
    expected = (8000 * HALF + 4000 * (METRO.total_wan - HALF)) // METRO.total_wan
    assert progress(rows) == expected == 5000
    assert progress(rows[:1]) is None
    assert progress(rows, (project("A", HALF), project("B", None))) is None
    assert progress(rows, (project("A", HALF), project("B", HALF))) is None


def test_progress_of_the_item_itself_is_its_own():
    rows = [
        row(None, "2026-01", progress_bps=0.5),
        row("A", "2026-02", progress_bps=0.8), row("B", "2026-02", progress_bps=0.4),
    ]  # fmt: skip
    assert progress(rows) is None


def test_an_item_starts_with_the_first_project_and_ends_with_the_last():
    rows = [
        row("A", "2026-01", 1, started="2025-12"),
        row("B", "2026-02", 1, started="2024-06-01"),
        row("A", "2026-03", 0, completed="2026-03-10"),
    ]
    facts, problems = told(rows)
    assert problems == []
    assert [fact.value.started_month for fact in facts] == [None, 41, None]
    assert [fact.value.completed_month for fact in facts] == [None, None, None]
    facts, problems = told([*rows, row("B", "2026-04", 0, completed="2026-02-01")])
    assert problems == []
    assert [fact.value.completed_month for fact in facts] == [None, None, None, 62]


def test_an_approved_total_of_a_project_moves_that_of_its_item():
    rows = [
        row("A", "2026-01", 1, approved_wan=HALF / YI + 5),
        row("B", "2026-02", 1),
        row("A", "2026-03", 1, approved_wan=HALF / YI + 8),
    ]
    facts, problems = told(rows)
    assert problems == []
    assert [fact.value.approved_wan for fact in facts] == [
        METRO.total_wan + 5 * YI, None, METRO.total_wan + 8 * YI,
    ]  # fmt: skip


def test_an_approved_total_of_a_project_without_a_total_or_beside_the_items_own_is_a_problem():
    rows = [row("A", "2026-01", 1, approved_wan=9)]
    (problem,) = told(rows, (project("A", None),))[1]
    assert "没有它的总投资" in problem.found
    own = {**row(None, "2025", 1), "approved_wan": METRO.total_wan / YI + 1}
    rows = [row("A", "2026-01", 1, approved_wan=HALF / YI + 5), own]
    (problem,) = told(rows)[1]
    assert problem.place == cell("approved_wan", 2)


def test_words_of_projects_stand_under_their_names():
    facts, _ = told(
        [row("A", "2026-01", 1, problem="征地"), row("B", "2026-01", 1, problem="资金")]
    )
    assert facts[0].value.problem == "A号线：征地；B号线：资金"


# --- The whole workbook: up to when, what is asked, the same play


def book_with(rows: Sequence[Given]) -> Any:
    book = in_memory()
    for number, each in enumerate(TWO, start=2):
        total = {"total_wan": (each.total_wan or 0) / YI}
        put_row(book, "项目", number, code=each.code, name=each.name, item_no=24, **total)
    others = [r for r in whole_years(2025) if r["item_no"] != 24]
    others += [
        {"item_no": item.no, "period": f"2026-{month:02d}", "done_wan": 0}
        for item in known().items
        if item.no != 24
        for month in (1, 2, 3)
    ]
    return fill(book, [*others, *rows])


OWN = [row(None, str(year), 1) for year in range(2021, 2026)]


def test_a_project_that_has_begun_to_tell_goes_on():
    rows = [*OWN, *(row("A", f"2026-0{m}", 1) for m in (1, 2, 3)), row("B", "2026-01", 1)]
    book = judged(book_with(rows))
    assert book.portfolio.facts is not None
    assert book.portfolio.facts.asof_months == 61
    with pytest.raises(InputError, match="项目 B") as raised:
        judged(book_with(rows), "2026-03")
    assert "缺 2026-02 至 2026-03" in raised.value.problems[0].found


def test_the_item_may_tell_a_month_for_its_projects():
    rows = [*OWN, row("A", "2026-01", 1), row("B", "2026-01", 1)]
    rows += [row(None, f"2026-0{m}", 1) for m in (2, 3)]
    facts = judged(book_with(rows)).portfolio.facts
    assert facts is not None
    assert facts.asof_months == 63
    assert [each.project_code for each in facts.by_project] == ["A", "B"]
    assert facts.entered_rows == len(facts.rows) + 1


def test_a_silent_project_and_progress_of_some_are_asked_about():
    rows = [*OWN, *(row("A", f"2026-0{m}", 1, progress_bps=0.5) for m in (1, 2, 3))]
    asked = [question.found for question in judged(book_with(rows)).questions]
    assert any("B B号线" in each and "一行也没有" in each for each in asked)
    assert any("形象进度没有采用" in each and "B B号线" in each for each in asked)


def test_facts_cut_among_projects_are_the_facts_of_the_items(tmp_path):
    tables = dict(example_tables())
    by_item = read_workbook(made_workbook(tmp_path / "a.xlsx", tables)).portfolio
    rows, weights = project_rows(5, 90, years="none")
    tables = {
        **tables, "项目": rows, "月度执行": facts_by_project(tables["月度执行"], weights),
    }  # fmt: skip
    by_project = read_workbook(made_workbook(tmp_path / "b.xlsx", tables)).portfolio
    assert by_item.facts is not None
    assert by_project.facts is not None
    keys = ("item_no", "first_month", "months", "channel_id", "level", "done_wan", "received_wan",
            "paid_wan", "progress_bps", "approved_wan", "started_month", "completed_month")  # fmt: skip

    def seen(facts: Any) -> list[tuple[object, ...]]:
        return sorted((tuple(getattr(each, key) for key in keys) for each in facts.rows), key=repr)

    assert seen(by_project.facts) == seen(by_item.facts)
    assert np.array_equal(by_project.plan_wan, by_item.plan_wan)
    assert by_project.facts.asof_months == by_item.facts.asof_months
    entered = sum(row.done_wan or 0 for row in by_project.facts.by_project)
    assert entered == sum(row.done_wan or 0 for row in by_item.facts.rows)
