"""The page in a real browser: pictures, switch, tables, sources, keys, print."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest

from portfolio.model.measures.years import channel_years
from portfolio.model.money import small_yi_text, yi_text
from portfolio.report.json.run import run_json
from portfolio.report.page import page_text
from portfolio.report.page.pictures import PICTURES
from portfolio.report.words.meeting import key_figures, owed_by_cause
from portfolio.report.words.stress import whole_percent
from tests.browser.chromium import Opened, browser_page, needs_chromium
from tests.report.dossiers import dossier_of, full_pair, played_dossier
from tests.report.results import result_of
from tests.strategies import make_item, make_portfolio

pytestmark = [needs_chromium, pytest.mark.xdist_group("browser")]
#: Fonts name some characters by their radicals; these Unicode does not take for the same.
RADICALS = str.maketrans("⻚⻰⻝⻛⻋⻓⻔⻢⻅⻆⻬", "页龙食风车长门马见角齐")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "报告.html"
    file.write_text(page_text(full_pair()), encoding="utf-8")
    return file


def show(opened: Opened, picture: str) -> None:
    """Bring a picture into view and wait until it is drawn."""
    opened.page.locator(f"#{picture}").scroll_into_view_if_needed()
    opened.page.wait_for_function(
        "name => document.querySelector(`#${name} .chart svg, #${name} .graph-box svg`)",
        arg=picture,
    )


def series(opened: Opened, picture: str, number: int = 0) -> list[dict[str, Any]]:
    """The series a chart was drawn from."""
    return opened.page.evaluate(
        """([name, k]) => {
            const box = document.querySelectorAll(`#${name} .chart`)[k];
            return echarts.getInstanceByDom(box).getOption().series.map(
                s => ({name: s.name, type: s.type, data: s.data, links: s.links}));
        }""",
        [picture, number],
    )


def switch(opened: Opened, scenario: str) -> None:
    """Choose a scenario and wait until the pictures out of view are drawn too."""
    opened.page.select_option("#switch", label=scenario)
    opened.page.wait_for_function(
        "name => document.body.dataset.scenario === name && document.body.dataset.drawn === 'all'",
        arg=scenario,
    )


def wan(values: list[Any]) -> list[int | None]:
    return [None if value == "-" else round(value * 10_000) for value in values]


def test_the_page_opens_without_a_word_and_asks_for_nothing_but_itself(opened, path) -> None:
    for picture in PICTURES:
        show(opened, picture.name)
    for scenario in ("基准", "三碰头"):
        switch(opened, scenario)
    assert opened.said == []
    assert opened.asked == [path.as_uri()]


@pytest.mark.parametrize("name", [picture.name for picture in PICTURES])
def test_each_picture_is_there_and_not_empty(opened, name) -> None:
    show(opened, name)
    shapes = opened.page.evaluate(
        """name => Array.from(document.querySelectorAll(`#${name} svg path, #${name} svg rect,
            #${name} svg circle`)).filter(e => { const b = e.getBoundingClientRect();
            return b.width + b.height > 2; }).length""",
        name,
    )
    assert shapes > 15
    texts = opened.page.locator(f"#{name} svg text").count()
    assert texts > 8


def test_the_scenario_switch_changes_every_picture_to_the_numbers_of_run_json(opened) -> None:
    for dossier in reversed(full_pair()):
        run = dossier.run
        document = run_json(run)
        switch(opened, dossier.name)
        figures = opened.page.locator("#figures .reads").all_inner_texts()
        assert figures == [figure.reads for figure in key_figures(dossier)]
        show(opened, "years")
        by_name = {each["name"]: each for each in series(opened, "years")}
        for name, key in (("完成投资", "drawn_wan"), ("折市重点口径", "converted_wan")):
            drawn = wan(by_name[name]["data"])
            assert drawn[: len(document["annual"])] == [row[key] for row in document["annual"]]
            # The paths go on after the play: years of the fan alone have no bars.
            assert set(drawn[len(document["annual"]) :]) <= {None}
        show(opened, "flows")
        flows = series(opened, "flows")[0]["links"]
        period = sum(row["drawn_wan"] for row in document["annual"] if row["year"] <= 2025)
        # Each 万元 goes from channel to work and from work to item.
        assert sum(link["wan"] for link in flows) == 2 * period
        show(opened, "gaps")
        gaps = sorted(round(p["value"][2] * 10_000) for p in series(opened, "gaps")[0]["data"])
        assert gaps == sorted(
            row.gap_wan for row in channel_years(run.portfolio, run.outcome) if row.gap_wan
        )
        show(opened, "causes")
        total = series(opened, "causes")[0 + 1]["data"][-1]["value"]
        assert total == sum(owed.quarters for owed in owed_by_cause(run))
        show(opened, "graph")
        late = opened.page.evaluate(
            "Array.from(document.querySelectorAll('#graph .card.late')).map(c => +c.dataset.no)"
        )
        items = [item.no for k, item in enumerate(run.portfolio.items) if run.outcome.is_late(k)]
        assert sorted(late) == items


def test_a_scenario_without_a_repair_says_so_and_one_with_shows_its_moves(opened) -> None:
    repair = full_pair()[1].repair
    assert repair is not None
    switch(opened, "三碰头")
    show(opened, "repair")
    note = opened.page.locator("#repair .note").inner_text()
    takes = sum(max(0, move.change_wan) for move in repair.moves)
    gives = -sum(min(0, move.change_wan) for move in repair.moves)
    assert note == f"减少安排 {yi_text(gives)} 亿元，增加安排 {yi_text(takes)} 亿元。"
    links = series(opened, "repair")[0]["links"]
    into, out = defaultdict(int), defaultdict(int)
    for link in links:
        out[link["source"]] += link["wan"]
        into[link["target"]] += link["wan"]
    # What comes into a channel leaves it: the nodes in the middle balance.
    middle = set(into) & set(out)
    assert middle and all(into[node] == out[node] for node in middle)
    played = next(s for s in series(opened, "repair", 1) if s["name"] == "调整后推演")
    assert wan(played["data"]) == [year.played_wan for year in repair.years]
    switch(opened, "基准")
    opened.page.wait_for_function(
        "() => document.querySelector('#repair .note').textContent.includes('没有数据')"
    )
    assert "没有冲击，无须调整" in opened.page.locator("#repair .note").inner_text()


def test_choices_of_a_picture_change_it(opened) -> None:
    show(opened, "flows")
    run = full_pair()[1].run
    opened.page.select_option("#flows-period", label="2024 年")
    opened.page.select_option("#flows-measure", label="计划")
    plan = next(r["plan_wan"] for r in run_json(run)["annual"] if r["year"] == 2024)
    assert sum(link["wan"] for link in series(opened, "flows")[0]["links"]) == 2 * plan
    show(opened, "tornado")
    before = series(opened, "tornado")
    opened.page.select_option("#tornado-outcome", label="平均滞后")
    assert series(opened, "tornado") != before
    show(opened, "joint")
    names = opened.page.locator("#joint-item option").all_inner_texts()
    opened.page.select_option("#joint-item", label=names[-1])
    assert names[-1] in opened.page.locator("#joint .note").inner_text()


def open_table(opened: Opened, picture: str) -> None:
    opened.page.locator(f"#{picture} summary").click()
    opened.page.wait_for_selector(f"#{picture} .tabulator-row")


def shown(opened: Opened, picture: str) -> list[list[str]]:
    """The rows of the first table as they stand."""
    return opened.page.evaluate(
        """name => { const t = document.querySelector(`#${name} .tabulator`);
            return Array.from(t.querySelectorAll('.tabulator-row')).map(r =>
                Array.from(r.querySelectorAll('.tabulator-cell')).map(c => c.textContent)); }""",
        picture,
    )


def test_the_table_behind_a_picture_is_searched_sorted_filtered_and_saved(opened) -> None:
    open_table(opened, "gantt")
    count = opened.page.locator("#gantt .count").first
    assert count.inner_text() == "共 58 行，符合 58 行"
    opened.page.locator("#gantt input[type=search]").first.fill("轨道交通")
    opened.page.wait_for_function(
        "() => document.querySelector('#gantt .count').textContent.includes('符合 3 行')"
    )
    assert {row[1] for row in shown(opened, "gantt")} == {
        "轨道交通产业",
        "城际轨道交通",
        "城市轨道交通",
    }
    heading = opened.page.locator("#gantt .tabulator-col-title", has_text="总投资").first
    heading.focus()
    opened.page.keyboard.press("Enter")
    money = [float(row[3].replace(",", "")) for row in shown(opened, "gantt")]
    assert money == sorted(money)
    opened.page.keyboard.press("Enter")
    opened.page.wait_for_function(
        "least => !document.querySelector('#gantt .tabulator-row').textContent.includes(least)",
        arg=f"{money[0]:,.1f}",
    )
    again = [float(row[3].replace(",", "")) for row in shown(opened, "gantt")]
    assert again == sorted(money, reverse=True)
    with opened.page.expect_download() as saved:
        opened.page.locator("#gantt .table-bar button").first.click()
    content = Path(saved.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["序号", "大项", "工程", "总投资（亿元）"]
    totals = {str(i.no): i.total_wan for i in full_pair()[1].run.portfolio.items}
    assert {row[0] for row in rows[1:]} == {"9", "23", "24"}
    for row in rows[1:]:
        assert re.fullmatch(r"\d+\.\d{4}", row[3])
        assert round(float(row[3]) * 10_000) == totals[row[0]]


def test_a_column_is_filtered_by_a_text_and_by_a_least_amount(opened) -> None:
    open_table(opened, "years")
    plan = opened.page.locator("#years .tabulator-col", has_text=re.compile("^计划（亿元）")).first
    plan.locator("input").fill("5,000")
    plan.locator("input").press("Enter")
    opened.page.wait_for_function(
        "() => !document.querySelector('#years .count').textContent.endsWith('符合 15 行')"
    )
    annual = run_json(full_pair()[1].run)["annual"]
    wanted = [str(row["year"]) for row in annual if row["plan_wan"] >= 50_000_000]
    assert [row[0] for row in shown(opened, "years")] == wanted


def test_an_open_table_follows_the_scenario(opened) -> None:
    open_table(opened, "years")
    switch(opened, "基准")
    opened.page.wait_for_selector("#years .tabulator-row")
    annual = run_json(full_pair()[0].run)["annual"]
    # Behind the year stand the list's plan, its kind and its outturn, and the items' plan.
    assert shown(opened, "years")[0][5] == f"{annual[0]['drawn_wan'] / 10_000:,.1f}"


def test_numbers_tell_their_source_on_hover_and_on_focus(opened) -> None:
    tip = opened.page.locator("#tip")
    opened.page.locator("#figures .figure").first.hover()
    tip.wait_for(state="visible")
    assert "五年规划" in tip.inner_text()
    opened.page.mouse.move(2, 2)
    opened.page.locator("#assumption-list td").nth(1).focus()
    assert "压力测试" in tip.inner_text()
    opened.page.keyboard.press("Escape")
    assert not tip.is_visible()
    open_table(opened, "gantt")
    opened.page.locator("#gantt .tabulator-row .tabulator-cell").nth(3).hover()
    opened.page.wait_for_selector(".tabulator-tooltip")
    assert "五年规划" in opened.page.locator(".tabulator-tooltip").inner_text()


def test_a_chart_tells_the_source_of_what_it_shows(opened) -> None:
    show(opened, "years")
    told = opened.page.evaluate(
        """() => { const box = document.querySelector('#years .chart');
            const chart = echarts.getInstanceByDom(box);
            chart.dispatchAction({type: 'showTip', seriesIndex: 1, dataIndex: 3});
            return box.textContent; }"""
    )
    assert "出处：" in told
    assert "目标：工作簿“年度目标”：" in told
    assert "假设：目标取使用者设定" in told


def test_an_item_of_the_graph_is_chosen_by_the_keyboard(opened) -> None:
    show(opened, "graph")
    opened.page.locator("#graph #item-27").focus()
    opened.page.keyboard.press("Enter")
    panel = opened.page.locator("#graph-panel")
    assert panel.is_visible()
    assert "它等待的大项" in panel.inner_text()
    assert "等待它的大项" in panel.inner_text()
    opened.page.keyboard.press("Escape")
    assert not panel.is_visible()


def test_every_control_is_reached_by_tab_and_the_first_leads_to_the_text(opened) -> None:
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.textContent") == "跳到正文"
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.id") == "switch"
    unreachable = opened.page.evaluate(
        "Array.from(document.querySelectorAll('button, select, summary, input')).filter("
        "e => e.tabIndex < 0).length"
    )
    assert unreachable == 0


@pytest.mark.parametrize("width", [1366, 820, 390])
def test_nothing_stands_out_over_the_side_of_the_window(browser, path, width) -> None:
    with browser_page(browser, path, width=width) as opened:
        for picture in PICTURES:
            show(opened, picture.name)
        wide = opened.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0


def contrast(opened: Opened, selector: str) -> float:
    """WCAG 2.2 contrast of a text with the page's paper."""
    colours = opened.page.evaluate(
        """s => [getComputedStyle(document.querySelector(s)).color,
            getComputedStyle(document.body).backgroundColor].map(t => t.match(/\\d+/g).map(Number))""",
        selector,
    )

    def luminance(rgb: list[int]) -> float:
        parts = [v / 255 for v in rgb[:3]]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    one, two = sorted((luminance(c) for c in colours), reverse=True)
    return (one + 0.05) / (two + 0.05)


