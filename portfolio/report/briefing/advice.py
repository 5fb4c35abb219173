"""What a repair advises, and the one thing its results ask of the leadership."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.approval import RULE_BY_KIND, Authority
from portfolio.model.dossier import Dossier
from portfolio.model.money import small_yi_text
from portfolio.model.quarters import quarter_of, year_spans
from portfolio.model.reallocation import Infeasibility, Move, Reallocation, Verdict
from portfolio.report.briefing.attention import items_to_watch
from portfolio.report.briefing.blocks import Grid, GridColumn
from portfolio.report.briefing.phrases import finish_words, names_text
from portfolio.report.reallocation_views import approvers, flow, largest_moves
from portfolio.report.reallocation_wording import (
    PLAN_FILE,
    Bearing,
    approver_span,
    bearing,
    channel_of,
    effective_text,
    need_text,
    needs_sentence,
    played_line,
    reasons_text,
    signed_yi,
    since_text,
    verdict_line,
)

SHOWN_NEEDS = 3
#: The number of the table of moves, after the key figures and the years.
MOVES_TABLE = 3
#: What the play says of a plan that nobody should be asked to approve.
_NOT_TO_ASK = (Bearing.WORSE, Bearing.SAME)
#: How an authority is asked; a year's budget is voted by the congress in its first quarter.
_ASKED_OF = {
    Authority.CONGRESS: "编入{year}年预算草案，赶在{deadline}市人民代表大会会议之前提出，由大会审议",
    Authority.STANDING_COMMITTEE: "编制预算调整方案，于{deadline}结束前报市人大常委会批准",
    Authority.GOVERNMENT: "列入政府投资年度计划调整方案，由市政府于{deadline}结束前批准",
    Authority.BUREAU: "由市财政部门于{deadline}结束前在已批准的预算之内下达",
    Authority.PROVINCE: "由市政府于{deadline}结束前逐级报省级政府批准",
}


@dataclass(frozen=True, kw_only=True)
class Due:
    """The moves one authority has to be asked for by the end of one quarter."""

    deadline: int
    authority: Authority
    moves: tuple[Move, ...]

    @property
    def moved_wan(self) -> int:
        """Money given up and taken, together."""
        sums = flow(self.moves)
        return sums.gives_wan + sums.takes_wan


def latest_ask(move: Move) -> int | None:
    """The last quarter in which a move can be asked for and still hold in its year; None: never."""
    if move.approval.effective_quarter is None:
        return None
    rule = RULE_BY_KIND[move.approval.kind]
    last = quarter_of(move.year, rule.last_quarter_of_year)
    return min(last, quarter_of(move.year, 4) - rule.lead_quarters)


def due_first(moves: tuple[Move, ...]) -> Due | None:
    """Of the moves with the earliest deadline, those of the authority with most money."""
    groups: dict[tuple[int, Authority], list[Move]] = {}
    for move in moves:
        deadline = latest_ask(move)
        if deadline is not None:
            groups.setdefault((deadline, move.approval.authority), []).append(move)
    dues = [
        Due(deadline=deadline, authority=authority, moves=tuple(group))
        for (deadline, authority), group in groups.items()
    ]
    return min(dues, key=lambda due: (due.deadline, -due.moved_wan), default=None)


def advice_lines(dossier: Dossier) -> tuple[str, ...]:
    """The repair's verdict, what its play says, who has to approve how much."""
    repair = dossier.repair
    if repair is None:
        return (f"{dossier.no_repair}。",)
    if repair.infeasibility is not None:
        return (verdict_line(repair), "最省的出路：" + cheapest_way_out(repair.infeasibility))
    lines = [f"{verdict_line(repair)}{since_text(repair.case)}。"]
    if not repair.moves:
        return (*lines, "没有要调整的资金：按原计划执行。")
    if (played := played_line(repair)) is not None:
        lines.append(played)
    return (*lines, approvals_sentence(repair))


def cheapest_way_out(found: Infeasibility) -> str:
    """What is lacking to satisfy every rule, the largest first."""
    needs = sorted(found.needs, key=lambda need: -need.lacking_wan)
    if len(needs) < 2:
        return needs_sentence(found.needs)
    told = "；".join(need_text(need) for need in needs[:SHOWN_NEEDS])
    more = len(needs) - SHOWN_NEEDS
    return needs_sentence(found.needs) + told + (f"；另有 {more} 处" if more > 0 else "") + "。"


def approvals_sentence(repair: Reallocation) -> str:
    """The moves' sums by authority, the most money first."""
    parts = [
        f"{row.authority} {row.flow.cells} 笔（{'、'.join(row.kinds)}；"
        f"增加 {small_yi_text(row.flow.takes_wan)} 亿元、"
        f"减少 {small_yi_text(row.flow.gives_wan)} 亿元；最早生效 {approver_span(row)}）"
        for row in approvers(repair)
    ]
    return f"共 {len(repair.moves)} 笔（一笔为一个大项、一个渠道、一年），按审批主体：{'；'.join(parts)}。最大的几笔见表{MOVES_TABLE}。"


