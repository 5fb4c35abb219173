"""Who has to decide what by when, of the approval rules: for a shock, or for the running year.

Without a repair these are the ways that are open for the channels concerned; with one they are
those of its moves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portfolio.model.facts import Level
from portfolio.model.items import LIVELIHOOD, Channel, Kind
from portfolio.model.measures.answers.answer import Answer, Hit, ShockAnswer
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import funding_gap_wan
from portfolio.model.money import SEEN_WAN
from portfolio.model.projects.level import level_of
from portfolio.model.reallocation.findings import Flow, flow
from portfolio.model.reallocation.result import Reallocation
from portfolio.model.rules.approval import (
    BOND_CHANNEL,
    BOND_GROUP,
    BUDGET_GROUP,
    ApprovalPath,
    MoveKind,
    Short,
    last_ask,
    path_of,
    short_of,
)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What one body decides for a year.

    channels : concerned, by name; nothing where the change is of no channel's envelope
    ask_by : the last quarter in which it can be asked; None: there is no timely way any more
    moved : what a repair's moves of this kind come to; None without a repair
    """

    kind: MoveKind
    year: int
    path: ApprovalPath
    channels: tuple[str, ...]
    ask_by: int | None
    moved: Flow | None = None

    @property
    def body(self) -> str:
        """Who decides; 本级 where the list doesn't tell whose budget it is."""
        return self.path.body


def last_past_quarter(run: RunResult, found: Answer) -> int:
    """The quarter after which it is decided: that of the facts, else the end of the year before."""
    facts = run.baseline.facts
    if facts is not None and facts.asof_months:
        return facts.last_ended_quarter
    return run.calendar.quarter_of(found.year) - 1


def decisions(run: RunResult, found: Answer) -> tuple[Decision, ...]:
    """The ways open for an answer: in time first, then by how soon they have to be asked for."""
    past = last_past_quarter(run, found)
    rows = []
    for year in _years(run, found, past):
        for kind, among in _kinds(run, found, year=year, past=past):
            level = _level(run, year, among)
            path = path_of(kind, run.calendar, year=year, asof_quarter=past, level=level)
            timely = path.effective_quarter is not None
            rows.append(
                Decision(
                    kind=kind,
                    year=year,
                    path=path,
                    channels=tuple(channel.short_name for channel in among),
                    ask_by=last_ask(kind, run.calendar, year) if timely else None,
                )
            )
    return tuple(sorted(rows, key=_order))


#: What is decided where a channel is short of a voted budget.
_SHORT_KINDS = {
    Short.TOTAL_FALLS: MoveKind.TOTAL_FALLS,
    Short.FROM_FUND: MoveKind.FROM_FUND,
}


def _order(row: Decision) -> tuple[bool, int, int]:
    return row.ask_by is None, row.ask_by or 0, row.year


def _years(run: RunResult, found: Answer, past: int) -> list[int]:
    """The answer's year, and the next where the answer's one is running: it goes into its budget."""
    begun = past >= run.calendar.quarter_of(found.year)
    last = run.calendar.last_play_year
    return [year for year in range(found.year, found.year + (2 if begun else 1)) if year <= last]


def _concerned(
    run: RunResult, found: Answer, year: int
) -> tuple[tuple[Channel, ...], tuple[Channel, ...]]:
    """The city's own channels that a shock cuts in a year or that lack money in it, and those cut."""
    portfolio, index = run.portfolio, year - run.calendar.first_year
    gap = funding_gap_wan(portfolio, run.outcome)[index]
    cut = 0 * gap
    if isinstance(found, ShockAnswer):
        before = run.baseline.envelopes.pooled_wan[index]
        cut = before - portfolio.envelopes.pooled_wan[index]
        gap = gap - funding_gap_wan(run.baseline, run.baseline_outcome)[index]
    pooled = [(c, ch) for c, ch in enumerate(portfolio.channels) if ch.kind is Kind.POOLED]
    lacking = (gap >= SEEN_WAN) | (cut >= SEEN_WAN)
    return (
        tuple(channel for c, channel in pooled if lacking[c]),
        tuple(channel for c, channel in pooled if cut[c] >= SEEN_WAN),
    )


def _level(run: RunResult, year: int, channels: tuple[Channel, ...]) -> Level | None:
    """The one level of all works that the channels pay in a year (of all years, if none in it)."""
    portfolio = run.portfolio
    places = [portfolio.channel_position[channel.id] for channel in channels]
    planned = portfolio.plan_wan[:, places].sum(axis=1)
    index = year - run.calendar.first_year
    paid = planned[index] if index < len(planned) and planned[index].any() else planned.sum(axis=0)
    payees = (portfolio.items[i] for i in paid.nonzero()[0].tolist())
    return level_of(payees, portfolio.projects)


def _kinds(
    run: RunResult, found: Answer, *, year: int, past: int
) -> Iterable[tuple[MoveKind, tuple[Channel, ...]]]:
    """The kinds of moves that can meet what the channels lack in a year."""
    channels, cut = _concerned(run, found, year)
    bonds = tuple(channel for channel in channels if _is_bond(channel))
    others = tuple(channel for channel in channels if not _is_bond(channel))
    if past < run.calendar.quarter_of(year):
        yield MoveKind.DRAFT_BUDGET, channels
        if bonds and year == found.year:
            yield MoveKind.MORE_THAN_VOTED, bonds
        return
    budget = tuple(channel for channel in others if channel.group == BUDGET_GROUP)
    if budget:
        yield MoveKind.RESERVE, budget
    if bonds:
        yield MoveKind.BOND_USE, bonds
    done = {channel: short_of(channel.group, run.portfolio.repair.short) for channel in cut}
    for what, kind in _SHORT_KINDS.items():
        if among := tuple(channel for channel in cut if done[channel] is what):
            yield kind, among
    rest = tuple(channel for channel in others if done.get(channel) not in _SHORT_KINDS)
    if rest or not channels:
        yield MoveKind.BETWEEN_ITEMS, rest
    livelihood = (LIVELIHOOD in hit.item.tags and hit.less_wan >= SEEN_WAN for hit in _hits(found))
    if others and any(livelihood):
        yield MoveKind.KEY_SPENDING_CUT, others


def _hits(found: Answer) -> tuple[Hit, ...]:
    return found.hits if isinstance(found, ShockAnswer) else ()


def _is_bond(channel: Channel) -> bool:
    return channel.id == BOND_CHANNEL or channel.group == BOND_GROUP


def repair_decisions(repair: Reallocation) -> tuple[Decision, ...]:
    """The moves of a repair by kind and year, with what they come to."""
    calendar, portfolio = repair.calendar, repair.case.portfolio
    names = {channel.id: channel.short_name for channel in portfolio.channels}
    groups: dict[tuple[int, MoveKind, str, bool], list[int]] = {}
    for k, move in enumerate(repair.moves):
        timely = move.approval.effective_quarter is not None
        groups.setdefault((move.year, move.approval.kind, move.approval.body, timely), []).append(k)
    rows = []
    for (year, kind, _, timely), places in groups.items():
        moves = tuple(repair.moves[k] for k in places)
        rows.append(
            Decision(
                kind=kind,
                year=year,
                path=moves[0].approval,
                channels=tuple(dict.fromkeys(names[move.channel_id] for move in moves)),
                ask_by=last_ask(kind, calendar, year) if timely else None,
                moved=flow(moves),
            )
        )
    return tuple(sorted(rows, key=_order))
