"""What disagrees in 资金台账, 专项债券 and 月报补充 as they came back: with cell, and what to ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portfolio.model.facts import MONTHS, Level
from portfolio.model.month.condition import holds
from portfolio.model.month.further import ToldFurther
from portfolio.model.month.further_added import added_asked
from portfolio.model.month.further_rules import rules_of
from portfolio.model.month.owed import FundsLine, Line
from portfolio.model.month.returned import (
    MONTH_SIGNS,
    SHORTEST_REASON,
    Asked,
    Returned,
    Rule,
    ToldFunds,
    ToldLine,
    Weight,
    paired,
)
from portfolio.model.schema.returns import before


def further_asked(returned: Returned, today: str, idle_months: int) -> Iterator[Asked]:
    """All that disagrees in the further sheets of a file.

    today : as 2026-12-03
    idle_months : after so many months a bond's money is idle
    """
    funds = _funds_of(returned)
    told_lines = {told.key: told for told in returned.lines}
    lines = {
        line.project_code or line.item_no: (line, told_lines.get(line.key))
        for line in returned.owed.lines
    }
    for told in returned.further:
        line, back = lines.get(told.asked.whose, (None, None))
        asking = _Asking(
            returned=returned, told=told, line=line, back=back,
            funds=funds.get(_funds_key(told)), today=today, idle_months=idle_months,
        )  # fmt: skip
        if told.asked.added and line is not None:
            yield from added_asked(told, line, returned.owed.may_add, asking.one)
        yield from asking.by_rules()
        yield from asking.left_blank()
        yield from asking.last_year_left()


_FundsKey = tuple[int | str, str, Level | None]
_Funds = Mapping[_FundsKey, tuple[FundsLine, ToldFunds]]


def _funds_of(returned: Returned) -> _Funds:
    """Rows of 资金 by whose they are, channel and level."""
    lines = {line.key: line for line in returned.owed.lines}
    return {
        (line.project_code or line.item_no, each.channel, each.level): (each, back)
        for told in returned.lines
        for line in (lines[told.key],)
        for each, back in paired(line.funds, told.funds)
        if back is not None
    }


def _funds_key(told: ToldFurther) -> _FundsKey:
    row = told.asked.shown
    level = row.get("level")
    return (
        told.asked.whose,
        str(row.get("channel") or ""),
        None if level is None else Level(str(level)),
    )


@dataclass(frozen=True, kw_only=True)
class _Asking:
    """What is asked of a row."""

    returned: Returned
    told: ToldFurther
    line: Line | None
    back: ToldLine | None
    funds: tuple[FundsLine, ToldFunds] | None
    today: str
    idle_months: int

    def one(
        self, rule: Rule, key: str, found: str, ask: str, weight: Weight | None = None
    ) -> Asked:
        """A question at a cell; a reason that is given settles what may be right."""
        said = self.told.reason
        reason = said if len(said.strip()) >= SHORTEST_REASON else ""
        given = weight or (Weight.TOLD if reason else Weight.MUST)
        if weight is Weight.ASK and reason:
            given = Weight.TOLD
        return Asked(
            unit=self.returned.owed.unit, file=self.returned.file,
            place=self.told.places.get(key, ""), subject=self.told.asked.label, rule=rule,
            weight=given, found=found, ask=ask, reason=reason,
        )  # fmt: skip

    def by_rules(self) -> Iterator[Asked]:
        """What breaks a rule, at the first of the rule's cells that was told."""
        values, broken = self.values(), set()
        for rule in rules_of(self.told.asked.kind):
            told = [key for key in rule.keys if values[key] is not None]
            if not told and not (rule.any and self.told.is_told):
                continue
            key = told[0] if told else rule.keys[0]
            if (rule.next and key in broken) or not holds(rule.when, values):
                continue
            broken.add(key)
            found = rule.found.format_map(values)
            yield self.one(rule.rule, key, found, rule.ask, rule.weight)

    def values(self) -> dict[str, Any]:
        """The figures that rules speak of; None: not told, or not known."""
        told, asked = self.told, self.told.asked
        values: dict[str, Any] = {
            "month": self.returned.label, "idle_months": self.idle_months, **asked.shown,
            **self._of_line(), **self._of_funds(),
        }  # fmt: skip
        for key in asked.kind.told:
            values[key] = None if key in asked.given else told.values.get(key)
            values[f"now_{key}"] = told.now(key)
            values[before(key)] = asked.shown.get(before(key)) if asked.known else None
        values |= {f"now_{column.key}": told.now(column.key) for column in asked.kind.locked}
        values["settled_more"] = _less(values.get("settled_wan"), values.get("before_settled_wan"))
        return values | self._of_bond(values)

    def _of_line(self) -> dict[str, int | None]:
        """Of the project as 填报 has it."""
        line, back = self.line, self.back
        if line is None:
            return dict.fromkeys(("line_total", "line_plan", "line_earlier", "line_done"))
        approved = None if back is None else back.approved_wan
        done = None if back is None else (back.done_by_channel_wan if line.split else back.done_wan)
        whole = None if line.earlier_wan is None or done is None else line.earlier_wan + done
        return {
            "line_total": approved or line.total_wan, "line_plan": line.plan_wan or 0,
            "line_earlier": line.earlier_wan, "line_done": whole,
        }  # fmt: skip

    def _of_funds(self) -> dict[str, int | None]:
        """Of the purse as 资金 has it."""
        if self.funds is None or self.funds[1].paid_wan is None:
            return {"funds_paid": None, "funds_month": None}
        each, back = self.funds
        return {
            "funds_paid": back.paid_wan,
            "funds_month": _less(back.paid_wan, each.before_paid_wan),
        }

    def _of_bond(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """How long a bond's money is there, and how much of it."""
        typed, arrived = values.get("arrived_on"), self.told.now("arrived_on")
        allotted, spent = values.get("now_allotted_wan"), values.get("now_spent_wan")
        there = (values.get("amount_wan") or 0) if allotted is None else allotted
        return {
            "arrived_month": None if typed is None else str(typed)[:MONTH_SIGNS],
            "months_there": None if not arrived else _months_between(str(arrived), self.today),
            "there_wan": there,
            "unspent": _less(there, spent),
        }

    def left_blank(self) -> Iterator[Asked]:
        """Figures that were told are told again, or the forms go on with last month's."""
        kind, told = self.told.asked.kind, self.told
        rising = [key for key in kind.rising if told.asked.shown.get(before(key)) is not None]
        if rising and all(told.values.get(key) is None for key in rising):
            yield self.one(
                Rule.UNTOLD, rising[0], f"“{told.asked.label}”一个数也没有填",
                f"没有变化的填上月的数；空着的，{kind.into.name}仍是上月的数", Weight.ASK,
            )  # fmt: skip

    def last_year_left(self) -> Iterator[Asked]:
        """去年同期 that was told is told each month."""
        key, asked = "last_year_wan", self.told.asked
        if key not in asked.kind.told or key in asked.given or not asked.known:
            return
        if self.told.values.get(key) is None and asked.last.get(key) is not None:
            yield self.one(
                Rule.UNTOLD, key, "没有填去年同期累计，上月填了",
                "去年 1 月至同月完成多少？空着的，表1 的去年同期和同比印“未报”", Weight.ASK,
            )  # fmt: skip


def _less(now: int | None, then: int | None) -> int | None:
    return None if now is None or then is None else now - then


def _months_between(first: str, last: str) -> int:
    """Whole months between two days, or months, as written."""
    (y, m), (z, n) = ((int(part) for part in day.split("-")[:2]) for day in (first, last))
    return MONTHS * (z - y) + n - m
