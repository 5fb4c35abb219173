"""Tables declared once: whatever stands beside a column, every output finds it by its key."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pytest

from portfolio.report.excel.annual_plan import annual_plan_bytes
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.comparison import comparison_bytes
from portfolio.report.excel.reallocation import reallocation_bytes
from portfolio.report.excel.schedule import schedule_bytes
from portfolio.report.excel.stress import stress_bytes
from portfolio.report.json.run import run_json
from portfolio.report.page.pictures import PICTURES
from portfolio.report.page.sourced import Told, table_data
from portfolio.report.tables.fields import Fields, Row, Table, as_is, money, text, year
from portfolio.report.tables.render import csv_bytes, data, data_rows
from portfolio.report.tables.run import YEAR_FILE, YEARS, annual_table, run_tables
from tests.report.dossiers import full_pair
from tests.report.reallocation_results import shipped_repair
from tests.report.results import shipped_run
from tests.report.stress_results import shipped_pair

#: What a column put between the others holds, and its heading.
BESIDE, HEADING = "·旁·", "旁列"
PLACES: dict[str, Callable[[int], int]] = {"first": lambda _: 0, "middle": lambda n: n // 2}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REFERENCE = re.compile(
    r"(?:('(?:[^']|'')+'|[\w.]+)!)?(\$?[A-Z]{1,3}\$?\d+)(?::(\$?[A-Z]{1,3}\$?\d+))?"
)


def insert_everywhere(monkeypatch: pytest.MonkeyPatch, place: Callable[[int], int]) -> None:
    """Put a column into every table that is filled."""
    plain = Fields.of

    def of(self: Fields[Row], rows: Iterable[Row]) -> Table[Row]:
        if "beside" in self.by_key:
            return plain(self, rows)
        k = place(len(self.fields))
        beside = text("beside", HEADING, lambda _: BESIDE)
        fields = (*self.fields[:k], beside, *self.fields[k:])
        return plain(Fields(name=self.name, fields=fields), rows)

    monkeypatch.setattr(Fields, "of", of)


@dataclass(frozen=True)
class Workbook:
    """A workbook's cells and charts, read from its parts."""

    content: bytes

    @cached_property
    def parts(self) -> dict[str, str]:
        with zipfile.ZipFile(io.BytesIO(self.content)) as file:
            return {name: file.read(name).decode() for name in file.namelist()}

    @cached_property
    def texts(self) -> list[str]:
        root = ET.fromstring(self.parts["xl/sharedStrings.xml"])
        return ["".join(t.text or "" for t in item.iter(f"{MAIN}t")) for item in root]

    @cached_property
    def sheets(self) -> dict[str, dict[tuple[int, int], tuple[str, str | None]]]:
        """By sheet and place: a cell's value and its formula."""
        names = ET.fromstring(self.parts["xl/workbook.xml"]).iter(f"{MAIN}sheet")
        return {
            str(name.get("name")): self._cells(self.parts[f"xl/worksheets/sheet{k}.xml"])
            for k, name in enumerate(names, start=1)
        }

    def _cells(self, part: str) -> dict[tuple[int, int], tuple[str, str | None]]:
        found = {}
        for cell in ET.fromstring(part).iter(f"{MAIN}c"):
            value, formula = cell.findtext(f"{MAIN}v"), cell.findtext(f"{MAIN}f")
            if value is not None:
                shown = self.texts[int(value)] if cell.get("t") == "s" else value
                found[place_of(str(cell.get("r")))] = shown, formula
        return found

    def values(self, sheet: str, reference: re.Match[str]) -> tuple[str, ...]:
        """What the cells of a reference hold, the columns put between left out."""
        named, first, last = reference.groups()
        cells = self.sheets[named.strip("'").replace("''", "'") if named else sheet]
        (top, left), (bottom, right) = place_of(first), place_of(last or first)
        shown = [
            cells[row, column][0]
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) in cells
        ]
        return tuple(value for value in shown if value not in (BESIDE, HEADING))

    def formulas(self) -> Counter[tuple[str, str, str, tuple[tuple[str, ...], ...]]]:
        """Formulas by sheet and value: their text without places, and what their cells hold."""
        return Counter(
            (sheet, value, without_places(formula), self._operands(sheet, formula))
            for sheet, cells in self.sheets.items()
            for value, formula in cells.values()
            if formula is not None
        )

    def _operands(self, sheet: str, formula: str) -> tuple[tuple[str, ...], ...]:
        """Ranges side by side are one: a column put between splits them."""
        found: list[tuple[str, ...]] = []
        end = -1
        for reference in REFERENCE.finditer(formula):
            values = self.values(sheet, reference)
            joined = formula[end : reference.start()] == "," and reference[3] and found
            found[-1:] = [found[-1] + values] if joined else [*found[-1:], values]
            end = reference.end()
        return tuple(found)

    def charts(self) -> list[tuple[str, list[tuple[str, ...]]]]:
        """Each chart's names, and what the cells of its series hold."""
        return [
            (
                "；".join(re.findall(r"<c:tx><c:v>(.*?)</c:v>|<a:t>(.*?)</a:t>", part)[0]),
                [
                    self.values("", found)
                    for reference in re.findall(r"<c:f>(.*?)</c:f>", part)
                    if (found := REFERENCE.fullmatch(reference.replace("&apos;", "'")))
                ],
            )
            for name, part in sorted(self.parts.items())
            if name.startswith("xl/charts/chart")
        ]


