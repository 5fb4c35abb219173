"""Changes and scenarios that many tests begin with, and what makes two portfolios equal."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from portfolio.model.items import Item, Profile
from portfolio.model.scenarios import Change, Layer, Scenario
from portfolio.model.scenarios.settings import SETTING_VERBS
from portfolio.model.scenarios.verbs import AddedShare, AddItem, GateSet, Put, Selector
from tests.model.four_items import YI

P = "x.yaml 第 3 行"


def scenario(*changes: Change) -> Scenario:
    return Scenario(name="x", title="试", layers=(Layer(name="x", changes=changes),))


def put(
    verb: str,
    *,
    place: str = P,
    selector: Selector | None = None,
    names: tuple[str, ...] = (),
    years: tuple[int, ...] = (),
    first_quarter: int = 0,
    quarters: int = 0,
    **values: Any,
) -> Put:
    """A verb that only sets cells, its values by column key in the order of the declaration."""
    declared = SETTING_VERBS[verb]
    given = dict(declared.always) | values
    keys = dict.fromkeys(column.key for column in declared.columns)
    return Put(
        place=place,
        verb=verb,
        selector=selector,
        names=names,
        years=years,
        first_quarter=first_quarter,
        quarters=quarters,
        values=tuple((key, given.pop(key)) for key in keys if key in given),
        **given,
    )


def gate_set(**given: object) -> GateSet:
    names = ("id", "pred", "succ", "type", "fraction_bps", "holds_bps", "lag_quarters", "hard")
    return GateSet(place=P, **(dict.fromkeys((*names, "reason")) | given))  # type: ignore[arg-type]


def new_item(**given: object) -> AddItem:
    plain: dict[str, object] = {
        "no": 59, "name": "新机场", "work": "交通枢纽工程", "category": None, "group": None,
        "total_wan": 100 * YI, "plan_wan": 100 * YI, "earlier_wan": 0, "priority": 2, "tags": (),
        "risk_class": "school", "stage": "可研", "profile": Profile.PROGRAMME,
        "yearly_cap_wan": None, "min_duration_years": 1, "contract_share_bps": 0,
        "min_capital_share_bps": 2000,
        "shares": (
            AddedShare(channel="自筹", share_bps=5000, max_share_bps=8000),
            AddedShare(channel="SPB", share_bps=5000, max_share_bps=5000),
        ),
        "known_years_wan": (), "provenance": "",
    }  # fmt: skip
    whole: dict[str, Any] = plain | given
    rest = {key: whole.pop(key) for key in ("shares", "known_years_wan")}
    return AddItem(place=P, item=Item(**whole), **rest)


def assert_equal(one: object, other: object) -> None:
    for field in fields(one):  # type: ignore[arg-type]
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, np.ndarray):
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)
        elif field.name in ("envelopes", "conditions"):
            assert_equal(a, b)
        else:
            assert a == b
