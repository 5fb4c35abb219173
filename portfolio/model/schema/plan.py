"""Sheets that make the plan: items, totals, gates, targets, known years."""

from __future__ import annotations

from typing import Any

from portfolio.model.facts import Level
from portfolio.model.gates import GateType
from portfolio.model.items import (
    STAGES,
    BondUse,
    ListPlanKind,
    Profile,
    ProjectKind,
    Revenue,
    TargetKind,
)
from portfolio.model.quarters import PLAN_YEARS, PLAY_QUARTERS
from portfolio.model.schema.layout import (
    NOT_PLAYED,
    REPAIR_ONLY,
    STRESS_ONLY,
    Cell,
    Column,
    OnlyWhen,
    Reference,
    Said,
    Sheet,
    money,
    provenance,
    share,
)

#: Of items, in every sheet and every verb that numbers one.
LARGEST_ITEM_NUMBER = 999_999
#: Published yearly figures may reach back this far, counted from the first year.
FIRST_TARGET_YEAR = -11
GATE_TYPES = {
    "SS": "同步开工（SS）",
    "PROGRESS": "达到进度（PROGRESS）",
    "FS": "完成后开工（FS）",
    "FF": "完成后收尾（FF）",
}
#: Columns that point to an item by its number; the name beside ends in `_name`.
POINTS_TO_ITEM = ("item_no", "pred_no", "succ_no")
OF_CLASSES = Reference(sheet="风险参数", name="title", id="key", what="风险类别")
HARD, SOFT = "硬约束", "软约束"
OR_NAME = "大项编号或名称"
TOTAL_LEVELS = ("合计", "工程", "类别", "组")


def item_number(
    key: str = "item_no", header: str = "大项序号", *, required: bool = True, **more: Any
) -> Column:
    """A column pointing to an item by number; the number decides, the name is for reading."""
    return Column(
        key=key,
        header=header,
        cell=Cell.INTEGER,
        required=required,
        least=1,
        most=LARGEST_ITEM_NUMBER,
        width=10,
        numbers="项目清单",
        note="项目清单中的序号。以序号为准，名称须与之一致。",
        **more,
    )


def year_of(years: int) -> Column:
    """A year of the first so many."""
    return Column(key="year", header="年份", cell=Cell.YEAR, least=0, most=years - 1, width=7)


def item_name(key: str = "item_name", header: str = "大项名称", beside: str = "item_no") -> Column:
    """The name beside an item number; may be left empty."""
    return Column(
        key=key,
        header=header,
        required=False,
        width=24,
        beside=beside,
        note="可以留空；填写时须与序号对应的大项名称一致。",
    )


def _fixed(key: str, header: str, width: float, **more: Any) -> Column:
    """A column as published; not for editing."""
    return Column(key=key, header=header, width=width, editable=False, **more)


def _of_office(key: str, header: str, width: float, **more: Any) -> Column:
    """A column that an office's own list has and a published one hasn't: may be empty or left out."""
    return Column(key=key, header=header, width=width, required=False, may_be_missing=True, **more)


def _of_gate(word: str, about: str, **more: Any) -> Said:
    """How 前置条件 gives a column: a gate that is changed needs none of them."""
    return Said(word=word, about=about, optional=True, **more)


