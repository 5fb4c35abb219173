"""What the page is made of: the same numbers as run.json, each with its source, nothing from outside."""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from portfolio.model.items import evidence_ids
from portfolio.model.reallocation.settings import WayName
from portfolio.report.json.reallocation import reallocation_json
from portfolio.report.json.run import run_json
from portfolio.report.page import page_text
from portfolio.report.page.content import page_data
from portfolio.report.page.pictures import PICTURES
from portfolio.report.tables.compare import summary_table
from portfolio.report.words.meeting import cause_sum_table, key_figures, owed_by_cause
from portfolio.report.words.sources import gate_source, item_source, source_text, target_source
from tests.examples import examples
from tests.report.dossiers import dossier_of, full_pair, infeasible_dossier, played_dossier
from tests.report.results import result_of, scenario_run, shipped_run
from tests.strategies import make_item, make_portfolio, portfolios

MOST_BYTES = 6_000_000


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return page_data(full_pair())


def column(table: dict[str, Any], title: str) -> list[Any]:
    """A column's values, its texts decoded."""
    found = next(c for c in table["columns"] if c["title"] == title)
    if "texts" not in found:
        return list(found["values"])
    return [None if code is None else found["texts"][code] for code in found["values"]]


def tables(scenario: dict[str, Any], picture: str) -> list[dict[str, Any]]:
    return list(scenario["pictures"][picture]["tables"])


def test_the_years_are_those_of_run_json(data) -> None:
    for scenario, dossier in zip(data["scenarios"], full_pair(), strict=True):
        annual = run_json(dossier.run)["annual"]
        table = tables(scenario, "years")[0]
        for title, key in (
            ("计划", "plan_wan"),
            ("完成投资", "drawn_wan"),
            ("折市重点口径", "converted_wan"),
            ("目标", "target_wan"),
        ):
            assert column(table, title) == [row[key] for row in annual]


def test_the_money_flow_sums_to_the_years_and_to_the_items(data) -> None:
    for scenario, dossier in zip(data["scenarios"], full_pair(), strict=True):
        table = tables(scenario, "flows")[0]
        by_year: defaultdict[str, int] = defaultdict(int)
        planned: defaultdict[str, int] = defaultdict(int)
        rows = zip(*(column(table, t) for t in ("年份", "计划", "完成投资")), strict=True)
        for year, plan, drawn in rows:
            by_year[year] += drawn
            planned[year] += plan
        annual = run_json(dossier.run)["annual"]
        assert {y: by_year[y] for y in by_year} == {
            str(row["year"]): row["drawn_wan"] for row in annual if str(row["year"]) in by_year
        }
        assert sum(planned.values()) == sum(row["plan_wan"] for row in annual)


def test_the_waterfall_sums_to_the_delay_of_all_late_items(data) -> None:
    """All 58 items finish in both scenarios: the sum is that of their delays in run.json."""
    for scenario, dossier in zip(data["scenarios"], full_pair(), strict=True):
        sums = column(tables(scenario, "causes")[0], "影响")
        items = run_json(dossier.run)["items"]
        assert all(item["finish"] for item in items)
        late = [item["delay_quarters"] for item in items if item["delay_quarters"] > 0]
        assert sum(sums[:-1]) == sums[-1] == sum(late)


def test_the_gantt_has_every_item_with_its_whiskers_in_order(data) -> None:
    table = tables(data["scenarios"][1], "gantt")[0]
    assert column(table, "序号") == [item.no for item in full_pair()[1].run.portfolio.items]
    low, middle, high = (column(table, f"P{p} 竣工") for p in (10, 50, 90))
    for three in zip(low, middle, high, strict=True):
        # “2045Q4 以后” sorts after every quarter.
        ranks = [q if "以后" not in q else "9999" for q in three if q is not None]
        assert ranks == sorted(ranks)


def test_quadrants_sum_to_one_and_points_are_no_more_than_shown(data) -> None:
    quadrants, frontier, points = tables(data["scenarios"][0], "joint")
    four = [column(quadrants, t) for t in ("造价竣工都守住", "只超支", "只滞后", "又超又晚")]
    for chances in zip(*four, strict=True):
        assert sum(chances) == pytest.approx(1, abs=1e-5)
    assert set(column(points, "大项")) == set(column(quadrants, "大项"))
    assert max(column(points, "路径")) == 120
    assert set(column(frontier, "大项")) <= set(column(quadrants, "大项"))


