"""The sheet 结账记录: months that were closed, one record each."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.month.seal import Closing, Version, sealed_flaws
from portfolio.model.problems import InputError, Problem
from portfolio.model.schema import plain
from portfolio.model.schema.returns import CLOSINGS
from portfolio.read.workbook.file import Grid
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import by_plain_name, read_table, twins


def closings_in(grids: Sequence[Grid]) -> tuple[Closing, ...]:
    """The records in the sheet's order; none where there is no such sheet.

    Raises
    ------
    InputError
        A record can't be read.
    """
    findings = Findings()
    closings = _read(grids, findings)
    if findings.problems:
        raise InputError(findings.problems)
    return closings


def seal_questions(grids: Sequence[Grid], rows: Sequence[Row]) -> tuple[Problem, ...]:
    """What of closed months is other than when they were closed."""
    findings = Findings()
    closings = _read(grids, findings)
    version = Version(name="", sha256="", rows=[row.values for row in rows], closings=closings)
    return (
        *findings.problems,
        *(
            Problem(place=f"{CLOSINGS.name}!A1", found=flaw.found, fix=flaw.fix)
            for flaw in sealed_flaws(version)
        ),
    )


def _read(grids: Sequence[Grid], findings: Findings) -> tuple[Closing, ...]:
    same = by_plain_name(grids).get(plain(CLOSINGS.name), [])
    if len(same) > 1:
        findings.problems.append(twins(CLOSINGS.name, same, f"{CLOSINGS.name}!A1"))
    if len(same) != 1:
        return ()
    rows = read_table(CLOSINGS, same[0], findings)
    return tuple(row.made(Closing) for row in rows if row.is_whole)
