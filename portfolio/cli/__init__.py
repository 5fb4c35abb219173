"""The command line: words in, words out; no arithmetic, no files opened."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import click

from portfolio import workflows
from portfolio.cli.backtest import backtest
from portfolio.cli.brief import brief
from portfolio.cli.chinese import DEFECT, INTERRUPTED, PROBLEMS, USAGE, ChineseGroup, usage_text
from portfolio.cli.diff import diff
from portfolio.cli.forms import forms
from portfolio.cli.month import approve, close, collect, due, verify
from portfolio.cli.options import Given, PathName, asking, folder_help
from portfolio.cli.output import lines, print_json, say_written, working
from portfolio.cli.pipeline import pipeline
from portfolio.cli.reallocate import reallocate
from portfolio.cli.report import report
from portfolio.cli.score import score
from portfolio.cli.selftest import selftest
from portfolio.cli.start import start
from portfolio.cli.stress import replay, stress
from portfolio.model.problems import InputError, Problem, inert
from portfolio.version import __version__
from portfolio.workflows.asked import (
    ArchiveFolder,
    Check,
    Compare,
    Example,
    Explain,
    Fix,
    Init,
    Keep,
    OfWorkbook,
    Run,
)
from portfolio.workflows.interrupt import ended_in_order

#: Heard before or behind a command.
DEBUG = "--debug"


@click.group(
    cls=ChineseGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    help="重大项目投资计划推演：各大项的逐年投资、滞后原因与资金缺口。金额单位为亿元，不需要联网。",
)
@click.version_option(__version__, message="portfolio %(version)s", help="显示版本")
@click.option(
    DEBUG, is_flag=True, expose_value=False, help="出错时另显示技术细节，供维护者查找原因"
)
def commands() -> None:
    """Group of all commands."""


@commands.command(
    help="检查工作簿：一次列出全部问题（含单元格与改法）；无误则核对公布数、两个口径与前置条件冲突。"
)
@click.argument("path", type=PathName(), required=False, metavar="[工作簿]")
@asking(
    Check,
    Fix,
    out="另把结果写成 JSON 的文件夹（默认不写；与 --fix 同用时改好的一份也写在这里，默认 out/检查）",
)
def check(given: Given, path: Path | None, out: Path | None, as_json: bool) -> None:
    """Judge a workbook."""
    given["workbook"] = path or given["workbook"]
    if given["fix"]:
        _fix(given, out, as_json)
        return
    try:
        with working("正在检查工作簿"):
            result = workflows.check(given["workbook"], given["asof"])
    except InputError as error:
        if as_json:  # here the problems are the result
            print_json({"problems": [asdict(problem) for problem in error.problems]})
        raise
    if out is not None:
        say_written(workflows.write_check(result, out), given, quiet=True)
    if as_json:
        from portfolio.report.json.run import check_json

        book = result.workbook
        told = (result.totals, result.conflicts, book.questions, book.notes)
        print_json(check_json(book.portfolio, book.sha256, *told))
        return
    from portfolio.report.screen.run import show_check

    show_check(result.workbook, result.totals, result.conflicts)


def _fix(given: Given, out: Path | None, as_json: bool) -> None:
    """Mend a copy of a workbook, and say what is left."""
    with working("正在检查工作簿"):
        result = workflows.fix(given["workbook"], given["asof"])
    written = () if result.copy is None and out is None else workflows.write_fix(result, out)
    if as_json:
        print_json(workflows.fix_json(result))
    else:
        from portfolio.report.screen.checks.mended import show_mending
        from portfolio.report.screen.run import show_check

        show_mending(result.mending)
        if result.checked is not None:
            click.echo()
            checked = result.checked
            show_check(checked.workbook, checked.totals, checked.conflicts)
    if written:
        say_written(written, given, quiet=as_json)
    if result.problems:
        sys.stdout.flush()
        raise InputError(result.problems)


@commands.command(help="主要功能：推演计划，显示逐年结果，写出 进度计划.xlsx、CSV 与 run.json。")
@asking(Run, ArchiveFolder, out=folder_help("<情景>"))
def run(given: Given, out: Path | None, as_json: bool) -> None:
    """Play the plan and write the schedule."""
    with working("正在推演") as progress:
        result = workflows.run(**given.of(Run), progress=progress)
        progress("正在写出文件")
        paths = workflows.write_run(result, out, **given.of(ArchiveFolder))
    if as_json:
        from portfolio.report.json.run import run_json

        print_json(run_json(result))
    else:
        from portfolio.report.screen.run import show_run

        show_run(result)
    say_written(paths, given, quiet=as_json)


@commands.command(
    help="说明某个大项（序号、名称、别名、项目代码或名称的一部分）为何滞后或资金不足：从原因一直追到根源，"
    "季度数与金额加得起来。写责任单位，则列出它的大项与项目，滞后多的在前。",
    short_help="某个大项为何滞后或资金不足，追到根源；或一个责任单位的大项与项目。",
)
@click.argument("item", metavar="大项")
@click.option("--reallocate", "reallocated", is_flag=True,
              help="改问预算调整方案：为什么减了它，怎样才能保住，代价落在谁身上（重新求解）")  # fmt: skip
@asking(Explain, Keep, out="另把说明写成文本和 JSON 的文件夹（默认不写）")
def explain(given: Given, item: str, reallocated: bool, out: Path | None, as_json: bool) -> None:
    """Why an item is late or short."""
    if given["year"] is not None and not reallocated:
        raise click.UsageError("--year 须与 --reallocate 同用")
    if reallocated:
        _explain_repair(item, given, out, as_json)
        return
    with working("正在推演"):
        explanation, result = workflows.explain(item, **given.of(Explain))
    if out is not None:
        say_written(workflows.write_explanation(explanation, result, out), given, quiet=True)
    if as_json:
        from portfolio.report.json.run import explained_data

        print_json(explained_data(explanation, result))
        return
    from portfolio.report.screen.explain import explained_lines

    click.echo("\n".join(explained_lines(explanation, result)))


def _explain_repair(item: str, given: Given, out: Path | None, as_json: bool) -> None:
    """Why a repair cuts an item, and what would keep it."""
    from portfolio.report.screen.explain import counterfactual_data, counterfactual_lines

    with working("正在推演") as progress:
        answer, result = workflows.keep(item, **given.of(Keep), progress=progress)
    if out is not None:
        say_written(workflows.write_counterfactual(answer, result, out), given, quiet=True)
    if as_json:
        print_json(counterfactual_data(answer))
        return
    click.echo("\n".join(counterfactual_lines(answer, result.portfolio)))


@commands.command(help="多个情景并排比较，差异在前；写出 对比.xlsx。")
@asking(Compare, out=folder_help("对比 <情景>"))
def compare(given: Given, out: Path | None, as_json: bool) -> None:
    """Scenarios side by side."""
    if len(given["scenario"]) < 2 and not given["set"]:
        raise click.UsageError("请用 -s 给出至少两个情景，或用 --set 与基准比较")
    with working("正在推演") as progress:
        results = workflows.compare(**given.of(Compare), progress=progress)
        progress("正在写出文件")
        paths = workflows.write_comparison(results, out)
    if as_json:
        from portfolio.report.json.run import run_json

        print_json([run_json(result) for result in results])
    else:
        from portfolio.report.screen.run import show_comparison

        show_comparison(results)
    say_written(paths, given, quiet=as_json)


commands.add_command(stress)
commands.add_command(replay)
commands.add_command(reallocate)
commands.add_command(pipeline)
commands.add_command(report)
commands.add_command(brief)
commands.add_command(backtest)
commands.add_command(score)
commands.add_command(diff)
commands.add_command(collect)
commands.add_command(close)
commands.add_command(approve)
commands.add_command(verify)
commands.add_command(due)
commands.add_command(selftest)
commands.add_command(start)
commands.add_command(forms)


@commands.command(
    help="前置条件图：写出 .svg、.html、.graphml，并列出最长的前置链和被等待最多的大项。"
)
@asking(OfWorkbook, out=folder_help("前置条件图"), json=False)
def graph(given: Given, out: Path | None) -> None:
    """The dependency graph."""
    from portfolio.report.screen.graph import graph_text

    with working("正在绘图"):
        portfolio, paths = workflows.graph(given["workbook"], out)
    click.echo(graph_text(portfolio), nl=False)
    say_written(paths, given)


@commands.command(help="为其他城市或规划新建空白工作簿与情景示例。")
@click.argument("folder", type=PathName(), metavar="文件夹")
@asking(Init, json=False)
def init(given: Given, folder: Path) -> None:
    """An empty workbook and scenario."""
    for path in workflows.init(folder, **given.of(Init)):
        click.echo(f"已新建 {path}")
    click.echo(
        lines(
            "请在工作簿中填写项目清单、依赖关系、资金结构与年度目标，"
            f"然后在 {folder} 中运行 portfolio check"
        )
    )


@commands.command(
    help="写出一份示例工作簿 示例-执行数.xlsx：在随附工作簿上编造到某年 10 月的执行数，"
    "供试用“从今天起”的推演；数都是编造的，各输出标明“示例数据”。",
    short_help="写出一份带编造执行数的示例工作簿，供试用。",
)
@asking(Example, out="输出文件夹（默认 out/示例）", json=False)
def example(given: Given, out: Path | None) -> None:
    """A made-up workbook with facts."""
    with working("正在编造示例执行数"):
        written = workflows.example(out, **given.of(Example))
    for path in written:
        click.echo(f"已写出 {path}（示例数据）")
    click.echo(lines(f"可以运行 portfolio check {written[0]}"))


def _show_problems(problems: Sequence[Problem]) -> None:
    from portfolio.report.screen.console import screen, show_problems

    show_problems(problems, screen(stderr=True))


def _show_technically(error: BaseException) -> None:
    """What Python says of an error; texts of an input are made inert."""
    click.echo(inert("".join(traceback.format_exception(error))), err=True)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; exit codes are the contract's."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a code page without a sign must not stop a run
    given = list(sys.argv[1:] if argv is None else argv)
    words = [word for word in given if word != DEBUG]
    with ended_in_order():
        _run(words or ["--help"], debug=len(words) < len(given))


def _run(words: list[str], *, debug: bool) -> None:
    """Run the words of a command line and end with its code, unless all went well."""
    try:
        # Not click's own main: it would end with code 1 when the reader of our output goes.
        with commands.make_context("portfolio", words) as context:
            commands.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:  # --help and --version end so
        sys.exit(done.exit_code)
    except click.UsageError as error:
        click.echo(usage_text(error), err=True)
        sys.exit(USAGE)
    except InputError as error:
        _show_problems(error.problems)
        if debug:
            _show_technically(error)
        sys.exit(PROBLEMS)
    except (click.Abort, KeyboardInterrupt):
        with suppress(OSError):  # a window that was closed shows nothing
            click.echo("已中断。每个输出文件要么是完整的新文件，要么还是原来的样子。", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # the reader of our output (less, head) has gone: nothing to report
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except MemoryError:
        click.echo("内存不够，没有算完。请关闭其他程序，或减少路径数、大项数后重新运行。", err=True)
        sys.exit(PROBLEMS)
    except Exception as error:
        _show_technically(error)
        click.echo(
            "这是程序缺陷，输出文件可能没有写全。请把以上内容连同输入文件发给维护者。", err=True
        )
        sys.exit(DEFECT)


if __name__ == "__main__":
    main()
