"""The graph of gates as an SVG whose text stays text in the reader's own fonts."""

from __future__ import annotations

import math
from html import escape

from portfolio.model.calendar import Calendar
from portfolio.model.gates import GateType
from portfolio.model.items import Item
from portfolio.model.money import yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.report.graph.layout import BLOCK_HEAD, CARD_HEIGHT, MARGIN, Block, Card, Edge, Layout
from portfolio.report.screen.console import shortened
from portfolio.report.words.run import gate_sentence

FONTS = (
    "'Microsoft YaHei','微软雅黑',DengXian,'等线','PingFang SC','Noto Sans CJK SC',"
    "'Noto Sans SC','Source Han Sans SC',sans-serif"
)
LARGEST_RADIUS = 15.0
SMALLEST_RADIUS = 2.5
#: Width of half a Chinese character at the names' size.
COLUMN_PIXELS = 6.1

STYLE = f"""
.graph {{ font-family: {FONTS}; --paper:#ffffff; --ink:#1b2733; --quiet:#5d6b78;
 --frame:#c9d2da; --block:#f3f6f8; --card:#ffffff; --money:#2f6f9f; --hard:#1b2733;
 --soft:#8fa1b0; --before:#b4530a; --after:#0a6b4f; background:var(--paper); }}
@media (prefers-color-scheme: dark) {{ .graph {{ --paper:#12181e; --ink:#e8edf1; --quiet:#a3b1bd;
 --frame:#3a4854; --block:#1a222a; --card:#232e38; --money:#6db3e2; --hard:#e8edf1;
 --soft:#66788a; --before:#f0a35e; --after:#5fd3a9; }} }}
.graph .paper {{ fill:var(--paper); }}
.graph text {{ fill:var(--ink); font-size:12px; }}
.graph .title {{ font-size:18px; font-weight:600; }}
.graph .quiet, .graph .amount {{ fill:var(--quiet); font-size:11px; }}
.graph .head {{ font-size:13px; font-weight:600; }}
.graph .block {{ fill:var(--block); stroke:var(--frame); }}
.graph .card rect {{ fill:var(--card); stroke:var(--frame); }}
.graph .card circle, .graph .scale {{ fill:var(--money); fill-opacity:.85; }}
.graph .no {{ font-weight:700; }}
.graph .line {{ fill:none; }}
.graph .hard .line {{ stroke:var(--hard); stroke-width:2; }}
.graph .soft .line {{ stroke:var(--soft); stroke-width:1; stroke-dasharray:4 4; stroke-opacity:.75; }}
.graph .reach {{ fill:none; stroke:transparent; stroke-width:9; }}
.graph .tip-hard {{ fill:var(--hard); fill:context-stroke; }}
.graph .tip-soft {{ fill:var(--soft); fill:context-stroke; }}
.graph .edge:hover .line {{ stroke-width:3.5; stroke-opacity:1; }}
.graph .card:hover rect {{ stroke:var(--money); stroke-width:2; }}
"""


def svg_text(portfolio: Portfolio, layout: Layout) -> str:
    """The picture as a complete SVG document."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="img" '
        f'viewBox="0 0 {layout.width:g} {layout.height:g}" '
        f'width="{layout.width:g}" height="{layout.height:g}">\n'
        f"<style>{STYLE}</style>\n{drawing(portfolio, layout)}</svg>\n"
    )


def drawing(portfolio: Portfolio, layout: Layout) -> str:
    """What stands inside the SVG element: legend, blocks, edges, cards."""
    by_no = {item.no: item for item in portfolio.items}
    largest = max((item.total_wan for item in portfolio.items), default=0)
    # Soft gates first, so that the hard ones lie on top; cards cover both.
    edges = sorted(layout.edges, key=lambda edge: edge.gate.hard)
    parts = [
        f"<title>{len(portfolio.items)} 个大项与 {len(portfolio.gates)} 条前置条件</title>",
        _arrow_tips(),
        '<rect class="paper" width="100%" height="100%"/>',
        _legend(portfolio, largest),
        *(_block(block) for block in layout.blocks),
        *(_edge(edge, by_no) for edge in edges),
        *(_card(card, largest, portfolio.calendar) for card in layout.cards),
    ]
    return "\n".join(parts) + "\n"


def radius(wan: int, largest_wan: int) -> float:
    """Radius of an item's circle: its area is in proportion to the money."""
    if not largest_wan:
        return SMALLEST_RADIUS
    return max(SMALLEST_RADIUS, LARGEST_RADIUS * math.sqrt(wan / largest_wan))


