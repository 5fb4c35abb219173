"""What changed between two workbooks on the screen: the most important first, the rest counted."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from portfolio.model.difference.changes import RowChange
from portfolio.model.difference.difference import CLOSED, REPORTED
from portfolio.model.difference.told import Told
from portfolio.report.screen.console import head, note, say, screen, wrapped
from portfolio.report.words import diff as words

#: Lines of all changes together, and of closed months and another subject.
LINES, CLOSED_LINES, SUBJECT_LINES = 26, 12, 6
#: A row that changed in many cells is cut to so many lines.
MOST_OF_ROW = 3


def show_diff(told: Told, file: str, console: Console | None = None) -> None:
    """Closed months first, then what was reported, then the plan by subject, and what follows."""
    out = console or screen()
    found = told.difference
    head(out, words.title(told))
    for line in words.warnings(told):
        say(out, f"! {line}", "red")
    if not found.changes:
        say(out, f"{words.NO_CHANGE}。")
        return
    left = LINES
    head(out, words.closed_line(found))
    left -= _list(out, found.closed, min(CLOSED_LINES, left), file)
    if line := words.reported_line(found):
        say(out, line)
        left -= len(wrapped(line))
    for name, changes in found.by_subject.items():
        if name not in (CLOSED, REPORTED):
            head(out, words.subject_heading(name, changes))
            left -= 1 + _list(out, changes, min(SUBJECT_LINES, left), file)
    head(out, "推演的后果")
    for line in words.consequence_lines(told):
        say(out, f"· {line}")


def _list(out: Console, changes: Sequence[RowChange], lines: int, file: str) -> int:
    """The foremost changes in so many lines, the rest counted; the lines taken."""
    taken = told = 0
    for change in words.foremost(changes):
        text = wrapped(words.change_text(change), 1)
        if len(text) > MOST_OF_ROW:
            text = [*text[: MOST_OF_ROW - 1], "    …"]
        if taken + len(text) > lines:
            break
        for line in text:
            out.print(line)
        taken, told = taken + len(text), told + change.count
    more = sum(change.count for change in changes) - told
    if more > 0:
        note(out, f"  另有 {more} 处，见 {file}")
        taken += 1
    return taken
