"""A briefing's content from a dossier: what stands in it and in which order, nothing laid out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from portfolio.model.calendar import Calendar
from portfolio.model.dossier import Dossier
from portfolio.model.facts import month_label
from portfolio.model.items import ListPlanKind
from portfolio.model.measures.graph import broken_soft_gates
from portfolio.model.measures.held_in_year import held_in_year
from portfolio.model.measures.list_record import list_record
from portfolio.model.measures.planned import first_plan_wan
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.watched import items_to_watch
from portfolio.model.measures.year_to_date import YearToDate, begun_months, is_past, year_to_date
from portfolio.model.measures.years import (
    YearMeasure,
    channel_years,
    completion,
    judged_from,
    percent_number,
    year_measures,
)
from portfolio.model.money import SEEN_WAN, yi_text
from portfolio.model.outcome import CauseKind
from portfolio.model.study.findings import YearChance
from portfolio.model.study.result import StressResult
from portfolio.report.briefing.advice import advice_lines, decision, moves_grid
from portfolio.report.briefing.attention import other_late_sentence, watched_sentence
from portfolio.report.briefing.blocks import (
    Briefing,
    CauseBar,
    Grid,
    Paragraph,
    Picture,
    Role,
    YearBar,
)
from portfolio.report.briefing.phrases import (
    cause_phrase,
    converted_sentence,
    held_sentence,
    outlook_sentence,
    past_sentence,
    progress_sentence,
)
from portfolio.report.tables.fields import Field, Fields, text
from portfolio.report.tables.office import labelled
from portfolio.report.tables.run import YEARS
from portfolio.report.words import run as words
from portfolio.report.words import stress as stress_words
from portfolio.report.words.meeting import (
    KEY_FIGURES,
    KeyFigure,
    key_figures,
    measure_of,
    owed_by_cause,
)
from portfolio.report.words.outlook import example_mark, list_plan_mark
from portfolio.report.words.paper import paper_line
from portfolio.report.words.stress_selection import tornado

# --- A briefing's tables and pictures: the key figures, the years, the years and causes drawn


PUBLISHED = ListPlanKind.PUBLISHED
YEARS_BEFORE, YEARS_AFTER, YEARS_MOST = 2, 3, 5
DRAWN_CAUSES = 6
_SOURCES = (
    "总投资与规划投资、年度计划、年度目标取自工作簿（投资节奏为假设），其余为推演结果；"
    "逐项出处见 报告.html。"
)


def key_grid(dossier: Dossier) -> Grid:
    """The key figures in two columns side by side."""
    figures = key_figures(dossier)
    half = -(-len(figures) // 2)
    table = _SIDE_BY_SIDE.of(figures[k::half] for k in range(half))
    return Grid(caption="要数（金额单位：亿元）", table=table, notes=(_SOURCES,))


def _on_side(k: int, key: str, width: float, look: str = "") -> Field[tuple[KeyFigure, ...]]:
    """What is told of the k-th figure of a row, nothing where it has none."""
    told = KEY_FIGURES[key]
    return text(
        f"{key}{k}",
        told.title,
        lambda row: told.value(row[k]) if k < len(row) else "",
        width,
        look=look,
    )


_SIDE_BY_SIDE = Fields[tuple[KeyFigure, ...]](
    name=KEY_FIGURES.name,
    fields=tuple(
        field
        for k in range(2)
        for field in (
            _on_side(k, "name", 59),
            _on_side(k, "reads", 22, look="right"),
            _on_side(k, "unit", 19),
        )
    ),
)


def years_grid(dossier: Dossier) -> Grid:
    """The year with some before and after it: plan, money, 折市重点, target, verdict."""
    run, last = dossier.run, dossier.quarter
    this = dossier.calendar.first_year + last // 4
    first = max(
        dossier.calendar.first_year,
        min(this - YEARS_BEFORE, dossier.calendar.last_plan_year - YEARS_BEFORE - YEARS_AFTER),
    )
    # The years up to the last full one are spoken of: they stand in the table where there is room.
    last_shown = max(
        first + YEARS_BEFORE + YEARS_AFTER,
        min(dossier.calendar.last_full_list_year, this + YEARS_MOST),
    )
    span = range(first, last_shown + 1)
    shown = [m for m in year_measures(run.portfolio, run.outcome) if m.year in span]
    return Grid(
        caption="年度（单位：亿元）",
        table=_years(
            dossier.calendar,
            last,
            "推演完成" if run.portfolio.facts is None else "完成（含推演）",
        ).of(shown),
        notes=words.year_notes(dossier.calendar, shown),
    )


def _years(calendar: Calendar, last_quarter: int, drawn: str) -> Fields[YearMeasure]:
    """The columns of the years; one that isn't over by a quarter's end is an outlook.

    drawn : what the money drawn is called
    """

    def name(m: YearMeasure) -> str:
        over = calendar.quarter_of(m.year, 4) <= last_quarter
        return f"{m.year}{'' if over else '（预计）'}"

    def planned(m: YearMeasure) -> str:
        if m.list_plan_wan is None:
            return "—"
        return f"{yi_text(m.list_plan_wan)}{list_plan_mark(m)}"

    def rate(m: YearMeasure) -> str | None:
        done = completion(m.drawn_wan, m.plan_wan)
        return None if done is None else percent_number(done)

    return Fields[YearMeasure](
        name="年度",
        fields=(
            text("year", "年份", name, 14),
            text("list_plan", "名单计划", planned, 15, look="right"),
            replace(YEARS["list_done_wan"], width=13),
            replace(YEARS["plan_wan"], width=14),
            replace(YEARS["drawn_wan"], title=drawn, width=14),
            text("completion", "完成率（%）", rate, 13, look="right"),
            replace(YEARS["converted_wan"], width=14),
            replace(YEARS["target"], width=17, look="right"),
            replace(YEARS["verdict"], width=18),
        ),
    )


def pictures(run: RunResult) -> tuple[Picture, ...]:
    """The years against their targets, and what the delays are owed to, where there are any."""
    found = (years_picture(run), causes_picture(run))
    return tuple(picture for picture in found if picture is not None)


def years_picture(run: RunResult, years: range | None = None) -> Picture | None:
    """Converted investment of the plan's years beside the targets; None where nothing converts.

    years : drawn of them, all where it is None
    """
    drawn = run.calendar.plan_years if years is None else years
    bars = tuple(
        YearBar(year=m.year, converted_wan=m.converted_wan, target_wan=m.target_wan, met=_judged(m))
        for m in year_measures(run.portfolio, run.outcome)
        if m.converted_wan is not None and m.year in drawn
    )
    if not bars:
        return None
    told = "；".join(f"{bar.year} 年 {yi_text(bar.converted_wan)}" for bar in bars)
    return Picture(
        caption="各年折市重点口径与年度目标（单位：亿元）",
        words=f"各年折市重点口径（亿元）：{told}。",
        bars=bars,
    )


def _judged(m: YearMeasure) -> bool | None:
    """Met or missed; a year of the closed list whose gap is 待入库 is not judged."""
    return None if m.list_runs_down and not m.met else m.met


def causes_picture(run: RunResult) -> Picture | None:
    """The quarters of delay by cause over all late items; None where nothing is late.

    Gates are one cause here: which item waits for which is told in the text. What a shorter
    duration wins back is told below the picture.
    """
    lost: Counter[str] = Counter()
    won = 0
    for owed in owed_by_cause(run):
        if owed.quarters < 0:
            won -= owed.quarters
            continue
        lost["等待前置条件" if owed.kind is CauseKind.GATE else owed.name] += owed.quarters
    if not lost:
        return None
    shown = sorted(lost.items(), key=lambda row: (-row[1], row[0]))[:DRAWN_CAUSES]
    told = "；".join(f"{name} {quarters} 季" for name, quarters in shown)
    back = f"，另有工期缩短抵回 {won} 季" if won else ""
    return Picture(
        caption=f"滞后成因（单位：季，各滞后大项合计{_first(len(lost))}{back}）",
        words=f"滞后成因：{told}。",
        bars=tuple(CauseBar(name=name, quarters=quarters) for name, quarters in shown),
    )


def _first(causes: int) -> str:
    return f"，最多的 {DRAWN_CAUSES} 种" if causes > DRAWN_CAUSES else ""


# --- What stays at risk: chances where there was a stress test, the channels' gaps, what can't be said


SHOWN_DRIVERS, SHOWN_CHANNELS, SHOWN_GATES = 3, 3, 2
LAST_QUARTER = 3
#: What no figure of a briefing can say.
LIMITS = (
    "推演说不了的：不会中途应变（不追加额度、不压缩内容），统筹额度不随滞后顺延；"
    "不含以后入库的项目，未计物价、利率与政策变化。"
)


def risk_lines(dossier: Dossier, *, brief: bool = False) -> tuple[str, ...]:
    """The risks that stay, each a paragraph; what can't be said comes last.

    brief : without drivers, P80 and gates, which the page has
    """
    run, year = dossier.run, dossier.calendar.first_year + dossier.quarter // 4
    # At a year's end the year is told already: what is at risk is the next one.
    ahead = year + 1 if dossier.quarter % 4 == LAST_QUARTER else year
    if dossier.stress is None:
        chances = [f"没有达标概率的估计：{dossier.no_stress}。"]
    else:
        chances = _stressed(dossier.stress, ahead, ahead - 1, brief=brief)
    gates = None if brief else gates_sentence(run)
    limits = f"{LIMITS}决定因素、P80 与软前置条件见 报告.html。" if brief else LIMITS
    return (*chances, *filter(None, (gap_sentence(run, year), gates)), limits)


def _stressed(stress: StressResult, year: int, known: int, *, brief: bool) -> list[str]:
    """How sure `year` is, by what it is swayed, P80; before all, what the record contradicts.

    known : the last year whose whole public record is out at the briefing's date
    """
    # A scenario with shocks is no forecast of what came about.
    record = [] if stress.run.changes else stress_words.record_lines(stress, telling=True)[:1]
    earlier = stress_words.record_lines(stress, telling=True, until=known)
    # Figures that came out later still tell how far the assumed luck is off.
    record = [line if line in earlier else f"事后公开的数——{line}" for line in record]
    lines = [*record, chance_sentence(stress, year)]
    if brief:
        return lines
    worry = stress.findings.worry
    # What sways a year that is over is no risk any more.
    swayed = drivers_sentence(stress) if worry is not None and worry.year >= year else None
    sentences = (swayed, p80_sentence(stress))
    return [*lines, "".join(sentence for sentence in sentences if sentence)]


def chance_sentence(stress: StressResult, year: int) -> str:
    """How sure the year's target is, and the year to worry about where that is another."""
    listed = [one for one in stress.listed if one.year == year]
    if listed:
        return "".join(stress_words.list_lines(replace(stress, listed=tuple(listed))))
    lead = f"{stress_words.ASSUMED}，{stress_words.paths_text(stress)}中"
    found = next((row for row in stress.findings.years if row.year == year), None)
    told = f"{year} 年不列封闭清单达到目标的比例" if found is None else _of_year(found)
    worry = stress.findings.worry
    other = next(
        (
            row
            for row in stress.findings.years
            if worry is not None
            and row.year == worry.year > year
            and row.year >= judged_from(stress.run.portfolio)
        ),
        None,
    )
    more = "" if other is None or other.chance is None else f"；最该先担心的是{_of_year(other)}"
    return f"{lead}，{told}{more}（括号内为 95% 区间，只反映抽样次数，不反映参数的不确定）。"


