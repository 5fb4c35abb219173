"""Both batch engines give the SimPy engine's integers on the same draws, path by path."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from portfolio.model.items import Channel
from portfolio.model.luck import Draws, with_luck
from portfolio.model.outcome import CauseKind, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS, PLAY_YEARS
from portfolio.model.rules.parameters import derive, progress_by_quarter
from portfolio.model.scenarios import apply
from portfolio.model.study.paths import Paths, cause_slots
from portfolio.read.scenario.file import read_scenario, scenario_files
from portfolio.sim.lanes.many_paths import (
    COMPILED,
    NUMPY,
    Trace,
    compiler_missing,
    play_many,
    stand,
    to_be_compiled,
)
from portfolio.sim.luck import draw
from portfolio.sim.one_path import play
from tests.examples import examples, some
from tests.read.scenario.test_shipped_scenarios import shipped_portfolio
from tests.strategies import make_channel, make_item, make_portfolio, portfolios

FILES = scenario_files(Path(__file__).parents[3] / "scenarios")
ENGINES = (
    pytest.param(COMPILED, marks=pytest.mark.skipif(compiler_missing(), reason="Numba is missing")),
    NUMPY,
)
PATHS = 50


@st.composite
def lucks(draw_: st.DrawFn, portfolio: Portfolio) -> Draws:
    """Random luck of up to four paths, wilder than any that is drawn."""
    items, channels = len(portfolio.items), len(portfolio.channels)
    paths = draw_(st.integers(1, 4))

    def factors(low: int, high: int, *shape: int) -> np.ndarray:
        some = st.one_of(st.sampled_from((10_000, low, high)), st.integers(low, high))
        return draw_(npst.arrays(np.int64, (paths, *shape), elements=some))

    stopped = np.zeros((paths, PLAY_QUARTERS, items), dtype=np.bool_)
    for _ in range(draw_(st.integers(0, 6))):
        k, i = draw_(st.integers(0, paths - 1)), draw_(st.integers(0, items - 1))
        quarter = draw_(st.integers(0, PLAY_QUARTERS - 1))
        stopped[k, quarter : quarter + draw_(st.integers(1, 12)), i] = True
    return Draws(
        first_path=1,
        cost_bps=factors(7_000, 60_000, items),
        volume_bps=factors(5_000, 11_000, items),
        duration_bps=factors(5_000, 40_000, items),
        stopped=stopped,
        receipt_bps=factors(0, 12_000, PLAY_YEARS, channels),
        happened=np.zeros((paths, 0), dtype=np.bool_),
    )


def played(portfolio: Portfolio, draws: Draws) -> list[Outcome]:
    """The same paths by the SimPy engine."""
    return [play(derive(with_luck(portfolio, draws, k))) for k in range(len(draws))]


def numbers(quarters: tuple[int | None, ...]) -> list[int]:
    return [PLAY_QUARTERS if quarter is None else quarter for quarter in quarters]


def ledger(portfolio: Portfolio, outcome: Outcome) -> np.ndarray:
    """The outcome's causes as the batch engines count them: [item, slot]."""
    slots = cause_slots([c.id for c in portfolio.channels], [g.id for g in portfolio.gates])
    lost = np.zeros((len(portfolio.items), len(slots)), dtype=np.int64)
    for item, causes in enumerate(outcome.causes):
        for cause in causes:
            lost[item, slots.index((cause.kind, cause.ref))] += cause.quarters
    return lost


def held_by(portfolio: Portfolio, outcome: Outcome) -> list[int]:
    """By item the gate that cost it quarters and opened last, ties in sheet order."""
    ids = [gate.id for gate in portfolio.gates]
    held = []
    for causes in outcome.causes:
        gates = sorted(ids.index(str(c.ref)) for c in causes if c.kind is CauseKind.GATE)
        opened = numbers(tuple(outcome.gate_opened[g] for g in gates))
        held.append(gates[opened.index(max(opened))] if gates else len(ids))
    return held


