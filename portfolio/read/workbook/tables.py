"""Tables: sheets and columns found by name, rows read cell by cell, problems collected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from portfolio.model.calendar import Calendar
from portfolio.model.money import BPS, yi_text
from portfolio.model.problems import Problem, did_you_mean, nearest
from portfolio.model.schema import (
    GUIDE,
    HEADER_WORDS,
    SETTINGS,
    TEMPLATES,
    Cell,
    CellValue,
    Column,
    Sheet,
    plain,
    sheets_of,
)
from portfolio.model.schema.layout import OnlyWhen, Reference
from portfolio.read.workbook.file import Grid, remembered
from portfolio.read.workbook.sheets.as_given import (
    TotalRow,
    check_totals,
    note_reading,
    total_label,
)
from portfolio.read.workbook.sheets.cells import (
    NUMBER_CELLS,
    YI,
    Refused,
    column_letter,
    is_blank,
    number_in,
    read_cell,
    without_value,
)
from portfolio.read.workbook.sheets.headers import (
    HEADER_ROWS,
    Header,
    find_header,
    letters_alike,
    without_unit,
)
from portfolio.read.workbook.sheets.rows import Findings, Row

# --- Sheets by their names as people read them, and what to say where two of them read the same


_STATES = {"hidden": "（隐藏）", "veryHidden": "（深度隐藏）"}


def by_plain_name(grids: Iterable[Grid]) -> dict[str, list[Grid]]:
    """Sheets by name without width, blanks and quotes: Excel tells such names apart, people don't."""
    named: dict[str, list[Grid]] = {}
    for grid in grids:
        named.setdefault(plain(grid.name), []).append(grid)
    return named


def twins(name: str, grids: Sequence[Grid], place: str) -> Problem:
    """Several sheets that can each be meant: none of them is read."""
    names = "、".join(f"“{grid.name}”{_STATES.get(grid.state, '')}" for grid in grids)
    states = {grid.state for grid in grids}
    unhide = ""
    if states & set(_STATES):
        unhide = "；隐藏的表请先右键任一表名“取消隐藏”"
    if "veryHidden" in states:
        unhide += "，深度隐藏的须在 VBA 编辑器（Alt+F11）的属性窗口把 Visible 改为 -1"
    return Problem(
        place=place,
        found=f"有 {len(grids)} 张工作表都读作“{name}”：{names}",
        fix=f"请只留一张，其余删去或改成不同的名字（空格、引号和全半角不算不同）{unhide}",
    )


# --- Tables: sheets and columns found by name, rows read cell by cell, problems collected


def _check_rows(sheet: Sheet, rows: Sequence[Row], findings: Findings) -> None:
    """Note what the declaration of a sheet refuses of rows that are read."""
    for column in sheet.columns:
        if column.unique:
            _note_repeated(rows, column, findings)
        if column.only_when:
            for row in rows:
                _check_only_when(row, column, column.only_when, findings)
    for part in sheet.sums:
        for row in rows:
            if row.sound(*part.keys):
                total = sum(row.whole(key) for key in part.keys)
                if total != BPS:
                    found = f"{part.of}合计 {total / 100:g}%"
                    findings.add(row.place(part.keys[0]), found, part.fix)


def _note_repeated(rows: Sequence[Row], column: Column, findings: Findings) -> None:
    """Note values of a column that must be used once only."""
    seen: dict[str, int] = {}
    for row in rows:
        if row.sound(column.key):
            value = row.text(column.key)
            if value in seen:
                found = f"{column.unique}“{value}”重复，第 {seen[value]} 行已用"
                findings.add(row.place(column.key), found, column.fix)
            seen.setdefault(value, row.number)


def _check_only_when(row: Row, column: Column, rule: OnlyWhen, findings: Findings) -> None:
    """Note a cell that is empty where it belongs, or filled where it doesn't."""
    value, when = row.values[column.key], row.values[rule.key]
    unknown = when is None and (rule.values or rule.key in row.refused)
    if unknown or column.key in row.refused:
        return
    belongs = rule.met_by(when)
    flaw = None
    if belongs and value is None:
        flaw = rule.lacking
    elif not belongs and value is not None:
        flaw = rule.surplus
    if flaw is not None:
        found, fix = flaw
        text = _value_text(column, value)
        findings.add(row.place(column.key), found.format(value=text, when=when), fix)


