"""Settings in layers: two changes to one quantity in a layer are a problem, the later layer wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.problems import Problem
from portfolio.model.scenarios.draft import (
    Cell,
    Draft,
    Setting,
    item_of,
    items_text,
    last_quarter,
    money_text,
    year_of_cell,
    years_text,
)
from portfolio.model.scenarios.select import named_items
from portfolio.model.scenarios.verbs import CancelItem, Change, GateSet, PlanSheet

#: Said of a change that was asked for and changes nothing.
SAME = "与原值相同"
#: Said of a change, or of a part of one, to what has happened already: facts are not played.
PAST, PARTLY_PAST = "在截至月以前，不影响推演", "其中截至月以前的部分不影响推演"


@dataclass(frozen=True, kw_only=True)
class ChangeLogEntry:
    """“quantity: old → new”, where it was written, and the place of the change that beat it.

    past : it speaks of what lies before the as-of alone, and so changes nothing that is played
    """

    quantity: str
    old: str
    new: str
    place: str
    note: str = ""
    overridden_by: str | None = None
    past: bool = False

    def __str__(self) -> str:
        beaten = f"（未采用：被 {self.overridden_by} 取代）" if self.overridden_by else ""
        note = f"（{self.note}）" if self.note else ""
        return f"{self.quantity}：{self.old} → {self.new}{note}{beaten}"


@dataclass(frozen=True)
class Laid:
    """A setting with its layer: where two layers touch one cell the later wins."""

    layer: int
    change: Change
    setting: Setting


def twice(first: str, second: str, quantity: str) -> Problem:
    """Two changes to one quantity in one file: both places are told."""
    return Problem(
        place=second,
        found=f"{quantity} 在 {first} 已有一处变更",
        fix="同一文件里一个量只能改一次：请删去一处，或分成两个情景依次叠加",
    )


def conflicts(laid: list[Laid], calendar: Calendar) -> list[Problem]:
    """Two changes to one cell in one layer, told once for each pair of settings."""
    seen: dict[tuple[int, Cell], Laid] = {}
    shared: dict[tuple[str, str, str], list[Cell]] = {}
    for entry in laid:
        for cell, _ in entry.setting.writes:
            first = seen.setdefault((entry.layer, cell), entry)
            if first is not entry:
                pair = (first.change.place, entry.change.place, entry.setting.quantity)
                shared.setdefault(pair, []).append(cell)
    problems = []
    for (first_place, second_place, quantity), cells in shared.items():
        numbers = list(dict.fromkeys(no for cell in cells if (no := item_of(cell)) is not None))
        whose = f"（大项 {'、'.join(map(str, numbers[:8]))}）" if numbers else ""
        told = quantity.replace("{years}", _years(cells, calendar)) + whose
        problems.append(twice(first_place, second_place, told))
    return problems


def cancelled_but_named(laid: list[Laid], draft: Draft) -> list[Problem]:
    """Naming an item that the same or an earlier layer cancels is a problem."""
    cancelled = {
        cell[1]: entry
        for entry in reversed(laid)
        for cell, _ in entry.setting.writes
        if cell[0] == "cancelled"
    }
    problems: dict[Problem, None] = {}
    for entry in laid if cancelled else []:
        for no in _named(entry, draft):
            cancel = cancelled.get(no)
            if cancel and cancel.layer <= entry.layer:
                problem = Problem(
                    place=entry.change.place,
                    found=f"大项 {no} 已在 {cancel.change.place} 取消",
                    fix="请删去对它的变更，或不取消它",
                )
                problems[problem] = None
    return list(problems)


def _named(entry: Laid, draft: Draft) -> list[int]:
    """Numbers of the items a change speaks of by name or number."""
    change = entry.change
    if isinstance(change, GateSet):
        ends = {gate.id: (gate.pred_no, gate.succ_no) for gate in draft.known_gates()}
        return sorted({no for cell, _ in entry.setting.writes for no in ends[cell[1]]})
    if isinstance(change, PlanSheet):
        return sorted({row.item_no for row in change.rows})
    selector = getattr(change, "selector", None)
    if selector is None or isinstance(change, CancelItem):
        return []
    return sorted(named_items(selector, draft.portfolio.items, change.place))


def last_writers(laid: list[Laid]) -> dict[Cell, int]:
    """For each cell the setting that counts: the last."""
    return {cell: number for number, entry in enumerate(laid) for cell, _ in entry.setting.writes}


def write(laid: list[Laid], winners: dict[Cell, int], draft: Draft) -> None:
    """Give each cell the value of the setting that counts."""
    for number, entry in enumerate(laid):
        for cell, value in entry.setting.writes:
            if winners[cell] == number:
                draft.write(cell, value)


def told(
    entry: Laid, number: int, winners: dict[Cell, int], laid: list[Laid], draft: Draft
) -> list[ChangeLogEntry]:
    """A setting's lines of the log: what counts, and what a later change has beaten."""
    if not entry.setting.told:
        return []
    by_winner: dict[str | None, list[tuple[Cell, Any]]] = {}
    for cell, value in entry.setting.writes:
        winner = winners[cell]
        place = None if winner == number else laid[winner].change.place
        by_winner.setdefault(place, []).append((cell, value))
    if entry.setting.fixed:
        # Told as a whole: it counts when its first cell does.
        by_winner = dict(list(by_winner.items())[:1])
    return [
        line
        for place, writes in by_winner.items()
        for line in _lines(entry.setting, writes, place, draft)
    ]


