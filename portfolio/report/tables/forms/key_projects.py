"""表3A 年度重点项目计划: the year's works summed in 亿元, each in 万元, those being prepared."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

from portfolio.model.forms import origins as at
from portfolio.model.forms.lines import Line
from portfolio.model.forms.planned.ahead import Planned
from portfolio.model.forms.planned.grouped import Group, by_work, total_of
from portfolio.model.forms.planned.key_projects import (
    LISTED_KINDS,
    KeyProject,
    KeyProjects,
    key_projects,
)
from portfolio.model.forms.planned.pots import Source as Money
from portfolio.model.forms.source import Source
from portfolio.model.items import ProjectKind, inclusion_bps_of
from portfolio.model.money import BPS, yi_text
from portfolio.report.tables.fields import Cell, Field, Fields, money, number, text
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form, FormSheet, MoneyUnit
from portfolio.report.tables.forms.heads import form_of
from portfolio.report.tables.forms.planned import (
    ROUNDED,
    Years,
    code,
    kind_text,
    month_text,
    number_of,
    office,
    scope,
    span_text,
    words,
)

NUMBER, TITLE = "3A", "年度重点项目计划"
QUARTERS = {"q1": "一季度", "q2": "二季度", "q3": "三季度", "q4": "四季度"}
SOURCES = {f"source{k}_wan": str(kind) for k, kind in enumerate(Money)}
Listed = Group[KeyProject]
line_of: Callable[[KeyProject], Planned] = attrgetter("line")


def _amount(
    key: str, title: str, of: Callable[[KeyProject], int], width: float, source: str
) -> Field[Listed]:
    return money(key, title, lambda group: group.sum(of), width, source=source)


def _at(name: str, k: int) -> Callable[[KeyProject], int]:
    return lambda row: getattr(row, name)[k]


def _count(key: str, title: str, kind: ProjectKind | None, source: str) -> Field[Listed]:
    return number(
        key,
        title,
        lambda group: sum(kind in (None, row.kind) for row in group.rows),
        6,
        source=source,
    )


def _amounts(year: int, width: float) -> tuple[Field[Listed], ...]:
    return (
        _amount("total_wan", "总投资", lambda row: row.line.total_wan, width, at.TOTALS),
        _amount("before_wan", f"至{year - 1}年底累计（预计）",
                lambda row: row.line.before_wan, width, at.BEFORE),
        _amount("plan_wan", f"{year}年计划投资", lambda row: row.plan_wan, width, at.LATER),
        *(
            _amount(key, title, _at("quarters_wan", k), width - 0.5, at.LATER)
            for k, (key, title) in enumerate(QUARTERS.items())
        ),
        *(
            _amount(key, title, _at("sources_wan", k), width - 0.5, at.BY_CHANNEL)
            for k, (key, title) in enumerate(SOURCES.items())
        ),
    )  # fmt: skip


GROUPS = {"季度计划（累计数）": tuple(QUARTERS), "资金来源": tuple(SOURCES)}
SUMMED = ("total_wan", "before_wan", "plan_wan", *QUARTERS, *SOURCES)


def _summary(year: int) -> Fields[Listed]:
    return Fields(
        name="汇总",
        fields=(
            text("no", "序号", number_of, 6, look="centre", source=at.HERE),
            text("name", "名称", width=28, source=at.LISTED),
            _count("count", "项目数", None, at.HERE),
            _count("going_on", "续建", ProjectKind.GOING_ON, at.LATER),
            _count("new", "新开工", ProjectKind.NEW, at.LATER),
            _count("finishing", "计划竣工投产", ProjectKind.FINISHING, at.LATER),
            *_amounts(year, 11),
        ),
    )


def _works(source: Source, years: Years) -> Fields[Listed]:
    calendar, year = source.portfolio.calendar, years.year

    def when(line: Planned) -> Cell:
        kind = line.kind_in_first(years.ahead.tail_bps)
        last = kind is not ProjectKind.NEW
        return month_text(line.finish if last else line.start, calendar, last=last)

    def kind(group: Listed) -> Cell:
        return kind_text(group.one.kind) if group.one else NOT_APPLICABLE

    return Fields(
        name="正式项目",
        fields=(
            text("no", "序号", number_of, 7, look="centre", source=at.HERE),
            text("name", "项目名称", width=28, source=at.LISTED),
            code(14, line_of),
            scope(source, 22, line_of),
            words(
                "span",
                "建设起止年限",
                14,
                line_of,
                lambda line: span_text(line, calendar),
                source=at.LISTED,
            ),
            *_amounts(year, 9.5),
            office("goal", "本年建设目标", 20, line_of),
            words(
                "when",
                "计划开工或竣工月",
                12,
                line_of,
                when,
                source=at.DATED,
            ),
            office("owner", "责任单位", 16, line_of),
            office("builder", "建设单位", 16, line_of),
            office("district", "所在区", 8, line_of),
            text("kind", "项目类别", kind, 16, source=at.LATER),
        ),
    )


def _prepared(source: Source, years: Years) -> Fields[Group[Planned]]:
    def own(line: Planned) -> Planned:
        return line

    return Fields(
        name="预备项目",
        fields=(
            text("no", "序号", number_of, 6, look="centre", source=at.HERE),
            text("name", "项目名称", width=34, source=at.LISTED),
            code(20, own),
            money(
                "total_wan",
                "总投资",
                lambda group: group.sum(lambda row: row.total_wan),
                13,
                source=at.TOTALS,
            ),
            scope(source, 24, own),
            words("stage", "前期工作阶段", 14, own, lambda line: line.item.stage, source=at.LISTED),
            words(
                "start",
                "拟开工年月",
                13,
                own,
                lambda line: _start(line, years),
                source=at.DATED,
            ),
            office("owner", "责任单位", 20, own),
            office("district", "所在区", 9, own),
        ),
    )


def _start(line: Planned, years: Years) -> Cell:
    """When a work to be prepared is to begin: of a project only the year is known."""
    if line.project is None:
        return month_text(line.start, years.ahead.calendar, last=False)
    if line.project.start:
        return line.project.start
    for k, year in enumerate(years.ahead.years):
        if line.year_wan(k):
            return f"{year}年"
    return f"{years.ahead.years[-1] + 1}年及以后"


def key_projects_form(source: Source) -> Form:
    """Form 3A."""
    years = Years(source)
    plan = key_projects(years.ahead, years.lines)
    year, heading = plan.year, f"{years.year}年市重点建设项目计划（{years.stage}）"
    rows = list(plan.listed)
    sheets = (
        FormSheet(
            name="汇总",
            title=f"{heading}（正式项目，汇总）",
            unit=MoneyUnit.YI,
            fields=_summary(year),
            lines=tuple(total_of("合计", rows, by_work(rows, line_of, projects=False))),
            summed=(*SUMMED, "count", "going_on", "new", "finishing"),
            groups=GROUPS,
            pages=2,
            notes=_notes(source, years, plan),
            played=years.shocked,
        ),
        FormSheet(
            name="正式项目",
            title=f"{heading}（正式项目）",
            unit=MoneyUnit.WAN,
            fields=_works(source, years),
            lines=tuple(total_of("合计", rows, by_work(rows, line_of, projects=True))),
            summed=SUMMED,
            groups=GROUPS,
            breaks=("source0_wan",),
            notes=("季度计划为累计数；建设规模及内容、建设单位等未填的写“未报”，不代填。",),
            played=years.shocked,
        ),
        FormSheet(
            name="预备项目",
            title=f"{heading}（预备项目）",
            unit=MoneyUnit.WAN,
            fields=_prepared(source, years),
            lines=_prepared_lines(plan),
            summed=("total_wan",),
            notes=("预备项目不计年度投资，不在正式项目合计之内。",),
            played=years.shocked,
        ),
    )
    return form_of(source, NUMBER, TITLE, f"{year}年", sheets, years.ahead.approved)


def _prepared_lines(plan: KeyProjects) -> tuple[Line[Group[Planned]], ...]:
    rows = list(plan.prepared)
    if not rows:
        return ()
    return tuple(total_of("合计", rows, by_work(rows, lambda line: line, projects=True)))


def _notes(source: Source, years: Years, plan: KeyProjects) -> tuple[str, ...]:
    """How the figures are to be read, and how they compare with the year's target."""
    counts = "、".join(f"{kind_text(kind)} {plan.count(kind)} 个" for kind in LISTED_KINDS)
    listed = [line for line in years.lines if line.project is not None]
    return (
        f"共 {len(plan.listed)} 个（{counts}），预备 {len(plan.prepared)} 个；"
        f"年底前已付清、本年无投资的 {plan.closed} 个不列。",
        *_against_target(source, plan),
        f"至{plan.year - 1}年底累计＝截至月执行数＋其后按计划节奏的预计；"
        f"{_plan_note(years, plan.year)}，至上年底累计＋本年计划≤总投资；"
        "总投资为最近一次批复或备案数，有调整概算的为调整后数。",
        *_projects_note(years, bool(listed)),
        "项目类别按资金推得：年底前没有投资的为新开工，本年末只余尾款的为计划竣工投产，其余为续建。",
        "口径为重点项目完成投资，含企业备案项目，不与预算对账，也不是统计部门的固定资产投资。",
        ROUNDED,
    )


