"""What disagrees in a returned line: each case alone, with what it does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portfolio.model.month.asked import asked_of
from portfolio.model.month.owed import FundsLine, Line, Owed
from portfolio.model.month.returned import (
    Returned,
    Rule,
    ToldFunds,
    ToldLine,
    Weight,
)

FUNDS = FundsLine(
    channel_id="C", channel="一般公共预算", level=None, split=False, before_done_wan=0,
    before_received_wan=700, before_paid_wan=600,
)  # fmt: skip
#: November: 700 done by October of a year's plan of 1,000; 5,000 in all, 2,000 of it before.
LINE = Line(
    unit="市水务局", item_no=1, project_code="P1", name="甲", item_name="大项", total_wan=5_000,
    plan_wan=1_000, earlier_wan=2_000, before_done_wan=700, before_statistics_wan=500,
    received_wan=0, paid_wan=0, lately_wan=(80, 90), idle_months=0, progress_bps=5_000,
    started_month=3, completed_month=None, problem=None, measure=None, due=None,
    statistics_code="SL-1", in_statistics=True, must=True, funds=(FUNDS,),
)  # fmt: skip
PLACES = {"done_wan": "填报!I6", "progress_bps": "填报!L6", "completed": "填报!N6"}
SOUND = ToldLine(
    item_no=1, project_code="P1", done_wan=780, progress_bps=5_400, places=PLACES,
    funds=(
        ToldFunds(channel_id="C", level=None, done_wan=None, received_wan=800, paid_wan=700,
                  places={"paid_wan": "资金!K6"}),
    ),
)  # fmt: skip
REASON = "核减，穗发改〔2026〕1号"


def asked(told: ToldLine, line: Line = LINE, month: int = 70) -> list[tuple[Rule, Weight]]:
    owed = Owed(unit="市水务局", month=month, lines=(line,))
    back = Returned(file="甲.xlsx", sha256="0", label="2026-11", owed=owed, lines=(told,))
    return [(one.rule, one.weight) for one in asked_of(back, "2026-12-03")]


def funds(**changes: Any) -> ToldLine:
    return replace(SOUND, funds=(replace(SOUND.funds[0], **changes),))


def test_a_sound_line_is_not_asked_about() -> None:
    assert asked(SOUND) == []


@pytest.mark.parametrize(
    ("told", "rule", "weight"),
    [
        (replace(SOUND, done_wan=None), Rule.UNFILLED, Weight.MUST),
        (replace(SOUND, done_wan=690), Rule.BELOW, Weight.MUST),
        (replace(SOUND, done_wan=690, reason=REASON), Rule.BELOW, Weight.TOLD),
        (replace(SOUND, done_wan=690, reason="无"), Rule.BELOW, Weight.MUST),
        (replace(SOUND, done_wan=-50, reason=REASON), Rule.BELOW, Weight.TOLD),
        (replace(SOUND, progress_bps=4_900), Rule.PROGRESS, Weight.MUST),
        (replace(SOUND, completed="2026-11-20"), Rule.FINISHED, Weight.MUST),
        (replace(SOUND, completed="2026-11-20", progress_bps=None), Rule.FINISHED, Weight.MUST),
        (replace(SOUND, completed="2026-10-31", progress_bps=10_000), Rule.FINISHED, Weight.MUST),
        (replace(SOUND, done_wan=960), Rule.MONTH, Weight.ASK),
        (replace(SOUND, done_wan=960, reason="补报三季度征拆款"), Rule.MONTH, Weight.TOLD),
        (replace(SOUND, approved_wan=4_000), Rule.OVER_TOTAL, Weight.MUST),
        (replace(SOUND, approved_wan=4_000, reason=REASON), Rule.OVER_TOTAL, Weight.TOLD),
        (replace(SOUND, statistics_wan=499), Rule.STATISTICS, Weight.MUST),
        (replace(SOUND, statistics_wan=7_800), Rule.STATISTICS, Weight.ASK),
        (replace(SOUND, statistics_code="SL-2"), Rule.STATISTICS, Weight.ASK),
        (funds(paid_wan=900), Rule.PAID, Weight.MUST),
        (funds(paid_wan=900, reason="上年结转垫付"), Rule.PAID, Weight.TOLD),
        (funds(received_wan=650), Rule.PAID, Weight.MUST),
        (funds(received_wan=None, paid_wan=None), Rule.UNTOLD, Weight.ASK),
        (funds(done_wan=5), Rule.CHANNELS, Weight.MUST),
    ],
)  # fmt: skip
def test_each_disagreement_is_found(told: ToldLine, rule: Rule, weight: Weight) -> None:
    assert (rule, weight) in asked(told)


def test_more_than_the_plan_is_no_error_and_more_than_the_total_is() -> None:
    late = replace(LINE, before_done_wan=1_150)
    assert asked(replace(SOUND, done_wan=1_200), late) == []
    over = replace(SOUND, done_wan=3_200)
    assert (Rule.OVER_TOTAL, Weight.MUST) in asked(over)
    assert (Rule.OVER_TOTAL, Weight.MUST) not in asked(replace(over, approved_wan=5_500))


def test_a_reason_on_the_line_does_not_settle_its_funds() -> None:
    told = replace(funds(paid_wan=900), reason=REASON)
    assert (Rule.PAID, Weight.MUST) in asked(told)


def test_a_problem_is_late_when_its_date_is_past_at_the_months_end() -> None:
    line = replace(LINE, problem="征拆未完", due="2026-11-30")
    same = replace(SOUND, problem="征拆未完", due="2026-11-30")
    assert asked(same, line) == [(Rule.PROBLEM, Weight.ASK)]
    assert asked(replace(same, due="2027-01-31"), line) == []
    later = "2026-12-31"  # closed in December: its month has begun, it isn't late
    assert asked(replace(same, due=later), replace(line, due=later)) == []


def test_a_quarters_end_is_no_spike_unless_it_is() -> None:
    line = replace(LINE, before_done_wan=500, lately_wan=(30, 30))
    assert asked(replace(SOUND, done_wan=700), line, month=71) == [(Rule.SPIKE, Weight.ASK)]
    assert asked(replace(SOUND, done_wan=700), line, month=70) == []


def test_nothing_done_for_months_is_asked_about_unless_its_problem_is_told() -> None:
    line = replace(LINE, idle_months=2, lately_wan=(0, 0))
    still = replace(SOUND, done_wan=700, progress_bps=5_000)
    assert asked(still, line) == [(Rule.IDLE, Weight.ASK)]
    assert asked(replace(still, problem="征拆未完"), line) == [(Rule.IDLE, Weight.TOLD)]


def test_a_line_told_by_channel_is_filled_in_by_channel() -> None:
    split = replace(LINE, funds=(replace(FUNDS, split=True, before_done_wan=700),))
    by_channel = funds(done_wan=780)
    assert asked(by_channel, split) == []
    assert asked(replace(by_channel, done_wan=None), split) == []
    assert (Rule.CHANNELS, Weight.MUST) in asked(replace(by_channel, done_wan=781), split)
    whole_only = replace(SOUND, done_wan=780)
    assert (Rule.CHANNELS, Weight.MUST) in asked(whole_only, split)
    finished = replace(split, must=False, completed_month=60)
    assert (Rule.CHANNELS, Weight.MUST) in asked(whole_only, finished)
