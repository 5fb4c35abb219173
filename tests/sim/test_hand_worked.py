"""Hand-worked plays: for each rule the smallest case in which it alone decides.

Amounts are 万元. Unless a case says otherwise a channel releases a quarter of its allotment each
quarter and has no reserve, and an item's plan year of 400 is 100 a quarter.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from portfolio.model.audit import audit
from portfolio.model.calendar import SHIPPED
from portfolio.model.gates import Gate, GateType
from portfolio.model.items import Carry, Channel
from portfolio.model.measures.years import funding_gap_wan, progress_wan
from portfolio.model.outcome import Cause, CauseKind, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.sim.one_path import play
from tests.strategies import make_channel, make_item, make_portfolio

POOLED, OWN, CREDIT = 0, 2, 4


def channel(k: int, **changes: Any) -> Channel:
    return make_channel(k, reserve_bps=0, reserve_floor_bps=0, **changes)


def build(
    money: dict[tuple[int, int, int], int],
    channels: tuple[Channel, ...],
    cap: int | None = 10**6,
    **changes: Any,
) -> Portfolio:
    """A portfolio from {(year, channel, item): 万元}; capacity is ample unless a case is of it."""
    n_items = 1 + max(item for _, _, item in money)
    plan = np.zeros((15, len(channels), n_items), dtype=np.int64)
    for (year, c, item), amount in money.items():
        plan[year - 2021, c, item] = amount
    items = tuple(
        make_item(i + 1, plan[:, :, i].sum(axis=1), yearly_cap_wan=cap) for i in range(n_items)
    )
    return make_portfolio(plan, channels=channels, items=items, **changes)


def shock(portfolio: Portfolio, **arrays: Any) -> Portfolio:
    return replace(portfolio, conditions=replace(portfolio.conditions, **arrays))


def envelope(portfolio: Portfolio, **years: int) -> Portfolio:
    """Set the pooled envelope of channel 0, `y2022=300`; other years keep the plan's ask."""
    ask = portfolio.envelopes.pooled_ask_wan.copy()
    for year, money in years.items():
        ask[int(year[1:]) - 2021, 0] = money
    return replace(portfolio, envelopes=replace(portfolio.envelopes, pooled_ask_wan=ask))


def gate(kind: GateType, holds: int, fraction: int | None = None, lag: int = 0) -> Gate:
    return Gate(
        id="G", pred_no=1, succ_no=2, type=kind, fraction_bps=fraction, holds_bps=holds,
        lag_quarters=lag, hard=True, reason="测试", provenance="假设：测试",
    )  # fmt: skip


def drawn(outcome: Outcome, item: int = 0, channel: int | None = None, n: int = 8) -> list[int]:
    money = outcome.drawn_wan[:, :, item]
    return (money.sum(axis=1) if channel is None else money[:, channel])[:n].tolist()


def q(text: str) -> int:
    index = SHIPPED.parse_quarter(text)
    assert index is not None
    return index


def lost(outcome: Outcome, item: int = 0) -> dict[tuple[CauseKind, str | None], int]:
    return {(cause.kind, cause.ref): cause.quarters for cause in outcome.causes[item]}


# -- envelopes and allotment --------------------------------------------------------------------


def test_a_short_envelope_draws_what_is_released_and_the_rest_waits_for_the_next() -> None:
    portfolio = envelope(
        build({(2021, 0, 0): 400}, (channel(POOLED),)), y2021=300, y2022=60, y2023=80
    )
    outcome = play(derive(portfolio))
    # 2021: need 400, allotted 300, 75 released a quarter. 2022: need 100, allotted 60, 15 each.
    # 2023: need 40 of 80, 10 each, the other 40 lapses; done in 2023Q4, 8 quarters late.
    assert drawn(outcome, n=12) == [75] * 4 + [15] * 4 + [10] * 4
    assert outcome.lapsed_wan[:3, 0].tolist() == [0, 0, 40]
    assert outcome.finish == (q("2023Q4"),)
    assert lost(outcome) == {(CauseKind.CHANNEL, "C0"): 8}


