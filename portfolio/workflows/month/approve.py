"""A plan promoted to an approved version, in a new workbook."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.problems import Collected, InputError, Problem
from portfolio.workflows.asked import Approve, silent, taking
from portfolio.workflows.inputs import load_workbook
from portfolio.workflows.outputs import output_folder

if TYPE_CHECKING:
    from portfolio.model.approved.promote import Changes, Request
    from portfolio.model.approved.records import Kept, Record
    from portfolio.model.calendar import Calendar
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.schema import CellValue
    from portfolio.read.workbook import Workbook

#: Breaches that are told of a plan; more are counted.
TOLD = 8


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A version approved; `content` is the new workbook, None where it was only asked what changes.

    name : the new workbook's file name
    """

    record: Record
    changes: Changes
    calendar: Calendar
    content: bytes | None
    name: str
    example: bool
    files_read: tuple[Path, ...]


@taking(Approve)
def approve(asked: Approve) -> Approval:
    """Promote a plan to an approved version: 年初计划 first, then 调整计划.

    The workbook that is read is never changed, and no version that it has is.

    Parameters
    ----------
    year, number, date, authority
        Which year's plan was approved, 批准文号, the day, and by whom.
    source
        An adjusted plan (调整方案.xlsx) of this workbook: of a year to come without a version it
        is the 年初计划, else an adjustment. With `adjust` alone the workbook's own is one.
    effective
        From which month it is in force; see `effective_of`.
    preview
        Only tell what it would change.

    Raises
    ------
    InputError
        Everything that is wrong with the workbook, the request and the plan, at once.
    """
    from portfolio.read.workbook.file import files_kept

    with files_kept():
        return _approved(asked)


def _approved(asked: Approve) -> Approval:
    from portfolio.model.approved import of_year
    from portfolio.model.approved.promote import changes, record_of, request_problems
    from portfolio.model.schema.returns import ADJUSTED
    from portfolio.read.workbook.file import read_file
    from portfolio.read.workbook.month.versions import kept_in

    tell = asked.progress or silent
    tell("正在读取工作簿")
    loaded = load_workbook(asked.workbook)
    kept = kept_in(read_file(loaded.path).grids)
    request = _request(asked, kept, loaded.portfolio)
    problems = Collected([*request_problems(request, kept, loaded.portfolio), *_changed(kept)])
    plan = loaded.portfolio
    with problems.part():
        plan = _plan(asked, loaded)
    problems += _plan_problems(plan, asked)
    problems.raise_any()
    assert request.year is not None
    record = record_of(request, kept)
    mine = of_year(loaded.portfolio.versions, request.year)
    found = changes(plan, mine[-1] if mine else None, request.year, loaded.portfolio)
    if record.kind == ADJUSTED and not found.cells and not found.spans:
        raise InputError.of(
            "--from" if asked.source else "--adjust",
            f"这份计划与现行版本没有差别：{found.base}",
            "没有要批准的调整；请先改工作簿的计划，或用 portfolio reallocate 求调整方案",
        )
    content = None
    if not asked.preview:
        tell("正在写入版本")
        record, content = _made(record, plan, kept, loaded)
    facts = loaded.portfolio.facts
    return Approval(
        record=record, changes=found, calendar=plan.calendar, content=content,
        name=f"{_stem(loaded.path.stem)} {_short(record)}.xlsx",
        example=facts is not None and facts.example,
        files_read=(loaded.path, *((asked.source,) if asked.source else ())),
    )  # fmt: skip


def _request(asked: Approve, kept: Kept, portfolio: Portfolio) -> Request:
    from portfolio.model.approved.promote import Request

    return Request(
        year=asked.year, document=asked.number, approved_on=asked.date,
        authority=asked.authority, effective=asked.effective,
        adjusts=asked.adjust or (asked.source is not None and not _drafts(asked, kept, portfolio)),
        note=_note(asked),
    )  # fmt: skip


