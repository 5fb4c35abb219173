"""A verb that only sets cells, as settings: whose cells, are the values sound, how the log tells it.

One function lays all of them (`put_settings`); what a verb sets is declared in `setting_verbs`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portfolio.model.items import Item, Kind, ListPlanKind, TargetKind
from portfolio.model.money import yi_text
from portfolio.model.problems import did_you_mean
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.reallocation.settings import Way
from portfolio.model.scenarios.channels import channels_meant, per_year, year_indices
from portfolio.model.scenarios.draft import (
    Cell,
    Draft,
    Setting,
    is_unlikely,
    items_text,
    money_text,
    number_text,
    pair_cell,
    percent_text,
    ratio_text,
    selected,
    year_of_cell,
)
from portfolio.model.scenarios.select import EVERYTHING, find_risk_class
from portfolio.model.scenarios.setting_verbs import CHANNEL_AND_ITEM_VERBS, RULE_VERBS
from portfolio.model.scenarios.verbs import RISK_VERBS, MeantWan, Of, Put, SettingVerb
from portfolio.model.schema import Cell as Kinds
from portfolio.model.schema import Column

SETTING_VERBS = {verb.key: verb for verb in (*CHANNEL_AND_ITEM_VERBS, *RULE_VERBS, *RISK_VERBS)}
TEXT_OF: dict[Kinds, Callable[[Any], str]] = {
    Kinds.MONEY: money_text,
    Kinds.SHARE: percent_text,
    Kinds.FACTOR: percent_text,
    Kinds.CHANGE: percent_text,
    Kinds.RATIO: ratio_text,
    Kinds.NUMBER: number_text,
}


#: The list's plan of a year, and how it is known.
PLAN_OF_LIST = {"list_plan_wan", "list_plan_kind"}
#: How the log calls a quantity where the verb doesn't say it.
_TOLD = {
    Of.ITEMS_IN_QUARTERS: "{title}（{quarters}）",
    Of.CHANNELS: "{owner} {title}",
    Of.CHANNELS_IN_YEARS: "{owner} {years} {title}",
    Of.YEARS: "{years} {title}",
    Of.RISK_CLASSES: "{owner} {title}",
}


@dataclass(frozen=True, kw_only=True)
class _Owner:
    """What a verb sets cells of: its name in the log, and its cells of a column."""

    cells: Callable[[str], list[Cell]]
    name: str = ""
    quarters: str = ""
    note: str = ""


def put_settings(change: Put, draft: Draft) -> list[Setting]:
    """One setting for each owner and value."""
    verb = SETTING_VERBS[change.verb]
    given = {
        verb.column(key): value
        for key, value in change.values
        if _sound(change, draft, verb.column(key), value)
    }
    if {column.key for column in given} & PLAN_OF_LIST == {"list_plan_wan"}:
        given[verb.column("list_plan_kind")] = ListPlanKind.ASSUMED  # nobody has published it
    if {"aims", "way"} & {column.key for column in given} == {"aims"}:
        given[verb.column("way")] = Way.STRICT  # an order is asked for
    if not change.values:
        words = "”“".join(column.set_as.word for column in verb.columns if column.set_as)
        draft.refuse(change.place, verb.nothing, f"请写“{words}”中的至少一项")
    settings = []
    for owner in _OWNERS[verb.of](change, verb, draft):
        for column, value in given.items():
            writes = _writes(change, draft, owner.cells(column.key), column, value)
            if column.cell is Kinds.MONEY:
                _check_likely(change, draft, column, writes)
                writes = [(cell, int(wan)) for cell, wan in writes]
            settings.append(
                Setting(
                    quantity=_told(verb, owner, column),
                    writes=tuple(writes),
                    place=change.place,
                    text=text_of(column),
                    note=owner.note,
                )
            )
    return settings


def _check_likely(
    change: Put, draft: Draft, column: Column, writes: list[tuple[Cell, Any]]
) -> None:
    """Refuse an amount that looks like another unit, once for a column: the first and how many."""
    far = [
        (cell, wan, old)
        for cell, wan in writes
        if not isinstance(wan, MeantWan)
        and is_unlikely(wan, old := draft.old(cell) or _largest_year(draft, cell))
    ]
    if not far:
        return
    cell, wan, old = far[0]
    whose = f"{cell[1]} 年" if cell[0] == "target" else draft.portfolio.item(cell[1]).label
    more = f"等 {len(far)} 处" if len(far) > 1 else ""
    draft.refuse_unlikely(change.place, f"{whose} {column.title}{more}", wan, old)


def _largest_year(draft: Draft, cell: Cell) -> int:
    """The largest planned year of the item that a cap is of: what holds without a cap; 0 elsewhere."""
    if cell[0] != "item":
        return 0
    portfolio = draft.portfolio
    return int(portfolio.plan_wan.sum(axis=1)[:, portfolio.position[cell[1]]].max())


def text_of(column: Column) -> Callable[[Any], str]:
    """How a column's values are told."""
    told = column.set_as.told if column.set_as else None
    if column.means:
        return lambda value: column.choices[column.means.index(value)]
    if told is None:
        return TEXT_OF.get(column.cell, _word_text)
    return told.format if isinstance(told, str) else told


