"""The real portfolio under every shipped scenario: repaired to proof, audited, laid out, played."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.money import BPS
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.aims import aim_values
from portfolio.model.reallocation.case import RepairCase, open_handed, repair_case
from portfolio.model.reallocation.plan import lay_out
from portfolio.model.reallocation.result import Verdict
from portfolio.model.reallocation.settings import Aim, Way
from portfolio.model.scenarios import apply
from portfolio.optimize.repair import Repaired, repair
from portfolio.workflows import load_workbook, play_plan
from portfolio.workflows.inputs import merged_scenario
from tests.examples import some

#: Two cuts at once in the year after the first: a proof takes several minutes.
LONG_TO_PROVE = "明年三碰头"
SHIPPED = sorted(
    path.stem
    for path in (Path(__file__).parents[2] / "scenarios").glob("*.yaml")
    if path.stem != LONG_TO_PROVE
)
#: A shock that moves money in some hundred cells, and no gate or clock.
MOVING = "土地出让断崖"
#: No shock at all.
BASELINE = "基准"


@cache
def real() -> Portfolio:
    return load_workbook().portfolio


@cache
def repaired(scenario: str, way: Way = Way.KNEE) -> Repaired:
    portfolio, _ = apply(merged_scenario([scenario], []), real())
    case = repair_case(
        portfolio,
        real(),
        open_handed_play=play_plan(open_handed(portfolio)),
        shocked_play=play_plan(portfolio),
    )
    return repair(replace(case, settings=replace(case.settings, way=way)))


@pytest.mark.parametrize(("scenario", "way"), some(product(SHIPPED, Way), every=9))
def test_repair_is_proved_audited_and_can_be_played(scenario: str, way: Way) -> None:
    found = repaired(scenario, way)
    assert found.verdict is Verdict.PROVEN
    assert [stage.aim for stage in found.stages] == list(Aim)
    assert found.plan_wan is not None
    assert audit_repair(found.case, found.plan_wan) == ()
    reached = aim_values(found.case, found.plan_wan)
    assert [stage.value_wan for stage in found.stages] == list(reached.values())
    _near_their_least(found)
    case = found.case
    adjusted = lay_out(case.portfolio, found.plan_wan, asof_quarter=case.asof_quarter)
    outcome = play_plan(adjusted)  # audits the play
    most = found.plan_wan.sum(axis=(0, 1)) + _left_for_later(found)
    drawn = outcome.drawn_wan.sum(axis=(0, 1))
    assert (drawn <= most * found.limits.scale_bps // 10_000 + len(case.portfolio.channels)).all()


def _near_their_least(found: Repaired) -> None:
    """Values in whole 万元 against the solver's bounds, with the settings' room."""
    settings = found.case.settings
    if found.weighed is not None:
        shortfall, least = found.stages[0], found.weighed.least_wan
        assert shortfall.bound_wan is not None and least is not None
        assert shortfall.value_wan <= shortfall.bound_wan * (1 + settings.slack_bps / BPS) + 1_000
        assert (
            found.weighed.value_wan <= least * (1 + settings.cost_slack_bps / BPS) * 1.001 + 1_000
        )
        return
    for stage in found.stages:
        assert stage.bound_wan is not None
        # Rounded to 万元 (where need be 0.01 亿元 inside every rule); small moves went back, weighted.
        most = 1_000 + settings.least_move_wan * max(settings.class_weights)
        assert stage.value_wan - stage.bound_wan <= max(most, 5e-3 * stage.value_wan)


def _left_for_later(found: Repaired) -> np.ndarray:
    """What fifteen years leave of each item's total: it follows after 2035."""
    assert found.plan_wan is not None
    return np.asarray(found.limits.budget_wan - found.plan_wan.sum(axis=(0, 1)))


def test_without_a_shock_the_repaired_plan_is_the_plan() -> None:
    found = repaired(BASELINE)
    assert (found.plan_wan == real().plan_wan).all()
    assert [stage.value_wan for stage in found.stages] == [0, 0, 0]


def _codes(case: RepairCase, plan: np.ndarray) -> set[str]:
    return {breach.code for breach in audit_repair(case, plan)}


def _moving() -> tuple[Repaired, np.ndarray]:
    found = repaired(MOVING)
    assert found.plan_wan is not None
    return found, found.plan_wan.copy()


def test_own_money_of_one_enterprise_cannot_go_to_another_item() -> None:
    found, plan = _moving()
    year, channel, giver = np.argwhere(plan * found.limits.owned[:, None] > 0)[-1].tolist()
    taker = 0 if giver else 1
    plan[year, channel, giver] -= 1
    plan[year, channel, taker] += 1
    assert "own_money" in _codes(found.case, plan)


def test_own_money_cannot_come_a_year_early() -> None:
    found, plan = _moving()
    first, owned = found.limits.first_year, found.limits.owned
    later = np.argwhere(plan[first + 1 :] * owned[:, None] > 0)[0] + (first + 1, 0, 0)
    year, channel, item = later.tolist()
    plan[year, channel, item] -= 1
    plan[year - 1, channel, item] += 1
    assert "own_money" in _codes(found.case, plan)


def test_not_a_wan_beyond_a_voted_envelope() -> None:
    found, plan = _moving()
    limits = found.limits
    spent = plan.sum(axis=2)
    room = np.where(limits.pooled, limits.envelope_wan - spent, -1)[limits.first_year :]
    assert (room[:, limits.pooled] >= 0).all()
    for year, channel in np.argwhere(room >= 0).tolist():
        tampered = plan.copy()
        items = np.flatnonzero(limits.open[limits.first_year + year, channel])
        if not len(items):
            continue
        tampered[limits.first_year + year, channel, items[0]] += int(room[year, channel])
        assert "voted_envelope" not in _codes(found.case, tampered)
        tampered[limits.first_year + year, channel, items[0]] += 1
        assert "voted_envelope" in _codes(found.case, tampered)


def test_the_past_cannot_be_rewritten() -> None:
    found, plan = _moving()
    assert found.limits.first_year > 0
    cell = tuple(np.argwhere(plan[: found.limits.first_year] > 0)[0].tolist())
    plan[cell] -= 1
    assert "past_years" in _codes(found.case, plan)


def test_loans_cannot_run_ahead_of_their_capital() -> None:
    found, plan = _moving()
    limits = found.limits
    held = np.argwhere((plan[:-1] > 0) & limits.credit[:, None])
    year, channel, item = next(
        cell for cell in held.tolist() if cell[0] >= limits.first_year and plan[cell[0] + 1, cell[1], cell[2]]
    )  # fmt: skip
    # All of next year's loans a year early: more than two 万元 of rounding.
    plan[year, channel, item] += plan[year + 1, channel, item]
    plan[year + 1, channel, item] = 0
    assert "loans_with_capital" in _codes(found.case, plan)
