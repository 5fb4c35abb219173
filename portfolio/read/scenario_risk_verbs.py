"""The verbs about the assumptions of the stress test."""

from __future__ import annotations

from portfolio.model.items import STAGES
from portfolio.model.scenarios import risk_verbs as verbs
from portfolio.model.sheets import Cell, Sheet
from portfolio.model.sheets.risk_sheets import (
    CHANNEL_RISKS,
    CORRELATIONS,
    COST,
    EVERYWHERE,
    IN_GROUP,
    REALISATIONS,
    REGISTER,
    RISK_CLASSES,
    STAGE_FACTORS,
    TIME,
)
from portfolio.read.scenario_fields import CHANNELS_FIELD, ITEMS_FIELD, Field, Verb
from portfolio.read.scenario_types import NAMES, TEXT, ValueType, ascending, choice, decimal

ONLY = "只用于压力测试"
#: Plain numbers of 风险参数 that are parts of a whole, so that 12% may stand for 0.12.
PARTS = ("p_tail", "body_mu", "body_sd", "cost_cap")


def _bounded(sheet: Sheet, key: str) -> ValueType:
    """A number with the bounds the workbook's column has."""
    column = sheet.column(key)
    return decimal(
        column.least or 0, column.most or 0, percent=column.cell is Cell.RATIO or key in PARTS
    )


def _field(sheet: Sheet, word: str, key: str, about: str, *, required: bool = False) -> Field:
    return Field(key=word, into=key, type=_bounded(sheet, key), about=about, required=required)


def _correlation(word: str, into: str, about: str, *, required: bool = False) -> Field:
    return Field(
        key=word,
        into=into,
        type=_bounded(CORRELATIONS, "correlation"),
        about=about,
        required=required,
    )


def _stage_field(about: str, *, default: str | None = None) -> Field:
    return Field(
        key="阶段",
        into="stage",
        type=choice({stage: stage for stage in STAGES}),
        required=default is None,
        default=default,
        about=f"{'、'.join(STAGES[:-1])} 或 {STAGES[-1]}{about}",
    )


def _spread(sheet: Sheet) -> tuple[Field, ...]:
    return (
        _field(sheet, "均值", "mean", "如 70%"),
        _field(sheet, "离散", "sd", "标准差，如 15%"),
        _field(sheet, "下限", "low", "最低，如 40%"),
        _field(sheet, "上限", "high", "最高，如 110%"),
    )


