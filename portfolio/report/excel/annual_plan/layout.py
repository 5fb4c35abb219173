"""Where a sheet 年度投资计划表 has its columns and rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial

from portfolio.model.forms.lines import chinese_number
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.tables.annual_plan import AnnualPlan, PlanRow
from portfolio.report.tables.fields import Field, Fields, Table, money, number, ratio, text
from portfolio.report.tables.office import CODE, told_by

BATCH_SUMS = "分批汇总"
FIGURES, CHARTS, GUIDE = "要数", "图表", "说明"
HEAD = 3
#: The first row below the two-level headings: the grand total.
TOTAL = HEAD + 1
#: The quarters by the keys of their columns.
QUARTERS = {"q1": "一季度", "q2": "二季度", "q3": "三季度", "q4": "四季度"}
ITEM_LEVEL, WORK_LEVEL, TOTAL_LEVEL = "大项", "工程", "合计"
TONES = {TOTAL_LEVEL: "total", WORK_LEVEL: "work", ITEM_LEVEL: ""}


def plan_sheet(year: int) -> str:
    """The name of a year's sheet."""
    return f"{year}年投资计划表"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of the table: an item, or a subtotal over the rows `first_row` to `last_row`."""

    level: str
    no: str | int | None
    name: str
    first_row: int
    last_row: int
    rows: tuple[PlanRow, ...]

    @property
    def item(self) -> PlanRow | None:
        """The item; None in a subtotal."""
        return self.rows[0] if self.level == ITEM_LEVEL else None


def _amount(
    key: str,
    title: str,
    width: float,
    of: Callable[[PlanRow], int],
    formula: str | None = None,
    look: str = "",
) -> Field[Line]:
    """An item's amount and its subtotals, computed in all rows alike where there is a `formula`."""

    def subtotal(line: Line) -> str | None:
        below = f"{{{key}:{line.first_row}}}:{{{key}:{line.last_row}}}"
        return None if line.item or not line.rows else f"SUBTOTAL(9,{below})"

    return money(
        key,
        title,
        lambda line: sum(map(of, line.rows)),
        width,
        formula=formula or subtotal,
        look=look,
    )


def _words(
    key: str, title: str, width: float, of: Callable[[PlanRow], str | None], look: str
) -> Field[Line]:
    """What is said of an item only."""
    return text(
        key,
        title,
        lambda line: of(line.item) if line.item else None,
        width,
        look=lambda line: look if line.item else "text",
    )


def _of_channel(k: int, row: PlanRow) -> int:
    return row.by_channel_wan[k]


def _to_quarter(k: int, row: PlanRow) -> int:
    return row.quarters_wan[k]


def _rate(line: Line) -> float | None:
    needed = sum(row.needed_wan for row in line.rows)
    return sum(row.arrived_wan for row in line.rows) / needed if needed else None


