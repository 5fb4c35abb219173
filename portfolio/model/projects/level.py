"""Whose budget pays for items (级次), as far as the list tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from portfolio.model.facts import Level

if TYPE_CHECKING:
    from portfolio.model.items import Item
    from portfolio.model.projects import Project


def level_of(items: Iterable[Item], projects: Sequence[Project]) -> Level | None:
    """The level that is told of all of these items and is the same; None where it is not.

    Of an item that doesn't tell it, the one level all its projects tell.
    """
    levels = {_of_item(item, projects) for item in items}
    return levels.pop() if len(levels) == 1 else None


def _of_item(item: Item, projects: Sequence[Project]) -> Level | None:
    if item.tier is not None:
        return item.tier
    told = {project.tier for project in projects if project.item_no == item.no}
    return told.pop() if len(told) == 1 else None