#: What an office knows of its projects beside their money; none of it is published for the items.
OF_AN_OFFICE = (
    _of_office("code", "项目代码", 22, also=("项目编码", "投资项目代码"), unique="项目代码", fix="每个代码只用于一行，请改正其中一个",
               note="投资项目在线审批监管平台的代码，或本单位的编号；没有的留空。"),
    _of_office("owner", "责任单位", 18, may_span=True,
               also=("牵头单位", "主管部门", "责任部门"), note="对进度负责的单位；各表、各页按它列名、筛选。"),
    _of_office("builder", "建设单位", 18, may_span=True,
               also=("业主单位", "项目业主", "项目法人"), note="项目法人或代建单位。"),
    _of_office("district", "所在区", 10, may_span=True, also=("所属区", "区域"), note="跨区的写“全市”或列出各区。"),
    _of_office("tier", "级次", 9, cell=Cell.CHOICE, choices=tuple(Level),
               note="投资主要由哪一级负责。"),
    _of_office("project_kind", "项目类别", 10, cell=Cell.CHOICE, choices=tuple(ProjectKind),
               note="<first> 年时：续建、新开工、计划竣工 或 前期预备。"),
    _of_office("revenue", "有无收益", 9, cell=Cell.CHOICE, choices=tuple(Revenue),
               note="有没有自己的经营收入：有、部分 或 无。"),
    _of_office("bond_use", "可否专项债", 10, cell=Cell.CHOICE, choices=tuple(BondUse),
               note="可：可以发；部分：只限其中一部分；打包：与有收益的打包才可以；否：不得发。"
               "有收益不等于可以发专项债。"),
    share("bond_capital_bps", "专项债作资本金", required=False, may_be_missing=True, width=13,
          note="本大项的专项债券中作项目资本金的比例；留空即按资金渠道表的可充资本金比例。"),
    _of_office("aliases", "别名", 20, many=True,
               note="平时的叫法，用“；”隔开，如 地铁；命令中可以用它指认大项。不得与别的名称相同。"),
    _of_office("first_year", "首年", 7, cell=Cell.YEAR, least=0, most=PLAN_YEARS - 1,
               note="从哪一年起有投资，此前各年不排；留空即从 <first> 年起，“<period>”投资为 0 的从其后一年起。",
           added_as=Said(word="首年", about="从哪一年起有投资，如 <first+5>", optional=True)),
    _of_office("goal", "年度建设目标", 34, note="今年要做到哪一步，用一句话。"),
)  # fmt: skip

