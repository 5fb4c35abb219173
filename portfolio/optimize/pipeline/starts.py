"""Which volumes of new projects must start, by class and year: an LP, answered in whole steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from portfolio.model.items import Kind
from portfolio.model.money import BPS, WAN_PER_YI
from portfolio.model.pipeline.classes import part_of, total_weight
from portfolio.model.pipeline.need import StartNeed
from portfolio.model.pipeline.plan import STEP_WAN, StartPlan
from portfolio.model.pipeline.settings import Aim
from portfolio.optimize.solver import (
    Expression,
    Model,
    Solved,
    Term,
    new_model,
    total,
    variable,
)
from portfolio.optimize.warm_model import LoadedModel

#: What a later aim may add to one before it, 亿元: less than is ever shown.
HELD = 0.01
#: Total may grow by this part where starts are made even.
EVEN = 0.01
STEP = STEP_WAN / WAN_PER_YI


@dataclass
class Beside:
    """What else starts, whose variables are laid elsewhere: money in 亿元 as terms.

    model : they are variables of; the starts are laid on it
    money : by year; channels : by channel and year; left : still to come after the last year
    """

    model: Model = field(default_factory=lambda: new_model("starts"))
    money: dict[int, list[Term]] = field(default_factory=dict)
    channels: dict[tuple[int, int], list[Term]] = field(default_factory=dict)
    left: list[Term] = field(default_factory=list)


@dataclass
class StartModel:
    """The LP while it is laid; money in 亿元.

    volumes : variable by class and year of start
    started : variable by year, all that starts in it
    short : variables, what lacks to the target of a year; end_short to the volume in hand
    over : variable by channel, what its limit would have to grow
    """

    need: StartNeed
    volumes: list[list[Term]] = field(default_factory=list)
    started: list[Term] = field(default_factory=list)
    short: list[Term] = field(default_factory=list)
    end_short: Term = 0.0
    over: dict[int, Term] = field(default_factory=dict)
    peak: Term = None
    laid: dict[tuple[int, int], Expression] = field(default_factory=dict)
    beside: Beside = field(default_factory=Beside)

    @property
    def model(self) -> Model:
        """The model all of it is laid on."""
        return self.beside.model

    def all_money(self, y: int) -> Expression:
        """Money of all that starts in a year."""
        classes = range(len(self.volumes))
        return total([*(self.money(k, y) for k in classes), *self.beside.money.get(y, ())])

    def money(self, k: int, y: int) -> Expression:
        """Money of a class in a year."""
        if (k, y) not in self.laid:
            each = self.need.classes[k]
            self.laid[k, y] = total(
                part_of(each, y - s) * self.volumes[k][s]
                for s in range(y + 1)
                if part_of(each, y - s) > 0
            )
        return self.laid[k, y]

    def hold(self, row: Term, name: str) -> None:
        """Add a row."""
        self.model.addConstraint(row, name)


def build(
    need: StartNeed,
    held_from: int,
    *,
    may_lack: bool = False,
    may_grow: bool = False,
    by_class: bool = True,
    beside: Beside | None = None,
) -> StartModel:
    """Lay the rows: targets from a year on, mix, limits of channels, volume in hand at the end.

    may_lack : targets may be missed, at a cost; may_grow : limits of channels may be passed
    by_class : whether anything starts but what is laid elsewhere (`beside`)
    """
    laid = StartModel(need=need, beside=beside or Beside())
    years = range(len(need.years))
    for k in range(len(need.classes) if by_class else 0):
        laid.volumes.append([variable(laid.model, f"x_{k}_{need.years[s].year}") for s in years])
    laid.started = [variable(laid.model, f"started_{need.years[s].year}") for s in years]
    laid.peak = variable(laid.model, "peak")
    for s in years:
        parts = total(row[s] for row in laid.volumes)
        laid.hold(parts - laid.started[s] == 0, f"sum_{need.years[s].year}")
        laid.hold(laid.started[s] - laid.peak <= 0, f"peak_{need.years[s].year}")
    _lay_mix(laid)
    _lay_targets(laid, held_from, may_lack=may_lack)
    _lay_channels(laid, may_grow=may_grow)
    _lay_end(laid, may_lack=may_lack)
    return laid


def _lay_mix(laid: StartModel) -> None:
    """A class's part of a year's starts keeps near its part of the list."""
    need = laid.need
    whole = total_weight(need.classes)
    for k, each in enumerate(need.classes[: len(laid.volumes)]):
        part = each.weight_wan / whole
        low, high = (part * bps / BPS for bps in (need.settings.low_bps, need.settings.high_bps))
        for s, year in enumerate(need.years):
            x = laid.volumes[k][s]
            if low > 0:
                laid.hold(x - low * laid.started[s] >= 0, f"least_{k}_{year.year}")
            if high < 1:
                laid.hold(x - high * laid.started[s] <= 0, f"most_{k}_{year.year}")


def _lay_targets(laid: StartModel, held_from: int, *, may_lack: bool) -> None:
    """Old and new together meet the targets; a 万元 a start is kept for rounding down."""
    need = laid.need
    for y, year in enumerate(need.years):
        factor = year.inclusion_bps / BPS
        money = laid.all_money(y)
        lost = len(laid.volumes) * (y + 1) + 1
        if year.gap_wan and year.year >= held_from:
            lack: Term = 0.0
            if may_lack:
                lack = variable(laid.model, f"short_{year.year}")
                laid.short.append(lack)
            laid.hold(
                factor * money + lack >= (year.gap_wan + lost) / WAN_PER_YI, f"target_{year.year}"
            )
        if year.top_wan is not None:
            room = max(0, year.top_wan - year.old_wan) / WAN_PER_YI
            laid.hold(factor * money <= max(0.0, room - _rounded_up(laid, y)), f"top_{year.year}")


def _rounded_up(laid: StartModel, y: int, channel: int | None = None) -> float:
    """The most that rounding volumes up to whole steps adds in a year (to a channel), 亿元."""
    return sum(
        STEP * part_of(each, y - s) * (1.0 if channel is None else each.mix_bps[channel] / BPS)
        for each in laid.need.classes[: len(laid.volumes)]
        for s in range(y + 1)
    )


def _lay_channels(laid: StartModel, *, may_grow: bool) -> None:
    """Old and new together stay within what a 统筹 channel bears."""
    need = laid.need
    classes = need.classes[: len(laid.volumes)]
    for c, one in enumerate(need.bearing):
        beside = any(laid.beside.channels.get((c, y)) for y in range(len(need.years)))
        if one.limit_wan is None or not (beside or any(each.mix_bps[c] for each in classes)):
            continue
        over: Term = 0.0
        if may_grow:
            over = laid.over[c] = variable(laid.model, f"over_{c}")
        for y, year in enumerate(need.years):
            asked = [
                each.mix_bps[c] / BPS * laid.money(k, y)
                for k, each in enumerate(classes)
                if each.mix_bps[c]
            ]
            asked += laid.beside.channels.get((c, y), [])
            spare = _rounded_up(laid, y, c) + len(classes) / WAN_PER_YI
            room = (one.room_wan(y) or 0) / WAN_PER_YI
            laid.hold(total(asked) - over <= max(0.0, room - spare), f"channel_{c}_{year.year}")


def _lay_end(laid: StartModel, *, may_lack: bool) -> None:
    """Nothing is asked after the last year: volume in hand stands for what comes then."""
    need = laid.need
    asked = need.end_target_wan - need.old_in_hand_wan
    if asked <= 0:
        return
    if may_lack:
        laid.end_short = variable(laid.model, "short_end")
    factor, last = need.years[-1].inclusion_bps / BPS, len(need.years) - 1
    left = total(
        (1 - sum(part_of(each, j) for j in range(last - s + 1))) * laid.volumes[k][s]
        for k, each in enumerate(need.classes[: len(laid.volumes)])
        for s in range(last + 1)
    )
    left = total([left, *laid.beside.left])
    laid.hold(factor * left + laid.end_short >= (asked + 1) / WAN_PER_YI, "in_hand")


def _aims(laid: StartModel) -> list[tuple[Term, float]]:
    """What is least, one after another, each with what a later one may add to it (a part of it)."""
    need = laid.need
    volume = total(laid.started)
    steps = []
    for s in range(1, len(need.years)):
        step = variable(laid.model, f"step_{need.years[s].year}")
        apart = laid.started[s] - laid.started[s - 1]
        laid.hold(step - apart >= 0, f"up_{need.years[s].year}")
        laid.hold(step + apart >= 0, f"down_{need.years[s].year}")
        steps.append(step)
    even = (total(steps), 0.0)
    if need.settings.aim is Aim.PEAK:
        return [(laid.peak, 0.0), (volume, EVEN), even]
    first = volume if need.settings.aim is Aim.VOLUME else _city_money(laid)
    return [(first, EVEN), (laid.peak, 0.0), even]


def _city_money(laid: StartModel) -> Expression:
    """Money of the 统筹 channels for starts, to the last year."""
    need = laid.need
    pooled = [c for c, one in enumerate(need.bearing) if one.channel.kind is Kind.POOLED]
    parts = [sum(each.mix_bps[c] for c in pooled) / BPS for each in need.classes]
    years = range(len(need.years))
    return total(part * laid.money(k, y) for k, part in enumerate(parts) for y in years)


def _one_after_another(laid: StartModel, aims: Sequence[tuple[Term, float]]) -> Solved:
    """Solve for each aim in turn, those before held; the last solution, or the first failure."""
    loaded, solved = LoadedModel.of(laid.model), None
    for k, (aim, slack) in enumerate(aims):
        terms = {v.name: float(cost) for v, cost in total([aim]).items()}
        loaded.set_objective(terms)
        found = loaded.solve()
        if not found.has_plan:
            if solved is None:
                return found
            break  # a held row of an aim before is at its edge: what was found stands
        solved = found
        assert found.objective is not None
        loaded.add_row(f"held_{k}", terms, None, found.objective * (1 + slack) + HELD)
    assert solved is not None
    return solved


def least_starts(need: StartNeed, held_from: int) -> StartPlan | None:
    """The plan that holds every target from a year on, the best by its aim; None: there is none."""
    laid = build(need, held_from)
    solved = _one_after_another(laid, _aims(laid))
    return plan_of(laid, solved, held_from) if solved.has_plan else None


def earliest_starts(need: StartNeed) -> StartPlan | None:
    """The plan that holds the targets from the earliest year from which they can be held."""
    for year in need.years:
        plan = least_starts(need, year.year)
        if plan is not None:
            return plan
    return None


def least_shortfall(need: StartNeed, held_from: int) -> StartPlan:
    """What can be brought at most: least shortfall from a year on, then at the end, then the aim."""
    laid = build(need, held_from, may_lack=True)
    lacks = [(total(laid.short), EVEN), (total([laid.end_short]), EVEN)]
    solved = _one_after_another(laid, [*lacks, *_aims(laid)])
    assert solved.has_plan  # to start nothing is a plan too
    return plan_of(laid, solved, held_from)


def growth_needed(need: StartNeed, held_from: int) -> dict[str, int] | None:
    """By how much limits of channels must grow, in 万元 a year, for targets to hold from a year on.

    None where no growth is enough.
    """
    laid = build(need, held_from, may_grow=True)
    solved = _one_after_another(laid, [(total(laid.over.values()), 0.0)])
    if not solved.has_plan:
        return None
    return {
        need.bearing[c].channel.id: wan
        for c, term in laid.over.items()
        if (wan := round(solved.values[term.name] * WAN_PER_YI)) > 0
    }


def plan_of(laid: StartModel, solved: Solved, held_from: int) -> StartPlan:
    """The volumes in whole steps, rounded up: what targets ask is brought."""
    volumes = [[_whole(solved.values.get(term.name, 0.0)) for term in row] for row in laid.volumes]
    return StartPlan(
        need=laid.need, volumes_wan=np.array(volumes, dtype=np.int64), held_from=held_from
    )


def _whole(yi: float) -> int:
    """A volume of 亿元 in whole steps, up; what is nothing but a solver's tolerance is nothing."""
    return STEP_WAN * int(np.ceil(max(0.0, yi) / STEP - 1e-5))
