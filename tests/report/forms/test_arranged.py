"""An office's own form: columns by name, in its order and words; nothing is lost in silence."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from portfolio.model.forms.template import TemplateSheet
from portfolio.report.excel.forms import form_bytes
from portfolio.report.tables.forms.arranged import Arranged, arranged, bare
from tests.cli.command import portfolio
from tests.forms_made import form

HEAD = ("序号", "名称", "本年计划（亿元）", "本年 累计", "完成率", "领导批示", "灯")
ONE = (TemplateSheet(name="月报", rows=(("某市月报",), (), HEAD)),)


def made() -> Arranged:
    return arranged(form("1", listed=False), ONE)


def test_a_title_is_the_same_with_other_blanks_widths_and_units():
    assert bare("本年 累计（亿元）") == bare("本年累计")
    assert bare("超(欠)序时（百分点）") == bare("超（欠）序时")
    assert bare("本年累计") != bare("本年计划")


def test_columns_stand_in_the_order_and_words_of_the_template():
    sheet = made().form.sheets[0]
    assert [each.title for each in sheet.fields] == list(HEAD)
    assert [each.key for each in sheet.fields] == [
        "no", "name", "plan_wan", "year_wan", "completion", "blank1", "light",
    ]  # fmt: skip


def test_what_has_no_place_is_told_on_both_sides():
    blank, left = made().notes
    assert blank.endswith("留空：领导批示")
    assert "总投资" in left and "本年累计" not in left


def test_other_sheets_stay_as_they_are():
    plain = form("1", listed=False)
    assert made().form.sheets[1:] == plain.sheets[1:]


def test_the_office_fills_in_its_own_columns_and_formulas_need_what_they_name():
    content = form_bytes(made().form)
    live = openpyxl.load_workbook(io.BytesIO(content))["汇总"]
    head = [cell.value for cell in live[3]]
    assert head == list(HEAD)
    assert live.cell(4, 6).value is None
    assert str(live.cell(4, 4).value).startswith("=SUBTOTAL")
    assert live.cell(4, 5).value == "=D4/C4"
    without = arranged(
        form("1", listed=False), (TemplateSheet(name="x", rows=(("名称", "本年累计", "完成率"),)),)
    )
    cells = openpyxl.load_workbook(io.BytesIO(form_bytes(without.form)))["汇总"]
    assert isinstance(cells.cell(4, 3).value, float)  # 本年计划 isn't there


def test_of_several_sheets_those_of_the_same_name_are_meant():
    template = (
        TemplateSheet(name="说明", rows=(HEAD,)),
        TemplateSheet(name="项目明细", rows=(("项目名称", "责任单位", "本月完成"),)),
    )
    found = arranged(form("1", listed=False), template)
    by_name = {sheet.name: sheet for sheet in found.form.sheets}
    assert [each.key for each in by_name["项目明细"].fields] == ["name", "owner", "month_wan"]
    assert len(by_name["汇总"].fields.by_key) > len(HEAD)


def test_a_template_that_names_nothing_is_found_to():
    assert not arranged(form("1", listed=False), (TemplateSheet(name="x", rows=(("甲",),)),)).found


def _template(path: Path, *head: str) -> Path:
    book = openpyxl.Workbook()
    for column, text in enumerate(head, start=1):
        book.active.cell(2, column, text)
    book.save(path)
    return path


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    assert portfolio("example", "-o", folder, cwd=folder).returncode == 0
    return next(folder.glob("*.xlsx"))


def test_by_the_command(book: Path, tmp_path: Path):
    template = _template(tmp_path / "表样.xlsx", *HEAD)
    done = portfolio("forms", "1", "-w", book, "--template", template, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "留空：领导批示" in done.stdout
    other = _template(tmp_path / "别的.xlsx", "甲", "乙", "丙")
    refused = portfolio("forms", "1", "-w", book, "--template", other, "-o", "新", cwd=tmp_path)
    assert refused.returncode == 3
    assert "表样中找不到" in "".join(refused.stderr.split())
    assert not (tmp_path / "新").exists()
