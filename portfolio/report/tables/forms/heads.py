"""What all forms say of themselves: period, as-of, marks, who signs."""

from __future__ import annotations

from typing import Any

from portfolio.model.approved import PlanVersion
from portfolio.model.facts import MONTHS
from portfolio.model.forms.source import Source
from portfolio.model.measures.planned import plan_in_force
from portfolio.model.paper import Paper
from portfolio.report.tables.forms.form import Form, FormSheet
from portfolio.report.words.outlook import EXAMPLE, is_example

TO_FILL = "________"
#: Of a file's fingerprint so many signs are printed.
FINGERPRINT = 16


def month_of(source: Source) -> tuple[int, int]:
    """Year and month of the as-of."""
    year, month = divmod(source.facts.asof_months - 1, MONTHS)
    return source.portfolio.calendar.first_year + year, month + 1


def month_words(source: Source) -> str:
    """The as-of month: 2026年10月."""
    year, month = month_of(source)
    return f"{year}年{month}月"


def form_of(
    source: Source,
    number: str,
    title: str,
    period: str,
    sheets: tuple[FormSheet, ...],
    approved: PlanVersion | None = None,
    *,
    answers: bool = False,
) -> Form:
    """A form with what a source says of itself.

    approved : the version that is printed, of a form of a year to come; else the one in force
    answers : whether it is about the answer to a scenario: then it has the number of that plan
    """
    facts = source.portfolio.facts
    version = approved or plan_in_force(source.portfolio)
    return Form(
        number=number,
        title=title,
        period=period,
        asof="" if facts is None else f"{month_words(source)}底",
        sheets=sheets,
        paper=source.repair.paper if answers and source.repair else source.run.paper,
        workbook=source.run.workbook,
        workbook_sha256=source.run.workbook_sha256,
        mark=EXAMPLE if is_example(source.portfolio) else "",
        version="" if version is None else version.label,
        sealed=source.sealed,
    )


def signers(paper: Paper) -> tuple[tuple[str, str], ...]:
    """Who signs, by line of the foot; what isn't known is left to be filled in."""
    return (
        ("编制单位（盖章）", paper.unit or TO_FILL),
        ("单位负责人", TO_FILL),
        ("填表人", paper.author or TO_FILL),
        ("复核人", paper.reviewer or TO_FILL),
        ("联系电话", TO_FILL),
        ("报出日期", paper.made_on or TO_FILL),
    )


def evidence(form: Form) -> tuple[tuple[str, str], ...]:
    """What a form was made of."""
    told = (
        ("结账号", form.sealed),
        ("方案编号", form.paper.number),
        ("工作簿", form.workbook),
        ("工作簿指纹", form.workbook_sha256[:FINGERPRINT]),
    )
    return tuple((label, said) for label, said in told if said)


def foot_data(form: Form) -> dict[str, Any]:
    """The same as data."""
    return {
        "unit": form.paper.unit, "author": form.paper.author, "reviewer": form.paper.reviewer,
        "made_on": form.paper.made_on, "number_of_plan": form.paper.number, "workbook": form.workbook,
        "workbook_sha256": form.workbook_sha256,
        **({"plan_version": form.version} if form.version else {}),
        **({"sealed": form.sealed} if form.sealed else {}),
    }  # fmt: skip
