// The graph of gates: choose an item, see what it waits for and what waits for it.
"use strict";

// `panel` tells of the chosen item; `fixed` when it lies over the page's lower edge. Returns what
// chooses an item and what undoes the choice.
function exploreGraph(svg, data, panel, fixed) {
  var cards = Array.from(svg.querySelectorAll(".card"));
  var edges = Array.from(svg.querySelectorAll(".edge"));
  var chosen = null;

  function reachable(start, from, to) {
    var found = new Set(), waiting = [start];
    while (waiting.length) {
      var no = waiting.pop();
      data.gates.forEach(function (gate) {
        if (gate[from] === no && !found.has(gate[to])) { found.add(gate[to]); waiting.push(gate[to]); }
      });
    }
    return found;
  }
  function element(tag, text, kind) {
    var made = document.createElement(tag);
    if (text) { made.textContent = text; }
    if (kind) { made.className = kind; }
    return made;
  }
  function side(kind, title, gates, other, through) {
    var box = element("div", "", kind);
    box.append(element("h4", title + "：" + gates.length + " 项" +
      (through > gates.length ? "（连同间接共 " + through + " 项）" : "")));
    var list = element("ul");
    gates.forEach(function (gate) {
      var line = element("li"), jump = element("button", data.items[gate[other]].label);
      jump.type = "button";
      jump.addEventListener("click", function () { choose(gate[other], true); });
      line.append(jump, element("span", "　" + gate.strength + " " + gate.id + "：" +
        (kind === "before" ? "" : "本大项") + gate.at +
        "，此前" + (kind === "before" ? "本大项" : "其") + gate.holds + "。"),
        element("span", gate.reason + (gate.source ? "　出处：" + gate.source : ""), "quiet"));
      list.append(line);
    });
    if (!gates.length) { list.append(element("li", "无")); }
    box.append(list);
    return box;
  }
  function choose(no, focus) {
    chosen = no;
    var before = data.gates.filter(function (gate) { return gate.succ === no; });
    var after = data.gates.filter(function (gate) { return gate.pred === no; });
    var up = reachable(no, "succ", "pred"), down = reachable(no, "pred", "succ");
    var preds = new Set(before.map(function (gate) { return gate.pred; }));
    var succs = new Set(after.map(function (gate) { return gate.succ; }));
    svg.classList.add("chosen");
    cards.forEach(function (card) {
      var other = Number(card.dataset.no), self = other === no;
      card.classList.toggle("self", self);
      card.classList.toggle("pred", preds.has(other));
      card.classList.toggle("succ", succs.has(other));
      card.classList.toggle("on", self || preds.has(other) || succs.has(other));
      card.classList.toggle("far", up.has(other) || down.has(other));
      card.setAttribute("aria-pressed", String(self));
      if (self && focus) { card.focus(); }
    });
    edges.forEach(function (edge) {
      var isPred = Number(edge.dataset.succ) === no, isSucc = Number(edge.dataset.pred) === no;
      edge.classList.toggle("pred", isPred);
      edge.classList.toggle("succ", isSucc);
      edge.classList.toggle("on", isPred || isSucc);
    });
    var item = data.items[no], close = element("button", "关闭（Esc）", "close");
    close.type = "button";
    close.addEventListener("click", function () { clear(true); });
    var sides = element("div", "", "sides");
    sides.append(side("before", "它等待的大项", before, "pred", up.size),
      side("after", "等待它的大项", after, "succ", down.size));
    panel.replaceChildren(close, element("h3", item.label, "name"), element("span", "　" + item.text + (item.source ? "。出处：" + item.source : ""), "quiet"),
      sides);
    panel.hidden = false;
    panel.scrollTop = 0;
    if (!fixed) { return; }
    document.body.style.paddingBottom = panel.offsetHeight + "px";
    var place = svg.querySelector("#item-" + no).getBoundingClientRect();
    var hidden = place.bottom + 12 - (window.innerHeight - panel.offsetHeight);
    if (hidden > 0) { window.scrollBy(0, hidden); }
  }
  // `refocus`: the keyboard goes back to where it came from.
  function clear(refocus) {
    if (chosen === null) { return; }
    var last = svg.querySelector("#item-" + chosen);
    chosen = null;
    svg.classList.remove("chosen");
    cards.concat(edges).forEach(function (part) {
      part.classList.remove("self", "pred", "succ", "on", "far");
      part.removeAttribute("aria-pressed");
    });
    panel.hidden = true;
    if (fixed) { document.body.style.paddingBottom = ""; }
    if (last && refocus) { last.focus(); }
  }
  cards.forEach(function (card) {
    var no = Number(card.dataset.no);
    card.setAttribute("tabindex", "0");
    card.setAttribute("role", "button");
    card.setAttribute("aria-label", data.items[no].label + "，" + data.items[no].text);
    card.addEventListener("click", function () { if (chosen === no) { clear(false); } else { choose(no); } });
    card.addEventListener("keydown", function (event) {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(no); }
    });
  });
  return { choose: choose, clear: clear };
}
