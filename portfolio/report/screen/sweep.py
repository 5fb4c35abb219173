"""A sweep, a frontier and a reverse stress test in lines for a screen of 80 columns; 亿元."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from portfolio.model.money import WAN_PER_YI, small_yi_text, yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import year_spans
from portfolio.model.reallocation.hedge import (
    DELAY_WEIGHT,
    NEARNESS_WEIGHT,
    TOLERANCE_YI,
    UNMET_WEIGHT,
    Compared,
    HedgeResult,
    NowCell,
)
from portfolio.model.reallocation.result import Verdict
from portfolio.model.reallocation.sweep import (
    AimsReached,
    FrontierResult,
    Kink,
    ReverseAnswer,
    ReverseResult,
    SweepOrigin,
    SweepResult,
)
from portfolio.model.study.findings import Estimate
from portfolio.report.screen.console import SCREEN_COLUMNS, padded, shortened, text_columns, wrapped
from portfolio.report.tables import sweep as tables
from portfolio.report.tables.fields import Cell, Field, Fields, Row, Table, Unit, money, text
from portfolio.report.words.answers.sweep import (
    NOTE_OPTIMUM,
    NOTE_SHARES,
    axis_text,
    change_text,
    kink_text,
    swing_text,
    years_text,
)
from portfolio.report.words.paper import number_line

#: Years of shortfall that stand in the table; the others are in the workbook.
MOST_YEARS = 4


def sweep_lines(result: SweepResult) -> list[str]:
    """The grid as a table, then the kinks."""
    lines = wrapped(f"扫描：{'；'.join(axis_text(axis) for axis in result.axes)}")
    lines += [*_origin_lines(result.origin), *wrapped(NOTE_SHARES)]
    lines += ["", *_aims_table(tables.sweep_table(result), result.origin)]
    if result.kinks is not None:
        lines += ["", *_kink_lines(result.kinks, result.kinks_complete, in_moved=False)]
    return lines


def frontier_lines(result: FrontierResult) -> list[str]:
    """Shortfall and delay by money moved, then the kinks."""
    lines = ["前沿：调整多少统筹资金，缺口降到多少", *_origin_lines(result.origin)]
    if not result.points:
        return [*lines, *wrapped("没有任何调整方案能同时满足各项规则，前沿无法给出。")]
    lines += ["", *_aims_table(tables.frontier_table(result), result.origin)]
    least = result.points[0].moved_wan
    if least:
        lines += wrapped(f"满足各项规则至少要调整 {yi_text(least)} 亿元。")
    return [*lines, "", *_kink_lines(result.kinks, result.kinks_complete, in_moved=True)]


def reverse_lines(result: ReverseResult) -> list[str]:
    """The smallest cut that is too much, by channel and year."""
    cut = years_text(result.cut_years)
    lines = wrapped(f"反推：{cut}年额度最少减多少，年度目标就达不到")
    lines += [*_origin_lines(result.origin), *wrapped(NOTE_SHARES)]
    texts = frozenset(("channel", "result"))
    lines += ["", *_table(tables.REVERSE_SCREEN.of(result.answers), _answer_text, texts)]
    lines += wrapped(
        f"减幅精确到 0.1%；某年缺口超过 {result.tolerance_wan / WAN_PER_YI:.1f} 亿元即为达不到。"
        "调整方案已按各项规则尽力补足该年，其他年份不计。"
    )
    if not all(answer.proven for answer in result.answers):
        lines += wrapped("标＊的未能证明（用完了固定的工作量）。")
    return lines


def _origin_lines(origin: SweepOrigin) -> list[str]:
    lines = wrapped(f"情景：{origin.title}；自 {origin.first_year} 年起可调整。")
    number = number_line((origin.title, origin.paper))
    return [*lines, *wrapped(NOTE_OPTIMUM), *([number] if number else [])]


def _answer_text(field: Field[ReverseAnswer], answer: ReverseAnswer) -> str:
    value = field.value(answer)
    if value is None:
        return "—"
    if field.key == "channel":
        return shortened(str(value), 22)
    if field.key == "cut":
        return f"{float(value) * 100:.1f}%"
    return yi_text(int(value)) if field.unit is Unit.MONEY else str(value)


def _lacking(origin: SweepOrigin, reached: Sequence[AimsReached]) -> list[int]:
    """Years that lack at least 0.05 亿元 somewhere."""
    found = []
    for place, year in enumerate(origin.years):
        most = max((r.shortfall_by_year_wan[place] for r in reached if r.feasible), default=0)
        if most >= WAN_PER_YI // 20:
            found.append(year)
    return found


def _aims_table(points: Table[tables.Point], origin: SweepOrigin) -> list[str]:
    """Where and what is reached; as many of the years that lack something as the screen takes."""
    reached = [point.reached for point in points.rows]
    lacking = _lacking(origin, reached)
    axes = [key for key in points.fields.by_key if key in ("moved_wan", *tables.AXES)]
    table: list[str] = []
    for count in range(min(MOST_YEARS, len(lacking)), -1, -1):
        years = map(tables.year_key, lacking[:count])
        table = _table(points.view(*axes, "shortfall_wan", *years, "delay_wan"), _point_text)
        if max(map(text_columns, table)) <= SCREEN_COLUMNS:
            break
    if count < len(lacking):
        table += wrapped("有缺口的年份较多，表中未列全，其余见 扫描.xlsx。")
    return [*table, *_unproven_line(reached)]


def _point_text(field: Field[tables.Point], point: tables.Point) -> str:
    """A cell: where there is no plan the first aim says so; a mark where it is not proven."""
    value, reached = field.value(point), point.reached
    if field.key in tables.AXES:
        return change_text(float(value or 0) * 10_000)
    if field.key == "shortfall_wan" and not reached.feasible:
        return tables.NONE if reached.feasible is False else tables.UNKNOWN
    mark = "" if reached.proven or field.key != "shortfall_wan" else "＊"
    return ("" if value is None else yi_text(int(value))) + mark


def _unproven_line(reached: Sequence[AimsReached]) -> list[str]:
    if all(each.proven for each in reached):
        return wrapped("各点均已证最优（或已证无可行方案）。滞后按优先级加权，单位亿元·年。")
    count = sum(not each.proven for each in reached)
    return wrapped(
        f"标＊的 {count} 个点未能证明最优（用完了固定的工作量）。滞后按优先级加权，单位亿元·年。"
    )


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
    table: Table[Row], said: Callable[[Field[Row], Row], str], texts: frozenset[str] = frozenset()
) -> list[str]:
    """Columns side by side, numbers to the right; columns of `texts` to the left."""
    columns = []
    for field in table.columns:
        cells = [field.short or field.title, *(said(field, row) for row in table.rows)]
        width = max(map(text_columns, cells))
        columns.append([padded(cell, width, right=field.key not in texts) for cell in cells])
    return ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]


# --- One plan for now under sampled shocks, in Chinese, for a screen of 80 columns


#: Cells shown in which the hedged plan differs most from the repaired one.
SHOWN = 12
#: Less difference of cost than this (万元) is none.
NO_DIFFERENCE_WAN = 100.0
LEFT_OUT = (
    "未抽样：上级指定与专属资金的到位率、信贷、造价、工期和停工（按情景本身计）；"
    "当年没有用完的统筹资金不结转。前置条件按调整方案中的开启年份计。"
)


def hedge_lines(result: HedgeResult) -> list[str]:
    """The result as lines of at most 80 columns: verdict, comparison, what is decided now."""
    lines = [f"稳健方案 {result.run.label}", *wrapped(verdict_line(result))]
    if result.value_wan is None:
        return lines
    lines += [line for said in _asked(result) for line in wrapped(said, 1)]
    if result.compared:
        lines += ["", *_comparison(result), *wrapped(gain_line(result), 1)]
    lines += ["", *_cells(result)] if result.plan_wan is not None else []
    lines += ["", *wrapped(_gate_line(result), 1), *wrapped(LEFT_OUT, 1)]
    number = number_line((result.run.label, result.paper))
    return [*lines, *([number] if number else [])]


def verdict_line(result: HedgeResult) -> str:
    """The verdict first, then what it means."""
    if result.verdict is Verdict.INFEASIBLE:
        return "无可行解：情景下没有满足全部规则的调整方案，也就没有稳健方案。"
    if result.value_wan is None:
        return "未得方案：没有求出方案，或没有可以现在决定的统筹资金。"
    if result.verdict is Verdict.PROVEN:
        return f"已证最优：对所抽的冲击，没有方案的目标值再低 {TOLERANCE_YI:g} 亿元以上。"
    if result.plan_wan is None:
        return "未得方案：求出的方案没有化成满足全部规则的整数万元方案，不能使用。"
    bound = "未知" if result.bound_wan is None else f"{result.bound_wan / WAN_PER_YI:,.2f} 亿元"
    return f"可行未证：目标值 {result.value_wan / WAN_PER_YI:,.2f} 亿元，下界 {bound}。"


def now_years(result: HedgeResult) -> str:
    """The years decided now: `2024` or `2024–2025`."""
    first = result.case.calendar.first_year + result.case.first_year
    count = 1 if result.first_stage_wan is None else len(result.first_stage_wan)
    return year_spans(range(first, first + count))


def _asked(result: HedgeResult) -> list[str]:
    settings, risk = result.settings, result.settings.risk
    reduced = "" if result.kept == settings.samples else f"，归并为 {result.kept:,} 种"
    channels = "、".join(result.sampled_channels) or "无（风险表没有统筹渠道的到位率）"
    return [
        f"现在就定 {now_years(result)} 年的统筹资金，各种冲击下都相同；以后各年看到位情况再定。"
        "当年到位不足时，从已定的各格中扣减。",
        f"冲击：{settings.samples:,} 种到位率（种子 {settings.seed}{reduced}），"
        f"抽样渠道：{channels}。",
        f"目标：{1 - risk.weight:.0%}×平均缺口 + {risk.weight:.0%}×最差 {1 - risk.alpha:.0%} "
        f"情形的平均缺口；另以小权重计滞后（×{DELAY_WEIGHT:g}）和偏离调整方案的资金"
        f"（×{NEARNESS_WEIGHT:g}），规则欠缺每亿元按 {UNMET_WEIGHT:g} 亿元计。",
    ]


def _comparison(result: HedgeResult) -> list[str]:
    """The plans on fresh shocks."""
    lines = wrapped(
        f"另抽 {result.settings.fresh:,} 种冲击检验（缺口，亿元折市重点，括号内为 95% 区间）："
    )
    lines += _hedge_table(compared_fields(result).of(result.compared))
    unmet = [each for each in result.compared if round(each.unmet.value) > 0]
    return [*lines, *(line for each in unmet for line in wrapped(_unmet_line(each), 1))]


def _unmet_line(each: Compared) -> str:
    return f"{each.name}：合同、民生等规则平均欠缺 {small_yi_text(round(each.unmet.value))} 亿元。"


def compared_fields(result: HedgeResult) -> Fields[Compared]:
    """A plan on fresh shocks: its shortfall, each with its interval."""
    tail = f"最差 {1 - result.settings.risk.alpha:.0%}"
    return Fields(
        name="检验",
        fields=(
            text("name", "方案", width=8),
            text("mean", "平均缺口", lambda row: interval_text(row.mean), 23),
            text("worst", tail, lambda row: interval_text(row.worst), 23),
            text("objective", "综合", lambda row: interval_text(row.objective), 23),
        ),
    )


def now_fields(portfolio: Portfolio) -> Fields[NowCell]:
    """Money decided now, by three plans."""

    def where(cell: NowCell) -> str:
        channel = portfolio.channels[portfolio.channel_position[cell.channel_id]]
        item = portfolio.item(cell.item_no).label
        return shortened(f"{cell.year} {item} / {channel.name}", 43)

    return Fields(
        name="现在就定",
        fields=(
            text("where", "年 大项 / 渠道", where, 44),
            money("baseline_wan", "原计划", width=11),
            money("repaired_wan", "调整", width=11),
            money("hedged_wan", "稳健", width=11),
        ),
    )


def _hedge_table(table: Table[Any]) -> list[str]:
    """A table as lines: the first column to the left, the others to the right."""
    first, lines = table.columns[0], []
    for row in (None, *table.rows):
        cells = (f.title if row is None else _said(f, f.value(row)) for f in table.columns)
        places = zip(table.columns, cells, strict=True)
        lines.append(
            "  " + "".join(padded(t, int(f.width), right=f is not first) for f, t in places)
        )
    return lines


def _said(field: Field[Any], value: Cell) -> str:
    return small_yi_text(int(value or 0)) if field.unit is Unit.MONEY else str(value)


def interval_text(wan: Estimate) -> str:
    """亿元 with its interval: `950.3（926.7–973.8）`; whole 亿元 where they are many."""
    digits = 0 if abs(wan.value) >= 1_000 * WAN_PER_YI else 1
    text = yi_text(round(wan.value), digits)
    if wan.low is None or wan.high is None:
        return text
    low, high = (yi_text(round(end), digits) for end in (max(wan.low, 0.0), wan.high))
    return f"{text}（{low}–{high}）"


def gain_line(result: HedgeResult) -> str:
    """The value of hedging: what the repaired plan's money now costs more."""
    gain = result.gain
    if gain is None:
        return ""
    value = _signed_yi(gain.value)
    span = ""
    if gain.low is not None and gain.high is not None:
        span = f"（{_signed_yi(gain.low)} 至 {_signed_yi(gain.high)}）"
    found = "" if gain.differs else "，两个方案没有实质差别"
    return f"稳健的价值（VSS）：比照调整方案办，综合缺口少 {value} 亿元{span}{found}。"