ITEMS = Sheet(
    name="项目清单",
    key=("no",),
    alike=("code", "name"),
    purpose="大项：投资、优先级与实施条件，一行一个大项；各列是否参与推演见列上的说明",
    frozen=2,
    spare_rows=20,
    columns=(
        Column(
            key="no",
            header="序号",
            editable=False,
            cell=Cell.INTEGER,
            least=1,
            most=LARGEST_ITEM_NUMBER,
            width=7,
            note="不重复的正整数。其他各表用它指认大项。",
            also=("编号", "大项序号", "大项编号"),
            added_as=Said(word="编号", about="未用过的编号"),
        ),
        _fixed(
            "name",
            "大项名称",
            30,
            also=("名称", "项目名称", "大项"),
            added_as=Said(word="名称", about="未用过的名称"),
        ),
        _fixed(
            "work",
            "工程",
            14,
            note="所属的<list>。",
            also=("所属工程", "板块"),
            may_span=True,
            added_as=Said(word="工程", about="所属工程"),
        ),
        _fixed(
            "category",
            "类别",
            24,
            required=False,
            may_span=True,
            note="工程下的（一）（二）级；没有的留空。",
            only_when=OnlyWhen(
                key="group", lacking=("有组别却没有类别", "请填写组别所属的类别，或清空组别")
            ),
            added_as=Said(word="类别", about="所属类别", optional=True),
        ),
        _fixed("group", "组别", 14, required=False, may_span=True, note="类别下的组；没有的留空。"),
        money(
            "total_wan",
            "总投资",
            editable=False,
            also=("项目总投资", "总投资额", "投资总额", "概算总投资"),
            note="含 <first> 年前、<first>—<last> 年和 <last> 年后。公布数，改动后与汇总校核对不上。",
            added_as=Said(word="总投资", about="亿元"),
        ),
        money(
            "plan_wan",
            "“<period>”投资",
            least=0,
            editable=False,
            width=15,
            also=("计划期投资", "规划期投资", "<first>—<last>年投资"),
            note="<first>—<last> 年合计，不得大于总投资；全部在 <last> 年后的填 0。公布数。",
            added_as=Said(word="<period>投资", about="计划期（首年至计划期末年）投资，亿元"),
        ),
        money(
            "earlier_wan",
            "<first>年前已完成",
            least=0,
            width=17,
            also=("<first>年前完成投资", "<first>年前累计完成投资"),
            note="没有的填 0。与“<period>”投资之和不得大于总投资。",
            added_as=Said(word="<first>年前已完成", about="亿元", default=0),
        ),
        Column(
            key="priority",
            header="优先级（1最先）",
            cell=Cell.INTEGER,
            least=1,
            most=4,
            choices=("1", "2", "3", "4"),
            width=14,
            note="1 最先：资金不足时按级次先后保障。",
            name="优先级",
            set_as=Said(word="级别", about="1、2、3 或 4，1 最先", told="第 {} 级"),
            added_as=Said(word="优先级", about="1–4，1 最先"),
        ),
        Column(
            key="tags",
            header="标签",
            width=20,
            required=False,
            many=True,
            note="用“；”隔开，可以留空。情景文件可按标签选取大项。",
            added_as=Said(word="标签", about="标签，可写多个", default=()),
        ),
        Column(
            key="risk_class",
            header="风险类别",
            refers_to=OF_CLASSES,
            width=24,
            note="风险参数表中的名称。新开工类的投资曲线取自它。",
            added_as=Said(
                word="风险类别", about="风险参数表中的名称（如 医院）或代码（如 hospital）"
            ),
        ),
        Column(
            key="stage",
            header="阶段",
            cell=Cell.CHOICE,
            choices=STAGES,
            width=9,
            note=f"前期工作做到哪一步：越靠后，超支与延期越小（见阶段系数表）；备案类按落地率。"
            f"{STRESS_ONLY}。",
            added_as=Said(
                word="阶段", about=f"{'、'.join(STAGES[:-1])} 或 {STAGES[-1]}；{STRESS_ONLY}"
            ),
        ),
        Column(
            key="profile",
            header="投资节奏",
            cell=Cell.CHOICE,
            choices=tuple(Profile),
            width=11,
            note="项目群：按年度目标表中的年度权重分年；新开工：按风险类别的曲线分年。",
            added_as=Said(
                word="投资节奏",
                was=("投资曲线",),
                about="项目群（逐年滚动）或 新开工（前慢中快后慢）",
            ),
        ),
        money(
            "yearly_cap_wan",
            "年度上限",
            required=False,
            note="一年最多能完成的投资。留空即以计划最大的一年为上限；"
            "填得比它小时也按计划最大的一年算。",
            set_as=Said(
                word="金额",
                about="如 120亿（不写单位为亿元）；比计划最大的一年小时，以那一年为上限；"
                "不到原来的 1/100 或超过 100 倍的须加“!”",
                refusal=("年度上限 {} 超出范围", "请写大于 0 的金额；要一段时间不做请用“停工”"),
            ),
            added_as=Said(
                word="年度上限",
                about="一年最多完成多少，亿元；不写、或比计划最大的一年小，都以那一年为上限",
                refusal=("年度上限为 0", "请写大于 0 的金额；没有上限请不写"),
                optional=True,
            ),
        ),
        Column(
            key="min_duration_years",
            header="最短工期（年）",
            cell=Cell.INTEGER,
            least=1,
            most=30,
            width=10,
            note=f"从开工到完工至少几年。{NOT_PLAYED}。",
            added_as=Said(word="最短工期", about=f"年；{NOT_PLAYED}", default=1),
        ),
        share(
            "contract_share_bps",
            "合同锁定比例",
            note=f"下一年计划中已签合同的部分。{REPAIR_ONLY}。",
            set_as=Said(word="比例", about="如 50%；0 为没有合同"),
            added_as=Said(
                word="合同锁定比例",
                was=("已签约比例",),
                about=f"如 50%；{REPAIR_ONLY}",
                default=0,
            ),
        ),
        share(
            "min_capital_share_bps",
            "最低资本金比例",
            width=15,
            note=f"规定的资本金占投资的比例。{REPAIR_ONLY}。",
            set_as=Said(word="比例", about="如 20%"),
            added_as=Said(
                word="最低资本金比例", about=f"如 20%（默认）；{REPAIR_ONLY}", default=2000
            ),
        ),
        *OF_AN_OFFICE,
        provenance(added_as=Said(word="依据", about="数从何来", default="")),
    ),
)

TOTALS = Sheet(
    name="汇总校核",
    key=("level", "name", "parent"),
    purpose="规划公布的汇总数，用来核对项目清单",
    may_be_empty=True,
    frozen=2,
    columns=(
        _fixed("level", "层级", 8, cell=Cell.CHOICE, choices=TOTAL_LEVELS),
        Column(key="name", header="名称", editable=False, width=28),
        Column(key="parent", header="上级名称", required=False, editable=False, width=28),
        Column(
            key="item_count",
            header="公布大项数（个）",
            cell=Cell.INTEGER,
            required=False,
            least=1,
            most=999_999,
            editable=False,
            width=12,
            note="没有公布的留空。",
        ),
        money("total_wan", "公布总投资", editable=False),
        money("plan_wan", "公布“<period>”投资", editable=False, width=18),
        provenance(),
    ),
)

