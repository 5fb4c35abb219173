"""An explanation in Chinese: the chain of causes as lines for the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.facts import month_label
from portfolio.model.gates import GateType
from portfolio.model.items import Kind
from portfolio.model.measures import explain
from portfolio.model.measures.projects import Owned
from portfolio.model.measures.results import RunResult
from portfolio.model.money import BPS, small_yi_text
from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.result import Counterfactual, KeptYear, Loosening, Shifted
from portfolio.model.rules.rulebook import RULE_BY_CODE
from portfolio.report.screen.console import SCREEN_COLUMNS, wrapped
from portfolio.report.screen.projects import owned_lines, project_lines
from portfolio.report.words.run import (
    AHEAD_BEFORE,
    cause_name,
    conflict_sentence,
    held_text,
    reached_text,
)

#: A line of the chain: how deep it stands, and its text.
Line = tuple[int, str]


def explanation_lines(
    explanation: explain.Explanation, portfolio: Portfolio, columns: int = SCREEN_COLUMNS
) -> list[str]:
    """The explanation as lines of at most `columns` columns (a Chinese character takes two)."""
    lines = [
        line
        for depth, text in _lines(explanation, portfolio)
        for line in wrapped(text, depth, columns)
    ]
    asked = explanation.asked_project
    return [*lines, *project_lines(explanation.projects, portfolio, asked, columns)]


def explained_lines(told: explain.Explanation | Owned, result: RunResult) -> list[str]:
    """What `explain` found, of an item or of a unit, as lines."""
    if isinstance(told, Owned):
        return owned_lines(told, result.portfolio, result.outcome)
    return explanation_lines(told, result.portfolio)


def headline(calendar: Calendar, explanation: explain.Explanation) -> str:
    """The explanation in one sentence: how late, and each cause with its quarters."""
    label = explanation.item.label
    if explanation.planned_finish is None:
        return f"{label}：计划期内无投资安排"
    parts = "；".join(_short_text(trace) for trace in explanation.causes)
    because = f"：{parts}" if parts else ""
    if explanation.finish is None:
        return f"{label} 至 {calendar.last_play_year}Q4 仍未竣工{because}"
    delay = explanation.delay_quarters or 0
    if delay > 0:
        return f"{label} 滞后 {delay} 个季度{because}"
    if delay < 0:
        return f"{label} 提前 {-delay} 个季度竣工{because}"
    if explanation.short_years:
        short = "、".join(str(year.year) for year in explanation.short_years)
        return f"{label} 按计划竣工，但 {short} 年完成投资低于计划"
    return f"{label} 按计划竣工，各年完成投资与计划一致"


def _short_text(trace: explain.Trace) -> str:
    """A cause in a few words for the headline."""
    quarters = f"{trace.quarters} 季"
    if trace.gate is not None:
        return f"{quarters}等待 {trace.gate.pred.label}（{_pred_in_short(trace.gate)}）"
    if trace.money is not None:
        return f"{quarters}因{trace.money.channel.name}不足{_money_in_short(trace.money)}"
    if trace.kind is CauseKind.DURATION:
        return f"{quarters}因{_length_text(trace)}"
    if trace.kind is CauseKind.CAPACITY:
        return f"{quarters}受年度实施能力限制"
    if trace.kind is CauseKind.BEHIND and trace.quarters < 0:
        return f"{AHEAD_BEFORE} {-trace.quarters} 季"
    return f"{quarters}{trace.kind.value}"


def _money_in_short(story: explain.MoneyStory) -> str:
    """The short years in brackets: the only one, or the span and the worst."""
    short = [year for year in story.years if year.short_wan]
    if not short:
        return "（到位晚于需要）" if story.channel.kind is not Kind.CREDIT else ""
    worst = max(short, key=lambda year: (year.short_wan, -year.year))
    amount = f"{worst.year} 年{'最多，' if len(short) > 1 else ''}缺 {small_yi_text(worst.short_wan)} 亿元"
    if len(short) == 1:
        return f"（{amount}）"
    return f"（{short[0].year}—{short[-1].year} 年间不足，{amount}）"


def _pred_in_short(story: explain.GateStory) -> str:
    late = story.late_quarters
    if late is None:
        return "至推演期末仍未达到"
    if late > 0:
        return f"比其计划晚 {late} 季{'开工' if story.at_wan is None else '达到'}"
    return "计划本身与前置条件冲突" if story.conflict else "其未滞后"


def _told(quarter: int | None, portfolio: Portfolio) -> str:
    """Whether a quarter is a fact or was played."""
    facts = portfolio.facts
    return (
        "实际" if facts is not None and quarter is not None and quarter < facts.quarter else "推演"
    )


def _lines(explanation: explain.Explanation, portfolio: Portfolio) -> Iterator[Line]:
    yield 0, headline(portfolio.calendar, explanation) + "。"
    if explanation.planned_start is not None:
        start = (
            "未开工"
            if explanation.start is None
            else portfolio.calendar.quarter_label(explanation.start)
        )
        yield (
            0,
            f"开工：计划 {portfolio.calendar.quarter_label(explanation.planned_start)}，"
            f"{_told(explanation.start, portfolio)} {start}",
        )
    if explanation.planned_finish is not None:
        planned = portfolio.calendar.quarter_label(explanation.planned_finish)
        finish = portfolio.calendar.finish_label(explanation.finish)
        yield 0, f"竣工：计划 {planned}，{_told(explanation.finish, portfolio)} {finish}"
    if explanation.causes:
        total = sum(trace.quarters for trace in explanation.causes)
        yield 0, f"原因逐级追溯（合计 {total} 季）："
        for trace in explanation.causes:
            yield from _trace_lines(portfolio, trace, 1)
    if explanation.short_years:
        yield 0, "完成投资低于计划的年份："
        for year in explanation.short_years:
            yield 1, _short_year_text(year, portfolio)
    if explanation.short_causes:
        yield 0, "当年受限的来由（季数为受限的季数，未造成滞后或已另计）："
        for trace in explanation.short_causes:
            yield from _trace_lines(portfolio, trace, 1)


def _trace_lines(portfolio: Portfolio, trace: explain.Trace, depth: int) -> Iterator[Line]:
    calendar = portfolio.calendar
    yield depth, f"· {_title(trace)}"
    if trace.behind is not None:
        yield from _behind_lines(calendar, trace.behind, depth + 1)
    if trace.gate is not None:
        yield from _gate_lines(portfolio, trace.gate, depth + 1)
    if trace.money is not None:
        yield from _money_lines(portfolio, trace.money, depth + 1)
    if trace.capacity is not None:
        yield from _capacity_lines(portfolio, trace.capacity, depth + 1)
    if trace.spans:
        yield depth + 1, "时段：" + "、".join(_span_text(calendar, span) for span in trace.spans)


def _title(trace: explain.Trace) -> str:
    if trace.gate is not None:
        story = trace.gate
        held = held_text(story.gate, story.succ)
        return (
            f"{trace.quarters} 季：前置条件 {story.gate.id}，等待 {story.pred.label}"
            f"（{reached_text(story.gate, story.pred)}，此前{held}）"
        )
    if trace.money is not None:
        channel = trace.money.channel
        return f"{trace.quarters} 季：资金不足，{channel.name}（{channel.kind.value}）"
    if trace.kind is CauseKind.DURATION:
        if trace.lag_bps is not None:
            return f"{trace.quarters} 季：{_length_text(trace)}"
        return f"{trace.quarters} 季：工期为计划的 {_percent(trace.factor_bps or BPS)}"
    if trace.kind is CauseKind.BEHIND and trace.quarters < 0:
        return f"{AHEAD_BEFORE} {-trace.quarters} 季"
    return f"{trace.quarters} 季：{trace.kind.value}"


def _behind_lines(calendar: Calendar, story: explain.BehindStory, depth: int) -> Iterator[Line]:
    """Where the item stands at the as-of, and what was reported of it."""
    lacks = story.due_wan - story.reached_wan
    yield (
        depth,
        f"截至 {month_label(story.asof_months - 1, calendar)}：按计划应完成 "
        f"{small_yi_text(story.due_wan)} 亿元，实际 {small_yi_text(story.reached_wan)} 亿元"
        f"（按批准造价；完成投资 {small_yi_text(story.drawn_wan)}），"
        f"{'少' if lacks > 0 else '多'} {small_yi_text(abs(lacks))} 亿元；"
        "未完部分按原计划节奏顺延",
    )
    if story.problem:
        yield depth, f"填报的问题：{story.problem}"
    if story.measure:
        due = f"（{story.due} 前）" if story.due else ""
        yield depth, f"下一步措施：{story.measure}{due}"


def _gate_lines(portfolio: Portfolio, story: explain.GateStory, depth: int) -> Iterator[Line]:
    calendar = portfolio.calendar
    if story.told:
        yield depth, "见上文"
        return
    pred, verb = story.pred.label, "开工" if story.at_wan is None else "达到"
    yield depth, _opening_text(calendar, story, verb)
    if story.conflict is not None:
        yield depth, f"根源：计划本身与前置条件冲突。{conflict_sentence(calendar, story.conflict)}"
    if story.pred_on_plan:
        yield depth, f"{pred} 按自身计划{verb}，并未滞后"
        if story.conflict is None:
            yield depth, "计划本身无冲突：本情景改变了本大项的进度，使其先于前置条件"
        return
    late = story.late_quarters
    delay = "至推演期末仍未达到" if late is None else f"比计划晚 {late} 季{verb}"
    if story.causes_told:
        yield depth, f"{pred} {delay}，原因见上文"
        return
    yield depth, f"{pred} {delay}，原因："
    for trace in story.causes:
        yield from _trace_lines(portfolio, trace, depth + 1)
    if story.rounding_quarters:
        yield depth + 1, f"· {story.rounding_quarters} 季：金额取整到万元，恰在门槛前后"


def _opening_text(calendar: Calendar, story: explain.GateStory, verb: str) -> str:
    planned = (
        "无" if story.planned_reached is None else calendar.quarter_label(story.planned_reached)
    )
    reached = (
        "始终未" + verb
        if story.reached is None
        else f"{calendar.quarter_label(story.reached)} {verb}"
    )
    text = f"{story.pred.label}：计划 {planned} {verb}，推演 {reached}"
    lag = story.gate.lag_quarters
    if story.opened is not None:
        rule = "当季" if story.gate.type is GateType.SS and not lag else "季末达到，次季"
        rule = f"间隔 {lag} 季" if lag else rule
        text += f"；{rule}起放行：{calendar.quarter_label(story.opened)}"
    return text


def _money_lines(portfolio: Portfolio, story: explain.MoneyStory, depth: int) -> Iterator[Line]:
    if story.told:
        yield depth, "见上文"
        return
    if story.channel.kind is Kind.CREDIT:
        for year in story.years:
            yield depth, f"{year.year} 年：信贷按应投放额的 {_percent(year.credit_bps)} 投放"
        if not story.years:
            yield depth, "随资本金同比例到位，投放晚于需要"
        return
    if story.years:
        yield depth, "逐年（亿元）："
    for year in story.years:
        yield depth, _money_year_text(year, pooled=story.channel.kind is Kind.POOLED)
        if year.takers:
            told = "、".join(
                f"{portfolio.item(no).label} {small_yi_text(wan)}" for no, wan in year.takers
            )
            yield depth + 1, f"当年得到最多的：{told}"
    if any(year.knock_on for year in story.years):
        yield (
            depth,
            ("注＊：额度不低于原计划所需，缺口来自前期未完成而顺延到当年的需要"),
        )
    if story.before:
        yield depth, "使需要顺延的原因（季数为当时受限的季数，不另计入滞后）："
        for trace in story.before:
            yield from _trace_lines(portfolio, trace, depth + 1)


def _money_year_text(year: explain.MoneyYear, *, pooled: bool) -> str:
    text = (
        f"{year.year}：需 {small_yi_text(year.need_wan)}，下达 {small_yi_text(year.served_wan)}，"
    )
    text += f"缺 {small_yi_text(year.short_wan)}" if year.short_wan else "足额但到位晚于需要"
    text += "＊" if year.knock_on else ""
    facts = [f"{'渠道' if pooled else '本大项'}额度 {small_yi_text(year.envelope_wan)}"]
    if year.follows_wan:
        facts[0] += f"（其中上年顺延 {small_yi_text(year.follows_wan)}）"
    if year.room_wan:
        facts[0] += f"，其中再安排空间（假设）{small_yi_text(year.room_wan)}"
    if year.envelope_wan < year.planned_wan:
        facts[0] += f"，低于计划所需的 {small_yi_text(year.planned_wan)}"
    if pooled:
        facts.append(f"各大项共需 {small_yi_text(year.asked_wan)}")
        if year.short_wan:
            facts.append(f"更高优先级得 {small_yi_text(year.higher_wan)}")
            facts.append(f"同级其他得 {small_yi_text(year.same_wan)}")
    if year.replaced_wan:
        facts.append(f"下达中其他渠道替代 {small_yi_text(year.replaced_wan)}")
    if year.delay_quarters:
        facts.append(f"下达推迟 {year.delay_quarters} 季")
    if year.cut_quarter is not None and year.never_released_wan:
        quarter = f"{year.year}Q{year.cut_quarter % 4 + 1}"
        never = small_yi_text(year.never_released_wan)
        facts.append(f"{quarter} 之后少下达 {never}，年末收回")
    if year.taken_back_wan > year.never_released_wan:
        facts.append(f"年末收回 {small_yi_text(year.taken_back_wan - year.never_released_wan)}")
    return f"{text}（{'，'.join(facts)}）"


def _capacity_lines(
    portfolio: Portfolio, story: explain.CapacityStory, depth: int
) -> Iterator[Line]:
    yield (
        depth,
        (
            f"工期走完时尚欠 {small_yi_text(story.behind_wan)} 亿元，"
            f"而每年至多完成 {small_yi_text(story.yearly_cap_wan)} 亿元"
        ),
    )
    if story.told:
        yield depth, "欠额的来由见上文"
    if story.before:
        yield depth, "欠额来自工期内（季数为当时受限的季数，不另计入滞后）："
        for trace in story.before:
            yield from _trace_lines(portfolio, trace, depth + 1)


def _span_text(calendar: Calendar, span: explain.Span) -> str:
    first, last = calendar.quarter_label(span.first), calendar.quarter_label(span.last)
    text = first if first == last else f"{first}–{last}"
    if span.factor_bps is not None:
        text += f"（进度为计划的 {_percent(span.factor_bps)}）"
    return text


def _short_year_text(year: explain.ShortYear, portfolio: Portfolio) -> str:
    binds = "、".join(cause_name(portfolio, bind.kind, bind.ref) for bind in year.binds)
    because = ""
    if binds:
        because = f"（{'此前' if year.carried_over else '当年'}受限于：{binds}）"
    return (
        f"{year.year} 年：计划 {small_yi_text(year.plan_wan)}，完成 {small_yi_text(year.drawn_wan)}，"
        f"少 {small_yi_text(year.short_wan)} 亿元{because}"
    )


def _percent(bps: int) -> str:
    return f"{bps / 100:g}%"


# --- “Why was this item cut, and what would keep it?” in Chinese, for a screen of 80 columns


#: So many of the rules that clash, and of those whose loosening would do, are told.
TOLD = 5


def counterfactual_lines(answer: Counterfactual, portfolio: Portfolio) -> list[str]:
    """The answer as lines of at most 80 columns: what was cut, the price of keeping it, ways out."""
    item = portfolio.item(answer.item_no)
    lines = [*wrapped(f"{_asked(answer, item.label)}")]
    if not answer.cut:
        return [*lines, *wrapped("调整方案没有减少它，不需要另想办法。")]
    for kept in _cut_years(answer):
        lines += wrapped(_cut_text(kept, cumulated=_cumulated(answer)), 1)
    if answer.possible is None:
        return [*lines, *wrapped("没有算出能否保住：用完了固定的工作量，再问一次也一样。")]
    lines += _possible_lines(answer, portfolio) if answer.possible else _impossible_lines(answer)
    return [*lines, *_loosening_lines(answer)]


def counterfactual_data(answer: Counterfactual) -> dict[str, Any]:
    """The answer as it goes into JSON: everything in 万元."""
    data = asdict(answer)
    data["cut"] = answer.cut
    for key in ("years", "given", "taken", "conflict", "loosenings"):
        data[key] = [dict(entry) for entry in data[key]]
    for entry in (*data["conflict"], *data["loosenings"]):
        entry["title"] = _kept_title(entry["rule"])
    return data


def _cumulated(answer: Counterfactual) -> bool:
    return len(answer.years) > 1


def _asked(answer: Counterfactual, label: str) -> str:
    years = [kept.year for kept in answer.years]
    if not _cumulated(answer):
        return f"问：{label} {years[0]} 年为什么减少，怎样才能保住？"
    return f"问：{label} {years[0]}—{years[-1]} 年为什么落后，怎样才能保住？"


def _cut_years(answer: Counterfactual) -> list[KeptYear]:
    """The years that lack most, in order of time."""
    cut = [kept for kept in answer.years if kept.cut]
    cut.sort(key=lambda kept: kept.plan_wan - kept.baseline_wan)
    return sorted(cut[:TOLD], key=lambda kept: kept.year)


def _cut_text(kept: KeptYear, *, cumulated: bool) -> str:
    when = f"至 {kept.year} 年末累计" if cumulated else f"{kept.year} 年"
    return (
        f"{when}：基准 {small_yi_text(kept.baseline_wan)} 亿元，调整方案 {small_yi_text(kept.plan_wan)} 亿元；"
        f"其中统筹资金 {small_yi_text(kept.baseline_pooled_wan)} 亿元，"
        f"调整方案 {small_yi_text(kept.plan_pooled_wan)} 亿元。"
    )


def _possible_lines(answer: Counterfactual, portfolio: Portfolio) -> list[str]:
    shortfall, delay = answer.shortfall_wan or 0, answer.delay_wan or 0
    if not shortfall and not delay:
        lines = wrapped(
            "可以保住，缺口与加权滞后都不变：减少它只是为了少动资金，或另有同样好的方案。"
        )
    else:
        lines = wrapped(
            f"可以保住，代价：{_change('缺口', shortfall, '亿元（折市重点）')}，"
            f"{_change('加权滞后', delay, '亿元·年')}。"
        )
    if answer.given:
        lines += wrapped("它多得的统筹资金（前几笔）：")
        lines += _shifted_lines(answer.given, portfolio)
    if answer.taken:
        lines += wrapped(
            f"其他大项调减的统筹资金，合计 {small_yi_text(answer.others_wan)} 亿元（前几笔）："
        )
        lines += _shifted_lines(answer.taken, portfolio)
    return lines


def _change(name: str, wan: int, unit: str) -> str:
    if not wan:
        return f"{name}不变"
    return f"{name}{'多' if wan > 0 else '少'} {small_yi_text(abs(wan))} {unit}"


def _shifted_lines(cells: Sequence[Shifted], portfolio: Portfolio) -> list[str]:
    lines = []
    for cell in cells:
        channel = portfolio.channels[portfolio.channel_position[cell.channel_id]].name
        label = portfolio.item(cell.item_no).label
        sign = "+" if cell.change_wan > 0 else ""
        lines += wrapped(
            f"{label} {cell.year} 年{channel}：{small_yi_text(cell.before_wan)} → "
            f"{small_yi_text(cell.after_wan)} 亿元（{sign}{small_yi_text(cell.change_wan)}）",
            1,
        )
    return lines


def _impossible_lines(answer: Counterfactual) -> list[str]:
    lines = wrapped("在现有规则下保不住。")
    if answer.lacking_wan:
        lines = wrapped(
            f"在现有规则下保不住：它的投资最少还差 {small_yi_text(answer.lacking_wan)} 亿元。"
        )
    elif answer.lacking_wan == 0:
        lines = wrapped("在现有规则下保不住：投资总数能保，但保不了其中的统筹资金。")
    if not answer.conflict:
        return [*lines, *wrapped("没有算出是哪些规则挡住。")]
    # Another conflict may stand behind this one: that one rule is let go needn't be enough.
    least = "最小的一组，至少要放开一条" if answer.conflict_is_minimal else "可能还能去掉几条"
    lines += wrapped(f"挡住它的规则（{least}）：")
    for member in answer.conflict[:TOLD]:
        lines += wrapped(f"{_place(member.where, member.year)}（{_kept_title(member.rule)}）", 1)
    more = len(answer.conflict) - TOLD
    return [*lines, *(wrapped(f"另有 {more} 条。", 1) if more > 0 else [])]


def _loosening_lines(answer: Counterfactual) -> list[str]:
    if answer.possible and not answer.shortfall_wan and not answer.delay_wan:
        return []
    if not answer.loosenings:
        known = "试过的规则中" if not answer.complete else "它的各条规则和各渠道额度中，"
        return wrapped(f"{known}没有哪一条单独放宽，就能不增加缺口和滞后而保住它。")
    lines = wrapped("只放宽下面任何一条，就能保住它而不增加缺口和滞后（前置条件的时间不变）：")
    for one in answer.loosenings[:TOLD]:
        lines += wrapped(_loosening_text(one), 1)
    more = len(answer.loosenings) - TOLD
    if more > 0:
        lines += wrapped(f"另有 {more} 条，要放宽得更多。", 1)
    if not answer.complete:
        lines += wrapped("没有逐条试完。", 1)
    return lines


def _loosening_text(one: Loosening) -> str:
    return f"{_place(one.where, one.year)}多 {small_yi_text(one.more_wan)} 亿元（{_kept_title(one.rule)}）"


def _place(where: str, year: int | None) -> str:
    return where if year is None or str(year) in where else f"{year} 年 {where}"


def _kept_title(code: str) -> str:
    """A rule's title up to its colon; an unknown code stands for itself."""
    return RULE_BY_CODE[code].title.split("：")[0] if code in RULE_BY_CODE else code


def _length_text(trace: explain.Trace) -> str:
    """How an item's clock is stretched; a bundle's up to its lag."""
    factor = _percent(trace.factor_bps or BPS)
    if trace.lag_bps is None:
        return f"工期变化（为计划的 {factor}）"
    return f"批次拉长（为计划的 {factor}，最多滞后 {trace.lag_bps / BPS:.1f} 季）"
