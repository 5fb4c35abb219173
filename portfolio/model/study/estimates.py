"""Numbers with their intervals: means, chances, differences, percentiles, fans.

Percentiles of integers are order statistics (inverse of the empirical distribution, type 1): a
value that was really played, never one between two. Intervals are two-sided at 95 %; `None`
bounds mean that there are too few paths for one.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Confidence of every interval shown.
CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean, a chance or a difference with its interval (None: too few paths for one)."""

    value: float
    low: float | None
    high: float | None

    @property
    def half_width(self) -> float | None:
        """Half the interval's length; None without an interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2

    @property
    def differs(self) -> bool:
        """For a difference: whether its interval leaves out 0. Without an interval: no."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


@dataclass(frozen=True, kw_only=True)
class Percentile:
    """A percentile of integers (万元, quarters, counts) with its interval by order statistics."""

    percent: int
    value: int
    low: int | None
    high: int | None


@dataclass(frozen=True, kw_only=True)
class Fan:
    """Percentiles of a quantity, lowest first, and its mean."""

    percentiles: tuple[Percentile, ...]
    mean: Estimate

    def at(self, percent: int) -> Percentile:
        """The percentile of that number.

        Raises
        ------
        KeyError
            The fan has no such percentile.
        """
        for percentile in self.percentiles:
            if percentile.percent == percent:
                return percentile
        raise KeyError(percent)
