"""What a scenario file holds before it means anything: texts with their lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from portfolio.model.calendar import Calendar
from portfolio.model.problems import Problem, did_you_mean


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A single value as written. `truth` is set for an unquoted true or false."""

    text: str
    line: int
    truth: bool | None = None
    empty: bool = False


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list."""

    entries: tuple[Tree, ...]
    line: int


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """Keys and values in order; a key written twice is there twice."""

    entries: tuple[tuple[Leaf, Tree], ...]
    line: int


Tree = Leaf | Listing | Mapping


@dataclass
class Sink:
    """Collects problems; `place` makes a place of a line; `calendar` is what years are judged by."""

    place: Callable[[int], str]
    calendar: Calendar
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, line: int, found: str, fix: str) -> None:
        """Note a problem and go on."""
        self.problems.append(Problem(place=self.place(line), found=found, fix=fix))


def tree_text(tree: Tree) -> str:
    """A value in a few words, for messages."""
    if isinstance(tree, Listing):
        return f"一个列表（{len(tree.entries)} 项）"
    if isinstance(tree, Mapping):
        return f"一组键值（{'、'.join(key.text for key, _ in tree.entries[:3])} …）"
    return "空" if tree.empty else f"“{tree.text}”"


def colon_hint(tree: Tree) -> str:
    """The commonest slip: a full-width colon, or none of the space after a colon."""
    if isinstance(tree, Leaf) and "：" in tree.text:
        return "；冒号请用半角并空一格，如“系数: 0.7”"
    if isinstance(tree, Leaf) and ":" in tree.text:
        return "；冒号后请空一格，如“系数: 0.7”"
    return ""


def known_entries(
    tree: Mapping,
    known: tuple[str, ...],
    sink: Sink,
    of: str,
    former: dict[str, str] | None = None,
) -> dict[str, tuple[Leaf, Tree]]:
    """Entries of a mapping by key; unknown and duplicate keys are problems.

    `former` are keys of before, each with what it is called now.
    """
    found: dict[str, tuple[Leaf, Tree]] = {}
    for written, value in tree.entries:
        key = replace(written, text=(former or {}).get(written.text, written.text))
        if key.text not in known:
            sink.refuse(
                key.line,
                f"{of}没有名为“{key.text}”的键",
                colon_hint(key).lstrip("；") or did_you_mean(key.text, known),
            )
        elif key.text in found:
            first = found[key.text][0].line
            sink.refuse(key.line, f"键“{key.text}”重复，第 {first} 行已写过", "请只保留一个")
        else:
            found[key.text] = (key, value)
    return found
