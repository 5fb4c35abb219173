"""Recalculate a workbook with LibreOffice and compare every formula with its stored value."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from tests.report.office import convert


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A formula whose recalculated value is not the stored one."""

    place: str
    formula: str
    stored: object
    recalculated: object


def recalculated(path: Path, folder: Path) -> Path:
    """A copy of a workbook without stored formula values, calculated anew by LibreOffice."""
    bare = folder / "bare.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
                # A text result marks its cell t="str"; without a value that mark has to go too.
                content = re.sub(
                    rb'(<c r="[A-Z]+\d+"(?: s="\d+")?) t="str"(><f>)', rb"\1\2", content
                )
            copy.writestr(entry, content)
    out = folder / "out"
    convert([bare], "xlsx:Calc MS Excel 2007 XML", out)
    return out / "bare.xlsx"


def differences(path: Path, folder: Path) -> tuple[int, list[Difference]]:
    """How many formulas a workbook has, and those whose stored value LibreOffice does not give."""
    formulas = openpyxl.load_workbook(path)
    stored = openpyxl.load_workbook(path, data_only=True)
    anew = openpyxl.load_workbook(recalculated(path, folder), data_only=True)
    count, found = 0, []
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                count += 1
                old = stored[sheet.title][cell.coordinate].value
                new = anew[sheet.title][cell.coordinate].value
                if not _same(old, new):
                    place = f"{sheet.title}!{cell.coordinate}"
                    found.append(
                        Difference(
                            place=place, formula=str(cell.value), stored=old, recalculated=new
                        )
                    )
    return count, found


def _same(old: object, new: object) -> bool:
    if isinstance(old, (int, float)) and isinstance(new, (int, float)):
        return abs(old - new) <= 1e-7 * max(1.0, abs(old))
    return (old or "") == (new or "")


def formulas_with_values(content: bytes) -> int:
    """How many formulas a workbook has; every one of them has a stored value."""
    formulas = openpyxl.load_workbook(io.BytesIO(content))
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    found = [
        cell
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    for cell in found:
        assert values[cell.parent.title][cell.coordinate].value is not None, cell
    return len(found)
