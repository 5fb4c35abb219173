"""Workbooks made to hurt, and workbooks damaged at random, all from the shipped one."""

from __future__ import annotations

import functools
import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bench.fuzz import damage

SHIPPED = Path(__file__).parents[2] / "inputs" / "十大工程.xlsx"
#: 项目清单 stands behind the guide.
LIST = "xl/worksheets/sheet2.xml"
BOOK, STYLES, STRINGS = "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
Parts = damage.Parts


@functools.cache
def shipped() -> bytes:
    return SHIPPED.read_bytes()


@functools.cache
def _shipped_parts() -> Mapping[str, bytes]:
    return parts_of(shipped())


def parts() -> Parts:
    """The parts of the shipped workbook."""
    return dict(_shipped_parts())


def parts_of(content: bytes) -> Parts:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(
    made: Mapping[str, bytes],
    again: Mapping[str, bytes] | None = None,
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Parts as a file; `again` are written a second time."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")  # a name that is there twice is what is wanted
        for name, content in [*made.items(), *(again or {}).items()]:
            archive.writestr(name, content)
    return buffer.getvalue()


def with_part(name: str, pattern: bytes, text: bytes) -> bytes:
    """The shipped workbook with the first match in a part replaced."""
    made = parts()
    made[name], count = re.subn(pattern, lambda _: text, made[name], count=1)
    if count != 1:
        raise ValueError(f"{pattern!r} is not in {name}")
    return packed(made)


def _rows(text: str, count: int, first: int = 1_000) -> bytes:
    return "".join(text.replace("#", str(n)) for n in range(first, first + count)).encode()


def _behind_rows(text: bytes) -> bytes:
    return with_part(LIST, b"</sheetData>", text + b"</sheetData>")


def _in_encoding(name: str, encoding: str, declared: str) -> bytes:
    made = parts()
    text = made[name].decode("utf-8").replace('encoding="UTF-8"', f'encoding="{declared}"')
    doctype = '?>\n<!DOCTYPE a [<!ENTITY e "000">]>'
    made[name] = text.replace("?>", doctype, 1).encode(encoding)
    return packed(made)


