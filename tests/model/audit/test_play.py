"""The audit finds each kind of breach: a sound outcome, tampered with in one way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from portfolio.model.audit import audit, audit_plan
from portfolio.model.gates import GateType
from portfolio.model.items import Carry, Profile
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import NO_LAG, Portfolio
from portfolio.model.risk import BundleSettings
from portfolio.model.rules import allotment
from portfolio.model.rules.parameters import derive
from portfolio.model.rules.rulebook import RULES
from portfolio.sim.one_path import play
from tests.sim.test_hand_worked import CREDIT, OWN, POOLED, build, channel, envelope, gate


def sound() -> Portfolio:
    """Two items, three channels; item 2 may not pass 30 % before item 1 is complete."""
    money = {(2021, 0, 0): 400, (2021, 1, 1): 400, (2021, 2, 1): 800, (2022, 0, 0): 100}
    portfolio = build(money, (channel(POOLED), channel(OWN), channel(CREDIT)), cap=None)
    ask = portfolio.envelopes.own_ask_wan.copy()
    ask[2:5, 1, 1] = 300
    return replace(
        portfolio,
        gates=(gate(GateType.FF, 3000), replace(gate(GateType.SS, 0), id="H")),
        envelopes=replace(portfolio.envelopes, own_ask_wan=ask),
    )


def changed(name: str, cell: tuple[int, ...], by: int) -> Callable[[Outcome], Outcome]:
    def tamper(outcome: Outcome) -> Outcome:
        array = getattr(outcome, name).copy()
        array[cell] += by
        return replace(outcome, **{name: array})

    return tamper


def both(*names: str, cell: tuple[int, ...], by: int) -> Callable[[Outcome], Outcome]:
    def tamper(outcome: Outcome) -> Outcome:
        for name in names:
            outcome = changed(name, cell, by)(outcome)
        return outcome

    return tamper


def said(**values: Any) -> Callable[[Outcome], Outcome]:
    return lambda outcome: replace(outcome, **values)


MONEY = ("drawn_wan", "credited_wan")
TAMPERED: list[tuple[str, Callable[[Outcome], Outcome]]] = [
    ("clock", changed("moved_bps", (slice(2, None), 0), -10_000)),
    ("start_gate", said(gate_opened=(8, 5))),
    ("ceiling_gate", both(*MONEY, cell=(3, 1, 1), by=100)),
    ("planned_at_clock", both(*MONEY, cell=(0, 0, 0), by=1)),
    ("item_total", both(*MONEY, cell=(9, 0, 0), by=1)),
    ("capacity", both(*MONEY, cell=(0, 0, 0), by=50)),
    ("need", changed("need_wan", (0, 0, 0), 1)),
    ("envelope", changed("lapsed_wan", (0, 0), 1)),
    ("own_follows", changed("follows_out_wan", (2, 1, 1), 1)),
    ("allotment", changed("served_wan", (0, 0, 0), -1)),
    ("account", changed("carried_out_wan", (3, 0, 0), 1)),
    ("release", both(*MONEY, cell=(0, 0, 0), by=1)),
    ("carry_over", changed("carried_in_wan", (1, 0, 0), 1)),
    ("loans_in_step", both(*MONEY, cell=(0, 2, 1), by=1)),
    ("substitution", changed("drawn_wan", (0, 2, 1), 1)),
    ("sums", changed("drawn_wan", (0, 0, 0), 1)),
    ("finish", said(finish=(6, 99))),
    ("delay_ledger", said(causes=((), ()))),
]


def test_the_case_is_sound_before_anybody_tampers() -> None:
    portfolio = sound()
    outcome = play(derive(portfolio))
    assert audit(portfolio, outcome) == ()
    assert outcome.gate_opened == (8, 0)
    assert outcome.delay_quarters(1) is not None


@pytest.mark.parametrize(("code", "tamper"), TAMPERED, ids=[code for code, _ in TAMPERED])
def test_a_breach_is_found(code: str, tamper: Callable[[Outcome], Outcome]) -> None:
    portfolio = sound()
    outcome = play(derive(portfolio))
    assert code in {breach.code for breach in audit(portfolio, tamper(outcome))}


@pytest.mark.parametrize("code", ["plan_totals", "plan_channel_years"])
def test_a_breach_in_a_plan_is_found(code: str) -> None:
    portfolio = sound()
    if code == "plan_totals":
        plan = portfolio
        plan.plan_wan[6, 0, 0], plan.plan_wan[1, 0, 0] = 100, 0
    else:
        plan = replace(portfolio, channels=(replace(portfolio.channels[0], first_year=2022),
                                            *portfolio.channels[1:]))  # fmt: skip
    assert [breach.code for breach in audit_plan(plan)][:1] == [code]


def test_every_rule_of_the_rulebook_is_audited() -> None:
    covered = {code for code, _ in TAMPERED} | {"plan_totals", "plan_channel_years", "credit"}
    covered |= {"facts", "bundle_clock"}  # test_from_facts; below
    assert covered == {rule.code for rule in RULES}


def test_an_engine_that_serves_the_last_class_first_is_found() -> None:
    money = {(2021, 0, i): 400 for i in range(3)}
    portfolio = build(money, (channel(POOLED),))
    items = tuple(replace(item, priority=item.no) for item in portfolio.items)
    portfolio = envelope(replace(portfolio, items=items), y2021=600)
    limits = derive(portfolio)
    assert audit(portfolio, play(limits)) == ()
    wrong = replace(limits, classes=limits.classes[::-1])
    assert {breach.code for breach in audit(portfolio, play(wrong))} == {"allotment"}


def test_an_engine_that_lets_needed_money_lapse_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    portfolio = envelope(build({(2021, 0, 0): 400}, (channel(POOLED),)), y2021=300)
    serve = allotment.serve
    monkeypatch.setattr(
        allotment, "serve", lambda money, need, limits: serve(money * 9 // 10, need, limits)
    )
    assert "allotment" in {breach.code for breach in audit(portfolio, play(derive(portfolio)))}


def test_an_engine_that_overlooks_rationed_credit_is_found() -> None:
    money = {(2021, 0, 0): 400, (2021, 1, 0): 800}
    portfolio = build(money, (channel(POOLED), channel(CREDIT)))
    portfolio.conditions.credit_bps[0, 1] = 7500
    limits = derive(portfolio)
    assert audit(portfolio, play(limits)) == ()
    wrong = replace(limits, credit_bps=np.full_like(limits.credit_bps, 9000))
    assert "credit" in {breach.code for breach in audit(portfolio, play(wrong))}


def test_an_engine_that_overlooks_a_shock_inside_the_year_is_found() -> None:
    portfolio = build({(2021, 0, 0): 400}, (channel(POOLED, carry=Carry.TO_FINISH),))
    portfolio.conditions.cut_from[0, 0], portfolio.conditions.cut_bps[0, 0] = 1, 5000
    limits = derive(portfolio)
    outcome = play(limits)
    assert audit(portfolio, outcome) == ()
    # Nothing cut: 400 released instead of 300, nothing taken back. Cut a quarter too early: 100,
    # 150, 200, 250 released, 150 taken back instead of 100.
    whole = replace(limits, cut_from=np.full_like(limits.cut_from, 4))
    assert {b.code for b in audit(portfolio, play(whole))} == {"release", "carry_over"}
    early = replace(limits, cut_from=np.zeros_like(limits.cut_from))
    assert {b.code for b in audit(portfolio, play(early))} == {"carry_over"}
    told = changed("never_released_wan", (0, 0, 0), -1)(outcome)
    assert {b.code for b in audit(portfolio, told)} == {"carry_over"}


def test_a_bundle_that_lags_otherwise_than_its_projects_are_late_is_found() -> None:
    """Projects 1.25 × their time: stretched by 1.10, lag 0.25 × 22 ÷ 2 = 2.75 quarters."""
    portfolio = build({(2021, 0, 0): 400}, (channel(POOLED),))
    settings = BundleSettings(
        life_quarters=22, stretch_bps=4_000, project_wan=274_000, size_cv2=7.0, floor_bps=0
    )
    portfolio = replace(portfolio, risk=replace(portfolio.risk, bundles=settings))

    def judged(stretch: int, lag: int, profile: Profile) -> set[str]:
        items = tuple(replace(item, profile=profile) for item in portfolio.items)
        clock = replace(
            portfolio.conditions, duration_bps=np.array([stretch]), lag_bps=np.array([lag])
        )
        played = replace(portfolio, items=items, conditions=clock)
        return {breach.code for breach in audit(played, play(derive(played)))}

    assert judged(11_000, 27_500, Profile.PROGRAMME) == set()
    assert judged(9_200, 0, Profile.PROGRAMME) == set()  # projects quicker than planned
    assert judged(11_000, NO_LAG, Profile.NEW_START) == set()
    assert judged(11_000, 27_500, Profile.NEW_START) == {"bundle_clock"}
    assert judged(11_001, 27_500, Profile.PROGRAMME) == {"bundle_clock"}
    assert judged(11_000, 20_000, Profile.PROGRAMME) == {"bundle_clock"}
    assert judged(5_999, 0, Profile.PROGRAMME) == {"bundle_clock"}


def test_an_engine_that_stretches_a_bundle_to_its_end_is_found() -> None:
    portfolio = build({(2021, 0, 0): 400, (2022, 0, 0): 400}, (channel(POOLED),))
    clock = replace(
        portfolio.conditions, duration_bps=np.array([15_000]), lag_bps=np.array([10_000])
    )
    portfolio = replace(portfolio, conditions=clock)
    wrong = replace(derive(portfolio), lag_bps=np.array([NO_LAG]), moves_bps=np.array([120_000]))
    assert "clock" in {breach.code for breach in audit(portfolio, play(wrong))}


def test_a_breach_reads_as_a_sentence() -> None:
    portfolio = sound()
    outcome = changed("lapsed_wan", (0, 0), 1)(play(derive(portfolio)))
    assert str(audit(portfolio, outcome)[0]) == "年度额度＝下达＋失效：2021 年 渠道0，相差 1 万元"
