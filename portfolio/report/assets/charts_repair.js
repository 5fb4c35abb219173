// Pictures of a repair: moves between items, years before and after.
"use strict";

// --- repair -----------------------------------------------------------------------------------

DRAW.repair = function (picture, context) {
  var data = context.data, c = context.colours, moves = picture.tables[0];
  if (picture.tables.length === 1) {
    return { option: null, note: "没有满足全部规则的调整方案；最省的补救见下表。" };
  }
  var years = Array.from(new Set(moves.get("年份"))).sort(), choices = ["全部年份"].concat(years);
  var which = context.choice("year", choices);
  var flow = new Flow([c.late, c.quiet, c.done]), sums = [0, 0];
  function asked(table, k) { return !which || table.get("年份")[k] === choices[which]; }
  moves.get("增减").forEach(function (wan, k) {
    if (!asked(moves, k)) { return; }
    var name = moves.get("序号")[k] + " " + moves.get("大项")[k], channel = [1, moves.get("渠道")[k]];
    if (wan < 0) { flow.add([0, name], channel, -wan); sums[0] -= wan; }
    if (wan > 0) { flow.add(channel, [2, name], wan); sums[1] += wan; }
  });
  // Year by year: what one year takes more does not make good what another has less.
  var balance = picture.tables[1];
  balance.get("差额").forEach(function (net, k) {
    if (!asked(balance, k)) { return; }
    var channel = [1, balance.get("渠道")[k]];
    if (net > 0) { flow.add([0, "净增加（待分配资金）", c.good], channel, net); }
    if (net < 0) { flow.add(channel, [2, "净减少（额度减少或未用足）", c.bad], -net); }
  });
  var option = flow.option(context, sourceOf(data, moves, "增减"), context.print ? 8 : 13);
  var most = Math.max(flow.count(0), flow.count(2));
  return { option: option, height: Math.max(260, Math.min(context.print ? 560 : 1700, most * 27 + 60)),
    note: moves.length ? "减少安排 " + yi(sums[0]) + " 亿元，增加安排 " + yi(sums[1]) + " 亿元。" + waysTold(picture.tables[4])
      : "没有需要挪动的资金。",
    second: repairYears(picture.tables[2], context) };
};

// The repairs side by side: how many moves each, and its promise against its play.
function waysTold(table) {
  if (!table) { return ""; }
  var count = table.get("笔数"), told = table.get("承诺与推演");
  return told.map(function (text, k) { return text.replace("：", "（" + count[k] + " 笔）："); }).join("");
}

function repairYears(table, context) {
  var data = context.data, c = context.colours, years = table.get("年份");
  var ways = [["计划", c.plan], ["不调整推演", c.late], ["调整后承诺", c.sky], ["调整后推演", c.done]];
  var option = basis(context);
  option.grid = { left: 64, right: 20, top: 44, bottom: 30 };
  option.xAxis = withAxis(c, { type: "category", data: years, splitLine: { show: false } });
  option.yAxis = withAxis(c, { type: "value", name: "亿元" });
  option.legend.data = ways.map(function (w) { return w[0]; }).concat(["目标"]);
  option.series = ways.map(function (w) {
    return { name: w[0], type: "bar", itemStyle: { color: w[1] }, data: asYi(table.get(w[0])) };
  }).concat([{ name: "目标", type: "line", symbol: "none", step: "middle", itemStyle: { color: c.target },
    lineStyle: { type: "dashed", width: 2, color: c.target }, data: asYi(table.get("目标")) }]);
  option.tooltip.trigger = "axis";
  option.tooltip.formatter = function (points) {
    var k = points[0].dataIndex;
    return "<b>" + years[k] + " 年（折市重点口径）</b>" + ways.concat([["目标"]]).map(function (w) {
      return tipLine("", w[0], smallYi(table.get(w[0])[k]) + " 亿元");
    }).join("") + tipSource(sourceOf(data, table, "调整后推演", k));
  };
  return { option: option, height: 340 };
}