def _strict() -> bytes:
    made = parts()
    for name in made:
        changed = made[name]
        for old, new in (
            (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
             b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
            (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
             b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
        ):  # fmt: skip
            changed = changed.replace(old, new)
        made[name] = changed
    return packed(made)


def _repeated(text: str, count: int) -> bytes:
    return b"".join(text.replace("#", str(n)).encode() for n in range(count))


#: Files that must be refused with their place and a fix, quickly and in little memory; `size` is
#: how much of what hurts there is: 1 is as found by the hostile test, a test may take less.
NASTY: Mapping[str, Callable[[float], bytes]] = {
    "a cell in row 1,000,000,000": lambda _: _behind_rows(
        b'<row r="1000000000"><c r="A1000000000"><v>1</v></c></row>'
    ),
    "a cell right of the last column": lambda _: _behind_rows(
        b'<row r="9000"><c r="XFE9000"><v>1</v></c></row>'
    ),
    "a column of four letters": lambda _: _behind_rows(
        b'<row r="9000"><c r="ZZZZ9000"><v>1</v></c></row>'
    ),
    "20,000 rows out to the last column": lambda size: _behind_rows(
        _rows('<row r="#"><c r="XFD#" s="1"/></row>', max(700, int(20_000 * size)))
    ),
    "nine million shared texts": lambda size: with_part(
        STRINGS, b"</sst>", b"<si><t/></si>" * int(13e6 * size) + b"</sst>"
    ),
    "an attribute of 30 MB": lambda size: with_part(
        LIST, b"<sheetData>", b'<sheetData x="' + b"a" * int(30e6 * size) + b'">'
    ),
    "an attribute of 30 MB in the list of sheets": lambda size: with_part(
        BOOK, b"<sheets>", b'<sheets x="' + b"a" * int(30e6 * size) + b'">'
    ),
    "a comment of 30 MB": lambda size: with_part(
        LIST, b"<sheetData>", b"<!--" + b"a>" * int(15e6 * size) + b"--><sheetData>"
    ),
    "five million formats": lambda size: with_part(
        STYLES, rb"<cellXfs[^>]*>", b"<cellXfs>" + b"<xf/>" * int(5e6 * max(size, 0.05))
    ),
    "a million names": lambda size: with_part(
        BOOK,
        b"</sheets>",
        b"</sheets><definedNames>"
        + _repeated('<definedName name="a#">1</definedName>', int(1e6 * max(size, 0.21)))
        + b"</definedNames>",
    ),
    "a million elements deep": lambda size: with_part(
        LIST, b"</worksheet>", b"<a>" * int(1e6 * size) + b"</a>" * int(1e6 * size) + b"</worksheet>"
    ),
    "20,000 sheets": lambda size: with_part(
        BOOK,
        b"</sheets>",
        _repeated('<sheet name="s#" sheetId="9#" r:id="rId1"/>', int(20_000 * max(size, 0.03)))
        + b"</sheets>",
    ),
    "a merged range beyond all edges": lambda _: with_part(
        LIST,
        b"</sheetData>",
        b'</sheetData><mergeCells><mergeCell ref="ZZZZ1:ZZZZZ99999999"/></mergeCells>',
    ),
    "100,000 formats of columns": lambda size: with_part(
        LIST,
        b"<sheetData>",
        b"<cols>"
        + b'<col min="1" max="16384" hidden="1"/>' * int(1e5 * max(size, 0.2))
        + b"</cols><sheetData>",
    ),
    "an entity in a sheet": lambda _: _in_encoding(LIST, "utf-8", "UTF-8"),
    "an entity in the texts": lambda _: _in_encoding(STRINGS, "utf-8", "UTF-8"),
    "an entity in another encoding": lambda _: _in_encoding(LIST, "utf-16", "UTF-16"),
    "an entity in the list of sheets": lambda _: _in_encoding(BOOK, "utf-8", "UTF-8"),
    "Strict Open XML": lambda _: _strict(),
    "a part twice": lambda _: packed(
        parts(), {LIST: parts()[LIST].replace(b"<v>141</v>", b"<v>14.1</v>")}
    ),
    "a cell twice": lambda _: with_part(
        LIST, rb'<c r="G2"', b'<c r="F2"><v>999</v></c><c r="G2"'
    ),
    "a cell twice in another row": lambda _: _behind_rows(
        b'<row r="9000"><c r="F2"><v>999</v></c></row>'
    ),
    "a row twice": lambda _: _behind_rows(b'<row r="2"><c r="F2"><v>999</v></c></row>'),
    "a cell with two values": lambda _: with_part(LIST, rb"<v>141</v>", b"<v>141</v><v>999</v>"),
    "a number in letters of another script": lambda _: with_part(
        LIST, rb"<v>141</v>", "<v>１４１</v>".encode()
    ),
    "a number with underscores": lambda _: with_part(LIST, rb"<v>141</v>", b"<v>1_41</v>"),
    "a text that is not there": lambda _: with_part(LIST, rb'<c r="B2"[^>]*><v>\d+</v>',
        b'<c r="B2" t="s"><v>-1</v>'),
    "a number of a million digits": lambda size: with_part(
        LIST, rb"<v>141</v>", b"<v>" + b"1" * int(1e6 * size) + b"</v>"
    ),
    "no parts": lambda _: packed({}),
    "a sheet whose part is missing": lambda _: packed(
        {name: content for name, content in parts().items() if name != LIST}
    ),
    "texts that are missing": lambda _: packed(
        {name: content for name, content in parts().items() if name != STRINGS}
    ),
    "a program's file": lambda _: b"MZ" + b"\0" * 500,
    "an empty file": lambda _: b"",
    "the half of a file": lambda _: shipped()[: len(shipped()) // 2],
    "compressed in another way and cut": lambda _: packed(parts(), method=zipfile.ZIP_LZMA)[:-3_000],
}  # fmt: skip


#: A sheet's root, its cells and its end; what stands between them is no cell.
_AROUND_CELLS = re.compile(
    rb"(<worksheet\b[^>]*>).*?(<sheetData>.*</sheetData>).*(</worksheet>)", re.DOTALL
)


def cells_alone(content: bytes) -> bytes:
    """A file for another reader that fails of what is no cell.

    Properties and colours are those of the shipped file; views, protection, lists of choices and
    whatever else stands around a sheet's cells is left out.
    """
    looks = ("docProps/", "xl/theme/")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        made = {
            name: _only_cells(name, archive.read(name))
            for name in archive.namelist()
            if not name.startswith(looks)
        }
    return packed(made | {name: part for name, part in parts().items() if name.startswith(looks)})


def _only_cells(name: str, part: bytes) -> bytes:
    if not name.startswith("xl/worksheets/") or part.count(b"<sheetData") != 1:
        return part
    return _AROUND_CELLS.sub(rb"\1\2\3", part, count=1)


# --- Damages at random


def mutated(luck: random.Random) -> bytes:
    """The shipped workbook with one to three damages: of bytes, of parts or of cells."""
    kind = luck.random()
    if kind < 0.4:
        return damage.of_bytes(shipped(), luck)
    made = parts()
    for _ in range(luck.randint(1, 3)):
        if kind < 0.7:
            damage.of_a_part(made, luck, [*made, LIST, BOOK, STYLES, STRINGS])
        else:
            damage.of_a_cell(made, luck, damage.sheets(made))
    return packed(made, method=luck.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))


def damages(seed: int, number: int) -> Iterator[bytes]:
    """So many damaged workbooks, the same ones for a seed."""
    for k in range(number):
        yield mutated(random.Random(f"workbook {seed} {k}"))
