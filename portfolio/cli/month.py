"""The commands of a month's round: collect, close, approve, verify."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portfolio import workflows
from portfolio.cli.chinese import PROBLEMS, ChineseCommand
from portfolio.cli.options import Given, PathName, asking
from portfolio.cli.output import lines, print_json, quoted, say_written, working
from portfolio.workflows.asked import Approve, Close, Collect, Due


@click.command(
    cls=ChineseCommand,
    help="发表：每个责任单位一个小工作簿（上月的数锁定，黄色的格填写，填错变红），"
    "另有 收数清单.xlsx 写明谁要报什么。收回后用 portfolio close 结账。",
    short_help="每个责任单位一个填报表，写明谁要报什么；收回后用 close 结账。",
)
@asking(Collect, out="输出文件夹（默认 out/收数 月份）")
def collect(given: Given, out: Path | None, as_json: bool) -> None:
    """Sheets for the units to fill in."""
    from portfolio.report.contents import sent_to

    with working("正在发表"):
        made = workflows.collect(**given.of(Collect))
        paths = workflows.write_collected(made, out)
    sent = sent_to(made.owed, made.label)
    if as_json:
        from portfolio.report.json.month import collected_json

        print_json(collected_json(sent, made.label))
    else:
        from portfolio.report.screen.month import show_collected

        show_collected(sent, made.label)
    folder = paths[0].parent
    click.echo(
        "\n" + lines(f"已写出到 {folder}：{len(paths)} 个文件，谁要报什么见 收数清单.xlsx"),
        err=as_json,
    )
    after = f"收回后运行 portfolio close {made.label} 回收文件夹 -w {quoted(made.path)}"
    click.echo(lines(after), err=as_json)


@click.command(
    cls=ChineseCommand,
    help="结账：核对收回的填报表，没有须改的就写出新的工作簿（当月执行数已并入，原文件不动）、"
    "变动.xlsx 和 结账清单.xlsx；有须改的只写 退回清单.xlsx，退出码 3。一个月只结一次账。",
    short_help="核对收回的填报表；都对就把这一月并入新的工作簿，不对的列出要问谁什么。",
)
@click.argument("month", metavar="月份")
@click.argument("returned", nargs=-1, type=PathName(), metavar="回收表.xlsx…")
@asking(Close, out="输出文件夹（默认 out/结账 月份）")
def close(
    given: Given, month: str, returned: tuple[Path, ...], out: Path | None, as_json: bool
) -> None:
    """Take in returned sheets and close the month."""
    with working("正在核对") as progress:
        files = workflows.returned_files(returned)
        result = workflows.close(month, files, **given.of(Close), progress=progress)
        paths = workflows.write_closed(result, out)
    listed = next(path for path in paths if path.name.endswith("清单.xlsx"))
    if as_json:
        from portfolio.report.json.month import closed_json

        print_json(closed_json(result.month))
    else:
        from portfolio.report.screen.month import show_closed

        show_closed(result.month, listed.name)
    say_written(paths, given, quiet=as_json)
    if result.month.closing is not None:
        new = quoted(paths[0])
        after = f"接着运行 portfolio forms -w {new} 出报表；下月 portfolio collect -w {new}"
        click.echo(lines(after), err=as_json)
    sys.stdout.flush()
    if result.month.closing is None:
        raise click.exceptions.Exit(PROBLEMS)


@click.command(
    cls=ChineseCommand,
    help="批准计划：把工作簿的计划登记为某年的年初计划，或把现在的计划、调整方案登记为调整计划，"
    "写出新的工作簿（原文件不动）。先列出与现行版本的差别；登记后，年度计划与滞后比现行版本。",
    short_help="把计划登记为年初计划或调整计划（文号、日期），此后滞后比现行版本。",
)
@asking(Approve, out="输出文件夹（默认 out/批准 年度与版本）")
def approve(given: Given, out: Path | None, as_json: bool) -> None:
    """Promote a plan to a version."""
    with working("正在核对计划") as progress:
        result = workflows.approve(**given.of(Approve), progress=progress)
        paths = workflows.write_approved(result, out)
    if as_json:
        from portfolio.report.json.month import approved_json

        print_json(approved_json(result.record, result.changes, result.calendar))
    else:
        from portfolio.report.screen.month import show_approved

        show_approved(result.record, result.changes, result.calendar, written=bool(paths))
    if paths:
        say_written(paths, given, quiet=as_json)
        after = f"以后用这份工作簿：portfolio forms -w {quoted(paths[0])}"
        click.echo(lines(after), err=as_json)


@click.command(
    cls=ChineseCommand,
    help="核验结账与计划版本：每个工作簿的执行数、批准的计划与记录是否一致，各版工作簿是否前后相接；"
    "可一次给出各月的工作簿。有不符的退出码 3。",
    short_help="核验结过账的月份没有被改动，各版工作簿前后相接。",
)
@click.argument("workbooks", nargs=-1, type=PathName(), metavar="工作簿.xlsx…")
@click.option("--json", "as_json", is_flag=True, help="结果以 JSON 输出到标准输出")
def verify(workbooks: tuple[Path, ...], as_json: bool) -> None:
    """Verify closed months."""
    with working("正在核验"):
        found = workflows.verify(*workbooks)
    if as_json:
        from portfolio.report.json.month import verified_json

        print_json(verified_json(found))
    else:
        from portfolio.report.screen.month import show_verified

        show_verified(found)
    sys.stdout.flush()
    if found.flaws:
        raise click.exceptions.Exit(PROBLEMS)


@click.command(
    cls=ChineseCommand,
    help="到期提醒：近期要交什么、谁给谁、用哪张表。只有文件规定了日期的写“规定”，"
    "其余是惯例日期，以当年通知为准；本单位的日历写在工作簿的“报送日历”表。",
    short_help="近期要交什么，规定的与惯例的分开写明。",
)
@asking(Due)
def due(given: Given, as_json: bool) -> None:
    """What falls due."""
    result = workflows.due(**given.of(Due))
    if as_json:
        from portfolio.report.json.month import due_json

        print_json(due_json(result.due, result.since, result.days))
        return
    from portfolio.report.screen.month import show_due

    show_due(result.due, result.since, result.days, own=result.own)
