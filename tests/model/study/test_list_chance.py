"""A year's chance is the record's; a scenario moves it by what the plays differ, path by path."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from portfolio.model.items import ListPlanKind
from portfolio.model.problems import InputError
from portfolio.model.record.chance import Refusal, chance_of
from portfolio.model.record.table import tables_of
from portfolio.model.record.words import range_words
from portfolio.model.study.list_chance import ListPaths, speaks_of_list
from portfolio.model.study.queries import of_paths, parse_condition, parse_quantity
from portfolio.model.study.query_answers import judge
from portfolio.report.words.stress import judged_text
from portfolio.sim.luck.list_rates import list_rates
from tests.report.results import example_run, shipped_run

PATHS = 400


@dataclass
class Drawn:
    """What of paths is looked at here: the money drawn, int64[path, year]."""

    drawn_wan: Any

    def __len__(self) -> int:
        return len(self.drawn_wan)


def listed(less: int = 0) -> ListPaths:
    """The shipped list on 400 paths, of which the scenario draws `less` per cent less."""
    portfolio = shipped_run().portfolio
    base = np.full((PATHS, 25), 50_000_000, dtype=np.int64)
    rates = list_rates(
        tables_of(portfolio.record, portfolio.calendar.play_years), place=portfolio.record.place,
        first_year=2021, seed=1, first_path=1, paths=PATHS,
    )  # fmt: skip
    return ListPaths(
        base=portfolio,
        base_paths=Drawn(base),  # type: ignore[arg-type]
        portfolio=portfolio,
        paths=Drawn(base * (100 - less) // 100),  # type: ignore[arg-type]
        rates_bps=rates,
    )


def test_equal_plays_leave_the_record_as_it_is() -> None:
    (this, following) = listed().told_years()
    assert (this.year, this.shift, this.median_change_wan) == (2026, 0.0, 0)
    assert this.range == this.told.range == chance_of(shipped_run().portfolio, 2026).range
    assert (following.year, following.shift, following.range) == (2027, None, None)
    assert following.told.refusal is Refusal.NO_PLAN


def test_a_tenth_less_moves_the_range_by_the_paths_that_fall_below() -> None:
    paths = listed(10)
    one = paths.of(2026)
    amounts = 38_000_000 * paths.rates_bps[:, 5].astype(np.int64) // 10_000
    moved = amounts * 45_000_000 // 50_000_000
    lost = (amounts >= 38_000_000).mean() - (moved >= 38_000_000).mean()
    assert lost > 0.2
    assert one.shift == pytest.approx(-lost)
    assert one.told.range is not None and one.range is not None
    assert one.range[0] == pytest.approx(max(0, one.told.range[0] - lost))
    assert one.median_change_wan == int(np.median(moved - amounts))


def test_a_list_that_draws_nothing_reaches_nothing() -> None:
    found = listed(100).of(2026).range
    assert found is not None
    # What is left is how far the choices of rows lie apart.
    assert found[0] == 0.0
    assert range_words(*found) == "约一成以下"


def test_a_condition_goes_by_the_lower_end_of_the_range() -> None:
    paths, portfolio = listed(), shipped_run().portfolio
    condition = parse_condition("P(2026>=3800)<0.8", portfolio)
    judged = judge(condition, portfolio, paths.paths, paths)
    found = chance_of(portfolio, 2026).range
    assert found is not None and found[0] < 0.8 < found[1]
    assert (judged.met, judged.sure, judged.answer.of_list) == (True, False, True)
    assert judged.answer.estimate.value == found[0]
    told = judged_text(portfolio.calendar, judged)
    assert told == "条件 P(2026>=3800)<0.8：成立（名单的把握约七到九成，按范围的下端判断）。"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("P(2027>=3800)<0.8", "没有 2027 年名单计划，不给把握"),
        ("P(2027达标)<0.8", "没有 2027 年名单计划，不给把握"),
        ("P(2026<=3800)<0.8", "名单的把握只说“达到”"),
    ],
)
def test_what_the_record_cannot_tell_is_refused_with_the_reason(text: str, found: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_condition(text, shipped_run().portfolio)
    assert found in refused.value.problems[0].found


def test_a_plan_that_is_entered_makes_a_chance_of_the_next_year() -> None:
    portfolio = shipped_run().portfolio
    planned = replace(
        portfolio,
        targets=tuple(
            replace(t, list_plan_wan=38_000_000, list_plan_kind=ListPlanKind.ASSUMED)
            if t.year == 2027
            else t
            for t in portfolio.targets
        ),
    )
    assert parse_condition("P(2027>=3800)<0.8", planned).bound == 0.8


def test_more_paths_make_no_list_surer_and_past_years_are_the_closed_lists() -> None:
    portfolio = shipped_run().portfolio
    with pytest.raises(InputError) as refused:
        of_paths(parse_quantity("P(2026>=3800)", portfolio), portfolio)
    assert "路径再多也不更准" in refused.value.problems[0].found
    share = parse_quantity("P(2025>=3800)", portfolio)
    assert of_paths(share, portfolio) is share
    assert [speaks_of_list(portfolio, year) for year in (2021, 2025, 2026, 2027)] == [
        False, False, True, True,
    ]  # fmt: skip
    assert speaks_of_list(example_run().portfolio, 2026)
