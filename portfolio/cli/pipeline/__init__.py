"""The command pipeline: words in, words out."""

from __future__ import annotations

from pathlib import Path

import click

from portfolio import workflows
from portfolio.cli.chinese import ChineseCommand
from portfolio.cli.options import Given, asking, folder_help
from portfolio.cli.output import print_json, say_written, working
from portfolio.workflows.asked import Pipeline


@click.command(
    cls=ChineseCommand,
    help="清单的项目逐年干完，以后年份的目标靠什么：哪一年须新开工多少、哪些类别、各渠道承担多少，"
    "三种情况并排，每个假设改动后答案变多少；新开工放进清单推演一遍核对。都是推演与假设，非统计。"
    "写出 储备测算.xlsx 与 pipeline.json。",
    short_help="要守住以后年份的目标，哪年须新开工多少、什么类别、各渠道承担多少。",
)
@asking(Pipeline, out=folder_help("储备测算 <情景>"))
def pipeline(given: Given, out: Path | None, as_json: bool) -> None:
    """What must be started for the targets to hold."""
    with working("正在测算") as progress:
        result = workflows.pipeline(**given.of(Pipeline), progress=progress)
        progress("正在写出文件")
        written = workflows.write_pipeline(result, out)
    if as_json:
        from portfolio.report.json.pipeline import pipeline_json

        print_json(pipeline_json(result))
    else:
        from portfolio.report.screen.pipeline import show_pipeline

        show_pipeline(result)
    say_written(written, given, quiet=as_json)