def test_moves_are_those_of_the_repair(data) -> None:
    moves, balance, years, approvers = tables(data["scenarios"][1], "repair")
    repair = full_pair()[1].repair
    assert repair is not None
    assert column(moves, "增减") == [move.change_wan for move in repair.moves]
    assert sum(column(balance, "差额")) == sum(move.change_wan for move in repair.moves)
    assert column(years, "调整后推演") == [year.played_wan for year in repair.years]
    assert sum(column(approvers, "格数")) == len(repair.moves)


def test_every_number_has_a_source(data) -> None:
    for scenario in data["scenarios"]:
        for picture in scenario["pictures"].values():
            for table in picture["tables"]:
                for each in table["columns"]:
                    assert data["told"][each["source"]].strip()
                    assert all(data["told"][place].strip() for place in each.get("sources", ()))
        told = [*scenario["figures"], *scenario["sentences"], *scenario["reconciliation"]]
        assert all(each["source"].strip() for each in told)
    for graph in data["graphs"]:
        assert all(each["source"] for each in (*graph["items"].values(), *graph["gates"]))


def test_a_source_names_document_and_place_or_says_that_it_is_assumed() -> None:
    run = shipped_run()
    item = run.portfolio.items[0]
    told = source_text(item.provenance, run.evidence)
    for mark in evidence_ids(item.provenance):
        evidence = next(each for each in run.evidence if each.id == mark)
        assert f"《{evidence.title}》{evidence.place}" in told
    assert "假设：" in told
    assert source_text("假设", ()) == "假设"
    assert source_text("D999", ()) == "D999"


def test_the_figures_are_the_key_figures(data) -> None:
    for scenario, dossier in zip(data["scenarios"], full_pair(), strict=True):
        assert [(f["name"], f["reads"], f["unit"]) for f in scenario["figures"]] == [
            (f.name, f.reads, f.unit) for f in key_figures(dossier)
        ]


def test_a_picture_without_data_says_why() -> None:
    scenario = page_data([played_dossier()])["scenarios"][0]
    missing = {name: each["missing"] for name, each in scenario["pictures"].items()}
    assert missing["tornado"] == missing["joint"] == "未做压力测试"
    assert missing["repair"] == "未求调整方案"
    assert {name for name, why in missing.items() if why is None} == {
        picture.name for picture in PICTURES if not picture.needs
    }
    assert scenario["assumptions"] is None
    assert page_data([played_dossier()])["comparison"] is None


def test_the_ways_beside_are_those_of_json_and_screen_each_with_its_sentence() -> None:
    base, dossier = full_pair()
    knee = dossier.repair
    assert knee is not None
    few = replace(knee, name=WayName.FEW, allowed=7, moves=knee.moves[:3])
    beside = replace(knee, ways=(few, knee))
    told = page_data((base, replace(dossier, repair=beside)))
    shown = tables(told["scenarios"][1], "repair")[4]
    rows = reallocation_json(beside)["reallocation"]["ways"]
    titles = {"moves": "笔数", "moved_wan": "调整量", "promised_wan": "承诺缺口",
              "played_wan": "推演缺口", "recovered_wan": "少缺", "promise": "承诺与推演"}  # fmt: skip
    for key, title in titles.items():
        assert column(shown, title) == [row[key] for row in rows]
    assert column(shown, "做法") == ["少动（至多 7 笔）", "折中"]
    assert all("承诺缺口" in text for text in column(shown, "承诺与推演"))


def test_an_infeasible_repair_shows_what_is_lacking() -> None:
    scenario = page_data([infeasible_dossier()])["scenarios"][0]
    assert [table["name"] for table in tables(scenario, "repair")] == ["最省的补救"]
    assert any("无可行解" in line["text"] for line in scenario["sentences"])


def test_the_assumptions_that_matter_stand_with_their_basis(data) -> None:
    table = data["scenarios"][0]["assumptions"]
    assert 1 <= table["rows"] <= 8
    assert all("假设" in text for text in column(table, "依据"))


