"""What every text on the screen shares: a console, paragraphs, tables."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from portfolio.model.money import yi_text
from portfolio.model.problems import Problem, inert
from portfolio.report.tables.fields import Cell, Field, Table, Unit
from portfolio.report.tables.render import shown_text
from portfolio.report.words.paper import Named, number_line

if TYPE_CHECKING:
    from portfolio.model.scenarios import ChangeLogEntry

# --- Plain text for a screen: how wide Chinese is, padding, and breaking lines


SCREEN_COLUMNS = 80
#: What is never torn apart: a number or a character, with the brackets and stops beside it.
WORD = re.compile(r"[（“]*(?:[\x21-\x7e–]+|.)[，。；：、）”！？＊]*")


def text_columns(text: str, *, ambiguous: int = 1) -> int:
    """How many columns a text takes; a Chinese character takes two.

    Quotation marks, dashes and the like (“ ” — …) are `ambiguous`: a screen sets them narrow (1),
    the Chinese fonts of a worksheet wide (2).
    """
    wide = "WF" if ambiguous == 1 else "WFA"
    return sum(2 if unicodedata.east_asian_width(char) in wide else 1 for char in text)


def lines_needed(text: str, width: float) -> int:
    """Lines a text takes in a worksheet's cell, its width counted in digits as Excel does.

    Lines break before the edge is reached, so a text takes some 8 % more than its columns.
    """
    return sum(
        max(1, math.ceil(text_columns(line, ambiguous=2) * 1.08 / max(1, int(width))))
        for line in text.split("\n")
    )


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """Fill up with spaces to `columns`, behind the text or (`right`) before it."""
    spaces = " " * max(0, columns - text_columns(text))
    return spaces + text if right else text + spaces


def wrapped(text: str, depth: int = 0, columns: int = SCREEN_COLUMNS) -> list[str]:
    """Indent by depth and break at `columns`, numbers kept whole; further lines hang by two.

    What a screen would obey is shown by its number.
    """
    indent = "  " * depth
    hang = indent + "  "
    lines, line, width = [], indent, len(indent)
    for word in WORD.findall(inert(text)):
        size = text_columns(word)
        if width + size > columns and line.strip():
            lines.append(line.rstrip())
            line, width = hang, len(hang)
            if word == " ":
                continue
        line, width = line + word, width + size
    return [*lines, line]


def shortened(text: str, columns: int) -> str:
    """The text, or its beginning and “…”, in at most `columns` columns."""
    if text_columns(text) <= columns:
        return text
    kept = ""
    for char in text:
        if text_columns(kept + char) > columns - 2:
            break
        kept += char
    return kept.rstrip("、，（ ") + "…"


# --- What every text on the screen shares: a console, paragraphs, tables


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


def head(out: Console, line: str) -> None:
    """The heading of a table or a list, or a sentence that stands out."""
    say(out, line, "bold")


def note(out: Console, line: str) -> None:
    """A remark on what stands above."""
    say(out, line, "dim")


def say_number(out: Console, *papers: Named) -> None:
    """The number of what was shown, a command's last line; nothing where there is none."""
    if line := number_line(*papers):
        note(out, line)


def note_more(out: Console, more: int, what: str) -> None:
    """How many there are that are not listed; nothing where all are."""
    if more > 0:
        note(out, f"另有 {more} {what}")


def cell_lines(value: str, width: int) -> str:
    """A table cell's text in lines of at most `width` columns."""
    return "\n".join(line.strip() for line in wrapped(value, columns=width))


# --- Short lists on the screen: what a scenario changed, what is wrong with an input


#: More changes than this are counted, not listed.
LISTED_CHANGES = 10


def show_changes(changes: Sequence[ChangeLogEntry], console: Console | None = None) -> None:
    """What a scenario changed, old → new; many changes are counted, not listed."""
    out = console or screen()
    say(out, f"情景改动 {len(changes)} 处（原值 → 新值）", "bold")
    for change in changes[:LISTED_CHANGES]:
        say(out, str(change), depth=1)
    if len(changes) > LISTED_CHANGES:
        say(out, f"另有 {len(changes) - LISTED_CHANGES} 处，见 情景改动.csv。", "dim", depth=1)


def show_problems(problems: Sequence[Problem], console: Console | None = None) -> None:
    """Every problem: its place, the value found, and what to do next."""
    out = console or screen(stderr=True)
    say(out, f"输入有 {len(problems)} 处问题：", "bold red")
    for k, problem in enumerate(problems, start=1):
        say(out, f"{k}. {problem.place}：{problem.found}")
        if problem.fix:
            say(out, f"→ {problem.fix}", "dim", depth=2)
