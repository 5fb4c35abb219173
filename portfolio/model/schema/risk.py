"""Sheets of risk: priors by class and channel, stages, correlations, named risks."""

from __future__ import annotations

from typing import Any

from portfolio.model.items import STAGES
from portfolio.model.schema.funding import channel_name
from portfolio.model.schema.layout import (
    STRESS_ONLY,
    Cell,
    Column,
    Said,
    Sheet,
    money,
    provenance,
    share,
)

_STRESS = f"{STRESS_ONLY}。"
#: What a row of 相关系数 speaks of when not of two channels.
EVERYWHERE, IN_GROUP, COST, TIME = "全局", "同组附加", "造价", "工期"
ALL_ITEMS = "全部"
_ENDS = (("low", "最低"), ("likely", "最可能"), ("high", "最高"))
_TRIANGLE = "三个数须由小到大；没有影响填 0。"


def number(key: str, header: str, *, least: float = 0, most: float = 1000, **more: Any) -> Column:
    """A column of plain numbers."""
    return Column(key=key, header=header, cell=Cell.NUMBER, least=least, most=most, **more)


def ratio(key: str, header: str, *, least: float = 0, most: float = 5, **more: Any) -> Column:
    """A column of percentages that may pass 100 %."""
    return Column(key=key, header=f"{header}（%）", cell=Cell.RATIO, least=least, most=most, **more)


def spread(mean: str) -> tuple[Column, Column]:
    """Mean and spread of a part that comes in or comes about."""
    return (
        ratio("mean", mean, name="均值", note=_STRESS, set_as=Said(word="均值", about="如 70%")),
        ratio("sd", "离散", note=_STRESS, set_as=Said(word="离散", about="标准差，如 15%")),
    )


def limits() -> tuple[Column, Column]:
    """The least and the most of it."""
    return (
        ratio("low", "下限", note=_STRESS, set_as=Said(word="下限", about="最低，如 40%")),
        ratio("high", "上限", note=_STRESS, set_as=Said(word="上限", about="最高，如 110%")),
    )


RISK_CLASSES = Sheet(
    name="风险参数",
    alike=("title",),
    purpose="各风险类别的投资曲线（新开工类大项的计划由它展开）；"
    f"超支、工期与停工各列{STRESS_ONLY}。几乎全是假设",
    frozen=2,
    columns=(
        Column(key="key", header="代码", width=20, editable=False, unique="风险类别代码"),
        Column(key="title", header="名称", width=26, unique="风险类别名称"),
        Column(
            key="corr_group",
            header="相关组",
            width=8,
            note="压力测试中同组大项的造价更相关（见相关系数表）；情景文件可按风险组选取大项。"
            "BLD 房建、PRV 市场项目、DIG 数字、HUB 枢纽、POR 港口、RAIL 轨道、ROAD 道路、"
            "UTL 管网、REN 更新、AGR 农林、WAT 水务、ENG 能源。",
        ),
        number(
            "p_tail",
            "极端超支概率",
            most=1,
            note=f"0.1 即十次中一次。{_STRESS}",
            set_as=Said(word="极端超支概率", about="如 20%", percent=True),
        ),
        number(
            "tail_pareto_alpha",
            "极端超支尾指数",
            note=f"越小尾部越厚。{_STRESS}",
            set_as=Said(word="极端超支尾指数", about="越小尾部越厚，如 3.5"),
        ),
        number(
            "body_mu",
            "一般超支均值",
            least=-1,
            most=5,
            note=f"0.1 即超支 10%。{_STRESS}",
            set_as=Said(word="一般超支均值", about="如 12%", percent=True),
        ),
        number(
            "body_sd",
            "一般超支离散",
            most=5,
            note=_STRESS,
            set_as=Said(word="一般超支离散", about="标准差，如 15%", percent=True),
        ),
        number(
            "cost_cap",
            "超支上限（倍）",
            most=100,
            note=f"4 即最多超支 400%。{_STRESS}",
            set_as=Said(word="超支上限", about="如 4 或 400%", percent=True),
        ),
        number(
            "sched_ln_mu",
            "工期对数均值",
            least=-5,
            most=5,
            note=f"工期倍数取对数后的均值，0.2 即一半的可能延长 22% 以上。{_STRESS}",
            set_as=Said(word="工期对数均值", about="工期倍数的对数，如 0.25"),
        ),
        number(
            "sched_ln_sigma",
            "工期对数离散",
            most=5,
            note=_STRESS,
            set_as=Said(word="工期对数离散", about="如 0.2"),
        ),
        number(
            "beta_a",
            "曲线参数 a",
            least=0.05,
            most=100,
            note="投资累计曲线（贝塔分布）的形状参数，新开工类大项的计划由它展开。",
        ),
        number("beta_b", "曲线参数 b", least=0.05, most=100, note="同曲线参数 a。"),
        number(
            "stoppages_per_year",
            "停工（次/年）",
            most=20,
            note=_STRESS,
            set_as=Said(word="停工次数", about="平均每年几次，如 0.1"),
        ),
        number(
            "stoppage_mean_quarters",
            "平均停工（季度）",
            most=40,
            note=_STRESS,
            set_as=Said(word="平均停工季度", about="平均停几个季度，如 2"),
        ),
        provenance(),
    ),
)

