"""An explanation as JSON-able data: money in 万元, quarters as people read them, null for none."""

from __future__ import annotations

from typing import Any

from portfolio.model.explanation import Explanation, GateStory, MoneyYear, ShortYear, Trace
from portfolio.model.portfolio import Portfolio
from portfolio.report.explain_text import headline
from portfolio.report.gate_wording import conflict_sentence
from portfolio.report.run_json import cause_json
from portfolio.report.wording import quarter_text


def explanation_data(explanation: Explanation, portfolio: Portfolio) -> dict[str, Any]:
    """The whole chain of an explanation; a channel goes by its name, a gate by its id."""
    return {
        "no": explanation.item.no,
        "name": explanation.item.name,
        "headline": headline(portfolio.calendar, explanation),
        "late": explanation.late,
        "planned_start": quarter_text(portfolio.calendar, explanation.planned_start),
        "start": quarter_text(portfolio.calendar, explanation.start),
        "planned_finish": quarter_text(portfolio.calendar, explanation.planned_finish),
        "finish": quarter_text(portfolio.calendar, explanation.finish),
        "delay_quarters": explanation.delay_quarters,
        "causes": [_trace(trace, portfolio) for trace in explanation.causes],
        "short_years": [_short_year(year, portfolio) for year in explanation.short_years],
        "short_causes": [_trace(trace, portfolio) for trace in explanation.short_causes],
    }


def _trace(trace: Trace, portfolio: Portfolio) -> dict[str, Any]:
    data = cause_json(portfolio, trace.kind, trace.ref, trace.quarters)
    if trace.gate is not None:
        data["gate"] = _gate(trace.gate, portfolio)
    if trace.money is not None:
        data["told_above"] = trace.money.told
        data["years"] = [_money_year(year) for year in trace.money.years]
        data["before"] = [_trace(earlier, portfolio) for earlier in trace.money.before]
    if trace.capacity is not None:
        data["told_above"] = trace.capacity.told
        data["yearly_cap_wan"] = trace.capacity.yearly_cap_wan
        data["behind_wan"] = trace.capacity.behind_wan
        data["before"] = [_trace(earlier, portfolio) for earlier in trace.capacity.before]
    if trace.spans:
        data["spans"] = [
            {
                "first": quarter_text(portfolio.calendar, span.first),
                "last": quarter_text(portfolio.calendar, span.last),
                "pace_bps": span.factor_bps,
            }
            for span in trace.spans
        ]
    if trace.factor_bps is not None:
        data["duration_bps"] = trace.factor_bps
    return data


def _gate(story: GateStory, portfolio: Portfolio) -> dict[str, Any]:
    return {
        "id": story.gate.id,
        "hard": story.gate.hard,
        "pred": {"no": story.pred.no, "name": story.pred.name},
        "at_wan": story.at_wan,
        "holds_wan": story.holds_wan,
        "planned_reached": quarter_text(portfolio.calendar, story.planned_reached),
        "reached": quarter_text(portfolio.calendar, story.reached),
        "opened": quarter_text(portfolio.calendar, story.opened),
        "late_quarters": story.late_quarters,
        "pred_on_plan": story.pred_on_plan,
        "plan_conflict": None
        if story.conflict is None
        else conflict_sentence(portfolio.calendar, story.conflict),
        "told_above": story.told or story.causes_told,
        "rounding_quarters": story.rounding_quarters,
        "causes": [_trace(trace, portfolio) for trace in story.causes],
    }


def _money_year(year: MoneyYear) -> dict[str, Any]:
    return {
        "year": year.year,
        "need_wan": year.need_wan,
        "served_wan": year.served_wan,
        "short_wan": year.short_wan,
        "envelope_wan": year.envelope_wan,
        "planned_wan": year.planned_wan,
        "knock_on": year.knock_on,
        "asked_wan": year.asked_wan,
        "higher_wan": year.higher_wan,
        "same_wan": year.same_wan,
        "replaced_wan": year.replaced_wan,
        "taken_back_wan": year.taken_back_wan,
        "delay_quarters": year.delay_quarters,
        "credit_bps": year.credit_bps,
    }


def _short_year(year: ShortYear, portfolio: Portfolio) -> dict[str, Any]:
    return {
        "year": year.year,
        "plan_wan": year.plan_wan,
        "drawn_wan": year.drawn_wan,
        "short_wan": year.short_wan,
        "carried_over": year.carried_over,
        "binds": [cause_json(portfolio, bind.kind, bind.ref, bind.quarters) for bind in year.binds],
    }