RISK_VERBS: tuple[Verb, ...] = (
    Verb(
        key="风险参数",
        about=f"改风险类别的超支、工期与停工参数（曲线参数属于计划，不在此改）；{ONLY}",
        example="- 风险参数: {风险类别: 城市轨道, 极端超支概率: 20%, 一般超支均值: 12%}",
        make=verbs.RiskClassChange,
        fields=(
            Field(
                key="风险类别",
                into="classes",
                type=NAMES,
                required=True,
                about="风险参数表中的名称（如 医院）或代码（如 hospital），可写多个，或 全部",
            ),
            _field(RISK_CLASSES, "极端超支概率", "p_tail", "如 20%"),
            _field(RISK_CLASSES, "极端超支尾指数", "tail_pareto_alpha", "越小尾部越厚，如 3.5"),
            _field(RISK_CLASSES, "一般超支均值", "body_mu", "如 12%"),
            _field(RISK_CLASSES, "一般超支离散", "body_sd", "标准差，如 15%"),
            _field(RISK_CLASSES, "超支上限", "cost_cap", "如 4 或 400%"),
            _field(RISK_CLASSES, "工期对数均值", "sched_ln_mu", "工期倍数的对数，如 0.25"),
            _field(RISK_CLASSES, "工期对数离散", "sched_ln_sigma", "如 0.2"),
            _field(RISK_CLASSES, "停工次数", "stoppages_per_year", "平均每年几次，如 0.1"),
            _field(RISK_CLASSES, "平均停工季度", "stoppage_mean_quarters", "平均停几个季度，如 2"),
        ),
    ),
    Verb(
        key="到位率",
        about=f"改渠道年度到位率（实际到位 ÷ 年初安排）的参数；{ONLY}",
        example="- 到位率: {渠道: 土地出让, 均值: 70%, 离散: 15%}",
        make=verbs.ChannelRiskChange,
        fields=(
            CHANNELS_FIELD,
            *_spread(CHANNEL_RISKS),
            _field(
                CHANNEL_RISKS,
                "延续性",
                "persistence",
                "0 为各年互不相干，越近 1 越会延续到下年，如 0.6",
            ),
        ),
    ),
    Verb(
        key="落地率",
        about=f"改企业备案类投资的落地率（实际实施规模 ÷ 规划规模）；{ONLY}",
        example="- 落地率: {均值: 80%, 离散: 12%}",
        make=verbs.RealisationChange,
        fields=(_stage_field("（默认：备案）", default=STAGES[-1]), *_spread(REALISATIONS)),
    ),
    Verb(
        key="阶段系数",
        about=f"改某一阶段的超支与延期为类别参数的几倍；{ONLY}",
        example="- 阶段系数: {阶段: 概算, 造价系数: 0.6, 工期系数: 0.6}",
        make=verbs.StageFactorChange,
        fields=(
            _stage_field(""),
            _field(STAGE_FACTORS, "造价系数", "cost_factor", "乘在超支幅度上，如 0.6；0 为不超支"),
            _field(STAGE_FACTORS, "工期系数", "duration_factor", "乘在延期幅度上，如 0.6"),
        ),
    ),
    Verb(
        key="相关系数",
        about=f"改大项之间、造价与工期之间的相关系数；{ONLY}",
        example=f"- 相关系数: {{{EVERYWHERE}: 0.25, {IN_GROUP}: 0.25, {COST}与{TIME}: 0.7}}",
        make=verbs.CorrelationChange,
        fields=(
            _correlation(EVERYWHERE, "global_correlation", "任意两个大项的造价，0 以上"),
            _correlation(
                IN_GROUP,
                "group_correlation",
                f"同一相关组再加多少，0 以上，与{EVERYWHERE}之和不超过 1",
            ),
            _correlation(
                f"{COST}与{TIME}", "cost_time_correlation", "同一大项的造价与工期，如 0.7"
            ),
        ),
    ),
    Verb(
        key="渠道相关",
        about=f"改一对渠道年度到位率的相关系数，或新增一对；{ONLY}",
        example="- 渠道相关: {渠道: 土地出让, 与: 专项债券, 相关系数: -0.4}",
        make=verbs.ChannelCorrelationChange,
        fields=(
            Field(
                key="渠道",
                into="channel",
                type=TEXT,
                required=True,
                about="资金渠道：代码、名称或名称中独有的一段",
            ),
            Field(key="与", into="other", type=TEXT, required=True, about="另一个资金渠道"),
            _correlation(
                "相关系数",
                "correlation",
                "正数同涨同落，负数此涨彼落，0 互不相关",
                required=True,
            ),
        ),
    ),
    Verb(
        key="新增风险",
        about=f"在风险清单之外增加一个风险，发生时所选大项一起受影响；{ONLY}",
        example="- 新增风险: {编号: R01, 名称: 文物勘探延误, 概率: 20%, 大项: {风险组: RAIL}, "
        "造价: [0%, 2%, 5%], 工期: [1, 2, 4]}",
        make=verbs.AddRisk,
        fields=(
            Field(key="编号", into="id", type=TEXT, required=True, about="未用过的编号，如 R01"),
            Field(key="名称", into="name", type=TEXT, required=True, about="风险的名称"),
            _field(
                REGISTER, "概率", "probability", "整个推演期内发生的概率，如 20%", required=True
            ),
            ITEMS_FIELD,
            Field(
                key="造价",
                into="cost",
                type=ascending(_bounded(REGISTER, "cost_low")),
                default=(0.0, 0.0, 0.0),
                about="占大项造价的比例：[最低, 最可能, 最高]，或一个数；负数为节省；不写为 0",
            ),
            Field(
                key="工期",
                into="quarters",
                type=ascending(_bounded(REGISTER, "quarters_low")),
                default=(0.0, 0.0, 0.0),
                about="增加几个季度：[最低, 最可能, 最高]，或一个数；负数为缩短；不写为 0",
            ),
            Field(key="依据", into="provenance", type=TEXT, default="", about="数从何来"),
        ),
    ),
)
