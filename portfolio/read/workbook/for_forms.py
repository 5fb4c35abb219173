"""Rows of the sheets that only printed forms show: 月报补充, 资金台账, 专项债券, 问题台账."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from portfolio.model.facts import Level, parse_period
from portfolio.model.forms.entered import (
    Bond,
    Category,
    Effect,
    Entered,
    Purse,
    State,
    Thresholds,
    Trouble,
    Whose,
)
from portfolio.model.problems import Problem
from portfolio.model.schema.for_forms import (
    BONDS,
    FILED,
    FILINGS,
    OF_THE_MONTH,
    PURSES,
    TROUBLES,
)
from portfolio.read.workbook.facts import Known, exact_yi, told_of
from portfolio.read.workbook.funding import check_channel_name
from portfolio.read.workbook.sheets.rows import Findings, Row

#: Pairs of a sheet's columns of which the first may not be more than the second.
NOT_MORE_OF_BONDS = (
    ("allotted_wan", "amount_wan", "已拨付", "本期债券金额"),
    ("spent_wan", "allotted_wan", "已支出", "已拨付"),
    ("capital_wan", "amount_wan", "用作资本金", "本期债券金额"),
    ("amount_wan", "issue_wan", "本期债券金额", "发行额"),
)


@dataclass(frozen=True, kw_only=True)
class ForForms:
    """What is told for forms, and 去年同期 of each by the month it was told to.

    The as-of is known only when all is read: `as_of` takes what belongs to it.
    """

    entered: Entered
    last_year: Mapping[Whose, tuple[tuple[int, int], ...]]

    def as_of(self, asof_months: int) -> Entered:
        """What was told to an as-of: last year's figures of that month, purses up to it."""
        last_year = {
            whose: wan
            for whose, pairs in self.last_year.items()
            for until, wan in pairs
            if until == asof_months
        }
        purses = tuple(purse for purse in self.entered.purses if purse.until <= asof_months)
        return replace(self.entered, last_year_wan=last_year, purses=purses)


def read_for_forms(
    tables: Mapping[str, list[Row]], settings: Row | None, known: Known, findings: Findings
) -> ForForms:
    """What is told for forms; `settings` is the row of the sheet 设置."""
    words = _read_words(tables[OF_THE_MONTH.name], known, findings)
    purses = [_purse(row, known, findings) for row in tables[PURSES.name]]
    bonds = [_bond(row, known, findings) for row in tables[BONDS.name]]
    troubles = [_trouble(row, known, findings) for row in tables[TROUBLES.name]]
    entered = Entered(
        scopes=_last(words, "scope"),
        works=_last(words, "works"),
        purses=tuple(each for each in purses if each is not None),
        bonds=tuple(each for each in bonds if each is not None),
        troubles=tuple(each for each in troubles if each is not None),
        filings=_read_filings(tables[FILINGS.name], known, findings),
        thresholds=_thresholds(settings, findings),
    )
    told: dict[Whose, list[tuple[int, int]]] = defaultdict(list)
    for whose, until, row in words:
        if row.sound("last_year_wan"):
            told[whose].append((until, row.whole("last_year_wan")))
    last_year = {whose: tuple(pairs) for whose, pairs in told.items()}
    return ForForms(entered=entered, last_year=last_year)


def _thresholds(settings: Row | None, findings: Findings) -> Thresholds:
    """What the sheet 设置 says of lights and idle money; red does not come before yellow."""
    if settings is None:
        return Thresholds()
    keys = ("yellow_bps", "red_bps", "idle_months")
    told = {key: wan for key in keys if (wan := settings.whole_or_none(key)) is not None}
    found = replace(Thresholds(), **told)
    if found.red_bps < found.yellow_bps:
        key = "red_bps" if "red_bps" in told else "yellow_bps"
        findings.add(
            settings.place(key),
            f"红灯界限 {found.red_bps / 100:g} 小于黄灯界限 {found.yellow_bps / 100:g}",
            "红灯界限不得小于黄灯界限，请改正其中一个",
        )
    return found


