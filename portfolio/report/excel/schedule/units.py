"""Sheet 责任单位: what each unit answers for in the year, its items below; printed on A4."""

from __future__ import annotations

from portfolio.report.excel.book import Book
from portfolio.report.excel.schedule.layout import Facts
from portfolio.report.excel.styles import DARK
from portfolio.report.tables.office import UNITS, unit_tables

A4 = 9
SUMMED = ("items", "plan_wan", "done_wan", "year_wan", "short_wan", "late")
ITEMS = "责任单位大项"
SHORT = "资金缺口为当年各渠道没有到位的申请，不含随资本金的贷款。"


def write_units(book: Book, facts: Facts) -> None:
    """The units with their sums, then every item, to be filtered by unit; no sheets without units."""
    told = unit_tables(facts.result)
    if told is None:
        return
    sheet = book.sheet(UNITS, tab=DARK)
    sheet.set_paper(A4)
    sheet.title(f"{told.year} 年各责任单位（亿元）", SHORT)
    block = sheet.put_table(told.units, 3)
    sheet.put_row(block.last + 1, ("合计",), "text", "total")
    blank = [None] * (len(told.units.columns) - 1)
    sheet.put_row(block.last + 1, blank, "text", "total", first=1)
    sheet.put_sums(told.units, block, [key for key in SUMMED if key in block.places])
    sheet = book.sheet(ITEMS, tab=DARK)
    sheet.set_paper(A4)
    sheet.title(f"{told.year} 年各责任单位的大项（亿元）", f"可按责任单位筛选后打印。{SHORT}")
    sheet.put_table(told.items, 3)
