"""One word for one thing: what sheets, scenarios, their log and the documents call a quantity."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.scenarios import apply
from portfolio.model.scenarios.settings import SETTING_VERBS
from portfolio.model.schema import Column, plain, sheet_named, sheets_of
from portfolio.model.schema.plan import ITEMS
from portfolio.read.scenario.file import read_scenario
from portfolio.read.scenario.schema import scenario_template, schema_text, verb_page
from portfolio.read.scenario.verbs import VERB_BY_KEY, verbs_of
from tests.read.scenario.test_shipped_scenarios import shipped_portfolio

#: What a value is where the verb itself is the quantity's word.
KINDS = {"级别", "比例", "金额", "系数", "规则", "各季", "季度数"}
#: Words of a scenario that are other than the column's, with the column's: each of them is known
#: and none may be added without a look at both.
OTHERWISE = {
    "编号": "序号",
    "名称": "大项名称",
    "十四五投资": "“十四五”投资",
    "停工次数": "停工（次/年）",
    "平均停工季度": "平均停工（季度）",
    "类型": "目标类型",
    "上限金额": "区间上沿",
    "年度目标上限": "区间上沿",
    "年度目标类型": "目标类型",
    "结转规则": "结转",
}
#: The same of 前置条件, which is one row of the sheet 依赖关系.
GATE_WORDS = {
    "编号": "编号", "前项": "前置序号", "后项": "后续序号", "类型": "类型",
    "前项达到": "前置须达到", "后项上限": "后续上限", "滞后季度": "滞后", "强度": "约束",
    "原因": "理由",
}  # fmt: skip
OTHER = Calendar(
    first_year=2026, period_last=2028, period_name="三年行动", list_name="重大项目", place="本市"
)
#: Words that were in use beside the sheet's: they are read and told nowhere.
FORMER = {"已签约比例": "合同锁定比例", "投资曲线": "投资节奏"}


def bare(column: Column) -> str:
    """A header without what stands in brackets."""
    return plain(column.header).partition("(")[0]


def same(word: str, column: Column) -> bool:
    return plain(word) in (bare(column), plain(column.title)) or (
        word in OTHERWISE and plain(OTHERWISE[word]) in plain(column.header)
    )


def test_a_calendars_sheets_hold_no_place_that_it_fills():
    for sheet in sheets_of(SHIPPED):
        for column in sheet.columns:
            for said in filter(None, (column.set_as, column.added_as)):
                assert "<" not in said.word + said.about, (sheet.name, column.key)
    assert sheet_named(ITEMS.name, SHIPPED).column("plan_wan").added_as.word == "十四五投资"


@pytest.mark.parametrize("column", ITEMS.columns, ids=lambda column: column.key)
def test_an_added_item_is_described_in_the_words_of_its_sheet(column: Column):
    assert column.added_as is None or same(column.added_as.word, column)


@pytest.mark.parametrize("key", SETTING_VERBS)
def test_a_verb_sets_what_the_sheet_calls_so(key: str):
    """Either the verb or its word is the column's; quantities of the play have no other name."""
    verb = SETTING_VERBS[key]
    of_sheets = {column.key for sheet in sheets_of(SHIPPED) for column in sheet.settable}
    for column in verb.columns:
        if column.key not in of_sheets or column.set_as is None:
            continue
        word = column.set_as.word
        assert same(word, column) or (word in KINDS and bare(column) in key), (key, word)


def test_the_words_of_a_gate_stand_for_columns_of_its_sheet():
    headers = [plain(column.header) for column in sheet_named("依赖关系", SHIPPED).columns]
    assert [field.key for field in VERB_BY_KEY["前置条件"].fields] == [*GATE_WORDS]
    for header in GATE_WORDS.values():
        assert any(known.startswith(plain(header)) for known in headers), header


def test_the_log_calls_a_column_what_its_sheet_calls_it():
    for sheet in sheets_of(SHIPPED):
        for column in sheet.settable:
            told = plain(column.title)
            assert plain(OTHERWISE.get(told, told)) in plain(column.header), told


@pytest.mark.parametrize("calendar", [SHIPPED, OTHER])
def test_years_stand_in_examples_only_what_holds_is_said_in_words(calendar: Calendar):
    """A schema may lie beside the workbook of another calendar: what it says must still hold."""
    for verb in verbs_of(calendar):
        for field in (*verb.fields, *filter(None, [verb.value])):
            rule = re.split("如 ", field.about)[0]
            assert not re.search(r"20\d{2}", rule), (verb.key, field.key, rule)
    assert "计划期（首年至计划期末年）投资" in schema_text(calendar)


@pytest.mark.parametrize(("former", "word"), FORMER.items())
def test_a_word_given_up_is_told_nowhere(former: str, word: str):
    headers = {bare(column) for sheet in sheets_of(SHIPPED) for column in sheet.columns}
    assert word in headers
    assert former not in headers
    verbs = verbs_of(SHIPPED)
    keys = {verb.key for verb in verbs} | {f.key for verb in verbs for f in verb.fields}
    assert former not in keys
    for text in (verb_page(), scenario_template(), schema_text()):
        assert f"{former}:" not in text
        assert f"`{former}`" not in text
        assert f'"{former}"' not in text


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ("已签约比例: {大项: 24, 比例: 50%}", "合同锁定比例: {大项: 24, 比例: 50%}"),
        *(
            (text.format(profile="投资曲线", share="已签约比例"), text)
            for text in (
                "新增大项: {{编号: 59, 名称: 新医院, 工程: 民生福祉工程, 总投资: 30亿, "
                "十四五投资: 20亿, 优先级: 2, 风险类别: 医院, 阶段: 可研, {profile}: 新开工, "
                "{share}: 10%, 资金结构: {{一般公共预算: 100%}}}}",
            )
        ),
    ],
)
def test_a_word_given_up_is_still_read(tmp_path: Path, former: str, now: str):
    now = now.format(profile="投资节奏", share="合同锁定比例") if "{profile}" in now else now
    laid = []
    for text in (former, now):
        path = tmp_path / "x.yaml"
        path.write_text(f"标题: 试\n变更:\n  - {text}\n", encoding="utf-8")
        laid.append(apply(read_scenario(path), shipped_portfolio()))
    assert laid[0][1] == laid[1][1]
    assert laid[0][0].items == laid[1][0].items
    assert all(former not in str(entry) for entry in laid[0][1] for former in FORMER)
