"""What a stress test says in Chinese: chances, intervals, quarters, and the sentences to read out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.items import Target, TargetKind
from portfolio.model.measures.years import judged_from
from portfolio.model.money import WAN_PER_YI, yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS, year_spans
from portfolio.model.record.words import (
    chance_words,
    hidden_words,
    level_words,
    money_words,
    plan_words,
    range_words,
    stage_words,
)
from portfolio.model.study.findings import (
    CauseShare,
    Driver,
    Estimate,
    Level,
    Swing,
    Worry,
    WorryYear,
    YearChance,
    YearDriver,
)
from portfolio.model.study.list_chance import ListChance
from portfolio.model.study.result import (
    Answer,
    Judged,
    Precision,
    Sampling,
    ScenarioComparison,
    StressResult,
    Unit,
    YearDifference,
)
from portfolio.model.study.years import money_on_record
from portfolio.report.words.run import cause_name
from portfolio.report.words.stress_selection import levers_of, tornado

#: Stands over every table and sentence with a chance in it.
ASSUMED = "以假设参数为前提"
SURE = "把握取整到百分之一，括号内为 95% 区间（只反映抽样次数，不反映参数本身的不确定）"
NO_DIFFERENCE = "无实质差别"
#: The sheet of what the closed list's play alone says, and of years that are past.
APPENDIX = "封闭清单附录"
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


def driver_label(driver: Driver | YearDriver) -> str:
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
    verdict, ends = "成立" if judged.met else "不成立", judged.answer.estimate
    if judged.answer.of_list and ends.low is not None and ends.high is not None:
        sure = range_words(ends.low, ends.high)
        return f"条件 {judged.text}：{verdict}（名单的把握{sure}，按范围的下端判断）。"
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


# --- How a stress test's figures are to be read, and what they can't say


#: Named risks told one by one; the workbook has all.
TOLD_RISKS = 6


def limit_lines(results: Sequence[StressResult]) -> tuple[str, ...]:
    """What a stress test can't say, in the reader's words; the register scenario by scenario."""
    lines = [
        "把握是在所给参数下多次推演的频率，不是预测；参数几乎全为假设（见 风险参数 表），参照"
        "国内外同类项目的事后统计，没有用本市各大项的实绩校准。",
        "区间只说明抽样次数是否够多；参数若偏了，把握会整体偏移，再多路径也看不出来。",
        "推演不会中途应变：不调整计划、不追加额度、不压缩内容，因此可能偏悲观。",
        "超支不自动增加额度，超出部分在各渠道额度与年初预留内解决，解决不了就表现为滞后。",
        "统筹额度按计划年份给，不随大项滞后顺延：工期一拖，后面的年份额度就少，成因里的“资金”有不少由此而来。",
        "龙卷风、秩相关说的是“相伴”，不等于因果；“去掉某种风险”的比较才是同一运气下的因果差，各项效果不可相加。",
        f"清单只含现有大项，不含以后入库的项目；{results[0].calendar.last_full_list_year + 1} 年起只列待入库差额；达标概率另由历年完成率的记录给出（见 portfolio backtest）。",
        "等联合把握线不是赶工曲线：它不说明多花钱能不能早竣工。",
        "未计价格水平的整体上涨、利率变化与政策调整；到位率按年抽取，不分季度。",
    ]
    lines += record_lines(results[0], telling=False)
    return (*lines, *register_lines(results))


def register_lines(results: Sequence[StressResult]) -> list[str]:
    """The named risks of each scenario and how often they came about; where there is none, that."""
    empty = [result for result in results if not result.run.portfolio.risk.register]
    lines = [
        f"{_scenario(result, results)}计入点名的风险：{_happened(result)}。"
        for result in results
        if result.run.portfolio.risk.register
    ]
    if empty:
        names = "、".join(f"“{one.run.label}”" for one in empty)
        which = f"情景{names}的" if len(empty) < len(results) else ""
        lines.append(
            f"{which}风险清单为空：没有计入点名的个别风险"
            "（可在输入工作簿的 风险清单 表或情景文件中添加）。"
        )
    return lines


def _scenario(result: StressResult, results: Sequence[StressResult]) -> str:
    return "" if len(results) == 1 else f"情景“{result.run.label}”"


def _happened(result: StressResult) -> str:
    register = result.run.portfolio.risk.register
    shares = result.paths.happened.mean(axis=0)
    told = [
        f"{risk.name}（{whole_percent(float(share))} 的路径发生）"
        for risk, share in zip(register, shares, strict=True)
    ][:TOLD_RISKS]
    more = len(register) - len(told)
    return "、".join(told) + (f"，另有 {more} 条见 风险参数 表" if more else "")


def record_lines(result: StressResult, *, telling: bool, until: int | None = None) -> list[str]:
    """Published money of the yearly list against the fan of the same year.

    `telling`: only what lies outside the fan, else only what lies in it. `until`: only years up to
    this one.
    """
    lines = []
    portfolio = result.run.portfolio
    for done in money_on_record(result.run.records, result.findings.years):
        fan = done.year.converted_money
        # What facts tell is no play that a record could speak for or against.
        if portfolio.facts is not None and done.year.year < judged_from(portfolio):
            continue
        if until is not None and done.year.year > until:
            continue
        if fan is None or (done.above is not None) is not telling:
            continue
        low, middle, high = (whole_yi(fan.at(p).value) for p in (5, 50, 95))
        whole = "" if done.months == 12 else f"，按月均折全年约 {whole_yi(done.year_wan)} 亿元"
        verdict = {
            True: "公开数高于推演的 P95：所给参数对近年可能偏悲观，宜先用实绩校准",
            False: "公开数低于推演的 P5：所给参数对近年可能偏乐观，宜先用实绩校准",
            None: "公开数在推演的 P5–P95 之间",
        }[done.above]
        lines.append(
            f"与公开记录对照：{done.year.year} 年{_period(done.period)}市重点完成投资 "
            f"{whole_yi(done.done_wan)} 亿元{whole}；推演的投资额折算 P50 为 {middle} 亿元"
            f"（P5–P95：{low}–{high}）。{verdict}（两份清单范围不同，入列系数为假设）。"
        )
    return lines


def reading_lines(calendar: Calendar) -> tuple[str, ...]:
    """How the figures are to be read."""
    return (
        f"{ASSUMED}：凡有“把握”“P50/P80”之处，都以风险参数表为前提。{SURE}。",
        "P80：五条路径中约有四条不超过此数；取实际推演出的值，不在两值之间内插。",
        "不计风险：同一情景、没有随机因素时的推演，即 portfolio run 的结果。",
        "折市重点口径按形象进度折算，决定达标与否；投资额折算把超支也算了进去，只供对照，不算达标。",
        "期望缺口：各路径离目标差多少的平均，达标的路径按 0 计。",
        "联合把握：造价不超过批准数、同时竣工不晚于计划的把握。",
        "关键度：某大项处在决定末项竣工的链条上的把握；关联度：它的工期与末项竣工（或平均滞后）的秩相关。",
        f"竣工记为“{calendar.never_label}”的，是推演到期末仍未竣工；分位数照此排序，平均滞后计到期末。",
        "各情景用同一组运气，差别只来自情景本身；区间含 0 的写“无实质差别”。",
    )


def _period(text: str) -> str:
    """A part of a year as it is set in running text: `1—10 月`."""
    return text.strip().replace("-", "—").replace("月", " 月")


# --- A scenario less the reference in words: what differs, what doesn't, what can't be told apart


DIFFERS = "有差别"
#: Both ends lie past the end of play in most paths: their difference is cut off.
UNCOMPARABLE = "推演期内无法比较"
#: Most paths end past the play: the end itself tells nothing apart.
MOST = 0.5


def is_censored(result: StressResult) -> bool:
    """Whether the last finish lies past the end of play in more than half of the paths."""
    whole = result.findings.whole
    return whole is not None and whole.unfinished.value > MOST


def compared_pairs(
    results: Sequence[StressResult],
) -> Iterator[tuple[StressResult, ScenarioComparison]]:
    """Scenarios that are compared with the first, with their comparison."""
    for result in results:
        if result.comparison is not None:
            yield result, result.comparison


def changed(change: Estimate, text: str) -> str:
    """A difference in words, or that there is none beyond chance."""
    return text if change.differs else NO_DIFFERENCE


def chance_of_year(result: StressResult, year: int) -> Estimate | None:
    """The chance of a year, if it is judged."""
    found = _year(result, year)
    return None if found is None else found.chance


def _year(result: StressResult, year: int) -> YearChance | None:
    return next((row for row in result.findings.years if row.year == year), None)


def same_extreme(base: StressResult, other: StressResult, year: int) -> str | None:
    """`两边都为 0%，看不出差别` where no path or every path of both meets the target."""
    chances = [chance_of_year(result, year) for result in (base, other)]
    values = {None if one is None else one.value for one in chances}
    if values in ({0.0}, {1.0}):
        return f"两边都为 {whole_percent(float(values.pop() or 0.0))}，看不出差别"
    return None


def chance_change(
    base: StressResult, other: StressResult, year: YearDifference, unit: str = ""
) -> str:
    """The difference of a year's chance, in percentage points."""
    if year.chance is None:
        return "—"
    told = same_extreme(base, other, year.year)
    if told is not None:
        return told
    return changed(year.chance, f"{points_text(year.chance)}{unit}")