def _value_text(column: Column, value: CellValue) -> str:
    if column.cell is Cell.MONEY and value is not None:
        return yi_text(int(value))
    return (
        f"{int(value) / 100:g}%" if column.cell is Cell.SHARE and value is not None else f"{value}"
    )


def referred(
    row: Row, key: str, to: Reference, ids: Mapping[str, str], findings: Findings,
    *, also: Sequence[str] = (),
) -> str | None:  # fmt: skip
    """The id of what a row names (or its id, as written); None when there is none (noted).

    Without any to choose from nothing is noted: the sheet itself is missing, which is. `also`
    are words that may be meant as well.
    """
    if not ids or not row.sound(key):
        return None
    name = row.text(key)
    if name in ids:
        return ids[name]
    if name in ids.values():
        return name
    found = f"{to.sheet}表中没有{to.what}“{name}”"
    findings.add(row.place(key), found, did_you_mean(name, [*ids, *also]))
    return None


def off_by(total_bps: int) -> str:
    """How far parts are from making 100 %."""
    gap = BPS - total_bps
    return f"还差 {gap / 100:g}%" if gap > 0 else f"多出 {-gap / 100:g}%"


def read_tables(
    grids: Sequence[Grid], calendar: Calendar, findings: Findings
) -> dict[str, list[Row]]:
    """Rows of every sheet of the layout; sheets and columns of the user's own are left alone."""

    def read() -> tuple[dict[str, list[Row]], Findings, Sequence[Grid]]:
        own = Findings()
        return _read_tables(grids, calendar, own), own, grids

    # The grids are kept with what was read of them: as long as it is, no others have their id.
    tables, own, _ = remembered((id(grids), calendar), read)
    findings.take(own)
    return {name: list(rows) for name, rows in tables.items()}


def _read_tables(
    grids: Sequence[Grid], calendar: Calendar, findings: Findings
) -> dict[str, list[Row]]:
    by_name = by_plain_name(grids)
    known = {plain(sheet.name) for sheet in (*TEMPLATES, SETTINGS, HEADER_WORDS)} | {plain(GUIDE)}
    strangers = [same[-1].name for name, same in by_name.items() if name not in known]
    tables: dict[str, list[Row]] = {}
    renamed = header_words(by_name, calendar, findings)
    for sheet in sheets_of(calendar):
        same = by_name.get(plain(sheet.name), [])
        if len(same) != 1:
            tables[sheet.name] = []
            findings.missing_sheets.add(sheet.name)
            if same:
                findings.problems.append(twins(sheet.name, same, f"{sheet.name}!A1"))
            elif not sheet.may_be_missing:
                _missing_sheet(sheet, strangers, findings)
            elif near := nearest(
                sheet.name, [s for s in strangers if letters_alike(sheet.name, s)]
            ):
                _misnamed_sheet(sheet, near, findings)
        else:
            tables[sheet.name] = read_table(sheet, same[0], findings, renamed.get(sheet.name))
    if not by_name.get(plain(HEADER_WORDS.name)) and (
        near := nearest(
            HEADER_WORDS.name, [s for s in strangers if letters_alike(HEADER_WORDS.name, s)]
        )
    ):
        _misnamed_sheet(HEADER_WORDS, near, findings)
    return tables


