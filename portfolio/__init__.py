"""Major-project portfolio scheduler and simulator (重大项目投资计划推演).

The commands as functions: what `portfolio run` computes, `portfolio.run()` returns. Nothing is
printed and nothing written before a `write_…` function is called; a user's mistakes arrive as
`InputError` with every problem at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portfolio.version import __version__ as __version__

if TYPE_CHECKING:
    from portfolio.model.problems import InputError, Problem
    from portfolio.workflows.diff import diff, write_diff
    from portfolio.workflows.example import example
    from portfolio.workflows.fix import fix, write_fix
    from portfolio.workflows.forms import forms, write_forms
    from portfolio.workflows.hedge import hedge
    from portfolio.workflows.inputs import load_workbook, merged_scenario
    from portfolio.workflows.month.close import close, write_closed
    from portfolio.workflows.month.collect import collect, write_collected
    from portfolio.workflows.month.due import due
    from portfolio.workflows.month.verify import verify
    from portfolio.workflows.outputs import (
        graph,
        init,
        write_brief,
        write_check,
        write_comparison,
        write_explanation,
        write_hedge,
        write_reallocation,
        write_replay,
        write_report,
        write_report_plays,
        write_run,
        write_stress,
        write_sweep,
    )
    from portfolio.workflows.pipeline import pipeline, write_pipeline
    from portfolio.workflows.reallocate import reallocate
    from portfolio.workflows.record.backtest import backtest, write_backtest
    from portfolio.workflows.record.score import score, write_score
    from portfolio.workflows.report import brief
    from portfolio.workflows.report import report as make_report
    from portfolio.workflows.run import AuditError, check, compare, explain, run
    from portfolio.workflows.selftest import selftest
    from portfolio.workflows.stress import replay, stress
    from portfolio.workflows.sweep import frontier, reverse, sweep

__all__ = [
    "AuditError",
    "InputError",
    "Problem",
    "backtest",
    "brief",
    "check",
    "close",
    "collect",
    "compare",
    "diff",
    "due",
    "example",
    "explain",
    "fix",
    "forms",
    "frontier",
    "graph",
    "hedge",
    "init",
    "load_workbook",
    "make_report",
    "merged_scenario",
    "pipeline",
    "reallocate",
    "replay",
    "reverse",
    "run",
    "score",
    "selftest",
    "stress",
    "sweep",
    "verify",
    "write_backtest",
    "write_brief",
    "write_check",
    "write_closed",
    "write_collected",
    "write_comparison",
    "write_diff",
    "write_explanation",
    "write_fix",
    "write_forms",
    "write_hedge",
    "write_pipeline",
    "write_reallocation",
    "write_replay",
    "write_report",
    "write_report_plays",
    "write_run",
    "write_score",
    "write_stress",
    "write_sweep",
]


def __getattr__(name: str) -> Any:
    """Load a function when it is first asked for: `import portfolio` itself takes no time."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from portfolio import workflows
    from portfolio.model import problems

    if name == "make_report":  # portfolio.report is the package that writes reports
        return workflows.report
    return getattr(problems if hasattr(problems, name) else workflows, name)


def __dir__() -> list[str]:
    """Every name there is, loaded or not."""
    return sorted({*globals(), *__all__})
