"""What of a finished repair is shown, in which order and in which words."""

from __future__ import annotations

from portfolio.model.held_in_year import HeldBy
from portfolio.model.money import SEEN_WAN
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation import Move, Reallocation, YearPromise
from portfolio.model.reallocation_findings import year_causes
from portfolio.report.wording import held_name

CATCHES_UP = "补上以前年度少完成的"


def largest_moves(result: Reallocation, most: int | None = None) -> tuple[Move, ...]:
    """Moves by size, the earliest first among equals."""
    ordered = sorted(result.moves, key=lambda m: (-abs(m.change_wan), m.year, m.item_no))
    return tuple(ordered[:most])


def shown_years(result: Reallocation) -> tuple[YearPromise, ...]:
    """Converted years in which the four ways differ, or that stay below target while the list is full."""
    feasible = result.plan_wan is not None
    rows = []
    for year in result.years:
        if year.inclusion_bps is None:
            continue
        ways = [year.baseline_wan, year.shocked_wan]
        ways += [year.promised_wan, year.played_wan] if feasible else []
        below = year.target_wan is not None and min(ways) < year.target_wan
        below = below and year.year <= result.calendar.last_full_list_year
        if max(ways) - min(ways) >= SEEN_WAN or below:
            rows.append(year)
    return tuple(rows)


def why_text(portfolio: Portfolio, why: HeldBy | None) -> str:
    """Why an item differs from the promise in a year; None catches up."""
    return CATCHES_UP if why is None else held_name(portfolio, why)


def year_cause_names(result: Reallocation) -> dict[int, tuple[str, ...]]:
    """Why the play lacks of the promise by year, what holds most money first."""
    if result.repaired is None:
        return {}
    repaired = result.repaired
    return {
        year: tuple(held_name(repaired, why) for why in causes)
        for year, causes in year_causes(result).items()
    }
