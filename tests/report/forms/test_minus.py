"""Numbers as forms print them: a long minus, none where what is shown is 0."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from portfolio.model.forms.lines import Line, Rank
from portfolio.report.excel.forms import pages_bytes
from portfolio.report.tables.fields import Fields, money, text
from portfolio.report.tables.forms.columns import part, percent_said, points, yi_said
from portfolio.report.tables.forms.form import Form, FormSheet, MoneyUnit
from tests.forms_made import form
from tests.report.office import SOFFICE, convert

#: An amount in 万元, and what is shown in 亿元 and as parts of 100.
AMOUNTS = {-12_345_678: "−1,234.6", -500: "−0.1", -499: "0.0", 0: "0.0", 499: "0.0", 500: "0.1"}


def _value(scale: float | None) -> Callable[[int], float]:
    return lambda row: row if scale is None else row * scale


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_as_it_is_shown(tmp_path: Path) -> None:
    fields: Fields[int] = Fields(
        name="x",
        fields=(
            text("name", "名称", str),
            money("wan", "金额", _value(None)),
            part("part", "率", _value(1e-6)),
            points("points", "百分点", lambda row: round(row / 10_000, 1)),
        ),
    )
    lines = tuple(Line(rank=Rank.PART, row=amount) for amount in AMOUNTS)
    sheet = FormSheet(name="试", title="试", unit=MoneyUnit.YI, fields=fields, lines=lines)
    whole = Form(number="9", title="试", period="", asof="", sheets=(sheet,),
                 paper=form("1", listed=False).paper)  # fmt: skip
    path = tmp_path / "试.xlsx"
    path.write_bytes(pages_bytes("试", [(whole, sheet)]))
    convert([path], "pdf", tmp_path)
    words = PdfReader(tmp_path / "试.pdf").pages[0].extract_text().split()
    starts = [words.index(str(amount)) for amount in AMOUNTS]
    shown = {amount: words[k + 1 : k + 4] for amount, k in zip(AMOUNTS, starts, strict=True)}
    assert {amount: row[0] for amount, row in shown.items()} == AMOUNTS
    # −500 × 10⁻⁶ = −0.05 %, half away from 0; −499 × 10⁻⁶ = −0.0499 %
    assert shown[-500][1] == "−0.1%" and shown[-499][1] == "0.0%"
    assert shown[-12_345_678][2] == "−1234.6"


def test_in_sentences() -> None:
    from fractions import Fraction

    assert yi_said(-12_345_678) == "−1,234.6"
    assert yi_said(-499) == "0.0"
    assert percent_said(Fraction(-1, 3)) == "−33.3%"
    assert percent_said(Fraction(-1, 10_000)) == "0.0%"
    assert percent_said(None) == "—"


@pytest.mark.parametrize("number", ["3A", "3B", "4"])
def test_an_item_has_the_number_of_the_list_on_every_form(number: str) -> None:
    """As on form 1, so that it is found again."""
    of_list = {
        line.row.name: line.row.no
        for line in form("1", listed=True).sheets[0].lines
        if line.rank is not Rank.TOTAL
    }
    for sheet in form(number, listed=True).sheets:
        for line in sheet.lines:
            if line.rank is Rank.ITEM:
                assert line.row.no == str(line.row.item.no)
                assert of_list.get(line.row.name, line.row.no) == line.row.no
