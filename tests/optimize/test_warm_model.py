"""Changed in place or built anew: the same answers; duals and ranges by moving what they speak of."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portfolio.optimize.solver import Model, SolveState, new_model, solve, total, variable
from portfolio.optimize.warm_model import LoadedModel

Bounds = tuple[float | None, float | None]


@dataclass(frozen=True, kw_only=True)
class Small:
    """A small program with columns between 0 and 10."""

    costs: list[int]
    rows: list[list[int]]
    bounds: list[Bounds]
    integers: int = 0

    def model(self, bounds: list[Bounds]) -> Model:
        model = new_model("small")
        kinds = ["Integer" if at < self.integers else "Continuous" for at in range(9)]
        columns = [
            variable(model, f"x{at}", 0, 10, kind=kinds[at]) for at in range(len(self.costs))
        ]
        model += total(cost * x for cost, x in zip(self.costs, columns, strict=True)) + 1
        for at, (row, (low, high)) in enumerate(zip(self.rows, bounds, strict=True)):
            left = total(entry * x for entry, x in zip(row, columns, strict=True))
            if low is not None and low == high:
                model += left == low, f"r{at}"
                continue
            # Both rows are always there, so that any bounds can be set later.
            model += left >= (-1e6 if low is None else low), f"r{at}"
            model += left <= (1e6 if high is None else high), f"r{at}_most"
        return model


@st.composite
def bounds_of_a_row(draw) -> Bounds:
    low = draw(st.one_of(st.none(), st.integers(-20, 20)))
    high = draw(st.one_of(st.none(), st.integers(-20, 30)))
    if low is not None and high is not None and low >= high:
        high = low + 1
    return low, high


@st.composite
def smalls(draw, integers: bool = True) -> Small:
    columns, rows = draw(st.integers(2, 5)), draw(st.integers(1, 5))
    number = st.integers(-6, 6)
    return Small(
        costs=draw(st.lists(number, min_size=columns, max_size=columns)),
        rows=draw(
            st.lists(
                st.lists(number, min_size=columns, max_size=columns).filter(any),
                min_size=rows,
                max_size=rows,
            )
        ),
        bounds=draw(st.lists(bounds_of_a_row(), min_size=rows, max_size=rows)),
        integers=draw(st.integers(0, columns)) if integers else 0,
    )


def place(loaded: LoadedModel, bounds: list[Bounds]) -> None:
    for at, (low, high) in enumerate(bounds):
        loaded.set_row_bounds(f"r{at}", low, None)
        loaded.set_row_bounds(f"r{at}_most", None, high)


@given(small=smalls(), data=st.data())
def test_changed_in_place_equals_built_anew(small, data):
    loaded = LoadedModel.of(small.model(small.bounds))
    row = st.lists(bounds_of_a_row(), min_size=len(small.rows), max_size=len(small.rows))
    for bounds in [small.bounds, *data.draw(st.lists(row, min_size=1, max_size=5))]:
        place(loaded, bounds)
        again, anew = loaded.solve(), solve(small.model(bounds))
        assert again.state is anew.state
        if again.has_plan:
            assert again.objective == pytest.approx(anew.objective, abs=1e-6)
            assert again.bound == pytest.approx(anew.bound, abs=1e-5)


@given(small=smalls(integers=False), part=st.floats(0.05, 0.95), up=st.booleans())
def test_inside_its_range_a_right_hand_side_is_worth_its_dual(small, part, up):
    loaded = LoadedModel.of(small.model(small.bounds))
    solved = loaded.solve()
    assume(solved.has_plan)
    duals, ranges = loaded.row_duals(), loaded.row_ranges()
    for name in loaded.row_names:
        low, high = loaded.row_bounds(name)
        now = high if high < math.inf else low
        least, most = ranges[name]
        assert least <= now + 1e-6
        assert now - 1e-6 <= most
        end = min(most, now + 50) if up else max(least, now - 50)
        there = now + part * (end - now)
        loaded.set_row_bounds(name, low if low == -math.inf else there, there)
        if high == math.inf:
            loaded.set_row_bounds(name, there, None)
        moved = loaded.solve()
        assert moved.has_plan
        worth = solved.objective + duals[name] * (there - now)
        assert moved.objective == pytest.approx(worth, abs=1e-5)
        loaded.set_row_bounds(name, low, high)


def wyndor() -> LoadedModel:
    """F. S. Hillier and G. J. Lieberman's textbook example, profit 3x + 5y made negative.

    x <= 4, 2y <= 12, 3x + 2y <= 18: best at (2, 6) with 36.
    """
    model = new_model("wyndor")
    x, y = variable(model, "x"), variable(model, "y")
    model += -3 * x - 5 * y
    model += x <= 4, "plant1"
    model += 2 * y <= 12, "plant2"
    model += 3 * x + 2 * y <= 18, "plant3"
    return LoadedModel.of(model)


def test_duals_and_ranges_of_the_textbook():
    # At (2, 6) plants 2 and 3 bind: an hour is worth 3/2 and 1. Plant 1 uses 2 of its 4. y = b2/2
    # and x = (18 − b2)/3 stay in 0..4 for b2 in 6..18; x = (b3 − 12)/3 for b3 in 12..24.
    loaded = wyndor()
    assert loaded.solve().objective == pytest.approx(-36)
    assert loaded.row_duals() == pytest.approx({"plant1": 0, "plant2": -1.5, "plant3": -1})
    assert loaded.column_duals() == pytest.approx({"x": 0, "y": 0})
    ranges = loaded.row_ranges()
    assert ranges["plant1"] == pytest.approx((2, math.inf))
    assert ranges["plant2"] == pytest.approx((6, 18))
    assert ranges["plant3"] == pytest.approx((12, 24))


@pytest.mark.parametrize(("name", "now"), [("plant1", 4), ("plant2", 12), ("plant3", 18)])
def test_outside_its_range_a_dual_no_longer_holds(name, now):
    loaded = wyndor()
    before = loaded.solve()
    dual, (least, most) = loaded.row_duals()[name], loaded.row_ranges()[name]
    for end, there in ((least, least - 1), (most, most + 1)):
        if math.isinf(end):
            continue
        loaded.set_row_bounds(name, None, end)
        at_the_end = before.objective + dual * (end - now)
        assert loaded.solve().objective == pytest.approx(at_the_end, abs=1e-6)
        loaded.set_row_bounds(name, None, there)
        assert loaded.solve().objective > before.objective + dual * (there - now) + 0.1
        loaded.set_row_bounds(name, None, now)


def test_the_range_of_a_lower_bound_that_does_not_bind_ends_at_the_activity():
    # min x with x + y >= 3, x >= 1 (a row), y <= 9 as column: x = 1, y >= 2. Moved past what x + y
    # can be at most, 10, the first row binds.
    model = new_model("slack")
    x, y = variable(model, "x"), variable(model, "y", 9, 9)
    model += x
    model += x + y >= 3, "both"
    model += x + 0 * y >= 1, "one"
    loaded = LoadedModel.of(model)
    loaded.solve()
    assert loaded.row_ranges()["both"] == pytest.approx((-math.inf, 10))


def test_integers_held_leave_an_lp_with_duals():
    # min 2x + y, x + y >= 3.5, x whole, y <= 1: x = 3 (2.5 rounded up), y = 0.5: 6.5. With x held
    # at 3 one more is bought with y, for 1; relaxed, with x, for 2 (2·2.5 + 1 = 6).
    model = new_model("held")
    x, y = variable(model, "x", kind="Integer"), variable(model, "y", 0, 1)
    model += 2 * x + y
    model += x + y >= 3.5, "need"
    loaded = LoadedModel.of(model)
    whole = loaded.solve()
    assert whole.objective == pytest.approx(6.5)
    with pytest.raises(ValueError, match="duals"):
        loaded.row_duals()
    loaded.fix_integers_at(whole.values)
    assert loaded.solve().objective == pytest.approx(6.5)
    assert loaded.row_duals()["need"] == pytest.approx(1)
    loaded.free_integers()
    assert loaded.solve().objective == pytest.approx(6.5)
    loaded.relax(True)
    assert loaded.solve().objective == pytest.approx(6)
    assert loaded.row_duals()["need"] == pytest.approx(2)
    loaded.relax(False)
    assert loaded.solve().objective == pytest.approx(6.5)


def test_bounds_of_a_held_integer_count_once_it_is_free():
    # min −x, x whole, at most 5; held at 2, then at most 4.
    model = new_model("held")
    x = variable(model, "x", 0, 5, kind="Integer")
    model += -1 * x
    loaded = LoadedModel.of(model)
    loaded.fix_integers_at({"x": 2.0000001})
    loaded.set_column_bounds("x", 0, 4)
    assert loaded.solve().objective == pytest.approx(-2)
    loaded.free_integers()
    assert loaded.solve().objective == pytest.approx(-4)


def test_an_aim_is_held_while_the_next_is_made_small():
    # x + y >= 4, x <= 3, y <= 3. Least x is 1; x held there, y is least at 3. Cost 10 as constant.
    model = new_model("aims")
    x, y = variable(model, "x", 0, 3), variable(model, "y", 0, 3)
    model += x
    model += x + y >= 4, "need"
    loaded = LoadedModel.of(model)
    assert loaded.solve().objective == pytest.approx(1)
    loaded.add_row("first_aim", {"x": 1.0}, None, 1.0)
    loaded.set_objective({"y": 2.0}, 10.0)
    solved = loaded.solve()
    assert solved.objective == pytest.approx(2 * 3 + 10)
    assert solved.values == pytest.approx({"x": 1, "y": 3})
    loaded.set_row_bounds("first_aim", None, None)
    assert loaded.solve().objective == pytest.approx(2 * 1 + 10)


def test_a_column_added_later_can_be_used():
    # min 3x with x + z >= 2 and z at 1 each: z = 2.
    model = new_model("more")
    x = variable(model, "x")
    model += 3 * x
    model += x >= 2, "need"
    loaded = LoadedModel.of(model)
    assert loaded.solve().objective == pytest.approx(6)
    loaded.add_column("z", {"need": 1.0}, cost=1.0)
    assert loaded.solve().values == pytest.approx({"x": 0, "z": 2})


def test_the_given_model_is_not_touched():
    model = new_model("given")
    x = variable(model, "x")
    model += x
    model += x >= 2, "need"
    before = model.toDict()
    loaded = LoadedModel.of(model)
    loaded.set_row_bounds("need", 5, None)
    loaded.set_objective({"x": 9})
    assert loaded.solve().objective == pytest.approx(45)
    assert model.toDict() == before


def test_a_model_without_variables_is_refused():
    with pytest.raises(ValueError, match="variables"):
        LoadedModel.of(new_model("empty"))


def test_names_unknown_or_taken_are_refused():
    loaded = wyndor()
    with pytest.raises(KeyError):
        loaded.set_row_bounds("plant9", 0, 1)
    with pytest.raises(ValueError, match="plant1"):
        loaded.add_row("plant1", {"x": 1}, 0, 1)
    with pytest.raises(ValueError, match="x"):
        loaded.add_column("x", {})


def test_two_threads_leave_one_thread_usable():
    model = new_model("threads")
    x = variable(model, "x", 0, 9, kind="Integer")
    model += x
    model += 2 * x >= 3, "need"
    for threads in (1, 2, 1):
        assert LoadedModel.of(model, threads=threads).solve().objective == pytest.approx(2)
    assert solve(model).state is SolveState.OPTIMAL


@given(small=smalls(), data=st.data())
def test_a_loaded_model_as_arrays_is_the_model_with_its_changes(small, data):
    loaded = LoadedModel.of(small.model(small.bounds))
    bounds = data.draw(
        st.lists(bounds_of_a_row(), min_size=len(small.rows), max_size=len(small.rows))
    )
    place(loaded, bounds)
    # A variable without a cost and an entry is none of the model's.
    loaded.add_row("together", dict.fromkeys(loaded.matrix().columns, 1.0), None, 12.0)
    loaded.add_column("more", {"together": -1.0}, high=2.0, cost=0.5, whole=True)
    again = LoadedModel.of_matrix(loaded.matrix())
    assert again.row_names == loaded.row_names
    one, other = loaded.solve(), again.solve()
    assert one.state is other.state
    if one.has_plan:
        assert other.objective == pytest.approx(one.objective, abs=1e-6)
