"""run.json as the contract has it."""

from __future__ import annotations

import json

from hypothesis import given

from portfolio.model.portfolio import Portfolio
from portfolio.report.json import json_text
from portfolio.report.json.run import run_json
from tests.examples import examples
from tests.report.results import example_run, result_of, shipped_run
from tests.strategies import portfolios

ANNUAL = ["year", "plan_wan", "drawn_wan", "progress_wan", "converted_wan", "target_wan"]
CHANNEL = [
    "channel", "year", "envelope_wan", "room_wan", "follows_in_wan", "allotted_wan", "carried_in_wan",
    "drawn_wan", "taken_back_wan", "lapsed_wan", "follows_out_wan", "carried_out_wan",
]  # fmt: skip
ITEM = [
    "no", "name", "planned_start", "planned_finish", "start", "finish", "delay_quarters", "causes",
]  # fmt: skip


def test_keys_are_those_of_the_contract() -> None:
    document = run_json(shipped_run())
    assert list(document) == ["answer", "annual", "channels", "items", "list_record", "origin"]
    assert {tuple(row) for row in document["annual"]} == {tuple(ANNUAL)}
    assert {tuple(row) for row in document["channels"]} == {tuple(CHANNEL)}
    assert {tuple(row) for row in document["items"]} == {tuple(ITEM)}
    assert list(document["origin"]) == [
        "workbook_sha256", "scenario", "seed", "version", "made_on", "plan_number",
    ]  # fmt: skip
    assert document["origin"]["seed"] is None


def test_facts_bring_their_own_keys() -> None:
    result = example_run()
    document = json.loads(json_text(run_json(result)))
    assert list(document) == [
        "answer", "annual", "channels", "items", "list_record", "asof", "facts", "forecast",
        "origin",
    ]  # fmt: skip
    assert document["asof"] == "2026-10"
    forecast, facts = document["forecast"], result.portfolio.facts
    assert facts is not None and forecast["example"] is True
    told = sum(row["drawn_wan"] for row in document["facts"])
    assert told == sum(row.done_wan or 0 for row in facts.rows)
    year = sum(row["drawn_wan"] for row in document["facts"] if row["year"] == 2026)
    assert year == forecast["done_wan"] == sum(c["done_wan"] for c in forecast["channels"])
    assert forecast["done_wan"] + forecast["played_wan"] == forecast["year_wan"]
    (now,) = (row for row in document["annual"] if row["year"] == 2026)
    assert forecast["year_wan"] == now["drawn_wan"]
    weights = [row["open_wan"] * row["quarters"] for row in forecast["delayed"]]
    assert weights == sorted(weights, reverse=True) and weights
    assert forecast["delayed"][0]["cause"]["cause"] == "此前已滞后"


def test_shipped_workbook_is_played_as_known() -> None:
    # The plan's years less what its two hard gates hold back.
    document = run_json(shipped_run())
    drawn = {row["year"]: row["drawn_wan"] for row in document["annual"]}
    assert [round(drawn[year] / 10_000, 1) for year in range(2021, 2026)] == [
        4124.5, 5208.5, 5770.5, 5885.5, 5741.2,
    ]  # fmt: skip
    assert sum(row["plan_wan"] for row in document["annual"][:5]) == 267_880_000
    assert len(document["items"]) == 58
    assert all(item["finish"] is not None for item in document["items"])


def test_loans_have_no_ledger() -> None:
    rows = [r for r in run_json(shipped_run())["channels"] if r["channel"] == "银行贷款"]
    assert rows
    for row in rows:
        assert row["drawn_wan"] is not None
        assert {row[key] for key in CHANNEL[2:] if key != "drawn_wan"} == {None}


def test_causes_of_a_finished_item_sum_to_its_delay() -> None:
    for item in run_json(shipped_run("三碰头"))["items"]:
        if item["delay_quarters"] is not None:
            assert sum(cause["quarters"] for cause in item["causes"]) == item["delay_quarters"]
        for cause in item["causes"]:
            assert list(cause) == ["cause", "ref", "quarters"]


def test_references_of_money_causes_are_channel_names_of_the_same_file() -> None:
    document = run_json(shipped_run("三碰头"))
    names = {row["channel"] for row in document["channels"]}
    refs = {c["ref"] for item in document["items"] for c in item["causes"] if c["cause"] == "资金"}
    assert refs and refs <= names


def test_same_input_same_bytes() -> None:
    result = shipped_run()
    text = json_text(run_json(result))
    assert text == json_text(run_json(result))
    assert json.loads(text) == run_json(result)
    assert "一般公共预算" in text


@examples(20)
@given(portfolios(max_items=5))
def test_every_outcome_can_be_written(portfolio: Portfolio) -> None:
    document = json.loads(json_text(run_json(result_of(portfolio))))
    assert [item["no"] for item in document["items"]] == [item.no for item in portfolio.items]
