"""A sheet's rows put into a workbook of the user's, every other part left as it is, byte for byte.

Writing the whole workbook anew would lose what is the user's own in it: sheets, columns, formats,
pictures. So only the sheet's part is exchanged, or added with its entry in the list of sheets.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from portfolio.model.schema import CellValue, Sheet, plain
from portfolio.report.input_workbook import to_cell

BOOK, RELATIONS, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_DATA = re.compile(rb"<sheetData\s*/>|<sheetData[\s>].*?</sheetData>", re.DOTALL)
_DIMENSION = re.compile(rb"<dimension\b[^>]*/>")
_MERGED = re.compile(rb"<mergeCells\b.*?</mergeCells>", re.DOTALL)
_PROTECTED = '<sheetProtection sheet="1" objects="1" scenarios="1"/>'
_STYLE = re.compile(rb'<c\b[^>]*?\bs="(\d+)"')


def with_rows(
    content: bytes, sheet: Sheet, rows: Sequence[Mapping[str, CellValue]]
) -> bytes | None:
    """A workbook's bytes with a sheet of these rows; None where its build is not understood."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        parts = {entry.filename: archive.read(entry) for entry in entries}
    if not is_understood(parts):
        return None
    part = part_of(parts, sheet.name)
    changed = _added(parts, sheet, rows) if part is None else _exchanged(parts, part, sheet, rows)
    if changed is None:
        return None
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            archive.writestr(entry, changed.pop(entry.filename, parts[entry.filename]))
        for name, made in changed.items():
            new = zipfile.ZipInfo(name, date_time=entries[0].date_time)
            new.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(new, made)
    return buffer.getvalue()


def is_understood(parts: Mapping[str, bytes]) -> bool:
    """Whether a workbook's parts are those of the usual kind: the strict one has other namespaces."""
    if not {BOOK, RELATIONS, TYPES} <= parts.keys():
        return False
    return ElementTree.fromstring(parts[BOOK]).tag == f"{{{_MAIN}}}workbook"


def part_of(parts: Mapping[str, bytes], name: str) -> str | None:
    """The part that holds a sheet; None where there is no such sheet."""
    relations = {
        node.get("Id"): str(node.get("Target")) for node in ElementTree.fromstring(parts[RELATIONS])
    }
    for node in ElementTree.fromstring(parts[BOOK]).iter(f"{{{_MAIN}}}sheet"):
        if plain(node.get("name", "")) == plain(name):
            target = relations.get(node.get(f"{{{_OFFICE}}}id"), "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return None


def _exchanged(
    parts: Mapping[str, bytes], part: str, sheet: Sheet, rows: Sequence[Mapping[str, CellValue]]
) -> dict[str, bytes] | None:
    """The sheet's part with other rows; its widths, formats and notes stay."""
    old = parts.get(part, b"")
    if len(_DATA.findall(old)) != 1:
        return None
    style = _STYLE.search(old)
    data = _data(sheet, rows, "" if style is None else f' s="{style[1].decode()}"')
    without = _MERGED.sub(b"", _DIMENSION.sub(b"", old))
    return {part: _DATA.sub(lambda _: data, without)}


def _added(
    parts: Mapping[str, bytes], sheet: Sheet, rows: Sequence[Mapping[str, CellValue]]
) -> dict[str, bytes] | None:
    """A new part at the end, with its entries in the lists of sheets, relations and types."""
    book, relations, types = parts[BOOK], parts[RELATIONS], parts[TYPES]
    ends = ((book, b"</sheets>"), (relations, b"</Relationships>"), (types, b"</Types>"))
    if any(text.count(end) != 1 for text, end in ends):
        return None
    numbers = [int(found) for found in re.findall(rb'sheetId="(\d+)"', book)]
    number = max(numbers, default=0) + 1
    name = next(f"xl/worksheets/sheet{k}.xml" for k in range(1, 10_000) if f"xl/worksheets/sheet{k}.xml" not in parts)  # fmt: skip
    known = relations.decode("utf-8")
    identity = next(f"rIdRates{k}" for k in range(1, 10_000) if f'"rIdRates{k}"' not in known)
    entry = (  # with its own namespace: not every program declares it for the whole list
        f'<sheet xmlns:r="{_OFFICE}" name="{sheet.name}" sheetId="{number}" r:id="{identity}"/>'
    )
    relation = (
        f'<Relationship Id="{identity}" Type="{_OFFICE}/worksheet" '
        f'Target="{name.removeprefix("xl/")}"/>'
    )
    override = f'<Override PartName="/{name}" ContentType="{_SHEET_TYPE}"/>'
    columns = "".join(
        f'<col min="{k}" max="{k}" width="{column.width:g}" customWidth="1"/>'
        for k, column in enumerate(sheet.columns, start=1)
    )
    page = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}">'
        f"<cols>{columns}</cols>{_data(sheet, rows, '').decode()}"
        f"{_PROTECTED if sheet.sealed else ''}</worksheet>"
    )
    return {
        BOOK: book.replace(b"</sheets>", entry.encode() + b"</sheets>"),
        RELATIONS: relations.replace(b"</Relationships>", relation.encode() + b"</Relationships>"),
        TYPES: types.replace(b"</Types>", override.encode() + b"</Types>"),
        name: page.encode(),
    }


def _data(sheet: Sheet, rows: Sequence[Mapping[str, CellValue]], head: str) -> bytes:
    """Headers and rows as the sheet's cells, texts in place."""
    lines = [[_text_cell(column.header, k, 1, head) for k, column in enumerate(sheet.columns)]]
    for number, row in enumerate(rows, start=2):
        cells = []
        for k, column in enumerate(sheet.columns):
            value = to_cell(column, row.get(column.key))
            if isinstance(value, str):
                cells.append(_text_cell(value, k, number, ""))
            elif value is not None:
                cells.append(f'<c r="{letters(k)}{number}"><v>{value!r}</v></c>')
        lines.append(cells)
    body = "".join(f'<row r="{n}">{"".join(cells)}</row>' for n, cells in enumerate(lines, 1))
    return f"<sheetData>{body}</sheetData>".encode()


def _text_cell(text: str, column: int, row: int, style: str) -> str:
    at = f"{letters(column)}{row}"
    return (
        f'<c r="{at}"{style} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
    )


def letters(column: int) -> str:
    """Column letter of an index from 0."""
    letters, index = "", column + 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
