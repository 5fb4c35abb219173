"""What a solve may claim: optimal only with proof, a plan only where one is, and which bound."""

from __future__ import annotations

import random

import pytest

from portfolio.optimize.solver import (
    Model,
    SolveState,
    added,
    new_model,
    solve,
    solver_version,
    total,
    variable,
)
from portfolio.optimize.warm_model import LoadedModel

ENGINES = ["highs", "cbc"]


def market_split(*, slack: bool) -> Model:
    """Forty customers split evenly by five products: far too hard for branch and bound.

    The kind of problem is G. Cornuéjols' and M. Dawande's (1998); the numbers are our own.
    """
    numbers = random.Random(3)
    model = new_model("market_split")
    takes = [variable(model, f"take{at:02}", kind="Binary") for at in range(40)]
    missed = []
    for product in range(5):
        sales = [numbers.randrange(100) for _ in takes]
        split = total(sale * take for sale, take in zip(sales, takes, strict=True))
        if slack:
            over, under = variable(model, f"over{product}"), variable(model, f"under{product}")
            missed += [over, under]
            split += over - under
        model += split == sum(sales) // 2, f"product{product}"
    model += total(missed) + 7 if missed else total(takes[:1])
    return model


def dense_lp() -> Model:
    """An LP with all its rows broken at zero."""
    numbers = random.Random(1)
    model = new_model("dense")
    columns = [variable(model, f"x{at:03}", 0, 10_000) for at in range(80)]
    model += total(numbers.randint(1, 100) * x for x in columns)
    for at in range(60):
        model += total(numbers.randint(0, 9) * x for x in columns) >= 500 + at, f"row{at}"
    return model


@pytest.mark.parametrize("engine", ENGINES)
def test_an_optimum_is_its_own_bound(engine):
    # min x + 3 with x >= 2: 5.
    model = new_model("small")
    x = variable(model, "x", 0, 9)
    model += x + 3
    model += x >= 2, "least"
    solved = solve(model, engine=engine)
    assert solved.state is SolveState.OPTIMAL
    assert (solved.objective, solved.bound, solved.values) == (5.0, 5.0, {"x": 2.0})


