"""Prices of linking rows: a bound whatever they are, a proof where it meets a plan, parts that are all."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.optimize.blocks import Parts, solve_by_prices, solve_relaxed
from portfolio.optimize.matrix import Matrix
from portfolio.optimize.solver import Model, Solved, SolveState, new_model, solve, total, variable
from portfolio.optimize.warm_model import LoadedModel
from tests.examples import examples


def _is_link(name: str) -> bool:
    return name.startswith("link")


@st.composite
def linked_blocks(draw: st.DrawFn) -> Model:
    """A few blocks of up to three columns (some whole) in rows of their own, joined by one or two rows."""
    model = new_model("linked")
    number = st.integers(-5, 5)
    columns, costs = [], []
    for block in range(draw(st.integers(1, 4))):
        own = [
            variable(model, f"x{block}_{k}", 0, draw(st.integers(1, 6)),
                     kind="Integer" if draw(st.booleans()) else "Continuous")
            for k in range(draw(st.integers(1, 3)))
        ]  # fmt: skip
        for k in range(draw(st.integers(0, 2))):
            row = total(draw(number) * x for x in own)
            model.addConstraint(row <= draw(st.integers(0, 12)), f"own{block}_{k}")
        columns += own
        costs += [draw(number) for _ in own]
    slack = variable(model, "slack", 0, 40)  # stands in linking rows alone
    model.setObjective(
        total([*(c * x for c, x in zip(costs, columns, strict=True)), 3 * slack]) + 1
    )
    for k in range(draw(st.integers(1, 2))):
        row = total(draw(st.integers(0, 4)) * x for x in columns) + slack
        least = draw(st.integers(0, 15))
        model.addConstraint(row >= least, f"link{k}")
    return model


@examples(150)
@given(linked_blocks())
def test_what_prices_say_is_what_a_search_says(model: Model) -> None:
    found = solve_by_prices(LoadedModel.of(model), _is_link).solved
    _assert_agree(Matrix.of(model), found, solve(model))


def _assert_agree(matrix: Matrix, found: Solved, other: Solved) -> None:
    """What prices found, against a search."""
    assert other.objective is not None or other.state is SolveState.INFEASIBLE
    if other.objective is None:
        assert found.state is not SolveState.OPTIMAL and not found.has_plan
        return
    if found.bound is not None:
        assert found.bound <= other.objective + 1e-6
    if found.state is SolveState.OPTIMAL:
        assert found.objective == pytest.approx(other.objective, abs=1e-5)
    elif found.has_plan:
        assert found.objective is not None and found.objective >= other.objective - 1e-6
    if found.has_plan:
        _assert_keeps(matrix, found.values)
    if not matrix.whole.any():
        assert found.state is SolveState.OPTIMAL


def _assert_keeps(matrix: Matrix, values: dict[str, float]) -> None:
    at = np.array([values[name] for name in matrix.columns])
    assert (at >= matrix.low - 1e-6).all() and (at <= matrix.high + 1e-6).all()
    assert np.abs(at - np.rint(at))[matrix.whole].max(initial=0) < 1e-6
    sums = np.bincount(
        matrix.row_of_entry, matrix.entries * at[matrix.places], minlength=len(matrix.rows)
    )
    assert (sums >= matrix.row_low - 1e-5).all() and (sums <= matrix.row_high + 1e-5).all()


@examples(80)
@given(linked_blocks(), st.lists(st.floats(-4, 4), min_size=2, max_size=2))
def test_any_prices_give_a_bound(model: Model, prices: list[float]) -> None:
    best = solve(model)
    if best.objective is None:
        return
    matrix = Matrix.of(model)
    linking = matrix.linking(_is_link)
    told = np.zeros(len(matrix.rows))
    told[np.flatnonzero(linking)] = prices[: int(linking.sum())]
    least, _ = Parts.of(LoadedModel.of(model), _is_link).bound(told)
    assert least <= best.objective + 1e-6


@examples(150)
@given(linked_blocks(), st.integers(0, 30), st.integers(-5, 5), st.lists(st.integers(0, 6), min_size=12, max_size=12))  # fmt: skip
def test_changed_after_it_was_taken_apart_a_model_is_solved_as_it_stands(
    model: Model, least: int, cost: int, guesses: list[int]
) -> None:
    whole, plain = LoadedModel.of(model), LoadedModel.of(model)
    parts = Parts.of(whole, _is_link)
    whole.relax(True)
    costs = parts.matrix.costs + cost * (np.arange(len(parts.matrix.costs)) % 2)
    for loaded in (whole, plain):
        loaded.set_row_bounds("link0", least, None)
        loaded.set_costs(costs, 3.0)
    guess = {
        parts.matrix.columns[at]: min(float(guesses[at]), float(parts.matrix.high[at]))
        for at in np.flatnonzero(parts.matrix.whole).tolist()
    }
    found = solve_relaxed(whole, whole.solve(), parts.at(whole), guess=guess or None).solved
    _assert_agree(parts.at(whole).matrix, found, plain.solve())


@examples(80)
@given(linked_blocks())
def test_every_column_and_row_is_in_one_part(model: Model) -> None:
    matrix = Matrix.of(model)
    linking = matrix.linking(_is_link)
    parts = matrix.blocks(linking)
    columns = Counter(at for found, _ in parts for at in found.tolist())
    columns.update(matrix.alone(linking).tolist())
    assert columns == Counter(range(len(matrix.columns)))
    rows = Counter(at for _, found in parts for at in found.tolist())
    held = {int(row) for row in np.unique(matrix.row_of_entry)}
    assert rows == Counter(row for row in held if not linking[row])
    for found, own in parts:
        part = matrix.part(found, own)
        assert part.places.min(initial=0) >= 0
        assert part.entries.tolist() == [
            entry for row in own.tolist()
            for entry in matrix.entries[matrix.starts[row] : matrix.starts[row + 1]].tolist()
        ]  # fmt: skip


def test_a_gap_that_prices_can_not_close_is_told() -> None:
    # Two whole blocks cost 2 each and bring 2; three are to be brought: 4 in all, by prices 3.
    model = new_model("gap")
    one, two = (variable(model, name, 0, 1, kind="Integer") for name in ("one", "two"))
    model.setObjective(2 * one + 2 * two)
    model.addConstraint(2 * one + 2 * two >= 3, "link")
    model.addConstraint(one <= 1, "own_one")
    model.addConstraint(two <= 1, "own_two")
    found = solve_by_prices(LoadedModel.of(model), _is_link).solved
    assert found.bound is not None and found.bound <= 3 + 1e-6
    assert found.state is not SolveState.OPTIMAL or found.objective == pytest.approx(4)


def test_an_infeasible_relaxation_is_infeasible() -> None:
    model = new_model("none")
    one = variable(model, "one", 0, 1, kind="Integer")
    model.setObjective(one)
    model.addConstraint(one >= 2, "link")
    assert solve_by_prices(LoadedModel.of(model), _is_link).solved.state is SolveState.INFEASIBLE
