// Pictures of a play: years, Gantt, money flow, gaps, causes of delay.
"use strict";

// --- years ------------------------------------------------------------------------------------

DRAW.years = function (picture, context) {
  var data = context.data, c = context.colours;
  var table = picture.tables[0], fan = picture.tables[1];
  // The paths run on after the play has ended: their years are shown too.
  var own = table.get("年份"), years = own.slice();
  if (fan) {
    fan.get("年份").forEach(function (year, k) {
      if (years.indexOf(year) < 0 && fan.get("P90")[k] > 0) { years.push(year); }
    });
  }
  function ofYears(title) {
    var values = table.get(title);
    return years.map(function (year, k) { return k < own.length ? values[k] : null; });
  }
  var bars = [["计划", c.plan], ["完成投资", c.done]];
  var series = bars.map(function (pair) {
    return { name: pair[0], type: "bar", itemStyle: { color: pair[1] }, barGap: "5%",
      data: asYi(ofYears(pair[0])) };
  });
  if (fan) { series = series.concat(fanSeries(fan, years, c)); }
  series.push({ name: "折市重点口径", type: "line", symbolSize: 7, lineStyle: { width: 3 },
    itemStyle: { color: c.converted }, data: asYi(ofYears("折市重点口径")), z: 5 });
  series.push({ name: "目标", type: "line", symbol: "none", step: "middle",
    lineStyle: { width: 2, type: "dashed", color: c.target }, itemStyle: { color: c.target },
    data: asYi(ofYears("目标")), z: 6 });
  // What is on record of the yearly list stands beside the play as points: it is not the same list.
  var listed = ["名单计划", "名单完成"].filter(function (title) {
    return table.get(title).some(function (value) { return value !== null; });
  });
  listed.forEach(function (title) {
    var done = title === "名单完成";
    series.push({ name: title, type: "scatter", symbol: done ? "circle" : "diamond", symbolSize: 11, z: 7,
      itemStyle: { color: done ? c.ink : c.paper, borderColor: c.ink, borderWidth: 1.5 },
      data: asYi(ofYears(title)) });
  });
  // A year is a whole place of the axis, and today lies inside one: an axis of its own places it.
  var today = TIME.today ? TIME.today_quarter / 4 - (Number(years[0]) - TIME.first_year) : null;
  if (today !== null) {
    series.push({ name: "今天", type: "line", data: [], xAxisIndex: 1,
      markLine: todayLine(c, today, "截至 " + TIME.today + "：左为已执行，右为推演") });
  }
  var option = basis(context);
  option.grid = { left: 64, right: 20, top: 60, bottom: 36 };
  option.xAxis = [withAxis(c, { type: "category", data: years, splitLine: { show: false } })];
  if (today !== null) {
    option.xAxis.push({ type: "value", min: 0, max: years.length, show: false, axisPointer: { show: false } });
  }
  option.yAxis = withAxis(c, { type: "value", name: "亿元",
    axisLabel: { color: c.ink, formatter: function (v) { return v.toLocaleString("en-US"); } } });
  option.legend.data = ["计划", "完成投资", "折市重点口径", "目标"].concat(listed,
    fan ? ["P10–P90", "P25–P75", "P50"] : []);
  option.series = series;
  option.tooltip.trigger = "axis";
  option.tooltip.formatter = function (points) {
    var k = points[0].dataIndex;
    var lines = k >= own.length ? [] : ["名单计划", "名单完成", "计划", "完成投资", "形象进度折算", "折市重点口径", "目标"].map(function (title) {
      var value = table.get(title)[k];
      var kind = title === "名单计划" ? table.get("计划性质")[k] : null;
      return value === null ? "" : tipLine("", kind ? title + "（" + kind + "）" : title, smallYi(value) + " 亿元");
    });
    var at = fan ? fan.get("年份").indexOf(years[k]) : -1;
    if (at >= 0) {
      lines.push(tipLine("", "压力测试 P10 / P50 / P90", ["P10", "P50", "P90"].map(function (p) {
        return yi(fan.get(p)[at], 0);
      }).join(" / ") + " 亿元"));
    }
    if (k >= own.length) {
      return "<b>" + years[k] + " 年</b>" + lines.join("") + tipSource(sourceOf(data, fan, "P50"));
    }
    return "<b>" + years[k] + " 年　" + escapeText(table.get("结论")[k]) + "</b>" +
      lines.join("") + tipSource("完成投资：" + sourceOf(data, table, "完成投资", k)) +
      tipSource("目标：" + sourceOf(data, table, "目标", k));
  };
  return { option: option, height: 460 };
};

