// Numbers and tables as the page reads them: money is 万元 (whole numbers), shown in 亿元.
"use strict";

// 万元 as 亿元, rounded half up, with thousands separators.
function yi(wan, digits) {
  if (wan === null || wan === undefined) { return ""; }
  var places = digits === undefined ? 1 : digits;
  var unit = Math.pow(10, 4 - places);
  var rounded = Math.floor((Math.abs(wan) + unit / 2) / unit);
  var whole = Math.floor(rounded / Math.pow(10, places));
  var part = rounded % Math.pow(10, places);
  return (wan < 0 && rounded ? "-" : "") + whole.toLocaleString("en-US") +
    (places ? "." + String(part).padStart(places, "0") : "");
}

// Less than 0.05 亿元 but not nothing: to the last 万元, so that it does not read 0.0.
function smallYi(wan) {
  return yi(wan, wan !== 0 && Math.abs(wan) < 500 ? 4 : 1);
}

// 万元 as exact 亿元 for a file that is read again.
function exactYi(wan) {
  var size = Math.abs(wan);
  return (wan < 0 ? "-" : "") + Math.floor(size / 10000) + "." +
    String(size % 10000).padStart(4, "0");
}

// A number without the last digits of the machine.
function settled(value) { return Number(value.toFixed(6)); }

// Rounded half up (away from 0), never “-0.0”.
function fixed(value, digits) {
  var unit = Math.pow(10, digits), size = Math.floor(settled(Math.abs(value) * unit) + 0.5) / unit;
  return (value < 0 && size ? "-" : "") + size.toFixed(digits);
}

// A chance in whole per cents; <1% and >99% where it is neither never nor always.
function chanceText(value) {
  if (value > 0 && value < 0.005) { return "<1%"; }
  if (value >= 0.995 && value < 1) { return ">99%"; }
  // 0.285 × 100 is 28.499999999999996: the last digits of the machine decide no rounding.
  return Math.floor(settled(value * 100) + 0.5) + "%";
}

var UNITS = { money: "亿元", ratio: "%", chance: "%", quarters: "季" };

// A cell as a reader sees it.
function cellText(value, unit) {
  if (value === null || value === undefined) { return ""; }
  if (unit === "money") { return smallYi(value); }
  if (unit === "ratio") { return fixed(value * 100, 1) + "%"; }
  if (unit === "chance") { return chanceText(value); }
  if (unit === "decimal") { return fixed(value, Math.abs(value) < 0.1 && value ? 4 : 2); }
  if (unit === "quarters" || unit === "number") { return value.toLocaleString("en-US"); }
  return String(value);
}

// A cell as it stands in a file.
function fileText(value, unit) {
  if (value === null || value === undefined) { return ""; }
  if (unit === "money") { return exactYi(value); }
  if (unit === "ratio" || unit === "chance") { return fixed(value * 100, 2); }
  if (unit === "decimal") { return fixed(value, 6); }
  // What a spreadsheet would take for a formula stays text.
  if (unit === "text" && /^[=+\-@\t\r]/.test(value)) { return "'" + value; }
  return String(value);
}

// A table of the page's data by columns.
function Columns(data) {
  this.name = data.name;
  this.length = data.rows;
  this.columns = data.columns;
}
Columns.prototype.find = function (title) {
  for (var k = 0; k < this.columns.length; k += 1) {
    if (this.columns[k].title === title) { return this.columns[k]; }
  }
  return null;
};
Columns.prototype.get = function (title) {
  var column = this.find(title);
  return column === null ? null : this.valuesOf(column);
};
Columns.prototype.valuesOf = function (column) {
  if (!column.decoded) {
    column.decoded = column.texts
      ? column.values.map(function (code) { return code === null ? null : column.texts[code]; })
      : column.values;
  }
  return column.decoded;
};

// The years of plan and play, as the page's data give them: first_year, last_period_year,
// last_plan_year, quarters.
var TIME = null;

// A quarter (year, Q, number) as an index from the first; what comes after play (“… 以后”) is its end.
function quarterIndex(text) {
  if (text === null || text === undefined) { return null; }
  var found = /^(\d{4})Q([1-4])$/.exec(text);
  if (found) { return (Number(found[1]) - TIME.first_year) * 4 + Number(found[2]) - 1; }
  if (/以后$/.test(text)) { return TIME.quarters; }
  throw new Error("no quarter: " + text);
}
// A quarter's end as a year with decimals; what comes after play a little to its right.
function quarterYear(quarter) {
  return TIME.first_year + (quarter >= TIME.quarters ? TIME.quarters + 1 : quarter + 1) / 4;
}

function escapeText(text) {
  return String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}
