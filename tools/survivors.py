"""Mutants that were looked at and make no difference: each with the reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Survivor:
    """A change of a line that no test can notice, and why."""

    file: str
    text: str
    was: str
    now: str
    why: str


ALLOTMENT = "portfolio/model/audit/allotment.py"
SURVIVORS = (
    Survivor(
        file=ALLOTMENT,
        text="there = np.where(owned, envelopes.own_wan + o.follows_in_wan, 0)",
        was="0",
        now="1",
        why="what is there of channels that are no item's own is never looked at: both uses ask for owned",
    ),
    Survivor(
        file=ALLOTMENT,
        text="there[opens] = np.where(owned, np.maximum(there[opens], facts.begun.spent_wan), 0)",
        was="0",
        now="1",
        why="as above",
    ),
    Survivor(
        file=ALLOTMENT,
        text="rest = (there - np.where(owned, o.allotted_wan, 0) - o.follows_out_wan).sum(axis=2)",
        was="0",
        now="1",
        why="as above",
    ),
    Survivor(
        file=ALLOTMENT,
        text="paid = np.where(facts.begun.paid, -1, facts.paid)",
        was="1",
        now="2",
        why="any quarter before the first says that nothing follows from the first year on",
    ),
    Survivor(
        file=ALLOTMENT,
        text="due = [0] * len(wants)",
        was="0",
        now="1",
        why="each item has a class, so each place is written",
    ),
    Survivor(
        file=ALLOTMENT,
        text="opens = year == begun.quarter // 4",
        was="4",
        now="5",
        why="the begun year judged as a later one is judged alike: what was drawn, spent and used before play "
        "stands on both sides",
    ),
)


def reason(file: str, text: str, was: str, now: str) -> str | None:
    """Why a change of a line makes no difference; None where nobody has said so."""
    of = (file, text, was, now)
    return next((s.why for s in SURVIVORS if (s.file, s.text, s.was, s.now) == of), None)
