"""Sheet 大项: finish, cost and joint confidence of all together and of every item, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from portfolio.model.calendar import Calendar
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.study.confidence import with_money
from portfolio.model.study.findings import CauseShare, Confidence
from portfolio.model.study.result import StressResult
from portfolio.report.excel.blocks import Block, on_sheet, placed
from portfolio.report.excel.check_list import Check, money_check
from portfolio.report.excel.stress.sheet import StressSheet
from portfolio.report.excel.styles import GREEN, ORANGE, RED, axis, chart_title, grid_axis, lying
from portfolio.report.tables.fields import Fields, Table, number, text
from portfolio.report.tables.stress import cause_shares_table
from portfolio.report.tables.stress_items import (
    ItemSure,
    half_year_counts,
    item_causes_table,
    item_cost_table,
    item_finish_table,
    item_title,
    merge_table,
)
from portfolio.report.words import stress as words
from portfolio.report.words.run import scenario_name
from portfolio.report.words.stress_selection import chosen_items

HEAD = 4
#: Where each half breaks in print, from its first column: about a dozen columns a page.
FINISH_BREAK, COST_BREAK = 10, 10


def write_items(sheet: StressSheet) -> list[Check]:
    """One row an item: when it finishes, what it costs, how sure both are."""
    sheet.title(
        f"大项的竣工、造价与联合把握 · {scenario_name(sheet.result.run)}（{words.ASSUMED}；亿元，季）",
        f"{words.SURE}。P80：五条路径中约四条不超过此数。联合把握：造价不超批准数且竣工不晚于计划。"
        "关键度：处在决定末项竣工的链条上的把握。造价准备：该分位造价超出批准造价的部分。",
    )
    note = words.censored_note(sheet.result)
    if note is not None:
        sheet.put(2, 0, note, "grey")
    finish, cost = item_finish_table(sheet.result), item_cost_table(sheet.result)
    # Both begin with the names; the cost table leaves them out.
    lead = placed(finish, HEAD).places["work"]
    right = len(finish.columns) - lead
    # The cost table first: the finish table's name columns then stand over its own.
    block = sheet.put_block(cost, HEAD, first=right)
    sheet.put_block(finish, HEAD)
    sheet.set_widths(cost.widths, right)
    sheet.set_widths(finish.widths)
    _bands(sheet, (lead, len(finish.columns), right + len(cost.columns)))
    if not cost.rows:
        sheet.put(block.first, 0, "没有有投资的大项。", "text")
    sheet.autofilter(HEAD, 0, block.last, right + len(cost.columns) - 1)
    sheet.freeze_panes(HEAD + 1, lead)
    sheet.repeat_rows(HEAD)
    start = len(finish.columns)
    widths = [column.width for column in (*finish.columns, *cost.columns[lead:])]
    # The names are printed again on every page.
    sheet.print_wide(widths, (FINISH_BREAK, start, start + COST_BREAK), repeated=lead)
    return _checks(cost, block)


def _bands(sheet: StressSheet, ends: tuple[int, int, int]) -> None:
    """What the columns are about, over their headings."""
    band = {"bold": True, "align": "center", "font_color": "white", "border": 1}
    kinds = (("竣工", "#2F75B5"), ("造价与联合把握", "#548235"))
    for (first, end), (said, colour) in zip(pairwise(ends), kinds, strict=True):
        style = sheet.made({**band, "bg_color": colour, "border_color": "#FFFFFF"})
        sheet.merge_range(HEAD - 1, first, HEAD - 1, end - 1, said, style)


def _checks(table: Table[ItemSure], block: Block) -> list[Check]:
    """The four quadrants of every item are all its paths; the items' approved costs the whole's."""
    checks = []
    for at, row in enumerate(table.rows, start=block.first):
        others = block.seen_cells(at, ("over_only", "late_only", "over_and_late"))
        joint = row.joint
        checks.append(
            Check(
                kind=block.sheet,
                what=f"{row.no}：联合把握四象限之和 ＝ 1",
                found=f"{block.seen_cell(at, 'both')}+SUM({others})",
                again="1",
                found_value=joint.both.value
                + joint.over_only.value
                + joint.late_only.value
                + joint.over_and_late.value,
                again_value=1.0,
            )
        )
    rows = table.rows
    if len(rows) > 1 and rows[0].item is None:
        ends = (block.cell(row, "approved_wan") for row in (block.first + 1, block.last))
        checks.append(
            money_check(
                block.sheet,
                "各大项批准造价之和 ＝ 全部",
                block.seen_cell(block.first, "approved_wan"),
                f"SUM({on_sheet(block.sheet, ':'.join(ends))})",
                rows[0].of.approved_wan,
                sum(row.of.approved_wan for row in rows[1:]),
            )
        )
    return checks


# --- Sheet 竣工分布: finish histograms as native charts, and what merging does to the end


FINISH_HEAD = 3
WIDTHS = (14, 26, 44, *[13] * 14)
#: Columns printed: the merges', and the three charts'.
PRINTED = 17
CHARTS_A_ROW = 3
CHART_ROWS, CHART_COLUMNS = 15, (0, 3, 8)
CHART_SIZE = ((590, 340), (460, 340), (460, 340))


def histogram_rows(result: StressResult) -> tuple[Confidence, ...]:
    """Whose finish is drawn: all together, then the chosen items."""
    whole = result.findings.whole
    return (*(() if whole is None else (whole,)), *chosen_items(result))


def write_finishes(sheet: StressSheet) -> list[Check]:
    """Charts first, the merges, then the counts behind the charts."""
    rows = histogram_rows(sheet.result)
    sheet.set_widths(WIDTHS)
    sheet.headed(
        "竣工分布",
        "每半年竣工的路径数；绿色为计划竣工所在半年及以前，橙色为以后。数据在本页下方。",
    )
    chart_rows = CHART_ROWS * -(-len(rows) // CHARTS_A_ROW)
    row = _end_bias(sheet, FINISH_HEAD + chart_rows)
    row = _merges(sheet, row)
    row = sheet.put_heading(row, "各图数据：路径数（按半年）")
    histograms = _counts(sheet, row, rows)
    for k, confidence in enumerate(rows):
        if k == 0 and confidence.item_no is None and words.is_censored(sheet.result):
            _unfinished(sheet, histograms.block.last + 3)
        else:
            _chart(sheet, histograms, k, confidence)
    sheet.print_area(0, 0, histograms.block.last + 1, PRINTED - 1)
    return _finish_checks(sheet, histograms.block, rows)


def _end_bias(sheet: StressSheet, row: int) -> int:
    """The end planned, without luck and over the paths: what merging adds."""
    bias = sheet.result.findings.end
    if bias is None:
        return row
    row = sheet.put_heading(row, f"末项竣工：计划、不计风险与推演（{words.ASSUMED}）")
    end = bias.end
    p50, p80 = end.at(50), end.at(80)
    prior = "推演期内未竣工" if bias.prior is None else sheet.when(bias.prior)
    by_prior = (
        ""
        if bias.chance_by_prior is None
        else f"，按不计风险的时间竣工的把握 {words.chance_text(bias.chance_by_prior)}"
    )
    lines = (
        f"计划 {sheet.when(bias.planned)}；不计风险 {prior}{by_prior}。",
        f"P50 {sheet.when(p50.value)}（95% 区间 {words.finish_range(sheet.result.calendar, p50.low, p50.high) or '路径太少'}），"
        f"P80 {sheet.when(p80.value)}（{words.finish_range(sheet.result.calendar, p80.low, p80.high) or '路径太少'}），"
        f"平均 {_mean_quarter(sheet.result.calendar, end.mean.value)}（未竣工的按期末计）。",
        "许多大项并行、最后一个竣工才算完：各自都不算晚，合在一起几乎总有晚的，这就是汇合偏差。",
    )
    return sheet.put_lines(row, lines, 10, sum(WIDTHS[:11])) + 1


def _mean_quarter(calendar: Calendar, value: float) -> str:
    """A mean of quarter indices as a year with a decimal, the quarter's end."""
    return f"{calendar.first_year + (value + 1) / 4:.1f} 年"


