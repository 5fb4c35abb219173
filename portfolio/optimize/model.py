"""A repair as a linear model under construction: its variables, and the rows of each rule.

Money is in 亿元 inside the model (numbers near 1 keep the solver exact); a row's name starts with
its rule's code, and `places` says what it is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from portfolio.model.arrays import Floats, Ints
from portfolio.model.money import BPS, WAN_PER_YI
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import RepairLimits
from portfolio.optimize.solver import (
    Constraint,
    Model,
    Term,
    Variable,
    added,
    total,
    variable,
)

Cell = tuple[int, int, int]  # year, channel, item
#: What rows of aims begin with: of a year, all items together, and of a goal that is held.
AIM_SHORTFALL, AIM_CEILING, HELD = "aim_shortfall_", "aim_ceiling_", "held_"


@dataclass(frozen=True, kw_only=True)
class Place:
    """What a row is about: a rule and where it holds; positions, None where it has none."""

    rule: str
    year: int | None = None
    channel: int | None = None
    item: int | None = None
    gate: int | None = None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One way to move an item in time.

    taken : binary
    years : whole years by which it starts later
    slower : the rest of its money takes this many quarters of its time (4: as long as before)
    limits : the rules' numbers if it is taken (those of the item's own columns)
    """

    taken: Variable
    years: int
    slower: int
    limits: RepairLimits


@dataclass
class Draft:
    """The model while rules are laid on it.

    planned : cell → planned money, a variable or a constant (past and fixed money)
    worked : (year, item) → variable, money worked with in the year
    reached : (year, item) → variable, the same cumulated since the first year
    capital : (year, item) → expression, capital cumulated
    gate_open : (gate, year) → binary, or 0 / 1 where it is settled
    choices : item → ways to move it in time, of which at most one is taken
    """

    case: RepairCase
    limits: RepairLimits
    model: Model
    planned: dict[Cell, Term] = field(default_factory=dict)
    worked: dict[tuple[int, int], Term] = field(default_factory=dict)
    reached: dict[tuple[int, int], Term] = field(default_factory=dict)
    capital: dict[tuple[int, int], Term] = field(default_factory=dict)
    gate_open: dict[tuple[int, int], Term] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    choices: dict[int, tuple[Choice, ...]] = field(default_factory=dict)
    changes: dict[Cell, tuple[Variable, ...]] = field(default_factory=dict)

    def row(self, constraint: Constraint, place: Place, *, way: int = 0) -> None:
        """Add a row, named after its place; rows that hold no variable are left out.

        `way` tells rows of one place apart.
        """
        if not constraint:
            return
        parts: list[str] = [place.rule]
        if place.gate is not None:
            parts.append(f"g{place.gate}")
        if place.item is not None:
            parts.append(f"i{self.case.portfolio.items[place.item].no}")
        if place.channel is not None:
            parts.append(self.case.portfolio.channels[place.channel].id)
        if place.year is not None:
            parts.append(str(self.case.calendar.first_year + place.year))
        name = "_".join(parts if not way else [*parts, f"w{way}"])
        self.model.addConstraint(constraint, name)
        self.places[name] = place

    def links_items(self, name: str) -> bool:
        """Whether a row joins items that no gate joins; without such rows the model falls apart.

        Those of rules name no item in their place; without a place are the rows of aims and of
        goals held, and rows that tie the variables of one item or of one gate.
        """
        place = self.places.get(name)
        if place is not None:
            return place.item is None
        return name.startswith((AIM_SHORTFALL, AIM_CEILING, HELD))

    def moved(self, item: int, number: Callable[[RepairLimits], int | np.int64]) -> Term:
        """A number of an item's rules in 亿元; it changes with the way the item is moved."""
        stays = int(number(self.limits))
        parts = [
            choice.taken * yi(int(number(choice.limits)) - stays)
            for choice in self.choices.get(item, ())
            if int(number(choice.limits)) != stays
        ]
        return total([yi(stays), *parts]) if parts else yi(stays)

    def money(self, cell: Cell) -> Term:
        """Planned money of a cell, 0 where none can be."""
        return self.planned.get(cell, 0.0)

    def change(self, cell: Cell) -> tuple[Variable, ...]:
        """What is put on a decided cell's baseline, and where there is one what is taken off it."""
        if cell not in self.changes:
            term, before = self.money(cell), yi(self.limits.baseline_wan[cell])
            name = cell_name(term)
            parts = (
                variable(self.model, f"U_{name}"),
                *((variable(self.model, f"V_{name}", 0, before),) if before else ()),
            )
            apart = total(sign * part for sign, part in zip((1, -1), parts, strict=False))
            self.model.addConstraint(term - apart == before, f"moved_{name}")
            self.changes[cell] = parts
        return self.changes[cell]

    def drawn(self, cell: Cell) -> Term:
        """Money of a cell worked with in the year: what is released in it, and last year's rest."""
        year, channel, item = cell
        part = int(self.limits.released_bps[year, channel])
        late = BPS - int(self.limits.released_bps[year - 1, channel]) if year else 0
        now = self.money(cell)
        if part != BPS and year >= self.limits.first_year:
            before = yi(self.limits.before_wan[cell])
            now = self.asked(cell) * (part / BPS) + before if before else now * (part / BPS)
        if late and year - 1 >= self.limits.first_year:
            now = now + self.asked((year - 1, channel, item)) * (late / BPS)
        return now

    def asked(self, cell: Cell) -> Term:
        """Planned money of a cell beyond what facts have drawn of it."""
        before = yi(self.limits.before_wan[cell])
        return self.money(cell) - before if before else self.money(cell)


