"""The four items of the model's tests with every kind of luck, for studies of a few paths."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from portfolio.model.items import ChannelRisk
from portfolio.model.portfolio import Portfolio
from portfolio.model.risk import RegisteredRisk
from portfolio.model.study.paths import Paths
from tests.model.four_items import four_items


def lucky_items() -> Portfolio:
    """Four items with stoppages, overruns, 到位率 of two channels and one named risk."""
    plain = four_items()
    return replace(
        plain,
        risk_classes=tuple(
            replace(each, stoppages_per_year=0.3, stoppage_mean_quarters=2.0)
            for each in plain.risk_classes
        ),
        channel_risks=tuple(
            ChannelRisk(
                channel_id=channel, mean=0.9, sd=0.15, persistence=0.3, low=0.3, high=1.2,
                provenance="假设：测试",
            )
            for channel in ("SPB", "LOAN")
        ),
        risk=replace(
            plain.risk,
            register=(
                RegisteredRisk(
                    id="R1", name="征拆受阻", probability=0.4, item_nos=(24, 31), cost_low=0.0,
                    cost_likely=0.1, cost_high=0.3, quarters_low=1, quarters_likely=2,
                    quarters_high=6, provenance="假设：测试",
                ),
            ),
        ),
    )  # fmt: skip


def unequal(one: Paths, other: Paths) -> list[str]:
    """Names of the fields in which two results differ."""
    return [
        field.name
        for field in fields(Paths)
        if not np.array_equal(getattr(one, field.name), getattr(other, field.name))
    ]
