"""呈批版: what is signed, a page a form: its sums, and what of it is to be decided.

The forms of one occasion (the month, the plan of the year to come, an answer to a shock) are one
workbook of at most `MOST_PAGES` pages; the forms themselves are its annexes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portfolio.report.tables.forms import (
    bonds,
    budget_change,
    government_plan,
    key_projects,
    monthly,
    options,
    paid,
    rolling_plan,
    troubles,
)
from portfolio.report.tables.forms.form import Form, FormSheet
from portfolio.report.tables.forms.signed import month, shocked, years
from portfolio.report.tables.forms.signed.short import Short, short_sheet

MOST_PAGES = 5


@dataclass(frozen=True, kw_only=True)
class Packet:
    """What is signed on one occasion: a page each, with the form that it is of."""

    title: str
    period: str
    pages: tuple[tuple[Form, FormSheet], ...]

    @property
    def stem(self) -> str:
        """The name of its file."""
        return f"呈批版 {self.title} {self.period}"


def _as_it_is(form: Form) -> FormSheet:
    """A form of one page is signed as it is."""
    return form.sheets[0]


def _shortened(short: Callable[[Form], Short]) -> Callable[[Form], FormSheet]:
    return lambda form: short_sheet(form, short(form))


#: By occasion how the page of each of its forms is made.
OCCASIONS: dict[str, dict[str, Callable[[Form], FormSheet]]] = {
    "月报": {
        monthly.NUMBER: _shortened(month.monthly),
        paid.NUMBER: _shortened(month.paid),
        bonds.NUMBER: _shortened(month.bonds),
        troubles.NUMBER: _shortened(month.troubles),
    },
    "年度计划": {
        key_projects.NUMBER: _shortened(years.key_projects),
        government_plan.NUMBER: _shortened(years.government_plan),
        rolling_plan.NUMBER: _shortened(years.rolling_plan),
    },
    "应对方案": {
        budget_change.NUMBER: _shortened(shocked.budget_change),
        options.NUMBER: _as_it_is,
    },
}


def packets(forms: Sequence[Form]) -> tuple[Packet, ...]:
    """What of forms is signed, by occasion; nothing for an occasion of which there is no form."""
    by_number = {form.number: form for form in forms}
    found = []
    for title, pages in OCCASIONS.items():
        mine = [(by_number[number], made) for number, made in pages.items() if number in by_number]
        if mine:
            found.append(
                Packet(
                    title=title,
                    period=mine[0][0].period,
                    pages=tuple((form, made(form)) for form, made in mine),
                )
            )
    return tuple(found)
