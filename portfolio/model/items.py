"""The nouns of a portfolio: items, channels, funding shares, targets and where each number is from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Who decides over a channel's money."""

    POOLED = "统筹"  # the city allots it
    EARMARKED = "上级指定"  # from above, by item, can't be moved
    OWN = "专属"  # the item's own
    CREDIT = "随资本金"  # no envelope, drawn in step with capital


class Carry(StrEnum):
    """What becomes of money an item did not draw in its year."""

    TWO_YEARS = "两年"
    TO_FINISH = "至竣工"


class Profile(StrEnum):
    """How an item's money is spread over the years when they are not known."""

    PROGRAMME = "项目群"
    NEW_START = "新开工"


class TargetKind(StrEnum):
    """How a year's target is to be met."""

    FLOOR = "下限"
    CEILING = "上限"
    BAND = "区间"


STAGES = ("规划", "可研", "概算", "过半", "备案")


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line item (大项): money in 万元, shares in basis points.

    `plan_wan` is the money of the planned period and `earlier_wan` what was drawn before;
    the rest of `total_wan` follows after the period. `yearly_cap_wan` is None when the sheet gives none.
    """

    no: int
    name: str
    work: str
    category: str | None
    group: str | None
    total_wan: int
    plan_wan: int
    earlier_wan: int
    priority: int
    tags: tuple[str, ...]
    risk_class: str
    stage: str
    profile: Profile
    yearly_cap_wan: int | None
    min_duration_years: int
    contract_share_bps: int
    min_capital_share_bps: int
    provenance: str

    @property
    def after_period_wan(self) -> int:
        """Money after the period."""
        return self.total_wan - self.plan_wan - self.earlier_wan

    @property
    def label(self) -> str:
        """Number and name, as users speak of it."""
        return f"{self.no} {self.name}"


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A funding channel. `release_bps` is the part released in each quarter (sums to 10,000)."""

    id: str
    name: str
    group: str
    kind: Kind
    capital_bps: int
    first_year: int
    release_bps: tuple[int, int, int, int]
    carry: Carry | None
    reserve_bps: int
    reserve_floor_bps: int
    provenance: str


@dataclass(frozen=True, kw_only=True)
class Share:
    """The part of an item's money that a channel brings, and the most it may bring."""

    item_no: int
    channel_id: str
    share_bps: int
    max_share_bps: int
    provenance: str


@dataclass(frozen=True, kw_only=True)
class Target:
    """A year's target for converted investment.

    `inclusion_bps` (入列系数) converts progress of the items to the measure of the yearly list;
    `programme_weight_bps` is the year's weight in the profile 项目群 (the planned period, else None);
    `upper_wan` is the top of a band (kind 区间), else None. The published figures stand beside.
    """

    year: int
    target_wan: int | None
    kind: TargetKind
    upper_wan: int | None
    inclusion_bps: int | None
    programme_weight_bps: int | None
    published_plan_wan: int | None
    published_done_wan: int | None
    published_projects: int | None
    provenance: str

    def met_by(self, converted_wan: int) -> bool | None:
        """Whether converted investment meets the target; None where the year has none."""
        if self.target_wan is None:
            return None
        if self.kind is TargetKind.CEILING:
            return converted_wan <= self.target_wan
        if self.kind is TargetKind.BAND and self.upper_wan is not None:
            return self.target_wan <= converted_wan <= self.upper_wan
        return converted_wan >= self.target_wan


@dataclass(frozen=True, kw_only=True)
class RiskClass:
    """Priors of a risk class as the sheet 风险参数 holds them; the plan uses only the Beta shape."""

    key: str
    title: str
    corr_group: str
    p_tail: float
    tail_pareto_alpha: float
    body_mu: float
    body_sd: float
    cost_cap: float
    sched_ln_mu: float
    sched_ln_sigma: float
    beta_a: float
    beta_b: float
    stoppages_per_year: float
    stoppage_mean_quarters: float
    provenance: str


@dataclass(frozen=True, kw_only=True)
class ChannelRisk:
    """Yearly 到位率 of a channel: mean, spread and persistence (sheet 资金风险)."""

    channel_id: str
    mean: float
    sd: float
    persistence: float
    low: float
    high: float
    provenance: str


@dataclass(frozen=True, kw_only=True)
class Realisation:
    """Part of the planned volume that comes about, for items of a stage (落地率)."""

    stage: str
    mean: float
    sd: float
    low: float
    high: float
    provenance: str


@dataclass(frozen=True, kw_only=True)
class PublishedTotal:
    """A subtotal as published (sheet 汇总校核): level 合计, 工程, 类别 or 组."""

    level: str
    name: str
    parent: str | None
    item_count: int | None
    total_wan: int
    plan_wan: int
    provenance: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Where a number comes from: document, place in it, and what it supports in our words."""

    id: str
    title: str
    file: str
    place: str
    line: int | None
    supports: str


@dataclass(frozen=True, kw_only=True)
class OwnEnvelope:
    """A user's own envelope (sheet 年度额度); a part left empty keeps the computed one."""

    channel_id: str
    year: int
    item_no: int | None
    envelope_wan: int | None
    reserve_wan: int | None
