"""The shipped record's numbers, worked out once by another program of the same specification."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest

from portfolio.model.record.backtest import (
    Backtest,
    Foretold,
    Season,
    WithinYear,
    foretell,
    unended_years,
    within_years,
)
from portfolio.model.record.forecast import Forecast
from portfolio.model.record.profile import Profile, fitted_profile
from portfolio.model.record.rates import (
    Chosen,
    forecast,
    seen_full,
    seen_part,
    seen_rows,
)
from portfolio.model.record.rows import Use
from portfolio.model.record.scores import evenness
from portfolio.model.record.table import at_least, quantiles_bps
from portfolio.model.record.trial import trial_of
from portfolio.model.record.variants import TOLD, Variant, forecasts
from tests.model.record.records import shipped

EDGES = np.array([0.1, 0.5, 0.9])
BARE = Profile(shift=0.0, error=0.2, spread=0.2, pairs=0)


def level(told: Forecast) -> list[float]:
    return told.quantiles(EDGES).tolist()


@cache
def next_year() -> Forecast:
    record = shipped()
    profile = fitted_profile(record)
    return forecast(seen_rows(record, profile, Chosen()), ("广州", 2026), profile)


@cache
def foretold() -> tuple[Foretold, ...]:
    return foretell(shipped())


@cache
def figures_within() -> tuple[WithinYear, ...]:
    return within_years(shipped())


@cache
def whole_test() -> Backtest:
    record = shipped()
    return Backtest(
        record=record, until=None, profile=fitted_profile(record), parts_used=72,
        foretold=foretold(), within=figures_within(), unended=(), full_only=0.0, chances=(),
        tables=(),
    )  # fmt: skip


def test_rows_by_what_they_are_for():
    record = shipped()
    kinds = Counter(
        "show" if row.use is Use.SHOW else "full" if row.is_full else "part" for row in record.rows
    )
    assert kinds == {"full": 32, "part": 140, "show": 69}
    assert len({(r.place, r.year) for r in record.used if not r.is_full}) == 110


def test_rows_that_are_used():
    record = shipped()
    seen = seen_rows(record, fitted_profile(record), Chosen())
    assert len(seen) == 104
    assert sum(not each.open_part for each in seen) == 32


def test_full_years():
    rates = np.array([row.rate for row in shipped().full_years.values()])
    assert int((rates >= 1).sum()) == 30
    assert rates.mean() == pytest.approx(1.1295, abs=0.0005)
    assert rates.std(ddof=1) == pytest.approx(0.1080, abs=0.0005)


def test_profile():
    profile = fitted_profile(shipped())
    assert profile.pairs == 11
    found = (profile.shift, profile.error, profile.spread)
    assert found == pytest.approx((-0.1332, 0.0505, 0.1729), abs=0.0005)
    shares = [profile.share(month) for month in (6, 7, 8, 9, 10, 11, 12)]
    assert shares == pytest.approx([0.467, 0.551, 0.636, 0.724, 0.814, 0.906, 1], abs=0.0006)
    errors = [profile.log_error(month) for month in (6, 7, 8, 9, 10, 11, 12)]
    assert errors == pytest.approx([0.096, 0.081, 0.066, 0.050, 0.034, 0.017, 0], abs=0.0006)


GUANGZHOU = (seen_full("广州", 2019, 1.080), seen_full("广州", 2020, 1.148))


@pytest.mark.parametrize(
    ("rows", "place", "known", "chance"),
    [
        ((), "广州", (0.8120, 1.0000, 1.2316), 0.5000),
        (GUANGZHOU, "广州", (0.9711, 1.0990, 1.2221), 0.8504),
        (GUANGZHOU, "别市", (0.8888, 1.0707, 1.2490), 0.7049),
        ((*GUANGZHOU, seen_full("海南", 2020, 0.840)), "广州", (0.9329, 1.0906, 1.2320), 0.7886),
    ],
)
def test_few_rows(rows, place, known, chance):
    told = forecast(rows, (place, 2026), BARE)
    assert level(told) == pytest.approx(known, abs=0.0005)
    assert told.at_least(1) == pytest.approx(chance, abs=0.0005)


def test_the_next_year():
    assert level(next_year()) == pytest.approx((0.982, 1.099, 1.231), abs=0.001)
    assert next_year().at_least(1) == pytest.approx(0.861, abs=0.001)
    scales = (next_year().place_sd, next_year().year_sd, next_year().noise_sd)
    assert scales == pytest.approx((0.075, 0.021, 0.076), abs=0.001)
    assert next_year().common == pytest.approx(0.171, abs=0.005)


VARIANTS = {
    Variant.ALL: (0.861, 104),
    Variant.UNSELECTED: (0.812, 75),
    Variant.RECENT: (0.883, 26),
    Variant.RECENT_FULL: (0.717, 11),
    Variant.ELSEWHERE: (0.867, 100),
    Variant.HIDDEN: (0.682, 106),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_variants(variant):
    (told,) = forecasts(shipped(), 2026, (variant,))
    chance, rows = VARIANTS[variant]
    assert told.rows == rows
    assert told.forecast.at_least(1) == pytest.approx(chance, abs=0.001)


def test_all_variants_are_known():
    assert set(VARIANTS) == {*TOLD, Variant.HIDDEN} == set(Variant)


def test_full_years_only_and_from_september():
    record, profile = shipped(), fitted_profile(shipped())
    alone = seen_rows(record, profile, Chosen(with_parts=False))
    late = seen_rows(record, profile, Chosen(first_month=9.0))
    assert (len(alone), len(late)) == (32, 68)
    for rows, known, chance in (
        (alone, (0.980, 1.113, 1.264), 0.861),
        (late, (0.977, 1.104, 1.249), 0.850),
    ):
        told = forecast(rows, ("广州", 2026), profile)
        assert level(told) == pytest.approx(known, abs=0.001)
        assert told.at_least(1) == pytest.approx(chance, abs=0.001)


def test_quantiles_as_whole_numbers():
    quantiles = quantiles_bps(next_year())
    at = [quantiles[number - 1] for number in (1, 20, 100, 180, 199)]
    assert at == pytest.approx([8716, 9825, 10994, 12308, 13890], abs=1)
    for rate, chance in ((0.9, 0.9872), (0.95, 0.9510), (1.0, 0.8605), (1.1, 0.4975), (1.2, 0.159)):
        assert at_least(quantiles, rate * 10_000) == pytest.approx(chance, abs=0.0003)


def test_the_workbook_keeps_the_quantiles_of_its_record():
    record = shipped()
    assert record.stale_tables == ()
    table = record.table_of(2030)
    assert table is not None and table.year is None
    assert table.quantiles_bps == pytest.approx(quantiles_bps(next_year()), abs=1)
    assert table.rho_bps == pytest.approx(1_714, abs=1)
    assert [(each.year, each.through_month) for each in record.tables] == [
        (None, None), (2023, 10.0), (2024, 9.0),
    ]  # fmt: skip


def test_foretold_year_by_year():
    test = whole_test()
    assert test.n == 28
    assert test.band.inside == 24
    assert (test.band.low, test.band.high) == pytest.approx((0.67, 0.96), abs=0.005)
    assert test.crps == pytest.approx(0.0610, abs=0.0005)
    assert test.brier == pytest.approx(0.0551, abs=0.001)
    assert test.evenness.tenths == (1, 2, 4, 3, 3, 2, 4, 3, 3, 3)
    assert test.evenness.distance == pytest.approx(0.122, abs=0.002)
    assert test.evenness.p_value == pytest.approx(0.76, abs=0.005)


def test_naive_forecasts():
    test = whole_test()
    known = {"plan": 0.1429, "mean": 0.0865, "spread": 0.0649, "last": 0.1186}
    for name, crps in known.items():
        assert test.naive_crps(name) == pytest.approx(crps, abs=0.0001)
    assert test.brier_always == pytest.approx(0.0357, abs=0.0001)
    assert test.brier_so_far == pytest.approx(0.0446, abs=0.0001)
    with_history = [each.crps for each in foretold() if each.has_history]
    assert len(with_history) == 13
    assert np.mean(with_history) == pytest.approx(0.0725, abs=0.0005)


def test_no_gain_is_shown_over_the_plain_spread_of_rates_and_one_is_over_the_rest():
    test = whole_test()
    assert test.gain_over("spread").mean == pytest.approx(0.004, abs=0.0005)
    assert not test.gain_over("spread").is_shown
    for name in ("plan", "mean", "last"):
        assert test.gain_over(name).is_shown
    assert test.brier > test.brier_always


def test_full_years_alone_do_no_better():
    alone = foretell(shipped(), Chosen(with_parts=False))
    assert np.mean([each.crps for each in alone]) == pytest.approx(0.0647, abs=0.0005)
    assert sum(each.inside for each in alone) == 23
    late = foretell(shipped(), Chosen(first_month=9.0))
    assert np.mean([each.crps for each in late]) == pytest.approx(0.0631, abs=0.0005)


@pytest.mark.parametrize(
    ("place", "year", "rate", "band", "place_in", "chance"),
    [
        ("江西", 2016, 1.003, (0.928, 1.022, 1.146), 0.40, 0.61),
        ("甘肃", 2017, 1.013, (0.945, 1.081, 1.235), 0.26, 0.78),
        ("宁波", 2018, 1.280, (0.996, 1.099, 1.202), 0.98, 0.89),
        ("福建", 2018, 1.100, (1.049, 1.174, 1.279), 0.21, 0.96),
        ("广州", 2019, 1.080, (0.972, 1.119, 1.288), 0.37, 0.85),
        ("广州", 2020, 1.148, (0.966, 1.096, 1.245), 0.68, 0.83),
        ("四川", 2020, 1.337, (1.002, 1.150, 1.318), 0.92, 0.90),
        ("江西", 2022, 1.300, (0.958, 1.062, 1.183), 0.99, 0.77),
        ("海南", 2023, 0.840, (0.957, 1.082, 1.226), 0.01, 0.80),
        ("上海", 2024, 1.036, (0.990, 1.119, 1.265), 0.21, 0.88),
        ("上海", 2025, 1.046, (0.977, 1.098, 1.234), 0.30, 0.85),
        ("四川", 2025, 1.317, (1.094, 1.236, 1.390), 0.76, 0.99),
    ],
)
def test_a_year_foretold(place, year, rate, band, place_in, chance):
    told = next(each for each in foretold() if each.key == (place, year))
    assert told.rate == rate
    assert told.band == pytest.approx(band, abs=0.001)
    assert (told.place_in, told.chance) == pytest.approx((place_in, chance), abs=0.0051)


@pytest.mark.parametrize(
    ("year", "month", "rate", "known", "chance"),
    [
        (2023, 10, 0.842, (1.000, 1.041, 1.083), 0.901),
        (2024, 9, 0.804, (1.042, 1.101, 1.164), 0.987),
    ],
)
def test_a_running_year_from_earlier_years(year, month, rate, known, chance):
    record, profile = shipped(), fitted_profile(shipped())
    earlier = seen_rows(record, profile, Chosen(keep=lambda key: key[1] < year))
    now = seen_part("广州", year, rate, month, profile)
    told = forecast(earlier, ("广州", year), profile, now)
    assert level(told) == pytest.approx(known, abs=0.002)
    assert told.at_least(1) == pytest.approx(chance, abs=0.002)


def test_a_running_year_as_whole_numbers():
    record, profile = shipped(), fitted_profile(shipped())
    rows = seen_rows(record, profile, Chosen())
    told = forecast(rows, ("广州", 2026), profile, seen_part("广州", 2026, 0.855, 10, profile))
    quantiles = quantiles_bps(told)
    at = [quantiles[number - 1] for number in (1, 20, 100, 180, 199)]
    assert at == pytest.approx([9716, 10113, 10521, 10946, 11392], abs=1)
    assert told.at_least(1) == pytest.approx(0.950, abs=0.001)


#: P(R ≥ 1) by month where .90, .95, .98, 1, 1.02, 1.05, 1.10 of the profile's share is done.
HOW_FAR = (0.90, 0.95, 0.98, 1.0, 1.02, 1.05, 1.10)
HOW_SURE = {
    6: (0.47, 0.63, 0.71, 0.76, 0.80, 0.85, 0.92),
    7: (0.36, 0.56, 0.67, 0.74, 0.79, 0.86, 0.94),
    8: (0.21, 0.46, 0.61, 0.70, 0.78, 0.87, 0.96),
    9: (0.07, 0.30, 0.52, 0.66, 0.78, 0.90, 0.98),
    10: (0.00, 0.11, 0.38, 0.60, 0.79, 0.95, 1.00),
    11: (0.00, 0.00, 0.13, 0.53, 0.89, 1.00, 1.00),
}


@pytest.mark.parametrize("month", HOW_SURE)
def test_how_sure_within_a_year(month):
    record, profile = shipped(), fitted_profile(shipped())
    rows = seen_rows(record, profile, Chosen())
    for part, known in zip(HOW_FAR, HOW_SURE[month], strict=True):
        now = seen_part("广州", 2026, part * profile.share(month), month, profile)
        told = forecast(rows, ("广州", 2026), profile, now)
        assert told.at_least(1) == pytest.approx(known, abs=0.0101)


def test_years_of_which_nobody_published_the_whole():
    """Late figures that are not published because the year ended well: a little too low."""
    record = shipped()
    late = unended_years(record, fitted_profile(record))
    assert len(late) == 29
    assert sum(each.inside for each in late) == 24
    even = evenness([each.place_in for each in late])
    assert even.tenths == (1, 1, 3, 1, 4, 4, 3, 5, 3, 4)
    assert even.p_value == pytest.approx(0.09, abs=0.005)


def of_season(name: str) -> Season:
    return next(season for season in whole_test().seasons if season.name == name)


@pytest.mark.parametrize(
    ("name", "n", "errors", "inside", "scores"),
    [
        ("3—5 月", 5, (0.348, 0.298, 0.122), 3, (0.081, 0.041)),
        ("6—8 月", 5, (0.097, 0.084, 0.083), 3, (0.061, 0.067)),
        ("9—10 月", 3, (0.027, 0.032, 0.026), 2, (0.019, 0.046)),
        ("11 月", 3, (0.027, 0.020, 0.021), 2, (0.014, 0.052)),
    ],
)
def test_figures_within_years_by_season(name, n, errors, inside, scores):
    season = of_season(name)
    assert (season.n, season.inside) == (n, inside)
    assert (season.straight, season.shaped, season.modelled) == pytest.approx(errors, abs=0.001)
    assert (season.crps, season.crps_without) == pytest.approx(scores, abs=0.001)


def test_guangzhou_2019_from_its_november_and_its_april():
    told = {each.month: each for each in figures_within() if each.key == ("广州", 2019)}
    assert told[11.0].band == pytest.approx((1.050, 1.073, 1.097), abs=0.001)
    assert told[4.0].band == pytest.approx((1.011, 1.134, 1.274), abs=0.001)


def test_what_stands_beside_a_chance_is_the_back_tests():
    trial, known = trial_of(shipped()), foretold()
    assert trial is not None
    assert (trial.band.inside, trial.band.n) == (24, 28)
    assert trial.crps == pytest.approx(np.mean([each.crps for each in known]))
    assert trial.as_planned == pytest.approx(0.1429, abs=0.0001)
    assert trial.over_spread.mean == pytest.approx(0.004, abs=0.001)
    assert not trial.over_spread.is_shown
