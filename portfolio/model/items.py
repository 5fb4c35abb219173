"""The nouns of a portfolio: items, channels, funding shares, targets and where each number is from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.facts import Level
from portfolio.model.money import digits_only
from portfolio.model.problems import InputError, did_you_mean


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


class ListPlanKind(StrEnum):
    """How the plan of a year's list is known."""

    PUBLISHED = "公布"
    INTERPOLATED = "内插"
    ASSUMED = "假设"


class ProjectKind(StrEnum):
    """Where a project stands in the first year (项目类别)."""

    GOING_ON = "续建"
    NEW = "新开工"
    FINISHING = "计划竣工"
    PREPARED = "前期预备"


class Revenue(StrEnum):
    """Whether an item earns money of its own (有无收益)."""

    FULL = "有"
    PART = "部分"
    NONE = "无"


class BondUse(StrEnum):
    """Whether special bonds may pay for an item (可否专项债); revenue alone doesn't say so."""

    LAWFUL = "可"
    PART = "部分"
    BUNDLED = "打包"
    NOT = "否"


#: Tag of items of people's livelihood.
LIVELIHOOD = "民生"

STAGES = ("规划", "可研", "概算", "过半", "备案")


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line item (大项): money in 万元, shares in basis points.

    `plan_wan` is the money of the planned period and `earlier_wan` what was drawn before;
    the rest of `total_wan` follows after the period. `yearly_cap_wan` is None when the sheet gives none.
    What an office's own list adds (from `code` on) is None or empty where it isn't told:
    `bond_capital_bps` is the part of the item's special bonds that counts as capital, `first_year`
    the first in which it spends money.
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
    code: str | None = None
    owner: str | None = None
    builder: str | None = None
    district: str | None = None
    tier: Level | None = None
    project_kind: ProjectKind | None = None
    revenue: Revenue | None = None
    bond_use: BondUse | None = None
    bond_capital_bps: int | None = None
    aliases: tuple[str, ...] = ()
    first_year: int | None = None
    goal: str | None = None

    @property
    def after_period_wan(self) -> int:
        """Money after the period."""
        return self.total_wan - self.plan_wan - self.earlier_wan

    @property
    def gated_wan(self) -> int:
        """What the parts of gates are parts of: the period's money; where it has none, what follows."""
        return self.plan_wan or self.after_period_wan

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

    @property
    def short_name(self) -> str:
        """The name without its other names and what stands in brackets."""
        return re.split(r"[/（]", self.name)[0] or self.name


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
    `upper_wan` is the top of a band (kind 区间), else None. Beside it stands the year's list of
    works as it is known: its plan with how that is known (None without a plan), and its outturn.
    """

    year: int
    target_wan: int | None
    kind: TargetKind
    upper_wan: int | None
    inclusion_bps: int | None
    programme_weight_bps: int | None
    list_plan_wan: int | None
    list_plan_kind: ListPlanKind | None
    list_done_wan: int | None
    published_projects: int | None
    provenance: str

    @property
    def plan_is_published(self) -> bool:
        """Whether the plan of the year's list is in print."""
        return self.list_plan_wan is not None and self.list_plan_kind is ListPlanKind.PUBLISHED

    def met_by(self, converted_wan: int) -> bool | None:
        """Whether converted investment meets the target; None where the year has none."""
        if self.target_wan is None:
            return None
        if self.kind is TargetKind.CEILING:
            return converted_wan <= self.target_wan
        if self.kind is TargetKind.BAND and self.upper_wan is not None:
            return self.target_wan <= converted_wan <= self.upper_wan
        return converted_wan >= self.target_wan


def inclusion_bps_of(targets: Iterable[Target], year: int) -> int | None:
    """入列系数 of a year; past the last year that has one the last goes on, for late money."""
    known = {t.year: t.inclusion_bps for t in targets if t.inclusion_bps is not None}
    return known.get(min(year, max(known, default=year)))


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


# --- Finding the item a user means: by number, name, code, alias or a unique part of a name


def items_called(word: str, items: Sequence[Item]) -> list[Item]:
    """Items called just so: by name, with or without number, else by code, else by an alias."""
    by_name = [item for item in items if word in (item.name, item.label)]
    by_code = [item for item in items if word and word == item.code]
    return by_name or by_code or [item for item in items if word in item.aliases]


def items_like(word: str, items: Sequence[Item]) -> list[Item]:
    """Items whose name has this part, else those with an alias that has it."""
    if not word:
        return []
    by_name = [item for item in items if word in item.name]
    return by_name or [item for item in items if any(word in alias for alias in item.aliases)]


