"""Results on the screen: 80 columns, Chinese width safe, no colour where there is no terminal."""

from __future__ import annotations

from portfolio.report.terminal.check import show_check
from portfolio.report.terminal.comparison import show_comparison
from portfolio.report.terminal.messages import show_changes, show_problems
from portfolio.report.terminal.page import screen
from portfolio.report.terminal.reallocation import show_reallocation
from portfolio.report.terminal.run import show_run
from portfolio.report.terminal.stress import show_stress

__all__ = [
    "screen",
    "show_changes",
    "show_check",
    "show_comparison",
    "show_problems",
    "show_reallocation",
    "show_run",
    "show_stress",
]
