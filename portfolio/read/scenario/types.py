"""Kinds of values in scenario files: how each is read, and described in the schema."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from portfolio.model.money import exact_decimal
from portfolio.model.problems import did_you_mean, nearest
from portfolio.model.scenarios.scenario import ScenarioKind
from portfolio.model.scenarios.verbs import (
    AddedShare,
    Change,
    Factor,
    Pick,
    PickBy,
    Revision,
    Selector,
)
from portfolio.model.schema import Column, plain
from portfolio.read.scenario.values import (
    Leaf,
    Listing,
    Mapping,
    Sink,
    Tree,
    amounts_apart,
    colon_hint,
    expect_leaf,
    known_entries,
    read_amount,
    read_factor,
    read_meant_money,
    read_money,
    read_names,
    read_number,
    read_part,
    read_percent_change,
    read_quarter,
    read_relative,
    read_text,
    read_texts,
    read_year,
    read_years,
    tree_text,
)

Schema = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ValueType:
    """A kind of value. `read` gives None after it has told the sink what is wrong."""

    read: Callable[[Tree, Sink], Any]
    schema: Schema


def whole_number(low: int, high: int, *, beyond: str = "") -> ValueType:
    """An integer between two bounds; `beyond` says what to do where more is meant."""
    wanted = f"{low}–{high} 的整数"

    def read(tree: Tree, sink: Sink) -> int | None:
        leaf = expect_leaf(tree, sink, wanted)
        if leaf is None:
            return None
        number = exact_decimal(leaf.text) if len(leaf.text) <= 12 else None
        if number is None or number != number.to_integral_value() or not low <= number <= high:
            more = f"；{beyond}" if beyond and number is not None and number > high else ""
            fix = f"请写{wanted}" + more + colon_hint(leaf)
            sink.refuse(leaf.line, f"“{leaf.text}”不是{wanted}", fix)
            return None
        return int(number)

    return ValueType(read=read, schema={"type": "integer", "minimum": low, "maximum": high})


def whole_of(column: Column, *, beyond: str = "") -> ValueType:
    """An integer with the bounds the workbook's column has."""
    return whole_number(int(column.least or 0), int(column.most or 0), beyond=beyond)


def decimal(low: float, high: float, *, percent: bool = False) -> ValueType:
    """A plain number between two bounds; with `percent` it may be written as a percentage."""

    def read(tree: Tree, sink: Sink) -> float | None:
        return read_number(tree, sink, low, high, percent=percent)

    number: Schema = {"type": "number", "minimum": low, "maximum": high}
    signed: Schema = {"type": "string", "pattern": r"^[+-]?[0-9]*\.?[0-9]+ *[%％]$"}
    return ValueType(read=read, schema={"anyOf": [number, signed]} if percent else number)


def each_once(options: dict[str, Any]) -> ValueType:
    """Every word of a closed set, each once: the order is what is said."""
    wanted = f"[{', '.join(options)}] 的先后"

    def read(tree: Tree, sink: Sink) -> tuple[Any, ...] | None:
        if not isinstance(tree, Listing):
            sink.refuse(tree.line, f"此处应为一个列表，却是{tree_text(tree)}", f"请写{wanted}")
            return None
        values = [choice(options).read(entry, sink) for entry in tree.entries]
        if None in values:
            return None
        lacking = [word for word, value in options.items() if value not in values]
        if lacking or len(values) > len(options):
            found = f"缺少 {'、'.join(lacking)}" if lacking else "有的写了两次"
            sink.refuse(tree.line, f"列表里{found}", f"请把每个各写一次：{wanted}")
            return None
        return tuple(values)

    count = len(options)
    words: Schema = {"enum": list(options)}
    return ValueType(
        read=read,
        schema={
            "type": "array", "items": words, "minItems": count, "maxItems": count,
            "uniqueItems": True,
        },
    )  # fmt: skip


def exactly(count: int, inner: ValueType, example: str, of: str = "") -> ValueType:
    """A list of so many values, called `of`: always a tuple."""

    def read(tree: Tree, sink: Sink) -> tuple[Any, ...] | None:
        if not isinstance(tree, Listing) or len(tree.entries) != count:
            found = f"此处应为{of or f' {count} 个数'}，却是{tree_text(tree)}"
            sink.refuse(tree.line, found, f"请写如 {example}")
            return None
        values = [inner.read(entry, sink) for entry in tree.entries]
        return None if None in values else tuple(values)

    several: Schema = {
        "type": "array", "items": inner.schema, "minItems": count, "maxItems": count
    }  # fmt: skip
    return ValueType(read=read, schema=several)


def without(flaw: Callable[[Any], tuple[str, str] | None], inner: ValueType) -> ValueType:
    """A value of several numbers that must have no flaw: what is wrong with it, and the fix."""

    def read(tree: Tree, sink: Sink) -> Any:
        value = inner.read(tree, sink)
        found = None if value is None else flaw(value)
        if found is not None:
            sink.refuse(tree.line, *found)
        return value if found is None else None

    return ValueType(read=read, schema=inner.schema)


