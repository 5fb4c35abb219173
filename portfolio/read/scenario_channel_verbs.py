"""The verbs about funding channels."""

from __future__ import annotations

from typing import Any

from portfolio.model.items import Carry
from portfolio.model.scenarios import changes as verbs
from portfolio.model.scenarios.changes import Change, Part
from portfolio.model.scenarios.channel_changes import LONGEST_DELAY_QUARTERS, NO_LONGER_DELAY
from portfolio.read.scenario_composites import RELEASE, SELECTOR
from portfolio.read.scenario_fields import CHANNELS_FIELD, FACTORS_FIELD, YEARS_FIELD, Field, Verb
from portfolio.read.scenario_types import (
    FACTOR_REVISION,
    MONEY_REVISION,
    RELATIVE_REVISION,
    choice,
    one_or_each,
    whole_number,
)


def _envelope(*, factors: Any, relatives: Any, amounts: Any, **rest: Any) -> Change:
    return verbs.EnvelopeChange(revisions=factors or relatives or amounts, **rest)


CHANNEL_VERBS: tuple[Verb, ...] = (
    Verb(
        key="渠道额度",
        about="改渠道的年度额度；上级指定和专属渠道可只改某些大项",
        example="- 渠道额度: {渠道: 专项债券, 年份: <first+3>-<first+4>, 变动: -20%}",
        make=_envelope,
        exactly_one=("系数", "变动", "金额"),
        fields=(
            CHANNELS_FIELD,
            YEARS_FIELD,
            Field(
                key="系数",
                into="factors",
                type=one_or_each(FACTOR_REVISION),
                about="为原额度的几倍，如 0.7 或 70%；可每年一个",
            ),
            Field(
                key="变动",
                into="relatives",
                type=one_or_each(RELATIVE_REVISION),
                about="如 -30% 或 -20亿；可每年一个",
            ),
            Field(
                key="金额",
                into="amounts",
                type=one_or_each(MONEY_REVISION),
                about="改为多少，如 120亿（不写单位为亿元）；可每年一个",
            ),
            Field(
                key="部分",
                into="part",
                type=choice({part.value: part for part in Part}),
                default=Part.BOTH,
                about="额度、待分配资金 或 合计（默认：合计，两部分同比例）",
            ),
            Field(
                key="大项",
                into="selector",
                type=SELECTOR,
                about="只改这些大项的额度（限上级指定和专属渠道）",
            ),
        ),
    ),
    Verb(
        key="渠道延迟",
        about="年初下达的资金推后几个季度到位，越过年末的次年一季度到位",
        example="- 渠道延迟: {渠道: 专项债券, 年份: <first+2>, 季度数: 1}",
        make=verbs.ChannelDelay,
        fields=(
            CHANNELS_FIELD,
            YEARS_FIELD,
            Field(
                key="季度数",
                into="quarters",
                type=whole_number(0, LONGEST_DELAY_QUARTERS, beyond=NO_LONGER_DELAY),
                required=True,
                about=f"推后几个季度，0–{LONGEST_DELAY_QUARTERS}；{NO_LONGER_DELAY}",
            ),
        ),
    ),
    Verb(
        key="下达节奏",
        about="一年的下达额分到四个季度的比例",
        example="- 下达节奏: {渠道: 土地出让, 年份: <first+3>起, 各季: [15%, 22%, 26%, 37%]}",
        make=verbs.ReleasePattern,
        fields=(
            CHANNELS_FIELD,
            YEARS_FIELD,
            Field(
                key="各季",
                into="release_bps",
                type=RELEASE,
                required=True,
                about="四个季度的比例，合计 100%",
            ),
        ),
    ),
    Verb(
        key="贷款到位",
        about="随资本金渠道的放款，为计划的几成（0–100%）",
        example="- 贷款到位: {渠道: 银行贷款, 年份: <first+3>-<first+4>, 系数: [90%, 95%]}",
        make=verbs.CreditFactor,
        fields=(CHANNELS_FIELD, YEARS_FIELD, FACTORS_FIELD),
    ),
    Verb(
        key="结转规则",
        about="当年没用完的钱：留两年（次年末收回），或留至竣工",
        example="- 结转规则: {渠道: 一般公共预算, 规则: 至竣工}",
        make=verbs.CarryRule,
        fields=(
            CHANNELS_FIELD,
            Field(
                key="规则",
                into="carry",
                type=choice({carry.value: carry for carry in Carry}),
                required=True,
                about="两年 或 至竣工",
            ),
        ),
    ),
)
