"""What a repair is called in Chinese: the verdict nobody can misread, aims, prices, what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from portfolio.model.calendar import Calendar
from portfolio.model.facts import month_label
from portfolio.model.items import Channel
from portfolio.model.measures.held_in_year import HeldBy
from portfolio.model.money import BPS, SEEN_WAN, small_yi_text, yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.aims import play_judges, played_aims
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.findings import (
    Approver,
    first_year,
    known_bound,
    year_causes,
)
from portfolio.model.reallocation.result import (
    ConflictMember,
    Grandfathered,
    Infeasibility,
    Move,
    Price,
    Reallocation,
    RepairNeed,
    Stage,
    Verdict,
    YearPromise,
)
from portfolio.model.reallocation.settings import Aim, RepairSettings, Way, WayName
from portfolio.model.rules.approval import ApprovalPath
from portfolio.model.rules.rulebook import REPAIR_RULES
from portfolio.report.words.paper import NUMBER
from portfolio.report.words.run import held_name

PLAN_FILE = "调整方案.xlsx"
MOVES_SHEET, EDIT_SHEET = "调整明细", "调整后计划"
RULE_TITLES = {rule.code: rule.title for rule in REPAIR_RULES}
#: What an aim's value is counted in.
AIM_UNITS = {
    Aim.SHORTFALL: "亿元（折市重点）",
    Aim.DELAY: "亿元·年（按优先级加权）",
    Aim.MOVEMENT: "亿元",
}
AIM_MEANINGS = {
    Aim.SHORTFALL: "冲击造成的年度缺口之和",
    Aim.DELAY: "各大项累计投资落后于基准的数，逐年相加",
    Aim.MOVEMENT: "统筹资金偏离基准的数",
}
PROVEN, UNKNOWN = "已证", "未及求解"
#: In place of a limit of time; what of an aim is said that is weighed with another.
SET_EFFORT, TOGETHER = "固定的工作量", "与其他目标合并比较"

LATER_THAN_NONE = (
    "不愿滞后加重的，用 --way 完全修复 再求（滞后最小，笔数多）；或在情景文件里写 - 目标顺序: {滞后折算: 30%} 再求"
    "（多挪几笔，往往不再加重）。"
)


def rule_title(code: str) -> str:
    """A rule's title; an unknown code stands for itself."""
    return RULE_TITLES.get(code, code)


def short_title(code: str) -> str:
    """A rule's title up to its colon."""
    return rule_title(code).split("：")[0]


def channel_of(portfolio: Portfolio, channel_id: str) -> Channel:
    """The channel of an id."""
    return portfolio.channels[portfolio.channel_position[channel_id]]


class Bearing(StrEnum):
    """What the play says of a repaired plan against changing nothing."""

    WORSE = "两项都不如不调整，不建议照此执行"
    WIDER_GAP = "缺口反比不调整大，缩小的只是滞后；请权衡后再定"
    SAME = "与不调整没有实质差别，可以不动"
    MORE_DELAY = "缺口缩小，代价是滞后加重"
    BETTER = "比不调整好"


def verdict_line(result: Reallocation) -> str:
    """The verdict first, then what it means: the line every report of a repair opens with."""
    settings = result.case.settings
    if result.verdict is Verdict.NEEDLESS:
        return f"{Verdict.NEEDLESS}：{_tried_text(result)}，按原计划执行。"
    if result.plan_wan is not None and not result.moves:
        return f"{Verdict.NEEDLESS}：原计划在冲击之下仍守得住全部规则，没有要挪的资金。"
    if result.name is WayName.FEW:
        return f"少动：满足全部规则，{few_text(result)}；按固定的工作量找到的最好方案，没有证明不能更好。"
    if result.verdict is Verdict.PROVEN and settings.way is Way.KNEE:
        return f"已证最优：满足全部规则，且已证明{compared_text(settings)}。"
    if result.verdict is Verdict.PROVEN:
        return f"已证最优：满足全部规则，且已证明没有更好的方案（{compared_text(settings)}）。"
    if result.verdict is Verdict.INFEASIBLE:
        return "无可行解：没有任何调整方案能同时满足全部规则，本次不给出新计划。"
    if result.verdict is Verdict.NONE_FOUND:
        return (
            f"未得方案：{effort_text(result)}内没有求得满足全部规则、精确到万元的方案，也没有证明"
            "没有；本次不给出新计划。"
        )
    return (
        f"可行未证（{open_gap(result)}）：满足全部规则、可用，但{effort_text(result)}内未证最好。"
    )


