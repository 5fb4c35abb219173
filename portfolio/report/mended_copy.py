"""The copy of a workbook in which what has one reading is mended, with a sheet of all changes."""

from __future__ import annotations

import io
import re
import zipfile

from portfolio.model.difference.mending import Mending
from portfolio.model.schema import Column, Sheet, plain
from portfolio.report.cells_in_place import with_cells
from portfolio.report.sheet_in_place import BOOK, with_rows

#: How the sheet of changes is called; near to no sheet that is read.
CHANGES = "自动改动"
COLUMNS = (
    Column(key="sheet", header="工作表", width=14),
    Column(key="cell", header="单元格", width=9),
    Column(key="before", header="原来", width=30),
    Column(key="after", header="现在", width=30),
    Column(key="why", header="为什么", width=44),
)


def mended_copy(content: bytes, mending: Mending) -> bytes | None:
    """A workbook's bytes with what is mended and told; None where its build is not understood."""
    mended = with_cells(content, mending)
    if mended is None:
        return None
    told = Sheet(name=_free_name(mended), purpose="", columns=COLUMNS)
    rows = [
        {column.key: getattr(change, column.key) or None for column in COLUMNS}
        for change in mending.changes
    ]
    return with_rows(mended, told, rows)


def _free_name(content: bytes) -> str:
    """A name for the sheet of changes that no sheet has: an earlier list is kept."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = archive.read(BOOK).decode("utf-8")
    taken = {
        plain(name) for name in re.findall(r"<(?:\w+:)?sheet\b[^>]*?\bname=\"([^\"]*)\"", book)
    }
    number = 1
    while (name := f"{CHANGES}{number if number > 1 else ''}") in taken:
        number += 1
    return name
