"""The answer that comes first, as data: the sentence and its four figures; money in 万元."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from portfolio.model.measures.answer import answer
from portfolio.model.measures.results import RunResult
from portfolio.report.words.answer import answer_sentence, figures_of


def answer_json(run: RunResult) -> dict[str, Any]:
    """The sentence and the four figures."""
    figures = figures_of(answer(run), run)
    return {
        "answer": answer_sentence(run),
        "figures": [
            {"name": each.name, "value": _plain(each.value), "unit": each.unit} for each in figures
        ],
    }


def _plain(value: int | Fraction | None) -> int | float | None:
    return float(value) if isinstance(value, Fraction) else value
