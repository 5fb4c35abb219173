"""Scenario files: strict YAML 1.2 in, a `Scenario` or every problem with its line out.

The only file that knows YAML. Anchors, aliases and tags are refused: a line number would point
elsewhere, and 继承 does their work.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.problems import InputError, Problem, alive, did_you_mean
from portfolio.model.scenarios.scenario import Layer, Scenario, distinct_layers
from portfolio.model.scenarios.verbs import Change
from portfolio.read.door.files import Unreadable, Why, bytes_of, is_there
from portfolio.read.scenario.types import KIND, TEXT, TEXTS
from portfolio.read.scenario.values import (
    QUOTED,
    Leaf,
    Listing,
    Mapping,
    Sink,
    Tree,
    colon_hint,
    known_entries,
    quoted,
    tree_text,
)
from portfolio.read.scenario.verbs import read_change

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

# --- The text of a scenario file: UTF-8 or a problem that says how to save it so


#: A scenario of a thousand changes has some 100 kB; its reader takes a second for every 20.
LARGEST_FILE_BYTES = 150_000
#: Brackets in brackets, lists in lists; a change has four.
DEEPEST = 40
UTF8_FIX = "请用记事本打开，“另存为”时编码选 UTF-8"


def decoded(path: Path, sink: Sink) -> str | None:
    """The file's text; what can't be read as UTF-8 is a problem."""
    try:
        data = bytes_of(path, LARGEST_FILE_BYTES)
    except Unreadable as error:
        sink.problems.append(_of_file(path, *_unreadable(error)))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        sink.refuse(line, f"文件编码是 {_encoding(data)}，不是 UTF-8", UTF8_FIX)
        return None


def _unreadable(error: Unreadable) -> tuple[str, str]:
    """Why a file can't be read, and what to do."""
    match error.why:
        case Why.MISSING | Why.NAME:
            return "文件不存在", "请核对文件名和所在文件夹"
        case Why.FOLDER:
            return "是文件夹，不是文件", "请写到具体的 .yaml 文件"
        case Why.SPECIAL:
            return "不是普通文件（是管道或设备）", "请写到具体的 .yaml 文件"
        case Why.LARGE:
            found = f"超过 {LARGEST_FILE_BYTES / 1_000:,.0f} kB，不像情景文件"
            return found, "请核对是否选错了文件；没有选错的请分成几个文件，用“继承”合起来"
        case Why.BARRED:
            return "文件打不开", "请关闭占用它的程序，或核对权限"


def _encoding(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "未知"
    return "GBK"


def _of_file(path: Path, found: str, fix: str) -> Problem:
    return Problem(place=path.name[:QUOTED], found=found, fix=fix)


# --- Scenario files: strict YAML 1.2 in, a `Scenario` or every problem with its line out


SUFFIXES = (".yaml", ".yml")
#: An adjusted plan written by `portfolio reallocate` stands for a scenario too.
SHEET_SUFFIX = ".xlsx"
KEYS = ("标题", "摘要", "来源", "未涵盖", "类型", "继承", "变更")


def find_scenario(name_or_path: str, folder: Path) -> Path:
    """The file meant by a name in `folder` or by a path; a path to a workbook as it is.

    Raises
    ------
    InputError
        There is none; near names are suggested.
    """
    given = Path(name_or_path)
    if given.suffix.lower() == SHEET_SUFFIX:
        return given  # its reader says what is wrong with the file
    if given.suffix.lower() in SUFFIXES:
        for path in (given, folder / given):
            if is_there(path):
                return path
    wanted = unicodedata.normalize("NFC", given.name).removesuffix(".yaml").removesuffix(".yml")
    # macOS may hand out decomposed names: compare in one form.
    named = {unicodedata.normalize("NFC", path.stem): path for path in scenario_files(folder)}
    if wanted in named and len(given.parts) == 1:
        return named[wanted]
    raise InputError.of(
        f"情景“{name_or_path}”", "没有这个情景名，也没有这个文件", did_you_mean(wanted, named)
    )


def scenario_files(folder: Path) -> list[Path]:
    """Scenario files in a folder, in order of their names."""
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES)


