"""Wrong facts, each told with its cell, what stands there and the fix; all of them at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from portfolio.model.problems import InputError, Problem
from portfolio.read.workbook.facts import MONEY
from portfolio.read.workbook.facts_questions import MONTH_PERCENT
from tests.read.sheets_in_memory import Page, in_memory, judged
from tests.read.shipped import place, put_row
from tests.read.workbook.facts_in_memory import (
    NAME,
    SHEET,
    cell,
    fill,
    judged_alone,
    known,
    page_of,
    whole_years,
)

ITEM = 5  # a case about it may be told of any other item as well
ROADS = (
    26  # 1,700 in all; may use budget, bonds, land, loans, treasury bonds and 新型政策性金融工具
)
METRO = 24  # 3,580 in all, 1,530.1 of them before the first year
Row = dict[str, Any]


def row(period: object = "2026-10", done: object = 1, item: object = ITEM, **cells: Any) -> Row:
    return {"item_no": item, "period": period, "done_wan": done, **cells}


#: What it is called: rows from row 2 on, the wrong cell, a part of what is found, a part of the fix.
WRONG: dict[str, tuple[Sequence[Row], tuple[str, int], str, str]] = {
    # cells
    "words for a number": ([row(done="暂无")], ("done_wan", 2), "“暂无”不是数字", "金额"),
    "a number of two readings": ([row(done="2,5")], ("done_wan", 2), "不是数字", "金额（亿元，数字）"),
    "an error of Excel's": ([row(done="#N/A")], ("done_wan", 2), "错误值 #N/A", "改正公式"),
    "a formula never calculated": (
        [row(done="=B2*2")],
        ("done_wan", 2),
        "没有保存计算结果",
        "打开并保存一次",
    ),
    "a date for money": (
        [row(done=dt.datetime(2026, 1, 2))],
        ("done_wan", 2),
        "日期 2026-01-02不是数字",
        "常规格式",
    ),
    "a truth for money": ([row(paid_wan=True)], ("paid_wan", 2), "TRUE不是数字", "金额"),
    "finer than a 万元": ([row(done=0.00001)], ("done_wan", 2), "比万元更细", "四位小数"),
    "money beyond all": ([row(done=10**8)], ("done_wan", 2), "过大", "单位"),
    "progress above all": ([row(progress_bps=1.05)], ("progress_bps", 2), "105%超出范围", "100%"),
    "progress without its per cent": ([row(progress_bps=42)], ("progress_bps", 2), "4200%", "30%"),
    "progress below nothing": ([row(progress_bps=-0.1)], ("progress_bps", 2), "-10%", "0% 至"),
    "an approved total of 0": ([row(approved_wan=0)], ("approved_wan", 2), "金额为 0", "大于 0"),
    "an approved total below 0": ([row(approved_wan=-5)], ("approved_wan", 2), "负数", "不能为负"),
    # who
    "no item": ([row(item=None)], ("item_no", 2), "“大项序号”是空的", "项目清单中的序号"),
    "an item in words": ([row(item="五")], ("item_no", 2), "“五”不是数字", "整数"),
    "half an item": ([row(item=5.5)], ("item_no", 2), "5.5不是整数", "整数"),
    "an item that is none": ([row(item=99)], ("item_no", 2), "没有序号 99", "1 至 58"),
    "another item's name": (
        [row(item_name="城市路网")],
        ("item_name", 2),
        "这里写的是“城市路网”",
        "序号应为 26",
    ),
    # when
    "no period": ([row(None)], ("period", 2), "“期间”是空的", "2026-10"),
    "a thirteenth month": ([row("2026-13")], ("period", 2), "“2026-13”不是期间", "2026年10月"),
    "a fifth quarter": ([row("2026Q5")], ("period", 2), "“2026Q5”不是期间", "2026Q3"),
    "a running total": ([row("2026年1-10月")], ("period", 2), "不是期间", "本月累计减上月累计"),
    "half a year": ([row("2026年上半年")], ("period", 2), "不是期间", "不填累计数"),
    "a day's number for a month": ([row(46296)], ("period", 2), "46296不是期间", "2026-10"),
    "before the first year": (
        [row("2020-12")],
        ("period", 2),
        "早于首年 2021",
        "“2021年前已完成”",
    ),
    "after the last year": ([row("2046-01")], ("period", 2), "晚于推演的最后一年 2045", "已经发生"),
    "a month twice": ([row(), row()], ("period", 3), "2026-10 重复，第 2 行已有", "合并为一行"),
    "a month and its quarter": (
        [row("2026Q3"), row("2026-08")],
        ("period", 3),
        "2026-08 在第 2 行的 2026Q3 之内",
        "只按月、按季或按年",
    ),
    "a month and its year": (
        [row("2026-08"), row(2026)],
        ("period", 2),
        "在第 3 行的 2026 之内",
        "删去其中之一",
    ),
    "a quarter and its year": ([row(2025), row("2025Q1")], ("period", 3), "2025 之内", "删去"),
    # from which channel
    "a channel that is none": (
        [row(channel="专项债劵")],
        ("channel", 2),
        "没有“专项债劵”",
        "是否为“地方政府专项债券”",
    ),
    "another item's channel": (
        [row(channel="彩票公益金")],
        ("channel", 2),
        "资金结构中没有“彩票公益金”",
        "企业自筹",
    ),
    "a channel before its time": (
        [row("2023-05", item=ROADS, channel="超长期特别国债")],
        ("channel", 2),
        "2024 年才有，这里的期间是 2023-05",
        "起始年份",
    ),
    "a channel's month twice": (
        [row(item=ROADS, channel="一般公共预算"), row(item=ROADS, channel="一般公共预算")],
        ("period", 3),
        "“一般公共预算”的 2026-10 重复",
        "合并",
    ),
    "split and whole in a month": (
        [row(item=ROADS), row(item=ROADS, channel="银行贷款")],
        ("channel", 2),
        "没有分渠道，第 3 行的 2026-10 却分了渠道",
        "要么都分渠道",
    ),
    "split in a month, whole in its year": (
        [row("2026-03", item=ROADS, channel="银行贷款"), row(2026, item=ROADS)],
        ("channel", 3),
        "2026 完成投资没有分渠道",
        "要么都不分",
    ),
    "with a level and without": (
        [row(item=ROADS, channel="一般公共预算", level="市本级"), row(item=ROADS, channel="一般公共预算")],
        ("level", 3),
        "与第 2 行的 2026-10 重叠，一行填了级次，一行没有",
        "要么都填",
    ),
    "a level's month twice": (
        [row(item=ROADS, channel="一般公共预算", level="区")] * 2,
        ("period", 3),
        "2026-10 重复",
        "合并",
    ),
    "a level that is none": ([row(level="省级")], ("level", 2), "“省级”不在可选范围", "上级"),
    # how much
    "less than nothing without a word": (
        [row("2026-09", 3), row(done=-1)],
        ("done_wan", 3),
        "完成投资 -1 亿元是负数，没有写明原因",
        "“问题”或“依据”",
    ),
    "paid back without a word": (
        [row("2026-09", 3, paid_wan=2), row(paid_wan=-1)],
        ("paid_wan", 3),
        "支付 -1 亿元是负数",
        "核减",
    ),
    "sent back without a word": (
        [row("2026-09", 3, received_wan=2), row(received_wan=-1)],
        ("received_wan", 3),
        "到位 -1 亿元是负数",
        "核减",
    ),
    "more taken back than was done": (
        [row("2026-09", 1), row(done=-3, provenance="审计核减")],
        ("done_wan", 3),
        "到 2026-10 累计完成投资 -2 亿元，小于 0",
        "不能多于",
    ),
    "more taken back than a channel did": (
        [
            row("2026-09", 5, item=ROADS, channel="银行贷款"),
            row("2026-09", 1, item=ROADS, channel="一般公共预算"),
            row(done=-3, item=ROADS, channel="一般公共预算", problem="审计核减"),
        ],
        ("done_wan", 4),
        "“一般公共预算”到 2026-10 累计完成投资 -2 亿元",
        "改正",
    ),
    "more sent back than has come": (
        [row("2026-09", 1, received_wan=1), row(received_wan=-3, problem="退回财政")],
        ("received_wan", 3),
        "累计到位 -2 亿元",
        "改正",
    ),
    "more than the item": (
        [row(2024, 900, item=ROADS), row(2025, 801, item=ROADS)],
        ("done_wan", 3),
        "到 2025 累计完成 1,701 亿元（含首年前），超过总投资 1,700 亿元",
        "请在这一期或之前填调整概算",
    ),
    "more than the item with what was before": (
        [row(2024, 1500, item=METRO), row(2025, 600, item=METRO)],
        ("done_wan", 3),
        "累计完成 3,630.1 亿元（含首年前）",
        "调整概算",
    ),
    "more than the adjusted total": (
        [row(2024, 900, item=ROADS), row(2025, 950, item=ROADS, approved_wan=1800)],
        ("done_wan", 3),
        "超过调整概算 1,800 亿元",
        "填错的请改正",
    ),
    "adjusted below what is done": (
        [row(2024, 900, item=ROADS), row(2025, 1, item=ROADS, approved_wan=100)],
        ("approved_wan", 3),
        "调整概算 100 亿元，少于大项 26 城市路网 此前已完成的 900 亿元",
        "不是增减数",
    ),
    "adjusted to two totals": (
        [
            row(item=ROADS, channel="银行贷款", approved_wan=1800),
            row(item=ROADS, channel="一般公共预算", approved_wan=1900),
        ],
        ("approved_wan", 3),
        "有两个调整概算：1,800 与 1,900 亿元",
        "只能有一个",
    ),
    "万元 for 亿元, more than the item": (
        [row(done=25_000, item=ROADS)],
        ("done_wan", 2),
        "比大项 26 城市路网 的总投资 1,700 亿元还多",
        "不是万元",
    ),
    "万元 for 亿元, a thousand times its neighbours": (
        [row("2026-07", 0.5), row("2026-08", 0.6), row("2026-09", 0.4), row(done=600)],
        ("done_wan", 5),
        "是同一大项其他各期（0.5 亿元上下）的 1,000 倍以上",
        "应为亿元，不是万元",
    ),
    "万元 for 亿元 in what was paid": (
        [row("2026-08", paid_wan=0.2), row("2026-09", paid_wan=0.2), row(paid_wan=200)],
        ("paid_wan", 4),
        "支付 200 亿元，是同一大项其他各期",
        "不是万元",
    ),
    # progress and dates
    "progress that falls": (
        [row("2026-09", progress_bps=0.5), row(progress_bps=0.45)],
        ("progress_bps", 3),
        "从 2026-09 的 50% 退到 2026-10 的 45%",
        "不得倒退",
    ),
    "progress of two kinds": (
        [
            row(item=ROADS, channel="银行贷款", progress_bps=0.4),
            row(item=ROADS, channel="一般公共预算", progress_bps=0.6),
        ],
        ("progress_bps", 3),
        "有两个形象进度：40% 与 60%",
        "同一期只能有一个",
    ),
    "finished before begun": (
        [row(done=0, started="2025-03-01", completed="2024-12-01")],
        ("completed", 2),
        "竣工日期 2024-12-01 早于开工日期 2025-03-01",
        "核对这两个日期",
    ),
    "finished before begun, rows apart": (
        [row("2026-09", 0, started="2025-03-01"), row(done=0, completed="2024年12月")],
        ("completed", 3),
        "早于第 2 行的开工日期 2025-03-01",
        "核对",
    ),
    "begun twice": (
        [row("2026-09", started="2025-03-01"), row(started="2025-04-01")],
        ("started", 3),
        "开工日期 2025-04-01 与第 2 行的 2025-03-01 不同",
        "只有一个开工日期",
    ),
    "finished twice": (
        [row("2026-09", 0, completed="2025-03-01"), row(done=0, completed="2025-04-01")],
        ("completed", 3),
        "竣工日期 2025-04-01 与第 2 行的 2025-03-01 不同",
        "只有一个竣工日期",
    ),
    "to be finished": (
        [row(completed="2027-06-30")],
        ("completed", 2),
        "竣工日期 2027-06-30 晚于本行的期间 2026-10",
        "不填计划日期",
    ),
    "to be begun": ([row(started="2026-11-01")], ("started", 2), "晚于本行的期间", "已经发生"),
    "begun long ago": ([row(started="1900-01-01")], ("started", 2), "的年份不对", "1961 至 2045"),
    "a date in words": ([row(completed="明年")], ("completed", 2), "“明年”不是日期", "年-月-日"),
    "a day's number for a date": ([row(started=44621)], ("started", 2), "44621不是日期", "日期格式"),
    "a day there is not": ([row(started="2026-02-30")], ("started", 2), "不是日期", "年-月-日"),
    "a finished item that draws": (
        [row("2026-08", 100, completed="2026-08-31"), row("2026-09", 0.5), row(done=50)],
        ("done_wan", 4),
        "已于 2026-08-31 竣工，2026-10 又完成 50 亿元",
        "只有尾款",
    ),
    "a finished item that is not": (
        [row(completed="2026-10-08", progress_bps=0.95)],
        ("progress_bps", 2),
        "竣工，形象进度却是 95%",
        "竣工后形象进度为 100%",
    ),
    # statistics
    "a word for yes": ([row(in_statistics="Y")], ("in_statistics", 2), "“Y”不在可选范围", "是、否"),
    "in, without a code": (
        [row(in_statistics="是")],
        ("statistics_code", 2),
        "“是否入统”填了“是”，没有入统代码",
        "请填入统代码",
    ),
    "not in, with a code": (
        [row(in_statistics="否", statistics_code="A-1234")],
        ("statistics_code", 2),
        "填了“否”，却有入统代码“A-1234”",
        "改为“是”",
    ),
    "not in, with money": (
        [row(in_statistics="否", statistics_wan=2)],
        ("statistics_wan", 2),
        "却有入统投资 2",
        "请清空入统投资",
    ),
    "a code, in or not": (
        [row(statistics_code="A-1234")],
        ("in_statistics", 2),
        "填了入统代码，没有填“是否入统”",
        "请填“是”",
    ),
    "money, in or not": (
        [row(statistics_wan=1)],
        ("in_statistics", 2),
        "填了入统投资，没有填“是否入统”",
        "清空入统投资",
    ),
    "a code that is none": (
        [row(in_statistics="是", statistics_code="待定")],
        ("statistics_code", 2),
        "“待定”不是入统代码",
        "字母、数字和短横",
    ),
    "a code of two items": (
        [
            row(in_statistics="是", statistics_code="A-1234"),
            row(item=ROADS, in_statistics="是", statistics_code="a-1234"),
        ],
        ("statistics_code", 3),
        "在第 2 行已用于大项 5",
        "只属于一个大项",
    ),
    "statistics taken back without a word": (
        [
            row("2026-09", in_statistics="是", statistics_code="A-1234", statistics_wan=2),
            row(in_statistics="是", statistics_code="A-1234", statistics_wan=-1),
        ],
        ("statistics_wan", 3),
        "入统投资 -1 亿元是负数",
        "原因",
    ),
    # words
    "nothing at all": ([row(done=None)], ("done_wan", 2), "没有填任何执行数", "未动工的请把完成投资填 0"),
    "a date for no measure": (
        [row(due="2026-12-31")],
        ("measure", 2),
        "填了完成时限 2026-12-31，没有下一步措施",
        "请填下一步措施",
    ),
}  # fmt: skip
#: Cases that may be told of any item: none is so small that these figures are more than all of it.
SMALL = 50
ONE_ITEM = {
    name: case
    for name, case in WRONG.items()
    if all(each["item_no"] == ITEM for each in case[0])
    and not any("item_name" in each or "channel" in each for each in case[0])
    and not any(
        isinstance(each.get(key), int | float) and each[key] > SMALL
        for each in case[0]
        for key in MONEY
    )
}


def told(problems: Sequence[Problem], where: str) -> Problem:
    there = [problem for problem in problems if problem.place == where]
    assert there, f"nothing told of {where}: {[str(each) for each in problems]}"
    return there[0]


def test_money_of_a_channel_may_be_told_by_level_and_words_beside_it():
    rows = [
        row(item=ROADS, channel="一般公共预算", level="市本级"),
        row(item=ROADS, channel="一般公共预算", level="区"),
        row(item=ROADS, channel="一般公共预算", level="区", period="2026Q3"),
        row(item=ROADS, done=None, problem="征拆慢", progress_bps=0.3),
    ]
    facts, problems = judged_alone(page_of(rows))
    assert problems == []
    assert sum(fact.value.done_wan or 0 for fact in facts) == 30_000


def test_there_are_enough_of_them():
    assert len(WRONG) >= 60


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_fact_is_told_with_its_cell_and_the_fix(name):
    rows, wrong, found, fix = WRONG[name]
    _, problems = judged_alone(page_of(rows), formulas=True)
    problem = told(problems, cell(*wrong))
    assert found in problem.found
    assert fix in problem.fix
    assert len(problems) == 1, [str(each) for each in problems]


def test_all_of_them_are_told_at_once_in_the_order_of_the_sheet():
    """Each of another item, in one workbook that is read as users' are."""
    items = iter([item.no for item in known().items if item.no not in (ROADS, METRO)])
    rows: list[Row] = []
    expected = []
    for given, (key, number), *_ in ONE_ITEM.values():
        own = next(items)
        expected.append(cell(key, number + len(rows)))
        code = {"statistics_code": f"A-{own:04d}"}
        rows += [
            {**each, "item_no": own, **(code if each.get("statistics_code") == "A-1234" else {})}
            for each in given
        ]
    with pytest.raises(InputError) as raised:
        judged(fill(in_memory(), rows))
    places = [problem.place for problem in raised.value.problems]
    assert len(expected) >= 40
    assert places == expected


