"""Planned money by item, channel and year as settings: written in a file, or a whole sheet of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from portfolio.model.calendar import Calendar
from portfolio.model.items import Channel, Item
from portfolio.model.money import yi_text
from portfolio.model.problems import Problem
from portfolio.model.quarters import year_spans
from portfolio.model.reallocation.from_facts import (
    approved_money,
    drawn_by_year,
    planned_money,
)
from portfolio.model.scenarios.channels import per_year
from portfolio.model.scenarios.draft import (
    PLAN,
    Cell,
    Draft,
    Setting,
    is_unlikely,
    money_text,
    selected,
)
from portfolio.model.scenarios.layers import ChangeLogEntry, Laid
from portfolio.model.scenarios.select import find_channel
from portfolio.model.scenarios.verbs import MeantWan, PlannedMoney, PlanRow, PlanSheet


def plan_span(calendar: Calendar) -> str:
    """The plan years, as people write them."""
    return f"{calendar.first_year}–{calendar.last_plan_year}"


def planned_money_settings(change: PlannedMoney, draft: Draft) -> list[Setting]:
    """计划安排."""
    item = _one_item(change, draft)
    channel = _channel(change.channel, change.place, draft)
    outside = [year for year in change.years if year not in draft.portfolio.calendar.plan_years]
    if outside:
        found = f"年份 {year_spans(outside)} 不在计划期内"
        draft.refuse(change.place, found, f"年份请写 {plan_span(draft.portfolio.calendar)} 之间的")
    years = list(change.years)
    amounts = per_year(draft, change, years, change.amounts_wan)
    negative = [wan for wan in change.amounts_wan if wan < 0]
    if negative:
        draft.refuse(change.place, f"金额 {money_text(negative[0])} 是负数", "金额不能为负，请改正")
    if item is None or channel is None or outside or negative or len(amounts) != len(years):
        return []
    by_year = {
        year - draft.portfolio.calendar.first_year: wan
        for year, wan in sorted(zip(years, amounts, strict=True))
    }
    _check_fit(draft, item, channel, by_year, dict.fromkeys(by_year, change.place))
    _check_likely(draft, item, channel, by_year, change.place)
    by_year = {year: int(wan) for year, wan in by_year.items()}
    return [_row_setting(item, channel, by_year, change.place)]


def _one_item(change: PlannedMoney, draft: Draft) -> Item | None:
    items = selected(change, change.selector, draft)
    if len(items) > 1:
        said = "、".join(pick.text for picks in change.selector.alternatives for pick in picks)
        found = f"“{said}”是 {len(items)} 个大项"
        draft.refuse(change.place, found, "计划逐项安排：请一个大项写一条")
    return items[0] if len(items) == 1 else None


def _channel(name: str, place: str, draft: Draft) -> Channel | None:
    with draft.problems.part():
        return find_channel(name, draft.portfolio.channels, place)
    return None


def _row_setting(
    item: Item, channel: Channel, by_year: Mapping[int, int], place: str, *, told: bool = True
) -> Setting:
    return Setting(
        quantity=f"{item.label} {channel.name} {{years}} 计划",
        writes=tuple(((PLAN, year, channel.id, item.no), wan) for year, wan in by_year.items()),
        place=place,
        row_text=row_text,
        told=told,
    )


def row_text(amounts: list[int]) -> str:
    """Amounts by year to the last 万元: `60 / 54.5 亿元`, or once where all are one."""
    texts = [_exact(wan) for wan in amounts]
    if len(texts) > 1 and len(set(texts)) == 1:
        return f"每年 {texts[0]} 亿元"
    return " / ".join(texts) + " 亿元"


def _exact(wan: int) -> str:
    return yi_text(wan, 4).rstrip("0").rstrip(".")


def _check_fit(
    draft: Draft,
    item: Item,
    channel: Channel,
    by_year: Mapping[int, int],
    places: Mapping[int, str],
) -> None:
    """Note money from a channel that the item may not use, or that is not there yet."""
    paid = [year for year, wan in by_year.items() if wan]
    if paid and not _may_bring(draft, item, channel):
        names = {s.channel_id for s in draft.portfolio.shares if s.item_no == item.no}
        known = "、".join(c.name for c in draft.portfolio.channels if c.id in names)
        draft.refuse(
            places[paid[0]],
            f"{item.label} 的资金结构里没有“{channel.name}”",
            f"可用的渠道有：{known}；要用它请先在资金结构表中加一行",
        )
        return
    early = [
        year for year in paid if draft.portfolio.calendar.first_year + year < channel.first_year
    ]
    if early:
        years = year_spans(draft.portfolio.calendar.first_year + year for year in early)
        draft.refuse(
            places[early[0]],
            f"“{channel.name}”{channel.first_year} 年才启用，{years} 年却安排了 {item.label}",
            f"请从 {channel.first_year} 年起安排",
        )


def _check_likely(
    draft: Draft, item: Item, channel: Channel, by_year: Mapping[int, int], place: str
) -> None:
    """Refuse an amount that looks like another unit: far below its year, or above any of the row.

    Money moved into a year with little of it is many times what was, and no slip.
    """
    cell = draft.portfolio.channel_position[channel.id], draft.portfolio.position[item.no]
    held = planned_money(draft.portfolio)[:, *cell].tolist()
    first = draft.portfolio.calendar.first_year
    for year, wan in by_year.items():
        old = held[year] if wan < held[year] else max(held)
        if not isinstance(wan, MeantWan) and wan != held[year] and is_unlikely(wan, old):
            quantity = f"{item.label} {channel.name} {first + year} 年计划"
            draft.refuse_unlikely(place, quantity, wan, old)
            return


def _may_bring(draft: Draft, item: Item, channel: Channel) -> bool:
    """Whether the item has a share of the channel, or money from it in the workbook's plan."""
    portfolio = draft.portfolio
    cell = portfolio.channel_position[channel.id], portfolio.position[item.no]
    return bool(planned_money(portfolio)[:, *cell].any()) or any(
        (share.item_no, share.channel_id) == (item.no, channel.id) and share.max_share_bps > 0
        for share in portfolio.shares
    )