def progress(portfolio: Portfolio, outcome: Outcome, draws: Draws, k: int) -> np.ndarray:
    """Progress at approved cost by year, all items."""
    limits = derive(with_luck(portfolio, draws, k))
    total = outcome.drawn_wan.sum(axis=1).cumsum(axis=0)
    quarters = np.arange(PLAY_QUARTERS)[:, None]
    complete = (np.array(numbers(outcome.finish)) <= quarters) & (
        total == limits.cost_wan.sum(axis=0)
    )
    done = progress_by_quarter(limits, total, complete | (limits.length == 0))[3::4]
    return np.diff(done.sum(axis=1), prepend=0)


def assert_same(portfolio: Portfolio, draws: Draws, outcomes: list[Outcome], engine: str) -> None:
    """Every integer of the batch engine is the SimPy engine's."""
    trace = Trace.empty(
        len(draws), PLAY_QUARTERS, len(portfolio.channels), len(portfolio.items),
        len(portfolio.gates),
    )  # fmt: skip
    paths = play_many(portfolio, draws, engine=engine, trace=trace)
    binds = derive(portfolio).gates.binds
    for k, outcome in enumerate(outcomes):
        assert np.array_equal(trace.drawn[k], outcome.drawn_wan)
        assert np.array_equal(trace.allotted[k], outcome.allotted_wan)
        assert np.array_equal(trace.carried_in[k], outcome.carried_in_wan)
        assert np.array_equal(trace.carried_out[k], outcome.carried_out_wan)
        assert np.array_equal(trace.taken_back[k], outcome.taken_back_wan)
        assert np.array_equal(trace.lost[k], ledger(portfolio, outcome))
        assert paths.start[k].tolist() == numbers(outcome.start)
        assert paths.finish[k].tolist() == numbers(outcome.finish)
        assert paths.held_by[k].tolist() == held_by(portfolio, outcome)
        assert paths.gate_opened is not None
        opened = np.where(binds, numbers(outcome.gate_opened), PLAY_QUARTERS)
        assert paths.gate_opened[k].tolist() == opened.tolist()
        by_year = outcome.drawn_wan.reshape(PLAY_YEARS, -1).sum(axis=1)
        assert paths.drawn_wan[k].tolist() == by_year.tolist()
        expected = progress(portfolio, outcome, draws, k)
        assert paths.progress_wan[k].tolist() == expected.tolist()
        cost = derive(with_luck(portfolio, draws, k)).cost_wan.sum(axis=0)
        assert paths.cost_wan[k].tolist() == cost.tolist()
    yearly = sum(o.drawn_wan.reshape(PLAY_YEARS, 4, *o.drawn_wan.shape[1:]) for o in outcomes)
    assert np.array_equal(paths.channel_drawn_wan, yearly.sum(axis=(1, 3)))
    assert np.array_equal(paths.item_drawn_wan, yearly.sum(axis=(1, 2)))
    unserved = sum((o.need_wan - o.served_wan + o.never_released_wan).sum(axis=2) for o in outcomes)
    assert np.array_equal(paths.channel_unserved_wan, unserved)
    assert np.array_equal(paths.lost_quarters, sum(ledger(portfolio, o) for o in outcomes))


def allowed(portfolio: Portfolio, draws: Draws) -> bool:
    """Whether no path holds more money than a portfolio may."""
    try:
        for k in range(len(draws)):
            with_luck(portfolio, draws, k)
    except ValueError:
        return False
    return True


def test_the_engine_was_compiled_before_the_first_test() -> None:
    """See `tests.engine`: no test, and no process that one starts, waits for the compiler."""
    assert not to_be_compiled()


@pytest.mark.parametrize("engine", ENGINES)
@examples(60)
@given(data=st.data())
def test_random_portfolios_in_every_integer(engine: str, data: st.DataObject) -> None:
    portfolio = data.draw(portfolios())
    draws = data.draw(lucks(portfolio))
    assume(allowed(portfolio, draws))
    assert_same(portfolio, draws, played(portfolio, draws), engine)


