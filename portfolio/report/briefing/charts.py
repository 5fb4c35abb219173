"""A briefing's pictures as PNG, by matplotlib; only where a Chinese font is installed."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from portfolio.model.money import SEEN_WAN, WAN_PER_YI, yi_text
from portfolio.report.briefing.blocks import CauseBar, PairBar, Picture, YearBar
from portfolio.report.briefing.document import TWO_PAGES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

#: Chinese fonts by the names matplotlib knows them by: Windows, macOS, then Linux and free ones.
CHINESE_FONTS = (
    "Microsoft YaHei",
    "DengXian",
    "SimHei",
    "SimSun",
    "FangSong",
    "KaiTi",
    "PingFang SC",
    "PingFang HK",
    "Hiragino Sans GB",
    "Songti SC",
    "STHeiti",
    "Heiti TC",
    "Arial Unicode MS",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "AR PL UMing CN",
    "Droid Sans Fallback",
)
#: Okabe–Ito: told apart with any colour vision; misses are hatched as well, for a black printout.
_MET, _MISSED, _OPEN, _TARGET = "#0072B2", "#D55E00", "#BBBBBB", "#000000"
_CAUSE = "#56B4E9"
_DPI, _MM_PER_INCH = 220, 25.4
_POINTS = 7
#: With more years every other one is named.
_EVERY_YEAR = 8


def picture_font(fonts: Sequence[str] = CHINESE_FONTS) -> str | None:
    """The first of some fonts that matplotlib can use here; None where none is installed."""
    if not fonts:
        return None
    installed = installed_fonts()
    return next((name for name in fonts if name in installed), None)


def installed_fonts() -> frozenset[str]:
    """The names of the fonts matplotlib can use here."""
    # Its own remarks (a cache that can't be kept, fonts being listed) are no concern of the reader.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from matplotlib.font_manager import fontManager

    return frozenset(font.name for font in fontManager.ttflist)


def picture_png(
    picture: Picture, font: str, size_mm: tuple[float, float] = TWO_PAGES.picture_mm
) -> bytes:
    """A picture as PNG: the same bytes for the same data, font and matplotlib."""
    import matplotlib as mpl

    # Not the settings of a user's own matplotlibrc.
    with mpl.rc_context(mpl.rcParamsDefault):
        return _png(picture, font, size_mm)


def _png(picture: Picture, font: str, size_mm: tuple[float, float]) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    size = (size_mm[0] / _MM_PER_INCH, size_mm[1] / _MM_PER_INCH)
    figure = Figure(figsize=size, dpi=_DPI)
    FigureCanvasAgg(figure)
    figure.set_layout_engine("constrained")
    axes = figure.add_subplot()
    letters = FontProperties(family=font, size=_POINTS)
    years = [bar for bar in picture.bars if isinstance(bar, YearBar)]
    causes = [bar for bar in picture.bars if isinstance(bar, CauseBar)]
    pairs = [bar for bar in picture.bars if isinstance(bar, PairBar)]
    if years:
        _draw_years(axes, years, letters)
    elif pairs:
        _draw_pairs(axes, pairs, letters)
    else:
        _draw_causes(axes, causes, letters)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(letters)
    buffer = io.BytesIO()
    # No name and version of the program that drew it: they would change the bytes.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _draw_years(axes: Axes, bars: Sequence[YearBar], letters: FontProperties) -> None:
    """Bars of converted investment, the targets as a line of marks over them."""
    kinds = (
        ("达标", True, _MET, ""),
        ("未达标", False, _MISSED, "////"),
        ("无目标或待入库", None, _OPEN, ""),
    )
    for name, met, colour, hatch in kinds:
        chosen = [bar for bar in bars if bar.met is met]
        if chosen:
            axes.bar(
                [bar.year for bar in chosen],
                [bar.converted_wan / WAN_PER_YI for bar in chosen],
                width=0.7,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0.3,
                label=name,
            )
    aimed = [(bar.year, bar.target_wan / WAN_PER_YI) for bar in bars if bar.target_wan is not None]
    if aimed:
        axes.plot(
            [year for year, _ in aimed],
            [yi for _, yi in aimed],
            color=_TARGET,
            linewidth=0.9,
            marker="D",
            markersize=2.2,
            label="年度目标",
        )
    step = 1 if len(bars) <= _EVERY_YEAR else 2
    years = [bar.year for bar in bars][::step]
    axes.set_xticks(years, [str(year) for year in years])
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylabel("亿元", fontproperties=letters)
    top = max([bar.converted_wan for bar in bars] + [bar.target_wan or 0 for bar in bars])
    # Room for the legend above the bars.
    axes.set_ylim(0, top / WAN_PER_YI * 1.28 or 1)
    axes.legend(prop=letters, ncols=4, loc="upper center", frameon=False, columnspacing=0.8,
                handlelength=1.2, handletextpad=0.4, borderpad=0.1)  # fmt: skip


def _draw_pairs(axes: Axes, bars: Sequence[PairBar], letters: FontProperties) -> None:
    """Two bars a year, the baseline's beside the scenario's, what is missing told above them."""
    half = 0.38
    for name, shift, colour, hatch, amounts in (
        ("基准", -half / 2, _OPEN, "", [bar.base_wan for bar in bars]),
        ("本情景", half / 2, _MET, "", [bar.drawn_wan for bar in bars]),
    ):
        axes.bar(
            [bar.year + shift for bar in bars],
            [wan / WAN_PER_YI for wan in amounts],
            width=half,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.3,
            label=name,
        )
    for bar in bars:
        change = bar.drawn_wan - bar.base_wan
        if abs(change) < SEEN_WAN:
            continue
        label = f"{'+' if change > 0 else '−'}{yi_text(abs(change))}"
        height = max(bar.base_wan, bar.drawn_wan) / WAN_PER_YI
        axes.annotate(
            label, (bar.year, height), (0, 2), textcoords="offset points",
            ha="center", fontproperties=letters,
        )  # fmt: skip
    axes.set_xticks([bar.year for bar in bars], [str(bar.year) for bar in bars])
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylabel("亿元", fontproperties=letters)
    top = max(max(bar.base_wan, bar.drawn_wan) for bar in bars)
    axes.set_ylim(0, top / WAN_PER_YI * 1.45 or 1)
    axes.legend(prop=letters, ncols=2, loc="upper right", frameon=False, columnspacing=0.8,
                handlelength=1.2, handletextpad=0.4, borderpad=0.1)  # fmt: skip


def _draw_causes(axes: Axes, bars: Sequence[CauseBar], letters: FontProperties) -> None:
    """Bars of quarters, the most on top, each with its number."""
    from matplotlib.ticker import MaxNLocator

    names = [_in_two_lines(bar.name) for bar in bars]
    drawn = axes.barh(range(len(bars)), [bar.quarters for bar in bars], height=0.6, color=_CAUSE)
    for label in axes.bar_label(drawn, padding=2):
        label.set_fontproperties(letters)
    axes.set_yticks(range(len(bars)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, max(bar.quarters for bar in bars) * 1.12)
    axes.set_xlabel("季", fontproperties=letters)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def _in_two_lines(name: str, most: int = 11) -> str:
    """A long name broken in the middle, so that the bars keep their room."""
    if len(name) <= most:
        return name
    # Before what is said of a quoted name, if there is one.
    half = name.rfind("”") + 1 or (len(name) + 1) // 2
    return f"{name[:half]}\n{name[half:]}"