@dataclass(kw_only=True)
class _Family:
    """Scenarios read together: each file once, however many ways lead to it."""

    folder: Path | None
    calendar: Calendar
    read: dict[Path, Scenario | InputError] = field(default_factory=dict)
    size: int = 0

    def of(self, path: Path, chain: tuple[Path, ...]) -> Scenario:
        """The scenario of a file; `chain` are the files that extend it, itself the last.

        Raises
        ------
        InputError
            Every problem of the file and its parents.
        """
        known = self.read.get(chain[-1])
        if known is None:
            try:
                known = _read(path, self, chain)
            except InputError as error:
                known = error
            self.read[chain[-1]] = known
        if isinstance(known, InputError):
            raise known
        return known


#: Files one scenario may rest on, how often one may extend another, and their bytes in all.
MOST_FILES, LONGEST_CHAIN, MOST_BYTES = 100, 20, 2 * LARGEST_FILE_BYTES


def read_scenario(
    path: Path, folder: Path | None = None, calendar: Calendar = SHIPPED, *, asked: bool = True
) -> Scenario:
    """Read a scenario and what it extends; parents by name are sought beside it, then in `folder`.

    `calendar` is of the workbook it is meant for: years are judged by it. `asked`: the user named
    it, not another file; of a file that is no scenario nothing is quoted then.

    Raises
    ------
    InputError
        Every problem of the file and its parents, each with file and line.
    """
    whole = Path(path).resolve()
    chain = (whole,) if asked else (Path(), whole)
    return _Family(folder=folder, calendar=calendar).of(Path(path), chain)


def _read(path: Path, family: _Family, chain: tuple[Path, ...]) -> Scenario:
    sink = Sink(place=lambda line: f"{path.name} 第 {line} 行", calendar=family.calendar)
    if alive(path.name) or "\n" in path.name:
        problem = _of_file(path, "文件名里有换行或控制字符", "请给文件改名")
        raise InputError([problem])
    tree = _tree(path, sink, family, asked=len(chain) == 1)
    if sink.problems or tree is None:
        raise InputError(sink.problems)
    if not isinstance(tree, Mapping):
        found = f"文件应由“键: 值”组成，却是{tree_text(tree)}"
        sink.refuse(tree.line, found, f"请写 {'、'.join(KEYS)}" + colon_hint(tree))
        raise InputError(sink.problems)
    entries = known_entries(tree, KEYS, sink, "情景文件")
    for key in ("标题", "变更"):
        if key not in entries:
            fix = "没有变更请写 变更: []" if key == "变更" else "请写一句话的标题"
            sink.refuse(1, f"缺少“{key}”", fix)
    parents = _parents(path, entries.get("继承"), family, chain, sink)
    layer = Layer(name=path.stem, changes=_changes(entries.get("变更"), sink))
    title = _text(entries.get("标题"), sink)
    scenario = Scenario(
        name=path.stem,
        title=title or path.stem,
        summary=_text(entries.get("摘要"), sink),
        source=_text(entries.get("来源"), sink),
        omits=_texts(entries.get("未涵盖"), sink),
        kind=(KIND.read(entries["类型"][1], sink) or "") if "类型" in entries else "",
        extends=tuple(parent.name for parent in parents),
        layers=distinct_layers([*(layer for parent in parents for layer in parent.layers), layer]),
        files=tuple(dict.fromkeys([path, *(file for parent in parents for file in parent.files)])),
    )
    if sink.problems:
        raise InputError(dict.fromkeys(sink.problems))
    return scenario


Entry = tuple[Leaf, Tree]


def _text(entry: Entry | None, sink: Sink) -> str:
    return (TEXT.read(entry[1], sink) or "") if entry else ""


def _texts(entry: Entry | None, sink: Sink) -> tuple[str, ...]:
    return (TEXTS.read(entry[1], sink) or ()) if entry else ()


def _changes(entry: Entry | None, sink: Sink) -> tuple[Change, ...]:
    if entry is None:
        return ()
    tree = entry[1]
    if not isinstance(tree, Listing):
        found = f"“变更”应为列表，却是{tree_text(tree)}"
        sink.refuse(
            tree.line, found, "每处变更以“- ”开头；没有变更请写 变更: []" + colon_hint(tree)
        )
        return ()
    changes = [read_change(one, sink) for one in tree.entries]
    return tuple(change for change in changes if change is not None)


