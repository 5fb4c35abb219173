"""A plain .xlsx from rows of values: no looks, the same bytes for the same values, in no time."""

from __future__ import annotations

import datetime as dt
import functools
import io
import zipfile
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter

#: A workbook's values: sheet name → rows, the headers first.
Pages = dict[str, list[list[Any]]]
_PACKED_AT = (1980, 1, 1, 0, 0, 0)
_DAY_0 = dt.datetime(1899, 12, 30)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DATE_STYLE = 1
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def plain_workbook(pages: Pages, *, merged: tuple[str, str] | None = None) -> bytes:
    """The workbook; `merged` is a sheet and a range of it."""
    parts = {
        "[Content_Types].xml": _content_types(len(pages)),
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": _book(list(pages)),
        "xl/_rels/workbook.xml.rels": _relations(
            {
                f"rId{k + 1}": ("worksheet", f"worksheets/sheet{k + 1}.xml")
                for k in range(len(pages))
            }
            | {f"rId{len(pages) + 1}": ("styles", "styles.xml")}
        ),
        "xl/styles.xml": _STYLES,
    }
    for number, (name, rows) in enumerate(pages.items(), start=1):
        joined = merged[1] if merged and merged[0] == name else ""
        cells = tuple((tuple(row), tuple(map(type, row))) for row in rows)  # True is no 1
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(cells, joined)
    return packed({name: text.encode() for name, text in parts.items()})


def packed(parts: dict[str, bytes]) -> bytes:
    """Files put into one, with one date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _PACKED_AT), content, zipfile.ZIP_DEFLATED, 1)
    return buffer.getvalue()


@functools.lru_cache(maxsize=200)
def _sheet(rows: tuple[tuple[tuple[Any, ...], tuple[type, ...]], ...], merged: str) -> str:
    lines = []
    for at, (values, _) in enumerate(rows, start=1):
        cells = "".join(
            _cell(f"{get_column_letter(column)}{at}", value)
            for column, value in enumerate(values, start=1)
            if value is not None
        )
        lines.append(f'<row r="{at}">{cells}</row>')
    tail = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    data = "".join(lines)
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{data}</sheetData>{tail}</worksheet>'


def _cell(place: str, value: Any) -> str:
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    if isinstance(value, dt.datetime):
        return f'<c r="{place}" s="{_DATE_STYLE}"><v>{(value - _DAY_0).days}</v></c>'
    text = str(value)
    if text.startswith("="):
        return f'<c r="{place}"><f>{escape(text[1:])}</f></c>'
    if text.startswith("#") and text.endswith(("!", "/A", "?")):
        return f'<c r="{place}" t="e"><v>{escape(text)}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _book(names: list[str]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{k}" r:id="rId{k}"/>'
        for k, name in enumerate(names, start=1)
    )
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
    )


def _content_types(sheets: int) -> str:
    parts = {"xl/workbook.xml": f"{_TYPES}.sheet.main+xml", "xl/styles.xml": f"{_TYPES}.styles+xml"}
    parts |= {
        f"xl/worksheets/sheet{k}.xml": f"{_TYPES}.worksheet+xml" for k in range(1, sheets + 1)
    }
    lines = "".join(
        f'<Override PartName="/{p}" ContentType="{kind}"/>' for p, kind in parts.items()
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{rels}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{lines}</Types>'
    )


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'
