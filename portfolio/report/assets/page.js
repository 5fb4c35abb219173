// The page: one scenario shown at a time, pictures drawn when they come into view.
"use strict";

(function () {
  var data = JSON.parse(document.getElementById("data").textContent);
  TIME = data.time;
  data.scenarios.forEach(function (scenario) {
    Object.keys(scenario.pictures).forEach(function (name) {
      var picture = scenario.pictures[name];
      picture.tables = picture.tables.map(function (table) { return new Columns(table); });
    });
    scenario.changes = new Columns(scenario.changes);
    if (scenario.listed !== null) { scenario.listed.table = new Columns(scenario.listed.table); }
    scenario.assumptions = scenario.assumptions === null ? null : new Columns(scenario.assumptions);
  });
  data.comparison = data.comparison === null ? null : new Columns(data.comparison);

  // Widths of a picture in pixels on each paper, across and upright.
  var PAPERS = { A4: { wide: 1000, tall: 690 }, A3: { wide: 1480, tall: 1000 } };
  // What an A4 page holds below a heading.
  var HIGHEST_UPRIGHT = 850, HIGHEST_ACROSS = 500;
  var paper = "A4";
  var chosen = Math.min(1, data.scenarios.length - 1);
  var printing = false, dark = null, choices = {}, drawn = {}, visible = new Set(), openTables = [];
  var fonts = getComputedStyle(document.body).fontFamily;
  var narrow = window.matchMedia("(max-width: 820px)"), night = window.matchMedia("(prefers-color-scheme: dark)");

  function byId(id) { return document.getElementById(id); }
  function make(tag, text, kind) {
    var made = document.createElement(tag);
    if (text !== undefined && text !== null) { made.textContent = text; }
    if (kind) { made.className = kind; }
    return made;
  }
  function isDark() { return !printing && (dark === null ? night.matches : dark); }
  function scenario() { return data.scenarios[chosen]; }

  // --- what a picture is drawn with -------------------------------------------------------------

  // The choice of a select of a picture; made when it is first asked for, kept over scenarios.
  function chooser(name, holder) {
    return function (key, texts) {
      var id = name + "-" + key, select = byId(id);
      var wanted = choices[id] === undefined ? texts[0] : choices[id];
      if (!select) {
        select = make("select");
        select.id = id;
        select.setAttribute("aria-label", { period: "年份", measure: "计划或完成", outcome: "看哪个结果",
          item: "看哪个大项", year: "年份" }[key]);
        select.addEventListener("change", function () { choices[id] = select.value; draw(name); });
        holder.append(select);
      }
      var list = texts.join("\n");
      if (select.dataset.texts !== list) {
        select.replaceChildren.apply(select, texts.map(function (text) {
          var option = make("option", text);
          option.value = text;
          return option;
        }));
        select.dataset.texts = list;
      }
      select.value = texts.indexOf(wanted) >= 0 ? wanted : texts[0];
      return Math.max(0, texts.indexOf(select.value));
    };
  }
  function contextOf(name, section) {
    return { data: data, colours: isDark() ? DARK : LIGHT, fonts: fonts, chosen: chosen, print: printing,
      narrow: narrow.matches && !printing, choice: section ? chooser(name, section.querySelector(".controls")) : null };
  }

  function chartIn(box, height, option) {
    var tall = box.closest(".tall") !== null, sheet = PAPERS[paper];
    // On paper a picture has the width of the page, whatever the window's, and its height at most.
    if (printing) {
      var grown = tall ? sheet.tall / PAPERS.A4.tall : sheet.wide / PAPERS.A4.wide;
      height = Math.round(Math.min(height, tall ? HIGHEST_UPRIGHT : HIGHEST_ACROSS) * grown);
    }
    box.style.height = height + "px";
    box.style.width = printing ? (tall ? sheet.tall : sheet.wide) + "px" : "";
    var chart = echarts.getInstanceByDom(box);
    if (!chart) { chart = echarts.init(box, null, { renderer: "svg" }); } else { chart.resize(); }
    chart.setOption(option, { notMerge: true });
  }
  function clearChart(box) {
    var chart = echarts.getInstanceByDom(box);
    if (chart) { chart.dispose(); }
    box.style.height = "0";
  }

  function draw(name) {
    var section = byId(name), picture = scenario().pictures[name];
    var boxes = section.querySelectorAll(".chart"), note = section.querySelector(".note");
    section.classList.toggle("missing", picture.missing !== null);
    drawn[name] = true;
    if (picture.missing !== null) {
      boxes.forEach(clearChart);
      section.querySelector(".controls").replaceChildren();
      note.textContent = "本图没有数据：" + picture.missing + "。";
      return;
    }
    if (name === "graph") { drawGraph(section, note); return; }
    var made = DRAW[name](picture, contextOf(name, section));
    note.textContent = made.note || "";
    if (made.option === null) { boxes.forEach(clearChart); } else { chartIn(boxes[0], made.height, made.option); }
    if (boxes[1]) {
      if (made.second) { chartIn(boxes[1], made.second.height, made.second.option); } else { clearChart(boxes[1]); }
    }
    var keys = section.querySelector(".keys");
    if (keys && made.keys) {
      keys.replaceChildren.apply(keys, made.keys.map(function (key) {
        var line = make("span");
        line.append(make("i", "", key[0]), make("span", key[1]));
        return line;
      }));
    }
  }

  // --- the graph of gates -------------------------------------------------------------------------

  var explorer = null, shownGraph = null;
  function drawGraph(section, note) {
    var box = section.querySelector(".graph-box"), panel = byId("graph-panel");
    if (shownGraph !== scenario().graph) {
      if (explorer) { explorer.clear(false); }
      box.innerHTML = data.graphs[scenario().graph].svg;
      shownGraph = scenario().graph;
      explorer = exploreGraph(box.querySelector("svg"), data.graphs[shownGraph], panel, false);
      box.querySelector("svg").classList.toggle("hide-soft", !byId("soft").checked);
    }
    var svg = box.querySelector("svg"), late = new Set(scenario().late);
    var chain = decidingChain();
    svg.querySelectorAll(".card").forEach(function (card) {
      var no = Number(card.dataset.no);
      card.classList.toggle("late", late.has(no));
      card.classList.toggle("deciding", chain.items.has(no));
    });
    svg.querySelectorAll(".edge").forEach(function (edge) {
      edge.classList.toggle("deciding", chain.gates.has(edge.dataset.id));
    });
    note.textContent = chain.text;
  }
  function decidingChain() {
    var table = scenario().pictures.graph.tables[1], items = table.get("序号");
    var names = table.get("大项").map(function (name, k) { return items[k] + " " + name; });
    var text = !names.length ? "" : "决定末项竣工的链：" + names.slice().reverse().join(" → ") +
      "（" + table.get("推演竣工")[0] + "）。" +
      (scenario().chain_ties ? "同时竣工的还有 " + scenario().chain_ties + " 个大项，这里取清单中靠前的一个。" : "") +
      (names.length === 1 ? "没有前置条件推迟它，" + table.get("本项滞后原因")[0] + "。" : "");
    return { items: new Set(items), gates: new Set(scenario().chain_gates), text: text };
  }

  // --- sentences, figures, lists ----------------------------------------------------------------

  function withSource(element, text) {
    element.tabIndex = 0;
    element.classList.add("sourced");
    element.dataset.source = text;
    return element;
  }
  function fillFigures(box, figures) {
    box.replaceChildren.apply(box, figures.map(function (f) {
      var card = withSource(make("div", null, "figure"), f.source);
      card.append(make("span", f.name, "name"), make("b", f.reads, "reads"), make("span", f.unit, "unit"));
      return card;
    }));
  }
  function fillTop() {
    var s = scenario();
    byId("scenario-title").textContent = s.title;
    var answer = byId("answer");
    answer.textContent = s.answer.text;
    withSource(answer, s.answer.source);
    fillFigures(byId("answer-figures"), s.answer.figures);
    byId("summary").textContent = s.summary || "";
    byId("made").textContent = s.made;
    byId("reconciliation").replaceChildren.apply(byId("reconciliation"),
      s.reconciliation.map(function (line) { return withSource(make("p", line.text), line.source); }));
    byId("sentences").replaceChildren.apply(byId("sentences"),
      s.sentences.map(function (line) { return withSource(make("li", line.text), line.source); }));
    fillFigures(byId("figures"), s.figures);
    byId("nature-note").textContent = data.nature;
    byId("forecast").hidden = s.forecast === null;
    if (s.forecast !== null) {
      byId("forecast-title").textContent = s.forecast.title;
      fillFigures(byId("forecast-figures"), s.forecast.figures);
    }
    byId("listed").hidden = s.listed === null;
    byId("listed-table").replaceChildren();
    if (s.listed !== null) {
      byId("listed-read").textContent = s.listed.read;
      byId("listed-table").append(plainTable(s.listed.table));
    }
    var list = byId("assumption-list"), table = s.assumptions;
    byId("assumption-counts").replaceChildren.apply(byId("assumption-counts"),
      s.assumption_lines.map(function (line) { return make("li", line); }));
    byId("assumption-lead").textContent = table === null
      ? "未做压力测试，不能按影响大小排列；各类数的依据如下。"
      : "以下假设对结果影响最大（压力测试龙卷风图，" + (table.length ? "前 " + table.length + " 项" : "没有超过抽样误差的") +
        "）；“相差”是该因素处在最低一成与最高一成时结果之差。";
    list.replaceChildren();
    if (table !== null && table.length) { list.append(plainTable(table)); }
    byId("origin").textContent = s.origin;
  }
  // A short table that is read and printed as it stands.
  function plainTable(table) {
    var grid = make("table"), head = make("tr");
    table.columns.forEach(function (column) {
      var cell = make("th", column.title + (UNITS[column.unit] ? "（" + UNITS[column.unit] + "）" : ""),
        column.unit === "text" ? "" : "num");
      cell.scope = "col";
      head.append(cell);
    });
    var body = make("tbody");
    for (var k = 0; k < table.length; k += 1) {
      var row = make("tr");
      table.columns.forEach(function (column, place) {
        var own = column.sources ? column.sources[k] : column.source;
        var value = cellText(table.valuesOf(column)[k], column.unit);
        var cell = withSource(make("td", value || "—", column.unit === "text" ? "" : "num"), data.told[own]);
        // One stop for Tab in the whole table; the arrows go from cell to cell.
        cell.tabIndex = k || place ? -1 : 0;
        row.append(cell);
      });
      body.append(row);
    }
    var top = make("thead");
    top.append(head);
    grid.append(top, body);
    grid.addEventListener("keydown", function (event) { walkCells(grid, event); });
    return grid;
  }

  var STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  function walkCells(grid, event) {
    var step = STEPS[event.key], cell = event.target.closest("td");
    if (!step || !cell) { return; }
    var rows = grid.tBodies[0].rows, row = rows[cell.parentNode.sectionRowIndex + step[0]];
    var next = row ? row.cells[cell.cellIndex + step[1]] : null;
    if (!next) { return; }
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  // --- tables behind the pictures ----------------------------------------------------------------

  function tablesOf(name) {
    if (name === "changes") { return [scenario().changes]; }
    return scenario().pictures[name].tables;
  }
  function openTable(details) {
    closeTable(details);
    var box = details.querySelector(".tables"), name = details.dataset.of;
    var ends = tablesOf(name).map(function (table) {
      var part = make("div");
      box.append(part);
      var unit = byId("unit").value;
      return showTable(part, data, table, [scenario().name, table.name, unit].join(" ").trim(), unit);
    });
    openTables.push({ details: details, end: function () { ends.forEach(function (end) { end(); }); box.replaceChildren(); } });
  }
  function closeTable(details) {
    openTables = openTables.filter(function (open) {
      if (open.details !== details) { return true; }
      open.end();
      return false;
    });
  }

  // --- what the reader plays on ---------------------------------------------------------------------

  var live = livePanel(data, { make: make, chartIn: chartIn, clearChart: clearChart,
    context: function () { return contextOf("live", null); } });

  // --- switching, theme, print --------------------------------------------------------------------

  // What is in view at once, the rest one by one while the reader looks.
  var later = null;
  function redraw() {
    drawn = {};
    document.body.dataset.drawn = "";
    visible.forEach(function (name) { draw(name); });
    drawComparison();
    live.redraw();
    clearTimeout(later);
    later = setTimeout(drawNext, 30);
  }
  function drawNext() {
    var next = data.pictures.filter(function (name) { return !drawn[name]; })[0];
    if (next === undefined) { document.body.dataset.drawn = "all"; return; }
    draw(next);
    later = setTimeout(drawNext, 10);
  }
  function drawComparison() {
    var box = byId("comparison-chart");
    if (box) { chartIn(box, 380, compareOption(data, contextOf("comparison", null))); }
  }
  function choose(place) {
    chosen = place;
    byId("report-title").textContent = data.title + "　" + scenario().until;
    document.title = scenario().title + " · " + data.title;
    setPaper();
    fillTop();
    live.show(scenario());
    redraw();
    openTables.slice().forEach(function (open) { openTable(open.details); });
    byId("switch").value = String(place);
    document.body.dataset.scenario = scenario().name;
    byId("switched").textContent = "已切换到情景 " + scenario().name;
  }
  // The paper and what stands at the head of each printed page.
  function setPaper() {
    function quoted(text) { return JSON.stringify(text).replace(/</g, "\\3c "); }
    var head = quoted(document.title + "　单位：亿元　" + data.nature), foot = quoted(scenario().made);
    byId("paper-style").textContent = "@page { size:" + paper + " landscape; @top-left { content:" + head +
      "; font-size:9pt; } @bottom-left { content:" + foot + "; font-size:9pt; } } @page tall { size:" + paper + " portrait; }";
  }
  function setTheme() {
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
    byId("theme").textContent = isDark() ? "浅色" : "深色";
  }
  function forPrint(on) {
    printing = on;
    setTheme();
    if (on) { data.pictures.forEach(function (name) { draw(name); }); drawComparison(); } else { redraw(); }
  }

  // --- where a number comes from, on hover and on focus -------------------------------------------

  var tip = byId("tip"), described = null;
  function hideTip() {
    tip.hidden = true;
    if (described) { described.removeAttribute("aria-describedby"); described = null; }
  }
  function showTip(event) {
    var target = event.target.closest ? event.target.closest(".sourced") : null;
    hideTip();
    if (!target) { return; }
    described = target;
    target.setAttribute("aria-describedby", "tip");
    tip.textContent = "出处：" + target.dataset.source;
    tip.hidden = false;
    var place = target.getBoundingClientRect();
    tip.style.left = Math.max(8, Math.min(place.left, window.innerWidth - tip.offsetWidth - 8)) + "px";
    var below = place.bottom + 6;
    tip.style.top = (below + tip.offsetHeight > window.innerHeight ? place.top - tip.offsetHeight - 6 : below) + "px";
  }
  document.addEventListener("mouseover", showTip);
  document.addEventListener("focusin", showTip);
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    hideTip();
    if (explorer) { explorer.clear(true); }
  });
  window.addEventListener("scroll", hideTip, { passive: true });

  // --- begin ------------------------------------------------------------------------------------------

  var select = byId("switch");
  data.scenarios.forEach(function (each, k) {
    var option = make("option", each.name);
    option.value = String(k);
    select.append(option);
  });
  select.addEventListener("change", function () { choose(Number(select.value)); });
  byId("unit-box").hidden = !data.units.length;
  ["（全部）"].concat(data.units).forEach(function (unit, k) {
    var option = make("option", unit);
    option.value = k ? unit : "";
    byId("unit").append(option);
  });
  byId("unit").addEventListener("change", function () {
    openTables.slice().forEach(function (open) { openTable(open.details); });
  });
  byId("theme").addEventListener("click", function () { dark = !isDark(); setTheme(); redraw(); });
  byId("paper").addEventListener("change", function (event) { paper = event.target.value; setPaper(); });
  byId("print").addEventListener("click", function () { window.print(); });
  byId("soft").addEventListener("change", function (event) {
    byId("graph").querySelector("svg").classList.toggle("hide-soft", !event.target.checked);
  });
  night.addEventListener("change", function () { setTheme(); redraw(); });
  window.addEventListener("beforeprint", function () { forPrint(true); });
  window.addEventListener("afterprint", function () { forPrint(false); });
  var waiting = null, width = window.innerWidth;
  window.addEventListener("resize", function () {
    // A phone's address bar changes the height alone.
    if (window.innerWidth === width) { return; }
    width = window.innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(function () { if (!printing) { redraw(); } }, 150);
  });
  document.querySelectorAll("details[data-of]").forEach(function (details) {
    details.addEventListener("toggle", function () {
      if (details.open) { openTable(details); } else { closeTable(details); }
    });
  });
  if (data.comparison !== null) { byId("comparison-table").append(plainTable(data.comparison)); }
  setTheme();
  choose(chosen);
  var watch = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      var name = entry.target.id;
      if (!entry.isIntersecting) { visible.delete(name); return; }
      visible.add(name);
      if (!drawn[name]) { draw(name); }
    });
  }, { rootMargin: "400px 0px" });
  data.pictures.forEach(function (name) { watch.observe(byId(name)); });
}());
