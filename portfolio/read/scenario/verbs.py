"""The verbs of scenario files: what they take is declared here and in what they are made from.

The reader, the published schema and the page of verbs follow this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.items import STAGES, Item
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.reallocation.settings import Aim
from portfolio.model.scenarios import verbs
from portfolio.model.scenarios.setting_verbs import (
    CHANNEL_AND_ITEM_VERBS,
    LARGEST_WEIGHT,
    RULE_VERBS,
    WEIGHTS_EXAMPLE,
)
from portfolio.model.schema import Cell, Column, Sheet
from portfolio.model.schema.layout import Said
from portfolio.model.schema.plan import GATES, ITEMS, OF_AN_OFFICE
from portfolio.model.schema.risk import REGISTER
from portfolio.read.scenario.types import (
    CHANNELS_FIELD,
    FACTOR,
    FACTOR_REVISION,
    ITEMS_FIELD,
    KNOWN_YEARS,
    MEANT_MONEY,
    MONEY,
    MONEY_REVISION,
    NAMES,
    ONE_YEAR,
    PART,
    PERCENT_CHANGE,
    QUARTER,
    RELATIVE_REVISION,
    SELECTOR,
    SHARES,
    TARGET_YEARS_FIELD,
    TEXT,
    TEXTS,
    YEARS_FIELD,
    Field,
    ValueType,
    Verb,
    ascending,
    choice,
    decimal,
    each_once,
    exactly,
    one_or_each,
    whole_number,
    whole_of,
    without,
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

# --- Verbs that only set cells: their fields are made from their declaration


_BY_CELL = {
    Cell.TEXT: TEXT,
    Cell.YEAR: ONE_YEAR,
    Cell.MONEY: MONEY,
    Cell.SHARE: PART,
    Cell.FACTOR: FACTOR,
    Cell.CHANGE: PERCENT_CHANGE,
}
#: Values of several numbers, by column key.
_SEVERAL = {
    "release_bps": exactly(4, FACTOR, "[15%, 22%, 26%, 37%]", "四个季度的比例"),
    "aims": each_once({aim.value: aim for aim in Aim}),
    "class_weights": exactly(4, whole_number(1, LARGEST_WEIGHT), WEIGHTS_EXAMPLE),
}


def type_of(column: Column, said: Said) -> ValueType:
    """The kind of value a column takes in a scenario: its kind of cell, bounds and choices."""
    if column.key in _SEVERAL:
        kind = _SEVERAL[column.key]
        return without(said.flaw, kind) if said.flaw else kind
    low, high, cell = column.least or 0, column.most or 0, said.cell or column.cell
    if cell is Cell.INTEGER:
        kind = whole_of(column, beyond=said.beyond)
    elif cell in (Cell.RATIO, Cell.NUMBER):
        kind = decimal(low, high, percent=said.percent or cell is Cell.RATIO)
    elif cell is Cell.CHOICE:
        inside = dict(zip(map(str, column.choices), column.means or column.choices, strict=True))
        first, second, *_ = (*inside, "", "")
        truth = (first, second) if said.truth else None
        kind = choice(inside, aliases=dict(said.also), truth=truth)
    else:
        kind = TEXTS if column.many else _BY_CELL[cell]
        if cell is Cell.MONEY and said is column.set_as:
            kind = MEANT_MONEY
    return one_or_each(kind) if said.each else kind


def fields_of(sheet: Sheet, into: dict[str, str] | None = None) -> tuple[Field, ...]:
    """The columns of a sheet that a row is given where a verb adds one.

    into : attributes of the change that are called otherwise than the column
    """
    return tuple(
        Field(
            key=said.word,
            into=(into or {}).get(column.key, column.key),
            type=type_of(column, said),
            about=said.about,
            required=said.needed,
            default=said.default,
            was=said.was,
        )
        for column in sheet.columns
        if (said := column.added_as)
    )


_QUARTERS = (
    Field(
        key="自",
        into="first_quarter",
        type=QUARTER,
        required=True,
        about="起始季度，如 <first+5>Q1、T+1Q1",
    ),
    Field(
        key="季度数",
        into="quarters",
        type=whole_number(1, PLAY_QUARTERS),
        required=True,
        about="持续几个季度",
    ),
)
_CLASSES = Field(
    key="风险类别",
    into="names",
    type=NAMES,
    required=True,
    about="风险参数表中的名称（如 医院）或代码（如 hospital），可写多个，或 全部",
)
_CHANNELS = replace(CHANNELS_FIELD, into="names")
_ONE_CHANNEL = Field(
    key="渠道", into="one", type=TEXT, required=True, about="资金渠道：代码、名称或名称中独有的一段"
)
_OTHER_CHANNEL = replace(_ONE_CHANNEL, key="与", into="other", about="另一个资金渠道")
_WHOSE = {
    verbs.Of.ITEMS: (ITEMS_FIELD,),
    verbs.Of.ITEMS_IN_QUARTERS: (ITEMS_FIELD, *_QUARTERS),
    verbs.Of.CHANNELS: (_CHANNELS,),
    verbs.Of.CHANNELS_IN_YEARS: (_CHANNELS, YEARS_FIELD),
    verbs.Of.YEARS: (TARGET_YEARS_FIELD,),
    verbs.Of.RISK_CLASSES: (_CLASSES,),
    verbs.Of.PAIR: (_ONE_CHANNEL, _OTHER_CHANNEL),
    verbs.Of.ALL: (),
}


def _stage_field(stage: str | None) -> Field:
    return Field(
        key="阶段",
        into="stage",
        type=choice({stage: stage for stage in STAGES}),
        required=stage is None,
        default=stage,
        about=f"{'、'.join(STAGES[:-1])} 或 {STAGES[-1]}" + (f"（默认：{stage}）" if stage else ""),
    )


def setting_verbs(declared: Iterable[verbs.SettingVerb]) -> tuple[Verb, ...]:
    """Verbs with their fields: whose cells, then the values."""
    return tuple(_verb(one) for one in declared)


def _verb(declared: verbs.SettingVerb) -> Verb:
    order = declared.page_order or tuple(column.key for column in declared.columns)
    columns = sorted(declared.columns, key=lambda column: order.index(column.key))
    values = tuple(
        Field(
            key=said.word,
            into=said.word,
            type=type_of(column, said),
            about=said.about,
            required=len(columns) == 1,
        )
        for column in columns
        if (said := column.set_as)
    )
    stage = (_stage_field(declared.stage),) if declared.of is verbs.Of.STAGE else ()
    return Verb(
        key=declared.key,
        about=declared.about,
        example=declared.example,
        make=_maker(declared),
        value=values[0] if declared.bare else None,
        fields=() if declared.bare else (*_WHOSE.get(declared.of, stage), *values),
        exactly_one=declared.one_of,
        was=declared.was,
    )


def _maker(declared: verbs.SettingVerb) -> Callable[..., verbs.Change]:
    key_of = {column.set_as.word: column.key for column in declared.columns if column.set_as}

    def make(*, place: str, **given: Any) -> verbs.Change:
        values = [(key, given.pop(word)) for word, key in key_of.items()]
        names = [given.pop(key) for key in ("stage", "one", "other") if key in given]
        whose: dict[str, Any] = {"names": tuple(names)} if names else {}
        return verbs.Put(
            place=place,
            verb=declared.key,
            values=(*declared.always, *((k, v) for k, v in values if v is not None)),
            **whose,
            **given,
        )

    return make


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


def _add_item(
    *,
    place: str,
    shares: tuple[verbs.AddedShare, ...],
    known_years_wan: tuple[tuple[int, int], ...],
    **attributes: Any,
) -> verbs.Change:
    unsaid = {c.key for c in ITEMS.columns if not c.added_as} - {c.key for c in OF_AN_OFFICE}
    others: dict[str, Any] = dict.fromkeys(unsaid)
    return verbs.AddItem(
        place=place,
        item=Item(**others, **attributes),
        shares=shares,
        known_years_wan=known_years_wan,
    )


*_KNOWN, _PROVENANCE = fields_of(ITEMS)
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


def _envelope(
    *, factors: Any, relatives: Any, amounts: Any, years: Any, **rest: Any
) -> verbs.Change:
    revisions = factors or relatives or amounts
    return verbs.EnvelopeChange(revisions=revisions, years=years or (), **rest)


def _planned(*, item: str, **rest: Any) -> verbs.Change:
    return verbs.PlannedMoney(selector=verbs.Selector.items(item), **rest)


def _of_register(key: str) -> ValueType:
    return type_of(REGISTER.column(key), Said(word="", about=""))


SINCE = Field(
    key="自",
    into="since",
    type=QUARTER,
    about="年内的冲击发生在哪一季，如 <first+5>Q2、TQ3：该季及以前照常下达，当年其后各季下达的乘以系数"
    "（只可减），从未下达的年末收回；以后各年不变，也要改的写在“年份”里",
)
#: What to do instead where a verb has no date inside a year.
_UNDATED = {
    "造价": "造价系数作用于大项的全部投资：请去掉“自”；只涨未完成部分的，请把系数按未完成的比例折算",
    "工期": "工期系数作用于大项的全部工期：请去掉“自”；某一季起变慢的，请用“施工进度”",
    "贷款到位": "贷款到位按年设定：请用“年份”；年内资本金少到的，贷款自会随之减少",
    "渠道延迟": "延迟按年设定：请用“年份”；某一季起少下达的，请用“渠道额度”写“自”",
    "下达节奏": "下达节奏按年设定：请用“年份”写四个季度的比例",
}


ENVELOPE = Verb(
    key="渠道额度",
    about="改渠道的年度额度；上级指定和专属渠道可只改某些大项",
    example="- 渠道额度: {渠道: 专项债券, 年份: <first+3>-<first+4>, 变动: -20%}",
    make=_envelope,
    exactly_one=("系数", "变动", "金额"),
    at_least_one=("年份", "自"),
    fields=(
        CHANNELS_FIELD,
        replace(YEARS_FIELD, required=False),
        SINCE,
        Field(
            key="系数",
            into="factors",
            type=one_or_each(FACTOR_REVISION),
            about="为原额度的几倍，如 0.7 或 70%；可每年一个",
        ),
        Field(
            key="变动",
            into="relatives",
            type=one_or_each(RELATIVE_REVISION, of_amounts=True),
            about="如 -30% 或 -20亿；可每年一个",
        ),
        Field(
            key="金额",
            into="amounts",
            type=one_or_each(MONEY_REVISION, of_amounts=True),
            about="改为多少，如 120亿（不写单位为亿元）；不到原来的 1/100 或超过 100 倍的须加“!”，如 300万!；可每年一个",
        ),
        Field(
            key="部分",
            into="part",
            type=choice({part.value: part for part in verbs.Part}),
            default=verbs.Part.BOTH,
            about="额度、待分配资金 或 合计（默认：合计；系数和百分数乘在计划所需上，减了多少，待分配资金也减多少，至 0 为止，增加时不变；写金额的两部分同比例）",
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
    fields=fields_of(GATES, into={"pred_no": "pred", "succ_no": "succ", "strength": "hard"}),
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
            about="计划年（首年起 15 年），如 <first+2>、<first+2>-<first+4>，或它们的列表",
        ),
        Field(
            key="金额",
            into="amounts_wan",
            type=one_or_each(MEANT_MONEY, of_amounts=True),
            required=True,
            about="计划多少，如 60亿（不写单位为亿元）；不到原来的 1/100 或超过各年最多的 100 倍的须加“!”；可每年一个；"
            "各年合计不得超过大项总额，少的部分顺延到最后一个计划年以后",
        ),
    ),
)
ADDED_RISK = Verb(
    key="新增风险",
    about=f"在风险清单之外增加一个风险，发生时所选大项一起受影响；{verbs.ONLY_STRESS}",
    example="- 新增风险: {编号: R01, 名称: 文物勘探延误, 概率: 20%, 大项: {风险组: RAIL}, "
    "造价: [0%, 2%, 5%], 工期: [1, 2, 4]}",
    make=verbs.AddRisk,
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
    *setting_verbs(verbs.RISK_VERBS),
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


def read_change(tree: Tree, sink: Sink) -> verbs.Change | None:
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
    entries = known_entries(_undated(verb, tree, sink), keys, sink, f"“{verb.key}”", former)
    missing = [field.key for field in verb.fields if field.required and field.key not in entries]
    if verb.at_least_one and not set(verb.at_least_one) & set(entries):
        missing = [key for key in keys if key in (*missing, verb.at_least_one[0])]
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


def _undated(verb: Verb, tree: Mapping, sink: Sink) -> Mapping:
    """The entries without 自 where a verb has none, after it is told what dates can't do."""
    if SINCE.key in {field.key for field in verb.fields}:
        return tree
    for key, _ in tree.entries:
        if key.text == SINCE.key:
            fix = _UNDATED.get(verb.key, "请去掉“自”；年内的冲击只有“渠道额度”能写")
            sink.refuse(key.line, f"“{verb.key}”不能写“自”", fix)
    return replace(tree, entries=tuple(e for e in tree.entries if e[0].text != SINCE.key))


def _if_clean(values: dict[str, Any], before: int, sink: Sink) -> dict[str, Any] | None:
    return values if len(sink.problems) == before else None
