"""Two stages: by hand, against the extensive form, and a repair's own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.hedge import Risk, conditional_value_at_risk, even, value_at_risk
from portfolio.optimize.questions.hedge import Hedged, TwoStage, evaluate, hedge
from portfolio.optimize.questions.second_stage import check_gates, stages, whole_hedge
from portfolio.optimize.repair import repair
from portfolio.optimize.rules import build
from portfolio.optimize.solver import Model, SolveState, new_model, solve, total, variable
from portfolio.optimize.warm_model import LoadedModel
from tests.examples import examples
from tests.optimize.small_cases import BEFORE_YEAR, FREE_SHARES, LAST, YEAR, A, small_case

MOST = 10.0


@dataclass(frozen=True, kw_only=True)
class Small:
    """Decisions share 10; each draws no more than decided and its sample, and is worth so much.

    What all are worth together falls short of a target.
    """

    worth: list[float]
    target: float
    samples: list[list[float]]
    weights: list[float]

    def first(self) -> Model:
        model = new_model("first")
        model += 0
        decided = [variable(model, f"x{k}") for k in range(len(self.worth))]
        model += total(decided) <= MOST, "share"
        return model

    def second(self) -> Model:
        model = new_model("second")
        drawn = [variable(model, f"d{k}") for k in range(len(self.worth))]
        short = variable(model, "short")
        model += short + 0
        for k, one in enumerate(drawn):
            model += one <= 0, f"decided{k}"
            model += one <= 0, f"comes{k}"
        value = total(worth * one for worth, one in zip(self.worth, drawn, strict=True))
        model += short + value >= self.target, "target"
        return model

    def problem(self) -> TwoStage:
        names = range(len(self.worth))
        return TwoStage(
            first=LoadedModel.of(self.first()),
            second=LoadedModel.of(self.second()),
            columns=tuple(f"x{k}" for k in names),
            links=tuple(f"decided{k}" for k in names),
            sampled=tuple(f"comes{k}" for k in names),
        )

    def hedged(self, risk: Risk, **options: object) -> Hedged:
        return hedge(self.problem(), np.array(self.samples), np.array(self.weights), risk,
                     tolerance=1e-6, **options)  # type: ignore[arg-type]  # fmt: skip

    def extensive(self, risk: Risk) -> float:
        """The least objective by one model of all scenarios."""
        model = new_model("extensive")
        at_risk = variable(model, "at_risk", None)
        decided = [variable(model, f"x{k}") for k in range(len(self.worth))]
        shorts, beyonds = [], []
        for s, sample in enumerate(self.samples):
            drawn = [variable(model, f"d{s}_{k}", 0, most) for k, most in enumerate(sample)]
            short, beyond = variable(model, f"short{s}"), variable(model, f"beyond{s}")
            for one, most in zip(drawn, decided, strict=True):
                model += one - most <= 0
            value = total(worth * one for worth, one in zip(self.worth, drawn, strict=True))
            model += short + value >= self.target
            model += beyond + at_risk - short >= 0
            shorts.append(short)
            beyonds.append(beyond)
        model += total(decided) <= MOST
        weighted = list(zip(self.weights, shorts, beyonds, strict=True))
        mean = total(weight * short for weight, short, _ in weighted)
        tail = total(weight / (1 - risk.alpha) * beyond for weight, _, beyond in weighted)
        model.setObjective((1 - risk.weight) * mean + risk.weight * at_risk + risk.weight * tail)
        solved = solve(model)
        assert solved.state is SolveState.OPTIMAL and solved.objective is not None
        return solved.objective


# a is worth 1 and always comes; b is worth 2 and comes in three cases of four; 16 are wanted.
# With t decided for b: short 16 − (10 − t) − 2t = 6 − t (no less than 0), or 6 + t without b.
NEWSVENDOR = Small(
    worth=[1.0, 2.0], target=16.0, samples=[[10.0, 10.0], [10.0, 0.0]], weights=[0.75, 0.25]
)


def test_the_mean_alone_takes_the_chance_that_pays_on_average() -> None:
    # Mean 6 − t/2 up to t = 6: there 0.25 × 12 = 3; beyond it only the bad case grows.
    found = NEWSVENDOR.hedged(Risk(alpha=0.75, weight=0.0))
    assert found.state is SolveState.OPTIMAL and found.best is not None
    assert found.best.value == pytest.approx(3.0)
    assert found.best.decision == pytest.approx([4.0, 6.0], abs=1e-5)
    assert found.best.costs == pytest.approx([0.0, 12.0], abs=1e-5)


def test_the_worst_quarter_alone_takes_no_chance() -> None:
    # The worst quarter is the bad case, 6 + t: t = 0.
    found = NEWSVENDOR.hedged(Risk(alpha=0.75, weight=1.0))
    assert found.best is not None
    assert found.best.value == pytest.approx(6.0)
    assert found.best.costs == pytest.approx([6.0, 6.0], abs=1e-5)


def test_the_weight_between_both_decides_between_them() -> None:
    # A quarter for the worst: 0.75 × (6 − t/2) + 0.25 × (6 + t) = 6 − t/8, so t = 6: 5.25.
    found = NEWSVENDOR.hedged(Risk(alpha=0.75, weight=0.25))
    assert found.best is not None and found.best.value == pytest.approx(5.25)
    # A half: 6 + t/4, so t = 0.
    found = NEWSVENDOR.hedged(Risk(alpha=0.75, weight=0.5))
    assert found.best is not None and found.best.value == pytest.approx(6.0)


def test_a_start_is_valued_and_left_only_for_something_better() -> None:
    # t = 2: 0.75 × 4 + 0.25 × 8 = 5.
    found = NEWSVENDOR.hedged(Risk(weight=0.0), start=np.array([8.0, 2.0]))
    assert found.start_value == pytest.approx(5.0)
    assert found.best is not None and found.best.value == pytest.approx(3.0)


def test_without_time_there_is_no_proof() -> None:
    found = NEWSVENDOR.hedged(Risk(weight=0.0), start=np.array([8.0, 2.0]), seconds=0.0)
    assert found.state is SolveState.FEASIBLE and found.bound is None
    assert found.best is not None and found.best.value == pytest.approx(5.0)


def test_cvar_is_the_mean_of_the_worst_part() -> None:
    costs, weights = np.array([4.0, 1.0, 5.0, 3.0, 2.0]), even(5)
    # The worst fifth is 5; of the worst 30 %, 5 weighs 0.2 and 4 weighs 0.1: 1.4 / 0.3.
    assert value_at_risk(costs, 0.8, weights) == 4.0
    assert conditional_value_at_risk(costs, 0.8, weights) == pytest.approx(5.0)
    assert conditional_value_at_risk(costs, 0.7, weights) == pytest.approx(1.4 / 0.3)
    # All of it is the mean; half of each: (3 + 5) / 2.
    assert conditional_value_at_risk(costs, 0.0, weights) == pytest.approx(3.0)
    assert Risk(alpha=0.8, weight=0.5).of(costs) == pytest.approx(4.0)
    assert Risk(alpha=0.8, weight=0.5).shares(costs).mean() == pytest.approx(4.0)


@st.composite
def smalls(draw: st.DrawFn) -> Small:
    count, scenarios = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    number = st.integers(0, 12).map(float)
    parts = draw(st.lists(st.integers(1, 5), min_size=scenarios, max_size=scenarios))
    sample = st.lists(number, min_size=count, max_size=count)
    return Small(
        worth=draw(st.lists(st.integers(1, 4).map(float), min_size=count, max_size=count)),
        target=draw(st.integers(1, 40).map(float)),
        samples=draw(st.lists(sample, min_size=scenarios, max_size=scenarios)),
        weights=[part / sum(parts) for part in parts],
    )


RISKS = st.builds(Risk, alpha=st.sampled_from((0.0, 0.5, 0.8)), weight=st.sampled_from((0, 0.3, 1)))


@given(smalls(), RISKS)
@examples(25)
def test_cuts_find_what_one_model_of_all_scenarios_finds(small, risk) -> None:
    found = small.hedged(risk)
    assert found.state is SolveState.OPTIMAL and found.best is not None
    assert found.best.value == pytest.approx(small.extensive(risk), abs=1e-5)


@given(smalls())
@examples(15)
def test_one_decision_makes_all_the_costs_told(small) -> None:
    best = small.hedged(Risk()).best
    assert best is not None and best.decision.sum() <= MOST + 1e-7
    drawn = np.minimum(best.decision, np.array(small.samples))
    costs = np.maximum(small.target - drawn @ np.array(small.worth), 0.0)
    assert best.costs == pytest.approx(costs, abs=1e-6)


@given(smalls())
@examples(15)
def test_more_weight_on_the_worst_never_lowers_the_mean_nor_raises_the_worst(small) -> None:
    weights = np.array(small.weights)
    means, worsts = [], []
    for weight in (0.1, 0.5, 0.9):
        best = small.hedged(Risk(alpha=0.6, weight=weight)).best
        assert best is not None
        means.append(weights @ best.costs)
        worsts.append(conditional_value_at_risk(best.costs, 0.6, weights))
    assert means[0] <= means[1] + 1e-4 and means[1] <= means[2] + 1e-4
    assert worsts[2] <= worsts[1] + 1e-4 and worsts[1] <= worsts[0] + 1e-4


def test_the_same_search_ends_in_the_same_decision() -> None:
    first, second = (NEWSVENDOR.hedged(Risk(alpha=0.75, weight=0.25)).best for _ in range(2))
    assert first is not None and second is not None
    assert (first.decision == second.decision).all()


def receipts(*by_year: tuple[int, int]) -> np.ndarray:
    """到位率 of A in 2034 and 2035, a scenario each; everything else comes in full."""
    found = np.full((len(by_year), PLAN_YEARS, 5), 10_000)
    for scenario, (year, last) in enumerate(by_year):
        found[scenario, YEAR, A], found[scenario, LAST, A] = year, last
    return found


def small_stages(years: int = 1):
    """One item, 5 亿元 from A in 2034 and in 2035, and both years' targets are just that."""
    case = small_case(
        {(YEAR, A, 0): 5.0, (LAST, A, 0): 5.0},
        asof=BEFORE_YEAR,
        shares={(A, 0): 100},
        items={0: {"yearly_cap": 10.0}},
        wanted={YEAR: 5.0, LAST: 5.0},
    )
    repaired = repair(case)
    assert repaired.plan_wan is not None
    return repaired.plan_wan, stages(repaired, repaired.plan_wan, years)


