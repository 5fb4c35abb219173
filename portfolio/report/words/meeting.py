"""The figures a meeting asks for first, once: page, briefing, Excel and screen show these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from portfolio.model.dossier import Dossier
from portfolio.model.items import TargetKind
from portfolio.model.measures.delays import delay_by_cause
from portfolio.model.measures.outlook import Outlook
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.year_to_date import is_past, year_to_date
from portfolio.model.measures.years import (
    YearMeasure,
    judged_years,
    late_positions,
    percent_number,
    year_measures,
)
from portfolio.model.money import WAN_PER_YI, yi_text
from portfolio.model.outcome import CauseKind, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.result import Reallocation, Verdict
from portfolio.report.tables.fields import Fields, Table, Unit, number, quarters, text
from portfolio.report.words import sources
from portfolio.report.words.outlook import answer_lines, finding_lines
from portfolio.report.words.reallocation import (
    PLAN_FILE,
    next_steps,
    numbered_verdict,
    played_line,
)
from portfolio.report.words.reallocation.ways import advice_line
from portfolio.report.words.run import headline, held_name, reconciliation_lines, year_notes
from portfolio.report.words.stress import chances_sentence, list_lines, record_lines

#: Units of a key figure that no column of a table has.
POINTS, PIECES = "个百分点", "个"
#: Where a figure is from that is no play.
FACTS = "工作簿“月度执行”所填，照填不改"


@dataclass(frozen=True, kw_only=True)
class KeyFigure:
    """One figure: its name, how it reads (with thousands separators), its unit and its source.

    value : 万元 for 亿元, a Fraction for % and 个百分点, a count; None where there is none
    """

    name: str
    value: int | Fraction | None
    unit: str
    source: str

    @property
    def reads(self) -> str:
        """The figure as it is read, — for none: 亿元 and percentages with one decimal."""
        if self.value is None:
            return "—"
        if self.unit == Unit.MONEY:
            return yi_text(int(self.value))
        if isinstance(self.value, Fraction):
            return percent_number(self.value)
        return f"{self.value:,}"


def _number(figure: KeyFigure) -> float | str:
    """A figure that can be referred to: 亿元, a ratio for %, points, a count; — for none."""
    if figure.value is None:
        return "—"
    if figure.unit == Unit.MONEY:
        return int(figure.value) / WAN_PER_YI
    if figure.unit == POINTS:
        return float(figure.value * 100)
    return float(figure.value) if figure.unit == Unit.RATIO else int(figure.value)


def _look(figure: KeyFigure) -> str:
    looks = {Unit.MONEY: "figure", Unit.RATIO: "percent", POINTS: "figure", PIECES: "whole"}
    return "centre" if figure.value is None else looks[figure.unit]


KEY_FIGURES = Fields[KeyFigure](
    name="要数",
    fields=(
        text("name", "指标", width=34, short="要数"),
        number("value", "数值", _number, 18, look=_look),
        text("reads", "数值"),
        text("unit", "单位", look="centre"),
        text("source", "出处", width=86),
    ),
)
KEY_FIGURE_SHEET = KEY_FIGURES.view("name", "value", "unit", "source")
KEY_FIGURE_SCREEN = KEY_FIGURES.view("name", "reads", "unit")
KEY_FIGURE_DATA = KEY_FIGURES.view("name", "reads", "unit", "source")


def key_figures(dossier: Dossier) -> tuple[KeyFigure, ...]:
    """The figures of a scenario, to the end of the dossier's quarter."""
    run = dossier.run
    portfolio, outcome = run.portfolio, run.outcome
    now = year_to_date(portfolio, outcome, dossier.quarter)
    measure = measure_of(portfolio, outcome, now.year)
    total = sum(item.total_wan for item in portfolio.items)
    period = sum(item.plan_wan for item in portfolio.items)
    first, judged = dossier.calendar.first_year, judged_years(portfolio)
    quarters = slice(4 * (judged[0] - first), 4 * (judged[-1] + 1 - first))
    drawn = int(outcome.drawn_wan[quarters].sum())
    listed = f"{sources.LISTED}{len(portfolio.items)} 个大项之和；{sources.items_source(run)}"
    span = f"{dossier.calendar.first_year}—{dossier.calendar.period_last} 年"
    year, month = now.year, now.months
    nature = "执行数" if is_past(portfolio, dossier.quarter) else "推演数"
    done_source = FACTS if is_past(portfolio, dossier.quarter) else sources.PLAYED
    rows = (
        ("总投资", total, Unit.MONEY, listed),
        (f"{span}投资（规划）", period, Unit.MONEY, listed),
        (f"{judged[0]}—{judged[-1]} 年完成投资（推演）", drawn, Unit.MONEY, sources.PLAYED),
        (f"{year} 年计划投资", now.plan, Unit.MONEY, sources.PLANNED),
        (f"{year} 年 1—{month} 月完成投资（{nature}）", now.done, Unit.MONEY, done_source),
        ("占年度计划", now.completion, Unit.RATIO, "完成投资（含造价变化）÷ 年度计划"),
        ("超（欠）序时进度", now.ahead, POINTS, f"占年度计划之比减去 {month}/12，负数为欠"),
        (f"{year} 年预计完成投资", now.forecast, Unit.MONEY, sources.PLAYED),
        (
            f"{year} 年比年度计划少完成（按形象进度）",
            now.gap,
            Unit.MONEY,
            "年度计划减形象进度折算投资，不足则为 0；造价上涨多花的钱不算完成计划",
        ),
        (f"{year} 年形象进度折算投资", now.progress, Unit.MONEY, sources.PROGRESS),
        (
            f"{year} 年折市重点口径",
            None if measure is None else measure.converted_wan,
            Unit.MONEY,
            "形象进度折算投资 × 入列系数（系数为假设）",
        ),
        *_goal(run, now.year, measure),
        ("滞后大项", len(late_positions(portfolio, outcome)), PIECES, sources.PLAYED),
    )
    return tuple(
        KeyFigure(name=name, value=value, unit=str(unit), source=source)
        for name, value, unit, source in rows
    )


