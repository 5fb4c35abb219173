"""Cells of a workbook of the user's changed in its copy, every other part left byte for byte.

A changed cell keeps its format, unless that is text or would hide a part of the number. Rows are
emptied, never removed: nothing that formulas, formats or comments point to is moved.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import unescape
from xml.sax.saxutils import escape, quoteattr

from portfolio.model.difference.mending import CellChange, Mending, SheetRename, number_text
from portfolio.report.sheet_in_place import BOOK, RELATIONS, TYPES, is_understood, part_of

_STYLES, _CHAIN, _APP = "xl/styles.xml", "xl/calcChain.xml", "docProps/app.xml"
_ROW = re.compile(
    rb"<(?P<ns>(?:\w+:)?)row\b(?P<head>[^>]*?)(?:/>|>(?P<cells>.*?)</(?P=ns)row>)", re.DOTALL
)
_CELL = re.compile(
    rb"<(?P<ns>(?:\w+:)?)c\b(?P<head>[^>]*?)(?:/>|>(?P<held>.*?)</(?P=ns)c>)", re.DOTALL
)
_AT = re.compile(rb"\br=[\"'](?P<letters>[A-Z]*)(?P<number>\d+)[\"']")
_STYLE = re.compile(rb"\bs=[\"'](\d+)[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?\bref=[\"']([A-Z]+\d+(?::[A-Z]+\d+)?)[\"']")
_XFS = re.compile(rb"<cellXfs\b[^>]*>(.*?)</cellXfs>", re.DOTALL)
_XF = re.compile(rb"<xf\b[^>]*?(?:/>|>.*?</xf>)", re.DOTALL)
_FORMAT = re.compile(rb"\bnumFmtId=[\"'](\d+)[\"']")
_CODE = re.compile(
    rb"<numFmt\b(?=[^>]*?numFmtId=[\"'](\d+)[\"'])[^>]*?formatCode=\"([^\"]*)\"[^>]*/>"
)
#: Where formulas stand, and names that hold ranges.
_RANGES = re.compile(
    rb"(<(?:\w+:)?(?:f|definedName|formula|formula1|formula2|calculatedColumnFormula)\b[^>]*>)([^<]*)(</)"
)
_TEXT_FORMAT = 49
#: Built-in formats and their decimals; those not named here have none or are dates.
_DECIMALS = {0: 99, 2: 2, 4: 2, 7: 2, 8: 2, 10: 2, 11: 2, 39: 2, 40: 2, 43: 2, 44: 2}
_FIRST_OWN_FORMAT = 164
_WHOLE_AMOUNT = "#,##0.00##"


def with_cells(content: bytes, mending: Mending) -> bytes | None:
    """A workbook's bytes with what is mended; None where its build is not understood."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        parts = {entry.filename: archive.read(entry) for entry in entries}
    if not is_understood(parts):
        return None
    changed = dict(parts)
    looks = _Looks(parts.get(_STYLES, b""))
    by_sheet: dict[str, list[CellChange]] = {}
    for change in mending.cells:
        by_sheet.setdefault(change.sheet, []).append(change)
    formulas_gone = False
    for name, changes in by_sheet.items():
        part = part_of(parts, name)
        sheet = None if part is None else _Sheet(changed[part], changes, looks).made()
        if part is None or sheet is None:
            return None
        changed[part] = sheet.content
        formulas_gone |= sheet.formulas_gone
        if not _name_columns(changed, part, changes):
            return None
    if looks.added:
        changed[_STYLES] = looks.content()
    for rename in mending.sheets:
        _rename(changed, rename)
    if formulas_gone:
        _drop_chain(changed)
    return _packed(entries, changed)


