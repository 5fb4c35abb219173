"""The command reallocate: words in, words out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portfolio import workflows
from portfolio.cli_options import PositiveNumber, WholeNumber, shared
from portfolio.cli_output import print_json, say_written, working
from portfolio.cli_text import INFEASIBLE, UNPROVEN, ChineseCommand

if TYPE_CHECKING:
    from portfolio.model.reallocation import Reallocation


@click.command(
    cls=ChineseCommand,
    help="预算调整：渠道出问题后，在规则之内重新安排统筹资金（一般公共预算、专项债券、土地出让），"
    "使冲击造成的投资缺口、加权滞后、调整量依次最小；逐笔给出理由和审批路径，再把调整后的计划推演一遍。"
    "写出 调整方案.xlsx、调整明细.csv 与 run.json。多个 -s 合并为一个情景。",
    short_help="预算调整：冲击之下怎样挪统筹资金，逐笔理由与审批路径，并推演验证。",
)
@click.option("--asof", metavar="季度",
              help="决策时已过去的最后一个季度，如 2023Q4（默认冲击开始前一年的年末）")  # fmt: skip
@click.option("--reschedule", is_flag=True,
              help="开工年份也可推迟、建设期也可拉长，并以完整的年度目标为准")  # fmt: skip
@click.option("--time", "seconds", type=PositiveNumber(), default=120.0, metavar="秒",
              help="三个目标求解合计最多多久（默认 120）；到时给出已找到的最好方案和差距")  # fmt: skip
@click.option("--cells-time", "cells_seconds", type=PositiveNumber(), default=10.0, metavar="秒",
              help="再用多久寻找改动格数最少的方案（默认 10，0 为不找）")  # fmt: skip
@click.option("--no-prices", "prices", is_flag=True, default=True, flag_value=False,
              help="不计算“再多 1 亿元能换来什么”，较快")  # fmt: skip
@click.option("--stress", "paths", type=WholeNumber(), default=0, metavar="路径数",
              help="另把调整前后的计划放到同样的运气下各推演多少条路径，逐条相减")  # fmt: skip
@click.option("--seed", type=WholeNumber(), default=1, metavar="种子",
              help="--stress 的随机数种子（默认 1）")  # fmt: skip
@shared(scenarios=True, out="输出文件夹（默认 out/预算调整 <情景>）")
def reallocate(
    asof: str | None,
    reschedule: bool,
    seconds: float,
    cells_seconds: float,
    prices: bool,
    paths: int,
    seed: int,
    workbook: Path | None,
    scenarios: Sequence[str],
    sets: Sequence[str],
    out: Path | None,
    as_json: bool,
) -> None:
    """Repair the plan, then play it."""
    with working("正在推演") as progress:
        result = workflows.reallocate(
            workbook,
            scenarios,
            sets,
            asof=asof,
            reschedule=reschedule,
            seconds=seconds,
            cells_seconds=cells_seconds,
            price_seconds=workflows.PRICE_SECONDS if prices else 0.0,
            paths=paths,
            seed=seed,
            progress=progress,
        )
        progress("正在写出文件")
        written = workflows.write_reallocation(result, out)
    if as_json:
        from portfolio.report.reallocation_json import reallocation_json

        print_json(reallocation_json(result))
    else:
        from portfolio.report.terminal import show_reallocation

        show_reallocation(result)
    say_written(written, workbook=workbook, quiet=as_json)
    _end(result)


def _end(result: Reallocation) -> None:
    """The exit code is the contract's: 4 without a feasible answer, 5 without proof."""
    from portfolio.model.reallocation import Verdict

    sys.stdout.flush()
    if result.verdict is Verdict.INFEASIBLE:
        raise click.exceptions.Exit(INFEASIBLE)
    if result.verdict is Verdict.UNPROVEN:
        raise click.exceptions.Exit(UNPROVEN)