def test_light_and_dark_are_both_readable(opened) -> None:
    for dark in (False, True):
        if dark:
            opened.page.locator("#theme").click()
        assert opened.page.evaluate("document.documentElement.dataset.theme") == (
            "dark" if dark else "light"
        )
        for selector in ("#figures .reads", "#summary", ".how", "summary", "header nav a"):
            assert contrast(opened, selector) >= 4.5


def test_print_has_the_totals_and_every_picture(opened, tmp_path) -> None:
    opened.page.pdf(path=tmp_path / "报告.pdf", prefer_css_page_size=True)
    reader = pypdf.PdfReader(tmp_path / "报告.pdf")
    pages = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    text = unicodedata.normalize("NFKC", pages.translate(RADICALS))
    wanted = [figure.reads for figure in key_figures(full_pair()[1])]
    wanted += [picture.title[:6] for picture in PICTURES]
    wanted += [item.name[:6] for item in full_pair()[1].run.portfolio.items]
    assert [each for each in wanted if unicodedata.normalize("NFKC", each) not in text] == []
    # Each page has its title; none is empty.
    for page in reader.pages:
        head = unicodedata.normalize("NFKC", page.extract_text().translate(RADICALS))
        assert "重大项目投资情景报告" in head.replace("\n", "")
        assert len(head) > 60


