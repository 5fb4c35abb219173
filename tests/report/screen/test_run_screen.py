"""The screen: 80 columns, no colour when piped, what must be said is said."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from rich.console import Console

from portfolio import workflows
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import Problem
from portfolio.report.screen.console import screen, show_problems, text_columns
from portfolio.report.screen.run import show_check, show_comparison, show_run
from portfolio.report.words.run import headline, reconciliation_lines
from tests.examples import examples
from tests.report.results import result_of, shipped_run
from tests.strategies import portfolios


def printed(show: Callable[[Console], None]) -> str:
    buffer = io.StringIO()
    show(Console(file=buffer, width=80, highlight=False, markup=False, no_color=True))
    return buffer.getvalue()


def assert_fits(text: str) -> None:
    assert max(text_columns(line.rstrip()) for line in text.splitlines()) <= 80
    assert "\x1b" not in text
    text.encode("gbk")  # a Chinese Windows console that is not UTF-8


@pytest.mark.parametrize("scenario", [None, "三碰头", "信贷收紧"])
def test_a_run_fits_the_screen_and_opens_with_the_reconciliation(scenario: str | None) -> None:
    text = printed(lambda out: show_run(shipped_run(scenario), out))
    assert_fits(text)
    assert "50,394" in text and "26,788" in text
    assert "5,358" in text and "3,750" in text and "3,800" in text
    assert "清单封闭所致，非投资下滑" in text
    assert "…" not in text.split("滞后大项")[0]  # no figure is cut off


def test_baseline_names_late_items_with_causes() -> None:
    text = printed(lambda out: show_run(shipped_run(), out))
    assert "53 电源" in text
    assert "等待“54 电网”" in text.replace("\n", "")
    assert "4,124.5" in text


def test_long_lists_say_how_many_more() -> None:
    text = printed(lambda out: show_run(shipped_run("三碰头"), out))
    assert "个大项滞后，见 滞后原因.csv" in text


def test_check_shows_every_total_and_conflict() -> None:
    result = workflows.check()
    text = printed(lambda out: show_check(result.workbook, result.totals, result.conflicts, out))
    assert_fits(text)
    assert text.count("√") == 33
    assert "全部对上" in text.replace("\n", "").replace(" ", "")
    assert "E104" in text


def test_comparison_shows_differences_first() -> None:
    runs = [shipped_run(), shipped_run("三碰头"), shipped_run("信贷收紧")]
    text = printed(lambda out: show_comparison(runs, out))
    assert_fits(text)
    assert "三碰头" in text and "信贷收紧" in text
    assert "2021  " not in text.split("三碰头（现）")[1].split("按渠道")[0]  # no change in 2021


def test_comparison_with_itself_says_so() -> None:
    text = printed(lambda out: show_comparison([shipped_run(), shipped_run()], out))
    assert "没有差别" in text


def test_problems_are_numbered_with_place_and_fix() -> None:
    problems = [
        Problem(place="项目清单!F17", found="“[red]十二[/red]”不是数字", fix="请填数字"),
        Problem(place="x.yaml 第 14 行", found="未知的渠道“专项”", fix="是否为“专项债券”？"),
    ]
    text = printed(lambda out: show_problems(problems, out))
    assert "输入有 2 处问题" in text
    assert "项目清单!F17：“[red]十二[/red]”不是数字" in text
    assert "→ 是否为“专项债券”？" in text


def test_piped_screen_has_no_colour_and_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    out = screen()
    out.print("甲", style="bold red")
    assert out.width == 80
    assert capsys.readouterr().out == "甲\n"


def test_headline_can_be_read_out() -> None:
    assert headline(shipped_run()) == (
        "2021—2025 年 58 个大项推演完成投资 26,730 亿元，为计划的 99.8%；"
        "这些年份已过去而没有填执行数，推演不评判达标；"
        "2 个大项滞后，牵涉投资最多的原因是等待“54 电网”。"
    )


@examples(15)
@given(portfolios(max_items=4))
def test_any_outcome_can_be_shown(portfolio: Portfolio) -> None:
    result = result_of(portfolio)
    assert_fits(printed(lambda out: show_run(result, out)))
    assert len(reconciliation_lines(portfolio)) == 2
