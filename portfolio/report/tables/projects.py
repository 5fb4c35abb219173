"""The table of projects of a run: what each is, its money, and how its item goes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from portfolio.model.items import Item
from portfolio.model.measures.projects import Standing, standings
from portfolio.model.measures.results import RunResult
from portfolio.model.projects import Project
from portfolio.report.tables.fields import (
    Field,
    Fields,
    Table,
    money,
    number,
    quarters,
    ratio,
    text,
)
from portfolio.report.words import run as words

NAME = "项目"


@dataclass(frozen=True, kw_only=True)
class ProjectRow:
    """A project beside its item's play."""

    result: RunResult
    standing: Standing
    index: int

    @property
    def project(self) -> Project:
        """The project as listed."""
        return self.standing.project

    @property
    def item(self) -> Item:
        """Its item."""
        return self.result.portfolio.items[self.index]

    @property
    def planned_finish(self) -> str | None:
        """When the item was to finish."""
        return words.quarter_text(
            self.result.calendar, self.result.outcome.planned_finish[self.index]
        )

    @property
    def finish(self) -> str | None:
        """When the play finishes the item."""
        return words.quarter_text(self.result.calendar, self.result.outcome.finish[self.index])

    @property
    def end(self) -> str | None:
        """The same, in words where the play ends before it."""
        return words.finish_text(self.result.calendar, self.result.outcome, self.index)

    @property
    def delay(self) -> int | None:
        """Quarters of delay of the item."""
        return self.result.outcome.delay_quarters(self.index)


def project_rows(result: RunResult) -> tuple[ProjectRow, ...]:
    """Every project of the list's items, in the sheet's order."""
    portfolio = result.portfolio
    return tuple(
        ProjectRow(result=result, standing=each, index=portfolio.position[each.project.item_no])
        for each in standings(portfolio)
    )


def project_table(result: RunResult) -> Table[ProjectRow]:
    """The table; years of which no project tells anything have no column."""
    rows, calendar = project_rows(result), result.calendar
    told = [
        k for k, _ in enumerate(calendar.plan_years) if any(row.project.year_wan(k) for row in rows)
    ]
    by_year = [_year(k, calendar.first_year + k) for k in told]
    return Fields[ProjectRow](
        name=NAME,
        fields=(
            text("code", "项目代码", lambda row: row.project.code, 24),
            text("name", "项目名称", lambda row: row.project.name, 34, look="wrap"),
            number("item_no", "大项序号", lambda row: row.item.no, look="centre"),
            text("item", "大项", lambda row: row.item.name, 26, look="wrap"),
            text("owner", "责任单位", lambda row: row.project.owner, 18),
            text("builder", "建设单位", lambda row: row.project.builder, 18),
            text("district", "所在区", lambda row: row.project.district, 10),
            text("tier", "级次", lambda row: row.project.tier, 8),
            text("project_kind", "项目类别", lambda row: row.project.project_kind, 10),
            money("total_wan", "总投资", lambda row: row.project.total_wan),
            money("earlier_wan", "<first>年前已完成", lambda row: row.project.before_wan()),
            *by_year,
            *_facts(result),
            text("planned_finish", "所属大项计划竣工", width=11, look="centre"),
            text("end", "所属大项推演竣工", width=13, look="centre"),
            quarters("delay", "所属大项滞后", width=9),
            text("goal", "年度建设目标", lambda row: row.project.goal, 34, look="wrap"),
        ),
    ).titled(calendar).of(rows)  # fmt: skip


def _year(k: int, year: int) -> Field[ProjectRow]:
    def wan(k: int, row: ProjectRow) -> int | None:
        return row.project.year_wan(k)

    return money(f"y{year}", f"{year}年安排", partial(wan, k), 10)


def _facts(result: RunResult) -> tuple[Field[ProjectRow], ...]:
    """What facts by project say; no columns without any."""
    facts = result.portfolio.facts
    if facts is None or not facts.by_project:
        return ()
    return (
        money("done_wan", "<first>年起累计完成（执行数）", lambda row: row.standing.done_wan),
        money("year_done_wan", "当年完成（执行数）", lambda row: row.standing.year_done_wan),
        ratio("progress", "形象进度", _progress, 9),
        text("problem", "问题", lambda row: row.standing.problem, 30, look="wrap"),
    )


def _progress(row: ProjectRow) -> float | None:
    bps = row.standing.progress_bps
    return None if bps is None else bps / 10_000