# --- What is wrong with the sheet as a whole


def test_cells_that_are_merged_are_told():
    page = page_of([row("2026-09"), row("2026-10", 2)])
    page.merge_cells(f"{cell('done_wan', 2).split('!')[1]}:{cell('done_wan', 3).split('!')[1]}")
    _, problems = judged_alone(page)
    assert "在合并单元格" in told(problems, cell("done_wan", 3)).found


@pytest.mark.parametrize(
    ("header", "found", "fix"),
    [
        (None, "缺少“完成投资（亿元）”一列", "请恢复这一列"),
        (
            "完成投资(美元)",
            "缺少“完成投资（亿元）”一列，这里的表头是“完成投资(美元)”",
            "请把表头改为",
        ),
        ("到位（亿元）", "表头“到位（亿元）”重复", "请只留一列"),
    ],
)
def test_a_column_that_is_missing_misnamed_or_there_twice_is_told(header, found, fix):
    page = page_of([row()])
    place_of = SHEET.columns.index(SHEET.column("done_wan"))
    page.rows[0][place_of] = header
    _, problems = judged_alone(page)
    text = "\n".join(map(str, problems))
    assert found in text
    assert fix in text


def test_two_sheets_and_a_sheet_of_nearly_the_name_are_told():
    book = in_memory()
    book.worksheets.append(Page(title=" 月度执行 ", rows=page_of([row()]).rows))
    with pytest.raises(InputError, match="有 2 张工作表都读作“月度执行”"):
        judged(book)
    book = in_memory()
    book[NAME].title = "月度执行表"
    with pytest.raises(InputError, match="请把它改名为“月度执行”"):
        judged(book)


