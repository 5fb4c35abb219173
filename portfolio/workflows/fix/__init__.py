"""A workbook mended where it can be read in one way only, in a copy; the original is only read."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.difference.mending import Mending
from portfolio.model.problems import InputError, Problem
from portfolio.workflows.inputs import workbook_path
from portfolio.workflows.outputs import output_folder
from portfolio.workflows.run import CheckResult, check

if TYPE_CHECKING:
    from portfolio.report.files import Written

#: What the copy's name ends in, and the folder it goes to where none is named.
SUFFIX, FOLDER = "-改", "检查"


class MendingError(Exception):
    """A mended copy says something else than the original: a defect, nothing was written."""


@dataclass(frozen=True, kw_only=True)
class FixResult:
    """What was mended, and what is said of the copy (of the original where nothing was).

    copy : the copy's bytes; None: nothing was mended
    checked : the judgement where there are no problems
    problems : what is left to the user
    """

    path: Path
    mending: Mending
    copy: bytes | None
    checked: CheckResult | None
    problems: tuple[Problem, ...]

    @property
    def name(self) -> str:
        """How the copy is called."""
        return f"{self.path.stem}{SUFFIX}.xlsx"


def fix(path: Path | None = None, asof: str | None = None) -> FixResult:
    """Mend a copy of a workbook: what has one reading only stands in it as it is read.

    What has two readings is left, and told as a problem of the copy, whose cells have the places
    they had. Nothing is written here.

    Raises
    ------
    InputError
        The file, or its sheet 设置, can't be read.
    """
    from portfolio.read.workbook.mending import mending_of
    from portfolio.report.mended_copy import mended_copy

    source = workbook_path(path)
    mending = mending_of(source)
    before, problems = _judged(source, asof)
    told = FixResult(path=source, mending=mending, copy=None, checked=before, problems=problems)
    if not mending:
        return told
    content = source.read_bytes()
    made = mended_copy(content, mending)
    if made is None:
        found = "工作簿的内部写法不认识，不能逐格改"
        fix = "请用 Excel 打开，另存为“Excel 工作簿（*.xlsx）”后再试；check 不加 --fix 照常可用"
        raise InputError([*problems, Problem(place=str(source), found=found, fix=fix)])
    with tempfile.TemporaryDirectory() as folder:
        passing = Path(folder) / source.name
        passing.write_bytes(made)
        after, left = _judged(passing, asof)
    if before is not None and (after is None or _said(before) != _said(after)):
        raise MendingError("\n".join(["改好的一份与原来的读数不同", *map(str, left)]))
    if after is not None:
        after = replace(after, workbook=replace(after.workbook, path=source))
    return replace(told, copy=made, checked=after, problems=left)


def _judged(path: Path, asof: str | None) -> tuple[CheckResult | None, tuple[Problem, ...]]:
    try:
        return check(path, asof), ()
    except InputError as error:
        return None, error.problems


def _said(checked: CheckResult) -> str:
    """What a workbook says, as a few signs."""
    from portfolio.model.paper import signs_of

    book = checked.workbook
    scenarios = [  # their places name the sheet, which may have another name in the copy
        (each.name, tuple(replace(change, place="") for change in each.changes))
        for each in book.scenarios
    ]
    return signs_of((book.portfolio, book.totals, tuple(scenarios), book.known_years), 32)


def write_fix(result: FixResult, out: Path | None = None) -> Written:
    """Write the copy and 检查结果.json; all of them or none.

    Raises
    ------
    InputError
        As every function that writes: the file that was read is never written over.
    """
    from portfolio.report.contents import fixed_contents
    from portfolio.report.files import write_all

    contents = fixed_contents(fix_json(result))
    if result.copy is not None:
        contents = {result.name: result.copy, **contents}
    return write_all(output_folder(out, FOLDER), contents, [result.path])


def fix_json(result: FixResult) -> dict[str, object]:
    """What was mended, then the check's JSON, or the problems left."""
    from portfolio.report.json.mended import mended_json, problems_json
    from portfolio.report.json.run import check_json

    told: dict[str, object] = {
        "fixed": mended_json(result.mending, None if result.copy is None else result.name)
    }
    if result.checked is None:
        return {**told, "problems": problems_json(result.problems)}
    book = result.checked.workbook
    return {
        **told,
        **check_json(
            book.portfolio,
            book.sha256,
            result.checked.totals,
            result.checked.conflicts,
            book.questions,
            book.notes,
        ),
    }
