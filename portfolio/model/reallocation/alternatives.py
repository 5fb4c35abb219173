"""What every plan as good as a repair must move, and what need not be moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portfolio.model.reallocation.settings import Aim


@dataclass(frozen=True, kw_only=True)
class Place:
    """A 统筹 channel's year, or an item: the other is None."""

    channel_id: str | None = None
    year: int | None = None
    item_no: int | None = None


@dataclass(frozen=True, kw_only=True)
class Forced:
    """Where every plan as good moves something.

    moved_wan : no such plan moves less, up and down together
    down_wan, up_wan : and none takes off, or puts on, less than this
    offered_wan : what the offered plan moves there
    """

    place: Place
    moved_wan: int
    down_wan: int
    up_wan: int
    offered_wan: int


@dataclass(frozen=True, kw_only=True)
class Free:
    """Where the offered plan moves something and a plan as good nothing."""

    place: Place
    offered_wan: int


@dataclass(frozen=True, kw_only=True)
class Within:
    """What a weighted sum of aims comes to at most (万元) in a plan as good as the offered one."""

    weights: Mapping[Aim, float]
    most_wan: int
