"""Amounts that look like a slip of the pen: a factor away from the plan, the list, the next year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median_low

from portfolio.model.items import Item, Kind, PublishedTotal, Target, reconcile
from portfolio.model.money import BPS
from portfolio.model.plan import baseline_years
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import Problem
from portfolio.model.quarters import PLAN_YEARS
from portfolio.read.workbook.questions.asking import (
    ANOTHER_UNIT,
    FAR,
    SILENCE,
    amount_text,
    asked,
    doubtful,
    far,
    looked_at,
    meant,
    nearby,
)
from portfolio.read.workbook.sheets.rows import Row

#: An item's total this many times its money so far and of the period: with so few items that the
#: list says nothing.
TOTAL_TIMES = 10
#: So many items tell what is usual in a list.
LIST_ITEMS = 5
#: A published sum says which item is wrong to this part of it: it may be rounded.
ROUNDED_PERCENT = 2
_SLIPS = (10, 100, 1_000, 10_000)
#: Amounts of 年度额度 that are of the whole year, and those that grow within it.
_OF_YEAR = {"envelope_wan": "额度", "initial_wan": "年初预算", "adjusted_wan": "调整预算"}
_WITHIN = {
    "reserve_wan": "待分配资金",
    "issued_wan": "已下达",
    "arrived_wan": "已到位",
    "carried_wan": "上年结转",
}


def slips(
    tables: Mapping[str, Sequence[Row]],
    portfolio: Portfolio,
    totals: Sequence[PublishedTotal],
    known: Mapping[tuple[int, int], int],
) -> tuple[Problem, ...]:
    """Every amount to be confirmed, in the order of the sheets."""
    return (
        *_of_items(tables["项目清单"], portfolio, totals),
        *_of_targets(tables["年度目标"], portfolio),
        *_of_known_years(tables["年度计划"], portfolio, known),
        *_of_envelopes(tables["年度额度"], portfolio),
    )


# --- 项目清单: beside the published sums, the item's own plan, the rest of the list


def _of_items(
    rows: Sequence[Row], portfolio: Portfolio, totals: Sequence[PublishedTotal]
) -> Iterator[Problem]:
    published = _by_published(portfolio.items, totals)
    usual = _usual_ratio(portfolio.items)
    for row in rows:
        if looked_at(row):
            continue
        item = portfolio.item(row.whole("no"))
        told = False
        for key, title in (("total_wan", "总投资"), ("plan_wan", "计划期投资")):
            wanted = published.get((item.no, key))
            if wanted is not None:
                told = True
                value, total = wanted
                yield Problem(
                    place=row.place(key),
                    found=f"大项 {item.label} {title} {amount_text(row.whole(key))}，"
                    f"若为 {amount_text(value)}，“{total.name}”的合计就与公布数相符",
                    fix=f"是否为 {amount_text(value)}？{SILENCE}",
                )
        if not told:
            yield from _beside_plan(row, item, usual)
        yield from _earlier(row, item, portfolio)
        yield from _yearly_cap(row, item, portfolio)


def _by_published(
    items: Sequence[Item], totals: Sequence[PublishedTotal]
) -> dict[tuple[int, str], tuple[int, PublishedTotal]]:
    """What an item would have to be, where a slip of it alone explains a published sum.

    Of the sums that an item is in only the smallest is asked.
    """
    found: dict[tuple[int, str], tuple[int, PublishedTotal]] = {}
    sums = [check for check in reconcile(items, totals) if check.published.level != "合计"]
    for item in items:
        names = (item.group, item.category, item.work)
        mine = [c for name in names if name for c in sums if c.published.name == name]
        if not mine:
            continue
        for key, excess in (
            ("total_wan", mine[0].total_diff_wan),
            ("plan_wan", mine[0].plan_diff_wan),
        ):
            value = getattr(item, key)
            if excess and value and _slipped(value, value - excess):
                found[item.no, key] = (value - excess, mine[0].published)
    return found


def _slipped(value: int, wanted: int) -> bool:
    """Whether one is the other with its point or unit in the wrong place."""
    if wanted <= 0:
        return False
    small, large = sorted((value, wanted))
    return any(abs(large - small * times) * 100 <= large * ROUNDED_PERCENT for times in _SLIPS)


def _spoken_for(item: Item) -> int:
    return item.plan_wan + item.earlier_wan


def _usual_ratio(items: Sequence[Item]) -> int:
    """How many times its money so far and of the period an item's total may be, in this list."""
    ratios = [item.total_wan * BPS // _spoken_for(item) for item in items if _spoken_for(item)]
    if len(ratios) < LIST_ITEMS:
        return TOTAL_TIMES * BPS
    return FAR * median_low(ratios)


def _beside_plan(row: Row, item: Item, usual_bps: int) -> Iterator[Problem]:
    """A total far above what was done before and is planned."""
    plan = _spoken_for(item)
    if plan and item.first_year is None and item.total_wan * BPS >= plan * usual_bps:
        what = f"大项 {item.label} 总投资"
        yield asked(row, "total_wan", what, plan, "首年前与计划期之和")


def _earlier(row: Row, item: Item, portfolio: Portfolio) -> Iterator[Problem]:
    """Money before the first year that is next to nothing beside a year of the plan."""
    year = item.plan_wan // portfolio.calendar.period_years
    if 0 < item.earlier_wan * FAR <= year:
        what = f"大项 {item.label} 首年前已完成"
        yield asked(row, "earlier_wan", what, year, "计划期年均")


def _yearly_cap(row: Row, item: Item, portfolio: Portfolio) -> Iterator[Problem]:
    """A cap that has no effect: below a planned year, or above all that the item costs."""
    cap = item.yearly_cap_wan
    if cap is None:
        return
    largest = int(portfolio.baseline_wan[:, :, portfolio.position[item.no]].sum(axis=1).max())
    if cap < largest:
        other, why = largest, f"小于计划最大的一年 {amount_text(largest)}，按那一年算"
    elif cap > item.total_wan:
        other, why = item.total_wan, f"大于总投资 {amount_text(item.total_wan)}，不起作用"
    else:
        return
    yield Problem(
        place=row.place("yearly_cap_wan"),
        found=f"大项 {item.label} 年度上限 {amount_text(cap)}，{why}",
        fix=f"{meant(cap, other)}没有上限的请留空；{SILENCE}",
    )


# --- 年度目标: beside the years around, the year's list, the plan


def _of_targets(rows: Sequence[Row], portfolio: Portfolio) -> Iterator[Problem]:
    series = {
        key: {row.whole("year"): row.whole(key) for row in rows if row.sound("year", key)}
        for key in ("target_wan", "upper_wan", "list_plan_wan", "list_done_wan")
    }
    plan = _listed_plan(portfolio)
    for row in rows:
        if looked_at(row):
            continue
        year = row.whole("year")
        for key, title in (
            ("target_wan", "年度目标"),
            ("upper_wan", "区间上沿"),
            ("list_plan_wan", "名单计划"),
            ("list_done_wan", "名单完成"),
        ):
            if not row.sound(key):
                continue
            # beside each other the series tell of the same money of the same year
            others = [series[each][year] for each in series if each != key and year in series[each]]
            near = nearby(series[key], year)
            inside = [plan[year]] if year in plan else []
            value = row.whole(key)
            if doubtful(value, near, [*inside, *others]):
                beside = [(near, "相邻年份的"), (others, "同年的"), (inside, "清单折算的")]
                other, which = next((seen[0], word) for seen, word in beside if far(value, seen))
                yield asked(row, key, f"{year} 年{title}", other, which)


def _listed_plan(portfolio: Portfolio) -> dict[int, int]:
    """The items' plan by year of the period, as the yearly list would have it."""
    calendar = portfolio.calendar
    by_year = portfolio.baseline_wan.sum(axis=(1, 2)).tolist()
    factors = {target.year: _inclusion(target) for target in portfolio.targets}
    return {
        year: by_year[year - calendar.first_year] * factors.get(year, BPS) // BPS
        for year in calendar.period
    }


def _inclusion(target: Target) -> int:
    return target.inclusion_bps or BPS


# --- 年度计划: beside what would be computed without the row


def _of_known_years(
    rows: Sequence[Row], portfolio: Portfolio, known: Mapping[tuple[int, int], int]
) -> Iterator[Problem]:
    for row in rows:
        if looked_at(row) or not row.sound("item_no", "year", "money_wan"):
            continue
        value = row.whole("money_wan")
        item = portfolio.item(row.whole("item_no"))
        usual = _without(item, row.whole("year"), portfolio, known)
        if value and usual and far(value, [usual]):
            what = f"大项 {item.label} {row.whole('year')} 年投资"
            yield asked(row, "money_wan", what, usual, "按其余各年推算的")


def _without(
    item: Item, year: int, portfolio: Portfolio, known: Mapping[tuple[int, int], int]
) -> int:
    """What would be computed for a year without the row that tells it; 0: nothing to go by."""
    calendar = portfolio.calendar
    others = {when: wan for (no, when), wan in known.items() if no == item.no and when != year}
    weights = {t.year: t.programme_weight_bps or 0 for t in portfolio.targets}
    programme = tuple(weights.get(each, 0) for each in calendar.period)
    risk = next(each for each in portfolio.risk_classes if each.key == item.risk_class)
    try:
        years = baseline_years(item, others, programme, risk, calendar)
    except ValueError:  # the other years leave no room: only the mean is left to go by
        years = []
    computed = years[year - calendar.first_year] if years else 0
    if computed or year > calendar.period_last:
        return computed
    return item.plan_wan // calendar.period_years


# --- 年度额度: beside the years around and what the plan needs


def _of_envelopes(rows: Sequence[Row], portfolio: Portfolio) -> Iterator[Problem]:
    channels = {word: each for each in portfolio.channels for word in (each.id, each.name)}
    series: dict[tuple[str, int | None], dict[int, int]] = {}
    for row in rows:
        amount = _of_the_year(row)
        if amount is not None:
            series.setdefault(_whose(row), {})[row.whole("year")] = row.whole(amount)
    for row in rows:
        if looked_at(row):
            continue
        channel, no = channels[row.text("channel")], row.whole_or_none("item_no")
        year = row.whole("year")
        needs = _needs(portfolio, channel.id, no if channel.kind is not Kind.POOLED else None)
        plan = _plan_of(needs, year, portfolio)
        of_whom = f"（大项 {no}）" if no is not None else ""
        what = f"{channel.name}{of_whom} {year} 年"
        near = nearby(series.get(_whose(row), {}), year)
        for key, title in _OF_YEAR.items():
            value = row.whole_or_none(key)
            if value and doubtful(value, near, plan):
                yield asked(row, key, what + title, *_beside(near, plan))
        whole = _of_the_year(row)
        year_wan = [row.whole(whole)] if whole else plan
        for key, title in _WITHIN.items():
            value = row.whole_or_none(key)
            if value and year_wan and _odd_within(value, year_wan):
                which = "本年额度" if whole else "计划需要"
                yield asked(row, key, what + title, max(year_wan), which)


def _odd_within(value: int, year_wan: Sequence[int]) -> bool:
    """Whether a part of a year's money is far above the year, or of another unit below it."""
    known = [each for each in year_wan if each]
    return bool(known) and (value >= FAR * max(known) or value * ANOTHER_UNIT <= min(known))


def _beside(near: Sequence[int], plan: Sequence[int]) -> tuple[int, str]:
    needed = next((each for each in plan if each), 0)
    return (needed, "计划需要") if needed else (near[0], "相邻年份的")


def _whose(row: Row) -> tuple[str, int | None]:
    return row.text("channel"), row.whole_or_none("item_no")


def _of_the_year(row: Row) -> str | None:
    """The column with the year's money in force; None: none was entered."""
    keys = ("adjusted_wan", "initial_wan", "envelope_wan")
    return next((key for key in keys if row.sound(key)), None)


def _needs(portfolio: Portfolio, channel_id: str, no: int | None) -> list[int]:
    """What the plan asks of a channel by year, of all items or of one."""
    money = portfolio.baseline_wan[:, portfolio.channel_position[channel_id]]
    by_year = money.sum(axis=1) if no is None else money[:, portfolio.position[no]]
    return [int(each) for each in by_year.tolist()]


def _plan_of(needs: Sequence[int], year: int, portfolio: Portfolio) -> list[int]:
    """What an envelope can be held against: its year's need, and the mean of the planned period."""
    calendar = portfolio.calendar
    index = year - calendar.first_year
    mean = sum(needs[: calendar.period_years]) // calendar.period_years
    return [each for each in ([needs[index]] if index < PLAN_YEARS else []) + [mean] if each]
