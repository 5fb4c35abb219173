"""Cases worked by hand and two engines held against each other: for who audits an installed copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.audit import audit
from portfolio.model.calendar import SHIPPED
from portfolio.model.items import Carry, Channel, Item, Kind, Profile, RiskClass
from portfolio.model.luck import with_luck
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Conditions, Portfolio, base_envelopes
from portfolio.model.quarters import PLAN_YEARS, PLAY_QUARTERS
from portfolio.model.rules.parameters import derive
from portfolio.sim.lanes.many_paths import Trace, play_many
from portfolio.sim.luck import draw
from portfolio.sim.one_path import play

_EVENLY = (2500, 2500, 2500, 2500)
_WORDS = "自检例"


@dataclass(frozen=True, kw_only=True)
class HandWorked:
    """A case small enough to be worked on paper; what was worked out, and what the play says.

    sum : how it is worked out, in words
    """

    name: str
    sum: str
    expected: Sequence[int]
    played: Sequence[int]

    @property
    def right(self) -> bool:
        """Whether both say the same."""
        return list(self.expected) == list(self.played)


def hand_worked() -> Iterator[HandWorked]:
    """The cases, played; amounts are 万元 by quarter, of a plan of 400 a year."""
    pooled, credit = _channel("甲", Kind.POOLED), _channel("贷", Kind.CREDIT)
    whole = _portfolio({(0, 0, 0): 400}, (pooled,))
    yield HandWorked(
        name="没有冲击",
        sum="一年 400，每季 100",
        expected=[100] * 4 + [0] * 4,
        played=_quarters(play(derive(whole)), 8),
    )
    yield HandWorked(
        name="额度不足",
        sum="首年额度 300：每季 75；次年还要 100，额度 60：每季 15；第三年还要 40：每季 10",
        expected=[75] * 4 + [15] * 4 + [10] * 4,
        played=_quarters(play(derive(_with_asks(whole, (300, 60, 80)))), 12),
    )
    three = _portfolio({(0, 0, i): 400 for i in range(3)}, (pooled,))
    items = tuple(replace(item, priority=1 if item.no == 3 else 2) for item in three.items)
    ranked = _with_asks(replace(three, items=items), (600,))
    yield HandWorked(
        name="先后次序",
        sum="额度 600，三项各要 400：一类先得 400，余 200 由两项平分",
        expected=[100, 100, 400],
        played=play(derive(ranked)).allotted_wan[0, 0].tolist(),
    )
    loans = _portfolio({(0, 0, 0): 400, (0, 1, 0): 800}, (pooled, credit))
    played = play(derive(_with_asks(loans, (200, 200))))
    yield HandWorked(
        name="同比例到位",
        sum="资本金减半，每季 50；贷款随之减半，每季 100",
        expected=[50] * 8 + [100] * 8,
        played=[*_quarters(played, 8, 0), *_quarters(played, 8, 1)],
    )
    late = whole.conditions.delay_quarters.copy()
    late[0, 0] = 1
    delayed = replace(whole, conditions=replace(whole.conditions, delay_quarters=late))
    yield HandWorked(
        name="到位推迟",
        sum="晚一季到位：首季 0，以后各季 100，最后 100 结转到次年首季",
        expected=[0, 100, 100, 100, 100, 0, 0, 0],
        played=_quarters(play(derive(delayed)), 8),
    )
    stopped = whole.conditions.stopped.copy()
    stopped[1:8, 0] = True
    idle = replace(whole, conditions=replace(whole.conditions, stopped=stopped))
    yield HandWorked(
        name="结转两年收回",
        sum="首年下达 400，用 100 后停工两年：结转 300，第二年末收回 300",
        expected=[300, 300],
        played=[
            int(play(derive(idle)).carried_out_wan[0].sum()),
            int(play(derive(idle)).taken_back_wan[1].sum()),
        ],
    )


def paths_that_differ(portfolio: Portfolio, seed: int, paths: int) -> list[int]:
    """Numbers of the paths of which the two engines say different integers; none is right."""
    draws = draw(portfolio, seed=seed, first_path=1, paths=paths)
    trace = Trace.empty(
        paths, PLAY_QUARTERS, len(portfolio.channels), len(portfolio.items), len(portfolio.gates)
    )
    found = play_many(portfolio, draws, trace=trace)
    wrong = []
    for k in range(paths):
        one = play(derive(with_luck(portfolio, draws, k)))
        same = (
            np.array_equal(trace.drawn[k], one.drawn_wan)
            and np.array_equal(trace.allotted[k], one.allotted_wan)
            and np.array_equal(trace.carried_out[k], one.carried_out_wan)
            and np.array_equal(trace.taken_back[k], one.taken_back_wan)
            and found.finish[k].tolist()
            == [PLAY_QUARTERS if quarter is None else quarter for quarter in one.finish]
        )
        if not same:
            wrong.append(k + 1)
    return wrong


def identities(portfolio: Portfolio) -> tuple[int, list[str]]:
    """How many envelopes were held against what became of them, and all that doesn't hold."""
    outcome = play(derive(portfolio))
    wrong, count = [str(breach) for breach in audit(portfolio, outcome)], 0
    for c, channel in enumerate(portfolio.channels):
        if channel.kind is not Kind.POOLED:
            continue
        for year, envelope in enumerate(outcome.envelope_wan[:, c].tolist()):
            used = int(outcome.allotted_wan[year, c].sum() + outcome.lapsed_wan[year, c])
            count += 1
            if envelope != used:
                said = portfolio.calendar.first_year + year
                wrong.append(f"{channel.name} {said} 年额度 {envelope}，下达与作废 {used} 万元")
    return count, wrong


