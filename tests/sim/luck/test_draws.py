"""Keyed luck: windows, additions and switching off leave all other numbers as they were."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.luck import Draws
from portfolio.model.risk import ChannelCorrelation, StageFactor
from portfolio.sim.luck import draw
from portfolio.sim.luck.scores import CHUNK, stream
from tests.examples import examples
from tests.sim.lucky import NO_TIES, lucky, money, named
from tests.strategies import RISK, portfolios

ARRAYS = tuple(field.name for field in fields(Draws) if field.name != "first_path")
WORKS = replace(RISK, key="works", title="工程", corr_group="Y", stoppages_per_year=0.12,
                stoppage_mean_quarters=3.0)  # fmt: skip
TIES = replace(
    NO_TIES,
    global_correlation=0.15,
    group_correlation=0.15,
    cost_time_correlation=0.5,
    stage_factors=(
        StageFactor(stage="备案", cost_factor=0.0, duration_factor=1.0, provenance="假设：测试"),
    ),
    channel_correlations=(
        ChannelCorrelation(channel_id="LAND", other_id="PPP", correlation=0.6, provenance=""),
    ),
)
FULL = lucky(
    ("works", "可研"), ("works", "备案"), ("plain", "可研"),
    classes=(RISK, WORKS), numbers=(24, 5, 7), risk=TIES,
    channels=(money("LAND"), money("GPB", persistence=0.3), money("PPP", persistence=0.5)),
    register=(named("R1", 24, 5, probability=0.4), named("R2", 7, probability=0.5)),
)  # fmt: skip


def of(portfolio, paths: int = CHUNK, **settings: object) -> Draws:
    return draw(portfolio, seed=3, first_path=1, paths=paths, **settings)  # type: ignore[arg-type]


def differing(one: Draws, other: Draws) -> set[str]:
    return {name for name in ARRAYS if not np.array_equal(getattr(one, name), getattr(other, name))}


@examples(25)
@given(
    portfolio=portfolios(shocks=False, max_items=3),
    first=st.integers(1, 3 * CHUNK),
    paths=st.integers(0, CHUNK + 40),
    before=st.integers(0, CHUNK + 40),
    after=st.integers(0, 40),
    tails=st.sampled_from(("gauss", "t5")),
)
def test_a_window_holds_the_same_paths_as_any_larger_one(
    portfolio, first, paths, before, after, tails
):
    portfolio = replace(
        portfolio,
        risk_classes=(replace(RISK, stoppages_per_year=0.1),),
        channel_risks=tuple(money(channel.id) for channel in portfolio.channels),
        risk=replace(TIES, channel_correlations=(), register=(named("R1", 1, probability=0.5),)),
    )
    start = max(1, first - before)
    large = draw(
        portfolio, seed=9, first_path=start, paths=first - start + paths + after, tails=tails
    )
    small = draw(portfolio, seed=9, first_path=first, paths=paths, tails=tails)
    assert (small.first_path if paths else first) == first
    assert len(small) == paths
    assert differing(small, large.take(slice(first - start, first - start + paths))) == set()


def test_shapes_are_those_of_the_contract():
    found = draw(FULL, seed=3, first_path=500, paths=30)
    assert found.first_path == 500
    assert {name: getattr(found, name).shape for name in ARRAYS} == {
        "cost_bps": (30, 3), "volume_bps": (30, 3), "duration_bps": (30, 3),
        "stopped": (30, 100, 3), "receipt_bps": (30, 25, 3), "happened": (30, 2),
    }  # fmt: skip
    assert found.stopped.dtype == found.happened.dtype == np.bool_


def test_another_seed_is_another_luck():
    assert differing(of(FULL), draw(FULL, seed=4, first_path=1, paths=CHUNK)) == set(ARRAYS)


def test_every_path_has_its_own_luck():
    found = of(FULL, 2 * CHUNK)
    assert differing(found.take(slice(0, CHUNK)), found.take(slice(CHUNK, None))) == set(ARRAYS)
    assert len(np.unique(found.receipt_bps.reshape(len(found), -1), axis=0)) == len(found)


def test_streams_are_the_same_on_every_machine():
    # Pinned: a change of these is a change of every published result.
    assert stream(1, "cost", "24", 0).bytes(8).hex() == "050de27b1ea3362e"
    assert stream(1, "cost", "24", 1).bytes(8).hex() == "faaaf410a39c5ae7"


def test_an_item_more_leaves_all_other_luck():
    more = lucky(
        ("plain", "规划"), ("works", "可研"), ("works", "备案"), ("other", "可研"), ("plain", "可研"),
        classes=(replace(RISK, key="other", corr_group="Z"), WORKS, RISK), numbers=(1, 24, 5, 99, 7),
        risk=TIES, channels=FULL.channel_risks, register=FULL.risk.register,
    )  # fmt: skip
    found, before = of(more), of(FULL)
    kept = [1, 2, 4]
    assert np.array_equal(found.cost_bps[:, kept], before.cost_bps)
    assert np.array_equal(found.volume_bps[:, kept], before.volume_bps)
    assert np.array_equal(found.duration_bps[:, kept], before.duration_bps)
    assert np.array_equal(found.stopped[:, :, kept], before.stopped)
    assert differing(found, before) == {"cost_bps", "volume_bps", "duration_bps", "stopped"}


@pytest.mark.parametrize("name", ["AA", "MM", "ZZ"])
def test_a_channel_more_leaves_all_other_luck(name):
    channels = (money(name, persistence=0.0), *FULL.channel_risks)
    more = lucky(
        ("works", "可研"), ("works", "备案"), ("plain", "可研"),
        classes=(RISK, WORKS), numbers=(24, 5, 7), risk=TIES, channels=channels,
        register=FULL.risk.register,
    )  # fmt: skip
    found, before = of(more), of(FULL)
    assert np.array_equal(found.receipt_bps[:, :, 1:], before.receipt_bps)
    assert differing(found, before) == {"receipt_bps"}


@pytest.mark.parametrize("name", ["AA", "ZZ"])
def test_a_tied_channel_added_at_the_end_leaves_all_other_luck(name):
    tie = ChannelCorrelation(channel_id=name, other_id="LAND", correlation=0.3, provenance="")
    more = lucky(
        ("works", "可研"), ("works", "备案"), ("plain", "可研"),
        classes=(RISK, WORKS), numbers=(24, 5, 7),
        risk=replace(TIES, channel_correlations=(*TIES.channel_correlations, tie)),
        channels=(*FULL.channel_risks, money(name)), register=FULL.risk.register,
    )  # fmt: skip
    found, before = of(more), of(FULL)
    assert np.array_equal(found.receipt_bps[:, :, :-1], before.receipt_bps)
    assert differing(found, before) == {"receipt_bps"}


def test_a_correlation_leaves_the_channels_it_does_not_tie():
    tied = replace(
        FULL,
        channel_risks=(*FULL.channel_risks[:1], money("GPB"), *FULL.channel_risks[2:]),
        risk=replace(TIES, channel_correlations=(), register=FULL.risk.register),
    )
    found, before = of(tied), of(replace(FULL, channel_risks=tied.channel_risks))
    # LAND comes before PPP: only PPP follows another.
    assert np.array_equal(found.receipt_bps[:, :, :2], before.receipt_bps[:, :, :2])
    assert not np.array_equal(found.receipt_bps[:, :, 2], before.receipt_bps[:, :, 2])


def test_a_named_risk_more_leaves_the_luck_of_items_it_does_not_hit():
    risks = (named("R0", 5, probability=0.5), *FULL.risk.register)
    found, before = of(replace(FULL, risk=replace(FULL.risk, register=risks))), of(FULL)
    assert np.array_equal(found.happened[:, 1:], before.happened)
    came = found.happened[:, 0]
    # +10 % and 2 of 20 quarters where it came about, for item 5 (the second) alone.
    assert np.array_equal(found.cost_bps - before.cost_bps, np.outer(came, [0, 1000, 0]))
    assert np.array_equal(found.duration_bps - before.duration_bps, np.outer(came, [0, 1000, 0]))
    assert differing(found, before) == {"cost_bps", "duration_bps", "happened"}


def test_a_channel_without_assumptions_receives_all():
    found = of(replace(FULL, channel_risks=FULL.channel_risks[1:]))
    assert (found.receipt_bps[:, :, 0] == 10_000).all()
    assert np.array_equal(found.receipt_bps[:, :, 1], of(FULL).receipt_bps[:, :, 1])


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("cost", {"cost_bps"}),
        ("duration", {"duration_bps"}),
        ("volume", {"volume_bps"}),
        ("stoppage", {"stopped"}),
        ("receipt", {"receipt_bps"}),
        ("register", {"cost_bps", "duration_bps", "happened"}),
    ],
)
def test_a_source_switched_off_leaves_all_other_luck(source, changed):
    assert differing(of(FULL, off=frozenset({source})), of(FULL)) == changed


def test_all_switched_off_is_no_luck():
    sources = ("cost", "duration", "volume", "stoppage", "receipt", "register")
    assert differing(of(FULL, off=frozenset(sources)), Draws.none(FULL, CHUNK, 2)) == set()


@pytest.mark.parametrize(
    ("off", "items"),
    [
        (("item", 24), [0]),
        (("class", "works"), [0, 1]),
        (("group", "Y"), [0, 1]),
        (("group", "X"), [2]),
    ],
)
def test_items_switched_off_have_no_luck_and_others_all_of_theirs(off, items):
    found, before = of(FULL, off=frozenset({off})), of(FULL)
    left = [index for index in range(3) if index not in items]
    for name in ("cost_bps", "volume_bps", "duration_bps", "stopped"):
        array = getattr(found, name)
        assert (array[..., items] == (0 if name == "stopped" else 10_000)).all()
        assert np.array_equal(array[..., left], getattr(before, name)[..., left])
    # What is no luck of an item's own stays.
    assert np.array_equal(found.happened, before.happened)
    assert np.array_equal(found.receipt_bps, before.receipt_bps)


def test_one_source_of_one_item_switched_off():
    found, before = of(FULL, off=frozenset({("duration", 7)})), of(FULL)
    assert differing(found, before) == {"duration_bps"}
    assert np.array_equal(found.duration_bps[:, :2], before.duration_bps[:, :2])
    # Item 7 keeps what the named risk R2 does to it: 2 of 20 quarters.
    assert np.array_equal(found.duration_bps[:, 2], 10_000 + 1_000 * before.happened[:, 1])


def test_one_channel_and_one_named_risk_switched_off():
    found = of(FULL, off=frozenset({("receipt", "LAND"), ("register", "R2")}))
    before = of(FULL)
    assert (found.receipt_bps[:, :, 0] == 10_000).all()
    # PPP is tied to LAND, whose luck is still drawn.
    assert np.array_equal(found.receipt_bps[:, :, 1:], before.receipt_bps[:, :, 1:])
    assert np.array_equal(found.happened, before.happened & [True, False])


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_path": 0},
        {"paths": -1},
        {"tails": "cauchy"},
        {"off": frozenset({"weather"})},
        {"off": frozenset({"item"})},
        {"off": frozenset({("weather", 1)})},
    ],
)
def test_what_is_no_luck_is_refused(wrong):
    with pytest.raises(ValueError, match=r"path|tails|source"):
        draw(FULL, **{"seed": 1, "first_path": 1, "paths": 1, **wrong})


def test_correlations_that_contradict_one_another_are_refused():
    pairs = tuple(
        ChannelCorrelation(channel_id=a, other_id=b, correlation=r, provenance="")
        for a, b, r in (("LAND", "GPB", 0.9), ("LAND", "PPP", 0.9), ("GPB", "PPP", -0.9))
    )
    with pytest.raises(ValueError, match="contradict"):
        of(replace(FULL, risk=replace(FULL.risk, channel_correlations=pairs)))
