"""Values in scenario files: what is written becomes a value, or the sink is told what is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from portfolio.model.calendar import Calendar
from portfolio.model.money import (
    BPS,
    GROUPED_DIGITS,
    LARGEST_WAN,
    WAN_PER_YI,
    exact_decimal,
    scaled,
)
from portfolio.model.problems import Problem, did_you_mean
from portfolio.model.scenarios.verbs import Amount, Factor, Increase, MeantWan, Revision

# --- What a scenario file holds before it means anything: texts with their lines


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A single value as written. `truth` is set for an unquoted true or false.

    `joined`: in a list, right behind the comma after the value before it.
    """

    text: str
    line: int
    truth: bool | None = None
    empty: bool = False
    joined: bool = False


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


#: Letters of a value that are quoted.
QUOTED = 40


def quoted(text: str) -> str:
    """The beginning of a text on one line, for messages."""
    line = " ".join(text.split())
    return f"“{line[:QUOTED]}…”" if len(line) > QUOTED else f"“{line}”"


def tree_text(tree: Tree) -> str:
    """A value in a few words, for messages."""
    if isinstance(tree, Listing):
        return f"一个列表（{len(tree.entries)} 项）"
    if isinstance(tree, Mapping):
        names = "、".join(key.text[:QUOTED] for key, _ in tree.entries[:3])
        return f"一组键值（{names} …）"
    return "空" if tree.empty else quoted(tree.text)


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


# --- Values in scenario files: what is written becomes a value, or the sink is told what is wrong


#: Larger factors are slips of the pen: 30 is meant as 30 %.
LARGEST_FACTOR_BPS = 10 * BPS

#: A year, or one told from T on (T, T+1, T-1): T is the year in which the as-of month lies.
YEAR = r"\d{4}|[Tt](?:\s*[+-]\s*\d{1,2})?"
_YEARS = re.compile(rf"({YEAR})\s*(?:[-–—~～至]\s*({YEAR})|(起))?\s*年?")
_QUARTER = re.compile(rf"({YEAR})\s*[Qq]([1-4])")
#: What a Chinese keyboard makes of T, +, - and digits.
_NARROW = str.maketrans("ＴｔＱｑ＋－−０１２３４５６７８９", "TTQQ+--0123456789")
RELATIVE_FIX = "相对年份请写如 T、T+1、T-1、T+1-T+3 或 T+1起（T 为截至月所在年，没有实绩时为首年）"
# Digits are counted: no one means more, and 1e999999999 would never come to an end.
_NUMBER = re.compile(r"[+-]?\d{0,12}\.?\d{1,12}")
_AMOUNT = re.compile(
    rf"([+-]?(?:{GROUPED_DIGITS}(?:\.\d{{1,12}})?|\d{{0,16}}\.?\d{{1,12}}))\s*(亿元|亿|万元|万)?"
)
_PERCENT = re.compile(r"([+-]?\d{0,12}\.?\d{1,12})\s*[%％]")
#: What a comma may stand between in one amount: up to three digits, then three.
_GROUP, _NEXT_GROUP = re.compile(r"[+-]?\d{1,3}"), re.compile(r"\d{3}(?!\d)")


def expect_leaf(tree: Tree, sink: Sink, wanted: str) -> Leaf | None:
    """A filled leaf; None after anything else has been told."""
    if isinstance(tree, Leaf) and not tree.empty:
        return tree
    sink.refuse(tree.line, f"此处应为{wanted}，却是{tree_text(tree)}", f"请写{wanted}")
    return None


def _bps(text: str) -> int | None:
    """`0.7` or `70%` as basis points; None when it is neither, or finer than 0.01 %."""
    percent = _PERCENT.fullmatch(text.strip())
    if percent:
        return scaled(percent[1], 100)
    return scaled(text, BPS) if _NUMBER.fullmatch(text.strip()) else None


def _too_fine(text: str) -> bool:
    """A number, but with more digits than are kept."""
    percent = _PERCENT.fullmatch(text.strip())
    return bool(percent or _NUMBER.fullmatch(text.strip()))