def few_text(result: Reallocation) -> str:
    """How many moves there are, and how many there may be."""
    allowed = result.allowed or len(result.moves)
    return f"只改 {len(result.moves)} 笔（至多 {allowed} 笔）"


def _tried_text(result: Reallocation) -> str:
    """What the play of the best repair comes to, where none is offered."""
    if result.tried is None:
        return "按规则调整不比不调整好"
    before, after = played_aims_of(result.tried)
    told = "，".join(
        f"{aim}由 {yi_text(before[aim])} 变为 {yi_text(after[aim])} {AIM_UNITS[aim]}"
        for aim in before
    )
    return f"照求得的最好方案推演，{told}，不比不调整好"


def numbered_verdict(result: Reallocation) -> str:
    """The verdict with the plan's number, for papers whose own number says more than the plan."""
    number = result.paper.number
    return verdict_line(result) + (f"{NUMBER} {number}。" if number else "")


def effort_text(result: Reallocation) -> str:
    """How long was sought: 限时 60 秒, or a set effort."""
    limit = result.time_limit_seconds
    return SET_EFFORT if limit is None else f"限时 {seconds_text(limit)}"


def compared_text(settings: RepairSettings) -> str:
    """What plans are compared by: the aims in order, or how near its least each of two is."""
    if settings.way is Way.STRICT:
        return f"依次比{'、'.join(settings.aims)}"
    return (
        f"{near_text('缺口', settings.slack_bps)}，"
        f"{near_text(weighed_name(settings), settings.cost_slack_bps)}"
    )


def near_text(what: str, slack_bps: int) -> str:
    """How near its least something stays."""
    if not slack_bps:
        return f"{what}最小"
    return f"{what}比最小值多不超过 {percent(slack_bps)}"


def weighed_name(settings: RepairSettings) -> str:
    """What 调整量 and 滞后 make together: `调整量＋0.1×滞后`."""
    return f"调整量＋{settings.delay_rate_bps / BPS:g}×滞后"


def weighed_text(result: Reallocation) -> str | None:
    """What 调整量 and 滞后 come to together, and the least; None where they aren't weighed."""
    found, settings = result.weighed, result.case.settings
    if found is None:
        return None
    said = f"{weighed_name(settings)} 合 {yi_text(found.value_wan)} 亿元"
    if found.least_wan is None:
        return f"{said}：未证，下界未知"
    least = f"最小 {small_yi_text(max(0, round(found.least_wan)))}"
    more = f"，为少改几笔可多 {percent(settings.cost_slack_bps)}" if settings.cost_slack_bps else ""
    return f"{said}（{least}{more}）：{PROVEN if found.proven else '未证'}"


def played_line(result: Reallocation) -> str | None:
    """What the play says of the plan: whether following it is better than changing nothing.

    The promise is made by years; the play judges it by quarters. None without a plan to play, or
    where nothing is moved.
    """
    if result.repaired is None or result.outcome is None or not result.moves:
        return None
    case = result.case
    if not play_judges(case):
        return (
            "推演检验：决策时冲击（或当年）已经开始，推演不能从半途接着走，会把已发生的冲击再算一遍，"
            "“推演”一栏只供参考；请以“承诺”为准，执行中逐季核对。"
        )
    before, after = played_aims_of(result)
    told = "，".join(
        f"{aim}由 {yi_text(before[aim])} 变为 {yi_text(after[aim])} {AIM_UNITS[aim]}"
        for aim in before
    )
    return f"推演检验（不调整→调整后）：{told}：{bearing(result)}。"


