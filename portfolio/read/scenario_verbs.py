"""The verbs of scenario files, declared once: the reader and the published schema follow this."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.gates import GateType
from portfolio.model.items import TargetKind
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.scenarios import changes as verbs
from portfolio.model.scenarios.changes import Change
from portfolio.model.sheets.plan_sheets import GATE_TYPES, HARD, SOFT
from portfolio.read.scenario_channel_verbs import CHANNEL_VERBS
from portfolio.read.scenario_fields import FACTORS_FIELD, TARGET_YEARS_FIELD, Field, Verb
from portfolio.read.scenario_item_verbs import ITEM_VERBS
from portfolio.read.scenario_repair_verbs import REPAIR_VERBS
from portfolio.read.scenario_risk_verbs import RISK_VERBS
from portfolio.read.scenario_tree import (
    Leaf,
    Mapping,
    Sink,
    Tree,
    colon_hint,
    known_entries,
    tree_text,
)
from portfolio.read.scenario_types import FACTOR, MONEY, NAMES, TEXT, choice, whole_number

#: Types of gates as the workbook's drop-down has them, and the shorter words for them.
GATE_LABELS = {label: GateType(code) for code, label in GATE_TYPES.items()}
GATE_WORDS = {
    word: kind
    for label, kind in GATE_LABELS.items()
    for word in (label.partition("（")[0], kind.value)
}

VERB_TEMPLATES: tuple[Verb, ...] = (
    *CHANNEL_VERBS,
    *ITEM_VERBS,
    Verb(
        key="前置条件",
        about="改一条前置条件（按编号，或按两端），或新增一条",
        example="- 前置条件: {前项: 4, 后项: 11, 前项达到: 30%, 强度: 硬约束}",
        make=verbs.GateSet,
        fields=(
            Field(key="编号", into="id", type=TEXT, about="如 E046"),
            Field(key="前项", into="pred", type=TEXT, about="大项编号或名称"),
            Field(key="后项", into="succ", type=TEXT, about="大项编号或名称"),
            Field(
                key="类型",
                into="type",
                type=choice(GATE_LABELS, aliases=GATE_WORDS),
                about=f"{'、'.join(GATE_LABELS)} 之一，也可只写括号前或括号里的字；"
                "同步开工：前项动工即放行；完成后收尾：前项完成前，后项不得超过后项上限",
            ),
            Field(
                key="前项达到",
                into="fraction_bps",
                type=FACTOR,
                about="前项“<period>”投资的完成比例，如 25%",
            ),
            Field(
                key="后项上限",
                into="holds_bps",
                type=FACTOR,
                about="条件达到前，后项最多完成“<period>”投资的比例；0 为不得开工",
            ),
            Field(
                key="滞后季度",
                into="lag_quarters",
                type=whole_number(0, PLAY_QUARTERS),
                about="达到后再过几个季度",
            ),
            Field(
                key="强度",
                into="hard",
                type=choice({HARD: True, SOFT: False}, aliases={"硬": True, "软": False}),
                about=f"{HARD} 或 {SOFT}（也可只写 硬、软）",
            ),
            Field(key="原因", into="reason", type=TEXT, about="为什么"),
        ),
    ),
    Verb(
        key="取消前置条件",
        about="去掉一条、几条或全部前置条件",
        example="- 取消前置条件: 22→27",
        make=verbs.GateDrop,
        value=Field(
            key="取消前置条件",
            into="gates",
            type=NAMES,
            about="编号（如 E046）、两端（如 22→27）或 全部；可写多个",
        ),
    ),
    Verb(
        key="软前置条件",
        about="软前置条件是否也生效",
        example="- 软前置条件: 生效",
        make=verbs.SoftGates,
        value=Field(
            key="软前置条件",
            into="bind",
            type=choice({"生效": True, "不生效": False}, truth=("生效", "不生效")),
            about="生效 或 不生效",
        ),
    ),
    Verb(
        key="分配方式",
        about="统筹资金不够时，同一优先级内怎么分",
        example="- 分配方式: 按顺序",
        make=verbs.AllotmentPolicy,
        value=Field(
            key="分配方式",
            into="in_order",
            type=choice({"按比例": False, "按顺序": True}),
            about="按比例 或 按顺序（表中先后）",
        ),
    ),
    Verb(
        key="资金替代",
        about="一个统筹渠道不够时，可否由大项适用的其他统筹渠道顶上",
        example="- 资金替代: 可替代",
        make=verbs.SubstitutionPolicy,
        value=Field(
            key="资金替代",
            into="allowed",
            type=choice({"不替代": False, "可替代": True}),
            about="不替代 或 可替代",
        ),
    ),
    Verb(
        key="年度目标",
        about="改年度目标的金额或类型",
        example="- 年度目标: {年份: <first+3>-<first+4>, 类型: 区间, 金额: 3600亿, 上限金额: 4000亿}",
        make=verbs.TargetChange,
        fields=(
            TARGET_YEARS_FIELD,
            Field(key="金额", into="target_wan", type=MONEY, about="亿元；区间的下端"),
            Field(
                key="类型",
                into="kind",
                type=choice({kind.value: kind for kind in TargetKind}),
                about="下限、上限 或 区间",
            ),
            Field(key="上限金额", into="upper_wan", type=MONEY, about="区间的上端，亿元"),
        ),
    ),
    Verb(
        key="入列系数",
        about="清单投资折算为市重点口径的比例",
        example="- 入列系数: {年份: <first+5>-<plan_end>, 系数: 0.65}",
        make=verbs.InclusionFactor,
        fields=(TARGET_YEARS_FIELD, FACTORS_FIELD),
    ),
    *REPAIR_VERBS,
    *RISK_VERBS,
)
VERB_BY_KEY = {verb.key: verb for verb in VERB_TEMPLATES}


@cache
def verbs_of(calendar: Calendar) -> tuple[Verb, ...]:
    """The verbs as a calendar's scenario files write them: keys, helps and examples filled."""
    return tuple(_filled(verb, calendar) for verb in VERB_TEMPLATES)