def read_factor(tree: Tree, sink: Sink) -> int | None:
    """系数: `0.7` or `70%` as basis points."""
    leaf = expect_leaf(tree, sink, "系数，如 0.7 或 70%")
    if leaf is None:
        return None
    bps = _bps(leaf.text)
    if bps is None:
        fine = _too_fine(leaf.text)
        sink.refuse(
            leaf.line,
            f"“{leaf.text}”{'比 0.01% 还细' if fine else '不是系数'}",
            ("系数最多四位小数" if fine else "请写如 0.7 或 70%") + colon_hint(leaf),
        )
        return None
    if not 0 <= bps <= LARGEST_FACTOR_BPS:
        value = exact_decimal(leaf.text.rstrip("%％"))
        near = f"是否为“{value}%”？" if value is not None and 0 < value <= 1000 else ""
        sink.refuse(leaf.line, f"系数“{leaf.text}”超出 0–10", near or "系数请写 0–10，1 为不变")
        return None
    return bps


def read_part(tree: Tree, sink: Sink) -> int | None:
    """比例: a part of a whole, `0.7` or `70%`, 0–100 %."""
    bps = read_factor(tree, sink)
    if bps is None or bps <= BPS:
        return bps
    text = tree.text.strip() if isinstance(tree, Leaf) else ""
    near = f"是否为“{text}%”？" if text and text[-1] not in "%％" else ""
    sink.refuse(tree.line, f"比例“{text}”超出 0–100%", near or "比例请写 0–100%")
    return None


def read_number(tree: Tree, sink: Sink, low: float, high: float, *, percent: bool) -> float | None:
    """A plain number between two bounds: `0.12`, and with `percent` also `12%`."""
    span = f"{100 * low:g}%–{100 * high:g}%" if percent else f"{low:g}–{high:g}"
    wanted = f"{span} 之间的数"
    leaf = expect_leaf(tree, sink, wanted)
    if leaf is None:
        return None
    text = leaf.text.strip()
    part = _PERCENT.fullmatch(text) if percent else None
    number = exact_decimal(part[1] if part else text) if part or _NUMBER.fullmatch(text) else None
    if number is None:
        how = "请写如 0.12 或 12%" if percent else f"请写{wanted}，不带单位"
        sink.refuse(leaf.line, f"“{leaf.text}”不是数", how + colon_hint(leaf))
        return None
    value = float(number / 100 if part else number)
    if not low <= value <= high:
        near = f"是否为“{text}%”？" if percent and not part and low <= value / 100 <= high else ""
        sink.refuse(leaf.line, f"“{leaf.text}”超出 {span}", near or f"请写{wanted}")
        return None
    return value


def read_money(tree: Tree, sink: Sink) -> int | None:
    """金额: `120`, `120亿`, `1,200万元` as 万元; a plain number is in 亿元."""
    leaf = expect_leaf(tree, sink, "金额，如 120亿")
    if leaf is None:
        return None
    wan = _wan(leaf.text)
    if wan is None or not 0 <= wan <= LARGEST_WAN:
        fine = wan is None and _AMOUNT.fullmatch(leaf.text.strip()) is not None
        reason = "不足一万元的零头不能入账" if fine else "不是金额" if wan is None else "超出范围"
        fix = "请写 0 以上的金额，最细到万元，如 120亿 或 5000万"
        sink.refuse(
            leaf.line, f"“{leaf.text}”{reason}", fix + comma_hint(leaf.text) + colon_hint(leaf)
        )
        return None
    return wan


def read_amount(tree: Tree, sink: Sink) -> Amount | None:
    """金额 as a revision: `300万!` is meant, however far it is from what was."""
    if not isinstance(tree, Leaf):
        wan = read_money(tree, sink)
        return None if wan is None else Amount(wan=wan)
    text = tree.text.strip()
    bare = text.rstrip("!！").rstrip()
    wan = read_money(replace(tree, text=bare), sink)
    return None if wan is None else Amount(wan=wan, sure=bare != text)


def read_meant_money(tree: Tree, sink: Sink) -> int | None:
    """金额 that may be written with “!”, as 万元."""
    amount = read_amount(tree, sink)
    if amount is None:
        return None
    return MeantWan(amount.wan) if amount.sure else amount.wan


def comma_hint(text: str) -> str:
    """What a comma may do, where one stands in a number that can't be read."""
    if re.search(r"\d[,，]", text):
        return "；逗号只用来每三位分节，如 1,200亿；小数点请写“.”，如 1.5亿"
    return ""


