"""What every text on the screen shares: a console, paragraphs, tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from portfolio.model.money import yi_text
from portfolio.report.fields import Cell, Field, Table, Unit
from portfolio.report.plain_text import SCREEN_COLUMNS, wrapped
from portfolio.report.render import shown_text

#: Declared plain so that rich keeps it on Chinese code pages too, which have its rule.
RULED_HEAD = box.Box(str(box.SIMPLE_HEAD), ascii=True)
#: Colours of tones.
COLOURS = {"": "", "good": "green", "bad": "red"}


class Screen(Console):
    """A console that leaves it to the command line what to do when its reader has gone."""

    def on_broken_pipe(self) -> None:
        """Raise on: rich itself would end the process with the code of a defect."""
        raise BrokenPipeError


def screen(*, stderr: bool = False) -> Console:
    """A console that reads no markup into texts: 80 columns and no colour when piped."""
    console = Screen(stderr=stderr, highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        return console
    return Screen(
        stderr=stderr,
        highlight=False,
        markup=False,
        emoji=False,
        width=SCREEN_COLUMNS,
        no_color=True,
    )


def grid(*titles: str, left: int = 1) -> Grid:
    """An empty table: the first `left` columns to the left, the others to the right."""
    table = Grid(
        box=RULED_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        collapse_padding=True,
        header_style="bold",
    )
    for k, heading in enumerate(titles):
        table.add_column(heading, justify="left" if k < left else "right", no_wrap=True)
    return table


def field_text(field: Field[Any], value: Cell, money: Callable[[int], str] = yi_text) -> str:
    """A field's cell as the screen shows it, — for none; `money` tells 万元 as 亿元."""
    if field.unit is Unit.MONEY and value is not None:
        return money(int(value))
    return shown_text(value, field.unit)


def fields_grid(
    table: Table[Any],
    left: int = 1,
    lines: Mapping[str, int] | None = None,
    said: Callable[[Field[Any], Cell], str] = field_text,
) -> Grid:
    """A table on the screen; `said` tells a cell.

    lines : texts of these columns are broken into lines of at most so many columns
    """
    broken = lines or {}

    def words(field: Field[Any], row: object) -> str:
        told = said(field, field.value(row))
        return cell_lines(told, broken[field.key]) if field.key in broken else told

    shown = grid(*(field.short or field.title for field in table.columns), left=left)
    for row in table.rows:
        cells = [Text(words(field, row), COLOURS[field.tone(row)]) for field in table.columns]
        shown.add_row(*cells)
    return shown


def say(out: Console, line: str, style: str = "", depth: int = 0) -> None:
    """A paragraph, broken where Chinese may be broken."""
    out.print(Text("\n".join(wrapped(line, depth, min(out.width, 100))), style=style))


def cell_lines(value: str, width: int) -> str:
    """A table cell's text in lines of at most `width` columns."""
    return "\n".join(line.strip() for line in wrapped(value, columns=width))
