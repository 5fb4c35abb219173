"""`portfolio stress` as its users start it, and its Python API where Ctrl-C has to come at a set time."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import click
import pytest

from portfolio import workflows
from portfolio.cli.stress import _end
from portfolio.report.json.stress import stress_json
from portfolio.report.words.stress import answer_lines, undone_line
from tests.cli.command import (
    HANGS,
    contents,
    environment,
    portfolio,
    said_no_english,
    started,
    too_wide,
)
from tests.cli.test_refusals import PROBLEMS, USAGE, refused

#: Few paths: what is tested here is the command, not the statistics.
QUICK = ("-n", "60")


def test_a_stress_test_speaks_on_the_screen_and_writes_a_folder(tmp_path):
    """Without chance 2,887 亿元 in 2021: 3,800 is out of reach, so the condition is met: code 6."""
    asked = ("--fail-if", "P(2021>=3800)<0.8", "--paths", "csv")
    done = started("stress", *QUICK, *asked, cwd=tmp_path)
    assert done.returncode == 6, done.stderr
    assert "情景 基准：条件 P(2021>=3800)<0.8：成立" in done.stderr
    assert "以假设参数为前提" in done.stdout
    assert said_no_english(done.stdout + done.stderr)
    assert too_wide(done.stdout + done.stderr) == []
    assert "\x1b[" not in done.stdout + done.stderr
    folder = tmp_path / "out" / "压力测试 基准"
    assert set(contents(folder)) == {"压力测试.xlsx", "run.json", "路径结果.csv"}
    text = (folder / "路径结果.csv").read_text(encoding="utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text)))) == 61


def test_each_scenario_stands_apart_beside_the_baseline_on_the_same_luck(tmp_path):
    """A chance of 1 is ±3.0 points sure after 60 paths (1 − 0.025^(1/60), halved), ±1.5 after 120."""
    words = ("-s", "专项债收紧", "-s", "土地出让断崖", "--set", "专项债券:2023=-30%")
    asked = ("--fail-if", "P(2025>=1)<0.8", "--precision", "2%", "--about", "P(2025>=1)")
    done = portfolio("stress", *QUICK, *words, *asked, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "不成立" in done.stderr
    assert "已达到" in done.stderr
    told = json.loads(done.stdout)["scenarios"]
    names = [each["origin"]["scenario"] for each in told]
    assert [name.split("+")[0] for name in names] == ["基准", "专项债收紧", "土地出让断崖"]
    assert [each["stress"]["paths"] for each in told] == [120, 120, 120]
    assert next(iter(contents(tmp_path / "out"))).startswith("压力测试 专项债收紧+")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-n", "1.5"), "-n 的值不对（“1.5”不是整数）"),
        (("--paths", "xlsx"), "可用 csv 或 parquet"),
        (("--precison", "1%"), "是否为 --precision？"),
        (("-o", ""), "-o/--out 的值不对（不能为空）"),
        (("-w", " "), "-w/--workbook 的值不对（不能为空）"),
    ],
)
def test_usage(words, said, tmp_path):
    assert said in refused(tmp_path, "stress", *words, code=USAGE)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-n", "0"), "-n：0 不在"),
        (("--seed", "-1"), "--seed：-1 不在"),
        (("--workers", "0"), "--workers：0 不在"),
        (("--precision", "1%"), "没有说明要算准什么"),
        (("--about", "P(2025>=3800)"), "没有说明要多准"),
        (("--precision", "很准", "--about", "P(2025>=3800)"), "“很准”"),
        (("--precision", "1%", "--about", "P(2025>=3800)", "--sobol"), "不能与 --sobol 同用"),
        (("--fail-if", "P(2025>=3800)"), "--fail-if"),
        (("--fail-if", "P(99按期)<0.5"), "99"),
        (("-s", "专项债收緊"), "是否为“专项债收紧”？"),
        (("--year", "2040"), "--year：2040 年没有可对照的年度目标"),
        (("--fail-if", "P(2030>=3800)<0.5"), "没有 2030 年名单计划，不给把握"),
        ((*QUICK, "-o", "长" * 300), "文件夹名太长"),
    ],
)
def test_problems(words, said, tmp_path):
    assert said in refused(tmp_path, "stress", *words, code=PROBLEMS)


def test_all_problems_are_told_at_once(tmp_path):
    text = refused(tmp_path, "stress", "-n", "0", "-s", "没有", "-w", "没有.xlsx")
    assert "输入有 3 处问题" in text


# --- the Python API ----------------------------------------------------------------------------


def stop_at(text: str, paths: int) -> workflows.Told:
    """Ctrl-C once so much of a work is done."""

    def told(doing: str, done: int, _total: int) -> None:
        if doing.startswith(text) and done >= paths:
            raise KeyboardInterrupt

    return told


def test_workers_do_not_change_what_is_told():
    one, three = (workflows.stress(n=30, workers=count) for count in (1, 3))
    assert stress_json(one) == stress_json(three)


def test_another_seed_is_another_luck_and_the_same_play_without_luck():
    one, other = (stress_json(workflows.stress(n=30, seed=seed)) for seed in (1, 2))
    assert one["annual"] == other["annual"]
    assert one["stress"]["years"] != other["stress"]["years"]


def test_ctrl_c_leaves_the_paths_done_as_a_result():
    """Two scenarios in turns by chunks of 512: both have the same paths."""
    results = workflows.stress(
        ["专项债收紧"], n=2_000, levers=True, workers=1, progress=stop_at("正在推演", 1_024)
    )
    done = {len(result.paths) for result in results}
    assert done in ({512}, {1_024})
    assert all(result.sampling.interrupted for result in results)
    assert all(result.sampling.extras_skipped for result in results)
    assert all(result.levers == () for result in results)
    assert results[1].comparison is not None
    line = undone_line(results)
    assert line is not None
    assert f"完成 2,000 条路径中的 {done.pop():,} 条" in line
    with pytest.raises(click.exceptions.Exit) as end:
        _end(results, every=False)
    assert end.value.exit_code == 130


#: The command with a Ctrl-C of its own: at the first audit event (an import, a file opened) that
#: is named so. The signal is given its usual handler back: a shell may have set it aside.
INTERRUPTED_ITSELF = """
import os, signal, sys
name, mark, times, *words = sys.argv[1:]
signal.signal(signal.SIGINT, signal.default_int_handler)
left = [int(times)]
def hear(event, args):
    if event == name and left[0] and str(args[0]).endswith(mark):
        left[0] -= 1
        os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(hear)
