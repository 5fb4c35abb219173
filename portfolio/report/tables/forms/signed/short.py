"""A form on one page: its sums, and below them what is to be decided, the gravest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from portfolio.model.forms.lines import Line, Rank
from portfolio.report.tables.fields import Cell, Field, Fields, text
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form, FormSheet, Size

SAID = "said"
#: Widths of the column of what is to be decided, and of a page at the least size of letters.
SAID_WIDTHS, ACROSS = (36, 54), {Size.A3: 182, Size.A4: 126}
#: So many signs are two or three lines of it; what is more is in the annex.
SAID_LETTERS = 46
#: Points that the lines of a page may take together on its paper, and those of a line of either kind.
ROOM = {Size.A3: 640, Size.A4: 400}
SUM_LINE, ASKED_LINE = 19, 40
LEAST_ASKED = 3
NOTHING = "没有请研究的事项"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A row of the page: its cells by key, and how they look."""

    cells: Mapping[str, Cell]
    tones: Mapping[str, str] = field(default_factory=dict)
    formulas: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Something to be decided: what of it is shown and what is said; the heaviest stands first."""

    cells: Mapping[str, Cell]
    said: str
    weight: int
    tones: Mapping[str, str] = field(default_factory=dict)


def _nothing(_: Any) -> Cell:
    """Nothing is said of a sum."""
    return NOT_APPLICABLE


@dataclass(frozen=True, kw_only=True)
class Short:
    """What of a form is on its page.

    sheet : of which the sums are shown; keys : columns of it, the first ones those that name a line
    asks : what is to be decided; what : what these are, with how many are counted
    lead : what it comes to in a sentence
    depth : levels of sums that are shown below 合计
    of_sums : what is said of the row of a sum
    """

    sheet: FormSheet
    keys: tuple[str, ...]
    asks: Sequence[Asked]
    lead: str
    what: str = "项"
    size: Size = Size.A3
    depth: int = 1
    of_sums: Callable[[Any], Cell] = _nothing


def sheet_of(form: Form, name: str) -> FormSheet:
    """A form's sheet by name."""
    return next(each for each in form.sheets if each.name == name)


def outline(lines: Sequence[Line[Any]], depth: int = 1) -> Iterator[Line[Any]]:
    """The highest lines and so many levels below them; what these are made of is left out."""
    k = 0
    while k < len(lines):
        line, below = lines[k], lines[k + 1 : k + 1 + lines[k].parts]
        deeper = depth if line.rank is Rank.TOTAL else depth - 1
        kept = list(outline(below, deeper)) if deeper > 0 else []
        yield replace(line, parts=len(kept))
        yield from kept
        k += 1 + line.parts


def shown_of(fields: Fields[Any], row: Any) -> Shown:
    """A row of a form as the page has it."""
    return Shown(
        cells={each.key: each.value(row) for each in fields},
        tones={each.key: each.tone(row) for each in fields},
        formulas={each.key: each.formula_of(row) for each in fields},
    )


def _with_said(shown: Shown, said: Cell) -> Shown:
    return replace(shown, cells={**shown.cells, SAID: said})


def asked_of(fields: Fields[Any], row: Any, said: Sequence[str], weight: int) -> Asked:
    """A row of a form to be decided of."""
    shown = shown_of(fields, row)
    return Asked(cells=shown.cells, tones=shown.tones, said=in_few(said), weight=weight)


def in_few(parts: Sequence[str]) -> str:
    """As much as has room, and that there is more; all of it stands in the annex."""
    said = "；".join(part for part in parts if part)
    return said if len(said) <= SAID_LETTERS else f"{said[: SAID_LETTERS - 1]}…"


