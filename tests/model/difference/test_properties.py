"""Two workbooks compared: nothing where nothing changed, and exactly what was changed."""

from __future__ import annotations

import functools
import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED as CALENDAR
from portfolio.model.difference.changes import Kind
from portfolio.model.difference.difference import Difference, difference
from portfolio.model.difference.rows import Located, Side
from portfolio.model.schema import sheets_of
from portfolio.model.schema.layout import Cell, Column, Sheet
from portfolio.read.workbook import read_input_tables
from tests.examples import examples
from tests.read.shipped import SHIPPED, WITHOUT_ROWS

#: Columns by which other sheets name rows: whoever renames one renames it there too.
NAMED_BY_OTHERS = {("资金渠道", "name"), ("风险参数", "title")}
SHEETS = {sheet.name: sheet for sheet in sheets_of(CALENDAR) if sheet.name not in WITHOUT_ROWS}
#: Facts as the shipped workbook has none: two items, two months, told by channel and not.
FACTS = [
    {"item_no": no, "period": period, "channel": channel, "done_wan": 10_000 + no}
    for no in (4, 21)
    for period in ("2026-09", "2026-10")
    for channel in (None, "地方政府专项债券", "银行贷款")
]
Cells = dict[tuple[str, int, str], object]


@functools.cache
def shipped_side() -> Side:
    tables = {name: rows for name, rows in read_input_tables(SHIPPED).items() if name in SHEETS}
    tables["月度执行"] = [
        dict.fromkeys(column.key for column in SHEETS["月度执行"].columns) | row for row in FACTS
    ]
    located = {name: [Located(values=row) for row in rows] for name, rows in tables.items()}
    return Side(name="旧", sha256="", calendar=CALENDAR, tables=located, through=12 * 2026 + 9)


def free_columns(sheet: Sheet) -> list[Column]:
    """Columns that may change without the row becoming another."""
    return [
        column
        for column in sheet.columns
        if column.key not in sheet.row_key
        and not column.beside
        and (sheet.name, column.key) not in NAMED_BY_OTHERS
    ]


def another(column: Column, value: object, number: int) -> object:
    """A value of the column's kind that no cell has."""
    if column.cell in (Cell.MONEY, Cell.SHARE, Cell.INTEGER, Cell.YEAR, Cell.NUMBER, Cell.RATIO):
        return (value if isinstance(value, int | float) else 0) + 1 + number
    return f"改 {number}"


@st.composite
def changed_cells(draw: st.DrawFn) -> Cells:
    """Some cells of some sheets with new values."""
    filled = [name for name, rows in shipped_side().tables.items() if rows]
    made: Cells = {}
    for number in range(draw(st.integers(0, 12))):
        name = draw(st.sampled_from(filled))
        at = draw(st.integers(0, len(shipped_side().tables[name]) - 1))
        column = draw(st.sampled_from(free_columns(SHEETS[name])))
        row = shipped_side().tables[name][at]
        made[name, at, column.key] = another(column, row.value(column.key), number)
    return made


def with_cells(cells: Cells, order: random.Random | None = None) -> Side:
    """The shipped workbook with these cells; with `order` every sheet's rows are shuffled."""
    tables = {}
    for name, rows in shipped_side().tables.items():
        held = []
        for at, row in enumerate(rows):
            mine = {
                key: value for (sheet, i, key), value in cells.items() if (sheet, i) == (name, at)
            }
            held.append(Located(values={**row.values, **mine}))
        if order is not None:
            order.shuffle(held)
        tables[name] = held
    return replace(shipped_side(), name="新", tables=tables)


def told(found: Difference) -> set[tuple[object, ...]]:
    """Every changed cell, free of order."""
    return {
        (change.sheet, str(change.old_key), cell.key, cell.old, cell.new)
        for change in found.changes
        for cell in change.cells
    }


@given(order=st.randoms(use_true_random=False))
@examples(10)
def test_a_workbook_sorted_otherwise_is_the_same(order: random.Random):
    assert difference(shipped_side(), with_cells({}, order)).changes == ()


@given(cells=changed_cells(), order=st.randoms(use_true_random=False))
@examples(60)
def test_exactly_the_cells_that_were_changed_are_told(cells: Cells, order: random.Random):
    found = difference(shipped_side(), with_cells(cells, order))
    expected = set()
    for (name, at, key), value in cells.items():
        row = shipped_side().tables[name][at]
        by_key = next(c.old_key for c in found.changes if c.sheet == name and c.old is row)
        expected.add((name, str(by_key), key, row.value(key), value))
    assert told(found) == expected
    assert all(change.kind is Kind.CHANGED for change in found.changes)


@given(cells=changed_cells(), data=st.data())
@examples(60)
def test_the_change_back_is_the_mirror(cells: Cells, data: st.DataObject):
    new = with_cells(cells)
    gone = data.draw(st.sampled_from(sorted(new.tables)))
    tables = {**new.tables, gone: list(new.tables[gone])[1:]}
    new = replace(new, tables=tables)
    there = difference(shipped_side(), new).changes
    back = difference(new, shipped_side()).changes
    assert {_bare(change.mirrored) for change in there} == {_bare(change) for change in back}


def _bare(change: object) -> str:
    """A change without its label, which is the row's name on the side it is told from."""
    return repr(replace(change, label=""))  # type: ignore[type-var]


@given(data=st.data())
@examples(60)
def test_rows_that_came_and_went_are_told_as_such(data: st.DataObject):
    name = data.draw(st.sampled_from([n for n, rows in shipped_side().tables.items() if rows]))
    rows = list(shipped_side().tables[name])
    at = data.draw(st.integers(0, len(rows) - 1))
    fewer = replace(
        shipped_side(), tables={**shipped_side().tables, name: rows[:at] + rows[at + 1 :]}
    )
    # 资金渠道 is pointed to by name: without the row those names mean nothing more.
    went = [c for c in difference(shipped_side(), fewer).changes if c.sheet == name]
    came = [c for c in difference(fewer, shipped_side()).changes if c.sheet == name]
    assert [(c.kind, c.old is rows[at]) for c in went] == [(Kind.REMOVED, True)]
    assert [(c.kind, c.new is rows[at]) for c in came] == [(Kind.ADDED, True)]


def test_every_sheet_says_how_its_rows_are_found():
    for sheet in sheets_of(CALENDAR):
        keys = {column.key for column in sheet.columns}
        assert set(sheet.row_key) <= keys and set(sheet.alike) <= keys
        assert sheet.row_key or sheet.name == "批次参数", sheet.name
        assert not sheet.alike or len(sheet.row_key) == 1


def test_no_two_rows_of_the_shipped_workbook_have_one_key():
    tables = read_input_tables(SHIPPED)
    for sheet in sheets_of(CALENDAR):
        keys = [tuple(row[key] for key in sheet.row_key) for row in tables[sheet.name]]
        assert len(keys) == len(set(keys)) or sheet.name in ("公开记录", "年度完成率"), sheet.name
