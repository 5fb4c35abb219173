"""Path-level results: one row a path, for those who want to look into the paths themselves.

Money is 万元 and factors are 万分比, whole numbers both; finishes read `2031Q2` or “… 以后”.
"""

from __future__ import annotations

import numpy as np

from portfolio.model.arrays import Integers
from portfolio.model.calendar import Calendar
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.study.confidence import (
    last_finish,
    late_quarters,
    mean_delay,
    total_cost_wan,
    with_money,
)
from portfolio.model.study.result import StressResult
from portfolio.model.study.yearly import converted_wan, shown_years
from portfolio.report.render import Coded, PathColumns
from portfolio.report.stress_wording import quarter_or_later


def path_columns(result: StressResult) -> PathColumns:
    """The columns by heading: the years, the whole, then the items' finish, cost and luck."""
    portfolio, paths = result.run.portfolio, result.paths
    columns: PathColumns = {"路径号": np.arange(1, len(paths) + 1)}
    for year in shown_years(portfolio, paths):
        columns[f"{year} 完成投资（万元）"] = paths.drawn_wan[:, year - result.calendar.first_year]
    for year in shown_years(portfolio, paths):
        converted = converted_wan(portfolio, paths, year)
        if converted is not None:
            columns[f"{year} 折市重点（万元）"] = converted
    columns["总造价（万元）"] = total_cost_wan(paths)
    if with_money(portfolio).any():
        columns["末项竣工"] = finishes(result.calendar, last_finish(portfolio, paths))
    columns["滞后大项（个）"] = (late_quarters(portfolio, paths) > 0).sum(axis=1)
    columns["平均滞后（季，按投资加权）"] = mean_delay(portfolio, paths).round(4)
    return columns | _items(result) | _channels(result)


def finishes(calendar: Calendar, quarters: Integers) -> Coded:
    """Finishes as codes of their labels."""
    labels = tuple(
        quarter_or_later(calendar, quarter) or "" for quarter in range(PLAY_QUARTERS + 1)
    )
    return Coded(codes=np.minimum(quarters, PLAY_QUARTERS), labels=labels)


def _items(result: StressResult) -> PathColumns:
    """Items one after another, what came of each before its luck; items without money left out."""
    portfolio, paths = result.run.portfolio, result.paths
    columns: PathColumns = {}
    for i in np.flatnonzero(with_money(portfolio)).tolist():
        label = portfolio.items[i].label
        columns |= {
            f"{label} 竣工": finishes(result.calendar, paths.finish[:, i]),
            f"{label} 造价（万元）": paths.cost_wan[:, i],
            f"{label} 造价系数（万分比）": paths.cost_bps[:, i],
            f"{label} 落地率（万分比）": paths.volume_bps[:, i],
            f"{label} 工期系数（万分比）": paths.duration_bps[:, i],
            f"{label} 停工（季）": paths.stopped_quarters[:, i],
        }
    return columns


def _channels(result: StressResult) -> PathColumns:
    """到位率 of the channels that have one, the plan years, and the register's risks."""
    portfolio, paths = result.run.portfolio, result.paths
    risky = {risk.channel_id for risk in portfolio.channel_risks}
    columns: PathColumns = {
        f"到位率 {channel.name} {year}（万分比）": paths.receipt_bps[
            :, year - result.calendar.first_year, c
        ]
        for c, channel in enumerate(portfolio.channels)
        if channel.id in risky
        for year in result.calendar.plan_years
    }
    for k, risk in enumerate(portfolio.risk.register):
        columns[f"风险 {risk.id} {risk.name}"] = paths.happened[:, k].astype(np.int8)
    return columns
