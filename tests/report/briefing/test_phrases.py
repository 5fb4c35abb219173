"""The bureau's sentences, whole: on published cases, at their edges, and at the year's end."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED
from portfolio.model.items import Target, TargetKind
from portfolio.report.briefing.phrases import (
    Decimals,
    cause_phrase,
    converted_sentence,
    delay_sentence,
    finish_words,
    held_sentence,
    money_sentence,
    names_text,
    outlook_sentence,
    pace_text,
    progress_sentence,
)


def target(kind: TargetKind = TargetKind.FLOOR, upper: int | None = None) -> Target:
    return Target(
        year=2023, target_wan=38_000_000, kind=kind, upper_wan=upper, inclusion_bps=7000,
        programme_weight_bps=None, list_plan_wan=None, list_plan_kind=None, list_done_wan=None,
        published_projects=None, provenance="假设：测试",
    )  # fmt: skip


def test_guangzhou_2019():
    # 计划与项目数：南方日报 2019-01-30，https://www.dcement.com/Print.aspx?id=164441；
    # 完成 3334 亿元、年度计划的 108%：2019 年国民经济和社会发展计划执行情况报告
    assert progress_sentence(
        year=2019, months=12, what="592个市重点建设项目", done_wan=33_340_000,
        plan_wan=30_877_100, decimals=Decimals(done=0, plan=2, percent=0),
    ) == "截至2019年12月底，592个市重点建设项目全年完成投资3,334亿元，占年度计划（3,087.71亿元）的108%"  # fmt: skip


def test_guangzhou_january_to_april_2019():
    # http://fgw.gz.gov.cn/rdzt/zdjsxmpzhsslyzfxxgk/content/post_2340428.html
    assert progress_sentence(
        year=2019, months=4, what="592个市重点建设项目", done_wan=11_223_000,
        plan_wan=30_877_100, decimals=Decimals(plan=2),
    ) == (
        "截至2019年4月底，592个市重点建设项目本年累计完成投资1,122.3亿元，"
        "占年度计划（3,087.71亿元）的36.3%，超序时进度3.0个百分点"
    )  # fmt: skip


def test_guangzhou_january_to_october_2023():
    # 800 个市重点建设项目：https://yuegangao.cn/wanqu/19295.html
    assert progress_sentence(
        year=2023, months=10, what="800个市重点建设项目", done_wan=31_860_000,
        plan_wan=37_850_000, decimals=Decimals(done=0, plan=0),
    ) == (
        "截至2023年10月底，800个市重点建设项目本年累计完成投资3,186亿元，"
        "占年度计划（3,785亿元）的84.2%，超序时进度0.8个百分点"
    )  # fmt: skip


def test_jiangmen_january_to_march_2021():
    # 江门市发展改革局（转载）：
    # https://456150.com.cn/bmpd/jmsfzhggj/zdlyxxgk/zdjsxmxxgk/zdxmjz/content/post_2314420.html
    assert progress_sentence(
        year=2021, months=3, what="710项重点建设项目", done_wan=3_136_400, plan_wan=10_150_000,
        decimals=Decimals(done=2, plan=0, percent=2, points=2),
    ) == (
        "截至2021年3月底，710项重点建设项目本年累计完成投资313.64亿元，"
        "占年度计划（1,015亿元）的30.90%，超序时进度5.90个百分点"
    )  # fmt: skip


def test_jiangmen_january_to_october_rounds_the_difference_not_its_parts():
    # 97.16% − 83.33% = 13.83；江门市发展改革局（转载，原文未写年份，此处以 2019 年代之）：
    # https://rajayuj.com/bmpd/jmsfzhggj/zdlyxxgk/zdjsxmxxgk/zdxmjz/content/post_1860276.html
    assert progress_sentence(
        year=2019, months=10, what="444项重点建设项目", done_wan=6_290_000, plan_wan=6_474_000
    ) == (
        "截至2019年10月底，444项重点建设项目本年累计完成投资629.0亿元，"
        "占年度计划（647.4亿元）的97.2%，超序时进度13.8个百分点"
    )


def test_a_year_without_plan_says_so():
    said = progress_sentence(year=2023, months=3, what="2个大项", done_wan=0, plan_wan=0)
    assert said == "截至2023年3月底，2个大项本年累计完成投资0.0亿元（该年没有年度计划）"


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (Fraction(-4, 10_000), "与序时进度持平"),  # −0.04 reads 0.0
        (Fraction(5, 10_000), "超序时进度0.1个百分点"),
        (Fraction(-175, 1000), "欠序时进度17.5个百分点"),
        (Fraction(0), "与序时进度持平"),
        (Fraction(1), "超序时进度100.0个百分点"),
    ],
)
def test_pace_is_told_without_a_sign(points, said):
    assert pace_text(points) == said


@given(st.fractions(-3, 3))
def test_ahead_and_behind_mirror_each_other(points):
    assert pace_text(points).replace("超", "欠") == pace_text(-points).replace("超", "欠")


@pytest.mark.parametrize(
    ("months", "forecast", "plan", "said"),
    [
        (9, 57_000_000, 57_785_000, "预计全年完成5,700.0亿元，与年度计划相比缺口78.5亿元"),
        (9, 57_784_600, 57_785_000, "预计全年完成5,778.5亿元，可完成年度计划"),
        (9, 57_800_000, 57_785_000, "预计全年完成5,780.0亿元，可完成年度计划，并超出1.5亿元"),
        (12, 57_000_000, 57_785_000, "与年度计划相比缺口78.5亿元"),
        (12, 57_785_000, 57_785_000, "已完成年度计划"),
        (9, 10_000, 0, "预计全年完成1.0亿元"),
        (12, 10_000, 0, ""),
    ],
)
def test_the_outlook_of_a_year(months, forecast, plan, said):
    assert outlook_sentence(months=months, forecast_wan=forecast, plan_wan=plan) == said


@pytest.mark.parametrize(
    ("converted", "goal", "listed", "said"),
    [
        (None, target(), 0, "折市重点口径没有入列系数，无法折算"),
        (1, None, 0, "折市重点口径全年预计（不计风险）0.0亿元，该年没有年度目标"),
        (40_393_000, target(), 0, "折市重点口径全年预计（不计风险）4,039.3亿元，达到年度目标（3,800.0亿元），高出239.3亿元"),
        (38_000_000, target(), 0, "折市重点口径全年预计（不计风险）3,800.0亿元，达到年度目标（3,800.0亿元）"),
        (37_999_999, target(), 0, "折市重点口径全年预计（不计风险）3,800.0亿元，低于年度目标（3,800.0亿元）0.0001亿元"),
        (31_873_000, target(), 0, "折市重点口径全年预计（不计风险）3,187.3亿元，低于年度目标（3,800.0亿元）612.7亿元"),
        (31_873_000, target(), 6_127_000, "折市重点口径全年预计（不计风险）3,187.3亿元，低于年度目标（3,800.0亿元）612.7亿元（清单封闭所致，列为待入库）"),
        (31_873_000, target(), 6_000_000, "折市重点口径全年预计（不计风险）3,187.3亿元，低于年度目标（3,800.0亿元）612.7亿元（其中600.0亿元为清单封闭所致，列为待入库）"),
        (31_873_000, target(TargetKind.CEILING), 0, "折市重点口径全年预计（不计风险）3,187.3亿元，未超过年度上限（3,800.0亿元）"),
        (39_000_000, target(TargetKind.CEILING), 0, "折市重点口径全年预计（不计风险）3,900.0亿元，超过年度上限（3,800.0亿元）100.0亿元"),
        (39_000_000, target(TargetKind.BAND, 40_000_000), 0, "折市重点口径全年预计（不计风险）3,900.0亿元，在目标区间（3,800.0–4,000.0亿元）之内"),
        (41_000_000, target(TargetKind.BAND, 40_000_000), 0, "折市重点口径全年预计（不计风险）4,100.0亿元，高于目标区间（3,800.0–4,000.0亿元）100.0亿元"),
        (37_000_000, target(TargetKind.BAND, 40_000_000), 0, "折市重点口径全年预计（不计风险）3,700.0亿元，低于目标区间（3,800.0–4,000.0亿元）100.0亿元"),
    ],
)  # fmt: skip
def test_the_year_against_each_kind_of_target(converted, goal, listed, said):
    assert (
        converted_sentence(months=9, converted_wan=converted, target=goal, to_be_listed_wan=listed)
        == said
    )


def test_what_holds_the_year():
    bonds = cause_phrase(
        why="“专项债”资金不足", short_wan=7_020_000, names=["甲", "乙", "丙", "丁"]
    )
    assert bonds == "“专项债”资金不足（少702.0亿元：甲、乙、丙等4个大项）"
    few = {"year_short": True, "causes": [bonds], "items": 4, "net_wan": 7_020_000}
    assert held_sentence(**few, total_wan=7_020_000, others_wan=0) == f"卡在{bonds}"
    assert held_sentence(**few, total_wan=7_120_000, others_wan=100_000) == (
        f"卡在{bonds}；其他原因少10.0亿元（4个大项低于计划，合计少712.0亿元，不与超计划的大项相抵）"
    )
    # 702 short, 42 of it made good by items ahead: the year lacks 660.
    assert held_sentence(**{**few, "net_wan": 6_600_000}, total_wan=7_020_000, others_wan=0) == (
        f"卡在{bonds}（其他大项超计划 42.0 亿元）"
    )
    none = held_sentence(year_short=False, causes=[], total_wan=0, others_wan=0, items=0, net_wan=0)
    assert none == "没有卡住的环节：各大项都不低于年度计划"


@pytest.mark.parametrize(
    ("planned", "finish", "said"),
    [
        (59, 75, "计划2035年四季度竣工，推演2039年四季度竣工，滞后16个季度"),
        (59, 59, "计划2035年四季度竣工，推演按期竣工"),
        (59, 58, "计划2035年四季度竣工，推演2035年三季度竣工，提前1个季度"),
        (59, None, "计划2035年四季度竣工，推演至2045年底仍未竣工"),
        (None, None, "计划期内没有投资安排"),
    ],
)
def test_plan_against_play(planned, finish, said):
    assert delay_sentence(SHIPPED, planned=planned, finish=finish) == said


def test_little_money_is_not_told():
    assert money_sentence(open_wan=499, years=[(2023, 499)]) is None
    both = money_sentence(open_wan=20_000, years=[(2023, 0), (2024, 500)])
    assert both == "到计划竣工时还差2.0亿元，2024年比计划少0.1亿元"


def test_names_and_quarters():
    assert names_text(["甲", "乙", "丙"]) == "甲、乙、丙"
    assert finish_words(SHIPPED, 0) == "2021年一季度"
    assert finish_words(SHIPPED, None) == "2045年以后"
