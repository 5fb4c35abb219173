"""The verbs about items."""

from __future__ import annotations

from typing import Any

from portfolio.model.items import STAGES, Profile
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.scenarios import changes as verbs
from portfolio.model.scenarios.changes import Change
from portfolio.model.sheets.layout import NOT_PLAYED, REPAIR_ONLY, STRESS_ONLY
from portfolio.read.scenario_composites import KNOWN_YEARS, SELECTOR, SHARES
from portfolio.read.scenario_fields import ITEMS_FIELD, Field, Verb
from portfolio.read.scenario_types import (
    FACTOR,
    MONEY,
    PART,
    PERCENT_CHANGE,
    QUARTER,
    TEXT,
    TEXTS,
    choice,
    whole_number,
)

_FIRST = Field(
    key="自", into="first_quarter", type=QUARTER, required=True, about="起始季度，如 <first+5>Q1"
)
_COUNT = Field(
    key="季度数",
    into="quarters",
    type=whole_number(1, PLAY_QUARTERS),
    required=True,
    about="持续几个季度",
)


def _scaled_fields(what: str) -> tuple[Field, ...]:
    return (
        ITEMS_FIELD,
        Field(key="系数", into="factor_bps", type=FACTOR, about=f"{what}为原来的几倍，如 1.07"),
        Field(key="变动", into="change_bps", type=PERCENT_CHANGE, about=f"{what}变动，如 +7%"),
    )


def _cost(*, factor_bps: Any, change_bps: Any, **rest: Any) -> Change:
    return verbs.CostFactor(factor_bps=change_bps if factor_bps is None else factor_bps, **rest)


def _duration(*, factor_bps: Any, change_bps: Any, **rest: Any) -> Change:
    return verbs.DurationFactor(factor_bps=change_bps if factor_bps is None else factor_bps, **rest)


