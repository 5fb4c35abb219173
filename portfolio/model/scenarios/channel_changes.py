"""Changes to channels as settings: envelopes, delays, release, credit, carry-over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np

from portfolio.model.items import Channel, Item, Kind
from portfolio.model.money import BPS, LARGEST_WAN, cut
from portfolio.model.problems import InputError
from portfolio.model.scenarios.changes import (
    CarryRule,
    Change,
    ChannelDelay,
    CreditFactor,
    EnvelopeChange,
    Factor,
    Increase,
    Part,
    ReleasePattern,
    Revision,
)
from portfolio.model.scenarios.draft import (
    Cell,
    Draft,
    Setting,
    collect,
    items_text,
    money_text,
    percent_text,
    quarters_text,
)
from portfolio.model.scenarios.lookup import (
    channel_by_fit,
    find_channel,
    named_items,
    select_items,
)

T = TypeVar("T")

#: What a delay pushes past the year's end is there in the next first quarter: longer is no delay.
LONGEST_DELAY_QUARTERS = 4
NO_LONGER_DELAY = "更久的延迟请改用“渠道额度”减少当年、增加以后年份的金额"


def _channels(
    draft: Draft,
    change: Change,
    names: tuple[str, ...],
    *,
    fits: Callable[[Channel], bool],
    why: str,
) -> list[Channel]:
    """Channels named; where a word means several and one `fits`, it is that one, and noted."""
    found: list[Channel] = []
    listed = draft.portfolio.channels
    for name in names:
        try:
            channel = find_channel(name, listed, change.place, fits=fits)
            draft.channel_notes[change.place, channel.id] = channel_by_fit(
                name, channel, listed, why
            )
            found.append(channel)
        except InputError as error:
            collect(draft, error)
    return found


def _funded(draft: Draft, change: Change, names: tuple[str, ...], what: str) -> list[Channel]:
    """Channels with an envelope; 随资本金 has none and is refused."""
    channels = _channels(
        draft, change, names, fits=lambda c: c.kind is not Kind.CREDIT, why=f"没有{what}"
    )
    for channel in channels:
        if channel.kind is Kind.CREDIT:
            draft.refuse(
                change.place,
                f"“{channel.name}”是随资本金渠道，没有{what}",
                "银行放款多少请用“贷款到位”，系数 0–100%",
            )
    return [channel for channel in channels if channel.kind is not Kind.CREDIT]


def year_indices(draft: Draft, change: Change, years: Iterable[int]) -> list[int]:
    """Positions of calendar years in the play; a year outside is a problem."""
    listed, calendar = list(years), draft.portfolio.calendar
    outside = [year for year in listed if year not in calendar.play_years]
    if outside:
        draft.refuse(
            change.place,
            f"年份 {'、'.join(map(str, outside))} 不在推演期内",
            f"年份请写 {calendar.first_year}–{calendar.last_play_year}",
        )
        return []
    return [year - calendar.first_year for year in listed]


def per_year(draft: Draft, change: Change, years: list[int], values: tuple[T, ...]) -> list[T]:
    """One value for all years or one a year; other counts are a problem."""
    if len(values) == 1:
        return list(values) * len(years)
    if years and len(values) != len(years):
        draft.refuse(
            change.place,
            f"给了 {len(values)} 个数，年份却有 {len(years)} 个",
            "每年一个数（按年份先后），或只写一个数用于所有年份",
        )
        return []
    return list(values)


def envelope_settings(change: EnvelopeChange, draft: Draft) -> list[Setting]:
    """渠道额度."""
    years = year_indices(draft, change, change.years)
    revisions = per_year(draft, change, years, change.revisions)
    settings: list[Setting] = []
    for channel in _funded(draft, change, change.channels, "年度额度"):
        try:
            items = _narrowed(change, channel, draft)
        except InputError as error:
            collect(draft, error)
            continue
        if channel.kind is not Kind.POOLED and not items:
            continue
        made = [
            _envelope_setting(change, draft, channel, items, year, revision)
            for year, revision in zip(years, revisions, strict=False)
        ]
        kept = [setting for setting in made if setting is not None]
        if made and not any(setting.writes for setting in kept) and len(kept) == len(made):
            draft.refuse(
                change.place,
                f"“{channel.name}”在所写年份没有{change.part}，按比例变动不起作用",
                "请核对渠道、年份和大项；要从无到有请写金额",
            )
        settings += [setting for setting in kept if setting.writes]
    return settings


def _narrowed(change: EnvelopeChange, channel: Channel, draft: Draft) -> tuple[Item, ...]:
    """Items whose own envelopes are meant; () for a pooled channel, which has none by item."""
    if channel.kind is Kind.POOLED:
        if change.selector is not None:
            draft.refuse(
                change.place,
                f"“{channel.name}”是统筹渠道，额度不分大项",
                "请去掉“大项”；要照顾或压后某些大项请改“优先级”",
            )
        return ()
    if change.selector is None:
        return draft.portfolio.items
    portfolio = draft.portfolio
    items = select_items(change.selector, portfolio.items, portfolio.risk_classes, change.place)
    named = named_items(change.selector, portfolio.items, change.place)
    users = {share.item_no for share in portfolio.shares if share.channel_id == channel.id}
    strangers = [item.label for item in items if item.no in named - users]
    kept = tuple(item for item in items if item.no in users)
    if strangers or not kept:
        who = "、".join(strangers) or items_text(items, len(portfolio.items))
        draft.refuse(change.place, f"{who} 的资金结构里没有“{channel.name}”", "请核对大项和渠道")
    return kept


def _envelope_cells(part: Part, channel: Channel, items: tuple[Item, ...], year: int) -> list[Cell]:
    """Cells of a year's envelope: the parts meant, by item for an own channel."""
    prefix = "pooled" if channel.kind is Kind.POOLED else "own"
    names = {
        Part.ASK: (f"{prefix}_ask_wan",),
        Part.RESERVE: (f"{prefix}_reserve_wan",),
        Part.BOTH: (f"{prefix}_ask_wan", f"{prefix}_reserve_wan"),
    }[part]
    ends: list[tuple[int, ...]] = [(item.no,) for item in items] if prefix == "own" else [()]
    return [(name, year, channel.id, *end) for end in ends for name in names]


