"""Channels that changes name, and changes to their envelopes as settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

import numpy as np

from portfolio.model.items import Channel, Item, Kind
from portfolio.model.money import BPS, LARGEST_WAN, cut
from portfolio.model.portfolio import reserve_beside
from portfolio.model.scenarios.draft import (
    Cell,
    Draft,
    Setting,
    is_unlikely,
    items_text,
    money_text,
    percent_text,
)
from portfolio.model.scenarios.select import channel_by_fit, find_channel, named_items, select_items
from portfolio.model.scenarios.verbs import (
    Amount,
    Change,
    EnvelopeChange,
    Factor,
    Increase,
    Part,
    Revision,
)

T = TypeVar("T")
#: How the cells of an envelope's two parts are named.
PARTS = ("_ask_", "_reserve_")


def channels_meant(
    draft: Draft,
    change: Change,
    names: tuple[str, ...],
    *,
    kind: Kind | None = None,
    lacking: str = "",
) -> list[tuple[Channel, str]]:
    """Channels named, each with a note where a word may mean several and only one fits.

    kind : only channels that pay in step with capital fit; lacking : only those with an envelope,
    and what the others have none of. Channels that don't fit are a problem.
    """

    def fits(channel: Channel) -> bool:
        credit = channel.kind is Kind.CREDIT
        return credit if kind is Kind.CREDIT else not (lacking and credit)

    found: list[tuple[Channel, str]] = []
    listed = draft.portfolio.channels
    for name in names:
        channel: Channel | None = None
        with draft.problems.part():
            channel = find_channel(name, listed, change.place, fits=fits)
        if channel is None:
            continue
        if fits(channel):
            why = f"没有{lacking}" if lacking else "不随资本金放款"
            note = channel_by_fit(name, channel, listed, why) if kind or lacking else ""
            found.append((channel, note))
        elif lacking:
            draft.refuse(
                change.place,
                f"“{channel.name}”是随资本金渠道，没有{lacking}",
                "银行放款多少请用“贷款到位”，系数 0–100%",
            )
        else:
            draft.refuse(
                change.place,
                f"“{channel.name}”是{channel.kind}渠道，不随资本金放款",
                "请改用“渠道额度”",
            )
    return found


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
    if change.since is not None:
        return _dated_settings(change, change.since, draft)
    years = year_indices(draft, change, change.years)
    revisions = per_year(draft, change, years, change.revisions)
    settings: list[Setting] = []
    for channel, word_note in channels_meant(draft, change, change.channels, lacking="年度额度"):
        items: tuple[Item, ...] | None = None
        with draft.problems.part():
            items = _narrowed(change, channel, draft)
        if items is None:
            continue
        if channel.kind is not Kind.POOLED and not items:
            continue
        made = [
            _envelope_setting(change, draft, channel, items, year, revision, word_note)
            for year, revision in zip(years, revisions, strict=False)
        ]
        kept = [setting for setting in made if setting is not None]
        if made and not any(setting.writes for setting in kept) and len(kept) == len(made):
            draft.refuse(
                change.place,
                f"“{channel.name}”在所写年份没有{_acted_on(change.part)}，按比例变动不起作用",
                "请核对渠道、年份和大项；要从无到有请写金额",
            )
        settings += [setting for setting in kept if setting.writes]
        settings += [
            floor
            for year, revision, setting in zip(years, revisions, made, strict=False)
            if setting is not None
            for floor in _floor_settings(
                change, draft, channel, items, year, revision, setting.quantity
            )
        ]
    return settings


def _dated_settings(change: EnvelopeChange, since: int, draft: Draft) -> list[Setting]:
    """渠道额度 from a quarter on: the shock inside its year, and later years named as ever."""
    calendar = draft.portfolio.calendar
    first = calendar.year_of_quarter(since)
    years = tuple(dict.fromkeys((first, *change.years)))
    if not _dated_well(change, since, draft):
        return []
    revisions = per_year(draft, change, list(years), change.revisions)
    settings: list[Setting] = []
    for channel, word_note in channels_meant(draft, change, change.channels, lacking="年度额度"):
        for revision in revisions[:1]:
            settings += _cut_settings(change, since, draft, channel, revision, word_note)
    if len(years) > 1 and revisions:
        later = replace(change, since=None, years=years[1:], revisions=tuple(revisions[1:]))
        settings += envelope_settings(later, draft)
    return settings


def _dated_well(change: EnvelopeChange, since: int, draft: Draft) -> bool:
    """Whether a change from a quarter on says nothing that a shock inside a year can't mean."""
    calendar, before = draft.portfolio.calendar, len(draft.problems)
    label, first = calendar.quarter_label(since), calendar.year_of_quarter(since)
    earlier = [year for year in change.years if year < first]
    if earlier:
        draft.refuse(
            change.place,
            f"“自”为 {label}，“年份”却有 {'、'.join(map(str, earlier))} 年",
            f"“年份”只写 {first + 1} 年及以后也要改的年份；只改 {first} 年的请去掉“年份”",
        )
    if since % 4 == 3:
        draft.refuse(
            change.place,
            f"“自”为 {label}：冲击发生后当年不再下达，没有可减的",
            f"请写 {first}Q1–{first}Q3；要减下一年的请用“年份”写 {first + 1}",
        )
    if change.part is not Part.BOTH:
        draft.refuse(change.place, f"“自”不能与“部分: {change.part}”同写", "请去掉“部分”")
    if change.selector is not None:
        draft.refuse(
            change.place, "“自”不能与“大项”同写：年内的冲击作用于整个渠道", "请去掉其中一项"
        )
    return len(draft.problems) == before


