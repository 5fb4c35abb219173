"""A month's returns as data; money in 万元."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from portfolio.model.approved.promote import Changes
from portfolio.model.approved.records import Record
from portfolio.model.calendar import Calendar
from portfolio.model.month.close import ClosedMonth
from portfolio.model.month.deadlines import Due
from portfolio.model.month.seal import Closing, Verified
from portfolio.report.tables.month import Sent


def collected_json(sent: Sequence[Sent], label: str) -> dict[str, Any]:
    """Who owes what."""
    return {
        "month": label,
        "units": [
            {
                "unit": one.owed.unit,
                "file": one.file,
                "lines": len(one.owed.lines),
                "must": one.owed.must,
                "funds": sum(len(line.funds) for line in one.owed.lines),
            }
            for one in sent
        ],
    }


def closed_json(month: ClosedMonth) -> dict[str, Any]:
    """What came of a month: closed or not, the units, every question with its file and cell."""
    sheets = month.sheets
    return {
        "month": sheets.label,
        "closed": month.closing is not None,
        "closing": None if month.closing is None else closing_json(month.closing),
        "done_wan": sheets.done_wan,
        "rows": len(sheets.rows),
        "units": [
            {
                "unit": one.owed.unit,
                "state": str(one.state),
                "files": list(one.files),
                "lines": len(one.owed.lines),
                "must_mend": one.must_mend,
                "to_check": one.to_check,
                "done_wan": one.done_wan,
            }
            for one in sheets.units
        ],
        "asked": [
            {**asdict(one), "rule": str(one.rule), "weight": str(one.weight)}
            for one in sheets.asked
        ],
        "registered": [
            {key: row[key] for key in ("no", "item_no", "project_code", "category", "problem")}
            for row in sheets.problems
        ],
        "added": [
            {"sheet": row.kind.into.name, "row": row.subject, "file": row.file, "place": row.place}
            for row in sheets.further
            if row.added
        ],
        "problems": [asdict(one) for one in sheets.unread],
        "origin": {"version": month.version},
    }


def closing_json(closing: Closing) -> dict[str, Any]:
    """A record of a closed month."""
    return asdict(closing)


def verified_json(found: Verified) -> dict[str, Any]:
    """What holds and what doesn't."""
    return {
        "ok": not found.flaws,
        "flaws": [asdict(one) for one in found.flaws],
        "held": list(found.held),
        "not_seen": list(found.unseen),
        "workbooks": [
            {
                "name": one.name,
                "sha256": one.sha256,
                "closings": [closing_json(each) for each in one.closings],
                **(
                    {"plan_versions": [asdict(each) for each in one.plans.records]}
                    if one.plans.records
                    else {}
                ),
            }
            for one in found.versions
        ],
    }


def approved_json(record: Record, changes: Changes, calendar: Calendar) -> dict[str, Any]:
    """A version that was approved, and what it changes; money in 万元."""
    return {
        "version": {"title": record.title, **asdict(record)},
        "against": changes.base,
        "before_wan": changes.before_wan,
        "after_wan": changes.after_wan,
        "more_wan": changes.more_wan,
        "less_wan": changes.less_wan,
        "cells": [{**asdict(each), "change_wan": each.change_wan} for each in changes.cells],
        "finishes": [
            {
                "item_no": each.item_no,
                "item": each.item,
                "before": calendar.quarter_label(each.before),
                "after": calendar.quarter_label(each.after),
            }
            for each in changes.spans
        ],
    }


def due_json(due: Sequence[Due], since: dt.date, days: int) -> dict[str, Any]:
    """What falls due, the soonest first."""
    return {
        "since": since.isoformat(),
        "days": days,
        "due": [
            {
                "on": one.on.isoformat(),
                "days_left": one.left,
                "what": one.deadline.what,
                "who": one.deadline.who,
                "nature": str(one.deadline.nature),
                "basis": one.deadline.basis,
                "forms": list(one.deadline.forms),
            }
            for one in due
        ],
    }
