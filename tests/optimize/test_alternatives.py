"""Plans as good as a repair: what all of them move, what one of them leaves, and plans unlike each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, assume, given

from portfolio.model.arrays import Mask
from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.calendar import SHIPPED
from portfolio.model.money import SEEN_WAN, WAN_PER_YI
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import aim_values, moved_wan
from portfolio.model.reallocation.alternatives import Place, Within
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import derive_repair
from portfolio.model.reallocation.settings import ALIKE_BPS, OTHERS, Aim, RepairSettings
from portfolio.optimize.aims import EXPRESSIONS
from portfolio.optimize.repair import Repaired, repair
from portfolio.optimize.rules import build
from portfolio.optimize.solver import solve, total
from portfolio.optimize.ways.alternatives import Alike, alike
from tests.examples import examples
from tests.optimize.small_cases import LAST, A, B, random_cases, small_case

FILTERING = (HealthCheck.filter_too_much,)
YEAR = SHIPPED.first_year + LAST


def cut(takers: tuple[int, ...] = (0, 1, 2)) -> RepairCase:
    """Three items of 10 lose 6 of A in the last year; B has 6, of which a taker may have 3."""
    return small_case(
        {(LAST, A, item): 10 for item in range(3)},
        envelopes={(LAST, A): 24, (LAST, B): 6},
        shares={(B, item): 30 for item in takers},
        wanted={LAST: 30},
    )


def asked(case: RepairCase) -> tuple[Repaired, Alike]:
    full = repair(case)
    assert full.plan_wan is not None
    return full, alike(full.laid, full.plan_wan, full.values)


def cells_of(case: RepairCase, place: Place) -> Mask:
    """A place's cells: bool[15, channel, item]."""
    portfolio = case.portfolio
    cells = np.zeros((PLAN_YEARS, len(portfolio.channels), len(portfolio.items)), dtype=np.bool_)
    if place.item_no is not None:
        cells[:, :, portfolio.position[place.item_no]] = True
    else:
        assert place.channel_id is not None and place.year is not None
        channel = portfolio.channel_position[place.channel_id]
        cells[place.year - case.calendar.first_year, channel] = True
    return cells


def test_a_channels_year_is_forced_where_its_envelope_is_cut_and_no_item_is() -> None:
    # A must fall by 6. 缺口 0 may be 0.05 more, so B must rise by 5.95. Any two of the three items can
    # bear all of it, 3 each: none of them must be touched.
    full, found = asked(cut())
    forced = {each.place: each for each in found.forced}
    assert set(forced) == {Place(channel_id="A", year=YEAR), Place(channel_id="B", year=YEAR)}
    a, b = forced[Place(channel_id="A", year=YEAR)], forced[Place(channel_id="B", year=YEAR)]
    assert (a.moved_wan, a.down_wan, a.up_wan) == (60_000, 60_000, 0)
    assert (b.moved_wan, b.down_wan, b.up_wan) == (59_500, 0, 59_500)
    assert full.plan_wan is not None
    touched = np.flatnonzero((moved_wan(full.case, full.plan_wan) != 0).any(axis=(0, 1))) + 1
    assert [each.place.item_no for each in found.free] == touched.tolist()


def test_items_are_forced_where_no_others_can_bear_it() -> None:
    # Only items 1 and 2 may have B's money, 3 each. Of the 5.95 that B must give each then takes 2.95
    # at least. What of A nobody replaces may be cut of any.
    _, found = asked(cut((0, 1)))
    forced = {each.place.item_no: each for each in found.forced if each.place.item_no}
    assert set(forced) == {1, 2}
    assert all(each.up_wan == 29_500 for each in forced.values())


def test_others_move_what_the_offered_plan_leaves() -> None:
    # Six items of 10, each may have 3 of B: three pairs that share nothing.
    case = small_case(
        {(LAST, A, item): 10 for item in range(6)},
        envelopes={(LAST, A): 54, (LAST, B): 6},
        shares={(B, item): 30 for item in range(6)},
        wanted={LAST: 60},
    )
    full, found = asked(case)
    assert full.plan_wan is not None and len(found.plans) == OTHERS
    touched = [
        frozenset(np.flatnonzero((moved_wan(case, plan) != 0).any(axis=(0, 1))).tolist())
        for plan in (full.plan_wan, *found.plans)
    ]
    assert [len(items) for items in touched[:3]] == [2, 2, 2]
    assert len(frozenset.union(*touched[:3])) == 6
    assert not touched[0] & touched[1] and not (touched[0] | touched[1]) & touched[2]


def worth(within: Within, values: dict[Aim, int]) -> float:
    return sum(weight * values[aim] for aim, weight in within.weights.items())


@examples(40, suppress_health_check=FILTERING)
@given(random_cases())
def test_others_keep_every_rule_are_as_good_and_move_what_is_forced(case: RepairCase) -> None:
    case = replace(case, settings=RepairSettings())
    full = repair(case)
    assume(full.plan_wan is not None and moved_wan(case, full.plan_wan).any())
    assert full.plan_wan is not None
    found = alike(full.laid, full.plan_wan, full.values)
    again = alike(full.laid, full.plan_wan, full.values)
    assert again.forced == found.forced and again.free == found.free
    assert all((a == b).all() for a, b in zip(again.plans, found.plans, strict=True))
    offered, little = aim_values(case, full.plan_wan), SEEN_WAN * 8
    for within in found.within:
        most = worth(within, offered) * (1 + ALIKE_BPS / 10_000)
        assert worth(within, offered) <= within.most_wan <= most + little
    for plan in found.plans:
        assert audit_repair(case, plan) == ()
        assert all(worth(w, aim_values(case, plan)) <= w.most_wan for w in found.within)
    for forced in found.forced:
        for plan in (full.plan_wan, *found.plans):
            moved = moved_wan(case, plan)[cells_of(case, forced.place)]
            assert SEEN_WAN <= forced.moved_wan <= np.abs(moved).sum()
            assert forced.down_wan <= -moved[moved < 0].sum()
            assert forced.up_wan <= moved[moved > 0].sum()
    assert not {f.place for f in found.forced} & {f.place for f in found.free}


@examples(15, suppress_health_check=FILTERING)
@given(random_cases())
def test_no_plan_whatever_its_gates_moves_less_than_is_forced(case: RepairCase) -> None:
    """Against the model laid anew, gates whole: the least moved in each place told."""
    case = replace(case, settings=RepairSettings())
    full = repair(case)
    assume(full.plan_wan is not None)
    assert full.plan_wan is not None
    found = alike(full.laid, full.plan_wan, full.values)
    for forced in found.forced:
        draft = build(case, derive_repair(case))
        aims = {aim: EXPRESSIONS[aim](draft) for aim in Aim}
        for at, within in enumerate(found.within):
            kept = total(weight * aims[aim] for aim, weight in within.weights.items())
            draft.model.addConstraint(kept <= within.most_wan / WAN_PER_YI, f"kept_{at}")
        inside = cells_of(case, forced.place)
        changes = [part for cell, parts in draft.changes.items() if inside[cell] for part in parts]
        draft.model.setObjective(total(changes))
        least = solve(draft.model, seconds=30.0)
        assert least.objective is not None
        assert least.objective * WAN_PER_YI >= forced.moved_wan - 1
