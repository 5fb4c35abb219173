"""Who must approve a change of the city's pooled money, on what basis, and when it can take effect.

One row for each kind of move. What no document says (how long a procedure takes, mostly) is named in
the row's `assumed`; docs/审批路径.md shows the table to auditors.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.calendar import Calendar
from portfolio.model.facts import Level


class Authority(StrEnum):
    """Who decides, at whatever level the budget is of; `body` says of which."""

    CONGRESS = "人民代表大会"
    STANDING_COMMITTEE = "人大常委会"
    GOVERNMENT = "政府"
    BUREAU = "财政部门"
    PROVINCE = "省级政府"
    NOBODY = "无（不得调整）"


#: These are the same at every level.
_OF_NO_LEVEL = (Authority.PROVINCE, Authority.NOBODY)
#: Whose body decides by the level of the money; of any other, and where it isn't told, the law says
#: 本级, and which that is can't be said.
_WHOSE = {Level.CITY: "市", Level.DISTRICT: "区"}
_WHOSE_UNKNOWN = "本级"


def whose(level: Level | None) -> str:
    """市, 区, or 本级 where the level doesn't tell whose budget it is."""
    return _WHOSE_UNKNOWN if level is None else _WHOSE.get(level, _WHOSE_UNKNOWN)


def body(authority: Authority, level: Level | None) -> str:
    """The body that decides, as it is called: 市人大常委会, 区人大常委会, 本级人大常委会."""
    return str(authority) if authority in _OF_NO_LEVEL else f"{whose(level)}{authority}"


class Short(StrEnum):
    """What becomes of a budget whose channel brings less in a year than was planned (短收)."""

    NOT = "不短收"
    TOTAL_FALLS = "减少总支出"  # the stricter: total expenditure falls with it
    MADE_GOOD = "总支出不减"  # by carry-over, transfers or cuts outside the list
    FROM_FUND = "动用预算稳定调节基金"


