"""`portfolio forms --unit`: each unit's own page, the same figures as form 1."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.command import portfolio, too_wide
from tests.listed_projects import made_tables, made_workbook

UNITS = "全部"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    made_workbook(folder / "清单.xlsx", made_tables(3, 90, facts="project"))
    return folder


def test_every_unit_has_a_page_that_comes_to_its_line_of_form_1(folder: Path):
    done = portfolio("forms", "1", "6", "--unit", UNITS, "-w", "清单.xlsx", "-o", "页", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert not too_wide(done.stdout)
    told = json.loads((folder / "页" / "forms.json").read_text("utf-8"))["forms"]
    by_unit = next(s for s in told[0]["sheets"] if s["name"] == "按责任单位")["lines"]
    pages = {form["title"]: form["sheets"] for form in told if form["number"] == "单位页"}
    units = [line for line in by_unit[1:] if line["name"] != "未分到责任单位"]
    assert list(pages) == [line["name"] for line in units]
    assert len(pages) == 14
    for line in units:
        total = pages[line["name"]][0]["lines"][0]
        for key in (
            "total_wan",
            "plan_wan",
            "month_wan",
            "year_wan",
            "last_year_wan",
            "completion",
        ):
            assert total[key] == line[key], (line["name"], key)
        assert total["parts"] == len(pages[line["name"]][0]["lines"]) - 1 > 0
    gaps = [
        gap["no"] for sheets in pages.values() for gap in sheets[1]["lines"] if not gap["parts"]
    ]
    register = [
        line["no"] for line in told[1]["sheets"][0]["lines"]
        if not line["parts"] and line["state"] != "已销"
    ]  # fmt: skip
    assert set(gaps) <= set(register)


def test_a_page_is_a_workbook_of_its_own(folder: Path):
    unit = "市水局"
    done = portfolio("forms", "--unit", unit, "-w", "清单.xlsx", "-o", "一", cwd=folder)
    assert done.returncode == 0, done.stderr
    (path,) = (folder / "一").glob("*.xlsx")
    assert path.name.startswith(f"单位页 {unit} ")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["项目", "缺口", "应付未付"]
    said = str(book["项目"]["A4"].value) + str(book["项目"]["A3"].value)
    assert "亿元" in said
    assert "红灯" in said


def test_a_unit_that_is_not_there_is_told_with_the_nearest(folder: Path):
    done = portfolio("forms", "--unit", "市水", "-w", "清单.xlsx", cwd=folder)
    assert done.returncode == 3
    assert "没有责任单位“市水”" in done.stderr
    assert "市水局" in done.stderr
