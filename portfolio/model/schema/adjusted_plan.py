"""The sheet of an adjusted plan (调整后计划): people edit its money, and it is read back.

Row 1 is the title; row 2 says under what the plan was made (see `made_under`); row 4 has the
headers and row 5 the first row of data: one for each item and channel with money in the adjusted
plan or in the baseline (a row given up stays, with zeros). Amounts are in 亿元 with up to four
decimals; an empty one is 0. 合计 is a formula. Rows with an empty 序号 are subtotals and are not
read; an empty row ends the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portfolio.model.calendar import Calendar
from portfolio.model.items import Kind

if TYPE_CHECKING:
    from portfolio.model.scenarios.scenario import Scenario

ADJUSTED_SHEET = "调整后计划"
#: What the scenario of such a sheet is called, after the scenarios it was made under.
ADJUSTED_NAME = "调整方案"
#: Rows as people count them, from 1.
TITLE_ROW, ORIGIN_ROW, HEADER_ROW, FIRST_DATA_ROW = 1, 2, 4, 5
#: Row 2: label and text, twice.
SCENARIO_LABEL, SCENARIO_LABEL_CELL, SCENARIO_CELL = "情景", "A2", "B2"
SETS_LABEL, SETS_LABEL_CELL, SETS_CELL = "设定", "C2", "D2"
SCENARIO_SEPARATOR, SETS_SEPARATOR = "+", "；"

NO_HEADER, NAME_HEADER, CHANNEL_HEADER, KIND_HEADER = "序号", "大项", "渠道", "类别"
TOTAL_HEADER = "合计"
NAME_HEADERS = (NO_HEADER, NAME_HEADER, CHANNEL_HEADER, KIND_HEADER)
KINDS = tuple(kind.value for kind in Kind)


def year_headers(calendar: Calendar) -> tuple[str, ...]:
    """The headers of the years."""
    return tuple(str(year) for year in calendar.plan_years)


def headers(calendar: Calendar) -> tuple[str, ...]:
    """All headers, in order."""
    return (*NAME_HEADERS, *year_headers(calendar), TOTAL_HEADER)


def made_under(scenario: Scenario) -> tuple[str, str]:
    """The texts of B2 and D2 for a plan made under a scenario: its names, its `--set` options.

    A sheet among them is left out: a plan states every cell, so the one before it is past.
    """
    name, options = scenario.name, []
    for layer in scenario.layers:
        if layer.name == "--set":
            said = [change.place.removeprefix("--set ") for change in layer.changes]
            name = name.replace(f"临时设定 {SETS_SEPARATOR.join(said)}", "")
            options += said
    names = [part for part in name.split(SCENARIO_SEPARATOR) if part not in ("", ADJUSTED_NAME)]
    return SCENARIO_SEPARATOR.join(dict.fromkeys(names)), SETS_SEPARATOR.join(options)
