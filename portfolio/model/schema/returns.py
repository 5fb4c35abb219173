"""The sheets a 责任单位 fills in each month, the records of closed months and of approved plans.

Money of a returned sheet is in 万元 and counted from the year's beginning: what an office's books
say at a month's end. The workbook's own facts are of the month, so a month is the difference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from portfolio.model.facts import Level
from portfolio.model.forms.entered import Category
from portfolio.model.money import LARGEST_WAN
from portfolio.model.month.deadlines import Nature
from portfolio.model.schema.for_forms import BONDS, OF_THE_MONTH, PURSES
from portfolio.model.schema.layout import Cell, Column, Sheet, money, share
from portfolio.model.schema.plan import LARGEST_ITEM_NUMBER
from portfolio.model.schema.settings import NO, YES

#: Where a returned sheet says of whom, of when and from which workbook it is.
UNIT, MONTH, BASE = "责任单位", "月份", "底稿编号"
#: And how it is laid out: sheets of before the second said nothing, and may lack what came since.
LAYOUT, LAYOUT_NOW = "版式", 2


def _locked(key: str, header: str, **more: Any) -> Column:
    return Column(key=key, header=header, required=False, editable=False, **more)


def _was(key: str, header: str, **more: Any) -> Column:
    """Money told before, beside which the new figure is typed."""
    return money(key, header, least=-LARGEST_WAN, required=False, editable=False, **more)


def _told(key: str, header: str, note: str, least: int = -LARGEST_WAN) -> Column:
    """Money of the year to date; what was taken back of former years may make it less than 0."""
    return money(key, header, least=least, required=False, note=note, width=14)


def _words(key: str, header: str, note: str = "", **more: Any) -> Column:
    return Column(key=key, header=header, required=False, note=note, **more)


_WHO = (
    _locked("item_no", "大项序号", cell=Cell.INTEGER, least=1, most=LARGEST_ITEM_NUMBER, width=8),
    _locked("project_code", "项目代码", width=16),
    _locked("name", "名称", width=30),
)

RETURNED = Sheet(
    name="填报",
    purpose="一行一个项目（没有分项目的一行一个大项）；黄色的格由单位填写，灰色的格不改",
    may_be_empty=True,
    frozen=3,
    columns=(
        *_WHO,
        _locked("item_name", "所属大项", width=22),
        _was("total_wan", "总投资"),
        _was("plan_wan", "本年计划"),
        _was("earlier_wan", "截至上年底累计完成"),
        _was("before_done_wan", "上月止本年累计完成"),
        _told(
            "done_wan",
            "本年累计完成投资",
            "到本月底的本年累计数，不是当月数；没有进展的填上月的数，未动工的填 0。",
        ),
        _locked("before_progress_bps", "上月形象进度（%）", cell=Cell.SHARE, least=0, most=10_000),
        share(
            "progress_bps",
            "形象进度",
            required=False,
            note="整个项目到本月底的累计进度，不得倒退。",
        ),
        _words("started", "开工日期", "已经开工的填实际日期。", cell=Cell.DATE, width=12),
        _words("completed", "竣工日期", "已经竣工的填竣工验收日期。", cell=Cell.DATE, width=12),
        _told(
            "approved_wan", "调整概算", "经批准调整后的全部总投资，不是增减数；没有调整的留空。", 0
        ),
        Column(
            key="in_statistics",
            header="是否入统",
            cell=Cell.CHOICE,
            choices=(YES, NO),
            required=False,
            width=9,
        ),
        _words("statistics_code", "入统代码", width=16),
        _was("before_statistics_wan", "上月止本年累计入统投资", may_be_missing=True),
        _told("statistics_wan", "本年累计入统投资", "统计口径，与完成投资互不换算。"),
        _words(
            "problem", "问题", "存在问题，一句话；没有的留空。新写的结账时登入问题台账。", width=28
        ),
        _words(
            "category",
            "问题类别",
            "新写的问题选一类；不选的为“其他”。",
            cell=Cell.CHOICE,
            choices=tuple(Category),
            may_be_missing=True,
            width=10,
        ),
        _words("measure", "下一步措施", width=28),
        _words("due", "完成时限", "下一步措施何时完成。", cell=Cell.DATE_OR_TEXT, width=13),
        _words(
            "reason",
            "说明",
            "数字不寻常时写明原因（如 核减、补报、预付）；写了说明的照收，由科里核对。",
            width=30,
        ),
    ),
)

FUNDS = Sheet(
    name="资金",
    purpose="一行一个项目的一个渠道：到位与支付的本年累计数；分渠道统计完成投资的也在这里填",
    may_be_empty=True,
    frozen=4,
    columns=(
        *_WHO,
        _locked("channel", "资金渠道", width=24),
        _locked("level", "级次", cell=Cell.CHOICE, choices=tuple(Level), width=9),
        _was("before_done_wan", "上月止本年累计完成"),
        _told("done_wan", "本年累计完成投资", "只有黄色的格要填：以前分渠道报的照样分渠道报。"),
        _was("before_received_wan", "上月止本年累计到位"),
        _told("received_wan", "本年累计到位", "到项目单位或可用指标，不是授信额、认缴额。"),
        _was("before_paid_wan", "上月止本年累计支付"),
        _told("paid_wan", "本年累计支付", "国库或共管账户付出的数，不是拨付数。"),
        _words("reason", "说明", "支付多于到位、核减等写明原因。", width=30),
    ),
)

# --- What forms alone show, as far as a unit knows it


@dataclass(frozen=True, kw_only=True)
class Further:
    """A further sheet of a returned workbook, and the workbook's sheet it goes into.

    keys : columns by which a row is known
    told : columns the unit fills in; beside each stands what was told last (`before`)
    rising : those that don't become less without a reason
    slips : those that nothing else holds down: many times the month before's is asked about
    not_more : pairs of which the first is never more than the second, told or locked
    monthly : a month has a row of its own; else the row that is there is brought up to date
    opened : columns that are filled in too in a row that the unit adds
    spare : empty rows to add
    """

    sheet: Sheet
    into: Sheet
    keys: tuple[str, ...]
    told: tuple[str, ...]
    rising: tuple[str, ...] = ()
    slips: tuple[str, ...] = ()
    not_more: tuple[tuple[str, str], ...] = ()
    monthly: bool
    opened: tuple[str, ...] = ()
    spare: int = 0

    @property
    def locked(self) -> tuple[Column, ...]:
        """Columns that are sent out filled and must come back unchanged."""
        return tuple(column for column in self.sheet.columns if not column.editable)


REASON = "reason"
#: Empty rows at a further sheet's foot.
SPARE_ROWS = 5


def before(key: str) -> str:
    """The column beside a told one: what was told of it last."""
    return f"before_{key}"


def _pair(of: Sheet, key: str) -> tuple[Column, Column]:
    """A column of the workbook's as it was told last, locked, and as it is to be told."""
    column = replace(of.column(key), may_be_missing=False)
    was = replace(column, key=before(key), header=f"上月{column.header}", editable=False, note="")
    return was, column


