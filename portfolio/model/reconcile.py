"""Published totals against the items they sum: every subtotal in both columns, every count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.model.items import Item, PublishedTotal


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
