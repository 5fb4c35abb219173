"""Adjusted plans, changed at random, and what must come of those that are accepted.

What is right is worked out from the sheet by another reader, in decimals: every amount of the plan,
and under what the plan was made.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import numpy as np
import openpyxl

from bench.fuzz.judging import unbounded
from bench.fuzz.months import WAN, decimal_of, with_facts
from bench.fuzz.scenarios import FOLDER
from bench.fuzz.workbooks import cells_alone
from portfolio import workflows
from portfolio.model.calendar import Calendar
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.from_facts import planned_money
from portfolio.model.scenarios import apply, merge
from portfolio.model.schema.adjusted_plan import ADJUSTED_SHEET
from portfolio.read.scenario.file import read_scenario
from portfolio.read.scenario.options import parse_sets
from portfolio.read.workbook.adjusted import read_adjusted_sheet
from portfolio.workflows.run import play_plan

#: The sheet that people edit.
PLAN = ADJUSTED_SHEET
#: Rows above the first row of data; the last of them has the headers.
HEAD = 4
Cells = list[tuple[object, ...]]


def made(folder: Path) -> tuple[tuple[Portfolio, bytes], ...]:
    """Two lists, one planned and one with facts, each with an adjusted plan of it."""
    bases = (None, with_facts(folder / "facts"))
    shocks = ("专项债券:2023=-20%", "专项债券:2027=-20%")
    found = []
    for base, shock in zip(bases, shocks, strict=True):
        result = workflows.reallocate(workbook=base, sets=(shock,), price_seconds=0.0, ways=False)
        out = folder / shock.replace(":", " ")
        workflows.write_reallocation(result, out)
        whole = next(path for path in out.iterdir() if path.suffix == ".xlsx").read_bytes()
        found.append((workflows.load_workbook(base).portfolio, whole))
    return tuple(found)


def plan_is_right(path: Path, base: Portfolio, *, played: bool = False) -> bool:
    """Whether a plan laid on its workbook has the money of its sheet; one played is audited too.

    Raises
    ------
    InputError
        The sheet was refused, or can't be laid on the workbook.
    """
    plan = read_adjusted_sheet(path, workflows.find_scenario, FOLDER, base.calendar)
    after, _ = apply(plan, base)
    if played:
        play_plan(after)
    unbounded()
    cells = _cells(path)
    under, known = _made_under(cells, base).envelopes, after.envelopes
    if not all(
        np.array_equal(getattr(known, each.name), getattr(under, each.name))
        for each in fields(known)
    ):
        return False
    return _held(after) == _written(cells, base.calendar)


def _held(portfolio: Portfolio) -> Mapping[tuple[int, str], list[Decimal]]:
    """The plan's 万元 of each year by item and channel; those without money are left out.

    Years that facts have ended hold what was drawn in them, as the sheet does.
    """
    plan = planned_money(portfolio)[:PLAN_YEARS].copy()
    if portfolio.adjusted is not None:
        begun = 0 if portfolio.facts is None else portfolio.facts.quarter // 4
        plan[begun:] = portfolio.plan_wan[begun:PLAN_YEARS]
    return {
        (item.no, channel.name): [Decimal(wan) for wan in plan[:, c, i].tolist()]
        for c, channel in enumerate(portfolio.channels)
        for i, item in enumerate(portfolio.items)
        if plan[:, c, i].any()
    }


# --- The sheet, by another reader


def _cells(path: Path) -> Cells:
    book = openpyxl.load_workbook(
        io.BytesIO(cells_alone(path.read_bytes())), read_only=True, data_only=True
    )
    page = next(page for page in book.worksheets if page.title.strip() == PLAN)
    page.reset_dimensions()
    return list(page.iter_rows(values_only=True))


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _made_under(cells: Cells, base: Portfolio) -> Portfolio:
    """The workbook under what stands in the second row: names of scenarios, words of `--set`."""
    row = (*cells[1], None, None, None, None)
    names = [name for each in _text(row[1]).split("+") if (name := each.strip())]
    given = [
        read_scenario(workflows.find_scenario(name), FOLDER, base.calendar)
        for name in names
        if name != "调整方案"
    ]
    words = [word for each in _text(row[3]).split("；") if (word := each.strip())]
    extra = parse_sets(words, base.calendar)
    given += [extra] if extra is not None else []
    return apply(merge(given), base)[0] if given else base


def _written(cells: Cells, calendar: Calendar) -> Mapping[tuple[int, str], list[Decimal]]:
    """As `_held`, from the sheet."""
    heads = [re.sub(r"[\s年]", "", _text(cell)) for cell in cells[HEAD - 1]]
    at = {head: place for place, head in enumerate(heads)}
    years = [at[str(year)] for year in calendar.plan_years]
    found: dict[tuple[int, str], list[Decimal]] = {}
    for row in cells[HEAD:]:
        full = (*row, *[None] * (len(heads) - len(row)))
        if not any(_text(cell) for cell in full):
            break
        if not _text(full[at["序号"]]):
            continue
        money = [_nearest(decimal_of(full[place]) * WAN) for place in years]
        if any(money):
            key = int(decimal_of(full[at["序号"]])), _text(full[at["渠道"]])
            if key in found:
                raise ValueError(f"{key} stands there twice")
            found[key] = money
    return found


def _nearest(wan: Decimal) -> Decimal:
    """Without what calculating in a cell leaves over."""
    whole = wan.to_integral_value()
    return whole if abs(wan - whole) < Decimal("1e-6") else wan
