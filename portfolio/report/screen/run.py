"""A run on the screen: the reconciliation, the years, the late items, the gaps, one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from rich.console import Console
from rich.text import Text

from portfolio.model.calendar import Calendar
from portfolio.model.dossier import Dossier
from portfolio.model.items import Channel, Item, TotalCheck, reconcile
from portfolio.model.measures.graph import Conflict, broken_soft_gates
from portfolio.model.measures.outlook import Outlook
from portfolio.model.measures.results import ItemShift, RunResult, item_shifts
from portfolio.model.measures.years import (
    ChannelYear,
    channel_years,
    judged_years,
    tail_positions,
)
from portfolio.model.money import small_yi_text, yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import Problem
from portfolio.model.quarters import year_spans
from portfolio.report.screen.console import (
    cell_lines,
    field_text,
    fields_grid,
    grid,
    head,
    note,
    note_more,
    padded,
    say,
    say_number,
    screen,
    shortened,
    show_changes,
)
from portfolio.report.tables import compare
from portfolio.report.tables import outlook as outlook_tables
from portfolio.report.tables.fields import Cell, Field, Fields, Table, Unit, money, text, year
from portfolio.report.tables.list_record import LIST_SCREEN, READ, list_table
from portfolio.report.tables.office import labelled
from portfolio.report.tables.render import shown_text
from portfolio.report.tables.run import LATE_SCREEN, YEAR_SCREEN, annual_table, late_rows
from portfolio.report.words import outlook as outlook_words
from portfolio.report.words import run as words
from portfolio.report.words.answers.answer import answer_sentence
from portfolio.report.words.meeting import KEY_FIGURE_SCREEN, key_figures, reconciliation, sentences

#: More late items or channels than this are counted, not listed.
LISTED_ITEMS = 10
LISTED_CHANNELS = 8
#: Widths of the wrapped columns of the late items; narrower where “… 以后” has to stand.
NAME_WIDTH, CAUSE_WIDTH = 21, 31
NARROW_NAME_WIDTH, NARROW_CAUSE_WIDTH = 18, 28
LISTED_SHIFTS = 8
LISTED_QUESTIONS = 20
LISTED_BREACHES = 10
SHOWN_WAN = 500  # less reads 0.0
#: Money that may be little.
SMALL = partial(field_text, money=small_yi_text)


def show_run(result: RunResult, console: Console | None = None) -> None:
    """A run on the screen: reconciliation, years, late items, funding gaps, the one sentence."""
    out = console or screen()
    head(out, answer_sentence(result))
    if result.outlook is None:
        out.print()
    else:
        _show_answer(result, result.outlook, out)
    head(
        out,
        f"情景：{words.scenario_name(result)}{outlook_words.example_mark(result.portfolio)}",
    )
    if result.summary:
        say(out, words.summary_text(result))
    for line in words.reconciliation_lines(result.portfolio):
        say(out, line)
    for line in outlook_words.version_lines(result.portfolio):
        say(out, line)
    wrong = [check for check in reconcile(result.baseline.items, result.published)
             if not check.agrees]  # fmt: skip
    if wrong:
        told = f"工作簿与公布合计有 {len(wrong)} 处不符，见 portfolio check 或 校核 表。"
        say(out, f"注意：{told}", "red")
    if result.reading:
        say(out, words.reading_line(result.reading))
    if result.changes:
        out.print()
        show_changes(result.changes, out)
    if past := words.past_changes_line(result):
        say(out, past, "red")
    _show_plan_breaches(result, out)
    _show_list(result, out)
    out.print()
    out.print(Text("逐年完成投资与目标（亿元）", style="bold"))
    years = annual_table(result, YEAR_SCREEN)
    out.print(fields_grid(years))
    measures = years.rows
    if marks := outlook_words.year_marks_line(result.portfolio):
        note(out, marks)
    for line in words.year_notes(result.calendar, measures):
        note(out, line)
    if carried := words.carried_over_line(measures):
        note(out, carried)
    out.print()
    if result.changes:
        _show_shifts(result, out)
        out.print()
    _show_late(result, out)
    out.print()
    _show_gaps(result, out)
    broken = broken_soft_gates(result.portfolio, result.outcome)
    if broken:
        out.print()
        say(out, f"不约束的软前置条件有 {len(broken)} 条被突破，见 依赖关系.csv。")
    out.print()
    head(out, words.headline(result))
    say_number(out, (result.label, result.paper))


def _show_answer(result: RunResult, seen: Outlook, out: Console) -> None:
    """The year in which facts end, to be read out; then the items and channels it speaks of."""
    for line in outlook_words.answer_lines(result, seen):
        say(out, line)
    out.print()
    if seen.foremost:
        head(out, "最要紧的滞后大项（亿元；按未完成×滞后季排列，尾工、尾款不计）")
        table = outlook_tables.delayed_table(result, seen.foremost, outlook_tables.DELAYED_SCREEN)
        shown = fields_grid(table, lines={"label": 20, "story": 30})
        shown.columns[-1].justify = "left"
        out.print(shown)
        out.print()
    head(out, f"{seen.year} 年分渠道（亿元）")
    channels = outlook_tables.channel_outlook(seen, outlook_tables.CHANNELS_SCREEN)
    out.print(fields_grid(channels, lines={"channel": 26}))
    for line in outlook_words.finding_lines(result, seen):
        say(out, line, "yellow")
    out.print()


def _show_list(result: RunResult, out: Console) -> None:
    """The yearly list of works on record: what is published stands before what is played."""
    table = list_table(result, LIST_SCREEN)
    if not table.rows:
        return
    out.print()
    head(out, "重点项目名单：计划与完成（亿元），旁列本清单大项折算数")
    out.print(fields_grid(table))
    note(out, READ)


def _show_plan_breaches(result: RunResult, out: Console) -> None:
    """Whether an adjusted plan keeps the rules of a repair."""
    if result.plan_breaches is None:
        return
    out.print()
    if not result.plan_breaches:
        head(out, "调整后的计划：未发现违反预算调整规则之处。")
        return
    say(out, f"调整后的计划违反预算调整规则 {len(result.plan_breaches)} 处：", "bold red")
    for breach in result.plan_breaches[:LISTED_BREACHES]:
        say(out, f"· {breach}")
    note_more(out, len(result.plan_breaches) - LISTED_BREACHES, "处。")


def _moved(shift: ItemShift) -> str:
    moved = shift.finish_change
    return "不变" if moved == 0 else "—" if moved is None else f"{moved:+d} 季"


SHIFTS = Fields[ItemShift](
    name="比基准少完成的大项",
    fields=(
        text("label", "大项", lambda shift: labelled(shift.item)),
        year("less_year", "少得最多的年份"),
        money("less_wan", "该年少完成"),
        text("moved", "竣工比基准", _moved),
    ),
)


def _show_shifts(result: RunResult, out: Console) -> None:
    """Items that get less in some year than in the baseline's play, the most first."""
    fewer = [shift for shift in item_shifts(result) if shift.less_wan >= SHOWN_WAN]
    if not fewer:
        say(out, "比基准少完成的大项：没有。")
        return
    head(out, f"比基准少完成的大项 {len(fewer)} 个（亿元；各大项少得最多的一年）")
    out.print(fields_grid(SHIFTS.of(fewer[:LISTED_SHIFTS]), lines={"label": 34}))
    note_more(out, len(fewer) - LISTED_SHIFTS, "个，见 大项年度.csv。")


