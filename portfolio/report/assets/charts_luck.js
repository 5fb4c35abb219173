// Pictures of a stress test: tornado, joint confidence.
"use strict";

// --- tornado ----------------------------------------------------------------------------------

DRAW.tornado = function (picture, context) {
  var data = context.data, c = context.colours;
  var names = ["折市重点投资", "平均滞后", "总造价"];
  var which = context.choice("outcome", names), table = picture.tables[which];
  var money = which !== 1, unit = money ? "亿元" : "季";
  function find(end) {
    return table.columns.filter(function (col) { return col.title.indexOf(end) === 0; })[0];
  }
  var low = table.valuesOf(find("最低一成－均值")), high = table.valuesOf(find("最高一成－均值"));
  var factor = table.get("因素"), count = Math.min(factor.length, 15);
  function side(values) { return values.slice(0, count).map(function (v) { return money ? v / 10000 : v; }); }
  var option = basis(context);
  option.grid = { left: context.narrow ? 170 : 260, right: 30, top: 40, bottom: 30 };
  option.xAxis = withAxis(c, { type: "value", name: unit, nameLocation: "end" });
  option.yAxis = withAxis(c, { type: "category", inverse: true, data: factor.slice(0, count),
    axisLabel: { color: c.ink, width: context.narrow ? 160 : 248, overflow: "truncate", interval: 0 } });
  option.legend.data = ["该因素最低一成时", "最高一成时"];
  option.series = [
    { name: "该因素最低一成时", type: "bar", data: side(low), itemStyle: { color: c.late }, barWidth: 14 },
    { name: "最高一成时", type: "bar", data: side(high), itemStyle: { color: c.done }, barGap: "-100%", barWidth: 14 }];
  option.tooltip.formatter = function (p) {
    var k = p.dataIndex;
    function told(v) { return (v > 0 ? "+" : "") + (money ? smallYi(v) : v.toFixed(2)) + " " + unit; }
    return "<b>" + escapeText(factor[k]) + "</b>" +
      tipLine("", "最低一成时比平均", told(low[k])) + tipLine("", "最高一成时比平均", told(high[k])) +
      tipSource("参数：" + sourceOf(data, table, "因素", k)) + tipSource(sourceOf(data, table, find("相差").title, k));
  };
  return { option: option, height: count * 26 + 90,
    note: count ? "以假设参数为前提；横轴为与全部路径平均之差。" : "没有哪个因素的差别大于抽样误差。" };
};

// --- joint confidence -------------------------------------------------------------------------

DRAW.joint = function (picture, context) {
  var data = context.data, c = context.colours;
  var quadrants = picture.tables[0], frontier = picture.tables[1], points = picture.tables[2];
  var names = quadrants.get("大项");
  var which = context.choice("item", names), name = names[which];
  function yearOf(text) { return quarterYear(quarterIndex(text)); }
  var last = quarterYear(TIME.quarters);
  var own = [], lines = {};
  points.get("大项").forEach(function (of, k) {
    if (of === name) { own.push([yearOf(points.get("竣工")[k]), points.get("造价")[k] / 10000, k]); }
  });
  frontier.get("大项").forEach(function (of, k) {
    if (of !== name) { return; }
    var level = frontier.get("联合把握")[k];
    (lines[level] = lines[level] || []).push([yearOf(frontier.get("竣工")[k]), frontier.get("造价")[k] / 10000]);
  });
  var cost = quadrants.get("批准造价")[which] / 10000, due = yearOf(quadrants.get("计划竣工")[which]);
  var option = basis(context);
  option.grid = { left: 92, right: 30, top: 56, bottom: 44 };
  option.xAxis = withAxis(c, { type: "value", scale: true, name: "竣工", nameLocation: "middle", nameGap: 28,
    min: function (v) { return Math.floor(Math.min(v.min, due)) - 1; }, max: Math.ceil(last), minInterval: 1,
    axisLabel: { color: c.ink, formatter: function (v) { return v >= last - 1 ? (v >= last ? "未竣工" : "") : String(v); } } });
  option.yAxis = withAxis(c, { type: "value", scale: true, name: "造价（亿元）", nameLocation: "middle", nameGap: 62,
    min: function (v) { return Math.floor(Math.min(v.min, cost) * 0.98); },
    max: function (v) { return Math.ceil(Math.max(v.max, cost) * 1.02); } });
  option.series = [{ name: "路径", type: "scatter", symbolSize: 6, itemStyle: { color: c.done, opacity: 0.45 },
    data: own, markLine: { silent: true, symbol: "none", lineStyle: { color: c.ink, type: "dashed" },
      label: { color: c.ink }, data: [
        { xAxis: due, label: { formatter: "计划竣工 " + quadrants.get("计划竣工")[which], position: "end", rotate: 0 } },
        { yAxis: cost, label: { formatter: "批准造价 " + yi(quadrants.get("批准造价")[which], 0), position: "insideStartTop" } }] } }];
  var shades = [c.sky, c.fan, c.converted];
  Object.keys(lines).forEach(function (level, k) {
    option.series.push({ name: "联合把握 " + level, type: "line", step: "end", symbol: "none", data: lines[level],
      lineStyle: { width: 2, color: shades[k % 3] }, itemStyle: { color: shades[k % 3] } });
  });
  option.graphic = [["left", "bottom", "造价竣工都守住"], ["left", "top", "只超支"],
    ["right", "bottom", "只滞后"], ["right", "top", "又超又晚"]].map(function (corner) {
    return { type: "text", [corner[0]]: corner[0] === "left" ? 92 : 36, [corner[1]]: corner[1] === "top" ? 56 : 50,
      style: { text: corner[2] + " " + chanceText(quadrants.get(corner[2])[which]), fill: c.ink,
        font: "600 13px " + context.fonts, backgroundColor: c.paper, padding: [2, 4] } };
  });
  option.tooltip.formatter = function (p) {
    if (p.seriesType !== "scatter") { return escapeText(p.seriesName); }
    var k = p.data[2];
    return tipLine("", "路径 " + points.get("路径")[k], points.get("竣工")[k] + "，" + smallYi(points.get("造价")[k]) + " 亿元") +
      tipSource(sourceOf(data, points, "造价", k));
  };
  return { option: option, height: 470,
    note: "以假设参数为前提。" + name + "：期末仍未竣工的路径占 " + chanceText(quadrants.get("期末仍未竣工")[which]) + "。" +
      (Object.keys(lines).length ? "" : "没有哪个造价与竣工能有 50% 的联合把握，故无等联合把握线。") };
};
