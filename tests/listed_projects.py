"""Made-up lists of projects under the shipped items, as an office has them: the same by seed.

Every figure of an item is cut among its projects by random weights in whole 万元, so the sums are
exact: with all their years told the projects make the plan that the shipped workbook has, and with
facts cut the same way the play is the one of the facts by item.
"""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from portfolio import workflows
from portfolio.model.calendar import SHIPPED as CALENDAR
from portfolio.model.portfolio import Portfolio
from portfolio.model.schema import Table, Tables
from portfolio.model.schema.projects import YEAR_KEYS
from portfolio.read.workbook import read_input_tables, read_workbook
from portfolio.report.input_workbook import input_workbook_bytes
from tests.read.shipped import SHIPPED

UNITS = tuple(f"市{word}局" for word in "交住水教卫民发工商农林文体环")
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


def cut(amount: int, weights: Sequence[int]) -> list[int]:
    """A whole amount by weights, summing exactly."""
    total, whole = 0, sum(weights)
    ends = [0]
    for weight in weights:
        total += weight
        ends.append(amount * total // whole)
    return [after - before for before, after in itertools.pairwise(ends)]


@functools.cache
def example_tables() -> Tables:
    """The shipped workbook with made-up facts by item."""
    with TemporaryDirectory() as folder:
        (path,) = workflows.example(Path(folder))
        return read_input_tables(path)


@functools.cache
def _shipped() -> Portfolio:
    return read_workbook(SHIPPED).portfolio


@functools.cache
def _planned() -> dict[int, list[int]]:
    """The shipped plan by year of each item."""
    portfolio = _shipped()
    by_item = portfolio.plan_wan.sum(axis=1).T.tolist()
    return {item.no: years for item, years in zip(portfolio.items, by_item, strict=True)}


def project_rows(
    seed: int, count: int = 200, *, years: str = "all"
) -> tuple[Table, dict[int, list[int]]]:
    """`count` projects under the shipped items, and the weights of each item's.

    years : `all` told, `some` of them, or `none`
    """
    luck = random.Random(seed)
    items = _shipped().items
    how_many = dict.fromkeys((item.no for item in items), 1)
    for _ in range(count - len(items)):
        how_many[luck.choice(items).no] += 1
    rows: Table = []
    weights: dict[int, list[int]] = {}
    for item in items:
        mine = [luck.randint(1, 40) for _ in range(how_many[item.no])]
        weights[item.no] = mine
        earlier = cut(item.earlier_wan, mine)
        by_year = [cut(wan, mine) for wan in _planned()[item.no]]
        for k in range(len(mine)):
            told = [wan[k] for wan in by_year]
            row: dict[str, Any] = {
                "code": f"P{item.no:02d}-{k + 1:03d}", "name": f"{item.name}之{k + 1}",
                "item_no": item.no, "owner": luck.choice(UNITS), "builder": f"建设公司{k % 7}",
                "district": luck.choice(DISTRICTS), "tier": luck.choice(("市本级", "区")),
                "project_kind": luck.choice(KINDS), "total_wan": earlier[k] + sum(told),
                "earlier_wan": earlier[k], "goal": "完成年度任务",
            }  # fmt: skip
            kept = {"all": range(15), "some": luck.sample(range(15), 4), "none": ()}[years]
            row.update({YEAR_KEYS[year]: told[year] for year in kept})
            rows.append(row)
    return rows, weights


def facts_by_project(facts: Table, weights: dict[int, list[int]]) -> Table:
    """Rows of items cut among their projects; what is said of an item each project says."""
    totals = {item.no: item.total_wan for item in _shipped().items}
    projects = {
        no: [earlier + sum(told) for earlier, *told in zip(*_cut_item(no, mine), strict=True)]
        for no, mine in weights.items()
    }
    rows: Table = []
    for row in facts:
        no = int(row["item_no"] or 0)
        mine = weights[no]
        parts: dict[str, list[Any]] = {
            key: [None] * len(mine) if row[key] is None else cut(int(row[key] or 0), mine)
            for key in MONEY_OF_FACTS
        }
        if row["approved_wan"] is not None:
            more = cut(int(row["approved_wan"] or 0) - totals[no], mine)
            parts["approved_wan"] = [a + b for a, b in zip(projects[no], more, strict=True)]
        for k in range(len(mine)):
            part = {key: values[k] for key, values in parts.items()}
            code = {"project_code": f"P{no:02d}-{k + 1:03d}", "item_no": None, "item_name": None}
            rows.append({**row, **code, **part})
    return rows


def forms_by_project(rows: Table, keys: Sequence[str], weights: dict[int, list[int]]) -> Table:
    """Rows of a sheet for forms cut among the items' projects."""
    made: Table = []
    for row in rows:
        no = int(row["item_no"] or 0)
        mine = weights[no]
        parts = {
            key: [None] * len(mine) if row[key] is None else cut(int(row[key] or 0), mine)
            for key in keys
        }
        for k in range(len(mine)):
            code = {"project_code": f"P{no:02d}-{k + 1:03d}", "item_no": None, "item_name": None}
            made.append({**row, **code, **{key: values[k] for key, values in parts.items()}})
    return made


def _cut_item(no: int, weights: Sequence[int]) -> list[list[int]]:
    item = _shipped().item(no)
    return [cut(item.earlier_wan, weights), *(cut(wan, weights) for wan in _planned()[no])]


def made_tables(seed: int, count: int = 200, *, years: str = "all", facts: str = "") -> Tables:
    """The shipped workbook with projects; `facts` are told by `item`, by `project`, or not."""
    rows, weights = project_rows(seed, count, years=years)
    tables = dict(example_tables() if facts else read_input_tables(SHIPPED))
    if facts == "project":
        tables["月度执行"] = facts_by_project(tables["月度执行"], weights)
        for sheet, keys in MONEY_OF_FORMS.items():
            tables[sheet] = forms_by_project(tables[sheet], keys, weights)
    if count:
        tables["项目"] = rows
    return tables


def made_workbook(path: Path, tables: Tables) -> Path:
    """These tables as a workbook."""
    path.write_bytes(input_workbook_bytes(tables, calendar=CALENDAR))
    return path
