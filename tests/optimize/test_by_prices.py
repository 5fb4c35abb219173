"""A large repair is solved by prices of the rows that join items: the values of a plain search."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given

from portfolio.model.reallocation.case import RepairCase, open_handed, repair_case
from portfolio.model.reallocation.parameters import derive_repair
from portfolio.model.scenarios import apply
from portfolio.optimize import limit, warm_model
from portfolio.optimize.blocks import Priced, solve_by_prices
from portfolio.optimize.limit import Effort
from portfolio.optimize.rules import build
from portfolio.optimize.solver import Model, Solved, SolveState, new_model, total, variable
from portfolio.optimize.warm_model import LARGE, LoadedModel
from portfolio.optimize.ways.weighed import Climbed, Laid, climb, goals_of
from portfolio.workflows import load_workbook, play_plan
from portfolio.workflows.inputs import merged_scenario
from tests.examples import examples, some
from tests.optimize.small_cases import random_cases
from tests.optimize.test_shipped_repairs import SHIPPED


def shipped_case(scenario: str) -> RepairCase:
    real = load_workbook().portfolio
    portfolio, _ = apply(merged_scenario([scenario], []), real)
    return repair_case(
        portfolio,
        real,
        open_handed_play=play_plan(open_handed(portfolio)),
        shocked_play=play_plan(portfolio),
    )


def laid_of(case: RepairCase) -> Laid:
    return Laid.of(build(case, derive_repair(case)))


def by_prices(laid: Laid, case: RepairCase) -> tuple[Climbed, list[Priced]]:
    """The goals of a case, every model with integers taken for a large one; what prices came to."""
    told: list[Priced] = []

    def watched(*args: object, **others: object) -> Priced:
        told.append(solve_by_prices(*args, **others))  # type: ignore[arg-type]
        return told[-1]

    laid.firsts.clear()
    with patch.object(warm_model, "LARGE", 0), patch.object(limit, "solve_by_prices", watched):
        return climb(laid, goals_of(case.settings), Effort.of(None)), told


def assert_same_values(plain: Climbed, other: Climbed) -> None:
    assert [each.state for each in plain.found] == [each.state for each in other.found]
    assert plain.state is other.state
    for one, two in zip(plain.found, other.found, strict=True):
        assert one.objective is not None and two.objective is not None and two.bound is not None
        # Each goal before may be worse by what proves it, and is worth as much to the next.
        assert two.objective == pytest.approx(one.objective, rel=1e-5, abs=1e-3)
        assert two.bound <= one.objective + 1e-5 * max(1.0, one.objective)


@examples(60)
@given(random_cases())
def test_random_repairs_by_prices_reach_what_a_search_reaches(case: RepairCase) -> None:
    laid = laid_of(case)
    plain = climb(laid, goals_of(case.settings), Effort.of(None))
    assert_same_values(plain, by_prices(laid, case)[0])


@pytest.mark.parametrize("scenario", some(SHIPPED, every=6, always=("自筹违约",)))
def test_shipped_repairs_by_prices_reach_what_a_search_reaches(scenario: str) -> None:
    case = shipped_case(scenario)
    laid = laid_of(case)
    plain = climb(laid, goals_of(case.settings), Effort.of(None))
    other, told = by_prices(laid, case)
    assert len(told) == len(plain.goals) or not laid.matrix.whole.any()
    assert_same_values(plain, other)
    for priced, found in zip(told, plain.found, strict=False):
        # Above all: what is called a bound is one, whether or not prices come to a proof.
        assert priced.solved.bound is not None and found.objective is not None
        assert priced.solved.bound <= found.objective * (1 + 1e-5) + 1e-3


def test_the_rows_that_join_items_leave_items_joined_by_gates() -> None:
    """Every row beside them is of one item, or of two that an unsettled gate joins."""
    case = shipped_case("自筹违约")
    laid = laid_of(case)
    portfolio, matrix = case.portfolio, laid.matrix
    draft = laid.draft
    item_of = {}
    for (_, _, item), term in draft.planned.items():
        item_of[getattr(term, "name", "")] = item
    for group in (draft.worked, draft.reached):
        item_of.update({getattr(term, "name", ""): item for (_, item), term in group.items()})
    joined = {frozenset((gate.pred, gate.succ)) for gate in draft.limits.gates}
    above = list(range(len(portfolio.items)))
    for pair in joined:
        low, high = min(above[i] for i in pair), max(above[i] for i in pair)
        above = [low if top == high else top for top in above]
    blocks = matrix.blocks(matrix.linking(draft.links_items))
    assert len(blocks) >= len(set(above)) > 1
    for columns, _ in blocks:
        items = {
            item_of[matrix.columns[at]] for at in columns.tolist() if matrix.columns[at] in item_of
        }
        assert len({above[item] for item in items}) <= 1
    # And what links is little: rows of a year, not of an item.
    assert matrix.linking(draft.links_items).sum() < len(matrix.rows) / 50


def gap_model() -> Model:
    """Two whole blocks cost 2 each and bring 2; three are to be brought: 4 in all, by prices 3."""
    model = new_model("gap")
    one, two = (variable(model, name, 0, 1, kind="Integer") for name in ("one", "two"))
    model.setObjective(total([2 * one, 2 * two]))
    model.addConstraint(2 * one + 2 * two >= 3, "link")
    model.addConstraint(one <= 1, "own_one")
    model.addConstraint(two <= 1, "own_two")
    return model


def is_link(name: str) -> bool:
    return name.startswith("link")


def solved_as(size: int, model: Model, prices: Callable[..., Priced]) -> Solved:
    with patch.object(warm_model, "LARGE", size), patch.object(limit, "solve_by_prices", prices):
        return Effort.of(None).solve(LoadedModel.of(model), is_link)


def test_what_prices_leave_unproven_is_searched_from_their_plan() -> None:
    told: list[Priced] = []

    def one_round(*args: object, **others: object) -> Priced:
        told.append(solve_by_prices(*args, rounds=1, **others))  # type: ignore[arg-type]
        return told[-1]

    found = solved_as(0, gap_model(), one_round)
    assert told[0].solved.state is not SolveState.OPTIMAL
    assert found.state is SolveState.OPTIMAL
    assert found.objective == pytest.approx(4)


def test_only_a_large_model_is_solved_by_prices() -> None:
    def never(*_: object, **__: object) -> Priced:
        raise AssertionError("a small model is searched")

    assert solved_as(3, gap_model(), never).objective == pytest.approx(4)
    with pytest.raises(AssertionError):
        solved_as(2, gap_model(), never)
    # The shipped list is small, with room for what a scenario adds to its model.
    assert len(laid_of(shipped_case("自筹违约")).matrix.columns) * 2 < LARGE


def test_prices_leave_a_model_as_it_was() -> None:
    loaded = LoadedModel.of(gap_model())
    solve_by_prices(loaded, is_link)
    assert loaded.solve().objective == pytest.approx(4)
    loaded.relax(True)
    assert loaded.solve().objective == pytest.approx(3)


def test_a_moment_that_is_over_leaves_nothing_but_says_so() -> None:
    found = solve_by_prices(LoadedModel.of(gap_model()), is_link, ends=0.0).solved
    assert found.state in (SolveState.NOTHING, SolveState.FEASIBLE)
    assert found.bound is None or found.bound <= 4 + 1e-6
    assert np.isfinite(found.seconds)
