"""A path's story: what is told adds up, fits the screen, and is the same in JSON."""

from __future__ import annotations

import functools
import json
import unicodedata
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED
from portfolio.model.luck import Draws, with_luck
from portfolio.model.measures.path_story import (
    PathStory,
    Rank,
    Standing,
    StoppedSpan,
    path_story,
    ranks,
)
from portfolio.model.measures.years import cost_wan
from portfolio.model.outcome import EventKind, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.model.study.paths import Paths
from portfolio.report.json.stress import replay_data
from portfolio.report.screen.replay import headline, rank_text, replay_lines
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.model.four_items import YI, four_items
from tests.sim.lucky_items import lucky_items
from tests.strategies import portfolios

STANDING = Standing(
    path=42, seed=1, tails="正态", among=2000, wish="最差", year=2023,
    ranks=(Rank(label="2023 年折市重点", unit="亿元", value=95 * YI, lower=99, higher=1900),),
)  # fmt: skip


def hand_made(portfolio: Portfolio) -> Draws:
    """Item 24 costs 1.5 times and takes 1.25 times as long; 22 stands still in 2022Q2 and Q3;
    44 comes to 80 %; SPB gives 60 % in 2023, LOAN 90 % in 2022; the named risk has come about.
    """
    draws = Draws.none(portfolio, risks=len(portfolio.risk.register))
    cost, duration = draws.cost_bps.copy(), draws.duration_bps.copy()
    volume, stopped, receipt = (
        draws.volume_bps.copy(),
        draws.stopped.copy(),
        draws.receipt_bps.copy(),
    )
    cost[0, 1], duration[0, 1], volume[0, 3] = 15_000, 12_500, 8_000
    stopped[
        0, [SHIPPED.quarter_of(2022, 2), SHIPPED.quarter_of(2022, 3), SHIPPED.quarter_of(2040)], 0
    ] = True
    receipt[0, 2, 1], receipt[0, 1, 4] = 6_000, 9_000
    return replace(
        draws, cost_bps=cost, duration_bps=duration, volume_bps=volume, stopped=stopped,
        receipt_bps=receipt, happened=np.ones_like(draws.happened),
    )  # fmt: skip


@functools.cache
def told() -> tuple[PathStory, Portfolio, Outcome]:
    plain = lucky_items()
    draws = hand_made(plain)
    lucky = with_luck(plain, draws, 0)
    outcome = play(derive(lucky))
    story = path_story(STANDING, plain, draws, lucky, outcome, play(derive(plain)))
    return story, lucky, outcome


def text() -> str:
    story, lucky, outcome = told()
    return "\n".join(replay_lines(story, "试算", lucky, outcome))


def unwrapped() -> str:
    return text().replace("\n", "").replace(" ", "")


def test_the_luck_of_items_is_told_in_money_and_quarters():
    """24: 500 亿 × 0.5 = 250 more, 20 quarters × 0.25 = 5 longer; 44: 50 亿 × 0.2 = 10 less."""
    by_no = {luck.item_no: luck for luck in told()[0].items}
    assert (by_no[24].money_wan, by_no[24].quarters) == (250 * YI, 5)
    assert (by_no[44].money_wan, by_no[44].volume_bps) == (-10 * YI, 8_000)
    assert (by_no[22].money_wan, by_no[22].quarters) == (0, 0)
    said = unwrapped()
    assert "24城市轨道交通：多250.0亿元（造价为150%）" in said
    assert "24城市轨道交通：工期为125%，长5季" in said
    assert "44基础教育：少10.0亿元（落地80%）" in said
    assert "合计比不计风险多240.0亿元" in said


def test_stoppages_count_only_while_an_item_is_under_way():
    """2040 is after the finish of item 22."""
    luck = next(luck for luck in told()[0].items if luck.item_no == 22)
    span = StoppedSpan(first=SHIPPED.quarter_of(2022, 2), last=SHIPPED.quarter_of(2022, 3))
    assert luck.stopped == (span,)
    assert "22国铁干线：共2季（2022Q2–2022Q3）" in unwrapped()


def test_receipts_are_told_with_the_envelope_they_cost():
    """SPB 2023: (68 + 6.8) 亿 × 0.4 = 29.92 less; loans have no envelope."""
    lucks = {(luck.channel_id, luck.year): luck for luck in told()[0].channels}
    assert lucks["SPB", 2023].change_wan == -299_200
    assert lucks["LOAN", 2022].change_wan is None
    said = unwrapped()
    assert "2023年地方政府专项债券60%（额度少29.9亿元）" in said
    assert "2022年银行贷款90%（按应投放额）" in said
    assert "登记1项，发生1项（征拆受阻）" in said


