"""表2B 专项债券项目支出进度表: by bond and project, and by project what it earns and owes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from portfolio.model.facts import date_month
from portfolio.model.forms.entered import IDLE_MONTHS, Bond
from portfolio.model.forms.ledger import ledgers
from portfolio.model.forms.lines import Line, Rank, above, summed
from portfolio.model.forms.source import Source

NO_SUPERVISOR = "未填主管部门"


@dataclass(frozen=True, kw_only=True)
class BondMoney:
    """Money of form 2B, every figure None where it isn't told; the last four to date."""

    amount_wan: int | None = None
    capital_wan: int | None = None
    allotted_wan: int | None = None
    spent_wan: int | None = None
    built_wan: int | None = None
    built_bond_wan: int | None = None
    income_due_wan: int | None = None
    income_wan: int | None = None
    service_due_wan: int | None = None
    service_paid_wan: int | None = None

    @property
    def spent_part(self) -> Fraction | None:
        """支出率: spent of the bond's money, not of what was allotted."""
        if self.spent_wan is None or not self.amount_wan:
            return None
        return Fraction(self.spent_wan, self.amount_wan)

    @property
    def unspent_wan(self) -> int | None:
        """What of the bond's money is still to be spent."""
        if self.amount_wan is None or self.spent_wan is None:
            return None
        return self.amount_wan - self.spent_wan

    @property
    def cover(self) -> Fraction | None:
        """Income of the project ÷ what it owes."""
        if self.income_wan is None or not self.service_due_wan:
            return None
        return Fraction(self.income_wan, self.service_due_wan)


@dataclass(frozen=True, kw_only=True)
class BondRow:
    """A row of form 2B: a bond's part for a project, or a sum.

    total_wan, planned_wan : of the project, not of the bond: never summed
    months : since its money came; idle_months : after so many it is idle; count : of projects
    """

    name: str
    money: BondMoney
    bond: Bond | None = None
    no: str | None = None
    bond_code: str | None = None
    code: str | None = None
    supervisor: str | None = None
    total_wan: int | None = None
    planned_wan: int | None = None
    issue_wan: int | None = None
    months: int | None = None
    idle_months: int = IDLE_MONTHS
    count: int = 1
    is_sum: bool = False

    @property
    def idle(self) -> bool:
        """Whether money has lain for too long."""
        long = self.months is not None and self.months >= self.idle_months
        return long and (self.money.unspent_wan or 0) > 0


@dataclass(frozen=True, kw_only=True)
class BondReport:
    """Form 2B: by bond and project; by project; by 主管部门."""

    bonds: tuple[Line[BondRow], ...]
    projects: tuple[Line[BondRow], ...]
    supervisors: tuple[Line[BondRow], ...]

    @property
    def idle(self) -> int:
        """Rows with idle money."""
        return sum(line.row.idle for line in self.bonds if not line.parts)

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Codes of bonds whose parts aren't their issue."""
        return tuple(
            line.row.bond_code or ""
            for line in self.bonds
            if line.rank is Rank.GROUP
            and line.row.issue_wan is not None
            and line.row.issue_wan != line.row.money.amount_wan
        )


def bond_report(source: Source) -> BondReport:
    """Form 2B of the sheet 专项债券."""
    rows = _rows(source)
    return BondReport(
        bonds=tuple(_by_bond(rows)),
        projects=tuple(_by_project(rows)),
        supervisors=tuple(_by_supervisor(rows)),
    )


