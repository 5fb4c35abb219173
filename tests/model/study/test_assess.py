"""All findings together: on any portfolio they can be had, and keep their identities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED
from portfolio.model.rules.parameters import derive
from portfolio.model.study.assess import compare, findings, notable_paths, usual_questions
from portfolio.model.study.findings import Level, Worry
from portfolio.model.study.paths import Paths
from portfolio.model.study.queries import parse_quantity
from portfolio.model.study.query_answers import answer
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.model.four_items import YI, four_items
from tests.model.measures.test_years import target
from tests.model.study.made_paths import made_paths, played_paths, random_draws
from tests.report.results import shipped_run
from tests.strategies import portfolios


@examples(30)
@given(portfolios(max_items=5), st.integers(0, 1000), st.booleans())
def test_any_portfolio_has_findings(portfolio, seed, has_targets):
    if has_targets:
        targets = tuple(target(year, 10**6) for year in range(2021, 2031))
        portfolio = replace(portfolio, targets=targets)
    paths = played_paths(portfolio, random_draws(portfolio, 4, seed))
    found = findings(portfolio, paths, play(derive(portfolio)))
    assert (found.worry is not None) is has_targets
    assert sum(row.quarters for row in found.causes.by_item) == found.causes.quarters
    for row in (*found.items, *(() if found.whole is None else (found.whole,))):
        joint = row.joint
        parts = (joint.both, joint.over_only, joint.late_only, joint.over_and_late)
        assert sum(part.value for part in parts) == pytest.approx(1)
        for fan in (row.finish, row.cost):
            values = [p.value for p in fan.percentiles]
            assert values == sorted(values)
            assert all(p.low is None or p.low <= p.value for p in fan.percentiles)
            assert all(p.high is None or p.high >= p.value for p in fan.percentiles)
    # Whoever ends last is on the chain, and in every path somebody does.
    assert all(row.criticality.value >= row.ends_last.value for row in found.chain)
    if found.chain:
        assert sum(row.ends_last.value for row in found.chain) >= 1
    for merge in found.merges:
        assert merge.all_in_time.value <= merge.smallest
    assert all(-1 <= row.delay.rank_correlation <= 1 for row in found.drivers)
    own = compare("甲", (portfolio, paths), "乙", (portfolio, paths))
    assert not any(e.differs for e in (own.cost, own.delay, own.late_items, own.end))


def test_answers_agree_with_findings():
    portfolio = four_items()
    paths = played_paths(portfolio, random_draws(portfolio, 12, 3))
    found = findings(portfolio, paths, play(derive(portfolio)))

    def asked(text: str) -> object:
        return answer(parse_quantity(text, portfolio), portfolio, paths).estimate

    for row in found.items:
        assert asked(f"联合把握({row.item_no})") == row.joint.both
        assert asked(f"P({row.item_no}按期)") == row.joint.on_time
        assert asked(f"P({row.item_no}不超支)") == row.joint.within_cost
    assert found.whole is not None
    assert asked("联合把握(全部)") == found.whole.joint.both
    for year in found.years:
        if year.chance is not None:
            assert asked(f"P({year.year}达标)") == year.chance
    assert found.worry is not None
    for text in usual_questions(SHIPPED, found.worry.year):
        assert asked(text) is not None


def test_notable_paths_stand_where_they_say():
    # 2026 converts to 20, 19, … 1 亿: the worst 5 % is the last path (1), the median the 11th (10),
    # P95 the second (19).
    portfolio = four_items()
    progress = np.zeros((20, 25), dtype=np.int64)
    progress[:, 5] = np.ceil((20 - np.arange(20)) * YI / 0.7)
    cost = np.full((20, 4), 100 * YI)
    cost[4, 0] = 900 * YI
    paths = made_paths(portfolio, 20, progress_wan=progress, cost_wan=cost)
    found = notable_paths(portfolio, paths, 2026)
    assert [(row.label, row.path, row.value_wan) for row in found] == [
        ("最差", 20, 1 * YI), ("中位", 11, 10 * YI), ("最好", 2, 19 * YI),
    ]  # fmt: skip
    # Without a year to worry about the dearest path is the worst.
    assert notable_paths(portfolio, paths, None)[0].path == 5


def test_another_year_is_looked_at_where_asked():
    """Drivers and notable paths are the year's own; what the paths did stays the same."""
    portfolio = four_items()
    paths = played_paths(portfolio, random_draws(portfolio, 12, 3))
    prior = play(derive(portfolio))
    plain, asked = findings(portfolio, paths, prior), findings(portfolio, paths, prior, 2024)
    assert plain.worry is not None
    assert plain.worry.year != 2024
    assert asked.worry is not None
    assert (asked.worry.year, asked.worry.why) == (2024, Worry.ASKED)
    assert asked.notable == notable_paths(portfolio, paths, 2024)
    assert (asked.years, asked.items, asked.causes) == (plain.years, plain.items, plain.causes)


def test_once_the_list_runs_down_no_chance_is_asked():
    assert usual_questions(SHIPPED, 2025)[0] == "P(2025达标)"
    assert usual_questions(SHIPPED, 2026)[0] == "均值(2026)"


def test_findings_need_paths():
    portfolio = four_items()
    with pytest.raises(ValueError, match="no paths"):
        findings(portfolio, made_paths(portfolio, 0), play(derive(portfolio)))


def test_parts_joined_are_the_whole():
    portfolio = four_items()
    draws = random_draws(portfolio, 5, 8)
    whole = played_paths(portfolio, draws)
    parts = [played_paths(portfolio, draws.take(slice(a, b))) for a, b in ((0, 2), (2, 5))]
    joined = Paths.joined(parts)
    assert findings(portfolio, joined, play(derive(portfolio))) == findings(
        portfolio, whole, play(derive(portfolio))
    )
    # What one part did not keep, the whole does not have.
    assert Paths.joined([parts[0], replace(parts[1], gate_opened=None)]).gate_opened is None


def test_the_year_ahead_is_the_next_that_is_not_past_or_the_one_asked_for():
    """Its drivers are those a study of that year would find, in their order."""
    portfolio = shipped_run().portfolio
    paths = played_paths(portfolio, random_draws(portfolio, 60, 5))
    prior = shipped_run().outcome
    plain, asked = (findings(portfolio, paths, prior, year) for year in (None, 2028))
    assert plain.worry is not None
    assert plain.worry.year < 2026
    assert (plain.ahead.year, asked.ahead.year) == (2026, 2028)
    swings = {
        (row.level, row.source, row.ref): row.converted
        for row in asked.drivers
        if row.level in (Level.ITEM, Level.CHANNEL, Level.RISK)
        and row.converted is not None
        and row.converted.difference.differs
    }
    found = {(row.level, row.source, row.ref): row.swing for row in asked.ahead.drivers}
    assert found == swings
    sizes = [abs(row.swing.difference.value) for row in asked.ahead.drivers]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes
