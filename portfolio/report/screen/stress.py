"""A stress test on the screen: how sure the list is, what a scenario changes, items, drivers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from io import StringIO

from rich.console import Console

from portfolio.model.measures.years import judged_from
from portfolio.model.study.findings import Confidence
from portfolio.model.study.result import StressResult
from portfolio.report.screen.console import fields_grid, head, note, say, screen
from portfolio.report.tables.fields import Fields, text
from portfolio.report.tables.office import owner_suffix
from portfolio.report.words import stress as words
from portfolio.report.words import stress_first as first
from portfolio.report.words.paper import number_line
from portfolio.report.words.run import past_changes_line, scenario_name

#: Lines of a screen; what the command says of its files takes three more.
MOST_LINES = 37
#: Rows of the table of changes, shared by the scenarios.
LISTED_CHANGES = 5
#: Items listed: as many as there is room for, between these.
FEWEST_ITEMS, MOST_ITEMS = 2, 12
#: With many scenarios the table has this many at most.
LISTED_SCENARIOS = 8
ITEM_WIDTH, SCENARIO_WIDTH = 30, 18


def show_stress(results: Sequence[StressResult], console: Console | None = None) -> None:
    """Stress tests of scenarios on the same luck; the first is the one compared with.

    Some forty lines of what is still to come; the workbook has the rest.
    """
    out = console or screen()
    # What is asked for alone is what its items are wanted of.
    told = results[1] if len(results) == 2 else results[0]

    def show(items: int, to: Console) -> None:
        _show_card(results, to)
        _show_changes(results, to)
        _show_items(told, items, to)
        _show_drivers(told, to)
        _show_rest(results, to)

    items = MOST_ITEMS
    while items > FEWEST_ITEMS and _lines(partial(show, items), out.width) > MOST_LINES:
        items -= 1
    show(items, out)


def _lines(show: Callable[[Console], None], width: int) -> int:
    """How many lines something takes."""
    text = StringIO()
    show(Console(file=text, width=width, highlight=False, markup=False, emoji=False))
    return text.getvalue().count("\n")


def _show_card(results: Sequence[StressResult], out: Console) -> None:
    """How sure the year's list is, and how such forecasts did; what was asked besides."""
    base = results[0]
    head(out, f"情景：{scenario_name(base.run)}（{words.paths_text(base)}）")
    for line in first.card_lines(base):
        say(out, line)
    for result in results:
        for line in _asked(result):
            say(out, line)


def _asked(result: StressResult) -> list[str]:
    """What was asked and is as wished: what ends the command is said on the error stream."""
    said = [
        words.judged_text(result.calendar, judged) for judged in result.judged if not judged.met
    ]
    if result.precision is not None and result.precision.reached:
        said.append(words.precision_text(result.calendar, result.precision))
    return said


def _show_changes(results: Sequence[StressResult], out: Console) -> None:
    """Every scenario against the first, year by year from now on."""
    base, others = results[0], list(words.compared_pairs(results))
    if not others:
        say(out, f"只有一个情景（{base.run.label}），没有可比的；加 -s 情景名 看它改变什么。")
        return
    out.print()
    year = judged_from(base.run.portfolio)
    names = "、".join(scenario_name(other.run) for other, _ in others[:LISTED_SCENARIOS])
    head(out, f"与“{base.run.label}”在同一运气下逐条相减（{words.ASSUMED}）：{names}")
    for other, _ in others:
        if past := past_changes_line(other.run):
            say(out, past, "red")
    each = max(1, LISTED_CHANGES // len(others))
    rows = [
        row
        for other, comparison in others[:LISTED_SCENARIOS]
        for row in first.changes_from_now(base, other, comparison, each)
    ]
    converted = all(first.money_is_converted(comparison, year) for _, comparison in others)
    fields = Fields[first.YearChange](
        name="情景改变什么",
        fields=(
            text("scenario", "情景", lambda row: row.scenario),
            text("year", "年份", lambda row: str(row.year)),
            text("money", f"{'折市重点' if converted else '完成投资'}均值（亿元）"),
            text("calm", "不计运气"),
            text("chance", "当年名单的把握"),
        ),
    )
    keys = ("year", "money", "calm", "chance")
    shown = fields if len(others) > 1 else fields.view(*keys)
    out.print(fields_grid(shown.of(rows), lines={"scenario": SCENARIO_WIDTH}))
    for other, comparison in others[:LISTED_SCENARIOS] if len(others) < 3 else ():
        told = [first.list_change_line(other), first.delay_change(comparison)]
        named = f"{other.run.label}：" if len(others) > 1 else ""
        note(out, f"{named}{'；'.join(line for line in told if line)}。")
    more = len(others) - LISTED_SCENARIOS
    tail = f"另有 {more} 个情景，" if more > 0 else ""
    past = "、已过各年" if first.differs_before(others, year) else ""
    note(
        out,
        f"括号内为 95% 区间；{tail}其余各年{past}见 压力测试.xlsx 的 情景差异 表。",
    )


def _named(result: StressResult, row: Confidence) -> str:
    portfolio = result.run.portfolio
    of = "" if row.item_no is None else owner_suffix(portfolio.item(row.item_no))
    return words.item_label(portfolio, row.item_no) + of


def _show_items(result: StressResult, limit: int, out: Console) -> None:
    """Finishes by year of the items that matter most."""
    rows, line = first.weighty_items(result, limit), first.items_line(result)
    if not rows or line is None:
        return
    out.print()
    head(out, f"竣工年份，投资 × 平均滞后最大的在前（{result.run.label}；{words.ASSUMED}）")
    year = partial(first.year_words, result)
    fields = Fields[Confidence](
        name="竣工年份",
        fields=(
            text("item", "大项", partial(_named, result)),
            text("planned", "计划", lambda row: year(row.planned_finish)),
            text("p50", "P50", lambda row: year(row.finish.at(50).value)),
            text("p80", "P80", lambda row: year(row.finish.at(80).value)),
            text("in_year", "计划年内", lambda row: first.in_year_words(result, row, 0)),
            text("later", "最多晚一年", lambda row: first.in_year_words(result, row, 1)),
        ),
    )
    out.print(fields_grid(fields.of(rows), lines={"item": ITEM_WIDTH}))
    note(out, line)


def _show_drivers(result: StressResult, out: Console) -> None:
    """What moves the next year, and what the extra runs say."""
    out.print()
    for line in (first.ahead_line(result), *first.extra_lines(result)):
        say(out, line)


def _show_rest(results: Sequence[StressResult], out: Console) -> None:
    """How the paths were made, and where the rest is."""
    sampling = results[0].sampling
    if sampling.sobol:
        ratios = [
            row.standard_error / row.plain_standard_error
            for row in sampling.sobol
            if row.plain_standard_error
        ]
        between = f"{min(ratios):.2f}—{max(ratios):.2f} 倍，" if ratios else ""
        say(
            out,
            f"拟随机抽样（Sobol）：{sampling.sobol[0].randomisations} 组独立扰动，"
            f"标准误为普通抽样的 {between}逐项见 run.json。",
        )
    # On the same line and without the names, in the order asked for: the screen has no more lines.
    number = number_line(*(("", result.paper) for result in results))
    note(
        out,
        f"种子 {sampling.seed}，{words.luck_text(sampling)}，{sampling.engine}。"
        "其余各表见 压力测试.xlsx；"
        f"往年和封闭清单达到目标的比例在 {words.APPENDIX}。{number}",
    )
