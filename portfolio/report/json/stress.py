"""A stress test as JSON: the play without luck by the contract's keys, and `stress` beside it.

Money is 万元, finishes and starts quarters as people read them (`2031Q2`, null where play ends
first), spans are quarters, chances parts of 1; everything at full precision, every estimate with
its interval (null where there are too few paths for one).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.items import Target
from portfolio.model.measures import path_story
from portfolio.model.outcome import Event, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.record.words import chance_words, hidden_words, range_words, stage_words
from portfolio.model.study import findings as study
from portfolio.model.study.list_chance import ListChance
from portfolio.model.study.result import StressResult
from portfolio.report.json import cause_json, named, paper_json
from portfolio.report.json.run import run_json
from portfolio.report.screen.replay import headline
from portfolio.report.words.run import quarter_text


def stress_json(results: Sequence[StressResult]) -> dict[str, Any]:
    """One scenario as `run` writes it plus `stress`; several as a list under `scenarios`.

    Raises
    ------
    ValueError
        There are no results.
    """
    if not results:
        raise ValueError("no stress test to write")
    documents = [scenario_json(result) for result in results]
    return documents[0] if len(documents) == 1 else {"scenarios": documents}


def _listed(one: ListChance) -> dict[str, Any]:
    """A year's chance by the record: the range as words and ends; the reason where there is none."""
    told, found = one.told, one.range
    return {
        "year": one.year,
        "list_plan_wan": None if told.plan is None else told.plan.plan_wan,
        "list_plan_kind": None if told.plan is None else str(told.plan.kind),
        "target_wan": told.target_wan,
        "words": chance_words(told) if found is None else range_words(*found) + stage_words(told),
        "low": None if found is None else found[0],
        "high": None if found is None else found[1],
        "hidden_misses": hidden_words(told),
        "shift": one.shift,
        "median_change_wan": one.median_change_wan,
        "refused": told.refusal is not None,
    }


def scenario_json(result: StressResult) -> dict[str, Any]:
    """One scenario: the contract's keys of the play without luck, then the paths' findings."""
    document = run_json(result.run)
    document["origin"] |= {"seed": result.sampling.seed, **paper_json(result.paper)}
    found, sampling = result.findings, result.sampling
    document["stress"] = {
        "assumption": "以假设参数为前提",
        "confidence": study.CONFIDENCE,
        "paths": len(result.paths),
        **named(sampling, "asked", "interrupted", "extras_skipped", "seed", "tails", "engine"),
        "sobol": plain(sampling.sobol),
        "listed": [_listed(one) for one in result.listed],
        "trial": plain(result.trial),
        "years": [_year(year) for year in found.years],
        "worry": None if found.worry is None else plain(found.worry),
        "whole": None if found.whole is None else _confidence(result.calendar, found.whole),
        "public": None if found.public is None else _confidence(result.calendar, found.public),
        "late_items": _counts(found.late_items),
        "items": [_confidence(result.calendar, row) for row in found.items],
        "drivers": plain(found.drivers),
        "chain": plain(found.chain),
        "merges": [_merge(result.calendar, merge) for merge in found.merges],
        "end": None if found.end is None else _end(result.calendar, found.end),
        "causes": _causes(result, found.causes),
        "notable": plain(found.notable),
        "ahead": plain(found.ahead),
        "levers": plain(result.levers),
        "levers_of": result.levers_of,
        "leverage": _leverage(result),
        "comparison": plain(result.comparison),
        "precision": plain(result.precision),
        "judged": plain(result.judged),
        "parameters": parameters_json(result),
    }
    return document


def parameters_json(result: StressResult) -> dict[str, Any]:
    """The assumptions the paths rest on, with their basis."""
    portfolio = result.run.portfolio
    used = {item.risk_class for item in portfolio.items}
    settings = plain(portfolio.risk)
    if portfolio.risk.bundles is None:
        del settings["bundles"]
    return {
        "risk_classes": plain([risk for risk in portfolio.risk_classes if risk.key in used]),
        "channel_risks": plain(portfolio.channel_risks),
        "realisations": plain(portfolio.realisations),
        "settings": settings,
    }