def _further(
    into: Sheet, purpose: str, keys: tuple[str, ...], who: tuple[Column, ...],
    told: tuple[str, ...], *, monthly: bool, rising: tuple[str, ...] = (),
    slips: tuple[str, ...] = (), not_more: tuple[tuple[str, str], ...] = (),
    opened: tuple[str, ...] = (), spare: int = SPARE_ROWS,
) -> Further:  # fmt: skip
    reason = _words(REASON, "说明", "核减、更正等写明原因；写了说明的照收，由科里核对。", width=30)
    columns = (*who, *(each for key in told for each in _pair(into, key)), reason)
    sheet = Sheet(name=into.name, purpose=purpose, may_be_empty=True, frozen=3, columns=columns)
    return Further(
        sheet=sheet, into=into, keys=keys, told=told, rising=rising, slips=slips,
        not_more=not_more, monthly=monthly, opened=(*keys, "name", *opened), spare=spare,
    )  # fmt: skip


OF_PURSES = _further(
    PURSES,
    "一行一个项目的一个渠道：下达、结转、应付、支付、质保金、闲置，到本月底的数",
    ("item_no", "project_code", "channel", "level"),
    (
        *_WHO,
        _locked("channel", "资金渠道", width=24),
        _locked("level", "级次", cell=Cell.CHOICE, choices=tuple(Level), width=9),
        _was("budget_wan", "现行预算"),
    ),
    ("issued_wan", "carried_wan", "payable_wan", "settled_wan", "retained_wan", "idle_wan"),
    rising=("issued_wan", "payable_wan", "settled_wan"),
    slips=("payable_wan", "retained_wan"),
    not_more=(("issued_wan", "budget_wan"),),
    monthly=True,
    opened=("budget_wan",),
)
OF_BONDS = _further(
    BONDS,
    "一行一只债券的一个项目：拨付、支出、实现的投资和收益、本息，发行以来到本月底的累计数",
    ("bond_code", "item_no", "project_code"),
    (
        _locked("bond_code", "债券编码", width=14),
        _locked("bond_name", "债券名称", width=28),
        *_WHO,
        _was("amount_wan", "本期债券金额"),
    ),
    (
        "allotted_wan", "spent_wan", "built_wan", "built_bond_wan", "condition", "arrived_on",
        "idle_reason", "move_to", "income_due_wan", "income_wan", "service_due_wan",
        "service_paid_wan",
    ),
    rising=(
        "allotted_wan", "spent_wan", "built_wan", "built_bond_wan", "income_due_wan",
        "income_wan", "service_due_wan", "service_paid_wan",
    ),
    slips=("built_wan", "income_due_wan", "income_wan", "service_due_wan"),
    not_more=(
        ("allotted_wan", "amount_wan"), ("spent_wan", "allotted_wan"),
        ("built_bond_wan", "built_wan"),
    ),
    monthly=False,
    opened=("bond_name", "amount_wan"),
)  # fmt: skip
OF_WORDS = _further(
    OF_THE_MONTH,
    "一行一个项目：月报要印的建设规模、形象进度的话、去年同期；没有变化的留空",
    ("item_no", "project_code"),
    _WHO,
    ("scope", "works", "last_year_wan"),
    monthly=True,
)
FURTHER = (OF_PURSES, OF_BONDS, OF_WORDS)

