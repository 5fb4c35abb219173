"""What each unit (责任单位) answers for in a year: its items, their money, their delays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.items import Item
from portfolio.model.measures.years import (
    drawn_by_item_wan,
    late_positions,
    plan_by_year_wan,
)
from portfolio.model.money import Wan
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS, or_end
from portfolio.model.rules.parameters import derive


@dataclass(frozen=True, kw_only=True)
class ItemOfUnit:
    """An item in a year.

    done_wan : by facts; None without them
    year_wan : facts and play of the whole year
    short_wan : need that no channel could serve, 随资本金 loans left out, as it stood in that year
    late : quarters of delay, to the end of play where it never finishes; None for none
    """

    item: Item
    plan_wan: int
    done_wan: int | None
    year_wan: int
    short_wan: int
    late: int | None


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit and its items; None is of the items whose unit isn't told."""

    owner: str | None
    items: tuple[ItemOfUnit, ...]

    @property
    def late(self) -> tuple[ItemOfUnit, ...]:
        """Its late items."""
        return tuple(row for row in self.items if row.late is not None)


def units(portfolio: Portfolio, outcome: Outcome, year: int) -> tuple[Unit, ...]:
    """The units in the order of the list, items without one last; () where no item has one.

    `year` is an index from the first year.
    """
    if all(item.owner is None for item in portfolio.items):
        return ()
    plan = plan_by_year_wan(portfolio)[year].sum(axis=0)
    drawn, short = drawn_by_item_wan(outcome)[year], _short_wan(outcome)[year]
    done = None
    if portfolio.facts is not None:
        done = derive(portfolio).opening.facts_wan[4 * year : 4 * year + 4].sum(axis=(0, 1))
    late = set(late_positions(portfolio, outcome))
    rows = tuple(
        ItemOfUnit(
            item=item,
            plan_wan=int(plan[k]),
            done_wan=None if done is None else int(done[k]),
            year_wan=int(drawn[k]),
            short_wan=int(short[k]),
            late=_delay(outcome, k) if k in late else None,
        )
        for k, item in enumerate(portfolio.items)
    )
    owners = dict.fromkeys(item.owner for item in portfolio.items)
    told = [*(each for each in owners if each is not None), *([None] if None in owners else [])]
    return tuple(
        Unit(owner=owner, items=tuple(row for row in rows if row.item.owner == owner))
        for owner in told
    )


def _short_wan(outcome: Outcome) -> Wan:
    """What was left unserved: int64[year, item]."""
    unserved = outcome.need_wan - outcome.served_wan + outcome.never_released_wan
    return np.asarray(unserved.sum(axis=1), dtype=np.int64)


def _delay(outcome: Outcome, index: int) -> int:
    planned = outcome.planned_finish[index]
    return min(or_end(outcome.finish[index]), PLAY_QUARTERS) - (planned or 0)
