"""Damages at random: of a file's bytes, of a workbook's parts, cells and rows."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

Parts = dict[str, bytes]


def of_bytes(content: bytes, luck: random.Random) -> bytes:
    """A file with bytes cut, inserted, repeated or zeroed."""
    made = bytearray(content)
    for _ in range(luck.randint(1, 4)):
        # Half of them in the directory at the end: that is what a reader looks at first.
        first = max(0, len(made) - 4_000) if luck.random() < 0.5 else 0
        start = luck.randrange(first, len(made))
        stop = start + luck.choice((0, 1, 1, 4, 200))
        made[start:stop] = luck.choice(
            (
                b"",
                b"\0",
                b"\xff",
                luck.randbytes(1),
                luck.randbytes(9),
                bytes(made[start:stop]) * 2,
            )
        )
    return bytes(made)


_TOKENS = (
    b"<", b">", b"&", b'"', b"/>", b"<!--", b"-->", b"<![CDATA[", b"<?a ?>", b"&#0;", b"&e;", b"\xff",
    b"<row>", b"</row>", b'<c r="A1"><v>1</v></c>', b"<v>", b"</sheetData>", b' r="A1"', b' t="s"',
    b' t="b"', b' t="d"', b' t="e"', b' t="inlineStr"', b' s="99999"', b"1e999", b"NaN", b"-1", b"#REF!",
    b"<f>1/0</f>", b'<f t="shared" si="0"/>', b'hidden="1"', b"x:", b"xmlns='u'", b"\xe2\x80\xae",
)  # fmt: skip


def of_a_part(made: Parts, luck: random.Random, names: Sequence[str]) -> None:
    """One of the parts named, changed in one place or left out."""
    name = luck.choice(names)
    content = made.get(name, b"")
    if luck.random() < 0.06:
        made.pop(name, None)
        return
    start = luck.randrange(len(content) + 1)
    stop = start + luck.choice((0, 0, 1, 5, 40))
    made[name] = content[:start] + luck.choice(_TOKENS) + content[stop:]


#: What people and programs write into cells.
_HELD = (
    "<v>-1</v>", "<v>0</v>", "<v>1e300</v>", "<v>0.00001</v>", "<v>99999999999</v>", "<v></v>", "",
    "<v>1.5</v>", "<f>1/0</f><v>#DIV/0!</v>", "<f>A1</f>", "<v>NaN</v>", "<v>1,5</v>", "<v> 7 </v>",
)  # fmt: skip
_TEXTS = (
    "",
    " ",
    "1,5亿",
    "=1+1",
    "a\u202eb",
    "９",
    "—",
    "无",
    "#REF!",
    "x" * 40_000,
    "是",
    "2026-13",
)
_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*?)(?:/>|>(.*?)</c>)')
_ROW = re.compile(rb'<row r="([0-9]+)".*?</row>', re.DOTALL)


def sheets(made: Parts) -> list[str]:
    """The parts that are sheets."""
    return [each for each in made if each.startswith("xl/worksheets/sheet")]


def of_a_cell(made: Parts, luck: random.Random, names: Sequence[str]) -> None:
    """A cell of one of the sheets named, with something else in it."""
    name = luck.choice(names)
    found = list(_CELL.finditer(made[name]))
    if not found:
        return
    cell = luck.choice(found)
    if luck.random() < 0.4:
        text = luck.choice(_TEXTS)
        inside = f'<c r="{cell[1].decode()}" t="inlineStr"><is><t>{text}</t></is></c>'
    else:
        inside = f'<c r="{cell[1].decode()}">{luck.choice(_HELD)}</c>'
    made[name] = made[name][: cell.start()] + inside.encode() + made[name][cell.end() :]


def of_values(made: Parts, luck: random.Random, names: Sequence[str]) -> None:
    """Two cells of a column that change places: each may be right where it stood."""
    name = luck.choice(names)
    columns: dict[bytes, list[re.Match[bytes]]] = {}
    for cell in _CELL.finditer(made[name]):
        columns.setdefault(cell[1].rstrip(b"0123456789"), []).append(cell)
    several = [cells for _, cells in sorted(columns.items()) if len(cells) > 1]
    if not several:
        return
    pair = luck.sample(luck.choice(several), 2)
    first, second = sorted(pair, key=lambda cell: cell.start())
    content = made[name]
    made[name] = b"".join(
        (
            content[: first.start()],
            second[0].replace(b'"' + second[1] + b'"', b'"' + first[1] + b'"', 1),
            content[first.end() : second.start()],
            first[0].replace(b'"' + first[1] + b'"', b'"' + second[1] + b'"', 1),
            content[second.end() :],
        )
    )


def of_a_row(made: Parts, luck: random.Random, names: Sequence[str]) -> None:
    """A row of one of the sheets named that is lost, or is there once more behind the last."""
    name = luck.choice(names)
    rows = list(_ROW.finditer(made[name]))
    if not rows:
        return
    row, last = luck.choice(rows), int(rows[-1][1])
    if luck.random() < 0.5:
        made[name] = made[name][: row.start()] + made[name][row.end() :]
        return
    again = re.sub(rb' r="([A-Z]*)' + row[1] + b'"', b' r="\\g<1>%d"' % (last + 1), row[0])
    made[name] = made[name].replace(b"</sheetData>", again + b"</sheetData>", 1)
