"""What a repair advises, and the one thing its results ask of the leadership."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from portfolio.model.calendar import Calendar
from portfolio.model.dossier import Dossier
from portfolio.model.items import Kind
from portfolio.model.measures.watched import items_to_watch
from portfolio.model.measures.years import year_measures
from portfolio.model.money import SEEN_WAN, small_yi_text, yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import year_spans
from portfolio.model.reallocation.aims import played_aims
from portfolio.model.reallocation.findings import approvers, flow, planned
from portfolio.model.reallocation.result import Infeasibility, Move, Reallocation, Verdict
from portfolio.model.reallocation.settings import WayName
from portfolio.model.rules.approval import Authority, last_ask, whose
from portfolio.report.briefing.blocks import Grid
from portfolio.report.briefing.phrases import finish_words, names_text
from portfolio.report.tables.fields import Fields, text
from portfolio.report.tables.reallocation import move_fields
from portfolio.report.words import reallocation as words

SHOWN_NEEDS = 3
#: A deadline so many quarters off is no reason to hurry.
SOON = 4
#: The number of the table of moves, after the key figures and the years.
MOVES_TABLE = 3
#: What the play says of a plan that nobody should be asked to approve.
_NOT_TO_ASK = (words.Bearing.WORSE, words.Bearing.SAME)
#: How an authority is asked; a year's budget is voted by the congress in its first quarter.
_ASKED_OF = {
    Authority.CONGRESS: "编入{year}年预算草案，赶在{deadline}{whose}人民代表大会会议之前提出，由大会审议",
    Authority.STANDING_COMMITTEE: "编制预算调整方案，于{deadline}结束前报{whose}人大常委会批准",
    Authority.GOVERNMENT: "列入政府投资年度计划调整方案，由{whose}政府于{deadline}结束前批准",
    Authority.BUREAU: "由{whose}财政部门于{deadline}结束前在已批准的预算之内下达",
    Authority.PROVINCE: "由{whose}政府于{deadline}结束前逐级报省级政府批准",
}


@dataclass(frozen=True, kw_only=True)
class Due:
    """The moves one body has to be asked for by the end of one quarter."""

    deadline: int
    authority: Authority
    whose: str
    moves: tuple[Move, ...]

    @property
    def moved_wan(self) -> int:
        """Money given up and taken, together."""
        sums = flow(self.moves)
        return sums.gives_wan + sums.takes_wan


def latest_ask(calendar: Calendar, move: Move) -> int | None:
    """The last quarter in which a move can be asked for and still hold in its year; None: never."""
    if move.approval.effective_quarter is None:
        return None
    return last_ask(move.approval.kind, calendar, move.year)


def due_first(calendar: Calendar, moves: tuple[Move, ...]) -> Due | None:
    """Of the moves with the earliest deadline, those of the body with most money."""
    groups: dict[tuple[int, Authority, str], list[Move]] = {}
    for move in moves:
        deadline = latest_ask(calendar, move)
        if deadline is not None:
            key = deadline, move.approval.authority, whose(move.approval.level)
            groups.setdefault(key, []).append(move)
    dues = [
        Due(deadline=deadline, authority=authority, whose=of, moves=tuple(group))
        for (deadline, authority, of), group in groups.items()
    ]
    return min(dues, key=lambda due: (due.deadline, -due.moved_wan), default=None)


def advice_lines(dossier: Dossier) -> tuple[str, ...]:
    """The repair's verdict, what its play says, who has to approve how much."""
    repair = dossier.repair
    if repair is None:
        return (f"{dossier.no_repair}。",)
    if repair.infeasibility is not None:
        return (words.verdict_line(repair), "最省的出路：" + cheapest_way_out(repair.infeasibility))
    if repair.verdict is Verdict.NONE_FOUND:
        return (words.verdict_line(repair),)
    lines = [f"{words.numbered_verdict(repair)}{words.since_text(repair.case)}。"]
    if not repair.moves:
        return (*lines, "没有要调整的资金：按原计划执行。")
    if words.bearing(repair) is None:
        lines.append(
            "决策时冲击（或当年）已经开始，推演不能从半途接着走：方案的效果以调整后的计划数（"
            f"{words.PLAN_FILE} 的“承诺”）为准，执行中逐季核对。"
        )
    elif (played := words.played_line(repair)) is not None:
        lines.append(played)
    return (*lines, approvals_sentence(repair))


