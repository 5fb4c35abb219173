"""The assumptions of the stress test as cells of a draft, and a portfolio's made of the cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from portfolio.model.portfolio import Portfolio
from portfolio.model.risk import ChannelCorrelation, RegisteredRisk, RiskSettings

Cell = tuple[Any, ...]

CLASS_ATTRIBUTES = (
    "p_tail", "tail_pareto_alpha", "body_mu", "body_sd", "cost_cap", "sched_ln_mu",
    "sched_ln_sigma", "stoppages_per_year", "stoppage_mean_quarters",
)  # fmt: skip
CHANNEL_ATTRIBUTES = ("mean", "sd", "persistence", "low", "high")
REALISATION_ATTRIBUTES = ("mean", "sd", "low", "high")
STAGE_ATTRIBUTES = ("cost_factor", "duration_factor")
GENERAL = ("global_correlation", "group_correlation", "cost_time_correlation")


def pair_cell(channel_id: str, other_id: str) -> Cell:
    """The cell of a pair of channels, whichever is named first."""
    return ("channel_correlation", *sorted((channel_id, other_id)))


def risk_values(portfolio: Portfolio) -> dict[Cell, Any]:
    """What the cells hold in a portfolio; pairs of channels that are not listed hold 0.0."""
    values: dict[Cell, Any] = {}
    for risk in portfolio.risk_classes:
        for name in CLASS_ATTRIBUTES:
            values["risk_class", risk.key, name] = getattr(risk, name)
    for channel_risk in portfolio.channel_risks:
        for name in CHANNEL_ATTRIBUTES:
            values["channel_risk", channel_risk.channel_id, name] = getattr(channel_risk, name)
    for realisation in portfolio.realisations:
        for name in REALISATION_ATTRIBUTES:
            values["realisation", realisation.stage, name] = getattr(realisation, name)
    for factor in portfolio.risk.stage_factors:
        for name in STAGE_ATTRIBUTES:
            values["stage_factor", factor.stage, name] = getattr(factor, name)
    for name in GENERAL:
        values["correlation", name] = getattr(portfolio.risk, name)
    for one in portfolio.channels:
        for other in portfolio.channels:
            if one.id < other.id:
                values[pair_cell(one.id, other.id)] = 0.0
    for pair in portfolio.risk.channel_correlations:
        values[pair_cell(pair.channel_id, pair.other_id)] = pair.correlation
    return values


def laid_risks(base: Portfolio, values: Mapping[Cell, Any], numbers: set[int]) -> dict[str, Any]:
    """The fields of a portfolio that hold assumptions of the stress test, of the cells.

    `numbers` are the items kept; a named risk is left with those of its items, or out.
    """
    return {
        "risk_classes": tuple(
            replace(risk, **_held(values, ("risk_class", risk.key), CLASS_ATTRIBUTES))
            for risk in base.risk_classes
        ),
        "channel_risks": tuple(
            replace(risk, **_held(values, ("channel_risk", risk.channel_id), CHANNEL_ATTRIBUTES))
            for risk in base.channel_risks
        ),
        "realisations": tuple(
            replace(one, **_held(values, ("realisation", one.stage), REALISATION_ATTRIBUTES))
            for one in base.realisations
        ),
        "risk": _laid_settings(base.risk, values, numbers),
    }


def _held(values: Mapping[Cell, Any], cell: Cell, attributes: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[(*cell, name)] for name in attributes}


def _laid_settings(
    risk: RiskSettings, values: Mapping[Cell, Any], numbers: set[int]
) -> RiskSettings:
    register = [
        replace(one, item_nos=tuple(no for no in one.item_nos if no in numbers))
        for one in (*risk.register, *added_risks(values))
    ]
    return replace(
        risk,
        **_held(values, ("correlation",), GENERAL),
        stage_factors=tuple(
            replace(one, **_held(values, ("stage_factor", one.stage), STAGE_ATTRIBUTES))
            for one in risk.stage_factors
        ),
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