def _first_plan(seen: Outlook) -> tuple[tuple[str, Any, str, str], ...]:
    """The plan before it was adjusted, and how the year goes against it; none where it wasn't."""
    if seen.first_plan_wan is None or seen.first_completion is None:
        return ()
    pace = seen.first_completion - seen.elapsed
    return (
        ("原年度计划", seen.first_plan_wan, Unit.MONEY, sources.PLANNED),
        ("已执行占原年度计划", seen.first_completion, Unit.RATIO, "已执行 ÷ 原年度计划"),
        (
            "按原计划超（欠）序时进度",
            pace,
            POINTS,
            f"已执行 ÷ 原年度计划 − {seen.months}/12，负数为欠",
        ),
    )


def forecast_figures(seen: Outlook) -> tuple[KeyFigure, ...]:
    """全年预计 in figures: the year against its plan and the list's, its pace, the next year."""
    year, following, unfed = seen.this, seen.following, seen.unfed
    played = f"{FACTS}；其后为{sources.PLAYED}"
    whole = Fraction(seen.year_wan, year.plan_wan) if year.plan_wan else None
    plan = "年度计划" if seen.first_plan_wan is None else "调整后年度计划"
    rows = (
        (f"{seen.year} 年预计全年", seen.year_wan, Unit.MONEY, played),
        (f"其中已执行（1—{seen.months} 月）", seen.done_wan, Unit.MONEY, FACTS),
        ("其中推演", seen.rest_wan, Unit.MONEY, sources.PLAYED),
        (plan, year.plan_wan, Unit.MONEY, sources.PLANNED),
        *_first_plan(seen),
        (f"预计全年占{plan}", whole, Unit.RATIO, f"预计全年 ÷ {plan}"),
        ("折市重点口径", year.converted_wan, Unit.MONEY, sources.CONVERTED),
        (
            f"名单计划（{year.list_plan_kind or '无'}）",
            seen.list_plan_wan,
            Unit.MONEY,
            sources.ON_RECORD,
        ),
        (
            "折市重点比名单计划多（少为负）",
            seen.against_list_wan,
            Unit.MONEY,
            "折市重点口径 − 名单计划",
        ),
        ("超（欠）序时进度", seen.ahead, POINTS, f"已执行 ÷ {plan} − {seen.months}/12，负数为欠"),
        (
            "较同期曲线",
            seen.ahead_of_season,
            POINTS,
            "已执行 ÷ 年度计划 − 季节曲线到截至月的累计，负数为欠",
        ),
        (
            "下年" if following is None else f"{following.year} 年推演",
            None if following is None else following.drawn_wan,
            Unit.MONEY,
            sources.PLAYED,
        ),
        (
            "待入库" if unfed is None else f"{unfed.year} 年待入库（清单不够目标的首年）",
            None if unfed is None else unfed.to_be_listed_wan,
            Unit.MONEY,
            "折市重点口径；清单封闭所致",
        ),
    )
    return tuple(
        KeyFigure(name=name, value=value, unit=str(unit), source=source)
        for name, value, unit, source in rows
    )


def _goal(
    run: RunResult, year: int, measure: YearMeasure | None
) -> tuple[tuple[str, int | None, Unit, str], ...]:
    """The year's target; of a year that is over what is known of its list instead."""
    source = sources.target_source(run, year)
    if measure is None or not measure.past or measure.list_plan_wan is None:
        target = None if measure is None else measure.target_wan
        return ((f"{year} 年目标{_kind(measure)}", target, Unit.MONEY, source),)
    plan = (
        f"{year} 年名单计划（{measure.list_plan_kind}）",
        measure.list_plan_wan,
        Unit.MONEY,
        source,
    )
    if measure.list_done_wan is None:
        return (plan,)
    return (plan, (f"{year} 年名单完成（公布）", measure.list_done_wan, Unit.MONEY, source))


