"""Cases beside one another: the first is optimistic, what comes after it takes money away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portfolio.model.items import Channel
from portfolio.model.money import BPS
from portfolio.model.problems import InputError
from portfolio.model.scenarios.select import find_channel


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case: what it is called, and channels (by a word of their names) at a part of theirs."""

    name: str
    cuts: tuple[tuple[str, int], ...] = ()


_LAND, _BUDGET, _BONDS = ("土地出让", 5_000), ("一般公共预算", 8_500), ("专项债券", 8_000)
CASES = (
    Case(name="按计划"),
    Case(name="土地减半、一般预算减 15%", cuts=(_LAND, _BUDGET)),
    Case(name="再加专项债券减 20%", cuts=(_LAND, _BUDGET, _BONDS)),
)


def cuts_of(
    case: Case, channels: Iterable[Channel]
) -> tuple[tuple[tuple[Channel, int], ...], tuple[str, ...]]:
    """The channels a case cuts, and the words that no channel of the workbook answers to."""
    listed, found, missing = tuple(channels), [], []
    for word, part in case.cuts:
        try:
            found.append((find_channel(word, listed, case.name), part))
        except InputError:
            missing.append(word)
    return tuple(found), tuple(missing)


def as_sets(cuts: Iterable[tuple[Channel, int]], first: int, last: int) -> list[str]:
    """Cuts as they are written behind `--set`."""
    return [f"{channel.id}:{first}-{last}={(part - BPS) / 100:g}%" for channel, part in cuts]
