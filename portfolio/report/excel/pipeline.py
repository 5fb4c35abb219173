"""储备测算.xlsx: one page first, then years, channels, classes and every assumption."""

from __future__ import annotations

from itertools import zip_longest

from portfolio.model.pipeline.result import CaseResult, PipelineResult
from portfolio.model.pipeline.shown import channel_loads, class_starts, effects, plan_years
from portfolio.report.excel.book import Book, Sheet, made_bytes
from portfolio.report.excel.styles import DARK, MID
from portfolio.report.tables import pipeline as tables
from portfolio.report.words.answers import pipeline as words
from portfolio.report.words.outlook import example_mark
from portfolio.report.words.paper import paper_line

SUMMARY, YEARS, RESERVE, CHANNELS, CLASSES, ASSUMED = (
    "首页", "逐年", "储备项目", "各渠道", "各类", "假设",
)  # fmt: skip
#: Columns of the first page.
WIDTHS = (26, 18, 16, 16, 16, 16, 16, 20)
UNITS = "金额单位：亿元。"


def pipeline_bytes(result: PipelineResult) -> bytes:
    """The workbook's bytes; the same result gives the same bytes."""

    def fill(book: Book) -> None:
        _summary(book, result)
        _years(book, result)
        _reserve(book, result)
        _channels(book, result)
        _classes(book, result)
        _assumed(book, result)

    calendar, run = result.run.calendar, result.run
    return made_bytes(fill, calendar, words.title(result), example_mark(run.portfolio), [run.paper])


def _summary(book: Book, result: PipelineResult) -> None:
    """One page: the answer, why, the years, the cases."""
    sheet = book.sheet(SUMMARY, tab=DARK)
    sheet.set_widths(WIDTHS)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    sheet.title(words.title(result), f"{UNITS}{words.MARK}。")
    row = sheet.put_lead(2, words.answer(result), WIDTHS)
    row = sheet.put_points(row + 1, "要点", words.lines(result), WIDTHS) + 1
    case = result.main
    row = sheet.put_heading(row, f"逐年：{case.name}（新开工为总投资，其余为折市重点）")
    block = sheet.put_block(tables.YEARS.of(plan_years(case)), row, widths=WIDTHS)
    row = _chart(sheet, block.below, block.first, block.last)
    row = sheet.put_heading(row, "三种情况")
    row = sheet.put_block(tables.CASES.of(result.cases), row, widths=WIDTHS).below
    row = sheet.put_heading(row, "从哪一年起守住，要多少")
    row = sheet.put_block(tables.HELD.of(result.held), row, widths=WIDTHS).below
    if line := paper_line([result.run.paper]):
        sheet.put_lines(row, [line], len(WIDTHS) - 1, sum(WIDTHS), style="line")


#: Rows a chart covers.
CHART_ROWS = 15


def _chart(sheet: Sheet, row: int, first: int, last: int) -> int:
    """What the list and what starts bring, against the target; the row below."""
    keys = {each.key: k for k, each in enumerate(tables.YEARS)}

    def series(key: str, name: str, **look: object) -> dict[str, object]:
        return {
            "name": name,
            "categories": [sheet.name, first, keys["year"], last, keys["year"]],
            "values": [sheet.name, first, keys[key], last, keys[key]],
            **look,
        }

    chart = sheet.new_chart("column", "stacked")
    chart.add_series(series("old_wan", "现清单", fill={"color": DARK}))
    chart.add_series(series("new_wan", "新项目", fill={"color": MID}))
    line = sheet.new_chart("line")
    line.add_series(series("target_wan", "目标", line={"color": "#C00000", "width": 2}))
    chart.combine(line)
    sheet.put_chart(
        chart,
        (row, 0),
        (1000, 280),
        title={"name": "折市重点：现清单、新项目与目标（亿元）", "name_font": {"size": 11}},
        axes=({}, {"num_format": "#,##0", "major_gridlines": {"visible": True}}),
        legend={"position": "bottom"},
        said="各年现清单与新项目的折市重点投资，与目标相比",
    )
    return row + CHART_ROWS


def _years(book: Book, result: PipelineResult) -> None:
    """All cases by year."""
    sheet = book.sheet(YEARS, tab=MID)
    sheet.title(
        "逐年：三种情况", f"{UNITS}新开工为总投资，其余为折市重点；推演为放进清单推演一遍。"
    )
    fields = tables.YEARS
    sheet.set_widths([each.width + 4 for each in fields])
    sheet.fit_to_pages(1, 1)
    row = 3
    for case in result.cases:
        row = sheet.put_heading(row, case.name + ("" if case.plan else "（守不住，为缺口最小的）"))
        row = sheet.put_block(fields.of(plan_years(case)), row).below
    sheet.freeze_panes(3, 1)


def _reserve(book: Book, result: PipelineResult) -> None:
    """Which reserve projects are chosen, and the reason of each other one."""
    choice = result.reserve
    if choice is None:
        return
    sheet = book.sheet(RESERVE, tab=MID)
    sheet.title("储备项目：选哪些、哪年开工、其余为何不选", f"{UNITS}{words.proof_text(choice)}。")
    widths = [max(a, b) for a, b in zip_longest(
        tables.CHOSEN.of(()).widths, tables.LEFT.of(()).widths, fillvalue=0.0)]  # fmt: skip
    sheet.set_widths(widths)
    row = sheet.put_heading(3, "选中的")
    row = sheet.put_block(tables.CHOSEN.of(choice.chosen), row, widths=widths).below
    row = sheet.put_heading(row, "没有选的")
    sheet.put_block(tables.LEFT.of(choice.left), row, widths=widths)


def _channels(book: Book, result: PipelineResult) -> None:
    sheet = book.sheet(CHANNELS, tab=MID)
    sheet.title("各渠道承担多少：新旧项目合计", f"{UNITS}上限只对统筹渠道；其余只报承担多少。")
    row, years = 3, [need.year for need in result.main.need.years]
    fields = tables.channel_fields(years)
    sheet.set_widths([each.width for each in fields])
    for case in result.cases:
        row = sheet.put_heading(row, case.name)
        row = sheet.put_block(fields.of(channel_loads(case.shown)), row).below
    sheet.freeze_panes(3, 1)


def _classes(book: Book, result: PipelineResult) -> None:
    sheet = book.sheet(CLASSES, tab=MID)
    case: CaseResult = result.main
    sheet.title("各类各年新开工", f"{UNITS}总投资；{case.name}。")
    years = [need.year for need in case.need.years]
    table = tables.class_fields(years).of(class_starts(case.shown))
    block = sheet.put_table(table, 3)
    sheet.put(block.last + 1, 0, "合计", "label")
    sheet.put_sums(table, block, [*(f"y{year}" for year in years), "total_wan"])


def _assumed(book: Book, result: PipelineResult) -> None:
    """Every assumption with its effect on the answer."""
    sheet = book.sheet(ASSUMED, tab=MID)
    sheet.title(
        "每个假设与它的影响", f"{UNITS}每行只改一个假设重新测算，守住的年份不变；{words.MARK}。"
    )
    table = tables.MOVED.of(effects(result))
    block = sheet.put_table(table, 3)
    widths = table.widths
    sheet.put_points(block.last + 2, "还假设了", words.NOTES, widths)
