"""What the page plays is what the program plays: the numbers a setting changes, and all that follows."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from portfolio.model.luck import Draws
from portfolio.model.measures.live import Live
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import year_measures
from portfolio.model.money import BPS
from portfolio.model.portfolio import Portfolio, seen_by
from portfolio.model.rules.parameters import derive
from portfolio.model.scenarios.apply import apply
from portfolio.model.scenarios.setting_verbs import PRIORITIES
from portfolio.model.study.intervals import fan
from portfolio.model.study.years import converted_wan
from portfolio.read.bundled_files import scenario_folder
from portfolio.read.scenario.file import read_scenario
from portfolio.sim.lanes.arenas import SUMS, Play
from portfolio.sim.lanes.image import array_in
from portfolio.sim.lanes.inputs import LaneInputs, lane_inputs
from portfolio.sim.lanes.many_paths import laid_out, play_many
from portfolio.sim.live import (
    FURTHEST_BPS,
    checksum_of,
    furthest_bps,
    inputs_without_luck,
    live_of,
    played_of,
    why_not,
    with_luck,
)
from portfolio.sim.one_path import play
from portfolio.sim.stress import Luck, Window, window_draws
from tests.examples import some
from tests.live_settings import LUCKY_PLAYER, NODE, played_in_node, random_setting
from tests.report.results import example_run, scenario_run, shipped_run

#: Settings tried from each beginning; PORTFOLIO_LIVE_SETTINGS=2500 tries 10,000 in all.
SETTINGS = int(os.environ.get("PORTFOLIO_LIVE_SETTINGS", len(some(range(50)))))
REPLACED = """
标题: 土地断崖而其他统筹渠道顶上
继承: [土地出让断崖]
变更:
  - 资金替代: 可替代
"""
#: Where a setting begins: the run, what its file extends, the last quarter taken as past.
Begun = tuple[Callable[[Path], RunResult], list[str], int]
BEGUN: dict[str, Begun] = {
    "基准": (lambda folder: shipped_run(), [], 0),
    "三碰头": (lambda folder: shipped_run("三碰头"), ["三碰头"], 7),
    "可替代": (lambda folder: scenario_run(folder, REPLACED), ["试"], 7),
    "执行数": (lambda folder: example_run("明年三碰头"), ["明年三碰头"], 22),
}
#: Lists that have room for more than is in them: how much of them counts, by the counts of the rest.
ROOMY = {
    "served_start": lambda x: x.groups + 1,
    "group_channel": lambda x: x.groups,
    "sub_group_start": lambda x: x.sub_groups + 1,
    "sub_group_payer": lambda x: x.sub_groups,
    "item_gates": lambda x: x.item_gates_start[-1],
}


def played_by_kernel(x: LaneInputs, portfolio: Portfolio) -> Play:
    """The one path on the machine's own vectors."""
    from portfolio.sim.lanes.compiled import play_blocks
    from portfolio.sim.lanes.machine_vectors import WIDTH

    done = laid_out(x, Draws.none(portfolio), WIDTH)
    play_blocks(done, 0, 1)
    return done


def assert_inputs_equal(live: Live, memory: bytes, x: LaneInputs) -> None:
    """The rules that JavaScript wrote, every one, are those that Python derives."""
    for name in LaneInputs._fields:
        found, wanted = array_in(live.image, f"x.{name}", memory), np.asarray(getattr(x, name))
        if name in ROOMY:
            found, wanted = found[: ROOMY[name](x)], wanted[: ROOMY[name](x)]
        assert found.tolist() == wanted.tolist(), name


def assert_outputs_equal(live: Live, memory: bytes, done: Play) -> None:
    """All that is written down of the path, and all sums, bit for bit."""
    for name in done.out._fields:
        found = array_in(live.image, f"out.{name}", memory)
        assert found.tobytes() == getattr(done.out, name).tobytes(), name
    sums = array_in(live.image, "t", memory)
    assert sums[:, 0].tobytes() == np.ascontiguousarray(done.t[:, 0]).tobytes(), SUMS


def told_years(portfolio: Portfolio, outcome: Any) -> list[dict[str, Any]]:
    measures = year_measures(portfolio, outcome, portfolio.calendar.play_years)
    names = (
        "year",
        "plan_wan",
        "drawn_wan",
        "converted_wan",
        "target_wan",
        "shortfall_wan",
        "to_be_listed_wan",
    )
    return [{name: getattr(each, name) for name in names} for each in measures]


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@pytest.mark.parametrize("name", BEGUN)
def test_every_setting_of_the_page_is_what_the_program_plays(name: str, tmp_path: Path) -> None:
    made, extended, quarter = BEGUN[name]
    run = made(tmp_path)
    assert why_not(run.portfolio, run.baseline) is None
    live = live_of(run, quarter, PRIORITIES)
    chance = np.random.default_rng(2026)
    settings = [random_setting(live, chance) for _ in range(SETTINGS)]
    folder = tmp_path / "node"
    folder.mkdir()
    seen, moved = seen_by(run.calendar, run.baseline.facts), 0
    for told in played_in_node(live, settings, extended, folder):
        assert told["base"] == {"same": told["base"]["same"], "other": 0}
        assert told["base"]["same"] > 500
        assert told["again"] == told["text"]
        file = tmp_path / "现场.yaml"
        file.write_text(told["text"], encoding="utf-8")
        portfolio, _ = apply(read_scenario(file, scenario_folder(), seen), run.baseline)
        x = inputs_without_luck(portfolio)
        assert_inputs_equal(live, told["memory"], x)
        assert_outputs_equal(live, told["memory"], played_by_kernel(x, portfolio))
        outcome = play(derive(portfolio))
        again = asdict(played_of(portfolio, outcome))
        assert told["result"] == {key: _listed(value) for key, value in again.items()}
        assert told["years"] == told_years(portfolio, outcome)
        finished = derive(portfolio).opening.finished
        late = [outcome.is_late(i) and not finished[i] for i in range(len(portfolio.items))]
        assert told["late"] == late
        moved += told["result"]["finish"] != list(live.played.finish)
    assert moved > SETTINGS // 2


