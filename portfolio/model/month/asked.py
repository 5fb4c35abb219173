"""All that disagrees in a returned file."""

from __future__ import annotations

from portfolio.model.forms.entered import IDLE_MONTHS
from portfolio.model.month.further_asked import further_asked
from portfolio.model.month.returned import Asked, Returned, Rule, questions_of_lines


def asked_of(returned: Returned, today: str, idle_months: int = IDLE_MONTHS) -> tuple[Asked, ...]:
    """All that disagrees in a returned file, what was noted while it was read first.

    today : as 2026-12-03, by which a bond's money lies idle
    idle_months : after so many months a bond's money is idle
    """
    found = [
        *returned.asked,
        *questions_of_lines(returned),
        *further_asked(returned, today, idle_months),
    ]
    unreadable = {one.place for one in found if one.rule is Rule.UNREADABLE}
    return tuple(
        one for one in found if one.rule is not Rule.UNFILLED or one.place not in unreadable
    )