def amounts_apart(listing: Listing, sink: Sink) -> bool:
    """Whether the amounts of a list stand apart: `[1,200亿]` may be meant as one of them."""
    for one, other in pairwise(listing.entries):
        if not (isinstance(one, Leaf) and isinstance(other, Leaf) and other.joined):
            continue
        if _GROUP.fullmatch(one.text) and _NEXT_GROUP.match(other.text):
            whole = f"{one.text},{other.text}"
            found = f"列表里的“{whole}”读成了 {one.text} 和 {other.text} 两个数"
            fix = f'是一个金额请加引号：["{whole}"]；是两个请在逗号后空一格'
            sink.refuse(other.line, found, fix)
            return False
    return True


def _wan(text: str) -> int | None:
    match = _AMOUNT.fullmatch(text.strip())
    if not match:
        return None
    return scaled(match[1], 1 if match[2] in ("万", "万元") else WAN_PER_YI)


def read_relative(tree: Tree, sink: Sink) -> Revision | None:
    """变动: `-30%` as a factor, `-20亿` as an increase."""
    leaf = expect_leaf(tree, sink, "变动，如 -30% 或 -20亿")
    if leaf is None:
        return None
    percent = _PERCENT.fullmatch(leaf.text.strip())
    change = scaled(percent[1], 100) if percent else None
    if change is not None and 0 <= BPS + change <= LARGEST_FACTOR_BPS:
        return Factor(bps=BPS + change)
    amount = _AMOUNT.fullmatch(leaf.text.strip())
    if amount and amount[2]:
        wan = _wan(leaf.text)
        if wan is not None and abs(wan) <= LARGEST_WAN:
            return Increase(wan=wan)
    near = ""
    if amount and not amount[2]:
        near = f"是否为“{leaf.text}%”？"
    reason = "超出 -100% 至 +900%" if change is not None else "不是变动"
    fix = f"{near}变动请写如 -30%、+7% 或 -20亿" + comma_hint(leaf.text)
    sink.refuse(leaf.line, f"“{leaf.text}”{reason}", fix)
    return None


def read_percent_change(tree: Tree, sink: Sink) -> int | None:
    """变动 of a factor only: `+7%` as 10,700 basis points."""
    revision = read_relative(tree, sink)
    if isinstance(revision, Factor):
        return revision.bps
    if revision is not None:
        sink.refuse(tree.line, f"{tree_text(tree)}不是百分比", "此处只能按比例变动，请写如 +7%")
    return None


def read_years(tree: Tree, sink: Sink) -> tuple[int, ...] | None:
    """年份: `2023`, `2023-2025`, `2026起`, `T+1`, `T+1-T+3`, 全部, or a list of these."""
    if isinstance(tree, Listing):
        parts = [read_years(entry, sink) for entry in tree.entries]
        if not parts:
            sink.refuse(
                tree.line,
                "年份是空列表",
                sink.calendar.fill("请写如 <first+2> 或 <first+2>-<first+4>"),
            )
        if not parts or None in parts:
            return None
        years = [year for part in parts if part for year in part]
        twice = sorted(year for year, count in Counter(years).items() if count > 1)
        if twice:
            sink.refuse(tree.line, f"年份 {twice[0]} 写了两次", "每个年份只写一次")
            return None
        return tuple(years)
    leaf = expect_leaf(tree, sink, sink.calendar.fill("年份，如 <first+2> 或 <first+2>-<first+4>"))
    if leaf is None:
        return None
    text = leaf.text.strip()
    if text in ("全部", "每年"):
        return tuple(sink.calendar.play_years)
    relative = _says_relative(text)
    match = _YEARS.fullmatch(_narrow(text) if relative else text)
    if not match:
        fix = sink.calendar.fill("请写如 <first+2>、<first+2>-<first+4>、<first+5>起 或 全部")
        fix = _relative_fix(text) if relative else fix
        sink.refuse(leaf.line, f"“{leaf.text}”不是年份", fix + colon_hint(leaf))
        return None
    first = _year(match[1], sink.calendar)
    last = sink.calendar.last_play_year if match[3] else _year(match[2] or match[1], sink.calendar)
    meant = f"（即 {first}{f'–{last}' if last != first else ''} 年）" if relative else ""
    if last < first:
        turned = f"{match[2]}-{match[1]}" if relative and match[2] else f"{last}-{first}"
        sink.refuse(leaf.line, f"年份“{text}”{meant}前大后小", f"是否为“{turned}”？")
        return None
    if first not in sink.calendar.play_years or last not in sink.calendar.play_years:
        fix = f"推演期为 {sink.calendar.first_year}–{sink.calendar.last_play_year}，请改年份"
        sink.refuse(leaf.line, f"年份“{text}”{meant}不在推演期内", fix)
        return None
    return tuple(range(first, last + 1))


