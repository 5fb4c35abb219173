"""调整方案.xlsx: its sheets, formulas with the values they have, checks that are zero."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from portfolio.model.calendar import SHIPPED
from portfolio.model.money import WAN_PER_YI
from portfolio.model.reallocation.result import Reallocation, Verdict
from portfolio.model.rules.rulebook import REPAIR_RULES
from portfolio.model.schema.adjusted_plan import (
    ADJUSTED_SHEET,
    FIRST_DATA_ROW,
    HEADER_ROW,
    SCENARIO_CELL,
    SETS_CELL,
    headers,
)
from portfolio.report.excel.reallocation import reallocation_bytes
from portfolio.report.excel.reallocation.cells import made_under
from portfolio.report.words.answers.answer import opening_lines
from tests.report.office import SOFFICE
from tests.report.reallocation_results import (
    early_repair,
    late_repair,
    shipped_repair,
    small_infeasible,
    small_repair,
    unmoved_repair,
)
from tests.report.recalculation import differences

SHEETS = [
    "呈批版", "结论", "调整明细", "前后对比", "谁出谁进", "价格", "规则冲突", "承诺与推演", "既有突破", "调整后计划",
    "复算", "校核", "说明",
]  # fmt: skip
Made = Callable[[], Reallocation]
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


def opened(result: Reallocation, *, values: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(reallocation_bytes(result)), data_only=values)


def texts(sheet: Any) -> str:
    return "\n".join(
        str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    )


def check_rows(result: Reallocation) -> list[tuple[Any, ...]]:
    rows = opened(result)["校核"].iter_rows(values_only=True)
    return [row for row in rows if row[6] in ("√", "×")]


def test_the_sheets_of_a_plan_and_of_none() -> None:
    assert opened(small_repair()).sheetnames == SHEETS
    named = opened(small_infeasible()).sheetnames
    assert named == ["呈批版", "结论", "规则冲突", "既有突破", "说明"]


@pytest.mark.parametrize("made", [small_repair, shipped_repair, small_infeasible])
def test_the_first_sheet_opens_with_the_answer_and_the_verdict(made: Made) -> None:
    result = made()
    home = opened(result)["结论"]
    said = [str(home.cell(2 + k, 1).value) for k in range(len(opening_lines(result)))]
    assert said == list(opening_lines(result))
    assert any(line.startswith(result.verdict) for line in said)


def test_a_plan_that_was_not_proven_is_nowhere_called_best() -> None:
    book = opened(shipped_repair())
    assert all("已证最优" not in texts(book[name]) for name in book.sheetnames)


@pytest.mark.parametrize("made", [small_repair, shipped_repair, late_repair, early_repair])
def test_every_check_is_zero(made: Made) -> None:
    rows = check_rows(made())
    assert len(rows) > 80
    assert [row for row in rows if row[6] != "√"] == []
    kinds = {row[1] for row in rows}
    assert {"前后对比", "调整明细", "谁出谁进", "调整后计划", "承诺与推演", "结论"} <= kinds


def test_a_plan_beyond_the_envelope_or_with_own_money_moved_is_noticed() -> None:
    base = small_repair()
    assert base.plan_wan is not None
    portfolio, plan = base.case.portfolio, base.plan_wan.copy()
    # Budget of 2024: 60 of 66 used; 7 more is 1 beyond. Earmarked money of item 22 up by 1.
    plan[3, portfolio.channel_position["GPB"], 0] += 70_000
    plan[3, portfolio.channel_position["CBI"], 0] += 10_000
    wrong = {row[2]: row[5] for row in check_rows(replace(base, plan_wan=plan)) if row[6] == "×"}
    assert wrong["一般公共预算：各年占用不超过额度（超出之和）"] == 1
    # Ahead by 1 at the end of each of 12 years, and different from the shock's in one.
    assert wrong["上级指定与专属资金：累计不超过冲击后可到位的（超出之和）"] == 12
    assert wrong["上级指定与专属资金：不受前置条件影响的与冲击后逐年相等（绝对差之和）"] == 1
    assert wrong["各大项：调整后总额不超过原计划总额（超出之和）"] == 8
    assert "2024 年一般公共预算：各笔增减之和＝调整后－调整前" in wrong


def test_a_value_the_sheets_do_not_give_is_noticed() -> None:
    base = small_repair()
    stages = tuple(replace(row, value_wan=row.value_wan + 1) for row in base.stages)
    wrong = [row[2] for row in check_rows(replace(base, stages=stages)) if row[6] == "×"]
    assert wrong == [f"{aim}：求解所得＝由各表复算" for aim in ("缺口", "滞后", "调整量")]


def test_before_and_after_hold_every_cell_of_the_two_plans() -> None:
    result = small_repair()
    assert result.plan_wan is not None
    portfolio = result.case.portfolio
    names = {channel.name: c for c, channel in enumerate(portfolio.channels)}
    found = np.zeros_like(result.plan_wan)
    for row in opened(result)["前后对比"].iter_rows(min_row=6, values_only=True):
        if row[2] is None:
            continue
        place = names[row[2]], portfolio.position[row[0]]
        after = [round(value * WAN_PER_YI) for value in row[20:35]]
        found[:, place[0], place[1]] = after
        before = portfolio.plan_wan[:, place[0], place[1]]
        assert [round(value * WAN_PER_YI) for value in row[4:19]] == before.tolist()
    assert np.array_equal(found, result.plan_wan)


def test_the_plan_to_edit_has_the_layout_that_is_read_back() -> None:
    result = small_repair()
    assert result.plan_wan is not None
    sheet = opened(result)[ADJUSTED_SHEET]
    assert sheet[SCENARIO_CELL].value == "试算" and not sheet[SETS_CELL].value
    assert tuple(str(cell.value) for cell in sheet[HEADER_ROW]) == headers(SHIPPED)
    assert "portfolio run -s 调整方案.xlsx" in str(sheet["A3"].value)
    rows = list(sheet.iter_rows(min_row=FIRST_DATA_ROW))
    money = sum(cell.value for row in rows for cell in row[4:19])
    assert round(money * WAN_PER_YI) == int(result.plan_wan.sum())
    for row in rows:
        pooled = row[3].value == "统筹"
        # 2023 is the first year that can be adjusted: 2021 and 2022 stay locked.
        locked = [cell.protection.locked for cell in row[4:19]]
        assert locked == ([True] * 2 + [False] * 13 if pooled else [True] * 15)
    assert sheet.protection.sheet


def test_a_scenario_name_is_taken_apart_into_names_and_settings() -> None:
    run = small_repair().run
    said = "专项债券:2023=-30%；一般公共预算:2024=+1亿"
    together = replace(run, scenario=f"专项债收紧+三碰头+临时设定 {said}")
    assert made_under(together) == ("专项债收紧+三碰头", said)
    assert made_under(replace(run, scenario="基准")) == ("基准", "")
    # Repaired once more from a sheet, with another option.
    again = f"三碰头+临时设定 {said}+调整方案+临时设定 SPB:2024=0.7"
    assert made_under(replace(run, scenario=again)) == ("三碰头", f"{said}；SPB:2024=0.7")


def test_the_moves_have_their_approval_and_can_be_filtered() -> None:
    sheet = opened(small_repair())["调整明细"]
    row = next(row for row in sheet.iter_rows(min_row=5, values_only=True) if row[6] < 0)
    # Bonds of item 24 in 2023: 60 → 32.8.
    assert row[:7] == (24, "城市轨道交通", "地方政府专项债券", "2023", 60, 32.8, -27.2)
    assert (row[7], row[9], row[13]) == ("渠道额度减少", "未填", "2023Q1")
    assert row[10] == "本级人民代表大会"
    assert sheet.auto_filter.ref is not None and sheet.freeze_panes is not None


def test_an_infeasible_case_lists_need_and_conflict() -> None:
    said = texts(opened(small_infeasible())["规则冲突"])
    assert "还缺 2023 年专项债券 37.2 亿元" in said and "最小的一组" in said
    assert "没有冲突" in texts(opened(small_repair())["规则冲突"])


def test_the_rules_solver_and_source_are_told() -> None:
    said = texts(opened(small_repair())["说明"])
    assert all(rule.code in said and rule.title in said for rule in REPAIR_RULES)
    assert "HiGHS 1.11.0" in said and "0" * 64 in said


def test_a_plan_without_moves_makes_a_workbook() -> None:
    result = unmoved_repair()
    assert result.moves == ()
    assert all(row[6] == "√" for row in check_rows(result))


def test_the_same_result_gives_the_same_bytes() -> None:
    for result in (small_repair(), small_infeasible()):
        assert reallocation_bytes(result) == reallocation_bytes(result)


@needs_libreoffice
@pytest.mark.parametrize(
    ("made", "least"),
    [
        (small_repair, 1_000),
        (late_repair, 1_000),
        (unmoved_repair, 1_000),
        (small_infeasible, 3),
        (shipped_repair, 10_000),
    ],
)
def test_libreoffice_calculates_every_stored_value(made: Made, least: int, tmp_path: Path) -> None:
    path = tmp_path / "调整方案.xlsx"
    path.write_bytes(reallocation_bytes(made()))
    count, found = differences(path, tmp_path)
    assert found == []
    assert count > least


def test_every_verdict_is_one_of_five() -> None:
    told = ["已证最优", "可行未证", "未得方案", "无可行解", "不必调整"]
    assert [str(verdict) for verdict in Verdict] == told
