"""Versions of the plan are sealed: what was approved can't be changed unseen."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from portfolio.model.approved.records import (
    Kept,
    Record,
    rows_for,
    rows_mark,
    sealed,
    version_of,
    wrong_of,
)
from portfolio.model.calendar import SHIPPED
from portfolio.model.month.seal import Version, closing_after, verified

CHANNELS = {"C0": "渠道0", "C1": "渠道1"}


def _rows(number: int, wan: int = 300) -> list[dict]:
    return rows_for(
        number, {(1, "C0"): wan, (1, "C1"): 40, (2, "C1"): 0}, {1: (0, 7), 2: (None, None)},
        {1: "甲", 2: "乙"}, CHANNELS, SHIPPED,
    )  # fmt: skip


def _record(number: int, **more: object) -> Record:
    plain = Record(
        number=number, kind="年初计划" if number == 1 else "调整计划",
        time=None if number == 1 else number - 1, year=2026, approved_on=f"2026-0{number}-10",
        document=f"某发改〔2026〕{number}号", authority=None, effective=f"2026-0{number}",
        rows=0, plan_wan=0, rows_mark="", base_mark="", note=None, mark="",
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.fixture
def kept() -> Kept:
    """Two versions, the second of 310."""
    rows = [_rows(1), _rows(2, 310)]
    first = sealed(_record(1), rows[0], (), "a" * 64)
    second = sealed(_record(2), rows[1], (first,), "b" * 64)
    return Kept(records=(first, second), rows=(*rows[0], *rows[1]))


def test_rows_are_a_sum_with_its_span_then_channels_with_money():
    rows = _rows(1)
    assert [(r["item_no"], r["channel"], r["plan_wan"]) for r in rows] == [
        (1, None, 340), (1, "渠道0", 300), (1, "渠道1", 40), (2, None, 0),
    ]  # fmt: skip
    first = SHIPPED.first_year
    assert (rows[0]["start"], rows[0]["finish"]) == (f"{first}Q1", f"{first + 1}Q4")
    assert rows[3]["finish"] is None


def test_a_version_is_read_back_from_its_rows(kept: Kept):
    rows = [
        {**row, "channel": {"渠道0": "C0", "渠道1": "C1"}.get(row["channel"])} for row in _rows(1)
    ]
    version = version_of(kept.records[0], rows, SHIPPED)
    assert version.cells_wan == {(1, "C0"): 300, (1, "C1"): 40}
    assert version.spans == {1: (0, 7), 2: (None, None)}
    assert version.plan_wan == kept.records[0].plan_wan == 340
    assert version.effective == 12 * (2026 - SHIPPED.first_year)


def test_what_was_approved_holds(kept: Kept):
    assert wrong_of(kept) == []
    assert rows_mark(_rows(1)) == rows_mark(_rows(1)[::-1])


def test_another_name_of_an_item_is_no_change(kept: Kept):
    rows = tuple({**row, "item_name": "改名"} for row in kept.rows)
    assert wrong_of(replace(kept, rows=rows)) == []


@pytest.mark.parametrize("key", ["plan_wan", "finish", "channel", "item_no"])
def test_a_changed_cell_of_a_version_is_found(kept: Kept, key: str):
    other = {"plan_wan": 341, "finish": "2030Q1", "channel": "渠道9", "item_no": 3}[key]
    rows = ({**kept.rows[0], key: other}, *kept.rows[1:])
    (wrong,) = wrong_of(replace(kept, rows=rows))
    assert wrong.sheet == "计划版本明细"
    assert "年初计划（某发改〔2026〕1号）的明细与批准时不同" in wrong.found


def test_a_row_taken_away_is_counted(kept: Kept):
    (wrong,) = wrong_of(replace(kept, rows=kept.rows[1:]))
    assert "批准时 4 行，现在 3 行" in wrong.found


@pytest.mark.parametrize(
    "name", [f.name for f in fields(Record) if f.name not in ("rows_mark", "mark", "number")]
)
def test_every_column_of_a_record_is_sealed(kept: Kept, name: str):
    value = getattr(kept.records[0], name)
    changed = value + 1 if isinstance(value, int) else f"{value}0" if value else 5
    records = (replace(kept.records[0], **{name: changed}), kept.records[1])
    found = wrong_of(replace(kept, records=records))
    assert any(wrong.sheet == "计划版本" and "记录被改过" in wrong.found for wrong in found)


def test_a_record_taken_away_or_made_anew_is_found(kept: Kept):
    found = wrong_of(replace(kept, records=kept.records[1:]))
    assert any("记录被增删或移动过" in wrong.found for wrong in found)
    gone = wrong_of(replace(kept, records=kept.records[:1]))
    assert any("第 2 个版本" in wrong.found for wrong in gone)
    first = sealed(_record(1, approved_on="2026-01-11"), _rows(1), (), "a" * 64)
    found = wrong_of(replace(kept, records=(first, kept.records[1])))
    assert any("版本号与该行内容不符" in wrong.found for wrong in found)


def test_verify_tells_of_plans_and_of_what_they_were_approved_from(kept: Kept):
    def book(name: str, sha256: str, plans: Kept) -> Version:
        return Version(name=name, sha256=sha256, rows=(), closings=(), plans=plans)

    before = replace(kept, records=kept.records[:1], rows=tuple(_rows(1)))
    good = verified([book("一.xlsx", "b" * 64, before), book("二.xlsx", "c" * 64, kept)])
    assert not good.flaws
    assert any("2 个计划版本" in line for line in good.held)
    alone = verified([book("二.xlsx", "c" * 64, kept)])
    assert any("没有核对" in line for line in alone.unseen)
    closing = closing_after(
        (), month="2026-11", again=False, closed_on="2026-12-01", author="甲", rows=[],
        done_wan=0, base_mark="c" * 64, returned=[], reason="",
    )  # fmt: skip
    closed = replace(book("三.xlsx", "d" * 64, Kept()), closings=(closing,))
    lost = verified([book("二.xlsx", "c" * 64, kept), closed])
    assert any("少了结账所用的“二.xlsx”中的计划版本" in flaw.found for flaw in lost.flaws)
    whole = verified([book("二.xlsx", "c" * 64, kept), replace(closed, plans=kept)])
    assert not whole.flaws
    unlike = verified([book("一.xlsx", "b" * 64, Kept()), book("二.xlsx", "c" * 64, kept)])
    assert any("不一致" in flaw.found for flaw in unlike.flaws)
