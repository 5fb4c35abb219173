"""The command reallocate: words in, words out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portfolio import workflows
from portfolio.cli.chinese import INFEASIBLE, UNPROVEN, ChineseCommand
from portfolio.cli.options import Given, asking, folder_help
from portfolio.cli.output import print_json, say_written, working
from portfolio.workflows.asked import Frontier, Hedge, Reallocate, Reverse, Sweep

if TYPE_CHECKING:
    from portfolio.model.reallocation.result import Verdict


@click.command(
    cls=ChineseCommand,
    help="预算调整：渠道出问题后，在规则之内重新安排统筹资金（一般公共预算、专项债券、土地出让），"
    "使冲击造成的投资缺口、加权滞后、调整量依次最小；逐笔给出理由和审批路径，再把调整后的计划推演一遍。"
    "写出 调整方案.xlsx、调整明细.csv 与 run.json。多个 -s 合并为一个情景。",
    short_help="预算调整：冲击之下怎样挪统筹资金，逐笔理由与审批路径，并推演验证。",
)
@asking(
    Reallocate,
    Sweep,
    Frontier,
    Reverse,
    Hedge,
    out=folder_help("预算调整 <情景>"),
    last=("stress", "seed"),
)
def reallocate(given: Given, out: Path | None, as_json: bool) -> None:
    """Repair the plan, then play it; or ask one of the other questions of the same model."""
    swept = given["sweep"] or given["frontier"] or given["reverse"]
    if given["hedge"] and swept:
        raise click.UsageError("--hedge 不能与 --sweep、--frontier、--reverse 同用")
    of_one = given["reschedule"] or given["stress"] or given["alternatives"]
    if (given["hedge"] or swept) and of_one:
        raise click.UsageError(
            "--reschedule、--stress、--alternatives 只用于求一个调整方案，请分开运行"
        )
    if swept:
        _ask_sweeps(given, out, as_json)
        return
    if given["hedge"]:
        _hedge(given, out, as_json)
        return
    from portfolio.model.reallocation.settings import WayName

    with working("正在推演") as progress:
        result = workflows.reallocate(**given.of(Reallocate), progress=progress)
        progress("正在写出文件")
        written = workflows.write_reallocation(result, out, given["asof"])
    if as_json:
        from portfolio.report.json.reallocation import reallocation_json

        print_json(reallocation_json(result))
    else:
        from portfolio.report.screen.reallocation import show_reallocation

        show_reallocation(result)
    say_written(written, given, quiet=as_json)
    _end(result.verdict, few=result.name is WayName.FEW)


def _ask_sweeps(given: Given, out: Path | None, as_json: bool) -> None:
    """A grid of shocks, the frontier, the reverse stress test: what of them is asked for."""
    from portfolio.report.json.reallocation import frontier_data, reverse_data, sweep_data
    from portfolio.report.screen.sweep import frontier_lines, reverse_lines, sweep_lines

    sweeps, frontier, reverse = given["sweep"], given["frontier"], given["reverse"]
    with working("正在推演") as progress:
        grid = workflows.sweep(**given.of(Sweep), progress=progress) if sweeps else None
        curve = workflows.frontier(**given.of(Frontier), progress=progress) if frontier else None
        least = (
            workflows.reverse(**given.of(Reverse), targets=reverse, progress=progress)
            if reverse
            else None
        )
        words = [*sweeps, *(["前沿"] if frontier else []), *([f"反推{reverse}"] if reverse else [])]
        under = [*given["scenario"], *given["set"]]
        folder = workflows.sweep_folder(out, " ".join(["扫描", *words]), under, given["workbook"])
        written = workflows.write_sweep(folder, sweep=grid, frontier=curve, reverse=least)
    if as_json:
        data = {
            "sweep": None if grid is None else sweep_data(grid),
            "frontier": None if curve is None else frontier_data(curve),
            "reverse": None if least is None else reverse_data(least),
        }
        print_json(data)
    else:
        told = [] if grid is None else [sweep_lines(grid)]
        told += [] if curve is None else [frontier_lines(curve)]
        told += [] if least is None else [reverse_lines(least)]
        click.echo("\n\n".join("\n".join(part) for part in told))
    say_written(written, given, quiet=as_json)


def _hedge(given: Given, out: Path | None, as_json: bool) -> None:
    """One plan for now that does well over many sampled shocks."""
    from portfolio.report.json.reallocation import hedge_data
    from portfolio.report.screen.sweep import hedge_lines

    with working("正在推演") as progress:
        result = workflows.hedge(**given.of(Hedge), progress=progress)
        written = workflows.write_hedge(result, out)
    if as_json:
        print_json(hedge_data(result))
    else:
        click.echo("\n".join(hedge_lines(result)))
    say_written(written, given, quiet=as_json)
    _end(result.verdict)


def _end(verdict: Verdict, *, few: bool = False) -> None:
    """The exit code is the contract's: 4 without a feasible answer, 5 where a proof was cut short.

    A repair of few moves is sought with a set effort and promises no proof.
    """
    from portfolio.model.reallocation.result import Verdict

    sys.stdout.flush()
    if verdict is Verdict.INFEASIBLE:
        raise click.exceptions.Exit(INFEASIBLE)
    if verdict is Verdict.NONE_FOUND or (verdict is Verdict.UNPROVEN and not few):
        raise click.exceptions.Exit(UNPROVEN)