def test_what_does_not_come_is_cut_from_what_was_decided() -> None:
    plan, laid = small_stages()
    # 60 % of 5 come in 2034: 2 short. In 2035 5 come: nothing short, 2 behind in both years.
    scenarios = laid.scenarios(receipts((6_000, 10_000)))
    measured = evaluate(laid.problem, [laid.decision(plan)], scenarios, laid.measure)
    weight = laid.case.settings.weight(laid.case.portfolio.items[0].priority)
    assert measured[0, 0] == pytest.approx([2.0, weight * 4.0, 0.0], abs=1e-6)


def test_no_more_is_drawn_than_was_decided_even_where_more_comes() -> None:
    plan, laid = small_stages()
    # 4 decided of 5: 1 short in 2034, whatever comes; 2035 is free, but 5 are voted.
    scenarios = laid.scenarios(receipts((12_000, 10_000)))
    measured = evaluate(laid.problem, [laid.decision(plan) - 1.0], scenarios, laid.measure)
    assert measured[0, 0, 0] == pytest.approx(1.0, abs=1e-6)


def test_later_years_are_planned_anew_and_years_decided_now_are_not() -> None:
    # 120 % come in 2035 after 60 % in 2034: what is behind is made good only where 2035 is free.
    for years, behind in ((1, 2.0 + 1.0), (2, 2.0 + 2.0)):
        plan, laid = small_stages(years)
        scenarios = laid.scenarios(receipts((6_000, 12_000)))
        measured = evaluate(laid.problem, [laid.decision(plan)], scenarios, laid.measure)
        weight = laid.case.settings.weight(laid.case.portfolio.items[0].priority)
        assert measured[0, 0, 1] == pytest.approx(weight * behind, abs=1e-6)


