"""The report as one offline page: template, style, scripts and data in a single file."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from jinja2 import Environment, StrictUndefined

from portfolio.model.dossier import Dossier
from portfolio.report.assets import asset
from portfolio.report.graph.svg import FONTS, STYLE
from portfolio.report.page.content import TITLE, page_data
from portfolio.report.page.pictures import PICTURES
from portfolio.report.words.outlook import example_mark
from portfolio.report.words.run import definition_lines
from portfolio.report.words.stress import limit_lines

#: Nothing but what is written in the page is loaded, no script runs but the page's own; the kernel
#: of 现场推演 is one of them, in WebAssembly.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; script-src {scripts} 'wasm-unsafe-eval'"
)
#: Versions of the libraries the page carries (assets/vendor).
ECHARTS, TABULATOR = "6.1.0", "6.5.3"
SCRIPTS = (
    "vendor/echarts.min.js",
    "vendor/tabulator.min.js",
    "numbers.js",
    "graph.js",
    "charts.js",
    "charts_play.js",
    "charts_luck.js",
    "charts_repair.js",
    "tables.js",
    "live_engine.js",
    "live_file.js",
    "live_luck.js",
    "live_pictures.js",
    "live.js",
    "page.js",
)

__all__ = ["page_text"]


def page_text(dossiers: Sequence[Dossier]) -> str:
    """The complete page of some scenarios; the same dossiers give the same text.

    Raises
    ------
    ValueError
        There are no dossiers.
    """
    data = json.dumps(page_data(dossiers), ensure_ascii=False, separators=(",", ":"))
    stressed = [dossier.stress for dossier in dossiers if dossier.stress is not None]
    scripts = [_script(name) for name in SCRIPTS]
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(
        asset("page.html")
    )
    return template.render(
        title=TITLE + example_mark(dossiers[0].run.portfolio),
        policy=POLICY.format(scripts=" ".join(_sum(script) for script in scripts)),
        fonts=FONTS,
        style=asset("page.css"),
        graph_style=STYLE + asset("graph.css"),
        grid_style=asset("vendor/tabulator_simple.min.css"),
        compared=len(dossiers) > 1,
        pictures=[
            replace(picture, how=dossiers[0].calendar.fill(picture.how)) for picture in PICTURES
        ],
        definitions=definition_lines(dossiers[0].calendar),
        limits=limit_lines(stressed) if stressed else (),
        echarts=ECHARTS,
        tabulator=TABULATOR,
        # In a script element only “<” could end the data early.
        data=data.replace("<", "\\u003c"),
        scripts=scripts,
    )


def _sum(script: str) -> str:
    """A script's hash, as a content security policy names what may run."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _script(name: str) -> str:
    """A script's text; none may end its element early.

    Raises
    ------
    ValueError
        It holds “</script”.
    """
    text = asset(name)
    if "</script" in text.lower():
        raise ValueError(f"{name} would end its element early")
    return text
