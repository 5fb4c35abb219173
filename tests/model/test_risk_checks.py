"""Whether correlations fit together, and by how much they must shrink."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.risk import (
    ChannelCorrelation,
    channel_correlation_matrix,
    contradiction,
    contradiction_text,
    innovation_correlation,
    share_flaw,
)

IDS = ("A", "B", "C", "D")


def pair(one: str, other: str, correlation: float) -> ChannelCorrelation:
    return ChannelCorrelation(
        channel_id=one, other_id=other, correlation=correlation, provenance="假设：测试"
    )


def test_independent_channels_fit():
    assert contradiction(IDS, (), {}) is None


def test_one_pair_always_fits_without_persistence():
    assert contradiction(IDS, (pair("A", "B", -0.9999),), {}) is None


@pytest.mark.parametrize(("half", "fits"), [(0.7071, True), (0.7072, False)])
def test_a_star_of_two_fits_up_to_the_root_of_one_half(half: float, fits: bool):
    # smallest eigenvalue 1 - sqrt(2) r, so r <= 0.70710678
    found = contradiction(IDS, (pair("A", "B", half), pair("A", "C", half)), {})
    assert (found is None) == fits


def test_the_factor_is_the_largest_of_two_decimals():
    # smallest eigenvalue 1 - sqrt(0.9² + 0.8²) = 1 - 1.20416; 1 / 1.20416 = 0.8305
    found = contradiction(IDS, (pair("A", "B", 0.8), pair("A", "C", -0.9)), {})
    assert found is not None
    assert (found.strongest, found.factor) == (pair("A", "C", -0.9), 0.83)
    said, fix = contradiction_text(found, {"A": "甲", "C": "丙"})
    assert "“甲”与“丙”，-0.9" in said
    assert "0.83" in fix


@given(
    st.lists(st.floats(-0.99, 0.99), min_size=6, max_size=6),
    st.lists(st.floats(0.0, 0.95), min_size=4, max_size=4),
)
def test_shrunk_by_the_factor_all_pairs_fit(correlations: list[float], fading: list[float]):
    ends = [(a, b) for i, a in enumerate(IDS) for b in IDS[i + 1 :]]
    pairs = [pair(a, b, r) for (a, b), r in zip(ends, correlations, strict=True)]
    persistence = dict(zip(IDS, fading, strict=True))
    found = contradiction(IDS, pairs, persistence)
    factor = 1.0 if found is None else found.factor
    shrunk = tuple(pair(p.channel_id, p.other_id, p.correlation * factor) for p in pairs)
    matrix = innovation_correlation(channel_correlation_matrix(IDS, shrunk), np.array(fading))
    assert np.linalg.eigvalsh(matrix)[0] >= -1e-8


@pytest.mark.parametrize(
    ("everywhere", "group", "found"),
    [(0.15, 0.15, None), (0.7, 0.3, None), (0.71, 0.3, "大于 1"), (-0.1, 0.2, "-0.1 是负数")],
)
def test_common_parts_are_shares_of_one(everywhere: float, group: float, found: str | None):
    flaw = share_flaw(everywhere, group)
    assert (flaw is None) if found is None else (flaw is not None and found in flaw[0])
