"""Made-up projects under the items of the example, and its facts told by project.

Every figure of an item is cut among its projects in whole 万元, so the sums are exact: with all
their years told the projects make the plan of the workbook, and the play is the one of the facts by
item. Nothing of it is drawn: the same workbook gives the same projects.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from portfolio.model.portfolio import Portfolio
from portfolio.model.schema import Table, Tables
from portfolio.model.schema.projects import YEAR_KEYS

#: Units of a city, by name only.
UNITS = tuple(
    f"市{word}局"
    for word in ("发改", "工信", "住建", "交通", "水务", "农业农村", "商务", "文旅", "卫健", "教育",
                 "民政", "生态环境", "园林", "体育")
)  # fmt: skip
DISTRICTS = ("越秀", "海珠", "荔湾", "天河", "白云", "黄埔", "番禺", "花都", "南沙", "从化", "增城")
KINDS = ("续建", "新开工", "计划竣工")
#: Sheets that only forms show, with the money of each that an item's projects share.
MONEY_OF_FORMS = {
    "资金台账": (
        "initial_wan",
        "adjusted_wan",
        "issued_wan",
        "carried_wan",
        "payable_wan",
        "settled_wan",
        "retained_wan",
        "idle_wan",
    ),
    "专项债券": (
        "planned_wan",
        "amount_wan",
        "capital_wan",
        "allotted_wan",
        "spent_wan",
        "built_wan",
        "built_bond_wan",
        "income_due_wan",
        "income_wan",
        "service_due_wan",
        "service_paid_wan",
    ),
    "月报补充": ("last_year_wan",),
}
MONEY_OF_FACTS = ("done_wan", "received_wan", "paid_wan", "statistics_wan")
FEWEST = "至少每个大项一个项目"

Weights = Mapping[int, Sequence[int]]


def cut(amount: int, weights: Sequence[int]) -> list[int]:
    """A whole amount by weights, summing exactly."""
    total, whole = 0, sum(weights)
    ends = [0]
    for weight in weights:
        total += weight
        ends.append(amount * total // whole)
    return [after - before for before, after in itertools.pairwise(ends)]


def project_weights(portfolio: Portfolio, count: int) -> dict[int, list[int]]:
    """So many projects in all, at least one an item, more of the larger; and how they share it."""
    many = dict.fromkeys((item.no for item in portfolio.items), 1)
    totals = {item.no: item.total_wan for item in portfolio.items}
    for _ in range(count - len(many)):
        many[max(many, key=lambda no: (totals[no] // (many[no] + 1), -no))] += 1
    return {no: [1 + (37 * no + 53 * k) % 40 for k in range(of)] for no, of in many.items()}


def project_rows(portfolio: Portfolio, weights: Weights) -> Table:
    """Rows of 项目 with all their years."""
    plans = portfolio.plan_wan.sum(axis=1).T.tolist()
    works = list(dict.fromkeys(item.work for item in portfolio.items))
    rows: Table = []
    for item, years in zip(portfolio.items, plans, strict=True):
        mine = weights[item.no]
        earlier, by_year = cut(item.earlier_wan, mine), [cut(wan, mine) for wan in years]
        first = works.index(item.work)
        for k in range(len(mine)):
            told = [wan[k] for wan in by_year]
            whole = earlier[k] + sum(told)
            rows.append({
                "code": f"P{item.no:02d}-{k + 1:03d}",
                "name": f"{item.name}示例项目{k + 1}",
                "item_no": item.no,
                "item_name": item.name,
                "owner": UNITS[(first + len(works) * ((item.no + k) % 2)) % len(UNITS)],
                "builder": f"示例建设公司{(item.no + k) % 7 + 1}",
                "district": DISTRICTS[(item.no + 3 * k) % len(DISTRICTS)],
                "tier": "区" if (item.no + k) % 4 == 0 else "市本级",
                "project_kind": KINDS[0] if earlier[k] else KINDS[1],
                "total_wan": whole,
                "earlier_wan": earlier[k],
                "goal": "完成年度任务（示例）",
                **dict(zip(YEAR_KEYS, told, strict=False)),
            })  # fmt: skip
    return rows


def facts_by_project(portfolio: Portfolio, facts: Table, weights: Weights) -> Table:
    """Rows of items cut among their projects; what is said of an item each project says."""
    plans = portfolio.plan_wan.sum(axis=1).T.tolist()
    totals = {
        item.no: [
            sum(parts)
            for parts in zip(
                cut(item.earlier_wan, weights[item.no]),
                *(cut(wan, weights[item.no]) for wan in years),
                strict=True,
            )
        ]
        for item, years in zip(portfolio.items, plans, strict=True)
    }
    rows: Table = []
    for row in facts:
        no = int(row["item_no"] or 0)
        mine = weights[no]
        parts: dict[str, list[Any]] = {
            key: [None] * len(mine) if row.get(key) is None else cut(int(row[key] or 0), mine)
            for key in MONEY_OF_FACTS
        }
        if row.get("approved_wan") is not None:
            more = cut(int(row["approved_wan"] or 0) - portfolio.item(no).total_wan, mine)
            parts["approved_wan"] = [a + b for a, b in zip(totals[no], more, strict=True)]
        for k in range(len(mine)):
            part = {key: values[k] for key, values in parts.items()}
            about = {"project_code": f"P{no:02d}-{k + 1:03d}", "item_no": None, "item_name": None}
            rows.append({**row, **about, **part})
    return rows


def forms_by_project(tables: Tables, weights: Weights) -> Tables:
    """Sheets that only forms show, their rows cut among the items' projects."""
    return {
        sheet: _cut_rows(tables[sheet], keys, weights) for sheet, keys in MONEY_OF_FORMS.items()
    }


def _cut_rows(rows: Table, keys: Sequence[str], weights: Weights) -> Table:
    made: Table = []
    for row in rows:
        no = int(row["item_no"] or 0)
        mine = weights[no]
        parts: dict[str, list[Any]] = {
            key: [None] * len(mine) if row.get(key) is None else cut(int(row[key] or 0), mine)
            for key in keys
        }
        for k in range(len(mine)):
            about = {"project_code": f"P{no:02d}-{k + 1:03d}", "item_no": None, "item_name": None}
            made.append({**row, **about, **{key: values[k] for key, values in parts.items()}})
    return made
