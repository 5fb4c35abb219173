"""What a funding shock costs with luck and without, and which luck and which money makes the difference.

No times. Every case plays the same paths twice, with the shock and without it; what is off is off in
both. Of the money cut from the channels of the shock, exactly:

    cut = idle anyway + carried over anyway + less drawn of these channels

since an envelope is allotted or lapses, and what is allotted or carried in is drawn, carried on or
taken back. Loans, and money of other channels, are what falls with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from itertools import combinations
from math import factorial

import numpy as np
import numpy.typing as npt

from bench.timing import show
from portfolio.model.luck import Draws, without_bundles
from portfolio.model.portfolio import Portfolio

#: The shocks, and the years in which both of them cut the most.
SHOCKS = {"专项债大幅收紧": (2024, 2025), "土地出让断崖": (2024, 2025)}
#: What is off in turn; the shipped register of named risks is empty.
SOURCES = ("duration", "cost", "volume", "stoppage", "receipt")
PATHS, AT_A_TIME = 200, 40
WAN_PER_YI = 10_000

Case = frozenset[str]
Money = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Fall:
    """Means over the paths, in 亿元: without the shock less with it, over the years of the shock."""

    cut: float
    idle: float
    carried: float
    drawn: float
    loans: float
    others: float
    total: float


def run(*, quick: bool = False) -> None:
    """The falls of both shocks by what luck is on, and each source's part of the difference."""
    from portfolio import workflows
    from portfolio.model.scenarios import apply
    from portfolio.sim.luck import draw_without

    portfolio, paths = workflows.load_workbook().portfolio, PATHS // 5 if quick else PATHS
    cases = [frozenset(on) for n in range(len(SOURCES) + 1) for on in combinations(SOURCES, n)]
    offs = [frozenset(SOURCES) - on for on in cases]
    draws = list(draw_without(portfolio, seed=1, first_path=1, paths=paths, offs=offs))
    calm = [_accounts(portfolio, luck) for luck in draws]
    plain = without_bundles(portfolio), draws[-1]
    for name, years in SHOCKS.items():
        scenario = workflows.merged_scenario([name], [], portfolio.calendar)
        shocked, _ = apply(scenario, portfolio)
        index = [year - portfolio.calendar.first_year for year in years]
        found = {
            on: _fall(portfolio, shocked, before, _accounts(shocked, luck), index)
            for on, before, luck in zip(cases, calm, draws, strict=True)
        }
        alone = _fall(
            portfolio,
            shocked,
            _accounts(*plain),
            _accounts(without_bundles(shocked), draws[-1]),
            index,
        )
        _show(name, years, paths, found, alone)


# --- A play's accounts


@dataclass(frozen=True, kw_only=True)
class _Accounts:
    """Means over the paths by year and channel, in 亿元."""

    envelope: Money
    allotted: Money
    carried: Money
    drawn: Money


def _accounts(portfolio: Portfolio, draws: Draws) -> _Accounts:
    """Play, a few paths at a time: what every path did is large."""
    from portfolio.model.luck import times
    from portfolio.sim.lanes.many_paths import Trace, play_many

    years, channels = portfolio.envelopes.pooled_wan.shape
    sums = np.zeros((4, years, channels))
    for start in range(0, len(draws), AT_A_TIME):
        part = draws.take(slice(start, start + AT_A_TIME))
        trace = Trace.empty(
            len(part), 4 * years, channels, len(portfolio.items), len(portfolio.gates)
        )
        play_many(portfolio, part, trace=trace)
        envelope = times(portfolio.envelopes.pooled_in_luck_wan, part.receipt_bps)
        over = trace.carried_out + trace.taken_back - trace.carried_in
        by_year = trace.drawn.reshape(len(part), years, 4, channels, -1).sum(axis=(2, 4))
        found = (envelope, trace.allotted.sum(axis=3), over.sum(axis=3), by_year)
        sums += [money.sum(axis=0) for money in found]
    envelope, allotted, over, drawn = sums / (len(draws) * WAN_PER_YI)
    return _Accounts(envelope=envelope, allotted=allotted, carried=over, drawn=drawn)


def _fall(
    portfolio: Portfolio, shocked: Portfolio, calm: _Accounts, hit: _Accounts, years: list[int]
) -> Fall:
    """What the shock took, by where it fell."""
    from portfolio.model.items import Kind

    changed = portfolio.envelopes.pooled_wan != shocked.envelopes.pooled_wan
    of_shock, credit = changed.any(axis=0), portfolio.of_kind(Kind.CREDIT)

    def less(before: Money, after: Money, channels: npt.NDArray[np.bool_]) -> float:
        return float((before - after)[years][:, channels].sum())

    drawn = less(calm.drawn, hit.drawn, of_shock)
    loans = less(calm.drawn, hit.drawn, credit)
    total = less(calm.drawn, hit.drawn, np.ones_like(credit))
    lapsed = calm.envelope - calm.allotted, hit.envelope - hit.allotted
    cut = less(calm.envelope, hit.envelope, of_shock)
    idle, carried = less(*lapsed, of_shock), less(calm.carried, hit.carried, of_shock)
    if abs(cut - idle - carried - drawn) > 1 / WAN_PER_YI:
        raise ArithmeticError(f"{cut} cut is not {idle} + {carried} + {drawn}")
    return Fall(
        cut=cut,
        idle=idle,
        carried=carried,
        drawn=drawn,
        loans=loans,
        others=total - drawn - loans,
        total=total,
    )


# --- What is told


def _show(
    name: str, years: tuple[int, ...], paths: int, found: dict[Case, Fall], alone: Fall
) -> None:
    none, full = found[frozenset()], found[frozenset(SOURCES)]
    rows = [
        ("no luck", none),
        ("all luck", full),
        *((f"only {each}", found[frozenset({each})]) for each in SOURCES),
        *((f"all but {each}", found[frozenset(SOURCES) - {each}]) for each in SOURCES),
        ("all luck, every item as one project", alone),
    ]
    title = f"{name} {years[0]}–{years[-1]}, {paths} paths, 亿元 less than without it"
    heads = ("", "cut", "idle", "carried", "drawn", "loans", "others", "total", "× no luck")
    show(title, heads, [
        (label, *(f"{money:,.1f}" for money in astuple(fall)), f"{fall.total / none.total:.2f}")
        for label, fall in rows
    ])  # fmt: skip
    parts = [(each, _share(found, each)) for each in SOURCES]
    parts += [("sum: all luck less no luck", _amounts(full) - _amounts(none))]
    show(f"{name}: what each source does to it, all orders alike (Shapley)", heads[:-1], [
        (label, *(f"{money:+,.1f}" for money in part)) for label, part in parts
    ])  # fmt: skip


def _amounts(fall: Fall) -> Money:
    return np.array(astuple(fall))


def _share(found: dict[Case, Fall], source: str) -> Money:
    """What a source adds, on the average over all orders in which the sources come."""
    n, added = len(SOURCES), np.zeros(len(astuple(found[frozenset()])))
    for before in _without(source):
        weight = factorial(len(before)) * factorial(n - len(before) - 1) / factorial(n)
        added += weight * (_amounts(found[before | {source}]) - _amounts(found[before]))
    return added


def _without(source: str) -> Iterator[Case]:
    others = [each for each in SOURCES if each != source]
    for n in range(len(others) + 1):
        yield from (frozenset(some) for some in combinations(others, n))
