"""What was mended in a workbook on the screen: cells of a column with one reason in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Console

from portfolio.model.difference.mending import CellChange, Mending, content_text
from portfolio.model.quarters import year_spans
from portfolio.report.screen.console import head, say, screen, shortened

#: Texts longer than this are cut; the copy's sheet has them whole.
LONGEST = 28


def show_mending(mending: Mending, console: Console | None = None) -> None:
    """Every change, then what could be mended and was left, with the reason."""
    out = console or screen()
    if not mending:
        head(out, "没有要改的：凡是只有一种读法的，都已照样表写。")
    else:
        head(out, f"改了 {len(mending.changes)} 处，都只有一种读法（原文件没有动）")
        for line in change_lines(mending):
            say(out, f"· {line}", depth=1)
    if mending.left:
        out.print()
        head(out, f"没有改的 {len(mending.left)} 处，请自己定")
        for problem in mending.left:
            say(out, f"· {problem.place}：{problem.found}")
            say(out, f"→ {problem.fix}", "dim", depth=2)


def change_lines(mending: Mending) -> Iterator[str]:
    """Changes as sentences; cells of one column changed for one reason are told together."""
    names = {each.before: each.after for each in mending.sheets}
    for rename in mending.sheets:
        yield f"表名“{rename.before}” → “{rename.after}”：{rename.why}"
    for _, group in groupby(sorted(mending.cells, key=_kind), key=_kind):
        yield _line(tuple(group), names)


def _kind(change: CellChange) -> tuple[str, str, int, str]:
    """What is told together: emptied rows row by row, all else by column and reason."""
    if change.after is None:
        return change.sheet, change.why, 0, ""
    return change.sheet, change.why, len(change.letter), change.letter


def _line(changes: Sequence[CellChange], names: dict[str, str]) -> str:
    first = changes[0]
    sheet = names.get(first.sheet, first.sheet)
    if first.after is None:
        rows = list(dict.fromkeys(change.number for change in changes))
        return f"{sheet} 第 {year_spans(rows)} 行清空（共 {len(changes)} 格）：{first.why}"
    before, after = (_short(text) for text in (first.before, content_text(first.after)))
    more = ""
    if len(changes) > 1:
        more = f" 等 {len(changes)} 格（第 {year_spans([change.number for change in changes])} 行）"
    return f"{sheet}!{first.cell}{more} {before} → {after}：{first.why}"


def _short(text: str) -> str:
    return shortened(" ".join(text.split()) or "（空格）", LONGEST)
