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
    Rule(code="plan_totals", title="计划合计：各大项计划期与全周期投资与公布数一致", unit="万元",
         source="“<period>”规划纲要附件1"),
    Rule(code="plan_channel_years", title="渠道启用前不得安排资金", unit="万元",
         source="资金渠道表“启用年份”"),
    Rule(code="facts", title="执行数照填：截至月以前不推演、不改动", unit="万元", source="月度执行表"),
    Rule(code="clock", title="进度时钟：开工前、停工中不前进，其余每季按进度系数走", unit="季度", source=_OURS),
    Rule(code="bundle_clock", title="项目群的时钟：拉长与最多滞后按批次参数，只用于压力测试的项目群", unit="万分之一",
         source="批次参数表"),
    Rule(code="start_gate", title="前置条件未达到不得开工", unit="季度", source="依赖关系表"),
    Rule(code="ceiling_gate", title="前置条件未达到，累计投资不得超过上限", unit="万元", source="依赖关系表"),
    Rule(code="planned_at_clock", title="不超进度支用：累计支用不超过时钟所到的计划数", unit="万元", source=_OURS),
    Rule(code="item_total", title="累计支用不超过大项总成本", unit="万元", source="项目清单表"),
    Rule(code="capacity", title="季度投资不超过实施能力", unit="万元", source="项目清单表“年度投资上限”"),
    Rule(code="need", title="需要＝年末计划数－已完成投资－上年结转", unit="万元", source=_OURS),
    Rule(code="envelope", title="年度额度＝下达＋失效", unit="万元", source=_OURS),
    Rule(code="own_follows", title="上级指定、专属：额度＋上年顺延＝下达＋顺延下年＋失效；待分配资金不顺延，付清为止",
         unit="万元", source=_OURS),
    Rule(code="allotment", title="统筹资金按优先级、同级按比例（或按顺序）下达，有需要时不得失效", unit="万元",
         source="项目清单表“优先级”"),
    Rule(code="credit", title="限制信贷时，随资本金的信用额度＝需要×系数", unit="万元", source=_OURS),
    Rule(code="account", title="下达＋上年结转＝支用＋结转下年＋收回", unit="万元", source=_OURS),
    Rule(code="release", title="支用不超过已到位（结转＋按节奏下达）", unit="万元", source="资金渠道表“下达节奏”"),
    Rule(code="carry_over", title="结转两年期满收回，或结转至竣工付清", unit="万元", source="资金渠道表“结转规则”"),
    Rule(code="loans_in_step", title="贷款与资本金同比例到位", unit="万元", source="资金渠道表“资本金比例”"),
    Rule(code="substitution", title="替代资金不超过渠道占比上限", unit="万元", source="资金结构表“占比上限”"),
    Rule(code="sums", title="分项合计＝渠道合计", unit="万元", source=_OURS),
    Rule(code="finish", title="竣工：时钟走完且除尾款外投资全部完成的第一个季度", unit="季度", source=_OURS),
    Rule(code="delay_ledger", title="滞后台账：各原因季度数之和＝滞后季度数", unit="季度", source=_OURS),
)  # fmt: skip

#: Rules of a repaired plan (预算调整), in the order in which the audit checks them.
REPAIR_RULES: tuple[Rule, ...] = (
    Rule(code="voted_envelope", title="年度额度：统筹资金不超过渠道当年额度", unit="万元",
         source="年度额度表（未填的按计划加待分配资金）"),
    Rule(code="channel_share", title="渠道适用与占比上限：不适用的大项不得安排，累计不超过占比上限", unit="万元",
         source="资金结构表“上限份额”、资金渠道表“启用年份”"),
    Rule(code="yearly_band", title="年度份额带：渠道占大项当年统筹资金的份额，与计划相差不超过份额幅度，也不高于占比上限",
         unit="万元", source="假设（份额幅度，见 docs/预算调整.md）；资金结构表“上限份额”"),
    Rule(code="bonds_where_lawful", title="专项债合规：“否”不新增，“打包”只减不增，“部分”不高于计划份额", unit="万元",
         source="项目清单表“可否专项债”；国办发〔2024〕52号（负面清单；三档的处理为假设）"),
    Rule(code="livelihood_debt", title="民生不转债：民生大项的专项债券累计不超过计划", unit="万元",
         source="假设（政策设定，不是法律；情景“调整规则”可改）"),
    Rule(code="own_money", title="上级指定与专属资金不得调剂", unit="万元", source="资金渠道表“性质”"),
    Rule(code="loans_with_capital", title="贷款随资本金，不得先于资本金，总额不超过计划", unit="万元",
         source="资金渠道表“可充资本金比例”"),
    Rule(code="signed_contracts", title="已签约部分应予保障", unit="万元",
         source="项目清单表“合同锁定比例”，逐年递减系数为假设"),
    Rule(code="yearly_cap", title="不超过年度投资上限", unit="万元", source="项目清单表“年度投资上限”"),
    Rule(code="no_stop_start", title="不得停停建建：在建年份不少于续建下限", unit="万元",
         source="假设（续建下限，见 docs/规则说明.md）"),
    Rule(code="gate_by_year", title="前置条件（按年）：未达到前累计投资不超过上限", unit="万元", source="依赖关系表"),
    Rule(code="shared_cut", title="减收分摊：渠道额度减少的年份，大项少得的不超过同比例应减数，再加统筹资金的份额幅度",
         unit="万元", source="假设（份额幅度，见 docs/预算调整.md）；年度额度表"),
    Rule(code="capital_ratio", title="资本金比例不低于最低要求", unit="万元", source="项目清单表“最低资本金比例”"),
    Rule(code="livelihood_floor", title="保民生支出：民生大项每年不少于下限", unit="万元",
         source="项目清单表“标签”，底线比例为假设"),
    Rule(code="adjusted_total", title="大项总额：调整后不超过原计划总额", unit="万元",
         source="“<period>”规划纲要附件1"),
    Rule(code="past_years", title="已过年份不变", unit="万元", source=_OURS),
    Rule(code="approval_in_time", title="审批来得及：当年增加的资金须在年内获批", unit="万元",
         source="预算法等（各途径的依据与假设见 docs/审批路径.md）"),
    Rule(code="shocked_clock", title="不得快于冲击后的进度", unit="万元", source=_OURS),
    Rule(code="start_year", title="开工年份：不早于冲击后的开工年份，最多推迟三年", unit="年", source=_OURS),
)  # fmt: skip

RULE_BY_CODE = {rule.code: rule for rule in (*RULES, *REPAIR_RULES)}
