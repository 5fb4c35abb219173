"""Rows put behind those of a sheet of the user's, cell by cell; all else in the file stays.

Other than `sheet_in_place`, which lays a sheet out anew, this keeps what is the user's in the sheet
itself: the order of columns, their own columns, formats, notes, the unit the sheet is kept in.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lxml import etree

from portfolio.model.schema import Cell, CellValue, Column, Sheet
from portfolio.model.schema.standing import Standing
from portfolio.report.input_workbook import to_cell
from portfolio.report.sheet_in_place import letters, part_of, with_rows

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NOTHING_OUTSIDE = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def with_more_rows(
    content: bytes,
    sheet: Sheet,
    standing: Standing | None,
    rows: Sequence[Mapping[str, CellValue]],
    instead: Sequence[int] = (),
) -> bytes | None:
    """A workbook's bytes with rows behind those of a sheet; None where its build is not understood.

    standing : None where the file has no such sheet: it is added
    instead : numbers (from 1) of rows that give way: the new ones stand there first, and what is
        left of them is emptied
    """
    if standing is None:
        return with_rows(content, sheet, rows)

    def change(root: Any, data: Any) -> bool:
        written = _Written(data=data, standing=standing, sheet=sheet)
        if any(written.has_formula(number) for number in instead):
            return False  # the file's order of calculation, or other formulas, may hang on it
        _write(written, rows, instead)
        _stretch(root, standing, len(rows))
        return True

    return _changed(content, sheet, change)


def with_cells_of_rows(
    content: bytes,
    sheet: Sheet,
    standing: Standing,
    rows: Mapping[int, Mapping[str, CellValue]],
) -> bytes | None:
    """A workbook's bytes with cells of rows that are there changed; None as above.

    rows : by their numbers (from 1) the cells that change, by column key
    """

    def change(_root: Any, data: Any) -> bool:
        written = _Written(data=data, standing=standing, sheet=sheet)
        _head_columns(written, {key for values in rows.values() for key in values})
        cells = [(number, key) for number, values in rows.items() for key in values]
        if any(written.computes(number, written.places[key]) for number, key in cells):
            return False
        for number, key in cells:
            written.put_value(number, sheet.column(key), rows[number][key])
        return True

    return _changed(content, sheet, change)


def _changed(content: bytes, sheet: Sheet, change: Callable[[Any, Any], bool]) -> bytes | None:
    """A workbook's bytes with a sheet's rows changed; None where they can't be."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        parts = {entry.filename: archive.read(entry) for entry in entries}
    part = part_of(parts, sheet.name)
    if part is None or part not in parts:
        return None
    root = etree.fromstring(parts[part], _NOTHING_OUTSIDE)
    if root.tag != f"{{{_MAIN}}}worksheet":
        return None
    data = root.find(f"{{{_MAIN}}}sheetData")
    if data is None or not change(root, data):
        return None
    parts[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            archive.writestr(entry, parts[entry.filename])
    return buffer.getvalue()


def slots(standing: Standing | None, count: int, instead: Sequence[int] = ()) -> list[int]:
    """Numbers (from 1) of the rows that so many new ones take."""
    behind = 2 if standing is None else standing.last + 2
    return [*instead, *range(behind, behind + count)][:count]


@dataclass(kw_only=True)
class _Written:
    """The data of a sheet being written to."""

    data: Any
    standing: Standing
    sheet: Sheet

    def __post_init__(self) -> None:
        self.rows = {int(row.get("r")): row for row in self.data if row.get("r")}
        self.places = dict(self.standing.places)

    def has_formula(self, number: int) -> bool:
        """Whether a row computes anything."""
        row = self.rows.get(number)
        return row is not None and row.find(f".//{{{_MAIN}}}f") is not None

    def computes(self, number: int, place: int) -> bool:
        """Whether a cell holds a formula."""
        cells = self.rows.get(number, ())
        found = (cell for cell in cells if _column_of(cell.get("r", "")) == place)
        return any(cell.find(f"{{{_MAIN}}}f") is not None for cell in found)

    def put_value(self, number: int, column: Column, value: CellValue) -> None:
        """A value inside as the sheet's column has it; money in the unit the sheet is kept in."""
        unit = self.standing.units.get(column.key)
        self.put(number, self.places[column.key], _in_unit(column, value, unit))

    def row(self, number: int) -> Any:
        """The element of a row, made where there is none."""
        if number not in self.rows:
            made = etree.SubElement(self.data, f"{{{_MAIN}}}row", r=str(number))
            behind = [n for n in self.rows if n > number]
            if behind:
                self.rows[min(behind)].addprevious(made)
            self.rows[number] = made
        return self.rows[number]

    def cell(self, number: int, place: int) -> Any:
        """The element of a cell, made in its place where there is none."""
        row, name = self.row(number), f"{letters(place)}{number}"
        for cell in row:
            at = _column_of(cell.get("r", ""))
            if at == place:
                return cell
            if at > place:
                made = etree.Element(f"{{{_MAIN}}}c", r=name)
                cell.addprevious(made)
                return made
        return etree.SubElement(row, f"{{{_MAIN}}}c", r=name)

    def put(self, number: int, place: int, value: object) -> None:
        """A value in a cell; its format stays. None empties it."""
        cell = self.cell(number, place)
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if value is None:
            return
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, f"{{{_MAIN}}}is"), f"{{{_MAIN}}}t")
            text.text = value
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        else:
            etree.SubElement(cell, f"{{{_MAIN}}}v").text = repr(value)

    def like(self, number: int, other: int, place: int) -> None:
        """Give a cell the format of one above it, where it has none of its own."""
        cell = self.cell(number, place)
        if cell.get("s") is None and other in self.rows:
            style = next(
                (c.get("s") for c in self.rows[other] if _column_of(c.get("r", "")) == place), None
            )
            if style is not None:
                cell.set("s", style)


