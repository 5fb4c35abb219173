"""A plan made a version: what is wrong with it, what it fixes, what it changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from portfolio.model.approved import PlanVersion, Span
from portfolio.model.approved.records import Kept, Record
from portfolio.model.arrays import Mask
from portfolio.model.facts import MONTHS, parse_date, parse_period
from portfolio.model.measures.planned import plan_quarters, planned_span
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import Problem
from portfolio.model.reallocation.from_facts import planned_money
from portfolio.model.schema.returns import ADJUSTED, INITIAL


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked to be approved, as it was written; `adjusts` asks for 调整计划.

    effective : 生效月; None: January of the year for 年初计划, the month of the date otherwise
    """

    year: int | None
    document: str | None
    approved_on: str | None
    authority: str | None = None
    effective: str | None = None
    adjusts: bool = False
    note: str | None = None


def request_problems(asked: Request, kept: Kept, portfolio: Portfolio) -> list[Problem]:
    """What is wrong with a request beside what is kept, all at once."""
    return [*_told(asked, portfolio), *_dates(asked, kept), *_in_turn(asked, kept)]


def _told(asked: Request, portfolio: Portfolio) -> Iterator[Problem]:
    years = portfolio.calendar.plan_years
    if asked.year is None:
        yield Problem(
            place="--year", found="没有写年度", fix="请写 --year 年份：批准的是哪一年的计划"
        )
    elif asked.year not in years:
        fix = f"请写 {years[0]} 至 {years[-1]} 之间的年份"
        yield Problem(place="--year", found=f"{asked.year} 年不在计划期内", fix=fix)
    if not (asked.document or "").strip():
        fix = '请写 --number 文号，如 --number "某发改〔年份〕1号"：没有文号的不算批准'
        yield Problem(place="--number", found="没有写批准文号", fix=fix)


def _dates(asked: Request, kept: Kept) -> Iterator[Problem]:
    day = _day(asked.approved_on)
    if asked.approved_on is None:
        yield Problem(
            place="--date", found="没有写批准日期", fix="请写 --date 年-月-日，按批准文件的日期"
        )
    elif day is None:
        fix = "请写成 年-月-日，月、日各两位"
        yield Problem(place="--date", found=f"“{asked.approved_on}”不是日期", fix=fix)
    elif asked.year is not None and abs(int(day[:4]) - asked.year) > 1:
        found = f"批准日期 {day} 与年度 {asked.year} 相差一年以上"
        yield Problem(place="--date", found=found, fix="请核对日期和年度")
    if day is not None and kept.records and day < kept.records[-1].approved_on:
        last = kept.records[-1]
        yield Problem(
            place="--date",
            found=f"批准日期 {day} 早于上一版本：{last.label}，{last.approved_on}",
            fix="版本按批准的先后登记：请核对日期；早先批准的请从批准它以前的工作簿做起",
        )
    if asked.effective is not None:
        month = parse_period(asked.effective)
        if month is None or month.months != 1:
            fix = "请写成 年-月，如 年份-07"
            yield Problem(place="--effective", found=f"“{asked.effective}”不是月份", fix=fix)
        elif asked.year is not None and month.year != asked.year:
            found = f"生效月 {month.label} 不在 {asked.year} 年"
            yield Problem(place="--effective", found=found, fix="版本在它的年度内生效，请核对")
        elif kept.records and month.label < kept.records[-1].effective:
            found = f"生效月 {month.label} 早于上一版本的 {kept.records[-1].effective}"
            yield Problem(place="--effective", found=found, fix="请写上一版本生效月或以后的月份")


def _in_turn(asked: Request, kept: Kept) -> Iterator[Problem]:
    """年初计划 once a year and first; 调整计划 after it; no number twice."""
    if asked.year is None:
        return
    mine = [record for record in kept.records if record.year == asked.year]
    if mine and not asked.adjusts:
        first = mine[0]
        yield Problem(
            place="--year",
            found=f"{asked.year} 年已有{INITIAL}（{first.document}，{first.approved_on} 批准）",
            fix=f"一年只有一个{INITIAL}。批准{ADJUSTED}请加 --adjust（按工作簿现在的计划）"
            "或 --from 调整方案.xlsx",
        )
    if not mine and asked.adjusts:
        yield Problem(
            place="--year",
            found=f"{asked.year} 年还没有{INITIAL}，不能批准{ADJUSTED}",
            fix=f"请先批准{INITIAL}：不带 --adjust，写它的文号和日期；已开始的年度也不带 --from",
        )
    if kept.records and asked.year < kept.records[-1].year:
        last = kept.records[-1]
        yield Problem(
            place="--year",
            found=f"已有 {last.year} 年的版本，{asked.year} 年的不能再批准",
            fix="版本按年度先后登记，请核对年度",
        )
    same = [r for r in mine if r.document == (asked.document or "").strip()]
    if same:
        found = f"文号 {same[0].document} 已用于{same[0].label}"
        yield Problem(place="--number", found=found, fix="请写这一次批准的文号")


def _day(said: str | None) -> str | None:
    """A whole day; None for a month alone, or for what is no date."""
    told = None if said is None else parse_date(said)
    return told if told is not None and len(told) == len("0000-00-00") else None


