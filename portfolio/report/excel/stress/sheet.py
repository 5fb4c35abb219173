"""A sheet of one scenario in 压力测试.xlsx."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.study.result import StressResult
from portfolio.report.excel.book import Book, Sheet
from portfolio.report.words.run import scenario_name
from portfolio.report.words.stress import ASSUMED, quarter_or_later

#: Excel's limit for a sheet's name, and what it may not hold.
LONGEST_NAME, FORBIDDEN = 31, "[]:*?/\\"


class StressSheet(Sheet):
    """A scenario's sheet, with its figures."""

    result: StressResult

    def when(self, quarter: int | None) -> str | None:
        """A quarter as people read it."""
        return quarter_or_later(self.result.calendar, quarter)

    def headed(self, what: str, note: str | None = None, unit: str = "") -> None:
        """What the sheet is about, of which scenario, and that it rests on assumptions."""
        self.title(f"{what} · {scenario_name(self.result.run)}（{ASSUMED}{unit}）", note)


def stress_sheet(
    book: Book,
    name: str,
    result: StressResult,
    results: Sequence[StressResult],
    tab: str,
    taken: set[str],
) -> StressSheet:
    """A new sheet, named after the scenario too where there are several."""
    wanted = name if len(results) == 1 else f"{name}·{result.run.label}"
    wanted = "".join("_" if mark in FORBIDDEN else mark for mark in wanted).strip("'")
    found, number = wanted[:LONGEST_NAME], 1
    while found.casefold() in {one.casefold() for one in taken}:
        number += 1
        tail = f"~{number}"
        found = wanted[: LONGEST_NAME - len(tail)] + tail
    taken.add(found)
    sheet = book.sheet_of(StressSheet, found, tab=tab)
    sheet.result = result
    return sheet
