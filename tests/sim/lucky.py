"""Small portfolios with luck: items of 20 planned quarters, to be given classes and stages."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from portfolio.model.items import ChannelRisk, Realisation, RiskClass
from portfolio.model.portfolio import Portfolio
from portfolio.model.risk import RegisteredRisk, RiskSettings
from portfolio.sim.luck import draw
from portfolio.sim.luck.scores import CHUNK
from tests.strategies import RISK, make_channel, make_item, make_portfolio

#: Parameters and published results by class: data/risk/recommended_priors.csv (per cent).
PUBLISHED = tuple(
    csv.DictReader(
        Path(__file__).with_name("published_priors.csv").read_text(encoding="utf-8").splitlines()
    )
)
#: Sheet 落地率: data/realisation.csv.
ON_RECORD = Realisation(stage="备案", mean=0.88, sd=0.1, low=0.5, high=1.1, provenance="假设：测试")
NO_TIES = RiskSettings(global_correlation=0.0, group_correlation=0.0, cost_time_correlation=0.0)


def published_class(key: str, **changes: object) -> RiskClass:
    row = next(row for row in PUBLISHED if row["key"] == key)
    names = (
        "p_tail", "tail_pareto_alpha", "body_mu", "body_sd", "sched_ln_mu", "sched_ln_sigma",
    )  # fmt: skip
    found = replace(
        RISK, key=key, cost_cap=float(row["cost_cap_pct"]) / 100,
        **{name: float(row[name]) for name in names},
    )  # fmt: skip
    return replace(found, **changes)  # type: ignore[arg-type]


def lucky(
    *items: tuple[str, str],
    classes: Sequence[RiskClass] = (RISK,),
    numbers: Sequence[int] = (),
    channels: Sequence[ChannelRisk] = (),
    register: Sequence[RegisteredRisk] = (),
    risk: RiskSettings = NO_TIES,
) -> Portfolio:
    """A portfolio of items given by class key and stage, with 20 planned quarters each."""
    plan = np.zeros((15, max(len(channels), 1), len(items)), dtype=np.int64)
    plan[:5, 0] = 100
    made = tuple(
        make_item(numbers[i] if numbers else i + 1, plan[:, :, i].sum(axis=1), risk_class=key,
                  stage=stage)
        for i, (key, stage) in enumerate(items)
    )  # fmt: skip
    names = tuple(
        make_channel(k, id=row.channel_id, name=row.channel_id) for k, row in enumerate(channels)
    )
    return replace(
        make_portfolio(plan, items=made, channels=names or None),
        risk_classes=tuple(classes),
        channel_risks=tuple(channels),
        realisations=(ON_RECORD,),
        risk=replace(risk, register=tuple(register)),
    )


def money(channel_id: str, **changes: object) -> ChannelRisk:
    """到位率 of land sales: data/funding_risk.csv, LAND."""
    plain = ChannelRisk(
        channel_id=channel_id, mean=0.85, sd=0.12, persistence=0.6, low=0.3, high=1.2,
        provenance="假设：测试",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def named(risk_id: str, *item_nos: int, **changes: object) -> RegisteredRisk:
    """A certain risk of +10 % and +2 quarters."""
    plain = RegisteredRisk(
        id=risk_id, name=f"风险{risk_id}", probability=1.0, item_nos=item_nos, cost_low=0.1,
        cost_likely=0.1, cost_high=0.1, quarters_low=2.0, quarters_likely=2.0, quarters_high=2.0,
        provenance="假设：测试",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def chunks(portfolio: Portfolio, count: int, **settings: object):
    """So many chunks of luck as one."""
    return draw(portfolio, seed=7, first_path=1, paths=count * CHUNK, **settings)  # type: ignore[arg-type]
