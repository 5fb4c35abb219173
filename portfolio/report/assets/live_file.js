// A setting of the page as a scenario file of the program, and back from one.
"use strict";

function percent(bps) { return bps / 100 + "%"; }
function years(first, span) {
  return span[0] === span[1] ? String(first + span[0]) : (first + span[0]) + "-" + (first + span[1]);
}

// Spans of consecutive years with one value: [first, last, value].
function spansOf(pairs) {
  var spans = [];
  pairs.forEach(function (pair) {
    var last = spans[spans.length - 1];
    if (last && last[1] === pair[0] - 1 && last[2] === pair[1]) { last[1] = pair[0]; } else { spans.push([pair[0], pair[0], pair[1]]); }
  });
  return spans;
}

// The lines of a setting's changes, each one verb.
function settingLines(engine, setting) {
  var live = engine.live, lines = [], first = live.first_year;
  live.channels.forEach(function (channel) {
    var of = setting.envelopes[channel.id] || {}, parts = { "合计": [], "额度": [], "待分配资金": [] };
    for (var year = live.from_year; year <= live.until_year; year += 1) {
      var ofReserve = setting.reserve !== null && channel.reserved_wan[year] > 0;
      if (of[year] !== undefined && channel.asked_wan[year] > 0) { parts[ofReserve ? "额度" : "合计"].push([year, of[year]]); }
      if (ofReserve) { parts["待分配资金"].push([year, setting.reserve]); }
    }
    Object.keys(parts).forEach(function (part) {
      spansOf(parts[part]).forEach(function (span) {
        lines.push("渠道额度: {渠道: " + JSON.stringify(channel.name) + ", 年份: " + years(first, span) + ", 系数: " +
          percent(span[2]) + ", 部分: " + part + "}");
      });
    });
  });
  if (setting.target !== null) {
    for (var year = live.from_year; year <= live.until_year; year += 1) {
      if (engine.hasTarget(year)) {
        lines.push("年度目标: {年份: " + (first + year) + ", 金额: " + partOf(live.years[year].target_wan, setting.target) + "万}");
      }
    }
  }
  live.items.forEach(function (item) {
    var own = setting.items[item.no];
    if (!own) { return; }
    if (own.delay !== undefined) { lines.push("推迟开工: {大项: " + item.no + ", 季度数: " + own.delay + "}"); }
    if (own.cost !== undefined) { lines.push("造价: {大项: " + item.no + ", 系数: " + percent(own.cost) + "}"); }
    if (own.priority !== undefined) { lines.push("优先级: {大项: " + item.no + ", 级别: " + own.priority + "}"); }
  });
  live.gates.forEach(function (gate) {
    var hard = setting.gates[gate.id];
    if (hard !== undefined) { lines.push("前置条件: {编号: " + gate.id + ", 强度: " + (hard ? "硬约束" : "软约束") + "}"); }
  });
  return lines;
}

// The file: what the program reads with -s.
function settingText(engine, setting, extended) {
  var lines = settingLines(engine, setting);
  return ["标题: 现场推演" + (extended.length ? "（起点：" + extended.join("、") + "）" : ""),
    "来源: 报告页“现场推演”中的设定，使用者假设",
    "继承: [" + extended.map(function (name) { return JSON.stringify(name); }).join(", ") + "]",
    lines.length ? "变更:" : "变更: []"].concat(lines.map(function (line) { return "  - " + line; })).join("\n") + "\n";
}

// What is wrong with a line, and what to do: nothing is skipped or guessed.
function LineError(number, found, fix) {
  this.message = "第 " + number + " 行：" + found + "。" + fix;
}
LineError.prototype = Object.create(Error.prototype);

var PATTERNS = {
  "渠道额度": /^\{渠道: (".*"), 年份: (\d{4})(?:-(\d{4}))?, 系数: (\d+(?:\.\d+)?)%, 部分: (合计|额度|待分配资金)\}$/,
  "年度目标": /^\{年份: (\d{4}), 金额: (\d+)万\}$/,
  "推迟开工": /^\{大项: (\d+), 季度数: (\d+)\}$/,
  "造价": /^\{大项: (\d+), 系数: (\d+(?:\.\d+)?)%\}$/,
  "优先级": /^\{大项: (\d+), 级别: (\d+)\}$/,
  "前置条件": /^\{编号: ([^,{}]+), 强度: (硬约束|软约束)\}$/
};
var OTHERWISE = "本页只读回它自己写的设定；其他情景文件请用程序推演：portfolio run -s 文件";