def _show_late(result: RunResult, out: Console) -> None:
    """The late items, the longest delays first, with what was open when they should be done."""
    late, tails = late_rows(result), len(tail_positions(result.portfolio, result.outcome))
    if not late:
        say(out, "滞后大项：没有。")
        return
    if tails:
        part = result.portfolio.tail_bps / 100
        say(out, f"滞后大项中有 {tails} 个只剩尾工、尾款（不超过总投资的 {part:g}%），列在最后。")
    head(out, f"滞后大项 {len(late)} 个（未完成：计划竣工时尚欠的投资，按批准造价，亿元）")
    listed = late[:LISTED_ITEMS]
    open_end = any(row.outcome.finish[row.index] is None for row in listed)
    lines = {
        "label": NARROW_NAME_WIDTH if open_end else NAME_WIDTH,
        "story": NARROW_CAUSE_WIDTH if open_end else CAUSE_WIDTH,
    }
    out.print(fields_grid(LATE_SCREEN.of(listed), 2, lines, SMALL))
    note_more(out, len(late) - LISTED_ITEMS, "个大项滞后，见 滞后原因.csv。")


@dataclass(frozen=True, kw_only=True)
class Gap:
    """The years in which a channel leaves a gap, and the worst of them."""

    years: tuple[int, ...]
    worst: ChannelYear


GAPS = Fields[Gap](
    name="资金缺口",
    fields=(
        text("channel", "渠道", lambda gap: gap.worst.channel.name),
        text("kind", "性质", lambda gap: str(gap.worst.channel.kind)),
        text("years", "有缺口的年份", lambda gap: year_spans(gap.years)),
        year("year", "最大年份", lambda gap: gap.worst.year),
        money("gap_wan", "当年缺口", lambda gap: gap.worst.gap_wan),
    ),
)


