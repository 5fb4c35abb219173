"""How sure a stress test's numbers are, and scenarios against each other, on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from portfolio.model.money import yi_text
from portfolio.model.study.result import (
    SamplingError,
    ScenarioComparison,
    StressResult,
    Unit,
)
from portfolio.report.stress_change import total_changes, year_changes
from portfolio.report.stress_wording import ASSUMED, luck_text, whole_percent
from portfolio.report.terminal.page import grid, say

#: Percentage points below which one decimal reads 0.
SMALLEST = 0.05


def show_difference(
    base: StressResult, other: StressResult, comparison: ScenarioComparison, out: Console
) -> None:
    """A scenario less the reference on the same luck; where nothing differs it says so."""
    say(
        out,
        f"情景差异：{comparison.scenario} － {comparison.reference}"
        f"（{ASSUMED}；同一运气的 {comparison.paths:,} 条路径逐条相减，括号内为 95% 区间）",
        "bold",
    )
    rows = year_changes(base, other, comparison)
    if rows:
        table = grid("年份", "达标把握（百分点）", "折市重点均值（亿元）")
        for row in rows:
            table.add_row(*row)
        out.print(table)
    for label, text in total_changes(base, other, comparison):
        say(out, f"{label}：{text}", depth=1)


def show_sampling(results: Sequence[StressResult], out: Console) -> None:
    """How the paths were made, and how sure that makes the numbers."""
    sampling = results[0].sampling
    say(out, "数字有多准", "bold")
    say(
        out,
        f"{len(results[0].paths):,} 条路径，种子 {sampling.seed}，{luck_text(sampling)}，"
        f"{sampling.engine}；各情景同一运气，同一种子与路径数结果不变。",
    )
    found = results[0].findings
    widths = [
        year.chance.half_width
        for year in found.years
        if year.chance is not None and year.chance.half_width is not None
    ]
    if widths:
        say(
            out,
            f"达标把握的 95% 区间最宽 ±{max(widths) * 100:.1f} 个百分点；"
            "区间减半约需四倍路径（-n），或用 --precision 推演到够准为止。",
        )
    if found.whole is not None and found.whole.cost.at(80).low is not None:
        p80 = found.whole.cost.at(80)
        say(
            out,
            f"总造价 P80 {yi_text(p80.value, 0)} 亿元的 95% 区间为 "
            f"{_end(p80.low)}–{_end(p80.high)} 亿元（次序统计量，不假定分布）。",
        )
    if sampling.sobol:
        _show_sobol(sampling.sobol, out)
    say(out, "任一路径可用 portfolio replay --path 重演；值得一看的：" + _notable(results[0]))


def _end(wan: int | None) -> str:
    return "…" if wan is None else yi_text(wan, 0)


def _notable(result: StressResult) -> str:
    rows = (f"{row.label}（第 {row.path:,} 条）" for row in result.findings.notable)
    return "、".join(rows) + "。"


def _show_sobol(errors: Sequence[SamplingError], out: Console) -> None:
    """Quasi-random sampling against plain sampling of the same size."""
    say(
        out,
        f"拟随机抽样（Sobol）：{errors[0].randomisations} 组独立扰动，共 {errors[0].paths:,} 条路径",
    )
    table = grid("所问", "均值", "标准误", "普通抽样标准误", "误差之比")
    for row in errors:
        ratio = row.standard_error / row.plain_standard_error if row.plain_standard_error else None
        table.add_row(
            row.label,
            sized(row.mean, row.unit),
            sized(row.standard_error, row.unit, small=True),
            sized(row.plain_standard_error, row.unit, small=True) if ratio is not None else "—",
            "—" if ratio is None else f"{ratio:.2f}",
        )
    out.print(table)
    say(out, "其他各表的区间仍按独立抽样计算，拟随机抽样下通常偏宽。", "dim")


def sized(value: float, unit: str, *, small: bool = False) -> str:
    """A number in the words of its unit; an error of a chance in percentage points, never as 0."""
    if unit == Unit.CHANCE:
        if not small:
            return whole_percent(value)
        points = value * 100
        return (
            f"{points:.1f} 百分点"
            if points >= SMALLEST
            else "<0.1 百分点"
            if points
            else "0 百分点"
        )
    if unit == Unit.WAN:
        return f"{yi_text(round(value), 1 if small else 0)} 亿元"
    return f"{value:.1f} 季"
