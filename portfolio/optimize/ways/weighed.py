"""The aims of a repair on one loaded model: weighed against each other, or one after the other.

Every way of weighing them is a row of goals: each is made small, then held, with some slack, while
the next is made small. The rules and the aims are laid and loaded once for all ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from portfolio.model.money import BPS
from portfolio.model.reallocation.settings import Aim, RepairSettings, Way
from portfolio.optimize.aims import (
    EXPRESSIONS,
    KEPT,
    Cost,
    Lexicographic,
    Reached,
    Weighing,
    held,
)
from portfolio.optimize.limit import Effort
from portfolio.optimize.matrix import Matrix
from portfolio.optimize.model import HELD, Draft
from portfolio.optimize.solver import Solved, SolveState
from portfolio.optimize.warm_model import LARGE, LoadedModel


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What is made small, and what of it may be given up for what comes after.

    weights : of the aims it is made of
    slack : part of its least by which it may be worse later
    """

    weights: Mapping[Aim, float]
    slack: float = 0.0


def goals_of(settings: RepairSettings) -> tuple[Goal, ...]:
    """The goals of a way, in order."""
    if settings.way is Way.STRICT:
        return tuple(Goal(weights={aim: 1.0}) for aim in settings.aims)
    cost = {Aim.MOVEMENT: 1.0, Aim.DELAY: settings.delay_rate_bps / BPS}
    return (
        Goal(weights={Aim.SHORTFALL: 1.0}, slack=settings.slack_bps / BPS),
        Goal(weights=cost, slack=settings.cost_slack_bps / BPS),
    )


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A repair's model with its aims, loaded once.

    costs : what the solver takes for each aim
    firsts : goals already made small on it, which other ways share
    """

    draft: Draft
    matrix: Matrix
    costs: Mapping[Aim, Cost]
    firsts: dict[tuple[tuple[Aim, float], ...], Solved] = field(default_factory=dict)

    @staticmethod
    def of(draft: Draft) -> Laid:
        """Lay the aims on a draft that has none."""
        costs = {aim: Cost.of(EXPRESSIONS[aim](draft)) for aim in Aim}
        return Laid(draft=draft, matrix=Matrix.of(draft.model), costs=costs)

    def with_gates(self, values: Mapping[str, float]) -> Laid:
        """The model with its gates as a plan has them: no integers are left."""
        whole = self.matrix.whole
        names = [self.matrix.columns[at] for at in np.flatnonzero(whole).tolist()]
        settled = self.held_at({name: float(round(values[name])) for name in names})
        return replace(settled, matrix=replace(settled.matrix, whole=np.zeros_like(whole)))

    def held_at(self, values: Mapping[str, float]) -> Laid:
        """The model with some of its variables held at these values."""
        matrix = self.matrix
        low, high = matrix.low.copy(), matrix.high.copy()
        for at, name in enumerate(matrix.columns):
            if name in values:
                low[at] = high[at] = values[name]
        return replace(self, matrix=replace(matrix, low=low, high=high), firsts={})

    @property
    def is_large(self) -> bool:
        """Whether it takes other ways than a list of some 58 items does."""
        return len(self.matrix.columns) >= LARGE

    def cost(self, goal: Goal) -> Cost:
        """A goal as the solver takes it."""
        return Cost.sum((self.costs[aim], weight) for aim, weight in goal.weights.items())


@dataclass(frozen=True, kw_only=True)
class Climbed:
    """What making goals small one after the other came to.

    found : by goal, as far as there is a plan; the last one's plan is the answer
    holds : rows that hold the goals before the last, with their slack: cost and most
    """

    goals: tuple[Goal, ...]
    found: tuple[Solved, ...]
    holds: tuple[tuple[Cost, float], ...]
    state: SolveState


def climb(laid: Laid, goals: tuple[Goal, ...], effort: Effort) -> Climbed:
    """Make each goal small with those before it held; ends at the first without a plan."""
    loaded = LoadedModel.of_matrix(laid.matrix)
    found: list[Solved] = []
    holds: list[tuple[Cost, float]] = []
    kept: list[tuple[Cost, float]] = []
    state = SolveState.NOTHING
    for number, goal in enumerate(goals):
        cost = laid.cost(goal)
        key = tuple(goal.weights.items())
        solved = None if number else laid.firsts.get(key)
        if solved is None:
            whole = Cost.sum([(cost, 1.0), *kept])
            loaded.set_objective(whole.terms, whole.constant)
            if found:
                loaded.start_at(found[-1].values)
            solved = effort.solve(loaded, laid.draft.links_items)
            if not number and solved.state is SolveState.OPTIMAL:
                laid.firsts[key] = solved
        state = solved.state
        if not solved.has_plan:
            break
        found.append(solved)
        if number + 1 < len(goals):
            reached = max(0.0, cost.at(solved.values))  # below by the solver's tolerance: by none
            most = held(reached * (1 + goal.slack))
            holds.append((cost, most))
            if not goal.slack:
                kept.append((cost, KEPT))
            if cost.terms:
                loaded.add_row(f"{HELD}{number}", cost.terms, None, most - cost.constant)
    return Climbed(goals=goals, found=tuple(found), holds=tuple(holds), state=state)


def told(laid: Laid, climbed: Climbed) -> Lexicographic:
    """What goals came to, as the aims they are made of."""
    if not climbed.found:
        nothing = Solved(state=climbed.state, objective=None, bound=None, seconds=0.0)
        return Lexicographic(state=climbed.state, solved=nothing, reached=())
    last = climbed.found[-1]
    reached: list[Reached] = []
    weighing = None
    kept = 0.0
    for goal, solved in zip(climbed.goals, climbed.found, strict=False):
        cost = laid.cost(goal)
        proven = solved.state is SolveState.OPTIMAL
        bound = None if solved.bound is None else solved.bound - kept
        if len(goal.weights) > 1:
            weighing = Weighing(value=cost.at(last.values), bound=bound, proven=proven)
        for aim in goal.weights:
            value = laid.costs[aim].at(last.values if goal.slack else solved.values)
            reached.append(
                Reached(
                    aim=aim,
                    value=value,
                    bound=bound if len(goal.weights) == 1 else None,
                    proven=proven,
                    seconds=solved.seconds if aim is next(iter(goal.weights)) else 0.0,
                )
            )
        if not goal.slack:
            kept += KEPT * held(cost.at(solved.values))
    complete = len(climbed.found) == len(climbed.goals)
    proven = complete and all(entry.proven for entry in reached)
    state = SolveState.OPTIMAL if proven else SolveState.FEASIBLE
    reached.sort(key=lambda entry: list(laid.draft.case.settings.aims).index(entry.aim))
    return Lexicographic(state=state, solved=last, reached=tuple(reached), weighing=weighing)


def climb_again(laid: Laid, climbed: Climbed, effort: Effort) -> Climbed:
    """As `climb`, by rules a little narrower than those of a climb before.

    Its gates are kept where they allow a plan, which leaves LPs: another set of gates may be better by
    what the rules are narrower, no more.
    """
    if climbed.found:
        again = climb(laid.with_gates(climbed.found[-1].values), climbed.goals, effort)
        if len(again.found) == len(climbed.goals):
            return again
    return climb(laid, climbed.goals, effort)