# --- Budgets, what was carried over, seasons, settings


@pytest.mark.parametrize(
    ("cells", "key", "found", "fix"),
    [
        ({"adjusted_wan": 100, "envelope_wan": 90}, "envelope_wan", "填了预算，又填了", "清空预算"),
        ({"initial_wan": 100, "reserve_wan": 0}, "reserve_wan", "填了预算，又填了", "清空"),
        ({"initial_wan": -1}, "initial_wan", "-1 亿元是负数", "不能为负"),
        ({"carried_wan": "若干"}, "carried_wan", "“若干”不是数字", "金额"),
        ({"carried_wan": 3, "item_no": 26}, "item_no", "是统筹渠道，额度不分大项", "清空大项"),
        ({"carried_wan": 3, "channel": "银行贷款"}, "channel", "没有年度额度", "删去该行"),
        ({"carried_wan": 3, "channel": "企业自筹"}, "item_no", "没有填大项", "请填大项序号"),
        ({"issued_wan": 3, "year": 2046}, "year", "年份 2046 超出范围", "2045"),
        ({}, "envelope_wan", "额度与待分配资金都是空的", "至少填一个"),
    ],
)
def test_wrong_budgets_are_told(cells, key, found, fix):
    book = in_memory()
    given = {"channel": "地方政府专项债券", "year": 2026, **cells}
    put_row(book, "年度额度", 2, **given)
    with pytest.raises(InputError) as raised:
        judged(book)
    problem = told(raised.value.problems, place("年度额度", key, 2))
    assert found in problem.found
    assert fix in problem.fix


