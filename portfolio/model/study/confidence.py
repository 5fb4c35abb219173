"""Finish and cost, by item and in all: percentiles, joint confidence, the reserve it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np

from portfolio.model.arrays import Floats, Integers, Ints, Mask
from portfolio.model.measures.planned import agreed_span, plan_quarters, planned_span
from portfolio.model.measures.years import planned_wan
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS, or_end
from portfolio.model.study.findings import (
    Confidence,
    Fan,
    Frontier,
    FrontierPoint,
    JointConfidence,
    MoneyFinish,
)
from portfolio.model.study.intervals import chance, fan, mean, mean_where, quantile_rank
from portfolio.model.study.paths import Paths

PERCENTS = (50, 70, 80, 90)
RESERVE_PERCENTS = (70, 80)
FRONTIER_PERCENTS = (50, 70, 80)
QUARTERS_A_YEAR = 4
#: Parts of the planned money whose items are to have finished.
MONEY_PERCENTS = (50, 80, 90)


def planned_finishes(portfolio: Portfolio) -> Ints:
    """Planned finish by item, a quarter index; of no meaning without money (see `with_money`)."""
    _, last = agreed_span(portfolio, *planned_span(plan_quarters(portfolio)))
    return np.asarray(last, dtype=np.int64)


def with_money(portfolio: Portfolio) -> Mask:
    """Items that have planned money and so a finish: bool[item]."""
    return np.asarray(planned_wan(portfolio) > 0)


def late_quarters(portfolio: Portfolio, paths: Paths) -> Ints:
    """Quarters behind the planned finish: int64[path, item].

    Early finishes count as 0, unfinished items to the end of play, items without money as 0.
    """
    behind = paths.finish.astype(np.int64) - planned_finishes(portfolio)
    return np.where(with_money(portfolio), np.maximum(behind, 0), 0)


def mean_delay(portfolio: Portfolio, paths: Paths) -> Floats:
    """Delay of the portfolio: quarters behind by item, weighted by planned money, float64[path]."""
    weights = planned_wan(portfolio)
    return paths.by_block(lambda some: weighted_mean(late_quarters(portfolio, some), weights))


def weighted_mean(values: Integers, weights: Integers) -> Floats:
    """Σ weight × value ÷ Σ weight along the last axis; 0 where no weight is given.

    Added up in whole numbers: equal means are equal, however paths are taken together.
    """
    whole = int(weights.sum())
    if whole == 0:
        return np.zeros(values.shape[:-1])
    return np.asarray((values.astype(np.int64) @ weights.astype(np.int64)) / whole)


def last_finish(portfolio: Portfolio, paths: Paths) -> Ints:
    """The last finish of all items with money: int64[path], 100 where play ends first.

    Raises
    ------
    ValueError
        No item has money.
    """
    chosen = with_money(portfolio)
    if not chosen.any():
        raise ValueError("no item has money")
    return _last(paths, chosen)


def _last(paths: Paths, chosen: Mask) -> Ints:
    return paths.by_block(
        lambda some: np.asarray(some.finish[:, chosen].max(axis=1), dtype=np.int64)
    )


def total_cost_wan(paths: Paths) -> Ints:
    """Cost of all items from the first year on: int64[path]."""
    return paths.by_block(lambda some: np.asarray(some.cost_wan.sum(axis=1), dtype=np.int64))


def late_items(portfolio: Portfolio, paths: Paths) -> Fan:
    """How many items finish after their planned finish, unfinished ones included."""
    late = paths.by_block(lambda some: (late_quarters(portfolio, some) > 0).sum(axis=1))
    return fan(late, PERCENTS)


def item_confidences(portfolio: Portfolio, paths: Paths, prior: Outcome) -> tuple[Confidence, ...]:
    """Finish and cost of every item with money, in the portfolio's order."""
    planned, approved = planned_finishes(portfolio), planned_wan(portfolio)
    return tuple(
        confidence(
            portfolio.items[i].no,
            paths.finish[:, i],
            paths.cost_wan[:, i],
            planned_finish=int(planned[i]),
            prior_finish=prior.finish[i],
            approved_wan=int(approved[i]),
        )
        for i in np.flatnonzero(with_money(portfolio)).tolist()
    )


def whole_confidence(portfolio: Portfolio, paths: Paths, prior: Outcome) -> Confidence | None:
    """All items together: total cost and the last finish; None where no item has money."""
    return _together(portfolio, paths, prior, with_money(portfolio))


def public_confidence(portfolio: Portfolio, paths: Paths, prior: Outcome) -> Confidence | None:
    """The items that come about as planned, without those of a stage with 落地率 (备案).

    Private money that does not come can't pay for the overruns of public works: their cost is
    judged apart. None where all items, or none, are of such a stage.
    """
    private = {row.stage for row in portfolio.realisations}
    public = np.array([item.stage not in private for item in portfolio.items], dtype=np.bool_)
    return (
        None if public.all() else _together(portfolio, paths, prior, with_money(portfolio) & public)
    )


def _together(
    portfolio: Portfolio, paths: Paths, prior: Outcome, chosen: Mask
) -> Confidence | None:
    if not chosen.any():
        return None
    return confidence(
        None,
        _last(paths, chosen),
        paths.by_block(
            lambda some: np.asarray(some.cost_wan[:, chosen].sum(axis=1), dtype=np.int64)
        ),
        planned_finish=int(planned_finishes(portfolio)[chosen].max()),
        prior_finish=last_of(prior, np.flatnonzero(chosen).tolist()),
        approved_wan=int(planned_wan(portfolio)[chosen].sum()),
    )


