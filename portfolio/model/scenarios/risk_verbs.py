"""What a scenario can say about the assumptions of the stress test."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portfolio.model.scenarios.changes import Change, Of, Selector, SettingVerb
from portfolio.model.sheets.layout import Column, Said
from portfolio.model.sheets.risk_sheets import (
    CHANNEL_RISKS,
    CORRELATIONS,
    COST,
    EVERYWHERE,
    IN_GROUP,
    REALISATIONS,
    RISK_CLASSES,
    STAGE_FACTORS,
    TIME,
)

ONLY_STRESS = "只用于压力测试"


@dataclass(frozen=True, kw_only=True)
class AddRisk(Change):
    """新增风险: a named risk beside those of the register; effects low, likely, high."""

    id: str
    name: str
    probability: float
    selector: Selector
    cost: tuple[float, float, float]
    quarters: tuple[float, float, float]
    provenance: str


def _correlation(name: str, word: str, about: str) -> Column:
    column, said = CORRELATIONS.column("correlation"), Said(word=word, about=about)
    return replace(column, key=name, header=word, set_as=said)


RISK_VERBS = (
    SettingVerb(
        key="风险参数",
        about=f"改风险类别的超支、工期与停工参数（曲线参数属于计划，不在此改）；{ONLY_STRESS}",
        example="- 风险参数: {风险类别: 城市轨道, 极端超支概率: 20%, 一般超支均值: 12%}",
        of=Of.RISK_CLASSES,
        table="risk_class",
        columns=RISK_CLASSES.settable,
    ),
    SettingVerb(
        key="到位率",
        about=f"改渠道年度到位率（实际到位 ÷ 年初安排）的参数；{ONLY_STRESS}",
        example="- 到位率: {渠道: 土地出让, 均值: 70%, 离散: 15%}",
        of=Of.CHANNELS,
        table="channel_risk",
        told="{owner} 到位率 {title}",
        columns=CHANNEL_RISKS.settable,
        page_order=("mean", "sd", "low", "high", "persistence"),
    ),
    SettingVerb(
        key="落地率",
        about=f"改企业备案类投资的落地率（实际实施规模 ÷ 规划规模）；{ONLY_STRESS}",
        example="- 落地率: {均值: 80%, 离散: 12%}",
        of=Of.STAGE,
        stage="备案",
        table="realisation",
        told="{owner}类 落地率 {title}",
        columns=REALISATIONS.settable,
    ),
    SettingVerb(
        key="阶段系数",
        about=f"改某一阶段的超支与延期为类别参数的几倍；{ONLY_STRESS}",
        example="- 阶段系数: {阶段: 概算, 造价系数: 0.6, 工期系数: 0.6}",
        of=Of.STAGE,
        table="stage_factor",
        told="{owner}阶段 {title}",
        columns=STAGE_FACTORS.settable,
    ),
    SettingVerb(
        key="相关系数",
        about=f"改大项之间、造价与工期之间的相关系数；{ONLY_STRESS}",
        example=f"- 相关系数: {{{EVERYWHERE}: 0.25, {IN_GROUP}: 0.25, {COST}与{TIME}: 0.7}}",
        of=Of.ALL,
        table="correlation",
        told="相关系数 {title}",
        columns=(
            _correlation("global_correlation", EVERYWHERE, "任意两个大项的造价，0 以上"),
            _correlation(
                "group_correlation",
                IN_GROUP,
                f"同一相关组再加多少，0 以上，与{EVERYWHERE}之和不超过 1",
            ),
            _correlation(
                "cost_time_correlation", f"{COST}与{TIME}", "同一大项的造价与工期，如 0.7"
            ),
        ),
    ),
    SettingVerb(
        key="渠道相关",
        about=f"改一对渠道年度到位率的相关系数，或新增一对；{ONLY_STRESS}",
        example="- 渠道相关: {渠道: 土地出让, 与: 专项债券, 相关系数: -0.4}",
        of=Of.PAIR,
        table="channel_correlation",
        told="{owner} 到位率的{title}",
        columns=CORRELATIONS.settable,
    ),
)
