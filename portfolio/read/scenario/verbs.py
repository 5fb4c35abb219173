"""The verbs of scenario files: what they take is declared here and in what they are made from.

The reader, the published schema and the page of verbs follow this.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.gates import GateType
from portfolio.model.items import Item
from portfolio.model.scenarios import verbs
from portfolio.model.scenarios.setting_verbs import CHANNEL_AND_ITEM_VERBS, RULE_VERBS
from portfolio.model.scenarios.verbs import (
    ONLY_STRESS,
    RISK_VERBS,
    AddedShare,
    AddRisk,
    Change,
    Part,
    PlannedMoney,
    Selector,
)
from portfolio.model.schema.layout import Said
from portfolio.model.schema.plan import GATE_TYPES, GATES, HARD, ITEMS, SOFT
from portfolio.model.schema.risk import REGISTER
from portfolio.read.scenario.setting_verbs import setting_verbs, type_of
from portfolio.read.scenario.types import (
    CHANNELS_FIELD,
    FACTOR,
    FACTOR_REVISION,
    ITEMS_FIELD,
    KNOWN_YEARS,
    MONEY,
    MONEY_REVISION,
    NAMES,
    RELATIVE_REVISION,
    SELECTOR,
    SHARES,
    TEXT,
    YEARS_FIELD,
    Field,
    ValueType,
    Verb,
    ascending,
    choice,
    one_or_each,
    whole_of,
)
from portfolio.read.scenario.values import (
    Leaf,
    Mapping,
    Sink,
    Tree,
    colon_hint,
    known_entries,
    tree_text,
)

# --- The verbs that take items out of the list and add one to it


_NOT_IN_SHEET = (
    Field(
        key="资金结构",
        into="shares",
        type=SHARES,
        required=True,
        about="渠道: 份额，或 渠道: [份额, 上限]；份额合计 100%",
    ),
    Field(
        key="年度计划",
        into="known_years_wan",
        type=KNOWN_YEARS,
        default=(),
        about="已知的各年投资，年份: 金额；其余年份按投资节奏",
    ),
)


def _attributes() -> tuple[Field, ...]:
    """The columns of 项目清单 that an added item is given."""
    return tuple(
        Field(
            key=said.word,
            into=column.key,
            type=type_of(column, said),
            about=said.about,
            required=said.needed,
            default=said.default,
            was=said.was,
        )
        for column in ITEMS.columns
        if (said := column.added_as)
    )


def _add_item(
    *,
    place: str,
    shares: tuple[AddedShare, ...],
    known_years_wan: tuple[tuple[int, int], ...],
    **attributes: Any,
) -> Change:
    others: dict[str, Any] = {c.key: None for c in ITEMS.columns if not c.added_as}
    return verbs.AddItem(
        place=place,
        item=Item(**others, **attributes),
        shares=shares,
        known_years_wan=known_years_wan,
    )


*_KNOWN, _PROVENANCE = _attributes()
ITEM_VERBS: tuple[Verb, ...] = (
    Verb(
        key="取消大项",
        about="把大项移出清单，连同其前置条件、计划和专属额度；统筹额度不变",
        example="- 取消大项: 城市轨道交通",
        make=verbs.CancelItem,
        value=Field(key="取消大项", into="selector", type=SELECTOR, about=ITEMS_FIELD.about),
    ),
    Verb(
        key="新增大项",
        about="增加一个大项，计划按基准规则编排；统筹额度不变",
        example="- 新增大项: {编号: 59, 名称: 新医院, 工程: 民生福祉工程, 总投资: 30亿, "
        "<period>投资: 20亿, 优先级: 2, 风险类别: 医院, 阶段: 可研, 投资节奏: 新开工, "
        "资金结构: {一般公共预算: 60%, 专项债券: 40%}}",
        make=_add_item,
        fields=(*_KNOWN, *_NOT_IN_SHEET, _PROVENANCE),
    ),
)


# --- The verbs of scenario files: what they take is declared here and in what they are made from


#: Types of gates as the workbook's drop-down has them, and the shorter words for them.
GATE_LABELS = {label: GateType(code) for code, label in GATE_TYPES.items()}
GATE_WORDS = {
    word: kind
    for label, kind in GATE_LABELS.items()
    for word in (label.partition("（")[0], kind.value)
}


def _envelope(*, factors: Any, relatives: Any, amounts: Any, **rest: Any) -> Change:
    return verbs.EnvelopeChange(revisions=factors or relatives or amounts, **rest)


def _planned(*, item: str, **rest: Any) -> Change:
    return PlannedMoney(selector=Selector.items(item), **rest)


def _of_register(key: str) -> ValueType:
    return type_of(REGISTER.column(key), Said(word="", about=""))


ENVELOPE = Verb(
    key="渠道额度",
    about="改渠道的年度额度；上级指定和专属渠道可只改某些大项",
    example="- 渠道额度: {渠道: 专项债券, 年份: <first+3>-<first+4>, 变动: -20%}",
    make=_envelope,
    exactly_one=("系数", "变动", "金额"),
    fields=(
        CHANNELS_FIELD,
        YEARS_FIELD,
        Field(
            key="系数",
            into="factors",
            type=one_or_each(FACTOR_REVISION),
            about="为原额度的几倍，如 0.7 或 70%；可每年一个",
        ),
        Field(
            key="变动",
            into="relatives",
            type=one_or_each(RELATIVE_REVISION),
            about="如 -30% 或 -20亿；可每年一个",
        ),
        Field(
            key="金额",
            into="amounts",
            type=one_or_each(MONEY_REVISION),
            about="改为多少，如 120亿（不写单位为亿元）；可每年一个",
        ),
        Field(
            key="部分",
            into="part",
            type=choice({part.value: part for part in Part}),
            default=Part.BOTH,
            about="额度、待分配资金 或 合计（默认：合计，两部分同比例）",
        ),
        Field(
            key="大项",
            into="selector",
            type=SELECTOR,
            about="只改这些大项的额度（限上级指定和专属渠道）",
        ),
    ),
)
GATE = Verb(
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
            type=whole_of(GATES.column("lag_quarters")),
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
)
NO_GATE = Verb(
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
)
PLANNED_MONEY = Verb(
    key="计划安排",
    about="改大项某渠道各年的计划金额，推演按改后的计划走；年度额度不随之改",
    example="- 计划安排: {大项: 城市轨道交通, 渠道: 专项债券, 年份: <first+3>-<first+4>, "
    "金额: [60亿, 55亿]}",
    make=_planned,
    fields=(
        Field(
            key="大项",
            into="item",
            type=TEXT,
            required=True,
            about="一个大项：编号、名称或名称中唯一的一段",
        ),
        Field(
            key="渠道",
            into="channel",
            type=TEXT,
            required=True,
            about="一个资金渠道，须在大项的资金结构里：代码、名称或名称中独有的一段",
        ),
        Field(
            key="年份",
            into="years",
            type=YEARS_FIELD.type,
            required=True,
            about="<first>–<plan_end> 年，如 <first+2>、<first+2>-<first+4>，或它们的列表",
        ),
        Field(
            key="金额",
            into="amounts_wan",
            type=one_or_each(MONEY),
            required=True,
            about="计划多少，如 60亿（不写单位为亿元）；可每年一个；"
            "各年合计不得超过大项总额，少的部分顺延到 <plan_end> 年以后",
        ),
    ),
)
ADDED_RISK = Verb(
    key="新增风险",
    about=f"在风险清单之外增加一个风险，发生时所选大项一起受影响；{ONLY_STRESS}",
    example="- 新增风险: {编号: R01, 名称: 文物勘探延误, 概率: 20%, 大项: {风险组: RAIL}, "
    "造价: [0%, 2%, 5%], 工期: [1, 2, 4]}",
    make=AddRisk,
    fields=(
        Field(key="编号", into="id", type=TEXT, required=True, about="未用过的编号，如 R01"),
        Field(key="名称", into="name", type=TEXT, required=True, about="风险的名称"),
        Field(
            key="概率",
            into="probability",
            type=_of_register("probability"),
            required=True,
            about="整个推演期内发生的概率，如 20%",
        ),
        ITEMS_FIELD,
        Field(
            key="造价",
            into="cost",
            type=ascending(_of_register("cost_low")),
            default=(0.0, 0.0, 0.0),
            about="占大项造价的比例：[最低, 最可能, 最高]，或一个数；负数为节省；不写为 0",
        ),
        Field(
            key="工期",
            into="quarters",
            type=ascending(_of_register("quarters_low")),
            default=(0.0, 0.0, 0.0),
            about="增加几个季度：[最低, 最可能, 最高]，或一个数；负数为缩短；不写为 0",
        ),
        Field(key="依据", into="provenance", type=TEXT, default="", about="数从何来"),
    ),
)

VERB_TEMPLATES: tuple[Verb, ...] = (
    ENVELOPE,
    *setting_verbs(CHANNEL_AND_ITEM_VERBS),
    *ITEM_VERBS,
    GATE,
    NO_GATE,
    *setting_verbs(RULE_VERBS),
    PLANNED_MONEY,
    *setting_verbs(RISK_VERBS),
    ADDED_RISK,
)
VERB_BY_KEY = {verb.key: verb for verb in VERB_TEMPLATES}
_FORMER = {word: verb.key for verb in VERB_TEMPLATES for word in verb.was}


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
        and first.text in {*VERB_BY_KEY, *_FORMER}
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
    entries = known_entries(tree, tuple(VERB_BY_KEY), sink, "变更", _FORMER)
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
    former = {word: field.key for field in verb.fields for word in field.was}
    entries = known_entries(tree, keys, sink, f"“{verb.key}”", former)
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
