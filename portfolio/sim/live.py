"""A scenario for a page that plays it on: a play without luck as an image, and what settings change.

What a page changes is written here once more in JavaScript (`report/assets/live_engine.js`), and
held equal to `apply` and `lane_inputs` in tests: `tests/sim/test_live.py`.
"""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np

from portfolio.model.items import Kind, TargetKind
from portfolio.model.luck import Draws
from portfolio.model.measures.live import (
    Live,
    LiveChannel,
    LiveGate,
    LiveItem,
    LiveLuck,
    LivePast,
    LivePlayed,
    LiveYear,
)
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import by_year, judged_from, year_measures
from portfolio.model.money import BPS, LARGEST_WAN
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS, PLAY_QUARTERS, PLAY_YEARS, or_end
from portfolio.model.reallocation.case import first_shocked_year
from portfolio.model.rules.opening import opening
from portfolio.model.rules.parameters import derive
from portfolio.model.study.paths import Paths
from portfolio.sim.lanes.arenas import Luck as ArenaLuck
from portfolio.sim.lanes.arenas import Play
from portfolio.sim.lanes.image import image_of
from portfolio.sim.lanes.inputs import (
    LaneInputs,
    exact_in_float,
    lane_inputs,
    money_at_most,
    net_own,
    net_pooled,
)
from portfolio.sim.lanes.many_paths import Past, laid_out

#: Lanes of a WebAssembly vector; one path leaves the second as a copy of the first.
LANES = 2
#: Paths of luck that a page plays on: within half a second, and few enough bytes to be sent.
LUCKY_PATHS = 256
#: How far settings may go, the furthest first.
FURTHEST_BPS = (20_000, 15_000, 12_000, BPS)


def inputs_without_luck(portfolio: Portfolio) -> LaneInputs:
    """The rules of a play without luck: no floor under envelopes, no bundles of projects."""
    x, begun, envelopes = lane_inputs(portfolio), opening(portfolio), portfolio.envelopes
    own = net_own(envelopes.own_wan, begun)[:, x.cell_channel, x.cell_item]
    return x._replace(
        own=np.ascontiguousarray(own),
        pooled_wan=net_pooled(envelopes.pooled_wan, begun),
        bundle=np.zeros_like(x.bundle),
    )


def play_without_luck(portfolio: Portfolio, priorities: int = 0) -> Play:
    """The one path of a plan without luck, ready to be played.

    priorities : how many classes there shall be room for
    """
    x = inputs_without_luck(portfolio)
    return laid_out(_with_room(x, priorities), Draws.none(portfolio), LANES)


def _with_room(x: LaneInputs, priorities: int) -> LaneInputs:
    """Lists of classes long enough for so many in every channel and pair of channels."""
    pooled = int(x.is_pooled.sum())
    pairs = pooled * (pooled - 1) if x.accounts else 0

    def longer(array: np.ndarray, length: int) -> np.ndarray:
        return np.concatenate([array, np.zeros(max(length - len(array), 0), dtype=array.dtype)])

    return x._replace(
        served_start=longer(x.served_start, priorities * pooled + 1),
        group_channel=longer(x.group_channel, priorities * pooled),
        sub_group_start=longer(x.sub_group_start, priorities * pairs + 1),
        sub_group_payer=longer(x.sub_group_payer, priorities * pairs),
        item_gates=longer(x.item_gates, x.gates),
    )


def why_not(portfolio: Portfolio, baseline: Portfolio) -> str | None:
    """Why a scenario can't be played on in a page, as people read it; None where it can."""
    if portfolio.adjusted is not None:
        return "本情景的计划是调整后的方案，情景不能再叠加在上面"
    if {item.no for item in portfolio.items} - {item.no for item in baseline.items}:
        return "本情景新增了大项，其额度不在工作簿里"
    return "金额过大，在页面里推演会失去精确" if furthest_bps(portfolio, baseline) is None else None


