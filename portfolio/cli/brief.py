"""The command brief: words in, words out."""

from __future__ import annotations

from pathlib import Path

import click

from portfolio import workflows
from portfolio.cli.chinese import ChineseCommand
from portfolio.cli.options import Given, asking, folder_help
from portfolio.cli.output import print_json, say_written, working
from portfolio.workflows.asked import Brief


@click.command(
    cls=ChineseCommand,
    help="一页纸：一张 A4 的 一页纸.docx——一句话结论、一张表、一张图、谁在何时之前定、三条假设、未含事项。"
    "没有情景时说当年全年怎样；有情景时说它使哪年少完成多少、影响哪些大项。多个 -s 合并为一个情景。",
    short_help="一页纸：结论、一表、一图、谁何时定，一张 A4。",
)
@asking(Brief, out=folder_help("一页纸 <情景>"))
def brief(given: Given, out: Path | None, as_json: bool) -> None:
    """One page for who decides."""
    with working("正在推演") as progress:
        result = workflows.brief(**given.of(Brief), progress=progress)
        progress("正在写出文件")
        written = workflows.write_brief(result, out)
    if as_json:
        from portfolio.report.json.brief import brief_json

        print_json(brief_json(result.run, result.repair))
    else:
        from portfolio.report.screen.brief import show_brief

        show_brief(result.run, result.repair)
    say_written(written, given, quiet=as_json)