def cheapest_way_out(found: Infeasibility) -> str:
    """What is lacking to satisfy every rule, the largest first."""
    needs = sorted(found.needs, key=lambda need: -need.lacking_wan)
    if len(needs) < 2:
        return words.needs_sentence(found.needs)
    told = "；".join(words.need_text(need) for need in needs[:SHOWN_NEEDS])
    more = len(needs) - SHOWN_NEEDS
    return (
        words.needs_sentence(found.needs) + told + (f"；另有 {more} 处" if more > 0 else "") + "。"
    )


def approvals_sentence(repair: Reallocation) -> str:
    """How many moves each authority has to approve, which come too late, and the loans in train."""
    by = "、".join(f"{row.authority} {row.flow.cells} 笔" for row in approvers(repair))
    late = sum(row.late_cells for row in approvers(repair))
    told = f"；其中 {late} 笔按审批时限当年已来不及生效" if late else ""
    untold = words.level_line(move.approval for move in repair.moves)
    told += f"。{untold}" if untold else ""
    return (
        f"共 {len(repair.moves)} 笔（一笔为一个大项、一个渠道、一年；{_sums_text(repair.moves)}），"
        f"按审批主体：{by}{told}。{_train_text(repair)}主要的见表{MOVES_TABLE}，逐笔见 {words.PLAN_FILE}。"
    )


def _train_text(repair: Reallocation) -> str:
    """Loans and bonds that change with the capital: no moves of the city's, but not nothing."""
    case = repair.case
    credit, first = case.portfolio.of_kind(Kind.CREDIT), case.first_year
    change = (planned(repair) - case.portfolio.baseline_wan)[first:, credit]
    more, less = int(change[change > 0].sum()), -int(change[change < 0].sum())
    if max(more, less) < SEEN_WAN:
        return ""
    return (
        f"另有随资本金的贷款、债券与原计划相比增 {yi_text(more)} 亿元、减 {yi_text(less)} 亿元，"
        "由项目单位与银行落实，不在上述笔数内。"
    )


def moves_grid(repair: Reallocation, most: int) -> Grid | None:
    """The largest moves: who gives and takes, why, who decides; None where nothing is moved."""
    if not repair.moves:
        return None
    portfolio = repair.case.portfolio
    due = due_first(repair.calendar, repair.moves)
    asked = () if due is None else due.moves
    order = _shown_order(repair, asked)
    table = _moves(portfolio).of(order[:most])
    if not table.rows:
        return None
    more = len(repair.moves) - len(table.rows)
    return Grid(
        caption=f"调整{_of_them(asked, most)}（单位：亿元；负为调减，正为调增）",
        table=table,
        notes=(f"另有 {more} 笔，见同一文件夹的 {words.PLAN_FILE}。",) if more else (),
    )


def _moves(portfolio: Portfolio) -> Fields[Move]:
    """The columns of the repair's own table, narrower, with the first reason alone."""
    moves = move_fields(portfolio)
    return Fields[Move](
        name="调整",
        fields=(
            replace(moves["label"], width=17),
            replace(moves["channel"], width=16),
            moves["year"],
            replace(moves["change_wan"], width=8),
            text("reason", "理由", lambda move: str(move.reasons[0]), 24),
            replace(moves["authority"], title="谁决定", width=17),
            moves["effective"],
        ),
    )


def _shown_order(repair: Reallocation, asked: Sequence[Move]) -> list[Move]:
    """The moves asked for before the others; of each what is given and what is taken by turns."""
    order: list[Move] = []
    for part in (True, False):
        moves = [move for move in words.largest_moves(repair) if (move in asked) is part]
        takes = [move for move in moves if move.change_wan > 0]
        gives = [move for move in moves if move.change_wan <= 0]
        for pair in zip_longest(takes, gives):
            order += [move for move in pair if move is not None]
    return order


