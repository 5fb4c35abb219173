"""The rate of a year as whole numbers: 199 quantiles in bps, and back to chances.

Engines that count in integers draw from these (`sim.luck.list_rates`); replays and JSON read them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from portfolio.model.money import BPS
from portfolio.model.record.forecast import Forecast
from portfolio.model.record.rows import (
    FEWEST_FULL_YEARS,
    FIRST_MONTH_TOLD,
    QUANTILES,
    RateRow,
    RateTable,
    Record,
    general,
    month_of,
)
from portfolio.model.record.variants import Variant, forecasts

PARTS = QUANTILES + 1
WRITTEN_BY = "由“年度完成率”估出（portfolio backtest --write）"


def quantiles_bps(forecast: Forecast, least_bps: int = 0) -> tuple[int, ...]:
    """The 199 quantiles, never below what is done already."""
    rates = forecast.quantiles(np.arange(1, PARTS) / PARTS)
    rounded = np.floor(rates * BPS + 0.5).astype(np.int64)
    return tuple(np.maximum(np.maximum.accumulate(rounded), least_bps).tolist())


def rate_table(record: Record, forecast: Forecast, running: RateRow | None = None) -> RateTable:
    """The table a workbook keeps of a forecast; `running` is the figure it was sharpened by.

    What is left open of a running year is how it ends, which it shares with no other year.
    """
    return RateTable(
        quantiles_bps=quantiles_bps(forecast, 0 if running is None else running.rate_bps),
        rho_bps=round(forecast.common * BPS) if running is None else 0,
        fingerprint=record.fingerprint,
        year=None if running is None else running.year,
        through_month=None if running is None else month_of(running),
        provenance=WRITTEN_BY,
    )


def at_least(quantiles: tuple[int, ...], rate_bps: float) -> float:
    """P(R ≥ rate) from the quantiles, linear between them and within 0.5 % and 99.5 %."""
    chances = np.arange(1, PARTS) / PARTS
    return 1.0 - float(np.interp(rate_bps, quantiles, chances))


def general_table(record: Record) -> RateTable:
    """The rate of a year of which nothing is known yet: the one after the record's last."""
    year = max((key[1] for key in (*record.full_years, *record.parts)), default=0) + 1
    (told,) = forecasts(record, year, (Variant.ALL,), fewest=0)
    return rate_table(record, told.forecast)


def running_tables(record: Record) -> tuple[RateTable, ...]:
    """The rates of the own years that a figure of September or later tells of, and no full one."""
    found = []
    for place, year in record.parts:
        row = record.latest_part((place, year), FIRST_MONTH_TOLD)
        if place == record.place and row is not None and (place, year) not in record.full_years:
            (told,) = forecasts(record, year, (Variant.ALL,), row, fewest=0)
            found.append(rate_table(record, told.forecast, row))
    return tuple(sorted(found, key=lambda table: table.year or 0))


def made_tables(record: Record) -> tuple[RateTable, ...]:
    """All tables a workbook keeps of its record."""
    return (general_table(record), *running_tables(record))


def tables_of(record: Record, years: Iterable[int]) -> tuple[RateTable | None, ...]:
    """The table of each year: the one the workbook keeps if it is of this record, else made anew.

    None where the record is too thin to tell.
    """
    if len(record.full_years) < FEWEST_FULL_YEARS:
        return tuple(None for _ in years)
    keeps = not record.stale_tables and general(record.tables) is not None
    whole = record if keeps else replace(record, tables=made_tables(record))
    return tuple(whole.table_of(year) for year in years)


def as_row(table: RateTable) -> dict[str, str | int | float | None]:
    """A table as a row of the sheet 完成率分布, by column key."""
    return {
        "year": table.year,
        "through_month": table.through_month,
        "rho_bps": table.rho_bps,
        "quantiles": ",".join(map(str, table.quantiles_bps)),
        "fingerprint": table.fingerprint,
        "provenance": table.provenance,
    }
