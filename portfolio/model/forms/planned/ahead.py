"""What forms of years to come speak of: each item's money to the year's end, and year by year after.

Up to the as-of it is what was drawn, then what is left of the plan at the plan's own pace
(`rules.replanned`): for every line, in whole 万元,

    to the end of the running year + the years of the form + later = 总投资.

Items that are told by project are laid out among these, so that each column sums to the item's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from portfolio.model.approved import PlanVersion, of_year
from portfolio.model.calendar import Calendar
from portfolio.model.facts import Execution
from portfolio.model.forms.planned.pots import is_government
from portfolio.model.items import Channel, Item, ProjectKind
from portfolio.model.measures.planned import version_wan
from portfolio.model.measures.years import ROLLING_YEARS, judged_from, played_plan_wan
from portfolio.model.money import BPS, Wan, cut
from portfolio.model.portfolio import Portfolio
from portfolio.model.projects import Project
from portfolio.model.quarters import PLAY_YEARS
from portfolio.model.reallocation.from_facts import approved_money
from portfolio.model.rules.parameters import Limits, derive
from portfolio.model.rules.replanned import left_by_year, replanned_ask


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A line of a form: an item, or one of its projects; money in 万元.

    project : None where the line is of the item itself
    approved_wan : 总投资 as approved, an adjusted estimate where there is one
    total_wan : the same at the scenario's cost
    before_wan : done to the end of the running year, what lies after the as-of as planned
    years_wan : by year of the form, then by channel of the portfolio
    later_wan : after the form's years
    begun : it had money by the as-of, or earlier money
    public : 财政性资金 is among what is still to come
    start, finish : quarters by the plan's pace, None for one that has none; of projects the item's
    """

    item: Item
    project: Project | None = None
    approved_wan: int
    total_wan: int
    before_wan: int
    years_wan: tuple[tuple[int, ...], ...]
    later_wan: int
    begun: bool
    public: bool = False
    start: int | None = None
    finish: int | None = None

    @property
    def overrun_wan(self) -> int:
        """What the scenario makes it cost beyond what is approved."""
        return max(0, self.total_wan - self.approved_wan)

    def year_wan(self, k: int) -> int:
        """All money of a year of the form."""
        return sum(self.years_wan[k])

    @property
    def rest_wan(self) -> int:
        """All that is still to come after the running year."""
        return self.total_wan - self.before_wan

    def kind_in_first(self, tail_bps: int) -> ProjectKind | None:
        """项目类别 in the form's first year, by its money; None: nothing of it is left.

        Finishing is one that the year brings to within its tail (尾款).
        """
        if not self.rest_wan:
            return None
        here = self.year_wan(0)
        if not self.before_wan:
            return ProjectKind.NEW if here else ProjectKind.PREPARED
        after = self.total_wan - self.before_wan - here
        if here and after * BPS <= tail_bps * self.total_wan:
            return ProjectKind.FINISHING
        return ProjectKind.GOING_ON


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """All lines by item, in the list's order.

    year : the form's first year, the one after the running year
    asof_months : months past since the first January; None without facts
    approved : the version that fixes the first year, whatever the plan says; None: a draft
    """

    calendar: Calendar
    channels: tuple[Channel, ...]
    tail_bps: int
    year: int
    asof_months: int | None
    lines: tuple[Planned, ...]
    approved: PlanVersion | None = None

    @property
    def years(self) -> tuple[int, ...]:
        """The years of a rolling plan."""
        return tuple(range(self.year, self.year + ROLLING_YEARS))


def running_index(portfolio: Portfolio) -> int:
    """Index of the running year: the as-of's; without facts the first one that is judged."""
    if portfolio.facts is not None:
        return portfolio.facts.year
    return judged_from(portfolio) - portfolio.calendar.first_year


