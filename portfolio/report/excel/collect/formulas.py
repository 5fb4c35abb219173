"""Conditions of a row as Excel's formulas."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from portfolio.model.month.condition import names, parsed

_SIGNS: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.Gt: ">", ast.LtE: "<=", ast.GtE: ">=", ast.NotEq: "<>", ast.Eq: "=",
}  # fmt: skip
_ARITHMETIC: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}


def formula(condition: str, cells: Mapping[str, str]) -> str | None:
    """A condition as a formula; None where it needs a figure that has no cell, and so never holds.

    cells : what stands for each figure: a cell or an expression that is "" where it is blank
    """
    return _formula(parsed(condition), cells) if names(condition) <= cells.keys() else None


def month_of(cell: str) -> str:
    """The month, as 2026-11, of a cell with a day, which may have been typed as text."""
    return f'IF(ISNUMBER({cell}),TEXT({cell},"yyyy-mm"),LEFT({cell},7))'


def _formula(node: ast.expr, cells: Mapping[str, str]) -> str:
    if isinstance(node, ast.BoolOp):
        return f"AND({','.join(_formula(each, cells) for each in node.values)})"
    assert isinstance(node, ast.Compare) and len(node.ops) == 1, ast.dump(node)
    needed = dict.fromkeys(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
    if isinstance(node.ops[0], ast.Is):
        return f'{_value(node.left, cells)}=""'
    there = [f'{cells[name]}<>""' for name in needed]
    sides = (_value(node.left, cells), _value(node.comparators[0], cells))
    # Text in the place of a number is told by what may be typed there: here it must break nothing.
    compared = f"{sides[0]}{_SIGNS[type(node.ops[0])]}{sides[1]}"
    return f"IFERROR(AND({','.join([*there, compared])}),FALSE)"


def _value(node: ast.expr, cells: Mapping[str, str]) -> str:
    if isinstance(node, ast.Constant):
        return f'"{node.value}"' if isinstance(node.value, str) else str(node.value)
    if isinstance(node, ast.Name):
        return cells[node.id]
    assert isinstance(node, ast.BinOp), ast.dump(node)
    sides = (_value(node.left, cells), _value(node.right, cells))
    return f"({sides[0]}{_ARITHMETIC[type(node.op)]}{sides[1]})"
