"""What a scenario can say: one small dataclass a verb, each with the place it was written at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.gates import GateType
from portfolio.model.items import Carry, Profile, TargetKind

#: Year-by-year settings reach as far as the play does.


class PickBy(StrEnum):
    """By what a selector picks items."""

    ITEM = "大项"  # number, range of numbers, full name or unique part of it, 全部
    WORK = "工程"
    CATEGORY = "类别"
    TAG = "标签"
    RISK_CLASS = "风险类别"
    RISK_GROUP = "风险组"


@dataclass(frozen=True, kw_only=True)
class Pick:
    """One condition on items, as written."""

    by: PickBy
    text: str


@dataclass(frozen=True, kw_only=True)
class Selector:
    """Items that satisfy all conditions of at least one alternative."""

    alternatives: tuple[tuple[Pick, ...], ...]

    @staticmethod
    def items(*texts: str | int) -> Selector:
        """Pick items by number, range, name, or 全部."""
        picks = tuple((Pick(by=PickBy.ITEM, text=str(text)),) for text in texts)
        return Selector(alternatives=picks)


EVERY_ITEM = Selector.items("全部")


class Part(StrEnum):
    """Which part of an envelope a change means."""

    ASK = "额度"
    RESERVE = "待分配资金"
    BOTH = "合计"


@dataclass(frozen=True, kw_only=True)
class Factor:
    """Multiply by basis points: amount * bps // 10,000."""

    bps: int


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Set to an amount."""

    wan: int


@dataclass(frozen=True, kw_only=True)
class Increase:
    """Add an amount (negative: take away)."""

    wan: int


Revision = Factor | Amount | Increase


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change; `place` is where the user wrote it (`x.yaml 第 14 行`)."""

    place: str


@dataclass(frozen=True, kw_only=True)
class EnvelopeChange(Change):
    """渠道额度: revisions of channels' envelopes, one for all years or one a year.

    `selector` narrows 上级指定 and 专属 channels to some items.
    """

    channels: tuple[str, ...]
    years: tuple[int, ...]
    revisions: tuple[Revision, ...]
    part: Part = Part.BOTH
    selector: Selector | None = None


@dataclass(frozen=True, kw_only=True)
class ChannelDelay(Change):
    """渠道延迟: the release of each year's allotment comes quarters late."""

    channels: tuple[str, ...]
    years: tuple[int, ...]
    quarters: int


@dataclass(frozen=True, kw_only=True)
class ReleasePattern(Change):
    """下达节奏: parts of the yearly allotment released by quarter (sum 10,000)."""

    channels: tuple[str, ...]
    years: tuple[int, ...]
    release_bps: tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class CreditFactor(Change):
    """贷款到位: the part of planned loans that banks grant, one for all years or one a year."""

    channels: tuple[str, ...]
    years: tuple[int, ...]
    factors_bps: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class CarryRule(Change):
    """结转规则: what becomes of money not drawn in its year."""

    channels: tuple[str, ...]
    carry: Carry


@dataclass(frozen=True, kw_only=True)
class CostFactor(Change):
    """造价: cost as a factor of the approved cost."""

    selector: Selector
    factor_bps: int


@dataclass(frozen=True, kw_only=True)
class DurationFactor(Change):
    """工期: duration as a factor of the planned one."""

    selector: Selector
    factor_bps: int


@dataclass(frozen=True, kw_only=True)
class StartDelay(Change):
    """推迟开工: the planned start comes quarters late."""

    selector: Selector
    quarters: int


@dataclass(frozen=True, kw_only=True)
class Stoppage(Change):
    """停工: nothing moves from a quarter on, for a number of quarters."""

    selector: Selector
    first_quarter: int
    quarters: int


@dataclass(frozen=True, kw_only=True)
class PaceFactor(Change):
    """施工进度: the items' clocks move at a part (or up to twice) of their pace in the quarters given."""

    selector: Selector
    first_quarter: int
    quarters: int
    factor_bps: int


@dataclass(frozen=True, kw_only=True)
class PriorityChange(Change):
    """优先级: the class (1 first) by which pooled money is allotted."""

    selector: Selector
    priority: int


@dataclass(frozen=True, kw_only=True)
class CancelItem(Change):
    """取消大项: out of the list, with gates, shares, plan and own envelopes."""

    selector: Selector


@dataclass(frozen=True, kw_only=True)
class AddedShare:
    """A channel's part of an added item's money."""

    channel: str
    share_bps: int
    max_share_bps: int


@dataclass(frozen=True, kw_only=True)
class AddItem(Change):
    """新增大项: a new line item; its plan follows the baseline rule."""

    no: int
    name: str
    work: str
    category: str | None
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
    shares: tuple[AddedShare, ...]
    known_years_wan: tuple[tuple[int, int], ...]
    provenance: str


@dataclass(frozen=True, kw_only=True)
class GateSet(Change):
    """前置条件: change a gate (by id or ends) or add one; None leaves an attribute as it is."""

    id: str | None
    pred: str | None
    succ: str | None
    type: GateType | None
    fraction_bps: int | None
    holds_bps: int | None
    lag_quarters: int | None
    hard: bool | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class GateDrop(Change):
    """取消前置条件: by gate id, by `22→27`, or 全部."""

    gates: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SoftGates(Change):
    """软前置条件: whether soft gates bind."""

    bind: bool


@dataclass(frozen=True, kw_only=True)
class AllotmentPolicy(Change):
    """分配方式: inside a priority class in sheet order, or pro rata."""

    in_order: bool


@dataclass(frozen=True, kw_only=True)
class SubstitutionPolicy(Change):
    """资金替代: whether other pooled channels may stand in for one that fails."""

    allowed: bool


@dataclass(frozen=True, kw_only=True)
class TargetChange(Change):
    """年度目标: amount, kind and top of a band by year; None leaves it as it is."""

    years: tuple[int, ...]
    target_wan: int | None
    kind: TargetKind | None
    upper_wan: int | None


@dataclass(frozen=True, kw_only=True)
class InclusionFactor(Change):
    """入列系数: converts the items' progress to the measure of the yearly list."""

    years: tuple[int, ...]
    factors_bps: tuple[int, ...]