// A line where facts end and play begins.
function todayLine(c, at, told) {
  return { silent: true, symbol: "none", data: [{ xAxis: at }],
    lineStyle: { color: c.quiet, width: 2, type: "solid" },
    label: { formatter: told, color: c.ink, position: "end" } };
}

function fanSeries(fan, years, c) {
  var at = years.map(function (year) { return fan.get("年份").indexOf(year); });
  function level(title) {
    var values = fan.get(title);
    return at.map(function (k) { return k < 0 ? null : values[k] / 10000; });
  }
  var low = level("P10"), q1 = level("P25"), middle = level("P50"), q3 = level("P75"), high = level("P90");
  function band(name, from, to, opacity, shown) {
    return { name: name, type: "line", stack: "fan", symbol: "none", lineStyle: { opacity: 0 },
      areaStyle: { color: c.fan, opacity: opacity }, itemStyle: { color: c.fan, opacity: opacity * 1.6 },
      data: to.map(function (value, k) { return value === null ? "-" : value - (from ? from[k] : 0); }),
      silent: true, tooltip: { show: shown }, z: 3 };
  }
  return [
    band("fan-base", null, low, 0, false),
    band("P10–P90", low, q1, 0.22, true),
    band("P25–P75", q1, q3, 0.5, true),
    band("P10–P90", q3, high, 0.22, true),
    { name: "P50", type: "line", symbol: "none", z: 4,
      lineStyle: { color: c.fan, width: 2, type: "dotted" }, itemStyle: { color: c.fan },
      data: middle.map(function (v) { return v === null ? "-" : v; }) }
  ];
}

// --- Gantt ------------------------------------------------------------------------------------

