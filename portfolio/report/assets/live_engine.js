// A scenario played on in the page: the program's kernel in WebAssembly, on the bytes the program
// laid out. Only what a setting changes is written here; everything else is the program's.
"use strict";

var FULL_BPS = 10000, PAGE_BYTES = 65536;
var KINDS = { float64: Float64Array, int64: BigInt64Array, int32: Int32Array, int16: Int16Array, bool: Uint8Array };

// floor(amount × bps ÷ 10,000) of whole 万元; exact below 2**53.
function partOf(wan, bps) { return Math.floor(wan * bps / FULL_BPS); }

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), function (letter) { return letter.charCodeAt(0); });
}
// Bytes as the page carries them: compressed, as base64.
function inflated(base64) {
  var stream = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer().then(function (buffer) { return new Uint8Array(buffer); });
}

// A setting that changes nothing. `envelopes`: channel id → year → bps of what the workbook asks;
// `reserve` and `target`: bps, null where left; `items`: number → delay, cost, priority, where set;
// `gates`: id → whether it is hard.
function noSetting() { return { envelopes: {}, reserve: null, target: null, items: {}, gates: {} }; }

// Promise of an engine of a scenario: what it plays it has in a memory of its own.
function openLive(engine, live) {
  return Promise.all([inflated(engine), inflated(live.image.memory)]).then(function (found) {
    return engineOf(found[0], live, live.image, found[1], null);
  });
}
// The same for its lucky paths: `plain` is the engine without luck, `draws` what the paths are drawn by.
function openLucky(engine, live, plain, draws) {
  var luck = live.luck;
  return Promise.all([inflated(engine), inflated(luck.image.memory), inflated(draws)]).then(function (found) {
    var memory = found[1];
    for (var k = 0; k < luck.common; k += 1) { memory[k] ^= plain.given[k]; }
    memory.set(unplaned(found[2]), luck.drawn_at - luck.image.base);
    return engineOf(found[0], live, luck.image, memory, luck);
  });
}
// Numbers of four bytes that came as all their lowest bytes, then all second ones, and so on.
function unplaned(planes) {
  var count = planes.length / 4, bytes = new Uint8Array(planes.length);
  for (var byte = 0; byte < 4; byte += 1) {
    for (var k = 0; k < count; k += 1) { bytes[4 * k + byte] = planes[byte * count + k]; }
  }
  return bytes;
}
function engineOf(wasm, live, image, given, luck) {
  var memory = new WebAssembly.Memory({ initial: Math.ceil((image.base + given.length) / PAGE_BYTES) });
  return WebAssembly.instantiate(wasm, { env: { memory: memory } }).then(function (made) {
    if (made.instance.exports.__heap_base.value > image.base) { throw new Error("no room below the image"); }
    new Uint8Array(memory.buffer).set(given, image.base);
    return new LiveEngine(made.instance.exports.play, memory, live, image, given, luck);
  });
}

// `image` says where everything lies; `given` is the memory as the program laid it out; `luck` of the
// lucky paths, null for the one path without luck.
function LiveEngine(play, memory, live, image, given, luck) {
  this.kernel = play;
  this.memory = memory;
  this.live = live;
  this.image = image;
  this.given = given;
  this.luck = luck;
  this.years = live.years.length;
  this.cellItem = this.numbers("x.cell_item");
  this.cellChannel = this.numbers("x.cell_channel");
  this.subCell = this.numbers("x.sub_cell");
  this.subPayer = this.numbers("x.sub_payer");
  this.rows = { byChannel: Number(this.array("r.by_channel")[0]) };
}
LiveEngine.prototype.array = function (name) {
  var place = this.image.places[name];
  if (!place) { throw new Error("no " + name); }
  var size = place.shape.reduce(function (a, b) { return a * b; }, 1);
  return new KINDS[place.kind](this.memory.buffer, place.address, size);
};
LiveEngine.prototype.numbers = function (name) { return Array.from(this.array(name), Number); };
// A list may have room for more than is in it: the rest is 0.
LiveEngine.prototype.write = function (name, values) {
  var array = this.array(name), big = array instanceof BigInt64Array;
  for (var k = 0; k < array.length; k += 1) { var value = k < values.length ? values[k] : 0; array[k] = big ? BigInt(value) : value; }
};

// --- what a setting changes ---------------------------------------------------------------------

