"""The files of a report: which there are, and that the yearly plan as adjusted is the repaired plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl

from portfolio.workflows import write_report
from tests.report.dossiers import full_pair, infeasible_dossier


def names(paths: tuple[Path, ...]) -> set[str]:
    return {path.name for path in paths}


def test_only_scenarios_asked_for_have_files_of_their_own(tmp_path) -> None:
    base, other = full_pair()
    alone = write_report((replace(base, asked=False), other), tmp_path / "甲")
    assert names(alone) == {
        "报告.html", "简报.docx", "年度投资计划表.xlsx", "年度投资计划表（调整后）.xlsx",
        "进度计划.xlsx", "调整方案.xlsx", "run.json",
    }  # fmt: skip
    both = names(write_report((base, other), tmp_path / "乙"))
    assert {"简报 基准.docx", "简报 三碰头.docx", "年度投资计划表（调整后） 三碰头.xlsx"} <= both
    assert "调整方案 基准.xlsx" not in both


def test_the_adjusted_yearly_plan_holds_the_repaired_city_money(tmp_path) -> None:
    """本年 is 2024: the city's three channels of the sheet's total row are those of the plan."""
    _, dossier = full_pair()
    repair = dossier.repair
    assert repair is not None and repair.plan_wan is not None and repair.moves
    write_report((dossier,), tmp_path)
    book = openpyxl.load_workbook(tmp_path / "年度投资计划表（调整后）.xlsx", data_only=True)
    assert str(book["说明"]["A2"].value).startswith("照调整方案改过的计划")
    rows = list(book["2024年投资计划表"].iter_rows(values_only=True))
    total = next(row for row in rows if str(row[1]).startswith("合计"))
    heads = next(row for row in rows if "一般公共预算" in [str(cell) for cell in row])
    channels = dossier.run.portfolio.channels
    for index, channel in enumerate(channels):
        if str(channel.kind) != "统筹":
            continue
        place = [str(head).replace("\n", "") for head in heads].index(channel.name)
        assert round(total[place] * 10_000) == int(repair.plan_wan[3, index].sum())


def test_without_a_way_out_there_is_no_adjusted_plan_but_its_conflicts(tmp_path) -> None:
    written = names(write_report((infeasible_dossier(),), tmp_path))
    assert "调整方案.xlsx" in written
    assert "年度投资计划表（调整后）.xlsx" not in written