def _parents(
    path: Path, entry: Entry | None, family: _Family, chain: tuple[Path, ...], sink: Sink
) -> list[Scenario]:
    """Scenarios this one extends, read; a cycle or an unknown name is a problem of its line."""
    if entry is None:
        return []
    parents: dict[Path, Scenario] = {}
    trees = entry[1].entries if isinstance(entry[1], Listing) else (entry[1],)
    if len(trees) > MOST_FILES:
        found = f"继承了 {len(trees):,} 个情景，超过 {MOST_FILES} 个"
        sink.refuse(entry[0].line, found, "请先把其中一些合成一个情景")
        return []
    for tree in trees:
        name = TEXT.read(tree, sink)
        if name is None:
            continue
        if name.lower().endswith(SHEET_SUFFIX):
            sink.refuse(
                tree.line, f"“{name}”是工作簿，不能继承", "调整方案表请在命令行用 -s 依次叠加"
            )
            continue
        try:
            parent = _find_parent(name, path, family.folder)
        except InputError as error:
            fix = error.problems[0].fix
            sink.refuse(tree.line, f"没有名为{quoted(name)}的情景可继承", fix)
            continue
        whole = parent.resolve()
        if whole in parents:
            sink.refuse(tree.line, f"继承里“{parent.stem}”写了两次", "请只留一次")
        elif whole in chain:
            names = [p.stem for p in (*chain[chain.index(whole) :], parent)]
            sink.refuse(tree.line, f"继承成环：{' → '.join(names)}", "请去掉其中一处“继承”")
        elif len(chain) > LONGEST_CHAIN:
            found = f"继承一层套一层，超过 {LONGEST_CHAIN} 层"
            sink.refuse(tree.line, found, "请把中间的情景合并")
        else:
            try:
                parents[whole] = family.of(parent, (*chain, whole))
            except InputError as error:
                sink.problems += error.problems
    return list(parents.values())


def _find_parent(name: str, path: Path, folder: Path | None) -> Path:
    try:
        return find_scenario(name, path.parent)
    except InputError:
        if folder is None:
            raise
        return find_scenario(name, folder)


def _tree(path: Path, sink: Sink, family: _Family, *, asked: bool) -> Tree | None:
    text = decoded(path, sink)
    if text is None:
        return None
    family.size += len(text.encode("utf-8"))
    if len(family.read) >= MOST_FILES or family.size > MOST_BYTES:
        found = f"继承到的文件超过 {MOST_FILES} 个，或合计超过 {MOST_BYTES / 1_000:,.0f} kB"
        sink.problems.append(_of_file(path, found, "请少继承一些，或把变更写进同一个文件"))
        return None
    if not asked and not _MAY_BE_ONE.search(text):
        fix = "请核对是否写错了文件名；其内容没有显示"
        sink.problems.append(_of_file(path, "不是情景文件（没有“标题”和“变更”）", fix))
        return None
    if (line := _too_deep(text)) is not None:
        sink.refuse(line, f"括号或列表嵌套超过 {DEEPEST} 层", "请删去，或从示例重新写起")
        return None
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        node = YAML(typ="rt", pure=True).compose(StringIO(text))
    except MarkedYAMLError as error:
        _refuse_syntax(error, text, sink)
        return None
    except (YAMLError, RecursionError, ValueError, LookupError, TypeError, AttributeError):
        sink.refuse(
            1, "文件里有 YAML 不认的内容（控制字符，或嵌套过深）", "请删去，或从示例重新写起"
        )
        return None
    if node is None:
        sink.refuse(1, "文件是空的", "请至少写“标题”和“变更”，可从示例情景复制")
        return None
    return _converted(node, sink)


#: What a file must have in it before anything of it is quoted that the user didn't name himself.
_MAY_BE_ONE = re.compile(r"^\s*[\"']?(?:标题|变更)[\"']?\s*[:：]", re.MULTILINE)
#: Marks of lists and keys one behind the other at the beginning of a line.
_IN_LINE = re.compile(r"^\s*((?:[-?:]\s+)*)", re.MULTILINE)


def _too_deep(text: str) -> int | None:
    """The line where lists and keys are too deep in one another, if any: reading takes the square."""
    depth = 0
    for sign in re.finditer(r"[\[\]{}]", text):
        depth = depth + 1 if sign[0] in "[{" else max(0, depth - 1)
        if depth > DEEPEST:
            return text.count("\n", 0, sign.start()) + 1
    for marks in _IN_LINE.finditer(text):
        if len(marks[1].split()) > DEEPEST:
            return text.count("\n", 0, marks.start(1)) + 1
    return None


