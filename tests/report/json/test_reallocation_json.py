"""run.json of a repair: the contract's keys of the repaired play, 万元 that sum."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portfolio.model.calendar import SHIPPED
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.findings import played_run
from portfolio.model.reallocation.result import Reallocation, Verdict
from portfolio.report.json import json_text
from portfolio.report.json.reallocation import reallocation_json
from portfolio.report.json.run import run_json
from tests.report.reallocation_results import shipped_repair, small_infeasible, small_repair


def document(result: Reallocation) -> dict[str, Any]:
    return json.loads(json_text(reallocation_json(result)))


def test_the_contract_is_the_play_of_the_repaired_plan() -> None:
    result = small_repair()
    found, run = document(result), run_json(played_run(result))
    for key in ("annual", "channels", "items", "origin"):
        assert found[key] == run[key]
    assert found["annual"] != run_json(result.run)["annual"]


def test_an_infeasible_case_keeps_the_unrepaired_run() -> None:
    result = small_infeasible()
    found = document(result)
    assert found["annual"] == run_json(result.run)["annual"]
    told = found["reallocation"]
    assert told["verdict"] == "无可行解" and told["proven"] is False
    assert told["moves"] == [] and told["stages"] == [] and told["fewest"] is None
    assert told["infeasibility"]["needs"][0]["lacking_wan"] == 372_000
    assert told["infeasibility"]["conflict_is_minimal"] is True
    assert {year["promised_wan"] for year in told["years"]} == {None}


def test_the_verdict_and_its_proof() -> None:
    proven, open_ = document(small_repair()), document(shipped_repair())
    assert proven["reallocation"]["verdict"] == "已证最优"
    assert proven["reallocation"]["proven"] is True
    assert open_["reallocation"]["verdict"] == "可行未证"
    assert open_["reallocation"]["proven"] is False
    stage = next(row for row in open_["reallocation"]["stages"] if not row["proven"])
    assert stage["gap"] == pytest.approx(0.032, abs=1e-9)
    assert open_["reallocation"]["asof"] == "2023Q4"
    assert open_["reallocation"]["first_year"] == 2024


@pytest.mark.parametrize("made", [small_repair, shipped_repair])
def test_the_moves_of_a_channel_and_year_are_after_less_before(
    made: Callable[[], Reallocation],
) -> None:
    result = made()
    assert result.plan_wan is not None
    sums: defaultdict[tuple[str, int], int] = defaultdict(int)
    for move in document(result)["reallocation"]["moves"]:
        assert move["change_wan"] == move["after_wan"] - move["before_wan"] != 0
        sums[move["channel_id"], move["year"]] += move["change_wan"]
    portfolio = result.case.portfolio
    change = (result.plan_wan - portfolio.plan_wan).sum(axis=2)
    for c, channel in enumerate(portfolio.channels):
        for y in range(PLAN_YEARS):
            assert sums[channel.id, SHIPPED.first_year + y] == int(change[y, c])


def test_movement_is_the_sum_of_the_moves_and_cells_their_number() -> None:
    told = document(shipped_repair())["reallocation"]
    moved = sum(abs(move["change_wan"]) for move in told["moves"])
    assert moved == next(row["value_wan"] for row in told["stages"] if row["aim"] == "调整量")
    assert told["fewest"]["cells"] == len(told["moves"])


def test_a_move_carries_its_approval_and_a_price_its_range() -> None:
    told = document(small_repair())["reallocation"]
    approval = told["moves"][0]["approval"]
    assert approval["authority"] == "本级人民代表大会"
    assert (approval["asked_quarter"], approval["effective_quarter"]) == ("2023Q1", "2023Q1")
    assert told["prices"][0]["holds_down_wan"] == 21_000
    assert told["prices"][1]["holds_up_wan"] is None
    assert told["prices"][0]["channel"] == "地方政府专项债券"


def test_a_bound_without_end_is_none_and_not_a_word_json_does_not_know() -> None:
    base = small_repair()
    stages = tuple(replace(row, bound_wan=float("-inf"), proven=False) for row in base.stages)
    text = json_text(reallocation_json(replace(base, verdict=Verdict.UNPROVEN, stages=stages)))
    assert "Infinity" not in text
    assert {row["bound_wan"] for row in json.loads(text)["reallocation"]["stages"]} == {None}