def season(channel: str, *quarters: float) -> Row:
    keys = [f"season_q{number}_bps" for number in (1, 2, 3, 4)]
    return {
        "channel": channel,
        **dict(zip(keys, quarters, strict=True)),
        "provenance": "假设：示例",
    }


@pytest.mark.parametrize(
    ("rows", "where", "found", "fix"),
    [
        ([season("全部", 0.2, 0.2, 0.2, 0.2)], ("season_q1_bps", 2), "四个季度合计 80%", "100%"),
        ([season("银行贷款", 0.25, 0.25, 0.25, 0.25)], ("channel", 2), "随资本金", "删去该行"),
        ([season("土地", 0.25, 0.25, 0.25, 0.25)], ("channel", 2), "没有“土地”", "土地出让"),
        ([season("全部", 0.25, 0.25, 0.25, 0.25)] * 2, ("channel", 3), "“全部”重复", "删去一行"),
    ],
)
def test_wrong_seasons_are_told(rows, where, found, fix):
    book = in_memory()
    for number, each in enumerate(rows, start=2):
        put_row(book, "季节曲线", number, **each)
    with pytest.raises(InputError) as raised:
        judged(book)
    problem = told(raised.value.problems, place("季节曲线", *where))
    assert found in problem.found
    assert fix in problem.fix


