"""Coverage, evenness, gains and conditions of a back-test."""

from __future__ import annotations

import pytest

from portfolio.model.problems import InputError
from portfolio.model.record.amounts import baseline_amounts, half_passed_on, scenario_amounts
from portfolio.model.record.backtest import Backtest, backtest
from portfolio.model.record.conditions import judge, parse_conditions
from portfolio.model.record.scores import coverage, evenness, gain
from tests.model.record.records import shipped, shipped_portfolio


@pytest.fixture(scope="module")
def whole() -> Backtest:
    found = backtest(shipped(), shipped_portfolio().targets)
    assert found is not None
    return found


def test_coverage_with_its_interval():
    """Clopper and Pearson's table: 12 of 12 and 8 of 12."""
    assert (coverage(12, 12).low, coverage(12, 12).high) == pytest.approx((0.735, 1.0), abs=0.001)
    assert (coverage(8, 12).low, coverage(8, 12).high) == pytest.approx((0.349, 0.901), abs=0.001)
    assert coverage(8, 12).part == pytest.approx(2 / 3)


def test_even_places_and_crowded_ones():
    even = evenness([(k + 0.5) / 20 for k in range(20)])
    assert even.tenths == (2,) * 10
    assert even.distance == pytest.approx(0.025)
    assert even.p_value > 0.99
    crowded = evenness([0.9 + k / 1000 for k in range(20)])
    assert crowded.tenths == (0,) * 9 + (20,)
    assert crowded.p_value < 1e-6


def test_a_gain_is_shown_only_where_years_agree():
    years = [2015, 2016, 2017, 2018, 2019]
    sure = gain([0.1] * 5, [0.2, 0.21, 0.19, 0.2, 0.2], years)
    assert sure.mean == pytest.approx(0.1)
    assert sure.is_shown
    unsure = gain([0.1] * 5, [0.5, 0.0, 0.0, 0.1, 0.0], years)
    assert not unsure.is_shown
    assert not gain([0.1, 0.1], [0.2, 0.2], [2020, 2020]).is_shown  # one year is one lot of luck


def test_the_years_to_come_are_told(whole: Backtest):
    assert [told.year for told in whole.chances] == [2026, 2027]
    assert whole.parts_used == 72
    assert whole.full_only == pytest.approx(0.0647, abs=0.0005)


def test_as_it_stood_at_the_end_of_a_year():
    found = backtest(shipped(), shipped_portfolio().targets, 2020)
    assert found is not None
    assert {each.key[1] for each in found.foretold} <= set(range(2015, 2021))
    assert all(row.year is None or row.year <= 2020 for row in found.record.rows)
    assert [told.year for told in found.chances] == [2021, 2022]
    before = {each.key: each for each in found.foretold}
    after = backtest(shipped(), shipped_portfolio().targets)
    assert after is not None
    for each in after.foretold:
        if each.key in before:
            assert before[each.key].band == each.band  # no later year had a say


def test_too_thin_a_record_is_not_tested():
    assert backtest(shipped(), (), 2015) is None


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("覆盖80<0.5", False),
        ("覆盖80<86%", True),
        ("覆盖80 >= 85.7％", True),
        ("crps＞0.05", True),
        ("CRPS>0.0611", False),
        ("brier≤0.06", True),
        ("KS<0.05", False),
        ("次数<28", False),
        ("次数<=28", True),
    ],
)
def test_conditions(whole: Backtest, text: str, met: bool):
    (judged,) = judge(parse_conditions((text,)), whole)
    assert judged.met is met


def test_conditions_that_cannot_be_read_are_all_told():
    with pytest.raises(InputError) as raised:
        parse_conditions(("覆盖80", "覆盖<0.5", "CRPS<很小", "P(2026>=3800)<0.8"))
    assert [problem.place for problem in raised.value.problems] == ["--fail-if"] * 4
    told = [problem.found for problem in raised.value.problems]
    assert "不是回测的条件" in told[0]
    assert "没有“覆盖”这个量" in told[1]
    assert "“很小”不是数" in told[2]
    assert "把握只以范围给出" in told[3]


# --- Amounts under a scenario


def test_amounts_in_whole_numbers():
    import numpy as np

    base = baseline_amounts(np.array([38_000_000, 0]), np.array([[10_994, 9_999]]))
    assert base.tolist() == [[41_777_200, 0]]
    drawn = np.array([[30_000_001, 5]])
    assert (scenario_amounts(base, drawn, drawn) == base).all()
    assert (half_passed_on(base, drawn, drawn) == base).all()
    less = scenario_amounts(base, np.array([[27_000_000, 5]]), np.array([[30_000_000, 0]]))
    assert less.tolist() == [[37_599_480, 0]]
    half = half_passed_on(base, np.array([[27_000_000, 5]]), np.array([[30_000_000, 0]]))
    assert half.tolist() == [[41_777_200 * 9_486 // 10_000, 0]]  # √0.9 = 0.94868…
    nothing = scenario_amounts(base, np.array([[0, 0]]), np.array([[0, 0]]))
    assert (nothing == base).all()


def test_the_largest_amounts_do_not_overflow():
    import numpy as np

    plan, drawn = np.array([90_000_000]), np.array([[99_999_999]])
    base = baseline_amounts(plan, np.array([[50_000]]))
    assert base.tolist() == [[450_000_000]]
    assert (scenario_amounts(base, drawn, drawn) == base).all()
    assert (half_passed_on(base, drawn, drawn) == base).all()