@pytest.mark.parametrize(("paper", "width", "height"), [("A4", 595, 842), ("A3", 842, 1191)])
def test_the_paper_is_the_one_chosen_across_or_upright(
    opened, tmp_path, paper, width, height
) -> None:
    opened.page.select_option("#paper", label=paper)
    opened.page.pdf(path=tmp_path / "报告.pdf", prefer_css_page_size=True)
    pages = pypdf.PdfReader(tmp_path / "报告.pdf").pages
    sizes = {tuple(sorted(round(float(v)) for v in page.mediabox[2:])) for page in pages}
    assert all(abs(a - width) <= 1 and abs(b - height) <= 1 for a, b in sizes)
    upright = sum(float(page.mediabox[3]) > float(page.mediabox[2]) for page in pages)
    assert upright == sum(picture.tall for picture in PICTURES)


def test_a_scenario_alone_without_studies_is_a_page_too(browser, tmp_path) -> None:
    file = tmp_path / "单.html"
    file.write_text(page_text([played_dossier()]), encoding="utf-8")
    with browser_page(browser, file) as opened:
        show(opened, "years")
        opened.page.locator("#tornado").scroll_into_view_if_needed()
        opened.page.wait_for_function(
            "() => document.querySelector('#tornado .note').textContent.includes('未做压力测试')"
        )
        assert opened.said == []
        assert opened.page.locator("#comparison").count() == 0


