"""A sheet of a form: head, headings, lines with live sums, notes, who signs; set up to be printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from portfolio.model.forms.lines import Line, Rank
from portfolio.model.money import WAN_PER_YI
from portfolio.report.excel.blocks import Block
from portfolio.report.excel.book import A3, Book, Sheet
from portfolio.report.excel.forms.looks import LEAST_PRINTED, LETTERS, LOOKS, NO_MINUS, RANKS
from portfolio.report.screen.console import lines_needed
from portfolio.report.tables.fields import Cell, Field, Unit
from portfolio.report.tables.forms.form import (
    BLANK,
    NOT_APPLICABLE,
    PLAYED_MARK,
    UNTOLD,
    Form,
    FormSheet,
    MoneyUnit,
    Size,
    shown,
)
from portfolio.report.tables.forms.heads import evidence, signers

TITLE, ABOVE, HEAD = 0, 1, 2
#: Where a sentence stands above the headings: they come one row further down.
LEAD = HEAD
LEAD_LETTERS, LEAD_LINE = 14, 19
A4 = 9
#: Characters of the columns' widths that a page on its side takes at 100 %, as programs measure them
#: that set the letters of a missing font wider.
ACROSS = {Size.A3: 150, Size.A4: 104}
#: Points that a page takes down, its margins and what it repeats left out.
DOWN = {Size.A3: 740.0, Size.A4: 500.0}
PAPER = {Size.A3: A3, Size.A4: A4}
#: Points of a line, and what a row has besides its lines.
LINE, ROOM = 15, 4
#: The smallest scale at which letters are still large enough.
LEAST_SCALE = -(-100 * LEAST_PRINTED // LETTERS)
SPACE = "　　"
#: Columns that a formula names.
_NAMED = re.compile(r"\{(\w+)")
UNSCALED = {"scale_with_doc": False}


class Paper(Sheet):
    """A sheet that knows how high its rows are."""

    heights: dict[int, float]

    def set_row(self, row: int, height: float | None = None, *more: Any) -> Any:
        """Note the height."""
        self.__dict__.setdefault("heights", {})[row] = height or LINE
        return super().set_row(row, height, *more)


def write_sheet(book: Book, form: Form, sheet: FormSheet) -> None:
    """Write a sheet of a form."""
    fields = tuple(sheet.fields)
    at = book.sheet_of(Paper, sheet.name, tab="#1F3864", zoom=85, looks=LOOKS)
    at.set_widths(widths(sheet))
    head = HEAD + bool(sheet.lead) + bool(sheet.groups)
    block = Block(
        head=head,
        first=head + 1,
        last=head + max(1, len(sheet.lines)),
        places={each.key: k for k, each in enumerate(fields)},
        sheet=sheet.name,
    )
    last = first_page(sheet)[-1]
    _above(at, form, sheet, last)
    _headings(at, sheet, block)
    _lines(at, sheet, block)
    below = _below(at, form, sheet, block.last + 1, last)
    _print(at, form, sheet, block, below)


# --- What stands above


def widths(sheet: FormSheet) -> list[float]:
    """Widths of the columns: as declared, or what the longest amount needs in bold letters."""
    found = []
    for each in sheet.fields:
        need = 0
        if each.unit is Unit.MONEY:
            shown_as = ",.0f" if sheet.unit is MoneyUnit.WAN else ",.1f"
            values = [each.value(line.row) for line in sheet.lines]
            told = [_in_unit(sheet, each, value) for value in values if _is_number(value)]
            need = max((len(format(amount, shown_as)) for amount in told), default=0)
        found.append(max(each.width, 1.12 * need + 1.5 if need else 0))
    return found


def pages_across(sheet: FormSheet) -> list[list[int]]:
    """Columns by page, the repeated ones on each: as few pages as letters allow, evenly filled.

    Declared breaks are kept, and more are made where a page would be too wide.
    """
    every = widths(sheet)
    if not sheet.is_across:
        return [list(range(len(every)))]
    places = {each.key: k for k, each in enumerate(sheet.fields)}
    wanted = {places[key] for key in sheet.breaks}
    most = 100 * ACROSS[sheet.size] / LEAST_SCALE
    pages = _split(every, sheet.repeated, wanted, most)
    if len(pages) > 1:
        for narrower in range(int(most) - 1, 0, -1):
            again = _split(every, sheet.repeated, wanted, narrower)
            if len(again) > len(pages):
                break
            pages = again
    return pages


def _split(every: Sequence[float], repeated: int, wanted: set[int], most: float) -> list[list[int]]:
    """Columns by page, none wider than `most` where a column by itself isn't."""
    again = list(range(repeated))
    pages, room = [[*again]], most - sum(every[:repeated])
    left = room
    for k in range(repeated, len(every)):
        if (every[k] > left or k in wanted) and len(pages[-1]) > repeated:
            pages.append([*again])
            left = room
        pages[-1].append(k)
        left -= every[k]
    return pages


