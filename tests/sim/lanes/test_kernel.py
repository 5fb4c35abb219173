"""What the kernel does with plans made for it, on NumPy rows of both kinds and on vectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given

from portfolio.model.gates import Gate, GateType
from portfolio.model.luck import Draws
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.rules.parameters import derive
from portfolio.sim.lanes import many_paths
from portfolio.sim.lanes.inputs import exact_in_float, lane_inputs
from portfolio.sim.lanes.many_paths import COMPILED, NUMPY, Trace, play_many
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.sim.lanes.test_many_paths import ENGINES, assert_same, same
from tests.strategies import make_channel, make_item, make_portfolio, portfolios


def planned(money: dict[tuple[int, int, int], int], **changes: object) -> Portfolio:
    """A portfolio from {(year, channel, item): 万元}, without reserves and with ample capacity."""
    n_channels = 1 + max(channel for _, channel, _ in money)
    n_items = 1 + max(item for _, _, item in money)
    plan = np.zeros((15, n_channels, n_items), dtype=np.int64)
    for (year, channel, item), amount in money.items():
        plan[year - 2021, channel, item] = amount
    channels = tuple(make_channel(k, reserve_bps=0, reserve_floor_bps=0) for k in range(n_channels))
    items = tuple(
        make_item(i + 1, plan[:, :, i].sum(axis=1), yearly_cap_wan=10**9) for i in range(n_items)
    )
    return make_portfolio(plan, channels=channels, items=items, **changes)  # type: ignore[arg-type]


def ss(pred: int, succ: int, lag: int = 0) -> Gate:
    return Gate(
        id=f"G{pred}{succ}", pred_no=pred, succ_no=succ, type=GateType.SS, fraction_bps=None,
        holds_bps=0, lag_quarters=lag, hard=True, reason="测试", provenance="假设：测试",
    )  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
def test_a_chain_of_starts_runs_through_in_one_quarter(engine: str):
    # 3 → 2 → 1 by SS without lag; 3 stands still in 2021Q1 on the second path only, and 2 → 4
    # has a lag of two quarters: 1 and 2 start with 3, 4 two quarters later.
    portfolio = planned({(2021, 2, i): 400 for i in range(4)})
    portfolio = replace(portfolio, gates=(ss(2, 1), ss(3, 2), ss(2, 4, lag=2)))
    luck = Draws.none(portfolio, paths=2)
    luck.stopped[1, 0, 2] = True
    paths = play_many(portfolio, luck, engine=engine)
    assert paths.start.tolist() == [[0, 0, 0, 2], [1, 1, 1, 3]]
    assert paths.gate_opened is not None
    assert paths.gate_opened.tolist() == [[0, 0, 2], [1, 1, 3]]


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_planned_plays_to_nothing(engine: str):
    portfolio = make_portfolio(np.zeros((15, 2, 2), dtype=np.int64))
    paths = play_many(portfolio, Draws.none(portfolio, 3), engine=engine)
    assert (paths.start == PLAY_QUARTERS).all()
    assert (paths.finish == PLAY_QUARTERS).all()
    assert not paths.drawn_wan.any()
    assert not paths.lost_quarters.any()


@pytest.mark.parametrize("engine", ENGINES)
def test_no_path_gives_empty_results(engine: str):
    portfolio = planned({(2021, 0, 0): 400})
    paths = play_many(portfolio, Draws.none(portfolio, paths=0), engine=engine)
    assert paths.drawn_wan.shape == (0, 25)
    assert not paths.channel_drawn_wan.any()


def large() -> Portfolio:
    """Two items of 140,000 亿元 each share one channel whose envelope is cut to 99.99 %.

    The share 1.4e9 × 2.7997e9 is above 2**53, so that float64 could lose a 万元.
    """
    portfolio = planned({(2021, 0, 0): 1_400_000_001, (2021, 0, 1): 1_399_999_998})
    ask = portfolio.envelopes.pooled_ask_wan * 9_999 // 10_000
    return replace(portfolio, envelopes=replace(portfolio.envelopes, pooled_ask_wan=ask))


def test_amounts_beyond_float64_are_played_in_whole_numbers():
    portfolio = large()
    draws = Draws.none(portfolio)
    assert not exact_in_float(lane_inputs(portfolio), draws)
    trace = Trace.empty(1, PLAY_QUARTERS, 1, 2, 0)
    play_many(portfolio, draws, engine=COMPILED, trace=trace)  # takes NumPy rows by itself
    assert np.array_equal(trace.drawn[0], play(derive(portfolio)).drawn_wan)


@pytest.mark.parametrize(
    ("factor", "large"),
    [("cost_bps", 60_000), ("volume_bps", 60_000), ("duration_bps", 300_000_000)],
)
def test_large_luck_is_seen_by_the_bounds(factor: str, large: int):
    """What is exact as planned is not where the luck of one path makes a product too large."""
    # As planned: 4e7 × 4e7 = 1.6e15 is below 2**51 = 2.25e15. 2.4e8 × 4e7 is above 2**53 = 9e15;
    # a quarter's 1e7 × 3e8 bps (a thousand times as long is the most that is drawn) above 2**51.
    portfolio = planned({(2021, 0, 0): 40_000_000, (2021, 1, 1): 40_000_000})
    inputs, draws = lane_inputs(portfolio), Draws.none(portfolio, 3)
    assert exact_in_float(inputs, draws)
    getattr(draws, factor)[1] = large
    assert not exact_in_float(inputs, draws)


def test_what_a_substitute_has_is_bounded_too():
    """A dry channel, of which much is asked, is served by a rich one: 9e7 × 4.4e7 is above 2**51."""
    money = {(2021, 0, 0): 45_000_000, (2021, 0, 1): 45_000_000, (2021, 1, 2): 44_000_000}
    portfolio = planned(money)
    ask = portfolio.envelopes.pooled_ask_wan.copy()
    ask[:, 0] = 0
    dry = replace(portfolio, envelopes=replace(portfolio.envelopes, pooled_ask_wan=ask))
    inputs, draws = lane_inputs(dry), Draws.none(dry)
    assert exact_in_float(inputs, draws)
    assert not exact_in_float(inputs._replace(accounts=2), draws)


def test_the_worst_factors_of_different_paths_do_not_wrap_the_bounds():
    """Dear on one path, much volume on another: together beyond int64, on no path beyond lawful."""
    plan = np.zeros((15, 1, 1), dtype=np.int64)
    plan[:3, 0, 0] = 2_912_982_564 // 3
    portfolio = make_portfolio(plan, channels=(make_channel(2),))  # the item's own money
    draws = Draws.none(portfolio, 3)
    draws.cost_bps[:, 0], draws.volume_bps[:, 0] = (100_000, 10_000, 9_001), (990, 10_000, 9_999)
    assert not exact_in_float(lane_inputs(portfolio), draws)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many_paths, "exact_in_float", lambda *_: False)
        whole = play_many(portfolio, draws, engine=NUMPY)
    assert same(whole, play_many(portfolio, draws, engine=COMPILED))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_channel_may_bring_five_times_its_envelope(engine: str):
    """The most a sheet allows: 50,000 bps, more than 16 bits hold."""
    portfolio = planned({(2021, 0, 0): 400})
    draws = Draws.none(portfolio)
    draws.receipt_bps[:] = 50_000
    assert (
        play_many(portfolio, draws, engine=engine).receipt_bps.tolist()
        == draws.receipt_bps.tolist()
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(4))
def test_much_money_paid_in_the_place_of_a_dry_channel_in_every_integer(seed: int, engine: str):
    """Eight items of up to 4,000 亿元 ask the dry channel; a rich one pays up to its shares."""
    luck = np.random.default_rng(seed)
    money = {(2021, 0, i): int(luck.integers(20_000_000, 40_000_000)) for i in range(8)}
    portfolio = planned({**money, (2021, 1, 8): 100})
    pooled = np.zeros_like(portfolio.envelopes.pooled_ask_wan)
    pooled[:, 1] = luck.integers(80_000_000, 320_000_000)
    envelopes = replace(
        portfolio.envelopes, pooled_ask_wan=pooled, pooled_reserve_wan=np.zeros_like(pooled)
    )
    conditions = replace(portfolio.conditions, substitution=True)
    portfolio = replace(portfolio, envelopes=envelopes, conditions=conditions)
    draws = Draws.none(portfolio)
    assert_same(portfolio, draws, [play(derive(portfolio))], engine)


def test_more_money_than_can_be_played_is_refused():
    portfolio = large()
    draws = Draws.none(portfolio)
    draws.cost_bps[:] = 12_000
    with pytest.raises(ValueError, match="more money"):
        play_many(portfolio, draws)


@examples(40)
@given(portfolios())
def test_whole_numbers_and_float64_give_the_same(portfolio: Portfolio):
    draws = Draws.none(portfolio, 2)
    assume(exact_in_float(lane_inputs(portfolio), draws))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many_paths, "exact_in_float", lambda *_: False)
        whole = play_many(portfolio, draws, engine=NUMPY)
    assert same(whole, play_many(portfolio, draws, engine=NUMPY))


@pytest.mark.parametrize("engine", ENGINES)
def test_any_number_of_paths_fills_its_lanes(engine: str):
    """A last block that is not full is filled with copies, which count nowhere."""
    portfolio = planned({(2021, 0, 0): 400, (2022, 0, 1): 800})
    draws = Draws.none(portfolio, 37)
    draws.cost_bps[:] = 10_000 + 100 * np.arange(37)[:, None]
    whole = play_many(portfolio, draws, engine=engine)
    for paths in (1, 7, 8, 9, 16, 17, 37):
        some = play_many(portfolio, draws.take(slice(0, paths)), engine=engine)
        assert np.array_equal(some.drawn_wan, whole.drawn_wan[:paths])
        assert some.item_drawn_wan.sum() == whole.drawn_wan[:paths].sum()
