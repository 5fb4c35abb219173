"""`--sweep` options: what is read, and what is refused with the fix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.problems import InputError
from portfolio.read.scenario.options import parse_plan_years, parse_sweeps


def test_a_range_in_ten_steps_has_eleven_points() -> None:
    (axis,) = parse_sweeps(["专项债券:2023=-50%..0%/10"])
    assert axis.channel == "专项债券"
    assert axis.years == (2023,)
    assert axis.changes_bps == tuple(range(-5_000, 1, 500))
    assert axis.place == "--sweep 专项债券:2023=-50%..0%/10"


@pytest.mark.parametrize(
    "option",
    [
        "全部统筹：2023-2025＝－30％～0％／3",
        "全部统筹:2023-2025=-30%...0%/3",
        " 全部统筹 : 2023-2025 = -30% 至 0% / 3 ",
    ],
)
def test_full_width_marks_and_other_ways_to_say_to_are_taken(option: str) -> None:
    (axis,) = parse_sweeps([option])
    assert axis.channel == "全部统筹"
    assert axis.years == (2023, 2024, 2025)
    assert axis.changes_bps == (-3_000, -2_000, -1_000, 0)


def test_changes_run_from_the_first_to_the_last_and_may_grow() -> None:
    (axis,) = parse_sweeps(["SPB:2023=+12.5%..-12.5%/2"])
    assert axis.changes_bps == (1_250, 0, -1_250)


@pytest.mark.parametrize(
    ("option", "found", "fix"),
    [
        ("专项债券:2023", "缺少等号", "渠道:年份=从..到/段数"),
        ("2023=-50%..0%/10", "缺少冒号", "专项债券:2023"),
        ("专项债券:2023=-50%", "不是变动范围", "/10"),
        ("专项债券:2023=-50%..0%/0", "段数“0”", "1 到"),
        ("专项债券:2023=-50%..0%/十", "段数“十”", "整数"),
        ("专项债券:2023=-150%..0%/3", "-150%", "减 100%"),
        ("专项债券:2023=-5%..-5%/3", "同为 -5%", "不同"),
        ("专项债券:2023=-0.02%..0%/10", "不足 0.01%", "减少段数"),
        ("专项债券:2036=-5%..0%/5", "超出计划期", "2021–2035"),
        ("专项债券:2023=-5..0/5", "不是变动范围", "-50%..0%"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_fix(option: str, found: str, fix: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_sweeps([option])
    (problem,) = caught.value.problems
    assert option in problem.place
    assert found in problem.found
    assert fix in problem.fix


def test_all_options_are_judged_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse_sweeps(["专项债券=1", "x:2023=1", "专项债券:2023=-5%..0%/5"])
    assert len(caught.value.problems) == 2


def test_a_grid_of_too_many_points_is_refused() -> None:
    # 101 × 101 = 10,201 points.
    options = ["SPB:2023=-50%..0%/100", "SPB:2024=-50%..0%/100"]
    with pytest.raises(InputError, match="10,201"):
        parse_sweeps(options)


def test_years_of_a_reverse_test_are_plan_years() -> None:
    assert parse_plan_years("2023-2024", "--reverse") == (2023, 2024)
    assert parse_plan_years("2034起", "--reverse") == (2034, 2035)
    with pytest.raises(InputError, match="--reverse 2040"):
        parse_plan_years("2040", "--reverse")


@given(st.text(alphabet="专项债:=%.-+/0123456789 至起", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        axes = parse_sweeps([text])
    except InputError:
        return
    assert all(len(axis.changes_bps) >= 2 for axis in axes)
