"""The baseline plan: published sums to the 万元, profiles as stated."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.audit import audit_plan
from portfolio.model.calendar import SHIPPED as CALENDAR
from portfolio.model.facts import Facts
from portfolio.model.gates import Gate, GateType
from portfolio.model.items import Item, OwnEnvelope, Profile, Share
from portfolio.model.money import yi_text
from portfolio.model.plan import baseline_years, first_year_flaw, split_by_channel
from portfolio.model.portfolio import Portfolio, asof_year_of, base_envelopes
from portfolio.read.workbook import read_workbook
from tests.read.shipped import SHIPPED
from tests.strategies import RISK, make_channel, make_item

WEIGHTS = (1800, 1950, 2100, 2100, 2050)


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    return read_workbook(SHIPPED).portfolio


def item_of(plan: int, after: int, profile: Profile = Profile.PROGRAMME, pre: int = 0) -> Item:
    item = make_item(1, np.array([plan] + [0] * 14), profile=profile)
    return replace(item, total_wan=pre + plan + after, plan_wan=plan, earlier_wan=pre)


def test_the_shipped_plan_has_the_known_years(portfolio: Portfolio) -> None:
    by_year = portfolio.plan_wan.sum(axis=(1, 2))
    assert [yi_text(int(money), 0) for money in by_year[:10]] == [
        "4,128", "5,217", "5,779", "5,891", "5,774", "5,004", "3,736", "2,923", "2,306", "1,787",
    ]  # fmt: skip
    assert yi_text(int(by_year[14]), 0) == "470"
    assert int(by_year[:5].sum()) == 26_788 * 10_000
    assert int(by_year.sum()) + sum(item.earlier_wan for item in portfolio.items) == 503_940_000
    assert audit_plan(portfolio) == ()


@pytest.mark.parametrize(
    ("no", "yi"), [(20, 264), (21, 47), (22, 82), (23, 88), (24, 349), (26, 166)]
)
def test_known_years_are_taken_as_given(portfolio: Portfolio, no: int, yi: int) -> None:
    position = portfolio.position[no]
    assert int(portfolio.plan_wan[0, :, position].sum()) == yi * 10_000


def test_a_programme_follows_the_weights_and_then_tapers() -> None:
    years = baseline_years(item_of(10_000, 4_100), {}, WEIGHTS, RISK, CALENDAR)
    # 2025: 2,050; taper length 2 × 4,100 ÷ 2,050 = 4 years: 7/16, 5/16, 3/16, 1/16 of 4,100,
    # = 1793.75, 1281.25, 768.75, 256.25; the one 万元 missing goes to the largest remainder.
    assert years == [1800, 1950, 2100, 2100, 2050, 1794, 1281, 769, 256, *[0] * 6]


def test_a_taper_lasts_at_least_a_year_and_at_most_ten() -> None:
    assert baseline_years(item_of(10_000, 500), {}, WEIGHTS, RISK, CALENDAR)[5:7] == [500, 0]
    years = baseline_years(item_of(10_000, 20_500), {}, WEIGHTS, RISK, CALENDAR)
    # 2 × 20,500 ÷ 2,050 = 20 > 10: the line ends at 2 × 20,500 ÷ 10 − 2,050 = 2,050: it is level
    assert years[5:] == [2050] * 10


def test_a_new_start_follows_its_beta_curve() -> None:
    # Beta(2, 2): F(x) = 3x² − 2x³; F = 0.5 at x = 0.5, so 5 years are half of 10
    years = baseline_years(item_of(50_000, 50_000, Profile.NEW_START), {}, WEIGHTS, RISK, CALENDAR)
    curve = [3 * (k / 10) ** 2 - 2 * (k / 10) ** 3 for k in range(11)]
    expected = [round(100_000 * (b - a)) for a, b in pairwise(curve)]
    assert years == expected + [0] * 5
    done = baseline_years(item_of(10_000, 0, Profile.NEW_START), {}, WEIGHTS, RISK, CALENDAR)
    assert sum(done[:5]) == 10_000
    assert done[5:] == [0] * 10


def test_a_small_last_year_joins_the_year_before_but_never_across_2025() -> None:
    # Taper length 2 × 2,100 ÷ 2,050 = 2.05 years: 2028 would hold 0.6 of 12,100, under 0.25 % = 30
    years = baseline_years(item_of(10_000, 2_100), {}, WEIGHTS, RISK, CALENDAR)
    assert years[7] == 0
    assert sum(years[5:7]) == 2_100
    assert baseline_years(item_of(10_000, 5), {}, WEIGHTS, RISK, CALENDAR)[4:6] == [2050, 5]


def test_known_years_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="known years"):
        baseline_years(item_of(100, 0), {2021: 101}, WEIGHTS, RISK, CALENDAR)


@given(
    st.integers(0, 10**8), st.integers(0, 10**8), st.sampled_from(list(Profile)),
    st.integers(0, 100), st.floats(0.6, 5), st.floats(0.6, 5),
)  # fmt: skip
def test_both_sums_are_met_to_the_wan(
    plan: int, after: int, profile: Profile, known: int, a: float, b: float
) -> None:
    item = item_of(plan, after, profile)
    given_years = {2021: plan * known // 100} if plan else {}
    years = baseline_years(item, given_years, WEIGHTS, replace(RISK, beta_a=a, beta_b=b), CALENDAR)
    assert sum(years[:5]) == plan
    assert sum(years[5:]) == after
    assert min(years) >= 0
    if plan:
        assert years[0] == plan * known // 100


def test_a_channel_not_yet_there_gives_its_share_to_the_others() -> None:
    channels = (make_channel(0), make_channel(1, first_year=2022), make_channel(2))
    shares = [
        Share(item_no=1, channel_id=f"C{k}", share_bps=bps, max_share_bps=bps, provenance="测试")
        for k, bps in enumerate((5000, 3000, 2000))
    ]
    plan = split_by_channel([100, 100] + [0] * 13, shares, channels, CALENDAR.first_year)
    # 2021: 50 and 20 of 70: 71.43 and 28.57, the missing one to the larger remainder
    assert plan[:2].tolist() == [[71, 0, 29], [50, 30, 20]]


def test_an_envelope_is_the_ask_and_a_reserve() -> None:
    plan = np.zeros((15, 2, 1), dtype=np.int64)
    plan[:5, 0, 0], plan[5, 0, 0], plan[1, 1, 0] = 1000, 100, 1000
    late = make_channel(1, first_year=2022)
    item = make_item(1, plan[:, :, 0].sum(axis=1))
    made = (plan, (item,), (make_channel(0), late), CALENDAR)
    reserve = base_envelopes(*made, asof_year=5).pooled_reserve_wan
    # Channel 0: mean ask 1,000, floor 300. 2021: 10 % of 1,000; 2028: 300.
    assert reserve[[0, 4, 7, 24], 0].tolist() == [100, 100, 300, 300]
    # Channel 1 from 2022: mean ask 200, floor 60: nothing in 2021, 100 in 2022, 60 after
    assert reserve[:3, 1].tolist() == [0, 100, 60]
    # The year of the as-of and the next: 2026 (300 − 100 = 200 by the rule) and 2027.
    assert not reserve[5:7].any()
    # Without facts 2021 and 2022; 2026 has its 200 again.
    first = base_envelopes(*made, asof_year=0).pooled_reserve_wan
    assert first[[0, 1, 2, 5, 6], 0].tolist() == [0, 0, 100, 200, 300]
    assert first[:3, 1].tolist() == [0, 0, 60]


def test_what_is_entered_stands_in_every_year_and_own_money_keeps_its_reserve() -> None:
    plan = np.zeros((15, 3, 1), dtype=np.int64)
    plan[:5] = 1000
    item = make_item(1, plan[:, :, 0].sum(axis=1))
    entered = [
        OwnEnvelope(
            channel_id="C0", year=2022, item_no=None, envelope_wan=None, reserve_wan=7,
        )
    ]  # fmt: skip
    channels = (
        make_channel(0),
        make_channel(1, reserve_bps=0, reserve_floor_bps=0),
        make_channel(2),
    )
    envelopes = base_envelopes(plan, (item,), channels, CALENDAR, tuple(entered), asof_year=0)
    # A tenth of 1,000 from 2023 on, 300 after 2025: none where both parts are 0.
    assert envelopes.pooled_reserve_wan[:6, 0].tolist() == [0, 7, 100, 100, 100, 300]
    assert not envelopes.pooled_reserve_wan[:, 1].any()
    # 专属: the item's own, in the first two years as well.
    assert envelopes.own_reserve_wan[:6, 2, 0].tolist() == [100, 100, 100, 100, 100, 300]


@pytest.mark.parametrize(
    ("months", "year"), [(None, 0), (0, 0), (11, 0), (12, 1), (70, 5), (71, 5), (72, 6)]
)
def test_the_first_budgeted_year_is_the_one_in_which_play_begins(
    months: int | None, year: int
) -> None:
    # 70 months of a calendar from 2021 on are the end of October 2026; 72 the end of that year.
    assert asof_year_of(None if months is None else Facts(asof_months=months)) == year


# --- Money that begins later


def later(first_year: int | None, plan: int, after: int, profile: Profile) -> list[int]:
    item = replace(item_of(plan, after, profile), first_year=first_year)
    return baseline_years(item, {}, WEIGHTS, RISK, CALENDAR)


def test_a_programme_begins_with_its_first_year():
    # 2,100, 2,100 and 2,050 of 6,250 of the weights are left: 3,360, 3,360 and 3,280 of 10,000.
    assert later(2023, 10_000, 0, Profile.PROGRAMME)[:6] == [0, 0, 3360, 3360, 3280, 0]


def test_a_programme_wholly_after_the_period_is_even_from_its_first_year():
    assert later(None, 0, 1000, Profile.PROGRAMME) == [0] * 5 + [100] * 10
    assert later(2031, 0, 1000, Profile.PROGRAMME) == [0] * 10 + [200] * 5


def test_a_new_start_after_the_period_follows_its_curve_for_as_long_as_the_period():
    # Beta(2, 2): F(x) = 3x² - 2x³, so a fifth of the way 0.104, two fifths 0.352.
    assert later(2028, 0, 1000, Profile.NEW_START) == [0] * 7 + [104, 248, 296, 248, 104] + [0] * 3
    assert later(2033, 0, 1000, Profile.NEW_START)[12:] == [259, 482, 259]


def test_a_new_start_inside_the_period_begins_with_its_first_year():
    # F(3 / T) = 1/2 gives T = 6: 2023 to 2028, as much before the period's end as after it.
    years = later(2023, 500, 500, Profile.NEW_START)
    assert years[:2] == [0, 0]
    assert years[2:8] == [74, 185, 241, 241, 185, 74]
    assert not any(years[8:])


@given(
    st.integers(0, 14), st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(list(Profile))
)
def test_nothing_is_planned_before_the_first_year(first, plan, after, profile):
    year = CALENDAR.first_year + first
    if not plan + after or first_year_flaw(year, plan, 0, CALENDAR):
        return
    years = later(year, plan, after, profile)
    assert sum(years) == plan + after and sum(years[:5]) == plan and not any(years[:first])


def test_parts_of_gates_are_of_what_follows_where_the_period_has_no_money():
    item = item_of(0, 1000, pre=50)
    gate = Gate(
        id="G", pred_no=1, succ_no=2, type=GateType.PROGRESS, fraction_bps=2500, holds_bps=1000,
        lag_quarters=0, hard=True, reason="试", provenance="假设：试",
    )  # fmt: skip
    assert (gate.at_wan(item), gate.holds_wan(item)) == (300, 150)
