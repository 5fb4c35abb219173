"""The Word file read back: every key figure in it, two pages, the same bytes twice."""

from __future__ import annotations

import io
import os
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader

from portfolio.model.dossier import Dossier
from portfolio.report.briefing import briefing_bytes, briefing_text
from portfolio.report.briefing.blocks import Role
from portfolio.report.briefing.charts import picture_font
from portfolio.report.briefing.content import briefing
from portfolio.report.briefing.document import (
    LAYOUTS,
    NO_FONT,
    Face,
    fits,
    layout_for,
    lines_of,
    text_width,
)
from portfolio.report.words.meeting import key_figures
from tests.report.briefing.dossiers import no_way_out, plain, repaired, stressed, whole_repair
from tests.report.office import SOFFICE, convert
from tests.report.reallocation_results import small_infeasible

needs_font = pytest.mark.skipif(picture_font() is None, reason="no Chinese font is installed")


def opened(dossier: Dossier, **options: tuple[str, ...]):
    return docx.Document(io.BytesIO(briefing_bytes(dossier, **options)))


def scarce() -> Dossier:
    return plain("三碰头")


def table_rows(document) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]


@pytest.mark.parametrize("made", [plain, scarce, whole_repair])
def test_every_key_figure_can_be_read_back(made):
    dossier = made()
    rows = table_rows(opened(dossier))
    cells = [tuple(row[k : k + 3]) for row in rows for k in (0, 3) if len(row) == 6]
    figures = key_figures(dossier)
    assert len(figures) >= 10
    for figure in figures:
        assert (figure.name, figure.reads, figure.unit) in cells


@pytest.mark.parametrize("made", [plain, scarce])
def test_the_paragraphs_are_those_told_on_the_screen(made):
    document = opened(made())
    shown = [line.text for line in document.paragraphs]
    told = list(briefing_text(made()))
    assert shown[: len(told)] == told


def test_with_too_much_for_two_pages_the_cut_of_a_channel_is_left_out():
    shown = [line.text for line in opened(whole_repair()).paragraphs]
    told = list(briefing_text(whole_repair()))
    assert len(shown) >= len(told)
    shorter = [line for line, whole in zip(shown, told, strict=False) if line != whole]
    assert shorter and all("低于计划所需" not in line for line in shorter)


def test_the_moves_stand_in_a_table_with_who_decides():
    heads = [row for row in table_rows(opened(whole_repair())) if row[0] == "大项"]
    assert heads == [["大项", "渠道", "年份", "增减", "理由", "谁决定", "最早生效"]]


@pytest.mark.parametrize("fonts", [(), None], ids=["without pictures", "as installed"])
def test_the_same_dossier_gives_the_same_bytes(fonts):
    options = {} if fonts is None else {"fonts": fonts}
    first, second = (briefing_bytes(stressed("三碰头"), **options) for _ in range(2))
    assert first == second
    dates = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()}
    assert dates == {(2000, 1, 1, 0, 0, 0)}


def test_without_a_chinese_font_the_pictures_are_left_out_and_that_is_said():
    document = opened(plain("三碰头"), fonts=("没有这种字体",))
    assert not document.inline_shapes
    assert document.paragraphs[-1].text == NO_FONT


def test_no_fonts_at_all():
    assert picture_font(()) is None


@needs_font
def test_pictures_say_in_words_what_they_show():
    document = opened(plain("三碰头"))
    words = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert len(words) == 2
    assert words[0].startswith("各年折市重点口径（亿元）：2021 年 2,887.2；")
    assert words[1].startswith("滞后成因：“企业自筹”资金不足 ")
    assert NO_FONT not in [line.text for line in document.paragraphs]


def test_the_footer_says_where_the_figures_are_from():
    document, run = opened(plain()), plain().run
    footer = document.sections[0].footer.paragraphs[0]
    assert f"数据来源：十大工程.xlsx（sha256 {run.workbook_sha256[:12]}）" in footer.text
    fields = re.findall(r'w:instr="(\w+)"', footer._element.xml)
    assert fields == ["PAGE", "NUMPAGES"]


def test_chinese_fonts_are_named_and_every_table_says_its_unit():
    document = opened(plain())
    named = set(re.findall(r'w:eastAsia="([^"]+)"', document.element.xml))
    assert named == {"宋体", "黑体", "仿宋"}
    captions = [line.text for line in document.paragraphs if re.match(r"表\d", line.text)]
    assert len(captions) == 2 and all("单位：亿元" in caption for caption in captions)


def test_widths_are_counted_by_characters():
    assert text_width("专项债券") == 4
    assert text_width("58") == pytest.approx(1.06)
    # A Chinese character beside a figure: a quarter of the size lies between.
    assert text_width("项58") == pytest.approx(2.31)
    face = Face(size=10, line=15)
    assert [lines_of("字" * n, face, 100) for n in (0, 9, 10, 19)] == [1, 1, 2, 2]


def test_a_scenario_may_have_a_long_name():
    dossier = plain()
    name = "情景名很长" * 60
    document = opened(replace(dossier, run=replace(dossier.run, scenario=name, summary=name)))
    assert name in document.sections[0].footer.paragraphs[0].text
    assert len(document.core_properties.subject) == 255


def test_too_much_text_is_not_said_to_fit():
    made = briefing(plain())
    long = replace(made, text=made.text * 9)
    assert layout_for(long, drawn=True) is None
    assert not fits(long, LAYOUTS[-1], drawn=True)


def test_more_to_say_is_said_in_smaller_letters():
    short, long = (layout_for(briefing(made()), drawn=True) for made in (plain, no_way_out))
    assert short is not None and long is not None
    assert long.faces[Role.BODY].size < short.faces[Role.BODY].size


def test_fewer_moves_are_listed_where_the_pages_would_overflow():
    """Names as long as a paragraph: every row of the table takes several lines."""
    dossier = whole_repair()
    assert dossier.repair is not None
    case = dossier.repair.case
    items = tuple(replace(item, name=item.name * 14) for item in case.portfolio.items)
    long = replace(case, portfolio=replace(case.portfolio, items=items))
    made = replace(dossier, repair=replace(dossier.repair, case=long))
    rows = table_rows(opened(made))
    heads = next(k for k, row in enumerate(rows) if row[0] == "大项")
    assert 0 < len(rows) - heads - 1 - 2 * bool(picture_font()) < 6


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_a_briefing_is_two_pages(tmp_path):
    cases = {
        "基准": stressed(),
        "基准无压力测试": plain(),
        "专项债": whole_repair(),
        "三碰头": no_way_out(),
        "土地": stressed("土地出让断崖"),
        "年末": replace(no_way_out(), quarter=59),
        "小": repaired(small_infeasible(), 7),
    }
    for name, dossier in cases.items():
        (tmp_path / f"{name}.docx").write_bytes(briefing_bytes(dossier))
        (tmp_path / f"{name}无图.docx").write_bytes(briefing_bytes(dossier, fonts=()))
    pages = pages_of(sorted(tmp_path.glob("*.docx")), tmp_path)
    assert pages == {path.stem: 2 for path in tmp_path.glob("*.docx")}


def pages_of(paths: list[Path], folder: Path) -> dict[str, int]:
    """Pages of Word files as LibreOffice lays them out."""
    convert(paths, "pdf", folder)
    made = sorted(folder.glob("*.pdf"))
    if not made and not os.environ.get("PORTFOLIO_REQUIRE_SOFFICE"):
        pytest.skip("LibreOffice is installed without Writer")
    return {path.stem: len(PdfReader(path).pages) for path in made}
