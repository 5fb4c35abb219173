"""Why a model has no solution: the cheapest way to give in, and a smallest set of rows that clash.

HiGHS has a search for such sets of its own; it isn't used, as it may return sets that don't clash.
Here every set is proven by solves: none with all its rows, one without any of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portfolio.optimize.limit import Limit
from portfolio.optimize.solver import Model, Solved, SolveState
from portfolio.optimize.warm_model import LoadedModel

#: A row gives in when it gives in by more than this.
TOLERANCE = 1e-6


class NoRepairError(ValueError):
    """Giving in on the softened rows doesn't help, or no proof was found within the limit.

    state : what the solve ended with
    amounts : a repair that may not be the cheapest, if the limit left one
    """

    def __init__(self, state: SolveState, amounts: dict[str, float]) -> None:
        super().__init__(f"no cheapest repair: {state}")
        self.state = state
        self.amounts = amounts


def cheapest_repair(
    model: Model,
    softened: Mapping[str, float],
    *,
    limit: Limit | None = None,
    tolerance: float = TOLERANCE,
) -> dict[str, float]:
    """By how much which rows must give in so that a solution exists, at the least total price.

    Parameters
    ----------
    model
        Not touched; its objective plays no part, its other rows and its bounds stand.
    softened
        Price of one unit by row name; a row may give in upwards and downwards.
    limit
        Of the search, None for a set effort; without proof in it NoRepairError is raised.
    tolerance
        Smaller amounts are left out.
    """
    if any(price <= 0 for price in softened.values()):
        raise ValueError("giving in must have a price above zero")
    loaded = LoadedModel.of(model)
    loaded.set_objective({})
    slacks = _soften(loaded, softened)
    solved = (limit or Limit.of(None)).solve(loaded)
    amounts = {
        name: amount
        for name, columns in slacks.items()
        if solved.has_plan and (amount := _amount(solved, columns)) > tolerance
    }
    if solved.state is not SolveState.OPTIMAL:
        raise NoRepairError(solved.state, amounts)
    return amounts


def minimal_conflict(
    model: Model, candidates: Sequence[str], *, limit: Limit | None = None
) -> tuple[tuple[str, ...], bool]:
    """Rows among the candidates that can't all hold, none of which could be left out.

    All other rows and the bounds stand; integers stay integers. With several conflicts one is
    found. Nothing is returned where the other rows clash by themselves.

    Returns
    -------
    names
        In the order of the candidates.
    minimal
        Whether it is proven: no solution with all of them, a solution without any one. False
        where the limit ended it first; the rows then hold a conflict if there is one at all.

    Raises
    ------
    ValueError
        If the model has a solution.
    """
    candidates = tuple(dict.fromkeys(candidates))
    limit = limit or Limit.of(None)
    loaded = _without_objective(model)
    bounds = _bounds(loaded, candidates)
    solved = limit.solve(loaded)
    if solved.has_plan:
        raise ValueError("the model has a solution: there is no conflict to find")
    if solved.state is not SolveState.INFEASIBLE:
        return candidates, False
    _free(loaded, candidates)
    if limit.solve(loaded).state is SolveState.INFEASIBLE:
        return (), True
    return _narrowed(model, loaded, bounds, limit)


def _narrowed(
    model: Model, loaded: LoadedModel, bounds: Mapping[str, tuple[float, float]], limit: Limit
) -> tuple[tuple[str, ...], bool]:
    """From candidates that are known to clash, all free as yet, to those that must."""
    candidates = tuple(bounds)
    suspects = _suspects(model, candidates, limit)
    _restore(loaded, bounds, suspects)
    if limit.solve(loaded).state is not SolveState.INFEASIBLE:
        suspects = list(candidates)
        _restore(loaded, bounds, suspects)
    if loaded.has_integers:
        kept, proven = _filter(loaded, bounds, suspects, limit)
    else:
        kept, proven = _filter_by_price(model, candidates, suspects, limit)
    names = tuple(name for name in candidates if name in set(kept))
    return names, proven and _clash(model, candidates, names, limit)


def _without_objective(model: Model) -> LoadedModel:
    """Only whether there is a solution matters; without an objective nothing is unbounded."""
    loaded = LoadedModel.of(model)
    loaded.set_objective({})
    return loaded


def _soften(loaded: LoadedModel, prices: Mapping[str, float]) -> dict[str, tuple[str, ...]]:
    """Add priced slacks to rows; their names by row. `+` and `-` are in no name PuLP gives."""
    slacks: dict[str, tuple[str, ...]] = {}
    for name, price in prices.items():
        low, high = loaded.row_bounds(name)
        added = []
        if low > -float("inf"):
            loaded.add_column(f"+{name}", {name: 1.0}, cost=price)
            added.append(f"+{name}")
        if high < float("inf"):
            loaded.add_column(f"-{name}", {name: -1.0}, cost=price)
            added.append(f"-{name}")
        slacks[name] = tuple(added)
    return slacks


def _amount(solved: Solved, columns: Sequence[str]) -> float:
    return sum(solved.values[column] for column in columns)


def _suspects(model: Model, candidates: Sequence[str], limit: Limit) -> list[str]:
    """A few candidates that should clash by themselves; all of them where that isn't known."""
    loaded = _without_objective(model)
    loaded.relax(True)
    state = limit.solve(loaded).state
    if state is SolveState.INFEASIBLE and (proof := set(loaded.clashing_rows())):
        return [name for name in candidates if name in proof]
    if state is not SolveState.OPTIMAL:
        return list(candidates)
    loaded.relax(False)
    return _enforced(loaded, _soften(loaded, dict.fromkeys(candidates, 1.0)), candidates, limit)


