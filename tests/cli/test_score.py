"""`--archive` and `portfolio score`: what is kept, what is refused, what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from portfolio import workflows
from portfolio.cli.options import Given
from portfolio.cli.stress import _kept as kept_by
from portfolio.model.problems import InputError
from portfolio.model.record.archive import PERCENTS, Archived
from portfolio.model.study.kept import kept_of_run
from portfolio.read.archive import read_archives
from portfolio.report.contents import archive_contents
from tests.cli.command import Done, contents, portfolio, said_no_english, started, too_wide
from tests.read.shipped import SHIPPED
from tests.report.results import example_run, example_workbook

ASOF = ("--asof", "2024-12")
PLAYED, TESTED = "预测 2024-12 基准 推演.json", "预测 2024-12 基准 压力测试.json"
#: The name of `example_workbook`, which folders bear.
BOOK = "示例-执行数"
STRESS = ("stress", "-n", "40")


@pytest.fixture(scope="module")
def book() -> Path:
    """With facts to October 2026; those of 2025 are whole years."""
    return example_workbook()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, book: Path) -> Path:
    """A folder with a forecast of each kind in 存档, and what was said of them."""
    here = tmp_path_factory.mktemp("存档")
    for words in (("run",), (*STRESS, "-s", "土地出让断崖")):
        done = portfolio(*words, "-w", book, *ASOF, "--archive", "存档", cwd=here)
        assert done.returncode == 0, done.stderr
        assert "预测已存档：存档" in done.stdout and not too_wide(done.stdout)
    return here


@pytest.fixture(scope="module")
def done(folder: Path, book: Path) -> Done:
    return started("score", "存档", "-w", book, cwd=folder)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_forecast_is_kept_for_each_scenario(folder: Path) -> None:
    names = sorted(path.name for path in (folder / "存档").iterdir())
    assert names == sorted([PLAYED, TESTED, "预测 2024-12 土地出让断崖 压力测试.json"])


def test_what_a_play_keeps_is_what_its_files_say(folder: Path) -> None:
    kept, run = (
        read(folder / "存档" / PLAYED),
        read(folder / "out" / f"基准（{BOOK}）" / "run.json"),
    )
    assert (kept["asof"], kept["way"], kept["percents"]) == ("2024-12", "推演", None)
    assert [year["year"] for year in kept["years"]] == [2025, 2026]
    told = {year["year"]: year for year in run["annual"]}
    for year in kept["years"]:
        assert year["values_wan"] == [told[year["year"]]["drawn_wan"]]
        assert year["plan_wan"] == told[year["year"]]["plan_wan"]
    assert kept["origin"]["workbook_sha256"] == run["origin"]["workbook_sha256"]
    assert kept["origin"]["seed"] is None


def test_what_paths_keep_is_in_order_and_of_the_same_paths(folder: Path) -> None:
    kept = read(folder / "存档" / TESTED)
    stress = read(folder / "out" / f"压力测试 土地出让断崖（{BOOK}）" / "run.json")
    assert kept["percents"] == list(PERCENTS)
    assert (kept["origin"]["seed"], kept["origin"]["paths"]) == (1, 40)
    assert len(kept["items"]) == 58
    for one in (*kept["years"], *(year for item in kept["items"] for year in item["years"])):
        assert one["values_wan"] == sorted(one["values_wan"])
        assert len(one["values_wan"]) == len(PERCENTS)
    assert '"scenario": "基准"' in json.dumps(stress, ensure_ascii=False)


def test_the_same_forecast_is_left_as_it_is(folder: Path, book: Path) -> None:
    path = folder / "存档" / PLAYED
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    done = portfolio("run", "-w", book, *ASOF, "--archive", "存档", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_another_forecast_of_the_same_asof_is_refused_and_nothing_written(
    folder: Path, book: Path, tmp_path: Path
) -> None:
    archive = folder / "存档"
    before = contents(archive)
    words = (*STRESS, "--seed", "2", "-w", book, *ASOF, "--archive", archive)
    done = portfolio(*words, cwd=tmp_path)
    assert done.returncode == 3 and said_no_english(done.stderr)
    assert "已经存过，与这次的不同" in "".join(done.stderr.split())
    assert contents(archive) == before and contents(tmp_path) == {}


def test_without_the_option_and_with_it_the_other_files_are_the_same(
    folder: Path, book: Path, tmp_path: Path
) -> None:
    assert portfolio("run", "-w", book, *ASOF, cwd=tmp_path).returncode == 0
    assert contents(tmp_path / "out" / f"基准（{BOOK}）") == contents(
        folder / "out" / f"基准（{BOOK}）"
    )


@pytest.mark.parametrize("command", [("run",), STRESS])
def test_without_facts_nothing_is_kept(command: tuple[str, ...], tmp_path: Path) -> None:
    done = portfolio(*command, "-w", SHIPPED, "--archive", "存档", cwd=tmp_path)
    assert done.returncode == 3 and "没有执行数" in done.stderr
    assert contents(tmp_path) == {}


def test_the_card(done: Done) -> None:
    assert (done.returncode, done.stderr) == (0, "")
    assert not too_wide(done.stdout)
    said = "".join(done.stdout.split())
    for words in (
        "存档预测的打分（情景“基准”2份，事实截至2026-10）",
        "全年合计（推演）：1个，没有区间；平均误差",
        "各大项全年（压力测试）：58个，八成区间装住",
        "只有一个年份，比不出谁更准",
        "不计：2026年尚未结束（事实截至2026-10）",
        "不计：别的情景（土地出让断崖）没有发生，不算预测",
        "置信区间按独立计算，偏窄",
        "7—12个月",
        "交通枢纽工程",
    ):
        assert words in said, words


def test_the_files_of_a_score(done: Done, folder: Path, book: Path) -> None:
    out = folder / "out" / "预测打分"
    assert sorted(path.name for path in out.iterdir()) == ["score.json", "预测打分.xlsx"]
    data = read(out / "score.json")
    played, tested = data["year"]
    assert (played["way"], played["all"]["n"], played["all"]["coverage80"]) == ("推演", 1, None)
    assert tested["all"]["coverage80"]["n"] == 1
    kept = read(folder / "存档" / PLAYED)["years"][0]
    row = next(each for each in data["forecasts_held"] if each["way"] == "推演")
    assert (row["year"], row["asof"], row["p50_wan"]) == (2025, "2024-12", kept["values_wan"][0])
    assert (row["p10_wan"], row["p90_wan"], row["inside"]) == (None, None, None)
    assert played["all"]["crps_wan"] == abs(row["came_wan"] - row["p50_wan"])
    assert played["all"]["naive_wan"]["plan"] == abs(row["came_wan"] - kept["plan_wan"])
    assert data["not_scored"]["open_years"] == [2026]
    sheets = openpyxl.load_workbook(out / "预测打分.xlsx").sheetnames
    assert sheets[:2] == ["打分", "逐条"]
    again = portfolio("score", "存档", "-w", book, "--json", cwd=folder)
    assert json.loads(again.stdout) == data


def test_another_scenario_is_scored_when_it_is_named(folder: Path, book: Path) -> None:
    done = portfolio("score", "存档", "-w", book, "-s", "土地出让断崖", cwd=folder)
    assert done.returncode == 0 and "情景“土地出让断崖”1 份" in done.stdout
    none = portfolio("score", "存档", "-w", book, "-s", "没有的", cwd=folder)
    assert none.returncode == 3
    assert "没有情景“没有的”的存档（有的是：土地出让断崖、基准）" in "".join(none.stderr.split())


def test_what_is_not_known_yet_is_refused(folder: Path, book: Path, tmp_path: Path) -> None:
    done = portfolio("score", folder / "存档", "-w", book, *ASOF, cwd=tmp_path)
    assert done.returncode == 3 and "都还没有结束" in "".join(done.stderr.split())
    assert contents(tmp_path) == {}


def test_without_facts_nothing_is_scored(folder: Path, tmp_path: Path) -> None:
    done = portfolio("score", folder / "存档", "-w", SHIPPED, cwd=tmp_path)
    assert done.returncode == 3 and "没有执行数，无从打分" in done.stderr


def _changed(**values: object) -> Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), **values}, ensure_ascii=False)


def _other_place(text: str) -> str:
    data = json.loads(text)
    return json.dumps(data | {"list": data["list"] | {"place": "邻市"}}, ensure_ascii=False)


def _values(*values: object) -> Callable[[str], str]:
    def changed(text: str) -> str:
        data = json.loads(text)
        data["years"][0]["values_wan"] = list(values)
        return json.dumps(data, ensure_ascii=False)

    return changed


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda text: text[: len(text) // 2], "文件损坏"),
        (lambda _text: "", "文件损坏"),
        (lambda _text: "[" * 100_000, "文件损坏"),
        (lambda _text: "[1, 2]", "不是预测存档"),
        (_changed(what="别的"), "不是预测存档"),
        (_changed(layout=2), "存档格式为 2，本程序只认 1"),
        (_changed(asof="2024Q4"), "文件损坏"),
        (_changed(asof="2024-11-31"), "文件损坏"),
        (_changed(way="占卜"), "文件损坏"),
        (_changed(items=None), "文件损坏"),
        (_changed(list="某清单"), "文件损坏"),
        (_values(3, 2), "文件损坏"),
        (_values("多"), "文件损坏"),
        (_values(1.5), "文件损坏"),
        (_other_place, "存的是邻市"),
    ],
)
def test_what_is_no_forecast_of_the_list_is_told(
    damage: Callable[[str], str], told: str, folder: Path, book: Path, tmp_path: Path
) -> None:
    text = (folder / "存档" / PLAYED).read_text(encoding="utf-8")
    archive = tmp_path / "存档"
    archive.mkdir()
    (archive / PLAYED).write_text(damage(text), encoding="utf-8")
    (archive / TESTED).write_bytes(b"\xff\xfe")
    done = portfolio("score", archive, "-w", book, cwd=tmp_path)
    assert done.returncode == 3 and said_no_english(done.stderr)
    said = "".join(done.stderr.split())
    assert "".join(told.split()) in said
    assert "输入有2处问题" in said  # both files are told at once
    assert not (tmp_path / "out").exists()


def test_the_same_forecast_twice_is_told(folder: Path, book: Path, tmp_path: Path) -> None:
    for name in (PLAYED, "预测 副本.json"):
        (tmp_path / name).write_bytes((folder / "存档" / PLAYED).read_bytes())
    done = portfolio("score", tmp_path, "-w", book, cwd=tmp_path)
    assert done.returncode == 3 and "会重复计数" in "".join(done.stderr.split())


def test_a_test_that_was_stopped_is_no_forecast_to_keep(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (result,) = workflows.stress([], book, n=8, levers=False, asof=ASOF[1])
    stopped = replace(result, sampling=replace(result.sampling, interrupted=True))
    with pytest.raises(InputError, match="路径没有做完，不能存档"):
        workflows.write_stress([stopped], tmp_path / "out", archive=tmp_path / "存档")
    assert contents(tmp_path) == {}
    given = Given(archive=tmp_path / "存档")
    assert kept_by(given, [result]) == given
    assert kept_by(given, [stopped]) == {}
    assert "预测没有存档" in capsys.readouterr().err


def test_scenarios_that_would_share_a_file_are_told() -> None:
    kept = kept_of_run(example_run())

    def of(*names: str) -> list[Archived]:
        return [replace(kept, origin=replace(kept.origin, scenario=name)) for name in names]

    with pytest.raises(InputError, match="两个情景的存档都叫"):
        archive_contents(of("a/b", "a/b"), example_run().calendar)
    # What differs in signs that no file may have has files of its own.
    assert len(archive_contents(of("a/b", "a:b"), example_run().calendar)) == 2


def test_what_is_written_is_read_back_the_same(tmp_path: Path) -> None:
    run = example_run()
    kept = kept_of_run(run)
    ((name, content),) = archive_contents([kept], run.calendar).items()
    (tmp_path / name).write_bytes(content)
    assert read_archives(tmp_path, run.calendar) == (kept,)


def test_a_folder_without_forecasts_is_told(book: Path, tmp_path: Path) -> None:
    for path, told in ((tmp_path / "没有", "不是可以读取的文件夹"), (tmp_path, "没有存档的预测")):
        done = portfolio("score", path, "-w", book, cwd=tmp_path)
        assert done.returncode == 3 and told in "".join(done.stderr.split())
