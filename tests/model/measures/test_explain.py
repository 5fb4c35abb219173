from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from hypothesis import given

from portfolio.model.gates import Gate, GateType
from portfolio.model.measures.delays import gather_held_back, reach
from portfolio.model.measures.explain import Explanation, Trace, explain
from portfolio.model.money import BPS
from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.strategies import make_channel, make_item, make_portfolio, portfolios

thorough = examples(120)


def progress_gate(pred: int, succ: int, fraction_bps: int, holds_bps: int = 0) -> Gate:
    return Gate(
        id=f"G{pred}-{succ}",
        pred_no=pred,
        succ_no=succ,
        type=GateType.PROGRESS,
        fraction_bps=fraction_bps,
        holds_bps=holds_bps,
        lag_quarters=0,
        hard=True,
        reason="测试",
        provenance="假设：测试",
    )


def steady(starts: list[int], years: int = 3, gates: tuple[Gate, ...] = ()) -> Portfolio:
    """One own channel; each item draws 40 a year for `years` years from its start year on."""
    plan = np.zeros((15, 1, len(starts)), dtype=np.int64)
    for index, start in enumerate(starts):
        plan[start : start + years, 0, index] = 40
    return make_portfolio(plan, channels=(make_channel(2),), gates=gates)


def told(item_no: int, portfolio: Portfolio) -> Explanation:
    return explain(item_no, portfolio, play(derive(portfolio)))


def with_conditions(portfolio: Portfolio, **changes: object) -> Portfolio:
    return replace(portfolio, conditions=replace(portfolio.conditions, **changes))  # type: ignore[arg-type]


def traces(causes: tuple[Trace, ...]) -> Iterator[Trace]:
    for trace in causes:
        yield trace
        if trace.gate is not None:
            yield from traces(trace.gate.causes)
        if trace.money is not None:
            yield from traces(trace.money.before)
        if trace.capacity is not None:
            yield from traces(trace.capacity.before)


def test_an_item_on_its_plan_has_nothing_to_explain() -> None:
    explanation = told(1, steady([0]))
    assert not explanation.late
    assert explanation.delay_quarters == 0
    assert explanation.causes == ()
    assert explanation.short_years == ()


def test_the_root_is_the_plan_itself_when_the_predecessor_is_on_plan() -> None:
    # 1 has 30 of 120 (25 %) after 2021Q3, so 2 may start in 2021Q4: three quarters late.
    explanation = told(2, steady([0, 0], gates=(progress_gate(1, 2, 2500),)))
    held = next(trace for trace in explanation.causes if trace.kind is CauseKind.GATE)
    assert held.quarters == 3
    story = held.gate
    assert story is not None
    assert (story.planned_reached, story.reached, story.opened) == (2, 2, 3)
    assert story.pred_on_plan
    assert story.causes == ()
    assert story.conflict is not None
    assert (story.conflict.first_quarter, story.conflict.last_quarter) == (0, 2)


def test_a_stoppage_is_found_at_the_root_behind_two_gates() -> None:
    # 1 stands in 2021Q2–Q4, so it has its 30 in 2022Q2 instead of 2021Q3. 2 was to start in 2022Q1,
    # starts in 2022Q3: 2 late. It was to have 30 in 2022Q3, has it in 2023Q1; 3 was to start in
    # 2023Q1, starts in 2023Q2: 1 late.
    gates = (progress_gate(1, 2, 2500), progress_gate(2, 3, 2500))
    calm = steady([0, 1, 2], gates=gates)
    stopped = calm.conditions.stopped.copy()
    stopped[1:4, 0] = True
    explanation = told(3, with_conditions(calm, stopped=stopped))
    first = explanation.causes[0]
    assert (first.kind, first.ref, first.quarters) == (CauseKind.GATE, "G2-3", 1)
    second = first.gate
    assert second is not None
    assert (second.planned_reached, second.reached, second.opened) == (6, 8, 9)
    assert second.conflict is None
    assert second.late_quarters == 2
    (behind,) = second.causes
    assert (behind.kind, behind.ref, behind.quarters) == (CauseKind.GATE, "G1-2", 2)
    root = behind.gate
    assert root is not None
    assert root.late_quarters == 3
    (stop,) = root.causes
    assert (stop.kind, stop.quarters) == (CauseKind.STOPPAGE, 3)
    assert [(span.first, span.last) for span in stop.spans] == [(1, 3)]


