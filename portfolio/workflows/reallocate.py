"""Repairing a plan under a shock, then playing what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from portfolio.model.money import SEEN_WAN
from portfolio.model.problems import Collected, InputError
from portfolio.model.reallocation.settings import FEW_MOVES, Way, WayName
from portfolio.workflows.asked import (
    Keep,
    OpenCase,
    Progress,
    Reallocate,
    bounds_problems,
    silent,
    taking,
)
from portfolio.workflows.inputs import calendar_of, read_merged, told_by_quarter
from portfolio.workflows.interrupt import aside
from portfolio.workflows.run import AuditError, play_plan, played

if TYPE_CHECKING:
    from collections.abc import Callable

    from portfolio.model.calendar import Calendar
    from portfolio.model.measures.results import RunResult
    from portfolio.model.money import Wan
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.reallocation.case import RepairCase
    from portfolio.model.reallocation.result import (
        Alternatives,
        Counterfactual,
        Price,
        Reallocation,
    )
    from portfolio.model.study.result import ScenarioComparison
    from portfolio.optimize.repair import Repaired


@dataclass(frozen=True, kw_only=True)
class OpenedCase:
    """A scenario played without a repair, and the case of repairing it."""

    run: RunResult
    case: RepairCase


@taking(OpenCase)
def open_case(asked: OpenCase) -> OpenedCase:
    """Read, lay the scenario, play it, and open the case of its repair.

    `asof` is the month to whose end facts are taken: what is past can't be moved. Without facts it
    is the last quarter already past (“2023Q4”); without it the year before the shock ends.

    Raises
    ------
    InputError
        Problems of the workbook, the scenarios and the quarter, all at once.
    """
    return _opened(asked)


def _opened(asked: OpenCase) -> OpenedCase:
    problems = Collected()
    loaded, quarter = None, None
    with problems.part():
        loaded, scenario = read_merged(asked)
    with problems.part():
        if told_by_quarter(asked.asof, loaded):
            quarter = _asof_quarter(asked.asof, calendar_of(asked.workbook))
    problems.raise_any()
    assert loaded is not None
    run = played(loaded, scenario, play_plan(loaded.portfolio, asked.progress), asked.progress)
    return case_of_run(run, quarter, reschedule=asked.reschedule, progress=asked.progress)


def case_of_run(
    run: RunResult,
    quarter: int | None = None,
    *,
    not_before: int | None = None,
    reschedule: bool = False,
    progress: Progress | None = None,
) -> OpenedCase:
    """The case of repairing a scenario that has been played; `quarter` is the last one past.

    Without one it is decided at the end of the year before the shock, but not before the end of
    the quarter `not_before`; after facts where they end.

    Raises
    ------
    InputError
        The plan is an adjusted one already.
    """
    from portfolio.model.reallocation.case import open_handed, repair_case

    _refuse_adjusted(run.portfolio)
    opened = partial(
        repair_case,
        run.portfolio,
        run.baseline,
        open_handed_play=play_plan(open_handed(run.portfolio), progress),
        shocked_play=run.outcome,
        reschedule=reschedule,
    )
    case = opened(asof_quarter=quarter)
    if quarter is None and not_before is not None and not_before > case.asof_quarter:
        case = opened(asof_quarter=not_before)
    return OpenedCase(run=run, case=case)


@taking(Reallocate)
def reallocate(asked: Reallocate) -> Reallocation:
    """Repair the plan under the merged scenarios and play the repaired plan.

    `seconds` are for the aims, and half of them for why there is no plan; `price_seconds` for prices.
    None: a set effort, which gives one plan on every machine; 0: no prices are sought. With `paths`
    both plans are also stress-tested on the same luck.

    Raises
    ------
    InputError
        Problems of the workbook and of the scenarios, all at once.
    AuditError
        The repaired plan or its play breaks the rulebook: a defect, nothing is written.
    """
    if wrong := bounds_problems(asked):
        raise InputError(wrong)
    name = None if asked.way is None else WayName(asked.way)
    if name is None and asked.most_moves is not None:
        name = WayName.FEW
    opened = _opened(asked)
    result = repaired_case(
        opened,
        name=name,
        most_moves=FEW_MOVES if asked.most_moves is None else asked.most_moves,
        ways=asked.ways,
        alternatives=asked.alternatives,
        seconds=asked.seconds,
        price_seconds=asked.price_seconds,
        progress=asked.progress,
    )
    if not asked.paths or result.repaired is None:
        return result
    (asked.progress or silent)(f"正在用同一运气推演 {asked.paths:,} 条路径")
    return replace(result, luck=under_luck(opened, result.repaired, asked.paths, asked.seed))


def repaired_case(
    opened: OpenedCase,
    *,
    name: WayName | None = None,
    most_moves: int = FEW_MOVES,
    ways: bool = False,
    alternatives: bool = False,
    seconds: float | None = None,
    price_seconds: float | None = None,
    progress: Progress | None = None,
) -> Reallocation:
    """Solve an opened case and play the repaired plan.

    Parameters
    ----------
    name
        Which repair is wanted; None: the one of few moves where its play does nearly as well as the
        knee's (`few_will_do`), else the knee; where the settings ask for it the strict one.
    most_moves
        Of the repair of few moves.
    ways
        Whether the other two are told beside it. The play of the wanted one is the same either way.
    alternatives
        Whether what every plan as good moves is sought, and other plans as good.

    Raises
    ------
    AuditError
        The repaired plan or its play breaks the rulebook: a defect.
    """
    tell = progress or silent
    if name is None and opened.case.settings.way is Way.STRICT:
        name = WayName.FULL
    way = Way.STRICT if name is WayName.FULL else Way.KNEE
    if way is not opened.case.settings.way:
        opened = with_way(opened, way)
    repaired = solved(opened, tell, seconds=seconds)
    beside = ways and name is not WayName.FULL and repaired.plan_wan is not None
    with aside(partial(_full, opened, repaired, tell), apart=beside) as full:
        main, allowed = repaired, None
        few: tuple[Repaired, int] | None = None
        if name in (None, WayName.FEW) and repaired.plan_wan is not None:
            few = _of_few(repaired, most_moves)
            if name is WayName.FEW or few_will_do(opened, repaired, few[0]):
                (main, allowed), name = few, WayName.FEW
        name = name or WayName.KNEE
        result = assembled(opened, main, seconds, price_seconds, tell)
        result = replace(result, name=name, allowed=allowed)
        if _no_better(result) and (name is WayName.FULL or _no_better(full())):
            return _needless(opened, result)
        if alternatives and result.repaired is not None and result.moves:
            result = replace(result, alternatives=_alternatives(opened, main, result, tell))
        if not ways or result.repaired is None or not result.moves:
            return result
        few_of = few or partial(_of_few, most=most_moves)
        return replace(result, ways=_side_by_side(opened, repaired, result, few_of, full, tell))


def _alternatives(
    opened: OpenedCase, main: Repaired, result: Reallocation, tell: Progress
) -> Alternatives:
    """What plans as good as a repair have in common, and others, each played."""
    from portfolio.model.reallocation.result import Alternative, Alternatives
    from portfolio.optimize.repair import with_plan
    from portfolio.optimize.ways.alternatives import alike

    tell("正在求同样好的其他方案")
    assert result.plan_wan is not None
    found = alike(main.laid, result.plan_wan, main.values, near=result.name is WayName.FEW)
    mine, others = {move.cell for move in result.moves}, []
    for plan in found.plans:
        other = replace(
            assembled(opened, with_plan(main, plan, opened.case.settings), None, 0.0, silent),
            name=result.name,
        )
        shared = len(mine & {move.cell for move in other.moves})
        others.append(Alternative(repair=other, shared=shared))
    return Alternatives(
        within=found.within, forced=found.forced, free=found.free, others=tuple(others)
    )


def with_way(opened: OpenedCase, way: Way) -> OpenedCase:
    """The same case with its aims weighed otherwise."""
    case = opened.case
    return replace(opened, case=replace(case, settings=replace(case.settings, way=way)))


def _of_few(repaired: Repaired, most: int) -> tuple[Repaired, int]:
    """The repair of few moves; the knee itself where it has no more."""
    from portfolio.model.reallocation.aims import moved_wan
    from portfolio.optimize.repair import few_at_most

    found = few_at_most(repaired, repaired.case.settings, most)
    if found is None:
        assert repaired.plan_wan is not None
        cells = int((moved_wan(repaired.case, repaired.plan_wan) != 0).sum())
        return repaired, max(most, cells)
    return found


def few_will_do(opened: OpenedCase, knee: Repaired, few: Repaired) -> bool:
    """Whether few moves, played, bring back most of what the knee does, and are hardly later than none."""
    from portfolio.model.money import BPS
    from portfolio.model.reallocation.aims import play_judges, played_aims
    from portfolio.model.reallocation.settings import FEW_LATER_BPS, FEW_RECOVERS_BPS, Aim

    case = opened.case
    if few is knee or knee.plan_wan is None or few.plan_wan is None or not play_judges(case):
        return False
    before = played_aims(case, case.played, opened.run.outcome)
    of_knee, of_few = (
        played_aims(case, portfolio, play_plan(portfolio))
        for portfolio in (laid_out(case, knee.plan_wan), laid_out(case, few.plan_wan))
    )
    gains = {aim: before[aim] - of_knee[aim] for aim in before}
    enough = all(
        (before[aim] - of_few[aim]) * BPS >= gain * FEW_RECOVERS_BPS
        for aim, gain in gains.items()
        if gain > 0
    )
    return enough and of_few[Aim.DELAY] * BPS <= before[Aim.DELAY] * (BPS + FEW_LATER_BPS)


def laid_out(case: RepairCase, plan_wan: Wan) -> Portfolio:
    """The portfolio with a repaired plan, ready to be played."""
    from portfolio.model.reallocation.plan import lay_out, plan_for_play

    return lay_out(case.played, plan_for_play(case, plan_wan), asof_quarter=case.asof_quarter)


def _no_better(result: Reallocation) -> bool:
    """Whether the play of a repair makes neither 缺口 nor 滞后 smaller than changing nothing does."""
    from portfolio.model.reallocation.aims import play_judges, played_aims

    if result.repaired is None or result.outcome is None or not result.moves:
        return False
    case = result.case
    if not play_judges(case):
        return False
    before = played_aims(case, case.played, result.run.outcome)
    after = played_aims(case, result.repaired, result.outcome)
    return all(before[aim] - after[aim] < SEEN_WAN for aim in before)


def _needless(opened: OpenedCase, tried: Reallocation) -> Reallocation:
    """No plan is offered: what was tried plays no better than changing nothing."""
    from portfolio.model.reallocation.result import Verdict, year_promises

    return replace(
        tried,
        verdict=Verdict.NEEDLESS,
        stages=(),
        weighed=None,
        fewest=None,
        plan_wan=None,
        moves=(),
        years=year_promises(opened.run, opened.case),
        prices=None,
        repaired=None,
        outcome=None,
        tried=tried,
    )


def _full(opened: OpenedCase, repaired: Repaired, tell: Progress) -> Reallocation:
    """The strict repair of a case that has been solved otherwise, played."""
    from portfolio.optimize.repair import repaired as solve

    strict = with_way(opened, Way.STRICT)
    found = solve(repaired.laid, repaired.limits, strict.case.settings)
    if found.breaches:
        raise AuditError("\n".join(str(breach) for breach in found.breaches))
    made = assembled(strict, replace(found, case=strict.case), None, 0.0, tell)
    return replace(made, name=WayName.FULL)


def _side_by_side(
    opened: OpenedCase,
    repaired: Repaired,
    result: Reallocation,
    few_of: tuple[Repaired, int] | Callable[[Repaired], tuple[Repaired, int]],
    full: Callable[[], Reallocation],
    tell: Progress,
) -> tuple[Reallocation, ...]:
    """The three repairs, fewest moves first; a repair that isn't to be had is left out.

    few_of : the repair of few moves and how many those are, or how it is had of the knee
    full : gives the strict one
    """
    from portfolio.optimize.repair import repaired as solve

    tell("正在求其余两种做法")
    found = {result.name: result}
    knee_case = with_way(opened, Way.KNEE)
    knee = repaired
    if result.name is WayName.FULL:
        knee = solve(repaired.laid, repaired.limits, knee_case.case.settings)
        if knee.plan_wan is not None and not knee.breaches:
            found[WayName.KNEE] = assembled(
                knee_case, replace(knee, case=knee_case.case), None, 0.0, tell
            )
    elif result.name is WayName.FEW:
        found[WayName.KNEE] = replace(
            assembled(opened, repaired, None, 0.0, tell), name=WayName.KNEE
        )
    if result.name is not WayName.FEW and knee.plan_wan is not None:
        few, allowed = few_of(knee) if callable(few_of) else few_of
        made = assembled(knee_case, replace(few, case=knee_case.case), None, 0.0, tell)
        found[WayName.FEW] = replace(made, name=WayName.FEW, allowed=allowed)
    if result.name is not WayName.FULL:
        found[WayName.FULL] = full()
    return tuple(found[name] for name in WayName if name in found)


def solved(opened: OpenedCase, tell: Progress, *, seconds: float | None) -> Repaired:
    """The repair of an opened case, as solved.

    Raises
    ------
    AuditError
        It breaks the rulebook: a defect.
    """
    from portfolio.optimize.repair import repair

    tell("正在求解调整方案")
    repaired = repair(opened.case, seconds=seconds)
    if repaired.breaches:
        raise AuditError("\n".join(str(breach) for breach in repaired.breaches))
    return repaired


@taking(Keep)
def keep(asked: Keep) -> tuple[Counterfactual, RunResult]:
    """Why a repair cuts an item (in a year, or in any), and what would keep it.

    Raises
    ------
    InputError
        Problems of the workbook, the scenarios, the item's name and the year; there is no repair.
    AuditError
        The repaired plan breaks the rulebook: a defect.
    """
    from portfolio.model.projects.meant import find_meant
    from portfolio.optimize.questions.what_if_kept import counterfactual

    tell = asked.progress or silent
    opened = open_case(
        asked.workbook, asked.scenarios, asked.sets, asof=asked.asof, progress=asked.progress
    )
    portfolio = opened.case.portfolio
    found = find_meant(asked.item, portfolio.items, portfolio.projects).item
    if found is None:
        raise InputError.of(
            "大项", f"“{asked.item}”是责任单位，不能反问", "请写一个大项或项目的名称、代码"
        )
    repaired = solved(opened, tell, seconds=asked.seconds)
    tell("正在反问：怎样才能保住")
    try:
        answer = counterfactual(repaired, found.no, asked.year, seconds=_half(asked.seconds))
    except ValueError as error:
        raise InputError.of(
            "--reallocate",
            str(error),
            "请先运行 portfolio reallocate（同一情景）看结论，再换一个大项或年份",
        ) from error
    return answer, opened.run


def under_luck(
    opened: OpenedCase, repaired: Portfolio, paths: int, seed: int
) -> ScenarioComparison:
    """The repaired plan less the unrepaired one on the same luck."""
    from portfolio.model.study.assess import compare
    from portfolio.sim.stress import Luck, study

    shocked = opened.case.played
    found = study([shocked, repaired], luck=Luck(seed=seed), paths=paths)
    return compare("不调整", (shocked, found.paths[0]), "调整后", (repaired, found.paths[1]))


def assembled(
    opened: OpenedCase,
    repaired: Repaired,
    seconds: float | None,
    price_seconds: float | None,
    tell: Progress,
) -> Reallocation:
    """Everything a report needs of a repair: moves, prices, conflicts, and the play of the plan."""
    from portfolio.model.reallocation.moves import moves_of
    from portfolio.model.reallocation.result import Reallocation, Verdict, year_promises
    from portfolio.optimize.solver import solver_version

    case, plan = opened.case, repaired.plan_wan
    result = Reallocation(
        run=opened.run,
        case=case,
        verdict=repaired.verdict,
        stages=repaired.stages,
        weighed=repaired.weighed,
        fewest=repaired.fewest,
        plan_wan=plan,
        moves=() if plan is None else moves_of(case, plan),
        years=(),
        prices=None,
        infeasibility=None,
        grandfathered=repaired.limits.grandfathered,
        repaired=None,
        outcome=None,
        time_limit_seconds=seconds,
        solver=solver_version(),
    )
    if plan is None:
        result = replace(result, years=year_promises(opened.run, case))
        if repaired.verdict is not Verdict.INFEASIBLE:
            return result
        from portfolio.optimize.questions.infeasible import explain_infeasible

        tell("正在查找规则冲突")
        why = explain_infeasible(case, repaired.limits, seconds=_half(seconds))
        return replace(result, infeasibility=why)
    tell("正在推演调整后的计划")
    portfolio = laid_out(case, plan)
    outcome = play_plan(portfolio)
    found, complete = _prices(repaired, price_seconds, tell)
    return replace(
        result,
        years=year_promises(opened.run, case, plan, portfolio, outcome),
        prices=found,
        prices_complete=complete,
        repaired=portfolio,
        outcome=outcome,
    )


def _half(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 2


def _prices(
    repaired: Repaired, seconds: float | None, tell: Progress
) -> tuple[tuple[Price, ...] | None, bool]:
    """What one step more of each limit that binds would buy, and whether all could be looked at.

    None where none are wanted, and of a large list: hundreds of LPs, each of seconds to minutes.
    """
    if seconds is not None and seconds <= 0:
        return None, True
    if repaired.laid.is_large:
        return None, False
    from portfolio.optimize.limit import Limit
    from portfolio.optimize.questions.prices import prices

    tell("正在计算各项限制的价格")
    limit = Limit.of(seconds)
    return prices(repaired, limit=limit), not limit.cut


def _asof_quarter(text: str | None, calendar: Calendar) -> int | None:
    """The quarter named, -1 for the end of the year before the first; None when none is named."""
    if text is None:
        return None
    before = calendar.quarter_label(-1)
    if text.strip().upper() == before:
        return -1
    quarter = calendar.parse_quarter(text)
    if quarter is None or quarter >= calendar.quarter_of(calendar.last_plan_year, 4):
        raise InputError.of(
            "--asof",
            f"“{text}”不是可用的决策时点",
            f"请写已过的最后一个季度，如 {calendar.first_year + 2}Q4"
            f"（{before} 至 {calendar.last_plan_year}Q3）",
        )
    return quarter


def _refuse_adjusted(portfolio: Portfolio) -> None:
    """A plan already adjusted can be played, but is no baseline to repair from."""
    if portfolio.adjusted is not None:
        raise InputError.of(
            "情景",
            "情景里已有“计划安排”（或读入了调整方案），不能再作为调整的起点",
            "请用 portfolio run -s 推演它；要重新求解，请只用原来的情景",
        )
