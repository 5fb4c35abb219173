"""A stress test on the screen: 80 columns, its premise at every table with a chance."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from hypothesis import given

from portfolio.model.measures.years import year_measures
from portfolio.model.portfolio import Portfolio
from portfolio.model.record.trial import trial_of
from portfolio.model.study.assess import compare
from portfolio.model.study.list_chance import ListPaths
from portfolio.model.study.result import StressResult
from portfolio.report.screen.stress import MOST_LINES, show_stress
from portfolio.report.words.stress import (
    ASSUMED,
    NO_DIFFERENCE,
    changed,
    signed_yi,
    signed_yi_text,
)
from tests.examples import examples
from tests.report.results import result_of
from tests.report.screen.test_run_screen import assert_fits, printed
from tests.report.stress_results import shipped_pair, shipped_stress, stress_of
from tests.strategies import portfolios


def lines_of(*results: StressResult) -> list[str]:
    return printed(lambda out: show_stress(results, out)).splitlines()


def with_list(result: StressResult, base: StressResult | None = None) -> StressResult:
    """The result with the chances of its years, every rate being 1.1."""
    first = base or result
    rates = np.full((len(result.paths), 25), 11_000, dtype=np.int32)
    paths = ListPaths(
        base=first.run.portfolio, base_paths=first.paths, portfolio=result.run.portfolio,
        paths=result.paths, rates_bps=rates,
    )  # fmt: skip
    return replace(result, listed=paths.told_years(), trial=trial_of(result.run.portfolio.record))


def listed_pair() -> tuple[StressResult, StressResult]:
    base, other = shipped_pair()
    return with_list(base), with_list(other, base)


def test_a_stress_test_fits_the_screen_and_no_figure_is_cut_off() -> None:
    text = printed(lambda out: show_stress(listed_pair(), out))
    assert_fits(text)
    assert "…" not in text


def test_it_fits_on_forty_lines() -> None:
    base, other = listed_pair()
    plain = replace(base, judged=(), precision=None)
    bare = replace(other, judged=(), precision=None)
    assert MOST_LINES == 37  # with three on the files forty
    assert len(lines_of(plain)) <= MOST_LINES
    assert len(lines_of(plain, bare)) <= MOST_LINES
    assert len(lines_of(plain, bare, bare, bare)) <= MOST_LINES


def test_nothing_of_a_past_year_is_told() -> None:
    """The last published list is 2026's: of 2021 to 2025 not a word."""
    text = "\n".join(lines_of(*listed_pair()))
    assert "2026" in text
    assert not re.search(r"202[1-5](?!\d)", text)


def test_the_card_comes_first() -> None:
    text = "".join(line.strip() for line in lines_of(with_list(shipped_stress())))
    first = text.index("2026 年达到 3,800 亿元的把握：约七到九成")
    hidden = text.index("若本市另有两年没公布、也没完成：约六到七成。")
    trial = text.index("逐年回测 28 个地区年：八成区间装住 24 个（95% 置信 67%—96%）")
    assert first < hidden < trial < text.index("只有一个情景（基准），没有可比的")
    assert "2027 年没有名单计划，不给把握" in text
    assert "没有显出更准" in text


def test_shares_of_finishes_are_told_in_tenths() -> None:
    lines = lines_of(shipped_stress())
    head = next(k for k, line in enumerate(lines) if line.startswith("大项"))
    assert lines[head].split() == ["大项", "计划", "P50", "P80", "计划年内", "最多晚一年"]
    rows = lines[head + 2 : lines.index("", head) - 1]
    assert len(rows) >= 2
    for row in rows:
        assert re.search(r"(不到一成|约.成|九成以上)\s+(不到一成|约.成|九成以上)$", row), row
        assert "%" not in row
    assert ASSUMED in "".join(lines[head - 2 : head])


def test_a_scenario_is_told_by_what_it_changes_from_now_on() -> None:
    base, other = listed_pair()
    comparison = other.comparison
    assert comparison is not None
    lines = lines_of(base, other)
    head = next(k for k, line in enumerate(lines) if line.startswith("年份"))
    assert ASSUMED in "".join(lines[head - 2 : head])
    running = lines[head + 2]
    change = next(year.converted for year in comparison.years if year.year == 2026)
    assert change is not None
    assert running.split()[:2] == ["2026", changed(change, signed_yi_text(change)).split()[0]]
    # Beside it what the same scenario does to the plan's own play, by `run`'s measures.
    calm = [
        next(
            one.converted_wan for one in year_measures(each.run.portfolio, each.run.outcome, [2026])
        )
        for each in (base, other)
    ]
    assert calm[0] is not None and calm[1] is not None and calm[0] != calm[1]
    assert lines[head].split()[2] == "不计运气"
    assert signed_yi(calm[1] - calm[0]) in running.split()
    assert "约七到九成" in running


def test_scenarios_that_do_not_differ_say_so() -> None:
    base = with_list(shipped_stress())
    same = (base.run.portfolio, base.paths)
    other = replace(with_list(base), comparison=compare("基准", same, "又一个", same))
    lines = lines_of(base, other)
    head = next(k for k, line in enumerate(lines) if line.startswith("年份"))
    row = lines[head + 2]
    assert NO_DIFFERENCE in row and row.endswith("约七到九成，不变")


def test_what_was_asked_for_is_answered() -> None:
    result = shipped_stress()
    text = "".join(line.strip() for line in lines_of(result))
    # The sample has both extra runs and a quasi-random sample.
    assert "去掉某种风险，平均滞后（季）：工期风险" in text
    assert "拟随机抽样（Sobol）" in text
    plain = replace(result, levers=(), leverage=(), sampling=replace(result.sampling, sobol=()))
    bare = "".join(lines_of(plain))
    assert "去掉某种风险" not in bare and "Sobol" not in bare


@examples(10)
@given(portfolios(max_items=4))
def test_any_portfolio_can_be_shown(portfolio: Portfolio) -> None:
    result = stress_of(result_of(portfolio), paths=4)
    assert_fits(printed(lambda out: show_stress([result], out)))
