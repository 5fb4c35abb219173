"""Short lists on the screen: what a scenario changed, what is wrong with an input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from portfolio.model.problems import Problem
from portfolio.report.terminal.page import say, screen

if TYPE_CHECKING:
    from portfolio.model.scenarios import ChangeLogEntry

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