def _rows(source: Source) -> list[BondRow]:
    portfolio = source.portfolio
    projects = {project.code: project for project in portfolio.projects}
    told = ledgers(source.facts)
    found = []
    for bond in source.entered.bonds:
        if bond.item_no not in portfolio.position:
            continue
        item = portfolio.item(bond.item_no)
        project = projects.get(bond.project_code or "")
        whose = item.no if project is None else project.code
        adjusted = told[whose].latest("approved_wan")
        total = item.total_wan if project is None else project.total_wan
        owner = (None if project is None else project.owner) or item.owner
        found.append(
            BondRow(
                name=item.name if project is None else project.name,
                money=_money(bond),
                bond=bond,
                bond_code=bond.bond_code,
                code=item.code if project is None else project.code,
                supervisor=bond.supervisor or owner,
                total_wan=total if adjusted is None else int(adjusted),
                planned_wan=bond.planned_wan,
                months=_months(source, bond),
                idle_months=source.entered.thresholds.idle_months,
            )
        )
    return found


def _money(bond: Bond) -> BondMoney:
    return BondMoney(**{name: getattr(bond, name) for name in BondMoney.__dataclass_fields__})


def _months(source: Source, bond: Bond) -> int | None:
    """Whole months from the arrival to the as-of month's end."""
    if bond.arrived_on is None:
        return None
    month = date_month(bond.arrived_on, source.portfolio.calendar)
    first_day = len(bond.arrived_on) > 7 and bond.arrived_on[8:] == "01"
    return max(0, source.facts.asof_months - month - (0 if first_day else 1))


# --- Sums


def _sum(name: str, rows: Sequence[BondRow], **more: str | int | None) -> BondRow:
    money = summed([row.money for row in rows], BondMoney)
    count = len({(row.name, row.code) for row in rows})
    return BondRow(name=name, money=money, count=count, is_sum=True, **more)  # type: ignore[arg-type]


def _by_bond(rows: Sequence[BondRow]) -> Iterator[Line[BondRow]]:
    """合计, each bond, its projects."""
    groups: dict[str, list[BondRow]] = {}
    for row in rows:
        groups.setdefault(row.bond_code or "", []).append(row)
    lines: list[Line[BondRow]] = []
    for k, (code, members) in enumerate(groups.items(), start=1):
        issue = next((r.bond.issue_wan for r in members if r.bond and r.bond.issue_wan), None)
        first = members[0].bond
        assert first is not None
        whole = BondRow(
            name="小计", money=summed([row.money for row in members], BondMoney), bond=first,
            bond_code=code, no=str(k), issue_wan=issue, count=len(members), is_sum=True,
        )  # fmt: skip
        lines += above(
            Rank.GROUP,
            whole,
            [
                Line(rank=Rank.PART, row=replace(row, no=f"{k}.{n}"))
                for n, row in enumerate(members, start=1)
            ],
        )
    yield from above(Rank.TOTAL, _sum("合计", rows), lines)


def _by_project(rows: Sequence[BondRow]) -> Iterator[Line[BondRow]]:
    """合计, each project over all its bonds: what it earns, what it owes."""
    groups: dict[tuple[str, str | None], list[BondRow]] = {}
    for row in rows:
        groups.setdefault((row.name, row.code), []).append(row)
    lines = [
        Line(
            rank=Rank.PART,
            row=_sum(
                name, members, no=str(k), code=code, supervisor=members[0].supervisor,
                total_wan=members[0].total_wan,
                planned_wan=next((r.planned_wan for r in members if r.planned_wan), None),
                months=max((r.months for r in members if r.months is not None), default=None),
            ),
        )
        for k, ((name, code), members) in enumerate(groups.items(), start=1)
    ]  # fmt: skip
    yield from above(Rank.TOTAL, _sum("合计", rows), lines)


def _by_supervisor(rows: Sequence[BondRow]) -> Iterator[Line[BondRow]]:
    groups: dict[str, list[BondRow]] = {}
    for row in rows:
        groups.setdefault(row.supervisor or NO_SUPERVISOR, []).append(row)
    lines = [
        Line(rank=Rank.PART, row=_sum(name, members, no=str(k)))
        for k, (name, members) in enumerate(groups.items(), start=1)
    ]
    yield from above(Rank.TOTAL, _sum("合计", rows), lines)
