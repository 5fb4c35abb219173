"""调整方案.xlsx: the verdict first, then moves, before and after, prices, the plan to edit, checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from portfolio.model.money import SEEN_WAN
from portfolio.model.reallocation.result import Reallocation
from portfolio.model.reallocation.settings import Aim
from portfolio.model.rules.rulebook import REPAIR_RULES, Rule
from portfolio.report.excel.blocks import placed
from portfolio.report.excel.book import Book, Sheet, made_bytes
from portfolio.report.excel.reallocation import layout
from portfolio.report.excel.reallocation.again import write_again
from portfolio.report.excel.reallocation.alternatives import write_alternatives
from portfolio.report.excel.reallocation.cells import write_cells, write_edit
from portfolio.report.excel.reallocation.checks import write_checks
from portfolio.report.excel.reallocation.moves import (
    write_broken,
    write_conflicts,
    write_flows,
    write_luck,
    write_moves,
    write_prices,
    write_promise,
)
from portfolio.report.excel.reallocation.signed import keep_aside, write_page
from portfolio.report.excel.styles import DARK
from portfolio.report.tables import reallocation as tables
from portfolio.report.tables.fields import Field, Fields, text
from portfolio.report.words import reallocation as words
from portfolio.report.words import run as play
from portfolio.report.words.answers.answer import opening_lines
from portfolio.report.words.outlook import example_mark
from portfolio.report.words.paper import signing_line
from portfolio.report.words.reallocation import ways

# --- Sheets 结论 and 说明: the verdict, years, aims and approvals first; how to read it all last


WIDTHS = (22, 30, 26, 16, 20, 24, 14, 14, 14, 18)
LAST, WIDTH = len(WIDTHS) - 1, sum(WIDTHS)
GUIDE_WIDTHS = (26, 70, 10, 70)
READING = (
    "“承诺”是求解得到的计划；“推演”是照这份计划逐季推演的结果。两者的差别见 承诺与推演，以推演为准。",
    "可以调剂的只有统筹资金；上级指定与专属资金按冲击后的样子，随资本金的贷款跟着资本金走。",
    "金额单位为亿元，单元格内保留到万元（四位小数）；计划按批准造价，额度按推演造价比较。",
    "“最优性差距”是求解器给出的下界与方案之间的差，占方案的比例；差距不为零时不称最优。",
    "规则的限度不严于基准计划自身：基准已经突破的地方列在 既有突破，按基准的数字放行。",
)


RULES = Fields[Rule](
    name="规则",
    fields=(
        text("code", "代码", width=26),
        text("title", "规则", width=70, look="wrap"),
        text("unit", "单位", width=10),
        text("source", "出处", width=70, look="wrap"),
    ),
)


def _gap(way: str) -> Field[tables.PromiseRow]:
    """What a way lacks, standing out; blank where nothing is asked for."""
    return replace(
        tables.PROMISES[tables.gap_key(way)],
        look=lambda row: "money" if row.gap(way) is None else "gap",
        tone=lambda row: "gap" if (row.gap(way) or 0) >= SEEN_WAN else "",
    )


HOME_KEYS = (
    "year", "target_wan", "wanted_wan", "baseline_wan", "shocked_wan", "shocked_gap_wan",
    "promised_wan", "played_wan", "played_gap_wan",
)  # fmt: skip
HOME_YEARS = replace(
    tables.PROMISES,
    fields=tuple(
        {tables.gap_key(way): _gap(way) for way in tables.WAYS}.get(field.key, field)
        for field in tables.PROMISES
    ),
)


def write_home(
    sheet: Sheet, result: Reallocation, contents: Iterable[tuple[str, str]]
) -> dict[Aim, str]:
    """The first sheet; where the aims' values stand, as seen from other sheets."""
    sheet.set_widths(WIDTHS)
    sheet.title("预算调整方案", height=34)
    leads = [*opening_lines(result)]
    found = result.infeasibility
    if found is not None:
        leads.append(words.needs_sentence(found.needs).rstrip("："))
    row = sheet.put_lines(1, leads, LAST, WIDTH * 0.8, style="lead")
    facts = [f"情景：{play.scenario_name(result.run)}"]
    facts += [play.summary_text(result.run)] if result.run.summary else []
    facts += [words.solved_line(result), words.grandfathered_line(result.grandfathered)]
    facts += [signing_line(result.paper)] if result.paper.number else []
    row = sheet.put_lines(row, facts, LAST, WIDTH, style="line") + 1
    cells: dict[Aim, str] = {}
    if result.plan_wan is not None:
        row, cells = _aims(sheet, row, result)
    row = _ways(sheet, row, result)
    row = _years(sheet, row, result)
    if result.plan_wan is not None:
        row = _approvers(sheet, row, result)
    row = sheet.put_points(row, "下一步", words.next_steps(result), WIDTHS)
    sheet.put_contents(row + 1, contents)
    sheet.freeze_panes(1, 0)
    sheet.fit_to_pages(1, 1)
    return cells


