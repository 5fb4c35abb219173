"""What a user asks: read, answered, judged; and refused with a way to write it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError
from portfolio.model.study.paths import Paths
from portfolio.model.study.queries import parse_condition, parse_quantity
from portfolio.model.study.query_answers import (
    AskedPrecision,
    answer,
    judge,
    never_sure,
    parse_precision,
    precision,
    sampling_errors,
)
from portfolio.model.study.result import Precision, Unit
from tests.model.four_items import YI, four_items
from tests.model.study.made_paths import made_paths
from tests.strategies import make_portfolio


def ten_paths() -> Paths:
    """2025 converts to 191 … 200 亿 (target 200); 22 ends in 2025Q4, 2026Q1, … and costs 500, 510 …"""
    k = np.arange(10)
    progress = np.zeros((10, 25), dtype=np.int64)
    progress[:, 4] = np.ceil((191 + k) * YI / 0.7)
    finish = np.full((10, 4), 19)
    finish[:, 0] = 19 + k
    cost = np.repeat(np.array([[500, 500, 200, 50]]) * YI, 10, axis=0)
    cost[:, 0] += 10 * YI * k
    return made_paths(four_items(), 10, progress_wan=progress, finish=finish, cost_wan=cost)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("P(2025达标)", 0.1, Unit.CHANCE),
        ("P(2025>=195)", 0.6, Unit.CHANCE),
        ("P（2025≥195亿元）", 0.6, Unit.CHANCE),
        ("p( 2025 < 195.0 )", 0.4, Unit.CHANCE),
        ("P(2025<=1,000)", 1.0, Unit.CHANCE),
        ("P(22按期)", 0.1, Unit.CHANCE),
        ("P(24按期)", 1.0, Unit.CHANCE),
        ("P(全部按期)", 0.1, Unit.CHANCE),
        ("P(竣工按期)", 0.1, Unit.CHANCE),
        ("P(22<=2026Q4)", 0.5, Unit.CHANCE),
        ("P(国铁<=2026)", 0.5, Unit.CHANCE),  # by the end of 2026
        ("P(22<2027)", 0.5, Unit.CHANCE),  # before 2027
        ("P(22>2026)", 0.5, Unit.CHANCE),
        ("P(22>=2027)", 0.5, Unit.CHANCE),
        ("P(竣工<=2026Q4)", 0.5, Unit.CHANCE),
        ("P(22不超支)", 0.1, Unit.CHANCE),
        ("P(造价(22)<=520)", 0.3, Unit.CHANCE),
        ("P(造价（国铁干线）<=520)", 0.3, Unit.CHANCE),
        ("P(总造价<=1270)", 0.3, Unit.CHANCE),
        ("P(总造价不超支)", 0.1, Unit.CHANCE),
        ("联合把握(22)", 0.1, Unit.CHANCE),
        ("联合把握(24)", 1.0, Unit.CHANCE),
        ("联合把握(全部)", 0.1, Unit.CHANCE),
        ("P80(22)", 26, Unit.QUARTER),
        ("P80(竣工)", 26, Unit.QUARTER),
        ("P50(2025)", 195 * YI, Unit.WAN),
        ("P80(总造价)", 1320 * YI, Unit.WAN),
        ("P80(造价(22))", 570 * YI, Unit.WAN),
        ("均值(总造价)", 1295 * YI, Unit.WAN),
    ],
)
def test_a_quantity_is_answered(text, value, unit):
    quantity = parse_quantity(text, four_items())
    found = answer(quantity, four_items(), ten_paths())
    assert (found.text, found.unit, quantity.unit) == (text, unit, unit)
    assert found.estimate.value == value


@pytest.mark.parametrize(
    ("text", "met", "sure"),
    [
        ("P(2025达标)<0.8", True, True),  # 1 of 10: at most 0.445
        ("P(2025达标)<80%", True, True),
        ("P(2025达标)<20%", True, False),
        ("P(2025达标)>=50%", False, True),
        ("P(2025>=195)<0.6", False, False),
        ("P(2025>=195)<=0.6", True, False),
        ("P(22<=2026Q4)<0.5", False, False),
        ("P50(22)>2026Q3", True, False),  # P50 is 2026Q4, its interval from 2026Q1
        ("P50(22)>2025", True, True),
        ("P50(22)>2045Q4", False, True),  # all finish in the play
        ("P50(总造价) > 60000", False, True),
        ("P50(总造价)<=1290亿", True, False),
        ("P95(总造价)>1000", True, False),  # ten paths have no upper bound for P95
        ("联合把握(22)<0.5", True, True),
    ],
)
def test_a_condition_is_judged(text, met, sure):
    judged = judge(parse_condition(text, four_items()), four_items(), ten_paths())
    assert (judged.text, judged.met, judged.sure) == (text, met, sure)


@pytest.mark.parametrize(
    ("text", "found", "fix"),
    [
        ("2025>=3800", "不是一个条件", "P(2025达标)<80%"),
        ("P(2025达标)", "不是一个条件", "P(2025达标)<80%"),
        ("P(2025达标)<80", "“80”不是把握", "0.8 或 80%"),
        ("P(2025达标)<很低", "不是把握", "80%"),
        ("P(2025达标)<120%", "不是把握", "80%"),
        ("P(2036达标)<0.5", "没有 2036 年名单计划，不给把握", "填好后再问"),
        ("P(2026达标)<0.5", "没有 2026 年名单计划，不给把握", "填好后再问"),
        ("P(2030>=3800)<0.5", "没有 2030 年名单计划，不给把握", "填好后再问"),
        ("P(2099>=3800)<0.5", "没有 2099 年", "年份须为 2021–2025"),
        ("P(2020达标)<0.5", "没有 2020 年", "年份须为 2021–2025"),
        ("P50(2099)<3800", "没有 2099 年", "年份须为 2021–2045"),
        ("P80(22)<2045Q4", "推演只到 2045Q4", "P80(22)>2045Q4"),
        ("P80(22)>=2045Q4", "推演只到 2045Q4", "P80(22)>2045Q4"),
        ("P80(22)<=2045", "推演只到 2045Q4", "P80(22)>2045Q4"),
        ("P(99按期)<0.5", "没有序号为 99 的大项", "22 至 44"),
        ("P(地铁按期)<0.5", "地铁", "可用的有"),
        ("P(22达标)<0.5", "“达标”不能这样用", "可写作"),
        ("P(2026按期)<0.5", "“按期”不能这样用", "可写作"),
        ("P(2026)<0.5", "没有可比较的条件", "可写作"),
        ("P()<0.5", "没有可比较的条件", "可写作"),
        ("P(22<=500)<0.5", "“500”不是 2021Q1", "造价(22)<=500"),
        ("P(22<=2046Q1)<0.5", "不是 2021Q1 至 2045Q4", "2030Q4"),
        ("P(2025>=多)<0.5", "不是亿元数", "3800"),
        ("P(2025>=1.00001)<0.5", "不是亿元数（最多四位小数）", "3800亿"),
        ("P(全部>=3)<0.5", "不能与数值比较", "全部按期"),
        ("P80(22)>60000", "“60000”不是", "2030Q4"),
        ("P0(22)>2031", "0 与 100 之间", "可写作"),
        ("P80(全部)>2031", "没有分位", "竣工"),
        ("均值(22)>2031", "没有均值", "P50(22)"),
        ("联合把握(2026)<0.5", "只对大项或全部", "联合把握(22)"),
        ("方差(2026)<0.5", "“方差”不是可问的量", "可写作"),
    ],
)
def test_what_cant_be_asked_is_refused_with_a_way_to_write_it(text, found, fix):
    with pytest.raises(InputError) as refused:
        parse_condition(text, four_items())
    (problem,) = refused.value.problems
    assert problem.place == "--fail-if"
    assert found in problem.found
    assert fix in problem.fix


def test_a_portfolio_without_what_is_asked():
    def refused(text: str, portfolio: Portfolio) -> str:
        with pytest.raises(InputError) as error:
            parse_quantity(text, portfolio)
        return error.value.problems[0].found

    plan = np.zeros((15, 1, 1), dtype=np.int64)
    empty = make_portfolio(plan)
    assert "没有待完成投资" in refused("P(1按期)", empty)
    assert "没有一个大项有待完成投资" in refused("P80(总造价)", empty)
    assert "没有入列系数" in refused("P80(2026)", replace(four_items(), targets=()))
    assert "没有说明" in refused("P80( )", four_items())
    assert "读不懂" in refused("多少", four_items())


@pytest.mark.parametrize(
    ("text", "unit", "asked"),
    [
        ("1%", Unit.CHANCE, AskedPrecision(half_width=0.01, part=None)),
        ("0.5％", Unit.CHANCE, AskedPrecision(half_width=0.005, part=None)),
        ("0.01", Unit.CHANCE, AskedPrecision(half_width=1e-2, part=None)),
        ("1%", Unit.WAN, AskedPrecision(half_width=None, part=0.01)),
        ("50亿元", Unit.WAN, AskedPrecision(half_width=50 * YI, part=None)),
        ("2季", Unit.QUARTER, AskedPrecision(half_width=2, part=None)),
    ],
)
def test_a_precision_is_read_in_its_unit(text, unit, asked):
    assert parse_precision(text, unit) == asked


@pytest.mark.parametrize(
    ("text", "unit"),
    [("高", Unit.CHANCE), ("0%", Unit.CHANCE), ("-1%", Unit.CHANCE), ("2", Unit.CHANCE),
     ("1季", Unit.WAN), ("1%", Unit.QUARTER), ("5", Unit.WAN)],
)  # fmt: skip
def test_what_is_no_precision_is_refused(text, unit):
    with pytest.raises(InputError, match="写作"):
        parse_precision(text, unit)


def test_how_many_paths_a_precision_takes():
    # 500 of 1,000: half width 0.0314; ±1 point takes 1,000 × (3.14)² ≈ 9,890.
    portfolio = four_items()
    progress = np.zeros((1_000, 25), dtype=np.int64)
    progress[:500, 4] = 300 * YI
    paths = made_paths(portfolio, 1_000, progress_wan=progress)
    question = parse_quantity("P(2025达标)", portfolio)
    found = precision(question, AskedPrecision(half_width=0.01, part=None), portfolio, paths)
    assert not found.reached
    assert found.half_width == pytest.approx(0.0314, abs=2e-4)
    assert found.paths_needed == pytest.approx(9_890, rel=0.01)
    assert precision(question, parse_precision("4%", Unit.CHANCE), portfolio, paths).reached
    # Of a constant everything is known: half width 0, 1 % of 1,250 亿 is 12.5 亿.
    constant = parse_quantity("均值(总造价)", portfolio)
    cost = precision(constant, parse_precision("1%", Unit.WAN), portfolio, paths)
    assert (cost.reached, cost.asked_half_width, cost.half_width) == (True, 12.5 * YI, 0)
    # One path has no interval: not reached, and how many it would take can't be told.
    one = precision(constant, parse_precision("1%", Unit.WAN), portfolio, made_paths(portfolio, 1))
    assert (one.reached, one.half_width, one.paths_needed) == (False, None, None)


def test_a_finish_after_the_play_is_never_sure():
    """Quarter 100 stands for after 2045Q4: in all paths, in the upper half only, or in none.

    Of 1,000 paths P50 lies between ranks 469 and 532 with 95 %: 480 finishes at 19 and the rest
    after the play leave the lower end at 19; with 520 only the upper end is after the play.
    """
    portfolio = four_items()
    question, asked = parse_quantity("P50(22)", portfolio), parse_precision("9季", Unit.QUARTER)

    def found(early: int) -> Precision:
        finish = np.full((1_000, 4), 100)
        finish[:early] = 19
        return precision(question, asked, portfolio, made_paths(portfolio, 1_000, finish=finish))

    for early, hopeless in ((0, True), (480, False), (520, False)):
        unsure = found(early)
        assert (unsure.reached, unsure.half_width, unsure.open_ended) == (False, None, True)
        assert never_sure(unsure) is hopeless
    assert (found(1_000).reached, found(1_000).open_ended) == (True, False)
    # A chance of 100 % is no quarter.
    sure = precision(
        parse_quantity("P(2025>=0)", portfolio),
        AskedPrecision(half_width=0.1, part=None),
        portfolio,
        made_paths(portfolio, 1_000),
    )
    assert (sure.reached, sure.open_ended) == (True, False)


def test_the_error_of_randomised_points_is_their_scatter():
    # Four randomisations of 10 paths, chances 0.4, 0.5, 0.5, 0.6: mean 0.5, sd √(0.02/3) = 0.0816,
    # standard error 0.0408; 40 independent paths would have about 0.08.
    portfolio = four_items()

    def part(hits: int) -> Paths:
        progress = np.zeros((10, 25), dtype=np.int64)
        progress[:hits, 4] = 300 * YI
        return made_paths(portfolio, 10, progress_wan=progress)

    parts = [part(hits) for hits in (4, 5, 5, 6)]
    (row,) = sampling_errors(portfolio, parts, ["P(2025达标)"])
    assert (row.randomisations, row.paths, row.unit) == (4, 40, "把握")
    assert row.mean == pytest.approx(0.5)
    assert row.standard_error == pytest.approx((0.02 / 3) ** 0.5 / 2)
    assert row.plain_standard_error == pytest.approx(0.08, abs=0.01)
    assert sampling_errors(portfolio, parts[:1], ["P(2025达标)"]) == ()
    with pytest.raises(ValueError, match="size"):
        sampling_errors(portfolio, [part(4), made_paths(portfolio, 9)], ["P(2025达标)"])
