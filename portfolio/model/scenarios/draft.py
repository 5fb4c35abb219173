"""The portfolio while a scenario is laid on it: cells that settings read and write.

A cell is one quantity that only one change of a file may touch: `("cost_bps", 22)`,
`("pooled_ask_wan", 2, "SPB")`. Its first part says which table it is of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from portfolio.model.calendar import Calendar
from portfolio.model.gates import Gate
from portfolio.model.items import Item
from portfolio.model.money import BPS, WAN_PER_YI, yi_text
from portfolio.model.portfolio import Conditions, Envelopes, Portfolio
from portfolio.model.problems import Collected, Problem
from portfolio.model.quarters import year_spans
from portfolio.model.reallocation.from_facts import planned_money
from portfolio.model.reallocation.plan import lay_out
from portfolio.model.reallocation.settings import RepairSettings
from portfolio.model.risk import ChannelCorrelation, RegisteredRisk, RiskSettings
from portfolio.model.scenarios.select import select_items
from portfolio.model.scenarios.verbs import Change, Selector
from portfolio.model.schema.funding import CHANNELS
from portfolio.model.schema.plan import ITEMS, TARGETS
from portfolio.model.schema.risk import CHANNEL_RISKS, REALISATIONS, RISK_CLASSES, STAGE_FACTORS

# --- Pairs of channels and named risks as cells of a draft, and a portfolio's made of the cells


Cell = tuple[Any, ...]


def pair_cell(channel_id: str, other_id: str) -> Cell:
    """The cell of a pair of channels, whichever is named first."""
    return ("channel_correlation", *sorted((channel_id, other_id)))


def pair_values(portfolio: Portfolio) -> dict[Cell, Any]:
    """What the cells of pairs of channels hold: 0.0 for those that are not listed."""
    values: dict[Cell, Any] = {
        pair_cell(one.id, other.id): 0.0
        for one in portfolio.channels
        for other in portfolio.channels
        if one.id < other.id
    }
    for pair in portfolio.risk.channel_correlations:
        values[pair_cell(pair.channel_id, pair.other_id)] = pair.correlation
    return values


def laid_risks(risk: RiskSettings, values: Mapping[Cell, Any], numbers: set[int]) -> RiskSettings:
    """Pairs of channels and named risks as the cells have them.

    `numbers` are the items kept; a named risk is left with those of its items, or out.
    """
    register = [
        replace(one, item_nos=tuple(no for no in one.item_nos if no in numbers))
        for one in (*risk.register, *added_risks(values))
    ]
    return replace(
        risk,
        channel_correlations=laid_pairs(risk, values),
        register=tuple(one for one in register if one.item_nos),
    )


def laid_pairs(risk: RiskSettings, values: Mapping[Cell, Any]) -> tuple[ChannelCorrelation, ...]:
    """Pairs of channels that are correlated: the listed ones in their order, then the new."""
    listed = {pair_cell(pair.channel_id, pair.other_id): pair for pair in risk.channel_correlations}
    new = {
        cell: ChannelCorrelation(
            channel_id=cell[1], other_id=cell[2], correlation=value, provenance="情景假设"
        )
        for cell, value in values.items()
        if cell[0] == "channel_correlation" and cell not in listed and value
    }
    return tuple(replace(pair, correlation=values[cell]) for cell, pair in (listed | new).items())


def added_risks(values: Mapping[Cell, Any]) -> list[RegisteredRisk]:
    """Risks that scenarios added, in the order in which they were first written."""
    return [value for cell, value in values.items() if cell[0] == "added_risk"]


# --- The portfolio while a scenario is laid on it: cells that settings read and write


Table = npt.NDArray[Any]
#: An amount this many times what was, or less than that part of it, is refused unless it is meant.
UNLIKELY = 100

ENVELOPES = (
    "pooled_ask_wan",
    "pooled_reserve_wan",
    "own_ask_wan",
    "own_reserve_wan",
    "pooled_floor_wan",
    "own_floor_wan",
)
BY_ITEM = ("cost_bps", "volume_bps", "duration_bps", "lag_bps", "start_delay_quarters")
BY_QUARTER_AND_ITEM = ("stopped", "pace_bps")
BY_YEAR_AND_CHANNEL = ("release_bps", "delay_quarters", "credit_bps", "cut_from", "cut_bps")
#: Planned money by plan year, channel and item: what 计划安排 writes.
PLAN = "plan_wan"
POLICIES = ("in_order", "substitution", "soft_gates_bind")
GATE_ATTRIBUTES = ("type", "fraction_bps", "holds_bps", "lag_quarters", "hard", "reason")
REPAIR_ATTRIBUTES = tuple(each.name for each in fields(RepairSettings))
GENERAL_CORRELATIONS = ("global_correlation", "group_correlation", "cost_time_correlation")
#: Sheets whose settable columns are cells: the first part of a cell, the rows' name in a
#: portfolio, the attribute that a row is known by.
OF_SHEETS = (
    ("item", "items", "no", ITEMS),
    ("channel", "channels", "id", CHANNELS),
    ("target", "targets", "year", TARGETS),
    ("risk_class", "risk_classes", "key", RISK_CLASSES),
    ("channel_risk", "channel_risks", "channel_id", CHANNEL_RISKS),
    ("realisation", "realisations", "stage", REALISATIONS),
    ("stage_factor", "stage_factors", "stage", STAGE_FACTORS),
)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """New values for cells, and how to tell them: one line of the log (or one a value).

    `summed`: amounts are told as their sum. `row_text`: values are told on one line, one after
    another. Else cells of one old and one new value are told together, naming their items.
    `{years}` in `quantity` becomes the years of the cells told (not where they are summed).
    `told` False marks cells that only guard against a second change. `fixed` gives the old and
    new text where values don't speak for themselves.
    """

    quantity: str
    writes: tuple[tuple[Cell, Any], ...]
    place: str
    text: Callable[[Any], str] = str
    summed: bool = False
    row_text: Callable[[list[Any]], str] | None = None
    told: bool = True
    fixed: tuple[str, str] | None = None
    note: str = ""


def is_unlikely(new: int, old: int) -> bool:
    """Whether an amount looks like another unit: 万 and 亿 mixed up. 0 takes all away, and may."""
    return bool(old and new) and (new * UNLIKELY < old or new > old * UNLIKELY)


@dataclass
class Draft:
    """A portfolio opened for settings; `portfolio` has the added items in it already.

    `new_gates` are those that any layer added, as it added them; `standing_gates` those known
    before the layer at hand: what 取消前置条件 speaks of, in whatever order a file is written.
    """

    portfolio: Portfolio
    tables: dict[str, Table]
    values: dict[Cell, Any]
    new_gates: dict[str, Gate] = field(default_factory=dict)
    standing_gates: tuple[Gate, ...] = ()
    problems: Collected = field(default_factory=Collected)

    @staticmethod
    def of(portfolio: Portfolio) -> Draft:
        """Open a portfolio: its arrays copied, so that it stays as it is."""
        names = (*BY_ITEM, *BY_QUARTER_AND_ITEM, *BY_YEAR_AND_CHANNEL)
        tables = {name: getattr(portfolio.conditions, name).copy() for name in names}
        tables |= {name: getattr(portfolio.envelopes, name).copy() for name in ENVELOPES}
        tables[PLAN] = planned_money(portfolio).copy()
        values: dict[Cell, Any] = {}
        for table, name, key, sheet in OF_SHEETS:
            for row in _rows(portfolio, name):
                for column in sheet.settable:
                    values[table, getattr(row, key), column.key] = getattr(row, column.key)
        for item in portfolio.items:
            values["cancelled", item.no] = False
        for name in POLICIES:
            values["policy", name] = getattr(portfolio.conditions, name)
        for name in REPAIR_ATTRIBUTES:
            values["repair", name] = getattr(portfolio.repair, name)
        for name in GENERAL_CORRELATIONS:
            values["correlation", name] = getattr(portfolio.risk, name)
        values |= pair_values(portfolio)
        draft = Draft(portfolio=portfolio, tables=tables, values=values)
        for gate in portfolio.gates:
            draft._hold(gate, kept=True)
        return draft

    def refuse(self, place: str, found: str, fix: str) -> None:
        """Note a problem and go on, so that all are told at once."""
        self.problems.append(Problem(place=place, found=found, fix=fix))

    def refuse_unlikely(self, place: str, quantity: str, new: int, old: int) -> None:
        """Refuse an amount that looks like another unit, and say how to insist on it."""
        how = f"不到原来的 1/{UNLIKELY}" if new < old else f"超过原来的 {UNLIKELY} 倍"
        self.refuse(
            place,
            f"{quantity} 由 {money_text(old)}改为 {money_text(new)}，{how}",
            "请核对单位（万、亿）；确要这样改的，在金额后加“!”，如 300万!",
        )

    def old(self, cell: Cell) -> Any:
        """What a cell holds now."""
        if cell[0] in self.tables:
            value = self.tables[cell[0]][self._index(cell)]
            return tuple(int(v) for v in value) if value.ndim else value.item()
        return self.values.get(cell)

    def write(self, cell: Cell, value: Any) -> None:
        """Give a cell its new value."""
        if cell[0] in self.tables:
            self.tables[cell[0]][self._index(cell)] = value
        else:
            self.values[cell] = value

    def _index(self, cell: Cell) -> tuple[int, ...]:
        position, channel_position = self.portfolio.position, self.portfolio.channel_position
        name = cell[0]
        if name in BY_ITEM:
            return (position[cell[1]],)
        if name in BY_QUARTER_AND_ITEM:
            return (cell[1], position[cell[2]])
        if name in BY_YEAR_AND_CHANNEL or name.startswith("pooled"):
            return (cell[1], channel_position[cell[2]])
        return (cell[1], channel_position[cell[2]], position[cell[3]])

    def known_gates(self) -> tuple[Gate, ...]:
        """Every gate a change may speak of, as first stated: the portfolio's, then the new ones."""
        return (*self.portfolio.gates, *self.new_gates.values())

    def open_layer(self) -> None:
        """Begin a layer: what earlier ones added stands from now on."""
        self.standing_gates = self.known_gates()

    def add_gate(self, gate: Gate) -> None:
        """Make a gate known; it is kept once a setting says so."""
        self.new_gates[gate.id] = gate
        self._hold(gate, kept=False)

    def _hold(self, gate: Gate, *, kept: bool) -> None:
        self.values["gate", gate.id, "kept"] = kept
        for name in GATE_ATTRIBUTES:
            self.values["gate", gate.id, name] = getattr(gate, name)

    def gates(self) -> tuple[Gate, ...]:
        """Gates kept, as they are now."""
        return tuple(
            replace(gate, **{name: self.values["gate", gate.id, name] for name in GATE_ATTRIBUTES})
            for gate in self.known_gates()
            if self.values["gate", gate.id, "kept"]
        )

    def to_portfolio(self) -> Portfolio:
        """Close the draft: cancelled items out, with all that is theirs.

        Where money was planned otherwise than in the workbook, that plan is laid down on it.
        """
        closed = self._closed()
        if (self.tables[PLAN] == planned_money(self.portfolio)).all():
            return closed
        kept = [not self.values["cancelled", item.no] for item in self.portfolio.items]
        plan = np.ascontiguousarray(self.tables[PLAN][:, :, kept])
        return lay_out(closed, plan, asof_quarter=-1)

    def _closed(self) -> Portfolio:
        """The portfolio with all that was written but planned money."""
        base = self.portfolio
        kept = [not self.values["cancelled", item.no] for item in base.items]
        numbers = {item.no for item, stays in zip(base.items, kept, strict=True) if stays}
        by_item = {
            name: table[..., kept]
            for name, table in self.tables.items()
            if name in BY_ITEM or name in BY_QUARTER_AND_ITEM or name.startswith("own")
        }
        tables = self.tables | by_item
        elsewhere = (*ENVELOPES, PLAN)
        laid: dict[str, Any] = {name: t for name, t in tables.items() if name not in elsewhere}
        laid |= {name: self.values["policy", name] for name in POLICIES}
        rows: dict[str, Any] = {
            name: tuple(
                replace(
                    row,
                    **{c.key: self.values[table, getattr(row, key), c.key] for c in sheet.settable},
                )
                for row in _rows(base, name)
            )
            for table, name, key, sheet in OF_SHEETS
        }
        general = {name: self.values["correlation", name] for name in GENERAL_CORRELATIONS}
        risk = laid_risks(base.risk, self.values, numbers)
        rows["items"] = tuple(item for item in rows["items"] if item.no in numbers)
        stage_factors = rows.pop("stage_factors")
        return replace(
            base,
            **rows,
            gates=tuple(
                gate for gate in self.gates() if gate.pred_no in numbers and gate.succ_no in numbers
            ),
            shares=tuple(share for share in base.shares if share.item_no in numbers),
            plan_wan=np.ascontiguousarray(base.plan_wan[:, :, kept]),
            envelopes=Envelopes(**{name: tables[name] for name in ENVELOPES}),
            conditions=Conditions(**laid),
            repair=RepairSettings(**{n: self.values["repair", n] for n in REPAIR_ATTRIBUTES}),
            risk=replace(risk, **general, stage_factors=stage_factors),
        )


