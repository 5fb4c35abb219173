"""现场推演 in a real browser: what it shows is what the program plays, and nothing leaves the page."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest

from portfolio import workflows
from portfolio.model.dossier import Dossier
from portfolio.model.luck import Draws
from portfolio.model.measures.years import year_measures
from portfolio.model.money import small_yi_text
from portfolio.model.scenarios.setting_verbs import PRIORITIES
from portfolio.model.study.intervals import fan
from portfolio.model.study.paths import Paths
from portfolio.model.study.years import converted_wan
from portfolio.report.page import page_text
from portfolio.sim.lanes.many_paths import play_many
from portfolio.sim.live import LUCKY_PATHS, live_of, with_luck
from portfolio.sim.stress import Luck, Window, window_draws
from portfolio.workflows.report import NO_LUCK
from tests.browser.chromium import Opened, browser_page, needs_chromium
from tests.live_settings import NODE, played_in_node, random_setting
from tests.report.dossiers import dossier_of
from tests.report.results import shipped_run

pytestmark = [needs_chromium, pytest.mark.xdist_group("browser")]
QUARTER = 7
SETTINGS = 200


def played_on(scenario: str | None = None) -> Dossier:
    run = shipped_run(scenario)
    return replace(dossier_of(run), live=live_of(run, QUARTER, PRIORITIES), no_live="")


@pytest.fixture(scope="module")
def pair() -> tuple[Dossier, ...]:
    return played_on(), played_on("三碰头")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, pair) -> Path:
    file = tmp_path_factory.mktemp("live") / "报告.html"
    file.write_text(page_text(pair), encoding="utf-8")
    return file


@pytest.fixture
def opened(opened: Opened) -> Opened:
    begin(opened)
    return opened


def begin(opened: Opened) -> None:
    """Bring the section into view and wait until it has played."""
    opened.page.locator("#live").scroll_into_view_if_needed()
    opened.page.wait_for_function("() => document.getElementById('live').dataset.played > 0")


def answer(opened: Opened) -> str:
    return opened.page.locator("#live-answer").inner_text()


def after(opened: Opened, act: Any) -> str:
    """The answer once what is done has been followed."""
    before = opened.page.locator("#live").get_attribute("data-played")
    act()
    opened.page.wait_for_function(
        "before => document.getElementById('live').dataset.played !== before", arg=before
    )
    return answer(opened)


def preset(opened: Opened, name: str) -> str:
    button = opened.page.get_by_role("button", name=name)
    return after(opened, button.click)


def rows(opened: Opened) -> list[list[str]]:
    return opened.page.evaluate(
        """() => Array.from(document.querySelectorAll('#live-table tbody tr'),
            row => Array.from(row.cells, cell => cell.textContent))"""
    )


def test_it_holds_itself_against_the_program_and_asks_nothing_of_the_net(opened) -> None:
    proof = opened.page.locator("#live-proof").inner_text()
    assert proof.startswith("与程序逐格一致") and "，0 个不同" in proof
    preset(opened, "两者并发")
    assert opened.said == []
    assert all(address.startswith(("file:", "blob:")) for address in opened.asked)


def test_nothing_is_offered_where_it_would_not_be_the_program_s(browser, tmp_path, pair) -> None:
    live = pair[0].live
    assert live is not None
    drawn = (live.played.drawn_wan[0] + 1, *live.played.drawn_wan[1:])
    other = replace(live, played=replace(live.played, drawn_wan=drawn))
    file = tmp_path / "不一致.html"
    file.write_text(page_text([replace(pair[0], live=other)]), encoding="utf-8")
    with browser_page(browser, file) as opened:
        opened.page.locator("#live").scroll_into_view_if_needed()
        opened.page.wait_for_function(
            "() => document.getElementById('live-state').textContent.includes('1 个数不同')"
        )
        assert not opened.page.locator("#live-body").is_visible()


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_settings_played_here_leave_the_memory_that_is_held_against_python(
    opened, pair, tmp_path
) -> None:
    """`tests/sim/test_live.py` holds what Node plays against Python: the browser plays the same."""
    live = pair[1].live
    assert live is not None
    chance = np.random.default_rng(18)
    settings = [random_setting(live, chance) for _ in range(SETTINGS)]
    wanted = [
        (zlib.adler32(told["memory"][live.image.base :][: len(live.image.memory)]), told["text"])
        for told in played_in_node(live, settings, ["三碰头"], tmp_path)
    ]
    found = opened.page.evaluate(
        """async ([settings, length]) => {
            const data = JSON.parse(document.getElementById("data").textContent);
            const engine = await openLive(data.engine, data.scenarios[1].live);
            return settings.map(setting => {
                engine.set(setting);
                engine.play();
                const bytes = new Uint8Array(engine.memory.buffer, engine.live.image.base, length);
                let a = 1, b = 0;
                for (const byte of bytes) { a = (a + byte) % 65521; b = (b + a) % 65521; }
                return [b * 65536 + a, settingText(engine, setting, ["三碰头"])];
            });
        }""",
        [json.loads(json.dumps(settings)), len(live.image.memory)],
    )
    assert len({sum_ for sum_, _ in wanted}) > SETTINGS // 2
    assert [tuple(each) for each in found] == wanted


def test_a_saved_setting_is_played_by_the_program_and_comes_back(opened, tmp_path) -> None:
    opened.page.select_option("#switch", label="基准")
    begin_again = "() => !document.getElementById('live-body').hidden"
    opened.page.wait_for_function(begin_again)
    start = answer(opened)
    told = preset(opened, "土地减四成")
    shown = rows(opened)
    opened.page.locator("#live summary", has_text="存为情景文件").click()
    with opened.page.expect_download() as saved:
        opened.page.locator("#live-save").click()
    file = tmp_path / "现场推演.yaml"
    file.write_bytes(Path(saved.value.path()).read_bytes())
    run = workflows.run(None, [str(file)])
    assert run.changes
    measures = {
        str(each.year): each
        for each in year_measures(run.portfolio, run.outcome, run.calendar.play_years)
    }
    for year, target, _, converted, gap, listed, drawn, *_ranges in shown:
        of = measures[year]
        amounts = (of.target_wan, of.converted_wan, of.shortfall_wan, of.to_be_listed_wan)
        assert [target, converted, gap, listed] == [small_yi_text(wan) for wan in amounts]
        assert drawn == small_yi_text(of.drawn_wan)
    assert preset(opened, "回到基准") == start
    text = file.read_text(encoding="utf-8")
    opened.page.locator("#live-text").fill(text)
    assert after(opened, opened.page.locator("#live-load").click) == told
    preset(opened, "回到基准")
    back = after(opened, lambda: opened.page.locator("#live-file").set_input_files(str(file)))
    assert back == told


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("  - 停工: {大项: 1, 自: 2026Q1, 季度数: 2}", "第 5 行：“停工”不是本页写的样子"),
        ('  - 渠道额度: {渠道: "没有", 年份: 2027, 系数: 70%, 部分: 合计}', "没有城市统筹渠道"),
        ("  - 造价: {大项: 999, 系数: 120%}", "没有大项 999"),
        ("  - 造价: {大项: 1, 系数: 900%}", "超出 50%–200%"),
        ("随便一行", "第 5 行：读不懂“随便一行”"),
    ],
)
def test_a_file_that_is_not_its_own_is_refused_with_its_line(opened, line, says) -> None:
    opened.page.select_option("#switch", label="基准")
    opened.page.wait_for_function("() => !document.getElementById('live-body').hidden")
    before = answer(opened)
    opened.page.locator("#live summary", has_text="存为情景文件").click()
    text = f"标题: 试\n来源: 试\n继承: []\n变更:\n{line}\n"
    opened.page.locator("#live-text").fill(text)
    opened.page.locator("#live-load").click()
    note = opened.page.locator("#live-note").inner_text()
    assert note.startswith("没有载入。") and says in note
    assert answer(opened) == before


def lucky(opened: Opened) -> str:
    """What is said of the lucky paths once they have followed."""
    opened.page.wait_for_function("() => document.getElementById('live').dataset.lucky >= 0")
    return opened.page.locator("#live-luck").inner_text()


def lucky_page(base: Dossier, count: int, folder: Path) -> tuple[Draws, Paths, Path]:
    """Lucky paths of a play, and a page that has them."""
    run, live = base.run, base.live
    assert live is not None
    draws = window_draws(run.portfolio, Luck(seed=3), Window(1, count))
    paths, file = play_many(run.portfolio, draws), folder / "报告.html"
    found = replace(base, live=with_luck(live, run, draws, paths, seed=3))
    file.write_text(page_text([found]), encoding="utf-8")
    return draws, paths, file


def test_lucky_paths_follow_a_setting_with_the_program_s_own_range(browser, tmp_path) -> None:
    """The range shown after a preset is what the program plays of the saved setting on that luck."""
    base = played_on()
    run = base.run
    draws, paths, file = lucky_page(base, LUCKY_PATHS, tmp_path)
    with browser_page(browser, file) as opened:
        begin(opened)
        assert "起点" not in lucky(opened)
        proof = opened.page.locator("#live-luck-proof").inner_text()
        assert "前 256 条逐格一致" in proof and "42,496 个数校验相同" in proof
        preset(opened, "土地减四成")
        told = lucky(opened)
        assert "种子 3" in told and "起点为" in told and "不是达标概率" in told
        shown = {row[0]: row[-2:] for row in rows(opened)}
        saved = tmp_path / "现场推演.yaml"
        saved.write_text(opened.page.locator("#live-text").input_value(), encoding="utf-8")
        whiskers = opened.page.locator("#live-chart svg circle, #live-chart svg path").count()
        assert whiskers > len(shown)
        assert opened.said == []
    portfolio = workflows.run(None, [str(saved)]).portfolio
    again = play_many(portfolio, draws)
    for year, cells in shown.items():
        after = converted_wan(portfolio, again, int(year))
        before = converted_wan(run.portfolio, paths, int(year))
        assert after is not None and before is not None
        for cell, values in zip(cells, (after, after - before), strict=True):
            ends = [small_yi_text(int(fan(values, (10, 90)).at(p).value)) for p in (10, 90)]
            assert cell == " 至 ".join(ends)


def test_without_a_stress_test_the_page_says_how_to_get_lucky_paths(browser, tmp_path) -> None:
    base = played_on()
    assert base.live is not None
    file = tmp_path / "报告.html"
    without = replace(base, live=replace(base.live, no_luck=NO_LUCK))
    file.write_text(page_text([without]), encoding="utf-8")
    with browser_page(browser, file) as opened:
        begin(opened)
        said = opened.page.locator("#live-luck").inner_text()
        assert said == f"没有运气范围：{NO_LUCK}。" and "-n 0" in said
        preset(opened, "土地减四成")
        assert {cell for row in rows(opened) for cell in row[-2:]} == {"—"}


def test_a_range_is_never_of_an_earlier_setting(browser, tmp_path) -> None:
    """While the paths of a new setting are played, the range of the one before is gone."""
    base = played_on()
    _, _, file = lucky_page(base, 16, tmp_path)
    with browser_page(browser, file) as opened:
        begin(opened)
        lucky(opened)
        gone = opened.page.evaluate(
            """async () => {
                LUCKY_SLICE = -1;
                const slow = LuckyPlayer.prototype.play;
                LuckyPlayer.prototype.play = function (setting, done) {
                    const player = this;
                    setTimeout(() => slow.call(player, setting, done), 300);
                };
                document.querySelector("#live-presets button").click();
                await new Promise(next => requestAnimationFrame(() => requestAnimationFrame(next)));
                const cells = document.querySelectorAll("#live-table tbody td:last-child");
                return [Array.from(cells, cell => cell.textContent),
                    document.getElementById("live").dataset.lucky === undefined];
            }"""
        )
        assert set(gone[0]) == {"—"} and gone[1] is True
        assert "起点为" in lucky(opened)


def test_sliders_move_by_keys_and_by_mouse(opened) -> None:
    slider = opened.page.locator("#live-money input[type=range]").first
    slider.focus()
    before = answer(opened)
    assert after(opened, lambda: opened.page.keyboard.press("Home")) != before
    assert opened.page.locator("#live-money output").first.inner_text() == "0%"
    box = slider.bounding_box()
    assert box is not None
    middle = {"x": box["width"] / 2, "y": box["height"] / 2}
    after(opened, lambda: slider.click(position=middle))
    value = int(slider.input_value())
    assert 95 <= value <= 105


def test_a_slider_is_touched_on_a_phone_and_the_answer_stays_in_view(browser, path) -> None:
    with browser_page(browser, path, width=390, height=844, touch=True) as opened:
        begin(opened)
        slider = opened.page.locator("#live-more input[type=range]").last
        slider.scroll_into_view_if_needed()
        before = answer(opened)
        assert after(opened, lambda: slider.tap(position={"x": 200, "y": 14})) != before
        assert opened.page.locator("#live-answer").evaluate(
            "box => box.getBoundingClientRect().top >= 0 && box.getBoundingClientRect().bottom <= 844"
        )


def test_an_item_and_its_gates_are_set(opened) -> None:
    opened.page.select_option("#live-item select", index=26)
    delay = opened.page.locator("#live-item input[type=range]").first
    delay.focus()
    after(opened, lambda: opened.page.keyboard.press("End"))
    gate = opened.page.locator("#live-item input[type=checkbox]").first
    after(opened, gate.click)
    text = opened.page.locator("#live-text").input_value()
    assert "推迟开工: {大项: 27, 季度数: 20}" in text
    assert "强度: " in text
    assert "个大项" in opened.page.locator("#live-moved").inner_text()


def test_it_is_never_printed(opened, tmp_path) -> None:
    preset(opened, "两者并发")
    opened.page.pdf(path=tmp_path / "报告.pdf", prefer_css_page_size=True)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "报告.pdf").pages)
    assert "照此设定" not in text and "债减三成" not in text


@pytest.mark.parametrize("width", [1366, 390])
def test_nothing_stands_out_over_the_side(browser, path, width) -> None:
    with browser_page(browser, path, width=width) as opened:
        begin(opened)
        preset(opened, "两者并发")
        for summary in opened.page.locator("#live summary").all():
            summary.click()
        wide = opened.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0


def test_without_webassembly_the_page_says_so_and_stays_what_it_is(browser, path) -> None:
    with browser_page(browser, path, first="delete globalThis.WebAssembly") as opened:
        opened.page.locator("#live").scroll_into_view_if_needed()
        opened.page.wait_for_function(
            "() => document.getElementById('live-state').textContent.includes('WebAssembly')"
        )
        assert not opened.page.locator("#live-body").is_visible()
        opened.page.locator("#years").scroll_into_view_if_needed()
        opened.page.wait_for_selector("#years .chart svg")
        assert opened.said == []
