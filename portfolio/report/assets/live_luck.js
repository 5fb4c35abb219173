// The lucky paths of 现场推演: the first ones of the stress test, played on with the same luck.
"use strict";

// --- what is read of them ---------------------------------------------------------------------------

// Money and progress of each path by year, facts included, and its starts and finishes: as the program has them.
function luckyResult(engine) {
  var past = engine.live.past, years = engine.years;
  var spent = past.channel_wan.map(function (row) { return BigInt(row.reduce(function (a, b) { return a + b; }, 0)); });
  var done = past.progress_wan.map(BigInt);
  function with_(name, before) { return engine.array(name).map(function (wan, k) { return wan + before[k % years]; }); }
  return { drawn_wan: with_("out.drawn", spent), progress_wan: with_("out.progress", done),
    start: engine.array("out.start").slice(), finish: engine.array("out.finish").slice() };
}

var CRC_TABLE = new Uint32Array(256).map(function (_none, value) {
  for (var bit = 0; bit < 8; bit += 1) { value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1; }
  return value;
});
// CRC-32 of all numbers of a result, as `checksum_of` of the program has it.
function luckyChecksum(result) {
  var crc = 0xffffffff;
  [result.drawn_wan, result.progress_wan, result.start, result.finish].forEach(function (array) {
    var bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (var k = 0; k < bytes.length; k += 1) { crc = CRC_TABLE[(crc ^ bytes[k]) & 255] ^ (crc >>> 8); }
  });
  return (crc ^ 0xffffffff) >>> 0;
}
function countOf(result) {
  return result.drawn_wan.length + result.progress_wan.length + result.start.length + result.finish.length;
}

// The percentile of whole numbers as the program takes it: the smallest rank that is enough.
function percentileOf(values, percent) {
  var sorted = Float64Array.from(values).sort();
  return sorted[Math.max(1, Math.ceil(sorted.length * percent / 100)) - 1];
}
function rangeOf(values) {
  return { low: percentileOf(values, 10), middle: percentileOf(values, 50), high: percentileOf(values, 90) };
}
// Converted progress of a year by path; null where the year has no 入列系数.
function luckyConverted(engine, result, index) {
  var share = engine.live.years[index].inclusion_bps, years = engine.years;
  if (share === null) { return null; }
  return Array.from({ length: engine.luck.paths }, function (_none, path) {
    return partOf(Number(result.progress_wan[path * years + index]), share);
  });
}
// A year's range now and at the start, and that of the differences path by path.
function luckyYear(engine, now, start, index) {
  var after = luckyConverted(engine, now, index), before = luckyConverted(engine, start, index);
  if (after === null) { return null; }
  return { now: rangeOf(after), start: rangeOf(before), change: rangeOf(after.map(function (wan, k) { return wan - before[k]; })) };
}
// Whether all amounts of a setting stay whole on these draws.
function luckyReaches(engine, setting) {
  var most = engine.luck.most_bps, found = setting.reserve === null ? [] : [setting.reserve];
  Object.keys(setting.envelopes).forEach(function (id) { found = found.concat(Object.values(setting.envelopes[id])); });
  Object.keys(setting.items).forEach(function (no) { found.push(setting.items[no].cost || 0); });
  return found.every(function (bps) { return bps <= most; });
}

// What the lucky paths say, of the year that a setting moves most, else of the first: `years` by settable year.
function luckySentence(live, years, moved) {
  var most = -1, luck = live.luck;
  years.forEach(function (one, k) {
    if (one && (most < 0 || Math.abs(one.change.middle) > Math.abs(years[most].change.middle))) { most = k; }
  });
  if (most < 0) { return "没有入列系数，算不出折市重点口径的运气范围。"; }
  var one = years[most], year = live.first_year + live.from_year + most;
  return luck.paths + " 条同一运气的路径（压力测试 " + luck.study_paths.toLocaleString("en-US") + " 条中的前 " + luck.paths + " 条，种子 " + luck.seed + "）：" +
    year + " 年折市重点 P10–P90 为 " + rangeText(one.now) + "，P50 为 " + smallYi(one.now.middle) + " 亿元" +
    (moved ? "；起点为 " + rangeText(one.start) + "；逐条相减，P50 " + (one.change.middle < 0 ? "少 " : "多 ") + smallYi(Math.abs(one.change.middle)) +
      "，P10–P90 为 " + rangeText(one.change) + " 亿元" : "") + "。只有清单内的大项，不是达标概率。";
}

// --- playing them while the reader goes on ------------------------------------------------------------

// Milliseconds that the page may stand still.
var LUCKY_SLICE = 24;

// Plays settings one after another, the latest only; `done` is told what came of it.
function LuckyPlayer(engine) {
  this.engine = engine;
  this.turn = 0;
}
LuckyPlayer.prototype.stop = function () { this.turn += 1; };
LuckyPlayer.prototype.play = function (setting, done) {
  var self = this, engine = this.engine, turn = this.turn += 1, next = 0, step = 8, begun = performance.now();
  engine.set(setting);
  engine.clear();
  function slice() {
    if (turn !== self.turn) { return; }
    var until = performance.now() + LUCKY_SLICE;
    do {
      var stop = Math.min(next + step, engine.luck.paths);
      engine.part(next, stop);
      next = stop;
    } while (next < engine.luck.paths && performance.now() < until);
    if (next < engine.luck.paths) { setTimeout(slice, 0); } else { done(luckyResult(engine), performance.now() - begun); }
  }
  setTimeout(slice, 0);
};
