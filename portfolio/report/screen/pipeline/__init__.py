"""A plan of starts on the screen: the answer, then the tables it rests on."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from portfolio.model.money import yi_text
from portfolio.model.pipeline.result import PipelineResult
from portfolio.model.pipeline.shown import channel_loads, class_starts, effects, plan_years
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
from portfolio.report.tables import pipeline as tables
from portfolio.report.tables.fields import Cell, Field, Unit
from portfolio.report.words.answers import pipeline as words

#: So many classes and channels are listed.
LISTED = 8
NAME_COLUMNS = 20


def show_pipeline(result: PipelineResult, console: Console | None = None) -> None:
    """The answer first."""
    out = console or screen()
    head(out, words.answer(result))
    note(out, words.MARK)
    out.print()
    for line in words.lines(result):
        say(out, f"· {line}")
    out.print()
    case = result.main
    head(out, f"逐年：{case.name}（亿元；新开工为总投资，其余折市重点）")
    out.print(fields_grid(tables.YEARS.of(plan_years(case)), said=_whole))
    out.print()
    head(out, "三种情况（亿元）")
    shown = tables.CASES.view("name", "held", "peak_wan", "total_wan", "short_wan", "city_wan")
    out.print(
        fields_grid(shown.of(result.cases), left=2, lines={"name": NAME_COLUMNS}, said=_whole)
    )
    out.print()
    head(out, "从哪一年起守住，要多少（亿元）")
    out.print(fields_grid(tables.HELD.of(result.held), left=2, said=_whole))
    _reserve(out, result)
    _channels(out, result)
    _classes(out, result)
    _moved(out, result)
    out.print()
    for line in words.NOTES:
        note(out, f"· {line}")
    say_number(out, ("", result.run.paper))


#: So many reserve projects are listed of each kind.
LISTED_PROJECTS = 20


def _reserve(out: Console, result: PipelineResult) -> None:
    choice = result.reserve
    if choice is None:
        return
    out.print()
    head(out, "选中的储备项目（亿元）")
    shown = tables.CHOSEN.view("year", "code", "name", "readiness", "score", "total_wan")
    table = shown.of(choice.chosen[:LISTED_PROJECTS])
    out.print(fields_grid(table, left=4, lines={"name": NAME_COLUMNS}))
    note_more(out, len(choice.chosen) - LISTED_PROJECTS, "个，见 储备测算.xlsx")
    out.print()
    head(out, "没有选的储备项目（亿元）")
    left = tables.LEFT.view("name", "reason", "score", "total_wan").of(
        choice.left[:LISTED_PROJECTS]
    )
    out.print(fields_grid(left, 2, {"name": NAME_COLUMNS, "reason": REASON_COLUMNS}))
    note_more(out, len(choice.left) - LISTED_PROJECTS, "个，见 储备测算.xlsx")


#: A reason is broken into lines of so many columns.
REASON_COLUMNS = 38


def _channels(out: Console, result: PipelineResult) -> None:
    plan = result.main.shown
    loads, years = channel_loads(plan), [need.year for need in plan.need.years]
    middle = years[len(years) // 2]
    fields = tables.channel_fields(years, (years[0], middle, years[-1]))
    keys = [
        "name",
        "mean_wan",
        "limit_wan",
        *(f"y{y}" for y in dict.fromkeys((years[0], middle, years[-1]))),
    ]
    out.print()
    head(out, "各渠道承担多少，新旧合计（亿元）")
    table = fields.view(*keys, "most_wan", "growth").of(loads[:LISTED])
    out.print(fields_grid(table, lines={"name": NAME_COLUMNS}, said=_whole))
    note_more(out, len(loads) - LISTED, "个渠道，见 储备测算.xlsx")


def _classes(out: Console, result: PipelineResult) -> None:
    rows = class_starts(result.main.shown)
    years = [need.year for need in result.main.need.years]
    out.print()
    head(out, "各类新开工（亿元）")
    near = years[:3]
    keys = ("title", "part", "years", *(f"y{year}" for year in near), "total_wan")
    table = tables.class_fields(years).view(*keys).of(rows[:LISTED])
    out.print(fields_grid(table, lines={"title": NAME_COLUMNS}, said=_whole))
    note_more(out, len(rows) - LISTED, "类，见 储备测算.xlsx")


def _moved(out: Console, result: PipelineResult) -> None:
    found = effects(result)
    if not found:
        return
    out.print()
    head(out, "每个假设改动后，答案变多少（亿元）")
    table = tables.MOVED.view(
        "name", "then", "peak_wan", "peak_more_wan", "total_wan", "total_more_wan"
    ).of(found)
    lines = {"name": NAME_COLUMNS, "then": 16}
    out.print(fields_grid(table, left=2, lines=lines, said=_whole))


def _whole(field: Field[Any], value: Cell) -> str:
    """Money in whole 亿元: these are sums of assumptions."""
    if field.unit is Unit.RATIO and isinstance(value, float):
        return f"{value:+.0%}" if field.signed else f"{value:.1%}"

    def told(wan: int) -> str:
        return ("+" if field.signed and wan > 0 else "") + yi_text(wan, 0)

    return field_text(field, value, told)
