"""How an 依据 is written: evidence ids, then 假设 with its reason where something is assumed."""

from __future__ import annotations

import re

ASSUMPTION = "假设"
_MARKS = re.compile(r"[；;、，,\s]+")


def evidence_ids(text: str) -> tuple[str, ...]:
    """The ids an 依据 points to: `D012；D034；假设：…` gives D012 and D034."""
    return tuple(part for part in _MARKS.split(text.partition(ASSUMPTION)[0]) if part)


def assumption(text: str) -> str | None:
    """The reason behind its 假设: None without one, "" where the reason is left out."""
    _, mark, tail = text.partition(ASSUMPTION)
    return tail.lstrip("：: ").strip() if mark else None


def is_evidence_id(text: str) -> bool:
    """Whether an 依据 can point to an evidence of this id: as a whole, and as no 假设."""
    return evidence_ids(text) == (text,) and assumption(text) is None
