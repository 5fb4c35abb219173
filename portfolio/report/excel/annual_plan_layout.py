"""Where a sheet 年度投资计划表 has its columns and rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from portfolio.model.portfolio import Portfolio
from portfolio.report.annual_plan_tables import AnnualPlan, PlanRow
from portfolio.report.excel.book import cell, span

BATCH_SUMS = "分批汇总"
FIGURES, CHARTS, GUIDE = "要数", "图表", "说明"
TITLE, ABOVE, HEAD = 0, 1, 2
#: The first row below the two-level headings: the grand total.
TOTAL = HEAD + 2
NUMBER, NAME, OWNER, NATURE, SPAN, WHOLE, DONE, PLAN, SUM = range(9)
QUARTERS = ("一季度", "二季度", "三季度", "四季度")
ITEM_LEVEL, WORK_LEVEL, TOTAL_LEVEL = "大项", "工程", "合计"


def plan_sheet(year: int) -> str:
    """The name of a year's sheet."""
    return f"{year}年投资计划表"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of the table: an item, or a subtotal over the rows down to `last_row`."""

    level: str
    label: str
    number: str | int | None
    last_row: int
    rows: tuple[PlanRow, ...]


@dataclass(frozen=True)
class PlanLayout:
    """Columns and rows, zero-based, of a year's table."""

    plan: AnnualPlan

    @property
    def channel(self) -> int:
        """The column of the first channel."""
        return SUM + 1

    @property
    def quarter(self) -> int:
        """The column of 一季度."""
        return self.channel + len(self.plan.channels)

    @property
    def rate(self) -> int:
        """The column 到位率."""
        return self.quarter + len(QUARTERS)

    @property
    def goal(self) -> int:
        """The column 年度建设目标."""
        return self.rate + 1

    @property
    def remark(self) -> int:
        """The column 备注, the last that is printed."""
        return self.goal + 1

    @property
    def needed(self) -> int:
        """The first helper column 资金需求; 到位资金 and 层级 follow."""
        return self.remark + 2

    @property
    def arrived(self) -> int:
        """The helper column 到位资金."""
        return self.needed + 1

    @property
    def level(self) -> int:
        """The helper column 层级."""
        return self.needed + 2

    @property
    def last_row(self) -> int:
        """The last row of the table."""
        return TOTAL + len(self.lines) - 1

    @property
    def left_out_row(self) -> int:
        """The row of what the table leaves out."""
        return self.last_row + 1

    @cached_property
    def widths(self) -> dict[int, float]:
        """Column widths."""
        fixed = dict(zip(range(9), (5, 20, 10, 6.5, 12.5, 10.5, 10.5, 10.5, 8.8), strict=True))
        channels = dict.fromkeys(range(self.channel, self.quarter), 7.4)
        quarters = dict.fromkeys(range(self.quarter, self.rate), 8.8)
        right = {self.rate: 7.5, self.goal: 18.5, self.remark: 32, self.remark + 1: 2}
        helpers = dict.fromkeys(range(self.needed, self.level + 1), 10)
        return {**fixed, **channels, **quarters, **right, **helpers}

    @property
    def printed_width(self) -> float:
        """The width of all printed columns."""
        return sum(width for column, width in self.widths.items() if column <= self.remark)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The rows: the grand total, then each work with its items."""
        works, rows = self.plan.works, self.plan.rows
        last = TOTAL + len(works) + len(rows)
        lines = [
            Line(level=TOTAL_LEVEL, label="合计", number=None, last_row=last, rows=rows),
        ]
        for k, (work, of_work) in enumerate(works, start=1):
            lines.append(
                Line(
                    level=WORK_LEVEL,
                    label=work,
                    number=chinese_number(k),
                    last_row=TOTAL + len(lines) + len(of_work),
                    rows=of_work,
                )
            )
            lines += [
                Line(level=ITEM_LEVEL, label="", number=None, last_row=0, rows=(row,))
                for row in of_work
            ]
        return tuple(lines)

    @property
    def money_columns(self) -> tuple[int, ...]:
        """The columns that hold an item's amounts and their subtotals."""
        return (WHOLE, DONE, *range(self.channel, self.rate), self.needed, self.arrived)

    def amounts(self, row: PlanRow) -> dict[int, int]:
        """An item's amounts in 万元 by column."""
        amounts = (
            row.total_wan,
            row.done_before_wan,
            *row.by_channel_wan,
            *row.quarters_wan,
            row.needed_wan,
            row.arrived_wan,
        )
        return dict(zip(self.money_columns, amounts, strict=True))

    def column(self, column: int) -> str:
        """A column's rows as a fixed range, the grand total included."""
        return span(TOTAL, column, self.last_row, column)

    def total(self, column: int) -> str:
        """A column's grand total, fixed."""
        return cell(TOTAL, column, fixed=True)

    def channel_names(self, portfolio: Portfolio) -> tuple[str, ...]:
        """The channels' names in the order of their columns."""
        return tuple(portfolio.channels[c].name for c in self.plan.channels)


_DIGITS = "一二三四五六七八九"


def chinese_number(number: int) -> str:
    """1–99 as 一 … 九十九, as a table numbers its parts; larger ones in digits."""
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else _DIGITS[tens - 1] + "十"
    return ten + (_DIGITS[ones - 1] if ones else "")
