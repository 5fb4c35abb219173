"""Find items, channels and gates by what people write: number or id, name, unique part of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from portfolio.model.gates import Gate
from portfolio.model.items import Channel, Item, RiskClass, find_item
from portfolio.model.problems import InputError, Problem, did_you_mean, nearest
from portfolio.model.scenarios.verbs import Pick, PickBy, Selector

EVERYTHING = "全部"
_RANGE = re.compile(r"(\d{1,9})\s*[-–—~～至]\s*(\d{1,9})")
_NUMBER = re.compile(r"\d{1,9}")
_ARROW = re.compile(r"(.+?)\s*(?:→|->|=>)\s*(.+)")


def unique_match(text: str, names: Sequence[str], what: str, place: str) -> str:
    """The name that is `text`, or the only one it is part of.

    Raises
    ------
    InputError
        None or several match.
    """
    if text in names:
        return text
    near = [name for name in dict.fromkeys(names) if text and text in name]
    if len(near) == 1:
        return near[0]
    if near:
        shown = "、".join(near[:6]) + (" 等" if len(near) > 6 else "")
        raise InputError.of(
            place, f"“{text}”同时符合多个{what}：{shown}", "请写全称，只留下要的那一个"
        )
    raise InputError.of(place, f"没有名为“{text}”的{what}", did_you_mean(text, names))


def find_channel(
    text: str,
    channels: Iterable[Channel],
    place: str,
    *,
    fits: Callable[[Channel], bool] | None = None,
) -> Channel:
    """A channel by id (any case), name, one of the names in it (`a/b`), or a part of its name.

    A part must be of one channel only, and not be of another's group: 债券 is in 专项债券 and
    means 企业债 as well. `fits` then decides, where it leaves one: see `channel_by_fit`.

    Raises
    ------
    InputError
        None or several match.
    """
    listed = tuple(channels)
    wanted = text.strip()
    for channel in listed:
        if channel.id.upper() == wanted.upper() or wanted in (
            channel.name,
            *channel.name.split("/"),
        ):
            return channel
    meant = _channels_meant(wanted, listed)
    fitting = [channel for channel in meant if fits is None or fits(channel)]
    if len(fitting) == 1:
        return fitting[0]
    names = [channel.name for channel in listed]
    if len(meant) > 1 and wanted not in names:
        shown = "、".join(channel.name for channel in (fitting or meant)[:6])
        more = " 等" if len(fitting or meant) > 6 else ""
        found = f"“{wanted}”同时符合多个资金渠道：{shown}{more}"
        raise InputError.of(place, found, "请写全称，只留下要的那一个")
    name = unique_match(wanted, names, "资金渠道", place)
    return next(channel for channel in listed if channel.name == name)


def _channels_meant(wanted: str, listed: tuple[Channel, ...]) -> list[Channel]:
    """Channels a word may mean: by their names, and where it is in one, by their groups too."""
    if not any(wanted and wanted in channel.name for channel in listed):
        return []
    return [c for c in listed if wanted in c.name or wanted in c.group]


def channel_by_fit(text: str, channel: Channel, channels: Iterable[Channel], why: str) -> str:
    """A note where a word may mean several channels and only their kind decided; else empty."""
    wanted = text.strip()
    if wanted.upper() == channel.id.upper() or wanted in channel.name.split("/"):
        return ""
    others = [c.name for c in _channels_meant(wanted, tuple(channels)) if c.id != channel.id]
    if not others or wanted == channel.name:
        return ""
    return f"“{wanted}”取“{channel.name}”；{'、'.join(others)} {why}"


def select_items(
    selector: Selector, items: tuple[Item, ...], risk_classes: tuple[RiskClass, ...], place: str
) -> tuple[Item, ...]:
    """Items a selector picks, in the portfolio's order.

    Raises
    ------
    InputError
        A name is unknown or ambiguous, or an alternative picks nothing.
    """
    problems: list[Problem] = []
    picked: set[int] = set()
    for alternative in selector.alternatives:
        numbers = {item.no for item in items}
        good = True
        for pick in alternative:
            try:
                numbers &= {item.no for item in _pick(pick, items, risk_classes, place)}
            except InputError as error:
                problems += error.problems
                good = False
        if good and not numbers:
            said = "、".join(f"{pick.by}“{pick.text}”" for pick in alternative)
            problems.append(
                Problem(place=place, found=f"没有大项同时符合 {said}", fix="请放宽或改正选择条件")
            )
        picked |= numbers
    if problems:
        raise InputError(problems)
    return tuple(item for item in items if item.no in picked)


def named_items(selector: Selector, items: tuple[Item, ...], place: str) -> set[int]:
    """Numbers of the items a selector names one by one (not through a group or 全部)."""
    return {
        item.no
        for alternative in selector.alternatives
        for pick in alternative
        if pick.by is PickBy.ITEM and pick.text != EVERYTHING
        for item in _items_by_text(pick.text, items, place)
    }


def _pick(
    pick: Pick, items: tuple[Item, ...], risk_classes: tuple[RiskClass, ...], place: str
) -> tuple[Item, ...]:
    if pick.by is PickBy.ITEM:
        return _items_by_text(pick.text, items, place)
    if pick.by in (PickBy.RISK_CLASS, PickBy.RISK_GROUP):
        keys = _risk_keys(pick, risk_classes, place)
        return tuple(item for item in items if item.risk_class in keys)
    values: dict[PickBy, Callable[[Item], tuple[str, ...]]] = {
        PickBy.WORK: lambda item: (item.work,),
        PickBy.CATEGORY: lambda item: tuple(v for v in (item.category, item.group) if v),
        PickBy.TAG: lambda item: item.tags,
    }
    of_item = values[pick.by]
    known = list(dict.fromkeys(value for item in items for value in of_item(item)))
    name = unique_match(pick.text, known, pick.by, place)
    return tuple(item for item in items if name in of_item(item))


def _risk_keys(pick: Pick, risk_classes: tuple[RiskClass, ...], place: str) -> set[str]:
    if pick.by is PickBy.RISK_GROUP:
        groups = list(dict.fromkeys(risk.corr_group for risk in risk_classes))
        group = unique_match(pick.text, groups, pick.by, place)
        return {risk.key for risk in risk_classes if risk.corr_group == group}
    return {find_risk_class(pick.text, risk_classes, place).key}


def find_risk_class(text: str, risk_classes: Sequence[RiskClass], place: str) -> RiskClass:
    """A risk class by its title, a unique part of it, or its key.

    Raises
    ------
    InputError
        None or several match; the classes meant are told by their titles.
    """
    wanted = text.strip()
    by_key = {risk.key: risk for risk in risk_classes}
    if wanted in by_key:
        return by_key[wanted]
    titles = {risk.title: risk for risk in risk_classes}
    if not wanted.isascii() or any(wanted in title for title in titles):
        return titles[unique_match(wanted, list(titles), PickBy.RISK_CLASS, place)]
    # An English key misspelt is nearer to the keys than to the Chinese titles.
    near = [risk for risk in risk_classes if wanted and wanted in risk.key]
    if len(near) == 1:
        return near[0]
    meant = nearest(wanted, by_key)
    fix = f"是否为“{by_key[meant].title}”（{meant}）？" if meant else did_you_mean("", titles)
    if near:
        fix = "可以是：" + "、".join(f"{risk.title}（{risk.key}）" for risk in near[:6])
    raise InputError.of(place, f"没有名为“{wanted}”的{PickBy.RISK_CLASS}", fix)


def _items_by_text(text: str, items: tuple[Item, ...], place: str) -> tuple[Item, ...]:
    wanted = text.strip()
    if wanted == EVERYTHING:
        return items
    by_number = {item.no: item for item in items}
    span = _RANGE.fullmatch(wanted)
    if span or _NUMBER.fullmatch(wanted):
        first, last = (int(span[1]), int(span[2])) if span else (int(wanted), int(wanted))
        ends = [no for no in dict.fromkeys((first, last)) if no not in by_number]
        if ends or last < first:
            known = f"大项编号为 {min(by_number, default=0)}–{max(by_number, default=0)}"
            said = (
                f"没有编号为 {'、'.join(map(str, ends))} 的大项" if ends else f"“{wanted}”前大后小"
            )
            raise InputError.of(place, said, f"{known}，请改正编号")
        return tuple(item for item in items if first <= item.no <= last)
    try:
        return (find_item(wanted, items, place),)
    except InputError as error:
        raise _hint_at_groups(wanted, items, place, error) from None


def _hint_at_groups(
    wanted: str, items: tuple[Item, ...], place: str, error: InputError
) -> InputError:
    """Where the word is a work, category or tag, say how to select by it."""
    groups = (
        (PickBy.WORK, {item.work for item in items}),
        (PickBy.CATEGORY, {v for item in items for v in (item.category, item.group) if v}),
        (PickBy.TAG, {tag for item in items for tag in item.tags}),
    )
    for by, names in groups:
        if wanted in names:
            fix = f"“{wanted}”是{by}名，要整个{by}请写“{by}: {wanted}”；只要其中一项请写大项全称"
            return InputError.of(place, error.problems[0].found, fix)
    return error


def find_gates(
    text: str, gates: tuple[Gate, ...], items: tuple[Item, ...], place: str
) -> tuple[Gate, ...]:
    """Gates by id, by `22→27` (every gate between the two), or 全部.

    Raises
    ------
    InputError
        No gate is called so.
    """
    wanted = text.strip()
    if wanted == EVERYTHING:
        return gates
    same = tuple(gate for gate in gates if gate.id.upper() == wanted.upper())
    if same:
        return same
    ends = _ARROW.fullmatch(wanted)
    if not ends:
        fix = did_you_mean(wanted, [gate.id for gate in gates]) + "；也可写“前项→后项”，如 22→27"
        raise InputError.of(place, f"没有编号为“{wanted}”的前置条件", fix)
    pred, succ = (find_item(end, items, place) for end in ends.groups())
    between = gates_between(pred, succ, gates)
    if not between:
        raise InputError.of(
            place,
            f"{pred.label} 与 {succ.label} 之间没有前置条件",
            _near_gates(pred, succ, gates),
        )
    return between


def gates_between(pred: Item, succ: Item, gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """Gates from one item to another."""
    return tuple(g for g in gates if (g.pred_no, g.succ_no) == (pred.no, succ.no))


def _near_gates(pred: Item, succ: Item, gates: tuple[Gate, ...]) -> str:
    if gates_between(succ, pred, gates):
        return f"方向相反的有：是否为“{succ.no}→{pred.no}”？"
    into = [f"{g.pred_no}→{g.succ_no}（{g.id}）" for g in gates if g.succ_no == succ.no]
    if into:
        return f"以 {succ.no} 为后项的有：{'、'.join(into[:6])}"
    return f"没有以 {succ.no} 为后项的前置条件，请核对编号"
