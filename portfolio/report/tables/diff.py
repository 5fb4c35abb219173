"""The table of changes: a row a cell, or a row that came or went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portfolio.model.difference.changes import CellChange, Kind, RowChange
from portfolio.model.difference.difference import Difference
from portfolio.model.money import WAN_PER_YI
from portfolio.model.schema.layout import Cell
from portfolio.report.tables.fields import Fields, number, text
from portfolio.report.words import diff as words

WHOLE_ROW = "（整行）"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: a cell of a changed row, or (`cell` None) a row that came or went."""

    subject: str
    change: RowChange
    cell: CellChange | None

    @property
    def kind(self) -> str:
        """新增, 删去, 改动 or 改号."""
        return "改号" if self.change.renumbered and self._is_key else str(self.change.kind)

    @property
    def _is_key(self) -> bool:
        return self.cell is not None and self.cell.new in (self.change.new_key or ())

    @property
    def column(self) -> str:
        """The column's title."""
        return WHOLE_ROW if self.cell is None else self.cell.title

    @property
    def old(self) -> str | None:
        """The value of before."""
        if self.cell is not None:
            return words.value_text(self.cell.cell, self.cell.old)
        gone = self.change.kind is Kind.REMOVED
        return words.row_cells_text(self.change) if gone else None

    @property
    def new(self) -> str | None:
        """The value of now."""
        if self.cell is not None:
            return words.value_text(self.cell.cell, self.cell.new)
        came = self.change.kind is Kind.ADDED
        return words.row_cells_text(self.change) if came else None

    @property
    def less(self) -> str:
        """The difference in words."""
        return "" if self.cell is None else words.difference_text(self.cell)

    @property
    def less_yi(self) -> float | None:
        """The difference of money in 亿元, so that it can be added up and sorted by."""
        if self.cell is None or self.cell.cell is not Cell.MONEY:
            return None
        less = self.cell.difference
        return None if less is None else less / WAN_PER_YI

    @property
    def old_place(self) -> str:
        """The cell in the workbook of before."""
        if self.cell is not None:
            return self.cell.old_place
        return words.row_place(self.change) if self.change.kind is Kind.REMOVED else ""

    @property
    def new_place(self) -> str:
        """The cell in the workbook of now."""
        if self.cell is not None:
            return self.cell.new_place
        return words.row_place(self.change) if self.change.kind is Kind.ADDED else ""


def _tone(line: Line) -> str:
    return {"删去": "bad", "新增": "good"}.get(line.kind, "")


CHANGES = Fields[Line](
    name="变动",
    fields=(
        text("subject", "事项", width=11),
        text("kind", "变动", width=8, look="centre", tone=_tone),
        text("label", "哪一行", lambda line: line.change.label, 32, look="wrap"),
        text("column", "哪一列", width=16, look="wrap"),
        text("old", "原值", width=26, look="wrap"),
        text("new", "新值", width=26, look="wrap"),
        text("less", "差额", width=14, look="centre"),
        number("less_yi", "差额（亿元）", lambda line: line.less_yi, 12, look="edited money"),
        text("old_place", "原文件单元格", width=18, look="centre"),
        text("new_place", "新文件单元格", width=18, look="centre"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many changes a subject has: rows that came, went and changed, and changed cells."""

    subject: str
    added: int
    removed: int
    changed: int
    cells: int


COUNTS = Fields[Count](
    name="各类变动",
    fields=(
        text("subject", "事项", width=14),
        number("added", "新增行", width=10),
        number("removed", "删去行", width=10),
        number("changed", "改动行", width=10),
        number("cells", "改动单元格", width=12),
    ),
)


def counts(found: Difference) -> list[Count]:
    """The subjects in their order."""
    return [
        Count(
            subject=name,
            added=sum(change.kind is Kind.ADDED for change in changes),
            removed=sum(change.kind is Kind.REMOVED for change in changes),
            changed=sum(change.kind is Kind.CHANGED for change in changes),
            cells=sum(change.count for change in changes if change.kind is Kind.CHANGED),
        )
        for name, changes in found.by_subject.items()
    ]


def lines(subject: str, changes: Iterable[RowChange]) -> Iterator[Line]:
    """The lines of a subject."""
    for change in changes:
        cells = change.cells if change.kind is Kind.CHANGED else (None,)
        for cell in cells:
            yield Line(subject=subject, change=change, cell=cell)


def all_lines(found: Difference) -> list[Line]:
    """Every line, by subject."""
    return [one for name, changes in found.by_subject.items() for one in lines(name, changes)]
