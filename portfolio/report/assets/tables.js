// The table behind a picture: search, sort, filter, sources on hover, CSV.
"use strict";

// A text column with so few different texts is filtered by choosing from them.
var LISTED_TEXTS = 30;

function tableColumns(data, table) {
  return table.columns.map(function (column, k) {
    var number = column.unit !== "text";
    var heading = column.title + (UNITS[column.unit] ? "（" + UNITS[column.unit] + "）" : "");
    var shape = {
      title: escapeText(heading), field: "c" + k, headerTooltip: escapeText("出处：" + data.told[column.source]),
      hozAlign: number ? "right" : "left", headerHozAlign: number ? "right" : "left",
      sorter: number ? "number" : "string",
      sorterParams: { alignEmptyValues: "bottom" }, minWidth: number ? 84 : 70, maxInitialWidth: 360,
      formatter: function (cell) { return escapeText(cellText(cell.getValue(), column.unit)); },
      tooltip: function (event, cell) {
        var own = column.sources ? column.sources[cell.getRow().getIndex()] : column.source;
        return escapeText("出处：" + data.told[own]);
      },
      titleDownload: heading,
      accessorDownload: function (value) { return fileText(value, column.unit); },
      headerFilterPlaceholder: "筛选"
    };
    if (number) {
      shape.headerFilter = "input";
      shape.headerFilterPlaceholder = "≥";
      shape.headerFilterFunc = function (asked, value) {
        var least = Number(String(asked).replace(/[,，≥>=\s]/g, ""));
        if (String(asked).trim() === "" || isNaN(least)) { return true; }
        var shown = column.unit === "money" ? value / 10000
          : column.unit === "ratio" || column.unit === "chance" ? value * 100 : value;
        return value !== null && settled(shown) >= least;
      };
    } else if (column.texts.length <= LISTED_TEXTS && column.texts.length > 1 && table.length > column.texts.length) {
      shape.headerFilter = "list";
      // The list's words become markup: they are escaped here.
      shape.headerFilterParams = { values: [""].concat(column.texts), clearable: true,
        itemFormatter: function (label) { return escapeText(label) || "（全部）"; } };
      shape.headerFilterFunc = "=";
    } else {
      shape.headerFilter = "input";
    }
    return shape;
  });
}

function tableRows(table) {
  var values = table.columns.map(function (column) { return table.valuesOf(column); });
  var rows = [];
  for (var k = 0; k < table.length; k += 1) {
    var row = { id: k };
    values.forEach(function (column, place) { row["c" + place] = column[k]; });
    rows.push(row);
  }
  return rows;
}

// A box with the table, a search over all its columns, and a button for the CSV. Returns the box's
// teardown.
// `unit` leaves the rows of one 责任单位 in a table that tells units, "" all of them.
function showTable(box, data, table, fileName, unit) {
  var search = document.createElement("input");
  search.type = "search";
  search.placeholder = "在全部列中查找";
  search.setAttribute("aria-label", "在“" + table.name + "”中查找");
  var save = document.createElement("button");
  save.type = "button";
  save.textContent = "下载 CSV";
  var count = document.createElement("span");
  count.className = "quiet count";
  count.setAttribute("aria-live", "polite");
  var bar = document.createElement("div");
  bar.className = "table-bar";
  var title = document.createElement("h3");
  title.textContent = table.name;
  bar.append(title, search, save, count);
  var holder = document.createElement("div");
  box.append(bar, holder);
  var grid = new Tabulator(holder, {
    data: tableRows(table), columns: tableColumns(data, table), index: "id", layout: "fitDataFill",
    height: table.length > 14 ? 430 : undefined, renderHorizontal: "basic", placeholder: "没有符合条件的行",
    downloadRowRange: "active", columnDefaults: { resizable: "header" }, printAsHtml: true, printStyled: true,
    printRowRange: "active"
  });
  var units = table.columns.map(function (column) { return column.title; }).indexOf("责任单位");
  function narrowed() {
    var asked = search.value.trim().toLowerCase(), own = unit && units >= 0;
    if (!asked && !own) { grid.clearFilter(false); return; }
    grid.setFilter(function (row) {
      return (!own || row["c" + units] === unit) && (!asked || table.columns.some(function (column, k) {
        return cellText(row["c" + k], column.unit).toLowerCase().indexOf(asked) >= 0;
      }));
    });
  }
  function tell(rows) { count.textContent = "共 " + table.length + " 行，符合 " + rows + " 行"; }
  grid.on("dataFiltered", function (filters, rows) { tell(rows.length); });
  grid.on("tableBuilt", function () {
    tell(table.length);
    if (unit) { narrowed(); }
    // Headings are sorted by the keyboard as by the mouse.
    holder.querySelectorAll(".tabulator-col-title").forEach(function (heading) {
      heading.tabIndex = 0;
      heading.setAttribute("role", "button");
      heading.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); heading.click(); }
      });
    });
  });
  search.addEventListener("input", narrowed);
  save.addEventListener("click", function () { grid.download("csv", fileName + ".csv", { bom: true }); });
  return function () { grid.destroy(); };
}
