"""Sheets that make the plan: items, totals, gates, targets, known years."""

from __future__ import annotations

from portfolio.model.items import STAGES, Profile, TargetKind
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.sheets.layout import (
    NOT_PLAYED,
    REPAIR_ONLY,
    STRESS_ONLY,
    Cell,
    Column,
    Sheet,
    money,
    provenance,
    share,
)

#: Published yearly figures may reach back this far, counted from the first year.
FIRST_TARGET_YEAR = -11
GATE_TYPES = {
    "SS": "同步开工（SS）",
    "PROGRESS": "达到进度（PROGRESS）",
    "FS": "完成后开工（FS）",
    "FF": "完成后收尾（FF）",
}
HARD, SOFT = "硬约束", "软约束"
TOTAL_LEVELS = ("合计", "工程", "类别", "组")


def item_number(key: str = "item_no", header: str = "大项序号", *, required: bool = True) -> Column:
    """A column pointing to an item by number; the number decides, the name is for reading."""
    return Column(
        key=key,
        header=header,
        cell=Cell.INTEGER,
        required=required,
        least=1,
        most=999_999,
        width=10,
        note="项目清单中的序号。以序号为准，名称须与之一致。",
    )


def item_name(key: str = "item_name", header: str = "大项名称") -> Column:
    """The name beside an item number; may be left empty."""
    return Column(
        key=key,
        header=header,
        required=False,
        width=24,
        note="可以留空；填写时须与序号对应的大项名称一致。",
    )


ITEMS = Sheet(
    name="项目清单",
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
            most=999_999,
            width=7,
            note="不重复的正整数。其他各表用它指认大项。",
        ),
        Column(key="name", header="大项名称", editable=False, width=30),
        Column(key="work", header="工程", editable=False, width=14, note="所属的<list>。"),
        Column(
            key="category",
            header="类别",
            editable=False,
            required=False,
            width=24,
            note="工程下的（一）（二）级；没有的留空。",
        ),
        Column(
            key="group",
            header="组别",
            editable=False,
            required=False,
            width=14,
            note="类别下的组；没有的留空。",
        ),
        money(
            "total_wan",
            "总投资",
            editable=False,
            note="含 <first> 年前、<first>—<last> 年和 <last> 年后。公布数，改动后与汇总校核对不上。",
        ),
        money(
            "plan_wan",
            "“<period>”投资",
            editable=False,
            width=15,
            note="<first>—<last> 年合计，不得大于总投资。公布数。",
        ),
        money(
            "earlier_wan",
            "<first>年前已完成",
            least=0,
            width=17,
            note="没有的填 0。与“<period>”投资之和不得大于总投资。",
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
        ),
        Column(
            key="tags",
            header="标签",
            width=20,
            required=False,
            note="用“；”隔开，可以留空。情景文件可按标签选取大项。",
        ),
        Column(
            key="risk_class",
            header="风险类别",
            listed=("风险参数", "title"),
            width=24,
            note="风险参数表中的名称。新开工类的投资曲线取自它。",
        ),
        Column(
            key="stage",
            header="阶段",
            cell=Cell.CHOICE,
            choices=STAGES,
            width=9,
            note=f"前期工作做到哪一步：越靠后，超支与延期越小（见阶段系数表）；备案类按落地率。"
            f"{STRESS_ONLY}。",
        ),
        Column(
            key="profile",
            header="投资节奏",
            cell=Cell.CHOICE,
            choices=tuple(Profile),
            width=11,
            note="项目群：按年度目标表中的年度权重分年；新开工：按风险类别的曲线分年。",
        ),
        money(
            "yearly_cap_wan",
            "年度上限",
            required=False,
            note="一年最多能完成的投资。留空即以计划最大的一年为上限；"
            "填得比它小时也按计划最大的一年算。",
        ),
        Column(
            key="min_duration_years",
            header="最短工期（年）",
            cell=Cell.INTEGER,
            least=1,
            most=30,
            width=10,
            note=f"从开工到完工至少几年。{NOT_PLAYED}。",
        ),
        share(
            "contract_share_bps",
            "合同锁定比例",
            note=f"下一年计划中已签合同的部分。{REPAIR_ONLY}。",
        ),
        share(
            "min_capital_share_bps",
            "最低资本金比例",
            width=15,
            note=f"规定的资本金占投资的比例。{REPAIR_ONLY}。",
        ),
        provenance(),
    ),
)

