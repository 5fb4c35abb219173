"""The page of each form says what its declarations say."""

from __future__ import annotations

import pytest

from portfolio.model.forms.origins import BEYOND_SHEETS, Nature, nature
from portfolio.model.schema import SETTINGS, TEMPLATES
from portfolio.model.schema.returns import CELLS
from portfolio.report.tables.forms import FORMS
from tests.forms_made import NUMBERS, example_source, form
from tools import form_pages

KNOWN = {sheet.name for sheet in (*TEMPLATES, SETTINGS, CELLS)} | set(BEYOND_SHEETS)


def test_the_pages_are_made_from_the_declarations() -> None:
    stored = {path.name: path.read_text("utf-8") for path in form_pages.FOLDER.iterdir()}
    assert stored == form_pages.pages(example_source())


@pytest.mark.parametrize("number", [kind.number for kind in FORMS])
def test_every_column_of_a_form_says_from_which_sheets_it_is(number: str) -> None:
    for sheet, (fields, _) in form_pages.columns_of(number, example_source()).items():
        for each in fields:
            unknown = set(each.source.split("、")) - KNOWN
            assert not unknown, f"表{number} {sheet} {each.title}：{unknown}"


@pytest.mark.parametrize("number", NUMBERS)
def test_a_sheet_says_that_it_was_played_where_a_column_was(number: str) -> None:
    for sheet in form(number, listed=True).sheets:
        played = [e.title for e in sheet.fields if nature(e.source) is Nature.PLAYED]
        assert sheet.played or not played, f"{sheet.name}：{played}"
