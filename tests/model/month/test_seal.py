"""The seal of closed months: what was closed can't be changed unseen."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.month.seal import (
    Closing,
    Version,
    closing_after,
    facts_mark,
    files_mark,
    sealed_flaws,
    verified,
)

MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11")


def _row(period: str, done: int, no: int = 1) -> dict[str, object]:
    return {
        "item_no": no,
        "item_name": "某大项",
        "period": period,
        "done_wan": done,
        "paid_wan": None,
    }


rows = st.lists(
    st.builds(
        _row, st.sampled_from(("2025", "2026Q1", *MONTHS)), st.integers(-5, 9), st.integers(1, 4)
    ),
    min_size=1, max_size=12,
)  # fmt: skip


def _closings(told: list[dict], months: tuple[str, ...] = MONTHS[:3]) -> tuple[Closing, ...]:
    made: tuple[Closing, ...] = ()
    for k, month in enumerate(months):
        made += (
            closing_after(
                made, month=month, again=False, closed_on=f"2026-12-0{k + 1}", author="甲",
                rows=told, done_wan=k, base_mark=f"{k}" * 64, returned=["a", "b"], reason="",
            ),
        )  # fmt: skip
    return made


def _version(told: list[dict], closings: tuple[Closing, ...], sha256: str = "f" * 64) -> Version:
    return Version(name="甲.xlsx", sha256=sha256, rows=told, closings=closings)


@given(rows, st.randoms())
def test_order_of_rows_is_no_matter(told, luck):
    shuffled = list(told)
    luck.shuffle(shuffled)
    assert facts_mark(told, "2026-10") == facts_mark(shuffled, "2026-10")
    assert not verified([_version(shuffled, _closings(told))]).flaws


@given(rows, st.data())
def test_every_changed_fact_of_a_closed_month_is_found(told, data):
    closings = _closings(told)
    k = data.draw(st.integers(0, len(told) - 1))
    changed = [dict(row) for row in told]
    changed[k]["done_wan"] = int(changed[k]["done_wan"]) + data.draw(st.integers(1, 9))
    found = verified([_version(changed, closings)]).flaws
    closed = changed[k]["period"] != "2026-11"
    assert bool(found) == closed
    if found:
        first = next((month for month in MONTHS if month >= str(changed[k]["period"])), MONTHS[0])
        assert found[0].month == first
        assert "不同" in found[0].found


@given(rows, st.data())
def test_rows_added_or_lost_are_found(told, data):
    closings = _closings(told)
    added = [*told, _row("2026-09", 3, 9)]
    (flaw,) = verified([_version(added, closings)]).flaws
    assert flaw.month == "2026-09"
    assert (
        f"现在 {len([r for r in added if r['period'] in ('2025', '2026Q1', '2026-08', '2026-09')]):,} 行"
        in flaw.found
    )


@pytest.mark.parametrize("name", [f.name for f in fields(Closing) if f.name != "number"])
@pytest.mark.parametrize("k", [0, 1, 2])
def test_a_record_that_was_changed_is_found(name, k):
    told = [_row("2026-08", 3)]
    closings = list(_closings(told))
    old = getattr(closings[k], name)
    new = "2026-07" if name == "month" else (old or 0) + 1 if isinstance(old, int) else f"{old}x"
    closings[k] = replace(closings[k], **{name: new})
    assert verified([_version(told, tuple(closings))]).flaws


@pytest.mark.parametrize("lost", [0, 1])
def test_a_record_that_is_lost_is_found(lost):
    told = [_row("2026-08", 3)]
    closings = _closings(told)
    kept = tuple(each for k, each in enumerate(closings) if k != lost)
    assert verified([_version(told, kept)]).flaws


def test_a_record_rewritten_with_its_own_mark_breaks_the_next():
    told = [_row("2026-08", 3)]
    first, second, third = _closings(told)
    forged = replace(first, done_wan=99)
    forged = replace(forged, mark=forged.right_mark(""))
    (flaw,) = verified([_version(told, (forged, second, third))]).flaws
    assert "第 2 次结账" in flaw.found


def test_versions_follow_one_another():
    told = [_row("2026-08", 3)]
    one, two, three = _closings(told)
    two = replace(two, base_mark="1" * 64, mark="")
    two = replace(two, mark=two.right_mark(one.mark))
    three = replace(three, base_mark="2" * 64, mark="")
    three = replace(three, mark=three.right_mark(two.mark))
    versions = [
        _version(told, (one,), "1" * 64),
        _version(told, (one, two), "2" * 64),
        _version(told, (one, two, three), "3" * 64),
    ]
    found = verified(versions[::-1])
    assert not found.flaws
    assert len(found.unseen) == 1  # what the first was closed from
    assert [len(each.closings) for each in found.versions] == [1, 2, 3]
    other = replace(one, author="乙", mark="")
    other = replace(other, mark=other.right_mark(""))
    assert verified([_version(told, (other,), "1" * 64), versions[1]]).flaws


def test_the_month_closed_again_counts():
    told = [_row("2026-08", 3)]
    closings = _closings(told, MONTHS[:1])
    corrected = [_row("2026-08", 4)]
    again = closing_after(
        closings, month="2026-08", again=True, closed_on="2026-12-09", author="甲",
        rows=corrected, done_wan=4, base_mark="9" * 64, returned=[], reason="更正",
    )  # fmt: skip
    assert not verified([_version(corrected, (*closings, again))]).flaws
    assert verified([_version(told, (*closings, again))]).flaws


def test_the_order_of_files_is_no_matter():
    assert files_mark(["a", "b"]) == files_mark(["b", "a"]) != files_mark(["a"])


def test_a_record_that_is_gone_is_missed_where_its_rows_are_there():
    told = [{**_row("2026-08", 3), "provenance": "市水务局 2026-08 月报（2026-08 市水务局.xlsx）"}]
    closings = _closings(told, MONTHS[:1])
    assert not verified([_version(told, closings)]).flaws
    (flaw,) = verified([_version(told, ())]).flaws
    assert flaw.month == "2026-08"
    typed = [{**_row("2026-08", 3), "provenance": "2026-08 月报（穗发改）"}]
    assert not verified([_version(typed, ())]).flaws


def test_a_workbooks_own_check_sees_a_broken_record():
    told = [_row("2026-08", 3)]
    closings = _closings(told, MONTHS[:1])
    assert not sealed_flaws(_version(told, closings))
    assert sealed_flaws(_version([_row("2026-08", 4)], closings))
    assert sealed_flaws(_version(told, (replace(closings[0], author="乙"),)))
