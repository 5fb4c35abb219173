"""What a stress test says in Chinese: chances, intervals, quarters, and the sentences to read out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.items import Target, TargetKind
from portfolio.model.money import WAN_PER_YI, yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import (
    PLAY_QUARTERS,
)
from portfolio.model.study.estimates import Estimate
from portfolio.model.study.finding import CauseShare, Driver, Level, Worry, WorryYear
from portfolio.model.study.result import Answer, Judged, Precision, Sampling, StressResult, Unit
from portfolio.report.wording import cause_name

#: Stands over every table and sentence with a chance in it.
ASSUMED = "以假设参数为前提"
SURE = "把握取整到百分之一，括号内为 95% 区间（只反映抽样次数，不反映参数本身的不确定）"
NO_DIFFERENCE = "无实质差别"
#: Less money than this reads as nothing in whole 亿元.
HALF_YI = WAN_PER_YI // 2


def whole_percent(value: float) -> str:
    """A chance as a whole per cent; <1% and >99% where it is neither never nor always."""
    if 0 < value < 0.005:
        return "<1%"
    if 0.995 <= value < 1:
        return ">99%"
    # 0.285 × 100 is 28.499999999999996: the last digits of the machine decide no rounding.
    return f"{math.floor(round(value * 100, 6) + 0.5)}%"


def chance_text(chance: Estimate) -> str:
    """A chance with its interval, rounded outwards: `37%（35–40）`."""
    text = whole_percent(chance.value)
    if chance.low is None or chance.high is None:
        return text
    # 0.07 × 100 is 7.000000000000001: the last digits of the machine are no reason to round up.
    low = math.floor(round(max(0.0, chance.low) * 100, 6))
    high = math.ceil(round(min(1.0, chance.high) * 100, 6))
    return f"{text}（{low}–{high}）"


def points_text(change: Estimate) -> str:
    """A difference of chances in percentage points: `-12（-15 至 -9）`, signed.

    A difference below one point keeps a decimal, so that it does not read 0; so does one with an
    end that would read 0 although 0 lies outside.
    """
    digits = _digits(change, 0.01, 0 if abs(change.value) >= 0.01 else 1)
    text = f"{change.value * 100:+.{digits}f}"
    if change.low is None or change.high is None:
        return _no_minus_zero(text)
    ends = (f"{end * 100:+.{digits}f}" for end in (change.low, change.high))
    return f"{_no_minus_zero(text)}（{' 至 '.join(_no_minus_zero(end) for end in ends)}）"


def _no_minus_zero(text: str) -> str:
    return "0" if float(text.replace(",", "")) == 0 else text


def _digits(change: Estimate, unit: float, digits: int) -> int:
    """Decimals by which no end of an interval that excludes 0 reads 0; at most two more."""
    ends = [end / unit for end in (change.low, change.high) if end is not None]
    for more in range(3):
        if not change.differs or all(round(abs(end), digits + more) for end in ends):
            return digits + more
    return digits + 2


def whole_yi(wan: float) -> str:
    """Money as whole 亿元; `<1` for a little that would read 0."""
    return "<1" if 0 < wan < HALF_YI else yi_text(round(wan), 0)


def signed_yi(wan: float, digits: int = 0) -> str:
    """A difference of money in 亿元 with its sign."""
    return _no_minus_zero(f"{wan / WAN_PER_YI:+,.{digits}f}")


def signed_yi_text(change: Estimate) -> str:
    """A difference of money in whole 亿元 with its interval: `-210（-240 至 -180）`."""
    digits = _digits(change, WAN_PER_YI, 0)
    text = signed_yi(change.value, digits)
    if change.low is None or change.high is None:
        return text
    return f"{text}（{signed_yi(change.low, digits)} 至 {signed_yi(change.high, digits)}）"


def signed_number_text(change: Estimate, digits: int = 1) -> str:
    """A difference of quarters or counts with its interval: `+1.2（+1.0 至 +1.4）`."""
    digits = _digits(change, 1, digits)
    text = _no_minus_zero(f"{change.value:+.{digits}f}")
    if change.low is None or change.high is None:
        return text
    ends = (_no_minus_zero(f"{end:+.{digits}f}") for end in (change.low, change.high))
    return f"{text}（{' 至 '.join(ends)}）"


def quarter_or_later(calendar: Calendar, quarter: int | None) -> str | None:
    """A finish over the paths as people read it; the end of play reads “… 以后”."""
    if quarter is None:
        return None
    return calendar.finish_label(quarter if quarter < PLAY_QUARTERS else None)


def finish_range(calendar: Calendar, low: int | None, high: int | None) -> str:
    """The interval of a finish: `2036Q1–2037Q3`; nothing where there are too few paths."""
    if low is None and high is None:
        return ""
    if low == high:
        return quarter_or_later(calendar, low) or ""
    return f"{quarter_or_later(calendar, low) or '…'}–{quarter_or_later(calendar, high) or '…'}"


def paths_text(result: StressResult) -> str:
    """How many paths there are, and whether the user stopped before all were done."""
    done = f"{len(result.paths):,} 条路径"
    if not result.sampling.interrupted:
        return done
    return f"{done}（中途停止，原定 {result.sampling.asked:,} 条；已完成的有效）"


def luck_text(sampling: Sampling) -> str:
    """How the luck hangs together, and how it was drawn: `t5 相依，Sobol 拟随机抽样`."""
    space = " " if sampling.tails.isascii() else ""
    drawn = "Sobol 拟随机抽样" if sampling.sobol else "普通抽样"
    return f"{sampling.tails}{space}相依，{drawn}"


def target_words(target: Target | None) -> str:
    """A target with its kind: `3,800`, `≤3,800`, `3,600–3,800`, in whole 亿元."""
    if target is None or target.target_wan is None:
        return "—"
    if target.kind is TargetKind.BAND and target.upper_wan is not None:
        return f"{yi_text(target.target_wan, 0)}–{yi_text(target.upper_wan, 0)}"
    return ("≤" if target.kind is TargetKind.CEILING else "") + yi_text(target.target_wan, 0)


def year_words(worry: WorryYear) -> str:
    """Which year the findings look at: the one to worry about first, or the one asked for."""
    return "所问年份" if worry.why is Worry.ASKED else "最该先担心的年份"


def item_label(portfolio: Portfolio, no: int | None) -> str:
    """An item by number and name; all together for None."""
    return "全部大项（末项竣工）" if no is None else portfolio.item(no).label


def driver_label(driver: Driver) -> str:
    """A driver as people read it: `22 国铁干线·造价`, `土地出让·到位率`, `风险“征拆受阻”`."""
    if driver.level is Level.RISK:
        return f"风险“{driver.label}”"
    if driver.level is Level.SOURCE:
        return f"全部{driver.source}"
    return f"{driver.label}·{driver.source}"


def share_name(portfolio: Portfolio, cause: CauseShare) -> str:
    """A cause of delay over the paths, worded as in a run's report."""
    if cause.ref is None:
        return str(cause.kind)
    return cause_name(portfolio, cause.kind, cause.ref)


