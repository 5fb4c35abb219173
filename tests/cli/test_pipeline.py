"""`portfolio pipeline`: what it says, and that its files alone bear it out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from scipy.special import betainc

from portfolio.model.pipeline.cases import CASES, cuts_of
from portfolio.workflows.pipeline import _cut_run
from tests.cli.command import Done, portfolio, said_no_english, too_wide
from tests.read.shipped import SHIPPED
from tests.report.results import shipped_run

SHEET = "储备项目"
HEADERS = (
    "项目代码", "项目名称", "风险类别", "总投资（亿元）", "成熟度", "最早开工年", "价值评分", "资金结构",
    "互斥组", "须先开工",
)  # fmt: skip
ROWS = (
    (
        "CB-1",
        "甲园区",
        "产业园区",
        300,
        "可开工",
        None,
        90,
        "专项债券 40%；企业自筹 60%",
        "甲",
        None,
    ),
    ("CB-2", "乙园区", "产业园区", 310, "可开工", None, 10, None, "甲", None),
    ("CB-3", "丙路", "高速公路", 150, "可研已批", 2029, 60, None, None, None),
    ("CB-4", "丁馆", "文化场馆", 20, "谋划", None, None, None, None, None),
    ("CB-5", "丁馆二期", "文化场馆", 10, "可开工", None, None, None, None, "CB-4"),
)


def with_reserve(path: Path, rows: tuple[tuple[object, ...], ...] = ROWS) -> Path:
    """The shipped workbook with these rows of 储备项目."""
    book = openpyxl.load_workbook(SHIPPED)
    sheet = book[SHEET] if SHEET in book.sheetnames else book.create_sheet(SHEET)
    sheet.delete_rows(1, sheet.max_row)
    for row in (HEADERS, *rows):
        sheet.append(row)
    book.save(path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("储备")
    with_reserve(here / "有储备.xlsx")
    return here


@pytest.fixture(scope="module")
def done(folder: Path) -> Done:
    return portfolio("pipeline", "-w", "有储备.xlsx", "-o", "出", cwd=folder)


@pytest.fixture(scope="module")
def told(folder: Path, done: Done) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "出" / "pipeline.json").read_text(encoding="utf-8"))


def test_the_answer_comes_first(done: Done, told: Any) -> None:
    assert done.returncode == 0 and not too_wide(done.stdout)
    said_no_english(done.stdout.replace("CB-", ""))
    first = "".join(line.strip() for line in done.stdout.split("\n")[:2])
    assert first.startswith("要守住 ") and "年起每年须新开工" in first and first.endswith("。")
    assert told["answer"].replace(" ", "") == first.replace(" ", "")
    assert "推演，非统计" in done.stdout and "…" not in done.stdout


def own_curve(a: float, b: float, years: float) -> list[float]:
    """Cumulated parts by year's end, starts at the four quarters' beginnings."""
    return [
        sum(betainc(a, b, min(1.0, (k - q / 4) / years)) for q in range(4)) / 4
        for k in range(1, 25)
    ]


def test_what_is_told_follows_from_the_files_alone(told: Any) -> None:
    """Volumes by class from the output, curves and factors from the workbook: nothing else."""
    book = openpyxl.load_workbook(SHIPPED, read_only=True)

    def table(name: str) -> list[dict[str, Any]]:
        head, *rows = book[name].iter_rows(values_only=True)
        return [dict(zip(head, row, strict=False)) for row in rows if row[0] is not None]

    risks = {row["名称"]: row for row in table("风险参数")}
    factor = {
        row["年份"]: row["入列系数（%）"] for row in table("年度目标") if row["入列系数（%）"]
    }
    items = table("项目清单")
    for case in told["cases"]:
        years = [row["year"] for row in case["years"]]
        money = dict.fromkeys(years, 0.0)
        for row in case["classes"]:
            mine = [i for i in items if i["风险类别"] == row["title"]]
            total = sum(i["总投资（亿元）"] for i in mine)
            shortest = sum(i["最短工期（年）"] * i["总投资（亿元）"] for i in mine) / total
            risk = risks[row["title"]]
            a, b = risk["曲线参数 a"], risk["曲线参数 b"]
            upto = own_curve(a, b, max(1.0, 1.25 * shortest))
            for start in years:
                for year in years:
                    if year >= start:
                        at = year - start
                        part = upto[at] - (upto[at - 1] if at else 0.0)
                        money[year] += row[f"y{start}"] * part
        for row in case["years"]:
            year = row["year"]
            assert row["new_wan"] == pytest.approx(money[year] * factor[year], abs=50)
            assert row["converted_wan"] == row["old_wan"] + row["new_wan"]
            assert row["short_wan"] == max(0, row["target_wan"] - row["converted_wan"])
            started = sum(each[f"y{year}"] for each in case["classes"])
            assert row["starts_wan"] == started and started % 1_000 == 0
            if case["held"] and year >= case["held_from"]:
                assert row["short_wan"] < 500
        for row in case["channels"]:
            if row["limit_wan"] is not None:
                assert max(row[f"y{year}"] for year in years) <= row["limit_wan"] + 500


def test_played_the_plans_bring_what_they_say(told: Any) -> None:
    for case in told["cases"]:
        for row in case["years"]:
            assert row["played_wan"] == pytest.approx(row["converted_wan"], rel=0.01)
        assert case["apart"] < 0.01
    assert told["cases"][0]["held"]
    choice = told["reserve"]
    for year, wan in choice["converted_wan"].items():
        assert choice["played_wan"][year] == pytest.approx(wan, rel=0.01)


def test_cases_are_beside_one_another_and_take_money_away(told: Any) -> None:
    names = [case["name"] for case in told["cases"]]
    assert names == ["按计划", "土地减半、一般预算减 15%", "再加专项债券减 20%"]
    limits = [{row["name"]: row["limit_wan"] for row in case["channels"]} for case in told["cases"]]
    land, bonds = "土地出让", "地方政府专项债券"
    assert limits[1][land] == pytest.approx(limits[0][land] / 2, abs=20)
    assert limits[2][bonds] == pytest.approx(limits[0][bonds] * 0.8, abs=20)
    assert limits[1][bonds] == limits[0][bonds]


def test_every_assumption_is_moved_and_its_effect_told(told: Any, folder: Path) -> None:
    rows = told["assumptions"]
    names = {row["name"] for row in rows}
    assert len(rows) >= 15 and len(names) >= 9
    base = told["cases"][0]
    for row in rows:
        if row["peak_wan"] is not None:
            assert row["peak_more_wan"] == row["peak_wan"] - base["peak_wan"]
    longer = next(row for row in rows if row["then"] == "1.5 倍" and "建设期" in row["name"])
    assert longer["peak_more_wan"] > 0
    book = openpyxl.load_workbook(folder / "出" / "储备测算.xlsx")
    assert book.sheetnames == ["首页", "逐年", "储备项目", "各渠道", "各类", "假设"]
    assert book["首页"].sheet_properties.pageSetUpPr.fitToPage and book["首页"].page_setup.paperSize
    said = {cell.value for row in book["假设"].iter_rows() for cell in row}
    assert names <= said


def test_reserve_projects_are_chosen_by_name_with_reasons_for_the_others(told: Any) -> None:
    choice = told["reserve"]
    chosen = {row["code"]: row["year"] for row in choice["chosen"]}
    left = {row["code"]: row["reason"] for row in choice["left"]}
    assert chosen.keys() | left.keys() == {row[0] for row in ROWS}
    assert choice["proven"] and "CB-1" in chosen and chosen.get("CB-3", 2029) >= 2029
    assert left["CB-2"] == "与已选的 CB-1 甲园区 只能选一个"
    assert left["CB-4"] == "不成熟：还在谋划"
    assert left["CB-5"] == "须先开工的 CB-4 丁馆 没有入选"


def test_rows_that_are_wrong_are_told_all_at_once(tmp_path: Path) -> None:
    wrong = (
        ("CB-1", "甲", "没有的类", 30, "可开工", None, 90, None, None, None),
        (
            "CB-2",
            "乙",
            "产业园区",
            30,
            "可开工",
            None,
            90,
            "专项债券 40%；企业自筹 50%",
            None,
            None,
        ),
        ("CB-3", "丙", "产业园区", 30, "快了", None, 101, None, None, None),
        ("CB-4", "丁", "产业园区", 30, "可开工", None, 90, "没有的渠道 100%", None, "CB-9"),
        ("CB-5", "戊", "产业园区", 30, "可开工", None, 90, "各一半", None, "CB-6"),
        ("CB-6", "己", "产业园区", 30, "可开工", None, 90, None, None, "CB-5"),
    )
    book = with_reserve(tmp_path / "错.xlsx", wrong)
    done = portfolio("check", book, cwd=tmp_path)
    assert done.returncode == 3
    said = done.stderr.replace("\n", "").replace(" ", "")
    for part in (
        "储备项目!C2", "储备项目!H3：资金结构合计90%", "储备项目!E4", "储备项目!G4", "储备项目!H5",
        "储备项目!J5", "储备项目!H6：资金结构“各一半”读不懂", "储备项目!J6", "储备项目!J7",
    ):  # fmt: skip
        assert part in said, part


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--first", "2025"), "--first：2025 年太早"),
        (("--first", "2036"), "没有下限或区间目标"),
        (("--hold", "2040"), "--hold：2040 不在"),
        (("--cap", "-1"), "-1 不在 0 至 1,000 之间"),
    ],
)
def test_what_cannot_be_asked_is_told(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = portfolio("pipeline", *words, cwd=tmp_path)
    assert done.returncode == 3 and said.replace(" ", "") in done.stderr.replace(" ", "")
    assert not list(tmp_path.iterdir())


def test_cases_cut_what_a_setting_of_the_user_leaves() -> None:
    """Both speak of the same cell: the case cuts what the setting leaves, and isn't refused."""
    year = 2027
    run = shipped_run(None, f"专项债券:{year}=-50%")
    found, missing = cuts_of(CASES[-1], run.portfolio.channels)
    assert not missing and [part for _, part in found] == [5_000, 8_500, 8_000]
    cut = _cut_run(run, found, year)
    y = year - run.calendar.first_year
    at = (slice(y, y + 2), run.portfolio.channel_position[found[-1][0].id])
    left = cut.portfolio.envelopes.pooled_ask_wan[at] / run.baseline.envelopes.pooled_ask_wan[at]
    assert left.tolist() == pytest.approx([0.4, 0.8], rel=1e-4)
    assert cut.outcome is not run.outcome and cut.baseline is run.baseline
