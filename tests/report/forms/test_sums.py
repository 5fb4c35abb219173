"""Every form: what stands under a sum is that sum, in values and in live formulas."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest

from portfolio.model.forms.lines import Rank
from portfolio.report.excel.forms import form_bytes
from portfolio.report.excel.forms.looks import LEAST_PRINTED
from portfolio.report.excel.forms.sheet import (
    DOWN,
    LEAST_SCALE,
    live_sums,
    not_repeated,
    pages_across,
    too_small,
    widths,
)
from portfolio.report.tables.forms.form import NOT_APPLICABLE, UNTOLD, FormSheet
from tests.forms_made import NUMBERS, form
from tests.report.office import SOFFICE
from tests.report.recalculation import differences

EACH = pytest.mark.parametrize("number", NUMBERS)
BOTH = pytest.mark.parametrize("listed", [False, True])


def number_of(sheet: FormSheet, key: str, row: Any) -> int | None:
    value = sheet.fields[key].value(row)
    return value if isinstance(value, int) else None


@EACH
@BOTH
def test_a_sum_is_all_plain_figures_below_it(number: str, listed: bool):
    for sheet in form(number, listed=listed).sheets:
        live = list(live_sums(sheet))
        for k, line in enumerate(sheet.lines):
            for key in live[k]:
                below = range(k + 1, k + 1 + line.parts)
                plain = [
                    number_of(sheet, key, sheet.lines[n].row) for n in below if key not in live[n]
                ]
                told = [wan for wan in plain if wan is not None]
                assert number_of(sheet, key, line.row) == sum(told), (sheet.name, k, key)


@EACH
@BOTH
def test_the_total_stands_first_and_holds_every_line(number: str, listed: bool):
    for sheet in form(number, listed=listed).sheets:
        if sheet.summed and sheet.lines:
            assert sheet.lines[0].rank is Rank.TOTAL
            assert sheet.lines[0].parts == len(sheet.lines) - 1


@EACH
@BOTH
def test_no_cell_of_a_form_is_blank(number: str, listed: bool):
    made = form(number, listed=listed)
    book = openpyxl.load_workbook(io.BytesIO(form_bytes(made)), data_only=True)
    for sheet in made.sheets:
        cells = book[sheet.name]
        first = 4 if not sheet.groups else 5
        for row in range(first, first + len(sheet.lines)):
            values = [cells.cell(row, column + 1).value for column in range(len(widths(sheet)))]
            assert None not in values, (sheet.name, row)
            assert "" not in values, (sheet.name, row)


@EACH
def test_sums_are_live_and_their_formulas_hold_the_stored_values(number: str):
    made = form(number, listed=True)
    content = form_bytes(made)
    live = openpyxl.load_workbook(io.BytesIO(content))
    stored = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    count = 0
    for name in live.sheetnames:
        for cells in live[name].iter_rows():
            for cell in cells:
                told = re.fullmatch(r"=SUBTOTAL\(9,([A-Z]+)(\d+):\1(\d+)\)", str(cell.value))
                if told is None:
                    continue
                count += 1
                below = [
                    stored[name][f"{told[1]}{row}"].value
                    for row in range(int(told[2]), int(told[3]) + 1)
                    if not str(live[name][f"{told[1]}{row}"].value).startswith("=SUBTOTAL")
                ]
                numbers = [value for value in below if isinstance(value, (int, float))]
                value = stored[name][cell.coordinate].value
                assert value == pytest.approx(sum(numbers), abs=1e-6), (name, cell.coordinate)
    assert count > 0


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@EACH
def test_libreoffice_computes_every_formula_to_its_stored_value(number: str, tmp_path):
    path = tmp_path / "form.xlsx"
    path.write_bytes(form_bytes(form(number, listed=False)))
    count, found = differences(path, tmp_path)
    assert count > 0
    assert found == []


@EACH
@BOTH
def test_letters_are_large_enough_on_paper(number: str, listed: bool):
    made = form(number, listed=listed)
    assert LEAST_PRINTED == 9
    assert too_small(made.sheets) == []


@BOTH
def test_a_page_across_repeats_the_first_columns_and_no_column_is_lost(listed: bool):
    sheet = next(each for each in form("1", listed=listed).sheets if each.name == "项目明细")
    pages = pages_across(sheet)
    assert len(pages) > 1
    again = list(range(sheet.repeated))
    assert all(page[: sheet.repeated] == again for page in pages)
    once = [column for page in pages for column in page if column not in again]
    assert once == list(range(sheet.repeated, len(widths(sheet))))


@EACH
@BOTH
def test_summaries_are_two_pages_at_most(number: str, listed: bool):
    """As LibreOffice and Excel print them: so high and no higher at the least size of letters."""
    made = form(number, listed=listed)
    book = openpyxl.load_workbook(io.BytesIO(form_bytes(made)))
    for sheet in made.sheets:
        if sheet.pages is None:
            continue
        told = book[sheet.name]
        pages = int(told.page_setup.fitToHeight or 1)
        assert pages <= sheet.pages <= 2
        height = sum(told.row_dimensions[row].height or 18 for row in range(1, told.max_row + 1))
        room = DOWN[sheet.size] * 100 / LEAST_SCALE * pages
        assert height <= room


@EACH
def test_what_was_played_and_what_is_made_up_says_so_on_every_page(number: str):
    made = form(number, listed=False)
    book = openpyxl.load_workbook(io.BytesIO(form_bytes(made)))
    for sheet in made.sheets:
        head = book[sheet.name].oddHeader.center.text or ""
        assert ("推演，非统计" in head) is sheet.played
        assert "示例数据" in head
        title = book[sheet.name].cell(1, not_repeated(sheet) + 1).value
        assert "示例数据" in str(title)


def test_facts_and_forecasts_are_never_one_column():
    fields = {each.title for sheet in form("1", listed=False).sheets for each in sheet.fields}
    assert {"本年累计", "预计全年", "预计完成率"} <= fields


def test_what_is_not_told_is_said_and_no_number():
    sheet = next(each for each in form("1", listed=True).sheets if each.name == "项目明细")
    book = openpyxl.load_workbook(io.BytesIO(form_bytes(form("1", listed=True))), data_only=True)
    place = [each.key for each in sheet.fields].index("public_wan") + 1
    values = [book["项目明细"].cell(row, place).value for row in range(4, 4 + len(sheet.lines))]
    assert UNTOLD in values
    assert NOT_APPLICABLE not in values
