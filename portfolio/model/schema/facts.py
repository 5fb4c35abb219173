"""Sheets of facts: what was done by month, quarter or year, and how a year's part by quarter is."""

from __future__ import annotations

from typing import Any

from portfolio.model.facts import Level
from portfolio.model.money import LARGEST_WAN
from portfolio.model.schema.funding import BESIDE, OF_CHANNELS
from portfolio.model.schema.layout import (
    Cell,
    Column,
    OnlyWhen,
    Sheet,
    Sum,
    money,
    provenance,
    share,
)
from portfolio.model.schema.plan import item_name, item_number
from portfolio.model.schema.settings import NO, YES

#: What a season speaks of when not of one channel.
ALL_CHANNELS = "全部"
SEASON = tuple(f"season_q{number}_bps" for number in (1, 2, 3, 4))


def _ledger(key: str, header: str, note: str, **more: Any) -> Column:
    """Money of a period: blank is not told, 0 is a fact, less than 0 takes some of it back."""
    return money(key, header, least=-LARGEST_WAN, required=False, note=note, **more)


def _words(key: str, header: str, width: float = 24, **more: Any) -> Column:
    return Column(key=key, header=header, required=False, width=width, **more)


def _date(key: str, header: str, note: str) -> Column:
    return Column(key=key, header=header, cell=Cell.DATE, required=False, note=note)


EXECUTION = Sheet(
    name="月度执行",
    key=("item_no", "project_code", "period", "channel", "level"),
    purpose="各大项到目前为止的完成投资、到位、支付与形象进度；填了它，推演从截至月之后开始。"
    "可以为空，也可以没有这张表",
    may_be_empty=True,
    may_be_missing=True,
    frozen=4,
    spare_rows=200,
    columns=(
        item_number(required=False),  # of a project's row its code says it
        item_name(),
        Column(
            key="project_code",
            header="项目代码",
            required=False,
            may_be_missing=True,
            width=18,
            note="项目表中的代码，说一个项目的执行数；大项自己的留空。填了它，大项序号可以留空，"
            "各项目的数加到大项；同一段时间大项与项目只填一种。",
        ),
        Column(
            key="period",
            header="期间",
            cell=Cell.PERIOD,
            width=11,
            note="月写 <first+5>-10 或 <first+5>年10月，季写 <first+5>Q3 或 <first+5>年三季度，"
            "年写 <first+5>；填当期数，不填累计数。",
        ),
        Column(
            key="channel",
            header="资金渠道",
            refers_to=OF_CHANNELS,
            required=False,
            width=30,
            note="资金渠道表中的渠道名称。分不出渠道的留空，系统按计划比例分摊（假设）。",
        ),
        Column(
            key="level",
            header="级次",
            cell=Cell.CHOICE,
            choices=tuple(Level),
            required=False,
            width=9,
            note=f"哪一级的钱。{BESIDE}。",
        ),
        _ledger(
            "done_wan", "完成投资", "当期完成。空白是没有报，未动工的填 0；核减填负数并写明原因。"
        ),
        _ledger("received_wan", "到位", f"当期到位的资金。{BESIDE}。"),
        _ledger("paid_wan", "支付", f"当期支付的资金。{BESIDE}。"),
        share(
            "progress_bps",
            "形象进度",
            required=False,
            note="整个大项到期末的累计形象进度，如 42%；不得倒退。",
        ),
        money(
            "approved_wan",
            "调整概算",
            required=False,
            note="经批准调整后的总投资（全部，不是增减数），自本期起有效；没有调整的留空。",
        ),
        Column(
            key="in_statistics",
            header="是否入统",
            cell=Cell.CHOICE,
            choices=(YES, NO),
            required=False,
            width=9,
            note=f"是否已纳入投资统计。{BESIDE}。",
        ),
        _words(
            "statistics_code",
            "入统代码",
            16,
            note="已入统的项目代码，字母、数字和短横。",
            only_when=OnlyWhen(
                key="in_statistics",
                values=(YES,),
                lacking=(
                    "“是否入统”填了“{when}”，没有入统代码",
                    "请填入统代码；还没有入统的改为“否”",
                ),
                surplus=(
                    "“是否入统”填了“{when}”，却有入统代码“{value}”",
                    "请清空入统代码，或把“是否入统”改为“是”",
                ),
            ),
        ),
        _ledger(
            "statistics_wan",
            "入统投资",
            f"当期入统的投资。{BESIDE}，与完成投资互不换算。",
            only_when=OnlyWhen(
                key="in_statistics",
                values=(YES,),
                surplus=(
                    "“是否入统”填了“{when}”，却有入统投资 {value} 亿元",
                    "请清空入统投资，或把“是否入统”改为“是”",
                ),
            ),
        ),
        _date("started", "开工日期", "已经开工的填实际开工日期；没有开工的留空，不填计划日期。"),
        _date("completed", "竣工日期", "已经竣工的填竣工验收日期；没有竣工的留空，不填计划日期。"),
        _words("problem", "问题", 30),
        _words("measure", "下一步措施", 30),
        Column(
            key="due",
            header="完成时限",
            cell=Cell.DATE_OR_TEXT,
            required=False,
            note="下一步措施何时完成，填日期或文字。",
        ),
        _words("provenance", "依据", 40, note="数从何来，如 月报文号；用文字写，不必是资料编号。"),
    ),
)

SEASONS = Sheet(
    name="季节曲线",
    purpose="一年的完成投资在四个季度各占多少；用来把按季、按年填的执行数分到季度，"
    "并作“较同期曲线”的比照，不改变计划。可以为空，也可以没有这张表",
    may_be_empty=True,
    may_be_missing=True,
    spare_rows=20,
    sums=(Sum(keys=SEASON, of="四个季度", fix="应为 100%，请改正四个季度的比例"),),
    columns=(
        Column(
            key="channel",
            header="资金渠道",  # no list to choose from: it would not offer all channels together
            unique="资金渠道",
            width=34,
            note=f"资金渠道表中的渠道名称，或“{ALL_CHANNELS}”。随资本金的渠道跟着资本金走，不填。",
        ),
        *(
            share(key, f"{word}季度", note="四个季度合计 100%。")
            for key, word in zip(SEASON, "一二三四", strict=True)
        ),
        provenance(),
    ),
)