def moves_grid(repair: Reallocation, most: int) -> Grid | None:
    """The largest moves: who gives and takes, why, who decides; None where nothing is moved."""
    if not repair.moves:
        return None
    portfolio = repair.case.portfolio
    rows = tuple(
        (
            portfolio.item(move.item_no).label,
            channel_of(portfolio, move.channel_id).name,
            str(move.year),
            signed_yi(move.change_wan),
            reasons_text(move),
            str(move.approval.authority),
            effective_text(move.approval.effective_quarter),
        )
        for move in largest_moves(repair, most)
    )
    more = len(repair.moves) - len(rows)
    return Grid(
        caption="最大的调整（单位：亿元；负为让出，正为得到）",
        columns=(
            GridColumn(title="大项", width=17),
            GridColumn(title="渠道", width=16),
            GridColumn(title="年份", width=7),
            GridColumn(title="增减", width=8, figures=True),
            GridColumn(title="理由", width=24),
            GridColumn(title="谁决定", width=17),
            GridColumn(title="最早生效", width=11),
        ),
        rows=rows,
        notes=(f"另有 {more} 笔，见同一文件夹的 {PLAN_FILE}。",) if more else (),
    )


def decision(dossier: Dossier) -> str:
    """The one thing asked of the leadership, by rule.

    Without a feasible repair: which lack to make good. With one: the batch whose deadline comes
    first, of the authority with most money; but nothing is asked for that the play does not bear
    out, and a repair of which a deadline has passed is to be solved again. Otherwise nothing.
    """
    repair = dossier.repair
    if repair is None:
        return _without_repair(dossier)
    if repair.infeasibility is not None:
        return _which_way_out(repair.infeasibility)
    said = bearing(repair)
    if not repair.moves or said in _NOT_TO_ASK:
        why = f"调整方案经推演检验{said}" if repair.moves else "没有要调整的资金"
        return f"本期无须批准调整（{why}），{_go_on(dossier)}"
    due = due_first(repair.moves)
    if due is None:
        return f"请决定是否改列下年预算：方案的 {len(repair.moves)} 笔调整当年都来不及生效。"
    if due.deadline <= dossier.quarter:
        return _solve_again(repair, dossier.quarter)
    return _asked(repair, due, said)


def _solve_again(repair: Reallocation, quarter: int) -> str:
    """A plan of which a part can't be asked for any more no longer holds as a whole."""
    deadlines = [latest_ask(move) for move in repair.moves]
    passed = sum(deadline is not None and deadline <= quarter for deadline in deadlines)
    return (
        f"请决定是否以{finish_words(quarter)}末为时点重新求解调整方案：现有方案"
        f"（{since_text(repair.case)}）的 {len(deadlines)} 笔中有 {passed} 笔报批期限已过，"
        "不能再照此报批。"
    )


def _asked(repair: Reallocation, due: Due, said: Bearing | None) -> str:
    sums, portfolio = flow(due.moves), repair.case.portfolio
    numbers = dict.fromkeys(
        move.item_no for move in sorted(due.moves, key=lambda move: -abs(move.change_wan))
    )
    names = names_text([portfolio.item(no).label for no in numbers])
    year = year_spans({move.year for move in due.moves})
    way = _ASKED_OF[due.authority].format(year=year, deadline=finish_words(due.deadline))
    notes = [
        "可行，未证最优" if repair.verdict is Verdict.UNPROVEN else "",
        "推演不能检验本方案，执行中须逐季核对" if said is None else "",
        f"推演检验：{said}" if said in (Bearing.WIDER_GAP, Bearing.MORE_DELAY) else "",
    ]
    note = "；".join(filter(None, notes))
    rest = len(repair.moves) - len(due.moves)
    return (
        f"请同意 {year} 年 {len(due.moves)} 笔资金调整（增加 {small_yi_text(sums.takes_wan)} 亿元、"
        f"减少 {small_yi_text(sums.gives_wan)} 亿元，涉及 {names}），{way}"
        + (f"（{note}）" if note else "")
        + "。这是期限最先到的一批，逾期当年不能再调"
        + (f"；其余 {rest} 笔按审批主体分批另报。" if rest else "。")
    )


def _which_way_out(found: Infeasibility) -> str:
    """Which lack to make good: the largest first, with what could be relaxed instead."""
    if not found.needs:
        return "请决定放宽哪一条规则：规则之间的冲突不在资金数额上，没有可补的资金。"
    largest = max(found.needs, key=lambda need: need.lacking_wan)
    others = len(found.needs) - 1
    also = f"；其余 {others} 处须一并补足，方案才可行" if others else ""
    return f"请决定能否落实：{need_text(largest)}{also}。未落实前没有可报批的调整方案。"


def _without_repair(dossier: Dossier) -> str:
    if not dossier.run.changes:
        return f"本期无须决定，{_go_on(dossier)}"
    return f"本期没有提请批准的调整（{dossier.no_repair}），{_go_on(dossier)}"


def _go_on(dossier: Dossier) -> str:
    """Go on as planned, with an eye on the items that matter."""
    watched = items_to_watch(dossier.run, dossier.quarter)
    names = "、".join(dossier.run.portfolio.item(row.item_no).label for row in watched)
    return f"请按计划推进{f'，重点盯住 {names}' if names else ''}。"
