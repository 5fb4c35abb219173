"""Versions of the plan as they are kept in a workbook: each sealed by the one before.

A record of 计划版本 holds a mark of its rows in 计划版本明细, of the workbook it was approved from, and
its own mark over all of that and the mark of the record before, as a closed month's does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from portfolio.model.approved import PlanVersion, Span
from portfolio.model.calendar import Calendar
from portfolio.model.facts import parse_period
from portfolio.model.schema.layout import CellValue
from portfolio.model.schema.returns import ADJUSTED, CELLS, INITIAL, VERSIONS

#: Signs of a mark that are printed.
SHORT = 12
#: Only says in words what another column decides.
_BESIDE = ("item_name",)
Row = Mapping[str, CellValue]


@dataclass(frozen=True, kw_only=True)
class Record:
    """A row of 计划版本; `effective` as 2026-02, marks as hexadecimal SHA-256."""

    number: int
    kind: str
    time: int | None
    year: int
    approved_on: str
    document: str
    authority: str | None
    effective: str
    rows: int
    plan_wan: int
    rows_mark: str
    base_mark: str
    note: str | None
    mark: str

    @property
    def title(self) -> str:
        """年初计划, 调整计划（第 1 次）."""
        return self.kind if self.kind == INITIAL else f"{self.kind}（第{self.time or 1}次）"

    @property
    def label(self) -> str:
        """Which version it is, with its number."""
        return f"{self.year}年{self.title}（{self.document}）"

    def right_mark(self, before: str) -> str:
        """The mark it must bear after a record with that mark."""
        told = [
            self.number, self.kind, self.time or 0, self.year, self.approved_on, self.document,
            self.authority or "", self.effective, self.rows, self.plan_wan, self.rows_mark,
            self.base_mark, self.note or "", before,
        ]  # fmt: skip
        return _mark(told)


def _mark(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def rows_of(rows: Iterable[Row], number: int) -> list[Row]:
    """The rows of 计划版本明细 that a version has."""
    return [row for row in rows if row["number"] == number]


def rows_mark(rows: Iterable[Row]) -> str:
    """The mark of rows, whatever their order."""
    return _mark(sorted(_told(row) for row in rows))


def _told(row: Row) -> list[list[str]]:
    return sorted(
        [key, str(value)] for key, value in row.items() if value is not None and key not in _BESIDE
    )


def sealed(record: Record, rows: Sequence[Row], before: Sequence[Record], base_mark: str) -> Record:
    """A record with its marks, behind those before."""
    made = replace(
        record,
        rows=len(rows),
        plan_wan=sum(int(row["plan_wan"] or 0) for row in rows if row.get("channel") is None),
        rows_mark=rows_mark(rows),
        base_mark=base_mark,
    )
    return replace(made, mark=made.right_mark(before[-1].mark if before else ""))


# --- What doesn't hold


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The versions of a workbook as they are kept: records, and all rows of all versions."""

    records: tuple[Record, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """What of a workbook's versions doesn't hold; `sheet` is where."""

    sheet: str
    found: str
    fix: str


_RESTORE = "请从批准时写出的工作簿恢复“{}”表；要改计划，用 portfolio approve 批准新的版本"


def wrong_of(kept: Kept) -> list[Wrong]:
    """What was changed by hand: the chain first, then each version's rows."""
    chain = _chain(kept.records)
    found = [] if chain is None else [chain]
    for record in kept.records:
        rows = rows_of(kept.rows, record.number)
        if rows_mark(rows) != record.rows_mark:
            count = f"，批准时 {record.rows:,} 行，现在 {len(rows):,} 行"
            found.append(
                Wrong(
                    sheet=CELLS.name,
                    found=f"{record.label}的明细与批准时不同"
                    f"{count if len(rows) != record.rows else ''}",
                    fix=_RESTORE.format(CELLS.name),
                )
            )
    known = {record.number for record in kept.records}
    strangers = sorted({int(row["number"] or 0) for row in kept.rows} - known)
    if strangers:
        found.append(
            Wrong(
                sheet=VERSIONS.name,
                found=f"明细中有第 {'、'.join(map(str, strangers))} 个版本，“{VERSIONS.name}”表没有",
                fix=_RESTORE.format(VERSIONS.name),
            )
        )
    return found


def _chain(records: Sequence[Record]) -> Wrong | None:
    before = ""
    for number, record in enumerate(records, start=1):
        found = None
        if record.number != number:
            found = f"第 {number} 行的序号是 {record.number}，记录被增删或移动过"
        elif record.mark != record.right_mark(before):
            found = f"{record.label}的版本号与该行内容不符，记录被改过"
        if found is not None:
            return Wrong(sheet=VERSIONS.name, found=found, fix=_RESTORE.format(VERSIONS.name))
        before = record.mark
    return None


# --- Rows and versions


def version_of(record: Record, rows: Iterable[Row], calendar: Calendar) -> PlanVersion:
    """A version of its record and rows; a channel is by its id."""
    cells, spans = dict[tuple[int, str], int](), dict[int, Span]()
    for row in rows:
        no = int(row["item_no"] or 0)
        if row.get("channel") is None:
            start, finish = (_quarter(row.get(key), calendar) for key in ("start", "finish"))
            spans[no] = start, finish
        else:
            cells[no, str(row["channel"])] = int(row["plan_wan"] or 0)
    effective = parse_period(record.effective)
    assert effective is not None, record.effective
    return PlanVersion(
        title=record.title,
        adjusts=record.kind == ADJUSTED,
        year=record.year,
        approved_on=record.approved_on,
        document=record.document,
        authority=record.authority,
        effective=effective.first_month(calendar),
        cells_wan=cells,
        spans=spans,
        mark=record.mark,
    )


def _quarter(said: CellValue, calendar: Calendar) -> int | None:
    period = None if said is None else parse_period(str(said))
    return None if period is None else period.first_month(calendar) // 3


def rows_for(
    number: int,
    cells_wan: Mapping[tuple[int, str], int],
    spans: Mapping[int, Span],
    names: Mapping[int, str],
    channels: Mapping[str, str],
    calendar: Calendar,
) -> list[dict[str, CellValue]]:
    """The rows of a version: an item's sum with its span, then its channels.

    names : of items by number; channels : names by id. What is 0 has no row of its own.
    """
    rows: list[dict[str, CellValue]] = []
    for no, (start, finish) in spans.items():
        mine = {channel: cells_wan.get((no, channel), 0) for channel in channels}
        rows.append(
            {
                "number": number, "item_no": no, "item_name": names[no], "channel": None,
                "plan_wan": sum(mine.values()),
                "start": None if start is None else calendar.quarter_label(start),
                "finish": None if finish is None else calendar.quarter_label(finish),
            }
        )  # fmt: skip
        rows += [
            {
                "number": number, "item_no": no, "item_name": names[no],
                "channel": channels[channel], "plan_wan": wan,
            }
            for channel, wan in mine.items()
            if wan
        ]  # fmt: skip
    return rows
