"""Why there is no solution: amounts by hand, conflicts checked with models built without a row."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portfolio.optimize.limit import Limit
from portfolio.optimize.questions.conflict import NoRepairError, cheapest_repair, minimal_conflict
from portfolio.optimize.solver import Model, SolveState, new_model, solve, total, variable
from tests.optimize.test_solver import market_split

Terms = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Rows as (terms, sense, right-hand side) over columns of 0 to `most`, none of them solvable.

    prices : of giving in, in the order of the candidates; other rows are hard
    repair : the only cheapest way to give in
    conflicts : all minimal ones
    """

    rows: dict[str, tuple[Terms, str, float]]
    prices: dict[str, float]
    repair: dict[str, float]
    conflicts: list[set[str]]
    kind: str = "Continuous"
    most: float | None = None

    def model(self, without: Collection[str] = (), moved: Terms | None = None) -> Model:
        """All rows but some; some moved by an amount towards giving in."""
        model = new_model("case")
        names = sorted({name for terms, _, _ in self.rows.values() for name in terms})
        columns = {name: variable(model, name, 0, self.most, kind=self.kind) for name in names}
        model += total(columns.values())
        for name, (terms, sense, right) in self.rows.items():
            if name in without:
                continue
            left = total(entry * columns[column] for column, entry in terms.items())
            give = (moved or {}).get(name, 0.0)
            if sense != "<=":
                model += left >= right - give - (1e-6 if give else 0), f"{name}"
            if sense != ">=":
                high = right + give + (1e-6 if give else 0)
                model += left <= high, f"{name}_most" if sense == "==" else name
        return model

    def given(self) -> Model:
        """The model as analysed: an equality is one row."""
        model = new_model("case")
        names = sorted({name for terms, _, _ in self.rows.values() for name in terms})
        columns = {name: variable(model, name, 0, self.most, kind=self.kind) for name in names}
        model += total(columns.values())
        for name, (terms, sense, right) in self.rows.items():
            left = total(entry * columns[column] for column, entry in terms.items())
            row = {"<=": left <= right, ">=": left >= right, "==": left == right}[sense]
            model += row, name
        return model


def bound_conflict() -> Case:
    # x is at most 4 as a variable, 7 are needed: 3 short.
    return Case(
        rows={
            "spare": ({"x": 1, "y": 1}, "<=", 100),
            "need": ({"x": 1}, ">=", 7),
            "other": ({"y": 1}, ">=", 1),
        },
        most=4,
        prices={"spare": 1, "need": 1, "other": 1},
        repair={"need": 3},
        conflicts=[{"need"}],
    )


def two_rows() -> Case:
    # At most 10, at least 16: 6 apart; a unit of the ceiling costs 1, of the floor 2.
    return Case(
        rows={
            "ceiling": ({"x": 1, "y": 1}, "<=", 10),
            "spare": ({"x": 2, "y": 1}, "<=", 90),
            "floor": ({"x": 1, "y": 1}, ">=", 16),
            "even": ({"x": 1, "y": -1}, "==", 0),
        },
        prices={"ceiling": 1, "spare": 1, "floor": 2, "even": 9},
        repair={"ceiling": 6},
        conflicts=[{"ceiling", "floor"}],
    )


def chain() -> Case:
    # a = 5, b = a + 1, c = b + 1, c = 9: the chain ends at 7, 2 short. The link to b is cheapest.
    return Case(
        rows={
            "begin": ({"a": 1}, "==", 5),
            "around": ({"a": 1, "b": 1, "c": 1}, "<=", 500),
            "to_b": ({"b": 1, "a": -1}, "==", 1),
            "to_c": ({"c": 1, "b": -1}, "==", 1),
            "end": ({"c": 1}, "==", 9),
            "aside": ({"d": 1, "a": -1}, ">=", 0),
        },
        prices={"begin": 3, "around": 1, "to_b": 1, "to_c": 2, "end": 5, "aside": 0.1},
        repair={"to_b": 2},
        conflicts=[{"begin", "to_b", "to_c", "end"}],
    )


def parity() -> Case:
    # Twos of three whole things can't make 3, but 2 (one less) or 4 (one more); halves could.
    twos = {"x": 2.0, "y": 2.0, "z": 2.0}
    return Case(
        rows={
            "least": (twos, ">=", 3),
            "most": (twos, "<=", 3),
            "spare": ({"x": 1, "y": 1}, "<=", 2),
            "some": ({"x": 1, "y": 1, "z": 1}, ">=", 1),
        },
        kind="Integer",
        most=1,
        prices={"least": 2, "most": 1, "spare": 1, "some": 1},
        repair={"most": 1},
        conflicts=[{"least", "most"}],
    )


