"""Slips of the pen in amounts are asked about; what is right, or was looked at, is not."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from portfolio.model.problems import InputError, Problem
from portfolio.read.workbook import Workbook
from tests.read.sheets_in_memory import Book, in_memory, judged
from tests.read.shipped import at, first_free_row, place, put, put_row

FACTORS = (10, 0.1, 1_000, 0.001, 10_000, 0.0001)
MONEY = {
    "项目清单": ("total_wan", "plan_wan", "earlier_wan", "yearly_cap_wan"),
    "年度计划": ("money_wan",),
    "年度目标": ("target_wan", "list_plan_wan", "list_done_wan"),
    "年度额度": ("envelope_wan",),
}
BONDS = "地方政府专项债券"


def about(book: Book, cell: str) -> list[Problem]:
    return [each for each in judged(book).questions if each.place == cell]


def row_of(sheet: str, key: str, value: object) -> int:
    page = in_memory()[sheet]
    return next(k for k in range(2, page.max_row + 1) if page[at(sheet, key, k)].value == value)


def with_envelope(**cells: object) -> Book:
    book = in_memory()
    row = first_free_row(book, "年度额度")
    put_row(book, "年度额度", row, channel=BONDS, year=2026, **cells)
    return book


def test_the_shipped_workbook_has_no_slips_but_four_grouped_subjects():
    found = [each.found for each in judged(in_memory()).questions]
    assert len(found) == 5
    assert found[0].startswith("既有突破：2021—2025 年计划中有专项债券 367.9 亿元")
    assert "26 城市路网（打包）320.5" in found[0]
    assert "共 17 项" in found[1]
    assert all("高于财力参考" in each for each in found[2:])


def test_a_target_a_thousand_times_too_small_is_asked_about():
    book, row = in_memory(), row_of("年度目标", "year", 2026)
    put(book, "年度目标", "target_wan", row, 3.8)
    (asked,) = about(book, place("年度目标", "target_wan", row))
    assert "2026 年年度目标 3.8 亿元" in asked.found
    assert "是否为 3800 亿元" in asked.fix.replace(",", "")


def test_money_of_a_known_year_ten_times_too_small_is_asked_about():
    row = row_of("年度计划", "item_no", 24)
    book = in_memory()
    put(book, "年度计划", "money_wan", row, 34.9)
    (asked,) = about(book, place("年度计划", "money_wan", row))
    assert "是否为 349 亿元" in asked.fix


@pytest.mark.parametrize("wrong", [0.0319, 31.9, 6_000, 61_300])
def test_an_envelope_far_from_what_the_plan_needs_is_asked_about(wrong):
    book = with_envelope(envelope_wan=wrong)
    cell = place("年度额度", "envelope_wan", first_free_row(in_memory(), "年度额度"))
    assert len(about(book, cell)) == 1


def test_a_total_is_asked_about_beside_the_published_sum():
    row = row_of("项目清单", "no", 4)
    book = in_memory()
    put(book, "项目清单", "total_wan", row, 29_360)
    (asked,) = about(book, place("项目清单", "total_wan", row))
    assert "若为 2,936 亿元，“科技创新工程”的合计就与公布数相符" in asked.found


def test_without_published_sums_a_total_is_held_against_its_own_plan():
    row = row_of("项目清单", "no", 4)
    book = in_memory()
    book["汇总校核"].delete_rows(2, book["汇总校核"].max_row)
    put(book, "项目清单", "total_wan", row, 29_360)
    (asked,) = about(book, place("项目清单", "total_wan", row))
    assert "首年前与计划期之和" in asked.found


def test_what_was_looked_at_is_not_asked_again():
    row = row_of("年度目标", "year", 2026)
    for provenance, count in (("D227", 1), ("D227；已核对", 0), ("已核对；假设：照用", 0)):
        book = in_memory()
        put(book, "年度目标", "target_wan", row, 3.8)
        put(book, "年度目标", "provenance", row, provenance)
        assert len(about(book, place("年度目标", "target_wan", row))) == count
    book = with_envelope(envelope_wan=31.9, provenance="已核对")
    assert not [each for each in judged(book).questions if each.place.startswith("年度额度")]


def test_items_and_channels_looked_at_leave_the_groups():
    book = in_memory()
    for sheet in ("项目清单", "财力参考"):
        for row in range(2, first_free_row(book, sheet)):
            said = book[sheet][at(sheet, "provenance", row)].value
            put(book, sheet, "provenance", row, f"已核对；{said}")
    assert judged(book).questions == ()


def test_a_lawful_envelope_is_not_asked_about_and_one_below_the_plan_is_told():
    assert not [
        each
        for each in judged(with_envelope(envelope_wan=700)).questions
        if each.place.startswith("年度额度")
    ]
    (asked,) = [
        each
        for each in judged(with_envelope(envelope_wan=500)).questions
        if each.place.startswith("年度额度")
    ]
    assert "地方政府专项债券 2026 年计划 612.9 亿元，额度 500.0" in asked.found


def test_budgets_nobody_entered_are_left_to_the_treasury():
    (asked,) = [
        each
        for each in judged(with_envelope(initial_wan=613)).questions
        if each.found.startswith("待财政填")
    ]
    assert "2026 年 一般公共预算、土地出让/净地出让收益；2027 年 一般公共预算、" in asked.found
    assert BONDS in asked.found.partition("2027")[2]


def test_budgets_that_are_not_published_can_be_said_to_be_looked_at():
    book = with_envelope(initial_wan=613)
    row = first_free_row(book, "年度额度")
    land = "土地出让/净地出让收益"
    put_row(book, "年度额度", row, channel=land, year=2026, provenance="假设：未公布；已核对")
    (asked,) = [each for each in judged(book).questions if each.found.startswith("待财政填")]
    assert "2026 年 一般公共预算；2027 年 " in asked.found
    assert "“依据”写“已核对”" in asked.fix
    put(book, "年度额度", "provenance", row, "假设：未公布")
    with pytest.raises(InputError) as refused:
        judged(book)
    assert "都是空的" in refused.value.problems[0].found


def test_a_city_without_the_sheet_is_flagged_nothing():
    book = in_memory()
    del book["财力参考"]
    assert not [each for each in judged(book).questions if "财力参考" in each.found]


def test_a_year_told_twice_in_the_reference_is_refused():
    book = in_memory()
    row = first_free_row(book, "财力参考")
    put_row(book, "财力参考", row, channel=BONDS, year=2026, upper_wan=5, provenance="假设：无")
    with pytest.raises(InputError) as refused:
        judged(book)
    assert "重复" in refused.value.problems[0].found


# --- 200 slips drawn with a seed


def base() -> Book:
    """The shipped workbook with envelopes of three pooled channels in five years, as planned."""
    book = in_memory()
    row = first_free_row(book, "年度额度")
    for channel, needs in (
        (BONDS, (750, 735, 615, 415, 312)),
        ("一般公共预算", (430, 425, 357, 240, 163)),
        ("土地出让/净地出让收益", (267, 260, 231, 171, 112)),
    ):
        for year, need in enumerate(needs, start=2024):
            put_row(book, "年度额度", row, channel=channel, year=year, envelope_wan=need)
            row += 1
    return book


def cells(book: Book) -> list[tuple[str, str, int]]:
    """Every amount above 0 of the four sheets."""
    return [
        (sheet, key, row)
        for sheet, keys in MONEY.items()
        for row in range(2, book[sheet].max_row + 1)
        for key in keys
        if isinstance(value := book[sheet][at(sheet, key, row)].value, int | float) and value > 0
    ]


def caught(book: Book, cell: str, before: int) -> bool:
    """Whether the slip is refused, or its very cell asked about; other cells must stay quiet."""
    try:
        read: Workbook = judged(book)
    except InputError:
        return True
    assert len(read.questions) <= before + 4
    return any(each.place == cell for each in read.questions)


def test_most_single_slips_are_caught():
    rng = random.Random(15)
    every, before = cells(base()), len(judged(base()).questions)
    by_sheet = {sheet: [c for c in every if c[0] == sheet] for sheet in MONEY}
    tried: Counter[float] = Counter()
    found: Counter[float] = Counter()
    for k in range(204):
        sheet, key, row = rng.choice(by_sheet[rng.choice(list(MONEY))])
        factor = FACTORS[k % len(FACTORS)]
        book = base()
        value = book[sheet][at(sheet, key, row)].value
        put(book, sheet, key, row, max(round(value * factor, 4), 0.0001))
        tried[factor] += 1
        hit = caught(book, place(sheet, key, row), before)
        found[factor] += hit
        if not hit:
            print(factor, sheet, key, row, value)
    print({factor: f"{found[factor]}/{tried[factor]}" for factor in FACTORS})
    assert found.total() >= 0.9 * tried.total()
    assert all(found[factor] >= 0.8 * tried[factor] for factor in FACTORS)