def test_each_late_item_is_told_with_causes_that_sum_to_its_delay():
    story, lucky, outcome = told()
    assert story.late
    for late in story.late:
        assert late.delay_quarters == sum(cause.quarters for cause in late.causes)
    assert {late.item_no for late in story.late} == {
        item.no for index, item in enumerate(lucky.items) if outcome.is_late(index)
    }
    assert story.prior_late == 0


def test_years_stand_beside_the_same_years_without_luck():
    story, _, outcome = told()
    drawn = outcome.drawn_wan.sum(axis=(1, 2)).reshape(25, 4).sum(axis=1)
    assert [year.now.drawn_wan for year in story.years] == drawn[: len(story.years)].tolist()
    # Without luck every year of 2021–2025 draws its plan: 100 + 100 + 40 + 10 = 250 亿.
    assert [year.prior.drawn_wan for year in story.years[:6]] == [250 * YI] * 5 + [0]


def test_starts_and_finishes_are_turning_points_only_where_luck_moved_them():
    story, _, outcome = told()
    turns = [event for year in story.years for event in year.turns]
    finished = {event.item_no for event in turns if event.kind is EventKind.FINISH}
    assert finished == {late.item_no for late in story.late}
    assert [event for event in turns if event.kind is EventKind.START] == []
    stops = [event for event in outcome.events if event.kind is EventKind.STOP]
    assert [event for event in turns if event.kind is EventKind.STOP] == stops


def test_the_story_fits_the_screen_and_says_what_it_rests_on():
    lines = text().splitlines()
    wide = [line for line in lines if _columns(line) > 80]
    assert wide == []
    said = unwrapped()
    assert "以假设参数为前提" in said
    assert "逐个整数相同" in said
    assert (
        "“最差”是2,000条路径按2023年（最该先担心的年份）折市重点投资由低到高"
        "排在5%处的一条，不是最坏的一条" in said
    )
    assert said.startswith("第42条路径（情景试算，种子1，正态）")


def test_what_came_of_it_is_told_before_the_luck_and_the_turning_points_come_last():
    said = unwrapped()
    order = (
        "在2,000条路径中的位置",
        "二、为什么",
        "三、逐年结果",
        "四、这条路径的运气",
        "五、逐年经过",
    )
    places = [said.index(part) for part in order]
    assert places == sorted(places)


def test_a_screen_has_the_first_turning_points_and_how_many_more_there_are():
    """14 lines of turning points on a screen so wide; thrice the years have 42, 17 too many."""
    story, lucky, outcome = told()
    long = replace(story, years=story.years * 3)
    shown = replay_lines(long, "试算", lucky, outcome, 400, whole=False)
    whole = replay_lines(long, "试算", lucky, outcome, 400)
    start = shown.index("五、逐年经过") + 1
    assert shown[start : start + 25] == whole[start : start + 25]
    assert shown[start + 25].strip().startswith("其余 17 条经过未列")
    assert len(whole) == len(shown) + 16
    short = replay_lines(story, "试算", lucky, outcome, 400, whole=False)
    assert short == replay_lines(story, "试算", lucky, outcome, 400)


def _columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


@pytest.mark.parametrize(
    ("rank", "expected"),
    [
        (Rank(label="总造价", unit="亿元", value=12_345, lower=3, higher=4),
         "总造价 1.2 亿元：更低的 3 条，更高的 4 条"),
        (Rank(label="最后竣工", unit="季度", value=5, lower=0, higher=9),
         "最后竣工 2022Q2：更早的 0 条，更晚的 9 条"),
        (Rank(label="最后竣工", unit="季度", value=100, lower=9, higher=0),
         "最后竣工 2045Q4 以后：更早的 9 条，更晚的 0 条"),
        (Rank(label="滞后大项", unit="个", value=3, lower=1, higher=1),
         "滞后大项 3 个：更低的 1 条，更高的 1 条"),
    ],
)  # fmt: skip
def test_a_rank_in_words(rank, expected):
    assert rank_text(SHIPPED, rank) == expected


def test_a_path_without_luck_has_nothing_to_tell():
    plain = four_items()
    outcome = play(derive(plain))
    standing = replace(STANDING, wish=None, year=None, ranks=())
    story = path_story(standing, plain, Draws.none(plain), plain, outcome, outcome)
    assert story.late == ()
    assert all(year.now == year.prior for year in story.years)
    assert headline(SHIPPED, story, "基准").endswith("0 个大项滞后（不计风险 0 个）。")
    said = "\n".join(replay_lines(story, "基准", plain, outcome))
    assert "停工：没有" in said
    assert "到位率：没有不足" in said
    assert "工作簿未登记风险" in said