def _word_text(value: Any) -> str:
    return "无" if value is None else str(value)


def _told(verb: SettingVerb, owner: _Owner, column: Column) -> str:
    parts = {"{owner}": owner.name, "{quarters}": owner.quarters, "{title}": column.title}
    told = verb.told or _TOLD.get(verb.of, "{title}")
    for part, text in parts.items():
        told = told.replace(part, text)
    return told


def _writes(
    change: Put, draft: Draft, cells: list[Cell], column: Column, value: Any
) -> list[tuple[Cell, Any]]:
    """Cells with their values: one for all, or one a year."""
    if not (column.set_as and column.set_as.each):
        return [(cell, value) for cell in cells]
    years = list(change.years)
    by_year = dict(zip(years, per_year(draft, change, years, value), strict=False))
    return [
        (cell, by_year[year])
        for cell in cells
        if (year := year_of_cell(cell, draft.portfolio.calendar)) in by_year
    ]


def _sound(change: Put, draft: Draft, column: Column, value: Any) -> bool:
    """Whether a value keeps to its column's bounds and choices; what is wrong is noted."""
    said, before = column.set_as, len(draft.problems)
    flaw = said.flaw(value) if said and said.flaw else None
    if column.cell is Kinds.CHOICE and value not in (*column.means, *column.choices):
        flaw = f"{column.title}“{value}”不在可选范围内", did_you_mean(str(value), column.choices)
    numbers = value if said and said.each else (value,)
    outside = [n for n in numbers if isinstance(n, int | float) and not column.within(n)]
    if outside:
        flaw = out_of_bounds(column, outside[0])
    if flaw is not None:
        draft.refuse(change.place, *flaw)
    if said and said.each:
        per_year(draft, change, list(change.years), value)
    return len(draft.problems) == before


def out_of_bounds(column: Column, value: float) -> tuple[str, str]:
    """What is wrong with a value out of its column's bounds, and the fix."""
    text, said = text_of(column), column.set_as
    if said and said.refusal:
        found, fix = said.refusal
        return found.format(text(value)), fix
    if column.cell is Kinds.MONEY and value <= 0:
        return f"{column.title} {text(value)} 不大于 0", "请写大于 0 的金额"
    beyond = f"；{said.beyond}" if said and said.beyond else ""
    fix = f"应在 {text(column.least)} 至 {text(column.most)} 之间{beyond}"
    return f"{column.title} {text(value)} 超出范围", fix


# -- whose cells -----------------------------------------------------------------------------------


def _items(change: Put, verb: SettingVerb, draft: Draft) -> list[_Owner]:
    items = selected(change, change.selector, draft)
    note = _of_no_effect(change, items, draft) if change.verb == "年度上限" else ""

    def cells(key: str) -> list[Cell]:
        numbers = [item.no for item in items]
        return [(verb.table, no, key) if verb.table else (key, no) for no in numbers]

    return [_Owner(cells=cells, note=note)] if items else []


def _of_no_effect(change: Put, items: tuple[Item, ...], draft: Draft) -> str:
    """Say so where the plan's largest year stays the cap: else its want of effect would puzzle."""
    cap, portfolio = dict(change.values)["yearly_cap_wan"], draft.portfolio
    largest = portfolio.plan_wan.sum(axis=1).max(axis=0)
    more = tuple(item for item in items if largest[portfolio.position[item.no]] > cap)
    whose = items_text(more, len(portfolio.items))
    return f"{whose} 计划最大的一年更多，仍以那一年为上限" if more else ""


def _items_in_quarters(change: Put, _verb: SettingVerb, draft: Draft) -> list[_Owner]:
    """What reaches past the play's end is dropped with it."""
    first, count, calendar = change.first_quarter, change.quarters, draft.portfolio.calendar
    items = selected(change, change.selector, draft)
    if not 0 <= first < PLAY_QUARTERS or count < 1:
        draft.refuse(
            change.place,
            f"自第 {first} 季起 {count} 个季度，不在推演期内",
            calendar.fill("“自”请写 <first>Q1–<play_end>Q4，“季度数”请写 1 以上的整数"),
        )
        return []
    quarters = range(first, min(first + count, PLAY_QUARTERS))
    ends = list(dict.fromkeys(calendar.quarter_label(q) for q in (quarters[0], quarters[-1])))

    def cells(key: str) -> list[Cell]:
        return [(key, quarter, item.no) for item in items for quarter in quarters]

    return [_Owner(cells=cells, quarters=" 至 ".join(ends))] if items else []


