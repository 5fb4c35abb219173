"""Rates of yearly lists by path: keyed, whole, and as the quantiles say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from portfolio.model.record.rows import RateTable
from portfolio.model.record.table import tables_of
from portfolio.sim.luck.list_rates import list_rates, rates_at
from tests.model.record.records import shipped

YEARS = range(2021, 2046)
HOW = {"place": "广州", "first_year": 2021, "seed": 1}


def table() -> RateTable:
    found = shipped().table_of(2030)
    assert found is not None
    return found


def drawn(first_path: int = 1, paths: int = 2_000, **more: object):
    return list_rates(
        tables_of(shipped(), YEARS), first_path=first_path, paths=paths, **{**HOW, **more}
    )


def test_the_middle_and_the_ends():
    quantiles = table().quantiles_bps
    scores = np.array([-9.0, ndtri(0.005), ndtri(0.5), 9.0])
    found = rates_at(quantiles, scores)
    assert found.dtype == np.int32
    assert found[0] == quantiles[0]
    assert found[1] == pytest.approx(quantiles[0], abs=1)
    assert found[2] == pytest.approx(quantiles[99], abs=1)
    assert quantiles[197] <= found[3] <= quantiles[198]


def test_between_quantiles_it_is_the_formula_in_whole_numbers():
    quantiles = table().quantiles_bps
    for uniform in (5_000, 7_499, 123_456, 500_000, 994_999):
        cell, within = divmod(uniform, 5_000)
        below, above = quantiles[cell - 1], quantiles[cell]
        known = below + (above - below) * within // 5_000
        score = ndtri((uniform + 0.5) / 1_000_000)
        assert rates_at(quantiles, np.array([score])).tolist() == [known]


def test_many_paths_have_the_level_of_the_record():
    rates = drawn(paths=20_000)[:, 5]
    assert (rates >= 10_000).mean() == pytest.approx(0.861, abs=0.01)
    assert rates.mean() == pytest.approx(11_037, abs=25)
    assert rates.std() == pytest.approx(969, abs=20)


def test_years_of_a_place_share_a_part_of_their_luck():
    logs = np.log(drawn(paths=20_000)[:, 5:12])
    found = np.corrcoef(logs.T)[np.triu_indices(7, 1)]
    assert found.mean() == pytest.approx(0.17, abs=0.02)


def test_a_window_of_paths_is_the_same_in_every_study():
    whole = drawn(paths=1_200)
    assert (drawn(first_path=500, paths=300) == whole[499:799]).all()
    assert drawn(paths=0).shape == (0, 25)


def test_every_number_depends_on_its_own_year_alone():
    base = tables_of(shipped(), YEARS)
    fewer = (*base[:5], None, *base[6:])
    found = list_rates(fewer, first_path=1, paths=600, **HOW)
    assert (found[:, 5] == 0).all()
    others = [k for k in range(25) if k != 5]
    assert (found[:, others] == drawn(paths=600)[:, others]).all()
    later = list_rates(base[3:], first_path=1, paths=600, **{**HOW, "first_year": 2024})
    assert (later == drawn(paths=600)[:, 3:]).all()


@pytest.mark.parametrize("more", [{"seed": 2}, {"place": "别处"}])
def test_another_key_gives_other_luck(more):
    assert (drawn(paths=100, **more) != drawn(paths=100)).any()


def test_paths_before_the_first_are_refused():
    with pytest.raises(ValueError, match="from path 0 on"):
        drawn(first_path=0)


def test_a_running_year_is_never_below_what_is_done():
    found = drawn(paths=5_000)
    assert found[:, 2].min() >= 8_420  # October of 2023
    assert found[:, 3].min() >= 8_040  # September of 2024


def test_stale_quantiles_are_made_anew():
    stale = replace(table(), fingerprint="0" * 64, quantiles_bps=(10_000,) * 199)
    record = replace(shipped(), tables=(stale,))
    (made,) = tables_of(record, [2030])
    assert made is not None
    assert made.quantiles_bps == pytest.approx(table().quantiles_bps, abs=1)


def test_a_thin_record_has_no_rates():
    record = replace(shipped(), rows=shipped().rows[:5], tables=())
    assert tables_of(record, [2026, 2027]) == (None, None)
