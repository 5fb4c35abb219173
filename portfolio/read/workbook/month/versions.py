"""The sheets 计划版本 and 计划版本明细: versions of the plan that were approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portfolio.model.approved import PlanVersion
from portfolio.model.approved.records import Kept, Record, rows_of, version_of, wrong_of
from portfolio.model.calendar import Calendar
from portfolio.model.items import Channel, Item
from portfolio.model.problems import InputError, Problem, did_you_mean
from portfolio.model.schema import CellValue, Sheet, plain
from portfolio.model.schema.funding import CHANNELS
from portfolio.model.schema.plan import ITEMS
from portfolio.model.schema.returns import CELLS, VERSIONS
from portfolio.read.workbook.file import Grid
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import by_plain_name, read_table, twins


def kept_in(grids: Sequence[Grid]) -> Kept:
    """The versions as they are kept; nothing where there are no such sheets.

    Raises
    ------
    InputError
        A record or a row can't be read.
    """
    findings = Findings()
    records, rows = _read(grids, findings)
    if findings.problems:
        raise InputError(findings.problems)
    return _kept(records, rows)


def read_versions(
    grids: Sequence[Grid],
    items: Sequence[Item],
    channels: Sequence[Channel],
    calendar: Calendar,
    findings: Findings,
) -> tuple[PlanVersion, ...]:
    """The approved versions, in the order of their approval.

    What can't be read, and an item or a channel that the list has no more, is noted.
    """
    before = len(findings.problems)
    records, rows = _read(grids, findings)
    numbers = {item.no for item in items}
    ids = {channel.name: channel.id for channel in channels}
    for row in rows:
        if row.sound("item_no") and row.whole("item_no") not in numbers:
            findings.add(
                row.place("item_no"),
                f"{ITEMS.name}表中没有序号为 {row.whole('item_no')} 的大项"
                f"（{row.text_or_none('item_name') or '未写名称'}）",
                f"它列在批准的计划里：请在{ITEMS.name}表保留这一大项，以后不再安排的填 0",
            )
        if row.sound("channel") and row.text("channel") not in ids:
            name = row.text("channel")
            findings.add(
                row.place("channel"),
                f"{CHANNELS.name}表中没有“{name}”",
                f"批准的计划用的是这个名称：请在{CHANNELS.name}表保留或恢复它。"
                f"{did_you_mean(name, ids)}",
            )
    if len(findings.problems) > before:
        return ()
    kept = _kept(records, rows)
    return tuple(
        version_of(
            record, [_by_id(row, ids) for row in rows_of(kept.rows, record.number)], calendar
        )
        for record in kept.records
    )


def version_questions(grids: Sequence[Grid]) -> tuple[Problem, ...]:
    """What of the versions is other than when they were approved."""
    records, rows = _read(grids, Findings())
    return tuple(
        Problem(place=f"{wrong.sheet}!A1", found=wrong.found, fix=wrong.fix)
        for wrong in wrong_of(_kept(records, rows))
    )


def _by_id(row: Mapping[str, CellValue], ids: Mapping[str, str]) -> Mapping[str, CellValue]:
    channel = row.get("channel")
    return row if channel is None else {**row, "channel": ids[str(channel)]}


def _kept(records: Sequence[Row], rows: Sequence[Row]) -> Kept:
    return Kept(
        records=tuple(row.made(Record) for row in records if row.is_whole),
        rows=tuple(dict(row.values) for row in rows),
    )


def _read(grids: Sequence[Grid], findings: Findings) -> tuple[list[Row], list[Row]]:
    return _table(VERSIONS, grids, findings), _table(CELLS, grids, findings)


def _table(sheet: Sheet, grids: Sequence[Grid], findings: Findings) -> list[Row]:
    same = by_plain_name(grids).get(plain(sheet.name), [])
    if len(same) > 1:
        findings.problems.append(twins(sheet.name, same, f"{sheet.name}!A1"))
    return list(read_table(sheet, same[0], findings)) if len(same) == 1 else []
