"""--asof: with facts the month they are taken to, without facts what it meant before, or refused."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from portfolio import workflows
from portfolio.model.problems import InputError
from portfolio.workflows.asked import (
    Check,
    Compare,
    Explain,
    Reallocate,
    Replay,
    Report,
    Run,
    Stress,
    options_of,
)
from portfolio.workflows.reallocate import open_case
from tests.cli.command import portfolio, too_wide

PLAYING = (Check, Compare, Explain, Reallocate, Replay, Report, Run, Stress)


@pytest.fixture(scope="module")
def example(tmp_path_factory) -> Path:
    (path,) = workflows.example(tmp_path_factory.mktemp("asof"))
    return path


@pytest.mark.parametrize("kind", PLAYING)
def test_every_command_that_plays_takes_an_as_of(kind):
    assert options_of(kind)["asof"].words == ("--asof",)


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("run",),
        ("explain", "5"),
        ("compare", "-s", "基准", "-s", "专项债收紧"),
        ("stress", "-n", "10"),
        ("replay", "--path", "1", "-n", "10"),
        ("reallocate", "--sweep", "专项债券:2023=-20%..0%/20"),
    ],
)
def test_without_facts_it_is_refused_in_plain_words(words, tmp_path: Path):
    done = portfolio(*words, "--asof", "2026-10", cwd=tmp_path)
    assert done.returncode == 3
    assert "--asof：工作簿没有月度执行，不能从 2026-10 起推演" in done.stderr.replace(
        "\n      ", ""
    )
    assert "请先填“月度执行”表" in done.stderr
    assert not too_wide(done.stderr)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("report",), "“2026-10”不是计划期内的季度"),
        (("reallocate", "-s", "专项债收紧"), "“2026-10”不是可用的决策时点"),
        (("report", "-s", "没有"), "没有"),
    ],
)
def test_where_it_means_a_quarter_without_facts_a_month_is_refused(words, found, tmp_path: Path):
    done = portfolio(*words, "--asof", "2026-10", cwd=tmp_path)
    assert done.returncode == 3
    assert found in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_facts_a_repair_is_decided_after_a_quarter_as_before():
    assert open_case(None, ["专项债收紧"], asof="2022Q4").case.asof_quarter == 7


def test_with_facts_a_repair_is_decided_where_they_end(example: Path):
    """2026-10: 2026Q3 is the last quarter over, October is past as well; 2026 is the first year."""
    case = open_case(example, ["明年专项债减三成"]).case
    assert (case.asof_quarter, case.first_year, case.year_is_running) == (22, 5, True)
    earlier = open_case(example, ["明年专项债减三成"], asof="2025-12").case
    assert (earlier.asof_quarter, earlier.first_year, earlier.year_is_running) == (19, 5, False)


def test_with_facts_a_month_is_told_in_json(example: Path, tmp_path: Path):
    done = portfolio("check", example, "--asof", "2026年6月", "--json", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert told["asof"] == "2026-06"
    assert told["facts"]["example"] is True
    left_out = f"执行数截至 2026-06，之后的 {len(later(example))} 行没有采用"
    assert told["questions"][0]["found"] == left_out


def later(example: Path) -> list[object]:
    facts = workflows.load_workbook(example).portfolio.facts
    assert facts is not None
    return [row for row in facts.rows if row.end_month > 66]


def test_an_as_of_beyond_the_facts_is_refused_by_every_command(example: Path, tmp_path: Path):
    for words in (("check", example), ("run", "-w", example), ("report", "-w", example)):
        done = portfolio(*words, "--asof", "2026-12", cwd=tmp_path)
        assert done.returncode == 3
        assert "截至 2026-12 的执行数不全" in done.stderr
        assert "2026-11 至 2026-12" in done.stderr
        assert "改用 --asof 2026-10" in done.stderr


def test_facts_change_no_workbook_read_before_and_init_lays_out_the_sheets(tmp_path: Path):
    done = portfolio("init", "新城", "--first-year", "2026", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    book = openpyxl.load_workbook(tmp_path / "新城" / "inputs" / "十大工程.xlsx")
    for name in ("月度执行", "季节曲线"):
        assert [row for row in book[name].iter_rows(min_row=2, values_only=True) if any(row)] == []
    headers = [cell.value for cell in book["年度额度"][1]]
    assert "上年结转（亿元）" in headers
    note = next(
        each.prompt
        for each in book["月度执行"].data_validations.dataValidation
        if each.promptTitle == "期间"
    )
    assert "2031-10" in note


def test_a_wrong_fact_ends_the_command_with_3_and_writes_nothing(example: Path, tmp_path: Path):
    book = openpyxl.load_workbook(example)
    page = book["月度执行"]
    page["F2"], page["C3"] = "暂无", "2026-13"
    book.save(tmp_path / "坏.xlsx")
    done = portfolio("run", "-w", "坏.xlsx", cwd=tmp_path)
    assert done.returncode == 3
    assert "月度执行!F2" in done.stderr
    assert "月度执行!C3" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["坏.xlsx"]
    with pytest.raises(InputError):
        workflows.load_workbook(tmp_path / "坏.xlsx")