def test_nothing_written_in_the_workbook_runs_as_a_script(browser, tmp_path) -> None:
    """Names with markup in them: every table, list of a filter and tip is opened."""
    evil = '<img src=x onerror="window.broken=1">'
    plan = np.zeros((15, 1, 3), dtype=np.int64)
    plan[0, 0] = (80_000, 40_000, 20_000)
    items = tuple(
        make_item(k + 1, plan[:, 0, k], name=f"甲|乙{k}\n{evil}", work=f"{evil}{k % 2}")
        for k in range(3)
    )
    run = replace(result_of(make_portfolio(plan, items=items)), scenario=evil, title=evil)
    file = tmp_path / "恶.html"
    file.write_text(page_text([dossier_of(run)]), encoding="utf-8")
    with browser_page(browser, file) as opened:
        for picture in PICTURES:
            opened.page.locator(f"#{picture.name} summary").click()
        show(opened, "flows")
        names = opened.page.locator("#flows .chart text").all_text_contents()
        assert any("甲|乙" in name for name in names)
        for field in opened.page.locator(".tabulator-header-filter input").all()[:12]:
            field.click()
        opened.page.locator("#gantt .tabulator-row .tabulator-cell").nth(1).hover()
        opened.page.wait_for_selector(".tabulator-tooltip")
        assert opened.page.evaluate("window.broken === undefined")
        assert opened.page.locator("img").count() == 0
        assert opened.said == []


