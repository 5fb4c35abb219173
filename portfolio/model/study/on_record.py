"""Published investment of the yearly list beside the fan of the same year: a check of the priors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.model.money import WAN_PER_YI
from portfolio.model.records import PublicRecord
from portfolio.model.study.finding import YearChance

#: The list whose money the converted measure stands for, and the figure compared.
LIST, DONE, UNIT = "市重点", "完成投资", "亿元"


@dataclass(frozen=True, kw_only=True)
class OnRecord:
    """What is published of a year: money done by the end of `months`.

    year_wan : the whole year's money, straight on by months (the figure itself for 12)
    above : True above P95 of the converted money, False below P5, None between
    """

    year: YearChance
    period: str
    months: int
    done_wan: int
    year_wan: int
    above: bool | None


def money_on_record(
    records: Sequence[PublicRecord], years: Sequence[YearChance]
) -> tuple[OnRecord, ...]:
    """The longest published period of each year that was played, in the order of the years."""
    found = []
    for year in years:
        periods = [
            (months, record)
            for record in records
            if (months := _months(record, year.year)) and record.value is not None
        ]
        if not periods or year.converted_money is None:
            continue
        months, record = max(periods, key=lambda entry: entry[0])
        done = round((record.value or 0.0) * WAN_PER_YI)
        whole = done * 12 // months
        low, high = (year.converted_money.at(percent).value for percent in (5, 95))
        found.append(
            OnRecord(
                year=year,
                period="" if months == 12 else f" {record.part} ",
                months=months,
                done_wan=done,
                year_wan=whole,
                above=True if whole > high else False if whole < low else None,
            )
        )
    return tuple(found)


def _months(record: PublicRecord, year: int) -> int:
    """Months from January that a record of the list's money covers; 0 for any other record."""
    if not (
        record.period == str(year)
        and LIST in record.universe
        and record.metric == DONE
        and record.unit == UNIT
    ):
        return 0
    if record.part == "全年":
        return 12
    match = re.fullmatch(r"1[-—–至](\d{1,2})月", record.part)
    return int(match[1]) if match and 1 <= int(match[1]) <= 12 else 0
