"""The answer of `pipeline` in sentences: how much must start, from when on, and what lacks."""

from __future__ import annotations

from collections.abc import Iterator

from portfolio.model.money import SEEN_WAN, yi_text
from portfolio.model.pipeline.plan import StartPlan
from portfolio.model.pipeline.reserve import ReserveChoice
from portfolio.model.pipeline.result import CaseResult, PipelineResult
from portfolio.model.pipeline.shown import channel_loads
from portfolio.report.tables.pipeline import growth_text

#: What everything here is.
MARK = "推演，非统计；新项目的进度、结构与渠道上限都是假设"


def title(result: PipelineResult) -> str:
    """What is asked."""
    calendar = result.run.calendar
    return f"{calendar.list_name}之外还要新开工多少（{result.run.label}）"


def answer(result: PipelineResult) -> str:
    """The first sentence."""
    case, plan = result.main, result.main.plan
    need = case.need
    if plan is None:
        least = case.shown
        short = _lacks(case.shown)
        return (
            f"{least.held_from}—{need.last} 年的目标守不住：统筹渠道限在上限以内，"
            f"{need.first} 年起新开工合计 {yi_text(least.total_wan)} 亿元，仍缺 {short}。"
        )
    if not plan.total_wan:
        return f"{_span(plan.held_from, need.last)} 年的目标现清单自己守得住，不须新开工。"
    return (
        f"要守住 {_span(plan.held_from, need.last)} 年的目标，{need.first} 年起每年须新开工 "
        f"{yi_text(plan.total_wan // len(plan.starts_wan))} 亿元（年均；最多一年 "
        f"{yi_text(plan.peak_wan)}），{len(plan.starts_wan)} 年合计 {yi_text(plan.total_wan)} 亿元。"
    )


def _span(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first}—{last}"


def _lacks(plan: StartPlan) -> str:
    """What lacks, year by year; where nothing does, what lacks of the volume in hand."""
    told = [
        f"{need.year} 年 {yi_text(short)}"
        for need, short in zip(plan.need.years, plan.short_wan, strict=True)
        if short >= SEEN_WAN and need.year >= plan.held_from
    ]
    if not told:
        return f"{plan.need.last} 年末在手投资 {yi_text(plan.end_short_wan)} 亿元"
    return "、".join(told) + " 亿元"


def lines(result: PipelineResult) -> Iterator[str]:
    """What else is said first."""
    case = result.main
    yield from _too_late(result)
    parts = "、".join(f"{part:.1%}" for part in result.first_parts)
    yield f"一笔新开工的投资逐年到来（按现清单构成）：{parts}，开工当年只来 {result.first_parts[0]:.1%}。"
    yield from _old(case)
    yield from _channels(case)
    yield from _later(result)
    yield from _cases(result)
    yield from _reserve(result)
    yield _play(case)


def _too_late(result: PipelineResult) -> Iterator[str]:
    """Years that come too soon for anything started now."""
    case, plan = result.main, result.main.plan
    if plan is None:
        return
    for y, need in enumerate(plan.need.years):
        if need.year >= plan.held_from or plan.short_wan[y] < SEEN_WAN:
            continue
        line = f"{need.year} 年守不住：照此仍缺 {yi_text(plan.short_wan[y])} 亿元"
        if case.lacking is not None:
            least = case.lacking.least
            line += (
                f"；统筹渠道用到上限、到 {need.year} 年止新开工 {yi_text(sum(least.starts_wan[: y + 1]))}"
                f" 亿元，也还缺 {yi_text(least.short_wan[y])} 亿元"
            )
        free = next((one.unlimited for one in result.held if one.year == need.year), None)
        if free is not None:
            line += f"；渠道不限也须最多一年新开工 {yi_text(free.peak_wan)} 亿元"
        yield line + "。"


#: A later year is told where it takes so much less a year.
EASIER = 0.8


def _later(result: PipelineResult) -> Iterator[str]:
    """What it takes where targets need hold only from a later year on."""
    plan = result.main.plan
    if plan is None or not plan.total_wan:
        return
    easier = [
        one.plan
        for one in result.held
        if one.plan is not None
        and one.year > plan.held_from
        and one.plan.peak_wan <= EASIER * plan.peak_wan
    ]
    for later in easier[-1:]:
        lost = sum(
            short
            for need, short in zip(later.need.years, later.short_wan, strict=True)
            if need.year < later.held_from
        )
        yield (
            f"若只求 {later.held_from} 年起守住，最多一年新开工 {yi_text(later.peak_wan)} 亿元就够，"
            f"此前各年合计缺 {yi_text(lost)} 亿元。"
        )


