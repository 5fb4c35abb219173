"""The sentence that is read out answers what the scenario asked."""

from __future__ import annotations

import functools

import pytest

from portfolio import workflows
from portfolio.model.calendar import SHIPPED
from portfolio.model.measures.results import RunResult, item_shifts, new_delays, worst_year
from portfolio.model.measures.years import late_positions, tail_positions, year_measures
from portfolio.report.words.run import headline, year_notes


@functools.cache
def run(*scenarios: str, sets: tuple[str, ...] = ()) -> RunResult:
    return workflows.run(None, scenarios, sets)


def by_item_year(result: RunResult) -> dict[tuple[str, int], int]:
    """Money less than in the baseline's play, worked out from the arrays alone."""
    less = {}
    for k, item in enumerate(result.portfolio.items):
        now = result.outcome.drawn_wan[:, :, k].sum(axis=1).reshape(25, 4).sum(axis=1)
        base = result.baseline.position[item.no]
        old = result.baseline_outcome.drawn_wan[:, :, base].sum(axis=1).reshape(25, 4).sum(axis=1)
        for year in range(25):
            less[item.label, 2021 + year] = int(old[year] - now[year])
    return less


def test_special_bonds_thirty_per_cent_lower_next_year() -> None:
    result = run(sets=("专项债券:2027=-30%",))
    less = by_item_year(result)
    (label, year), most = max(less.items(), key=lambda entry: entry[1])
    in_all = sum(money for (_, y), money in less.items() if y == 2027)
    assert (label, year, worst_year(result)) == ("13 综合性产业园区", 2027, (2027, in_all))
    shifts = item_shifts(result)
    assert (shifts[0].item.no, shifts[0].less_year, shifts[0].less_wan) == (13, 2027, most)
    said = headline(result)
    assert f"2027 年少完成 {in_all / 10_000:.1f} 亿元" in said
    assert f"最多的是 13 综合性产业园区（2027 年少 {most / 10_000:.1f} 亿元）" in said
    # What later years hold beyond the plan makes it good before anything is to be finished.
    assert said.endswith("；没有新增或加重的滞后。")
    assert "电网" not in said  # late already without the cut


def test_a_cut_that_the_reserve_absorbs_is_said_to_change_nothing() -> None:
    said = headline(run("专项债收紧"))
    assert "各年完成投资没有减少，各大项也没有变化" in said
    assert "没有新增或加重的滞后" in said


def test_delays_are_new_worse_or_the_baselines() -> None:
    result = run("土地出让断崖")
    new, worse = new_delays(result)
    late = {result.portfolio.items[k].no for k in late_positions(result.portfolio, result.outcome)}
    assert {result.portfolio.items[k].no for k in new} == late - {1, 53}
    assert worse == ()


def test_items_that_lack_only_their_tail_come_last() -> None:
    result = run("停工两季度")
    late = late_positions(result.portfolio, result.outcome)
    tails = set(tail_positions(result.portfolio, result.outcome))
    assert tails
    assert set(late[-len(tails) :]) == tails
    assert f"其中 {len(tails)} 个只剩尾工、尾款" in headline(result)


@pytest.mark.parametrize(
    ("scenarios", "note"),
    [((), "2026 年起的差额列为“待入库”"),
     (("土地出让断崖",), "“待入库”之外，推演比计划少完成（折市重点）：2026 年 153.4")],
)  # fmt: skip
def test_a_gap_says_whose_it_is(scenarios: tuple[str, ...], note: str) -> None:
    result = run(*scenarios)
    measures = year_measures(result.portfolio, result.outcome)
    assert any(text.startswith(note) for text in year_notes(SHIPPED, measures))
    for m in measures:
        assert m.shortfall_wan + m.to_be_listed_wan == m.below_wan
