"""Why a case has no lawful plan: what the rules lack at least, told two ways, and which rules clash.

Every row of a rule somebody could change may give in at a price; the least total is the repair.
What comes out is whole 万元 rounded up, so that granting just these amounts leaves a plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from portfolio.model.money import BPS, WAN_PER_YI, small_yi_text
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import RepairLimits, derive_repair
from portfolio.model.reallocation.result import ConflictMember, Infeasibility, RepairNeed
from portfolio.optimize.limit import Limit
from portfolio.optimize.model import Draft, Place, yi
from portfolio.optimize.questions.conflict import minimal_conflict
from portfolio.optimize.rules import RULES, begun
from portfolio.optimize.solver import Solved, SolveState
from portfolio.optimize.warm_model import LoadedModel

# --- What a rule lacks and where, in users' words


FLOORS = {
    "signed_contracts": "合同下限",
    "no_stop_start": "续建下限",
    "livelihood_floor": "保民生支出下限",
}


@dataclass(frozen=True, kw_only=True)
class Lack:
    """How much a rule lacks at a place, in whole 万元; at any time where the place has no year."""

    place: Place
    wan: int


def told(draft: Draft, lack: Lack, solved: Solved) -> str:
    """What a rule would have to allow, in words."""
    place = lack.place
    portfolio, money = draft.case.portfolio, small_yi_text(lack.wan)
    year = year_of(draft.case, place)
    channel = "" if place.channel is None else portfolio.channels[place.channel].name
    if place.item is None and place.rule == "approval_in_time":
        return f"让 {year} 年增加的{channel} {money} 亿元在年内获批"
    if place.item is None:
        return f"把{channel} {year} 年的额度增加 {money} 亿元"
    item = portfolio.items[place.item].label
    if place.rule in FLOORS:
        return f"把 {item} {year} 年的{FLOORS[place.rule]}{_floor_change(draft, lack)}"
    if place.rule == "capital_ratio":
        return f"把 {item} 的最低资本金比例{_ratio_change(draft, lack, solved)}"
    if place.rule == "gate_by_year":
        gate = _gate_id(draft.case, place)
        return f"在前置条件 {gate} 达到前允许 {item} 多投 {money} 亿元"
    words = {
        "yearly_cap": f"把 {item} {year} 年的投资上限提高 {money} 亿元",
        "channel_share": f"把 {item} 使用{channel}的上限提高 {money} 亿元",
        "yearly_band": f"让 {item} {year} 年的{channel}偏离年度份额带 {money} 亿元",
        "shared_cut": f"让 {item} {year} 年的{channel}比减收分摊的下限再少 {money} 亿元",
        "livelihood_debt": f"让 {item} 的{channel}累计比计划多 {money} 亿元",
        "approval_in_time": f"让 {item} {year} 年增加的{channel} {money} 亿元在年内获批",
        "shocked_clock": f"让 {item} 的累计投资比冲击后的进度多 {money} 亿元",
    }
    return words[place.rule]


def _floor_change(draft: Draft, lack: Lack) -> str:
    """A floor lowered, as shares of the year's reference: the new one leaves enough.

    Where an item begins later its floors are no share of that year's reference: told in money.
    """
    limits, cell = draft.limits, (lack.place.year, lack.place.item)
    floors = {
        "signed_contracts": limits.contract_wan,
        "no_stop_start": limits.continuity_wan,
        "livelihood_floor": limits.livelihood_wan,
    }
    floor, whole = int(floors[lack.place.rule][cell]), int(limits.reference_total_wan[cell])
    if draft.choices.get(lack.place.item or 0) or not whole:
        return f"降低 {small_yi_text(lack.wan)} 亿元"
    enough = max(0, floor - lack.wan)
    before = -(-floor * BPS // whole)
    after = min(-(-enough * BPS // whole), ((enough + 1) * BPS - 1) // whole)
    return f"从 {_percent(before)} 降到 {_percent(after)}"


def _ratio_change(draft: Draft, lack: Lack, solved: Solved) -> str:
    """A capital share lowered so far that the item's money needs no more capital than it has."""
    item = int(lack.place.item or 0)
    before = int(draft.limits.ratio_bps[item])
    term = draft.reached[PLAN_YEARS - 1, item]
    money = 0.0 if isinstance(term, float) else solved.values[term.name]
    after = max(0, math.floor(before - lack.wan * BPS / (money * WAN_PER_YI))) if money else 0
    return f"从 {_percent(before)} 降到 {_percent(after)}"


