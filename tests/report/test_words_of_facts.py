"""Facts are said to have happened, what is played is said to be played: briefing, figures, page."""

from __future__ import annotations

import re

from portfolio.model.dossier import Dossier
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.year_to_date import year_to_date
from portfolio.model.money import yi_text
from portfolio.report.briefing.content import briefing, statement
from portfolio.report.page.content import page_data
from portfolio.report.words.meeting import key_figures
from tests.report.results import example_run, shipped_run


def dossier(run: RunResult, quarter: int) -> Dossier:
    return Dossier(run=run, quarter=quarter, stress=None, repair=None,
                   no_stress="未做", no_repair="未求", asked=True)  # fmt: skip


def test_a_year_after_facts_is_counted_to_the_as_of_month() -> None:
    # Facts to October: the third quarter is the last that is over, one month of the next is known.
    run = example_run()
    now = year_to_date(run.portfolio, run.outcome, 22)
    assert run.outlook is not None
    assert (now.months, now.done) == (10, run.outlook.done_wan)
    assert now.ahead == run.outlook.ahead
    assert year_to_date(run.portfolio, run.outcome, 21).months == 6


def test_a_briefing_after_facts_says_what_happened_and_that_it_is_made_up() -> None:
    made, seen = briefing(dossier(example_run(), 22)), example_run().outlook
    assert seen is not None
    assert made.title == "关于截至2026年10月底重大项目投资进度的简报（示例数据）"
    text = "".join(paragraph.text for paragraph in made.text)
    done = yi_text(seen.done_wan)
    assert f"截至2026年10月底，58个大项本年累计完成投资{done}亿元" in text
    assert "截至 2026-10 的数字是月度执行表所填的执行数（示例数据），其后是推演数" in text


def test_a_briefing_without_facts_says_that_all_is_played() -> None:
    made = briefing(dossier(shipped_run(), 10))
    text = "".join(paragraph.text for paragraph in made.text)
    assert made.title == "关于推演到2023年9月底重大项目投资进度的简报"
    assert not re.search("截至[^。；]*完成", text)
    assert "推演数" in statement(shipped_run())


def test_figures_and_page_say_what_they_are() -> None:
    names = [figure.name for figure in key_figures(dossier(example_run(), 22))]
    assert "2026 年 1—10 月完成投资（执行数）" in names
    assert "2026—2029 年完成投资（推演）" in names
    page = page_data([dossier(example_run(), 22)])
    assert page["title"].endswith("（示例数据）")
    assert page["scenarios"][0]["until"] == "截至 2026 年 10 月底"
    assert page["time"]["today"] == "2026-10" and page["time"]["today_year"] == 2026
    assert page["scenarios"][0]["sentences"][0]["text"].startswith("基准（示例数据）：截至 2026 年")
    plain = page_data([dossier(shipped_run(), 10)])
    assert plain["scenarios"][0]["until"] == "推演到 2023 年 9 月底"
    assert "today" not in plain["time"] and plain["nature"] == "推演结果，不是统计数"
    assert not plain["title"].endswith("（示例数据）")
