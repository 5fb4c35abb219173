"""The real portfolio scaled to any number of items, keeping its proportions.

Item k copies a real item: its priority class, profile, channel mix, caps and the shape of its
plan, money before 2021 included. Money is spread anew so that all items together keep the real
total (int64 products stay safe at every size), and each of a copy's gates takes its predecessor
from any copy of the real predecessor: gates per item, hard and soft parts and depth stay, and what
is acyclic among real items is acyclic among their copies.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from portfolio.model.gates import Gate
from portfolio.model.items import Item, Share
from portfolio.model.money import Wan, largest_remainder
from portfolio.model.portfolio import Conditions, Portfolio, base_envelopes
from portfolio.model.schema import Table, Tables

#: Copies of one item differ in size by up to this factor either way.
SPREAD = 3.0


@dataclass(frozen=True, kw_only=True)
class Scaled:
    """A scaled portfolio; `source[k]` is the position of the real item that item k copies."""

    portfolio: Portfolio
    source: tuple[int, ...]


def scaled(real: Portfolio, n: int, seed: int = 1) -> Scaled:
    """`real` scaled to `n` items; with as many items as the real one, the real one itself."""
    if n == len(real.items):
        return Scaled(portfolio=real, source=tuple(range(n)))
    luck = random.Random(f"{seed} {n}")
    source = _sources(len(real.items), n, luck)
    totals = _totals(real, source, luck)
    plan, pre = _plans(real, source, totals)
    items = tuple(
        _item(real.items[s], k, int(totals[k]), int(plan[:5, :, k].sum()), int(pre[k]), len(real.items))
        for k, s in enumerate(source)
    )  # fmt: skip
    return Scaled(
        portfolio=replace(
            real,
            items=items,
            gates=_gates(real, source, luck),
            shares=_shares(real, source),
            plan_wan=plan,
            envelopes=base_envelopes(plan, items, real.channels, real.calendar, asof_year=0),
            conditions=Conditions.neutral(n, real.channels),
        ),
        source=source,
    )


def without_gates(portfolio: Portfolio) -> Portfolio:
    """The same portfolio with no gate at all."""
    return replace(portfolio, gates=())


def _sources(real: int, n: int, luck: random.Random) -> tuple[int, ...]:
    """Whole rounds of all real items in order, then a sample of them."""
    rest = sorted(luck.sample(range(real), n % real))
    return tuple(list(range(real)) * (n // real) + rest)


def _totals(real: Portfolio, source: tuple[int, ...], luck: random.Random) -> Wan:
    """Each copy's total: the real proportions with a spread, the sum kept to the 万元."""
    weights = [real.items[s].total_wan * SPREAD ** luck.uniform(-1, 1) for s in source]
    whole = sum(item.total_wan for item in real.items)
    return np.array(largest_remainder(whole, weights), dtype=np.int64)


def _plans(real: Portfolio, source: tuple[int, ...], totals: Wan) -> tuple[Wan, Wan]:
    """Plan int64[year, channel, item] and money before 2021: the real cells by cumulative floors."""
    years, channels, items = real.plan_wan.shape
    pre = np.array([item.earlier_wan for item in real.items], dtype=np.int64)
    cells = np.concatenate([pre[None], real.plan_wan.reshape(years * channels, items)])
    cumulated = cells.cumsum(axis=0)[:, source]
    parts = np.diff(cumulated * totals // cumulated[-1], axis=0, prepend=0)
    return parts[1:].reshape(years, channels, len(source)).copy(), parts[0]


def _item(real: Item, k: int, total: int, plan: int, pre: int, round_size: int) -> Item:
    cap = real.yearly_cap_wan
    return replace(
        real,
        no=k + 1,
        name=real.name if k < round_size else f"{real.name} {k // round_size + 1}",
        aliases=real.aliases if k < round_size else (),
        total_wan=total,
        plan_wan=plan,
        earlier_wan=pre,
        yearly_cap_wan=None if cap is None else max(1, cap * total // real.total_wan),
    )


def _gates(real: Portfolio, source: tuple[int, ...], luck: random.Random) -> tuple[Gate, ...]:
    copies: dict[int, list[int]] = {}
    for k, s in enumerate(source):
        copies.setdefault(s, []).append(k)
    into: dict[int, list[Gate]] = {}
    for gate in real.gates:
        into.setdefault(real.position[gate.succ_no], []).append(gate)
    made: list[Gate] = []
    for k, s in enumerate(source):
        for gate in into.get(s, ()):
            pred = luck.choice(copies[real.position[gate.pred_no]])
            name = f"G{len(made) + 1:06}"
            made.append(replace(gate, id=name, pred_no=pred + 1, succ_no=k + 1))
    return tuple(made)


def _shares(real: Portfolio, source: tuple[int, ...]) -> tuple[Share, ...]:
    of_item: dict[int, list[Share]] = {}
    for share in real.shares:
        of_item.setdefault(real.position[share.item_no], []).append(share)
    return tuple(
        replace(share, item_no=k + 1) for k, s in enumerate(source) for share in of_item[s]
    )


def scaled_tables(tables: Mapping[str, Table], made: Scaled, real: Portfolio) -> Tables:
    """The rows of a workbook that holds a scaled portfolio: what its writer takes.

    Years known of single real items are left out: they say nothing of the copies.
    """
    items, names = made.portfolio.items, [item.name for item in made.portfolio.items]
    item_rows = {int(str(row["no"])): row for row in tables["项目清单"]}
    gate_rows = {str(row["id"]): row for row in tables["依赖关系"]}
    shape = {
        (g.type, g.fraction_bps, g.holds_bps, g.lag_quarters, g.hard, g.reason): gate_rows[g.id]
        for g in real.gates
    }
    money = ("total_wan", "plan_wan", "earlier_wan", "yearly_cap_wan", "no", "name")
    return {
        **{name: list(rows) for name, rows in tables.items()},
        "年度计划": [],
        "年度额度": [],
        "项目清单": [
            {
                **item_rows[real.items[s].no],
                **({} if item.aliases else {"aliases": None}),
                **{key: getattr(item, key) for key in money},
            }
            for item, s in zip(items, made.source, strict=True)
        ],
        "依赖关系": [
            {
                **shape[(g.type, g.fraction_bps, g.holds_bps, g.lag_quarters, g.hard, g.reason)],
                "id": g.id,
                "pred_no": g.pred_no,
                "pred_name": names[g.pred_no - 1],
                "succ_no": g.succ_no,
                "succ_name": names[g.succ_no - 1],
            }
            for g in made.portfolio.gates
        ],
        "资金结构": [
            {**row, "item_no": k + 1, "item_name": names[k]}
            for k, s in enumerate(made.source)
            for row in _share_rows(tables).get(real.items[s].no, ())
        ],
    }


def _share_rows(tables: Mapping[str, Table]) -> dict[int, list[dict[str, object]]]:
    rows: dict[int, list[dict[str, object]]] = {}
    for row in tables["资金结构"]:
        rows.setdefault(int(str(row["item_no"])), []).append(dict(row))
    return rows