def test_late_start_duration_and_pace_carry_what_the_scenario_set() -> None:
    calm = steady([0, 0, 0])
    pace = calm.conditions.pace_bps.copy()
    pace[4:8, 2] = 5000
    changed = with_conditions(
        calm,
        start_delay_quarters=np.array([2, 0, 0]),
        duration_bps=np.array([10_000, 15_000, 10_000]),
        pace_bps=pace,
    )
    late = next(t for t in told(1, changed).causes if t.kind is CauseKind.LATE_START)
    assert (late.quarters, [(s.first, s.last) for s in late.spans]) == (2, [(0, 1)])
    longer = next(t for t in told(2, changed).causes if t.kind is CauseKind.DURATION)
    assert (longer.quarters, longer.factor_bps) == (6, 15_000)
    slower = next(t for t in told(3, changed).causes if t.kind is CauseKind.PACE)
    assert slower.quarters == 2
    assert [(s.first, s.last, s.factor_bps) for s in slower.spans] == [(4, 7, 5000)]


def lean_city_year() -> Portfolio:
    """Two items of 40 a year over three years on one city channel; 2022 has 30 of 80."""
    plan = np.zeros((15, 1, 2), dtype=np.int64)
    plan[:3, 0, :] = 40
    channel = make_channel(0, reserve_bps=0, reserve_floor_bps=0)
    items = tuple(
        make_item(k + 1, plan[:, 0, k], priority=priority) for k, priority in ((0, 2), (1, 1))
    )
    portfolio = make_portfolio(plan, channels=(channel,), items=items)
    ask = portfolio.envelopes.pooled_ask_wan.copy()
    ask[1, 0] = 30
    ask[3, 0] = 90
    return replace(portfolio, envelopes=replace(portfolio.envelopes, pooled_ask_wan=ask))


def test_a_lean_year_tells_need_allotment_and_who_took_the_rest() -> None:
    # 2022: 1 needs 40 like 2, the envelope is 30; 2 is of the first class and takes it all.
    # 2023: 2 needs its 40 and the 10 it lacks, of 80; 30 are left for 1, which needs 80.
    explanation = told(1, lean_city_year())
    trace = next(t for t in explanation.causes if t.kind is CauseKind.CHANNEL)
    assert sum(t.quarters for t in explanation.causes) == explanation.delay_quarters
    assert trace.money is not None
    lean = next(year for year in trace.money.years if year.year == 2022)
    assert (lean.need_wan, lean.served_wan, lean.short_wan) == (40, 0, 40)
    assert (lean.envelope_wan, lean.asked_wan, lean.planned_wan) == (30, 80, 80)
    assert (lean.higher_wan, lean.same_wan) == (30, 0)
    assert not lean.knock_on
    after = next(year for year in trace.money.years if year.year == 2023)
    assert (after.need_wan, after.served_wan, after.envelope_wan) == (80, 30, 80)
    assert after.knock_on


def test_short_years_say_plan_drawn_and_what_bound() -> None:
    explanation = told(1, lean_city_year())
    years = {year.year: year for year in explanation.short_years}
    assert (years[2022].plan_wan, years[2022].drawn_wan, years[2022].short_wan) == (40, 0, 40)
    assert [(b.kind, b.ref, b.quarters) for b in years[2022].binds] == [
        (CauseKind.CHANNEL, "C0", 4)
    ]


