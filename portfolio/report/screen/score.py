"""A score of kept forecasts on the screen: the card, then the tables it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from portfolio.model.calendar import Calendar
from portfolio.model.money import yi_text
from portfolio.model.record.archive import Way
from portfolio.model.record.score import Line, Scored
from portfolio.report.screen.console import field_text, fields_grid, head, note, say, screen
from portfolio.report.tables import score as tables
from portfolio.report.tables.fields import Cell, Field, Fields
from portfolio.report.words import score as words

#: A work's name is broken into lines of so many columns.
NAME_COLUMNS = 18


def show_score(scored: Scored, calendar: Calendar, console: Console | None = None) -> None:
    """The card first, then by horizon and by class."""
    out = console or screen()
    head(out, words.title(scored, calendar))
    for line in words.card_lines(scored, calendar):
        say(out, f"· {line}")
    for way in Way:
        _table(
            out,
            f"全年合计，{way}，按离年末的月数（误差：亿元）",
            tables.HORIZONS,
            scored.by_horizon(scored.years, way),
            way,
        )
        _table(
            out,
            f"各大项全年，{way}，按离年末的月数（误差：亿元）",
            tables.HORIZONS,
            scored.by_horizon(scored.items, way),
            way,
        )
        _table(out, f"各大项全年，{way}，按工程（误差：亿元）", tables.KINDS,
               scored.by_kind(way), way)  # fmt: skip
    _table(out, "竣工，按工程", tables.FINISHES, scored.finishes_by_kind(), Way.PATHS)
    out.print()
    for line in words.NOTES:
        note(out, f"· {line}")


def _table(
    out: Console, heading: str, fields: Fields[Line], lines: Sequence[Line], way: Way
) -> None:
    if not lines:
        return
    out.print()
    head(out, heading)
    keys = tables.SHOWN if way is Way.PATHS else tables.NO_BAND
    shown = fields.view(*(key for key in keys if key in fields.by_key))
    out.print(fields_grid(shown.of(lines), lines={"name": NAME_COLUMNS}, said=_cell))


def _cell(field: Field[Any], value: Cell) -> str:
    """A cell, money with two decimals and parts as whole per cents."""
    if value is not None and field.key in ("part", "low", "high"):
        return f"{float(value):.0%}"
    return field_text(field, value, lambda wan: yi_text(wan, 2))
