"""A repair on the screen: the answer first, the years, the largest moves, who must approve."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from portfolio.model.money import SEEN_WAN, small_yi_text, yi_text
from portfolio.model.reallocation.findings import (
    first_year,
    item_promises,
    shortfall_wan,
    wanted_by_year,
)
from portfolio.model.reallocation.result import Infeasibility, Reallocation, Verdict
from portfolio.model.reallocation.settings import Aim
from portfolio.report.screen.alternatives import show_alternatives
from portfolio.report.screen.console import (
    field_text,
    fields_grid,
    head,
    note,
    note_more,
    say,
    say_number,
    screen,
)
from portfolio.report.tables import reallocation as tables
from portfolio.report.tables.fields import Cell, Field, Unit
from portfolio.report.words import reallocation as words
from portfolio.report.words.answers.answer import opening_lines
from portfolio.report.words.reallocation import ways
from portfolio.report.words.run import (
    CLOSED_LIST,
    past_changes_line,
    reconciliation_lines,
    scenario_name,
)

LISTED_MOVES = 10
LISTED_PRICES = 6
LISTED_CONFLICTS = 12
LISTED_YEARS = 3
MOVE_SCREEN = ("label", "channel", "year", "change_wan", "reasons", "who")
#: Columns of the screen that texts take, line by line.
MOVE_LINES = {"label": 16, "channel": 12, "reasons": 18, "who": 14}
APPROVER_LINES = {"authority": 16, "kinds": 20, "span": 16}
VERDICT_STYLE = {
    Verdict.PROVEN: "bold green",
    Verdict.UNPROVEN: "bold yellow",
    Verdict.NONE_FOUND: "bold red",
    Verdict.INFEASIBLE: "bold red",
    Verdict.NEEDLESS: "bold green",
}


def show_reallocation(result: Reallocation, console: Console | None = None) -> None:
    """A repair: verdict, years before and after, aims, moves, approvals, prices, what to do next."""
    out = console or screen()
    for line in opening_lines(result):
        say(
            out,
            line,
            VERDICT_STYLE[result.verdict] if line == words.verdict_line(result) else "bold",
        )
    head(out, f"情景：{scenario_name(result.run)}")
    if past := past_changes_line(result.run):
        say(out, past, "red")
    for line in reconciliation_lines(result.case.played):
        say(out, line)
    say(out, words.solved_line(result))
    say(out, words.grandfathered_line(result.grandfathered))
    out.print()
    if result.infeasibility is not None:
        _show_infeasible(result.infeasibility, out)
        out.print()
    _show_years(result, out)
    out.print()
    _show_ways(result, out)
    if result.plan_wan is not None:
        _show_aims(result, out)
        _show_moves(result, out)
        _show_approvers(result, out)
        _show_prices(result, out)
        _show_differences(result, out)
        show_alternatives(result, out)
        _show_luck(result, out)
        out.print()
    head(out, "下一步")
    for line in words.next_steps(result):
        say(out, f"· {line}")
    say_number(out, (result.run.label, result.paper))


WAY_LINES = {"way": 8, "who": 14}


def _show_ways(result: Reallocation, out: Console) -> None:
    """The repairs side by side, and why a play falls short of its promise."""
    if not result.ways:
        return
    head(out, f"{len(result.ways)} 种做法（亿元；下面各表是“{result.name}”的）")
    table = tables.WAYS_BESIDE.view(*tables.WAYS_SEEN).of(result.ways)
    out.print(fields_grid(table, 2, WAY_LINES))
    for way in result.ways:
        say(out, f"· {ways.promise_text(way)}")
    note(
        out,
        "少缺：照这种做法推演，缺口比不调整小多少；推演滞后：亿元·年，按优先级加权；完全修复：缺口、滞后依次做到最小。换一种做法：--way 少动|折中|完全修复，--moves 笔数。",
    )
    out.print()


def _show_infeasible(found: Infeasibility, out: Console) -> None:
    """The cheapest repair, then the rules that can't all hold."""
    head(out, words.needs_sentence(found.needs))
    if len(found.needs) > 1:
        for need in found.needs:
            say(out, f"· {words.need_text(need)}")
    if not found.complete:
        say(out, words.ways_cut_line(found))
    if not found.conflict:
        return
    out.print()
    head(out, words.conflict_lead(minimal=found.conflict_is_minimal))
    for member in found.conflict[:LISTED_CONFLICTS]:
        say(out, f"· {words.member_text(member)}")
    more = len(found.conflict) - LISTED_CONFLICTS
    note_more(out, more, f"条，见 {words.PLAN_FILE} 的“规则冲突”。")


