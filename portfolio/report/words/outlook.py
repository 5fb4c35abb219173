"""The year in which facts end, as sentences that can be read out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from portfolio.model.approved.promote import changes
from portfolio.model.facts import MONTHS
from portfolio.model.items import Channel, ListPlanKind
from portfolio.model.measures.outlook import ChannelOutlook, Delayed, Outlook
from portfolio.model.measures.planned import plan_in_force
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import YearMeasure, percent_number
from portfolio.model.money import SEEN_WAN, yi_text
from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import Portfolio
from portfolio.report.words.run import EXECUTED, PLAYED, cause_name, gate_name

#: Whatever is made of a made-up workbook says so.
EXAMPLE = "示例数据"
#: So many channels are named in a sentence.
NAMED_CHANNELS = 2
BEGUN = f"{EXECUTED}＋{PLAYED}"


def pace_text(difference: Fraction, digits: int = 1) -> str:
    """`超序时进度5.90个百分点`, `欠…`, or that it is level where the difference rounds to 0."""
    points = percent_number(abs(difference), digits)
    if not points.strip("0."):
        return "与序时进度持平"
    return f"{'超' if difference > 0 else '欠'}序时进度{points}个百分点"


def is_example(portfolio: Portfolio) -> bool:
    """Whether the facts are made up."""
    return portfolio.facts is not None and portfolio.facts.example


def example_mark(portfolio: Portfolio) -> str:
    """`（示例数据）` behind a name where the facts are made up, else nothing."""
    return f"（{EXAMPLE}）" if is_example(portfolio) else ""


def year_mark(portfolio: Portfolio, year: int) -> str:
    """Whether a year is facts, play, or both; "" without facts."""
    facts = portfolio.facts
    if facts is None:
        return ""
    months = facts.asof_months - MONTHS * (year - portfolio.calendar.first_year)
    return PLAYED if months <= 0 else EXECUTED if months >= MONTHS else BEGUN


def year_marks_line(portfolio: Portfolio) -> str | None:
    """Which years are facts and which are played; None without facts."""
    facts = portfolio.facts
    if facts is None or not facts.asof_months:
        return None
    first = portfolio.calendar.first_year
    whole, begun = divmod(facts.asof_months, MONTHS)
    parts = []
    if whole:
        last = first + whole - 1
        parts.append(f"{first}—{last} 年" if whole > 1 else f"{first} 年")
    if begun:
        parts.append(f"{first + whole} 年 {months_text(1, begun)}")
    return f"{'、'.join(parts)}为{EXECUTED}数，其后为{PLAYED}数。"


def months_text(first: int, last: int) -> str:
    """`1—10 月`, `12 月`."""
    return f"{first} 月" if first == last else f"{first}—{last} 月"


# --- Which plan it is held against


def version_lines(portfolio: Portfolio) -> list[str]:
    """The approved version in force, and how the plan that is played departs from it."""
    if not portfolio.versions:
        return []
    version = plan_in_force(portfolio)
    if version is None:
        why = "没有执行数" if portfolio.facts is None else "截至月还没有版本生效"
        return [f"计划版本：{why}，年度计划与滞后按工作簿的计划。"]
    lines = [f"计划版本：{version.label}。年度计划与滞后按它衡量。"]
    found = changes(portfolio, version, version.year)
    told = []
    if found.cells:
        told.append(
            f"{version.year} 年有 {len(found.cells)} 格不同（多 {yi_text(found.more_wan)}、"
            f"少 {yi_text(found.less_wan)} 亿元）"
        )
    if found.spans:
        told.append(f"{len(found.spans)} 个大项的计划竣工不同")
    if told:
        lines.append(f"推演按工作簿现在的计划，它与这一版本不同：{'，'.join(told)}。")
    return lines


# --- The answer


def answer_lines(result: RunResult, seen: Outlook) -> tuple[str, ...]:
    """The year, the items that matter, the money short, the next year: some ten lines of a screen."""
    return (
        f"{result.label}{example_mark(result.portfolio)}：{to_date_sentence(seen)}",
        whole_year_sentence(seen),
        foremost_sentence(result, seen),
        short_sentence(seen),
        next_year_sentence(seen),
    )


def to_date_sentence(seen: Outlook) -> str:
    """What was drawn to date, against the year's plan and the months gone by."""
    when = f"截至 {seen.year} 年 {seen.months} 月底" if seen.months else f"{seen.year} 年初"
    done = f"{when}本年完成投资 {yi_text(seen.done_wan)} 亿元"
    if seen.completion is None or seen.ahead is None:
        return f"{done}（该年没有年度计划）。"
    plan = "年度计划" if seen.first_completion is None else "调整后年度计划"
    told = (
        f"{done}，为{plan} {yi_text(seen.this.plan_wan)} 亿元的"
        f" {percent_number(seen.completion)}%，{pace_text(seen.ahead)}"
    )
    if seen.first_completion is not None and seen.first_plan_wan is not None:
        # An adjusted plan begins with what has been drawn: it can't tell how the year goes.
        return (
            f"{told}；为原计划 {yi_text(seen.first_plan_wan)} 亿元的"
            f" {percent_number(seen.first_completion)}%，"
            f"{pace_text(seen.first_completion - seen.elapsed)}。"
        )
    if seen.ahead_of_season is None:
        return f"{told}。"
    points = percent_number(abs(seen.ahead_of_season))
    level = not points.strip("0.")
    season = "持平" if level else f"{'超' if seen.ahead_of_season > 0 else '欠'}{points}个百分点"
    return f"{told}（较同期曲线{season}）。"


