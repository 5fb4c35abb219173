"""What a scenario moved, against the baseline's play: years, items, delays."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.items import Item
from portfolio.model.measures import drawn_by_item_wan
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.result import RunResult


@dataclass(frozen=True, kw_only=True)
class ItemShift:
    """An item whose money or finish differs from the baseline's play.

    less_year, less_wan : the year in which most is missing, and how much (None and 0: no year)
    finish_change : quarters later; None for an item without a finish in one of the plays
    """

    item: Item
    less_year: int | None
    less_wan: int
    finish_change: int | None


def item_shifts(result: RunResult) -> tuple[ItemShift, ...]:
    """Items of both plays that differ, the largest yearly loss first."""
    now, before = drawn_by_item_wan(result.outcome), drawn_by_item_wan(result.baseline_outcome)
    shifts = []
    for index, item in enumerate(result.portfolio.items):
        base = result.baseline.position.get(item.no)
        if base is None:
            continue
        missing = before[:, base] - now[:, index]
        change = _finish_change(result, index, base)
        if not missing.any() and not change:
            continue
        worst = int(missing.argmax())
        less = max(0, int(missing[worst]))
        shifts.append(
            ItemShift(
                item=item,
                less_year=result.calendar.first_year + worst if less else None,
                less_wan=less,
                finish_change=change,
            )
        )
    return tuple(sorted(shifts, key=lambda shift: -shift.less_wan))


def _finish_change(result: RunResult, index: int, base: int) -> int | None:
    now, before = result.outcome.finish[index], result.baseline_outcome.finish[base]
    if result.outcome.planned_finish[index] is None:
        return None
    if now is None or before is None:
        return 0 if now == before else None
    return now - before


def worst_year(result: RunResult) -> tuple[int, int] | None:
    """The year in which most is missing in all, and how much; None when no year has less."""
    now = result.outcome.drawn_wan.sum(axis=(1, 2)).reshape(-1, 4).sum(axis=1)
    before = result.baseline_outcome.drawn_wan.sum(axis=(1, 2)).reshape(-1, 4).sum(axis=1)
    missing = before - now
    worst = int(missing.argmax())
    return (result.calendar.first_year + worst, int(missing[worst])) if missing[worst] > 0 else None


def new_delays(result: RunResult) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Positions of items late only now, and of items later than in the baseline's play."""
    new, worse = [], []
    for index, item in enumerate(result.portfolio.items):
        if not result.outcome.is_late(index):
            continue
        base = result.baseline.position.get(item.no)
        if base is None or not result.baseline_outcome.is_late(base):
            new.append(index)
        elif _end(result.outcome.finish[index]) > _end(result.baseline_outcome.finish[base]):
            worse.append(index)
    return tuple(new), tuple(worse)


def _end(finish: int | None) -> int:
    return PLAY_QUARTERS if finish is None else finish