def last_of(prior: Outcome, positions: Iterable[int]) -> int | None:
    """The last finish of some items in one play; None where one of them doesn't finish."""
    finishes = [prior.finish[i] for i in positions]
    known = [finish for finish in finishes if finish is not None]
    return max(known) if len(known) == len(finishes) else None


def money_finishes(portfolio: Portfolio, paths: Paths, prior: Outcome) -> tuple[MoneyFinish, ...]:
    """When items with 50, 80, 90 % of the planned money have finished; () without money."""
    weights = planned_wan(portfolio)
    if not weights.any():
        return ()
    planned = planned_finishes(portfolio)[None]
    played = np.array([[or_end(quarter) for quarter in prior.finish]])
    rows = []
    for percent in MONEY_PERCENTS:
        by = int(finish_by_money(planned, weights, percent)[0])
        without = int(finish_by_money(played, weights, percent)[0])
        found = paths.by_block(partial(_by_money, weights=weights, percent=percent))
        rows.append(
            MoneyFinish(
                percent=percent,
                planned=by,
                prior=without if without < PLAY_QUARTERS else None,
                finish=fan(found, PERCENTS),
                on_time=chance(found <= by),
            )
        )
    return tuple(rows)


def _by_money(paths: Paths, weights: Integers, percent: int) -> Ints:
    return finish_by_money(paths.finish, weights, percent)


def finish_by_money(finish: Integers, weights: Integers, percent: int) -> Ints:
    """First quarter at which finished items hold `percent` of the weights: int64[path].

    finish : [path, item]; items without weight count nothing
    """
    order = np.argsort(finish, axis=1, kind="stable")
    held = np.cumsum(weights[order], axis=1)
    reached = (held * 100 >= percent * int(weights.sum())).argmax(axis=1)
    rows = np.arange(len(finish))
    return np.asarray(finish[rows, order[rows, reached]], dtype=np.int64)


def confidence(
    item_no: int | None,
    finish: Integers,
    cost: Integers,
    *,
    planned_finish: int,
    prior_finish: int | None,
    approved_wan: int,
) -> Confidence:
    """Finish and cost of one item (or the whole) over the paths, against its plan."""
    spent = fan(cost, PERCENTS)
    return Confidence(
        item_no=item_no,
        planned_finish=planned_finish,
        prior_finish=prior_finish,
        approved_wan=approved_wan,
        finish=fan(finish, PERCENTS),
        cost=spent,
        delay=mean(np.maximum(finish.astype(np.int64) - planned_finish, 0)),
        unfinished=chance(finish >= PLAY_QUARTERS),
        joint=joint_confidence(cost, finish, approved_wan, planned_finish),
        reserve_wan=tuple(
            (percent, max(0, spent.at(percent).value - approved_wan))
            for percent in RESERVE_PERCENTS
        ),
        in_year=chance(_within_years(finish, planned_finish, 0)),
        year_later=chance(_within_years(finish, planned_finish, 1)),
    )


def _within_years(finish: Integers, planned_finish: int, years: int) -> Mask:
    """Paths that finish by the end of the planned year, or so many years after it."""
    by = finish // QUARTERS_A_YEAR <= planned_finish // QUARTERS_A_YEAR + years
    return np.asarray(by & (finish < PLAY_QUARTERS))


def joint_confidence(
    cost: Integers, finish: Integers, cost_wan: int, finish_by: int
) -> JointConfidence:
    """P(cost ≤ X and finish ≤ T), the quadrants and the frontiers of equal joint confidence.

    Source of the measure: NASA Cost Estimating Handbook v4.0, Appendix J.
    """
    within, in_time = cost <= cost_wan, finish <= finish_by
    return JointConfidence(
        cost_wan=cost_wan,
        finish=finish_by,
        both=chance(within & in_time),
        over_only=chance(~within & in_time),
        late_only=chance(within & ~in_time),
        over_and_late=chance(~within & ~in_time),
        within_cost=chance(within),
        on_time=chance(in_time),
        mean_cost_on_time=mean_where(cost, in_time),
        mean_cost_late=mean_where(cost, ~in_time),
        frontiers=frontiers(cost, finish, FRONTIER_PERCENTS),
    )


def frontiers(cost: Integers, finish: Integers, percents: Sequence[float]) -> tuple[Frontier, ...]:
    """For each finish T that was played, the smallest cost C with P(cost ≤ C, finish ≤ T) ≥ p.

    C is the k-th smallest cost among the paths finished by T, k the rank of p among all paths;
    finishes too early for k paths have no point, and neither has the end of play. A later finish
    that no longer lowers the cost is left out.
    """
    order = np.argsort(cost, kind="stable")
    cost, finish = cost[order], finish[order]
    quarters = np.unique(finish[finish < PLAY_QUARTERS]).tolist()
    ranks = {percent: quantile_rank(len(cost), percent) for percent in percents}
    points: dict[float, list[FrontierPoint]] = {percent: [] for percent in percents}
    for quarter in quarters:
        reached = np.flatnonzero(finish <= quarter)
        for percent, rank in ranks.items():
            found = points[percent]
            if len(reached) < rank:
                continue
            least = int(cost[reached[rank - 1]])
            if not found or least < found[-1].cost_wan:
                found.append(FrontierPoint(finish=int(quarter), cost_wan=least))
    return tuple(Frontier(percent=percent, points=tuple(points[percent])) for percent in percents)
