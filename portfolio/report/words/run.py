"""What results are called in Chinese: causes, outcomes of a year, the sentences of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from portfolio.model.calendar import Calendar
from portfolio.model.facts import Facts, month_label
from portfolio.model.gates import Gate, GateType
from portfolio.model.items import Item, TargetKind
from portfolio.model.measures.graph import Conflict
from portfolio.model.measures.held_in_year import HeldBy, held_by_cause
from portfolio.model.measures.results import RunResult, item_shifts, new_delays, worst_year
from portfolio.model.measures.years import (
    YearMeasure,
    judged_years,
    late_positions,
    outstanding_wan,
    tail_positions,
    year_measures,
)
from portfolio.model.money import WAN_PER_YI, small_yi_text, yi_text
from portfolio.model.outcome import Cause, CauseKind, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import Problem
from portfolio.model.quarters import year_spans
from portfolio.report.words.paper import Named, paper_pairs

if TYPE_CHECKING:
    from portfolio.model.scenarios import ChangeLogEntry

#: The note every report puts where a gap once the list runs down is shown.
CLOSED_LIST = "<full+1> 年起的差额列为“待入库”：清单封闭所致，非投资下滑。"
#: More changes before the as-of than these are counted.
PAST_LISTED = 4
#: Of years that are over and of which no facts were entered.
NOT_JUDGED = "这些年份已过去而没有填执行数，推演不评判达标"
#: Of an item that lacks in a year in which nothing held it.
AS_SPENT = "当年没有受阻，承接以前年度的进度"


#: What a year is that no target judges, in one word.
EXECUTED, PLAYED = "已执行", "推演"
#: 此前已滞后 of an item that facts have ahead of its plan.
AHEAD_BEFORE = "此前超前"


def scenario_name(result: RunResult) -> str:
    """A scenario's name, with its title where that says more, and its kind where it has one."""
    kind = f"〔{result.kind}〕" if result.kind else ""
    if result.title.startswith(result.label):
        return result.title + kind
    name = f"{result.label}——{result.title}" if result.title else result.label
    return name + kind


def past_changes_line(result: RunResult) -> str | None:
    """What of a scenario lies before the as-of and so changes nothing; None where nothing does."""
    past = [change for change in result.changes if change.past and not change.overridden_by]
    if not past:
        return None
    counted = [change for change in result.changes if not change.overridden_by]
    whose = "这个情景的冲击全都" if len(past) == len(counted) else f"{len(past)} 处冲击"
    names = "；".join(change.quantity for change in past[:PAST_LISTED])
    more = f" 等 {len(past)} 处" if len(past) > PAST_LISTED else ""
    return f"注意：{whose}在截至月以前，不影响推演：{names}{more}。"


def summary_text(result: RunResult) -> str:
    """A scenario's summary as one paragraph, however its file broke the lines."""
    return "".join(line.strip() for line in (result.summary or "").splitlines())


def reading_points(notes: Sequence[Problem]) -> tuple[str, list[str]]:
    """What of a workbook was read otherwise than it stands there: a heading, a line each."""
    lines = [f"{note.place}：{note.found}（{note.fix}）" for note in notes]
    return f"照单读入，与样表不同的 {len(notes)} 处", lines


def reading_line(notes: Sequence[Problem]) -> str:
    """That something was, and where it is listed."""
    heading, _ = reading_points(notes)
    return f"{heading}：见 进度计划.xlsx 的“说明”表，或运行 portfolio check。"


def origin_pairs(result: RunResult, *papers: Named) -> tuple[tuple[str, str], ...]:
    """Who made it and what it was made from; `papers` of studies or several scenarios, else its own."""
    return (
        *paper_pairs(*(papers or [(result.label, result.paper)])),
        ("输入工作簿", result.workbook),
        ("输入文件 SHA-256", result.workbook_sha256),
        ("程序版本", result.version),
    )