def bearing(result: Reallocation) -> Bearing | None:
    """Whether the play bears a repair out; None where there is nothing the play can judge."""
    if result.repaired is None or result.outcome is None or not result.moves:
        return None
    if not play_judges(result.case):
        return None
    before, after = played_aims_of(result)
    gap, delay = (after[aim] - before[aim] for aim in (Aim.SHORTFALL, Aim.DELAY))
    worse_gap, worse_delay = gap >= SEEN_WAN, delay >= SEEN_WAN
    if worse_gap and worse_delay:
        return Bearing.WORSE
    if worse_gap:
        return Bearing.WIDER_GAP
    if gap > -SEEN_WAN and delay > -SEEN_WAN:
        return Bearing.SAME
    return Bearing.MORE_DELAY if worse_delay else Bearing.BETTER


def played_aims_of(result: Reallocation) -> tuple[dict[Aim, int], dict[Aim, int]]:
    """The aims as the play reaches them, of a case with a repaired plan: without it, and with it.

    Raises
    ------
    ValueError
        There is no repaired plan.
    """
    if result.repaired is None or result.outcome is None:
        raise ValueError("an infeasible case has no plan to play")
    case = result.case
    return (
        played_aims(case, case.played, result.run.outcome),
        played_aims(case, result.repaired, result.outcome),
    )


def open_gap(result: Reallocation) -> str:
    """How far the first unproven aim may be from the best: `最优性差距 3.2%`."""
    stage = next((stage for stage in result.stages if not stage.proven), None)
    if stage is None:
        missing = [str(aim) for aim in result.case.settings.aims if aim not in _sought(result)]
        return f"{'、'.join(missing)}未及求解" if missing else "最优性差距未知"
    if stage.gap is None or known_bound(stage) is None:
        return "最优性差距未知"
    return f"最优性差距 {gap_text(stage.gap)}"


def _sought(result: Reallocation) -> set[Aim]:
    return {stage.aim for stage in result.stages}


def gap_text(gap: float) -> str:
    """A gap in per cent; one that is not 0 never reads 0."""
    return "<0.1%" if 0 < gap < 0.0005 else f"{gap * 100:.1f}%"


def seconds_text(seconds: float) -> str:
    """A span of time."""
    return f"{seconds:.0f} 秒" if seconds >= 1 or not seconds else f"{seconds:.1f} 秒"


def aims_heading(result: Reallocation) -> str:
    """Over the aims: how they are weighed."""
    case = result.case
    if result.name is WayName.FEW and result.moves:
        return "目标（笔数有限，各项合并比较）"
    if case.settings.way is Way.STRICT:
        return "目标（依次做到最小）"
    return f"目标（{Way.KNEE}：{compared_text(case.settings)}）"


def proof_text(stage: Stage, settings: RepairSettings) -> str:
    """What is known of an aim: 已证, or how far it may be from the best."""
    knee = settings.way is Way.KNEE
    if knee and stage.aim is not Aim.SHORTFALL:
        return TOGETHER
    if stage.proven and knee and stage.bound_wan is not None and settings.slack_bps:
        least = small_yi_text(max(0, round(stage.bound_wan)))
        return f"{PROVEN}（最小 {least}，可多 {percent(settings.slack_bps)}）"
    if stage.proven:
        return PROVEN
    bound = known_bound(stage)
    if stage.gap is None or bound is None:
        return "未证，下界未知"
    least = small_yi_text(max(0, round(bound)))
    return f"未证，差距 {gap_text(stage.gap)}（不会少于 {least}）"


