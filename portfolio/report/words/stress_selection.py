"""Choices and orders that the screen and the workbook of a stress test share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from portfolio.model.money import WAN_PER_YI
from portfolio.model.study.confidence import mean_delay
from portfolio.model.study.findings import Confidence, Driver, ItemChain, Level, Swing
from portfolio.model.study.result import ChannelLeverage, LeverEffect, StressResult

Measure = Literal["converted", "cost", "delay"]
#: Single variables of the luck; sums over a class, a work or a source are ranked apart.
SINGLE = (Level.ITEM, Level.CHANNEL, Level.RISK)
#: Items shown one by one where there is no room for all.
CHOSEN_ITEMS = 8


@dataclass(frozen=True, kw_only=True)
class DecidingItem:
    """An item with how often it decides the end and how far its own luck swings the outcomes.

    converted, delay : the widest swing of its variables by size, 万元 of the worry year and
        quarters of mean delay; None where no variable of it swings beyond chance
    """

    chain: ItemChain
    converted: float | None
    delay: float | None


def swing_of(driver: Driver, measure: Measure) -> Swing | None:
    """A driver's swing of one outcome."""
    return {"converted": driver.converted, "cost": driver.cost, "delay": driver.delay}[measure]


def tornado(
    result: StressResult,
    measure: Measure,
    limit: int,
    levels: tuple[Level, ...] = SINGLE,
) -> tuple[tuple[Driver, Swing], ...]:
    """The widest swings of an outcome among some levels, those within chance left out."""
    rows = [
        (driver, swing)
        for driver in result.findings.drivers
        if driver.level in levels
        and (swing := swing_of(driver, measure)) is not None
        and swing.difference.differs
    ]
    rows.sort(key=lambda row: -abs(row[1].difference.value))
    return tuple(rows[:limit])


def compared(result: StressResult, levels: tuple[Level, ...] = SINGLE) -> int:
    """How many drivers of some levels there are: of many, a few differ by chance alone."""
    return sum(driver.level in levels for driver in result.findings.drivers)


def middle_of(result: StressResult, measure: Measure) -> float:
    """The mean of an outcome over all paths, which a swing's two ends lie around."""
    found = result.findings
    if measure == "delay":
        return float(mean_delay(result.run.portfolio, result.paths).mean())
    if measure == "cost":
        return found.whole.cost.mean.value if found.whole is not None else 0.0
    for year in found.years:
        if found.worry is not None and year.year == found.worry.year and year.converted:
            return year.converted.mean.value
    return 0.0


def deciding_items(result: StressResult, limit: int) -> tuple[DecidingItem, ...]:
    """The items that most often decide the end, with their own swings."""
    widest: dict[tuple[str, Measure], float] = {}
    measures: tuple[Measure, ...] = ("converted", "delay")
    for driver in result.findings.drivers:
        if driver.level is not Level.ITEM:
            continue
        for measure in measures:
            swing = swing_of(driver, measure)
            if swing is not None and swing.difference.differs:
                size = abs(swing.difference.value)
                key = (driver.ref, measure)
                widest[key] = max(widest.get(key, 0.0), size)
    return tuple(
        DecidingItem(
            chain=row,
            converted=widest.get((str(row.item_no), "converted")),
            delay=widest.get((str(row.item_no), "delay")),
        )
        for row in result.findings.chain[:limit]
        if row.criticality.value > 0
    )


def latest_items(result: StressResult, limit: int) -> tuple[Confidence, ...]:
    """Items by how far their P80 finish lies behind plan, the farthest first; late ones only."""
    late = [row for row in result.findings.items if row.finish.at(80).value > row.planned_finish]
    late.sort(key=lambda row: (-(row.finish.at(80).value - row.planned_finish), -row.delay.value))
    return tuple(late[:limit])


def chosen_items(result: StressResult) -> tuple[Confidence, ...]:
    """Items whose finish is drawn: those that decide the end most, then the latest."""
    by_no = {row.item_no: row for row in result.findings.items}
    deciding = [row.chain.item_no for row in deciding_items(result, CHOSEN_ITEMS // 2)]
    latest = [row.item_no for row in latest_items(result, CHOSEN_ITEMS)]
    every = [row.item_no for row in result.findings.items]
    order = dict.fromkeys([*deciding, *latest, *every])
    return tuple(by_no[no] for no in order if no in by_no)[:CHOSEN_ITEMS]


def scattered_items(result: StressResult, limit: int) -> tuple[Confidence, ...]:
    """Items drawn beside the whole: the one that decides most, then the largest with a frontier.

    An item with a frontier is one for which some cost and finish give a joint confidence of 50 %.
    """
    first = chosen_items(result)[:1]
    others = [
        row for row in result.findings.items if row not in first and row.joint.frontiers[0].points
    ]
    others.sort(key=lambda row: -row.approved_wan)
    return (*first, *others[: limit - len(first)])


def levers_of(result: StressResult, kind: str) -> tuple[tuple[str, float], ...]:
    """Levers of a kind (来源, 渠道, 类别, 大项, 风险) that raise the worry year's investment.

    By name without its kind and by the gain in 万元, the largest first; those within chance, or
    that read 0 亿元, left out.
    """
    rows = [
        (row.label.removeprefix(f"{kind}："), row.converted.value)
        for row in result.levers
        if row.label.startswith(f"{kind}：")
        and row.converted is not None
        and row.converted.differs
        and row.converted.value >= WAN_PER_YI / 2
    ]
    return tuple(sorted(rows, key=lambda row: -row[1]))


def levers_played(result: StressResult) -> str:
    """How many of the levers were played."""
    return f"按秩相关初筛，推演 {result.levers_of} 项中的 {len(result.levers)} 项"


def shown_levers(result: StressResult, each: int) -> tuple[LeverEffect, ...]:
    """Every source, then the levers of each other kind that cut most delay, `each` of a kind."""
    kinds: dict[str, list[LeverEffect]] = {}
    for row in sorted(result.levers, key=lambda row: row.delay.value):
        kinds.setdefault(row.label.partition("：")[0], []).append(row)
    sources = kinds.pop("来源", [])
    return (*sources, *(row for rows in kinds.values() for row in rows[:each]))


def year_leverage(result: StressResult) -> tuple[ChannelLeverage, ...]:
    """What 1 亿元 less costs in the worry year, the dearest channel first; () if not measured."""
    worry = result.findings.worry
    rows = [row for row in result.leverage if worry is not None and row.year == worry.year]
    return tuple(sorted(rows, key=lambda row: tuple(-x for x in _dearness(row))))


def worst_leverage(result: StressResult) -> tuple[ChannelLeverage, ...]:
    """The dearest year of each channel by investment lost in that year, the dearest first."""
    worst: dict[str, ChannelLeverage] = {}
    for row in result.leverage:
        known = worst.get(row.channel_id)
        if known is None or _dearness(row) > _dearness(known):
            worst[row.channel_id] = row
    return tuple(sorted(worst.values(), key=lambda row: tuple(-x for x in _dearness(row))))


def _dearness(row: ChannelLeverage) -> tuple[float, float]:
    return round(row.investment_in_year.value, 9), row.delay_quarters.value


def chain_by_item(result: StressResult) -> dict[int, ItemChain]:
    """Criticality by item number."""
    return {row.item_no: row for row in result.findings.chain}