def flow() -> Case:
    # 10 must arrive at t by a and b; into a go at most 6, into b 3: one short. Widening the pipe
    # into a is cheapest.
    return Case(
        rows={
            "into_a": ({"sa": 1}, "<=", 6),
            "into_b": ({"sb": 1}, "<=", 3),
            "out_of_a": ({"at": 1}, "<=", 50),
            "at_a": ({"sa": 1, "at": -1}, "==", 0),
            "at_b": ({"sb": 1, "bt": -1}, "==", 0),
            "arrives": ({"at": 1, "bt": 1}, "==", 10),
            "leaves": ({"sa": 1, "sb": 1}, "<=", 40),
        },
        prices={
            "into_a": 2,
            "into_b": 3,
            "out_of_a": 1,
            "at_a": 9,
            "at_b": 9,
            "arrives": 5,
            "leaves": 1,
        },
        repair={"into_a": 1},
        conflicts=[{"into_a", "into_b", "at_a", "at_b", "arrives"}],
    )


def two_conflicts() -> Case:
    # x at least 5 and at most 3, y at least 9 and at most 2: 2 and 7, both floors the cheaper.
    return Case(
        rows={
            "x_least": ({"x": 1}, ">=", 5),
            "x_most": ({"x": 1}, "<=", 3),
            "together": ({"x": 1, "y": 1}, "<=", 60),
            "y_least": ({"y": 1}, ">=", 9),
            "y_most": ({"y": 1}, "<=", 2),
        },
        prices={"x_least": 1, "x_most": 2, "together": 1, "y_least": 1, "y_most": 3},
        repair={"x_least": 2, "y_least": 7},
        conflicts=[{"x_least", "x_most"}, {"y_least", "y_most"}],
    )


def floors_over_budget() -> Case:
    # Three floors of 4 under 10: 2 over. Two of them fit (8), so all three clash with the budget.
    floors = {f"floor_{x}": ({x: 1.0}, ">=", 4.0) for x in "abc"}
    return Case(
        rows={
            **floors,
            "budget": ({"a": 1, "b": 1, "c": 1}, "<=", 10),
            "cap": ({"a": 1}, "<=", 8),
        },
        prices={"floor_a": 3, "floor_b": 2, "floor_c": 4, "budget": 2.5, "cap": 1},
        repair={"floor_b": 2},
        conflicts=[{"floor_a", "floor_b", "floor_c", "budget"}],
    )


def pigeons() -> Case:
    # Three pigeons, two holes, one in each: halves fit, whole ones don't. One stays outside.
    rows = {f"in_{p}": ({f"{p}1": 1.0, f"{p}2": 1.0}, ">=", 1.0) for p in "abc"}
    for p, q in ("ab", "ac", "bc"):
        for hole in "12":
            rows[f"one_{p}{q}{hole}"] = ({p + hole: 1.0, q + hole: 1.0}, "<=", 1.0)
    clash = set(rows)
    rows["spare"] = ({"a1": 1.0, "b2": 1.0}, "<=", 2.0)
    return Case(
        rows=rows,
        kind="Integer",
        most=1,
        prices={name: 1.0 if name == "in_b" else 5.0 for name in rows},
        repair={"in_b": 1},
        conflicts=[clash],
    )


CASES: list[Callable[[], Case]] = [
    bound_conflict,
    two_rows,
    chain,
    parity,
    flow,
    two_conflicts,
    floors_over_budget,
    pigeons,
]


@pytest.mark.parametrize("make", CASES)
def test_the_cheapest_repair_is_the_one_by_hand(make):
    case = make()
    assert cheapest_repair(case.given(), case.prices) == pytest.approx(case.repair, abs=1e-6)
    assert solve(case.model()).state is SolveState.INFEASIBLE
    assert solve(case.model(moved=case.repair)).has_plan


@pytest.mark.parametrize("make", CASES)
@pytest.mark.parametrize("backwards", [False, True])
def test_the_conflict_is_a_minimal_one(make, backwards):
    case = make()
    candidates = list(case.prices)[:: -1 if backwards else 1]
    names, minimal = minimal_conflict(case.given(), candidates)
    assert minimal
    assert set(names) in case.conflicts
    assert list(names) == [name for name in candidates if name in names]


@pytest.mark.parametrize("make", CASES)
def test_the_conflicts_by_hand_are_minimal_themselves(make):
    case = make()
    for conflict in case.conflicts:
        others = set(case.rows) - conflict
        assert solve(case.model(without=others)).state is SolveState.INFEASIBLE
        for name in conflict:
            assert solve(case.model(without={*others, name})).has_plan


@pytest.mark.parametrize("make", CASES)
def test_the_given_model_is_left_as_it_was(make):
    case = make()
    model = case.given()
    before = model.toDict()
    cheapest_repair(model, case.prices)
    minimal_conflict(model, list(case.prices))
    assert model.toDict() == before


def test_rows_that_are_no_candidates_stand():
    # The floor is hard: the ceiling alone clashes with it.
    case = two_rows()
    assert minimal_conflict(case.given(), ["ceiling", "spare"]) == (("ceiling",), True)


def test_rows_that_clash_without_the_candidates_need_none_of_them():
    case = two_rows()
    assert minimal_conflict(case.given(), ["spare", "even"]) == ((), True)
    with pytest.raises(NoRepairError) as told:
        cheapest_repair(case.given(), {"spare": 1, "even": 1})
    assert told.value.state is SolveState.INFEASIBLE
    assert told.value.amounts == {}


