"""The example workbook as an office keeps it: fourteen units, codes, and who makes the papers."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import openpyxl

from portfolio import workflows
from portfolio.model.measures.results import RunResult
from tests.report.results import example_workbook

OWNERS = (
    *tuple(f"市第{k}局" for k in "一二三四五六七八九"),
    "市交通运输局",
    "市水务局",
    "市城市管理和综合执法局",
    "市重点公共建设项目管理中心",
    "广州地铁集团有限公司",
)
MADE_BY = {"编制单位": "广州市财政局", "编制人": "陈某某", "复核人": "李某某"}


def code_of(number: int) -> str:
    """The code of the item that stands in such a place."""
    return f"2101-440100-{number:03d}"


@functools.cache
def office_workbook() -> Path:
    """The workbook, written once for all tests of a process."""
    book = openpyxl.load_workbook(example_workbook())
    sheet = book["项目清单"]
    places = _places(sheet)
    rows = [row for row in range(1, sheet.max_row + 1)
            if isinstance(sheet.cell(row, places["序号"]).value, (int, float))]  # fmt: skip
    for k, row in enumerate(rows):
        sheet.cell(row, places["责任单位"]).value = OWNERS[k % len(OWNERS)]
        sheet.cell(row, places["项目代码"]).value = code_of(k + 1)
    sheet = book["设置"]
    places = _places(sheet)
    row = next(r for r in range(1, 9) if isinstance(sheet.cell(r, places["首年"]).value, int))
    for header, said in MADE_BY.items():
        sheet.cell(row, places[header]).value = said
    path = Path(tempfile.mkdtemp(prefix="office-")) / "机关.xlsx"
    book.save(path)
    return path


@functools.cache
def office_run() -> RunResult:
    """It, played."""
    return workflows.run(office_workbook())


def _places(sheet) -> dict[str, int]:
    return {str(cell.value): cell.column for row in sheet.iter_rows(max_row=6) for cell in row}
