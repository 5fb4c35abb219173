"""Many shocks on one loaded model: only the bounds of the envelopes' rows change between solves.

Each aim has its own copy of the model, so that a solve starts from the basis of the shock before
it. Gates are first taken as the relaxation leaves them, then as they were at the shock before, then as
prices of the rows that link items make each block choose them; where none of it proves the least,
the solver searches for the integers from the best plan so far.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from portfolio.model.money import BPS, WAN_PER_YI
from portfolio.model.portfolio import Portfolio, reserve_beside
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import conversion_bps, counted_yi, wanted_wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import derive_repair
from portfolio.model.reallocation.settings import Aim
from portfolio.model.reallocation.sweep import (
    ALL_POOLED,
    AimsReached,
    Failing,
    ReverseAnswer,
    SweepPoint,
)
from portfolio.optimize.aims import EXPRESSIONS, KEPT, held
from portfolio.optimize.blocks import Parts, solve_relaxed
from portfolio.optimize.limit import Limit
from portfolio.optimize.model import Draft
from portfolio.optimize.rules import build, drawn_over_wan
from portfolio.optimize.solver import Expression, Solved, SolveState, is_variable
from portfolio.optimize.warm_model import LoadedModel

#: A value this near the bound (亿元: a tenth of a 万元) is the least there is.
TIGHT_YI = 1e-5
#: A gate this near 0 or 1 is closed or open.
WHOLE_GATE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Least:
    """The least of an objective (亿元), and what is known of it."""

    state: SolveState
    objective: float | None
    values: Mapping[str, float]

    @property
    def proven(self) -> bool:
        """Whether the least, or that there is no plan, is proven."""
        return self.state in (SolveState.OPTIMAL, SolveState.INFEASIBLE)


@dataclass
class Settled:
    """A model loaded twice: as an LP, and for the points that need it with its gates whole.

    parts : what it falls into without the rows that link items
    gates : names of the yes-or-no columns
    held : their values where the last solve left them
    """

    relaxed: LoadedModel
    whole: LoadedModel
    parts: Parts
    gates: tuple[str, ...]
    held: dict[str, float] = field(default_factory=dict)

    def set_row_bounds(self, name: str, low: float | None, high: float | None) -> None:
        """Give a row other bounds; without both it is free."""
        self.relaxed.set_row_bounds(name, low, high)
        self.whole.set_row_bounds(name, low, high)

    def minimise(self, parts: Sequence[tuple[float, Expression]]) -> None:
        """Make weighted expressions the whole objective."""
        constant = sum(weight * float(expression.constant) for weight, expression in parts)
        self.relaxed.set_objective(coefficients(parts), constant)
        self.whole.set_objective(coefficients(parts), constant)

    def minimise_column(self, name: str) -> None:
        """Make one variable the whole objective."""
        self.relaxed.set_objective({name: 1.0})
        self.whole.set_objective({name: 1.0})


def load(
    draft: Draft, objective: Sequence[tuple[float, Expression]], rows: Mapping[str, Expression]
) -> Settled:
    """Load a model with a weighted objective, and rows that are free until they get bounds."""
    relaxed, whole = LoadedModel.of(draft.model), LoadedModel.of(draft.model)
    for loaded in (relaxed, whole):
        for name, expression in rows.items():
            loaded.add_row(name, coefficients([(1.0, expression)]), None, None)
    settled = Settled(
        relaxed=relaxed,
        whole=whole,
        parts=Parts.of(relaxed, lambda name: name in rows or draft.links_items(name)),
        gates=tuple(v.name for v in draft.model.variables() if v.cat == "Integer"),
    )
    relaxed.relax(True)
    settled.minimise(objective)
    return settled


def coefficients(objective: Sequence[tuple[float, Expression]]) -> dict[str, float]:
    """Weighted expressions as one, by variable name."""
    found: dict[str, float] = {}
    for weight, expression in objective:
        for variable, part in expression.items():
            found[variable.name] = found.get(variable.name, 0.0) + weight * part
    return found


def least(settled: Settled, *, seconds: float | None = None) -> Least:
    """The least of the objective, exact unless the time ends; without seconds, the set effort."""
    limit = Limit.of(seconds)
    root = limit.solve(settled.relaxed)
    if root.state is SolveState.INFEASIBLE:
        return Least(state=root.state, objective=None, values={})
    if root.state is SolveState.OPTIMAL and root.objective is not None:
        if all(_is_whole(root.values[name]) for name in settled.gates):
            return _proven(settled, root)
        priced = solve_relaxed(
            settled.relaxed,
            root,
            settled.parts.at(settled.relaxed),
            guess=settled.held or None,
            near=_tight,
            lp=limit.solve,
        ).solved
        settled.relaxed.free_integers()
        if priced.state is SolveState.OPTIMAL:
            return _proven(settled, priced)
        if priced.has_plan:
            settled.whole.start_at(priced.values)
    solved = limit.solve(settled.whole)
    if solved.state is SolveState.OPTIMAL:
        return _proven(settled, solved)
    return Least(state=solved.state, objective=solved.objective, values=solved.values)


def _proven(settled: Settled, solved: Solved) -> Least:
    settled.held = {name: float(round(solved.values[name])) for name in settled.gates}
    return Least(state=SolveState.OPTIMAL, objective=solved.objective, values=solved.values)


def _tight(objective: float) -> float:
    return TIGHT_YI + 1e-9 * abs(objective)


def _is_whole(value: float) -> bool:
    return min(abs(value), abs(1.0 - value)) <= WHOLE_GATE


@dataclass
class Shocked:
    """A case loaded for shocks: a model for each of the two aims, in the order of the settings.

    aims : 缺口 and 滞后 in that order; 调整量 is left out, wherever it stands
    """

    draft: Draft
    aims: tuple[Aim, Aim]
    expressions: dict[Aim, Expression]
    first: Settled
    second: Settled


def load_case(
    case: RepairCase, *, extra: Callable[[Draft], Mapping[str, Expression]] | None = None
) -> Shocked:
    """Load a case; `extra` adds variables to the draft and names rows to be bounded later."""
    draft = build(case, derive_repair(case))
    one, two = (aim for aim in case.settings.aims if aim is not Aim.MOVEMENT)
    expressions: dict[Aim, Expression] = {aim: EXPRESSIONS[aim](draft) for aim in (one, two)}
    rows = {} if extra is None else dict(extra(draft))
    first, second = expressions[one], expressions[two]
    return Shocked(
        draft=draft,
        aims=(one, two),
        expressions=expressions,
        first=load(draft, [(1.0, first)], rows),
        second=load(
            draft,
            [(1.0, second), (KEPT, first)],
            {**rows, "held": first, "held_second": second},
        ),
    )


def load_for_shocks(case: RepairCase) -> Shocked:
    """Load a case whose envelopes are going to be moved."""
    return load_case(shares_free(case))


def shares_free(case: RepairCase) -> RepairCase:
    """A case as it is swept.

    What a cut leaves of shares and what an item keeps of it follow from the envelope: rows laid for
    one envelope don't hold for another, so shares are free. With them nothing is better.
    """
    return replace(case, settings=replace(case.settings, yearly_band_bps=BPS))


@dataclass(frozen=True, kw_only=True)
class Solution:
    """Both aims at one setting of the bounds, in 亿元, and the plan's values by variable."""

    reached: AimsReached
    first: float | None = None
    values: Mapping[str, float] = field(default_factory=dict)