def _aims(sheet: Sheet, row: int, result: Reallocation) -> tuple[int, dict[Aim, str]]:
    row = sheet.put_heading(row, words.aims_heading(result))
    table = tables.aim_table(result)
    block = sheet.put_block(table, row, widths=WIDTHS)
    cells: dict[Aim, str] = {}
    for at, aim in enumerate(result.case.settings.aims, start=block.first):
        cells[aim] = block.seen_cell(at, "value_wan")
        meaning = words.AIM_MEANINGS[aim]
        sheet.put_over((at, len(table.columns)), (at, LAST), meaning, "text", "faint")
    row = block.last + 1
    lines = [line for line in (words.weighed_text(result), words.fewest_text(result)) if line]
    if lines:
        row = sheet.put_lines(row, lines, LAST, WIDTH, style="line")
    return row + 1, cells


def _ways(sheet: Sheet, row: int, result: Reallocation) -> int:
    """The repairs side by side, and why a play falls short of its promise."""
    if not result.ways:
        return row
    row = sheet.put_heading(row, f"{len(result.ways)} 种做法（各表是“{result.name}”的）")
    table = tables.WAYS_BESIDE.view(*tables.WAYS_SHEET).of(result.ways)
    row = sheet.put_block(table, row, widths=WIDTHS).below
    told = [ways.promise_text(way) for way in result.ways]
    return sheet.put_lines(row, told, LAST, WIDTH, style="line") + 1


def _years(sheet: Sheet, row: int, result: Reallocation) -> int:
    """The converted years before and after; what each lacks is a formula."""
    row = sheet.put_heading(row, "折市重点口径，调整前后（亿元）")
    keys = [
        key for key in HOME_KEYS if result.plan_wan is not None or key not in tables.PLANNED_KEYS
    ]
    rows = [row for row in tables.promise_rows(result) if row.converts]
    table = HOME_YEARS.view(*keys).of(rows)
    block = placed(table, row)
    sheet.head_row(row, [field.full or field.title for field in table.columns])
    sheet.put_rows(table, block)
    later = any(year.year > result.calendar.last_full_list_year for year in result.years)
    said = [result.calendar.fill(play.CLOSED_LIST)] if later else []
    return sheet.put_lines(block.last + 1, said, LAST, WIDTH) + 1


def _approvers(sheet: Sheet, row: int, result: Reallocation) -> int:
    row = sheet.put_heading(row, "谁来批（亿元）")
    table = tables.approver_table(result)
    if not table.rows:
        return sheet.put_lines(row, ["没有要报批的调整。"], LAST, WIDTH, style="line") + 1
    below = sheet.put_block(table, row, widths=WIDTHS).below
    untold = words.level_line(move.approval for move in result.moves)
    return sheet.put_lines(below, [f"{untold}。"], LAST, WIDTH) if untold else below


