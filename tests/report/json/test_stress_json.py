"""run.json of a stress test: the contract's keys, everything in 万元, intervals beside."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portfolio.model.calendar import SHIPPED
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.report.json import json_text
from portfolio.report.json.run import run_json
from portfolio.report.json.stress import plain, quarter, stress_json
from tests.report.stress_results import PATHS, shipped_pair, shipped_stress


def document() -> dict[str, Any]:
    return json.loads(json_text(stress_json([shipped_stress()])))


def test_the_contract_is_the_play_without_luck() -> None:
    found, run = document(), run_json(shipped_stress().run)
    assert found["annual"] == run["annual"]
    assert found["channels"] == run["channels"]
    assert found["items"] == run["items"]
    number = found["origin"]["plan_number"]
    assert found["origin"] == {**run["origin"], "seed": 7, "plan_number": number}
    assert number.rpartition("-")[0] == run["origin"]["plan_number"]


def test_the_paths_findings_are_there_at_full_precision() -> None:
    stress, result = document()["stress"], shipped_stress()
    assert (stress["paths"], stress["seed"], stress["engine"]) == (PATHS, 7, "逐事件推演")
    assert stress["assumption"] == "以假设参数为前提"
    year = next(row for row in stress["years"] if row["year"] == 2024)
    found = next(row for row in result.findings.years if row.year == 2024)
    assert found.chance is not None
    assert year["chance"] == {
        "value": found.chance.value, "low": found.chance.low, "high": found.chance.high,
    }  # fmt: skip
    assert year["target"]["target_wan"] == 38_000_000
    later = next(row for row in stress["years"] if row["year"] == 2030)
    assert later["chance"] is None and later["to_be_listed"] is not None
    assert {"whole", "items", "drivers", "chain", "merges", "causes", "levers", "leverage"} <= set(
        stress
    )
    assert stress["parameters"]["settings"]["register"][0]["id"] == "R1"


def test_causes_sum_to_the_whole_in_every_view() -> None:
    causes = document()["stress"]["causes"]
    for view in ("by_kind", "by_cause", "by_item"):
        assert sum(row["quarters"] for row in causes[view]) == causes["quarters"]
    for row in causes["by_item"]:
        assert sum(cause["quarters"] for cause in row["causes"]) == row["quarters"]


def test_a_finish_the_play_does_not_reach_is_null() -> None:
    assert quarter(SHIPPED, PLAY_QUARTERS) is None and quarter(SHIPPED, None) is None
    assert quarter(SHIPPED, 9) == "2023Q2"
    whole = document()["stress"]["whole"]["finish"]["percentiles"]
    never = [row for row in whole if row["value_index"] == PLAY_QUARTERS]
    assert all(row["value"] is None for row in never)


def test_several_scenarios_are_a_list() -> None:
    found = stress_json(shipped_pair())
    assert list(found) == ["scenarios"]
    assert [row["origin"]["scenario"] for row in found["scenarios"]] == ["基准", "三碰头"]
    assert found["scenarios"][0]["stress"]["comparison"] is None
    assert found["scenarios"][1]["stress"]["comparison"]["reference"] == "基准"


def test_enums_and_tuples_become_plain() -> None:
    sure = shipped_stress().findings.items[0].joint.both
    assert plain((sure, None, "甲")) == [
        {"value": sure.value, "low": sure.low, "high": sure.high}, None, "甲",
    ]  # fmt: skip


def test_nothing_is_no_document() -> None:
    with pytest.raises(ValueError, match="no stress test"):
        stress_json([])