def not_repeated(sheet: FormSheet) -> int:
    """The first column that is on one page only: what stands before it, every page shows."""
    return sheet.repeated if len(pages_across(sheet)) > 1 else 0


def first_page(sheet: FormSheet) -> list[int]:
    """Columns of the first page."""
    return pages_across(sheet)[0]


def scale(sheet: FormSheet) -> int:
    """Per cent at which the widest page fits on its paper."""
    each = widths(sheet)
    widest = max(sum(each[k] for k in page) for page in pages_across(sheet))
    return min(100, int(100 * ACROSS[sheet.size] / widest))


def _above(at: Sheet, form: Form, sheet: FormSheet, last: int) -> None:
    """Number, title, unit and as-of; behind the columns that every page has, or they'd stand there."""
    mark, first = f"（{form.mark}）" if form.mark else "", not_repeated(sheet)
    at.put_over((TITLE, first), (TITLE, last), sheet.title + mark, "title")
    at.set_row(TITLE, 34)
    told = [form.label, f"编制单位：{dict(signers(form.paper))['编制单位（盖章）']}"]
    told += [f"统计截至：{form.asof}"] if form.asof else []
    told += [PLAYED_MARK] if sheet.played else []
    said = SPACE.join(told)
    said += f"\n计划版本：{form.version}" if form.version else ""
    middle = max(first, last - 2)
    at.put_over((ABOVE, first), (ABOVE, middle), said, "above lines" if form.version else "above")
    at.put_over((ABOVE, middle + 1), (ABOVE, last), f"单位：{sheet.unit}", "unit")
    at.set_row(ABOVE, 22 + (LINE if form.version else 0))
    if sheet.lead:
        room = sum(widths(sheet)[first : last + 1]) * LETTERS / LEAD_LETTERS
        at.put_over((LEAD, first), (LEAD, last), sheet.lead, "lead")
        at.set_row(LEAD, 2 * ROOM + LEAD_LINE * lines_needed(sheet.lead, room - 2))


def _headings(at: Sheet, sheet: FormSheet, block: Block) -> None:
    """One level of headings, or two where some columns have a heading in common."""
    groups = sheet.groups or {}
    inside = {key for keys in groups.values() for key in keys}
    for name, keys in groups.items():
        places = [block.places[key] for key in keys]
        at.put_over((block.head - 1, min(places)), (block.head - 1, max(places)), name, "head")
    for each in sheet.fields:
        place = block.places[each.key]
        top = block.head - (1 if groups and each.key not in inside else 0)
        at.put_over((top, place), (block.head, place), each.title, "head")
    if groups:
        at.set_row(block.head - 1, 20)
    lines = max(lines_needed(each.title, each.width - 1) for each in sheet.fields)
    at.set_row(block.head, ROOM + LINE * max(2, lines))


# --- The lines


def _lines(at: Sheet, sheet: FormSheet, block: Block) -> None:
    for row, (line, live) in enumerate(
        zip(sheet.lines, live_sums(sheet), strict=True), block.first
    ):
        for each in sheet.fields:
            _cell(at, sheet, block, row, line, each, live=each.key in live)
        texts = [
            (str(shown(sheet, each, line)), each.width)
            for each in sheet.fields
            if each.unit is Unit.TEXT and each.look_of(line.row) != "tag"
        ]
        most = max((lines_needed(said, width - 0.8) for said, width in texts), default=1)
        at.set_row(row, max(18, ROOM + LINE * most))
    _no_minus(at, sheet, block)
    if not sheet.lines:
        at.put_over((block.first, 0), (block.first, len(block.places) - 1), sheet.empty, "said")


def _no_minus(at: Sheet, sheet: FormSheet, block: Block) -> None:
    """What rounds to 0 from below shows no minus, also where a formula gives it later."""
    for each in sheet.fields:
        unit = str(sheet.unit) if each.unit is Unit.MONEY else str(each.unit)
        if unit not in NO_MINUS:
            continue
        least, shown_as = NO_MINUS[unit]
        place = block.places[each.key]
        rule = {"type": "cell", "criteria": "between", "minimum": least, "maximum": -1e-9}
        rule["format"] = at.book.workbook.add_format({"num_format": shown_as})
        at.conditional_format(block.first, place, block.last, place, rule)


def live_sums(sheet: FormSheet) -> Iterator[frozenset[str]]:
    """By line the columns that are the sum of what stands below: something there is told.

    What is told of a line and of nothing below it stands there as a plain number.
    """
    values = [
        {key for key in sheet.summed if _is_number(sheet.fields[key].value(line.row))}
        for line in sheet.lines
    ]
    for k, line in enumerate(sheet.lines):
        below = values[k + 1 : k + 1 + line.parts]
        yield frozenset(values[k] & set().union(*below) if below else ())


def _is_number(value: Cell) -> bool:
    return value is not None and not isinstance(value, str)