GATES = Sheet(
    name="依赖关系",
    purpose="前置条件：后续大项在前置大项达到某一进度之前，投资不得越过某一上限",
    may_be_empty=True,
    frozen=5,
    spare_rows=30,
    columns=(
        Column(
            key="id",
            header="编号",
            width=8,
            unique="编号",
            fix="请改为没有用过的编号",
            added_as=_of_gate("编号", "如 E046"),
        ),
        item_number("pred_no", "前置序号", added_as=_of_gate("前项", OR_NAME, cell=Cell.TEXT)),
        item_name("pred_name", "前置大项", "pred_no"),
        item_number("succ_no", "后续序号", added_as=_of_gate("后项", OR_NAME, cell=Cell.TEXT)),
        item_name("succ_name", "后续大项", "succ_no"),
        Column(
            key="type",
            header="类型",
            cell=Cell.CHOICE,
            choices=tuple(GATE_TYPES.values()),
            means=tuple(map(GateType, GATE_TYPES)),
            width=22,
            note="同步开工：前置动工即放行；达到进度：前置完成到某一比例；完成后开工/收尾："
            "前置全部完成。",
            added_as=_of_gate(
                "类型",
                f"{'、'.join(GATE_TYPES.values())} 之一，也可只写括号前或括号里的字；"
                "同步开工：前项动工即放行；完成后收尾：前项完成前，后项不得超过后项上限",
                also=tuple(
                    (word, GateType(code))
                    for code, label in GATE_TYPES.items()
                    for word in (label.partition("（")[0], code)
                ),
            ),
        ),
        share(
            "fraction_bps",
            "前置须达到（占“<period>”投资）",
            required=False,
            width=16,
            note="只有“达到进度”才填。门槛＝<first>年前已完成＋本比例×“<period>”投资（为 0 的按其后投资）。",
            only_when=OnlyWhen(
                key="type",
                values=(GATE_TYPES["PROGRESS"],),
                lacking=(
                    "“{when}”没有写明前置须达到的比例",
                    "请填大于 0 的百分数，或改为“同步开工（SS）”",
                ),
                surplus=(
                    "“{when}”不用前置须达到的比例，这里填了 {value}",
                    "请清空，或把类型改为“达到进度（PROGRESS）”",
                ),
            ),
            added_as=_of_gate("前项达到", "前项“<period>”投资的完成比例，如 25%", cell=Cell.FACTOR),
        ),
        share(
            "holds_bps",
            "后续上限（占“<period>”投资）",
            required=False,
            width=16,
            note="放行前后续大项最多做到：<first>年前已完成＋本比例×“<period>”投资（为 0 的按其后投资）。"
            "0 或留空表示不得开工。",
            added_as=_of_gate(
                "后项上限",
                "条件达到前，后项最多完成“<period>”投资的比例；0 为不得开工",
                cell=Cell.FACTOR,
            ),
        ),
        Column(
            key="lag_quarters",
            header="滞后（季度）",
            cell=Cell.INTEGER,
            least=0,
            most=PLAY_QUARTERS,
            width=9,
            note="前置条件达到后再等几个季度放行。",
            added_as=_of_gate("滞后季度", "达到后再过几个季度"),
        ),
        Column(
            key="strength",
            header="约束",
            cell=Cell.CHOICE,
            choices=(HARD, SOFT),
            means=(True, False),
            width=9,
            note="硬约束必须遵守；软约束一般只作提示，情景中可要求遵守。",
            added_as=_of_gate(
                "强度", f"{HARD} 或 {SOFT}（也可只写 硬、软）", also=(("硬", True), ("软", False))
            ),
        ),
        Column(key="reason", header="理由", width=52, added_as=_of_gate("原因", "为什么")),
        provenance(),
    ),
)

