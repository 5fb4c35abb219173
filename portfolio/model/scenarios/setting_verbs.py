"""The verbs that only set cells, declared: whose cells, which columns, under which words.

What is a column of a sheet is taken from there, with its bounds and words; the columns declared
here are quantities of the play that no sheet holds. The reader of scenario files, the JSON schema
and the page of verbs follow this, and one function (`settings.put_settings`) lays them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from portfolio.model.items import Carry
from portfolio.model.money import BPS
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.reallocation.settings import Aim, Way
from portfolio.model.rules.approval import Short
from portfolio.model.scenarios.draft import factor_text, percent_text
from portfolio.model.scenarios.verbs import Of, SettingVerb
from portfolio.model.schema.funding import CHANNELS
from portfolio.model.schema.layout import REPAIR_ONLY, Cell, Column, Said, money
from portfolio.model.schema.plan import ITEMS, TARGETS

#: What a delay pushes past the year's end is there in the next first quarter: longer is no delay.
LONGEST_DELAY_QUARTERS = 4
NO_LONGER_DELAY = "更久的延迟请改用“渠道额度”减少当年、增加以后年份的金额"
#: Factors outside are taken for slips of the pen (30 for 30 %).
SMALLEST_FACTOR_BPS, LARGEST_FACTOR_BPS = BPS // 10, 10 * BPS
#: Heavier weights say nothing more, and make sums of weighted money too large.
LARGEST_WEIGHT = 1_000
AIM_ORDER = "、".join(Aim)
PRIORITIES = tuple(int(word) for word in ITEMS.column("priority").choices)
WEIGHTS_EXAMPLE = "[8, 4, 2, 1]"
QUARTERS = "{} 个季度"
ALLOWED, NOT_ALLOWED = "允许", "不允许"

# -- of channels and items -------------------------------------------------------------------------


def _scaled(key: str, what: str) -> tuple[Column, Column]:
    """A factor of what was approved, written as such or as a change."""
    refusal = (f"{what}系数 {{}} 超出 10%–1000%", "系数 1 表示不变，上涨 7% 请写 1.07 或 +7%")
    factor = Column(
        key=key,
        header=f"{what}系数",
        cell=Cell.FACTOR,
        least=SMALLEST_FACTOR_BPS,
        most=LARGEST_FACTOR_BPS,
        set_as=Said(word="系数", about=f"{what}为原来的几倍，如 1.07", refusal=refusal),
    )
    said = Said(word="变动", about=f"{what}变动，如 +7%", refusal=refusal)
    return factor, replace(factor, cell=Cell.CHANGE, set_as=said)


def _quarters(key: str, header: str, most: int, about: str, beyond: str = "") -> Column:
    said = Said(word="季度数", about=about, told=QUARTERS, beyond=beyond)
    return Column(key=key, header=header, cell=Cell.INTEGER, least=0, most=most, set_as=said)


def _release_text(parts: tuple[int, ...]) -> str:
    return " / ".join(percent_text(part) for part in parts)


def _release_flaw(parts: tuple[int, ...]) -> tuple[str, str] | None:
    if sum(parts) == BPS and min(parts) >= 0:
        return None
    least = "不小于 0、" if min(parts) < 0 else ""
    return f"四个季度合计 {percent_text(sum(parts))}", f"四个季度的比例须{least}合计 100%"


CHANNEL_AND_ITEM_VERBS = (
    SettingVerb(
        key="渠道延迟",
        about="年初下达的资金推后几个季度到位，越过年末的次年一季度到位",
        example="- 渠道延迟: {渠道: 专项债券, 年份: <first+2>, 季度数: 1}",
        of=Of.CHANNELS_IN_YEARS,
        with_envelope="年初下达，也就没有下达延迟",
        columns=(
            _quarters(
                "delay_quarters",
                "到位延迟",
                LONGEST_DELAY_QUARTERS,
                f"推后几个季度，0–{LONGEST_DELAY_QUARTERS}；{NO_LONGER_DELAY}",
                NO_LONGER_DELAY,
            ),
        ),
    ),
    SettingVerb(
        key="下达节奏",
        about="一年的下达额分到四个季度的比例",
        example="- 下达节奏: {渠道: 土地出让, 年份: <first+3>起, 各季: [15%, 22%, 26%, 37%]}",
        of=Of.CHANNELS_IN_YEARS,
        with_envelope="年初下达，也就没有下达节奏",
        columns=(
            Column(
                key="release_bps",
                header="各季下达比例",
                set_as=Said(
                    word="各季",
                    about="四个季度的比例，合计 100%",
                    told=_release_text,
                    flaw=_release_flaw,
                ),
            ),
        ),
    ),
    SettingVerb(
        key="贷款到位",
        about="随资本金渠道的放款，为计划的几成（0–100%）",
        example="- 贷款到位: {渠道: 银行贷款, 年份: <first+3>-<first+4>, 系数: [90%, 95%]}",
        of=Of.CHANNELS_IN_YEARS,
        with_capital=True,
        columns=(
            Column(
                key="credit_bps",
                header="放款到位系数",
                cell=Cell.FACTOR,
                least=0,
                most=BPS,
                set_as=Said(
                    word="系数",
                    about="一个系数，或每年一个",
                    each=True,
                    refusal=(
                        "贷款到位系数超出 0–100%",
                        "贷款不会超过与资本金同比例的数，请写 0–100%",
                    ),
                ),
            ),
        ),
    ),
    SettingVerb(
        key="结转规则",
        about="当年没用完的钱：留两年（次年末收回），或留至竣工",
        example="- 结转规则: {渠道: 一般公共预算, 规则: 至竣工}",
        of=Of.CHANNELS,
        table="channel",
        with_envelope="年度下达，也就没有结转",
        columns=(replace(CHANNELS.column("carry"), choices=tuple(Carry)),),
    ),
    SettingVerb(
        key="造价",
        about="大项造价为批准投资的几倍",
        example="- 造价: {大项: {标签: 交通}, 变动: +6%}",
        of=Of.ITEMS,
        one_of=("系数", "变动"),
        columns=_scaled("cost_bps", "造价"),
    ),
    SettingVerb(
        key="工期",
        about="大项工期为计划工期的几倍",
        example="- 工期: {大项: 城市轨道交通, 系数: 1.2}",
        of=Of.ITEMS,
        one_of=("系数", "变动"),
        columns=_scaled("duration_bps", "工期"),
    ),
    SettingVerb(
        key="推迟开工",
        about="大项的计划开工推后几个季度",
        example="- 推迟开工: {大项: 综合管廊, 季度数: 4}",
        of=Of.ITEMS,
        columns=(_quarters("start_delay_quarters", "推迟开工", PLAY_QUARTERS, "推后几个季度"),),
    ),
    SettingVerb(
        key="停工",
        about="大项从某季度起停几个季度，不施工也不用钱",
        example="- 停工: {大项: 城市轨道交通, 自: <first+3>Q1, 季度数: 3}",
        of=Of.ITEMS_IN_QUARTERS,
        always=(("stopped", True),),
        columns=(
            Column(
                key="stopped",
                header="停工",
                cell=Cell.CHOICE,
                choices=("停工", "施工"),
                means=(True, False),
            ),
        ),
    ),
    SettingVerb(
        key="施工进度",
        about="大项在某些季度按计划进度的几成施工（大于 0，至多 200%；大于 1 为赶工）",
        example="- 施工进度: {大项: {风险类别: 医院}, 自: <first+1>Q1, 季度数: 2, 系数: 60%}",
        of=Of.ITEMS_IN_QUARTERS,
        columns=(
            Column(
                key="pace_bps",
                header="施工进度系数",
                cell=Cell.FACTOR,
                least=1,
                most=2 * BPS,
                set_as=Said(
                    word="系数",
                    about="如 0.6 或 60%",
                    refusal=(
                        "施工进度系数 {} 不在 0–200% 之间（不含 0）",
                        "完全停下请用“停工”；1 为计划进度；整个工期的变化请用“工期”",
                    ),
                ),
            ),
        ),
    ),
    SettingVerb(
        key="优先级",
        about="大项的资金优先级，1 最先",
        example="- 优先级: {大项: 旧村庄改造, 级别: 4}",
        of=Of.ITEMS,
        table="item",
        columns=(ITEMS.column("priority"),),
    ),
)

# -- of the play, the targets and how a plan is repaired -------------------------------------------


def _policy(key: str, name: str, title: str, about: str, words: Mapping[str, object],
            note: str = "", *, truth: bool = False, table: str = "policy") -> SettingVerb:  # fmt: skip
    """A verb of a few words for how money, gates or a repair are dealt with."""
    column = Column(
        key=name,
        header=title,
        cell=Cell.CHOICE,
        choices=tuple(words),
        means=tuple(words.values()),
        set_as=Said(word=key, about=" 或 ".join(words) + note, truth=truth),
    )
    example = next(word for word, value in words.items() if value)
    return SettingVerb(
        key=key,
        about=about,
        example=f"- {key}: {example}",
        of=Of.ALL,
        table=table,
        bare=True,
        columns=(column,),
    )


def _rule(name: str, word: str, about: str) -> Column:
    return Column(
        key=name,
        header=word,
        cell=Cell.SHARE,
        least=0,
        most=BPS,
        set_as=Said(word=word, about=about),
    )


def _weights_text(weights: tuple[int, ...]) -> str:
    return " / ".join(map(str, weights))


def _weights_flaw(weights: tuple[int, ...]) -> tuple[str, str] | None:
    if len(weights) == len(PRIORITIES) and all(1 <= one <= LARGEST_WEIGHT for one in weights):
        return None
    found = f"权重“{_weights_text(weights)}”不是四个 1–{LARGEST_WEIGHT} 的整数"
    return found, f"请依次写优先级 1、2、3、4 的权重，如 {WEIGHTS_EXAMPLE}"


def _aims_flaw(aims: tuple[str, ...]) -> tuple[str, str] | None:
    if sorted(aims) == sorted(Aim):
        return None
    found = f"顺序“{'、'.join(aims)}”没有把每个目标各写一次"
    return found, f"请把 {AIM_ORDER} 各写一次，先写的先满足"


def _of_items(key: str, name: str, about: str, example: str) -> SettingVerb:
    """A verb that sets one column of 项目清单."""
    return SettingVerb(
        key=key,
        about=about,
        example=f"- {key}: {{大项: 城市轨道交通, {example}}}",
        of=Of.ITEMS,
        table="item",
        columns=(ITEMS.column(name),),
    )


INCLUSION = TARGETS.column("inclusion_bps")
assert INCLUSION.set_as is not None
RULE_VERBS = (
    _policy(
        "软前置条件",
        "soft_gates_bind",
        "软前置条件",
        "软前置条件是否也生效",
        {"生效": True, "不生效": False},
        truth=True,
    ),
    _policy(
        "分配方式",
        "in_order",
        "同级分配方式",
        "统筹资金不够时，同一优先级内怎么分",
        {"按比例": False, "按顺序": True},
        "（表中先后）",
    ),
    _policy(
        "资金替代",
        "substitution",
        "资金替代",
        "一个统筹渠道不够时，可否由大项适用的其他统筹渠道顶上",
        {"不替代": False, "可替代": True},
    ),
    SettingVerb(
        key="年度目标",
        about="改年度目标的金额或类型，或当年重点项目名单的计划",
        example="- 年度目标: {年份: <first+3>-<first+4>, 类型: 区间, 金额: 3600亿, 上限金额: 4000亿}",
        of=Of.YEARS,
        table="target",
        nothing="没有写目标要改什么",
        columns=tuple(column for column in TARGETS.settable if column is not INCLUSION),
    ),
    SettingVerb(
        key="入列系数",
        about="清单投资折算为市重点口径的比例",
        example="- 入列系数: {年份: <first+5>-<plan_end>, 系数: 0.65}",
        of=Of.YEARS,
        table="target",
        columns=(
            replace(
                INCLUSION, cell=Cell.FACTOR, set_as=replace(INCLUSION.set_as, told=factor_text)
            ),
        ),
    ),
    SettingVerb(
        key="目标顺序",
        about="预算调整的目标怎样取舍：默认折中（缺口接近最小，再少挪钱、少滞后、少改几笔），"
        f"写了顺序就按顺序依次做到最小；各优先级的滞后各算几分；{REPAIR_ONLY}",
        example="- 目标顺序: {顺序: [滞后, 缺口, 调整量], 权重: [8, 4, 2, 2]}",
        of=Of.ALL,
        table="repair",
        columns=(
            Column(
                key="aims",
                header="目标顺序",
                set_as=Said(
                    word="顺序",
                    about=f"{AIM_ORDER} 各写一次，先写的先满足；缺口：冲击造成的年度投资缺口，"
                    "滞后：落后于原计划的投资，调整量：挪动的统筹资金",
                    told="、".join,
                    flaw=_aims_flaw,
                ),
            ),
            Column(
                key="class_weights",
                header="优先级权重",
                set_as=Said(
                    word="权重",
                    about=f"优先级 1、2、3、4 每落后一年的权重，1–{LARGEST_WEIGHT} 的整数，"
                    f"如 {WEIGHTS_EXAMPLE}",
                    told=_weights_text,
                    flaw=_weights_flaw,
                ),
            ),
            Column(
                key="way",
                header="目标取舍",
                cell=Cell.CHOICE,
                choices=tuple(map(str, Way)),
                means=tuple(Way),
                set_as=Said(word="取舍", about=" 或 ".join(Way) + "；写了“顺序”就是依次"),
            ),
            _rule("slack_bps", "缺口余地", "折中时缺口可比最小值大几成，以少挪钱，如 1%"),
            _rule(
                "delay_rate_bps",
                "滞后折算",
                "折中时 1 亿元·年的滞后（按优先级加权）抵得上挪多少亿元，如 10%（即 0.1 亿元）",
            ),
            _rule(
                "cost_slack_bps",
                "调整余地",
                "折中时“调整量＋折算的滞后”可比最小值大几成，以少改几笔，如 5%",
            ),
        ),
    ),
    SettingVerb(
        key="调整规则",
        about=f"预算调整须守住的比例；{REPAIR_ONLY}",
        example="- 调整规则: {民生下限: 85%, 合同递减: 50%, 连续下限: 15%}",
        of=Of.ALL,
        table="repair",
        told="调整规则 {title}",
        columns=(
            _rule("livelihood_bps", "民生下限", "标签为“民生”的大项每年至少保留计划的几成，如 80%"),
            _rule("contract_decay_bps", "合同递减", "已签约部分每远一年还剩几成，如 60%"),
            _rule(
                "continuity_bps",
                "连续下限",
                "开工后至完工前，每年至少保留计划的几成（不得停停建建），如 10%",
            ),
            _rule(
                "yearly_band_bps",
                "份额幅度",
                "渠道占大项当年统筹资金的份额与计划最多相差几个百分点，渠道减收时大项比同比例最多再少统筹资金的"
                "百分之几，如 15%；100% 为不限",
            ),
            money(
                "least_move_wan",
                "最小调整",
                least=0,
                set_as=Said(word="最小调整", about="不足这个数的调整能收回的都收回，如 0.05亿"),
            ),
            Column(
                key="livelihood_debt",
                header="预算转债",
                cell=Cell.CHOICE,
                choices=(ALLOWED, NOT_ALLOWED),
                means=(True, False),
                set_as=Said(
                    word="预算转债",
                    about=f"{ALLOWED} 或 {NOT_ALLOWED}（默认）：民生大项的预算资金可否换成债务",
                ),
            ),
        ),
    ),
    replace(
        _policy(
            "短收处理",
            "short",
            "短收处理",
            "预算已批准的年度，某渠道比原计划少来了钱怎么办，由此看该由谁批；"
            f"政府性基金不得动用预算稳定调节基金；{REPAIR_ONLY}",
            {str(one): one for one in Short if one is not Short.NOT},
            table="repair",
        ),
        example=f"- 短收处理: {Short.MADE_GOOD}",
    ),
    replace(
        _of_items(
            "合同锁定比例",
            "contract_share_bps",
            f"大项下一年计划中已签合同的部分；{REPAIR_ONLY}",
            "比例: 52%",
        ),
        was=("已签约比例",),
    ),
    _of_items(
        "最低资本金比例",
        "min_capital_share_bps",
        f"资本金至少占大项投资的几成；{REPAIR_ONLY}",
        "比例: 25%",
    ),
    _of_items(
        "年度上限",
        "yearly_cap_wan",
        "大项一年最多完成多少；推演与预算调整都受它限制",
        "金额: 700亿",
    ),
)
