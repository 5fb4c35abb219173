"""What a workbook's reader should look at: figures that may be right, and stop nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portfolio.model.items import PublishedTotal
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import Problem
from portfolio.read.workbook.questions.channels import channel_questions
from portfolio.read.workbook.questions.items import item_questions
from portfolio.read.workbook.questions.slips import slips
from portfolio.read.workbook.sheets.rows import Row


def plan_questions(
    tables: Mapping[str, Sequence[Row]],
    portfolio: Portfolio,
    totals: Sequence[PublishedTotal],
    known: Mapping[tuple[int, int], int],
) -> tuple[Problem, ...]:
    """What is asked of the plan and its money: slips first, then what is grouped."""
    found = slips(tables, portfolio, totals, known)
    return (
        *found,
        *item_questions(tables["项目清单"], portfolio),
        *channel_questions(tables, portfolio, frozenset(each.place for each in found)),
    )
