"""A small list that runs down, its targets, and reserve projects beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from portfolio.model.calendar import SHIPPED
from portfolio.model.items import RiskClass, Target, TargetKind
from portfolio.model.pipeline.need import StartNeed, start_need
from portfolio.model.pipeline.project import Readiness, ReserveProject
from portfolio.model.pipeline.settings import StartSettings
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS
from portfolio.workflows.run import play_plan
from tests.strategies import RISK, make_item, make_portfolio

#: The first year in which anything new starts, and the last with a target.
FIRST, LAST = SHIPPED.period_last + 2, SHIPPED.period_last + 7
SLOW: RiskClass = replace(RISK, key="slow", title="慢的", beta_a=3.0, beta_b=1.5)
#: 万元 a year in the planned period, before the list runs down.
LEVEL = 1_000_000


def small_list(target_wan: int = 900_000) -> Portfolio:
    """Two items, one of each class, paid by a pooled and an own channel; the list halves yearly."""
    plan = np.zeros((PLAN_YEARS, 5, 2), dtype=np.int64)
    for y in range(PLAN_YEARS):
        money = LEVEL if y < SHIPPED.period_years else LEVEL >> (y - SHIPPED.period_years + 1)
        plan[y, 0] = (money * 3 // 10, money // 10)
        plan[y, 2] = (money * 4 // 10, money // 5)
    items = tuple(
        make_item(k + 1, plan[:, :, k].sum(axis=1), risk_class=key, min_duration_years=2 + k)
        for k, key in enumerate(("plain", "slow"))
    )
    targets = tuple(
        Target(
            year=year, target_wan=target_wan if year <= LAST else None, kind=TargetKind.FLOOR,
            upper_wan=None, inclusion_bps=10_000, programme_weight_bps=None, list_plan_wan=None,
            list_plan_kind=None, list_done_wan=None, published_projects=None, provenance="假设",
        )
        for year in SHIPPED.plan_years
    )  # fmt: skip
    return replace(make_portfolio(plan, items=items), targets=targets, risk_classes=(RISK, SLOW))


def small_need(portfolio: Portfolio | None = None, **settings: object) -> StartNeed:
    """What is asked of starts beside the small list."""
    whole = portfolio or small_list()
    asked = StartSettings(first=FIRST, **settings)  # type: ignore[arg-type]
    return start_need(whole, play_plan(whole), asked, whole)


def reserve(code: str, total_wan: int, **more: object) -> ReserveProject:
    """A reserve project that could start at once."""
    plain = ReserveProject(
        code=code, name=f"储备{code}", risk_class="plain", total_wan=total_wan,
        readiness=Readiness.READY,
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]
