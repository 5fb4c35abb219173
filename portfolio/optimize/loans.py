"""What loans an item's capital carries, as numbers: one statement for the model and the rounding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Floats, Ints
from portfolio.model.money import BPS
from portfolio.model.repair_limits import RepairLimits


@dataclass(frozen=True, kw_only=True)
class Carried:
    """Loans so far ≤ kept × loans the year before + fixed + per_capital × capital so far.

    All are [15 years, channel, item]; `fixed_wan` in 万元.
    """

    kept: Floats
    fixed_wan: Floats
    per_capital: Floats


def carried(limits: RepairLimits) -> Carried:
    """Loans in step with the planned capital, and never fewer than the shock leaves with its own.

    A part of what rationed credit is asked for is granted, but what comes under the shock in such
    a year stays lawful with the capital that comes then.
    """
    loans = np.cumsum(limits.loan_plan_wan, axis=0)
    comes = np.cumsum(limits.reference_wan, axis=0)
    planned, expected = (_capital(money, limits.capital_bps) for money in (loans, comes))
    fixed = np.where(planned > 0, 0, loans)
    fixed = np.where(expected > 0, fixed, np.maximum(fixed, comes))
    slope = np.maximum(
        np.where(planned > 0, loans / np.maximum(planned, 1e-4), 0.0),
        np.where(expected > 0, np.maximum(comes - fixed, 0) / np.maximum(expected, 1e-4), 0.0),
    )
    part = limits.credit_bps[:, :, None] / BPS
    before = np.concatenate([np.zeros_like(comes[:1]), comes[:-1]])
    asked = fixed + slope * expected - before
    lacking = np.where(part < 1, np.maximum(comes - before - part * asked, 0), 0.0)
    with_capital = np.where(expected > 0, lacking / np.maximum(expected, 1e-4), 0.0)
    return Carried(
        kept=np.broadcast_to(1 - part, slope.shape),
        fixed_wan=part * fixed + np.where(expected > 0, 0.0, lacking),
        per_capital=part * slope + with_capital,
    )


def _capital(cumulated_wan: Ints, capital_bps: Ints) -> Floats:
    """Capital in 万元 by year and item, laid beside every channel: [15, 1, item]."""
    weighted = (cumulated_wan * capital_bps[:, None]).sum(axis=1, keepdims=True)
    return np.asarray(weighted / BPS)