DRAW.gantt = function (picture, context) {
  var data = context.data, c = context.colours, table = picture.tables[0];
  var work = table.get("工程"), no = table.get("序号"), name = table.get("大项");
  var rows = [], last = null;
  for (var k = 0; k < table.length; k += 1) {
    if (work[k] !== last) { rows.push({ head: work[k] }); last = work[k]; }
    rows.push({ at: k });
  }
  var spans = ["计划开工", "计划竣工", "推演开工", "推演竣工"].map(function (title) {
    return table.get(title).map(quarterIndex);
  });
  var whiskers = table.find("P10 竣工")
    ? ["P10 竣工", "P50 竣工", "P90 竣工"].map(function (t) { return table.get(t).map(quarterIndex); })
    : null;
  var step = context.print ? 11.3 : 21;
  var option = basis(context);
  option.legend.show = false;
  option.grid = { left: context.narrow ? 190 : 250, right: 24, top: 46, bottom: 8 };
  option.xAxis = withAxis(c, { type: "value", min: 0, max: TIME.quarters + 2, position: "top",
    interval: context.narrow ? 20 : 8,
    axisLabel: { color: c.ink, formatter: function (q) { return q > TIME.quarters ? "" : TIME.first_year + q / 4; } } });
  option.yAxis = { type: "category", inverse: true, data: rows.map(function (r, i) { return i; }),
    axisLine: { show: false }, axisTick: { show: false },
    axisLabel: { interval: 0, color: c.ink, width: context.narrow ? 180 : 238, overflow: "truncate",
      fontSize: context.print ? 9 : 12,
      formatter: function (i) {
        var row = rows[i];
        return row.head ? "{work|" + row.head + "}" : no[row.at] + " " + name[row.at];
      }, rich: { work: { fontWeight: "bold", color: c.quiet, fontSize: context.print ? 9 : 12 } } } };
  option.series = [{ type: "custom", data: rows.map(function (r, i) { return [i]; }),
    encode: { y: 0 }, clip: true,
    renderItem: function (params, api) { return ganttRow(rows[params.dataIndex], api, spans, whiskers, c); } }];
  if (TIME.today) {
    option.series.push({ type: "line", data: [], markLine: todayLine(c, TIME.today_quarter, "截至 " + TIME.today) });
  }
  option.tooltip.formatter = function (point) {
    var row = rows[point.dataIndex];
    if (row.head) { return escapeText(row.head); }
    var at = row.at;
    function spanOf(from, to) { return (table.get(from)[at] || "未开工") + " – " + (table.get(to)[at] || "无投资"); }
    var lines = [["计划", spanOf("计划开工", "计划竣工")], ["推演", spanOf("推演开工", "推演竣工")],
      ["状态", table.get("状态")[at] + (table.get("滞后")[at] ? "，" + table.get("滞后")[at] + " 季" : "")]];
    if (whiskers) {
      lines.push(["竣工 P10 / P50 / P90", ["P10 竣工", "P50 竣工", "P90 竣工"].map(function (t) {
        return table.get(t)[at];
      }).join(" / ")]);
    }
    if (table.get("原因")[at]) { lines.push(["原因", table.get("原因")[at]]); }
    return "<b>" + no[at] + " " + escapeText(name[at]) + "</b>" +
      lines.map(function (l) { return tipLine("", l[0], l[1]); }).join("") +
      tipSource("计划：" + sourceOf(data, table, "计划竣工", at)) +
      tipSource("推演：" + sourceOf(data, table, "推演竣工", at));
  };
  return { option: option, height: rows.length * step + 60, keys: [
    ["swatch plan", "计划起止"], ["swatch done", "推演起止"], ["swatch late", "晚于计划"],
    ["swatch whisker", "竣工 P10–P90"]] };
};

function ganttRow(row, api, spans, whiskers, c) {
  var tall = api.size([0, 1])[1], middle = api.coord([0, api.value(0)])[1];
  function x(quarter) { return api.coord([quarter, 0])[0]; }
  function bar(from, to, top, height, colour) {
    return { type: "rect", shape: { x: x(from), y: middle + top * tall, width: Math.max(2, x(to) - x(from)),
      height: height * tall }, style: { fill: colour } };
  }
  var children = [];
  if (row.head) {
    return { type: "group", children: [{ type: "line", style: { stroke: c.frame },
      shape: { x1: x(0), x2: x(TIME.quarters), y1: middle + tall * 0.45, y2: middle + tall * 0.45 } }] };
  }
  var at = row.at, planned = spans[1][at], end = spans[3][at];
  if (planned !== null && spans[0][at] !== null) {
    children.push(bar(spans[0][at], planned + 1, -0.4, 0.2, c.plan));
  }
  if (spans[2][at] !== null) {
    var finish = Math.min(end === null ? TIME.quarters : end, TIME.quarters - 1) + 1;
    var due = planned === null ? finish : Math.min(finish, Math.max(planned + 1, spans[2][at]));
    children.push(bar(spans[2][at], due, -0.14, 0.42, c.done));
    if (finish > due) { children.push(bar(due, finish, -0.14, 0.42, c.late)); }
  } else if (spans[0][at] !== null) {
    // Never started: all the time since it was to start is lost.
    children.push(bar(spans[0][at], TIME.quarters, -0.14, 0.42, c.late));
  }
  if (whiskers && whiskers[0][at] !== null) { children = children.concat(whisker(whiskers, at, x, middle, tall, c)); }
  return { type: "group", children: children };
}