def _drafts(asked: Approve, kept: Kept, portfolio: Portfolio) -> bool:
    """Whether a year is planned for the first time: it had not begun, and has no version."""
    if asked.year is None or any(record.year == asked.year for record in kept.records):
        return False
    facts = portfolio.facts
    return facts is None or asked.year > portfolio.calendar.first_year + facts.year


def _note(asked: Approve) -> str:
    """What a version was made of."""
    if asked.source is None:
        return "工作簿的计划"
    number = ""
    with suppress(InputError):
        number = _said(asked.source).get(NUMBER, "")
    return f"{asked.source.name}{f'，方案编号 {number}' if number else ''}"


def _changed(kept: Kept) -> list[Problem]:
    """No version is put on top of one that was changed by hand."""
    from portfolio.model.approved.records import wrong_of

    return [
        Problem(place=f"{wrong.sheet}!A1", found=wrong.found, fix=wrong.fix)
        for wrong in wrong_of(kept)
    ]


# --- The plan


NUMBER, FINGERPRINT = "方案编号", "输入文件 SHA-256"


def _plan(asked: Approve, loaded: Workbook) -> Portfolio:
    """The portfolio with the plan that is approved.

    Raises
    ------
    InputError
        The adjusted plan can't be read, is of another workbook or breaks the rules.
    """
    if asked.source is None:
        return loaded.portfolio
    from portfolio.workflows.run import run

    _check_origin(asked.source, loaded)
    result = run(loaded.path, [str(asked.source)], progress=asked.progress)
    place, problems = asked.source.name, list[Problem]()
    if result.portfolio.adjusted is None:
        fix = "请用 portfolio reallocate 写出的 调整方案.xlsx"
        problems.append(Problem(place=place, found="不是调整方案", fix=fix))
    breaches = result.plan_breaches or ()
    told, more = breaches[:TOLD], len(breaches) - TOLD
    problems += [
        Problem(
            place=place,
            found=f"不守规则：{breach}",
            fix="请改这份计划，或重新运行 portfolio reallocate",
        )
        for breach in told
    ]
    if more > 0:
        problems.append(
            Problem(
                place=place, found=f"另有 {more} 处不守规则", fix=f"见 portfolio run -s {place}"
            )
        )
    mine = [item.no for item in loaded.portfolio.items]
    if [item.no for item in result.portfolio.items] != mine:
        fix = "请先把新增的大项列入工作簿，再求调整方案"
        problems.append(Problem(place=place, found="方案的大项与工作簿不同", fix=fix))
    if problems:
        raise InputError(problems)
    return result.portfolio


def _check_origin(source: Path, loaded: Workbook) -> None:
    """Raise where an adjusted plan wasn't made of this workbook."""
    made_of = _said(source).get(FINGERPRINT, "")
    if made_of == loaded.sha256:
        return
    said = f"所据工作簿的指纹是 {made_of[:12]}" if made_of else "没有写所据工作簿的指纹"
    raise InputError.of(
        source.name,
        f"不是这份工作簿的调整方案：{said}，工作簿 {loaded.path.name} 的指纹是 {loaded.sha256[:12]}",
        f"请写求这份方案时所用的工作簿，或用 portfolio reallocate -w {loaded.path.name} 重新求",
    )


def _said(source: Path) -> dict[str, str]:
    """What an adjusted plan says of itself, by label.

    Raises
    ------
    InputError
        It is no workbook.
    """
    from portfolio.read.workbook.file import read_file

    rows = (row for grid in read_file(source).grids for row in grid.values if len(row) > 1)
    return {
        str(row[0]).strip(): str(row[1]).strip()
        for row in rows
        if row[0] in (NUMBER, FINGERPRINT) and row[1] is not None
    }