def proof_text(choice: ReserveChoice) -> str:
    """How sure it is that no other choice is better."""
    if choice.proven:
        return "已证最优，误差不超过 0.1%"
    return "在限定的搜索内最好，未证最优"


def _reserve(result: PipelineResult) -> Iterator[str]:
    """Which reserve projects are chosen, and what is needed beside them."""
    choice = result.reserve
    if choice is None:
        return
    listed = len(choice.chosen) + len(choice.left)
    proof = proof_text(choice)
    yield (
        f"储备项目 {listed} 个，选 {len(choice.chosen)} 个、总投资 {yi_text(choice.total_wan)} 亿元"
        f"（{proof}）；只靠它们仍缺合计 {yi_text(sum(choice.short_wan))} 亿元。"
    )
    rest = choice.rest
    if rest is None:
        return
    if rest.holds:
        yield (
            f"储备之外，{rest.held_from} 年起守住还须再新开工合计 {yi_text(rest.total_wan)} 亿元，"
            f"最多一年 {yi_text(rest.peak_wan)} 亿元。"
        )
        return
    yield (
        f"储备之外再新开工合计 {yi_text(rest.total_wan)} 亿元，仍缺 {_lacks(rest)}："
        "储备项目占用的统筹渠道比同类平均多，或投资来得慢。"
    )


def _old(case: CaseResult) -> Iterator[str]:
    first, last = case.need.years[0], case.need.years[-1]
    yield (
        f"现清单自己完成（折市重点）：{first.year} 年 {yi_text(first.old_wan)} 亿元，"
        f"{last.year} 年只有 {yi_text(last.old_wan)} 亿元。"
    )


#: A channel that grows by less isn't named.
NOTABLE = 0.1


def _channels(case: CaseResult) -> Iterator[str]:
    loads = channel_loads(case.shown)
    grown = [load for load in loads if load.growth is not None and load.growth >= NOTABLE]
    told = "、".join(
        f"{load.channel.short_name} +{load.growth:.0%}（最高一年 {yi_text(load.most_wan)}，"
        f"计划期年均 {yi_text(load.mean_wan)}）"
        for load in sorted(grown, key=lambda load: load.mean_wan - load.most_wan)[:3]
    )
    if told:
        yield f"新旧合计比计划期年均增得最多的渠道（亿元）：{told}。"


def _cases(result: PipelineResult) -> Iterator[str]:
    for case in result.cases[1:]:
        if case.missing:
            yield f"“{case.name}”：工作簿没有{'、'.join(case.missing)}渠道，这一部分没有计入。"
        if case.plan is not None and not case.plan.total_wan:
            yield f"{case.name}：同样守得住，不须新开工。"
            continue
        if case.plan is not None:
            yield (
                f"{case.name}：同样守住，最多一年须新开工 {yi_text(case.plan.peak_wan)} 亿元，"
                f"合计 {yi_text(case.plan.total_wan)} 亿元。"
            )
            continue
        assert case.lacking is not None
        grow = (
            "放宽统筹渠道上限也不够"
            if case.lacking.growth_wan is None
            else f"要守住，统筹渠道上限每年须增：{growth_text(case)} 亿元"
        )
        yield f"{case.name}：守不住，仍缺 {_lacks(case.shown)}；{grow}。"


def _play(case: CaseResult) -> str:
    apart = case.apart or 0.0
    return (
        f"把这些新开工作为大项放进清单推演一遍，各年与测算相差不超过 {max(apart, 0.0001):.2%}；"
        f"{case.need.last} 年末在手投资（折市重点）{yi_text(case.shown.in_hand_wan)} 亿元。"
    )


NOTES = (
    "新开工按风险类别测算，不是项目名单；有储备项目的，在“储备项目”表填写后按名单选。",
    "投资曲线用“风险参数”的 Beta 参数，年限为同类大项最短工期（按投资加权）的 1.25 倍，四个季度均匀开工。",
    "资金结构照同类大项计划期以后的计划；统筹渠道新旧合计不超过上限，其余渠道不设上限，只报承担多少。",
    "没有前置条件、审批、用地的约束，成本不超；守住的年份之后没有目标，用“期末在手”代替。",
)