def _channels(change: Put, verb: SettingVerb, draft: Draft) -> list[_Owner]:
    years = year_indices(draft, change, change.years)
    owners = []
    for channel, note in channels_meant(
        draft,
        change,
        change.names,
        kind=Kind.CREDIT if verb.with_capital else None,
        lacking=verb.with_envelope,
    ):

        def cells(key: str, id: str = channel.id) -> list[Cell]:
            if verb.of is Of.CHANNELS_IN_YEARS:
                return [(key, year, id) for year in years]
            return [(verb.table, id, key)]

        if verb.table == "channel_risk" and cells("mean")[0] not in draft.values:
            found = f"资金风险表中没有“{channel.name}”"
            draft.refuse(change.place, found, "请先在资金风险表中为它加一行")
            continue
        owners.append(_Owner(cells=cells, name=channel.name, note=note))
    return owners


def _years(change: Put, verb: SettingVerb, draft: Draft) -> list[_Owner]:
    known = [target.year for target in draft.portfolio.targets]
    missing = [year for year in change.years if year not in known]
    if missing:
        span = f"{min(known)}–{max(known)}" if known else ""
        fix = f"该表有 {span} 年" if span else did_you_mean("", [])
        draft.refuse(
            change.place,
            f"年度目标表没有 {'、'.join(map(str, missing))} 年",
            f"{fix}；请改年份，或先在表中补行",
        )
    years = [year for year in change.years if year in known]
    for year in years:
        _check_band(change, verb, draft, year)
    return [_Owner(cells=lambda key: [(verb.table, year, key) for year in years])] if years else []


def _check_band(change: Put, verb: SettingVerb, draft: Draft, year: int) -> None:
    given = dict(change.values)
    values = {c.key: draft.old(("target", year, c.key)) for c in verb.columns} | given
    target, upper = values.get("target_wan"), values.get("upper_wan")
    for column in verb.columns:
        rule = column.only_when
        if rule and rule.surplus and column.key in given and not rule.met_by(values[rule.key]):
            found, fix = rule.surplus
            told = {"value": yi_text(given[column.key]), "when": values[rule.key]}
            draft.refuse(change.place, f"{year} 年{found.format(**told)}", fix)
    if values.get("kind") is not TargetKind.BAND:
        return
    if upper is None or target is None or upper <= target:
        found = f"{year}年目标为区间，下端 {money_text(target)}、上端 {money_text(upper)}"
        draft.refuse(change.place, found, "区间须同时有“金额”和大于它的“上限金额”")


def _risk_classes(change: Put, verb: SettingVerb, draft: Draft) -> list[_Owner]:
    listed = draft.portfolio.risk_classes
    found = list(listed) if EVERYTHING in change.names else []
    for name in change.names if not found else ():
        with draft.problems.part():
            found.append(find_risk_class(name, listed, change.place))

    def cells_of(owner: str) -> Callable[[str], list[Cell]]:
        return lambda key: [(verb.table, owner, key)]

    return [_Owner(cells=cells_of(risk.key), name=risk.title) for risk in found]


def _stage(change: Put, verb: SettingVerb, draft: Draft) -> list[_Owner]:
    """The stage, if the sheet, which is called as the verb, has it."""
    (stage,) = change.names
    known = list(dict.fromkeys(cell[1] for cell in draft.values if cell[0] == verb.table))
    if stage in known:
        return [_Owner(cells=lambda key: [(verb.table, stage, key)], name=stage)]
    fix = did_you_mean(stage, known) if known else f"请先在{verb.key}表中加这一行"
    draft.refuse(change.place, f"{verb.key}表中没有“{stage}”", fix)
    return []


def _pair(change: Put, _verb: SettingVerb, draft: Draft) -> list[_Owner]:
    channels = [channel for channel, _ in channels_meant(draft, change, change.names)]
    if len(channels) < len(change.names):
        return []
    one, other = channels
    if one.id == other.id:
        found = f"“{one.name}”与自己配成一对"
        draft.refuse(change.place, found, "请写两个不同的资金渠道")
        return []
    name = f"{one.name} 与 {other.name}"
    return [_Owner(cells=lambda _key: [pair_cell(one.id, other.id)], name=name)]


def _all(_change: Put, verb: SettingVerb, _draft: Draft) -> list[_Owner]:
    return [_Owner(cells=lambda key: [(verb.table, key)])]


_OWNERS: dict[Of, Callable[[Put, SettingVerb, Draft], list[_Owner]]] = {
    Of.ITEMS: _items,
    Of.ITEMS_IN_QUARTERS: _items_in_quarters,
    Of.CHANNELS: _channels,
    Of.CHANNELS_IN_YEARS: _channels,
    Of.YEARS: _years,
    Of.RISK_CLASSES: _risk_classes,
    Of.STAGE: _stage,
    Of.PAIR: _pair,
    Of.ALL: _all,
}