def _of_year(row: YearChance) -> str:
    """`2023 年达到目标 3,800 亿元的把握 37%（35–40），平均差 120 亿元`."""
    if row.chance is None:
        why = "（清单封闭，只列待入库）" if row.list_runs_down else "（没有目标或入列系数）"
        return f"{row.year} 年不列封闭清单达到目标的比例{why}"
    missing = row.shortfall.value if row.shortfall is not None else 0
    short = f"，平均离目标差 {stress_words.whole_yi(missing)} 亿元" if missing else ""
    return (
        f"{row.year} 年封闭清单达到年度目标（{stress_words.target_words(row.target)} 亿元）的比例 "
        f"{stress_words.chance_text(row.chance)}{short}"
    )


def drivers_sentence(stress: StressResult) -> str | None:
    """The widest swings of the worry year's converted investment; None where none is beyond chance."""
    worry = stress.findings.worry
    found = tornado(stress, "converted", SHOWN_DRIVERS)
    if worry is None or not found:
        return None
    return stress_words.swaying_sentence(worry.year, found)


def p80_sentence(stress: StressResult) -> str | None:
    """What four paths in five do not go beyond: late items, cost, finish."""
    whole = stress.findings.whole
    parts = [f"滞后大项 {stress.findings.late_items.at(80).value} 个"]
    if whole is not None:
        reserve = dict(whole.reserve_wan).get(80, 0)
        over = (
            f"比批准造价多 {stress_words.whole_yi(reserve)} 亿元" if reserve else "不超过批准造价"
        )
        cost = stress_words.whole_yi(whole.cost.at(80).value)
        parts.append(f"{stress.calendar.first_year} 年起总造价 {cost} 亿元（{over}）")
        parts.append(
            f"末项竣工 {stress_words.quarter_or_later(stress.calendar, whole.finish.at(80).value)}"
        )
    return f"P80（五条路径中约有四条不超过）：{'，'.join(parts)}。"


