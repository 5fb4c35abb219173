"""An input workbook for another city or plan: the parameters stay, the projects are to be filled in."""

from __future__ import annotations

from collections.abc import Mapping

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.money import BPS, largest_remainder
from portfolio.model.schema.layout import CellValue, Table, Tables
from portfolio.model.schema.settings import SETTINGS, settings_row

#: Sheets whose rows serve any city as a start; every one of them is an assumption there.
KEPT = ("资金渠道", "年度目标", "风险参数", "落地率", "资金风险", "阶段系数", "相关系数",
        "批次参数")  # fmt: skip
#: Rows of many places: a record there as here, and its papers are the same.
KEPT_AS_THEY_ARE = ("年度完成率",)
TO_CONFIRM = "假设：沿用示例参数，请按本地情况核改"
#: Figures of the example city that mean nothing elsewhere.
LOCAL_FIGURES = (
    "target_wan", "upper_wan", "list_plan_wan", "list_plan_kind", "list_done_wan",
    "published_projects",
)  # fmt: skip


def blank_tables(example: Mapping[str, Table], calendar: Calendar, of: Calendar) -> Tables:
    """Tables for a new workbook from an example's: kept parameters, no projects, no local figures.

    calendar, of : of the new workbook, and of the example; years keep their distance from the
        first one, and another calendar than the shipped one is
        written down
    """
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
    for name in KEPT_AS_THEY_ARE:
        tables[name] = [dict(row) for row in example.get(name, [])]
    tables["年度目标"] = _moved_targets(tables["年度目标"], calendar, of)
    for row in tables["资金渠道"]:
        row["first_year"] = _moved(row, "first_year", calendar, of)
    if calendar != SHIPPED:
        tables[SETTINGS.name] = [settings_row(calendar)]
    return tables


def _moved(row: Mapping[str, CellValue], key: str, calendar: Calendar, of: Calendar) -> int:
    return int(row[key] or 0) - of.first_year + calendar.first_year


def _moved_targets(rows: Table, calendar: Calendar, of: Calendar) -> Table:
    """The rows by year, the programme weights laid on the years of the planned period.

    A period of another length is weighted evenly.
    """
    moved = [{**row, "year": _moved(row, "year", calendar, of)} for row in rows]
    if calendar.period_years == of.period_years:
        return moved
    even = largest_remainder(BPS, [1] * calendar.period_years)
    for row in moved:
        year = int(row["year"] or 0)
        inside = year in calendar.period
        row["programme_weight_bps"] = even[year - calendar.first_year] if inside else None
    return moved
