"""Further sheets of a returned workbook: 资金台账, 专项债券, 月报补充."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from portfolio.model.month.further import ToldFurther
from portfolio.model.month.owed import FurtherLine, Line, Owed
from portfolio.model.month.returned import Asked, Rule, Weight
from portfolio.model.schema import CellValue, Sheet, plain
from portfolio.model.schema.returns import (
    OF_BONDS,
    OF_PURSES,
    REASON,
    Further,
    before,
)
from portfolio.read.workbook.file import Grid
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import by_plain_name, read_table


class Note(Protocol):
    """Notes a question of a file."""

    def __call__(
        self, place: str, found: str, ask: str, rule: Rule, subject: str,
        weight: Weight = Weight.MUST,
    ) -> Asked:  # fmt: skip
        """Place, what was found, what to ask, by which rule, of what, and what it does."""


def told_further(
    owed: Owed, grids: Sequence[Grid], findings: Findings, note: Note, *, older: bool
) -> tuple[tuple[ToldFurther, ...], list[Asked]]:
    """The rows that were asked or added, as they came back; strangers, lost rows, changed locked cells.

    older : of a layout before this one, which may lack sheets and locked columns: not told then
    """
    told: list[ToldFurther] = []
    wrong: list[Asked] = []
    for kind in owed.may_add.kinds:
        same = by_plain_name(grids).get(plain(kind.sheet.name), [])
        if len(same) == 1:
            sheet = _as_before(kind.sheet) if older else kind.sheet
            rows = read_table(sheet, same[0], findings)
            told += _Kind(kind=kind, owed=owed, note=note, wrong=wrong).told(rows)
        elif same or not older:
            found = (
                f"有 {len(same)} 张“{kind.sheet.name}”表" if same else f"没有“{kind.sheet.name}”表"
            )
            fix = (
                "请用 portfolio collect 发出的表填报，不要另建表格、删表或改表名；"
                "表没有了的，请重新发表，把填好的数抄过去"
            )
            wrong.append(note(f"{kind.sheet.name}!A1", found, fix, Rule.UNREADABLE, ""))
        elif owed.of(kind):
            found = (
                f"这是以前版式的表，没有“{kind.sheet.name}”表，{len(owed.of(kind))} 行当作没有报"
            )
            fix = (
                f"不妨碍结账，“{kind.into.name}”仍是上月的数；要报的请用这一版的 portfolio collect "
                "重新发表，把填好的数抄过去"
            )
            wrong.append(note(f"{kind.sheet.name}!A1", found, fix, Rule.UNTOLD, "", Weight.ASK))
    return tuple(told), wrong


def _as_before(sheet: Sheet) -> Sheet:
    """A sheet that may lack what only shows what was told before."""
    columns = tuple(
        replace(column, may_be_missing=True)
        if not column.editable and column.key.startswith(before(""))
        else column
        for column in sheet.columns
    )
    return replace(sheet, columns=columns)


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """A further sheet being taken in; what is wrong with it goes into `wrong`."""

    kind: Further
    owed: Owed
    note: Note
    wrong: list[Asked]

    def told(self, rows: Sequence[Row]) -> Iterator[ToldFurther]:
        """Its rows: those that were asked, then those that the unit added."""
        known = {line.key: line for line in self.owed.of(self.kind)}
        back: dict[tuple[CellValue, ...], Row] = {}
        added: dict[tuple[CellValue, ...], tuple[FurtherLine, Row]] = {}
        for row in rows:
            key = tuple(row.values[each] for each in self.kind.keys)
            if key in known and key not in back:
                back[key] = row
                continue
            line = None if key in known else self._added(row)
            if line is not None and line.key not in (*known, *added):
                added[line.key] = line, row
            elif key in known or line is not None:
                self._twice(row, known[key] if line is None else line)
            else:
                self._stranger(row)
        for line in known.values():
            found = back.get(line.key)
            if found is None:
                self.wrong.append(
                    self.note(
                        f"{self.kind.sheet.name}!A1", f"少了“{line.label}”一行",
                        "请恢复这一行，填到本月底的数", Rule.UNFILLED, line.label,
                    )
                )  # fmt: skip
            else:
                yield self._told(line, found)
        for line, row in added.values():
            yield self._told(line, row)

    def _told(self, line: FurtherLine, row: Row) -> ToldFurther:
        self.wrong.extend(_changed(self.kind, line, row, self.note))
        told = {key: row.values[key] for key in (*self.kind.told, REASON)}
        places = {key: row.place(key) for key, letter in row.letters.items() if letter != "?"}
        return ToldFurther(asked=line, values=told, places=places)

    def _added(self, row: Row) -> FurtherLine | None:
        """A row that the unit added; None: of a project that isn't the unit's."""
        line = self._line_of(row)
        if line is None:
            return None
        shown = {key: row.values[key] for key in (*self.kind.keys, *self.kind.opened)}
        shown |= {"item_no": line.item_no, "project_code": line.project_code}
        shown |= {before(key): None for key in self.kind.told}
        kept: dict[str, CellValue] = {}
        if self.kind is OF_PURSES:  # what was no budget when the year began came by adjustment
            kept = {"initial_wan": None, "adjusted_wan": shown["budget_wan"]}
        elif self.kind is OF_BONDS:
            kept = {key: shown[key] for key in ("bond_name", "amount_wan")}
        what = {OF_PURSES: "channel", OF_BONDS: "bond_code"}.get(self.kind)
        label = " ".join(
            str(part) for part in (line.label, None if what is None else shown[what]) if part
        )
        return FurtherLine(kind=self.kind, label=label, shown=shown, kept=kept, added=True)

    def _line_of(self, row: Row) -> Line | None:
        code, no = row.text_or_none("project_code"), row.whole_or_none("item_no")
        for line in self.owed.lines:
            if code is None and (line.item_no, line.project_code) == (no, None):
                return line
            if code is not None and line.project_code == code and no in (None, line.item_no):
                return line
        return None

    def _twice(self, row: Row, line: FurtherLine) -> None:
        said = f"“{row.text_or_none('name') or line.label}”有两行"
        place = row.place(self.kind.keys[-1])
        self.wrong.append(self.note(place, said, "请只留一行", Rule.LOCKED, line.label))

    def _stranger(self, row: Row) -> None:
        name = row.text_or_none("name") or row.text_or_none("project_code") or "（空）"
        self.wrong.append(
            self.note(
                row.place(self.kind.keys[-1]),
                f"“{self.kind.sheet.name}”表多出一行“{name}”，不是本单位“填报”表里的项目",
                "新增的行请填“填报”表里有的项目代码（没有分项目的填大项序号）；新项目先报科里列入“项目”表，"
                "改了锁定的格请恢复，粘贴多出的行请删去",
                Rule.LOCKED, name,
            )
        )  # fmt: skip


def _changed(kind: Further, line: FurtherLine, row: Row, note: Note) -> Iterator[Asked]:
    """Locked cells that say something else than when they were sent out."""
    locked = [
        column for column in kind.locked
        if column.key not in kind.keys and not (line.added and column.key in kind.opened)
    ]  # fmt: skip
    values = {column.key: (column.title, line.shown.get(column.key)) for column in locked}
    for key, sent in line.given.items():
        values[key] = (kind.sheet.column(key).title, sent)
    for key, (title, sent) in values.items():
        now = row.values[key]
        same = now == sent or (now is None and (sent in (None, 0) or key in line.given))
        if key in row.refused or row.letters[key] == "?" or same:
            continue
        if not line.known and key.startswith(before("")):
            continue
        if isinstance(now, str) and plain(now) == plain(str(sent)):
            continue
        found = f"“{title}”是锁定的，发出时为 {said_as(sent)}，现在是 {said_as(now)}"
        fix = "请恢复原数；原数错的请来函更正，由科里在工作簿中改"
        yield note(row.place(key), found, fix, Rule.LOCKED, line.label)


def said_as(value: object) -> str:
    """A locked cell's value, in words."""
    if value is None:
        return "空白"
    return f"{value:,} 万元" if isinstance(value, int) else f"“{value}”"
