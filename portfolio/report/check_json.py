"""A good workbook's judgement as JSON, in 万元."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portfolio.model.conflicts import Conflict
from portfolio.model.portfolio import Portfolio
from portfolio.model.reconcile import TotalCheck


def check_json(
    portfolio: Portfolio,
    sha256: str,
    totals: Sequence[TotalCheck],
    conflicts: Sequence[Conflict],
) -> dict[str, Any]:
    """Counts, the published totals against the items, and the plan's conflicts with its gates."""
    return {
        "workbook_sha256": sha256,
        "counts": {
            "items": len(portfolio.items),
            "gates": len(portfolio.gates),
            "channels": len(portfolio.channels),
            "shares": len(portfolio.shares),
        },
        "total_wan": sum(item.total_wan for item in portfolio.items),
        "plan_wan": sum(item.plan_wan for item in portfolio.items),
        "totals": [
            {
                "level": check.published.level,
                "name": check.published.name,
                "published_count": check.published.item_count,
                "item_count": check.item_count,
                "published_total_wan": check.published.total_wan,
                "total_wan": check.total_wan,
                "published_plan_wan": check.published.plan_wan,
                "plan_wan": check.plan_wan,
                "agrees": check.agrees,
            }
            for check in totals
        ],
        "conflicts": [
            {
                "gate": conflict.gate.id,
                "hard": conflict.gate.hard,
                "pred": conflict.pred.no,
                "succ": conflict.succ.no,
                "first_quarter": portfolio.calendar.quarter_label(conflict.first_quarter),
                "last_quarter": portfolio.calendar.quarter_label(conflict.last_quarter),
                "excess_wan": conflict.excess_wan,
            }
            for conflict in conflicts
        ],
    }
