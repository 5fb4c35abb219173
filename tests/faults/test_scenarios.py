"""Scenario files made to hurt are refused with place and fix; changed ones and options too, or read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.fuzz.scenarios import HEAD, NASTY, options, texts
from portfolio.model.problems import MOST_TOLD, InputError, alive
from portfolio.model.scenarios import apply
from portfolio.read.scenario.file import find_scenario, read_scenario
from portfolio.read.scenario.options import parse_sets
from tests.model.four_items import four_items
from tests.read.workbook.test_adjusted import read, write_sheet

BASE = four_items()


@pytest.mark.parametrize("files", NASTY.values(), ids=NASTY)
def test_a_nasty_scenario_is_refused(files: dict[str, str], tmp_path: Path):
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_scenario(tmp_path / next(iter(files)))
    assert raised.value.problems
    for problem in raised.value.problems:
        assert problem.place
        assert problem.fix
        assert alive(str(problem)) is None
        assert "root" not in str(problem)


def test_nine_thousand_unknown_channels_are_refused(tmp_path: Path):
    """Near names are looked for once, not for each of them."""
    path = tmp_path / "x.yaml"
    names = "[" + ", ".join(f"渠{k}" for k in range(9_000)) + "]"
    change = f"  - 渠道额度: {{渠道: {names}, 年份: 2023, 系数: 0.7}}\n"
    path.write_text(f"{HEAD}变更:\n{change}", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        apply(read_scenario(path), BASE)
    assert all(each.place and each.fix for each in raised.value.problems)
    assert len(raised.value.problems) <= MOST_TOLD + 1


def test_an_adjusted_sheet_cannot_have_another_file_shown(tmp_path: Path):
    """Cell B2 names the scenario it was made under; whatever file stands there stays unread."""
    secret = tmp_path / "geheim.yaml"
    secret.write_text("root:x:0:0\ndaemon:x:1:1\n", encoding="utf-8")
    for named in (str(secret), "geheim.yaml", "/etc/passwd"):
        path = write_sheet(tmp_path / "调整方案.xlsx", scenario=named)
        with pytest.raises(InputError) as raised:
            read(path)
        assert "root" not in str(raised.value)
        assert all(each.place and each.fix for each in raised.value.problems)


def test_ways_to_one_parent_are_read_once(tmp_path: Path):
    """Two to the power of fourteen ways lead to the last file."""
    for k in range(15):
        parents = f"继承: [x{k + 1}, y{k + 1}]\n" if k < 14 else ""
        for letter in "xy":
            path = tmp_path / f"{letter}{k}.yaml"
            path.write_text(f"{HEAD}{parents}变更: []\n", encoding="utf-8")
    scenario = read_scenario(tmp_path / "x0.yaml")
    assert len(scenario.files) == 29


def test_more_problems_than_are_told_are_counted(tmp_path: Path):
    path = tmp_path / "x.yaml"
    keys = "".join(f"键{k}: 1\n" for k in range(MOST_TOLD + 500))
    path.write_text(f"{HEAD}变更: []\n{keys}", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_scenario(path)
    *told, last = raised.value.problems
    assert len(told) == MOST_TOLD
    assert "另有 500 处问题" in last.found


@pytest.mark.parametrize("name", ["a" * 5_000 + ".yaml", "a" * 5_000, "a\0.yaml", "/etc/passwd"])
def test_a_name_no_file_can_have_is_an_unknown_scenario(name: str, tmp_path: Path):
    with pytest.raises(InputError, match="没有这个情景名"):
        find_scenario(name, tmp_path)


def test_a_file_named_with_a_control_code_is_to_be_renamed(tmp_path: Path):
    path = tmp_path / "a\x1bb.yaml"
    path.write_text(f"{HEAD}变更: []\n", encoding="utf-8")
    with pytest.raises(InputError, match="改名"):
        read_scenario(path)


def test_changed_scenarios_are_read_or_refused(tmp_path: Path):
    path, refused, read = tmp_path / "x.yaml", 0, 0
    for text in texts(seed=19, number=150):
        path.write_text(text, encoding="utf-8", errors="replace")
        try:
            apply(read_scenario(path), BASE)
            read += 1
        except InputError as error:
            refused += 1
            assert all(each.place and each.found and each.fix for each in error.problems)
    assert refused > read > 3


def test_odd_options_are_read_or_refused():
    refused, read = 0, 0
    for option in options(seed=19, number=600):
        try:
            scenario = parse_sets([option])
            assert scenario is not None
            apply(scenario, BASE)
            read += 1
        except InputError as error:
            refused += 1
            assert all(each.place and each.found and each.fix for each in error.problems)
    assert refused > 100
    assert read > 10
