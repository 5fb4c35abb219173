"""Each verb alone: what it changes, how the log tells it, and that nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED
from portfolio.model.gates import GateType
from portfolio.model.items import Carry, ListPlanKind, TargetKind
from portfolio.model.portfolio import Portfolio, reserve_beside
from portfolio.model.problems import InputError
from portfolio.model.scenarios import Change, apply
from portfolio.model.scenarios.verbs import (
    EVERY_ITEM,
    Amount,
    CancelItem,
    EnvelopeChange,
    Factor,
    GateDrop,
    Increase,
    Part,
    Pick,
    PickBy,
    Selector,
)
from tests.model.four_items import YI, four_items
from tests.model.scenarios.sample_changes import P, assert_equal, gate_set, new_item, put, scenario

BASE = four_items()


def laid(*changes: Change) -> tuple[Portfolio, list[str]]:
    portfolio, log = apply(scenario(*changes), BASE)
    return portfolio, [f"{entry.quantity}：{entry.old} → {entry.new}" for entry in log]


# A pooled year is 60 + 6 (GPB) or 68 + 6.8 (SPB), before 2023 without the reserve; one's own is
# 50 + 5 (CBI) or 20 + 2 (CORP).
TOLD = [
    (
        EnvelopeChange(place=P, channels=("专项债",), years=(2023,), revisions=(Factor(bps=7000),)),
        # 68 × 0.7 = 47.6; the cut of 20.4 leaves nothing of the 6.8.
        ["地方政府专项债券 2023年 额度（含年初预留）：74.8 亿元 → 47.6 亿元"],
    ),
    (
        EnvelopeChange(
            place=P,
            channels=("gpb",),
            years=(2022, 2023),
            revisions=(Factor(bps=9000), Factor(bps=5000)),
            part=Part.ASK,
        ),
        [
            "一般公共预算 2022年 额度：60 亿元 → 54 亿元",
            "一般公共预算 2023年 额度：60 亿元 → 30 亿元",
        ],
    ),
    (
        EnvelopeChange(
            place=P,
            channels=("GPB",),
            years=(2026,),
            revisions=(Increase(wan=50 * YI),),
            part=Part.RESERVE,
        ),
        ["一般公共预算 2026年 待分配资金：18 亿元 → 68 亿元"],
    ),
    (
        EnvelopeChange(place=P, channels=("GPB",), years=(2022,), revisions=(Amount(wan=33 * YI),)),
        ["一般公共预算 2022年 额度（含年初预留）：60 亿元 → 33 亿元"],
    ),
    (
        EnvelopeChange(
            place=P, channels=("企业自筹",), years=(2022,), revisions=(Factor(bps=5000),)
        ),
        ["企业自筹 2022年 额度（含年初预留）：22 亿元 → 10 亿元"],
    ),
    (
        EnvelopeChange(
            place=P,
            channels=("CBI",),
            years=(2022,),
            revisions=(Factor(bps=0),),
            selector=Selector.items(22),
        ),
        ["中央预算内投资 2022年 额度（含年初预留）（22 国铁干线）：55 亿元 → 0 亿元"],
    ),
    (
        put("渠道延迟", names=("GPB", "CORP"), years=(2022, 2023), delay_quarters=2),
        [
            "一般公共预算 2022–2023年 到位延迟：0 个季度 → 2 个季度",
            "企业自筹 2022–2023年 到位延迟：0 个季度 → 2 个季度",
        ],
    ),
    (
        put("下达节奏", names=("GPB",), years=(2022,), release_bps=(1500, 2200, 2600, 3700)),
        ["一般公共预算 2022年 各季下达比例：25% / 25% / 25% / 25% → 15% / 22% / 26% / 37%"],
    ),
    (
        put("贷款到位", names=("贷款",), years=(2024, 2025), credit_bps=(9000, 9500)),
        [
            "银行贷款 2024年 放款到位系数：100% → 90%",
            "银行贷款 2025年 放款到位系数：100% → 95%",
        ],
    ),
    (
        put("结转规则", names=("GPB",), carry=Carry.TO_FINISH),
        ["一般公共预算 结转规则：两年 → 至竣工"],
    ),
    (
        put("造价", selector=Selector.items("22-24"), cost_bps=10_750),
        ["造价系数：22 国铁干线、24 城市轨道交通：100% → 107.5%"],
    ),
    (
        put("工期", selector=EVERY_ITEM, duration_bps=12_000),
        ["工期系数：全部 4 项：100% → 120%"],
    ),
    (
        put("推迟开工", selector=Selector.items("旧村"), start_delay_quarters=4),
        ["推迟开工：31 旧村庄改造：0 个季度 → 4 个季度"],
    ),
    (
        put(
            "停工",
            selector=Selector.items(44),
            first_quarter=SHIPPED.quarter_of(2022, 4),
            quarters=2,
        ),
        ["停工（2022Q4 至 2023Q1）：44 基础教育：施工 → 停工"],
    ),
    (
        put(
            "施工进度",
            selector=Selector.items(44),
            first_quarter=SHIPPED.quarter_of(2022, 1),
            quarters=1,
            pace_bps=6000,
        ),
        ["施工进度系数（2022Q1）：44 基础教育：100% → 60%"],
    ),
    (
        put("优先级", selector=Selector.items(31), priority=4),
        ["优先级：31 旧村庄改造：第 1 级 → 第 4 级"],
    ),
    (
        CancelItem(place=P, selector=Selector.items(24)),
        ["大项 24 城市轨道交通：总投资 500 亿元 → 取消"],
    ),
    (
        new_item(),
        ["大项 59 新机场：无 → 新增，总投资 100 亿元，其中“十四五”投资 100 亿元"],
    ),
    (
        gate_set(id="e001", fraction_bps=4000, lag_quarters=2),
        [
            "前置条件 E001（22 国铁干线 → 24 城市轨道交通） 前项达到：25% → 40%",
            "前置条件 E001（22 国铁干线 → 24 城市轨道交通） 滞后：0 个季度 → 2 个季度",
        ],
    ),
    (
        gate_set(pred="22", succ="44", type=GateType.SS),
        ["前置条件 22→44（22 国铁干线 → 44 基础教育）：无 → 同步开工（SS），后项不得开工，硬"],
    ),
    (
        GateDrop(place=P, gates=("22→24",)),
        [
            "前置条件 E001（22 国铁干线 → 24 城市轨道交通）："
            "达到进度（PROGRESS），前项达到 25%，后项可先做 50%，硬 → 取消"
        ],
    ),
    (put("软前置条件", soft_gates_bind=True), ["软前置条件：不生效 → 生效"]),
    (put("分配方式", in_order=True), ["同级分配方式：按比例 → 按顺序"]),
    (put("资金替代", substitution=True), ["资金替代：不替代 → 可替代"]),
    (
        put(
            "年度目标",
            years=(2023, 2024),
            target_wan=180 * YI,
            kind=TargetKind.BAND,
            upper_wan=220 * YI,
        ),
        [
            "2023–2024年 年度目标：200 亿元 → 180 亿元",
            "2023–2024年 年度目标类型：下限 → 区间",
            "2023–2024年 年度目标上限：无 → 220 亿元",
        ],
    ),
    (
        put("入列系数", years=(2023,), inclusion_bps=(7150,)),
        ["2023年 入列系数：0.7 → 0.715"],
    ),
]


@pytest.mark.parametrize(
    ("change", "told"), TOLD, ids=lambda value: getattr(value, "verb", type(value).__name__)
)
def test_log_tells_old_and_new(change: Change, told: list[str]):
    assert laid(change)[1] == told


@pytest.mark.parametrize(
    "change", [change for change, _ in TOLD], ids=lambda c: getattr(c, "verb", type(c).__name__)
)
def test_given_portfolio_stays_as_it_is(change: Change):
    base, same = four_items(), four_items()
    apply(scenario(change), base)
    assert_equal(base, same)


def test_empty_scenario_is_identity():
    portfolio, log = laid()
    assert log == []
    assert_equal(portfolio, BASE)


def envelope_after(bps: int, year: int = 2023, part: Part = Part.BOTH) -> tuple[int, int]:
    """Ask and reserve of the bonds after a factor; before it they are 680,000 and 68,000."""
    change = EnvelopeChange(
        place=P, channels=("SPB",), years=(year,), revisions=(Factor(bps=bps),), part=part
    )
    envelopes, y = laid(change)[0].envelopes, year - 2021
    return int(envelopes.pooled_ask_wan[y, 1]), int(envelopes.pooled_reserve_wan[y, 1])


@pytest.mark.parametrize(
    ("bps", "after"),
    [
        (10_000, (680_000, 68_000)),
        # The cut is taken from the ask by floor and as much again from the reserve:
        (9_999, (679_932, 67_932)),  # 680,000 * 9,999 // 10,000 = 679,932, a cut of 68
        (9_500, (646_000, 34_000)),  # 34,000: all that is asked is still there
        (9_000, (612_000, 0)),  # 68,000: the reserve is just used up
        (8_999, (611_932, 0)),
        (3_333, (226_644, 0)),
        (0, (0, 0)),
        # A raise adds nothing to the reserve.
        (12_000, (816_000, 68_000)),
    ],
)
def test_a_factor_is_of_what_the_plan_asks_and_the_reserve_gives_way(
    bps: int, after: tuple[int, int]
):
    assert envelope_after(bps) == after


def test_a_factor_of_one_part_leaves_the_other():
    assert envelope_after(5_000, part=Part.ASK) == (340_000, 68_000)
    assert envelope_after(5_000, part=Part.RESERVE) == (680_000, 34_000)


def test_an_ask_with_a_reserve_cut_by_three_tenths():
    # 414.8 × 0.7 = 290.36 (290.4): the cut of 124.4 leaves nothing of a reserve of 41.5.
    ask, reserve = 414_8000, 41_5000
    assert reserve_beside(reserve, ask, ask * 7_000 // 10_000) == 0
    # A tenth takes 41.48 and leaves 0.02 of the reserve: 373.34 in all, 0.06 less than ten parts.
    assert reserve_beside(reserve, ask, ask * 9_000 // 10_000) == 200


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 20_000), st.integers(0, 50))
def test_an_envelope_follows_its_factor_without_a_step(ask: int, reserve: int, bps: int, more: int):
    def whole(factor: int) -> int:
        asked = ask * factor // 10_000
        left = reserve_beside(reserve, ask, asked)
        assert 0 <= left <= reserve
        assert (
            (left == reserve) if asked >= ask else (ask - asked + left == max(reserve, ask - asked))
        )
        return asked + left

    # At most twice the ask's own step, and never down when the factor goes up.
    step = ask * (bps + more) // 10_000 - ask * bps // 10_000
    assert 0 <= whole(bps + more) - whole(bps) <= 2 * step
    assert whole(10_000) == ask + reserve


def test_envelope_amount_is_cut_in_proportion_and_sums_exactly():
    portfolio, _ = laid(
        EnvelopeChange(
            place=P, channels=("GPB",), years=(2023,), revisions=(Amount(wan=100, sure=True),)
        )
    )
    # 600,000 : 60,000 = 10 : 1, so 100 * 10 // 11 = 90 and the rest 10
    assert portfolio.envelopes.pooled_ask_wan[2, 0] == 90
    assert portfolio.envelopes.pooled_reserve_wan[2, 0] == 10


def test_cancelled_item_takes_its_money_gates_and_shares_but_no_pooled_envelope():
    portfolio, _ = laid(CancelItem(place=P, selector=Selector.items(31)))
    assert [item.no for item in portfolio.items] == [22, 24, 44]
    assert [gate.id for gate in portfolio.gates] == ["E001"]
    assert {share.item_no for share in portfolio.shares} == {22, 24, 44}
    assert portfolio.plan_wan.shape[2] == 3
    assert portfolio.envelopes.own_ask_wan[:, 3].sum() == 0
    assert portfolio.conditions.cost_bps.shape == (3,)
    assert portfolio.conditions.stopped.shape == (100, 3)
    np.testing.assert_array_equal(portfolio.envelopes.pooled_ask_wan, BASE.envelopes.pooled_ask_wan)


def test_added_item_gets_plan_and_own_envelope_but_no_pooled_one():
    portfolio, _ = laid(new_item())
    # 100 亿 over five years of equal weight: 20 a year, half CORP (own), half SPB (pooled)
    np.testing.assert_array_equal(portfolio.plan_wan[:5, 3, 4], [10 * YI] * 5)
    np.testing.assert_array_equal(portfolio.plan_wan[:5, 1, 4], [10 * YI] * 5)
    assert portfolio.envelopes.own_ask_wan[0, 3, 4] == 10 * YI
    assert portfolio.envelopes.own_reserve_wan[0, 3, 4] == 1 * YI
    np.testing.assert_array_equal(portfolio.envelopes.pooled_ask_wan, BASE.envelopes.pooled_ask_wan)
    assert portfolio.conditions.pace_bps.shape == (100, 5)


def test_added_item_takes_known_years_as_given():
    portfolio, _ = laid(new_item(known_years_wan=((2021, 60 * YI),)))
    yearly = portfolio.plan_wan[:5, :, 4].sum(axis=1)
    np.testing.assert_array_equal(yearly, [60 * YI] + [10 * YI] * 4)


def test_other_changes_may_speak_of_an_added_item():
    portfolio, told = laid(
        gate_set(pred="22", succ="新机场", type=GateType.SS),
        put("造价", selector=Selector.items("新机场"), cost_bps=11_000),
        new_item(),
    )
    assert portfolio.conditions.cost_bps.tolist() == [10_000] * 4 + [11_000]
    assert portfolio.gates[-1].succ_no == 59
    assert len(told) == 3


def test_stoppage_past_the_end_of_play_is_cut_there():
    portfolio, told = laid(put("停工", selector=Selector.items(22), first_quarter=98, quarters=8))
    assert portfolio.conditions.stopped.sum() == 2
    assert told == ["停工（2045Q3 至 2045Q4）：22 国铁干线：施工 → 停工"]


def test_changing_a_gate_to_ss_drops_what_ss_has_not():
    portfolio, _ = laid(gate_set(id="E001", type=GateType.SS))
    assert portfolio.gates[0].fraction_bps is None
    assert portfolio.gates[0].holds_bps == 0


def test_dropping_all_gates():
    portfolio, told = laid(GateDrop(place=P, gates=("全部",)))
    assert portfolio.gates == ()
    assert len(told) == 3


def test_soft_gates_bind_on_request():
    portfolio, _ = laid(put("软前置条件", soft_gates_bind=True))
    assert [gate.id for gate in portfolio.binding_gates] == ["E001", "E002", "E003"]


def by(kind: PickBy, *texts: str) -> Selector:
    return Selector(alternatives=tuple((Pick(by=kind, text=text),) for text in texts))


@pytest.mark.parametrize(
    ("selector", "numbers"),
    [
        (Selector.items(22, 44), [22, 44]),
        (Selector.items("22-31"), [22, 24, 31]),
        (Selector.items("22至24"), [22, 24]),
        (Selector.items("国铁干线"), [22]),
        (Selector.items("村庄"), [31]),
        (EVERY_ITEM, [22, 24, 31, 44]),
        (by(PickBy.WORK, "交通枢纽工程"), [22, 24]),
        (by(PickBy.WORK, "民生"), [44]),
        (by(PickBy.CATEGORY, "轨道交通", "教育"), [22, 24, 44]),
        (by(PickBy.TAG, "续建"), [22, 31, 44]),
        (by(PickBy.RISK_CLASS, "rail_urban"), [24]),
        (by(PickBy.RISK_CLASS, "城中村"), [31]),
        (by(PickBy.RISK_GROUP, "RAIL"), [22, 24]),
        (
            Selector(
                alternatives=(
                    (Pick(by=PickBy.WORK, text="交通"), Pick(by=PickBy.TAG, text="续建")),
                )
            ),
            [22],
        ),
    ],
)
def test_selectors(selector: Selector, numbers: list[int]):
    portfolio, _ = laid(put("推迟开工", selector=selector, start_delay_quarters=1))
    late = [
        item.no
        for item, quarters in zip(
            portfolio.items, portfolio.conditions.start_delay_quarters, strict=True
        )
        if quarters
    ]
    assert late == numbers


def test_a_cut_within_the_reserve_is_told_so():
    cuts = EnvelopeChange(
        place=P,
        channels=("GPB",),
        years=(2023, 2024),
        revisions=(Factor(bps=9500), Factor(bps=9000)),
    )
    _, log = apply(scenario(cuts), BASE)
    # 60 × 0.95 = 57, and 6 − 3 of the reserve make 60; 60 × 0.9 = 54 uses the reserve up.
    assert [entry.note for entry in log] == [
        "仍不低于计划所需 60 亿元，由待分配资金吸收",
        "系数乘在计划所需 60 亿元上，待分配资金由 6 亿元降为 0 亿元",
    ]


def test_a_raise_says_that_the_reserve_stays():
    more = EnvelopeChange(
        place=P, channels=("GPB",), years=(2023,), revisions=(Factor(bps=12_000),)
    )
    (entry,) = apply(scenario(more), BASE)[1]
    assert (entry.old, entry.new) == ("66 亿元", "78 亿元")
    assert entry.note == "系数乘在计划所需 60 亿元上，待分配资金不变"


def test_a_factor_without_an_ask_is_refused():
    # From 2026 on the plan asks for nothing; 18 亿元 of reserve are no envelope to cut.
    cut = EnvelopeChange(place=P, channels=("GPB",), years=(2026,), revisions=(Factor(bps=5_000),))
    with pytest.raises(InputError) as caught:
        laid(cut)
    (problem,) = caught.value.problems
    assert "没有计划所需的额度" in problem.found
    assert "部分: 待分配资金" in problem.found


def test_a_change_to_what_is_already_so_is_told_as_such():
    changes = (
        gate_set(id="E001", hard=True, lag_quarters=2),
        put("优先级", selector=Selector.items(22), priority=1),
        EnvelopeChange(place=P, channels=("GPB",), years=(2022,), revisions=(Factor(bps=10_000),)),
        put("结转规则", names=("SPB",), carry=Carry.TWO_YEARS),
    )
    _, log = apply(scenario(*changes), BASE)
    same = {entry.quantity: entry.note for entry in log}
    assert [note for name, note in same.items() if name.endswith("滞后")] == [""]
    assert [note for name, note in same.items() if not name.endswith("滞后")] == ["与原值相同"] * 4
    assert "硬 → 硬（与原值相同）" in str(log[1])


def test_only_some_of_several_may_be_unchanged():
    late = put("渠道延迟", names=("GPB",), years=(2022, 2023), delay_quarters=1)
    base, _ = apply(scenario(replace(late, years=(2022,))), BASE)
    _, log = apply(scenario(late), base)
    assert [str(entry) for entry in log] == [
        "一般公共预算 2022年 到位延迟：1 个季度 → 1 个季度（与原值相同）",
        "一般公共预算 2023年 到位延迟：0 个季度 → 1 个季度",
    ]


def with_groups(**groups: str) -> Portfolio:
    channels = [replace(c, group=groups.get(c.id, c.group)) for c in BASE.channels]
    return replace(BASE, channels=tuple(channels))


def bonds(channel: str = "债券", **given: Any) -> Change:
    return EnvelopeChange(place=P, channels=(channel,), years=(2023,), **(HALF | given))


HALF = {"revisions": (Factor(bps=5000),), "part": Part.ASK}


def test_a_word_for_several_channels_means_the_one_with_an_envelope_and_says_so():
    base = with_groups(BOND="债券融资")  # its name has no 债券 in it, what it is has
    _, log = apply(scenario(bonds()), base)
    assert log[0].quantity.startswith("地方政府专项债券 2023年")
    assert log[0].note == "“债券”取“地方政府专项债券”；企业债 没有年度额度"
    loans = put("贷款到位", names=("债券",), years=(2027,), credit_bps=(9000,))
    _, log = apply(scenario(loans), base)
    assert log[0].quantity.startswith("企业债 2027年")
    assert log[0].note == "“债券”取“企业债”；地方政府专项债券 不随资本金放款"


def test_a_word_for_several_channels_with_envelopes_is_refused():
    base = with_groups(CBI="国债券")
    with pytest.raises(InputError, match="“债券”同时符合多个资金渠道：地方政府专项债券、中央预算"):
        apply(scenario(bonds()), base)
    for word in ("专项债券", "地方政府专项债券", "SPB"):
        _, log = apply(scenario(bonds(word)), base)
        assert log[0].note == ""


def test_a_risk_class_may_be_written_by_title_or_key():
    for word in ("中小学", "school", "小学"):
        portfolio, _ = laid(new_item(risk_class=word))
        assert portfolio.item(59).risk_class == "school"


@pytest.mark.parametrize(
    ("given", "kind"), [({}, "假设"), ({"list_plan_kind": ListPlanKind.PUBLISHED}, "公布")]
)
def test_a_plan_of_the_list_is_assumed_unless_it_is_said_to_be_published(given, kind):
    portfolio, told = laid(put("年度目标", years=(2024,), list_plan_wan=390 * YI, **given))
    assert told == ["2024年 名单计划：无 → 390 亿元", f"2024年 名单计划性质：无 → {kind}"]
    target = next(t for t in portfolio.targets if t.year == 2024)
    assert (target.list_plan_wan, target.list_plan_kind) == (390 * YI, ListPlanKind(kind))
