"""Rows that units add to the further sheets, and what turns red while sheets are filled in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from portfolio.model.calendar import SHIPPED as CALENDAR
from portfolio.model.month.asked import asked_of
from portfolio.model.month.further import with_further
from portfolio.model.month.owed import Owed, owed
from portfolio.model.month.returned import Asked, Rule, Weight
from portfolio.model.schema import settings_row
from portfolio.read.returned import Expected, read_returned
from portfolio.read.workbook import read_workbook
from tests.cli.command import portfolio
from tests.listed_projects import made_tables, made_workbook
from tests.report.office import SOFFICE, convert
from tests.returned_sheets import FURTHER_PLANTS, HEADER, Form, filled, planted, planted_further

NAME, NEXT = "清单 2026-10.xlsx", "清单 2026-11.xlsx"
DOCUMENT = "穗财预〔2026〕88号"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of 40 projects with facts to 2026-10, its sheets filled in soundly."""
    folder = tmp_path_factory.mktemp("added")
    tables = made_tables(3, 40, facts="project")
    tables["设置"] = [{**settings_row(CALENDAR), "example": "是"}]
    made_workbook(folder / NAME, tables)
    done = portfolio("collect", "-w", NAME, "-o", "发", cwd=folder)
    assert done.returncode == 0, done.stderr
    filled(folder / "发", folder / "好")
    return folder


@pytest.fixture(scope="module")
def due(folder: Path) -> dict[str, Owed]:
    """What each unit owes."""
    book = read_workbook(folder / NAME)
    owes = owed(book.portfolio, book.portfolio.facts.asof_months)
    return {one.unit: one for one in with_further(owes, book.portfolio, book.for_forms)}


def asked(path: Path, due: dict[str, Owed]) -> tuple[Asked, ...]:
    back = read_returned(path, Expected(owed=due, month="2026-11"))
    assert back.returned is not None, back.asked
    return asked_of(back.returned, "2026-12-03")


def first_of(due: dict[str, Owed]) -> tuple[Owed, Any, str]:
    """A unit, a line of it and a channel of the line's item of which there is no purse yet."""
    for one in due.values():
        purses = {(each.whose, each.shown.get("channel")) for each in one.further}
        for line in one.lines:
            whose = line.project_code or line.item_no
            for name in one.may_add.channels[line.item_no]:
                if line.must and (whose, name) not in purses and whose not in one.may_add.barred:
                    return one, line, name
    raise AssertionError(due)


def path_of(folder: Path, unit: str, into: Path) -> Path:
    return Path(shutil.copy(folder / "好" / f"2026-11 {unit}.xlsx", into))


def test_new_purses_and_bonds_go_into_the_workbook_and_are_told_as_new(
    folder: Path, due: dict[str, Owed]
):
    one, line, channel = first_of(due)
    shutil.copytree(folder / "好", folder / "新")
    path = folder / "新" / f"2026-11 {one.unit}.xlsx"
    form = Form(path)
    purse = form.add("资金台账", {
        "项目代码": line.project_code, "资金渠道": channel, "现行预算": 900, "指标已下达": 700,
        "累计应付": 50, "说明": DOCUMENT,
    })  # fmt: skip
    bond = form.add("专项债券", {
        "债券编码": "NEW-1", "债券名称": "2026年新发债", "项目代码": line.project_code, "名称": line.name,
        "本期债券金额": 5_000, "已拨付": 4_000, "已支出": 1_000, "到位日期": "2026-11-05",
    })  # fmt: skip
    form.book.save(path)
    done = portfolio("close", "2026-11", "新", "-w", NAME, "-o", "结", "--json", cwd=folder)
    assert done.returncode == 0, [
        x for x in json.loads(done.stdout)["asked"] if x["weight"] == "须改"
    ]
    told = {each["place"]: each for each in json.loads(done.stdout)["asked"]}
    assert told[form.place("资金台账", purse, "级次")]["weight"] == "已说明"
    question = told[form.place("专项债券", bond, "项目代码")]
    assert (question["rule"], question["weight"]) == ("新增的行", "请核对")
    new, old = (read_workbook(folder / each).for_forms for each in (f"结/{NEXT}", NAME))
    (made,) = [each for each in new.bonds if each.bond_code == "NEW-1"]
    assert (made.project_code, made.amount_wan, made.spent_wan, made.arrived_on) == (
        line.project_code, 5_000, 1_000, "2026-11-05",
    )  # fmt: skip
    assert len(new.bonds) == len(old.bonds) + 1
    names = {each.id: each.name for each in read_workbook(folder / NAME).portfolio.channels}
    (added,) = [
        each for each in new.purses
        if each.project_code == line.project_code and names[each.channel_id] == channel
    ]  # fmt: skip
    assert (added.initial_wan, added.adjusted_wan, added.issued_wan, added.payable_wan) == (
        None, 900, 700, 50,
    )  # fmt: skip
    sheet = openpyxl.load_workbook(folder / "结" / "变动.xlsx")["变动"]
    rows = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    for name, what in (("专项债券!", "NEW-1"), ("资金台账!", channel)):
        assert any(
            "新增" in row and any(what in text for text in row)
            and any(text.startswith(name) for text in row) for row in rows
        ), name  # fmt: skip
    added = json.loads(done.stdout)["added"]
    assert [(each["sheet"], each["file"]) for each in added] == [
        ("资金台账", path.name), ("专项债券", path.name),
    ]  # fmt: skip
    assert all(each["row"].startswith("新增：") and each["place"] for each in added)