def header_words(
    by_name: Mapping[str, Sequence[Grid]], calendar: Calendar, findings: Findings
) -> dict[str, dict[str, str]]:
    """The user's own words for headers by sheet: what stands there → the column's header, plain.

    Rows that name no sheet or no column of it, or that say two things, are noted as problems; a
    word that the sheet's header doesn't have is noted as unused.
    """
    same = by_name.get(plain(HEADER_WORDS.name), [])
    if len(same) > 1:
        findings.problems.append(twins(HEADER_WORDS.name, same, f"{HEADER_WORDS.name}!A1"))
    renamed: dict[str, dict[str, str]] = {}
    if len(same) != 1:
        return renamed
    sheets = {plain(sheet.name): sheet for sheet in sheets_of(calendar)}
    for row in read_table(HEADER_WORDS, same[0], findings):
        if not row.is_whole:
            continue
        sheet = sheets.get(plain(row.text("sheet")))
        if sheet is None:
            name = row.text("sheet")
            fix = did_you_mean(name, [each.name for each in sheets.values()])
            findings.add(row.place("sheet"), f"没有“{name}”这张表", fix)
            continue
        own = plain(row.text("own"))
        words = renamed.setdefault(sheet.name, {})
        column = _column_meant(sheet, row, words, findings)
        if column is None:
            continue
        words[own] = plain(column.header)
        if not _is_headed(by_name.get(plain(sheet.name), ()), own):
            place, found = row.place("own"), f"“{sheet.name}”的表头中没有“{row.text('own')}”"
            fix = "这一行没有用上；表头改过的请照抄"
            findings.notes.append(Problem(place=place, found=found, fix=fix))
    return renamed


def _column_meant(
    sheet: Sheet, row: Row, words: Mapping[str, str], findings: Findings
) -> Column | None:
    """The column a row of 列名对照 means; None where there is none, or two are meant (noted)."""
    said, own = row.text("ours"), plain(row.text("own"))
    headers = {
        plain(header): column for column in sheet.columns for header in (column.header, *column.was)
    }
    bare = {header.partition("(")[0]: column for header, column in headers.items()}
    column = headers.get(plain(said)) or bare.get(plain(said))
    if column is None:
        fix = did_you_mean(said, [each.header for each in sheet.columns])
        findings.add(row.place("ours"), f"“{sheet.name}”没有“{said}”这一列", fix)
        return None
    other = headers.get(own) or bare.get(own)
    if other is not None and other is not column:
        found = f"“{row.text('own')}”本来就是“{sheet.name}”的一列，不能作“{column.header}”"
        findings.add(row.place("own"), found, "请把自己的列另取一个名字，再写到这里")
        return None
    if words.get(own, plain(column.header)) != plain(column.header):
        found = f"“{row.text('own')}”已在上面写作另一列"
        findings.add(row.place("own"), found, "一个列名只能对一列，请删去一行")
        return None
    return column


def _is_headed(grids: Sequence[Grid], own: str) -> bool:
    """Whether a header that may be a sheet's holds a word."""
    texts = (value for grid in grids for row in grid.values[:HEADER_ROWS] for value in row)
    names = {plain(text) for text in texts if isinstance(text, str)}
    return own in names or own in {without_unit(name)[0] for name in names}


def _missing_sheet(sheet: Sheet, strangers: list[str], findings: Findings) -> None:
    name = nearest(sheet.name, strangers)
    if name is not None:
        _misnamed_sheet(sheet, name, findings)
        return
    findings.add(
        f"{sheet.name}!A1",
        f"缺少工作表“{sheet.name}”",
        f"请恢复这张表（{sheet.purpose}）；没有内容的也要保留表头",
    )


def _misnamed_sheet(sheet: Sheet, name: str, findings: Findings) -> None:
    found = f"缺少工作表“{sheet.name}”，有一张名为“{name}”的表"
    own = "；自己的表请另取一个不相近的名字" if sheet.may_be_missing else ""
    findings.add(f"{name}!A1", found, f"是否为“{name}”？请把它改名为“{sheet.name}”{own}")


def read_table(
    sheet: Sheet, grid: Grid, findings: Findings, renamed: Mapping[str, str] | None = None
) -> list[Row]:
    """Rows of one sheet; `renamed` are the user's own words for headers."""
    header = find_header(sheet, grid, findings.problems, renamed)
    if header is None:
        return []
    reading = _Reading(sheet=sheet, grid=grid, header=header)
    rows: list[Row] = []
    totals: list[TotalRow] = []
    for index, cells in enumerate(grid.values[header.row + 1 :], start=header.row + 1):
        if not cells:
            continue
        if label := total_label(sheet, cells, header):
            totals.append(TotalRow(label=label, index=index, after=len(rows)))
            continue
        row = _read_row(reading, index, cells, findings)
        if row is not None:
            rows.append(row)
    if not rows and not sheet.may_be_empty:
        place = f"{grid.name}!A{header.row + 2}"
        findings.add(place, "表中没有数据", f"至少填一行：{sheet.purpose}")
    check_totals(sheet, grid, header, rows, totals, findings)
    note_reading(sheet, grid, header, rows, totals, reading.as_text, reading.spanned, findings)
    _check_rows(sheet, rows, findings)
    return rows


