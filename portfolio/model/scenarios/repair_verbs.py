"""The plan a scenario lays down itself: an item's money from a channel, or a whole sheet."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.scenarios.changes import Change, Selector


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
