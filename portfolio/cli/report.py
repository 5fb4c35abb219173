"""The command report: words in, words out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portfolio import workflows
from portfolio.cli.chinese import ChineseCommand
from portfolio.cli.options import WholeNumber, shared
from portfolio.cli.output import counting, lines, print_json, say_written
from portfolio.workflows.report import PATHS as REPORT_PATHS
from portfolio.workflows.sampling_options import SEED

if TYPE_CHECKING:
    from portfolio.model.calendar import Calendar


@click.command(
    cls=ChineseCommand,
    help="会上看的材料：一个不联网的网页 报告.html（图、可查找排序的数据表、情景切换），"
    "两页的 简报.docx，年度投资计划表.xlsx 与 进度计划.xlsx；有调整的情景另写 调整方案.xlsx 和调整后的计划表。"
    "多个 -s 各算各的，基准总在其中；各情景做压力测试，有冲击的情景求一个调整方案。",
    short_help="会上看的材料：网页报告、两页简报、年度投资计划表。",
)
@click.option("--asof", metavar="季度",
              help="简报截至哪个季度末，写作 年份Q3（默认首个受冲击年度之前的季末；没有冲击则为首年一季度）")  # fmt: skip
@click.option("-n", "--paths", "paths", type=WholeNumber(), default=REPORT_PATHS, metavar="路径数",
              help=f"压力测试的路径数（默认 {REPORT_PATHS}；0 为不做）")  # fmt: skip
@click.option("--seed", type=WholeNumber(), default=SEED, metavar="种子",
              help=f"压力测试的随机数种子（默认 {SEED}）")  # fmt: skip
@click.option("--workers", type=WholeNumber(), metavar="线程数",
              help="压力测试同时用几个线程（默认全部处理器核）")  # fmt: skip
@click.option("--no-reallocate", "repair", is_flag=True, default=True, flag_value=False,
              help="不求调整方案，较快")  # fmt: skip
@shared(scenarios=True, out="输出文件夹（默认 out/报告 <情景>）")
def report(
    asof: str | None,
    paths: int,
    seed: int,
    workers: int | None,
    repair: bool,
    workbook: Path | None,
    scenarios: Sequence[str],
    sets: Sequence[str],
    out: Path | None,
    as_json: bool,
) -> None:
    """What a meeting looks at."""
    with counting() as progress:
        dossiers = workflows.report(
            scenarios,
            workbook,
            sets,
            asof=asof,
            paths=paths,
            seed=seed,
            workers=workers,
            repair=repair,
            progress=progress,
        )
        progress("正在写出文件", 0, 1)
        written = workflows.write_report(dossiers, out)
    if asof is None:
        click.echo(lines(_assumed_text(dossiers[0].calendar, dossiers[0].quarter)), err=True)
    if as_json:
        from portfolio.report.json.run import report_json

        print_json(report_json(dossiers))
    else:
        from portfolio.report.screen.run import show_report

        show_report(dossiers)
    say_written(written, workbook=workbook, quiet=as_json)


def _assumed_text(calendar: Calendar, quarter: int) -> str:
    """To when a report counts that wasn't told."""
    why = "首个受冲击年度之前" if quarter else "计划首季：没有冲击，或冲击从首年开始"
    return f"未指定 --asof，按 {calendar.quarter_label(quarter)}（{why}）编制；" + calendar.fill(
        "可用 --asof <first+3>Q3 指定"
    )
