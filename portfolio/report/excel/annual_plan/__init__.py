"""年度投资计划表.xlsx: the yearly plan in the form finance bureaus know, with what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.dossier import Dossier
from portfolio.model.measures.year_to_date import is_past
from portfolio.report.excel.annual_plan.batches import (
    BatchFacts,
    write_batch_grid,
    write_batch_list,
    write_batch_sums,
)
from portfolio.report.excel.annual_plan.charts import write_charts
from portfolio.report.excel.annual_plan.layout import (
    BATCH_SUMS,
    CHARTS,
    FIGURES,
    GUIDE,
    PlanLayout,
    plan_sheet,
)
from portfolio.report.excel.annual_plan.plan import plan_notes, write_annual_plan
from portfolio.report.excel.annual_plan.sheet import HEAD, height, plan_sheet_of
from portfolio.report.excel.blocks import placed
from portfolio.report.excel.book import Book, made_bytes
from portfolio.report.excel.signed import kept_aside
from portfolio.report.excel.styles import DARK, GREEN
from portfolio.report.tables.annual_plan import BATCH_GRID, BATCH_LIST, annual_plan, plan_years
from portfolio.report.words import run as words
from portfolio.report.words.meeting import KEY_FIGURE_SHEET, key_figures
from portfolio.report.words.outlook import example_mark

# --- Sheet 说明 of 年度投资计划表.xlsx: what it is, from what, how each sheet is to be read


WIDTHS = (24, 90, 60)


def write_guide(
    book: Book, dossier: Dossier, years: Sequence[int], lead: str | None = None
) -> None:
    """The first sheet; `lead` stands at its head instead of the play's headline."""
    run = dossier.run
    sheet = book.sheet(GUIDE, tab=DARK)
    sheet.set_widths(WIDTHS)
    sheet.title("重大项目年度投资计划表", height=34)
    sheet.put_lead(1, lead or words.headline(run), WIDTHS)
    changes = f"{len(run.changes)} 处（逐条见 进度计划.xlsx 的“说明”）" if run.changes else "无"
    pairs = (
        ("性质", "推演结果，不是批复；各年计划、额度与投资节奏含假设，正式计划以批复文件为准。"),
        ("情景", words.scenario_name(run)),
        ("情景说明", words.summary_text(run) or "无"),
        ("情景改动", changes),
        (
            "执行数截至" if is_past(run.portfolio, dossier.quarter) else "推演到",
            f"{dossier.calendar.quarter_label(dossier.quarter)} 末；本年为 {years[0]} 年",
        ),
        *words.origin_pairs(run, (run.label, dossier.paper)),
    )
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
    row = sheet.put_contents(sheet.put_pairs(3, pairs, WIDTHS) + 1, sheets)
    notes = [line.removeprefix("注：") for line in plan_notes(dossier.calendar, years[0])]
    row = sheet.put_points(row + 1, f"{plan_sheet(years[0])}怎样读", notes, WIDTHS, mark="")
    for heading, lines in (
        ("口径对照", words.reconciliation_lines(run.portfolio)),
        ("哪些是假设（“校核”见 进度计划.xlsx）", words.assumption_lines(run)),
    ):
        row = sheet.put_points(row + 1, heading, lines, WIDTHS)
    sheet.fit_to_pages(1, 1)


# --- Sheet 要数: the key figures as numbers that can be referred to


def write_figures(book: Book, dossier: Dossier) -> None:
    """One figure a row."""
    sheet, table = plan_sheet_of(book, FIGURES, GREEN), KEY_FIGURE_SHEET.of(key_figures(dossier))
    block, last = placed(table, HEAD), len(table.columns) - 1
    sheet.set_widths(table.widths)
    note = (
        "数值栏是数字，可直接引用：亿元保留到万元（四位小数），显示一位；百分比以比值存放；"
        "百分点以点数存放；没有的数写“—”。推演结果，不是批复。"
    )
    heading = f"要数（情景：{words.scenario_name(dossier.run)}）"
    sheet.put_above(heading, note, last, sum(table.widths), unit=False)
    sheet.put_framed(block, table.columns)
    sheet.set_row(HEAD, 24)
    sheet.put_rows(table, block)
    for row, figure in enumerate(table.rows, start=block.first):
        sheet.set_row(row, height([(figure.source, table.fields["source"].width)]) + 3)
    sheet.freeze_panes(block.first, 0)
    sheet.repeat_rows(HEAD)


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
        write_guide(book, dossier, [plan.year for plan in plans], lead)
        for plan in plans:
            write_annual_plan(book, run, plan, dossier.paper)
        write_batch_grid(book, facts)
        write_batch_list(book, facts)
        write_batch_sums(book, facts)
        write_figures(book, dossier)
        write_charts(book, dossier, facts, PlanLayout(plans[0]))
        kept_aside(book, (BATCH_LIST,))
        book.workbook.get_worksheet_by_name(plan_sheet(plans[0].year)).activate()

    mark = example_mark(dossier.run.portfolio)
    papers = [dossier.paper]
    return made_bytes(fill, dossier.calendar, "重大项目年度投资计划表", mark, papers)
