"""The commands stress and replay: words in, words out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portfolio import workflows
from portfolio.cli.chinese import CONDITION_MET, INTERRUPTED, UNPROVEN, ChineseCommand
from portfolio.cli.options import Given, asking, folder_help
from portfolio.cli.output import counting, lines, print_json, say_written
from portfolio.model.money import digits_only
from portfolio.workflows.asked import ArchiveFolder, PathFile, Replay, Stress

if TYPE_CHECKING:
    from portfolio.model.study.result import StressResult


@click.command(
    cls=ChineseCommand,
    help="压力测试：按风险参数推演数千条路径，先说当年名单的达标概率和情景改变什么，再说竣工的年份与决定因素；"
    "已过去的年份和其余各表只在文件里。写出 压力测试.xlsx 与 run.json。基准总在最前，各情景用同一组随机数分别推演。"
    "按 Ctrl-C 可提前结束，已完成的路径照常统计并写出。",
    short_help="压力测试：当年名单的达标概率，数千条路径下的竣工与造价分位、决定因素。",
)
@asking(
    Stress,
    PathFile,
    ArchiveFolder,
    out=folder_help("压力测试 <情景>"),
    last=("levers", "leverage"),
)
@click.option(  # the default now; what was written for it goes on working
    "--no-leverage", "--no-levers", is_flag=True, hidden=True, expose_value=False
)
def stress(given: Given, out: Path | None, as_json: bool) -> None:
    """Thousands of paths on the same luck."""
    files = given.of(PathFile)
    workflows.check_paths_format(**files)
    with workflows.stoppable(_say) as stop, counting() as progress:
        results = workflows.stress(**given.of(Stress), progress=progress, say=_say, stop=stop)
        progress("正在写出文件", 0, 1)
        written = workflows.write_stress(results, out, **files, **_kept(given, results))
    if as_json:
        from portfolio.report.json.stress import stress_json

        print_json(stress_json(results))
    else:
        from portfolio.report.screen.stress import show_stress

        show_stress(results)
    say_written(written, given, quiet=as_json)
    _end(results, every=as_json, stopped=stop.noted)


@click.command(
    cls=ChineseCommand,
    help="把压力测试中的一条路径讲成故事：运气如何、逐年怎样、谁滞后、为什么；"
    "并核对逐季重演与批量推演逐个整数相同。多个 -s 合并为一个情景。",
    short_help="把压力测试中的一条路径讲成故事：运气、逐年经过、谁滞后、为什么。",
)
@asking(
    Replay,
    out="另把故事写成文本和 JSON 的文件夹（默认不写）",
    last=("n", "seed", "workers", "tails", "sobol"),
)
def replay(given: Given, out: Path | None, as_json: bool) -> None:
    """One path of a stress test as a story."""
    if given["path"] is None:
        raise click.UsageError("请用 --path 给出路径号（从 1 起）、最差、中位或最好")
    if (number := digits_only(given["path"])) is not None:
        given["path"] = number
    with counting() as progress:
        told = workflows.replay(**given.of(Replay), progress=progress, say=_say)
    if out is not None:
        say_written(workflows.write_replay(told, out), given, quiet=True)
    if as_json:
        print_json(workflows.replay_data(told))
    else:
        click.echo("\n".join(workflows.replay_lines(told)))


def _kept(given: Given, results: Sequence[StressResult]) -> dict[str, Any]:
    """Where the forecast is kept; a test that was stopped is written, but is no forecast to keep."""
    kept = given.of(ArchiveFolder)
    if kept["archive"] is None or not any(each.sampling.interrupted for each in results):
        return kept
    _say("压力测试提前结束，路径没有做完：结果照常写出，预测没有存档")
    return {}


def _say(note: str) -> None:
    click.echo(lines(note), err=True)


def _end(results: Sequence[StressResult], *, every: bool, stopped: bool = False) -> None:
    """Say what was asked and what was left undone; the exit code is the contract's.

    The screen has the answers already: what ends the command otherwise than with 0 is said again.
    """
    from portfolio.report.words.stress import answer_lines, undone_line

    for line in answer_lines(results, every=every):
        _say(line)
    undone = undone_line(results, stopped=stopped)
    if undone is not None:
        _say(undone)
    sys.stdout.flush()
    if undone is not None:
        raise click.exceptions.Exit(INTERRUPTED)
    if any(judged.met for result in results for judged in result.judged):
        raise click.exceptions.Exit(CONDITION_MET)
    if any(result.precision and not result.precision.reached for result in results):
        raise click.exceptions.Exit(UNPROVEN)
