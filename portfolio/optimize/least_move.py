"""Moves too small to be worth a signature go back to the plan, and the rest is solved again.

Cells the repair left as planned stay so. What comes of it is kept where every rule holds and the
aims are hardly worse; where no such plan is found the small moves stay, and are told.
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.money import BPS, Wan
from portfolio.model.reallocation.aims import aim_values, moved_wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.settings import Aim, RepairSettings, Way
from portfolio.optimize.limit import Effort
from portfolio.optimize.model import yi
from portfolio.optimize.rounding import RoundingError, whole_plan
from portfolio.optimize.solver import is_variable
from portfolio.optimize.ways.weighed import Climbed, Laid, climb_again, told

#: Solving again may leave small moves of its own: as often at most.
ROUNDS = 4
#: 滞后, or what it is weighed with, may grow by one part in so many.
COST_PART = 1_000


def without_small_moves(
    laid: Laid, climbed: Climbed, plan_wan: Wan, settings: RepairSettings, effort: Effort
) -> Wan:
    """The plan with its moves under `least_move_wan` taken back, as far as that is lawful.

    climbed : what the plan came of; its gates are kept where they can be
    plan_wan : int64[15, channel, item], a plan that breaks no rule
    settings : how the aims are weighed when it is solved again
    """
    case = laid.draft.case
    before, plan = aim_values(case, plan_wan), plan_wan
    for _ in range(ROUNDS):
        if not small_moves(case, plan).any():
            break
        other = _solved_again(laid, climbed, plan, effort)
        if (
            other is None
            or audit_repair(case, other)
            or not _as_good(settings, before, aim_values(case, other))
        ):
            break
        plan = other
    fewer = small_moves(case, plan).sum() < small_moves(case, plan_wan).sum()
    return plan if fewer else plan_wan


def small_moves(case: RepairCase, plan_wan: Wan) -> Mask:
    """Moves under `least_move_wan`: bool[15, channel, item]."""
    change = np.abs(moved_wan(case, plan_wan))
    return np.asarray((change > 0) & (change < case.settings.least_move_wan))


def _solved_again(laid: Laid, climbed: Climbed, plan_wan: Wan, effort: Effort) -> Wan | None:
    """The best plan that moves no other cells than the large ones of this; None without one."""
    draft, limits = laid.draft, laid.draft.limits
    stays = (moved_wan(draft.case, plan_wan) == 0) | small_moves(draft.case, plan_wan)
    others = laid.held_at(
        {
            term.name: yi(limits.baseline_wan[cell])
            for cell, term in draft.planned.items()
            if limits.open[cell] and stays[cell] and is_variable(term)
        }
    )
    again = climb_again(others, climbed, effort)
    if len(again.found) < len(again.goals):
        return None
    with suppress(RoundingError):
        return whole_plan(draft, told(others, again).solved.values)
    return None


def _as_good(settings: RepairSettings, before: dict[Aim, int], after: dict[Aim, int]) -> bool:
    """缺口 larger by less than a least move; the rest by less than that, weighted, or its part."""
    least = settings.least_move_wan
    if after[Aim.SHORTFALL] >= before[Aim.SHORTFALL] + least:
        return False
    if settings.way is Way.STRICT:
        moved = before[Aim.MOVEMENT]
        if after[Aim.MOVEMENT] > moved + max(moved // COST_PART, least):
            return False
        old, new, more = before[Aim.DELAY], after[Aim.DELAY], least * max(settings.class_weights)
    else:
        old, new = (
            each[Aim.MOVEMENT] + each[Aim.DELAY] * settings.delay_rate_bps // BPS
            for each in (before, after)
        )
        more = least
    return new <= old + max(old // COST_PART, more)