def cell_name(term: Term) -> str:
    """What the names of a cell's variables and rows have in common."""
    return str(term.name[2:])


def yi(wan: int | np.int64) -> float:
    """万元 as 亿元."""
    return int(wan) / WAN_PER_YI


def item_years(limits: RepairLimits) -> list[tuple[int, int]]:
    """(year, item) pairs that can still be adjusted, item by item."""
    return [
        (year, item)
        for item in range(len(limits.budget_wan))
        for year in range(limits.first_year, PLAN_YEARS)
    ]


def open_draft(
    model: Model, case: RepairCase, limits: RepairLimits, choices: dict[int, tuple[Choice, ...]]
) -> Draft:
    """The variables of a repair and what ties them together; no rule yet."""
    draft = Draft(case=case, limits=limits, model=model, choices=choices)
    _plan_variables(draft)
    _sums(draft)
    return draft


def _plan_variables(draft: Draft) -> None:
    limits, portfolio = draft.limits, draft.case.portfolio
    first = limits.first_year
    running = draft.case.year_is_running
    for y, c, i in np.argwhere(limits.past_wan[:first] > 0).tolist():
        draft.planned[y, c, i] = yi(limits.past_wan[y, c, i])
    for channel, what in enumerate(portfolio.channels):
        for item, who in enumerate(portfolio.items):
            for year in range(first, PLAN_YEARS):
                cell = (year, channel, item)
                low = yi(limits.past_wan[cell]) if running and year == first else 0.0
                term = _cell_term(
                    draft, cell, low, f"P_{who.no}_{what.id}_{portfolio.calendar.first_year + year}"
                )
                if term is not None:
                    draft.planned[cell] = term


def _cell_term(draft: Draft, cell: Cell, low: float, name: str) -> Term | None:
    """A variable where money can be decided, a constant where it is given, None where none comes."""
    limits = draft.limits
    _, channel, item = cell
    if limits.pooled[channel]:
        return variable(draft.model, name, low) if limits.open[cell] else None
    if limits.owned[channel]:
        if limits.own_fixed[channel, item]:
            comes = draft.moved(item, lambda moved: moved.reference_wan[cell])
            return None if _nothing(comes) else comes
        left = limits.reference_wan[:, channel, item].sum()
        return variable(draft.model, name, low) if left else None
    planned = limits.baseline_wan[:, channel, item].sum()
    return variable(draft.model, name, low) if planned else None