def _merges(sheet: StressSheet, row: int) -> int:
    table = merge_table(sheet.result)
    if not table.rows:
        return row
    row = sheet.put_heading(
        row, f"汇合偏差：有两个以上前置条件的大项，须全部按时放行（{words.ASSUMED}）"
    )
    return sheet.put_block(table, row, widths=WIDTHS).below


@dataclass(frozen=True, kw_only=True)
class Histograms:
    """The counts as written: half-years down (the last is 100, play's end), items across."""

    block: Block
    halves: tuple[int, ...]
    counts: tuple[Counter[int], ...]

    def shown(self, k: int, planned_finish: int) -> tuple[int, int]:
        """First and last position of the half-years worth drawing of an item: paths, and the plan."""
        known = [*self.counts[k], planned_finish // 2 * 2]
        return self.halves.index(min(known)), self.halves.index(max(known))


def _counts(sheet: StressSheet, row: int, rows: tuple[Confidence, ...]) -> Histograms:
    """Write the paths by half-year and item, and their sums."""
    counts = tuple(half_year_counts(sheet.result, one) for one in rows)
    known = {quarter for one in counts for quarter in one if quarter < PLAY_QUARTERS}
    known |= {one.planned_finish // 2 * 2 for one in rows}
    halves = (*(range(min(known), max(known) + 2, 2) if known else ()), PLAY_QUARTERS)
    table = Fields[int](
        name="路径数",
        fields=(
            text("half", "半年", partial(half_label, sheet.result.calendar)),
            *(
                number(key, item_title(sheet.result, one), paths.__getitem__)
                for key, one, paths in zip(_keys(rows), rows, counts, strict=True)
            ),
        ),
    ).of(halves)
    block = placed(table, row, sheet.name)
    sheet.put_titles(table, block)
    sheet.set_row(row, 50)
    sheet.put_rows(table, block)
    sheet.put(block.last + 1, 0, "合计", "text", "total")
    sheet.put_sums(table, block, _keys(rows))
    return Histograms(block=block, halves=halves, counts=counts)


def _keys(rows: tuple[Confidence, ...]) -> list[str]:
    """The columns of items."""
    return [f"item{one.item_no or ''}" for one in rows]


def half_label(calendar: Calendar, quarter: int) -> str:
    """A half-year by its first quarter: `…上`; the end of play reads “… 以后”."""
    if quarter >= PLAY_QUARTERS:
        return words.quarter_or_later(calendar, PLAY_QUARTERS) or ""
    return f"{calendar.first_year + quarter // 4}{'下' if quarter % 4 else '上'}"


def _censored_words(calendar: Calendar, one: Confidence) -> str:
    """How much of a histogram stands in its last bar, which is no half-year."""
    share = one.unfinished.value
    if share == 0:
        return ""
    if share == 1:
        return f"；单柱：全部路径到 {calendar.last_play_year}Q4 仍未竣工"
    return f"；末柱：{words.whole_percent(share)} 到 {calendar.last_play_year}Q4 仍未竣工"


def _chart(sheet: StressSheet, histograms: Histograms, k: int, one: Confidence) -> None:
    """One histogram, from its first half-year with paths (or the plan's) to its last."""
    first, last = histograms.shown(k, one.planned_finish)
    block = histograms.block
    shown = replace(block, first=block.first + first, last=block.first + last)
    chart = sheet.new_chart("column")
    points = [
        {"fill": {"color": GREEN if half <= one.planned_finish else ORANGE}}
        for half in histograms.halves[first : last + 1]
    ]
    (key,) = _keys((one,))
    chart.add_series(shown.unnamed(key, "half", points=points, gap=15))
    heading = item_title(sheet.result, one)
    p50, p80 = (sheet.when(one.finish.at(percent).value) for percent in (50, 80))
    told = f"计划 {sheet.when(one.planned_finish)}，P50 {p50}，P80 {p80}"
    down, place = divmod(k, CHARTS_A_ROW)
    sheet.put_chart(
        chart,
        (FINISH_HEAD + CHART_ROWS * down, CHART_COLUMNS[place]),
        CHART_SIZE[place],
        title=chart_title(heading, 11),
        axes=(axis(told + _censored_words(sheet.result.calendar, one)), grid_axis()),
        said=f"{heading} 的竣工分布",
    )


def _unfinished(sheet: StressSheet, row: int) -> None:
    """How many items play leaves unfinished: the last finish itself is past the end of play."""
    chosen = with_money(sheet.result.run.portfolio)
    left = (sheet.result.paths.finish[:, chosen] >= PLAY_QUARTERS).sum(axis=1)
    paths, end = Counter(left.tolist()), f"{sheet.result.calendar.last_play_year}Q4"
    row = sheet.put_heading(row, f"到 {end} 仍未竣工的大项个数（各路径）")
    table = Fields[int](
        name="未竣工大项",
        fields=(
            number("count", "个数", lambda count: count),
            number("paths", "路径数", paths.__getitem__),
        ),
    ).of(range(min(paths), max(paths) + 1))
    block = placed(table, row, sheet.name)
    sheet.put_at(table, block)
    chart = sheet.new_chart("column")
    chart.add_series(block.unnamed("paths", "count", fill={"color": ORANGE}, gap=15))
    whole = sheet.result.findings.whole
    share = "" if whole is None else words.whole_percent(whole.unfinished.value)
    heading = f"全部大项：末项在 {share} 的路径中晚于 {end}\n下为到期末仍未竣工的大项个数"
    sheet.put_chart(
        chart,
        (FINISH_HEAD, CHART_COLUMNS[0]),
        CHART_SIZE[0],
        title=chart_title(heading, 11),
        axes=(axis("未竣工大项（个）"), grid_axis("路径数")),
        said="到推演期末仍未竣工的大项个数的分布",
    )


def _finish_checks(sheet: StressSheet, block: Block, rows: tuple[Confidence, ...]) -> list[Check]:
    """Every histogram holds every path once."""
    paths = len(sheet.result.paths)
    return [
        Check(
            kind=sheet.name,
            what=f"{item_title(sheet.result, one)}：分布之和 ＝ 路径数",
            found=block.seen_cell(block.last + 1, key),
            again=str(paths),
            found_value=paths,
            again_value=paths,
        )
        for key, one in zip(_keys(rows), rows, strict=True)
    ]


# --- Sheet 成因: the delay of all paths shared out over its causes; every view sums to the whole


CAUSE_HEAD = 3
CAUSE_WIDTHS = (14, 40, *[13] * 9, 66)
CAUSE_CHART_ROWS = 17
CHART_CAUSES = 12


def write_causes(sheet: StressSheet) -> list[Check]:
    """By kind, by cause, by item; shares and sums by formula."""
    causes = sheet.result.findings.causes
    sheet.set_widths(CAUSE_WIDTHS)
    sheet.headed(
        "滞后的成因",
        f"{causes.paths:,} 条路径共滞后 {causes.quarters:,} 季；每一季只记一个成因，各表之和都等于合计。"
        f"工期缩短记为负；未竣工的统计到推演期末（{sheet.result.calendar.last_play_year}Q4）。",
    )
    if not causes.by_kind:
        sheet.put(CAUSE_HEAD, 0, "没有滞后。", "bold")
        return []
    row = sheet.put_heading(CAUSE_HEAD, "按类别")
    kinds = _shares(sheet, causes.by_kind, row)
    row = sheet.put_heading(kinds.below + 1, "按具体成因")
    each = _shares(sheet, causes.by_cause, row)
    _cause_chart(sheet, each, CAUSE_HEAD)
    row = sheet.put_heading(
        max(each.below + 1, CAUSE_HEAD + CAUSE_CHART_ROWS + 2), "按大项（季，各路径合计）"
    )
    table = item_causes_table(sheet.result)
    sheet.set_widths(table.widths[len(CAUSE_WIDTHS) :], len(CAUSE_WIDTHS))
    items = sheet.put_block(table, row, widths=CAUSE_WIDTHS)
    return _cause_checks(sheet, kinds, each, items)


def _shares(sheet: StressSheet, shares: Sequence[CauseShare], row: int) -> Block:
    """A table of causes with shares and the sum by formula."""
    causes = sheet.result.findings.causes
    total = row + len(shares) + 1
    whole = f"{{quarters:${total}}}"
    share = f'IF({whole}=0,"",{{quarters}}/{whole})'
    block = sheet.put_block(
        cause_shares_table(sheet.result, shares),
        row,
        widths=CAUSE_WIDTHS,
        formulas={"share": lambda _: share},
    )
    sheet.put_row(total, ("合计", None), "text", "total")
    place, formula = block.places["quarters"], f"={block.sum_of('quarters')}"
    sheet.put_formula(total, place, formula, causes.quarters, "whole", "total")
    return block


def _cause_chart(sheet: StressSheet, block: Block, row: int) -> None:
    """The largest causes as bars, quarters a path."""
    last = min(block.last, block.first + CHART_CAUSES - 1)
    shown = replace(block, last=last)
    chart = sheet.new_chart("bar")
    chart.add_series(shown.unnamed("per_path", "cause", fill={"color": RED}, gap=40))
    sheet.put_chart(
        chart,
        (row, 6),
        (860, 400),
        title=chart_title("主要成因：每条路径平均滞后（季）"),
        axes=lying(),
        said="最大的成因与其每条路径平均季数",
    )


def _cause_checks(sheet: StressSheet, kinds: Block, each: Block, items: Block) -> list[Check]:
    """Every view sums to the whole."""
    quarters = sheet.result.findings.causes.quarters
    whole = kinds.seen_cell(kinds.last + 1, "quarters")
    views = (("按具体成因之和 ＝ 按类别之和", each), ("按大项之和 ＝ 按类别之和", items))
    return [
        Check(
            kind=sheet.name,
            what=what,
            found=whole,
            again=f"SUM({block.seen('quarters')})",
            found_value=quarters,
            again_value=quarters,
        )
        for what, block in views
    ]