def _envelope_setting(
    change: EnvelopeChange,
    draft: Draft,
    channel: Channel,
    items: tuple[Item, ...],
    year: int,
    revision: Revision,
) -> Setting | None:
    """One year's setting (without writes where a factor finds nothing), None after a problem."""
    cells = _envelope_cells(change.part, channel, items, year)
    olds = [int(draft.old(cell)) for cell in cells]
    part = {Part.BOTH: "额度（含待分配资金）"}.get(change.part, str(change.part))
    whose = f"（{items_text(items, 0)}）" if change.selector and items else ""
    quantity = f"{channel.name} {draft.portfolio.calendar.first_year + year}年 {part}{whose}"
    if isinstance(revision, Factor):
        news = [old * revision.bps // BPS for old in olds]
        pairs = [(c, n) for c, o, n in zip(cells, olds, news, strict=True) if o]
    else:
        total = revision.wan + (sum(olds) if isinstance(revision, Increase) else 0)
        shared = _shared(change, draft, quantity, total, olds)
        if shared is None:
            return None
        pairs = list(zip(cells, shared, strict=True))
    if sum(new for _, new in pairs) > LARGEST_WAN:
        draft.refuse(change.place, f"{quantity} 变动后过大", "请核对金额单位（亿元）和系数")
        return None
    return Setting(
        quantity=quantity,
        writes=tuple(pairs),
        place=change.place,
        text=money_text,
        summed=True,
        note="；".join(
            filter(
                None,
                (
                    draft.channel_notes[change.place, channel.id],
                    _absorbed(change, cells, olds, sum(new for _, new in pairs)),
                ),
            )
        ),
    )


def _absorbed(change: EnvelopeChange, cells: list[Cell], olds: list[int], new: int) -> str:
    """Say so where a cut is taken up by the reserve: else its want of effect would puzzle."""
    asked = sum(old for cell, old in zip(cells, olds, strict=True) if "_ask_" in cell[0])
    if change.part is Part.BOTH and 0 < asked <= new < sum(olds):
        return f"仍不低于计划所需 {money_text(asked)}，由待分配资金吸收"
    return ""


def _shared(
    change: EnvelopeChange, draft: Draft, quantity: str, total: int, olds: list[int]
) -> list[int] | None:
    """An amount shared over the cells in proportion to what they held."""
    if total < 0:
        draft.refuse(
            change.place,
            f"{quantity} 原为 {money_text(sum(olds))}，不够减",
            "减少的金额不能超过原额度；全部取消请写系数 0",
        )
        return None
    if not sum(olds):
        if len(olds) > 2:
            draft.refuse(
                change.place,
                f"{quantity} 原为 0，金额无法在大项之间按比例分配",
                "请用“大项”指明一个大项，逐项写金额",
            )
            return None
        return [total, 0][: len(olds)]
    return [int(part) for part in cut(total, np.array(olds, dtype=np.int64))]


def delay_settings(change: ChannelDelay, draft: Draft) -> list[Setting]:
    """渠道延迟."""
    if not 0 <= change.quarters <= LONGEST_DELAY_QUARTERS:
        draft.refuse(
            change.place,
            f"延迟 {change.quarters} 个季度超出范围",
            f"季度数请写 0–{LONGEST_DELAY_QUARTERS} 的整数；{NO_LONGER_DELAY}",
        )
    years = year_indices(draft, change, change.years)
    return [
        Setting(
            quantity=f"{channel.name} {{years}} 到位延迟",
            writes=tuple((("delay_quarters", y, channel.id), change.quarters) for y in years),
            place=change.place,
            note=draft.channel_notes[change.place, channel.id],
            text=quarters_text,
        )
        for channel in _funded(draft, change, change.channels, "年初下达，也就没有下达延迟")
    ]


def release_settings(change: ReleasePattern, draft: Draft) -> list[Setting]:
    """下达节奏."""
    if sum(change.release_bps) != BPS or min(change.release_bps) < 0:
        total = percent_text(sum(change.release_bps))
        draft.refuse(change.place, f"四个季度合计 {total}", "四个季度的比例须不小于 0、合计 100%")
    years = year_indices(draft, change, change.years)
    return [
        Setting(
            quantity=f"{channel.name} {{years}} 各季下达比例",
            writes=tuple((("release_bps", y, channel.id), change.release_bps) for y in years),
            place=change.place,
            note=draft.channel_notes[change.place, channel.id],
            text=lambda parts: " / ".join(percent_text(part) for part in parts),
        )
        for channel in _funded(draft, change, change.channels, "年初下达，也就没有下达节奏")
    ]


def credit_settings(change: CreditFactor, draft: Draft) -> list[Setting]:
    """贷款到位."""
    years = year_indices(draft, change, change.years)
    factors = per_year(draft, change, years, change.factors_bps)
    if any(not 0 <= factor <= BPS for factor in factors):
        draft.refuse(
            change.place,
            "贷款到位系数超出 0–100%",
            "贷款不会超过与资本金同比例的数，请写 0–100%",
        )
    settings = []
    for channel in _channels(
        draft, change, change.channels, fits=lambda c: c.kind is Kind.CREDIT, why="不随资本金放款"
    ):
        if channel.kind is not Kind.CREDIT:
            draft.refuse(
                change.place,
                f"“{channel.name}”是{channel.kind}渠道，不随资本金放款",
                "请改用“渠道额度”",
            )
            continue
        settings.append(
            Setting(
                quantity=f"{channel.name} {{years}} 放款到位系数",
                writes=tuple(
                    (("credit_bps", year, channel.id), factor)
                    for year, factor in zip(years, factors, strict=False)
                ),
                place=change.place,
                note=draft.channel_notes[change.place, channel.id],
                text=percent_text,
            )
        )
    return settings


def carry_settings(change: CarryRule, draft: Draft) -> list[Setting]:
    """结转规则."""
    return [
        Setting(
            quantity=f"{channel.name} 结转规则",
            writes=((("carry", channel.id), change.carry),),
            place=change.place,
            note=draft.channel_notes[change.place, channel.id],
        )
        for channel in _funded(draft, change, change.channels, "年度下达，也就没有结转")
    ]
