"""A stress test on the screen: how sure, which year first, how far short, who decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from rich.console import Console

from portfolio.model.calendar import Calendar
from portfolio.model.study.result import StressResult, YearChance
from portfolio.report.fields import Field, Fields, money, text
from portfolio.report.stress_headline import headlines, short_headlines
from portfolio.report.stress_limits import limit_lines
from portfolio.report.stress_tables import YEARS
from portfolio.report.stress_wording import (
    ASSUMED,
    SURE,
    item_label,
    judged_text,
    paths_text,
    precision_text,
    quarter_or_later,
    target_words,
    whole_yi,
)
from portfolio.report.stress_wording import chance_text as chance
from portfolio.report.terminal.page import cell_lines, field_text, fields_grid, grid, say, screen
from portfolio.report.terminal.stress_drivers import (
    show_causes,
    show_deciding,
    show_leverage,
    show_levers,
    show_tornado,
)
from portfolio.report.terminal.stress_sureness import show_difference, show_sampling
from portfolio.report.wording import CLOSED_LIST, reconciliation_lines, scenario_name

LISTED_ITEMS = 10
#: Years shown after the closed list runs down; the workbook has all.
LATER_YEARS = 8
NAME_WIDTH = 16

_TARGET: Field[YearChance] = text("target", "目标", lambda row: target_words(row.target))
_PLAYED = (
    replace(YEARS["prior_converted_wan"], short="不计风险"),
    *YEARS.view("p10", "p50", "p90"),
)
#: The years with a chance; the money of P50 stands beside what counts.
JUDGED = Fields[YearChance](
    name="逐年把握",
    fields=(
        text("year", "年份", lambda row: f"{row.year}{'＊' if row.plan_below_target else ''}"),
        _TARGET,
        *_PLAYED,
        money(
            "money_p50",
            "投资额P50",
            lambda row: row.converted_money.at(50).value if row.converted_money else None,
        ),
        text(
            "chance",
            "达标把握",
            lambda row: chance(row.chance) if row.chance else None,
            tone=YEARS["chance"].tone,
        ),
        text(
            "shortfall",
            "期望缺口",
            lambda row: whole_yi(row.shortfall.value) if row.shortfall else None,
        ),
    ),
)
#: The years after the closed list has run down.
LATER = Fields[YearChance](
    name="待入库",
    fields=(
        YEARS["year"],
        _TARGET,
        *_PLAYED,
        replace(YEARS["to_be_listed_p50"], short="待入库P50"),
        replace(YEARS["to_be_listed_p90"], short="P90"),
        replace(YEARS["short_of_plan_p50"], short="少于计划P50"),
    ),
)


def show_stress(results: Sequence[StressResult], console: Console | None = None) -> None:
    """Stress tests of scenarios on the same luck; the first is the one compared with.

    One alone has all its tables. Of several each has its sentences, its differences from the
    first and its years: what is compared stays on a page or two, the workbook has the rest.
    """
    out = console or screen()
    if len(results) == 1:
        _show_one(results[0], out)
    else:
        _show_several(results, out)
    out.print()
    show_sampling(results, out)
    out.print()
    say(out, "口径对照", "bold")
    for line in reconciliation_lines(results[0].run.portfolio):
        say(out, line)
    out.print()
    say(out, "这个推演说不了什么", "bold")
    for line in limit_lines(results):
        say(out, f"· {line}")


def _show_several(results: Sequence[StressResult], out: Console) -> None:
    """Every scenario's sentences and differences before its years."""
    for result in results:
        if result is not results[0]:
            out.print()
        _say_headline(result, out, short=result.comparison is not None)
        if result.comparison is not None:
            out.print()
            show_difference(results[0], result, result.comparison, out)
        out.print()
        _show_judged_years(result, out, explain=result is results[0])
    out.print()
    say(
        out,
        "有多个情景时只列把握与差别；竣工、造价、龙卷风、成因、渠道杠杆各表见 压力测试.xlsx，"
        "或单独推演一个情景。",
        "dim",
    )


