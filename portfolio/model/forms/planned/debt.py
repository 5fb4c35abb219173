"""What issued bonds cost by year: interest every year from the one after issue, principal at the end.

A bond told without its day of issue, term or rate costs what nobody knows: it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from math import ceil

from portfolio.model.forms.entered import Bond
from portfolio.model.forms.planned.rolling_plan import DebtService


def debt_service(bonds: Iterable[Bond]) -> DebtService | None:
    """Principal and interest by item and year; None where no bond tells enough.

    A year's interest is rounded to the 万元, half up.
    """
    due: dict[tuple[int, int], tuple[int, int]] = {}
    for bond in bonds:
        if bond.issued_on is None or bond.term_years is None or bond.rate is None:
            continue
        issued, term = int(bond.issued_on[:4]), ceil(bond.term_years)
        interest = yearly_interest(bond.amount_wan, bond.rate)
        for year in range(issued + 1, issued + term + 1):
            principal = bond.amount_wan if year == issued + term else 0
            before = due.get((bond.item_no, year), (0, 0))
            due[bond.item_no, year] = (before[0] + principal, before[1] + interest)
    return DebtService(due_wan=due) if due else None


def yearly_interest(amount_wan: int, rate: float) -> int:
    """Interest of a year in whole 万元; the rate as its decimal digits say."""
    exact = Decimal(amount_wan) * Decimal(str(rate))
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
