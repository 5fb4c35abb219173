"""The chain of closed months verified: no closed month was changed, each version follows another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.problems import Collected
from portfolio.workflows.inputs import workbook_path

if TYPE_CHECKING:
    from portfolio.model.month.seal import Verified


def verify(*workbooks: Path) -> Verified:
    """Verify workbooks, each in itself and against those it was closed from.

    Parameters
    ----------
    workbooks
        The versions, in any order; the default workbook where none is named.

    Raises
    ------
    InputError
        A file can't be read, or its facts or records have problems.
    """
    return verify_files(workbooks or (workbook_path(),))


def verify_files(paths: Sequence[Path]) -> Verified:
    """Verify these files.

    Raises
    ------
    InputError
        As `verify`.
    """
    from portfolio.model.month.seal import Version, verified
    from portfolio.read.workbook.month.closings import closings_in
    from portfolio.read.workbook.month.standing import execution_rows
    from portfolio.read.workbook.month.versions import kept_in

    problems, versions = Collected(), []
    names = [path.name for path in paths]
    for path in paths:
        with problems.part():
            file, _, rows = execution_rows(path)
            versions.append(
                Version(
                    name=path.name if names.count(path.name) == 1 else str(path),
                    sha256=file.sha256,
                    rows=tuple(dict(row.values) for row in rows),
                    closings=closings_in(file.grids),
                    plans=kept_in(file.grids),
                )
            )
    problems.raise_any()
    return verified(versions)