@pytest.mark.parametrize("path", some(FILES), ids=lambda path: path.stem)
def test_the_real_portfolio_under_a_shipped_scenario_in_every_integer(path: Path) -> None:
    portfolio, _ = apply(read_scenario(path), shipped_portfolio())
    draws = draw(portfolio, seed=20_210_101, first_path=1, paths=PATHS)
    outcomes = played(portfolio, draws)
    for engine in (NUMPY,) if compiler_missing() else (COMPILED, NUMPY):
        assert_same(portfolio, draws, outcomes, engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_luck_is_the_plain_run(engine: str) -> None:
    portfolio = shipped_portfolio()
    assert_same(portfolio, Draws.none(portfolio), [play(derive(portfolio))], engine)


def same(one: Paths, other: Paths) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name))
        for field in fields(Paths)
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_neither_blocks_nor_workers_change_a_number(engine: str) -> None:
    portfolio = shipped_portfolio()
    draws = draw(portfolio, seed=7, first_path=500, paths=300)  # over the end of a chunk of luck
    whole = play_many(portfolio, draws, engine=engine)
    cuts = (0, 1, 130, 131, 300)
    parts = [draws.take(slice(a, b)) for a, b in pairwise(cuts)]
    with ThreadPoolExecutor(2) as pool:
        played_apart = pool.map(lambda part: play_many(portfolio, part, engine=engine), parts)
        assert same(Paths.joined(played_apart), whole)


def two_items() -> Portfolio:
    """甲 and 乙, 400 万元 each in 2021 of one pooled channel; its envelope: 800, then 1,000 in 2022."""
    channel: Channel = make_channel(0, reserve_bps=0, reserve_floor_bps=0)
    plan = np.zeros((15, 1, 2), dtype=np.int64)
    plan[0, 0] = 400
    items = tuple(make_item(no, plan[:, :, no - 1].sum(axis=1)) for no in (1, 2))
    items = tuple(replace(item, yearly_cap_wan=10**6) for item in items)
    portfolio = make_portfolio(plan, channels=(channel,), items=items)
    ask = portfolio.envelopes.pooled_ask_wan.copy()
    ask[1, 0] = 1_000
    return replace(portfolio, envelopes=replace(portfolio.envelopes, pooled_ask_wan=ask))


