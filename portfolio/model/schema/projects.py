"""The sheet 项目: projects under the items, as an office lists them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.schema.layout import Cell, Column, Sheet, money
from portfolio.model.schema.plan import OF_AN_OFFICE, item_name, item_number

_OF_ITEMS = {column.key: column for column in OF_AN_OFFICE}
#: Columns that mean the same of a project as of an item.
_SHARED = ("owner", "builder", "district", "tier", "project_kind", "revenue", "bond_use")
#: Keys of the money by year, the first plan year first.
YEAR_KEYS = tuple(f"year{k}_wan" for k in range(PLAN_YEARS))


def _may(key: str, header: str, **more: Any) -> Column:
    return Column(key=key, header=header, required=False, may_be_missing=True, **more)


def _money(key: str, header: str, note: str = "", **more: Any) -> Column:
    return money(key, header, required=False, may_be_missing=True, note=note, **more)


PROJECTS = Sheet(
    name="项目",
    key=("code",),
    alike=("name",),
    purpose="大项下的项目：代码、单位、投资与逐年安排，与所属大项核对；推演仍按大项。"
    "可以为空，也可以没有这张表",
    may_be_empty=True,
    may_be_missing=True,
    frozen=2,
    spare_rows=60,
    columns=(
        replace(_OF_ITEMS["code"], required=True, may_be_missing=False,
                note="投资项目在线审批监管平台的代码，或本单位的编号；不得重复，也不得与大项的相同。"),
        Column(key="name", header="项目名称", width=34,
               note="没有分解到项目的部分单列一行，写“未分解”。"),
        item_number(),
        item_name(),
        *(_OF_ITEMS[key] for key in _SHARED),
        _money("total_wan", "总投资", "大项下各项目都填的，合计须等于大项的总投资。"),
        _money("earlier_wan", "<first>年前已完成", "各项目都填的，合计须等于大项的数；没有的填 0。",
               least=0, width=17),
        *(
            _money(key, f"<first+{k}>年投资" if k else "<first>年投资",
                   "" if k else "该年投资；不知道的年份留空。已完成与各年之和等于总投资的，"
                   "留空的年份即为 0。", least=0)
            for k, key in enumerate(YEAR_KEYS)
        ),
        _may("start", "开工", cell=Cell.DATE_OR_TEXT, note="计划或实际开工，填日期或文字。"),
        _may("finish", "竣工", cell=Cell.DATE_OR_TEXT, note="计划或实际竣工，填日期或文字。"),
        _OF_ITEMS["goal"],
        _may("provenance", "依据", width=40, note="数从何来，如 批复文号；用文字写，不必是资料编号。"),
    ),
)  # fmt: skip
