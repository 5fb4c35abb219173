"""How a stress test's figures are to be read, and what they can't say."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.study.on_record import money_on_record
from portfolio.model.study.result import StressResult
from portfolio.report.stress_wording import ASSUMED, SURE, whole_percent, whole_yi

#: Named risks told one by one; the workbook has all.
TOLD_RISKS = 6


def limit_lines(results: Sequence[StressResult]) -> tuple[str, ...]:
    """What a stress test can't say, in the reader's words; the register scenario by scenario."""
    lines = [
        "把握是在所给参数下多次推演的频率，不是预测；参数几乎全为假设（见 风险参数 表），参照"
        "国内外同类项目的事后统计，没有用本市各大项的实绩校准。",
        "区间只说明抽样次数是否够多；参数若偏了，把握会整体偏移，再多路径也看不出来。",
        "推演不会中途应变：不调整计划、不追加额度、不压缩内容，因此可能偏悲观。",
        "超支不自动增加额度，超出部分在各渠道额度与待分配资金内解决，解决不了就表现为滞后。",
        "额度按计划年份给，不随大项滞后顺延：工期一拖，后面的年份额度就少，成因里的“资金”有不少由此而来。",
        "龙卷风、秩相关说的是“相伴”，不等于因果；“去掉某种风险”的比较才是同一运气下的因果差，各项效果不可相加。",
        f"清单只含现有大项，不含以后入库的项目；{results[0].calendar.last_full_list_year + 1} 年起只列待入库差额，不列达标把握。",
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
        names = "、".join(f"“{one.run.scenario}”" for one in empty)
        which = f"情景{names}的" if len(empty) < len(results) else ""
        lines.append(
            f"{which}风险清单为空：没有计入点名的个别风险"
            "（可在输入工作簿的 风险清单 表或情景文件中添加）。"
        )
    return lines


def _scenario(result: StressResult, results: Sequence[StressResult]) -> str:
    return "" if len(results) == 1 else f"情景“{result.run.scenario}”"


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
    for done in money_on_record(result.run.records, result.findings.years):
        fan = done.year.converted_money
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
