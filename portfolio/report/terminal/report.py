"""A report on the screen: what can be read out, and the key figures, scenario by scenario."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from portfolio.model.dossier import Dossier
from portfolio.report.key_figures import KEY_FIGURE_SCREEN, key_figures
from portfolio.report.sentences import reconciliation, sentences
from portfolio.report.terminal.page import fields_grid, say, screen
from portfolio.report.wording import scenario_name


def show_report(dossiers: Sequence[Dossier], console: Console | None = None) -> None:
    """The sentences and key figures of every scenario; pictures and tables are in the files."""
    out = console or screen()
    for line in reconciliation(dossiers[0]):
        say(out, line.text)
    for dossier in dossiers:
        out.print()
        say(out, f"情景：{scenario_name(dossier.run)}", "bold")
        for line in sentences(dossier):
            say(out, line.text)
        out.print()
        table = fields_grid(KEY_FIGURE_SCREEN.of(key_figures(dossier)))
        table.columns[-1].justify = "left"
        out.print(table)
        for missing in filter(None, (dossier.no_stress, dossier.no_repair)):
            say(out, f"{missing}。", "dim")
