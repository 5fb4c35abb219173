"""A list with projects through the command line: checked, played, explained, written."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from pathlib import Path

import openpyxl
import pytest

from portfolio.read.workbook import read_workbook
from tests.cli.command import portfolio, said_no_english, too_wide
from tests.listed_projects import made_tables, made_workbook

#: More lines than this don't fit a screen.
SCREEN_LINES = 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("projects")


@pytest.fixture(scope="module")
def book(folder) -> Path:
    tables = made_tables(7, 80, years="some", facts="project")
    return made_workbook(folder / "项目.xlsx", tables)


@pytest.fixture(scope="module")
def out(book, folder) -> Path:
    done = portfolio("run", "-w", book, "-o", folder / "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_check_counts_the_projects(book, folder):
    done = portfolio("check", book, cwd=folder)
    assert done.returncode == 0
    assert "项目：80 个，属 58 个大项，14 个责任单位" in done.stdout
    counts = json.loads(portfolio("check", book, "--json", cwd=folder).stdout)["counts"]
    assert counts["projects"] == 80


def test_wrong_sums_stop_everything(book, folder):
    tables = made_tables(7, 80)
    tables["项目"][0]["total_wan"] = int(tables["项目"][0]["total_wan"] or 0) + 10_000
    wrong = made_workbook(folder / "错.xlsx", tables)
    done = portfolio("run", "-w", wrong, "-o", folder / "none", cwd=folder)
    assert done.returncode == 3
    assert "项目!L2" in done.stderr
    assert not (folder / "none").exists()


def test_run_json_tells_every_project(out, book):
    told = json.loads((out / "run.json").read_text("utf-8"))
    listed = read_workbook(book).portfolio.projects
    assert [each["code"] for each in told["projects"]] == [each.code for each in listed]
    items = {each["no"]: each for each in told["items"]}
    done: dict[int, int] = defaultdict(int)
    for each in told["projects"]:
        item = items[each["item_no"]]
        assert each["item_finish"] == item["finish"]
        assert each["item_planned_finish"] == item["planned_finish"]
        assert each["item_delay_quarters"] == item["delay_quarters"]
        done[each["item_no"]] += each["done_wan"]
    rows = read_workbook(book).portfolio.facts.rows
    for no, wan in done.items():
        assert wan == sum(row.done_wan or 0 for row in rows if row.item_no == no)


def test_the_csv_and_the_sheet_hold_every_project(out):
    rows = list(csv.reader(io.StringIO((out / "项目.csv").read_text("utf-8-sig"))))
    page = openpyxl.load_workbook(out / "进度计划.xlsx", read_only=True)["项目"]
    sheet = [list(cells) for cells in page.iter_rows(min_row=5, values_only=True)]
    assert len(rows) == 81
    assert [row[0] for row in rows[1:]] == [cells[0] for cells in sheet[:80]]
    total = rows[0].index("总投资（亿元）")
    assert [float(row[total]) for row in rows[1:]] == [cells[total] for cells in sheet[:80]]
    assert "2021年起累计完成（执行数）（亿元）" in rows[0]


def test_a_list_without_projects_has_none_of_it(folder):
    done = portfolio("run", "-o", folder / "bare", cwd=folder)
    assert done.returncode == 0
    assert not (folder / "bare" / "项目.csv").exists()
    assert "projects" not in json.loads((folder / "bare" / "run.json").read_text("utf-8"))
    names = openpyxl.load_workbook(folder / "bare" / "进度计划.xlsx", read_only=True).sheetnames
    assert "项目" not in names


@pytest.mark.parametrize("word", ["地铁", "P24-001", "24"])
def test_an_item_is_explained_with_its_projects(word, book, folder):
    done = portfolio("explain", word, "-w", book, cwd=folder)
    assert done.returncode == 0
    assert done.stdout.startswith("24 城市轨道交通")
    assert "P24-001 城市轨道交通之1" in done.stdout
    assert "截至 2026-10 当年完成" in done.stdout
    assert ("→ P24-001" in done.stdout) == (word == "P24-001")
    assert not too_wide(done.stdout)


def test_a_unit_is_told_on_one_screen_the_most_delayed_first(book, folder):
    unit = read_workbook(book).portfolio.projects[0].owner
    done = portfolio("explain", unit, "-w", book, "-o", folder / "unit", cwd=folder)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{unit}：")
    assert len(lines) <= SCREEN_LINES
    assert not too_wide(done.stdout)
    told = json.loads((folder / "unit" / f"责任单位 {unit}.json").read_text("utf-8"))
    assert told["owner"] == unit
    late = [each["late"] for each in told["items"]]
    assert late == sorted(late, reverse=True)
    assert told["late"] == sum(late)
    owned = {one["owner"] for each in told["items"] for one in each["projects"]}
    assert owned == {unit}


def test_an_unknown_word_names_what_is_near(book, folder):
    done = portfolio("explain", "地铁站线", "-w", book, cwd=folder)
    assert done.returncode == 3
    assert "是否为“地铁”" in done.stderr
    assert said_no_english(done.stderr)


def test_scenarios_name_items_by_alias(folder):
    told = []
    for name in ("地铁", "城市轨道交通"):
        change = f"  - 造价: {{大项: {name}, 变动: +20%}}\n"
        (folder / "涨价.yaml").write_text(f"标题: 涨价\n变更:\n{change}", encoding="utf-8")
        told.append(portfolio("explain", "24", "-s", folder / "涨价.yaml", cwd=folder))
    assert [done.returncode for done in told] == [0, 0], told[0].stderr
    assert told[0].stdout == told[1].stdout
    assert told[0].stdout != portfolio("explain", "24", cwd=folder).stdout