def test_scenarios_with_the_same_gates_share_a_graph(data) -> None:
    assert [scenario["graph"] for scenario in data["scenarios"]] == [0, 0]
    assert len(data["graphs"]) == 1


def test_the_page_is_one_file_that_asks_for_nothing() -> None:
    text = page_text(full_pair())
    assert text == page_text(full_pair())
    # The libraries' scripts hold addresses of standards; no element may point anywhere.
    markup = re.sub(r"<script\b.*?</script>", "", text, flags=re.S)
    for attribute in re.findall(r'\b(?:src|href|action)="([^"]*)"', markup):
        assert attribute.startswith("#")
    assert "url(" not in markup
    assert "default-src 'none'" in html.unescape(markup)
    assert len(text.encode("utf-8")) < MOST_BYTES


def test_eight_scenarios_stay_under_the_size_of_a_page() -> None:
    assert len(page_text(full_pair() * 4).encode("utf-8")) < MOST_BYTES


def test_words_of_the_workbook_cannot_end_the_data_or_become_markup() -> None:
    evil = '</script><img src=x onerror="alert(1)">'
    import numpy as np

    plan = np.zeros((15, 1, 1), dtype=np.int64)
    plan[0, 0, 0] = 80_000
    portfolio = make_portfolio(plan, items=(make_item(1, plan[:, 0, 0], name=evil, work=evil),))
    run = replace(result_of(portfolio), scenario=evil, title=evil, summary=evil)
    text = page_text([replace(played_dossier(), run=run)])
    assert "<img src=x" not in text
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, flags=re.S)
    assert block is not None
    assert json.loads(block[1])["scenarios"][0]["name"] == evil


def test_causes_are_summed_over_items_and_the_largest_come_first() -> None:
    rows = cause_sum_table(shipped_run("三碰头")).rows
    sizes = [row.quarters for row in rows[:-1]]
    assert sizes == sorted(sizes, reverse=True)
    assert rows[-1].kind == "合计"


@examples(40)
@given(portfolios())
def test_the_causes_of_any_play_sum_item_by_item(portfolio) -> None:
    """Of what is finished to its delay (else an error), of the rest to what the ledger noted."""
    run = result_of(portfolio)
    late = [k for k in range(len(portfolio.items)) if run.outcome.is_late(k)]
    noted = sum(cause.quarters for k in late for cause in run.outcome.causes[k])
    assert sum(owed.quarters for owed in owed_by_cause(run)) == noted


def test_items_that_never_finish_count_the_same_on_page_and_in_comparison(tmp_path) -> None:
    """Stopped for 25 years, item 54 loses every quarter; what waits for it loses the rest."""
    run = scenario_run(tmp_path, "标题: 停\n变更:\n  - 停工: {大项: 54, 自: 2021Q1, 季度数: 100}\n")
    assert None in [
        f for f, p in zip(run.outcome.finish, run.outcome.planned_finish, strict=True) if p
    ]
    scenario = page_data([dossier_of(run)])["scenarios"][0]
    sums = column(tables(scenario, "causes")[0], "影响")
    assert sum(sums[:-1]) == sums[-1]
    row = summary_table([shipped_run(), run]).cells[1]
    assert row[-1] == sums[-1]
    assert row[-2] == column(tables(scenario, "causes")[0], "涉及大项")[-1]


def test_what_a_scenario_sets_is_not_told_as_the_workbooks(tmp_path) -> None:
    run = shipped_run("目标4200")
    year = next(
        t.year for t, b in zip(run.portfolio.targets, run.baseline.targets, strict=True) if t != b
    )
    assert target_source(run, year).startswith("工作簿“年度目标”：情景改动")
    assert "情景改动" not in target_source(shipped_run(), year)
    gate = run.portfolio.gates[0]
    assert "情景改动" not in gate_source(run, gate)
    assert gate_source(run, replace(gate, lag_quarters=gate.lag_quarters + 1)).startswith(
        "情景改动"
    )
    item = run.portfolio.items[0]
    assert item_source(run, replace(item, total_wan=item.total_wan + 1)).startswith("情景改动")