def years_ahead(portfolio: Portfolio, before: Portfolio) -> Ahead:
    """Every item that has money, as it stands at the end of the running year.

    before : the portfolio before the scenario: by its budgets the running year pays. A scenario's
        costs and late starts count, what it takes from envelopes does not: that is a gap
    """
    same = [item.no for item in portfolio.items] == [item.no for item in before.items]
    asked = replace(portfolio, envelopes=before.envelopes) if same else portfolio
    limits, running = derive(asked), running_index(portfolio)
    left, cost = _left(portfolio, limits, running), limits.cost_wan.sum(axis=0)
    approved, drawn = approved_money(portfolio), limits.opening.drawn_wan.sum(axis=0)
    starts, finishes = _unhindered_quarters(limits)
    version = approved_version(portfolio, portfolio.calendar.first_year + running + 1)
    agreed = None if version is None else version_wan(portfolio, version)
    government = [is_government(channel) for channel in portfolio.channels]
    lines = []
    for index, item in enumerate(portfolio.items):
        if not limits.length[index] and not drawn[index]:
            continue
        to_date = item.earlier_wan + int(drawn[index])
        years = _years_of(left, index, running + 1)
        if agreed is not None:
            years = as_approved(years, agreed[:, index], int(left[running + 1 :, :, index].sum()))
        total = item.earlier_wan + int(cost[index])
        if portfolio.adjusted is None:
            done = to_date + int(left[: running + 1, :, index].sum())
        else:  # what its years to come leave
            done = total - int(left[running + 1 :, :, index].sum())
        lines.append(
            Planned(
                item=item,
                approved_wan=item.earlier_wan + int(approved[index]),
                total_wan=total,
                before_wan=done,
                years_wan=years,
                later_wan=total - done - sum(map(sum, years)),
                begun=to_date > 0,
                public=bool(left[running + 1 :, government, index].any()),
                start=starts[index],
                finish=finishes[index],
            )
        )
    return Ahead(
        calendar=portfolio.calendar,
        channels=portfolio.channels,
        tail_bps=portfolio.tail_bps,
        year=portfolio.calendar.first_year + running + 1,
        asof_months=None if portfolio.facts is None else portfolio.facts.asof_months,
        lines=tuple(lines),
        approved=version,
    )


def approved_version(portfolio: Portfolio, year: int) -> PlanVersion | None:
    """The last version approved of a year to come; None: there is none yet."""
    mine = of_year(portfolio.versions, year)
    return mine[-1] if mine else None


def as_approved(
    years: tuple[tuple[int, ...], ...], agreed: Wan, rest: int
) -> tuple[tuple[int, ...], ...]:
    """An item's rolling years with the first as it was approved; what it moves lies in the next.

    rest : what is left of the item from the first year on: no year has more. What the first year has
        more comes out of the next ones, the nearest first, and what it has less goes to the next
    """
    cells = np.array(years, dtype=np.int64)
    first = cut(min(int(agreed.sum()), rest), agreed) if agreed.any() else agreed
    moved, less = int(first.sum() - cells[0].sum()), np.maximum(cells[0] - first, 0)
    cells[0] = first
    for k in range(1, len(cells)):
        taken = min(moved, int(cells[k].sum()))
        if taken > 0:
            cells[k] -= cut(taken, cells[k])
            moved -= taken
    if moved < 0:
        cells[1] += cut(-moved, less)
    return tuple(tuple(row) for row in cells.tolist())


def _left(portfolio: Portfolio, limits: Limits, running: int) -> Wan:
    """What is left of the plan by year; what the running year's budgets can't pay comes in the next.

    Once the running year is over no budget is behind what is left: the next year's is what the form
    holds the plan against. The years to come of an adjusted plan are as they were decided.
    """
    if portfolio.adjusted is not None:
        decided = played_plan_wan(portfolio) * portfolio.conditions.scale_bps // BPS
        decided[: running + 1] = 0
        return np.asarray(decided, dtype=np.int64)
    over = limits.opening.from_facts and limits.opening.quarter // 4 > running
    return replanned_ask(limits) if over else left_by_year(limits)


def _years_of(left: Wan, index: int, first: int) -> tuple[tuple[int, ...], ...]:
    """An item's rolling years by channel; none is planned after the last year played."""
    none = (0,) * left.shape[1]
    return tuple(
        tuple(left[year, :, index].tolist()) if year < PLAY_YEARS else none
        for year in range(first, first + ROLLING_YEARS)
    )


