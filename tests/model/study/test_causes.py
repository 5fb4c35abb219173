"""The delay ledger over the paths: every view sums to the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.luck import Draws, with_luck
from portfolio.model.outcome import CauseKind
from portfolio.model.rules.parameters import derive
from portfolio.model.study.causes import cause_table
from portfolio.model.study.paths import PLAIN_CAUSES
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.model.four_items import four_items
from tests.model.study.made_paths import made_paths, played_paths, random_draws
from tests.strategies import portfolios

#: Slots of the four items: the plain causes, 6 channels, 3 gates.
SLOTS = len(PLAIN_CAUSES) + 6 + 3


@given(st.lists(st.integers(-30, 60), min_size=4 * SLOTS, max_size=4 * SLOTS), st.integers(1, 50))
def test_every_view_sums_to_the_whole(numbers, paths):
    lost = np.array(numbers).reshape(4, SLOTS)
    table = cause_table(four_items(), made_paths(four_items(), paths, lost_quarters=lost))
    assert table.quarters == lost.sum()
    assert sum(row.quarters for row in table.by_kind) == table.quarters
    assert sum(row.quarters for row in table.by_cause) == table.quarters
    assert sum(row.quarters for row in table.by_item) == table.quarters
    for item in table.by_item:
        assert sum(cause.quarters for cause in item.causes) == item.quarters
    if table.quarters:
        assert sum(row.share or 0 for row in table.by_kind) == pytest.approx(1)
    else:
        assert all(row.share is None for row in table.by_cause)


def test_causes_by_hand():
    # Over 4 paths: 24 lost 6 quarters to SPB and 2 to gate E001; 22 gained 4 by a shorter duration.
    lost = np.zeros((4, SLOTS), dtype=np.int64)
    plain = len(PLAIN_CAUSES)
    lost[1, plain + 1], lost[1, plain + 6 + 0], lost[0, 2] = 6, 2, -4
    table = cause_table(four_items(), made_paths(four_items(), 4, lost_quarters=lost))
    assert [(row.kind, row.label, row.per_path) for row in table.by_cause] == [
        (CauseKind.CHANNEL, "地方政府专项债券", 1.5),
        (CauseKind.GATE, "E001（22 → 24）", 0.5),
        (CauseKind.DURATION, None, -1.0),
    ]
    assert [row.share for row in table.by_cause] == [1.5, 0.5, -1.0]
    assert [(item.item_no, item.quarters) for item in table.by_item] == [(22, -4), (24, 8)]


def test_a_ledger_of_another_portfolio_is_refused():
    with pytest.raises(ValueError, match="another portfolio"):
        cause_table(four_items(), made_paths(four_items(), 1, lost_quarters=np.zeros((3, SLOTS))))


@examples(25)
@given(portfolios(max_items=5), st.integers(0, 1000))
def test_the_causes_of_finished_items_are_their_delay(portfolio, seed):
    draws = random_draws(portfolio, 1, seed)
    outcome = play(derive(with_luck(portfolio, draws, 0)))
    table = cause_table(portfolio, played_paths(portfolio, draws))
    quarters = {row.item_no: row.quarters for row in table.by_item}
    for i, item in enumerate(portfolio.items):
        delay = outcome.delay_quarters(i)
        if delay is not None:
            assert quarters.get(item.no, 0) == delay


def test_without_luck_and_shocks_nothing_is_lost():
    portfolio = replace(four_items(), gates=())
    table = cause_table(portfolio, played_paths(portfolio, Draws.none(portfolio, 2)))
    assert (table.quarters, table.by_kind, table.by_cause, table.by_item) == (0, (), (), ())
