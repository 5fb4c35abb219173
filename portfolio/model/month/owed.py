"""What each 责任单位 owes for a month: a line a project or item, with what was told before.

A line's figures are counted from the year's beginning. An item is asked as it was last told: by
its projects, or as a whole; a year's first month may change from the one to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from portfolio.model.facts import MONTHS, Execution, Facts, Level, month_label
from portfolio.model.items import Item, ProjectKind
from portfolio.model.measures.planned import planned_starts
from portfolio.model.measures.years import plan_by_year_wan
from portfolio.model.month.addable import Addable
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError
from portfolio.model.projects import Project
from portfolio.model.schema.layout import CellValue
from portfolio.model.schema.returns import Further

Row = TypeVar("Row")
Key = TypeVar("Key", bound=Hashable)

NO_UNIT = "未填责任单位"
LEDGERS = ("done_wan", "received_wan", "paid_wan", "statistics_wan")


@dataclass(frozen=True, kw_only=True)
class FundsLine:
    """A channel of a line: told of this year so far, 0 where nothing was.

    split : 完成投资 is told by channel too
    channel_id : None: not told by channel
    """

    channel_id: str | None
    channel: str
    level: Level | None
    split: bool
    before_done_wan: int
    before_received_wan: int
    before_paid_wan: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """A project, or an item that is not told by projects, as its unit is asked about it.

    total_wan : 总投资, or the adjusted one in force; None: not known
    plan_wan : of the year; None: not known
    earlier_wan : drawn before the year; None: not known
    before_wan : of each ledger this year, up to the month before
    lately_wan : 完成投资 of the two months before, the last one behind; None: not told by month
    idle_months : so many months before it told 0 of 完成投资
    progress_bps, started, completed, problem, measure, due : as last told
    statistics_code : as last told
    must : it has begun and is not finished, so that 完成投资 must be told
    """

    unit: str
    item_no: int
    project_code: str | None
    name: str
    item_name: str
    total_wan: int | None
    plan_wan: int | None
    earlier_wan: int | None
    before_done_wan: int
    before_statistics_wan: int
    received_wan: int
    paid_wan: int
    lately_wan: tuple[int | None, ...]
    idle_months: int
    progress_bps: int | None
    started_month: int | None
    completed_month: int | None
    problem: str | None
    measure: str | None
    due: str | None
    statistics_code: str | None
    in_statistics: bool | None
    must: bool
    funds: tuple[FundsLine, ...]

    @property
    def key(self) -> tuple[int, str | None]:
        """What tells a line from the others."""
        return self.item_no, self.project_code

    @property
    def split(self) -> bool:
        """Whether 完成投资 is told by channel."""
        return any(each.split for each in self.funds)

    @property
    def label(self) -> str:
        """As users speak of it."""
        return f"{self.project_code or self.item_no} {self.name}"


@dataclass(frozen=True, kw_only=True)
class FurtherLine:
    """A row of a further sheet (资金台账, 专项债券, 月报补充) as its unit is asked about it.

    shown : what is sent out, by column key: whose it is, and what was told last
    kept : cells of the workbook's row that nobody is asked and a new row has too
    known : what was told last is of before the month; not of a month that is closed once more
    added : by the unit, in an empty row
    given : columns that are not to be filled, as they are told elsewhere, and what they are
    last : what was told the month before, though of another year
    """

    kind: Further
    label: str
    shown: Mapping[str, CellValue]
    kept: Mapping[str, CellValue] = field(default_factory=dict)
    known: bool = True
    added: bool = False
    given: Mapping[str, CellValue] = field(default_factory=dict)
    last: Mapping[str, CellValue] = field(default_factory=dict)

    @property
    def key(self) -> tuple[CellValue, ...]:
        """What tells it from the others of its sheet."""
        return tuple(self.shown[key] for key in self.kind.keys)

    @property
    def whose(self) -> int | str:
        """The project it is of, else the item."""
        code = self.shown["project_code"]
        return int(self.shown["item_no"] or 0) if code is None else str(code)


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What one unit owes for a month; `month` is counted from January of the first year."""

    unit: str
    month: int
    lines: tuple[Line, ...]
    further: tuple[FurtherLine, ...] = ()
    may_add: Addable = field(default_factory=Addable)

    def with_further(self, lines: Iterable[FurtherLine], may_add: Addable) -> Owed:
        """The same with rows of further sheets, and what may be added to them."""
        return replace(self, further=tuple(lines), may_add=may_add)

    def of(self, kind: Further) -> tuple[FurtherLine, ...]:
        """The rows of one further sheet."""
        return tuple(line for line in self.further if line.kind is kind)

    @property
    def must(self) -> int:
        """How many lines must be filled."""
        return sum(line.must for line in self.lines)


def month_to_close(portfolio: Portfolio) -> int:
    """The month after the last complete one.

    Raises
    ------
    InputError
        The workbook has no facts to go on from.
    """
    if portfolio.facts is None:
        raise InputError.of(
            "月度执行",
            "工作簿没有执行数，不知道从哪一月接着报",
            "请先把以前的执行数填入“月度执行”表（以前各年按年、当年按月）；"
            "可用 portfolio example 看示例",
        )
    return portfolio.facts.asof_months


def owed(portfolio: Portfolio, month: int) -> tuple[Owed, ...]:
    """What each unit owes for a month, units in the order they first stand in the list.

    Raises
    ------
    InputError
        A row of facts tells the year's months together and reaches into the month.
    """
    facts = portfolio.facts
    assert facts is not None
    by_unit: dict[str, list[Line]] = {}
    for line in _lines(portfolio, facts, month):
        by_unit.setdefault(line.unit, []).append(line)
    return tuple(Owed(unit=unit, month=month, lines=tuple(of)) for unit, of in by_unit.items())


def _lines(portfolio: Portfolio, facts: Facts, month: int) -> Iterator[Line]:
    year = month // MONTHS
    plans = plan_by_year_wan(portfolio)[year].sum(axis=0).tolist()
    own = _grouped(
        (row for row in facts.rows if not row.parts and row.end_month <= month),
        lambda row: row.item_no,
    )
    told = _grouped(
        (row for row in facts.by_project if row.end_month <= month), lambda row: row.project_code
    )
    projects = _grouped(portfolio.projects, lambda each: each.item_no)
    starts = planned_starts(portfolio)
    for item, plan, start in zip(portfolio.items, plans, starts, strict=True):
        mine = projects.get(item.no, [])
        if mine and not _told_whole(own.get(item.no, []), mine, told, month):
            for project in mine:
                rows = told.get(project.code, [])
                yield _of_project(portfolio, item, project, rows, month)
            continue
        rows = own.get(item.no, [])
        due = start is not None and 3 * start <= month
        yield _of_item(portfolio, item, mine, rows, month, plan, due)


