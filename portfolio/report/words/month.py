"""What is said of a month's returns: to who fills them in, and to who closes the month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from portfolio.model.approved.promote import Changes, SpanChange
from portfolio.model.approved.records import SHORT, Record
from portfolio.model.calendar import Calendar
from portfolio.model.facts import month_label
from portfolio.model.money import yi_text
from portfolio.model.month.close import ClosedMonth, State
from portfolio.model.month.deadlines import Due, Nature
from portfolio.model.month.further import FurtherRow
from portfolio.model.month.owed import Owed
from portfolio.model.month.returned import Weight
from portfolio.model.month.seal import Verified
from portfolio.model.schema.returns import REOPENED

if TYPE_CHECKING:
    from portfolio.report.tables.month import Sent

_YELLOW = "黄色的格填，灰色的格不改。"
HOW_LINE = (
    f"{_YELLOW}金额一律填到本月底的本年累计数，单位万元；没有进展的填上月的数，未动工的填 0。"
)
HOW_TO_FILL = (
    "“填报”表一行一个项目，“资金”表一行一个项目的一个渠道。只填黄色的格；灰色的是上月已结账的数，改了会被退回。",
    "完成投资、到位、支付都填到本月底的本年累计数，不是当月数；当月数由系统相减得出。单位是万元，整数。",
    "完成投资按工程量和形象进度填（含征拆、设备、其他费用），不是支付数，也不是统计数；三本账各填各的。",
    "以前分渠道报完成投资的，在“资金”表分渠道填；没有分的，在“填报”表填一个数，“资金”表只填到位与支付。",
    "数字不寻常（核减、补报、一个月超过全年计划四分之一、支付多于到位）的，在“说明”写明原因和文号，写了的照收。",
    "累计完成超过总投资的，须填经批准的调整概算；没有批的，超出部分不能报完成。",
    "问题、下一步措施、完成时限各写一句；办结的清空。竣工的填竣工日期，形象进度填 100%。",
    "最右一列“检查”变红的，请改正或写说明后再交。不要插行、删行、改表头、改表名。",
)
BY_CHANNEL = "这一行以前分渠道报，完成投资请在“资金”表分渠道填。"
#: What is said of further sheets, by the sheet.
FURTHER_POINTS = {
    "资金台账": "“资金台账”：指标下达、上年结转填本年的数，累计应付、累计支付填开工以来的数，质保金、闲置填月底的数。累计支付与“资金”表是同一笔钱。",
    "专项债券": "“专项债券”：一只债券一行，拨付（财政给单位）、支出（单位付出）、收益、本息都填发行以来的累计数；到位一年以上没有用完的填闲置原因。",
    "月报补充": "“月报补充”：形象进度用一句话写（如 主体结构封顶），没有变化的留空，仍印上月的；去年同期只填黄色的。",
}
#: How to add a row to a further sheet.
ADDED_POINT = (
    "表尾有几行空的黄色格：新的渠道、新发的债券、项目第一次报，填一行，写“填报”表里的项目代码；"
    "“上月”各列留空。不够的请告诉科里。"
)
CHANNELS_TO_ADD = "可填的资金渠道和大项"
AFTERWARDS = (
    "填完存盘，文件名不要改，交回发表的科室。",
    "有对不上的，会收到退回清单：写明文件、单元格、现在的数和要问的话。",
)


def form_title(month: str) -> str:
    """A returned sheet's title."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月重点项目执行情况填报表"


def how_line(sheet: str) -> str:
    """How to fill in one of the sheets: not all of them are counted from the year's beginning."""
    said = FURTHER_POINTS.get(sheet)
    return HOW_LINE if said is None else f"{_YELLOW}单位万元。{said.partition('：')[2]}"


def further_points(sheets: Collection[str]) -> Sequence[str]:
    """How to fill in the further sheets that are there."""
    said = [said for name, said in FURTHER_POINTS.items() if name in sheets]
    return [*said, ADDED_POINT] if said else []


