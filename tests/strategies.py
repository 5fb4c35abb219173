"""Hypothesis strategies: random portfolios, small but with every rule in play."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED
from portfolio.model.gates import Gate, GateType
from portfolio.model.items import Carry, Channel, Item, Kind, Profile, RiskClass, Share
from portfolio.model.portfolio import Conditions, Portfolio, asof_year_of, base_envelopes
from portfolio.model.quarters import PLAN_YEARS, PLAY_QUARTERS, PLAY_YEARS
from portfolio.model.risk import BundleSettings

KINDS = (
    (Kind.POOLED, Carry.TWO_YEARS, 10_000),
    (Kind.POOLED, Carry.TWO_YEARS, 3_000),
    (Kind.OWN, Carry.TO_FINISH, 10_000),
    (Kind.EARMARKED, Carry.TO_FINISH, 10_000),
    (Kind.CREDIT, None, 0),
)
RISK = RiskClass(
    key="plain", title="一般", corr_group="X", p_tail=0.1, tail_pareto_alpha=3.0, body_mu=0.0,
    body_sd=0.1, cost_cap=4.0, sched_ln_mu=0.0, sched_ln_sigma=0.1, beta_a=2.0, beta_b=2.0,
    stoppages_per_year=0.0, stoppage_mean_quarters=1.0, provenance="假设：测试",
)  # fmt: skip


def make_channel(k: int, **changes: object) -> Channel:
    kind, carry, capital = KINDS[k % len(KINDS)]
    plain = Channel(
        id=f"C{k}", name=f"渠道{k}", group="组", kind=kind, capital_bps=capital,
        first_year=SHIPPED.first_year, release_bps=(2500, 2500, 2500, 2500), carry=carry,
        reserve_bps=1000 if carry else 0, reserve_floor_bps=3000 if carry else 0,
        provenance="假设：测试",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def make_item(no: int, years: np.ndarray, pre: int = 0, **changes: object) -> Item:
    plain = Item(
        no=no, name=f"大项{no}", work="工程", category=None, group=None,
        total_wan=int(years.sum()) + pre, plan_wan=int(years[:5].sum()), earlier_wan=pre,
        priority=1, tags=("甲",), risk_class="plain", stage="可研", profile=Profile.PROGRAMME,
        yearly_cap_wan=None, min_duration_years=1, contract_share_bps=0,
        min_capital_share_bps=2000, provenance="假设：测试",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def make_portfolio(
    plan: np.ndarray,
    *,
    channels: tuple[Channel, ...] | None = None,
    items: tuple[Item, ...] | None = None,
    gates: tuple[Gate, ...] = (),
    shares: tuple[Share, ...] | None = None,
    conditions: Conditions | None = None,
) -> Portfolio:
    """A portfolio around a plan int64[15, channel, item]."""
    n_channels, n_items = plan.shape[1:]
    channels = channels or tuple(make_channel(k) for k in range(n_channels))
    items = items or tuple(make_item(i + 1, plan[:, :, i].sum(axis=1)) for i in range(n_items))
    if shares is None:
        shares = tuple(
            Share(item_no=item.no, channel_id=channel.id, share_bps=0, max_share_bps=8000,
                  provenance="假设：测试")
            for item in items for channel in channels
        )  # fmt: skip
    return Portfolio(
        calendar=SHIPPED, items=items, gates=gates, channels=channels, shares=shares, targets=(),
        risk_classes=(RISK,), channel_risks=(), realisations=(), plan_wan=plan,
        envelopes=base_envelopes(plan, items, channels, SHIPPED, asof_year=0),
        conditions=conditions or Conditions.neutral(n_items, channels),
    )  # fmt: skip


@st.composite
def plans(draw: st.DrawFn, n_channels: int, n_items: int) -> np.ndarray:
    """Sparse plans: items without money, items of one quarter, gaps, amounts from 1 万元 up."""
    plan = np.zeros((PLAN_YEARS, n_channels, n_items), dtype=np.int64)
    for i in range(n_items):
        first = draw(st.integers(0, PLAN_YEARS - 1))
        length = draw(st.integers(0, min(6, PLAN_YEARS - first)))
        for year in range(first, first + length):
            for c in draw(st.sets(st.integers(0, n_channels - 1), max_size=n_channels)):
                plan[year, c, i] = draw(
                    st.one_of(st.integers(1, 9), st.integers(10, 400), st.integers(10**5, 10**7))
                )
    return plan


@st.composite
def gate_lists(draw: st.DrawFn, n_items: int) -> tuple[Gate, ...]:
    """Acyclic gates: every predecessor comes before its successor in a drawn order."""
    order = draw(st.permutations(range(1, n_items + 1)))
    gates = []
    for k in range(draw(st.integers(0, 2 * n_items)) if n_items > 1 else 0):
        low, high = sorted(
            draw(st.lists(st.integers(0, n_items - 1), min_size=2, max_size=2, unique=True))
        )
        kind = draw(st.sampled_from(list(GateType)))
        gates.append(
            Gate(
                id=f"G{k}", pred_no=order[low], succ_no=order[high], type=kind,
                fraction_bps=draw(st.integers(0, 10_000)) if kind is GateType.PROGRESS else None,
                holds_bps=0 if kind in (GateType.SS, GateType.FS)
                else draw(st.sampled_from((0, 1, 2500, 6000, 9999))),
                lag_quarters=draw(st.sampled_from((0, 0, 1, 5, 120))),
                hard=draw(st.booleans()), reason="测试", provenance="假设：测试",
            )
        )  # fmt: skip
    return tuple(gates)


@st.composite
def conditions(draw: st.DrawFn, n_items: int, channels: tuple[Channel, ...]) -> Conditions:
    """Shocks: cost, duration, late starts, stoppages over the end, slow pace, late money."""
    base = Conditions.neutral(n_items, channels)
    n_channels = len(channels)

    def per_item(values: st.SearchStrategy[int]) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=n_items, max_size=n_items)), dtype=np.int64)

    stopped, pace = base.stopped.copy(), base.pace_bps.copy()
    for _ in range(draw(st.integers(0, 4))):
        i, q = draw(st.integers(0, n_items - 1)), draw(st.integers(0, PLAY_QUARTERS - 1))
        stopped[q : q + draw(st.integers(1, 60)), i] = True
    for _ in range(draw(st.integers(0, 3))):
        q = draw(st.integers(0, 40))
        pace[q : q + draw(st.integers(1, 6))] = draw(st.sampled_from((1, 3500, 6000, 20_000)))
    delay, credit = base.delay_quarters.copy(), base.credit_bps.copy()
    for _ in range(draw(st.integers(0, 4))):
        y, c = draw(st.integers(0, PLAY_YEARS - 1)), draw(st.integers(0, n_channels - 1))
        delay[y, c] = draw(st.integers(0, 6))
        credit[y, c] = draw(st.sampled_from((0, 5000, 9000, 10_000)))
    cut_from, cut_bps = base.cut_from.copy(), base.cut_bps.copy()
    for _ in range(draw(st.integers(0, 4))):
        y, c = draw(st.integers(0, PLAY_YEARS - 1)), draw(st.integers(0, n_channels - 1))
        years = slice(y, y + draw(st.sampled_from((1, 2, PLAY_YEARS))))
        cut_from[years, c] = draw(st.integers(0, 4))
        cut_bps[years, c] = draw(st.sampled_from((0, 3333, 5000, 9999, 10_000)))
    release = base.release_bps.copy()
    if draw(st.booleans()):
        release[:] = draw(st.sampled_from(((1500, 2200, 2600, 3700), (0, 0, 0, 10_000))))
    return replace(
        base,
        cost_bps=per_item(st.sampled_from((10_000, 10_000, 7_777, 12_345, 40_000))),
        volume_bps=per_item(st.sampled_from((10_000, 10_000, 5_003, 11_000))),
        duration_bps=per_item(st.sampled_from((10_000, 10_000, 5_001, 13_333, 30_000))),
        start_delay_quarters=per_item(st.sampled_from((0, 0, 1, 7, 200))),
        stopped=stopped, pace_bps=pace, delay_quarters=delay, credit_bps=credit,
        cut_from=cut_from, cut_bps=cut_bps,
        release_bps=release, in_order=draw(st.booleans()), substitution=draw(st.booleans()),
        soft_gates_bind=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def portfolios(draw: st.DrawFn, shocks: bool = True, max_items: int = 12) -> Portfolio:
    """Random valid portfolios; without shocks there are no gates and conditions are neutral."""
    n_items = draw(st.integers(1, max_items))
    n_channels = draw(st.integers(1, 6))
    channels = tuple(make_channel(k) for k in range(n_channels))
    plan = draw(plans(n_channels, n_items))
    items = tuple(
        make_item(
            i + 1,
            plan[:, :, i].sum(axis=1),
            draw(st.sampled_from((0, 0, 5, 10**6))),
            priority=draw(st.integers(1, 4)),
            yearly_cap_wan=draw(st.sampled_from((None, 1, 10**6))),
        )
        for i in range(n_items)
    )
    portfolio = make_portfolio(plan, channels=channels, items=items)
    if not shocks:
        return portfolio
    envelopes = portfolio.envelopes
    cut = draw(st.lists(st.integers(0, PLAY_YEARS - 1), max_size=6))  # dry and lean years
    factor = draw(st.sampled_from((0, 3000, 8000)))
    changed = {
        name: getattr(envelopes, name).copy()
        for name in ("pooled_ask_wan", "pooled_reserve_wan", "own_ask_wan", "own_reserve_wan")
    }
    for array in changed.values():
        array[cut] = array[cut] * factor // 10_000
    return replace(
        portfolio,
        gates=draw(gate_lists(n_items)),
        tail_bps=draw(st.sampled_from((0, 100, 100, 2_500))),
        envelopes=replace(envelopes, **changed),
        conditions=draw(conditions(n_items, channels)),
    )


@st.composite
def bundled(draw: st.DrawFn, portfolio: Portfolio) -> Portfolio:
    """The portfolio, some items of which are bundles, with a floor under later envelopes."""
    settings = BundleSettings(
        life_quarters=draw(st.sampled_from((1, 7, 22, 40))),
        stretch_bps=draw(st.sampled_from((0, 1, 4_000, 7_777, 10_000))),
        project_wan=274_000, size_cv2=7.0, floor_bps=draw(st.sampled_from((0, 3_333, 10_000))),
    )  # fmt: skip
    items = tuple(
        replace(item, profile=draw(st.sampled_from((Profile.PROGRAMME, Profile.NEW_START))))
        for item in portfolio.items
    )
    floors = base_envelopes(
        portfolio.plan_wan, items, portfolio.channels, portfolio.calendar,
        asof_year=asof_year_of(portfolio.facts), floor_bps=settings.floor_bps,
    )  # fmt: skip
    return replace(
        portfolio,
        items=items,
        envelopes=replace(
            portfolio.envelopes,
            pooled_floor_wan=floors.pooled_floor_wan,
            own_floor_wan=floors.own_floor_wan,
        ),
        risk=replace(portfolio.risk, bundles=settings),
    )