Values = Callable[[Owed, Any, str], tuple[str, dict[str, Any], str, Rule]]


def _wrong(sheet: str, at: str, rule: Rule, **more: Any) -> Values:
    def values(one: Owed, line: Any, channel: str) -> tuple[str, dict[str, Any], str, Rule]:
        row: dict[str, Any] = {"项目代码": line.project_code}
        row |= (
            {"资金渠道": channel, "指标已下达": 5}
            if sheet == "资金台账"
            else {"债券编码": "NEW-2", "债券名称": "新债", "本期债券金额": 50}
        )
        said = {key: value(one, line) if callable(value) else value for key, value in more.items()}
        return sheet, {k: v for k, v in (row | said).items() if v is not None}, at, rule

    return values


def _bond(one: Owed, part: str) -> Any:
    """A bond of the workbook that is issued whole."""
    code, known = next(iter(one.may_add.bonds.items()))
    return {"code": code, "name": known.name, "rest": known.issue_wan or known.amount_wan}[part]


WRONG: Sequence[Values] = (
    _wrong("资金台账", "级次", Rule.LOCKED, 项目代码="P99-999"),
    _wrong("资金台账", "资金渠道", Rule.ADDED, 资金渠道="月亮基金"),
    _wrong("资金台账", "资金渠道", Rule.ADDED, 资金渠道=None),
    _wrong("资金台账", "现行预算", Rule.ADDED, 指标已下达=None),
    _wrong("资金台账", "名称", Rule.ADDED, 名称="别的项目"),
    _wrong("资金台账", "指标已下达", Rule.LEDGER, 现行预算=4),
    _wrong("资金台账", "累计应付", Rule.OVER_TOTAL, 累计应付=10**9),
    _wrong("专项债券", "本期债券金额", Rule.ADDED, 本期债券金额=None),
    _wrong("专项债券", "已支出", Rule.LEDGER, 已拨付=40, 已支出=41),
    _wrong("专项债券", "已拨付", Rule.LEDGER, 已拨付=51),
    _wrong("专项债券", "到位日期", Rule.LEDGER, 到位日期="2026-12-05"),
    _wrong("专项债券", "债券名称", Rule.ADDED, 债券编码=lambda one, _: _bond(one, "code")),
    _wrong("专项债券", "本期债券金额", Rule.ADDED, 债券编码=lambda one, _: _bond(one, "code"),
           债券名称=lambda one, _: _bond(one, "name"),
           本期债券金额=lambda one, _: _bond(one, "rest") + 1),
)  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_an_added_row_is_judged_as_any_other(
    folder: Path, due: dict[str, Owed], tmp_path: Path, wrong: Values
):
    one, line, channel = first_of(due)
    sheet, values, at, rule = wrong(one, line, channel)
    path = path_of(folder, one.unit, tmp_path)
    form = Form(path)
    row = form.add(sheet, values)
    form.book.save(path)
    place = form.place(sheet, row, at)
    found = [each for each in asked(path, due) if each.place == place]
    assert rule in {each.rule for each in found if each.weight is Weight.MUST}, found
    assert all("？" in each.ask or "请" in each.ask or "先" in each.ask for each in found)


def test_a_row_added_twice_or_of_last_month_is_sent_back(
    folder: Path, due: dict[str, Owed], tmp_path: Path
):
    one, line, channel = first_of(due)
    path = path_of(folder, one.unit, tmp_path)
    form = Form(path)
    values = {"项目代码": line.project_code, "资金渠道": channel, "指标已下达": 5}
    rows = [form.add("资金台账", values) for _ in range(2)]
    third = form.add("月报补充", {"项目代码": line.project_code, "形象进度说明": "又一行"})
    form.cell("资金台账", rows[0], "上月指标已下达").value = 3
    form.book.save(path)
    found = {each.place: each for each in asked(path, due) if each.weight is Weight.MUST}
    twice = found.pop(form.place("资金台账", rows[1], "级次"))
    assert "有两行" in twice.found
    assert "锁定" in found.pop(form.place("资金台账", rows[0], "上月指标已下达")).found
    assert "有两行" in found.pop(form.place("月报补充", third, "项目代码")).found
    assert not found


