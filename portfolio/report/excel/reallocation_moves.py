"""Sheets 调整明细 and 谁出谁进: every move, and its sums by item and by channel and year."""

from __future__ import annotations

from portfolio.model.money import BPS
from portfolio.model.quarters import PLAN_YEARS
from portfolio.report.excel.book import (
    Book,
    Worksheet,
    cell,
    head_row,
    put,
    put_formula,
    put_money,
    put_row,
    title,
    yi,
)
from portfolio.report.excel.reallocation_cells import signed_style
from portfolio.report.excel.reallocation_layout import (
    AFTER,
    BEFORE,
    CHANNEL_INDEX,
    FLOWS,
    MOVE_AFTER,
    MOVE_BEFORE,
    MOVE_CHANGE,
    MOVE_CHANNEL,
    MOVE_ITEM,
    MOVE_YEAR,
    MOVES,
    MOVES_HEAD,
    SCALE,
    Facts,
)
from portfolio.report.excel.stress_blocks import print_wide, put_heading, put_table
from portfolio.report.reallocation_tables import move_table
from portfolio.report.reallocation_views import Flow, flow, flows, need_wan

WRAPPED = frozenset({"大项", "渠道", "理由", "审批主体", "依据", "下一步", "备注"})
#: A second page of print begins after the authority; the names are repeated on it.
PAGE_TWO, REPEATED = 10, 4
ITEM_HEADS = ("序号", "大项", "让出", "得到", "净变化", "格数")
YEAR_HEADS = (
    "渠道", "年份", "调整前合计", "让出", "得到", "调整后合计", "净变化", "冲击前额度", "冲击后额度",
    "额度变化", "占用额度", "额度结余",
)  # fmt: skip
FLOW_WIDTHS = (30, 26, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13)
NET, LEFT = 6, 11
FLOWS_FIRST = 4


def write_moves(book: Book, facts: Facts) -> None:
    """Every move with its approval; the difference is a formula, the list can be filtered."""
    sheet, result = book.sheet(MOVES, tab="#ED7D31", zoom=85), facts.result
    table = move_table(result)
    title(
        book,
        sheet,
        "调整明细（亿元；一行为一个大项、一个渠道、一年）",
        "负为让出，正为得到；审批的依据、期限含假设，见 docs/审批路径.md。"
        if result.moves
        else "没有要调整的资金。",
    )
    put_table(book, sheet, table, MOVES_HEAD, wrap=WRAPPED)
    head_row(book, sheet, MOVES_HEAD, ("渠道序", "年"), MOVE_CHANNEL)
    positions, faint = result.case.portfolio.channel_position, book.style("centre", "faint")
    for at, move in enumerate(result.moves, start=MOVES_HEAD + 1):
        formula = f"=ROUND({cell(at, MOVE_AFTER)}-{cell(at, MOVE_BEFORE)},4)"
        put_formula(sheet, at, MOVE_CHANGE, formula, yi(move.change_wan), signed_style(book))
        put(sheet, at, MOVE_CHANNEL, positions[move.channel_id] + 1, faint)
        put(sheet, at, MOVE_YEAR, move.year, faint)
    sheet.set_column(MOVE_CHANNEL, MOVE_YEAR, 8, None, {"hidden": True})
    sheet.freeze_panes(MOVES_HEAD + 1, REPEATED)
    widths = [column.width for column in table.columns]
    print_wide(sheet, widths, (PAGE_TWO,), repeated=REPEATED)


def year_rows(facts: Facts) -> tuple[tuple[int, int], ...]:
    """(channel, year index) of the 统筹 channels from the first adjustable year on, with money."""
    envelopes = facts.result.case.portfolio.envelopes.pooled_wan
    money = (facts.before + facts.after).sum(axis=2) > 0
    return tuple(
        (c, y)
        for c in facts.pooled
        for y in range(facts.first, PLAN_YEARS)
        if money[y, c] or envelopes[y, c]
    )


def flow_items(facts: Facts) -> dict[int, Flow]:
    """Flows by item number, in the workbook's order."""
    found = flows(facts.result, lambda move: move.item_no)
    order = {item.no: k for k, item in enumerate(facts.result.case.portfolio.items)}
    return dict(sorted(found.items(), key=lambda entry: order[entry[0]]))


def item_total_row(facts: Facts) -> int:
    """The row of the sum over the items."""
    return FLOWS_FIRST + len(flow_items(facts))


def years_first_row(facts: Facts) -> int:
    """The first channel and year."""
    return item_total_row(facts) + 4


def write_flows(book: Book, facts: Facts) -> None:
    """Gives and takes by item, then by channel and year beside the envelopes."""
    sheet = book.sheet(FLOWS, tab="#ED7D31", zoom=85)
    for column, width in enumerate(FLOW_WIDTHS):
        sheet.set_column(column, column, width)
    title(
        book,
        sheet,
        "谁出谁进（亿元）",
        "由 调整明细 用公式汇总；各大项净变化之和等于各渠道各年净变化之和。占用额度按推演造价，逐格进到万元。",
    )
    put_heading(book, sheet, FLOWS_FIRST - 2, "按大项")
    head_row(book, sheet, FLOWS_FIRST - 1, ITEM_HEADS)
    _item_flows(book, sheet, facts)
    first = years_first_row(facts)
    put_heading(book, sheet, first - 2, "按渠道、年份（自可调的第一年起）")
    head_row(book, sheet, first - 1, YEAR_HEADS)
    _year_flows(book, sheet, facts)
    sheet.freeze_panes(FLOWS_FIRST - 2, 2)