@pytest.mark.parametrize("engine", ENGINES)
def test_a_model_without_an_objective_only_needs_a_solution(engine):
    model = new_model("any")
    model += variable(model, "x", 0, 9) >= 2, "least"
    solved = solve(model, engine=engine)
    assert (solved.state, solved.objective) == (SolveState.OPTIMAL, 0.0)
    assert set(solved.values) == {"x"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", ["Continuous", "Integer"])
def test_no_solution_is_said_and_has_no_values(engine, kind):
    # x + y >= 5 and x + y <= 4.
    model = new_model("none")
    x, y = variable(model, "x", kind=kind), variable(model, "y", kind=kind)
    model += x
    model += x + y >= 5, "least"
    model += x + y <= 4, "most"
    solved = solve(model, engine=engine)
    assert solved.state is SolveState.INFEASIBLE
    assert (solved.objective, solved.bound, solved.values) == (None, None, {})


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", ["Continuous", "Integer"])
def test_without_end_is_not_without_solution(engine, kind):
    # min −x with x <= y + 1.5, y free to grow. PuLP takes HiGHS' “unbounded or infeasible” of the
    # integer one for infeasible.
    model = new_model("endless")
    x, y = variable(model, "x", kind=kind), variable(model, "y", kind=kind)
    model += -1 * x
    model += x - y <= 1.5, "behind"
    assert solve(model, engine=engine).state is SolveState.UNBOUNDED
    assert LoadedModel.of(model).solve().state is SolveState.UNBOUNDED


@pytest.mark.parametrize(("least", "state"), [(-1, SolveState.OPTIMAL), (1, SolveState.INFEASIBLE)])
def test_rows_without_variables_are_judged(least, state):
    # 0 >= −1 holds, 0 >= 1 doesn't.
    model = new_model("empty")
    model += total([]) + 7
    model += total([]) >= least, "nothing"
    assert solve(model).state is state


def test_a_relaxation_without_end_is_no_word_on_integers():
    # min −x, x free to grow, but 2y = 1 has no integer solution.
    model = new_model("odd")
    x, y = variable(model, "x"), variable(model, "y", 0, 1, kind="Integer")
    model += -1 * x
    model += 2 * y == 1, "odd"
    assert solve(model).state is SolveState.INFEASIBLE
    assert LoadedModel.of(model).solve().state is SolveState.INFEASIBLE


def test_a_solve_that_went_wrong_in_presolve_is_done_again():
    # 4a − 2c + 3d = 3 wants d odd; with −4a + 2b + c − 4d = 7 added, 2b = 10 + c + d, so that b is
    # 5 or 6 of its 6, d = 1 and c at most 1, thus a = c = 0 and 2b = 11: none. HiGHS 1.13 presolves
    # this to a point out of bounds, notices, and gives up.
    model = new_model("odd")
    a, b, c, d = (variable(model, name, 0, 6, kind="Integer") for name in "abcd")
    model += a + b + c + d
    for at, (left, right) in enumerate(
        ((4 * a - 2 * c + 3 * d, 3), (-4 * a + 2 * b + c - 4 * d, 7))
    ):
        model += left >= right, f"least{at}"
        model += left <= right, f"most{at}"
    assert solve(model).state is SolveState.INFEASIBLE
    assert solve(model, engine="cbc").state is SolveState.INFEASIBLE
    assert LoadedModel.of(model).solve().state is SolveState.INFEASIBLE


def test_a_solution_lost_in_presolve_is_found():
    # c = 1/3 and nothing else: 3c >= −6, 3c <= 1 and 3c = 1. HiGHS 1.13 calls it infeasible unless
    # told to leave out its presolve. Nothing is better: a, b = 0 or worse, c <= (1 − 3a − b − d)/3.
    model = new_model("lost")
    a, b = variable(model, "a", kind="Binary"), variable(model, "b", kind="Binary")
    c, d = variable(model, "c", 0, 6), variable(model, "d", 0, 6, kind="Integer")
    model += a + 3 * b - 4 * c
    model += -4 * a + 5 * b + 3 * c >= -6, "first"
    model += 3 * a + b + 3 * c + d <= 1, "second"
    model += a + 4 * b + 3 * c - 3 * d == 1, "third"
    for solved in (solve(model), solve(model, engine="cbc"), LoadedModel.of(model).solve()):
        assert solved.state is SolveState.OPTIMAL
        assert solved.objective == pytest.approx(-4 / 3)


@pytest.mark.parametrize("way", ["highs", "cbc", "loaded"])
def test_a_better_solution_is_not_presolved_away(way):
    # z whole, y = z − 7.5 within −1 and 1: z is 7 or 8. 7: y = −0.5, x = 3, 3 − 2 + 63 = 64.
    # 8: y = 0.5, x = 2, 2 + 2 + 72 = 76, which HiGHS 1.14 calls optimal.
    model = new_model("better")
    x, y, z = (
        variable(model, "x", 0, 4),
        variable(model, "y", -1, 1),
        variable(model, "z", kind="Integer"),
    )
    model += x + 4 * y + 9 * z
    model += x + y <= 5, "first"
    model += x + z >= 10, "second"
    model += z - y == 7.5, "third"
    solved = LoadedModel.of(model).solve() if way == "loaded" else solve(model, engine=way)
    assert (solved.state, solved.objective) == (SolveState.OPTIMAL, pytest.approx(64))


def test_telling_endless_from_infeasible_leaves_the_loaded_objective():
    # min −x, x <= y + 1.5: endless until y is held at 2, then x = 3 (whole) and −3.
    model = new_model("endless")
    x, y = variable(model, "x", kind="Integer"), variable(model, "y", kind="Integer")
    model += -1 * x
    model += x - y <= 1.5, "behind"
    loaded = LoadedModel.of(model)
    assert loaded.solve().state is SolveState.UNBOUNDED
    loaded.set_column_bounds("y", 0, 2)
    assert loaded.solve().objective == pytest.approx(-3)


@pytest.mark.parametrize("way", ["highs", "cbc", "loaded"])
def test_a_search_stopped_early_is_not_called_optimal(way):
    model = market_split(slack=True)
    if way == "loaded":
        solved = LoadedModel.of(model).solve(seconds=0.6)
    else:
        solved = solve(model, seconds=0.6, engine=way)
    assert solved.state in (SolveState.FEASIBLE, SolveState.NOTHING)
    if solved.has_plan and way != "cbc":
        # Nothing can miss less than nothing: the bound is at least the constant, 7.
        assert 7 - 1e-6 <= solved.bound < solved.objective


@pytest.mark.parametrize("way", ["highs", "cbc", "loaded"])
def test_a_search_stopped_early_without_a_plan_claims_nothing(way):
    model = market_split(slack=False)
    if way == "loaded":
        solved = LoadedModel.of(model).solve(seconds=0.6)
    else:
        solved = solve(model, seconds=0.6, engine=way)
    assert solved.state is SolveState.NOTHING
    assert (solved.objective, solved.bound, solved.values) == (None, None, {})


@pytest.mark.parametrize("way", ["highs", "loaded"])
def test_an_lp_stopped_early_does_not_pass_a_broken_point_for_a_plan(way):
    # Stopped at once, HiGHS holds zeros, which PuLP calls a feasible solution.
    model = dense_lp()
    solved = LoadedModel.of(model).solve(seconds=0) if way == "loaded" else solve(model, seconds=0)
    assert solved.state is SolveState.NOTHING


def test_within_a_gap_is_a_plan_with_a_bound_and_not_an_optimum():
    # Sixty things, five limits: the first plans within a tenth of the bound aren't the best.
    numbers = random.Random(5)
    model = new_model("gap")
    takes = [variable(model, f"take{at:02}", kind="Binary") for at in range(60)]
    model += -1 * total(numbers.randint(50, 120) * take for take in takes)
    for at in range(5):
        model += total(numbers.randint(20, 99) * take for take in takes) <= 1200, f"limit{at}"
    solved = solve(model, relative_gap=0.1)
    assert solved.state is SolveState.FEASIBLE
    assert solved.bound < solved.objective <= solved.bound * 0.9


def test_a_gap_means_nothing_without_integers():
    model = new_model("lp")
    x = variable(model, "x", 0, 9)
    model += x
    model += x >= 2, "least"
    solved = solve(model, relative_gap=0.1)
    assert (solved.state, solved.bound) == (SolveState.OPTIMAL, 2.0)


def test_what_solves_is_named():
    assert "HiGHS" in solver_version()
    assert "PuLP" in solver_version()


def test_numbers_are_added_one_by_one_on_every_python() -> None:
    # What `sum` gives from Python 3.12 on, and `fsum` everywhere, is 1.0.
    assert added([0.1] * 10) == 0.9999999999999999
    assert added([]) == 0.0
