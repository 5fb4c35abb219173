"""The model of the rate: ln R = common level + place + year + noise, with what years lack.

Normal in all its parts; the three scales have half-normal priors and are summed over on a fixed
grid, so a fit is a weighted sum of exact Gaussian ones: no random number, a fraction of a second.
A figure within a year counts as the year's, divided by the profile's share, with the error of both
its shift (common to all of them) and its year.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Floats
from portfolio.model.record.forecast import SMALLEST_WEIGHT, Forecast
from portfolio.model.record.profile import Profile
from portfolio.model.record.rows import (
    FIRST_MONTH_USED,
    PlaceYear,
    RateRow,
    Record,
    month_of,
)

#: Prior standard deviation of the common level, and of the half-normal scales.
LEVEL_SD, PLACE_SD, YEAR_SD, NOISE_SD = 0.10, 0.10, 0.05, 0.08
#: The grid of the scales of places, years and noise.
PLACE_GRID = np.array([0.01, 0.03, 0.05, 0.07, 0.09, 0.11, 0.13, 0.15, 0.18, 0.22, 0.28])
YEAR_GRID = np.array([0.005, 0.02, 0.035, 0.05, 0.065, 0.08, 0.10, 0.13])
NOISE_GRID = np.array([0.02, 0.035, 0.05, 0.065, 0.08, 0.095, 0.11, 0.13, 0.15, 0.18])
#: Added to the variance of every row: no two are wholly alike.
NUGGET = 1e-6
#: Larger than any sum of squares a factor meets; see `_factored`.
BEYOND = 1e9


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A row as the model sees it: ln R, and the part of the year still open (0: a full year)."""

    place: str
    year: int
    log_rate: float
    open_part: float = 0.0


def seen_full(place: str, year: int, rate: float) -> Seen:
    """A full year."""
    return Seen(place=place, year=year, log_rate=math.log(rate))


