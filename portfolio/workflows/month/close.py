"""Returned sheets taken in: the month is closed in a new workbook, or it is told what stops it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.facts import month_label
from portfolio.model.paper import Paper
from portfolio.model.problems import Collected as Problems
from portfolio.model.problems import InputError, Problem, did_you_mean
from portfolio.version import __version__
from portfolio.workflows.asked import Close, Progress, silent, taking
from portfolio.workflows.inputs import load_workbook, today
from portfolio.workflows.month.collect import asked_month
from portfolio.workflows.outputs import output_folder

if TYPE_CHECKING:
    from portfolio.model.calendar import Calendar
    from portfolio.model.difference.told import Told
    from portfolio.model.month.close import ClosedMonth, Sheets
    from portfolio.model.month.further import FurtherRow
    from portfolio.model.month.owed import Owed
    from portfolio.model.month.returned import Asked
    from portfolio.model.month.rows import MonthRow
    from portfolio.model.month.seal import Closing
    from portfolio.model.schema import CellValue
    from portfolio.model.schema.standing import Standing
    from portfolio.read.returned import Back
    from portfolio.read.workbook import Workbook
    from portfolio.read.workbook.file import WorkbookFile

#: Stands for every unit of which nothing came.
ALL = "全部"


@dataclass(frozen=True, kw_only=True)
class CloseResult:
    """A month closed or not; `content` is the new workbook, None where it is not closed.

    name : the new workbook's file name
    """

    month: ClosedMonth
    calendar: Calendar
    content: bytes | None
    name: str
    told: Told | None
    paper: Paper
    files_read: tuple[Path, ...] = field(default=())


@taking(Close)
def close(asked: Close) -> CloseResult:
    """Take in what the units returned for a month, and close it in a new workbook.

    The workbook that is read is never changed. Where anything must be mended first, nothing is
    closed, and what to ask whom is told.

    Parameters
    ----------
    month, returned
        The month, as 2026-11, and the returned files.
    without
        Units that sent nothing and count as 0 for now; “全部” for all of those.
    reopen, reason
        Close the last closed month once more, and why.

    Raises
    ------
    InputError
        The workbook has problems, the month can't be closed, the options don't go together.
    """
    from portfolio.read.workbook.file import files_kept

    with files_kept():
        return _closed(asked, asked.progress or silent)


def _closed(asked: Close, tell: Progress) -> CloseResult:
    from portfolio.model.month.close import ClosedMonth
    from portfolio.model.month.further import with_further
    from portfolio.model.month.owed import owed

    tell("正在读取工作簿")
    loaded = load_workbook(asked.workbook)
    base = _Base.of(loaded)
    month = asked_month(asked.month, loaded, "月份")
    label = month_label(month, loaded.portfolio.calendar)
    instead = _checked(asked, base, label)
    due = with_further(owed(loaded.portfolio, month), loaded.portfolio, loaded.for_forms)
    _check_without(asked.without, due)
    tell("正在核对回收表")
    sheets = _taken(asked, due, month, label, loaded)
    read = (loaded.path, *asked.returned)
    calendar = loaded.portfolio.calendar
    paper = replace(loaded.paper, made_on=today())
    facts = loaded.portfolio.facts
    example = facts is not None and facts.example
    if not sheets.may_close:
        return CloseResult(
            month=ClosedMonth(sheets=sheets, closing=None, version=__version__, example=example), calendar=calendar,
            content=None, name="", told=None, paper=paper, files_read=read,
        )  # fmt: skip
    tell("正在结账")
    made = _made(asked, base, sheets, instead, paper)
    name = f"{_stem(loaded.path.stem)} {label}.xlsx"
    tell("正在与上月比较")
    sheets, told = _checked_whole(made, sheets, loaded, name, tell)
    closed = ClosedMonth(
        sheets=sheets,
        closing=made.closing if sheets.may_close else None,
        version=__version__,
        example=example,
    )
    return CloseResult(
        month=closed, calendar=calendar, content=made.content if sheets.may_close else None,
        name=name, told=told, paper=paper, files_read=read,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Base:
    """The workbook that is closed from: its bytes, its facts as rows, how its sheets stand."""

    loaded: Workbook
    file: WorkbookFile
    content: bytes
    rows: tuple[Mapping[str, CellValue], ...]
    numbers: tuple[int, ...]
    closings: tuple[Closing, ...]
    facts: Standing | None
    records: Standing | None
    register: Standing | None

    @staticmethod
    def of(loaded: Workbook) -> _Base:
        """Read what closing needs besides the portfolio.

        Raises
        ------
        InputError
            The record of closed months can't be read.
        """
        from portfolio.model.schema.for_forms import TROUBLES
        from portfolio.model.schema.returns import CLOSINGS
        from portfolio.read.workbook.month.closings import closings_in
        from portfolio.read.workbook.month.standing import execution_rows, standing_of

        file, execution, rows = execution_rows(loaded.path)
        return _Base(
            loaded=loaded,
            file=file,
            content=loaded.path.read_bytes(),
            rows=tuple(dict(row.values) for row in rows),
            numbers=tuple(row.number for row in rows),
            closings=closings_in(file.grids),
            facts=standing_of(execution, file.grids),
            records=standing_of(CLOSINGS, file.grids),
            register=standing_of(TROUBLES, file.grids),
        )


def returned_files(named: Sequence[Path]) -> tuple[Path, ...]:
    """The files meant: folders stand for the workbooks in them, `*` for any letters.

    Windows leaves `*` to the program. Lock files and lists of our own are left out.

    Raises
    ------
    InputError
        None was named, or a name stands for none.
    """
    from portfolio.report.contents import CLOSE, OWED, SENT_BACK

    problems, found = Problems(), []
    for path in named:
        if path.is_dir():
            meant = sorted(path.glob("*.xlsx"))
        elif set("*?") & set(path.name):
            meant = sorted(path.parent.glob(path.name))
        else:
            found.append(path)
            continue
        meant = [
            one for one in meant
            if not one.name.startswith("~$") and one.name not in (CLOSE, OWED, SENT_BACK)
        ]  # fmt: skip
        if not meant:
            fix = "请核对文件夹；收回的表放在一个文件夹里，写 文件夹 或 文件夹/*.xlsx"
            problems.append(Problem(place=str(path), found="没有这样的 .xlsx 文件", fix=fix))
        found += meant
    problems.raise_any()
    return tuple(dict.fromkeys(found))


def _checked(asked: Close, base: _Base, label: str) -> tuple[int, ...]:
    """Rows of 月度执行 that give way: those of the month, where it is reopened.

    Raises
    ------
    InputError
        The month is closed already, or was never; it has rows that were typed in.
    """
    from portfolio.model.facts import parse_period
    from portfolio.model.month.seal import last_closed

    problems = Problems()
    last = last_closed(base.closings)
    said = parse_period(label)
    there = [
        number
        for row, number in zip(base.rows, base.numbers, strict=True)
        if parse_period(str(row["period"])) == said
    ]
    if asked.reopen:
        if last != label:
            found = "没有结过账的月份" if last is None else f"最后结账的月份是 {last}"
            fix = "去掉 --reopen" if last is None else f"只能重开 {last}；更早的在下一月核减或补报"
            problems.append(Problem(place="--reopen", found=f"{label} 不能重开：{found}", fix=fix))
        if not asked.reason:
            fix = "请加 --reason “更正的事由和文号”，写入结账记录"
            problems.append(Problem(place="--reason", found="重开没有写理由", fix=fix))
    elif last is not None and label <= last:
        fix = f"确须更正的，加 --reopen --reason “事由” 重开 {last}，或在下一月核减、补报"
        problems.append(Problem(place="月份", found=f"{label} 已经结账", fix=fix))
    elif there:
        place = f"月度执行!A{there[0]}"
        found = f"已有 {len(there)} 行 {label} 的执行数（第 {there[0]} 行起）"
        fix = "手工填的与回收的只能用一种：请删去这些行再结账"
        problems.append(Problem(place=place, found=found, fix=fix))
    problems.raise_any()
    return tuple(there) if asked.reopen else ()


def _check_without(without: Sequence[str], due: Sequence[Owed]) -> None:
    known = [one.unit for one in due]
    wrong = [unit for unit in without if unit != ALL and unit not in known]
    if wrong:
        raise InputError(
            Problem(
                place="--without",
                found=f"没有责任单位“{unit}”",
                fix=did_you_mean(unit, known),
            )
            for unit in wrong
        )


def _taken(asked: Close, due: Sequence[Owed], month: int, label: str, loaded: Workbook) -> Sheets:
    """All returned files read and held against what was owed."""
    from portfolio.model.month.asked import asked_of
    from portfolio.model.month.close import Sheets, State, of_units
    from portfolio.model.month.further import further_rows
    from portfolio.model.month.registered import new_problems
    from portfolio.model.month.rows import month_rows, zero_rows
    from portfolio.read.returned import Expected, read_returned

    expected = Expected(owed={one.unit: one for one in due}, month=label)
    back = [read_returned(path, expected) for path in asked.returned]
    questions = [one for each in back for one in each.asked] + _twice(back)
    returned = [each.returned for each in back if each.returned is not None]
    idle = loaded.for_forms.thresholds.idle_months
    questions += [one for each in returned for one in asked_of(each, today(), idle)]
    calendar = loaded.portfolio.calendar
    rows = [row for each in returned for row in month_rows(each, calendar)]
    units = of_units(due, returned, questions, rows, ())
    zero = [
        one.owed
        for one in units
        if one.state is State.MISSING and (one.owed.unit in asked.without or ALL in asked.without)
    ]
    for one in zero:
        rows += zero_rows(one.unit, iter(one.lines), month, calendar)
    order = {one.unit: k for k, one in enumerate(due)}
    questions.sort(key=lambda one: order.get(one.unit, -1))
    return Sheets(
        month=month, label=label, returned=tuple(returned), asked=tuple(questions),
        rows=tuple(rows),
        problems=new_problems(returned, loaded.for_forms.troubles, label),
        further=tuple(
            row for each in returned
            for row in further_rows(each.further, each.owed.unit, each.file)
        ),
        units=of_units(due, returned, questions, rows, [one.unit for one in zero]),
    )  # fmt: skip


def _twice(back: Sequence[Back]) -> list[Asked]:
    """A unit's second file: which one counts nobody can tell."""
    from portfolio.model.month.returned import Asked, Rule, Weight

    first: dict[str, str] = {}
    found = []
    for each in back:
        if each.returned is None:
            continue
        unit = each.returned.owed.unit
        if unit in first:
            found.append(
                Asked(
                    unit=unit, file=each.path.name, place="", subject="", rule=Rule.UNREADABLE,
                    weight=Weight.MUST, found=f"{unit}交了两份，另一份是 {first[unit]}",
                    ask="以哪一份为准？请只留一份再结账",
                )
            )  # fmt: skip
        first.setdefault(unit, each.path.name)
    return found


