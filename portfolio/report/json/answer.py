"""The answer that comes first, as data: the sentence and its four figures."""

from __future__ import annotations

from typing import Any

from portfolio.model.measures.results import RunResult
from portfolio.report.tables.fields import Unit
from portfolio.report.words.answers.answer import answer_figures, answer_sentence
from portfolio.report.words.meeting import KeyFigure


def answer_json(run: RunResult) -> dict[str, Any]:
    """The sentence and the four figures."""
    return {
        "text": answer_sentence(run),
        "figures": [figure_json(figure) for figure in answer_figures(run)],
    }


def figure_json(figure: KeyFigure) -> dict[str, Any]:
    """Money in 万元; ratios and points in parts of 1."""
    if figure.unit == Unit.MONEY:
        return {"name": figure.name, "value_wan": figure.value}
    value = figure.value
    number = value if value is None or isinstance(value, int) else float(value)
    return {"name": figure.name, "value": number}
