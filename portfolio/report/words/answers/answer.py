"""The answer that comes first, in one sentence and four figures: screen, page and brief have them."""

from __future__ import annotations

from fractions import Fraction

from portfolio.model.calendar import Calendar
from portfolio.model.measures.answers.answer import Answer, Hit, RunningAnswer, ShockAnswer, answer
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import percent_number
from portfolio.model.money import SEEN_WAN, yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.result import Reallocation
from portfolio.report.tables.fields import Unit
from portfolio.report.words import sources
from portfolio.report.words.meeting import PIECES, KeyFigure
from portfolio.report.words.outlook import example_mark
from portfolio.report.words.reallocation.ways import leads

_NUMERALS = "一二三四"


def answer_sentence(run: RunResult) -> str:
    """What a scenario takes, or what the running year comes to: one sentence to be read out."""
    found = answer(run)
    mark = example_mark(run.portfolio)
    if isinstance(found, ShockAnswer):
        return f"{run.title or run.label}{mark}：{_shock_text(found, run.calendar)}。"
    told = _running_text(found, run.portfolio)
    if not run.changes:
        return f"{told}{mark}。"
    return f"{run.title or run.label}{mark}：各年完成投资与基准相同，没有大项受影响；{told}。"


def opening_lines(result: Reallocation) -> tuple[str, ...]:
    """What every paper of a repair opens with: what the scenario takes, then the answer to it."""
    told, happens = leads(result), answer_sentence(result.run)
    return (happens, *told) if result.moves else (*told, happens)


def _shock_text(found: ShockAnswer, calendar: Calendar) -> str:
    """`2027年少完成155.8亿元，影响17个大项，最先的是…；2027—2029年合计少完成…亿元`."""
    cost = "（含造价变化）" if found.dearer else ""
    parts = [f"{found.year}年{_less_text(found.less_wan)}{cost}"]
    if found.hits:
        parts.append(f"影响{len(found.hits)}个大项")
        parts += [_earliest_text(found.earliest, calendar)] if found.earliest else []
    else:
        parts.append("没有大项因此减少")
    told = "，".join(parts)
    years = found.years
    if len(years) == 1:
        return told
    if abs(found.less_years_wan) < SEEN_WAN <= abs(found.less_wan):
        return f"{told}；{years[0]}—{years[-1]}年合计与基准持平"
    return f"{told}；{years[0]}—{years[-1]}年合计{_less_text(found.less_years_wan)}"


def _less_text(less_wan: int) -> str:
    """`少完成155.8亿元`, `多完成…`; nothing to be seen is told as such."""
    if abs(less_wan) < SEEN_WAN:
        return "完成投资不变"
    return f"{'少' if less_wan > 0 else '多'}完成{yi_text(abs(less_wan))}亿元"


def _earliest_text(hit: Hit, calendar: Calendar) -> str:
    """`最先的是13 综合性产业园区（2027年一季度起，当年少58.2亿元）`."""
    assert hit.first_quarter is not None
    year, number = divmod(hit.first_quarter, 4)
    when = f"{calendar.first_year + year}年{_NUMERALS[number]}季度起"
    less = f"，当年少{yi_text(hit.less_wan)}亿元" if hit.less_wan >= SEEN_WAN else ""
    return f"最先的是{hit.item.label}（{when}{less}）"


def _running_text(found: RunningAnswer, portfolio: Portfolio) -> str:
    """The year's money against its plan, converted against the target, the delay that matters most."""
    this = found.this
    expected = "推演" if portfolio.facts is None else "预计"
    told = f"{found.year}年{expected}完成投资{yi_text(this.drawn_wan)}亿元"
    if found.against_plan_wan is not None:
        rate = percent_number(Fraction(this.drawn_wan, this.plan_wan))
        told += f"，为年度计划的{rate}%（{_against('年度计划', found.against_plan_wan)}）"
    parts = [told]
    if this.converted_wan is not None and found.against_target_wan is not None:
        listed = this.to_be_listed_wan
        of_it = f"，其中待入库{yi_text(listed)}亿元" if listed >= SEEN_WAN else ""
        against = _against("目标", found.against_target_wan)
        parts.append(f"折市重点口径{yi_text(this.converted_wan)}亿元，{against}{of_it}")
    return "；".join([*parts, _late_text(found)])


def _against(what: str, wan: int) -> str:
    if abs(wan) < SEEN_WAN:
        return f"与{what}持平"
    return f"比{what}{'多' if wan > 0 else '少'}{yi_text(abs(wan))}亿元"


def _late_text(found: RunningAnswer) -> str:
    if found.foremost is None:
        return "没有大项滞后（尾工、尾款不计）"
    quarters = found.foremost_quarters
    how = "未竣工" if quarters is None else f"滞后{quarters}个季度"
    return f"{found.late}个大项滞后（尾工、尾款不计），最要紧的是{found.foremost.label}（{how}）"


# --- Four figures


def answer_figures(run: RunResult) -> tuple[KeyFigure, ...]:
    """The four figures beside the sentence."""
    return figures_of(answer(run), run)


def figures_of(found: Answer, run: RunResult) -> tuple[KeyFigure, ...]:
    """The four figures of an answer."""
    if isinstance(found, ShockAnswer):
        return _shock_figures(found)
    return _running_figures(found, run)


def _shock_figures(found: ShockAnswer) -> tuple[KeyFigure, ...]:
    years, year = found.years, found.year
    apart = f"{sources.PLAYED}；与基准的推演相减"
    return (
        _money(f"{year} 年完成投资（本情景）", found.drawn_wan[0], sources.PLAYED),
        _money(f"{year} 年比基准{_word(found.less_wan)}完成", abs(found.less_wan), apart),
        KeyFigure(
            name="受影响大项",
            value=len(found.hits),
            unit=PIECES,
            source=f"{years[0]}—{years[-1]} 年某年比基准少完成 0.05 亿元以上，或竣工推迟的大项",
        ),
        _money(
            f"{years[0]}—{years[-1]} 年比基准{_word(found.less_years_wan)}完成",
            abs(found.less_years_wan),
            apart,
        ),
    )


def _word(less_wan: int) -> str:
    return "多" if less_wan <= -SEEN_WAN else "少"


def _running_figures(found: RunningAnswer, run: RunResult) -> tuple[KeyFigure, ...]:
    year = found.year
    played = sources.PLAYED if run.portfolio.facts is None else f"执行数与{sources.PLAYED}"
    expected = "推演" if run.portfolio.facts is None else "预计"
    return (
        _money(f"{year} 年{expected}完成投资", found.this.drawn_wan, played),
        _money(f"{year} 年与年度计划差额", found.against_plan_wan, "完成投资 − 年度计划，负数为少"),
        _money(
            f"{year} 年与目标差额", found.against_target_wan, "折市重点口径 − 年度目标，负数为少"
        ),
        _money(f"{year} 年资金缺口", found.gap_wan, "当年需要而没有渠道能够安排的资金，各渠道之和"),
    )


def _money(name: str, wan: int | None, source: str) -> KeyFigure:
    return KeyFigure(name=name, value=wan, unit=str(Unit.MONEY), source=source)
