"""Sheets of money and risk: channels, shares, envelopes, priors."""

from __future__ import annotations

from portfolio.model.items import STAGES, Carry, Kind
from portfolio.model.quarters import FIRST_YEAR, LAST_PLAN_YEAR, LAST_PLAY_YEAR
from portfolio.model.sheets.layout import (
    NOT_PLAYED,
    Cell,
    Column,
    Sheet,
    money,
    provenance,
    share,
)
from portfolio.model.sheets.plan_sheets import item_name, item_number

NO_CARRY = "不适用"
_UNPLAYED = f"{NOT_PLAYED}。"


def channel_name() -> Column:
    """A column pointing to a channel by its full name."""
    return Column(
        key="channel",
        header="资金渠道",
        listed=("资金渠道", "name"),
        width=34,
        note="资金渠道表中的渠道名称。",
    )


def number(
    key: str,
    header: str,
    *,
    least: float | None = 0,
    most: float = 1000,
    note: str = "",
    width: float = 12,
) -> Column:
    """A column of plain numbers."""
    return Column(
        key=key, header=header, cell=Cell.NUMBER, least=least, most=most, note=note, width=width
    )


def ratio(key: str, header: str, *, most: float = 5, note: str = "") -> Column:
    """A column of percentages that may pass 100 %."""
    return Column(key=key, header=f"{header}（%）", cell=Cell.RATIO, least=0, most=most, note=note)


CHANNELS = Sheet(
    name="资金渠道",
    purpose="资金渠道：谁来安排、何时下达、结余怎样处理、留多少待分配资金",
    frozen=2,
    spare_rows=5,
    columns=(
        Column(key="id", header="编号", width=8),
        Column(key="name", header="渠道名称", width=34),
        Column(key="group", header="类别", width=12),
        Column(
            key="kind",
            header="性质",
            cell=Cell.CHOICE,
            choices=tuple(Kind),
            width=10,
            note="统筹：市里安排；上级指定：随项目下达；专属：大项自有；随资本金："
            "按资本金到位同比例到位。",
        ),
        Column(
            key="first_year",
            header="起始年份",
            cell=Cell.YEAR,
            least=1990,
            most=LAST_PLAN_YEAR,
            width=10,
            note="此前没有这个渠道，其份额按比例由该大项的其他渠道承担。",
        ),
        share("capital_bps", "可充资本金比例", width=15),
        share("release_q1_bps", "一季度下达", note="四个季度合计 100%。"),
        share("release_q2_bps", "二季度下达", note="四个季度合计 100%。"),
        share("release_q3_bps", "三季度下达", note="四个季度合计 100%。"),
        share("release_q4_bps", "四季度下达", note="四个季度合计 100%。"),
        Column(
            key="carry",
            header="结转",
            cell=Cell.CHOICE,
            choices=(*Carry, NO_CARRY),
            width=10,
            note="两年：次年仍可用，再剩收回；至竣工：一直可用；随资本金的渠道填“不适用”。",
        ),
        share("reserve_bps", "待分配比例", note="年度额度中，在计划需要之外另留的比例。"),
        share(
            "reserve_floor_bps",
            "额度下限比例",
            width=14,
            note="额度至少为 2021—2025 年年均需要的这一比例。",
        ),
        provenance(),
    ),
)

SHARES = Sheet(
    name="资金结构",
    purpose="每个大项由哪些渠道出资：份额合计 100%，上限份额是其他渠道不足时可顶到的比例",
    frozen=3,
    spare_rows=60,
    columns=(
        item_number(),
        item_name(),
        channel_name(),
        share("share_bps", "份额", note="同一大项各渠道合计 100%；备选渠道填 0。"),
        share("max_share_bps", "上限份额", note="不得小于份额。"),
        provenance(),
    ),
)

