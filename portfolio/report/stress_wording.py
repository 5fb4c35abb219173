"""What a stress test says in Chinese: chances, intervals, quarters, and the sentences to read out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from portfolio.model.items import Target, TargetKind
from portfolio.model.money import WAN_PER_YI, yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import (
    LAST_FULL_LIST_YEAR,
    PLAY_QUARTERS,
    finish_label,
)
from portfolio.model.study.estimates import Estimate, Fan
from portfolio.model.study.on_record import money_on_record
from portfolio.model.study.result import (
    Answer,
    CauseShare,
    Driver,
    Judged,
    Level,
    Precision,
    Sampling,
    StressResult,
    Unit,
)
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
    return f"{math.floor(value * 100 + 0.5)}%"


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

    A difference below one point keeps a decimal, so that it does not read 0.
    """
    digits = 0 if abs(change.value) >= 0.01 else 1
    text = f"{change.value * 100:+.{digits}f}"
    if change.low is None or change.high is None:
        return _no_minus_zero(text)
    ends = (f"{end * 100:+.{digits}f}" for end in (change.low, change.high))
    return f"{_no_minus_zero(text)}（{' 至 '.join(_no_minus_zero(end) for end in ends)}）"


def _no_minus_zero(text: str) -> str:
    return "0" if float(text) == 0 else text


def whole_yi(wan: float) -> str:
    """Money as whole 亿元; `<1` for a little that would read 0."""
    return "<1" if 0 < wan < HALF_YI else yi_text(round(wan), 0)


def signed_yi(wan: float) -> str:
    """A difference of money in whole 亿元 with its sign."""
    text = yi_text(round(wan), 0)
    return f"+{text}" if wan > 0 and text != "0" else text


def signed_yi_text(change: Estimate) -> str:
    """A difference of money in whole 亿元 with its interval: `-210（-240 至 -180）`."""
    text = signed_yi(change.value)
    if change.low is None or change.high is None:
        return text
    return f"{text}（{signed_yi(change.low)} 至 {signed_yi(change.high)}）"


def signed_number_text(change: Estimate, digits: int = 1) -> str:
    """A difference of quarters or counts with its interval: `+1.2（+1.0 至 +1.4）`."""
    text = _no_minus_zero(f"{change.value:+.{digits}f}")
    if change.low is None or change.high is None:
        return text
    ends = (_no_minus_zero(f"{end:+.{digits}f}") for end in (change.low, change.high))
    return f"{text}（{' 至 '.join(ends)}）"


def quarter_or_later(quarter: int | None) -> str | None:
    """A finish over the paths as people read it; the end of play reads “2045Q4 以后”."""
    if quarter is None:
        return None
    return finish_label(quarter if quarter < PLAY_QUARTERS else None)


def finish_range(low: int | None, high: int | None) -> str:
    """The interval of a finish: `2036Q1–2037Q3`; nothing where there are too few paths."""
    if low is None and high is None:
        return ""
    if low == high:
        return quarter_or_later(low) or ""
    return f"{quarter_or_later(low) or '…'}–{quarter_or_later(high) or '…'}"


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


def answer_text(answer: Answer) -> str:
    """An asked quantity with its interval, in the words of its unit."""
    estimate = answer.estimate
    if answer.unit is Unit.CHANCE:
        return chance_text(estimate)
    ends = (estimate.low, estimate.high)
    if answer.unit is Unit.QUARTER:
        value, low, high = (None if end is None else round(end) for end in (estimate.value, *ends))
        interval = finish_range(low, high)
        return f"{quarter_or_later(value)}" + (f"（{interval}）" if interval else "")
    interval = "–".join("…" if end is None else yi_text(round(end), 0) for end in ends)
    return f"{yi_text(round(estimate.value))} 亿元（{interval}）"


def judged_text(judged: Judged) -> str:
    """A `--fail-if` condition judged in a sentence."""
    verdict = "成立" if judged.met else "不成立"
    sure = "" if judged.sure else "，但区间跨过界限，路径再多一些才能定"
    return f"条件 {judged.text}：{verdict}{sure}（推演值 {answer_text(judged.answer)}）。"


