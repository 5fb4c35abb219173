"""The sheets 年度完成率 and 完成率分布: read, left out, and wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from portfolio.model.items import ListPlanKind
from portfolio.model.problems import InputError, Problem
from portfolio.model.record.chance import Refusal, chance_of
from portfolio.model.record.rows import Level, Source, Use
from portfolio.model.schema.record import COMPLETION, DISTRIBUTION
from portfolio.read.workbook import Workbook, read_workbook
from tests.read.shipped import first_free_row, opened, place, put, put_row, saved

RATES, TABLE, TARGETS = COMPLETION.name, DISTRIBUTION.name, "年度目标"
GOOD = {
    "place": "新城", "level": "市州", "year": 2024, "through_month": 12, "rate_bps": 1.05,
    "source": "本地统计", "use": "校准",
}  # fmt: skip


def read(book, tmp_path: Path) -> Workbook:
    return read_workbook(saved(book, tmp_path / "book.xlsx"))


def problems(book, tmp_path: Path) -> list[Problem]:
    with pytest.raises(InputError) as raised:
        read(book, tmp_path)
    return list(raised.value.problems)


def with_row(**changes: object):
    book = opened()
    at = first_free_row(book, RATES)
    put_row(book, RATES, at, **{**GOOD, **changes})
    return book, at


def test_the_shipped_rows_are_read():
    from tests.model.record.records import shipped

    first = shipped().rows[1]
    assert (first.place, first.level, first.year) == ("上海", Level.MUNICIPALITY, 2008)
    assert (first.rate_bps, first.through_month) == (11_430, 12.0)
    assert (first.source, first.use) == (Source.NEWS, Use.FIT)
    own = shipped().full_years["广州", 2020]
    assert (own.plan_wan, own.done_wan, own.rate_bps) == (33_110_000, 38_010_000, 11_480)
    assert all(row.reason and row.provenance for row in shipped().rows)


def test_a_workbook_without_the_sheets_reads_and_tells_no_chance(tmp_path: Path):
    book = opened()
    del book[RATES], book[TABLE]
    portfolio = read(book, tmp_path).portfolio
    assert (portfolio.record.rows, portfolio.record.tables) == ((), ())
    assert portfolio.record.place == "广州"
    assert chance_of(portfolio, 2026).refusal is Refusal.NO_RECORD


def test_a_workbook_whose_targets_have_the_columns_of_old_reads(tmp_path: Path):
    book = opened()
    page = book[TARGETS]
    heads = {str(cell.value): cell for cell in page[1]}
    heads["名单计划（亿元）"].value = "公布年度计划（亿元）"
    page.delete_cols(heads["名单计划性质"].column)
    target = next(t for t in read(book, tmp_path).portfolio.targets if t.year == 2026)
    assert (target.list_plan_wan, target.list_plan_kind) == (38_000_000, ListPlanKind.PUBLISHED)


def test_a_row_of_ones_own_counts(tmp_path: Path):
    book, at = with_row(rate_bps=None, plan_wan=100, done_wan=108.333)
    record = read(book, tmp_path).portfolio.record
    assert record.full_years["新城", 2024].rate_bps == 10_833
    assert at == 243


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        ({"year": None}, "year", "用于校准的行没有年份"),
        ({"through_month": None}, "through_month", "用于校准的行没有截至月"),
        ({"through_month": 13}, "through_month", "13 超出范围"),
        ({"through_month": 0}, "through_month", "0 超出范围"),
        ({"rate_bps": None}, "rate_bps", "没有完成率，也没有成对的年初计划与完成"),
        ({"rate_bps": None, "plan_wan": 100}, "rate_bps", "没有完成率，也没有成对的"),
        ({"rate_bps": 0}, "rate_bps", "0%超出范围"),
        ({"rate_bps": 105}, "rate_bps", "10500%超出范围"),
        ({"plan_wan": 100, "done_wan": 95}, "rate_bps", "相差超过 1 个百分点"),
        ({"rate_bps": None, "plan_wan": 1, "done_wan": 900}, "done_wan", "不像年度名单的数"),
        ({"level": "县"}, "level", "“县”不在可选范围内"),
        ({"source": "听说"}, "source", "“听说”不在可选范围内"),
        ({"use": "拟合"}, "use", "“拟合”不在可选范围内"),
        ({"place": None}, "place", "“地点”是空的"),
        ({"place": "广州", "year": 2020}, "through_month", "广州 2020 年全年数重复"),
        ({"place": "广州", "year": 2023, "through_month": 10, "rate_bps": 0.85},
         "through_month", "广州 2023 年截至 10 月的数重复"),
        ({"year": 1890}, "year", "年份 1890 超出范围"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_row(changes, key, said, tmp_path: Path):
    book, at = with_row(**changes)
    told = {problem.place: problem for problem in problems(book, tmp_path)}
    assert list(told) == [place(RATES, key, at)]
    assert said in told[place(RATES, key, at)].found
    assert told[place(RATES, key, at)].fix


def test_more_places_and_years_than_the_model_can_take(tmp_path: Path):
    book, at = with_row()
    known = {
        (r[0].value, r[2].value) for r in book[RATES].iter_rows(min_row=2) if r[8].value == "校准"
    }
    for number in range(601 - len(known)):
        put_row(book, RATES, at + 1 + number, **{**GOOD, "place": f"地{number}"})
    (told,) = problems(book, tmp_path)
    assert told.place == place(RATES, "use", at + 601 - len(known))
    assert "用于校准的有 601 个地区年，最多 600 个" in told.found


def test_rows_only_shown_may_lack_year_and_month_and_repeat(tmp_path: Path):
    book, at = with_row(use="仅展示", year=None, through_month=None)
    put_row(book, RATES, at + 1, **{**GOOD, "place": "广州", "year": 2020, "use": "仅展示"})
    assert len(read(book, tmp_path).portfolio.record.rows) == 243


def test_all_problems_are_told_at_once_with_their_cells(tmp_path: Path):
    book, at = with_row(year=None)
    put_row(book, RATES, at + 1, **{**GOOD, "rate_bps": None})
    put(book, TABLE, "fingerprint", 2, "abc")
    told = [problem.place for problem in problems(book, tmp_path)]
    assert told == [
        place(RATES, "year", at),
        place(RATES, "rate_bps", at + 1),
        place(TABLE, "fingerprint", 2),
    ]


QUANTILES = ",".join(str(10_000 + k) for k in range(199))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("quantiles", "1,2,3", "分位数有 3 个，应为 199 个"),
        ("quantiles", QUANTILES.replace("10007", "9"), "从小到大"),
        ("quantiles", QUANTILES.replace("10007", "一"), "不全是整数"),
        ("quantiles", QUANTILES.replace("10000", "0"), "从小到大"),
        ("fingerprint", "0" * 63, "不是 64 位的 SHA-256"),
        ("year", 2026, "年份与截至月应都填或都空"),
        ("rho_bps", 1.2, "120%超出范围"),
        ("rho_bps", None, "是空的"),
    ],
)
def test_what_is_wrong_in_a_distribution(key, value, said, tmp_path: Path):
    book = opened()
    put(book, TABLE, key, 2, value)
    (told,) = problems(book, tmp_path)
    assert told.place == place(TABLE, key, 2)
    assert said in told.found


def test_two_distributions_of_one_kind(tmp_path: Path):
    book = opened()
    put_row(book, TABLE, 3, year=None, through_month=None)
    (told,) = problems(book, tmp_path)
    assert told.place == place(TABLE, "year", 3)
    assert "重复，第 2 行已有" in told.found


def test_a_distribution_of_another_record_is_asked_about_not_refused(tmp_path: Path):
    book, _ = with_row()
    loaded = read(book, tmp_path)
    assert len(loaded.portfolio.record.stale_tables) == 3
    (asked,) = [each for each in loaded.questions if each.place.startswith(f"{TABLE}!")]
    assert "记录指纹对不上" in asked.found
    assert "portfolio backtest --write" in asked.fix
    assert not [each for each in read(opened(), tmp_path).questions if TABLE in each.place]


def test_a_list_plan_with_its_kind(tmp_path: Path):
    book = opened()
    page = book[TARGETS]
    at = next(row[0].row for row in page.iter_rows(min_row=2) if row[0].value == 2027)
    put_row(book, TARGETS, at, list_plan_wan=3_900, list_plan_kind="假设")
    targets = read(book, tmp_path).portfolio.targets
    found = next(target for target in targets if target.year == 2027)
    assert found.list_plan_wan == 39_000_000
    assert found.list_plan_kind is ListPlanKind.ASSUMED
