"""The parts of a zip container judged before anything is made of them.

One walk of the parser, in one piece: a token that is handed over in pieces costs expat before 2.6
the square of its length. Whatever the encoding, the walk sees what a reader would see.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from xml.parsers import expat

#: Elements of all parts together; a workbook of 20,000 items has some five million.
MOST_ELEMENTS = 12_000_000
#: Elements of a part that is no table of cells or texts: formats, names, relations. Excel writes
#: at most 65,490 formats of cells.
MOST_OTHERS = 200_000
#: Elements in elements; Excel writes some ten.
DEEPEST = 60
#: Letters of an attribute, a comment or an instruction; a formula has at most 8,192.
LONGEST = 100_000
#: Roots of the parts that hold cells or texts by the row.
SHEET = "worksheet"
_LONG = frozenset((SHEET, "sst", "pivotCacheRecords"))
_MARKS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class Hostile(Exception):  # noqa: N818  # not an error of ours: its reader tells it
    """A part that no program writes so: its name and what is wrong with it."""

    def __init__(self, part: str, found: str) -> None:
        self.part, self.found = part, found
        super().__init__(f"{part}: {found}")


def unpacked(archive: zipfile.ZipFile, most: int) -> dict[str, bytes]:
    """Every part's content by name.

    Raises
    ------
    Hostile
        A part is there twice: which of them is read would be chance; or they unpack to too much.
    """
    counted = Counter(entry.filename for entry in archive.infolist())
    twice = next((name for name, count in counted.items() if count > 1), None)
    if twice is not None:
        raise Hostile(twice, "有两份")
    left, parts = most, {}
    for entry in archive.infolist():
        with archive.open(entry) as file:
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            raise Hostile(entry.filename, f"解开后超过 {most / 1e6:,.0f} MB")
        parts[entry.filename] = content
    return parts


def judge(parts: Mapping[str, bytes]) -> None:
    """Look at the structure of all parts in XML but the sheets, which are judged as they are read.

    What is not well-formed is left to who reads it: drawings of old may be so.

    Raises
    ------
    Hostile
        A part declares a document type, has too many or too deep elements, or too long a token.
    """
    left = MOST_ELEMENTS
    for name, content in parts.items():
        if content.lstrip()[:1] in (b"<",) or content.startswith(_MARKS):
            left -= _Walk(name, left).through(content)


class _Sheet(Exception):  # noqa: N818  # ends a walk
    """The part is a sheet's."""


class Guard:
    """What is said of the elements that a reader does not know: their depth, tokens and number."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.depth = 0

    def start(self, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Hostile(self.name, f"元素嵌套超过 {DEEPEST} 层")
        for value in attributes.values():
            if len(value) > LONGEST:
                raise Hostile(self.name, f"有长于 {LONGEST:,} 字的属性")

    def end(self) -> None:
        """An element ends."""
        self.depth -= 1

    def set_on(self, parser: expat.XMLParserType) -> None:
        """Hear of what is no element."""
        parser.StartDoctypeDeclHandler = self.doctype
        parser.CommentHandler = self.comment
        parser.ProcessingInstructionHandler = lambda target, said: self.comment(target + said)

    def doctype(self, *_declared: object) -> None:
        """A document type: its entities may change what a cell holds."""
        raise Hostile(self.name, "有不该有的文档类型声明（DOCTYPE）")

    def comment(self, said: str) -> None:
        """A comment or an instruction."""
        if len(said) > LONGEST:
            raise Hostile(self.name, f"有长于 {LONGEST:,} 字的注释")


class _Walk:
    """A walk through one part."""

    def __init__(self, name: str, left: int) -> None:
        self.name, self.left = name, left
        self.count = 0
        self.guard = Guard(name)

    def through(self, content: bytes) -> int:
        """The elements seen."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self.start
        parser.EndElementHandler = lambda _tag: self.guard.end()
        self.guard.set_on(parser)
        with suppress(expat.ExpatError, _Sheet):
            parser.Parse(content, True)
        return self.count

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if not self.count:
            root = tag.rpartition(":")[2]
            if root == SHEET:
                raise _Sheet
            if root not in _LONG:
                self.left = min(self.left, MOST_OTHERS)
        self.count += 1
        if self.count > self.left:
            raise Hostile(self.name, f"元素超过 {self.left:,} 个")
        self.guard.start(attributes)