def _show_years(result: Reallocation, out: Console) -> None:
    """Converted years that differ or stay below target; the shortfall before and after."""
    years = words.shown_years(result)
    if not years:
        say(out, "折市重点口径：各年都没有差别，也不低于目标。")
        return
    feasible, shown = result.plan_wan is not None, {year.year for year in years}
    head(out, "折市重点口径，调整前后（亿元；只列有差别或低于目标的年份）")
    keys = [key for key in YEAR_SCREEN if feasible or key not in tables.PLANNED_KEYS]
    rows = [row for row in tables.promise_rows(result) if row.year.year in shown]
    out.print(fields_grid(tables.PROMISES.view(*keys).of(rows), said=_year_text))
    if feasible:
        note(
            out,
            "不调整：受冲击后照原计划推演；承诺：调整后的计划；推演：照调整后的计划推演。"
            "缺口：比应达到数（目标与基准中的小者）少，依次为不调整、承诺、推演。",
        )
    if counted := words.counted_text(result.case):
        note(out, counted)
    if any(year.year > result.calendar.last_full_list_year for year in years):
        note(out, result.calendar.fill(CLOSED_LIST))


YEAR_SCREEN = (
    "year", "target_wan", "baseline_wan", "shocked_wan", "promised_wan", "played_wan",
    *map(tables.gap_key, tables.WAYS),
)  # fmt: skip


def _year_text(field: Field[Any], value: Cell) -> str:
    """A cell; a gap that would read 0.0 is none."""
    gap = field.key in map(tables.gap_key, tables.WAYS) and value is not None
    return "0" if gap and int(value or 0) < SEEN_WAN else field_text(field, value)


def _show_aims(result: Reallocation, out: Console) -> None:
    """Each aim with what is proven of it; how many cells changed."""
    head(out, words.aims_heading(result))
    for row in tables.aim_table(result).rows:
        aim, stage = row.aim, row.stage
        if stage is None:
            say(out, f"· {aim}：未及求解")
            continue
        before = _before(result) if aim is Aim.SHORTFALL else ""
        if aim is Aim.DELAY:
            before = ways.late_text(result)
        value = yi_text(stage.value_wan)
        say(out, f"· {aim} {value} {words.AIM_UNITS[aim]}{before}：{row.proof}")
    if weighed := words.weighed_text(result):
        say(out, f"· {weighed}")
    fewest = words.fewest_text(result)
    if fewest is not None:
        say(out, fewest)
    out.print()


def _before(result: Reallocation) -> str:
    """The shortfall without a repair and in the repaired plan's play."""
    wanted = wanted_by_year(result)
    listed = [year for year in result.years if year.inclusion_bps is not None]
    before = sum(shortfall_wan(wanted.get(y.year), y.shocked_wan) for y in listed)
    after = sum(shortfall_wan(wanted.get(y.year), y.played_wan) for y in listed)
    return f"（不调整 {small_yi_text(before)}，推演 {small_yi_text(after)}）"


