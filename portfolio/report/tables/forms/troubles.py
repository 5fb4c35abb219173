"""表6 缺口销号清单: the register by category, and gaps of the play that are not in it."""

from __future__ import annotations

from collections.abc import Callable

from portfolio.model.forms import origins as at
from portfolio.model.forms.finance.troubles import TroubleReport, TroubleRow, trouble_report
from portfolio.model.forms.source import Source
from portfolio.report.tables.fields import Cell, Fields, money, number, text
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form, FormSheet, MoneyUnit
from portfolio.report.tables.forms.heads import form_of, month_words
from portfolio.report.words.run import held_name

NUMBER, TITLE = "6", "缺口销号清单"
NO_REGISTER = "未报：请在“问题台账”表逐个问题填写（见 docs/报表.md）"


def _of(name: str, empty: str | None = None) -> Callable[[TroubleRow], Cell]:
    """What the register says; `empty` where it says nothing, — in sums."""

    def value(row: TroubleRow) -> Cell:
        return NOT_APPLICABLE if row.trouble is None else getattr(row.trouble, name) or empty

    return value


def _span(row: TroubleRow) -> Cell:
    if row.trouble is None or row.gap_wan is None:
        return NOT_APPLICABLE
    ends = (row.trouble.from_period, row.trouble.to_period)
    return "—".join(each for each in ends if each) or None


def _due(row: TroubleRow) -> Cell:
    """The date, and the one it was moved to beside it."""
    if row.trouble is None:
        return NOT_APPLICABLE
    moved = f"，延期至 {row.trouble.moved_to}" if row.trouble.moved_to else ""
    late = "（超期）" if row.overdue else ""
    return f"{row.trouble.due}{moved}{late}" if row.trouble.due else moved.strip("，") or None


def _late(row: TroubleRow) -> str:
    return "bad" if row.overdue else ""


def _gap(row: TroubleRow) -> Cell:
    """Money that lacks; — for a problem that is none of money."""
    return NOT_APPLICABLE if row.gap_wan is None else row.gap_wan


def register_columns(source: Source) -> Fields[TroubleRow]:
    """The columns of the register."""

    def chain(row: TroubleRow) -> Cell:
        if row.trouble is None or row.why is None:
            return NOT_APPLICABLE
        return held_name(source.portfolio, row.why)

    return Fields(
        name=TITLE,
        fields=(
            text(
                "no",
                "序号",
                lambda row: row.no or NOT_APPLICABLE,
                9.5,
                look="centre",
                source=at.TROUBLES,
            ),
            text("name", "项目", width=20, source=at.LISTED),
            text("category", "缺口类别", _of("category"), 7, look="centre", source=at.TROUBLES),
            money("gap_wan", "缺口额", _gap, 10, source=at.TROUBLES),
            text("span", "起止月", _span, 11, source=at.TROUBLES),
            text("problem", "成因", _of("problem"), 22, source=at.TROUBLES),
            text("why", "推演原因链首环", chain, 15, source=at.PLAY),
            text("measure", "措施", _of("measure"), 20, source=at.TROUBLES),
            text("owner", "责任单位", width=11, source=at.TROUBLES),
            text("person", "责任人", _of("person"), 7.5, source=at.TROUBLES),
            text("due", "时限", _due, 12, tone=_late, source=at.TROUBLES),
            text("state", "状态", _of("state"), 5.5, look="centre", source=at.TROUBLES),
            text("closed_on", "销号日期", _of("closed_on", NOT_APPLICABLE), 11, source=at.TROUBLES),
            text("evidence", "佐证", _of("evidence", NOT_APPLICABLE), 13, source=at.TROUBLES),
        ),
    )


def _shown_columns(source: Source) -> Fields[TroubleRow]:
    def why(row: TroubleRow) -> Cell:
        if not row.no:
            return NOT_APPLICABLE
        return NOT_APPLICABLE if row.why is None else held_name(source.portfolio, row.why)

    return Fields(
        name="推演提示",
        fields=(
            text(
                "no",
                "大项序号",
                lambda row: row.no or NOT_APPLICABLE,
                9,
                look="centre",
                source=at.LISTED,
            ),
            text("name", "大项", width=36, source=at.LISTED),
            number(
                "year",
                "年份",
                lambda row: str(row.year) if row.year else NOT_APPLICABLE,
                8,
                source=at.PLAY,
            ),
            money("gap_wan", "年底累计落后计划（按批准概算折算）", width=19, source=at.PLAY),
            text("why", "推演原因链首环", why, 34, source=at.PLAY),
            text("owner", "责任单位", width=20, source=at.LISTED),
            text(
                "listed",
                "台账是否已列",
                lambda row: NOT_APPLICABLE if not row.no else "已列" if row.listed else "未列",
                10,
                look="centre",
                source=at.TROUBLES,
            ),
        ),
    )


def trouble_form(source: Source) -> Form:
    """Form 6."""
    report, when = trouble_report(source), month_words(source)
    sheets = [
        FormSheet(
            name="缺口销号清单",
            title=f"{when}{TITLE}",
            unit=MoneyUnit.WAN,
            fields=register_columns(source),
            lines=report.rows,
            summed=("gap_wan",),
            notes=_notes(report),
            empty=NO_REGISTER,
            played=True,
        ),
        FormSheet(
            name="推演提示",
            title=f"{when}推演提示的缺口（供补列台账）",
            unit=MoneyUnit.WAN,
            fields=_shown_columns(source),
            lines=report.shown,
            summed=("gap_wan",),
            notes=(
                "按推演，本年完成低于计划 0.05 亿元以上的大项，大的在前；是推演，不是已发生的缺口。",
            ),
            played=True,
        ),
    ]
    return form_of(source, NUMBER, TITLE, when, tuple(sheets))


def _notes(report: TroubleReport) -> tuple[str, ...]:
    small = f"缺口额不到 0.05 亿元的 {report.small} 条不入表。"
    past = f"往年已销的 {report.past} 条不列，台账中保留。"
    return (
        "序号与表1 的问题同号。责任单位提交佐证并经复核后才销号；延期写新时限，原时限保留。",
        "成因由责任单位填；推演原因链首环是推演中压住该大项最久的一环，是推演，供核对。缺口不是钱的，缺口额为“—”。",
        *((small,) if report.small else ()),
        *((past,) if report.past else ()),
    )