@dataclass(frozen=True)
class PlanLayout:
    """A year's table and where it stands; what is printed, and helper columns beside it."""

    plan: AnnualPlan

    @cached_property
    def sources(self) -> tuple[Field[Line], ...]:
        """The columns of 资金来源: their sum and the channels."""
        channels = tuple(
            _amount(f"channel{k}", channel.name, 7.4, partial(_of_channel, k))
            for k, channel in enumerate(self.plan.channels)
        )
        formula = f"SUM({{{'+'.join(each.key for each in channels)}}})" if channels else None
        whole = _amount("sum_wan", "合计", 8.8, lambda row: row.plan_wan)
        return replace(whole, formula=formula), *channels

    @cached_property
    def quarters(self) -> tuple[Field[Line], ...]:
        """The columns of 季度计划."""
        return tuple(
            _amount(key, title, 8.8, partial(_to_quarter, k))
            for k, (key, title) in enumerate(QUARTERS.items())
        )

    @cached_property
    def helpers(self) -> tuple[Field[Line], ...]:
        """The columns that are not printed."""
        return (
            _amount("needed_wan", "资金需求", 10, lambda row: row.needed_wan, look="helper"),
            _amount("arrived_wan", "到位资金", 10, lambda row: row.arrived_wan, look="helper"),
            text("level", "层级", width=10, look="helper_text"),
        )

    @property
    def codes(self) -> tuple[Field[Line], ...]:
        """The column of codes; none where no item has one."""
        if CODE not in told_by(row.item for row in self.plan.rows):
            return ()
        return (_words("code", "项目代码", 9, lambda row: row.item.code, "small"),)

    @cached_property
    def single(self) -> tuple[Field[Line], ...]:
        """The columns with one heading, 资金来源 and 季度计划 between `plan_wan` and `rate`."""
        year, before = self.plan.year, f"至{self.plan.year - 1}年底\n累计完成投资"
        return (
            number("no", "序号", width=5, look="centre"),
            text("name", "项目名称", width=20),
            *self.codes,
            _words("owner", "责任单位", 10, lambda row: row.item.owner, "input"),
            _words("nature", "建设\n性质", 6.5, lambda row: row.nature, "centre"),
            _words("span", "建设起止\n年限", 12.5, lambda row: row.span, "centre"),
            _amount("total_wan", "总投资", 10.5, lambda row: row.total_wan),
            _amount("done_before_wan", before, 10.5, lambda row: row.done_before_wan),
            _amount("plan_wan", f"{year}年\n计划投资", 10.5, lambda row: row.plan_wan, "{sum_wan}"),
            ratio(
                "rate",
                "到位率",
                _rate,
                7.5,
                formula='IF({needed_wan}=0,"",{arrived_wan}/{needed_wan})',
            ),
            _words("goal", "年度建设目标", 18.5, lambda row: row.goal, "small"),
            _words("remark", "备注", 32, lambda row: row.remark, "small"),
        )

    @cached_property
    def printed(self) -> tuple[Field[Line], ...]:
        """The columns that are printed."""
        at = [each.key for each in self.single].index("rate")
        return *self.single[:at], *self.sources, *self.quarters, *self.single[at:]

    @cached_property
    def table(self) -> Table[Line]:
        """The whole table."""
        fields = (
            replace(each, tone=lambda line: TONES[line.level])
            for each in (*self.printed, *self.helpers)
        )
        return Fields[Line](name=plan_sheet(self.plan.year), fields=tuple(fields)).of(self.lines)

    @cached_property
    def block(self) -> Block:
        """Where the table stands, an empty column before the helpers."""
        table = self.table
        block = placed(table, HEAD, table.name)
        first = block.places["remark"] + 1
        places = {key: at + (at >= first) for key, at in block.places.items()}
        return replace(block, places=places)

    @property
    def left_out_row(self) -> int:
        """The row of what the table leaves out."""
        return self.block.last + 1

    @property
    def printed_width(self) -> float:
        """The width of all printed columns."""
        return sum(each.width for each in self.printed)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The rows: the grand total, then each work with its items."""
        works, rows = self.plan.works, self.plan.rows
        lines = [_subtotal(TOTAL_LEVEL, None, "合计", TOTAL, len(works) + len(rows), rows)]
        for k, (work, of_work) in enumerate(works, start=1):
            at = TOTAL + len(lines)
            lines.append(_subtotal(WORK_LEVEL, chinese_number(k), work, at, len(of_work), of_work))
            lines += [
                Line(
                    level=ITEM_LEVEL,
                    no=row.item.no,
                    name=row.item.name,
                    first_row=0,
                    last_row=0,
                    rows=(row,),
                )
                for row in of_work
            ]
        return tuple(lines)

    def total(self, key: str) -> str:
        """A column's grand total, fixed."""
        return self.block.cell(TOTAL, key, fixed=True)


def _subtotal(
    level: str, no: str | None, name: str, row: int, below: int, rows: tuple[PlanRow, ...]
) -> Line:
    return Line(
        level=level,
        no=no,
        name=f"{name}（{len(rows)}项）",
        first_row=row + 1,
        last_row=row + below,
        rows=rows,
    )