def test_the_first_class_is_served_first_and_inside_a_class_pro_rata() -> None:
    portfolio = build({(2021, 0, i): 400 for i in range(3)}, (channel(POOLED),))
    items = tuple(replace(item, priority=1 if item.no == 3 else 2) for item in portfolio.items)
    portfolio = envelope(replace(portfolio, items=items), y2021=600)
    outcome = play(derive(portfolio))
    # Item 3 gets its 400; 200 are left for two needs of 400: 100 each.
    assert outcome.allotted_wan[0, 0].tolist() == [100, 100, 400]
    in_order = play(derive(shock(portfolio, in_order=True)))
    assert in_order.allotted_wan[0, 0].tolist() == [200, 0, 400]


def test_an_own_envelope_gives_the_smaller_of_need_and_envelope() -> None:
    portfolio = build({(2021, 0, 0): 400}, (channel(OWN),))
    ask = portfolio.envelopes.own_ask_wan.copy()
    ask[0, 0, 0], ask[1, 0, 0] = 100, 900
    outcome = play(
        derive(replace(portfolio, envelopes=replace(portfolio.envelopes, own_ask_wan=ask)))
    )
    # 2021: 100 → 25 a quarter; 2022: need 300 → 75 a quarter. Of 900 600 follow the item, which is
    # paid by the end of 2022: they lapse with 2023.
    assert drawn(outcome) == [25] * 4 + [75] * 4
    assert outcome.follows_out_wan[:3, 0, 0].tolist() == [0, 600, 0]
    assert outcome.lapsed_wan[:3, 0].tolist() == [0, 0, 600]


def test_own_money_follows_an_item_that_starts_two_years_late_but_its_reserve_does_not() -> None:
    portfolio = build({(2021, 0, 0): 400, (2022, 0, 0): 400}, (channel(OWN),))
    portfolio.envelopes.own_reserve_wan[:2, 0, 0] = 40
    outcome = play(derive(shock(portfolio, start_delay_quarters=np.array([8]))))
    # 2021, 2022: nothing needed; 400 and then 800 follow, the reserves of 40 lapse.
    # 2023: need 400 of 800; 2024: the other 400. Two years late for the late start alone.
    assert drawn(outcome, n=16) == [0] * 8 + [100] * 8
    assert outcome.follows_in_wan[:5, 0, 0].tolist() == [0, 400, 800, 400, 0]
    assert outcome.follows_out_wan[:5, 0, 0].tolist() == [400, 800, 400, 0, 0]
    assert outcome.lapsed_wan[:4, 0].tolist() == [40, 40, 0, 0]
    assert outcome.finish == (q("2024Q4"),)
    assert lost(outcome) == {(CauseKind.LATE_START, None): 8}


def test_what_was_cut_of_own_money_does_not_follow() -> None:
    portfolio = build({(2021, 0, 0): 400, (2022, 0, 0): 400}, (channel(OWN),))
    portfolio.envelopes.own_ask_wan[0] = 300
    late = shock(portfolio, start_delay_quarters=np.array([4]))
    outcome = play(derive(late))
    # 300 follow from 2021 and 400 are of 2022: need 400 of 700, 300 go on; 2023: need 400, there
    # are 300, 75 a quarter. The last 100 never come.
    assert drawn(outcome, n=16) == [0] * 4 + [100] * 4 + [75] * 4 + [0] * 4
    assert outcome.follows_out_wan[:3, 0, 0].tolist() == [300, 300, 0]
    assert outcome.finish == (None,)


def test_money_released_late_arrives_in_the_next_first_quarter() -> None:
    portfolio = build({(2021, 0, 0): 400}, (channel(POOLED),))
    delay = portfolio.conditions.delay_quarters.copy()
    delay[0, 0] = 1
    outcome = play(derive(shock(portfolio, delay_quarters=delay)))
    # Released one quarter late: 0, 100, 100, 100; the last 100 are carried over and there in Q1.
    assert drawn(outcome) == [0, 100, 100, 100, 100, 0, 0, 0]
    assert outcome.carried_out_wan[0].tolist() == [[100]]
    assert outcome.need_wan[1].tolist() == [[0]]  # planned 400 − drawn 300 − carried 100


