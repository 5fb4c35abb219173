"""Who made it, its number, and the units of items: on every output of a workbook that tells them."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from portfolio.report.contents import comparison_contents, run_contents
from portfolio.report.excel.annual_plan import annual_plan_bytes
from portfolio.report.excel.book import LONGEST_HEADER, page_header
from portfolio.report.excel.signed import SIGNED
from portfolio.report.json.run import run_json
from portfolio.report.page import page_text
from portfolio.report.tables.office import UNITS, unit_tables
from portfolio.report.tables.run import item_table, run_tables
from portfolio.report.words.paper import TO_SIGN, paper_line, signing_line
from tests.report.dossiers import dossier_of
from tests.report.office_workbook import MADE_BY, OWNERS, code_of, office_run
from tests.report.results import example_run, shipped_run


def texts(content: bytes) -> dict[str, list[str]]:
    """The texts of a workbook by sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        sheet.title: [str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None]
        for sheet in book
    }


def heads(content: bytes) -> list[str]:
    """The left part of the printed head of each sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [str(sheet.oddHeader.left.text) for sheet in book]


def test_every_printed_page_tells_who_and_which_plan() -> None:
    run = office_run()
    for content in (
        run_contents(run)["进度计划.xlsx"],
        annual_plan_bytes(dossier_of(run)),
        comparison_contents([run, run])["对比.xlsx"],
    ):
        for head in heads(content):
            assert all(f"{label}：{said}" in head for label, said in MADE_BY.items())
            assert run.paper.number in head
            assert "编制时间：2026-01-01" in head


def test_the_first_sheet_tells_it_too() -> None:
    sheets = texts(run_contents(office_run())["进度计划.xlsx"])
    assert next(iter(sheets)) == SIGNED
    assert signing_line(office_run().paper) in sheets[SIGNED]
    assert {"编制单位", "广州市财政局", "方案编号", office_run().paper.number} <= set(
        sheets["说明"]
    )


def test_nothing_set_nothing_told_but_on_papers_to_be_signed() -> None:
    run = shipped_run()
    sheets = texts(run_contents(run)["进度计划.xlsx"])
    assert signing_line(run.paper) in sheets.pop(SIGNED)
    assert not any("编制人" in text for sheet in sheets.values() for text in sheet)
    assert "编制人" not in paper_line([run.paper])
    dossier = dossier_of(run)
    plan = texts(annual_plan_bytes(dossier))
    signed = [text for text in plan["2024年投资计划表"] if text.startswith("编制单位：")]
    assert signed == [signing_line(dossier.paper)]
    assert f"编制人：{TO_SIGN}" in signed[0]


def test_json_tells_it() -> None:
    origin = run_json(office_run())["origin"]
    assert origin["plan_number"] == office_run().paper.number
    assert (origin["made_on"], origin["unit"]) == ("2026-01-01", "广州市财政局")
    assert "unit" not in run_json(shipped_run())["origin"]


def test_a_page_header_has_a_length_that_excel_takes() -> None:
    head = page_header("编制单位：A&B" + "很长" * 200, "（示例数据）")
    assert len(head) <= LONGEST_HEADER
    assert "A&&B" in head
    assert head.endswith("…&R（示例数据）")
    assert page_header("", "") == ""


def test_tables_of_items_have_code_and_unit() -> None:
    tables = {table.name: table for table in run_tables(office_run())}
    for name in ("大项", "大项年度", "滞后原因", "事件日志"):
        assert {"code", "owner"} <= set(tables[name].fields.by_key), name
    assert tables["大项"].column("owner")[:14] == OWNERS
    assert tables["大项"].column("code")[0] == code_of(1)
    rows = csv.DictReader(io.StringIO(run_contents(office_run())["大项.csv"].decode("utf-8-sig")))
    assert {row["责任单位"] for row in rows} == set(OWNERS)


def test_without_units_tables_are_as_they_were() -> None:
    assert [field.title for field in item_table(shipped_run()).columns][:4] == [
        "序号", "大项", "工程", "类别",
    ]  # fmt: skip
    assert "owner" not in run_json(shipped_run())["items"][0]
    assert unit_tables(shipped_run()) is None
    assert UNITS not in texts(run_contents(shipped_run())["进度计划.xlsx"])


def test_json_items_have_code_and_unit() -> None:
    item = run_json(office_run())["items"][1]
    assert (item["code"], item["owner"]) == (code_of(2), OWNERS[1])


def test_units_are_all_items_and_all_money() -> None:
    """The units' sums are the whole run's: counted once, nothing left out."""
    told = unit_tables(office_run())
    assert told is not None
    seen = office_run().outlook
    assert seen is not None
    assert told.year == seen.year
    assert told.units.column("owner") == OWNERS
    assert sum(map(int, told.units.column("items"))) == len(office_run().portfolio.items)
    for key, whole in (
        ("plan_wan", seen.this.plan_wan),
        ("done_wan", seen.done_wan),
        ("year_wan", seen.year_wan),
    ):
        assert sum(int(v or 0) for v in told.units.column(key)) == whole, key
        assert sum(int(v or 0) for v in told.items.column(key)) == whole, key


def test_the_units_have_a_sheet() -> None:
    sheets = texts(run_contents(office_run())["进度计划.xlsx"])
    assert set(OWNERS) <= set(sheets[UNITS])
    assert set(OWNERS) <= set(sheets["责任单位大项"])


def test_the_form_is_filled() -> None:
    plan = texts(annual_plan_bytes(dossier_of(office_run())))
    form = next(sheet for name, sheet in plan.items() if name.endswith("年投资计划表"))
    assert set(OWNERS) <= set(form)
    assert code_of(1) in form


@pytest.mark.parametrize(("run", "known"), [(office_run, True), (example_run, False)])
def test_the_page_has_a_filter_of_units(run, known) -> None:
    text = page_text([dossier_of(run())])
    assert ('"units":[]' in text) is not known
    assert ("2026 年责任单位" in text) is known
    assert run().paper.number in text