def read_year(tree: Tree, sink: Sink) -> int | None:
    """One year, as `read_years` reads it."""
    years = read_years(tree, sink)
    if years is not None and len(years) > 1:
        sink.refuse(tree.line, f"“{tree_text(tree)}”是 {len(years)} 个年份", "这里只写一个年份")
        return None
    return None if years is None else years[0]


def _says_relative(text: str) -> bool:
    """Whether years are told from T on, or are meant to be."""
    return any(letter in text for letter in "TtＴｔ")


def _narrow(text: str) -> str:
    """Letters, signs and digits as they are read."""
    return text.translate(_NARROW)


def _year(text: str, calendar: Calendar) -> int:
    """A year as it stands there, or so many years after or before T."""
    if text[0] not in "Tt":
        return int(text)
    return calendar.relative_to + int("".join(text[1:].split()) or 0)


def _relative_fix(text: str) -> str:
    """How relative years are written; `T+1-3` may be meant as `T+1-T+3`."""
    short = re.fullmatch(r"([Tt]\s*[+-]\s*\d{1,2})\s*[-–—~～至]\s*(\d{1,2})", _narrow(text))
    near = f"是否为“{''.join(short[1].split())}-T+{short[2]}”？" if short else ""
    return near + RELATIVE_FIX


def read_quarter(tree: Tree, sink: Sink) -> int | None:
    """季度: `2026Q1` or `T+1Q1` as an index."""
    leaf = expect_leaf(tree, sink, sink.calendar.fill("季度，如 <first+5>Q1"))
    if leaf is None:
        return None
    if _says_relative(leaf.text):
        return _relative_quarter(leaf, sink)
    index = sink.calendar.parse_quarter(leaf.text) if leaf.text.isascii() else None
    if index is None:
        fix = f"请写 {sink.calendar.first_year}Q1–{sink.calendar.last_play_year}Q4 之间的季度，"
        fix += sink.calendar.fill("如 <first+5>Q1")
        sink.refuse(leaf.line, f"“{leaf.text}”不是推演期内的季度", fix)
    return index


def says_quarter(text: str) -> bool:
    """Whether a time is meant as a quarter, `2026Q3` or `TQ3`, and not as years."""
    return re.fullmatch(rf"({YEAR})\s*[Qq].*", _narrow(text.strip())) is not None


def _relative_quarter(leaf: Leaf, sink: Sink) -> int | None:
    """`TQ3`, `T Q3`, `T+1Q3` as an index."""
    match = _QUARTER.fullmatch(_narrow(leaf.text.strip()))
    if not match:
        fix = "相对季度请写如 TQ3 或 T+1Q1（T 为截至月所在年，没有实绩时为首年）"
        sink.refuse(leaf.line, f"“{leaf.text}”不是季度", fix + colon_hint(leaf))
        return None
    year = _year(match[1], sink.calendar)
    if year not in sink.calendar.play_years:
        fix = f"推演期为 {sink.calendar.first_year}–{sink.calendar.last_play_year}，请改季度"
        found = f"季度“{leaf.text}”（即 {year}Q{match[2]}）不在推演期内"
        sink.refuse(leaf.line, found, fix)
        return None
    return sink.calendar.quarter_of(year, int(match[2]))


def read_text(tree: Tree, sink: Sink) -> str | None:
    """Any text."""
    leaf = expect_leaf(tree, sink, "文字")
    return leaf.text.strip() if leaf else None


def read_texts(tree: Tree, sink: Sink) -> tuple[str, ...] | None:
    """A text or a list of texts."""
    entries = tree.entries if isinstance(tree, Listing) else (tree,)
    texts = [read_text(entry, sink) for entry in entries]
    return None if None in texts else tuple(text for text in texts if text is not None)


def read_names(tree: Tree, sink: Sink) -> tuple[str, ...] | None:
    """A name or a list of names, at least one and each once."""
    names = read_texts(tree, sink)
    if names is None:
        return None
    if not names:
        sink.refuse(tree.line, "此处是空列表", "请至少写一个名称")
        return None
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        sink.refuse(tree.line, f"“{twice[0]}”写了两次", "每个名称只写一次")
        return None
    return names