def write_guide(book: Book, result: Reallocation) -> None:
    """How to read, what is assumed, the rules, and where it all comes from."""
    sheet, run = book.sheet(layout.GUIDE, tab="#7F7F7F"), result.run
    sheet.set_widths(GUIDE_WIDTHS)
    sheet.title("说明")
    row = 2
    for heading, lines in (
        ("怎样读", READING),
        ("口径对照", play.reconciliation_lines(result.case.played)),
        ("规则中表格没有的数（假设）", words.settings_lines(result.case)),
        ("哪些是假设", play.assumption_lines(run)),
    ):
        row = sheet.put_points(row, heading, lines, GUIDE_WIDTHS) + 1
    row = sheet.put_heading(row, "规则（依次）")
    rules = RULES.of(
        replace(rule, source=result.calendar.fill(rule.source)) for rule in REPAIR_RULES
    )
    row = sheet.put_block(rules, row, widths=GUIDE_WIDTHS).below
    row = sheet.put_heading(row, "来源（相同则结果相同，求解器在限时内停下的除外）")
    pairs = (
        ("情景", play.scenario_name(run)),
        ("时点", words.since_text(result.case)),
        ("求解器", result.solver),
        ("求解到何时", words.effort_text(result)),
        *play.origin_pairs(run, (run.label, result.paper)),
    )
    sheet.put_pairs(row, pairs, GUIDE_WIDTHS)
    sheet.freeze_panes(1, 0)


# --- 调整方案.xlsx: the verdict first, then moves, before and after, prices, the plan to edit, checks


CONTENTS = {
    layout.MOVES: "每一笔：大项、渠道、年份、前后、理由、审批与最早生效",
    layout.CELLS: "各大项各渠道逐年：调整前、调整后、增减，带小计",
    layout.FLOWS: "按大项、按渠道年份汇总谁调减、谁调增，与额度对照",
    layout.PRICES: "卡住结果的限额再放宽一点能换来什么，在多大范围内成立",
    layout.CONFLICTS: "无可行解时：最省的补救与互相冲突的规则",
    layout.PROMISE: "按年份、按大项：调整后的计划与其推演的差别和原因",
    layout.OTHERS: "不论怎样调都要动的、可以不动的，和几个同样好的方案及其逐笔",
    layout.BROKEN: "基准计划本身突破规则之处",
    layout.EDIT: "可改的计划，改后可再推演",
    layout.AGAIN: "目标与规则的逐项复算",
    layout.CHECKS: "全部合计、限额、目标用公式复算，差额应为零",
    layout.GUIDE: "怎样读、假设、规则、来源",
}
WITHOUT_PLAN = (layout.CONFLICTS, layout.BROKEN, layout.GUIDE)


def reallocation_bytes(result: Reallocation) -> bytes:
    """The workbook's bytes; the same result gives the same bytes. Without a plan no plan sheets."""

    def fill(book: Book) -> None:
        write_page(book, result)
        home = book.sheet(layout.HOME, tab=DARK)
        if result.plan_wan is None:
            write_home(home, result, [(name, CONTENTS[name]) for name in WITHOUT_PLAN])
            write_conflicts(book, result)
            write_broken(book, result)
        else:
            facts = layout.Facts(result=result)
            asked = result.alternatives is not None
            named = [each for each in CONTENTS.items() if asked or each[0] != layout.OTHERS]
            aims = write_home(home, result, named)
            write_moves(book, facts)
            write_cells(book, facts)
            write_flows(book, facts)
            write_prices(book, result)
            write_conflicts(book, result)
            write_promise(book, facts)
            write_alternatives(book, result)
            write_luck(book, result)
            write_broken(book, result)
            write_edit(book, facts)
            write_again(book, facts)
            write_checks(book, facts, aims)
        write_guide(book, result)
        keep_aside(book)

    mark = example_mark(result.run.portfolio)
    return made_bytes(fill, result.calendar, "预算调整方案", mark, [result.paper])