def form_questions(entered: Entered, tables: Mapping[str, list[Row]]) -> tuple[Problem, ...]:
    """What may be right and should be looked at: a bond whose parts aren't its issue."""
    parts: dict[str, int] = defaultdict(int)
    for bond in entered.bonds:
        parts[bond.bond_code] += bond.amount_wan
    asked, said = [], set[str]()
    for row in tables[BONDS.name]:
        code = row.text_or_none("bond_code")
        if code is None or code in said or not row.sound("issue_wan"):
            continue
        said.add(code)
        issue = row.whole("issue_wan")
        if parts[code] != issue:
            found = (
                f"债券 {code} 各项目金额合计 {exact_yi(parts[code])} 亿元，"
                f"发行额 {exact_yi(issue)} 亿元"
            )
            asked.append(
                Problem(
                    place=row.place("issue_wan"),
                    found=found,
                    fix="一只债券给几个项目的，请逐个项目各列一行；已列全的请核对金额",
                )
            )
    return tuple(asked)


def _read_filings(
    rows: Sequence[Row], known: Known, findings: Findings
) -> dict[str, dict[Whose, str]]:
    """What is filed for approval, by column, then by item or project."""
    found: dict[str, dict[Whose, str]] = {key: {} for key in FILED}
    for row in rows:
        no, code = told_of(row, known, findings)
        if no is None:
            continue
        for key in FILED:
            if row.sound(key):
                found[key][code or no] = row.text(key)
    return found


Words = list[tuple[Whose, int, Row]]


def _read_words(rows: Sequence[Row], known: Known, findings: Findings) -> Words:
    """Whose each row is and until when, in time."""
    found: Words = []
    for row in rows:
        no, code = told_of(row, known, findings)
        until = _until(row, known)
        if no is not None and until is not None:
            found.append((code or no, until, row))
    return sorted(found, key=lambda each: each[1])


def _last(words: Words, key: str) -> dict[Whose, str]:
    return {whose: row.text(key) for whose, _, row in words if row.sound(key)}


def _until(row: Row, known: Known) -> int | None:
    if not row.sound("period"):
        return None
    period = parse_period(row.text("period"))
    assert period is not None  # the cell was read as one
    return period.end_month(known.calendar)


def _purse(row: Row, known: Known, findings: Findings) -> Purse | None:
    no, code = told_of(row, known, findings)
    channel = check_channel_name(row, known.channel_ids, findings)
    until = _until(row, known)
    budget = "adjusted_wan" if row.sound("adjusted_wan") else "initial_wan"
    _check_not_more(row, "issued_wan", budget, ("指标已下达", "预算"), findings)
    if no is None or until is None or channel is None:
        return None
    level = Level(row.text("level")) if row.sound("level") else None
    return row.made(
        Purse, item_no=no, project_code=code, channel_id=channel, level=level, until=until
    )


def _bond(row: Row, known: Known, findings: Findings) -> Bond | None:
    no, code = told_of(row, known, findings)
    for more, less, *titles in NOT_MORE_OF_BONDS:
        _check_not_more(row, more, less, (titles[0], titles[1]), findings)
    if no is None or not row.sound("bond_name", "bond_code", "amount_wan"):
        return None
    return row.made(Bond, item_no=no, project_code=code)


def _trouble(row: Row, known: Known, findings: Findings) -> Trouble | None:
    no, code = told_of(row, known, findings)
    if no is None or not row.sound("no", "category", "problem", "state"):
        return None
    effect = Effect(row.text("effect")) if row.sound("effect") else None
    return row.made(
        Trouble,
        item_no=no,
        project_code=code,
        category=Category(row.text("category")),
        state=State(row.text("state")),
        effect=effect,
    )


def _check_not_more(
    row: Row, more: str, less: str, titles: tuple[str, str], findings: Findings
) -> None:
    """Money that can't be more than other money of its row."""
    if not row.sound(more, less) or row.whole(more) <= row.whole(less):
        return
    findings.add(
        row.place(more),
        f"{titles[0]} {exact_yi(row.whole(more))} 亿元，多于{titles[1]} "
        f"{exact_yi(row.whole(less))} 亿元",
        f"请核对两个数（{row.place(less)}）和单位（亿元）",
    )
