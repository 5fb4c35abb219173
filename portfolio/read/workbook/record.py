"""Rows of the sheets 年度完成率 and 完成率分布, with what contradicts itself in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.money import BPS, digits_only
from portfolio.model.problems import Problem
from portfolio.model.record.rows import MONTHS, QUANTILES, RateRow, RateTable, Record, Use
from portfolio.model.schema.record import COMPLETION, DISTRIBUTION, LARGEST_RATE_BPS
from portfolio.read.workbook.sheets.rows import Findings, Row

#: A stated rate is rounded, often to whole per cents: further from the quotient it is a slip.
ROUNDED_BPS = 100
#: A fit grows with the cube of the places and years it uses: more would take minutes.
MOST_PLACE_YEARS = 600
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
MAKE_ANEW = "请运行 portfolio backtest --write 重新写入"


def read_record(
    rows: Sequence[Row], tables: Sequence[Row], calendar: Calendar, findings: Findings
) -> Record:
    """The record of a workbook; rows that make no value are noted and left out."""
    read = [_read_row(row, findings) for row in rows if row.is_whole]
    _check_repeated(rows, findings)
    _check_size(rows, findings)
    kept = [_read_table(row, findings) for row in tables if row.is_whole]
    _check_tables(tables, findings)
    return Record(
        place=calendar.place,
        rows=tuple(row for row in read if row is not None),
        tables=tuple(table for table in kept if table is not None),
    )


def record_questions(record: Record) -> tuple[Problem, ...]:
    """What may be right and should be looked at: quantiles made from other rows than these."""
    if not record.stale_tables:
        return ()
    found = "完成率分布是由别的年度完成率估出的（记录指纹对不上）"
    return (Problem(place=f"{DISTRIBUTION.name}!A1", found=found, fix=MAKE_ANEW),)


def _read_row(row: Row, findings: Findings) -> RateRow | None:
    rate = _rate_bps(row, findings)
    month = row.values["through_month"]
    if rate is None or (row.values["use"] == Use.FIT and not row.sound("year", "through_month")):
        return None
    return row.made(
        RateRow,
        rate_bps=rate,
        through_month=None if month is None else row.number_of("through_month"),
        reason=row.text_or_none("reason") or "",
    )


def _rate_bps(row: Row, findings: Findings) -> int | None:
    """The rate stated, else the quotient; None where neither can be had (noted)."""
    if {"rate_bps", "plan_wan", "done_wan"} & row.refused:
        return None
    stated = row.whole_or_none("rate_bps")
    if not row.sound("plan_wan", "done_wan"):
        if stated is None:
            findings.add(
                row.place("rate_bps"),
                "没有完成率，也没有成对的年初计划与完成",
                "请填完成率，或把年初计划与完成两个金额都填上",
            )
        return stated
    plan, done = row.whole("plan_wan"), row.whole("done_wan")
    quotient = (2 * done * BPS + plan) // (2 * plan)
    if not 0 < quotient <= LARGEST_RATE_BPS:
        findings.add(
            row.place("done_wan"),
            f"完成÷年初计划为 {quotient / 100:g}%，不像年度名单的数",
            "请核对两个金额的单位（亿元）和口径",
        )
        return None
    if stated is not None and abs(stated - quotient) > ROUNDED_BPS:
        findings.add(
            row.place("rate_bps"),
            f"完成率 {stated / 100:g}%，与完成÷年初计划 {quotient / 100:g}% 相差超过 1 个百分点",
            "请核对三个数；年初计划不用年中调整后的数",
        )
        return None
    return quotient if stated is None else stated


def _check_repeated(rows: Sequence[Row], findings: Findings) -> None:
    """Note two rows for use of one place, year and month."""
    seen: dict[tuple[str, int, float], int] = {}
    for row in rows:
        if row.values["use"] != Use.FIT or not row.sound("place", "year", "through_month"):
            continue
        key = (row.text("place"), row.whole("year"), row.number_of("through_month"))
        if key in seen:
            what = "全年数" if key[2] == MONTHS else f"截至 {key[2]:g} 月的数"
            findings.add(
                row.place("through_month"),
                f"{key[0]} {key[1]} 年{what}重复，第 {seen[key]} 行已有",
                "校准只用一行，其余请改为“仅展示”",
            )
        seen.setdefault(key, row.number)


def _check_size(rows: Sequence[Row], findings: Findings) -> None:
    """Note more places and years for use than the model can take."""
    used = {
        (row.text("place"), row.whole("year")): row
        for row in rows
        if row.values["use"] == Use.FIT and row.sound("place", "year")
    }
    if len(used) > MOST_PLACE_YEARS:
        findings.add(
            list(used.values())[MOST_PLACE_YEARS].place("use"),
            f"用于校准的有 {len(used)} 个地区年，最多 {MOST_PLACE_YEARS} 个",
            "请把离得远的、旧的改为“仅展示”",
        )


def _read_table(row: Row, findings: Findings) -> RateTable | None:
    problem = _table_problem(row)
    if problem is not None:
        key, found = problem
        findings.add(row.place(key), found, MAKE_ANEW)
        return None
    month = row.values["through_month"]
    return RateTable(
        quantiles_bps=tuple(int(part) for part in row.text("quantiles").split(",")),
        rho_bps=row.whole("rho_bps"),
        fingerprint=row.text("fingerprint"),
        year=row.whole_or_none("year"),
        through_month=None if month is None else row.number_of("through_month"),
        provenance=row.text_or_none("provenance") or "",
    )


def _table_problem(row: Row) -> tuple[str, str] | None:
    """The cell that is wrong, and how."""
    parts = row.text("quantiles").replace("，", ",").split(",")
    numbers = [number for part in parts if (number := digits_only(part.strip())) is not None]
    if len(numbers) != len(parts):
        return "quantiles", "分位数不全是整数"
    if len(numbers) != QUANTILES:
        return "quantiles", f"分位数有 {len(numbers)} 个，应为 {QUANTILES} 个"
    if numbers[0] < 1 or numbers[-1] > LARGEST_RATE_BPS or numbers != sorted(numbers):
        return "quantiles", f"分位数应在 1 与 {LARGEST_RATE_BPS} 之间，从小到大"
    if not _FINGERPRINT.fullmatch(row.text("fingerprint")):
        return "fingerprint", "记录指纹不是 64 位的 SHA-256"
    if (row.values["year"] is None) != (row.values["through_month"] is None):
        return "year", "年份与截至月应都填或都空"
    return None


def _check_tables(rows: Sequence[Row], findings: Findings) -> None:
    """Note two tables of one kind."""
    seen: dict[tuple[object, object], int] = {}
    for row in rows:
        key = (row.values["year"], row.values["through_month"])
        if key in seen:
            found = f"同一年份与截至月的分布重复，第 {seen[key]} 行已有"
            findings.add(row.place("year"), found, MAKE_ANEW)
        seen.setdefault(key, row.number)


#: Sheets whose 依据 is words, not ids of evidence.
IN_WORDS = (COMPLETION.name, DISTRIBUTION.name)
