"""资金台账, 专项债券, 月报补充 of a returned workbook: what its projects have of them, and empty rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from portfolio.model.facts import month_label
from portfolio.model.month.further_rules import rules_of
from portfolio.model.month.owed import FurtherLine, Owed
from portfolio.model.month.returned import SHORTEST_REASON, Weight
from portfolio.model.schema import Cell
from portfolio.model.schema.returns import (
    FUNDS,
    OF_BONDS,
    OF_PURSES,
    OF_WORDS,
    REASON,
    RETURNED,
    Further,
    before,
)
from portfolio.report.excel.book import Sheet
from portfolio.report.excel.collect.filling import HEADER, Filling
from portfolio.report.excel.collect.formulas import formula, month_of
from portfolio.report.excel.styles import MID

#: What an added row must say, and what is said where it doesn't.
_NEEDED = {
    OF_PURSES.into.name: {"channel": "请选资金渠道；"},
    OF_BONDS.into.name: {
        "bond_code": "请填债券编码；", "bond_name": "请填债券名称；", "amount_wan": "请填债券金额；",
    },
    OF_WORDS.into.name: {},
}  # fmt: skip

_STRANGER, _TWICE = f"不是本单位“{RETURNED.name}”表里的项目；", "与另一行相同；"


def write_further(filling: Filling, beside: Beside) -> None:
    """A sheet for each that the workbook uses."""
    for kind in filling.owed.may_add.kinds:
        _Written(filling=filling, kind=kind, beside=beside).write()


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Where 填报 and 资金 stand, for what is held against them: columns by key, rows by what they are of."""

    lines: Mapping[str, int]
    funds: Mapping[str, int]
    line_rows: Mapping[tuple[int, str | None], int]
    funds_rows: Mapping[tuple[int | str, str, object], int]

    @staticmethod
    def of(owed: Owed, lines: Mapping[str, int], funds: Mapping[str, int]) -> Beside:
        """Rows as they are written: each line, and each channel of each line, in order."""
        each_funds = [(line, each) for line in owed.lines for each in line.funds]
        return Beside(
            lines=lines,
            funds=funds,
            line_rows={line.key: HEADER + 1 + k for k, line in enumerate(owed.lines)},
            funds_rows={
                (line.project_code or line.item_no, each.channel, each.level): HEADER + 1 + k
                for k, (line, each) in enumerate(each_funds)
            },
        )

    def line(self, key: str, row: int) -> str:
        """A cell of 填报."""
        return f"'{RETURNED.name}'!${xl_col_to_name(self.lines[key])}${row + 1}"

    def column(self, key: str) -> str:
        """A column of 填报, its rows of lines."""
        first, last = self.line(key, HEADER + 1), self.line(key, HEADER + len(self.line_rows))
        return f"{first}:{last.partition('!')[2]}"

    def fund(self, key: str, row: int) -> str:
        """A cell of 资金."""
        return f"'{FUNDS.name}'!${xl_col_to_name(self.funds[key])}${row + 1}"


