"""What commands put out: JSON, sentences, what is being done."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from portfolio import workflows
from portfolio.workflows.asked import Progress, Told

QUICK_SECONDS = 1.0


def print_json(value: Any) -> None:
    """JSON on stdout, always in UTF-8, whatever the console's code page."""
    from portfolio.report.json import json_text

    sys.stdout.buffer.write(json_text(value).encode("utf-8"))


def say_written(
    paths: Sequence[Path],
    given: Mapping[str, Any],
    *,
    quiet: bool = False,
    aside: Sequence[Path] = (),
) -> None:
    """Say which files were written from which workbook; on stderr when stdout holds JSON."""
    folder = paths[0].parent
    names = "、".join(path.name for path in paths)
    click.echo("\n" + lines(f"已写出到 {folder}：{names}"), err=quiet)
    for kept in aside or getattr(paths, "aside", ()):
        click.echo(lines(f"原来的文件手改过，没有覆盖，已另存为：{kept.name}"), err=quiet)
    for line in _interrupted_before(paths):
        click.echo(lines(line), err=quiet)
    for kept in getattr(paths, "archived", ()):
        click.echo(lines(f"预测已存档：{kept}"), err=quiet)
    click.echo(lines(f"所用工作簿：{workflows.workbook_path(given['workbook'])}"), err=quiet)


def _interrupted_before(paths: Sequence[Path]) -> list[str]:
    """What is told of a run killed while writing, and of passing files that would not go."""
    told = []
    mixed: tuple[str, ...] | None = getattr(paths, "mixed", None)
    if mixed is not None:
        told.append(
            "上一次写到这个文件夹时程序被中途终止，当时新旧文件混杂；本次写出的已全部换新。"
        )
    if mixed:
        told.append(f"本次没有写、仍可能是旧的：{'、'.join(mixed)}，请勿与新的合用")
    for name in getattr(paths, "left", ()):
        told.append(f"临时文件没能删去（可能正被杀毒软件占用），可自行删除：{name.name}")
    return told


def quoted(path: Path) -> str:
    """A path as it is typed on a command line."""
    return f'"{path}"' if " " in str(path) else str(path)


def lines(text: str) -> str:
    """A sentence broken to the screen's width."""
    from portfolio.report.screen.console import wrapped

    return "\n".join(wrapped(text))


@contextmanager
def working(text: str) -> Iterator[Progress]:
    """Show what is being done once it has taken over a second, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _text: None
        return
    from rich.console import Console

    status = Console(stderr=True).status(text)
    timer = threading.Timer(QUICK_SECONDS, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield status.update
    finally:
        timer.cancel()
        status.stop()


@contextmanager
def counting() -> Iterator[Told]:
    """Show how much of a long work is done and how long the rest may take, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _text, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("剩余"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    tasks: dict[str, TaskID] = {}

    def tell(text: str, done: int, total: int) -> None:
        if text not in tasks:
            for task in tasks.values():
                bar.remove_task(task)
            tasks.clear()
            tasks[text] = bar.add_task(text, total=total)
        bar.update(tasks[text], completed=done, total=total)

    with bar:
        yield tell
