"""The yearly list of works as it is on record: plan and outturn first, the play's figure beside.

What is published of a year is the fact. The items of the portfolio are another, closed list: their
converted money stands beside it to be compared, and no year's verdict is made of the two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from portfolio.model.items import ListPlanKind, PublicRecord
from portfolio.model.measures.years import year_measures
from portfolio.model.money import WAN_PER_YI
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio

#: The list whose money the converted measure stands for, and the figure compared.
LIST, DONE, UNIT = "市重点", "完成投资", "亿元"
#: A whole year.
MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class ListYear:
    """A year of the list: plan, outturn, and what the items come to in the play.

    done_wan : by the end of `months`, the longest period known; None (and 0 months) for nothing
    converted_wan : of the items, in facts and play; None in a year that is not played
    """

    year: int
    plan_wan: int | None
    plan_kind: ListPlanKind | None
    done_wan: int | None
    months: int
    converted_wan: int | None
    provenance: str

    @property
    def completion(self) -> Fraction | None:
        """Done by the end of `months` ÷ the plan; None where either is missing."""
        if self.done_wan is None or not self.plan_wan:
            return None
        return Fraction(self.done_wan, self.plan_wan)


def list_record(
    portfolio: Portfolio, outcome: Outcome, records: Sequence[PublicRecord]
) -> tuple[ListYear, ...]:
    """Years of which a plan or an outturn of the list is known, earlier ones than the first too."""
    played = {m.year: m.converted_wan for m in year_measures(portfolio, outcome)}
    found = []
    for target in portfolio.targets:
        done, months = target.list_done_wan, MONTHS
        if done is None:
            done, months = longest_record(records, target.year) or (None, 0)
        if target.list_plan_wan is None and done is None:
            continue
        found.append(
            ListYear(
                year=target.year,
                plan_wan=target.list_plan_wan,
                plan_kind=target.list_plan_kind,
                done_wan=done,
                months=months,
                converted_wan=played.get(target.year),
                provenance=target.provenance,
            )
        )
    return tuple(found)


def longest_record(records: Sequence[PublicRecord], year: int) -> tuple[int, int] | None:
    """Money of the list in a year's longest published period, and its months; None for nothing."""
    periods = [
        (months, round(record.value * WAN_PER_YI))
        for record in records
        if record.value is not None and (months := months_of(record, year))
    ]
    if not periods:
        return None
    months, done = max(periods, key=lambda entry: entry[0])
    return done, months


def months_of(record: PublicRecord, year: int) -> int:
    """Months from January that a record of the list's money covers; 0 for any other record."""
    if not (
        record.period == str(year)
        and LIST in record.universe
        and record.metric == DONE
        and record.unit == UNIT
    ):
        return 0
    if record.part == "全年":
        return MONTHS
    match = re.fullmatch(r"1[-—–至](\d{1,2})月", record.part)
    return int(match[1]) if match and 1 <= int(match[1]) <= MONTHS else 0