REALISATIONS = Sheet(
    name="落地率",
    purpose=f"企业备案类投资的落地率：实际实施规模 ÷ 规划规模；{STRESS_ONLY}",
    may_be_empty=True,
    columns=(
        Column(
            key="stage", header="阶段", cell=Cell.CHOICE, choices=STAGES, width=9, unique="阶段"
        ),
        *spread("均值"),
        *limits(),
        provenance(),
    ),
)

CHANNEL_RISKS = Sheet(
    name="资金风险",
    purpose=f"各渠道年度到位率（实际到位 ÷ 年初安排）的均值、离散与延续性；{STRESS_ONLY}",
    columns=(
        channel_name(unique="资金渠道"),
        *spread("到位率均值"),
        number(
            "persistence",
            "延续性",
            most=0.9999,
            note=f"0 表示各年互不相干；越近 1，上年的好坏越会延续到下年。{_STRESS}",
            set_as=Said(word="延续性", about="0 为各年互不相干，越近 1 越会延续到下年，如 0.6"),
        ),
        *limits(),
        provenance(),
    ),
)

STAGE_FACTORS = Sheet(
    name="阶段系数",
    purpose=f"风险参数按可研阶段估计；各阶段的超支与延期乘以这里的系数；{STRESS_ONLY}",
    columns=(
        Column(
            key="stage",
            header="阶段",
            cell=Cell.CHOICE,
            choices=STAGES,
            width=9,
            unique="阶段",
            note="每个用到的阶段一行。",
        ),
        number(
            "cost_factor",
            "造价系数",
            most=10,
            note="乘在超支幅度上：0.4 即类别超支 20% 时按 8% 计；0 即没有超支。",
            set_as=Said(word="造价系数", about="乘在超支幅度上，如 0.6；0 为不超支"),
        ),
        number(
            "duration_factor",
            "工期系数",
            most=10,
            note="乘在工期延长的幅度上：0.4 即类别延长 20% 时按 8% 计。",
            set_as=Said(word="工期系数", about="乘在延期幅度上，如 0.6"),
        ),
        provenance(),
    ),
)