def plan_sheet_settings(change: PlanSheet, draft: Draft) -> list[Setting]:
    """A sheet states every cell of its rows; only what differs from the baseline is told."""
    settings: list[Setting] = []
    seen: dict[tuple[int, str], PlanRow] = {}
    for row in change.rows:
        item, channel = _item_of_row(row, draft), _channel(row.channel, row.channel_place, draft)
        if channel is not None and row.kind != channel.kind:
            draft.refuse(
                row.kind_place,
                f"类别“{row.kind}”与渠道“{channel.name}”（{channel.kind}）不符",
                f"请核对渠道；渠道无误则类别应为“{channel.kind}”",
            )
        if item is None or channel is None:
            continue
        first = seen.setdefault((item.no, channel.id), row)
        if first is not row:
            draft.refuse(
                row.channel_place,
                f"{item.label} 的“{channel.name}”重复，{first.channel_place} 已有一行",
                "同一大项同一渠道只留一行，请合并",
            )
            continue
        by_year = dict(enumerate(row.years_wan))
        _check_fit(draft, item, channel, by_year, dict(enumerate(row.year_places)))
        settings += _told_and_untold(item, channel, by_year, row, draft)
    return settings


def _item_of_row(row: PlanRow, draft: Draft) -> Item | None:
    portfolio = draft.portfolio
    if row.item_no not in portfolio.position:
        numbers = list(portfolio.position)
        fix = f"序号为 {min(numbers)} 至 {max(numbers)}，请与“大项”一并核对"
        draft.refuse(row.no_place, f"没有序号为 {row.item_no} 的大项（{row.item_name}）", fix)
        return None
    item = portfolio.item(row.item_no)
    if row.item_name != item.name:
        draft.refuse(
            row.name_place,
            f"序号 {item.no} 是“{item.name}”，这里写“{row.item_name}”",
            f"是否为“{item.name}”？请改正序号或大项",
        )
        return None
    return item


def _told_and_untold(
    item: Item, channel: Channel, by_year: Mapping[int, int], row: PlanRow, draft: Draft
) -> Iterator[Setting]:
    cell = draft.portfolio.channel_position[channel.id], draft.portfolio.position[item.no]
    held = planned_money(draft.portfolio)[:, *cell]
    for told in (True, False):
        part = {year: wan for year, wan in by_year.items() if (wan != held[year]) == told}
        if part:
            yield _row_setting(item, channel, part, row.channel_place, told=told)


def plan_problems(draft: Draft, laid: Iterable[Laid]) -> list[Problem]:
    """What is wrong with the plan as a whole once all is written."""
    entries = _of_plan(laid)
    changed = _past_changed(draft, entries)
    return changed or [*_beyond_total(draft, entries), *_rows_lacking(draft, entries)]


