"""Which reserve projects start when: a MILP, least shortfall first, then least money by value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from portfolio.model.money import BPS, WAN_PER_YI
from portfolio.model.pipeline.need import StartNeed
from portfolio.model.pipeline.reserve import (
    Candidate,
    Chosen,
    ReserveChoice,
    reasons,
    short_of,
)
from portfolio.optimize.solver import (
    Model,
    Solved,
    SolveState,
    Term,
    new_model,
    set_looks,
    solve,
    total,
    variable,
)

#: What the second aim may add to the shortfall, 亿元: less than is ever shown.
HELD = 0.001
#: A start a year later weighs so much of its money more: of equal plans the earlier one is told.
LATER = 1e-4


@dataclass
class ChoiceModel:
    """The MILP while it is laid; money in 亿元. `starts` by candidate and year."""

    need: StartNeed
    every: Sequence[Candidate]
    model: Model = field(default_factory=lambda: new_model("reserve"))
    starts: dict[tuple[int, int], Term] = field(default_factory=dict)
    short: list[Term] = field(default_factory=list)

    def hold(self, row: Term, name: str) -> None:
        """Add a row."""
        self.model.addConstraint(row, name)

    def of(self, p: int, until: int | None = None) -> list[Term]:
        """The variables of a candidate, to a year."""
        years = self.every[p].money_wan
        return [self.starts[p, year] for year in years if until is None or year <= until]


def chosen_reserve(need: StartNeed, every: Sequence[Candidate]) -> ReserveChoice:
    """The choice, proven where HiGHS proves it within a set effort (looks, no clock)."""
    laid = _build(need, every)
    looks = set_looks(len(laid.starts))
    laid.model.setObjective(total(laid.short) + 0.0)
    first = solve(laid.model, looks=looks)
    assert first.objective is not None  # to start nothing is a choice
    laid.hold(total(laid.short) <= first.objective + HELD, "held")
    laid.model.setObjective(
        total(
            every[p].weight / WAN_PER_YI * (1 + LATER * (year - need.first)) * z
            for (p, year), z in laid.starts.items()
        )
        + 0.0
    )
    second = solve(laid.model, looks=looks)
    best = second if second.has_plan else first
    chosen = _chosen(laid, best)
    bound = first.bound if first.bound is not None else 0.0
    return ReserveChoice(
        need=need,
        chosen=chosen,
        left=reasons(need, every, chosen),
        short_wan=short_of(need, chosen),
        least_short_wan=max(0, int(bound * WAN_PER_YI)),
        proven=all(one.state is SolveState.OPTIMAL for one in (first, second)),
    )


def _build(need: StartNeed, every: Sequence[Candidate]) -> ChoiceModel:
    laid = ChoiceModel(need=need, every=every)
    for p, each in enumerate(every):
        for year in each.money_wan:
            laid.starts[p, year] = variable(f"z_{p}_{year}", 0.0, 1.0, kind="Binary")
        if each.money_wan:
            laid.hold(total(laid.of(p)) <= 1, f"once_{p}")
    _lay_groups(laid)
    _lay_links(laid)
    _lay_limits(laid)
    _lay_targets(laid)
    return laid


def _lay_groups(laid: ChoiceModel) -> None:
    """One of a group at the most."""
    groups: dict[str, list[Term]] = {}
    for p, each in enumerate(laid.every):
        if each.project.group is not None:
            groups.setdefault(each.project.group, []).extend(laid.of(p))
    for k, terms in enumerate(groups.values()):
        if len(terms) > 1:
            laid.hold(total(terms) <= 1, f"group_{k}")


def _lay_links(laid: ChoiceModel) -> None:
    """Not before the project that it is linked to."""
    place = {each.project.code: p for p, each in enumerate(laid.every)}
    for p, each in enumerate(laid.every):
        if each.project.linked_to is None or not each.money_wan:
            continue
        before = place[each.project.linked_to]
        for year in each.money_wan:
            row = total(laid.of(p, year)) - total(laid.of(before, year)) <= 0
            laid.hold(row, f"link_{p}_{year}")


def _lay_limits(laid: ChoiceModel) -> None:
    """Old and new stay within what 统筹 channels bear, and below the tops of targets."""
    need = laid.need
    for c, one in enumerate(need.bearing):
        for y, year in enumerate(need.years):
            room = one.room_wan(y)
            asked = [
                int(laid.every[p].money_wan[start][c, y]) / WAN_PER_YI * z
                for (p, start), z in laid.starts.items()
                if laid.every[p].money_wan[start][c, y]
            ]
            if room is not None and asked:
                laid.hold(total(asked) <= room / WAN_PER_YI, f"channel_{c}_{year.year}")
    for y, year in enumerate(need.years):
        brought = _brought(laid, y)
        if year.top_wan is not None and brought:
            room = max(0, year.top_wan - year.old_wan)
            laid.hold(total(brought) <= room / WAN_PER_YI, f"top_{year.year}")


def _brought(laid: ChoiceModel, y: int) -> list[Term]:
    """What starts convert to in a year."""
    factor = laid.need.years[y].inclusion_bps / BPS
    return [
        factor * int(laid.every[p].money_wan[start][:, y].sum()) / WAN_PER_YI * z
        for (p, start), z in laid.starts.items()
        if laid.every[p].money_wan[start][:, y].any()
    ]


def _lay_targets(laid: ChoiceModel) -> None:
    for y, year in enumerate(laid.need.years):
        if year.gap_wan:
            lack = variable(f"short_{year.year}")
            laid.short.append(lack)
            laid.hold(
                total(_brought(laid, y)) + lack >= year.gap_wan / WAN_PER_YI, f"target_{year.year}"
            )


def _chosen(laid: ChoiceModel, solved: Solved) -> tuple[Chosen, ...]:
    """The starts, by year, then in the candidates' order."""
    found = [
        Chosen(candidate=laid.every[p], year=year)
        for (p, year), z in laid.starts.items()
        if solved.values.get(z.name, 0.0) > 0.5
    ]
    return tuple(sorted(found, key=lambda each: each.year))
