"""Problems that a unit tells for the first time, as rows of 问题台账: none is left to be typed again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from portfolio.model.facts import parse_date
from portfolio.model.forms.entered import Category, State, Trouble
from portfolio.model.month.owed import Line
from portfolio.model.month.returned import Returned, ToldLine
from portfolio.model.schema.for_forms import TROUBLES
from portfolio.model.schema.layout import CellValue

Values = dict[str, CellValue]


def new_problems(
    returned: Sequence[Returned], known: Sequence[Trouble], label: str
) -> tuple[Values, ...]:
    """Rows for the problems that are neither those of the month before nor open in the register.

    label : the month, as 2026-11: they are numbered on in its year
    """
    there = {(each.whose, _plain(each.problem)) for each in known if each.is_open}
    number = _last_number(known, label[:4])
    rows = []
    for unit, line, told in _told(returned):
        key = (line.project_code or line.item_no, _plain(told.problem or ""))
        if key in there:
            continue
        there.add(key)
        number += 1
        rows.append(_row(f"{label[:4]}-{number:03d}", unit, line, told))
    return tuple(rows)


def _told(returned: Iterable[Returned]) -> Iterator[tuple[str, Line, ToldLine]]:
    """Lines that tell a problem other than the one they were sent out with."""
    for each in returned:
        lines = {line.key: line for line in each.owed.lines}
        for told in each.lines:
            line = lines[told.key]
            if told.problem and _plain(told.problem) != _plain(line.problem or ""):
                yield each.owed.unit, line, told


def _plain(said: str) -> str:
    return re.sub(r"\s+", "", said)


def _last_number(known: Iterable[Trouble], year: str) -> int:
    """The highest running number of a year in the register."""
    told = (re.fullmatch(rf"{year}-(\d+)", each.no.strip()) for each in known)
    return max((int(found[1]) for found in told if found), default=0)


def _row(number: str, unit: str, line: Line, told: ToldLine) -> Values:
    """A row as the unit tells it; a date in words stays with what is to be done."""
    due = None if told.due is None else parse_date(told.due)
    measure = told.measure
    if told.due is not None and due is None:
        measure = f"{measure or ''}（时限：{told.due}）"
    values: Values = dict.fromkeys(column.key for column in TROUBLES.columns)
    return values | {
        "no": number,
        "item_no": line.item_no,
        "item_name": line.item_name,
        "project_code": line.project_code,
        "category": told.category or str(Category.OTHER),
        "problem": told.problem,
        "measure": measure,
        "owner": unit,
        "due": due,
        "state": str(State.OPEN),
    }