def guide_pairs(owed: Owed, calendar: Calendar) -> Sequence[tuple[str, str]]:
    """Of whom, of when, how much."""
    return (
        ("责任单位", owed.unit),
        ("月份", month_label(owed.month, calendar)),
        ("要填的行", f"{len(owed.lines)} 行，其中 {owed.must} 行必须填本年累计完成投资"),
        ("单位", "万元"),
    )


# --- To who closes the month


def owed_title(month: str) -> str:
    """The title of the list of who owes what."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月收数清单"


def owed_line(sent: Sequence[Sent]) -> str:
    """How much is asked of how many."""
    lines = sum(len(one.owed.lines) for one in sent)
    must = sum(one.owed.must for one in sent)
    return f"{len(sent)} 个单位，{lines:,} 行，其中 {must:,} 行必须填。"


ASKED_NOTES = {
    "退回": "改好以前不能结账。请把各行发给责任单位，改好后重新运行 portfolio close。",
    "请核对": "可能属实，不妨碍结账；请向责任单位问清。单位在“说明”栏写明的，下次列入“已说明”。",
    "已说明": "数字不寻常，单位已在“说明”栏写明原因，照收；请科里核对。",
}


def close_title(month: ClosedMonth) -> str:
    """The title of what came of a month."""
    year, number = month.sheets.label.split("-")
    said = "结账清单" if month.closing is not None else "退回清单（未结账）"
    return f"{year}年{int(number)}月{said}"


def close_lead(month: ClosedMonth) -> str:
    """The answer: closed, with which number; or what stops it."""
    sheets = month.sheets
    if month.closing is not None:
        again = "重开后再次结账" if month.closing.action == REOPENED else "已结账"
        return (
            f"{sheets.label} {again}：{len(sheets.units)} 个单位，当月完成投资 "
            f"{yi_text(sheets.done_wan)} 亿元，结账号 {month.closing.short}。"
        )
    stops = []
    if sheets.missing:
        stops.append(f"{len(sheets.missing)} 个单位未交")
    if sheets.must_mend:
        stops.append(f"{len(sheets.must_mend)} 处须改")
    if sheets.unread:
        stops.append(f"合成的工作簿有 {len(sheets.unread)} 处不能通过检查")
    return f"{sheets.label} 没有结账：{'，'.join(stops)}。工作簿没有改动。"


def close_points(month: ClosedMonth) -> list[str]:
    """What to do next, of whom."""
    sheets, points = month.sheets, []
    if sheets.missing:
        points.append(
            f"未交：{'、'.join(sheets.missing)}。催收后再运行；确实等不到的，"
            "加 --without 单位 暂列 0（下月报累计数时补上）"
        )
    zero = [one.owed.unit for one in sheets.units if one.state is State.AS_ZERO]
    if zero:
        points.append(f"暂列 0：{'、'.join(zero)}，当月完成投资因此偏少")
    if sheets.must_mend:
        units = dict.fromkeys(one.unit or one.file for one in sheets.must_mend)
        points.append(f"须改的在“退回”表，涉及 {'、'.join(units)}")
    asked = [one for one in sheets.asked if one.weight is Weight.ASK]
    if asked:
        points.append(f"另有 {len(asked)} 处请核对，不妨碍结账")
    told = [one for one in sheets.asked if one.weight is Weight.TOLD]
    if told:
        points.append(f"{len(told)} 处单位已说明，照收")
    if sheets.further and month.closing is not None:
        names = dict.fromkeys(row.kind.into.name for row in sheets.further)
        told_of = "、".join(_updated(name, sheets.further) for name in names)
        points.append(f"按回收表更新了{told_of}，逐格见变动清单")
    if sheets.problems and month.closing is not None:
        first, last = sheets.problems[0]["no"], sheets.problems[-1]["no"]
        span = str(first) if first == last else f"{first} 至 {last}"
        points.append(
            f"新报的问题 {len(sheets.problems)} 个，已登入“问题台账”（{span}）：请补责任人、影响和缺口额"
        )
    return points


def _updated(name: str, rows: Sequence[FurtherRow]) -> str:
    """How many rows of a sheet came back, and how many of them are new."""
    mine = [row for row in rows if row.kind.into.name == name]
    added = sum(row.added for row in mine)
    return f"“{name}”{len(mine)} 行" + (f"（其中新增 {added} 行）" if added else "")


def verified_lead(found: Verified) -> str:
    """The answer in a line."""
    if found.flaws:
        return f"核验没有通过：{len(found.flaws)} 处不符"
    closed = sum(len(version.closings) > 0 for version in found.versions)
    approved = sum(len(version.plans.records) > 0 for version in found.versions)
    if not closed and not approved:
        return "没有结账记录，无从核验：用 portfolio close 结账以后才有"
    told = [f"{closed} 个工作簿的执行数与结账记录一致"] if closed else []
    told += [f"{approved} 个工作簿的计划版本与批准时一致"] if approved else []
    said = f"核验通过：{'，'.join(told)}"
    if found.unseen:
        said += f"；另有 {len(found.unseen)} 处没有核对（见“?”行，请把上一版工作簿一起写上）"
    return said


# --- Versions of the plan


def approved_lead(record: Record, changes: Changes, *, written: bool) -> str:
    """Which version of which year, or that it would be."""
    done = "已登记" if written else "将登记（只看，没有写出）"
    who = f"，{record.authority}" if record.authority else ""
    return (
        f"{done}{record.year}年{record.title}：{record.document}，{record.approved_on} 批准{who}，"
        f"{record.effective} 起生效；该年计划 {yi_text(changes.after_wan)} 亿元"
    )


def approved_lines(record: Record, changes: Changes) -> list[str]:
    """Against what it is compared, and by how much it departs."""
    lines = []
    if changes.base is None:
        lines.append("这是该年的第一个版本，没有现行版本可比")
    else:
        net = changes.after_wan - changes.before_wan
        lines.append(f"现行版本：{changes.base}，该年计划 {yi_text(changes.before_wan)} 亿元")
        lines.append(
            f"与现行版本相比：改动 {len(changes.cells)} 格，调增 {yi_text(changes.more_wan)}、"
            f"调减 {yi_text(changes.less_wan)} 亿元，合计{'增' if net >= 0 else '减'} "
            f"{yi_text(abs(net))} 亿元"
        )
    if record.mark:
        lines.append(f"版本号 {record.mark[:SHORT]}，明细指纹 {record.rows_mark[:SHORT]}")
    return lines


def moved_finish(change: SpanChange, calendar: Calendar) -> str:
    """An item whose planned finish is another one."""
    later = change.after - change.before
    return (
        f"{change.item}：{calendar.quarter_label(change.before)} → "
        f"{calendar.quarter_label(change.after)}（{'晚' if later > 0 else '早'} {abs(later)} 季）"
    )


DUE_OWN = "日期取自工作簿的“报送日历”表。"
DUE_USUAL = (
    "只有〔规定〕是文件写明的日期，其余是办公惯例，以当年通知为准；"
    "本单位的日历可写在工作簿的“报送日历”表（见 docs/每月怎么用.md）。"
)


def due_lead(due: Sequence[Due], since: dt.date, days: int) -> str:
    """How much falls due, and what is the next."""
    until = since + dt.timedelta(days=days)
    if not due:
        return f"{since:%Y-%m-%d} 至 {until:%Y-%m-%d} 没有要交的"
    rules = sum(one.deadline.nature is Nature.RULE for one in due)
    return f"{since:%Y-%m-%d} 至 {until:%Y-%m-%d} 要交 {len(due)} 件，其中 {rules} 件有规定日期"


def left_text(left: int) -> str:
    """How many days are left."""
    return "今天" if left == 0 else f"还有 {left} 天"
