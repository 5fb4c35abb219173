"""A unit's own page: its projects with their lights, its gaps with their dates, what it owes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from portfolio.model.forms.finance.paid import PurseReport, PurseRow, purse_report
from portfolio.model.forms.finance.troubles import (
    TroubleReport,
    TroubleRow,
    by_category,
    trouble_report,
)
from portfolio.model.forms.lines import Line, Rank, above
from portfolio.model.forms.monthly import (
    NO_UNIT,
    Light,
    Monthly,
    MonthlyReport,
    monthly_report,
    unit_sum,
)
from portfolio.model.forms.source import Source
from portfolio.model.money import yi_text
from portfolio.report.tables.fields import Fields
from portfolio.report.tables.forms.columns import percent_said
from portfolio.report.tables.forms.form import Form, FormSheet, MoneyUnit
from portfolio.report.tables.forms.heads import form_of, month_words
from portfolio.report.tables.forms.monthly import PROJECTS, SUMMED
from portfolio.report.tables.forms.paid import SUMMED as OF_PURSES
from portfolio.report.tables.forms.paid import UNPAID
from portfolio.report.tables.forms.troubles import register_columns

LABEL = "单位页"
#: Of form 1 what a unit looks at.
SHOWN = (
    "no", "name", "code", "kind", "total_wan", "since_wan", "plan_wan", "month_wan", "year_wan",
    "last_year_wan", "growth", "completion", "elapsed", "ahead", "forecast_wan", "expected",
    "progress", "planned_finish", "finish", "light",
)  # fmt: skip
FIELDS: Fields[Monthly] = Fields(name="项目", fields=tuple(PROJECTS[key] for key in SHOWN))
OF_ITEM = "（只有大项的数）"
NOTHING_OPEN, NOTHING_OWED = (
    "没有未销的问题",
    "没有 0.05 亿元以上的应付未付，或没有填“资金台账”累计应付",
)


@dataclass(frozen=True, kw_only=True)
class OwnPages:
    """The reports from which every unit's page is taken: each worked out once."""

    source: Source
    monthly: MonthlyReport
    purses: PurseReport
    troubles: TroubleReport

    @staticmethod
    def of(source: Source) -> OwnPages:
        """Of a play with facts."""
        return OwnPages(
            source=source, monthly=monthly_report(source), purses=purse_report(source),
            troubles=trouble_report(source),
        )  # fmt: skip

    @property
    def units(self) -> tuple[str, ...]:
        """Units that have anything in the year's list, those with the largest plan first."""
        return tuple(line.row.name for line in self.monthly.units[1:] if line.row.name != NO_UNIT)

    def form(self, unit: str) -> Form:
        """A unit's page: three sheets."""
        source, when = self.source, month_words(self.source)
        projects = tuple(self._projects(unit))
        troubles = self._troubles(unit)
        unpaid = tuple(self._unpaid(unit))
        sheets = (
            FormSheet(
                name="项目", title=f"{when}{unit}重点项目", unit=MoneyUnit.WAN, fields=FIELDS,
                lines=projects, summed=tuple(key for key in SUMMED if key in SHOWN),
                lead=_lead(projects, troubles, unpaid), notes=_notes(), played=True,
            ),
            FormSheet(
                name="缺口", title=f"{when}{unit}未销的问题与缺口", unit=MoneyUnit.WAN,
                fields=register_columns(source), lines=tuple(by_category(troubles)),
                summed=("gap_wan",), empty=NOTHING_OPEN, played=True,
                notes=("序号与表6 同号。提交佐证并经复核后才销号；延期写新时限，原时限保留。",),
            ),
            FormSheet(
                name="应付未付", title=f"{when}{unit}应付未付", unit=MoneyUnit.WAN, fields=UNPAID,
                lines=unpaid, empty=NOTHING_OWED,
                summed=tuple(key for key in OF_PURSES if key in UNPAID.by_key),
            ),
        )  # fmt: skip
        return form_of(source, LABEL, unit, when, sheets)

    def _projects(self, unit: str) -> Iterator[Line[Monthly]]:
        """What the unit's line of form 1 is the sum of, the furthest behind first."""
        rows = [
            row if row.count else replace(row, name=f"{row.name}{OF_ITEM}")
            for row in self.monthly.of_units[unit]
            if row.count or _says(row)
        ]
        rows.sort(key=lambda row: (row.ahead is None, row.ahead or 0))
        numbered = [replace(row, no=str(k)) for k, row in enumerate(rows, start=1)]
        total = unit_sum(self.source, "合计", self.monthly.of_units[unit])
        yield from above(Rank.TOTAL, total, [Line(rank=Rank.PART, row=row) for row in numbered])

    def _troubles(self, unit: str) -> list[TroubleRow]:
        """Open problems of the unit's projects and of their items, and those given to it.

        A problem of a whole item is everybody's who has projects of it.
        """
        rows = [row for row in self.monthly.of_units[unit] if row.no]
        whose = {row.code for row in rows} | {str(row.no).partition(".")[0] for row in rows}
        return [
            line.row
            for line in self.troubles.rows
            if (trouble := line.row.trouble) is not None and trouble.is_open
            and (line.row.owner == unit or str(trouble.whose) in whose)
        ]  # fmt: skip

    def _unpaid(self, unit: str) -> Iterator[Line[PurseRow]]:
        """The unit's part of form 2A's list."""
        lines = self.purses.unpaid
        for place, line in enumerate(lines):
            if line.rank is Rank.GROUP and line.row.name == unit:
                parts = lines[place + 1 : place + 1 + line.parts]
                yield from above(Rank.TOTAL, replace(line.row, no=None, name="合计"), parts)


def _says(row: Monthly) -> bool:
    return any(getattr(row.amounts, name) for name in type(row.amounts).__dataclass_fields__)


def _lead(
    projects: tuple[Line[Monthly], ...],
    troubles: list[TroubleRow],
    unpaid: tuple[Line[PurseRow], ...],
) -> str:
    """What it comes to: done and planned, lights, gaps, what is owed."""
    total, lights = projects[0].row, [line.row.light for line in projects[1:]]
    done, plan = total.amounts.year_wan, total.amounts.plan_wan
    said = [
        f"本年累计 {'未报' if done is None else yi_text(done) + ' 亿元'}"
        f"（计划 {'未报' if plan is None else yi_text(plan) + ' 亿元'}，"
        f"完成率 {percent_said(total.completion)}，序时 {percent_said(total.elapsed)}）",
        "、".join(f"{lights.count(light)} 个{light}灯" for light in (Light.RED, Light.YELLOW)),
        f"未销的问题 {len(troubles)} 个，其中超期 {sum(row.overdue for row in troubles)} 个",
    ]
    if unpaid:
        said.append(f"应付未付 {yi_text(unpaid[0].row.money.unpaid_wan or 0)} 亿元")
    return "；".join(said) + "。"


def _notes() -> tuple[str, ...]:
    return (
        "各栏的算法同表1，合计与表1“按责任单位”本单位的一行相同；欠序时多的在前。灯旁的数是超（欠）序时的百分点。",
        "预计全年＝执行数＋推演，是推演数，不是统计数；只有大项的，项目的写“未报”。",
    )
