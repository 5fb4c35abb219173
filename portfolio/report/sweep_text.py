"""A sweep, a frontier and a reverse stress test in lines for a screen of 80 columns; 亿元."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from portfolio.model.money import WAN_PER_YI, yi_text
from portfolio.model.sweep import (
    AimsReached,
    FrontierResult,
    Kink,
    ReverseAnswer,
    ReverseResult,
    SweepOrigin,
    SweepResult,
)
from portfolio.report.fields import Field, Row, Table, Unit
from portfolio.report.plain_text import SCREEN_COLUMNS, padded, shortened, text_columns, wrapped
from portfolio.report.sweep_tables import (
    AXES,
    NONE,
    REVERSE_SCREEN,
    UNKNOWN,
    Point,
    frontier_table,
    sweep_table,
    year_key,
)
from portfolio.report.sweep_wording import (
    NOTE_OPTIMUM,
    axis_text,
    change_text,
    kink_text,
    swing_text,
    years_text,
)

#: Years of shortfall that stand in the table; the others are in the workbook.
MOST_YEARS = 4


def sweep_lines(result: SweepResult) -> list[str]:
    """The grid as a table, then the kinks."""
    lines = wrapped(f"扫描：{'；'.join(axis_text(axis) for axis in result.axes)}")
    lines += _origin_lines(result.origin)
    lines += ["", *_aims_table(sweep_table(result), result.origin)]
    if result.kinks is not None:
        lines += ["", *_kink_lines(result.kinks, result.kinks_complete, in_moved=False)]
    return lines


def frontier_lines(result: FrontierResult) -> list[str]:
    """Shortfall and delay by money moved, then the kinks."""
    lines = ["前沿：调整多少统筹资金，缺口降到多少", *_origin_lines(result.origin)]
    if not result.points:
        return [*lines, *wrapped("没有任何调整方案能同时满足各项规则，前沿无法给出。")]
    lines += ["", *_aims_table(frontier_table(result), result.origin)]
    least = result.points[0].moved_wan
    if least:
        lines += wrapped(f"满足各项规则至少要调整 {yi_text(least)} 亿元。")
    return [*lines, "", *_kink_lines(result.kinks, result.kinks_complete, in_moved=True)]


def reverse_lines(result: ReverseResult) -> list[str]:
    """The smallest cut that is too much, by channel and year."""
    cut = years_text(result.cut_years)
    lines = wrapped(f"反推：{cut}年额度最少减多少，年度目标就达不到")
    lines += _origin_lines(result.origin)
    texts = frozenset(("channel", "result"))
    lines += ["", *_table(REVERSE_SCREEN.of(result.answers), _answer_text, texts)]
    lines += wrapped(
        f"减幅精确到 0.1%；某年缺口超过 {result.tolerance_wan / WAN_PER_YI:.1f} 亿元即为达不到。"
        "调整方案已按各项规则尽力补足该年，其他年份不计。"
    )
    if not all(answer.proven for answer in result.answers):
        lines += wrapped("标＊的在限时内未能证明。")
    return lines


def _origin_lines(origin: SweepOrigin) -> list[str]:
    lines = wrapped(f"情景：{origin.title}；自 {origin.first_year} 年起可调整。")
    return [*lines, *wrapped(NOTE_OPTIMUM)]


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


def _aims_table(points: Table[Point], origin: SweepOrigin) -> list[str]:
    """Where and what is reached; as many of the years that lack something as the screen takes."""
    reached = [point.reached for point in points.rows]
    lacking = _lacking(origin, reached)
    axes = [key for key in points.fields.by_key if key in ("moved_wan", *AXES)]
    table: list[str] = []
    for count in range(min(MOST_YEARS, len(lacking)), -1, -1):
        years = map(year_key, lacking[:count])
        table = _table(points.view(*axes, "shortfall_wan", *years, "delay_wan"), _point_text)
        if max(map(text_columns, table)) <= SCREEN_COLUMNS:
            break
    if count < len(lacking):
        table += wrapped("有缺口的年份较多，表中未列全，其余见 扫描.xlsx。")
    return [*table, *_unproven_line(reached)]


def _point_text(field: Field[Point], point: Point) -> str:
    """A cell: where there is no plan the first aim says so; a mark where it is not proven."""
    value, reached = field.value(point), point.reached
    if field.key in AXES:
        return change_text(float(value or 0) * 10_000)
    if field.key == "shortfall_wan" and not reached.feasible:
        return NONE if reached.feasible is False else UNKNOWN
    mark = "" if reached.proven or field.key != "shortfall_wan" else "＊"
    return ("" if value is None else yi_text(int(value))) + mark


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
    table: Table[Row], said: Callable[[Field[Row], Row], str], texts: frozenset[str] = frozenset()
) -> list[str]:
    """Columns side by side, numbers to the right; columns of `texts` to the left."""
    columns = []
    for field in table.columns:
        cells = [field.short or field.title, *(said(field, row) for row in table.rows)]
        width = max(map(text_columns, cells))
        columns.append([padded(cell, width, right=field.key not in texts) for cell in cells])
    return ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]
