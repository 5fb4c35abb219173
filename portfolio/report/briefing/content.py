"""A briefing's content from a dossier: what stands in it and in which order, nothing laid out."""

from __future__ import annotations

from portfolio.model.dossier import Dossier
from portfolio.model.held_in_year import held_in_year
from portfolio.model.money import SEEN_WAN
from portfolio.model.result import RunResult
from portfolio.model.watched import items_to_watch
from portfolio.model.year_to_date import YearToDate, year_to_date
from portfolio.report.briefing.advice import advice_lines, decision, moves_grid
from portfolio.report.briefing.attention import other_late_sentence, watched_sentence
from portfolio.report.briefing.blocks import Briefing, Grid, Paragraph, Role
from portfolio.report.briefing.figures import key_grid, pictures, years_grid
from portfolio.report.briefing.phrases import (
    cause_phrase,
    converted_sentence,
    held_sentence,
    outlook_sentence,
    progress_sentence,
)
from portfolio.report.briefing.risks import risk_lines
from portfolio.report.headline import headline
from portfolio.report.key_figures import measure_of
from portfolio.report.wording import (
    held_name,
    reconciliation_lines,
    scenario_name,
    summary_text,
)

SHOWN_CAUSES, BRIEF_CAUSES = 3, 2
#: What a year is held up by where nothing held it up in the year itself.
EARLIER = "以前年度落下的进度"
#: Moves in the table of the largest ones; fewer where the pages would overflow.
SHOWN_MOVES = 6
_NUMERALS = "一二三四五六七八九"


def briefing(dossier: Dossier, *, moves: int = SHOWN_MOVES, brief: bool = False) -> Briefing:
    """The briefing of a dossier with at most so many moves in its table.

    brief : fewer causes, and of the risks only what can't be left out
    """
    run = dossier.run
    return Briefing(
        title=_title(dossier),
        text=(
            Paragraph(text=_title(dossier), role=Role.TITLE),
            Paragraph(text=_subtitle(run), role=Role.SUBTITLE),
            Paragraph(text=statement(run), lead="说明：", role=Role.NOTE),
            *_sections(dossier, brief=brief),
        ),
        grids=_grids(dossier, moves),
        pictures=pictures(run),
        footer=(
            f"数据来源：{run.workbook}（sha256 {run.workbook_sha256[:12]}）；"
            f"程序版本 {run.version}；情景：{run.scenario}"
        ),
    )


def _title(dossier: Dossier) -> str:
    year, number = divmod(dossier.quarter, 4)
    return f"关于截至{dossier.calendar.first_year + year}年{3 * (number + 1)}月底重大项目投资进度的简报"


def _subtitle(run: RunResult) -> str:
    """The scenario's name and the first sentence of its summary."""
    first, stop, _ = summary_text(run).partition("。")
    return f"（推演）情景：{scenario_name(run)}" + (f"。{first}{stop}" if first else "")


def statement(run: RunResult) -> str:
    """That all figures are simulated and on which assumptions; the two lists and their measures."""
    adjusted = ""
    if run.portfolio.adjusted is not None:
        adjusted = "所用计划为调整后的计划，不是工作簿原计划"
        if run.plan_breaches:
            adjusted += f"，违反预算调整规则 {len(run.plan_breaches)} 处"
        adjusted += "。"
    return (
        "本简报的数字是推演结果，不是统计数，“截至”“完成”均指推演：工作簿的计划在本情景的额度、"
        "前置条件与实施能力之下逐季推演而得；投资节奏、年度额度（含待分配资金）、优先级、资金结构、前置条件的比例和入列系数为假设。"
        + adjusted
        + "".join(reconciliation_lines(run.portfolio))
    )


def _sections(dossier: Dossier, *, brief: bool) -> tuple[Paragraph, ...]:
    """The numbered sections."""
    run = dossier.run
    now = year_to_date(run.portfolio, run.outcome, dossier.quarter)
    pace = [Paragraph(text=lead_sentence(run, now, causes=BRIEF_CAUSES if brief else SHOWN_CAUSES))]
    if run.changes:
        pace.append(Paragraph(text=headline(run), lead="总体："))
    watched = items_to_watch(run, dossier.quarter)
    items = [
        Paragraph(
            text=watched_sentence(run, row),
            lead=f"{run.portfolio.item(row.item_no).label}：",
        )
        for row in watched
    ]
    advice = [Paragraph(text=line) for line in advice_lines(dossier)]
    others = other_late_sentence(run, dossier.quarter, [row.item_no for row in watched])
    items += [Paragraph(text=others)] if others else []
    risks = [Paragraph(text=line) for line in risk_lines(dossier, brief=brief)]
    nothing = [Paragraph(text="没有尚未竣工的滞后大项，也没有今明两年低于计划的大项。")]
    sections = (
        ("投资进度", pace),
        (_watched_heading(len(watched)), items or nothing),
        ("建议调整", advice),
        ("请领导决定的一件事", [Paragraph(text=decision(dossier))]),
        ("尚存风险", risks),
    )
    return tuple(
        paragraph
        for number, (heading, paragraphs) in zip(_NUMERALS, sections, strict=False)
        for paragraph in (Paragraph(text=f"{number}、{heading}", role=Role.HEADING), *paragraphs)
    )


def _watched_heading(count: int) -> str:
    count_words = {1: "一个", 2: "两个", 3: "三个"}.get(count, "")
    return f"{count_words}需要关注的大项及原因"


def lead_sentence(run: RunResult, now: YearToDate, *, causes: int = SHOWN_CAUSES) -> str:
    """Pace, outlook, the measure the target is set in, what holds the year back: one sentence."""
    portfolio, outcome = run.portfolio, run.outcome
    measure = measure_of(portfolio, outcome, now.year)
    parts = [
        progress_sentence(
            year=now.year,
            months=now.months,
            what=f"{len(portfolio.items)}个大项",
            done_wan=now.done,
            plan_wan=now.plan,
        ),
        outlook_sentence(
            months=now.months,
            forecast_wan=now.forecast,
            plan_wan=now.plan,
            progress_wan=now.progress,
        ),
        converted_sentence(
            months=now.months,
            converted_wan=None if measure is None else measure.converted_wan,
            target=None if measure is None else measure.target,
            to_be_listed_wan=0 if measure is None else measure.to_be_listed_wan,
        ),
        _held(run, now, causes),
    ]
    return "；".join(part for part in parts if part) + "。"


def _held(run: RunResult, now: YearToDate, most: int) -> str:
    """What the year is held up by, with the money and the items concerned."""
    portfolio = run.portfolio
    held = held_in_year(portfolio, run.outcome, now)
    told = [cause for cause in held[:most] if cause.short_wan >= SEEN_WAN]
    total = sum(cause.short_wan for cause in held)
    return held_sentence(
        year_short=now.plan - now.progress >= SEEN_WAN,
        causes=[
            cause_phrase(
                why=EARLIER if cause.why.kind is None else held_name(portfolio, cause.why),
                short_wan=cause.short_wan,
                names=[portfolio.item(no).label for no in cause.item_nos],
            )
            for cause in told
        ],
        total_wan=total,
        others_wan=total - sum(cause.short_wan for cause in told),
        items=sum(len(cause.item_nos) for cause in held),
        net_wan=now.plan - now.progress,
    )


def _grids(dossier: Dossier, moves: int) -> tuple[Grid, ...]:
    table = None if dossier.repair is None else moves_grid(dossier.repair, moves)
    grids = (key_grid(dossier), years_grid(dossier))
    return grids if table is None else (*grids, table)
