"""What `run` leaves on disk, read back: the figures, the identities, the same bytes each time."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from pathlib import Path

import openpyxl
import pytest

from portfolio.read.bundled_files import shipped_workbook
from tests.cli.command import contents, portfolio, started

TABLES = ("年度", "渠道", "大项", "大项年度", "滞后原因", "依赖关系", "事件日志", "情景改动")
#: 亿元 drawn in 2021–2025 with hard gates, as worked out apart from this program.
ORIENTATION = {2021: 4124.5, 2022: 5208.5, 2023: 5770.5, 2024: 5885.5, 2025: 5741.2}
PERIOD = range(2021, 2026)
BOM = b"\xef\xbb\xbf"


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> dict[str, bytes]:
    """The files of a plain run."""
    folder = tmp_path_factory.mktemp("run")
    done = portfolio("run", "-o", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    found = contents(folder / "out")
    assert all(content is not None for content in found.values())
    return {name: content for name, content in found.items() if content is not None}


@pytest.fixture(scope="module")
def result(written):
    return json.loads(written["run.json"])


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_all_files_are_there_and_no_others(written):
    assert set(written) == {"进度计划.xlsx", "run.json", *(f"{name}.csv" for name in TABLES)}


def test_tables_are_csv_for_excel(written):
    for name in TABLES:
        content = written[f"{name}.csv"]
        assert content.startswith(BOM), name
        assert b"\r\n" in content, name
        lengths = {len(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))}
        assert len(lengths) == 1, name


def test_run_json_has_the_shape_of_the_contract(result):
    assert set(result) == {"answer", "annual", "channels", "items", "list_record", "origin"}
    assert [set(row) for row in result["annual"][:1]] == [
        {"year", "plan_wan", "drawn_wan", "progress_wan", "converted_wan", "target_wan"}
    ]
    assert [set(row) for row in result["channels"][:1]] == [
        {"channel", "year", "envelope_wan", "allotted_wan", "carried_in_wan", "drawn_wan",
         "taken_back_wan", "lapsed_wan", "carried_out_wan", "follows_in_wan", "follows_out_wan", "room_wan"}
    ]  # fmt: skip
    assert [set(row) for row in result["items"][:1]] == [
        {"no", "name", "planned_start", "planned_finish", "start", "finish", "delay_quarters",
         "causes"}
    ]  # fmt: skip
    origin = {"workbook_sha256", "scenario", "seed", "version", "made_on", "plan_number"}
    assert set(result["origin"]) == origin
    assert result["origin"]["scenario"] == "基准"
    assert len(result["items"]) == 58


def test_drawn_by_year_is_the_published_orientation(result):
    drawn = {row["year"]: row["drawn_wan"] for row in result["annual"]}
    assert {year: round(drawn[year] / 10_000, 1) for year in PERIOD} == ORIENTATION


def test_the_plan_of_the_period_is_the_published_sum(result):
    plan = {row["year"]: row["plan_wan"] for row in result["annual"]}
    assert sum(plan[year] for year in PERIOD) == 26_788 * 10_000


def test_every_item_finishes_and_all_money_is_drawn(result):
    assert all(item["finish"] for item in result["items"] if item["planned_finish"])
    assert sum(row["drawn_wan"] for row in result["annual"]) == sum(
        row["plan_wan"] for row in result["annual"]
    )


def test_converted_is_progress_times_the_inclusion_factor(result):
    for row in result["annual"]:
        if row["converted_wan"] is not None:
            assert row["converted_wan"] == row["progress_wan"] * 7 // 10
    assert all(row["converted_wan"] is not None for row in result["annual"][:5])


def test_every_channel_year_adds_up(result):
    for row in result["channels"]:
        if row["envelope_wan"] is None:  # 随资本金 has no envelope and keeps no such account
            assert row["allotted_wan"] is None
            continue
        there = row["envelope_wan"] + row["follows_in_wan"]
        assert there == row["allotted_wan"] + row["lapsed_wan"] + row["follows_out_wan"], row
        assert row["allotted_wan"] + row["carried_in_wan"] == (
            row["drawn_wan"] + row["carried_out_wan"] + row["taken_back_wan"]
        ), row


def test_what_goes_over_comes_in_the_next_year(result):
    by_channel = defaultdict(dict)
    for row in result["channels"]:
        by_channel[row["channel"]][row["year"]] = row
    for years in by_channel.values():
        for year, row in years.items():
            if year + 1 in years and row["envelope_wan"] is not None:
                assert row["carried_out_wan"] == years[year + 1]["carried_in_wan"]


def test_channels_sum_to_the_years(result):
    drawn = defaultdict(int)
    for row in result["channels"]:
        drawn[row["year"]] += row["drawn_wan"]
    assert dict(drawn) == {row["year"]: row["drawn_wan"] for row in result["annual"]}


def test_causes_of_delay_sum_to_the_delay(result):
    for item in result["items"]:
        if item["delay_quarters"] is not None:
            assert sum(cause["quarters"] for cause in item["causes"]) == item["delay_quarters"]


def test_the_tables_say_what_run_json_says(written, result):
    def wan(text: str) -> int:
        return round(float(text.replace(",", "")) * 10_000)

    by_year = defaultdict(int)
    for row in rows(written["大项年度.csv"]):
        money = next(value for name, value in row.items() if name.startswith("完成投资"))
        by_year[int(row["年份"])] += wan(money)
    assert dict(by_year) == {row["year"]: row["drawn_wan"] for row in result["annual"]}
    assert [row["大项"] for row in rows(written["大项.csv"])] == [
        item["name"] for item in result["items"]
    ]


def test_the_schedule_opens_and_holds_its_sheets(written):
    book = openpyxl.load_workbook(io.BytesIO(written["进度计划.xlsx"]), read_only=True)
    assert {"说明", "总览", "年度投资计划", "甘特图", "资金来源", "资金缺口", "滞后原因",
            "变更对比", "依赖关系", "事件日志", "校核"} <= set(book.sheetnames)  # fmt: skip


def test_a_second_run_writes_the_same_bytes(written, tmp_path):
    done = started("run", "-o", "out", cwd=tmp_path, PYTHONHASHSEED="7")
    assert done.returncode == 0
    again = contents(tmp_path / "out")
    assert {name for name in written if written[name] != again[name]} == set()


def test_a_run_leaves_other_files_alone_and_replaces_its_own(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "批示.txt").write_text("留", encoding="utf-8")
    (folder / "run.json").write_text("旧", encoding="utf-8")
    assert portfolio("run", "-o", "out", cwd=tmp_path).returncode == 0
    assert (folder / "批示.txt").read_text(encoding="utf-8") == "留"
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["annual"]


def test_gates_off_plays_the_plan(tmp_path):
    """With no gate and no shock the played plan equals the plan, and nothing is late."""
    scenario = Path(tmp_path, "无前置条件.yaml")
    scenario.write_text("标题: 无前置条件\n变更:\n  - 取消前置条件: 全部\n", encoding="utf-8")
    done = portfolio("run", "-s", scenario, "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    written = contents(tmp_path / "out")
    result = json.loads(written["run.json"] or b"")
    assert all(row["plan_wan"] == row["drawn_wan"] == row["progress_wan"]
               for row in result["annual"])  # fmt: skip
    assert {item["delay_quarters"] for item in result["items"]} == {0}
    assert all(item["causes"] == [] for item in result["items"])
    for row in rows(written["大项年度.csv"] or b""):
        plan, drawn = (
            next(value for name, value in row.items() if name.startswith(head))
            for head in ("计划", "完成投资")
        )
        assert plan == drawn, row


def test_another_workbook_has_a_folder_of_its_own(tmp_path):
    for stem in ("清单-10月", "清单-11月"):
        (tmp_path / f"{stem}.xlsx").write_bytes(shipped_workbook().read_bytes())
        assert portfolio("run", "-w", f"{stem}.xlsx", cwd=tmp_path).returncode == 0
    assert portfolio("run", cwd=tmp_path).returncode == 0
    folders = {path.name for path in (tmp_path / "out").iterdir()}
    assert folders == {"基准", "基准（清单-10月）", "基准（清单-11月）"}