def _show_moves(result: Reallocation, out: Console) -> None:
    """The largest moves: who gives, who takes, why, and whose approval it needs."""
    if not result.moves:
        say(out, "没有要调整的资金。")
        return
    listed = words.largest_moves(result, LISTED_MOVES)
    if not listed:
        say(out, f"没有 0.05 亿元以上的调整，逐笔见 {words.PLAN_FILE}。")
        return
    head(out, "最大的调整（亿元；负为调减，正为调增）")
    table = tables.move_fields(result.case.portfolio).view(*MOVE_SCREEN).of(listed)
    shown = fields_grid(table, 2, MOVE_LINES, _small_text)
    for column, field in zip(shown.columns, table.columns, strict=True):
        if field.key in MOVE_LINES:
            column.justify = "left"
    out.print(shown)
    more = len(result.moves) - len(listed)
    note_more(out, more, f"笔，见 {words.PLAN_FILE} 的“{words.MOVES_SHEET}”。")
    out.print()


def _show_approvers(result: Reallocation, out: Console) -> None:
    """Sums by authority."""
    table = tables.approver_table(result)
    if not table.rows:
        return
    head(out, "谁来批（亿元）")
    out.print(fields_grid(table, 2, APPROVER_LINES, _small_text))
    if untold := words.level_line(move.approval for move in result.moves):
        say(out, f"{untold}。")
    out.print()


def _small_text(field: Field[Any], value: Cell) -> str:
    """A cell; money that may be little keeps its decimals, a difference its sign."""
    if field.unit is not Unit.MONEY:
        return field_text(field, value)
    return (words.signed_yi if field.signed else small_yi_text)(int(value or 0))


def _show_prices(result: Reallocation, out: Console) -> None:
    """What one step more of each binding limit would buy."""
    if not result.prices:
        say(out, words.no_prices_line(result))
        return
    head(out, "卡住结果的限额，再放宽一点能换来什么")
    for price in result.prices[:LISTED_PRICES]:
        say(out, f"· {words.price_sentence(result.case.portfolio, price)}")
    note_more(out, len(result.prices) - LISTED_PRICES, f"条，见 {words.PLAN_FILE} 的“价格”。")
    if not result.prices_complete:
        say(out, words.PRICES_CUT)


def _show_differences(result: Reallocation, out: Console) -> None:
    """Promised against played: in which years, why, and which items."""
    out.print()
    head(out, "承诺与推演")
    told = _missed_years(result)
    items = [row for row in item_promises(result) if row.worst_wan <= -SEEN_WAN]
    if not told and not items:
        say(out, "照调整后的计划推演，各年与承诺一致。")
        return
    if told:
        more = f"；另有 {len(told) - LISTED_YEARS} 年" if len(told) > LISTED_YEARS else ""
        say(out, f"推演比承诺少完成（折市重点）：{'；'.join(told[:LISTED_YEARS])}{more}。")
    if items:
        names = [result.case.portfolio.item(row.item_no).label for row in items[:3]]
        said = f"{'、'.join(names)}{'等' if len(items) > 3 else ''}"
        say(
            out,
            f"{len(items)} 个大项有年份达不到承诺（{said}），见 {words.PLAN_FILE} 的“承诺与推演”。",
        )


def _show_luck(result: Reallocation, out: Console) -> None:
    """Both plans under the same luck, where asked for."""
    if result.luck is None:
        return
    out.print()
    head(out, tables.luck_lead(result.luck))
    out.print(fields_grid(tables.LUCK.of(tables.luck_years(result.luck))))
    for row in tables.luck_totals(result.luck):
        say(out, f"· {row.what}：{row.change}")


def _missed_years(result: Reallocation) -> list[str]:
    """Adjustable years in which the play lacks of the promise, the most first, with two causes."""
    causes = words.year_cause_names(result)
    gaps = {
        year.year: year.promised_wan - year.played_wan
        for year in result.years
        if year.inclusion_bps is not None and year.year >= first_year(result.case)
    }
    told = []
    for year in sorted(gaps, key=lambda year: (-gaps[year], year)):
        if gaps[year] < SEEN_WAN:
            continue
        why = "、".join(causes.get(year, ())[:2])
        told.append(f"{year} 年少 {yi_text(gaps[year])} 亿元" + (f"（{why}）" if why else ""))
    return told
