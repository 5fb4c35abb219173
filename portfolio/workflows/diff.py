"""What changed between two workbooks, and what it does to the plan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.problems import Collected, InputError
from portfolio.version import __version__
from portfolio.workflows.asked import REWRITTEN, Diff, Progress, silent, taking

if TYPE_CHECKING:
    from portfolio.model.difference.difference import Difference
    from portfolio.model.difference.told import Consequence, Told
    from portfolio.read.sides import ReadSide


@dataclass(frozen=True, kw_only=True)
class DiffResult:
    """What is told of two workbooks; `met`: the condition asked for holds."""

    told: Told
    met: bool
    files_read: tuple[Path, ...]


@taking(Diff)
def diff(asked: Diff) -> DiffResult:
    """Compare two workbooks, row by row by their keys, and play both.

    A workbook with problems is compared as far as its rows can be read; the problems are told and
    nothing is played then.

    Parameters
    ----------
    old, new
        The workbook of before and that of now.
    fail_if
        “改写过去”: `met` says whether facts of months closed in `old` are other in `new`.
    asof
        The month to whose end both are taken: what was closed by then, and what is played.

    Raises
    ------
    InputError
        One of the files is no workbook or can't be read at all; both are tried.
    """
    from portfolio.read.sides import read_side

    tell = asked.progress or silent
    tell("正在读取两个工作簿")
    same_name = asked.old.name == asked.new.name
    names = [str(path) if same_name else path.name for path in (asked.old, asked.new)]
    problems, sides = Collected(), []
    for path, name in zip((asked.old, asked.new), names, strict=True):
        with problems.part():
            sides.append(read_side(path, name, asked.asof))
    problems.raise_any()
    old, new = sides
    if asked.asof is not None and old.side.through is None and new.side.through is None:
        fix = "请去掉 --asof"
        raise InputError.of("--asof", "两个工作簿都没有月度执行，没有截至月", fix)
    told = told_of(old, new, tell)
    met = asked.fail_if == REWRITTEN and bool(told.difference.closed)
    return DiffResult(told=told, met=met, files_read=(asked.old, asked.new))


def told_of(old: ReadSide, new: ReadSide, tell: Progress = silent) -> Told:
    """What is told of two workbooks that were read."""
    from portfolio.model.difference.difference import difference
    from portfolio.model.difference.told import Told

    found = difference(old.side, new.side)
    return Told(
        difference=found,
        consequence=None if not found.changes else _consequence(found, old, new, tell),
        problems=tuple(dict.fromkeys((*old.problems, *new.problems))),
        version=__version__,
    )


def _consequence(
    found: Difference, old: ReadSide, new: ReadSide, tell: Progress
) -> Consequence | None:
    """What both played say; None where one of them can't be."""
    from portfolio.model.difference.told import consequence
    from portfolio.workflows.run import play_plan

    if old.loaded is None or new.loaded is None:
        return None
    plans = old.loaded.portfolio, new.loaded.portfolio
    first, second = ((plan, play_plan(plan, tell)) for plan in plans)
    return consequence(found, first, second)


def write_diff(result: DiffResult, out: Path | None = None) -> tuple[Path, ...]:
    """Write 变动.xlsx and 变动.json; all of them or none.

    Raises
    ------
    InputError
        As every function that writes.
    """
    from portfolio.report.contents import diff_contents
    from portfolio.report.files import write_all
    from portfolio.workflows.outputs import output_folder

    return write_all(output_folder(out, "变动"), diff_contents(result.told), result.files_read)