def test_a_later_year_may_get_less_than_items_keep_of_its_cut() -> None:
    # Of A's cut from 20 to 14 in 2035 each item keeps 5.5 of 10; 40 % of 14 come: 5.6 for both.
    case = small_case(
        {(YEAR, A, 0): 5, (LAST, A, 0): 10, (LAST, A, 1): 10},
        asof=BEFORE_YEAR,
        envelopes={(LAST, A): 14},
        items={1: {"priority": 4}},
        settings=replace(FREE_SHARES, yearly_band_bps=1_500),
        wanted={LAST: 20.0},
    )
    repaired = repair(case)
    assert repaired.plan_wan is not None
    laid = stages(repaired, repaired.plan_wan, 1)
    kept = [
        name
        for name, place in build(case, laid.limits).places.items()
        if place.rule == "shared_cut"
    ]
    assert kept and set(kept) <= set(laid.problem.second.row_names)
    measured = evaluate(
        laid.problem,
        [laid.decision(repaired.plan_wan)],
        laid.scenarios(receipts((10_000, 4_000))),
        laid.measure,
    )
    assert measured[0, 0, 0] == pytest.approx(20 - 5.6, abs=1e-6)
    assert measured[0, 0, 2] == pytest.approx(0.0, abs=1e-6)


def test_a_hedge_in_whole_wan_keeps_every_rule_and_what_was_decided() -> None:
    plan, laid = small_stages()
    scenarios = laid.scenarios(receipts((6_000, 10_000), (10_000, 8_000)))
    found = hedge(laid.problem, scenarios, even(2), Risk(), start=laid.decision(plan))
    assert found.state is SolveState.OPTIMAL and found.best is not None
    whole = whole_hedge(laid, found.best.decision, seconds=20.0)
    assert whole is not None and whole[1]
    assert laid.decision(whole[0]) == pytest.approx(found.best.decision, abs=0.001)
    check = check_gates(laid, found.best.decision, scenarios, found.best.costs, most=3)
    assert check.proven == 2 and check.worst_wan == pytest.approx(0.0, abs=1.0)