def _say_headline(result: StressResult, out: Console, *, short: bool = False) -> None:
    """What a scenario is, its sentences, and what was asked of it and is as wished."""
    say(out, f"情景：{scenario_name(result.run)}（{paths_text(result)}）", "bold")
    for line in short_headlines(result) if short else headlines(result):
        say(out, line, "bold")
    # Conditions that hold, and precision not reached, end the command: the error stream says them.
    said = [judged_text(result.calendar, judged) for judged in result.judged if not judged.met]
    if result.precision is not None and result.precision.reached:
        said.append(precision_text(result.calendar, result.precision))
    for line in said:
        say(out, line)


def _show_one(result: StressResult, out: Console) -> None:
    """One scenario: the sentences, then the tables behind them."""
    _say_headline(result, out)
    out.print()
    _show_years(result, out)
    out.print()
    _show_finishes(result, out)
    out.print()
    show_deciding(result, out)
    show_tornado(result, "converted", out)
    show_tornado(result, "delay", out)
    show_levers(result, out)
    show_causes(result, out)
    show_leverage(result, out)


def _show_years(result: StressResult, out: Console) -> None:
    """The years against their targets; once the list runs down the closed list's gap instead."""
    _show_judged_years(result, out)
    later = [year for year in result.findings.years if year.to_be_listed is not None]
    if later:
        _show_later(result.calendar, later, out)


def _show_judged_years(result: StressResult, out: Console, *, explain: bool = True) -> None:
    """The years against their targets; of several scenarios the first explains the columns."""
    judged = [year for year in result.findings.years if not year.list_runs_down]
    heading = f"逐年达标把握（{ASSUMED}；亿元；P 为折市重点口径的分位）"
    say(out, heading, "bold")
    out.print(fields_grid(JUDGED.of(judged), said=partial(field_text, money=whole_yi)))
    if explain:
        say(
            out,
            "不计风险、P10–P90 为按形象进度折算的折市重点；投资额P50 为完成投资 × 入列系数"
            f"（含超支，不算达标），两者并列供对照。{SURE}。",
            "dim",
        )
    if any(year.plan_below_target for year in judged):
        say(out, "＊ 该年计划本身即低于目标，不是风险造成的。", "dim")


def _show_later(calendar: Calendar, later: Sequence[YearChance], out: Console) -> None:
    """Once the list runs down: 待入库 instead of a chance."""
    out.print()
    say(
        out,
        f"{calendar.last_full_list_year + 1} 年起只列待入库差额（{ASSUMED}；亿元）",
        "bold",
    )
    out.print(fields_grid(LATER.of(later[:LATER_YEARS]), said=partial(field_text, money=whole_yi)))
    more = len(later) - LATER_YEARS
    tail = f"另有 {more} 年，见 压力测试.xlsx。" if more > 0 else ""
    say(out, f"{calendar.fill(CLOSED_LIST)}{tail}", "dim")


def _show_finishes(result: StressResult, out: Console) -> None:
    """Finish of all together and of the items farthest behind plan, with joint confidence."""
    from portfolio.report.stress_views import latest_items

    late = latest_items(result, LISTED_ITEMS)
    whole = result.findings.whole
    rows = [*(() if whole is None else (whole,)), *late]
    if not rows:
        return
    say(
        out,
        f"竣工与联合把握（{ASSUMED}；全部，及 P80 比计划晚得最多的大项）",
        "bold",
    )
    table = grid("大项", "计划竣工", "P50", "P80", "按期把握", "联合把握")
    for row in rows:
        table.add_row(
            cell_lines(item_label(result.run.portfolio, row.item_no), NAME_WIDTH),
            quarter_or_later(result.calendar, row.planned_finish),
            quarter_or_later(result.calendar, row.finish.at(50).value),
            quarter_or_later(result.calendar, row.finish.at(80).value),
            chance(row.joint.on_time),
            chance(row.joint.both),
        )
    out.print(table)
    every = sum(row.finish.at(80).value > row.planned_finish for row in result.findings.items)
    if every > len(late):
        say(out, f"P80 晚于计划的共 {every} 个大项，见 压力测试.xlsx 的 大项 表。", "dim")
    elif not late:
        say(out, "各大项的 P80 竣工都不晚于计划。", "dim")
    say(out, "联合把握：造价不超批准数，同时竣工不晚于计划。", "dim")
