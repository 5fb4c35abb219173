"""Rows that no smallest case of a rule has: what stands in them, worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.reallocation.parameters import RepairLimits, derive_repair
from portfolio.optimize.model import Draft
from portfolio.optimize.rules import build
from tests.optimize.small_cases import (
    BEFORE_YEAR,
    LAST,
    YEAR,
    A,
    B,
    gate,
    rows_of,
    small_case,
)

#: What a row is asked to be, by the names of its variables; at last its right side.
Row = tuple[Mapping[str, float], float]


def rows(draft: Draft, rule: str) -> dict[str, Row]:
    """The rows of a rule by what they are of."""
    found = {}
    for name in rows_of(draft, rule):
        row = next(row for row in draft.model.constraints() if row.name == name)
        terms = {term.name: round(weight, 9) for term, weight in row.items()}
        found[name.removeprefix(f"{rule}_")] = terms, round(-row.constant, 9) + 0.0
    return found


@pytest.mark.parametrize(
    ("scale", "own", "before", "kept"),
    [(10_000, 1.0, 0.25, 0.0), (12_000, 1.2, 0.3, 0.0001)],  # dearer: a 万元 is kept for rounding
)
def test_what_a_shock_keeps_of_a_years_allotment_is_paid_by_the_next_ones_envelope(
    scale: int, own: float, before: float, kept: float
) -> None:
    """A quarter of what 2034 is allotted comes in 2035: at actual cost it is of that envelope."""
    case = small_case(
        {(YEAR, A, 0): 10, (LAST, A, 0): 10},
        asof=BEFORE_YEAR,
        envelopes={(YEAR, A): 20, (LAST, A): 10},
    )
    limits = derive_repair(case)
    withheld = limits.withheld_bps.copy()
    # 2033 is past: what was kept of it is no plan of this repair.
    withheld[YEAR - 1, A], withheld[YEAR, A] = 9_000, 2_500
    costs = np.full_like(limits.scale_bps, scale)
    draft = build(case, replace(limits, withheld_bps=withheld, scale_bps=costs))
    found = rows(draft, "voted_envelope")
    assert found == {
        "A_2034": ({"P_1_A_2034": own}, 20 - kept),
        "A_2035": ({"P_1_A_2034": before, "P_1_A_2035": own}, 10 - kept),
    }


def _shares(
    limits: RepairLimits, name: str, cells: Mapping[tuple[int, int, int], int]
) -> RepairLimits:
    """Limits with some of their bounds of shares laid down."""
    bound = getattr(limits.shares, name).copy()
    for cell, value in cells.items():
        bound[cell] = value
    return replace(limits, shares=replace(limits.shares, **{name: bound}))


def test_a_part_that_may_be_bonds_is_of_all_that_pays_the_year() -> None:
    """At most 40 % of A and B together: 0.6 B − 0.4 A ≤ 0."""
    case = small_case(
        {(LAST, A, 0): 10}, envelopes={(LAST, A): 4, (LAST, B): 10}, shares={(B, 0): 80}
    )
    limits = _shares(derive_repair(case), "bonds_bps", {(LAST, B, 0): 4_000})
    found = rows(build(case, limits), "bonds_where_lawful")
    assert found == {"i1_B_2035": ({"P_1_A_2035": -0.4, "P_1_B_2035": 0.6}, 0.0)}


def test_a_cut_is_shared_by_an_item_only_where_its_own_gate_is_open() -> None:
    """P ≥ 1 for the first; for the second P + 1 × (1 − open) ≥ 1, that is P − open ≥ 0."""
    case = small_case(
        {(YEAR, A, 0): 10, (YEAR, A, 1): 10},
        asof=BEFORE_YEAR,
        envelopes={(YEAR, A): 12, (LAST, A): 20},
        items={0: {"priority": 4}},
        gates=(gate(0, 1),),
    )
    cells = {(year, A, i): wan for year, wan in ((YEAR, 10_000), (LAST, 20_000)) for i in (0, 1)}
    draft = build(case, _shares(derive_repair(case), "shared_wan", cells))
    assert rows(draft, "shared_cut") == {
        "i1_A_2034": ({"P_1_A_2034": 1.0}, 1.0),
        "i2_A_2034": ({"P_2_A_2034": 1.0, "G_E12_2034": -1.0}, 0.0),
        "i1_A_2035": ({"P_1_A_2035": 1.0}, 2.0),
        "i2_A_2035": ({"P_2_A_2035": 1.0, "G_E12_2035": -2.0}, 0.0),
    }