def test_numbers_read_on_the_page_as_they_do_elsewhere(opened) -> None:
    """Ties half up, large and negative amounts, chances whose hundredfold is no whole float."""
    amounts = [
        0,
        4,
        499,
        500,
        4_999,
        5_000,
        14_999,
        15_000,
        503_940_000,
        -5_000,
        -499,
        2_678_812_345,
    ]
    assert opened.page.evaluate("a => a.map(w => yi(w))", amounts) == [yi_text(w) for w in amounts]
    assert opened.page.evaluate("a => a.map(smallYi)", amounts) == [
        small_yi_text(w) for w in amounts
    ]
    chances = [0, 0.004, 0.005, 0.145, 0.285, 0.565, 0.575, 0.994, 0.996, 1]
    assert opened.page.evaluate("a => a.map(chanceText)", chances) == [
        whole_percent(c) for c in chances
    ]
    ratios = opened.page.evaluate(
        "a => a.map(r => cellText(r, 'ratio'))", [0.0015, 0.0045, -0.0004, 0.99985]
    )
    assert ratios == ["0.2%", "0.5%", "0.0%", "100.0%"]
    texts = opened.page.evaluate(
        "a => a.map(p => fileText(p[0], p[1]))",
        [[0.29, "chance"], [1e-7, "decimal"], [-7, "money"], ["=1+1", "text"], [None, "money"]],
    )
    assert texts == ["29.00", "0.000000", "-0.0007", "'=1+1", ""]
