"""呈批版: a page a form, five at most an occasion; sums are the form's, nothing to decide is lost."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from portfolio.model.forms.lines import Line, Rank
from portfolio.model.forms.monthly import Light
from portfolio.model.forms.source import Source
from portfolio.report.excel.forms import pages_bytes
from portfolio.report.excel.forms.sheet import DOWN, LEAST_SCALE, too_small
from portfolio.report.tables.fields import Fields, money, text
from portfolio.report.tables.forms import BY_NUMBER
from portfolio.report.tables.forms.form import Form, FormSheet, MoneyUnit, Size
from portfolio.report.tables.forms.signed import MOST_PAGES, OCCASIONS, Packet, packets
from portfolio.report.tables.forms.signed.shocked import budget_change
from portfolio.report.tables.forms.signed.short import (
    LEAST_ASKED,
    NOTHING,
    SAID_LETTERS,
    Asked,
    Short,
    in_few,
    outline,
    short_sheet,
)
from tests.forms_made import NUMBERS, form
from tests.report.forms.test_answers import cells, shocked_forms
from tests.report.office import SOFFICE, convert
from tests.report.reallocation_results import shipped_repair

BOTH = pytest.mark.parametrize("listed", [False, True])


@functools.cache
def made(*, listed: bool) -> tuple[Packet, ...]:
    return packets([form(number, listed=listed) for number in NUMBERS])


@functools.cache
def shocked() -> tuple[Packet, ...]:
    return packets(list(shocked_forms().values()))


def page(number: str, *, listed: bool) -> FormSheet:
    return next(
        sheet for each in made(listed=listed) for one, sheet in each.pages if one.number == number
    )


def every() -> list[Packet]:
    return [*made(listed=False), *made(listed=True), *shocked()]


# --- How long it is


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_what_is_signed_on_an_occasion_is_five_printed_pages_at_most(tmp_path: Path) -> None:
    books = {}
    for k, packet in enumerate(every()):
        path = tmp_path / f"{k}.xlsx"
        path.write_bytes(pages_bytes(packet.stem, packet.pages))
        books[path] = packet
    convert(list(books), "pdf", tmp_path)
    for path, packet in books.items():
        printed = PdfReader(path.with_suffix(".pdf")).pages
        assert len(printed) == len(packet.pages) <= MOST_PAGES, packet.stem
        for paper, (_, sheet) in zip(printed, packet.pages, strict=True):
            width, height = paper.mediabox.width, paper.mediabox.height
            assert width > height
            assert (width > 1000) is (sheet.size is Size.A3)


def test_every_form_is_signed_on_one_occasion() -> None:
    from portfolio.report.tables.forms import BY_NUMBER

    numbers = [number for pages in OCCASIONS.values() for number in pages]
    assert sorted(numbers) == sorted(BY_NUMBER)
    assert max(map(len, OCCASIONS.values())) <= MOST_PAGES


def test_the_page_is_set_up_to_be_one_and_its_letters_are_large_enough() -> None:
    for packet in every():
        assert too_small([sheet for _, sheet in packet.pages]) == []
        book = openpyxl.load_workbook(io.BytesIO(pages_bytes(packet.stem, packet.pages)))
        for (_, sheet), told in zip(packet.pages, book, strict=True):
            setup = told.page_setup  # what isn't written is 1
            assert (setup.fitToWidth or 1, setup.fitToHeight or 1) == (1, 1), sheet.name
            height = sum(
                told.row_dimensions[row].height or 18 for row in range(1, told.max_row + 1)
            )
            assert height <= DOWN[sheet.size] * 100 / LEAST_SCALE, sheet.name
            assert told.sheet_properties.pageSetUpPr.fitToPage
            assert told.print_area
            assert told.print_title_rows


# --- What it says


@BOTH
@pytest.mark.parametrize("number", NUMBERS)
def test_sums_are_those_of_the_form(number: str, listed: bool) -> None:
    told = page(number, listed=listed)
    whole = form(number, listed=listed)
    source = next(each for each in whole.sheets if told.title.startswith(each.title))
    assert told.lines[0].rank is Rank.TOTAL
    for key in told.summed:
        assert told.lines[0].row.cells[key] == source.fields[key].value(source.lines[0].row), key


@BOTH
@pytest.mark.parametrize("number", NUMBERS)
def test_a_sum_is_what_stands_below_it(number: str, listed: bool) -> None:
    """Also where some of what is to be decided has no line of its own."""
    lines = page(number, listed=listed).lines
    for k, line in enumerate(lines):
        if not line.parts or line.rank is Rank.TOTAL:
            continue
        below = lines[k + 1 : k + 1 + line.parts]
        for key in page(number, listed=listed).summed:
            amounts = [each.row.cells.get(key) for each in below]
            if isinstance(line.row.cells.get(key), int) and None not in amounts:
                assert line.row.cells[key] == sum(amounts), (key, line.row.cells)


def test_every_red_light_is_counted_the_longest_behind_first() -> None:
    lines = form("1", listed=True).sheets[0].lines
    red = [x.row for x in lines if x.rank is Rank.ITEM and x.row.light is Light.RED]
    over = [
        x.row
        for x in lines
        if x.rank is Rank.ITEM and x.row.overrun and x.row.light is not Light.RED
    ]
    told = page("1", listed=True)
    assert red and f"{len(red) + len(over)} 个大项红灯或超概算" in told.lead
    asked = [line.row.cells for line in told.lines if line.rank is Rank.PART]
    lag = max(red, key=lambda row: row.amounts.plan_wan * row.months // 12 - row.amounts.year_wan)
    assert asked[0]["name"] == lag.name
    assert str(asked[0]["said"]).startswith("欠序时")


def test_the_annex_is_named() -> None:
    for packet in every():
        for whole, sheet in packet.pages:
            if whole.number != "7":
                assert f"{whole.stem}.xlsx" in sheet.notes[0]


def test_new_bonds_that_are_forbidden_stand_first() -> None:
    base = shipped_repair()
    rise = next(move for move in base.moves if move.channel_id == "SPB")
    bundled = replace(rise, item_no=26, year=2028, before_wan=0, after_wan=500)
    larger = replace(rise, item_no=13, year=2028, before_wan=500_000, after_wan=0)
    repair = replace(base, moves=(larger, bundled))
    source = Source(run=base.run, repair=repair)
    whole = BY_NUMBER["5"].made(source)
    assert "不得新增专项债" in cells(whole)
    told = budget_change(whole)
    first = max(told.asks, key=lambda asked: asked.weight)
    assert first.cells["name"].startswith("城市路网")
    assert str(first.said).startswith("不得新增专项债")
    assert "红灯 1 笔不得新增专项债" in told.lead


def test_under_a_shock_the_page_is_of_gaps_and_no_plan() -> None:
    (pages,) = (each.pages for each in shocked() if each.title == "年度计划")
    sheet = next(sheet for whole, sheet in pages if whole.number == "3B")
    assert "缺口表" in sheet.title and "本表不是计划" in sheet.lead


# --- The rules, on small cases

FIELDS: Fields[Any] = Fields(name="x", fields=(text("name", "名称"), money("wan", "数")))


class Row:
    def __init__(self, name: str, wan: int) -> None:
        self.name, self.wan = name, wan


def lines_of(*levels: tuple[Rank, int]) -> list[Line[Any]]:
    return [
        Line(rank=rank, row=Row(f"{k}", k), parts=parts) for k, (rank, parts) in enumerate(levels)
    ]


def test_an_outline_keeps_so_many_levels() -> None:
    lines = lines_of((Rank.TOTAL, 4), (Rank.GROUP, 2), (Rank.ITEM, 0), (Rank.ITEM, 0),
                     (Rank.GROUP, 0), (Rank.GROUP, 1), (Rank.ITEM, 0))  # fmt: skip
    assert [(x.row.name, x.parts) for x in outline(lines)] == [
        ("0", 2), ("1", 0), ("4", 0), ("5", 0),
    ]  # fmt: skip
    assert [(x.row.name, x.parts) for x in outline(lines, 2)] == [
        ("0", 4), ("1", 2), ("2", 0), ("3", 0), ("4", 0), ("5", 1), ("6", 0),
    ]  # fmt: skip


def _page(asks: Sequence[Asked], sums: int = 1) -> FormSheet:
    lines = lines_of((Rank.TOTAL, sums - 1), *[(Rank.GROUP, 0)] * (sums - 1))
    sheet = FormSheet(name="汇总", title="试", unit=MoneyUnit.WAN, fields=FIELDS,
                      lines=tuple(lines), summed=("wan",))  # fmt: skip
    paper = form("1", listed=False).paper
    whole = Form(number="9", title="试", period="2026年", asof="", sheets=(sheet,), paper=paper)
    return short_sheet(whole, Short(sheet=sheet, keys=("name", "wan"), asks=asks, lead="说"))


def _asks(count: int) -> list[Asked]:
    return [Asked(cells={"name": f"第{k}", "wan": k}, said="定", weight=k) for k in range(count)]


def test_what_has_no_room_is_one_line_with_its_sum() -> None:
    # 40 sums take all the room: the three heaviest of ten (9, 8, 7) are shown, 0..6 come to 21
    told = _page(_asks(10), sums=40).lines[40:]
    assert [line.row.cells.get("wan") for line in told] == [45, 9, 8, 7, 21]
    assert told[0].parts == LEAST_ASKED + 1
    assert told[-1].row.cells["name"] == "其余 7 项"


def test_one_that_has_no_room_isn_t_called_the_rest() -> None:
    # four asks, room for three: 3 and 2 are shown, 1 and 0 are the rest
    told = _page(_asks(4), sums=40).lines[40:]
    assert [line.row.cells["name"] for line in told] == ["请研究的 4 项", "第3", "第2", "其余 2 项"]


def test_nothing_to_decide_is_said() -> None:
    told = _page([]).lines[1:]
    assert [line.row.cells["name"] for line in told] == [NOTHING]


def test_a_long_text_is_cut_and_says_so() -> None:
    said = in_few(["甲" * 30, "乙" * 20, "丙"])
    assert said == "甲" * 30 + "；" + "乙" * 14 + "…"
    assert len(said) == SAID_LETTERS
    assert in_few(["甲", "", "乙"]) == "甲；乙"
    assert in_few([]) == ""


def test_what_is_told_of_old_figures_stands_on_the_page_too() -> None:
    """资金台账 that ends before the as-of month."""
    whole = form("2A", listed=False)
    sheet = replace(whole.sheets[0], cautions=("“资金台账”填到 2026-09",))
    told = packets([replace(whole, sheets=(sheet, *whole.sheets[1:]))])[0].pages[0][1]
    assert told.cautions == ("“资金台账”填到 2026-09",)
    book = openpyxl.load_workbook(io.BytesIO(pages_bytes("试", [(whole, told)])))
    said = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
    assert any("“资金台账”填到 2026-09" in each for each in said)