def _cut_settings(
    change: EnvelopeChange,
    since: int,
    draft: Draft,
    channel: Channel,
    revision: Revision,
    word_note: str,
) -> list[Setting]:
    """A shock inside a year: the part of the later releases that is left, and from when."""
    calendar, facts = draft.portfolio.calendar, draft.portfolio.facts
    label, year = calendar.quarter_label(since), since // 4
    if not isinstance(revision, Factor):
        draft.refuse(
            change.place,
            f"“自”为 {label}，变动却写了金额",
            "年内的冲击只按比例：请写系数或百分比，如 变动: -50%",
        )
        return []
    if revision.bps > BPS:
        draft.refuse(
            change.place,
            f"“自”为 {label}，系数 {percent_text(revision.bps)} 大于 1：年内只能减，不能追加",
            f"年中追加请用“年份”写 {calendar.first_year + year}，把全年额度改大",
        )
        return []
    notes = [word_note, "从未下达的部分年末收回"]
    if facts is not None and since < facts.quarter - 1 and year == facts.quarter // 4:
        since = facts.quarter - 1
        notes.append(f"冲击在截至月以前，只作用于 {calendar.quarter_label(since)} 之后下达的部分")
    return [
        Setting(
            quantity=f"{channel.name} {label} 之后当年各季下达",
            writes=((("cut_bps", year, channel.id), revision.bps),),
            place=change.place,
            text=percent_text,
            note="；".join(filter(None, notes)),
        ),
        Setting(
            quantity=f"{channel.name} {label} 之后当年各季下达",
            writes=((("cut_from", year, channel.id), since % 4),),
            place=change.place,
            told=False,
        ),
    ]


def _acted_on(part: Part) -> str:
    """What a factor acts on; the reserve beside a plan without an ask it leaves as it is."""
    return (
        "计划所需的额度（有待分配资金的，可另写“部分: 待分配资金”）" if part is Part.BOTH else part
    )


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
    word_note: str,
) -> Setting | None:
    """One year's setting (without writes where a factor finds nothing), None after a problem."""
    cells = _envelope_cells(change.part, channel, items, year)
    olds = [int(draft.old(cell)) for cell in cells]
    part = {Part.BOTH: "额度（含年初预留）"}.get(change.part, str(change.part))
    whose = f"（{items_text(items, 0)}）" if change.selector and items else ""
    quantity = f"{channel.name} {draft.portfolio.calendar.first_year + year}年 {part}{whose}"
    if isinstance(revision, Factor):
        news = _factored(change.part, olds, revision.bps)
        pairs = [(c, n) for c, o, n in zip(cells, olds, news, strict=False) if o]
    else:
        total = revision.wan + (sum(olds) if isinstance(revision, Increase) else 0)
        if _unlikely(revision, sum(olds)):
            draft.refuse_unlikely(change.place, quantity, total, sum(olds))
            return None
        shared = _shared(change, draft, quantity, total, olds)
        if shared is None:
            return None
        pairs = list(zip(cells, shared, strict=True))
    if sum(new for _, new in pairs) > LARGEST_WAN:
        draft.refuse(change.place, f"{quantity} 变动后过大", "请核对金额单位（亿元）和系数")
        return None
    reserve_note = _reserve_note(change.part, revision, olds, dict(pairs), cells)
    return Setting(
        quantity=quantity,
        writes=tuple(pairs),
        place=change.place,
        text=money_text,
        summed=True,
        note="；".join(filter(None, (word_note, reserve_note))),
    )


