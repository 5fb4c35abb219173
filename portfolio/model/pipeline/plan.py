"""A plan of starts in whole 万元: what it brings by year, what channels bear, what is in hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from portfolio.model.items import Kind
from portfolio.model.money import BPS, SEEN_WAN, Wan, largest_remainder
from portfolio.model.pipeline.need import StartNeed

#: Starts are planned in steps of 0.1 亿元: nobody plans a start to the 万元.
STEP_WAN = 1_000


@dataclass(frozen=True, kw_only=True)
class StartPlan:
    """Volumes started: int64[class, year of the need], whole 万元, in steps of `STEP_WAN`.

    held_from : the year from which on targets are to be met
    """

    need: StartNeed
    volumes_wan: Wan
    held_from: int

    @cached_property
    def money_wan(self) -> Wan:
        """Money of the starts: int64[class, year]."""
        years = len(self.need.years)
        money = np.zeros_like(self.volumes_wan)
        for k, each in enumerate(self.need.classes):
            for s in range(years):
                volume = int(self.volumes_wan[k, s])
                if volume:
                    money[k, s:] += np.array(each.money_wan(volume, years - s), dtype=np.int64)
        return money

    @property
    def starts_wan(self) -> tuple[int, ...]:
        """What starts in each year."""
        return tuple(int(each) for each in self.volumes_wan.sum(axis=0))

    @property
    def peak_wan(self) -> int:
        """What starts in the largest year."""
        return max(self.starts_wan, default=0)

    @property
    def total_wan(self) -> int:
        """All that starts."""
        return sum(self.starts_wan)

    @property
    def new_wan(self) -> tuple[int, ...]:
        """What starts bring in each year, converted."""
        money = self.money_wan.sum(axis=0)
        return tuple(
            int(wan) * need.inclusion_bps // BPS
            for wan, need in zip(money, self.need.years, strict=True)
        )

    @property
    def converted_wan(self) -> tuple[int, ...]:
        """What the list and the starts bring together."""
        return tuple(
            need.old_wan + new for need, new in zip(self.need.years, self.new_wan, strict=True)
        )

    @property
    def short_wan(self) -> tuple[int, ...]:
        """What lacks to the target in each year."""
        return tuple(
            max(0, (need.target_wan or 0) - wan)
            for need, wan in zip(self.need.years, self.converted_wan, strict=True)
        )

    @property
    def end_short_wan(self) -> int:
        """What lacks to the volume that must be in hand at the end."""
        return max(0, self.need.end_target_wan - self.in_hand_wan)

    @property
    def holds(self) -> bool:
        """Whether nothing that could be seen lacks from the year on from which targets hold."""
        short = [
            wan
            for year, wan in zip(self.need.years, self.short_wan, strict=True)
            if year.year >= self.held_from
        ]
        return max([self.end_short_wan, *short]) < SEEN_WAN

    @cached_property
    def channels_wan(self) -> Wan:
        """What starts ask of each channel: int64[channel, year]; to the 万元, largest rests first."""
        years = len(self.need.years)
        asked = np.zeros((len(self.need.bearing), years), dtype=np.int64)
        for k, each in enumerate(self.need.classes):
            for y in range(years):
                if self.money_wan[k, y]:
                    asked[:, y] += largest_remainder(int(self.money_wan[k, y]), list(each.mix_bps))
        return asked

    @property
    def city_wan(self) -> int:
        """Money of the 统筹 channels for starts, to the last year."""
        pooled = [one.channel.kind is Kind.POOLED for one in self.need.bearing]
        return int(self.channels_wan[pooled].sum())

    @property
    def in_hand_wan(self) -> int:
        """Volume in hand at the end, converted: the list's and what starts still have to bring."""
        left = int(self.volumes_wan.sum() - self.money_wan.sum())
        return self.need.old_in_hand_wan + left * self.need.years[-1].inclusion_bps // BPS