def _enforced(
    loaded: LoadedModel,
    slacks: Mapping[str, Sequence[str]],
    candidates: Sequence[str],
    limit: Limit,
) -> list[str]:
    """Take the slack from whatever row uses it until no solution is left: those rows clash."""
    enforced: set[str] = set()
    while True:
        solved = limit.solve(loaded)
        if solved.state is SolveState.INFEASIBLE:
            return [name for name in candidates if name in enforced]
        used = (
            [name for name in candidates if _amount(solved, slacks[name]) > TOLERANCE]
            if solved.has_plan
            else []
        )
        if not used:
            return list(candidates)
        enforced.update(used)
        for column in (column for name in used for column in slacks[name]):
            loaded.set_column_bounds(column, 0.0, 0.0)


def _filter(
    loaded: LoadedModel,
    bounds: Mapping[str, tuple[float, float]],
    suspects: Sequence[str],
    limit: Limit,
) -> tuple[list[str], bool]:
    """Leave out, by halves, whatever the clash doesn't need; and whether all kept is needed."""
    kept: list[str] = []
    proven = True
    groups = _halves(suspects)
    while groups:
        group = groups.pop()
        _free(loaded, group)
        solved = limit.solve(loaded)
        if solved.state is SolveState.INFEASIBLE:
            continue
        _restore(loaded, bounds, group)
        if len(group) == 1:
            kept.extend(group)
            proven = proven and solved.has_plan
        else:
            groups.extend(_halves(group))
    return kept, proven


def _halves(names: Sequence[str]) -> list[Sequence[str]]:
    middle = (len(names) + 1) // 2
    return [half for half in (names[middle:], names[:middle]) if half]


def _filter_by_price(
    model: Model, candidates: Sequence[str], suspects: Sequence[str], limit: Limit
) -> tuple[list[str], bool]:
    """What `_filter` does, for LPs and many times faster: one row at a time gives in for free.

    All others have their price. Where the least price is nothing they hold together, so that the
    row is needed; the last point stays feasible for the next row's turn.
    """
    loaded = _without_objective(model)
    loaded.prefer_primal()
    wanted = set(suspects)
    _free(loaded, [name for name in candidates if name not in wanted])
    slacks = _soften(loaded, dict.fromkeys(suspects, 1.0))
    kept = list(suspects)
    proven = True
    for name in suspects:
        others = [other for other in kept if other != name]
        loaded.set_objective({column: 1.0 for other in others for column in slacks[other]})
        solved = limit.solve(loaded)
        if solved.state is not SolveState.OPTIMAL or solved.objective is None:
            proven = False
        elif solved.objective > TOLERANCE:
            kept = others
    return kept, proven


def _clash(model: Model, candidates: Sequence[str], names: Sequence[str], limit: Limit) -> bool:
    """Check from scratch that there is no solution with all the rows."""
    loaded = _without_objective(model)
    _free(loaded, [name for name in candidates if name not in set(names)])
    return limit.solve(loaded).state is SolveState.INFEASIBLE


def _bounds(loaded: LoadedModel, names: Sequence[str]) -> dict[str, tuple[float, float]]:
    return {name: loaded.row_bounds(name) for name in names}


def _free(loaded: LoadedModel, names: Sequence[str]) -> None:
    for name in names:
        loaded.set_row_bounds(name, None, None)


def _restore(
    loaded: LoadedModel, bounds: Mapping[str, tuple[float, float]], names: Sequence[str]
) -> None:
    for name in names:
        loaded.set_row_bounds(name, *bounds[name])