def test_sheets_of_the_layout_before_are_read_without_what_they_lack(
    folder: Path, due: dict[str, Owed], tmp_path: Path
):
    unit = next(one.unit for one in due.values() if one.further)
    path = path_of(folder, unit, tmp_path)
    book = openpyxl.load_workbook(path)
    for name in book.sheetnames[1:]:
        for cell in book[name][2]:
            if cell.value == "版式":
                book[name].cell(2, cell.column + 1).value = cell.value = None
    del book["资金台账"], book["专项债券"], book["月报补充"]
    book.save(path)
    found = [each for each in asked(path, due) if each.place.endswith("!A1")]
    assert found
    assert {each.weight for each in found} == {Weight.ASK}
    assert all("当作没有报" in each.found and "重新发表" in each.ask for each in found)
    path = path_of(folder, unit, tmp_path)
    book = openpyxl.load_workbook(path)
    del book["资金台账"]
    book.save(path)
    (lost,) = [each for each in asked(path, due) if each.weight is Weight.MUST]
    assert lost.found == "没有“资金台账”表"
    assert "重新发表" in lost.ask


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_what_close_will_ask_is_red_while_it_is_typed(
    folder: Path, due: dict[str, Owed], tmp_path: Path
):
    one, line, channel = first_of(due)
    typed: list[tuple[Path, str, int, bool]] = []
    for number, plant in enumerate(FURTHER_PLANTS):
        if getattr(plant, "__name__", "") == "_copied":
            continue  # its formulas are copied with it
        inner = tmp_path / str(number)
        inner.mkdir()
        files = [Path(shutil.copy(each, inner)) for each in sorted((folder / "好").glob("*.xlsx"))]
        path, error = planted_further(files, plant)
        sheet, cell = error.place.split("!")
        row = Form(path).sheet(sheet)[cell].row
        # Seen only when it comes back: what is locked, left blank, a day that moved.
        unseen = error.rule in (Rule.LOCKED, Rule.UNTOLD)
        moved = Form(path).sheet(sheet)[cell].value == "2026-11-30"
        typed.append(
            (path.rename(tmp_path / f"planted{number}.xlsx"), sheet, row, not (unseen or moved))
        )
    lines = tmp_path / "lines"
    shutil.copytree(folder / "好", lines)
    for error in planted(sorted(lines.glob("*.xlsx"))):
        sheet, cell = error.place.split("!")
        path = lines / error.file
        row = Form(path).sheet(sheet)[cell].row
        if error.rule in (Rule.LOCKED, Rule.TOTAL, Rule.PAID):
            continue  # seen when it comes back: of a locked cell, of sums, of a project's channels
        typed.append((path.rename(tmp_path / f"line{row}{error.file}"), sheet, row, True))
    for number, wrong in enumerate(WRONG):
        sheet, values, at, _ = wrong(one, line, channel)
        path = path_of(folder, one.unit, tmp_path)
        form = Form(path)
        row = form.add(sheet, values)
        form.book.save(path)
        # Names, channels of an item and bonds of others are known to the workbook alone.
        known = at not in ("名称", "债券名称") and "月亮基金" not in values.values()
        known &= not (at == "本期债券金额" and "本期债券金额" in values)
        known &= at != "现行预算"
        typed.append((path.rename(tmp_path / f"wrong{number}.xlsx"), sheet, row, known))
    convert([path for path, *_ in typed], "xlsx:Calc MS Excel 2007 XML", tmp_path / "out")
    for path, sheet, row, is_red in typed:
        book = openpyxl.load_workbook(tmp_path / "out" / path.name, data_only=True)
        for name in ("填报", "资金台账", "专项债券", "月报补充"):
            page = book[name]
            place = [cell.value for cell in page[HEADER]].index("检查")
            said = {each[0].row: each[place].value for each in page.iter_rows(min_row=HEADER + 1)}
            red = {number for number, text in said.items() if text}
            assert red == ({row} if is_red and name == sheet else set()), (path, name, said)


def test_a_bond_for_a_project_that_may_have_none_wants_a_document(
    folder: Path, due: dict[str, Owed], tmp_path: Path
):
    one, line = next(
        (one, line) for one in due.values() for line in one.lines
        if line.project_code in one.may_add.barred
    )  # fmt: skip
    values = {
        "债券编码": "NEW-3",
        "债券名称": "新债",
        "本期债券金额": 50,
        "项目代码": line.project_code,
    }
    for said, weight in ((None, Weight.MUST), (DOCUMENT, Weight.TOLD)):
        path = path_of(folder, one.unit, tmp_path)
        form = Form(path)
        row = form.add("专项债券", values | ({} if said is None else {"说明": said}))
        form.book.save(path)
        place = form.place("专项债券", row, "项目代码")
        (found,) = [each for each in asked(path, due) if each.place == place]
        assert "可否专项债" in found.found and found.weight is weight


def test_formulas_are_no_longer_than_excel_takes(folder: Path):
    for path in (folder / "发").glob("2026-11 *.xlsx"):
        for sheet in openpyxl.load_workbook(path).worksheets:
            texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
            assert max(len(text) for text in texts) < 7_500, (path.name, sheet.title)
