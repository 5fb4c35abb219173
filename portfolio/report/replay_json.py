"""One path of a stress test as JSON-able data: money in 万元, factors in basis points, null for none."""

from __future__ import annotations

from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.outcome import Event, Outcome
from portfolio.model.path_story import (
    ChannelLuck,
    ItemLuck,
    LateItem,
    PathStory,
    Rank,
    Standing,
    YearStory,
)
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.report.replay_text import headline
from portfolio.report.run_json import cause_json
from portfolio.report.wording import quarter_text


def replay_data(
    story: PathStory,
    scenario: str,
    lucky: Portfolio,
    outcome: Outcome,
    *,
    workbook_sha256: str,
    version: str,
) -> dict[str, Any]:
    """The whole story, nothing left out, and the log of the play."""
    return {
        "headline": headline(lucky.calendar, story, scenario),
        "origin": {
            "workbook_sha256": workbook_sha256,
            "scenario": scenario,
            "seed": story.standing.seed,
            "version": version,
        },
        "assumed": True,
        "engines_agree": True,
        "standing": _standing(lucky.calendar, story.standing),
        "luck": {
            "items": [_item(luck, lucky) for luck in story.items],
            "channels": [_channel(luck, lucky) for luck in story.channels],
            "risks": [
                {"id": risk.id, "name": risk.name, "happened": risk.id in story.happened}
                for risk in lucky.risk.register
            ],
        },
        "years": [_year(year) for year in story.years],
        "late": [_late(late, lucky) for late in story.late],
        "late_without_luck": story.prior_late,
        "items": [
            {
                "no": item.no,
                "name": item.name,
                "start": quarter_text(lucky.calendar, outcome.start[index]),
                "finish": quarter_text(lucky.calendar, outcome.finish[index]),
            }
            for index, item in enumerate(lucky.items)
        ],
        "events": [_event(event, lucky) for event in outcome.events],
    }


def _standing(calendar: Calendar, standing: Standing) -> dict[str, Any]:
    return {
        "path": standing.path,
        "seed": standing.seed,
        "tails": standing.tails,
        "among": standing.among,
        "chosen": standing.wish,
        "worry_year": standing.year,
        "ranks": [_rank(calendar, rank) for rank in standing.ranks],
    }


def _rank(calendar: Calendar, rank: Rank) -> dict[str, Any]:
    value: Any = rank.value
    if rank.unit == "季度":
        value = quarter_text(calendar, rank.value) if rank.value < PLAY_QUARTERS else None
    unit = {"亿元": "万元", "季度": "季度", "个": "个"}[rank.unit]
    return {
        "what": rank.label,
        "unit": unit,
        "value": value,
        "lower": rank.lower,
        "higher": rank.higher,
    }


def _item(luck: ItemLuck, portfolio: Portfolio) -> dict[str, Any]:
    return {
        "no": luck.item_no,
        "name": portfolio.item(luck.item_no).name,
        "cost_bps": luck.cost_bps,
        "volume_bps": luck.volume_bps,
        "duration_bps": luck.duration_bps,
        "cost_change_wan": luck.money_wan,
        "length_change_quarters": luck.quarters,
        "stopped": [
            {
                "first": quarter_text(portfolio.calendar, span.first),
                "last": quarter_text(portfolio.calendar, span.last),
            }
            for span in luck.stopped
        ],
    }


def _channel(luck: ChannelLuck, portfolio: Portfolio) -> dict[str, Any]:
    return {
        "channel": _channel_name(luck.channel_id, portfolio),
        "year": luck.year,
        "receipt_bps": luck.receipt_bps,
        "envelope_change_wan": luck.change_wan,
    }


def _channel_name(channel_id: str | None, portfolio: Portfolio) -> str | None:
    if channel_id is None:
        return None
    return portfolio.channels[portfolio.channel_position[channel_id]].name


def _year(year: YearStory) -> dict[str, Any]:
    return {
        "year": year.year,
        "target_wan": year.now.target_wan,
        "drawn_wan": year.now.drawn_wan,
        "drawn_without_luck_wan": year.prior.drawn_wan,
        "progress_wan": year.now.progress_wan,
        "converted_wan": year.now.converted_wan,
        "converted_without_luck_wan": year.prior.converted_wan,
        "met": year.now.met,
    }


def _late(late: LateItem, portfolio: Portfolio) -> dict[str, Any]:
    return {
        "no": late.item_no,
        "name": portfolio.item(late.item_no).name,
        "planned_finish": quarter_text(portfolio.calendar, late.planned_finish),
        "finish_without_luck": quarter_text(portfolio.calendar, late.prior_finish),
        "finish": quarter_text(portfolio.calendar, late.finish),
        "delay_quarters": late.delay_quarters,
        "causes": [
            cause_json(portfolio, cause.kind, cause.ref, cause.quarters) for cause in late.causes
        ],
    }


def _event(event: Event, portfolio: Portfolio) -> dict[str, Any]:
    return {
        "quarter": quarter_text(portfolio.calendar, event.quarter),
        "event": str(event.kind),
        "no": event.item_no,
        "channel": _channel_name(event.channel_id, portfolio),
        "gate": event.gate_id,
        "amount_wan": event.amount_wan,
    }