def both_aims(shocked: Shocked, *, seconds: float | None = None) -> Solution:
    """The least of the first aim, then of the second with the first held."""
    one = least(shocked.first, seconds=seconds)
    if one.objective is None:
        feasible = False if one.state is SolveState.INFEASIBLE else None
        return Solution(reached=AimsReached(feasible=feasible, proven=one.proven))
    fixed = float(shocked.expressions[shocked.aims[0]].constant)
    shocked.second.set_row_bounds("held", None, held(one.objective) - fixed)
    two = least(shocked.second, seconds=seconds)
    if two.objective is None:
        values, second = one.values, None
    else:
        values, second = two.values, amount(shocked.expressions[shocked.aims[1]], two.values)
    found = dict(zip(shocked.aims, (one.objective, second), strict=True))
    return Solution(
        reached=AimsReached(
            feasible=True,
            proven=one.proven and two.proven and second is not None,
            shortfall_wan=_wan(found[Aim.SHORTFALL]),
            delay_wan=_wan(found[Aim.DELAY]),
            shortfall_by_year_wan=shortfall_by_year_wan(shocked.draft, values),
        ),
        first=one.objective,
        values=values,
    )


def amount(expression: Expression, values: Mapping[str, float]) -> float:
    """What an expression comes to."""
    parts = (weight * values.get(term.name, 0.0) for term, weight in expression.items())
    return float(expression.constant + sum(parts))


def _wan(yi: float | None) -> int | None:
    return None if yi is None else round(yi * WAN_PER_YI)


def wanted_years(case: RepairCase) -> tuple[int, ...]:
    """Calendar years still to come that are to reach something."""
    wanted = wanted_wan(case)
    return tuple(
        case.calendar.first_year + y for y in range(case.first_year, PLAN_YEARS) if wanted[y]
    )