def facts_line(facts: Facts, calendar: Calendar) -> str:
    """Up to when facts are taken, and of how many items."""
    items = len({row.item_no for row in facts.rows})
    mark = "（示例数据）" if facts.example else ""
    return (
        f"月度执行{mark}：截至 {month_label(facts.asof_months - 1, calendar)}，"
        f"采用 {items} 个大项的 {facts.entered_rows} 行，推演从其后开始。"
    )


def projects_line(portfolio: Portfolio) -> str:
    """How many projects there are, under how many items, of how many units, and that they agree."""
    projects = portfolio.projects
    items = {project.item_no for project in projects}
    units = {project.owner for project in projects if project.owner}
    whole = sum(
        all(project.is_whole for project in projects if project.item_no == no) for no in items
    )
    text = f"项目：{len(projects)} 个，属 {len(items)} 个大项"
    text += f"，{len(units)} 个责任单位" if units else ""
    text += "；与大项的总投资、已完成和年度计划相符"
    return text + (f"，{whole} 个大项的年度计划取自项目。" if whole else "。")


def change_note(change: ChangeLogEntry) -> str | None:
    """A change's note, and by what it was overridden."""
    beaten = f"未采用：被 {change.overridden_by} 取代" if change.overridden_by else ""
    return "；".join(filter(None, (change.note, beaten))) or None


def quarter_text(calendar: Calendar, quarter: int | None) -> str | None:
    """A quarter as people read it, None for none."""
    return None if quarter is None else calendar.quarter_label(quarter)


def finish_text(calendar: Calendar, portfolio_outcome: Outcome, index: int) -> str | None:
    """Actual finish: a quarter, “… 以后”, or None for an item without plan."""
    if portfolio_outcome.planned_finish[index] is None:
        return None
    return calendar.finish_label(portfolio_outcome.finish[index])


def delay_text(outcome: Outcome, index: int) -> str:
    """Delay as people read it: “3 季”, “未竣工”, or nothing."""
    if outcome.planned_finish[index] is None:
        return ""
    delay = outcome.delay_quarters(index)
    return "未竣工" if delay is None else f"{delay} 季"


def cause_name(
    portfolio: Portfolio, kind: CauseKind, ref: str | None, item: int | None = None
) -> str:
    """A cause by what it concerns: `等待“22 国铁干线”`, `“专项债券”资金不足`, `停工`.

    Of an item (its position) whose envelope was never below the plan it says so: the money was
    there when planned, and did not follow the work that came later.
    """
    return held_name(portfolio, held_by_cause(portfolio, kind, ref, item))


def held_name(portfolio: Portfolio, why: HeldBy) -> str:
    """What held an item back, by name; of a year in which nothing did, that it follows the past."""
    if why.kind is None:
        return AS_SPENT
    if why.waits_for is not None:
        return f"等待“{portfolio.item(why.waits_for).label}”"
    if why.channel_id is not None:
        channel = portfolio.channels[portfolio.channel_position[why.channel_id]]
        return f"“{channel.name}”{'额度未随进度顺延' if why.not_followed else '资金不足'}"
    return str(why.kind)


def causes_text(portfolio: Portfolio, causes: Sequence[Cause], item: int | None = None) -> str:
    """The causes of a delay, the largest first: `等待“22 国铁干线”3季；停工2季`."""
    ordered = sorted(causes, key=lambda cause: -cause.quarters)
    return "；".join(
        f"{AHEAD_BEFORE}{-cause.quarters}季"
        if cause.kind is CauseKind.BEHIND and cause.quarters < 0
        else f"{cause_name(portfolio, cause.kind, cause.ref, item)}{cause.quarters}季"
        for cause in ordered
    )


def year_verdict(measure: YearMeasure) -> str:
    """A year against its target: 达标, 差 x, 超上限 x, 待入库 x, or — without a target.

    A past year is facts or, where none were entered, play: neither meets or misses anything.
    """
    if measure.past:
        return EXECUTED if measure.executed else PLAYED
    if measure.met is None:
        return "—"
    if measure.met:
        return "达标"
    if measure.above_wan:
        return f"超上限 {yi_text(measure.above_wan)}"
    if measure.to_be_listed_wan:
        return f"待入库 {yi_text(measure.to_be_listed_wan)}"
    return f"差 {yi_text(measure.shortfall_wan)}"


