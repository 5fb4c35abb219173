"""`portfolio backtest`: the card, its files, conditions, the distribution into a workbook."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from portfolio.model.schema.record import COMPLETION, DISTRIBUTION
from portfolio.read.workbook import read_workbook
from tests.cli.command import SCREEN_COLUMNS, Done, portfolio, started
from tests.read.shipped import SHIPPED, opened, put, saved


def screen_columns(text: str) -> int:
    from portfolio.report.screen.console import text_columns

    return max(text_columns(line) for line in text.splitlines())


def joined(text: str) -> str:
    """A text without its blanks and breaks, which depend on the screen's width."""
    return "".join(text.split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("回测")


@pytest.fixture(scope="module")
def done(folder: Path) -> Done:
    return started("backtest", cwd=folder)


def test_the_card(done: Done):
    assert (done.returncode, done.stderr) == (0, "")
    assert screen_columns(done.stdout) <= SCREEN_COLUMNS
    said = joined(done.stdout)
    for words in (
        "这些把握有多可信（28 个地区年，逐年只用此前的数）",
        "八成区间装住 24/28（95% 置信 67%—96%）",
        "1·2·4·3·3·2·4·3·3·3 次，看不出系统偏差（KS p=0.76，但只有 28 次）",
        "平均误差（CRPS）6.1 个百分点；“计划照完成”14.3，“和上一次一样”11.9，“历年平均”8.7",
        "与“历年完成率的分布”（6.5）相比少 0.4",
        "没有显出更准",
        "本模型 0.055，“总会完成”0.036——这一问上本模型不胜过“总会完成”",
        "依据 32 个地区年的全年数（30 个完成，多为报喜的新闻稿）和 72 个年内数",
        "审计 0/1、督查 0/1",
        "另有 29 个地区年只公布到九月以后、没有全年数：年初的八成区间装住 24 个",
        "2026 年达到 3,800 亿元：约七到九成",
        "若本市另有两年没公布、也没完成：约六到七成",
        "计划的 98%—123%（十次里约八次），中间 110%",
        "约 3,700—4,700 亿元，中间约 4,200",
        "没有 2027 年名单计划，不给把握",
        "造价、单个大项的竣工、各渠道到位率、相关系数：没有实绩，不能检验",
    ):
        assert joined(words) in said


def test_the_files(done: Done, folder: Path):
    out = folder / "out" / "回测"
    assert sorted(path.name for path in out.iterdir()) == ["backtest.json", "回测.xlsx"]
    data = json.loads((out / "backtest.json").read_text(encoding="utf-8"))
    assert data["rolling"]["coverage80"]["inside"] == 24
    assert len(data["rolling"]["foretold"]) == data["rolling"]["n"] == 28
    assert [each["key"] for each in data["rolling"]["naive"]] == ["plan", "last", "mean", "spread"]
    told, refused = data["chances"]
    assert (told["words"], told["refusal"]) == ("约七到九成", None)
    assert len(told["by_choice"]) == 5
    assert (refused["low"], refused["high"], refused["by_choice"]) == (None, None, [])
    book = openpyxl.load_workbook(out / "回测.xlsx")
    assert book.sheetnames == ["校准", "逐次预测", "年内数", "完成率分布"]
    texts = [str(c.value) for line in book["校准"].iter_rows() for c in line if c.value]
    assert any("约七到九成" in text for text in texts)
    assert any("没有显出更准" in text for text in texts)
    assert book["完成率分布"].max_row >= 199


def test_json_on_stdout_is_the_file(folder: Path, done: Done):
    said = portfolio("backtest", "--json", cwd=folder)
    assert said.returncode == 0
    path = folder / "out" / "回测" / "backtest.json"
    assert said.stdout == path.read_text(encoding="utf-8")
    assert "已写出到" in said.stderr


@pytest.mark.parametrize(
    ("condition", "code", "said"),
    [("覆盖80<0.5", 0, "不成立（0.8571）"), ("覆盖80<0.9", 6, "成立（0.8571）")],
)
def test_conditions_end_as_the_contract_says(condition, code, said, tmp_path: Path):
    done = portfolio("backtest", "--fail-if", condition, cwd=tmp_path)
    assert done.returncode == code
    assert f"条件 {condition}：{said}" in done.stdout
    assert (tmp_path / "out" / "回测" / "backtest.json").exists()


def test_what_cannot_be_read_is_told_at_once_and_nothing_is_written(tmp_path: Path):
    book = opened()
    put(book, COMPLETION.name, "rate_bps", 3, "很高")
    path = saved(book, tmp_path / "坏.xlsx")
    done = portfolio(
        "backtest", "-w", path, "--fail-if", "P(2026)<0.8", "--fail-if", "覆盖<1", cwd=tmp_path
    )
    assert done.returncode == 3
    assert "输入有 3 处问题" in done.stderr
    assert joined("把握只以范围给出") in joined(done.stderr)
    assert "年度完成率!G3" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_workbook_without_a_record_is_refused(tmp_path: Path):
    book = opened()
    del book[COMPLETION.name], book[DISTRIBUTION.name]
    done = portfolio("backtest", "-w", saved(book, tmp_path / "旧.xlsx"), cwd=tmp_path)
    assert done.returncode == 3
    assert joined("用于校准的全年数只有 0 行，无从回测") in joined(done.stderr)


def test_until_a_year_that_knows_too_little(tmp_path: Path):
    done = portfolio("backtest", "--until", 2014, cwd=tmp_path)
    assert done.returncode == 3
    assert "--until：到 2014 年为止" in done.stderr


def test_until_a_year(tmp_path: Path):
    done = portfolio("backtest", "--until", 2022, cwd=tmp_path)
    assert done.returncode == 0
    assert joined("只用到 2022 年为止的数") in joined(done.stdout)
    assert "2023 年达到 3,785 亿元" in done.stdout
    both = portfolio("backtest", "--until", 2022, "--write", cwd=tmp_path)
    assert both.returncode == 2


def test_the_distribution_is_written_into_the_workbook_that_is_named(tmp_path: Path):
    book = opened()
    del book[DISTRIBUTION.name]
    book.create_sheet("我的表")["A1"] = "自己的"
    path = saved(book, tmp_path / "我的计划.xlsx")
    before = path.read_bytes()
    done = portfolio("backtest", "-w", path, "--write", cwd=tmp_path)
    assert done.returncode == 0
    aside = tmp_path / "我的计划（写入前 1）.xlsx"
    assert aside.read_bytes() == before
    assert joined("原件另存为 我的计划（写入前 1）.xlsx") in joined(done.stdout)
    loaded = read_workbook(path)
    assert len(loaded.portfolio.record.tables) == 3
    assert not [each for each in loaded.questions if each.place.startswith("完成率分布!")]
    assert openpyxl.load_workbook(path)["我的表"]["A1"].value == "自己的"
    again = portfolio("backtest", "-w", path, "--write", cwd=tmp_path)
    assert joined("已是最新，没有改写") in joined(again.stdout)
    assert not (tmp_path / "我的计划（写入前 2）.xlsx").exists()


def test_without_a_name_a_copy_is_written_and_the_shipped_workbook_stays(tmp_path: Path):
    before = SHIPPED.read_bytes()
    done = portfolio("backtest", "--write", cwd=tmp_path)
    assert done.returncode == 0
    assert SHIPPED.read_bytes() == before
    copy = tmp_path / "out" / "回测" / SHIPPED.name
    assert len(read_workbook(copy).portfolio.record.tables) == 3


def test_a_workbook_that_cannot_be_replaced_stays_as_it_is(tmp_path: Path, monkeypatch):
    from portfolio.report import files

    path = tmp_path / "开着.xlsx"
    book = opened()
    del book[DISTRIBUTION.name]
    saved(book, path)
    before = path.read_bytes()
    monkeypatch.setattr(files, "_replaceable", lambda each: each != path)
    done = portfolio("backtest", "-w", path, "--write", cwd=tmp_path)
    assert done.returncode == 3
    assert joined("文件无法改写，可能正在 Excel、Word 等程序中打开") in joined(done.stderr)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["开着.xlsx"]


@pytest.mark.parametrize("out", ["挡路", "."])
def test_workbook_and_files_are_written_together_or_not_at_all(out: str, tmp_path: Path):
    """A folder that can't be made; a workbook that bears the name of an output."""
    (tmp_path / "挡路").write_text("文件", encoding="utf-8")
    book = opened()
    del book[DISTRIBUTION.name]
    path = saved(book, tmp_path / "回测.xlsx")
    before = path.read_bytes()
    done = portfolio("backtest", "-w", path, "--write", "-o", out, cwd=tmp_path)
    assert done.returncode == 3
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["回测.xlsx", "挡路"]


def test_a_fresh_city_has_the_record_and_no_distribution(tmp_path: Path):
    made = portfolio("init", tmp_path / "新城", "--place", "新城", cwd=tmp_path)
    assert made.returncode == 0
    path = next((tmp_path / "新城" / "inputs").glob("*.xlsx"))
    book = openpyxl.load_workbook(path)
    record = [line[0].value for line in book[COMPLETION.name].iter_rows(min_row=2)]
    assert sum(value is not None for value in record) == 241
    kept = [c.value for line in book[DISTRIBUTION.name].iter_rows(min_row=2) for c in line]
    assert not any(kept)