def without_places(formula: str) -> str:
    return re.sub(r"@(?:,@)+", "@", REFERENCE.sub("@", formula))


def place_of(cell: str) -> tuple[int, int]:
    letters, row = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", cell).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    return int(row), column


BOOKS: dict[str, Callable[[], bytes]] = {
    "schedule": lambda: schedule_bytes(shipped_run("三碰头")),
    "comparison": lambda: comparison_bytes([shipped_run(), shipped_run("三碰头")]),
    "stress": lambda: stress_bytes(shipped_pair()),
    "repair": lambda: reallocation_bytes(shipped_repair()),
    "annual plan": lambda: annual_plan_bytes(full_pair()[1]),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("book", BOOKS)
def test_a_column_put_into_every_table_moves_no_chart_and_no_formula(
    book: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Workbook(BOOKS[book]())
    insert_everywhere(monkeypatch, PLACES[place])
    after = Workbook(BOOKS[book]())
    assert BESIDE in after.texts and BESIDE not in before.texts
    assert after.charts() == before.charts()
    assert after.formulas() == before.formulas()


@pytest.mark.parametrize("place", PLACES)
def test_files_data_and_page_hold_the_same_beside_a_new_column(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told_of_a_run()
    insert_everywhere(monkeypatch, PLACES[place])
    assert told_of_a_run() == before
    assert BESIDE in csv_bytes(annual_table(shipped_run())).decode("utf-8-sig")


def told_of_a_run() -> list[object]:
    """CSV files, JSON and the page's tables without the columns put between."""
    dossier = full_pair()[1]
    run = dossier.run
    files = [csv_bytes(table).decode("utf-8-sig") for table in run_tables(run)]
    page = [
        told_table(table_data(table, Told()))
        for picture in PICTURES
        for table in picture.tables(dossier)
    ]
    return [[without(file) for file in files], without_key(run_json(run)), page]


def without(file: str) -> list[list[str]]:
    head, *rows = csv.reader(io.StringIO(file, newline=""))
    kept = [k for k, heading in enumerate(head) if heading != HEADING]
    return [[row[k] for k in kept] for row in (head, *rows)]


def without_key(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_key(each) for key, each in value.items() if key != "beside"}
    return [without_key(each) for each in value] if isinstance(value, list) else value


def told_table(table: dict[str, Any]) -> list[dict[str, Any]]:
    sources = ("source", "sources")
    return [
        {key: value for key, value in column.items() if key not in sources}
        for column in table["columns"]
        if column["title"] != HEADING
    ]


# --- fields --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Sum:
    """A row of the smallest table."""

    year: int
    paid: int
    owed: int


SUMS = Fields[Sum](
    name="例",
    fields=(
        year("year", "年份"),
        money("paid", "已付"),
        money("owed", "应付"),
        money("open", "未付", lambda row: row.owed - row.paid, formula="{owed}-{paid}"),
    ),
)


def test_a_key_names_one_field() -> None:
    with pytest.raises(ValueError, match="names two fields"):
        Fields(name="例", fields=(*SUMS, text("paid", "又")))
    with pytest.raises(KeyError):
        SUMS.view("paid", "没有")


def test_a_view_has_the_fields_in_the_order_asked_for() -> None:
    table = SUMS.view("open", "year").of([Sum(year=2021, paid=3, owed=5)])
    assert table.cells == ((2, 2021),)
    assert table.column("open") == (2,)
    assert data_rows(table) == [{"open": 2, "year": 2021}]
    assert data(SUMS, table.rows[0]) == {"year": 2021, "paid": 3, "owed": 5, "open": 2}


def block() -> Block:
    """One row of `SUMS` below headings in the third row."""
    return placed(SUMS.of([Sum(year=2021, paid=3, owed=5)]), 2, "甲", left=1)


def test_a_formula_names_cells_by_key() -> None:
    assert block().filled("{owed}-{paid}", 3) == "=D4-C4"
    assert block().filled("SUM({paid+owed+open})", 3) == "=SUM(C4:E4)"
    assert block().filled("SUM({paid+open})", 3) == "=SUM(C4:C4,E4:E4)"
    assert block().filled("{paid:head}&{paid:7}&{paid:$7}", 3) == "=$C$3&C8&$C$8"
    assert block().filled(as_is('"{owed}"'), 3) == '="{owed}"'
    with pytest.raises(KeyError):
        block().filled("{lent}", 3)


def test_a_series_is_named_by_its_heading() -> None:
    assert block().series("open", "year", gap=60) == {
        "name": "='甲'!$E$3",
        "categories": "='甲'!$B$4:$B$4",
        "values": "='甲'!$E$4:$E$4",
        "gap": 60,
    }


def test_every_view_of_the_years_is_part_of_their_declaration() -> None:
    assert all(YEAR_FILE[field.key] is YEARS[field.key] for field in YEAR_FILE)
    assert all(a.key != b.key for a, b in pairwise(YEARS))
