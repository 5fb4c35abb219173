"""JSON as it is written and printed."""

from __future__ import annotations

import json
from typing import Any

from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import Portfolio


def json_text(value: Any) -> str:
    """A value as JSON text, Chinese left readable; the same value gives the same text."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def named(value: object, *names: str, **renamed: str) -> dict[str, Any]:
    """Attributes of a value by their names, then those that are called otherwise (`key="name"`)."""
    told = {name: getattr(value, name) for name in names}
    return told | {key: getattr(value, name) for key, name in renamed.items()}


def cause_json(
    portfolio: Portfolio, kind: CauseKind, ref: str | None, quarters: int
) -> dict[str, Any]:
    """A cause; `ref` is the gate's id or the channel's name as in `channels`."""
    if kind is CauseKind.CHANNEL and ref in portfolio.channel_position:
        ref = portfolio.channels[portfolio.channel_position[ref]].name
    return {"cause": str(kind), "ref": ref, "quarters": quarters}
