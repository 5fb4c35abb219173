"""A month's round through the commands: sheets out, filled in, errors found, closed, verified."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from portfolio.model.calendar import SHIPPED as CALENDAR
from portfolio.model.month.asked import asked_of
from portfolio.model.month.further import with_further
from portfolio.model.month.owed import owed
from portfolio.model.month.returned import Weight
from portfolio.model.schema import settings_row
from portfolio.read.returned import Expected, read_returned
from portfolio.read.workbook import read_workbook
from tests.cli.command import contents, portfolio, too_wide
from tests.listed_projects import made_tables, made_workbook
from tests.report.office import SOFFICE, convert
from tests.returned_sheets import (
    FURTHER_PLANTS,
    HEADER,
    Form,
    Plant,
    filled,
    planted,
    planted_further,
)

NAME, NEXT = "清单 2026-10.xlsx", "清单 2026-11.xlsx"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of 90 projects and 14 units with facts to 2026-10, its sheets sent out."""
    folder = tmp_path_factory.mktemp("month")
    tables = made_tables(3, 90, facts="project")
    tables["设置"] = [
        {**settings_row(CALENDAR), "example": "是", "unit": "市财政局", "author": "甲"}
    ]
    made_workbook(folder / NAME, tables)
    done = portfolio("collect", "-w", NAME, "-o", "发", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "14 个单位，90 行" in done.stdout
    assert not too_wide(done.stdout)
    filled(folder / "发", folder / "好")
    return folder


@pytest.fixture(scope="module")
def closed(folder: Path) -> Path:
    """The month closed."""
    done = portfolio("close", "2026-11", "好", "-w", NAME, "-o", "结账", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2026-11 已结账：14 个单位" in done.stdout
    assert not too_wide(done.stdout)
    return folder / "结账"


def test_each_sheet_says_from_when_on_its_figures_are_counted(folder: Path):
    found = set()
    for path in (folder / "发").glob("2026-11 *.xlsx"):
        book = openpyxl.load_workbook(path)
        for name in book.sheetnames[1:]:
            found.add((name, "本年累计数" in book[name]["A3"].value, "开工以来" in book[name]["A3"].value,
                       "发行以来" in book[name]["A3"].value))  # fmt: skip
    assert found == {
        ("填报", True, False, False), ("资金", True, False, False),
        ("资金台账", False, True, False), ("专项债券", False, False, True),
        ("月报补充", False, False, False),
    }  # fmt: skip


def test_wide_sheets_are_printed_side_by_side_with_names_on_each_page(folder: Path):
    for path in (folder / "发").glob("2026-11 *.xlsx"):
        book = openpyxl.load_workbook(path)
        if "专项债券" not in book.sheetnames:
            continue
        sheet = book["专项债券"]
        breaks = [0, *(each.id for each in sheet.col_breaks.brk), sheet.max_column]
        assert len(breaks) >= 4 and sheet.print_title_cols == "$A:$C"
        heads = [str(cell.value) for cell in sheet[HEADER]]
        for last in breaks[1:-1]:  # 1-based: the last column of a page
            assert not heads[last - 1].startswith("上月")
        return
    raise AssertionError("no unit has bonds")


def test_twelve_planted_errors_are_found_with_cell_and_question(folder: Path):
    wrong = folder / "错"
    shutil.copytree(folder / "好", wrong)
    errors = planted(sorted(wrong.glob("*.xlsx")))
    assert len(errors) == 12
    before = contents(folder)
    done = portfolio("close", "2026-11", "错/*.xlsx", "-w", NAME, "-o", "退", "--json", cwd=folder)
    assert done.returncode == 3
    told = json.loads(done.stdout)
    assert not told["closed"]
    found = {(one["rule"], one["file"], one["place"]): one for one in told["asked"]}
    for error in errors:
        one = found.pop((error.rule, error.file, error.place))
        assert one["found"], error
        assert "？" in one["ask"] or "请" in one["ask"], error
        assert one["unit"] in one["file"], error
    # What else is asked is asked of the planted rows, and stops nothing.
    places = {(error.file, error.place) for error in errors}
    assert all(one["weight"] == "请核对" for one in found.values()), found
    assert {(file, place) for _, file, place in found} <= places
    assert [path.name for path in (folder / "退").iterdir()] == ["退回清单.xlsx"]
    assert {k: v for k, v in contents(folder).items() if not k.startswith("退")} == before


def test_a_closed_month_reads_as_the_sum_of_what_came_back(folder: Path, closed: Path):
    old, new = read_workbook(folder / NAME), read_workbook(closed / NEXT)
    assert new.portfolio.facts.asof_months == old.portfolio.facts.asof_months + 1
    told = {
        (row.project_code, row.channel_id, row.first_month): row.done_wan
        for row in new.portfolio.facts.by_project
    }
    first = new.portfolio.facts.asof_months - 11
    for path in (folder / "好").glob("*.xlsx"):
        form = Form(path)
        for row in form.rows("填报"):
            cumulated = form.cell("填报", row, "本年累计完成投资").value
            code = form.cell("填报", row, "项目代码").value
            if cumulated is not None and form.is_yellow("填报", row, "本年累计完成投资"):
                of = [
                    wan or 0
                    for (project, _, month), wan in told.items()
                    if project == code and month >= first
                ]
                assert sum(of) == cumulated, code
    assert len(told) > len(old.portfolio.facts.by_project)


def test_nothing_of_the_users_workbook_changes_but_what_units_told(folder: Path, closed: Path):
    old, new = (openpyxl.load_workbook(path) for path in (folder / NAME, closed / NEXT))
    assert new.sheetnames == [*old.sheetnames, "结账记录"]
    for name in old.sheetnames:
        before = [[cell.value for cell in row] for row in old[name].iter_rows()]
        after = [[cell.value for cell in row] for row in new[name].iter_rows()]
        if name == "专项债券":
            continue  # its rows are brought up to date: see below
        if name in ("月度执行", "资金台账", "月报补充"):
            while not any(before[-1]):
                before.pop()
            after = after[: len(before)]
        assert after == before, name


def test_purses_bonds_and_words_go_into_their_sheets(folder: Path, closed: Path):
    old, new = (read_workbook(path).for_forms for path in (folder / NAME, closed / NEXT))
    until = read_workbook(closed / NEXT).portfolio.facts.asof_months
    purses = {(p.project_code, p.channel_id, p.level): p for p in new.purses if p.until == until}
    bonds = {(bond.bond_code, bond.project_code): bond for bond in new.bonds}
    names = {c.name: c.id for c in read_workbook(folder / NAME).portfolio.channels}
    told = dict.fromkeys(("资金台账", "专项债券", "月报补充"), 0)
    for path in (folder / "好").glob("*.xlsx"):
        form = Form(path)
        for name in told.keys() & form.columns.keys():
            for row in form.rows(name):
                told[name] += 1
                code = form.cell(name, row, "项目代码").value
                if name == "资金台账":
                    level = form.cell(name, row, "级次").value
                    purse = purses[code, names[form.cell(name, row, "资金渠道").value], level]
                    for title, key in (("指标已下达", "issued_wan"), ("累计支付", "settled_wan")):
                        assert getattr(purse, key) == form.cell(name, row, title).value
                elif name == "专项债券":
                    bond = bonds[form.cell(name, row, "债券编码").value, code]
                    assert bond.spent_wan == form.cell(name, row, "已支出").value
                    assert bond.idle_reason == form.cell(name, row, "闲置原因").value
                elif said := form.cell(name, row, "形象进度说明").value:
                    assert new.works[code] == said
    assert told["资金台账"] == len(purses) > 0
    assert told["专项债券"] == len(bonds) == len(old.bonds) > 0
    assert any(said == "主体工程过半" for said in new.works.values())
    before = {(p.project_code, p.channel_id, p.level): p for p in old.purses}
    assert {k: p.initial_wan for k, p in purses.items()} == {
        k: p.initial_wan for k, p in before.items() if k in purses
    }


@pytest.mark.parametrize("plant", FURTHER_PLANTS)
def test_errors_of_further_sheets_are_found_with_cell_and_question(
    folder: Path, tmp_path: Path, plant: Plant
):
    loaded = read_workbook(folder / NAME)
    files = [Path(shutil.copy(each, tmp_path)) for each in sorted((folder / "好").glob("*.xlsx"))]
    path, error = planted_further(files, plant)
    month = loaded.portfolio.facts.asof_months
    due = with_further(owed(loaded.portfolio, month), loaded.portfolio, loaded.for_forms)
    back = read_returned(path, Expected(owed={one.unit: one for one in due}, month="2026-11"))
    assert back.returned is not None
    found = asked_of(back.returned, "2026-12-03")
    (one,) = [each for each in found if each.place == error.place]
    assert (one.rule, one.file) == (error.rule, error.file)
    assert one.found
    assert "？" in one.ask or "请" in one.ask
    assert all(each.place == error.place for each in found if each.weight is Weight.MUST)


def test_what_is_written_is_told_and_a_closed_month_is_closed_once(folder: Path, closed: Path):
    names = sorted(path.name for path in closed.iterdir())
    assert names == ["close.json", "变动.json", "变动.xlsx", NEXT, "结账清单.xlsx"]
    changed = json.loads((closed / "变动.json").read_text("utf-8"))
    assert changed["closed"] == []
    assert sum(one["rows"] for one in changed["reported"]) > 90
    again = portfolio("close", "2026-11", "好", "-w", f"结账/{NEXT}", cwd=folder)
    assert again.returncode == 3
    assert "2026-11 已经结账" in again.stderr
    assert "--reopen" in again.stderr


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_what_changed_is_printed_on_five_pages_at_most_and_says_what_is_not(
    closed: Path, tmp_path: Path
):
    sheet = openpyxl.load_workbook(closed / "变动.xlsx")["变动"]
    assert sheet.max_row > 90
    assert "打印只含前 60 行" in str(sheet["A2"].value)
    convert([closed / "变动.xlsx"], "pdf", tmp_path)
    assert len(PdfReader(tmp_path / "变动.pdf").pages) <= 5


def test_a_month_is_reopened_by_name_with_a_reason(folder: Path, closed: Path):
    refused = portfolio("close", "2026-11", "好", "-w", f"结账/{NEXT}", "--reopen", cwd=folder)
    assert refused.returncode == 3
    assert "重开没有写理由" in refused.stderr
    shutil.copytree(folder / "好", folder / "更正")
    path = sorted((folder / "更正").glob("*.xlsx"))[0]
    form = Form(path)
    row = next(
        row for row in form.rows("填报")
        if form.is_yellow("填报", row, "本年累计完成投资")
        and (form.cell("填报", row, "本年累计完成投资").value or 0)
        > (form.cell("填报", row, "上月止本年累计完成").value or 0)
    )  # fmt: skip
    form.cell("填报", row, "本年累计完成投资").value -= 1
    form.book.save(path)
    done = portfolio(
        "close", "2026-11", "更正", "-w", f"结账/{NEXT}", "-o", "重开", "--reopen",
        "--reason", "更正一个项目", cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    first, second = (read_workbook(each / NEXT) for each in (closed, folder / "重开"))
    sums = [
        sum(row.done_wan or 0 for row in book.portfolio.facts.by_project)
        for book in (first, second)
    ]
    assert sums[0] - sums[1] == 1
    verified = portfolio("verify", NAME, f"结账/{NEXT}", f"重开/{NEXT}", "--json", cwd=folder)
    told = json.loads(verified.stdout)
    assert verified.returncode == 0
    assert [len(one["closings"]) for one in told["workbooks"]] == [0, 1, 2]
    assert told["not_seen"] == []


def test_a_closed_month_tampered_with_is_caught(folder: Path, closed: Path):
    fine = portfolio("verify", f"结账/{NEXT}", NAME, cwd=folder)
    assert fine.returncode == 0, fine.stdout
    assert "核验通过" in fine.stdout
    book = openpyxl.load_workbook(closed / NEXT)
    page = book["月度执行"]
    column = next(cell.column for cell in page[1] if str(cell.value).startswith("完成投资"))
    page.cell(40, column).value = (page.cell(40, column).value or 0) + 0.01
    book.save(folder / "改过.xlsx")
    done = portfolio("verify", "改过.xlsx", cwd=folder)
    assert done.returncode == 3
    assert "与结账时不同" in done.stdout
    assert not too_wide(done.stdout)
    checked = portfolio("check", "改过.xlsx", cwd=folder)
    assert "此前的执行数与结账时不同" in checked.stdout.replace("\n", "").replace(" ", "")


def test_forms_bear_the_number_of_the_closed_month(folder: Path, closed: Path):
    done = portfolio("forms", "6", "-w", closed / NEXT, "-o", "六", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    (form,) = json.loads(done.stdout)["forms"]
    mark = json.loads((closed / "close.json").read_text("utf-8"))["closing"]["mark"]
    assert form["sealed"] == mark[:12]
    before = portfolio("forms", "6", "-w", NAME, "-o", "六", "--json", cwd=folder)
    assert "sealed" not in json.loads(before.stdout)["forms"][0]


def test_a_unit_that_sent_nothing_stops_it_or_counts_as_nothing(folder: Path):
    some = folder / "缺"
    some.mkdir()
    paths = sorted((folder / "好").glob("*.xlsx"))
    for path in paths[1:]:
        shutil.copy(path, some)
    unit = paths[0].stem.partition(" ")[2]
    done = portfolio("close", "2026-11", "缺", "-w", NAME, "-o", "缺出", cwd=folder)
    assert done.returncode == 3
    assert "1 个单位未交" in done.stdout
    assert unit in done.stdout
    done = portfolio(
        "close", "2026-11", "缺", "-w", NAME, "-o", "缺出", "--without", unit, cwd=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "暂列 0" in done.stdout
    rows = read_workbook(folder / "缺出" / NEXT).portfolio.facts.by_project
    assert any("暂列 0" in row.provenance for row in rows)
    wrong = portfolio("close", "2026-11", "缺", "-w", NAME, "--without", "市火局", cwd=folder)
    assert wrong.returncode == 3
    assert "没有责任单位“市火局”" in wrong.stderr


@pytest.mark.parametrize(
    ("month", "said"),
    [("2026-12", "执行数齐到 2026-10"), ("2026-08", "最后一月"), ("十一月", "不是月份")],
)
def test_only_the_next_month_is_asked_for(folder: Path, month: str, said: str):
    done = portfolio("collect", "-w", NAME, "--month", month, "-o", "别的", cwd=folder)
    assert done.returncode == 3
    assert said in done.stderr.replace("\n", "").replace(" ", "") or said in done.stderr
    assert not (folder / "别的").exists()


def test_a_workbook_without_facts_is_told_what_to_do(tmp_path: Path):
    done = portfolio("collect", cwd=tmp_path)
    assert done.returncode == 3
    assert "没有执行数" in done.stderr


def test_a_problem_that_is_new_goes_into_the_register_once(folder: Path):
    shutil.copytree(folder / "好", folder / "有问题")
    path = sorted((folder / "有问题").glob("*.xlsx"))[0]
    form = Form(path)
    row = form.rows("填报")[0]
    code = form.cell("填报", row, "项目代码").value
    for head, said in (("问题", "征拆未完"), ("问题类别", "征拆"), ("下一步措施", "专班推进")):
        assert form.is_yellow("填报", row, head)
        form.cell("填报", row, head).value = said
    form.book.save(path)
    before = read_workbook(folder / NAME).for_forms.troubles
    done = portfolio("close", "2026-11", "有问题", "-w", NAME, "-o", "三", "--json", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (told,) = json.loads(done.stdout)["registered"]
    assert (told["project_code"], told["category"]) == (code, "征拆")
    troubles = read_workbook(folder / "三" / NEXT).for_forms.troubles
    assert troubles[: len(before)] == before
    (new,) = troubles[len(before) :]
    assert (new.no, new.problem, new.measure) == (told["no"], "征拆未完", "专班推进")
    assert str(new.state) == "未办" and new.owner in path.name
    again = portfolio(
        "close", "2026-11", "有问题", "-w", f"三/{NEXT}", "-o", "四", "--reopen", "--reason", "再来",
        "--json", cwd=folder,
    )  # fmt: skip
    assert again.returncode == 0, again.stdout + again.stderr
    assert json.loads(again.stdout)["registered"] == []
    assert read_workbook(folder / "四" / NEXT).for_forms.troubles == troubles
