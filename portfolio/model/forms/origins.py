"""Where a form's columns are from: sheets of the workbook, or what is worked out from them.

A column's `source` names them, the one that decides its figures first.
"""

from __future__ import annotations

from enum import StrEnum

from portfolio.model.schema import facts, for_forms, funding, plan, projects, returns, settings

#: What is no sheet: the play; the plan's own pace after the as-of; a repair; the form's own order
#: and the calendar; what the finance bureau writes in by hand.
PLAY, PACE, ANSWER, HERE, BY_HAND = "推演", "计划节奏", "调整方案", "本表", "财政填写"
BEYOND_SHEETS = (PLAY, PACE, ANSWER, HERE, BY_HAND)


class Nature(StrEnum):
    """What a column's figures are: never two of them in one column."""

    FACT = "事实"
    PLAN = "计划、登记"
    AHEAD = "预计"
    PLAYED = "推演"
    ARRANGED = "—"
    EMPTY = "待填"


def together(*names: str) -> str:
    """Several of them, those of another list in their order, each once."""
    return "、".join(dict.fromkeys(part for name in names for part in name.split("、")))


EXECUTION, SEASONS = facts.EXECUTION.name, facts.SEASONS.name
OF_THE_MONTH, PURSES, BONDS, TROUBLES, FILINGS = (sheet.name for sheet in for_forms.FOR_FORMS)
CHANNELS, SHARES, ENVELOPES = funding.CHANNELS.name, funding.SHARES.name, funding.ENVELOPES.name
SETTINGS = settings.SETTINGS.name
#: Items and the projects under them.
LISTED = together(plan.ITEMS.name, projects.PROJECTS.name)
#: The plan in force of a year.
PLANNED = together(plan.KNOWN_YEARS.name, projects.PROJECTS.name, returns.CELLS.name)
#: The last approved total.
TOTALS = together(LISTED, EXECUTION)
SINCE = together(EXECUTION, LISTED)
#: Done against the plan.
RATED = together(EXECUTION, PLANNED)
#: A light of the monthly report.
LIT = together(RATED, TROUBLES, SETTINGS)
#: Done by the end of the as-of's year; what later years come to.
BEFORE = together(PACE, EXECUTION, LISTED)
LATER = together(PACE, PLANNED)
#: The same by channel, and against its limits.
BY_CHANNEL = together(PACE, PLANNED, SHARES)
LIMITED = together(PACE, ENVELOPES)
#: A channel's budget and what has come of it.
BUDGETED = together(PURSES, ENVELOPES, returns.CELLS.name)
ISSUED = together(PURSES, ENVELOPES)
IN_HAND = together(EXECUTION, PURSES, ENVELOPES)
#: Facts with the words of the month beside them, and what is compared with them.
LAST_YEAR, PROGRESS = together(EXECUTION, OF_THE_MONTH), together(OF_THE_MONTH, EXECUTION)
SEASONAL, PROBLEMS = together(EXECUTION, SEASONS), together(TROUBLES, EXECUTION)
FORECAST, EXPECTED = together(PLAY, EXECUTION), together(PLAY, RATED)
PUBLIC = together(PLANNED, SHARES)
SUPERVISED, LEVELS = together(BONDS, LISTED), together(PURSES, CHANNELS)
DATED, REPAID, FORBIDDEN = (
    together(LISTED, PACE),
    together(FILINGS, LISTED),
    together(ANSWER, LISTED),
)

_BEYOND = {
    PLAY: Nature.PLAYED, ANSWER: Nature.PLAYED, PACE: Nature.AHEAD, HERE: Nature.ARRANGED,
    BY_HAND: Nature.EMPTY,
}  # fmt: skip
_FACTS = (EXECUTION, OF_THE_MONTH, PURSES, BONDS, TROUBLES)


def nature(source: str) -> Nature:
    """What figures from there are."""
    first = source.split("、", maxsplit=1)[0]
    return _BEYOND.get(first, Nature.FACT if first in _FACTS else Nature.PLAN)