def chance_verdict(base: StressResult, other: StressResult, year: YearDifference) -> str | None:
    """Whether a year's chance differs, and where both are never or always met, that."""
    if year.chance is None:
        return None
    told = same_extreme(base, other, year.year)
    return told or (DIFFERS if year.chance.differs else NO_DIFFERENCE)


def end_verdict(base: StressResult, other: StressResult, change: Estimate) -> str:
    """Whether the last finish differs; it can't be told where both lie past the end of play."""
    if is_censored(base) and is_censored(other):
        return UNCOMPARABLE
    return DIFFERS if change.differs else NO_DIFFERENCE


def total_changes(
    base: StressResult, other: StressResult, comparison: ScenarioComparison
) -> tuple[tuple[str, str], ...]:
    """The differences that belong to no year, each by its label and in words."""
    verdict = end_verdict(base, other, comparison.end)
    end = signed_number_text(comparison.end) if verdict == DIFFERS else verdict
    return (
        ("总造价（亿元）", changed(comparison.cost, signed_yi_text(comparison.cost))),
        (
            "平均滞后（季，按投资加权）",
            changed(comparison.delay, signed_number_text(comparison.delay, 2)),
        ),
        (
            "滞后大项（个）",
            changed(comparison.late_items, signed_number_text(comparison.late_items)),
        ),
        ("末项竣工（季）", end),
    )