def _percent(bps: int) -> str:
    return f"{bps / 100:.2f}".rstrip("0").rstrip(".") + "%"


def member_of(case: RepairCase, place: Place) -> ConflictMember:
    """A row as a member of a conflict."""
    return ConflictMember(rule=place.rule, where=where_of(case, place), year=year_of(case, place))


def where_of(case: RepairCase, place: Place) -> str:
    """What a row is about, as users speak of it."""
    channel = "" if place.channel is None else case.portfolio.channels[place.channel].name
    if place.item is None:
        return channel
    label = case.portfolio.items[place.item].label
    if place.gate is not None:
        return f"{_gate_id(case, place)}（{label}）"
    return f"{label}（{channel}）" if channel else label


def _gate_id(case: RepairCase, place: Place) -> str:
    return case.portfolio.gates[place.gate or 0].id


def year_of(case: RepairCase, place: Place) -> int | None:
    """The year a row is about."""
    return None if place.year is None else case.calendar.first_year + place.year


# --- Why a case has no lawful plan: what the rules lack at least, told two ways, and which rules clash


#: Price of a 亿元 by which a rule gives in. Money comes first, unless it takes a quarter more of it
#: (dear works, a channel released late) than is lacking at a promise or a ceiling the city itself
#: has set; what no vote moves (works, time) comes last. Near 1, so that the sum told is small too.
PRICES = {
    "voted_envelope": 1.0,
    "signed_contracts": 1.25,
    "livelihood_floor": 1.25,
    "no_stop_start": 1.25,
    "channel_share": 1.3,
    "yearly_band": 1.3,
    "shared_cut": 1.3,
    "livelihood_debt": 1.3,
    "approval_in_time": 1.35,
    "capital_ratio": 1.4,
    "yearly_cap": 1.4,
    "gate_by_year": 1.5,
    "shocked_clock": 1.5,
}
#: Rules on money cumulated since the first year.
CUMULATED = ("gate_by_year", "shocked_clock", "livelihood_debt")
#: Hard in a conflict as well: what is past is a bound, and no floor asks for more than an item costs.
GIVEN = ("past_years", "adjusted_total")
#: Less than this (万元) is the solver's inaccuracy.
WHOLE = 0.01
#: Whole 万元 need room (as in `with_spare`) where a plan's money isn't that of the work: by cell.
ROUNDING_WAN = 10
#: So often is looked whether what lacks is all that lacks.
GRANTED_AGAIN = 8
#: Ways told for the largest needs, and rules named in one of them.
TOLD_NEEDS = 10
TOLD_RULES = 3


@dataclass(frozen=True, kw_only=True)
class _Elastic:
    """A draft's model in which rows may give in; `slacks`: column → what gives in."""

    draft: Draft
    loaded: LoadedModel
    slacks: Mapping[str, Place]


def explain_infeasible(
    case: RepairCase, limits: RepairLimits, *, seconds: float | None = None
) -> Infeasibility:
    """Why a case has no plan: what is missing at least, and a smallest set of rules that clash.

    `seconds` are for all, None for a set effort. Needs are empty where giving in doesn't help or no
    answer came by then; so is the conflict where no rule could be left out by then.

    Raises
    ------
    ValueError
        The case has a plan.
    """
    limit = Limit.of(seconds)
    cheapest = limit.part(1 / 3)
    draft = unsettled(case, limits)
    elastic = _soften(draft)
    lacks = _all_lacks(case, elastic, cheapest)
    rows = [name for name, place in draft.places.items() if place.rule not in GIVEN]
    names, minimal = minimal_conflict(draft.model, rows, limit=limit.part(3 / 4))
    if not minimal and len(names) == len(rows):
        names = ()  # that some of all the rules clash is no news
    needs = _needs(elastic, lacks, limit)
    return Infeasibility(
        needs=needs,
        conflict=tuple(member_of(case, draft.places[name]) for name in names),
        conflict_is_minimal=minimal,
        complete=not (cheapest.cut or limit.cut),
    )


