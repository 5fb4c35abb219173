"""The smallest cut of a channel at which a year can't be met any more: halving on a loaded model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from portfolio.model.money import BPS, WAN_PER_YI
from portfolio.model.repair_aims import wanted_wan
from portfolio.model.repair_case import RepairCase
from portfolio.model.sweep import ALL_POOLED, Failing, ReverseAnswer
from portfolio.optimize.draft import Draft
from portfolio.optimize.solver import SolveState
from portfolio.optimize.sweep import Least, Shock, Shocked, least, load_case, set_envelopes

#: A year counts as met while no more than this is lacking (万元 converted).
TOLERANCE_WAN = 5_000
#: Cuts are told to a tenth of a percent.
STEP_BPS = 10


@dataclass
class _Search:
    """The search for one channel and year; every solve is remembered whether it was proven."""

    shocked: Shocked
    shock: Shock
    seconds: float | None
    proven: bool = True

    def fails(self, cut_bps: int) -> Least | None:
        """What was found where the year is missed at a cut; None where it is met."""
        set_envelopes(self.shocked, [self.shock], [-cut_bps])
        found = least(self.shocked.first, seconds=self.seconds)
        self.proven &= found.proven
        if found.objective is None:
            return found
        return found if found.objective > TOLERANCE_WAN / WAN_PER_YI + 1e-6 else None


def reverse(
    case: RepairCase,
    cut_years: Sequence[int],
    years: Sequence[int],
    *,
    seconds: float | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> tuple[ReverseAnswer, ...]:
    """Smallest cuts by channel, and of all channels together, for each of the years.

    A deeper cut never helps a year: that is why halving finds the smallest one.

    Parameters
    ----------
    cut_years, years
        Calendar years that are cut, and that are to be met; years without a target are left out.
    """
    shocked = load_case(case)
    names = [*_channels(shocked.draft, cut_years).items()]
    answers = []
    for name, channels in names:
        shock = Shock(
            channels=channels, years=tuple(year - case.calendar.first_year for year in cut_years)
        )
        for year in years:
            if (
                year - case.calendar.first_year < case.first_year
                or not wanted_wan(case)[year - case.calendar.first_year]
            ):
                continue
            shocked.first.minimise_column(f"S_{year}")
            answers.append(_answer(shocked, shock, name, year, seconds))
            if progress is not None:
                progress(name, year)
        set_envelopes(shocked, [shock], [0])
    return tuple(answers)


def _channels(draft: Draft, cut_years: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """统筹 channels that have money in the years, by name, then all of them together."""
    pooled = np.flatnonzero(draft.limits.pooled).tolist()
    funded = [c for c in pooled if _envelope_wan(draft, (c,), cut_years)]
    found: dict[str, tuple[int, ...]] = {
        draft.case.portfolio.channels[c].name: (c,) for c in funded
    }
    if len(funded) > 1:
        found[ALL_POOLED] = tuple(funded)
    return found


def _envelope_wan(draft: Draft, channels: Sequence[int], cut_years: Sequence[int]) -> int:
    years = [year - draft.case.calendar.first_year for year in cut_years]
    return int(draft.limits.envelope_wan[np.ix_(years, list(channels))].sum())


def _answer(
    shocked: Shocked, shock: Shock, name: str, year: int, seconds: float | None
) -> ReverseAnswer:
    search = _Search(shocked=shocked, shock=shock, seconds=seconds)
    cut, found = _smallest(search)
    draft = shocked.draft
    envelope = _envelope_wan(
        draft, shock.channels, [draft.case.calendar.first_year + y for y in shock.years]
    )
    failing = None
    if found is not None:
        none = found.state is SolveState.INFEASIBLE
        failing = Failing.INFEASIBLE if none else Failing.SHORTFALL
    lacking = None if found is None or found.objective is None else found.objective
    return ReverseAnswer(
        channel=name,
        year=year,
        wanted_wan=int(wanted_wan(draft.case)[year - draft.case.calendar.first_year]),
        envelope_wan=envelope,
        cut_bps=cut,
        cut_wan=None if cut is None else envelope * cut // BPS,
        failing=failing,
        shortfall_wan=None if lacking is None else round(lacking * WAN_PER_YI),
        proven=search.proven,
    )


def _smallest(search: _Search) -> tuple[int | None, Least | None]:
    """The smallest cut in steps that is missed, and what was found there."""
    worst = search.fails(BPS)
    if worst is None:
        return None, None
    already = search.fails(0)
    if already is not None:
        return 0, already
    met, missed = 0, BPS // STEP_BPS
    while missed - met > 1:
        middle = (met + missed) // 2
        found = search.fails(middle * STEP_BPS)
        if found is None:
            met = middle
        else:
            missed, worst = middle, found
    return missed * STEP_BPS, worst
