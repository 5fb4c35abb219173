"""Kept forecasts held against what came, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from portfolio.model.record.archive import (
    PERCENTS,
    Archived,
    KeptItem,
    KeptYear,
    Origin,
    Way,
    kept_values,
)
from portfolio.model.record.score import (
    Came,
    CameItem,
    Scored,
    finish_line,
    line,
    naive_errors,
    score,
)

#: 5, 10, … 95: the value at each per cent is the per cent itself.
EVEN = PERCENTS
FIRST_YEAR = 2021
#: Months past at the end of October 2026, and at the end of that year.
OCTOBER, YEAR_END = 70, 72


def year(of: int, values: tuple[int, ...] = EVEN, plan: int = 60, done: int = 40) -> KeptYear:
    return KeptYear(year=of, plan_wan=plan, done_wan=done, values_wan=values)


def item(no: int, *, finishes: tuple[int, ...] = (24,) * 19, **more: object) -> KeptItem:
    given: dict[str, object] = {
        "no": no,
        "name": f"大项{no}",
        "kind": "甲",
        "planned": 24,
        "finished": False,
        "finishes": finishes,
        "years": (year(2026),),
    }
    return KeptItem(**{**given, **more})  # type: ignore[arg-type]


def archived(*items: KeptItem, scenario: str = "基准", **more: object) -> Archived:
    given: dict[str, object] = {
        "place": "某市",
        "list_name": "某清单",
        "first_year": FIRST_YEAR,
        "asof_months": OCTOBER,
        "way": Way.PATHS,
        "origin": Origin(
            scenario=scenario,
            workbook_sha256="0" * 64,
            version="0",
            seed=1,
            paths=100,
            tails="正态",
            quasi_random=False,
        ),
        "years": (year(2026),),
        "items": items or (item(1),),
    }
    return Archived(**{**given, **more})  # type: ignore[arg-type]


def came(
    money: dict[int, int], finishes: dict[int, int | None] | None = None, months: int = YEAR_END
) -> Came:
    ends = finishes or {}
    return Came(
        asof_months=months,
        items={
            no: CameItem(name=f"大项{no}", money_wan={2026: wan}, finish=ends.get(no))
            for no, wan in money.items()
        },
    )


def of(kept: Archived, what: Came) -> Scored:
    return score([kept], what, "基准")


def test_what_is_kept_are_values_of_paths() -> None:
    values = np.arange(100, 0, -1)
    assert kept_values(values) == EVEN
    assert kept_values(np.array([7])) == (7,) * len(PERCENTS)


@pytest.mark.parametrize(
    ("money", "inside"), [(9, False), (10, True), (50, True), (90, True), (91, False)]
)
def test_the_band_goes_from_p10_to_p90(money: int, inside: bool) -> None:
    found = of(archived(), came({1: money}))
    (whole,), (one,) = found.years, found.items
    assert whole.band == one.band == (10, 50, 90)
    assert whole.inside is one.inside is inside


def test_errors_are_worked_by_hand() -> None:
    # Values 0 ×9 and 40 ×10 against 20: mean distance 20, less half the mean distance of two
    # of the values: 2·9·10·40 ÷ 19² ÷ 2 = 3600 ÷ 361.
    values = (0,) * 9 + (40,) * 10
    (whole,) = of(archived(years=(year(2026, values),)), came({1: 20})).years
    assert whole.crps == pytest.approx(20 - 3600 / 361)
    # Ten months past, 40 done, 60 planned: 60; 40 × 12 ÷ 10 = 48; 40 + 60 × 2 ÷ 12 = 50.
    assert (whole.naive.plan, whole.naive.straight, whole.naive.rest) == (40, 28, 30)


def test_of_a_year_not_begun_all_naive_forecasts_are_its_plan() -> None:
    naive = naive_errors(year(2027, done=0), 14, 100)
    assert (naive.plan, naive.straight, naive.rest) == (40, 40, 40)
    naive = naive_errors(year(2027, done=0), 12, 100)
    assert (naive.plan, naive.straight, naive.rest) == (40, 40, 40)


def test_a_value_alone_is_scored_by_its_distance_and_has_no_band() -> None:
    kept = archived(way=Way.PLAY, years=(year(2026, (70,)),), items=())
    found = of(replace(kept, items=()), came({}))
    (whole,) = found.years
    assert whole.crps == 70
    told = line("", Way.PLAY, found.years)
    assert (told.n, told.band, told.crps) == (1, None, 70)


def test_a_year_that_is_not_over_is_not_scored() -> None:
    kept = archived(item(1, years=(year(2026), year(2027))), years=(year(2026), year(2027)))
    found = of(kept, came({1: 50}))
    assert [held.year for held in (*found.years, *found.items)] == [2026, 2026]
    assert found.open_years == (2027,)
    before = of(kept, came({1: 50}, months=YEAR_END - 1))
    assert (before.years, before.items, before.open_years) == ((), (), (2026, 2027))


def test_a_finish_is_scored_once_its_band_is_over_however_it_came() -> None:
    spread = tuple([21] * 4 + [22] * 11 + [23] * 4)  # P10 21, P50 22, P90 23
    kept = archived(item(1, finishes=spread), item(2, finishes=spread), item(3, finishes=spread))
    found = of(kept, came({1: 50, 2: 50, 3: 50}, {1: 21, 2: 20}))
    assert [(held.came, held.inside) for held in found.finishes] == [
        (21, True),
        (20, False),
        (None, False),
    ]
    # P90 in the last quarter of 2026: not over a month before, though one has finished.
    before = of(kept, came({1: 50, 2: 50, 3: 50}, {1: 21}, months=YEAR_END - 1))
    assert (before.finishes, before.open_finishes) == ((), 3)


def test_what_was_finished_or_never_planned_foretells_no_finish() -> None:
    found = of(archived(item(1, finished=True), item(2, planned=None)), came({1: 5, 2: 5}))
    assert (found.finishes, found.open_finishes) == ((), 0)


def test_forecasts_without_doubt_are_told_apart() -> None:
    sure, doubtful = year(2026, (30,) * 19), year(2026)
    kept = archived(item(1, years=(sure,)), item(2, years=(sure,)), item(3, years=(doubtful,)))
    told = line("", Way.PATHS, of(kept, came({1: 30, 2: 31, 3: 50})).items)
    assert (told.n, told.certain, told.certain_wrong) == (1, 2, 1)
    assert told.band is not None and (told.band.inside, told.band.n) == (1, 1)
    only = line("", Way.PATHS, of(archived(item(1, years=(sure,))), came({1: 30})).items)
    assert (only.n, only.band, only.crps, only.naive) == (0, None, None, None)


def test_the_interval_is_that_of_clopper_and_pearson() -> None:
    kept = archived(*(item(no) for no in range(1, 11)))
    money = {no: 50 if no <= 7 else 99 for no in range(1, 11)}
    band = line("", Way.PATHS, of(kept, came(money)).items).band
    assert band is not None and (band.inside, band.n) == (7, 10)
    assert binom.sf(6, 10, band.low) == pytest.approx(0.025)
    assert binom.cdf(7, 10, band.high) == pytest.approx(0.025)


def test_lines_by_horizon_and_by_work() -> None:
    items = (item(1), item(2, kind="乙"), item(3))
    near = archived(*items, asof_months=71)
    far = archived(*items, asof_months=59, years=(year(2026),))
    found = score([near, far], came({1: 50, 2: 99, 3: 50}), "基准")
    assert [(told.name, told.n) for told in found.by_horizon(found.items, Way.PATHS)] == [
        ("1—3 个月", 3),
        ("13—24 个月", 3),
    ]
    by_work = {told.name: told.band for told in found.by_kind(Way.PATHS)}
    assert {name: (b.inside, b.n) for name, b in by_work.items() if b} == {
        "甲": (4, 4),
        "乙": (0, 2),
    }
    assert found.by_kind(Way.PLAY) == ()


def test_other_scenarios_are_not_scored() -> None:
    found = score([archived(), archived(scenario="断崖")], came({1: 50}), "基准")
    assert (found.kept, len(found.years), found.other_scenarios) == (1, 1, ("断崖",))


def test_an_item_that_is_gone_or_called_otherwise_is_told_and_so_is_no_total() -> None:
    kept = archived(item(1), item(2, name="别的"), item(9))
    found = of(kept, came({1: 50, 2: 50}))
    assert [held.item_no for held in found.items] == [1]
    assert found.years == ()
    assert found.gone == ("2 别的", "9 大项9")


def test_finishes_are_told_by_work() -> None:
    spread = tuple([20] * 4 + [21] * 15)
    found = of(
        archived(item(1, finishes=spread), item(2, finishes=(20,) * 19)),
        came({1: 5, 2: 5}, {1: 21, 2: 20}),
    )
    (told,) = found.finishes_by_kind()
    assert (told.name, told.n, told.certain, told.certain_wrong) == ("甲", 1, 1, 0)
    assert finish_line("", ()).band is None
