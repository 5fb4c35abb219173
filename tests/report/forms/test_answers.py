"""Forms of a shock: gaps in place of a plan, annexes that sum, options on one page."""

from __future__ import annotations

import functools
import io
from dataclasses import replace

import openpyxl
import pytest

from portfolio import workflows
from portfolio.model.forms.answers.budget_change import Annex, budget_change
from portfolio.model.forms.answers.options import Answer, Name, less_done_wan, options
from portfolio.model.forms.lines import Rank
from portfolio.model.forms.source import Source
from portfolio.model.measures.answers.answer import shock_answer
from portfolio.model.problems import InputError
from portfolio.model.reallocation.findings import played_run
from portfolio.model.reallocation.settings import WayName
from portfolio.report.excel.forms import form_bytes
from portfolio.report.excel.forms.sheet import live_sums, too_small
from portfolio.report.json.forms import forms_json
from portfolio.report.tables.forms import BY_NUMBER
from portfolio.report.tables.forms.form import Form
from portfolio.report.tables.forms.options import lead
from portfolio.report.words.answers.answer import answer_sentence
from tests.report.forms.test_sums import number_of
from tests.report.reallocation_results import (
    shipped_repair,
    small_infeasible,
    small_repair,
    unmoved_repair,
)
from tests.report.results import example_run, example_workbook

SHOCK = "专项债券:2027=-30%"
NUMBERS = ("3B", "4", "5", "7")


@functools.cache
def shocked_forms() -> dict[str, Form]:
    """Every form of the example under a shock, its repairs solved once."""
    made = workflows.forms(example_workbook(), [], [SHOCK], numbers=NUMBERS)
    return {form.number: form for form in made.forms}


def cells(form: Form) -> str:
    """All that stands in a form's workbook."""
    book = openpyxl.load_workbook(io.BytesIO(form_bytes(form)), data_only=True)
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    return "\n".join(str(value) for row in rows for value in row if value is not None)


# --- Whole forms of the example


def test_a_shock_above_the_limit_prints_gaps_and_never_a_plan() -> None:
    form = shocked_forms()["3B"]
    assert form.title == "政府投资资金缺口表"
    assert [sheet.name for sheet in form.sheets] == ["缺口（按渠道）", "缺口（按大项）"]
    said = cells(form)
    assert "年度计划（草案）" not in said and "不得作为计划印发" in said
    bonds = next(line.row for line in form.sheets[0].lines if line.row.name == "地方政府专项债券")
    assert bonds.gap_wan == bonds.need_wan - bonds.limit_wan > 0 and bonds.light == "红"
    by_item = form.sheets[1].lines
    assert by_item[0].row.gap_wan == bonds.gap_wan
    assert sum(line.row.gap_wan for line in by_item if line.rank is Rank.PART) == bonds.gap_wan


def test_a_scenario_that_keeps_to_the_limits_prints_the_plan_as_played() -> None:
    made = workflows.forms(example_workbook(), [], ["专项债券:2027=+10%"], numbers=["3B"])
    (form,) = made.forms
    assert form.title == "政府投资年度计划"
    assert all(sheet.played for sheet in form.sheets)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_page_of_a_shock_says_that_it_was_played(number: str) -> None:
    form = shocked_forms()[number]
    book = openpyxl.load_workbook(io.BytesIO(form_bytes(form)))
    for sheet in form.sheets:
        if sheet.name != "还本付息":  # of issued bonds: nothing of it is played
            assert "推演，非统计" in (book[sheet.name].oddHeader.center.text or "")
    assert too_small(form.sheets) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_sums_of_a_shocks_forms_are_all_that_stands_below(number: str) -> None:
    for sheet in shocked_forms()[number].sheets:
        live = list(live_sums(sheet))
        for k, line in enumerate(sheet.lines):
            for key in live[k]:
                below = range(k + 1, k + 1 + line.parts)
                plain = [
                    number_of(sheet, key, sheet.lines[n].row) for n in below if key not in live[n]
                ]
                told = [wan for wan in plain if wan is not None]
                assert number_of(sheet, key, line.row) == sum(told), (sheet.name, k, key)


def test_the_annexes_say_what_they_are_not() -> None:
    form = shocked_forms()["5"]
    said = cells(form)
    assert "项目附表（草稿）" in form.title
    assert "由财政部门编制，本表不平衡、不代替附件一" in said
    assert "年预算尚未批准：列入预算草案（人代会），不是预算调整" in said
    # What keeps the rules lights nothing; the limit and balance are the bureau's to tell.
    assert "不得新增专项债" not in said
    annex = next(sheet for sheet in form.sheets if sheet.name == "附件二")
    assert all(annex.fields["limit_wan"].value(line.row) is None for line in annex.lines)
    for sheet in form.sheets:
        for line in sheet.lines:
            told = {key: number_of(sheet, key, line.row) or 0
                    for key in ("before_wan", "up_wan", "down_wan", "after_wan")}  # fmt: skip
            assert told["before_wan"] + told["up_wan"] - told["down_wan"] == told["after_wan"]


