"""The month's forms on a page each: lights that are red, money that doesn't move, what is overdue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from portfolio.model.forms.finance.bonds import BondRow
from portfolio.model.forms.finance.paid import PurseRow
from portfolio.model.forms.finance.troubles import TroubleRow
from portfolio.model.forms.lines import Line, Rank
from portfolio.model.forms.monthly import Light, Monthly
from portfolio.model.money import SEEN_WAN
from portfolio.report.tables.forms.columns import percent_said, points_said, yi_said
from portfolio.report.tables.forms.form import Form
from portfolio.report.tables.forms.signed.short import Asked, Short, asked_of, sheet_of

#: What is added to the weight of what stands before all others.
RED_FIRST = 10**12
NO_PROBLEM = "没有报问题，请责任单位说明原因"


def _total(lines: Sequence[Line[Any]]) -> Any:
    """The row of 合计; None where there are no lines."""
    return lines[0].row if lines else None


# --- 表1


def monthly(form: Form) -> Short:
    """Form 1: items whose light is red or whose total has outgrown its approval."""
    sheet = sheet_of(form, "汇总")
    problems = _problems(sheet_of(form, "项目明细").lines)
    asks = [
        asked_of(
            sheet.fields,
            row,
            [*_behind(row), *_overrun(row), problems.get(row.no or "", NO_PROBLEM)],
            RED_FIRST * (row.light is Light.RED) + max(_lag_wan(row), row.overrun_wan),
        )
        for line in sheet.lines
        if line.rank is Rank.ITEM and _to_ask(row := line.row)
    ]
    return Short(
        sheet=sheet,
        keys=("no", "name", "count", "total_wan", "plan_wan", "month_wan", "year_wan",
              "last_year_wan", "growth", "completion", "ahead", "forecast_wan", "light"),
        asks=asks,
        lead=_monthly_lead(form, _total(sheet.lines), asks),
        what="个大项",
    )  # fmt: skip


def _to_ask(row: Monthly) -> bool:
    return row.light is Light.RED or row.overrun


def _lag_wan(row: Monthly) -> int:
    """What is missing at the part of the year that is past."""
    plan, done = row.amounts.plan_wan or 0, row.amounts.year_wan or 0
    return max(0, plan * row.months // 12 - done)


def _behind(row: Monthly) -> Iterator[str]:
    if row.stopped:
        yield "停工或资金断供"
    if row.light is Light.RED and row.ahead is not None and row.ahead < 0:
        yield f"欠序时 {points_said(abs(row.ahead))} 个百分点、{yi_said(_lag_wan(row))} 亿元"


def _overrun(row: Monthly) -> Iterator[str]:
    if row.overrun:
        yield f"调整后总投资超原批准 {yi_said(row.overrun_wan)} 亿元（满一成，须调概审计）"


def _problems(lines: Sequence[Line[Monthly]]) -> dict[str, str]:
    """The first problem told of an item or of a project of it, with what is to be done by whom."""
    found: dict[str, str] = {}
    for line in lines:
        row, no = line.row, (line.row.no or "").split(".")[0]
        if line.rank > Rank.GROUP and row.problem and no not in found:
            whose = f"{row.name}：" if line.rank is Rank.PART else ""
            told = (row.problem, row.measure, row.due)
            found[no] = whose + "，".join(each for each in told if each)
    return found


def _monthly_lead(form: Form, total: Monthly | None, asks: Sequence[Asked]) -> str:
    if total is None:
        return ""
    amounts, ahead = total.amounts, total.ahead
    done = "" if amounts.year_wan is None else f"，已完成 {yi_said(amounts.year_wan)} 亿元"
    pace = ""
    if ahead is not None:
        word = "超" if ahead >= 0 else "欠"
        pace = (
            f"，完成率 {percent_said(total.completion)}，{word}序时 "
            f"{points_said(abs(ahead))} 个百分点"
        )
    whole = (
        ""
        if amounts.forecast_wan is None
        else f"，预计全年 {yi_said(amounts.forecast_wan)} 亿元（推演，非统计）"
    )
    return (
        f"截至{form.asof}，本年计划 {yi_said(amounts.plan_wan or 0)} 亿元{done}{pace}{whole}；"
        f"{len(asks)} 个大项红灯或超概算，请研究。"
    )


# --- 表2A


def paid(form: Form) -> Short:
    """Form 2A: more paid than there was, works done and not paid, money that lies idle."""
    sheet, detail = sheet_of(form, "按渠道"), sheet_of(form, "项目明细")
    asks = [
        *(_overpaid(sheet.fields, line.row) for line in detail.lines
          if line.rank is Rank.PART and line.row.overpaid),
        *(_of_item(sheet.fields, line.row) for line in detail.lines
          if line.rank is Rank.GROUP and _not_moving(line.row)),
    ]  # fmt: skip
    total: PurseRow | None = _total(sheet.lines)
    return Short(
        sheet=sheet,
        keys=("no", "name", "adjusted_wan", "received_wan", "carried_wan",
              "paid_wan", "paid_part", "done_wan", "unpaid_wan", "left_wan", "idle_wan"),
        asks=asks,
        lead="" if total is None else _paid_lead(form, total, asks),
        what="处",
    )  # fmt: skip


def _overpaid(fields: Any, row: PurseRow) -> Asked:
    """A purse of which more was paid than was there, under the names of its project and channel."""
    over = -(row.money.left_wan or 0)
    asked = asked_of(
        fields,
        row,
        [f"支付多于到位与结转 {yi_said(over)} 亿元，请核对来源", row.owner or ""],
        RED_FIRST + over,
    )
    name = f"{row.name}（{row.channel}）" if row.channel else row.name
    return replace(asked, cells={**asked.cells, "name": name})


def _not_moving(row: PurseRow) -> bool:
    return max(row.money.unpaid_wan or 0, row.money.idle_wan or 0) >= SEEN_WAN


def _of_item(fields: Any, row: PurseRow) -> Asked:
    """An item that owes for works done, or whose money lies idle."""
    owed, idle = row.money.unpaid_wan or 0, row.money.idle_wan or 0
    said = []
    if owed >= SEEN_WAN:
        said.append(f"应付未付 {yi_said(owed)} 亿元，请定付款时间和来源")
    if idle >= SEEN_WAN:
        said.append(f"闲置超一年 {yi_said(idle)} 亿元，请定收回或改用途")
    return asked_of(fields, row, [*said, row.owner or ""], max(owed, idle))


def _paid_lead(form: Form, total: PurseRow, asks: Sequence[Asked]) -> str:
    money = total.money
    there = "未报" if money.there_wan is None else f"{yi_said(money.there_wan)} 亿元"
    paid_out = "未报" if money.paid_wan is None else f"{yi_said(money.paid_wan)} 亿元"
    owed = "" if money.unpaid_wan is None else f"，应付未付净额 {yi_said(money.unpaid_wan)} 亿元"
    return (
        f"截至{form.asof}，到位（含上年结转）{there}，支付 {paid_out}，支付率 "
        f"{percent_said(money.paid_part)}{owed}；{len(asks)} 处请研究。"
    )


# --- 表2B


def bonds(form: Form) -> Short:
    """Form 2B: money of bonds that has lain for too long."""
    sheet, detail = sheet_of(form, "按主管部门"), sheet_of(form, "债券与项目")
    idle = [line.row for line in detail.lines if line.rank is Rank.PART and line.row.idle]
    asks = [
        asked_of(sheet.fields, row, _bond_said(row), row.money.unspent_wan or 0) for row in idle
    ]
    total: BondRow | None = _total(sheet.lines)
    return Short(
        sheet=sheet,
        keys=("no", "name", "count", "amount_wan", "capital_wan", "allotted_wan", "spent_wan",
              "spent_part", "unspent_wan", "service_due_wan", "service_paid_wan"),
        asks=asks,
        lead="" if total is None else _bond_lead(form, total, asks, idle),
        what="笔",
    )  # fmt: skip


def _bond_said(row: BondRow) -> list[str]:
    bond = row.bond
    reason = None if bond is None else bond.idle_reason
    move = None if bond is None else bond.move_to
    return [
        f"{row.bond_code or ''}到位满 {row.months} 个月，未支出 "
        f"{yi_said(row.money.unspent_wan or 0)} 亿元",
        f"原因：{reason or '未报'}",
        f"拟调整至：{move}（先报批）" if move else "请定加快支出或报批调整用途",
    ]


def _bond_lead(form: Form, total: BondRow, asks: Sequence[Asked], idle: Sequence[BondRow]) -> str:
    money, lying = total.money, sum(row.money.unspent_wan or 0 for row in idle)
    spent = "未报" if money.spent_wan is None else f"{yi_said(money.spent_wan)} 亿元"
    return (
        f"截至{form.asof}，专项债券 {yi_said(money.amount_wan or 0)} 亿元，已支出 {spent}，支出率 "
        f"{percent_said(money.spent_part)}；闲置 {len(asks)} 笔、{yi_said(lying)} 亿元，请研究。"
    )


# --- 表6


def troubles(form: Form) -> Short:
    """Form 6: problems that are overdue or that nobody has begun to deal with."""
    sheet = sheet_of(form, "缺口销号清单")
    open_rows = [
        line.row
        for line in sheet.lines
        if line.rank is Rank.PART and line.row.trouble is not None and line.row.trouble.is_open
    ]
    asks = [
        asked_of(
            sheet.fields, row, _trouble_said(row), (row.gap_wan or 0) + RED_FIRST * row.overdue
        )
        for row in open_rows
    ]  # fmt: skip
    late = sum(row.overdue for row in open_rows)
    lacking = sum(row.gap_wan or 0 for row in open_rows)
    return Short(
        sheet=sheet,
        keys=("no", "name", "category", "gap_wan", "owner", "person", "due", "state"),
        asks=asks,
        lead=f"截至{form.asof}，未销问题 {len(open_rows)} 个，其中超期 {late} 个，涉及缺口 "
        f"{yi_said(lacking)} 亿元，请研究。",
        what="个问题",
    )


def _trouble_said(row: TroubleRow) -> list[str]:
    trouble = row.trouble
    if trouble is None:
        return []
    late = "超期：" if row.overdue else ""
    return [f"{late}{trouble.problem}", f"措施：{trouble.measure or '未报'}"]
