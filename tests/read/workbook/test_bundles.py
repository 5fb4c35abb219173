"""The sheet 批次参数: one row, or none, and each number within its bounds."""

from __future__ import annotations

import numpy as np
import pytest

from portfolio.model.luck import without_bundles
from portfolio.model.problems import InputError
from portfolio.model.rules.parameters import derive
from portfolio.model.scenarios import apply
from portfolio.read.scenario.file import read_scenario, scenario_files
from portfolio.read.workbook import read_workbook
from portfolio.sim.luck import draw
from portfolio.sim.one_path import play
from tests.read.shipped import SHIPPED, opened, place, put, put_row, saved

SHEET = "批次参数"
FOLDER = SHIPPED.parents[1] / "scenarios"


def test_a_workbook_without_the_sheet_plays_bundles_as_single_projects(tmp_path):
    book = opened()
    del book[SHEET]
    portfolio = read_workbook(saved(book, tmp_path / "without.xlsx")).portfolio
    assert portfolio.risk.bundles is None
    assert not portfolio.envelopes.pooled_floor_wan.any()
    assert not portfolio.envelopes.own_floor_wan.any()
    shipped = read_workbook(SHIPPED).portfolio
    assert shipped.risk.bundles is not None
    # The integers of before there were bundles: all draws of 64 paths, summed.
    as_then = read_workbook(saved(_at_study(book), tmp_path / "then.xlsx")).portfolio
    luck = draw(as_then, seed=1, first_path=1, paths=64)
    sums = [int(array.sum()) for array in (luck.cost_bps, luck.duration_bps, luck.stopped)]
    assert sums == SUMS_OF_BEFORE
    luck = draw(portfolio, seed=1, first_path=1, paths=64)
    again = draw(without_bundles(shipped), seed=1, first_path=1, paths=64)
    assert np.array_equal(luck.duration_bps, again.duration_bps)
    # Without luck the sheet changes nothing.
    one, other = (play(derive(each)) for each in (portfolio, shipped))
    assert np.array_equal(one.drawn_wan, other.drawn_wan)
    assert one.finish == other.finish


def _at_study(book):
    """The list as it was then: bundles under way by indirect evidence stood at 可研."""
    sheet = book["项目清单"]
    column = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        if "只有旁证" in str(sheet.cell(row, column["依据"]).value):
            sheet.cell(row, column["阶段"]).value = "可研"
    return book


#: Of the engine that knew no bundles, on the workbook of then: cost, duration, stopped quarters.
SUMS_OF_BEFORE = [40_314_627, 43_303_444, 10_862]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("life_quarters", 3), ("life_quarters", 81), ("life_quarters", 5.5),
        ("stretch_bps", -0.1), ("stretch_bps", 1.2), ("project_wan", 0.5), ("size_cv2", -1),
        ("size_cv2", 101), ("floor_bps", 1.01), ("floor_bps", "全部"), ("provenance", None),
    ],
)  # fmt: skip
def test_a_number_out_of_bounds_is_told_with_its_cell(key, value, tmp_path):
    book = opened()
    put(book, SHEET, key, 2, value)
    with pytest.raises(InputError) as raised:
        read_workbook(saved(book, tmp_path / "wrong.xlsx"))
    assert [problem.place for problem in raised.value.problems] == [place(SHEET, key, 2)]


def test_a_second_row_is_refused(tmp_path):
    book = opened()
    values = {"life_quarters": 20, "stretch_bps": 0.4, "project_wan": 20, "size_cv2": 7}
    put_row(book, SHEET, 3, **values, floor_bps=1, provenance="假设：试")
    with pytest.raises(InputError) as raised:
        read_workbook(saved(book, tmp_path / "two.xlsx"))
    (problem,) = raised.value.problems
    assert problem.place == place(SHEET, "life_quarters", 3)


def test_the_floor_is_the_planned_periods_mean_and_a_scenario_scales_it(tmp_path):
    """Special bonds of 2027: the mean of 2021 to 2025, and 0.8 of it where a fifth is cut."""
    base = read_workbook(SHIPPED).portfolio
    bonds = base.channel_position["SPB"]
    floor = base.envelopes.pooled_floor_wan[:, bonds]
    mean = int(base.envelopes.pooled_ask_wan[:5, bonds].sum()) // 5
    assert floor[:5].tolist() == [0] * 5
    assert set(floor[5:].tolist()) == {mean}
    tight = next(path for path in scenario_files(FOLDER) if path.stem == "专项债大幅收紧")
    shocked, _ = apply(read_scenario(tight), base)
    parts = base.envelopes.pooled_ask_wan, shocked.envelopes.pooled_ask_wan
    before, after = (array[6, bonds] for array in parts)
    assert shocked.envelopes.pooled_floor_wan[6, bonds] == pytest.approx(
        mean * int(after) / int(before), abs=mean / 5_000
    )


def test_an_envelope_that_is_entered_wins_over_the_floor(tmp_path):
    book = opened()
    values = {"year": 2027, "channel": "地方政府专项债券", "envelope_wan": 300}
    put_row(book, "年度额度", 2, **values, provenance="假设：试")
    portfolio = read_workbook(saved(book, tmp_path / "entered.xlsx")).portfolio
    bonds = portfolio.channel_position["SPB"]
    assert portfolio.envelopes.pooled_floor_wan[6, bonds] == 0
    assert portfolio.envelopes.pooled_floor_wan[7, bonds] > 0
    envelopes = portfolio.envelopes
    assert envelopes.pooled_in_luck_wan[6, bonds] == envelopes.pooled_wan[6, bonds]
