"""Facts are read as entered, up to the last month of which all is told, or the one asked for."""

from __future__ import annotations

import datetime as dt

import pytest

from portfolio.model.facts import parse_date, parse_period
from portfolio.model.problems import InputError
from portfolio.read.workbook import read_workbook
from tests.read.sheets_in_memory import Page, in_memory, judged
from tests.read.shipped import first_free_row, opened, put_row, saved
from tests.read.workbook.facts_in_memory import (
    cell,
    fill,
    judged_alone,
    known,
    page_of,
    shipped,
    whole_years,
)

MONTHS_2026 = [f"2026-{month:02d}" for month in range(1, 11)]


def told_to_october() -> list[dict]:
    """Years to 2025 and ten months of 2026 of every item: item 5 did 2.5 each month."""
    rows = whole_years(2025)
    for item in known().items:
        done = 2.5 if item.no == 5 else 0
        rows += [{"item_no": item.no, "period": p, "done_wan": done} for p in MONTHS_2026]
    return rows


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("2026-10", "2026-10"),
        ("2026年10月", "2026-10"),
        ("2026/1", "2026-01"),
        ("202610", "2026-10"),
        ("２０２６－１０", "2026-10"),
        ("2026Q3", "2026Q3"),
        ("2026q3", "2026Q3"),
        ("2026年三季度", "2026Q3"),
        ("2026年第3季度", "2026Q3"),
        ("2026", "2026"),
        ("2026年", "2026"),
        ("2026-13", None),
        ("2026Q5", None),
        ("2026年1-10月", None),
        ("十月", None),
        ("26-10", None),
    ],
)
def test_a_period_may_be_written_as_people_do(written, label):
    period = parse_period(written)
    assert (None if period is None else period.label) == label


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2026-10-15", "2026-10-15"),
        ("2026年10月15日", "2026-10-15"),
        ("2026.3.5", "2026-03-05"),
        ("2026年10月", "2026-10"),
        ("2026-02-30", None),
        ("2026", None),
        ("明年", None),
    ],
)
def test_a_date_may_be_a_day_or_a_month(written, date):
    assert parse_date(written) == date


def test_an_empty_sheet_and_none_at_all_are_no_facts():
    assert shipped().portfolio.facts is None
    book = in_memory()
    del book["月度执行"]
    assert judged(book).portfolio.facts is None


def test_the_as_of_is_the_last_complete_month():
    facts = judged(fill(in_memory(), told_to_october())).portfolio.facts
    assert facts.asof_months == 70
    assert (facts.quarter, facts.months_past, facts.last_ended_quarter) == (23, 1, 22)
    assert sum(row.done_wan for row in facts.rows) == 250_000


def test_rows_that_end_after_the_as_of_are_left_out():
    rows = [*told_to_october(), {"item_no": 5, "period": "2026-11", "done_wan": 1}]
    book = judged(fill(in_memory(), rows))
    assert book.portfolio.facts.asof_months == 70
    assert max(row.end_month for row in book.portfolio.facts.rows) == 70
    (question,) = [each for each in book.questions if "没有采用" in each.found]
    assert question.place == cell("period", len(rows) + 1)
    assert "2026-11 还缺 1 " in question.found


def test_a_row_may_hold_everything_and_excel_may_have_made_dates_of_it(tmp_path):
    book = opened()
    rows = told_to_october()
    rows[5 * 4 + 4] = {"item_no": 5, "period": 2025, "done_wan": 0, "started": "2022年3月"}
    fill(book, rows)
    row = next(n for n, each in enumerate(rows, 2) if each.get("period") == "2026-10")
    put_row(
        book, "月度执行", row, period=dt.datetime(2026, 10, 1), item_name=known().items[0].name,
        channel=None, level="市本级", done_wan=0, received_wan=1.5, paid_wan=0.25,
        progress_bps=0.42, approved_wan=141, in_statistics="是", statistics_code="2026-440100-48",
        statistics_wan=0.7, started=dt.datetime(2021, 3, 5), problem="征拆慢", measure="专班推进",
        due=dt.datetime(2026, 12, 31), provenance="市发改委 10 月月报",
    )  # fmt: skip
    facts = read_workbook(saved(book, tmp_path / "facts.xlsx")).portfolio.facts
    full = next(each for each in facts.rows if each.progress_bps is not None)
    assert (full.item_no, full.first_month, full.months) == (1, 69, 1)
    assert (full.received_wan, full.paid_wan, full.statistics_wan) == (15_000, 2_500, 7_000)
    assert (full.progress_bps, full.approved_wan, full.started_month) == (4_200, 1_410_000, 2)
    assert (full.in_statistics, full.statistics_code) == (True, "2026-440100-48")
    assert (full.problem, full.measure, full.due) == ("征拆慢", "专班推进", "2026-12-31")
    assert full.provenance == "市发改委 10 月月报"
    assert full.level == "市本级"