def gap_sentence(run: RunResult, year: int) -> str | None:
    """The channels that leave most of this year's and the next year's need unserved."""
    rows = channel_years(run.portfolio, run.outcome)
    told = []
    for each in (year, year + 1):
        gaps = sorted(
            (row for row in rows if row.year == each and row.gap_wan >= SEEN_WAN),
            key=lambda row: -row.gap_wan,
        )
        if gaps:
            names = "、".join(
                f"{row.channel.name} {yi_text(row.gap_wan)} 亿元" for row in gaps[:SHOWN_CHANNELS]
            )
            more = f"等 {len(gaps)} 个渠道" if len(gaps) > SHOWN_CHANNELS else ""
            told.append(f"{each} 年{names}{more}")
    if not told:
        return None
    return f"资金缺口（当年需要而没有渠道能安排；未到位的下年继续申请，逐年不可相加）：{'；'.join(told)}。"


def gates_sentence(run: RunResult) -> str | None:
    """The soft gates that did not bind and that the play went past."""
    broken = broken_soft_gates(run.portfolio, run.outcome)
    if not broken:
        return None
    largest = sorted(broken, key=lambda conflict: -conflict.excess_wan)
    names = [f"{c.pred.label} → {c.succ.label}" for c in largest]
    told = "、".join(names[:SHOWN_GATES])
    most = "，超出最多的是 " if len(names) > 1 else "："
    return f"软前置条件：推演中不约束，有 {len(broken)} 条被突破{most}{told}，须在执行中另行衔接。"


