"""Facts made of what a play drew, to begin another play with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from portfolio.model.facts import CarriedIn, Execution, Facts
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio


def facts_of(portfolio: Portfolio, outcome: Outcome, months: int, *, period: int = 3) -> Facts:
    """What a play had drawn after so many months, by channel, in months, quarters or years.

    A begun quarter's part is floor(money × months past ÷ 3), by month; years are taken as far as
    they are whole, quarters and months after them.
    """
    rows: list[Execution] = []
    quarter, past = divmod(months, 3)
    whole_years = quarter // 4 if period == 12 else 0
    drawn = outcome.drawn_wan

    def add(first: int, length: int, money: np.ndarray) -> None:
        for c, i in np.argwhere(money).tolist():
            rows.append(
                Execution(
                    item_no=portfolio.items[i].no,
                    first_month=first,
                    months=length,
                    channel_id=portfolio.channels[c].id,
                    done_wan=int(money[c, i]),
                    provenance="测试",
                )
            )

    for year in range(whole_years):
        add(12 * year, 12, drawn[4 * year : 4 * year + 4].sum(axis=0))
    for q in range(4 * whole_years, quarter + (past > 0)):
        if period == 3 and q < quarter:
            add(3 * q, 3, drawn[q])
            continue
        for month in range(3 if q < quarter else past):
            part = drawn[q] * (month + 1) // 3 - drawn[q] * month // 3
            add(3 * q + month, 1, part)
    return Facts(
        asof_months=months,
        rows=tuple(rows),
        carried_in=_carried_in(portfolio, outcome, quarter // 4),
    )


def _carried_in(portfolio: Portfolio, outcome: Outcome, year: int) -> tuple[CarriedIn, ...]:
    return tuple(
        CarriedIn(
            channel_id=portfolio.channels[c].id,
            year=portfolio.calendar.first_year + year,
            item_no=portfolio.items[i].no,
            carried_wan=int(outcome.carried_in_wan[year, c, i]),
        )
        for c, i in np.argwhere(outcome.carried_in_wan[year]).tolist()
    )


def after(portfolio: Portfolio, outcome: Outcome, months: int, **more: int) -> Portfolio:
    """The portfolio with what the play had drawn after so many months as its facts."""
    return replace(portfolio, facts=facts_of(portfolio, outcome, months, **more))
