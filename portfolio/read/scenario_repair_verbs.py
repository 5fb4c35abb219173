"""The verbs about repairing the plan (预算调整), and about planned money itself."""

from __future__ import annotations

from typing import Any

from portfolio.model.repair import Aim
from portfolio.model.scenarios import repair_verbs as verbs
from portfolio.model.scenarios.changes import Change, Selector
from portfolio.model.scenarios.repair_changes import AIM_ORDER, LARGEST_WEIGHT
from portfolio.model.sheets.layout import REPAIR_ONLY
from portfolio.read.scenario_fields import ITEMS_FIELD, YEARS_FIELD, Field, Verb
from portfolio.read.scenario_types import (
    MONEY,
    PART,
    TEXT,
    each_once,
    exactly,
    one_or_each,
    whole_number,
)

WEIGHTS_EXAMPLE = "[8, 4, 2, 1]"


def _planned(*, item: str, **rest: Any) -> Change:
    return verbs.PlannedMoney(selector=Selector.items(item), **rest)


def _part(key: str, into: str, about: str, *, required: bool = False) -> Field:
    return Field(key=key, into=into, type=PART, about=about, required=required)


REPAIR_VERBS: tuple[Verb, ...] = (
    Verb(
        key="目标顺序",
        about=f"预算调整先满足哪个目标，各优先级的滞后各算几分；{REPAIR_ONLY}",
        example="- 目标顺序: {顺序: [滞后, 缺口, 调整量], 权重: [8, 4, 2, 2]}",
        make=verbs.RepairAims,
        fields=(
            Field(
                key="顺序",
                into="aims",
                type=each_once({aim.value: aim for aim in Aim}),
                about=f"{AIM_ORDER} 各写一次，先写的先满足；缺口：冲击造成的年度投资缺口，"
                "滞后：落后于原计划的投资，调整量：挪动的统筹资金",
            ),
            Field(
                key="权重",
                into="class_weights",
                type=exactly(4, whole_number(1, LARGEST_WEIGHT), WEIGHTS_EXAMPLE),
                about=f"优先级 1、2、3、4 每落后一年的权重，1–{LARGEST_WEIGHT} 的整数，"
                f"如 {WEIGHTS_EXAMPLE}",
            ),
        ),
    ),
    Verb(
        key="调整规则",
        about=f"预算调整须守住的比例；{REPAIR_ONLY}",
        example="- 调整规则: {民生下限: 85%, 合同递减: 50%, 连续下限: 15%}",
        make=verbs.RepairRules,
        fields=(
            _part("民生下限", "livelihood_bps", "标签为“民生”的大项每年至少保留计划的几成，如 80%"),
            _part(
                "合同递减",
                "contract_decay_bps",
                "已签约部分每远一年还剩几成，如 60%",
            ),
            _part(
                "连续下限",
                "continuity_bps",
                "开工后至完工前，每年至少保留计划的几成（不得停停建建），如 10%",
            ),
        ),
    ),
    Verb(
        key="已签约比例",
        about=f"大项下一年计划中已签合同的部分（项目清单表的“合同锁定比例”）；{REPAIR_ONLY}",
        example="- 已签约比例: {大项: 城市轨道交通, 比例: 52%}",
        make=verbs.ContractShare,
        fields=(ITEMS_FIELD, _part("比例", "share_bps", "如 50%；0 为没有合同", required=True)),
    ),
    Verb(
        key="最低资本金比例",
        about=f"资本金至少占大项投资的几成；{REPAIR_ONLY}",
        example="- 最低资本金比例: {大项: 城市轨道交通, 比例: 25%}",
        make=verbs.MinCapitalShare,
        fields=(ITEMS_FIELD, _part("比例", "share_bps", "如 20%", required=True)),
    ),
    Verb(
        key="年度上限",
        about="大项一年最多完成多少；推演与预算调整都受它限制",
        example="- 年度上限: {大项: 城市轨道交通, 金额: 700亿}",
        make=verbs.YearlyCap,
        fields=(
            ITEMS_FIELD,
            Field(
                key="金额",
                into="cap_wan",
                type=MONEY,
                required=True,
                about="如 120亿（不写单位为亿元）；比计划最大的一年小时，以那一年为上限",
            ),
        ),
    ),
    Verb(
        key="计划安排",
        about="改大项某渠道各年的计划金额，推演按改后的计划走；年度额度不随之改",
        example="- 计划安排: {大项: 城市轨道交通, 渠道: 专项债券, 年份: <first+3>-<first+4>, "
        "金额: [60亿, 55亿]}",
        make=_planned,
        fields=(
            Field(
                key="大项",
                into="item",
                type=TEXT,
                required=True,
                about="一个大项：编号、名称或名称中唯一的一段",
            ),
            Field(
                key="渠道",
                into="channel",
                type=TEXT,
                required=True,
                about="一个资金渠道，须在大项的资金结构里：代码、名称或名称中独有的一段",
            ),
            Field(
                key="年份",
                into="years",
                type=YEARS_FIELD.type,
                required=True,
                about="<first>–<plan_end> 年，如 <first+2>、<first+2>-<first+4>，或它们的列表",
            ),
            Field(
                key="金额",
                into="amounts_wan",
                type=one_or_each(MONEY),
                required=True,
                about="计划多少，如 60亿（不写单位为亿元）；可每年一个；"
                "各年合计不得超过大项总额，少的部分顺延到 <plan_end> 年以后",
            ),
        ),
    ),
)
