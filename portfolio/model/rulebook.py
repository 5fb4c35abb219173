"""The rulebook: each rule's code, Chinese title, unit and where it comes from.

The engine obeys these rules, the audit checks them by these codes, reports name them so.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule by its code; `unit` is what a breach is counted in, `source` who says so."""

    code: str
    title: str
    unit: str
    source: str


_OURS = "本工具的推演规则（假设，见 docs/规则说明.md）"

RULES: tuple[Rule, ...] = (
    Rule(code="plan_totals", title="计划合计：各大项“十四五”与全周期投资与公布数一致", unit="万元",
         source="“十四五”规划纲要附件1"),
    Rule(code="plan_channel_years", title="渠道启用前不得安排资金", unit="万元",
         source="资金渠道表“启用年份”"),
    Rule(code="clock", title="进度时钟：开工前、停工中不前进，其余每季按进度系数走", unit="季度", source=_OURS),
    Rule(code="start_gate", title="前置条件未达到不得开工", unit="季度", source="依赖关系表"),
    Rule(code="ceiling_gate", title="前置条件未达到，累计投资不得超过上限", unit="万元", source="依赖关系表"),
    Rule(code="planned_at_clock", title="不超进度支用：累计支用不超过时钟所到的计划数", unit="万元", source=_OURS),
    Rule(code="item_total", title="累计支用不超过大项总成本", unit="万元", source="项目清单表"),
    Rule(code="capacity", title="季度投资不超过实施能力", unit="万元", source="项目清单表“年度投资上限”"),
    Rule(code="need", title="需要＝年末计划数－已支用－上年结转", unit="万元", source=_OURS),
    Rule(code="envelope", title="年度额度＝下达＋失效", unit="万元", source=_OURS),
    Rule(code="allotment", title="统筹资金按优先级、同级按比例（或按顺序）下达，有需要时不得失效", unit="万元",
         source="项目清单表“优先级”"),
    Rule(code="credit", title="限制信贷时，随资本金的信用额度＝需要×系数", unit="万元", source=_OURS),
    Rule(code="account", title="下达＋上年结转＝支用＋结转下年＋收回", unit="万元", source=_OURS),
    Rule(code="release", title="支用不超过已到位（结转＋按节奏下达）", unit="万元", source="资金渠道表“下达节奏”"),
    Rule(code="carry_over", title="结转两年期满收回，或结转至竣工", unit="万元", source="资金渠道表“结转规则”"),
    Rule(code="loans_in_step", title="贷款与资本金同比例到位", unit="万元", source="资金渠道表“资本金比例”"),
    Rule(code="substitution", title="替代资金不超过渠道占比上限", unit="万元", source="资金结构表“占比上限”"),
    Rule(code="sums", title="分项合计＝渠道合计", unit="万元", source=_OURS),
    Rule(code="finish", title="竣工：时钟走完且投资全部完成的第一个季度", unit="季度", source=_OURS),
    Rule(code="delay_ledger", title="滞后台账：各原因季度数之和＝滞后季度数", unit="季度", source=_OURS),
)  # fmt: skip

RULE_BY_CODE = {rule.code: rule for rule in RULES}
