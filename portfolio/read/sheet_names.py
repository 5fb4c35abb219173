"""Sheets by their names as people read them, and what to say where two of them read the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from portfolio.model.problems import Problem
from portfolio.model.sheets import plain
from portfolio.read.workbook_file import Grid

_STATES = {"hidden": "（隐藏）", "veryHidden": "（深度隐藏）"}


def by_plain_name(grids: Iterable[Grid]) -> dict[str, list[Grid]]:
    """Sheets by name without width, blanks and quotes: Excel tells such names apart, people don't."""
    named: dict[str, list[Grid]] = {}
    for grid in grids:
        named.setdefault(plain(grid.name), []).append(grid)
    return named


def twins(name: str, grids: Sequence[Grid], place: str) -> Problem:
    """Several sheets that can each be meant: none of them is read."""
    names = "、".join(f"“{grid.name}”{_STATES.get(grid.state, '')}" for grid in grids)
    states = {grid.state for grid in grids}
    unhide = ""
    if states & set(_STATES):
        unhide = "；隐藏的表请先右键任一表名“取消隐藏”"
    if "veryHidden" in states:
        unhide += "，深度隐藏的须在 VBA 编辑器（Alt+F11）的属性窗口把 Visible 改为 -1"
    return Problem(
        place=place,
        found=f"有 {len(grids)} 张工作表都读作“{name}”：{names}",
        fix=f"请只留一张，其余删去或改成不同的名字（空格、引号和全半角不算不同）{unhide}",
    )
