"""What is kept of a play or of many paths as a forecast."""

from __future__ import annotations

from collections.abc import Callable

from portfolio.model.arrays import Integers
from portfolio.model.facts import MONTHS, Facts
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import drawn_by_item_wan, plan_by_year_wan
from portfolio.model.problems import InputError
from portfolio.model.quarters import PLAY_YEARS, or_end
from portfolio.model.record.archive import (
    YEARS_KEPT,
    Archived,
    KeptItem,
    KeptYear,
    Origin,
    Way,
    kept_values,
)
from portfolio.model.rules.opening import opening
from portfolio.model.study.came import done_wan
from portfolio.model.study.result import StressResult


def kept_years(facts: Facts) -> range:
    """The years that are foretold, counted from the first: those not over at the as-of."""
    first = facts.asof_months // MONTHS
    return range(first, min(first + YEARS_KEPT, PLAY_YEARS))


def facts_of_run(run: RunResult) -> Facts:
    """The facts a forecast begins after.

    Raises
    ------
    InputError
        There are none: nobody could say as of when it was made.
    """
    facts = run.portfolio.facts
    if facts is None:
        raise InputError.of(
            "--archive",
            "工作簿没有执行数，预测说不出是截至哪个月作的",
            "请先在“月度执行”中填写执行数（见 docs/执行数.md），或去掉 --archive",
        )
    return facts


def kept_of_run(run: RunResult) -> Archived:
    """The central values of a play without luck."""
    drawn, outcome = drawn_by_item_wan(run.outcome), run.outcome

    def one(year: int, item: int | None) -> tuple[int, ...]:
        return (int(drawn[year].sum() if item is None else drawn[year, item]),)

    return _kept(
        run,
        Way.PLAY,
        of_year=one,
        of_finish=lambda item: (or_end(outcome.finish[item]),),
        origin=_origin(run),
    )


def check_keepable(result: StressResult) -> range:
    """The years of a stress test that can be kept, counted from the first.

    Raises
    ------
    InputError
        There are no facts, or the test was stopped before all its paths were done: on another day
        it would be another.
    """
    years = kept_years(facts_of_run(result.run))
    if result.sampling.interrupted:
        raise InputError.of(
            "--archive", "压力测试提前结束，路径没有做完，不能存档", "请重新运行，等全部路径做完"
        )
    return years


def kept_of_paths(result: StressResult, items_wan: Integers) -> Archived:
    """What is kept of a stress test.

    items_wan : [path, year of `check_keepable`, item] money of the same paths
    """
    run, paths, sampling = result.run, result.paths, result.sampling
    first = kept_years(facts_of_run(run)).start

    def many(year: int, item: int | None) -> tuple[int, ...]:
        money = items_wan[:, year - first]
        return kept_values(money.sum(axis=1) if item is None else money[:, item])

    return _kept(
        run,
        Way.PATHS,
        of_year=many,
        of_finish=lambda item: kept_values(paths.finish[:, item]),
        origin=_origin(
            run,
            seed=sampling.seed,
            paths=len(paths),
            tails=sampling.tails,
            quasi_random=bool(sampling.sobol),
        ),
    )


def _origin(
    run: RunResult,
    *,
    seed: int | None = None,
    paths: int | None = None,
    tails: str | None = None,
    quasi_random: bool = False,
) -> Origin:
    return Origin(
        scenario=run.scenario,
        workbook_sha256=run.workbook_sha256,
        version=run.version,
        seed=seed,
        paths=paths,
        tails=tails,
        quasi_random=quasi_random,
    )


def _kept(
    run: RunResult,
    way: Way,
    *,
    of_year: Callable[[int, int | None], tuple[int, ...]],
    of_finish: Callable[[int], tuple[int, ...]],
    origin: Origin,
) -> Archived:
    portfolio, calendar, facts = run.portfolio, run.calendar, facts_of_run(run)
    begun, plan = opening(portfolio), plan_by_year_wan(portfolio).sum(axis=1)
    done = done_wan(begun)

    def years(item: int | None) -> tuple[KeptYear, ...]:
        at = slice(None) if item is None else slice(item, item + 1)
        return tuple(
            KeptYear(
                year=calendar.first_year + year,
                plan_wan=int(plan[year, at].sum()),
                done_wan=int(done[year, at].sum()) if year < len(done) else 0,
                values_wan=of_year(year, item),
            )
            for year in kept_years(facts)
        )

    return Archived(
        place=calendar.place,
        list_name=calendar.list_name,
        first_year=calendar.first_year,
        asof_months=facts.asof_months,
        way=way,
        origin=origin,
        years=years(None),
        items=tuple(
            KeptItem(
                no=item.no,
                name=item.name,
                kind=item.work,
                planned=run.outcome.planned_finish[index],
                finished=bool(begun.finished[index]),
                finishes=of_finish(index),
                years=years(index),
            )
            for index, item in enumerate(portfolio.items)
        ),
    )
