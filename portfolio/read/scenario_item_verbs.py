"""The verbs that take items out of the list and add one to it."""

from __future__ import annotations

from typing import Any

from portfolio.model.items import Item
from portfolio.model.scenarios import changes as verbs
from portfolio.model.scenarios.changes import AddedShare, Change
from portfolio.model.sheets.plan_sheets import ITEMS
from portfolio.read.scenario_composites import KNOWN_YEARS, SELECTOR, SHARES
from portfolio.read.scenario_fields import ITEMS_FIELD, Field, Verb
from portfolio.read.scenario_setting_verbs import type_of

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