CLOSED, REOPENED = "结账", "重开"

CLOSINGS = Sheet(
    name="结账记录",
    key=("number",),
    purpose="每次结账一行：哪一月、依据哪些回收表、执行数的指纹；由 portfolio close 写入，"
    "portfolio verify 核验。不要改动",
    may_be_empty=True,
    may_be_missing=True,
    columns=(
        Column(key="number", header="序号", cell=Cell.INTEGER, least=1, most=9_999, width=6),
        Column(key="month", header="月份", cell=Cell.PERIOD, width=10),
        Column(key="action", header="事项", cell=Cell.CHOICE, choices=(CLOSED, REOPENED), width=8),
        Column(key="closed_on", header="日期", cell=Cell.DATE, width=12),
        Column(key="author", header="编制人", required=False, width=12),
        Column(key="rows", header="行数", cell=Cell.INTEGER, least=0, most=1_000_000, width=8),
        money("done_wan", "当月完成投资", least=-(10**12), required=False, width=14),
        Column(key="facts_mark", header="执行数指纹", width=20,
               note="到这一月底的全部月度执行（SHA-256）。"),
        Column(key="base_mark", header="上一版指纹", width=20,
               note="结账时所用工作簿文件（SHA-256）。"),
        Column(key="returns_mark", header="回收表指纹", width=20,
               note="所收各文件（SHA-256），按文件内容排序后合算。"),
        Column(key="reason", header="理由", required=False, width=30, note="重开的写明理由。"),
        Column(key="mark", header="结账号", width=20,
               note="由本行各列与上一行的结账号算出；月报上印前 12 位。"),
    ),
)  # fmt: skip

# --- Versions of the plan: written by `portfolio approve` alone, held by `verify`

INITIAL, ADJUSTED = "年初计划", "调整计划"
_BY_HAND = "由 portfolio approve 写入，portfolio verify 核验。不要改动"

