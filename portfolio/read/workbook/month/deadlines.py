"""The sheet 报送日历: what an office hands in by when."""

from __future__ import annotations

import re
from collections.abc import Sequence

from portfolio.model.money import digits_only
from portfolio.model.month.deadlines import EVERY_MONTH, USUAL, Deadline, Nature
from portfolio.model.problems import InputError
from portfolio.model.schema import plain
from portfolio.model.schema.returns import DEADLINES, EVERY
from portfolio.read.workbook.file import Grid
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import by_plain_name, read_table, twins

_BETWEEN = re.compile(r"[、，,;；\s月]+")


def deadlines_in(grids: Sequence[Grid]) -> tuple[Deadline, ...]:
    """The office's own calendar, or the usual one where there is no such sheet, or an empty one.

    Raises
    ------
    InputError
        All that is wrong in the sheet.
    """
    findings = Findings()
    same = by_plain_name(grids).get(plain(DEADLINES.name), [])
    if not same:
        return USUAL
    if len(same) > 1:
        findings.problems.append(twins(DEADLINES.name, same, f"{DEADLINES.name}!A1"))
        raise InputError(findings.problems)
    rows = read_table(DEADLINES, same[0], findings)
    if not rows and not findings.problems:
        return USUAL
    made = [one for row in rows if (one := _deadline(row, findings)) is not None]
    if findings.problems:
        raise InputError(findings.problems)
    return tuple(made)


def _deadline(row: Row, findings: Findings) -> Deadline | None:
    if not row.is_whole:
        return None
    months = _months(row.text("months"))
    if months is None:
        found = f"月份“{row.text('months')}”看不懂"
        fix = f"请写 {EVERY}，或 1 至 12 的月份，几个用“、”隔开，如 1、4、7、10"
        findings.add(row.place("months"), found, fix)
        return None
    forms = _BETWEEN.split(row.text_or_none("forms") or "")
    return row.made(
        Deadline, months=months, who=row.text_or_none("who") or "", basis=row.text("basis"),
        nature=Nature(row.text("nature")), forms=tuple(form for form in forms if form),
    )  # fmt: skip


def _months(text: str) -> tuple[int, ...] | None:
    if plain(text) == EVERY:
        return EVERY_MONTH
    months = [digits_only(part) for part in _BETWEEN.split(text) if part]
    found = dict.fromkeys(month for month in months if month is not None and 1 <= month <= 12)
    return tuple(found) if months and len(found) == len(set(months)) else None
