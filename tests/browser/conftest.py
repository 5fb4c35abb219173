"""One browser for all tests of the page: it takes seconds to start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import Opened, browser_page, launched


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed with the last test of this folder: its loop would disturb others."""
    with launched() as started:
        yield started


@pytest.fixture
def opened(browser: Browser, path: Path) -> Iterator[Opened]:
    """The file that the test's module has made, open."""
    with browser_page(browser, path) as page:
        yield page
