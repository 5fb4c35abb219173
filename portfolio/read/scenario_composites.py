"""Composite values of scenario files: selectors, release patterns, shares, known years."""

from __future__ import annotations

from itertools import product
from typing import Any

from portfolio.model.money import BPS
from portfolio.model.scenarios.changes import AddedShare, Pick, PickBy, Selector
from portfolio.read.scenario_tree import (
    Leaf,
    Listing,
    Mapping,
    Sink,
    Tree,
    known_entries,
    tree_text,
)
from portfolio.read.scenario_types import FACTOR, MONEY, NAMES, ValueType
from portfolio.read.scenario_values import read_factor, read_money, read_names, read_years


def read_selector(tree: Tree, sink: Sink) -> Selector | None:
    """大项: number, range, name, 全部, `{工程: …, 标签: …}` (all must hold), or a list of these."""
    if isinstance(tree, Listing):
        parts = [read_selector(entry, sink) for entry in tree.entries]
        if not parts:
            sink.refuse(tree.line, "没有选大项", "请写编号、名称、全部，或 {工程: …}")
        if not parts or None in parts:
            return None
        return Selector(alternatives=tuple(a for part in parts if part for a in part.alternatives))
    if isinstance(tree, Mapping):
        entries = known_entries(tree, tuple(PickBy), sink, "选择条件")
        wanted: list[list[Pick]] = []
        for key, value in entries.values():
            names = read_names(value, sink)
            if names is None:
                return None
            wanted.append([Pick(by=PickBy(key.text), text=name) for name in names])
        if len(entries) < len(tree.entries):
            return None
        if not wanted:
            sink.refuse(tree.line, "没有选大项", "请写编号、名称、全部，或 {工程: …}")
            return None
        return Selector(alternatives=tuple(product(*wanted)))
    names = read_names(tree, sink)
    return None if names is None else Selector.items(*names)


def read_release(tree: Tree, sink: Sink) -> tuple[int, ...] | None:
    """各季: four parts that sum to 100 %."""
    if not isinstance(tree, Listing) or len(tree.entries) != 4:
        found = f"此处应为四个季度的比例，却是{tree_text(tree)}"
        sink.refuse(tree.line, found, "请写如 [15%, 22%, 26%, 37%]")
        return None
    parts = [read_factor(entry, sink) for entry in tree.entries]
    if None in parts:
        return None
    bps = tuple(part for part in parts if part is not None)
    if sum(bps) != BPS:
        sink.refuse(tree.line, f"四个季度合计 {sum(bps) / 100:g}%", "四个季度的比例须合计 100%")
        return None
    return bps


def read_shares(tree: Tree, sink: Sink) -> tuple[AddedShare, ...] | None:
    """资金结构: channel → share, or channel → [share, most it may bring]."""
    if not isinstance(tree, Mapping) or not tree.entries:
        found = f"资金结构应为各渠道的份额，却是{tree_text(tree)}"
        sink.refuse(tree.line, found, "请逐行写“渠道: 份额”，如 银行贷款: 60%")
        return None
    entries = known_entries(tree, tuple(key.text for key, _ in tree.entries), sink, "资金结构")
    shares = []
    for key, value in entries.values():
        both = value.entries if isinstance(value, Listing) else (value, value)
        if len(both) != 2:
            sink.refuse(value.line, f"“{key.text}”的份额是{tree_text(value)}", "请写 [份额, 上限]")
            continue
        share, most = read_factor(both[0], sink), read_factor(both[1], sink)
        if share is not None and most is not None:
            shares.append(AddedShare(channel=key.text, share_bps=share, max_share_bps=most))
    return tuple(shares) if len(shares) == len(tree.entries) else None


def read_known_years(tree: Tree, sink: Sink) -> tuple[tuple[int, int], ...] | None:
    """年度计划: year → amount."""
    if not isinstance(tree, Mapping):
        found = f"年度计划应为各年金额，却是{tree_text(tree)}"
        sink.refuse(
            tree.line, found, sink.calendar.fill("请逐行写“年份: 金额”，如 <first+5>: 30亿")
        )
        return None
    entries = known_entries(tree, tuple(key.text for key, _ in tree.entries), sink, "年度计划")
    years = []
    for key, value in entries.values():
        year, money = read_years(Leaf(text=key.text, line=key.line), sink), read_money(value, sink)
        if year is None or money is None:
            continue
        if len(year) > 1:
            sink.refuse(key.line, f"“{key.text}”不是单独一年", "年度计划请逐年写")
            continue
        years.append((year[0], money))
    return tuple(years) if len(years) == len(tree.entries) else None


_PICK_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": ["string", "integer"]},
        {
            "type": "object",
            "properties": {by.value: NAMES.schema for by in PickBy},
            "additionalProperties": False,
            "minProperties": 1,
        },
    ]
}
SELECTOR = ValueType(
    read=read_selector,
    schema={"anyOf": [_PICK_SCHEMA, {"type": "array", "items": _PICK_SCHEMA, "minItems": 1}]},
)
RELEASE = ValueType(
    read=read_release,
    schema={"type": "array", "items": FACTOR.schema, "minItems": 4, "maxItems": 4},
)
_SHARE_SCHEMA = {
    "anyOf": [
        FACTOR.schema,
        {"type": "array", "items": FACTOR.schema, "minItems": 2, "maxItems": 2},
    ]
}
SHARES = ValueType(
    read=read_shares,
    schema={"type": "object", "additionalProperties": _SHARE_SCHEMA, "minProperties": 1},
)
KNOWN_YEARS = ValueType(
    read=read_known_years,
    schema={"type": "object", "additionalProperties": MONEY.schema},
)
