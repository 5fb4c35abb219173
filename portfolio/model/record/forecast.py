"""What the model says of a rate: a mixture of normal distributions of its logarithm."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from portfolio.model.arrays import Floats

#: Quantiles are sought within so many standard deviations of every part of the mixture.
REACH = 9.0
#: Points at which the distribution is first looked up, and Newton's steps after that.
POINTS, STEPS = 1_001, 3
#: Parts of the mixture below this weight are left out.
SMALLEST_WEIGHT = 1e-9
#: A forecast is scored by this many of its quantiles.
SCORED = 999


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """A mixture: the weight, mean and standard deviation of ln R of each part.

    place_sd, year_sd, noise_sd : posterior means of the model's scales
    common : part of the variance that two years to come of the place share
    """

    weights: Floats
    means: Floats
    sds: Floats
    place_sd: float
    year_sd: float
    noise_sd: float
    common: float

    def below(self, rate: float) -> float:
        """P(R < rate)."""
        if rate <= 0:
            return 0.0
        return float(self.weights @ ndtr((math.log(rate) - self.means) / self.sds))

    def at_least(self, rate: float) -> float:
        """P(R ≥ rate)."""
        return 1.0 - self.below(rate)

    def quantile(self, part: float) -> float:
        """The rate below which R lies with that chance."""
        return float(self.quantiles(np.array([part]))[0])

    def quantiles(self, parts: Floats, steps: int = STEPS) -> Floats:
        """Rates of several chances: looked up on a grid, then Newton within the grid's cell."""
        points, chances = self._looked_up
        cell = np.clip(np.searchsorted(chances, parts) - 1, 0, POINTS - 2)
        low, high = points[cell], points[cell + 1]
        rise = np.maximum(chances[cell + 1] - chances[cell], 1e-300)
        at = low + (high - low) * np.clip((parts - chances[cell]) / rise, 0.0, 1.0)
        for _ in range(steps):
            scores = (at[:, None] - self.means) / self.sds
            density = np.exp(-0.5 * scores**2) @ (self.weights / self.sds) / math.sqrt(2 * math.pi)
            at = np.clip(at - (ndtr(scores) @ self.weights - parts) / density, low, high)
        return np.exp(at)

    @cached_property
    def _looked_up(self) -> tuple[Floats, Floats]:
        low, high = self.means - REACH * self.sds, self.means + REACH * self.sds
        points = np.linspace(low.min(), high.max(), POINTS)
        chances = np.zeros(POINTS)
        for weight, mean, sd in zip(self.weights, self.means, self.sds, strict=True):
            chances += weight * ndtr((points - mean) / sd)
        return points, chances

    def within(self, share: float, log_error: float) -> Forecast:
        """What it says of a figure within the year, where such a share of the year is done."""
        return replace(self, means=self.means + math.log(share), sds=np.hypot(self.sds, log_error))

    def crps(self, rate: float) -> float:
        """The continuous ranked probability score against what came: 0 is best."""
        parts = (np.arange(SCORED) + 0.5) / SCORED
        return sample_crps(self.quantiles(parts, steps=0), rate)  # a mean needs no last digit


def sample_crps(sample: Floats, came: float) -> float:
    """The score of equally weighted values; of one value it is its distance."""
    ordered = np.sort(sample)
    n = len(ordered)
    between = (2 * np.arange(1, n + 1) - n - 1) @ ordered / n**2
    return float(np.abs(ordered - came).mean() - between)
