"""年度投资计划表.xlsx: the yearly plan in the form finance bureaus know, with what belongs to it."""

from __future__ import annotations

from portfolio.model.dossier import Dossier
from portfolio.report.annual_plan_tables import annual_plan, plan_years
from portfolio.report.excel.annual_plan_batches import (
    BatchFacts,
    write_batch_grid,
    write_batch_list,
)
from portfolio.report.excel.annual_plan_charts import write_charts
from portfolio.report.excel.annual_plan_figures import write_figures
from portfolio.report.excel.annual_plan_guide import write_guide
from portfolio.report.excel.annual_plan_layout import PlanLayout, plan_sheet
from portfolio.report.excel.annual_plan_sums import write_batch_sums
from portfolio.report.excel.annual_plan_table import write_annual_plan
from portfolio.report.excel.book import CREATED, Book, made_bytes


def annual_plan_bytes(dossier: Dossier, lead: str | None = None) -> bytes:
    """The yearly investment plan as the bytes of an .xlsx file; the same dossier, the same bytes.

    本年 is the year of the dossier's quarter; the next year has a sheet while the plan goes on. `lead`
    stands at the head of the first sheet in place of the play's headline.
    """
    run = dossier.run
    plans = [annual_plan(run, year) for year in plan_years(run, dossier.quarter)]
    facts = BatchFacts(run)

    def fill(book: Book) -> None:
        book.workbook.set_properties({"title": "重大项目年度投资计划表", "created": CREATED})
        write_guide(book, dossier, [plan.year for plan in plans], lead)
        for plan in plans:
            write_annual_plan(book, run, plan)
        write_batch_grid(book, facts)
        write_batch_list(book, facts)
        write_batch_sums(book, facts)
        write_figures(book, dossier)
        write_charts(book, dossier, facts, PlanLayout(plans[0]))
        book.workbook.get_worksheet_by_name(plan_sheet(plans[0].year)).activate()

    return made_bytes(fill, dossier.calendar)
