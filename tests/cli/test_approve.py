"""Plans promoted through the command: in a new workbook, sealed, named wherever they count."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from portfolio import workflows
from portfolio.model.approved.promote import spans_of
from portfolio.model.reallocation.from_facts import planned_money
from portfolio.read.workbook import read_workbook
from tests.cli.command import contents, portfolio, too_wide

BOOK = "示例-执行数.xlsx"
FIRST, SECOND = "示例-执行数 2026年年初计划.xlsx", "示例-执行数 2026年调整计划1.xlsx"
CELLS, VERSIONS = "计划版本明细", "计划版本"
OF_FIRST = ("--year", "2026", "--number", "某发改〔2026〕1号", "--date", "2026-02-10")
OF_SECOND = ("--year", "2026", "--number", "某府〔2026〕8号", "--date", "2026-07-03", "--adjust")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, its plan approved as 年初计划."""
    folder = tmp_path_factory.mktemp("approve")
    assert portfolio("example", "-o", ".", cwd=folder).returncode == 0
    before = (folder / BOOK).read_bytes()
    done = portfolio(
        "approve", "-w", BOOK, *OF_FIRST, "--authority", "市政府", "-o", "一", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    assert "已登记2026年年初计划：某发改〔2026〕1号" in done.stdout
    assert "该年计划 5,003.9 亿元" in done.stdout
    assert not too_wide(done.stdout)
    assert (folder / BOOK).read_bytes() == before
    assert sorted(path.name for path in (folder / "一").iterdir()) == ["approve.json", FIRST]
    return folder


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _changed(path: Path, to: Path, change: Callable[[openpyxl.Workbook], None]) -> Path:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(to)
    return to


def test_all_other_sheets_keep_their_bytes(folder: Path):
    old, new = _parts(folder / BOOK), _parts(folder / "一" / FIRST)
    # The lists of parts and sheets; the mark by which hand edits of what we write are known.
    lists = {
        "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml",
        "docProps/custom.xml",
    }  # fmt: skip
    assert {name: part for name, part in new.items() if name in old and name not in lists} == {
        name: part for name, part in old.items() if name not in lists
    }
    assert len(new) == len(old) + 2
    book = openpyxl.load_workbook(folder / "一" / FIRST)
    assert book[CELLS].protection.sheet and book[VERSIONS].protection.sheet


def test_the_version_is_the_plan_of_the_year_to_the_wan(folder: Path):
    loaded = read_workbook(folder / "一" / FIRST)
    (version,) = loaded.portfolio.versions
    year = 2026 - loaded.portfolio.calendar.first_year
    assert version.plan_wan == int(loaded.portfolio.plan_wan[year].sum())
    assert loaded.questions == read_workbook(folder / BOOK).questions


def test_what_is_promoted_unchanged_changes_no_figure(folder: Path):
    plain = json.loads(portfolio("run", "-w", BOOK, "--json", "-o", "甲", cwd=folder).stdout)
    told = json.loads(
        portfolio("run", "-w", f"一/{FIRST}", "--json", "-o", "乙", cwd=folder).stdout
    )
    version = told.pop("plan_version")
    assert (version["title"], version["document"]) == ("年初计划", "某发改〔2026〕1号")
    assert (version["effective"], version["authority"]) == ("2026-01", "市政府")
    for each in (plain, told):
        each.pop("origin")
        each["answer"].pop("origin", None)
    assert told == plain


def test_a_second_first_plan_and_all_other_reasons_are_refused_at_once(folder: Path):
    before = contents(folder)
    done = portfolio(
        "approve", "-w", f"一/{FIRST}", "--year", "2026", "--date", "2026-01-05", cwd=folder
    )
    assert done.returncode == 3
    for said in ("没有写批准文号", "早于上一版本", "2026 年已有年初计划（某发改〔2026〕1号"):
        assert said in done.stderr.replace("\n  ", "")
    same = portfolio("approve", "-w", f"一/{FIRST}", *OF_SECOND, cwd=folder)
    assert same.returncode == 3
    assert "没有差别" in same.stderr
    assert contents(folder) == before


def test_a_plan_of_another_workbook_is_refused(folder: Path):
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["输入文件 SHA-256", "0" * 64])
    book.save(folder / "调整方案.xlsx")
    done = portfolio(
        "approve", "-w", f"一/{FIRST}", *OF_SECOND[:-1], "--from", "调整方案.xlsx", cwd=folder
    )
    assert done.returncode == 3
    assert "不是这份工作簿的调整方案：所据工作簿的指纹是 000000000000" in done.stderr.replace(
        "\n  ", ""
    )


