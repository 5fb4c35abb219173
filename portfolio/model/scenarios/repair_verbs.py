"""What a scenario can say about repairing the plan (预算调整), and the plan it lays down itself."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.repair import Aim
from portfolio.model.scenarios.changes import Change, Selector


@dataclass(frozen=True, kw_only=True)
class RepairAims(Change):
    """目标顺序: which aim comes first, and the weights of the priority classes 1–4."""

    aims: tuple[Aim, ...] | None = None
    class_weights: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class RepairRules(Change):
    """调整规则: the rules' figures that no sheet holds; None leaves one as it is."""

    livelihood_bps: int | None = None
    contract_decay_bps: int | None = None
    continuity_bps: int | None = None


@dataclass(frozen=True, kw_only=True)
class ContractShare(Change):
    """已签约比例: the part of next year's plan that is under contract."""

    selector: Selector
    share_bps: int


@dataclass(frozen=True, kw_only=True)
class MinCapitalShare(Change):
    """最低资本金比例: the least part of an item's money that is capital."""

    selector: Selector
    share_bps: int


@dataclass(frozen=True, kw_only=True)
class YearlyCap(Change):
    """年度上限: the most an item can do in a year."""

    selector: Selector
    cap_wan: int


@dataclass(frozen=True, kw_only=True)
class PlannedMoney(Change):
    """计划安排: planned money of one item from one channel, one amount for all years or one a year."""

    selector: Selector
    channel: str
    years: tuple[int, ...]
    amounts_wan: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """A row of an adjusted sheet as read: 15 plan years of an item's money from a channel.

    The places are those of the cells 序号, 大项, 渠道, 类别 and of each year.
    """

    item_no: int
    item_name: str
    channel: str
    kind: str
    years_wan: tuple[int, ...]
    no_place: str
    name_place: str
    channel_place: str
    kind_place: str
    year_places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlanSheet(Change):
    """A whole plan read back from a sheet (调整后计划): it states every cell of every row."""

    rows: tuple[PlanRow, ...]