// A channel's envelope of a year. A factor acts on what the workbook asks, and what a cut takes from
// the ask it takes from the reserve as well, until none is left; a factor of the reserve stands by itself.
LiveEngine.prototype.envelope = function (setting, channel, year) {
  var asked = channel.asked_now_wan[year], reserve = channel.reserved_now_wan[year];
  var asked0 = channel.asked_wan[year], reserve0 = channel.reserved_wan[year];
  var of = setting.envelopes[channel.id], bps = of ? of[year] : undefined;
  var settable = year >= this.live.from_year && year <= this.live.until_year;
  var ofReserve = setting.reserve !== null && settable && reserve0 > 0;
  if (bps !== undefined && asked0 > 0) {
    asked = partOf(asked0, bps);
    if (reserve0 > 0) { reserve = Math.max(0, Math.min(reserve0, reserve0 - asked0 + asked)); }
  }
  if (ofReserve) { reserve = partOf(reserve0, setting.reserve); }
  if (this.luck === null) { return asked + reserve; }
  // Under luck a later year has a least envelope, which a factor scales as well.
  var floor0 = channel.floor_wan[year], floor = channel.floor_now_wan[year];
  if (bps !== undefined && asked0 > 0 && floor0 > 0) { floor = partOf(floor0, bps); }
  return Math.max(asked + reserve, floor);
};

LiveEngine.prototype.set = function (setting) {
  this.setting = setting;
  this.setEnvelopes(setting);
  this.setItems(setting);
  this.setGates(setting);
};
LiveEngine.prototype.setEnvelopes = function (setting) {
  var self = this, live = this.live, width = this.image.places["x.pooled_wan"].shape[1];
  var pooled = this.array("x.pooled_wan"), begun = Math.floor(live.begun / 4);
  live.channels.forEach(function (channel) {
    for (var year = 0; year < self.years; year += 1) {
      var wan = self.envelope(setting, channel, year);
      if (year === begun) { wan = Math.max(wan - channel.spent_wan, 0); }
      pooled[year * width + channel.position] = BigInt(wan);
    }
  });
};
LiveEngine.prototype.item = function (setting, k) {
  var item = this.live.items[k], own = setting.items[item.no] || {};
  return {
    delay: own.delay === undefined ? item.delay_quarters : own.delay,
    cost: own.cost === undefined ? item.cost_bps : own.cost,
    priority: own.priority === undefined ? item.priority : own.priority
  };
};
LiveEngine.prototype.setItems = function (setting) {
  var self = this, live = this.live, earliest = [], wakes = [], lead = [], cost = [], priority = [];
  live.items.forEach(function (item, k) {
    var now = self.item(setting, k);
    earliest.push(item.started ? live.begun : Math.max(item.first + now.delay, live.begun));
    wakes.push(item.carried ? live.begun : earliest[k]);
    lead.push(earliest[k] <= live.begun && !item.ended ? live.past_bps : 0);
    cost.push(now.cost);
    priority.push(now.priority);
  });
  this.write("x.earliest", earliest);
  this.write("x.wakes", wakes);
  this.write("x.lead", lead);
  this.write("x.cost_bps", cost);
  this.setClasses(priority);
};
// Who is served when: channel after channel and class after class, items in their order.
LiveEngine.prototype.setClasses = function (priority) {
  var self = this, classes = Array.from(new Set(priority)).sort(function (a, b) { return a - b; });
  var pooled = this.live.channels.map(function (channel) { return channel.position; });
  var served = [], starts = [0], owners = [];
  pooled.forEach(function (channel) {
    classes.forEach(function (value) {
      self.cellItem.forEach(function (item, cell) {
        if (self.cellChannel[cell] === channel && priority[item] === value) { served.push(cell); }
      });
      starts.push(served.length);
      owners.push(channel);
    });
  });
  this.write("x.served", served);
  this.write("x.served_start", starts);
  this.write("x.group_channel", owners);
  this.write("x.groups", [owners.length]);
  if (this.subCell.length) { this.setSubstitutes(priority, classes, pooled); }
};
LiveEngine.prototype.setSubstitutes = function (priority, classes, pooled) {
  var self = this, subs = [], starts = [0], payers = [];
  pooled.forEach(function (short) {
    pooled.forEach(function (payer) {
      if (short === payer) { return; }
      classes.forEach(function (value) {
        self.subCell.forEach(function (cell, account) {
          if (self.cellChannel[cell] === short && self.subPayer[account] === payer &&
              priority[self.cellItem[cell]] === value) { subs.push(account); }
        });
        starts.push(subs.length);
        payers.push(payer);
      });
    });
  });
  this.write("x.subs", subs);
  this.write("x.sub_group_start", starts);
  this.write("x.sub_group_payer", payers);
  this.write("x.sub_groups", [payers.length]);
};
LiveEngine.prototype.setGates = function (setting) {
  var live = this.live, starts = [0], listed = [];
  var binds = live.gates.map(function (gate) {
    var hard = setting.gates[gate.id] === undefined ? gate.hard : setting.gates[gate.id];
    return hard || live.soft_gates_bind ? 1 : 0;
  });
  live.items.forEach(function (_item, k) {
    live.gates.forEach(function (gate, g) { if (gate.succ === k && binds[g]) { listed.push(g); } });
    starts.push(listed.length);
  });
  this.write("x.gate_binds", binds);
  this.write("x.item_gates_start", starts);
  this.write("x.item_gates", listed);
};

