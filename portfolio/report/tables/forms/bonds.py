"""表2B 专项债券项目支出进度表: bond by project, what each project earns and owes, by 主管部门."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portfolio.model.forms import origins as at
from portfolio.model.forms.finance.bonds import BondReport, BondRow, bond_report
from portfolio.model.forms.source import Source
from portfolio.report.tables.fields import Cell, Field, Fields, money, number, text
from portfolio.report.tables.forms.columns import amount, number_in_list, part, ratio_of
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form, FormSheet, MoneyUnit
from portfolio.report.tables.forms.heads import form_of, month_words

NUMBER, TITLE = "2B", "专项债券项目支出进度表"


def _of_bond(name: str) -> Callable[[BondRow], Cell]:
    """What the bond says; — in the sum of all."""

    def value(row: BondRow) -> Cell:
        found: Any = NOT_APPLICABLE if row.bond is None else getattr(row.bond, name)
        return f"{found:g}" if isinstance(found, float) else found

    return value


def _rate(row: BondRow) -> Cell:
    if row.bond is None:
        return NOT_APPLICABLE
    return None if row.bond.rate is None else f"{row.bond.rate * 100:.2f}%"


def _of_project(name: str) -> Callable[[BondRow], Cell]:
    """What is told of a project alone; — in sums, for one project may have several bonds."""

    def value(row: BondRow) -> Cell:
        return NOT_APPLICABLE if row.is_sum else getattr(row, name)

    return value


def _words_of(name: str) -> Callable[[BondRow], Cell]:
    """Words of a bond's part for a project; — in sums."""
    return lambda row: NOT_APPLICABLE if row.is_sum else getattr(row.bond, name)


def _if_idle(name: str) -> Callable[[BondRow], Cell]:
    """Words that are wanted where money has lain for more than a year."""

    def value(row: BondRow) -> Cell:
        if row.is_sum:
            return NOT_APPLICABLE
        return getattr(row.bond, name) or (None if row.idle else NOT_APPLICABLE)

    return value


def _idle(row: BondRow) -> str:
    return "bad" if row.idle else ""


_SPENT_PART: Field[BondRow] = part(
    "spent_part", "支出率", ratio_of(lambda row: row.money.spent_part), 8,
    formula=lambda row: None if row.money.spent_part is None else "{spent_wan}/{amount_wan}",
    source=at.BONDS,
)  # fmt: skip
_INCOME: tuple[Field[BondRow], ...] = (
    amount("money", "income_due_wan", "项目收益：预计", 10, source=at.BONDS),
    amount("money", "income_wan", "项目收益：实现", 10, source=at.BONDS),
    amount("money", "service_due_wan", "还本付息：应付", 10, source=at.BONDS),
    amount("money", "service_paid_wan", "还本付息：已付", 10, source=at.BONDS),
)
SUMMED = ("amount_wan", "capital_wan", "allotted_wan", "spent_wan", "built_wan", "built_bond_wan",
          "income_due_wan", "income_wan", "service_due_wan", "service_paid_wan")  # fmt: skip

