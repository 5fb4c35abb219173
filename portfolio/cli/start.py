"""The command start: what the double-click starters run, everything of a workbook beside it."""

from __future__ import annotations

from pathlib import Path

import click

from portfolio import workflows
from portfolio.cli.chinese import PROBLEMS, ChineseCommand
from portfolio.cli.options import PathName
from portfolio.cli.output import lines, working
from portfolio.model.problems import InputError

#: Behind the workbook's name: the folder of what came of it.
BESIDE = "推演结果"


@click.command(
    cls=ChineseCommand,
    help="双击或拖放时运行：检查工作簿，推演，写出进度计划、一页纸简报和能填的报表，"
    "都放在工作簿旁边的“工作簿名 推演结果”文件夹。不写工作簿则用默认的。",
    short_help="供双击、拖放：把一个工作簿的主要结果写在它旁边。",
)
@click.argument("workbooks", nargs=-1, type=PathName(), metavar="[工作簿.xlsx…]")
def start(workbooks: tuple[Path, ...]) -> None:
    """Everything of a workbook beside it; one that has problems doesn't stop the others."""
    failed = False
    for number, path in enumerate(workbooks or (None,)):
        if number:
            click.echo()
        try:
            _beside(path)
        except InputError as error:
            from portfolio.report.screen.console import screen, show_problems

            failed = True
            if path is not None:
                click.echo(lines(f"{path.name}："), err=True)
            show_problems(error.problems, screen(stderr=True))
            fix = "请照上面的改法改好、保存、关闭，再拖一次。"
            click.echo(lines(fix), err=True)
    if failed:
        raise click.exceptions.Exit(PROBLEMS)


def _beside(path: Path | None) -> None:
    """Run, brief and forms of a workbook in a folder beside it."""
    from portfolio.report.screen.run import show_run

    at = workflows.workbook_path(path)
    out = None if path is None else at.parent / f"{at.stem} {BESIDE}"
    with working("正在推演") as progress:
        result = workflows.run(workbook=path, progress=progress)
        progress("正在写出文件")
        written = [*workflows.write_run(result, out)]
        folder = written[0].parent
        written += workflows.write_brief(workflows.brief(workbook=path), folder)
        if result.portfolio.facts is not None:
            made = workflows.forms(workbook=path, progress=progress)
            written += workflows.write_forms(made, folder / "报表")
    show_run(result)
    click.echo("\n" + lines(f"已写出 {len(written)} 个文件到 {folder}"))
    click.echo(lines("先看 一页纸.docx，再看 进度计划.xlsx；有执行数的，报表在“报表”文件夹。"))
    click.echo(lines(f"所用工作簿：{at}"))