def ascending(inner: ValueType) -> ValueType:
    """Lowest, likely and highest in order, or one number for all three: always three."""

    def read(tree: Tree, sink: Sink) -> tuple[Any, ...] | None:
        listed = isinstance(tree, Listing)
        entries = tree.entries if isinstance(tree, Listing) else (tree,)
        if listed and len(entries) != 3:
            found = f"此处应为最低、最可能、最高三个数，却是{tree_text(tree)}"
            sink.refuse(tree.line, found, "请写如 [0, 2, 5]，或只写一个数")
            return None
        several = [inner.read(entry, sink) for entry in entries]
        if None in several:
            return None
        low, likely, high = several if listed else several * 3
        if not low <= likely <= high:
            sink.refuse(tree.line, "三个数没有由小到大", "请依次写最低、最可能、最高")
            return None
        return low, likely, high

    three: Schema = {"type": "array", "items": inner.schema, "minItems": 3, "maxItems": 3}
    return ValueType(read=read, schema={"anyOf": [inner.schema, three]})


def choice(
    options: dict[str, Any],
    *,
    aliases: dict[str, Any] | None = None,
    truth: tuple[str, str] | None = None,
) -> ValueType:
    """One of a closed set of words; `truth` says what an unquoted true or false stands for.

    `aliases` are taken as well, in any case and width, but not offered to who mistypes.
    """
    taken = {plain(word).upper(): value for word, value in {**options, **(aliases or {})}.items()}

    def read(tree: Tree, sink: Sink) -> Any:
        wanted = "、".join(options)
        leaf = expect_leaf(tree, sink, f"{wanted} 之一")
        if leaf is None:
            return None
        text = leaf.text.strip()
        if leaf.truth is not None and truth:
            text = truth[0] if leaf.truth else truth[1]
        if plain(text).upper() not in taken:
            fix = _choice_meant(text, options, aliases or {})
            sink.refuse(leaf.line, f"“{leaf.text}”不在可选的 {wanted} 之中", fix + colon_hint(leaf))
            return None
        return taken[plain(text).upper()]

    words: Schema = {"enum": [*options, *(aliases or {})]}
    return ValueType(read=read, schema={"anyOf": [words, {"type": "boolean"}]} if truth else words)


def _choice_meant(text: str, options: dict[str, Any], aliases: dict[str, Any]) -> str:
    """The fix for a word that is none of the choice: the nearest, by its name in the workbook."""
    near = nearest(text.upper() if text.isascii() else text, [*options, *aliases])
    if near in aliases:
        near = next(word for word, value in options.items() if value == aliases[near])
    return f"是否为“{near}”？" if near else did_you_mean(text, options)


def one_or_each(inner: ValueType, *, of_amounts: bool = False) -> ValueType:
    """One value for all years, or a list with one a year: always a tuple."""

    def read(tree: Tree, sink: Sink) -> tuple[Any, ...] | None:
        entries = tree.entries if isinstance(tree, Listing) else (tree,)
        if not entries:
            sink.refuse(tree.line, "此处是空列表", "请写一个数，或每年一个数")
            return None
        if of_amounts and isinstance(tree, Listing) and not amounts_apart(tree, sink):
            return None
        values = [inner.read(entry, sink) for entry in entries]
        return None if any(value is None for value in values) else tuple(values)

    several = {"type": "array", "items": inner.schema, "minItems": 1}
    return ValueType(read=read, schema={"anyOf": [inner.schema, several]})


def _as_revision(inner: Callable[[Tree, Sink], int | None], make: Callable[[int], Revision]) -> Any:
    def read(tree: Tree, sink: Sink) -> Revision | None:
        value = inner(tree, sink)
        return None if value is None else make(value)

    return read


_PERCENT_SCHEMA: Schema = {"type": "string", "pattern": r"^[0-9]*\.?[0-9]+ *[%％]$"}
_FACTOR_SCHEMA: Schema = {
    "anyOf": [{"type": "number", "minimum": 0, "maximum": 10}, _PERCENT_SCHEMA]
}
_PART_SCHEMA: Schema = {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, _PERCENT_SCHEMA]}
#: An amount: commas, if any, between groups of three digits.
_SIZE = r"([0-9]{1,3}([,，][0-9]{3})+(\.[0-9]+)?|[0-9]*\.?[0-9]+)"
_MONEY_SCHEMA: Schema = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": rf"^{_SIZE} *(亿元|亿|万元|万)?$"},
    ]
}
_CHANGE_SCHEMA: Schema = {"type": "string", "pattern": r"^[+-]?[0-9]*\.?[0-9]+ *[%％]$"}
_RELATIVE_SCHEMA: Schema = {
    "type": "string",
    "pattern": rf"^[+-]?{_SIZE} *([%％]|亿元|亿|万元|万)$",
}
#: A year, or one told from T on.
_ONE_YEAR = "([0-9]{4}|[Tt]( *[+-] *[0-9]{1,2})?)"
_YEAR_SCHEMA: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": "<first>", "maximum": "<play_end>"},
        {
            "type": "string",
            "pattern": rf"^(全部|每年|{_ONE_YEAR} *(起|[-–—~～至] *{_ONE_YEAR})? *年?)$",
        },
    ]
}
_NAME_SCHEMA: Schema = {"type": ["string", "integer"]}