# --- A briefing's content from a dossier: what stands in it and in which order, nothing laid out


SHOWN_CAUSES, BRIEF_CAUSES = 3, 2
#: What a year is held up by where nothing held it up in the year itself.
EARLIER = "以前年度落下的进度"
#: Moves in the table of the largest ones; fewer where the pages would overflow.
SHOWN_MOVES = 6
_NUMERALS = "一二三四五六七八九"


def briefing(dossier: Dossier, *, moves: int = SHOWN_MOVES, brief: bool = False) -> Briefing:
    """The briefing of a dossier with at most so many moves in its table.

    brief : fewer causes, and of the risks only what can't be left out
    """
    run = dossier.run
    return Briefing(
        title=_title(dossier),
        text=(
            Paragraph(text=_title(dossier), role=Role.TITLE),
            Paragraph(text=_subtitle(run), role=Role.SUBTITLE),
            Paragraph(text=statement(run), lead="说明：", role=Role.NOTE),
            *_sections(dossier, brief=brief),
        ),
        grids=_grids(dossier, moves),
        pictures=pictures(run),
        footer=(
            f"数据来源：{run.workbook}（sha256 {run.workbook_sha256[:12]}）；"
            f"程序版本 {run.version}；情景：{run.label}"
        ),
        made=paper_line([dossier.paper]),
    )


def _title(dossier: Dossier) -> str:
    portfolio, (year, number) = dossier.run.portfolio, divmod(dossier.quarter, 4)
    months = 3 * (number + 1) + begun_months(portfolio, dossier.quarter)
    until = "截至" if is_past(portfolio, dossier.quarter) else "推演到"
    return (
        f"关于{until}{dossier.calendar.first_year + year}年{months}月底重大项目投资进度的简报"
        f"{example_mark(portfolio)}"
    )


def _subtitle(run: RunResult) -> str:
    """The scenario's name and the first sentence of its summary."""
    first, stop, _ = words.summary_text(run).partition("。")
    return f"（推演）情景：{words.scenario_name(run)}" + (f"。{first}{stop}" if first else "")


def statement(run: RunResult) -> str:
    """That all figures are simulated and on which assumptions; the two lists and their measures."""
    adjusted = ""
    if run.portfolio.adjusted is not None:
        adjusted = "所用计划为调整后的计划，不是工作簿原计划"
        if run.plan_breaches:
            adjusted += f"，违反预算调整规则 {len(run.plan_breaches)} 处"
        adjusted += "。"
    facts = run.portfolio.facts
    told = (
        "本简报的数字是推演数，不是统计数："
        if facts is None
        else f"截至 {month_label(facts.asof_months - 1, run.calendar)} 的数字是月度执行表所填的"
        f"执行数{example_mark(run.portfolio)}，其后是推演数，不是统计数："
    )
    return (
        f"{told}工作簿的计划在本情景的额度、"
        "前置条件与实施能力之下逐季推演而得；投资节奏、年度额度（含年初预留）、优先级、资金结构、前置条件的比例和入列系数为假设。"
        + adjusted
        + "".join(words.reconciliation_lines(run.portfolio))
    )