def _show_gaps(result: RunResult, out: Console) -> None:
    """Channels with a gap, the largest first: in which years, and how much in the worst."""
    channels: dict[Channel, list[ChannelYear]] = {}
    for row in channel_years(result.portfolio, result.outcome):
        if row.gap_wan > 0:
            channels.setdefault(row.channel, []).append(row)
    if not channels:
        say(out, "资金缺口：各渠道各年均无缺口。")
        return
    head(out, "资金缺口（亿元；未到位部分下年继续申请，逐年不可相加）")
    gaps = [
        Gap(years=tuple(row.year for row in own), worst=max(own, key=lambda row: row.gap_wan))
        for own in channels.values()
    ]
    gaps.sort(key=lambda gap: -gap.worst.gap_wan)
    table = GAPS.of(gaps[:LISTED_CHANNELS])
    out.print(fields_grid(table, 3, {"channel": 26, "years": 20}, SMALL))
    note_more(out, len(gaps) - LISTED_CHANNELS, "个渠道有较小缺口，见 渠道.csv。")


# --- A comparison on the screen: differences first


LISTED = 10
SCENARIO_WIDTH = 26


def show_comparison(results: Sequence[RunResult], console: Console | None = None) -> None:
    """Runs side by side; the first is the one the others are compared with."""
    out = console or screen()
    first, *others = results
    names = "、".join(result.label for result in others)
    head(out, f"对比：以“{first.label}”为准，比较 {names}（金额单位：亿元）")
    _show(out, compare.summary_table(results))
    for other in others:
        out.print()
        told = f"{other.label}（现）与 {first.label}（原）之差；"
        years = judged_years(first.portfolio)
        head(out, f"{told}{compare.span_text(first)}＝{years[0]}—{years[-1]}")
        if past := words.past_changes_line(other):
            say(out, past, "red")
        tables = (
            compare.year_differences(first, other),
            compare.channel_differences(first, other),
            compare.item_differences(first, other),
        )
        if not any(table.rows for table in tables):
            say(out, "没有差别：逐年、逐渠道、逐大项完全相同。")
            continue
        for table in tables:
            say(out, f"{table.name}（有差别的 {len(table.rows)} 个）")
            _show(out, table)


def _show(out: Console, table: Table[Any]) -> None:
    """A table, at most so many rows of it (all years)."""
    limit = (
        len(table.rows)
        if table.name in (compare.SUMMARY.name, compare.YEAR_CHANGES.name)
        else LISTED
    )
    shown = grid(*(shortened(field.title, 14) for field in table.columns))
    for row in table.rows[:limit]:
        shown.add_row(*(_cell(field, field.value(row)) for field in table.columns))
    out.print(shown)
    note_more(out, len(table.rows) - limit, "个，见 对比.xlsx。")


def _cell(field: Field[Any], value: Cell) -> Text:
    """A cell; differences carry their sign, losses in red."""
    if isinstance(value, str):
        return Text(cell_lines(value, SCENARIO_WIDTH))
    told = shown_text(value, field.unit)
    if not field.signed or not value:
        return Text(told)
    if field.unit is Unit.MONEY and abs(value) < SHOWN_WAN:
        return Text(told)
    bad = (value > 0) == (field.unit is Unit.QUARTERS)
    return Text(f"{'+' if value > 0 else ''}{told}", style="red" if bad else "green")


# --- A good workbook on the screen: reconciliation, the two universes, conflicts with its own gates


LEVELS = ("合计", "工程", "类别", "组")
NAME_COLUMNS = 40


class Checked(Protocol):
    """What a check looked at: anything that holds a portfolio, and what to ask about it."""

    @property
    def portfolio(self) -> Portfolio:
        """The portfolio read."""

    @property
    def notes(self) -> Sequence[Problem]:
        """What was read otherwise than it stands in the workbook."""

    @property
    def questions(self) -> Sequence[Problem]:
        """What may be right and should be looked at."""


def show_check(
    checked: Checked,
    totals: Sequence[TotalCheck],
    conflicts: Sequence[Conflict],
    console: Console | None = None,
) -> None:
    """What `check` says of a workbook without problems."""
    out = console or screen()
    head(out, _verdict(checked.portfolio.items, totals))
    _show_tree(out, checked.portfolio.calendar, totals)
    out.print()
    head(out, "两个口径")
    for line in words.reconciliation_lines(checked.portfolio):
        say(out, line)
    out.print()
    _show_conflicts(out, checked.portfolio.calendar, conflicts)
    if checked.portfolio.projects:
        out.print()
        head(out, words.projects_line(checked.portfolio))
    _show_facts(out, checked)


