"""The sheet 情景: rows are read as a scenario file is, problems stand at its cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from portfolio.model.calendar import SHIPPED as CALENDAR
from portfolio.model.problems import InputError
from portfolio.model.scenarios import apply
from portfolio.model.schema.scenarios import ACTIONS, EXAMPLE_ROWS, SCENARIO_SHEET, SCENARIOS
from portfolio.read.scenario.file import read_scenario
from portfolio.read.scenario.sheet import SAYABLE
from portfolio.read.scenario.verbs import VERB_BY_KEY
from portfolio.read.workbook import Workbook, read_input_tables, read_workbook
from portfolio.report.input_workbook import write_input_workbook
from tests.read.sheets_in_memory import in_memory, judged
from tests.read.shipped import SHIPPED

KEYS = tuple(column.key for column in SCENARIOS.columns)


def with_rows(*rows: dict[str, object]) -> Workbook:
    """The shipped workbook with these rows in the sheet, named 甲 where nothing is said."""
    book = in_memory()
    for number, row in enumerate(rows, start=2):
        named = {"name": "甲", **row}
        for place, key in enumerate(KEYS):
            book[SCENARIO_SHEET][f"{'ABCDEFGH'[place]}{number}"] = named.get(key)
    return judged(book)


def row(verb: str, change: object = None, **more: object) -> dict[str, object]:
    return {"verb": verb, "change": change, **more}


def problems(*rows: dict[str, object]) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as error:
        with_rows(*rows)
    return [(problem.place, problem.found) for problem in error.value.problems]


def test_the_list_of_verbs_is_what_rows_can_say():
    assert set(ACTIONS) == set(SAYABLE) <= set(VERB_BY_KEY)


SAME = {
    "- 渠道额度: {渠道: 专项债券, 年份: 2024-2025, 变动: -30%}": row(
        "渠道额度", "-30%", channel="专项债券", when="2024-2025"
    ),
    "- 渠道额度: {渠道: [专项债券, 土地出让], 年份: 2024, 变动: -10%}": row(
        "渠道额度", -0.1, channel="专项债券；土地出让", when=2024
    ),
    "- 渠道额度: {渠道: 专项债券, 年份: 2024, 系数: 0.7}": row(
        "渠道额度", "0.7倍", channel="专项债券", when=2024
    ),
    "- 渠道额度: {渠道: 专项债券, 年份: 2024, 系数: 70%}": row(
        "渠道额度", "×70%", channel="专项债券", when=2024
    ),
    "- 渠道额度: {渠道: 专项债券, 年份: 2024, 金额: 120亿}": row(
        "渠道额度", "120亿", channel="专项债券", when=2024
    ),
    "- 渠道额度: {渠道: 专项债券, 年份: 2024, 变动: -20亿}": row(
        "渠道额度", "-20亿", channel="专项债券", when=2024
    ),
    "- 渠道额度: {渠道: 专项债券, 自: 2024Q3, 系数: 0.5}": row(
        "渠道额度", "0.5倍", channel="专项债券", when="2024Q3"
    ),
    "- 渠道额度: {渠道: 专项债券, 年份: 2024-2025, 变动: [-10%, -20%]}": row(
        "渠道额度", "-10%；-20%", channel="专项债券", when="2024-2025"
    ),
    "- 渠道延迟: {渠道: 专项债券, 年份: T+1, 季度数: 1}": row(
        "渠道延迟", "1季度", channel="专项债券", when="T+1"
    ),
    "- 下达节奏: {渠道: 土地出让, 年份: 2024起, 各季: [15%, 22%, 26%, 37%]}": row(
        "下达节奏", "15%；22%；26%；37%", channel="土地出让", when="2024起"
    ),
    "- 推迟开工: {大项: 综合管廊, 季度数: 2}": row("推迟开工", "2季度", item="综合管廊"),
    "- 停工: {大项: 21, 自: 2023Q1, 季度数: 3}": row("停工", None, item=21, when="2023Q1-2023Q3"),
    "- 停工: {大项: 21, 自: 2023Q1, 季度数: 2}": row("停工", 2, item="21", when="2023Q1"),
    "- 施工进度: {大项: 21, 自: 2023Q1, 季度数: 2, 系数: 60%}": row(
        "施工进度", 0.6, item=21, when="2023Q1-2023Q2"
    ),
    "- 造价: {大项: {标签: 交通}, 变动: +7%}": row("造价", "+7%", item="标签：交通"),
    "- 造价: {大项: [1-3, 21], 系数: 1.1}": row("造价", "1.1倍", item="1至3；21"),
    "- 取消大项: 综合管廊": row("取消大项", None, item="综合管廊"),
    "- 取消前置条件: 全部": row("取消前置条件", "全部"),
    "- 软前置条件: 生效": row("软前置条件", "生效"),
    "- 年度目标: {年份: 2025, 金额: 3600亿}": row("年度目标", 3600, when=2025),
    "- 优先级: {大项: 21, 级别: 4}": row("优先级", 4, item=21),
    "- 最低资本金比例: {大项: 21, 比例: 25%}": row("最低资本金比例", 0.25, item=21),
    "- 结转规则: {渠道: 一般公共预算, 规则: 至竣工}": row(
        "结转规则", "至竣工", channel="一般公共预算"
    ),
}


@pytest.mark.parametrize("written", SAME)
def test_a_row_does_what_the_line_of_a_file_does(written: str, tmp_path: Path):
    file = tmp_path / "甲.yaml"
    file.write_text(f"标题: 甲\n变更:\n  {written}\n", encoding="utf-8")
    book = with_rows(SAME[written])
    of_file, of_sheet = read_scenario(file, calendar=CALENDAR), book.scenarios[0]
    logs = [apply(one, book.portfolio)[1] for one in (of_file, of_sheet)]
    said = [[(entry.quantity, entry.old, entry.new) for entry in log] for log in logs]
    assert said[0] == said[1] != []
    assert {entry.place for entry in logs[1]} == {"情景!B2"}


REFUSED = {
    "情景!F2": [
        row("渠道额度", "70%", channel="专项债券", when=2024),
        row("渠道额度", 0.7, channel="专项债券", when=2024),
        row("渠道额度", "120", channel="专项债券", when=2024),
        row("造价", "120亿", item="21"),
        row("推迟开工", "两季度", item="21"),
        row("渠道额度", None, channel="专项债券", when=2024),
        row("取消大项", "-10%", item="21"),
        row("渠道额度", "-10%；0.9倍", channel="专项债券", when="2024-2025"),
    ],
    "情景!E2": [
        row("停工", "2季度", item="21", when=2024),
        row("渠道延迟", "2季度", channel="专项债券", when="2024Q3"),
        row("渠道额度", "-10%", channel="专项债券", when="2085"),
        row("推迟开工", "2季度", item="21", when=2024),
        row("停工", None, item="21", when="2024Q3-2024Q1"),
        row("渠道额度", "-10%", channel="专项债券", when="明年"),
    ],
    "情景!B2": [
        row("推迟", "2季度", item="21"),
        row("渠道延迟", "1季度", when=2024),
        row("造价", "+7%"),
    ],
    "情景!C2": [row("造价", "+7%", item="21", channel="专项债券")],
    "情景!A2": [row("造价", "+7%", item="21", name="甲+乙")],
}


@pytest.mark.parametrize(
    ("place", "wrong"), [(place, each) for place, rows in REFUSED.items() for each in rows]
)
def test_what_can_not_be_meant_is_told_at_its_cell(place: str, wrong: dict[str, object]):
    assert [at for at, _ in problems(wrong)] == [place]


def test_two_readings_are_asked_not_guessed():
    ((_, found),) = problems(row("渠道额度", "70%", channel="专项债券", when=2024))
    assert found == "变动“70%”不止一种读法（改为原来的 70%，还是增加 70%）"


def test_rows_of_one_name_are_one_scenario_and_say_where_they_stand():
    book = with_rows(
        row("造价", "+7%", item="21", about="涨价", provenance="假设：试"),
        row("造价", "+5%", item="22", name="乙"),
        row("推迟开工", "2季度", item="21"),
    )
    assert [(each.name, len(each.changes)) for each in book.scenarios] == [("甲", 2), ("乙", 1)]
    first = book.scenarios[0]
    assert (first.summary, first.source, first.sheet) == ("涨价", "假设：试", "情景")


def test_problems_of_the_sheet_are_told_with_those_of_others():
    book = in_memory()
    book["项目清单"]["F5"] = "五百"
    for place, value in zip("ABDF", ("甲", "造价", "21", "15%"), strict=True):
        book[SCENARIO_SHEET][f"{place}2"] = value
    with pytest.raises(InputError) as error:
        judged(book)
    places = {problem.place for problem in error.value.problems}
    assert {"项目清单!F5", "情景!F2"} <= places


def test_a_sheet_of_ones_own_with_a_like_name_is_left_alone():
    book = in_memory()
    book.worksheets = [page for page in book.worksheets if page.title != SCENARIO_SHEET]
    book["项目清单"].title, kept = "项目清单", book["落地率"]
    book.worksheets.append(type(kept)(title="情况", rows=[["记事"]]))
    assert judged(book).scenarios == ()


def test_the_example_rows_are_read():
    book = with_rows(*({**each} for each in EXAMPLE_ROWS))
    (scenario,) = book.scenarios
    assert len(apply(scenario, book.portfolio)[1]) == 2


def test_a_cell_that_is_no_text_is_told_once():
    ((place, found),) = problems(row("渠道额度", "=70%", channel="专项债券", when=2024))
    assert place == "情景!F2" and "没有保存计算结果" in found


def test_what_begins_with_a_sign_of_equality_is_text_in_a_cell_of_texts(tmp_path: Path):
    tables = read_input_tables(SHIPPED)
    named = {"name": "甲", "verb": "渠道额度", "channel": "专项债券", "when": "2024"}
    tables[SCENARIO_SHEET] = [{**named, "change": "=0.7"}]
    write_input_workbook(tmp_path / "有情景.xlsx", tables)
    (scenario,) = read_workbook(tmp_path / "有情景.xlsx").scenarios
    assert len(scenario.changes) == 1
