"""Take the pictures of the documents anew: `python -m tests.browser.pictures docs/pictures`.

Plays, stress-tests and repairs two shipped scenarios, opens their page in Chromium, and keeps a
picture of its first screen and of each of its pictures.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from portfolio import workflows
from portfolio.report.page import page_text
from portfolio.report.page.pictures import PICTURES
from tests.browser.chromium import browser_page, launched

SCENARIOS = ("专项债大幅收紧", "三碰头")
SHOWN = "专项债大幅收紧"
ASOF = "2023Q3"
#: So much of a tall picture is kept.
HIGHEST = 900


def take(folder: Path) -> list[Path]:
    """Write the pictures into a folder."""
    dossiers = workflows.report(SCENARIOS, asof=ASOF)
    taken = []
    with TemporaryDirectory() as place:
        file = Path(place) / "报告.html"
        file.write_text(page_text(dossiers), encoding="utf-8")
        with launched() as browser, browser_page(browser, file) as opened:
            page = opened.page
            page.select_option("#switch", label=SHOWN)
            page.wait_for_function("() => document.body.dataset.drawn === 'all'")
            path = folder / "report-page.png"
            page.screenshot(path=path)
            taken.append(path)
            # The bar that stays in view would lie over what is scrolled to.
            page.add_style_tag(content="header.bar { position: static !important; }")
            page.locator("#live").scroll_into_view_if_needed()
            page.get_by_role("button", name="两者并发").click()
            others = ("comparison", "assumptions", "live")
            for name in [*(picture.name for picture in PICTURES), *others]:
                box = page.locator(f"#{name}")
                box.scroll_into_view_if_needed()
                found = box.bounding_box()
                assert found is not None
                path = folder / f"report-{name}.png"
                page.screenshot(
                    path=path,
                    full_page=True,
                    clip={
                        "x": found["x"] - 12,
                        "y": found["y"] + page.evaluate("window.scrollY") - 6,
                        "width": found["width"] + 24,
                        "height": min(HIGHEST, found["height"] + 12),
                    },
                )
                taken.append(path)
    return taken


if __name__ == "__main__":
    for each in take(Path(sys.argv[1])):
        print(each)