def _unhindered_quarters(limits: Limits) -> tuple[list[int | None], list[int | None]]:
    """Start and finish of each item if nothing holds its clock up; what has happened stays."""
    begun = limits.opening
    starts: list[int | None] = []
    finishes: list[int | None] = []
    for i, length in enumerate(limits.length.tolist()):
        if not length:
            starts.append(begun.start[i])
            finishes.append(begun.finish[i])
            continue
        first = int(limits.earliest[i])
        past = begun.past_bps if first <= begun.quarter else 0
        to_go = int(limits.moves_bps[i] - limits.moved_bps[i]) + past
        last = first + max(-(-to_go // BPS), 1) - 1
        starts.append(first if begun.start[i] is None else begun.start[i])
        finishes.append(last if begun.finish[i] is None else begun.finish[i])
    return starts, finishes


# --- Items laid out among their projects


def by_project(ahead: Ahead, portfolio: Portfolio) -> tuple[Planned, ...]:
    """The lines, an item's projects in its place where they tell enough for it.

    They do where each tells 总投资 and what was done before the first year, and what facts say by
    project is all that was drawn of the item. What is left of the item goes to what is left of
    them; a year's money first to those that list money in it, as far as they list it, then to what
    is left of all.
    """
    projects: dict[int, list[Project]] = {}
    for project in portfolio.projects:
        projects.setdefault(project.item_no, []).append(project)
    done = _done_by_project(portfolio)
    lines: list[Planned] = []
    for line in ahead.lines:
        mine = projects.get(line.item.no, [])
        lines += _split(line, mine, done, portfolio) or [line]
    return tuple(lines)


def _done_by_project(portfolio: Portfolio) -> dict[str, int]:
    """完成投资 by project to the as-of."""
    facts, sums = portfolio.facts, dict[str, int]()
    if facts is None:
        return sums
    for row in facts.by_project:
        if row.project_code is not None and row.end_month <= facts.asof_months:
            sums[row.project_code] = sums.get(row.project_code, 0) + (row.done_wan or 0)
    return sums


def _split(
    line: Planned, projects: Sequence[Project], done: dict[str, int], portfolio: Portfolio
) -> list[Planned]:
    """A line among the item's projects; empty where they don't tell enough."""
    item, running = line.item, running_index(portfolio)
    totals = [_approved_of(project, portfolio.facts.by_project if portfolio.facts else ())
              for project in projects]  # fmt: skip
    before = [project.before_wan() for project in projects]
    to_date = [(wan or 0) + done.get(p.code, 0) for wan, p in zip(before, projects, strict=True)]
    if not projects or None in totals or None in before:
        return []
    drawn = _drawn_of(item, portfolio)
    room = [max(0, (total or 0) - so_far) for total, so_far in zip(totals, to_date, strict=True)]
    rest = line.total_wan - item.earlier_wan - drawn
    this_year = rest - sum(map(sum, line.years_wan)) - line.later_wan
    if sum(to_date) != item.earlier_wan + drawn or min(to_date) < 0 or (rest and not any(room)):
        return []
    if this_year < 0:  # an adjusted plan that facts have overtaken
        return []
    left = cut(rest, np.array(room, dtype=np.int64))
    totals_now = np.array(to_date, dtype=np.int64) + left
    amounts = [this_year, *(line.year_wan(k) for k in range(len(line.years_wan)))]
    parts = []
    for k, amount in enumerate(amounts):
        listed = np.array([p.year_wan(running + k) or 0 for p in projects], dtype=np.int64)
        given = listed_first(amount, listed, left)
        left = left - given
        parts.append(given)
    cells = [by_channel(parts[k + 1], line.years_wan[k]) for k in range(len(line.years_wan))]
    # At a scenario's cost nothing may be left of a few 万元.
    approved = cut(line.approved_wan, totals_now if totals_now.any() else np.ones_like(left))
    return [
        replace(
            line,
            project=project,
            approved_wan=int(approved[k]),
            total_wan=int(totals_now[k]),
            before_wan=to_date[k] + int(parts[0][k]),
            years_wan=tuple(year[k] for year in cells),
            later_wan=int(left[k]),
            begun=to_date[k] > 0,
        )
        for k, project in enumerate(projects)
    ]


def _approved_of(project: Project, rows: Iterable[Execution]) -> int | None:
    """A project's 总投资, the adjusted estimate last entered where there is one."""
    told = [(row.end_month, row.approved_wan) for row in rows
            if row.project_code == project.code and row.approved_wan is not None]  # fmt: skip
    return max(told)[1] if told else project.total_wan


def _drawn_of(item: Item, portfolio: Portfolio) -> int:
    drawn = derive(portfolio).opening.drawn_wan
    return int(drawn[:, portfolio.position[item.no]].sum())


def listed_first(amount: int, listed: Wan, left: Wan) -> Wan:
    """An amount among projects: to those that list money first, then to what is left of all.

    Never more than is left of one; the parts sum to the amount where that much is left.
    """
    asked = np.minimum(listed, left)
    if amount <= int(asked.sum()):
        return cut(amount, asked)
    return np.asarray(asked + cut(amount - int(asked.sum()), left - asked))


def by_channel(amounts: Wan, channels_wan: Sequence[int]) -> list[tuple[int, ...]]:
    """Amounts of projects by channel: each row sums to its amount, each column to its channel's."""
    left = np.array(channels_wan, dtype=np.int64)
    rows = []
    for amount in amounts.tolist():
        part = cut(amount, left)
        left = left - part
        rows.append(tuple(part.tolist()))
    return rows
