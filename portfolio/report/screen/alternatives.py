"""What every plan as good must move, what it needn't, and the other plans, on the screen."""

from __future__ import annotations

from rich.console import Console

from portfolio.model.reallocation.result import Reallocation
from portfolio.report.screen.console import fields_grid, head, note, note_more, say
from portfolio.report.tables.reallocation import alternatives as tables
from portfolio.report.words.reallocation import PLAN_FILE
from portfolio.report.words.reallocation import alternatives as words

LISTED_FORCED = 12


def show_alternatives(result: Reallocation, out: Console) -> None:
    """What is forced, what is free, and the other plans; nothing where none were asked for."""
    found, portfolio = result.alternatives, result.case.portfolio
    if found is None:
        return
    out.print()
    head(out, words.FORCED)
    lines, places = words.forced_lines(portfolio, found), len(found.forced)
    for line in (*lines[: min(places, LISTED_FORCED)], *lines[places:]):
        say(out, f"· {line}")
    where = f"{PLAN_FILE} 的“{words.ALTERNATIVES_SHEET}”"
    note_more(out, places - LISTED_FORCED, f"处，见 {where}。")
    head(out, words.FREE)
    for line in words.free_lines(result, found):
        say(out, f"· {line}")
    head(out, f"{words.OTHERS}（亿元）")
    say(out, words.others_lead(found))
    if found.others:
        table = tables.plan_fields(portfolio).view(*tables.PLAN_SEEN)
        out.print(fields_grid(table.of(tables.plans(result, found))))
    note(out, words.as_good_text(result.case.settings, found.within))
    if found.others:
        note(
            out,
            f"同格：与本方案改动同一大项、同一渠道、同一年的笔数。各方案逐笔见 {where}。",
        )
