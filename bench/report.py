"""A report of eight scenarios: what its files cost beside what computing them costs, and the page."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.timing import ms, show

SCENARIOS = (
    "专项债收紧", "专项债大幅收紧", "土地出让断崖", "自筹违约", "三碰头", "停工两季度", "建材涨价",
)  # fmt: skip
QUICK_SCENARIOS = ("专项债收紧",)
ASOF = "2023Q3"
#: Whole switches of the page are timed so often; the first draws what was not drawn before.
SWITCHES = 5
#: The change is handled before the event returns: what is in view is drawn then.
SWITCH = """k => { const s = document.getElementById('switch'); s.value = String(k);
    const began = performance.now(); s.dispatchEvent(new Event('change'));
    return Math.round(performance.now() - began); }"""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "msedge")


def run(*, quick: bool) -> None:
    """Time the studies and the files of a report, once each, by the wall clock."""
    from portfolio import workflows

    scenarios, paths = (QUICK_SCENARIOS, 100) if quick else (SCENARIOS, 1_000)
    # Compiles the batch engine and loads libraries, so that no figure holds that.
    workflows.report(QUICK_SCENARIOS, asof=ASOF, paths=40)
    computed = {
        "played only": _timed(
            lambda: workflows.report(scenarios, asof=ASOF, paths=0, repair=False)
        ),
        "no search for few cells": _timed(
            lambda: workflows.report(scenarios, asof=ASOF, paths=paths)
        ),
    }
    if not quick:
        computed["as by default"] = _timed(lambda: workflows.report(scenarios, asof=ASOF))
    dossiers = computed["no search for few cells"][0]
    rows = []
    with TemporaryDirectory() as folder:
        for name, (made, computing) in computed.items():
            out = Path(folder) / name
            written, writing = _timed(partial(workflows.write_report, made, out))
            size = sum(path.stat().st_size for path in written) / 2**20
            rows.append(
                (
                    f"{len(made)} scenarios, {name}",
                    f"{computing:.1f}",
                    f"{writing:.1f}",
                    f"{(computing + writing) / computing:.2f}",
                    f"{size:.1f}",
                )
            )
        heads = ("report", "computing s", "files s", "whole ÷ computing", "MB")
        show("Report (wall clock)", heads, rows)
        show("Files one by one", ("file", "ms"), _parts(dossiers))
        _show_page(Path(folder) / list(computed)[-1] / "报告.html")


def _timed(action: Callable[[], Any]) -> tuple[Any, float]:
    before = time.perf_counter()
    result = action()
    return result, time.perf_counter() - before


def _parts(dossiers: Any) -> list[tuple[str, str]]:
    """Each kind of file of the last scenario; the page of all."""
    from portfolio.report.briefing import briefing_bytes
    from portfolio.report.excel.annual_plan import annual_plan_bytes
    from portfolio.report.excel.reallocation import reallocation_bytes
    from portfolio.report.excel.schedule import schedule_bytes
    from portfolio.report.page import page_text

    last = dossiers[-1]
    parts: list[tuple[str, Callable[[], Any]]] = [
        (f"报告.html of {len(dossiers)}", lambda: page_text(dossiers)),
        ("简报.docx", lambda: briefing_bytes(last)),
        ("简报.docx without pictures", lambda: briefing_bytes(last, fonts=())),
        ("年度投资计划表.xlsx", lambda: annual_plan_bytes(last)),
        ("进度计划.xlsx", lambda: schedule_bytes(last.run)),
        ("调整方案.xlsx", lambda: reallocation_bytes(last.repair)),
    ]
    return [(name, ms(_timed(action)[1])) for name, action in parts]


def _show_page(path: Path) -> None:
    """The page's size, and how long it takes to open and to switch in a real browser."""
    size = f"{path.stat().st_size / 1e6:.2f} MB"
    browser = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if browser is None:
        show("Page", ("", ""), [("size", size), ("browser", "not installed")])
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        opened = playwright.chromium.launch(executable_path=browser, args=flags)
        page = opened.new_page(viewport={"width": 1366, "height": 768})
        page.goto(path.as_uri())
        whole = "() => document.body.dataset.drawn === 'all'"
        page.wait_for_function(whole)
        opening = page.evaluate("performance.now()")
        seen, drawn = [], []
        for k in range(SWITCHES):
            before = time.perf_counter()
            seen.append(page.evaluate(SWITCH, k % 2))
            page.wait_for_function(whole)
            drawn.append((time.perf_counter() - before) * 1e3)
        opened.close()
    show(
        "Page in Chromium",
        ("", ""),
        [
            ("size", size),
            ("opened and all drawn, ms", f"{opening:,.0f}"),
            ("switch: what is in view, median ms", sorted(seen)[SWITCHES // 2]),
            ("switch: every picture, median ms", f"{sorted(drawn)[SWITCHES // 2]:,.0f}"),
        ],
    )
