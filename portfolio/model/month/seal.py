"""Closed months, each sealed by the one before: what was closed can't be changed unseen.

A record holds a mark of all facts up to its month, of the workbook it was closed from and of the
returned files, and its own mark over all of that and the mark of the record before. Who rewrites
the whole chain can't be found out from the workbook alone: the mark printed on the month's papers is
what it is held against.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from portfolio.model.approved.records import Kept, wrong_of
from portfolio.model.facts import parse_period
from portfolio.model.schema.layout import CellValue
from portfolio.model.schema.returns import CLOSED, REOPENED

#: What closing writes of a row's source: `市水务局 2026-11 月报（…）`, or that nothing was sent.
FROM_RETURNS = re.compile(r"(\d{4}-\d{2})(?: 月报（[^）]*\.xlsx）|，暂列 0；下月报累计数时补上)")
#: Signs of a mark that are printed.
SHORT = 12
#: Only says in words what another column decides.
_BESIDE = ("item_name",)


@dataclass(frozen=True, kw_only=True)
class Closing:
    """A row of 结账记录; `month` as 2026-11, marks as hexadecimal SHA-256."""

    number: int
    month: str
    action: str
    closed_on: str
    author: str | None
    rows: int
    done_wan: int | None
    facts_mark: str
    base_mark: str
    returns_mark: str
    reason: str | None
    mark: str

    @property
    def short(self) -> str:
        """结账号 as it is printed."""
        return self.mark[:SHORT]

    def right_mark(self, before: str) -> str:
        """The mark it must bear after a record with that mark."""
        told = [
            self.number, self.month, self.action, self.closed_on, self.author or "", self.rows,
            self.done_wan, self.facts_mark, self.base_mark, self.returns_mark, self.reason or "",
            before,
        ]  # fmt: skip
        return _mark(told)


def _mark(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def facts_mark(rows: Iterable[Mapping[str, CellValue]], month: str) -> str:
    """The mark of all rows of 月度执行 that end by a month, whatever their order."""
    last = _end(month)
    told = [_told(row) for row in rows if _end(str(row["period"])) <= last]
    return _mark(sorted(told))


def rows_by(rows: Iterable[Mapping[str, CellValue]], month: str) -> int:
    """How many rows end by a month."""
    return sum(_end(str(row["period"])) <= _end(month) for row in rows)


def _told(row: Mapping[str, CellValue]) -> list[list[str]]:
    """A row's cells that hold something, as texts: values inside are whole numbers or words."""
    return sorted(
        [key, str(value)] for key, value in row.items() if value is not None and key not in _BESIDE
    )


def _end(period: str) -> int:
    """The last month of a period, counted from year 0."""
    told = parse_period(period)
    assert told is not None, period
    return 12 * told.year + told.month + told.months - 1


def files_mark(marks: Iterable[str]) -> str:
    """One mark of several files."""
    return _mark(sorted(marks))


def last_closed(closings: Sequence[Closing]) -> str | None:
    """The last month that was closed."""
    return max((each.month for each in closings), default=None)


@dataclass(frozen=True, kw_only=True)
class Version:
    """A workbook to verify: its name, the mark of its bytes, its facts, its records, its plans."""

    name: str
    sha256: str
    rows: Sequence[Mapping[str, CellValue]]
    closings: tuple[Closing, ...]
    plans: Kept = field(default_factory=Kept)


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """What doesn't hold: in which workbook, of which month."""

    name: str
    month: str | None
    found: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class Verified:
    """Workbooks as they were verified, the oldest first; `held` says what was checked and is right."""

    versions: tuple[Version, ...]
    flaws: tuple[Flaw, ...]
    held: tuple[str, ...]
    unseen: tuple[str, ...]