CORRELATIONS = Sheet(
    name="相关系数",
    key=("subject", "other"),
    purpose=f"大项之间、造价与工期之间、资金渠道之间的相关程度；{STRESS_ONLY}",
    frozen=2,
    spare_rows=10,
    columns=(
        Column(
            key="subject",
            header="对象",
            width=34,
            note=f"“{EVERYWHERE}”：任意两个大项的造价；“{IN_GROUP}”：同一相关组的大项再加多少；"
            f"“{COST}”与“{TIME}”：同一大项的造价与工期；此外每行填一对资金渠道。",
        ),
        Column(
            key="other",
            header="与",
            required=False,
            width=34,
            note=f"对象为资金渠道时填另一个渠道，对象为“{COST}”时填“{TIME}”；"
            f"“{EVERYWHERE}”“{IN_GROUP}”留空。",
        ),
        number(
            "correlation",
            "相关系数",
            least=-0.9999,
            most=0.9999,
            note=f"-1 与 1 之间。“{EVERYWHERE}”“{IN_GROUP}”须在 0 以上，之和不超过 1；"
            "没有列出的渠道对互不相关。",
            set_as=Said(word="相关系数", about="正数同涨同落，负数此涨彼落，0 互不相关"),
        ),
        provenance(),
    ),
)

REGISTER = Sheet(
    name="风险清单",
    purpose="有名有姓的风险：发生概率，打到哪些大项，造价与工期各受多大影响；"
    f"可以为空，也可以没有这张表；{STRESS_ONLY}",
    may_be_empty=True,
    may_be_missing=True,
    frozen=2,
    spare_rows=20,
    columns=(
        Column(key="id", header="编号", width=8, unique="风险编号", note="不重复，例如 R01。"),
        Column(key="name", header="风险名称", width=26),
        ratio(
            "probability",
            "发生概率",
            least=0.0001,
            most=1,
            note="整个推演期内发生的概率，大于 0。发生时所列大项在同一条路径上一起受影响。",
        ),
        Column(
            key="items",
            header="影响大项",
            width=22,
            note=f"大项序号、范围或“{ALL_ITEMS}”，用“；”隔开，例如 3；5至17。"
            "直接输入 5-17 会被 Excel 当成日期，请写“5至17”。",
        ),
        *(
            ratio(
                f"cost_{end}",
                f"造价影响{word}",
                least=-0.9,
                note=f"占大项造价的比例：10% 即贵一成，负数为节省。{_TRIANGLE}",
            )
            for end, word in _ENDS
        ),
        *(
            number(
                f"quarters_{end}",
                f"工期影响{word}（季度）",
                least=-40,
                most=100,
                note=f"工期增加几个季度，负数为缩短。{_TRIANGLE}",
            )
            for end, word in _ENDS
        ),
        provenance(),
    ),
)

#: The shortest and the longest life of a project, in quarters.
SHORTEST_LIFE, LONGEST_LIFE = 4, 80

BUNDLES = Sheet(
    name="批次参数",
    purpose="投资节奏为“项目群”的大项是一批滚动实施的项目：运气取其平均，时钟起初拉长、滞后到顶后按计划走；"
    f"可以没有这张表（那时按单个项目推演）；{STRESS_ONLY}",
    may_be_empty=True,
    may_be_missing=True,
    frozen=0,
    columns=(
        Column(
            key="life_quarters",
            header="项目寿命（季）",
            cell=Cell.INTEGER,
            least=SHORTEST_LIFE,
            most=LONGEST_LIFE,
            width=14,
            note="批内一个项目从开工到完工的季度数。项目群最多滞后：项目延期的比例 × 寿命 ÷ 2。"
            "18–24 季有依据。",
        ),
        share(
            "stretch_bps",
            "批次拉长",
            note="项目群的时钟按项目延期的几成拉长，到最多滞后为止：40% 即项目延期 25% 时拉长 10%。",
        ),
        money(
            "project_wan",
            "单个项目",
            least=10_000,
            note="批内一个项目的平均投资；大项总投资除以它即项目数。",
        ),
        number(
            "size_cv2",
            "规模离散（CV²）",
            most=100,
            note="项目投资的方差 ÷ 均值的平方：越大，越由少数大项目决定，平均的作用越小；0 为一样大。",
        ),
        share(
            "floor_bps",
            "额度下限",
            note="计划期以后各年的额度不低于计划期年均需要的几成（到位率之前，情景的减少再乘在其上；"
            "填了预算的照填）：清单封闭，没有它，晚了的项目等不到钱。0 为不设。",
        ),
        provenance(),
    ),
)
