"""A search with a set effort ends by its own work, the same each time, never by the clock."""

from __future__ import annotations

import random

import pytest

from portfolio.optimize.solver import Model, SolveState, new_model, solve, total, variable

#: Far more than the searches below take: the clock ends none of them.
GUARD = 300.0


def hard(seed: int = 1, *, rows: int = 12, columns: int = 50) -> Model:
    """A market split: so hard that a few looks of HiGHS don't prove anything."""
    draws = random.Random(seed)
    model = new_model("split")
    picks = [variable(f"X_{k}", 0, 1, kind="Binary") for k in range(columns)]
    apart = []
    for row in range(rows):
        weights = [draws.randint(1, 99) for _ in picks]
        over, under = variable(f"O_{row}"), variable(f"U_{row}")
        whole = total(w * pick for w, pick in zip(weights, picks, strict=True))
        model.addConstraint(whole + under - over == sum(weights) // 2, f"row_{row}")
        apart += [over, under]
    model.setObjective(total(apart))
    return model


@pytest.mark.parametrize("looks", [5, 40])
def test_a_set_effort_ends_the_search_and_gives_the_same_plan_each_time(looks: int) -> None:
    first, again = (solve(hard(), seconds=GUARD, looks=looks) for _ in range(2))
    assert first.state is not SolveState.OPTIMAL
    assert first.seconds < GUARD
    assert (first.state, first.objective, first.bound) == (
        again.state,
        again.objective,
        again.bound,
    )
    assert first.values == again.values


def test_more_effort_finds_no_worse_a_plan() -> None:
    short, longer = (solve(hard(), seconds=GUARD, looks=looks) for looks in (40, 400))
    assert longer.bound is not None
    assert short.bound is not None
    assert longer.bound >= short.bound
    assert longer.objective is not None
    assert short.objective is None or longer.objective <= short.objective


def test_an_easy_model_is_proven_before_its_effort_is_spent() -> None:
    model = new_model("easy")
    pick = variable("X", 0, 5, kind="Integer")
    model.addConstraint(2 * pick >= 3, "row")
    model.setObjective(total([pick]))
    solved = solve(model, seconds=GUARD, looks=24)
    assert solved.state is SolveState.OPTIMAL
    assert solved.values["X"] == 2
