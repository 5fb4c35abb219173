"""What the running year will come to: facts to the as-of month, and the play of the rest.

Years before the as-of's are facts and in no judgement here. Amounts are whole 万元.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from portfolio.model.facts import MONTHS, Facts
from portfolio.model.gates import Gate
from portfolio.model.items import Channel, Kind
from portfolio.model.measures.planned import first_plan_wan
from portfolio.model.measures.years import (
    YearMeasure,
    approved_wan,
    drawn_by_channel_wan,
    funding_gap_wan,
    is_tail,
    outstanding_wan,
    plan_by_year_wan,
    reported_years,
    year_measures,
)
from portfolio.model.money import BPS, Wan
from portfolio.model.outcome import Cause, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS, or_end
from portfolio.model.rules.opening import Opening, paid_from
from portfolio.model.rules.parameters import derive

#: So many items are named.
FOREMOST = 5


@dataclass(frozen=True, kw_only=True)
class Delayed:
    """An item that finishes late, and the money that waits.

    open_wan : not yet come about at its planned finish, or at the as-of where that lies before it
    quarters : of delay; of an item that never finishes, to the end of play
    cause : the one of most quarters, the first among equals; None where none is above 0
    problem, measure, due : 问题, 下一步措施, 完成时限 as last entered; None: never
    """

    item_no: int
    open_wan: int
    quarters: int
    finish: int | None
    cause: Cause | None
    problem: str | None
    measure: str | None
    due: str | None

    @property
    def weight(self) -> int:
        """万元 × quarters: by this the items are ranked."""
        return self.open_wan * self.quarters


@dataclass(frozen=True, kw_only=True)
class ChannelOutlook:
    """A channel in the as-of's year and the next.

    done_wan : drawn to date; year_wan : facts and play of the whole year
    short_wan, next_short_wan : need that no channel could serve, see `ChannelYear.gap_wan`
    over_wan : what facts have drawn beyond the year's budget (超额度执行), what was carried in
        apart; of money that is by item the sum over the items above their own
    """

    channel: Channel
    plan_wan: int
    done_wan: int
    year_wan: int
    next_plan_wan: int
    next_wan: int
    short_wan: int
    next_short_wan: int
    over_wan: int


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The as-of's year to date and as a whole, and what follows from it.

    asof_months : months past since January of the first year; months : those of the as-of's year
    done_wan : facts of the year to date
    season : the part of a year that is usually done by the as-of month; None where no seasonal
        curve of all channels is set
    this, following : the year and the next as measures; of `this` drawn is facts and play.
        `following` is None after the last year played
    delayed : late items not finished by the as-of, those of most money × quarters first
    unfed : the first year from the as-of's on in which the closed list no longer feeds the target
    refuted : gates that facts have broken
    first_plan_wan : the year's plan before it was adjusted; None where it wasn't
    """

    asof_months: int
    months: int
    done_wan: int
    season: Fraction | None
    this: YearMeasure
    following: YearMeasure | None
    channels: tuple[ChannelOutlook, ...]
    delayed: tuple[Delayed, ...]
    unfed: YearMeasure | None
    refuted: tuple[Gate, ...]
    first_plan_wan: int | None = None

    @property
    def first_completion(self) -> Fraction | None:
        """Done to date ÷ the year's plan before it was adjusted; None where it wasn't."""
        return Fraction(self.done_wan, self.first_plan_wan) if self.first_plan_wan else None

    @property
    def year(self) -> int:
        """The as-of's year."""
        return self.this.year

    @property
    def year_wan(self) -> int:
        """预计全年: facts and play."""
        return self.this.drawn_wan

    @property
    def rest_wan(self) -> int:
        """The play of the rest of the year."""
        return self.year_wan - self.done_wan

    @property
    def completion(self) -> Fraction | None:
        """Done to date ÷ the year's plan; None in a year without plan."""
        return Fraction(self.done_wan, self.this.plan_wan) if self.this.plan_wan else None

    @property
    def elapsed(self) -> Fraction:
        """序时: linear in months, as it is officially used."""
        return Fraction(self.months, MONTHS)

    @property
    def ahead(self) -> Fraction | None:
        """超（欠）序时进度; negative for 欠."""
        return None if self.completion is None else self.completion - self.elapsed

    @property
    def ahead_of_season(self) -> Fraction | None:
        """较同期曲线: done ÷ plan less what the seasonal curve has by this month."""
        if self.completion is None or self.season is None:
            return None
        return self.completion - self.season

    @property
    def list_plan_wan(self) -> int | None:
        """名单计划: what was published as the plan of the year's list; None: nothing was."""
        return None if self.this.target is None else self.this.target.list_plan_wan

    @property
    def against_list_wan(self) -> int | None:
        """Converted outcome of the year less 名单计划; negative: below it."""
        if self.list_plan_wan is None or self.this.converted_wan is None:
            return None
        return self.this.converted_wan - self.list_plan_wan

    @property
    def foremost(self) -> tuple[Delayed, ...]:
        """The items that matter."""
        return self.delayed[:FOREMOST]

    @property
    def over_budget(self) -> tuple[ChannelOutlook, ...]:
        """Channels of which facts have drawn beyond the budget, the most first."""
        found = (row for row in self.channels if row.over_wan > 0)
        return tuple(sorted(found, key=lambda row: -row.over_wan))