def carried_over_line(measures: Sequence[YearMeasure]) -> str | None:
    """Why some years complete far more than their plan: they catch up with earlier years.

    Named are the years with more than 110 % of their plan while the whole since the first year is no more
    than planned; both at approved cost, so that overruns don't count.
    """
    years, ahead_wan = [], 0
    for m in measures:
        ahead_wan += m.progress_wan - m.plan_wan
        risen = m.plan_wan and m.progress_wan * 10 > m.plan_wan * 11
        if risen and ahead_wan <= 0 and not m.executed:
            years.append(m.year)
    if not years:
        return None
    return f"{year_spans(years)} 年完成率高于 110%：其中有以前年度未完成、结转到当年的投资。"


def year_notes(calendar: Calendar, measures: Sequence[YearMeasure]) -> tuple[str, ...]:
    """What the table of years must not leave unsaid: whose gap it is."""
    notes = []
    ours = [m.year for m in measures if m.plan_below_target and not m.list_runs_down]
    if ours:
        notes.append(f"{year_spans(ours)} 年计划本身折市重点即低于目标。")
    if any(m.to_be_listed_wan for m in measures):
        notes.append(calendar.fill(CLOSED_LIST))
    missed = [m for m in measures if m.list_runs_down and m.short_of_plan_wan >= WAN_PER_YI // 20]
    if missed:
        years = "、".join(f"{m.year} 年 {yi_text(m.short_of_plan_wan)}" for m in missed)
        notes.append(f"“待入库”之外，推演比计划少完成（折市重点）：{years}。")
    return tuple(notes)


def target_text(measure: YearMeasure) -> str:
    """A target with its kind: `≥3,800.0`, `≤3,800.0`, `3,600.0–3,800.0`."""
    target = measure.target
    if target is None or target.target_wan is None:
        return "—"
    if target.kind is TargetKind.BAND and target.upper_wan is not None:
        return f"{yi_text(target.target_wan)}–{yi_text(target.upper_wan)}"
    return ("≤" if target.kind is TargetKind.CEILING else "") + yi_text(target.target_wan)


def reconciliation_lines(portfolio: Portfolio) -> tuple[str, str]:
    """The two lines every report opens with: what the list sums to, and the two universes."""
    items = portfolio.items
    total = sum(item.total_wan for item in items)
    period = sum(item.plan_wan for item in items)
    before = sum(item.earlier_wan for item in items)
    first = (
        f"清单：{len(items)} 个大项，总投资 {yi_text(total, 0)} 亿元，"
        f"其中 {portfolio.calendar.first_year}—{portfolio.calendar.period_last} 年 {yi_text(period, 0)} 亿元"
        + (f"，{portfolio.calendar.first_year} 年前 {yi_text(before)} 亿元。" if before else "。")
    )
    return first, _universe_line(portfolio, period)


def _universe_line(portfolio: Portfolio, period_wan: int) -> str:
    """The list's mean year, converted, against the yearly target of another list."""
    mean = period_wan // portfolio.calendar.period_years
    in_period = [target for target in portfolio.targets if target.year in portfolio.calendar.period]
    factors = {t.inclusion_bps for t in in_period if t.inclusion_bps is not None}
    targets = {t.target_wan for t in in_period if t.target_wan is not None}
    line = f"口径：年均 {yi_text(mean, 0)} 亿元"
    if len(factors) == 1:
        factor = factors.pop()
        line += f" × 入列系数 {factor / 10_000:.2f} = 折市重点 {yi_text(mean * factor // 10_000, 0)} 亿元"
    elif factors:
        line += "（入列系数逐年不同，见年度表）"
    if targets:
        low, high = yi_text(min(targets), 0), yi_text(max(targets), 0)
        line += f"，年度目标 {low if low == high else f'{low}—{high}'} 亿元"
    return f"{line}（两份清单范围不同，系数为假设）。"


def definition_lines(calendar: Calendar) -> tuple[str, ...]:
    """How the measures are to be read."""
    return (
        "金额单位为亿元，单元格内保留到万元（四位小数），显示一位小数。",
        "完成投资：推演中完成的投资，含造价变化；不是财政付款数。",
        "形象进度折算投资：累计完成 × 批准总额 ÷ 推演造价，逐年相减；超概部分不算进度。",
        "折市重点口径＝形象进度折算投资 × 入列系数，用于与市重点项目年度目标比较；达标与否只看这一口径。",
        "完成率＝当年完成投资 ÷ 当年计划；补上以前年度未完成的投资时会高于 100%。",
        calendar.fill(CLOSED_LIST),
        "滞后：推演竣工晚于计划竣工；每一滞后季度只记一个原因。",
        "资金缺口：当年需要而没有渠道能够安排的资金（随资本金渠道为年末一季应到未到的贷款）；未到位部分下年继续申请，逐年不可相加。",
    )


def assumption_lines(result: RunResult) -> tuple[str, ...]:
    """What is fact and what is assumption, counted from the provenance of the numbers."""
    portfolio = result.portfolio
    lines = [
        f"公布的事实：{len(result.baseline.items)} 个大项的名称、总投资与“{result.calendar.period_name}”投资，"
        f"以及 {len(result.published)} 个合计数（见 进度计划.xlsx 的“校核”表）。",
    ]
    groups = {
        "大项的属性（优先级、投资节奏、年度上限等）": [item.provenance for item in portfolio.items],
        "前置条件的比例、上限、间隔与强度": [gate.provenance for gate in portfolio.gates],
        "资金渠道的性质、下达节奏与年初预留": [c.provenance for c in portfolio.channels],
        "资金结构的比例": [share.provenance for share in portfolio.shares],
        "年度目标与入列系数": [target.provenance for target in portfolio.targets],
    }
    for name, provenances in groups.items():
        assumed = sum("假设" in provenance for provenance in provenances)
        if assumed:
            lines.append(f"{name}：{len(provenances)} 条中 {assumed} 条依据为假设。")
    lines.append(
        "各年计划由投资节奏推算（已知年份除外），年度额度与年初预留由计划推算；均为假设，不是批复。"
    )
    return tuple(lines)


# --- Gates in Chinese: strength, what the predecessor owes, what the successor may not do meanwhile


def strength_text(gate: Gate) -> str:
    """Whether the gate is hard or soft."""
    return "硬约束" if gate.hard else "软约束"


def reached_text(gate: Gate, pred: Item) -> str:
    """What the predecessor has to reach."""
    at_wan = gate.at_wan(pred)
    if at_wan is None:
        return "须先开工"
    if gate.type in (GateType.FF, GateType.FS):
        return f"须全部完成，即累计 {small_yi_text(at_wan)} 亿元"
    return f"须累计完成 {small_yi_text(at_wan)} 亿元"


def awaited_text(gate: Gate, pred: Item) -> str:
    """What the predecessor has to reach, and for how long the gate stays shut after that."""
    lag = f"，再隔 {gate.lag_quarters} 季" if gate.lag_quarters else ""
    return f"{reached_text(gate, pred)}{lag}"


def held_text(gate: Gate, succ: Item) -> str:
    """What the successor may not do before the gate opens."""
    holds_wan = gate.holds_wan(succ)
    if holds_wan is None:
        return "不得开工"
    return f"累计投资不得超过 {small_yi_text(holds_wan)} 亿元"


def gate_name(portfolio: Portfolio, gate: Gate) -> str:
    """A gate by its id and its two items: `E104：54 电网 → 53 电源`."""
    pred, succ = portfolio.item(gate.pred_no), portfolio.item(gate.succ_no)
    return f"{gate.id}：{pred.label} → {succ.label}"


def gate_sentence(gate: Gate, pred: Item, succ: Item) -> str:
    """A gate as a sentence: who waits for whom, the threshold, the ceiling, why."""
    return (
        f"{gate.id}（{strength_text(gate)}）：{pred.label} {awaited_text(gate, pred)}，"
        f"在此之前 {succ.label} {held_text(gate, succ)}。{gate.reason}"
    )


def conflict_sentence(calendar: Calendar, conflict: Conflict) -> str:
    """Where the plan breaks one of its own gates, as a sentence."""
    gate, pred, succ = conflict.gate, conflict.pred, conflict.succ
    first, last = (
        calendar.quarter_label(conflict.first_quarter),
        calendar.quarter_label(conflict.last_quarter),
    )
    span = first if first == last else f"{first}–{last}"
    return (
        f"{span}：{succ.label} 按计划{_passed_text(gate, succ)}，"
        f"最多超出 {yi_text(conflict.excess_wan, 2)} 亿元；"
        f"{pred.label} {reached_text(gate, pred)}，前置条件 {gate.id} "
        f"{_opens_text(calendar, conflict.opens)}（{strength_text(gate)}）"
    )


def _passed_text(gate: Gate, succ: Item) -> str:
    """What the successor's plan does although the gate is shut."""
    holds_wan = gate.holds_wan(succ)
    if holds_wan is None:
        return "已开工，而此时尚不得开工"
    return f"累计投资高于此时的上限 {small_yi_text(holds_wan)} 亿元"


def _opens_text(calendar: Calendar, opens: int | None) -> str:
    return (
        "按计划始终不会达到"
        if opens is None
        else f"按计划自 {calendar.quarter_label(opens)} 起放行"
    )


# --- The one sentence of a run that can be read out


def main_cause(
    portfolio: Portfolio, outcome: Outcome, among: Sequence[int] | None = None
) -> str | None:
    """What the late items' open money is owed to most, None when nothing is late.

    `among` narrows it to some positions.

    Each item's money that should have come about by its planned finish is shared over its causes
    by their quarters: a long tail of little money does not lead.
    """
    owed: Counter[str] = Counter()
    outstanding = outstanding_wan(portfolio, outcome)
    for index in late_positions(portfolio, outcome) if among is None else among:
        causes = [cause for cause in outcome.causes[index] if cause.quarters > 0]
        total = sum(cause.quarters for cause in causes)
        for cause in causes:
            name = cause_name(portfolio, cause.kind, cause.ref, index)
            owed[name] += int(outstanding[index]) * cause.quarters // total
    return max(owed, key=lambda name: owed[name]) if owed else None


def headline(result: RunResult) -> str:
    """One sentence that can be read out: what comes about, what a scenario takes, who is late."""
    years = judged_years(result.portfolio)
    period = year_measures(result.portfolio, result.outcome, years)
    plan, drawn = sum(m.plan_wan for m in period), sum(m.drawn_wan for m in period)
    expected = PLAYED if result.portfolio.facts is None else "预计"
    parts = [
        f"{years[0]}—{years[-1]} 年 {len(result.portfolio.items)} 个大项"
        f"{expected}完成投资 {yi_text(drawn, 0)} 亿元"
        + (f"，为计划的 {drawn / plan * 100:.1f}%" if plan else "")
        + _at_approved_cost(period, plan, drawn)
        + _against_baseline(result, drawn)
    ]
    if result.changes:
        parts += [_shift_sentence(result), _new_delay_sentence(result)]
    else:
        judged = [m for m in period if m.met is not None]
        if judged:
            parts.append(_targets_sentence(judged))
        elif period and all(m.past and not m.executed for m in period):
            parts.append(NOT_JUDGED)
        parts.append(_delay_sentence(result.portfolio, result.outcome))
    return "；".join(parts) + "。"


def _shift_sentence(result: RunResult) -> str:
    """What the scenario takes from the years and the items, against the baseline's play."""
    shifts = item_shifts(result)
    year = worst_year(result)
    fewer = [shift for shift in shifts if shift.less_wan > 0]
    if year is None:
        return "与基准相比，各年完成投资没有减少" + ("" if shifts else "，各大项也没有变化")
    most = f"，{len(fewer)} 个大项少完成" if fewer else ""
    if fewer:
        first = fewer[0]
        most += f"，最多的是 {first.item.label}（{first.less_year} 年少 {yi_text(first.less_wan)} 亿元）"
    return f"与基准相比，{year[0]} 年少完成 {yi_text(year[1])} 亿元（各年中最多）{most}"


def _new_delay_sentence(result: RunResult) -> str:
    """Which delays the scenario made or worsened, and why."""
    new, worse = new_delays(result)
    if not new and not worse:
        return "没有新增或加重的滞后"
    tails = set(tail_positions(result.portfolio, result.outcome)) & {*new, *worse}
    counts = [f"新增滞后 {len(new)} 个"] if new else []
    counts += [f"加重 {len(worse)} 个"] if worse else []
    tail = f"（其中 {len(tails)} 个只剩尾工、尾款）" if tails else ""
    cause = main_cause(result.portfolio, result.outcome, (*new, *worse))
    return f"{'、'.join(counts)}{tail}，牵涉投资最多的原因是{cause or '不明'}"


def _at_approved_cost(period: Sequence[YearMeasure], plan_wan: int, drawn_wan: int) -> str:
    """The progress behind the money, where overruns make them differ."""
    progress = sum(m.progress_wan for m in period)
    if not plan_wan or abs(progress - drawn_wan) * 1000 < plan_wan:
        return ""
    return f"（按批准造价折算为 {progress / plan_wan * 100:.1f}%）"


def _against_baseline(result: RunResult, drawn_wan: int) -> str:
    """How much more or less than the baseline's play, where that is a whole 亿元 at least."""
    first, years = result.calendar.first_year, judged_years(result.portfolio)
    quarters = slice(4 * (years[0] - first), 4 * (years[-1] + 1 - first))
    change = drawn_wan - int(result.baseline_outcome.drawn_wan[quarters].sum())
    if yi_text(abs(change), 0) == "0":
        return ""
    return f"，比基准{'多' if change > 0 else '少'} {yi_text(abs(change), 0)} 亿元"


def _targets_sentence(judged: list[YearMeasure]) -> str:
    """How many years meet their target; those whose list runs down are told apart, as 待入库 is."""
    down = [m for m in judged if m.list_runs_down and not m.met]
    full = [m for m in judged if m not in down]
    told = [_met_sentence(full)] if full else []
    if down:
        worst = max(down, key=lambda m: (m.shortfall_wan, -m.year))
        less = (
            f"；其中推演比计划少完成最多的 {worst.year} 年少 {yi_text(worst.shortfall_wan, 0)} 亿元"
            if worst.shortfall_wan
            else ""
        )
        years = year_spans(m.year for m in down)
        told.append(f"{years} 年清单不够目标，差额列为待入库，不计未达标{less}")
    return "；".join(told)


def _met_sentence(judged: list[YearMeasure]) -> str:
    met = sum(bool(m.met) for m in judged)
    if met == len(judged):
        return f"折市重点口径 {met} 年全部达标"
    worst = max(judged, key=lambda m: (m.shortfall_wan + m.above_wan, -m.year))
    gap = (
        f"差 {yi_text(worst.shortfall_wan, 0)} 亿元"
        if worst.shortfall_wan
        else f"超上限 {yi_text(worst.above_wan, 0)} 亿元"
    )
    return (
        f"折市重点口径 {len(judged)} 年中 {met} 年达标，"
        f"最弱的 {worst.year} 年为 {yi_text(worst.converted_wan or 0, 0)} 亿元、{gap}"
    )


def _delay_sentence(portfolio: Portfolio, outcome: Outcome) -> str:
    late = late_positions(portfolio, outcome)
    if not late:
        return "没有大项滞后"
    unfinished = sum(outcome.finish[index] is None for index in late)
    tails = len(tail_positions(portfolio, outcome))
    tail = f"（其中 {tails} 个只剩尾工、尾款）" if tails else ""
    open_end = (
        f"（其中 {unfinished} 个到 {portfolio.calendar.never_label}仍未竣工）" if unfinished else ""
    )
    return f"{len(late)} 个大项滞后{open_end}{tail}，牵涉投资最多的原因是{main_cause(portfolio, outcome) or '不明'}"