def verified(versions: Sequence[Version]) -> Verified:
    """Verify workbooks each in itself, and each against the one it was closed from."""
    ordered = sorted(versions, key=lambda each: (len(each.closings), each.name))
    flaws: list[Flaw] = []
    held: list[str] = []
    for version in ordered:
        plans = _plans(version)
        found = [*_chain(version), *_facts(version), *_gone(version)]
        flaws += [*found, *plans]
        if not version.closings and not found:
            held.append(f"{version.name}：没有结账记录")
        elif version.closings and not found:
            last = version.closings[-1]
            held.append(
                f"{version.name}：{len(version.closings)} 次结账，到 {last.month}，"
                f"结账号 {last.short}，执行数与记录一致"
            )
        if version.plans.records and not plans:
            kept = version.plans.records
            held.append(
                f"{version.name}：{len(kept)} 个计划版本，最后是{kept[-1].label}，"
                f"版本号 {kept[-1].mark[:SHORT]}，明细与批准时一致"
            )
    linked, unseen = _links(ordered)
    unlike, unseen_plans = _plan_links(ordered)
    return Verified(
        versions=tuple(ordered),
        flaws=(*flaws, *linked, *unlike),
        held=tuple(held),
        unseen=(*unseen, *unseen_plans),
    )


def _plans(version: Version) -> list[Flaw]:
    return [
        Flaw(name=version.name, month=None, found=wrong.found, fix=wrong.fix)
        for wrong in wrong_of(version.plans)
    ]


def _plan_links(versions: Sequence[Version]) -> tuple[list[Flaw], list[str]]:
    """Each approved version was approved from one of the others, which has those before it."""
    by_mark = {each.sha256: each for each in versions}
    flaws: list[Flaw] = []
    unseen: list[str] = []
    for version in versions:
        records = version.plans.records
        for k, record in enumerate(records):
            base = by_mark.get(record.base_mark)
            if base is None and k == len(records) - 1:
                unseen.append(
                    f"{version.name}：批准{record.label}所用的工作簿（指纹 {record.base_mark[:SHORT]}）"
                    "不在所给文件中，没有核对"
                )
            elif base is not None and base.plans.records != records[:k]:
                flaws.append(
                    Flaw(
                        name=version.name, month=None,
                        found=f"{record.label}以前的计划版本与批准时所用的“{base.name}”不一致",
                        fix="请从批准时写出的工作簿恢复“计划版本”表",
                    )
                )  # fmt: skip
        base = by_mark.get(version.closings[-1].base_mark) if version.closings else None
        if base is not None and records[: len(base.plans.records)] != base.plans.records:
            flaws.append(
                Flaw(
                    name=version.name, month=version.closings[-1].month,
                    found=f"少了结账所用的“{base.name}”中的计划版本",
                    fix="请从上一版恢复“计划版本”“计划版本明细”两张表",
                )
            )  # fmt: skip
    return flaws, unseen


def _chain(version: Version) -> list[Flaw]:
    before, flaws = "", []
    for number, closing in enumerate(version.closings, start=1):
        if closing.number != number:
            flaws.append(
                Flaw(
                    name=version.name, month=closing.month,
                    found=f"结账记录第 {number} 行的序号是 {closing.number}，记录被增删或移动过",
                    fix="请从备份恢复“结账记录”表",
                )
            )  # fmt: skip
            break
        if closing.mark != closing.right_mark(before):
            flaws.append(
                Flaw(
                    name=version.name, month=closing.month,
                    found=f"第 {number} 次结账（{closing.month}）的结账号与该行内容不符，记录被改过",
                    fix="请从备份恢复“结账记录”表，或与印发的月报上的结账号核对",
                )
            )  # fmt: skip
            break
        before = closing.mark
    return flaws


def unrecorded(version: Version) -> str | None:
    """The last month whose rows came of returned sheets and of which there is no record."""
    last = last_closed(version.closings) or ""
    months = {
        found[1]
        for row in version.rows
        if (found := FROM_RETURNS.search(str(row.get("provenance") or "")))
    }
    return max((month for month in months if month > last), default=None)


