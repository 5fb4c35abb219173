"""What a workbook tells for forms alone; the play knows nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portfolio.model.facts import Level

#: Points behind 序时 from which a light is yellow and red, and months after which a bond's money is
#: idle, where a workbook says nothing else: assumptions.
YELLOW_BPS, RED_BPS, IDLE_MONTHS = 500, 1000, 12
#: An overrun of more than one part in so many of what is approved is a procedure of its own (调概).
OVERRUN_PARTS = 10
#: An item by its number, or a project by its code.
Whose = int | str


def is_large_overrun(over_wan: int, approved_wan: int) -> bool:
    """Whether so much above what is approved asks for a procedure of its own."""
    return over_wan * OVERRUN_PARTS > approved_wan


class Category(StrEnum):
    """What a problem is about."""

    LAND = "用地"
    CLEARING = "征拆"
    PLANNING = "规划"
    ENVIRONMENT = "环评"
    MONEY = "资金"
    DESIGN = "设计"
    WORKS = "施工"
    PIPES = "管线迁改"
    APPROVAL = "审批"
    OTHER = "其他"


class Effect(StrEnum):
    """What a problem does to the works."""

    STOPPED = "停工"
    UNPAID = "资金断供"
    SLOW = "进度滞后"


class State(StrEnum):
    """How far a problem is dealt with."""

    OPEN = "未办"
    BEING_DONE = "在办"
    CLOSED = "已销"
    MOVED = "延期"


@dataclass(frozen=True, kw_only=True)
class Purse:
    """A row of 资金台账: an item or project, a channel and whose money it is, to a month's end.

    until : months from January of the first year to the end of its period
    payable_wan, settled_wan : since it began; the rest of the year
    """

    item_no: int
    project_code: str | None
    channel_id: str
    level: Level | None
    until: int
    initial_wan: int | None = None
    adjusted_wan: int | None = None
    issued_wan: int | None = None
    carried_wan: int | None = None
    payable_wan: int | None = None
    settled_wan: int | None = None
    retained_wan: int | None = None
    idle_wan: int | None = None


@dataclass(frozen=True, kw_only=True)
class Bond:
    """A row of 专项债券: what an issued bond gives an item or project; dates as written."""

    item_no: int
    project_code: str | None
    bond_name: str
    bond_code: str
    amount_wan: int
    issued_on: str | None = None
    term_years: float | None = None
    rate: float | None = None
    batch: str | None = None
    issue_wan: int | None = None
    supervisor: str | None = None
    planned_wan: int | None = None
    capital_wan: int | None = None
    allotted_wan: int | None = None
    spent_wan: int | None = None
    built_wan: int | None = None
    built_bond_wan: int | None = None
    condition: str | None = None
    arrived_on: str | None = None
    idle_reason: str | None = None
    move_to: str | None = None
    income_due_wan: int | None = None
    income_wan: int | None = None
    service_due_wan: int | None = None
    service_paid_wan: int | None = None


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A row of 问题台账; periods and dates as written."""

    no: str
    item_no: int
    project_code: str | None
    category: Category
    problem: str
    state: State
    effect: Effect | None = None
    gap_wan: int | None = None
    from_period: str | None = None
    to_period: str | None = None
    measure: str | None = None
    owner: str | None = None
    person: str | None = None
    due: str | None = None
    moved_to: str | None = None
    closed_on: str | None = None
    evidence: str | None = None

    @property
    def whose(self) -> Whose:
        """The project it is of, else the item."""
        return self.project_code or self.item_no

    @property
    def is_open(self) -> bool:
        """Whether it is still to be dealt with."""
        return self.state is not State.CLOSED


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """From where lights are yellow and red, and money is idle, as the sheet 设置 has it."""

    yellow_bps: int = YELLOW_BPS
    red_bps: int = RED_BPS
    idle_months: int = IDLE_MONTHS


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What the sheets and columns for forms hold; what isn't there is not told.

    scopes : 建设规模及内容 by item or project
    last_year_wan : 去年同期累计 by item or project, as told in the as-of month
    filings : by what is filed for approval (概算批复文号, 绩效目标 …), then by item or project
    works : 形象进度 in words by item or project, as last told
    purses, bonds, troubles : 资金台账, 专项债券, 问题台账
    """

    scopes: Mapping[Whose, str] = field(default_factory=dict)
    last_year_wan: Mapping[Whose, int] = field(default_factory=dict)
    works: Mapping[Whose, str] = field(default_factory=dict)
    filings: Mapping[str, Mapping[Whose, str]] = field(default_factory=dict)
    purses: tuple[Purse, ...] = ()
    bonds: tuple[Bond, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