def lean_first_year_under_a_ceiling() -> Portfolio:
    """Item 2 may hold 30 of 120 until item 1 ends (2023Q4), and has only 8 of 40 in 2021."""
    portfolio = steady([0, 0], gates=(progress_gate(1, 2, 10_000, 2500),))
    ask, reserve = (
        part.copy()
        for part in (portfolio.envelopes.own_ask_wan, portfolio.envelopes.own_reserve_wan)
    )
    ask[0, 0, 1], reserve[0, 0, 1] = 8, 0
    envelopes = replace(portfolio.envelopes, own_ask_wan=ask, own_reserve_wan=reserve)
    return replace(portfolio, envelopes=envelopes)


def test_arrears_made_up_before_the_clock_ended_do_not_explain_it() -> None:
    # 2021 gives 8 of 30 and leaves 22, which 2022 makes up: by its end item 2 is at its ceiling.
    # What it lacks when its clock ends (90 of 120) is the ceiling's alone.
    explanation = told(2, lean_first_year_under_a_ceiling())
    capacity = next(t for t in explanation.causes if t.kind is CauseKind.CAPACITY).capacity
    assert capacity is not None
    assert capacity.behind_wan == 90
    assert [(trace.kind, trace.ref) for trace in capacity.before] == [(CauseKind.GATE, "G1-2")]
    assert [bind.kind for bind in explanation.short_years[0].binds] == [CauseKind.CHANNEL]


def test_a_story_of_money_told_once_is_not_told_again() -> None:
    # Money is short in every year from 2021 on: it binds before the clock's end and after it.
    portfolio = lean_city_year()
    explanation = told(1, portfolio)
    stories = [t.money for t in traces(explanation.causes) if t.money is not None]
    assert [story.told for story in stories] == [False] + [True] * (len(stories) - 1)
    assert all(bool(story.years) is not story.told for story in stories)


def test_a_gate_told_once_is_not_told_again() -> None:
    # The ceiling of 2 keeps it behind, then its capacity: the gate stands behind both causes.
    gates = (progress_gate(1, 2, 10_000, 2500),)
    explanation = told(2, steady([0, 0], gates=gates))
    stories = [t.gate for t in traces(explanation.causes) if t.gate is not None]
    assert [story.told for story in stories] == [False] + [True] * (len(stories) - 1)


@thorough
@given(portfolios(max_items=7))
def test_what_kept_an_item_from_its_end_is_what_the_ledger_says(portfolio: Portfolio) -> None:
    limits = derive(portfolio)
    outcome = play(limits)
    evidence = gather_held_back(limits, outcome)
    for index in range(len(portfolio.items)):
        if outcome.planned_finish[index] is None or outcome.finish[index] is None:
            continue
        if limits.scale_bps[index] < BPS:
            # A lower cost, rounded down, may be drawn in full a little before the clock's end.
            continue
        came = reach(evidence, index, int(limits.pre_wan[index] + limits.approved_wan[index]))
        ledger = Counter({(c.kind, c.ref): c.quarters for c in outcome.causes[index]})
        assert Counter(dict(came.causes)) == ledger
        assert came.rounding_quarters == 0
        assert came.reached == outcome.finish[index]


@thorough
@given(portfolios(max_items=7))
def test_causes_sum_to_the_delay_at_every_link_of_the_chain(portfolio: Portfolio) -> None:
    outcome = play(derive(portfolio))
    for index, item in enumerate(portfolio.items):
        explanation = explain(item.no, portfolio, outcome)
        if outcome.delay_quarters(index) is not None:
            total = sum(trace.quarters for trace in explanation.causes)
            assert total == explanation.delay_quarters
        for trace in traces(explanation.causes + explanation.short_causes):
            story = trace.gate
            if story is None or story.told or story.causes_told:
                continue
            if story.late_quarters is None or story.pred_on_plan:
                assert story.pred_on_plan or story.causes or story.rounding_quarters
                continue
            total = sum(cause.quarters for cause in story.causes)
            assert total + story.rounding_quarters == story.late_quarters
        for year in explanation.short_years:
            assert year.short_wan > 0
