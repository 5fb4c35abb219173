"""The command reallocate: words in, words out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portfolio import workflows
from portfolio.cli.chinese import INFEASIBLE, UNPROVEN, ChineseCommand
from portfolio.cli.options import PositiveNumber, WholeNumber, shared
from portfolio.cli.output import print_json, say_written, working

if TYPE_CHECKING:
    from portfolio.model.reallocation.result import Reallocation


@click.command(
    cls=ChineseCommand,
    help="预算调整：渠道出问题后，在规则之内重新安排统筹资金（一般公共预算、专项债券、土地出让），"
    "使冲击造成的投资缺口、加权滞后、调整量依次最小；逐笔给出理由和审批路径，再把调整后的计划推演一遍。"
    "写出 调整方案.xlsx、调整明细.csv 与 run.json。多个 -s 合并为一个情景。",
    short_help="预算调整：冲击之下怎样挪统筹资金，逐笔理由与审批路径，并推演验证。",
)
@click.option("--asof", metavar="季度",
              help="决策时已过去的最后一个季度，写作 年份Q4（默认冲击开始前一年的年末）")  # fmt: skip
@click.option("--reschedule", is_flag=True,
              help="开工年份也可推迟、建设期也可拉长，并以完整的年度目标为准")  # fmt: skip
@click.option("--time", "seconds", type=PositiveNumber(), metavar="秒",
              help="三个目标求解合计最多多久（默认 120）；到时给出已找到的最好方案和差距")  # fmt: skip
@click.option("--cells-time", "cells_seconds", type=PositiveNumber(), metavar="秒",
              help="限用多久寻找改动格数最少的方案（默认按固定的工作量，每次结果相同；0 为不找）")  # fmt: skip
@click.option("--no-prices", "prices", is_flag=True, default=True, flag_value=False,
              help="不计算“再多 1 亿元能换来什么”，较快")  # fmt: skip
@click.option("--sweep", "sweeps", multiple=True, metavar="范围",
              help="改做扫描：一串冲击各求一次，如 '专项债券:年份=-50%..0%/10'；可重复，成网格")  # fmt: skip
@click.option("--frontier", is_flag=True,
              help="改求前沿：少动多少资金，缺口就多多少")  # fmt: skip
@click.option("--reverse", "reverse", metavar="年份",
              help="改做反向压力测试：这些年的渠道砍到多少，目标就再也达不到；写年份或 首年-末年")  # fmt: skip
@click.option("--hedge", "samples", type=WholeNumber(), default=0, metavar="情形数",
              help="改求稳健方案：现在先定一年，对许多种可能的到位率都不太差（两阶段，CVaR）")  # fmt: skip
@click.option("--stress", "paths", type=WholeNumber(), default=0, metavar="路径数",
              help="另把调整前后的计划放到同样的运气下各推演多少条路径，逐条相减")  # fmt: skip
@click.option("--seed", type=WholeNumber(), default=1, metavar="种子",
              help="--stress 的随机数种子（默认 1）")  # fmt: skip
@shared(scenarios=True, out="输出文件夹（默认 out/预算调整 <情景>）")
def reallocate(
    asof: str | None,
    reschedule: bool,
    seconds: float | None,
    cells_seconds: float | None,
    prices: bool,
    sweeps: Sequence[str],
    frontier: bool,
    reverse: str | None,
    samples: int,
    paths: int,
    seed: int,
    workbook: Path | None,
    scenarios: Sequence[str],
    sets: Sequence[str],
    out: Path | None,
    as_json: bool,
) -> None:
    """Repair the plan, then play it; or ask one of the other questions of the same model."""
    if samples and (sweeps or frontier or reverse):
        raise click.UsageError("--hedge 不能与 --sweep、--frontier、--reverse 同用")
    if (samples or sweeps or frontier or reverse) and (reschedule or paths):
        raise click.UsageError("--reschedule、--stress 只用于求一个调整方案，请分开运行")
    if sweeps or frontier or reverse:
        _ask_sweeps(workbook, scenarios, sets, sweeps, frontier, reverse, out, as_json)
        return
    if samples:
        _hedge(workbook, scenarios, sets, samples, seed, asof, out, as_json)
        return
    with working("正在推演") as progress:
        result = workflows.reallocate(
            workbook,
            scenarios,
            sets,
            asof=asof,
            reschedule=reschedule,
            seconds=seconds,
            cells_seconds=cells_seconds,
            price_seconds=None if prices else 0.0,
            paths=paths,
            seed=seed,
            progress=progress,
        )
        progress("正在写出文件")
        written = workflows.write_reallocation(result, out, asof)
    if as_json:
        from portfolio.report.json.reallocation import reallocation_json

        print_json(reallocation_json(result))
    else:
        from portfolio.report.screen.reallocation import show_reallocation

        show_reallocation(result)
    say_written(written, workbook=workbook, quiet=as_json)
    _end(result)


def _ask_sweeps(
    workbook: Path | None,
    scenarios: Sequence[str],
    sets: Sequence[str],
    sweeps: Sequence[str],
    frontier: bool,
    reverse: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """A grid of shocks, the frontier, the reverse stress test: what of them is asked for."""
    from portfolio.report.json.reallocation import frontier_data, reverse_data, sweep_data
    from portfolio.report.screen.sweep import frontier_lines, reverse_lines, sweep_lines

    given = (workbook, scenarios, sets)
    with working("正在推演") as progress:
        grid = workflows.sweep(*given, sweeps, progress=progress) if sweeps else None
        curve = workflows.frontier(*given, progress=progress) if frontier else None
        least = (
            workflows.reverse(*given, cut=reverse, targets=reverse, progress=progress)
            if reverse
            else None
        )
        words = [*sweeps, *(["前沿"] if frontier else []), *([f"反推{reverse}"] if reverse else [])]
        folder = workflows.sweep_folder(out, " ".join(["扫描", *words]), [*scenarios, *sets])
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
    say_written(written, workbook=workbook, quiet=as_json)


def _hedge(
    workbook: Path | None,
    scenarios: Sequence[str],
    sets: Sequence[str],
    samples: int,
    seed: int,
    asof: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """One plan for now that does well over many sampled shocks."""
    from portfolio.model.reallocation.result import Verdict
    from portfolio.report.json.reallocation import hedge_data
    from portfolio.report.screen.sweep import hedge_lines

    with working("正在推演") as progress:
        result = workflows.hedge(
            workbook, scenarios, sets, samples=samples, seed=seed, asof=asof, progress=progress
        )
        written = workflows.write_hedge(result, out)
    if as_json:
        print_json(hedge_data(result))
    else:
        click.echo("\n".join(hedge_lines(result)))
    say_written(written, workbook=workbook, quiet=as_json)
    sys.stdout.flush()
    if result.verdict is not Verdict.PROVEN:
        infeasible = result.verdict is Verdict.INFEASIBLE
        raise click.exceptions.Exit(INFEASIBLE if infeasible else UNPROVEN)


def _end(result: Reallocation) -> None:
    """The exit code is the contract's: 4 without a feasible answer, 5 without proof."""
    from portfolio.model.reallocation.result import Verdict

    sys.stdout.flush()
    if result.verdict is Verdict.INFEASIBLE:
        raise click.exceptions.Exit(INFEASIBLE)
    if result.verdict is Verdict.UNPROVEN:
        raise click.exceptions.Exit(UNPROVEN)
