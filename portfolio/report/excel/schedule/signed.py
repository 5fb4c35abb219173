"""Sheet 呈批版 of a schedule: the years, who is late, what the scenario changed."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.scenarios.layers import ChangeLogEntry
from portfolio.report.excel.book import Book
from portfolio.report.excel.schedule import layout
from portfolio.report.excel.schedule.layout import Facts
from portfolio.report.excel.signed import (
    Part,
    first_lines,
    kept_aside,
    without_formulas,
    write_signed,
)
from portfolio.report.tables.run import LATE, YEARS, late_rows
from portfolio.report.words import run as words
from portfolio.report.words.answers.answer import answer_sentence

YEAR_KEYS = (
    "year", "plan_wan", "drawn_wan", "completion", "converted_wan", "target_wan", "gap_wan", "verdict",
)  # fmt: skip
LATE_KEYS = ("no", "name", "work", "planned_finish", "end", "delay", "open_wan", "story")
#: Widths where a table is read beside the others of the page.
NARROW = {"story": 46.0, "name": 30.0}
#: Lines of what a scenario changed.
MOST_CHANGES = 12
ASIDE = (layout.LEDGER, layout.GATES, layout.EVENTS, layout.EVIDENCE, layout.CHECKS)


def write_page(book: Book, facts: Facts) -> None:
    """What of the schedule is signed."""
    result = facts.result
    late = LATE.view(*LATE_KEYS)
    late = replace(
        late, fields=tuple(replace(each, width=NARROW.get(each.key, each.width)) for each in late)
    )
    write_signed(
        book,
        f"{result.calendar.list_name}进度计划",
        leads=[answer_sentence(result), words.headline(result)],
        lines=[
            f"情景：{words.scenario_name(result)}",
            *words.reconciliation_lines(result.portfolio),
        ],
        parts=(
            Part(
                heading="逐年计划、推演与目标",
                table=without_formulas(YEARS.view(*YEAR_KEYS).of(facts.measures)),
            ),
            Part(
                heading="滞后大项",
                table=late.of(late_rows(result)),
                whole=layout.CAUSES,
                what="项",
                summed=("open_wan",),
                empty="没有滞后大项。",
            ),
        ),
        points=(
            (
                f"情景改动（原值 → 新值，{len(result.changes)} 处）",
                first_lines(list(map(_told, result.changes)), MOST_CHANGES, "处", layout.GUIDE),
            ),
            ("说明", words.year_notes(result.calendar, facts.measures)),
        ),
        paper=result.paper,
        aside=ASIDE,
    )


def _told(change: ChangeLogEntry) -> str:
    return f"{change.quantity}：{change.old} → {change.new}（{change.place}）"


def keep_aside(book: Book, _facts: Facts) -> None:
    """What is read on the screen alone."""
    kept_aside(book, ASIDE)