def _arrow_tips() -> str:
    tips = "".join(
        f'<marker id="tip-{kind}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="{size}" '
        f'markerHeight="{size}" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path class="tip-{kind}" d="M0 0.8 L8 4 L0 7.2 z"/></marker>'
        for kind, size in (("hard", 9), ("soft", 7))
    )
    return f"<defs>{tips}</defs>"


def _legend(portfolio: Portfolio, largest_wan: int) -> str:
    hard = sum(gate.hard for gate in portfolio.gates)
    soft = len(portfolio.gates) - hard
    parts = [
        _text(MARGIN, 28, "大项与前置条件", "title"),
        _text(
            MARGIN + 140,
            28,
            f"{len(portfolio.items)} 个大项、{len(portfolio.gates)} 条前置条件。"
            "箭头由前置大项指向等待它的大项；同一工程的大项排在一栏之内。",
            "quiet",
        ),
        f'<g class="hard"><path class="line" marker-end="url(#tip-hard)" '
        f'd="M{MARGIN} 62 H{MARGIN + 50}"/></g>',
        _text(MARGIN + 60, 66, f"硬约束 {hard} 条（推演中必须满足）"),
        f'<g class="soft"><path class="line" marker-end="url(#tip-soft)" '
        f'd="M{MARGIN + 270} 62 H{MARGIN + 320}"/></g>',
        _text(MARGIN + 330, 66, f"软约束 {soft} 条（默认只提示，可设为必须满足）"),
        _text(MARGIN + 640, 66, "圆面积 = 总投资："),
    ]
    x = MARGIN + 760.0
    for yi in _scale_steps(largest_wan // 10_000):
        size = radius(yi * 10_000, largest_wan)
        parts.append(f'<circle class="scale" cx="{x + size:.1f}" cy="62" r="{size:.1f}"/>')
        parts.append(_text(x + 2 * size + 5, 66, f"{yi:,} 亿元"))
        x += 2 * size + 85
    return "\n".join(parts)


def _scale_steps(largest_yi: int) -> list[int]:
    """Up to three round amounts in 亿元 for the legend, none above the largest item."""
    if largest_yi < 1:
        return []
    power = 10 ** (len(str(largest_yi)) - 1)
    top = largest_yi // power * power
    return sorted({step for step in (top // 10, power, top) if step})


def _block(block: Block) -> str:
    return (
        f'<rect class="block" x="{block.x:.1f}" y="{block.y:.1f}" width="{block.width:.1f}" '
        f'height="{block.height:.1f}" rx="6"/>'
        + _text(block.x + 8, block.y + BLOCK_HEAD - 9, shortened(block.title, 24), "head")
    )


def _card(card: Card, largest_wan: int, calendar: Calendar) -> str:
    item = card.item
    size = radius(item.total_wan, largest_wan)
    x, text_x = card.x + 4, card.x + 4 + 2 * LARGEST_RADIUS + 7
    tip = (
        f"{item.label}（{item.work}）：总投资 {yi_text(item.total_wan)} 亿元，"
        f"其中“{calendar.period_name}”投资 {yi_text(item.plan_wan)} 亿元"
    )
    room = int((x + card.width - 10 - text_x) / COLUMN_PIXELS) - len(str(item.no)) - 1
    name = escape(shortened(item.name, room))
    return (
        f'<g class="card" id="item-{item.no}" data-no="{item.no}"><title>{escape(tip)}</title>'
        f'<rect x="{x:.1f}" y="{card.y:.1f}" width="{card.width - 8:.1f}" '
        f'height="{CARD_HEIGHT}" rx="5"/>'
        f'<circle cx="{x + LARGEST_RADIUS + 3:.1f}" cy="{card.middle:.1f}" r="{size:.1f}"/>'
        f'<text x="{text_x:.1f}" y="{card.y + 15:.1f}"><tspan class="no">{item.no}</tspan> '
        f"{name}</text>"
        + _text(text_x, card.y + 30, f"{yi_text(item.total_wan, 0)} 亿元", "amount")
        + "</g>"
    )


def _edge(edge: Edge, by_no: dict[int, Item]) -> str:
    gate = edge.gate
    kind = "hard" if gate.hard else "soft"
    tip = gate_sentence(gate, by_no[gate.pred_no], by_no[gate.succ_no])
    mark = ' data-clock="1"' if gate.type is GateType.SS else ""
    return (
        f'<g class="edge {kind}" data-id="{escape(gate.id)}" data-pred="{gate.pred_no}" '
        f'data-succ="{gate.succ_no}"{mark}><title>{escape(tip)}</title>'
        f'<path class="reach" d="{edge.path}"/>'
        f'<path class="line" marker-end="url(#tip-{kind})" d="{edge.path}"/></g>'
    )


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{mark}>{escape(text)}</text>'
