"""A sweep, a frontier and a reverse stress test in lines for a screen of 80 columns; 亿元."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.money import WAN_PER_YI, yi_text
from portfolio.model.sweep import (
    AimsReached,
    Failing,
    FrontierResult,
    Kink,
    ReverseAnswer,
    ReverseResult,
    SweepAxis,
    SweepOrigin,
    SweepResult,
)
from portfolio.report.plain_text import SCREEN_COLUMNS, padded, shortened, text_columns, wrapped

NOTE_OPTIMUM = "数字为求解器最优值（未取整到整万元的方案），缺口按折市重点口径，不超过目标与原计划两者中较低的一个。"
#: Years of shortfall that stand in the table; the others are in the workbook.
MOST_YEARS = 4


def sweep_lines(result: SweepResult) -> list[str]:
    """The grid as a table, then the kinks."""
    lines = wrapped(f"扫描：{'；'.join(axis_text(axis) for axis in result.axes)}")
    lines += _origin_lines(result.origin)
    reached = [point.reached for point in result.points]
    keys = [list(map(change_text, point.changes_bps)) for point in result.points]
    heads = [_axis_head(axis) for axis in result.axes]
    lines += ["", *_aims_table(heads, keys, reached, result.origin), *_unproven_line(reached)]
    if result.kinks is not None:
        lines += ["", *_kink_lines(result.kinks, result.kinks_complete, in_moved=False)]
    return lines


def frontier_lines(result: FrontierResult) -> list[str]:
    """Shortfall and delay by money moved, then the kinks."""
    lines = ["前沿：调整多少统筹资金，缺口降到多少", *_origin_lines(result.origin)]
    if not result.points:
        return [*lines, *wrapped("没有任何调整方案能同时满足各项规则，前沿无法给出。")]
    reached = [point.reached for point in result.points]
    keys = [[yi_text(point.moved_wan)] for point in result.points]
    table = _aims_table(["至多调整"], keys, reached, result.origin)
    lines += ["", *table, *_unproven_line(reached)]
    least = result.points[0].moved_wan
    if least:
        lines += wrapped(f"满足各项规则至少要调整 {yi_text(least)} 亿元。")
    return [*lines, "", *_kink_lines(result.kinks, result.kinks_complete, in_moved=True)]


def reverse_lines(result: ReverseResult) -> list[str]:
    """The smallest cut that is too much, by channel and year."""
    cut = years_text(result.cut_years)
    lines = wrapped(f"反推：{cut}年额度最少减多少，年度目标就达不到")
    lines += _origin_lines(result.origin)
    heads = ["渠道", "目标年", "最小减幅", "减额", "结果"]
    rows = [
        [
            shortened(answer.channel, 22),
            str(answer.year),
            "—" if answer.cut_bps is None else f"{answer.cut_bps / 100:.1f}%",
            "—" if answer.cut_wan is None else yi_text(answer.cut_wan),
            answer_text(answer),
        ]
        for answer in result.answers
    ]
    lines += ["", *_table(heads, rows, text=(0, 4))]
    lines += wrapped(
        f"减幅精确到 0.1%；某年缺口超过 {result.tolerance_wan / WAN_PER_YI:.1f} 亿元即为达不到。"
        "调整方案已按各项规则尽力补足该年，其他年份不计。"
    )
    if not all(answer.proven for answer in result.answers):
        lines += wrapped("标＊的在限时内未能证明。")
    return lines


def answer_text(answer: ReverseAnswer) -> str:
    """What happens at the smallest cut."""
    mark = "" if answer.proven else "＊"
    if answer.cut_bps is None:
        return f"即使砍光也达得到{mark}"
    if answer.cut_bps == 0:
        return f"不减也达不到{mark}"
    if answer.failing is Failing.INFEASIBLE:
        return f"{Failing.INFEASIBLE}{mark}"
    lacking = "" if answer.shortfall_wan is None else f"，缺 {yi_text(answer.shortfall_wan)}"
    return f"目标达不到{lacking}{mark}"


def axis_text(axis: SweepAxis) -> str:
    """`专项债券 2023年 -50%至0%`."""
    first, last = axis.changes_bps[0], axis.changes_bps[-1]
    return (
        f"{axis.channel} {years_text(axis.years)}年 {change_text(first)} 至 {change_text(last)}"
        f"（{len(axis.changes_bps)} 个点）"
    )


def change_text(bps: float) -> str:
    """A change of an envelope in per cent, as precise as it is."""
    text = f"{bps / 100:+.2f}".rstrip("0").rstrip(".")
    return "0%" if text in ("+0", "-0") else f"{text}%"


def years_text(years: Sequence[int]) -> str:
    """`2023`, `2023–2025`, `2023、2025`."""
    if len(years) > 1 and years[-1] - years[0] == len(years) - 1:
        return f"{years[0]}–{years[-1]}"
    return "、".join(map(str, years))


def kink_text(kink: Kink, *, in_moved: bool) -> str:
    """Where a kink is and what changes there."""
    if in_moved:
        return (
            f"调整 {kink.at / WAN_PER_YI:,.1f} 亿元处：每多调整 1 亿元，缺口由变动"
            f" {_signed(kink.before)} 亿元转为 {_signed(kink.after)} 亿元"
        )
    return (
        f"{kink.at / 100:+.1f}% 处：额度每提高 1 个百分点，缺口由变动"
        f" {_signed(kink.before)} 亿元转为 {_signed(kink.after)} 亿元"
    )


def swing_text(kink: Kink) -> str:
    """The items whose money turns at a kink, their change by unit on both sides."""
    parts = [
        f"{s.item_no} {s.name} {s.year}年（{_signed(s.before)}→{_signed(s.after)}）"
        for s in kink.swings
    ]
    return "、".join(parts)


def _signed(wan: float) -> str:
    text = f"{wan / WAN_PER_YI:+,.2f}"
    return "0" if text in ("+0.00", "-0.00") else text


def _origin_lines(origin: SweepOrigin) -> list[str]:
    lines = wrapped(f"情景：{origin.title}；自 {origin.first_year} 年起可调整。")
    return [*lines, *wrapped(NOTE_OPTIMUM)]


def _axis_head(axis: SweepAxis) -> str:
    return shortened(axis.channel, 10)


def _aim_heads(years: Sequence[int]) -> list[str]:
    return ["缺口合计", *(f"{year}年" for year in years), "滞后"]


def _lacking(origin: SweepOrigin, reached: Sequence[AimsReached]) -> list[int]:
    """Years that lack at least 0.05 亿元 somewhere."""
    found = []
    for place, year in enumerate(origin.years):
        most = max((r.shortfall_by_year_wan[place] for r in reached if r.feasible), default=0)
        if most >= WAN_PER_YI // 20:
            found.append(year)
    return found


def _aims_table(
    heads: Sequence[str],
    keys: Sequence[Sequence[str]],
    reached: Sequence[AimsReached],
    origin: SweepOrigin,
) -> list[str]:
    """Keys and aims side by side; as many of the years that lack something as the screen takes."""
    lacking = _lacking(origin, reached)
    table: list[str] = []
    for count in range(min(MOST_YEARS, len(lacking)), -1, -1):
        years = lacking[:count]
        rows = [
            [*key, *_aim_cells(aims, origin, years)]
            for key, aims in zip(keys, reached, strict=True)
        ]
        table = _table([*heads, *_aim_heads(years)], rows)
        if max(map(text_columns, table)) <= SCREEN_COLUMNS:
            break
    if count < len(lacking):
        table += wrapped("有缺口的年份较多，表中未列全，其余见 扫描.xlsx。")
    return table


def _aim_cells(reached: AimsReached, origin: SweepOrigin, years: Sequence[int]) -> list[str]:
    if not reached.feasible:
        said = "无可行方案" if reached.feasible is False else "限时内无结论"
        return [said, *([""] * len(years)), ""]
    by_year = dict(zip(origin.years, reached.shortfall_by_year_wan, strict=True))
    mark = "" if reached.proven else "＊"
    shortfall = "" if reached.shortfall_wan is None else yi_text(reached.shortfall_wan)
    delay = "" if reached.delay_wan is None else yi_text(reached.delay_wan)
    return [shortfall + mark, *(yi_text(by_year[year]) for year in years), delay]


def _unproven_line(reached: Sequence[AimsReached]) -> list[str]:
    if all(each.proven for each in reached):
        return wrapped("各点均已证最优（或已证无可行方案）。滞后按优先级加权，单位亿元·年。")
    count = sum(not each.proven for each in reached)
    return wrapped(f"标＊的 {count} 个点在限时内未能证明最优。滞后按优先级加权，单位亿元·年。")


def _kink_lines(kinks: Sequence[Kink], complete: bool, *, in_moved: bool) -> list[str]:
    if not kinks:
        lines = ["缺口没有转折点（只查缺口，不查滞后）。"] if complete else []
    else:
        lines = ["转折点（精确到 0.1%；括号内为该项当年资金每单位的变动，亿元）"]
    for kink in kinks:
        lines += wrapped(kink_text(kink, in_moved=in_moved), depth=1)
        if kink.swings:
            lines += wrapped(swing_text(kink), depth=2)
    if not complete:
        lines += wrapped("转折点未查完（求解次数已用完）。")
    return lines


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, text: Sequence[int] = ()
) -> list[str]:
    """Columns side by side, numbers to the right; columns of `text` to the left."""
    widths = [max(text_columns(row[k]) for row in [heads, *rows]) for k in range(len(heads))]
    lines = []
    for row in [heads, *rows]:
        cells = [
            padded(value, width, right=k not in text)
            for k, (value, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
