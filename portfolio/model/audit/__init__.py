"""The rules as checks on any plan or outcome, knowing no engine.

Everything is worked out anew from the Portfolio and the Outcome's money and clocks; nothing here
is shared with the engines but the nouns. An empty answer means every rule of the rulebook holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from portfolio.model.audit import allotment, play
from portfolio.model.audit.play import Breach, Facts
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio

__all__ = ["Breach", "audit", "audit_plan"]


def audit_plan(portfolio: Portfolio) -> tuple[Breach, ...]:
    """Check the portfolio's plan against the rulebook; an adjusted one keeps only the totals."""
    found: list[Breach] = []
    period = portfolio.calendar.period_years
    in_period = f"“{portfolio.calendar.period_name}”投资"
    period_open = portfolio.adjusted is not None
    for index, item in enumerate(portfolio.items):
        money = portfolio.plan_wan[:, :, index]
        for name, got, wanted in (
            (in_period, int(money[:period].sum()), item.plan_wan),
            ("总投资", _total(portfolio, index) + item.earlier_wan, item.total_wan),
        ):
            if got != wanted and not (period_open and name == in_period):
                found.append(
                    Breach(code="plan_totals", where=f"{item.label} {name}", amount=got - wanted)
                )
    for c, channel in enumerate(portfolio.channels):
        early = portfolio.plan_wan[
            : max(0, channel.first_year - portfolio.calendar.first_year), c
        ].sum()
        if early:
            found.append(Breach(code="plan_channel_years", where=channel.name, amount=int(early)))
    if (portfolio.plan_wan < 0).any():
        found.append(Breach(code="plan_totals", where="负数", amount=int(portfolio.plan_wan.min())))
    return tuple(found)


def _total(portfolio: Portfolio, index: int) -> int:
    """Planned money of an item; after facts an adjusted plan's years are at another cost."""
    adjusted = portfolio.adjusted
    if adjusted is None or adjusted.rest_wan is None:
        return int(portfolio.plan_wan[:, :, index].sum())
    return int(adjusted.cum_wan[-1, :, index].sum())


def audit(portfolio: Portfolio, outcome: Outcome) -> tuple[Breach, ...]:
    """Check an outcome against the rulebook: an empty tuple, or every breach found."""
    facts = Facts(portfolio, outcome)
    return tuple(breach for check in _CHECKS for breach in check(facts))


_CHECKS: tuple[Callable[[Facts], Iterator[Breach]], ...] = (
    play.taken_as_entered,
    play.clock,
    play.bundle_clock,
    play.start_gates,
    play.ceiling_gates,
    play.planned_at_clock,
    play.item_total,
    play.capacity,
    allotment.need,
    allotment.envelope,
    allotment.own_follows,
    allotment.allotment,
    allotment.credit,
    play.account,
    play.release,
    play.carry_over,
    play.loans_in_step,
    play.substitution,
    play.sums,
    play.finish,
    play.delay_ledger,
)