def fewest_text(result: Reallocation) -> str | None:
    """How many cells changed and how few there could be."""
    fewest = result.fewest
    if result.name is WayName.FEW and result.moves:
        return f"{few_text(result)}，一笔为一个大项、一个渠道、一年。"
    if fewest is None:
        return f"改动 {len(result.moves)} 格；最少要改几格未及求解。" if result.moves else None
    if fewest.proven:
        return f"改动 {fewest.cells} 格（一格为一个大项、一个渠道、一年），已证不能更少。"
    least = "下界未知" if fewest.bound is None else f"至少要改 {fewest.bound} 格"
    gap = ""
    if fewest.bound is not None:
        part = max(0, fewest.cells - fewest.bound) / max(1, fewest.cells)
        gap = f"，差距 {gap_text(part)}"
    return (
        f"改动 {fewest.cells} 格（一格为一个大项、一个渠道、一年）；{least}{gap}"
        f"（按{SET_EFFORT}寻找，未证）。"
    )


def counted_text(case: RepairCase) -> str:
    """Why converted money is not money × 入列系数 after facts; nothing where it is."""
    if case.after is None or (case.after.counts_bps == BPS).all():
        return ""
    return (
        "概算上涨、或形象进度快于资金的大项，其后的投资按“剩余形象进度÷剩余投资”计入折市重点，"
        "因此不等于投资×入列系数。"
    )


def since_text(case: RepairCase) -> str:
    """From when on the plan could be changed."""
    if case.after is not None and (facts := case.after.portfolio.facts) is not None:
        last = month_label(facts.asof_months - 1, case.calendar)
        return f"按截至 {last} 的执行数决策，已完成的不动，其后可调"
    if case.asof_quarter < 0:
        return f"按 {first_year(case)} 年以前决策，全部年份可调"
    past = case.calendar.quarter_label(case.asof_quarter)
    running = "（当年已执行部分不动）" if case.year_is_running else ""
    return f"按 {past} 末决策，自 {first_year(case)} 年起可调{running}"


def reasons_text(move: Move) -> str:
    """A move's reasons."""
    return "；".join(str(reason) for reason in move.reasons)


def effective_text(calendar: Calendar, quarter: int | None) -> str:
    """The earliest quarter in which an approval can take effect; none in the move's own year."""
    return "当年来不及" if quarter is None else calendar.quarter_label(quarter)


def level_text(move: Move) -> str:
    """Whose budget a move is of (级次)."""
    return "未填" if move.approval.level is None else str(move.approval.level)


def level_line(paths: Iterable[ApprovalPath]) -> str:
    """That it can't be said which body decides, where it can't; else nothing."""
    untold = sum(not path.body_known for path in paths)
    if not untold:
        return ""
    return (
        f"{untold} 笔的大项级次未填或不是市本级、区，审批主体只能写“本级”，不能判断是哪一级；"
        "请在“项目清单”（或“项目”）表的“级次”列填写"
    )


def approver_span(calendar: Calendar, row: Approver) -> str:
    """When an authority's approvals can take effect: `2024Q1–2027Q1，2 格当年来不及`."""
    late = f"{row.late_cells} 格当年来不及" if row.late_cells else ""
    if row.first_quarter is None or row.last_quarter is None:
        return late
    first, last = (
        calendar.quarter_label(row.first_quarter),
        calendar.quarter_label(row.last_quarter),
    )
    said = first if first == last else f"{first}–{last}"
    return f"{said}，{late}" if late else said


def signed_yi(wan: int) -> str:
    """Money with its sign, one decimal."""
    text = small_yi_text(wan)
    return f"+{text}" if wan > 0 else text


def limit_label(portfolio: Portfolio, price: Price) -> str:
    """What a price is of: `2024 年地方政府专项债券`, else the place in the model's words."""
    if price.channel_id is not None and price.item_no is None:
        return f"{price.year} 年{channel_of(portfolio, price.channel_id).name}"
    return place_text(price.where, price.year)


def place_text(where: str, year: int | None) -> str:
    """A place with its year, unless the place says it."""
    if year is None or str(year) in where:
        return where
    return f"{year} 年{' ' if where[:1].isascii() else ''}{where}"