def _quarters(outcome: Outcome, count: int, channel: int | None = None) -> list[int]:
    money = outcome.drawn_wan[:count]
    of: Ints = money.sum(axis=(1, 2)) if channel is None else money[:, channel].sum(axis=1)
    return [int(wan) for wan in of]


# --- Small portfolios


def _channel(name: str, kind: Kind) -> Channel:
    pooled = kind is Kind.POOLED
    return Channel(
        id=name, name=name, group=_WORDS, kind=kind, capital_bps=10_000 if pooled else 0,
        first_year=SHIPPED.first_year, release_bps=_EVENLY,
        carry=Carry.TWO_YEARS if pooled else None, reserve_bps=0, reserve_floor_bps=0,
        provenance=_WORDS,
    )  # fmt: skip


def _portfolio(money: dict[tuple[int, int, int], int], channels: tuple[Channel, ...]) -> Portfolio:
    """A portfolio from 万元 by (year, channel, item); capacity is ample."""
    count = 1 + max(item for _, _, item in money)
    plan = np.zeros((PLAN_YEARS, len(channels), count), dtype=np.int64)
    for place, wan in money.items():
        plan[place] = wan
    items = tuple(_item(k + 1, plan[:, :, k].sum(axis=1)) for k in range(count))
    return Portfolio(
        calendar=SHIPPED, items=items, gates=(), channels=channels, shares=(), targets=(),
        risk_classes=(_RISK,), channel_risks=(), realisations=(), plan_wan=plan,
        envelopes=base_envelopes(plan, items, channels, SHIPPED, asof_year=0),
        conditions=Conditions.neutral(count, channels),
    )  # fmt: skip


_RISK = RiskClass(
    key=_WORDS, title=_WORDS, corr_group=_WORDS, p_tail=0.1, tail_pareto_alpha=3.0, body_mu=0.0,
    body_sd=0.1, cost_cap=4.0, sched_ln_mu=0.0, sched_ln_sigma=0.1, beta_a=2.0, beta_b=2.0,
    stoppages_per_year=0.0, stoppage_mean_quarters=1.0, provenance=_WORDS,
)  # fmt: skip


def _item(no: int, years: Any) -> Item:
    whole = int(years.sum())
    return Item(
        no=no, name=f"{_WORDS}{no}", work=_WORDS, category=None, group=None, total_wan=whole,
        plan_wan=int(years[: SHIPPED.period_years].sum()), earlier_wan=0, priority=1, tags=(),
        risk_class=_WORDS, stage="", profile=Profile.PROGRAMME, yearly_cap_wan=10**6,
        min_duration_years=1, contract_share_bps=0, min_capital_share_bps=0, provenance=_WORDS,
    )  # fmt: skip


def _with_asks(portfolio: Portfolio, asks: Sequence[int]) -> Portfolio:
    """The first channel's envelopes of the first years set by hand."""
    told = portfolio.envelopes.pooled_ask_wan.copy()
    told[: len(asks), 0] = asks
    return replace(portfolio, envelopes=replace(portfolio.envelopes, pooled_ask_wan=told))
