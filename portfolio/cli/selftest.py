"""The command selftest."""

from __future__ import annotations

import sys

import click

from portfolio import workflows
from portfolio.cli.chinese import DEFECT, ChineseCommand
from portfolio.cli.output import print_json, working


@click.command(
    cls=ChineseCommand,
    help="自检：在这台电脑上核对安装的程序，约一分钟：公布数、计划、手算例、恒等式、"
    "两个引擎逐格相等，逐条写明核对了什么。不读也不写用户的文件。有不符的退出码 1。",
    short_help="核对安装的程序：手算例、恒等式、两个引擎逐格相等（约一分钟）。",
)
@click.option("--json", "as_json", is_flag=True, help="结果以 JSON 输出到标准输出")
def selftest(as_json: bool) -> None:
    """Test the installed copy."""
    with working("正在自检") as progress:
        found = workflows.selftest(progress)
    if as_json:
        from portfolio.report.json.selftest import selftest_json

        print_json(selftest_json(found.tested, found.version, found.workbook_sha256))
    else:
        from portfolio.report.screen.checks.selftest import show_selftest

        show_selftest(found.tested, found.version, found.workbook_sha256)
    sys.stdout.flush()
    if not found.right:
        raise click.exceptions.Exit(DEFECT)
