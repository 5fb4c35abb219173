"""The difference of two workbooks as people ask of it: closed months, new facts, then the rest."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from portfolio.model.difference.changes import Kind, RowChange, changes_between
from portfolio.model.difference.rows import Located, Side
from portfolio.model.facts import MONTHS, parse_period
from portfolio.model.schema import SETTINGS, sheets_of
from portfolio.model.schema.facts import EXECUTION, SEASONS

#: What sheets are about, the most important first; what is in none of them stands last.
SUBJECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("其余事实", (EXECUTION.name, SEASONS.name)),
    ("大项", ("项目清单", "项目", "汇总校核")),
    ("计划", ("年度计划", "资金结构")),
    ("额度", ("年度额度",)),
    ("目标", ("年度目标",)),
    ("前置条件", ("依赖关系",)),
    ("资金渠道", ("资金渠道",)),
    ("风险", ("风险参数", "落地率", "资金风险", "阶段系数", "相关系数", "风险清单", "批次参数")),
    ("依据与记录", ("资料依据", "事后数据", "公开记录", "年度完成率", "完成率分布")),
    ("设置", (SETTINGS.name,)),
)
OTHERS = "其他"
CLOSED, REPORTED = "过去月份", "新报事实"
ORDER = (CLOSED, REPORTED, *(name for name, _ in SUBJECTS), OTHERS)
_SUBJECT_OF = {sheet: name for name, sheets in SUBJECTS for sheet in sheets}


@dataclass(frozen=True, kw_only=True)
class Reported:
    """Facts newly reported from a channel (None: not told by channel): rows, and 完成投资."""

    channel: str | None
    rows: int
    done_wan: int


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Two workbooks and every row that differs, each under what it is about."""

    old: Side
    new: Side
    changes: tuple[RowChange, ...]

    @cached_property
    def by_subject(self) -> dict[str, tuple[RowChange, ...]]:
        """The changes by subject in the order they are told; subjects without any are left out."""
        found: dict[str, list[RowChange]] = defaultdict(list)
        for change in self.changes:
            found[self.subject(change)].append(change)
        return {name: tuple(found[name]) for name in ORDER if name in found}

    def subject(self, change: RowChange) -> str:
        """What a change is about."""
        if change.sheet != EXECUTION.name:
            return _SUBJECT_OF.get(change.sheet, OTHERS)
        if self._is_closed(change):
            return CLOSED
        late = self._ends(change.row)
        new = late is not None and (self.old.through is None or late > self.old.through)
        return REPORTED if change.kind is Kind.ADDED and new else _SUBJECT_OF[EXECUTION.name]

    def _is_closed(self, change: RowChange) -> bool:
        """Whether facts of a month that the old workbook had closed are other than they were."""
        if change.kind is Kind.CHANGED and all(cell.is_words for cell in change.cells):
            return False
        return any(
            end is not None and self.old.through is not None and end <= self.old.through
            for end in (self._ends(row) for row in (change.old, change.new) if row is not None)
        )

    def _ends(self, row: Located) -> int | None:
        """The last month of a row's period, 12 × year + month; None where it can't be read."""
        period = parse_period(str(row.value("period") or ""))
        return None if period is None else MONTHS * period.year + period.month + period.months - 1

    @property
    def closed(self) -> tuple[RowChange, ...]:
        """Facts of months that the old workbook had closed, changed, gone or added since."""
        return self.by_subject.get(CLOSED, ())

    @property
    def reported(self) -> tuple[Reported, ...]:
        """Facts newly reported, by channel, the largest first."""
        rows: dict[str | None, list[Located]] = defaultdict(list)
        for change in self.by_subject.get(REPORTED, ()):
            channel = change.row.value("channel")
            rows[None if channel is None else str(channel)].append(change.row)
        told = [
            Reported(channel=name, rows=len(each), done_wan=sum(map(_done, each)))
            for name, each in rows.items()
        ]
        return tuple(sorted(told, key=lambda one: (-one.done_wan, one.channel or "")))

    @property
    def count(self) -> int:
        """Cells that changed, and rows that came or went."""
        return sum(change.count for change in self.changes)

    @property
    def turned(self) -> bool:
        """Whether the first workbook's facts reach further than the second one's."""
        if self.old.through is None or self.new.through is None:
            return self.old.through is not None and self.new.through is None
        return self.old.through > self.new.through


def _done(row: Located) -> int:
    value = row.value("done_wan")
    return value if isinstance(value, int) else 0


def difference(old: Side, new: Side) -> Difference:
    """What changed from one workbook to another, by the sheets as the new one's years name them."""
    sheets = (*sheets_of(new.calendar), SETTINGS)
    return Difference(old=old, new=new, changes=changes_between(old, new, sheets))


def month_text(through: int) -> str:
    """A month as people write it: 2026-10."""
    year, month = divmod(through - 1, MONTHS)
    return f"{year}-{month + 1:02d}"
