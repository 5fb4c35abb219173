"""调整方案.xlsx: the verdict first, then moves, before and after, prices, the plan to edit, checks."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.reallocation.result import Reallocation
from portfolio.model.reallocation.settings import Aim
from portfolio.model.rules.rulebook import REPAIR_RULES, Rule
from portfolio.report.excel.blocks import placed, put_block, put_heading, put_lines, put_rows
from portfolio.report.excel.book import (
    CREATED,
    LINE,
    Book,
    Worksheet,
    head_row,
    made_bytes,
    put,
    title,
)
from portfolio.report.excel.reallocation.again import write_again
from portfolio.report.excel.reallocation.cells import write_cells, write_edit
from portfolio.report.excel.reallocation.checks import write_checks
from portfolio.report.excel.reallocation.layout import (
    AGAIN,
    BROKEN,
    CELLS,
    CHECKS,
    CONFLICTS,
    EDIT,
    FLOWS,
    GUIDE,
    HOME,
    MOVES,
    PRICES,
    PROMISE,
    Facts,
)
from portfolio.report.excel.reallocation.moves import (
    write_broken,
    write_conflicts,
    write_flows,
    write_luck,
    write_moves,
    write_prices,
    write_promise,
)
from portfolio.report.screen.console import lines_needed
from portfolio.report.tables.fields import Field, Fields, text
from portfolio.report.tables.reallocation import (
    PLANNED_KEYS,
    PROMISES,
    WAYS,
    PromiseRow,
    aim_table,
    approver_table,
    gap_key,
    promise_rows,
)
from portfolio.report.words.reallocation import (
    AIM_MEANINGS,
    fewest_text,
    grandfathered_line,
    needs_sentence,
    next_steps,
    played_line,
    seconds_text,
    settings_lines,
    since_text,
    solved_line,
    verdict_line,
)
from portfolio.report.words.run import (
    CLOSED_LIST,
    assumption_lines,
    reconciliation_lines,
    scenario_name,
    summary_text,
)

# --- Sheets 结论 and 说明: the verdict, years, aims and approvals first; how to read it all last


WIDTHS = (22, 30, 26, 16, 20, 24, 14, 14, 14)
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


def _gap(way: str) -> Field[PromiseRow]:
    """What a way lacks, standing out; blank where nothing is asked for."""
    return replace(
        PROMISES[gap_key(way)],
        look=lambda row: "money" if row.gap(way) is None else "gap",
        tone=lambda row: "gap" if row.gap(way) else "",
    )


HOME_KEYS = (
    "year", "target_wan", "wanted_wan", "baseline_wan", "shocked_wan", "shocked_gap_wan",
    "promised_wan", "played_wan", "played_gap_wan",
)  # fmt: skip
HOME_YEARS = replace(
    PROMISES,
    fields=tuple(
        {gap_key(way): _gap(way) for way in WAYS}.get(field.key, field) for field in PROMISES
    ),
)


def write_home(
    book: Book, sheet: Worksheet, result: Reallocation, contents: dict[str, str]
) -> dict[Aim, str]:
    """The first sheet; where the aims' values stand, as seen from other sheets."""
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, "预算调整方案", book.style("title"))
    sheet.set_row(0, 34)
    played = played_line(result)
    leads = [verdict_line(result), *([played] if played is not None else [])]
    row = put_lines(book, sheet, 1, leads, LAST, WIDTH * 0.8, style="lead")
    found = result.infeasibility
    if found is not None:
        needs = [needs_sentence(found.needs).rstrip("：")]
        row = put_lines(book, sheet, row, needs, LAST, WIDTH * 0.8, style="lead")
    facts = [f"情景：{scenario_name(result.run)}"]
    facts += [summary_text(result.run)] if result.run.summary else []
    facts += [solved_line(result), grandfathered_line(result.grandfathered)]
    row = put_lines(book, sheet, row, facts, LAST, WIDTH, style="line") + 1
    cells: dict[Aim, str] = {}
    if result.plan_wan is not None:
        row, cells = _aims(book, sheet, row, result)
    row = _years(book, sheet, row, result)
    if result.plan_wan is not None:
        row = _approvers(book, sheet, row, result)
    row = put_heading(book, sheet, row, "下一步")
    steps = [f"· {line}" for line in next_steps(result)]
    row = put_lines(book, sheet, row, steps, LAST, WIDTH, style="line")
    _contents(book, sheet, row + 1, contents)
    sheet.freeze_panes(1, 0)
    sheet.fit_to_pages(1, 1)
    return cells


def _aims(
    book: Book, sheet: Worksheet, row: int, result: Reallocation
) -> tuple[int, dict[Aim, str]]:
    row = put_heading(book, sheet, row, "目标（依次做到最小）")
    table = aim_table(result)
    block = put_block(book, sheet, table, row, sheet=HOME, widths=dict(enumerate(WIDTHS)))
    cells: dict[Aim, str] = {}
    for at, aim in enumerate(result.case.settings.aims, start=block.first):
        cells[aim] = block.seen_cell(at, "value_wan")
        meaning, style = AIM_MEANINGS[aim], book.style("text", "faint")
        sheet.merge_range(at, len(table.columns), at, LAST, meaning, style)
    row = block.last + 1
    fewest = fewest_text(result)
    if fewest is not None:
        row = put_lines(book, sheet, row, [fewest], LAST, WIDTH, style="line")
    return row + 1, cells


