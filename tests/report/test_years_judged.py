"""With facts no output judges a year before the as-of's; without facts nothing changes."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.measures.years import judged_years, late_positions, year_measures
from portfolio.model.rules.parameters import derive
from portfolio.report.screen.run import show_comparison, show_run
from portfolio.report.tables import compare
from portfolio.report.tables.run import annual_table
from portfolio.report.words.run import headline, year_verdict
from portfolio.sim.one_path import play
from tests.model.measures.test_outlook import SLOW, row, two_years
from tests.model.measures.test_years import target
from tests.report.results import example_run, shipped_run
from tests.report.screen.test_run_screen import assert_fits, printed


def test_the_years_judged_begin_with_the_as_of() -> None:
    # 2021–2025 without facts; from the as-of's year on to the period's end, or three years more.
    assert judged_years(shipped_run().portfolio) == range(2021, 2026)
    assert judged_years(two_years(*SLOW)) == range(2021, 2026)
    late = two_years(row(0, 600, months=12), asof=40)
    assert judged_years(late) == range(2024, 2028)
    assert judged_years(example_run().portfolio) == range(2026, 2030)


def test_a_past_year_is_not_judged() -> None:
    # 600 of 1,000 in 2021, 0.70 of it 420: far below 700, and past.
    portfolio = replace(two_years(row(0, 600, months=12), asof=13),
                        targets=(target(2021, 700), target(2022, 10_000)))  # fmt: skip
    past, now, *_ = year_measures(portfolio, play(derive(portfolio)))
    assert (past.past, past.met, past.below_wan, past.shortfall_wan) == (True, None, 0, 0)
    assert (past.drawn_wan, past.target_wan, past.plan_below_target) == (600, 700, False)
    assert year_verdict(past) == "已执行"
    assert (now.past, now.met) == (False, False)


def test_what_facts_have_finished_is_late_no_more() -> None:
    rows = (*SLOW, row(9, 250), row(12, 1000, months=12), row(24, 150, completed_month=26))
    portfolio = two_years(*rows, asof=27)
    outcome = play(derive(portfolio))
    assert outcome.is_late(0)
    assert late_positions(portfolio, outcome) == ()


def test_the_headline_speaks_of_the_years_to_come() -> None:
    told = headline(example_run())
    assert told.startswith("2026—2029 年 58 个大项预计完成投资")
    assert "2021" not in told and "2025" not in told
    assert headline(shipped_run()).startswith("2021—2025 年 58 个大项推演完成投资")


def test_a_comparison_sees_a_shock_of_next_year() -> None:
    runs = [example_run(), example_run(None, "专项债券:2027=-30%")]
    (first, other) = compare.summary_table(runs).rows
    assert other.other.period_wan < first.first.period_wan
    assert other.other.met.endswith("/4")
    text = printed(lambda out: show_comparison(runs, out))
    assert_fits(text)
    assert "四年完成" in text and "四年＝2026—2029" in text and "五年" not in text
    assert other.worst is not None and int(other.worst[:4]) >= 2027
    assert compare.span_text(shipped_run()) == "五年"


def test_no_past_year_is_in_a_verdict_of_the_screen() -> None:
    result = example_run()
    verdicts = {m.year: year_verdict(m) for m in annual_table(result).rows}
    assert {verdicts[year] for year in range(2021, 2026)} == {"已执行"}
    assert verdicts[2026].startswith(("差", "待入库"))
    text = printed(lambda out: show_run(result, out))
    assert "2021–2022" not in text