def test_a_shock_inside_the_year_cuts_what_is_released_after_it() -> None:
    portfolio = build({(2021, 0, 0): 400}, (channel(POOLED, carry=Carry.TO_FINISH),))
    cut_from, cut_bps = portfolio.conditions.cut_from.copy(), portfolio.conditions.cut_bps.copy()
    cut_from[0, 0], cut_bps[0, 0] = 1, 5000  # in 2021Q2
    portfolio = envelope(shock(portfolio, cut_from=cut_from, cut_bps=cut_bps), y2022=120)
    outcome = play(derive(portfolio))
    # 2021: 400 allotted. Released by quarter without the shock 100, 200, 300, 400; with it
    # 100, 200, 200 + 100 × ½ = 250, 200 + 200 × ½ = 300. Never released 400 − 300 = 100: taken
    # back, though 至竣工. 2022: need 400 − 300 = 100 of 120, released 25 a quarter.
    assert drawn(outcome) == [100, 100, 50, 50, 25, 25, 25, 25]
    assert outcome.taken_back_wan[0].tolist() == [[100]]
    assert outcome.carried_out_wan[0].tolist() == [[0]]
    assert outcome.need_wan[1].tolist() == [[100]]
    assert outcome.lapsed_wan[:2, 0].tolist() == [0, 20]
    assert funding_gap_wan(portfolio, outcome)[:2, 0].tolist() == [100, 0]  # allotted, yet short
    assert audit(portfolio, outcome) == ()


def test_a_shock_inside_the_year_floors_and_leaves_what_a_delay_pushes_past_the_year() -> None:
    portfolio = build({(2021, 0, 0): 43}, (channel(POOLED, carry=Carry.TWO_YEARS),))
    delay = portfolio.conditions.delay_quarters.copy()
    cut_from, cut_bps = portfolio.conditions.cut_from.copy(), portfolio.conditions.cut_bps.copy()
    delay[0, 0], cut_from[0, 0], cut_bps[0, 0] = 1, 2, 3333  # in 2021Q3, money a quarter late
    outcome = play(
        derive(shock(portfolio, delay_quarters=delay, cut_from=cut_from, cut_bps=cut_bps))
    )
    # Plan 10, 21, 32, 43. Released a quarter late: 0, 43×¼ → 10, 43×½ → 21, 43×¾ → 32; after the
    # shock 21 + 11 × 0.3333 → 21 + 3 = 24. Never released 32 − 24 = 8, taken back; the delayed
    # 43 − 32 = 11 are carried over as ever. 2022: need 43 − 24 − 11 = 8 of an envelope of 0.
    assert drawn(outcome) == [0, 10, 11, 3, 11, 0, 0, 0]
    assert outcome.taken_back_wan[0].tolist() == [[8]]
    assert outcome.carried_out_wan[0].tolist() == [[11]]
    assert outcome.need_wan[1].tolist() == [[8]]


def test_carried_money_is_taken_back_after_the_second_year_but_not_until_the_finish() -> None:
    for k, carry in ((POOLED, Carry.TWO_YEARS), (POOLED, Carry.TO_FINISH)):
        portfolio = build({(2021, 0, 0): 400}, (channel(k, carry=carry),))
        stopped = portfolio.conditions.stopped.copy()
        stopped[q("2021Q2") : q("2023Q1"), 0] = True
        outcome = play(derive(shock(portfolio, stopped=stopped)))
        # 2021: 400 allotted, 100 drawn, 300 over. 2022: nothing drawn.
        assert outcome.carried_out_wan[0].tolist() == [[300]]
        if carry is Carry.TWO_YEARS:
            assert outcome.taken_back_wan[1].tolist() == [[300]]
            assert outcome.finish == (None,)  # nobody allots it again: no envelope after 2021
        else:
            assert outcome.carried_out_wan[1].tolist() == [[300]]
            assert outcome.finish == (q("2023Q3"),)


