"""What a unit is asked of 资金台账, 专项债券 and 月报补充: what was told last, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from portfolio.model.facts import MONTHS, Level
from portfolio.model.forms.entered import Bond, Entered, Purse, Whose
from portfolio.model.forms.ledger import ledgers
from portfolio.model.month.addable import addable
from portfolio.model.month.owed import FurtherLine, Line, Owed
from portfolio.model.portfolio import Portfolio
from portfolio.model.schema.layout import CellValue
from portfolio.model.schema.returns import (
    OF_BONDS,
    OF_PURSES,
    OF_WORDS,
    REASON,
    Further,
    before,
)

#: Of 资金台账 these are of the year; the rest is counted since a project began.
OF_THE_YEAR = ("issued_wan", "carried_wan")


@dataclass(frozen=True, kw_only=True)
class ToldFurther:
    """A row of a further sheet as it came back; None: not filled.

    places : the cell of each value, by column key
    """

    asked: FurtherLine
    values: Mapping[str, CellValue]
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """What the unit says of it."""
        return str(self.values.get(REASON) or "")

    def now(self, key: str) -> CellValue:
        """A figure as it stands after this month: as told, else as it was."""
        told = self.values.get(key)
        if told is None and key in self.asked.kind.told:
            return self.asked.shown.get(before(key))
        return self.asked.shown.get(key) if told is None else told

    @property
    def is_told(self) -> bool:
        """Whether anything was filled in."""
        return any(self.values.get(key) is not None for key in self.asked.kind.told)


@dataclass(frozen=True, kw_only=True)
class FurtherRow:
    """What a unit told, as it goes into the workbook's sheet: cells by column key.

    kept : cells of a new row that are as in the row before; changed : those that were told
    added : the unit added it
    """

    kind: Further
    key: tuple[CellValue, ...]
    kept: Mapping[str, CellValue]
    changed: Mapping[str, CellValue]
    unit: str
    file: str
    subject: str
    added: bool
    places: Mapping[str, str]

    @property
    def place(self) -> str:
        """The first cell it came from."""
        told = (*self.changed, *self.kept)
        return next((self.places[key] for key in told if key in self.places), "")


def with_further(owed: Sequence[Owed], portfolio: Portfolio, entered: Entered) -> tuple[Owed, ...]:
    """What each unit owes, with the rows of further sheets that are of its projects."""
    by_unit: dict[str, list[FurtherLine]] = {one.unit: [] for one in owed}
    lines = [line for one in owed for line in one.lines]
    unit_of: dict[Whose, str] = {}
    for line in lines:
        unit_of[line.project_code or line.item_no] = line.unit
        unit_of.setdefault(line.item_no, line.unit)
    names = _names(portfolio)
    month = owed[0].month if owed else 0
    for asked in (
        *_purses(entered.purses, portfolio, month, names),
        *_bonds(entered.bonds, portfolio, month, names),
        *_words(lines, portfolio, entered, month),
    ):
        unit = unit_of.get(asked.whose) or unit_of.get(int(asked.shown["item_no"] or 0))
        if unit is not None:
            by_unit[unit].append(asked)
    may_add = addable(portfolio, entered)
    return tuple(one.with_further(by_unit[one.unit], may_add) for one in owed)


def _names(portfolio: Portfolio) -> dict[Whose, str]:
    names: dict[Whose, str] = {item.no: item.name for item in portfolio.items}
    return names | {project.code: project.name for project in portfolio.projects}


def _purses(
    purses: Iterable[Purse], portfolio: Portfolio, month: int, names: Mapping[Whose, str]
) -> Iterator[FurtherLine]:
    """The last row of each purse told before the month; figures of another year are left out."""
    channels = {channel.id: channel.name for channel in portfolio.channels}
    last: dict[tuple[Whose, str, Level | None], Purse] = {}
    for purse in sorted(purses, key=lambda each: each.until):
        if purse.until <= month:
            last[purse.project_code or purse.item_no, purse.channel_id, purse.level] = purse
    for (whose, _, level), purse in last.items():
        same_year = (purse.until - 1) // MONTHS == month // MONTHS
        budget = purse.initial_wan if purse.adjusted_wan is None else purse.adjusted_wan
        channel = channels[purse.channel_id]
        shown: dict[str, CellValue] = {
            "item_no": purse.item_no, "project_code": purse.project_code, "name": names[whose],
            "channel": channel, "level": level, "budget_wan": budget if same_year else None,
        }  # fmt: skip
        for key in OF_PURSES.told:
            is_there = same_year or key not in OF_THE_YEAR
            shown[before(key)] = getattr(purse, key) if is_there else None
        kept = {
            key: getattr(purse, key) if same_year else None
            for key in ("initial_wan", "adjusted_wan")
        }
        label = f"{whose} {names[whose]} {channel}"
        yield FurtherLine(kind=OF_PURSES, label=label, shown=shown, kept=kept)


def _bonds(
    bonds: Iterable[Bond], portfolio: Portfolio, month: int, names: Mapping[Whose, str]
) -> Iterator[FurtherLine]:
    """Each bond of a project, as it stands; of a month told before nobody knows how it stood."""
    known = portfolio.facts is None or month >= portfolio.facts.asof_months
    for bond in bonds:
        whose = bond.project_code or bond.item_no
        shown: dict[str, CellValue] = {
            column.key: names[whose] if column.key == "name" else getattr(bond, column.key)
            for column in OF_BONDS.locked
            if not column.key.startswith(before(""))
        }
        shown |= {before(key): getattr(bond, key) for key in OF_BONDS.told}
        label = f"{bond.bond_code} {names[whose]}"
        yield FurtherLine(kind=OF_BONDS, label=label, shown=shown, known=known)


def _words(
    lines: Iterable[Line], portfolio: Portfolio, entered: Entered, month: int
) -> Iterator[FurtherLine]:
    """What the monthly report says besides figures, of lines under way.

    去年同期 is not asked where the year before was told by month.
    """
    facts = portfolio.facts
    assert facts is not None
    known, told = month >= facts.asof_months, ledgers(facts)
    first = month // MONTHS * MONTHS - MONTHS
    for line in lines:
        if not line.must:
            continue
        whose: Whose = line.project_code or line.item_no
        ledger, last = told[whose], entered.last_year_wan.get(whose)
        computed = ledger.within(first, month + 1 - MONTHS)
        if month % MONTHS == 0:
            was = None  # of the year before that
        else:
            was = last if computed is None else ledger.within(first, month - MONTHS)
        shown: dict[str, CellValue] = {
            "item_no": line.item_no, "project_code": line.project_code, "name": line.name,
            before("scope"): entered.scopes.get(whose),
            before("works"): entered.works.get(whose),
            before("last_year_wan"): was,
        }  # fmt: skip
        given: dict[str, CellValue] = {} if computed is None else {"last_year_wan": computed}
        yield FurtherLine(
            kind=OF_WORDS, label=line.label, shown=shown, known=known, given=given,
            last={"last_year_wan": last},
        )  # fmt: skip


def further_rows(told: Iterable[ToldFurther], unit: str, file: str) -> tuple[FurtherRow, ...]:
    """What goes into the workbook's sheets: nothing where nothing is new."""
    rows = []
    for back in told:
        asked, kind = back.asked, back.asked.kind
        changed = {
            key: value for key in kind.told
            if (value := back.values.get(key)) is not None and key not in asked.given
        }  # fmt: skip
        same = {key for key in changed if changed[key] == asked.shown.get(before(key))}
        kept: dict[str, CellValue] = dict(asked.kept) if asked.added else {}
        told_anew = any(value is not None for value in kept.values())
        if not told_anew and (not changed or (kind is not OF_PURSES and same == set(changed))):
            continue  # nothing new: what was told last goes on
        if kind is OF_PURSES:
            kept = {**asked.kept, **{key: asked.shown.get(before(key)) for key in kind.told}}
        subject = f"新增：{asked.label}" if asked.added else asked.label
        rows.append(
            FurtherRow(
                kind=kind, key=asked.key, kept=kept, changed=changed, unit=unit, file=file,
                subject=subject, added=asked.added, places=back.places,
            )
        )  # fmt: skip
    return tuple(rows)
