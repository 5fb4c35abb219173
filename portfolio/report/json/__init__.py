"""JSON as it is written and printed."""

from __future__ import annotations

import json
from typing import Any

from portfolio.model.outcome import CauseKind
from portfolio.model.paper import Paper
from portfolio.model.portfolio import Portfolio


def json_text(value: Any) -> str:
    """A value as JSON text, Chinese left readable; the same value gives the same text."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def named(value: object, *names: str, **renamed: str) -> dict[str, Any]:
    """Attributes of a value by their names, then those that are called otherwise (`key="name"`)."""
    told = {name: getattr(value, name) for name in names}
    return told | {key: getattr(value, name) for key, name in renamed.items()}


def paper_json(paper: Paper) -> dict[str, str]:
    """What is known of a paper: 方案编号, the day it was made, who made it."""
    told = named(paper, "made_on", "unit", "author", "reviewer", plan_number="number")
    return {key: said for key, said in told.items() if said}


def cause_json(
    portfolio: Portfolio, kind: CauseKind, ref: str | None, quarters: int
) -> dict[str, Any]:
    """A cause; `ref` is the gate's id or the channel's name as in `channels`."""
    if kind is CauseKind.CHANNEL and ref in portfolio.channel_position:
        ref = portfolio.channels[portfolio.channel_position[ref]].name
    return {"cause": str(kind), "ref": ref, "quarters": quarters}
