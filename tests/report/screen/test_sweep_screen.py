"""Sweeps on the screen, as JSON and as a workbook: 80 columns, 亿元; 万元; every value there."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from portfolio.model.calendar import SHIPPED
from portfolio.model.problems import InputError
from portfolio.model.reallocation.sweep import (
    AimsReached,
    Failing,
    FrontierPoint,
    FrontierResult,
    Kink,
    ReverseAnswer,
    ReverseResult,
    SweepAxis,
    SweepOrigin,
    SweepPoint,
    SweepResult,
    Swing,
)
from portfolio.report.excel.sweep import sweep_bytes
from portfolio.report.json.reallocation import frontier_data, reverse_data, sweep_data
from portfolio.report.screen.console import text_columns
from portfolio.report.screen.sweep import frontier_lines, reverse_lines, sweep_lines
from portfolio.report.words.answers.sweep import change_text
from portfolio.workflows import write_sweep
from portfolio.workflows.sweep import reverse, sweep

YEARS = tuple(range(2023, 2033))
ORIGIN = SweepOrigin(
    scenario="基准", title="基准", workbook="十大工程.xlsx", workbook_sha256="0" * 64,
    version="1", first_year=2023, years=YEARS, calendar=SHIPPED,
)  # fmt: skip
SOME = AimsReached(
    feasible=True, proven=True, shortfall_wan=123_456_789, delay_wan=987_654_321_0,
    shortfall_by_year_wan=(12_345_678,) * len(YEARS),
)  # fmt: skip
NONE = AimsReached(feasible=False, proven=True)
LATE = AimsReached(feasible=None, proven=False)
KINK = Kink(
    at=-2_000.0, before=-20_000.0, after=0.0,
    swings=(Swing(item_no=24, name="城市轨道交通", year=2023, before=15_000.0, after=-5_000.0),),
)  # fmt: skip


def swept(axes: int = 1) -> SweepResult:
    axis = SweepAxis(
        place="--sweep", channel="地方政府专项债券", years=(2023,), changes_bps=(-5_000, 0)
    )
    return SweepResult(
        origin=ORIGIN, axes=(axis,) * axes, channels=(("地方政府专项债券",),) * axes,
        points=tuple(
            SweepPoint(changes_bps=(-5_000,) * axes, reached=reached)
            for reached in (NONE, LATE, replace(SOME, proven=False), SOME)
        ),
        kinks=(KINK,) if axes == 1 else None, kinks_complete=True, seconds=1.0,
    )  # fmt: skip


def frontier_result() -> FrontierResult:
    points = (FrontierPoint(moved_wan=1_234_567, reached=SOME),)
    moved = replace(KINK, at=1_500_000.0)
    return FrontierResult(
        origin=ORIGIN, points=points, kinks=(moved,), kinks_complete=False, seconds=1.0
    )


def reversed_result() -> ReverseResult:
    missed = ReverseAnswer(
        channel="地方政府专项债券", year=2023, wanted_wan=38_000_000, envelope_wan=8_205_434,
        cut_bps=9_540, cut_wan=7_827_984, failing=Failing.SHORTFALL, shortfall_wan=15_626,
        proven=True,
    )  # fmt: skip
    never = replace(missed, cut_bps=None, cut_wan=None, failing=None, shortfall_wan=None)
    none = replace(missed, failing=Failing.INFEASIBLE, shortfall_wan=None, proven=False)
    already = replace(missed, cut_bps=0, cut_wan=0)
    return ReverseResult(
        origin=ORIGIN, cut_years=(2023,), tolerance_wan=5_000,
        answers=(missed, never, none, already), seconds=1.0,
    )  # fmt: skip


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_every_line_fits_the_screen(axes: int) -> None:
    lines = [
        *sweep_lines(swept(axes)),
        *frontier_lines(frontier_result()),
        *reverse_lines(reversed_result()),
    ]
    assert max(map(text_columns, lines)) <= 80


def test_a_sweep_tells_points_without_a_plan_and_without_proof() -> None:
    text = "\n".join(sweep_lines(swept()))
    assert "无可行方案" in text
    assert "没有算出结论" in text
    assert "12,345.7＊" in text
    assert "-20.0% 处" in text
    assert "24 城市轨道交通 2023年（+1.50→-0.50）" in text.replace("\n      ", "")


def test_a_reverse_test_tells_each_end_in_words() -> None:
    text = "\n".join(reverse_lines(reversed_result()))
    for said in (
        "95.4%",
        "目标达不到，缺 1.6",
        "计划所需全部减掉也达得到",
        "无可行方案＊",
        "不减也达不到",
    ):
        assert said in text


def test_an_empty_frontier_says_why() -> None:
    empty = replace(frontier_result(), points=(), kinks=(), kinks_complete=True)
    assert "没有任何调整方案" in "\n".join(frontier_lines(empty))


@pytest.mark.parametrize(
    ("bps", "text"), [(-5_000, "-50%"), (-1_250, "-12.5%"), (0, "0%"), (333, "+3.33%")]
)
def test_changes_are_shown_as_precise_as_they_are(bps: int, text: str) -> None:
    assert change_text(bps) == text


def test_json_holds_wan_and_null_where_there_is_no_plan() -> None:
    data = json.loads(json.dumps(sweep_data(swept())))
    assert [point["shortfall_wan"] for point in data["points"]] == [
        None, None, 123_456_789, 123_456_789,
    ]  # fmt: skip
    assert data["points"][3]["shortfall_by_year"][0] == {"year": 2023, "shortfall_wan": 12_345_678}
    assert data["kinks"][0]["change_bps"] == -2_000
    assert (
        json.loads(json.dumps(frontier_data(frontier_result())))["kinks"][0]["moved_wan"] == 1.5e6
    )
    answers = json.loads(json.dumps(reverse_data(reversed_result())))["answers"]
    assert [answer["cut_bps"] for answer in answers] == [9_540, None, 9_540, 0]


def test_the_workbook_holds_the_values_under_headings_with_a_chart() -> None:
    content = sweep_bytes(swept(), frontier_result(), reversed_result())
    assert content == sweep_bytes(swept(), frontier_result(), reversed_result())
    book = openpyxl.load_workbook(BytesIO(content))
    assert book.sheetnames == ["扫描", "前沿", "反推"]
    sheet = book["扫描"]
    assert [sheet.cell(5, k).value for k in (2, 3, 4)] == [
        "缺口合计（亿元）", "滞后（加权亿元·年）", "结论",
    ]  # fmt: skip
    assert sheet.cell(6, 4).value == "无可行方案"
    assert sheet.cell(9, 1).value == -0.5
    assert sheet.cell(9, 2).value == 12_345.6789
    assert len(sheet._charts) == len(book["前沿"]._charts) == 1
    assert book["反推"].cell(6, 5).value == 0.954


def test_files_are_written_together(tmp_path: Path) -> None:
    written = write_sweep(tmp_path, reverse=reversed_result())
    assert [path.name for path in written] == ["扫描.xlsx", "run.json"]
    data = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert data["sweep"] is None
    assert len(data["reverse"]["answers"]) == 4


def test_the_real_portfolio_is_swept_from_the_option_to_the_screen() -> None:
    found = sweep(sweeps=["专项债:2023=-50%..0%/2"])
    assert found.channels == (("地方政府专项债券",),)
    assert [point.reached.proven for point in found.points] == [True] * 3
    assert found.points[-1].reached.shortfall_wan == 0
    assert max(map(text_columns, sweep_lines(found))) <= 80


@pytest.mark.parametrize(
    ("sweeps", "said"),
    [
        (["银行贷款:2023=-5%..0%/5"], "不是统筹渠道"),
        (["没有这个:2023=-5%..0%/5"], "没有名为"),
        (["全部统筹:2023-2024=-5%..0%/5", "SPB:2024=-5%..0%/5"], "2024年的额度在两项"),
    ],
)
def test_channels_that_cannot_be_swept_are_refused(sweeps: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        sweep(sweeps=sweeps)


def test_years_past_the_plan_cannot_be_cut() -> None:
    with pytest.raises(InputError, match="2040"):
        reverse(cut="2040")
