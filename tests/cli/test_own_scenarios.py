"""Scenarios of the workbook's own sheet, as commands find, play and refuse them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from tests.cli.command import portfolio, too_wide
from tests.read.shipped import SHIPPED
from tests.report.results import example_workbook

EXAMPLE = "示例：明年专项债减一成"


def with_rows(path: Path, *rows: Sequence[object]) -> Path:
    """The shipped workbook with rows in the sheet 情景."""
    book = openpyxl.load_workbook(SHIPPED)
    for number, row in enumerate(rows, start=2):
        for place, value in enumerate(row, start=1):
            book["情景"].cell(number, place).value = value
    book.save(path)
    return path


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_rows(
        tmp_path_factory.mktemp("情景") / "有情景.xlsx",
        ("我的冲击", "渠道额度", "专项债券", None, "2024-2025", "-30%"),
        ("大项说错", "造价", None, "没有的大项", None, "+7%"),
    )


def test_the_example_is_found_by_name_and_counts_years_from_its_asof(tmp_path: Path):
    done = portfolio("run", "-w", example_workbook(), "-s", EXAMPLE, "-o", "出", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    # Facts end in October 2026: T + 1 is 2027.
    assert "地方政府专项债券 2027年 额度" in done.stdout and not too_wide(done.stdout)
    origin = json.loads((tmp_path / "出" / "run.json").read_text("utf-8"))["origin"]
    assert (origin["scenario"], origin["scenario_sheet"]) == (EXAMPLE, "情景")


def test_a_run_from_files_says_nothing_of_the_sheet(tmp_path: Path):
    assert portfolio("run", "-s", "专项债后置", "-o", "出", cwd=tmp_path).returncode == 0
    origin = json.loads((tmp_path / "出" / "run.json").read_text("utf-8"))["origin"]
    assert "scenario_sheet" not in origin


def test_it_is_compared_and_laid_over_files(book: Path, tmp_path: Path):
    done = portfolio(
        "compare", "-w", book, "-s", "基准", "-s", "我的冲击", "-o", "比", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "我的冲击" in done.stdout
    done = portfolio(
        "run", "-w", book, "-s", "我的冲击", "-s", "专项债后置", "-o", "叠", cwd=tmp_path
    )
    assert "情景：我的冲击+专项债后置" in done.stdout, done.stderr


def test_a_plan_adjusted_under_it_is_read_back(book: Path, tmp_path: Path):
    words = ("-w", book, "-s", "我的冲击")
    done = portfolio("reallocate", *words, "--no-prices", "--time", "5", "-o", "调", cwd=tmp_path)
    assert done.returncode in (0, 5), done.stderr
    done = portfolio("run", "-w", book, "-s", "调/调整方案.xlsx", "-o", "回", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "情景：我的冲击+调整方案" in done.stdout


def test_check_tries_each_on_the_workbook(book: Path, tmp_path: Path):
    done = portfolio("check", book, cwd=tmp_path)
    assert done.returncode == 3
    assert "输入有 1 处问题" in done.stderr and "情景!B3" in done.stderr
    # What can't be laid on it stops only who asks for it.
    assert portfolio("run", "-w", book, "-o", "出", cwd=tmp_path).returncode == 0
    done = portfolio("run", "-w", book, "-s", "大项说错", "-o", "出", cwd=tmp_path)
    assert done.returncode == 3 and "情景!B3" in done.stderr


def test_a_name_that_a_file_has_too_is_refused(tmp_path: Path):
    book = with_rows(tmp_path / "同名.xlsx", ("专项债后置", "造价", None, "21", None, "+7%"))
    for words in (("check", book), ("run", "-w", book, "-s", "专项债后置")):
        done = portfolio(*words, cwd=tmp_path)
        assert done.returncode == 3
        said = done.stderr.replace("\n  ", "")  # where a line breaks depends on the path in it
        assert "情景!B2" in said and "同名" in said
    assert portfolio("run", "-w", book, "-s", "专项债收紧", cwd=tmp_path).returncode == 0


def test_an_unknown_name_is_told_with_those_of_the_sheet(book: Path, tmp_path: Path):
    done = portfolio("run", "-w", book, "-s", "我的冲撞", cwd=tmp_path)
    assert done.returncode == 3
    assert "工作簿“情景”表中有：我的冲击、大项说错" in done.stderr.replace("\n      ", "")


def test_a_name_of_the_sheet_is_not_called_unknown_where_the_workbook_has_problems(tmp_path: Path):
    path = with_rows(tmp_path / "有误.xlsx", ("我的冲击", "造价", None, "21", None, "+7%"))
    book = openpyxl.load_workbook(path)
    book["项目清单"]["F5"] = "五百"
    book.save(path)
    done = portfolio("run", "-w", path, "-s", "我的冲击", "-s", "没有", cwd=tmp_path)
    assert done.returncode == 3
    assert "情景“没有”" in done.stderr and "情景“我的冲击”" not in done.stderr