def price_sentence(portfolio: Portfolio, price: Price) -> str:
    """`再多 1 亿元 2024 年专项债券：缺口少 0.70 亿元，另带动贷款 0.50 亿元，在 ±x 亿元内成立`."""
    label, step = limit_label(portfolio, price), plain_yi(price.step_wan)
    pooled = price.channel_id is not None and price.item_no is None
    head = f"再多 {step} 亿元 {label}" if pooled else f"{label}放宽 {step} 亿元"
    parts = [
        f"{name}{side} {yi_text(abs(wan), 2)} {unit}"
        for name, wan, unit, sides in (
            ("缺口", price.shortfall_wan, "亿元", ("少", "多")),
            ("加权滞后", price.delay_wan, "亿元·年", ("少", "多")),
            ("另", price.loans_wan, "亿元", ("带动贷款", "减少贷款")),
        )
        if wan
        for side in (sides[wan < 0],)
    ] or ["缺口与滞后都不变"]
    return f"{head}：{'，'.join(parts)}；{holds_text(price)}（{short_title(price.rule)}）。"


def plain_yi(wan: int) -> str:
    """亿元 without decimals that say nothing: `1`, `0.5`."""
    return yi_text(wan, 4).rstrip("0").rstrip(".")


def holds_text(price: Price) -> str:
    """How far the limit may move at the same price."""
    down, up = price.holds_down_wan, price.holds_up_wan
    if down is None and up is None:
        return "增减多少都成立"
    if down is not None and down == up:
        return f"在 ±{small_yi_text(down)} 亿元内成立"
    fall = "减少不限" if down is None else f"减少不超过 {small_yi_text(down)} 亿元"
    rise = "增加不限" if up is None else f"增加不超过 {small_yi_text(up)} 亿元"
    return f"{fall}、{rise}时成立"


def need_text(need: RepairNeed) -> str:
    """A line of the cheapest repair: `2023 年专项债券 37.2 亿元，或把 …`."""
    alternative = "" if need.alternative is None else f"，或{need.alternative.removeprefix('或')}"
    money = small_yi_text(need.lacking_wan)
    title = short_title(need.rule)
    return f"{place_text(need.where, need.year)} {money} 亿元{alternative}（{title}）"


def needs_sentence(needs: tuple[RepairNeed, ...]) -> str:
    """What is missing to satisfy every rule, in all."""
    total = sum(need.lacking_wan for need in needs)
    if not needs:
        return "没有找到补足的办法：规则之间的冲突不在资金数额上。"
    if len(needs) == 1:
        return f"要满足全部规则，还缺 {need_text(needs[0])}。"
    return f"要满足全部规则，最省也还缺合计 {small_yi_text(total)} 亿元，共 {len(needs)} 处："


def member_text(member: ConflictMember) -> str:
    """A rule of the conflict with its place."""
    return f"{short_title(member.rule)}——{place_text(member.where, member.year)}"


def ways_cut_line(found: Infeasibility) -> str:
    """That a cheaper or another way out may not have been found; empty where all were sought."""
    return (
        ""
        if found.complete
        else "补救办法没有全部算完：所列的可能不是最省的，也可能少列了“或”的一种。"
    )


def conflict_lead(*, minimal: bool) -> str:
    """What the list of conflicting rules means."""
    if minimal:
        return "互相冲突的规则（最小的一组：去掉其中任何一条，这一处矛盾就没有了，别处可能还有）"
    return "互相冲突的规则（没有缩到最小，可能还能去掉几条）"


def grandfathered_line(found: tuple[Grandfathered, ...]) -> str:
    """Where the baseline itself breaks rules, in one line."""
    if not found:
        return "基准计划本身没有突破规则之处。"
    counts: dict[str, int] = {}
    for one in found:
        counts[one.rule] = counts.get(one.rule, 0) + 1
    rules = "、".join(f"{short_title(code)} {count} 处" for code, count in counts.items())
    return (
        f"基准计划本身已有 {len(found)} 处突破规则（{rules}），按基准自身的数字放行，不算本次的错。"
    )


