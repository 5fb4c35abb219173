"""Sheets of the record: what yearly lists of works came to, and the rate kept as quantiles."""

from __future__ import annotations

from typing import Any

from portfolio.model.money import BPS
from portfolio.model.record.rows import FIRST_MONTH_USED, MONTHS, Level, Source, Use
from portfolio.model.schema.layout import Cell, Column, OnlyWhen, Sheet, money

#: How far years may lie before a workbook's first year, and after it.
YEARS_BEFORE, YEARS_AFTER = 60, 40
#: A list may come to this many times its plan; more is a slip of the pen.
LARGEST_RATE_BPS = 5 * BPS


def _needed_for_fit(lacking: tuple[str, str]) -> OnlyWhen:
    return OnlyWhen(key="use", values=(Use.FIT,), lacking=lacking)


def _money(key: str, header: str, note: str) -> Column:
    return money(key, header, least=1, required=False, width=13, note=note)


def _year(key: str, **more: Any) -> Column:
    return Column(
        key=key,
        header="年份",
        cell=Cell.YEAR,
        required=False,
        least=-YEARS_BEFORE,
        most=YEARS_AFTER,
        width=8,
        **more,
    )


COMPLETION = Sheet(
    name="年度完成率",
    key=("place", "level", "year", "through_month", "source"),
    purpose="各地重点项目年度名单年初计划多少、完成多少；年度达标把握和 portfolio backtest 由它得出，"
    "推演不受它影响。可以没有这张表，没有就不给把握",
    may_be_empty=True,
    may_be_missing=True,
    frozen=3,
    spare_rows=60,
    columns=(
        Column(
            key="place",
            header="地点",
            width=13,
            note="省、市、区县的名字；本市写作“<place>”，与“设置”表的地点相同。",
        ),
        Column(
            key="level",
            header="级别",
            cell=Cell.CHOICE,
            choices=tuple(Level),
            width=9,
            note="是哪一级的名单。",
        ),
        _year(
            "year",
            note="名单的年份。年份不清的留空，只能“仅展示”。",
            only_when=_needed_for_fit(("用于校准的行没有年份", "请填年份，或把用途改为“仅展示”")),
        ),
        Column(
            key="through_month",
            header="截至月",
            cell=Cell.NUMBER,
            required=False,
            least=0.1,
            most=MONTHS,
            width=9,
            note="累计到几月末：全年填 12，上半年填 6，12 月 20 日填 11.66。"
            f"{FIRST_MONTH_USED:g} 月以前的只展示、不参与估计。",
            only_when=_needed_for_fit(
                ("用于校准的行没有截至月", "请填 12（全年）或累计到的月份，或把用途改为“仅展示”")
            ),
        ),
        _money("plan_wan", "年初计划", "名单年初的年度计划；不用年中调整后的数。没有公布的留空。"),
        _money("done_wan", "完成", "累计到截至月的完成投资。没有公布的留空。"),
        Column(
            key="rate_bps",
            header="完成率（%）",
            cell=Cell.SHARE,
            required=False,
            least=1,
            most=LARGEST_RATE_BPS,
            width=11,
            note="完成÷年初计划，累计数。两个金额都填了的可以留空，由系统相除。",
        ),
        Column(
            key="source",
            header="来源性质",
            cell=Cell.CHOICE,
            choices=tuple(Source),
            width=12,
            note="新闻、政府网站多因完成得好才登；审计、督查、计划报告、年鉴和本地统计不看结果好坏。",
        ),
        Column(
            key="use",
            header="用途",
            cell=Cell.CHOICE,
            choices=tuple(Use),
            width=10,
            note="校准：参与估计；同一地点同一年的全年数只能有一行。仅展示：改它不影响任何数。",
        ),
        Column(
            key="reason",
            header="取舍理由",
            required=False,
            width=34,
            note="为什么参与，或为什么只展示。",
        ),
        Column(
            key="provenance",
            header="依据",
            required=False,
            width=50,
            note="数从何来，如 网址、文号；用文字写，不必是资料编号。",
        ),
    ),
)

DISTRIBUTION = Sheet(
    name="完成率分布",
    key=("year", "through_month"),
    purpose="由年度完成率估出的分布，一行一个，供压力测试抽取各年完成率。"
    "由 portfolio backtest --write 写入，不要手改；可以没有这张表",
    may_be_empty=True,
    may_be_missing=True,
    columns=(
        _year("year", note="留空：还没有年内数的年份；填了的只用于该年。", editable=False),
        Column(
            key="through_month",
            header="截至月",
            cell=Cell.NUMBER,
            required=False,
            least=FIRST_MONTH_USED,
            most=MONTHS,
            width=9,
            editable=False,
            note="年内数累计到几月末；年份留空的也留空。",
        ),
        Column(
            key="rho_bps",
            header="两年共有（%）",
            cell=Cell.SHARE,
            least=0,
            most=BPS,
            width=11,
            editable=False,
            note="同一地点两个年份的对数完成率方差中共有的部分。",
        ),
        Column(
            key="quantiles",
            header="分位数（万分之一）",
            width=120,
            editable=False,
            note="199 个整数，用逗号隔开：0.5%、1%……99.5% 分位的完成率，以万分之一计，不得变小。",
        ),
        Column(
            key="fingerprint",
            header="记录指纹",
            width=34,
            editable=False,
            note="所用年度完成率各行的 SHA-256。与现在的表对不上时会提示重新运行 backtest --write。",
        ),
        Column(key="provenance", header="依据", required=False, editable=False, width=40),
    ),
)
