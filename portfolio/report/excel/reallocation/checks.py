"""Sheet 校核 of a repair: sums, limits and aims computed once more by formula; all must be 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from portfolio.model.money import BPS
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import aim_values, moved_wan
from portfolio.model.reallocation.findings import flow, need_wan
from portfolio.model.reallocation.result import Reallocation
from portfolio.model.reallocation.settings import Aim
from portfolio.report.excel.blocks import on_sheet, span
from portfolio.report.excel.book import Book, yi
from portfolio.report.excel.check_list import EXACT, Check, money_check, write_check_sheet
from portfolio.report.excel.reallocation import layout
from portfolio.report.excel.reallocation.again import BEHIND, BEYOND, WORKED, Again, year_key
from portfolio.report.excel.reallocation.cells import year_sum
from portfolio.report.excel.reallocation.moves import Flows
from portfolio.report.tables.reallocation import gap_key

WIDTHS = (6, 14, 66, 18, 18, 14, 10)


def all_checks(facts: layout.Facts, aim_cells: dict[Aim, str]) -> tuple[Check, ...]:
    """Every check; `aim_cells` are the places of the aims' values on 结论."""
    return (
        *_years(facts),
        *_moves(facts),
        *_envelopes(facts),
        *_own_money(facts),
        *_totals(facts),
        *_converted(facts),
        *_aims(facts, aim_cells),
    )


def write_checks(book: Book, facts: layout.Facts, aim_cells: dict[Aim, str]) -> None:
    """The sheet with its one summary cell."""
    heading = "校核：合计、限额与目标用公式复算，差额应全为零"
    write_check_sheet(book, layout.CHECKS, heading, all_checks(facts, aim_cells), WIDTHS)


def _years(facts: layout.Facts) -> Iterator[Check]:
    """Subtotals against the rows of channels, and the plan that is edited against 前后对比."""
    level = facts.cells.seen("level")
    for name, block, values in (
        ("调整前", layout.BEFORE, facts.before),
        ("调整后", layout.AFTER, facts.after),
    ):
        for y in range(PLAN_YEARS):
            wan = int(values[y].sum())
            yield money_check(
                layout.CELLS,
                f"{facts.result.calendar.first_year + y} 年{name}合计＝各渠道行之和",
                facts.at(facts.cells.first, block, y),
                f'SUMIF({level},"{layout.CHANNEL}",{facts.year(block, y)})',
                wan,
            )
    for y in range(PLAN_YEARS):
        wan = int(facts.given[y].sum())
        yield money_check(
            layout.EDIT,
            f"{facts.result.calendar.first_year + y} 年{layout.EDIT}各行之和＝推演所用的计划（未手工改动时）",
            year_sum(facts, facts.result.calendar.first_year + y),
            f"{yi(wan):.4f}",
            wan,
        )


def _moves(facts: layout.Facts) -> Iterator[Check]:
    """Σ moves = after − before for each 统筹 channel and adjustable year."""
    change, ids, years = map(facts.moves.seen, ("change_wan", "position", "when"))
    index, shown = facts.cells.seen("position"), Flows(facts=facts)
    channels = facts.result.case.portfolio.channels
    for c in facts.pooled:
        for y in range(facts.first, PLAN_YEARS):
            year = facts.result.calendar.first_year + y
            chosen = [
                move.change_wan
                for move in facts.result.moves
                if move.year == year and move.channel_id == channels[c].id
            ]
            after, before = facts.year(layout.AFTER, y), facts.year(layout.BEFORE, y)
            yield money_check(
                layout.MOVES,
                f"{year} 年{channels[c].name}：各笔增减之和＝调整后－调整前",
                f"SUMIFS({change},{ids},{c + 1},{years},{year})",
                f"SUMIF({index},{c + 1},{after})-SUMIF({index},{c + 1},{before})",
                sum(chosen),
                int((facts.after - facts.before)[y, c].sum()),
            )
    wan = flow(facts.result.moves).net_wan
    items, net = (
        block.seen_cell(block.last + 1, "net_wan") for block in (shown.item_block, shown.year_block)
    )
    yield money_check(layout.FLOWS, "各大项净变化之和＝各渠道各年净变化之和", items, net, wan)


def _envelopes(facts: layout.Facts) -> Iterator[Check]:
    """No 统筹 channel takes more than its envelope in an adjustable year."""
    portfolio = facts.result.case.portfolio
    over = need_wan(facts.result.case, facts.after) - portfolio.envelopes.pooled_wan[:PLAN_YEARS]
    shown = Flows(facts=facts)
    for c in facts.pooled:
        rows = [(k, row) for k, row in enumerate(shown.years.rows) if row.index == c]
        if not rows:
            continue
        block, (first, last) = shown.year_block, (rows[0][0], rows[-1][0])
        left = replace(block, first=block.first + first, last=block.first + last).seen("left_wan")
        wan = sum(max(0, int(over[row.year - portfolio.calendar.first_year, c])) for _, row in rows)
        yield money_check(
            layout.FLOWS,
            f"{portfolio.channels[c].name}：各年占用不超过额度（超出之和）",
            f"SUMPRODUCT(({left}<0)*-{left})",
            "0",
            wan,
            0,
        )


