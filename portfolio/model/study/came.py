"""What facts say came of each item: what kept forecasts are held against."""

from __future__ import annotations

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.facts import MONTHS
from portfolio.model.measures.years import by_year
from portfolio.model.portfolio import Portfolio
from portfolio.model.record.score import Came, CameItem
from portfolio.model.rules.opening import Opening, opening


def done_wan(begun: Opening) -> Ints:
    """What facts have drawn: [year, item], up to the begun year."""
    quarters = len(begun.facts_wan)
    whole = np.zeros((-(-quarters // 4) * 4, *begun.facts_wan.shape[1:]), dtype=np.int64)
    whole[:quarters] = begun.facts_wan
    return np.asarray(by_year(whole).sum(axis=1), dtype=np.int64)


def came_of(portfolio: Portfolio) -> Came:
    """What is known at the as-of of a portfolio with facts.

    Raises
    ------
    ValueError
        It has none.
    """
    facts, begun = portfolio.facts, opening(portfolio)
    if facts is None:
        raise ValueError("nothing is known without facts")
    done, first = done_wan(begun), portfolio.calendar.first_year
    over = range(facts.asof_months // MONTHS)
    return Came(
        asof_months=facts.asof_months,
        items={
            item.no: CameItem(
                name=item.name,
                money_wan={first + year: int(done[year, index]) for year in over},
                finish=begun.finish[index],
            )
            for index, item in enumerate(portfolio.items)
        },
    )
