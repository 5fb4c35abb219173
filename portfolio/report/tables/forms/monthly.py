"""表1 重点项目投资月报: two summaries in 亿元, the projects in 万元, those being prepared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from portfolio.model.forms import origins as at
from portfolio.model.forms.lines import Line, Rank
from portfolio.model.forms.monthly import NO_UNIT, Monthly, MonthlyReport, monthly_report
from portfolio.model.forms.source import Source
from portfolio.model.forms.spread import HIGH, LOW, MIDDLE
from portfolio.model.items import ProjectKind
from portfolio.report.tables.fields import (
    Cell,
    Field,
    Fields,
    money,
    number,
    text,
)
from portfolio.report.tables.forms.columns import (
    or_none,
    part,
    points,
    points_of,
    points_said,
    ratio_of,
    yi_said,
)
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form, FormSheet, MoneyUnit
from portfolio.report.tables.forms.heads import form_of, month_words

NUMBER, TITLE = "1", "重点项目投资月报"
KIND_WORDS = {ProjectKind.FINISHING: "计划竣工投产"}
YES_NO = {True: "是", False: "否", None: None}


def _amount(key: str) -> Callable[[Monthly], Cell]:
    return lambda row: getattr(row.amounts, key)


def _light(row: Monthly) -> Cell:
    """The light with its number beside it: points of 超（欠）序时."""
    if row.light is None:
        return NOT_APPLICABLE
    number = "" if row.ahead is None else points_said(row.ahead)
    return f"{row.light} {number}".strip()


def _light_tone(row: Monthly) -> str:
    return f"light {row.light}" if row.light else ""


def _overrun_tone(row: Monthly) -> str:
    return "bad" if row.overrun else ""


_RATE = "{year_wan}/{plan_wan}"


def _rated(formula: str) -> Callable[[Monthly], str | None]:
    """A formula of the rate, where there is one."""
    return lambda row: None if row.completion is None else formula


_AMOUNTS: tuple[Field[Monthly], ...] = (
    money("total_wan", "总投资", _amount("total_wan"), 10, tone=_overrun_tone, source=at.TOTALS),
    money("since_wan", "开工以来累计完成", _amount("since_wan"), 10, source=at.SINCE),
    money("plan_wan", "本年计划", _amount("plan_wan"), 9.5, source=at.PLANNED),
    money("public_wan", "其中政府投资", _amount("public_wan"), 9.5, source=at.PUBLIC),
    money("month_wan", "本月完成", _amount("month_wan"), 9, source=at.EXECUTION),
    money("year_wan", "本年累计", _amount("year_wan"), 9.5, source=at.EXECUTION),
    money("last_year_wan", "去年同期累计", _amount("last_year_wan"), 9.5, source=at.LAST_YEAR),
    part("growth", "同比", ratio_of(lambda row: row.growth),
           formula=lambda row: None if row.growth is None
           else "({year_wan}-{last_year_wan})/{last_year_wan}", source=at.LAST_YEAR),
    part("completion", "完成率", ratio_of(lambda row: row.completion), formula=_rated(_RATE),
           source=at.RATED),
    part("elapsed", "序时", lambda row: float(row.elapsed), source=at.HERE),
    points("ahead", "超（欠）序时（百分点）", points_of(lambda row: row.ahead),
           formula=_rated(f"ROUND(({_RATE}-{{elapsed}})*100,1)"), signed=True, source=at.RATED),
    points("season", "较同期曲线（百分点）", points_of(lambda row: row.ahead_of_season), signed=True,
           source=at.SEASONAL),
    money("forecast_wan", "预计全年", _amount("forecast_wan"), 9.5, source=at.FORECAST),
    part("expected", "预计完成率", ratio_of(lambda row: row.expected),
           formula=lambda row: None if row.expected is None else "{forecast_wan}/{plan_wan}",
           source=at.EXPECTED),
)  # fmt: skip


def _of_items(key: str) -> Callable[[Monthly], Cell]:
    """Of items and their sums; what luck does to one project nobody knows."""

    def value(row: Monthly) -> Cell:
        found: int | None = getattr(row, key)
        return NOT_APPLICABLE if found is None else found

    return value


#: What lies on both sides of the forecast, where paths with luck were played.
SPREAD: tuple[Field[Monthly], ...] = (
    money("low_wan", f"推演 P{LOW}", _of_items("low_wan"), 9.5, source=at.PLAY),
    money("high_wan", f"推演 P{HIGH}", _of_items("high_wan"), 9.5, source=at.PLAY),
)
SPREAD_KEYS = tuple(each.key for each in SPREAD)
_COUNTED = money("counted_wan", "本年入统投资", _amount("counted_wan"), 9, source=at.EXECUTION)
_LIGHT = text("light", "灯", _light, 8, tone=_light_tone, look="tag", source=at.LIT)
SUMMED = ("total_wan", "since_wan", "plan_wan", "public_wan", "month_wan", "year_wan",
          "last_year_wan", "forecast_wan", "counted_wan")  # fmt: skip


def _no(row: Monthly) -> Cell:
    return row.no or NOT_APPLICABLE


#: Sums in 亿元 have fewer signs than projects in 万元: of their columns' width so much is enough.
NARROWER = 0.86


def _in_yi(*fields: Field[Monthly]) -> tuple[Field[Monthly], ...]:
    return tuple(replace(each, width=round(each.width * NARROWER, 1)) for each in fields)


SUMMARY: Fields[Monthly] = Fields(
    name="汇总",
    fields=(
        text("no", "序号", _no, 5, look="centre", source=at.HERE),
        text("name", "名称", width=19, source=at.LISTED),
        number("count", "项目数", width=6, source=at.HERE),
        *_in_yi(*_AMOUNTS, *SPREAD, _COUNTED),
        _LIGHT,
    ),
)


#: A unit that was behind for so many months in a row stands out.
LONG_BEHIND = 3


def _behind_tone(row: Monthly) -> str:
    return "bad" if (row.months_behind or 0) >= LONG_BEHIND else ""


#: By unit also for how long it has been behind.
UNITS: Fields[Monthly] = Fields(
    name="按责任单位",
    fields=(
        SUMMARY["no"],
        replace(SUMMARY["name"], title="责任单位", width=15),
        *(each for each in SUMMARY.fields[2:-1] if each.key not in SPREAD_KEYS),
        number(
            "months_behind",
            "连续欠序时（月）",
            lambda row: NOT_APPLICABLE if row.months_behind is None else row.months_behind,
            6,
            tone=_behind_tone,
            source=at.RATED,
        ),
        _LIGHT,
    ),
)


def _of_problem(name: str) -> Callable[[Monthly], Cell]:
    """What is told of a problem; — where there is none."""
    return lambda row: getattr(row, name) if row.problem else NOT_APPLICABLE


def _progress(row: Monthly) -> Cell:
    """形象进度 in words; where there are none the part that was told."""
    said = [row.works or "", "" if row.progress_bps is None else f"（{row.progress_bps / 100:g}%）"]
    return "".join(said).strip("（）") if not row.works else "".join(said)


PROJECTS: Fields[Monthly] = Fields(
    name="项目明细",
    fields=(
        text("no", "序号", _no, 6.5, look="centre", source=at.HERE),
        text("name", "项目名称", width=24, source=at.LISTED),
        text("code", "项目代码", width=12, source=at.LISTED),
        text("owner", "责任单位", width=10, source=at.LISTED),
        text("builder", "建设单位", width=10, source=at.LISTED),
        text("district", "所在区", width=6, source=at.LISTED),
        text("work", "领域", lambda row: row.work or NOT_APPLICABLE, 14.5, source=at.LISTED),
        text("kind", "项目类别",
             lambda row: None if row.kind is None else KIND_WORDS.get(row.kind, row.kind), 14,
             source=at.TOTALS),
        text("span", "建设起止年限", width=12.5, source=at.LISTED),
        text("scope", "建设规模及内容", width=18, source=at.OF_THE_MONTH),
        *_AMOUNTS,
        *SPREAD,
        text("in_statistics", "是否入统", lambda row: YES_NO[row.in_statistics], 5.5,
             look="centre", source=at.EXECUTION),
        text("statistics_code", "入统代码",
             lambda row: row.statistics_code or (
                 NOT_APPLICABLE if row.in_statistics is False else None), 9, source=at.EXECUTION),
        _COUNTED,
        text("progress", "形象进度", _progress, 13, source=at.PROGRESS),
        text("goal", "本年建设目标", width=13, source=at.LISTED),
        text("planned_start", "计划开工", width=8.5, source=at.LISTED),
        text("started", "实际开工", width=8.5, source=at.EXECUTION),
        text("planned_finish", "计划竣工", width=8.5, source=at.LISTED),
        text("finish", "预计竣工", width=8.5, source=at.PLAY),
        text("problem", "存在问题", or_none(lambda row: row.problem), 18, source=at.PROBLEMS),
        text("category", "问题类别", _of_problem("category"), 8, source=at.TROUBLES),
        text("measure", "下一步措施", _of_problem("measure"), 18, source=at.PROBLEMS),
        text("person", "责任人", _of_problem("person"), 8, source=at.TROUBLES),
        text("due", "完成时限", _of_problem("due"), 12, source=at.PROBLEMS),
        text("dealt_with", "上月问题办理", or_none(lambda row: row.dealt_with), 12, source=at.TROUBLES),
        _LIGHT,
    ),
)  # fmt: skip

PREPARED: Fields[Monthly] = Fields(
    name="预备项目",
    fields=(
        text("no", "序号", _no, 6, look="centre", source=at.HERE),
        text("name", "项目名称", width=40, source=at.LISTED),
        text("code", "项目代码", width=20, source=at.LISTED),
        text("owner", "责任单位", width=22, source=at.LISTED),
        text("work", "领域", width=18, source=at.LISTED),
        money("total_wan", "总投资", _amount("total_wan"), 14, source=at.TOTALS),
        text(
            "planned_start",
            "拟开工年月",
            lambda row: row.planned_start or NOT_APPLICABLE,
            14,
            source=at.LISTED,
        ),
    ),
)


def has_units(report: MonthlyReport) -> bool:
    """Whether any unit is told of."""
    return any(line.row.name != NO_UNIT for line in report.units[1:])


def _shown(source: Source, fields: Fields[Monthly]) -> Fields[Monthly]:
    """The columns, those of the spread only where paths were played."""
    kept = (each.key for each in fields if source.spread is not None or each.key not in SPREAD_KEYS)
    return fields.view(*kept)


def monthly_form(source: Source) -> Form:
    """Form 1."""
    report, when = monthly_report(source), month_words(source)
    sheets = [
        FormSheet(
            name="汇总",
            title=f"{when}{TITLE}（汇总）",
            unit=MoneyUnit.YI,
            fields=_shown(source, SUMMARY),
            lines=report.works,
            summed=SUMMED,
            pages=2,
            notes=_notes(source, report),
            played=True,
        ),
        FormSheet(
            name="项目明细",
            title=f"{when}{TITLE}（项目明细附表）",
            unit=MoneyUnit.WAN,
            fields=_shown(source, PROJECTS),
            lines=report.projects,
            summed=SUMMED,
            breaks=("month_wan",),
            played=True,
        ),
    ]
    if has_units(report):
        sheets.insert(
            1,
            FormSheet(
                name="按责任单位",
                title=f"{when}{TITLE}（按责任单位）",
                unit=MoneyUnit.YI,
                fields=UNITS,
                lines=report.units,
                summed=SUMMED,
                pages=1,
                played=True,
            ),
        )
    if report.prepared:
        sheets.append(
            FormSheet(
                name="预备项目",
                title=f"{when}{TITLE}（预备项目）",
                unit=MoneyUnit.WAN,
                fields=PREPARED,
                lines=tuple(Line(rank=Rank.PART, row=row) for row in report.prepared),
                notes=("预备项目不计年度投资，不在合计之内。",),
            )
        )
    return form_of(source, NUMBER, TITLE, when, tuple(sheets))


def _notes(source: Source, report: MonthlyReport) -> tuple[str, ...]:
    """How the figures are to be read."""
    limits = source.entered.thresholds
    yellow, red = limits.yellow_bps / 100, limits.red_bps / 100
    no_units = "“项目清单”“项目”表都没有填责任单位，按责任单位的汇总没有列。"
    grown = sum(line.row.overrun for line in report.works)
    overrun = f"总投资标红的 {grown} 个大项，调整后比原批准多一成以上，调概须先审计、报批。"
    over = f"往年已建成、本年没有计划也没有完成的 {len(report.over)} 个大项不列。"
    return (
        "口径：项目单位按工程量、形象进度填报的完成投资，不是支付，也不是统计部门的固定资产投资；"
        "入统各栏由责任单位核对，不参与计算。",
        "序时＝已过月数÷12；完成率＝本年累计÷本年计划；超（欠）序时＝两者之差（百分点）；"
        "较同期曲线＝完成率－季节曲线累计，另栏列示。",
        f"灯（假设，可在“设置”表改）：完成率不低于序时－{yellow:g} 个百分点为绿，低 {yellow:g} 至 {red:g} 个"
        "百分点为黄，再低的和停工、资金断供的为红，旁边是超（欠）序时；未开工的不亮灯。"
        "预计全年＝执行数＋推演，是推演数，不是统计数。",
        *_spread_note(source, report),
        *((overrun,) if grown else ()),
        *((over,) if report.over else ()),
        *(() if has_units(report) else (no_units,)),
        "因四舍五入，分项之和与合计略有出入。",
    )


def _spread_note(source: Source, report: MonthlyReport) -> tuple[str, ...]:
    """How P10 and P90 are made, and how they stand to the forecast, which knows no luck."""
    spread = source.spread
    if spread is None:
        return ()
    middle = yi_said(spread.percentile_wan(report.formal, MIDDLE))
    return (
        f"推演 P{LOW}、P{HIGH}：截至月以后计入到位率、停工等意外推演 {spread.paths} 条路径（种子 {spread.seed}，"
        f"风险参数为假设），本年完成投资有 {LOW}%、{HIGH}% 的路径不超过它，不低于已填的执行数。"
        f"合计、小计按各条路径的总数取，不是各项之和；合计的中位数 P{MIDDLE} 为 {middle} 亿元。"
        f"预计全年不计意外，可以高于 P{HIGH}。意外不分到项目，项目写“{NOT_APPLICABLE}”。",
    )


def key_figures(form: Form) -> dict[str, Any]:
    """合计 of the first sheet, by key: what other outputs hold too."""
    sheet = form.sheets[0]
    return {each.key: each.value(sheet.lines[0].row) for each in sheet.fields}