def _write(
    written: _Written, rows: Sequence[Mapping[str, CellValue]], instead: Sequence[int]
) -> None:
    standing = written.standing
    _head_columns(written, {key for row in rows for key, value in row.items() if value is not None})
    for number in instead:
        for place in written.places.values():
            written.put(number, place, None)
    for number, values in zip(slots(standing, len(rows), instead), rows, strict=True):
        for column in written.sheet.columns:
            if column.key not in written.places:
                continue
            if values.get(column.key) is not None:
                written.put_value(number, column, values[column.key])
            written.like(number, standing.last + 1, written.places[column.key])


def _head_columns(written: _Written, needed: Collection[str]) -> None:
    """Give the sheet the columns that are needed and that it doesn't have."""
    standing = written.standing
    free = standing.free
    for column in written.sheet.columns:
        if column.key in needed and column.key not in written.places:
            written.places[column.key] = free
            written.put(standing.header + 1, free, column.header)
            written.like(standing.header + 1, standing.header + 1, free)
            free += 1


def _in_unit(column: Column, value: CellValue, unit: Fraction | None) -> object:
    """A value as the sheet writes it; money in its own unit."""
    if unit is None or column.cell is not Cell.MONEY or value is None:
        return to_cell(column, value)
    told = Fraction(int(value)) / unit
    return int(told) if told.denominator == 1 else float(told)


def _stretch(root: Any, standing: Standing, more: int) -> None:
    """The sheet's extent and its filter reach the new rows; Excel counts the extent itself."""
    extent = root.find(f"{{{_MAIN}}}dimension")
    if extent is not None:
        root.remove(extent)
    filtered = root.find(f"{{{_MAIN}}}autoFilter")
    if filtered is not None and ":" in filtered.get("ref", ""):
        first, last = filtered.get("ref").split(":")
        column = last.rstrip("0123456789")
        bottom = max(int(last[len(column) :] or 0), standing.last + 1 + more)
        filtered.set("ref", f"{first}:{column}{bottom}")


def _column_of(name: str) -> int:
    """Column from 0 of a cell's name."""
    index = 0
    for letter in name:
        if not letter.isalpha():
            break
        index = 26 * index + ord(letter) - 64
    return index - 1