def seen_part(place: str, year: int, rate: float, month: float, profile: Profile) -> Seen:
    """A figure within a year.

    Raises
    ------
    ValueError
        It is of a month before June: such figures make forecasts worse.
    """
    if month < FIRST_MONTH_USED:
        raise ValueError(f"a figure through month {month:g} is not used")
    share = profile.share(month)
    return Seen(place=place, year=year, log_rate=math.log(rate / share), open_part=1.0 - share)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which rows a fit uses: full years and figures within years by place and year.

    keep : whether a place and year is looked at at all
    keep_full : whether a full year is then used; one left out hides the year's part too
    with_parts, first_month : whether figures within years are used, and from which month
    """

    keep: Callable[[PlaceYear], bool] = lambda _: True
    keep_full: Callable[[RateRow], bool] = lambda _: True
    with_parts: bool = True
    first_month: float = FIRST_MONTH_USED


def seen_rows(record: Record, profile: Profile, chosen: Chosen) -> list[Seen]:
    """The rows a fit uses: full years, and the latest figure of years not known in full."""
    seen = [
        seen_full(*key, row.rate)
        for key, row in record.full_years.items()
        if chosen.keep(key) and chosen.keep_full(row)
    ]
    if not chosen.with_parts:
        return seen
    for key in record.parts:
        row = record.latest_part(key, chosen.first_month)
        if row is not None and key not in record.full_years and chosen.keep(key):
            seen.append(seen_part(*key, row.rate, month_of(row), profile))
    return seen


def forecast(
    seen: Sequence[Seen], target: PlaceYear, profile: Profile, running: Seen | None = None
) -> Forecast:
    """The rate of a place's year.

    running : a figure within that very year, which shares its noise
    """
    rows = [*seen, *([] if running is None else [running])]
    fixed, place, year, noise = _covariances(rows, target, profile, running is not None)
    level = np.array([row.log_rate for row in rows])
    cells = []
    for place_sd in PLACE_GRID:
        for year_sd in YEAR_GRID:
            base = fixed + place_sd**2 * place + year_sd**2 * year
            covariances = base + (NOISE_GRID**2)[:, None, None] * noise
            cells.append(_conditional(covariances, level))
    log_likelihood, means, variances = (np.concatenate(part) for part in zip(*cells, strict=True))
    weights = np.exp(log_likelihood + _log_prior() - (log_likelihood + _log_prior()).max())
    weights /= weights.sum()
    scales = np.meshgrid(PLACE_GRID, YEAR_GRID, NOISE_GRID, indexing="ij")
    place_sds, year_sds, noise_sds = (scale.ravel() for scale in scales)
    heavy = weights > SMALLEST_WEIGHT
    return Forecast(
        weights=weights[heavy] / weights[heavy].sum(),
        means=means[heavy],
        sds=np.sqrt(variances[heavy]),
        place_sd=float(weights @ place_sds),
        year_sd=float(weights @ year_sds),
        noise_sd=float(weights @ noise_sds),
        common=_common(weights, means, variances, year_sds, noise_sds),
    )


def _covariances(
    rows: Sequence[Seen], target: PlaceYear, profile: Profile, running: bool
) -> tuple[Floats, Floats, Floats, Floats]:
    """What of the covariances no scale moves, and the patterns of places, years and noise.

    The target is the last row and column.
    """
    places = np.array([row.place for row in rows] + [target[0]], dtype=object)
    years = np.array([row.year for row in rows] + [target[1]])
    open_parts = np.array([row.open_part for row in rows] + [0.0])
    noise = np.eye(len(places))
    if running:
        noise[-1, -2] = noise[-2, -1] = 1.0
    own = (profile.spread * open_parts) ** 2 + NUGGET
    own[-1] = 0.0
    fixed = LEVEL_SD**2 + profile.error**2 * np.outer(open_parts, open_parts) + np.diag(own)
    return (
        fixed,
        (places[:, None] == places).astype(np.float64),
        (years[:, None] == years).astype(np.float64),
        noise,
    )


def _conditional(covariances: Floats, level: Floats) -> tuple[Floats, Floats, Floats]:
    """Log likelihood of the rows, mean and variance of the target given them, by cell.

    Rows and target enter one factorisation: the rows' values as one more row of the matrix, so its
    lower factor holds what solving for them would give.
    """
    n = len(level)
    own = covariances[:, n, n]
    if not n:
        nothing = np.zeros(len(covariances))
        return nothing, nothing, own
    matrix = np.zeros((len(covariances), n + 2, n + 2))
    matrix[:, :n, :n] = covariances[:, :n, :n]
    matrix[:, n, :n] = level
    matrix[:, n + 1, :n] = covariances[:, n, :n]
    matrix[:, n, n] = matrix[:, n + 1, n + 1] = BEYOND
    factor = np.linalg.cholesky(matrix)  # reads the lower triangle alone
    values, target = factor[:, n, :n], factor[:, n + 1, :n]
    diagonal = np.diagonal(factor, axis1=1, axis2=2)[:, :n]
    fit = -0.5 * (values**2).sum(axis=1) - np.log(diagonal).sum(axis=1)
    return fit, (values * target).sum(axis=1), own - (target**2).sum(axis=1)


def _log_prior() -> Floats:
    """Half-normal priors of the scales, and what part of the grid each cell stands for."""

    def of(grid: Floats, sd: float) -> Floats:
        return -0.5 * (grid / sd) ** 2 + np.log(np.gradient(grid))

    place, year, noise = (
        of(grid, sd)
        for grid, sd in (
            (PLACE_GRID, PLACE_SD),
            (YEAR_GRID, YEAR_SD),
            (NOISE_GRID, NOISE_SD),
        )
    )
    return (place[:, None, None] + year[None, :, None] + noise[None, None, :]).ravel()


def _common(
    weights: Floats, means: Floats, variances: Floats, year_sds: Floats, noise_sds: Floats
) -> float:
    """Part of the variance that another year of the place would have in common.

    What is left when the year's own effect and noise are taken away, the spread of the cells'
    means included.
    """
    mean = weights @ means
    total = weights @ (variances + (means - mean) ** 2)
    return float(1.0 - weights @ (year_sds**2 + noise_sds**2) / total)
