"""The command backtest: words in, words out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portfolio import workflows
from portfolio.cli.chinese import CONDITION_MET, ChineseCommand
from portfolio.cli.options import Given, asking
from portfolio.cli.output import lines, print_json, say_written, working
from portfolio.workflows.asked import Backtest

if TYPE_CHECKING:
    from portfolio.workflows.record.backtest import WrittenBacktest


@click.command(
    cls=ChineseCommand,
    help="年度达标概率有多可信：只用“年度完成率”表（各地名单年初计划与完成数），逐年用此前的数预测，"
    "与实际和朴素预测相比；不做推演，几秒钟。写出 回测.xlsx 与 backtest.json。"
    "把握只以各种取舍的范围给出。",
    short_help="年度达标概率有多可信：用历年完成率逐年回测，与朴素预测相比。",
)
@click.option(
    "--write",
    is_flag=True,
    help="把完成率分布写进 -w 写明的工作簿（原件另存在旁边，其余各表不动）；"
    "没写 -w 的写进输出文件夹里的副本",
)
@asking(Backtest, out="输出文件夹（默认 out/回测）")
def backtest(given: Given, write: bool, out: Path | None, as_json: bool) -> None:
    """How far the chances of years can be trusted."""
    if write and given["until"] is not None:
        raise click.UsageError("--write 写的是用全部数估出的分布，不能与 --until 同用")
    with working("正在逐年回测") as progress:
        result = workflows.backtest(**given.of(Backtest), progress=progress)
        progress("正在写出文件")
        written = workflows.write_backtest(result, out, write=write)
    if as_json:
        from portfolio.report.json.backtest import backtest_json

        print_json(
            backtest_json(
                result.test,
                result.judged,
                workbook_sha256=result.workbook_sha256,
                version=result.version,
                paper=result.paper,
            )
        )
    else:
        from portfolio.report.screen.backtest import show_backtest

        show_backtest(result.test, result.judged)
    say_written(written.paths, given, quiet=as_json, aside=written.aside)
    if write and result.named is not None:
        click.echo(lines(_renewed_text(written)), err=as_json)
    sys.stdout.flush()
    if any(judged.met for judged in result.judged):
        raise click.exceptions.Exit(CONDITION_MET)


def _renewed_text(written: WrittenBacktest) -> str:
    """What became of the workbook named."""
    if written.renewed is None or written.former is None:
        return "工作簿里的完成率分布已是最新，没有改写"
    return f"完成率分布已写入 {written.renewed}；写入前的原件另存为 {written.former.name}"