def _past_changed(draft: Draft, entries: Iterable[Laid]) -> list[Problem]:
    """Planned money other than what has been drawn: nothing of the past, nor less in the begun year.

    One problem for a row, of its first such year.
    """
    portfolio, found = draft.portfolio, dict[tuple[str, str, int], Problem]()
    if portfolio.facts is None:
        return []
    drawn, begun = drawn_by_year(portfolio), portfolio.facts.quarter // 4
    for entry in entries:
        for (_, year, channel_id, no), wan in sorted(entry.setting.writes):
            c, i = portfolio.channel_position[channel_id], portfolio.position[no]
            known, over = int(drawn[year, c, i]), year < begun
            if year > begun or (wan == known if over else wan >= known):
                continue
            name, label = portfolio.channels[c].name, portfolio.items[i].label
            when = portfolio.calendar.first_year + year
            problem = Problem(
                place=entry.setting.place,
                found=f"{label} 的“{name}”{when} 年安排 {_exact(wan)} 亿元，"
                f"截至月止已完成 {_exact(known)} 亿元",
                fix=f"已发生的不能再改：{when} 年请填 {_exact(known)}{'' if over else ' 或更多'}，"
                "同一行的其他年份一并核对",
            )
            found.setdefault((entry.setting.place, channel_id, no), problem)
    return list(found.values())


def left_for_later(draft: Draft, laid: Iterable[Laid]) -> list[ChangeLogEntry]:
    """What the plan years leave of the items' totals: it follows after them, and is told so."""
    return [
        ChangeLogEntry(
            quantity=f"{item.label} {draft.portfolio.calendar.last_plan_year + 1} 年起计划",
            old="0 亿元",
            new=f"{_exact(total - planned)} 亿元",
            place=place,
            note=f"{plan_span(draft.portfolio.calendar)} 年合计比总额少的部分顺延",
        )
        for item, planned, total, place in _sums(draft, _of_plan(laid))
        if planned < total and not draft.values["cancelled", item.no]
    ]


def _of_plan(laid: Iterable[Laid]) -> list[Laid]:
    """Settings that write planned money."""
    return [
        entry for entry in laid if entry.setting.writes and entry.setting.writes[0][0][0] == PLAN
    ]


def _sums(draft: Draft, entries: Iterable[Laid]) -> Iterator[tuple[Item, int, int, str]]:
    """Items written, what is planned for each, its total, and where it was changed last."""
    approved = approved_money(draft.portfolio)
    told_last = sorted(entries, key=lambda entry: entry.setting.told)
    places = {entry.setting.writes[0][0][3]: entry.setting.place for entry in told_last}
    for no, place in places.items():
        item, position = draft.portfolio.item(no), draft.portfolio.position[no]
        planned = int(draft.tables[PLAN][:, :, position].sum())
        yield item, planned, int(approved[position]), place


def _beyond_total(draft: Draft, entries: Iterable[Laid]) -> Iterator[Problem]:
    """Items that get more than their total, told where they were changed last."""
    for item, planned, total, place in _sums(draft, entries):
        if planned > total:
            more = _exact(planned - total)
            first = draft.portfolio.calendar.first_year
            before = f"（已扣除 {first} 年前完成的）" if item.earlier_wan else ""
            yield Problem(
                place=place,
                found=f"{item.label} 各渠道各年合计 {_exact(planned)} 亿元，"
                f"比总额 {_exact(total)} 亿元{before}多 {more} 亿元",
                fix=f"请从本项其他年份或渠道减去 {more} 亿元",
            )


def _rows_lacking(draft: Draft, entries: Iterable[Laid]) -> Iterator[Problem]:
    """Planned money whose row is not in a sheet: neither kept nor dropped without a word."""
    listed: dict[str, set[Cell]] = {}
    for entry in entries:
        if isinstance(entry.change, PlanSheet):
            cell = entry.setting.writes[0][0]
            listed.setdefault(entry.change.place, set()).add(cell[2:])
    portfolio = draft.portfolio
    planned = planned_money(portfolio).sum(axis=0)
    for place, cells in listed.items():
        for c, i in np.argwhere(planned.T > 0)[:, ::-1].tolist():
            channel, item = portfolio.channels[c], portfolio.items[i]
            if (channel.id, item.no) in cells or draft.values["cancelled", item.no]:
                continue
            yield Problem(
                place=place,
                found=f"缺少 {item.label} 的“{channel.name}”一行，"
                f"它原来计划 {_exact(int(planned[c, i]))} 亿元",
                fix="请恢复这一行；不再安排的，各年请填 0",
            )
