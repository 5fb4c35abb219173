"""A condition on the figures of a row, written once: judged here, made a formula where sheets are written.

`payable_wan > 2 * before_payable_wan and line_plan > 0`: names of figures, numbers, texts; + - *;
comparisons of two sides; `is None`; joined by `and`. A comparison that needs a blank doesn't hold.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
}  # fmt: skip
_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.Gt: operator.gt, ast.LtE: operator.le, ast.GtE: operator.ge,
    ast.NotEq: operator.ne, ast.Eq: operator.eq,
}  # fmt: skip


@cache
def parsed(condition: str) -> ast.expr:
    """A condition's tree.

    Raises
    ------
    SyntaxError
        It is none.
    """
    return ast.parse(condition, mode="eval").body


@cache
def names(condition: str) -> frozenset[str]:
    """The figures a condition speaks of."""
    return frozenset(node.id for node in ast.walk(parsed(condition)) if isinstance(node, ast.Name))


def holds(condition: str, values: Mapping[str, Any]) -> bool:
    """Whether a condition holds of figures; None: blank.

    Raises
    ------
    KeyError
        A figure that it speaks of isn't known.
    """
    return _holds(parsed(condition), values)


def _holds(node: ast.expr, values: Mapping[str, Any]) -> bool:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        return all(_holds(each, values) for each in node.values)
    assert isinstance(node, ast.Compare) and len(node.ops) == 1, ast.dump(node)
    left, right = _value(node.left, values), _value(node.comparators[0], values)
    if isinstance(node.ops[0], ast.Is):
        return left is right
    if left is None or right is None:
        return False
    return _COMPARED[type(node.ops[0])](left, right)


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return values[node.id]
    assert isinstance(node, ast.BinOp), ast.dump(node)
    left, right = _value(node.left, values), _value(node.right, values)
    if left is None or right is None:
        return None
    return _ARITHMETIC[type(node.op)](left, right)
