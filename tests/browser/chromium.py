"""A real browser for the tests of the page: the installed Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
if CHROMIUM is None and os.environ.get("PORTFOLIO_REQUIRE_CHROMIUM"):
    raise RuntimeError("Chromium is required here and not installed")

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
#: Nothing of the browser's own may go out; as root (in a container) it can't sandbox itself.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


#: Milliseconds after which what is waited for will never come; a busy machine is slow.
NEVER = 300_000


@dataclass(kw_only=True)
class Opened:
    """A page in the browser and what it said and asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser, which takes seconds to start: many pages may be opened in one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def browser_page(
    browser: Browser,
    path: Path,
    *,
    width: int = 1366,
    height: int = 768,
    first: str = "",
    touch: bool = False,
) -> Iterator[Opened]:
    """Open a file in a context of its own, which knows nothing of pages opened before.

    first : a script that runs before any of the page's; touch : whether the screen is touched

    Every request is seen, none but the file's is let through.
    """
    page = browser.new_page(
        viewport={"width": width, "height": height}, accept_downloads=True, has_touch=touch
    )
    page.set_default_timeout(NEVER)
    try:
        opened = Opened(page=page)
        page.on("console", lambda message: opened.said.append(message.text))
        page.on("pageerror", lambda error: opened.said.append(str(error)))

        def judge(route) -> None:
            opened.asked.append(route.request.url)
            if route.request.url == path.as_uri():
                route.continue_()
            else:
                route.abort()

        page.route("**/*", judge)
        if first:
            page.add_init_script(first)
        page.goto(path.as_uri())
        yield opened
    finally:
        page.close()  # and its context
