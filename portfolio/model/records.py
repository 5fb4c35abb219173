"""What was observed after the plan was made, kept for later back-tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One figure or status a report states (sheet 事后数据); a status is text.

    `ratio_bps` is actual ÷ planned, given only where the two are comparable.
    """

    id: str
    metric: str
    item_no: int | None
    work_no: int | None
    scope: str
    project: str | None
    period: str
    kind: str
    planned: float | str | None
    actual: float | str | None
    annual_plan: float | str | None
    unit: str | None
    ratio_bps: int | None
    comparability: str | None
    note: str | None
    provenance: str


@dataclass(frozen=True, kw_only=True)
class PublicRecord:
    """One published figure of a yearly project list (sheet 公开记录)."""

    period: str
    part: str
    universe: str
    metric: str
    value: float | None
    unit: str | None
    share_of_year_bps: int | None
    note: str | None
    provenance: str