def test_need_counts_only_the_quarters_left_after_a_known_late_start() -> None:
    portfolio = build({(2021, 0, 0): 400, (2022, 0, 0): 400}, (channel(POOLED),))
    outcome = play(derive(shock(portfolio, start_delay_quarters=np.array([6]))))
    # Starts 2022Q3: nothing asked in 2021; in 2022 two quarters of 100 are.
    assert outcome.need_wan[:2, 0, 0].tolist() == [0, 200]


# -- loans --------------------------------------------------------------------------------------


def test_when_capital_fails_its_loans_fail_with_it() -> None:
    portfolio = build({(2021, 0, 0): 400, (2021, 1, 0): 800}, (channel(POOLED), channel(CREDIT)))
    outcome = play(derive(envelope(portfolio, y2021=200, y2022=200)))
    # Capital 50 of 100 a quarter, so loans 100 of 200; in 2022 the other halves.
    assert drawn(outcome, channel=0) == [50] * 8
    assert drawn(outcome, channel=1) == [100] * 8
    assert lost(outcome) == {(CauseKind.CHANNEL, "C0"): 4}


def test_a_channel_counts_as_capital_by_its_capital_share() -> None:
    bond = channel(1, capital_bps=3000)
    portfolio = build(
        {(2021, 0, 0): 400, (2021, 1, 0): 1000, (2021, 2, 0): 1400},
        (channel(POOLED), bond, channel(CREDIT)),
    )
    outcome = play(derive(envelope(portfolio, y2021=0)))
    # Capital planned 100 + 30 % × 250 = 175 a quarter, there 75: loans 350 × 75 ÷ 175 = 150.
    assert drawn(outcome, channel=2, n=4) == [150] * 4


def test_rationed_credit_draws_only_its_part_of_the_need() -> None:
    portfolio = build({(2021, 0, 0): 400, (2021, 1, 0): 800}, (channel(POOLED), channel(CREDIT)))
    credit = portfolio.conditions.credit_bps.copy()
    credit[0, 1] = 7500
    outcome = play(derive(shock(portfolio, credit_bps=credit)))
    # 2021: 75 % of 800 = 600, 150 a quarter; in 2022 credit is free: the missing 200 at once.
    assert drawn(outcome, channel=1) == [150, 150, 150, 150, 200, 0, 0, 0]
    assert lost(outcome) == {(CauseKind.CHANNEL, "C4"): 1}


# -- substitution -------------------------------------------------------------------------------


def test_another_pooled_channel_pays_up_to_its_room_when_substitution_is_on() -> None:
    portfolio = build({(2021, 0, 0): 400, (2021, 1, 0): 400}, (channel(0), channel(1)))
    reserve = portfolio.envelopes.pooled_reserve_wan.copy()
    reserve[0, 1] = 1000
    portfolio = replace(
        portfolio,
        envelopes=replace(portfolio.envelopes, pooled_reserve_wan=reserve),
        shares=tuple(replace(share, max_share_bps=7500) for share in portfolio.shares),
    )
    portfolio = envelope(portfolio, y2021=100)
    assert drawn(play(derive(portfolio)), n=4) == [125] * 4
    outcome = play(derive(shock(portfolio, substitution=True)))
    # Channel 1 may pay 75 % of 800 = 600, its own plan takes 400: 200 for channel 0's missing 300.
    assert outcome.drawn_wan[:4, :, 0].tolist() == [[25, 150]] * 4
    assert outcome.credited_wan[:4, :, 0].tolist() == [[75, 100]] * 4


# -- gates --------------------------------------------------------------------------------------


def two_items(gate: Gate, pre: int = 0) -> Portfolio:
    money = {(2021, 0, 0): 400, (2021, 0, 1): 400}
    portfolio = build(money, (channel(OWN),), cap=None, gates=(gate,))
    first = make_item(1, portfolio.plan_wan[:, :, 0].sum(axis=1), pre)
    return replace(portfolio, items=(first, portfolio.items[1]))


def test_a_start_gate_opens_in_the_quarter_the_predecessor_first_moves() -> None:
    portfolio = two_items(gate(GateType.SS, 0))
    late = shock(portfolio, start_delay_quarters=np.array([2, 0]))
    outcome = play(derive(late))
    assert outcome.start == (2, 2)
    assert outcome.gate_opened == (2,)
    assert lost(outcome, 1) == {(CauseKind.GATE, "G"): 2}
    assert play(derive(two_items(gate(GateType.SS, 0, lag=3)))).start == (0, 3)