ENVELOPES = Sheet(
    name="年度额度",
    purpose="自定的年度额度；不填即用系统按计划推算的额度",
    may_be_empty=True,
    frozen=2,
    spare_rows=60,
    columns=(
        channel_name(),
        Column(
            key="year",
            header="年份",
            cell=Cell.YEAR,
            least=FIRST_YEAR,
            most=LAST_PLAY_YEAR,
            width=7,
        ),
        item_number(required=False),
        item_name(),
        money(
            "envelope_wan",
            "额度",
            least=0,
            required=False,
            note="替代系统推算的“计划需要”部分；留空即不替代。统筹渠道不填大项，"
            "上级指定与专属渠道须填大项。",
        ),
        money(
            "reserve_wan",
            "待分配资金",
            least=0,
            required=False,
            note="替代系统推算的待分配资金；留空即不替代。",
        ),
        provenance(required=False),
    ),
)

RISK_CLASSES = Sheet(
    name="风险参数",
    purpose="各风险类别的投资曲线（新开工类大项的计划由它展开）；"
    f"超支、工期与停工各列{NOT_PLAYED}。几乎全是假设",
    frozen=2,
    columns=(
        Column(key="key", header="代码", width=20, editable=False),
        Column(key="title", header="名称", width=26),
        Column(
            key="corr_group",
            header="相关组",
            width=8,
            note="情景文件可按风险组选取大项。"
            "BLD 房建、PRV 市场项目、DIG 数字、HUB 枢纽、POR 港口、RAIL 轨道、ROAD 道路、"
            "UTL 管网、REN 更新、AGR 农林、WAT 水务、ENG 能源。",
        ),
        number("p_tail", "极端超支概率", most=1, note=_UNPLAYED),
        number("tail_pareto_alpha", "极端超支尾指数", note=f"越小尾部越厚。{_UNPLAYED}"),
        number("body_mu", "一般超支均值", least=-1, most=5, note=f"0.1 即超支 10%。{_UNPLAYED}"),
        number("body_sd", "一般超支离散", most=5, note=_UNPLAYED),
        number("cost_cap", "超支上限（倍）", most=100, note=f"4 即最多超支 400%。{_UNPLAYED}"),
        number("sched_ln_mu", "工期对数均值", least=-5, most=5, note=_UNPLAYED),
        number("sched_ln_sigma", "工期对数离散", most=5, note=_UNPLAYED),
        number(
            "beta_a",
            "曲线参数 a",
            least=0.05,
            most=100,
            note="投资累计曲线（贝塔分布）的形状参数，新开工类大项的计划由它展开。",
        ),
        number("beta_b", "曲线参数 b", least=0.05, most=100, note="同曲线参数 a。"),
        number("stoppages_per_year", "停工（次/年）", most=20, note=_UNPLAYED),
        number("stoppage_mean_quarters", "平均停工（季度）", most=40, note=_UNPLAYED),
        provenance(),
    ),
)

REALISATIONS = Sheet(
    name="落地率",
    purpose=f"企业备案类投资的落地率：实际实施规模 ÷ 规划规模；{NOT_PLAYED}",
    may_be_empty=True,
    columns=(
        Column(key="stage", header="阶段", cell=Cell.CHOICE, choices=STAGES, width=9),
        ratio("mean", "均值", note=_UNPLAYED),
        ratio("sd", "离散", note=_UNPLAYED),
        ratio("low", "下限", note=_UNPLAYED),
        ratio("high", "上限", note=_UNPLAYED),
        provenance(),
    ),
)

CHANNEL_RISKS = Sheet(
    name="资金风险",
    purpose=f"各渠道年度到位率（实际到位 ÷ 年初安排）的均值、离散与延续性；{NOT_PLAYED}",
    columns=(
        channel_name(),
        ratio("mean", "到位率均值", note=_UNPLAYED),
        ratio("sd", "离散", note=_UNPLAYED),
        number(
            "persistence",
            "延续性",
            most=0.9999,
            note=f"0 表示各年互不相干；越近 1，上年的好坏越会延续到下年。{_UNPLAYED}",
        ),
        ratio("low", "下限", note=_UNPLAYED),
        ratio("high", "上限", note=_UNPLAYED),
        provenance(),
    ),
)