#: What the YAML library says → what is wrong, and what to do.
SYNTAX = (
    ("\\t", "用了制表符（Tab）", "缩进请全部改用空格"),
    ("mapping values are not allowed", "多了一个冒号，或上一行没有写完", "请核对冒号和缩进"),
    ("could not find expected ':'", "缺少冒号", "键后请写半角冒号和一个空格，如“系数: 0.7”"),
    ("expected <block end>", "缩进不齐", "同一级的键请左端对齐，下一级缩进两格"),
    ("unexpected end of stream", "引号没有成对", "请补上另一半引号"),
    ("document separator", "引号没有成对", "请补上另一半引号"),
    ("expected ',' or", "方括号或花括号没有成对，或缺少逗号", "请补上括号，各项之间用半角逗号"),
    ("undefined alias", "用了 * 别名", "请直接写出内容；要沿用别的情景请用“继承”"),
    ("another document", "一个文件里写了两份情景（---）", "请分成两个文件"),
    ("cannot start any token", "有不能出现在开头的符号", "请给这一项加上引号"),
    ("unknown escape", "双引号里有反斜杠", "请改用单引号"),
)
UNCLOSED = ("unexpected end of stream", "document separator", "expected ',' or")


def _refuse_syntax(error: object, text: str, sink: Sink) -> None:
    said = str(getattr(error, "problem", "") or "")
    marks = [getattr(error, "problem_mark", None), getattr(error, "context_mark", None)]
    if any(words in said for words in UNCLOSED):
        marks.reverse()  # where it was opened says more than where the file ends
    mark = next((mark for mark in marks if mark is not None), None)
    lines = text.splitlines() or [""]
    number = min(mark.line if mark else 0, len(lines) - 1)
    unknown = (f"不合 YAML 写法（{said}）", "请核对这一行及上一行的冒号、缩进和引号")
    found, fix = next(((what, how) for words, what, how in SYNTAX if words in said), unknown)
    # A full-width colon is found out only at the next key: point at the line it stands in.
    keys = [(k, lines[k].split("#")[0]) for k in (number, number - 1) if k >= 0]
    wide = [k for k, line in keys if "：" in line and ": " not in line.partition("：")[0]]
    if wide:
        number = wide[0]
        found, fix = "键后是全角冒号", "请改为半角冒号加一个空格，如“系数: 0.7”"
    sink.refuse(number + 1, f"{found}：“{lines[number].strip()[:40]}”", fix)


def _converted(node: Node, sink: Sink) -> Tree | None:
    """YAML nodes as our own tree; None after a problem that leaves no tree."""
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

    line = node.start_mark.line + 1
    if node.anchor is not None:
        sink.refuse(
            line, f"用了 & 锚点（{node.anchor}）", "请直接写出内容；要沿用别的情景请用“继承”"
        )
        return None
    if not str(node.tag).startswith("tag:yaml.org,2002:") or "python" in str(node.tag):
        sink.refuse(line, f"用了 ! 标记（{node.tag}）", "请去掉标记，只写内容")
        return None
    if isinstance(node, ScalarNode):
        return _leaf(node, line, sink)
    if isinstance(node, SequenceNode):
        parts = [_converted(child, sink) for child in node.value]
        for k, (before, child) in enumerate(pairwise(node.value), start=1):
            part = parts[k]
            if isinstance(part, Leaf) and before.end_mark.index + 1 == child.start_mark.index:
                parts[k] = replace(part, joined=child.style is None)
        return Listing(entries=tuple(part for part in parts if part is not None), line=line)
    if not isinstance(node, MappingNode):
        raise TypeError(f"unknown YAML node {node!r}")
    entries = []
    for key_node, value_node in node.value:
        key, value = _converted(key_node, sink), _converted(value_node, sink)
        if key is not None and not isinstance(key, Leaf):
            sink.refuse(key.line, f"键是{tree_text(key)}", "键请写文字")
        elif key is not None and value is not None:
            # YAML sees an empty value where the next thing begins; people see it at its key.
            empty = isinstance(value, Leaf) and value.empty
            entries.append((key, replace(value, line=key.line) if empty else value))
    return Mapping(entries=tuple(entries), line=line)


def _leaf(node: Node, line: int, sink: Sink) -> Leaf | None:
    """A scalar by YAML 1.2: only true and false are truths, everything else stays as written."""
    kind = str(node.tag).rpartition(":")[2]
    text = str(node.value)
    if sign := alive(text):
        sink.refuse(line, f"{quoted(text)}里有看不见的控制字符（{sign}）", "请删去后重新键入")
        return None
    truth = text.lower() == "true" if kind == "bool" and text.lower() in ("true", "false") else None
    return Leaf(text=text, line=line, truth=truth, empty=kind == "null" or not text.strip())
