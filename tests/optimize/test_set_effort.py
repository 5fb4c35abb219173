"""A search with a set effort ends by its own work, the same each time, never by the clock."""

from __future__ import annotations

import random

import pytest

from portfolio.optimize import warm_model
from portfolio.optimize.limit import Limit
from portfolio.optimize.solver import Model, SolveState, new_model, solve, total, variable
from portfolio.optimize.warm_model import LoadedModel

#: Far more than the searches below take: the clock ends none of them.
GUARD = 300.0


def hard(seed: int = 1, *, rows: int = 12, columns: int = 50) -> Model:
    """A market split: so hard that a few looks of HiGHS don't prove anything."""
    draws = random.Random(seed)
    model = new_model("split")
    picks = [variable(model, f"X_{k}", 0, 1, kind="Binary") for k in range(columns)]
    apart = []
    for row in range(rows):
        weights = [draws.randint(1, 99) for _ in picks]
        over, under = variable(model, f"O_{row}"), variable(model, f"U_{row}")
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
    pick = variable(model, "X", 0, 5, kind="Integer")
    model.addConstraint(2 * pick >= 3, "row")
    model.setObjective(total([pick]))
    solved = solve(model, seconds=GUARD, looks=24)
    assert solved.state is SolveState.OPTIMAL
    assert solved.values["X"] == 2


def test_a_loaded_search_ends_after_its_looks_and_only_where_that_was_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(warm_model, "set_looks", lambda _columns: 5)
    first, again = (LoadedModel.of(hard()).solve(set_effort=True) for _ in range(2))
    assert first.state is not SolveState.OPTIMAL
    assert (first.state, first.objective, first.values) == (
        again.state,
        again.objective,
        again.values,
    )
    loaded = LoadedModel.of(hard(rows=2, columns=12))
    assert loaded.solve(set_effort=True).state is not SolveState.OPTIMAL
    assert loaded.solve().state is SolveState.OPTIMAL


def test_a_loaded_program_ends_after_its_steps_and_only_where_that_was_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(warm_model, "STEPS", 0)
    monkeypatch.setattr(warm_model, "FEWEST_STEPS", 1)
    loaded = LoadedModel.of(hard())
    loaded.relax(True)
    assert loaded.solve(set_effort=True).state is SolveState.NOTHING
    assert loaded.solve().state is SolveState.OPTIMAL


def test_the_solves_of_a_question_share_its_effort() -> None:
    loaded = LoadedModel.of(hard())
    loaded.relax(True)
    limit = Limit.of(None, effort=3 * loaded.columns)
    part = limit.part(1 / 3)
    assert part.solve(loaded).state is SolveState.OPTIMAL
    assert part.over and not limit.over
    for _ in range(2):
        assert limit.solve(loaded).state is SolveState.OPTIMAL
    assert limit.over and not limit.cut
    assert limit.solve(loaded).state is SolveState.NOTHING
    assert limit.cut


def test_seconds_asked_for_are_what_ends_a_question() -> None:
    loaded = LoadedModel.of(hard())
    over, long = Limit.of(0.0), Limit.of(GUARD)
    assert over.over and over.part(1 / 2).over
    assert over.solve(loaded).state is SolveState.NOTHING and over.cut
    loaded.relax(True)
    assert not long.part(1 / 2).over
    assert long.solve(loaded).state is SolveState.OPTIMAL and not long.cut
