"""The shipped record, and small ones made up."""

from __future__ import annotations

from functools import cache

from portfolio.model.portfolio import Portfolio
from portfolio.model.record.rows import Level, RateRow, Record, Source, Use
from portfolio.read.workbook import read_workbook
from tests.read.shipped import SHIPPED


@cache
def shipped_portfolio() -> Portfolio:
    return read_workbook(SHIPPED).portfolio


def shipped() -> Record:
    return shipped_portfolio().record


def row(
    place: str, year: int, rate: float, month: float = 12.0, source: Source = Source.NEWS,
    use: Use = Use.FIT,
) -> RateRow:  # fmt: skip
    return RateRow(
        place=place, level=Level.CITY, year=year, through_month=month,
        rate_bps=round(rate * 10_000), source=source, use=use,
    )  # fmt: skip