function whisker(whiskers, at, x, middle, tall, c) {
  var y = middle + 0.07 * tall, ends = whiskers.map(function (w) { return x(Math.min(w[at], TIME.quarters) + 1); });
  function line(x1, y1, x2, y2, width) {
    return { type: "line", shape: { x1: x1, y1: y1, x2: x2, y2: y2 },
      style: { stroke: c.ink, lineWidth: width } };
  }
  return [line(ends[0], y, ends[2], y, 1.2), line(ends[0], y - 0.16 * tall, ends[0], y + 0.16 * tall, 1.2),
    line(ends[2], y - 0.16 * tall, ends[2], y + 0.16 * tall, 1.2),
    line(ends[1], y - 0.26 * tall, ends[1], y + 0.26 * tall, 2.6)];
}

// --- money flow -------------------------------------------------------------------------------

function periods() {
  var first = TIME.first_year, last = TIME.last_period_year;
  return [[first + "–" + last, first, last], [last + 1 + " 年以后", last + 1, 9999], ["全部年份", 0, 9999]];
}

DRAW.flows = function (picture, context) {
  var data = context.data, c = context.colours, table = picture.tables[0];
  var years = table.get("年份"), seen = Array.from(new Set(years)).sort();
  var choices = periods().concat(seen.map(function (y) { return [y + " 年", Number(y), Number(y)]; }));
  var chosen = choices[context.choice("period", choices.map(function (p) { return p[0]; }))];
  var measures = ["完成投资", "计划"];
  var measure = measures[context.choice("measure", measures)];
  var flow = new Flow([c.done, c.late, c.good]), total = 0;
  var money = table.get(measure), channel = table.get("渠道"), work = table.get("工程");
  var no = table.get("序号"), item = table.get("大项");
  for (var k = 0; k < table.length; k += 1) {
    var year = Number(years[k]);
    if (year < chosen[1] || year > chosen[2] || !money[k]) { continue; }
    flow.add([0, channel[k]], [1, work[k]], money[k]);
    flow.add([1, work[k]], [2, no[k] + " " + item[k]], money[k]);
    total += money[k];
  }
  var option = flow.option(context, sourceOf(data, table, measure), context.print ? 8 : 14);
  return { option: option, height: context.print ? 830 : 1560,
    note: chosen[0] + " " + measure + "合计 " + yi(total) + " 亿元。" };
};

// --- funding gaps -----------------------------------------------------------------------------

var GAP_STEPS = [1, 10, 50, 100, 300];

DRAW.gaps = function (picture, context) {
  var data = context.data, c = context.colours, table = picture.tables[0];
  var channel = table.get("渠道"), year = table.get("年份"), gap = table.get("缺口"), plan = table.get("计划");
  var channels = Array.from(new Set(channel)), years = Array.from(new Set(year)).sort();
  var kinds = {};
  table.get("性质").forEach(function (kind, k) { kinds[channel[k]] = kind; });
  var points = [];
  for (var k = 0; k < table.length; k += 1) {
    if (gap[k] > 0) {
      // Dark fields are written on in the paper's colour, light ones in the ink's.
      var deep = gap[k] >= 1000000;
      points.push({ value: [years.indexOf(year[k]), channels.indexOf(channel[k]), gap[k] / 10000, k],
        label: { color: deep === (context.colours === LIGHT) ? c.paper : c.ink } });
    }
  }
  var option = basis(context);
  option.legend.show = false;
  option.grid = { left: context.narrow ? 170 : 270, right: 16, top: 56, bottom: 30 };
  option.xAxis = withAxis(c, { type: "category", data: years, splitArea: { show: false } });
  option.yAxis = withAxis(c, { type: "category", inverse: true, data: channels,
    axisLabel: { color: c.ink, width: context.narrow ? 160 : 260, overflow: "truncate",
      formatter: function (name) { return name + "（" + kinds[name] + "）"; } },
    splitLine: { show: true, lineStyle: { color: c.frame, opacity: 0.6 } } });
  option.visualMap = { type: "piecewise", orient: "horizontal", top: 4, left: "center",
    dimension: 2, itemWidth: 22, textStyle: { color: c.ink },
    pieces: [{ lt: 1, label: "不足 1" }].concat(GAP_STEPS.map(function (low, i) {
      var high = GAP_STEPS[i + 1];
      return high ? { gte: low, lt: high, label: low + "–" + high } : { gte: low, label: low + " 亿元以上" };
    })).map(function (piece, i) { return Object.assign(piece, { color: c.steps[i] }); }) };
  option.series = [{ type: "heatmap", data: points, itemStyle: { borderColor: c.paper, borderWidth: 1 },
    label: { show: !context.narrow, fontSize: 10, formatter: function (p) {
      var v = p.data.value[2]; return v >= 10 ? Math.round(v) : v >= 0.05 ? v.toFixed(1) : "<0.1"; } } }];
  option.tooltip.formatter = function (p) {
    var k = p.data.value[3];
    return "<b>" + escapeText(channel[k]) + "　" + year[k] + " 年</b>" +
      tipLine("", "缺口", smallYi(gap[k]) + " 亿元") + tipLine("", "计划", smallYi(plan[k]) + " 亿元") +
      tipLine("", "完成投资", smallYi(table.get("完成投资")[k]) + " 亿元") +
      tipSource(sourceOf(data, table, "缺口", k));
  };
  var note = points.length ? "" : "本情景各渠道各年都没有缺口。";
  return { option: option, height: channels.length * 26 + 96, note: note };
};

