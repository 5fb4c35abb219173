"""How workbooks look: font, colours, number formats, cells by style and tone, parts of charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portfolio.report.tables.fields import Cell, Unit

FONT = "等线"
#: Height of a row, of one more line in it, and of a row of headings.
ROW, LINE, HEADINGS = 18, 16, 34
#: Of a long list: a row's height, and so many rows are printed on a page.
DENSE_ROW, DENSE_PAGE = 15, 64
DARK, MID, PALE, GREY = "#1F3864", "#2F75B5", "#DDEBF7", "#F2F2F2"
ORANGE, RED, GREEN = "#ED7D31", "#C00000", "#548235"

MONEY = '#,##0.0;-#,##0.0;"–"'
#: A difference of money shows its sign.
SIGNED_MONEY = '+#,##0.0;-#,##0.0;"–"'
#: Money that may be little: two decimals, more where it has more.
SMALL_MONEY = '#,##0.00##;-#,##0.00##;"–"'
#: Every 万元 is seen: what is edited is what is read.
EDITED_MONEY = '#,##0.0###;-#,##0.0###;"–"'
#: A gap is never printed as 0.0: a small one shows its 万元.
GAP = '[=0]"–";[<0.05]0.0000;#,##0.0'
#: Differences show every 万元, so that a zero is a zero.
EXACT = "#,##0.0000;-#,##0.0000;0"
PERCENT = "0.0%"
DECIMAL = "0.00;-0.00;0"
WHOLE = "#,##0"

FRAME: dict[str, Any] = {"border": 1, "border_color": "#D9D9D9", "valign": "vcenter"}
HEAD: dict[str, Any] = {
    "bold": True,
    "font_color": "white",
    "bg_color": DARK,
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
    "border": 1,
    "border_color": "#FFFFFF",
}
STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "bold": {"bold": True},
    "right": {"align": "right"},
    "bold right": {"bold": True, "align": "right"},
    "grey": {"font_color": "#595959"},
    "dark": {"font_color": "#404040"},
    "dark line": {"font_color": "#404040", "text_wrap": True, "valign": "top"},
    "link": {"font_color": "#0563C1", "underline": 1},
    "label": {"bold": True, "valign": "top"},
    "title": {"bold": True, "font_size": 18, "font_color": DARK},
    "subtitle": {"bold": True, "font_size": 13, "font_color": DARK},
    "note": {"font_color": "#595959", "text_wrap": True, "valign": "top"},
    "line": {"text_wrap": True, "valign": "top"},
    "lead": {
        "bold": True,
        "text_wrap": True,
        "valign": "vcenter",
        "font_size": 13,
        "bg_color": PALE,
        "font_color": DARK,
        "indent": 1,
    },
    "head": HEAD,
    "year": {**HEAD, "num_format": '0"年"'},
    "text": {**FRAME, "indent": 1},
    "wrap": {**FRAME, "indent": 1, "text_wrap": True},
    **{f"level {k}": {**FRAME, "indent": k} for k in range(4)},
    "centre": {**FRAME, "align": "center"},
    "money": {**FRAME, "num_format": MONEY},
    "signed money": {**FRAME, "num_format": SIGNED_MONEY},
    "small money": {**FRAME, "num_format": SMALL_MONEY},
    "edited money": {**FRAME, "num_format": EDITED_MONEY},
    "gap": {**FRAME, "num_format": GAP},
    "exact": {**FRAME, "num_format": EXACT},
    "percent": {**FRAME, "num_format": PERCENT},
    "factor": {**FRAME, "num_format": "0.00"},
    "whole": {**FRAME, "num_format": WHOLE},
    "decimal": {**FRAME, "num_format": DECIMAL},
    #: Two decimals, more where a parameter has more.
    "parameter": {**FRAME, "num_format": "0.00##"},
    #: Chances are whole per cents: neither never nor always reads <1% and >99%.
    "chance": {**FRAME, "num_format": "0%"},
    "rare": {**FRAME, "num_format": '"<1%"'},
    "nearly": {**FRAME, "num_format": '">99%"'},
    "input": {
        "border": 1,
        "border_color": "#7F7F7F",
        "bg_color": "#FFF2CC",
        "bold": True,
        "align": "center",
    },
}
TONES: dict[str, dict[str, Any]] = {
    "": {},
    "total": {"bold": True, "bg_color": "#BDD7EE"},
    "work": {"bold": True, "bg_color": PALE},
    "category": {"italic": True, "bg_color": GREY},
    "good": {"font_color": GREEN, "bold": True},
    "bad": {"font_color": RED, "bold": True},
    "gap": {"font_color": RED, "bg_color": "#FCE4D6"},
    "faint": {"font_color": "#A6A6A6"},
    "locked": {"bg_color": GREY},
    "free": {"locked": False},
}


@dataclass(frozen=True, kw_only=True)
class Looks:
    """How the cells of some sheets look: by style and tone, and which style a unit has."""

    name: str
    styles: dict[str, dict[str, Any]]
    tones: dict[str, dict[str, Any]]
    by_unit: dict[Unit, str]

    def style_of(self, unit: Unit, value: Cell, look: str = "") -> str:
        """The style of a cell: `look` if given, else by its unit."""
        if look:
            return look
        if unit is Unit.DECIMAL and isinstance(value, str):
            return "centre"
        if unit is Unit.CHANCE and isinstance(value, float):
            return "rare" if 0 < value < 0.005 else "nearly" if 0.995 <= value < 1 else "chance"
        return self.by_unit[unit]


HOUSE = Looks(
    name="house",
    styles=STYLES,
    tones=TONES,
    by_unit={
        Unit.TEXT: "text",
        Unit.YEAR: "text",
        Unit.MONEY: "money",
        Unit.RATIO: "percent",
        Unit.QUARTERS: "whole",
        Unit.NUMBER: "whole",
        Unit.CHANCE: "chance",
        Unit.DECIMAL: "decimal",
    },
)


# --- What charts of the workbooks share: titles, axes and legends in one font


CHART_FONT = {"name": FONT, "size": 10}
GRID_LINES = {"visible": True, "line": {"color": "#E0E0E0"}}


def chart_title(text: str, size: int = 13) -> dict[str, Any]:
    """A chart's title in the workbook's font."""
    return {"name": text, "name_font": {"name": FONT, "size": size, "bold": True}}


def axis(name: str | None = None, **more: object) -> dict[str, Any]:
    """An axis in the workbook's font."""
    named = {"name": name, "name_font": {**CHART_FONT, "bold": False}} if name else {}
    return {"num_font": CHART_FONT, **named, **more}


def grid_axis(name: str | None = None, num_format: str = "#,##0", **more: object) -> dict[str, Any]:
    """An axis of numbers with its lines across the chart."""
    return axis(name, num_format=num_format, major_gridlines=GRID_LINES, **more)


def legend(**more: object) -> dict[str, Any]:
    """A legend below the chart."""
    return {"position": "bottom", "font": CHART_FONT, **more}


def lying(num_format: str = "#,##0") -> tuple[dict[str, Any], dict[str, Any]]:
    """Both axes of lying bars, the first on top."""
    numbers = grid_axis(num_format=num_format, label_position="high")
    return numbers, axis(reverse=True, label_position="low", interval_unit=1)