def year_changes(
    base: StressResult, other: StressResult, comparison: ScenarioComparison
) -> tuple[tuple[str, str, str], ...]:
    """The judged years: year, difference of the chance, difference of the mean 折市重点."""
    return tuple(
        (
            str(year.year),
            chance_change(base, other, year),
            "—"
            if year.converted is None
            else changed(year.converted, signed_yi_text(year.converted)),
        )
        for year in comparison.years
        if year.chance is not None
    )


def censored_note(result: StressResult) -> str | None:
    """What criticality means where most paths end past the play; None where they don't."""
    whole = result.findings.whole
    if whole is None or not is_censored(result):
        return None
    return (
        f"末项竣工在 {whole_percent(whole.unfinished.value)} 的路径中晚于 {result.calendar.last_play_year}Q4："
        "关键度此时即该大项（或被它卡住的大项）到期末未竣工的把握，与末项竣工的关联度不列，"
        "改列与平均滞后的关联度。"
    )


# --- The sentences of a stress test that can be read out: how sure, which year, how far short, who


#: Shares of the money whose finish is told beside the last item's.
MONEY_TOLD = (50, 90)


def appendix_lines(result: StressResult) -> tuple[str, ...]:
    """What the closed list's play says, years that are past included: each a sentence.

    What the public record contradicts comes before all: the priors may be off.
    """
    return tuple(
        line
        for line in (
            *record_lines(result, telling=True),
            _worry_sentence(result),
            _drivers_sentence(result),
            _finish_sentence(result),
            cost_line(result, joint=True),
            chances_sentence(result),
        )
        if line
    )


