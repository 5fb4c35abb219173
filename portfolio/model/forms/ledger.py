"""What was done, has come and was paid of an item or project, to the as-of month.

Sums of what was entered, in 万元. A figure is None where it isn't told: no row lies in its time, or
a row of a longer period reaches over its ends (the months of a year told as a whole aren't known).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from portfolio.model.facts import MONTHS, Execution, Facts
from portfolio.model.forms.entered import Whose

DONE, RECEIVED, PAID, COUNTED = (
    attrgetter(name) for name in ("done_wan", "received_wan", "paid_wan", "statistics_wan")
)


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The rows of one item or project to the as-of, in time.

    asof : months past since January of the first year
    """

    asof: int
    rows: tuple[Execution, ...] = ()

    @property
    def year_from(self) -> int:
        """January of the as-of's year."""
        return max(self.asof - 1, 0) // MONTHS * MONTHS

    @property
    def months(self) -> int:
        """Months of the as-of's year that are past."""
        return self.asof - self.year_from

    @property
    def begun(self) -> bool:
        """Whether anything was entered."""
        return bool(self.rows)

    @property
    def started(self) -> int | None:
        """The month of 开工."""
        return _last([row.started_month for row in self.rows])

    @property
    def completed(self) -> int | None:
        """The month of 竣工."""
        return _last([row.completed_month for row in self.rows])

    def within(self, first: int, end: int, amount: attrgetter[int | None] = DONE) -> int | None:
        """What was entered of the months from `first` to before `end`; None: it isn't told."""
        told = [row for row in self.rows if amount(row) is not None]
        touching = [row for row in told if row.first_month < end and row.end_month > first]
        if any(row.first_month < first or row.end_month > end for row in touching):
            return None
        if not touching:  # nothing more is entered of what is completed
            return 0 if self.completed is not None and self.completed < first else None
        return sum(amount(row) or 0 for row in touching)

    def month(self, amount: attrgetter[int | None] = DONE) -> int | None:
        """Of the as-of month."""
        return self.within(self.asof - 1, self.asof, amount)

    def year(self, amount: attrgetter[int | None] = DONE) -> int | None:
        """Of the as-of's year to date."""
        return self.within(self.year_from, self.asof, amount)

    def last_year(self, amount: attrgetter[int | None] = DONE) -> int | None:
        """Of the year before, to the same month."""
        return self.within(self.year_from - MONTHS, self.asof - MONTHS, amount)

    def before_year(self, amount: attrgetter[int | None] = DONE) -> int | None:
        """Since the first year, to the end of last year; 0 where nothing was entered before."""
        whole = self.within(0, self.year_from, amount)
        told_since = any(amount(row) is not None for row in self.rows)
        return 0 if whole is None and told_since and not self._reaches_back(amount) else whole

    def _reaches_back(self, amount: attrgetter[int | None]) -> bool:
        """Whether a row with this amount begins before the as-of's year."""
        return any(
            row.first_month < self.year_from and amount(row) is not None for row in self.rows
        )

    def latest(self, name: str) -> str | int | bool | None:
        """The last told of a row's attribute."""
        return next((said for row in reversed(self.rows) if (said := getattr(row, name))), None)


def _last(values: Sequence[int | None]) -> int | None:
    told = [value for value in values if value is not None]
    return told[-1] if told else None


def ledgers(facts: Facts) -> Ledgers:
    """The ledgers of items by number and of projects by code; who has no rows has an empty one."""
    found: dict[Whose, list[Execution]] = defaultdict(list)
    for row in facts.rows:
        found[row.item_no].append(row)
    for row in facts.by_project:
        found[row.project_code or ""].append(row)
    kept = Ledgers(facts.asof_months)
    for whose, rows in found.items():
        kept[whose] = Ledger(
            asof=facts.asof_months, rows=tuple(sorted(rows, key=lambda row: row.end_month))
        )
    return kept


class Ledgers(dict[Whose, Ledger]):
    """An empty ledger for whoever has no rows."""

    def __init__(self, asof: int) -> None:
        super().__init__()
        self.asof = asof

    def __missing__(self, whose: Whose) -> Ledger:
        return Ledger(asof=self.asof)
