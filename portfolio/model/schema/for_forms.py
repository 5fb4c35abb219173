"""Sheets that only printed forms show: issued bonds, purses, problems, words of the month."""

from __future__ import annotations

from typing import Any

from portfolio.model.facts import Level
from portfolio.model.forms.entered import Category, Effect, State
from portfolio.model.schema.funding import OF_CHANNELS
from portfolio.model.schema.layout import Cell, Column, OnlyWhen, Sheet, money
from portfolio.model.schema.plan import item_name, item_number

#: Said of every sheet here.
ONLY_FORMS = "只用于 portfolio forms 的各表，不参与推演。可以为空，也可以没有这张表"
LARGEST_TERM, LARGEST_RATE = 50, 0.2


def _project_code() -> Column:
    return Column(
        key="project_code",
        header="项目代码",
        required=False,
        may_be_missing=True,
        width=18,
        note="项目表中的代码；填了它，大项序号可以留空。大项自己的留空。",
    )


def _words(key: str, header: str, width: float = 14, **more: Any) -> Column:
    return Column(key=key, header=header, required=False, may_be_missing=True, width=width, **more)


def _money(key: str, header: str, note: str = "") -> Column:
    return money(key, header, least=0, required=False, may_be_missing=True, note=note)


def _date(key: str, header: str, **more: Any) -> Column:
    return Column(
        key=key, header=header, cell=Cell.DATE, required=False, may_be_missing=True, **more
    )


def _until(note: str) -> Column:
    return Column(key="period", header="截至", cell=Cell.PERIOD, width=11, note=note)


OF_THE_MONTH = Sheet(
    name="月报补充",
    key=("item_no", "project_code", "period"),
    purpose=f"月报要印、推演不用的话：建设规模及内容、形象进度、去年同期。{ONLY_FORMS}",
    may_be_empty=True,
    may_be_missing=True,
    frozen=4,
    spare_rows=100,
    columns=(
        item_number(required=False),
        item_name(),
        _project_code(),
        _until("说的是哪个月，如 <first+5>-10；去年同期只用截至月那一行的，文字用最近一行的。"),
        _words("scope", "建设规模及内容", 40, note="批复口径。"),
        _words("works", "形象进度说明", 30, note="如 主体结构封顶，不是百分比。"),
        _money("last_year_wan", "去年同期累计",
               "去年 1 月至同月的完成投资；去年按月填了月度执行的不必填。"),
    ),
)  # fmt: skip

PURSES = Sheet(
    name="资金台账",
    key=("item_no", "project_code", "channel", "level", "period"),
    purpose=f"各大项、项目按渠道的预算、下达、结转、应付与质保金，表2A 用。{ONLY_FORMS}",
    may_be_empty=True,
    may_be_missing=True,
    frozen=5,
    spare_rows=100,
    columns=(
        item_number(required=False),
        item_name(),
        _project_code(),
        Column(
            key="channel",
            header="资金渠道",
            refers_to=OF_CHANNELS,
            width=30,
            note="资金渠道表中的渠道名称。",
        ),
        Column(
            key="level",
            header="级次",
            cell=Cell.CHOICE,
            choices=tuple(Level),
            required=False,
            width=9,
            note="哪一级的钱；一个渠道有几级的各填一行。",
        ),
        _until("到哪个月为止，如 <first+5>-10；只用截至月及以前最近的一行，须在同一年。"),
        _money("initial_wan", "年初预算"),
        _money("adjusted_wan", "调整后预算", "没有调整的留空。"),
        _money("issued_wan", "指标已下达", "年初起累计，不得多于预算。"),
        _money("carried_wan", "上年结转到位"),
        _money("payable_wan", "累计应付", "开工以来按合同应付的，不含未到期的质保金。"),
        _money("settled_wan", "累计支付", "开工以来已付的；<first>年以前没有投资的可以留空。"),
        _money("retained_wan", "质保金"),
        _money("idle_wan", "闲置超一年", "结余中闲置超过一年的部分。"),
    ),
)

