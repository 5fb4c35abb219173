"""Forms in an office's own order and words: columns are found by their names, not by place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from portfolio.model.forms.template import TemplateSheet
from portfolio.model.schema import plain
from portfolio.report.tables.fields import Field, Fields, Unit
from portfolio.report.tables.forms.form import BLANK, Form, FormSheet

#: A row is a head if it names at least so many columns of a form.
LEAST_NAMED = 3
_IN_BRACKETS = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True, kw_only=True)
class Arranged:
    """A form as a template has it, and what of either has no place in the other."""

    form: Form
    notes: tuple[str, ...]
    found: bool


def arranged(form: Form, template: Sequence[TemplateSheet]) -> Arranged:
    """A form's sheets in the order and the words of the template's sheets of their names.

    A template of one sheet is of that sheet of the form that it names most columns of.
    """
    pairs = dict(_pairs(form, template))
    if not pairs:
        return Arranged(form=form, notes=(), found=False)
    sheets, notes = [], list[str]()
    for sheet in form.sheets:
        if sheet.name not in pairs:
            sheets.append(sheet)
            continue
        made, said = _laid_out(form, sheet, pairs[sheet.name])
        sheets.append(made)
        notes += said
    return Arranged(form=replace(form, sheets=tuple(sheets)), notes=tuple(notes), found=True)


def _pairs(form: Form, template: Sequence[TemplateSheet]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Sheets of a form by name, each with the head that is found for it."""
    if len(template) == 1:
        heads = [(head_of(template[0], sheet), sheet.name) for sheet in form.sheets]
        found = max(heads, key=lambda each: 0 if each[0] is None else each[0][1])
        if found[0] is not None:
            yield found[1], found[0][0]
        return
    for sheet in form.sheets:
        same = [each for each in template if plain(each.name) == plain(sheet.name)]
        head = head_of(same[0], sheet) if same else None
        if head is not None:
            yield sheet.name, head[0]


def head_of(template: TemplateSheet, sheet: FormSheet) -> tuple[tuple[str, ...], int] | None:
    """The row that names most columns of a sheet, and how many; None where none is a head."""
    known = {bare(each.title) for each in sheet.fields}
    best: tuple[tuple[str, ...], int] | None = None
    for row in template.rows:
        named = sum(bare(text) in known for text in row)
        if named >= LEAST_NAMED and (best is None or named > best[1]):
            best = row, named
    return best


def bare(title: str) -> str:
    """A title without blanks, width of letters, and the unit in brackets at its end."""
    text = plain(title)
    return _IN_BRACKETS.sub("", text) or text


def _laid_out(form: Form, sheet: FormSheet, head: tuple[str, ...]) -> tuple[FormSheet, list[str]]:
    known = {bare(each.title): each for each in sheet.fields}
    fields: list[Field[Any]] = []
    blank: list[str] = []
    for text in head:
        field = known.pop(bare(text), None)
        if not text:
            continue
        if field is None:
            blank.append(text)
            key = f"blank{len(blank)}"
            field = Field(key=key, title=text, value=lambda _: BLANK, unit=Unit.TEXT, width=12)
        fields.append(replace(field, title=text))
    keys = {each.key for each in fields}
    made = replace(
        sheet,
        fields=Fields(name=sheet.fields.name, fields=tuple(fields)),
        summed=tuple(key for key in sheet.summed if key in keys),
        groups=None,
        across=True,
        breaks=(),
    )
    where = f"{form.label} {sheet.name}"
    notes = []
    if blank:
        notes.append(f"{where}：表样有、这里没有的栏留空：{'、'.join(blank)}")
    if known:
        left = "、".join(each.title for each in known.values())
        notes.append(f"{where}：表样没有的栏没有印：{left}")
    return made, notes