@dataclass(kw_only=True)
class _Reading:
    """A sheet being read: what its rows have in common, and what of them is told in the end."""

    sheet: Sheet
    grid: Grid
    header: Header
    as_text: list[tuple[Column, int]] = field(default_factory=list)
    spanned: list[tuple[Column, int]] = field(default_factory=list)

    @cached_property
    def present(self) -> list[tuple[Column, int]]:
        """The columns that are there, with their places."""
        places = self.header.places
        return [(c, places[c.key]) for c in self.sheet.columns if c.key in places]

    @cached_property
    def letters(self) -> dict[str, str]:
        """The letter of each column; ? for one that is not there."""
        places = self.header.places
        return {
            c.key: column_letter(places[c.key]) if c.key in places else "?"
            for c in self.sheet.columns
        }

    @cached_property
    def lacking(self) -> frozenset[str]:
        """Columns noted as missing."""
        places = self.header.places
        return frozenset(
            c.key for c in self.sheet.columns if c.key not in places and not c.may_be_missing
        )

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """Columns without which a row makes no value."""
        return tuple(c.key for c in self.sheet.columns if c.required and c.key != "provenance")


def _read_row(
    reading: _Reading, index: int, cells: Sequence[object], findings: Findings
) -> Row | None:
    grid, width = reading.grid, len(cells)
    raw = [cells[place] if place < width else None for _, place in reading.present]
    lost = [
        grid.lost_formula(index, place) if value is None and grid.formulas else None
        for (_, place), value in zip(reading.present, raw, strict=True)
    ]
    if all(is_blank(value) for value in raw) and not any(lost):
        return None
    values: dict[str, CellValue] = dict.fromkeys(reading.letters)
    refused = set(reading.lacking)
    for (column, place), value, formula in zip(reading.present, raw, lost, strict=True):
        if value is None and formula is None and not column.required and not grid.merged:
            continue  # most cells of a long list
        span = grid.merged_range(index, place) if grid.merged else None
        try:
            values[column.key] = _value(reading, column, (index, place), value, formula, span)
        except Refused as refusal:
            refused.add(column.key)
            cell = f"{grid.name}!{column_letter(place)}{index + 1}"
            merged = f"；它在合并单元格 {span} 内" if span else ""
            undo = f"请取消合并 {span}，逐格填写；" if span else ""
            findings.add(cell, refusal.found + merged, undo + refusal.fix)
    return Row(
        sheet=grid.name,
        number=index + 1,
        values=values,
        letters=reading.letters,
        refused=frozenset(refused),
        needed=reading.needed,
    )


def _value(
    reading: _Reading, column: Column, at: tuple[int, int], value: object, formula: str | None,
    span: str | None,
) -> CellValue:  # fmt: skip
    if formula is not None:
        raise without_value(formula)
    if is_blank(value) and span and column.may_span:
        value = reading.grid.spanning(*at)
        if not is_blank(value):
            reading.spanned.append((column, at[0]))
    if not is_blank(value):
        unit = reading.header.units.get(column.key, YI)
        if isinstance(value, str) and column.cell in NUMBER_CELLS:
            number = number_in(column, value, unit)
            if number is not None:
                read = read_cell(column, number, unit)
                reading.as_text.append((column, at[0]))
                return read
        return read_cell(column, value, unit)
    if column.required:
        raise Refused(
            f"“{column.header}”是空的",
            f"请填写：{column.note}" if column.note else f"请填写{column.header}",
        )
    if span:  # Excel shows the first cell's value here, the file holds none
        raise Refused(f"“{column.header}”是空的", "确实没有的留空")
    return None
