"""The commands stress and replay: words in, words out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from portfolio import workflows
from portfolio.cli.chinese import CONDITION_MET, INTERRUPTED, UNPROVEN, ChineseCommand
from portfolio.cli.options import OneOf, WholeNumber, shared
from portfolio.cli.output import counting, lines, print_json, say_written

if TYPE_CHECKING:
    from portfolio.model.study.result import StressResult

F = TypeVar("F", bound=Callable[..., Any])


def _luck(paths: str) -> Callable[[F], F]:
    """The options by which the luck is drawn."""
    options: list[Any] = [
        click.option("-n", "paths", type=WholeNumber(), default=2000, metavar="路径数", help=paths),
        click.option("--seed", type=WholeNumber(), default=1, metavar="种子",
                     help="随机数种子（默认 1）；同一种子、同一路径号得到同一条路径"),
        click.option("--workers", type=WholeNumber(), metavar="线程数",
                     help="同时推演的线程数（默认全部处理器核），不影响结果"),
        click.option("--tails", type=OneOf("正态", "t5"), default="正态", metavar="正态|t5",
                     help="各风险如何相关：正态（默认），或 t5（坏事更常同时发生）"),
        click.option("--sobol", is_flag=True,
                     help="拟随机抽样：8 组独立的 Sobol 序列，并与普通抽样比较误差"),
    ]  # fmt: skip

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


@click.command(
    cls=ChineseCommand,
    help="压力测试：按风险参数推演数千条路径，给出逐年达标把握、竣工与造价的分位、"
    "决定结果的大项与渠道；写出 压力测试.xlsx 与 run.json。基准总在最前，各情景用同一组随机数分别推演。"
    "按 Ctrl-C 可提前结束，已完成的路径照常统计并写出。",
    short_help="压力测试：数千条路径下的逐年达标把握、竣工与造价分位、决定因素。",
)
@_luck("路径数（默认 2000）；与 --precision 同用时为起始数")
@click.option("--precision", metavar="精度", help="算到多准为止，如 1%、50亿、1季；须给 --about")
@click.option("--about", metavar="量", help="要算准的量，如 P(年份>=3800)、P80(总造价)、P80(22)")
@click.option("--year", type=WholeNumber(), metavar="年份",
              help="杠杆、龙卷风和路径排位看哪一年（默认最该先担心的年份）")  # fmt: skip
@click.option("--fail-if", "fail_if", multiple=True, metavar="条件",
              help="条件成立时退出码为 6，如 'P(年份>=3800)<0.8'；可重复")  # fmt: skip
@click.option("--paths", "paths_as", type=OneOf("csv", "parquet"), metavar="csv|parquet",
              help="另写出逐条路径的结果")  # fmt: skip
@click.option("--no-levers", "--no-leverage", "levers", is_flag=True, default=True, flag_value=False,
              help="不做“逐项去除风险”的附加推演，较快")  # fmt: skip
@click.option("--leverage", is_flag=True, help="另算“渠道杠杆”：某渠道某年少 1 亿元的后果")
@shared(scenarios=True, out="输出文件夹（默认 out/压力测试 <情景>）")
def stress(
    paths: int,
    seed: int,
    workers: int | None,
    tails: str,
    sobol: bool,
    precision: str | None,
    about: str | None,
    year: int | None,
    fail_if: Sequence[str],
    paths_as: str | None,
    levers: bool,
    leverage: bool,
    workbook: Path | None,
    scenarios: Sequence[str],
    sets: Sequence[str],
    out: Path | None,
    as_json: bool,
) -> None:
    """Thousands of paths on the same luck."""
    workflows.check_paths_format(paths_as)
    with workflows.stoppable(_say) as stop, counting() as progress:
        results = workflows.stress(
            scenarios,
            workbook,
            sets,
            paths,
            seed,
            workers,
            tails=tails,
            sobol=sobol,
            precision=precision,
            about=about,
            fail_if=fail_if,
            progress=progress,
            say=_say,
            levers=levers,
            leverage=leverage,
            year=year,
            stop=stop,
        )
        progress("正在写出文件", 0, 1)
        written = workflows.write_stress(results, out, paths_as)
    if as_json:
        from portfolio.report.json.stress import stress_json

        print_json(stress_json(results))
    else:
        from portfolio.report.screen.stress import show_stress

        show_stress(results)
    say_written(written, workbook=workbook, quiet=as_json)
    _end(results, every=as_json, stopped=stop.noted)


@click.command(
    cls=ChineseCommand,
    help="把压力测试中的一条路径讲成故事：运气如何、逐年怎样、谁滞后、为什么；"
    "并核对逐季重演与批量推演逐个整数相同。多个 -s 合并为一个情景。",
    short_help="把压力测试中的一条路径讲成故事：运气、逐年经过、谁滞后、为什么。",
)
@click.option("--path", "path", metavar="路径号|最差|中位|最好",
              help="路径号（从 1 起），或按最该担心年份的折市重点投资取 P5、P50、P95 处的一条")  # fmt: skip
@click.option("--year", type=WholeNumber(), metavar="年份",
              help="最差、中位、最好按哪一年排位（默认最该先担心的年份）")  # fmt: skip
@_luck("在前多少条路径中排位（默认 2000），须与 stress 相同才能选到同一条")
@shared(scenarios=True, out="另把故事写成文本和 JSON 的文件夹（默认不写）")
def replay(
    path: str | None,
    year: int | None,
    paths: int,
    seed: int,
    workers: int | None,
    tails: str,
    sobol: bool,
    workbook: Path | None,
    scenarios: Sequence[str],
    sets: Sequence[str],
    out: Path | None,
    as_json: bool,
) -> None:
    """One path of a stress test as a story."""
    if path is None:
        raise click.UsageError("请用 --path 给出路径号（从 1 起）、最差、中位或最好")
    wanted = int(path) if path.isdecimal() else path
    with counting() as progress:
        told = workflows.replay(
            wanted,
            scenarios,
            workbook,
            sets,
            paths,
            seed,
            workers,
            tails=tails,
            sobol=sobol,
            progress=progress,
            say=_say,
            year=year,
        )
    if out is not None:
        say_written(workflows.write_replay(told, out), workbook=workbook, quiet=True)
    if as_json:
        print_json(workflows.replay_data(told))
    else:
        click.echo("\n".join(workflows.replay_lines(told)))


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
