"""The study loop: independent of chunks and workers, to be stopped and gone on with at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.calendar import SHIPPED
from portfolio.model.study.drivers import drivers
from portfolio.model.study.findings import Level
from portfolio.model.study.paths import Paths
from portfolio.sim import stress as sim
from portfolio.sim.hands import Task, in_order
from portfolio.sim.lanes.many_paths import play_many
from portfolio.sim.levers import LEVERAGE_YEARS, less_money, levers, likeliest
from portfolio.sim.luck.scores import CHUNK
from portfolio.sim.stress import Luck, Study, Window
from tests.model.four_items import YI, four_items
from tests.sim.lucky_items import lucky_items, unequal

LUCK = Luck(seed=7)
#: A whole chunk and part of a second.
MANY = CHUNK + 88


@pytest.fixture(scope="module")
def whole() -> Paths:
    """Paths 1 to 600 in one go on one thread."""
    return sim.study([lucky_items()], luck=LUCK, paths=MANY, workers=1).paths[0]


def stop_at(paths: int) -> Callable[[int, int], None]:
    """What Ctrl-C does to a run that tells how far it is."""

    def told(done: int, _total: int) -> None:
        if done >= paths:
            raise KeyboardInterrupt

    return told


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (1, 5, [(1, 5)]),
        (1, CHUNK, [(1, CHUNK)]),
        (1, CHUNK + 1, [(1, CHUNK), (CHUNK + 1, 1)]),
        (CHUNK - 1, CHUNK + 2, [(CHUNK - 1, 2), (CHUNK + 1, 2)]),
        (9, 8, []),
    ],
)
def test_windows_break_where_the_chunks_of_the_draws_end(first, last, expected):
    assert [tuple(window) for window in sim.windows(first, last)] == expected


def test_workers_do_not_change_the_result(whole):
    assert len(whole) == MANY
    found = sim.study([lucky_items()], luck=LUCK, paths=MANY, workers=3)
    assert unequal(found.paths[0], whole) == []
    assert (found.asked, found.interrupted) == (MANY, False)


@pytest.mark.parametrize("known", [100, CHUNK])
def test_known_paths_are_gone_on_with(whole, known):
    """Also from the middle of a chunk."""
    start = sim.study([lucky_items()], luck=LUCK, paths=known)
    longer = sim.study([lucky_items()], luck=LUCK, paths=MANY, known=start.paths)
    assert unequal(longer.paths[0], whole) == []


def test_known_paths_are_not_played_again():
    start = sim.study([lucky_items()], luck=LUCK, paths=100)
    told: list[tuple[int, int]] = []
    sim.study(
        [lucky_items()], luck=LUCK, paths=120, known=start.paths,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told == [(120, 120)]


def test_scenarios_share_the_luck_and_do_not_disturb_each_other():
    plain = lucky_items()
    no_gates = replace(plain, gates=())
    both = sim.study([plain, no_gates], luck=LUCK, paths=40)
    alone = [sim.study([each], luck=LUCK, paths=40).paths[0] for each in (plain, no_gates)]
    assert [unequal(*pair) for pair in zip(both.paths, alone, strict=True)] == [[], []]
    assert np.array_equal(both.paths[0].duration_bps, both.paths[1].duration_bps)
    assert unequal(*both.paths)


def test_each_portfolio_may_have_its_own_luck():
    plain = lucky_items()
    lucks = [LUCK, replace(LUCK, off=frozenset({"cost"}))]
    with_cost, without = sim.study([plain, plain], luck=lucks, paths=30).paths
    # The register adds to the cost whatever is off elsewhere; items 22 and 44 are not in it.
    assert (without.cost_bps[:, [0, 3]] == 10_000).all()
    assert (with_cost.cost_bps[:, [0, 3]] != 10_000).any()
    assert np.array_equal(with_cost.duration_bps, without.duration_bps)


def test_ctrl_c_leaves_whole_chunks_of_every_scenario(whole):
    plain = lucky_items()
    found = sim.study(
        [plain, plain], luck=LUCK, paths=4 * CHUNK, workers=1, progress=stop_at(2 * CHUNK)
    )
    assert found.interrupted
    assert found.asked == 4 * CHUNK
    done = len(found.paths[0])
    assert done in (CHUNK, 2 * CHUNK)  # the chunk under way at Ctrl-C may have been finished
    assert unequal(*found.paths) == []
    assert np.array_equal(found.paths[0].drawn_wan[:CHUNK], whole.drawn_wan[:CHUNK])
    assert found.paths[0].item_drawn_wan.sum() == found.paths[0].drawn_wan.sum()


def test_ctrl_c_before_any_path_is_done_leaves_nothing():
    def stopped() -> Paths:
        raise KeyboardInterrupt

    done: list[Paths] = []
    assert in_order([Task(stopped), Task(stopped)], 1, lambda _done: None, done)
    assert done == []


def test_ctrl_c_with_the_last_result_is_no_interruption():
    def told(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    found: list[int] = []
    assert not in_order([Task(int, "1"), Task(int, "2")], 1, told, found)
    assert found == [1, 2]


def test_a_defect_in_a_chunk_is_let_through():
    def broken() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_order([Task(int, "1"), Task(broken), Task(int, "3")], 2, lambda _done: None, [])


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_order_and_few_tasks_are_under_way(workers):
    begun: list[int] = []
    most: list[int] = []

    def run(number: int) -> int:
        begun.append(number)
        return number

    found: list[int] = []
    tasks = [Task(run, k) for k in range(20)]
    assert not in_order(tasks, workers, lambda done: most.append(len(begun) - done), found)
    assert found == list(range(20))
    # Begun and not yet taken over: one more than there are workers, at the most.
    assert max(most) <= workers + 1


@pytest.mark.parametrize(
    ("enough", "most", "expected"), [(1, 500, 30), (100, 500, 120), (9_999, 50, 50)]
)
def test_paths_are_doubled_until_sure_or_too_many(enough, most, expected):
    """30, 60, 120, …; never beyond `most`."""
    found = sim.until(
        [lucky_items()], luck=LUCK, sure=lambda paths: len(paths[0]) >= enough, paths=30, most=most
    )
    assert (len(found.paths[0]), found.asked) == (expected, expected)
    scratch = sim.study([lucky_items()], luck=LUCK, paths=expected)
    assert unequal(found.paths[0], scratch.paths[0]) == []


@pytest.mark.parametrize(("paths", "size"), [(1, 1), (8, 1), (9, 2), (2000, 256), (2048, 256)])
def test_a_randomisation_has_a_power_of_two_of_paths(paths, size):
    assert sim.sobol_size(paths) == size


def test_a_sobol_study_holds_eight_randomisations_and_each_path_by_its_number():
    plain = lucky_items()
    found = sim.study_sobol([plain], luck=LUCK, paths=30, workers=2)
    parts = found.parts[0]
    assert [len(part) for part in parts] == [4] * 8
    assert len({part.cost_bps.tobytes() for part in parts}) == 8
    # Path 11 of 32 is the third of the third randomisation.
    one = sim.one_draw(plain, LUCK, 11, sobol_of=30)
    assert np.array_equal(one.cost_bps[0], parts[2].cost_bps[2])
    assert np.array_equal(one.cost_bps[0], found.paths[0].cost_bps[10])
    with pytest.raises(ValueError, match="33"):
        sim.one_draw(plain, LUCK, 33, sobol_of=30)


def test_ctrl_c_leaves_whole_randomisations():
    found = sim.study_sobol([lucky_items()], luck=LUCK, paths=32, workers=1, progress=stop_at(8))
    assert found.interrupted
    assert len(found.paths[0]) % 4 == 0
    assert 8 <= len(found.paths[0]) < 32


def test_one_path_is_drawn_by_its_number(whole):
    one = sim.one_draw(lucky_items(), LUCK, CHUNK + 3)
    assert np.array_equal(one.cost_bps[0], whole.cost_bps[CHUNK + 2])


# --- the extra runs ----------------------------------------------------------------------------


def test_one_yi_or_one_per_cent_less_for_every_envelope():
    """GPB 60 + 10 %, SPB 68 + 10 %, CBI and CORP likewise: all far below 100 亿, so 1 亿 each."""
    plain = four_items()
    less = less_money(plain)
    assert {channel for channel, _ in less} == {"GPB", "SPB", "CBI", "CORP"}  # no 随资本金
    assert {year for _, year in less} == set(SHIPPED.plan_years[:LEVERAGE_YEARS])
    assert {wan for wan, _ in less.values()} == {YI}
    _, poorer = less["GPB", 2023]
    change = plain.envelopes.pooled_wan - poorer.envelopes.pooled_wan
    assert change.sum() == change[2023 - SHIPPED.first_year, 0] == YI
    assert np.array_equal(plain.envelopes.own_wan, poorer.envelopes.own_wan)
    _, poorer = less["CBI", 2023]
    change = plain.envelopes.own_wan - poorer.envelopes.own_wan
    assert change.sum() == change[2023 - SHIPPED.first_year, 2, 0] == YI
    # Of the ask: what is taken away does not follow the item into later years.
    assert np.array_equal(plain.envelopes.own_reserve_wan, poorer.envelopes.own_reserve_wan)
    assert np.array_equal(plain.envelopes.pooled_wan, poorer.envelopes.pooled_wan)


def test_a_large_envelope_loses_one_per_cent_and_one_under_10_yi_is_left_out():
    plain = four_items()
    ask, reserve = plain.envelopes.pooled_ask_wan.copy(), plain.envelopes.pooled_reserve_wan * 0
    ask[0, 0], ask[1, 0], ask[2, 0] = 300 * YI, 10 * YI, 10 * YI - 1
    changed = replace(
        plain,
        envelopes=replace(plain.envelopes, pooled_ask_wan=ask, pooled_reserve_wan=reserve),
    )
    less = less_money(changed)
    assert (less["GPB", 2021][0], less["GPB", 2022][0]) == (3 * YI, YI)
    assert ("GPB", 2023) not in less


def test_money_of_several_items_is_taken_in_proportion():
    """CORP of items 31 (20 + 2 亿) and 44 (10 亿 more): 1 亿 = 22/32 + 10/32, to the 万元."""
    plain = four_items()
    own = plain.envelopes.own_ask_wan.copy()
    own[0, 3, 3] = 10 * YI
    changed = replace(plain, envelopes=replace(plain.envelopes, own_ask_wan=own))
    _, poorer = less_money(changed)["CORP", 2021]
    change = (changed.envelopes.own_wan - poorer.envelopes.own_wan)[0, 3]
    assert change.tolist() == [0, 0, 6875, 3125]


def test_the_same_draws_are_played_on_each_portfolio(whole):
    plain = lucky_items()
    draws = sim.window_draws(plain, LUCK, Window(1, 40))
    _, poorer = less_money(plain)["SPB", 2022]
    base, (less,) = sim.study_with_less(plain, [(1, poorer)], draws, workers=2)
    assert np.array_equal(base.drawn_wan, whole.drawn_wan[:40])
    assert np.array_equal(base.receipt_bps, less.receipt_bps)
    # SPB alone pays 31's 统筹 part; a dry year can't make more money come that year.
    assert less.drawn_wan[:, 1].sum() < base.drawn_wan[:, 1].sum()


def test_everything_that_can_be_switched_off_is_known_to_the_draws():
    plain = lucky_items()
    paths = sim.study([plain], luck=LUCK, paths=60).paths[0]
    off = {lever.label: lever.off for lever in levers(plain)}
    assert {"来源：造价", "来源：风险清单", "风险：征拆受阻", "渠道：地方政府专项债券"} <= set(off)
    assert "来源：落地率" not in off  # no item is of a stage that has one
    assert "渠道：一般公共预算" not in off  # it has no luck
    without = sim.study_without(plain, luck=LUCK, offs=list(off.values()), paths=60, workers=2)
    for each, played in zip(off.values(), without, strict=True):
        study = sim.study([plain], luck=replace(LUCK, off=each), paths=60)
        assert unequal(study.paths[0], paths)
        assert unequal(study.paths[0], played) == []  # drawn once and switched off, or drawn so


def test_a_play_that_goes_on_from_a_year_is_the_whole_play():
    """Each channel and year with less money: from where all stood, as from the start."""
    plain = lucky_items()
    draws = sim.window_draws(plain, LUCK, Window(1, 21))
    less = less_money(plain)
    base, others = sim.study_with_less(
        plain, [(year - 2021, poorer) for (_, year), (_, poorer) in less.items()], draws, workers=2
    )
    assert unequal(base, play_many(plain, draws)) == []
    assert len(less) > 3
    for (_, poorer), other in zip(less.values(), others, strict=True):
        assert unequal(other, play_many(poorer, draws)) == []


def test_the_levers_played_are_those_that_go_along_with_an_outcome_most():
    plain = lucky_items()
    paths = sim.study([plain], luck=LUCK, paths=200).paths[0]
    every, found = levers(plain), drivers(plain, paths, 2023)
    assert likeliest(every, found) == every  # no more than twenty and three of each kind
    many = tuple(lever._replace(label=f"{lever.label}{k}") for k in range(30) for lever in every)
    played = likeliest(many, found)
    sources = [lever for lever in many if lever.level is Level.SOURCE]
    assert [lever for lever in played if lever.level is Level.SOURCE] == sources
    assert len(played) == len(sources) + 20
    kinds = Counter(lever.level for lever in played)
    assert all(kinds[level] >= 3 for level in {lever.level for lever in every})


def test_a_study_of_nothing_new_is_what_was_known(whole):
    again = sim.study([lucky_items()], luck=LUCK, paths=MANY, known=[whole])
    assert isinstance(again, Study)
    assert unequal(again.paths[0], whole) == []


def test_ctrl_c_while_the_pieces_are_joined_is_noted_and_loses_nothing(whole):
    """The first reading of the pieces is stopped; the second gives the whole."""

    class StoppedOnce(list[Paths]):
        stopped = False

        def __iter__(self):
            if not self.stopped:
                self.stopped = True
                raise KeyboardInterrupt
            return super().__iter__()

    pieces = [whole, whole]
    (joined,), stopped = sim._joined([StoppedOnce(pieces)])
    assert stopped
    assert unequal(joined, Paths.joined(pieces)) == []
    assert sim._joined([pieces])[1] is False
