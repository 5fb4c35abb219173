"""A comparison on the screen: differences first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from portfolio.model.money import yi_text
from portfolio.model.result import RunResult
from portfolio.report.comparison import (
    channel_differences,
    item_differences,
    summary_table,
    year_differences,
)
from portfolio.report.plain_text import shortened
from portfolio.report.tables import Cell, Table, Unit
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


def _show(out: Console, table: Table) -> None:
    """A table, at most so many rows of it (all years)."""
    limit = len(table.rows) if table.name in ("按年", "概览") else LISTED
    left = 1
    shown = grid(*(shortened(column.title, 14) for column in table.columns), left=left)
    for row in table.rows[:limit]:
        cells = [
            _cell(value, column.unit, column.title)
            for value, column in zip(row, table.columns, strict=True)
        ]
        shown.add_row(*cells)
    out.print(shown)
    if len(table.rows) > limit:
        say(out, f"另有 {len(table.rows) - limit} 个，见 对比.xlsx。", "dim")


def _cell(value: Cell, unit: Unit, title: str) -> Text:
    """A cell; differences carry their sign, losses in red."""
    if value is None:
        return Text("—")
    if isinstance(value, str):
        return Text(cell_lines(value, NAME_WIDTH))
    signed = "差" in title or "变化" in title
    amount = int(value)
    words = yi_text(amount) if unit is Unit.MONEY else str(amount)
    if not signed:
        return Text(words)
    bad = amount > 0 if unit is Unit.QUARTERS else amount < 0
    plus = "+" if amount > 0 else ""
    return Text(f"{plus}{words}", style="" if not amount else "red" if bad else "green")
