"""`--set` options as changes: `专项债券:2023=-30%`, `土地出让:T+1-T+3=0.7`, `SPB:2024=120亿`.

A quarter instead of years is a shock inside its year: `土地出让:2026Q3=-50%`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.items import Channel
from portfolio.model.money import BPS
from portfolio.model.problems import InputError, Problem
from portfolio.model.reallocation.sweep import SweepAxis
from portfolio.model.scenarios.scenario import Layer, Scenario
from portfolio.model.scenarios.titles import set_title
from portfolio.model.scenarios.verbs import Change, EnvelopeChange, Revision
from portfolio.read.scenario.types import FACTOR_REVISION, MONEY_REVISION, RELATIVE_REVISION
from portfolio.read.scenario.values import Leaf, Sink, read_quarter, read_years, says_quarter

SET_EXAMPLE = (
    "请写“渠道:年份=变动”，如 专项债券:<first+2>=-30%、土地出让:<first+2>-<first+4>=0.7、"
    "一般公共预算:<first+3>=120亿"
)


def parse_sets(
    options: Iterable[str], calendar: Calendar = SHIPPED, channels: Sequence[Channel] = ()
) -> Scenario | None:
    """The options as one scenario of one layer, to be merged last; None when there are none.

    `channels` are those of the portfolio meant, by which an id gets its name in the title.

    Raises
    ------
    InputError
        Every option that can't be read, quoted, with the fix. Unknown channels are told when
        the scenario is applied.
    """
    changes: list[Change | None] = []
    problems: list[Problem] = []
    for option in options:
        sink = Sink(place=_quoting_set(option), calendar=calendar)
        changes.append(_change(option, sink))
        problems += sink.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    if not changes:
        return None
    layer = Layer(name="--set", changes=tuple(change for change in changes if change is not None))
    said = "；".join(change.place.removeprefix("--set ") for change in layer.changes)
    title = set_title(layer.changes, calendar, channels)
    return Scenario(
        name=f"临时设定 {said}", title=title, label=title, source="命令行 --set", layers=(layer,)
    )


def _quoting_set(option: str) -> Callable[[int], str]:
    """The place of anything wrong in an option is the option."""
    return lambda _line: f"--set {option}"


def _change(option: str, sink: Sink) -> Change | None:
    # People type what their keyboard gives: full-width colon and equals sign are taken too.
    head, equals, value = option.replace("＝", "=").partition("=")
    channel, colon, years_text = head.replace("：", ":").partition(":")
    if not (equals and colon and channel.strip() and years_text.strip() and value.strip()):
        lacking = "等号" if not equals else "冒号" if not colon else "渠道、年份或变动"
        sink.refuse(0, f"缺少{lacking}", sink.calendar.fill(SET_EXAMPLE))
        return None
    leaf = Leaf(text=years_text.strip(), line=0)
    dated = says_quarter(leaf.text)
    since = read_quarter(leaf, sink) if dated else None
    years = () if dated else read_years(leaf, sink)
    revision = _revision(value.strip(), sink)
    if years is None or revision is None or (dated and since is None):
        return None
    return EnvelopeChange(
        place=f"--set {option}",
        channels=(channel.strip(),),
        years=years,
        revisions=(revision,),
        since=since,
    )


def _revision(text: str, sink: Sink) -> Revision | None:
    """`-30%`, `+5%`, `-20亿` change; `0.7`, `70%` are factors; `120亿` is the new amount."""
    leaf = Leaf(text=text, line=0)
    signed = text[0] in "+-－＋"
    if signed:
        text = text.replace("－", "-").replace("＋", "+")
        leaf = Leaf(text=text, line=0)
        revision: Revision | None = RELATIVE_REVISION.read(leaf, sink)
    elif re.search(r"[亿万元]", text):
        revision = MONEY_REVISION.read(leaf, sink)
    else:
        revision = FACTOR_REVISION.read(leaf, sink)
    return revision


# --- `--sweep` options: `专项债券:2023=-50%..0%/10`, `全部统筹:2023-2025=-30%..0%/30`


SWEEP_EXAMPLE = (
    "请写“渠道:年份=从..到/段数”，如 专项债券:<first+2>=-50%..0%/10；全部统筹渠道写“全部统筹”"
)
MOST_STEPS = 1_000
#: Points of all options together.
MOST_POINTS = 5_000
#: Envelopes are swept up to ten times of what they are.
MOST_BPS = 9 * BPS
_RANGE = re.compile(
    r"(?P<low>[^.~～…/]+(?:\.\d+)?%)\s*(?:\.{2,3}|…{1,2}|~|～|至)\s*(?P<high>[^/]+)/(?P<steps>.+)"
)
_PERCENT = re.compile(r"[-+]?\d{1,4}(\.\d{1,2})?%")


def parse_sweeps(options: Iterable[str], calendar: Calendar = SHIPPED) -> tuple[SweepAxis, ...]:
    """The options as axes of a grid.

    Raises
    ------
    InputError
        Every option that can't be read, quoted, with the fix, or a grid of too many points.
        Unknown channels are told when the sweep is made.
    """
    axes: list[SweepAxis] = []
    problems: list[Problem] = []
    for option in options:
        sink = Sink(place=_quoting("--sweep", option), calendar=calendar)
        axis = _axis(option, sink)
        problems += sink.problems
        if axis is not None:
            axes.append(axis)
    points = math.prod(len(axis.changes_bps) for axis in axes)
    if not problems and points > MOST_POINTS:
        problems.append(
            Problem(
                place="--sweep",
                found=f"各项组合共 {points:,} 个点，超过 {MOST_POINTS:,} 个",
                fix="请减少段数，或少写一项 --sweep",
            )
        )
    if problems:
        raise InputError(dict.fromkeys(problems))
    return tuple(axes)


def parse_plan_years(text: str, option: str, calendar: Calendar = SHIPPED) -> tuple[int, ...]:
    """Years of an option, `2023` or `2023-2025`, all of them plan years.

    Raises
    ------
    InputError
        They can't be read or are past the plan.
    """
    sink = Sink(place=_quoting(option, text), calendar=calendar)
    years = _plan_years(text, sink)
    if years is None:
        raise InputError(sink.problems)
    return years


def _quoting(option: str, text: str) -> Callable[[int], str]:
    """The place of anything wrong in an option is the option."""
    return lambda _line: f"{option} {text}"


def _axis(option: str, sink: Sink) -> SweepAxis | None:
    # People type what their keyboard gives: full-width marks are taken too.
    head, equals, tail = option.translate(str.maketrans("＝：％／－＋．", "=:%/-+.")).partition("=")
    channel, colon, years_text = head.partition(":")
    if not (equals and colon and channel.strip() and years_text.strip() and tail.strip()):
        lacking = "等号" if not equals else "冒号" if not colon else "渠道、年份或变动范围"
        sink.refuse(0, f"缺少{lacking}", sink.calendar.fill(SWEEP_EXAMPLE))
        return None
    years = _plan_years(years_text.strip(), sink)
    changes = _changes(tail.strip(), sink)
    if years is None or changes is None:
        return None
    return SweepAxis(
        place=f"--sweep {option}", channel=channel.strip(), years=years, changes_bps=changes
    )


def _plan_years(text: str, sink: Sink) -> tuple[int, ...] | None:
    if text == "全部":
        return tuple(sink.calendar.plan_years)
    years = read_years(Leaf(text=text, line=0), sink)
    if years is None:
        return None
    if text.endswith("起"):
        years = tuple(year for year in years if year <= sink.calendar.last_plan_year)
    if not years or years[-1] > sink.calendar.last_plan_year:
        sink.refuse(
            0,
            f"年份“{text}”超出计划期",
            f"计划期为 {sink.calendar.first_year}–{sink.calendar.last_plan_year}，以后没有可调整的安排，请改年份",
        )
        return None
    return years


def _changes(text: str, sink: Sink) -> tuple[int, ...] | None:
    """`-50%..0%/10` as eleven changes in bps, from the first to the last."""
    match = _RANGE.fullmatch(text)
    if not match:
        sink.refuse(0, f"“{text}”不是变动范围", sink.calendar.fill(SWEEP_EXAMPLE))
        return None
    ends = [_percent(match[name].strip(), sink) for name in ("low", "high")]
    steps = match["steps"].strip()
    if not re.fullmatch(r"\d{1,6}", steps) or not 1 <= int(steps) <= MOST_STEPS:
        sink.refuse(0, f"段数“{steps}”不对", f"请写 1 到 {MOST_STEPS} 的整数，如 /10")
        return None
    low, high = ends
    if low is None or high is None:
        return None
    if low == high:
        sink.refuse(0, f"起点与终点同为 {match['low'].strip()}", "请写两个不同的变动，如 -50%..0%")
        return None
    count = int(steps)
    changes = tuple(low + (high - low) * step // count for step in range(count + 1))
    if len(set(changes)) <= count:
        sink.refuse(0, f"分 {count} 段后每段不足 0.01%", "请减少段数")
        return None
    return changes


def _percent(text: str, sink: Sink) -> int | None:
    """`-12.5%` as -1,250 bps."""
    if not _PERCENT.fullmatch(text):
        sink.refuse(0, f"“{text}”不是变动百分比", "请写如 -50%、-12.5%、0%（至多两位小数）")
        return None
    whole, _, part = text[:-1].lstrip("+-").partition(".")
    bps = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    bps = -bps if text.startswith("-") else bps
    if not -BPS <= bps <= MOST_BPS:
        sink.refuse(0, f"变动 {text} 超出范围", "额度最多减 100%、增 900%")
        return None
    return bps
