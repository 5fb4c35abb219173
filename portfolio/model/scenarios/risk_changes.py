"""Changes to the assumptions of the stress test as settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from portfolio.model.items import Channel, RiskClass
from portfolio.model.problems import InputError, did_you_mean
from portfolio.model.risk import RegisteredRisk
from portfolio.model.scenarios.changes import Change
from portfolio.model.scenarios.draft import Cell, Draft, Setting, collect, items_text
from portfolio.model.scenarios.item_changes import selected
from portfolio.model.scenarios.lookup import EVERYTHING, find_channel, find_risk_class
from portfolio.model.scenarios.risk_cells import (
    CHANNEL_ATTRIBUTES,
    CLASS_ATTRIBUTES,
    GENERAL,
    REALISATION_ATTRIBUTES,
    STAGE_ATTRIBUTES,
    pair_cell,
)
from portfolio.model.scenarios.risk_verbs import (
    AddRisk,
    ChannelCorrelationChange,
    ChannelRiskChange,
    CorrelationChange,
    RealisationChange,
    RiskClassChange,
    StageFactorChange,
)
from portfolio.model.sheets import Cell as Kind
from portfolio.model.sheets import Column, Sheet
from portfolio.model.sheets.risk_sheets import (
    CHANNEL_RISKS,
    CORRELATIONS,
    COST,
    EVERYWHERE,
    IN_GROUP,
    REALISATIONS,
    REGISTER,
    RISK_CLASSES,
    STAGE_FACTORS,
    TIME,
)

#: What the general correlations are called.
GENERAL_TITLES = dict(zip(GENERAL, (EVERYWHERE, IN_GROUP, f"{COST}与{TIME}"), strict=True))


def number_text(value: float | None) -> str:
    """A plain number without needless digits; 无 for none."""
    return "无" if value is None else f"{value:.6g}"


def ratio_text(value: float | None) -> str:
    """A part of one as a percentage without needless digits; 无 for none."""
    return "无" if value is None else f"{100 * value:.6g}%"


def _text_of(column: Column) -> Callable[[Any], str]:
    return ratio_text if column.cell is Kind.RATIO else number_text


def _within(draft: Draft, change: Change, column: Column, value: float, title: str) -> bool:
    """Whether a value keeps to the bounds its column in the workbook has."""
    low, high = column.least, column.most
    if (low is None or value >= low) and (high is None or value <= high):
        return True
    text = _text_of(column)
    draft.refuse(
        change.place,
        f"{title} {text(value)} 超出范围",
        f"应在 {text(low)} 至 {text(high)} 之间",
    )
    return False


def _settings(
    change: Change,
    draft: Draft,
    sheet: Sheet,
    attributes: tuple[str, ...],
    owners: Iterable[tuple[str, Cell]],
) -> list[Setting]:
    """One setting for each owner (its name, and the start of its cells) and value given."""
    given = {name: value for name in attributes if (value := getattr(change, name)) is not None}
    titles = {name: _title(sheet.column(name)) for name in attributes}
    if not given:
        words = "”“".join(titles.values())
        draft.refuse(change.place, "没有写要改什么", f"请写“{words}”中的至少一项")
    kept = {
        name: value
        for name, value in given.items()
        if _within(draft, change, sheet.column(name), value, titles[name])
    }
    return [
        Setting(
            quantity=f"{owner} {titles[name]}",
            writes=(((*cell, name), value),),
            place=change.place,
            text=_text_of(sheet.column(name)),
        )
        for owner, cell in owners
        for name, value in kept.items()
    ]


def _title(column: Column) -> str:
    return column.header.removesuffix("（%）").removeprefix("到位率")


def risk_class_settings(change: RiskClassChange, draft: Draft) -> list[Setting]:
    """风险参数."""
    owners = [(risk.title, ("risk_class", risk.key)) for risk in _classes(change, draft)]
    return _settings(change, draft, RISK_CLASSES, CLASS_ATTRIBUTES, owners)


def _classes(change: RiskClassChange, draft: Draft) -> list[RiskClass]:
    listed = draft.portfolio.risk_classes
    if EVERYTHING in change.classes:
        return list(listed)
    found = []
    for name in change.classes:
        try:
            found.append(find_risk_class(name, listed, change.place))
        except InputError as error:
            collect(draft, error)
    return found


def _channel(name: str, change: Change, draft: Draft) -> Channel | None:
    try:
        return find_channel(name, draft.portfolio.channels, change.place)
    except InputError as error:
        collect(draft, error)
        return None


def channel_risk_settings(change: ChannelRiskChange, draft: Draft) -> list[Setting]:
    """到位率."""
    owners: list[tuple[str, Cell]] = []
    for name in change.channels:
        channel = _channel(name, change, draft)
        if channel is None:
            continue
        if ("channel_risk", channel.id, "mean") not in draft.values:
            found = f"资金风险表中没有“{channel.name}”"
            draft.refuse(change.place, found, "请先在资金风险表中为它加一行")
            continue
        owners.append((f"{channel.name} 到位率", ("channel_risk", channel.id)))
    return _settings(change, draft, CHANNEL_RISKS, CHANNEL_ATTRIBUTES, owners)


def _stage(change: Change, draft: Draft, table: str, sheet: Sheet, stage: str) -> list[str]:
    """The stage, if the sheet has it."""
    known = list(dict.fromkeys(cell[1] for cell in draft.values if cell[0] == table))
    if stage in known:
        return [stage]
    fix = did_you_mean(stage, known) if known else f"请先在{sheet.name}表中加这一行"
    draft.refuse(change.place, f"{sheet.name}表中没有“{stage}”", fix)
    return []


def realisation_settings(change: RealisationChange, draft: Draft) -> list[Setting]:
    """落地率."""
    stages = _stage(change, draft, "realisation", REALISATIONS, change.stage)
    owners = [(f"{stage}类 落地率", ("realisation", stage)) for stage in stages]
    return _settings(change, draft, REALISATIONS, REALISATION_ATTRIBUTES, owners)


def stage_factor_settings(change: StageFactorChange, draft: Draft) -> list[Setting]:
    """阶段系数."""
    stages = _stage(change, draft, "stage_factor", STAGE_FACTORS, change.stage)
    owners = [(f"{stage}阶段", ("stage_factor", stage)) for stage in stages]
    return _settings(change, draft, STAGE_FACTORS, STAGE_ATTRIBUTES, owners)


def correlation_settings(change: CorrelationChange, draft: Draft) -> list[Setting]:
    """相关系数."""
    given = {name: value for name in GENERAL if (value := getattr(change, name)) is not None}
    if not given:
        words = "”“".join(GENERAL_TITLES.values())
        draft.refuse(change.place, "没有写要改什么", f"请写“{words}”中的至少一项")
    column = CORRELATIONS.column("correlation")
    return [
        Setting(
            quantity=f"相关系数 {GENERAL_TITLES[name]}",
            writes=((("correlation", name), value),),
            place=change.place,
            text=number_text,
        )
        for name, value in given.items()
        if _within(draft, change, column, value, GENERAL_TITLES[name])
    ]


def channel_correlation_settings(change: ChannelCorrelationChange, draft: Draft) -> list[Setting]:
    """渠道相关."""
    one, other = (_channel(name, change, draft) for name in (change.channel, change.other))
    column = CORRELATIONS.column("correlation")
    if not _within(draft, change, column, change.correlation, "相关系数"):
        return []
    if one is None or other is None:
        return []
    if one.id == other.id:
        found = f"“{one.name}”与自己配成一对"
        draft.refuse(change.place, found, "请写两个不同的资金渠道")
        return []
    return [
        Setting(
            quantity=f"{one.name} 与 {other.name} 到位率的相关系数",
            writes=((pair_cell(one.id, other.id), change.correlation),),
            place=change.place,
            text=number_text,
        )
    ]


def add_risk_settings(change: AddRisk, draft: Draft) -> list[Setting]:
    """新增风险."""
    items = selected(change, change.selector, draft)
    if not items or _risk_flaws(change, draft):
        return []
    low, likely, high = change.cost
    soon, most_likely, late = change.quarters
    risk = RegisteredRisk(
        id=change.id, name=change.name, probability=change.probability,
        item_nos=tuple(item.no for item in items), cost_low=low, cost_likely=likely,
        cost_high=high, quarters_low=soon, quarters_likely=most_likely, quarters_high=late,
        provenance=change.provenance or f"情景假设（{change.place}）",
    )  # fmt: skip
    whose = items_text(items, len(draft.portfolio.items))
    new = (
        f"新增，概率 {ratio_text(risk.probability)}，影响 {whose}，"
        f"造价 {'、'.join(map(ratio_text, change.cost))}，"
        f"工期 {'、'.join(map(number_text, change.quarters))} 个季度"
    )
    return [
        Setting(
            quantity=f"风险 {risk.id} {risk.name}",
            writes=((("added_risk", risk.id), risk),),
            place=change.place,
            fixed=("无", new),
        )
    ]


def _risk_flaws(change: AddRisk, draft: Draft) -> bool:
    """Note what is wrong with an added risk; whether anything is."""
    before = len(draft.problems)
    if any(risk.id == change.id for risk in draft.portfolio.risk.register):
        found = f"风险编号“{change.id}”在风险清单表中已有"
        draft.refuse(change.place, found, "请换一个没有用过的编号")
    _within(draft, change, REGISTER.column("probability"), change.probability, "概率")
    for title, values, key in (
        ("造价影响", change.cost, "cost_low"),
        ("工期影响", change.quarters, "quarters_low"),
    ):
        for value in dict.fromkeys(values):
            _within(draft, change, REGISTER.column(key), value, title)
        if list(values) != sorted(values):
            draft.refuse(change.place, f"{title}没有由小到大", "请依次写最低、最可能、最高三个数")
    if not any((*change.cost, *change.quarters)):
        draft.refuse(change.place, "造价与工期的影响都是 0", "请写其中一种影响")
    return len(draft.problems) > before
