"""Pace on published figures: completion and 序时进度 as the bureaus printed them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.measures.years import ahead, completion, elapsed, percent_number

#: done and plan in 万元, months, decimals, 完成率 and 超序时 as published (None: not published).
PUBLISHED = (
    # 广州 2019 年：南方日报 2019-01-30（计划，https://www.dcement.com/Print.aspx?id=164441）；
    # 2019 年计划执行情况报告（完成 3334 亿元、108%）
    (33_340_000, 30_877_100, 12, 0, "108", None),
    # 广州 2019 年 1—4 月：http://fgw.gz.gov.cn/rdzt/zdjsxmpzhsslyzfxxgk/content/post_2340428.html
    (11_223_000, 30_877_100, 4, 1, "36.3", None),
    # 广州 2023 年 1—10 月：https://yuegangao.cn/wanqu/19295.html
    (31_860_000, 37_850_000, 10, 1, "84.2", None),
    # 江门 2021 年 1—3 月（市发展改革局，转载）：
    # https://456150.com.cn/bmpd/jmsfzhggj/zdlyxxgk/zdjsxmxxgk/zdxmjz/content/post_2314420.html
    (3_136_400, 10_150_000, 3, 2, "30.90", "5.90"),
    # 江门某年 1—10 月（市发展改革局，转载）：97.16% − 83.33% = 13.83，不是 97.2 − 83.3 = 13.9
    # https://rajayuj.com/bmpd/jmsfzhggj/zdlyxxgk/zdjsxmxxgk/zdxmjz/content/post_1860276.html
    (6_290_000, 6_474_000, 10, 1, "97.2", "13.8"),
)


@pytest.mark.parametrize(("done", "plan", "months", "digits", "percent", "points"), PUBLISHED)
def test_published_figures_come_out_as_published(done, plan, months, digits, percent, points):
    rate, pace = completion(done, plan), ahead(done, plan, months)
    assert rate is not None and percent_number(rate, digits) == percent
    assert pace is not None and points in (None, percent_number(pace, digits))


def test_a_year_without_plan_has_no_rate():
    assert completion(5, 0) is None
    assert ahead(5, 0, 3) is None


@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_year_has_twelve_months(month):
    with pytest.raises(ValueError, match="no month"):
        elapsed(month)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (Fraction(5, 10_000), 1, "0.1"),  # 0.05 % rounds up
        (Fraction(-5, 10_000), 1, "-0.1"),  # … and away from 0
        (Fraction(-4, 10_000), 1, "0.0"),  # no minus before a nought
        (Fraction(995, 1000), 0, "100"),
        (Fraction(1, 3), 2, "33.33"),
        (Fraction(0), 1, "0.0"),
    ],
)
def test_a_half_is_rounded_away_from_nought(value, digits, text):
    assert percent_number(value, digits) == text


@given(st.integers(-(10**12), 10**12), st.sampled_from((1, 2, 4, 5, 8, 10**4)), st.integers(0, 4))
def test_rounding_is_that_of_exact_decimals(numerator, denominator, digits):
    """Denominators of 2 and 5 alone have exact decimals to compare with."""
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(numerator) * 100 / denominator
        rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    expected = "0" if not rounded else f"{rounded:f}"
    text = percent_number(Fraction(numerator, denominator), digits)
    assert Decimal(text) == Decimal(expected)
    assert not text.startswith("-") or rounded < 0
    assert len(text.partition(".")[2]) == digits


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 12))
def test_pace_is_completion_less_the_months_gone_by(done, plan, months):
    pace = ahead(done, plan, months)
    assert pace is not None
    assert pace * 12 * plan == 12 * done - months * plan