def answer_text(calendar: Calendar, answer: Answer) -> str:
    """An asked quantity with its interval, in the words of its unit."""
    estimate = answer.estimate
    if answer.unit is Unit.CHANCE:
        return chance_text(estimate)
    ends = (estimate.low, estimate.high)
    if answer.unit is Unit.QUARTER:
        value, low, high = (None if end is None else round(end) for end in (estimate.value, *ends))
        interval = finish_range(calendar, low, high)
        return f"{quarter_or_later(calendar, value)}" + (f"（{interval}）" if interval else "")
    interval = "–".join("…" if end is None else yi_text(round(end), 0) for end in ends)
    return f"{yi_text(round(estimate.value))} 亿元（{interval}）"


def judged_text(calendar: Calendar, judged: Judged) -> str:
    """A `--fail-if` condition judged in a sentence."""
    verdict = "成立" if judged.met else "不成立"
    sure = "" if judged.sure else "，但区间跨过界限，路径再多一些才能定"
    return f"条件 {judged.text}：{verdict}{sure}（推演值 {answer_text(calendar, judged.answer)}）。"


def precision_text(calendar: Calendar, precision: Precision) -> str:
    """Whether the asked quantity is as sure as asked."""
    unit = precision.answer.unit

    def width(value: float | None) -> str:
        if value is None:
            return "无法给出"
        if unit is Unit.CHANCE:
            return f"±{value * 100:.1f} 个百分点"
        return f"±{yi_text(round(value))} 亿元" if unit is Unit.WAN else f"±{value:.1f} 季"

    head = (
        f"所问 {precision.answer.text} ＝ {answer_text(calendar, precision.answer)}，"
        f"要求 {width(precision.asked_half_width)}，现为 {width(precision.half_width)}："
    )
    if precision.reached:
        return f"{head}已达到。"
    more = "" if precision.paths_needed is None else f"，约共需 {precision.paths_needed:,} 条路径"
    return f"{head}尚未达到{more}。"


def joined(lines: Sequence[str]) -> str:
    """Sentences as one paragraph."""
    return "".join(lines)