def test_json_holds_the_same_story_and_the_whole_log():
    story, lucky, outcome = told()
    data = replay_data(story, "试算", lucky, outcome, workbook_sha256="0", version="0")
    again = json.loads(json.dumps(data))
    assert again["standing"]["path"] == 42
    assert len(again["events"]) == len(outcome.events)
    assert [row["no"] for row in again["late"]] == [late.item_no for late in story.late]
    for row in again["late"]:
        assert row["delay_quarters"] == sum(cause["quarters"] for cause in row["causes"])
    item = next(row for row in again["luck"]["items"] if row["no"] == 22)
    assert item["stopped"] == [{"first": "2022Q2", "last": "2022Q3"}]
    assert again["luck"]["risks"] == [{"id": "R1", "name": "征拆受阻", "happened": True}]


@st.composite
def lucky_portfolios(draw: st.DrawFn) -> tuple[Portfolio, Draws]:
    """Random portfolios under shocks, each with the luck of one path."""
    portfolio = draw(portfolios(max_items=5))
    plain = Draws.none(portfolio)

    def some(shape: tuple[int, ...], values: tuple[int, ...]) -> np.ndarray:
        seed = draw(st.integers(0, 2**16))
        return np.array(values)[(np.arange(np.prod(shape)) * 7919 + seed) % len(values)].reshape(
            shape
        )

    return portfolio, replace(
        plain,
        cost_bps=some(plain.cost_bps.shape, (10_000, 7_000, 14_567, 40_000)),
        volume_bps=some(plain.volume_bps.shape, (10_000, 10_000, 6_001)),
        duration_bps=some(plain.duration_bps.shape, (10_000, 5_001, 21_234)),
        stopped=some(plain.stopped.shape, (0,) * 9 + (1,)).astype(np.bool_),
        receipt_bps=some(plain.receipt_bps.shape, (10_000, 10_000, 0, 6_543, 12_000)),
    )


@given(lucky_portfolios())
@examples(25)
def test_any_path_of_any_portfolio_can_be_told(case):
    """Items without money, without targets, unfinished ones: all are told, and add up."""
    portfolio, draws = case
    lucky = with_luck(portfolio, draws, 0)
    outcome, prior = play(derive(lucky)), play(derive(portfolio))
    standing = replace(STANDING, year=None, ranks=())
    story = path_story(standing, portfolio, draws, lucky, outcome, prior)
    assert [
        line for line in replay_lines(story, "试算", lucky, outcome) if _columns(line) > 80
    ] == []
    spent = sum(year.now.drawn_wan for year in story.years)
    assert spent == outcome.drawn_wan.sum()
    assert sum(luck.money_wan for luck in story.items) == int(
        (cost_wan(lucky) - cost_wan(portfolio)).sum()
    )
    for late in story.late:
        if late.delay_quarters is not None:
            assert late.delay_quarters == sum(cause.quarters for cause in late.causes)
    data = replay_data(story, "试算", lucky, outcome, workbook_sha256="0", version="0")
    assert json.loads(json.dumps(data))["late_without_luck"] == story.prior_late


def test_ranks_count_the_paths_on_each_side():
    """Finishes 3, 5, 5, 100 of one item: 5 has one below and one above."""
    plain = four_items()
    finish = np.array([[3] * 4, [5] * 4, [5] * 4, [100] * 4], dtype=np.int16)
    paths = _paths(finish)
    found = {rank.label: rank for rank in ranks(plain, paths, _paths(finish[1:2]), None)}
    assert (found["最后竣工"].value, found["最后竣工"].lower, found["最后竣工"].higher) == (5, 1, 1)
    # Planned finish of all four: 2025Q4 = 19; only the last path is late, with all four.
    assert (found["滞后大项"].value, found["滞后大项"].lower, found["滞后大项"].higher) == (0, 0, 1)


def _paths(finish: np.ndarray) -> Paths:
    n = len(finish)
    years, items = np.zeros((n, 25), np.int64), np.zeros((n, 4), np.int64)
    sums = np.zeros((25, 6), np.int64)
    return Paths(
        drawn_wan=years, progress_wan=years, start=items, finish=finish, cost_wan=items,
        held_by=items, cost_bps=items, volume_bps=items, duration_bps=items,
        stopped_quarters=items, receipt_bps=np.zeros((n, 25, 6), np.int16),
        happened=np.zeros((n, 0), np.bool_), lost_quarters=items, channel_drawn_wan=sums,
        channel_unserved_wan=sums, item_drawn_wan=np.zeros((25, 4), np.int64),
    )  # fmt: skip
