"""Rows of 月度执行 made of what came back: the month is the year's figure less the month before's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.facts import month_label
from portfolio.model.month.owed import FundsLine, Line
from portfolio.model.month.returned import Returned, ToldFunds, ToldLine, paired
from portfolio.model.schema.facts import EXECUTION
from portfolio.model.schema.layout import CellValue


@dataclass(frozen=True, kw_only=True)
class MonthRow:
    """A row for 月度执行, by column key in the units used inside, and where it came from.

    places : the cell of the returned file that each value came from, by column key
    """

    values: dict[str, CellValue]
    unit: str
    file: str
    subject: str
    places: dict[str, str]

    @property
    def place(self) -> str:
        """The cell that 完成投资 came from, or the first of the row."""
        return self.places.get("done_wan") or next(iter(self.places.values()), "")


def month_rows(returned: Returned, calendar: Calendar) -> tuple[MonthRow, ...]:
    """Rows for all lines of a file that tell something, in the order they were asked."""
    told = {line.key: line for line in returned.lines}
    rows: list[MonthRow] = []
    for line in returned.owed.lines:
        if (back := told.get(line.key)) is not None:
            rows += _of_line(returned, line, back, calendar)
    return tuple(rows)


def zero_rows(
    unit: str, lines: Iterator[Line], month: int, calendar: Calendar
) -> tuple[MonthRow, ...]:
    """Rows of a unit that sent nothing: 0 for what must be told, and said so."""
    said = f"{unit}未报 {month_label(month, calendar)}，暂列 0；下月报累计数时补上"
    rows = []
    for line in lines:
        if not line.must:
            continue
        funds = [each for each in line.funds if each.split] if line.split else [None]
        for each in funds:
            values = _base(line, month, calendar) | {"done_wan": 0, "provenance": said}
            if each is not None:
                values |= {"channel": each.channel, "level": each.level}
            rows.append(MonthRow(values=values, unit=unit, file="", subject=line.label, places={}))
    return tuple(rows)


def _of_line(
    returned: Returned, line: Line, told: ToldLine, calendar: Calendar
) -> Iterator[MonthRow]:
    unit, month = returned.owed.unit, returned.owed.month
    source = f"{unit} {month_label(month, calendar)} 月报（{returned.file}）"

    def row(values: dict[str, Any], at: ToldFunds | None = None) -> MonthRow:
        reasons = [text for text in (told.reason, at.reason if at else "") if text]
        said = "；".join([source, *dict.fromkeys(reasons)])
        places = dict(told.places if at is None else at.places)
        base = _base(line, month, calendar)
        return MonthRow(
            values={**base, **values, "provenance": said},
            unit=unit, file=returned.file, subject=line.label, places=places,
        )  # fmt: skip

    words = _words(line, told)
    pairs = [(each, back) for each, back in paired(line.funds, told.funds) if back is not None]
    if line.split:
        for each, back in pairs:
            if back.done_wan is None and not back.filled:
                continue
            values = _funds(each, back) | {"done_wan": _less(back.done_wan, each.before_done_wan)}
            yield row(words | values, back)
            words = {}
        if _says(words):
            yield row(words)
        return
    whole = {"done_wan": _less(told.done_wan, line.before_done_wan)}
    rest = []
    for each, back in pairs:
        values = _funds(each, back)
        if each.channel_id is None:
            whole |= {key: values[key] for key in ("received_wan", "paid_wan")}
        elif back.received_wan is not None or back.paid_wan is not None:
            rest.append((values, back))
    if _says(words | whole):
        yield row(words | whole)
    for values, back in rest:
        yield row(values, back)


def _base(line: Line, month: int, calendar: Calendar) -> dict[str, CellValue]:
    values: dict[str, CellValue] = dict.fromkeys(column.key for column in EXECUTION.columns)
    values |= {"item_no": line.item_no, "item_name": line.item_name}
    values |= {"project_code": line.project_code, "period": month_label(month, calendar)}
    return values


def _funds(line: FundsLine, told: ToldFunds) -> dict[str, Any]:
    return {
        "channel": line.channel,
        "level": line.level,
        "received_wan": _less(told.received_wan, line.before_received_wan),
        "paid_wan": _less(told.paid_wan, line.before_paid_wan),
    }


def _less(now: int | None, before: int) -> int | None:
    return None if now is None else now - before


def _words(line: Line, told: ToldLine) -> dict[str, Any]:
    """What is said of a line besides money; dates and totals only where they are new."""
    approved = told.approved_wan
    return {
        "progress_bps": told.progress_bps,
        "approved_wan": None if approved == line.total_wan else approved,
        "in_statistics": told.in_statistics,
        "statistics_code": told.statistics_code,
        "statistics_wan": _less(told.statistics_wan, line.before_statistics_wan),
        "started": told.started if line.started_month is None else None,
        "completed": told.completed if line.completed_month is None else None,
        "problem": told.problem,
        "measure": told.measure,
        "due": told.due,
    }


#: A row of these alone says nothing of what happened.
_BESIDE = ("in_statistics", "statistics_code", "due")


def _says(values: dict[str, Any]) -> bool:
    return any(value is not None for key, value in values.items() if key not in _BESIDE)