# --- The new workbook


@dataclass(frozen=True, kw_only=True)
class _Made:
    content: bytes
    closing: Closing
    rows: Mapping[tuple[str, int], MonthRow | FurtherRow]


def _made(asked: Close, base: _Base, sheets: Sheets, instead: Sequence[int], paper: Paper) -> _Made:
    """The workbook with the month's rows and its record.

    Raises
    ------
    InputError
        The file is built in a way that can't be written to.
    """
    from portfolio.model.month.seal import closing_after
    from portfolio.model.schema.facts import EXECUTION
    from portfolio.model.schema.for_forms import TROUBLES
    from portfolio.model.schema.returns import CLOSINGS
    from portfolio.report.rows_in_place import slots, with_more_rows
    from portfolio.workflows.month.further import with_further_rows

    kept = [
        row for row, number in zip(base.rows, base.numbers, strict=True) if number not in instead
    ]
    new = [row.values for row in sheets.rows]
    closing = closing_after(
        base.closings, month=sheets.label, again=asked.reopen, closed_on=today(),
        author=paper.author, rows=[*kept, *new], done_wan=sheets.done_wan,
        base_mark=base.loaded.sha256, returned=[one.sha256 for one in sheets.returned],
        reason=asked.reason or "",
    )  # fmt: skip
    content = with_more_rows(base.content, EXECUTION, base.facts, new, instead)
    if content is not None and sheets.problems:
        content = with_more_rows(content, TROUBLES, base.register, sheets.problems)
    if content is not None:
        content = with_more_rows(content, CLOSINGS, base.records, [asdict(closing)])
    if content is None:
        raise InputError.of(
            str(base.loaded.path), "这个文件的结构不能原样写入",
            "请用 Excel 另存为“Excel 工作簿（*.xlsx）”，月度执行表里不要用公式，再结账",
        )  # fmt: skip
    numbers = slots(base.facts, len(new), instead)
    places = [(EXECUTION.name, number) for number in numbers]
    put = with_further_rows(content, base.file, base.loaded.portfolio, sheets.further, sheets.label)
    return _Made(
        content=put.content, closing=closing,
        rows={**dict(zip(places, sheets.rows, strict=True)), **put.rows},
    )  # fmt: skip


