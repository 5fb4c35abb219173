"""A returned sheet read: its lines, and all that is wrong with it as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portfolio.model.facts import Level
from portfolio.model.month.owed import FundsLine, Line, Owed
from portfolio.model.month.returned import (
    Asked,
    Returned,
    Rule,
    ToldFunds,
    ToldLine,
    Weight,
)
from portfolio.model.problems import InputError, did_you_mean
from portfolio.model.schema import Sheet, plain
from portfolio.model.schema.returns import FUNDS, LAYOUT, LAYOUT_NOW, MONTH, RETURNED, UNIT
from portfolio.read.returned_further import said_as, told_further
from portfolio.read.workbook.file import Grid, read_file
from portfolio.read.workbook.sheets.cells import is_blank
from portfolio.read.workbook.sheets.headers import HEADER_ROWS
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import by_plain_name, read_table, twins

#: Cells of a line that are locked: what they must still say, and what they are called.
_LOCKED = {
    "name": "名称",
    "total_wan": "总投资",
    "plan_wan": "本年计划",
    "item_name": "所属大项",
    "earlier_wan": "截至上年底累计完成",
    "before_done_wan": "上月止本年累计完成",
    "before_statistics_wan": "上月止本年累计入统投资",
}
_LOCKED_FUNDS = {
    "before_done_wan": "上月止本年累计完成",
    "before_received_wan": "上月止本年累计到位",
    "before_paid_wan": "上月止本年累计支付",
}


@dataclass(frozen=True, kw_only=True)
class Back:
    """A file that came back: what it says where it could be read, else why not."""

    path: Path
    returned: Returned | None
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the files are read against: what each unit owes, for which month (as 2026-11)."""

    owed: Mapping[str, Owed]
    month: str


def read_returned(path: Path, expected: Expected) -> Back:
    """Read a file; it never raises for what is in it: that is asked of the unit."""
    try:
        file = read_file(path)
    except InputError as error:
        wrong = [_wrong("", path, one.place, one.found, one.fix) for one in error.problems]
        return Back(path=path, returned=None, asked=tuple(wrong))
    findings = Findings()
    grid = _sheet(RETURNED, file.grids, findings)
    if grid is None:
        return Back(path=path, returned=None, asked=_told(findings, "", path))
    unit, month = _said(grid, UNIT), _said(grid, MONTH)
    head = _head(path, grid, unit, month, expected)
    if head:
        return Back(path=path, returned=None, asked=head)
    owed = expected.owed[str(unit)]
    funds = _sheet(FUNDS, file.grids, findings)
    rows = read_table(RETURNED, grid, findings)
    more = [] if funds is None else read_table(FUNDS, funds, findings)

    def note(
        place: str, found: str, ask: str, rule: Rule, subject: str, weight: Weight = Weight.MUST
    ) -> Asked:
        return _wrong(owed.unit, path, place, found, ask, rule, subject, weight)

    older = _layout(grid) < LAYOUT_NOW
    further, beside = told_further(owed, file.grids, findings, note, older=older)
    sums = _sums_by_channel(owed, rows)
    wrong = [one for one in _told(findings, owed.unit, path) if one.place not in sums]
    lines = tuple(_lines(owed, rows, more, path, wrong))
    wrong += beside
    returned = Returned(
        file=path.name,
        sha256=file.sha256,
        label=expected.month,
        owed=owed,
        lines=lines,
        asked=tuple(wrong),
        further=further,
    )
    return Back(path=path, returned=returned)


def _sums_by_channel(owed: Owed, rows: Sequence[Row]) -> frozenset[str]:
    """Cells that only sum what 资金 says by channel: whether a program has computed them is no matter."""
    split = {(line.item_no, line.project_code) for line in owed.lines if line.split}
    return frozenset(
        row.place("done_wan")
        for row in rows
        if (row.whole_or_none("item_no"), row.text_or_none("project_code")) in split
    )


def _sheet(sheet: Sheet, grids: Sequence[Grid], findings: Findings) -> Grid | None:
    same = by_plain_name(grids).get(plain(sheet.name), [])
    if len(same) == 1:
        return same[0]
    if same:
        findings.problems.append(twins(sheet.name, same, f"{sheet.name}!A1"))
    else:
        findings.add(
            f"{sheet.name}!A1",
            f"没有“{sheet.name}”表",
            "请用 portfolio collect 发出的表填报，不要另建表格或改表名",
        )
    return None