def test_blank_is_missing_and_nought_is_a_fact():
    """The month is told by the row that says 0; without it facts end the month before."""
    rows = told_to_october()
    rows[-1] = {**rows[-1], "done_wan": None, "problem": "停工"}
    assert judged(fill(in_memory(), rows)).portfolio.facts.asof_months == 69


def test_an_as_of_earlier_than_the_facts_takes_less():
    book = fill(in_memory(), told_to_october())
    for asked, months in (("2026-03", 63), ("2026Q2", 66), ("2026年9月", 69), ("2025", 60)):
        assert judged(book, asked).portfolio.facts.asof_months == months


@pytest.mark.parametrize(
    ("asked", "found", "fix"),
    [
        ("2026-12", "缺 2026-11 至 2026-12", "改用 --asof 2026-10"),
        ("2026Q4", "等 5", "未动工的请填 0"),
        ("十月", "“十月”不是月份", "2026-10"),
        ("1999-10", "不在推演的年份之内", "2021 至 2045"),
    ],
)
def test_an_as_of_beyond_the_facts_is_refused_with_what_is_missing(asked, found, fix):
    with pytest.raises(InputError) as raised:
        judged(fill(in_memory(), told_to_october()), asked)
    problem = raised.value.problems[0]
    assert problem.place == "--asof"
    assert found in problem.found
    assert fix in problem.fix


def test_an_as_of_inside_a_quarter_that_is_told_whole_is_refused():
    rows = [row for row in told_to_october() if row["item_no"] != 5 or row["period"] == 2025]
    rows = [row for row in rows if row["item_no"] != 5]
    rows += [{"item_no": 5, "period": p, "done_wan": 1} for p in (2021, 2022, 2023, 2024, 2025)]
    rows += [{"item_no": 5, "period": f"2026Q{q}", "done_wan": 1} for q in (1, 2, 3)]
    book = fill(in_memory(), rows)
    assert judged(book).portfolio.facts.asof_months == 69
    with pytest.raises(InputError, match="缺 2026-07 至 2026-08"):
        judged(book, "2026-08")


def test_an_item_that_is_finished_is_told_no_more():
    rows = [row for row in told_to_october() if row["item_no"] != 5]
    rows += [{"item_no": 5, "period": p, "done_wan": 1} for p in (2021, 2022, 2023)]
    rows[-1]["completed"] = "2023-11-20"
    assert judged(fill(in_memory(), rows)).portfolio.facts.asof_months == 70


def test_an_item_planned_to_begin_later_is_told_only_when_it_begins_earlier():
    """Item 5 is known to spend nothing before 2023; a row of 2021 makes it told from then on."""
    book = in_memory()
    free = first_free_row(book, "年度计划")
    for index, year in enumerate((2021, 2022)):
        put_row(book, "年度计划", free + index, item_no=5, year=year, money_wan=0,
                provenance="假设：推迟")  # fmt: skip
    rows = [row for row in told_to_october() if (row["item_no"], row["period"]) not in
            {(5, 2021), (5, 2022)}]  # fmt: skip
    assert judged(fill(book, rows)).portfolio.facts.asof_months == 70
    rows.append({"item_no": 5, "period": "2021-06", "done_wan": 1})
    with pytest.raises(InputError, match="缺 2021-07 至 2022-12"):
        judged(fill(book, rows), "2026-10")


def test_facts_without_one_complete_month_are_refused_and_say_who_lacks_what():
    rows = [{"item_no": 5, "period": "2026-10", "done_wan": 1}]
    with pytest.raises(InputError) as raised:
        judged(fill(in_memory(), rows))
    assert {problem.place for problem in raised.value.problems} == {"月度执行!A3"}
    text = str(raised.value)
    assert "没有一个月的执行数是齐的" in text
    assert "未动工的请填 0" in text


def test_without_facts_an_as_of_is_refused_in_plain_words():
    with pytest.raises(InputError) as raised:
        judged(in_memory(), "2026-10")
    (problem,) = raised.value.problems
    assert problem.place == "--asof"
    assert "工作簿没有月度执行" in problem.found
    assert "请先填“月度执行”表" in problem.fix


def test_reading_facts_leaves_items_and_plan_as_they_are():
    with_facts = judged(fill(in_memory(), told_to_october())).portfolio
    without = judged(in_memory()).portfolio
    assert with_facts.items == without.items
    assert (with_facts.plan_wan == without.plan_wan).all()


def test_sound_rows_have_no_problem():
    facts, problems = judged_alone(page_of(told_to_october()))
    assert problems == []
    assert len(facts) == 58 * 15


# --- Budgets, what was carried over, seasons, settings; workbooks that know nothing of them