FACTOR = ValueType(read=read_factor, schema=_FACTOR_SCHEMA)
PART = ValueType(read=read_part, schema=_PART_SCHEMA)
MONEY = ValueType(read=read_money, schema=_MONEY_SCHEMA)
PERCENT_CHANGE = ValueType(read=read_percent_change, schema=_CHANGE_SCHEMA)
FACTOR_REVISION = ValueType(
    read=_as_revision(read_factor, lambda bps: Factor(bps=bps)), schema=_FACTOR_SCHEMA
)
_MEANT_SCHEMA: Schema = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": rf"^{_SIZE} *(亿元|亿|万元|万)? *[!！]?$"},
    ]
}
MONEY_REVISION = ValueType(read=read_amount, schema=_MEANT_SCHEMA)
#: An amount in place of one that was.
MEANT_MONEY = ValueType(read=read_meant_money, schema=_MEANT_SCHEMA)
RELATIVE_REVISION = ValueType(read=read_relative, schema=_RELATIVE_SCHEMA)
YEARS = ValueType(
    read=read_years,
    schema={"anyOf": [_YEAR_SCHEMA, {"type": "array", "items": _YEAR_SCHEMA, "minItems": 1}]},
)
ONE_YEAR = ValueType(read=read_year, schema=_YEAR_SCHEMA)
QUARTER = ValueType(
    read=read_quarter,
    schema={
        "type": "string",
        "pattern": r"^([0-9]{4}|[Tt]( *[+-] *[0-9]{1,2})? *)[Qq][1-4]$",
    },
)
TEXT = ValueType(read=read_text, schema=_NAME_SCHEMA)
TEXTS = ValueType(
    read=read_texts,
    schema={"anyOf": [_NAME_SCHEMA, {"type": "array", "items": _NAME_SCHEMA}]},
)
KIND = choice({str(kind): str(kind) for kind in ScenarioKind})
NAMES = ValueType(
    read=read_names,
    schema={"anyOf": [_NAME_SCHEMA, {"type": "array", "items": _NAME_SCHEMA, "minItems": 1}]},
)


# --- Composite values of scenario files: selectors, release patterns, shares, known years


#: Ways in which conditions of a selector may be met: each is tried on every item.
MOST_ALTERNATIVES = 5_000


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
        ways = math.prod(len(names) for names in wanted)
        if ways > MOST_ALTERNATIVES:
            found = f"选择条件合起来有 {ways:,} 种组合，超过 {MOST_ALTERNATIVES:,} 种"
            sink.refuse(tree.line, found, "请分成几条，或少写几个名称")
            return None
        return Selector(alternatives=tuple(product(*wanted)))
    names = read_names(tree, sink)
    return None if names is None else Selector.items(*names)


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


# --- What a declaration of a verb is made of, and the fields that many verbs share


@dataclass(frozen=True, kw_only=True)
class Field:
    """A key of a verb; `into` is the attribute of the change it fills, `was` its former keys."""

    key: str
    into: str
    type: ValueType
    about: str
    required: bool = False
    default: Any = None
    was: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Verb:
    """A verb: either fields, or (`value`) what stands right behind it.

    `exactly_one` lists keys of which one and only one must be given, `at_least_one` those of
    which one must, the first by rule. `example` is one line to copy; it applies to the shipped
    workbook.
    """

    key: str
    about: str
    example: str
    make: Callable[..., Change]
    fields: tuple[Field, ...] = ()
    value: Field | None = None
    exactly_one: tuple[str, ...] = ()
    at_least_one: tuple[str, ...] = ()
    was: tuple[str, ...] = ()


CHANNELS_FIELD = Field(
    key="渠道",
    into="channels",
    type=NAMES,
    required=True,
    about="资金渠道：代码、名称或名称中独有的一段；可写多个",
)
YEARS_FIELD = Field(
    key="年份",
    into="years",
    type=YEARS,
    required=True,
    about="如 <first+2>、<first+2>-<first+4>、<first+5>起、全部，或它们的列表；"
    "也可相对于今年写 T、T+1、T+1-T+3、T+1起（T 为截至月所在年，没有实绩时为首年）",
)
TARGET_YEARS_FIELD = replace(
    YEARS_FIELD,
    about="年度目标表中的年份（至最后一个计划年），如 <first+2>、<first+5>-<plan_end>，或它们的列表",
)
ITEMS_FIELD = Field(
    key="大项",
    into="selector",
    type=SELECTOR,
    required=True,
    about="编号、编号范围、名称、全部，或 {工程/类别/标签/风险类别/风险组: …}（各条件须同时符合；"
    "风险类别写风险参数表中的名称或代码）；"
    "列表取其合并",
)