def outlook(
    portfolio: Portfolio, outcome: Outcome, before: Portfolio | None = None
) -> Outlook | None:
    """What the as-of's year will come to; None without facts.

    before : the portfolio before any scenario, whose budgets the facts were bound by
    """
    facts = portfolio.facts
    if facts is None:
        return None
    year = portfolio.calendar.first_year + facts.year
    last = max(year + 1, reported_years(portfolio.calendar, outcome)[-1])
    years = range(year, min(last, portfolio.calendar.last_play_year) + 1)
    measures = year_measures(portfolio, outcome, years)
    limits, months = derive(portfolio), facts.asof_months - MONTHS * facts.year
    done = _facts_of(limits.opening, facts.year)
    return Outlook(
        asof_months=facts.asof_months,
        months=months,
        done_wan=int(done.sum()),
        season=_season(facts, months),
        this=measures[0],
        following=measures[1] if len(measures) > 1 else None,
        channels=_channels(portfolio, outcome, before or portfolio, facts, done),
        delayed=delayed_items(portfolio, outcome, facts),
        unfed=next((m for m in measures if m.list_runs_down and m.below_wan > 0), None),
        refuted=tuple(
            gate for gate, is_so in zip(portfolio.gates, limits.gates.refuted, strict=True) if is_so
        ),
        first_plan_wan=first_plan_wan(portfolio, facts.year),
    )


def _facts_of(begun: Opening, year: int) -> Wan:
    """Facts of a year: int64[channel, item]."""
    return np.asarray(begun.facts_wan[4 * year : 4 * year + 4].sum(axis=0), dtype=np.int64)


def _season(facts: Facts, months: int) -> Fraction | None:
    """What of a year is done by a month along the seasonal curve of all, even inside a quarter."""
    curve = next((s.quarter_bps for s in facts.seasons if s.channel_id is None), None)
    if curve is None:
        return None
    whole, begun = divmod(months, 3)
    so_far = Fraction(sum(curve[:whole]))
    if begun:
        so_far += Fraction(curve[whole] * begun, 3)
    return so_far / BPS


# --- Items that finish late


def delayed_items(portfolio: Portfolio, outcome: Outcome, facts: Facts) -> tuple[Delayed, ...]:
    """Late items not finished by the as-of, by money × quarters; 尾款 is no delay."""
    open_wan = _open_wan(portfolio, outcome, facts)
    finished = derive(portfolio).opening.finished
    rows = []
    for index, item in enumerate(portfolio.items):
        finish, planned = outcome.finish[index], outcome.planned_finish[index]
        waits = int(open_wan[index])
        tail = is_tail(portfolio, item, waits)
        if not outcome.is_late(index) or planned is None or finished[index] or tail:
            continue
        told = last_told(facts, item.no)
        causes = [cause for cause in outcome.causes[index] if cause.quarters > 0]
        rows.append(
            Delayed(
                item_no=item.no,
                open_wan=waits,
                quarters=min(or_end(finish), PLAY_QUARTERS) - planned,
                finish=finish,
                cause=max(causes, key=lambda cause: cause.quarters, default=None),
                problem=told.get("problem"),
                measure=told.get("measure"),
                due=told.get("due"),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.weight, row.item_no)))