def _sums(draft: Draft) -> None:
    """Money worked with by item and year, and cumulated, as variables: rules then stay short."""
    limits, portfolio = draft.limits, draft.case.portfolio
    channels = range(len(portfolio.channels))
    for item, who in enumerate(portfolio.items):
        before = 0.0
        capital: Term = 0.0
        for year in range(PLAN_YEARS):
            drawn = [draft.drawn((year, channel, item)) for channel in channels]
            weighted = [
                term * (int(limits.capital_bps[channel]) / BPS)
                for channel, term in enumerate(drawn)
                if limits.capital_bps[channel] and not _nothing(term)
            ]
            tail = f"{who.no}_{portfolio.calendar.first_year + year}"
            if year < limits.first_year:
                worked = added(drawn)
                before += worked
                capital = float(capital) + added(weighted)
                draft.worked[year, item], draft.reached[year, item] = worked, before
                draft.capital[year, item] = capital
                continue
            now = variable(draft.model, f"T_{tail}")
            upto = variable(draft.model, f"C_{tail}")
            draft.model.addConstraint(total([*drawn, -1 * now]) == 0, f"sum_{tail}")
            earlier = draft.reached[year - 1, item] if year else 0.0
            draft.model.addConstraint(upto - now - earlier == 0, f"upto_{tail}")
            draft.worked[year, item], draft.reached[year, item] = now, upto
            if any(not isinstance(term, float) for term in weighted):
                held = variable(draft.model, f"K_{tail}")
                draft.model.addConstraint(
                    total([*weighted, capital, -1 * held]) == 0, f"capital_{tail}"
                )
                capital = held
            else:
                capital = capital + added(weighted)
            draft.capital[year, item] = capital


def _nothing(term: Term) -> bool:
    return isinstance(term, float) and term == 0.0


# --- What loans an item's capital carries, as numbers: one statement for the model and the rounding


@dataclass(frozen=True, kw_only=True)
class Carried:
    """Loans so far ≤ kept × loans the year before + fixed + per_capital × capital so far.

    All are [15 years, channel, item]; `fixed_wan` in 万元.
    """

    kept: Floats
    fixed_wan: Floats
    per_capital: Floats


def carried(limits: RepairLimits) -> Carried:
    """Loans in step with the planned capital, and never fewer than the shock leaves with its own.

    A part of what rationed credit is asked for is granted, but what comes under the shock in such
    a year stays lawful with the capital that comes then.
    """
    loans = np.cumsum(limits.loan_plan_wan - limits.before_wan, axis=0)
    comes = np.cumsum(limits.reference_wan - limits.before_wan, axis=0)
    planned, expected = (_capital(money, limits.capital_bps) for money in (loans, comes))
    fixed = np.where(planned > 0, 0, loans)
    fixed = np.where(expected > 0, fixed, np.maximum(fixed, comes))
    slope = np.maximum(
        np.where(planned > 0, loans / np.maximum(planned, 1e-4), 0.0),
        np.where(expected > 0, np.maximum(comes - fixed, 0) / np.maximum(expected, 1e-4), 0.0),
    )
    part = limits.credit_bps[:, :, None] / BPS
    before = np.concatenate([np.zeros_like(comes[:1]), comes[:-1]])
    asked = fixed + slope * expected - before
    lacking = np.where(part < 1, np.maximum(comes - before - part * asked, 0), 0.0)
    with_capital = np.where(expected > 0, lacking / np.maximum(expected, 1e-4), 0.0)
    kept, per_capital = 1 - part, part * slope + with_capital
    return Carried(
        kept=np.broadcast_to(kept, slope.shape),
        fixed_wan=part * fixed
        + np.where(expected > 0, 0.0, lacking)
        + _from_before(limits, kept, per_capital),
        per_capital=per_capital,
    )


def _from_before(limits: RepairLimits, kept: Floats, per_capital: Floats) -> Floats:
    """What turns loans and capital counted from the as-of on into those since the first year.

    Loans of the year before count as none in the begun year: they lie before the as-of.
    """
    upto = np.cumsum(limits.before_wan, axis=0)
    earlier = np.concatenate([np.zeros_like(upto[:1]), upto[:-1]])
    return np.asarray(upto - kept * earlier - per_capital * _capital(upto, limits.capital_bps))


def _capital(cumulated_wan: Ints, capital_bps: Ints) -> Floats:
    """Capital in 万元 by year and item, laid beside every channel: [15, 1, item]."""
    weighted = (cumulated_wan * capital_bps[:, None]).sum(axis=1, keepdims=True)
    return np.asarray(weighted / BPS)
