"""The answer to “why was it cut?” in Chinese: every outcome, within the screen, and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.reallocation.result import (
    ConflictMember,
    Counterfactual,
    KeptYear,
    Loosening,
    Shifted,
)
from portfolio.report.screen.console import text_columns
from portfolio.report.screen.explain import counterfactual_data, counterfactual_lines
from tests.strategies import make_portfolio

PORTFOLIO = make_portfolio(np.full((15, 5, 2), 10_000, dtype=np.int64))
CUT = KeptYear(
    year=2024, baseline_wan=1_226_889, plan_wan=781_441, baseline_pooled_wan=36_806,
    plan_pooled_wan=0,
)  # fmt: skip
KEPT = Counterfactual(
    item_no=1,
    years=(CUT,),
    possible=True,
    shortfall_wan=21_000,
    delay_wan=-4_000,
    given=(Shifted(item_no=1, channel_id="C0", year=2024, before_wan=0, after_wan=394_701),),
    taken=(Shifted(item_no=2, channel_id="C0", year=2024, before_wan=402_764, after_wan=6_206),),
    others_wan=396_558,
    lacking_wan=None,
    conflict=(),
    conflict_is_minimal=False,
    loosenings=(
        Loosening(rule="voted_envelope", where="2024 年渠道0额度", year=2024, more_wan=49_259),
        Loosening(rule="yearly_cap", where="1 大项1的年度投资上限", year=2024, more_wan=60_000),
    ),
    complete=True,
)
BARRED = replace(
    KEPT, possible=False, shortfall_wan=None, delay_wan=None, given=(), taken=(), lacking_wan=480,
    conflict=(
        ConflictMember(rule="shocked_clock", where="1 大项1的冲击后的进度上限", year=2024),
    ),
    conflict_is_minimal=True, loosenings=(),
)  # fmt: skip
UNTOUCHED = replace(CUT, plan_wan=1_226_889, plan_pooled_wan=36_806)
EVERY = {
    "kept": KEPT,
    "free": replace(KEPT, shortfall_wan=0, delay_wan=0),
    "barred": BARRED,
    "barred, only the city's money": replace(BARRED, lacking_wan=0),
    "barred, nobody knows why": replace(BARRED, conflict=(), lacking_wan=None),
    "unknown": replace(KEPT, possible=None, complete=False),
    "not cut": replace(KEPT, years=(UNTOUCHED,), shortfall_wan=0, delay_wan=0),
    "all years": replace(KEPT, years=(CUT, replace(CUT, year=2025))),
    "not all tried": replace(KEPT, complete=False),
    "many": replace(
        KEPT, conflict=BARRED.conflict * 9, loosenings=KEPT.loosenings * 9, taken=KEPT.taken * 5
    ),
}


def told(answer: Counterfactual) -> str:
    return "".join(line.strip() for line in counterfactual_lines(answer, PORTFOLIO))


@pytest.mark.parametrize("name", EVERY)
def test_every_line_fits_the_screen(name):
    lines = counterfactual_lines(EVERY[name], PORTFOLIO)
    assert lines
    assert max(text_columns(line) for line in lines) <= 80


@pytest.mark.parametrize("name", EVERY)
def test_every_answer_goes_into_json_as_it_is(name):
    data = counterfactual_data(EVERY[name])
    assert json.loads(json.dumps(data)) == json.loads(json.dumps(data, ensure_ascii=False))
    assert data["item_no"] == 1 and data["cut"] is EVERY[name].cut
    assert data["years"][0]["baseline_wan"] == 1_226_889


def test_the_cost_is_told_with_its_direction():
    text = told(KEPT)
    assert "2024 年：基准 122.7 亿元，调整方案 78.1 亿元" in text
    assert "缺口多 2.1 亿元（折市重点），加权滞后少 0.4 亿元·年" in text
    assert "1 大项1 2024 年渠道0：0.0 → 39.5 亿元（+39.5）" in text
    assert "合计 39.7 亿元" in text
    assert "（-39.7）" in text


def test_ways_out_are_named_with_their_rule_and_amount():
    text = told(KEPT)
    assert "2024 年渠道0额度多 4.9 亿元（年度额度）" in text
    assert "2024 年 1 大项1的年度投资上限多 6.0 亿元（不超过年度投资上限）" in text
    assert "没有逐条试完" in told(EVERY["not all tried"])


def test_what_bars_it_is_named():
    text = told(BARRED)
    assert "最少还差 0.0480 亿元" in text
    assert "最小的一组，至少要放开一条" in text
    assert "2024 年 1 大项1的冲击后的进度上限（不得快于冲击后的进度）" in text
    assert "没有哪一条单独放宽" in text


def test_nothing_is_claimed_without_an_answer():
    assert "没有算出" in told(EVERY["unknown"])
    assert "可以保住" not in told(EVERY["unknown"])


def test_no_way_out_is_offered_where_none_is_needed():
    assert "放宽" not in told(EVERY["free"])
    assert "没有减少它" in told(EVERY["not cut"])
