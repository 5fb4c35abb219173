"""The command score: words in, words out."""

from __future__ import annotations

from pathlib import Path

import click

from portfolio import workflows
from portfolio.cli.chinese import ChineseCommand
from portfolio.cli.options import Given, PathName, asking
from portfolio.cli.output import print_json, say_written, working
from portfolio.workflows.asked import Score


@click.command(
    cls=ChineseCommand,
    help="给存档的预测打分：把 run、stress 用 --archive 存下的预测与工作簿里后来的执行数相比——"
    "八成区间装住多少（含置信区间）、误差（CRPS）比朴素预测如何，按离年末的月数和工程分列；"
    "尚未结束的年份不计。写出 预测打分.xlsx 与 score.json。",
    short_help="把存档的预测与后来的执行数相比：八成区间装住多少，比朴素预测准不准。",
)
@click.argument("folder", type=PathName(), metavar="存档文件夹")
@asking(Score, out="输出文件夹（默认 out/预测打分）")
def score(given: Given, folder: Path, out: Path | None, as_json: bool) -> None:
    """Kept forecasts against what came."""
    with working("正在打分"):
        result = workflows.score(folder, **given.of(Score))
        written = workflows.write_score(result, out)
    if as_json:
        from portfolio.report.json.score import score_json

        print_json(
            score_json(
                result.scored,
                result.calendar,
                workbook_sha256=result.workbook_sha256,
                version=result.version,
                paper=result.paper,
            )
        )
    else:
        from portfolio.report.screen.score import show_score

        show_score(result.scored, result.calendar)
    say_written(written, given, quiet=as_json)