def find_item(text: str, items: Sequence[Item], place: str = "大项") -> Item:
    """The one item that `text` means: its number, name, code or alias, or a part of a name.

    Raises
    ------
    InputError
        No item, or more than one, is meant; the nearest name or the candidates are given.
    """
    word = text.strip()
    number = digits_only(word)
    numbered = [item for item in items if item.no == number]
    found = numbered or items_called(word, items)
    if word.isdecimal() and not found:
        raise no_such_number(word, items, place)
    return the_one(text, found or items_like(word, items), items, place)


def no_such_number(word: str, items: Sequence[Item], place: str) -> InputError:
    """No item has this number."""
    numbers = [item.no for item in items]
    fix = f"序号为 {min(numbers)} 至 {max(numbers)}，也可输入名称" if numbers else "清单为空"
    return InputError.of(place, f"没有序号为 {word} 的大项", fix)


def the_one(
    text: str,
    found: Sequence[Item],
    items: Sequence[Item],
    place: str,
    also: Iterable[str] = (),
) -> Item:
    """The only item found; `also` are more names that may have been meant.

    Raises
    ------
    InputError
        None was found, or several.
    """
    if len(found) == 1:
        return found[0]
    if found:
        names = "、".join(item.label for item in found)
        raise InputError.of(place, f"“{text}”对应多个大项", f"请从中选定一个：{names}")
    known = [*(item.name for item in items), *(alias for item in items for alias in item.aliases)]
    raise InputError.of(
        place, f"没有名为“{text}”的大项", did_you_mean(text.strip(), [*known, *also])
    )


# --- What was observed after the plan was made, kept for later back-tests


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


# --- Published totals against the items they sum: every subtotal in both columns, every count


@dataclass(frozen=True, kw_only=True)
class TotalCheck:
    """One published total and what the items make of it, in 万元."""

    published: PublishedTotal
    item_count: int
    total_wan: int
    plan_wan: int

    @property
    def total_diff_wan(self) -> int:
        """Items less published, 总投资."""
        return self.total_wan - self.published.total_wan

    @property
    def plan_diff_wan(self) -> int:
        """Items less published, the period's money."""
        return self.plan_wan - self.published.plan_wan

    @property
    def count_diff(self) -> int | None:
        """Items less published count; None where no count was published."""
        count = self.published.item_count
        return None if count is None else self.item_count - count

    @property
    def agrees(self) -> bool:
        """Both columns, and the count where there is one, are exactly as published."""
        return not (self.total_diff_wan or self.plan_diff_wan or self.count_diff)


def reconcile(items: Sequence[Item], totals: Sequence[PublishedTotal]) -> tuple[TotalCheck, ...]:
    """Check each published total against the items under it, in the totals' order."""
    checks = []
    for published in totals:
        under = [item for item in items if _belongs(item, published)]
        checks.append(
            TotalCheck(
                published=published,
                item_count=len(under),
                total_wan=sum(item.total_wan for item in under),
                plan_wan=sum(item.plan_wan for item in under),
            )
        )
    return tuple(checks)


def _belongs(item: Item, published: PublishedTotal) -> bool:
    """Whether an item counts towards a total; the parent, where given, must fit too."""
    parent = published.parent
    if published.level == "合计":
        return True
    if published.level == "工程":
        return item.work == published.name
    if published.level == "类别":
        return item.category == published.name and parent in (None, item.work)
    return item.group == published.name and parent in (None, item.category)


# --- How an 依据 is written: evidence ids, then 假设 with its reason where something is assumed


ASSUMPTION = "假设"
_MARKS = re.compile(r"[；;、，,\s]+")


#: Written in the 依据 of a row: its figures were looked at, nothing is asked about them again.
LOOKED_AT = "已核对"


def evidence_ids(text: str) -> tuple[str, ...]:
    """The ids an 依据 points to: `D012；D034；假设：…` gives D012 and D034."""
    parts = _MARKS.split(text.partition(ASSUMPTION)[0])
    return tuple(part for part in parts if part and LOOKED_AT not in part)


def assumption(text: str) -> str | None:
    """The reason behind its 假设: None without one, "" where the reason is left out."""
    _, mark, tail = text.partition(ASSUMPTION)
    return tail.lstrip("：: ").strip() if mark else None


def is_evidence_id(text: str) -> bool:
    """Whether an 依据 can point to an evidence of this id: as a whole, and as no 假设."""
    return evidence_ids(text) == (text,) and assumption(text) is None
