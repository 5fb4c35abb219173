"""Limits, needs and gaps of channels in the years of a form: gap = max(0, need − limit).

A channel that the city allots has one limit, one that is by item as many as there are items: the
gap is the sum of theirs. Money that follows capital has none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from portfolio.model.forms.planned.ahead import Ahead, Planned
from portfolio.model.items import Channel, Kind
from portfolio.model.money import Wan
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.allotment import serve
from portfolio.model.rules.parameters import derive


class Basis(StrEnum):
    """Where a limit comes from."""

    ENTERED = "已定"  # a budget or an envelope of the sheet 年度额度
    SHOCKED = "情景"  # the scenario changes it
    COMPUTED = "推算"  # nothing is entered: it follows the need, and limits nothing
    NONE = "不设"  # follows capital


@dataclass(frozen=True, kw_only=True)
class ChannelLimit:
    """A channel in a year, in 万元; limit and gap are None where it has no limit of its own.

    short_wan : the gap by item number, those with none left out
    """

    channel: Channel
    year: int
    basis: Basis
    limit_wan: int | None
    need_wan: int
    gap_wan: int | None
    short_wan: tuple[tuple[int, int], ...] = ()

    @property
    def over(self) -> bool:
        """Whether the need passes the limit."""
        return bool(self.gap_wan)


#: Channel and year of which an office entered a limit.
Entered = Collection[tuple[str, int]]


def entered_limits(portfolio: Portfolio) -> frozenset[tuple[str, int]]:
    """Channels and years of which facts have a budget."""
    budgets = () if portfolio.facts is None else portfolio.facts.budgets
    return frozenset((b.channel_id, b.year) for b in budgets if b.budget_wan is not None)


def channel_limits(
    ahead: Ahead,
    lines: Sequence[Planned],
    portfolio: Portfolio,
    before: Portfolio,
    entered: Entered,
) -> tuple[tuple[ChannelLimit, ...], ...]:
    """By year of the form, every channel that the lines have use for in any of the years.

    lines : by item; limits that are by item count for these alone
    """
    limits = derive(portfolio)
    need = np.zeros((len(ahead.years), len(portfolio.channels), len(portfolio.items)), np.int64)
    for line in lines:
        need[:, :, portfolio.position[line.item.no]] = np.array(line.years_wan)
    used = np.flatnonzero(need.any(axis=(0, 2))).tolist()
    first = ahead.year - portfolio.calendar.first_year
    listed = {portfolio.position[line.item.no] for line in lines}
    rows = []
    for k, year in enumerate(ahead.years):
        row = []
        for c in used:
            channel, asked = portfolio.channels[c], need[k, c]
            basis = _basis(portfolio, before, c, first + k, (channel.id, year) in entered)
            room = _room(portfolio, c, first + k, basis)
            if room is None:
                short, whole = np.zeros_like(asked), None
            elif channel.kind is Kind.POOLED:
                whole = int(room)
                short = asked - serve(whole, asked, limits)
            else:
                mine = np.array([i in listed for i in range(len(asked))])
                whole, short = int(room[mine].sum()), np.maximum(asked - room, 0)
            row.append(
                ChannelLimit(
                    channel=channel,
                    year=year,
                    basis=basis,
                    limit_wan=int(asked.sum()) if basis is Basis.COMPUTED else whole,
                    need_wan=int(asked.sum()),
                    gap_wan=None if whole is None else int(short.sum()),
                    short_wan=tuple(
                        (portfolio.items[i].no, int(short[i])) for i in np.flatnonzero(short)
                    ),
                )
            )
        rows.append(tuple(row))
    return tuple(rows)


def _basis(portfolio: Portfolio, before: Portfolio, c: int, y: int, entered: bool) -> Basis:
    if portfolio.channels[c].kind is Kind.CREDIT:
        return Basis.NONE
    if portfolio is not before and _moved(portfolio, before, c, y):
        return Basis.SHOCKED
    return Basis.ENTERED if entered else Basis.COMPUTED


def _moved(portfolio: Portfolio, before: Portfolio, c: int, y: int) -> bool:
    """Whether the scenario changes a channel's envelopes of a year."""
    now, then = portfolio.envelopes, before.envelopes
    if now.own_wan.shape != then.own_wan.shape:
        return bool(now.pooled_wan[y, c] != then.pooled_wan[y, c])
    own = (now.own_wan[y, c] != then.own_wan[y, c]).any()
    return bool(own or now.pooled_wan[y, c] != then.pooled_wan[y, c])


def _room(portfolio: Portfolio, c: int, y: int, basis: Basis) -> Wan | None:
    """What a channel may give in a year: whole where the city allots it, else by item.

    Nothing limits where no limit is known: a computed envelope is the need itself, and 再安排空间.
    """
    if basis in (Basis.NONE, Basis.COMPUTED):
        return None if basis is Basis.NONE else _endless(portfolio, c)
    if portfolio.channels[c].kind is Kind.POOLED:
        return np.asarray(portfolio.envelopes.pooled_wan[y, c])
    return np.asarray(portfolio.envelopes.own_wan[y, c])


def _endless(portfolio: Portfolio, c: int) -> Wan:
    whole = np.int64(2**62)
    if portfolio.channels[c].kind is Kind.POOLED:
        return np.asarray(whole)
    return np.full(len(portfolio.items), whole // max(1, len(portfolio.items)), dtype=np.int64)