def _years(book: Book, sheet: Worksheet, row: int, result: Reallocation) -> int:
    """The converted years before and after; what each lacks is a formula."""
    row = put_heading(book, sheet, row, "折市重点口径，调整前后（亿元）")
    keys = [key for key in HOME_KEYS if result.plan_wan is not None or key not in PLANNED_KEYS]
    rows = [row for row in promise_rows(result) if row.converts]
    table = HOME_YEARS.view(*keys).of(rows)
    block = placed(table, row)
    head_row(book, sheet, row, [field.full or field.title for field in table.columns])
    put_rows(book, sheet, table, block)
    later = any(year.year > result.calendar.last_full_list_year for year in result.years)
    said = [result.calendar.fill(CLOSED_LIST)] if later else []
    return put_lines(book, sheet, block.last + 1, said, LAST, WIDTH) + 1


def _approvers(book: Book, sheet: Worksheet, row: int, result: Reallocation) -> int:
    row = put_heading(book, sheet, row, "谁来批（亿元）")
    table = approver_table(result)
    if not table.rows:
        return put_lines(book, sheet, row, ["没有要报批的调整。"], LAST, WIDTH, style="line") + 1
    return put_block(book, sheet, table, row, widths=dict(enumerate(WIDTHS))).below


def _contents(book: Book, sheet: Worksheet, row: int, contents: dict[str, str]) -> None:
    row = put_heading(book, sheet, row, "各表内容")
    link = book.made({"font_color": "#0563C1", "underline": 1})
    for name, meaning in contents.items():
        sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)
        sheet.write_string(row, 1, meaning, book.made({}))
        row += 1


def write_guide(book: Book, result: Reallocation) -> None:
    """How to read, what is assumed, the rules, and where it all comes from."""
    sheet, run = book.sheet(GUIDE, tab="#7F7F7F"), result.run
    for column, width in enumerate(GUIDE_WIDTHS):
        sheet.set_column(column, column, width)
    title(book, sheet, "说明")
    row, last, width = 2, len(GUIDE_WIDTHS) - 1, sum(GUIDE_WIDTHS)
    for heading, lines in (
        ("怎样读", READING),
        ("口径对照", reconciliation_lines(result.case.portfolio)),
        ("规则中表格没有的数（假设）", settings_lines(result.case)),
        ("哪些是假设", assumption_lines(run)),
    ):
        row = put_heading(book, sheet, row, heading)
        said = [f"· {line}" for line in lines]
        row = put_lines(book, sheet, row, said, last, width, style="line") + 1
    row = put_heading(book, sheet, row, "规则（依次）")
    rules = RULES.of(
        replace(rule, source=result.calendar.fill(rule.source)) for rule in REPAIR_RULES
    )
    row = put_block(book, sheet, rules, row, widths=dict(enumerate(GUIDE_WIDTHS))).below
    row = put_heading(book, sheet, row, "来源（相同则结果相同，求解器在限时内停下的除外）")
    for label, value in (
        ("情景", scenario_name(run)),
        ("时点", since_text(result.case)),
        ("求解器", result.solver),
        ("限时", seconds_text(result.time_limit_seconds)),
        ("输入工作簿", run.workbook),
        ("输入文件 SHA-256", run.workbook_sha256),
        ("程序版本", run.version),
    ):
        put(sheet, row, 0, label, book.made({"bold": True, "valign": "top"}))
        sheet.merge_range(row, 1, row, last, "", book.style("line"))
        sheet.write_string(row, 1, value, book.style("line"))
        sheet.set_row(row, 2 + LINE * lines_needed(value, sum(GUIDE_WIDTHS[1:])))
        row += 1
    sheet.freeze_panes(1, 0)


# --- 调整方案.xlsx: the verdict first, then moves, before and after, prices, the plan to edit, checks


CONTENTS = {
    MOVES: "每一笔：大项、渠道、年份、前后、理由、审批与最早生效",
    CELLS: "各大项各渠道逐年：调整前、调整后、增减，带小计",
    FLOWS: "按大项、按渠道年份汇总谁让出、谁得到，与额度对照",
    PRICES: "卡住结果的限额再放宽一点能换来什么，在多大范围内成立",
    CONFLICTS: "无可行解时：最省的补救与互相冲突的规则",
    PROMISE: "按年份、按大项：调整后的计划与其推演的差别和原因",
    BROKEN: "基准计划本身突破规则之处",
    EDIT: "可改的计划，改后可再推演",
    AGAIN: "目标与规则的逐项复算",
    CHECKS: "全部合计、限额、目标用公式复算，差额应为零",
    GUIDE: "怎样读、假设、规则、来源",
}
WITHOUT_PLAN = (CONFLICTS, BROKEN, GUIDE)


def reallocation_bytes(result: Reallocation) -> bytes:
    """The workbook's bytes; the same result gives the same bytes. Without a plan no plan sheets."""

    def fill(book: Book) -> None:
        book.workbook.set_properties({"title": "预算调整方案", "created": CREATED})
        home = book.sheet(HOME, tab="#1F3864")
        if result.plan_wan is None:
            write_home(book, home, result, {name: CONTENTS[name] for name in WITHOUT_PLAN})
            write_conflicts(book, result)
            write_broken(book, result)
        else:
            facts = Facts(result=result)
            aims = write_home(book, home, result, CONTENTS)
            write_moves(book, facts)
            write_cells(book, facts)
            write_flows(book, facts)
            write_prices(book, result)
            write_conflicts(book, result)
            write_promise(book, facts)
            write_luck(book, result)
            write_broken(book, result)
            write_edit(book, facts)
            write_again(book, facts)
            write_checks(book, facts, aims)
        write_guide(book, result)
        home.activate()

    return made_bytes(fill, result.calendar)
