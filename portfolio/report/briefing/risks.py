"""What stays at risk: chances where there was a stress test, the channels' gaps, what can't be said."""

from __future__ import annotations

from portfolio.model.conflicts import broken_soft_gates
from portfolio.model.dossier import Dossier
from portfolio.model.measures import channel_years
from portfolio.model.money import SEEN_WAN, yi_text
from portfolio.model.result import RunResult
from portfolio.model.study.finding import YearChance
from portfolio.model.study.result import StressResult
from portfolio.report.stress_headline import swaying_sentence
from portfolio.report.stress_limits import record_lines
from portfolio.report.stress_views import tornado
from portfolio.report.stress_wording import (
    ASSUMED,
    chance_text,
    paths_text,
    quarter_or_later,
    target_words,
    whole_yi,
)

SHOWN_DRIVERS, SHOWN_CHANNELS, SHOWN_GATES = 3, 3, 2
LAST_QUARTER = 3
#: What no figure of a briefing can say.
LIMITS = (
    "推演说不了的：不会中途应变（不追加额度、不压缩内容），额度不随滞后顺延；"
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
        chances = [f"没有达标把握的估计：{dossier.no_stress}。"]
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
    record = [] if stress.run.changes else record_lines(stress, telling=True)[:1]
    earlier = record_lines(stress, telling=True, until=known)
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
    lead = f"{ASSUMED}，{paths_text(stress)}中"
    found = next((row for row in stress.findings.years if row.year == year), None)
    told = f"{year} 年不列达标把握" if found is None else _of_year(found)
    worry = stress.findings.worry
    other = next(
        (
            row
            for row in stress.findings.years
            if worry is not None and row.year == worry.year > year
        ),
        None,
    )
    more = "" if other is None or other.chance is None else f"；最该先担心的是{_of_year(other)}"
    return f"{lead}，{told}{more}（括号内为 95% 区间，只反映抽样次数，不反映参数的不确定）。"


def _of_year(row: YearChance) -> str:
    """`2023 年达到目标 3,800 亿元的把握 37%（35–40），平均差 120 亿元`."""
    if row.chance is None:
        why = "（清单封闭，只列待入库）" if row.list_runs_down else "（没有目标或入列系数）"
        return f"{row.year} 年不列达标把握{why}"
    missing = row.shortfall.value if row.shortfall is not None else 0
    short = f"，平均离目标差 {whole_yi(missing)} 亿元" if missing else ""
    return (
        f"{row.year} 年达到年度目标（{target_words(row.target)} 亿元）的把握 "
        f"{chance_text(row.chance)}{short}"
    )


def drivers_sentence(stress: StressResult) -> str | None:
    """The widest swings of the worry year's converted investment; None where none is beyond chance."""
    worry = stress.findings.worry
    found = tornado(stress, "converted", SHOWN_DRIVERS)
    if worry is None or not found:
        return None
    return swaying_sentence(worry.year, found)


def p80_sentence(stress: StressResult) -> str | None:
    """What four paths in five do not go beyond: late items, cost, finish."""
    whole = stress.findings.whole
    parts = [f"滞后大项 {stress.findings.late_items.at(80).value} 个"]
    if whole is not None:
        reserve = dict(whole.reserve_wan).get(80, 0)
        over = f"比批准造价多 {whole_yi(reserve)} 亿元" if reserve else "不超过批准造价"
        cost = whole_yi(whole.cost.at(80).value)
        parts.append(f"{stress.calendar.first_year} 年起总造价 {cost} 亿元（{over}）")
        parts.append(f"末项竣工 {quarter_or_later(stress.calendar, whole.finish.at(80).value)}")
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