// --- the play, and what is read of it -----------------------------------------------------------

// Forget what was played before.
LiveEngine.prototype.clear = function () {
  var self = this;
  ["u", "s", "t", "out.drawn", "out.progress", "out.start", "out.finish", "out.cost", "out.held_by",
    "out.gate_opened"].forEach(function (name) { var array = self.array(name); array.fill(array instanceof BigInt64Array ? 0n : 0); });
};
// Play the paths from `start` until `stop`.
LiveEngine.prototype.part = function (start, stop) {
  if (this.kernel(this.image.entry, start, stop) !== 0) { throw new Error("not played"); }
};
LiveEngine.prototype.play = function () {
  this.clear();
  this.part(0, 1);
  return this.read();
};
LiveEngine.prototype.read = function () {
  var live = this.live, past = live.past, channels = past.channel_wan[0].length;
  var lanes = this.image.places.t.shape[1], sums = this.array("t"), first = this.rows.byChannel;
  var paid = this.numbers("out.drawn"), done = this.numbers("out.progress");
  return {
    drawn_wan: paid.map(function (wan, year) {
      return wan + past.channel_wan[year].reduce(function (a, b) { return a + b; }, 0);
    }),
    progress_wan: done.map(function (wan, year) { return wan + past.progress_wan[year]; }),
    channel_wan: past.channel_wan.map(function (row, year) {
      return row.map(function (wan, c) { return wan + sums[(first + year * channels + c) * lanes]; });
    }),
    start: this.numbers("out.start"),
    finish: this.numbers("out.finish")
  };
};
// How many numbers of a play are the program's own, and how many are not.
LiveEngine.prototype.against = function (result) {
  var played = this.live.played, told = { same: 0, other: 0 };
  Object.keys(played).forEach(function (name) {
    var ours = result[name].flat(), theirs = played[name].flat();
    for (var k = 0; k < Math.max(ours.length, theirs.length); k += 1) {
      told[ours[k] === theirs[k] ? "same" : "other"] += 1;
    }
  });
  return told;
};

// A year of a play against its target, as the program's yearly table has it.
LiveEngine.prototype.year = function (result, index) {
  var year = this.live.years[index], target = year.target_wan, share = year.inclusion_bps;
  var bps = this.setting.target, settable = index >= this.live.from_year && index <= this.live.until_year;
  if (bps !== null && settable && this.hasTarget(index)) { target = partOf(target, bps); }
  var converted = share === null ? null : partOf(result.progress_wan[index], share);
  var planned = share === null ? null : partOf(year.plan_wan, share);
  var judged = !year.past && target !== null && converted !== null && !year.ceiling;
  var below = judged ? Math.max(0, target - converted) : 0;
  var missed = !below ? 0 : year.list_runs_down ? Math.max(0, Math.min(planned, target) - converted) : below;
  return { year: year.year, plan_wan: year.plan_wan, drawn_wan: result.drawn_wan[index],
    converted_wan: converted, target_wan: target, shortfall_wan: missed,
    to_be_listed_wan: year.list_runs_down ? below - missed : 0 };
};
// Whether a year has a target that a setting can move.
LiveEngine.prototype.hasTarget = function (index) {
  var year = this.live.years[index];
  return year.floor && !year.past && year.target_wan !== null;
};
// Quarters an item finishes after its plan: null without a plan, Infinity where it does not finish.
LiveEngine.prototype.delay = function (result, k) {
  var item = this.live.items[k], finish = result.finish[k];
  if (item.planned_finish === null) { return null; }
  return finish >= this.live.quarters ? Infinity : finish - item.planned_finish;
};
LiveEngine.prototype.isLate = function (result, k) {
  var delay = this.delay(result, k);
  return delay !== null && delay > 0 && !this.live.items[k].finished;
};
