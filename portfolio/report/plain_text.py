"""Plain text for a screen: how wide Chinese is, padding, and breaking lines."""

from __future__ import annotations

import math
import re
import unicodedata

SCREEN_COLUMNS = 80
#: What is never torn apart: a number or a character, with the brackets and stops beside it.
WORD = re.compile(r"[（“]*(?:[\x21-\x7e–]+|.)[，。；：、）”！？＊]*")


def text_columns(text: str, *, ambiguous: int = 1) -> int:
    """How many columns a text takes; a Chinese character takes two.

    Quotation marks, dashes and the like (“ ” — …) are `ambiguous`: a screen sets them narrow (1),
    the Chinese fonts of a worksheet wide (2).
    """
    wide = "WF" if ambiguous == 1 else "WFA"
    return sum(2 if unicodedata.east_asian_width(char) in wide else 1 for char in text)


def lines_needed(text: str, width: float) -> int:
    """Lines a text takes in a worksheet's cell, its width counted in digits as Excel does.

    Lines break before the edge is reached, so a text takes some 8 % more than its columns.
    """
    return sum(
        max(1, math.ceil(text_columns(line, ambiguous=2) * 1.08 / max(1, int(width))))
        for line in text.split("\n")
    )


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """Fill up with spaces to `columns`, behind the text or (`right`) before it."""
    spaces = " " * max(0, columns - text_columns(text))
    return spaces + text if right else text + spaces


def wrapped(text: str, depth: int = 0, columns: int = SCREEN_COLUMNS) -> list[str]:
    """Indent by depth and break at `columns`, numbers kept whole; further lines hang by two."""
    indent = "  " * depth
    hang = indent + "  "
    lines, line, width = [], indent, len(indent)
    for word in WORD.findall(text):
        size = text_columns(word)
        if width + size > columns and line.strip():
            lines.append(line.rstrip())
            line, width = hang, len(hang)
            if word == " ":
                continue
        line, width = line + word, width + size
    return [*lines, line]


def shortened(text: str, columns: int) -> str:
    """The text, or its beginning and “…”, in at most `columns` columns."""
    if text_columns(text) <= columns:
        return text
    kept = ""
    for char in text:
        if text_columns(kept + char) > columns - 2:
            break
        kept += char
    return kept.rstrip("、，（ ") + "…"