def _plan_problems(plan: Portfolio, asked: Approve) -> list[Problem]:
    """What breaks the rules of a plan, and a year in which nothing is planned."""
    from portfolio.model.approved.promote import cells_of
    from portfolio.model.audit import audit_plan
    from portfolio.model.money import small_yi_text
    from portfolio.model.rules.rulebook import RULE_BY_CODE

    found = [
        Problem(
            place="计划",
            found=f"不守规则：{RULE_BY_CODE[b.code].title}：{b.where}，相差 {small_yi_text(b.amount)} 亿元",
            fix="请先改工作簿的计划，再批准",
        )
        for b in audit_plan(plan)
    ]
    known = asked.year is not None and asked.year in plan.calendar.plan_years
    if known and not cells_of(plan, asked.year or 0):
        fix = "请核对年度，或先在工作簿安排这一年的计划"
        found.append(Problem(place="--year", found=f"{asked.year} 年没有安排计划", fix=fix))
    return found


# --- The new workbook


def _made(record: Record, plan: Portfolio, kept: Kept, loaded: Workbook) -> tuple[Record, bytes]:
    """The sealed record, and the workbook with it and its rows.

    Raises
    ------
    InputError
        The file is built in a way that can't be written to.
    """
    from portfolio.model.approved.promote import cells_of, spans_of
    from portfolio.model.approved.records import rows_for, sealed
    from portfolio.model.schema.returns import CELLS, VERSIONS
    from portfolio.read.workbook.file import read_file
    from portfolio.read.workbook.month.standing import standing_of
    from portfolio.report.rows_in_place import with_more_rows

    rows: Sequence[dict[str, CellValue]] = rows_for(
        record.number,
        cells_of(plan, record.year),
        spans_of(plan, loaded.portfolio),
        {item.no: item.name for item in plan.items},
        {channel.id: channel.name for channel in plan.channels},
        plan.calendar,
    )
    record = sealed(record, rows, kept.records, loaded.sha256)
    grids, content = read_file(loaded.path).grids, loaded.path.read_bytes()
    made = with_more_rows(content, CELLS, standing_of(CELLS, grids), rows)
    if made is not None:
        made = with_more_rows(made, VERSIONS, standing_of(VERSIONS, grids), [asdict(record)])
    if made is None:
        raise InputError.of(
            str(loaded.path),
            "这个文件的结构不能原样写入",
            "请用 Excel 另存为“Excel 工作簿（*.xlsx）”，再批准",
        )
    _check_whole(made, loaded, record)
    return record, made


def _check_whole(content: bytes, old: Workbook, record: Record) -> None:
    """The new workbook read as any other: its versions hold, and nothing else is another."""
    from portfolio.workflows.month.verify import verify_files

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / old.path.name
        path.write_bytes(content)
        new = load_workbook(path).portfolio
        before, after = verify_files([old.path]), verify_files([path])
    assert len(before.flaws) == len(after.flaws), after.flaws
    assert new.versions[:-1] == old.portfolio.versions
    assert new.versions[-1].mark == record.mark
    assert new.versions[-1].plan_wan == record.plan_wan
    assert (new.plan_wan == old.portfolio.plan_wan).all()


def _short(record: Record) -> str:
    return f"{record.year}年{record.kind}{'' if record.time is None else record.time}"


def _stem(stem: str) -> str:
    """A workbook's name without the version approved before."""
    return re.sub(r" \d{4}年(?:年初计划|调整计划\d+)$", "", stem)


def write_approved(result: Approval, out: Path | None = None) -> tuple[Path, ...]:
    """Write the new workbook and approve.json; nothing where it was only asked what changes.

    Raises
    ------
    InputError
        As every function that writes.
    """
    if result.content is None:
        return ()
    from portfolio.report.contents import approve_contents
    from portfolio.report.files import write_all

    folder = output_folder(out, f"批准 {_short(result.record)}")
    contents = approve_contents(
        result.record, result.changes, result.calendar, content=result.content, name=result.name
    )
    return write_all(folder, contents, result.files_read)
