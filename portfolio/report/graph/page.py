"""The graph of gates as one offline page: choose an item, see what it waits for and who for it."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from portfolio.model.gates import Gate
from portfolio.model.money import yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.report.assets import asset
from portfolio.report.graph.layout import Layout
from portfolio.report.graph.svg import FONTS, STYLE, drawing
from portfolio.report.words.run import awaited_text, held_text, strength_text

PAGE_STYLE = f"""
:root {{ color-scheme: light dark; --paper:#fff; --ink:#1b2733; --quiet:#5d6b78; --frame:#c9d2da;
 --panel:#f3f6f8; --before:#b4530a; --after:#0a6b4f; --focus:#2f6f9f; }}
@media (prefers-color-scheme: dark) {{ :root {{ --paper:#12181e; --ink:#e8edf1; --quiet:#a3b1bd;
 --frame:#3a4854; --panel:#1a222a; --before:#f0a35e; --after:#5fd3a9; --focus:#6db3e2; }} }}
body {{ margin:0; background:var(--paper); color:var(--ink); font:14px/1.6 {FONTS}; }}
.picture {{ max-width:1500px; margin:0 auto; }}
.picture svg {{ display:block; width:100%; height:auto; }}
.bar {{ max-width:1500px; margin:0 auto; padding:2px 14px 0; box-sizing:border-box;
 color:var(--quiet); display:flex; gap:20px; flex-wrap:wrap; align-items:center; }}
#panel {{ position:fixed; left:0; right:0; bottom:0; max-height:38vh; overflow:auto;
 background:var(--panel); border-top:2px solid var(--frame); padding:8px 18px 14px; }}
#panel h3.name {{ font-size:16px; margin:0 0 4px; display:inline-block; }}
#panel h4 {{ font-size:14px; margin:4px 0; }}
#panel .sides {{ display:grid; grid-template-columns:1fr 1fr; gap:24px; }}
#panel .before h4 {{ color:var(--before); }}
#panel .after h4 {{ color:var(--after); }}
#panel ul {{ margin:0; padding-left:18px; }}
#panel li {{ margin-bottom:3px; }}
#panel button, .bar button {{ font:inherit; color:inherit; background:none; cursor:pointer;
 border:1px solid var(--frame); border-radius:4px; padding:0 8px; }}
#panel li button {{ border:0; padding:0; text-decoration:underline; font-weight:600; }}
#panel .close {{ float:right; }}
button:focus-visible, summary:focus-visible {{ outline:2px solid var(--focus); }}
.quiet {{ color:var(--quiet); }}
details {{ max-width:1500px; margin:8px auto 24px; padding:0 14px; box-sizing:border-box; }}
table {{ border-collapse:collapse; width:100%; font-size:13px; }}
th, td {{ border-bottom:1px solid var(--frame); text-align:left; padding:3px 6px;
 vertical-align:top; }}
@media (max-width:700px) {{ .picture {{ overflow-x:auto; }} .picture svg {{ min-width:1100px; }}
 #panel .sides {{ grid-template-columns:1fr; }} }}
@media print {{ #panel, .bar {{ display:none; }} }}
"""

#: What the page does with the graph: keys, the box for soft gates, an item named in the address.
SCRIPT = """
(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent);
  var svg = document.querySelector("svg.graph");
  var graph = exploreGraph(svg, data, document.getElementById("panel"), true);
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { graph.clear(true); }
  });
  document.getElementById("soft").addEventListener("change", function (event) {
    svg.classList.toggle("hide-soft", !event.target.checked);
  });
  function fromAddress() {
    var no = Number((location.hash.match(/^#(\\d+)$/) || [])[1]);
    if (data.items[no]) { graph.choose(no); }
  }
  window.addEventListener("hashchange", fromAddress);
  fromAddress();
}());
"""

#: No request may leave the page: nothing but what is written in it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def html_text(portfolio: Portfolio, layout: Layout) -> str:
    """The complete page."""
    count = f"{len(portfolio.items)} 个大项与 {len(portfolio.gates)} 条前置条件"
    # In a script element only “<” could end the data early.
    data = json.dumps(graph_data(portfolio), ensure_ascii=False).replace("<", "\\u003c")
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{count}</title>
<style>{STYLE}{asset("graph.css")}{PAGE_STYLE}</style>
</head>
<body>
<div class="picture">
<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="group" aria-label="{count}" \
viewBox="0 0 {layout.width:g} {layout.height:g}">
{drawing(portfolio, layout)}</svg>
</div>
<div class="bar"><span>点选一个大项（或用 Tab 与回车）看它等待谁、谁等待它；Esc 返回全图。\
橙色实线框为它等待的，绿色虚线框为等待它的，半透明为间接相关。</span>
<label><input type="checkbox" id="soft" checked> 显示软约束</label></div>
<details><summary>全部前置条件清单</summary>
{_table(portfolio)}
</details>
<div id="panel" role="region" aria-live="polite" aria-label="所选大项" hidden></div>
<script type="application/json" id="data">{data}</script>
<script>{asset("graph.js")}{SCRIPT}</script>
</body>
</html>
"""


def graph_data(portfolio: Portfolio) -> dict[str, Any]:
    """What `graph.js` tells of each item and gate; a page may add a `source` to each."""
    return {
        "items": {
            item.no: {
                "label": item.label,
                "text": f"{item.work}，总投资 {yi_text(item.total_wan)} 亿元，"
                f"其中“{portfolio.calendar.period_name}”投资 {yi_text(item.plan_wan)} 亿元",
            }
            for item in portfolio.items
        },
        "gates": [
            {
                "id": gate.id,
                "pred": gate.pred_no,
                "succ": gate.succ_no,
                "strength": strength_text(gate),
                "at": awaited_text(gate, portfolio.item(gate.pred_no)),
                "holds": held_text(gate, portfolio.item(gate.succ_no)),
                "reason": gate.reason,
            }
            for gate in portfolio.gates
        ],
    }


def _table(portfolio: Portfolio) -> str:
    rows = "\n".join(_table_row(portfolio, gate) for gate in portfolio.gates)
    heads = ("编号", "类型", "前置大项须达到", "在此之前", "理由", "依据")
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table>"


def _table_row(portfolio: Portfolio, gate: Gate) -> str:
    pred, succ = portfolio.item(gate.pred_no), portfolio.item(gate.succ_no)
    texts = (
        gate.id,
        strength_text(gate),
        f"{pred.label} {awaited_text(gate, pred)}",
        f"{succ.label} {held_text(gate, succ)}",
        gate.reason,
        gate.provenance,
    )
    return "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in texts) + "</tr>"