@pytest.fixture(scope="module")
def later(folder: Path) -> tuple[str, int]:
    """The approved workbook with 10 亿元 of an item's 2026 put off by hand."""
    loaded = read_workbook(folder / "一" / FIRST).portfolio
    item = loaded.item(26)
    year = 2026 - loaded.calendar.first_year
    money = int(loaded.plan_wan[year, :, loaded.position[26]].sum())
    row = (26, item.name, 2026, (money - 100_000) / 10_000, "假设：推迟")
    _changed(folder / "一" / FIRST, folder / "改.xlsx", lambda book: book["年度计划"].append(row))
    return "改.xlsx", 26


def test_a_year_is_held_against_the_approved_plan_until_another_is_approved(
    folder: Path, later: tuple[str, int]
):
    name, number = later
    done = portfolio("run", "-w", name, "-o", "丙", cwd=folder)
    assert "计划版本：2026年年初计划（某发改〔2026〕1号" in done.stdout
    assert "5,003.9" in done.stdout
    assert "推演按工作簿现在的计划，它与这一版本不同：2026 年有" in done.stdout.replace("\n  ", "")
    seen = portfolio("approve", "-w", name, *OF_SECOND, "--preview", "--json", cwd=folder)
    told = json.loads(seen.stdout)
    assert {cell["item_no"] for cell in told["cells"]} == {number}
    assert sum(cell["change_wan"] for cell in told["cells"]) == -100_000
    assert told["before_wan"] - told["after_wan"] == 100_000
    assert not (folder / "out").exists()
    done = portfolio("approve", "-w", name, *OF_SECOND, "-o", "二", cwd=folder)
    assert done.returncode == 0, done.stderr
    (made,) = (folder / "二").glob("*.xlsx")
    forms = portfolio("forms", "1", "-w", made, "-o", "表", "--json", cwd=folder)
    (form,) = json.loads(forms.stdout)["forms"]
    assert form["plan_version"].startswith("2026年调整计划（第1次）（某府〔2026〕8号")
    assert form["sheets"][0]["lines"][0]["plan_wan"] == told["after_wan"]


