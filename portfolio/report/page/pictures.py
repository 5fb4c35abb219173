"""The pictures of the page in their order: what each is called and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portfolio.model.dossier import Dossier
from portfolio.report.page.luck_pictures import joint_tables, tornado_tables
from portfolio.report.page.play_pictures import (
    cause_tables,
    flow_tables,
    gantt_tables,
    gap_tables,
    graph_tables,
    year_tables,
)
from portfolio.report.page.repair_pictures import repair_tables
from portfolio.report.page.sourced import Sourced


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture: its name in the page, its title, two sentences on how to read it.

    short : its name among the links at the head of the page
    tables : what it is drawn from; the first is the table behind it
    needs : stress or repair, where it can't be drawn without; else ""
    tall : whether it is printed on an upright page
    """

    name: str
    title: str
    short: str
    how: str
    tables: Callable[[Dossier], tuple[Sourced, ...]]
    needs: str = ""
    tall: bool = False

    def missing(self, dossier: Dossier) -> str | None:
        """Why a scenario has no such picture; None where it has one."""
        if self.needs == "stress" and dossier.stress is None:
            return dossier.no_stress
        if self.needs == "repair" and dossier.repair is None:
            return dossier.no_repair
        return None


PICTURES = (
    Picture(
        name="years",
        title="逐年投资与年度目标",
        short="逐年",
        how="柱是当年计划与推演完成的投资，折线是折市重点口径，虚线是年度目标：折线低于虚线的年份没有达标（目标为上限时相反）。"
        "阴影由浅到深是压力测试各条路径的 P10–P90 与 P25–P75，阴影越宽越没有把握。",
        tables=year_tables,
    ),
    Picture(
        name="gantt",
        title="各大项的计划与推演（甘特图）",
        short="甘特图",
        how="每行一个大项，上面的细条是计划起止，下面的粗条是推演起止，橙色段是晚于计划的部分。"
        "横须是压力测试竣工的 P10 到 P90，须中的小竖线是 P50，伸到右缘的表示推演期末仍未竣工。",
        tables=gantt_tables,
        tall=True,
    ),
    Picture(
        name="flows",
        title="资金流向：渠道 → 工程 → 大项",
        short="资金流向",
        how="带子的宽度是金额，左边出、右边进，三列各自的合计相同。"
        "可选年份和计划或完成；鼠标停在带子上看金额和出处。",
        tables=flow_tables,
        tall=True,
    ),
    Picture(
        name="gaps",
        title="资金缺口：渠道 × 年份",
        short="资金缺口",
        how="颜色越深，该渠道当年没有满足的资金需要越多，空格表示没有缺口。"
        "未到位的部分下一年继续申请，所以同一渠道各年的缺口不能相加。",
        tables=gap_tables,
    ),
    Picture(
        name="graph",
        title="前置条件：谁等谁",
        short="前置条件",
        how="箭头由前置大项指向等待它的大项；点选一个大项，看它等待谁、谁等待它。"
        "橙框是本情景滞后的大项，紫色粗框粗线是决定末项竣工的那条链。",
        tables=graph_tables,
    ),
    Picture(
        name="causes",
        title="滞后原因瀑布图",
        short="滞后原因",
        how="从上到下逐个原因累加滞后的季数，最下一条是合计，等于已竣工各大项的滞后季数，加上未竣工大项到 <play_end> 年底受阻的季数。"
        "绿色、向左退回的一段表示工期缩短抵回的季数。",
        tables=cause_tables,
    ),
    Picture(
        name="tornado",
        title="决定因素（龙卷风图）",
        short="决定因素",
        how="每条横杠是一个因素处在最低一成与最高一成时结果的差别，越长越要紧，中线是全部路径的平均。"
        "因素的参数几乎都是假设，出处见悬停提示；差别小于抽样误差的不列。",
        tables=tornado_tables,
        needs="stress",
    ),
    Picture(
        name="joint",
        title="造价与竣工同时守住的把握",
        short="联合把握",
        how="每点是一条路径，两条虚线是批准造价和计划竣工，左下一格是两样都守住，四格合计为 100%（各自取整后可差 1）。"
        "等联合把握线上每一点的把握相同，它不是赶工曲线。",
        tables=joint_tables,
        needs="stress",
    ),
    Picture(
        name="repair",
        title="调整前后：资金在大项之间怎样挪",
        short="调整前后",
        how="左边是减少安排的大项，右边是增加安排的大项，中间是渠道；各年两边不等的部分记为净增加或净减少。"
        "下图比较不调整与调整后的各年投资，“承诺”是方案所定，“推演”是照方案再推演一遍的结果。",
        tables=repair_tables,
        needs="repair",
    ),
)
