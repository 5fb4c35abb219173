"""Which reserve projects start when: binaries laid into the model of starts by class.

Least shortfall first, then least money by weight: a project weighs the less the more it is worth,
what is started by class and has no name yet weighs most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from portfolio.model.money import WAN_PER_YI
from portfolio.model.pipeline.need import StartNeed
from portfolio.model.pipeline.reserve import (
    Candidate,
    Chosen,
    ReserveChoice,
    reasons,
    short_of,
    with_chosen,
)
from portfolio.optimize.pipeline.starts import Beside, StartModel, build, plan_of
from portfolio.optimize.solver import (
    Model,
    Solved,
    SolveState,
    Term,
    set_looks,
    solve,
    total,
    variable,
)

#: What the second aim may add to the shortfall, 亿元: less than is ever shown.
HELD = 0.001
#: A start a year later weighs so much of its money more: of equal plans the earlier one is told.
LATER = 1e-4
#: What starts without a name weighs: more than any project (1 to 2).
UNNAMED = 3.0
#: A choice is called the best where no other can weigh less than so little of it.
NEAR = 1e-3

Starts = dict[tuple[int, int], Term]


def chosen_reserve(
    need: StartNeed,
    every: Sequence[Candidate],
    held_from: int,
    *,
    by_class: bool = True,
    peak_wan: int | None = None,
) -> ReserveChoice:
    """The choice, proven where HiGHS proves it within a set effort (looks, no clock).

    by_class : whether volumes without a name may be started beside the projects
    peak_wan : no more may start in a year, projects and volumes together; None: no limit
    """
    beside = Beside()
    starts = _variables(beside.model, every)
    _lay_money(beside, need, every, starts)
    laid = build(need, held_from, may_lack=True, by_class=by_class, beside=beside)
    _lay_once(laid, every, starts)
    _lay_groups(laid, every, starts)
    _lay_links(laid, every, starts)
    if peak_wan is not None:
        _lay_peak(laid, every, starts, peak_wan)
    looks = set_looks(len(starts) + len(need.years) * len(laid.volumes))
    lacks = total([*laid.short, laid.end_short])
    laid.model.setObjective(lacks + 0.0)
    first = solve(laid.model, looks=looks)
    assert first.objective is not None  # to start nothing is a choice
    laid.hold(lacks <= first.objective + HELD, "held_short")
    named = (
        every[p].weight / WAN_PER_YI * (1 + LATER * (year - need.first)) * z
        for (p, year), z in starts.items()
    )
    laid.model.setObjective(total([*named, *(UNNAMED * each for each in laid.started)]) + 0.0)
    second = solve(laid.model, looks=looks, relative_gap=NEAR)
    best = second if second.has_plan else first
    chosen = _chosen(every, starts, best)
    rest = (
        replace(plan_of(laid, best, held_from), need=with_chosen(need, chosen))
        if by_class
        else None
    )
    return ReserveChoice(
        need=need,
        chosen=chosen,
        left=reasons(need, every, chosen),
        short_wan=short_of(need, chosen),
        rest=rest,
        proven=_is_near(first, HELD) and _is_near(second, 0.0),
    )


def _is_near(solved: Solved, slack: float) -> bool:
    """Whether nothing better is left that would be told."""
    if solved.state is SolveState.OPTIMAL:
        return True
    if solved.objective is None or solved.bound is None:
        return False
    return solved.objective - solved.bound <= slack + NEAR * abs(solved.objective) * 1.01


def _variables(model: Model, every: Sequence[Candidate]) -> Starts:
    """Whether a project starts in a year, by its place and the year."""
    return {
        (p, year): variable(model, f"z_{p}_{year}", 0.0, 1.0, kind="Binary")
        for p, each in enumerate(every)
        for year in each.money_wan
    }


def _lay_money(beside: Beside, need: StartNeed, every: Sequence[Candidate], starts: Starts) -> None:
    """What the projects' money adds to the rows of starts by class."""
    for (p, year), z in starts.items():
        money = every[p].money_wan[year]
        for y in range(len(need.years)):
            if wan := int(money[:, y].sum()):
                beside.money.setdefault(y, []).append(wan / WAN_PER_YI * z)
            for c, one in enumerate(need.bearing):
                if one.limit_wan is not None and money[c, y]:
                    term = int(money[c, y]) / WAN_PER_YI * z
                    beside.channels.setdefault((c, y), []).append(term)
        left = every[p].project.total_wan - int(money.sum())
        beside.left.append(left / WAN_PER_YI * z)


def _of(every: Sequence[Candidate], starts: Starts, p: int, until: int | None = None) -> list[Term]:
    """The variables of a project, to a year."""
    return [starts[p, year] for year in every[p].money_wan if until is None or year <= until]


def _lay_once(laid: StartModel, every: Sequence[Candidate], starts: Starts) -> None:
    """A project starts once."""
    for p, each in enumerate(every):
        if each.money_wan:
            laid.hold(total(_of(every, starts, p)) <= 1, f"once_{p}")


def _lay_groups(laid: StartModel, every: Sequence[Candidate], starts: Starts) -> None:
    """One of a group at the most."""
    groups: dict[str, list[Term]] = {}
    for p, each in enumerate(every):
        if each.project.group is not None:
            groups.setdefault(each.project.group, []).extend(_of(every, starts, p))
    for k, terms in enumerate(groups.values()):
        if len(terms) > 1:
            laid.hold(total(terms) <= 1, f"group_{k}")


def _lay_peak(laid: StartModel, every: Sequence[Candidate], starts: Starts, peak_wan: int) -> None:
    """What starts in a year, with a name or without, is no more than without the projects."""
    for s, year in enumerate(laid.need.years):
        named = [
            every[p].project.total_wan / WAN_PER_YI * z
            for (p, start), z in starts.items()
            if start == year.year
        ]
        laid.hold(total([laid.started[s], *named]) <= peak_wan / WAN_PER_YI, f"all_{year.year}")


def _lay_links(laid: StartModel, every: Sequence[Candidate], starts: Starts) -> None:
    """Not before the project that it is linked to."""
    place = {each.project.code: p for p, each in enumerate(every)}
    for p, each in enumerate(every):
        if each.project.linked_to is None:
            continue
        before = place[each.project.linked_to]
        for year in each.money_wan:
            mine = total(_of(every, starts, p, year))
            laid.hold(mine - total(_of(every, starts, before, year)) <= 0, f"link_{p}_{year}")


def _chosen(every: Sequence[Candidate], starts: Starts, solved: Solved) -> tuple[Chosen, ...]:
    """The starts, by year, then in the projects' order."""
    found = [
        Chosen(candidate=every[p], year=year)
        for (p, year), z in starts.items()
        if solved.values.get(z.name, 0.0) > 0.5
    ]
    return tuple(sorted(found, key=lambda each: each.year))
