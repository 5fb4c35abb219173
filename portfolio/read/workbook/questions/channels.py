"""What is asked of channels: more than a city plausibly has, more than is entered, no budget yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from portfolio.model.items import LOOKED_AT, Channel, Kind
from portfolio.model.money import yi_text
from portfolio.model.portfolio import BUDGETED_YEARS, Portfolio, asof_year_of
from portfolio.model.problems import Problem
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.schema.funding import ENVELOPES, PLAUSIBLE
from portfolio.read.workbook.questions.asking import SILENCE, looked_at
from portfolio.read.workbook.sheets.rows import Row

#: So many are named.
NAMED = 5
_BUDGETS = ("adjusted_wan", "initial_wan")
_WHOLE = (*_BUDGETS, "envelope_wan")


def channel_questions(
    tables: Mapping[str, Sequence[Row]], portfolio: Portfolio, asked: Collection[str]
) -> tuple[Problem, ...]:
    """Questions by channel; of cells in `asked` something was asked already."""
    envelopes = tables[ENVELOPES.name]
    return (
        *_above_envelope(envelopes, portfolio, asked),
        *_implausible(tables[PLAUSIBLE.name], portfolio),
        *_without_budget(envelopes, portfolio),
    )


def _implausible(rows: Sequence[Row], portfolio: Portfolio) -> Iterator[Problem]:
    """Planned sums above what a city plausibly has, one question a channel."""
    by_channel: dict[str, list[Row]] = {}
    for row in rows:
        if not looked_at(row) and row.sound("channel", "year", "upper_wan"):
            by_channel.setdefault(row.text("channel"), []).append(row)
    for name, mine in by_channel.items():
        channel = _named(name, portfolio)
        if channel is None:
            continue
        above = [
            (row, planned)
            for row in sorted(mine, key=lambda row: row.whole("year"))
            if (planned := _planned(portfolio, channel, row)) > row.whole("upper_wan")
        ]
        if not above:
            continue
        years = "；".join(
            f"{row.whole('year')} 年计划 {_yi(planned)} 亿元，参考上限 {_yi(row.whole('upper_wan'))}"
            for row, planned in above
        )
        source = above[0][0].text("provenance")
        yield Problem(
            place=above[0][0].place("upper_wan"),
            found=f"{name} 的计划高于财力参考：{years}（依据：{source}）",
            fix=f"请核对渠道份额与分年计划，或在年度额度表填实际预算；{SILENCE}",
        )


def _above_envelope(
    rows: Sequence[Row], portfolio: Portfolio, asked: Collection[str]
) -> Iterator[Problem]:
    """The plan above its own envelope as entered, the largest first."""
    first = portfolio.calendar.first_year + asof_year_of(portfolio.facts)
    above: list[tuple[int, Row, str, str]] = []
    for row in rows:
        key = next((key for key in _WHOLE if row.sound(key)), None)
        channel = _named(row.text("channel"), portfolio)
        if key is None or channel is None or looked_at(row) or row.whole("year") < first:
            continue
        entered = row.whole(key) + (row.whole_or_none("reserve_wan") or 0)
        entered += row.whole_or_none("carried_wan") or 0
        planned = _planned(portfolio, channel, row)
        if planned > entered and not any(row.place(each) in asked for each in _WHOLE):
            said = f"{channel.name} {row.whole('year')} 年{_whose(row)}计划 {_yi(planned)} 亿元，"
            above.append((planned - entered, row, key, f"{said}额度 {_yi(entered)}"))
    if not above:
        return
    above.sort(key=lambda each: (-each[0], each[1].number))
    more = f"；另有 {len(above) - NAMED} 处" if len(above) > NAMED else ""
    yield Problem(
        place=above[0][1].place(above[0][2]),
        found=f"计划高于填报的额度，共 {_yi(sum(each[0] for each in above))} 亿元："
        f"{'；'.join(each[3] for each in above[:NAMED])}{more}",
        fix="推演按额度安排，不足的顺延；要排出不超额度的计划请用 portfolio reallocate；" + SILENCE,
    )


def _whose(row: Row) -> str:
    no = row.whole_or_none("item_no")
    return "" if no is None else f"大项 {no} "


def _without_budget(rows: Sequence[Row], portfolio: Portfolio) -> Iterator[Problem]:
    """Who still has to tell a budget: pooled channels in the year of the as-of and the next."""
    calendar = portfolio.calendar
    budgets = [row for row in rows if row.sound_any(*_BUDGETS)]
    if portfolio.facts is None and not budgets:
        return
    if portfolio.facts is not None:
        first = calendar.first_year + asof_year_of(portfolio.facts)
    else:
        first = min(row.whole("year") for row in budgets)
    known = {
        (each.id, row.whole("year"))
        for row in rows
        if row.sound_any(*_BUDGETS) or looked_at(row)
        if (each := _named(row.text("channel"), portfolio)) is not None
    }
    lines = []
    for year in range(first, min(first + BUDGETED_YEARS, calendar.first_year + PLAN_YEARS)):
        names = [
            channel.name
            for channel, money in zip(
                portfolio.channels,
                portfolio.baseline_wan[year - calendar.first_year].sum(axis=1).tolist(),
                strict=True,
            )
            if channel.kind is Kind.POOLED and money and (channel.id, year) not in known
        ]
        if names:
            lines.append(f"{year} 年 {'、'.join(names)}")
    if lines:
        yield Problem(
            place=f"{ENVELOPES.name}!A1",
            found=f"待财政填：{'；'.join(lines)}，没有年初预算，额度按计划需要推算",
            fix="请财政部门在年度额度表填“年初预算”；没有公布的留空，不要估填；核实过没有的，"
            f"为该渠道该年加一行，金额留空，“依据”写“{LOOKED_AT}”，不再提示",
        )


def _named(name: str, portfolio: Portfolio) -> Channel | None:
    return next((each for each in portfolio.channels if name in (each.name, each.id)), None)


def _planned(portfolio: Portfolio, channel: Channel, row: Row) -> int:
    """What the plan asks of the channel (of one item, where the row names one) in the row's year."""
    index = row.whole("year") - portfolio.calendar.first_year
    if not 0 <= index < PLAN_YEARS:
        return 0
    money = portfolio.baseline_wan[index, portfolio.channel_position[channel.id]]
    no = row.values.get("item_no")
    return int(money.sum() if no is None else money[portfolio.position[row.whole("item_no")]])


def _yi(wan: int) -> str:
    return yi_text(wan, 1)
