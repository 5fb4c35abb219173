"""年度投资计划表.xlsx: the yearly plan in the form finance bureaus know, with what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.dossier import Dossier
from portfolio.report.excel.annual_plan.batches import (
    BatchFacts,
    write_batch_grid,
    write_batch_list,
)
from portfolio.report.excel.annual_plan.charts import write_charts
from portfolio.report.excel.annual_plan.figures import write_figures
from portfolio.report.excel.annual_plan.layout import (
    BATCH_SUMS,
    CHARTS,
    FIGURES,
    GUIDE,
    PlanLayout,
    plan_sheet,
)
from portfolio.report.excel.annual_plan.plan import plan_notes, write_annual_plan
from portfolio.report.excel.annual_plan.sums import write_batch_sums
from portfolio.report.excel.book import CREATED, LINE, ROW, Book, Worksheet, made_bytes, put
from portfolio.report.screen.console import lines_needed
from portfolio.report.tables.annual_plan import BATCH_GRID, BATCH_LIST, annual_plan, plan_years
from portfolio.report.words.run import (
    assumption_lines,
    headline,
    reconciliation_lines,
    scenario_name,
    summary_text,
)

# --- Sheet 说明 of 年度投资计划表.xlsx: what it is, from what, how each sheet is to be read


WIDTHS = (24, 90, 60)
WIDTH = sum(WIDTHS)


def write_guide(
    book: Book, dossier: Dossier, years: Sequence[int], lead: str | None = None
) -> None:
    """The first sheet; `lead` stands at its head instead of the play's headline."""
    run = dossier.run
    told = lead or headline(run)
    sheet = book.sheet(GUIDE, tab="#1F3864")
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, "重大项目年度投资计划表", book.style("title"))
    sheet.set_row(0, 34)
    sheet.merge_range(1, 0, 1, 2, "", book.style("lead"))
    sheet.write_string(1, 0, told, book.style("lead"))
    sheet.set_row(1, 10 + (LINE + 3) * lines_needed(told, WIDTH * 11 / 13 - 4))
    changes = f"{len(run.changes)} 处（逐条见 进度计划.xlsx 的“说明”）" if run.changes else "无"
    pairs = (
        ("性质", "推演结果，不是批复；各年计划、额度与投资节奏含假设，正式计划以批复文件为准。"),
        ("情景", scenario_name(run)),
        ("情景说明", summary_text(run) or "无"),
        ("情景改动", changes),
        ("统计截至", f"{dossier.calendar.quarter_label(dossier.quarter)} 末；本年为 {years[0]} 年"),
        ("输入工作簿", run.workbook),
        ("输入文件 SHA-256", run.workbook_sha256),
        ("程序版本", run.version),
    )
    row = _pairs(book, sheet, 3, pairs)
    row = _contents(book, sheet, row + 1, years)
    notes = [line.removeprefix("注：") for line in plan_notes(dossier.calendar, years[0])]
    row = _paragraphs(book, sheet, row + 1, f"{plan_sheet(years[0])}怎样读", notes)
    row = _paragraphs(book, sheet, row + 1, "口径对照", reconciliation_lines(run.portfolio))
    _paragraphs(book, sheet, row + 1, "哪些是假设（“校核”见 进度计划.xlsx）", assumption_lines(run))
    sheet.fit_to_pages(1, 1)


def _pairs(book: Book, sheet: Worksheet, row: int, pairs: Sequence[tuple[str, str]]) -> int:
    for label, value in pairs:
        put(sheet, row, 0, label, book.made({"bold": True, "valign": "top"}))
        sheet.merge_range(row, 1, row, 2, "", book.style("line"))
        sheet.write_string(row, 1, value, book.style("line"))
        sheet.set_row(row, 2 + LINE * lines_needed(value, sum(WIDTHS[1:])))
        row += 1
    return row


def _paragraphs(book: Book, sheet: Worksheet, row: int, heading: str, lines: Sequence[str]) -> int:
    sheet.write_string(row, 0, heading, book.style("subtitle"))
    sheet.set_row(row, 22)
    for line in lines:
        row += 1
        text = line if line[:1].isdigit() else f"· {line}"
        sheet.merge_range(row, 0, row, 2, "", book.style("line"))
        sheet.write_string(row, 0, text, book.style("line"))
        sheet.set_row(row, 2 + LINE * lines_needed(text, WIDTH))
    return row + 1


def _contents(book: Book, sheet: Worksheet, row: int, years: Sequence[int]) -> int:
    """The sheets with links."""
    sheet.write_string(row, 0, "各表内容", book.style("subtitle"))
    sheet.set_row(row, 22)
    link = book.made({"font_color": "#0563C1", "underline": 1})
    sheets = [
        *(
            (plan_sheet(year), f"{year} 年各大项计划、资金来源、季度计划与目标，表下有校核")
            for year in years
        ),
        (BATCH_GRID, "各大项逐年在投产、建设、开工、储备中的哪一批"),
        (BATCH_LIST, "同上，逐年逐批列出，可筛选"),
        (BATCH_SUMS, "各年各批的项数与投资，公式取自分批清单"),
        (FIGURES, "会上先问的数，数值可直接引用"),
        (CHARTS, "四张图，可编辑；数据在图下方"),
    ]
    for name, meaning in sheets:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)
        sheet.write_string(row, 1, meaning, book.made({}))
        sheet.set_row(row, ROW)
    return row + 1


# --- 年度投资计划表.xlsx: the yearly plan in the form finance bureaus know, with what belongs to it


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