def shortfall_by_year_wan(draft: Draft, values: Mapping[str, float]) -> tuple[int, ...]:
    """What each of the wanted years lacks."""
    wanted, factors = wanted_wan(draft.case), conversion_bps(draft.case.portfolio)
    money = counted_yi(draft.case, worked_yi(draft, values)) * factors / BPS
    years = [year - draft.case.calendar.first_year for year in wanted_years(draft.case)]
    return tuple(max(0, round(int(wanted[y]) - float(money[y]) * WAN_PER_YI)) for y in years)


def worked_yi(draft: Draft, values: Mapping[str, float]) -> np.ndarray:
    """Money worked with: float[15, item]."""
    found = np.zeros((PLAN_YEARS, len(draft.limits.budget_wan)))
    for cell, term in draft.worked.items():
        found[cell] = values.get(term.name, 0.0) if is_variable(term) else float(term)
    return found


@dataclass(frozen=True, kw_only=True)
class Shock:
    """Envelopes moved together: positions of channels and years."""

    channels: tuple[int, ...]
    years: tuple[int, ...]


def set_envelopes(
    shocked: Shocked, shocks: Sequence[Shock], changes_bps: Sequence[float], *, whole: bool = True
) -> None:
    """Move the envelopes by what each shock says; `whole`: in whole 万元, as a scenario would.

    What the rows keep back for rounding stays kept back.
    """
    limits, portfolio = shocked.draft.limits, shocked.draft.case.portfolio
    dearer = limits.scale_bps != BPS
    for shock, change in zip(shocks, changes_bps, strict=True):
        for year in shock.years:
            for channel in shock.channels:
                new = _envelope_moved(portfolio, (year, channel), change, whole=whole)
                kept = int((limits.open[year, channel] & dearer).sum())
                row = envelope_row(shocked.draft, year, channel)
                if row is not None:
                    high = max(0.0, new - kept) / WAN_PER_YI
                    shocked.first.set_row_bounds(row, None, high)
                    shocked.second.set_row_bounds(row, None, high)
                if year == limits.first_year:
                    _set_reserve(shocked, channel, new)


def _set_reserve(shocked: Shocked, channel: int, envelope_wan: float) -> None:
    """Late in a running year items are given what nobody asks for of its envelope, as it is moved."""
    draft, limits = shocked.draft, shocked.draft.limits
    row = _row_of(draft, "approval_in_time", limits.first_year, channel)
    if row is None:
        return
    year = limits.first_year
    asked = int((limits.baseline_wan[year, channel] * limits.scale_bps // BPS).sum())
    high = (max(0.0, envelope_wan - asked) + drawn_over_wan(draft, channel)) / WAN_PER_YI
    shocked.first.set_row_bounds(row, None, high)
    shocked.second.set_row_bounds(row, None, high)


def _envelope_moved(
    portfolio: Portfolio, cell: tuple[int, int], change_bps: float, *, whole: bool
) -> float:
    """An envelope moved as a scenario's factor moves it, 万元; whole ones or not."""
    ask = int(portfolio.envelopes.pooled_ask_wan[cell])
    reserve = int(portfolio.envelopes.pooled_reserve_wan[cell])
    factor: float = round(BPS + change_bps) if whole else BPS + change_bps
    asked: float = ask * factor // BPS if whole else ask * factor / BPS
    return asked + reserve_beside(reserve, ask, asked)


def envelope_row(draft: Draft, year: int, channel: int) -> str | None:
    """Name of an envelope's row; None where nothing can be planned."""
    return _row_of(draft, "voted_envelope", year, channel)


def _row_of(draft: Draft, rule: str, year: int, channel: int) -> str | None:
    what = draft.case.portfolio.channels[channel].id
    name = f"{rule}_{what}_{draft.case.calendar.first_year + year}"
    return name if name in draft.places else None


def solve_grid(
    shocked: Shocked,
    shocks: Sequence[Shock],
    grid: Sequence[tuple[int, ...]],
    *,
    seconds: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[SweepPoint, ...]:
    """Solve the points in their order, neighbours one after the other; `seconds` is for each."""
    found = []
    for number, changes in enumerate(grid, start=1):
        set_envelopes(shocked, shocks, changes)
        solution = both_aims(shocked, seconds=seconds)
        found.append(SweepPoint(changes_bps=changes, reached=solution.reached))
        if progress is not None:
            progress(number)
    return tuple(found)


# --- The smallest cut of a channel at which a year can't be met any more: halving on a loaded model


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
    shocked = load_for_shocks(case)
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


def _left_wan(draft: Draft, shock: Shock, cut_bps: int) -> int:
    """What a cut leaves of the envelopes."""
    portfolio = draft.case.portfolio
    return sum(
        int(_envelope_moved(portfolio, (year, channel), -cut_bps, whole=True))
        for year in shock.years
        for channel in shock.channels
    )


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
        cut_wan=None if cut is None else envelope - _left_wan(draft, shock, cut),
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
