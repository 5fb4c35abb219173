"""Sheet 呈批版: at the front and at hand, five printed pages at most; logs and checks print a heading."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from portfolio.model.reallocation.result import Reallocation
from portfolio.report.excel.annual_plan import annual_plan_bytes
from portfolio.report.excel.comparison import comparison_bytes
from portfolio.report.excel.reallocation import reallocation_bytes
from portfolio.report.excel.reallocation.signed import ASIDE as OF_REPAIR
from portfolio.report.excel.schedule import schedule_bytes
from portfolio.report.excel.schedule.signed import ASIDE as OF_SCHEDULE
from portfolio.report.excel.signed import (
    MOST_PAGES,
    MOST_ROWS,
    SIGNED,
    first_lines,
    nothing_unseen,
)
from portfolio.report.excel.stress import stress_bytes
from portfolio.report.tables.fields import Fields, money
from portfolio.report.tables.forms import signed as of_forms
from tests.report.dossiers import played_dossier
from tests.report.office import SOFFICE, convert
from tests.report.reallocation_results import (
    shipped_repair,
    small_infeasible,
    small_repair,
    unmoved_repair,
)
from tests.report.results import example_run, shipped_run
from tests.report.stress_results import shipped_pair

Made = Callable[[], bytes]


def many_moves() -> Reallocation:
    """More moves than have room: each told twice."""
    result = shipped_repair()
    return replace(result, moves=(*result.moves, *result.moves))


#: Many moves, many late items and many changes; facts; a case without a plan, and one without moves.
BOOKS: dict[str, tuple[Made, tuple[str, ...]]] = {
    "进度计划": (lambda: schedule_bytes(shipped_run("三碰头")), OF_SCHEDULE),
    "进度计划 基准": (lambda: schedule_bytes(shipped_run()), OF_SCHEDULE),
    "进度计划 执行数": (lambda: schedule_bytes(example_run("明年三碰头")), OF_SCHEDULE),
    "调整方案": (lambda: reallocation_bytes(many_moves()), OF_REPAIR),
    "调整方案 小": (lambda: reallocation_bytes(small_repair()), OF_REPAIR),
    "调整方案 无解": (lambda: reallocation_bytes(small_infeasible()), OF_REPAIR),
    "调整方案 不动": (lambda: reallocation_bytes(unmoved_repair()), OF_REPAIR),
}
#: Their first page or form is what is printed: no sheet of its own beside it.
OTHERS: dict[str, tuple[Made, tuple[str, ...]]] = {
    "压力测试": (lambda: stress_bytes(list(shipped_pair())), ("校核", "风险参数")),
    "年度投资计划表": (lambda: annual_plan_bytes(played_dossier("三碰头")), ("分批清单",)),
    "对比": (lambda: comparison_bytes([shipped_run(), shipped_run("三碰头")]), ()),
}


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def said(sheet: Any) -> str:
    return "\n".join(
        str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None
    )


@pytest.mark.parametrize("name", BOOKS)
def test_it_is_the_first_sheet_and_the_one_that_is_printed(name: str) -> None:
    made, aside = BOOKS[name]
    book = opened(made())
    assert book.sheetnames[0] == SIGNED == book.active.title
    selected = [each.title for each in book if each.sheet_view.tabSelected]
    assert selected == [SIGNED], "printing prints what is selected"
    assert all(each.sheet_state == "visible" for each in book)
    areas = {each.title: str(each.print_area) for each in book if each.print_area}
    kept = {each for each in aside if each in book.sheetnames}
    assert {each for each, area in areas.items() if area.endswith("$A$1:$H$2")} == kept
    text = said(book[SIGNED])
    assert "编制单位" in text and "打印整个工作簿" in text


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_it_is_five_printed_pages_at_most_and_what_is_kept_aside_one_each(tmp_path: Path) -> None:
    """All sheets are printed here: the foot of a page says whose it is."""
    assert MOST_PAGES == of_forms.MOST_PAGES
    paths = {}
    for name, (made, aside) in {**BOOKS, **OTHERS}.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(made())
        paths[path] = aside
    convert(list(paths), "pdf", tmp_path)
    for path, aside in paths.items():
        pages: Counter[str] = Counter()
        for page in PdfReader(path.with_suffix(".pdf")).pages:
            foot = next(line for line in page.extract_text().splitlines() if "页 / 共" in line)
            pages[re.sub(r" ?第 .*", "", foot)] += 1
        book = opened(path.read_bytes())
        assert 1 <= pages[book.active.title] <= MOST_PAGES, path.stem
        assert all(pages[each] == 1 for each in aside if each in book.sheetnames), path.stem


def test_moves_that_have_no_room_are_summed_and_nothing_is_lost() -> None:
    result = many_moves()
    assert len(result.moves) > MOST_ROWS
    rows = list(opened(reallocation_bytes(result))[SIGNED].iter_rows(values_only=True))
    start = next(k for k, row in enumerate(rows) if str(row[0]).startswith("调整明细"))
    assert f"（{len(result.moves)} 笔）" in str(rows[start][0])
    shown = rows[start + 2 : start + 2 + MOST_ROWS]
    rest = shown[-1]
    assert rest[0] == f"其余 {len(result.moves) - MOST_ROWS + 1} 笔，见“调整明细”表"
    largest = [abs(row[6]) for row in shown[:-1]]
    assert largest == sorted(largest, reverse=True)
    for place, key in ((4, "before_wan"), (5, "after_wan"), (6, "change_wan")):
        told = sum(round((row[place] or 0) * 10_000) for row in shown)
        assert told == sum(getattr(move, key) for move in result.moves)


def test_late_items_and_changes_that_have_no_room_are_counted() -> None:
    run = shipped_run("三碰头")
    text = said(opened(schedule_bytes(run))[SIGNED])
    more = len(run.changes) - 11
    assert f"其余 {more} 处，见“说明”表" in text
    without = said(opened(schedule_bytes(replace(run, changes=())))[SIGNED])
    assert "情景改动" not in without


def test_no_amount_too_small_to_be_seen_stands_among_the_gaps() -> None:
    rows = [499, 500, -499, -500, None]
    whole = Fields[int | None](
        name="x",
        fields=(money("gap", "缺口", lambda row: row), money("plan", "计划", lambda row: row)),
    ).of(rows)
    shown = nothing_unseen(whole, ("gap",))
    gap, plan = shown.columns
    assert [gap.value(row) for row in rows] == [0, 500, 0, -500, None]
    assert [plan.value(row) for row in rows] == rows


def test_lines_are_cut_only_where_there_are_more() -> None:
    assert first_lines(["甲", "乙"], 2, "处", "表") == ["甲", "乙"]
    assert first_lines(["甲", "乙", "丙"], 2, "处", "表") == ["甲", "其余 2 处，见“表”表"]