def test_with_a_solution_there_is_no_conflict_and_nothing_to_repair():
    case = two_rows()
    model = case.model(without={"floor"})
    assert cheapest_repair(model, {"ceiling": 1}) == {}
    with pytest.raises(ValueError, match="has a solution"):
        minimal_conflict(model, ["ceiling"])


def test_a_candidate_named_twice_counts_once():
    case = two_rows()
    names, minimal = minimal_conflict(case.given(), ["floor", "ceiling", "floor"])
    assert (names, minimal) == (("floor", "ceiling"), True)


def test_giving_in_for_nothing_is_refused():
    with pytest.raises(ValueError, match="price"):
        cheapest_repair(two_rows().given(), {"floor": 0})


def test_an_objective_without_end_does_not_hide_the_conflict():
    # min −z, z free to grow, beside x >= 5 and x <= 3.
    model = new_model("endless")
    x, z = variable(model, "x"), variable(model, "z")
    model += -1 * z
    model += x + 0 * z >= 5, "least"
    model += x <= 3, "most"
    assert minimal_conflict(model, ["least", "most"]) == (("least", "most"), True)
    assert cheapest_repair(model, {"least": 1, "most": 2}) == pytest.approx({"least": 2})


def test_time_that_ends_first_is_not_called_a_proof():
    case = two_rows()
    candidates = list(case.prices)
    assert minimal_conflict(case.given(), candidates, limit=Limit.of(0.0)) == (
        tuple(candidates),
        False,
    )
    with pytest.raises(NoRepairError) as told:
        cheapest_repair(case.given(), case.prices, limit=Limit.of(0.0))
    assert told.value.state is SolveState.NOTHING


def test_a_repair_not_proven_cheapest_is_not_passed_for_one():
    # The market split: near ones are found soon, the nearest isn't proven.
    model = market_split(slack=False)
    with pytest.raises(NoRepairError) as told:
        cheapest_repair(model, {f"product{at}": 1 for at in range(5)}, limit=Limit.of(0.6))
    assert told.value.state in (SolveState.FEASIBLE, SolveState.NOTHING)
    assert minimal_conflict(model, ["product0", "product1"], limit=Limit.of(0.3))[1] is False


def test_rows_of_the_same_clash_in_many_years_are_told_apart():
    # In each of 12 years four floors of 3 stand against a ceiling of 10: 2 over a year. One year
    # is a whole conflict; the repair needs them all.
    rows: dict[str, tuple[Terms, str, float]] = {}
    for year in range(12):
        parts = {f"{item}{year}": 1.0 for item in "abcd"}
        rows |= {f"floor_{part}": ({part: 1.0}, ">=", 3.0) for part in parts}
        rows[f"ceiling{year}"] = (parts, "<=", 10.0)
    prices = {name: 1.0 if name.startswith("ceiling") else 2.0 for name in rows}
    case = Case(rows=rows, prices=prices, repair={}, conflicts=[])
    names, minimal = minimal_conflict(case.given(), list(rows))
    year = names[-1].removeprefix("ceiling")
    assert minimal
    assert set(names) == {f"ceiling{year}", *(f"floor_{item}{year}" for item in "abcd")}
    repair = cheapest_repair(case.given(), prices)
    assert repair == pytest.approx({f"ceiling{at}": 2.0 for at in range(12)})


@st.composite
def clashing(draw) -> Case:
    """Small systems in whole numbers, most of them without a solution."""
    columns = [f"x{at}" for at in range(draw(st.integers(2, 4)))]
    rows = {}
    for at in range(draw(st.integers(3, 9))):
        entries = draw(st.lists(st.integers(-4, 4), min_size=len(columns), max_size=len(columns)))
        terms = {x: float(n) for x, n in zip(columns, entries, strict=True) if n}
        assume(terms)
        sense = draw(st.sampled_from(["<=", ">=", "=="]))
        rows[f"r{at}"] = (terms, sense, float(draw(st.integers(-12, 12))))
    return Case(
        rows=rows,
        kind=draw(st.sampled_from(["Continuous", "Integer"])),
        most=6,
        prices={name: float(draw(st.integers(1, 5))) for name in rows},
        repair={},
        conflicts=[],
    )


@given(case=clashing())
def test_what_is_found_clashes_and_nothing_in_it_is_spare(case):
    assume(solve(case.given()).state is SolveState.INFEASIBLE)
    repair = cheapest_repair(case.given(), case.prices)
    assert repair
    assert solve(case.model(moved=repair)).has_plan
    names, minimal = minimal_conflict(case.given(), list(case.rows))
    assert minimal
    others = set(case.rows) - set(names)
    assert solve(case.model(without=others)).state is SolveState.INFEASIBLE
    for name in names:
        assert solve(case.model(without={*others, name})).has_plan
    # A repair touches every conflict.
    assert set(names) & set(repair)
