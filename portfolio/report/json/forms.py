"""Forms as data: the same lines and columns, money in 万元, what isn't told null."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portfolio.model.forms.lines import Line
from portfolio.report.tables.fields import Fields, Unit
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form, FormSheet
from portfolio.report.tables.forms.heads import foot_data


def forms_json(forms: Sequence[Form]) -> dict[str, Any]:
    """forms.json."""
    return {"forms": [_form(form) for form in forms]}


def _form(form: Form) -> dict[str, Any]:
    return {
        "number": form.number,
        "title": form.title,
        "period": form.period,
        "asof": form.asof or None,
        "mark": form.mark or None,
        **foot_data(form),
        "sheets": [_sheet(sheet) for sheet in form.sheets],
    }


def _sheet(sheet: FormSheet) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "title": sheet.title,
        "played": sheet.played,
        "lead": sheet.lead or None,
        "money": "万元",
        "columns": {each.key: each.title for each in sheet.fields},
        "lines": [_line(sheet.fields, line) for line in sheet.lines],
        "notes": [*sheet.notes, *sheet.cautions],
    }


def _line(fields: Fields[Any], line: Line[Any]) -> dict[str, Any]:
    values = {each.key: each.value(line.row) for each in fields}
    numbers = {each.key for each in fields if each.unit is not Unit.TEXT}
    return {
        "rank": line.rank.name.lower(),
        "parts": line.parts,
        **{
            key: None if key in numbers and value == NOT_APPLICABLE else value
            for key, value in values.items()
        },
    }
