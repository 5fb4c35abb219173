"""A self-test as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portfolio.model.audit.tested import Tested


def selftest_json(tested: Sequence[Tested], version: str, workbook_sha256: str) -> dict[str, Any]:
    """Each part with what was checked, how, and what is wrong."""
    return {
        "ok": all(one.right for one in tested),
        "tested": [
            {"what": one.what, "how": one.how, "ok": one.right, "wrong": list(one.wrong)}
            for one in tested
        ],
        "origin": {"version": version, "workbook_sha256": workbook_sha256},
    }