def _said(grid: Grid, label: str) -> str | None:
    """What stands beside a label above the header."""
    for row in grid.values[:HEADER_ROWS]:
        for place, value in enumerate(row):
            if isinstance(value, str) and plain(value).rstrip(":") == label:
                beside = next((one for one in row[place + 1 :] if not is_blank(one)), None)
                return None if beside is None else str(beside).strip()
    return None


def _layout(grid: Grid) -> int:
    """How a sheet is laid out; the first layout said nothing of it."""
    said = _said(grid, LAYOUT) or ""
    return int(said) if said.isdecimal() else 1


def _head(
    path: Path, grid: Grid, unit: str | None, month: str | None, expected: Expected
) -> tuple[Asked, ...]:
    """What is wrong of whose and which month's a file is."""
    fix = "请用 portfolio collect 发出的表填报，不要改表头"
    if unit is None or month is None:
        found = f"表头上没有写明{UNIT if unit is None else MONTH}"
        return (_wrong(unit or "", path, f"{RETURNED.name}!A2", found, fix),)
    layout = _layout(grid)
    if layout > LAYOUT_NOW:
        found = f"表是更新的版本发出的（版式 {layout}，这一版认得到 {LAYOUT_NOW}）"
        ask = "请用发表的那一版 portfolio 结账，或用这一版重新发表，把填好的数抄过去"
        return (_wrong(unit, path, f"{RETURNED.name}!A2", found, ask),)
    if month != expected.month:
        found = f"这是 {month} 的表，要收的是 {expected.month}"
        ask = f"请改报 {expected.month} 的表；月份选错的，请改命令里的月份"
        return (_wrong(unit, path, f"{RETURNED.name}!A2", found, ask),)
    if unit not in expected.owed:
        found = f"工作簿中没有责任单位“{unit}”"
        return (
            _wrong(unit, path, f"{RETURNED.name}!A2", found, did_you_mean(unit, expected.owed)),
        )
    return ()


def _wrong(
    unit: str, path: Path, place: str, found: str, ask: str, rule: Rule = Rule.UNREADABLE,
    subject: str = "", weight: Weight = Weight.MUST,
) -> Asked:  # fmt: skip
    return Asked(
        unit=unit, file=path.name, place="" if place == str(path) else place, subject=subject,
        rule=rule, weight=weight, found=found, ask=ask,
    )  # fmt: skip


def _told(findings: Findings, unit: str, path: Path) -> tuple[Asked, ...]:
    return tuple(
        _wrong(unit, path, one.place, one.found, one.fix, _rule_of(one.found))
        for one in findings.problems
    )


def _rule_of(found: str) -> Rule:
    """A row of sums that doesn't hold is a question of sums."""
    return Rule.TOTAL if "所合各行" in found else Rule.UNREADABLE


# --- Lines


def _lines(
    owed: Owed, rows: Sequence[Row], funds: Sequence[Row], path: Path, wrong: list[Asked]
) -> Iterator[ToldLine]:
    """The lines that were asked, as they came back; strangers and lost ones are noted."""
    back = _by_key(owed, rows, path, wrong)
    of_channel = _by_channel(owed, funds, path, wrong)
    wrong += _lost_funds(owed, of_channel, path)
    for line in owed.lines:
        row = back.get(line.key)
        if row is None:
            if line.must:
                wrong.append(
                    _wrong(
                        owed.unit, path, f"{RETURNED.name}!A1", f"少了“{line.label}”一行",
                        "请恢复这一行并填报；不归本单位的请来函说明", Rule.UNFILLED, line.label,
                    )
                )  # fmt: skip
            continue
        wrong += _changed(owed.unit, path, line, row)
        yield _line(line, row, of_channel)


def _by_key(
    owed: Owed, rows: Sequence[Row], path: Path, wrong: list[Asked]
) -> dict[tuple[int, str | None], Row]:
    known = {line.key: line for line in owed.lines}
    by_code = {line.project_code: line.key for line in owed.lines if line.project_code}
    back: dict[tuple[int, str | None], Row] = {}
    for row in rows:
        code = row.text_or_none("project_code")
        key = by_code.get(code) if code else (row.whole_or_none("item_no") or 0, None)
        if key is None or key not in known:
            name = row.text_or_none("name") or code or "（空）"
            wrong.append(
                _wrong(
                    owed.unit, path, row.place("project_code"), f"多出一行“{name}”，没有要它报",
                    "新项目请先报科里列入“项目”表，下月起填报；粘贴多出的行请删去", Rule.LOCKED,
                    name,
                )
            )  # fmt: skip
        elif key in back:
            wrong.append(
                _wrong(
                    owed.unit, path, row.place("name"),
                    f"“{known[key].label}”有两行，第 {back[key].number} 行已有",
                    "请只留一行", Rule.LOCKED, known[key].label,
                )
            )  # fmt: skip
        else:
            back[key] = row
    return back


