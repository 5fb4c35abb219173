"""The first screen of a run on facts: it can be read out, and no past year is worried about."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.facts import Season
from portfolio.model.money import yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.report.screen.run import show_run
from portfolio.report.words.answers.answer import answer_sentence
from portfolio.report.words.outlook import answer_lines, finding_lines, year_mark, year_marks_line
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.model.measures.test_explain import progress_gate
from tests.model.measures.test_outlook import SLOW, row, two_years
from tests.model.measures.test_years import target
from tests.report.results import example_run, result_of, shipped_run
from tests.report.screen.test_run_screen import assert_fits, printed
from tests.sim.facts_of_plays import after
from tests.strategies import portfolios


def answer(portfolio: Portfolio) -> list[str]:
    result = result_of(portfolio)
    assert result.outlook is not None
    return list(answer_lines(result, result.outlook))


def test_the_first_ten_lines_are_the_answer() -> None:
    result = example_run()
    text = printed(lambda out: show_run(result, out))
    assert_fits(text)
    seen = result.outlook
    assert seen is not None and seen.following is not None and seen.unfed is not None
    lines = [line.strip() for line in text.splitlines()]
    # The answer comes first, in one sentence.
    begun = next(k for k, line in enumerate(lines) if line.startswith("基准（示例数据）：截至"))
    assert "".join(lines[:begun]).replace(" ", "") == answer_sentence(result).replace(" ", "")
    ten = "".join(lines[begun : begun + 10])
    for wan in (seen.done_wan, seen.this.plan_wan, seen.year_wan, seen.rest_wan, seen.list_plan_wan,
                seen.this.converted_wan, seen.following.drawn_wan, seen.unfed.to_be_listed_wan):  # fmt: skip
        assert wan is not None and yi_text(wan) in ten
    for late in seen.foremost:
        # A name may be broken over two lines, where its space is lost.
        label = result.portfolio.item(late.item_no).label.replace(" ", "")
        assert f"{label}{yi_text(late.open_wan)}×{late.quarters}" in ten.replace(" ", "")
    assert "欠序时进度" in ten and "较同期曲线" in ten and "因此前已滞后" in ten.replace(" ", "")
    assert "资金缺口：2026 年" in ten and f"{seen.unfed.year} 年起清单不够目标" in ten


def test_what_was_worked_by_hand_is_said() -> None:
    targets = (target(2021, 9_000_000, list_plan_wan=6_000_000),)
    big = tuple(replace(r, done_wan=r.done_wan * 10_000) for r in SLOW if r.done_wan)
    portfolio = two_years(*big, scale=10_000, seasons=(
        Season(channel_id=None, quarter_bps=(2000, 2000, 3000, 3000)),))  # fmt: skip
    assert answer(replace(portfolio, targets=targets)) == [
        "试算：截至 2021 年 10 月底本年完成投资 650.0 亿元，为年度计划 1,000.0 亿元的 65.0%，"
        "欠序时进度18.3个百分点（较同期曲线欠15.0个百分点）。",
        # 0.70 of 816.7: 571.7; 28.3 below 600.0.
        "预计全年 816.7 亿元（11—12 月推演 166.7），为计划的 81.7%；折市重点口径 571.7，"
        "比名单计划 600.0 少 28.3，比目标 900.0 少 328.3。",
        "最要紧的滞后（未完成亿元×季）：1 大项1 183.3×1，因此前已滞后。",
        "资金缺口：2021 年无，2022 年无。",
        "2022 年推演 1,000.0 亿元（分渠道见下）；没有待入库的年份。",
    ]


def test_what_facts_have_broken_is_told() -> None:
    gate = progress_gate(1, 2, 5000)
    rows = (*SLOW, row(9, 50, months=1, item=2))
    portfolio = replace(two_years(*rows, items=2), gates=(gate,))
    result = result_of(portfolio)
    assert result.outlook is not None
    (line,) = finding_lines(result, result.outlook)
    assert line == (
        "执行数已突破的前置条件 1 条，推演自截至月起视为放行：G1-2：1 大项1 → 2 大项2。"
    )


def test_years_are_marked_as_facts_or_play() -> None:
    portfolio = two_years(*SLOW)
    assert [year_mark(portfolio, y) for y in (2021, 2022)] == ["已执行＋推演", "推演"]
    assert year_marks_line(portfolio) == "2021 年 1—10 月为已执行数，其后为推演数。"
    assert year_marks_line(example_run().portfolio) == (
        "2021—2025 年、2026 年 1—10 月为已执行数，其后为推演数。"
    )
    assert year_marks_line(replace(portfolio, facts=None)) is None
    assert year_mark(replace(portfolio, facts=None), 2021) == ""


def test_without_facts_nothing_is_said_to_have_happened() -> None:
    text = printed(lambda out: show_run(shipped_run(), out))
    assert "\n\n情景：基准\n清单：" in text
    assert text.startswith("2026年推演完成投资")
    assert not re.search("(?<!完成)截至|已执行|预计全年|示例", text)


@examples(20)
@given(portfolios(max_items=4), st.integers(1, 60))
def test_any_outlook_can_be_shown(portfolio: Portfolio, months: int) -> None:
    begun = after(portfolio, play(derive(portfolio)), months)
    assert_fits(printed(lambda out: show_run(result_of(begun), out)))
