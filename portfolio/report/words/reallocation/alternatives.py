"""What every plan as good must move, what it needn't, and the other plans, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from portfolio.model.money import SEEN_WAN, yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.alternatives import Forced, Place, Within
from portfolio.model.reallocation.result import Alternatives, Reallocation
from portfolio.model.reallocation.settings import ALIKE_BPS, RepairSettings, Way
from portfolio.report.words.reallocation import channel_of, percent, weighed_name

ALTERNATIVES_SHEET = "其他方案"
FORCED, FREE, OTHERS = "不论怎样调都要动的", "可以不动的", "其他同样好的方案"
#: Names written out in a sentence; the rest are counted.
NAMED = 6


def as_good_text(settings: RepairSettings, within: Iterable[Within]) -> str:
    """What “as good” means, and what that comes to."""
    goals = settings.aims if settings.way is Way.STRICT else ("缺口", weighed_name(settings))
    most = "、".join(
        f"{goal} {yi_text(each.most_wan)}" for goal, each in zip(goals, within, strict=True)
    )
    return (
        f"“同样好”：满足全部规则，{'、'.join(goals)}都不比本方案大 {percent(ALIKE_BPS)} 以上"
        f"（连零头不超过：{most} 亿元），笔数不限。"
    )


def place_name(portfolio: Portfolio, place: Place) -> str:
    """`2027 年地方政府专项债券`, or the item's number and name."""
    if place.item_no is not None:
        return portfolio.item(place.item_no).label
    assert place.channel_id is not None
    return f"{place.year} 年{channel_of(portfolio, place.channel_id).name}"


def least_text(forced: Forced) -> str:
    """How much must be moved at least, and which way: `至少调减 73.4`."""
    ways = ((forced.down_wan, "调减"), (forced.up_wan, "调增"))
    told = [f"{way} {yi_text(wan)}" for wan, way in ways if wan >= SEEN_WAN]
    return f"至少{'、'.join(told) or f'调减或调增 {yi_text(forced.moved_wan)}'}"


def forced_lines(portfolio: Portfolio, found: Alternatives) -> tuple[str, ...]:
    """What must be moved, a line each; in a sentence where nothing must."""
    lines = [
        f"{place_name(portfolio, forced.place)}：{least_text(forced)} 亿元"
        f"（本方案动 {yi_text(forced.offered_wan)}）。"
        for forced in found.forced
    ]
    if not any(forced.place.item_no is None for forced in found.forced):
        lines.append("没有哪个渠道年份非动不可。")
    if not any(forced.place.item_no is not None for forced in found.forced):
        lines.append("没有哪个大项非动不可。")
    return tuple(lines)


def free_lines(result: Reallocation, found: Alternatives) -> tuple[str, ...]:
    """What the offered plan moves and another as good leaves alone: items, then channel-years.

    What is neither forced nor free is told too: nobody knows of it.
    """
    moved = moved_places(result)
    told = []
    for is_item, unit in ((True, "个大项"), (False, "个渠道年份")):
        free = [row.place for row in found.free if (row.place.item_no is not None) is is_item]
        forced = {row.place for row in found.forced}
        mine = [place for place in moved if (place.item_no is not None) is is_item]
        unknown = [place for place in mine if place not in forced and place not in free]
        lead = f"本方案动了 {len(mine)} {unit}"
        if free:
            told.append(
                f"{lead}，其中 {len(free)} 个各有同样好的方案不动它："
                f"{_names(result.case.portfolio, free)}。"
            )
        elif mine:
            told.append(f"{lead}，没有找到可以不动的。")
        if unknown:
            told.append(
                f"{len(unknown)} {unit}没有算清，既没有证明非动不可，也没有找到不动它的方案："
                f"{_names(result.case.portfolio, unknown)}。"
            )
    return (*told, "各自可以不动，不等于可以一起不动。") if found.free else tuple(told)


def moved_places(result: Reallocation) -> tuple[Place, ...]:
    """Items and channel-years of which the plan moves so much that it is seen."""
    moved: Counter[Place] = Counter()
    for move in result.moves:
        wan = abs(move.change_wan)
        moved[Place(item_no=move.item_no)] += wan
        moved[Place(channel_id=move.channel_id, year=move.year)] += wan
    return tuple(place for place, wan in moved.items() if wan >= SEEN_WAN)


def _names(portfolio: Portfolio, places: Sequence[Place]) -> str:
    names = "、".join(place_name(portfolio, place) for place in places[:NAMED])
    return names + (" 等" if len(places) > NAMED else "")


def others_lead(found: Alternatives) -> str:
    """What the table of other plans is, or that there is none."""
    if not found.others:
        return "按固定的工作量没有找到同样好而不同的方案。"
    return (
        f"另求得 {len(found.others)} 个，尽量与本方案、也彼此不同；都满足全部规则，并已推演。"
        "笔数没有求到最少。"
        "“同样好”只比承诺，推演可能差些：先看推演缺口、推演滞后两栏再挑。"
    )


def items_text(portfolio: Portfolio, repair: Reallocation) -> str:
    """The items a plan moves, by number and name."""
    return "、".join(portfolio.item(no).label for no in moved_items(repair))


def moved_items(repair: Reallocation) -> tuple[int, ...]:
    """Numbers of the items a plan moves."""
    return tuple(sorted({move.item_no for move in repair.moves}))
