"""Gates and the plan's conflicts with them in Chinese, one wording for every report."""

from __future__ import annotations

from portfolio.model.calendar import SHIPPED
from portfolio.model.gates import Gate, GateType
from portfolio.model.measures.graph import plan_conflicts
from portfolio.report.graph.layout import lay_out
from portfolio.report.graph.page import html_text
from portfolio.report.tables.run import gate_table
from portfolio.report.words.run import conflict_sentence, gate_sentence
from tests.model.measures.test_conflicts import gate, two_items
from tests.report.results import result_of


def said(kind: GateType, *, holds_bps: int = 0, lag: int = 0, hard: bool = True) -> str:
    """The sentence of a gate between two items of 1 亿, 1 before 2."""
    fraction = 2500 if kind is GateType.PROGRESS else None
    made = gate(kind, holds_bps, fraction_bps=fraction, lag_quarters=lag, hard=hard, reason="测试")
    portfolio = two_items([4000, 4000, 2000], [10_000], made)
    return gate_sentence(made, *portfolio.items)


def test_a_gate_says_threshold_lag_and_ceiling() -> None:
    assert said(GateType.SS, lag=2) == (
        "G1（硬约束）：1 大项1 须先开工，再隔 2 季，在此之前 2 大项2 不得开工。测试"
    )
    assert said(GateType.PROGRESS, holds_bps=5000, hard=False) == (
        "G1（软约束）：1 大项1 须累计完成 0.3 亿元，"
        "在此之前 2 大项2 累计投资不得超过 0.5 亿元。测试"
    )
    assert "须全部完成，即累计 1.0 亿元" in said(GateType.FF, holds_bps=5000)


def test_a_conflict_says_when_by_how_much_and_when_the_gate_opens() -> None:
    # 1 has 25 % after the third quarter; 2 plans 0.25 亿 a quarter from the first one on.
    made = gate(GateType.PROGRESS, fraction_bps=2500)
    (found,) = plan_conflicts(two_items([4000, 4000, 2000], [10_000], made))
    assert conflict_sentence(SHIPPED, found) == (
        "2021Q1–2021Q3：2 大项2 按计划已开工，而此时尚不得开工，最多超出 0.75 亿元；"
        "1 大项1 须累计完成 0.3 亿元，前置条件 G1 按计划自 2021Q4 起放行（硬约束）"
    )


def test_table_and_page_say_the_same_of_a_gate() -> None:
    made: Gate = gate(GateType.FF, 5000)
    portfolio = two_items([4000], [10_000], made)
    row = gate_table(result_of(portfolio)).cells[0]
    assert {"须全部完成，即累计 0.4 亿元", "累计投资不得超过 0.5 亿元"} <= set(row)
    page = html_text(portfolio, lay_out(portfolio))
    assert "<td>2 大项2 累计投资不得超过 0.5 亿元</td>" in page
