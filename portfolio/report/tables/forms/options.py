"""表7 情景对比一页纸: the answers to a shock side by side, on one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.forms import origins as at
from portfolio.model.forms.answers.budget_change import budget_change
from portfolio.model.forms.answers.options import FOREMOST, Name, Option, Options
from portfolio.model.forms.lines import Line, Rank
from portfolio.model.forms.source import Source
from portfolio.model.money import SEEN_WAN
from portfolio.model.record.words import share_words
from portfolio.report.tables.fields import Cell, Fields, money, number, text
from portfolio.report.tables.forms.budget_change import quarter_words
from portfolio.report.tables.forms.columns import yi_said
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form, FormSheet, MoneyUnit, Size
from portfolio.report.tables.forms.heads import form_of
from portfolio.report.words.answers.answer import answer_sentence
from portfolio.report.words.answers.decisions import forbidden_line

NUMBER, TITLE = "7", "情景对比一页纸"


def _year(k: int) -> Callable[[Option], Cell]:
    return lambda option: option.less_by_year_wan[k]


def _affected(option: Option) -> Cell:
    """The items that lose most, by name and amount."""
    rows = [row for row in option.affected if row.less_wan >= SEEN_WAN][:FOREMOST]
    return "；".join(f"{row.item.name} {yi_said(row.less_wan)}" for row in rows) or NOT_APPLICABLE


def _sure(option: Option) -> Cell:
    """How sure its effect is, in tenths."""
    return None if option.sure is None else share_words(float(option.sure))


def _since(quarter: int | None, calendar: Calendar) -> str:
    """From when on it can hold, in few signs."""
    return "当年来不及" if quarter is None else f"{calendar.quarter_label(quarter)}起"


def columns(calendar: Calendar, years: Sequence[int]) -> Fields[Option]:
    """The columns, of the years that are compared."""

    def approvals(option: Option) -> Cell:
        told = [
            f"{row.body} {row.moves} 笔（{_since(row.earliest, calendar)}）"
            for row in option.approvals
        ]
        return "；".join(told) or NOT_APPLICABLE

    return Fields(
        name="情景对比",
        fields=(
            text("name", "方案", lambda option: str(option.name), 7, look="centre", source=at.HERE),
            money("less_wan", f"{years[0]}年", _year(0), 8, source=at.PLAY),
            money(
                "less_all_wan",
                f"{years[0]}—{years[-1]}年",
                lambda o: o.less_wan,
                11,
                source=at.PLAY,
            ),
            number("affected", "受影响项目数", lambda o: len(o.affected), 8, source=at.PLAY),
            text("foremost", "前五项（最多时少完成，亿元）", _affected, 31, source=at.PLAY),
            money("up_wan", "调增", lambda o: o.up_wan, 8, source=at.ANSWER),
            money("down_wan", "调减", lambda o: o.down_wan, 8, source=at.ANSWER),
            number("moves", "笔数", lambda o: o.moves, 6, source=at.ANSWER),
            text("approvals", "审批路径（机关、最早日期）", approvals, 31, source=at.ANSWER),
            text("sure", "可信度", _sure, 8, look="centre", source=at.PLAY),
        ),
    )


GROUPS = {"少完成投资": ("less_wan", "less_all_wan"), "调整金额": ("up_wan", "down_wan")}


def options_form(source: Source) -> Form:
    """Form 7.

    Raises
    ------
    ValueError
        Nothing was compared.
    """
    found = source.options
    if found is None:
        raise ValueError("no options")
    sheet = FormSheet(
        name="情景对比",
        title=TITLE,
        unit=MoneyUnit.YI,
        fields=columns(source.portfolio.calendar, found.years),
        lines=tuple(Line(rank=Rank.PART, row=option) for option in found.options),
        groups=GROUPS,
        repeated=1,
        size=Size.A4,
        pages=1,
        lead=lead(source, found),
        notes=_notes(source, found),
        played=True,
    )
    said = source.run.title or source.run.scenario
    period = f"{found.years[0]}年 {said}"
    return form_of(source, NUMBER, TITLE, period[:40], (sheet,), answers=True)


def _offered(source: Source, found: Options) -> Option | None:
    """The repair that the other forms are of; None where there is none, or the plan stays."""
    return None if source.repair is None else found.named(Name(str(source.repair.name)))


def lead(source: Source, found: Options) -> str:
    """What it comes to in a sentence: how much, which, when, who decides."""
    best = _offered(source, found)
    answer = "" if best is None else f"{_answer(source, best, found)}。"
    return answer_sentence(source.run) + answer


def _answer(source: Source, best: Option, found: Options) -> str:
    """What the repair that is offered brings, and who decides it."""
    nothing, year = found.options[0], found.years[0]
    saved = nothing.less_by_year_wan[0] - best.less_by_year_wan[0]
    who = best.approvals[0] if best.approvals else None
    decided = (
        ""
        if who is None
        else f"，{who.body}定，最早{quarter_words(who.earliest, source.portfolio.calendar)}"
    )
    effect = f"{year}年多完成{yi_said(saved)}亿元" if saved >= SEEN_WAN else f"{year}年没有改善"
    return f"“{best.name}”方案{best.moves}笔，{effect}{decided}"


def _notes(source: Source, found: Options) -> tuple[str, ...]:
    repair = source.repair
    red = "" if repair is None else forbidden_line(budget_change(repair))
    sure = (
        f"可信度：同一运气的 {found.paths} 条路径中，{found.years[0]} 年少完成（现状）、比现状多完成"
        "（其余）的约占几成（风险参数为假设）。"
        if found.paths
        else "可信度：本次没有推演多条路径，写“未报”。"
    )
    return (
        "现状＝不调整；少动＝至多几笔；折中＝缺口接近最小，再少挪、少滞后、少改几笔；完全修复＝缺口、滞后依次最小。",
        "少完成投资＝无情景推演的完成投资－本方案的（造价变了的含造价变化），负数为多完成；Q1—Q4 为季度。",
        "假设：①未完部分按原计划节奏顺延；②按审批路径的最早日期生效（以实际会期为准）；③其他渠道照计划到位。"
        "未含：清单以外的项目、全口径预算平衡、债券发行成本。",
        sure,
        *((f"红灯：“{repair.name}”{red}（表5）；其余方案也须逐笔核。",) if repair and red else ()),
    )
