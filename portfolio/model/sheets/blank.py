"""An input workbook for another city or plan: the parameters stay, the projects are to be filled in."""

from __future__ import annotations

from collections.abc import Mapping

from portfolio.model.sheets.layout import Table, Tables

#: Sheets whose rows serve any city as a start; every one of them is an assumption there.
KEPT = ("资金渠道", "年度目标", "风险参数", "落地率", "资金风险", "阶段系数", "相关系数")
TO_CONFIRM = "假设：沿用示例参数，请按本地情况核改"
#: Figures of the example city that mean nothing elsewhere.
LOCAL_FIGURES = ("target_wan", "upper_wan", "published_plan_wan", "published_done_wan", "published_projects")  # fmt: skip


def blank_tables(example: Mapping[str, Table]) -> Tables:
    """Tables for a new workbook from an example's: kept parameters, no projects, no local figures."""
    tables: Tables = {name: [] for name in example}
    for name in KEPT:
        for row in example[name]:
            fresh = dict(row)
            fresh.update({key: None for key in LOCAL_FIGURES if key in row})
            if "kind" in row and name == "年度目标":
                fresh["kind"] = "下限"
            if "provenance" in row:
                fresh["provenance"] = TO_CONFIRM
            tables[name].append(fresh)
    return tables