def _unlikely(revision: Revision, old: int) -> bool:
    """Whether an amount looks like another unit and isn't said to be meant."""
    return isinstance(revision, Amount) and not revision.sure and is_unlikely(revision.wan, old)


def _floor_settings(
    change: EnvelopeChange,
    draft: Draft,
    channel: Channel,
    items: tuple[Item, ...],
    year: int,
    revision: Revision,
    quantity: str,
) -> list[Setting]:
    """The floor of a year's envelope under luck: a shock scales it, an amount takes its place.

    Without this the floor would erase the shock. Of the reserve alone it is not spoken.
    """
    if change.part is Part.RESERVE:
        return []
    ends: list[tuple[int, ...]] = [(item.no,) for item in items] or [()]
    name = "pooled_floor_wan" if channel.kind is Kind.POOLED else "own_floor_wan"
    cells: list[Cell] = [(name, year, channel.id, *end) for end in ends]
    olds: list[int] = [int(draft.old(cell)) for cell in cells]
    if isinstance(revision, Factor):
        news = [old * revision.bps // BPS for old in olds]
    elif isinstance(revision, Increase) and any(olds):
        total = max(sum(olds) + revision.wan, 0)
        news = [int(part) for part in cut(total, np.array(olds, dtype=np.int64))]
    else:
        news = [0] * len(olds)
    return [
        Setting(
            quantity=quantity,
            writes=((cell, new),),
            place=change.place,
            told=False,
        )
        for cell, old, new in zip(cells, olds, news, strict=True)
        if old
    ]


def _factored(part: Part, olds: list[int], bps: int) -> list[int]:
    """The cells by a factor; none where nothing is asked for it to act on.

    Of a whole envelope the factor is the ask's, and the reserve gives way to a cut.
    """
    if part is not Part.BOTH:
        return [old * bps // BPS for old in olds]
    news: list[int] = []
    for ask, reserve in zip(olds[::2], olds[1::2], strict=True):
        new = ask * bps // BPS
        news += [new, reserve_beside(reserve, ask, new)]
    return news if any(olds[::2]) else []


def _reserve_note(
    part: Part, revision: Revision, olds: list[int], news: dict[Cell, int], cells: list[Cell]
) -> str:
    """What a change of a whole envelope does to the reserve: else the sum's change would puzzle."""
    if part is not Part.BOTH or not news:
        return ""
    changed = [(cell, old) for cell, old in zip(cells, olds, strict=True) if cell in news]
    ask, reserve = (sum(old for cell, old in changed if word in cell[0]) for word in PARTS)
    if 0 < ask <= sum(news.values()) < ask + reserve:
        return f"仍不低于计划所需 {money_text(ask)}，由待分配资金吸收"
    if not isinstance(revision, Factor) or not reserve or revision.bps == BPS:
        return ""
    left = sum(new for cell, new in news.items() if PARTS[1] in cell[0])
    kept = "不变" if left == reserve else f"由 {money_text(reserve)}降为 {money_text(left)}"
    return f"系数乘在计划所需 {money_text(ask)}上，待分配资金{kept}"


def _shared(
    change: EnvelopeChange, draft: Draft, quantity: str, total: int, olds: list[int]
) -> list[int] | None:
    """An amount shared over the cells in proportion to what they held."""
    if total < 0:
        draft.refuse(
            change.place,
            f"{quantity} 原为 {money_text(sum(olds))}，不够减",
            "减少的金额不能超过原额度；全部取消请写金额 0",
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
