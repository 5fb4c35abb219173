"""Where the items and gates stand in the picture: works as blocks in columns, edges as curves.

Works are put in an order in which few gates lead backwards, packed into columns of about equal
height, and the items of a work sorted so that neighbours in the graph stand at similar heights.
All of it is deterministic; lengths are in pixels of a 1366-pixel-wide picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.model.gates import Gate
from portfolio.model.items import Item
from portfolio.model.portfolio import Portfolio

WIDTH = 1366
MARGIN = 14
TOP = 96
ROW = 42
CARD_HEIGHT = 36
BLOCK_HEAD = 26
BLOCK_GAP = 14
GUTTER = 52
BULGE = 62
MOST_ROWS = 14
MOST_COLUMNS = 6
SWEEPS = 8


@dataclass(frozen=True, kw_only=True)
class Card:
    """An item's place: left upper corner and width."""

    item: Item
    column: int
    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        """Height of the card's middle."""
        return self.y + CARD_HEIGHT / 2


@dataclass(frozen=True, kw_only=True)
class Block:
    """A work's frame and title."""

    title: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A gate's curve as the `d` of an SVG path, from predecessor to successor."""

    gate: Gate
    path: str


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The whole picture."""

    width: float
    height: float
    blocks: tuple[Block, ...]
    cards: tuple[Card, ...]
    edges: tuple[Edge, ...]


#: Items of one work (a part of them, when there are very many) that stand below each other.
Group = tuple[str, list[Item]]


def lay_out(portfolio: Portfolio) -> Layout:
    """Lay out all items and gates."""
    columns = _columns(_ordered_groups(portfolio), len(portfolio.items))
    columns = _sort_items(columns, portfolio.gates)
    card_width = (WIDTH - 2 * MARGIN - GUTTER * len(columns)) / max(1, len(columns))
    blocks: list[Block] = []
    cards: list[Card] = []
    bottom = float(TOP)
    for number, column in enumerate(columns):
        x, y = MARGIN + number * (card_width + GUTTER), float(TOP)
        for title, items in column:
            height = BLOCK_HEAD + ROW * len(items)
            blocks.append(Block(title=title, x=x, y=y, width=card_width, height=height))
            cards.extend(
                Card(item=item, column=number, x=x, y=y + BLOCK_HEAD + row * ROW, width=card_width)
                for row, item in enumerate(items)
            )
            y += height + BLOCK_GAP
        bottom = max(bottom, y)
    return Layout(
        width=WIDTH,
        height=bottom + MARGIN,
        blocks=tuple(blocks),
        cards=tuple(cards),
        edges=_edges(cards, portfolio.gates),
    )


def _ordered_groups(portfolio: Portfolio) -> list[Group]:
    """Works in an order in which few gates lead backwards; a very large work in parts."""
    works: dict[str, list[Item]] = {}
    for item in portfolio.items:
        works.setdefault(item.work, []).append(item)
    work_of = {item.no: item.work for item in portfolio.items}
    between = Counter(
        (work_of[gate.pred_no], work_of[gate.succ_no])
        for gate in portfolio.gates
        if work_of[gate.pred_no] != work_of[gate.succ_no]
    )
    groups: list[Group] = []
    for work in _few_backwards(list(works), between):
        items = works[work]
        for first in range(0, len(items), MOST_ROWS):
            title = work if first == 0 else f"{work}（续）"
            groups.append((title, items[first : first + MOST_ROWS]))
    return groups


def _few_backwards(works: list[str], between: Counter[tuple[str, str]]) -> list[str]:
    """Take sources first and sinks last; in a cycle the work that gives most more than it takes."""
    left, head, tail = list(works), [], []

    def given(work: str) -> int:
        return sum(between[work, other] for other in left)

    def taken(work: str) -> int:
        return sum(between[other, work] for other in left)

    while left:
        sink = next((work for work in left if given(work) == 0), None)
        source = next((work for work in left if taken(work) == 0), None)
        if source is not None:
            chosen = source
        elif sink is not None:
            chosen = sink
        else:
            chosen = max(left, key=lambda work: given(work) - taken(work))
        left.remove(chosen)
        if chosen is sink and chosen is not source:
            tail.append(chosen)
        else:
            head.append(chosen)
    return head + tail[::-1]


def _columns(groups: list[Group], n_items: int) -> list[list[Group]]:
    """Fill columns with groups in order, none much higher than the highest must be."""
    limit = max([MOST_ROWS, -(-n_items // MOST_COLUMNS), *(len(items) for _, items in groups)])
    columns: list[list[Group]] = []
    height = 0
    for group in groups:
        rows = len(group[1]) + 1
        if not columns or height + rows > limit + 1:
            columns.append([])
            height = 0
        columns[-1].append(group)
        height += rows
    return columns


def _sort_items(columns: list[list[Group]], gates: Sequence[Gate]) -> list[list[Group]]:
    """Move items inside their group towards the mean height of their neighbours, a few times."""
    near: dict[int, list[int]] = {}
    for gate in gates:
        near.setdefault(gate.pred_no, []).append(gate.succ_no)
        near.setdefault(gate.succ_no, []).append(gate.pred_no)
    for _ in range(SWEEPS):
        place = _heights(columns)

        def wish(item: Item, place: dict[int, float] = place) -> tuple[float, int]:
            others = [place[no] for no in near.get(item.no, [])]
            return (sum(others) / len(others) if others else place[item.no], item.no)

        columns = [[(title, sorted(items, key=wish)) for title, items in col] for col in columns]
    return columns


def _heights(columns: list[list[Group]]) -> dict[int, float]:
    heights: dict[int, float] = {}
    for column in columns:
        row = 0.0
        for _, items in column:
            row += 1
            for item in items:
                heights[item.no] = row
                row += 1
    return heights


def _edges(cards: list[Card], gates: Sequence[Gate]) -> tuple[Edge, ...]:
    """Curves from card to card; those at one side of a card are spread over its height."""
    card_of = {card.item.no: card for card in cards}
    ends: dict[tuple[int, str], list[tuple[float, str, str]]] = {}
    sides: dict[str, tuple[str, str]] = {}
    for gate in gates:
        pred, succ = card_of[gate.pred_no], card_of[gate.succ_no]
        out = "left" if succ.column < pred.column else "right"
        into = "left" if succ.column > pred.column else "right"
        sides[gate.id] = (out, into)
        ends.setdefault((gate.pred_no, out), []).append((succ.middle, gate.id, "out"))
        ends.setdefault((gate.succ_no, into), []).append((pred.middle, gate.id, "in"))
    height: dict[tuple[str, str], float] = {}
    for (no, _), entries in ends.items():
        step = CARD_HEIGHT / (len(entries) + 1)
        for place, (_, gate_id, end) in enumerate(sorted(entries), start=1):
            height[gate_id, end] = card_of[no].y + place * step
    return tuple(
        Edge(
            gate=gate,
            path=_curve(
                card_of[gate.pred_no],
                card_of[gate.succ_no],
                sides[gate.id],
                height[gate.id, "out"],
                height[gate.id, "in"],
            ),
        )
        for gate in gates
    )


def _curve(pred: Card, succ: Card, sides: tuple[str, str], y1: float, y2: float) -> str:
    out, into = sides
    x1 = pred.x + (pred.width if out == "right" else 0)
    x2 = succ.x + (succ.width if into == "right" else 0)
    if pred.column == succ.column:
        bulge = BULGE * min(1.0, 0.3 + abs(y2 - y1) / 450)
        c1, c2 = x1 + bulge, x2 + bulge
    else:
        reach = max(30.0, abs(x2 - x1) * 0.45)
        c1 = x1 + (reach if out == "right" else -reach)
        c2 = x2 + (reach if into == "right" else -reach)
    return f"M{x1:.1f} {y1:.1f} C{c1:.1f} {y1:.1f} {c2:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
