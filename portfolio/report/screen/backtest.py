"""A back-test on the screen: the card, the years to come, what was compared."""

from __future__ import annotations

from functools import partial
from typing import Any

from rich.console import Console

from portfolio.model.record.backtest import Backtest
from portfolio.model.record.conditions import Judged
from portfolio.report.screen.console import field_text, fields_grid, head, note, say, screen
from portfolio.report.tables import backtest as tables
from portfolio.report.tables.fields import Cell, Field, Unit
from portfolio.report.words import backtest as words


def show_backtest(
    test: Backtest, judged: tuple[Judged, ...] = (), console: Console | None = None
) -> None:
    """The card first, then the years to come, then the tables it rests on."""
    out = console or screen()
    head(out, words.title(test))
    for line in words.card_lines(test):
        say(out, f"· {line}")
    unended = words.unended_line(test)
    if unended is not None:
        say(out, f"· {unended}")
    note(out, f"· {words.basis_line(test)}")
    note(out, f"· {words.audit_line(test)}")
    out.print()
    for told in test.chances:
        head(out, words.chance_head(told))
        for line in words.chance_notes(told):
            say(out, line, depth=1)
    out.print()
    head(out, "比朴素的预测准多少（“本模型少”为正即更准）")
    out.print(fields_grid(tables.compared(test), said=partial(_decimals, 1)))
    note(out, words.LAST_TIME)
    seasons = words.seasons_line(test)
    if seasons is not None:
        head(out, "年内数有没有用")
        out.print(fields_grid(tables.SEASONS.of(test.seasons), said=partial(_decimals, 3)))
        note(out, f"{seasons}。{words.profile_line(test)}")
    head(out, "不能检验的")
    for line in words.UNTESTABLE:
        say(out, f"· {line}")
    for line in words.judged_lines(judged):
        say(out, line)


def _decimals(digits: int, field: Field[Any], value: Cell) -> str:
    """A cell, numbers with decimals with so many of them."""
    if field.unit is Unit.DECIMAL and value is not None:
        return f"{float(value):.{digits}f}"
    return field_text(field, value)
