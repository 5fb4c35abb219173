"""The tables of a repair, as the CSV holds them and workbook and screen show them."""

from __future__ import annotations

from portfolio.model.reallocation import Reallocation
from portfolio.model.study.result import ScenarioComparison
from portfolio.report.fields import Cell
from portfolio.report.reallocation_luck import luck_rows, luck_totals
from portfolio.report.reallocation_views import (
    approvers,
    item_promises,
    known_bound,
)
from portfolio.report.reallocation_wording import (
    AIM_UNITS,
    approver_span,
    channel_of,
    effective_text,
    holds_text,
    limit_label,
    place_text,
    price_sentence,
    proof_text,
    reasons_text,
    rule_title,
)
from portfolio.report.tables import Table, money, number, text
from portfolio.report.wording import causes_text

MOVES = "调整明细"


def move_table(result: Reallocation) -> Table:
    """Every changed cell with its reasons and its approval path, as the model orders them."""
    portfolio = result.case.portfolio
    columns = (
        number("序号", 6),
        text("大项", 24),
        text("渠道", 20),
        text("年份", 7),
        money("调整前", 10),
        money("调整后", 10),
        money("增减", 10),
        text("理由", 26),
        text("审批事项", 16),
        text("审批主体", 16),
        text("依据", 38),
        text("最早提出", 10),
        text("最早生效", 11),
        text("下一步", 44),
        text("备注", 40),
    )
    rows = tuple(
        (
            move.item_no,
            portfolio.item(move.item_no).name,
            channel_of(portfolio, move.channel_id).name,
            str(move.year),
            move.before_wan,
            move.after_wan,
            move.change_wan,
            reasons_text(move),
            str(move.approval.kind),
            str(move.approval.authority),
            move.approval.basis,
            result.calendar.quarter_label(move.approval.asked_quarter),
            effective_text(result.calendar, move.approval.effective_quarter),
            move.approval.steps,
            move.approval.note or None,
        )
        for move in result.moves
    )
    return Table(name=MOVES, columns=columns, rows=rows)


def aim_table(result: Reallocation) -> Table:
    """The aims in order: what is reached, how little it could be, whether that is proven."""
    columns = (
        text("目标", 10),
        money("达到", 14),
        text("单位", 24),
        money("不会少于", 14),
        text("结论", 40),
    )
    reached = {stage.aim: stage for stage in result.stages}
    rows: list[tuple[Cell, ...]] = []
    for aim in result.case.settings.aims:
        stage = reached.get(aim)
        if stage is None:
            rows.append((str(aim), None, AIM_UNITS[aim], None, "未及求解"))
            continue
        bound = known_bound(stage)
        least = None if bound is None else max(0, round(bound))
        rows.append((str(aim), stage.value_wan, AIM_UNITS[aim], least, proof_text(stage)))
    return Table(name="目标", columns=columns, rows=tuple(rows))


def approver_table(result: Reallocation) -> Table:
    """Who has to approve how much."""
    columns = (
        text("审批主体", 20),
        text("审批事项", 44),
        number("格数", 8),
        money("增加"),
        money("减少"),
        text("最早生效", 26),
    )
    rows = tuple(
        (
            row.authority,
            "、".join(row.kinds),
            row.flow.cells,
            row.flow.takes_wan,
            row.flow.gives_wan,
            approver_span(result.calendar, row),
        )
        for row in approvers(result)
    )
    return Table(name="审批", columns=columns, rows=rows)


def price_table(result: Reallocation) -> Table:
    """What one step more of each binding limit would buy, and how far that holds."""
    portfolio = result.case.portfolio
    columns = (
        text("规则", 22),
        text("限额", 34),
        text("年份", 8),
        money("限额数"),
        money("已用"),
        money("放宽"),
        money("缺口少"),
        money("加权滞后少", 13),
        money("另带动贷款", 13),
        text("成立范围", 36),
        text("读作", 70),
    )
    rows = tuple(
        (
            rule_title(price.rule),
            limit_label(portfolio, price),
            str(price.year),
            price.limit_wan,
            price.used_wan,
            price.step_wan,
            price.shortfall_wan,
            price.delay_wan,
            price.loans_wan,
            holds_text(price),
            price_sentence(portfolio, price),
        )
        for price in result.prices or ()
    )
    return Table(name="价格", columns=columns, rows=rows)


def luck_table(luck: ScenarioComparison) -> Table:
    """The repaired plan less the unrepaired one on the same luck: years, then the totals."""
    columns = (text("年份或指标", 28), text("达标把握", 34), text("折市重点均值（亿元）或差别", 40))
    totals = tuple((label, "—", told) for label, told in luck_totals(luck))
    return Table(name="同一运气", columns=columns, rows=(*luck_rows(luck), *totals))


def need_table(result: Reallocation) -> Table:
    """The cheapest repair of an infeasible case."""
    columns = (
        text("规则", 34),
        text("处所", 50),
        text("年份", 8),
        money("还缺", 14),
        text("或者", 60),
    )
    found = () if result.infeasibility is None else result.infeasibility.needs
    rows = tuple(
        (
            rule_title(need.rule),
            need.where,
            None if need.year is None else str(need.year),
            need.lacking_wan,
            need.alternative,
        )
        for need in found
    )
    return Table(name="最省的补救", columns=columns, rows=rows)


def conflict_table(result: Reallocation) -> Table:
    """The rules that can't all hold."""
    columns = (text("规则", 34), text("处所", 50), text("年份", 8))
    found = () if result.infeasibility is None else result.infeasibility.conflict
    rows = tuple(
        (rule_title(one.rule), one.where, None if one.year is None else str(one.year))
        for one in found
    )
    return Table(name="互相冲突的规则", columns=columns, rows=rows)


def grandfathered_table(result: Reallocation) -> Table:
    """Where the baseline itself breaks a rule."""
    columns = (text("规则", 34), text("处所", 60), text("年份", 8), money("超出", 14))
    rows = tuple(
        (
            rule_title(one.rule),
            place_text(one.where, None),
            None if one.year is None else str(one.year),
            one.beyond_wan,
        )
        for one in result.grandfathered
    )
    return Table(name="既有突破", columns=columns, rows=rows)


def item_promise_table(result: Reallocation) -> Table:
    """Items whose play differs from the repaired plan: in which year most, why, and how late."""
    columns = (
        number("序号", 6),
        text("大项", 28),
        money("承诺（计划期）", 14),
        money("推演（计划期）", 14),
        money("相差", 12),
        text("相差最大的年份", 10),
        money("该年承诺"),
        money("该年推演"),
        money("该年相差"),
        text("该年原因", 34),
        text("滞后台账（全期）", 50),
    )
    if result.repaired is None or result.outcome is None:
        return Table(name="承诺与推演", columns=columns, rows=())
    portfolio, outcome = result.repaired, result.outcome
    rows = []
    for row in item_promises(result):
        index = portfolio.position[row.item_no]
        y = row.worst_year - result.calendar.first_year
        promised, played = int(row.promised_wan.sum()), int(row.played_wan.sum())
        rows.append(
            (
                row.item_no,
                portfolio.items[index].name,
                promised,
                played,
                played - promised,
                str(row.worst_year),
                int(row.promised_wan[y]),
                int(row.played_wan[y]),
                row.worst_wan,
                row.why,
                causes_text(portfolio, outcome.causes[index], index) or "按期",
            )
        )
    return Table(name="承诺与推演", columns=columns, rows=tuple(rows))
