"""What is asked to be approved: refused for each reason, all at once; what it would change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.approved import PlanVersion
from portfolio.model.approved.promote import (
    Request,
    cells_of,
    changes,
    effective_of,
    record_of,
    request_problems,
    spans_of,
)
from portfolio.model.approved.records import Kept, Record, rows_for, sealed
from portfolio.model.calendar import SHIPPED
from tests.strategies import make_portfolio

YEAR = SHIPPED.first_year + 1
PLAN = np.zeros((15, 2, 2), dtype=np.int64)
PLAN[0, 0, 0], PLAN[1, 0, 0], PLAN[1, 1, 1] = 400, 300, 50
PORTFOLIO = make_portfolio(PLAN)
NOTHING = Kept()
GOOD = Request(year=YEAR, document="某发改〔年份〕1号", approved_on=f"{YEAR}-02-10")
ADJUST = replace(GOOD, document="某发改〔年份〕8号", approved_on=f"{YEAR}-07-03", adjusts=True)


def _kept(*requests: Request) -> Kept:
    records: tuple[Record, ...] = ()
    for request in requests:
        record = record_of(request, Kept(records=records))
        rows = rows_for(record.number, {}, {}, {}, {}, SHIPPED)
        records += (sealed(record, rows, records, "a" * 64),)
    return Kept(records=records)


def _found(request: Request, kept: Kept = NOTHING) -> list[str]:
    return [f"{p.place} {p.found}" for p in request_problems(request, kept, PORTFOLIO)]


def test_a_sound_request_has_no_problem():
    assert _found(GOOD) == []
    assert _found(ADJUST, _kept(GOOD)) == []


@pytest.mark.parametrize(
    ("request_", "kept", "told"),
    [
        (replace(GOOD, document=None), Kept(), "--number 没有写批准文号"),
        (replace(GOOD, document="  "), Kept(), "--number 没有写批准文号"),
        (replace(GOOD, approved_on=None), Kept(), "--date 没有写批准日期"),
        (replace(GOOD, approved_on=f"{YEAR}-02"), Kept(), f"--date “{YEAR}-02”不是日期"),
        (replace(GOOD, approved_on=f"{YEAR}-02-31"), Kept(), "不是日期"),
        (replace(GOOD, approved_on=f"{YEAR + 9}-02-10"), Kept(), "相差一年以上"),
        (replace(GOOD, year=None), Kept(), "--year 没有写年度"),
        (replace(GOOD, year=YEAR + 90), Kept(), "不在计划期内"),
        (GOOD, _kept(GOOD), f"--year {YEAR} 年已有年初计划（某发改〔年份〕1号"),
        (ADJUST, Kept(), f"--year {YEAR} 年还没有年初计划"),
        (replace(ADJUST, approved_on=f"{YEAR}-01-09"), _kept(GOOD), "早于上一版本"),
        (replace(ADJUST, document=GOOD.document), _kept(GOOD), "已用于"),
        (replace(ADJUST, effective="七月"), _kept(GOOD), "--effective “七月”不是月份"),
        (replace(ADJUST, effective=f"{YEAR + 1}-01"), _kept(GOOD), "不在"),
        (
            replace(ADJUST, document="某9号", effective=f"{YEAR}-06"), _kept(GOOD, ADJUST),
            f"生效月 {YEAR}-06 早于上一版本的 {YEAR}-07",
        ),
        (replace(GOOD, year=YEAR - 1), _kept(GOOD), f"已有 {YEAR} 年的版本"),
    ],
)  # fmt: skip
def test_each_reason_is_told(request_: Request, kept: Kept, told: str):
    assert any(told in found for found in _found(request_, kept)), _found(request_, kept)


def test_all_reasons_are_told_at_once():
    found = _found(Request(year=None, document=None, approved_on=None))
    assert len(found) == 3


def test_in_force_from_january_and_from_the_month_of_the_date():
    assert effective_of(GOOD) == f"{YEAR}-01"
    assert effective_of(ADJUST) == f"{YEAR}-07"
    assert effective_of(replace(ADJUST, effective=f"{YEAR}年9月")) == f"{YEAR}-09"
    assert effective_of(replace(ADJUST, approved_on=f"{YEAR - 1}-12-30")) == f"{YEAR}-01"
    assert effective_of(replace(ADJUST, approved_on=f"{YEAR + 1}-01-09")) == f"{YEAR}-12"


def test_adjustments_are_counted_within_their_year():
    once = _kept(GOOD, ADJUST)
    twice = record_of(replace(ADJUST, document="某9号"), once)
    assert [record.title for record in (*once.records, twice)] == [
        "年初计划", "调整计划（第1次）", "调整计划（第2次）",
    ]  # fmt: skip
    next_year = replace(GOOD, year=YEAR + 1, approved_on=f"{YEAR + 1}-02-01")
    assert _found(next_year, once) == []


def test_what_changes_is_by_item_and_channel_the_most_first():
    # Approved: 320 of item 1's channel 0 and 30 of channel 1; the plan has 300 and 50 of item 2.
    base = PlanVersion(
        title="年初计划", adjusts=False, year=YEAR, approved_on="", document="某号", authority=None,
        effective=12, cells_wan={(1, "C0"): 320, (1, "C1"): 30}, spans={1: (0, 9), 2: (4, 7)},
    )  # fmt: skip
    found = changes(PORTFOLIO, base, YEAR)
    assert [(c.item_no, c.channel, c.change_wan) for c in found.cells] == [
        (2, "渠道1", 50), (1, "渠道1", -30), (1, "渠道0", -20),
    ]  # fmt: skip
    assert (found.more_wan, found.less_wan, found.before_wan, found.after_wan) == (50, 50, 350, 350)
    assert [(s.item_no, s.before, s.after) for s in found.spans] == [(1, 9, 7)]


def test_what_a_version_fixes_is_the_plan_that_is_played():
    assert cells_of(PORTFOLIO, YEAR) == {(1, "C0"): 300, (2, "C1"): 50}
    assert spans_of(PORTFOLIO) == {1: (0, 7), 2: (4, 7)}
    assert cells_of(PORTFOLIO, YEAR + 40) == {}
