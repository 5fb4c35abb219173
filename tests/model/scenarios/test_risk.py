"""The verbs about the stress test's assumptions: what they change, tell and refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portfolio.model.items import ChannelRisk, Realisation
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError
from portfolio.model.risk import ChannelCorrelation, RegisteredRisk, RiskSettings, StageFactor
from portfolio.model.rules.parameters import derive
from portfolio.model.scenarios import Change, Layer, Scenario, apply
from portfolio.model.scenarios.verbs import AddRisk, CancelItem, Put, Selector
from portfolio.sim.one_path import play
from tests.model.four_items import four_items
from tests.model.scenarios.sample_changes import P, assert_equal, new_item, put, scenario

WHY = "假设：测试"


def receipt(channel_id: str, mean: float, persistence: float) -> ChannelRisk:
    return ChannelRisk(
        channel_id=channel_id, mean=mean, sd=0.1, persistence=persistence, low=0.3, high=1.2,
        provenance=WHY,
    )  # fmt: skip


def named_risk(id: str, *numbers: int) -> RegisteredRisk:
    return RegisteredRisk(
        id=id, name="台风", probability=0.2, item_nos=numbers, cost_low=0.0, cost_likely=0.02,
        cost_high=0.05, quarters_low=1.0, quarters_likely=2.0, quarters_high=4.0, provenance=WHY,
    )  # fmt: skip


def four_items_with_risks() -> Portfolio:
    """GPB–SPB -0.3 and SPB–CORP 0.5, every channel with its 到位率, one named risk."""
    base = four_items()
    return replace(
        base,
        channel_risks=tuple(receipt(channel.id, 0.9, 0.0) for channel in base.channels),
        realisations=(
            Realisation(stage="备案", mean=0.88, sd=0.1, low=0.5, high=1.1, provenance=WHY),
        ),
        risk=RiskSettings(
            stage_factors=tuple(
                StageFactor(stage=stage, cost_factor=part, duration_factor=part, provenance=WHY)
                for stage, part in (("可研", 1.0), ("概算", 0.4), ("备案", 1.0))
            ),
            channel_correlations=(
                ChannelCorrelation(
                    channel_id="SPB", other_id="GPB", correlation=-0.3, provenance=WHY
                ),
                ChannelCorrelation(
                    channel_id="SPB", other_id="CORP", correlation=0.5, provenance=WHY
                ),
            ),
            register=(named_risk("W1", 24, 31),),
        ),
    )


BASE = four_items_with_risks()


def add_risk(**given: object) -> AddRisk:
    plain: dict[str, object] = {
        "id": "R1", "name": "文物勘探", "probability": 0.25, "selector": Selector.items("22-24"),
        "cost": (0.0, 0.02, 0.05), "quarters": (1.0, 2.0, 4.0), "provenance": "",
    }  # fmt: skip
    return AddRisk(place=P, **(plain | given))  # type: ignore[arg-type]


def pair(channel: str, other: str, correlation: float) -> Put:
    return put("渠道相关", names=(channel, other), correlation=correlation)


TOLD: list[tuple[Change, list[str]]] = [
    (
        put("风险参数", names=("城市轨道", "school"), p_tail=0.2, body_mu=0.12),
        [
            "城市轨道 极端超支概率：0.1 → 0.2",
            "城市轨道 一般超支均值：0 → 0.12",
            "中小学 极端超支概率：0.1 → 0.2",
            "中小学 一般超支均值：0 → 0.12",
        ],
    ),
    (
        put("到位率", names=("专项债",), mean=0.7, persistence=0.6),
        [
            "地方政府专项债券 到位率 均值：90% → 70%",
            "地方政府专项债券 到位率 延续性：0 → 0.6",
        ],
    ),
    (
        put("落地率", names=("备案",), mean=0.8, low=0.4),
        ["备案类 落地率 均值：88% → 80%", "备案类 落地率 下限：50% → 40%"],
    ),
    (
        put("阶段系数", names=("概算",), cost_factor=0.6, duration_factor=0.7),
        ["概算阶段 造价系数：0.4 → 0.6", "概算阶段 工期系数：0.4 → 0.7"],
    ),
    (
        put("相关系数", global_correlation=0.25, group_correlation=0.2, cost_time_correlation=0.7),
        [
            "相关系数 全局：0.15 → 0.25",
            "相关系数 同组附加：0.15 → 0.2",
            "相关系数 造价与工期：0.5 → 0.7",
        ],
    ),
    (
        pair("GPB", "专项债", -0.4),
        ["一般公共预算 与 地方政府专项债券 到位率的相关系数：-0.3 → -0.4"],
    ),
    (pair("GPB", "LOAN", 0.2), ["一般公共预算 与 银行贷款 到位率的相关系数：0 → 0.2"]),
    (
        add_risk(),
        [
            "风险 R1 文物勘探：无 → 新增，概率 25%，影响 22 国铁干线、24 城市轨道交通，"
            "造价 0%、2%、5%，工期 1、2、4 个季度"
        ],
    ),
]


@pytest.mark.parametrize(
    ("change", "told"), TOLD, ids=lambda value: getattr(value, "verb", type(value).__name__)
)
def test_log_tells_old_and_new(change: Change, told: list[str]):
    _, log = apply(scenario(change), BASE)
    assert [str(entry) for entry in log] == told


@pytest.mark.parametrize(
    "change", [change for change, _ in TOLD], ids=lambda c: getattr(c, "verb", type(c).__name__)
)
def test_given_portfolio_stays_as_it_is(change: Change):
    base, same = four_items_with_risks(), four_items_with_risks()
    apply(scenario(change), base)
    assert_equal(base, same)


def test_values_are_changed_and_nothing_else():
    portfolio, _ = apply(scenario(*(change for change, _ in TOLD[:5])), BASE)
    classes = {risk.key: risk for risk in portfolio.risk_classes}
    before = {risk.key: risk for risk in BASE.risk_classes}
    assert classes["rail_urban"] == replace(before["rail_urban"], p_tail=0.2, body_mu=0.12)
    assert classes["rail_national"] == before["rail_national"]
    bonds = next(risk for risk in portfolio.channel_risks if risk.channel_id == "SPB")
    assert bonds == replace(receipt("SPB", 0.7, 0.6))
    assert (portfolio.realisations[0].mean, portfolio.realisations[0].low) == (0.8, 0.4)
    assert portfolio.risk.stage_factor("概算") == (0.6, 0.7)
    assert portfolio.risk.stage_factor("可研") == (1.0, 1.0)
    assert portfolio.risk.global_correlation == 0.25
    assert portfolio.risk.cost_time_correlation == 0.7
    assert portfolio.risk.channel_correlations == BASE.risk.channel_correlations
    assert portfolio.risk.register == BASE.risk.register


def test_a_pair_keeps_its_place_and_a_new_one_comes_last():
    portfolio, _ = apply(scenario(pair("GPB", "SPB", -0.4), pair("LOAN", "GPB", 0.2)), BASE)
    assert [
        (p.channel_id, p.other_id, p.correlation) for p in portfolio.risk.channel_correlations
    ] == [("SPB", "GPB", -0.4), ("SPB", "CORP", 0.5), ("GPB", "LOAN", 0.2)]


def test_an_added_risk_comes_after_the_registers_and_knows_its_items():
    portfolio, _ = apply(scenario(add_risk(quarters=(0.0, 0.0, 0.0))), BASE)
    first, added = portfolio.risk.register
    assert first == BASE.risk.register[0]
    assert (added.id, added.item_nos, added.probability) == ("R1", (22, 24), 0.25)
    assert (added.cost_low, added.cost_likely, added.cost_high) == (0.0, 0.02, 0.05)
    assert added.quarters_high == 0.0
    assert added.provenance == f"情景假设（{P}）"


def test_a_cancelled_item_leaves_the_named_risks():
    cancel = CancelItem(place=P, selector=Selector.items(24))
    portfolio, _ = apply(scenario(cancel), BASE)
    assert [risk.item_nos for risk in portfolio.risk.register] == [(31,)]
    both = CancelItem(place=P, selector=Selector.items(24, 31))
    assert apply(scenario(both), BASE)[0].risk.register == ()


def test_an_added_item_may_be_hit_by_an_added_risk():
    portfolio, _ = apply(scenario(add_risk(selector=Selector.items("新机场")), new_item()), BASE)
    assert portfolio.risk.register[-1].item_nos == (59,)


def test_play_is_the_same_to_the_last_wan():
    portfolio, log = apply(scenario(*(change for change, _ in TOLD)), BASE)
    assert log
    one, other = play(derive(BASE)), play(derive(portfolio))
    assert (one.drawn_wan == other.drawn_wan).all()
    assert (one.start, one.finish, one.causes) == (other.start, other.finish, other.causes)


TWICE: list[tuple[Change, Change, str]] = [
    (
        put("风险参数", place="a", names=("全部",), p_tail=0.2),
        put("风险参数", place="b", names=("school",), p_tail=0.3),
        "中小学 极端超支概率",
    ),
    (
        put("到位率", place="a", names=("SPB",), mean=0.8),
        put("到位率", place="b", names=("专项债",), mean=0.7),
        "地方政府专项债券 到位率 均值",
    ),
    (
        put("相关系数", place="a", global_correlation=0.1),
        put("相关系数", place="b", global_correlation=0.2, group_correlation=0.2),
        "相关系数 全局",
    ),
    (
        replace(pair("GPB", "SPB", 0.1), place="a"),
        replace(pair("SPB", "GPB", 0.2), place="b"),
        "到位率的相关系数",
    ),
    (replace(add_risk(), place="a"), replace(add_risk(name="乙"), place="b"), "风险 R1 乙"),
]


@pytest.mark.parametrize(
    ("one", "other", "quantity"), TWICE, ids=lambda v: getattr(v, "verb", type(v).__name__)
)
def test_two_changes_to_one_quantity_in_one_file_are_refused(
    one: Change, other: Change, quantity: str
):
    with pytest.raises(InputError) as caught:
        apply(scenario(one, other), BASE)
    (problem,) = caught.value.problems
    assert problem.place == "b"
    assert quantity in problem.found
    assert "在 a 已有一处变更" in problem.found


def test_the_later_file_wins_and_the_log_says_so():
    layers = tuple(
        Layer(name=name, changes=(put("相关系数", place=name, global_correlation=value),))
        for name, value in (("a", 0.05), ("b", 0.25))
    )
    portfolio, log = apply(Scenario(name="x", title="试", layers=layers), BASE)
    assert portfolio.risk.global_correlation == 0.25
    assert [entry.overridden_by for entry in log] == ["b", None]


BAD: list[tuple[Change, str, str]] = [
    (put("风险参数", names=("scool",), p_tail=0.2), "没有名为“scool”", "中小学"),
    (put("风险参数", names=("school",)), "没有写要改什么", "极端超支概率"),
    (
        put("风险参数", names=("school",), p_tail=20.0),
        "极端超支概率 20 超出范围",
        "0 至 1",
    ),
    (put("到位率", names=("专项债卷",), mean=0.8), "没有名为“专项债卷”", "专项债券"),
    (put("到位率", names=("SPB",), mean=6.0), "均值 600% 超出范围", "0% 至 500%"),
    (
        put("到位率", names=("SPB",), mean=0.2),
        "“地方政府专项债券”的均值 20% 不在下限 30% 与上限 120% 之间",
        "一并改下限",
    ),
    (put("落地率", names=("概算",), mean=0.8), "落地率表中没有“概算”", "备案"),
    (put("落地率", names=("备案",), high=0.8), "“备案”的均值 88% 不在", "一并改"),
    (put("阶段系数", names=("规划",), cost_factor=1.0), "阶段系数表中没有“规划”", "可研"),
    (put("阶段系数", names=("概算",)), "没有写要改什么", "造价系数"),
    (put("相关系数"), "没有写要改什么", "“全局”“同组附加”“造价与工期”"),
    (
        put("相关系数", global_correlation=0.9),
        "全局 0.9 与同组附加 0.15 之和 1.05 大于 1",
        "不得超过 1",
    ),
    (put("相关系数", group_correlation=-0.1), "-0.1 是负数", "0 以上"),
    (pair("SPB", "专项债", 0.2), "“地方政府专项债券”与自己配成一对", "两个不同"),
    (pair("SPB", "GPB", 1.0), "相关系数 1 超出范围", "-0.9999 至 0.9999"),
    # SPB–CORP 0.5, SPB–GPB 0.95, GPB–CORP 0: 0.5² + 0.95² = 1.1525 > 1
    (
        pair("SPB", "GPB", 0.95),
        "最强的一对是“地方政府专项债券”与“一般公共预算”，0.95",
        "都乘以 0.93（或更小）；也可把此处的改动改小",
    ),  # 1 / sqrt(1.1525) = 0.9315
    (add_risk(id="W1"), "风险编号“W1”在风险清单表中已有", "没有用过"),
    (add_risk(probability=0.0), "概率 0% 超出范围", "0.01% 至 100%"),
    (add_risk(cost=(-0.95, 0.0, 0.0)), "造价影响 -95% 超出范围", "-90%"),
    (add_risk(cost=(0.1, 0.0, 0.2)), "造价影响没有由小到大", "最低"),
    (add_risk(cost=(0.0,) * 3, quarters=(0.0,) * 3), "造价与工期的影响都是 0", "其中一种"),
    (add_risk(selector=Selector.items(99)), "没有编号为 99 的大项", "22–44"),
    (new_item(stage="规划"), "新增大项 59 的阶段“规划”不在阶段系数表中", "补上"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "found", "fix"), BAD, ids=[found for _, found, _ in BAD])
def test_problem_names_value_and_fix(change: Change, found: str, fix: str):
    with pytest.raises(InputError) as caught:
        apply(scenario(change), BASE)
    (problem,) = caught.value.problems
    assert found in problem.found
    assert fix in problem.fix
    assert problem.place == P


def test_more_persistence_alone_can_make_pairs_contradict_one_another():
    """Innovations of a lasting and of a fleeting channel must be more alike than the scores.

    SPB–CORP 0.9 with persistence 0 and 0.9: 0.9 / sqrt(1 - 0.81) = 2.06 > 1.
    """
    base, _ = apply(scenario(pair("SPB", "CORP", 0.9)), BASE)
    with pytest.raises(InputError, match="不能同时成立"):
        apply(scenario(put("到位率", names=("CORP",), persistence=0.9)), base)


def test_an_item_in_filing_needs_a_realisation():
    base = replace(BASE, realisations=())
    with pytest.raises(InputError, match="的阶段“备案”不在落地率表中"):
        apply(scenario(new_item(stage="备案")), base)
