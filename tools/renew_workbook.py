"""The shipped workbook written anew: what it holds, laid out as the program declares today.

    python -m tools.renew_workbook inputs/十大工程.xlsx

Rows, and what its guide says of this workbook alone, are read from it; sheets, columns, widths and
the rest of the guide come from the declaration. Done twice it changes no byte.
"""

from __future__ import annotations

import sys
from pathlib import Path

import openpyxl

from portfolio.model.schema import GUIDE
from portfolio.read.workbook import read_input_tables
from portfolio.read.workbook.calendar import calendar_of
from portfolio.report.input_workbook import input_workbook_bytes

ABOUT, PURPOSES = "本工作簿", "各表用途"


def about_lines(path: Path) -> list[tuple[str, str]]:
    """What the guide says of this workbook alone, as (title, text)."""
    page = openpyxl.load_workbook(path, read_only=True)[GUIDE]
    rows = [(str(row[0] or ""), str(row[1] or "")) for row in page.iter_rows(values_only=True)]
    return rows[rows.index((ABOUT, "")) + 1 : rows.index((PURPOSES, ""))]


def renewed(path: Path) -> bytes:
    """The workbook as the program would write it today."""
    return input_workbook_bytes(
        read_input_tables(path), about=about_lines(path), calendar=calendar_of(path)
    )


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_bytes(renewed(Path(name)))
