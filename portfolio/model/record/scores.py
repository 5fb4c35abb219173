"""How well forecasts did: coverage, evenness, error, and gains over naive ones with their doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Floats
from portfolio.model.study.intervals import chance_of, student

#: Sections of the unit interval that places of what came are counted in.
SECTIONS = 10


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How many of `n` lay within a band, with the Clopper–Pearson interval of the true part."""

    inside: int
    n: int
    low: float
    high: float

    @property
    def part(self) -> float:
        """The part that lay inside."""
        return self.inside / self.n


def coverage(inside: int, n: int) -> Coverage:
    """The coverage of a band that held `inside` of `n`."""
    found = chance_of(inside, n)
    return Coverage(
        inside=int(inside), n=n, low=float(found.low or 0.0), high=float(found.high or 0.0)
    )


@dataclass(frozen=True, kw_only=True)
class Evenness:
    """Places of what came within their forecasts: even ones are as good as forecasts get.

    tenths : how many lay in each tenth
    distance, p_value : Kolmogorov's distance from even ones, and how often chance alone goes as far
    """

    tenths: tuple[int, ...]
    distance: float
    p_value: float


def evenness(places: Sequence[float]) -> Evenness:
    """How even some places are."""
    from scipy.stats import kstwo  # takes half a second, and only the back-test asks

    ordered = np.sort(np.asarray(places, dtype=np.float64))
    n = len(ordered)
    steps = np.arange(n + 1) / n
    distance = float(max((steps[1:] - ordered).max(), (ordered - steps[:-1]).max()))
    sections = np.minimum((ordered * SECTIONS).astype(np.int64), SECTIONS - 1)
    return Evenness(
        tenths=tuple(np.bincount(sections, minlength=SECTIONS).tolist()),
        distance=distance,
        p_value=float(kstwo.sf(distance, n)),
    )


@dataclass(frozen=True, kw_only=True)
class Gain:
    """How much smaller a mean error is than another, and between what that lies with 95 %."""

    mean: float
    low: float
    high: float

    @property
    def is_shown(self) -> bool:
        """Whether it is beyond doubt that the first forecast is the better one."""
        return self.low > 0


def gain(own: Sequence[float], other: Sequence[float], years: Sequence[int]) -> Gain:
    """The gain over another forecast; figures of one year are taken as one lot of luck."""
    better: Floats = np.asarray(other, dtype=np.float64) - np.asarray(own, dtype=np.float64)
    mean = float(better.mean())
    lots = sorted(set(years))
    if len(lots) < 2:
        return Gain(mean=mean, low=-np.inf, high=np.inf)
    of_year = np.asarray(years)
    sums = np.array([(better[of_year == year] - mean).sum() for year in lots])
    error = np.sqrt((sums**2).sum() * len(lots) / (len(lots) - 1)) / len(better)
    reach = student(len(lots) - 1) * float(error)
    return Gain(mean=mean, low=mean - reach, high=mean + reach)