def short_sheet(form: Form, short: Short) -> FormSheet:
    """The page of a form."""
    chosen = [short.sheet.fields[key] for key in short.keys]
    fields = Fields(
        name="呈批",
        fields=(
            *(_delegated(each) for each in chosen),
            text(SAID, "请研究的事", partial(_cell, SAID), _said_width(chosen, short.size)),
        ),
    )
    view = Fields(name="", fields=tuple(chosen))
    sums = [
        replace(line, row=_with_said(shown_of(view, line.row), short.of_sums(line.row)))
        for line in outline(short.sheet.lines, short.depth)
    ]
    named = next(each.key for each in chosen if each.key != "no")
    room = ROOM[short.size] - SUM_LINE * len(sums)
    most = max(LEAST_ASKED, room // ASKED_LINE - 2)
    summed = tuple(key for key in short.sheet.summed if key in fields.by_key)
    groups = short.sheet.groups or {}
    kept = {name: tuple(k for k in keys if k in fields.by_key) for name, keys in groups.items()}
    return replace(
        short.sheet,
        name=f"表{form.number}",
        title=f"{short.sheet.title}　呈批版",
        fields=fields,
        lines=(*sums, *_asked_lines(short, named, most, summed)),
        summed=summed,
        groups={name: keys for name, keys in kept.items() if keys} or None,
        across=False,
        breaks=(),
        repeated=1 + (short.keys[0] == "no"),
        pages=1,
        size=short.size,
        lead=short.lead,
        notes=(_annex(form),),
        empty="本期无",
    )


def _said_width(others: Sequence[Field[Any]], size: Size) -> float:
    """The room that the other columns leave, their amounts bold."""
    least, most = SAID_WIDTHS
    return max(least, min(most, ACROSS[size] - sum(each.width + 0.5 for each in others)))


def _cell(key: str, row: Shown) -> Cell:
    return row.cells.get(key, NOT_APPLICABLE)


def _delegated(each: Field[Any]) -> Field[Shown]:
    """A column whose cells stand in the page's rows."""
    key = each.key
    look = each.look if isinstance(each.look, str) else ""

    def tone(row: Shown) -> str:
        return row.tones.get(key, "")

    def formula(row: Shown) -> str | None:
        return row.formulas.get(key)

    return replace(each, value=partial(_cell, key), tone=tone, formula=formula, look=look)


def _asked_lines(
    short: Short, named: str, most: int, summed: Sequence[str]
) -> Iterator[Line[Shown]]:
    """What is to be decided under a heading that sums it; what has no room as a line of its own."""
    asks = sorted(short.asks, key=lambda each: -each.weight)
    if not asks:
        yield Line(rank=Rank.GROUP, row=Shown(cells={named: NOTHING}))
        return
    shown, rest = asks[:most], asks[most:]
    if len(rest) == 1:
        shown, rest = asks[: most - 1], asks[most - 1 :]
    parts = [Shown(cells={**each.cells, SAID: each.said}, tones=each.tones) for each in shown]
    if rest:
        told = {**_sums(rest, summed), named: f"其余 {len(rest)} {short.what}", SAID: "见附件"}
        parts.append(Shown(cells=told))
    head = {**_sums(asks, summed), named: f"请研究的 {len(asks)} {short.what}"}
    yield Line(rank=Rank.GROUP, row=Shown(cells=head), parts=len(parts))
    yield from (Line(rank=Rank.PART, row=each) for each in parts)


def _sums(asks: Sequence[Asked], summed: Sequence[str]) -> dict[str, Cell]:
    """Sums of the columns in which each of them has an amount."""
    found: dict[str, Cell] = {}
    for key in summed:
        told = [each.cells.get(key) for each in asks]
        amounts = [value for value in told if isinstance(value, int)]
        if len(amounts) == len(told):
            found[key] = sum(amounts)
    return found


def _annex(form: Form) -> str:
    told = "、".join(f"{sheet.name} {len(sheet.lines)} 行" for sheet in form.sheets)
    return f"附件：{form.stem}.xlsx（{told}），明细、口径和注见附件。因四舍五入，分项之和与合计略有出入。"