def solved_line(result: Reallocation) -> str:
    """By what and within what time it was solved."""
    since = since_text(result.case)
    if result.case.after is None:
        since += "（未写 --asof 时假定在冲击前一年年末决策）"
    return f"{since}。求解：{result.solver}，{effort_text(result)}。"


def no_prices_line(result: Reallocation) -> str:
    """Why no prices are listed: none were asked for, or no single limit holds the answer."""
    if result.prices is None and not result.prices_complete:
        return (
            "大项太多，没有计算“限额再放宽一点能换来什么”；可用 --set 放宽某条限额再求一次来比较。"
        )
    if result.prices is None:
        return "未计算“限额再放宽一点能换来什么”（去掉 --no-prices 即可）。"
    if not result.prices_complete:
        return "没有算完：算过的限额中，没有哪条再放宽 1 亿元就能使缺口或滞后更小。"
    return "没有哪条限额再放宽 1 亿元就能使缺口或滞后更小。"


#: Beside prices that are not all there are.
PRICES_CUT = "价格没有全部算完：没列的限额不一定没有价格。"


def prices_lead(result: Reallocation) -> str:
    """What listed prices mean, and that some limits may be missing."""
    cut = "" if result.prices_complete else PRICES_CUT
    if result.case.settings.way is Way.KNEE:
        cut = f"价格按缺口、滞后依次最小计算，不计调整量。{cut}"
    return f"每条都是放宽后重新求解得到的；只在“成立范围”之内按同样比例推算。{cut}"


def next_steps(result: Reallocation) -> tuple[str, ...]:
    """What to do with each verdict."""
    if result.verdict is Verdict.INFEASIBLE:
        return (
            "按上面“还缺”逐条落实资金或放宽规则，再运行一次；可先用 --set 试算某渠道某年的额度。",
            "互相冲突的一组只说明一处矛盾；要可行，须把上面列出的各处全部补足（或按“或”放宽）。",
            "未调整时会怎样，见 portfolio run（同一情景）。",
        )
    if result.verdict is Verdict.NONE_FOUND:
        return (
            "用 --time 写一个更长的求解限时再运行一次；仍没有时，把冲击改小一点（如减 30% 改为减 29%），"
            "或在情景里放宽一条规则。",
            "未调整时会怎样，见 portfolio run（同一情景）。",
        )
    if result.verdict is Verdict.NEEDLESS:
        return (
            "不用报批；按原计划执行，逐季看执行数。",
            "要看求得的方案，用 portfolio reallocate --way 完全修复 或 --moves 笔数 换一种做法再求。",
        )
    edit = (
        f"要手工改：改 {PLAN_FILE} 的“{EDIT_SHEET}”白色单元格，存盘，"
        f"再运行 portfolio run -s {PLAN_FILE}。"
    )
    later = () if bearing(result) is not Bearing.MORE_DELAY else (LATER_THAN_NONE,)
    if result.verdict is Verdict.UNPROVEN and result.name is not WayName.FEW:
        return (
            *later,
            "可以先用本方案；时间允许时用 --time 写一个更长的求解限时再运行一次，看差距能否缩小。",
            f"逐笔去向、理由与审批见 {PLAN_FILE} 的“{MOVES_SHEET}”，按审批主体分头报批。",
            edit,
        )
    if not result.moves:
        return ("不需要调整：按原计划执行。",)
    return (
        *later,
        f"逐笔去向、理由与审批见 {PLAN_FILE} 的“{MOVES_SHEET}”，按审批主体分头报批。",
        edit,
    )


