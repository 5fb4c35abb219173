"""Published money of the yearly list against the fan of the same year."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portfolio.model.items import PublicRecord
from portfolio.model.study.years import money_on_record
from tests.model.four_items import YI, four_items
from tests.model.study.test_years import the_year

DONE = PublicRecord(
    period="2026", part="1-10月", universe="市重点建设项目", metric="完成投资", value=300.0,
    unit="亿元", share_of_year_bps=None, note=None, provenance="测试",
)  # fmt: skip


# Converted money is 2 × progress × 0.7: 350, 364, 378 亿, so P5 = 350 and P95 = 378.
# 300 by the end of October is 300 × 12 ÷ 10 = 360 a year.
@pytest.mark.parametrize(
    ("part", "value", "year_yi", "above"),
    [
        ("1-10月", 300.0, 360, None),
        ("1—10月", 320.0, 384, True),
        ("1-6月", 170.0, 340, False),
        ("全年", 378.0, 378, None),
        ("全年", 378.5, 378.5, True),
    ],
)
def test_the_year_straight_on_lies_in_the_fan_or_beside_it(part, value, year_yi, above):
    year = the_year(four_items(), 2026, [250, 260, 270])
    (found,) = money_on_record([replace(DONE, part=part, value=value)], [year])
    assert (found.year_wan, found.above) == (year_yi * YI, above)


@pytest.mark.parametrize(
    "change",
    [
        {"period": "2025"}, {"part": "4-6月"}, {"part": "1-13月"}, {"universe": "攻城拔寨项目"},
        {"metric": "年度计划投资"}, {"unit": "个"}, {"value": None},
    ],
)  # fmt: skip
def test_other_records_are_not_compared(change):
    year = the_year(four_items(), 2026, [250])
    assert money_on_record([replace(DONE, **change)], [year]) == ()


def test_the_longest_period_counts():
    year = the_year(four_items(), 2026, [250])
    records = [replace(DONE, part="1-4月"), DONE, replace(DONE, part="1-2月")]
    (found,) = money_on_record(records, [year])
    assert found.months == 10
