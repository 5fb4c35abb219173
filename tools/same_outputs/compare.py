"""Two records side by side: what differs, down to the line or the cell."""

from __future__ import annotations

import difflib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl

from tools.same_outputs.case import named
from tools.same_outputs.record import Record

Mask = Callable[[bytes], bytes]
#: Keys of JSON whose values are times taken; today's outputs have the others, told apart by hand.
TIMING_KEYS = ("timing",)
LINES_SHOWN = 40
CELLS_SHOWN = 20
_PACKED = b"PK\x03\x04"
_WIDEST_LINE = 400


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One case that ended otherwise, and lines that say how."""

    case: str
    what: str
    lines: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        """As it is printed."""
        return "\n".join([f"{self.case}\n  {self.what}", *(f"    {line}" for line in self.lines)])


def differences(
    old: Record,
    new: Record,
    *,
    only: Sequence[str] = (),
    common: bool = False,
    keys: Sequence[str] = TIMING_KEYS,
    mask_workbook: bool = False,
) -> Iterator[Difference]:
    """What differs between two records, case by case.

    A case that one of them lacks is a difference too, unless `common`.
    """
    masks = [mask_of(record, keys, mask_workbook=mask_workbook) for record in (old, new)]
    for name in names_compared(old, new, only=only, common=common):
        if name not in old.cases or name not in new.cases:
            lacking = "the second" if name in old.cases else "the first"
            yield Difference(case=name, what=f"not in {lacking} record")
            continue
        if not mask_workbook and old.cases[name]["given"] != new.cases[name]["given"]:
            yield Difference(case=name, what="recorded with other given files")
        yield from _of_case(name, old, new, masks[0], masks[1])


def names_compared(old: Record, new: Record, *, only: Sequence[str], common: bool) -> list[str]:
    """The names of the cases that are compared."""
    names = old.cases.keys() & new.cases.keys() if common else old.cases.keys() | new.cases.keys()
    return sorted(name for name in names if named(name, only))


def mask_of(record: Record, keys: Sequence[str], *, mask_workbook: bool) -> Mask:
    """What is taken out of a record's texts before they are compared."""
    words: list[tuple[bytes, bytes]] = []
    if mask_workbook:
        sha256 = record.workbook_sha256
        words += [(sha256.encode(), b"<WORKBOOK>"), (sha256[:12].encode(), b"<WORKBOOK 12>")]
        words += [
            (mark.join(record.sheets).encode(), b"<SHEETS>") for mark in ("、", ", ", "，", "；")
        ]

    def mask(content: bytes) -> bytes:
        for word, name in words:
            content = content.replace(word, name)
        return without_values(content, keys)

    return mask


def without_values(content: bytes, keys: Sequence[str]) -> bytes:
    """A text in which the JSON values of some keys are set to null; all else is left as it is."""
    if not any(f'"{key}"'.encode() in content for key in keys):
        return content
    text = content.decode("utf-8", errors="surrogateescape")
    pattern = re.compile("|".join(rf'"{re.escape(key)}":\s*' for key in keys))
    decoder = json.JSONDecoder()
    pieces, last = [], 0
    while found := pattern.search(text, last):
        try:
            _, end = decoder.raw_decode(text, found.end())
        except ValueError:
            end = found.end()
            pieces.append(text[last:end])
        else:
            pieces += [text[last : found.end()], "null"]
        last = end
    return "".join([*pieces, text[last:]]).encode("utf-8", errors="surrogateescape")


def _of_case(
    name: str, old: Record, new: Record, first: Mask, second: Mask
) -> Iterator[Difference]:
    one, other = old.cases[name], new.cases[name]
    if one["code"] != other["code"]:
        yield Difference(case=name, what=f"exit code {one['code']} → {other['code']}")
    parts = [(stream, one[stream], other[stream]) for stream in ("stdout", "stderr")]
    for file in sorted(one["files"].keys() | other["files"].keys()):
        if file not in one["files"] or file not in other["files"]:
            done = "no longer written" if file in one["files"] else "written anew"
            yield Difference(case=name, what=f"{file}: {done}")
        else:
            parts.append((file, one["files"][file], other["files"][file]))
    for what, before, after in parts:
        if before == after:
            continue
        contents = old.content(before), new.content(after)
        lines = content_lines(*contents, first, second)
        if lines is not None:
            yield Difference(case=name, what=f"{what} differs", lines=tuple(lines))


