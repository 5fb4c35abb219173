"""The one page on the screen: the answer, its figures, the lines below them, the fonts meant."""

from __future__ import annotations

from rich.console import Console

from portfolio.model.measures.results import RunResult
from portfolio.model.reallocation.result import Reallocation
from portfolio.report.briefing.brief import brief_lines, brief_paper, fonts_line
from portfolio.report.screen.console import fields_grid, head, note, say, say_number, screen
from portfolio.report.words.answers.answer import answer_figures
from portfolio.report.words.meeting import KEY_FIGURE_SCREEN


def show_brief(
    run: RunResult, repair: Reallocation | None = None, console: Console | None = None
) -> None:
    """What stands on the page, but for its table and picture."""
    out = console or screen()
    title, nature, answer, *closing = brief_lines(run, repair)
    head(out, title)
    note(out, nature)
    say(out, answer)
    out.print()
    table = fields_grid(KEY_FIGURE_SCREEN.of(answer_figures(run)))
    table.columns[-1].justify = "left"
    out.print(table)
    out.print()
    signed = 2 if brief_paper(run, repair).number else 1
    for line in closing[:-signed]:
        say(out, line)
    note(out, fonts_line())
    say_number(out, (run.label, brief_paper(run, repair)))