TOTALS = Sheet(
    name="汇总校核",
    purpose="规划公布的汇总数，用来核对项目清单",
    may_be_empty=True,
    frozen=2,
    columns=(
        Column(
            key="level",
            header="层级",
            cell=Cell.CHOICE,
            choices=TOTAL_LEVELS,
            editable=False,
            width=8,
        ),
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
        Column(key="id", header="编号", width=8),
        item_number("pred_no", "前置序号"),
        item_name("pred_name", "前置大项"),
        item_number("succ_no", "后续序号"),
        item_name("succ_name", "后续大项"),
        Column(
            key="type",
            header="类型",
            cell=Cell.CHOICE,
            choices=tuple(GATE_TYPES.values()),
            width=22,
            note="同步开工：前置动工即放行；达到进度：前置完成到某一比例；完成后开工/收尾："
            "前置全部完成。",
        ),
        share(
            "fraction_bps",
            "前置须达到（占“<period>”投资）",
            required=False,
            width=16,
            note="只有“达到进度”才填。门槛＝<first>年前已完成＋本比例×“<period>”投资。",
        ),
        share(
            "holds_bps",
            "后续上限（占“<period>”投资）",
            required=False,
            width=16,
            note="放行前后续大项最多做到：<first>年前已完成＋本比例×“<period>”投资。"
            "0 或留空表示不得开工。",
        ),
        Column(
            key="lag_quarters",
            header="滞后（季度）",
            cell=Cell.INTEGER,
            least=0,
            most=40,
            width=9,
            note="前置条件达到后再等几个季度放行。",
        ),
        Column(
            key="strength",
            header="约束",
            cell=Cell.CHOICE,
            choices=(HARD, SOFT),
            width=9,
            note="硬约束必须遵守；软约束一般只作提示，情景中可要求遵守。",
        ),
        Column(key="reason", header="理由", width=52),
        provenance(),
    ),
)

TARGETS = Sheet(
    name="年度目标",
    purpose="各年投资目标、入列系数与项目群年度权重，旁列公布数",
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
        ),
        Column(
            key="kind",
            header="目标类型",
            cell=Cell.CHOICE,
            choices=tuple(TargetKind),
            width=10,
            note="下限：不低于；上限：不高于；区间：在目标与区间上沿之间。",
        ),
        money("upper_wan", "区间上沿", required=False, note="只有“区间”才填，须大于年度目标。"),
        share(
            "inclusion_bps",
            "入列系数",
            least=1,
            required=False,
            note="大项投资折成市重点口径的比例，<first> 年起每年必填。",
        ),
        share(
            "programme_weight_bps",
            "项目群年度权重",
            required=False,
            width=15,
            note="<first>—<last> 年必填，五年合计 100%；其他年份留空。",
        ),
        money("published_plan_wan", "公布年度计划", required=False, editable=False, width=15),
        money("published_done_wan", "公布完成投资", required=False, editable=False, width=15),
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
    purpose="个别大项已知的年度投资；未列的年份由系统推算，可以为空",
    may_be_empty=True,
    frozen=3,
    spare_rows=60,
    columns=(
        item_number(),
        item_name(),
        Column(
            key="year",
            header="年份",
            cell=Cell.YEAR,
            least=0,
            most=PLAN_YEARS - 1,
            width=7,
        ),
        money("money_wan", "投资", least=0, note="该大项该年的投资，原样采用；确无投资填 0。"),
        provenance(),
    ),
)