from portfolio.cli import main
main(words)
"""


def interrupted(tmp_path, event, mark, times, *words):
    return subprocess.run(
        [sys.executable, "-c", INTERRUPTED_ITSELF, event, mark, str(times), "stress", *words],
        cwd=tmp_path, env=environment(), stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", timeout=HANGS, check=False,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="there a process can't send itself Ctrl-C")
@pytest.mark.parametrize(
    ("event", "mark", "words", "said"),
    [
        ("import", "portfolio.model.study.assess", ("--levers",), "附加推演没有算完"),
        ("import", "portfolio.sim.levers", ("--leverage",), "附加推演没有算完"),
        ("import", "portfolio.model.study.assess", (), "全部完成，文件已写出"),
        ("open", ".tmp", (), "全部完成，文件已写出"),
    ],
)
def test_ctrl_c_after_the_paths_loses_nothing(event, mark, words, said, tmp_path):
    """In the statistics, the extra runs, the writing: what is done is written, and said."""
    done = interrupted(tmp_path, event, mark, 1, "-n", "30", *words)
    assert done.returncode == 130, done.stderr
    assert "正在收尾并写出已完成的结果" in done.stderr
    assert said in done.stderr.replace("\n  ", "")
    assert "30 条路径" in done.stdout
    assert "中途停止" not in done.stdout
    assert set(contents(tmp_path / "out" / "压力测试 基准")) == {"压力测试.xlsx", "run.json"}


@pytest.mark.skipif(sys.platform == "win32", reason="there a process can't send itself Ctrl-C")
def test_a_second_ctrl_c_stops_at_once_and_leaves_no_file(tmp_path):
    done = interrupted(tmp_path, "open", ".tmp", 2, "-n", "30")
    assert done.returncode == 130, done.stderr
    assert "已中断" in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(tmp_path) == {}


def test_another_year_is_looked_at_where_asked():
    plain, asked = (workflows.stress(n=30, year=year)[0].findings for year in (None, 2026))
    assert asked.worry is not None
    assert (asked.worry.year, str(asked.worry.why)) == (2026, "按 --year 指定")
    assert asked.notable != plain.notable
    assert asked.years == plain.years


def test_a_year_after_the_list_closed_is_looked_at_without_a_chance():
    result = workflows.stress(n=30, year=2030)[0]
    assert result.findings.worry is not None
    assert result.findings.worry.year == 2030
    assert json.dumps(stress_json([result]))


def test_a_finish_after_the_play_is_never_called_precise():
    """P99 of the last finish lies after 2045Q4: more paths do not help, and none are played."""
    results = workflows.stress(
        n=60, precision="1季", about="P99(竣工)", sets=["专项债券:2021-2035=0.5"]
    )
    precision = results[1].precision
    assert precision is not None
    assert (precision.reached, precision.open_ended) == (False, True)
    assert len(results[1].paths) < 2_000
    assert any(
        "推演期内（至 2045Q4）无法确定" in line for line in answer_lines(results, every=False)
    )


def test_ctrl_c_in_the_extra_runs_leaves_the_rest():
    results = workflows.stress(
        n=40, levers=True, leverage=True, progress=stop_at("正在计算渠道杠杆", 1)
    )
    assert len(results[0].paths) == 40
    assert results[0].levers  # they were done
    assert results[0].leverage == ()
    assert "全部完成" in (undone_line(results) or "")


def test_conditions_concern_the_scenarios_asked_for_and_not_the_reference():
    results = workflows.stress(["专项债收紧"], n=20, fail_if=["P(2021>=3800)<0.8"])
    assert [len(result.judged) for result in results] == [0, 1]
    assert [line.split("：")[0] for line in answer_lines(results, every=True)] == [
        "情景 专项债收紧"
    ]


def test_settings_alone_are_a_scenario_of_their_own():
    results = workflows.stress(sets=["专项债券:2023=-30%"], n=20)
    assert [bool(result.run.changes) for result in results] == [False, True]


def test_the_baseline_by_name_is_the_reference_itself():
    results = workflows.stress(["基准", "专项债收紧"], n=20)
    assert [result.run.scenario for result in results] == ["基准", "专项债收紧"]


def test_an_asked_precision_that_costs_too_much_is_not_called_reached():
    """The interval of a mean of 60 paths is far from one 万元; `most` stops the doubling."""
    results = workflows.stress(n=60, precision="0.0001亿", about="均值(2026)", most=60)
    assert results[0].precision is not None
    assert not results[0].precision.reached
    with pytest.raises(click.exceptions.Exit) as end:
        _end(results, every=False)
    assert end.value.exit_code == 5


def test_extra_runs_say_on_how_many_paths_they_rest():
    result = workflows.stress(n=20, levers=True, leverage=True)[0]
    assert {lever.paths for lever in result.levers} == {20}
    assert {row.paths for row in result.leverage} == {20}
    assert {lever.label for lever in result.levers} >= {"来源：造价"}
    assert len(result.levers) < result.levers_of
    plain = workflows.stress(n=20)[0]
    assert (plain.levers, plain.leverage) == ((), ())
    alone = workflows.stress(n=20, leverage=True)[0]
    assert (alone.levers, alone.leverage) == ((), result.leverage)
