"""A briefing's tables and pictures: the key figures, the years, the years and causes drawn."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from portfolio.model.calendar import Calendar
from portfolio.model.dossier import Dossier
from portfolio.model.measures import YearMeasure, year_measures
from portfolio.model.money import yi_text
from portfolio.model.outcome import CauseKind
from portfolio.model.pace import completion, percent_number
from portfolio.model.result import RunResult
from portfolio.report.briefing.blocks import CauseBar, Grid, Picture, YearBar
from portfolio.report.delay_causes import owed_by_cause
from portfolio.report.fields import Field, Fields, text
from portfolio.report.key_figures import KEY_FIGURES, KeyFigure, key_figures
from portfolio.report.run_tables import YEARS
from portfolio.report.wording import year_notes

YEARS_BEFORE, YEARS_AFTER, YEARS_MOST = 2, 3, 5
SHOWN_CAUSES = 6
_SOURCES = (
    "总投资与规划投资、年度计划、年度目标取自工作簿（投资节奏为假设），其余为推演结果；"
    "逐项出处见 报告.html。"
)


def key_grid(dossier: Dossier) -> Grid:
    """The key figures in two columns side by side."""
    figures = key_figures(dossier)
    half = -(-len(figures) // 2)
    table = _SIDE_BY_SIDE.of(figures[k::half] for k in range(half))
    return Grid(caption="要数（金额单位：亿元）", table=table, notes=(_SOURCES,))


def _on_side(k: int, key: str, width: float, look: str = "") -> Field[tuple[KeyFigure, ...]]:
    """What is told of the k-th figure of a row, nothing where it has none."""
    told = KEY_FIGURES[key]
    return text(
        f"{key}{k}",
        told.title,
        lambda row: told.value(row[k]) if k < len(row) else "",
        width,
        look=look,
    )


_SIDE_BY_SIDE = Fields[tuple[KeyFigure, ...]](
    name=KEY_FIGURES.name,
    fields=tuple(
        field
        for k in range(2)
        for field in (
            _on_side(k, "name", 59),
            _on_side(k, "reads", 22, look="right"),
            _on_side(k, "unit", 19),
        )
    ),
)


def years_grid(dossier: Dossier) -> Grid:
    """The year with some before and after it: plan, money, 折市重点, target, verdict."""
    run, last = dossier.run, dossier.quarter
    this = dossier.calendar.first_year + last // 4
    first = max(
        dossier.calendar.first_year,
        min(this - YEARS_BEFORE, dossier.calendar.last_plan_year - YEARS_BEFORE - YEARS_AFTER),
    )
    # The years up to the last full one are spoken of: they stand in the table where there is room.
    last_shown = max(
        first + YEARS_BEFORE + YEARS_AFTER,
        min(dossier.calendar.last_full_list_year, this + YEARS_MOST),
    )
    span = range(first, last_shown + 1)
    shown = [m for m in year_measures(run.portfolio, run.outcome) if m.year in span]
    return Grid(
        caption="年度（单位：亿元）",
        table=_years(dossier.calendar, last).of(shown),
        notes=year_notes(dossier.calendar, shown),
    )


def _years(calendar: Calendar, last_quarter: int) -> Fields[YearMeasure]:
    """The columns of the years; one that isn't over by a quarter's end is an outlook."""

    def name(m: YearMeasure) -> str:
        over = calendar.quarter_of(m.year, 4) <= last_quarter
        return f"{m.year}{'' if over else '（预计）'}"

    def rate(m: YearMeasure) -> str | None:
        done = completion(m.drawn_wan, m.plan_wan)
        return None if done is None else percent_number(done)

    return Fields[YearMeasure](
        name="年度",
        fields=(
            text("year", "年份", name, 14),
            replace(YEARS["plan_wan"], width=14),
            replace(YEARS["drawn_wan"], title="推演完成", width=14),
            text("completion", "完成率（%）", rate, 13, look="right"),
            replace(YEARS["converted_wan"], width=14),
            replace(YEARS["target"], width=17, look="right"),
            replace(YEARS["verdict"], width=18),
        ),
    )


def pictures(run: RunResult) -> tuple[Picture, ...]:
    """The years against their targets, and what the delays are owed to, where there are any."""
    found = (years_picture(run), causes_picture(run))
    return tuple(picture for picture in found if picture is not None)


def years_picture(run: RunResult) -> Picture | None:
    """Converted investment of the plan's years beside the targets; None where nothing converts."""
    bars = tuple(
        YearBar(year=m.year, converted_wan=m.converted_wan, target_wan=m.target_wan, met=_judged(m))
        for m in year_measures(run.portfolio, run.outcome)
        if m.converted_wan is not None and m.year <= run.calendar.last_plan_year
    )
    if not bars:
        return None
    told = "；".join(f"{bar.year} 年 {yi_text(bar.converted_wan)}" for bar in bars)
    return Picture(
        caption="各年折市重点口径与年度目标（单位：亿元）",
        words=f"各年折市重点口径（亿元）：{told}。",
        bars=bars,
    )


def _judged(m: YearMeasure) -> bool | None:
    """Met or missed; a year of the closed list whose gap is 待入库 is not judged."""
    return None if m.list_runs_down and not m.met else m.met


def causes_picture(run: RunResult) -> Picture | None:
    """The quarters of delay by cause over all late items; None where nothing is late.

    Gates are one cause here: which item waits for which is told in the text. What a shorter
    duration wins back is told below the picture.
    """
    lost: Counter[str] = Counter()
    won = 0
    for owed in owed_by_cause(run):
        if owed.quarters < 0:
            won -= owed.quarters
            continue
        lost["等待前置条件" if owed.kind is CauseKind.GATE else owed.name] += owed.quarters
    if not lost:
        return None
    shown = sorted(lost.items(), key=lambda row: (-row[1], row[0]))[:SHOWN_CAUSES]
    told = "；".join(f"{name} {quarters} 季" for name, quarters in shown)
    back = f"，另有工期缩短抵回 {won} 季" if won else ""
    return Picture(
        caption=f"滞后成因（单位：季，各滞后大项合计{_first(len(lost))}{back}）",
        words=f"滞后成因：{told}。",
        bars=tuple(CauseBar(name=name, quarters=quarters) for name, quarters in shown),
    )


def _first(causes: int) -> str:
    return f"，最多的 {SHOWN_CAUSES} 种" if causes > SHOWN_CAUSES else ""
