"""Further sheets of a returned workbook: 资金台账, 专项债券, 月报补充."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from portfolio.model.month.further import ToldFurther
from portfolio.model.month.owed import FurtherLine, Owed
from portfolio.model.month.returned import Asked, Rule
from portfolio.model.schema import CellValue, plain
from portfolio.model.schema.returns import FURTHER, REASON, Further, before
from portfolio.read.workbook.file import Grid
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import by_plain_name, read_table

#: Notes a question of a file: place, what was found, what to ask, by which rule, of what.
Note = Callable[[str, str, str, Rule, str], Asked]


def told_further(
    owed: Owed, grids: Sequence[Grid], findings: Findings, note: Note
) -> tuple[tuple[ToldFurther, ...], list[Asked]]:
    """The rows that were asked, as they came back; and strangers, lost rows, changed locked cells."""
    told: list[ToldFurther] = []
    wrong: list[Asked] = []
    for kind in FURTHER:
        lines = owed.of(kind)
        if not lines:
            continue
        same = by_plain_name(grids).get(plain(kind.sheet.name), [])
        if len(same) != 1:
            found = (
                f"没有“{kind.sheet.name}”表"
                if not same
                else f"有 {len(same)} 张“{kind.sheet.name}”表"
            )
            fix = "请用 portfolio collect 发出的表填报，不要另建表格或改表名"
            wrong.append(note(f"{kind.sheet.name}!A1", found, fix, Rule.UNREADABLE, ""))
            continue
        rows = read_table(kind.sheet, same[0], findings)
        told += _of_kind(kind, lines, rows, note, wrong)
    return tuple(told), wrong


def _of_kind(
    kind: Further, lines: Sequence[FurtherLine], rows: Sequence[Row], note: Note, wrong: list[Asked]
) -> Iterator[ToldFurther]:
    known = {line.key: line for line in lines}
    back: dict[tuple[CellValue, ...], Row] = {}
    for row in rows:
        key = tuple(row.values[each] for each in kind.keys)
        if key in known and key not in back:
            back[key] = row
            continue
        name = row.text_or_none("name") or row.text_or_none("project_code") or "（空）"
        said = (
            f"“{name}”有两行"
            if key in known
            else f"“{kind.sheet.name}”表多出一行“{name}”，没有要它报"
        )
        fix = (
            "请只留一行"
            if key in known
            else "新的请先报科里列入工作簿；改了锁定的格请恢复，粘贴多出的行请删去"
        )
        wrong.append(note(row.place(kind.keys[-1]), said, fix, Rule.LOCKED, name))
    for line in lines:
        found = back.get(line.key)
        if found is None:
            wrong.append(
                note(
                    f"{kind.sheet.name}!A1", f"少了“{line.label}”一行", "请恢复这一行，填到本月底的数",
                    Rule.UNFILLED, line.label,
                )
            )  # fmt: skip
            continue
        wrong += _changed(kind, line, found, note)
        told = {key: found.values[key] for key in (*kind.told, REASON)}
        places = {key: found.place(key) for key, letter in found.letters.items() if letter != "?"}
        yield ToldFurther(asked=line, values=told, places=places)


def _changed(kind: Further, line: FurtherLine, row: Row, note: Note) -> Iterator[Asked]:
    """Locked cells that say something else than when they were sent out."""
    locked = [column for column in kind.locked if column.key not in kind.keys]
    values = {column.key: (column.title, line.shown.get(column.key)) for column in locked}
    for key in line.locked:
        values[key] = (kind.sheet.column(key).title, line.shown.get(before(key)))
    for key, (title, sent) in values.items():
        now = row.values[key]
        same = now == sent or (now is None and (sent in (None, 0) or key in line.locked))
        if key in row.refused or same or (not line.known and key.startswith(before(""))):
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