def _lines(
    setting: Setting, writes: list[tuple[Cell, Any]], beaten_by: str | None, draft: Draft
) -> list[ChangeLogEntry]:
    def line(
        quantity: str, old: str, new: str, cells: Iterable[Cell] = (), *, same: bool = False
    ) -> ChangeLogEntry:
        before = _before_asof(cells, draft)
        when = PAST if all(before) else PARTLY_PAST
        notes = (SAME if same else "", setting.note, when if any(before) else "")
        return ChangeLogEntry(
            quantity=quantity,
            old=old,
            new=new,
            place=setting.place,
            note="；".join(filter(None, notes)),
            overridden_by=beaten_by,
            past=any(before) and all(before),
        )

    every = [cell for cell, _ in writes]

    if setting.fixed:
        return [line(setting.quantity, *setting.fixed)]
    if setting.summed:
        old = sum(draft.old(cell) for cell, _ in writes)
        new = sum(value for _, value in writes)
        texts = (setting.text(old), setting.text(new))
        if old != new and texts[0] == texts[1]:
            texts = (money_text(old, 4), money_text(new, 4))  # the change would not show
        same = all(draft.old(cell) == value for cell, value in writes)
        return [line(setting.quantity, *texts, every, same=same)]
    if setting.row_text:
        olds, news = [draft.old(cell) for cell, _ in writes], [value for _, value in writes]
        quantity = setting.quantity.replace("{years}", _years(every, draft.portfolio.calendar))
        texts = (setting.row_text(olds), setting.row_text(news))
        return [line(quantity, *texts, every, same=olds == news)]
    alike: dict[tuple[str, str, bool], list[Cell]] = {}
    for cell, value in writes:
        held = draft.old(cell)
        alike.setdefault((setting.text(held), setting.text(value), held == value), []).append(cell)
    lines = []
    for (old_text, new_text, same), cells in alike.items():
        numbers = {item_of(cell) for cell in cells}
        items = tuple(item for item in draft.portfolio.items if item.no in numbers)
        whose = f"：{items_text(items, len(draft.portfolio.items))}" if items else ""
        quantity = (
            setting.quantity.replace("{years}", _years(cells, draft.portfolio.calendar)) + whose
        )
        lines.append(line(quantity, old_text, new_text, cells, same=same))
    return lines


def _before_asof(cells: Iterable[Cell], draft: Draft) -> list[bool]:
    """Whether each cell is of what has happened already."""
    facts = draft.portfolio.facts
    if facts is None:
        return []
    ends = (last_quarter(cell) for cell in cells)
    return [end is not None and end < facts.quarter for end in ends]


def _years(cells: Iterable[Cell], calendar: Calendar) -> str:
    """The years of cells as spans."""
    years = (year_of_cell(cell, calendar) for cell in cells)
    return years_text([year for year in years if year is not None])
