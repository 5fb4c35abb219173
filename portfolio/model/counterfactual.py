"""“Why was this item cut, and what would keep it?”, answered by solving again."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.reallocation import ConflictMember


@dataclass(frozen=True, kw_only=True)
class KeptYear:
    """A year the item is to be kept in: 万元 of all channels and of 统筹 channels.

    Of the year alone, or cumulated to its end where all years are asked about.
    """

    year: int
    baseline_wan: int
    plan_wan: int
    baseline_pooled_wan: int
    plan_pooled_wan: int

    @property
    def cut(self) -> bool:
        """Whether the repaired plan gives less than the baseline, in all or of 统筹 money."""
        return self.plan_wan < self.baseline_wan or self.plan_pooled_wan < self.baseline_pooled_wan


@dataclass(frozen=True, kw_only=True)
class Shifted:
    """A cell of 统筹 money that changes if the item is kept: before is the repaired plan."""

    item_no: int
    channel_id: str
    year: int
    before_wan: int
    after_wan: int

    @property
    def change_wan(self) -> int:
        """After less before."""
        return self.after_wan - self.before_wan


@dataclass(frozen=True, kw_only=True)
class Loosening:
    """One rule that, loosened by so much, would keep the item at no cost to anybody.

    year : None where the rule holds over all years
    """

    rule: str
    where: str
    year: int | None
    more_wan: int


@dataclass(frozen=True, kw_only=True)
class Counterfactual:
    """What keeping an item at its baseline would cost, and what would make it cost nothing.

    years : years it is to be kept in
    possible : whether a plan keeps it there; None where the time was too short to know
    shortfall_wan, delay_wan : by how much 缺口 and weighted 滞后 grow; None without such a plan
    given, taken : what the item gets more and what others give, largest first, in the plan that
        keeps the item, reaches the new values and is nearest to the repaired one
    others_wan : given up in all by other items in their cells
    lacking_wan : least the item's total lacks under the rules where it can't be kept, if known
    conflict : rules that can't hold together with keeping it
    loosenings : the single rules of the item and envelopes of its channels that would do, the
        smallest first; gates as the repaired plan has them
    complete : whether every rule was tried in the time given
    """

    item_no: int
    years: tuple[KeptYear, ...]
    possible: bool | None
    shortfall_wan: int | None
    delay_wan: int | None
    given: tuple[Shifted, ...]
    taken: tuple[Shifted, ...]
    others_wan: int
    lacking_wan: int | None
    conflict: tuple[ConflictMember, ...]
    conflict_is_minimal: bool
    loosenings: tuple[Loosening, ...]
    complete: bool

    @property
    def cut(self) -> bool:
        """Whether there is anything to explain."""
        return any(year.cut for year in self.years)
