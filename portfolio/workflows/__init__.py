"""One function per command: the Python API. The command line adds nothing to it.

Every function takes paths and values and returns values; files are written by the `write_*`
functions alone. Heavy imports stay inside, so that a command pays only for what it uses.
"""

from __future__ import annotations

from portfolio.read.bundled_files import WORKBOOK_NAME
from portfolio.workflows.asked import Progress, Told
from portfolio.workflows.backtest import (
    BacktestResult,
    backtest,
    write_backtest,
)
from portfolio.workflows.diff import DiffResult, diff, write_diff
from portfolio.workflows.example import example
from portfolio.workflows.fix import FixResult, MendingError, fix, fix_json, write_fix
from portfolio.workflows.hedge import hedge
from portfolio.workflows.inputs import (
    BASELINE,
    calendar_of,
    find_scenario,
    load_workbook,
    merged_scenario,
    workbook_path,
)
from portfolio.workflows.interrupt import Stop, stoppable
from portfolio.workflows.outputs import (
    check_paths_format,
    graph,
    init,
    output_folder,
    replay_data,
    replay_lines,
    sweep_folder,
    write_check,
    write_comparison,
    write_counterfactual,
    write_explanation,
    write_hedge,
    write_reallocation,
    write_replay,
    write_report,
    write_run,
    write_stress,
    write_sweep,
)
from portfolio.workflows.reallocate import keep, open_case, reallocate
from portfolio.workflows.report import report
from portfolio.workflows.run import (
    AuditError,
    CheckResult,
    check,
    compare,
    explain,
    play_plan,
    run,
)
from portfolio.workflows.score import ScoreResult, score, write_score
from portfolio.workflows.stress import ToldPath, replay, stress
from portfolio.workflows.sweep import frontier, reverse, sweep

__all__ = [
    "BASELINE",
    "WORKBOOK_NAME",
    "AuditError",
    "BacktestResult",
    "CheckResult",
    "DiffResult",
    "FixResult",
    "MendingError",
    "Progress",
    "ScoreResult",
    "Stop",
    "Told",
    "ToldPath",
    "backtest",
    "calendar_of",
    "check",
    "check_paths_format",
    "compare",
    "diff",
    "example",
    "explain",
    "find_scenario",
    "fix",
    "fix_json",
    "frontier",
    "graph",
    "hedge",
    "init",
    "keep",
    "load_workbook",
    "merged_scenario",
    "open_case",
    "output_folder",
    "play_plan",
    "reallocate",
    "replay",
    "replay_data",
    "replay_lines",
    "report",
    "reverse",
    "run",
    "score",
    "stoppable",
    "stress",
    "sweep",
    "sweep_folder",
    "workbook_path",
    "write_backtest",
    "write_check",
    "write_comparison",
    "write_counterfactual",
    "write_diff",
    "write_explanation",
    "write_fix",
    "write_hedge",
    "write_reallocation",
    "write_replay",
    "write_report",
    "write_run",
    "write_score",
    "write_stress",
    "write_sweep",
]
