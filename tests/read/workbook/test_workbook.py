"""The shipped workbook reads whole; what users do to it without harm does no harm."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from portfolio.model.calendar import SHIPPED as CALENDAR
from portfolio.model.items import Kind, ListPlanKind, TargetKind, assumption, evidence_ids
from portfolio.model.money import BPS
from portfolio.model.problems import InputError
from portfolio.model.schema import GUIDE, Cell, sheet_named, sheets_of
from portfolio.model.schema.blank import TO_CONFIRM, blank_tables
from portfolio.model.schema.layout import NOT_PLAYED, REPAIR_ONLY, STRESS_ONLY
from portfolio.read.workbook import Workbook, read_input_tables, read_workbook
from portfolio.report.input_workbook import guide_lines, to_cell, write_input_workbook
from tests.read.shipped import (
    SHIPPED,
    at,
    first_free_row,
    opened,
    opened_whole,
    put,
    put_row,
    saved,
)


@pytest.fixture(scope="module")
def workbook() -> Workbook:
    return read_workbook(SHIPPED)


def test_the_counts_are_those_of_the_plan(workbook):
    portfolio = workbook.portfolio
    assert len(portfolio.items) == 58
    assert len(portfolio.gates) == 108
    assert sum(gate.hard for gate in portfolio.gates) == 18
    assert len(portfolio.channels) == 19
    assert len(portfolio.shares) == 358
    assert len(workbook.totals) == 33
    assert len(portfolio.risk_classes) == 38
    assert len(portfolio.channel_risks) == 19
    assert len(workbook.known_years) == 6
    assert len(workbook.observations) == 286
    assert len(workbook.public_records) == 38


def test_the_money_is_that_of_the_plan(workbook):
    portfolio = workbook.portfolio
    assert sum(item.total_wan for item in portfolio.items) == 50_394 * 10_000
    assert sum(item.plan_wan for item in portfolio.items) == 26_788 * 10_000
    assert sum(item.earlier_wan for item in portfolio.items) == 35_885_000
    assert int(portfolio.plan_wan[:5].sum()) == 26_788 * 10_000
    by_year = np.round(portfolio.plan_wan.sum(axis=(1, 2))[:10] / 1e4)
    assert by_year.tolist() == [4128, 5217, 5779, 5891, 5774, 5004, 3736, 2923, 2306, 1787]


def test_shares_of_every_item_make_the_whole(workbook):
    sums: dict[int, int] = {}
    for share in workbook.portfolio.shares:
        sums[share.item_no] = sums.get(share.item_no, 0) + share.share_bps
        assert share.share_bps <= share.max_share_bps
    assert set(sums) == {item.no for item in workbook.portfolio.items}
    assert set(sums.values()) == {BPS}


def test_targets_carry_the_published_figures_beside_the_users_own(workbook):
    targets = {target.year: target for target in workbook.portfolio.targets}
    assert sorted(targets) == list(range(2019, 2036))
    # A published plan is the target; the other years have the user's own.
    assert {year: targets[year].target_wan for year in range(2021, 2036)} == {
        **dict.fromkeys(range(2021, 2036), 38_000_000), 2021: 36_040_000, 2023: 37_850_000,
    }  # fmt: skip
    assert [targets[year].list_plan_kind for year in (2021, 2022, 2024)] == [
        ListPlanKind.PUBLISHED, None, ListPlanKind.INTERPOLATED,
    ]  # fmt: skip
    assert {target.kind for target in targets.values()} == {TargetKind.FLOOR}
    assert targets[2019].list_plan_wan == 30_877_100
    assert targets[2019].list_done_wan == 33_340_000
    assert (targets[2020].list_plan_wan, targets[2020].list_done_wan) == (
        33_110_000,
        38_010_000,
    )
    assert targets[2021].published_projects == 665
    assert targets[2023].list_plan_wan == 37_850_000
    assert targets[2026].published_projects == 851
    assert [targets[year].programme_weight_bps for year in range(2021, 2026)] == [
        1800,
        1950,
        2100,
        2100,
        2050,
    ]
    assert {targets[year].inclusion_bps for year in range(2021, 2036)} == {7000}


def test_every_provenance_points_to_evidence_or_gives_a_reason(workbook):
    known = {evidence.id for evidence in workbook.evidence}
    portfolio = workbook.portfolio
    rows = [
        *portfolio.items,
        *portfolio.gates,
        *portfolio.channels,
        *portfolio.shares,
        *portfolio.targets,
        *portfolio.risk_classes,
        *portfolio.channel_risks,
        *portfolio.realisations,
        *portfolio.risk.stage_factors,
        *portfolio.risk.channel_correlations,
        *workbook.totals,
        *workbook.observations,
        *workbook.public_records,
    ]
    used = set()
    for row in rows:
        ids, reason = evidence_ids(row.provenance), assumption(row.provenance)
        assert ids or reason
        assert set(ids) <= known
        used.update(ids)
    # what only `check` holds the plan against is no part of the portfolio
    for reference in read_input_tables(SHIPPED)["财力参考"]:
        used.update(evidence_ids(str(reference["provenance"])))
    assert used == known  # no evidence without a use


def test_channels_without_envelope_have_no_carry_over(workbook):
    for channel in workbook.portfolio.channels:
        assert (channel.carry is None) == (channel.kind is Kind.CREDIT)


def test_the_hash_is_of_the_bytes(workbook):
    assert workbook.sha256 == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()


def test_written_tables_read_back_equal(tmp_path, workbook):
    tables = read_input_tables(SHIPPED)
    path = tmp_path / "again.xlsx"
    write_input_workbook(path, tables)
    assert read_input_tables(path) == tables
    again = read_workbook(path)
    assert again.portfolio.items == workbook.portfolio.items
    assert again.portfolio.gates == workbook.portfolio.gates
    assert again.portfolio.shares == workbook.portfolio.shares
    assert again.portfolio.risk == workbook.portfolio.risk
    assert np.array_equal(again.portfolio.plan_wan, workbook.portfolio.plan_wan)


def test_the_same_tables_make_the_same_bytes(tmp_path):
    tables = read_input_tables(SHIPPED)
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path in paths:
        write_input_workbook(path, tables)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("wan", [1, 423_000, 4_472_000, 123_456_789, 503_940_000])
def test_money_survives_the_sheet_to_the_wan(wan, tmp_path):
    column = next(c for c in sheets_of(CALENDAR)[0].columns if c.cell is Cell.MONEY)
    assert round(to_cell(column, wan) * 10_000) == wan
    assert float(repr(to_cell(column, wan))) == wan / 10_000


def test_the_workbook_is_laid_out_for_people():
    book = opened_whole()
    assert book.sheetnames == [GUIDE, *(sheet.name for sheet in sheets_of(CALENDAR))]
    for sheet in sheets_of(CALENDAR):
        page = book[sheet.name]
        assert page.freeze_panes is not None
        assert page.auto_filter.ref
        assert not page.merged_cells.ranges
        assert [cell.value for cell in page[1]] == [column.header for column in sheet.columns]
        closed = sum(bool(column.choices or column.refers_to) for column in sheet.columns)
        lists = [v for v in page.data_validations.dataValidation if v.type == "list"]
        assert len(lists) == closed


def test_own_columns_sheets_and_order_are_tolerated(tmp_path, workbook):
    book = opened()
    page = book["项目清单"]
    page.move_range("A1:A80", cols=30)  # 序号 now far to the right, a gap where it stood
    page["A1"] = "我的备注"
    page["A2"] = "=1+1"  # a formula without a value, but not in a column of ours
    page["AE1"] = " 序　号 "
    book["资金渠道"]["F1"] = "可充资本金比例(%)"
    book.create_sheet("草稿")["A1"] = "随手记"
    del book[GUIDE]
    again = read_workbook(saved(book, tmp_path / "own.xlsx"))
    assert again.portfolio.items == workbook.portfolio.items


def test_blank_rows_are_nothing(tmp_path, workbook):
    book = opened()
    book["项目清单"]["B500"] = "  "
    book["资金结构"].insert_rows(100)
    again = read_workbook(saved(book, tmp_path / "blank.xlsx"))
    assert again.portfolio.shares == workbook.portfolio.shares


def test_gate_types_may_be_written_by_code_and_classes_by_key(tmp_path, workbook):
    book = opened()
    put(book, "依赖关系", "type", 2, "progress")
    put(book, "项目清单", "risk_class", 2, "science")
    again = read_workbook(saved(book, tmp_path / "codes.xlsx"))
    assert again.portfolio.gates == workbook.portfolio.gates
    assert again.portfolio.items[0].risk_class == "science"


def test_own_envelopes_replace_the_computed_ones(tmp_path):
    book = opened()
    put_row(book, "年度额度", 2, channel="地方政府专项债券", year=2023, envelope_wan=120)
    put_row(book, "年度额度", 3, channel="企业自筹", year=2022, item_no=5, reserve_wan=0)
    portfolio = read_workbook(saved(book, tmp_path / "own.xlsx")).portfolio
    bonds = portfolio.channel_position["SPB"]
    assert portfolio.envelopes.pooled_ask_wan[2, bonds] == 1_200_000
    own = portfolio.channel_position["CORP"]
    assert portfolio.envelopes.own_reserve_wan[1, own, portfolio.position[5]] == 0


def test_an_item_known_to_pause_may_use_a_later_channel(tmp_path):
    """Zero in each year before the channel exists: nothing is wanted of it before."""
    book = opened()
    page = book["资金结构"]
    rows = [r for r in range(2, page.max_row + 1) if page[at("资金结构", "item_no", r)].value == 1]
    put_row(book, "资金结构", rows[0], channel="超长期特别国债", share_bps=1, max_share_bps=1)
    for row in reversed(rows[1:]):
        page.delete_rows(row)
    path = saved(book, tmp_path / "late.xlsx")
    with pytest.raises(InputError, match="2021 年没有可用的渠道"):
        read_workbook(path)
    free = first_free_row(book, "年度计划")
    for index, year in enumerate((2021, 2022, 2023)):
        put_row(
            book,
            "年度计划",
            free + index,
            item_no=1,
            year=year,
            money_wan=0,
            provenance="假设：暂停",
        )
    assert read_workbook(saved(book, path)).portfolio.plan_wan[:3, :, 0].sum() == 0


def test_reading_knows_nothing_of_the_writer():
    """Reading must not load the writing library."""
    code = (
        "import sys; from pathlib import Path; from portfolio.read.workbook import read_workbook;"
        f"read_workbook(Path({str(SHIPPED)!r})); assert 'xlsxwriter' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_written_file_replaces_whole_or_not_at_all(tmp_path):
    path = tmp_path / "kept.xlsx"
    path.write_bytes(b"as it was")
    with pytest.raises(KeyError):
        write_input_workbook(path, {"项目清单": [{"nonsense": 1}]})
    with pytest.raises(TypeError):
        write_input_workbook(path, {"项目清单": [{"name": object()}]})  # type: ignore[dict-item]
    assert path.read_bytes() == b"as it was"
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.xlsx"]


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    tables = read_input_tables(SHIPPED)
    tables["项目清单"][0]["tags"] = "=1+1"
    path = tmp_path / "text.xlsx"
    write_input_workbook(path, tables)
    cell = openpyxl.load_workbook(path)["项目清单"][at("项目清单", "tags", 2)]
    assert (cell.value, cell.data_type) == ("=1+1", "s") or cell.data_type == "s"
    assert read_workbook(path).portfolio.items[0].tags == ("=1+1",)


def test_the_guide_says_how_a_fraction_becomes_money():
    page = opened_whole()[GUIDE]
    text = "\n".join(str(cell.value) for row in page.iter_rows() for cell in row if cell.value)
    for piece in (
        "门槛＝2021年前已完成＋前置须达到的比例×“十四五”投资",
        "5,358×0.70≈3,750",
        "待分配资金",
        "portfolio check",
        "假设",
        *(sheet.name for sheet in sheets_of(CALENDAR)),
    ):
        assert piece in text


def test_the_shipped_guide_is_what_the_layout_makes():
    page = opened_whole()[GUIDE]
    shown = [(left, right or "") for left, right in page.iter_rows(values_only=True)]
    made = [(line.left, line.right) for line in guide_lines((), CALENDAR, sheets_of(CALENDAR))]
    first = shown.index(("各表用途", ""))  # before it stands what is said of this workbook alone
    assert shown[first:] == made[made.index(("各表用途", "")) :]


def test_an_empty_layout_lacks_only_data(tmp_path):
    """What another city starts from: every sheet and column there, nothing in them."""
    path = tmp_path / "new.xlsx"
    write_input_workbook(path, {})
    with pytest.raises(InputError) as raised:
        read_workbook(path)
    assert {problem.found for problem in raised.value.problems} == {"表中没有数据"}


def test_a_file_open_in_excel_is_not_written(tmp_path, monkeypatch):
    path = tmp_path / "open.xlsx"

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(InputError, match="Excel、Word 等程序中打开"):
        write_input_workbook(path, {})
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_played_says_so_and_promises_nothing():
    notes = {(s.name, c.key): c.note for s in sheets_of(CALENDAR) for c in s.columns}
    assert NOT_PLAYED in notes["项目清单", "min_duration_years"]
    for key in ("contract_share_bps", "min_capital_share_bps"):
        assert REPAIR_ONLY in notes["项目清单", key]
    for name in ("事后数据", "公开记录"):
        assert NOT_PLAYED in sheet_named(name, CALENDAR).purpose
    assert "计划最大的一年" in notes["项目清单", "yearly_cap_wan"]
    said = "".join(notes.values()) + "".join(
        f"{line.left}{line.right}" for line in guide_lines((), CALENDAR, sheets_of(CALENDAR))
    )
    for promise in ("保障底线", "不可削减", "不另设上限", "2027 年以后"):
        assert promise not in said
    assert "读入并检查、但本版不参与推演的内容" in said
    assert max(map(len, notes.values())) <= 255


def test_what_only_the_stress_test_uses_says_so():
    notes = {(s.name, c.key): c.note for s in sheets_of(CALENDAR) for c in s.columns}
    assert STRESS_ONLY in notes["项目清单", "stage"]
    used = {
        key for (sheet, key), note in notes.items() if sheet == "风险参数" and STRESS_ONLY in note
    }
    assert used == {
        "p_tail", "tail_pareto_alpha", "body_mu", "body_sd", "cost_cap", "sched_ln_mu",
        "sched_ln_sigma", "stoppages_per_year", "stoppage_mean_quarters",
    }  # fmt: skip
    for name in ("落地率", "资金风险", "阶段系数", "相关系数", "风险清单", "批次参数"):
        assert STRESS_ONLY in sheet_named(name, CALENDAR).purpose
    told = [(line.left, line.right) for line in guide_lines((), CALENDAR, sheets_of(CALENDAR))]
    assert ("整张表", "落地率、资金风险、阶段系数、相关系数、风险清单、批次参数") in told
    assert ("整张表", "事后数据、公开记录") in told
    assert ("项目清单", "这些列：阶段") in told


def test_the_assumptions_of_the_stress_test_are_those_of_their_sources(workbook):
    risk = workbook.portfolio.risk
    stages = {f.stage: (f.cost_factor, f.duration_factor) for f in risk.stage_factors}
    # data/risk/README.md, stage factors; 备案 has 落地率 instead of an overrun
    assert stages == {
        "规划": (1.4, 1.4), "可研": (1.0, 1.0), "概算": (0.4, 0.4), "过半": (0.12, 0.12),
        "备案": (0.0, 1.0),
    }  # fmt: skip
    # data/risk/correlation.md, section 2
    assert (risk.global_correlation, risk.group_correlation) == (0.15, 0.15)
    assert risk.cost_time_correlation == 0.5
    pairs = {(p.channel_id, p.other_id): p.correlation for p in risk.channel_correlations}
    assert pairs == {
        ("LAND", "PPP"): 0.6, ("LAND", "CORP"): 0.6, ("LAND", "GPB"): 0.3, ("LAND", "SOE"): 0.3,
        ("LAND", "SPB"): -0.3, ("SPB", "NPF"): 0.3, ("PPP", "CORP"): 0.36,
    }  # fmt: skip
    assert risk.register == ()
    for row in (*risk.stage_factors, *risk.channel_correlations):
        assert assumption(row.provenance)


def test_the_register_is_read_and_its_items_are_numbers_ranges_or_all(tmp_path):
    book = opened()
    values = {
        "name": "台风", "probability": 0.2, "cost_low": -0.01, "cost_likely": 0, "cost_high": 0.05,
        "quarters_low": 0, "quarters_likely": 1, "quarters_high": 2.5, "provenance": "假设：试",
    }  # fmt: skip
    items = {
        "R1": (3, (3,)),
        "R2": ("5-7；3", (3, 5, 6, 7)),
        "R3": ("57至58、1", (1, 57, 58)),
        "R4": ("全部", tuple(range(1, 59))),
    }
    for row, (id, (written, _)) in enumerate(items.items(), start=2):
        put_row(book, "风险清单", row, id=id, items=written, **values)
    register = read_workbook(saved(book, tmp_path / "risks.xlsx")).portfolio.risk.register
    assert {risk.id: risk.item_nos for risk in register} == {
        id: numbers for id, (_, numbers) in items.items()
    }
    assert (register[0].probability, register[0].cost_low, register[0].quarters_high) == (
        0.2, -0.01, 2.5,
    )  # fmt: skip


def test_a_workbook_may_leave_the_register_out(tmp_path, workbook):
    book = opened()
    del book["风险清单"]
    again = read_workbook(saved(book, tmp_path / "without.xlsx"))
    assert again.portfolio.risk == workbook.portfolio.risk


def test_an_own_sheet_of_a_distant_name_is_not_taken_for_the_register(tmp_path, workbook):
    book = opened()
    del book["风险清单"]
    book.create_sheet("风险说明")["A1"] = "随手记"
    assert (
        read_workbook(saved(book, tmp_path / "own.xlsx")).portfolio.risk == workbook.portfolio.risk
    )


def test_a_pair_is_the_same_whichever_channel_is_named_first(tmp_path):
    book = opened()
    put_row(book, "相关系数", 4, subject="工期", other="造价")
    put_row(book, "相关系数", 5, subject="PPP", other="LAND")
    risk = read_workbook(saved(book, tmp_path / "turned.xlsx")).portfolio.risk
    assert risk.cost_time_correlation == 0.5
    assert risk.channel_correlations[0].channel_id == "PPP"


def test_a_new_workbook_keeps_the_assumptions_and_asks_to_confirm_them():
    blank = blank_tables(read_input_tables(SHIPPED), CALENDAR, CALENDAR)
    assert [row["cost_factor"] for row in blank["阶段系数"]] == [1.4, 1.0, 0.4, 0.12, 0.0]
    assert len(blank["相关系数"]) == 10
    assert {row["provenance"] for row in blank["相关系数"]} == {TO_CONFIRM}
    assert blank["风险清单"] == []