def _signed_yi(wan: float) -> str:
    """亿元, to the last 万元 that a difference this small needs."""
    text = f"{wan / WAN_PER_YI:,.{1 if abs(wan) >= WAN_PER_YI else 3}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text


def _cells(result: HedgeResult) -> list[str]:
    """Cells the hedged plan decides otherwise than the repaired one, the largest first."""
    other = sorted(
        (cell for cell in result.cells if cell.hedged_wan != cell.repaired_wan),
        key=lambda cell: -abs(cell.hedged_wan - cell.repaired_wan),
    )
    if not other:
        return wrapped(f"{now_years(result)} 年的统筹资金与调整方案完全相同。")
    moved = sum(abs(cell.hedged_wan - cell.repaired_wan) for cell in other)
    lines = wrapped(
        f"{now_years(result)} 年与调整方案不同的有 {len(other)} 格，共 {small_yi_text(moved)} 亿元"
        f"{f'，最大的 {SHOWN} 格' if len(other) > SHOWN else ''}（亿元）："
    )
    return lines + _hedge_table(now_fields(result.case.portfolio).of(other[:SHOWN]))


def _gate_line(result: HedgeResult) -> str:
    """What became of the costliest shocks with the gates free."""
    check = result.gate_check
    if check is None or not check.checked:
        return ""
    lead = f"前置条件复核：最差的 {check.checked} 种冲击按整数重解（{check.proven} 种已证）"
    if abs(check.worst_wan) < NO_DIFFERENCE_WAN:
        return f"{lead}，结果不变。"
    word = "高" if check.worst_wan > 0 else "低"
    size = small_yi_text(round(abs(check.worst_wan)))
    return f"{lead}，按调整方案的开启年份计，成本最多{word}估 {size} 亿元。"
