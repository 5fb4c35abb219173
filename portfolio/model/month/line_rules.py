"""Conditions of what is asked of a line of 填报, each declared once: judged at the close, red while typed.

Names: a column's key is what was typed (`before_…` what was told the month before), `whole_wan` is
drawn since the project began, `limit_wan` the approved total else 总投资, `reached_bps` the progress
as it stands, `apart_bps` how far a new progress lies from the money's part of the total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portfolio.model.money import BPS

#: A month above this part of the year's plan is asked about, as is a year above that one.
MONTH_OF_PLAN_BPS, YEAR_OF_PLAN_BPS = 2_500, 15_000
#: 入统投资 above so much of 完成投资 is asked about.
STATISTICS_OF_DONE_BPS = 15_000
#: 形象进度 and the part of the money that is drawn lie further apart.
APART_BPS = 3_000


@dataclass(frozen=True, kw_only=True)
class LineRule:
    """What must not be of a line: at which cell, and what is said while it is typed.

    explained : a reason settles it
    """

    key: str
    when: str
    typed: str
    explained: bool = True


#: By the name under which the close judges them.
LINE_RULES: Mapping[str, LineRule] = {
    "below": LineRule(
        key="done_wan", when="done_wan < before_done_wan", typed="低于上月累计，请写说明；",
    ),
    "approved_below_done": LineRule(
        key="approved_wan", when="approved_wan < whole_wan", typed="调整概算少于累计完成；",
        explained=False,
    ),
    "approved_below_total": LineRule(
        key="approved_wan", when="approved_wan < total_wan and approved_wan >= whole_wan",
        typed="调整概算少于总投资，请写说明；",
    ),
    "over_total": LineRule(
        key="done_wan", when="approved_wan is None and whole_wan > total_wan and done_wan > before_done_wan",
        typed="超过总投资，请填调整概算；", explained=False,
    ),
    "progress": LineRule(
        key="progress_bps", when="progress_bps < before_progress_bps", typed="形象进度倒退；",
        explained=False,
    ),
    "unfinished": LineRule(
        key="completed", when=f'completed_month != "" and reached_bps != {BPS}',
        typed="填了竣工日期，形象进度不是 100%；", explained=False,
    ),
    "finished_late": LineRule(
        key="completed", typed="竣工日期早于本月，请填本月的一天，实际日期写在说明；", explained=False,
        when=f"completed_month < month and reached_bps == {BPS} and before_progress_bps != {BPS}",
    ),
    "month": LineRule(
        key="done_wan", typed="单月超过全年计划 25%，请写说明；",
        when=f"plan_wan > 0 and month_wan > 0 and {BPS} * month_wan > {MONTH_OF_PLAN_BPS} * plan_wan",
    ),
    "year": LineRule(
        key="done_wan", typed="超过年度计划一半以上，请核对或写说明；",
        when=f"plan_wan > 0 and {BPS} * done_wan > {YEAR_OF_PLAN_BPS} * plan_wan "
        f"and {BPS} * before_done_wan <= {YEAR_OF_PLAN_BPS} * plan_wan",
    ),
    "apart": LineRule(
        key="progress_bps", when=f"apart_bps > {APART_BPS}",
        typed="形象进度与投资相差 30 个百分点以上，请核对或写说明；",
    ),
    "statistics_below": LineRule(
        key="statistics_wan", when="statistics_wan < before_statistics_wan",
        typed="入统投资低于上月累计，请写说明；",
    ),
    "statistics_far": LineRule(
        key="statistics_wan", typed="入统投资是完成投资的 1.5 倍以上，请核对或写说明；",
        when=f"statistics_wan > 0 and {BPS} * statistics_wan > {STATISTICS_OF_DONE_BPS} * done_least_wan",
    ),
}  # fmt: skip
