"""Scenario files made to hurt, and scenario files and options changed at random."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "scenarios"
HEAD = "标题: 试\n"


def _names(count: int) -> str:
    return "[" + ", ".join(f"n{k}" for k in range(count)) + "]"


def _picked(selector: str) -> str:
    return f"{HEAD}变更:\n  - 优先级: {{大项: {selector}, 级别: 1}}\n"


def _two_ways(depth: int) -> dict[str, str]:
    """Files that each extend the next two: as many ways to the last as two to the power of them."""
    files: dict[str, str] = {}
    for k in range(depth):
        parents = f"继承: [x{k + 1}, y{k + 1}]\n" if k + 1 < depth else ""
        files |= {f"{letter}{k}.yaml": f"{HEAD}{parents}变更: []\n" for letter in "xy"}
    return files


def _chain(length: int) -> dict[str, str]:
    last = length - 1
    return {
        f"x{k}.yaml": HEAD + (f"继承: x{k + 1}\n" if k < last else "") + "变更: []\n"
        for k in range(length)
    }


#: Files by name, the first of which is read: to be refused with place and fix, quickly.
NASTY: Mapping[str, dict[str, str]] = {
    "four conditions of forty names": {"x.yaml": _picked(
        f"{{风险类别: {_names(40)}, 标签: {_names(40)}, 工程: {_names(40)}, 类别: {_names(40)}}}"
    )},
    "90,000 names": {"x.yaml": _picked(_names(90_000))},
    "a chain of 3,000": _chain(3_000),
    "a chain of 30": _chain(30),
    "a parent twice": {"x.yaml": f"{HEAD}继承: [y, y]\n变更: []\n", "y.yaml": f"{HEAD}变更: []\n"},
    "100,000 parents": {"x.yaml": f"{HEAD}继承: {_names(100_000)}\n变更: []\n"},
    "5,000 parents": {"x.yaml": f"{HEAD}继承: {_names(5_000)}\n变更: []\n"},
    "5,000 unknown keys": {"x.yaml": f"{HEAD}变更: []\n" + "".join(f"键{k}: 1\n" for k in range(5_000))},
    "80,000 unknown keys": {"x.yaml": f"{HEAD}变更: []\n" + "".join(f"键{k}: 1\n" for k in range(80_000))},
    "a key of 30,000 letters": {"x.yaml": f"{HEAD}变更: []\n" + "键" * 30_000 + ": 1\n"},
    "50,000 brackets": {"x.yaml": "[" * 50_000},
    "40,000 lists in a line": {"x.yaml": "- " * 40_000 + "a"},
    "5,000 times a year": {"x.yaml": f"{HEAD}变更:\n  - 渠道额度: {{渠道: 专项债券, 年份: ["
        + ", ".join(["2023"] * 5_000) + "], 系数: 0.7}\n"},
    "a name longer than any": {"x.yaml": f"{HEAD}继承: {'a' * 5_000}.yaml\n变更: []\n"},
    "a name with a zero": {"x.yaml": f'{HEAD}继承: "a\\0b.yaml"\n变更: []\n'},
    "a half of a letter": {"x.yaml": '标题: "\\ud800"\n变更: []\n'},
    "a bell in the title": {"x.yaml": '标题: "a\\ab"\n变更: []\n'},
    "an escape in a key": {"x.yaml": f'{HEAD}变更: []\n"a\\e[31m": 1\n'},
    "a turned text": {"x.yaml": '标题: "a\\u202eb"\n变更: []\n'},
    "another file's content": {"x.yaml": f"{HEAD}继承: geheim.yaml\n变更: []\n",
        "geheim.yaml": "root:x:0:0\ndaemon:x:1:1\n"},
    "another file": {"x.yaml": f"{HEAD}继承: /etc/passwd\n变更: []\n"},
}  # fmt: skip


@cache
def _texts() -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml")))


_ODD = (
    "：", ":", "-", "  ", "\t", "[", "]", "{", "}", "'", '"', "&a ", "*a", "!", "!!python/object:os ",
    "#", "|", ">", "\n", "?", "\x1b", "\u202e", "\u0085", "22", "²", "9" * 5_000, "1e999999999", ".inf",
    "-0.5", "null", "全部", "2022Q9", "２０２３", "T+1", "T-", "TQ9", "T+1-T+99", "1,5亿", "%", "!", "---\n",
    "继承: [三碰头]\n", "\\", "~", "=", "@", "`", "\ufeff", "\ufffe",
)  # fmt: skip


def mutated(luck: random.Random) -> str:
    """A shipped scenario with one to four slips."""
    text = luck.choice(_texts())
    for _ in range(luck.randint(1, 4)):
        start = luck.randint(0, len(text))
        text = text[:start] + luck.choice(_ODD) + text[start + luck.choice((0, 0, 1, 3, 30)) :]
    return text


_CHANNELS = (
    "专项债券",
    "SPB",
    "贷款",
    "土地出让",
    "一般公共预算",
    "债",
    "",
    "\x1b",
    "a" * 500,
    "全部",
)
_YEARS = (
    "2023",
    "2023-2025",
    "T+1",
    "2026Q3",
    "2023起",
    "全部",
    "9" * 5_000,
    "2023-",
    "２０２３",
    "",
)
_CHANGES = (
    "-30%",
    "0.7",
    "120亿",
    "1,5亿",
    "1,200亿",
    "-1e9%",
    "1e309",
    "NaN",
    "--5",
    "300万!",
    "",
    "=1",
)


def option(luck: random.Random) -> str:
    """A word for `--set`, mostly nearly right."""
    word = f"{luck.choice(_CHANNELS)}:{luck.choice(_YEARS)}={luck.choice(_CHANGES)}"
    if luck.random() < 0.4:
        start = luck.randint(0, len(word))
        word = word[:start] + luck.choice(_ODD) + word[start + luck.randint(0, 2) :]
    return word


def texts(seed: int, number: int) -> Iterator[str]:
    """So many changed scenarios, the same ones for a seed."""
    for k in range(number):
        yield mutated(random.Random(f"scenario {seed} {k}"))


def options(seed: int, number: int) -> Iterator[str]:
    """So many words for `--set`, the same ones for a seed."""
    for k in range(number):
        yield option(random.Random(f"option {seed} {k}"))