# --- What may be right and is only asked about


def questions(rows: Sequence[Row]) -> list[Problem]:
    """What is asked about the facts: the shipped plan has questions of its own."""
    rest = [
        each for each in whole_years(2025) if each["item_no"] not in {r["item_no"] for r in rows}
    ]
    book = judged(fill(in_memory(), [*rows, *rest]))
    return [each for each in book.questions if each.place.startswith(f"{NAME}!")]


def years(item: int, *done: float) -> list[Row]:
    return [row(2021 + k, each, item=item) for k, each in enumerate(done)]


def test_done_above_plan_is_no_error_but_asked_about_where_it_is_far_above():
    """Item 5's plan for 2021 is 18 % of 1,360: 244.8; a quarter of it 61.2, half as much again 367.2."""
    assert questions(years(ITEM, 300, 0, 0, 0, 0)) == []
    (asked,) = questions(years(ITEM, 368, 0, 0, 0, 0))
    assert asked.place == cell("done_wan", 2)
    assert "在 2021 年全年完成 368.0 亿元，超过该年计划 244.8 亿元的 150%" in asked.found
    months = [row(f"2021-{month:02d}", 61 if month == 2 else 62 if month == 9 else 0)
              for month in range(1, 13)]  # fmt: skip
    (asked,) = questions([*months, *years(ITEM, 0, 0, 0, 0, 0)[1:]])
    assert asked.place == cell("done_wan", 10)
    assert f"的 {MONTH_PERCENT}%" in asked.found


