"""Who has to decide by when: before the year, in it, with facts, and of a repair's moves."""

from __future__ import annotations

from collections import Counter

from portfolio.model.calendar import SHIPPED
from portfolio.model.measures.answers.answer import answer
from portfolio.model.measures.answers.decisions import decisions, repair_decisions
from portfolio.model.rules.approval import Authority, MoveKind, last_ask
from tests.report.reallocation_results import shipped_repair
from tests.report.results import example_run, shipped_run


def told(run):
    return [(d.kind, d.path.authority, d.year, d.ask_by) for d in decisions(run, answer(run))]


def test_before_the_year_its_budget_is_voted_and_bonds_wait_for_the_limit() -> None:
    """2027's cut seen from the end of 2026: the congress in Q1, the standing committee by Q3."""
    first, third = SHIPPED.quarter_of(2027), SHIPPED.quarter_of(2027, 3)
    wanted = [
        (MoveKind.DRAFT_BUDGET, Authority.CONGRESS, 2027, first),
        (MoveKind.MORE_THAN_VOTED, Authority.STANDING_COMMITTEE, 2027, third),
    ]
    assert told(shipped_run(None, "专项债券:2027=-30%")) == wanted
    assert told(example_run(None, "专项债券:2027=-30%")) == wanted


def test_in_october_a_year_s_transfers_are_late_and_go_into_the_next_budget() -> None:
    """Facts end in October 2026: between items is asked by Q3; the next budget is still open."""
    rows = told(example_run())
    assert (MoveKind.DRAFT_BUDGET, Authority.CONGRESS, 2027, SHIPPED.quarter_of(2027)) in rows
    assert (MoveKind.BETWEEN_ITEMS, Authority.GOVERNMENT, 2026, None) in rows
    # What is in time comes first.
    assert [row[3] is None for row in rows] == sorted(row[3] is None for row in rows)


def test_a_budget_short_of_a_voted_year_is_an_adjustment_not_a_transfer() -> None:
    """Land of 2026 cut in its course: total expenditure falls, so the standing committee (late)."""
    run = example_run(None, "土地出让:2026=-50%")
    rows = [row for row in decisions(run, answer(run)) if row.year == 2026]
    falls = next(row for row in rows if row.kind is MoveKind.TOTAL_FALLS)
    assert falls.channels and all("土地" in name for name in falls.channels)
    assert falls.body == "本级人大常委会"  # no 级次 is told in the list
    assert not any("土地" in name for row in rows if row.kind is MoveKind.BETWEEN_ITEMS
                   for name in row.channels)  # fmt: skip


def test_the_channels_are_those_that_are_cut() -> None:
    run = shipped_run(None, "专项债券:2027=-30%")
    assert {row.channels for row in decisions(run, answer(run))} == {("地方政府专项债券",)}


def test_a_repair_s_moves_are_all_told_once() -> None:
    """By kind and year: the counts and sums are the moves' own."""
    repair = shipped_repair()
    rows = repair_decisions(repair)
    counted: Counter[tuple[int, MoveKind]] = Counter()
    for row in rows:
        assert row.moved is not None
        counted[row.year, row.kind] += row.moved.cells
        if row.ask_by is not None:
            assert row.ask_by == last_ask(row.kind, repair.calendar, row.year)
    assert counted == Counter((move.year, move.approval.kind) for move in repair.moves)
    assert sum(row.moved.net_wan for row in rows if row.moved) == sum(
        move.change_wan for move in repair.moves
    )
