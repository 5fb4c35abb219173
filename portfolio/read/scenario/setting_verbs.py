"""The verbs that only set cells, as the reader takes them: made from their declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from portfolio.model.items import STAGES
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.reallocation.settings import Aim
from portfolio.model.scenarios.setting_verbs import LARGEST_WEIGHT, WEIGHTS_EXAMPLE
from portfolio.model.scenarios.verbs import Change, Of, Put, SettingVerb
from portfolio.model.schema import Cell, Column
from portfolio.model.schema.layout import Said
from portfolio.read.scenario.types import (
    CHANNELS_FIELD,
    FACTOR,
    ITEMS_FIELD,
    MONEY,
    NAMES,
    PART,
    PERCENT_CHANGE,
    QUARTER,
    RELEASE,
    TARGET_YEARS_FIELD,
    TEXT,
    TEXTS,
    YEARS_FIELD,
    Field,
    ValueType,
    Verb,
    choice,
    decimal,
    each_once,
    exactly,
    one_or_each,
    whole_number,
    whole_of,
)

_BY_CELL = {
    Cell.TEXT: TEXT,
    Cell.MONEY: MONEY,
    Cell.SHARE: PART,
    Cell.FACTOR: FACTOR,
    Cell.CHANGE: PERCENT_CHANGE,
}
#: Values of several numbers, by column key.
_SEVERAL = {
    "release_bps": RELEASE,
    "aims": each_once({aim.value: aim for aim in Aim}),
    "class_weights": exactly(4, whole_number(1, LARGEST_WEIGHT), WEIGHTS_EXAMPLE),
}


def type_of(column: Column, said: Said) -> ValueType:
    """The kind of value a column takes in a scenario: its kind of cell, bounds and choices."""
    if column.key in _SEVERAL:
        return _SEVERAL[column.key]
    low, high = column.least or 0, column.most or 0
    if column.cell is Cell.INTEGER:
        kind = whole_of(column, beyond=said.beyond)
    elif column.cell in (Cell.RATIO, Cell.NUMBER):
        kind = decimal(low, high, percent=said.percent or column.cell is Cell.RATIO)
    elif column.cell is Cell.CHOICE:
        inside = dict(zip(map(str, column.choices), column.means or column.choices, strict=True))
        first, second, *_ = (*inside, "", "")
        kind = choice(inside, truth=(first, second) if said.truth else None)
    else:
        kind = TEXTS if column.many else _BY_CELL[column.cell]
    return one_or_each(kind) if said.each else kind


_QUARTERS = (
    Field(
        key="自",
        into="first_quarter",
        type=QUARTER,
        required=True,
        about="起始季度，如 <first+5>Q1",
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
    Of.ITEMS: (ITEMS_FIELD,),
    Of.ITEMS_IN_QUARTERS: (ITEMS_FIELD, *_QUARTERS),
    Of.CHANNELS: (_CHANNELS,),
    Of.CHANNELS_IN_YEARS: (_CHANNELS, YEARS_FIELD),
    Of.YEARS: (TARGET_YEARS_FIELD,),
    Of.RISK_CLASSES: (_CLASSES,),
    Of.PAIR: (_ONE_CHANNEL, _OTHER_CHANNEL),
    Of.ALL: (),
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


def setting_verbs(declared: Iterable[SettingVerb]) -> tuple[Verb, ...]:
    """Verbs with their fields: whose cells, then the values."""
    return tuple(_verb(one) for one in declared)


def _verb(declared: SettingVerb) -> Verb:
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
    stage = (_stage_field(declared.stage),) if declared.of is Of.STAGE else ()
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


def _maker(declared: SettingVerb) -> Callable[..., Change]:
    key_of = {column.set_as.word: column.key for column in declared.columns if column.set_as}

    def make(*, place: str, **given: Any) -> Change:
        values = [(key, given.pop(word)) for word, key in key_of.items()]
        names = [given.pop(key) for key in ("stage", "one", "other") if key in given]
        whose: dict[str, Any] = {"names": tuple(names)} if names else {}
        return Put(
            place=place,
            verb=declared.key,
            values=(*declared.always, *((k, v) for k, v in values if v is not None)),
            **whose,
            **given,
        )

    return make
