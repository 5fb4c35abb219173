from __future__ import annotations

import json

import numpy as np
from hypothesis import given

from portfolio.model.calendar import SHIPPED
from portfolio.model.measures.explain import explain
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.report.json.run import explanation_data
from portfolio.report.screen.console import lines_needed, padded, shortened, text_columns, wrapped
from portfolio.report.screen.explain import explanation_lines, headline
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.model.measures.test_explain import (
    lean_city_year,
    progress_gate,
    steady,
    told,
    with_conditions,
)
from tests.strategies import portfolios


def screen(item_no: int, portfolio: Portfolio) -> str:
    return "\n".join(explanation_lines(told(item_no, portfolio), portfolio, columns=400))


def test_an_item_on_plan_is_said_to_be_on_plan() -> None:
    assert headline(SHIPPED, told(1, steady([0]))) == "1 大项1 按计划竣工，各年完成投资与计划一致"


def test_the_plans_own_conflict_is_named_as_the_root() -> None:
    text = screen(2, steady([0, 0], gates=(progress_gate(1, 2, 2500),)))
    assert "3 季等待 1 大项1（计划本身与前置条件冲突）" in text
    assert "根源：计划本身与前置条件冲突。2021Q1–2021Q3：2 大项2" in text
    assert "1 大项1 按自身计划达到，并未滞后" in text


def test_the_chain_goes_down_to_the_stoppage() -> None:
    gates = (progress_gate(1, 2, 2500), progress_gate(2, 3, 2500))
    calm = steady([0, 1, 2], gates=gates)
    stopped = calm.conditions.stopped.copy()
    stopped[1:4, 0] = True
    text = screen(3, with_conditions(calm, stopped=stopped))
    assert "2 大项2 比计划晚 2 季达到，原因：" in text
    assert "1 大项1 比计划晚 3 季达到，原因：" in text
    assert "3 季：停工\n" in text
    assert "时段：2021Q2–2021Q4" in text


def test_money_is_told_by_year_with_need_allotment_and_gap() -> None:
    text = screen(1, lean_city_year())
    # 40 万元 are 0.0040 亿元: an amount that would read 0.0 is shown with its four decimals.
    assert "2022：需 0.0040，下达 0.0，缺 0.0040（渠道额度 0.0030，低于计划所需的 0.0080，" in text
    assert "更高优先级得 0.0030" in text
    assert "完成投资低于计划的年份：" in text


def test_duration_and_pace_say_the_scenarios_factor() -> None:
    calm = steady([0])
    text = screen(1, with_conditions(calm, duration_bps=np.array([15_000])))
    assert "工期为计划的 150%" in text


@examples(60)
@given(portfolios(max_items=5))
def test_every_explanation_fits_the_screen_and_json(portfolio: Portfolio) -> None:
    outcome = play(derive(portfolio))
    for item in portfolio.items:
        explanation = explain(item.no, portfolio, outcome)
        lines = explanation_lines(explanation, portfolio)
        assert max(map(text_columns, lines)) <= 80
        data = explanation_data(explanation, portfolio)
        assert json.loads(json.dumps(data, ensure_ascii=False)) == data
        assert data["delay_quarters"] == explanation.delay_quarters
        if explanation.delay_quarters is not None:
            assert sum(c["quarters"] for c in data["causes"]) == explanation.delay_quarters


def test_wrapped_text_keeps_numbers_whole_and_loses_nothing() -> None:
    text = "缺 1,234.5 亿元，" * 12
    lines = wrapped(text, depth=1, columns=40)
    assert all(text_columns(line) <= 40 for line in lines)
    assert all(line.startswith("  ") for line in lines)
    assert sum(line.count("1,234.5") for line in lines) == 12
    assert not any(line.lstrip().startswith("，") for line in lines)


def test_marks_are_narrow_on_a_screen_and_wide_on_a_sheet() -> None:
    assert text_columns("“枢纽”—…") == 8
    assert text_columns("“枢纽”—…", ambiguous=2) == 12


def test_lines_of_a_cell_count_breaks_and_the_room_lost_at_the_edge() -> None:
    # 10 characters are 20 columns, 21.6 with what is lost at the edge.
    assert [lines_needed("汉" * 10, width) for width in (22, 21, 10.9)] == [1, 2, 3]
    assert lines_needed("", 10) == 1
    assert lines_needed("甲\n乙", 10) == 2


def test_columns_count_chinese_twice() -> None:
    assert text_columns("27 枢纽") == 7
    assert padded("枢纽", 6) == "枢纽  "
    assert padded("枢纽", 6, right=True) == "  枢纽"
    assert shortened("综合交通枢纽", 12) == "综合交通枢纽"
    assert text_columns(shortened("综合交通枢纽", 8)) <= 8
