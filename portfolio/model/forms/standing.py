"""Where an item or project stands in the as-of's year: its kind, its months, whether it is listed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.facts import MONTHS, month_label
from portfolio.model.forms.ledger import Ledger, Ledgers
from portfolio.model.forms.source import Source
from portfolio.model.items import Channel, Kind, ProjectKind
from portfolio.model.measures.years import drawn_by_item_wan, plan_by_year_wan

#: Channels of bank-like money that the budget does not bear, though it is handed down by item.
POLICY_BANKS = "政策性金融"
BUDGETED = "财政"


class Listed(StrEnum):
    """In which list of a year an item stands."""

    FORMAL = "正式项目"
    PREPARED = "预备项目"
    OVER = "往年已建成"


def is_public(channel: Channel) -> bool:
    """Whether a channel is 政府投资: money of a budget, of this city's or of one above it."""
    if channel.kind in (Kind.POOLED, Kind.EARMARKED):
        return channel.group != POLICY_BANKS
    return channel.kind is Kind.OWN and channel.group == BUDGETED


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An item in the as-of's year.

    kind : 续建, 新开工, 计划竣工 or 前期预备, as it stands in this year
    plan_wan, public_wan : 本年计划, the public part of it
    forecast_wan : facts and play of the whole year
    planned_start, planned_finish, finish : months as written; None where there is none
    """

    index: int
    kind: ProjectKind
    listed: Listed
    plan_wan: int
    public_wan: int
    forecast_wan: int
    planned_start: str | None
    planned_finish: str | None
    finish: str | None
    span: str


def standings(source: Source, told: Ledgers) -> tuple[Standing, ...]:
    """Every item in the as-of's year, in the list's order."""
    portfolio, k = source.portfolio, source.year
    plan = plan_by_year_wan(portfolio)[k]
    public = [c for c, channel in enumerate(portfolio.channels) if is_public(channel)]
    drawn = drawn_by_item_wan(source.run.outcome)[k]
    rows = []
    for index, item in enumerate(portfolio.items):
        planned, forecast = int(plan[:, index].sum()), int(drawn[index])
        kind = _kind(source, index, told[item.no])
        rows.append(
            Standing(
                index=index,
                kind=kind,
                listed=_listed(source, index, kind, planned or forecast),
                plan_wan=planned,
                public_wan=int(plan[public, index].sum()),
                forecast_wan=forecast,
                planned_start=_first_of(source, source.run.outcome.planned_start[index]),
                planned_finish=_last_of(source, source.run.outcome.planned_finish[index]),
                finish=_last_of(source, source.run.outcome.finish[index]),
                span=_span(source, index),
            )
        )
    return tuple(rows)


def _first_of(source: Source, quarter: int | None) -> str | None:
    return None if quarter is None else month_label(3 * quarter, source.portfolio.calendar)


def _last_of(source: Source, quarter: int | None) -> str | None:
    return None if quarter is None else month_label(3 * quarter + 2, source.portfolio.calendar)


def _span(source: Source, index: int) -> str:
    """起止年限 as planned; of what began before the first year only until when."""
    outcome, first = source.run.outcome, source.portfolio.calendar.first_year
    start, finish = outcome.planned_start[index], outcome.planned_finish[index]
    if start is None or finish is None:
        return f"{first}年前"
    begun = source.portfolio.items[index].earlier_wan > 0
    return f"{f'{first}年前' if begun else first + start // 4}—{first + finish // 4}"


def _kind(source: Source, index: int, ledger: Ledger) -> ProjectKind:
    """The kind in the as-of's year: by facts where they tell it, else by the plan."""
    outcome, item, k = source.run.outcome, source.portfolio.items[index], source.year
    finish = outcome.planned_finish[index]
    done = ledger.completed
    if done is not None and done // MONTHS == k:
        return ProjectKind.FINISHING
    if done is None and finish is not None and finish // 4 == k:
        return ProjectKind.FINISHING
    started = ledger.started
    if started is None:
        start = outcome.start[index] if ledger.begun else outcome.planned_start[index]
        started = None if start is None else 3 * start
    if item.earlier_wan > 0 or (started is not None and started // MONTHS < k):
        return ProjectKind.GOING_ON
    if started is not None and started // MONTHS == k:
        return ProjectKind.NEW
    return ProjectKind.PREPARED


def _listed(source: Source, index: int, kind: ProjectKind, money: int) -> Listed:
    if money:
        return Listed.FORMAL
    if kind is ProjectKind.PREPARED:
        return Listed.PREPARED
    finish = source.run.outcome.finish[index]
    over = finish is None or finish // 4 < source.year
    return Listed.OVER if over else Listed.FORMAL