def test_paid_ahead_and_done_before_the_start_are_asked_about():
    rows = years(ITEM, 10, 10, 10, 10, 10)
    rows[1].update(received_wan=3, paid_wan=5)
    rows[3].update(started="2023-01-05")
    found = [each.found for each in questions(rows)]
    assert any("累计支付 5.0 亿元，多于累计到位 3.0 亿元" in each for each in found)
    assert any("开工日期 2023-01-05 之前已完成 20.0 亿元" in each for each in found)


def test_carried_over_money_without_facts_is_said_to_be_played_by_nobody():
    book = in_memory()
    put_row(book, "年度额度", 2, channel="地方政府专项债券", year=2026, carried_wan=3)
    (asked,) = [each for each in judged(book).questions if each.place.startswith("年度额度!")]
    assert asked.place == place("年度额度", "carried_wan", 2)
    assert "没有参与推演" in asked.found


def test_settings_of_facts_are_one_of_their_words():
    book = in_memory()
    book.worksheets.append(Page(title="设置", rows=[
        ["首年", "计划期末年", "计划期名称", "清单名称", "地点", "未完部分资金", "示例数据"],
        [2021, 2025, "十四五", "十大工程", "广州", "看情况", "对"],
    ]))  # fmt: skip
    with pytest.raises(InputError) as raised:
        judged(book)
    assert [problem.place for problem in raised.value.problems] == ["设置!F2", "设置!G2"]


@pytest.mark.parametrize(
    ("sheet", "key", "number"),
    [
        ("项目清单", "no", 6),
        ("项目清单", "total_wan", 6),
        ("资金渠道", "id", 2),
        ("资金渠道", "kind", 2),
    ],
)
def test_what_is_wrong_elsewhere_is_not_told_again_of_every_fact(sheet, key, number):
    """Item 5 and the first channel, on which facts rest: one cell is wrong, one problem is told."""
    book = in_memory()
    book[sheet][place(sheet, key, number).split("!")[1]] = "#N/A"
    rows = [
        row(item=ROADS, channel="一般公共预算"),
        *[row(period, item_name=known().item[ITEM].name) for period in ("2026-08", "2026-09")],
        row(progress_bps=0.2, item_name=known().item[ITEM].name),
    ]
    with pytest.raises(InputError) as raised:
        judged(fill(book, rows))
    assert [problem.place for problem in raised.value.problems] == [place(sheet, key, number)]
