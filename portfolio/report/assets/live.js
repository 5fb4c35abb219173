// 现场推演: sliders, and everything that follows them. Nothing here is the report, nothing is printed.
"use strict";

// `tools`: make, chartIn, clearChart, context of the page. Returns what the page tells it: show, redraw.
function livePanel(data, tools) {
  var make = tools.make, engines = new Map(), engine = null, setting = null, start = null, now = null, record = null;
  var wanted = false, waiting = false, readers = [], lucky = luckyPart();
  function byId(id) { return document.getElementById(id); }
  function say(text) { byId("live-state").textContent = text; }
  function first() { return engine.live.first_year; }
  function span() { return years(first(), [engine.live.from_year, engine.live.until_year]).replace("-", "–"); }

  // --- the engine of the scenario shown ----------------------------------------------------------

  var NO_ENGINE = "这里不能现场推演：浏览器关闭了 WebAssembly，或版本过旧。本页其余内容不受影响；" +
    "请用新版 Edge 或 Chrome 打开，或由程序推演：portfolio run -s 情景。";
  function show(scenario) {
    record = scenario;
    engine = null;
    byId("live-body").hidden = true;
    if (scenario.live === null) { say("本情景不能现场推演：" + scenario.no_live + "。"); return; }
    say("正在准备现场推演……");
    if (wanted) { open(); }
  }
  function open() {
    var of = record;
    wanted = true;
    if (engine !== null || of.live === null) { return; }
    if (typeof WebAssembly === "undefined" || typeof DecompressionStream === "undefined") { say(NO_ENGINE); return; }
    if (!engines.has(of)) { engines.set(of, openLive(data.engine, of.live)); }
    engines.get(of).then(function (found) { if (of === record) { begin(found); } }, function () { say(NO_ENGINE); });
  }
  function begin(found) {
    engine = found;
    setting = noSetting();
    engine.set(setting);
    start = engine.play();
    var told = engine.against(start);
    if (told.other) {
      engine = null;
      say("本页重算与程序不一致（" + told.other + " 个数不同），因此不提供现场推演；请把本页与工作簿交给维护人员。");
      return;
    }
    byId("live-proof").textContent = "与程序逐格一致：打开本页时重算了程序的 " + told.same.toLocaleString("en-US") + " 个数，0 个不同。";
    startYears = byYear(start);
    lucky.begin();
    say("");
    byId("live-body").hidden = false;
    build();
    follow();
  }

  // --- what follows a setting ----------------------------------------------------------------------

  var startYears = [], drawn = null;
  function byYear(result) { return engine.live.years.map(function (_year, k) { return engine.year(result, k); }); }
  function settable(rows) { return rows.slice(engine.live.from_year, engine.live.until_year + 1); }
  function sum(rows, name) { return rows.reduce(function (a, row) { return a + (row[name] || 0); }, 0); }
  function missed(rows) { return rows.filter(function (row) { return row.shortfall_wan > 0; }).length; }
  function lateOf(result) { return engine.live.items.filter(function (_item, k) { return engine.isLate(result, k); }).length; }
  function endless(result) {
    return engine.live.items.filter(function (_item, k) { return engine.delay(result, k) === Infinity; }).length;
  }

  // Follow once for all that was moved since the last picture.
  function follow() {
    if (waiting) { return; }
    waiting = true;
    requestAnimationFrame(function () { waiting = false; if (engine) { play(); } });
  }
  function play() {
    var begun = performance.now();
    engine.set(setting);
    now = engine.play();
    var rows = byYear(now);
    tell(rows);
    lucky.follow();
    draw(rows, drawn === engine);
    drawn = engine;
    readers.forEach(function (read) { read(); });
    fillFile();
    var took = Math.round(performance.now() - begun);
    byId("live-took").textContent = "本次推演连同图表用了 " + took + " 毫秒。";
    byId("live").dataset.took = String(took);
    byId("live").dataset.played = String(Number(byId("live").dataset.played || 0) + 1);
  }
  function compared(wan, before) {
    if (wan === before) { return "与起点相同"; }
    return "比起点" + (wan > before ? "多 " : "少 ") + smallYi(Math.abs(wan - before)) + " 亿元";
  }
  function tell(rows) {
    var gap = sum(settable(rows), "shortfall_wan"), gap0 = sum(settable(startYears), "shortfall_wan");
    var none = !settingLines(engine, setting).length, late = lateOf(now), late0 = lateOf(start);
    byId("live-answer").textContent = (none ? "起点（尚未改动）：" : "照此设定，") + span() + " 年对年度目标的缺口合计 " + smallYi(gap) + " 亿元" +
      (none ? "" : "，" + compared(gap, gap0)) + "；" + missed(settable(rows)) + " 年低于目标" + (none ? "" : "（起点 " + missed(settable(startYears)) + " 年）") +
      "；完成投资合计 " + smallYi(sum(settable(rows), "drawn_wan")) + " 亿元" + (none ? "" : "，" + compared(sum(settable(rows), "drawn_wan"), sum(settable(startYears), "drawn_wan"))) +
      "；滞后 " + late + " 项" + (none ? "。" : "（起点 " + late0 + " 项）。");
    var money = sum(settable(rows), "drawn_wan");
    fillFigures([
      ["缺口合计（" + span() + "）", smallYi(gap), "亿元", compared(gap, gap0)],
      ["完成投资合计（" + span() + "）", smallYi(money), "亿元", compared(money, sum(settable(startYears), "drawn_wan"))],
      ["滞后大项", String(late), "项", "起点 " + late0 + " 项"],
      ["推演期内不能竣工", String(endless(now)), "项", "起点 " + endless(start) + " 项"]
    ]);
  }
  function fillFigures(figures) {
    byId("live-figures").replaceChildren.apply(byId("live-figures"), figures.map(function (f) {
      var card = make("div", null, "figure");
      card.append(make("span", f[0], "name"), make("b", f[1], "reads"), make("span", f[2], "unit"), make("span", f[3], "name"));
      return card;
    }));
  }
  // --- pictures --------------------------------------------------------------------------------------

  // Drawn anew where the page changes; a moved slider changes the numbers in the pictures alone.
  function draw(rows, again) {
    var context = tools.context();
    drawYears(context, rows, again);
    var moved = movedItems();
    byId("live-moved").textContent = moved.length ? "竣工变动最大的 " + Math.min(moved.length, 12) + " 个大项（共 " + moved.length + " 项变动）："
      : "没有大项的竣工因此变动。";
    if (moved.length) { put(byId("live-items-chart"), 60 + 24 * Math.min(moved.length, 12), liveItemsOption(context, moved.slice(0, 12)), again); } else { tools.clearChart(byId("live-items-chart")); }
  }
  // What the lucky paths have a part in.
  function drawYears(context, rows, again) {
    var of = settable(rows), before = settable(startYears);
    put(byId("live-chart"), 300, liveYearsOption(context, of, before, lucky.years()), again);
    byId("live-table").replaceChildren(liveTable(make, of, before, lucky.years()));
  }
  function put(box, height, option, again) {
    var chart = again && box.style.height === height + "px" ? echarts.getInstanceByDom(box) : null;
    if (chart) { chart.setOption({ series: option.series, yAxis: option.yAxis, tooltip: option.tooltip }); } else { tools.chartIn(box, height, option); }
  }
  // Items whose finish is not where it was, the largest change first.
  function movedItems() {
    var live = engine.live;
    return live.items.map(function (item, k) { return { item: item, quarters: now.finish[k] - start.finish[k], open: now.finish[k] >= live.quarters }; })
      .filter(function (one) { return one.quarters !== 0; })
      .sort(function (a, b) { return Math.abs(b.quarters) - Math.abs(a.quarters) || a.item.no - b.item.no; });
  }
  // --- the lucky paths ---------------------------------------------------------------------------------

  // They come after the one path without luck: what stands of them is never of another setting.
  function luckyPart() {
    var opened = new Map(), at = null, found = null;
    function sayLuck(text) { byId("live-luck").textContent = text; }
    function begin() {
      var of = engine, live = engine.live, luck = live.luck;
      if (at) { at.player.stop(); }
      at = null;
      byId("live-luck-proof").textContent = "";
      if (luck === null) { sayLuck("没有运气范围：" + live.no_luck + "。"); return; }
      sayLuck("正在准备 " + luck.paths + " 条运气路径……");
      if (!opened.has(of)) { opened.set(of, openLucky(data.engine, live, of, data.draws[luck.drawn]).then(startOf)); }
      opened.get(of).then(function (one) {
        if (of !== engine) { return; }
        if (one.other) { sayLuck("运气路径与程序不一致，因此不提供运气范围；请把本页与工作簿交给维护人员。"); return; }
        at = one;
        byId("live-luck-proof").textContent = "运气路径与压力测试的前 " + luck.paths + " 条逐格一致：" + one.count.toLocaleString("en-US") + " 个数校验相同。";
        follow();
      }, function () { sayLuck("运气路径没能打开，不影响上面的一条路径；请用新版 Edge 或 Chrome 打开本页。"); });
    }
    function startOf(luckyEngine) {
      var player = new LuckyPlayer(luckyEngine);
      return new Promise(function (done) {
        player.play(noSetting(), function (result) {
          done({ engine: luckyEngine, player: player, start: result, count: countOf(result), other: luckyChecksum(result) !== luckyEngine.luck.checksum });
        });
      });
    }
    function follow() {
      found = null;
      delete byId("live").dataset.lucky;
      if (!at) { return; }
      at.player.stop();
      if (!luckyReaches(at.engine, setting)) {
        sayLuck("系数超过 " + at.engine.luck.most_bps / 100 + "% 的设定不推演运气：金额过大，会失去精确。");
        return;
      }
      sayLuck("正在按同一运气推演 " + at.engine.luck.paths + " 条路径……");
      at.player.play(setting, function (result, took) {
        found = settable(engine.live.years.map(function (_year, k) { return luckyYear(at.engine, result, at.start, k); }));
        drawYears(tools.context(), byYear(now), true);
        sayLuck(luckySentence(engine.live, found, settingLines(engine, setting).length > 0));
        byId("live").dataset.lucky = String(Math.round(took));
      });
    }
    return { begin: begin, follow: follow,
      years: function () { return found || settable(engine.live.years).map(function () { return null; }); } };
  }

  // --- sliders ----------------------------------------------------------------------------------------

  function build() {
    readers = [];
    // On a narrow screen the answer stays in view below the page's bar.
    byId("live").style.setProperty("--bar", document.querySelector("header.bar").offsetHeight + "px");
    buildPresets();
    buildMoney();
    buildMore();
    buildItem();
    byId("live-note").textContent = "";
  }
  // A slider with its label and its number; `get` tells it where it stands, `put` takes where it is moved.
  function slider(label, least, most, get, put, text) {
    var line = make("label", null, "live-line"), range = make("input"), number = make("output");
    range.type = "range";
    range.min = String(least);
    range.max = String(most);
    range.step = "1";
    range.setAttribute("aria-label", label);
    range.addEventListener("input", function () { put(Number(range.value)); follow(); });
    function read() {
      range.value = String(get());
      number.textContent = text(get());
      range.setAttribute("aria-valuetext", number.textContent);
    }
    readers.push(read);
    read();
    line.append(make("span", label), number, range);
    return line;
  }
  // Where a channel's year stands before it is touched, in per cent of what the workbook asks.
  function startOf(channel, year) { return Math.round(channel.asked_now_wan[year] * 100 / channel.asked_wan[year]); }
  function standsAt(channel, year) {
    var of = setting.envelopes[channel.id], bps = of ? of[year] : undefined;
    return bps === undefined ? startOf(channel, year) : bps / 100;
  }
  function putEnvelope(channel, year, value) {
    var of = setting.envelopes[channel.id] = setting.envelopes[channel.id] || {};
    if (value === startOf(channel, year) && partOf(channel.asked_wan[year], value * 100) === channel.asked_now_wan[year]) { delete of[year]; } else { of[year] = value * 100; }
  }
  function yearsOf(channel) {
    var found = [];
    for (var year = engine.live.from_year; year <= engine.live.until_year; year += 1) { if (channel.asked_wan[year] > 0) { found.push(year); } }
    return found;
  }
  function ofAsk(value) { return value + "%"; }
  function buildMoney() {
    var box = byId("live-money"), most = engine.live.most_bps / 100;
    box.replaceChildren(make("legend", "城市统筹资金：为计划所需的百分之几"));
    engine.live.channels.forEach(function (channel) {
      var list = yearsOf(channel);
      if (!list.length) { return; }
      function stand() { return list.map(function (year) { return standsAt(channel, year); }); }
      box.append(slider(channel.short + "（各年一起）", 0, most, function () {
        return Math.round(stand().reduce(function (a, b) { return a + b; }, 0) / list.length);
      }, function (value) { list.forEach(function (year) { putEnvelope(channel, year, value); }); },
      function (value) { return stand().every(function (one) { return one === stand()[0]; }) ? value + "%" : "各年不同"; }));
      var more = make("details"), part = make("div");
      more.append(make("summary", channel.short + "逐年"), part);
      list.forEach(function (year) {
        part.append(slider(channel.short + " " + (first() + year) + " 年", 0, most, function () { return standsAt(channel, year); },
          function (value) { putEnvelope(channel, year, value); },
          function (value) { return value + "%　" + smallYi(engine.envelope(setting, channel, year)) + " 亿元"; }));
      });
      box.append(more);
    });
  }
  function buildMore() {
    var box = byId("live-more"), most = engine.live.most_bps / 100;
    function factor(name) {
      return [function () { return setting[name] === null ? 100 : setting[name] / 100; },
        function (value) { setting[name] = value === 100 ? null : value * 100; }];
    }
    var reserve = factor("reserve"), target = factor("target");
    box.replaceChildren(make("legend", "待分配资金与年度目标（" + span() + " 年）"),
      slider("待分配资金（全部统筹渠道）", 0, most, reserve[0], reserve[1], ofAsk), slider("年度目标", 50, most, target[0], target[1], ofAsk));
  }

  // --- one item, its gates ----------------------------------------------------------------------------

  function buildItem() {
    var box = byId("live-item"), pick = make("select"), own = make("div");
    pick.setAttribute("aria-label", "选一个大项");
    engine.live.items.forEach(function (item, k) {
      var option = make("option", item.no + " " + item.name);
      option.value = String(k);
      pick.append(option);
    });
    pick.addEventListener("change", function () { fillItem(own, Number(pick.value)); });
    box.replaceChildren(make("legend", "单个大项"), pick, own);
    fillItem(own, 0);
  }
  function fillItem(box, k) {
    var live = engine.live, item = live.items[k];
    readers = readers.filter(function (read) { return !read.ofItem; });
    var before = readers.length;
    function ownOf() { return setting.items[item.no] = setting.items[item.no] || {}; }
    function put(key, value, at) { if (value === at) { delete ownOf()[key]; } else { ownOf()[key] = value; } }
    box.replaceChildren();
    if (item.started) { box.append(make("p", "已开工，不能再推迟开工。", "quiet")); } else {
      box.append(slider("推迟开工", 0, live.most_delay, function () { return engine.item(setting, k).delay; },
        function (value) { put("delay", value, item.delay_quarters); }, function (value) { return value + " 季"; }));
    }
    box.append(slider("造价", live.cheapest_bps / 100, live.most_bps / 100, function () { return engine.item(setting, k).cost / 100; },
      function (value) { put("cost", value * 100, item.cost_bps); }, ofAsk));
    box.append(slider("优先级（1 最先）", live.priorities[0], live.priorities[live.priorities.length - 1],
      function () { return engine.item(setting, k).priority; }, function (value) { put("priority", value, item.priority); },
      function (value) { return value + " 级"; }));
    box.append(gatesOf(k));
    readers.slice(before).forEach(function (read) { read.ofItem = true; });
  }
  function gatesOf(k) {
    var live = engine.live, box = make("div", null, "live-gates");
    var gates = live.gates.filter(function (gate) { return gate.pred === k || gate.succ === k; });
    box.append(make("p", !gates.length ? "它没有前置条件。" : live.soft_gates_bind ? "本情景软前置条件也生效，不能在这里关。" : "前置条件（打勾的生效）：", "quiet"));
    if (live.soft_gates_bind) { return box; }
    gates.forEach(function (gate) {
      var line = make("label"), tick = make("input");
      tick.type = "checkbox";
      tick.addEventListener("change", function () {
        if (tick.checked === gate.hard) { delete setting.gates[gate.id]; } else { setting.gates[gate.id] = tick.checked; }
        follow();
      });
      function read() { tick.checked = setting.gates[gate.id] === undefined ? gate.hard : setting.gates[gate.id]; }
      readers.push(read);
      read();
      line.append(tick, " " + gate.id + "　" + live.items[gate.pred].name + " → " + live.items[gate.succ].name);
      box.append(line);
    });
    return box;
  }

  // --- presets, and settings as files -------------------------------------------------------------------

  // Channels by a word of their names, and the part that is left of theirs in the three coming years.
  var PRESETS = [["债减三成", [["专项债", 70]]], ["土地减四成", [["土地", 60]]], ["两者并发", [["专项债", 70], ["土地", 60]]]];
  var PRESET_YEARS = 3;
  function channelOf(word) {
    var fit = engine.live.channels.filter(function (channel) { return channel.name.indexOf(word) >= 0; });
    return fit.length === 1 ? fit[0] : null;
  }
  function buildPresets() {
    var box = byId("live-presets");
    box.replaceChildren();
    PRESETS.forEach(function (preset) {
      if (!preset[1].every(function (cut) { return channelOf(cut[0]) !== null; })) { return; }
      box.append(button(preset[0], function () {
        setting = noSetting();
        preset[1].forEach(function (cut) {
          var channel = channelOf(cut[0]);
          yearsOf(channel).slice(0, PRESET_YEARS).forEach(function (year) { putEnvelope(channel, year, cut[1]); });
        });
        note("“" + preset[0] + "”：自 " + (first() + engine.live.from_year) + " 年起 " + PRESET_YEARS + " 年，计划所需只到 " +
          preset[1].map(function (cut) { return channelOf(cut[0]).short + " " + cut[1] + "%"; }).join("、") + "。");
        follow();
      }));
    });
    box.append(button("回到基准", function () { setting = noSetting(); note("已回到起点：" + record.title + "。"); follow(); }));
  }
  function button(text, act) {
    var made = make("button", text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }
  function note(text) { byId("live-note").textContent = text; }
  var NO_FILE = "起点是命令行的临时设定（--set）或工作簿里的情景表，没有情景文件可继承，不能存成文件；请先把它写成情景文件，再做报告。";
  function fillFile() {
    byId("live-text").value = record.extends === null ? NO_FILE : settingText(engine, setting, record.extends);
    byId("live-save").disabled = byId("live-load").disabled = byId("live-file").disabled = record.extends === null;
  }
  function save() {
    var link = make("a");
    link.href = URL.createObjectURL(new Blob([byId("live-text").value], { type: "text/yaml;charset=utf-8" }));
    link.download = "现场推演.yaml";
    document.body.append(link);
    link.click();
    link.remove();
    note("已存为“现场推演.yaml”。程序这样推演它：portfolio run -s 现场推演.yaml，各数与本页相同。");
  }
  function load(text) {
    try { setting = settingOf(text, engine, record.extends); } catch (error) {
      if (!(error instanceof LineError)) { throw error; }
      note("没有载入。" + error.message);
      return;
    }
    note("已载入，设定共 " + settingLines(engine, setting).length + " 行。");
    follow();
  }
  byId("live-save").addEventListener("click", save);
  byId("live-load").addEventListener("click", function () { load(byId("live-text").value); });
  byId("live-file").addEventListener("change", function (event) {
    var file = event.target.files[0];
    event.target.value = "";
    if (file) { file.text().then(load); }
  });

  new IntersectionObserver(function (entries) {
    if (entries.some(function (entry) { return entry.isIntersecting; })) { open(); }
  }, { rootMargin: "600px 0px" }).observe(byId("live"));
  return { show: show, redraw: function () { if (engine && now) { draw(byYear(now)); } } };
}