def list_lines(result: StressResult) -> tuple[str, ...]:
    """How sure the running year's list is, and the next, by the record: what is said first."""
    return tuple(
        line for one in result.listed for line in (_list_line(result, one), _beside(one)) if line
    )


def _list_line(result: StressResult, one: ListChance) -> str:
    """A year's chance as a range in words, or why there is none."""
    told = one.told
    if told.refusal is not None:
        return f"{chance_words(told)}。"
    goal = "" if told.target_wan is None else f"达到 {whole_yi(told.target_wan)} 亿元的"
    if one.range is None:
        return f"{one.year} 年{plan_words(told)}，{goal}把握：{chance_words(told)}。"
    sure = f"{range_words(*one.range)}{stage_words(told)}"
    line = f"{one.year} 年{plan_words(told)}，{goal}把握：{sure}"
    if result.comparison is None:
        return f"{line}；名单全年为{level_words(told)}，{money_words(told)}。"
    change = one.median_change_wan or 0
    moved = f"比“{result.comparison.reference}”{'多' if change > 0 else '少'} {whole_yi(abs(change))} 亿元（中位）"
    before = (
        ""
        if told.range is None
        else f"（“{result.comparison.reference}”{range_words(*told.range)}）"
    )
    return f"{line}{before}；名单全年{moved if change else '与之相同'}。"


def _beside(one: ListChance) -> str | None:
    """What the range does not hold: misses that nobody published."""
    hidden = hidden_words(one.told)
    return None if hidden is None or one.shift != 0 else f"{hidden}（依据见 portfolio backtest）。"


def chances_sentence(result: StressResult) -> str:
    """The share of paths on which the closed list reaches each judged year's target: no chance."""
    judged = [year for year in result.findings.years if year.chance is not None]
    lead = f"{ASSUMED}，{paths_text(result)}中"
    if not judged:
        return f"{lead}{no_year_text(result)}。"
    targets = {target_words(year.target) for year in judged}
    goal = f"年度目标 {targets.pop()} 亿元" if len(targets) == 1 else "各年目标"
    parts = [
        f"{year.year} 年 {chance_text(year.chance)}" for year in judged if year.chance is not None
    ]
    below = [year.year for year in judged if year.plan_below_target]
    note = f"（其中 {year_spans(below)} 年计划本身即低于目标）" if below else ""
    return (
        f"{lead}，封闭清单（只有现有大项）折市重点达到{goal}的比例：{'、'.join(parts)}{note}；"
        "只供比较情景，不是达标概率。"
    )


def judged_rows(result: StressResult) -> list[YearChance]:
    """The years up to the last full list; after facts those that are not past."""
    portfolio = result.run.portfolio
    first = portfolio.calendar.first_year if portfolio.facts is None else judged_from(portfolio)
    return [y for y in result.findings.years if not y.list_runs_down and y.year >= first]


def no_year_text(result: StressResult) -> str:
    """Why no year is left whose target could be judged, in plain words."""
    last = result.calendar.last_full_list_year
    given = any(
        year.target is not None and year.target.target_wan is not None and year.inclusion_bps
        for year in result.findings.years
    )
    if given and not judged_rows(result):
        return f"没有可判断达标与否的年份：{last} 年以前已执行，{last + 1} 年起清单不够目标，只列待入库"
    return "没有可判断达标与否的年份（未填年度目标或入列系数）"


