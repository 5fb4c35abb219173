"""Sheet 说明: what this is, where it comes from, what a scenario changed, how to read it."""

from __future__ import annotations

from portfolio.report.excel import facts as names
from portfolio.report.excel.book import LINE, ROW, Book, Worksheet, head_row, put
from portfolio.report.excel.facts import Facts
from portfolio.report.headline import headline
from portfolio.report.plain_text import lines_needed
from portfolio.report.wording import (
    assumption_lines,
    change_note,
    definition_lines,
    reconciliation_lines,
    scenario_name,
    summary_text,
)

SHEETS: tuple[tuple[str, str], ...] = (
    (names.OVERVIEW, "逐年计划、完成投资、折市重点口径与目标，附图"),
    (names.PLAN, "各大项逐年计划，工程、类别小计；可选“本年”"),
    (names.PLAYED, "同上，推演的完成投资"),
    (names.GANTT, "按季，计划与推演对照"),
    (names.SOURCES, "各渠道逐年计划与完成投资"),
    (names.GAPS, "各渠道逐年未到位的资金"),
    (names.LEDGER, "各渠道逐年额度、下达、结转、收回、失效"),
    (names.CAUSES, "滞后大项与每一季的原因"),
    (names.CHANGES, "本情景与基准的差别"),
    (names.GATES, "前置条件及其按计划、按推演放行的季度"),
    (names.EVENTS, "推演中发生的事，按时间"),
    (names.EVIDENCE, "各依据编号所指的资料"),
    (names.CHECKS, "全部合计用公式复算，差额应为零"),
)
WIDTHS = (24, 66, 30, 36)


def write_guide(book: Book, facts: Facts) -> None:
    """The first sheet."""
    result = facts.result
    sheet = book.sheet(names.GUIDE, tab="#1F3864")
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, f"{result.calendar.list_name}进度计划", book.style("title"))
    sheet.set_row(0, 34)
    sheet.merge_range(1, 0, 1, 3, "", book.style("lead"))
    sheet.write_string(1, 0, headline(result), book.style("lead"))
    sheet.set_row(1, 46)
    row = _pairs(
        book,
        sheet,
        3,
        (
            ("情景", scenario_name(result)),
            ("情景说明", summary_text(result) or "无"),
            *((("情景来源", result.source),) if result.source else ()),
            *((("情景未包括", "；".join(result.omits)),) if result.omits else ()),
            ("情景改动", f"{len(result.changes)} 处" + ("，见本页下方" if result.changes else "")),
            ("输入工作簿", result.workbook),
            ("输入文件 SHA-256", result.workbook_sha256),
            ("程序版本", result.version),
            ("随机种子", "无（本次推演不含随机因素）" if result.seed is None else str(result.seed)),
        ),
    )
    row = _paragraphs(book, sheet, row + 1, "口径对照", reconciliation_lines(result.portfolio))
    row = _paragraphs(book, sheet, row + 1, "怎样读", definition_lines(result.calendar))
    row = _paragraphs(book, sheet, row + 1, "哪些是假设", assumption_lines(result))
    row = _changes(book, sheet, row + 1, facts)
    _contents(book, sheet, row + 1)
    sheet.fit_to_pages(1, 0)


def _pairs(book: Book, sheet: Worksheet, row: int, pairs: tuple[tuple[str, str], ...]) -> int:
    for label, value in pairs:
        put(sheet, row, 0, label, book.made({"bold": True, "valign": "top"}))
        sheet.merge_range(row, 1, row, 3, "", book.style("line"))
        sheet.write_string(row, 1, value, book.style("line"))
        sheet.set_row(row, 2 + LINE * lines_needed(value, sum(WIDTHS[1:])))
        row += 1
    return row


def _paragraphs(
    book: Book, sheet: Worksheet, row: int, heading: str, lines: tuple[str, ...]
) -> int:
    sheet.write_string(row, 0, heading, book.style("subtitle"))
    sheet.set_row(row, 22)
    for line in lines:
        row += 1
        sheet.merge_range(row, 0, row, 3, "", book.style("line"))
        sheet.write_string(row, 0, f"· {line}", book.style("line"))
        sheet.set_row(row, 2 + LINE * lines_needed(line, sum(WIDTHS)))
    return row + 1


def _contents(book: Book, sheet: Worksheet, row: int) -> None:
    sheet.write_string(row, 0, "各表内容", book.style("subtitle"))
    sheet.set_row(row, 22)
    link = book.made({"font_color": "#0563C1", "underline": 1})
    for name, meaning in SHEETS:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)
        sheet.write_string(row, 1, meaning, book.made({}))


def _changes(book: Book, sheet: Worksheet, row: int, facts: Facts) -> int:
    changes = facts.result.changes
    sheet.write_string(row, 0, "情景改动（原值 → 新值）", book.style("subtitle"))
    sheet.set_row(row, 22)
    if not changes:
        sheet.write_string(row + 1, 0, "没有改动：按工作簿原样推演。", book.made({}))
        return row + 2
    sheet.set_h_pagebreaks([row])
    head_row(book, sheet, row + 1, ["序号", "改动的量", "原值 → 新值", "出处、备注"])
    for k, change in enumerate(changes, start=1):
        put(sheet, row + 1 + k, 0, k, book.style("centre"))
        place = f"{change.place} {change_note(change) or ''}".strip()
        values = (change.quantity, f"{change.old} → {change.new}", place)
        for column, value in enumerate(values, start=1):
            put(sheet, row + 1 + k, column, value, book.style("wrap"))
        lines = max(
            lines_needed(value, width - 2) for value, width in zip(values, WIDTHS[1:], strict=True)
        )
        sheet.set_row(row + 1 + k, max(ROW, 2 + LINE * lines))
    return row + 2 + len(changes)
