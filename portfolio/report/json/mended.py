"""What was mended in a workbook as JSON-able data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from portfolio.model.difference.mending import Mending
from portfolio.model.problems import Problem


def mended_json(mending: Mending, copy: str | None) -> dict[str, Any]:
    """Every change with what was and what is, what is left, and the copy's name (None: none)."""
    return {
        "copy": copy,
        "changes": [asdict(change) for change in mending.changes],
        "left": [asdict(problem) for problem in mending.left],
    }


def problems_json(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """Problems as they are told."""
    return [asdict(problem) for problem in problems]
