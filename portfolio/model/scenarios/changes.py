"""What a scenario can say: one small dataclass a verb, each with the place it was written at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any

from portfolio.model.gates import GateType
from portfolio.model.items import Item
from portfolio.model.sheets import Column


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