def test_a_start_gate_on_an_item_with_money_before_2021_is_open() -> None:
    assert play(derive(two_items(gate(GateType.SS, 0, lag=3), pre=5))).start == (0, 0)


def test_a_progress_gate_opens_the_quarter_after_the_threshold_was_reached() -> None:
    # 50 % of 400 = 200 is reached at the end of 2021Q2: open from 2021Q3.
    outcome = play(derive(two_items(gate(GateType.PROGRESS, 0, 5000))))
    assert outcome.start == (0, 2)
    # Money before 2021 counts on both sides of the threshold: still the end of Q2.
    assert play(derive(two_items(gate(GateType.PROGRESS, 0, 5000), pre=70))).start == (0, 2)
    assert play(derive(two_items(gate(GateType.PROGRESS, 0, 5000, lag=1)))).start == (0, 3)


def test_a_ceiling_cuts_the_successor_until_the_gate_opens() -> None:
    outcome = play(derive(two_items(gate(GateType.PROGRESS, 3000, 10_000))))
    # Ceiling 30 % of 400 = 120: 100 + 20; the predecessor is complete at the end of Q4, so from
    # 2022Q1 on: 280 missing, at most capacity a quarter.
    assert drawn(outcome, 1, n=4) == [100, 20, 0, 0]
    assert outcome.gate_opened == (4,)
    # capacity = ⌈(400 + 8) × 1 ÷ 4⌉ + 1 = 103
    assert drawn(outcome, 1)[4:] == [103, 103, 74, 0]
    # Late from the end of Q4: that quarter by the gate, then two by capacity.
    assert lost(outcome, 1) == {(CauseKind.GATE, "G"): 1, (CauseKind.CAPACITY, None): 2}


def test_ff_and_fs_wait_for_all_of_the_predecessor() -> None:
    assert play(derive(two_items(gate(GateType.FS, 0)))).start == (0, 4)
    outcome = play(derive(two_items(gate(GateType.FF, 9000))))
    assert drawn(outcome, 1, n=6) == [100, 100, 100, 60, 40, 0]


def test_a_soft_gate_binds_only_on_request_but_its_opening_is_known() -> None:
    soft = replace(gate(GateType.FS, 0), hard=False)
    outcome = play(derive(two_items(soft)))
    assert (outcome.start, outcome.gate_opened) == ((0, 0), (4,))
    assert play(derive(shock(two_items(soft), soft_gates_bind=True))).start == (0, 4)


def test_progress_is_at_approved_cost_so_an_overrun_does_not_open_a_gate_early() -> None:
    portfolio = two_items(gate(GateType.PROGRESS, 0, 5000))
    outcome = play(derive(shock(portfolio, cost_bps=np.array([20_000, 10_000]))))
    # Costs 800, but no more money than 100 a quarter: progress is 50 a quarter, 200 after Q4.
    assert outcome.gate_opened == (4,)


def test_a_gate_that_never_opens_holds_to_the_end_of_play() -> None:
    outcome = play(derive(two_items(gate(GateType.SS, 0, lag=120))))
    assert outcome.finish == (3, None)
    assert lost(outcome, 1) == {(CauseKind.GATE, "G"): 100}
    assert outcome.delay_quarters(1) is None
    assert outcome.is_late(1)


def test_of_two_start_gates_the_one_that_opened_last_is_the_cause() -> None:
    portfolio = build({(2021, 0, i): 400 for i in range(3)}, (channel(OWN),))
    near = replace(gate(GateType.PROGRESS, 0, 2500), id="near", succ_no=3)
    far = replace(gate(GateType.PROGRESS, 0, 7500), id="far", pred_no=2, succ_no=3)
    outcome = play(derive(replace(portfolio, gates=(near, far))))
    assert lost(outcome, 2) == {(CauseKind.GATE, "far"): 3}