def _packed(entries: Sequence[zipfile.ZipInfo], parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            if entry.filename in parts:
                archive.writestr(entry, parts[entry.filename])
    return buffer.getvalue()


# --- A sheet's part: each changed cell written anew where it stands


@dataclass(kw_only=True)
class _Made:
    content: bytes
    formulas_gone: bool


class _Sheet:
    """A sheet's part, and the cells to be changed in it."""

    def __init__(self, part: bytes, changes: Sequence[CellChange], looks: _Looks) -> None:
        self.part = part
        self.changes = {(c.number, c.letter): c for c in changes}
        self.rows = {number for number, _ in self.changes}
        self.looks = looks
        self.done: set[tuple[int, str]] = set()
        self.formulas_gone = self.shared = False
        self.number = 0
        self.column = 0

    def made(self) -> _Made | None:
        """The part with its cells changed; None where one isn't there or is the source of others."""
        content = _ROW.sub(self._row, self.part)
        missing = [each for key, each in self.changes.items() if key not in self.done]
        if self.shared or any(each.after is not None for each in missing):
            return None
        return _Made(content=content, formulas_gone=self.formulas_gone)

    def _row(self, match: re.Match[bytes]) -> bytes:
        at = _AT.search(match["head"])
        self.number = int(at["number"]) if at else self.number + 1
        if self.number not in self.rows or match["cells"] is None:
            return match[0]
        self.column = 0
        cells = _CELL.sub(self._cell, match["cells"])
        ns, head = match["ns"], match["head"]
        return b"<%srow%s>%s</%srow>" % (ns, head, cells, ns)

    def _cell(self, match: re.Match[bytes]) -> bytes:
        at = _AT.search(match["head"])
        letter = at["letters"].decode() if at and at["letters"] else _letters(self.column)
        self.column = _index(letter) + 1
        change = self.changes.get((self.number, letter))
        if change is None:
            return match[0]
        self.done.add((self.number, letter))
        held = match["held"] or b""
        if re.search(rb"<(?:\w+:)?f[\s/>]", held):
            self.formulas_gone = True
            self.shared |= _beyond(held, self.number)
        style = _STYLE.search(match["head"])
        return _written(match["ns"].decode(), change, self.looks.of(style, change)).encode()


def _beyond(held: bytes, number: int) -> bool:
    """Whether a cell's formula is also that of cells in other rows."""
    told = _FORMULA.search(held)
    return told is not None and any(int(n) != number for n in re.findall(rb"\d+", told[1]))


def _written(ns: str, change: CellChange, style: int | None) -> str:
    """A cell as XML, a text in its place."""
    head = f'<{ns}c r="{change.cell}"' + ("" if style is None else f' s="{style}"')
    after = change.after
    if after is None:
        return f"{head}/>"
    if isinstance(after, str):
        text = f'<{ns}t xml:space="preserve">{escape(after)}</{ns}t>'
        return f'{head} t="inlineStr"><{ns}is>{text}</{ns}is></{ns}c>'
    number = number_text(after) if isinstance(after, Decimal) else str(after)
    return f"{head}><{ns}v>{number}</{ns}v></{ns}c>"


def _letters(index: int) -> str:
    letters, rest = "", index + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = chr(65 + place) + letters
    return letters


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - 64
    return index - 1


# --- Formats: a number in a cell of text, or with more decimals than are shown, gets another


@dataclass
class _Looks:
    """The workbook's formats of cells; `added` are those made for changed cells, by what they are."""

    styles: bytes
    added: dict[tuple[int, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = _XFS.search(self.styles)
        self.xfs = [] if found is None else _XF.findall(found[1])
        self.codes = {int(number): code.decode() for number, code in _CODE.findall(self.styles)}

    def of(self, style: re.Match[bytes] | None, change: CellChange) -> int | None:
        """The format of a changed cell."""
        if style is None:
            return None
        index = int(style[1])
        if change.after is None or isinstance(change.after, str) or index >= len(self.xfs):
            return index
        told = _FORMAT.search(self.xfs[index])
        number = 0 if told is None else int(told[1])
        is_text = number == _TEXT_FORMAT or self.codes.get(number) == "@"
        if is_text or b"quotePrefix=" in self.xfs[index]:
            return self._like(index, "amount" if change.amount else "general")
        if change.amount and self._decimals(number) < _decimals_of(change.after):
            return self._like(index, "amount")
        return index

    def _decimals(self, number: int) -> int:
        code = self.codes.get(number)
        if code is None:
            return _DECIMALS.get(number, 0)
        shown = re.search(r"\.([0#?]+)", code)
        return 99 if code == "General" else len(shown[1]) if shown else 0

    def _like(self, index: int, what: str) -> int:
        return self.added.setdefault((index, what), len(self.xfs) + len(self.added))

    def content(self) -> bytes:
        """The part of formats with those added."""
        own = max([_FIRST_OWN_FORMAT - 1, *self.codes]) + 1
        made = [
            _reformatted(self.xfs[index], own if what == "amount" else 0)
            for index, what in self.added
        ]
        styles = self.styles
        if any(what == "amount" for _, what in self.added):
            styles = _with_format(styles, own)
        xfs = b"".join([*self.xfs, *made])
        head = b'<cellXfs count="%d">' % (len(self.xfs) + len(made))
        return _XFS.sub(lambda _: head + xfs + b"</cellXfs>", styles, count=1)


def _decimals_of(number: int | Decimal) -> int:
    text = number_text(Decimal(number))
    return len(text.partition(".")[2])


def _reformatted(xf: bytes, number: int) -> bytes:
    """A format like another, for numbers."""
    head, end = re.fullmatch(rb"(<xf\b[^>]*?)(/?>.*)", xf, re.DOTALL).groups()  # type: ignore[union-attr]
    head = re.sub(rb"\s(?:quotePrefix|applyNumberFormat|numFmtId)=[\"'][^\"']*[\"']", b"", head)
    return head + b' numFmtId="%d" applyNumberFormat="1"' % number + end


def _with_format(styles: bytes, number: int) -> bytes:
    made = f'<numFmt numFmtId="{number}" formatCode="{_WHOLE_AMOUNT}"/>'.encode()
    styles = re.sub(rb"<numFmts\b[^>]*?/>", b"", styles)
    if b"</numFmts>" in styles:
        styles = styles.replace(b"</numFmts>", made + b"</numFmts>", 1)
        count = re.search(rb"<numFmts\b[^>]*?count=[\"'](\d+)[\"']", styles)
        if count is None:
            return styles
        return styles[: count.start(1)] + b"%d" % (int(count[1]) + 1) + styles[count.end(1) :]
    return re.sub(
        rb"(<styleSheet\b[^>]*>)",
        lambda match: match[1] + b'<numFmts count="1">' + made + b"</numFmts>",
        styles,
        count=1,
    )


# --- What else speaks of a changed cell: columns of list objects, names of sheets, the order of sums


def _name_columns(parts: dict[str, bytes], part: str, changes: Sequence[CellChange]) -> bool:
    """Give columns of list objects (表格) the words of their changed header cells.

    False where a row that is emptied is such an object's own row of sums: its formulas would stay.
    """
    folder, _, name = part.rpartition("/")
    relations = parts.get(f"{folder}/_rels/{name}.rels", b"")
    for target in re.findall(rb"Target=[\"']([^\"']*tables/[^\"']+)[\"']", relations):
        path = target.decode()
        table = path.lstrip("/") if path.startswith("/") else f"xl/{path.removeprefix('../')}"
        held = parts.get(table)
        told = (
            None
            if held is None
            else re.search(rb"<table\b[^>]*?\bref=[\"']([A-Z]+)(\d+):[A-Z]+(\d+)[\"']", held)
        )
        if held is None or told is None:
            return False
        left, top, bottom = _index(told[1].decode()), int(told[2]), int(told[3])
        if re.search(rb"<table\b[^>]*?totalsRowCount=[\"']1", held) and any(
            change.number == bottom for change in changes
        ):
            return False
        columns = {_index(c.letter) - left: str(c.after) for c in changes if c.number == top}
        parts[table] = _named(held, columns)
    return True


def _named(table: bytes, columns: Mapping[int, str]) -> bytes:
    count = -1

    def name(match: re.Match[bytes]) -> bytes:
        nonlocal count
        count += 1
        if count not in columns:
            return match[0]
        return match[1] + quoteattr(columns[count]).encode()

    return re.sub(rb"(<tableColumn\b[^>]*?\bname=)(?:\"[^\"]*\"|'[^']*')", name, table)


def _rename(parts: dict[str, bytes], rename: SheetRename) -> None:
    """Give a sheet another name, where it is listed and wherever a formula or a name says it."""
    book = parts[BOOK].decode("utf-8")

    def name(match: re.Match[str]) -> str:
        if unescape(match[2] or match[3] or "") != rename.before:
            return match[0]
        return match[1] + quoteattr(rename.after)

    listed = r"(<(?:\w+:)?sheet\b[^>]*?\bname=)(?:\"([^\"]*)\"|'([^']*)')"
    parts[BOOK] = re.sub(listed, name, book).encode()
    said = re.escape(rename.before.replace("'", "''"))
    old, new = re.compile(rf"'{said}'!|(?<![\w'\]]){said}!"), f"{rename.after}!"

    def ranges(match: re.Match[bytes]) -> bytes:
        text = unescape(match[2].decode("utf-8"))
        if not old.search(text):
            return match[0]
        return match[1] + escape(old.sub(lambda _: new, text)).encode() + match[3]

    for part, content in parts.items():
        if part.endswith(".xml"):
            parts[part] = _RANGES.sub(ranges, content)
    if _APP in parts:
        parts[_APP] = parts[_APP].replace(
            f">{escape(rename.before)}<".encode(), f">{escape(rename.after)}<".encode()
        )


def _drop_chain(parts: dict[str, bytes]) -> None:
    """Leave out the order in which formulas are computed: it lists cells that hold none now."""
    if parts.pop(_CHAIN, None) is None:
        return
    parts[TYPES] = re.sub(rb"<Override\b[^>]*?calcChain[^>]*?/>", b"", parts[TYPES])
    parts[RELATIONS] = re.sub(rb"<Relationship\b[^>]*?calcChain[^>]*?/>", b"", parts[RELATIONS])
