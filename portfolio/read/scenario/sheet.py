"""The sheet 情景 of a workbook: rows become what a scenario file holds, and are read as one is.

A row's cells are laid out as the tree of a verb, each leaf with its cell for a place; the reader of
files does the rest, so that both take the same values and refuse the same slips.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portfolio.model.calendar import Calendar
from portfolio.model.problems import Problem
from portfolio.model.scenarios.scenario import Layer, Scenario
from portfolio.model.schema.adjusted_plan import SCENARIO_SEPARATOR
from portfolio.model.schema.layout import CellValue
from portfolio.model.schema.scenarios import SCENARIO_SHEET
from portfolio.read.scenario.types import SELECTOR, Field, Verb
from portfolio.read.scenario.values import (
    Leaf,
    Listing,
    Mapping,
    Sink,
    Tree,
    read_quarter,
    says_quarter,
)
from portfolio.read.scenario.verbs import VERB_TEMPLATES, read_change, verbs_of

if TYPE_CHECKING:
    from portfolio.read.workbook.sheets.rows import Row

CHANNEL, ITEM, YEARS, SINCE, QUARTERS = "渠道", "大项", "年份", "自", "季度数"
#: Keys of verbs that have a column of their own.
OWN_COLUMN = (CHANNEL, ITEM, YEARS, SINCE)
#: Whose cells a verb sets where no column of the sheet can say it.
NO_COLUMN = ("风险类别", "阶段")
#: Which value a row means where a verb could set several, none of which must be given.
MEANT = {"年度目标": "金额"}
FACTOR, CHANGE, AMOUNT = "系数", "变动", "金额"
_SEPARATORS = re.compile(r"[；;]")
_PERCENT = re.compile(r"\d*\.?\d+\s*[%％]")
_TO = re.compile(r"\s*[-–—~～至]\s*(?=[\dTtＴｔ])")
_PICK = re.compile(r"\s*([^：:]+?)\s*[：:]\s*(.+)")


def value_keys(verb: Verb) -> tuple[str, ...]:
    """The keys of a verb that the column 变动 can give, one of them a row; () where none can."""
    if verb.value is not None:
        return () if verb.value.type is SELECTOR else (verb.value.key,)
    if verb.exactly_one:
        return verb.exactly_one
    needed = tuple(f.key for f in verb.fields if f.required and f.key not in OWN_COLUMN)
    if set(needed) & set(NO_COLUMN):
        return ()
    if len(needed) == 2 and needed[0] == QUARTERS:  # 施工进度: the quarters stand in their column
        return needed[1:]
    if not needed and verb.key in MEANT:
        return (MEANT[verb.key],)
    return needed if len(needed) == 1 else ()


def is_sayable(verb: Verb) -> bool:
    """Whether a row has a column for all that a verb needs."""
    return bool(value_keys(verb)) or (verb.value is not None and verb.value.type is SELECTOR)


SAYABLE = tuple(verb.key for verb in VERB_TEMPLATES if is_sayable(verb))


@dataclass
class _Places:
    """Cells by the numbers that stand for lines."""

    cells: list[str] = field(default_factory=list)

    def line(self, cell: str) -> int:
        """A number that stands for a cell."""
        self.cells.append(cell)
        return len(self.cells) - 1


def read_sheet_scenarios(
    rows: Iterable[Row], calendar: Calendar
) -> tuple[tuple[Scenario, ...], list[Problem]]:
    """The scenarios of the sheet by the order of their names, and every problem with its cell.

    `calendar` is what years are judged by, relative ones counted from its `this_year`.
    """
    places = _Places()
    sink = Sink(place=lambda line: places.cells[line], calendar=calendar)
    verbs = {verb.key: verb for verb in verbs_of(calendar)}
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        if row.sound("name") and SCENARIO_SEPARATOR in row.text("name"):
            found = f"情景名“{row.text('name')}”里有“{SCENARIO_SEPARATOR}”"
            fix = f"“{SCENARIO_SEPARATOR}”表示几个情景叠加，请从名称中去掉"
            sink.refuse(places.line(row.place("name")), found, fix)
        elif row.sound("name", "verb"):
            by_name.setdefault(row.text("name"), []).append(row)
    scenarios = tuple(_scenario(name, same, verbs, sink, places) for name, same in by_name.items())
    return scenarios, list(dict.fromkeys(sink.problems))


def _scenario(
    name: str, rows: Sequence[Row], verbs: dict[str, Verb], sink: Sink, places: _Places
) -> Scenario:
    trees = [_tree(row, verbs[row.text("verb")], sink, places) for row in rows]
    changes = [read_change(tree, sink) for tree in trees if tree is not None]
    layer = Layer(name=name, changes=tuple(one for one in changes if one is not None))
    return Scenario(
        name=name,
        title=name,
        summary="\n".join(_said(rows, "about")),
        source="；".join(_said(rows, "provenance")),
        layers=(layer,),
        sheet=SCENARIO_SHEET,
    )


def _said(rows: Iterable[Row], key: str) -> Iterable[str]:
    return dict.fromkeys(row.text(key) for row in rows if row.sound(key))


@dataclass(frozen=True, kw_only=True)
class _Cell:
    """A filled cell: what stands in it, and the number that stands for its place."""

    value: CellValue
    line: int

    @property
    def text(self) -> str:
        """As typed; a number without what Excel adds to it."""
        return self.value.strip() if isinstance(self.value, str) else f"{self.value:.15g}"

    def leaf(self, text: str | None = None) -> Leaf:
        """A value of a scenario file, at this cell."""
        return Leaf(text=self.text if text is None else text, line=self.line)


def _tree(row: Row, verb: Verb, sink: Sink, places: _Places) -> Mapping | None:
    """A row as a file would hold it; None after a problem that leaves nothing to read."""
    if row.refused & {"channel", "item", "when", "change"}:  # noted already
        return None
    before = len(sink.problems)
    cells = {
        key: _Cell(value=row.values[key], line=places.line(row.place(key)))
        for key in ("verb", "channel", "item", "when", "change")
        if row.values[key] is not None
    }
    head = cells["verb"].line
    entries: list[tuple[str, Tree]] = []
    if "channel" in cells:
        entries.append((CHANNEL, _names(cells["channel"])))
    if "item" in cells:
        entries.append((ITEM, _items(cells["item"])))
    if "when" in cells:
        entries += _when(cells["when"], verb, sink)
    if "change" in cells:
        entries += _change(cells["change"], verb, sink)
    elif len(sink.problems) == before and value_keys(verb) and not _has_quarters(verb, entries):
        place = places.line(row.place("change"))
        sink.refuse(place, f"“{verb.key}”没有写变动", f"请写{_wanted(verb)}")
    if len(sink.problems) > before:
        return None
    return Mapping(
        entries=((Leaf(text=verb.key, line=head), _content(entries, verb, head)),), line=head
    )


def _content(entries: Sequence[tuple[str, Tree]], verb: Verb, head: int) -> Tree:
    """What stands behind the verb: a value alone, or keys with values."""
    if verb.value is not None and len(entries) == 1:
        return entries[0][1]
    return Mapping(
        entries=tuple((Leaf(text=key, line=tree.line), tree) for key, tree in entries), line=head
    )


def _has_quarters(verb: Verb, entries: Iterable[tuple[str, Tree]]) -> bool:
    """Whether all a verb wants is quarters, and a range of them was written."""
    return value_keys(verb) == (QUARTERS,) and any(key == QUARTERS for key, _ in entries)


def _names(cell: _Cell) -> Tree:
    """One name, or several apart."""
    parts = [part.strip() for part in _SEPARATORS.split(cell.text) if part.strip()]
    if len(parts) == 1:
        return cell.leaf(parts[0])
    return Listing(entries=tuple(cell.leaf(part) for part in parts), line=cell.line)


def _items(cell: _Cell) -> Tree:
    """Items as a selector has them: `标签：交通` is a condition."""
    parts = [part.strip() for part in _SEPARATORS.split(cell.text) if part.strip()]
    trees = [_picked(cell, part) for part in parts]
    return trees[0] if len(trees) == 1 else Listing(entries=tuple(trees), line=cell.line)


def _picked(cell: _Cell, text: str) -> Tree:
    match = _PICK.fullmatch(text)
    if match is None:
        return cell.leaf(re.sub(r"(?<=\d)\s*至\s*(?=\d)", "-", text))
    return Mapping(entries=((cell.leaf(match[1]), cell.leaf(match[2])),), line=cell.line)


def _keys(verb: Verb) -> dict[str, Field]:
    return {one.key: one for one in verb.fields}


def _when(cell: _Cell, verb: Verb, sink: Sink) -> list[tuple[str, Tree]]:
    """年份或季度 under the key a verb has for it; a range of quarters says how many too."""
    keys = _keys(verb)
    quarter = says_quarter(cell.text)
    if not quarter and YEARS not in keys and SINCE in keys:
        fix = sink.calendar.fill("请写季度，如 <first+6>Q1 或 <first+6>Q1-<first+6>Q3")
        sink.refuse(cell.line, f"“{verb.key}”按季度设定，“{cell.text}”不是季度", fix)
        return []
    if quarter and SINCE not in keys and YEARS in keys:
        fix = sink.calendar.fill("请写年份，如 <first+6> 或 <first+6>-<first+8>")
        sink.refuse(cell.line, f"“{verb.key}”按年设定，不能写季度“{cell.text}”", fix)
        return []
    if not quarter and YEARS not in keys:
        sink.refuse(cell.line, f"“{verb.key}”不分年份，这里写了“{cell.text}”", "请清空年份或季度")
        return []
    if not quarter:
        return [(YEARS, _names(cell))]
    ends = _TO.split(cell.text, maxsplit=1)
    if len(ends) == 1:
        return [(SINCE, cell.leaf())]
    if QUARTERS not in keys:
        sink.refuse(
            cell.line, f"“{verb.key}”只写起始季度，这里写了“{cell.text}”", f"是否为“{ends[0]}”？"
        )
        return []
    first, last = (read_quarter(cell.leaf(end), sink) for end in ends)
    if first is None or last is None:
        return []
    if last < first:
        sink.refuse(cell.line, f"季度“{cell.text}”前大后小", f"是否为“{ends[1]}-{ends[0]}”？")
        return []
    return [(SINCE, cell.leaf(ends[0])), (QUARTERS, cell.leaf(str(last - first + 1)))]


def _change(cell: _Cell, verb: Verb, sink: Sink) -> list[tuple[str, Tree]]:
    """变动 under the key that its form means."""
    keys = value_keys(verb)
    if not keys:
        sink.refuse(cell.line, f"“{verb.key}”没有变动可写", "请清空变动")
        return []
    texts = [part.strip() for part in _SEPARATORS.split(cell.text) if part.strip()]
    told = [_told(cell, text, verb, keys, sink) for text in texts]
    if None in told or not told:
        return []
    said = [one for one in told if one is not None]
    if len({key for key, _ in said}) > 1:
        sink.refuse(cell.line, f"“{cell.text}”各年写法不同", "请都写成同一种，如 -10%；-20%")
        return []
    leaves = tuple(cell.leaf(text) for _, text in said)
    tree = leaves[0] if len(leaves) == 1 else Listing(entries=leaves, line=cell.line)
    return [(said[0][0], tree)]


def _told(
    cell: _Cell, text: str, verb: Verb, keys: tuple[str, ...], sink: Sink
) -> tuple[str, str] | None:
    """The key and the value that a text of 变动 means; None after two readings were told."""
    if len(keys) == 1:
        bare = re.sub(r"\s*个?季度?$", "", text) if keys[0] == QUARTERS else text
        return keys[0], re.sub(r"^[=＝]\s*", "", bare)
    if isinstance(cell.value, int | float) and -1 <= cell.value < 0:
        key, value = CHANGE, f"{cell.value * 100:.10g}%"  # Excel holds -30% as -0.3
    else:
        key, value = _by_form(text)
    if not key:
        fix = f"请写{_wanted(verb)}；单元格请先设为文本格式"
        sink.refuse(cell.line, f"变动“{text}”不止一种读法（{_readings(text, keys)}）", fix)
        return None
    if key not in keys:
        sink.refuse(cell.line, f"“{verb.key}”不能写成“{text}”", f"请写{_wanted(verb)}")
        return None
    return key, value


def _by_form(text: str) -> tuple[str, str]:
    """`-30%`, `+20亿` change; `0.7倍`, `=0.7` are factors, `120亿` the new amount; "" else."""
    text = text.replace("－", "-").replace("＋", "+")
    if text[0] in "+-":
        return CHANGE, text
    if match := re.fullmatch(r"[=＝×x*]\s*(.+)|(.+?)\s*倍", text):
        value = (match[1] or match[2]).strip()
        return (AMOUNT if re.search("[亿万元]", value) else FACTOR), value
    return (AMOUNT, text) if re.search("[亿万元]", text) else ("", text)


def _readings(text: str, keys: tuple[str, ...]) -> str:
    factor = text if _PERCENT.fullmatch(text) else f"{text} 倍"
    other = f"增加 {text}" if _PERCENT.fullmatch(text) else f"{text} 亿元"
    return f"改为原来的 {factor}，还是{'改为 ' if AMOUNT in keys and '亿' in other else ''}{other}"


def _wanted(verb: Verb) -> str:
    """How a verb's value is written."""
    keys = value_keys(verb)
    if len(keys) > 1:
        amount = "；改为多少写 120亿" if AMOUNT in keys else ""
        return f"如 -30% 或 +7%；改为原来的几成写 0.7倍{amount}"
    if keys[0] == QUARTERS:
        return "几个季度，如 2季度"
    of = verb.value or _keys(verb)[keys[0]]
    return of.about or keys[0]