def _cell(
    at: Sheet, sheet: FormSheet, block: Block, row: int, line: Line[Any], each: Field[Any],
    *, live: bool,
) -> None:  # fmt: skip
    value, place = shown(sheet, each, line), block.places[each.key]
    plain = line.rank is Rank.ITEM and not line.parts  # no sum: it stands for itself
    tone = each.tone(line.row) or ("" if plain else RANKS[line.rank])
    if value == BLANK:
        at.put(row, place, None, "text", tone)
        return
    if value in (UNTOLD, NOT_APPLICABLE):
        at.put(row, place, value, "said", tone)
        return
    style = _style(sheet, each, line)
    stored = _in_unit(sheet, each, value)
    formula = each.formula_of(line.row)
    if formula is not None and not set(_NAMED.findall(formula)) <= set(block.places):
        formula = None  # an office's own form lacks a column that it is made of
    if live:
        whole = f"SUBTOTAL(9,{{{each.key}:{row + 1}}}:{{{each.key}:{row + line.parts}}})"
        at.put_formula(row, place, block.filled(whole, row), stored, style, tone)
    elif formula is not None:
        at.put_formula(row, place, block.filled(formula, row), stored, style, tone)
    else:
        at.put(row, place, stored, style, tone)


def _style(sheet: FormSheet, each: Field[Any], line: Line[Any]) -> str:
    if each.unit is Unit.MONEY:
        return str(sheet.unit)
    return LOOKS.style_of(each.unit, "", each.look_of(line.row) or LOOKS.by_unit[each.unit])


def _in_unit(sheet: FormSheet, each: Field[Any], value: Any) -> Any:
    """Money in the sheet's unit, exact to the 万元."""
    if each.unit is Unit.MONEY and sheet.unit is MoneyUnit.YI:
        return int(value) / WAN_PER_YI
    return str(value) if isinstance(value, str) else value


# --- What stands below, and the print


def _below(at: Paper, form: Form, sheet: FormSheet, row: int, last: int) -> int:
    """Notes, who signs, what it was made of; the row below."""
    first = not_repeated(sheet)
    width = sum(widths(sheet)[first : last + 1])
    notes = [f"{k}. {note}" for k, note in enumerate((*sheet.notes, *sheet.cautions), start=1)]
    if notes:
        notes[0] = f"注：{notes[0]}"
    signed = SPACE.join(f"{label}：{said}" for label, said in signers(form.paper))
    made = SPACE.join(f"{label}：{said}" for label, said in evidence(form))
    for line in (*notes, signed, made):
        if not line:
            continue
        at.put_over((row, first), (row, last), line, "note")
        at.set_row(row, ROOM + LINE * lines_needed(line, width * 1.05))
        row += 1
    return row


def _print(at: Paper, form: Form, sheet: FormSheet, block: Block, below: int) -> None:
    """Paper, scale, headings on every page, what every page says of itself."""
    at.set_paper(PAPER[sheet.size])
    pages = pages_across(sheet)
    if len(pages) > 1:
        at.set_print_scale(scale(sheet))
        at.set_v_pagebreaks([page[sheet.repeated] for page in pages[1:]])
        at.repeat_columns(0, sheet.repeated - 1)
        at.print_across()
    else:
        most = long(at, sheet, block.head)
        at.fit_to_pages(1, most if sheet.pages is None else min(most, sheet.pages))
    at.repeat_rows(block.head - bool(sheet.groups), block.head)
    at.freeze_panes(block.first, sheet.repeated)
    at.print_area(0, 0, below - 1, len(block.places) - 1)
    marks = [PLAYED_MARK] if sheet.played else []
    marks += [form.mark] if form.mark else []
    head = f"{form.label} {sheet.title}" + (f"（统计截至 {form.asof}）" if form.asof else "")
    at.set_header(f"&L&9{head}&C&9{'　'.join(marks)}&R&9单位：{sheet.unit}", UNSCALED)
    number = f"方案编号 {form.paper.number}" if form.paper.number else ""
    at.set_footer(f"&L&9{number}&C&9第 &P 页 / 共 &N 页&R&9&A", UNSCALED)


def long(at: Paper, sheet: FormSheet, head: int) -> int:
    """Pages that a sheet takes when it is printed as small as letters may be, or as it must be.

    Not one more: notes alone would stand under empty headings.
    """
    whole = sum(at.heights.values())
    heads = sum(at.heights.get(row, LINE) for row in range(head - bool(sheet.groups), head + 1))
    shrunk = min(scale(sheet), LEAST_SCALE) / 100
    room = DOWN[sheet.size] / shrunk
    return max(1, 1 + int(-(-(whole - room) // (room - heads))) if whole > room else 1)


def too_small(sheets: Sequence[FormSheet]) -> list[str]:
    """Names of the sheets whose letters would be too small on paper."""
    return [sheet.name for sheet in sheets if scale(sheet) < LEAST_SCALE]