def sealed_flaws(version: Version) -> list[Flaw]:
    """What of a workbook's own doesn't hold: the records, the last seal, a record that is gone."""
    flaws = _chain(version)
    if version.closings and not flaws:
        last = version.closings[-1]
        if facts_mark(version.rows, last.month) != last.facts_mark:
            flaws.append(
                Flaw(
                    name=version.name, month=last.month,
                    found=f"{last.month} 已结账（结账号 {last.short}），此前的执行数与结账时不同",
                    fix="请运行 portfolio verify 看是哪一月，与上一版工作簿用 portfolio diff 比较",
                )
            )  # fmt: skip
    return flaws + _gone(version)


def _gone(version: Version) -> list[Flaw]:
    month = unrecorded(version)
    if month is None:
        return []
    return [
        Flaw(
            name=version.name, month=month,
            found=f"月度执行中有 {month} 结账并入的行，“结账记录”表没有这一月",
            fix="记录被删去或表名被改过：请从结账时的工作簿恢复“结账记录”表",
        )
    ]  # fmt: skip


def _facts(version: Version) -> list[Flaw]:
    """The first closed month whose facts are other than when it was closed."""
    last = {closing.month: closing for closing in version.closings}
    good: str | None = None
    for month in sorted(last):
        closing = last[month]
        if facts_mark(version.rows, month) == closing.facts_mark:
            good = month
            continue
        now = rows_by(version.rows, month)
        count = f"，结账时 {closing.rows:,} 行，现在 {now:,} 行" if now != closing.rows else ""
        since = f"{good} 之后、" if good else ""
        return [
            Flaw(
                name=version.name, month=month,
                found=f"{since}{month} 及以前的执行数与结账时不同{count}",
                fix="请与上一版工作簿用 portfolio diff 比较，找出被改的单元格；"
                "确须更正的，用 portfolio close --reopen 重开最后一月，或在下一月报核减",
            )
        ]  # fmt: skip
    return []


def _links(versions: Sequence[Version]) -> tuple[list[Flaw], list[str]]:
    """Each workbook was closed from one of the others, and tells the same of what came before."""
    by_mark = {each.sha256: each for each in versions}
    flaws: list[Flaw] = []
    unseen: list[str] = []
    for version in versions:
        if not version.closings:
            continue
        last = version.closings[-1]
        base = by_mark.get(last.base_mark)
        if base is None:
            unseen.append(
                f"{version.name}：结账 {last.month} 所用的上一版（指纹 {last.base_mark[:SHORT]}）"
                "不在所给文件中，没有核对"
            )
        elif base.closings != version.closings[: len(base.closings)] or (
            len(version.closings) - len(base.closings) != 1
        ):
            flaws.append(
                Flaw(
                    name=version.name, month=last.month,
                    found=f"结账记录与上一版“{base.name}”的不一致",
                    fix="请从备份恢复“结账记录”表",
                )
            )  # fmt: skip
    same: dict[tuple[str, ...], Version] = {}
    for version in versions:
        closed = tuple(closing.mark for closing in version.closings)
        approved = tuple(record.mark for record in version.plans.records)
        other = same.setdefault((*closed, "", *approved), version)
        if closed and other is not version and other.sha256 != version.sha256:
            unseen.append(
                f"{version.name} 与 {other.name} 的结账记录相同，文件不同：结账以后改过"
                "（计划、额度等），执行数以上述核对为准"
            )
    return flaws, unseen


def closing_after(
    closings: Sequence[Closing], *, month: str, again: bool, closed_on: str, author: str,
    rows: Sequence[Mapping[str, CellValue]], done_wan: int, base_mark: str,
    returned: Iterable[str], reason: str,
) -> Closing:  # fmt: skip
    """The next record: of a month closed, or closed again (`again`)."""
    made = Closing(
        number=len(closings) + 1,
        month=month,
        action=REOPENED if again else CLOSED,
        closed_on=closed_on,
        author=author or None,
        rows=rows_by(rows, month),
        done_wan=done_wan,
        facts_mark=facts_mark(rows, month),
        base_mark=base_mark,
        returns_mark=files_mark(returned),
        reason=reason or None,
        mark="",
    )
    return replace(made, mark=made.right_mark(closings[-1].mark if closings else ""))