def test_forms_name_the_version_and_go_to_a_folder_of_their_month(folder: Path):
    done = portfolio("forms", "1", "3A", "-w", f"一/{FIRST}", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    (told, _) = json.loads(done.stdout)["forms"]
    assert told["plan_version"] == "2026年年初计划（某发改〔2026〕1号，2026-02-10 市政府批准）"
    made = folder / "out" / f"报表 2026-10（{Path(FIRST).stem}）"
    sheet = openpyxl.load_workbook(next(made.glob("表1*.xlsx"))).worksheets[0]
    assert any(
        "计划版本：2026年年初计划（某发改〔2026〕1号" in str(cell.value)
        for row in sheet.iter_rows(max_row=2) for cell in row
    )  # fmt: skip
    shutil.rmtree(folder / "out")


def test_verify_and_check_find_what_was_changed_by_hand(folder: Path):
    good = portfolio("verify", f"一/{FIRST}", BOOK, cwd=folder)
    assert good.returncode == 0
    assert "1 个工作簿的计划版本与批准时一致" in good.stdout

    def cell(book: openpyxl.Workbook) -> None:
        book[CELLS]["E3"].value += 1

    def number(book: openpyxl.Workbook) -> None:
        row = [c.value for c in book[VERSIONS][1]]
        book[VERSIONS].cell(2, row.index("批准文号") + 1).value = "某发改〔2026〕2号"

    for change, sheet, said in (
        (cell, CELLS, "明细与批准时不同"),
        (number, VERSIONS, "版本号与该行内容不符"),
    ):
        bad = _changed(folder / "一" / FIRST, folder / "错.xlsx", change)
        done = portfolio("verify", bad, cwd=folder)
        assert done.returncode == 3
        assert said in done.stdout.replace("\n  ", "")
        asked = portfolio("check", bad, cwd=folder)
        assert asked.returncode == 0
        assert f"{sheet}!A1" in asked.stdout
        refused = portfolio("approve", "-w", bad, *OF_SECOND, cwd=folder)
        assert refused.returncode == 3
        assert said in refused.stderr.replace("\n  ", "")


# --- Of an adjusted plan


@pytest.fixture(scope="module")
def adjusted(folder: Path) -> Path:
    """The adjusted plan that a shock of the next year asks for."""
    done = portfolio(
        "reallocate", "-w", f"一/{FIRST}", "--set", "专项债券:2027=-30%", "--no-prices",
        "--no-ways", "-o", "调", cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "调" / "调整方案.xlsx"


FROM = ("--year", "2026", "--number", "某府〔2026〕9号", "--date", "2026-10-20", "--from")


def test_an_adjusted_plan_becomes_the_version_in_force(folder: Path, adjusted: Path):
    seen = portfolio(
        "approve", "-w", f"一/{FIRST}", *FROM, adjusted, "--preview", "--json", cwd=folder
    )
    told = json.loads(seen.stdout)
    done = portfolio("approve", "-w", f"一/{FIRST}", *FROM, adjusted, "-o", "三", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert not too_wide(done.stdout)
    new = read_workbook(folder / "三" / SECOND).portfolio
    first, second = new.versions
    assert (second.adjusts, second.document, second.effective) == (
        True,
        "某府〔2026〕9号",
        5 * 12 + 9,
    )
    played = workflows.run(folder / "一" / FIRST, [str(adjusted)]).portfolio
    year = played.plan_wan[2026 - played.calendar.first_year]
    assert second.cells_wan == {
        (item.no, channel.id): int(year[c, i])
        for c, channel in enumerate(played.channels)
        for i, item in enumerate(played.items)
        if year[c, i]
    }
    assert told["after_wan"] == second.plan_wan != first.plan_wan == told["before_wan"]
    # The workbook's own plan is as it was: it is played, and held against the new version.
    assert (new.plan_wan == read_workbook(folder / "一" / FIRST).portfolio.plan_wan).all()


def test_an_adjusted_plan_is_the_first_plan_of_a_year_to_come(folder: Path, adjusted: Path):
    """Decided before the year begins it is drafted into that year's budget, and nothing adjusts."""
    asked = ("--number", "某发改〔2027〕1号", "--date", "2027-02-08", "--from", adjusted)
    done = portfolio(
        "approve", "-w", f"一/{FIRST}", "--year", "2027", *asked, "-o", "四", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    assert "已登记2027年年初计划" in done.stdout
    (made,) = (folder / "四").glob("*.xlsx")
    version = read_workbook(made).portfolio.versions[-1]
    assert (version.adjusts, version.effective) == (False, 6 * 12)
    played = workflows.run(folder / "一" / FIRST, [str(adjusted)]).portfolio
    assert version.plan_wan == int(played.plan_wan[6].sum())
    asked = ("--number", "某府〔2027〕9号", "--date", "2027-03-01", "--adjust", "--from", adjusted)
    early = portfolio("approve", "-w", f"一/{FIRST}", "--year", "2027", *asked, cwd=folder)
    assert early.returncode == 3
    assert "2027 年还没有年初计划，不能批准调整计划" in early.stderr.replace("\n  ", "")


def test_a_year_that_has_begun_is_not_planned_for_the_first_time_by_an_adjusted_plan(
    tmp_path: Path, folder: Path
):
    refused = portfolio(
        "approve", "-w", BOOK, *FROM, folder / BOOK, "-o", tmp_path / "out", cwd=folder
    )
    assert refused.returncode == 3
    assert "2026 年还没有年初计划，不能批准调整计划" in refused.stderr.replace("\n  ", "")
    assert not (tmp_path / "out").exists()


def test_an_item_that_an_adjusted_plan_leaves_alone_ends_when_it_was_to_end(
    folder: Path, adjusted: Path
):
    before = read_workbook(folder / "一" / FIRST).portfolio
    after = workflows.run(folder / "一" / FIRST, [str(adjusted)]).portfolio
    left = planned_money(before)[5:] == after.plan_wan[5 : 5 + len(planned_money(before)[5:])]
    alone = [item.no for i, item in enumerate(before.items) if left[:, :, i].all()]
    (version,) = before.versions
    spans = spans_of(after, before)
    assert alone
    assert {no: spans[no] for no in alone} == {no: version.spans[no] for no in alone}


def test_the_same_adjusted_plan_is_not_approved_twice(folder: Path, adjusted: Path):
    """Nor is it the plan of the workbook that names it as its version: that has another fingerprint."""
    done = portfolio("approve", "-w", f"三/{SECOND}", *FROM, adjusted, cwd=folder)
    assert done.returncode == 3
    said = done.stderr.replace("\n  ", "")
    assert "文号 某府〔2026〕9号 已用于" in said
    assert "不是这份工作簿的调整方案" in said


def test_an_adjusted_plan_changed_by_hand_against_the_rules_is_refused(
    folder: Path, adjusted: Path
):
    def ten_times(book: openpyxl.Workbook) -> None:
        sheet = book["调整后计划"]
        head = next(
            r for r in sheet.iter_rows(max_row=8) if "2027" in [str(c.value)[:4] for c in r]
        )
        column = next(c.column for c in head if str(c.value).startswith("2027"))
        row = next(
            cells for cells in sheet.iter_rows(min_row=head[0].row + 1)
            if isinstance(cells[column - 1].value, int | float) and cells[column - 1].value > 5
        )  # fmt: skip
        row[column - 1].value *= 100

    before = contents(folder)
    bad = _changed(adjusted, folder / "改坏.xlsx", ten_times)
    done = portfolio("approve", "-w", f"一/{FIRST}", *FROM, bad, cwd=folder)
    assert done.returncode == 3, done.stdout
    bad.unlink()
    assert contents(folder) == before