@pytest.mark.parametrize("engine", ENGINES)
def test_two_items_on_three_paths_worked_by_hand(engine: str) -> None:
    portfolio = two_items()
    luck = Draws.none(portfolio, paths=3)
    # Path 1: no luck; 100 a quarter each, done in 2021Q4 (quarter 3).
    # Path 2: 甲 costs 1.5 ×, 2021 brings half the envelope. Needs 600 and 400 of 400 there is:
    #   甲 600 × 400 ÷ 1,000 = 240, 乙 the rest, 160; 60 and 40 a quarter. 2022: needs 360 and 240
    #   of 1,000, all served, 90 and 60 a quarter; done in 2022Q4 (quarter 7), 4 late for money.
    luck.cost_bps[1, 0] = 15_000
    luck.receipt_bps[1, 0, 0] = 5_000
    # Path 3: 甲 stands still in 2021Q2. 400 allotted, 100 each in Q1, Q3, Q4, the last 100 carried
    #   into 2022Q1 (quarter 4): one quarter late by stoppage.
    luck.stopped[2, 1, 0] = True
    paths = play_many(portfolio, luck, engine=engine)
    assert paths.start.tolist() == [[0, 0], [0, 0], [0, 0]]
    assert paths.finish.tolist() == [[3, 3], [7, 7], [4, 3]]
    assert paths.cost_wan.tolist() == [[400, 400], [600, 400], [400, 400]]
    assert paths.drawn_wan[:, :2].tolist() == [[800, 0], [400, 600], [700, 100]]
    assert not paths.drawn_wan[:, 2:].any()
    # Path 2 at approved cost: 240 × 400 ÷ 600 = 160 of 甲 and 160 of 乙 in 2021, the rest in 2022.
    assert paths.progress_wan[:, :2].tolist() == [[800, 0], [320, 480], [700, 100]]
    # Money of all paths: 2021 800 + 400 + 700, 2022 600 + 100; 甲 400 + 240 + 300 and 360 + 100.
    assert paths.channel_drawn_wan[:2, 0].tolist() == [1_900, 700]
    assert paths.item_drawn_wan[:2].tolist() == [[940, 960], [460, 240]]
    assert paths.channel_unserved_wan[:2, 0].tolist() == [600, 0]  # path 2: 1,000 needed, 400 there
    slots = cause_slots(["C0"], [])
    expected = np.zeros((2, len(slots)), dtype=np.int64)
    expected[:, slots.index((CauseKind.CHANNEL, "C0"))] = 4
    expected[0, slots.index((CauseKind.STOPPAGE, None))] = 1
    assert paths.lost_quarters.tolist() == expected.tolist()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_shorter_duration_and_a_slackened_pace_are_both_told(engine: str) -> None:
    portfolio = two_items()
    pace = portfolio.conditions.pace_bps.copy()
    pace[:2, 0] = 5_000
    portfolio = replace(portfolio, conditions=replace(portfolio.conditions, pace_bps=pace))
    luck = Draws.none(portfolio)
    luck.duration_bps[0, 0] = 7_500
    # 甲's clock runs to 4 × 7,500 = 30,000: 5,000, 10,000, 20,000, 30,000 in the planned 4 quarters;
    # 3 would have been enough (−1), the pace took one more (+1).
    paths = play_many(portfolio, luck, engine=engine)
    slots = cause_slots(["C0"], [])
    lost = dict(zip(slots, paths.lost_quarters[0].tolist(), strict=True))
    assert paths.finish[0, 0] == 3
    assert (lost.pop((CauseKind.DURATION, None)), lost.pop((CauseKind.PACE, None))) == (-1, 1)
    assert not any(lost.values())


def own_money_two_years_late() -> Portfolio:
    """400 万元 a year in 2021 and 2022 of the item's own money, 40 reserve each; begins in 2023."""
    plan = np.zeros((15, 1, 1), dtype=np.int64)
    plan[:2, 0, 0] = 400
    portfolio = make_portfolio(plan, channels=(make_channel(2, reserve_floor_bps=0),))
    late = replace(portfolio.conditions, start_delay_quarters=np.array([8]))
    return replace(portfolio, conditions=late)


@pytest.mark.parametrize("engine", ENGINES)
def test_own_money_follows_its_item_by_hand(engine: str) -> None:
    portfolio = own_money_two_years_late()
    luck = Draws.none(portfolio, paths=2)
    luck.receipt_bps[1, 0, 0] = 2_501
    # Path 1: 400 + 400 follow into 2023 and are needed in 2023 and 2024.
    # Path 2: of 2021 only 400 × 0.2501 = 100 come, and their reserve of 10 lapses. 500 follow into
    #   2023, 400 are needed there; 2024 has the last 100.
    paths = play_many(portfolio, luck, engine=engine)
    assert paths.drawn_wan[:, :5].tolist() == [[0, 0, 400, 400, 0], [0, 0, 400, 100, 0]]
    assert_same(portfolio, luck, played(portfolio, luck), engine)


def test_a_play_goes_on_with_the_money_that_follows() -> None:
    portfolio = own_money_two_years_late()
    luck = Draws.none(portfolio, paths=3)
    luck.receipt_bps[1, 0, 0] = 2_501
    whole = play_many(portfolio, luck)
    for year in (1, 2, 3):
        assert same(play_many(portfolio, luck, since=stand(portfolio, luck, year)), whole)


def test_an_unknown_engine_is_refused() -> None:
    portfolio = two_items()
    with pytest.raises(ValueError, match="no engine"):
        play_many(portfolio, Draws.none(portfolio), engine="abacus")