def content_lines(one: bytes, other: bytes, first: Mask, second: Mask) -> list[str] | None:
    """How two contents differ, in lines; None where nothing does but what is masked."""
    if one == other:
        return None
    if one.startswith(_PACKED) and other.startswith(_PACKED):
        return _packed_lines(one, other, first, second)
    one, other = first(one), second(other)
    if one == other:
        return None
    return _text_lines(one, other)


def _text_lines(one: bytes, other: bytes) -> list[str]:
    try:
        before, after = one.decode("utf-8"), other.decode("utf-8")
    except UnicodeDecodeError:
        return [_first_byte(one, other)]
    was, now = _lines_of(before), _lines_of(after)
    if was == now:
        return [f"line ends differ: {_first_byte(one, other)}"]
    diff = list(difflib.unified_diff(was, now, lineterm="", n=1))[2:]
    shown = [_short(line) for line in diff[:LINES_SHOWN]]
    more = len(diff) - len(shown)
    return [*shown, *([f"… {more} more lines of difference"] if more else [])]


def _lines_of(text: str) -> list[str]:
    """The lines; very long ones (pages, JSON, XML in one line) broken where they have joints."""
    lines: list[str] = []
    for line in text.splitlines():
        if len(line) > _WIDEST_LINE:
            lines += re.split(r"(?<=[>},;])(?=[<{\"])", line)
        else:
            lines.append(line)
    return lines


def _short(line: str) -> str:
    return line if len(line) <= _WIDEST_LINE else f"{line[:_WIDEST_LINE]}… ({len(line)} letters)"


def _first_byte(one: bytes, other: bytes) -> str:
    at = next(
        (k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    around = slice(max(0, at - 20), at + 20)
    return f"{len(one)} → {len(other)} bytes, first at {at}: {one[around]!r} → {other[around]!r}"


def _packed_lines(one: bytes, other: bytes, first: Mask, second: Mask) -> list[str] | None:
    """How two .xlsx or .docx differ: their parts, then their cells."""
    before, after = _parts(one), _parts(other)
    lines = [f"part {name}: gone" for name in before if name not in after]
    lines += [f"part {name}: new" for name in after if name not in before]
    changed = []
    for name in before.keys() & after.keys():
        masked = first(before[name]), second(after[name])
        if masked[0] != masked[1]:
            changed.append((name, *masked))
    cells = _cell_lines(one, other, first, second) if "xl/workbook.xml" in before else []
    lines += cells
    for name, was, now in sorted(changed):
        lines.append(f"part {name} differs")
        if not cells or not name.startswith(("xl/worksheets/sheet", "xl/sharedStrings")):
            lines += [f"  {line}" for line in _text_lines(was, now)]
    if lines:
        return lines
    if before == after:
        return ["all parts are the same; their order, dates or packing differ"]
    return None if list(before) == list(after) else ["the order of the parts differs"]


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _cell_lines(one: bytes, other: bytes, first: Mask, second: Mask) -> list[str]:
    """The first cells whose formula or value differs."""
    books = [_cells(content, mask) for content, mask in ((one, first), (other, second))]
    before, after = books
    places = [
        place for place in before | after if repr(before.get(place)) != repr(after.get(place))
    ]
    shown = [f"{place}: {before.get(place)!r} → {after.get(place)!r}" for place in places]
    more = len(places) - CELLS_SHOWN
    return [*shown[:CELLS_SHOWN], *([f"… {more} more cells"] if more > 0 else [])]


def _cells(content: bytes, mask: Mask) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for values in (False, True):
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=values)
        for page in book.worksheets:
            for row in page.iter_rows():
                for cell in row:
                    value = cell.value
                    if isinstance(value, str):
                        value = mask(value.encode()).decode()
                    place = f"{page.title}!{cell.coordinate}"
                    if value is not None:
                        found.setdefault(place, []).append(value)
    return {place: pair[0] if len(set(map(repr, pair))) == 1 else tuple(pair)
            for place, pair in found.items()}  # fmt: skip