def _grouped(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    groups: dict[Key, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def _told_whole(
    own: Sequence[Execution],
    projects: Sequence[Project],
    told: Mapping[str | None, Sequence[Execution]],
    month: int,
) -> bool:
    """Whether an item with projects tells its money as a whole: as it last did this year."""
    first = month // MONTHS * MONTHS
    whole = [row.end_month for row in own if row.first_month >= first and _has_money(row)]
    parts = [
        row.end_month
        for project in projects
        for row in told.get(project.code, [])
        if row.first_month >= first and _has_money(row)
    ]
    return max(whole, default=0) > max(parts, default=0)


def _has_money(row: Execution) -> bool:
    return row.done_wan is not None or row.received_wan is not None or row.paid_wan is not None


def _of_item(
    portfolio: Portfolio, item: Item, projects: Sequence[Project], rows: Sequence[Execution],
    month: int, plan_wan: int, begun: bool,
) -> Line:  # fmt: skip
    told = any(row.done_wan is not None for row in rows)
    return _line(
        portfolio, rows, month,
        unit=item.owner or _main_owner(projects) or NO_UNIT, item=item, code=None, name=item.name,
        total_wan=item.total_wan, plan_wan=plan_wan, earlier_wan=item.earlier_wan,
        begun=begun or told,
    )  # fmt: skip


def _of_project(
    portfolio: Portfolio, item: Item, project: Project, rows: Sequence[Execution], month: int
) -> Line:
    plan = project.year_wan(month // MONTHS)
    told = any(row.done_wan is not None for row in rows)
    begun = told or (bool(plan) and project.project_kind is not ProjectKind.PREPARED)
    return _line(
        portfolio, rows, month,
        unit=project.owner or item.owner or NO_UNIT, item=item, code=project.code,
        name=project.name, total_wan=project.total_wan, plan_wan=plan,
        earlier_wan=project.before_wan(), begun=begun,
    )  # fmt: skip


def _main_owner(projects: Sequence[Project]) -> str | None:
    """The unit that answers for most of an item's money."""
    totals: dict[str, int] = {}
    for each in projects:
        if each.owner:
            totals[each.owner] = totals.get(each.owner, 0) + (each.total_wan or 0)
    return max(totals, key=lambda unit: totals[unit], default=None)


def _line(
    portfolio: Portfolio, rows: Sequence[Execution], month: int, *, unit: str, item: Item,
    code: str | None, name: str, total_wan: int | None, plan_wan: int | None,
    earlier_wan: int | None, begun: bool,
) -> Line:  # fmt: skip
    first = month // MONTHS * MONTHS
    _refuse_reaching(rows, month, portfolio)
    ordered = sorted(rows, key=lambda row: (row.end_month, row.first_month))
    before = [row for row in ordered if row.end_month <= first]
    year = [row for row in ordered if row.first_month >= first]
    # A project told by channel has its words in one of the month's rows.
    latest = [row for row in ordered if row.end_month == ordered[-1].end_month]
    done = [row.done_wan for row in before if row.done_wan is not None]
    completed = _last(ordered, "completed_month")
    return Line(
        unit=unit,
        item_no=item.no,
        project_code=code,
        name=name,
        item_name=item.name,
        total_wan=_last(ordered, "approved_wan") or total_wan,
        plan_wan=plan_wan,
        earlier_wan=None if earlier_wan is None else earlier_wan + sum(done),
        before_done_wan=_sum(year, "done_wan"),
        before_statistics_wan=_sum(year, "statistics_wan"),
        received_wan=_sum(before, "received_wan"),
        paid_wan=_sum(before, "paid_wan"),
        lately_wan=tuple(_month_wan(year, month - k) for k in (2, 1)),
        idle_months=_idle(ordered, month),
        progress_bps=_last(ordered, "progress_bps"),
        started_month=_last(ordered, "started_month"),
        completed_month=completed,
        problem=_last(latest, "problem"),
        measure=_last(latest, "measure"),
        due=_last(latest, "due"),
        statistics_code=_last(ordered, "statistics_code"),
        in_statistics=_last(ordered, "in_statistics"),
        must=begun and completed is None,
        funds=_funds(portfolio, item, year),
    )


def _refuse_reaching(rows: Iterable[Execution], month: int, portfolio: Portfolio) -> None:
    """A quarter or year that holds the month was told already: nothing can be added to it."""
    for row in rows:
        if row.first_month <= month < row.end_month:
            said = month_label(month, portfolio.calendar)
            raise InputError.of(
                "月度执行", f"大项 {row.item_no} 已有含 {said} 的执行数（按季或按年填的）",
                f"请把那一行改为到 {month_label(month - 1, portfolio.calendar)} 为止的月份",
            )  # fmt: skip


def _sum(rows: Iterable[Execution], key: str) -> int:
    return sum(getattr(row, key) or 0 for row in rows)


def _last(rows: Sequence[Execution], key: str) -> Any:
    """What was told last; None: never."""
    return next((v for row in reversed(rows) if (v := getattr(row, key)) is not None), None)


def _month_wan(rows: Sequence[Execution], month: int) -> int | None:
    told = [
        row.done_wan
        for row in rows
        if row.months == 1 and row.first_month == month and row.done_wan is not None
    ]
    return sum(told) if told else None


def _idle(rows: Sequence[Execution], month: int) -> int:
    """How many months before told 0, without a break."""
    for k in range(1, MONTHS + 1):
        if _month_wan(rows, month - k) != 0:
            return k - 1
    return MONTHS


def _funds(portfolio: Portfolio, item: Item, year: Sequence[Execution]) -> tuple[FundsLine, ...]:
    """The channels a line is told by: as it was told this year, else each the item has.

    Arrivals and payments that were told of all channels together this year are so told on: what
    of them was of which channel nobody knows.
    """
    names = {channel.id: channel.name for channel in portfolio.channels}
    told = [row for row in year if _has_money(row)]
    split = any(row.channel_id is not None and row.done_wan is not None for row in told)
    whole = any(row.channel_id is None for row in told) and not split
    if whole and any(row.received_wan or row.paid_wan for row in told):
        keys: list[tuple[str | None, Level | None]] = [(None, None)]
    else:
        keys = list(dict.fromkeys((r.channel_id, r.level) for r in told if r.channel_id))
        used = [share.channel_id for share in portfolio.shares if share.item_no == item.no]
        spoken = {channel for channel, _ in keys}
        levels = any(level is not None for _, level in keys)
        if not levels or not keys:
            keys += [(each, None) for each in used if each not in spoken]
    return tuple(
        FundsLine(
            channel_id=channel,
            channel="不分渠道" if channel is None else names[channel],
            level=level,
            split=split,
            before_done_wan=_sum(_of(told, channel, level), "done_wan") if split else 0,
            before_received_wan=_sum(_of(told, channel, level), "received_wan"),
            before_paid_wan=_sum(_of(told, channel, level), "paid_wan"),
        )
        for channel, level in keys
    )


def _of(rows: Sequence[Execution], channel: str | None, level: Level | None) -> list[Execution]:
    return [row for row in rows if (row.channel_id, row.level) == (channel, level)]