def test_options_stand_on_one_page_with_what_comes_of_them() -> None:
    form = shocked_forms()["7"]
    (sheet,) = form.sheets
    book = openpyxl.load_workbook(io.BytesIO(form_bytes(form)))
    assert (book[sheet.name].page_setup.fitToHeight or 1) == 1
    rows = {line.row.name: line.row for line in sheet.lines}
    assert list(rows) == [Name.NOTHING, Name.FEW, Name.KNEE, Name.FULL]
    first = [row.less_by_year_wan[0] for row in rows.values()]
    assert first[0] > first[1] > max(first[2:])  # few moves do something, many do more
    assert [row.moves for row in rows.values()] == sorted(row.moves for row in rows.values())
    assert all(row.sure is not None for row in rows.values())
    assert "不得照此申报" not in " ".join(sheet.notes)  # as form 5 says of the same repair
    run = example_run(None, SHOCK)
    assert sheet.lead.startswith(answer_sentence(run))
    shock = shock_answer(run)
    nothing = rows[Name.NOTHING]
    assert (nothing.less_by_year_wan[0], nothing.less_wan) == (shock.less_wan, shock.less_years_wan)
    assert len(nothing.affected) == len(shock.hits)
    assert sheet.lead in cells(form)


def test_forms_of_a_shock_as_data_hold_the_same_figures() -> None:
    form = shocked_forms()["7"]
    (data,) = forms_json([form])["forms"]
    lines = data["sheets"][0]["lines"]
    assert [line["less_wan"] for line in lines] == [
        line.row.less_by_year_wan[0] for line in form.sheets[0].lines
    ]
    assert data["sheets"][0]["lead"] == form.sheets[0].lead


# --- What can't be made


def test_answers_need_a_shock() -> None:
    with pytest.raises(InputError) as error:
        workflows.forms(example_workbook(), numbers=["5", "7"])
    told = [(problem.place, problem.found) for problem in error.value.problems]
    assert told == [("表5", "没有冲击情景"), ("表7", "没有冲击情景")]
    assert all("--set" in problem.fix for problem in error.value.problems)


def test_a_repair_that_cannot_be_had_or_moves_nothing_makes_no_annexes() -> None:
    lacks = BY_NUMBER["5"].lacks
    for repair, found in (
        (small_infeasible(), "在规则之内没有可行的调整方案"),
        (unmoved_repair(), "这个情景不需要调整"),
    ):
        told = lacks(Source(run=repair.run, repair=repair))
        assert told is not None and told[0] == found


# --- Values


def test_moves_are_in_one_annex_each_and_none_is_lost() -> None:
    repair = small_repair()
    made = budget_change(repair)
    parts = [change for annex in Annex for group in made.of(annex) for change in group.changes]
    assert len(parts) == len(repair.moves)
    assert made.up_wan - made.down_wan == sum(move.change_wan for move in repair.moves)
    for annex in Annex:
        for group in made.of(annex):
            assert group.before_wan + group.up_wan - group.down_wan == group.after_wan


def test_a_year_is_adjusted_once_its_budget_is_voted_and_drafted_before() -> None:
    # Decided in the quarter after the last one past: the year of that one has its budget.
    repair = small_repair()
    made = budget_change(repair)
    first = repair.calendar.first_year
    year = first + (repair.case.asof_quarter // 4)
    assert made.voted(year)
    assert not made.voted(first + (repair.case.asof_quarter + 4) // 4 + 1)


def test_doing_nothing_loses_what_the_play_loses() -> None:
    repair = small_repair()
    run, year = repair.run, repair.run.calendar.first_year + repair.case.first_year
    found = options(
        run,
        year,
        [Answer(name=Name.FULL, run=played_run(repair), moves=repair.moves, proven=True)],
    )
    nothing, full = found.options
    k = year - run.calendar.first_year
    assert nothing.less_by_year_wan[0] == int(less_done_wan(run, run)[k].sum())
    assert nothing.moves == nothing.up_wan == nothing.down_wan == 0 and not nothing.approvals
    assert full.up_wan - full.down_wan == sum(move.change_wan for move in repair.moves)
    assert sum(row.moves for row in full.approvals) == len(repair.moves)
    amounts = [row.less_wan for row in nothing.affected]
    assert amounts == sorted(amounts, reverse=True)


@pytest.mark.parametrize("name", [WayName.FEW, WayName.KNEE])
def test_the_first_line_is_of_the_repair_that_is_offered(name: WayName) -> None:
    """Forms 5 and 7 speak of one: not always of the knee."""
    base = shipped_repair()
    answers = [
        Answer(name=each, run=played_run(base), moves=base.moves[:few], proven=True)
        for few, each in ((3, Name.FEW), (5, Name.KNEE))
    ]
    found = options(base.run, 2024, answers)
    source = Source(run=base.run, repair=replace(base, name=name), options=found)
    said = lead(source, found)
    assert f"“{name}”方案{3 if name is WayName.FEW else 5}笔" in said
    assert lead(replace(source, repair=None), found) == answer_sentence(base.run)
