"""What a scenario of `--set` options is called where people read it: `2027年专项债券减30%`.

Its name holds the options as they were typed, for they are read back from it; a title is for a
meeting. Every output has it from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from portfolio.model.calendar import Calendar
from portfolio.model.items import Channel
from portfolio.model.money import BPS, yi_text
from portfolio.model.scenarios.verbs import Amount, Change, EnvelopeChange, Factor, Revision

_NUMERALS = "一二三四"
#: Decimals of an amount of 亿元 that is written to the 万元.
_MOST_DECIMALS = 4


def set_title(
    changes: Iterable[Change], calendar: Calendar, channels: Sequence[Channel] = ()
) -> str:
    """The options as people say them; those of the same years are told under one of them.

    channels : of the portfolio meant, by which an id (SPB) gets its name
    """
    told: list[str] = []
    last = ""
    for change in changes:
        if not isinstance(change, EnvelopeChange):
            continue
        when = _when(change, calendar)
        names = "、".join(_channel(name, channels) for name in change.channels)
        told.append(("" if when == last else when) + names + _revised(change.revisions[0]))
        last = when
    return "、".join(told)


def _when(change: EnvelopeChange, calendar: Calendar) -> str:
    """`2027年`, `2026—2028年`, `2028年起`, `2026年三季度起`."""
    if change.since is not None:
        year, number = divmod(change.since, 4)
        return f"{calendar.first_year + year}年{_NUMERALS[number]}季度起"
    years = sorted(set(change.years))
    if len(years) > 1 and years[-1] == calendar.last_play_year and _in_a_row(years):
        return f"{years[0]}年起"
    if len(years) > 1 and _in_a_row(years):
        return f"{years[0]}—{years[-1]}年"
    return f"{'、'.join(map(str, years))}年"


def _in_a_row(years: Sequence[int]) -> bool:
    return all(later == year + 1 for year, later in pairwise(years))


def _channel(word: str, channels: Sequence[Channel]) -> str:
    """The word typed, or the short name of the channel whose id it is."""
    found = next((channel for channel in channels if channel.id.upper() == word.upper()), None)
    return word if found is None else found.short_name


def _revised(revision: Revision) -> str:
    """`减30%`, `增5%`, `减20亿元`, `定为120亿元`, `减为0`."""
    if isinstance(revision, Factor):
        if revision.bps == 0:
            return "减为0"
        change = revision.bps - BPS
        return f"{'增' if change > 0 else '减'}{_trimmed(abs(change), 100)}%" if change else "不变"
    if isinstance(revision, Amount):
        return f"定为{_yi(revision.wan)}亿元"
    return f"{'增' if revision.wan > 0 else '减'}{_yi(abs(revision.wan))}亿元"


def _trimmed(value: int, unit: int) -> str:
    """A whole number of parts of a unit, without zeros behind its point."""
    whole, part = divmod(value, unit)
    decimals = str(part + unit)[1:].rstrip("0")
    return f"{whole:,}" + (f".{decimals}" if decimals else "")


def _yi(wan: int) -> str:
    text = yi_text(wan, _MOST_DECIMALS)
    return text.rstrip("0").rstrip(".")