#: Settings of the lucky paths tried from each beginning, and paths of each.
LUCKY_SETTINGS, LUCKY = 5, 40


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@pytest.mark.parametrize("name", BEGUN)
def test_lucky_paths_of_the_page_are_the_program_s(name: str, tmp_path: Path) -> None:
    """Same luck, same integers: rules under luck, money, progress, starts and finishes of every path."""
    made, extended, quarter = BEGUN[name]
    run = made(tmp_path)
    draws = window_draws(run.portfolio, Luck(seed=7), Window(1, LUCKY))
    base = play_many(run.portfolio, window_draws(run.portfolio, Luck(seed=7), Window(1, LUCKY + 9)))
    live = with_luck(live_of(run, quarter, PRIORITIES), run, draws, base, seed=7)
    luck = live.luck
    assert luck is not None and live.no_luck == "" and luck.study_paths == LUCKY + 9
    chance = np.random.default_rng(256)
    near = replace(live, most_bps=luck.most_bps)
    settings = [random_setting(near, chance) for _ in range(LUCKY_SETTINGS)]
    seen = seen_by(run.calendar, run.baseline.facts)
    for told in played_in_node(live, settings, extended, tmp_path, LUCKY_PLAYER):
        assert told["reaches"] and told["start"] == luck.checksum
        file = tmp_path / "现场.yaml"
        file.write_text(told["text"], encoding="utf-8")
        portfolio, _ = apply(read_scenario(file, scenario_folder(), seen), run.baseline)
        x = lane_inputs(portfolio)
        for field in LaneInputs._fields:
            found = array_in(luck.image, f"x.{field}", told["memory"])
            wanted = np.asarray(getattr(x, field))
            if field in ROOMY:
                found, wanted = found[: ROOMY[field](x)], wanted[: ROOMY[field](x)]
            assert found.tolist() == wanted.tolist(), field
        played = play_many(portfolio, draws)
        assert told["checksum"] == checksum_of(played, LUCKY)
        for told_year, year in zip(told["years"], run.calendar.play_years, strict=True):
            after = converted_wan(portfolio, played, year)
            before = converted_wan(run.portfolio, base, year)
            if after is None or before is None:
                assert told_year is None
                continue
            before = before[:LUCKY]
            for key, values in (("now", after), ("start", before), ("change", after - before)):
                low, middle, high = (fan(values, (10, 50, 90)).at(p).value for p in (10, 50, 90))
                assert told_year[key] == {"low": low, "middle": middle, "high": high}
    assert told["checksum"] != luck.checksum


def test_lucky_paths_go_no_further_than_amounts_stay_exact() -> None:
    run = shipped_run()
    draws = window_draws(run.portfolio, Luck(seed=1), Window(1, 8))
    base = play_many(run.portfolio, draws)
    live = live_of(run, 0, PRIORITIES)
    dear = replace(draws, cost_bps=np.full_like(draws.cost_bps, 100 * BPS))
    refused = with_luck(live, run, dear, base, seed=1)
    assert refused.luck is None and "失去精确" in refused.no_luck
    with pytest.raises(ValueError, match="more luck than paths"):
        with_luck(live, run, window_draws(run.portfolio, Luck(seed=1), Window(1, 9)), base, seed=1)


def _listed(value: Any) -> Any:
    return [_listed(each) for each in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("计划安排: {大项: 1, 渠道: 一般公共预算, 年份: 2026, 金额: 0}", "计划是调整后的方案"),
        (
            "新增大项: {编号: 59, 名称: 新医院, 工程: 民生福祉工程, 总投资: 30亿, 十四五投资: 20亿, "
            "优先级: 2, 风险类别: 医院, 阶段: 可研, 投资节奏: 新开工, "
            "资金结构: {一般公共预算: 60%, 专项债券: 40%}}",
            "新增了大项",
        ),
    ],
)
def test_what_a_file_of_the_page_could_not_say_is_not_played_on(
    change: str, says: str, tmp_path: Path
) -> None:
    run = scenario_run(tmp_path, f"标题: 试\n变更:\n  - {change}\n")
    assert says in (why_not(run.portfolio, run.baseline) or "")


def test_settings_go_no_further_than_amounts_stay_exact() -> None:
    run = shipped_run()
    assert furthest_bps(run.portfolio, run.baseline) == FURTHEST_BPS[0]
    larger = replace(
        run.baseline,
        envelopes=replace(
            run.baseline.envelopes,
            pooled_ask_wan=run.baseline.envelopes.pooled_ask_wan + 2**40,
        ),
    )
    assert furthest_bps(run.portfolio, larger) is None