def _open_wan(portfolio: Portfolio, outcome: Outcome, facts: Facts) -> Wan:
    """What has not come about at the planned finish, or by the as-of where that lies before it."""
    now = approved_wan(portfolio) - derive(portfolio).opening.reached_wan
    planned = np.array([or_end(quarter) for quarter in outcome.planned_finish])
    return np.where(planned < facts.quarter, now, outstanding_wan(portfolio, outcome))


def last_told(facts: Facts, item_no: int) -> dict[str, str]:
    """问题, 下一步措施 and 完成时限 of the last row that tells a problem."""
    told = [row for row in facts.rows if row.item_no == item_no and row.problem]
    if not told:
        return {}
    last = max(told, key=lambda row: row.end_month)
    words = {"problem": last.problem, "measure": last.measure, "due": last.due}
    return {key: word for key, word in words.items() if word}


# --- Channels


def _channels(
    portfolio: Portfolio, outcome: Outcome, before: Portfolio, facts: Facts, done: Wan
) -> tuple[ChannelOutlook, ...]:
    year, over = facts.year, _over_budget(before, facts)
    nothing = np.zeros((1, len(portfolio.channels)), dtype=np.int64)  # after the last year played
    plan, drawn, gap = (
        np.concatenate([by_year, nothing])
        for by_year in (
            plan_by_year_wan(portfolio).sum(axis=2),
            drawn_by_channel_wan(outcome),
            funding_gap_wan(portfolio, outcome),
        )
    )
    return tuple(
        ChannelOutlook(
            channel=channel,
            plan_wan=int(plan[year, c]),
            done_wan=int(done[c].sum()),
            year_wan=int(drawn[year, c]),
            next_plan_wan=int(plan[year + 1, c]),
            next_wan=int(drawn[year + 1, c]),
            short_wan=int(gap[year, c]),
            next_short_wan=int(gap[year + 1, c]),
            over_wan=int(over[c]),
        )
        for c, channel in enumerate(portfolio.channels)
    )


def _over_budget(portfolio: Portfolio, facts: Facts) -> Wan:
    """What was drawn beyond the year's budget, what was carried in apart: [channel]."""
    year = facts.year
    this_year = _facts_of(derive(portfolio).opening, year)
    spent, *_ = paid_from(portfolio, facts, this_year, year)
    pooled = spent.sum(axis=1) - portfolio.envelopes.pooled_wan[year]
    own = np.maximum(spent - portfolio.envelopes.own_wan[year], 0).sum(axis=1)
    over = np.where(portfolio.of_kind(Kind.POOLED), np.maximum(pooled, 0), own)
    return np.where(portfolio.of_kind(Kind.CREDIT), 0, over)


# --- Facts as they were entered


@dataclass(frozen=True, kw_only=True)
class Entered:
    """完成投资 entered of an item in a year; channel None: not told by channel."""

    year: int
    channel: Channel | None
    item_no: int
    drawn_wan: int


def entered(portfolio: Portfolio) -> tuple[Entered, ...]:
    """What was entered to the as-of, summed by year, channel and item, in that order."""
    facts = portfolio.facts
    sums: dict[tuple[int, int, int], int] = defaultdict(int)
    for row in facts.rows if facts is not None else ():
        if row.done_wan is None or row.item_no not in portfolio.position:
            continue
        c = -1 if row.channel_id is None else portfolio.channel_position[row.channel_id]
        sums[row.first_month // MONTHS, c, portfolio.position[row.item_no]] += row.done_wan
    return tuple(
        Entered(
            year=portfolio.calendar.first_year + year,
            channel=None if c < 0 else portfolio.channels[c],
            item_no=portfolio.items[index].no,
            drawn_wan=money,
        )
        for (year, c, index), money in sorted(sums.items())
    )