# -- the tail -----------------------------------------------------------------------------------


def owing(y2022: int) -> Portfolio:
    """An item of 400 a year, and an envelope that in its second and last year has less."""
    portfolio = build({(2021, 0, 0): 400, (2022, 0, 0): 400}, (channel(POOLED),))
    return envelope(portfolio, y2022=y2022, y2023=20)


def test_an_item_that_owes_no_more_than_its_tail_is_finished_and_pays_it_later() -> None:
    portfolio = owing(392)
    outcome = play(derive(portfolio))
    # 2021: 400; 2022: 392 of 400, 98 a quarter: 792 of 800, 99 %, and the clock has ended.
    # 2023: the last 8 are asked of the envelope of 20, 2 a quarter; 12 lapse. No quarter is lost.
    assert drawn(outcome, n=12) == [100] * 4 + [98] * 4 + [2] * 4
    assert outcome.finish == (q("2022Q4"),)
    assert lost(outcome) == {}
    assert not outcome.is_late(0)
    assert outcome.lapsed_wan[2].tolist() == [12]
    # Money counts as progress, not the finish.
    assert progress_wan(portfolio, outcome)[[7, 8, 11], 0].tolist() == [792, 794, 800]


def test_one_wan_more_than_the_tail_is_a_delay() -> None:
    outcome = play(derive(owing(391)))
    # 391 ÷ 4 is released as 97, 195, 293, 391: 791 of 800. 2023: 9 needed, 2, 4, 6, 9: 793 in Q1.
    assert drawn(outcome, n=12) == [100] * 4 + [97, 98, 98, 98] + [2, 2, 2, 3]
    assert outcome.finish == (q("2023Q1"),)
    assert lost(outcome) == {(CauseKind.CHANNEL, "C0"): 1}
    # Without a tail the last 万元 decides.
    outcome = play(derive(replace(owing(392), tail_bps=0)))
    assert outcome.finish == (q("2023Q4"),)
    assert lost(outcome) == {(CauseKind.CHANNEL, "C0"): 4}


def test_a_stopped_item_does_not_ask_for_its_tail_and_loses_nothing_by_it() -> None:
    portfolio = owing(392)
    stopped = portfolio.conditions.stopped.copy()
    stopped[q("2023Q1") : q("2023Q3"), 0] = True
    outcome = play(derive(shock(portfolio, stopped=stopped)))
    # 8 allotted in 2023, 6 of them released by Q3.
    assert drawn(outcome, n=12)[8:] == [0, 0, 6, 2]
    assert (outcome.finish, lost(outcome)) == ((q("2022Q4"),), {})


def test_carried_money_is_kept_until_the_tail_is_paid() -> None:
    portfolio = build({(2021, 0, 0): 400}, (channel(OWN),))
    delay, release = portfolio.conditions.delay_quarters.copy(), portfolio.conditions.release_bps
    delay[0, 0] = 1
    release[0, 0] = (9900, 0, 0, 100)
    outcome = play(derive(shock(portfolio, delay_quarters=delay)))
    # A quarter late 99 % of 400 are there: 396, finished in Q4; 4 are carried over and paid in Q1.
    assert drawn(outcome) == [0, 200, 100, 96, 4, 0, 0, 0]
    assert outcome.finish == (q("2021Q4"),)
    assert outcome.carried_out_wan[0].tolist() == [[4]]
    assert not outcome.taken_back_wan.any()


def test_a_gate_takes_a_finished_item_for_complete() -> None:
    money = {(2021, 0, 0): 400, (2022, 0, 0): 400, (2022, 1, 1): 400}
    portfolio = build(money, (channel(POOLED), channel(OWN)), gates=(gate(GateType.FS, 0),))
    outcome = play(derive(envelope(portfolio, y2022=392)))
    # Nobody pays the last 8 any more: without the tail the successor would never start.
    assert outcome.drawn_wan[:, :, 0].sum() == 792
    assert (outcome.finish[0], outcome.start[1]) == (q("2022Q4"), q("2023Q1"))


# -- clock, cost, capacity ----------------------------------------------------------------------