def settings_lines(case: RepairCase) -> tuple[str, ...]:
    """The figures of the rules that no sheet holds: assumptions."""
    settings = case.settings
    weights = " / ".join(str(weight) for weight in settings.class_weights)
    share = settings.contract_decay_bps / BPS
    return (
        *way_lines(settings),
        f"滞后按优先级加权：第 1 至 4 级一万元的权重为 {weights}（假设）。",
        f"保民生支出：标“民生”的大项每年不少于受冲击后应有数的 {percent(settings.livelihood_bps)}（假设）。",
        f"已签约：可调的第一年为合同比例，以后逐年乘 {share:.2f}（假设）。",
        f"不得停停建建：首末笔资金之间每年不少于 {percent(settings.continuity_bps)}（假设）。",
        "年度份额带：" + band_words(settings.yearly_band_bps) + "（假设）。",
        "民生不转债："
        + ("不要求" if settings.livelihood_debt else "要求")
        + "（政策设定，不是法律）。",
        f"不足 {small_yi_text(settings.least_move_wan)} 亿元的调整，收回后其余重新求解；不违反规则、缺口和滞后"
        "几乎不变的才收回（假设）。",
        f"预算已批准的年度渠道短收：按“{settings.short}”看由谁批（情景“短收处理”可改）。",
        "开工年份也可调整，年度目标按全额计。"
        if case.reschedule
        else "年度缺口只算冲击造成的：应达到数取目标与基准折市重点中的小者。",
    )


def way_lines(settings: RepairSettings) -> tuple[str, ...]:
    """How the aims are weighed, and what may be given up for another: assumptions."""
    if settings.way is Way.STRICT:
        order = "、".join(settings.aims)
        return (f"目标依次为 {order}：前一个做到最小之后，才在其中比较后一个。",)
    return (
        f"目标取折中：{compared_text(settings)}，其中改动的格数尽量少（两个余地是假设）。",
        f"1 亿元·年的加权滞后抵 {settings.delay_rate_bps / BPS:g} 亿元调整（假设；情景“目标顺序”可改）。",
    )


def band_words(bps: int) -> str:
    """How far a channel's share of an item-year may be from the plan's."""
    if bps >= BPS:
        return "不限"
    return (
        f"渠道占大项当年统筹资金的份额与计划相差不超过 {bps / 100:g} 个百分点；渠道减收的年份，"
        f"大项少得的不超过同比例应减数加当年统筹资金的 {bps / 100:g}%"
    )


def percent(bps: int) -> str:
    """Basis points as per cent."""
    return f"{bps / 100:g}%"


# --- What of a finished repair is shown, in which order and in which words


CATCHES_UP = "补上以前年度少完成的"


def largest_moves(result: Reallocation, most: int | None = None) -> tuple[Move, ...]:
    """Moves by size, the earliest first among equals; none that reads 0.0."""
    seen = (move for move in result.moves if abs(move.change_wan) >= SEEN_WAN)
    ordered = sorted(seen, key=lambda m: (-abs(m.change_wan), m.year, m.item_no))
    return tuple(ordered[:most])


def shown_years(result: Reallocation) -> tuple[YearPromise, ...]:
    """Converted years in which the four ways differ, or that stay below target while the list is full."""
    feasible = result.plan_wan is not None
    rows = []
    for year in result.years:
        if year.inclusion_bps is None:
            continue
        ways = [year.baseline_wan, year.shocked_wan]
        ways += [year.promised_wan, year.played_wan] if feasible else []
        below = year.target_wan is not None and min(ways) < year.target_wan
        below = below and year.year <= result.calendar.last_full_list_year
        if max(ways) - min(ways) >= SEEN_WAN or below:
            rows.append(year)
    return tuple(rows)


def why_text(portfolio: Portfolio, why: HeldBy | None) -> str:
    """Why an item differs from the promise in a year; None catches up."""
    return CATCHES_UP if why is None else held_name(portfolio, why)


def year_cause_names(result: Reallocation) -> dict[int, tuple[str, ...]]:
    """Why the play lacks of the promise by year, what holds most money first."""
    if result.repaired is None:
        return {}
    repaired = result.repaired
    return {
        year: tuple(held_name(repaired, why) for why in causes)
        for year, causes in year_causes(result).items()
    }