BONDS = Sheet(
    name="专项债券",
    key=("bond_code", "item_no", "project_code"),
    purpose="已发行的专项债券，一只债券一个项目一行；各列采公开表，表2B 用。"
    f"{ONLY_FORMS}",
    may_be_empty=True,
    may_be_missing=True,
    frozen=2,
    spare_rows=60,
    columns=(
        Column(key="bond_name", header="债券名称", width=34),
        Column(key="bond_code", header="债券编码", width=14),
        _date("issued_on", "发行日"),
        Column(key="term_years", header="期限（年）", cell=Cell.NUMBER, required=False,
               may_be_missing=True, least=1, most=LARGEST_TERM, width=10),
        Column(key="rate", header="利率（%）", cell=Cell.RATIO, required=False,
               may_be_missing=True, least=0, most=LARGEST_RATE, width=10,
               note="票面利率，填 2.15% 或 0.0215。"),
        _words("batch", "批次", 12),
        _money("issue_wan", "发行额", "这只债券的发行总额；各项目之和应与它相等。"),
        item_number(required=False),
        item_name(),
        _project_code(),
        _words("supervisor", "主管部门", 18, note="留空则用责任单位。"),
        _money("planned_wan", "债券计划", "项目总投资中计划由专项债券承担的部分。"),
        money("amount_wan", "本期债券金额", least=0, note="这只债券给本项目的金额。"),
        _money("capital_wan", "用作资本金"),
        _money("allotted_wan", "已拨付", "财政拨给单位的累计数，不得多于债券金额。"),
        _money("spent_wan", "已支出", "单位付给施工方等的累计数，不得多于已拨付。"),
        _money("built_wan", "已实现投资"),
        _money("built_bond_wan", "已实现投资中债券"),
        _words("condition", "建设与运营情况", 24),
        _date("arrived_on", "到位日期", note="债券资金到项目单位的日期；到位满月数由它算出。"),
        _words("idle_reason", "闲置原因", 24),
        _words("move_to", "拟调整至", 20),
        _money("income_due_wan", "预计收益", "至今按申报方案应有的项目收益。"),
        _money("income_wan", "实现收益"),
        _money("service_due_wan", "应付本息", "至今应还本付息额。"),
        _money("service_paid_wan", "已付本息"),
    ),
)  # fmt: skip

TROUBLES = Sheet(
    name="问题台账",
    purpose=f"各大项、项目的问题与缺口，一个问题一行，销号后也不删，表1、表6 用。{ONLY_FORMS}",
    may_be_empty=True,
    may_be_missing=True,
    frozen=1,
    spare_rows=60,
    columns=(
        Column(key="no", header="编号", unique="问题编号", width=12,
               note="本单位自编，如 <first+5>-001；销号后不再用。"),
        item_number(required=False),
        item_name(),
        _project_code(),
        Column(key="category", header="类别", cell=Cell.CHOICE, choices=tuple(Category), width=10),
        Column(key="problem", header="问题", width=40, note="一句话。"),
        Column(key="effect", header="影响", cell=Cell.CHOICE, choices=tuple(Effect),
               required=False, may_be_missing=True, width=10,
               note="停工、资金断供的亮红灯。"),
        _money("gap_wan", "缺口额", "缺多少钱；不是缺钱的留空。"),
        Column(key="from_period", header="缺口起", cell=Cell.PERIOD, required=False,
               may_be_missing=True, width=11),
        Column(key="to_period", header="缺口止", cell=Cell.PERIOD, required=False,
               may_be_missing=True, width=11),
        _words("measure", "措施", 40),
        _words("owner", "责任单位", 18, note="留空则用项目或大项的责任单位。"),
        _words("person", "责任人", 10),
        _date("due", "时限"),
        _date("moved_to", "延期至", note="延期须写新时限，原时限不改。",
              only_when=OnlyWhen(
                  key="state", values=(State.MOVED,),
                  lacking=("状态是“延期”，没有写新时限", "请填“延期至”，原来的时限不要改"),
                  surplus=("填了“延期至”，状态是“{when}”", "请把状态改为“延期”，或清空“延期至”"),
              )),
        Column(key="state", header="状态", cell=Cell.CHOICE, choices=tuple(State), width=8),
        _date("closed_on", "销号日期",
              only_when=OnlyWhen(
                  key="state", values=(State.CLOSED,),
                  lacking=("状态是“已销”，没有销号日期", "请填销号日期；没有复核的改为“在办”"),
                  surplus=("填了销号日期，状态是“{when}”", "请把状态改为“已销”，或清空销号日期"),
              )),
        _words("evidence", "佐证", 30, note="责任单位提交、复核过的材料；没有佐证不能销号。",
               only_when=OnlyWhen(
                   key="state", values=(State.CLOSED,),
                   lacking=("状态是“已销”，没有佐证", "请填佐证；还没有提交佐证的改为“在办”"),
               )),
    ),
)  # fmt: skip

#: What is filed for approval, by the columns' keys.
FILED = ("estimate", "aims", "subject", "repayment")
FILINGS = Sheet(
    name="申报补充",
    key=("item_no", "project_code"),
    purpose=f"年度计划、预算调整要印的话：概算批复文号、绩效目标、功能科目、收益来源，表3B、表5 用。"
    f"{ONLY_FORMS}",
    may_be_empty=True,
    may_be_missing=True,
    frozen=3,
    spare_rows=60,
    columns=(
        item_number(required=False),
        item_name(),
        _project_code(),
        _words(FILED[0], "概算批复文号", 24, note="没有批复的留空；新开工没有批概算的，表3B 亮红灯。"),
        _words(FILED[1], "绩效目标", 40, note="一句话。"),
        _words(FILED[2], "功能科目", 24, note="支出功能分类科目；由财政填。"),
        _words(FILED[3], "收益来源", 30, note="专项债券用什么收入偿还，如 门票、租金、污水处理费。"),
    ),
)  # fmt: skip

FOR_FORMS = (OF_THE_MONTH, PURSES, BONDS, TROUBLES, FILINGS)
