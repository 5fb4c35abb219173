"""The command forms: words in, words out."""

from __future__ import annotations

from pathlib import Path

import click

from portfolio import workflows
from portfolio.cli.chinese import ChineseCommand
from portfolio.cli.options import Given, asking, folder_help
from portfolio.cli.output import lines, print_json, say_written, working
from portfolio.workflows.asked import Forms


@click.command(
    cls=ChineseCommand,
    help="报送用的表：1 重点项目投资月报 等，写出可打印的 Excel（一表一个文件）与 forms.json。"
    "不写表号则写出工作簿够填的全部各表；没有填报的数写“未报”，不编造。",
    short_help="写出报送用的各表（月报、到位与支付、专项债券等），可打印。",
)
@click.argument("numbers", nargs=-1, metavar="[表号]...")
@asking(Forms, out=folder_help("报表 <截至月>，有情景的后面加情景"))
def forms(given: Given, numbers: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """The forms of an office."""
    with working("正在推演") as progress:
        result = workflows.forms(numbers=numbers, **given.of(Forms), progress=progress)
        progress("正在写出文件")
        written = workflows.write_forms(result, out)
    if as_json:
        from portfolio.report.json.forms import forms_json

        print_json(forms_json(result.forms))
    else:
        from portfolio.report.screen.forms import form_lines

        for line in form_lines(result.forms):
            click.echo(lines(line))
    for number, found, fix in result.left_out:
        click.echo(lines(f"表{number} 没有写出：{found}。{fix}"), err=as_json)
    for note in result.notes:
        click.echo(lines(note), err=as_json)
    say_written(written, given, quiet=as_json)