def test_a_budget_is_the_whole_envelope_and_nothing_is_kept_back():
    """The adjusted budget before the first; what is not entered stays as computed."""
    book = in_memory()
    bonds, own = "地方政府专项债券", "企业自筹"
    put_row(book, "年度额度", 2, channel=bonds, year=2026, initial_wan=600, adjusted_wan=540)
    put_row(book, "年度额度", 3, channel=bonds, year=2027, initial_wan=400)
    put_row(book, "年度额度", 4, channel=own, year=2026, item_no=5, adjusted_wan=0)
    put_row(book, "年度额度", 5, channel=bonds, year=2028, issued_wan=3, arrived_wan=2)
    portfolio, before = judged(book).portfolio, shipped().portfolio
    at, item = portfolio.channel_position["SPB"], portfolio.position[5]
    assert portfolio.envelopes.pooled_ask_wan[5:7, at].tolist() == [5_400_000, 4_000_000]
    assert portfolio.envelopes.pooled_reserve_wan[5:7, at].tolist() == [0, 0]
    assert portfolio.envelopes.own_wan[5, portfolio.channel_position["CORP"], item] == 0
    assert portfolio.envelopes.pooled_wan[7, at] == before.envelopes.pooled_wan[7, at]


def test_facts_hold_budgets_carry_over_seasons_and_settings():
    book = fill(in_memory(), told_to_october())
    put_row(
        book, "年度额度", 2, channel="地方政府专项债券", year=2026, initial_wan=600,
        adjusted_wan=540, issued_wan=500, arrived_wan=480, carried_wan=12.5,
    )  # fmt: skip
    put_row(book, "年度额度", 3, channel="企业自筹", year=2026, item_no=5, carried_wan=1)
    book.worksheets.append(
        Page(
            title="设置",
            rows=[
                [
                    "首年",
                    "计划期末年",
                    "计划期名称",
                    "清单名称",
                    "地点",
                    "未完部分资金",
                    "示例数据",
                ],
                [2021, 2025, "十四五", "十大工程", "广州", "保持已到比例", "是"],
            ],
        )
    )
    facts = judged(book).portfolio.facts
    (budget,) = facts.budgets
    assert (budget.channel_id, budget.year, budget.item_no) == ("SPB", 2026, None)
    assert (budget.budget_wan, budget.issued_wan, budget.arrived_wan) == (
        5_400_000, 5_000_000, 4_800_000,
    )  # fmt: skip
    assert [(c.channel_id, c.year, c.item_no, c.carried_wan) for c in facts.carried_in] == [
        ("SPB", 2026, None, 125_000),
        ("CORP", 2026, 5, 10_000),
    ]
    seasons = {season.channel_id: season.quarter_bps for season in facts.seasons}
    assert seasons[None] == (2400, 2600, 2400, 2600)
    assert seasons["SPB"] == (2000, 3000, 3200, 1800)
    assert not {"LOAN", "BOND", "URL", "GREEN"} & set(seasons)
    assert facts.keep_mix
    assert facts.example


def test_without_settings_the_planned_mix_is_restored_and_facts_are_real():
    facts = judged(fill(in_memory(), told_to_october())).portfolio.facts
    assert not facts.keep_mix
    assert not facts.example


def test_an_older_workbook_without_the_new_sheets_and_columns_is_read():
    book, new = in_memory(), ("年初预算", "调整预算", "已下达", "已到位", "上年结转")
    put_row(book, "年度额度", 2, channel="地方政府专项债券", year=2026, envelope_wan=540)
    page = book["年度额度"]
    for name in new:
        page.delete_cols(page.rows[0].index(f"{name}（亿元）") + 1)
    for name in ("月度执行", "季节曲线"):
        del book[name]
    portfolio = judged(book).portfolio
    assert portfolio.facts is None
    assert portfolio.envelopes.pooled_ask_wan[5, portfolio.channel_position["SPB"]] == 5_400_000


def test_a_new_column_that_is_misspelt_is_told_and_one_of_the_users_own_is_not():
    book = in_memory()
    page = book["年度额度"]
    at = page.rows[0].index("调整预算（亿元）")
    page.rows[0][at] = "调整后预算（亿元）"
    with pytest.raises(InputError) as raised:
        judged(book)
    (problem,) = raised.value.problems
    assert problem.place == f"年度额度!{'ABCDEFGHIJKL'[at]}1"
    assert "请把表头改为“调整预算（亿元）”；自己的列请另取一个不相近的名字" in problem.fix
    page.rows[0][at] = "备注"
    judged(book)


def test_published_plans_and_outturns_stand_beside_the_targets():
    """What was published of the yearly list, 亿元; the sources are the rows' own evidence."""
    published = {
        target.year: (target.list_plan_wan, target.list_done_wan)
        for target in shipped().portfolio.targets
        if target.list_plan_wan or target.list_done_wan
    }
    assert published == {
        2019: (30_877_100, 33_340_000),
        2020: (33_110_000, 38_010_000),
        2021: (36_040_000, None),
        2023: (37_850_000, None),
        2024: (38_020_000, None),
        2026: (38_000_000, None),
    }