def worry_of(result: StressResult) -> YearChance | None:
    """The year to worry about first, with its figures."""
    worry = result.findings.worry
    if worry is None:
        return None
    return next(year for year in result.findings.years if year.year == worry.year)


def _worry_sentence(result: StressResult) -> str | None:
    worry, year = result.findings.worry, worry_of(result)
    if worry is None or year is None or year.converted is None:
        return None
    # Nobody worries about a year that is over.
    if worry.why is not Worry.ASKED and worry.year < judged_from(result.run.portfolio):
        return None
    if year.chance is None:
        median = whole_yi(year.converted.at(50).value)
        return f"{_which_year(worry)}：折市重点中位 {median} 亿元，不列达到比例。"
    if year.shortfall is not None and year.shortfall.value == 0:
        return f"{_which_year(worry)}，但没有一条路径未达标。"
    gap = "偏离" if year.target and year.target.kind is not TargetKind.FLOOR else "差"
    short = "" if year.shortfall is None else f"，平均{gap} {whole_yi(year.shortfall.value)} 亿元"
    if year.shortfall_if_missed is not None:
        short += f"（未达标时平均{gap} {whole_yi(year.shortfall_if_missed.value)} 亿元）"
    prior = (
        ""
        if year.prior_converted_wan is None
        else f"；不计风险为 {whole_yi(year.prior_converted_wan)} 亿元"
    )
    middle = year.converted.at(50)
    return (
        f"{_which_year(worry)}：封闭清单达到目标的比例 {chance_text(year.chance)}，"
        f"折市重点中位 {whole_yi(middle.value)} 亿元{short}{prior}。"
    )


def _which_year(worry: WorryYear) -> str:
    """The year that leads: the one to worry about first, or the one asked for."""
    if worry.why is Worry.ASKED:
        return f"所问年份 {worry.year} 年"
    return f"最该先担心的是 {worry.year} 年（{worry.why}）"


def _drivers_sentence(result: StressResult) -> str | None:
    worry = result.findings.worry
    if worry is None:
        return None
    groups = [
        f"{kind}{'、'.join(f'{label} {whole_yi(gain)} 亿元' for label, gain in rows)}"
        for kind, kinds, count in (("", "来源", 3), ("大项中 ", "大项", 2), ("渠道中 ", "渠道", 2))
        if (rows := levers_of(result, kinds)[:count])
    ]
    if groups:
        return f"{worry.year} 年折市重点受谁左右（同一运气下去掉该风险，平均可多完成）：{'；'.join(groups)}。"
    found = tornado(result, "converted", 3)
    if not found:
        return None
    return swaying_sentence(worry.year, found)


def swaying_sentence(year: int, found: Sequence[tuple[Driver, Swing]]) -> str:
    """What sways a year's converted investment most."""
    parts = [
        f"{driver_label(driver)}（{whole_yi(abs(swing.difference.value))} 亿元）"
        for driver, swing in found
    ]
    return (
        f"{year} 年折市重点最受左右的是 {'、'.join(parts)}"
        "；括号内为该因素最高一成与最低一成路径的平均差。"
    )


def _finish_sentence(result: StressResult) -> str | None:
    whole = result.findings.whole
    if whole is None:
        return None
    p80 = whole.finish.at(80)
    parts = [
        f"末项按计划（{quarter_or_later(result.calendar, whole.planned_finish)}）竣工的把握"
        f" {chance_text(whole.joint.on_time)}",
        f"P80 竣工 {quarter_or_later(result.calendar, p80.value)}",
        *_money_parts(result),
    ]
    deciding = [row for row in result.findings.chain if row.criticality.value > 0][:3]
    if deciding:
        names = "、".join(
            f"{item_label(result.run.portfolio, row.item_no)} {chance_text(row.criticality)}"
            for row in deciding
        )
        which = "到期末最常未竣工的是" if is_censored(result) else "最常决定末项竣工的是"
        parts.append(f"{which} {names}")
    late = result.findings.late_items
    parts.append(f"滞后大项 P50 为 {late.at(50).value} 个、P80 为 {late.at(80).value} 个")
    return "；".join(parts) + "。"


