"""变动.json: what changed between two workbooks; money is 万元, parts are basis points."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from portfolio.model.difference.changes import CellChange, RowChange
from portfolio.model.difference.difference import CLOSED, month_text
from portfolio.model.difference.rows import Side, Unread
from portfolio.model.difference.told import Consequence, Money, Told
from portfolio.model.schema.layout import CellValue
from portfolio.report.json import named
from portfolio.report.words import diff as words


def diff_json(told: Told) -> dict[str, Any]:
    """All changes as JSON-able data, those of closed months apart and first."""
    found = told.difference
    return {
        "old": _side(found.old),
        "new": _side(found.new),
        "turned": found.turned,
        "count": found.count,
        "closed": [_change(CLOSED, change) for change in found.closed],
        "reported": [named(one, "channel", "rows", "done_wan") for one in found.reported],
        "changes": [
            _change(name, change)
            for name, changes in found.by_subject.items()
            if not words.is_told_apart(name)
            for change in changes
        ],
        "consequence": None if told.consequence is None else _consequence(told.consequence),
        "problems": [asdict(problem) for problem in told.problems],
        "origin": {"version": told.version},
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "workbook_sha256": side.sha256,
        "asof": None if side.through is None else month_text(side.through),
        "asof_guessed": side.guessed,
        **({"example": True} if side.example else {}),
    }


def _change(subject: str, change: RowChange) -> dict[str, Any]:
    return {
        "subject": subject,
        "kind": str(change.kind),
        "sheet": change.sheet,
        "label": change.label,
        "old_key": None if change.old_key is None else list(change.old_key),
        "new_key": None if change.new_key is None else list(change.new_key),
        "renumbered": change.renumbered,
        "cells": [_cell(cell) for cell in change.cells],
    }


def _cell(cell: CellChange) -> dict[str, Any]:
    return {
        "key": cell.key,
        "title": cell.title,
        "old": _value(cell.old),
        "new": _value(cell.new),
        "difference": cell.difference,
        "old_place": cell.old_place or None,
        "new_place": cell.new_place or None,
    }


def _value(value: CellValue | Unread) -> Any:
    return {"unread": value.text} if isinstance(value, Unread) else value


def _consequence(found: Consequence) -> dict[str, Any]:
    return {
        "year": _money(found.year),
        "period": _money(found.period),
        "finishes": [
            named(move, "item_no", "name", "old", "new", "quarters") for move in found.moves
        ],
    }


def _money(of: Money) -> dict[str, Any]:
    return named(of, "what", "old_wan", "new_wan", "difference_wan")
