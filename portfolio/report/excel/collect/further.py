"""资金台账, 专项债券, 月报补充 of a returned workbook: only what its projects have of them."""

from __future__ import annotations

from portfolio.model.month.owed import FurtherLine
from portfolio.model.schema import Cell
from portfolio.model.schema.returns import FURTHER, REASON, Further, before
from portfolio.report.excel.book import Sheet
from portfolio.report.excel.collect.filling import HEADER, Filling
from portfolio.report.excel.styles import MID


def write_further(filling: Filling) -> None:
    """A sheet for each that the unit's projects have rows of."""
    for kind in FURTHER:
        if lines := filling.owed.of(kind):
            _write(filling, kind, lines)


def _write(filling: Filling, kind: Further, lines: tuple[FurtherLine, ...]) -> None:
    columns, first = kind.sheet.columns, HEADER + 1
    sheet = filling.sheet(kind.sheet, MID, columns)
    for row, line in enumerate(lines, start=first):
        values = dict(line.shown)
        values |= {key: line.shown.get(before(key)) for key in line.locked}
        filling.put_row(sheet, row, columns, values, line.locked)
        if kind.rising:
            form = filling.format(Cell.TEXT, False)
            sheet.put_formula(row, filling.places["check"], _check(filling, kind, row), "", form)
    last = first + len(lines) - 1
    _reds(filling, sheet, kind, first, last)
    money = [column.key for column in columns if column.cell is Cell.MONEY]
    sums = {key: sum(_whole(line.shown.get(key)) for line in lines) for key in money}
    if money and kind.rising:
        filling.totals(sheet, last + 1, columns, sums)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _now(filling: Filling, kind: Further, row: int, key: str) -> str:
    """A figure after this month: as typed, else as it was; a locked one as it is."""
    cell = filling.at(row, key)
    if key not in kind.told:
        return cell
    return f'IF({cell}="",{filling.at(row, before(key))},{cell})'


def _less(filling: Filling, row: int, key: str) -> str:
    now, was = filling.at(row, key), filling.at(row, before(key))
    return f'{now}<>"",{was}<>"",{now}<{was}'


def _more(filling: Filling, kind: Further, row: int, more: str, less: str) -> str:
    a, b = _now(filling, kind, row, more), _now(filling, kind, row, less)
    typed = [filling.at(row, key) for key in (more, less) if key in kind.told]
    some = ",".join(f'{cell}<>""' for cell in typed)
    return f'OR({some}),{a}<>"",{b}<>"",N({a})>N({b})'


def _check(filling: Filling, kind: Further, row: int) -> str:
    """What is wrong with a row, in words, while it is typed."""
    reason = filling.at(row, REASON)
    parts = [
        (f'AND({_less(filling, row, key)},{reason}="")', f"{_title(kind, key)}低于上月，请写说明；")
        for key in kind.rising
    ]
    parts += [
        (
            f"AND({_more(filling, kind, row, more, less)})",
            f"{_title(kind, more)}多于{_title(kind, less)}；",
        )
        for more, less in kind.not_more
    ]
    return "=" + "&".join(f'IF({rule},"{said}","")' for rule, said in parts)


def _title(kind: Further, key: str) -> str:
    return kind.sheet.column(key).title


def _reds(filling: Filling, sheet: Sheet, kind: Further, first: int, last: int) -> None:
    for key in kind.rising:
        filling.red(sheet, first, last, key, f"AND({_less(filling, first, key)})")
    for more, less in kind.not_more:
        rule = _more(filling, kind, first, more, less)
        filling.red(sheet, first, last, more, f"AND({rule})")
    if kind.rising:
        filling.red(sheet, first, last, "check", f'{filling.at(first, "check")}<>""')