def _kind(measure: YearMeasure | None) -> str:
    """What kind of target it is, where it is not the usual floor."""
    if measure is None or measure.target is None or measure.target.kind is TargetKind.FLOOR:
        return ""
    if measure.target.kind is TargetKind.BAND and measure.target.upper_wan is not None:
        return f"（区间下限，上限 {yi_text(measure.target.upper_wan)} 亿元）"
    return f"（{measure.target.kind}）"


def measure_of(portfolio: Portfolio, outcome: Outcome, year: int) -> YearMeasure | None:
    """A year's measures; None for a year after all plan and play."""
    return next((m for m in year_measures(portfolio, outcome) if m.year == year), None)


# --- The sentences of a scenario that may be read out: play, years, chances, repair


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence and where its numbers are from."""

    text: str
    source: str


def _next_step(repair: Reallocation) -> tuple[str, ...]:
    """What follows where there is nothing to move, or no way to move it."""
    if repair.infeasibility is not None:
        return (f"缺多少、哪些规则互相冲突，见 {PLAN_FILE} 的“规则冲突”。",)
    if repair.verdict is Verdict.NONE_FOUND:
        return next_steps(repair)
    return () if repair.moves else ("没有要调整的资金：按原计划执行。",)


def reconciliation(dossier: Dossier) -> tuple[Sentence, ...]:
    """The two lines every report opens with."""
    run = dossier.run
    listed, universes = reconciliation_lines(run.portfolio)
    return (
        Sentence(text=listed, source=f"{sources.LISTED}各大项之和；{sources.items_source(run)}"),
        Sentence(
            text=universes,
            source=f"入列系数与目标：{sources.target_source(run, run.calendar.first_year)}",
        ),
    )


def sentences(dossier: Dossier) -> tuple[Sentence, ...]:
    """What page and screen say first of a scenario: what to do about it, the play, the chances."""
    run, stress, repair = dossier.run, dossier.stress, dossier.repair
    told = (
        []
        if run.outlook is None
        else [
            Sentence(text=line, source=f"{FACTS}；其后为{sources.PLAYED}")
            for line in (*answer_lines(run, run.outlook), *finding_lines(run, run.outlook))
        ]
    )
    if repair is not None:
        told += _repair_sentences(repair)
    told.append(Sentence(text=headline(run), source=sources.PLAYED))
    told += [
        Sentence(text=note, source=sources.PLANNED_YEARS)
        for note in year_notes(run.calendar, year_measures(run.portfolio, run.outcome))
    ]
    if stress is not None:
        # A scenario with shocks is no forecast of what came about.
        record = () if run.changes else record_lines(stress, telling=True)
        told += [Sentence(text=line, source=sources.RECORDED) for line in record]
        chance_source = "工作簿“年度完成率”的记录，情景之差来自同一运气的推演"
        told += [Sentence(text=line, source=chance_source) for line in list_lines(stress)]
        told.append(Sentence(text=chances_sentence(stress), source=sources.luck_source(stress)))
    return tuple(told)


def _repair_sentences(repair: Reallocation) -> Iterator[Sentence]:
    """What to move, what the play says of it, what is known of the plan."""
    if repair.moves:
        yield Sentence(text=advice_line(repair), source=sources.REPAIRED)
    if (played := played_line(repair)) is not None:
        yield Sentence(text=played, source=sources.PLAYED_AGAIN)
    yield Sentence(text=f"预算调整{numbered_verdict(repair)}", source=sources.REPAIRED)
    for line in _next_step(repair):
        yield Sentence(text=line, source=sources.REPAIRED)


# --- The delay of all late items by cause, once: page and briefing tell the same


@dataclass(frozen=True, kw_only=True)
class OwedTo:
    """Quarters of delay owed to one cause, over all late items; negative for a shorter duration."""

    kind: CauseKind | Literal["合计"]
    name: str
    items: int
    quarters: int


def owed_by_cause(run: RunResult) -> tuple[OwedTo, ...]:
    """Causes of the late items by name, the largest first; see `delay_by_cause`."""
    return tuple(
        OwedTo(
            kind=owed.kind,
            name=held_name(run.portfolio, owed.why),
            items=owed.items,
            quarters=owed.quarters,
        )
        for owed in delay_by_cause(run)
    )


CAUSE_SUMS = Fields[OwedTo](
    name="滞后原因合计",
    fields=(
        text("kind", "原因类别", lambda owed: str(owed.kind)),
        text("name", "原因"),
        number("items", "涉及大项"),
        quarters("quarters", "影响"),
    ),
)


def cause_sum_table(run: RunResult) -> Table[OwedTo]:
    """The causes with their sum in the last row."""
    owed, late = owed_by_cause(run), len(late_positions(run.portfolio, run.outcome))
    quarters = sum(one.quarters for one in owed)
    whole = OwedTo(kind="合计", name="全部滞后季数", items=late, quarters=quarters)
    return CAUSE_SUMS.of((*owed, whole))
