"""What units told of 资金台账, 专项债券 and 月报补充, put into the closed month's workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.model.problems import InputError

if TYPE_CHECKING:
    from portfolio.model.month.further import FurtherRow
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.schema import CellValue
    from portfolio.model.schema.returns import Further
    from portfolio.read.workbook.file import WorkbookFile
    from portfolio.read.workbook.sheets.rows import Row

#: A sheet's name and a row's number.
Place = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Put:
    """The workbook's bytes with the rows in it, and which row came from what."""

    content: bytes
    rows: Mapping[Place, FurtherRow]


def with_further_rows(
    content: bytes, file: WorkbookFile, portfolio: Portfolio, told: Sequence[FurtherRow], label: str
) -> Put:
    """Put what was told into its sheets; `file` is the workbook as it was read, `label` 2026-11.

    Raises
    ------
    InputError
        A cell that changes holds a formula, or the file is built in a way that can't be written to.
    """
    from portfolio.model.schema.returns import FURTHER
    from portfolio.read.workbook.calendar import read_calendar
    from portfolio.read.workbook.sheets.rows import Findings
    from portfolio.read.workbook.tables import read_tables

    tables = read_tables(file.grids, read_calendar(file.grids, Findings()), Findings())
    places: dict[Place, FurtherRow] = {}
    for kind in FURTHER:
        mine = [row for row in told if row.kind is kind]
        if mine:
            known = _Known.of(kind, tables[kind.into.name], portfolio, label)
            content = _put(content, file, known, mine, places)
    return Put(content=content, rows=places)


@dataclass(frozen=True, kw_only=True)
class _Known:
    """The rows that a sheet has, by what tells them from the others."""

    kind: Further
    label: str
    rows: Mapping[tuple[CellValue, ...], Row]
    portfolio: Portfolio

    @staticmethod
    def of(kind: Further, rows: Sequence[Row], portfolio: Portfolio, label: str) -> _Known:
        """Rows of the month, of a sheet that has a row a month."""
        names = {channel.id: channel.name for channel in portfolio.channels}
        projects = {project.code: project.item_no for project in portfolio.projects}
        items = {item.code: item.no for item in portfolio.items if item.code}
        found = {}
        for row in rows:
            if kind.monthly and row.text_or_none("period") != label:
                continue
            values = dict(row.values)
            code = row.text_or_none("project_code")
            if code is not None:
                values["item_no"] = projects.get(code) or items.get(code)
                values["project_code"] = code if code in projects else None
            if "channel" in values:
                values["channel"] = names.get(str(values["channel"]), values["channel"])
            found[tuple(values[key] for key in kind.keys)] = row
        return _Known(kind=kind, label=label, rows=found, portfolio=portfolio)

    def new(self, row: FurtherRow) -> dict[str, CellValue]:
        """A row of the month as it goes behind the others."""
        values: dict[str, CellValue] = dict(zip(self.kind.keys, row.key, strict=True))
        number = values["item_no"]
        name = next(item.name for item in self.portfolio.items if item.no == number)
        return {**values, "item_name": name, "period": self.label, **row.kept, **row.changed}


def _put(
    content: bytes, file: WorkbookFile, known: _Known, told: Sequence[FurtherRow],
    places: dict[Place, FurtherRow],
) -> bytes:  # fmt: skip
    from portfolio.read.workbook.month.standing import standing_of
    from portfolio.report.rows_in_place import slots, with_cells_of_rows, with_more_rows

    sheet = known.kind.into
    standing = standing_of(sheet, file.grids)
    changed: dict[int, Mapping[str, CellValue]] = {}
    new: list[FurtherRow] = []
    for row in told:
        there = known.rows.get(row.key)
        if there is None:
            new.append(row)
            continue
        cells = {key: v for key, v in row.changed.items() if there.values.get(key) != v}
        if cells:
            changed[there.number] = cells
            places[sheet.name, there.number] = row
    made: bytes | None = content
    if changed and standing is not None:
        made = with_cells_of_rows(content, sheet, standing, changed)
    if new and made is not None:
        made = with_more_rows(made, sheet, standing, [known.new(row) for row in new])
        places |= zip(((sheet.name, n) for n in slots(standing, len(new))), new, strict=True)
    if made is None:
        raise InputError.of(
            sheet.name, "有公式的格不能改成回收的数，或文件的结构不能原样写入",
            f"请把“{sheet.name}”中由单位填报的各列改为数值（不用公式），"
            "用 Excel 另存为“Excel 工作簿（*.xlsx）”，再结账",
        )  # fmt: skip
    return made
