"""The command diff: words in, words out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portfolio import workflows
from portfolio.cli.chinese import CONDITION_MET, ChineseCommand
from portfolio.cli.options import Given, PathName, asking
from portfolio.cli.output import lines, print_json, working
from portfolio.workflows.asked import Diff


@click.command(
    cls=ChineseCommand,
    help="两个工作簿之间改了什么：按序号、年份、渠道等认行，排序、插行不算变动。"
    "先列过去月份的执行数被改写的，再列新报的，然后是大项、计划、额度、目标、前置条件等，"
    "逐格给出原值、新值、差额和两个文件里的单元格；最后把两个都推演一遍，说明后果。"
    "工作簿有问题时，能读的行照样比较。写出 变动.xlsx 与 变动.json。",
    short_help="上月与本月两个工作簿之间改了什么，逐格列出；过去月份被改写的在最前。",
)
@click.argument("old", type=PathName(), metavar="上月.xlsx")
@click.argument("new", type=PathName(), metavar="本月.xlsx")
@asking(Diff, out="输出文件夹（默认 out/变动）")
def diff(given: Given, old: Path, new: Path, out: Path | None, as_json: bool) -> None:
    """What changed between two workbooks."""
    with working("正在比较") as progress:
        result = workflows.diff(old, new, **given.of(Diff), progress=progress)
        progress("正在写出文件")
        written = workflows.write_diff(result, out)
    if as_json:
        from portfolio.report.json.diff import diff_json

        print_json(diff_json(result.told))
    else:
        from portfolio.report.screen.checks.diff import show_diff

        show_diff(result.told, written[0].name)
    names = "、".join(path.name for path in written)
    click.echo("\n" + lines(f"已写出到 {written[0].parent}：{names}"), err=as_json)
    for kept in getattr(written, "aside", ()):
        click.echo(lines(f"原来的文件手改过，没有覆盖，已另存为：{kept.name}"), err=as_json)
    sys.stdout.flush()
    if result.met:
        raise click.exceptions.Exit(CONDITION_MET)