def plain(value: Any) -> Any:
    """Dataclasses as objects by field name, enums as their text, tuples as lists."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value


def quarter(calendar: Calendar, index: int | None) -> str | None:
    """A quarter as in `items`; null where play ends first."""
    return None if index is None or index >= PLAY_QUARTERS else calendar.quarter_label(index)


def _money_fan(fan: study.Fan | None) -> dict[str, Any] | None:
    """A fan of money: percentiles with their intervals, and the mean."""
    if fan is None:
        return None
    return {"percentiles_wan": plain(fan.percentiles), "mean_wan": plain(fan.mean)}


def _finish_fan(calendar: Calendar, fan: study.Fan) -> dict[str, Any]:
    """A fan of finishes: quarters as labels and as indices (0 = the first, 100 = play ends first)."""

    def one(found: study.Percentile) -> dict[str, Any]:
        ends = named(found, "value", "low", "high")
        return {
            "percent": found.percent,
            **{name: quarter(calendar, index) for name, index in ends.items()},
            **{f"{name}_index": index for name, index in ends.items()},
        }

    return {"percentiles": [one(found) for found in fan.percentiles], "mean_index": plain(fan.mean)}


def _counts(fan: study.Fan) -> dict[str, Any]:
    return {"percentiles": plain(fan.percentiles), "mean": plain(fan.mean)}


def _target(target: Target | None) -> dict[str, Any] | None:
    return None if target is None else plain(named(target, "target_wan", "kind", "upper_wan"))


#: The yearly measures that are told as fans of money.
FANS = ("drawn", "converted", "converted_money", "to_be_listed", "short_of_plan")


def _year(year: study.YearChance) -> dict[str, Any]:
    return {
        "year": year.year,
        "target": _target(year.target),
        **named(
            year,
            "inclusion_bps",
            "planned_converted_wan",
            "prior_converted_wan",
            "prior_met",
            "plan_below_target",
            "list_runs_down",
        ),
        "chance": plain(year.chance),
        "shortfall_wan": plain(year.shortfall),
        "shortfall_if_missed_wan": plain(year.shortfall_if_missed),
        **{key: _money_fan(getattr(year, key)) for key in FANS},
    }


def _confidence(calendar: Calendar, row: study.Confidence) -> dict[str, Any]:
    return {
        "no": row.item_no,
        "planned_finish": quarter(calendar, row.planned_finish),
        "prior_finish": quarter(calendar, row.prior_finish),
        "approved_wan": row.approved_wan,
        "finish": _finish_fan(calendar, row.finish),
        "cost": _money_fan(row.cost),
        "delay_quarters": plain(row.delay),
        "unfinished": plain(row.unfinished),
        "joint": _joint(calendar, row.joint),
        "reserve_wan": {f"P{percent}": wan for percent, wan in row.reserve_wan},
        **plain(named(row, "in_year", "year_later")),
    }


def _joint(calendar: Calendar, joint: study.JointConfidence) -> dict[str, Any]:
    return {
        "cost_wan": joint.cost_wan,
        "finish": quarter(calendar, joint.finish),
        **plain(
            named(
                joint, "both", "over_only", "late_only", "over_and_late", "within_cost", "on_time"
            )
        ),
        "mean_cost_on_time_wan": plain(joint.mean_cost_on_time),
        "mean_cost_late_wan": plain(joint.mean_cost_late),
        "frontiers": [
            {
                "percent": frontier.percent,
                "points": [
                    {"finish": quarter(calendar, point.finish), "cost_wan": point.cost_wan}
                    for point in frontier.points
                ],
            }
            for frontier in joint.frontiers
        ],
    }


def _merge(calendar: Calendar, merge: study.Merge) -> dict[str, Any]:
    return {
        "no": merge.item_no,
        "gates": [
            {
                "gate": gate.gate_id,
                "pred_no": gate.pred_no,
                "needed": quarter(calendar, gate.needed),
                "prior_opened": quarter(calendar, gate.prior_opened),
                "in_time": plain(gate.in_time),
            }
            for gate in merge.gates
        ],
        **plain(named(merge, "all_in_time", "product", "smallest")),
        "planned_start": quarter(calendar, merge.planned_start),
        "prior_start": quarter(calendar, merge.prior_start),
        "start": _finish_fan(calendar, merge.start),
    }


def _end(calendar: Calendar, end: study.EndBias) -> dict[str, Any]:
    return {
        "planned": quarter(calendar, end.planned),
        "prior": quarter(calendar, end.prior),
        "end": _finish_fan(calendar, end.end),
        "chance_by_prior": plain(end.chance_by_prior),
    }


def _causes(result: StressResult, table: study.CauseTable) -> dict[str, Any]:
    """The ledger with the causes named as in `items`."""
    portfolio = result.run.portfolio

    def shares(rows: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {
                **cause_json(portfolio, row.kind, row.ref, row.quarters),
                **named(row, "per_path", "share"),
            }
            for row in rows
        ]

    return {
        **named(table, "paths", "quarters"),
        "by_kind": shares(table.by_kind),
        "by_cause": shares(table.by_cause),
        "by_item": [
            {
                **named(row, no="item_no", quarters="quarters", per_path="per_path"),
                "causes": shares(row.causes),
            }
            for row in table.by_item
        ],
    }


def _leverage(result: StressResult) -> list[dict[str, Any]]:
    portfolio = result.run.portfolio
    return [
        {**plain(row), "channel": _channel_name(row.channel_id, portfolio)}
        for row in result.leverage
    ]


# --- One path of a stress test as JSON-able data: money in 万元, factors in basis points, null for none


def replay_data(
    story: path_story.PathStory,
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
        "years": [_replayed_year(year) for year in story.years],
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


def _standing(calendar: Calendar, standing: path_story.Standing) -> dict[str, Any]:
    return {
        **named(standing, "path", "seed", "tails", "among", chosen="wish", worry_year="year"),
        "ranks": [_rank(calendar, rank) for rank in standing.ranks],
    }


def _rank(calendar: Calendar, rank: path_story.Rank) -> dict[str, Any]:
    value: Any = rank.value
    if rank.unit == "季度":
        value = quarter_text(calendar, rank.value) if rank.value < PLAY_QUARTERS else None
    unit = {"亿元": "万元", "季度": "季度", "个": "个"}[rank.unit]
    told = {"what": rank.label, "unit": unit, "value": value}
    return told | named(rank, "lower", "higher")


def _item(luck: path_story.ItemLuck, portfolio: Portfolio) -> dict[str, Any]:
    return {
        "no": luck.item_no,
        "name": portfolio.item(luck.item_no).name,
        **named(luck, "cost_bps", "volume_bps", "duration_bps"),
        **named(luck, cost_change_wan="money_wan", length_change_quarters="quarters"),
        "stopped": [
            {
                "first": quarter_text(portfolio.calendar, span.first),
                "last": quarter_text(portfolio.calendar, span.last),
            }
            for span in luck.stopped
        ],
    }


def _channel(luck: path_story.ChannelLuck, portfolio: Portfolio) -> dict[str, Any]:
    return {
        "channel": _channel_name(luck.channel_id, portfolio),
        **named(luck, "year", "receipt_bps", envelope_change_wan="change_wan"),
    }


def _channel_name(channel_id: str | None, portfolio: Portfolio) -> str | None:
    if channel_id is None:
        return None
    return portfolio.channels[portfolio.channel_position[channel_id]].name


def _replayed_year(year: path_story.YearStory) -> dict[str, Any]:
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


def _late(late: path_story.LateItem, portfolio: Portfolio) -> dict[str, Any]:
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