def _rows(portfolio: Portfolio, name: str) -> tuple[Any, ...]:
    """The rows of a sheet as a portfolio holds them."""
    rows: tuple[Any, ...] = getattr(portfolio if name != "stage_factors" else portfolio.risk, name)
    return rows


def item_of(cell: Cell) -> int | None:
    """The number of the item a cell belongs to, None for the others (a cancellation too)."""
    name = cell[0]
    if name in BY_ITEM or name == "item":
        return int(cell[1])
    if name in BY_QUARTER_AND_ITEM:
        return int(cell[2])
    return int(cell[3]) if name.startswith("own_") else None


def year_of_cell(cell: Cell, calendar: Calendar) -> int | None:
    """The calendar year of a cell, None where it has none."""
    if cell[0] in BY_YEAR_AND_CHANNEL or cell[0] == PLAN:
        return calendar.first_year + int(cell[1])
    return int(cell[1]) if cell[0] == "target" else None


def last_quarter(cell: Cell) -> int | None:
    """The last quarter in which a cell says something of the play, None where it is of all time."""
    name = cell[0]
    if name in BY_QUARTER_AND_ITEM:
        return int(cell[1])
    of_a_year = name in BY_YEAR_AND_CHANNEL or name in ENVELOPES or name == PLAN
    return 4 * int(cell[1]) + 3 if of_a_year else None