def test_a_longer_duration_stretches_the_plan() -> None:
    portfolio = build({(2021, 0, 0): 400, (2022, 0, 0): 800}, (channel(OWN),))
    portfolio.envelopes.own_ask_wan[2] = 800
    outcome = play(derive(shock(portfolio, duration_bps=np.array([15_000]))))
    # After m quarters the clock stands at m ÷ 1.5 planned quarters; 2 ÷ 3 of a 100 is 66.
    # 66, 133, 200, 266 by the clock; of the year's 266 three quarters release only 199.
    assert np.cumsum(drawn(outcome, n=6)).tolist() == [66, 133, 199, 266, 333, 400]
    assert outcome.finish == (q("2023Q4"),)
    assert lost(outcome) == {(CauseKind.DURATION, None): 4}


def test_a_shorter_duration_finishes_early() -> None:
    portfolio = build({(2021, 0, 0): 400}, (channel(OWN),))
    outcome = play(derive(shock(portfolio, duration_bps=np.array([5000]))))
    # Two plan quarters a quarter; only 100 a quarter is released, so money decides the end.
    assert drawn(outcome, n=4) == [100] * 4
    assert outcome.delay_quarters(0) == 0
    assert lost(outcome) == {(CauseKind.DURATION, None): -2, (CauseKind.CHANNEL, "C2"): 2}


def test_a_cost_factor_scales_plan_and_capacity() -> None:
    portfolio = build({(2021, 0, 0): 400}, (channel(POOLED),))
    outcome = play(derive(shock(envelope(portfolio, y2021=480), cost_bps=np.array([12_000]))))
    assert drawn(outcome, n=4) == [120] * 4
    assert outcome.finish == (3,)


def test_a_stopped_item_stands_still_and_asks_for_nothing() -> None:
    portfolio = build({(2021, 0, 0): 400}, (channel(OWN),))
    stopped = portfolio.conditions.stopped.copy()
    stopped[1:3, 0] = True
    outcome = play(derive(shock(portfolio, stopped=stopped)))
    assert drawn(outcome) == [100, 0, 0, 100, 100, 100, 0, 0]
    assert lost(outcome) == {(CauseKind.STOPPAGE, None): 2}


def test_a_slack_pace_moves_the_clock_by_its_part_of_a_quarter() -> None:
    portfolio = build({(2021, 0, 0): 400}, (channel(OWN),))
    pace = portfolio.conditions.pace_bps.copy()
    pace[0] = 4000
    outcome = play(derive(shock(portfolio, pace_bps=pace)))
    # Clock 0.4, 1.4, 2.4, 3.4, 4 quarters
    assert drawn(outcome, n=5) == [40, 100, 100, 100, 60]
    assert lost(outcome) == {(CauseKind.PACE, None): 1}


def test_a_late_start_shifts_the_item() -> None:
    portfolio = build({(2021, 0, 0): 400}, (channel(OWN),))
    ask = portfolio.envelopes.own_ask_wan.copy()
    ask[1] = 400
    late = replace(portfolio, envelopes=replace(portfolio.envelopes, own_ask_wan=ask))
    outcome = play(derive(shock(late, start_delay_quarters=np.array([4]))))
    assert drawn(outcome) == [0] * 4 + [100] * 4
    assert outcome.causes[0] == (Cause(kind=CauseKind.LATE_START, ref=None, quarters=4),)


def test_an_item_without_money_opens_every_gate_and_has_no_dates() -> None:
    portfolio = build({(2021, 0, 0): 0, (2021, 0, 1): 400}, (channel(OWN),))
    outcome = play(derive(replace(portfolio, gates=(gate(GateType.FS, 0, lag=9),))))
    assert outcome.start == (None, 0)
    assert outcome.finish == (None, 3)
    assert not outcome.is_late(0)


def test_the_whole_plan_is_drawn_when_a_year_is_one_wan() -> None:
    # 1 万元: x*k//4 gives it to the fourth quarter, which is planned start and finish in one.
    outcome = play(derive(build({(2021, 0, 0): 1}, (channel(OWN),))))
    assert (outcome.start, outcome.finish) == ((3,), (3,))
