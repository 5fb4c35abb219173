"""Major-project portfolio scheduler and simulator (十大工程投资计划推演).

The commands as functions: what `portfolio run` computes, `portfolio.run()` returns. Nothing is
printed and nothing written before a `write_…` function is called; a user's mistakes arrive as
`InputError` with every problem at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portfolio.model.problems import InputError, Problem
    from portfolio.workflows import (
        AuditError,
        check,
        compare,
        explain,
        frontier,
        graph,
        hedge,
        init,
        load_workbook,
        merged_scenario,
        reallocate,
        replay,
        reverse,
        run,
        stress,
        sweep,
        write_check,
        write_comparison,
        write_explanation,
        write_hedge,
        write_reallocation,
        write_replay,
        write_report,
        write_run,
        write_stress,
        write_sweep,
    )
    from portfolio.workflows import report as make_report

__version__ = "0.1.0"

__all__ = [
    "AuditError",
    "InputError",
    "Problem",
    "check",
    "compare",
    "explain",
    "frontier",
    "graph",
    "hedge",
    "init",
    "load_workbook",
    "make_report",
    "merged_scenario",
    "reallocate",
    "replay",
    "reverse",
    "run",
    "stress",
    "sweep",
    "write_check",
    "write_comparison",
    "write_explanation",
    "write_hedge",
    "write_reallocation",
    "write_replay",
    "write_report",
    "write_run",
    "write_stress",
    "write_sweep",
]

#: Names that stand elsewhere than in `workflows`, or under another name there: `portfolio.report`
#: is the package that writes reports.
_ELSEWHERE = {
    "InputError": ("portfolio.model.problems", "InputError"),
    "Problem": ("portfolio.model.problems", "Problem"),
    "make_report": ("portfolio.workflows", "report"),
}


def __getattr__(name: str) -> Any:
    """Load a function when it is first asked for: `import portfolio` itself takes no time."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _ELSEWHERE.get(name, ("portfolio.workflows", name))
    return getattr(importlib.import_module(module), attribute)


def __dir__() -> list[str]:
    """Every name there is, loaded or not."""
    return sorted({*globals(), *__all__})