def cheapest_lacks(
    case: RepairCase, limits: RepairLimits, *, seconds: float | None = None
) -> tuple[Lack, ...]:
    """What the rules lack at least, largest first; empty where nothing helps or was found by then."""
    elastic = _soften(unsettled(case, limits))
    return tuple(_all_lacks(case, elastic, Limit.of(seconds)).values())


def unsettled(case: RepairCase, limits: RepairLimits) -> Draft:
    """A repair's model in which no gate is settled beforehand by a floor or a cap.

    Those may give in here; a gate they open (or keep shut) would then stand wrongly.
    """
    none = np.zeros_like(limits.contract_wan)
    budget = np.broadcast_to(limits.budget_wan, none.shape)
    loose = replace(
        limits,
        contract_wan=none,
        continuity_wan=none,
        livelihood_wan=none,
        cap_wan=np.maximum(limits.cap_wan, budget),
    )
    draft = begun(case, limits)
    draft.limits = loose
    RULES["gate_by_year"](draft)
    draft.limits = limits
    for code, rule in RULES.items():
        if code != "gate_by_year":
            rule(draft)
    return draft


def _soften(draft: Draft) -> _Elastic:
    """Let every row of a priced rule give in towards the side it bounds.

    Rows of cumulated money give in together: what is let pass once is there in every later year.
    """
    loaded = LoadedModel.of(draft.model)
    loaded.set_objective({})
    rows: dict[Place, list[str]] = {}
    for name, place in draft.places.items():
        if place.rule in PRICES:
            what = replace(place, year=None) if place.rule in CUMULATED else place
            rows.setdefault(what, []).append(name)
    slacks: dict[str, Place] = {}
    for place, names in rows.items():
        slacks[f"+{names[0]}"] = place
        lows = {name: loaded.row_bounds(name)[0] for name in names}
        gives = {name: 1.0 if math.isfinite(low) else -1.0 for name, low in lows.items()}
        loaded.add_column(f"+{names[0]}", gives)
    return _Elastic(draft=draft, loaded=loaded, slacks=slacks)


def _given_in(
    elastic: _Elastic, prices: Mapping[str, float], granted: Mapping[str, int], limit: Limit
) -> Solved | None:
    """The cheapest way to give in; None where there is none or the limit ends it first.

    `prices` are by rule, rules without one are hard; `granted` is by column, free up to its 万元.
    """
    loaded = elastic.loaded
    costs: dict[str, float] = {}
    for column, place in elastic.slacks.items():
        price = prices.get(place.rule)
        most = yi(granted[column]) if column in granted else None if price else 0.0
        loaded.set_column_bounds(column, 0.0, most)
        if price and column not in granted:
            costs[column] = price
    loaded.set_objective(costs)
    solved = limit.solve(loaded)
    if solved.state is not SolveState.OPTIMAL or not loaded.has_integers:
        return solved if solved.state is SolveState.OPTIMAL else None
    # Integers that are whole but for the solver's tolerance hide money behind large factors.
    loaded.fix_integers_at(solved.values)
    exact = limit.solve(loaded)
    loaded.free_integers()
    return exact if exact.state is SolveState.OPTIMAL else None


def _lacks(
    elastic: _Elastic, solved: Solved | None, granted: Sequence[str] = ()
) -> dict[str, Lack]:
    """What lacks by column, largest first, rounded up to whole 万元."""
    found: dict[str, Lack] = {}
    if solved is None:
        return found
    for column, place in elastic.slacks.items():
        wan = math.ceil(solved.values[column] * WAN_PER_YI - WHOLE)
        if wan > 0 and column not in granted:
            found[column] = Lack(place=place, wan=wan + _rounding(elastic.draft, place))
    return dict(sorted(found.items(), key=lambda entry: -entry[1].wan))