ITEM_VERBS: tuple[Verb, ...] = (
    Verb(
        key="造价",
        about="大项造价为批准投资的几倍",
        example="- 造价: {大项: {标签: 交通}, 变动: +6%}",
        make=_cost,
        exactly_one=("系数", "变动"),
        fields=_scaled_fields("造价"),
    ),
    Verb(
        key="工期",
        about="大项工期为计划工期的几倍",
        example="- 工期: {大项: 城市轨道交通, 系数: 1.2}",
        make=_duration,
        exactly_one=("系数", "变动"),
        fields=_scaled_fields("工期"),
    ),
    Verb(
        key="推迟开工",
        about="大项的计划开工推后几个季度",
        example="- 推迟开工: {大项: 综合管廊, 季度数: 4}",
        make=verbs.StartDelay,
        fields=(
            ITEMS_FIELD,
            Field(
                key="季度数",
                into="quarters",
                type=whole_number(0, PLAY_QUARTERS),
                required=True,
                about="推后几个季度",
            ),
        ),
    ),
    Verb(
        key="停工",
        about="大项从某季度起停几个季度，不施工也不用钱",
        example="- 停工: {大项: 城市轨道交通, 自: <first+3>Q1, 季度数: 3}",
        make=verbs.Stoppage,
        fields=(ITEMS_FIELD, _FIRST, _COUNT),
    ),
    Verb(
        key="施工进度",
        about="大项在某些季度按计划进度的几成施工（大于 0，至多 200%；大于 1 为赶工）",
        example="- 施工进度: {大项: {风险类别: 医院}, 自: <first+1>Q1, 季度数: 2, 系数: 60%}",
        make=verbs.PaceFactor,
        fields=(
            ITEMS_FIELD,
            _FIRST,
            _COUNT,
            Field(key="系数", into="factor_bps", type=FACTOR, required=True, about="如 0.6 或 60%"),
        ),
    ),
    Verb(
        key="优先级",
        about="大项的资金优先级，1 最先",
        example="- 优先级: {大项: 旧村庄改造, 级别: 4}",
        make=verbs.PriorityChange,
        fields=(
            ITEMS_FIELD,
            Field(
                key="级别",
                into="priority",
                type=whole_number(1, 4),
                required=True,
                about="1、2、3 或 4，1 最先",
            ),
        ),
    ),
    Verb(
        key="取消大项",
        about="把大项移出清单，连同其前置条件、计划和专属额度；统筹额度不变",
        example="- 取消大项: 城市轨道交通",
        make=verbs.CancelItem,
        value=Field(key="取消大项", into="selector", type=SELECTOR, about=ITEMS_FIELD.about),
    ),
    Verb(
        key="新增大项",
        about="增加一个大项，计划按基准规则编排；统筹额度不变",
        example="- 新增大项: {编号: 59, 名称: 新医院, 工程: 民生福祉工程, 总投资: 30亿, "
        "<period>投资: 20亿, 优先级: 2, 风险类别: 医院, 阶段: 可研, 投资曲线: 新开工, "
        "资金结构: {一般公共预算: 60%, 专项债券: 40%}}",
        make=verbs.AddItem,
        fields=(
            Field(
                key="编号",
                into="no",
                type=whole_number(1, 99_999),
                required=True,
                about="未用过的编号",
            ),
            Field(key="名称", into="name", type=TEXT, required=True, about="未用过的名称"),
            Field(key="工程", into="work", type=TEXT, required=True, about="所属工程"),
            Field(key="类别", into="category", type=TEXT, about="所属类别"),
            Field(key="总投资", into="total_wan", type=MONEY, required=True, about="亿元"),
            Field(
                key="<period>投资",
                into="plan_wan",
                type=MONEY,
                required=True,
                about="<first>–<last> 年投资，亿元",
            ),
            Field(key="<first>年前已完成", into="earlier_wan", type=MONEY, default=0, about="亿元"),
            Field(
                key="优先级",
                into="priority",
                type=whole_number(1, 4),
                required=True,
                about="1–4，1 最先",
            ),
            Field(key="标签", into="tags", type=TEXTS, default=(), about="标签，可写多个"),
            Field(
                key="风险类别",
                into="risk_class",
                type=TEXT,
                required=True,
                about="风险参数表中的名称（如 医院）或代码（如 hospital）",
            ),
            Field(
                key="阶段",
                into="stage",
                type=choice({stage: stage for stage in STAGES}),
                required=True,
                about=f"{'、'.join(STAGES[:-1])} 或 {STAGES[-1]}；{STRESS_ONLY}",
            ),
            Field(
                key="投资曲线",
                into="profile",
                type=choice({profile.value: profile for profile in Profile}),
                required=True,
                about="项目群（逐年滚动）或 新开工（前慢中快后慢）",
            ),
            Field(
                key="年度上限",
                into="yearly_cap_wan",
                type=MONEY,
                about="一年最多完成多少，亿元；不写、或比计划最大的一年小，都以那一年为上限",
            ),
            Field(
                key="最短工期",
                into="min_duration_years",
                type=whole_number(1, 15),
                default=1,
                about=f"年；{NOT_PLAYED}",
            ),
            Field(
                key="已签约比例",
                into="contract_share_bps",
                type=PART,
                default=0,
                about=f"如 50%；{REPAIR_ONLY}",
            ),
            Field(
                key="最低资本金比例",
                into="min_capital_share_bps",
                type=PART,
                default=2000,
                about=f"如 20%（默认）；{REPAIR_ONLY}",
            ),
            Field(
                key="资金结构",
                into="shares",
                type=SHARES,
                required=True,
                about="渠道: 份额，或 渠道: [份额, 上限]；份额合计 100%",
            ),
            Field(
                key="年度计划",
                into="known_years_wan",
                type=KNOWN_YEARS,
                default=(),
                about="已知的各年投资，年份: 金额；其余年份按投资曲线",
            ),
            Field(key="依据", into="provenance", type=TEXT, default="", about="数从何来"),
        ),
    ),
)