VERSIONS = Sheet(
    name="计划版本",
    key=("number",),
    purpose=f"每个批准的计划版本一行：哪一年的、文号、日期、何时起生效、明细的指纹；{_BY_HAND}",
    may_be_empty=True,
    may_be_missing=True,
    sealed=True,
    columns=(
        Column(key="number", header="序号", cell=Cell.INTEGER, least=1, most=9_999, width=6),
        Column(key="kind", header="版本", cell=Cell.CHOICE, choices=(INITIAL, ADJUSTED), width=10),
        Column(key="time", header="第几次", cell=Cell.INTEGER, least=1, most=999, required=False,
               width=8, note="该年的第几次调整；年初计划留空。"),
        Column(key="year", header="年度", cell=Cell.INTEGER, least=1_900, most=2_999, width=8),
        Column(key="approved_on", header="批准日期", cell=Cell.DATE, width=12),
        Column(key="document", header="批准文号", width=24),
        Column(key="authority", header="批准机关", required=False, width=16),
        Column(key="effective", header="生效月", cell=Cell.PERIOD, width=10,
               note="从这一月起，年度计划与滞后比这一版。"),
        Column(key="rows", header="明细行数", cell=Cell.INTEGER, least=0, most=1_000_000, width=9),
        money("plan_wan", "该年计划", least=0, width=14),
        Column(key="rows_mark", header="指纹", width=20,
               note="这一版在“计划版本明细”中全部各行（SHA-256）。"),
        Column(key="base_mark", header="所批工作簿指纹", width=20,
               note="批准时所用工作簿文件（SHA-256）。"),
        Column(key="note", header="说明", required=False, width=40),
        Column(key="mark", header="版本号", width=20,
               note="由本行各列与上一行的版本号算出；报表上印前 12 位。"),
    ),
)  # fmt: skip

CELLS = Sheet(
    name="计划版本明细",
    key=("number", "item_no", "channel"),
    purpose="各计划版本批准的数：大项一行合计（写计划开工、竣工），其下每个资金渠道一行；" + _BY_HAND,
    may_be_empty=True,
    may_be_missing=True,
    sealed=True,
    columns=(
        Column(key="number", header="版本序号", cell=Cell.INTEGER, least=1, most=9_999, width=9),
        Column(key="item_no", header="大项序号", cell=Cell.INTEGER, least=1, most=LARGEST_ITEM_NUMBER, width=9),
        Column(key="item_name", header="大项名称", required=False, beside="item_no", width=28),
        Column(key="channel", header="资金渠道", required=False, width=22,
               note="留空的是大项各渠道合计。"),
        money("plan_wan", "该年计划", least=0, width=14),
        Column(key="start", header="计划开工", cell=Cell.PERIOD, required=False, width=10,
               note="季度；首年前开工的和没有资金的留空。"),
        Column(key="finish", header="计划竣工", cell=Cell.PERIOD, required=False, width=10,
               note="季度；没有资金的留空。"),
    ),
)  # fmt: skip

# --- The calendar of what is due

EVERY = "每月"

DEADLINES = Sheet(
    name="报送日历",
    key=("what",),
    purpose="一年里什么时候要交什么，portfolio due 用，不参与推演；没有这张表或表是空的，则用惯例的日历",
    may_be_empty=True,
    may_be_missing=True,
    spare_rows=10,
    columns=(
        Column(key="what", header="要交什么", width=40),
        Column(key="who", header="谁给谁", required=False, width=34),
        Column(key="months", header="月份", width=12,
               note=f"{EVERY}，或一个到几个月份，如 10、1、4、7；几个月份用“、”隔开。"),
        Column(key="day", header="日", cell=Cell.INTEGER, least=1, most=31, width=6,
               note="那个月的几日以前；31 即月底。"),
        Column(key="nature", header="性质", cell=Cell.CHOICE, choices=tuple(Nature), width=10,
               note="文件规定了日期的才写规定。"),
        Column(key="basis", header="依据", width=40, note="规定的写文号；惯例的写从何而来。"),
        Column(key="forms", header="表号", required=False, width=10,
               note="portfolio forms 的哪几张表，如 1、2A。"),
    ),
)  # fmt: skip
