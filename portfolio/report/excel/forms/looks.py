"""How printed forms look: black on white, thin frames, sums grey, lights by colour and word."""

from __future__ import annotations

from typing import Any

from portfolio.model.forms.lines import Rank
from portfolio.model.forms.monthly import Light
from portfolio.report.excel.styles import Looks
from portfolio.report.tables.fields import Unit
from portfolio.report.tables.forms.form import MoneyUnit

#: Letters of a table in points, and the least that may be on paper.
LETTERS, LEAST_PRINTED = 11, 9
FRAME: dict[str, Any] = {
    "border": 1,
    "border_color": "#404040",
    "valign": "vcenter",
    "font_size": LETTERS,
}
HEADING: dict[str, Any] = {
    **FRAME,
    "bold": True,
    "align": "center",
    "text_wrap": True,
    "bg_color": "#EDEDED",
}
#: 调减 is written with a long minus; 0 is written 0.
AMOUNTS = {MoneyUnit.WAN: '#,##0;"−"#,##0;0', MoneyUnit.YI: '#,##0.0;"−"#,##0.0;0.0'}
#: A little below 0 rounds to 0 and has no minus: by unit the number just above what still has one, and
#: how it is shown. Not a condition in the format itself, before which Excel sets a minus of its own.
NO_MINUS = {
    str(MoneyUnit.YI): (-0.04995, "0.0;0.0;0.0"),
    str(Unit.RATIO): (-0.00049999, "0.0%;0.0%;0.0%"),
}
LIGHTS = {Light.RED: "#C00000", Light.YELLOW: "#FFC000", Light.GREEN: "#548235"}
STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"bold": True, "font_size": 20, "align": "center", "valign": "vcenter"},
    "above": {"valign": "vcenter"},
    "above lines": {"valign": "vcenter", "text_wrap": True},
    "above centre": {"valign": "vcenter", "align": "center"},
    "unit": {"valign": "vcenter", "align": "right"},
    "note": {"text_wrap": True, "valign": "top"},
    "lead": {"text_wrap": True, "valign": "vcenter", "font_size": 14, "bold": True},
    "head": HEADING,
    "text": {**FRAME, "text_wrap": True},
    "centre": {**FRAME, "align": "center", "text_wrap": True},
    #: A word that never takes a second line.
    "tag": {**FRAME, "align": "center", "shrink": True},
    "said": {**FRAME, "align": "center", "font_color": "#595959"},
    "percent": {**FRAME, "num_format": '0.0%;"−"0.0%;0.0%', "align": "right"},
    "points": {**FRAME, "num_format": '0.0;"−"0.0;0.0', "align": "right"},
    "whole": {**FRAME, "num_format": "#,##0", "align": "right"},
    **{unit: {**FRAME, "num_format": shown} for unit, shown in AMOUNTS.items()},
}
RANKS = {Rank.TOTAL: "total", Rank.GROUP: "group", Rank.ITEM: "item", Rank.PART: ""}
TONES: dict[str, dict[str, Any]] = {
    "": {},
    "total": {"bold": True, "bg_color": "#D9D9D9"},
    "group": {"bold": True, "bg_color": "#F2F2F2"},
    "item": {"bold": True},
    "bad": {"bold": True, "font_color": "#C00000"},
    **{
        f"light {light}": {
            "bg_color": colour,
            "bold": True,
            "font_color": "black" if light is Light.YELLOW else "white",
        }
        for light, colour in LIGHTS.items()
    },
}
LOOKS = Looks(
    name="form",
    styles=STYLES,
    tones=TONES,
    by_unit={
        **dict.fromkeys(Unit, "text"),
        Unit.RATIO: "percent",
        Unit.NUMBER: "whole",
        Unit.DECIMAL: "points",
        Unit.YEAR: "centre",
    },
)