def _show_facts(out: Console, checked: Checked) -> None:
    """Up to when facts are taken, and what should be looked at: nothing where there is neither."""
    if checked.portfolio.facts is not None:
        out.print()
        head(out, words.facts_line(checked.portfolio.facts, checked.portfolio.calendar))
    if checked.questions:
        out.print()
        head(out, f"请核对 {len(checked.questions)} 处（不影响推演）")
        for k, question in enumerate(checked.questions[:LISTED_QUESTIONS], start=1):
            say(out, f"{k}. {question.place}：{question.found}")
            say(out, f"→ {question.fix}", "dim", depth=2)
        note_more(out, len(checked.questions) - LISTED_QUESTIONS, "处，见 portfolio check --json。")
    if checked.notes:
        out.print()
        head(out, words.reading_points(checked.notes)[0])
        for told in checked.notes[:LISTED_QUESTIONS]:
            say(out, f"· {told.place}：{told.found}（{told.fix}）", depth=1)
        note_more(out, len(checked.notes) - LISTED_QUESTIONS, "处，见 portfolio check --json。")


def _show_conflicts(out: Console, calendar: Calendar, conflicts: Sequence[Conflict]) -> None:
    """The plan's conflicts with its own gates: the hard ones bind in play, the soft ones don't."""
    hard = [conflict for conflict in conflicts if conflict.gate.hard]
    soft = [conflict for conflict in conflicts if not conflict.gate.hard]
    for group, name, meaning in (
        (hard, "硬约束", "推演时以前置条件为准"),
        (soft, "软约束", "推演时不约束，除非情景要求"),
    ):
        if not group:
            head(out, f"计划与{name}的前置条件没有冲突。")
            continue
        head(out, f"计划与{name}的前置条件有 {len(group)} 处冲突（{meaning}）")
        for k, conflict in enumerate(group, start=1):
            say(out, f"{k}. {words.conflict_sentence(calendar, conflict)}")


def _verdict(items: tuple[Item, ...], checks: Sequence[TotalCheck]) -> str:
    if not checks:
        return f"汇总校核：{len(items)} 个大项；没有填公布合计，未核对。"
    counted = [check for check in checks if check.published.item_count is not None]
    agreeing = sum(not (check.total_diff_wan or check.plan_diff_wan) for check in checks)
    counts = sum(not check.count_diff for check in counted)
    whole = agreeing == len(checks) and counts == len(counted)
    return (
        f"汇总校核：{len(items)} 个大项，{len(checks)} 个公布合计中 {agreeing} 个相符，"
        f"{len(counted)} 个公布项数中 {counts} 个相符{'，全部对上' if whole else ''}。"
    )


def _show_tree(out: Console, calendar: Calendar, checks: Sequence[TotalCheck]) -> None:
    """The published totals, indented by level, each with √ or its difference."""
    if not checks:
        return
    say(out, _columns("", "项数", "总投资", f"“{calendar.period_name}”投资"))
    for check in checks:
        depth = LEVELS.index(check.published.level) if check.published.level in LEVELS else 0
        line = _columns(
            "  " * depth + check.published.name,
            str(check.item_count),
            yi_text(check.total_wan),
            yi_text(check.plan_wan),
        )
        out.print(f"{line}  {'√' if check.agrees else '×'}", style="" if check.agrees else "red")
        if not check.agrees:
            say(out, _difference(check, calendar), "red", depth=depth + 2)


def _columns(name: str, *figures: str) -> str:
    places = zip(figures, (6, 12, 16), strict=True)
    return padded(name, NAME_COLUMNS) + "".join(padded(t, w, right=True) for t, w in places)


def _difference(check: TotalCheck, calendar: Calendar) -> str:
    parts = []
    if check.total_diff_wan:
        parts.append(f"总投资与公布数差 {yi_text(check.total_diff_wan, 4)} 亿元")
    if check.plan_diff_wan:
        parts.append(
            f"“{calendar.period_name}”投资与公布数差 {yi_text(check.plan_diff_wan, 4)} 亿元"
        )
    if check.count_diff:
        parts.append(f"项数与公布数差 {check.count_diff}")
    return "，".join(parts)


# --- A report on the screen: what can be read out, and the key figures, scenario by scenario


def show_report(dossiers: Sequence[Dossier], console: Console | None = None) -> None:
    """Sentences and key figures of every scenario, those asked for first; the rest is in the files."""
    out = console or screen()
    for dossier in sorted(dossiers, key=lambda each: not each.asked):
        head(out, answer_sentence(dossier.run))
        head(out, f"情景：{words.scenario_name(dossier.run)}")
        for line in sentences(dossier):
            say(out, line.text)
        out.print()
        table = fields_grid(KEY_FIGURE_SCREEN.of(key_figures(dossier)))
        table.columns[-1].justify = "left"
        out.print(table)
        for missing in filter(None, (dossier.no_stress, dossier.no_repair)):
            note(out, f"{missing}。")
        out.print()
    for line in reconciliation(dossiers[0]):
        say(out, line.text)
    say_number(out, *((dossier.name, dossier.paper) for dossier in dossiers))