def _filled(verb: Verb, calendar: Calendar) -> Verb:
    fields = tuple(_filled_field(field, calendar) for field in verb.fields)
    value = None if verb.value is None else _filled_field(verb.value, calendar)
    return replace(verb, example=calendar.fill(verb.example), fields=fields, value=value)


def _filled_field(field: Field, calendar: Calendar) -> Field:
    return replace(field, key=calendar.fill(field.key), about=calendar.fill(field.about))


def read_change(tree: Tree, sink: Sink) -> Change | None:
    """One entry of the list 变更: a verb and what belongs to it; None after a problem."""
    if not isinstance(tree, Mapping) or not tree.entries:
        found = f"一处变更应为“动作: 内容”，却是{tree_text(tree)}"
        example = sink.calendar.fill(
            "请写如“- 渠道延迟: {渠道: 专项债券, 年份: <first+2>, 季度数: 1}”"
        )
        sink.refuse(tree.line, found, example + colon_hint(tree))
        return None
    first, held = tree.entries[0]
    if (
        len(tree.entries) > 1
        and first.text in VERB_BY_KEY
        and isinstance(held, Leaf)
        and held.empty
    ):
        # The verb's keys stand level with the verb: one problem, not one for each of them.
        found = f"“{first.text}”的内容没有缩进"
        sink.refuse(first.line, found, f"请把“{tree.entries[1][0].text}”等各行再缩进两格")
        return None
    if len(tree.entries) > 1:
        names = "、".join(key.text for key, _ in tree.entries)
        fix = "每处变更只写一个动作，以“- ”另起一条；动作的内容请再缩进两格"
        sink.refuse(tree.line, f"一处变更里写了 {len(tree.entries)} 个键：{names}", fix)
    entries = known_entries(tree, tuple(VERB_BY_KEY), sink, "变更")
    for key, value in entries.values():
        verb = _filled(VERB_BY_KEY[key.text], sink.calendar)
        given = _given(verb, key, value, sink)
        if given is not None and len(tree.entries) == 1:
            return verb.make(place=sink.place(key.line), **given)
    return None


def _given(verb: Verb, key: Leaf, tree: Tree, sink: Sink) -> dict[str, Any] | None:
    """Attributes of the change as written and by default; None after a problem."""
    before = len(sink.problems)
    if verb.value is not None:
        return _if_clean({verb.value.into: verb.value.type.read(tree, sink)}, before, sink)
    keys = tuple(field.key for field in verb.fields)
    if not isinstance(tree, Mapping):
        fix = f"请在下面缩进写：{'、'.join(keys[:6])}{' 等' if len(keys) > 6 else ''}"
        sink.refuse(
            tree.line, f"“{verb.key}”后应为一组键值，却是{tree_text(tree)}", fix + colon_hint(tree)
        )
        return None
    entries = known_entries(tree, keys, sink, f"“{verb.key}”")
    missing = [field.key for field in verb.fields if field.required and field.key not in entries]
    if missing:
        sink.refuse(key.line, f"“{verb.key}”缺少“{'”“'.join(missing)}”", "请补上")
    given_of = [name for name in verb.exactly_one if name in entries]
    if verb.exactly_one and len(given_of) != 1:
        said = f"同时写了 {'、'.join(given_of)}" if given_of else "没有写要变多少"
        fix = f"{'、'.join(verb.exactly_one)} 请写且只写一个"
        sink.refuse(key.line, f"“{verb.key}”{said}", fix)
    values = {
        field.into: field.type.read(entries[field.key][1], sink)
        if field.key in entries
        else field.default
        for field in verb.fields
    }
    return _if_clean(values, before, sink)


def _if_clean(values: dict[str, Any], before: int, sink: Sink) -> dict[str, Any] | None:
    return values if len(sink.problems) == before else None
