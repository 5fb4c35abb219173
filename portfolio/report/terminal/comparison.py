"""A comparison on the screen: differences first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from portfolio.model.result import RunResult
from portfolio.report.comparison import (
    SUMMARY,
    YEAR_CHANGES,
    channel_differences,
    item_differences,
    summary_table,
    year_differences,
)
from portfolio.report.fields import Cell, Field, Table, Unit
from portfolio.report.plain_text import shortened
from portfolio.report.render import shown_text
from portfolio.report.terminal.page import cell_lines, grid, say, screen

LISTED = 10
NAME_WIDTH = 26


def show_comparison(results: Sequence[RunResult], console: Console | None = None) -> None:
    """Runs side by side; the first is the one the others are compared with."""
    out = console or screen()
    first, *others = results
    names = "、".join(result.scenario for result in others)
    say(out, f"对比：以“{first.scenario}”为准，比较 {names}（金额单位：亿元）", "bold")
    _show(out, summary_table(results))
    for other in others:
        out.print()
        told = f"{other.scenario}（现）与 {first.scenario}（原）之差；"
        say(out, told + first.calendar.fill("<length>年＝<first>—<last>"), "bold")
        tables = (
            year_differences(first, other),
            channel_differences(first, other),
            item_differences(first, other),
        )
        if not any(table.rows for table in tables):
            say(out, "没有差别：逐年、逐渠道、逐大项完全相同。")
            continue
        for table in tables:
            say(out, f"{table.name}（有差别的 {len(table.rows)} 个）")
            _show(out, table)


def _show(out: Console, table: Table[Any]) -> None:
    """A table, at most so many rows of it (all years)."""
    limit = len(table.rows) if table.name in (SUMMARY.name, YEAR_CHANGES.name) else LISTED
    shown = grid(*(shortened(field.title, 14) for field in table.columns))
    for row in table.rows[:limit]:
        shown.add_row(*(_cell(field, field.value(row)) for field in table.columns))
    out.print(shown)
    if len(table.rows) > limit:
        say(out, f"另有 {len(table.rows) - limit} 个，见 对比.xlsx。", "dim")


def _cell(field: Field[Any], value: Cell) -> Text:
    """A cell; differences carry their sign, losses in red."""
    if isinstance(value, str):
        return Text(cell_lines(value, NAME_WIDTH))
    words = shown_text(value, field.unit)
    if not field.signed or not value:
        return Text(words)
    bad = (value > 0) == (field.unit is Unit.QUARTERS)
    return Text(f"{'+' if value > 0 else ''}{words}", style="red" if bad else "green")
