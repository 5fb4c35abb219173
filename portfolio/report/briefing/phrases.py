"""The bureau's sentences as formulas: whole 万元, months and quarters in, one sentence out.

Every figure is rounded half up from its exact value; the decimals a reader sees are parameters,
so that a published sentence comes out as it was published. Checked on the public record in
tests/report/briefing/test_phrases.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.model.calendar import Calendar
from portfolio.model.items import Target, TargetKind
from portfolio.model.measures.years import MONTHS, ahead, completion, percent_number
from portfolio.model.money import SEEN_WAN, small_yi_text, yi_text
from portfolio.report.words.outlook import pace_text

_NUMERALS = "一二三四"


@dataclass(frozen=True, kw_only=True)
class Decimals:
    """How many decimals a sentence shows of each figure."""

    done: int = 1
    plan: int = 1
    percent: int = 1
    points: int = 1


ONE_DECIMAL = Decimals()


def progress_sentence(
    *,
    year: int,
    months: int,
    what: str,
    done_wan: int,
    plan_wan: int,
    decimals: Decimals = ONE_DECIMAL,
    played: bool = False,
    first_plan_wan: int | None = None,
) -> str:
    """`截至2023年9月底，58个大项本年累计完成投资…亿元，占年度计划（…亿元）的…%，超序时进度…个百分点`.

    At the year's end the pace says no more than the completion and is left out. Where the plan was
    adjusted the one before (`first_plan_wan`) is told too. What is `played`
    did not happen: `推演到2023年9月底，58个大项本年累计推演数…亿元`.
    """
    over = months == MONTHS
    done = yi_text(done_wan, decimals.done)
    until, counted = ("推演到", "推演数") if played else ("截至", "完成投资")
    lead = f"{until}{year}年{months}月底，{what}{'全年' if over else '本年累计'}{counted}{done}亿元"
    rate = completion(done_wan, plan_wan)
    if rate is None:
        return f"{lead}（该年没有年度计划）"
    percent = percent_number(rate, decimals.percent)
    adjusted = "调整后" if first_plan_wan else ""
    told = f"{lead}，占{adjusted}年度计划（{yi_text(plan_wan, decimals.plan)}亿元）的{percent}%"
    pace = ahead(done_wan, plan_wan, months)
    if not over and pace is not None:
        told = f"{told}，{pace_text(pace, decimals.points)}"
    return told + _against_first(months, done_wan, first_plan_wan, decimals)


def _against_first(
    months: int, done_wan: int, first_plan_wan: int | None, decimals: Decimals
) -> str:
    """The same against the plan before it was adjusted, which began with what had been drawn."""
    rate = None if first_plan_wan is None else completion(done_wan, first_plan_wan)
    if rate is None or first_plan_wan is None:
        return ""
    told = f"，占原计划（{yi_text(first_plan_wan, decimals.plan)}亿元）的"
    told += f"{percent_number(rate, decimals.percent)}%"
    pace = ahead(done_wan, first_plan_wan, months)
    paced = months < MONTHS and pace is not None
    return f"{told}，{pace_text(pace, decimals.points)}" if paced and pace is not None else told


def outlook_sentence(
    *, months: int, forecast_wan: int, plan_wan: int, progress_wan: int | None = None
) -> str:
    """What the whole year comes to against its plan; "" where all has been told already.

    progress_wan : the year's progress at approved cost; where overruns make the money differ from
        it, the plan is compared with the progress, for money alone completes nothing
    """
    over = months == MONTHS
    # At the year's end the first sentence has told the sum.
    lead = "" if over else f"预计全年完成{yi_text(forecast_wan)}亿元"
    if not plan_wan:
        return lead
    reached, dearer = forecast_wan, 0
    if progress_wan is not None and abs(forecast_wan - progress_wan) >= SEEN_WAN:
        reached, dearer = progress_wan, forecast_wan - progress_wan
    parts = [lead] if lead else []
    if dearer:
        word = "造价上涨多支出" if dearer > 0 else "造价下降少支出"
        parts.append(
            f"其中{word}{yi_text(abs(dearer))}亿元，按批准造价折算为{yi_text(reached)}亿元"
        )
    gap = plan_wan - reached
    if abs(gap) < SEEN_WAN:
        parts.append(f"{'已' if over else '可'}完成年度计划")
    elif gap > 0:
        parts.append(f"与年度计划相比缺口{yi_text(gap)}亿元")
    else:
        parts.append(f"{'已' if over else '可'}完成年度计划，并超出{yi_text(-gap)}亿元")
    return "，".join(parts)


def converted_sentence(
    *,
    months: int,
    converted_wan: int | None,
    target: Target | None,
    to_be_listed_wan: int = 0,
) -> str:
    """The year's 折市重点口径 against its target, by the target's kind."""
    if converted_wan is None:
        return "折市重点口径没有入列系数，无法折算"
    over = months == MONTHS
    lead = f"折市重点口径{'' if over else '全年预计（不计风险）'}{yi_text(converted_wan)}亿元"
    if target is None or target.target_wan is None:
        return f"{lead}，该年没有年度目标"
    low, high = target.target_wan, target.upper_wan
    if target.kind is TargetKind.CEILING:
        return f"{lead}，{_against_ceiling(converted_wan, low, '上限')}"
    if target.kind is TargetKind.BAND and high is not None:
        band = f"{yi_text(low)}–{yi_text(high)}亿元"
        if low <= converted_wan <= high:
            return f"{lead}，在目标区间（{band}）之内"
        if converted_wan > high:
            return f"{lead}，高于目标区间（{band}）{small_yi_text(converted_wan - high)}亿元"
        return f"{lead}，低于目标区间（{band}）{_lacking(low - converted_wan, to_be_listed_wan)}"
    goal = f"年度目标（{yi_text(low)}亿元）"
    if converted_wan >= low:
        above = converted_wan - low
        more = f"，高出{yi_text(above)}亿元" if above >= SEEN_WAN else ""
        return f"{lead}，达到{goal}{more}"
    return f"{lead}，低于{goal}{_lacking(low - converted_wan, to_be_listed_wan)}"


def past_sentence(
    *,
    converted_wan: int | None,
    plan_wan: int | None,
    done_wan: int | None,
    done_months: int = MONTHS,
) -> str:
    """A year that is over and of which no facts were entered: what is published, and the play beside.

    done_months : by the end of which month the list's outturn is known
    """
    played = (
        "折市重点口径没有入列系数，无法折算"
        if converted_wan is None
        else f"折市重点口径推演{yi_text(converted_wan)}亿元"
    )
    known = []
    if plan_wan is not None:
        known.append(f"当年计划{yi_text(plan_wan)}亿元")
    if done_wan is not None:
        until = "全年" if done_months == MONTHS else f"1—{done_months}月"
        known.append(f"{until}完成{yi_text(done_wan)}亿元")
    if not known:
        return f"{played}（该年已过去而没有填执行数，不评判达标）"
    return f"重点项目名单公布{'、'.join(known)}；{played}（清单范围不同，不评判达标）"


def _against_ceiling(converted_wan: int, ceiling_wan: int, name: str) -> str:
    limit = f"年度{name}（{yi_text(ceiling_wan)}亿元）"
    if converted_wan <= ceiling_wan:
        return f"未超过{limit}"
    return f"超过{limit}{small_yi_text(converted_wan - ceiling_wan)}亿元"


def _lacking(short_wan: int, to_be_listed_wan: int) -> str:
    """How far a year stays below; what a closed list leaves open is no failure, and said so."""
    text = f"{small_yi_text(short_wan)}亿元"
    if to_be_listed_wan < SEEN_WAN:
        return text
    if short_wan - to_be_listed_wan < SEEN_WAN:
        return f"{text}（清单封闭所致，列为待入库）"
    return f"{text}（其中{yi_text(to_be_listed_wan)}亿元为清单封闭所致，列为待入库）"


def names_text(names: Sequence[str], most: int = 3) -> str:
    """`31 旧村庄改造、30 旧城镇改造、36 水资源配置等12个大项`."""
    told = "、".join(names[:most])
    return told if len(names) <= most else f"{told}等{len(names)}个大项"


def cause_phrase(*, why: str, short_wan: int, names: Sequence[str]) -> str:
    """`“企业自筹”资金不足（少702.3亿元：5 新一代信息技术产业等20个大项）`."""
    return f"{why}（少{small_yi_text(short_wan)}亿元：{names_text(names)}）"


def held_sentence(
    *,
    year_short: bool,
    causes: Sequence[str],
    total_wan: int,
    others_wan: int,
    items: int,
    net_wan: int,
) -> str:
    """What the year is held up by: the told causes, the rest in one sum; the whole if told in parts.

    year_short : whether the year as a whole stays below its plan, or only some of the items
    total_wan : what the items below their plan lack in all, those ahead not set off
    net_wan : what the year lacks when those ahead are set off
    """
    if total_wan < SEEN_WAN:
        return "没有卡住的环节：各大项都不低于年度计划"
    lead = "卡在" if year_short else "个别大项仍卡在"
    rest = f"；其他原因少{yi_text(others_wan)}亿元" if others_wan >= SEEN_WAN else ""
    if len(causes) == 1 and not rest:
        ahead = total_wan - net_wan
        set_off = f"（其他大项超计划 {yi_text(ahead)} 亿元）" if ahead >= SEEN_WAN else ""
        return f"{lead}{causes[0]}{set_off}"
    return (
        f"{lead}{'；'.join(causes)}{rest}"
        f"（{items}个大项低于计划，合计少{yi_text(total_wan)}亿元，不与超计划的大项相抵）"
    )


def finish_words(calendar: Calendar, quarter: int | None) -> str:
    """A quarter in running text: `2035年四季度`; None for a finish that does not come."""
    if quarter is None:
        return f"{calendar.last_play_year}年以后"
    return f"{calendar.first_year + quarter // 4}年{_NUMERALS[quarter % 4]}季度"


def delay_sentence(calendar: Calendar, *, planned: int | None, finish: int | None) -> str:
    """`计划2035年四季度竣工，推演2039年四季度竣工，滞后16个季度`."""
    if planned is None:
        return "计划期内没有投资安排"
    lead = f"计划{finish_words(calendar, planned)}竣工，推演"
    if finish is None:
        return f"{lead}至{calendar.last_play_year}年底仍未竣工"
    if finish == planned:
        return f"{lead}按期竣工"
    late = finish - planned
    word = f"滞后{late}个季度" if late > 0 else f"提前{-late}个季度"
    return f"{lead}{finish_words(calendar, finish)}竣工，{word}"


def money_sentence(*, open_wan: int, years: Sequence[tuple[int, int]]) -> str | None:
    """What an item lacks: money open at its planned finish, and by year what it stays below plan."""
    parts = []
    if open_wan >= SEEN_WAN:
        parts.append(f"到计划竣工时还差{yi_text(open_wan)}亿元")
    told = [f"{year}年比计划少{yi_text(wan)}亿元" for year, wan in years if wan >= SEEN_WAN]
    return "，".join([*parts, *told]) or None
