"""Changes to what lies before the as-of are told: facts are not played."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portfolio.model.facts import Execution, Facts
from portfolio.model.problems import InputError
from portfolio.model.scenarios import ChangeLogEntry, apply, merge
from portfolio.model.scenarios.scenario import ScenarioKind
from portfolio.model.scenarios.verbs import (
    CancelItem,
    Change,
    EnvelopeChange,
    Factor,
    PlannedMoney,
    Selector,
)
from portfolio.report.words.run import past_changes_line, scenario_name
from tests.model.four_items import YI, four_items
from tests.model.scenarios.sample_changes import P, new_item, put, scenario
from tests.report.results import result_of

#: The end of October 2023.
OCTOBER = Facts(asof_months=34)
HALF = (Factor(bps=5000),)


def log_of(*changes: Change, facts: Facts | None = OCTOBER) -> tuple[ChangeLogEntry, ...]:
    _, log = apply(scenario(*changes), replace(four_items(), facts=facts))
    return log


def money(*years: int) -> EnvelopeChange:
    return EnvelopeChange(place=P, channels=("SPB",), years=years, revisions=HALF)


def test_years_before_the_asof_are_told_one_by_one():
    log = log_of(money(2021, 2022, 2023, 2024))
    assert [entry.past for entry in log] == [True, True, False, False]
    assert ["在截至月以前，不影响推演" in entry.note for entry in log] == [True, True, False, False]
    without = log_of(money(2021, 2024), facts=None)
    assert not any(entry.past or "截至月" in entry.note for entry in without)


def test_a_part_before_the_asof_is_told_as_a_part():
    (entry,) = log_of(put("渠道延迟", names=("SPB",), years=(2022, 2023), delay_quarters=1))
    assert (entry.past, entry.note) == (False, "其中截至月以前的部分不影响推演")
    (entry,) = log_of(
        put("停工", selector=Selector.items(22), first_quarter=6, quarters=3, stopped=True)
    )
    assert entry.past  # 2022Q3–2023Q1
    (entry,) = log_of(
        put("停工", selector=Selector.items(22), first_quarter=10, quarters=3, stopped=True)
    )
    assert not entry.past  # 2023Q3–2024Q1


@pytest.mark.parametrize(
    "change",
    [
        put("造价", selector=Selector.items(22), cost_bps=11_000),
        put("年度目标", years=(2022,), target_wan=100 * YI),
        put("资金替代", substitution=True),
    ],
    ids=lambda change: change.verb,
)
def test_what_has_no_time_or_is_not_played_is_never_past(change: Change):
    assert not any(entry.past for entry in log_of(change))


def test_the_year_that_ends_with_the_asof_is_past():
    assert [e.past for e in log_of(money(2023, 2024), facts=Facts(asof_months=36))] == [True, False]
    assert [e.past for e in log_of(money(2023, 2024), facts=Facts(asof_months=35))] == [
        False,
        False,
    ]


def test_the_warning_names_what_changes_nothing():
    some = result_of(four_items(), changes=log_of(money(2021, 2024)))
    assert past_changes_line(some) == (
        "注意：1 处冲击在截至月以前，不影响推演：地方政府专项债券 2021年 额度（含年初预留）。"
    )
    every = result_of(four_items(), changes=log_of(money(2021, 2022)))
    told = past_changes_line(every)
    assert told is not None
    assert told.startswith("注意：这个情景的冲击全都在截至月以前，不影响推演：")
    assert past_changes_line(result_of(four_items(), changes=log_of(money(2024)))) is None
    assert past_changes_line(result_of(four_items())) is None


def test_the_kind_of_a_scenario_stands_behind_its_name():
    plain = result_of(four_items())
    assert scenario_name(plain) == "试算"
    assert scenario_name(replace(plain, kind="历史情形")) == "试算〔历史情形〕"
    assert scenario_name(replace(plain, kind="历史情形", title="标题")) == "试算——标题〔历史情形〕"
    one, other = scenario(money(2021)), scenario(money(2024))
    merged = merge([replace(one, kind=ScenarioKind.HISTORIC), other, replace(one, kind="极端压力")])
    assert merged.kind == "历史情形、极端压力"


def test_an_item_with_facts_is_not_cancelled():
    paid = Execution(item_no=22, first_month=0, months=12, channel_id=None, done_wan=100)
    facts = replace(OCTOBER, rows=(paid,))
    with pytest.raises(InputError, match="已有执行数，不能从清单中取消"):
        log_of(CancelItem(place=P, selector=Selector.items(22)), facts=facts)
    log_of(CancelItem(place=P, selector=Selector.items(22)), facts=OCTOBER)


def spb(year: int, wan: int) -> PlannedMoney:
    """A plan of item 22."""
    return PlannedMoney(
        place=P, selector=Selector.items(22), channel="SPB", years=(year,), amounts_wan=(wan,)
    )


def test_another_plan_may_not_change_what_has_happened():
    paid = Execution(item_no=22, first_month=12, months=12, channel_id="SPB", done_wan=100)
    facts = replace(OCTOBER, rows=(paid,))
    with pytest.raises(InputError, match=r"2022 年安排 0 亿元，截至月止已完成 0\.01 亿元"):
        log_of(spb(2022, 0), facts=facts)
    assert log_of(spb(2022, 100), facts=facts) is not None


def test_another_plan_gives_the_begun_year_no_less_than_was_drawn():
    paid = Execution(item_no=22, first_month=24, months=3, channel_id="SPB", done_wan=100)
    facts = replace(OCTOBER, rows=(paid,))
    with pytest.raises(InputError, match=r"2023 年请填 0\.01 或更多"):
        log_of(spb(2023, 99), facts=facts)


def test_an_added_item_begins_after_what_facts_know():
    """Else what nobody had planned would be told as years late."""
    money = {"plan_wan": 0, "total_wan": 100 * YI}
    with pytest.raises(InputError, match=r"从 2021 年起，执行数已到 2023-10.*首年: 2024"):
        log_of(new_item())
    with pytest.raises(InputError, match="从 2023 年起"):
        log_of(new_item(first_year=2023))
    (entry,) = log_of(new_item(first_year=2026, **money))
    assert entry.new == "新增，总投资 100 亿元，其中“十四五”投资 0 亿元，首年 2026"
    assert log_of(new_item(), facts=None)
