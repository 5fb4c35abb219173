// Pictures and the table of 现场推演: what they are drawn of comes from the play at hand.
"use strict";

function inYi(wan) { return wan / 10000; }
// Ends may be below 0: no dash between them.
function rangeText(range) { return smallYi(range.low) + " 至 " + smallYi(range.high); }

// Years now as bars, where they began as a line; `luck` by year: {now, start, change}, null while it isn't known.
function liveYearsOption(context, rows, before, luck) {
  var c = context.colours, option = basis(context);
  function line(name, key, of, more) {
    return Object.assign({ name: name, type: "line", data: asYi(of.map(function (row) { return row[key]; })) }, more);
  }
  option.grid = { left: 60, right: 16, top: 44, bottom: 28 };
  option.xAxis = withAxis(c, { type: "category", data: rows.map(function (row) { return String(row.year); }), splitLine: { show: false } });
  option.yAxis = withAxis(c, { type: "value", name: "亿元", min: 0 });
  option.series = [
    { name: "现在", type: "bar", barMaxWidth: 34, itemStyle: { color: c.converted }, data: asYi(rows.map(function (row) { return row.converted_wan; })) },
    line("起点", "converted_wan", before, { symbol: "circle", symbolSize: 7, itemStyle: { color: c.done }, lineStyle: { width: 2 } }),
    line("目标", "target_wan", rows, { symbol: "none", step: "middle", itemStyle: { color: c.target }, lineStyle: { type: "dashed", width: 2, color: c.target } }),
    { name: "P10–P90（同一运气）", type: "custom", itemStyle: { color: c.ink }, z: 6, encode: { x: 0, y: [1, 3] },
      data: luck.map(function (one, k) { return one && [k].concat([one.now.low, one.now.middle, one.now.high].map(inYi)); }).filter(Boolean),
      renderItem: function (params, api) { return liveWhisker(api, c); } }
  ];
  option.tooltip.trigger = "axis";
  option.tooltip.formatter = function (points) {
    var at = points[0].dataIndex, one = luck[at];
    return "<b>" + rows[at].year + " 年折市重点口径（现场推演）</b>" + points.filter(function (p) { return p.seriesType !== "custom"; }).map(function (p) {
      return tipLine(p.marker, p.seriesName, p.data === "-" ? "—" : smallYi(Math.round(p.data * 10000)) + " 亿元");
    }).join("") + (one ? tipLine("", "P10–P90（同一运气）", rangeText(one.now) + " 亿元") + tipLine("", "与起点逐条相差，P10–P90", rangeText(one.change) + " 亿元") : "");
  };
  return option;
}
// From P10 to P90, with a dot at P50.
function liveWhisker(api, c) {
  var low = api.coord([api.value(0), api.value(1)]), middle = api.coord([api.value(0), api.value(2)]);
  var high = api.coord([api.value(0), api.value(3)]), x = low[0], line = { stroke: c.ink, lineWidth: 2 };
  function stroke(x1, y1, x2, y2) { return { type: "line", shape: { x1: x1, y1: y1, x2: x2, y2: y2 }, style: line }; }
  return { type: "group", children: [stroke(x, low[1], x, high[1]), stroke(x - 5, low[1], x + 5, low[1]), stroke(x - 5, high[1], x + 5, high[1]),
    { type: "circle", shape: { cx: x, cy: middle[1], r: 3.5 }, style: { fill: c.ink } }] };
}
// Items whose finish moves: quarters later or earlier.
function liveItemsOption(context, moved) {
  var c = context.colours, option = basis(context), most = context.narrow ? 9 : 16;
  option.legend.show = false;
  option.grid = { left: context.narrow ? 130 : 220, right: 70, top: 8, bottom: 28 };
  option.xAxis = withAxis(c, { type: "value", minInterval: 1 });
  option.yAxis = withAxis(c, { type: "category", inverse: true, splitLine: { show: false }, data: moved.map(function (one) {
    var name = one.item.no + " " + one.item.name;
    return name.length > most ? name.slice(0, most - 1) + "…" : name;
  }) });
  option.series = [{ type: "bar", data: moved.map(function (one) { return { value: one.quarters, itemStyle: { color: one.quarters > 0 ? c.late : c.good } }; }),
    label: { show: true, position: "right", color: c.ink, formatter: function (p) { return finishText(moved[p.dataIndex]); } } }];
  option.tooltip.formatter = function (p) { return tipLine("", moved[p.dataIndex].item.name, finishText(moved[p.dataIndex])); };
  return option;
}
function finishText(one) {
  return one.open ? "推演期内不能竣工" : (one.quarters > 0 ? "晚 " : "早 ") + Math.abs(one.quarters) + " 季";
}

// Columns of the years: title, and the key of a row; null: where the start stands.
var LIVE_COLUMNS = [["年份", function (row) { return String(row.year); }], ["目标", "target_wan"], ["起点折市重点", null],
  ["现在折市重点", "converted_wan"], ["现在缺口", "shortfall_wan"], ["现在待入库", "to_be_listed_wan"], ["现在完成投资", "drawn_wan"]];
// And of the lucky paths: the range now, and that of the differences path by path.
var LUCKY_COLUMNS = [["现在 P10–P90", "now"], ["与起点逐条相差 P10–P90", "change"]];
function liveTable(make, rows, before, luck) {
  var grid = make("table"), head = make("tr"), top = make("thead"), body = make("tbody");
  grid.append(make("caption", "单位：亿元", "quiet"));
  LIVE_COLUMNS.concat(LUCKY_COLUMNS).forEach(function (column, k) {
    var cell = make("th", column[0], k ? "num" : "");
    cell.scope = "col";
    head.append(cell);
  });
  rows.forEach(function (row, k) {
    var line = make("tr");
    LIVE_COLUMNS.forEach(function (column, place) {
      var wan = column[1] === null ? before[k].converted_wan : place ? row[column[1]] : null;
      var text = place ? (wan === null ? "—" : smallYi(wan)) : column[1](row);
      line.append(make("td", text, place ? "num" : ""));
    });
    LUCKY_COLUMNS.forEach(function (column) { line.append(make("td", luck[k] ? rangeText(luck[k][column[1]]) : "—", "num")); });
    body.append(line);
  });
  top.append(head);
  grid.append(top, body);
  return grid;
}