def _checked_whole(
    made: _Made, sheets: Sheets, old: Workbook, name: str, tell: Progress
) -> tuple[Sheets, Told | None]:
    """The new workbook read as any other, its seal verified, and compared with the old one.

    What its reader refuses is told with the unit and cell it came from.
    """
    from portfolio.read.sides import read_side
    from portfolio.workflows.diff import told_of
    from portfolio.workflows.month.verify import verify_files

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(made.content)
        try:
            loaded = load_workbook(path)
        except InputError as error:
            problems = [_traced(one, made.rows) for one in error.problems]
            return replace(sheets, unread=tuple(problems)), None
        assert loaded.portfolio.facts is not None
        verdict = verify_files([path])
        assert not verdict.flaws, verdict.flaws
        if loaded.portfolio.facts.asof_months <= sheets.month:
            behind = Problem(
                place="月度执行", found=f"结账后执行数仍只齐到 {month_label(loaded.portfolio.facts.asof_months - 1, loaded.portfolio.calendar)}",
                fix="有计划应已开工的大项没有报：请看收数清单中必须填的行",
            )  # fmt: skip
            return replace(sheets, unread=(behind,)), None
        sides = (
            read_side(old.path, old.path.name, loaded=old),
            read_side(path, name, loaded=loaded),
        )
        return sheets, told_of(*sides, tell)


