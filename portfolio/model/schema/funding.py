"""Sheets of money: channels, shares, envelopes."""

from __future__ import annotations

from portfolio.model.items import Carry, Kind
from portfolio.model.quarters import PLAN_YEARS, PLAY_YEARS
from portfolio.model.schema.layout import (
    Cell,
    Column,
    Reference,
    Said,
    Sheet,
    Sum,
    money,
    provenance,
    share,
)
from portfolio.model.schema.plan import item_name, item_number, year_of

NO_CARRY = "不适用"
#: Said of figures that are told beside the play and never drive it.
BESIDE = "只并列显示，不参与推演"
#: A channel may have been there for so long, counted from the first year.
EARLIEST_CHANNEL = -31
#: Of 年度额度: what replaces the computed parts, and what the finance office knows of a year.
ENVELOPE_PARTS = ("envelope_wan", "reserve_wan")
OFFICE_PARTS = ("initial_wan", "adjusted_wan", "issued_wan", "arrived_wan", "carried_wan")
RELEASE = tuple(f"release_q{number}_bps" for number in (1, 2, 3, 4))


OF_CHANNELS = Reference(sheet="资金渠道", name="name", id="id")


def channel_name(*, unique: str = "") -> Column:
    """A column pointing to a channel by its full name."""
    return Column(
        key="channel",
        header="资金渠道",
        refers_to=OF_CHANNELS,
        unique=unique,
        width=34,
        note="资金渠道表中的渠道名称。",
    )


CHANNELS = Sheet(
    name="资金渠道",
    alike=("name",),
    purpose="资金渠道：谁来安排、何时下达、结余怎样处理、以后年份留多少再安排空间",
    frozen=2,
    spare_rows=5,
    sums=(Sum(keys=RELEASE, of="四个季度下达比例", fix="应为 100%，请改正四个季度的比例"),),
    columns=(
        Column(key="id", header="编号", width=8, unique="渠道编号"),
        Column(key="name", header="渠道名称", width=34, unique="渠道名称"),
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
            least=EARLIEST_CHANNEL,
            most=PLAN_YEARS - 1,
            width=10,
            note="此前没有这个渠道，其份额按比例由该大项的其他渠道承担。",
        ),
        share("capital_bps", "可充资本金比例", width=15),
        share(RELEASE[0], "一季度下达", note="四个季度合计 100%。"),
        share(RELEASE[1], "二季度下达", note="四个季度合计 100%。"),
        share(RELEASE[2], "三季度下达", note="四个季度合计 100%。"),
        share(RELEASE[3], "四季度下达", note="四个季度合计 100%。"),
        Column(
            key="carry",
            header="结转",
            cell=Cell.CHOICE,
            choices=(*Carry, NO_CARRY),
            width=10,
            note="两年：次年仍可用，再剩收回（一般公共预算）；至竣工：随项目一直可用（专项债券、"
            "土地出让等）；随资本金的渠道填“不适用”。",
            name="结转规则",
            set_as=Said(word="规则", about="两年 或 至竣工"),
        ),
        share(
            "reserve_bps",
            "待分配比例",
            note="以后年份的再安排空间：在计划需要之外另留的比例（假设），0 即不留。"
            "统筹渠道当年和次年不留，只认年度额度表里填的。",
        ),
        share(
            "reserve_floor_bps",
            "额度下限比例",
            width=14,
            note="再安排空间至少把额度补到 <first>—<last> 年年均需要的这一比例（假设），0 即不补。",
        ),
        provenance(),
    ),
)

SHARES = Sheet(
    name="资金结构",
    key=("item_no", "channel"),
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


def _office(key: str, header: str, note: str) -> Column:
    """A column of what the finance office knows of a year; older workbooks have none."""
    return money(key, header, least=0, required=False, may_be_missing=True, note=note)


ENVELOPES = Sheet(
    name="年度额度",
    key=("channel", "year", "item_no"),
    purpose="自定的年度额度，或预算、下达、到位与上年结转；不填即用系统按计划推算的额度",
    may_be_empty=True,
    frozen=2,
    spare_rows=60,
    columns=(
        channel_name(),
        year_of(PLAY_YEARS),
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
            note="替代系统推算的部分；留空时，统筹渠道当年和次年没有待分配资金，以后年份按推算的"
            "再安排空间。",
        ),
        _office(
            "initial_wan",
            "年初预算",
            "填了预算，该年额度就是预算，不再另留待分配资金；有调整预算的以调整预算为准。",
        ),
        _office(
            "adjusted_wan", "调整预算", "经批准调整后的全年预算（不是增减数）；没有调整的留空。"
        ),
        _office("issued_wan", "已下达", f"本年已下达的指标。{BESIDE}。"),
        _office("arrived_wan", "已到位", f"本年已到位的资金。{BESIDE}。"),
        _office(
            "carried_wan",
            "上年结转",
            "上年结转到本年的资金，先于本年预算使用。填了“月度执行”才参与推演。",
        ),
        provenance(required=False),
    ),
)

PLAUSIBLE = Sheet(
    name="财力参考",
    key=("channel", "year"),
    purpose="一个城市一年在一个渠道上大致能有多少，用来提示偏高的计划，不参与推演。"
    "可以为空，也可以没有这张表",
    may_be_empty=True,
    may_be_missing=True,
    spare_rows=20,
    columns=(
        channel_name(),
        year_of(PLAN_YEARS),
        money(
            "upper_wan",
            "参考上限",
            note="该渠道该年用于本清单的合理上限。计划高于它时，portfolio check 提请核对。",
        ),
        provenance(),
    ),
)
