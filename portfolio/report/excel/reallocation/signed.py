"""Sheet 呈批版 of a repair: the verdict, the ways, the years, who approves, the largest moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portfolio.model.reallocation.result import Reallocation
from portfolio.report.excel.book import Book
from portfolio.report.excel.reallocation import layout
from portfolio.report.excel.signed import (
    Part,
    kept_aside,
    nothing_unseen,
    without_formulas,
    write_signed,
)
from portfolio.report.tables import reallocation as tables
from portfolio.report.words import reallocation as words
from portfolio.report.words import run as play
from portfolio.report.words.answers.answer import opening_lines

WAY_KEYS = (
    "way",
    "moves",
    "moved_wan",
    "played_wan",
    "recovered_wan",
    "late_wan",
    "who",
    "when",
    "number",
)
YEAR_KEYS = (
    "year", "target_wan", "baseline_wan", "shocked_wan", "shocked_gap_wan", "promised_wan",
    "played_wan", "played_gap_wan",
)  # fmt: skip
GAP_KEYS = ("shocked_gap_wan", "played_gap_wan")
MOVE_KEYS = (
    "no", "name", "channel", "year", "before_wan", "after_wan", "change_wan", "reasons",
    "authority", "effective",
)  # fmt: skip
ASIDE = (layout.BROKEN, layout.AGAIN, layout.CHECKS)


def write_page(book: Book, result: Reallocation) -> None:
    """What of the repair is signed."""
    write_signed(
        book,
        "预算调整方案",
        leads=opening_lines(result),
        lines=[f"情景：{play.scenario_name(result.run)}", words.since_text(result.case)],
        parts=tuple(_parts(result)),
        points=(("下一步", words.next_steps(result)),),
        paper=result.paper,
        aside=ASIDE if result.plan_wan is not None else (layout.BROKEN,),
    )


def _parts(result: Reallocation) -> Iterator[Part[Any]]:
    planned = result.plan_wan is not None
    if result.ways:
        ways = tables.WAYS_BESIDE.view(*WAY_KEYS).of(result.ways)
        yield Part(heading=f"{len(result.ways)} 种做法（以下是“{result.name}”的）", table=ways)
    if result.infeasibility is not None:
        yield Part(
            heading="最省的补救",
            table=tables.need_table(result),
            whole=layout.CONFLICTS,
            what="处",
        )
    keys = [key for key in YEAR_KEYS if planned or key not in tables.PLANNED_KEYS]
    rows = [row for row in tables.promise_rows(result) if row.converts]
    yield Part(
        heading="折市重点口径，调整前后",
        table=nothing_unseen(without_formulas(tables.PROMISES.view(*keys).of(rows)), GAP_KEYS),
    )
    if planned:
        yield Part(
            heading="谁来批", table=tables.approver_table(result), empty="没有要报批的调整。"
        )
        fields = tables.move_fields(result.case.portfolio).view(*MOVE_KEYS)
        largest = sorted(result.moves, key=lambda move: -abs(move.change_wan))
        yield Part(
            heading="调整明细，金额大的在前",
            table=without_formulas(fields.of(largest)),
            whole=layout.MOVES,
            what="笔",
            summed=("before_wan", "after_wan", "change_wan"),
        )


def keep_aside(book: Book) -> None:
    """What is read on the screen alone."""
    kept_aside(book, ASIDE)