BONDS: Fields[BondRow] = Fields(
    name="债券×项目",
    fields=(
        number_in_list(6),
        text("bond_name", "债券名称", lambda row: "合计" if row.bond is None
             else row.bond.bond_name, 26, source=at.BONDS),
        text("bond_code", "债券编码", lambda row: row.bond_code or NOT_APPLICABLE, 11, source=at.BONDS),
        text("issued_on", "发行日", _of_bond("issued_on"), 11.5, source=at.BONDS),
        text("term", "期限（年）", _of_bond("term_years"), 6, look="centre", source=at.BONDS),
        text("rate", "利率", _rate, 7, look="centre", source=at.BONDS),
        text("batch", "批次", _of_bond("batch"), 10, source=at.BONDS),
        text("name", "项目名称", width=22, source=at.LISTED),
        text("code", "项目代码", lambda row: NOT_APPLICABLE if row.is_sum else row.code, 12,
             source=at.LISTED),
        text("supervisor", "主管部门", lambda row: NOT_APPLICABLE if row.is_sum
             else row.supervisor, 12, source=at.SUPERVISED),
        money("total_wan", "项目总投资", _of_project("total_wan"), 11, source=at.TOTALS),
        money("planned_wan", "其中债券计划", _of_project("planned_wan"), 11, source=at.BONDS),
        amount("money", "amount_wan", "本期债券金额", source=at.BONDS),
        amount("money", "capital_wan", "其中用作资本金", 10, source=at.BONDS),
        amount("money", "allotted_wan", "已拨付", 10, source=at.BONDS),
        amount("money", "spent_wan", "已支出", 10, source=at.BONDS),
        _SPENT_PART,
        amount("money", "built_wan", "已实现投资", 10, source=at.BONDS),
        amount("money", "built_bond_wan", "其中债券", 10, source=at.BONDS),
        text("condition", "建设与运营情况", _words_of("condition"), 16, source=at.BONDS),
        number("months", "到位满月数", lambda row: NOT_APPLICABLE if row.is_sum
               else row.months, 7, tone=_idle, source=at.BONDS),
        text("idle_reason", "闲置原因", _if_idle("idle_reason"), 14, tone=_idle, source=at.BONDS),
        text("move_to", "拟调整至", lambda row: _words_of("move_to")(row) or NOT_APPLICABLE, 12,
             source=at.BONDS),
        *_INCOME,
    ),
)  # fmt: skip
PROJECTS: Fields[BondRow] = Fields(
    name="收益与偿债",
    fields=(
        number_in_list(),
        text("name", "项目名称", width=28, source=at.LISTED),
        text("code", "项目代码", width=14, source=at.LISTED),
        text("supervisor", "主管部门", width=14, source=at.SUPERVISED),
        money("total_wan", "项目总投资", lambda row: row.total_wan if row.no else NOT_APPLICABLE,
              12, source=at.TOTALS),
        money("planned_wan", "其中债券计划",
              lambda row: row.planned_wan if row.no else NOT_APPLICABLE, 12, source=at.BONDS),
        amount("money", "amount_wan", "债券金额", 12, source=at.BONDS),
        amount("money", "spent_wan", "已支出", 12, source=at.BONDS),
        _SPENT_PART,
        *_INCOME,
        part("cover", "实现收益÷应付本息", ratio_of(lambda row: row.money.cover), 10,
             formula=lambda row: None if row.money.cover is None
             else "{income_wan}/{service_due_wan}", source=at.BONDS),
        number("months", "最长到位满月数",
               lambda row: row.months if row.no else NOT_APPLICABLE, 8, source=at.BONDS),
    ),
)  # fmt: skip
SUPERVISORS: Fields[BondRow] = Fields(
    name="按主管部门",
    fields=(
        number_in_list(),
        text("name", "主管部门", width=26, source=at.SUPERVISED),
        number("count", "项目数", width=7, source=at.HERE),
        amount("money", "amount_wan", "债券金额", 11, source=at.BONDS),
        amount("money", "capital_wan", "其中用作资本金", 11, source=at.BONDS),
        amount("money", "allotted_wan", "已拨付", 11, source=at.BONDS),
        amount("money", "spent_wan", "已支出", 11, source=at.BONDS),
        _SPENT_PART,
        money("unspent_wan", "未支出", lambda row: row.money.unspent_wan, 11,
              formula=lambda row: None if row.money.unspent_wan is None
              else "{amount_wan}-{spent_wan}", source=at.BONDS),
        *_INCOME,
    ),
)  # fmt: skip


def needs_bonds(source: Source) -> tuple[str, str] | None:
    """A form of bonds can't be made where none is entered."""
    if source.portfolio.facts is None:
        return "工作簿没有执行数", "请先在“月度执行”表填写执行数（见 docs/执行数.md）"
    if not source.entered.bonds:
        return "没有已发行的专项债券", "请在“专项债券”表逐只债券、逐个项目填写（见 docs/报表.md）"
    return None


def bond_form(source: Source) -> Form:
    """Form 2B."""
    report, when = bond_report(source), month_words(source)
    return form_of(
        source,
        NUMBER,
        TITLE,
        when,
        (
            FormSheet(
                name="按主管部门",
                title=f"{when}{TITLE}（按主管部门汇总）",
                unit=MoneyUnit.YI,
                fields=SUPERVISORS,
                lines=report.supervisors,
                summed=tuple(key for key in SUMMED if not key.startswith("built")),
                pages=1,
                notes=_notes(source, report),
                cautions=_cautions(report),
            ),
            FormSheet(
                name="债券与项目",
                title=f"{when}{TITLE}（债券与项目）",
                unit=MoneyUnit.WAN,
                fields=BONDS,
                lines=report.bonds,
                summed=SUMMED,
                across=True,
            ),
            FormSheet(
                name="收益与偿债",
                title=f"{when}{TITLE}（各项目收益与还本付息）",
                unit=MoneyUnit.WAN,
                fields=PROJECTS,
                lines=report.projects,
                summed=("amount_wan", "spent_wan", *(each.key for each in _INCOME)),
            ),
        ),
    )


def _notes(source: Source, report: BondReport) -> tuple[str, ...]:
    """How the figures are to be read."""
    months = source.entered.thresholds.idle_months
    idle = (
        f"到位满 {months} 个月仍未支出完的 {report.idle} 笔标红（月数为假设，可在“设置”表改），"
        "请填闲置原因。"
    )
    return (
        "已拨付：财政到单位；已支出：单位到施工方等；支出率＝已支出÷本期债券金额，不按拨付计。",
        "债券金额不小于拨付，拨付不小于支出。项目总投资、债券计划是项目的数，一个项目有几只债券的不相加。",
        "用途调整须先报批，不得先挪用后调整；“拟调整至”只是建议。",
        *((idle,) if report.idle else ()),
        "因四舍五入，分项之和与合计略有出入。",
    )


def _cautions(report: BondReport) -> tuple[str, ...]:
    """Up to when it was told nobody knows; what doesn't agree."""
    unlike = f"各项目金额之和不等于发行额的债券：{'、'.join(report.unmatched)}，请核对。"
    return (
        "债券各列是“专项债券”表填到的数，那张表不写截至月：出表前请更新到当月。",
        *((unlike,) if report.unmatched else ()),
    )