def _item_flows(book: Book, sheet: Worksheet, facts: Facts) -> None:
    items, change = facts.move_column(MOVE_ITEM), facts.move_column(MOVE_CHANGE)
    found, money = flow_items(facts), book.style("money")
    for at, (no, row) in enumerate(found.items(), start=FLOWS_FIRST):
        put(sheet, at, 0, no, book.style("centre"))
        put(sheet, at, 1, facts.result.case.portfolio.item(no).name, book.style("text"))
        me = cell(at, 0)
        for column, sign, mark, wan in ((2, "-", "<", row.gives_wan), (3, "", ">", row.takes_wan)):
            formula = f'={sign}SUMIFS({change},{items},{me},{change},"{mark}0")'
            put_formula(sheet, at, column, formula, yi(wan), money)
        net = f"=ROUND({cell(at, 3)}-{cell(at, 2)},4)"
        put_formula(sheet, at, 4, net, yi(row.net_wan), signed_style(book))
        put_formula(sheet, at, 5, f"=COUNTIF({items},{me})", row.cells, book.style("whole"))
    at = item_total_row(facts)
    put_row(sheet, at, ("合计", None), book.style("text", "total"))
    sums = (
        sum(row.gives_wan for row in found.values()),
        sum(row.takes_wan for row in found.values()),
        sum(row.net_wan for row in found.values()),
    )
    for column, wan in enumerate(sums, start=2):
        style = signed_style(book, "total") if column == 4 else book.style("money", "total")
        put_formula(sheet, at, column, f"={_above(found, at, column)}", yi(wan), style)
    count = sum(row.cells for row in found.values())
    put_formula(sheet, at, 5, f"={_above(found, at, 5)}", count, book.style("whole", "total"))


def _above(found: dict[int, Flow], at: int, column: int) -> str:
    """The sum of a column above a row; nothing to sum is 0."""
    return f"SUM({cell(FLOWS_FIRST, column)}:{cell(at - 1, column)})" if found else "0"


def _year_flows(book: Book, sheet: Worksheet, facts: Facts) -> None:
    portfolio, run = facts.result.case.portfolio, facts.result.run
    found = flows(facts.result, lambda move: (move.channel_id, move.year))
    none, needs = Flow(cells=0, gives_wan=0, takes_wan=0), need_wan(facts.result.case, facts.after)
    old, new = run.baseline.envelopes.pooled_wan, portfolio.envelopes.pooled_wan
    change, ids = facts.move_column(MOVE_CHANGE), facts.move_column(MOVE_CHANNEL)
    years, money, signed = facts.move_column(MOVE_YEAR), book.style("money"), signed_style(book)
    for at, (c, y) in enumerate(year_rows(facts), start=years_first_row(facts)):
        channel, year = portfolio.channels[c], portfolio.calendar.first_year + y
        row = found.get((channel.id, year), none)
        before, after = int(facts.before[y, c].sum()), int(facts.after[y, c].sum())
        put(sheet, at, 0, channel.name, book.style("text"))
        put(sheet, at, 1, year, book.style("centre"))
        index = facts.column(CHANNEL_INDEX)
        of = f"{ids},{c + 1},{years},{cell(at, 1)}"
        formulas = (
            (2, f"=SUMIF({index},{c + 1},{facts.column(BEFORE + y)})", before, money),
            (3, f'=-SUMIFS({change},{of},{change},"<0")', row.gives_wan, money),
            (4, f'=SUMIFS({change},{of},{change},">0")', row.takes_wan, money),
            (5, f"=SUMIF({index},{c + 1},{facts.column(AFTER + y)})", after, money),
            (6, f"=ROUND({cell(at, 4)}-{cell(at, 3)},4)", row.net_wan, signed),
            (9, f"=ROUND({cell(at, 8)}-{cell(at, 7)},4)", int(new[y, c] - old[y, c]), signed),
            (10, f"={_need(facts, c, y)}", int(needs[y, c]), money),
            (11, f"=ROUND({cell(at, 8)}-{cell(at, 10)},4)", int(new[y, c] - needs[y, c]), signed),
        )  # fmt: skip
        for column, formula, wan, style in formulas:
            put_formula(sheet, at, column, formula, yi(wan), style)
        put_money(sheet, at, 7, int(old[y, c]), money)
        put_money(sheet, at, 8, int(new[y, c]), money)
    _year_total(book, sheet, facts)


def _need(facts: Facts, c: int, y: int) -> str:
    """What the plan takes of an envelope: each cell × cost factor, rounded up to the 万元."""
    index, plan = facts.column(CHANNEL_INDEX), facts.column(AFTER + y)
    if (facts.result.case.portfolio.conditions.scale_bps == BPS).all():
        return f"SUMIF({index},{c + 1},{plan})"
    wan, scale = f"ROUND({plan}*10000,0)", f"ROUND({facts.column(SCALE)}*10000,0)"
    return f"SUMPRODUCT(({index}={c + 1})*ROUNDUP({wan}*{scale}/10000,0))/10000"


def _year_total(book: Book, sheet: Worksheet, facts: Facts) -> None:
    """The sum of what was given and taken over channels and years."""
    rows, first = year_rows(facts), years_first_row(facts)
    at = first + len(rows)
    put_row(sheet, at, ("合计", *[None] * LEFT), book.style("text", "total"))
    whole = flow(facts.result.moves)
    gives, takes = whole.gives_wan, whole.takes_wan
    for column, wan in ((3, gives), (4, takes), (NET, takes - gives)):
        style = signed_style(book, "total") if column == NET else book.style("money", "total")
        body = f"SUM({cell(first, column)}:{cell(at - 1, column)})" if rows else "0"
        put_formula(sheet, at, column, f"={body}", yi(wan), style)


def years_total_row(facts: Facts) -> int:
    """The row of the sum over channels and years."""
    return years_first_row(facts) + len(year_rows(facts))
