"""The verbs about repairing the plan and about planned money: what they change, tell and refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError
from portfolio.model.reallocation.settings import Aim, RepairSettings, Way
from portfolio.model.scenarios import Change, Layer, Scenario, apply
from portfolio.model.scenarios.verbs import (
    EVERY_ITEM,
    CancelItem,
    PlannedMoney,
    PlanRow,
    PlanSheet,
    Selector,
)
from tests.model.four_items import YI, four_items
from tests.model.scenarios.sample_changes import P, assert_equal, new_item, put, scenario

BASE = four_items()
GPB, SPB, CBI, CORP, LOAN = range(5)
RAIL, METRO, VILLAGE, SCHOOL = range(4)
METRO_AIMS = (Aim.DELAY, Aim.SHORTFALL, Aim.MOVEMENT)


def laid(*changes: Change, base: Portfolio = BASE) -> tuple[Portfolio, list[str]]:
    portfolio, log = apply(scenario(*changes), base)
    return portfolio, [str(entry) for entry in log]


def planned(item: str | int, channel: str, years: tuple[int, ...], *yi: float) -> PlannedMoney:
    return PlannedMoney(
        place=P,
        selector=Selector.items(item),
        channel=channel,
        years=years,
        amounts_wan=tuple(round(one * YI) for one in yi),
    )


def problems_of(*changes: Change, base: Portfolio = BASE) -> list[tuple[str, str, str]]:
    with pytest.raises(InputError) as caught:
        apply(scenario(*changes), base)
    return [(p.place, p.found, p.fix) for p in caught.value.problems]


# -- how a plan is repaired ------------------------------------------------------------------------


def test_aims_and_weights_alone_and_together():
    portfolio, told = laid(put("目标顺序", aims=METRO_AIMS, class_weights=(5, 4, 2, 1)))
    assert portfolio.repair == replace(
        RepairSettings(), way=Way.STRICT, aims=METRO_AIMS, class_weights=(5, 4, 2, 1)
    )
    assert told == [
        "目标顺序：缺口、滞后、调整量 → 滞后、缺口、调整量",
        "优先级权重：8 / 4 / 2 / 1 → 5 / 4 / 2 / 1",
        "目标取舍：折中 → 依次",  # an order is asked for
    ]
    portfolio, _ = laid(put("目标顺序", class_weights=(1, 1, 1, 1)))
    assert portfolio.repair == replace(RepairSettings(), class_weights=(1, 1, 1, 1))


def test_how_aims_are_weighed_is_said_in_three_figures():
    weighed = put("目标顺序", slack_bps=50, delay_rate_bps=300, cost_slack_bps=0)
    portfolio, told = laid(weighed)
    assert portfolio.repair == replace(
        RepairSettings(), slack_bps=50, delay_rate_bps=300, cost_slack_bps=0
    )
    assert told == ["缺口余地：1% → 0.5%", "滞后折算：10% → 3%", "调整余地：5% → 0%"]
    portfolio, told = laid(put("目标顺序", way=Way.STRICT))
    assert portfolio.repair == replace(RepairSettings(), way=Way.STRICT)


def test_a_rule_figure_changes_alone():
    portfolio, told = laid(put("调整规则", contract_decay_bps=5000))
    assert portfolio.repair == replace(RepairSettings(), contract_decay_bps=5000)
    assert told == ["调整规则 合同递减：60% → 50%"]


def test_shares_and_caps_of_items():
    portfolio, told = laid(
        put("合同锁定比例", selector=Selector.items(24), contract_share_bps=5000),
        put("最低资本金比例", selector=EVERY_ITEM, min_capital_share_bps=2500),
        put("年度上限", selector=Selector.items(22), yearly_cap_wan=150 * YI),
    )
    assert [item.contract_share_bps for item in portfolio.items] == [0, 5000, 0, 0]
    assert [item.min_capital_share_bps for item in portfolio.items] == [2500] * 4
    assert [item.yearly_cap_wan for item in portfolio.items] == [150 * YI, None, None, None]
    assert told == [
        "合同锁定比例：24 城市轨道交通：0% → 50%",
        "最低资本金比例：全部 4 项：20% → 25%",
        "年度上限：22 国铁干线：无 → 150 亿元",
    ]


def test_a_cap_below_the_largest_planned_year_says_that_it_does_nothing():
    # 22 plans 100 a year, 44 only 10
    cap = put("年度上限", selector=Selector.items(22, 44), yearly_cap_wan=50 * YI)
    _, log = apply(scenario(cap), BASE)
    assert log[0].note == "22 国铁干线 计划最大的一年更多，仍以那一年为上限"


def test_the_later_layer_wins():
    layers = tuple(
        Layer(name=name, changes=(put("调整规则", place=name, livelihood_bps=bps),))
        for name, bps in (("a", 7000), ("b", 9000))
    )
    portfolio, log = apply(Scenario(name="x", title="试", layers=layers), BASE)
    assert portfolio.repair.livelihood_bps == 9000
    assert [entry.overridden_by for entry in log] == ["b", None]


BAD: list[tuple[Change, str, str]] = [
    (put("目标顺序"), "没有写要改什么", "“顺序”“权重”"),
    (put("目标顺序", aims=(Aim.DELAY, Aim.DELAY)), "没有把每个目标各写一次", "缺口、滞后、调整量"),
    (put("目标顺序", class_weights=(8, 4, 0, 1)), "8 / 4 / 0 / 1", "[8, 4, 2, 1]"),
    (put("调整规则"), "没有写要改什么", "民生下限"),
    (put("调整规则", continuity_bps=10_001), "连续下限 100.01% 超出范围", "应在 0% 至 100% 之间"),
    (put("合同锁定比例", selector=EVERY_ITEM, contract_share_bps=-1), "合同锁定比例 -0.01% 超出范围", "应在 0% 至 100% 之间"),
    (put("最低资本金比例", selector=Selector.items(99), min_capital_share_bps=1), "没有编号为 99", "22–44"),
    (put("年度上限", selector=EVERY_ITEM, yearly_cap_wan=0), "年度上限 0 亿元 超出范围", "停工"),
    (planned(99, "SPB", (2023,), 1), "没有编号为 99 的大项", "22–44"),
    (planned("22-24", "SPB", (2023,), 1), "“22-24”是 2 个大项", "一个大项写一条"),
    (planned(24, "专项债卷", (2023,), 1), "没有名为“专项债卷”", "是否为“地方政府专项债券”？"),
    (planned(24, "GPB", (2023,), 1), "24 城市轨道交通 的资金结构里没有“一般公共预算”", "地方政府专项债券、银行贷款"),
    (planned(24, "SPB", (2035, 2036), 1), "年份 2036 不在计划期内", "2021–2035"),
    (planned(24, "SPB", (2023, 2024), 1, 2, 3), "给了 3 个数，年份却有 2 个", "每年一个数"),
    (planned(24, "SPB", (2023,), -1), "金额 -1 亿元 是负数", "不能为负"),
    # 5 * (60 + 40) = 500 is all 24 has; 75.5 - 60 = 15.5 more
    (
        planned(24, "SPB", (2023,), 75.5),
        "24 城市轨道交通 各渠道各年合计 515.5 亿元，比总额 500 亿元多 15.5 亿元",
        "减去 15.5 亿元",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "found", "fix"), BAD, ids=[found for _, found, _ in BAD])
def test_problem_names_value_and_fix(change: Change, found: str, fix: str):
    ((place, said, how),) = problems_of(change)
    assert place == P
    assert found in said
    assert fix in how


def test_money_before_a_channel_exists_is_refused():
    channels = [replace(c, first_year=2023) if c.id == "BOND" else c for c in BASE.channels]
    share = replace(BASE.shares[-1], item_no=24, channel_id="BOND", share_bps=0)
    base = replace(BASE, channels=tuple(channels), shares=(*BASE.shares, share))
    less = planned(24, "SPB", (2021, 2022, 2023), 0)
    ((_, found, fix),) = problems_of(less, planned(24, "企业债", (2021, 2022, 2023), 5), base=base)
    assert found == "“企业债”2023 年才启用，2021–2022 年却安排了 24 城市轨道交通"
    assert fix == "请从 2023 年起安排"
    portfolio, _ = laid(less, planned(24, "企业债", (2023,), 5), base=base)
    assert portfolio.plan_wan[2, 5, METRO] == 5 * YI


# -- planned money ---------------------------------------------------------------------------------


def test_planned_money_makes_an_adjusted_plan_and_leaves_the_baseline():
    portfolio, told = laid(planned(24, "专项债", (2023, 2024), 48, 72))
    expected = BASE.plan_wan.copy()
    expected[2:4, SPB, METRO] = 48 * YI, 72 * YI
    np.testing.assert_array_equal(portfolio.plan_wan, expected)
    np.testing.assert_array_equal(portfolio.baseline_wan, BASE.plan_wan)
    assert portfolio.adjusted is not None
    assert portfolio.adjusted.asof_quarter == -1
    assert told == [
        "24 城市轨道交通 地方政府专项债券 2023–2024年 计划：每年 60 亿元 → 48 / 72 亿元"
    ]


def test_what_is_planned_less_follows_after_the_plan_and_is_told():
    portfolio, told = laid(planned(24, "SPB", (2023,), 59.9999))
    assert portfolio.plan_wan[15:, SPB, METRO].tolist() == [1]
    assert told == [
        "24 城市轨道交通 地方政府专项债券 2023年 计划：60 亿元 → 59.9999 亿元",
        "24 城市轨道交通 2036 年起计划：0 亿元 → 0.0001 亿元（2021–2035 年合计比总额少的部分顺延）",
    ]


def test_the_plan_as_it_is_makes_no_adjusted_one():
    portfolio, told = laid(planned(24, "SPB", (2023, 2024), 60))
    assert_equal(portfolio, BASE)
    assert told == [
        "24 城市轨道交通 地方政府专项债券 2023–2024年 计划："
        "每年 60 亿元 → 每年 60 亿元（与原值相同）"
    ]


def test_one_year_written_twice_in_a_file_is_refused_and_across_files_the_later_wins():
    one, other = planned(24, "SPB", (2022, 2023), 50), planned(24, "SPB", (2023,), 40)
    other = replace(other, place="x.yaml 第 7 行")
    ((place, found, _),) = problems_of(one, other)
    assert place == other.place
    assert found.startswith("24 城市轨道交通 地方政府专项债券 2023年 计划 在 x.yaml 第 3 行 已有")
    layers = (Layer(name="a", changes=(one,)), Layer(name="b", changes=(other,)))
    portfolio, log = apply(Scenario(name="x", title="试", layers=layers), BASE)
    assert portfolio.plan_wan[1:3, SPB, METRO].tolist() == [50 * YI, 40 * YI]
    assert [(entry.quantity[-8:], entry.overridden_by) for entry in log[:3]] == [
        ("2022年 计划", None),
        ("2023年 计划", other.place),
        ("2023年 计划", None),
    ]


def test_added_and_cancelled_items_go_with_a_planned_one():
    portfolio, _ = laid(
        new_item(),
        planned("新机场", "SPB", (2021,), 8),
        CancelItem(place=P, selector=Selector.items(22)),
    )
    assert [item.no for item in portfolio.items] == [24, 31, 44, 59]
    assert portfolio.plan_wan[0, SPB].tolist() == [60 * YI, 8 * YI, 0, 8 * YI]
    cancelled = CancelItem(place="y", selector=Selector.items(24))
    ((_, found, _),) = problems_of(planned(24, "SPB", (2023,), 1), cancelled)
    assert found == "大项 24 已在 y 取消"


def test_scenarios_are_not_laid_on_an_adjusted_plan():
    portfolio, _ = laid(planned(24, "SPB", (2023,), 50))
    with pytest.raises(ValueError, match="not yet adjusted"):
        apply(scenario(), portfolio)


# -- a whole sheet ---------------------------------------------------------------------------------


def row(number: int, c: int, i: int, **given: object) -> PlanRow:
    item, channel = BASE.items[i], BASE.channels[c]
    plain: dict[str, object] = {
        "item_no": item.no, "item_name": item.name, "channel": channel.name,
        "kind": channel.kind.value, "years_wan": tuple(BASE.plan_wan[:, c, i].tolist()),
        "no_place": f"!A{number}", "name_place": f"!B{number}", "channel_place": f"!C{number}",
        "kind_place": f"!D{number}",
        "year_places": tuple(f"!{letter}{number}" for letter in "EFGHIJKLMNOPQRS"),
    }  # fmt: skip
    return PlanRow(**(plain | given))  # type: ignore[arg-type]


PAIRS = [
    (GPB, RAIL), (CBI, RAIL), (SPB, METRO), (LOAN, METRO), (SPB, VILLAGE), (CORP, VILLAGE),
    (LOAN, VILLAGE), (GPB, SCHOOL),
]  # fmt: skip


def sheet(**changed: PlanRow) -> PlanSheet:
    """The whole plan in rows 5–12; `r7=…` replaces row 7."""
    rows = [changed.get(f"r{k}", row(k, c, i)) for k, (c, i) in enumerate(PAIRS, start=5)]
    extra = [one for name, one in changed.items() if int(name[1:]) > 12]
    return PlanSheet(place="调整方案.xlsx 调整后计划", rows=(*rows, *extra))


def years(*yi: float) -> tuple[int, ...]:
    return tuple(round(one * YI) for one in yi) + (0,) * (15 - len(yi))


def test_a_sheet_as_it_was_changes_nothing():
    portfolio, told = laid(sheet())
    assert told == []
    assert_equal(portfolio, BASE)


def test_a_sheet_tells_one_line_for_each_row_that_differs():
    portfolio, told = laid(sheet(r7=row(7, SPB, METRO, years_wan=years(60, 50, 60, 70, 60))))
    assert told == [
        "24 城市轨道交通 地方政府专项债券 2022、2024年 计划：每年 60 亿元 → 50 / 70 亿元"
    ]
    assert portfolio.plan_wan[:5, SPB, METRO].tolist() == [
        60 * YI,
        50 * YI,
        60 * YI,
        70 * YI,
        60 * YI,
    ]


def test_a_sheet_states_every_cell_so_it_undoes_what_an_earlier_file_planned():
    earlier = Layer(name="a", changes=(planned(24, "SPB", (2023,), 10),))
    both = Scenario(name="x", title="试", layers=(earlier, Layer(name="b", changes=(sheet(),))))
    portfolio, log = apply(both, BASE)
    assert portfolio.adjusted is None
    assert [entry.overridden_by for entry in log] == ["调整方案.xlsx 调整后计划"]
    later = Scenario(name="x", title="试", layers=both.layers[::-1])
    assert apply(later, BASE)[0].plan_wan[2, SPB, METRO] == 10 * YI


BAD_SHEETS: list[tuple[PlanSheet, str, str, str]] = [
    (sheet(r7=row(7, SPB, METRO, item_no=99)), "!A7", "没有序号为 99 的大项（城市轨道交通）", "22 至 44"),
    (sheet(r7=row(7, SPB, METRO, item_name="地铁")), "!B7", "序号 24 是“城市轨道交通”，这里写“地铁”", "是否为"),
    (sheet(r7=row(7, SPB, METRO, channel="专项债卷")), "!C7", "没有名为“专项债卷”", "专项债券"),
    (sheet(r7=row(7, SPB, METRO, kind="专属")), "!D7", "类别“专属”与渠道“地方政府专项债券”（统筹）不符", "“统筹”"),
    (sheet(r13=row(13, SPB, METRO, channel="SPB")), "!C13", "“地方政府专项债券”重复，!C7 已有一行", "合并"),
    (sheet(r13=row(13, GPB, METRO, years_wan=years(0, 1))), "!F13", "资金结构里没有“一般公共预算”", "资金结构表"),
    (
        sheet(r7=row(7, SPB, METRO, years_wan=years(60, 60, 60, 60, 60.0001))),
        "!C7",
        "合计 500.0001 亿元，比总额 500 亿元多 0.0001 亿元",
        "0.0001",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "place", "found", "fix"), BAD_SHEETS, ids=[found for _, _, found, _ in BAD_SHEETS]
)
def test_a_bad_row_is_told_by_its_cell(change: PlanSheet, place: str, found: str, fix: str):
    told = problems_of(change)
    assert any((place, True, True) == (p, found in f, fix in x) for p, f, x in told), told


def test_a_row_left_out_is_neither_kept_nor_dropped_silently():
    short = replace(sheet(), rows=sheet().rows[:-1])
    assert problems_of(short) == [
        (
            "调整方案.xlsx 调整后计划",
            "缺少 44 基础教育 的“一般公共预算”一行，它原来计划 50 亿元",
            "请恢复这一行；不再安排的，各年请填 0",
        )
    ]
    portfolio, told = laid(short, CancelItem(place=P, selector=Selector.items(44)))
    assert len(portfolio.items) == 3
    assert len(told) == 1