def furthest_bps(portfolio: Portfolio, baseline: Portfolio) -> int | None:
    """The furthest that costs and envelopes can be set to without losing a 万元; None: not at all."""
    x, none = inputs_without_luck(portfolio), Draws.none(portfolio)
    total = sum(item.total_wan for item in portfolio.items)
    most = np.maximum(x.pooled_wan, baseline.envelopes.pooled_wan)
    for bps in FURTHEST_BPS:
        far = x._replace(
            cost_bps=np.maximum(x.cost_bps, bps),
            pooled_wan=most * bps // BPS,
        )
        if total * bps // BPS <= LARGEST_WAN and exact_in_float(far, none):
            return bps
    return None


def live_of(run: RunResult, quarter: int, priorities: tuple[int, ...]) -> Live:
    """A played scenario as a page plays it on.

    quarter : the last quarter taken as past; priorities : the classes an item may have

    Raises
    ------
    ValueError
        It can't be played on: see `why_not`.
    """
    portfolio, calendar = run.portfolio, run.portfolio.calendar
    begun, most = opening(portfolio), furthest_bps(portfolio, run.baseline)
    if most is None:
        raise ValueError("amounts beyond float64")
    from_year = (quarter + 1) // 4 if run.changes or portfolio.facts else 0
    if portfolio.facts is None:
        # Years past in print are no longer to be set, but for those that the scenario itself changes.
        judged = judged_from(portfolio) - calendar.first_year
        shocked = first_shocked_year(portfolio, run.baseline)
        from_year = max(from_year, judged if shocked is None else min(judged, shocked))
    return Live(
        image=image_of(play_without_luck(portfolio, len(priorities))),
        most_bps=most,
        first_year=calendar.first_year,
        from_year=max(from_year, begun.quarter // 4),
        until_year=PLAN_YEARS - 1,
        quarters=PLAY_QUARTERS,
        begun=begun.quarter,
        past_bps=begun.past_bps,
        substitution=portfolio.conditions.substitution,
        soft_gates_bind=portfolio.conditions.soft_gates_bind,
        priorities=priorities,
        channels=_channels(portfolio, run.baseline),
        items=_items(portfolio, run.outcome),
        gates=tuple(
            LiveGate(
                id=gate.id,
                pred=portfolio.position[gate.pred_no],
                succ=portfolio.position[gate.succ_no],
                hard=gate.hard,
            )
            for gate in portfolio.gates
        ),
        years=_years(portfolio, run.outcome),
        past=_past(portfolio),
        played=played_of(portfolio, run.outcome),
    )


def with_luck(live: Live, run: RunResult, draws: Draws, paths: Paths, *, seed: int) -> Live:
    """A scenario that is played on, with the first paths of its stress test.

    draws : of those paths; paths : of the whole stress test

    Raises
    ------
    ValueError
        The stress test has fewer paths.
    """
    if len(paths) < len(draws):
        raise ValueError("more luck than paths")
    x = _with_room(lane_inputs(run.portfolio), len(live.priorities))
    most = _furthest_with_luck(x, run, draws, live.most_bps)
    if most is None:
        return replace(live, no_luck="金额过大，带运气的推演在页面里会失去精确")
    image = image_of(laid_out(x, draws, LANES))
    drawn = [image.places[f"luck.{name}"] for name in ArenaLuck._fields]
    start = min(place.address for place in drawn)
    return replace(
        live,
        no_luck="",
        luck=LiveLuck(
            image=image,
            drawn_at=start,
            drawn_size=max(place.address + place.size for place in drawn) - start,
            paths=len(draws),
            study_paths=len(paths),
            seed=seed,
            most_bps=most,
            checksum=checksum_of(paths, len(draws)),
        ),
    )


def _furthest_with_luck(x: LaneInputs, run: RunResult, draws: Draws, most_bps: int) -> int | None:
    """As `furthest_bps`, on these draws and no further than a play without luck goes."""
    envelopes = np.maximum(x.pooled_wan, run.baseline.envelopes.pooled_in_luck_wan)
    before = sum(item.earlier_wan for item in run.portfolio.items)
    for bps in (bps for bps in FURTHEST_BPS if bps <= most_bps):
        far = x._replace(cost_bps=np.maximum(x.cost_bps, bps), pooled_wan=envelopes * bps // BPS)
        total = before + int(money_at_most(far, draws).sum())
        if total <= LARGEST_WAN and exact_in_float(far, draws):
            return bps
    return None


def checksum_of(paths: Paths, first: int) -> int:
    """CRC-32 of the first paths' money and progress by year, starts and finishes, as bytes in order.

    Amounts as int64, quarters as int16, path after path, the lowest byte first.
    """
    found = 0
    for rows, kind in (
        (paths.drawn_wan, "<i8"),
        (paths.progress_wan, "<i8"),
        (paths.start, "<i2"),
        (paths.finish, "<i2"),
    ):
        found = zlib.crc32(np.ascontiguousarray(rows[:first], dtype=kind).tobytes(), found)
    return found


def _channels(portfolio: Portfolio, baseline: Portfolio) -> tuple[LiveChannel, ...]:
    begun, now, before = opening(portfolio), portfolio.envelopes, baseline.envelopes

    def of(array: np.ndarray, c: int) -> tuple[int, ...]:
        return tuple(array[:, c].tolist())

    return tuple(
        LiveChannel(
            id=channel.id,
            name=channel.name,
            short=channel.short_name,
            position=c,
            asked_wan=of(before.pooled_ask_wan, c),
            reserved_wan=of(before.pooled_reserve_wan, c),
            asked_now_wan=of(now.pooled_ask_wan, c),
            reserved_now_wan=of(now.pooled_reserve_wan, c),
            floor_wan=of(before.pooled_floor_wan, c),
            floor_now_wan=of(now.pooled_floor_wan, c),
            spent_wan=int(begun.spent_wan[c].sum()),
        )
        for c, channel in enumerate(portfolio.channels)
        if channel.kind is Kind.POOLED
    )


def _items(portfolio: Portfolio, outcome: Outcome) -> tuple[LiveItem, ...]:
    limits, conditions = derive(portfolio), portfolio.conditions
    begun = limits.opening
    carried = np.flatnonzero(begun.carried_wan.any(axis=0)).tolist()
    ended = (limits.moved_bps >= limits.moves_bps).tolist()
    return tuple(
        LiveItem(
            no=item.no,
            name=item.name,
            first=int(limits.first[i]),
            started=bool(begun.started[i]),
            carried=i in carried,
            ended=ended[i],
            finished=bool(begun.finished[i]),
            delay_quarters=int(conditions.start_delay_quarters[i]),
            cost_bps=int(conditions.cost_bps[i]),
            priority=item.priority,
            planned_finish=outcome.planned_finish[i],
        )
        for i, item in enumerate(portfolio.items)
    )


def _years(portfolio: Portfolio, outcome: Outcome) -> tuple[LiveYear, ...]:
    return tuple(
        LiveYear(
            year=measure.year,
            plan_wan=measure.plan_wan,
            inclusion_bps=measure.inclusion_bps,
            target_wan=measure.target_wan,
            floor=measure.target is not None and measure.target.kind is TargetKind.FLOOR,
            ceiling=measure.target is not None and measure.target.kind is TargetKind.CEILING,
            past=measure.past,
            list_runs_down=measure.list_runs_down,
        )
        for measure in year_measures(portfolio, outcome, portfolio.calendar.play_years)
    )


def _past(portfolio: Portfolio) -> LivePast:
    past = Past.of(portfolio)
    return LivePast(
        channel_wan=_rows(past.drawn_wan.sum(axis=2)),
        progress_wan=tuple(past.progress_wan.tolist()),
    )


def played_of(portfolio: Portfolio, outcome: Outcome) -> LivePlayed:
    """What the SimPy engine made of it, the reference: the page holds its own play against it."""
    drawn = by_year(outcome.drawn_wan)
    measures = year_measures(portfolio, outcome, portfolio.calendar.play_years)
    assert len(drawn) == PLAY_YEARS == len(measures)
    return LivePlayed(
        drawn_wan=tuple(drawn.sum(axis=(1, 2)).tolist()),
        progress_wan=tuple(measure.progress_wan for measure in measures),
        channel_wan=_rows(drawn.sum(axis=2)),
        start=tuple(or_end(quarter) for quarter in outcome.start),
        finish=tuple(or_end(quarter) for quarter in outcome.finish),
    )


def _rows(table: np.ndarray) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in table.tolist())
