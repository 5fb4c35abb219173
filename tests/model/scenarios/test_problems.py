"""What a portfolio makes of a bad scenario: every problem at once, with its place and fix."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portfolio.model.gates import GateType
from portfolio.model.items import Carry, TargetKind
from portfolio.model.problems import InputError
from portfolio.model.scenarios import Change, apply
from portfolio.model.scenarios.verbs import (
    EVERY_ITEM,
    AddedShare,
    Amount,
    CancelItem,
    EnvelopeChange,
    Factor,
    GateDrop,
    Increase,
    Pick,
    PickBy,
    Put,
    Selector,
)
from tests.model.four_items import YI, four_items
from tests.model.scenarios.sample_changes import P, gate_set, new_item, put, scenario

BASE = four_items()
HALF = (Factor(bps=5000),)


def envelope(channel: str, *years: int, **given: object) -> EnvelopeChange:
    plain: dict[str, object] = {"revisions": HALF}
    return EnvelopeChange(
        place=P,
        channels=(channel,),
        years=years or (2023,),
        **(plain | given),  # type: ignore[arg-type]
    )


def cost(*texts: str | int) -> Put:
    return put("造价", selector=Selector.items(*texts), cost_bps=11_000)


def group(kind: PickBy, text: str) -> Put:
    selector = Selector(alternatives=((Pick(by=kind, text=text),),))
    return put("推迟开工", selector=selector, start_delay_quarters=1)


BAD: list[tuple[Change, str, str]] = [
    (envelope("专项债卷"), "没有名为“专项债卷”的资金渠道", "是否为“地方政府专项债券”？"),
    (envelope("贷款"), "“银行贷款”是随资本金渠道，没有年度额度", "贷款到位"),
    (envelope("GPB", selector=EVERY_ITEM), "“一般公共预算”是统筹渠道，额度不分大项", "优先级"),
    (envelope("CORP", selector=Selector.items(22)), "22 国铁干线 的资金结构里没有“企业自筹”", "核对"),
    (envelope("GPB", 2050), "年份 2050 不在推演期内", "2021–2045"),
    (envelope("GPB", 2022, 2023, revisions=HALF * 3), "给了 3 个数，年份却有 2 个", "每年一个数"),
    (envelope("GPB", revisions=(Increase(wan=-70 * YI),)), "原为 66 亿元，不够减", "金额 0"),
    (envelope("GPB", revisions=(Amount(wan=4 * 10**9, sure=True),)), "变动后过大", "核对金额单位"),
    (envelope("GPB", revisions=(Amount(wan=100),)), "不到原来的 1/100", "加“!”"),
    (envelope("GPB", revisions=(Amount(wan=100 * 67 * YI),)), "超过原来的 100 倍", "加“!”"),
    (put("渠道延迟", names=("LOAN",), years=(2023,), delay_quarters=1), "随资本金", "贷款到位"),
    (put("渠道延迟", names=("GPB",), years=(2023,), delay_quarters=5), "5 个季度", "“渠道额度”减少"),
    (
        put("下达节奏", names=("GPB",), years=(2023,), release_bps=(1, 2, 3, 4)),
        "四个季度合计 0.1%",
        "合计 100%",
    ),
    (
        put("贷款到位", names=("GPB",), years=(2023,), credit_bps=(9000,)),
        "“一般公共预算”是统筹渠道，不随资本金放款",
        "渠道额度",
    ),
    (
        put("贷款到位", names=("LOAN",), years=(2023,), credit_bps=(11_000,)),
        "超出 0–100%",
        "请写 0–100%",
    ),
    (put("结转规则", names=("LOAN",), carry=Carry.TO_FINISH), "也就没有结转", "贷款到位"),
    (cost(99), "没有编号为 99 的大项", "22–44"),
    (cost("44-22"), "“44-22”前大后小", "请改正编号"),
    (cost("国铁干限"), "没有名为“国铁干限”的大项", "是否为“国铁干线”？"),
    (cost("交通枢纽工程"), "没有名为“交通枢纽工程”的大项", "请写“工程: 交通枢纽工程”"),
    (replace(cost(22), values=(("cost_bps", 300_000),)), "造价系数 3000% 超出", "1.07"),
    (group(PickBy.TAG, "续健"), "没有名为“续健”的标签", "是否为“续建”？"),
    (group(PickBy.RISK_CLASS, "rail_urben"), "没有名为“rail_urben”的风险类别", "是否为“城市轨道”（rail_urban）？"),
    (group(PickBy.RISK_GROUP, "ROAD"), "没有名为“ROAD”的风险组", "RAIL"),
    (
        put("推迟开工", start_delay_quarters=1, selector=Selector(
                alternatives=(
                    (Pick(by=PickBy.WORK, text="民生"), Pick(by=PickBy.CATEGORY, text="旧改")),
                )
            )),
        "没有大项同时符合 工程“民生”、类别“旧改”",
        "放宽",
    ),
    (put("推迟开工", selector=EVERY_ITEM, start_delay_quarters=-1), "推迟开工 -1 个季度 超出范围", "应在 0 个季度 至 100 个季度"),
    (put("停工", selector=EVERY_ITEM, first_quarter=100, quarters=1), "不在推演期内", "2045Q4"),
    (
        put("施工进度", selector=EVERY_ITEM, first_quarter=1, quarters=1, pace_bps=30_000),
        "施工进度系数 300% 不在 0–200%",
        "工期",
    ),
    (put("优先级", selector=EVERY_ITEM, priority=5), "优先级 第 5 级 超出范围", "应在 第 1 级 至 第 4 级"),
    (CancelItem(place=P, selector=EVERY_ITEM), "所有大项都被取消", "至少保留一个"),
    (gate_set(id="E009"), "没有编号为“E009”的前置条件", "现有编号如 E001、E002、E003"),
    (gate_set(pred="22"), "没有说明是哪一条前置条件", "同时写“前项”和“后项”"),
    (gate_set(id="E001"), "没有写要改前置条件 E001 的什么", "前项达到"),
    (gate_set(id="E001", pred="31", lag_quarters=1), "E001 是 22→24，与所写 31→24 不符", "取消前置条件"),
    (gate_set(pred="22", succ="44"), "新增却没有写“类型”", "同步开工（SS）、达到进度（PROGRESS）"),
    (gate_set(pred="22", succ="22", type=GateType.SS), "不能是自己的前置条件", "请改"),
    (gate_set(pred="22", succ="44", type=GateType.PROGRESS), "没有写“前项达到”", "如 25%"),
    (gate_set(id="E002", fraction_bps=100), "“同步开工（SS）”不用“前项达到”", "PROGRESS"),
    (gate_set(id="E002", holds_bps=100), "不用“后项上限”", "完成后收尾（FF）"),
    (gate_set(pred="22", succ="44", type=GateType.FF), "“完成后收尾（FF）”没有写“后项上限”", "90%"),
    (
        gate_set(pred="44", succ="22", type=GateType.SS),
        "前置条件成环：22 → 24 → 31 → 44 → 22",
        "去掉环上的一条",
    ),
    (GateDrop(place=P, gates=("E01",)), "没有编号为“E01”的前置条件", "是否为“E001”？"),
    (GateDrop(place=P, gates=("24→22",)), "之间没有前置条件", "是否为“22→24”？"),
    (GateDrop(place=P, gates=("22→44",)), "之间没有前置条件", "31→44（E003）"),
    (
        put("年度目标", years=(2040,), target_wan=1),
        "年度目标表没有 2040 年",
        "2021–2035",
    ),
    (
        put("年度目标", years=(2023,)),
        "没有写目标要改什么",
        "金额",
    ),
    (
        put("年度目标", years=(2023,), kind=TargetKind.BAND, upper_wan=YI),
        "区间，下端 200 亿元、上端 1 亿元",
        "上限金额",
    ),
    (put("入列系数", years=(2023,), inclusion_bps=(0,)), "入列系数超出范围", "0.7"),
    (new_item(no=22), "新增大项 22 的编号已有大项使用", "如 45"),
    (new_item(name="国铁干线"), "的名称“国铁干线”已有大项使用", "换一个名称"),
    (new_item(plan_wan=101 * YI), "小于“十四五”与以前年度投资之和", "三个金额"),
    (new_item(risk_class="scool"), "没有名为“scool”的风险类别", "是否为“中小学”（school）？"),
    (
        new_item(shares=(AddedShare(channel="SPB", share_bps=9000, max_share_bps=9000),)),
        "的资金结构合计 90%",
        "100%",
    ),
    (new_item(known_years_wan=((2021, 200 * YI),)), "的投资排不进年度计划", "年度计划"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "found", "fix"), BAD, ids=[found for _, found, _ in BAD])
def test_problem_names_value_and_fix(change: Change, found: str, fix: str):
    with pytest.raises(InputError) as caught:
        apply(scenario(change), BASE)
    problems = caught.value.problems
    assert any(found in problem.found and fix in problem.fix for problem in problems), problems
    assert all(problem.place in (P, "情景") for problem in problems)


def test_ambiguous_item_name_lists_the_candidates():
    base = replace(BASE, items=_renamed("城际铁路", "城市轨道交通"))
    with pytest.raises(InputError) as caught:
        apply(scenario(cost("城")), base)
    (problem,) = caught.value.problems
    assert problem.found == "“城”对应多个大项"
    assert "22 城际铁路" in problem.fix
    assert "24 城市轨道交通" in problem.fix


def _renamed(*names: str):
    renamed = [replace(item, name=name) for item, name in zip(BASE.items, names, strict=False)]
    return (*renamed, *BASE.items[len(names) :])


def test_all_problems_come_at_once():
    with pytest.raises(InputError) as caught:
        apply(scenario(envelope("甲"), cost(99), gate_set(id="E009")), BASE)
    assert len(caught.value.problems) == 3


def test_no_pace_at_all_is_a_stoppage_not_a_pace() -> None:
    change = put(
        "施工进度",
        place="x.yaml 第 3 行",
        selector=EVERY_ITEM,
        first_quarter=0,
        quarters=2,
        pace_bps=0,
    )
    with pytest.raises(InputError, match="完全停下请用“停工”"):
        apply(scenario(change), BASE)


def test_items_made_cheaper_leave_no_room_for_cost_beyond_what_can_be_played() -> None:
    # 272,500 * 1.1 = 299,750 of 300,000 亿: the others' money does not fit, cheap or not
    huge = new_item(total_wan=272_500 * YI, plan_wan=272_500 * YI)
    assert sum(item.total_wan for item in BASE.items) > 250 * YI
    dear = replace(cost(59), values=(("cost_bps", 11_000),))
    cheap = replace(cost("22-44"), values=(("cost_bps", 1_000),))
    with pytest.raises(InputError, match="超出可推演的"):
        apply(scenario(huge, dear, cheap), BASE)