def _plan_note(years: Years, year: int) -> str:
    approved = years.ahead.approved
    if approved is not None:
        return f"{year} 年计划＝批准数：{approved.label}"
    return f"{year} 年计划＝未完部分按原计划节奏顺延"


def _projects_note(years: Years, listed: bool) -> tuple[str, ...]:
    """How projects come to their figures; which items are not laid out among them."""
    if not listed:
        return ()
    known = {line.item.no for line in years.lines if line.project is not None}
    having = {project.item_no for project in years.source.portfolio.projects}
    missed = [line.item.name for line in years.ahead.lines if line.item.no in having - known]
    told = "项目数：大项的年度计划先给当年列有投资的项目，不超过其未完部分（假设），合计等于大项。"
    if missed:
        told += f"{'、'.join(missed[:5])}等 {len(missed)} 个大项的项目没有填全，按大项列。"
    return (told,)


def _against_target(source: Source, plan: KeyProjects) -> tuple[str, ...]:
    target = next((t for t in source.portfolio.targets if t.year == plan.year), None)
    factor = inclusion_bps_of(source.portfolio.targets, plan.year)
    if target is None or target.target_wan is None or factor is None:
        return ()
    converted = plan.plan_wan * factor // BPS
    difference = converted - target.target_wan
    word = "高于" if difference >= 0 else "低于"
    return (
        f"本年计划合计 {yi_text(plan.plan_wan)} 亿元，按入列系数 {factor / BPS:.2f}（假设）折市重点口径 "
        f"{yi_text(converted)} 亿元，{word}年度目标 {yi_text(target.target_wan)} 亿元 "
        f"{yi_text(abs(difference))} 亿元。",
    )
