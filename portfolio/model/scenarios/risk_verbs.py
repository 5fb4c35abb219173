"""What a scenario can say about the assumptions of the stress test; None leaves a value as it is."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.scenarios.changes import Change, Selector


@dataclass(frozen=True, kw_only=True)
class RiskClassChange(Change):
    """风险参数: priors of risk classes (the Beta shape belongs to the plan and stays)."""

    classes: tuple[str, ...]
    p_tail: float | None = None
    tail_pareto_alpha: float | None = None
    body_mu: float | None = None
    body_sd: float | None = None
    cost_cap: float | None = None
    sched_ln_mu: float | None = None
    sched_ln_sigma: float | None = None
    stoppages_per_year: float | None = None
    stoppage_mean_quarters: float | None = None


@dataclass(frozen=True, kw_only=True)
class ChannelRiskChange(Change):
    """到位率: what part of a year's envelope comes in."""

    channels: tuple[str, ...]
    mean: float | None = None
    sd: float | None = None
    persistence: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class RealisationChange(Change):
    """落地率: what part of the planned volume comes about, for items of a stage."""

    stage: str
    mean: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class StageFactorChange(Change):
    """阶段系数: how much of a class's overrun and delay is still to come at a stage."""

    stage: str
    cost_factor: float | None = None
    duration_factor: float | None = None


@dataclass(frozen=True, kw_only=True)
class CorrelationChange(Change):
    """相关系数: between items' costs everywhere and in a group, between cost and time."""

    global_correlation: float | None = None
    group_correlation: float | None = None
    cost_time_correlation: float | None = None


@dataclass(frozen=True, kw_only=True)
class ChannelCorrelationChange(Change):
    """渠道相关: between the yearly 到位率 of two channels; 0 takes a correlation away."""

    channel: str
    other: str
    correlation: float


@dataclass(frozen=True, kw_only=True)
class AddRisk(Change):
    """新增风险: a named risk beside those of the register; effects low, likely, high."""

    id: str
    name: str
    probability: float
    selector: Selector
    cost: tuple[float, float, float]
    quarters: tuple[float, float, float]
    provenance: str