def years_text(years: list[int]) -> str:
    """Years as spans: `2022–2025、2027年`."""
    return year_spans(years) + "年"


def items_text(items: tuple[Item, ...], everyone: int) -> str:
    """Items as users speak of them, at most three by name."""
    if len(items) == everyone > 3:
        return f"全部 {everyone} 项"
    shown = "、".join(item.label for item in items[:3])
    return shown if len(items) <= 3 else f"{shown} 等 {len(items)} 项"


def money_text(wan: int | None, digits: int = 1) -> str:
    """Amount in 亿元 to one decimal (none for whole 亿元, more for small change); 无 for none."""
    if wan is None:
        return "无"
    if wan % WAN_PER_YI == 0:
        digits = 0
    elif abs(wan) < 1000:
        digits = 4
    return f"{yi_text(wan, digits)} 亿元"


def percent_text(bps: int | None) -> str:
    """Basis points as a percentage without needless digits; 无 for none."""
    if bps is None:
        return "无"
    return f"{bps / 100:.2f}".rstrip("0").rstrip(".") + "%"


def factor_text(bps: int | None) -> str:
    """Basis points as a plain factor, as 入列系数 is spoken of."""
    if bps is None:
        return "无"
    return f"{bps / BPS:.4f}".rstrip("0").rstrip(".")


def quarters_text(count: int) -> str:
    """A number of quarters."""
    return f"{count} 个季度"


def number_text(value: float | None) -> str:
    """A plain number without needless digits; 无 for none."""
    return "无" if value is None else f"{value:.6g}"


def ratio_text(value: float | None) -> str:
    """A part of one as a percentage without needless digits; 无 for none."""
    return "无" if value is None else f"{100 * value:.6g}%"


def selected(change: Change, selector: Selector | None, draft: Draft) -> tuple[Item, ...]:
    """Items selected; () after a problem."""
    portfolio = draft.portfolio
    assert selector is not None
    with draft.problems.part():
        return select_items(selector, portfolio.items, portfolio.risk_classes, change.place)
    return ()
