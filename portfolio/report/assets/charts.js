// Pictures of a scenario as chart options. Every number comes from the tables behind them.
"use strict";

// Colours told apart without red and green (Okabe and Ito, “Color Universal Design”).
var LIGHT = { ink: "#1b2733", quiet: "#5d6b78", frame: "#c9d2da", paper: "#ffffff",
  plan: "#a9b8c6", done: "#0072b2", converted: "#d55e00", target: "#1b2733", fan: "#cc79a7",
  late: "#e69f00", good: "#009e73", sky: "#56b4e9", bad: "#d55e00", 
  steps: ["#e3eef7", "#bcd9ee", "#86bde0", "#4a97cb", "#1f6ca8", "#0b3d6b"] };
var DARK = { ink: "#e8edf1", quiet: "#a3b1bd", frame: "#3a4854", paper: "#12181e",
  plan: "#6b7b8a", done: "#56b4e9", converted: "#f08a4b", target: "#e8edf1", fan: "#d68fb5",
  late: "#e6b450", good: "#3cc79b", sky: "#8fd0f5", bad: "#f08a4b", 
  steps: ["#1d2c3a", "#1f4363", "#235d8b", "#2f7db8", "#5ea6dc", "#a9d4f5"] };

function sourceOf(data, table, title, row) {
  var column = table.find(title);
  if (column === null) { return ""; }
  var place = column.sources && row !== undefined ? column.sources[row] : column.source;
  return data.told[place];
}

function tipLine(mark, name, value) {
  return "<div>" + (mark || "") + escapeText(name) + "：<b>" + escapeText(value) + "</b></div>";
}
function tipSource(text) {
  return text ? "<div class=\"tip-source\">出处：" + escapeText(text) + "</div>" : "";
}

function basis(context) {
  var c = context.colours;
  return {
    animation: false,
    textStyle: { fontFamily: context.fonts, color: c.ink },
    tooltip: { confine: true, backgroundColor: c.paper, borderColor: c.frame,
      textStyle: { color: c.ink, fontSize: 13 }, extraCssText: "max-width:420px;white-space:normal" },
    legend: { textStyle: { color: c.ink }, top: 4 }
  };
}
function axisStyle(c) {
  return { axisLine: { lineStyle: { color: c.frame } }, axisTick: { lineStyle: { color: c.frame } },
    axisLabel: { color: c.ink }, splitLine: { lineStyle: { color: c.frame, opacity: 0.5 } },
    nameTextStyle: { color: c.quiet } };
}
function withAxis(c, more) { return Object.assign(axisStyle(c), more); }
function asYi(values) {
  return values.map(function (wan) { return wan === null ? "-" : wan / 10000; });
}

var DRAW = {};

// --- bands between columns ----------------------------------------------------------------------

// Money from node to node; a node is [column, name, colour of its own]. Names may be anything.
function Flow(colours) {
  this.colours = colours;
  this.nodes = [];
  this.places = new Map();
  this.sums = new Map();
}
Flow.prototype.place = function (node) {
  var key = node[0] + ":" + node[1];
  if (!this.places.has(key)) {
    this.places.set(key, this.nodes.length);
    this.nodes.push({ depth: node[0], label: node[1], colour: node[2] || this.colours[node[0]], into: 0, out: 0 });
  }
  return this.places.get(key);
};
Flow.prototype.add = function (from, to, wan) {
  var a = this.place(from), b = this.place(to), key = a + ">" + b;
  this.nodes[a].out += wan;
  this.nodes[b].into += wan;
  this.sums.set(key, (this.sums.get(key) || 0) + wan);
};
Flow.prototype.count = function (depth) {
  return this.nodes.filter(function (node) { return node.depth === depth; }).length;
};
Flow.prototype.option = function (context, source, gap) {
  var c = context.colours, nodes = this.nodes, option = basis(context);
  function wanOf(node) { return Math.max(node.into, node.out); }
  option.legend.show = false;
  option.series = [{ type: "sankey", left: 8, right: context.narrow ? 150 : 220, top: 8, bottom: 8,
    nodeGap: gap, nodeWidth: 14, layoutIterations: 24, draggable: false, emphasis: { focus: "adjacency" },
    label: { color: c.ink, fontSize: context.print ? 9 : 12, width: context.narrow ? 140 : 210,
      overflow: "truncate", formatter: function (p) {
        return nodes[Number(p.name)].label + "  " + yi(wanOf(nodes[Number(p.name)]), 0); } },
    lineStyle: { color: "source", opacity: 0.28, curveness: 0.5 },
    data: nodes.map(function (node, k) {
      return { name: String(k), depth: node.depth, itemStyle: { color: node.colour } };
    }),
    links: Array.from(this.sums, function (pair) {
      var ends = pair[0].split(">");
      return { source: ends[0], target: ends[1], value: pair[1] / 10000, wan: pair[1] };
    }) }];
  option.tooltip.formatter = function (p) {
    var edge = p.dataType === "edge";
    var name = edge ? nodes[Number(p.data.source)].label + " → " + nodes[Number(p.data.target)].label
      : nodes[Number(p.name)].label;
    return tipLine("", name, smallYi(edge ? p.data.wan : wanOf(nodes[Number(p.name)])) + " 亿元") + tipSource(source);
  };
  return option;
};

// --- scenarios side by side -------------------------------------------------------------------

function compareOption(data, context) {
  var c = context.colours, marks = [c.done, c.late, c.good, c.fan, c.sky, c.bad, c.quiet, c.ink];
  var symbols = ["circle", "rect", "triangle", "diamond", "pin", "arrow", "roundRect", "circle"];
  var first = data.scenarios[0].pictures.years.tables[0];
  var years = first.get("年份").filter(function (y) { return Number(y) <= TIME.last_plan_year; });
  var option = basis(context);
  option.grid = { left: 64, right: 20, top: 60, bottom: 30 };
  option.legend.type = "scroll";
  option.xAxis = withAxis(c, { type: "category", data: years, splitLine: { show: false } });
  option.yAxis = withAxis(c, { type: "value", name: "亿元", scale: true });
  option.series = data.scenarios.map(function (scenario, k) {
    var table = scenario.pictures.years.tables[0];
    return { name: scenario.name, type: "line", symbol: symbols[k % 8], symbolSize: k === context.chosen ? 10 : 6,
      itemStyle: { color: marks[k % 8] }, lineStyle: { width: k === context.chosen ? 4 : 1.6 },
      z: k === context.chosen ? 5 : 2, data: asYi(table.get("折市重点口径").slice(0, years.length)) };
  });
  var shown = data.scenarios[context.chosen].pictures.years.tables[0];
  option.series.push({ name: "目标", type: "line", symbol: "none", step: "middle", itemStyle: { color: c.target },
    lineStyle: { type: "dashed", width: 2, color: c.target }, data: asYi(shown.get("目标").slice(0, years.length)) });
  option.tooltip.trigger = "axis";
  option.tooltip.formatter = function (points) {
    return "<b>" + years[points[0].dataIndex] + " 年折市重点口径</b>" + points.map(function (p) {
      return tipLine(p.marker, p.seriesName, p.data === "-" ? "—" : smallYi(Math.round(p.data * 10000)) + " 亿元");
    }).join("") + tipSource(sourceOf(data, first, "折市重点口径"));
  };
  return option;
}