@dataclass(frozen=True, kw_only=True)
class _Written:
    """A further sheet being written."""

    filling: Filling
    kind: Further
    beside: Beside

    def write(self) -> None:
        """The rows that are asked, the empty ones, the sums."""
        filling, kind = self.filling, self.kind
        lines, columns, first = filling.owed.of(kind), kind.sheet.columns, HEADER + 1
        sheet = filling.sheet(kind.sheet, MID, columns)
        filling.sources["project_code"] = self.beside.column("project_code")
        row = first
        for row, line in enumerate(lines, start=first):
            filling.put_row(sheet, row, columns, {**line.shown, **line.given}, tuple(line.given))
            self._check(sheet, row, line)
        last = first + len(lines) + kind.spare - 1
        for row in range(first + len(lines), last + 1):
            filling.put_row(sheet, row, columns, {}, (), kind.opened)
            self._check(sheet, row, None)
        self._reds(sheet, first, last)
        money = [column.key for column in columns if column.cell is Cell.MONEY]
        sums = {key: sum(_whole(line.shown.get(key)) for line in lines) for key in money}
        if money and kind.rising:
            filling.totals(sheet, last + 1, columns, sums)

    def _check(self, sheet: Sheet, row: int, line: FurtherLine | None) -> None:
        """What is wrong with a row, in words and in red, while it is typed."""
        cells, reason = self._cells(row, line), self.filling.at(row, REASON)
        unsaid = f"LEN(TRIM({reason}))<{SHORTEST_REASON}"
        chains: list[
            tuple[str, list[str]]
        ] = []  # by cell: what is said, each where none before it is
        for rule in rules_of(self.kind):
            when = formula(rule.when, cells) if rule.typed else None
            if when is None:
                continue
            typed = [self.filling.at(row, key) for key in rule.keys if key in self.kind.told]
            broken = f"AND({_one_filled(typed)},{when})"
            told = f'"{rule.typed}"'
            if rule.weight is not Weight.MUST:
                told = f'IF({unsaid},{told},"")'
            same = [chain for key, chain in chains if rule.next and key == rule.keys[0]]
            chain = same[-1] if same else []
            if not same:
                chains.append((rule.keys[0], chain))
            chain.append(f"IF({broken},{told},")
        parts = [f'{"".join(chain)}""{")" * len(chain)}' for _, chain in chains]
        if line is None:
            parts = [*self._of_added(row), *parts]
        if self.filling.numbers:
            parts.append(self.filling.not_numbers(row))
        if parts:
            form = self.filling.format(Cell.TEXT, False)
            sheet.put_formula(row, self.filling.places["check"], f"={'&'.join(parts)}", "", form)

    def _cells(self, row: int, line: FurtherLine | None) -> dict[str, str]:
        """What stands for each figure that rules speak of; those that aren't known are left out."""
        at, cells = self.filling.at, dict[str, str]()
        for column in self.kind.locked:
            cells[column.key] = cells[f"now_{column.key}"] = at(row, column.key)
        for key in self.kind.told:
            if line is not None and key in line.given:
                continue
            cells[key], was = at(row, key), at(row, before(key))
            cells[f"now_{key}"] = f'IF({cells[key]}="",{was},{cells[key]})'
        cells["month"] = f'"{month_label(self.filling.owed.month, self.filling.calendar)}"'
        if (arrived := cells.get("arrived_on")) is not None:
            cells["arrived_month"] = month_of(arrived)
        if line is not None and not line.known:
            cells = {key: cell for key, cell in cells.items() if not key.startswith(before(""))}
        return cells | self._of_line(row, line) | self._of_funds(line)

    def _of_line(self, row: int, line: FurtherLine | None) -> dict[str, str]:
        """Figures of the project as 填报 has it; of an added row's as its code says."""
        if line is None:
            code, no = self.filling.at(row, "project_code"), self.filling.at(row, "item_no")
            found = (
                f'IF({code}="",MATCH({no},{self.beside.column("item_no")},0),'
                f"MATCH({code},{self.beside.column('project_code')},0))"
            )
            at = {
                key: f'IFERROR(INDEX({self.beside.column(key)},{found})&"","")'
                for key in ("total_wan", "approved_wan", "plan_wan", "earlier_wan", "done_wan")
            }
            number = {key: f'IF({cell}="","",VALUE({cell}))' for key, cell in at.items()}
        else:
            place = self.beside.line_rows.get((_whole(line.shown["item_no"]), _code(line)))
            if place is None:
                return {}
            number = {
                key: self.beside.line(key, place)
                for key in ("total_wan", "approved_wan", "plan_wan", "earlier_wan", "done_wan")
            }
        total, approved = number["total_wan"], number["approved_wan"]
        earlier, done = number["earlier_wan"], number["done_wan"]
        return {
            "line_total": f'IF({approved}="",{total},{approved})',
            "line_plan": f'IF({number["plan_wan"]}="",0,{number["plan_wan"]})',
            "line_earlier": earlier,
            "line_done": f'IF(OR({earlier}="",{done}=""),"",{earlier}+{done})',
        }

    def _of_funds(self, line: FurtherLine | None) -> dict[str, str]:
        """Payments of the purse as 资金 has them."""
        if line is None or self.kind is not OF_PURSES:
            return {}
        key = (line.whose, str(line.shown["channel"]), line.shown["level"])
        row = self.beside.funds_rows.get(key)
        if row is None:
            return {}
        paid, was = self.beside.fund("paid_wan", row), self.beside.fund("before_paid_wan", row)
        return {"funds_paid": paid, "funds_month": f'IF({paid}="","",{paid}-{was})'}

    # --- Rows that are added

    def _of_added(self, row: int) -> list[str]:
        """What an added row must say, as soon as anything of it is typed."""
        some, code, no = (
            self._some(row),
            self.filling.at(row, "project_code"),
            self.filling.at(row, "item_no"),
        )
        parts = [
            f'IF(AND({some},{code}="",{no}=""),"请填项目代码（没有分项目的填大项序号）；","")',
            f'IF({self._is_stranger(row)},"{_STRANGER}","")',
        ]
        parts += [
            f'IF(AND({some},{self.filling.at(row, key)}=""),"{said}","")'
            for key, said in _NEEDED[self.kind.into.name].items()
        ]
        return [*parts, f'IF({self._is_twice(row)},"{_TWICE}","")']

    def _some(self, row: int) -> str:
        editable = [*self.kind.opened, *self.kind.told]
        return _one_filled([self.filling.at(row, key) for key in dict.fromkeys(editable)])

    def _is_stranger(self, row: int) -> str:
        code, no = self.filling.at(row, "project_code"), self.filling.at(row, "item_no")
        codes, numbers = self.beside.column("project_code"), self.beside.column("item_no")
        return (
            f'OR(AND({code}<>"",COUNTIF({codes},{code})=0),'
            f'AND({code}="",{no}<>"",COUNTIF({numbers},{no})=0))'
        )

    def _is_twice(self, row: int) -> str:
        """Whether another row says the same of whose it is and of what."""
        first, last = HEADER + 1, HEADER + len(self.filling.owed.of(self.kind)) + self.kind.spare
        keys = [key for key in self.kind.keys if key != "item_no"]
        same = "*".join(
            f"({self._span(key, first, last)}={self.filling.at(row, key)})" for key in keys
        )
        code, no = self.filling.at(row, "project_code"), self.filling.at(row, "item_no")
        same += f'*IF({code}="",--({self._span("item_no", first, last)}={no}),1)'
        return f'AND(OR({code}<>"",{no}<>""),SUMPRODUCT({same})>1)'

    def _span(self, key: str, first: int, last: int) -> str:
        letter = xl_col_to_name(self.filling.places[key])
        return f"${letter}${first + 1}:${letter}${last + 1}"

    def _reds(self, sheet: Sheet, first: int, last: int) -> None:
        """Cells are red as long as their row's check speaks of them: not once it was explained."""
        said: dict[str, list[str]] = {}
        for rule in rules_of(self.kind):
            if rule.typed:
                said.setdefault(rule.keys[0], []).append(rule.typed)
        needed: dict[str, tuple[str, ...]] = {"project_code": (_STRANGER, _TWICE)}
        needed |= {key: (text,) for key, text in _NEEDED[self.kind.into.name].items()}
        for key, texts in needed.items():
            said.setdefault(key, []).extend(texts)
        self.filling.red_as_said(sheet, first, last, said)


def _one_filled(cells: list[str]) -> str:
    filled = [f'{cell}<>""' for cell in cells]
    return filled[0] if len(filled) == 1 else f"OR({','.join(filled)})"


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _code(line: FurtherLine) -> str | None:
    code = line.shown["project_code"]
    return None if code is None else str(code)