def effective_of(asked: Request) -> str:
    """The month a sound request is in force from."""
    day = _day(asked.approved_on)
    assert day is not None and asked.year is not None
    if asked.effective is not None:
        period = parse_period(asked.effective)
        assert period is not None
        return period.label
    if not asked.adjusts:
        return f"{asked.year}-01"
    month = dt.date.fromisoformat(day)
    if month.year == asked.year:
        return f"{asked.year}-{month.month:02d}"
    return f"{asked.year}-01" if month.year < asked.year else f"{asked.year}-{MONTHS}"


def record_of(asked: Request, kept: Kept) -> Record:
    """The next record of a sound request, not yet sealed."""
    day = _day(asked.approved_on)
    assert day is not None and asked.year is not None and asked.document is not None
    times = [r for r in kept.records if r.year == asked.year and r.kind == ADJUSTED]
    return Record(
        number=len(kept.records) + 1,
        kind=ADJUSTED if asked.adjusts else INITIAL,
        time=len(times) + 1 if asked.adjusts else None,
        year=asked.year,
        approved_on=day,
        document=asked.document.strip(),
        authority=(asked.authority or "").strip() or None,
        effective=effective_of(asked),
        rows=0,
        plan_wan=0,
        rows_mark="",
        base_mark="",
        note=asked.note,
        mark="",
    )


# --- What a version fixes, and what it changes


def cells_of(portfolio: Portfolio, year: int) -> dict[tuple[int, str], int]:
    """What the plan that is played has in a year, by item and channel, in the list's order."""
    index = year - portfolio.calendar.first_year
    if not 0 <= index < len(portfolio.plan_wan):
        return {}
    money = portfolio.plan_wan[index]
    return {
        (item.no, channel.id): int(money[c, i])
        for i, item in enumerate(portfolio.items)
        for c, channel in enumerate(portfolio.channels)
        if money[c, i]
    }


def spans_of(portfolio: Portfolio, before: Portfolio | None = None) -> dict[int, Span]:
    """When the plan that is played begins and ends each item.

    An adjusted plan moves what it moves itself, along the items' clocks: what was lost before it
    isn't forgiven by it, and an item whose money it leaves alone ends when it was to end.

    before : the portfolio that an adjusted plan departs from; None: made of it
    """
    first, length = planned_span(plan_quarters(portfolio))
    if portfolio.adjusted is not None:
        plain = before or replace(portfolio, plan_wan=portfolio.baseline_wan, adjusted=None)
        alone = ~_moved(portfolio, plain)
        old_first, old_length = planned_span(plan_quarters(plain))
        first = np.where(alone, old_first, first)
        length = np.where(alone, old_length, length)
    return {
        item.no: (int(first[i]), int(first[i] + length[i] - 1)) if length[i] else (None, None)
        for i, item in enumerate(portfolio.items)
    }


def _moved(portfolio: Portfolio, plain: Portfolio) -> Mask:
    """Items of which an adjusted plan has other money in its years than the plan leaves: bool[item].

    What its years leave of a total follows after them, with or without an adjustment.
    """
    since = 0 if portfolio.facts is None else portfolio.facts.quarter // 4
    old, new = planned_money(plain)[since:], portfolio.plan_wan[since:]
    return np.asarray((new[: len(old)] != old).any(axis=(0, 1)), dtype=np.bool_)


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """An item and channel in the year: in force, and approved now."""

    item_no: int
    item: str
    channel: str
    before_wan: int
    after_wan: int

    @property
    def change_wan(self) -> int:
        """Up for more."""
        return self.after_wan - self.before_wan


@dataclass(frozen=True, kw_only=True)
class SpanChange:
    """An item whose planned finish is another one."""

    item_no: int
    item: str
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a version changes against the one in force, those of most money first.

    base : the version that is changed; None: there is none, and nothing is compared
    """

    base: str | None
    before_wan: int
    after_wan: int
    cells: tuple[CellChange, ...]
    spans: tuple[SpanChange, ...]

    @property
    def more_wan(self) -> int:
        """调增."""
        return sum(max(0, each.change_wan) for each in self.cells)

    @property
    def less_wan(self) -> int:
        """调减."""
        return sum(max(0, -each.change_wan) for each in self.cells)


def changes(
    portfolio: Portfolio, base: PlanVersion | None, year: int, before: Portfolio | None = None
) -> Changes:
    """What the played plan of a year changes against a version; None: there is none yet.

    before : as of `spans_of`
    """
    now = cells_of(portfolio, year)
    if base is None:
        return Changes(base=None, before_wan=0, after_wan=sum(now.values()), cells=(), spans=())
    labels = {item.no: item.label for item in portfolio.items}
    names = {channel.id: channel.name for channel in portfolio.channels}
    cells = [
        CellChange(
            item_no=no, item=labels[no], channel=names[channel],
            before_wan=base.cells_wan.get((no, channel), 0), after_wan=now.get((no, channel), 0),
        )
        for no, channel in dict.fromkeys([*base.cells_wan, *now])
    ]  # fmt: skip
    spans = [
        SpanChange(item_no=no, item=labels[no], before=old[1], after=new[1])
        for no, new in spans_of(portfolio, before).items()
        if (old := base.spans.get(no, (None, None)))[1] is not None
        and new[1] is not None
        and old[1] != new[1]
    ]
    return Changes(
        base=base.label,
        before_wan=base.plan_wan,
        after_wan=sum(now.values()),
        cells=tuple(
            sorted(
                (each for each in cells if each.change_wan),
                key=lambda each: (-abs(each.change_wan), each.item_no),
            )
        ),
        spans=tuple(sorted(spans, key=lambda each: (each.before - each.after, each.item_no))),
    )