// --- causes of delay --------------------------------------------------------------------------

var MOST_CAUSES = 14;

DRAW.causes = function (picture, context) {
  var data = context.data, c = context.colours, table = picture.tables[0];
  var rows = table.get("原因").map(function (name, k) {
    return { name: name, kind: table.get("原因类别")[k], size: table.get("影响")[k], items: table.get("涉及大项")[k] };
  });
  var total = rows.pop();
  if (rows.length > MOST_CAUSES + 1) {
    var rest = rows.slice(MOST_CAUSES);
    rows = rows.slice(0, MOST_CAUSES).concat([{ name: "其余 " + rest.length + " 个原因", kind: "其余",
      size: rest.reduce(function (sum, r) { return sum + r.size; }, 0), items: null }]);
  }
  var base = [], length = [], sum = 0;
  rows.forEach(function (row) {
    base.push(Math.min(sum, sum + row.size));
    length.push({ value: Math.abs(row.size), itemStyle: { color: row.size < 0 ? c.good : c.late } });
    sum += row.size;
  });
  base.push(0);
  length.push({ value: total.size, itemStyle: { color: c.done } });
  rows.push(total);
  var option = basis(context);
  option.legend.show = false;
  option.grid = { left: context.narrow ? 170 : 310, right: 60, top: 10, bottom: 40 };
  option.xAxis = withAxis(c, { type: "value", name: "季", minInterval: 1 });
  option.yAxis = withAxis(c, { type: "category", inverse: true, data: rows.map(function (r) { return r.name; }),
    axisLabel: { color: c.ink, interval: 0, width: context.narrow ? 160 : 300, overflow: "truncate" },
    splitLine: { show: false } });
  option.series = [
    { type: "bar", stack: "w", silent: true, itemStyle: { color: "transparent" }, data: base, barWidth: "64%" },
    { type: "bar", stack: "w", data: length, label: { show: true, position: "right", color: c.ink,
      formatter: function (p) { return rows[p.dataIndex].size; } } }];
  option.tooltip.formatter = function (p) {
    var row = rows[p.dataIndex];
    return tipLine("", row.name, row.size + " 季") +
      (row.items === null ? "" : tipLine("", "涉及大项", row.items + " 个")) +
      tipSource(sourceOf(data, table, "影响", 0));
  };
  var note = total.size ? "各原因之和 " + sum + " 季 = 合计 " + total.size + " 季。" : "没有大项滞后。";
  return { option: option, height: rows.length * 30 + 70, note: note };
};
