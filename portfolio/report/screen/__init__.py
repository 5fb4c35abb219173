"""Results on the screen: 80 columns, Chinese width safe, no colour where there is no terminal."""

from __future__ import annotations

from portfolio.report.screen.console import screen, show_changes, show_problems
from portfolio.report.screen.reallocation import show_reallocation
from portfolio.report.screen.run import show_check, show_comparison, show_run
from portfolio.report.screen.stress import show_stress

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