TARGETS = Sheet(
    name="年度目标",
    key=("year",),
    purpose="各年投资目标、入列系数与项目群年度权重，旁列当年名单的计划与完成",
    columns=(
        Column(
            key="year",
            header="年份",
            cell=Cell.YEAR,
            least=FIRST_TARGET_YEAR,
            most=PLAN_YEARS - 1,
            width=7,
            note="<first> 至 <plan_end> 年每年一行，不重复。",
        ),
        money(
            "target_wan",
            "年度目标",
            required=False,
            note="折市重点口径的目标；留空即该年没有目标。",
            only_when=OnlyWhen(
                key="kind",
                values=(TargetKind.BAND,),
                lacking=("“区间”没有填年度目标", "请填区间的下沿，或改目标类型"),
            ),
            set_as=Said(
                word="金额", about="亿元；区间的下端；不到原来的 1/100 或超过 100 倍的须加“!”"
            ),
        ),
        Column(
            key="kind",
            header="目标类型",
            cell=Cell.CHOICE,
            choices=tuple(TargetKind),
            width=10,
            note="下限：不低于；上限：不高于；区间：在目标与区间上沿之间。",
            name="年度目标类型",
            set_as=Said(word="类型", about="下限、上限 或 区间"),
        ),
        money(
            "upper_wan",
            "区间上沿",
            required=False,
            note="只有“区间”才填，须大于年度目标。",
            only_when=OnlyWhen(
                key="kind",
                values=(TargetKind.BAND,),
                lacking=("“区间”没有填区间上沿", "请填大于年度目标的金额"),
                surplus=(
                    "目标类型是“{when}”，却填了区间上沿 {value} 亿元",
                    "请清空区间上沿，或把目标类型改为“区间”",
                ),
            ),
            name="年度目标上限",
            set_as=Said(word="上限金额", about="区间的上端，亿元；相差百倍的同样须加“!”"),
        ),
        share(
            "inclusion_bps",
            "入列系数",
            least=1,
            required=False,
            note="大项投资折成市重点口径的比例，<first> 年起每年必填。",
            set_as=Said(
                word="系数",
                about="一个系数，或每年一个",
                each=True,
                refusal=("入列系数超出范围", "入列系数请写大于 0、不超过 1 的数，如 0.7"),
            ),
        ),
        share(
            "programme_weight_bps",
            "项目群年度权重",
            required=False,
            width=15,
            note="<first>—<last> 年必填，五年合计 100%；其他年份留空。",
        ),
        money(
            "list_plan_wan",
            "名单计划",
            required=False,
            was=("公布年度计划（亿元）",),
            note="当年重点项目名单的年度计划（年初口径）。有公布数的照公布数填；"
            "公布了后一年的，前面各年即已过去，推演不再评判。",
            set_as=Said(
                word="名单计划",
                about="当年重点项目名单的年度计划，亿元；相差百倍的同样须加“!”；不写性质的算假设；"
                "名单的把握按它算",
            ),
        ),
        Column(
            key="list_plan_kind",
            header="名单计划性质",
            cell=Cell.CHOICE,
            choices=tuple(ListPlanKind),
            required=False,
            may_be_missing=True,
            width=12,
            note="公布、内插 或 假设；留空即公布。内插的不给把握，假设的处处标明；没有名单计划的留空。",
            set_as=Said(word="名单计划性质", about="公布、内插 或 假设；公布的须有依据"),
            only_when=OnlyWhen(
                key="list_plan_wan",
                surplus=("没有名单计划，却填了性质 {value}", "请填名单计划，或清空性质"),
            ),
        ),
        money(
            "list_done_wan",
            "名单完成",
            required=False,
            was=("公布完成投资（亿元）",),
            note="当年重点项目名单全年完成投资的公布数；只有年内数的不填，记入公开记录。",
        ),
        Column(
            key="published_projects",
            header="公布项目数（个）",
            cell=Cell.INTEGER,
            required=False,
            least=1,
            most=999_999,
            editable=False,
            width=11,
        ),
        provenance(),
    ),
)

KNOWN_YEARS = Sheet(
    name="年度计划",
    key=("item_no", "year"),
    purpose="个别大项已知的年度投资；未列的年份由系统推算，可以为空",
    may_be_empty=True,
    frozen=3,
    spare_rows=60,
    columns=(
        item_number(),
        item_name(),
        year_of(PLAN_YEARS),
        money("money_wan", "投资", least=0, note="该大项该年的投资，原样采用；确无投资填 0。"),
        provenance(),
    ),
)