def _all_lacks(case: RepairCase, elastic: _Elastic, limit: Limit) -> dict[str, Lack]:
    """What lacks, and what lacks once that is granted: larger envelopes move the shares a cut leaves."""
    found = _lacks(elastic, _given_in(elastic, PRICES, {}, limit))
    for _ in range(GRANTED_AGAIN if case.settings.yearly_band_bps < BPS else 0):
        if not found or any(lack.place.rule != "voted_envelope" for lack in found.values()):
            break
        mended = _with_room(case, found.values())
        again = _soften(unsettled(mended, derive_repair(mended)))
        more = _lacks(again, _given_in(again, PRICES, {}, limit))
        if not more:
            break
        for column, lack in more.items():
            before = found[column].wan if column in found else 0
            found[column] = replace(lack, wan=lack.wan + before)
    return dict(sorted(found.items(), key=lambda entry: -entry[1].wan))


def _with_room(case: RepairCase, lacks: Iterable[Lack]) -> RepairCase:
    """The case with its envelopes larger by what lacks of them."""
    envelopes = case.portfolio.envelopes
    ask = envelopes.pooled_ask_wan.copy()
    for lack in lacks:
        ask[lack.place.year, lack.place.channel] += lack.wan
    larger = replace(envelopes, pooled_ask_wan=ask)
    return replace(case, portfolio=replace(case.portfolio, envelopes=larger))


def _rounding(draft: Draft, place: Place) -> int:
    """What whole 万元 need besides, where works are dear or money is released late."""
    limits = draft.limits
    dear = limits.scale_bps != BPS
    late = limits.released_bps[limits.first_year :, limits.pooled] != BPS
    if not dear.any() and not late.any():
        return 0
    if place.rule != "voted_envelope":
        return ROUNDING_WAN
    cells = limits.open[place.year, place.channel]
    kept = int((cells & dear).sum())  # an envelope smaller than what is kept back lacks that too
    owed = max(0, kept - int(limits.envelope_wan[place.year, place.channel]))
    return owed + ROUNDING_WAN * int(cells.sum())


def _needs(elastic: _Elastic, lacks: Mapping[str, Lack], limit: Limit) -> tuple[RepairNeed, ...]:
    """The lacks as lines; the largest are told in other rules' words too, within the limit."""
    needs = []
    for at, (column, lack) in enumerate(lacks.items()):
        other = None
        if at < TOLD_NEEDS:
            other = _otherwise(elastic, column, lacks, limit)
        needs.append(
            RepairNeed(
                rule=lack.place.rule,
                where=where_of(elastic.draft.case, lack.place),
                year=year_of(elastic.draft.case, lack.place),
                lacking_wan=lack.wan,
                alternative=other,
            )
        )
    return tuple(needs)


def _otherwise(
    elastic: _Elastic, column: str, lacks: Mapping[str, Lack], limit: Limit
) -> str | None:
    """The same need with its kind of rule hard and all other needs granted; None without a way."""
    rule = lacks[column].place.rule
    kind = FLOORS if rule in FLOORS else (rule,)
    prices = {code: price for code, price in PRICES.items() if code not in kind}
    granted = {other: lack.wan for other, lack in lacks.items() if other != column}
    solved = _given_in(elastic, prices, granted, limit)
    if solved is None:
        return None
    others = list(_lacks(elastic, solved, tuple(granted)).values())
    if not others:
        return None
    ways = [told(elastic.draft, lack, solved) for lack in others[:TOLD_RULES]]
    rest = others[TOLD_RULES:]
    more = small_yi_text(sum(lack.wan for lack in rest))
    return "，并".join(ways) + (f"，另有 {len(rest)} 处共放宽 {more} 亿元" if rest else "")
