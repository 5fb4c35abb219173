"""Reserve projects chosen, against every choice there is, and the reasons for the others."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.measures.years import year_measures
from portfolio.model.pipeline.added import with_starts
from portfolio.model.pipeline.need import StartNeed
from portfolio.model.pipeline.project import Readiness, ReserveProject
from portfolio.model.pipeline.reserve import Candidate, Chosen, candidates, money_of, short_of
from portfolio.optimize.pipeline.reserve import LATER, chosen_reserve
from portfolio.optimize.pipeline.starts import least_starts
from portfolio.workflows.run import play_plan
from tests.examples import examples
from tests.optimize.start_cases import FIRST, LAST, reserve, small_list, small_need

LIST = small_list()
NEED = small_need(LIST, in_hand_bps=0)
#: A target that a project or two can fill, and one that all of them can't.
NEEDS = (small_need(small_list(target_wan=160_000), in_hand_bps=0), NEED)
HELD = FIRST + 1


def every_choice(need: StartNeed, every: Sequence[Candidate]) -> Iterator[tuple[Chosen, ...]]:
    """All choices that rules and limits allow, by trying."""
    ways = [(None, *each.money_wan) for each in every]
    for years in itertools.product(*ways):
        chosen = tuple(
            Chosen(candidate=each, year=year)
            for each, year in zip(every, years, strict=True)
            if year is not None
        )
        if _allowed(chosen) and _within(need, chosen):
            yield chosen


def _allowed(chosen: Sequence[Chosen]) -> bool:
    groups = [c.candidate.project.group for c in chosen if c.candidate.project.group]
    years = {c.candidate.project.code: c.year for c in chosen}
    linked = all(
        years.get(before, FIRST + 99) <= c.year
        for c in chosen
        if (before := c.candidate.project.linked_to) is not None
    )
    return linked and len(set(groups)) == len(groups)


def _within(need: StartNeed, chosen: Sequence[Chosen]) -> bool:
    money = money_of(need, chosen)
    return all(
        one.limit_wan is None
        or (money[c] <= [one.room_wan(y) for y in range(len(need.years))]).all()
        for c, one in enumerate(need.bearing)
    )


def lacking(need: StartNeed, chosen: Sequence[Chosen], hold: int) -> int:
    """What lacks in the years that are to hold."""
    pairs = zip(need.years, short_of(need, chosen), strict=True)
    return sum(short for year, short in pairs if year.year >= hold)


def weight(chosen: Sequence[Chosen]) -> float:
    """What the second aim counts."""
    return sum(c.candidate.weight * (1 + LATER * (c.year - FIRST)) for c in chosen)


@st.composite
def lists(draw: st.DrawFn) -> tuple[ReserveProject, ...]:
    count = draw(st.integers(1, 4))
    return tuple(
        reserve(
            f"R{k}",
            draw(st.integers(20, 300)) * 10_000,
            risk_class=draw(st.sampled_from(["plain", "slow"])),
            readiness=draw(st.sampled_from(list(Readiness))),
            score=draw(st.integers(0, 100)),
            earliest=draw(st.sampled_from([None, FIRST + 2])),
            group=draw(st.sampled_from([None, None, "甲"])),
            linked_to=f"R{k - 1}" if k and draw(st.booleans()) else None,
        )
        for k in range(count)
    )


@given(projects=lists(), need=st.sampled_from(NEEDS), hold=st.sampled_from([HELD, LAST]))
@examples(100)
def test_no_other_choice_is_better(
    projects: tuple[ReserveProject, ...], need: StartNeed, hold: int
) -> None:
    every = candidates(projects, need, LIST)
    choice = chosen_reserve(need, every, hold, by_class=False)
    assert choice.proven
    assert _allowed(choice.chosen) and _within(need, choice.chosen)
    found = [(lacking(need, c, hold), weight(c)) for c in every_choice(need, every)]
    least = min(short for short, _ in found)
    slack = 20 + len(need.years)
    assert lacking(need, choice.chosen, hold) <= least + slack
    lightest = min(w for short, w in found if short <= least)
    assert weight(choice.chosen) <= lightest * 1.0011 + 1
    told = {each.project.code for each in choice.left}
    assert told == {p.code for p in projects} - {c.candidate.project.code for c in choice.chosen}
    assert all(each.reason for each in choice.left)


def reason_of(projects: Sequence[ReserveProject], code: str, **more: object) -> str:
    need = small_need(LIST, in_hand_bps=0, **more)
    choice = chosen_reserve(need, candidates(projects, need, LIST), HELD, by_class=False)
    return next(each.reason for each in choice.left if each.project.code == code)


def test_every_kind_of_reason_is_told() -> None:
    large = 3_000_000
    idea = reserve("A", large, readiness=Readiness.IDEA)
    assert reason_of([idea], "A") == "不成熟：还在谋划"
    late = reserve("A", large, earliest=FIRST + 90)
    assert reason_of([late], "A").startswith("太晚")
    twins = [reserve("A", large, group="甲"), reserve("B", large, group="甲", score=0)]
    assert reason_of(twins, "B") == "与已选的 A 储备A 只能选一个"
    linked = [reserve("A", large, readiness=Readiness.IDEA), reserve("B", large, linked_to="A")]
    assert reason_of(linked, "B") == "须先开工的 A 储备A 没有入选"
    full = reason_of([reserve("A", large)], "A", cap_bps=100)
    assert full.startswith("渠道0 ") and "年已满，还差" in full
    done = [reserve("A", large), reserve("B", 10_000, score=0)]
    small = small_list(target_wan=1)
    need = small_need(small, in_hand_bps=0)
    choice = chosen_reserve(need, candidates(done, need, small), HELD, by_class=False)
    assert not choice.chosen
    assert all(each.reason.startswith("目标用不上") for each in choice.left)


def test_projects_and_volumes_together_hold_the_targets_within_the_peak() -> None:
    need = small_need(LIST)
    alone = least_starts(need, HELD)
    assert alone is not None
    projects = [
        reserve("A", 800_000, score=90),
        reserve("B", 500_000, risk_class="slow", score=80),
        reserve("C", 700_000, readiness=Readiness.STUDIED, mix_bps=(0, 0, 10_000, 0, 0)),
    ]
    choice = chosen_reserve(need, candidates(projects, need, LIST), HELD, peak_wan=alone.peak_wan)
    assert choice.proven and len(choice.chosen) == len(projects)
    rest = choice.rest
    assert rest is not None and rest.holds
    assert rest.total_wan + choice.total_wan < alone.total_wan + max(p.total_wan for p in projects)
    for s, year in enumerate(need.years):
        named = sum(c.candidate.project.total_wan for c in choice.chosen if c.year == year.year)
        assert rest.starts_wan[s] + named <= alone.peak_wan + 10_000


def test_played_as_items_the_chosen_bring_what_is_told() -> None:
    projects = [reserve(f"R{k}", 600_000 + k * 50_000, score=50 + k) for k in range(4)]
    choice = chosen_reserve(NEED, candidates(projects, NEED, LIST), HELD, by_class=False)
    assert choice.chosen
    portfolio = with_starts(LIST, [c.candidate.start(c.year) for c in choice.chosen])
    played = year_measures(portfolio, play_plan(portfolio), [y.year for y in NEED.years])
    for measure, wan in zip(played, choice.converted_wan, strict=True):
        assert measure.converted_wan == pytest.approx(wan, rel=0.01)