def _own_money(facts: layout.Facts) -> Iterator[Check]:
    """Own and earmarked money: never sooner than the shock's, and equal where it has to be."""
    again, first = Again(facts=facts), facts.first
    rows = again.own
    if not rows:
        return
    reference = facts.result.case.reference_wan
    beyond = off = 0
    for c, index in rows:
        ahead = np.cumsum(facts.after[:, c, index]) - np.cumsum(reference[:, c, index])
        beyond += int(np.maximum(ahead, 0)[first:].sum())
        if facts.own_fixed[c, index]:
            off += int(np.abs(facts.after - reference)[first:, c, index].sum())
    for what, block, wan in (
        ("累计不超过冲击后可到位的（超出之和）", again.years(BEYOND), beyond),
        (
            "不受前置条件影响的与冲击后逐年相等（绝对差之和）",
            again.block(BEYOND).seen("off_wan"),
            off,
        ),
    ):
        yield money_check(layout.AGAIN, f"上级指定与专属资金：{what}", f"SUM({block})", "0", wan, 0)


def _totals(facts: layout.Facts) -> Iterator[Check]:
    """No item gets more over all years than its baseline."""
    more = (facts.after - facts.before).sum(axis=(0, 1))
    change = f"ROUND({facts.cells.seen(layout.cell_key(layout.CHANGE))},4)"
    yield money_check(
        layout.CELLS,
        "各大项：调整后总额不超过原计划总额（超出之和）",
        f'SUMPRODUCT(({facts.cells.seen("level")}="{layout.ITEM}")*({change}>0)*{change})',
        "0",
        int(np.maximum(more, 0).sum()),
        0,
    )


def _converted(facts: layout.Facts) -> Iterator[Check]:
    """Baseline and promise of each year: money worked with × 入列系数, cut to the 万元.

    Where facts count an item's money as less progress (its cost has risen) the product does not hold.
    """
    again, block = Again(facts=facts), facts.promise
    for k, year in enumerate(facts.result.years):
        y = year.year - facts.result.calendar.first_year
        if year.inclusion_bps is None or not 0 <= y < PLAN_YEARS:
            continue
        factor = f"ROUND({block.seen_cell(block.first + k, 'inclusion')}*10000,0)/{BPS}"
        worked = f"SUM({again.block(WORKED).seen(year_key(y))})"
        for name, key, money, wan, base in (
            (
                "基准",
                "baseline_wan",
                facts.at(facts.cells.first, layout.BEFORE, y),
                year.baseline_wan,
                int(facts.before[y].sum()),
            ),
            ("承诺", "promised_wan", worked, year.promised_wan, int(facts.worked[y].sum())),
        ):
            if base * year.inclusion_bps // BPS != wan and facts.result.case.after is not None:
                continue
            yield money_check(
                layout.PROMISE,
                f"{year.year} 年{name}折市重点＝形成投资×入列系数（截至万元）",
                block.seen_cell(block.first + k, key),
                f"INT(ROUND({money}*10000,0)*{factor})/10000",
                wan,
                base * year.inclusion_bps // BPS,
            )


def _aims(facts: layout.Facts, aim_cells: dict[Aim, str]) -> Iterator[Check]:
    """The aims' values on 结论 against those computed from the sheets; the number of cells."""
    result, again = facts.result, Again(facts=facts)
    values = aim_values(result.case, facts.after)
    weight = again.block(BEHIND).seen("factor")
    formulas = {
        Aim.SHORTFALL: f"SUM({facts.promise.seen(gap_key('promised_wan'))})",
        Aim.DELAY: f"SUMPRODUCT({weight}*{again.years(BEHIND)})",
        Aim.MOVEMENT: f"SUMPRODUCT(ABS({facts.moves.seen('change_wan')}))",
    }
    for stage in result.stages:
        yield money_check(
            layout.HOME,
            f"{stage.aim}：求解所得＝由各表复算",
            aim_cells[stage.aim],
            formulas[stage.aim],
            stage.value_wan,
            values[stage.aim],
        )
    yield from _cells_changed(result, facts)


def _cells_changed(result: Reallocation, facts: layout.Facts) -> Iterator[Check]:
    if result.fewest is None:
        return
    index = facts.cells.seen("position")
    pooled = "+".join(f"({index}={c + 1})" for c in facts.pooled) or "0"
    count = int(np.count_nonzero(moved_wan(result.case, facts.after)))
    yield Check(
        kind=layout.MOVES,
        what="改动的格数＝前后对比中统筹资金有增减的格数",
        found=f"COUNT({facts.moves.seen('no')})",
        again="0"
        if facts.first >= PLAN_YEARS
        else f"SUMPRODUCT(({pooled})*(ABS({_changes(facts)})>={EXACT}))",
        found_value=len(result.moves),
        again_value=count,
    )


def _changes(facts: layout.Facts) -> str:
    """The changes of the adjustable years."""
    block = facts.cells
    ends = (layout.cell_key(layout.CHANGE, y) for y in (facts.first, PLAN_YEARS - 1))
    left, right = (block.places[key] for key in ends)
    return on_sheet(layout.CELLS, span(block.first, left, block.last, right))
