"""The command report: words in, words out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portfolio import workflows
from portfolio.cli.chinese import ChineseCommand
from portfolio.cli.options import Given, asking, folder_help
from portfolio.cli.output import counting, lines, print_json, say_written
from portfolio.model.facts import month_label
from portfolio.workflows.asked import Report

if TYPE_CHECKING:
    from portfolio.model.dossier import Dossier
    from portfolio.model.portfolio import Portfolio
    from portfolio.report.files import Written


@click.command(
    cls=ChineseCommand,
    help="会上看的材料：一个不联网的网页 报告.html（图、可查找排序的数据表、情景切换），"
    "两页的 简报.docx，年度投资计划表.xlsx 与 进度计划.xlsx；有调整的情景另写 调整方案.xlsx 和调整后的计划表。"
    "多个 -s 各算各的，基准总在其中；各情景做压力测试，有冲击的情景求一个调整方案。",
    short_help="会上看的材料：网页报告、两页简报、年度投资计划表。",
)
@asking(Report, out=folder_help("报告 <情景>"))
def report(given: Given, out: Path | None, as_json: bool) -> None:
    """What a meeting looks at."""
    first: list[Written] = []

    def played(dossiers: Sequence[Dossier]) -> None:
        first.append(workflows.write_report_plays(dossiers, out))
        names = "、".join(path.name for path in first[0])
        said = f"已先写出到 {first[0][0].parent}：{names}；其余文件待压力测试与调整方案算完后写出"
        click.echo(lines(said), err=True)

    with counting() as progress:
        dossiers = workflows.report(**given.of(Report), progress=progress, played=played)
        progress("正在写出文件", 0, 1)
        written = workflows.write_report(dossiers, out, first=first[0])
    if given["asof"] is None:
        click.echo(lines(_assumed_text(dossiers[0].run.baseline, dossiers[0].quarter)), err=True)
    if as_json:
        from portfolio.report.json.run import report_json

        print_json(report_json(dossiers))
    else:
        from portfolio.report.screen.run import show_report

        show_report(dossiers)
    say_written(written, given, quiet=as_json)


def _assumed_text(portfolio: Portfolio, quarter: int) -> str:
    """To when a report counts that wasn't told."""
    calendar, facts = portfolio.calendar, portfolio.facts
    if facts is not None:
        last = month_label(facts.asof_months - 1, calendar)
        return f"未指定 --asof，按执行数齐全的最后一月 {last} 编制；可用 --asof 另行指定"
    why = "首个受冲击年度之前" if quarter else "计划首季：没有冲击，或冲击从首年开始"
    return f"未指定 --asof，按 {calendar.quarter_label(quarter)}（{why}）编制；" + calendar.fill(
        "可用 --asof <first+3>Q3 指定"
    )