def _of_them(asked: Sequence[Move], most: int) -> str:
    """Which moves a table of `most` begins with."""
    if not asked:
        return "：金额最大的几笔"
    if len(asked) <= most:
        return f"：先列请决定的 {len(asked)} 笔，再列金额最大的"
    return f"：请决定的 {len(asked)} 笔中金额最大的"


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
    if repair.verdict is Verdict.NONE_FOUND:
        return f"本期没有可以报批的调整方案（没有求得，也没有证明没有），{_go_on(dossier)}"
    said = words.bearing(repair)
    if not repair.moves:
        return f"本期无须批准调整（没有要调整的资金），{_go_on(dossier)}"
    if said in _NOT_TO_ASK:
        return f"本期无须批准调整（调整方案经推演检验{said}），{_go_on(dossier)}"
    if said is None and not promises_more(repair):
        return f"本期无须批准调整（方案与不调整没有实质差别），{_go_on(dossier)}"
    due = due_first(repair.calendar, repair.moves)
    if due is None:
        return f"请决定是否改列下年预算：方案的 {len(repair.moves)} 笔调整当年都来不及生效。"
    if due.deadline <= dossier.quarter:
        return _solve_again(repair, dossier.quarter)
    return _asked(repair, due, said, dossier.quarter)


def _solve_again(repair: Reallocation, quarter: int) -> str:
    """A plan of which a part can't be asked for any more no longer holds as a whole."""
    deadlines = [latest_ask(repair.calendar, move) for move in repair.moves]
    passed = sum(deadline is not None and deadline <= quarter for deadline in deadlines)
    return (
        f"请决定是否以{finish_words(repair.calendar, quarter)}末为时点重新求解调整方案：现有方案"
        f"（{words.since_text(repair.case)}）的 {len(deadlines)} 笔中有 {passed} 笔报批期限已过，"
        "不能再照此报批。"
    )


def promises_more(repair: Reallocation) -> bool:
    """Whether the plan promises less 缺口 or less 滞后 than the play without it, beyond rounding.

    For a plan that the play can't judge: what it promises has to do.
    """
    before = played_aims(repair.case, repair.case.played, repair.run.outcome)
    after = {stage.aim: stage.value_wan for stage in repair.stages}
    return any(before[aim] - after[aim] >= SEEN_WAN for aim in before if aim in after)


def _asked(repair: Reallocation, due: Due, said: words.Bearing | None, quarter: int) -> str:
    names = names_text(_net_names(repair, due.moves))
    year = year_spans({move.year for move in due.moves})
    way = _ASKED_OF[due.authority].format(
        year=year, whose=due.whose, deadline=finish_words(repair.calendar, due.deadline)
    )
    unproven = repair.verdict is Verdict.UNPROVEN and repair.name is not WayName.FEW
    notes = [
        "可行，未证最优" if unproven else "",
        "推演不能检验本方案，执行中须逐季核对" if said is None else "",
        f"推演检验：{said}" if said in (words.Bearing.WIDER_GAP, words.Bearing.MORE_DELAY) else "",
    ]
    note = "；".join(filter(None, notes))
    hurry = due.deadline - quarter <= SOON
    when = "这是期限最先到的一批，逾期当年不能再调" if hurry else "不急于本期，期限到前批准即可"
    return (
        f"请同意 {year} 年 {len(due.moves)} 笔资金调整（{_sums_text(due.moves)}；涉及 {names}，主要的见表{MOVES_TABLE}；"
        "年初预留为假设，批前请核实可用余额），"
        f"{way}"
        + (f"（{note}）" if note else "")
        + f"。{when}{_rest_text(repair, due)}。{_still_missed(repair, quarter)}"
    )


def _net_names(repair: Reallocation, moves: Sequence[Move]) -> list[str]:
    """The items of some moves with what each gets or gives in all, the largest first."""
    nets: dict[int, int] = {}
    for move in moves:
        nets[move.item_no] = nets.get(move.item_no, 0) + move.change_wan
    portfolio = repair.case.portfolio
    return [
        f"{portfolio.item(no).label}（净{'增' if net > 0 else '减'} {small_yi_text(abs(net))}）"
        if abs(net) >= SEEN_WAN
        else f"{portfolio.item(no).label}（渠道互换）"
        for no, net in sorted(nets.items(), key=lambda each: -abs(each[1]))
    ]