def whole_year_sentence(seen: Outlook) -> str:
    """预计全年 against the year's plan, and converted against the list's plan or target."""
    year = seen.this
    told = f"预计全年 {yi_text(seen.year_wan)} 亿元"
    if seen.months < MONTHS:
        told += f"（{months_text(seen.months + 1, MONTHS)}推演 {yi_text(seen.rest_wan)}）"
    if year.plan_wan:
        told += f"，为计划的 {percent_number(Fraction(seen.year_wan, year.plan_wan))}%"
    if year.converted_wan is None:
        return f"{told}。"
    told += f"；折市重点口径 {yi_text(year.converted_wan)}"
    against = [(f"名单计划{list_plan_mark(year)}", seen.list_plan_wan)]
    if year.target_wan != seen.list_plan_wan:
        against.append(("目标", year.target_wan))
    compared = [
        f"比{name} {yi_text(wan)} {_more_or_less(year.converted_wan - wan)}"
        for name, wan in against
        if wan is not None
    ]
    return "，".join([told, *compared]) + "。"


def list_plan_mark(measure: YearMeasure) -> str:
    """`（内插）` or `（假设）` behind a plan of the list that is not in print."""
    kind = measure.list_plan_kind
    return "" if kind in (None, ListPlanKind.PUBLISHED) else f"（{kind}）"


def _more_or_less(wan: int) -> str:
    if abs(wan) < SEEN_WAN:
        return "持平"
    return f"{'多' if wan > 0 else '少'} {yi_text(abs(wan))}"


def foremost_sentence(result: RunResult, seen: Outlook) -> str:
    """The items that matter, with what waits, for how long, and why."""
    if not seen.foremost:
        return "没有大项滞后（尾工、尾款不计）。"
    portfolio = result.portfolio
    by_cause: dict[str, list[str]] = {}
    for late in seen.foremost:
        told = f"{portfolio.item(late.item_no).label} {yi_text(late.open_wan)}×{late.quarters}"
        by_cause.setdefault(delay_cause(portfolio, late), []).append(told)
    groups = "；".join(f"{'、'.join(items)}，因{cause}" for cause, items in by_cause.items())
    others = len(seen.delayed) - len(seen.foremost)
    more = f"；另有 {others} 个" if others else ""
    return f"最要紧的滞后（未完成亿元×季）：{groups}{more}。"


def delay_cause(portfolio: Portfolio, late: Delayed) -> str:
    """The main cause of a delay, by name."""
    if late.cause is None:
        return "不明"
    index = portfolio.position[late.item_no]
    return cause_name(portfolio, late.cause.kind, late.cause.ref, index)


def delay_story(portfolio: Portfolio, late: Delayed) -> str:
    """The main cause with its quarters, and the problem that was entered."""
    if late.cause is None:
        return late.problem or "不明"
    told = f"{delay_cause(portfolio, late)} {late.cause.quarters} 季"
    reported = late.problem if late.cause.kind is CauseKind.BEHIND else None
    return f"{told}（填报：{reported}）" if reported else told


def short_sentence(seen: Outlook) -> str:
    """What no channel could serve, this year and the next."""
    return (
        "资金缺口："
        + "，".join(
            _short_of(year, seen.channels, short)
            for year, short in ((seen.year, _this_short), (seen.year + 1, _next_short))
        )
        + "。"
    )


def _this_short(row: ChannelOutlook) -> int:
    return row.short_wan


def _next_short(row: ChannelOutlook) -> int:
    return row.next_short_wan


def _short_of(
    year: int, channels: Sequence[ChannelOutlook], short: Callable[[ChannelOutlook], int]
) -> str:
    lacking = [row for row in channels if short(row) >= SEEN_WAN]
    if not lacking:
        return f"{year} 年无"
    return f"{year} 年 {yi_text(sum(map(short, lacking)))} 亿元（{named_channels(lacking, short)}）"


def named_channels(
    channels: Iterable[ChannelOutlook], amount: Callable[[ChannelOutlook], int]
) -> str:
    """The largest channels with their amounts: `专项债券 12.0、土地出让 3.4 等`."""
    ranked = sorted(channels, key=lambda row: -amount(row))
    told = "、".join(
        f"{short_name(row.channel)} {yi_text(amount(row))}" for row in ranked[:NAMED_CHANNELS]
    )
    return told + (" 等" if len(ranked) > NAMED_CHANNELS else "")


def short_name(channel: Channel) -> str:
    """A channel's name without its other names and what stands in brackets."""
    return channel.short_name


def next_year_sentence(seen: Outlook) -> str:
    """Next year's draw, and from when on the closed list no longer feeds the target."""
    parts = []
    if seen.following is not None:
        drawn = yi_text(seen.following.drawn_wan)
        parts.append(f"{seen.following.year} 年推演 {drawn} 亿元（分渠道见下）")
    parts.append(unfed_text(seen.unfed))
    return "；".join(parts) + "。"


def unfed_text(unfed: YearMeasure | None) -> str:
    """The first year that the closed list no longer feeds, and by how much."""
    if unfed is None:
        return "没有待入库的年份"
    return f"{unfed.year} 年起清单不够目标，当年待入库 {yi_text(unfed.to_be_listed_wan)} 亿元"


# --- What else facts say


def finding_lines(result: RunResult, seen: Outlook) -> tuple[str, ...]:
    """Budgets that facts have exceeded, gates they have broken: nothing where there are none."""
    lines = []
    if seen.over_budget:
        told = named_channels(seen.over_budget, lambda row: row.over_wan)
        lines.append(
            f"超额度执行：{seen.year} 年 {told}（亿元，执行数高于当年额度，不含上年结转）。"
        )
    if seen.refuted:
        gates = "；".join(gate_name(result.portfolio, gate) for gate in seen.refuted)
        lines.append(
            f"执行数已突破的前置条件 {len(seen.refuted)} 条，推演自截至月起视为放行：{gates}。"
        )
    return tuple(lines)
