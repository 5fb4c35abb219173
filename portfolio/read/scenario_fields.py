"""What a declaration of a verb is made of, and the fields that many verbs share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from portfolio.model.scenarios.changes import Change
from portfolio.read.scenario_composites import SELECTOR
from portfolio.read.scenario_types import NAMES, YEARS, ValueType


@dataclass(frozen=True, kw_only=True)
class Field:
    """A key of a verb; `into` is the attribute of the change it fills, `was` its former keys."""

    key: str
    into: str
    type: ValueType
    about: str
    required: bool = False
    default: Any = None
    was: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Verb:
    """A verb: either fields, or (`value`) what stands right behind it.

    `exactly_one` lists keys of which one and only one must be given. `example` is one line to
    copy; it applies to the shipped workbook.
    """

    key: str
    about: str
    example: str
    make: Callable[..., Change]
    fields: tuple[Field, ...] = ()
    value: Field | None = None
    exactly_one: tuple[str, ...] = ()
    was: tuple[str, ...] = ()


CHANNELS_FIELD = Field(
    key="渠道",
    into="channels",
    type=NAMES,
    required=True,
    about="资金渠道：代码、名称或名称中独有的一段；可写多个",
)
YEARS_FIELD = Field(
    key="年份",
    into="years",
    type=YEARS,
    required=True,
    about="如 <first+2>、<first+2>-<first+4>、<first+5>起、全部，或它们的列表",
)
TARGET_YEARS_FIELD = replace(
    YEARS_FIELD,
    about="年度目标表中的年份（至 <plan_end>），如 <first+2>、<first+5>-<plan_end>，或它们的列表",
)
ITEMS_FIELD = Field(
    key="大项",
    into="selector",
    type=SELECTOR,
    required=True,
    about="编号、编号范围、名称、全部，或 {工程/类别/标签/风险类别/风险组: …}（各条件须同时符合；"
    "风险类别写风险参数表中的名称或代码）；"
    "列表取其合并",
)