def _sums_text(moves: Sequence[Move]) -> str:
    """What some moves add and take, and how much of it comes from the reserve."""
    sums = flow(moves)
    parts = [
        f"{word} {small_yi_text(wan)} 亿元"
        for word, wan in (("调增", sums.takes_wan), ("调减", sums.gives_wan))
        if wan >= SEEN_WAN
    ]
    nets: dict[tuple[str, int], int] = {}
    for move in moves:
        key = move.channel_id, move.year
        nets[key] = nets.get(key, 0) + move.change_wan
    more = sum(net for net in nets.values() if net > 0)
    less = -sum(net for net in nets.values() if net < 0)
    if more >= SEEN_WAN:
        parts.append(f"其中净增 {small_yi_text(more)} 亿元来自年初预留")
    if less >= SEEN_WAN:
        parts.append(f"净减 {small_yi_text(less)} 亿元因渠道额度减少或未用足")
    return "，".join(parts)


def _still_missed(repair: Reallocation, quarter: int) -> str:
    """The years that stay below their target even with the moves."""
    this = repair.calendar.first_year + quarter // 4
    lacks = {
        year.year: year.target_wan - year.promised_wan
        for year in repair.years
        if year.target_wan is not None and this <= year.year <= repair.calendar.last_full_list_year
    }
    missed = {year: wan for year, wan in lacks.items() if wan >= SEEN_WAN}
    if not missed:
        return ""
    worst = max(missed, key=lambda year: missed[year])
    return (
        f"调整后 {year_spans(missed)} 年仍低于年度目标（{worst} 年差得最多，{yi_text(missed[worst])} "
        "亿元），另请研究补充入库项目或调整目标。"
    )


def _rest_text(repair: Reallocation, due: Due) -> str:
    """What becomes of the moves that are not asked for now."""
    others = [move for move in repair.moves if move not in due.moves]
    late = sum(latest_ask(repair.calendar, move) is None for move in others)
    later = len(others) - late
    told = f"；其余 {later} 笔按年度分批另报" if later else ""
    if late:
        told += f"；{late} 笔当年已来不及生效，方案的效果要相应打折"
    return told


def _which_way_out(found: Infeasibility) -> str:
    """Whether the largest lack of money can be made good; other ways out stand in the plan's file.

    What rule could be loosened instead is no suggestion to make in passing: it may be a floor of
    livelihood items.
    """
    if not found.needs:
        return "请决定放宽哪一条规则：规则之间的冲突不在资金数额上，没有可补的资金。"
    largest = max(found.needs, key=lambda need: need.lacking_wan)
    year = (
        "" if largest.year is None or str(largest.year) in largest.where else f"{largest.year} 年"
    )
    others = len(found.needs) - 1
    also = f"（另有 {others} 处须一并补足）" if others else ""
    return (
        f"请决定能否另行落实资金：{year}{largest.where} {small_yi_text(largest.lacking_wan)} 亿元"
        f"{also}。未落实前没有可报批的调整方案；其他出路见 {words.PLAN_FILE} 的“规则冲突”。"
    )


def _without_repair(dossier: Dossier) -> str:
    if not dossier.run.changes:
        return f"本期无须批准调整，{_go_on(dossier)}"
    return f"本期没有提请批准的调整（{dossier.no_repair}），{_go_on(dossier)}"


def _go_on(dossier: Dossier) -> str:
    """Go on as planned with an eye on what matters; or that even the plan misses the target."""
    run, this = dossier.run, dossier.calendar.first_year + dossier.quarter // 4
    missed = [
        m
        for m in year_measures(run.portfolio, run.outcome)
        if m.year >= this and not m.list_runs_down and m.below_wan >= SEEN_WAN
    ]
    if missed:
        worst = max(missed, key=lambda m: m.below_wan)
        return (
            f"但 {year_spans({m.year for m in missed})} 年按现有清单与额度达不到年度目标"
            f"（{worst.year} 年差得最多，{yi_text(worst.below_wan)} 亿元）："
            "请决定是补充入库项目（并相应增加额度），还是调整目标。"
        )
    watched = items_to_watch(run, dossier.quarter)
    names = "、".join(run.portfolio.item(row.item_no).label for row in watched)
    return f"请按计划推进{f'，重点盯住 {names}' if names else ''}。"
