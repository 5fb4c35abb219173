"""`--set` options as changes: `专项债券:2023=-30%`, `土地出让:2023-2025=0.7`, `SPB:2024=120亿`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.problems import InputError, Problem
from portfolio.model.scenarios.changes import Change, EnvelopeChange, Revision
from portfolio.model.scenarios.scenario import Layer, Scenario
from portfolio.read.scenario_tree import Leaf, Sink
from portfolio.read.scenario_types import FACTOR_REVISION, MONEY_REVISION, RELATIVE_REVISION
from portfolio.read.scenario_values import read_years

EXAMPLE = (
    "请写“渠道:年份=变动”，如 专项债券:<first+2>=-30%、土地出让:<first+2>-<first+4>=0.7、"
    "一般公共预算:<first+3>=120亿"
)


def parse_sets(options: Iterable[str], calendar: Calendar = SHIPPED) -> Scenario | None:
    """The options as one scenario of one layer, to be merged last; None when there are none.

    Raises
    ------
    InputError
        Every option that can't be read, quoted, with the fix. Unknown channels are told when
        the scenario is applied.
    """
    changes: list[Change | None] = []
    problems: list[Problem] = []
    for option in options:
        sink = Sink(place=_quoting(option), calendar=calendar)
        changes.append(_change(option, sink))
        problems += sink.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    if not changes:
        return None
    layer = Layer(name="--set", changes=tuple(change for change in changes if change is not None))
    said = "；".join(change.place.removeprefix("--set ") for change in layer.changes)
    name = f"临时设定 {said}"
    return Scenario(name=name, title=name, source="命令行 --set", layers=(layer,))


def _quoting(option: str) -> Callable[[int], str]:
    """The place of anything wrong in an option is the option."""
    return lambda _line: f"--set {option}"


def _change(option: str, sink: Sink) -> Change | None:
    # People type what their keyboard gives: full-width colon and equals sign are taken too.
    head, equals, value = option.replace("＝", "=").partition("=")
    channel, colon, years_text = head.replace("：", ":").partition(":")
    if not (equals and colon and channel.strip() and years_text.strip() and value.strip()):
        lacking = "等号" if not equals else "冒号" if not colon else "渠道、年份或变动"
        sink.refuse(0, f"缺少{lacking}", sink.calendar.fill(EXAMPLE))
        return None
    years = read_years(Leaf(text=years_text.strip(), line=0), sink)
    revision = _revision(value.strip(), sink)
    if years is None or revision is None:
        return None
    return EnvelopeChange(
        place=f"--set {option}",
        channels=(channel.strip(),),
        years=years,
        revisions=(revision,),
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
