"""The one page: what stands on it, that it adds up, and that it is one page."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from portfolio.model.measures.answers.answer import RunningAnswer, ShockAnswer, answer
from portfolio.model.measures.results import RunResult
from portfolio.report.briefing.blocks import Role
from portfolio.report.briefing.brief import (
    FONTS,
    PLAYED_NOT_COUNTED,
    SHOWN_ITEMS,
    brief,
    brief_bytes,
    brief_lines,
)
from portfolio.report.words.answers.answer import answer_sentence
from tests.examples import some
from tests.report.briefing.test_document import SOFFICE, pages_of
from tests.report.reallocation_results import shipped_repair
from tests.report.results import example_run, shipped_run

OPTION = "专项债券:2027=-30%"
SCENARIOS = sorted(path.stem for path in (Path(__file__).parents[3] / "scenarios").glob("*.yaml"))


def made(run: RunResult, items: int = SHOWN_ITEMS[0]):
    return brief(run, answer(run), None, items=items)


def test_the_whole_is_the_items_and_the_rest_to_the_wan() -> None:
    """合计 first, then the items, then all others: nothing is lost in any column."""
    for run in (shipped_run(), shipped_run(None, OPTION), example_run(None, OPTION)):
        for items in SHOWN_ITEMS:
            rows = made(run, items).grids[0].table.rows
            whole, *parts = rows
            assert whole.name == "合计" and parts[-1].name.startswith("其余")
            assert len(parts) <= items + 1
            for key in ("before_wan", "now_wan", "change_wan"):
                assert getattr(whole, key) == sum(getattr(part, key) for part in parts)
    found = answer(shipped_run(None, OPTION))
    assert isinstance(found, ShockAnswer)
    whole, *parts = made(shipped_run(None, OPTION)).grids[0].table.rows
    assert whole.years_wan == sum(part.years_wan or 0 for part in parts) == -found.less_years_wan


def test_every_part_of_the_page_is_there() -> None:
    """Title, that it is played, the answer, who decides, three assumptions, what is left out, number."""
    run = example_run(None, OPTION)
    title, nature, told, *closing = brief_lines(run)
    assert title == "2027年专项债券减30%的影响"
    assert PLAYED_NOT_COUNTED in nature and "截至2026年10月底" in nature and "示例数据" in nature
    assert told == answer_sentence(run)
    decided, assumed, left_out, signed, number = closing
    assert decided.startswith("谁定、何时定：本级人民代表大会：2027年预算草案")
    assert [mark in assumed for mark in ("一是", "二是", "三是", "四是")] == [True] * 3 + [False]
    assert left_out.startswith("未含事项：") and "达标概率" in left_out
    assert "编制单位" in signed and number == f"方案编号：{run.paper.number}"
    assert len(made(run).grids) == len(made(run).pictures) == 1


def test_the_running_year_is_drawn_against_its_targets() -> None:
    run = shipped_run()
    found = answer(run)
    assert isinstance(found, RunningAnswer)
    years = [bar.year for bar in made(run).pictures[0].bars]
    assert found.year in years and len(years) == 6
    assert brief_lines(run)[0] == "2026年投资完成情况（推演）"


def test_with_a_repair_its_moves_are_decided() -> None:
    repair = shipped_repair()
    lines = brief_lines(repair.run, repair)
    assert lines[3].startswith("谁定、何时定：调整方案")
    assert re.search(r"（\d+笔，调", lines[3])
    assert lines[-1] == f"方案编号：{repair.paper.number}"
    assert "未求调整方案" not in "".join(lines)


def test_the_page_names_the_official_fonts_and_margins() -> None:
    """GB/T 9704: 37, 35, 28 and 26 mm; 小标宋, 仿宋 三号 for the answer."""
    document = docx.Document(io.BytesIO(brief_bytes(shipped_run(None, OPTION))))
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins if margin is not None] == [37, 35, 28, 26]
    paragraphs = document.paragraphs
    named = {
        run._element.rPr.rFonts.get(qn("w:eastAsia"))
        for paragraph in paragraphs
        for run in paragraph.runs
    }
    assert named == set(FONTS)
    answered = next(p for p in paragraphs if p.text == answer_sentence(shipped_run(None, OPTION)))
    assert answered.runs[0].font.size.pt == 16
    assert Role.LEAD in {p.role for p in made(shipped_run(None, OPTION)).text}


def test_the_same_run_gives_the_same_bytes() -> None:
    run = shipped_run(None, OPTION)
    assert brief_bytes(run) == brief_bytes(run)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_it_is_one_page_for_every_scenario(tmp_path: Path) -> None:
    """Shipped scenarios, none, a set, made-up facts, a repair; without pictures too."""
    runs = {name: shipped_run(name) for name in some(SCENARIOS)}
    runs |= {"无": shipped_run(), "设定": shipped_run(None, OPTION)}
    runs |= {"示例": example_run(), "示例设定": example_run(None, OPTION)}
    for name, run in runs.items():
        (tmp_path / f"{name}.docx").write_bytes(brief_bytes(run))
    (tmp_path / "无图.docx").write_bytes(brief_bytes(runs["设定"], fonts=()))
    repair = shipped_repair()
    (tmp_path / "方案.docx").write_bytes(brief_bytes(repair.run, repair))
    pages = pages_of(sorted(tmp_path.glob("*.docx")), tmp_path)
    assert pages == {path.stem: 1 for path in tmp_path.glob("*.docx")}
