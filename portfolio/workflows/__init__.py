"""One function per command: the Python API. The command line adds nothing to it.

Every function takes paths and values and returns values; files are written by the `write_*`
functions alone. Heavy imports stay inside, so that a command pays only for what it uses.
"""

from __future__ import annotations

from portfolio.read.bundled_files import WORKBOOK_NAME
from portfolio.workflows.asked import Progress, Told
from portfolio.workflows.diff import DiffResult, diff, write_diff
from portfolio.workflows.example import example
from portfolio.workflows.fix import FixResult, MendingError, fix, fix_json, write_fix
from portfolio.workflows.forms import FormsResult, forms, write_forms
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
from portfolio.workflows.month.approve import Approval, approve, write_approved
from portfolio.workflows.month.close import CloseResult, close, returned_files, write_closed
from portfolio.workflows.month.collect import Collected, collect, write_collected
from portfolio.workflows.month.due import DueResult, due
from portfolio.workflows.month.verify import verify
from portfolio.workflows.outputs import (
    check_paths_format,
    graph,
    init,
    output_folder,
    replay_data,
    replay_lines,
    sweep_folder,
    write_brief,
    write_check,
    write_comparison,
    write_counterfactual,
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
from portfolio.workflows.reallocate import keep, open_case, reallocate
from portfolio.workflows.record.backtest import (
    BacktestResult,
    backtest,
    write_backtest,
)
from portfolio.workflows.record.score import ScoreResult, score, write_score
from portfolio.workflows.report import BriefResult, brief, report
from portfolio.workflows.run import (
    AuditError,
    CheckResult,
    check,
    compare,
    explain,
    play_plan,
    run,
)
from portfolio.workflows.selftest import SelfTest, selftest
from portfolio.workflows.stress import ToldPath, replay, stress
from portfolio.workflows.sweep import frontier, reverse, sweep

__all__ = [
    "BASELINE",
    "WORKBOOK_NAME",
    "Approval",
    "AuditError",
    "BacktestResult",
    "BriefResult",
    "CheckResult",
    "CloseResult",
    "Collected",
    "DiffResult",
    "DueResult",
    "FixResult",
    "FormsResult",
    "MendingError",
    "Progress",
    "ScoreResult",
    "SelfTest",
    "Stop",
    "Told",
    "ToldPath",
    "approve",
    "backtest",
    "brief",
    "calendar_of",
    "check",
    "check_paths_format",
    "close",
    "collect",
    "compare",
    "diff",
    "due",
    "example",
    "explain",
    "find_scenario",
    "fix",
    "fix_json",
    "forms",
    "frontier",
    "graph",
    "hedge",
    "init",
    "keep",
    "load_workbook",
    "merged_scenario",
    "open_case",
    "output_folder",
    "pipeline",
    "play_plan",
    "reallocate",
    "replay",
    "replay_data",
    "replay_lines",
    "report",
    "returned_files",
    "reverse",
    "run",
    "score",
    "selftest",
    "stoppable",
    "stress",
    "sweep",
    "sweep_folder",
    "verify",
    "workbook_path",
    "write_approved",
    "write_backtest",
    "write_brief",
    "write_check",
    "write_closed",
    "write_collected",
    "write_comparison",
    "write_counterfactual",
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