def _money_parts(result: StressResult) -> list[str]:
    """When most of the money is in finished items: the last item alone says little of it."""
    return [
        f"占投资 {row.percent}% 的大项 P80 竣工 {quarter_or_later(result.calendar, row.finish.at(80).value)}"
        f"（计划 {quarter_or_later(result.calendar, row.planned)}）"
        for row in result.findings.by_money
        if row.percent in MONEY_TOLD
    ]


def cost_line(result: StressResult, *, joint: bool = False) -> str | None:
    """The cost at P80, and with `joint` the chance that it and the last finish are both kept."""
    whole = result.findings.whole
    if whole is None:
        return None
    both = f"；造价不超、末项不晚的联合把握 {chance_text(whole.joint.both)}" if joint else ""
    p80, reserve = whole.cost.at(80).value, dict(whole.reserve_wan).get(80, 0)
    over = f"比批准造价多 {whole_yi(reserve)} 亿元" if reserve else "不超过批准造价"
    return (
        f"{result.calendar.first_year} 年起总造价 P80 为 {whole_yi(p80)} 亿元，{over}"
        f"{both}。{_public_cost(result)}"
    )


def _public_cost(result: StressResult) -> str:
    """The cost without the items whose volume is uncertain: their money can't pay for the rest."""
    public = result.findings.public
    if public is None:
        return ""
    p80, reserve = public.cost.at(80).value, dict(public.reserve_wan).get(80, 0)
    over = f"比批准造价多 {whole_yi(reserve)} 亿元" if reserve else "不超过批准造价"
    return (
        f"其中不含备案类大项（其落空的投资抵不了别处的超支）：P80 为 {whole_yi(p80)} 亿元，{over}，"
        f"造价不超的把握 {chance_text(public.joint.within_cost)}。"
    )


# --- What a user asked of a stress test, answered; and what Ctrl-C left undone


def answer_lines(results: Sequence[StressResult], *, every: bool) -> Iterator[str]:
    """The asked precision and each `--fail-if` condition, scenario by scenario.

    Unless `every`, only what ends the command with another code than 0.
    """
    for result in results:
        said = []
        if result.precision is not None and (every or not result.precision.reached):
            said.append(asked_precision_text(result.calendar, result.precision))
        said += [
            judged_text(result.calendar, judged) for judged in result.judged if every or judged.met
        ]
        for text in said:
            yield f"情景 {result.run.label}：{text}"


def asked_precision_text(calendar: Calendar, precision: Precision) -> str:
    """Whether the asked quantity is as sure as asked; a finish after the play never is."""
    if not precision.open_ended:
        return precision_text(calendar, precision)
    return (
        f"所问 {precision.answer.text} ＝ {answer_text(calendar, precision.answer)}，"
        f"推演期内（至 {calendar.last_play_year}Q4）无法确定，尚未达到所要求的精度。"
    )


def undone_line(results: Sequence[StressResult], *, stopped: bool = False) -> str | None:
    """What Ctrl-C (`stopped`, or as the results tell) left undone; None where it never came."""
    for result in results:
        done, asked = len(result.paths), result.sampling.asked
        if done < asked:
            return (
                f"已中断：完成 {asked:,} 条路径中的 {done:,} 条，结果只按这些路径统计，文件已写出。"
            )
    done = len(results[0].paths)
    if any(result.sampling.extras_skipped for result in results):
        return f"已中断：{done:,} 条路径全部完成，附加推演没有算完，没算完的未列出；文件已写出。"
    return f"已中断：{done:,} 条路径全部完成，文件已写出。" if stopped else None
