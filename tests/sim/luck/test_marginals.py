"""What the luck is worth: published priors, marginals whatever the ties, joint chances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr

from portfolio.model.risk import StageFactor
from portfolio.sim.luck.marginals import (
    delays,
    mean_overrun,
    overruns,
    priors_table,
    receipts,
    truncated_normal,
)
from tests.sim.lucky import NO_TIES, ON_RECORD, PUBLISHED, chunks, lucky, money, published_class
from tests.strategies import RISK

KEYS = [row["key"] for row in PUBLISHED]
CLASSES = tuple(published_class(key) for key in KEYS)
RAIL = published_class("rail_urban")
#: Scores at which distributions are compared: 1 ‰ to 999 ‰.
PART = np.arange(1, 1000) / 1000
SCORE = stats.norm.ppf(PART)


def test_exact_means_and_quantiles_are_those_published():
    # Published to 0.1 point from unrounded parameters; ours are rounded to four places.
    # Published means are without the cap (README: "Cap +400% trims the mean slightly").
    table = priors_table(lucky(("science", "可研"), classes=CLASSES))
    assert [prior.key for prior in table] == KEYS
    for row, risk, prior in zip(PUBLISHED, CLASSES, table, strict=True):
        for percent in (50, 70, 80, 90, 95):
            published = float(row[f"cost_P{percent}_pct"])
            assert 100 * prior.overrun[percent] == pytest.approx(published, abs=0.07)
        for percent in (50, 80, 90):
            published = float(row[f"sched_P{percent}_pct"])
            assert 100 * prior.delay[percent] == pytest.approx(published, abs=0.07)
        uncapped = mean_overrun(replace(risk, cost_cap=np.inf))
        assert 100 * uncapped == pytest.approx(float(row["cost_mean_pct"]), abs=0.02)
        assert uncapped >= prior.overrun_mean
        assert 100 * prior.delay_mean == pytest.approx(float(row["sched_mean_pct"]), abs=0.02)


@pytest.mark.parametrize(
    "risk",
    [
        RAIL,
        published_class("digital"),
        replace(RAIL, tail_pareto_alpha=1.0),
        replace(RAIL, cost_cap=0.3),
        replace(RAIL, cost_cap=-0.1),
        replace(RAIL, body_sd=0.0),
        replace(RAIL, body_mu=2.0),
        replace(RAIL, p_tail=1.0),
        replace(RAIL, p_tail=0.0),
    ],
)
def test_mean_overrun_is_the_mean_of_its_quantiles(risk):
    part = (np.arange(400_000) + 0.5) / 400_000
    found = overruns(stats.norm.ppf(part)[None], [risk])
    assert mean_overrun(risk) == pytest.approx(found.mean(), abs=2e-4)


def test_overruns_are_those_of_the_two_parts_and_rise_with_the_score():
    score = np.linspace(-8.3, 8.3, 20_001)
    found = overruns(score[None], [RAIL])[0]
    assert (np.diff(found) >= 0).all()
    above = stats.norm.sf(score)
    tail = above < RAIL.p_tail
    assert found[~tail].max() <= 0.5 <= found[tail].min()
    pareto = 1.5 * (above[tail] / RAIL.p_tail) ** (-1 / RAIL.tail_pareto_alpha) - 1
    assert found[tail] == pytest.approx(np.minimum(pareto, 4.0))
    low, high = ((end - RAIL.body_mu) / RAIL.body_sd for end in (-0.3, 0.5))
    body = stats.truncnorm(low, high, loc=RAIL.body_mu, scale=RAIL.body_sd)
    exact = body.isf((above[~tail] - RAIL.p_tail) / (1 - RAIL.p_tail))
    assert found[~tail] == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize(
    ("mean", "sd", "low", "high"),
    [(1.0, 0.1, 0.3, 1.2), (0.3, 0.2, 0.3, 1.2), (1.2, 0.2, 0.3, 1.2), (0.9, 40.0, 0.3, 1.2),
     (5.0, 0.5, 0.0, 1.0), (0.9, 0.0, 0.3, 1.2), (-9.0, 0.01, 0.3, 1.2), (9.0, 0.01, 0.3, 1.2)],
)  # fmt: skip
def test_cut_normals_are_exact_and_stay_in_their_range(mean, sd, low, high):
    columns = [np.full((1, 1), value) for value in (mean, sd, low, high)]
    found = truncated_normal(PART[None], 1 - PART[None], *columns)[0]
    if sd <= 0.01:
        assert found == pytest.approx(np.full(999, np.clip(mean, low, high)), abs=1e-9)
    else:
        exact = stats.truncnorm.ppf(PART, (low - mean) / sd, (high - mean) / sd, mean, sd)
        assert found == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize("sd", [0.0, 0.03, 0.2, 40.0])
def test_receipts_by_score_are_true_to_a_basis_point(sd):
    score = np.linspace(-4.5, 4.5, 20_001)
    columns = [np.full((1, 1), value) for value in (0.85, sd, 0.3, 1.2)]
    exact = truncated_normal(ndtr(score)[None], ndtr(-score)[None], *columns)[0] * 10_000
    found = receipts(score.astype(np.float32), money("LAND", sd=sd))
    assert np.abs(found - exact).max() <= 1.01
    # Rounded, not cut off.
    assert (found - exact).mean() == pytest.approx(0, abs=0.05)
    far, end = (np.array([-x, x], dtype=np.float32) for x in (99.0, 8.3))
    assert np.array_equal(receipts(far, money("LAND", sd=sd)), receipts(end, money("LAND", sd=sd)))


def test_every_class_has_its_published_mean_and_p80_when_drawn():
    # 20,480 paths, one item a class, at 可研: chance of more than 4 standard errors 6e-5 each.
    portfolio = lucky(*((key, "可研") for key in KEYS), classes=CLASSES)
    found = chunks(portfolio, 40)
    cost, delay = found.cost_bps / 100 - 100, found.duration_bps / 100 - 100
    error = 4 / np.sqrt(len(found))
    for k, (row, risk) in enumerate(zip(PUBLISHED, CLASSES, strict=True)):
        trimmed = 100 * (mean_overrun(replace(risk, cost_cap=np.inf)) - mean_overrun(risk))
        mean = float(row["cost_mean_pct"]) - trimmed
        assert cost[:, k].mean() == pytest.approx(mean, abs=error * cost[:, k].std() + 0.02)
        mean = float(row["sched_mean_pct"])
        assert delay[:, k].mean() == pytest.approx(mean, abs=error * delay[:, k].std() + 0.02)
        for values, name in ((cost, "cost_P80_pct"), (delay, "sched_P80_pct")):
            # The chance of no more than the published value ± its last digit, ± 4 × 0.4/sqrt(n).
            published = float(row[name])
            low, high = ((values[:, k] <= published + step).mean() for step in (-0.07, 0.07))
            assert low - 0.4 * error <= 0.8 <= high + 0.4 * error


@pytest.mark.parametrize("tails", ["gauss", "t5"])
@pytest.mark.parametrize(
    ("everywhere", "in_group", "cost_time"),
    [(0.0, 0.0, 0.0), (1.0, 0.0, 1.0), (0.6, 0.4, -1.0), (0.15, 0.15, 0.5), (0.25, 0.25, 0.7)],
)
def test_no_tie_moves_a_marginal(everywhere, in_group, cost_time, tails):
    risk = replace(
        NO_TIES,
        global_correlation=everywhere,
        group_correlation=in_group,
        cost_time_correlation=cost_time,
    )
    portfolio = lucky(("rail_urban", "可研"), ("rail_urban", "备案"), classes=(RAIL,), risk=risk)
    found = chunks(portfolio, 40, tails=tails)
    n = len(found)
    exact = {
        "cost_bps": (0, overruns(SCORE[None], [RAIL])[0], mean_overrun(RAIL)),
        "duration_bps": (0, delays(SCORE[None], [RAIL])[0], np.exp(0.209 + 0.1683**2 / 2) - 1),
    }
    for name, (item, quantiles, mean) in exact.items():
        values = getattr(found, name)[:, item] / 10_000 - 1
        assert values.mean() == pytest.approx(mean, abs=4 * values.std() / np.sqrt(n))
        # Kolmogorov–Smirnov, 1 in 1,000: 1.95/sqrt(n); half a basis point for the rounding.
        below = np.searchsorted(np.sort(values), quantiles + 0.00005, side="right") / n
        assert np.abs(below - PART).max() < 1.95 / np.sqrt(n) + 0.002
    volume = found.volume_bps[:, 1] / 10_000
    start, end = ((x - 0.88) / 0.1 for x in (ON_RECORD.low, ON_RECORD.high))
    body = stats.truncnorm(start, end, loc=0.88, scale=0.1)
    assert volume.mean() == pytest.approx(body.mean(), abs=4 * volume.std() / np.sqrt(n))
    below = np.searchsorted(np.sort(volume), body.ppf(PART) + 0.00005, side="right") / n
    assert np.abs(below - PART).max() < 1.95 / np.sqrt(n) + 0.002


def test_stage_factors_scale_overrun_and_delay():
    stages = ("规划", "可研", "概算", "过半")
    factors = (1.4, 1.0, 0.4, 0.12)
    risk = replace(
        NO_TIES,
        global_correlation=1.0,
        cost_time_correlation=1.0,
        stage_factors=tuple(
            StageFactor(stage=stage, cost_factor=factor, duration_factor=factor / 2, provenance="")
            for stage, factor in zip(stages, factors, strict=True)
        ),
    )
    found = chunks(
        lucky(*(("rail_urban", stage) for stage in stages), classes=(RAIL,), risk=risk), 1
    )
    # Ties of 1 give every item the same score: overruns are multiples of the one at 可研.
    over, late = found.cost_bps - 10_000, found.duration_bps - 10_000
    for k, factor in enumerate(factors):
        assert np.abs(over[:, k] - factor * over[:, 1]).max() <= 0.5 + 0.5 * factor
        assert np.abs(late[:, k] - factor * late[:, 1]).max() <= 0.5 + 0.5 * factor
    assert np.abs(late[:, 1]).max() > 0


def test_items_on_record_have_no_overrun_but_less_comes_about_when_times_are_bad():
    risk = replace(NO_TIES, global_correlation=1.0, cost_time_correlation=1.0)
    portfolio = lucky(("rail_urban", "备案"), ("rail_urban", "可研"), classes=(RAIL,), risk=risk)
    found = chunks(portfolio, 2)
    assert (found.cost_bps[:, 0] == 10_000).all()
    assert (found.volume_bps[:, 1] == 10_000).all()
    by_cost = np.argsort(found.cost_bps[:, 1], kind="stable")
    assert (np.diff(found.volume_bps[by_cost, 0]) <= 1).all()
    assert found.volume_bps[:, 0].min() >= 5_000
    assert found.volume_bps[:, 0].max() <= 11_000
    # Delays of both are the same: one class, one score.
    assert np.array_equal(found.duration_bps[:, 0], found.duration_bps[:, 1])


def test_an_overrun_set_for_items_on_record_is_laid_on_them():
    stage = StageFactor(stage="备案", cost_factor=0.5, duration_factor=0.0, provenance="假设：测试")
    risk = replace(NO_TIES, stage_factors=(stage,))
    portfolio = lucky(("rail_urban", "备案"), classes=(RAIL,), risk=risk)
    full = lucky(("rail_urban", "可研"), classes=(RAIL,))
    found, at_approval = chunks(portfolio, 1), chunks(full, 1)
    over = at_approval.cost_bps - 10_000
    assert np.abs((found.cost_bps - 10_000) - 0.5 * over).max() <= 0.75
    assert (found.duration_bps == 10_000).all()


@pytest.mark.parametrize("r", [0.0, 0.5, 0.8])
def test_joint_confidence_of_an_urban_rail_line_is_that_published(r):
    # data/risk/jcl.md, section 5, table V4: target cost and delay, P(cost), P(time), joint at r.
    table = (
        (0.0, 0.0, 0.2299, 0.1072, {0.0: 0.0247, 0.5: 0.0593, 0.8: 0.0885}),
        (0.10, 0.10, 0.4458, 0.2498, {0.0: 0.1114, 0.5: 0.1773, 0.8: 0.2237}),
        (0.20, 0.25, 0.6532, 0.5335, {0.0: 0.3485, 0.5: 0.4255, 0.8: 0.4830}),
        (0.322, 0.42, 0.8001, 0.8000, {0.0: 0.6401, 0.5: 0.6872, 0.8: 0.7291}),
        (0.45, 0.50, 0.8456, 0.8784, {0.0: 0.7428, 0.5: 0.7746, 0.8: 0.8053}),
    )
    risk = replace(NO_TIES, cost_time_correlation=r)
    portfolio = lucky(*[("rail_urban", "可研")] * 100, classes=(RAIL,), risk=risk)
    found = chunks(portfolio, 10)
    # 512,000 independent lines: 4 standard errors are at most 4 × 0.5 / sqrt(512,000) = 0.0028;
    # rounding to a basis point moves a chance by 0.0002.
    for cost, delay, alone_cost, alone_time, joint in table:
        cheap = found.cost_bps <= round(10_000 * (1 + cost))
        quick = found.duration_bps <= round(10_000 * (1 + delay))
        assert cheap.mean() == pytest.approx(alone_cost, abs=0.003)
        assert quick.mean() == pytest.approx(alone_time, abs=0.003)
        assert (cheap & quick).mean() == pytest.approx(joint[r], abs=0.003)


def test_receipts_have_their_mean_spread_and_bounds_in_every_year():
    # 20,480 paths; 4 standard errors of the mean: 4 × 0.12 / sqrt(20,480) = 0.0034.
    portfolio = lucky(("plain", "可研"), classes=(RISK,), channels=(money("LAND"), money("A")))
    found = chunks(portfolio, 40).receipt_bps / 10_000
    body = stats.truncnorm((0.3 - 0.85) / 0.12, (1.2 - 0.85) / 0.12, loc=0.85, scale=0.12)
    assert found.mean(axis=0) == pytest.approx(np.full((25, 2), body.mean()), abs=0.0034)
    # Standard error of a spread: sd / sqrt(2 n).
    assert found.std(axis=0) == pytest.approx(np.full((25, 2), body.std()), abs=0.0024)
    assert found.min() >= 0.3
    assert found.max() <= 1.2
    for year in (0, 1, 24):
        values = np.sort(found[:, year, 0])
        below = np.searchsorted(values, body.ppf(PART) + 0.00005, side="right") / len(values)
        assert np.abs(below - PART).max() < 1.95 / np.sqrt(len(values)) + 0.001
