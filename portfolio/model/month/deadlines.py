"""What is to be handed in by when: the year's calendar of an office, and what falls due.

Only what a rule says is called 规定, and rules of a day are a city's own: they stand in its workbook's
sheet 报送日历. What stands here are 惯例日期 of offices anywhere, to be taken from the year's notice.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

EVERY_MONTH = tuple(range(1, 13))


class Nature(StrEnum):
    """Whether a rule says the day."""

    RULE = "规定"
    CUSTOM = "惯例日期"


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A day of every year by which something is handed in.

    months, day : of each month named the day, its last day where it has fewer
    forms : numbers of the forms that serve it
    """

    what: str
    who: str
    months: tuple[int, ...]
    day: int
    nature: Nature
    basis: str
    forms: tuple[str, ...] = ()


def _usual(what: str, who: str, months: tuple[int, ...], day: int, *forms: str) -> Deadline:
    return Deadline(
        what=what, who=who, months=months, day=day, nature=Nature.CUSTOM,
        basis="办公惯例，以当年通知为准", forms=forms,
    )  # fmt: skip


#: Where the workbook has no calendar of its own: no rule, for nobody knows whose.
USUAL: tuple[Deadline, ...] = (
    _usual("填报上月进度与问题（portfolio collect 发出的表）", "建设单位 → 责任单位 → 市重点项目机构",
           EVERY_MONTH, 3),
    _usual("上级重点正式项目上月底累计进度（上级系统）", "发改 → 上级发改", EVERY_MONTH, 6, "1"),
    _usual("重点项目投资月报汇总、红黄灯通报", "市发改 → 市政府", EVERY_MONTH, 10, "1", "6"),
    _usual("资金到位与支付；中央预算内投资项目进度", "项目单位、单位 → 发改、财政", EVERY_MONTH, 10, "2A"),
    _usual("专项债券支出进度", "财政 → 省财政", EVERY_MONTH, 10, "2B"),
    _usual("联网直报 206 表、新项目入库材料（统计，月报；开网后数日）", "项目法人 → 统计部门",
           EVERY_MONTH, 10),
    _usual("季度形势分析、预备项目前期进度", "发改、财政 → 市政府", (1, 4, 7, 10), 15, "1"),
    _usual("人代会预算草案、计划草案；会后印发重点项目计划", "市政府 → 人大；发改 → 各单位", (2,), 28,
           "3A", "3B"),
    _usual("上年决算清理、结转确认", "单位 → 财政", (3,), 31, "2A"),
    _usual("新增债务限额下达后的市级方案", "省 → 市财政 → 市政府", (5,), 31, "5"),
    _usual("上半年完成情况、重点项目计划中期调整建议", "责任单位 → 市发改 → 市政府", (7,), 31, "1", "3A"),
    _usual("预算调整方案（第一次）；三年滚动计划申报", "市政府 → 常委会；单位 → 财政、发改", (8,), 31, "4", "5"),
    _usual("债券用途调整集中申请；下年政府投资计划申报", "财政 → 省；单位 → 发改", (9,), 30, "2B", "3B"),
    _usual("下年重点项目、预备项目申报", "部门、下级发改、建设单位 → 发改", (10,), 31, "3A"),
    _usual("全年预计；下年专项债项目储备申报；预算再次调整", "发改、财政 → 省；市政府 → 常委会", (11,), 30,
           "1", "5"),
    _usual("政府投资计划、三年滚动计划与预算“二下”衔接", "财政、发改 → 市政府 → 人大初审", (12,), 15,
           "3B", "4"),
    _usual("财政支付关账", "单位 → 财政", (12,), 25, "2A"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Due:
    """A deadline that falls on a day."""

    deadline: Deadline
    on: dt.date
    left: int


def due(deadlines: Sequence[Deadline], since: dt.date, days: int) -> tuple[Due, ...]:
    """What falls due from a day on within so many days, the soonest first; that day counts."""
    found = [
        Due(deadline=one, on=on, left=(on - since).days)
        for one in deadlines
        for year in range(since.year, since.year + 1 + days // 365 + 1)
        for month in one.months
        if 0 <= ((on := _day(year, month, one.day)) - since).days <= days
    ]
    order = {id(one): k for k, one in enumerate(deadlines)}
    return tuple(sorted(found, key=lambda each: (each.on, order[id(each.deadline)])))


def _day(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))