_ChannelKey = tuple[tuple[int, str | None], str, Level | None]


def _by_channel(
    owed: Owed, rows: Sequence[Row], path: Path, wrong: list[Asked]
) -> dict[_ChannelKey, Row]:
    known: dict[_ChannelKey, tuple[Line, FundsLine]] = {
        (line.key, each.channel, each.level): (line, each)
        for line in owed.lines
        for each in line.funds
    }
    by_code = {line.project_code: line.key for line in owed.lines if line.project_code}
    back: dict[_ChannelKey, Row] = {}
    for row in rows:
        code = row.text_or_none("project_code")
        of = by_code.get(code) if code else (row.whole_or_none("item_no") or 0, None)
        level = Level(row.text("level")) if row.sound("level") else None
        key = None if of is None else (of, row.text_or_none("channel") or "", level)
        if key is None or key not in known or key in back:
            name = f"{row.text_or_none('name') or code} {row.text_or_none('channel') or ''}".strip()
            twice = key is not None and key in back
            said = f"“{name}”有两行" if twice else f"“资金”表多出一行“{name}”，没有要它报"
            fix = "请只留一行" if twice else "换了渠道的请先报科里改资金结构；粘贴多出的行请删去"
            wrong.append(
                _wrong(owed.unit, path, row.place("channel"), said, fix, Rule.LOCKED, name)
            )
            continue
        back[key] = row
        line, each = known[key]
        for name, title in _LOCKED_FUNDS.items():
            wrong += _one_changed(
                owed.unit, path, line.label, row, name, title, getattr(each, name)
            )
    return back


def _lost_funds(owed: Owed, back: Mapping[_ChannelKey, Row], path: Path) -> Iterator[Asked]:
    """Rows of 资金 that were sent out and didn't come back."""
    for line in owed.lines:
        for each in line.funds:
            if line.must and (line.key, each.channel, each.level) not in back:
                yield _wrong(
                    owed.unit, path, f"{FUNDS.name}!A1", f"少了“{line.label}”的“{each.channel}”一行",
                    "请恢复这一行，填到位与支付的本年累计数", Rule.UNFILLED, line.label,
                )  # fmt: skip


def _changed(unit: str, path: Path, line: Line, row: Row) -> Iterator[Asked]:
    """Locked cells that say something else than when they were sent out."""
    no = row.whole_or_none("item_no")
    if no not in (None, line.item_no) and "item_no" not in row.refused:
        yield _wrong(
            unit, path, row.place("item_no"), f"“大项序号”是锁定的，发出时为 {line.item_no}，现在是 {no}",
            "请恢复原数", Rule.LOCKED, line.label,
        )  # fmt: skip
    for key, title in _LOCKED.items():
        yield from _one_changed(unit, path, line.label, row, key, title, getattr(line, key))


def _one_changed(
    unit: str, path: Path, subject: str, row: Row, key: str, title: str, sent: object
) -> Iterator[Asked]:
    now = row.values[key]
    lacking = row.letters[key] == "?"  # of a layout before
    if key in row.refused or lacking or now == sent or (now is None and sent in (None, 0)):
        return
    if key == "name" and plain(str(now)) == plain(str(sent)):
        return
    yield _wrong(
        unit, path, row.place(key), f"“{title}”是锁定的，发出时为 {said_as(sent)}，现在是 {said_as(now)}",
        "请恢复原数；原数错的请来函更正，由科里在工作簿中改", Rule.LOCKED, subject,
    )  # fmt: skip


def _line(line: Line, row: Row, of_channel: Mapping[_ChannelKey, Row]) -> ToldLine:
    funds = []
    for each in line.funds:
        told = of_channel.get((line.key, each.channel, each.level))
        if told is not None:
            funds.append(
                ToldFunds(
                    channel_id=each.channel_id,
                    level=each.level,
                    done_wan=told.whole_or_none("done_wan"),
                    received_wan=told.whole_or_none("received_wan"),
                    paid_wan=told.whole_or_none("paid_wan"),
                    reason=told.text_or_none("reason") or "",
                    places=_places(told),
                )
            )
    return row.made(
        ToldLine,
        item_no=line.item_no,
        project_code=line.project_code,
        reason=row.text_or_none("reason") or "",
        funds=tuple(funds),
        places=_places(row),
    )


def _places(row: Row) -> dict[str, str]:
    return {key: row.place(key) for key, letter in row.letters.items() if letter != "?"}