def _traced(problem: Problem, rows: Mapping[tuple[str, int], MonthRow | FurtherRow]) -> Problem:
    """A problem of the new workbook, with the returned file and cell that it comes from."""
    sheet, _, cell = problem.place.rpartition("!")
    number = re.sub(r"\D", "", cell)
    row = rows.get((sheet, int(number))) if number else None
    if row is None:
        return problem
    where = " ".join(part for part in (row.file or row.unit, row.place) if part)
    return replace(problem, place=where, found=f"{row.subject}：{problem.found}")


def _stem(stem: str) -> str:
    """A workbook's name without the month of the version before."""
    return re.sub(r" \d{4}-\d{2}$", "", stem)


def write_closed(result: CloseResult, out: Path | None = None) -> tuple[Path, ...]:
    """Write the new workbook, 变动.xlsx and 结账清单.xlsx; where it is not closed 退回清单.xlsx alone.

    Raises
    ------
    InputError
        As every function that writes.
    """
    from portfolio.report.contents import close_contents
    from portfolio.report.files import write_all

    sheets = result.month.sheets
    done = "结账" if result.content is not None else "退回"
    folder = output_folder(out, f"{done} {sheets.label}")
    contents = close_contents(
        result.month, result.calendar, result.paper,
        content=result.content, name=result.name,
        told=result.told,
    )  # fmt: skip
    return write_all(folder, contents, result.files_read)
