"""What holds of every record, whatever is in it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.record.forecast import Forecast, sample_crps
from portfolio.model.record.profile import Profile, fitted_profile
from portfolio.model.record.rates import Chosen, forecast, seen_full, seen_part, seen_rows
from portfolio.model.record.rows import Level, RateRow, Record, Source, Use
from portfolio.model.record.table import quantiles_bps
from tests.model.record.records import row, shipped

PROFILE = Profile(shift=-0.13, error=0.05, spread=0.17, pairs=11)


def told_of(record: Record) -> Forecast:
    profile = fitted_profile(record)
    return forecast(seen_rows(record, profile, Chosen()), (record.place, 2026), profile)


def test_the_order_of_rows_does_not_matter():
    record = shipped()
    turned = replace(record, rows=record.rows[::-1])
    assert turned.fingerprint == record.fingerprint
    assert quantiles_bps(told_of(turned)) == quantiles_bps(told_of(record))


def test_a_row_that_is_only_shown_never_changes_a_number():
    record = shipped()
    shown = [r for r in record.rows if r.use is Use.SHOW]
    assert shown
    fewer = replace(record, rows=tuple(r for r in record.rows if r.use is Use.FIT))
    more = replace(record, rows=(*record.rows, replace(row("广州", 2025, 0.5), use=Use.SHOW)))
    for other in (fewer, more):
        assert other.fingerprint == record.fingerprint
        assert quantiles_bps(told_of(other)) == quantiles_bps(told_of(record))


def test_every_row_for_use_changes_the_fingerprint():
    record = shipped()
    at = next(k for k, r in enumerate(record.rows) if r.use is Use.FIT)
    for change in (
        {"rate_bps": record.rows[at].rate_bps + 1},
        {"source": Source.OWN},
        {"year": 1999},
        {"place": "别处"},
        {"through_month": 11.5},
        {"use": Use.SHOW},
    ):
        rows = [*record.rows]
        rows[at] = replace(rows[at], **change)
        assert replace(record, rows=tuple(rows)).fingerprint != record.fingerprint
    assert replace(record, place="别处").fingerprint != record.fingerprint


def test_a_full_year_is_a_part_through_december():
    assert PROFILE.share(12.0) == 1.0
    assert PROFILE.log_error(12.0) == 0.0
    assert seen_part("甲", 2020, 1.1, 12.0, PROFILE) == seen_full("甲", 2020, 1.1)


@pytest.mark.parametrize("month", [1.0, 3.0, 5.99])
def test_figures_before_june_are_refused(month):
    with pytest.raises(ValueError, match="not used"):
        seen_part("甲", 2020, 0.4, month, PROFILE)


def test_figures_before_june_change_nothing():
    record = shipped()
    early = row("广州", 2025, 0.05, month=4.0)
    more = replace(record, rows=(*record.rows, early))
    assert quantiles_bps(told_of(more)) == quantiles_bps(told_of(record))


def test_only_the_latest_figure_of_a_year_counts_and_none_beside_the_whole():
    june, october = row("甲", 2020, 0.5, month=6.0), row("甲", 2020, 0.8, month=10.0)
    whole = row("甲", 2020, 1.1)
    both = Record(place="甲", rows=(june, october))
    (seen,) = seen_rows(both, PROFILE, Chosen())
    assert seen.log_rate == pytest.approx(math.log(0.8 / PROFILE.share(10.0)))
    (seen,) = seen_rows(Record(place="甲", rows=(june, october, whole)), PROFILE, Chosen())
    assert (seen.log_rate, seen.open_part) == (pytest.approx(math.log(1.1)), 0.0)


def test_a_profile_without_pairs_is_the_calendar_with_doubt():
    profile = fitted_profile(Record(place="甲", rows=(row("甲", 2020, 1.1),)))
    assert (profile.shift, profile.error, profile.spread, profile.pairs) == (0.0, 0.2, 0.2, 0)
    assert profile.share(6.0) == pytest.approx(0.5)


RATES = st.floats(min_value=0.3, max_value=2.5)
ROWS = st.lists(
    st.tuples(
        st.sampled_from("甲乙丙"), st.integers(2010, 2024), RATES, st.sampled_from([6.0, 9.5, 12.0])
    ),
    max_size=12,
    unique_by=lambda each: each[:2],
)


@given(ROWS)
def test_chances_fall_and_quantiles_do_not_in_any_record(rows):
    record = Record(place="甲", rows=tuple(row(*each) for each in rows))
    told = told_of(record)
    chances = [told.at_least(rate) for rate in (0.2, 0.6, 0.9, 1.0, 1.1, 1.5, 3.0)]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] >= 0 and chances[0] <= 1
    quantiles = quantiles_bps(told)
    assert len(quantiles) == 199
    assert list(quantiles) == sorted(quantiles)
    assert 0 <= told.common <= 1


@given(RATES, st.sampled_from([6.0, 8.0, 9.0, 10.5, 11.0, 11.9]))
def test_the_more_is_done_the_surer(rate, month):
    record = shipped()
    rows = seen_rows(record, PROFILE, Chosen(with_parts=False))
    told = [
        forecast(rows, ("广州", 2026), PROFILE, seen_part("广州", 2026, each, month, PROFILE))
        for each in (rate, rate * 1.05)
    ]
    assert told[0].at_least(1) <= told[1].at_least(1) + 1e-12


@pytest.mark.parametrize("part", [0.0005, 0.005, 0.1, 0.5, 0.9, 0.995, 0.9995])
def test_quantiles_and_chances_are_each_others_inverse(part):
    told = told_of(shipped())
    assert told.below(told.quantile(part)) == pytest.approx(part, abs=1e-9)


def test_the_score_of_a_narrow_normal_forecast():
    """The score of N(m, s) in closed form; a lognormal so narrow is as good as normal."""
    one = np.array([1.0])
    sd = 0.001
    told = Forecast(
        weights=one, means=np.array([0.0]), sds=np.array([sd]),
        place_sd=0, year_sd=0, noise_sd=0, common=0,
    )  # fmt: skip
    z = 1.5
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    below = 0.5 * (1 + math.erf(z / math.sqrt(2)))
    known = sd * (z * (2 * below - 1) + 2 * density - 1 / math.sqrt(math.pi))
    assert told.crps(1 + z * sd) == pytest.approx(known, rel=0.01)


def test_the_score_of_a_sample():
    assert sample_crps(np.array([1.2]), 1.0) == pytest.approx(0.2)
    # E|X − y| − E|X − X'| / 2 over all pairs
    values, came = np.array([0.9, 1.0, 1.3]), 1.1
    pairs = np.abs(values[:, None] - values).mean() / 2
    assert sample_crps(values, came) == pytest.approx(np.abs(values - came).mean() - pairs)


def test_values_are_as_entered():
    entered = RateRow(
        place="甲", level=Level.CITY, year=2020, through_month=12.0, rate_bps=11_480,
        source=Source.AUDIT, use=Use.FIT,
    )  # fmt: skip
    assert (entered.rate, entered.is_full) == (1.148, True)
