"""`portfolio selftest` and `portfolio due`: what is checked, what falls due, on the screen and as data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portfolio.sim import selftest as hand
from tests.cli.command import contents, portfolio, said_no_english, too_wide


def test_all_that_was_checked_is_told_and_nothing_written(tmp_path: Path) -> None:
    done = portfolio("selftest", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "全部相符" in done.stdout
    assert "总投资 50,394.0、计划期 26,788.0 亿元" in done.stdout
    assert done.stdout.count("√ 手算例") == 6
    assert not too_wide(done.stdout)
    assert said_no_english(done.stdout)
    assert contents(tmp_path) == {}


def test_a_case_that_is_played_otherwise_is_a_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = hand.HandWorked(name="甲", sum="手算", expected=[1], played=[2])
    monkeypatch.setattr(hand, "hand_worked", lambda: iter([case]))
    monkeypatch.setattr(hand, "identities", lambda _: (1, []))
    monkeypatch.setattr(hand, "paths_that_differ", lambda *_: [3])
    done = portfolio("selftest", "--json", cwd=tmp_path)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert not told["ok"]
    wrong = [one for one in told["tested"] if not one["ok"]]
    assert wrong[0]["wrong"] == ["手算 [1]，推演 [2]"]
    assert len(wrong) == 2


def test_what_falls_due(tmp_path: Path) -> None:
    done = portfolio("due", "--on", "2026-10-28", "--days", "10", cwd=tmp_path)
    assert done.returncode == 0
    assert "要交 3 件，其中 2 件有规定日期" in done.stdout
    assert "广州市政府令第 32 号" in done.stdout.replace("\n", "").replace(" ", " ")
    assert not too_wide(done.stdout)
    told = json.loads(
        portfolio("due", "--on", "2026-10-28", "--days", "10", "--json", cwd=tmp_path).stdout
    )
    assert [one["on"] for one in told["due"]] == ["2026-10-31", "2026-11-03", "2026-11-06"]
    assert [one["nature"] for one in told["due"]] == ["规定", "惯例日期", "规定"]
    wrong = portfolio("due", "--on", "明天", cwd=tmp_path)
    assert wrong.returncode == 3
    assert "不是日期" in wrong.stderr
    assert portfolio("due", "--days", "4000", cwd=tmp_path).returncode == 3