class MoveKind(StrEnum):
    """What a change of pooled money is in the law's terms."""

    DRAFT_BUDGET = "编入该年预算"
    DRAFT_BONDS = "编入该年预算并落实债券限额"
    RESERVE = "动用年初预留"
    RESERVE_BONDS = "限额内未发行债券安排到项目"
    TOTAL_FALLS = "调减预算总支出"
    FROM_FUND = "动用预算稳定调节基金"
    BETWEEN_ITEMS = "项目间调剂"
    KEY_SPENDING_CUT = "重点支出调减"
    BOND_USE = "专项债券用途调整"
    MORE_THAN_VOTED = "增列总支出或举债"
    PAST_YEAR = "已过年份"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A law or document, the place in it, and where it is to be found."""

    title: str
    place: str
    document: str


@dataclass(frozen=True, kw_only=True)
class ApprovalRule:
    """A row of the table.

    groups : groups of channels (资金渠道表“类别”) it applies to
    steps : what is done; `{whose}` stands for 市, 区 or 本级
    lead_quarters : quarters from the one it is asked in to the one it takes effect in
    last_quarter_of_year : last quarter of the year in which it may be asked; 0 = none
    assumed : what of the row is ours and no document's, empty if nothing
    """

    kind: MoveKind
    groups: tuple[str, ...]
    authority: Authority
    basis: str
    steps: str
    note: str
    lead_quarters: int
    last_quarter_of_year: int
    sources: tuple[Source, ...]
    assumed: str

    @property
    def assumption(self) -> bool:
        """Whether any of the row is our assumption."""
        return bool(self.assumed)


@dataclass(frozen=True, kw_only=True)
class ApprovalPath:
    """The way of one change; quarters are indices from the first quarter (-1: the one before it).

    level : whose budget the money is of; None: not told
    asked_quarter : earliest quarter in which it can be asked
    effective_quarter : earliest quarter in which it holds; None = no timely way in that year
    """

    kind: MoveKind
    authority: Authority
    level: Level | None
    basis: str
    steps: str
    asked_quarter: int
    effective_quarter: int | None
    note: str

    @property
    def body(self) -> str:
        """Who decides, as it is called."""
        return body(self.authority, self.level)

    @property
    def body_known(self) -> bool:
        """Whether it can be said whose body that is."""
        return self.authority in _OF_NO_LEVEL or self.level in _WHOSE


BOND_CHANNEL = "SPB"
BOND_GROUP = "财政性债务"
#: Of the general budget: of it alone there is a reserve (预备费).
BUDGET_GROUP = "财政"
BUDGET_GROUPS = (BUDGET_GROUP, "土地财政")
_BONDS = (BOND_GROUP,)
_ALL = (*BUDGET_GROUPS, BOND_GROUP)

_NPC = "国家法律法规数据库 flk.npc.gov.cn"
_BUDGET_LAW, _ORDER = (
    "《中华人民共和国预算法》（2018年修正）",
    "《预算法实施条例》（2020年，国务院令第729号）",
)
_DRAFTING = Source(title=_BUDGET_LAW, place="第十八、四十三、四十四、五十四条", document=_NPC)
_ADJUSTING = Source(title=_BUDGET_LAW, place="第六十七、六十九、七十条", document=_NPC)
_BETWEEN = Source(title=_BUDGET_LAW, place="第七十二条", document=_NPC)
_EXECUTING = Source(title=_BUDGET_LAW, place="第五十三、五十七条", document=_NPC)
_PAYING = Source(title=_ORDER, place="第五十一、五十七条", document=_NPC)
_SHORT = Source(title=_ORDER, place="第七十八条", document=_NPC)
_BORROWING = Source(title=_BUDGET_LAW, place="第三十五条", document=_NPC)
_LIMIT = Source(title=_ORDER, place="第四十三至四十五条", document=_NPC)
_INVESTING = Source(
    title="《政府投资条例》（2019年，国务院令第712号）", place="第十五至十九条", document=_NPC
)
_MEETINGS = Source(
    title="《地方各级人民代表大会和地方各级人民政府组织法》（2022年修正）",
    place="第五十一条（常委会每两个月至少开会一次）",
    document=_NPC,
)
_SESSION = Source(
    title="广州市第十六届人大第五次会议预算审查结果报告",
    place="题注（2025年2月22日通过）",
    document="https://www.rd.gz.cn/zyfb/bg/content/post_258263.html",
)
_BOND_GUIDE = Source(
    title="财政部《地方政府专项债券用途调整操作指引》（财预〔2021〕110号）",
    place="调整原则与情形",
    document="https://economy.caixin.com/2021-11-11/101803608.html（公开报道）",
)

_ONE_QUARTER = "从提出到生效按1个季度计：法定提前30日送审，常委会约两个月开一次会。"

APPROVAL_RULES: tuple[ApprovalRule, ...] = (
    ApprovalRule(
        kind=MoveKind.DRAFT_BUDGET, groups=_ALL, authority=Authority.CONGRESS,
        basis="预算法（2018年修正）第四十三条、第四十四条；政府投资条例（2019年）第十八条",
        steps="列入该年预算草案和政府投资年度计划草案，人大会议30日前送初步审查，由{whose}人民代表大会表决。",
        note="大会表决前只能按预算法第五十四条安排结转等支出。专项债券在本行仅指减少安排。",
        lead_quarters=0, last_quarter_of_year=1,
        sources=(_DRAFTING, _INVESTING, _SESSION),
        assumed="按大会在第一季度召开、当季生效计（2024、2025年如此；2020年推迟到6月）；按上年第四季度提出计。",
    ),
    ApprovalRule(
        kind=MoveKind.DRAFT_BONDS, groups=_BONDS, authority=Authority.CONGRESS,
        basis="预算法（2018年修正）第三十五条、第四十三条；预算法实施条例（2020年）第四十五条",
        steps="申报项目和债券额度，列入该年政府性基金预算草案和投资计划草案，由{whose}人民代表大会表决；"
        "额度以省下达的债务限额为准。",
        note="限额在大会之后才下达的部分，须列入预算调整方案报{whose}人大常委会批准。",
        lead_quarters=0, last_quarter_of_year=1,
        sources=(_BORROWING, _LIMIT, _DRAFTING),
        assumed="按额度在年初到位、第一季度生效计；按上年第四季度提出计。",
    ),
    ApprovalRule(
        kind=MoveKind.RESERVE, groups=BUDGET_GROUPS, authority=Authority.BUREAU,
        basis="预算法（2018年修正）第五十三条、第五十七条；预算法实施条例（2020年）第五十一条、第五十七条",
        steps="在已批准的预算总额和科目之内，由{whose}财政部门把年初预留下达到项目。",
        note="项目须已列入当年政府投资年度计划；跨科目的，按预算法第七十二条办理调剂。",
        lead_quarters=0, last_quarter_of_year=4,
        sources=(_EXECUTING, _PAYING, _INVESTING),
        assumed="按下一个季度即可下达计；“年初预留”（工作簿的“待分配资金”）视为已列入预算、尚未落实到项目的部分。",
    ),
    ApprovalRule(
        kind=MoveKind.RESERVE_BONDS, groups=_BONDS, authority=Authority.PROVINCE,
        basis="预算法（2018年修正）第三十五条；预算法实施条例（2020年）第四十五条、第五十八条",
        steps="在已批准的债务限额之内，把未发行的额度落到具备条件的项目，报省级财政部门列入发行批次。",
        note="额度尚未列入{whose}预算的，先列入预算调整方案报{whose}人大常委会批准。",
        lead_quarters=1, last_quarter_of_year=3,
        sources=(_BORROWING, _LIMIT),
        assumed="省级统一发行，按1个季度计；按第三季度结束前提出、年内发完计。",
    ),
    ApprovalRule(
        kind=MoveKind.TOTAL_FALLS, groups=_ALL, authority=Authority.STANDING_COMMITTEE,
        basis="预算法（2018年修正）第六十七条第（一）项、第六十九条；预算法实施条例（2020年）第七十八条",
        steps="编制预算调整方案，列明减少的总支出和对应项目；常委会会议30日前送初步审查，"
        "报{whose}人大常委会批准。",
        note="短收由结转、调入资金或压减清单外支出补平，总支出不减的，不属本项，按项目间调剂办理"
        "（情景里写“短收处理: 总支出不减”）。",
        lead_quarters=1, last_quarter_of_year=4,
        sources=(_ADJUSTING, _SHORT, _MEETINGS),
        assumed=_ONE_QUARTER + "渠道当年额度低于原计划所需，即按该本预算总支出减少计（从严）。",
    ),
    ApprovalRule(
        kind=MoveKind.FROM_FUND, groups=(BUDGET_GROUP,), authority=Authority.STANDING_COMMITTEE,
        basis="预算法（2018年修正）第六十七条第（二）项、第六十九条",
        steps="编制预算调整方案，列明调入预算稳定调节基金的数额和用途；常委会会议30日前送初步审查，"
        "报{whose}人大常委会批准。",
        note="只用于一般公共预算；政府性基金短收不得由它弥补。",
        lead_quarters=1, last_quarter_of_year=4,
        sources=(_ADJUSTING, _MEETINGS),
        assumed=_ONE_QUARTER + "是否动用由情景“短收处理”写明，默认不动用。",
    ),
    ApprovalRule(
        kind=MoveKind.BETWEEN_ITEMS, groups=BUDGET_GROUPS, authority=Authority.GOVERNMENT,
        basis="预算法（2018年修正）第七十二条；政府投资条例（2019年）第十五条、第十八条",
        steps="投资主管部门会同{whose}财政部门提出政府投资年度计划调整方案，报{whose}政府批准，财政部门据此办理调剂。",
        note="只适用于一个渠道之内有增有减、总额不变；总支出因此减少或增加的，属预算调整，报{whose}人大常委会。",
        lead_quarters=1, last_quarter_of_year=3,
        sources=(_BETWEEN, _INVESTING),
        assumed="期限“第三季度结束前”和1个季度的办理时间；政府批准（当地现行办法的条文未能核对）。",
    ),
    ApprovalRule(
        kind=MoveKind.KEY_SPENDING_CUT, groups=BUDGET_GROUPS,
        authority=Authority.STANDING_COMMITTEE,
        basis="预算法（2018年修正）第六十七条第（三）项、第六十九条",
        steps="编制预算调整方案，写明理由、项目和数额；常委会会议30日前送初步审查，报{whose}人大常委会批准。",
        note="未经批准不得调减（预算法第七十条）。",
        lead_quarters=1, last_quarter_of_year=4,
        sources=(_ADJUSTING, _MEETINGS),
        assumed=_ONE_QUARTER + "以标签“民生”代表重点支出。",
    ),
    ApprovalRule(
        kind=MoveKind.BOND_USE, groups=_BONDS, authority=Authority.PROVINCE,
        basis="财政部财预〔2021〕110号（2021年）；预算法（2018年修正）第六十九条",
        steps="例外办理：说明属于哪种可调整情形，经{whose}政府同意后逐级报省级政府批准；"
        "涉及预算调整的，报{whose}人大常委会批准；事后公开。",
        note="以不调整为常态，严禁先挪用、后调整；新项目须具备发行条件、期限匹配。"
        "同时调减重点支出的，另按预算法第六十七条第（三）项办理。",
        lead_quarters=1, last_quarter_of_year=3,
        sources=(_BOND_GUIDE, _ADJUSTING),
        assumed="按债券已经发行计；期限“第三季度结束前”和1个季度的办理时间（指引全文未能核对）。",
    ),
    ApprovalRule(
        kind=MoveKind.MORE_THAN_VOTED, groups=_ALL, authority=Authority.STANDING_COMMITTEE,
        basis="预算法（2018年修正）第六十七条第（一）（四）项、第六十九条；预算法实施条例（2020年）第四十五条",
        steps="编制预算调整方案（举债须在省下达的限额之内），常委会会议30日前送初步审查，报{whose}人大常委会批准。",
        note="调整后的计划不超过已批准的年度额度，本行只供查阅：额度要再增加时走这条路。",
        lead_quarters=1, last_quarter_of_year=4,
        sources=(_ADJUSTING, _BORROWING, _LIMIT, _MEETINGS),
        assumed=_ONE_QUARTER,
    ),
    ApprovalRule(
        kind=MoveKind.PAST_YEAR, groups=_ALL, authority=Authority.NOBODY,
        basis="预算法（2018年修正）第十八条",
        steps="不办理。",
        note="预算年度已于12月31日结束，只能通过以后年度安排弥补。",
        lead_quarters=0, last_quarter_of_year=0,
        sources=(Source(title=_BUDGET_LAW, place="第十八条", document=_NPC),),
        assumed="",
    ),
)  # fmt: skip

RULE_BY_KIND = {rule.kind: rule for rule in APPROVAL_RULES}
#: Voted with the year's budget: they hold from its first quarter, and can't be asked afterwards.
_DRAFTED = (MoveKind.DRAFT_BUDGET, MoveKind.DRAFT_BONDS)


def is_bonds(channel_id: str, channel_group: str) -> bool:
    """Whether a channel is special bonds."""
    return channel_id == BOND_CHANNEL or channel_group == BOND_GROUP


def approval_path(
    calendar: Calendar,
    *,
    channel_id: str,
    channel_group: str,
    year: int,
    asof_quarter: int,
    increase: bool,
    from_reserve: bool,
    livelihood: bool,
    short: Short = Short.NOT,
    level: Level | None = None,
) -> ApprovalPath:
    """The way of one change of an item's pooled money in one calendar year.

    Parameters
    ----------
    channel_id, channel_group : the channel; what is no special bond counts as budget money
    asof_quarter : last quarter already past when the decision is taken (-1: before the first year)
    from_reserve : whether an increase is met by the channel's 待分配资金 (no matter for a cut)
    livelihood : whether the item is tagged 民生
    short : whether the channel's year is short of what was planned, and what is done about it
    level : whose budget the money is of (级次); None: not told
    """
    bonds = is_bonds(channel_id, channel_group)
    if asof_quarter >= calendar.quarter_of(year, 4):
        kind = MoveKind.PAST_YEAR
    elif asof_quarter < calendar.quarter_of(year):
        kind = MoveKind.DRAFT_BONDS if bonds and increase else MoveKind.DRAFT_BUDGET
    elif increase and from_reserve:
        kind = MoveKind.RESERVE_BONDS if bonds else MoveKind.RESERVE
    else:
        kind = _executing(bonds, channel_group, increase, livelihood, short)
    return path_of(kind, calendar, year=year, asof_quarter=asof_quarter, level=level)


def short_of(group: str, asked: Short) -> Short:
    """What is done about a channel that is short: the fund is of the general budget alone."""
    if asked is Short.FROM_FUND and group != BUDGET_GROUP:
        return Short.TOTAL_FALLS
    return asked


def _executing(bonds: bool, group: str, increase: bool, livelihood: bool, asked: Short) -> MoveKind:
    """Of a year whose budget has been voted, nothing of the reserve: the stricter way first."""
    short = short_of(group, asked)
    if bonds and (increase or short is not Short.TOTAL_FALLS):
        return MoveKind.BOND_USE
    if livelihood and not increase and not bonds:
        return MoveKind.KEY_SPENDING_CUT
    if short is Short.TOTAL_FALLS:
        return MoveKind.TOTAL_FALLS
    return MoveKind.FROM_FUND if short is Short.FROM_FUND else MoveKind.BETWEEN_ITEMS


def path_of(
    kind: MoveKind,
    calendar: Calendar,
    *,
    year: int,
    asof_quarter: int,
    level: Level | None = None,
) -> ApprovalPath:
    """The way of a kind of move for a calendar year, asked as early as can be."""
    rule = RULE_BY_KIND[kind]
    asked, effective, late = _timing(rule, calendar, year, asof_quarter)
    return ApprovalPath(
        kind=kind,
        authority=rule.authority,
        level=level,
        basis=rule.basis,
        steps=rule.steps.format(whose=whose(level)),
        asked_quarter=asked,
        effective_quarter=effective,
        note=late + rule.note.format(whose=whose(level)),
    )


def in_time(path: ApprovalPath, calendar: Calendar, year: int) -> bool:
    """Whether the change can hold before the calendar year is over."""
    return path.effective_quarter is not None and path.effective_quarter <= calendar.quarter_of(
        year, 4
    )


def more_in_time(
    calendar: Calendar,
    *,
    channel_id: str,
    channel_group: str,
    year: int,
    asof_quarter: int,
    from_reserve: bool,
) -> bool:
    """Whether an item can still be given more of a channel in a year.

    from_reserve : of what the channel keeps unallotted; else of what other items give up
    """
    path = approval_path(
        calendar,
        channel_id=channel_id,
        channel_group=channel_group,
        year=year,
        asof_quarter=asof_quarter,
        increase=True,
        from_reserve=from_reserve,
        livelihood=False,
    )
    return in_time(path, calendar, year)


def last_ask(kind: MoveKind, calendar: Calendar, year: int) -> int:
    """The last quarter in which a kind of move can be asked for and still hold in its year."""
    rule = RULE_BY_KIND[kind]
    last = calendar.quarter_of(year, rule.last_quarter_of_year)
    return min(last, calendar.quarter_of(year, 4) - rule.lead_quarters)


def _timing(
    rule: ApprovalRule, calendar: Calendar, year: int, asof_quarter: int
) -> tuple[int, int | None, str]:
    """Quarter asked, quarter in force (None: too late), and why it is too late."""
    first = calendar.quarter_of(year)
    if rule.kind in _DRAFTED:
        asked = max(asof_quarter + 1, first - 1)
        if asof_quarter < first:
            return asked, first, ""
        return asked, None, f"{year}年预算已经表决。"
    asked = max(asof_quarter + 1, first)
    effective = asked + rule.lead_quarters
    if rule.last_quarter_of_year == 0:
        return asked, None, ""
    if asked > calendar.quarter_of(year, rule.last_quarter_of_year):
        return asked, None, f"已过{year}年第{rule.last_quarter_of_year}季度的期限，改列下年预算。"
    if effective > calendar.quarter_of(year, 4):
        return asked, None, f"{year}年内来不及生效，改列下年预算。"
    return asked, effective, ""
