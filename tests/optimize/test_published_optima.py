"""Problems with published optima, on HiGHS, on CBC and on the model loaded in place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from portfolio.optimize.solver import Model, Solved, SolveState, new_model, solve, total, variable
from portfolio.optimize.warm_model import LoadedModel

WAYS = ["highs", "cbc", "loaded"]


def solved(model: Model, way: str) -> Solved:
    return LoadedModel.of(model).solve() if way == "loaded" else solve(model, engine=way)


@dataclass(frozen=True, kw_only=True)
class Knapsack:
    """Shares or whole projects under several budgets; profits are made negative to minimise."""

    profits: list[float]
    costs: list[list[float]]
    budgets: list[float]
    optimum: float = 0.0

    def model(self, kind: str) -> Model:
        model = new_model("knapsack")
        takes = [
            variable(model, f"x{at:02}", 0, 1, kind=kind) for at, _ in enumerate(self.profits, 1)
        ]
        model += -1 * total(profit * take for profit, take in zip(self.profits, takes, strict=True))
        for at, (row, budget) in enumerate(zip(self.costs, self.budgets, strict=True)):
            spent = total(cost * take for cost, take in zip(row, takes, strict=True))
            model += spent <= budget, f"budget{at}"
        return model


#: W. L. Winston, Operations Research: Applications and Algorithms, capital budgeting (Star Oil).
STAR_OIL = Knapsack(
    profits=[13, 16, 16, 14, 39],
    costs=[[11, 53, 5, 5, 29], [3, 6, 5, 1, 34]],
    budgets=[40, 20],
)
#: J. H. Lorie and L. J. Savage, Three problems in rationing capital, Journal of Business 28 (1955).
LORIE_SAVAGE = Knapsack(
    profits=[14, 17, 17, 15, 40, 12, 14, 10, 12],
    costs=[[12, 54, 6, 6, 30, 6, 48, 36, 18], [3, 7, 6, 2, 35, 6, 4, 3, 3]],
    budgets=[50, 20],
)


def petersen() -> list[Knapsack]:
    """OR-Library mknap1; the file names its source and its order."""
    lines = (Path(__file__).parent / "mknap1.txt").read_text(encoding="utf-8").splitlines()
    numbers = iter(float(n) for line in lines if not line.startswith("#") for n in line.split())

    def take(count: int) -> list[float]:
        return [next(numbers) for _ in range(count)]

    problems = []
    for _ in range(int(next(numbers))):
        variables, constraints, optimum = int(next(numbers)), int(next(numbers)), next(numbers)
        problems.append(
            Knapsack(
                optimum=optimum,
                profits=take(variables),
                costs=[take(variables) for _ in range(constraints)],
                budgets=take(constraints),
            )
        )
    assert list(numbers) == []
    return problems


@pytest.mark.parametrize("way", WAYS)
def test_star_oil_buys_the_published_shares(way):
    result = solved(STAR_OIL.model("Continuous"), way)
    assert result.state is SolveState.OPTIMAL
    assert result.objective == pytest.approx(-57.4490166, abs=1e-6)
    assert result.values["x02"] == pytest.approx(0.200860, abs=1e-6)
    assert result.values["x05"] == pytest.approx(0.288084, abs=1e-6)
    assert [result.values[f"x0{at}"] for at in (1, 3, 4)] == pytest.approx([1, 1, 1])


def test_star_oil_values_its_budgets_as_published():
    # NPV is maximised in the book; of −NPV, minimised, one more in a budget takes the price away.
    loaded = LoadedModel.of(STAR_OIL.model("Continuous"))
    loaded.solve()
    duals = loaded.row_duals()
    assert duals["budget0"] == pytest.approx(-0.190418, abs=1e-6)
    assert duals["budget1"] == pytest.approx(-0.984644, abs=1e-6)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("kind", "optimum"), [("Continuous", 70.27), ("Binary", 70.0)])
def test_lorie_savage_reaches_the_published_worth(way, kind, optimum):
    result = solved(LORIE_SAVAGE.model(kind), way)
    assert result.state is SolveState.OPTIMAL
    assert result.objective == pytest.approx(-optimum, abs=0.005)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", range(7))
def test_petersen_reaches_the_published_optimum(way, number):
    problem = petersen()[number]
    result = solved(problem.model("Binary"), way)
    assert result.state is SolveState.OPTIMAL
    assert result.objective == pytest.approx(-problem.optimum, abs=1e-6)
    assert result.bound == pytest.approx(-problem.optimum, abs=1e-2)


def test_petersen_is_the_published_set():
    published = [3800, 8706.1, 4015, 6120, 12400, 10618, 16537]
    assert [problem.optimum for problem in petersen()] == published
    sizes = [(len(problem.profits), len(problem.budgets)) for problem in petersen()]
    assert sizes == [(6, 10), (10, 10), (15, 10), (20, 10), (28, 10), (39, 5), (50, 5)]
