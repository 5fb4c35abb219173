"""A form as a workbook: every sheet to be printed, its sums live."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from portfolio.report.excel.book import CREATED, Book
from portfolio.report.excel.forms.sheet import write_sheet
from portfolio.report.excel.styles import FONT
from portfolio.report.tables.forms.form import Form, FormSheet


def form_bytes(form: Form) -> bytes:
    """A form as a workbook."""
    return pages_bytes(form.stem, [(form, sheet) for sheet in form.sheets])


def pages_bytes(title: str, pages: Sequence[tuple[Form, FormSheet]]) -> bytes:
    """Sheets of one form or of several as a workbook."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties({"title": title, "created": CREATED})
        workbook.formats[0].set_font_name(FONT)
        workbook.formats[0].set_font_size(11)
        workbook.set_calc_mode("auto")
        book = Book(workbook)
        for form, sheet in pages:
            write_sheet(book, form, sheet)
    return buffer.getvalue()