def _sections(dossier: Dossier, *, brief: bool) -> tuple[Paragraph, ...]:
    """The numbered sections."""
    run = dossier.run
    now = year_to_date(run.portfolio, run.outcome, dossier.quarter)
    pace = [Paragraph(text=lead_sentence(run, now, causes=BRIEF_CAUSES if brief else SHOWN_CAUSES))]
    if run.changes:
        pace.append(Paragraph(text=words.headline(run), lead="总体："))
    watched = items_to_watch(run, dossier.quarter)
    items = [
        Paragraph(
            text=watched_sentence(run, row, brief=brief),
            lead=f"{labelled(run.portfolio.item(row.item_no))}：",
        )
        for row in watched
    ]
    advice = [Paragraph(text=line) for line in advice_lines(dossier)]
    others = other_late_sentence(run, dossier.quarter, [row.item_no for row in watched])
    items += [Paragraph(text=others)] if others else []
    risks = [Paragraph(text=line) for line in risk_lines(dossier, brief=brief)]
    nothing = [Paragraph(text="没有尚未竣工的滞后大项，也没有今明两年低于计划的大项。")]
    sections = (
        ("投资进度", pace),
        (_watched_heading(len(watched)), items or nothing),
        ("建议调整", advice),
        ("请领导决定的一件事", [Paragraph(text=decision(dossier))]),
        ("尚存风险", risks),
    )
    return tuple(
        paragraph
        for number, (heading, paragraphs) in zip(_NUMERALS, sections, strict=False)
        for paragraph in (Paragraph(text=f"{number}、{heading}", role=Role.HEADING), *paragraphs)
    )


def _watched_heading(count: int) -> str:
    count_words = {1: "一个", 2: "两个", 3: "三个"}.get(count, "")
    return f"{count_words}需要关注的大项及原因"


def lead_sentence(run: RunResult, now: YearToDate, *, causes: int = SHOWN_CAUSES) -> str:
    """Pace, outlook, the measure the target is set in, what holds the year back: one sentence."""
    portfolio, outcome = run.portfolio, run.outcome
    measure = measure_of(portfolio, outcome, now.year)
    index = now.year - portfolio.calendar.first_year
    first = None if portfolio.facts is None else first_plan_wan(portfolio, index)
    parts = [
        progress_sentence(
            year=now.year,
            months=now.months,
            what=f"{len(portfolio.items)}个大项",
            done_wan=now.done,
            plan_wan=now.plan,
            played=not is_past(portfolio, now.quarter),
            first_plan_wan=first,
        ),
        outlook_sentence(
            months=now.months,
            forecast_wan=now.forecast,
            plan_wan=now.plan,
            progress_wan=now.progress,
        ),
        _converted(run, now, measure),
        _held(run, now, causes),
    ]
    return "；".join(part for part in parts if part) + "。"


def _converted(run: RunResult, now: YearToDate, measure: YearMeasure | None) -> str:
    """The measure that targets are set in; of a year that is over without facts what is published."""
    if measure is not None and measure.past and not measure.executed:
        listed = list_record(run.portfolio, run.outcome, run.records)
        known = next((one for one in listed if one.year == now.year), None)
        published = None if known is None or known.plan_kind is not PUBLISHED else known.plan_wan
        return past_sentence(
            converted_wan=measure.converted_wan,
            plan_wan=published,
            done_wan=None if known is None else known.done_wan,
            done_months=0 if known is None else known.months,
        )
    return converted_sentence(
        months=now.months,
        converted_wan=None if measure is None else measure.converted_wan,
        target=None if measure is None else measure.target,
        to_be_listed_wan=0 if measure is None else measure.to_be_listed_wan,
    )


def _held(run: RunResult, now: YearToDate, most: int) -> str:
    """What the year is held up by, with the money and the items concerned."""
    portfolio = run.portfolio
    held = held_in_year(portfolio, run.outcome, now)
    told = [cause for cause in held[:most] if cause.short_wan >= SEEN_WAN]
    total = sum(cause.short_wan for cause in held)
    return held_sentence(
        year_short=now.plan - now.progress >= SEEN_WAN,
        causes=[
            cause_phrase(
                why=EARLIER if cause.why.kind is None else words.held_name(portfolio, cause.why),
                short_wan=cause.short_wan,
                names=[portfolio.item(no).label for no in cause.item_nos],
            )
            for cause in told
        ],
        total_wan=total,
        others_wan=total - sum(cause.short_wan for cause in told),
        items=sum(len(cause.item_nos) for cause in held),
        net_wan=now.plan - now.progress,
    )


def _grids(dossier: Dossier, moves: int) -> tuple[Grid, ...]:
    table = None if dossier.repair is None else moves_grid(dossier.repair, moves)
    grids = (key_grid(dossier), years_grid(dossier))
    return grids if table is None else (*grids, table)