// A setting from such a file.
function settingOf(text, engine, extended) {
  var setting = noSetting(), told = { extended: null };
  text.replace(/^\uFEFF/, "").split(/\r?\n/).forEach(function (line, k) {
    var number = k + 1, found = /^ {2}- ([^:]+): (.*)$/.exec(line.trimEnd());
    if (found) { readChange(engine, setting, number, found[1], found[2]); return; }
    var head = /^(标题|来源|继承|变更):(.*)$/.exec(line);
    if (head && head[1] === "继承") { told.extended = head[2].trim(); }
    if (!head && line.trim() && line[0] !== "#") { throw new LineError(number, "读不懂“" + line.trim().slice(0, 30) + "”", OTHERWISE); }
  });
  var wanted = "[" + extended.map(function (name) { return JSON.stringify(name); }).join(", ") + "]";
  if (told.extended === null) { throw new LineError(1, "没有“继承”一行", OTHERWISE); }
  if (told.extended !== wanted) {
    throw new LineError(1, "文件的起点是 " + told.extended + "，本页现在的起点是 " + wanted, "请先在页首切换到文件的起点情景，再载入");
  }
  // What was read must be all that stands there: written again it is the same lines.
  var again = settingLines(engine, setting), lines = text.split(/\r?\n/).map(function (line) { return line.trimEnd(); });
  var missing = again.filter(function (line) { return lines.indexOf("  - " + line) < 0; });
  if (missing.length) { throw new LineError(lines.length, "缺少“" + missing[0] + "”一行，设定不完整", OTHERWISE); }
  return setting;
}

function whole(number, text, least, most, what) {
  var bps = Math.round(Number(text) * 100);
  if (!(bps >= least && bps <= most)) { throw new LineError(number, what + " " + text + "% 超出 " + percent(least) + "–" + percent(most), "请在这个范围内改"); }
  return bps;
}
function readChange(engine, setting, number, verb, rest) {
  var pattern = PATTERNS[verb], found = pattern ? pattern.exec(rest) : null, live = engine.live;
  if (!found) { throw new LineError(number, "“" + verb + "”不是本页写的样子", OTHERWISE); }
  if (verb === "渠道额度") { readEnvelope(live, setting, number, found); return; }
  if (verb === "年度目标") { readTarget(engine, setting, number, Number(found[1]) - live.first_year, Number(found[2])); return; }
  if (verb === "前置条件") {
    if (!live.gates.some(function (gate) { return gate.id === found[1]; })) { throw new LineError(number, "没有前置条件 " + found[1], "请核对编号"); }
    setting.gates[found[1]] = found[2] === "硬约束";
    return;
  }
  var item = live.items.filter(function (one) { return one.no === Number(found[1]); })[0];
  if (!item) { throw new LineError(number, "没有大项 " + found[1], "请核对序号"); }
  var own = setting.items[item.no] = setting.items[item.no] || {};
  if (verb === "造价") { own.cost = whole(number, found[2], live.cheapest_bps, live.most_bps, "造价系数"); return; }
  var key = verb === "推迟开工" ? "delay" : "priority", value = Number(found[2]);
  if (key === "delay" ? value > live.most_delay : live.priorities.indexOf(value) < 0) {
    throw new LineError(number, verb + " " + value + " 超出范围", key === "delay" ? "至多 " + live.most_delay + " 个季度" : "请写 " + live.priorities.join("、"));
  }
  own[key] = value;
}
function readEnvelope(live, setting, number, found) {
  var name = JSON.parse(found[1]), bps = whole(number, found[4], 0, live.most_bps, "系数");
  var channel = live.channels.filter(function (one) { return one.name === name; })[0];
  if (!channel) { throw new LineError(number, "没有城市统筹渠道“" + name + "”", "可写 " + live.channels.map(function (one) { return one.name; }).join("、")); }
  var from = Number(found[2]) - live.first_year, until = Number(found[3] || found[2]) - live.first_year;
  if (from < live.from_year || until > live.until_year || until < from) {
    throw new LineError(number, "年份超出 " + years(live.first_year, [live.from_year, live.until_year]), "请改在这些年份内");
  }
  if (found[5] === "待分配资金") {
    if (setting.reserve !== null && setting.reserve !== bps) { throw new LineError(number, "待分配资金有两个系数", OTHERWISE); }
    setting.reserve = bps;
    return;
  }
  var of = setting.envelopes[channel.id] = setting.envelopes[channel.id] || {};
  for (var year = from; year <= until; year += 1) { of[year] = bps; }
}
function readTarget(engine, setting, number, year, wan) {
  var listed = engine.live.years[year];
  if (!listed || !engine.hasTarget(year)) { throw new LineError(number, "这一年没有可改的目标", "请去掉这一行"); }
  var bps = Math.round(wan * 100 / listed.target_wan) * 100;
  if (partOf(listed.target_wan, bps) !== wan || (setting.target !== null && setting.target !== bps)) {
    throw new LineError(number, "目标不是各年同一百分比", OTHERWISE);
  }
  setting.target = bps;
}
