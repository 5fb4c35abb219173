"""What the page carries of 现场推演: what a saved setting stands on, what it says where there is none."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace

import pytest

from portfolio.model.scenarios.setting_verbs import PRIORITIES
from portfolio.report.page import page_text
from portfolio.report.page.content import page_data
from portfolio.report.page.live import live_extends
from portfolio.sim.lanes.many_paths import play_many
from portfolio.sim.live import LUCKY_PATHS, live_of, with_luck
from portfolio.sim.stress import Luck, Window, window_draws
from tests.report.dossiers import dossier_of, played_dossier
from tests.report.results import shipped_run

#: Bytes: the page is sent by mail.
LARGEST = 5_000_000


@pytest.mark.parametrize(
    ("scenario", "sets", "stands_on"),
    [
        (None, (), []),
        ("三碰头", (), ["三碰头"]),
        ("三碰头", ("专项债券:2024=-30%",), None),
        (None, ("专项债券:2024=-30%",), None),
    ],
)
def test_a_saved_setting_stands_on_files_alone(scenario, sets, stands_on) -> None:
    assert live_extends(shipped_run(scenario, *sets)) == stands_on


def test_a_scenario_of_the_workbook_s_sheet_is_no_file() -> None:
    assert live_extends(replace(shipped_run("三碰头"), scenario_sheet="情景")) is None


def test_what_is_not_prepared_brings_no_engine_and_says_why() -> None:
    data = page_data([played_dossier()])
    assert data["engine"] is None
    assert data["scenarios"][0]["live"] is None
    assert data["scenarios"][0]["no_live"] == "本次未准备现场推演"


def test_the_image_is_carried_whole_and_the_page_stays_small() -> None:
    run = shipped_run("三碰头")
    draws = window_draws(run.portfolio, Luck(seed=1), Window(1, LUCKY_PATHS))
    paths = play_many(run.portfolio, draws)
    live = with_luck(live_of(run, 7, PRIORITIES), run, draws, paths, seed=1)
    dossiers = [replace(dossier_of(run), live=live, no_live="")] * 7
    data = page_data(dossiers[:2])
    assert len(data["draws"]) == 1, "one luck for all scenarios"
    packed = data["scenarios"][0]["live"]["image"]["memory"]
    assert zlib.decompress(base64.b64decode(packed)) == live.image.memory
    assert zlib.decompress(base64.b64decode(data["engine"])).startswith(b"\0asm")
    assert len(page_text(dossiers).encode()) < LARGEST
