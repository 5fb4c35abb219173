"""Pairs of channels and named risks as cells of a draft, and a portfolio's made of the cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from portfolio.model.portfolio import Portfolio
from portfolio.model.risk import ChannelCorrelation, RegisteredRisk, RiskSettings

Cell = tuple[Any, ...]


def pair_cell(channel_id: str, other_id: str) -> Cell:
    """The cell of a pair of channels, whichever is named first."""
    return ("channel_correlation", *sorted((channel_id, other_id)))


def pair_values(portfolio: Portfolio) -> dict[Cell, Any]:
    """What the cells of pairs of channels hold: 0.0 for those that are not listed."""
    values: dict[Cell, Any] = {
        pair_cell(one.id, other.id): 0.0
        for one in portfolio.channels
        for other in portfolio.channels
        if one.id < other.id
    }
    for pair in portfolio.risk.channel_correlations:
        values[pair_cell(pair.channel_id, pair.other_id)] = pair.correlation
    return values


def laid_risks(risk: RiskSettings, values: Mapping[Cell, Any], numbers: set[int]) -> RiskSettings:
    """Pairs of channels and named risks as the cells have them.

    `numbers` are the items kept; a named risk is left with those of its items, or out.
    """
    register = [
        replace(one, item_nos=tuple(no for no in one.item_nos if no in numbers))
        for one in (*risk.register, *added_risks(values))
    ]
    return replace(
        risk,
        channel_correlations=laid_pairs(risk, values),
        register=tuple(one for one in register if one.item_nos),
    )


def laid_pairs(risk: RiskSettings, values: Mapping[Cell, Any]) -> tuple[ChannelCorrelation, ...]:
    """Pairs of channels that are correlated: the listed ones in their order, then the new."""
    listed = {pair_cell(pair.channel_id, pair.other_id): pair for pair in risk.channel_correlations}
    new = {
        cell: ChannelCorrelation(
            channel_id=cell[1], other_id=cell[2], correlation=value, provenance="情景假设"
        )
        for cell, value in values.items()
        if cell[0] == "channel_correlation" and cell not in listed and value
    }
    return tuple(replace(pair, correlation=values[cell]) for cell, pair in (listed | new).items())


def added_risks(values: Mapping[Cell, Any]) -> list[RegisteredRisk]:
    """Risks that scenarios added, in the order in which they were first written."""
    return [value for cell, value in values.items() if cell[0] == "added_risk"]
