"""The sentence that comes first and its figures: in words, and the same in every output."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from portfolio.model.measures.answers.answer import ShockAnswer, answer
from portfolio.model.money import yi_text
from portfolio.report.json.run import run_json
from portfolio.report.page.content import page_data
from portfolio.report.words.answers.answer import answer_figures, answer_sentence
from portfolio.report.words.answers.decisions import decision_line
from tests.report.briefing.dossiers import plain
from tests.report.results import example_run, shipped_run

OPTION = "专项债券:2027=-30%"


def test_a_shock_in_one_sentence() -> None:
    """Title, year, money, items, the first of them: each as the figures have it."""
    run = shipped_run(None, OPTION)
    found = answer(run)
    assert isinstance(found, ShockAnswer)
    told = re.fullmatch(
        r"2027年专项债券减30%：2027年少完成(.+?)亿元，影响(\d+)个大项，"
        r"最先的是(.+?)（2027年一季度起，当年少(.+?)亿元）；2027—2029年合计少完成(.+?)亿元。",
        answer_sentence(run),
    )
    assert told is not None
    first = max(found.hits, key=lambda hit: hit.less_wan)
    assert told.groups() == (
        yi_text(found.less_wan),
        str(len(found.hits)),
        first.item.label,
        yi_text(first.less_wan),
        yi_text(found.less_years_wan),
    )
    reads = [figure.reads for figure in answer_figures(run)]
    assert reads == [yi_text(found.drawn_wan[0]), told[1], told[2], told[5]]


def test_the_running_year_in_one_sentence() -> None:
    """With facts 预计, without 推演; made-up facts are marked."""
    played, example = answer_sentence(shipped_run()), answer_sentence(example_run())
    assert played.startswith("2026年推演完成投资")
    assert example.startswith("2026年预计完成投资")
    assert example.endswith("（示例数据）。")
    assert [figure.name for figure in answer_figures(example_run())] == [
        "2026 年预计完成投资",
        "2026 年与年度计划差额",
        "2026 年与目标差额",
        "2026 年资金缺口",
    ]


def test_a_scenario_that_moves_nothing_says_so() -> None:
    told = answer_sentence(shipped_run("目标4200"))
    assert told.startswith(
        "年度目标上调到4,200亿元：各年完成投资与基准相同，没有大项受影响；2026年"
    )


def test_what_costs_more_is_no_more_work() -> None:
    assert "（含造价变化）" in answer_sentence(shipped_run("建材涨价"))


def test_page_and_data_open_with_the_same_sentence_and_figures() -> None:
    """Read back from the page's data and from run.json."""
    dossier = plain("专项债大幅收紧")
    run, base = dossier.run, replace(plain(), asked=False)
    shown = page_data([base, dossier])["scenarios"][1]["answer"]
    data = json.loads(json.dumps(run_json(run)))["answer"]
    assert shown["text"] == data["text"] == answer_sentence(run)
    figures = answer_figures(run)
    assert [f["reads"] for f in shown["figures"]] == [f.reads for f in figures]
    assert [f.get("value_wan", f.get("value")) for f in data["figures"]] == [
        f.value for f in figures
    ]


def test_a_decision_is_a_line_with_its_last_quarter() -> None:
    from portfolio.model.measures.answers.decisions import decisions

    run = shipped_run(None, OPTION)
    first, second = (decision_line(row, run.calendar) for row in decisions(run, answer(run)))
    assert first == (
        "本级人民代表大会：2027年预算草案和政府投资年度计划草案（地方政府专项债券），"
        "赶在2027年一季度大会之前提出"
    )
    assert (
        second
        == "本级人大常委会：2027年预算调整方案，即在年中下达的限额内举借，2027年三季度结束前提出"
    )