def precision_text(precision: Precision) -> str:
    """Whether the asked quantity is as sure as asked."""
    unit = precision.answer.unit

    def width(value: float | None) -> str:
        if value is None:
            return "无法给出"
        if unit is Unit.CHANCE:
            return f"±{value * 100:.1f} 个百分点"
        return f"±{yi_text(round(value))} 亿元" if unit is Unit.WAN else f"±{value:.1f} 季"

    head = (
        f"所问 {precision.answer.text} ＝ {answer_text(precision.answer)}，"
        f"要求 {width(precision.asked_half_width)}，现为 {width(precision.half_width)}："
    )
    if precision.reached:
        return f"{head}已达到。"
    more = "" if precision.paths_needed is None else f"，约共需 {precision.paths_needed:,} 条路径"
    return f"{head}尚未达到{more}。"


def limit_lines(result: StressResult) -> tuple[str, ...]:
    """What a stress test can't say, in the reader's words."""
    register = result.run.portfolio.risk.register
    lines = [
        "把握是在所给参数下多次推演的频率，不是预测；参数几乎全为假设（见 风险参数 表），参照"
        "国内外同类项目的事后统计，没有用本市各大项的实绩校准。",
        "区间只说明抽样次数是否够多；参数若偏了，把握会整体偏移，再多路径也看不出来。",
        "推演不会中途应变：不调整计划、不追加额度、不压缩内容，因此可能偏悲观。",
        "超支不自动增加额度，超出部分在各渠道额度与待分配资金内解决，解决不了就表现为滞后。",
        "龙卷风、秩相关说的是“相伴”，不等于因果；“去掉某种风险”的比较才是同一运气下的因果差。",
        f"清单只含现有大项，不含以后入库的项目；{LAST_FULL_LIST_YEAR + 1} 年起只列待入库差额，不列达标把握。",
        "等联合把握线不是赶工曲线：它不说明多花钱能不能早竣工。",
        "未计价格水平的整体上涨、利率变化与政策调整；到位率按年抽取，不分季度。",
    ]
    lines += record_lines(result, telling=False)
    if not register:
        lines.append("风险清单为空：没有计入点名的个别风险（可在输入工作簿的 风险清单 表添加）。")
    return tuple(lines)


def record_lines(result: StressResult, *, telling: bool) -> list[str]:
    """Published money of the yearly list against the fan of the same year.

    `telling`: only what lies outside the fan, else only what lies in it.
    """
    lines = []
    for done in money_on_record(result.run.records, result.findings.years):
        fan = done.year.converted_money
        if fan is None or (done.above is not None) is not telling:
            continue
        low, middle, high = (whole_yi(fan.at(p).value) for p in (5, 50, 95))
        whole = "" if done.months == 12 else f"，按月均折全年约 {whole_yi(done.year_wan)} 亿元"
        verdict = {
            True: "高于 P95：所给参数对近年可能偏悲观，宜先用实绩校准",
            False: "低于 P5：所给参数对近年可能偏乐观，宜先用实绩校准",
            None: "在 P5–P95 之间",
        }[done.above]
        lines.append(
            f"与公开记录对照：{done.year.year} 年{done.period}市重点完成投资 "
            f"{whole_yi(done.done_wan)} 亿元{whole}；推演的投资额折算 P50 为 {middle} 亿元"
            f"（P5–P95：{low}–{high}），{verdict}（两份清单范围不同，入列系数为假设）。"
        )
    return lines


def reading_lines() -> tuple[str, ...]:
    """How the figures are to be read."""
    return (
        f"{ASSUMED}：凡有“把握”“P50/P80”之处，都以风险参数表为前提。{SURE}。",
        "P80：五条路径中约有四条不超过此数；取实际推演出的值，不在两值之间内插。",
        "不计风险：同一情景、没有随机因素时的推演，即 portfolio run 的结果。",
        "折市重点口径按形象进度折算，决定达标与否；投资额折算把超支也算了进去，只供对照，不算达标。",
        "期望缺口：各路径离目标差多少的平均，达标的路径按 0 计。",
        "联合把握：造价不超过批准数、同时竣工不晚于计划的把握。",
        "关键度：某大项处在决定末项竣工的链条上的把握；关联度：它的工期与末项竣工的秩相关。",
        f"竣工记为“{finish_label(None)}”的，是推演到期末仍未竣工；分位数照此排序，平均滞后计到期末。",
        "各情景用同一组运气，差别只来自情景本身；区间含 0 的写“无实质差别”。",
    )


def fan_range(fan: Fan, low: int, high: int) -> str:
    """Two percentiles in whole 亿元: `3,400–3,900`."""
    return f"{whole_yi(fan.at(low).value)}–{whole_yi(fan.at(high).value)}"


def joined(lines: Sequence[str]) -> str:
    """Sentences as one paragraph."""
    return "".join(lines)
