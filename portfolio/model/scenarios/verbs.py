"""What a scenario can say: one small dataclass a verb, each with the place it was written at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from typing import Any

from portfolio.model.gates import GateType
from portfolio.model.items import Item
from portfolio.model.schema.layout import Column, Said
from portfolio.model.schema.risk import (
    CHANNEL_RISKS,
    CORRELATIONS,
    COST,
    EVERYWHERE,
    IN_GROUP,
    REALISATIONS,
    RISK_CLASSES,
    STAGE_FACTORS,
    TIME,
)


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
    """Set to an amount; `sure`: written with “!”, however far it is from what was."""

    wan: int
    sure: bool = False


class MeantWan(int):
    """An amount written with “!”: it is meant, however far it is from what was."""


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

    `selector` narrows 上级指定 and 专属 channels to some items. `since` is the quarter of a shock
    inside its year: what is released in the year's later quarters is cut, the envelopes of later
    years named as ever.
    """

    channels: tuple[str, ...]
    years: tuple[int, ...]
    revisions: tuple[Revision, ...]
    part: Part = Part.BOTH
    selector: Selector | None = None
    since: int | None = None


class Of(Enum):
    """Whose cells a verb sets."""

    ITEMS = auto()
    ITEMS_IN_QUARTERS = auto()
    CHANNELS = auto()
    CHANNELS_IN_YEARS = auto()
    YEARS = auto()  # of 年度目标
    RISK_CLASSES = auto()
    STAGE = auto()
    PAIR = auto()  # of channels
    ALL = auto()  # one for the whole play


@dataclass(frozen=True, kw_only=True)
class SettingVerb:
    """A verb that gives cells of `columns` new values.

    table : the first part of the cells; "" where it is the column's key (a table of the play)
    told : how the log calls the quantity, where not as `of` says: `{owner}`, `{title}` of the column
    bare : the value stands right behind the verb
    one_of : words of which one and only one must be given
    always : values it sets by itself, by column key
    with_envelope : only channels with an envelope: what a loan has none of
    with_capital : only channels that pay in step with capital
    stage : the stage meant where none is written
    nothing : what is said where no value is given
    was : words it was called by before, which are still taken
    page_order : keys of the columns as the page of verbs has them, where not as the sheet
    """

    key: str
    about: str
    example: str
    of: Of
    columns: tuple[Column, ...] = ()
    table: str = ""
    told: str = ""
    bare: bool = False
    one_of: tuple[str, ...] = ()
    always: tuple[tuple[str, Any], ...] = ()
    with_envelope: str = ""
    with_capital: bool = False
    stage: str | None = None
    nothing: str = "没有写要改什么"
    was: tuple[str, ...] = ()
    page_order: tuple[str, ...] = ()

    def column(self, key: str) -> Column:
        """The column of that key."""
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True, kw_only=True)
class Put(Change):
    """A verb that only sets cells (`setting_verbs`): whose, when, and the values by column key.

    selector : of items; names : of channels or risk classes, or a stage
    """

    verb: str
    values: tuple[tuple[str, Any], ...]
    selector: Selector | None = None
    names: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    first_quarter: int = 0
    quarters: int = 0


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
    """新增大项: a new line item; its plan follows the baseline rule.

    The item is as written: its risk class may be a title, its provenance may be empty.
    """

    item: Item
    shares: tuple[AddedShare, ...]
    known_years_wan: tuple[tuple[int, int], ...]


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


# --- The plan a scenario lays down itself: an item's money from a channel, or a whole sheet


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


# --- What a scenario can say about the assumptions of the stress test


ONLY_STRESS = "只用于压力测试"


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


def _correlation(name: str, word: str, about: str) -> Column:
    column, said = CORRELATIONS.column("correlation"), Said(word=word, about=about)
    return replace(column, key=name, header=word, set_as=said)


RISK_VERBS = (
    SettingVerb(
        key="风险参数",
        about=f"改风险类别的超支、工期与停工参数（曲线参数属于计划，不在此改）；{ONLY_STRESS}",
        example="- 风险参数: {风险类别: 城市轨道, 极端超支概率: 20%, 一般超支均值: 12%}",
        of=Of.RISK_CLASSES,
        table="risk_class",
        columns=RISK_CLASSES.settable,
    ),
    SettingVerb(
        key="到位率",
        about=f"改渠道年度到位率（实际到位 ÷ 年初安排）的参数；{ONLY_STRESS}",
        example="- 到位率: {渠道: 土地出让, 均值: 70%, 离散: 15%}",
        of=Of.CHANNELS,
        table="channel_risk",
        told="{owner} 到位率 {title}",
        columns=CHANNEL_RISKS.settable,
        page_order=("mean", "sd", "low", "high", "persistence"),
    ),
    SettingVerb(
        key="落地率",
        about=f"改企业备案类投资的落地率（实际实施规模 ÷ 规划规模）；{ONLY_STRESS}",
        example="- 落地率: {均值: 80%, 离散: 12%}",
        of=Of.STAGE,
        stage="备案",
        table="realisation",
        told="{owner}类 落地率 {title}",
        columns=REALISATIONS.settable,
    ),
    SettingVerb(
        key="阶段系数",
        about=f"改某一阶段的超支与延期为类别参数的几倍；{ONLY_STRESS}",
        example="- 阶段系数: {阶段: 概算, 造价系数: 0.6, 工期系数: 0.6}",
        of=Of.STAGE,
        table="stage_factor",
        told="{owner}阶段 {title}",
        columns=STAGE_FACTORS.settable,
    ),
    SettingVerb(
        key="相关系数",
        about=f"改大项之间、造价与工期之间的相关系数；{ONLY_STRESS}",
        example=f"- 相关系数: {{{EVERYWHERE}: 0.25, {IN_GROUP}: 0.25, {COST}与{TIME}: 0.7}}",
        of=Of.ALL,
        table="correlation",
        told="相关系数 {title}",
        columns=(
            _correlation("global_correlation", EVERYWHERE, "任意两个大项的造价，0 以上"),
            _correlation(
                "group_correlation",
                IN_GROUP,
                f"同一相关组再加多少，0 以上，与{EVERYWHERE}之和不超过 1",
            ),
            _correlation(
                "cost_time_correlation", f"{COST}与{TIME}", "同一大项的造价与工期，如 0.7"
            ),
        ),
    ),
    SettingVerb(
        key="渠道相关",
        about=f"改一对渠道年度到位率的相关系数，或新增一对；{ONLY_STRESS}",
        example="- 渠道相关: {渠道: 土地出让, 与: 专项债券, 相关系数: -0.4}",
        of=Of.PAIR,
        table="channel_correlation",
        told="{owner} 到位率的{title}",
        columns=CORRELATIONS.settable,
    ),
)
